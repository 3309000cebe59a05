//! Courses of therapy: begun, passed from one clinician to another, put under another protocol, ended.

use crate::{Context, Error, Problem, Result, access, audit, capacity, case, exit_survey, outcome, packet, protocol};
use care::appointment::AppointmentState;
use care::case::CaseState;
use care::episode::{Assignment, DischargeReason, Episode, EpisodeState};
use care::protocol::{Protocol, ProtocolState};
use care::staff::{Actor, Role, StaffState};
use care::{AssignmentId, ClientId, EpisodeId, ProtocolId, SiteId, StaffId};
use chrono::{Duration, NaiveDate};
use store::{Read, Tx};

/// A course of therapy to begin.
#[derive(Debug, Clone)]
pub struct Start {
    /// Whose.
    pub client: ClientId,
    /// Where; the client's site unless given.
    pub site: Option<SiteId>,
    /// Under which protocol version; the practice's default unless given.
    pub protocol: Option<ProtocolId>,
    /// With whom; may be decided later.
    pub clinician: Option<StaffId>,
    /// First day; today unless given.
    pub started_on: Option<NaiveDate>,
}

impl Start {
    /// A course of therapy from today on, with what is usual.
    pub const fn of(client: ClientId) -> Self {
        Self { client, site: None, protocol: None, clinician: None, started_on: None }
    }
}

/// Begins a course of therapy and plans its check-ins.
pub async fn start(tx: &mut Tx, ctx: &Context, by: &Actor, new: &Start) -> Result<Episode> {
    // Before the course begins: it would count itself.
    let closed = match &new.clinician {
        Some(clinician) => capacity::closed(tx, ctx, clinician).await?.map(|why| (clinician, why)),
        None => None,
    };
    let episode = begin(tx, ctx, by, new).await?;
    if let Some((clinician, why)) = closed {
        capacity::use_override(tx, ctx, by, &episode.id, clinician, why).await?;
    }
    packet::replan(tx, ctx, &episode.id).await?;
    Ok(episode)
}

/// [`start`] without planning: for whoever brings the appointments in the same breath.
pub(crate) async fn begin(tx: &mut Tx, ctx: &Context, by: &Actor, new: &Start) -> Result<Episode> {
    let client = store::client::by_ids(tx, std::slice::from_ref(&new.client)).await?.pop().ok_or(Error::NotFound)?;
    let site = new.site.clone().unwrap_or(client.site_id);
    if store::site::find(tx, &site).await?.is_none() {
        return Err(Error::invalid("site", "wrong-choose"));
    }
    let protocol = protocol_for(tx, ctx, new.protocol.as_ref()).await?;
    if let Some(clinician) = &new.clinician {
        require_clinician(tx, clinician).await?;
    }
    let today = access::today(tx, ctx).await?;
    let started_on = new.started_on.unwrap_or(today);
    if started_on > today + Duration::days(366) || started_on < today - Duration::days(366 * 40) {
        return Err(Error::invalid("started_on", "wrong-date"));
    }
    let episode = Episode {
        id: ctx.id(EpisodeId::new),
        client_id: new.client.clone(),
        site_id: site,
        protocol_id: protocol.id,
        started_on,
        state: EpisodeState::Open,
        discharged_at: None,
        discharge_reason: None,
    };
    if !store::episode::insert(tx, &episode).await? {
        return Err(Error::invalid("client", "episode-open-already"));
    }
    // Whoever comes back is not followed up about the last time.
    for earlier in store::episode::list_of_client(tx, &new.client).await? {
        if earlier.state == EpisodeState::Discharged {
            packet::withdraw_all(tx, ctx, &earlier.id, by).await?;
        }
    }
    tx.audit(
        audit::entry(ctx, by, "episode.start", "episode", episode.id.as_str()).with("client", new.client.as_str()),
    );
    if let Some(clinician) = &new.clinician {
        pass_to(tx, ctx, by, &episode.id, clinician).await?;
    }
    Ok(episode)
}

async fn protocol_for(tx: &mut Tx, ctx: &Context, wanted: Option<&ProtocolId>) -> Result<Protocol> {
    let begun = protocol::begin_due(tx, ctx).await?;
    let Some(id) = wanted else {
        return store::protocol::default(tx).await?.ok_or_else(|| Error::invalid("protocol", "episode-no-protocol"));
    };
    let mut found = store::protocol::find(tx, id).await?;
    // A form that was opened before midnight names the version of the day before.
    if let Some(before) = found.as_ref().filter(|one| begun > 0 && one.state == ProtocolState::Retired) {
        found = store::protocol::current(tx).await?.into_iter().find(|one| one.name == before.name);
    }
    found
        .filter(|protocol| protocol.state == ProtocolState::Current)
        .ok_or_else(|| Error::invalid("protocol", "wrong-choose"))
}

/// Whether a person may be given an episode.
async fn require_clinician(read: &mut Read, id: &StaffId) -> Result<()> {
    let person = store::staff::find(read, id).await?;
    if person.is_some_and(|person| person.state == StaffState::Active && person.is(Role::Clinician)) {
        Ok(())
    } else {
        Err(Error::invalid("clinician", "episode-not-a-clinician"))
    }
}

/// Gives an open episode a clinician, and tells whom it had before.
pub(crate) async fn pass_to(
    tx: &mut Tx,
    ctx: &Context,
    by: &Actor,
    episode: &EpisodeId,
    clinician: &StaffId,
) -> Result<Option<StaffId>> {
    let assignment = Assignment {
        id: ctx.id(AssignmentId::new),
        episode_id: episode.clone(),
        clinician_id: clinician.clone(),
        starts_at: ctx.now(),
        ends_at: None,
    };
    let before = store::assignment::assign(tx, &assignment).await?.map(|ended| ended.clinician_id);
    let entry =
        audit::entry(ctx, by, "episode.assign", "episode", episode.as_str()).with("clinician", clinician.as_str());
    tx.audit(entry.listing("before", before.as_ref().map(StaffId::as_str)));
    Ok(before)
}

/// Passes an episode to a clinician. Its open case goes with it, and the new owner is told. The one who had it before does
/// not see the chart any more.
pub async fn assign(tx: &mut Tx, ctx: &Context, by: &StaffId, episode: &EpisodeId, clinician: &StaffId) -> Result<()> {
    let found = store::episode::lock(tx, episode).await?.ok_or(Error::NotFound)?;
    if !found.is_open() {
        return Err(Error::invalid("episode", "episode-discharged"));
    }
    require_clinician(tx, clinician).await?;
    if store::assignment::current(tx, episode).await?.is_some_and(|current| &current.clinician_id == clinician) {
        return Ok(());
    }
    let actor = Actor::Staff(by.clone());
    if let Some(why) = capacity::closed(tx, ctx, clinician).await? {
        capacity::use_override(tx, ctx, &actor, episode, clinician, why).await?;
    }
    pass_to(tx, ctx, &actor, episode, clinician).await?;
    if let Some(open) = store::case::open_of_episode(tx, episode).await?
        && &open.owner_id != clinician
    {
        hand_over(tx, ctx, by, open.id, clinician).await?;
    }
    Ok(())
}

async fn hand_over(tx: &mut Tx, ctx: &Context, by: &StaffId, case: care::CaseId, to: &StaffId) -> Result<()> {
    let command = case::Command { case, revision: None, act: case::Act::HandOver(to.clone()), note: None };
    case::act(tx, ctx, by, command).await?;
    Ok(())
}

/// A course of therapy to end.
#[derive(Debug, Clone)]
pub struct Discharge {
    /// Which.
    pub episode: EpisodeId,
    /// Why it ends.
    pub reason: DischargeReason,
    /// Who has the open case from then on; without, an open case stands in the way.
    pub case_to: Option<StaffId>,
}

/// Ends a course of therapy: what it still asks is taken back, its sessions to come are cancelled, the assignment ends. An
/// open case has to be closed or handed over first; the refusal says what it still needs.
pub async fn discharge(tx: &mut Tx, ctx: &Context, by: &StaffId, end: &Discharge) -> Result<Episode> {
    let now = ctx.now();
    let actor = Actor::Staff(by.clone());
    let found = store::episode::lock(tx, &end.episode).await?.ok_or(Error::NotFound)?;
    if !found.is_open() {
        return Err(Error::Conflict);
    }
    if let Some(open) = store::case::open_of_episode(tx, &found.id).await? {
        let Some(to) = &end.case_to else {
            let reasons = store::case::reasons(tx, &open.id).await?;
            let owed = open.owed_before_closing(&reasons).into_iter().map(case::missing_key);
            let keys = std::iter::once("discharge-case-open").chain(owed);
            return Err(Error::Invalid(keys.map(|key| Problem { field: "case".to_owned(), key }).collect()));
        };
        if &open.owner_id != to {
            hand_over(tx, ctx, by, open.id, to).await?;
        }
    }
    packet::withdraw_course(tx, ctx, &found.id, end.reason, &actor).await?;
    for ahead in store::appointment::of_episode(tx, &found.id).await? {
        if ahead.state == AppointmentState::Scheduled && ahead.starts_at > now {
            store::appointment::set_state(tx, &ahead.id, AppointmentState::Scheduled, AppointmentState::Cancelled)
                .await?;
        }
    }
    store::assignment::end(tx, &found.id, now).await?;
    let ended = store::episode::discharge(tx, &found.id, end.reason, now).await?.ok_or(Error::Conflict)?;
    // What the protocol asks at the end and afterwards.
    packet::replan(tx, ctx, &ended.id).await?;
    if care::exit_survey::follows_discharge(end.reason) {
        exit_survey::ask(tx, ctx, &actor, &ended.id).await?;
    }
    outcome::touch(tx, ctx, &ended).await?;
    let entry = audit::entry(ctx, &actor, "episode.discharge", "episode", ended.id.as_str())
        .with("client", ended.client_id.as_str());
    tx.audit(entry.with("reason", end.reason.as_str()));
    Ok(ended)
}

/// The open case that stands in the way of a discharge, for the page that offers it.
pub async fn open_case(read: &mut Read, episode: &EpisodeId) -> Result<Option<care::case::Case>> {
    Ok(store::case::open_of_episode(read, episode).await?.filter(|open| open.state != CaseState::Closed))
}

/// Puts an episode under another protocol version that new episodes take, and plans its check-ins anew.
pub async fn change_protocol(
    tx: &mut Tx,
    ctx: &Context,
    by: &Actor,
    episode: &EpisodeId,
    to: &ProtocolId,
) -> Result<()> {
    let found = store::episode::lock(tx, episode).await?.ok_or(Error::NotFound)?;
    if !found.is_open() {
        return Err(Error::invalid("episode", "episode-discharged"));
    }
    if &found.protocol_id == to {
        return Ok(());
    }
    let to = &protocol_for(tx, ctx, Some(to)).await?.id;
    store::episode::set_protocol(tx, episode, &found.protocol_id, to).await?.ok_or(Error::Conflict)?;
    let entry = audit::entry(ctx, by, "episode.set_protocol", "episode", episode.as_str());
    tx.audit(entry.with("before", found.protocol_id.as_str()).with("protocol", to.as_str()));
    packet::replan(tx, ctx, episode).await
}
