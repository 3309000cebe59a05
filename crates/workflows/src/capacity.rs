//! How many clients a clinician takes: caps, pauses of the intake, and what the owner asks for beyond them. Whoever is given a
//! client passes through `closed`. What a calendar brings has happened and is taken as it is.

use crate::access::{require, today};
use crate::field::Form;
use crate::{Context, Error, Result, audit};
use care::access::{Action, Viewer};
use care::appointment::AppointmentState;
use care::capacity::{Capacity, Caps, Load, Override, Weights};
use care::episode::Episode;
use care::staff::{Actor, Role, StaffState};
use care::{
    CapacityId, CapacityOverrideId, DeclineId, EpisodeId, Instant, IntakePauseId, PayerTargetId, Phi, PlacementId,
    StaffId, local_time,
};
use chrono::{Datelike, Duration};
use chrono_tz::Tz;
use store::{Read, Tx};

/// A cap is no larger.
const MOST: i64 = 1000;

/// The week of today in the practice's zone, Monday to Sunday.
pub async fn week(read: &mut Read, ctx: &Context) -> Result<(Instant, Instant)> {
    let zone = local_time::zone(&store::practice::get(read).await?.zone).unwrap_or(Tz::UTC);
    let day = today(read, ctx).await?;
    let monday = day - Duration::days(i64::from(day.weekday().num_days_from_monday()));
    Ok((local_time::at_minute(monday, 0, zone), local_time::at_minute(monday + Duration::days(7), 0, zone)))
}

/// Why a clinician is given nobody new now: the key of what is said. None where there is room.
pub(crate) async fn closed(tx: &mut Tx, ctx: &Context, clinician: &StaffId) -> Result<Option<&'static str>> {
    if store::capacity::pauses(tx).await?.iter().any(|one| &one.clinician_id == clinician) {
        return Ok(Some("wrong-paused"));
    }
    let decided = store::capacity::holding(tx).await?.into_iter().find(|one| &one.clinician_id == clinician);
    let Some(caps) = decided.map(|one| one.caps).filter(|caps| *caps != Caps::default()) else { return Ok(None) };
    let (from, until) = week(tx, ctx).await?;
    let busy = store::capacity::loads(tx, std::slice::from_ref(clinician), from, until).await?.pop();
    let load = busy.map_or_else(Load::default, |one| one.load);
    Ok((!load.reached(&caps, &Weights::usual()).is_empty()).then_some("wrong-full"))
}

/// Uses what the owner has asked for beyond caps and pauses, or refuses with what was found [`closed`]. What is used serves for this
/// course and no other.
pub(crate) async fn use_override(
    tx: &mut Tx,
    ctx: &Context,
    by: &Actor,
    episode: &EpisodeId,
    clinician: &StaffId,
    why: &'static str,
) -> Result<()> {
    let used = store::capacity::use_one(tx, clinician, episode, ctx.now()).await?;
    let id = used.ok_or_else(|| Error::invalid("clinician", why))?;
    let entry = audit::entry(ctx, by, "capacity.use_override", "staff", clinician.as_str());
    tx.audit(entry.with("override", id.as_str()).with("episode", episode.as_str()));
    Ok(())
}

async fn require_clinician(read: &mut Read, id: &StaffId) -> Result<()> {
    let person = store::staff::find(read, id).await?;
    if person.is_some_and(|person| person.state == StaffState::Active && person.is(Role::Clinician)) {
        Ok(())
    } else {
        Err(Error::invalid("clinician", "wrong-choose"))
    }
}

/// Decides on the caps of a clinician. The decision before stays as the record.
pub async fn set(tx: &mut Tx, ctx: &Context, by: &Viewer, clinician: &StaffId, caps: Caps) -> Result<()> {
    require(by, Action::Administer)?;
    require_clinician(tx, clinician).await?;
    let mut form = Form::default();
    for (name, cap) in [("max_clients", caps.clients), ("max_sessions", caps.sessions), ("max_weight", caps.weight)] {
        form.expect(name, "wrong-number", || cap.is_none_or(|cap| (0..=MOST).contains(&cap)));
    }
    let problems = form.problems();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let known = store::capacity::holding(tx).await?.into_iter().find(|one| &one.clinician_id == clinician);
    if known.map_or_else(Caps::default, |one| one.caps) == caps {
        return Ok(());
    }
    let capacity = Capacity {
        id: ctx.id(CapacityId::new),
        clinician_id: clinician.clone(),
        caps,
        set_at: ctx.now(),
        set_by: by.staff_id.clone(),
        replaced_at: None,
    };
    store::capacity::set(tx, &capacity).await?;
    let entry = audit::entry(ctx, &Actor::Staff(by.staff_id.clone()), "capacity.set", "staff", clinician.as_str());
    tx.audit(entry.with("capacity", capacity.id.as_str()));
    Ok(())
}

/// A clinician takes nobody new from now on, and says why. [`Error::Conflict`] where that holds already.
pub async fn pause(tx: &mut Tx, ctx: &Context, by: &Viewer, reason: &str) -> Result<()> {
    require_clinician(tx, &by.staff_id).await?;
    let reason = reason_of(reason)?;
    if !store::capacity::pause(tx, &ctx.id(IntakePauseId::new), &by.staff_id, &reason, ctx.now()).await? {
        return Err(Error::Conflict);
    }
    note(tx, ctx, by, "capacity.pause", &by.staff_id);
    Ok(())
}

/// The clinician takes new clients again.
pub async fn resume(tx: &mut Tx, ctx: &Context, by: &Viewer) -> Result<()> {
    if !store::capacity::resume(tx, &by.staff_id, ctx.now()).await? {
        return Err(Error::Conflict);
    }
    note(tx, ctx, by, "capacity.resume", &by.staff_id);
    Ok(())
}

/// Whether a clinician can give a course back: it is theirs, no session of it has taken place, and nothing in it waits for a decision.
pub async fn can_decline(read: &mut Read, by: &Viewer, episode: &Episode) -> Result<bool> {
    let is_theirs =
        store::assignment::current(read, &episode.id).await?.is_some_and(|one| one.clinician_id == by.staff_id);
    if !is_theirs || !episode.is_open() {
        return Ok(false);
    }
    let sessions = store::appointment::of_episode(read, &episode.id).await?;
    let is_new = sessions.iter().all(|one| one.state != AppointmentState::Attended);
    Ok(is_new && store::case::open_of_episode(read, &episode.id).await?.is_none())
}

/// A clinician gives a new referral back and says why: it is nobody's again, and they are not suggested for it any more.
/// [`Error::Conflict`] where it is not theirs, not new any more, or has a case that somebody must see to first.
pub async fn decline(tx: &mut Tx, ctx: &Context, by: &Viewer, episode: &EpisodeId, reason: &str) -> Result<()> {
    require(by, Action::HoldIntake)?;
    let reason = reason_of(reason)?;
    let found = store::episode::lock(tx, episode).await?.ok_or(Error::NotFound)?;
    if !can_decline(tx, by, &found).await? {
        return Err(Error::Conflict);
    }
    store::assignment::end(tx, episode, ctx.now()).await?.ok_or(Error::Conflict)?;
    let one = store::capacity::Declined {
        id: ctx.id(DeclineId::new),
        episode_id: episode.clone(),
        clinician_id: by.staff_id.clone(),
        declined_at: ctx.now(),
        reason: Phi::new(reason),
    };
    store::capacity::decline(tx, &one).await?;
    let actor = Actor::Staff(by.staff_id.clone());
    let entry = audit::entry(ctx, &actor, "capacity.decline", "episode", episode.as_str());
    tx.audit(entry.with("client", found.client_id.as_str()));
    Ok(())
}

/// The owner asks a clinician to take one client more than the caps or a pause allow, and says why. The clinician reads it.
pub async fn grant(tx: &mut Tx, ctx: &Context, by: &Viewer, clinician: &StaffId, reason: &str) -> Result<()> {
    require(by, Action::OverrideCapacity)?;
    require_clinician(tx, clinician).await?;
    let reason = reason_of(reason)?;
    let one = Override {
        id: ctx.id(CapacityOverrideId::new),
        clinician_id: clinician.clone(),
        granted_by: by.staff_id.clone(),
        granted_at: ctx.now(),
        used_for: None,
    };
    store::capacity::grant(tx, &one, &reason).await?;
    note(tx, ctx, by, "capacity.override", clinician);
    Ok(())
}

/// The owner takes back what has not served yet.
pub async fn withdraw(tx: &mut Tx, ctx: &Context, by: &Viewer, id: &CapacityOverrideId) -> Result<()> {
    require(by, Action::OverrideCapacity)?;
    if !store::capacity::withdraw(tx, id, ctx.now()).await? {
        return Err(Error::Conflict);
    }
    let actor = Actor::Staff(by.staff_id.clone());
    tx.audit(
        audit::entry(ctx, &actor, "capacity.withdraw", "practice", tx.practice().as_str())
            .with("override", id.as_str()),
    );
    Ok(())
}

/// Decides what part of a clinician's clients a payer should pay for at most, in percent; none for no target.
pub async fn set_target(
    tx: &mut Tx,
    ctx: &Context,
    by: &Viewer,
    payer: &PlacementId,
    at_most: Option<i64>,
) -> Result<()> {
    require(by, Action::Administer)?;
    let is_payer =
        |entry: &care::placement::Entry| &entry.id == payer && entry.kind == care::placement::EntryKind::Payer;
    if !store::placement::list(tx).await?.iter().any(is_payer) {
        return Err(Error::invalid("payer", "wrong-choose"));
    }
    if at_most.is_some_and(|at_most| !(1..=100).contains(&at_most)) {
        return Err(Error::invalid("at_most", "wrong-number"));
    }
    let id = ctx.id(PayerTargetId::new);
    store::capacity::set_target(tx, &id, payer, at_most, &by.staff_id, ctx.now()).await?;
    let actor = Actor::Staff(by.staff_id.clone());
    let practice = tx.practice().clone();
    let entry = audit::entry(ctx, &actor, "capacity.target", "practice", practice.as_str());
    tx.audit(entry.with("payer", payer.as_str()).with("target", id.as_str()));
    Ok(())
}

fn reason_of(reason: &str) -> Result<String> {
    let mut form = Form::default();
    let reason = form.line("reason", reason, 500);
    let problems = form.problems();
    if problems.is_empty() { Ok(reason) } else { Err(Error::Invalid(problems)) }
}

fn note(tx: &mut Tx, ctx: &Context, by: &Viewer, name: &str, clinician: &StaffId) {
    audit::write(tx, ctx, &Actor::Staff(by.staff_id.clone()), name, "staff", clinician.as_str());
}
