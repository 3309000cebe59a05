//! The figure of an experiment over time: limits from the time before the change, the rules on every point, and what they say.

use super::{Better, Metric, Unit};
use chrono::NaiveDate;
use stats::control_chart::{Limits, Period, Runs, Side, Special, runs, shares_from, special, xmr};

/// With fewer points before the change the limits are provisional. Source: NHS England, Making Data Count.
pub const FEWEST_USUAL: usize = 12;

/// Which time a point belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Before the change.
    Before,
    /// With it.
    With,
}

/// What was counted in one period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reading {
    /// Hits among cases.
    Share(Period),
    /// A value made of so many cases, in the metric's unit.
    Value(f64, u64),
}

impl Reading {
    /// Of how many it is made.
    pub const fn cases(self) -> u64 {
        match self {
            Self::Share(period) => period.cases,
            Self::Value(_, cases) => cases,
        }
    }

    /// The figure; of no cases it is not a number.
    pub fn value(self) -> f64 {
        match self {
            Self::Share(period) => period.hits as f64 / period.cases as f64,
            Self::Value(value, _) => value,
        }
    }
}

/// A period with what was counted in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// First day.
    pub from: NaiveDate,
    /// The day after the last.
    pub until: NaiveDate,
    /// Which time.
    pub phase: Phase,
    /// What was counted; none where nothing was.
    pub reading: Option<Reading>,
}

/// A point of the chart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The period.
    pub measured: Measured,
    /// What may be shown: none where too few cases make the figure.
    pub value: Option<f64>,
    /// Centre and limits; none without a usual.
    pub limits: Option<Limits>,
    /// The rule that marks it, and to which side.
    pub special: Option<(Special, Side)>,
}

/// What the rules say of the change so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// Nothing with enough cases lies after the change yet.
    TooEarly,
    /// Too little lies before the change to know what is usual.
    NoUsual,
    /// Within the usual up and down.
    Usual,
    /// Something has changed, for the better.
    Better,
    /// Something has changed, for the worse.
    Worse,
}

impl Finding {
    /// The end of its words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooEarly => "too_early",
            Self::NoUsual => "no_usual",
            Self::Usual => "usual",
            Self::Better => "better",
            Self::Worse => "worse",
        }
    }

    /// Every finding.
    pub const ALL: &'static [Self] = &[Self::TooEarly, Self::NoUsual, Self::Usual, Self::Better, Self::Worse];
}

/// A figure over time.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// The points, in time.
    pub points: Vec<Point>,
    /// Points before the change that make the limits.
    pub usual: usize,
    /// What the rules say.
    pub finding: Finding,
    /// Anhøj's rules on the whole of it; none with fewer than ten useful points.
    pub runs: Option<Runs>,
}

/// Puts the figure on a control chart. Points of fewer than `least` cases are not shown and judge nothing. The latest point with the
/// change that a rule marks says which way it goes.
pub fn series(metric: Metric, measured: &[Measured], least: u64) -> Series {
    let kept: Vec<(usize, Reading)> = measured
        .iter()
        .enumerate()
        .filter_map(|(place, one)| Some((place, one.reading.filter(|reading| reading.cases() >= least.max(1))?)))
        .collect();
    let is_before = |place: usize| measured[place].phase == Phase::Before;
    let usual: Vec<Reading> = kept.iter().filter(|(place, _)| is_before(*place)).map(|(_, reading)| *reading).collect();
    let values: Vec<f64> = kept.iter().map(|(_, reading)| reading.value()).collect();
    let limits: Option<Vec<Limits>> = if usual.len() < 2 {
        None
    } else if metric.unit() == Unit::Share {
        let period = |reading: &Reading| match reading {
            Reading::Share(period) => *period,
            Reading::Value(_, cases) => Period { hits: 0, cases: *cases },
        };
        let all: Vec<Period> = kept.iter().map(|(_, reading)| period(reading)).collect();
        shares_from(&usual.iter().map(period).collect::<Vec<_>>(), &all)
    } else {
        let usual: Vec<f64> = usual.iter().map(|reading| reading.value()).collect();
        // A length of time is never below nothing.
        xmr(&usual).map(|limits| vec![Limits { lower: limits.lower.max(0.0), ..limits }; kept.len()])
    };
    let marks = limits.as_ref().map(|limits| special(&values, limits)).unwrap_or_default();
    let points: Vec<Point> = measured
        .iter()
        .enumerate()
        .map(|(place, one)| {
            let at = kept.iter().position(|(kept, _)| *kept == place);
            Point {
                measured: *one,
                value: at.map(|at| values[at]),
                limits: at.and_then(|at| Some(limits.as_ref()?[at])),
                special: at.and_then(|at| marks.get(at).copied().flatten()),
            }
        })
        .collect();
    let with = points.iter().filter(|point| point.measured.phase == Phase::With && point.value.is_some());
    let good = if metric.better() == Better::Higher { Side::High } else { Side::Low };
    let finding = if with.clone().next().is_none() {
        Finding::TooEarly
    } else if limits.is_none() {
        Finding::NoUsual
    } else {
        match with.filter_map(|point| point.special).next_back() {
            None => Finding::Usual,
            Some((_, side)) if side == good => Finding::Better,
            Some(_) => Finding::Worse,
        }
    };
    Series { points, usual: usual.len(), finding, runs: runs(&values) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(shares: &[(Phase, u64, u64)]) -> Vec<Measured> {
        let first = NaiveDate::from_ymd_opt(2026, 1, 5).expect("a day");
        let week = |number: usize| first + chrono::Duration::weeks(i64::try_from(number).expect("small"));
        shares
            .iter()
            .enumerate()
            .map(|(number, (phase, hits, cases))| Measured {
                from: week(number),
                until: week(number + 1),
                phase: *phase,
                reading: Some(Reading::Share(Period { hits: *hits, cases: *cases })),
            })
            .collect()
    }

    #[test]
    fn o4_more_are_handed_in_than_is_usual() {
        let mut weeks: Vec<(Phase, u64, u64)> =
            (0..14).map(|week| (Phase::Before, 30 + u64::from(week % 3 == 0) * 2, 50)).collect();
        weeks.extend([(Phase::With, 41, 50), (Phase::With, 46, 50), (Phase::With, 3, 4)]);
        let found = series(Metric::Completion, &measured(&weeks), 5);
        assert_eq!((found.usual, found.finding), (14, Finding::Better));
        assert_eq!(found.points[15].special, Some((Special::OutsideLimit, Side::High)));
        assert_eq!((found.points[16].value, found.points[16].limits), (None, None), "four are too few");
        // The same rise of what should be low is for the worse.
        assert_eq!(series(Metric::NoShow, &measured(&weeks), 5).finding, Finding::Worse);
        assert_eq!(series(Metric::Completion, &measured(&weeks[..14]), 5).finding, Finding::TooEarly);
        assert_eq!(series(Metric::Completion, &measured(&weeks[13..]), 5).finding, Finding::NoUsual);
        let calm: Vec<_> = weeks.iter().take(14).copied().chain([(Phase::With, 31, 50)]).collect();
        assert_eq!(series(Metric::Completion, &measured(&calm), 5).finding, Finding::Usual);
    }

    #[test]
    fn hours_go_on_an_xmr_chart_that_does_not_reach_below_nothing() {
        let mut weeks = measured(&[(Phase::Before, 0, 0); 13]);
        for (number, one) in weeks.iter_mut().enumerate() {
            one.reading = Some(Reading::Value(if number % 2 == 0 { 1.0 } else { 3.0 }, 9));
        }
        weeks[12].phase = Phase::With;
        weeks[12].reading = Some(Reading::Value(9.5, 9));
        let found = series(Metric::Acknowledge, &weeks, 5);
        assert_eq!(found.finding, Finding::Worse);
        let limits = found.points[0].limits.expect("limits");
        assert!(limits.lower.abs() < 1e-12 && (limits.upper - (2.0 + 2.66 * 2.0)).abs() < 1e-9, "{limits:?}");
    }
}
