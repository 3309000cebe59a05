//! A control chart: a figure in time, its centre and limits, the day on which something was changed, and the points that a rule
//! marks. Which point is marked is decided elsewhere; here it is given a place and a shape.

use serde::Serialize;

use super::{Segment, Tick, number};

const HEIGHT: f64 = 260.0;
const TOP: f64 = 24.0;
const BOTTOM: f64 = 224.0;
/// Left and right end of the plot, in percent.
const LEFT: f64 = 8.0;
const RIGHT: f64 = 97.0;
/// Labels of the horizontal axis at most.
const LABELS: usize = 4;

/// What a mark says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ControlMark {
    /// The usual up and down.
    Usual,
    /// Marked by a rule, for the better.
    Better,
    /// Marked by a rule, for the worse.
    Worse,
}

/// A period of the chart.
#[derive(Clone, Debug, PartialEq)]
pub struct ControlDatum {
    /// Its first day, in words.
    pub label: String,
    /// The figure; none where too little makes it.
    pub value: Option<f64>,
    /// Lower limit, centre, upper limit.
    pub limits: Option<(f64, f64, f64)>,
    /// What the rules say of it.
    pub mark: ControlMark,
}

/// What a control chart is made of.
#[derive(Clone, Debug)]
pub struct ControlData<'a> {
    /// The periods, in time.
    pub periods: &'a [ControlDatum],
    /// Which of them is the first with the change.
    pub changed: Option<usize>,
    /// How a figure is said.
    pub say: fn(f64) -> String,
    /// The figure cannot be above this.
    pub most: f64,
}

/// The finished picture.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ControlPlot {
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
    /// Pieces of the centre.
    pub centre: Vec<Segment>,
    /// Pieces of both limits.
    pub limits: Vec<Segment>,
    /// Pieces of the figure's line.
    pub path: Vec<Segment>,
    /// The figures.
    pub points: Vec<ControlPoint>,
    /// Where the change begins.
    pub changed: Option<String>,
}

/// A figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ControlPoint {
    /// Place.
    pub x: String,
    /// Place.
    pub y: String,
    /// What the rules say of it.
    pub mark: ControlMark,
    /// Its period.
    pub label: String,
    /// The figure in words.
    pub value: String,
}

impl ControlPlot {
    /// Lays it out; none without a figure.
    pub fn new(data: &ControlData<'_>) -> Option<Self> {
        let figures = data.periods.iter().filter_map(|one| one.value);
        let ends = data.periods.iter().filter_map(|one| one.limits).flat_map(|(low, _, high)| [low, high]);
        let all: Vec<f64> = figures.chain(ends).collect();
        if data.periods.iter().all(|one| one.value.is_none()) {
            return None;
        }
        let (lowest, highest) =
            all.iter().fold((f64::MAX, f64::MIN), |(low, high), one| (low.min(*one), high.max(*one)));
        let step = step(highest - lowest);
        let from = (lowest / step).floor().max(0.0) * step;
        let until = ((highest / step).ceil() * step).min(data.most).max(from + step);
        let width = (RIGHT - LEFT) / data.periods.len() as f64;
        let middle = |place: usize| LEFT + width * (place as f64 + 0.5);
        let percent = |position: f64| format!("{}%", number(position));
        let y = |value: f64| number(BOTTOM - ((value - from) / (until - from)).clamp(0.0, 1.0) * (BOTTOM - TOP));
        let flat = |place: usize, value: f64| Segment {
            x1: percent(middle(place) - width / 2.0),
            y1: y(value),
            x2: percent(middle(place) + width / 2.0),
            y2: y(value),
        };
        let with_limits = || data.periods.iter().enumerate().filter_map(|(place, one)| Some((place, one.limits?)));
        let valued: Vec<(usize, f64)> =
            data.periods.iter().enumerate().filter_map(|(place, one)| Some((place, one.value?))).collect();
        let ticks = ((until - from) / step).round() as u32;
        let every = data.periods.len().div_ceil(LABELS).max(1);
        Some(Self {
            height: number(HEIGHT),
            top: number(TOP),
            bottom: number(BOTTOM),
            up: (0..=ticks)
                .map(|tick| from + step * f64::from(tick))
                .filter(|at| *at <= until + 1e-9)
                .map(|at| Tick { at: y(at), label: (data.say)(at) })
                .collect(),
            across: data
                .periods
                .iter()
                .enumerate()
                .step_by(every)
                .map(|(place, one)| Tick { at: percent(middle(place)), label: one.label.clone() })
                .collect(),
            centre: with_limits().map(|(place, (_, centre, _))| flat(place, centre)).collect(),
            limits: with_limits().flat_map(|(place, (low, _, high))| [flat(place, low), flat(place, high)]).collect(),
            path: valued
                .windows(2)
                .map(|pair| Segment {
                    x1: percent(middle(pair[0].0)),
                    y1: y(pair[0].1),
                    x2: percent(middle(pair[1].0)),
                    y2: y(pair[1].1),
                })
                .collect(),
            points: valued
                .iter()
                .map(|(place, value)| ControlPoint {
                    x: percent(middle(*place)),
                    y: y(*value),
                    mark: data.periods[*place].mark,
                    label: data.periods[*place].label.clone(),
                    value: (data.say)(*value),
                })
                .collect(),
            changed: data.changed.map(|place| percent(LEFT + width * place as f64)),
        })
    }
}

/// A round step that makes four to eight marks of a range.
fn step(range: f64) -> f64 {
    let wanted = (range / 5.0).max(0.01);
    let magnitude = 10_f64.powf(wanted.log10().floor());
    let round = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|one| one * magnitude >= wanted - 1e-12);
    round.unwrap_or(10.0) * magnitude
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(share: f64) -> String {
        format!("{:.0} %", share * 100.0)
    }

    fn period(value: Option<f64>, mark: ControlMark) -> ControlDatum {
        ControlDatum { label: "Mar 4".to_owned(), value, limits: value.map(|_| (0.4, 0.6, 0.8)), mark }
    }

    #[test]
    fn points_stand_in_time_gaps_stay_gaps_and_the_change_is_where_it_began() {
        let periods = [
            period(Some(0.58), ControlMark::Usual),
            period(None, ControlMark::Usual),
            period(Some(0.62), ControlMark::Usual),
            period(Some(0.9), ControlMark::Better),
        ];
        let data = ControlData { periods: &periods, changed: Some(2), say, most: 1.0 };
        let plot = ControlPlot::new(&data).unwrap();
        assert_eq!((plot.points.len(), plot.path.len(), plot.centre.len(), plot.limits.len()), (3, 2, 3, 6));
        assert_eq!(plot.changed.as_deref(), Some("52.5%"), "between the second and the third period");
        assert_eq!(plot.points[2].mark, ControlMark::Better);
        let labels: Vec<&str> = plot.up.iter().map(|tick| tick.label.as_str()).collect();
        assert_eq!(labels, ["40 %", "50 %", "60 %", "70 %", "80 %", "90 %"]);
        let nothing = [period(None, ControlMark::Usual)];
        assert_eq!(ControlPlot::new(&ControlData { periods: &nothing, changed: None, say, most: 1.0 }), None);
    }

    #[test]
    fn a_figure_that_never_moves_still_has_an_axis() {
        let periods = [ControlDatum { limits: None, ..period(Some(0.0), ControlMark::Usual) }];
        let plot = ControlPlot::new(&ControlData { periods: &periods, changed: None, say, most: 1.0 }).unwrap();
        assert!(plot.up.len() >= 2, "{:?}", plot.up);
    }
}
