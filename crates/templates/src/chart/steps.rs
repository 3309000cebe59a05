//! A share over the steps of the calendar: each with its interval as a band and what the missing could make of it as a thin line.
//! A line leads only from a step to the very next one: what lies between two others is not made up.

use serde::Serialize;

use super::{Segment, Tick, number};

const HEIGHT: f64 = 168.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 138.0;
/// Left and right end of the plot, in percent.
const LEFT: f64 = 13.0;
const RIGHT: f64 = 98.0;
/// Labels of the horizontal axis at most, so that they do not touch on a phone.
const LABELS: usize = 3;
/// How much of its step a band is wide, and at most how much of the picture, in percent.
const WIDE: f64 = 0.6;
const WIDEST: f64 = 9.0;

/// A step.
#[derive(Clone, Debug, PartialEq)]
pub struct StepDatum {
    /// What it is called.
    pub label: String,
    /// The figure; none where nothing was, or nothing may be shown.
    pub reading: Option<StepReading>,
}

/// A figure of one step.
#[derive(Clone, Debug, PartialEq)]
pub struct StepReading {
    /// Lower end of the interval, share, upper end; none where too few were measured.
    pub share: Option<(f64, f64, f64)>,
    /// Worst to best.
    pub bounds: (f64, f64),
    /// The share in words.
    pub value: String,
    /// The interval in words.
    pub interval: String,
    /// Hits, and measured.
    pub of: (u64, u64),
}

/// The finished picture.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepPlot {
    /// Height in pixels.
    pub height: String,
    /// Bottom of the plot in pixels.
    pub bottom: String,
    /// Where the labels of the steps stand, in pixels.
    pub labels: String,
    /// Marks of the vertical axis.
    pub up: Vec<Tick>,
    /// Marks of the horizontal axis.
    pub across: Vec<Tick>,
    /// Height of the target's line.
    pub target: Option<String>,
    /// Pieces of the line.
    pub path: Vec<Segment>,
    /// The steps of which something is shown.
    pub marks: Vec<StepMark>,
    /// How many of them have a share.
    pub shown: usize,
    /// How many steps there are.
    pub steps: usize,
    /// The first one with a share.
    pub first: Option<StepEnd>,
    /// The last one.
    pub last: Option<StepEnd>,
}

/// A step in the picture.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepMark {
    /// What it is called.
    pub label: String,
    /// Its middle.
    pub x: String,
    /// The heights of best and worst.
    pub best: String,
    /// See `best`.
    pub worst: String,
    /// Its share; none where too few were measured.
    pub share: Option<StepShare>,
    /// Hits.
    pub hits: u64,
    /// Measured.
    pub measured: u64,
}

/// A share with its interval.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepShare {
    /// Left and right end of the band.
    pub left: String,
    /// See `left`.
    pub right: String,
    /// Its width.
    pub width: String,
    /// The upper and the lower end of the interval.
    pub high: String,
    /// See `high`.
    pub low: String,
    /// The height of the band.
    pub tall: String,
    /// The share.
    pub y: String,
    /// In words.
    pub value: String,
    /// In words.
    pub interval: String,
}

/// One end of the line in words.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepEnd {
    /// The step.
    pub label: String,
    /// The share.
    pub value: String,
}

impl StepPlot {
    /// Lays steps of one after the other out; none without anything to show.
    pub fn new(steps: &[StepDatum], target: Option<f64>) -> Option<Self> {
        let read = || steps.iter().enumerate().filter_map(|(place, step)| Some((place, step, step.reading.as_ref()?)));
        read().next()?;
        let highest =
            read().map(|(.., one)| one.share.map_or(one.bounds.1, |(.., high)| high)).chain(target).fold(0.0, f64::max);
        let most = if highest <= 0.25 {
            0.25
        } else if highest <= 0.5 {
            0.5
        } else {
            1.0
        };
        let step = (RIGHT - LEFT) / steps.len() as f64;
        let middle = |place: usize| LEFT + step * (place as f64 + 0.5);
        let percent = |position: f64| format!("{}%", number(position));
        let height = |share: f64| BOTTOM - (share / most).clamp(0.0, 1.0) * (BOTTOM - TOP);
        let y = |share: f64| number(height(share));
        let half = (step * WIDE).min(WIDEST) / 2.0;
        let shares: Vec<(usize, f64)> =
            read().filter_map(|(place, _, one)| one.share.map(|(_, value, _)| (place, value))).collect();
        let mark = |(place, datum, one): (usize, &StepDatum, &StepReading)| StepMark {
            label: datum.label.clone(),
            x: percent(middle(place)),
            best: y(one.bounds.1),
            worst: y(one.bounds.0),
            share: one.share.map(|(low, value, high)| StepShare {
                left: percent(middle(place) - half),
                right: percent(middle(place) + half),
                width: percent(half * 2.0),
                high: y(high),
                low: y(low),
                tall: number(height(low) - height(high)),
                y: y(value),
                value: one.value.clone(),
                interval: one.interval.clone(),
            }),
            hits: one.of.0,
            measured: one.of.1,
        };
        let marks: Vec<StepMark> = read().map(mark).collect();
        let end = |mark: &StepMark| {
            let share = mark.share.as_ref()?;
            Some(StepEnd { label: mark.label.clone(), value: share.value.clone() })
        };
        Some(Self {
            height: number(HEIGHT),
            bottom: number(BOTTOM),
            labels: number(BOTTOM + 18.0),
            up: [0.0, most / 2.0, most]
                .map(|share| Tick { at: y(share), label: format!("{} %", number(share * 100.0)) })
                .into(),
            across: steps
                .iter()
                .enumerate()
                .step_by(steps.len().div_ceil(LABELS).max(1))
                .map(|(place, step)| Tick { at: percent(middle(place)), label: step.label.clone() })
                .collect(),
            target: target.map(y),
            path: shares
                .windows(2)
                .filter(|pair| pair[0].0 + 1 == pair[1].0)
                .map(|pair| Segment {
                    x1: percent(middle(pair[0].0)),
                    y1: y(pair[0].1),
                    x2: percent(middle(pair[1].0)),
                    y2: y(pair[1].1),
                })
                .collect(),
            shown: shares.len(),
            steps: steps.len(),
            first: marks.iter().find_map(end),
            last: marks.iter().rev().find_map(end),
            marks,
        })
    }

    pub(crate) fn sample(labels: &[&str], target: Option<f64>) -> Option<Self> {
        let words = |share: f64| format!("{:.0} %", share * 100.0);
        let most = target.map_or(1.0, |target| target * 1.6);
        let datum = |(place, label): (usize, &&str)| {
            let value = most * (0.45 + 0.04 * place as f64);
            let (low, high) = (value - most * 0.12, value + most * 0.13);
            let reading = StepReading {
                share: (place != 3).then_some((low, value, high)),
                bounds: (value - most * 0.2, value + most * 0.2),
                value: words(value),
                interval: format!("{}–{}", words(low), words(high)),
                of: (21, 40),
            };
            StepDatum { label: (*label).to_owned(), reading: (place != 1).then_some(reading) }
        };
        Self::new(&labels.iter().enumerate().map(datum).collect::<Vec<_>>(), target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(label: &str, share: Option<(f64, f64, f64)>) -> StepDatum {
        let reading =
            StepReading { share, bounds: (0.2, 0.9), value: "50 %".into(), interval: "40–60 %".into(), of: (5, 10) };
        StepDatum { label: label.into(), reading: Some(reading) }
    }

    #[test]
    fn a_line_leads_to_the_next_step_only_and_what_is_not_reportable_has_no_share() {
        let some = Some((0.4, 0.5, 0.6));
        let hidden = StepDatum { label: "2025-Q3".into(), reading: None };
        let steps =
            [step("2025-Q1", some), step("2025-Q2", some), hidden, step("2025-Q4", some), step("2026-Q1", None)];
        let plot = StepPlot::new(&steps, None).unwrap();
        assert_eq!((plot.path.len(), plot.marks.len(), plot.shown, plot.steps), (1, 4, 3, 5));
        assert!(plot.marks[3].share.is_none() && plot.marks[3].best != plot.marks[3].worst);
        assert_eq!(plot.last.unwrap().label, "2025-Q4");
        let labels: Vec<&str> = plot.across.iter().map(|tick| tick.label.as_str()).collect();
        assert_eq!(labels, ["2025-Q1", "2025-Q3", "2026-Q1"]);
    }

    #[test]
    fn the_axis_reaches_as_far_as_the_figures_and_the_target_need() {
        let top = |share, target| {
            let plot = StepPlot::new(&[step("2026-Q1", Some(share))], target).unwrap();
            plot.up.last().unwrap().label.clone()
        };
        assert_eq!(top((0.05, 0.1, 0.2), Some(0.2)), "25 %");
        assert_eq!(top((0.05, 0.1, 0.2), Some(0.3)), "50 %");
        assert_eq!(top((0.3, 0.4, 0.6), None), "100 %");
        assert_eq!(StepPlot::new(&[StepDatum { label: "2026-Q1".into(), reading: None }], None), None);
    }
}
