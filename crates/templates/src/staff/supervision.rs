//! The supervisor's page: the people they supervise, in alphabetical order, and what is open. Nobody is ranked.

use serde::Serialize;

use super::{CaseCard, Place, Shell};
use crate::Page;

/// Supervisees and their open cases.
#[derive(Clone, Serialize)]
pub struct SupervisionPage {
    /// The frame.
    pub shell: Shell,
    /// The people supervised today, by name.
    pub supervisees: Vec<Supervisee>,
    /// The open cases of all of them, the most urgent first.
    pub cases: Vec<CaseCard>,
    /// The reader's own agenda, where they treat clients themselves.
    pub own: Option<String>,
}

/// One supervised clinician.
#[derive(Clone, Serialize)]
pub struct Supervisee {
    /// Their name.
    pub name: String,
    /// The agenda with them.
    pub agenda: String,
    /// Their caseload.
    pub href: String,
    /// Since when, and until when if that is known, formatted.
    pub since: String,
    /// Current clients.
    pub clients: i64,
    /// Open cases.
    pub open: i64,
    /// Of these, overdue.
    pub overdue: i64,
    /// Of these, with an open risk reason.
    pub risk: i64,
    /// Clients off track.
    pub off_track: i64,
    /// Clients who missed two check-ins running or more.
    pub silent: i64,
}

impl Page for SupervisionPage {
    const TEMPLATE: &'static str = "staff/supervision.html";

    fn samples() -> Vec<Self> {
        let person = |name: &str, clients, open, overdue, risk| Supervisee {
            name: name.into(),
            agenda: "/supervision/s1".into(),
            href: "/caseload?clinician=s1".into(),
            since: "since Jan 5, 2026".into(),
            clients,
            open,
            overdue,
            risk,
            off_track: open + 1,
            silent: overdue,
        };
        let full = Self {
            shell: Shell::sample_at(Place::Supervision),
            supervisees: vec![
                person("Ana Ruiz", 24, 3, 1, 1),
                person("Bartholomew Featherstonehaugh-Villanueva", 25, 0, 0, 0),
                person("Tomás Oyelaran-Whitfield", 19, 2, 0, 0),
            ],
            cases: vec![CaseCard::sample_urgent(), CaseCard::sample_routine()],
            own: Some("/supervision/s9".into()),
        };
        let quiet = Self { cases: vec![], ..full.clone() };
        let nobody =
            Self { shell: Shell::sample_extreme(Place::Supervision), supervisees: vec![], cases: vec![], own: None };
        vec![full, quiet, nobody]
    }
}
