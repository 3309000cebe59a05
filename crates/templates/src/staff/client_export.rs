//! Everything that is held about one client, for the client or whoever may have it: to be read and printed.

use serde::Serialize;

use super::{AnsweredBlock, AppointmentLine, ConsentLine, Place, Shell, TimelineEntry, WordsLine};
use crate::Page;

/// The record of a client as one page.
#[derive(Clone, Serialize)]
pub struct ClientExport {
    /// The frame.
    pub shell: Shell,
    /// The client.
    pub name: String,
    /// The client's page.
    pub href: String,
    /// The same for a machine.
    pub json: String,
    /// Who made it and when, formatted.
    pub printed: String,
    /// What is kept of the person.
    pub facts: Vec<Fact>,
    /// Consents per channel and purpose.
    pub consents: Vec<ConsentLine>,
    /// Every response, the newest first.
    pub answered: Vec<AnsweredBlock>,
    /// What the client wrote in their own words.
    pub words: Vec<WordsLine>,
    /// Every appointment.
    pub appointments: Vec<AppointmentLine>,
    /// Everything that happened, with the texts of messages.
    pub timeline: Vec<TimelineEntry>,
    /// What staff wrote down.
    pub notes: Vec<ExportNote>,
    /// What else is held, told line by line.
    pub sections: Vec<ExportSection>,
}

/// A part of the record: goals, changes of the plan.
#[derive(Clone, Serialize)]
pub struct ExportSection {
    /// Of its heading, on the page.
    pub id: String,
    /// Its heading, in words.
    pub title: String,
    /// Its lines, the latest first.
    pub lines: Vec<ExportNote>,
}

/// One thing kept of a person. The words are `field-<field>`.
#[derive(Clone, Serialize)]
pub struct Fact {
    /// The field.
    pub field: String,
    /// What it holds.
    pub value: String,
}

/// A note on a case, or a line of a section.
#[derive(Clone, Serialize)]
pub struct ExportNote {
    /// When, formatted.
    pub at: String,
    /// Who wrote it; empty where nobody did.
    pub by: String,
    /// What it says.
    pub text: String,
}

impl Page for ClientExport {
    const TEMPLATE: &'static str = "staff/client_export.html";

    fn samples() -> Vec<Self> {
        let fact = |field: &str, value: &str| Fact { field: field.into(), value: value.into() };
        let full = Self {
            shell: Shell { path: "/clients/p1/export".into(), ..Shell::sample_at(Place::Caseload) },
            name: "Jordan Ellis".into(),
            href: "/clients/p1".into(),
            json: "/clients/p1/export.json".into(),
            printed: "Ana Ruiz, Mar 10, 2026, 9:05\u{a0}AM".into(),
            facts: vec![
                fact("name", "Jordan Ellis"),
                fact("birth_date", "Mar 25, 1990"),
                fact("email", "jordan.with.a.very.long.address@correo.example"),
            ],
            consents: ConsentLine::samples(),
            answered: vec![super::case::answered()],
            words: WordsLine::samples(),
            appointments: AppointmentLine::samples(),
            timeline: TimelineEntry::samples(),
            notes: vec![ExportNote {
                at: "Mar 10, 2026, 9:05\u{a0}AM".into(),
                by: "Ana Ruiz".into(),
                text: "Spoke with the client; the plan stands.\nNext call on Thursday.".into(),
            }],
            sections: vec![ExportSection {
                id: "plan".into(),
                title: "Changes of the plan".into(),
                lines: vec![ExportNote {
                    at: "Mar 10, 2026, 9:05\u{a0}AM".into(),
                    by: "Ana Ruiz".into(),
                    text: "How often · Two sessions a week · Worse since February".into(),
                }],
            }],
        };
        let empty = Self {
            facts: vec![fact("name", "Amara Nwosu")],
            consents: vec![],
            answered: vec![],
            words: vec![],
            appointments: vec![],
            timeline: vec![],
            notes: vec![],
            sections: vec![],
            ..full.clone()
        };
        vec![full, empty]
    }
}
