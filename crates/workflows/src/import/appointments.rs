//! Appointments from the practice's calendar. The calendar knows times and cancellations; what a person recorded here
//! about a session is not overwritten by a calendar that still says "scheduled".

use super::record::{kept_appointment, note};
use super::runs::made_as;
use super::{AppointmentOutcome, RowOutcome, Run, meant, site_of};
use crate::field::Form;
use crate::{Context, Result, audit, delivery, episode, outreach};
use care::appointment::{Appointment, AppointmentState};
use care::client::Client;
use care::episode::{Episode, EpisodeState};
use care::import::{AppointmentRow, ImportChange};
use care::practice::Site;
use care::staff::{Role, Staff, StaffState};
use care::{AppointmentId, EpisodeId, local_time};
use chrono::Duration;
use std::collections::BTreeSet;
use store::Tx;
use store::appointment::Upserted;

/// Takes a batch of appointments in; the outcomes are in the order of the rows. A client who is in no course of therapy
/// begins one with the appointment's clinician. Check-ins are planned by a job per episode, enqueued here.
pub async fn appointments(
    tx: &mut Tx,
    ctx: &Context,
    run: &Run,
    rows: &[AppointmentRow],
) -> Result<Vec<AppointmentOutcome>> {
    let staff = store::staff::list(tx).await?;
    let sites = store::site::list(tx).await?;
    let mut outcomes = Vec::with_capacity(rows.len());
    let mut to_plan = BTreeSet::new();
    for row in rows {
        outcomes.push(one(tx, ctx, run, &staff, &sites, row, &mut to_plan).await?);
    }
    crate::planning::again(tx, ctx, to_plan).await?;
    care::failpoint!("import.appointments");
    Ok(outcomes)
}

async fn one(
    tx: &mut Tx,
    ctx: &Context,
    run: &Run,
    staff: &[Staff],
    sites: &[Site],
    row: &AppointmentRow,
    to_plan: &mut BTreeSet<EpisodeId>,
) -> Result<AppointmentOutcome> {
    let mut form = Form::default();
    let external = form.line("external_id", &row.external_id, 200);
    form.expect("ends_at", "wrong-order", || {
        row.ends_at > row.starts_at && row.ends_at - row.starts_at <= Duration::hours(24)
    });
    let client = store::client::by_external(tx, row.client_external_id.text()).await?;
    form.expect("client_external_id", "import-client-unknown", || client.is_some());
    // A colleague who left has had sessions, and has none to come.
    let may = |person: &&Staff| {
        person.is(Role::Clinician) && (person.state != StaffState::Deactivated || row.starts_at <= ctx.now())
    };
    let clinician = meant(&row.clinician, staff).filter(may);
    form.expect("clinician", "import-clinician-unknown", || clinician.is_some());
    let site = match (&row.site, &client) {
        (None, Some(client)) if run.default_site.is_none() => Some(client.site_id.clone()),
        (named, _) => site_of(sites, run, named.as_deref())
            .map_err(|problem| form.refuse(&problem.field, problem.key))
            .ok()
            .map(|site| site.id.clone()),
    };
    let known = if external.is_empty() { None } else { store::appointment::by_external(tx, &external).await? };
    form.expect("client_external_id", "import-appointment-of-another", || {
        known.as_ref().is_none_or(|known| client.as_ref().is_none_or(|client| client.id == known.client_id))
    });
    let problems = form.problems();
    let (Some(client), Some(clinician), Some(site_id), true) = (client, clinician, site, problems.is_empty()) else {
        return Ok(RowOutcome::Rejected(problems));
    };
    let found = match &known {
        Some(known) => store::episode::find(tx, &known.episode_id).await?,
        None => None,
    };
    let episode = match found {
        Some(episode) => episode,
        None => match episode_for(tx, ctx, run, &client, clinician, row).await? {
            Ok(episode) => episode,
            Err(problem) => return Ok(RowOutcome::Rejected(vec![problem])),
        },
    };
    if let Some(known) = known.as_ref().filter(|_| episode.state == EpisodeState::Discharged) {
        // The course has ended; its sessions are history.
        return Ok(RowOutcome::Merged(known.id.clone()));
    }
    let state = match known.as_ref().map(|known| known.state) {
        Some(recorded @ (AppointmentState::Attended | AppointmentState::NoShow))
            if row.state == AppointmentState::Scheduled =>
        {
            recorded
        }
        _ => row.state,
    };
    let appointment = Appointment {
        id: ctx.id(AppointmentId::new),
        client_id: client.id,
        episode_id: episode.id.clone(),
        clinician_id: clinician.id.clone(),
        site_id,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        state,
    };
    let upserted = store::appointment::upsert(tx, &external, &appointment).await?;
    let is_rebooked = matches!(upserted, Upserted::Created(_) | Upserted::Moved { .. });
    let (outcome, after) = match upserted {
        Upserted::Unchanged(same) => return Ok(RowOutcome::Merged(same.id)),
        Upserted::Created(after) => {
            let what = ImportChange::AppointmentCreated;
            note(tx, run, what, after.id.as_str(), None, None, &made_as(after.state)).await?;
            (RowOutcome::Created(after.id.clone()), after)
        }
        Upserted::Moved { before, after } | Upserted::Changed { before, after } => {
            let (what, kept) = (ImportChange::AppointmentChanged, kept_appointment(&before, &after));
            note(tx, run, what, after.id.as_str(), kept, None, &differing(&before, &after)).await?;
            (RowOutcome::Merged(after.id.clone()), after)
        }
    };
    if is_rebooked {
        outreach::rebooked(tx, ctx, &after).await?;
    }
    let entry = audit::entry(ctx, &run.by, "appointment.import", "appointment", after.id.as_str());
    tx.audit(entry.with("client", after.client_id.as_str()).with("state", after.state.as_str()));
    if episode.is_open() {
        to_plan.insert(episode.id);
    }
    Ok(outcome)
}

/// The names of the fields that an import changed.
fn differing(before: &Appointment, after: &Appointment) -> Vec<&'static str> {
    [
        ("start", before.starts_at != after.starts_at),
        ("end", before.ends_at != after.ends_at),
        ("status", before.state != after.state),
        ("clinician", before.clinician_id != after.clinician_id),
        ("site", before.site_id != after.site_id),
    ]
    .into_iter()
    .filter_map(|(name, differs)| differs.then_some(name))
    .collect()
}

/// The episode an appointment belongs to: the client's open one, else one that begins with it. A session of the past
/// begins none for a client who has been here before: it belongs to a course that has ended.
async fn episode_for(
    tx: &mut Tx,
    ctx: &Context,
    run: &Run,
    client: &Client,
    clinician: &Staff,
    row: &AppointmentRow,
) -> Result<Result<Episode, crate::Problem>> {
    let episodes = store::episode::list_of_client(tx, &client.id).await?;
    if let Some(open) = episodes.iter().find(|episode| episode.is_open()) {
        if store::assignment::current(tx, &open.id).await?.is_none() && clinician.state == StaffState::Active {
            episode::pass_to(tx, ctx, &run.by, &open.id, &clinician.id).await?;
        }
        return Ok(Ok(open.clone()));
    }
    if let Some(last) = episodes.first().filter(|_| row.starts_at <= ctx.now()) {
        return Ok(Ok(last.clone()));
    }
    let practice = store::practice::get(tx).await?;
    let zone = delivery::practice_zone(&practice);
    let first_day = local_time::day_of(row.starts_at.min(ctx.now()), zone);
    let start = episode::Start {
        clinician: (clinician.state == StaffState::Active).then(|| clinician.id.clone()),
        started_on: Some(first_day),
        ..episode::Start::of(client.id.clone())
    };
    match episode::begin(tx, ctx, &run.by, &start).await {
        Ok(episode) => {
            note(tx, run, ImportChange::EpisodeBegun, episode.id.as_str(), None, None, &[]).await?;
            Ok(Ok(episode))
        }
        // Said before anything was written: the row cannot be used, the others can.
        Err(crate::Error::Invalid(problems)) => Ok(Err(problems
            .into_iter()
            .next()
            .unwrap_or(crate::Problem { field: "episode".to_owned(), key: "episode-no-protocol" }))),
        Err(other) => Err(other),
    }
}
