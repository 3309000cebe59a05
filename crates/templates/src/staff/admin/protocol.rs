//! What is asked and when, and the instruments there are.

use serde::Serialize;

use super::{Section, SectionLink, sample_sections, sample_shell};
use crate::Page;
use crate::staff::{FieldProblem, Shell, Wrong};

/// The protocol as a table of instruments and rhythms. Publishing makes a new version.
#[derive(Clone, Serialize)]
pub struct ProtocolForm {
    /// The frame.
    pub shell: Shell,
    /// The parts of the administration.
    pub sections: Vec<SectionLink>,
    /// Its name.
    pub name: String,
    /// The version in force; none before the first.
    pub version: Option<i64>,
    /// Open episodes under the version in force.
    pub episodes: i64,
    /// The rows.
    pub rows: Vec<ProtocolRow>,
    /// All versions, newest first.
    pub versions: Vec<VersionRow>,
    /// Running episodes that could be put under the version in force.
    pub apply: Option<ApplyOffer>,
    /// What is wrong; the field of a number of weeks is `weeks`.
    pub problems: Vec<FieldProblem>,
}

/// One instrument.
#[derive(Clone, Serialize)]
pub struct ProtocolRow {
    /// Instrument id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Number of items, and about how many seconds they take, formatted.
    pub burden: String,
    /// With the first check-in.
    pub intake: bool,
    /// Before every session.
    pub before_session: bool,
    /// After every session.
    pub after_session: bool,
    /// Every so many weeks, as typed; empty for not.
    pub weeks: String,
}

/// Putting running episodes under the version in force (`protocol`).
#[derive(Clone, Serialize)]
pub struct ApplyOffer {
    /// Id of the version in force.
    pub protocol: String,
    /// Its number.
    pub version: i64,
    /// How many episodes are under older versions.
    pub episodes: i64,
}

/// A version.
#[derive(Clone, Serialize)]
pub struct VersionRow {
    /// Its number.
    pub version: i64,
    /// When it was published, formatted.
    pub published: String,
    /// Open episodes under it.
    pub episodes: i64,
}

impl Page for ProtocolForm {
    const TEMPLATE: &'static str = "staff/admin/protocol.html";

    fn samples() -> Vec<Self> {
        let row = |id: &str, name: &str, intake, before_session, after_session, weeks: &str| ProtocolRow {
            id: id.into(),
            name: name.into(),
            burden: "9 · 60 s".into(),
            intake,
            before_session,
            after_session,
            weeks: weeks.into(),
        };
        let rows = vec![
            row("phq-9", "PHQ-9", true, false, false, "2"),
            row("gad-7", "GAD-7", true, false, false, "2"),
            row("wellbeing-check", "Wellbeing check", false, true, false, ""),
            row("session-feedback", "Session feedback", false, false, true, ""),
        ];
        let version = |version, episodes| VersionRow { version, published: "Jan 5, 2026".into(), episodes };
        let current = Self {
            shell: sample_shell(),
            sections: sample_sections(Section::Protocol),
            name: "Standard".into(),
            version: Some(2),
            episodes: 212,
            rows: rows.clone(),
            versions: vec![version(2, 212), version(1, 14)],
            apply: Some(ApplyOffer { protocol: "p2".into(), version: 2, episodes: 14 }),
            problems: vec![],
        };
        let first = Self {
            name: String::new(),
            version: None,
            episodes: 0,
            versions: vec![],
            apply: None,
            problems: vec![FieldProblem::new("weeks", Wrong::Number)],
            ..current.clone()
        };
        vec![current, first]
    }
}
