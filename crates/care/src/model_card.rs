//! What the rules are worth in this practice: its closed courses replayed through its own rules, beside the rules a to h of
//! `stats::backtest`; as figures that can be kept, shown, printed and given away.
//!
//! A course is evaluated if it began at caseness and has enough scores; it ended badly if its last score is no reliable
//! improvement on its first. Feedback changes outcomes: where a flag was acted upon, sensitivity looks lower than it is.

mod alerts;
mod file;
mod groups;
mod make;
mod worth;

pub use alerts::{Alerts, alerts};
pub use file::CardFile;
pub use groups::{Age, Group, GroupFigures, GroupKind};
pub use make::make;
pub use worth::{Worth, worth};

use crate::detection::{Act, Detection};
use crate::episode::Point;
use crate::expected_response::Prior;
use crate::{Instant, Language};
use instruments::{Instrument, Sex};
use serde::{Deserialize, Serialize};

/// Scores that a course must have to be evaluated.
pub const LEAST_SCORES: usize = 5;
/// Evaluated courses below which nothing is said.
pub const LEAST_COURSES: usize = 20;
/// Courses of one outcome below which nothing is said: a share of four bad ends is a story.
pub const LEAST_OF_OUTCOME: u32 = 5;
/// People below whom a cell is neither shown by group of clients nor let out of the house.
pub const LEAST_CELL: u64 = 11;
/// The days of which alerts are counted.
pub const RECENT_DAYS: i64 = 90;

/// A course with what a card needs of it.
#[derive(Debug, Clone)]
pub struct Course {
    /// Its usable scores, in the order they were given.
    pub scores: Vec<Point>,
    /// Whether it was closed, and how.
    pub ending: Ended,
    /// When it was closed.
    pub closed_at: Option<Instant>,
    /// The client's age at the first score, where it is known.
    pub age: Option<Age>,
    /// The client's sex, where it is known.
    pub sex: Option<Sex>,
    /// The client's language.
    pub language: Language,
}

/// How a course ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It runs.
    Not,
    /// As planned, or for a reason that says nothing.
    Planned,
    /// It broke off.
    BrokenOff,
}

/// The figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// Instrument id.
    pub instrument: String,
    /// When it was made.
    pub made_at: Instant,
    /// The rules that were replayed: `usual`, `practice-2`, `phq-9-1`.
    pub rules_name: String,
    /// The model in force; the replay uses models made without the course that is judged.
    pub model: Option<String>,
    /// Closed courses.
    pub closed: i64,
    /// Of them evaluated.
    pub evaluated: i64,
    /// Of those ended without reliable improvement.
    pub events: i64,
    /// When the first and the last of the evaluated courses were closed.
    #[serde(default)]
    pub period: Option<(Instant, Instant)>,
    /// The practice's rules as they are set. Empty where there are too few courses.
    pub ladder: Vec<Row>,
    /// The rules a to h at their usual settings, with the practice's numbers.
    #[serde(default)]
    pub chosen: Vec<Row>,
    /// The rules a to h, each moved to flag as many courses as the practice's rules open cases in.
    pub equal_flag_rate: Vec<Row>,
    /// How well scores at a session rank the courses.
    pub areas: Vec<Area>,
    /// How far the model's probability can be believed, before it is corrected.
    pub agreement: Option<Agreement>,
    /// What acting on the probability would bring, by threshold.
    #[serde(default)]
    pub decision: Vec<Benefit>,
    /// The courses that were closed last, judged by a model made from those closed before.
    #[serde(default)]
    pub newest: Option<Newest>,
    /// What opens a case, under other readings of courses that broke off.
    pub broken_off: Vec<Reading>,
    /// What opens a case, by group of clients.
    pub groups: Vec<Group>,
    /// Alerts of the last ninety days.
    pub recent: Recent,
}

/// One rule at its setting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The rule: one of the ladder, `any_case` (whatever opens a case), or a letter.
    pub rule: String,
    /// What follows from it; none for a letter.
    pub act: Option<Act>,
    /// Bad ends that were flagged before, with its interval; none without bad ends.
    pub sensitivity: Figure,
    /// Good ends that were not flagged.
    pub specificity: Figure,
    /// Flagged courses that ended badly.
    pub ppv: Figure,
    /// Courses that were flagged at any time.
    pub flag_rate: Figure,
    /// Median number of sessions from the first flag to the end, over flagged bad ends.
    pub lead: Option<f64>,
    /// Its interval.
    #[serde(default)]
    pub lead_interval: Option<(f64, f64)>,
    /// How many courses are behind it.
    #[serde(default)]
    pub counts: Counts,
}

/// How many courses were flagged, and how they ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Flagged, and ended without reliable improvement.
    pub flagged_bad: u32,
    /// Flagged, and ended well.
    pub flagged_good: u32,
    /// Ended without reliable improvement.
    pub bad: u32,
    /// Ended well.
    pub good: u32,
}

impl From<stats::backtest::Counts> for Counts {
    fn from(found: stats::backtest::Counts) -> Self {
        let stats::backtest::Counts { flagged_bad, flagged_good, bad, good } = found;
        Self { flagged_bad, flagged_good, bad, good }
    }
}

impl Counts {
    /// The table of flagged or not by bad or good end.
    const fn cells(self) -> [u64; 4] {
        let Self { flagged_bad, flagged_good, bad, good } = self;
        [
            flagged_bad as u64,
            flagged_good as u64,
            bad.saturating_sub(flagged_bad) as u64,
            good.saturating_sub(flagged_good) as u64,
        ]
    }

    /// Whether none of its cells is a small number of people.
    fn is_open(self) -> bool {
        self.cells().into_iter().all(is_safe)
    }

    const fn less(self, other: Self) -> Self {
        Self {
            flagged_bad: self.flagged_bad.saturating_sub(other.flagged_bad),
            flagged_good: self.flagged_good.saturating_sub(other.flagged_good),
            bad: self.bad.saturating_sub(other.bad),
            good: self.good.saturating_sub(other.good),
        }
    }

    const fn and(self, other: Self) -> Self {
        Self {
            flagged_bad: self.flagged_bad + other.flagged_bad,
            flagged_good: self.flagged_good + other.flagged_good,
            bad: self.bad + other.bad,
            good: self.good + other.good,
        }
    }
}

/// Whether a number of people may be known: nobody, or enough of them.
const fn is_safe(count: u64) -> bool {
    count == 0 || count >= LEAST_CELL
}

/// A share with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Figure {
    /// The share, 0 to 1.
    pub value: Option<f64>,
    /// From where to where.
    pub interval: Option<(f64, f64)>,
}

/// Areas under the curve at a session, with their standard errors.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Area {
    /// The session.
    pub session: u32,
    /// Courses.
    pub n: usize,
    /// Of them bad ends.
    pub events: usize,
    /// Of the change since the first score.
    pub change: (f64, f64),
    /// Of the deviation from what was expected.
    pub expected: (f64, f64),
    /// Of the probability.
    pub probability: (f64, f64),
}

/// Predicted against observed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// On the log-odds scale; 0 is perfect. None where the line cannot be drawn.
    pub intercept: Option<f64>,
    /// 1 is perfect, below 1 the probabilities are too extreme.
    pub slope: Option<f64>,
    /// Standard errors of the intercept, the slope, and what the Brier score is better than the base rate's by; they allow
    /// for several scores of one course.
    #[serde(default)]
    pub errors: Option<(f64, f64, f64)>,
    /// Predictions.
    #[serde(default)]
    pub n: usize,
    /// Brier score.
    pub brier: f64,
    /// That of saying the base rate every time.
    pub brier_base_rate: f64,
    /// Predicted share, observed share and number of predictions, by tenths.
    pub tenths: Vec<(f64, f64, usize)>,
}

/// Net benefit of acting on the probability at a threshold, in true alarms per score.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Benefit {
    /// The threshold, 0 to 1.
    pub threshold: f64,
    /// Of acting on the model's probability.
    pub model: f64,
    /// Of acting at every score.
    pub all: f64,
}

/// The courses that were closed last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Newest {
    /// Closed on this day or later.
    pub from: Instant,
    /// Closed courses the model was made from.
    pub learned_from: i64,
    /// Courses.
    pub n: i64,
    /// Of them without reliable improvement.
    pub events: i64,
    /// What opens a case.
    pub row: Row,
    /// How far the probability can be believed; none where there are too few to say.
    pub agreement: Option<Agreement>,
}

/// One reading of courses that broke off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// `last_observation`, `excluded` or `worst_case`.
    pub handling: String,
    /// Courses.
    pub n: usize,
    /// What opens a case.
    pub row: Row,
}

/// Alerts of the last days.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Recent {
    /// How many days.
    pub days: i64,
    /// Scores at which a case would have been opened.
    pub alerts: i64,
    /// Clinicians with courses in these days.
    pub clinicians: i64,
}

impl Recent {
    /// Alerts per clinician; none without clinicians.
    pub fn per_clinician(&self) -> Option<f64> {
        (self.clinicians > 0).then(|| self.alerts as f64 / self.clinicians as f64)
    }
}

/// What a card is made of.
#[derive(Debug, Clone, Copy)]
pub struct Material<'a> {
    /// The instrument.
    pub instrument: &'a Instrument,
    /// Rules and models in force.
    pub detection: &'a Detection,
    /// What is believed where something is published.
    pub prior: Option<&'a Prior>,
    /// Every course of the practice.
    pub courses: &'a [Course],
    /// Clinicians with courses in the last days.
    pub clinicians: i64,
    /// Now.
    pub now: Instant,
}
