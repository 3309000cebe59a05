//! Tablets in waiting rooms.

use serde::Serialize;

use super::{Section, SectionLink, sample_sections, sample_shell};
use crate::Page;
use crate::staff::{Choice, FieldProblem, Shell, Wrong};

/// The kiosks, and the code of one that has just been set up.
#[derive(Clone, Serialize)]
pub struct Kiosks {
    /// The frame.
    pub shell: Shell,
    /// The parts of the administration.
    pub sections: Vec<SectionLink>,
    /// The kiosks.
    pub rows: Vec<KioskRow>,
    /// What pairs the new one: its name and its code; shown once.
    pub pairing: Option<(String, String)>,
    /// Where the device is to open.
    pub address: String,
    /// The name, as typed.
    pub name: String,
    /// The sites.
    pub sites: Vec<Choice>,
    /// What is wrong.
    pub problems: Vec<FieldProblem>,
}

/// One kiosk.
#[derive(Clone, Serialize)]
pub struct KioskRow {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its site.
    pub site: String,
    /// Until when it takes no codes, formatted.
    pub locked: Option<String>,
}

impl Page for Kiosks {
    const TEMPLATE: &'static str = "staff/admin/kiosks.html";

    fn samples() -> Vec<Self> {
        let row = |name: &str, locked: Option<&str>| KioskRow {
            id: "0195a3c2-7d10-7a51-9e7d-2f6a1f0c9b44".into(),
            name: name.into(),
            site: "North".into(),
            locked: locked.map(Into::into),
        };
        let full = Self {
            shell: sample_shell(),
            sections: sample_sections(Section::Messages),
            rows: vec![row("Front door", None), row("Upstairs", Some("2:45 PM"))],
            pairing: Some(("Front door".into(), "4812 0733".into())),
            address: "https://care.example.org/kiosk".into(),
            name: String::new(),
            sites: vec![Choice::new("n", "North", "n")],
            problems: vec![],
        };
        let first = Self {
            rows: vec![],
            pairing: None,
            problems: vec![FieldProblem::new("kiosk_name", Wrong::Required)],
            ..full.clone()
        };
        vec![full, first]
    }
}
