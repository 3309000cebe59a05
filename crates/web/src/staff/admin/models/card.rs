//! From the card that the job kept to what the page says of it.

use super::figures::{percent, row, share, signed};
use crate::staff::words::Telling;
use care::detection::Act;
use care::expected_response::GrowthModel;
use care::model_card::{
    Agreement, Area, Card, Counts, Figure, Group, LEAST_CELL, LEAST_COURSES, LEAST_OF_OUTCOME, LEAST_SCORES, Row,
};
use instruments::Instrument;
use templates::chart::{SeriesData, SeriesPlot};
use templates::staff::Shell;
use templates::staff::admin::{
    AgreementText, AreaRow, CardBody, CardFigures, CardGroup, DecisionRow, ModelCard, NewestText, PlainFigures,
    ReadingRow, SectionLink,
};

/// 97.5th percentile of the normal distribution.
const Z: f64 = 1.96;
/// Below this, and above its inverse, a slope is more than a little off.
const FITTING: f64 = 0.85;

/// Whether a model's probabilities are corrected by what happened.
pub fn agreement(model: Option<&GrowthModel>) -> &'static str {
    if model.is_some_and(|model| model.calibration.is_enough()) { "calibrated" } else { "uncalibrated" }
}

/// The page.
pub fn page(
    (shell, sections): (Shell, Vec<SectionLink>),
    name: String,
    instrument: &Instrument,
    card: Option<&Card>,
    model: Option<&GrowthModel>,
    telling: Telling,
) -> ModelCard {
    let rules_name = card.map_or("usual", |card| card.rules_name.as_str());
    let revision = |text: &str| text.parse::<i64>().ok();
    let goes_by = match rules_name.rsplit_once('-') {
        Some(("practice", number)) => ("practice", revision(number)),
        Some((scope, number)) if scope == instrument.id => ("own", revision(number)),
        _ => ("usual", None),
    };
    // The card says under which model it was made.
    let version = card.and_then(|card| card.model.as_deref()).and_then(|name| match name.strip_prefix("practice-") {
        Some(version) => version.parse().ok(),
        None => Some(0),
    });
    ModelCard {
        shell,
        sections,
        name,
        rules: format!("/admin/detection/{}", instrument.id),
        file: format!("/admin/models/{}/card.json", instrument.id),
        table: format!("/admin/models/{}/card", instrument.id),
        made: card.map(|card| telling.date_time(card.made_at)),
        goes_by,
        model: version,
        body: body(card, agreement(model), telling),
    }
}

fn body(card: Option<&Card>, agreement: &'static str, telling: Telling) -> CardBody {
    let Some(card) = card else { return CardBody::None };
    let Some(any) = card.ladder.first() else {
        return CardBody::Few {
            closed: card.closed,
            evaluated: card.evaluated,
            events: card.events,
            needed: LEAST_COURSES,
            outcomes: LEAST_OF_OUTCOME,
            scores: LEAST_SCORES,
        };
    };
    CardBody::Shown(Box::new(CardFigures {
        closed: card.closed,
        evaluated: card.evaluated,
        events: card.events,
        scores: LEAST_SCORES,
        base_rate: percent(card.events as f64 / card.evaluated.max(1) as f64),
        period: card.period.map(|(first, last)| (telling.day(first), telling.day(last))),
        plain: plain(card, any),
        agreement,
        recent: (
            card.recent.days,
            card.recent.alerts,
            card.recent.per_clinician().map(|each| format!("{each:.1}")),
            card.recent.clinicians,
        ),
        ladder: card.ladder.iter().map(row).collect(),
        chosen: card.chosen.iter().map(row).collect(),
        equal: card.equal_flag_rate.iter().map(row).collect(),
        areas: card.areas.iter().map(area).collect(),
        areas_plot: areas_plot(&card.areas),
        calibration: card.agreement.as_ref().map(agreement_text),
        decision: card
            .decision
            .iter()
            .map(|one| DecisionRow {
                threshold: percent(one.threshold),
                model: signed(one.model * 100.0, 1),
                all: signed(one.all * 100.0, 1),
            })
            .collect(),
        decision_plot: decision_plot(card),
        newest: card.newest.as_ref().map(|newest| NewestText {
            from: telling.day(newest.from),
            learned_from: newest.learned_from,
            n: newest.n,
            events: newest.events,
            row: row(&newest.row),
            slope: newest.agreement.as_ref().and_then(slope),
        }),
        broken_off: card
            .broken_off
            .iter()
            .map(|reading| ReadingRow { handling: reading.handling.clone(), n: reading.n, row: row(&reading.row) })
            .collect(),
        has_groups: card.groups.iter().any(|group| group.figures.is_some()),
        groups: card.groups.iter().map(group).collect(),
        least: LEAST_CELL,
    }))
}

/// The sentences at the top, from the row of whatever opens a case.
fn plain(card: &Card, any: &Row) -> PlainFigures {
    let Counts { flagged_bad, flagged_good, bad, good } = any.counts;
    let of_none = |share: f64| Figure { value: Some(share), interval: None };
    let turned = |figure: Figure| Figure {
        value: figure.value.map(|share| 1.0 - share),
        interval: figure.interval.map(|(low, high)| (1.0 - high, 1.0 - low)),
    };
    let whole = |figure, hits, of| share(figure, hits, of).or_else(|| share(of_none(0.0), 0, of.max(1)));
    let nobody = || share(of_none(0.0), 0, 1).expect("one of one is a share");
    PlainFigures {
        caught: whole(any.sensitivity, flagged_bad, bad).unwrap_or_else(nobody),
        false_alarms: whole(turned(any.specificity), flagged_good, good).unwrap_or_else(nobody),
        believed: share(any.ppv, flagged_bad, flagged_bad + flagged_good).filter(|share| share.of >= LEAST_OF_OUTCOME),
        noisiest: noisiest(card, flagged_good),
        lead: any.lead.filter(|_| flagged_bad >= LEAST_OF_OUTCOME).map(templates::format::score),
        simple: simple(card, any),
    }
}

/// The rule that spoke in more than half of the false alarms, if it opens cases and is not the only one that does.
fn noisiest(card: &Card, false_alarms: u32) -> Option<(String, u32)> {
    let opens_cases = || card.ladder.iter().skip(1).filter(|row| row.act == Some(Act::Case));
    let most = opens_cases().max_by_key(|row| row.counts.flagged_good)?;
    let flagged = most.counts.flagged_good;
    (opens_cases().count() > 1 && flagged >= LEAST_OF_OUTCOME && flagged * 2 > false_alarms)
        .then(|| (most.rule.clone(), flagged))
}

/// The simplest rule at the same number of flags: different only where it lies outside the interval of what is in force.
fn simple(card: &Card, any: &Row) -> Option<(String, &'static str)> {
    let simple = card.equal_flag_rate.iter().find(|row| row.rule == "b")?.sensitivity.value?;
    let (low, high) = any.sensitivity.interval?;
    let reads = match simple {
        share if share < low => "better",
        share if share > high => "worse",
        _ => "alike",
    };
    Some((percent(simple), reads))
}

fn area(area: &Area) -> AreaRow {
    let of = |(value, error): (f64, f64)| {
        // Where every pair is ordered the error is nought, which is no knowledge.
        if error < 1e-9 {
            return (format!("{value:.2}"), String::new());
        }
        let (low, high) = ((value - Z * error).max(0.0), (value + Z * error).min(1.0));
        (format!("{value:.2}"), format!("{low:.2}–{high:.2}"))
    };
    AreaRow {
        session: area.session,
        n: area.n,
        events: area.events,
        change: of(area.change),
        expected: of(area.expected),
        probability: of(area.probability),
    }
}

fn areas_plot(areas: &[Area]) -> Option<SeriesPlot> {
    let first = f64::from(areas.first()?.session);
    let last = f64::from(areas.last()?.session).max(first + 1.0);
    let of = |value: fn(&Area) -> f64| areas.iter().map(|area| (f64::from(area.session), value(area))).collect();
    let series: [(&'static str, Vec<(f64, f64)>); 3] = [
        ("change", of(|area| area.change.0)),
        ("expected", of(|area| area.expected.0)),
        ("probability", of(|area| area.probability.0)),
    ];
    let lowest = series.iter().flat_map(|(_, points)| points).map(|(_, value)| *value).fold(0.5, f64::min);
    let floor = (lowest * 10.0).floor() / 10.0;
    // No more numbers under the axis than there is room for on a phone.
    let step = areas.len().div_ceil(8);
    let across: Vec<(f64, String)> =
        areas.iter().step_by(step).map(|area| (f64::from(area.session), area.session.to_string())).collect();
    let up: Vec<(f64, String)> = (0..=10)
        .map(|tenths| f64::from(tenths) / 10.0)
        .filter(|at| *at >= floor - 1e-9)
        .map(|at| (at, format!("{at:.1}")))
        .collect();
    SeriesPlot::new(&SeriesData {
        across: (first, last),
        up: (floor, 1.0),
        across_ticks: &across,
        up_ticks: &up,
        series: &series,
        reference: Some(((first, 0.5), (last, 0.5))),
    })
}

/// A value with the interval that its standard error makes.
fn around(value: f64, error: Option<f64>, decimals: usize) -> (String, Option<String>) {
    let interval =
        error.map(|error| format!("{} … {}", signed(value - Z * error, decimals), signed(value + Z * error, decimals)));
    (signed(value, decimals), interval)
}

fn slope(found: &Agreement) -> Option<(String, Option<String>)> {
    Some(around(found.slope?, found.errors.map(|(_, slope, _)| slope), 2))
}

fn agreement_text(found: &Agreement) -> AgreementText {
    let ticks: Vec<(f64, String)> =
        [0.0, 0.25, 0.5, 0.75, 1.0].map(|share| (share, format!("{:.0}", share * 100.0))).into();
    // A tenth with fewer predictions than this says nothing.
    let tenths = || found.tenths.iter().filter(|(.., n)| *n >= LEAST_OF_OUTCOME as usize);
    let points: Vec<(f64, f64)> = tenths().map(|(said, seen, _)| (*said, *seen)).collect();
    let reads = match found.slope {
        None => "unclear",
        Some(slope) if slope < FITTING => "extreme",
        Some(slope) if slope > 1.0 / FITTING => "timid",
        Some(_) => "fitting",
    };
    AgreementText {
        n: found.n,
        slope: slope(found),
        intercept: found.intercept.map(|value| around(value, found.errors.map(|(intercept, ..)| intercept), 2)),
        reads,
        brier: format!("{:.3}", found.brier),
        brier_base_rate: format!("{:.3}", found.brier_base_rate),
        gain: around(found.brier_base_rate - found.brier, found.errors.map(|(.., gain)| gain), 3),
        tenths: tenths().map(|(said, seen, n)| (percent(*said), percent(*seen), *n)).collect(),
        plot: SeriesPlot::new(&SeriesData {
            across: (0.0, 1.0),
            up: (0.0, 1.0),
            across_ticks: &ticks,
            up_ticks: &ticks,
            series: &[("observed", points)],
            reference: Some(((0.0, 0.0), (1.0, 1.0))),
        }),
    }
}

fn decision_plot(card: &Card) -> Option<SeriesPlot> {
    let of = |value: fn(&care::model_card::Benefit) -> f64| -> Vec<(f64, f64)> {
        card.decision.iter().map(|one| (one.threshold, value(one))).collect()
    };
    let (model, all) = (of(|one| one.model), of(|one| one.all));
    let most = model.iter().chain(&all).map(|(_, value)| *value).fold(0.05, f64::max);
    let ceiling = (most * 20.0).ceil() / 20.0;
    // Acting at every score falls without end: below this nobody would do it anyway.
    let floor = -0.1;
    let all: Vec<(f64, f64)> = all.into_iter().filter(|(_, value)| *value >= floor).collect();
    let across: Vec<(f64, String)> =
        (1..10).step_by(2).map(|tenths| (f64::from(tenths) / 10.0, format!("{} %", tenths * 10))).collect();
    let up = [floor, 0.0, ceiling / 2.0, ceiling].map(|at| (at, signed(at * 100.0, 1)));
    SeriesPlot::new(&SeriesData {
        across: (0.1, 0.9),
        up: (floor, ceiling),
        across_ticks: &across,
        up_ticks: &up,
        series: &[("model", model), ("all", all)],
        reference: Some(((0.1, 0.0), (0.9, 0.0))),
    })
}

fn group(group: &Group) -> CardGroup {
    let figures = group.figures.as_ref();
    let counts = figures.map(|figures| figures.counts).unwrap_or_default();
    let Counts { flagged_bad, flagged_good, bad, good } = counts;
    CardGroup {
        kind: group.kind,
        value: group.value.clone(),
        n: figures.map(|figures| figures.n),
        base_rate: figures.map(|figures| percent(figures.base_rate)).unwrap_or_default(),
        sensitivity: figures.and_then(|figures| share(figures.sensitivity, flagged_bad, bad)),
        specificity: figures.and_then(|figures| share(figures.specificity, good - flagged_good, good)),
        flag_rate: figures.and_then(|figures| share(figures.flag_rate, flagged_bad + flagged_good, bad + good)),
    }
}
