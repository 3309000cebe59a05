//! A funnel plot: shares over the number of courses, with the limits within which chance and the usual differences between
//! people would keep them. Nobody is ranked: the place of a mark says how far it is from where it may be by chance.

use serde::Serialize;

use super::{Segment, Tick, number};

const HEIGHT: f64 = 260.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 224.0;
/// Left and right end of the plot, in percent.
const LEFT: f64 = 7.0;
const RIGHT: f64 = 98.0;
/// Pieces of a limit.
const STEPS: u32 = 24;
/// What the inner and the outer limits hold.
const INNER: f64 = 0.95;
const OUTER: f64 = 0.998;

/// What a funnel is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct FunnelData<'a> {
    /// Cases and share of each unit, with its name where the reader may know it.
    pub units: &'a [(u64, f64, Option<String>)],
    /// The share of all together.
    pub target: f64,
}

/// The finished picture.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FunnelPlot {
    /// Height in pixels.
    pub height: String,
    /// Top and bottom of the plot in pixels.
    pub top: String,
    /// See `top`.
    pub bottom: String,
    /// Height of the target's line.
    pub target: String,
    /// The target in words ("51 %").
    pub target_label: String,
    /// Pieces of the inner limits (95 %).
    pub inner: Vec<Segment>,
    /// Pieces of the outer limits (99.8 %).
    pub outer: Vec<Segment>,
    /// Marks of the vertical axis.
    pub shares: Vec<Tick>,
    /// Marks of the horizontal axis.
    pub cases: Vec<Tick>,
    /// The units.
    pub points: Vec<FunnelPoint>,
    /// How many of them lie outside the inner limits.
    pub outside_inner: usize,
    /// How many of those outside the outer limits too.
    pub outside_outer: usize,
}

/// A unit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FunnelPoint {
    /// Place.
    pub x: String,
    /// Place.
    pub y: String,
    /// Who, where the reader may know.
    pub name: Option<String>,
    /// Courses.
    pub n: u64,
    /// The share in words.
    pub percent: String,
    /// The inner limits (95 %) for so many courses, in words.
    pub inner: String,
    /// The outer limits (99.8 %).
    pub outer: String,
    /// Where it lies. The words are `funnel-place-<place>`.
    pub place: FunnelPlace,
}

/// Where a unit lies: the shape of its mark, and words in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FunnelPlace {
    /// Within the inner limits.
    Inside,
    /// Above the inner limits.
    Above,
    /// Below the inner limits.
    Below,
    /// Above the outer limits.
    FarAbove,
    /// Below the outer limits.
    FarBelow,
}

impl FunnelPlace {
    fn of(share: f64, inner: (f64, f64), outer: (f64, f64)) -> Self {
        if share > outer.1 {
            Self::FarAbove
        } else if share < outer.0 {
            Self::FarBelow
        } else if share > inner.1 {
            Self::Above
        } else if share < inner.0 {
            Self::Below
        } else {
            Self::Inside
        }
    }
}

impl FunnelPlot {
    /// Lays it out. `limits` gives the limits for a number of cases at a level (0.95, 0.998); none without a unit.
    pub fn new(data: &FunnelData<'_>, limits: &dyn Fn(u64, f64) -> (f64, f64)) -> Option<Self> {
        let most = data.units.iter().map(|(cases, ..)| *cases).max()?;
        let widest = nice(most);
        let x = |cases: f64| LEFT + cases / widest as f64 * (RIGHT - LEFT);
        let y = |share: f64| BOTTOM - share.clamp(0.0, 1.0) * (BOTTOM - TOP);
        let percent = |position: f64| format!("{}%", number(position));
        let curve = |level: f64| -> Vec<Segment> {
            let at: Vec<u64> = (0..=STEPS).map(|step| (widest * u64::from(step) / u64::from(STEPS)).max(3)).collect();
            let mut pieces = Vec::new();
            for pair in at.windows(2).filter(|pair| pair[0] < pair[1]) {
                let (one, other) = (limits(pair[0], level), limits(pair[1], level));
                for (from, to) in [(one.0, other.0), (one.1, other.1)] {
                    pieces.push(Segment {
                        x1: percent(x(pair[0] as f64)),
                        y1: number(y(from)),
                        x2: percent(x(pair[1] as f64)),
                        y2: number(y(to)),
                    });
                }
            }
            pieces
        };
        let words = |share: f64| format!("{:.0} %", share * 100.0);
        let span = |(low, high): (f64, f64)| format!("{:.0}–{:.0} %", low.max(0.0) * 100.0, high.min(1.0) * 100.0);
        let point = |(cases, share, name): &(u64, f64, Option<String>)| {
            let (inner, outer) = (limits(*cases, INNER), limits(*cases, OUTER));
            FunnelPoint {
                x: percent(x(*cases as f64)),
                y: number(y(*share)),
                name: name.clone(),
                n: *cases,
                percent: words(*share),
                inner: span(inner),
                outer: span(outer),
                place: FunnelPlace::of(*share, inner, outer),
            }
        };
        let points: Vec<FunnelPoint> = data.units.iter().map(point).collect();
        let outside = |places: &[FunnelPlace]| points.iter().filter(|point| places.contains(&point.place)).count();
        let outside_outer = outside(&[FunnelPlace::FarAbove, FunnelPlace::FarBelow]);
        Some(Self {
            height: number(HEIGHT),
            top: number(TOP),
            bottom: number(BOTTOM),
            target: number(y(data.target)),
            target_label: words(data.target),
            inner: curve(INNER),
            outer: curve(OUTER),
            shares: [0.0, 0.25, 0.5, 0.75, 1.0].map(|share| Tick { at: number(y(share)), label: words(share) }).into(),
            cases: (0..=4)
                .map(|part| Tick { at: percent(x((widest * part / 4) as f64)), label: (widest * part / 4).to_string() })
                .collect(),
            outside_inner: outside_outer + outside(&[FunnelPlace::Above, FunnelPlace::Below]),
            outside_outer,
            points,
        })
    }
}

/// The next number at or above that four parts divide evenly.
fn nice(most: u64) -> u64 {
    let step = [4, 8, 20, 40, 80, 200, 400, 800, 2000, 4000];
    let step = step.into_iter().find(|step| most <= step * 5).unwrap_or(20_000);
    most.div_ceil(step).max(1) * step
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_narrow_and_marks_lie_within_the_picture() {
        let units = [(12, 0.5, Some("Ana Ruiz".to_owned())), (40, 0.7, None)];
        let limits = |cases: u64, level: f64| {
            let margin = level / (cases as f64).sqrt();
            (0.5 - margin, 0.5 + margin)
        };
        let plot = FunnelPlot::new(&FunnelData { units: &units, target: 0.5 }, &limits).unwrap();
        assert_eq!(plot.points.len(), 2);
        assert_eq!((plot.points[1].x.as_str(), plot.points[1].percent.as_str()), ("98%", "70 %"));
        let height = |segment: &Segment| segment.y1.parse::<f64>().unwrap();
        assert!(height(&plot.inner[0]) > height(plot.inner.iter().rev().nth(1).unwrap()), "the lower limit rises");
        assert!(FunnelPlot::new(&FunnelData { units: &[], target: 0.5 }, &limits).is_none());
    }

    #[test]
    fn who_lies_outside_is_said_and_counted() {
        use FunnelPlace::{Above, Below, FarAbove, FarBelow, Inside};
        let units = [0.5, 0.75, 0.25, 0.95, 0.05].map(|share| (100, share, None));
        let limits = |_: u64, level: f64| if level > 0.99 { (0.2, 0.8) } else { (0.3, 0.7) };
        let plot = FunnelPlot::new(&FunnelData { units: &units, target: 0.5 }, &limits).unwrap();
        let places: Vec<FunnelPlace> = plot.points.iter().map(|point| point.place).collect();
        assert_eq!(places, [Inside, Above, Below, FarAbove, FarBelow]);
        assert_eq!((plot.outside_inner, plot.outside_outer), (4, 2));
        assert_eq!((plot.points[0].inner.as_str(), plot.points[0].outer.as_str()), ("30–70 %", "20–80 %"));
    }
}
