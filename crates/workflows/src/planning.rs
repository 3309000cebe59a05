//! Check-ins brought in line with protocol and calendar, for one course of therapy or a page of them together, and the pages that
//! show what is to come and what another protocol would ask.

mod facts;
mod others;
mod outlook;

pub(crate) use self::facts::{Facts, by};
pub use self::others::{NotAsked, OthersAhead};
pub use self::outlook::{Outlook, outlook};

use crate::situation::Situation;
use crate::{Context, Error, Result, case, delivery, outreach, packet, protocol, reminder};
use care::packet::Packet;
use care::plan::{self, Change, Plan};
use care::staff::Actor;
use care::{EpisodeId, Job, PacketId};
use std::collections::{BTreeSet, HashSet};
use store::packet::Moved;
use store::{Read, Tx};

/// How many courses are planned in one transaction: others wait behind it.
pub const PAGE: usize = 200;
/// How many weeks the pages look ahead.
pub const WEEKS_AHEAD: i64 = 8;

/// Brings the check-ins of these courses in line with their protocols and appointments, and what else follows from them. Doing it
/// again changes nothing. Everything is decided on rows that are read while the courses are locked.
pub async fn replan(tx: &mut Tx, ctx: &Context, episodes: &[EpisodeId]) -> Result<()> {
    let locked = store::episode::lock_all(tx, episodes).await?;
    if locked.is_empty() {
        return Ok(());
    }
    let mut situations = Situation::around_all(tx, locked).await?;
    protocol::move_due(tx, ctx, &mut situations).await?;
    let facts = Facts::of(tx, ctx, situations).await?;
    settle(tx, ctx, &facts).await?;
    others::settle(tx, ctx, &facts).await?;
    let situations: Vec<Situation> = facts.into_iter().map(|one| one.situation).collect();
    reminder::plan(tx, ctx, &situations).await?;
    outreach::settle(tx, ctx, &situations).await?;
    case::follow_sessions(tx, &situations).await
}

/// Those of these courses for which [`replan`] would change anything. Whoever changes a course plans it as well, so that what is
/// found in order here stays so.
pub async fn behind(read: &mut Read, ctx: &Context, episodes: &[EpisodeId]) -> Result<Vec<EpisodeId>> {
    let found = store::episode::by_ids(read, episodes).await?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let situations = Situation::around_all(read, found).await?;
    let mut behind = BTreeSet::new();
    behind.extend(protocol::due_moves(read, ctx, &situations).await?.into_iter().map(|one| one.episode_id));
    let facts = Facts::of(read, ctx, situations).await?;
    let changing = facts.iter().filter(|one| !one.changes(ctx).is_empty() || !one.changes_of_others(ctx).is_empty());
    behind.extend(changing.map(|one| one.situation.episode.id.clone()));
    let situations: Vec<Situation> = facts.into_iter().map(|one| one.situation).collect();
    behind.extend(reminder::behind(read, ctx, &situations).await?);
    behind.extend(outreach::behind(read, &situations).await?);
    behind.extend(case::overtaken(read, &situations).await?.into_iter().map(|case| case.episode_id));
    Ok(behind.into_iter().collect())
}

/// Has these courses planned anew by jobs, a page in each: something changed for all of them.
pub(crate) async fn again(tx: &mut Tx, ctx: &Context, episodes: impl IntoIterator<Item = EpisodeId>) -> Result<()> {
    let practice = tx.practice().clone();
    let episodes: Vec<EpisodeId> = episodes.into_iter().collect();
    for page in episodes.chunks(PAGE) {
        let job = match page {
            [episode] => Job::Plan { practice: practice.clone(), episode: episode.clone() },
            several => Job::PlanSeveral { practice: practice.clone(), episodes: several.to_vec() },
        };
        tx.enqueue(&job, ctx.now()).await?;
    }
    Ok(())
}

/// Creates, moves and takes back check-ins so that each course has those it should, and plans their messages.
async fn settle(tx: &mut Tx, ctx: &Context, facts: &[Facts]) -> Result<()> {
    let (mut to_move, mut created): (Vec<(PacketId, plan::Desired)>, Vec<Packet>) = Default::default();
    for one in facts {
        for change in one.changes(ctx) {
            match change {
                Change::Create(desired) => created.push(packet::planned(ctx, &one.situation, desired)),
                Change::Move { packet, to } => to_move.push((packet, to)),
                Change::Withdraw { packet, reason } => {
                    packet::take_back(tx, ctx, &packet, &Actor::System, reason.as_str()).await?;
                }
            }
        }
    }
    let moved: Vec<Moved<'_>> = to_move
        .iter()
        .map(|(id, to)| Moved { id, asked: &to.asked, send_at: to.send_at, expires_at: to.expires_at })
        .collect();
    let mut due = store::packet::reschedule_many(tx, &moved).await?;
    let inserted: HashSet<PacketId> = store::packet::insert_many(tx, &created).await?.into_iter().collect();
    due.extend(created.into_iter().filter(|packet| inserted.contains(&packet.id)));
    match facts.first() {
        Some(first) => delivery::plan_invites(tx, ctx, &first.situation.practice, &due).await,
        None => Ok(()),
    }
}

/// What an episode will be asked in the weeks to come, and what the budget leaves out.
pub async fn ahead(read: &mut Read, ctx: &Context, episode: &EpisodeId) -> Result<Plan> {
    let situation = Situation::of(read, episode).await?;
    let mut facts = Facts::of(read, ctx, vec![situation]).await?.pop().ok_or(Error::NotFound)?;
    // Who looks ahead wants to know of them without a budget too.
    let mut goals = facts::goals(read, std::slice::from_ref(episode)).await?;
    facts.course.goals = goals.remove(episode).unwrap_or_default();
    Ok(plan::to_come(&facts.as_plan(ctx, WEEKS_AHEAD * 7)))
}

/// What others will be asked about the client of an episode, and which lines ask nobody and why.
pub async fn others_ahead(read: &mut Read, ctx: &Context, episode: &EpisodeId) -> Result<OthersAhead> {
    let situation = Situation::of(read, episode).await?;
    let facts = Facts::of(read, ctx, vec![situation]).await?.pop().ok_or(Error::NotFound)?;
    Ok(facts.others_to_come(ctx, WEEKS_AHEAD * 7))
}
