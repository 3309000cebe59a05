//! Folds, models and the replay.

use super::{Replayed, Settings};
use crate::detection::Watch;
use crate::growth::{Criterion, Fit, FitError, Sums, fit};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// One course of scores.
#[derive(Debug, Clone, PartialEq)]
pub struct Episode {
    /// Session (from 1) and score, in the order of the sessions.
    pub scores: Vec<(f64, f64)>,
    /// When it was closed, as a number of days on any calendar; for a split by time.
    pub closed: Option<i64>,
    /// How it ended.
    pub ending: Ending,
}

impl Episode {
    fn sums(&self) -> Sums {
        let mut sums = Sums::default();
        for (session, score) in &self.scores {
            sums.push(session.max(1.0).ln(), *score);
        }
        sums
    }
}

/// How a course ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Not known.
    Unknown,
    /// As planned.
    Planned,
    /// It broke off.
    DroppedOut,
}

/// Who is judged by a model made from whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split {
    /// Everybody, in this many parts, each by a model made from the other parts.
    Folds(usize),
    /// Who was closed on this day or later, by a model made from those closed before.
    Day(i64),
}

/// Why there is no backtest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BacktestError {
    /// Too few courses to evaluate.
    #[error(
        "{found} course(s) can be evaluated and {needed} are needed: courses that begin in the clinical range and have \
         at least {min_scores} scores"
    )]
    TooFew {
        /// Such courses.
        found: usize,
        /// How many are needed.
        needed: usize,
        /// The least number of scores.
        min_scores: usize,
    },
    /// All ended alike.
    #[error("all {0} evaluated courses ended alike: there is nothing to tell apart; check the reliable change")]
    OneOutcome(usize),
    /// The model cannot be made.
    #[error("the growth model cannot be fitted to the courses it is made from: {0}")]
    Model(#[from] FitError),
}

/// Fewer than this cannot be divided or judged.
const LEAST: usize = 10;

/// Every evaluated course with its readings, in the order of the episodes, and the number of courses in training.
pub fn replay(episodes: &[Episode], settings: &Settings) -> Result<(Vec<Replayed>, usize), BacktestError> {
    let evaluated: Vec<usize> = (0..episodes.len())
        .filter(|index| eligible(&episodes[*index], settings))
        .filter(|index| match settings.split {
            Split::Folds(_) => true,
            Split::Day(day) => episodes[*index].closed.is_some_and(|closed| closed >= day),
        })
        .collect();
    if evaluated.len() < LEAST {
        let min_scores = settings.min_scores;
        return Err(BacktestError::TooFew { found: evaluated.len(), needed: LEAST, min_scores });
    }
    let sums: Vec<Sums> = episodes.iter().map(Episode::sums).collect();
    let (mut replayed, n_training) = match settings.split {
        Split::Day(day) => {
            let training: Vec<usize> = (0..episodes.len())
                .filter(|index| episodes[*index].closed.is_some_and(|closed| closed < day))
                .collect();
            let judge = Judge::learn(episodes, &sums, &training, settings)?;
            (evaluated.iter().map(|index| (*index, judge.replay(&episodes[*index]))).collect(), training.len())
        }
        Split::Folds(folds) => {
            let part = parts(episodes.len(), folds.clamp(2, evaluated.len()), settings.seed);
            let mut replayed: Vec<(usize, Replayed)> = Vec::with_capacity(evaluated.len());
            for fold in 0..folds.clamp(2, evaluated.len()) {
                let training: Vec<usize> = (0..episodes.len()).filter(|index| part[*index] != fold).collect();
                let judge = Judge::learn(episodes, &sums, &training, settings)?;
                let own = evaluated.iter().filter(|index| part[**index] == fold);
                replayed.extend(own.map(|index| (*index, judge.replay(&episodes[*index]))));
            }
            (replayed, episodes.len())
        }
    };
    replayed.sort_by_key(|(index, _)| *index);
    let replayed: Vec<Replayed> = replayed.into_iter().map(|(_, course)| course).collect();
    let bad = replayed.iter().filter(|course| course.bad).count();
    if bad == 0 || bad == replayed.len() {
        return Err(BacktestError::OneOutcome(replayed.len()));
    }
    Ok((replayed, n_training))
}

fn eligible(episode: &Episode, settings: &Settings) -> bool {
    let at_caseness = |score: f64| settings.rules.direction.sign() * (score - settings.cutoff) <= 0.0;
    episode.scores.len() >= settings.min_scores.max(3)
        && episode.scores.first().is_some_and(|first| at_caseness(first.1))
}

/// A part for everybody, as even as can be, by chance alone.
fn parts(persons: usize, folds: usize, seed: u64) -> Vec<usize> {
    let mut parts: Vec<usize> = (0..persons).map(|index| index % folds).collect();
    parts.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    parts
}

/// A model and the session at which courses usually end, from the training courses.
struct Judge<'a> {
    fit: Fit,
    horizon: f64,
    settings: &'a Settings,
}

impl<'a> Judge<'a> {
    fn learn(
        episodes: &[Episode],
        sums: &[Sums],
        training: &[usize],
        settings: &'a Settings,
    ) -> Result<Self, BacktestError> {
        let persons: Vec<Sums> = training.iter().map(|index| sums[*index]).collect();
        let fit = fit(&persons, Criterion::Reml)?;
        let mut lasts: Vec<f64> = training
            .iter()
            .filter(|index| episodes[**index].scores.len() >= settings.min_scores)
            .filter_map(|index| episodes[*index].scores.last().map(|last| last.0))
            .collect();
        Ok(Self { fit, horizon: super::measures::median(&mut lasts).unwrap_or(1.0), settings })
    }

    fn replay(&self, episode: &Episode) -> Replayed {
        let mut watch = Watch::new(self.settings.rules, self.fit.parameters(), self.horizon);
        let (last, before) = episode.scores.split_last().expect("an eligible course has scores");
        let readings = before.iter().filter_map(|(session, score)| watch.add(*session, *score)).collect();
        Replayed {
            bad: self.settings.rules.bad_end(episode.scores[0].1, last.1),
            ending: episode.ending,
            last_session: last.0,
            readings,
        }
    }
}
