//! The backtest: closed courses replayed score by score through the rules of [`crate::detection`], each judged by a model
//! that has not seen it.
//!
//! Evaluated are courses that began in the clinical range and have enough scores; a course ends badly if its last score is
//! not a reliable improvement on its first. The last score is the outcome and is judged by no rule; a rule that flags at
//! any score before it has flagged the course. What a report says of the figures is left to the caller.

mod measures;
mod replay;

pub use measures::{
    Agreement, Calibration, CalibrationErrors, Counts, Flagged, Measured, NetBenefit, Operating, Performance,
    Sensitivity, SessionArea, measure,
};
pub use replay::{BacktestError, Ending, Episode, Split, replay};

use crate::detection::{RULES, Reading, Rules};

/// What to replay, and how.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// The rules with their numbers.
    pub rules: Rules,
    /// The clinical range ends here, in points; a first score at it is still in the range.
    pub cutoff: f64,
    /// Scores that a course must have to be evaluated.
    pub min_scores: usize,
    /// Who is judged by a model made from whom.
    pub split: Split,
    /// Bootstrap draws for the intervals.
    pub draws: usize,
    /// Seed of the folds and the draws.
    pub seed: u64,
}

/// A replayed course.
#[derive(Debug, Clone, PartialEq)]
pub struct Replayed {
    /// The last score was not a reliable improvement.
    pub bad: bool,
    /// How it ended.
    pub ending: Ending,
    /// The session of the last score.
    pub last_session: f64,
    /// What the rules saw at each score between the first and the last.
    pub readings: Vec<Reading>,
}

impl Replayed {
    /// The session at which each rule flags first.
    fn first_flags(&self, thresholds: &[f64; RULES]) -> [Option<f64>; RULES] {
        std::array::from_fn(|rule| {
            self.readings
                .iter()
                .find(|reading| reading.strength[rule] > thresholds[rule])
                .map(|reading| reading.session)
        })
    }

    /// The greatest strength of a rule in the course.
    fn strongest(&self, rule: usize) -> f64 {
        self.readings.iter().map(|reading| reading.strength[rule]).fold(f64::NEG_INFINITY, f64::max)
    }
}

/// What a backtest found.
#[derive(Debug, Clone, PartialEq)]
pub struct Backtest {
    /// Courses evaluated.
    pub n_persons: usize,
    /// Share of them that ended badly.
    pub base_rate: f64,
    /// Courses that the models were made from: all of them with folds, the earlier ones with a split by time.
    pub n_training: usize,
    /// The rules as configured.
    pub rules: Vec<Performance>,
    /// The rules with thresholds moved so that each flags about as many courses as rule b, or the share that was asked for.
    pub equal_flag_rate: Vec<Performance>,
    /// How well scores at a session rank the courses, by session.
    pub auc_by_session: Vec<SessionArea>,
    /// How far the model's probabilities can be believed.
    pub calibration: Calibration,
    /// Net benefit of acting on the model's probability, by threshold.
    pub decision_curve: Vec<NetBenefit>,
    /// The rules under other readings of courses that broke off; empty where no course is known to have.
    pub dropout: Vec<Sensitivity>,
}

/// Replays the episodes and measures the rules.
///
/// ```
/// use stats::backtest::{Ending, Episode, Settings, Split, run};
/// use stats::detection::Rules;
/// use stats::reliable_change::Direction;
/// let episodes: Vec<Episode> = (0..60)
///     .map(|person| {
///         let score = |k: u32| f64::from(14 + person % 9) - f64::from(person % 4) * f64::from(k).ln() + f64::from((person * 7 + k * 3) % 5);
///         let scores = (1..=8).map(|k| (f64::from(k), score(k))).collect();
///         Episode { scores, closed: None, ending: Ending::Unknown }
///     })
///     .collect();
/// let found = run(&episodes, &Settings {
///     rules: Rules::usual(Direction::LowerBetter, 6.0),
///     cutoff: 10.0,
///     min_scores: 5,
///     split: Split::Folds(10),
///     draws: 50,
///     seed: 1,
/// })?;
/// assert_eq!((found.n_persons, found.rules.len()), (60, 8));
/// # Ok::<(), stats::backtest::BacktestError>(())
/// ```
pub fn run(episodes: &[Episode], settings: &Settings) -> Result<Backtest, BacktestError> {
    run_at(episodes, settings, None)
}

/// The same, compared at a share of flagged courses of the caller's (0 to 1), or at that of rule b without one.
pub fn run_at(episodes: &[Episode], settings: &Settings, flag_rate: Option<f64>) -> Result<Backtest, BacktestError> {
    let (replayed, n_training) = replay(episodes, settings)?;
    let thresholds = settings.rules.thresholds();
    let all: Vec<&Replayed> = replayed.iter().collect();
    let rules = measures::performances(&all, &thresholds, settings);
    let target = flag_rate.unwrap_or(rules[1].operating.flag_rate);
    let moved = measures::thresholds_for(&all, target);
    Ok(Backtest {
        n_persons: replayed.len(),
        base_rate: all.iter().filter(|course| course.bad).count() as f64 / all.len() as f64,
        n_training,
        equal_flag_rate: measures::performances(&all, &moved, settings),
        auc_by_session: measures::areas(&all),
        calibration: measures::calibration(&all),
        decision_curve: measures::decision_curve(&all),
        dropout: measures::dropout(&replayed, &thresholds, settings),
        rules,
    })
}
