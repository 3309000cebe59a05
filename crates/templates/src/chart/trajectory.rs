//! The course of one score over the sessions of an episode.
//!
//! The rules: the instrument's full range on y, so that a small change never looks large; the cut-off drawn and
//! labelled at its line; what is better said in words; a missed check-in is a dashed gap and never a value; points
//! off track differ by shape; the last value is written out; a bracket at the first score shows how large a change
//! must be to be reliable. Where the questionnaire changed so that scores cannot be compared, another series begins: no line leads
//! over, and bracket and changes are about its own first score.

use serde::Serialize;

use super::number;
use crate::format;

/// Height of the whole picture, in pixels.
const HEIGHT: f64 = 248.0;
/// The top of the range.
const TOP: f64 = 34.0;
/// The bottom of the range, where the axis is.
const BOTTOM: f64 = 210.0;
/// The first and the last position, in percent of the width.
const LEFT: f64 = 8.0;
const RIGHT: f64 = 92.0;
/// A young episode is not stretched over the whole width: there is room for at least this many visits.
const ROOM: usize = 6;
/// At most this many dates stand under the axis, so that they do not touch on a phone.
const DATES: usize = 5;

/// Which direction is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Polarity {
    /// Symptoms.
    LowerIsBetter,
    /// Wellbeing, alliance.
    HigherIsBetter,
}

/// How a point is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Nothing to say.
    #[default]
    Plain,
    /// A rule found this score off track.
    Off,
}

/// One visit: a check-in with its score, or a missed one.
#[derive(Clone, Debug, PartialEq)]
pub struct Visit {
    /// Number of the session, from 1; 0 before the first.
    pub session: i64,
    /// Its day, formatted ("Mar 10").
    pub day: String,
    /// The score; none where the check-in was missed or could not be scored.
    pub value: Option<f64>,
    /// How the point is read.
    pub mark: Mark,
    /// The severity band in words, in the reader's language.
    pub band: Option<String>,
}

/// What happened beside the scores. The words are `chart-event-<kind>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// A case was opened.
    Case,
    /// The plan changed.
    Plan,
    /// A medication, or a referral for one.
    Medication,
    /// The client did not come.
    NoShow,
    /// The questionnaire changed so that the scores before and after it cannot be compared: another series begins.
    Version,
}

impl EventKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[Self::Case, Self::Plan, Self::Medication, Self::NoShow, Self::Version];
}

/// Something that happened, on the axis of the visits.
#[derive(Clone, Debug, PartialEq)]
pub struct AxisEvent {
    /// Where: 0 at the first visit, 1.5 halfway between the second and the third.
    pub position: f64,
    /// What.
    pub kind: EventKind,
    /// Its day, formatted.
    pub day: String,
}

/// What a trajectory is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct TrajectoryData {
    /// Unique on the page, letters and digits: it names the title and the table.
    pub id: String,
    /// The instrument's name as staff know it.
    pub name: String,
    /// Lowest and highest possible score.
    pub range: (f64, f64),
    /// Which direction is better.
    pub polarity: Polarity,
    /// The cut-off between clinical and non-clinical.
    pub cutoff: Option<f64>,
    /// The change, in points, from which on a change is reliable.
    pub reliable_change: Option<f64>,
    /// The visits, oldest first.
    pub visits: Vec<Visit>,
    /// What happened beside them.
    pub events: Vec<AxisEvent>,
    /// What the first score lets expect; empty where nothing is known of the scale.
    pub expected: Vec<Expectation>,
    /// What all scores together foretell, from the last visit on; empty unless it was asked for.
    pub forecast: Vec<Expectation>,
}

/// What is expected at a place of the axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// Where: 0 at the first visit; beyond the last one there is room for what is ahead.
    pub position: f64,
    /// Number of the session, from 1.
    pub session: i64,
    /// Half of the scores are expected above.
    pub median: f64,
    /// Lower end of the band.
    pub low: f64,
    /// Upper end of the band.
    pub high: f64,
}

/// The finished geometry of a trajectory.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trajectory {
    /// See [`TrajectoryData::id`].
    pub id: String,
    /// See [`TrajectoryData::name`].
    pub name: String,
    /// Which direction is better.
    pub polarity: Polarity,
    /// Lowest possible score.
    pub lowest: String,
    /// Highest possible score.
    pub highest: String,
    /// The frame.
    pub plot: Plot,
    /// Marks of the y axis.
    pub ticks: Vec<Tick>,
    /// Dates under the x axis.
    pub days: Vec<Tick>,
    /// The cut-off.
    pub cutoff: Option<Cutoff>,
    /// How large a change is reliable.
    pub bracket: Option<Bracket>,
    /// The lines between scores that follow one another.
    pub segments: Vec<Segment>,
    /// The dashed lines over missed check-ins.
    pub gaps: Vec<Gap>,
    /// The missed check-ins.
    pub missed: Vec<Missed>,
    /// The scores.
    pub points: Vec<Point>,
    /// What happened beside them.
    pub events: Vec<EventMark>,
    /// What was expected from the first score.
    pub expected: Option<Expected>,
    /// What all scores foretell.
    pub forecast: Option<Expected>,
    /// Everything again, for the table.
    pub rows: Vec<VisitRow>,
}

/// A band of expectations with the line in its middle.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Expected {
    /// Corners of the band: x from 0 to 100 over the width, y in pixels.
    pub area: String,
    /// The line in the middle.
    pub median: Vec<Segment>,
    /// The upper and the lower end.
    pub edges: Vec<Segment>,
    /// What is ahead of the last visit, for the table.
    pub ahead: Vec<ExpectedRow>,
}

/// One expectation in the table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExpectedRow {
    /// Number of the session.
    pub session: i64,
    /// The middle.
    pub median: String,
    /// The lower end.
    pub low: String,
    /// The upper end.
    pub high: String,
}

/// The frame of the picture, in pixels.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Plot {
    /// Height of the picture.
    pub height: String,
    /// Top of the range.
    pub top: String,
    /// Bottom of the range.
    pub bottom: String,
    /// Baseline of the dates.
    pub days: String,
}

/// A labelled position on an axis: pixels on y, percent on x.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tick {
    /// Where.
    pub at: String,
    /// What it says.
    pub label: String,
}

/// The cut-off line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cutoff {
    /// Where, in pixels.
    pub y: String,
    /// Baseline of its label, in pixels.
    pub label_y: String,
    /// Its value.
    pub value: String,
}

/// The bracket around the first score.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bracket {
    /// Where, in percent.
    pub x: String,
    /// Its upper end, in pixels.
    pub top: String,
    /// Its lower end, in pixels.
    pub bottom: String,
    /// The change, in points.
    pub points: String,
}

/// A line between two scores.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Segment {
    /// Start, percent.
    pub x1: String,
    /// Start, pixels.
    pub y1: String,
    /// End, percent.
    pub x2: String,
    /// End, pixels.
    pub y2: String,
}

/// A dashed line over missed check-ins.
pub type Gap = Segment;

/// A missed check-in on the axis.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Missed {
    /// Where, percent.
    pub x: String,
    /// Number of the session.
    pub session: i64,
    /// Its day.
    pub day: String,
}

/// An event above the scores, with a line down to the axis.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EventMark {
    /// Where, percent.
    pub x: String,
    /// What.
    pub kind: EventKind,
    /// Its day.
    pub day: String,
}

/// One score.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Point {
    /// Where, percent.
    pub x: String,
    /// Where, pixels.
    pub y: String,
    /// Baseline of its label, in pixels from the point: above, or below where the cut-off would run through it.
    pub label_y: String,
    /// The score.
    pub value: String,
    /// Number of the session.
    pub session: i64,
    /// Its day.
    pub day: String,
    /// How it is read.
    pub mark: Mark,
}

/// One row of the table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VisitRow {
    /// Number of the session.
    pub session: i64,
    /// Its day.
    pub day: String,
    /// The score; none where missed.
    pub value: Option<String>,
    /// Change since the first score of the series, with its sign; none for the first and for missed ones.
    pub change: Option<String>,
    /// The severity band in words.
    pub band: Option<String>,
    /// What was expected from the first score.
    pub expected: Option<ExpectedRow>,
    /// How it is read.
    pub mark: Mark,
}

impl Trajectory {
    /// Lays the visits out. A score outside the instrument's range is drawn at its edge.
    pub fn new(data: &TrajectoryData) -> Self {
        let (low, high) = data.range;
        let y = |value: f64| {
            let share = if high > low { ((value - low) / (high - low)).clamp(0.0, 1.0) } else { 0.5 };
            BOTTOM - share * (BOTTOM - TOP)
        };
        let furthest = data.expected.iter().chain(&data.forecast).map(|one| one.position.ceil() as usize + 1).max();
        let slots = data.visits.len().max(ROOM).max(furthest.unwrap_or(0)) - 1;
        let x = |index: usize| LEFT + index as f64 * (RIGHT - LEFT) / slots as f64;

        let scored: Vec<(usize, f64)> =
            data.visits.iter().enumerate().filter_map(|(index, visit)| Some((index, visit.value?))).collect();
        let begins = |event: &AxisEvent| (event.kind == EventKind::Version).then(|| event.position.ceil() as usize);
        let begins: Vec<usize> = data.events.iter().filter_map(begins).collect();
        let series = |index: usize| begins.iter().filter(|begin| **begin <= index).count();
        // What the scores of a visit's series are compared with: its first one.
        let first_of = |index: usize| scored.iter().find(|(first, _)| series(*first) == series(index)).copied();
        let (mut segments, mut gaps) = (Vec::new(), Vec::new());
        for pair in scored.windows(2) {
            let ((from, before), (to, after)) = (pair[0], pair[1]);
            if series(from) != series(to) {
                continue;
            }
            let line =
                Segment { x1: percent(x(from)), y1: number(y(before)), x2: percent(x(to)), y2: number(y(after)) };
            if to - from == 1 { segments.push(line) } else { gaps.push(line) }
        }
        let latest = scored.last().and_then(|&(index, _)| first_of(index));
        let bracket = latest.zip(data.reliable_change).map(|((index, value), change)| Bracket {
            x: percent(x(index)),
            top: number(y(value + change)),
            bottom: number(y(value - change)),
            points: format::score(change),
        });
        Self {
            id: data.id.clone(),
            name: data.name.clone(),
            polarity: data.polarity,
            lowest: format::score(low),
            highest: format::score(high),
            plot: Plot {
                height: number(HEIGHT),
                top: number(TOP),
                bottom: number(BOTTOM),
                days: number(BOTTOM + 24.0),
            },
            ticks: ticks(low, high)
                .into_iter()
                .map(|value| Tick { at: number(y(value)), label: format::score(value) })
                .collect(),
            days: shown(data.visits.len())
                .map(|index| Tick { at: percent(x(index)), label: data.visits[index].day.clone() })
                .collect(),
            cutoff: data.cutoff.map(|value| Cutoff {
                y: number(y(value)),
                label_y: number(y(value) - 5.0),
                value: format::score(value),
            }),
            bracket,
            segments,
            gaps,
            missed: (data.visits.iter().enumerate())
                .filter(|(_, visit)| visit.value.is_none())
                .map(|(index, visit)| Missed { x: percent(x(index)), session: visit.session, day: visit.day.clone() })
                .collect(),
            points: (scored.iter())
                .map(|&(index, value)| {
                    let visit = &data.visits[index];
                    let over = data.cutoff.is_some_and(|cutoff| (0.0..26.0).contains(&(y(value) - y(cutoff))));
                    let label_y = number(if over { 20.0 } else { -8.0 });
                    Point {
                        x: percent(x(index)),
                        y: number(y(value)),
                        label_y,
                        value: format::score(value),
                        session: visit.session,
                        day: visit.day.clone(),
                        mark: visit.mark,
                    }
                })
                .collect(),
            events: (data.events.iter())
                .map(|event| EventMark {
                    // Before the first visit and after the last there is half a step of room.
                    x: percent((LEFT + event.position * (RIGHT - LEFT) / slots as f64).clamp(LEFT - 2.0, RIGHT + 4.0)),
                    kind: event.kind,
                    day: event.day.clone(),
                })
                .collect(),
            expected: expected(&data.expected, data.visits.len(), slots, &y),
            forecast: expected(&data.forecast, data.visits.len(), slots, &y),
            rows: (data.visits.iter().enumerate())
                .map(|(index, visit)| VisitRow {
                    expected: (data.expected.iter())
                        .find(|one| (one.position - index as f64).abs() < 1e-9)
                        .filter(|_| first_of(index).is_some_and(|(start, _)| start != index))
                        .map(expected_row),
                    session: visit.session,
                    day: visit.day.clone(),
                    value: visit.value.map(format::score),
                    change: visit
                        .value
                        .zip(first_of(index))
                        .filter(|(_, (start, _))| *start != index)
                        .map(|(value, (_, first))| format::change(value - first)),
                    band: visit.band.clone(),
                    mark: visit.mark,
                })
                .collect(),
        }
    }
}

fn expected_row(one: &Expectation) -> ExpectedRow {
    let rounded = |value: f64| format::score((value * 10.0).round() / 10.0);
    ExpectedRow { session: one.session, median: rounded(one.median), low: rounded(one.low), high: rounded(one.high) }
}

/// The band as a shape. One expectation alone is no band.
fn expected(expectations: &[Expectation], visits: usize, slots: usize, y: &impl Fn(f64) -> f64) -> Option<Expected> {
    if expectations.len() < 2 {
        return None;
    }
    let x = |position: f64| LEFT + position * (RIGHT - LEFT) / slots as f64;
    let corner = |one: &Expectation, value: f64| format!("{},{}", number(x(one.position)), number(y(value)));
    let upper = expectations.iter().map(|one| corner(one, one.high));
    let lower = expectations.iter().rev().map(|one| corner(one, one.low));
    let line = |of: &dyn Fn(&Expectation) -> f64| -> Vec<Segment> {
        expectations
            .windows(2)
            .map(|pair| Segment {
                x1: percent(x(pair[0].position)),
                y1: number(y(of(&pair[0]))),
                x2: percent(x(pair[1].position)),
                y2: number(y(of(&pair[1]))),
            })
            .collect()
    };
    let mut edges = line(&|one| one.high);
    edges.extend(line(&|one| one.low));
    Some(Expected {
        area: upper.chain(lower).collect::<Vec<_>>().join(" "),
        median: line(&|one| one.median),
        edges,
        ahead: expectations.iter().filter(|one| one.position > visits as f64 - 0.5).map(expected_row).collect(),
    })
}

fn percent(value: f64) -> String {
    format!("{}%", number(value))
}

/// Round values from the lowest to the highest score, four to seven of them, both ends included.
fn ticks(low: f64, high: f64) -> Vec<f64> {
    let range = high - low;
    let step = [1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 25.0, 50.0, 100.0]
        .into_iter()
        .find(|step| range / step <= 6.0)
        .unwrap_or(range);
    let mut values: Vec<f64> = std::iter::successors(Some(low), |value| Some(value + step))
        .take_while(|value| *value < high - step * 0.4)
        .collect();
    values.push(high);
    values
}

/// Which of `n` visits get their date written: evenly spread, the first and the last among them.
fn shown(n: usize) -> impl Iterator<Item = usize> {
    let last = n.saturating_sub(1);
    let every = last.div_ceil(DATES - 1).max(1);
    // The one before the last is left out where it would stand nearer to it than the others to one another.
    (0..n).filter(move |&index| index == 0 || index == last || (index % every == 0 && last - index >= every))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(values: &[Option<f64>]) -> TrajectoryData {
        let visits = values.iter().zip(1..).map(|(&value, session)| Visit {
            session,
            day: format!("d{session}"),
            value,
            mark: Mark::Plain,
            band: None,
        });
        TrajectoryData {
            id: "phq".into(),
            name: "PHQ-9".into(),
            range: (0.0, 27.0),
            polarity: Polarity::LowerIsBetter,
            cutoff: Some(10.0),
            reliable_change: Some(6.0),
            visits: visits.collect(),
            events: vec![],
            expected: vec![],
            forecast: vec![],
        }
    }

    #[test]
    fn an_event_stands_between_the_visits_it_happened_between() {
        let event = |position| AxisEvent { position, kind: EventKind::Plan, day: "Mar 3".into() };
        let events = vec![event(0.0), event(0.5), event(9.0)];
        let chart = Trajectory::new(&TrajectoryData { events, ..data(&[Some(18.0), Some(16.0)]) });
        assert_eq!(chart.events.iter().map(|one| one.x.as_str()).collect::<Vec<_>>(), ["8%", "16.4%", "96%"]);
    }

    #[test]
    fn the_axis_spans_the_instrument_and_not_the_scores() {
        let chart = Trajectory::new(&data(&[Some(18.0), Some(16.0)]));
        let labels: Vec<&str> = chart.ticks.iter().map(|tick| tick.label.as_str()).collect();
        assert_eq!(labels, ["0", "5", "10", "15", "20", "27"]);
        assert_eq!((chart.ticks[0].at.as_str(), chart.ticks[5].at.as_str()), ("210", "34"));
        assert_eq!(chart.cutoff.unwrap().y, "144.81");
    }

    #[test]
    fn a_missed_check_in_is_a_gap_and_not_a_value() {
        let chart = Trajectory::new(&data(&[Some(18.0), None, Some(14.0), Some(22.0), None]));
        assert_eq!((chart.segments.len(), chart.gaps.len(), chart.missed.len(), chart.points.len()), (1, 1, 2, 3));
        assert_eq!((chart.gaps[0].x1.as_str(), chart.gaps[0].x2.as_str()), ("8%", "41.6%"));
        let changes: Vec<Option<&str>> = chart.rows.iter().map(|row| row.change.as_deref()).collect();
        assert_eq!(changes, [None, None, Some("\u{2212}4"), Some("+4"), None]);
    }

    #[test]
    fn the_bracket_stays_inside_the_range() {
        let chart = Trajectory::new(&data(&[Some(25.0)]));
        let bracket = chart.bracket.unwrap();
        assert_eq!((bracket.top.as_str(), bracket.points.as_str()), ("34", "6"));
    }

    #[test]
    fn dates_do_not_crowd_and_the_ends_are_among_them() {
        for n in 1..=80 {
            let picked: Vec<usize> = shown(n).collect();
            assert!(picked.len() <= DATES, "{n}: {picked:?}");
            assert_eq!((picked.first(), picked.last()), (Some(&0), Some(&(n - 1))), "{n}");
            let apart: Vec<usize> = picked.windows(2).map(|pair| pair[1] - pair[0]).collect();
            assert!(apart.iter().all(|gap| gap >= &apart[0]), "{n}: {picked:?}");
        }
        assert_eq!(shown(0).count(), 0);
    }

    /// The band has a corner above and below each place, the axis grows for what is ahead, and the table has both.
    #[test]
    fn what_is_expected_is_a_band_and_rows_of_the_table() {
        let of = |position: f64, session, median| Expectation {
            position,
            session,
            median,
            low: median - 5.0,
            high: median + 5.0,
        };
        let expected = vec![of(0.0, 1, 16.0), of(1.0, 2, 14.5), of(6.0, 7, 12.0)];
        let chart = Trajectory::new(&TrajectoryData { expected, ..data(&[Some(18.0), Some(16.0)]) });
        let band = chart.expected.expect("a band");
        assert_eq!(band.area.split(' ').count(), 6);
        assert!(band.area.starts_with("8,") && band.area.contains("92,"), "{}", band.area);
        assert_eq!((band.median.len(), band.edges.len(), band.ahead.len()), (2, 4, 1));
        assert_eq!(band.ahead[0].session, 7);
        let rows: Vec<Option<&str>> =
            chart.rows.iter().map(|row| row.expected.as_ref().map(|one| one.median.as_str())).collect();
        assert_eq!(rows, [None, Some("14.5")], "the first score is what the rest is expected from");
        assert!(chart.forecast.is_none());
    }

    #[test]
    fn nothing_is_drawn_from_nothing() {
        let chart = Trajectory::new(&data(&[]));
        assert!(chart.points.is_empty() && chart.bracket.is_none() && chart.rows.is_empty());
    }
}
