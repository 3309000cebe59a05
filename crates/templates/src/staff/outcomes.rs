//! The outcomes explorer: how closed courses ended, for a person, a team or the practice. Every figure carries how many it is
//! about, its interval and what the missing could make of it. Nobody is ranked.

use care::outcome::{Counted, Dimension, PublishedProblem};
use serde::Serialize;

use super::{FigureOverTime, FigureView, Filter, FilterForm, Place, SavedViews, Shell};
use crate::Page;
use crate::chart::{FunnelData, FunnelPlot, IntervalBar};

/// The page.
#[derive(Clone, Serialize)]
pub struct Outcomes {
    /// The frame.
    pub shell: Shell,
    /// The filters.
    pub filters: FilterForm,
    /// Whose courses: the words are `outcomes-of-<view>`.
    pub view: FigureView,
    /// The period, formatted.
    pub period: String,
    /// Until when the data go, formatted.
    pub as_of: String,
    /// What is shown.
    pub body: OutcomeBody,
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
pub enum OutcomeBody {
    /// No course ended in the period.
    None,
    /// Too few for figures; `least` is the least number.
    Few {
        /// How many are needed.
        least: u64,
    },
    /// Figures.
    Shown(Box<OutcomeFigures>),
}

/// The figures.
#[derive(Clone, Serialize)]
pub struct OutcomeFigures {
    /// Closed courses.
    pub closed: u64,
    /// With first and last score; none where that may not be shown.
    pub measured: Option<u64>,
    /// Measured among closed ("62 %").
    pub completeness: String,
    /// One row per figure.
    pub rows: Vec<FigureRow>,
    /// The least number of people that is counted of a demographic group, where one is looked at.
    pub least_counted: Option<u64>,
    /// Effect sizes; empty where there are none.
    pub effects: Vec<EffectRow>,
    /// How many courses an effect size needs, where there is none for want of them.
    pub no_effect: Option<u64>,
    /// By group.
    pub groups: Option<GroupTable>,
    /// By clinician.
    pub clinicians: Option<ClinicianTable>,
    /// Whether filters are chosen that what is said of clinicians does not follow: it is about all courses of the period.
    pub clinicians_of_all: bool,
    /// Who lies outside of chance.
    pub funnel: Option<FunnelPlot>,
    /// Of what its marks are: sites or clinicians. The words are `outcomes-funnel-<of>`.
    pub funnel_of: Dimension,
    /// What is published by problem, where problems are looked at.
    pub problems: Option<PublishedProblems>,
    /// Whom it is compared with.
    pub benchmark: Option<BenchmarkLine>,
}

/// A figure. The words are `counted-<what>`.
#[derive(Clone, Serialize)]
pub struct FigureRow {
    /// What.
    pub what: Counted,
    /// The figure.
    pub figure: FigureCell,
    /// The published figure to compare with, formatted.
    pub benchmark: Option<String>,
    /// The spread of its providers, formatted.
    pub spread: Option<String>,
}

/// A figure, or why there is none.
#[derive(Clone, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum FigureCell {
    /// The figure.
    Shown(Box<FigureText>),
    /// Nobody was measured.
    Unmeasured,
    /// So few people fared this way, or did not, that they are not counted.
    Few,
}

/// A figure in words and as a line.
#[derive(Clone, Serialize)]
pub struct FigureText {
    /// The share ("60 %").
    pub percent: String,
    /// Its interval ("31–83 %").
    pub interval: String,
    /// Hits.
    pub hits: u64,
    /// Measured.
    pub measured: u64,
    /// All it is about.
    pub eligible: u64,
    /// Measured among all ("25 %").
    pub completeness: String,
    /// Worst to best ("15–90 %").
    pub bounds: String,
    /// Whether enough were measured.
    pub reportable: bool,
    /// As a line.
    pub bar: IntervalBar,
}

/// An effect size. The words are `effect-<what>`.
#[derive(Clone, Serialize)]
pub struct EffectRow {
    /// `gain`, `raw`, `corrected`, `adjusted`.
    pub what: &'static str,
    /// The value, formatted.
    pub value: String,
    /// Its interval, formatted.
    pub interval: String,
    /// Courses with both scores.
    pub n: u64,
    /// All it is about.
    pub eligible: u64,
    /// Measured among all ("25 %").
    pub completeness: String,
    /// Whether enough were measured.
    pub reportable: bool,
    /// The published figure to compare with, formatted.
    pub benchmark: Option<String>,
}

/// Figures by group, by name.
#[derive(Clone, Serialize)]
pub struct GroupTable {
    /// By what. The words are `dashboard-by-<by>`.
    pub by: Dimension,
    /// The columns.
    pub columns: Vec<Counted>,
    /// The groups; empty where showing any would give another away.
    pub rows: Vec<GroupRow>,
    /// The least number of courses in a group.
    pub least: u64,
    /// How many groups are not shown.
    pub hidden: usize,
    /// The columns as pictures, where groups are steps of the calendar.
    pub over_time: Vec<FigureOverTime>,
}

/// A group.
#[derive(Clone, Serialize)]
pub struct GroupRow {
    /// Its name.
    pub name: String,
    /// Closed courses; none where they may not be shown, and then there are no cells.
    pub closed: Option<u64>,
    /// One per column.
    pub cells: Vec<FigureCell>,
}

/// Estimates by clinician, by name.
#[derive(Clone, Serialize)]
pub struct ClinicianTable {
    /// The figure that is estimated.
    pub what: Counted,
    /// The estimate of all clinicians together, formatted.
    pub common: Option<String>,
    /// Those whose names the reader may know.
    pub rows: Vec<ClinicianRow>,
    /// The least number of closed courses.
    pub least: u64,
}

/// A clinician.
#[derive(Clone, Serialize)]
pub struct ClinicianRow {
    /// Name.
    pub name: String,
    /// Closed courses.
    pub closed: u64,
    /// The estimate.
    pub estimate: Option<Estimate>,
    /// Why there is none. The words are `estimate-<why>`.
    pub why: Option<&'static str>,
}

/// An estimate drawn in towards what clinicians have in common.
#[derive(Clone, Serialize)]
pub struct Estimate {
    /// The share ("58 %").
    pub percent: String,
    /// Its interval ("44–71 %").
    pub interval: String,
    /// As a line.
    pub bar: IntervalBar,
}

/// Whom the figures are compared with.
#[derive(Clone, Serialize)]
pub struct BenchmarkLine {
    /// Of whom.
    pub name: String,
    /// When.
    pub period: String,
    /// Where it was published.
    pub source: String,
    /// Under which licence.
    pub licence: String,
    /// Which courses its effect sizes are about.
    pub about: Option<String>,
}

/// Published figures by problem.
#[derive(Clone, Serialize)]
pub struct PublishedProblems {
    /// The columns.
    pub columns: Vec<Counted>,
    /// The problems.
    pub rows: Vec<PublishedRow>,
}

/// The published figures of one problem. The words are `published-<problem>`.
#[derive(Clone, Serialize)]
pub struct PublishedRow {
    /// Which.
    pub problem: PublishedProblem,
    /// Courses that were finished, formatted.
    pub finished: String,
    /// One per column, formatted.
    pub shares: Vec<String>,
}

impl FigureText {
    fn sample((percent, interval): (&str, &str), (hits, measured, eligible): (u64, u64, u64)) -> Self {
        let share = hits as f64 / measured as f64;
        let of = |count: u64| count as f64 / eligible as f64;
        Self {
            percent: percent.into(),
            interval: interval.into(),
            hits,
            measured,
            eligible,
            completeness: format!("{:.0} %", of(measured) * 100.0),
            bounds: format!("{:.0}–{:.0} %", of(hits) * 100.0, of(hits + eligible - measured) * 100.0),
            reportable: of(measured) >= 0.6,
            bar: IntervalBar::new(
                (share - 0.12, share, share + 0.12),
                (of(hits), of(hits + eligible - measured)),
                Some(0.5),
            ),
        }
    }
}

impl Page for Outcomes {
    const TEMPLATE: &'static str = "staff/outcomes.html";

    fn samples() -> Vec<Self> {
        use care::staff::Role;
        let row = |what, figure, benchmark: Option<&str>| FigureRow {
            what,
            figure,
            benchmark: benchmark.map(str::to_owned),
            spread: benchmark.map(|_| "44.6–55.1 %".to_owned()),
        };
        let good = || FigureCell::Shown(Box::new(FigureText::sample(("52 %", "44–60 %"), (73, 140, 171))));
        let thin = || FigureCell::Shown(Box::new(FigureText::sample(("60 %", "31–83 %"), (6, 10, 40))));
        let name = "María-Fernanda de los Ángeles Villaseñor Etxeberría-Goikoetxea";
        let groups = GroupTable {
            by: Dimension::Site,
            columns: vec![Counted::Recovery, Counted::Improvement, Counted::Deterioration],
            rows: vec![
                GroupRow { name: "Bay".into(), closed: Some(64), cells: vec![good(), thin(), FigureCell::Unmeasured] },
                GroupRow { name: "North".into(), closed: Some(101), cells: vec![good(), good(), good()] },
                GroupRow { name: "South".into(), closed: None, cells: vec![] },
                GroupRow { name: "West".into(), closed: None, cells: vec![] },
            ],
            least: 5,
            hidden: 2,
            over_time: Vec::new(),
        };
        let estimate = || Estimate {
            percent: "63 %".into(),
            interval: "50–74 %".into(),
            bar: IntervalBar::new((0.5, 0.63, 0.74), (0.63, 0.63), Some(0.6)),
        };
        let clinicians = ClinicianTable {
            what: Counted::Improvement,
            common: Some("61 %".into()),
            rows: vec![
                ClinicianRow { name: "Ana Ruiz".into(), closed: 22, estimate: Some(estimate()), why: None },
                ClinicianRow { name: name.into(), closed: 4, estimate: None, why: Some("few") },
                ClinicianRow { name: "Tomasz Lind".into(), closed: 12, estimate: None, why: Some("incomplete") },
                ClinicianRow { name: "Vera Osei".into(), closed: 9, estimate: None, why: Some("alone") },
            ],
            least: 5,
        };
        let units = [(22, 0.63, Some("Ana Ruiz".to_owned())), (9, 0.44, None), (31, 0.71, None)];
        let limits = |cases: u64, level: f64| {
            let margin = level * 1.6 / (cases as f64).sqrt();
            (0.6 - margin, 0.6 + margin)
        };
        let benchmark = BenchmarkLine {
            name: "NHS Talking Therapies, England".into(),
            period: "2024-25".into(),
            source: "NHS England, annual reports".into(),
            licence: "Open Government Licence v3.0".into(),
            about: Some("cognitive behavioural therapy, all problems".into()),
        };
        let effect = |what, value: &str, interval: &str| EffectRow {
            what,
            value: value.into(),
            interval: interval.into(),
            n: if what == "adjusted" { 60 } else { 140 },
            eligible: 171,
            completeness: if what == "adjusted" { "35 %".into() } else { "82 %".into() },
            reportable: what != "adjusted",
            benchmark: (what == "raw").then(|| "0.77".into()),
        };
        let figures = OutcomeFigures {
            closed: 171,
            measured: Some(140),
            least_counted: None,
            completeness: "82 %".into(),
            rows: vec![
                row(Counted::Recovery, good(), Some("50.5 %")),
                row(Counted::ReliableRecovery, thin(), Some("47.5 %")),
                row(Counted::Improvement, good(), None),
                row(Counted::Deterioration, FigureCell::Unmeasured, Some("5.8 %")),
                row(Counted::NoReliableChange, good(), Some("25.4 %")),
                row(Counted::Response, good(), None),
                row(Counted::Remission, good(), None),
            ],
            effects: vec![
                effect("gain", "4.70", "3.62–5.78"),
                effect("raw", "1.17", "0.57–1.77"),
                effect("corrected", "1.07", "0.52–1.62"),
                effect("adjusted", "0.91", "0.60–1.22"),
            ],
            no_effect: None,
            groups: Some(groups),
            clinicians: Some(clinicians),
            clinicians_of_all: true,
            funnel: FunnelPlot::new(&FunnelData { units: &units, target: 0.6 }, &limits),
            funnel_of: Dimension::Clinician,
            problems: None,
            benchmark: Some(benchmark.clone()),
        };
        let full = Self {
            shell: Shell::sample_for(&[Role::Owner], Place::Outcomes),
            filters: FilterForm {
                first: FilterForm::sample()
                    .first
                    .into_iter()
                    .chain([Filter::sample("lens", &["PHQ-9", "GAD-7"])])
                    .collect(),
                ..FilterForm::sample()
            },
            view: FigureView::Practice,
            period: "Mar 1, 2025 – Mar 10, 2026".into(),
            as_of: "Mar 10, 2026, 9:00\u{a0}AM".into(),
            body: OutcomeBody::Shown(Box::new(figures.clone())),
            csv: "/outcomes.csv?lens=phq-9".into(),
            xlsx: "/outcomes.xlsx?lens=phq-9".into(),
            saved: SavedViews::sample(),
        };
        let own = Self {
            shell: Shell::sample_extreme(Place::Outcomes),
            filters: FilterForm { more: Vec::new(), ..FilterForm::sample() },
            view: FigureView::Own,
            body: OutcomeBody::Shown(Box::new(OutcomeFigures {
                effects: vec![],
                no_effect: Some(5),
                groups: None,
                funnel: None,
                benchmark: None,
                ..figures.clone()
            })),
            ..full.clone()
        };
        let published = |problem, finished: &str| PublishedRow {
            problem,
            finished: finished.into(),
            shares: ["49.6 %", "46.2 %", "66.8 %", "6.4 %", "25.7 %"].map(Into::into).into(),
        };
        let sites = [
            (140, 0.63, Some("North".to_owned())),
            (64, 0.44, Some("Bay".to_owned())),
            (31, 0.71, Some("West".to_owned())),
        ];
        let by_problem = Self {
            body: OutcomeBody::Shown(Box::new(OutcomeFigures {
                funnel: FunnelPlot::new(&FunnelData { units: &sites, target: 0.6 }, &limits),
                funnel_of: Dimension::Site,
                clinicians: None,
                problems: Some(PublishedProblems {
                    columns: vec![
                        Counted::Recovery,
                        Counted::ReliableRecovery,
                        Counted::Improvement,
                        Counted::Deterioration,
                        Counted::NoReliableChange,
                    ],
                    rows: PublishedProblem::ALL.iter().map(|problem| published(*problem, "288049")).collect(),
                }),
                ..figures.clone()
            })),
            ..full.clone()
        };
        let quarters = ["2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1"];
        let quarter = |name: &str, closed, cells| GroupRow { name: name.into(), closed, cells };
        // English and Spanish: shares that too few people are behind are not shown.
        let by_language = Self {
            body: OutcomeBody::Shown(Box::new(OutcomeFigures {
                rows: vec![
                    row(Counted::Improvement, good(), Some("67.5 %")),
                    row(Counted::Deterioration, FigureCell::Few, Some("5.8 %")),
                    row(Counted::NoReliableChange, FigureCell::Few, Some("25.4 %")),
                ],
                measured: None,
                least_counted: Some(11),
                groups: Some(GroupTable {
                    by: Dimension::Language,
                    columns: vec![Counted::Improvement, Counted::Deterioration, Counted::NoReliableChange],
                    rows: vec![
                        quarter("English", Some(131), vec![good(), FigureCell::Few, FigureCell::Few]),
                        quarter("Spanish", Some(40), vec![FigureCell::Few, FigureCell::Few, FigureCell::Few]),
                    ],
                    least: 11,
                    hidden: 0,
                    over_time: Vec::new(),
                }),
                clinicians: None,
                funnel: None,
                ..figures.clone()
            })),
            ..full.clone()
        };
        let by_quarter = Self {
            body: OutcomeBody::Shown(Box::new(OutcomeFigures {
                groups: Some(GroupTable {
                    by: Dimension::Quarter,
                    columns: vec![Counted::Recovery, Counted::Improvement, Counted::Deterioration],
                    rows: vec![
                        quarter(quarters[0], Some(31), vec![good(), good(), good()]),
                        quarter(quarters[1], None, vec![]),
                        quarter(quarters[2], Some(42), vec![good(), good(), FigureCell::Unmeasured]),
                        quarter(quarters[3], Some(40), vec![thin(), thin(), thin()]),
                        quarter(quarters[4], None, vec![]),
                    ],
                    least: 5,
                    hidden: 2,
                    over_time: FigureOverTime::samples(
                        &[("recovery", None), ("improvement", None), ("deterioration", None)],
                        &quarters,
                    ),
                }),
                clinicians: None,
                funnel: None,
                ..figures
            })),
            ..full.clone()
        };
        let filters = FilterForm { narrowed: true, ..FilterForm::sample() };
        let few = Self { body: OutcomeBody::Few { least: 5 }, view: FigureView::Team, filters, ..full.clone() };
        let none = Self { body: OutcomeBody::None, ..full.clone() };
        vec![full, own, few, none, by_problem, by_quarter, by_language]
    }
}
