//! How soon alerts are taken up and acted on, and what the closed cases came to. Every figure carries how many it is about, its
//! interval and its definition. There is no table of people.

use care::closed_loop::By;
use serde::Serialize;

use super::{FigureText, FigureView, Filter, FilterForm, ImprovementTab, Place, SavedViews, Shell};
use crate::Page;
use crate::chart::IntervalBar;

/// The page.
#[derive(Clone, Serialize)]
pub struct ClosedLoop {
    /// The frame.
    pub shell: Shell,
    /// The pages beside it, for those who may open them.
    pub tabs: Vec<ImprovementTab>,
    /// The filters.
    pub filters: FilterForm,
    /// Whose cases: the words are `loop-of-<view>`.
    pub view: FigureView,
    /// The period, formatted.
    pub period: String,
    /// Until when the data go, formatted.
    pub as_of: String,
    /// What is shown.
    pub body: LoopBody,
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
pub enum LoopBody {
    /// No alert and no closed case in the period.
    None,
    /// Figures.
    Shown(Box<LoopFigures>),
}

/// The figures.
#[derive(Clone, Serialize)]
pub struct LoopFigures {
    /// Alerts that arose; none where they are too few to be shown.
    pub alerts: Option<u64>,
    /// Of them those that nobody has taken up.
    pub waiting: u64,
    /// Closed cases; none where they are too few.
    pub closed: Option<u64>,
    /// The shares.
    pub shares: Vec<LoopShare>,
    /// By what the rest is sorted: `none`, or a way to compare. The words are `loop-compared-<by>`.
    pub by: &'static str,
    /// The groups.
    pub groups: Vec<LoopGroup>,
    /// How many numbers are not shown.
    pub hidden: usize,
    /// The least number of a group.
    pub least: u64,
}

/// A share. The words are `loop-share-<what>`, its definition `loop-about-<what>`.
#[derive(Clone, Serialize)]
pub struct LoopShare {
    /// `overdue`, `plan_changed`, `back_on_track`.
    pub what: &'static str,
    /// The figure; none where nothing is known.
    pub figure: Option<FigureText>,
}

/// A length of time.
#[derive(Clone, Serialize)]
pub struct WaitText {
    /// Half took at most this long; none where too many still wait.
    pub median: Option<String>,
    /// The interval of the median ("38–65 min").
    pub interval: String,
    /// The middle half of them.
    pub middle: String,
    /// How many still wait.
    pub open: u64,
}

/// A group.
#[derive(Clone, Serialize)]
pub struct LoopGroup {
    /// Its name; empty where its cases have none.
    pub name: String,
    /// Alerts; none where there are none or they may not be shown.
    pub alerts: Option<u64>,
    /// Until somebody took them up.
    pub acknowledge: Option<WaitText>,
    /// Until something was done.
    pub act: Option<WaitText>,
    /// Acted on late.
    pub overdue: Option<FigureText>,
    /// Closed cases; none where there are none or they may not be shown.
    pub closed: Option<u64>,
    /// The plan was changed.
    pub plan_changed: Option<FigureText>,
    /// Back on track.
    pub back_on_track: Option<FigureText>,
    /// Whether its alerts are too few to be shown.
    pub hides_alerts: bool,
    /// Whether its cases are.
    pub hides_cases: bool,
}

fn figure(percent: &str, interval: &str, hits: u64, measured: u64, eligible: u64) -> FigureText {
    let share = hits as f64 / measured as f64;
    FigureText {
        percent: percent.into(),
        interval: interval.into(),
        hits,
        measured,
        eligible,
        completeness: format!("{:.0} %", 100.0 * measured as f64 / eligible as f64),
        bounds: "5.9–10.4 %".into(),
        reportable: measured * 10 >= eligible * 6,
        bar: IntervalBar::new((share * 0.6, share, share * 1.5), (share, share + 0.04), None),
    }
}

impl LoopFigures {
    fn sample() -> Self {
        let wait = |median: Option<&str>, interval: &str, middle: &str, open: u64| WaitText {
            median: median.map(str::to_owned),
            interval: interval.into(),
            middle: middle.into(),
            open,
        };
        let hidden = |name: &str| LoopGroup {
            name: name.into(),
            alerts: None,
            acknowledge: None,
            act: None,
            overdue: None,
            closed: None,
            plan_changed: None,
            back_on_track: None,
            hides_alerts: true,
            hides_cases: true,
        };
        let urgent = LoopGroup {
            name: "Urgent".into(),
            alerts: Some(17),
            acknowledge: Some(wait(Some("38 min"), "26–55 min", "21 min–1.4 h", 1)),
            act: Some(wait(Some("3.5 h"), "2.2–9.0 h", "1.9–22.5 h", 2)),
            overdue: Some(figure("12.5 %", "3.5–36.0 %", 2, 16, 17)),
            closed: Some(15),
            plan_changed: Some(figure("73.3 %", "48.0–89.1 %", 11, 15, 15)),
            back_on_track: None,
            hides_alerts: false,
            hides_cases: false,
        };
        let routine = LoopGroup {
            name: "Routine".into(),
            alerts: Some(84),
            acknowledge: Some(wait(Some("21.5 h"), "18.0–26.1 h", "8.4 h–2.1 d", 3)),
            act: Some(wait(None, "4.1 d–", "3.0 d–", 50)),
            overdue: Some(figure("7.6 %", "3.5–15.6 %", 6, 79, 84)),
            closed: Some(71),
            plan_changed: Some(figure("46.5 %", "35.4–58.0 %", 33, 71, 71)),
            back_on_track: Some(FigureText { reportable: false, ..figure("61.1 %", "44.9–75.2 %", 22, 36, 71) }),
            ..urgent.clone()
        };
        Self {
            alerts: Some(104),
            waiting: 4,
            closed: Some(88),
            shares: vec![
                LoopShare { what: "overdue", figure: Some(figure("8.2 %", "4.2–15.4 %", 8, 97, 104)) },
                LoopShare { what: "plan_changed", figure: Some(figure("51.1 %", "40.9–61.3 %", 45, 88, 88)) },
                LoopShare {
                    what: "back_on_track",
                    figure: Some(FigureText { reportable: false, ..figure("61.1 %", "44.9–75.2 %", 22, 36, 71) }),
                },
            ],
            by: By::Kind.as_str(),
            groups: vec![urgent, routine, hidden("")],
            hidden: 2,
            least: 5,
        }
    }
}

impl Page for ClosedLoop {
    const TEMPLATE: &'static str = "staff/closed_loop.html";

    fn samples() -> Vec<Self> {
        use care::staff::Role;
        let full = Self {
            shell: Shell::sample_for(&[Role::Owner], Place::Improvement),
            tabs: ImprovementTab::all("closed_loop"),
            filters: FilterForm { more: vec![Filter::sample("kind", &["Urgent", "Routine"])], ..FilterForm::sample() },
            view: FigureView::Practice,
            period: "Mar 1, 2025 – Mar 10, 2026".into(),
            as_of: "Mar 10, 2026, 9:00\u{a0}AM".into(),
            body: LoopBody::Shown(Box::new(LoopFigures::sample())),
            csv: "/closed-loop.csv?view=practice".into(),
            xlsx: "/closed-loop.xlsx?view=practice".into(),
            saved: SavedViews::sample(),
        };
        let few = LoopFigures { alerts: None, closed: None, shares: vec![], groups: vec![], ..LoopFigures::sample() };
        let quiet = LoopFigures {
            by: "none",
            hidden: 0,
            shares: vec![LoopShare { what: "back_on_track", figure: None }],
            groups: LoopFigures::sample().groups.into_iter().take(1).collect(),
            ..LoopFigures::sample()
        };
        let own = Self {
            shell: Shell::sample_extreme(Place::Improvement),
            view: FigureView::Own,
            filters: FilterForm { narrowed: true, ..FilterForm::sample() },
            tabs: Vec::new(),
            body: LoopBody::Shown(Box::new(quiet)),
            saved: SavedViews { views: Vec::new(), ..SavedViews::sample() },
            ..full.clone()
        };
        let small = Self { body: LoopBody::Shown(Box::new(few)), view: FigureView::Team, ..full.clone() };
        let none = Self { body: LoopBody::None, ..full.clone() };
        vec![full, own, small, none]
    }
}
