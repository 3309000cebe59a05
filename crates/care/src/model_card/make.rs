//! Making the card: replay, measuring, calibration.

use super::groups;
use super::worth::can_be_measured;
use super::{
    Agreement, Area, Benefit, Card, Counts, Course, Ended, Figure, LEAST_SCORES, Material, Newest, RECENT_DAYS,
    Reading, Recent, Row, alerts,
};
use crate::Instant;
use crate::detection::{Act, Configuration, Detection, LADDER, Number};
use crate::expected_response::{Calibration, CalibrationBand, GrowthModel, refit};
use crate::response::Rule;
use crate::review::{Said, replay};
use instruments::{Instrument, Polarity};
use stats::backtest::{self, Ending, Flagged, Measured, Settings, Split};
use stats::detection::Rules;
use stats::growth::Sums;
use stats::proportion::wilson;
use stats::reliable_change::Direction;

/// Parts in which courses are judged by a model made from the others.
const FOLDS: usize = 5;
/// Draws of the intervals.
const DRAWS: usize = 200;
const SEED: u64 = 1;
/// Courses that broke off below which there are no other readings of them.
const LEAST_BROKEN_OFF: usize = 5;
/// The share of closed courses that the model of the newest ones is made from.
const EARLIER: f64 = 0.7;

/// Makes the card, and what the model's probabilities are to be corrected by.
pub fn make(material: &Material<'_>) -> (Card, Calibration) {
    let Material { instrument, detection, courses, now, .. } = *material;
    let since = now - chrono::Duration::days(RECENT_DAYS);
    let recent = Recent {
        days: RECENT_DAYS,
        alerts: alerts(instrument, detection, courses.iter().map(|course| course.scores.as_slice()), since).alerts,
        clinicians: material.clinicians,
    };
    let closed = closed_of(material);
    let evaluated = evaluated_of(instrument, &closed);
    let events = evaluated.iter().filter(|(_, course)| ended_badly(instrument, course)).count();
    let scale = instrument.primary();
    let mut card = Card {
        instrument: instrument.id.clone(),
        made_at: now,
        rules_name: detection.rules_name(&instrument.id),
        model: detection.model(instrument, &scale.id).map(GrowthModel::name),
        closed: count(closed.len()),
        evaluated: count(evaluated.len()),
        events: count(events),
        period: period(&evaluated),
        ladder: Vec::new(),
        chosen: Vec::new(),
        equal_flag_rate: Vec::new(),
        areas: Vec::new(),
        agreement: None,
        decision: Vec::new(),
        newest: None,
        broken_off: Vec::new(),
        groups: Vec::new(),
        recent,
    };
    if !can_be_measured(evaluated.len(), events) {
        return (card, Calibration::default());
    }
    let seen = flags(material, &closed, &evaluated);
    let rules = detection.rules(&instrument.id);
    let of = |seen: &[Seen<'_>], rule: Option<Rule>| measured(&flagged(seen, rule));
    let spoken = LADDER.into_iter().filter(|rule| rules.act(*rule) != Act::Off && *rule != Rule::Ceiling);
    let any = of(&seen, None);
    card.ladder = vec![row("any_case", Some(Act::Case), &any)];
    card.ladder.extend(spoken.map(|rule| row(rule.as_str(), Some(rules.act(rule)), &of(&seen, Some(rule)))));
    card.broken_off = broken_off(&seen);
    card.groups = groups::of(&seen);
    card.newest = newest(material, &closed);
    let mut calibration = Calibration { courses: card.evaluated, events: card.events, bands: Vec::new() };
    // Rules that open no case at all leave nothing to compare at; then it is the flag rate of b.
    let as_often = Some(any.operating.flag_rate).filter(|rate| *rate > 0.0);
    if let Some(found) = classic(instrument, &rules, &closed, Split::Folds(10), as_often) {
        card.chosen = found.rules.iter().map(letter).collect();
        card.equal_flag_rate = found.equal_flag_rate.iter().map(letter).collect();
        card.areas = found.auc_by_session.iter().map(area).collect();
        card.agreement = Some(agreement(&found.calibration));
        card.decision = found.decision_curve.iter().map(benefit).collect();
        if calibration.is_enough() {
            let line = found.calibration.line;
            let bands = found.calibration.bands.iter().filter_map(|band| {
                let line = band.line.or(line)?;
                let (from, to) = (i64::from(band.from), band.to.map(i64::from));
                Some(CalibrationBand { from, to, intercept: line.intercept, slope: line.slope })
            });
            calibration.bands = bands.collect();
        }
    }
    (card, calibration)
}

fn period(evaluated: &[(usize, &Course)]) -> Option<(Instant, Instant)> {
    let closed = || evaluated.iter().filter_map(|(_, course)| course.closed_at);
    closed().min().zip(closed().max())
}

fn area(area: &backtest::SessionArea) -> Area {
    Area {
        session: area.session,
        n: area.n,
        events: area.events,
        change: area.change,
        expected: area.expected_response,
        probability: area.probability,
    }
}

fn agreement(found: &backtest::Calibration) -> Agreement {
    Agreement {
        intercept: found.line.map(|line| line.intercept),
        slope: found.line.map(|line| line.slope),
        errors: found.errors.map(|errors| (errors.intercept, errors.slope, errors.gain)),
        n: found.n,
        brier: found.brier,
        brier_base_rate: found.brier_base_rate,
        tenths: found.bins.iter().map(|bin| (bin.predicted, bin.observed, bin.n)).collect(),
    }
}

const fn benefit(one: &backtest::NetBenefit) -> Benefit {
    Benefit { threshold: one.threshold, model: one.model, all: one.all }
}

fn count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// The closed courses.
pub(super) fn closed_of<'a>(material: &Material<'a>) -> Vec<&'a Course> {
    material.courses.iter().filter(|course| course.ending != Ended::Not).collect()
}

/// Those of the closed courses that are evaluated, each with its place among them.
pub(super) fn evaluated_of<'a>(instrument: &Instrument, closed: &[&'a Course]) -> Vec<(usize, &'a Course)> {
    closed.iter().copied().enumerate().filter(|(_, course)| is_evaluated(instrument, course)).collect()
}

/// What was flagged, counted, with the intervals of the card.
pub(super) fn measured(courses: &[Flagged]) -> Measured {
    backtest::measure(courses, DRAWS, SEED)
}

fn is_evaluated(instrument: &Instrument, course: &Course) -> bool {
    let scale = instrument.primary();
    let at_caseness = |value: f64| scale.caseness().is_some_and(|cutoff| cutoff.is_met(value));
    scale.reliable_change.is_some()
        && course.scores.len() >= LEAST_SCORES
        && course.scores.first().is_some_and(|first| at_caseness(first.value))
}

pub(super) fn ended_badly(instrument: &Instrument, course: &Course) -> bool {
    let (Some(first), Some(last)) = (course.scores.first(), course.scores.last()) else { return false };
    instruments::change(instrument.primary(), first.value, last.value) != Some(instruments::Change::Improved)
}

/// An evaluated course and what the rules said before its last score.
pub(super) struct Seen<'a> {
    pub(super) course: &'a Course,
    bad: bool,
    last_session: i64,
    said: Vec<Said>,
}

/// Replays each evaluated course with a model made from the other parts.
pub(super) fn flags<'a>(
    material: &Material<'a>,
    closed: &[&'a Course],
    evaluated: &[(usize, &'a Course)],
) -> Vec<Seen<'a>> {
    let Material { instrument, detection, .. } = *material;
    let in_force = detection.model(instrument, &instrument.primary().id);
    let sums: Vec<Sums> = closed.iter().map(|course| sums_of(course)).collect();
    let judges: Vec<Detection> = (0..FOLDS)
        .map(|fold| {
            let others: Vec<Sums> =
                sums.iter().enumerate().filter(|(index, _)| index % FOLDS != fold).map(|(_, sums)| *sums).collect();
            match (in_force, refit::estimate(&others, material.prior)) {
                (Some(model), Ok(parameters)) => detection.with_model(&GrowthModel { parameters, ..model.clone() }),
                _ => detection.clone(),
            }
        })
        .collect();
    evaluated.iter().map(|(index, course)| seen(instrument, &judges[index % FOLDS], course)).collect()
}

fn seen<'a>(instrument: &Instrument, judge: &Detection, course: &'a Course) -> Seen<'a> {
    // The last score is the outcome: no rule judges it.
    let (last, before) = course.scores.split_last().expect("an evaluated course has scores");
    Seen {
        course,
        bad: ended_badly(instrument, course),
        last_session: last.session,
        said: replay(instrument, judge, before),
    }
}

/// The courses closed last, as they would have looked then: the model knows those closed on earlier days.
fn newest(material: &Material<'_>, closed: &[&Course]) -> Option<Newest> {
    let Material { instrument, detection, .. } = *material;
    let mut days: Vec<Instant> = closed.iter().filter_map(|course| course.closed_at).collect();
    days.sort_unstable();
    let from = *days.get((days.len() as f64 * EARLIER) as usize)?;
    let earlier: Vec<Sums> = closed
        .iter()
        .filter(|course| course.closed_at.is_some_and(|at| at.date_naive() < from.date_naive()))
        .map(|course| sums_of(course))
        .collect();
    let in_force = detection.model(instrument, &instrument.primary().id);
    let judge = match (in_force, refit::estimate(&earlier, material.prior)) {
        (Some(model), Ok(parameters)) => detection.with_model(&GrowthModel { parameters, ..model.clone() }),
        _ => return None,
    };
    let later: Vec<Seen<'_>> = closed
        .iter()
        .filter(|course| course.closed_at.is_some_and(|at| at.date_naive() >= from.date_naive()))
        .filter(|course| is_evaluated(instrument, course))
        .map(|course| seen(instrument, &judge, course))
        .collect();
    let events = later.iter().filter(|one| one.bad).count();
    if !can_be_measured(later.len(), events) {
        return None;
    }
    let rules = detection.rules(&instrument.id);
    let found = classic(instrument, &rules, closed, Split::Day(day(from)), None);
    Some(Newest {
        from,
        learned_from: count(earlier.len()),
        n: count(later.len()),
        events: count(events),
        row: row("any_case", Some(Act::Case), &measured(&flagged(&later, None))),
        agreement: found.map(|found| agreement(&found.calibration)),
    })
}

/// A day as a number that grows by one a day.
fn day(at: Instant) -> i64 {
    at.timestamp().div_euclid(86_400)
}

fn sums_of(course: &Course) -> Sums {
    let mut sums = Sums::default();
    for point in &course.scores {
        sums.add(u32::try_from(point.session).unwrap_or(1), point.value);
    }
    sums
}

/// As one rule saw the courses; without a rule, as whatever opens a case did.
pub(super) fn flagged(seen: &[Seen<'_>], rule: Option<Rule>) -> Vec<Flagged> {
    seen.iter()
        .map(|one| {
            let first = one.said.iter().find(|said| match rule {
                Some(rule) => said.rules.contains(&rule),
                None => !said.alerts.is_empty(),
            });
            Flagged {
                bad: one.bad,
                last_session: one.last_session as f64,
                first_flag: first.map(|said| said.session as f64),
            }
        })
        .collect()
}

pub(super) fn row(rule: &str, act: Option<Act>, measured: &Measured) -> Row {
    let found = measured.operating;
    let backtest::Counts { flagged_bad, flagged_good, bad, good } = found.counts;
    let figure = |value: Option<f64>, index: usize, hits: u32, of: u32| Figure {
        value,
        interval: interval(measured.intervals[index], hits, of),
    };
    Row {
        rule: rule.to_owned(),
        act,
        sensitivity: figure(found.sensitivity, 0, flagged_bad, bad),
        specificity: figure(found.specificity, 1, good - flagged_good, good),
        ppv: figure(found.ppv, 2, flagged_bad, flagged_bad + flagged_good),
        flag_rate: figure(Some(found.flag_rate), 3, flagged_bad + flagged_good, bad + good),
        lead: measured.median_lead,
        lead_interval: measured.lead_interval,
        counts: Counts { flagged_bad, flagged_good, bad, good },
    }
}

/// The interval of the draws. Where nobody or everybody is counted all draws are alike and say nothing: then it is Wilson's.
fn interval(drawn: Option<(f64, f64)>, hits: u32, of: u32) -> Option<(f64, f64)> {
    if hits > 0 && hits < of {
        return drawn;
    }
    wilson(u64::from(hits), u64::from(of), 0.95).ok().map(|share| (share.low, share.high))
}

fn letter(one: &backtest::Performance) -> Row {
    let measured = Measured {
        operating: one.operating,
        median_lead: one.median_lead,
        intervals: one.intervals,
        lead_interval: one.lead_interval,
    };
    row(one.rule.letter(), None, &measured)
}

fn broken_off(seen: &[Seen<'_>]) -> Vec<Reading> {
    let broke = |one: &Seen<'_>| one.course.ending == Ended::BrokenOff;
    // Fewer than that would be known by what the readings differ in.
    if seen.iter().filter(|one| broke(one)).count() < LEAST_BROKEN_OFF {
        return Vec::new();
    }
    let all = flagged(seen, None);
    let without: Vec<Flagged> =
        all.iter().zip(seen).filter(|(_, one)| !broke(one)).map(|(flagged, _)| *flagged).collect();
    let worst: Vec<Flagged> =
        all.iter().zip(seen).map(|(flagged, one)| Flagged { bad: flagged.bad || broke(one), ..*flagged }).collect();
    [("last_observation", all), ("excluded", without), ("worst_case", worst)]
        .into_iter()
        .map(|(handling, courses)| Reading {
            handling: handling.to_owned(),
            n: courses.len(),
            row: row("any_case", Some(Act::Case), &measured(&courses)),
        })
        .collect()
}

/// The rules a to h, by models that have not seen the course.
fn classic(
    instrument: &Instrument,
    rules: &Configuration,
    closed: &[&Course],
    split: Split,
    flag_rate: Option<f64>,
) -> Option<backtest::Backtest> {
    let scale = instrument.primary();
    let direction = match scale.polarity {
        Polarity::HigherWorse => Direction::LowerBetter,
        Polarity::HigherBetter => Direction::HigherBetter,
    };
    let number = |number: Number| rules.number(number) as f64;
    let episodes: Vec<backtest::Episode> = closed
        .iter()
        .map(|course| backtest::Episode {
            scores: course.scores.iter().map(|point| (point.session as f64, point.value)).collect(),
            closed: course.closed_at.map(day),
            ending: if course.ending == Ended::BrokenOff { Ending::DroppedOut } else { Ending::Planned },
        })
        .collect();
    let settings = Settings {
        rules: Rules {
            early_share: number(Number::LittleChangePercent) / 100.0,
            early_session: number(Number::LittleChangeSession),
            later_session: number(Number::NoImprovementSession),
            best_share: number(Number::WorseThanBestPercent) / 100.0,
            band: number(Number::BandPercent) / 100.0,
            probability: number(Number::ProbabilityPercent) / 100.0,
            ..Rules::usual(direction, scale.reliable_change.as_ref()?.points)
        },
        cutoff: scale.caseness()?.value,
        min_scores: LEAST_SCORES,
        split,
        draws: DRAWS,
        seed: SEED,
    };
    backtest::run_at(&episodes, &settings, flag_rate).ok()
}
