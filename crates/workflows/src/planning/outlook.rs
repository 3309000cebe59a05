//! What a practice will ask in the weeks to come, week by week: clients by check-ins, others by requests. A course that is going to
//! move to another version of its protocol is counted under each version for its time.

use super::{Facts, OthersAhead, PAGE, WEEKS_AHEAD};
use crate::delivery::Contacts;
use crate::protocol::{Announced, midnight};
use crate::situation::Situation;
use crate::{Context, Result};
use care::client::Purpose;
use care::plan::{self, Plan};
use care::protocol::Protocol;
use care::{EpisodeId, Instant, ProtocolId};
use chrono::Duration;
use instruments::Rater;
use std::collections::{BTreeMap, HashSet};
use store::Read;

/// What a practice will ask in the weeks to come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outlook {
    /// Open episodes looked at.
    pub episodes: usize,
    /// Of these, those that move to another version within these weeks because that was announced.
    pub moving: usize,
    /// Check-ins, by week from now.
    pub check_ins: Vec<u32>,
    /// How often each instrument is asked of clients, by week from now.
    pub instruments: BTreeMap<String, Vec<u32>>,
    /// How often something is left out by the budget, by week from now.
    pub dropped: Vec<u32>,
    /// Check-ins that one channel or another can carry; the rest has nobody to go to.
    pub reachable: u32,
    /// How often each instrument is asked of the clinician, or of somebody close to a client, by week from now. None of it is a
    /// check-in.
    pub of_others: BTreeMap<(String, Rater), Vec<u32>>,
    /// Lines for others that ask nobody, one a course: there is nobody of the kind, or the instrument may not be used.
    pub not_asked: u32,
}

/// A version and from when on a course is under it.
struct Phase<'a> {
    version: &'a Protocol,
    since: Instant,
}

/// A draft and, where it is to be in force from a later day on, the instant at which it begins.
type Drafted<'a> = (&'a Protocol, Option<Instant>);

/// The outlook of all open episodes, with the moves that were announced; with a draft, of those under a version of its name as if
/// they were under the draft already, or from the day on from which it is to be in force.
pub async fn outlook(read: &mut Read, ctx: &Context, draft: Option<&Protocol>) -> Result<Outlook> {
    let versions: BTreeMap<ProtocolId, Protocol> =
        store::protocol::list(read).await?.into_iter().map(|one| (one.id.clone(), one)).collect();
    let announced = Announced::read(read, versions.values()).await?;
    let weeks = usize::try_from(WEEKS_AHEAD).unwrap_or(8);
    let mut outlook = Outlook { check_ins: vec![0; weeks], dropped: vec![0; weeks], ..Outlook::default() };
    let (now, horizon) = (ctx.now(), ctx.now() + Duration::weeks(WEEKS_AHEAD));
    let practice = store::practice::get(read).await?;
    for version in versions.values() {
        let drafted: Option<Drafted<'_>> = draft
            .filter(|draft| draft.name == version.name)
            .map(|draft| (draft, draft.in_force_from.map(|day| midnight(day, &practice))));
        let open = store::protocol::open_episodes(read, &version.id).await?;
        for page in open.chunks(PAGE) {
            let episodes = store::episode::by_ids(read, page).await?;
            let situations = Situation::around_all(read, episodes).await?;
            let moves = announced.of(read, &situations).await?;
            let reached = reached(read, &situations).await?;
            let phases: Vec<Vec<Phase<'_>>> = situations
                .iter()
                .map(|one| {
                    let moves = moves.get(&one.episode.id).map(Vec::as_slice).unwrap_or_default();
                    let moves = moves.iter().filter_map(|(id, since)| Some((versions.get(id)?, *since)));
                    phases(version, moves, drafted, now)
                })
                .collect();
            let ahead = ahead(read, ctx, &situations, &phases).await?;
            for ((situation, phases), (plan, others)) in situations.iter().zip(&phases).zip(&ahead) {
                outlook.episodes += 1;
                let is_moving = |one: &Phase<'_>| {
                    one.since < horizon
                        && one.version.id != version.id
                        && draft.is_none_or(|new| new.id != one.version.id)
                };
                outlook.moving += usize::from(phases.iter().any(is_moving));
                outlook.note(plan, now, reached.contains(&situation.episode.id));
                outlook.note_others(others, now);
            }
        }
    }
    Ok(outlook)
}

/// The versions a course is under, one after the other; the first one governs it now.
fn phases<'a>(
    now_under: &'a Protocol,
    moves: impl Iterator<Item = (&'a Protocol, Instant)>,
    drafted: Option<Drafted<'a>>,
    now: Instant,
) -> Vec<Phase<'a>> {
    let mut phases = vec![Phase { version: now_under, since: now }];
    let drafted = drafted.map(|(draft, begins)| (draft, begins.unwrap_or(now)));
    for (version, since) in moves.chain(drafted) {
        // A move that is due has as good as happened, and what would come later does not any more.
        let since = since.max(now);
        phases.retain(|one| one.since < since);
        phases.push(Phase { version, since });
    }
    phases
}

/// What these courses ask under the versions of their phases, each for its time.
async fn ahead(
    read: &mut Read,
    ctx: &Context,
    situations: &[Situation],
    phases: &[Vec<Phase<'_>>],
) -> Result<Vec<(Plan, OthersAhead)>> {
    let mut ahead: Vec<Option<(Plan, OthersAhead)>> = situations.iter().map(|_| None).collect();
    let most = phases.iter().map(Vec::len).max().unwrap_or(0);
    for step in 0..most {
        let those: Vec<(usize, &Phase<'_>)> =
            phases.iter().enumerate().filter_map(|(at, phases)| Some((at, phases.get(step)?))).collect();
        let governed = those.iter().map(|(at, phase)| (situations[*at].clone(), phase.version.clone())).collect();
        for ((at, phase), mut facts) in those.into_iter().zip(Facts::under(read, ctx, governed).await?) {
            let days = WEEKS_AHEAD * 7;
            ahead[at] = Some(match ahead[at].take() {
                None => (plan::to_come(&facts.as_plan(ctx, days)), facts.others_to_come(ctx, days)),
                Some((mut plan, mut others)) => {
                    let since = phase.since;
                    plan.wanted.retain(|one| one.send_at < since);
                    plan.dropped.retain(|one| one.at < since);
                    others.wanted.retain(|(_, _, one)| one.send_at < since);
                    facts.suppose_asked(&plan, &others);
                    let then = plan::to_come(&facts.as_plan(ctx, days));
                    plan.wanted.extend(then.wanted.into_iter().filter(|one| one.send_at >= since));
                    plan.dropped.extend(then.dropped.into_iter().filter(|one| one.at >= since));
                    let then = facts.others_to_come(ctx, days);
                    others.wanted.extend(then.wanted.into_iter().filter(|(_, _, one)| one.send_at >= since));
                    // Where there is nobody to ask is of interest for what is going to hold.
                    others.not_asked = then.not_asked;
                    (plan, others)
                }
            });
        }
    }
    Ok(ahead.into_iter().flatten().collect())
}

/// The courses whose clients a check-in can be sent to.
async fn reached(read: &mut Read, situations: &[Situation]) -> Result<HashSet<EpisodeId>> {
    let clients: Vec<_> = situations.iter().map(|one| one.client_id().clone()).collect();
    let clients = store::client::by_ids(read, &clients).await?;
    let contacts = Contacts::of(read, &clients).await?;
    let reached: HashSet<_> = clients
        .iter()
        .filter(|client| contacts.usable_channel(client, Purpose::CheckIn).is_some())
        .map(|client| &client.id)
        .collect();
    let is_reached = |one: &&Situation| reached.contains(one.client_id());
    Ok(situations.iter().filter(is_reached).map(|one| one.episode.id.clone()).collect())
}

impl Outlook {
    fn note(&mut self, plan: &Plan, now: Instant, reached: bool) {
        for one in &plan.wanted {
            let Some(week) = self.week(one.send_at, now) else { continue };
            self.check_ins[week] += 1;
            self.reachable += u32::from(reached);
            for asked in &one.asked {
                let weeks = self.check_ins.len();
                self.instruments.entry(asked.id.clone()).or_insert_with(|| vec![0; weeks])[week] += 1;
            }
        }
        for dropped in &plan.dropped {
            if let Some(week) = self.week(dropped.at, now) {
                self.dropped[week] += 1;
            }
        }
    }

    fn note_others(&mut self, others: &OthersAhead, now: Instant) {
        for (by, instrument, one) in &others.wanted {
            let Some(week) = self.week(one.send_at, now) else { continue };
            let weeks = self.check_ins.len();
            self.of_others.entry((instrument.clone(), by.rater())).or_insert_with(|| vec![0; weeks])[week] += 1;
        }
        self.not_asked += u32::try_from(others.not_asked.len()).unwrap_or(u32::MAX);
    }

    /// The week from now in which an instant lies; what is overdue goes now.
    fn week(&self, at: Instant, now: Instant) -> Option<usize> {
        let weeks = (at - now).max(Duration::zero()).num_weeks();
        usize::try_from(weeks).ok().filter(|week| *week < self.check_ins.len())
    }
}
