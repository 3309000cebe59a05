//! Getting in touch with clients who missed two sessions running: raised and closed with every change of a course's appointments,
//! in its transaction, and worked on by the front desk.

use crate::situation::Situation;
use crate::{Context, Error, Result, audit};
use care::access::Viewer;
use care::appointment::Appointment;
use care::episode::EpisodeState;
use care::exit_survey;
use care::outreach::{Outreach, OutreachOutcome, OutreachTry, Step, TryResult, step};
use care::staff::{Actor, Role};
use care::{AppointmentId, EpisodeId, Instant, OutreachId, OutreachTryId, StaffId, local_time};
use std::collections::HashMap;
use store::{Read, Tx};

/// Brings the outreach of these courses in line with their appointments. Doing it again changes nothing.
pub(crate) async fn settle(tx: &mut Tx, ctx: &Context, situations: &[Situation]) -> Result<()> {
    for (situation, step) in steps(tx, situations).await? {
        match step {
            Step::Nothing => {}
            Step::Close(outcome) => close(tx, ctx, situation, outcome).await?,
            Step::Raise(appointment_id) => raise(tx, ctx, situation, appointment_id).await?,
        }
    }
    Ok(())
}

/// Those of these courses whose outreach is not in line with their appointments.
pub(crate) async fn behind(read: &mut Read, situations: &[Situation]) -> Result<Vec<EpisodeId>> {
    let steps = steps(read, situations).await?;
    let behind = steps.into_iter().filter(|(_, step)| *step != Step::Nothing);
    Ok(behind.map(|(situation, _)| situation.episode.id.clone()).collect())
}

async fn steps<'a>(read: &mut Read, situations: &'a [Situation]) -> Result<Vec<(&'a Situation, Step)>> {
    let ids: Vec<EpisodeId> = situations.iter().map(|one| one.episode.id.clone()).collect();
    let all = store::outreach::of_episodes(read, &ids).await?;
    let step_of = |situation: &Situation| {
        let latest = all.iter().find(|one| one.episode_id == situation.episode.id);
        if situation.episode.state != EpisodeState::Discharged {
            return step(&situation.appointments, latest);
        }
        // Who asked after the end to be called is called all the same.
        let began = |one: &Outreach| situation.episode.discharged_at.is_none_or(|ended| one.raised_at <= ended);
        if latest.is_some_and(|one| one.closed_at.is_none() && began(one)) {
            Step::Close(OutreachOutcome::Discharged)
        } else {
            Step::Nothing
        }
    };
    Ok(situations.iter().map(|situation| (situation, step_of(situation))).collect())
}

/// Raises one because the client asks to be called, whatever came before. `false` where the course never had a session that has
/// passed; one that is open already serves.
pub(crate) async fn call_back(tx: &mut Tx, ctx: &Context, situation: &Situation) -> Result<bool> {
    let now = ctx.now();
    let Some(last) = situation.appointments.iter().rev().find(|one| one.starts_at <= now) else { return Ok(false) };
    raise(tx, ctx, situation, last.id.clone()).await?;
    Ok(true)
}

async fn raise(tx: &mut Tx, ctx: &Context, situation: &Situation, appointment_id: AppointmentId) -> Result<()> {
    let now = ctx.now();
    let outreach = Outreach {
        id: ctx.id(OutreachId::new),
        client_id: situation.client_id().clone(),
        episode_id: situation.episode.id.clone(),
        appointment_id,
        owner_id: owner(tx, situation, now).await?,
        raised_at: now,
        due_at: local_time::next_business_noon(now, situation.zone()),
        closed_at: None,
        closed_by: None,
        outcome: None,
    };
    if store::outreach::raise(tx, &outreach).await? {
        note(tx, ctx, &Actor::System, "outreach.raise", &outreach);
    }
    Ok(())
}

/// A session to come was made or moved: the client was spoken with.
pub(crate) async fn rebooked(tx: &mut Tx, ctx: &Context, appointment: &Appointment) -> Result<()> {
    if appointment.starts_at <= ctx.now() || !appointment.state.is_on() {
        return Ok(());
    }
    let outcome = OutreachOutcome::Rebooked;
    if let Some(closed) = store::outreach::close(tx, &appointment.episode_id, outcome, None, ctx.now()).await? {
        note(tx, ctx, &Actor::System, "outreach.close", &closed);
    }
    Ok(())
}

async fn close(tx: &mut Tx, ctx: &Context, situation: &Situation, outcome: OutreachOutcome) -> Result<()> {
    if let Some(closed) = store::outreach::close(tx, &situation.episode.id, outcome, None, ctx.now()).await? {
        note(tx, ctx, &Actor::System, "outreach.close", &closed);
    }
    Ok(())
}

/// Who does it: of the people at the site's front desk who are there, the one with the fewest open; without a front desk whoever is
/// responsible for the course. Somebody always is.
async fn owner(read: &mut Read, situation: &Situation, now: Instant) -> Result<StaffId> {
    let roster = situation.roster(read, now).await?;
    let open: HashMap<StaffId, i64> = store::outreach::open_by_owner(read).await?.into_iter().collect();
    let at_the_desk = roster.staff.iter().filter(|person| {
        person.is(Role::Intake) && person.works_at(&situation.episode.site_id) && roster.is_there(&person.id)
    });
    let least = at_the_desk.min_by_key(|person| (open.get(&person.id).copied().unwrap_or(0), person.id.clone()));
    match least {
        Some(person) => Ok(person.id.clone()),
        None => situation.responsible_among(read, &roster, now).await,
    }
}

/// Notes a try that did not reach the client: it is due again at noon of the next business day, with whoever tried.
pub async fn tried(tx: &mut Tx, ctx: &Context, by: &Viewer, id: &OutreachId, result: TryResult) -> Result<Outreach> {
    let found = open(tx, id).await?;
    let situation = Situation::of(tx, &found.episode_id).await?;
    let now = ctx.now();
    let due_at = local_time::next_business_noon(now, situation.zone());
    let held = store::outreach::hold(tx, id, &by.staff_id, due_at).await?.ok_or(Error::Conflict)?;
    let one = OutreachTry {
        id: ctx.id(OutreachTryId::new),
        outreach_id: id.clone(),
        at: now,
        by_id: by.staff_id.clone(),
        result,
    };
    store::outreach::tried(tx, std::slice::from_ref(&one)).await?;
    let actor = Actor::Staff(by.staff_id.clone());
    let entry = audit::entry(ctx, &actor, "outreach.try", "outreach", id.as_str());
    tx.audit(entry.with("client", held.client_id.as_str()).with("result", result.as_str()));
    Ok(held)
}

/// Takes it over from whoever has it.
pub async fn take(tx: &mut Tx, ctx: &Context, by: &Viewer, id: &OutreachId) -> Result<Outreach> {
    let found = open(tx, id).await?;
    if found.owner_id == by.staff_id {
        return Ok(found);
    }
    let held = store::outreach::hold(tx, id, &by.staff_id, found.due_at).await?.ok_or(Error::Conflict)?;
    note(tx, ctx, &Actor::Staff(by.staff_id.clone()), "outreach.take", &held);
    Ok(held)
}

/// Records what came of it. What happens by itself is not for a person to record.
pub async fn finish(
    tx: &mut Tx,
    ctx: &Context,
    by: &Viewer,
    id: &OutreachId,
    outcome: OutreachOutcome,
) -> Result<Outreach> {
    let found = open(tx, id).await?;
    if !OutreachOutcome::BY_HAND.contains(&outcome) {
        return Err(Error::invalid("outcome", "wrong-choose"));
    }
    let closed = store::outreach::close(tx, &found.episode_id, outcome, Some(&by.staff_id), ctx.now()).await?;
    let closed = closed.filter(|closed| &closed.id == id).ok_or(Error::Conflict)?;
    let actor = Actor::Staff(by.staff_id.clone());
    note(tx, ctx, &actor, "outreach.close", &closed);
    if exit_survey::follows_outreach(outcome) {
        crate::exit_survey::ask(tx, ctx, &actor, &closed.episode_id).await?;
    }
    Ok(closed)
}

/// An open one; [`Error::Conflict`] when it was closed meanwhile.
async fn open(read: &mut Read, id: &OutreachId) -> Result<Outreach> {
    let found = store::outreach::find(read, id).await?.ok_or(Error::NotFound)?;
    if found.closed_at.is_none() { Ok(found) } else { Err(Error::Conflict) }
}

fn note(tx: &mut Tx, ctx: &Context, by: &Actor, name: &str, outreach: &Outreach) {
    let entry =
        audit::entry(ctx, by, name, "outreach", outreach.id.as_str()).with("client", outreach.client_id.as_str());
    tx.audit(match outreach.outcome {
        Some(outcome) => entry.with("outcome", outcome.as_str()),
        None => entry.with("owner", outreach.owner_id.as_str()),
    });
}
