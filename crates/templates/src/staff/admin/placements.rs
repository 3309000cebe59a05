//! Programmes and payers.

use care::placement::{EntryKind, EntryState};
use serde::Serialize;

use super::{Section, SectionLink, sample_sections, sample_shell};
use crate::Page;
use crate::staff::{FieldProblem, Shell, Wrong};

/// The practice's programmes and payers (`kind`, `name`; of one entry `name`, `state`).
#[derive(Clone, Serialize)]
pub struct Placements {
    /// The frame.
    pub shell: Shell,
    /// The parts of the administration.
    pub sections: Vec<SectionLink>,
    /// One group per kind.
    pub groups: Vec<PlacementGroup>,
    /// The kind of the form that was sent.
    pub wrong_in: Option<EntryKind>,
    /// The name as typed.
    pub name: String,
    /// What is wrong.
    pub problems: Vec<FieldProblem>,
}

/// The entries of one kind.
#[derive(Clone, Serialize)]
pub struct PlacementGroup {
    /// The kind. The words are `placements-<kind>`.
    pub kind: EntryKind,
    /// The entries, by name.
    pub rows: Vec<PlacementRow>,
}

/// One entry.
#[derive(Clone, Serialize)]
pub struct PlacementRow {
    /// Id, for its form.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it may be chosen.
    pub state: EntryState,
    /// Open episodes that have it.
    pub episodes: i64,
}

impl Page for Placements {
    const TEMPLATE: &'static str = "staff/admin/placements.html";

    fn samples() -> Vec<Self> {
        let row =
            |id: &str, name: &str, state, episodes| PlacementRow { id: id.into(), name: name.into(), state, episodes };
        let full = Self {
            shell: sample_shell(),
            sections: sample_sections(Section::Placements),
            groups: vec![
                PlacementGroup {
                    kind: EntryKind::Programme,
                    rows: vec![
                        row("p1", "Adults", EntryState::Active, 212),
                        row("p2", "Adolescents and their families, intensive outpatient", EntryState::Retired, 3),
                    ],
                },
                PlacementGroup { kind: EntryKind::Payer, rows: vec![] },
            ],
            wrong_in: None,
            name: String::new(),
            problems: vec![],
        };
        let wrong = Self {
            wrong_in: Some(EntryKind::Payer),
            name: "Adults".into(),
            problems: vec![FieldProblem::new("name", Wrong::Taken)],
            ..full.clone()
        };
        vec![full, wrong]
    }
}
