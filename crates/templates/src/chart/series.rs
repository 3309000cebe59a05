//! Up to three series over a common axis, told apart by the shape of their marks and the dashes of their lines; and a line to
//! compare them with.

use serde::Serialize;

use super::{Segment, Tick, number};

const HEIGHT: f64 = 260.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 224.0;
/// Left and right end of the plot, in percent.
const LEFT: f64 = 8.0;
const RIGHT: f64 = 97.0;

/// What a picture of series is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesData<'a> {
    /// Ends of the horizontal axis.
    pub across: (f64, f64),
    /// Ends of the vertical axis.
    pub up: (f64, f64),
    /// Marks of the horizontal axis.
    pub across_ticks: &'a [(f64, String)],
    /// Marks of the vertical axis.
    pub up_ticks: &'a [(f64, String)],
    /// The series: a name whose words the template knows, and its points.
    pub series: &'a [(&'static str, Vec<(f64, f64)>)],
    /// From where to where the line to compare with goes.
    pub reference: Option<((f64, f64), (f64, f64))>,
}

/// The finished picture.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SeriesPlot {
    /// Height in pixels.
    pub height: String,
    /// Top and bottom of the plot in pixels.
    pub top: String,
    /// See `top`.
    pub bottom: String,
    /// Marks of the vertical axis.
    pub up: Vec<Tick>,
    /// Marks of the horizontal axis.
    pub across: Vec<Tick>,
    /// The line to compare with.
    pub reference: Option<Segment>,
    /// The series.
    pub series: Vec<SeriesLine>,
}

/// A series.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SeriesLine {
    /// Its name; the words are the template's.
    pub name: &'static str,
    /// `circle`, `square` or `triangle`.
    pub shape: &'static str,
    /// Pieces of its line.
    pub pieces: Vec<Segment>,
    /// Its marks: horizontal place, vertical place.
    pub marks: Vec<(String, String)>,
}

const SHAPES: [&str; 3] = ["circle", "square", "triangle"];

impl SeriesPlot {
    /// Lays it out; none without a point. Further series than three are left out: nobody could tell them apart.
    pub fn new(data: &SeriesData<'_>) -> Option<Self> {
        if data.series.iter().all(|(_, points)| points.is_empty()) {
            return None;
        }
        let share = |value: f64, (from, to): (f64, f64)| ((value - from) / (to - from).max(1e-9)).clamp(0.0, 1.0);
        let x = |value: f64| format!("{}%", number(LEFT + share(value, data.across) * (RIGHT - LEFT)));
        let y = |value: f64| number(BOTTOM - share(value, data.up) * (BOTTOM - TOP));
        let piece =
            |from: (f64, f64), to: (f64, f64)| Segment { x1: x(from.0), y1: y(from.1), x2: x(to.0), y2: y(to.1) };
        Some(Self {
            height: number(HEIGHT),
            top: number(TOP),
            bottom: number(BOTTOM),
            up: data.up_ticks.iter().map(|(at, label)| Tick { at: y(*at), label: label.clone() }).collect(),
            across: data.across_ticks.iter().map(|(at, label)| Tick { at: x(*at), label: label.clone() }).collect(),
            reference: data.reference.map(|(from, to)| piece(from, to)),
            series: data
                .series
                .iter()
                .zip(SHAPES)
                .map(|((name, points), shape)| SeriesLine {
                    name,
                    shape,
                    pieces: points.windows(2).map(|pair| piece(pair[0], pair[1])).collect(),
                    marks: points.iter().map(|(across, up)| (x(*across), y(*up))).collect(),
                })
                .collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_lie_within_the_picture_and_series_differ_in_shape() {
        let ticks = [(0.0, "0".to_owned()), (1.0, "1".to_owned())];
        let series = [("one", vec![(0.0, 0.0), (1.0, 1.0)]), ("other", vec![(0.5, 2.0)])];
        let data = SeriesData {
            across: (0.0, 1.0),
            up: (0.0, 1.0),
            across_ticks: &ticks,
            up_ticks: &ticks,
            series: &series,
            reference: Some(((0.0, 0.0), (1.0, 1.0))),
        };
        let plot = SeriesPlot::new(&data).unwrap();
        assert_eq!(plot.series[0].marks, [("8%".to_owned(), "224".to_owned()), ("97%".to_owned(), "16".to_owned())]);
        assert_eq!(plot.series[1].marks[0].1, "16", "what is beyond the axis is drawn at its end");
        assert_ne!(plot.series[0].shape, plot.series[1].shape);
        assert!(SeriesPlot::new(&SeriesData { series: &[("one", vec![])], ..data }).is_none());
    }
}
