//! What the rules are worth in this practice: its closed courses replayed through its own rules, beside the rules a to h of
//! `stats::backtest`; as figures that can be kept, shown, printed and given away.
//!
//! A course is evaluated if it began at caseness and has enough scores; it ended badly if its last score is no reliable
//! improvement on its first. Feedback changes outcomes: where a flag was acted upon, sensitivity looks lower than it is.

mod groups;

pub use groups::{Age, Group, GroupKind};

use crate::detection::{Act, Detection, LADDER};
use crate::episode::Point;
use crate::expected_response::{Calibration, CalibrationBand, GrowthModel, Prior, refit};
use crate::response::Rule;
use crate::review::replay;
use crate::{Instant, Language};
use instruments::{Instrument, Polarity};
use serde::{Deserialize, Serialize};
use stats::backtest::{self, Ending, Flagged, Measured, Settings, Split};
use stats::detection::Rules;
use stats::growth::Sums;
use stats::reliable_change::Direction;

/// Scores that a course must have to be evaluated.
pub const LEAST_SCORES: usize = 5;
/// Evaluated courses below which nothing is said.
pub const LEAST_COURSES: usize = 20;
/// Parts in which courses are judged by a model made from the others.
const FOLDS: usize = 5;
/// Draws of the intervals.
const DRAWS: usize = 200;
const SEED: u64 = 1;
/// The days of which alerts are counted.
pub const RECENT_DAYS: i64 = 90;

/// A course with what a card needs of it.
#[derive(Debug, Clone)]
pub struct Course {
    /// Its usable scores, in the order they were given.
    pub scores: Vec<Point>,
    /// Whether it was closed, and how.
    pub ending: Ended,
    /// The client's age at the first score, where it is known.
    pub age: Option<Age>,
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
    /// The practice's rules as they are set. Empty where there are too few courses.
    pub ladder: Vec<Row>,
    /// The rules a to h, each moved to the share of courses that b flags.
    pub equal_flag_rate: Vec<Row>,
    /// How well scores at a session rank the courses.
    pub areas: Vec<Area>,
    /// How far the model's probability can be believed.
    pub agreement: Option<Agreement>,
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
    /// Brier score.
    pub brier: f64,
    /// That of saying the base rate every time.
    pub brier_base_rate: f64,
    /// Predicted share, observed share and number of predictions, by tenths.
    pub tenths: Vec<(f64, f64, usize)>,
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

/// How many alerts the rules raise from an instant on.
pub fn recent_alerts<'a>(
    instrument: &Instrument,
    detection: &Detection,
    courses: impl Iterator<Item = &'a [Point]>,
    since: Instant,
) -> i64 {
    let said = courses.flat_map(|scores| replay(instrument, detection, scores));
    let alerts = said.filter(|said| said.at >= since && !said.alerts.is_empty()).count();
    i64::try_from(alerts).unwrap_or(i64::MAX)
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

/// Makes the card, and what the model's probabilities are to be corrected by.
pub fn make(material: &Material<'_>) -> (Card, Calibration) {
    let Material { instrument, detection, courses, now, .. } = *material;
    let since = now - chrono::Duration::days(RECENT_DAYS);
    let recent = Recent {
        days: RECENT_DAYS,
        alerts: recent_alerts(instrument, detection, courses.iter().map(|course| course.scores.as_slice()), since),
        clinicians: material.clinicians,
    };
    let closed: Vec<&Course> = courses.iter().filter(|course| course.ending != Ended::Not).collect();
    let evaluated: Vec<(usize, &Course)> =
        closed.iter().copied().enumerate().filter(|(_, course)| is_evaluated(instrument, course)).collect();
    let events = evaluated.iter().filter(|(_, course)| ended_badly(instrument, course)).count();
    let scale = instrument.primary();
    let mut card = Card {
        instrument: instrument.id.clone(),
        made_at: now,
        rules_name: detection.rules_name(&instrument.id),
        model: detection.model(&instrument.id, &scale.id).map(GrowthModel::name),
        closed: count(closed.len()),
        evaluated: count(evaluated.len()),
        events: count(events),
        ladder: Vec::new(),
        equal_flag_rate: Vec::new(),
        areas: Vec::new(),
        agreement: None,
        broken_off: Vec::new(),
        groups: Vec::new(),
        recent,
    };
    if evaluated.len() < LEAST_COURSES || events == 0 || events == evaluated.len() {
        return (card, Calibration::default());
    }
    let seen = flags(material, &closed, &evaluated);
    let rules = detection.rules(&instrument.id);
    let of = |seen: &[Seen<'_>], rule: Option<Rule>| backtest::measure(&flagged(seen, rule), DRAWS, SEED);
    let spoken = LADDER.into_iter().filter(|rule| rules.act(*rule) != Act::Off && *rule != Rule::Ceiling);
    card.ladder = vec![row("any_case", Some(Act::Case), &of(&seen, None))];
    card.ladder.extend(spoken.map(|rule| row(rule.as_str(), Some(rules.act(rule)), &of(&seen, Some(rule)))));
    card.broken_off = broken_off(&seen);
    card.groups = groups::of(&seen);
    let mut calibration = Calibration { courses: card.evaluated, events: card.events, bands: Vec::new() };
    if let Some(found) = classic(instrument, &rules, &closed) {
        card.equal_flag_rate = found.equal_flag_rate.iter().map(letter).collect();
        card.areas = found
            .auc_by_session
            .iter()
            .map(|area| Area {
                session: area.session,
                n: area.n,
                events: area.events,
                change: area.change,
                expected: area.expected_response,
                probability: area.probability,
            })
            .collect();
        let line = found.calibration.line;
        card.agreement = Some(Agreement {
            intercept: line.map(|line| line.intercept),
            slope: line.map(|line| line.slope),
            brier: found.calibration.brier,
            brier_base_rate: found.calibration.brier_base_rate,
            tenths: found.calibration.bins.iter().map(|bin| (bin.predicted, bin.observed, bin.n)).collect(),
        });
        if calibration.is_enough() {
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

fn count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

fn is_evaluated(instrument: &Instrument, course: &Course) -> bool {
    let scale = instrument.primary();
    let at_caseness = |value: f64| scale.caseness().is_some_and(|cutoff| cutoff.is_met(value));
    scale.reliable_change.is_some()
        && course.scores.len() >= LEAST_SCORES
        && course.scores.first().is_some_and(|first| at_caseness(first.value))
}

fn ended_badly(instrument: &Instrument, course: &Course) -> bool {
    let (Some(first), Some(last)) = (course.scores.first(), course.scores.last()) else { return false };
    instruments::change(instrument.primary(), first.value, last.value) != Some(instruments::Change::Improved)
}

/// An evaluated course and what the rules said before its last score.
struct Seen<'a> {
    course: &'a Course,
    bad: bool,
    last_session: i64,
    said: Vec<crate::review::Said>,
}

/// Replays each evaluated course with a model made from the other parts.
fn flags<'a>(material: &Material<'a>, closed: &[&'a Course], evaluated: &[(usize, &'a Course)]) -> Vec<Seen<'a>> {
    let Material { instrument, detection, .. } = *material;
    let in_force = detection.model(&instrument.id, &instrument.primary().id);
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
    evaluated
        .iter()
        .map(|(index, course)| {
            // The last score is the outcome: no rule judges it.
            let (last, before) = course.scores.split_last().expect("an evaluated course has scores");
            Seen {
                course,
                bad: ended_badly(instrument, course),
                last_session: last.session,
                said: replay(instrument, &judges[index % FOLDS], before),
            }
        })
        .collect()
}

fn sums_of(course: &Course) -> Sums {
    let mut sums = Sums::default();
    for point in &course.scores {
        sums.add(u32::try_from(point.session).unwrap_or(1), point.value);
    }
    sums
}

/// As one rule saw the courses; without a rule, as whatever opens a case did.
fn flagged(seen: &[Seen<'_>], rule: Option<Rule>) -> Vec<Flagged> {
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

fn row(rule: &str, act: Option<Act>, measured: &Measured) -> Row {
    let figure = |value: Option<f64>, index: usize| Figure { value, interval: measured.intervals[index] };
    let found = measured.operating;
    Row {
        rule: rule.to_owned(),
        act,
        sensitivity: figure(found.sensitivity, 0),
        specificity: figure(found.specificity, 1),
        ppv: figure(found.ppv, 2),
        flag_rate: figure(Some(found.flag_rate), 3),
        lead: measured.median_lead,
    }
}

fn letter(one: &backtest::Performance) -> Row {
    let measured = Measured { operating: one.operating, median_lead: one.median_lead, intervals: one.intervals };
    row(one.rule.letter(), None, &measured)
}

fn broken_off(seen: &[Seen<'_>]) -> Vec<Reading> {
    let broke = |one: &Seen<'_>| one.course.ending == Ended::BrokenOff;
    if !seen.iter().any(broke) {
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
            row: row("any_case", Some(Act::Case), &backtest::measure(&courses, DRAWS, SEED)),
        })
        .collect()
}

/// The rules a to h, by models that have not seen the course.
fn classic(
    instrument: &Instrument,
    rules: &crate::detection::Configuration,
    closed: &[&Course],
) -> Option<backtest::Backtest> {
    use crate::detection::Number;
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
            closed: None,
            ending: if course.ending == Ended::BrokenOff { Ending::DroppedOut } else { Ending::Planned },
        })
        .collect();
    let settings = Settings {
        rules: Rules {
            early_share: number(Number::LittleChangePercent) / 100.0,
            early_session: number(Number::LittleChangeSession),
            later_session: number(Number::NoImprovementSession),
            band: number(Number::BandPercent) / 100.0,
            probability: number(Number::ProbabilityPercent) / 100.0,
            ..Rules::usual(direction, scale.reliable_change.as_ref()?.points)
        },
        cutoff: scale.caseness()?.value,
        min_scores: LEAST_SCORES,
        split: Split::Folds(10),
        draws: DRAWS,
        seed: SEED,
    };
    backtest::run(&episodes, &settings).ok()
}
