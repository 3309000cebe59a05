//! The last scores as a line the size of a word, for a row of a table.

use serde::Serialize;

use super::{Mark, number};
use crate::format;

const WIDTH: f64 = 112.0;
const HEIGHT: f64 = 28.0;
/// Room for the last point's radius.
const MARGIN: f64 = 5.0;

/// What a sparkline is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct SparklineData {
    /// Lowest and highest possible score.
    pub range: (f64, f64),
    /// The cut-off.
    pub cutoff: Option<f64>,
    /// The scores, oldest first; the last eight are drawn.
    pub values: Vec<f64>,
    /// How the last one is read.
    pub mark: Mark,
}

/// The finished geometry, in the pixels of a 112 × 28 picture.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sparkline {
    /// The path's `d`; empty with fewer than two scores.
    pub path: String,
    /// The cut-off's height.
    pub cutoff: Option<String>,
    /// The last point.
    pub x: String,
    /// The last point.
    pub y: String,
    /// How it is read.
    pub mark: Mark,
    /// The scores in words: "18, 16, 14, 22".
    pub spoken: String,
}

impl Sparkline {
    /// How many scores are drawn.
    pub const LAST: usize = 8;

    /// Lays the last scores out; none without a score.
    pub fn new(data: &SparklineData) -> Option<Self> {
        let (low, high) = data.range;
        let y = |value: f64| {
            let share = if high > low { ((value - low) / (high - low)).clamp(0.0, 1.0) } else { 0.5 };
            HEIGHT - MARGIN - share * (HEIGHT - 2.0 * MARGIN)
        };
        let values = &data.values[data.values.len().saturating_sub(Self::LAST)..];
        // The newest score is always at the right edge, so that rows can be compared.
        let x = |index: usize| {
            WIDTH - MARGIN - (values.len() - 1 - index) as f64 * (WIDTH - 2.0 * MARGIN) / (Self::LAST - 1) as f64
        };
        let last = *values.last()?;
        let steps = values.iter().enumerate().map(|(index, &value)| {
            format!("{}{} {}", if index == 0 { 'M' } else { 'L' }, number(x(index)), number(y(value)))
        });
        Some(Self {
            path: if values.len() > 1 { steps.collect() } else { String::new() },
            cutoff: data.cutoff.map(|value| number(y(value))),
            x: number(x(values.len() - 1)),
            y: number(y(last)),
            mark: data.mark,
            spoken: values.iter().map(|&value| format::score(value)).collect::<Vec<_>>().join(", "),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_eight_scores_end_at_the_right_edge() {
        let data = SparklineData {
            range: (0.0, 27.0),
            cutoff: Some(10.0),
            values: (0..12).map(f64::from).collect(),
            mark: Mark::Off,
        };
        let line = Sparkline::new(&data).unwrap();
        assert_eq!(line.spoken, "4, 5, 6, 7, 8, 9, 10, 11");
        assert!(line.path.starts_with("M5 ") && line.x == "107", "{line:?}");
        let one = Sparkline::new(&SparklineData { values: vec![18.0], ..data.clone() }).unwrap();
        assert_eq!((one.path.as_str(), one.x.as_str()), ("", "107"));
        assert_eq!(Sparkline::new(&SparklineData { values: vec![], ..data }), None);
    }
}
