//! Whether a new growth model takes the place of the old one: fitted from the running sums, checked on the courses that were
//! closed last, adopted only if it passes.

use super::GrowthModel;
use crate::text::text_enum;
use instruments::Axis;
use serde::{Deserialize, Serialize};
use stats::growth::{Criterion, Parameters, Prior, Sums, fit, fit_with_prior, log_session};

/// Courses with two scores that a fit needs: with a published model behind it, and without one.
const LEAST_COURSES: usize = 30;
const LEAST_COURSES_ALONE: usize = 60;
/// Closed courses that the check needs, and the share of the closed ones it takes, up to a number.
const LEAST_CLOSED: usize = 20;
const HELD_BACK: f64 = 0.2;
const MOST_HELD_BACK: usize = 1000;
/// By how much, per score on the scale of the log density, a new model may look worse by chance and still be no worse.
const TOLERANCE: f64 = 0.005;

text_enum! {
    /// What came of a look at a model.
    Outcome {
        /// The new model holds.
        Adopted = "adopted",
        /// No score has come since the last one.
        Unchanged = "unchanged",
        /// Too few courses with two scores.
        TooFew = "too_few",
        /// Too few closed courses to check it on.
        TooFewClosed = "too_few_closed",
        /// It could not be estimated.
        NotFitted = "not_fitted",
        /// The estimation did not come to an end.
        NotConverged = "not_converged",
        /// Its expectations lie outside the scale, or persons do not differ.
        Implausible = "implausible",
        /// It foretells the newest closed courses worse than the old one.
        Worse = "worse",
    }
}

/// A course as a fit needs it: the running sums, and not its scores.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Course {
    /// Its running sums.
    pub sums: Sums,
    /// The session of its last score, from 1.
    pub last_session: i64,
    /// Order of closing: later is greater; none while it runs.
    pub closed: Option<i64>,
}

/// What was looked at, and what it showed.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Checks {
    /// Courses with at least two scores.
    pub courses: i64,
    /// Scores.
    pub scores: i64,
    /// Closed courses.
    pub closed: i64,
    /// Closed courses that were held back, the newest ones.
    pub held_back: i64,
    /// Scores of those that were foretold.
    pub foretold: i64,
    /// Mean log density of those scores by the new model, made without these courses; greater is better.
    pub new_score: Option<f64>,
    /// The same by the old model.
    pub old_score: Option<f64>,
}

/// What a look found.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// What came of it.
    pub outcome: Outcome,
    /// What it showed.
    pub checks: Checks,
    /// The new model, where it is adopted: parameters and the session at which courses usually end.
    pub adopted: Option<(Parameters, i64)>,
}

/// Looks at a scale. `scores_of` gives sessions (from 1) and scores of the course at a place, in the order of the sessions: asked
/// for the courses that the check holds back, a thousand at most. `old` is the model in force, `prior` what is believed where
/// something is published; `axis` the range of the scale. Shape of the check: the newest fifth of the closed courses (20 to 1,000) is held back, each of their scores after the
/// first is foretold from those before it by either model (mean log density of the normal forecast). The model that is adopted
/// is then made from all courses.
pub fn look(
    courses: &[Course],
    scores_of: impl Fn(usize) -> Vec<(i64, f64)>,
    old: Option<&GrowthModel>,
    prior: Option<&Prior>,
    axis: Axis,
) -> Look {
    let usable = courses.iter().filter(|course| course.sums.n >= 2).count();
    let scores: u64 = courses.iter().map(|course| course.sums.n).sum();
    let mut closed: Vec<(usize, &Course)> =
        courses.iter().enumerate().filter(|(_, course)| course.closed.is_some() && course.sums.n >= 2).collect();
    closed.sort_by_key(|(_, course)| std::cmp::Reverse(course.closed));
    let mut checks = Checks {
        courses: count(usable),
        scores: i64::try_from(scores).unwrap_or(i64::MAX),
        closed: count(closed.len()),
        ..Checks::default()
    };
    let end = |outcome, checks| Look { outcome, checks, adopted: None };
    if let Some(super::Origin::Practice { scores, .. }) = old.map(|old| &old.origin)
        && *scores == checks.scores
    {
        return end(Outcome::Unchanged, checks);
    }
    if usable < if prior.is_some() { LEAST_COURSES } else { LEAST_COURSES_ALONE } {
        return end(Outcome::TooFew, checks);
    }
    if closed.len() < LEAST_CLOSED {
        return end(Outcome::TooFewClosed, checks);
    }
    let back = ((closed.len() as f64 * HELD_BACK) as usize).clamp(LEAST_CLOSED, MOST_HELD_BACK);
    let held_back = &closed[..back];
    // Everything that was closed earlier or still runs.
    let border = held_back.iter().filter_map(|(_, course)| course.closed).min();
    let others: Vec<Sums> = courses
        .iter()
        .filter(|course| course.closed.is_none_or(|closed| Some(closed) < border))
        .map(|course| course.sums)
        .collect();
    let made = match (estimate(&others, prior), estimate(&sums_of(courses), prior)) {
        (Ok(check), Ok(whole)) => (check, whole),
        (Err(outcome), _) | (_, Err(outcome)) => return end(outcome, checks),
    };
    let (check, whole) = made;
    if !is_plausible(&whole, axis) {
        return end(Outcome::Implausible, checks);
    }
    checks.held_back = count(held_back.len());
    let held_back: Vec<Vec<(i64, f64)>> = held_back.iter().map(|(place, _)| scores_of(*place)).collect();
    let (new_score, foretold) = foretell(&check, &held_back);
    checks.new_score = new_score;
    checks.foretold = foretold;
    checks.old_score = old.and_then(|old| foretell(&old.parameters, &held_back).0);
    let is_worse = match (checks.new_score, checks.old_score) {
        (Some(new), Some(old)) => new < old - TOLERANCE,
        (Some(new), None) => !new.is_finite(),
        (None, _) => true,
    };
    if is_worse {
        return end(Outcome::Worse, checks);
    }
    let mut lasts: Vec<i64> = closed.iter().map(|(_, course)| course.last_session).collect();
    lasts.sort_unstable();
    let last_session = lasts[lasts.len() / 2].max(2);
    Look { outcome: Outcome::Adopted, checks, adopted: Some((whole, last_session)) }
}

fn count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

fn sums_of(courses: &[Course]) -> Vec<Sums> {
    courses.iter().map(|course| course.sums).collect()
}

/// With a prior the most likely parameters, else the REML fit.
pub(crate) fn estimate(courses: &[Sums], prior: Option<&Prior>) -> Result<Parameters, Outcome> {
    if let Some(prior) = prior {
        let found = fit_with_prior(courses, prior).map_err(|_| Outcome::NotFitted)?;
        if found.converged { Ok(found.parameters) } else { Err(Outcome::NotConverged) }
    } else {
        let found = fit(courses, Criterion::Reml).map_err(|_| Outcome::NotFitted)?;
        if found.converged { Ok(found.parameters()) } else { Err(Outcome::NotConverged) }
    }
}

/// Expectations inside the scale at the first and the twentieth session, and persons that differ.
fn is_plausible(model: &Parameters, axis: Axis) -> bool {
    let room = (axis.max - axis.min) * 0.25;
    let inside = |session: u32| {
        let mean = model.intercept + model.slope * log_session(session);
        mean.is_finite() && (axis.min - room..=axis.max + room).contains(&mean)
    };
    inside(1) && inside(20) && model.random[0][0] > 0.0 && model.residual_variance > 0.0
}

/// Mean log density of every score after the first, foretold from those before it, and how many there were.
fn foretell(model: &Parameters, courses: &[Vec<(i64, f64)>]) -> (Option<f64>, i64) {
    let (mut total, mut n) = (0.0, 0_i64);
    for course in courses {
        let mut sums = Sums::default();
        for (index, (session, score)) in course.iter().enumerate() {
            let session = u32::try_from(*session).unwrap_or(1);
            if index > 0 {
                let forecast = model.forecast_at(&model.posterior(&sums), session);
                let z = forecast.z(*score);
                total -= 0.5 * z * z + forecast.sd.ln() + 0.5 * std::f64::consts::TAU.ln();
                n += 1;
            }
            sums.add(session, *score);
        }
    }
    ((n > 0).then(|| total / n as f64), n)
}

#[cfg(test)]
mod tests {
    use super::super::{Calibration, Origin, prior, published};
    use super::*;

    const AXIS: Axis = Axis { min: 0.0, max: 27.0, decimals: 0 };

    /// Weekly courses around 15 − slope · ln k, spread as real ones are; every second one is closed.
    fn courses(count: u32, slope: f64) -> Vec<(Course, Vec<(i64, f64)>)> {
        (0..count)
            .map(|person| {
                let level = f64::from(person * 7 % 11) - 5.0;
                let bend = f64::from(person * 5 % 7) / 3.0 - 1.0;
                let scores: Vec<(i64, f64)> = (1..=6 + i64::from(person % 5))
                    .map(|session| {
                        let wobble = f64::from((person * 3 + session as u32 * 5) % 7) - 3.0;
                        (session, 15.0 + level - (slope + bend) * (session as f64).ln() + wobble)
                    })
                    .collect();
                let mut sums = Sums::default();
                for (session, score) in &scores {
                    sums.add(u32::try_from(*session).expect("a session"), *score);
                }
                let closed = person.is_multiple_of(2).then_some(i64::from(person));
                let last_session = scores.last().expect("six at least").0;
                (Course { sums, last_session, closed }, scores)
            })
            .collect()
    }

    /// Looks at them, and gives out the scores of none but closed courses.
    fn look_at(
        courses: &[(Course, Vec<(i64, f64)>)],
        old: Option<&GrowthModel>,
        prior: Option<&Prior>,
        axis: Axis,
    ) -> Look {
        let own: Vec<Course> = courses.iter().map(|(course, _)| *course).collect();
        let scores_of = |place: usize| {
            assert!(courses[place].0.closed.is_some(), "a running course is no check");
            courses[place].1.clone()
        };
        look(&own, scores_of, old, prior, axis)
    }

    fn old() -> &'static GrowthModel {
        published("phq-9", "total").expect("it ships")
    }

    #[test]
    fn a_practice_that_differs_learns_its_own_line() {
        let found = look_at(&courses(200, 4.0), Some(old()), prior("phq-9", "total"), AXIS);
        assert_eq!(found.outcome, Outcome::Adopted, "{:?}", found.checks);
        let (model, last_session) = found.adopted.expect("adopted");
        assert!((model.slope - -4.0).abs() < 0.4, "{}", model.slope);
        assert_eq!(last_session, 8);
        assert!(found.checks.new_score > found.checks.old_score && found.checks.held_back == 20, "{:?}", found.checks);
    }

    #[test]
    fn what_cannot_be_checked_or_is_worse_leaves_the_old_one() {
        let of =
            |courses: &[_], old: Option<&GrowthModel>| look_at(courses, old, prior("phq-9", "total"), AXIS).outcome;
        assert_eq!(of(&courses(20, 4.0), Some(old())), Outcome::TooFew);
        assert_eq!(of(&courses(36, 4.0), Some(old())), Outcome::TooFewClosed);
        // What was learned before the newest courses turned around foretells them worse than a model that knew.
        let mut turned = courses(200, 4.0);
        let newest = courses(200, -2.5);
        for (index, course) in turned.iter_mut().enumerate().filter(|(index, _)| *index >= 160) {
            *course = newest[index].clone();
        }
        let knew = GrowthModel {
            parameters: Parameters { slope: 2.5, ..old().parameters },
            origin: Origin::Published { source: String::new(), period: String::new() },
            ..old().clone()
        };
        assert_eq!(of(&turned, Some(&knew)), Outcome::Worse);
        let first = look_at(&courses(200, 4.0), Some(old()), prior("phq-9", "total"), AXIS);
        let again = GrowthModel {
            version: 1,
            parameters: first.adopted.expect("adopted").0,
            origin: Origin::Practice {
                fitted_at: "2026-03-03T22:00:00Z".parse().expect("an instant"),
                scores: first.checks.scores,
            },
            calibration: Calibration::default(),
            ..old().clone()
        };
        assert_eq!(of(&courses(200, 4.0), Some(&again)), Outcome::Unchanged);
    }

    #[test]
    fn a_scale_of_which_nothing_is_published_needs_more_courses() {
        assert_eq!(look_at(&courses(50, 3.0), None, None, AXIS).outcome, Outcome::TooFew);
        assert_eq!(look_at(&courses(120, 3.0), None, None, AXIS).outcome, Outcome::Adopted);
        let off_the_scale = look_at(&courses(120, 3.0), None, None, Axis { min: 0.0, max: 6.0, decimals: 0 });
        assert_eq!(off_the_scale.outcome, Outcome::Implausible);
    }
}
