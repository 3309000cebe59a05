//! What the rules are worth: operating points with bootstrap intervals, ranking, calibration and net benefit.

use super::{Ending, Replayed, Settings};
use crate::calibration::{self, Bin, Prediction, Recalibration, auc, brier, net_benefit};
use crate::detection::{RULES, Reading, Rule};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// How a rule divides the courses. A share without a denominator is none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Operating {
    /// Bad ends that were flagged before.
    pub sensitivity: Option<f64>,
    /// Good ends that were not.
    pub specificity: Option<f64>,
    /// Flagged courses that ended badly.
    pub ppv: Option<f64>,
    /// Flagged courses.
    pub flag_rate: f64,
    /// The numbers of courses behind it.
    pub counts: Counts,
}

/// How many courses were flagged, and how they ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Flagged, and ended badly.
    pub flagged_bad: u32,
    /// Flagged, and ended well.
    pub flagged_good: u32,
    /// Ended badly.
    pub bad: u32,
    /// Ended well.
    pub good: u32,
}

/// A rule at a threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Performance {
    /// Which.
    pub rule: Rule,
    /// Its strength must be above this.
    pub threshold: f64,
    /// What it does.
    pub operating: Operating,
    /// Sessions between the first flag and the end, over flagged courses that ended badly: the median.
    pub median_lead: Option<f64>,
    /// 95 % intervals of sensitivity, specificity, PPV and flag rate: percentiles over draws of whole courses.
    pub intervals: [Option<(f64, f64)>; 4],
    /// The same of the median lead, over draws of the flagged courses that ended badly.
    pub lead_interval: Option<(f64, f64)>,
}

impl Counts {
    fn operating(self) -> Operating {
        let share = |part: u32, whole: u32| (whole > 0).then(|| f64::from(part) / f64::from(whole));
        let flagged = self.flagged_bad + self.flagged_good;
        Operating {
            sensitivity: share(self.flagged_bad, self.bad),
            specificity: share(self.good - self.flagged_good, self.good),
            ppv: share(self.flagged_bad, flagged),
            flag_rate: share(flagged, self.bad + self.good).unwrap_or(0.0),
            counts: self,
        }
    }
}

/// A course as the draws see it: which rules flagged, and how it ended.
#[derive(Debug, Clone, Copy)]
struct Marks {
    flagged: u8,
    bad: bool,
}

fn tables<'a>(marks: impl Iterator<Item = &'a Marks>) -> [Counts; RULES] {
    let mut counts = [[0_u32; 256]; 2];
    for mark in marks {
        counts[usize::from(mark.bad)][usize::from(mark.flagged)] += 1;
    }
    let [good, bad] = counts.map(|counts| counts.iter().sum());
    std::array::from_fn(|rule| {
        let flagged = |counts: &[u32; 256]| {
            counts.iter().enumerate().filter(|(flags, _)| flags >> rule & 1 == 1).map(|(_, count)| count).sum()
        };
        Counts { flagged_bad: flagged(&counts[1]), flagged_good: flagged(&counts[0]), bad, good }
    })
}

/// All rules at their thresholds.
pub(super) fn performances(courses: &[&Replayed], thresholds: &[f64; RULES], settings: &Settings) -> Vec<Performance> {
    let firsts: Vec<[Option<f64>; RULES]> = courses.iter().map(|course| course.first_flags(thresholds)).collect();
    let marks: Vec<Marks> = courses
        .iter()
        .zip(&firsts)
        .map(|(course, first)| {
            let flagged = (0..RULES).filter(|rule| first[*rule].is_some()).fold(0, |flags, rule| flags | 1 << rule);
            Marks { flagged, bad: course.bad }
        })
        .collect();
    let found = tables(marks.iter());
    // [rule][figure][draw]
    let mut drawn: Vec<[Vec<f64>; 4]> = vec![std::array::from_fn(|_| Vec::with_capacity(settings.draws)); RULES];
    let mut chance = ChaCha8Rng::seed_from_u64(settings.seed);
    for _ in 0..settings.draws {
        let draw = tables((0..marks.len()).map(|_| &marks[chance.random_range(0..marks.len())]));
        for (figures, table) in drawn.iter_mut().zip(draw) {
            let Operating { sensitivity, specificity, ppv, flag_rate, .. } = table.operating();
            for (values, value) in figures.iter_mut().zip([sensitivity, specificity, ppv, Some(flag_rate)]) {
                values.extend(value);
            }
        }
    }
    Rule::ALL
        .into_iter()
        .enumerate()
        .map(|(index, rule)| {
            let mut leads: Vec<f64> = courses
                .iter()
                .zip(&firsts)
                .filter(|(course, _)| course.bad)
                .filter_map(|(course, first)| first[index].map(|session| course.last_session - session))
                .collect();
            Performance {
                rule,
                threshold: thresholds[index],
                operating: found[index].operating(),
                lead_interval: lead_interval(&leads, settings.draws, settings.seed),
                median_lead: median(&mut leads),
                intervals: std::array::from_fn(|figure| interval(&mut drawn[index][figure])),
            }
        })
        .collect()
}

/// A course as one rule saw it, whatever the rule.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flagged {
    /// It ended badly.
    pub bad: bool,
    /// The session of its last score.
    pub last_session: f64,
    /// The session at which the rule spoke first; none where it never did.
    pub first_flag: Option<f64>,
}

/// What a rule is worth, as [`Performance`] has it for the rules a to h.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// What it does.
    pub operating: Operating,
    /// Sessions between the first flag and the end, over flagged courses that ended badly: the median.
    pub median_lead: Option<f64>,
    /// 95 % intervals of sensitivity, specificity, PPV and flag rate: percentiles over draws of whole courses.
    pub intervals: [Option<(f64, f64)>; 4],
    /// The same of the median lead, over draws of the flagged courses that ended badly.
    pub lead_interval: Option<(f64, f64)>,
}

/// Measures any rule from what it said of courses that it could not know.
///
/// ```
/// use stats::backtest::{Flagged, measure};
/// let of = |bad, first_flag| Flagged { bad, last_session: 9.0, first_flag };
/// let found = measure(&[of(true, Some(3.0)), of(true, None), of(false, None), of(false, Some(5.0))], 100, 1);
/// assert_eq!((found.operating.sensitivity, found.operating.specificity), (Some(0.5), Some(0.5)));
/// assert_eq!(found.median_lead, Some(6.0));
/// ```
pub fn measure(courses: &[Flagged], draws: usize, seed: u64) -> Measured {
    let divide = |courses: &mut dyn Iterator<Item = &Flagged>| {
        let mut counts = Counts::default();
        for course in courses {
            let flagged = u32::from(course.first_flag.is_some());
            if course.bad {
                counts.bad += 1;
                counts.flagged_bad += flagged;
            } else {
                counts.good += 1;
                counts.flagged_good += flagged;
            }
        }
        counts.operating()
    };
    let mut resampled: [Vec<f64>; 4] = std::array::from_fn(|_| Vec::with_capacity(draws));
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    for _ in 0..if courses.is_empty() { 0 } else { draws } {
        let Operating { sensitivity, specificity, ppv, flag_rate, .. } =
            divide(&mut (0..courses.len()).map(|_| &courses[chance.random_range(0..courses.len())]));
        for (values, value) in resampled.iter_mut().zip([sensitivity, specificity, ppv, Some(flag_rate)]) {
            values.extend(value);
        }
    }
    let bad = courses.iter().filter(|course| course.bad);
    let mut leads: Vec<f64> = bad.filter_map(|course| Some(course.last_session - course.first_flag?)).collect();
    Measured {
        operating: divide(&mut courses.iter()),
        lead_interval: lead_interval(&leads, draws, seed),
        median_lead: median(&mut leads),
        intervals: std::array::from_fn(|figure| interval(&mut resampled[figure])),
    }
}

/// The interval of the median, over draws of the values.
fn lead_interval(leads: &[f64], draws: usize, seed: u64) -> Option<(f64, f64)> {
    if leads.len() < 2 {
        return None;
    }
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let mut draw = leads.to_vec();
    let mut medians: Vec<f64> = (0..draws)
        .map(|_| {
            draw.fill_with(|| leads[chance.random_range(0..leads.len())]);
            let middle = draw.len() / 2;
            *draw.select_nth_unstable_by(middle, f64::total_cmp).1
        })
        .collect();
    interval(&mut medians)
}

/// The middle one; of an even number the mean of the two in the middle.
pub(super) fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        n if n % 2 == 1 => Some(values[middle]),
        _ => Some(f64::midpoint(values[middle - 1], values[middle])),
    }
}

/// From the 2.5th to the 97.5th percentile.
fn interval(values: &mut [f64]) -> Option<(f64, f64)> {
    values.sort_unstable_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    let at = |share: f64| values[(share * last as f64).round() as usize];
    Some((at(0.025), at(0.975)))
}

/// For each rule the threshold at which it flags as nearly this share of the courses as its ties allow.
pub(super) fn thresholds_for(courses: &[&Replayed], share: f64) -> [f64; RULES] {
    let target = share * courses.len() as f64;
    std::array::from_fn(|rule| {
        let mut strongest: Vec<f64> = courses.iter().map(|course| course.strongest(rule)).collect();
        strongest.sort_unstable_by(|left, right| right.total_cmp(left));
        let mut best = (f64::INFINITY, strongest.first().copied().unwrap_or(f64::INFINITY));
        let mut above = 0.0;
        // A threshold at a value flags what is strictly above it.
        for ties in strongest.chunk_by(|left, right| left.total_cmp(right).is_eq()) {
            let away = (above - target).abs();
            if away < best.0 {
                best = (away, ties[0]);
            }
            above += ties.len() as f64;
        }
        best.1
    })
}

/// How well one session's scores rank the courses: areas under the curve with their standard errors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SessionArea {
    /// The session.
    pub session: u32,
    /// Courses with a score there that is neither their first nor their last.
    pub n: usize,
    /// Of them with a bad end.
    pub events: usize,
    /// Change since the intake, in points.
    pub change: (f64, f64),
    /// SDs from what was expected from the intake.
    pub expected_response: (f64, f64),
    /// The model's probability.
    pub probability: (f64, f64),
}

/// Fewer courses, or fewer of one outcome, say nothing.
const LEAST_COURSES: usize = 20;
const LEAST_OUTCOMES: usize = 5;

/// By session, as far as there are enough courses.
pub(super) fn areas(courses: &[&Replayed]) -> Vec<SessionArea> {
    let mut sessions: Vec<u32> = courses
        .iter()
        .flat_map(|course| &course.readings)
        .filter(|reading| reading.session.fract() == 0.0)
        .map(|reading| reading.session as u32)
        .collect();
    sessions.sort_unstable();
    sessions.dedup();
    sessions.into_iter().filter_map(|session| area(courses, session)).collect()
}

fn area(courses: &[&Replayed], session: u32) -> Option<SessionArea> {
    let there: Vec<(&Reading, bool)> = courses
        .iter()
        .filter_map(|course| {
            let reading =
                course.readings.iter().rfind(|reading| reading.session.total_cmp(&f64::from(session)).is_eq());
            reading.map(|reading| (reading, course.bad))
        })
        .collect();
    let events = there.iter().filter(|(_, bad)| *bad).count();
    if there.len() < LEAST_COURSES || events < LEAST_OUTCOMES || there.len() - events < LEAST_OUTCOMES {
        return None;
    }
    let of = |value: fn(&Reading) -> f64| {
        auc(&there.iter().map(|(reading, bad)| Prediction { value: value(reading), event: *bad }).collect::<Vec<_>>())
    };
    Some(SessionArea {
        session,
        n: there.len(),
        events,
        change: of(|reading| reading.worsening)?,
        expected_response: of(|reading| reading.deviation)?,
        probability: of(|reading| reading.probability)?,
    })
}

/// How far the model's probabilities can be believed, over all scores that were judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// Predictions: one for each score between a course's first and last.
    pub n: usize,
    /// The line from predicted to observed log-odds; none where it cannot be drawn.
    pub line: Option<Recalibration>,
    /// Brier score of the probabilities.
    pub brier: f64,
    /// Brier score of saying the base rate every time.
    pub brier_base_rate: f64,
    /// Standard errors of the line and of the gain in Brier score over the base rate; scores of one course are not
    /// independent, and are not counted as if they were.
    pub errors: Option<CalibrationErrors>,
    /// Predicted and observed by tenths.
    pub bins: Vec<Bin>,
    /// The same by how far the course had come.
    pub bands: Vec<Agreement>,
}

/// Standard errors that allow for several predictions of one course.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CalibrationErrors {
    /// Of the line's intercept.
    pub intercept: f64,
    /// Of the line's slope.
    pub slope: f64,
    /// Of the Brier score of the base rate less that of the predictions.
    pub gain: f64,
}

/// Predicted and observed within a band of sessions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agreement {
    /// First session of the band.
    pub from: u32,
    /// Last session of it; none where it has no end.
    pub to: Option<u32>,
    /// Predictions.
    pub n: usize,
    /// Mean predicted probability.
    pub predicted: f64,
    /// Share that ended badly.
    pub observed: f64,
    /// The line from predicted to observed log-odds.
    pub line: Option<Recalibration>,
}

const BANDS: [(u32, Option<u32>); 3] = [(2, Some(3)), (4, Some(7)), (8, None)];

fn predictions<'a>(courses: &'a [&Replayed]) -> impl Iterator<Item = (&'a Reading, Prediction)> {
    courses.iter().flat_map(|course| {
        course.readings.iter().map(|reading| (reading, Prediction { value: reading.probability, event: course.bad }))
    })
}

/// Of all courses.
pub(super) fn calibration(courses: &[&Replayed]) -> Calibration {
    let all: Vec<Prediction> = predictions(courses).map(|(_, prediction)| prediction).collect();
    let n = all.len().max(1) as f64;
    let rate = all.iter().filter(|prediction| prediction.event).count() as f64 / n;
    let bands = BANDS.into_iter().filter_map(|(from, to)| {
        let within: Vec<Prediction> = predictions(courses)
            .filter(|(reading, _)| {
                reading.session >= f64::from(from) && to.is_none_or(|to| reading.session < f64::from(to + 1))
            })
            .map(|(_, prediction)| prediction)
            .collect();
        let n = within.len();
        (n > 0).then(|| Agreement {
            from,
            to,
            n,
            predicted: within.iter().map(|prediction| prediction.value).sum::<f64>() / n as f64,
            observed: within.iter().filter(|prediction| prediction.event).count() as f64 / n as f64,
            line: Recalibration::fit(&within),
        })
    });
    let line = Recalibration::fit(&all);
    let by_course: Vec<Vec<Prediction>> =
        courses.iter().map(|course| predictions(&[course]).map(|(_, prediction)| prediction).collect()).collect();
    let errors = line.and_then(|line| {
        let (intercept, slope) = calibration::clustered_errors(line, &by_course)?;
        Some(CalibrationErrors { intercept, slope, gain: calibration::gain_error(&by_course)? })
    });
    Calibration {
        n: all.len(),
        line,
        errors,
        brier: brier(&all).unwrap_or(0.0),
        brier_base_rate: rate * (1.0 - rate),
        bins: calibration::bins(&all),
        bands: bands.collect(),
    }
}

/// Net benefit at a threshold of probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NetBenefit {
    /// The threshold.
    pub threshold: f64,
    /// Of acting on the model's probability.
    pub model: f64,
    /// Of acting at every score.
    pub all: f64,
}

/// At every tenth of probability.
pub(super) fn decision_curve(courses: &[&Replayed]) -> Vec<NetBenefit> {
    let all: Vec<Prediction> = predictions(courses).map(|(_, prediction)| prediction).collect();
    (1..10)
        .map(|tenths| {
            let threshold = f64::from(tenths) / 10.0;
            let (model, of_all) = net_benefit(&all, threshold);
            NetBenefit { threshold, model, all: of_all }
        })
        .collect()
}

/// The rules under one reading of the courses that broke off.
#[derive(Debug, Clone, PartialEq)]
pub struct Sensitivity {
    /// `last_observation`, `excluded` or `worst_case`.
    pub handling: &'static str,
    /// Courses.
    pub n_persons: usize,
    /// Share of bad ends.
    pub base_rate: f64,
    /// The rules.
    pub rules: Vec<Performance>,
}

/// The last score as it is; without those who broke off; and with each of them as a bad end.
pub(super) fn dropout(courses: &[Replayed], thresholds: &[f64; RULES], settings: &Settings) -> Vec<Sensitivity> {
    let broke_off = |course: &Replayed| course.ending == Ending::DroppedOut;
    if !courses.iter().any(broke_off) {
        return Vec::new();
    }
    let excluded: Vec<Replayed> = courses.iter().filter(|course| !broke_off(course)).cloned().collect();
    let mut worst = courses.to_vec();
    for course in &mut worst {
        course.bad |= course.ending == Ending::DroppedOut;
    }
    [("last_observation", courses), ("excluded", &excluded), ("worst_case", &worst)]
        .into_iter()
        .filter(|(_, courses)| !courses.is_empty())
        .map(|(handling, courses)| {
            let all: Vec<&Replayed> = courses.iter().collect();
            Sensitivity {
                handling,
                n_persons: all.len(),
                base_rate: all.iter().filter(|course| course.bad).count() as f64 / all.len() as f64,
                rules: performances(&all, thresholds, settings),
            }
        })
        .collect()
}
