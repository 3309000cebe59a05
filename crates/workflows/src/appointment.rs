//! Appointments: made, moved, cancelled, attended or missed. Every change plans the episode's check-ins anew and moves the
//! due dates of its case, in the same transaction.

use crate::{Context, Error, Result, audit, outcome, outreach, packet};
use care::appointment::{Appointment, AppointmentState};
use care::episode::{Episode, EpisodeState};
use care::staff::Actor;
use care::{AppointmentId, EpisodeId, Instant, SiteId, StaffId};
use chrono::Duration;
use store::{Read, Tx};

/// Cancelled later than this before its start, an appointment is cancelled late.
pub const LATE: Duration = Duration::hours(24);
/// No session is longer.
const LONGEST: Duration = Duration::hours(12);
/// Nobody plans further ahead.
const FURTHEST: Duration = Duration::days(2 * 366);

/// An appointment to make.
#[derive(Debug, Clone)]
pub struct NewAppointment {
    /// In which episode.
    pub episode: EpisodeId,
    /// By whom; the episode's clinician unless given.
    pub clinician: Option<StaffId>,
    /// Where; the episode's site unless given.
    pub site: Option<SiteId>,
    /// Start.
    pub starts_at: Instant,
    /// End.
    pub ends_at: Instant,
}

/// Makes an appointment.
pub async fn make(tx: &mut Tx, ctx: &Context, by: &Actor, new: &NewAppointment) -> Result<Appointment> {
    let episode = open_episode(tx, &new.episode).await?;
    check_times(ctx, new.starts_at, new.ends_at)?;
    let clinician = match &new.clinician {
        Some(clinician) => {
            let person = store::staff::find(tx, clinician).await?;
            person.filter(|person| person.is(care::staff::Role::Clinician)).map(|person| person.id)
        }
        None => store::assignment::current(tx, &episode.id).await?.map(|current| current.clinician_id),
    };
    let clinician_id = clinician.ok_or_else(|| Error::invalid("clinician", "wrong-choose"))?;
    let site_id = match &new.site {
        Some(site) => store::site::find(tx, site)
            .await?
            .map(|site| site.id)
            .ok_or_else(|| Error::invalid("site", "wrong-choose"))?,
        None => episode.site_id.clone(),
    };
    let appointment = Appointment {
        id: ctx.id(AppointmentId::new),
        client_id: episode.client_id,
        episode_id: episode.id,
        clinician_id,
        site_id,
        starts_at: new.starts_at,
        ends_at: new.ends_at,
        state: AppointmentState::Scheduled,
    };
    store::appointment::insert(tx, &appointment).await?;
    note(tx, ctx, by, "appointment.make", &appointment);
    packet::replan(tx, ctx, &appointment.episode_id).await?;
    outreach::rebooked(tx, ctx, &appointment).await?;
    Ok(appointment)
}

/// Gives an appointment to come another time. `seen` is the start the person saw; when it is not that any more, somebody
/// else was faster.
pub async fn move_to(
    tx: &mut Tx,
    ctx: &Context,
    by: &Actor,
    id: &AppointmentId,
    seen: Instant,
    starts_at: Instant,
    ends_at: Instant,
) -> Result<Appointment> {
    let before = found(tx, id).await?;
    open_episode(tx, &before.episode_id).await?;
    if before.state != AppointmentState::Scheduled {
        return Err(Error::invalid("appointment", "appointment-not-to-come"));
    }
    check_times(ctx, starts_at, ends_at)?;
    let after = store::appointment::reschedule(tx, id, seen, starts_at, ends_at).await?.ok_or(Error::Conflict)?;
    note(tx, ctx, by, "appointment.move", &after);
    packet::replan(tx, ctx, &after.episode_id).await?;
    outreach::rebooked(tx, ctx, &after).await?;
    Ok(after)
}

/// Cancels an appointment to come; less than 24 hours before its start it counts as cancelled late.
pub async fn cancel(tx: &mut Tx, ctx: &Context, by: &Actor, id: &AppointmentId) -> Result<Appointment> {
    let before = found(tx, id).await?;
    let to =
        if before.starts_at - ctx.now() < LATE { AppointmentState::LateCancelled } else { AppointmentState::Cancelled };
    if matches!(before.state, AppointmentState::Cancelled | AppointmentState::LateCancelled) {
        return Ok(before);
    }
    if before.state != AppointmentState::Scheduled {
        return Err(Error::invalid("appointment", "appointment-not-to-come"));
    }
    change(tx, ctx, by, &before, to, "appointment.cancel").await
}

/// How a session went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attendance {
    /// It took place.
    Attended,
    /// The client did not come.
    NoShow,
    /// Neither is known: a record made by mistake is taken back.
    Unknown,
}

/// Records how a session went; a record made before may be corrected. Nobody has missed a session before it starts.
pub async fn record(
    tx: &mut Tx,
    ctx: &Context,
    by: &Actor,
    id: &AppointmentId,
    attendance: Attendance,
) -> Result<Appointment> {
    let before = found(tx, id).await?;
    let (to, name) = match attendance {
        Attendance::Attended => (AppointmentState::Attended, "appointment.attended"),
        Attendance::NoShow => (AppointmentState::NoShow, "appointment.no_show"),
        Attendance::Unknown => (AppointmentState::Scheduled, "appointment.reopen"),
    };
    if before.state == to {
        return Ok(before);
    }
    if matches!(before.state, AppointmentState::Cancelled | AppointmentState::LateCancelled) {
        return Err(Error::invalid("appointment", "appointment-cancelled"));
    }
    // A client may be early, and the clinician's clock slow.
    let earliest =
        before.starts_at - if attendance == Attendance::Attended { Duration::minutes(30) } else { Duration::zero() };
    if attendance != Attendance::Unknown && ctx.now() < earliest {
        return Err(Error::invalid("appointment", "appointment-not-started"));
    }
    change(tx, ctx, by, &before, to, name).await
}

async fn change(
    tx: &mut Tx,
    ctx: &Context,
    by: &Actor,
    before: &Appointment,
    to: AppointmentState,
    name: &str,
) -> Result<Appointment> {
    let after = store::appointment::set_state(tx, &before.id, before.state, to).await?.ok_or(Error::Conflict)?;
    tx.audit(
        audit::entry(ctx, by, name, "appointment", after.id.as_str())
            .with("client", after.client_id.as_str())
            .with("before", before.state.as_str())
            .with("state", to.as_str()),
    );
    // Attendance of a course that has ended may still be put right; it asks nothing any more.
    if let Some(episode) = store::episode::find(tx, &after.episode_id).await? {
        match episode.state {
            EpisodeState::Open => {
                packet::replan(tx, ctx, &after.episode_id).await?;
            }
            EpisodeState::Discharged => outcome::touch(tx, ctx, &episode).await?,
        }
    }
    Ok(after)
}

async fn found(read: &mut Read, id: &AppointmentId) -> Result<Appointment> {
    store::appointment::find(read, id).await?.ok_or(Error::NotFound)
}

async fn open_episode(read: &mut Read, id: &EpisodeId) -> Result<Episode> {
    let episode = store::episode::find(read, id).await?.ok_or(Error::NotFound)?;
    if episode.is_open() { Ok(episode) } else { Err(Error::invalid("episode", "episode-discharged")) }
}

fn check_times(ctx: &Context, starts_at: Instant, ends_at: Instant) -> Result<()> {
    if ends_at <= starts_at || ends_at - starts_at > LONGEST {
        return Err(Error::invalid("ends_at", "wrong-order"));
    }
    if (starts_at - ctx.now()).abs() > FURTHEST {
        return Err(Error::invalid("starts_at", "wrong-date"));
    }
    Ok(())
}

fn note(tx: &mut Tx, ctx: &Context, by: &Actor, name: &str, appointment: &Appointment) {
    let entry = audit::entry(ctx, by, name, "appointment", appointment.id.as_str());
    tx.audit(
        entry.with("client", appointment.client_id.as_str()).with("starts_at", appointment.starts_at.to_rfc3339()),
    );
}
