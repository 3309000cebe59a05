//! What a chart says of the course to be expected: the band from the first score, the forecast from all of them, where the model
//! comes from, and what the rules said of the latest score.

use crate::staff::words::Telling;
use care::episode::Measure;
use care::expected_response::{BAND, GrowthModel, Origin, Posterior};
use care::response::Signal;
use care::review::sentence;
use instruments::{Instrument, Scale};
use templates::chart::{Expectation, Visit};
use templates::format;
use templates::staff::{ExpectationNote, ForecastNote, SignalNote};

/// With fewer visits than this there is room on the axis for what is ahead.
const ROOM: usize = 6;
/// So many places the forecast looks ahead.
const AHEAD: usize = 4;

/// Whether the forecast from all scores is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// The band alone.
    Band,
    /// The forecast too.
    Forecast,
}

/// What is drawn and said.
#[derive(Default)]
pub struct Expected {
    pub band: Vec<Expectation>,
    pub forecast: Vec<Expectation>,
    pub note: Option<ExpectationNote>,
}

/// Lays out what is expected of a course. Nothing where there is no model or no first score that could be the baseline.
pub fn expected(
    model: Option<&GrowthModel>,
    measure: Option<&Measure>,
    scale: &Scale,
    visits: &[Visit],
    ask: Ask,
    page: (&str, &str),
    telling: Telling,
) -> Expected {
    let (Some(model), Some(measure)) = (model, measure) else { return Expected::default() };
    let (Some(person), Some(began)) = (model.from_baseline(measure), measure.baseline_session) else {
        return Expected::default();
    };
    // Visits tell the sessions of the course, the model knows those of the series.
    let began = began + measure.sessions_before;
    let first = visits.iter().position(|visit| visit.value.is_some() && visit.session >= began);
    let Some(first) = first else { return Expected::default() };
    let (last_place, last_session) = (visits.len() - 1, visits.iter().map(|visit| visit.session).max().unwrap_or(1));
    let step = step(visits);
    let more = if ask == Ask::Forecast { AHEAD } else { ROOM.saturating_sub(visits.len()) };
    let ahead = (1..)
        .take(more)
        .zip(1..=more)
        .map(|(further, place): (i64, usize)| ((last_place + place) as f64, last_session + step * further));
    let at = |person: &Posterior, (position, session): (f64, i64)| {
        let forecast = model.forecast(person, measure.session(session));
        let (low, high) = forecast.band(BAND);
        let within = |value: f64| value.clamp(scale.axis.min, scale.axis.max);
        Expectation { position, session, median: within(forecast.mean), low: within(low), high: within(high) }
    };
    let seen = visits.iter().enumerate().skip(first).map(|(index, visit)| (index as f64, visit.session.max(began)));
    let band = seen.chain(ahead.clone()).map(|place| at(&person, place)).collect();
    let all = model.from_all(measure);
    let forecast: Vec<Expectation> = match (ask, last_score(visits)) {
        (Ask::Forecast, Some((index, value))) => {
            let here = Expectation {
                position: index as f64,
                session: visits[index].session,
                median: value,
                low: value,
                high: value,
            };
            let missed = (index + 1..visits.len()).map(|place| (place as f64, visits[place].session.max(began)));
            std::iter::once(here).chain(missed.chain(ahead).map(|place| at(&all, place))).collect()
        }
        _ => Vec::new(),
    };
    let (client, id) = page;
    let rounded = |value: f64| format::score((value * 10.0).round() / 10.0);
    let note = ExpectationNote {
        source: match &model.origin {
            Origin::Published { source, .. } => Some(source.clone()),
            Origin::Practice { .. } => None,
        },
        dated: match &model.origin {
            Origin::Published { period, .. } => period.clone(),
            Origin::Practice { fitted_at, .. } => telling.day(*fitted_at),
        },
        courses: thousands(model.courses),
        version: model.version,
        toggle: match ask {
            Ask::Band => format!("/clients/{client}?forecast={}#m-{id}", measure.instrument),
            Ask::Forecast => format!("/clients/{client}#m-{id}"),
        },
        forecast: forecast.last().map(|last| ForecastNote {
            scores: measure.n,
            session: last.session,
            median: rounded(last.median),
            low: rounded(last.low),
            high: rounded(last.high),
        }),
    };
    Expected { band, forecast, note: Some(note) }
}

/// 233776 as people of either language write it in a clinic: `233,776`.
fn thousands(count: i64) -> String {
    let digits = count.to_string();
    let from_end = digits.chars().rev().collect::<Vec<_>>();
    let groups: Vec<String> = from_end.chunks(3).map(|chunk| chunk.iter().rev().collect()).collect();
    groups.into_iter().rev().collect::<Vec<_>>().join(",")
}

fn last_score(visits: &[Visit]) -> Option<(usize, f64)> {
    visits.iter().enumerate().rev().find_map(|(index, visit)| Some((index, visit.value?)))
}

/// How many sessions lie between two scores, as a rule.
fn step(visits: &[Visit]) -> i64 {
    let sessions: Vec<i64> = visits.iter().filter(|visit| visit.value.is_some()).map(|visit| visit.session).collect();
    match sessions.as_slice() {
        [first, .., last] => ((last - first) as f64 / (sessions.len() - 1) as f64).round().max(1.0) as i64,
        _ => 1,
    }
}

/// What the rules of the ladder said of the latest score of an instrument.
pub fn signals(instrument: &Instrument, signals: &[Signal], telling: Telling) -> Vec<SignalNote> {
    let own = |signal: &&Signal| {
        signal.inputs.instrument.as_deref() == Some(instrument.id.as_str()) && signal.inputs.sentence.is_some()
    };
    // The latest first.
    let Some(latest) = signals.iter().find(own) else { return Vec::new() };
    let rounded = |value: f64| format::score((value * 10.0).round() / 10.0);
    signals
        .iter()
        .filter(own)
        .filter(|signal| signal.response_id == latest.response_id)
        .map(|signal| {
            let inputs = &signal.inputs;
            SignalNote {
                level: signal.level,
                sentence: sentence(instrument, signal.rule, inputs, telling.language),
                probability: inputs.probability.map(|share| format!("{:.0}", share * 100.0)),
                agreement: inputs.agreement,
                expected: inputs.expected.zip(inputs.low.zip(inputs.high)).map(|(expected, (low, high))| {
                    format!(
                        "{} ({}–{})",
                        rounded(expected),
                        rounded(low.max(instrument.primary().axis.min)),
                        rounded(high)
                    )
                }),
                model: inputs.model.clone(),
                rules: inputs.rules.clone(),
            }
        })
        .collect()
}
