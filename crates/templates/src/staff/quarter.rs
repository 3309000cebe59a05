//! The quarterly pack: the practice's figures of one quarter on a page that can be printed, and as a document. It is passed on, so
//! the stricter rules for small numbers count.

use care::case::ReasonLevel;
use care::experiment::{Metric, Stage, Verdict};
use serde::Serialize;

use super::{Choice, ImprovementTab, Place, Shell};
use crate::Page;

/// The page.
#[derive(Clone, Serialize)]
pub struct QuarterPack {
    /// The frame.
    pub shell: Shell,
    /// The pages beside it.
    pub tabs: Vec<ImprovementTab>,
    /// Quarters to choose from.
    pub quarters: Vec<Choice>,
    /// The quarter ("2026 Q1").
    pub quarter: String,
    /// Its days, formatted.
    pub period: String,
    /// Until when the data go, formatted.
    pub as_of: String,
    /// The figures.
    pub sections: Vec<PackSection>,
    /// What was tried.
    pub experiments: Vec<PackExperiment>,
    /// The document's address.
    pub pdf: String,
    /// Address of the file.
    pub csv: String,
    /// Address of the workbook.
    pub xlsx: String,
    /// The least number of a figure.
    pub least: u64,
}

/// Figures of one kind. The words are `pack-<what>`.
#[derive(Clone, Serialize)]
pub struct PackSection {
    /// `outcomes`, `completion`, `attendance`, `loop`.
    pub what: &'static str,
    /// The figures.
    pub rows: Vec<PackRow>,
}

/// A figure with its definition.
#[derive(Clone, Serialize)]
pub struct PackRow {
    /// The message that names it.
    pub label: String,
    /// Of which kind of alerts.
    pub kind: Option<ReasonLevel>,
    /// The message that defines it.
    pub about: String,
    /// What may be said. The words are `pack-status-<status>`.
    pub status: PackStatus,
    /// The figure; empty where it is not shown.
    pub value: String,
    /// Its interval.
    pub interval: String,
    /// Of how many it is made: hits and cases, or cases alone.
    pub hits: Option<u64>,
    /// See `hits`.
    pub cases: Option<u64>,
    /// The share of which is known.
    pub known: String,
}

/// What may be said of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PackStatus {
    /// All of it.
    Shown,
    /// Too little is known.
    NotReportable,
    /// Too few to be passed on.
    Few,
}

impl PackStatus {
    /// Every status.
    pub const ALL: &'static [Self] = &[Self::Shown, Self::NotReportable, Self::Few];
}

/// An experiment of the quarter.
#[derive(Clone, Serialize)]
pub struct PackExperiment {
    /// What is changed.
    pub change: String,
    /// The figure.
    pub metric: Metric,
    /// Where; none for the whole practice.
    pub site: Option<String>,
    /// The first day with the change.
    pub starts: String,
    /// Where it stands.
    pub stage: Stage,
    /// What was decided, and why.
    pub verdict: Option<Verdict>,
    /// See `verdict`.
    pub reason: String,
}

impl PackRow {
    /// A figure that is too small to be passed on.
    pub fn few(label: impl Into<String>, kind: Option<ReasonLevel>, about: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            kind,
            about: about.into(),
            status: PackStatus::Few,
            value: String::new(),
            interval: String::new(),
            hits: None,
            cases: None,
            known: String::new(),
        }
    }
}

impl Page for QuarterPack {
    const TEMPLATE: &'static str = "staff/quarter.html";

    fn samples() -> Vec<Self> {
        use care::staff::Role;
        let share = |label: &str, about: &str, value: &str, interval: &str, hits, cases| PackRow {
            status: PackStatus::Shown,
            value: value.into(),
            interval: interval.into(),
            hits: Some(hits),
            cases: Some(cases),
            known: "91 %".into(),
            ..PackRow::few(label, None, about)
        };
        let full = Self {
            shell: Shell::sample_for(&[Role::Owner], Place::Improvement),
            tabs: ImprovementTab::all("quarter"),
            quarters: ["2026-Q1", "2025-Q4", "2025-Q3"]
                .iter()
                .map(|one| Choice::new(*one, one.replace('-', " "), "2025-Q4"))
                .collect(),
            quarter: "2025 Q4".into(),
            period: "Oct 1, 2025 – Dec 31, 2025".into(),
            as_of: "Mar 10, 2026, 9:00\u{a0}AM".into(),
            sections: vec![
                PackSection {
                    what: "outcomes",
                    rows: vec![
                        share("counted-recovery", "counted-about-recovery", "51.2 %", "40.1–62.1 %", 41, 80),
                        PackRow {
                            status: PackStatus::NotReportable,
                            known: "44 %".into(),
                            ..share("counted-remission", "counted-about-remission", "35.0 %", "22.1–50.5 %", 14, 40)
                        },
                        PackRow::few("counted-deterioration", None, "counted-about-deterioration"),
                    ],
                },
                PackSection {
                    what: "completion",
                    rows: vec![share(
                        "metric-completion",
                        "metric-means-completion",
                        "74.0 %",
                        "70.1–77.5 %",
                        402,
                        543,
                    )],
                },
                PackSection {
                    what: "attendance",
                    rows: vec![share(
                        "attendance-rate-no_show",
                        "attendance-no_show-expected",
                        "9.1 %",
                        "6.9–12.0 %",
                        44,
                        483,
                    )],
                },
                PackSection {
                    what: "loop",
                    rows: vec![
                        PackRow {
                            status: PackStatus::Shown,
                            value: "38 min".into(),
                            interval: "26–55 min".into(),
                            cases: Some(17),
                            ..PackRow::few("loop-acknowledge", Some(ReasonLevel::Urgent), "loop-means-acknowledge")
                        },
                        share("loop-share-overdue", "loop-about-overdue", "8.2 %", "4.2–15.4 %", 18, 97),
                    ],
                },
            ],
            experiments: vec![
                PackExperiment {
                    change: "Check-ins go out 24 hours before the session instead of 2".into(),
                    metric: Metric::Completion,
                    site: Some("Bay".into()),
                    starts: "Oct 8, 2025".into(),
                    stage: Stage::Decided,
                    verdict: Some(Verdict::Keep),
                    reason: "Completion rose beyond its limits and nobody opted out".into(),
                },
                PackExperiment {
                    change: "The front desk calls after a missed session".into(),
                    metric: Metric::NoShow,
                    site: None,
                    starts: "Dec 1, 2025".into(),
                    stage: Stage::Running,
                    verdict: None,
                    reason: String::new(),
                },
            ],
            pdf: "/quarter.pdf?quarter=2025-Q4".into(),
            csv: "/quarter.csv?quarter=2025-Q4".into(),
            xlsx: "/quarter.xlsx?quarter=2025-Q4".into(),
            least: 11,
        };
        let empty = Self {
            shell: Shell::sample_extreme(Place::Improvement),
            sections: vec![PackSection { what: "outcomes", rows: Vec::new() }],
            experiments: Vec::new(),
            ..full.clone()
        };
        vec![full, empty]
    }
}
