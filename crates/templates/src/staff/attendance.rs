//! Attendance and retention: missed sessions, courses that ended early, how long clients stay. Every figure carries how many it
//! is about, its interval and its definition. Nobody is ranked.

use care::attendance::{By, EndingRule, NoShowRule, Standing};
use serde::Serialize;

use super::{ExitFigures, FigureOverTime, FigureText, FigureView, Filter, FilterForm, Place, SavedViews, Shell};
use crate::Page;
use crate::chart::IntervalBar;

/// The page.
#[derive(Clone, Serialize)]
pub struct Attendance {
    /// The frame.
    pub shell: Shell,
    /// The filters.
    pub filters: FilterForm,
    /// Whose sessions: the words are `attendance-of-<view>`.
    pub view: FigureView,
    /// The period, formatted.
    pub period: String,
    /// Until when the data go, formatted.
    pub as_of: String,
    /// What a no-show rate is a share of. The words are `attendance-no_show-<rule>`.
    pub no_show: NoShowRule,
    /// What ending early is. The words are `attendance-early-<rule>`.
    pub early: EndingRule,
    /// Fewer sessions than this are few.
    pub fewest: u64,
    /// What is shown.
    pub body: AttendanceBody,
    /// Address of the file.
    pub csv: String,
    /// Address of the workbook.
    pub xlsx: String,
    /// Filters that the reader keeps.
    pub saved: SavedViews,
}

/// What is shown.
#[derive(Clone, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum AttendanceBody {
    /// No session and no course in the period.
    None,
    /// Figures.
    Shown(Box<AttendanceFigures>),
}

/// The figures.
#[derive(Clone, Serialize)]
pub struct AttendanceFigures {
    /// Sessions that were booked; none where they are too few to be shown.
    pub booked: Option<u64>,
    /// Of them those of which nobody recorded what came of them.
    pub unrecorded: u64,
    /// Closed courses; none where they are too few.
    pub closed: Option<u64>,
    /// The rates.
    pub rows: Vec<AttendanceRow>,
    /// How long closed courses were.
    pub length: Option<LengthText>,
    /// The share that reaches each session; none where too few began.
    pub retention: Option<Vec<RetentionRow>>,
    /// Why clients stopped, where any was asked.
    pub exits: Option<ExitFigures>,
    /// By group.
    pub groups: Option<AttendanceGroups>,
    /// The least number of a group.
    pub least: u64,
}

/// A rate. The words are `attendance-rate-<what>`.
#[derive(Clone, Serialize)]
pub struct AttendanceRow {
    /// `no_show`, `late`, `cancelled`, `early`.
    pub what: &'static str,
    /// The figure; none where nothing is recorded.
    pub figure: Option<FigureText>,
    /// What it should be below.
    pub target: Option<TargetLine>,
    /// Where it stands to it. The words are `target-<standing>`.
    pub standing: Option<Standing>,
}

/// A target with its source.
#[derive(Clone, Serialize)]
pub struct TargetLine {
    /// The share ("10 %").
    pub below: String,
    /// Where it comes from.
    pub source: String,
    /// When it was written down.
    pub dated: String,
}

/// How long closed courses were, in sessions.
#[derive(Clone, Serialize)]
pub struct LengthText {
    /// Mean, formatted.
    pub mean: String,
    /// Median.
    pub median: u64,
    /// The lower quartile.
    pub lower: u64,
    /// The upper quartile.
    pub upper: u64,
    /// Courses of at least `long` sessions.
    pub stayed: FigureText,
    /// Courses that ended before session `before`.
    pub left: FigureText,
    /// What long is.
    pub long: u64,
    /// What early is.
    pub before: u64,
}

/// The share of courses that reach a session.
#[derive(Clone, Serialize)]
pub struct RetentionRow {
    /// The session.
    pub session: u64,
    /// The share ("84 %").
    pub percent: String,
    /// Its interval ("76–90 %").
    pub interval: String,
    /// Courses of which is known whether they went on to it.
    pub known: u64,
    /// As a line.
    pub bar: IntervalBar,
}

/// Figures by group.
#[derive(Clone, Serialize)]
pub struct AttendanceGroups {
    /// By what. The words are `dashboard-by-<by>`.
    pub by: By,
    /// The groups, by name.
    pub rows: Vec<AttendanceGroup>,
    /// How many numbers are not shown.
    pub hidden: usize,
    /// The rates as pictures, where groups are steps of the calendar.
    pub over_time: Vec<FigureOverTime>,
}

/// A group.
#[derive(Clone, Serialize)]
pub struct AttendanceGroup {
    /// Its name; empty where sessions and courses have none.
    pub name: String,
    /// Sessions booked; none where there are none or they may not be shown.
    pub booked: Option<u64>,
    /// No-show rate.
    pub no_show: Option<FigureText>,
    /// Late cancellations.
    pub late: Option<FigureText>,
    /// Closed courses; none where there are none or they may not be shown.
    pub closed: Option<u64>,
    /// Early termination.
    pub early: Option<FigureText>,
    /// Whether its sessions are too few to be shown.
    pub hides_sessions: bool,
    /// Whether its courses are.
    pub hides_courses: bool,
}

impl AttendanceFigures {
    fn sample() -> Self {
        let figure = |percent: &str, interval: &str, hits: u64, of: u64, below: Option<f64>| {
            let share = hits as f64 / of as f64;
            FigureText {
                percent: percent.into(),
                interval: interval.into(),
                hits,
                measured: of,
                eligible: of + 6,
                completeness: "96 %".into(),
                bounds: "12.4–15.9 %".into(),
                reportable: true,
                bar: IntervalBar::new((share * 0.7, share, share * 1.4), (share, share + 0.03), below),
            }
        };
        let target = |below: &str| TargetLine {
            below: below.into(),
            source: "Chosen for this program; for comparison: 19.7 % in 669 studies".into(),
            dated: "2026-03".into(),
        };
        let no_show = || figure("12.8 %", "8.5–18.8 %", 21, 164, Some(0.1));
        let early = || figure("23.7 %", "13.0–39.2 %", 9, 38, Some(0.2));
        let late = || figure("5.2 %", "2.8–9.6 %", 9, 173, None);
        let row = |what, figure: Option<FigureText>, below: Option<&str>, standing| AttendanceRow {
            what,
            figure,
            target: below.map(target),
            standing,
        };
        let reached = |session, percent: &str, interval: &str, known, share: f64| RetentionRow {
            session,
            percent: percent.into(),
            interval: interval.into(),
            known,
            bar: IntervalBar::new((share - 0.1, share, share + 0.07), (share, share), None),
        };
        let group = |name: &str, hides: bool| AttendanceGroup {
            name: name.into(),
            booked: (!hides).then_some(101),
            no_show: (!hides).then(no_show),
            late: (!hides).then(late),
            closed: (!hides).then_some(38),
            early: (!hides).then(early),
            hides_sessions: hides,
            hides_courses: hides,
        };
        Self {
            booked: Some(191),
            unrecorded: 6,
            closed: Some(38),
            rows: vec![
                row("no_show", Some(no_show()), Some("10 %"), Some(Standing::AboveUncertain)),
                row("late", Some(FigureText { reportable: false, completeness: "41 %".into(), ..late() }), None, None),
                row("cancelled", None, None, None),
                row("early", Some(early()), Some("20 %"), Some(Standing::Met)),
            ],
            length: Some(LengthText {
                mean: "9.4".into(),
                median: 8,
                lower: 3,
                upper: 14,
                stayed: figure("52.6 %", "37.3–67.5 %", 20, 38, None),
                left: figure("26.3 %", "15.0–42.0 %", 10, 38, None),
                long: 8,
                before: 4,
            }),
            retention: Some(vec![
                reached(2, "92 %", "84–96 %", 88, 0.92),
                reached(3, "84 %", "74–90 %", 80, 0.84),
                reached(8, "56 %", "44–67 %", 41, 0.56),
            ]),
            exits: Some(ExitFigures::sample()),
            groups: Some(AttendanceGroups {
                by: By::Site,
                rows: vec![
                    group("Bay", false),
                    group("North", false),
                    group("South", true),
                    AttendanceGroup {
                        booked: None,
                        no_show: None,
                        late: None,
                        hides_sessions: false,
                        ..group("", false)
                    },
                ],
                hidden: 2,
                over_time: Vec::new(),
            }),
            least: 5,
        }
    }
}

impl Page for Attendance {
    const TEMPLATE: &'static str = "staff/attendance.html";

    fn samples() -> Vec<Self> {
        use care::staff::Role;
        let full = Self {
            shell: Shell::sample_for(&[Role::Owner], Place::Attendance),
            filters: FilterForm {
                more: vec![
                    Filter::said("no_show", "attendance-no_show-", &["expected", "with_late", "booked"], "expected"),
                    Filter::said(
                        "early",
                        "attendance-early-",
                        &["judged", "few", "unilateral", "missed_last"],
                        "judged",
                    ),
                    Filter::sample("fewest", &["3", "4"]),
                ],
                ..FilterForm::sample()
            },
            view: FigureView::Practice,
            period: "Mar 1, 2025 – Mar 10, 2026".into(),
            as_of: "Mar 10, 2026, 9:00\u{a0}AM".into(),
            no_show: NoShowRule::Expected,
            early: EndingRule::Judged,
            fewest: 4,
            body: AttendanceBody::Shown(Box::new(AttendanceFigures::sample())),
            csv: "/attendance.csv?view=practice".into(),
            xlsx: "/attendance.xlsx?view=practice".into(),
            saved: SavedViews::sample(),
        };
        let few = AttendanceFigures {
            booked: None,
            closed: None,
            rows: vec![],
            length: None,
            retention: None,
            exits: Some(ExitFigures { asked: 6, answered: 2, rows: vec![], hidden: 0 }),
            groups: None,
            ..AttendanceFigures::sample()
        };
        let early = AttendanceFigures { retention: Some(vec![]), unrecorded: 0, ..AttendanceFigures::sample() };
        let own = Self {
            shell: Shell::sample_extreme(Place::Attendance),
            view: FigureView::Own,
            filters: FilterForm { narrowed: true, ..FilterForm::sample() },
            no_show: NoShowRule::Booked,
            early: EndingRule::Few,
            body: AttendanceBody::Shown(Box::new(early)),
            ..full.clone()
        };
        let small = Self { body: AttendanceBody::Shown(Box::new(few)), view: FigureView::Team, ..full.clone() };
        let figures = AttendanceFigures::sample();
        let months = ["2025-11", "2025-12", "2026-01", "2026-02", "2026-03"];
        let by_month = AttendanceFigures {
            groups: figures.groups.clone().map(|groups| AttendanceGroups {
                by: By::Month,
                rows: months
                    .iter()
                    .zip(groups.rows)
                    .map(|(name, row)| AttendanceGroup { name: (*name).into(), ..row })
                    .collect(),
                over_time: FigureOverTime::samples(
                    &[("no_show", Some(0.1)), ("late", None), ("early", Some(0.2))],
                    &months,
                ),
                ..groups
            }),
            ..figures
        };
        let over_time = Self { body: AttendanceBody::Shown(Box::new(by_month)), ..full.clone() };
        let none = Self { body: AttendanceBody::None, ..full.clone() };
        vec![full, own, small, none, over_time]
    }
}
