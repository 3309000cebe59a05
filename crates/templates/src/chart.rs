//! Charts as geometry: from scores to the coordinates of a picture. Pure functions, no words and no markup.
//!
//! The components `chart.*` in `templates/staff/charts.html` turn the geometry into SVG and say everything in words
//! (title, description, table), in the page's language. Horizontal positions are percentages, so that a chart fills
//! the width it is given while its letters keep their size; vertical positions are pixels.

mod control;
mod funnel;
mod heat;
mod interval;
mod series;
mod sparkline;
mod steps;
mod trajectory;

pub use control::{ControlData, ControlDatum, ControlMark, ControlPlot, ControlPoint};
pub use funnel::{FunnelData, FunnelPlace, FunnelPlot, FunnelPoint};
pub use heat::{HeatCell, HeatItem, HeatRow, HeatStrip};
pub use interval::IntervalBar;
pub use series::{SeriesData, SeriesLine, SeriesPlot};
pub use sparkline::{Sparkline, SparklineData};
pub use steps::{StepDatum, StepEnd, StepMark, StepPlot, StepReading, StepShare};
pub use trajectory::{
    AxisEvent, Bracket, Cutoff, EventKind, EventMark, Expectation, Expected, ExpectedRow, Gap, Mark, Missed, Plot,
    Point, Polarity, Segment, Tick, Trajectory, TrajectoryData, Visit, VisitRow,
};

/// A coordinate with at most two decimals and none that are needless.
fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
