//! What is asked, of whom, how often and until when.

use crate::message::Channel;
use crate::text::text_enum;
use crate::{EpisodeId, Instant, Language, PlacementId, ProtocolExceptionId, ProtocolId, SiteId, StaffId};
use chrono::NaiveDate;
use instruments::Rater;
use serde::{Deserialize, Serialize};

/// One version of a protocol. A published version never changes; an episode belongs to a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protocol {
    /// Id of this version.
    pub id: ProtocolId,
    /// Name, the same for all its versions.
    pub name: String,
    /// 1, 2, 3 …
    pub version: i64,
    /// Which instruments, when.
    pub lines: Vec<Line>,
    /// How much may be asked of one client; none where there is no limit.
    pub budget: Option<Budget>,
    /// Whether new episodes take it.
    pub state: ProtocolState,
    /// The day in the practice's zone on which it comes into force, where it was published ahead; otherwise it was in force
    /// when it was published.
    pub in_force_from: Option<NaiveDate>,
    /// When it was published.
    pub created_at: Instant,
}

impl Protocol {
    /// Whether the version waits for a day that has come: from its first minute on it is in force.
    pub fn is_due(&self, today: NaiveDate) -> bool {
        self.state == ProtocolState::Scheduled && self.in_force_from.is_none_or(|day| day <= today)
    }

    /// The lines that the client answers: what check-ins are made from.
    pub fn of_client(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.rater == Rater::Client)
    }
}

text_enum! {
    /// Whether new episodes take a protocol version.
    ProtocolState {
        /// Published ahead; its day has not come.
        Scheduled = "scheduled",
        /// New episodes take it.
        Current = "current",
        /// It governs the episodes that have it, and no new ones.
        Retired = "retired",
        /// Taken back before its day came; it has never governed an episode.
        Withdrawn = "withdrawn",
    }
}

/// The most that is asked of one client in any seven days. What is over it is left out, the lowest priority first; a core
/// line is never left out, nor are the questions about the client's own goals, which count as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// Items.
    pub items: u32,
    /// Seconds, at about seven a question.
    pub seconds: u32,
}

/// About how long one question takes, in seconds (constructed: the median of short scales on a phone lies around it).
pub const SECONDS_PER_ITEM: u32 = 7;

/// About how many minutes so many questions take, those about the client's own goals among them: rounded up, at least one.
///
/// ```
/// assert_eq!([0, 1, 9, 20].map(care::protocol::minutes), [1, 1, 2, 3]);
/// ```
pub const fn minutes(questions: u32) -> u32 {
    let minutes = questions.saturating_mul(SECONDS_PER_ITEM).div_ceil(60);
    if minutes == 0 { 1 } else { minutes }
}

/// One instrument on one rhythm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Instrument id.
    pub instrument: String,
    /// Who answers it.
    #[serde(default = "client", skip_serializing_if = "is_client")]
    pub rater: Rater,
    /// When it is asked.
    pub rhythm: Rhythm,
    /// Whether it may be left out.
    #[serde(default, skip_serializing_if = "is_default")]
    pub weight: Weight,
    /// 1 is asked first and left out last; 9 the other way round.
    #[serde(default = "middle", skip_serializing_if = "is_middle")]
    pub priority: u8,
    /// Of whom it is asked; every condition must hold.
    #[serde(default, skip_serializing_if = "is_default")]
    pub conditions: Conditions,
    /// When it is asked no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop: Option<Stop>,
}

const fn client() -> Rater {
    Rater::Client
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
const fn is_client(rater: &Rater) -> bool {
    matches!(rater, Rater::Client)
}

const MIDDLE: u8 = 5;

const fn middle() -> u8 {
    MIDDLE
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
const fn is_middle(priority: &u8) -> bool {
    *priority == MIDDLE
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Line {
    /// A core line of middle priority, for everybody, without an end.
    pub fn new(instrument: impl Into<String>, rhythm: Rhythm) -> Self {
        Self {
            instrument: instrument.into(),
            rater: Rater::Client,
            rhythm,
            weight: Weight::Core,
            priority: MIDDLE,
            conditions: Conditions::default(),
            stop: None,
        }
    }
}

/// Whether a line may be left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// Always asked.
    #[default]
    Core,
    /// Left out where the budget is spent.
    Supplemental,
}

/// Of whom a line is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Conditions {
    /// From this age on, in years; an unknown birth date does not hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_age: Option<u32>,
    /// Up to this age, in years, this one included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_age: Option<u32>,
    /// In these languages; empty means all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<Language>,
    /// At these sites; empty means all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sites: Vec<SiteId>,
    /// In these programmes; empty means all, and an episode without one does not hold otherwise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub programmes: Vec<PlacementId>,
    /// In therapy for these problems; as for programmes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<PlacementId>,
    /// Of clients who agreed to check-ins on one of these channels; empty means whether they did or not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub consented: Vec<Channel>,
}

/// What the conditions are held against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Age in full years, where known.
    pub age: Option<u32>,
    /// Language.
    pub language: Language,
    /// The episode's site.
    pub site: SiteId,
    /// The episode's programme.
    pub programme: Option<PlacementId>,
    /// What the therapy is about.
    pub problem: Option<PlacementId>,
    /// The channels on which the client agreed to check-ins.
    pub consented: Vec<Channel>,
}

impl Conditions {
    /// Whether every condition holds.
    pub fn hold_for(&self, person: &Person) -> bool {
        let old_enough = self.from_age.is_none_or(|from| person.age.is_some_and(|age| age >= from));
        let young_enough = self.to_age.is_none_or(|to| person.age.is_some_and(|age| age <= to));
        old_enough
            && young_enough
            && (self.languages.is_empty() || self.languages.contains(&person.language))
            && (self.sites.is_empty() || self.sites.contains(&person.site))
            && is_among(person.programme.as_ref(), &self.programmes)
            && is_among(person.problem.as_ref(), &self.problems)
            && (self.consented.is_empty() || self.consented.iter().any(|channel| person.consented.contains(channel)))
    }
}

/// Whether an episode's entry is one of those wanted; all are where none is named.
fn is_among(entry: Option<&PlacementId>, wanted: &[PlacementId]) -> bool {
    wanted.is_empty() || entry.is_some_and(|entry| wanted.contains(entry))
}

/// When a line is asked no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Stop {
    /// After so many answers in the episode.
    AfterTimes(u32),
    /// Once its latest score counts as remission (the instrument's own rule); asked again if it no longer does.
    AtRemission,
}

/// When an instrument is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum Rhythm {
    /// With the first check-in of an episode.
    Intake,
    /// Before every session.
    BeforeSession,
    /// Before every so-manieth session.
    BeforeEvery(Turn),
    /// After every session.
    AfterSession,
    /// After every so-manieth session.
    AfterEvery(Turn),
    /// Every so many weeks, with the check-in before the nearest session where there is one.
    EveryWeeks(u32),
    /// Every so many days, in the same way.
    EveryDays(u32),
    /// Every so many calendar months, in the same way.
    EveryMonths(u32),
    /// When the episode ends.
    Discharge,
    /// So many months after the episode has ended.
    FollowUp(u32),
    /// When something happens.
    On(Event),
}

/// Every so-manieth session: the first one is number `from`, the next `every` sessions later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Turn {
    /// 2 is every other session.
    pub every: u32,
    /// Number of the first session, counted from 1.
    pub from: u32,
}

impl Turn {
    /// Whether it is the session's turn; sessions are counted from 1.
    pub const fn takes(self, session: u32) -> bool {
        session >= self.from && (session - self.from).is_multiple_of(if self.every == 0 { 1 } else { self.every })
    }
}

text_enum! {
    /// What a line may wait for.
    Event {
        /// The client did not come to a session.
        NoShow = "no_show",
        /// A case was opened about the episode.
        CaseOpened = "case_opened",
    }
}

/// A rhythm as it is written down.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Written {
    when: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    weeks: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    days: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    months: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    every: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<u32>,
}

impl From<Rhythm> for Written {
    fn from(rhythm: Rhythm) -> Self {
        let when = |when: &str| Self { when: when.to_owned(), ..Self::default() };
        match rhythm {
            Rhythm::Intake => when("intake"),
            Rhythm::BeforeSession => when("before_session"),
            Rhythm::BeforeEvery(turn) => {
                Self { every: Some(turn.every), from: Some(turn.from), ..when("before_session") }
            }
            Rhythm::AfterSession => when("after_session"),
            Rhythm::AfterEvery(turn) => {
                Self { every: Some(turn.every), from: Some(turn.from), ..when("after_session") }
            }
            Rhythm::EveryWeeks(weeks) => Self { weeks: Some(weeks), ..when("every_weeks") },
            Rhythm::EveryDays(days) => Self { days: Some(days), ..when("every_days") },
            Rhythm::EveryMonths(months) => Self { months: Some(months), ..when("every_months") },
            Rhythm::Discharge => when("discharge"),
            Rhythm::FollowUp(months) => Self { months: Some(months), ..when("follow_up") },
            Rhythm::On(event) => when(event.as_str()),
        }
    }
}

impl TryFrom<Written> for Rhythm {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let Written { when, weeks, days, months, every, from } = written;
        let given: Vec<(&str, u32)> =
            [("weeks", weeks), ("days", days), ("months", months), ("every", every), ("from", from)]
                .into_iter()
                .filter_map(|(name, value)| Some((name, value?)))
                .collect();
        let alone = |allowed: &[&str]| match given.iter().find(|(name, _)| !allowed.contains(name)) {
            Some((name, _)) => Err(format!("'{name}' has no meaning for a rhythm '{when}'")),
            None => Ok(()),
        };
        let needed = |name: &str, value: Option<u32>| {
            value.filter(|value| *value > 0).ok_or_else(|| format!("a rhythm '{when}' needs '{name}', at least 1"))
        };
        let turn = || -> Result<Option<Turn>, String> {
            alone(&["every", "from"])?;
            if every.is_none() && from.is_none() {
                return Ok(None);
            }
            let (every, from) = (every.unwrap_or(1), from.unwrap_or(1));
            if every == 0 || from == 0 {
                return Err("'every' and 'from' are at least 1".to_owned());
            }
            Ok(if (every, from) == (1, 1) { None } else { Some(Turn { every, from }) })
        };
        Ok(match when.as_str() {
            "before_session" => turn()?.map_or(Self::BeforeSession, Self::BeforeEvery),
            "after_session" => turn()?.map_or(Self::AfterSession, Self::AfterEvery),
            "every_weeks" => {
                alone(&["weeks"])?;
                Self::EveryWeeks(needed("weeks", weeks)?)
            }
            "every_days" => {
                alone(&["days"])?;
                Self::EveryDays(needed("days", days)?)
            }
            "every_months" => {
                alone(&["months"])?;
                Self::EveryMonths(needed("months", months)?)
            }
            "follow_up" => {
                alone(&["months"])?;
                Self::FollowUp(needed("months", months)?)
            }
            "intake" => {
                alone(&[])?;
                Self::Intake
            }
            "discharge" => {
                alone(&[])?;
                Self::Discharge
            }
            other => {
                alone(&[])?;
                Self::On(other.parse().map_err(|_| {
                    format!(
                        "'{other}' is not a rhythm: intake, before_session, after_session, every_days, every_weeks, \
                         every_months, discharge, follow_up, no_show or case_opened"
                    )
                })?)
            }
        })
    }
}

/// A clinician's decision that one client is asked something else than the protocol says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProtocolException {
    /// Id.
    pub id: ProtocolExceptionId,
    /// In which episode.
    pub episode_id: EpisodeId,
    /// What is different.
    pub what: Exception,
    /// Why, in the clinician's words; sealed where it is kept.
    pub reason: crate::Phi<String>,
    /// The last day on which it holds; without, until it is taken back.
    pub until: Option<NaiveDate>,
    /// When it was decided.
    pub decided_at: Instant,
    /// By whom.
    pub decided_by: StaffId,
    /// When it was taken back.
    pub ended_at: Option<Instant>,
}

/// What is different for one client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Exception {
    /// An instrument is not asked.
    Skip {
        /// Which.
        instrument: String,
    },
    /// An instrument is asked besides.
    Add {
        /// The line.
        line: Line,
    },
}

/// The lines that hold for one client: the protocol's, less what is skipped, and what is added, where the conditions hold;
/// in the order of their priority.
pub fn lines_for(
    protocol: &Protocol,
    exceptions: &[ProtocolException],
    person: &Person,
    today: NaiveDate,
) -> Vec<Line> {
    let standing = || {
        exceptions
            .iter()
            .filter(|one| one.ended_at.is_none() && one.until.is_none_or(|until| today <= until))
            .map(|one| &one.what)
    };
    let is_skipped = |line: &Line| {
        standing().any(|what| matches!(what, Exception::Skip { instrument } if *instrument == line.instrument))
    };
    let mut lines: Vec<Line> =
        protocol.lines.iter().filter(|line| line.conditions.hold_for(person) && !is_skipped(line)).cloned().collect();
    lines.extend(standing().filter_map(|what| match what {
        Exception::Add { line } => Some(line.clone()),
        Exception::Skip { .. } => None,
    }));
    // Stable: lines of the same priority stay in the order written.
    lines.sort_by_key(|line| line.priority);
    lines
}

/// One difference between two versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// A line that only the later one has.
    Added(Line),
    /// A line that only the earlier one has.
    Removed(Line),
    /// Another budget.
    Budget(Option<Budget>, Option<Budget>),
}

/// What changes from one version to another.
pub fn difference(before: &Protocol, after: &Protocol) -> Vec<Difference> {
    let removed = before.lines.iter().filter(|line| !after.lines.contains(line)).cloned().map(Difference::Removed);
    let added = after.lines.iter().filter(|line| !before.lines.contains(line)).cloned().map(Difference::Added);
    let budget = (before.budget != after.budget).then_some(Difference::Budget(before.budget, after.budget));
    removed.chain(added).chain(budget).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rhythms_are_written_as_they_are_read() {
        for (text, rhythm) in [
            (r#"{"when":"intake"}"#, Rhythm::Intake),
            (r#"{"when":"before_session"}"#, Rhythm::BeforeSession),
            (r#"{"when":"after_session","every":2,"from":1}"#, Rhythm::AfterEvery(Turn { every: 2, from: 1 })),
            (r#"{"when":"every_weeks","weeks":2}"#, Rhythm::EveryWeeks(2)),
            (r#"{"when":"every_days","days":3}"#, Rhythm::EveryDays(3)),
            (r#"{"when":"every_months","months":1}"#, Rhythm::EveryMonths(1)),
            (r#"{"when":"discharge"}"#, Rhythm::Discharge),
            (r#"{"when":"follow_up","months":6}"#, Rhythm::FollowUp(6)),
            (r#"{"when":"no_show"}"#, Rhythm::On(Event::NoShow)),
        ] {
            assert_eq!(serde_json::from_str::<Rhythm>(text).unwrap(), rhythm, "{text}");
            assert_eq!(serde_json::to_string(&rhythm).unwrap(), text);
        }
        for (wrong, says) in [
            (r#"{"when":"weekly"}"#, "is not a rhythm"),
            (r#"{"when":"every_weeks"}"#, "needs 'weeks'"),
            (r#"{"when":"every_weeks","weeks":0}"#, "at least 1"),
            (r#"{"when":"intake","weeks":2}"#, "'weeks' has no meaning"),
            (r#"{"when":"before_session","every":0}"#, "at least 1"),
        ] {
            let error = serde_json::from_str::<Rhythm>(wrong).unwrap_err().to_string();
            assert!(error.contains(says), "{wrong}: {error}");
        }
    }

    #[test]
    fn every_other_session_has_its_turn() {
        let turn = Turn { every: 2, from: 3 };
        assert_eq!((1..=8).filter(|n| turn.takes(*n)).collect::<Vec<_>>(), [3, 5, 7]);
    }

    #[test]
    fn a_line_says_who_answers_where_it_is_not_the_client() {
        let line = Line { rater: Rater::Parent, ..Line::new("psc-17", Rhythm::EveryMonths(1)) };
        let text = serde_json::to_string(&line).unwrap();
        assert!(text.contains(r#""rater":"parent""#), "{text}");
        assert_eq!(serde_json::from_str::<Line>(&text).unwrap(), line);
    }

    #[test]
    fn a_line_without_more_is_written_as_before() {
        let line = Line::new("phq-9", Rhythm::Intake);
        let text = r#"{"instrument":"phq-9","rhythm":{"when":"intake"}}"#;
        assert_eq!(serde_json::to_string(&line).unwrap(), text);
        assert_eq!(serde_json::from_str::<Line>(text).unwrap(), line);
    }
}
