//! The leak report: where check-ins, alerts and tasks got lost, what to do about it, and whom it is about, as far as the reader may
//! see names.

use care::leak::Leak;
use serde::Serialize;

use super::{FieldProblem, FigureView, Filter, ImprovementTab, Place, SavedViews, Shell, Wrong};
use crate::Page;

/// The page.
#[derive(Clone, Serialize)]
pub struct Leaks {
    /// The frame.
    pub shell: Shell,
    /// The pages beside it.
    pub tabs: Vec<ImprovementTab>,
    /// The first day (`from`) and the last (`until`) of the check-ins.
    pub from: String,
    /// See `from`.
    pub until: String,
    /// The days in words, for paper.
    pub period: String,
    /// The filters beside the days.
    pub filters: Vec<Filter>,
    /// Those that are kept.
    pub saved: SavedViews,
    /// Whether only one kind or one site is shown.
    pub narrowed: bool,
    /// Each kind of which there is any, the end of the way first.
    pub groups: Vec<LeakGroup>,
    /// Until when the data go, formatted.
    pub as_of: String,
    /// Address of the file.
    pub csv: String,
    /// Address of the workbook.
    pub xlsx: String,
    /// What is wrong with the days.
    pub problems: Vec<FieldProblem>,
}

/// One kind. The words are `leak-<leak>`, `leak-means-<leak>` and `leak-todo-<leak>`.
#[derive(Clone, Serialize)]
pub struct LeakGroup {
    /// Which kind.
    pub leak: Leak,
    /// How many there are.
    pub count: usize,
    /// Whether there are more than are counted.
    pub is_flood: bool,
    /// The page of this kind alone; none where it is the one that is shown.
    pub href: Option<String>,
    /// The latest of those whose names the reader may see.
    pub rows: Vec<LeakRow>,
}

/// One of them.
#[derive(Clone, Serialize)]
pub struct LeakRow {
    /// Whose.
    pub client: String,
    /// The client's page, the case, or the list of those to get in touch with.
    pub href: String,
    /// The day it is about, formatted: the words are `leak-day-<leak>`.
    pub day: String,
    /// The site.
    pub site: String,
    /// Who has it: the owner of the case or task, else the client's clinician.
    pub who: Option<String>,
}

impl Page for Leaks {
    const TEMPLATE: &'static str = "staff/leaks.html";

    fn samples() -> Vec<Self> {
        use care::staff::Role;
        let row = |client: &str, href: &str| LeakRow {
            client: client.into(),
            href: href.into(),
            day: "Mar 9, 2026".into(),
            site: "North".into(),
            who: Some("Ana Ruiz".into()),
        };
        let group = |leak: Leak, count: usize, rows: Vec<LeakRow>| LeakGroup {
            leak,
            count,
            is_flood: false,
            href: Some(format!("/leaks?view=team&leak={}", leak.as_str())),
            rows,
        };
        let full = Self {
            shell: Shell::sample_for(&[Role::Supervisor, Role::Owner], Place::Improvement),
            tabs: ImprovementTab::all("leaks"),
            from: "2026-02-10".into(),
            until: "2026-03-09".into(),
            period: "Feb 10, 2026 – Mar 9, 2026".into(),
            filters: vec![
                Filter::said(
                    "view",
                    "dashboard-view-",
                    &[FigureView::Team.as_str(), FigureView::Practice.as_str()],
                    "team",
                ),
                Filter { narrows: true, ..Filter::sample("leak", &["Not opened", "Nothing done"]) },
                Filter { narrows: true, ..Filter::sample("site", &["North", "Bay"]) },
            ],
            saved: SavedViews { page: "leaks", ..SavedViews::sample() },
            narrowed: false,
            groups: vec![
                group(Leak::Unowned, 1, vec![row("Jordan Ellis", "/cases/c1")]),
                group(Leak::Unacted, 2, vec![row("Jordan Ellis", "/cases/c1")]),
                group(Leak::Unreviewed, 4, vec![LeakRow { who: None, ..row("Sam Okafor", "/clients/p4") }]),
                group(Leak::Incomplete, 11, vec![row("Robin Vale", "/clients/p3")]),
                group(Leak::Unopened, 38, vec![row("Jordan Ellis", "/clients/p2"), row("Robin Vale", "/clients/p3")]),
                group(Leak::Undelivered, 7, vec![row("Mei-Ling Castellanos", "/clients/p1")]),
            ],
            as_of: "Mar 10, 2026, 9:00\u{a0}AM".into(),
            csv: "/leaks.csv?view=team".into(),
            xlsx: "/leaks.xlsx?view=team".into(),
            problems: vec![],
        };
        let alone = LeakGroup { is_flood: true, href: None, ..group(Leak::Unopened, 5_000, vec![]) };
        let flood = Self { narrowed: true, groups: vec![alone], ..full.clone() };
        let none_of_them = Self { groups: vec![], ..flood.clone() };
        let none = Self {
            shell: Shell::sample_extreme(Place::Improvement),
            tabs: Vec::new(),
            saved: SavedViews { page: "leaks", views: Vec::new(), ..SavedViews::sample() },
            groups: vec![],
            problems: vec![FieldProblem::new("until", Wrong::Order)],
            ..full.clone()
        };
        vec![full, flood, none_of_them, none]
    }
}
