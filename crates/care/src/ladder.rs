//! Who is called, and when, as long as nobody takes a reason up: about danger every few minutes, about the rest once.
//!
//! Pure times and people. That each step is taken exactly once is the store's (rungs are rows), how a person is called
//! is `workflows`', and when a reason arises is [`crate::review`]'s.

mod pace;

pub use pace::{AFTER_HOURS, IN_HOURS, Kind, REPEAT, SUPERVISORS, repeat, supervisors_after, tiers};

use crate::case::ReasonLevel;
use crate::local_time::{day_of, is_business_day, minute_of};
use crate::practice::Settings;
use crate::{Instant, StaffId};
use chrono::Duration;
use chrono_tz::Tz;

/// The people of a case. Only those who may sign in: whoever cannot act is left out by the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct People {
    /// Who has the case.
    pub owner: StaffId,
    /// Who takes over for the owner.
    pub backup: Option<StaffId>,
    /// Who supervises the owner today.
    pub supervisors: Vec<StaffId>,
    /// Who answers for the site.
    pub on_call: Option<StaffId>,
}

/// One step of the ladder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LadderStep {
    /// 0, 1, 2 … without gaps: what makes the step unique for its reason. The last tier's repetitions count on.
    pub rung: i64,
    /// Who it is: 0 owner and supervisors, 1 backup, 2 supervisors, 3 on-call person.
    pub tier: i64,
    /// When, unless somebody took the reason up before.
    pub at: Instant,
    /// Whom to call. Never empty.
    pub to: Vec<StaffId>,
}

/// Whether the practice works at the instant: Monday to Friday within its working hours, in the site's zone.
pub fn is_working_time(at: Instant, zone: Tz, settings: &Settings) -> bool {
    let minute = minute_of(at, zone);
    is_business_day(day_of(at, zone))
        && (settings.business_from_minute..settings.business_until_minute).contains(&minute)
}

/// Delays from the start of a ladder about danger to backup, supervisors and on-call person. Decided once, at the start: a ladder
/// that begins in working hours keeps its pace after them. Never decreasing, whatever the settings say.
pub(crate) fn offsets(kind: Kind, start: Instant, zone: Tz, settings: &Settings) -> [Duration; 3] {
    let (in_hours, after_hours) = tiers(kind, settings);
    let tiers = if is_working_time(start, zone, settings) { in_hours } else { after_hours };
    tiers.map(|minutes| Duration::minutes(i64::from(minutes)))
}

/// When the ladder of a reason begins: for an urgent one at once, for the others when they are overdue, or as long after that as the
/// practice has decided.
pub fn starts_at(kind: Kind, raised_at: Instant, due_at: Instant, settings: &Settings) -> Instant {
    match kind {
        Kind::Urgent => raised_at,
        Kind::Review => due_at,
        Kind::Read | Kind::OffTrack | Kind::Missed => due_at + pace::overdue_after(kind, settings),
    }
}

/// Who is told at once when a reason arises: owner and supervisors about danger; the owner alone about the rest, the
/// supervisors at [`supervisors_told_at`].
pub fn told_at_once(level: ReasonLevel, people: &People) -> Vec<StaffId> {
    let mut told = vec![people.owner.clone()];
    if level != ReasonLevel::Routine {
        add_new(&mut told, &people.supervisors);
    }
    told
}

/// When those supervisors are told of a reason that are not told at once.
pub fn supervisors_told_at(kind: Kind, raised_at: Instant, settings: &Settings) -> Instant {
    raised_at + Duration::hours(i64::from(supervisors_after(kind, settings)))
}

/// The ladder of a reason: owner and supervisors when it begins, then backup, supervisors and on-call person after the
/// practice's delays. Of a reason that is not about danger backup and supervisors are told, once, when it is overdue.
///
/// A person who was called on an earlier tier is not called again on a later one (the owner and supervisors of the first
/// call are: a supervisor is called as a supervisor at the second delay), and a tier without anybody left falls away. Somebody is
/// always called at the first delay: where the backup's tier falls away, the next one takes its time, and where nobody
/// else is there, the owner is called again.
pub fn steps(
    kind: Kind,
    raised_at: Instant,
    due_at: Instant,
    zone: Tz,
    settings: &Settings,
    people: &People,
) -> Vec<LadderStep> {
    let start = starts_at(kind, raised_at, due_at, settings);
    if !kind.is_danger() {
        return overdue(start, people);
    }
    let offsets = offsets(kind, start, zone, settings);
    let mut steps = vec![LadderStep { rung: 0, tier: 0, at: start, to: told_at_once(ReasonLevel::Urgent, people) }];
    let mut called = vec![people.owner.clone()];
    let tiers = [people.backup.as_slice(), people.supervisors.as_slice(), people.on_call.as_slice()];
    for (tier, (members, offset)) in (1..).zip(tiers.into_iter().zip(offsets)) {
        let to = not_yet(&mut called, members);
        if to.is_empty() {
            continue;
        }
        let offset = if steps.len() == 1 { offsets[0] } else { offset };
        steps.push(LadderStep { rung: rung_after(&steps), tier, at: start + offset, to });
    }
    if steps.len() == 1 {
        steps.push(LadderStep { rung: 1, tier: 1, at: start + offsets[0], to: vec![people.owner.clone()] });
    }
    steps
}

/// Who hears that nobody has taken up what was due: backup and supervisors. Where neither is there the person on call, and
/// where nobody else is, the owner again.
fn overdue(at: Instant, people: &People) -> Vec<LadderStep> {
    let mut steps: Vec<LadderStep> = Vec::new();
    let mut called = vec![people.owner.clone()];
    let tiers = [people.backup.as_slice(), people.supervisors.as_slice(), people.on_call.as_slice()];
    for (tier, members) in (1..).zip(tiers) {
        let to = if tier == 3 && !steps.is_empty() { Vec::new() } else { not_yet(&mut called, members) };
        if !to.is_empty() {
            steps.push(LadderStep { rung: rung_after(&steps), tier, at, to });
        }
    }
    if steps.is_empty() {
        steps.push(LadderStep { rung: 0, tier: 0, at, to: vec![people.owner.clone()] });
    }
    steps
}

/// Those of a tier who were not called on an earlier one; now they are.
fn not_yet(called: &mut Vec<StaffId>, members: &[StaffId]) -> Vec<StaffId> {
    let mut to = Vec::new();
    for member in members {
        if !called.contains(member) {
            called.push(member.clone());
            to.push(member.clone());
        }
    }
    to
}

fn rung_after(steps: &[LadderStep]) -> i64 {
    steps.last().map_or(0, |step| step.rung + 1)
}

fn add_new(to: &mut Vec<StaffId>, more: &[StaffId]) {
    for one in more {
        if !to.contains(one) {
            to.push(one.clone());
        }
    }
}

/// The step that follows the last one taken (`taken` is its rung; none before the first): the next tier, or the last
/// tier again every `ladder_repeat` minutes. After a standstill repetitions that were missed are not made up for: the
/// next one comes at the first point of its rhythm after `now`. None after the last step about what is no danger, which does not
/// repeat, and for an empty ladder.
pub fn next_step(
    kind: Kind,
    steps: &[LadderStep],
    taken: Option<i64>,
    settings: &Settings,
    now: Instant,
) -> Option<LadderStep> {
    let rung = taken.map_or(0, |taken| taken + 1);
    if let Some(step) = steps.iter().find(|step| step.rung >= rung) {
        return Some(step.clone());
    }
    let last = steps.last().filter(|_| kind.is_danger())?;
    let every = Duration::minutes(i64::from(repeat(settings)));
    let passed = (now - last.at).num_seconds().div_euclid(every.num_seconds());
    // Without a standstill the nth repetition comes n intervals after the last tier.
    let intervals = i32::try_from((passed + 1).max(rung - last.rung)).unwrap_or(i32::MAX);
    Some(LadderStep { rung, tier: last.tier, at: last.at + every * intervals, to: last.to.clone() })
}
