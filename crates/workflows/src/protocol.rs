//! Protocols: what is asked and how often. A published version never changes; a change is a new version, and the old one
//! governs the episodes that have it until they are moved.

use crate::access::{self, require};
use crate::field::Form;
use crate::shelf::Shelf;
use crate::situation::Situation;
use crate::{Context, Error, Problem, Result, audit, planning};
use care::access::{Action, Viewer};
use care::placement::{Entry, EntryKind};
use care::protocol::{Budget, Exception, Line, Protocol, ProtocolException, ProtocolState, Rhythm, Stop, Weight};
use care::rater::may_ask;
use care::staff::Actor;
use care::{
    EpisodeId, Instant, Phi, PlacementId, ProtocolChangeId, ProtocolExceptionId, ProtocolId, StaffId, local_time,
};
use chrono::{Duration, NaiveDate};
use instruments::Rater;
use std::collections::BTreeMap;
use store::protocol_exception::{Move, Waiting};
use store::{Read, Tx};

mod ahead;
mod file;

pub(crate) use ahead::{Announced, midnight};
pub use ahead::{begin_due, withdraw};
pub use file::{FileError, from_file, to_file};

/// No instrument is asked more rarely than once a year on a calendar.
const MOST_WEEKS: u32 = 52;
/// See [`MOST_WEEKS`].
const MOST_DAYS: u32 = 365;
/// See [`MOST_WEEKS`]; a follow-up may come three years later.
const MOST_MONTHS: u32 = 36;
/// More lines than this nobody answers.
const MOST_LINES: usize = 40;
/// How long an episode without a session waits before it moves to a new version all the same.
const LONGEST_WAIT: Duration = Duration::days(14);
/// The smallest budget that leaves room for a short instrument.
const LEAST_ITEMS: u32 = 4;

/// A version to publish.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Name, the same for all versions of a protocol.
    pub name: String,
    /// Which instruments, when.
    pub lines: Vec<Line>,
    /// How much may be asked of one client.
    pub budget: Option<Budget>,
    /// The day in the practice's zone from which it is in force; today unless given.
    pub in_force_from: Option<NaiveDate>,
}

/// The protocol a practice starts with: depression and anxiety at intake and every two weeks, well-being before and
/// feedback after every session.
pub fn usual() -> Draft {
    let line = |instrument: &str, rhythm| Line::new(instrument, rhythm);
    Draft {
        name: "Standard".to_owned(),
        budget: None,
        in_force_from: None,
        lines: vec![
            line("phq-9", Rhythm::Intake),
            line("gad-7", Rhythm::Intake),
            line("phq-9", Rhythm::EveryWeeks(2)),
            line("gad-7", Rhythm::EveryWeeks(2)),
            line("wellbeing-check", Rhythm::BeforeSession),
            line("session-feedback", Rhythm::AfterSession),
        ],
    }
}

/// Publishes the next version of a protocol, and retires the version before, now or on the day from which it is to be in force.
/// Under another name it is in force beside the others; new episodes take the one they are given, or the practice's default.
pub async fn publish(tx: &mut Tx, ctx: &Context, by: &Viewer, draft: &Draft) -> Result<Protocol> {
    require(by, Action::Administer)?;
    put_in_force(tx, ctx, &Actor::Staff(by.staff_id.clone()), draft).await
}

pub(crate) async fn put_in_force(tx: &mut Tx, ctx: &Context, by: &Actor, draft: &Draft) -> Result<Protocol> {
    begin_due(tx, ctx).await?;
    let mut form = Form::default();
    let (name, versions) = checked(tx, ctx, &mut form, draft).await?;
    form.finish()?;
    let today = access::today(tx, ctx).await?;
    let in_force_from = draft.in_force_from.filter(|day| *day > today);
    let state = if in_force_from.is_some() { ProtocolState::Scheduled } else { ProtocolState::Current };
    if state == ProtocolState::Current {
        for old in versions.iter().filter(|old| old.state == ProtocolState::Current) {
            store::protocol::retire(tx, &old.id).await?;
        }
    }
    let protocol = Protocol {
        id: ctx.id(ProtocolId::new),
        name,
        version: versions.iter().map(|old| old.version).max().unwrap_or(0) + 1,
        lines: draft.lines.clone(),
        budget: draft.budget,
        state,
        in_force_from,
        created_at: ctx.now(),
    };
    if !store::protocol::insert(tx, &protocol).await? {
        return Err(Error::Conflict);
    }
    if let Some(day) = in_force_from {
        ahead::wake_on(tx, day).await?;
    }
    let entry = audit::entry(ctx, by, "protocol.publish", "protocol", protocol.id.as_str())
        .with("version", protocol.version.to_string());
    tx.audit(match in_force_from {
        Some(day) => entry.with("in_force_from", day.to_string()),
        None => entry,
    });
    Ok(protocol)
}

/// What is wrong with a draft, by field; empty when it can be published.
pub async fn problems_of(read: &mut Read, ctx: &Context, draft: &Draft) -> Result<Vec<Problem>> {
    let mut form = Form::default();
    checked(read, ctx, &mut form, draft).await?;
    Ok(form.problems())
}

/// Checks a draft; its name as it is kept, and the versions there are under it.
async fn checked(read: &mut Read, ctx: &Context, form: &mut Form, draft: &Draft) -> Result<(String, Vec<Protocol>)> {
    let shelf = ctx.shelf(read).await?;
    let today = access::today(read, ctx).await?;
    let entries = store::placement::list(read).await?;
    let name = check(form, draft, &shelf, &entries, today);
    let mut versions = store::protocol::list(read).await?;
    versions.retain(|one| one.name == name);
    ahead::check(form, draft, &versions, today);
    Ok((name, versions))
}

/// Checks what a draft asks; its name as it is kept.
fn check(form: &mut Form, draft: &Draft, shelf: &Shelf, entries: &[Entry], today: NaiveDate) -> String {
    let name = form.line("name", &draft.name, 80);
    form.expect("lines", "wrong-required", || !draft.lines.is_empty());
    form.expect("lines", "wrong-too-long", || draft.lines.len() <= MOST_LINES);
    for (position, line) in draft.lines.iter().enumerate() {
        let field = |what: &str| format!("lines.{position}.{what}");
        form.expect(&field("instrument"), "wrong-choose", || {
            let instrument = shelf.current(&line.instrument).filter(|one| may_ask(one, line.rater));
            instrument.is_some_and(|instrument| shelf.standing(instrument, today).is_usable())
        });
        form.expect(&field("rater"), "wrong-others-rhythm", || suits_others(line));
        form.expect(&field("weeks"), "wrong-number", || is_in_limits(line.rhythm));
        form.expect(&field("priority"), "wrong-number", || (1..=9).contains(&line.priority));
        form.expect(&field("to_age"), "wrong-order", || {
            line.conditions.from_age.zip(line.conditions.to_age).is_none_or(|(from, to)| from <= to)
        });
        let are = |kind: EntryKind, wanted: &[PlacementId]| {
            wanted.iter().all(|id| entries.iter().any(|entry| entry.kind == kind && entry.id == *id))
        };
        form.expect(&field("programme"), "wrong-choose", || are(EntryKind::Programme, &line.conditions.programmes));
        form.expect(&field("problem"), "wrong-choose", || are(EntryKind::Problem, &line.conditions.problems));
        form.expect(&field("rhythm"), "protocol-line-twice", || {
            // The same instrument on the same rhythm is meant once; for another group of people it may come again.
            let is_same = |other: &Line| {
                other.instrument == line.instrument
                    && other.rater == line.rater
                    && std::mem::discriminant(&other.rhythm) == std::mem::discriminant(&line.rhythm)
                    && !matches!(line.rhythm, Rhythm::FollowUp(_))
                    && other.conditions == line.conditions
            };
            !draft.lines[..position].iter().any(|other| is_same(other) || other == line)
        });
    }
    if let Some(budget) = draft.budget {
        form.expect("budget_items", "wrong-number", || (LEAST_ITEMS..=200).contains(&budget.items));
        form.expect("budget_seconds", "wrong-number", || (30..=3_600).contains(&budget.seconds));
        form.expect("budget_items", "wrong-no-supplemental", || {
            draft.lines.iter().any(|line| line.weight == Weight::Supplemental)
        });
    }
    name
}

/// Whether a line is the client's, or one that others can be asked: they are asked by whoever treats the client, and no score of
/// theirs is the client's.
fn suits_others(line: &Line) -> bool {
    let is_after = matches!(line.rhythm, Rhythm::Discharge | Rhythm::FollowUp(_));
    line.rater == Rater::Client || !(is_after || line.stop == Some(Stop::AtRemission))
}

fn is_in_limits(rhythm: Rhythm) -> bool {
    match rhythm {
        Rhythm::EveryWeeks(weeks) => (1..=MOST_WEEKS).contains(&weeks),
        Rhythm::EveryDays(days) => (1..=MOST_DAYS).contains(&days),
        Rhythm::EveryMonths(months) | Rhythm::FollowUp(months) => (1..=MOST_MONTHS).contains(&months),
        Rhythm::BeforeEvery(turn) | Rhythm::AfterEvery(turn) => {
            (1..=12).contains(&turn.every) && (1..=12).contains(&turn.from)
        }
        Rhythm::Intake | Rhythm::BeforeSession | Rhythm::AfterSession | Rhythm::Discharge | Rhythm::On(_) => true,
    }
}

/// Makes a protocol in force the one that new episodes take where nobody chooses.
pub async fn make_default(tx: &mut Tx, ctx: &Context, by: &Viewer, id: &ProtocolId) -> Result<()> {
    require(by, Action::Administer)?;
    begin_due(tx, ctx).await?;
    let before = store::protocol::default(tx).await?;
    if before.as_ref().is_some_and(|before| &before.id == id) {
        return Ok(());
    }
    store::protocol::find(tx, id).await?.ok_or(Error::NotFound)?;
    if !store::protocol::make_default(tx, id).await? {
        return Err(Error::Conflict);
    }
    let entry = audit::entry(ctx, &Actor::Staff(by.staff_id.clone()), "protocol.make_default", "protocol", id.as_str());
    tx.audit(entry.listing("before", before.as_ref().map(|before| before.id.as_str())));
    Ok(())
}

/// Takes a protocol out of use for new episodes; those under it go on. The default stays, and with it the last one: an episode
/// needs a protocol.
pub async fn retire(tx: &mut Tx, ctx: &Context, by: &Viewer, id: &ProtocolId) -> Result<()> {
    require(by, Action::Administer)?;
    begin_due(tx, ctx).await?;
    let current = store::protocol::current(tx).await?;
    let retired = current.iter().find(|protocol| &protocol.id == id).ok_or(Error::NotFound)?;
    // What waits under its name would bring it back on its day.
    if store::protocol::scheduled(tx).await?.iter().any(|next| next.name == retired.name) {
        return Err(Error::invalid("protocol", "wrong-scheduled"));
    }
    if current.len() == 1 {
        return Err(Error::invalid("protocol", "wrong-only-protocol"));
    }
    if store::protocol::default(tx).await?.is_some_and(|default| &default.id == id) {
        return Err(Error::invalid("protocol", "wrong-default-protocol"));
    }
    if !store::protocol::retire(tx, id).await? {
        return Err(Error::Conflict);
    }
    audit::write(tx, ctx, &Actor::Staff(by.staff_id.clone()), "protocol.retire", "protocol", id.as_str());
    Ok(())
}

/// Moves open episodes that are under an older version of the same protocol to this one, at most `limit` of them, puts on record
/// why, and has their check-ins planned anew. Returns how many were moved: fewer than `limit` when none is left.
pub async fn apply(
    tx: &mut Tx,
    ctx: &Context,
    by: &Viewer,
    to: &ProtocolId,
    reason: &str,
    limit: usize,
) -> Result<usize> {
    begin_due(tx, ctx).await?;
    let (target, older) = target_of(tx, by, to).await?;
    if target.state != ProtocolState::Current {
        return Err(Error::invalid("protocol", "wrong-choose"));
    }
    let reason = reason_of("apply_reason", reason)?;
    let now = ctx.now();
    let actor = Actor::Staff(by.staff_id.clone());
    let mut moves = Vec::new();
    for old in older {
        let mut some = store::protocol::open_episodes(tx, &old.id).await?;
        some.truncate(limit - moves.len());
        for episode in store::episode::set_protocol_of(tx, &some, &old.id, &target.id).await? {
            let entry = audit::entry(ctx, &actor, "episode.set_protocol", "episode", episode.as_str());
            tx.audit(entry.with("before", old.id.as_str()).with("protocol", to.as_str()));
            moves.push(Move { applied_at: Some(now), ..decided(ctx, by, episode, &old.id, to, &reason) });
        }
    }
    store::protocol_exception::decide(tx, &moves).await?;
    let episodes: Vec<EpisodeId> = moves.into_iter().map(|one| one.episode_id).collect();
    let count = episodes.len();
    planning::again(tx, ctx, episodes).await?;
    Ok(count)
}

/// Decides that the open episodes under an older version of the same protocol move to this one at their next session, and
/// why. Those that were to move to another version move to this one. Where the version waits for its day, so do they, and those
/// that begin until then move as well. Returns how many there are now.
pub async fn announce(tx: &mut Tx, ctx: &Context, by: &Viewer, to: &ProtocolId, reason: &str) -> Result<usize> {
    begin_due(tx, ctx).await?;
    let (target, older) = target_of(tx, by, to).await?;
    let mut episodes = Vec::new();
    for old in older {
        let open = store::protocol::open_episodes(tx, &old.id).await?;
        episodes.extend(open.into_iter().map(|episode| (episode, old.id.clone())));
    }
    if target.state == ProtocolState::Scheduled {
        ahead::plan_moves(tx, ctx, by, to, reason_of("begin_reason", reason)?).await?;
    } else {
        let reason = reason_of("move_reason", reason)?;
        let moves: Vec<Move> =
            episodes.iter().map(|(episode, before)| decided(ctx, by, episode.clone(), before, to, &reason)).collect();
        store::protocol_exception::decide(tx, &moves).await?;
    }
    let entry = audit::entry(ctx, &Actor::Staff(by.staff_id.clone()), "protocol.announce", "protocol", to.as_str());
    tx.audit(entry.with("episodes", episodes.len().to_string()));
    Ok(episodes.len())
}

/// The version that episodes move to, in force or waiting for its day, and the earlier ones of its name.
async fn target_of(read: &mut Read, by: &Viewer, to: &ProtocolId) -> Result<(Protocol, Vec<Protocol>)> {
    require(by, Action::Administer)?;
    let mut all = store::protocol::list(read).await?;
    let target = all.iter().find(|protocol| &protocol.id == to).cloned().ok_or(Error::NotFound)?;
    if !matches!(target.state, ProtocolState::Current | ProtocolState::Scheduled) {
        return Err(Error::invalid("protocol", "wrong-choose"));
    }
    all.retain(|old| old.name == target.name && old.version < target.version);
    Ok((target, all))
}

fn reason_of(field: &str, typed: &str) -> Result<String> {
    let mut form = Form::default();
    let reason = form.line(field, typed, 300);
    form.finish()?;
    Ok(reason)
}

fn decided(
    ctx: &Context,
    by: &Viewer,
    episode_id: EpisodeId,
    before: &ProtocolId,
    after: &ProtocolId,
    reason: &str,
) -> Move {
    Move {
        id: ctx.id(ProtocolChangeId::new),
        episode_id,
        before: before.clone(),
        after: after.clone(),
        reason: Phi::new(reason.to_owned()),
        decided_at: ctx.now(),
        decided_by: by.staff_id.clone(),
        applied_at: None,
    }
}

/// The moves of these courses to another version whose next session has come.
pub(crate) async fn due_moves(read: &mut Read, ctx: &Context, situations: &[Situation]) -> Result<Vec<Waiting>> {
    let ids: Vec<EpisodeId> = situations.iter().map(|one| one.episode.id.clone()).collect();
    let mut waiting = store::protocol_exception::waiting(read, &ids).await?;
    let now = ctx.now();
    waiting.retain(|one| {
        let situation = situations.iter().find(|situation| situation.episode.id == one.episode_id);
        situation.is_some_and(|situation| moves_at(situation, ahead::since(one, &situation.practice)) <= now)
    });
    Ok(waiting)
}

/// When a course moves to a version that it waits for since then, as its calendar stands: at the first session from then on.
fn moves_at(situation: &Situation, since: Instant) -> Instant {
    let next = situation.sessions().map(|session| session.starts_at).find(|starts_at| *starts_at > since);
    // Whose sessions have a break keeps nobody waiting for ever.
    next.unwrap_or(since + LONGEST_WAIT)
}

/// Moves those of these courses to the version that waits for them whose next session has come.
pub(crate) async fn move_due(tx: &mut Tx, ctx: &Context, situations: &mut [Situation]) -> Result<()> {
    let due = due_moves(tx, ctx, situations).await?;
    if due.is_empty() {
        return Ok(());
    }
    let ids: Vec<ProtocolChangeId> = due.iter().map(|one| one.id.clone()).collect();
    let applied = store::protocol_exception::applied(tx, &ids, ctx.now()).await?;
    let mut by_version: BTreeMap<(ProtocolId, ProtocolId), Vec<EpisodeId>> = BTreeMap::new();
    for one in due.into_iter().filter(|one| applied.contains(&one.id)) {
        let situation = situations.iter().find(|situation| situation.episode.id == one.episode_id);
        if let Some(before) = situation.map(|one| &one.episode.protocol_id).filter(|before| **before != one.after_id) {
            by_version.entry((before.clone(), one.after_id)).or_default().push(one.episode_id);
        }
    }
    for ((before, after), episodes) in by_version {
        let moved = store::episode::set_protocol_of(tx, &episodes, &before, &after).await?;
        for situation in situations.iter_mut().filter(|one| moved.contains(&one.episode.id)) {
            situation.episode.protocol_id = after.clone();
            let id = situation.episode.id.as_str();
            let entry = audit::entry(ctx, &Actor::System, "episode.set_protocol", "episode", id);
            tx.audit(entry.with("before", before.as_str()).with("protocol", after.as_str()));
        }
    }
    Ok(())
}

/// What one client is asked differently.
#[derive(Debug, Clone)]
pub struct NewException {
    /// In which episode.
    pub episode: EpisodeId,
    /// What is different.
    pub what: Exception,
    /// Why.
    pub reason: String,
    /// The last day on which it holds.
    pub until: Option<NaiveDate>,
}

/// Puts an exception on record, with its reason, and plans the episode's check-ins anew.
pub async fn except(tx: &mut Tx, ctx: &Context, by: &StaffId, new: &NewException) -> Result<ProtocolExceptionId> {
    let situation = Situation::of(tx, &new.episode).await?;
    if !situation.episode.is_open() {
        return Err(Error::invalid("episode", "episode-discharged"));
    }
    let today = local_time::day_of(ctx.now(), situation.zone());
    let mut form = Form::default();
    let reason = form.line("exception_reason", &new.reason, 300);
    form.expect("exception_until", "wrong-past", || new.until.is_none_or(|until| until >= today));
    let instrument = match &new.what {
        Exception::Skip { instrument } => instrument,
        Exception::Add { line } => &line.instrument,
    };
    let shelf = ctx.shelf(tx).await?;
    form.expect("exception_instrument", "wrong-choose", || {
        shelf.current(instrument).is_some_and(|one| match &new.what {
            Exception::Add { line } => may_ask(one, line.rater),
            // What is left out is left out for everybody who would answer it.
            Exception::Skip { .. } => Rater::ALL.iter().any(|rater| may_ask(one, *rater)),
        })
    });
    form.expect("exception_rater", "wrong-others-rhythm", || match &new.what {
        Exception::Add { line } => suits_others(line),
        Exception::Skip { .. } => true,
    });
    form.expect("exception_number", "wrong-number", || match &new.what {
        Exception::Add { line } => is_in_limits(line.rhythm),
        Exception::Skip { .. } => true,
    });
    let standing = store::protocol_exception::of_episode(tx, &new.episode).await?;
    form.expect("exception_instrument", "wrong-taken", || {
        !standing
            .iter()
            .any(|one| one.ended_at.is_none() && one.until.is_none_or(|until| until >= today) && one.what == new.what)
    });
    form.finish()?;
    let exception = ProtocolException {
        id: ctx.id(ProtocolExceptionId::new),
        episode_id: new.episode.clone(),
        what: new.what.clone(),
        reason: Phi::new(reason),
        until: new.until,
        decided_at: ctx.now(),
        decided_by: by.clone(),
        ended_at: None,
    };
    store::protocol_exception::insert(tx, &exception).await?;
    let entry = audit::entry(ctx, &Actor::Staff(by.clone()), "protocol.except", "episode", new.episode.as_str());
    let entry = entry.with("instrument", instrument).with("exception", exception.id.as_str());
    tx.audit(match &new.what {
        Exception::Add { line } if line.rater != Rater::Client => entry.with("rater", line.rater.as_str()),
        _ => entry,
    });
    crate::packet::replan(tx, ctx, &new.episode).await?;
    Ok(exception.id)
}

/// Takes an exception back. [`Error::Conflict`] when it has ended.
pub async fn end_exception(tx: &mut Tx, ctx: &Context, by: &StaffId, id: &ProtocolExceptionId) -> Result<()> {
    let episode = store::protocol_exception::end(tx, id, ctx.now()).await?.ok_or(Error::Conflict)?;
    let entry = audit::entry(ctx, &Actor::Staff(by.clone()), "protocol.end_exception", "episode", episode.as_str());
    tx.audit(entry.with("exception", id.as_str()));
    crate::packet::replan(tx, ctx, &episode).await
}
