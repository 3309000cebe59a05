//! A version that is published ahead: what it may say, its day, and what happens on it. The day is one of the practice's
//! calendar; whoever is the first to ask after its midnight, a job or a person, puts the version in force. When courses will have
//! moved is told from their calendars.

use super::Draft;
use crate::access::{self, require};
use crate::field::Form;
use crate::situation::Situation;
use crate::{Context, Error, Result, audit, planning};
use care::access::{Action, Viewer};
use care::practice::Practice;
use care::protocol::{Protocol, ProtocolState};
use care::staff::Actor;
use care::{EpisodeId, Instant, Job, Phi, ProtocolChangeId, ProtocolId, local_time};
use chrono::{Duration, NaiveDate};
use chrono_tz::Tz;
use std::collections::HashMap;
use store::protocol::PlannedMove;
use store::protocol_exception::{Move, Waiting};
use store::{Read, Tx};

/// Nobody knows today what is right in more than a year.
const FURTHEST: Duration = Duration::days(366);

/// Checks from when on a draft is to be in force, given the versions of its name.
pub(super) fn check(form: &mut Form, draft: &Draft, versions: &[Protocol], today: NaiveDate) {
    if let Some(day) = draft.in_force_from {
        form.expect("in_force_from", "wrong-past", || day >= today);
        form.expect("in_force_from", "wrong-too-far", || day <= today + FURTHEST);
    }
    // Of two that wait nobody could say which follows which.
    form.expect("in_force_from", "wrong-scheduled", || {
        !versions.iter().any(|one| one.state == ProtocolState::Scheduled && !one.is_due(today))
    });
}

/// Since when a course waits for its next session: from the decision, or the day on which the version came into force.
pub(super) fn since(waiting: &Waiting, practice: &Practice) -> Instant {
    let begins = waiting.in_force_from.map(|day| midnight(day, practice));
    begins.map_or(waiting.decided_at, |begins| begins.max(waiting.decided_at))
}

/// The moves of running courses that were announced, as pages that look ahead count them.
pub(crate) struct Announced<'a> {
    versions: Vec<&'a Protocol>,
    /// The versions that wait for their day and that running courses move to from then on.
    scheduled: Vec<(&'a Protocol, NaiveDate)>,
}

impl<'a> Announced<'a> {
    /// What was decided about these versions.
    pub(crate) async fn read(read: &mut Read, versions: impl Iterator<Item = &'a Protocol>) -> Result<Self> {
        let versions: Vec<&Protocol> = versions.collect();
        let waiting = |one: &&&Protocol| one.state == ProtocolState::Scheduled;
        let ids: Vec<ProtocolId> = versions.iter().filter(waiting).map(|one| one.id.clone()).collect();
        let planned = store::protocol::planned_moves(read, &ids).await?;
        let is_planned = |one: &&Protocol| planned.iter().any(|planned| planned.protocol_id == one.id);
        let scheduled = versions.iter().copied().filter(is_planned);
        let scheduled = scheduled.filter_map(|one| Some((one, one.in_force_from?))).collect();
        Ok(Self { versions, scheduled })
    }

    /// To which versions these courses move, and when, as their calendars stand; in that order.
    pub(crate) async fn of(
        &self,
        read: &mut Read,
        situations: &[Situation],
    ) -> Result<HashMap<EpisodeId, Vec<(ProtocolId, Instant)>>> {
        let ids: Vec<EpisodeId> = situations.iter().map(|one| one.episode.id.clone()).collect();
        let waiting = store::protocol_exception::waiting(read, &ids).await?;
        let mut moves = HashMap::new();
        for situation in situations {
            let episode = &situation.episode;
            let mut of_one: Vec<(ProtocolId, Instant)> = waiting
                .iter()
                .filter(|one| one.episode_id == episode.id)
                .map(|one| (one.after_id.clone(), super::moves_at(situation, since(one, &situation.practice))))
                .collect();
            let under = self.versions.iter().find(|one| one.id == episode.protocol_id);
            let next = self
                .scheduled
                .iter()
                .find(|(next, _)| under.is_some_and(|under| under.name == next.name && under.version < next.version));
            if let Some((next, day)) = next {
                let begins = midnight(*day, &situation.practice);
                // On its day it takes the place of a move that still waits.
                of_one.retain(|(_, at)| *at < begins);
                of_one.push((next.id.clone(), super::moves_at(situation, begins)));
            }
            if !of_one.is_empty() {
                moves.insert(episode.id.clone(), of_one);
            }
        }
        Ok(moves)
    }
}

/// The first instant of a day in the practice's zone.
pub(crate) fn midnight(day: NaiveDate, practice: &Practice) -> Instant {
    local_time::at_minute(day, 0, local_time::zone(&practice.zone).unwrap_or(Tz::UTC))
}

/// Has a job look when the day begins.
pub(super) async fn wake_on(tx: &mut Tx, day: NaiveDate) -> Result<()> {
    let practice = store::practice::get(tx).await?;
    let at = midnight(day, &practice);
    tx.enqueue(&Job::BeginProtocols { practice: practice.id }, at).await?;
    Ok(())
}

/// Notes that running episodes move to a version when its day has come, and why.
pub(super) async fn plan_moves(tx: &mut Tx, ctx: &Context, by: &Viewer, to: &ProtocolId, reason: String) -> Result<()> {
    let planned = PlannedMove {
        protocol_id: to.clone(),
        reason: Phi::new(reason),
        decided_at: ctx.now(),
        decided_by: by.staff_id.clone(),
    };
    if store::protocol::plan_move(tx, &planned).await? { Ok(()) } else { Err(Error::Conflict) }
}

/// Puts the versions in force whose day has come; tells how many. Doing it again changes nothing.
pub async fn begin_due(tx: &mut Tx, ctx: &Context) -> Result<usize> {
    let scheduled = store::protocol::scheduled(tx).await?;
    if scheduled.is_empty() {
        return Ok(0);
    }
    let today = access::today(tx, ctx).await?;
    let mut begun = 0;
    for version in scheduled.into_iter().filter(|one| one.is_due(today)) {
        if store::protocol::begin(tx, &version.id).await? {
            follow(tx, ctx, &version).await?;
            begun += 1;
        }
    }
    Ok(begun)
}

/// A version has come into force: the one before it is retired, and running episodes wait for their next session where that
/// was decided.
async fn follow(tx: &mut Tx, ctx: &Context, version: &Protocol) -> Result<()> {
    let mut older = store::protocol::list(tx).await?;
    older.retain(|old| old.name == version.name && old.version < version.version);
    for old in older.iter().filter(|old| old.state == ProtocolState::Current) {
        store::protocol::retire(tx, &old.id).await?;
    }
    store::protocol::fill_default(tx, &version.id).await?;
    let mut moves = Vec::new();
    if let Some(planned) = store::protocol::planned_moves(tx, std::slice::from_ref(&version.id)).await?.pop() {
        for old in older {
            let open = store::protocol::open_episodes(tx, &old.id).await?;
            moves.extend(open.into_iter().map(|episode_id| Move {
                id: ctx.id(ProtocolChangeId::new),
                episode_id,
                before: old.id.clone(),
                after: version.id.clone(),
                reason: planned.reason.clone(),
                decided_at: planned.decided_at,
                decided_by: planned.decided_by.clone(),
                applied_at: None,
            }));
        }
    }
    store::protocol_exception::decide(tx, &moves).await?;
    let entry = audit::entry(ctx, &Actor::System, "protocol.begin", "protocol", version.id.as_str());
    tx.audit(entry.with("version", version.version.to_string()).with("episodes", moves.len().to_string()));
    // Where this comes late, there was a session already.
    planning::again(tx, ctx, moves.into_iter().map(|one| one.episode_id)).await
}

/// Takes a version back that waits for its day. What has come into force is not taken back: another version follows it.
pub async fn withdraw(tx: &mut Tx, ctx: &Context, by: &Viewer, id: &ProtocolId) -> Result<()> {
    require(by, Action::Administer)?;
    begin_due(tx, ctx).await?;
    let version = store::protocol::find(tx, id).await?.ok_or(Error::NotFound)?;
    if version.state != ProtocolState::Scheduled {
        return Err(Error::invalid("protocol", "wrong-begun"));
    }
    if !store::protocol::withdraw(tx, id).await? {
        return Err(Error::Conflict);
    }
    audit::write(tx, ctx, &Actor::Staff(by.staff_id.clone()), "protocol.withdraw", "protocol", id.as_str());
    Ok(())
}
