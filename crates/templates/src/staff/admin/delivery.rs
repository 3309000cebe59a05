//! How far the check-ins of a period came, and where they stopped.

use serde::Serialize;

use super::{Section, SectionLink, sample_sections, sample_shell};
use crate::Page;
use crate::staff::{Choice, FieldProblem, Shell, Wrong};

/// The funnel in groups, and the list of what leaked.
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
    /// What leaked, the latest first, as far as the reader may see names.
    pub leaks: Vec<LeakRow>,
    /// How many leaked in all, of each kind that did: the words are `leak-<kind>`.
    pub counts: Vec<(String, i64)>,
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

/// A check-in that did not come through. The words are `leak-<kind>` and `leak-<kind>-todo`.
#[derive(Clone, Serialize)]
pub struct LeakRow {
    /// Whose.
    pub client: String,
    /// Their page.
    pub href: String,
    /// `undelivered`, `unopened` or `incomplete`.
    pub kind: String,
    /// The day it was to be sent, formatted.
    pub day: String,
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
        let leak = |client: &str, kind: &str| LeakRow {
            client: client.into(),
            href: "/clients/p1".into(),
            kind: kind.into(),
            day: "Mar 9, 2026".into(),
        };
        let by = |chosen: &str| {
            ["channel", "site", "language", "reminder"].iter().map(|one| Choice::new(*one, *one, chosen)).collect()
        };
        let full = Self {
            shell: sample_shell(),
            sections: sample_sections(Section::Messages),
            from: "2026-02-10".into(),
            until: "2026-03-09".into(),
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
            leaks: vec![
                leak("Mei-Ling Castellanos", "undelivered"),
                leak("Jordan Ellis", "unopened"),
                leak("Robin Vale", "incomplete"),
            ],
            counts: vec![("undelivered".into(), 7), ("unopened".into(), 38), ("incomplete".into(), 11)],
            problems: vec![],
        };
        let empty = Self {
            by: by("site"),
            grouped: "site".into(),
            all: None,
            rows: vec![],
            leaks: vec![],
            counts: vec![],
            problems: vec![FieldProblem::new("until", Wrong::Order)],
            ..full.clone()
        };
        vec![full, empty]
    }
}
