//! From the figure of an experiment in time to its chart.

use care::Language;
use care::experiment::{Better, FEWEST_USUAL, Measured, Metric, Phase, Point, Side, Special, Unit, series};
use care::outcome::{Audience, least};
use templates::chart::{ControlData, ControlDatum, ControlMark, ControlPlot};
use templates::format;
use templates::staff::{ControlChart, ControlRow};

/// How a figure is said.
pub fn say(metric: Metric) -> fn(f64) -> String {
    match metric.unit() {
        Unit::Share => |share| format!("{:.0} %", share * 100.0),
        Unit::Hours => |hours| format!("{hours:.1} h"),
    }
}

fn mark(metric: Metric, point: &Point) -> ControlMark {
    match (point.special, metric.better()) {
        (None, _) => ControlMark::Usual,
        (Some((_, Side::High)), Better::Higher) | (Some((_, Side::Low)), Better::Lower) => ControlMark::Better,
        _ => ControlMark::Worse,
    }
}

pub const fn rule(special: Special) -> &'static str {
    match special {
        Special::OutsideLimit => "outside_limit",
        Special::Shift => "shift",
        Special::Trend => "trend",
        Special::NearLimit => "near_limit",
    }
}

/// The chart of a figure.
pub fn of(language: Language, id: &'static str, metric: Metric, measured: &[Measured]) -> ControlChart {
    let least = least(None, Audience::Staff);
    let found = series(metric, measured, least);
    let say = say(metric);
    let periods: Vec<ControlDatum> = found
        .points
        .iter()
        .map(|point| ControlDatum {
            label: format::short_day(point.measured.from, language),
            value: point.value,
            limits: point.limits.map(|limits| (limits.lower, limits.centre, limits.upper)),
            mark: mark(metric, point),
        })
        .collect();
    let changed = found.points.iter().position(|point| point.measured.phase == Phase::With);
    let most = if metric.unit() == Unit::Share { 1.0 } else { f64::MAX };
    let rows = found.points.iter().map(|point| ControlRow {
        from: format::day(point.measured.from, language),
        phase: if point.measured.phase == Phase::Before { "before" } else { "with" },
        n: point.value.and(point.measured.reading).map(care::experiment::Reading::cases),
        value: point.value.map(say),
        limits: point.limits.map(|limits| format!("{}–{}", say(limits.lower), say(limits.upper))),
        special: point.special.map(|(special, _)| rule(special)),
        mark: mark(metric, point),
    });
    ControlChart {
        id,
        metric,
        better: if metric.better() == Better::Higher { "higher" } else { "lower" },
        plot: ControlPlot::new(&ControlData { periods: &periods, changed, say, most }),
        finding: found.finding.as_str(),
        usual: found.usual,
        fewest: FEWEST_USUAL,
        runs: found
            .runs
            .filter(care::experiment::Runs::unusual)
            .map(|runs| (runs.longest, runs.longest_usual, runs.crossings, runs.crossings_usual)),
        least,
        rows: rows.collect(),
    }
}
