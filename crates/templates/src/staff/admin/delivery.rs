//! How far the check-ins of a period came.

use serde::Serialize;

use super::{Section, SectionLink, sample_sections, sample_shell};
use crate::Page;
use crate::staff::{Choice, FieldProblem, SavedViews, Shell, Wrong};

/// The funnel in groups.
#[derive(Clone, Serialize)]
pub struct Delivery {
    /// The frame.
    pub shell: Shell,
    /// The parts of the administration.
    pub sections: Vec<SectionLink>,
    /// The first day (`from`) and the last (`until`), as typed.
    pub from: String,
    /// See `from`.
    pub until: String,
    /// The period, formatted: for paper, on which the form does not stand.
    pub period: String,
    /// By what the table is grouped (`by`): `channel`, `site`, `language`, `reminder`.
    pub by: Vec<Choice>,
    /// Which one is chosen.
    pub grouped: String,
    /// All together; none where nothing was planned.
    pub all: Option<FunnelRow>,
    /// The groups.
    pub rows: Vec<FunnelRow>,
    /// The same as a file.
    pub file: String,
    /// The same as a workbook.
    pub workbook: String,
    /// Where those of the period stopped that did not come through.
    pub leaks: String,
    /// Filters that the reader keeps.
    pub saved: SavedViews,
    /// What is wrong with the days.
    pub problems: Vec<FieldProblem>,
}

/// One group.
#[derive(Clone, Serialize)]
pub struct FunnelRow {
    /// The group in words.
    pub name: String,
    /// Planned, sent, delivered, opened, started, completed; each but the first with its share of the planned.
    pub stages: Vec<FunnelCell>,
}

/// One stage of a group.
#[derive(Clone, Serialize)]
pub struct FunnelCell {
    /// How many.
    pub count: i64,
    /// Of the planned, in whole per cent; none for the planned themselves.
    pub share: Option<i64>,
}

impl FunnelRow {
    /// A group from its counts.
    pub fn new(name: String, counts: [i64; 6]) -> Self {
        let planned = counts[0];
        let share = |count: i64| (planned > 0).then(|| (200 * count + planned) / (2 * planned));
        let stages = counts
            .into_iter()
            .enumerate()
            .map(|(place, count)| FunnelCell { count, share: if place == 0 { None } else { share(count) } })
            .collect();
        Self { name, stages }
    }
}

impl Page for Delivery {
    const TEMPLATE: &'static str = "staff/admin/delivery.html";

    fn samples() -> Vec<Self> {
        let by = |chosen: &str| {
            ["channel", "site", "language", "reminder"].iter().map(|one| Choice::new(*one, *one, chosen)).collect()
        };
        let full = Self {
            shell: sample_shell(),
            sections: sample_sections(Section::Messages),
            from: "2026-02-10".into(),
            until: "2026-03-09".into(),
            period: "Feb 10, 2026 – Mar 9, 2026".into(),
            by: by("channel"),
            grouped: "channel".into(),
            all: Some(FunnelRow::new(String::new(), [212, 205, 198, 160, 158, 149])),
            rows: vec![
                FunnelRow::new("Text".into(), [180, 175, 170, 140, 139, 131]),
                FunnelRow::new("Mail".into(), [30, 30, 28, 19, 18, 17]),
                FunnelRow::new("Handed over in person".into(), [2, 0, 0, 1, 1, 1]),
            ],
            file: "/admin/delivery/file?from=2026-02-10&until=2026-03-09".into(),
            workbook: "/admin/delivery/workbook?from=2026-02-10&until=2026-03-09".into(),
            leaks: "/leaks?from=2026-02-10&until=2026-03-09".into(),
            saved: SavedViews { page: "delivery", query: "by=channel".into(), ..SavedViews::sample() },
            problems: vec![],
        };
        let empty = Self {
            by: by("site"),
            grouped: "site".into(),
            all: None,
            rows: vec![],
            problems: vec![FieldProblem::new("until", Wrong::Order)],
            ..full.clone()
        };
        vec![full, empty]
    }
}
