//! Who looked at what and who changed what. Rows hold ids; names are added only for those who may see them.

use serde::Serialize;

use super::{Section, SectionLink, sample_sections, sample_shell};
use crate::Page;
use crate::staff::{Choice, Pager, Shell};

/// The latest entries, of a person or about a client.
#[derive(Clone, Serialize)]
pub struct Audit {
    /// The frame.
    pub shell: Shell,
    /// The parts of the administration.
    pub sections: Vec<SectionLink>,
    /// The people (`who`); the empty value for everyone.
    pub people: Vec<Choice>,
    /// The client's id (`client`), as typed.
    pub client: String,
    /// The client's name, where the reader may see it.
    pub named: Option<String>,
    /// The first day (`from`) and the last (`until`), as typed.
    pub from: String,
    /// See `from`.
    pub until: String,
    /// The entries, newest first.
    pub rows: Vec<AuditRow>,
    /// Other pages.
    pub pager: Option<Pager>,
}

/// One entry.
#[derive(Clone, Serialize)]
pub struct AuditRow {
    /// Its number in the chain.
    pub number: i64,
    /// When, formatted.
    pub at: String,
    /// Who: a name, "client" or "system", in the reader's language.
    pub who: String,
    /// What was done, in words.
    pub did: String,
    /// The action's code ("view.chart", "case.acknowledge").
    pub action: String,
    /// What it was about: kind and id.
    pub about: String,
    /// The one client it was about: name and page, where the reader may see them.
    pub client: Option<AuditClient>,
}

/// A client an entry is about.
#[derive(Clone, Serialize)]
pub struct AuditClient {
    /// Name.
    pub name: String,
    /// All entries about them.
    pub href: String,
}

impl Page for Audit {
    const TEMPLATE: &'static str = "staff/admin/audit.html";

    fn samples() -> Vec<Self> {
        let row = |number, who: &str, action: &str| AuditRow {
            number,
            at: "Mar 10, 2026, 9:05\u{a0}AM".into(),
            who: who.into(),
            did: "Opened the client’s page".into(),
            action: action.into(),
            client: (number == 10482)
                .then(|| AuditClient { name: "Jordan Ellis".into(), href: "/admin/audit?client=p1".into() }),
            about: "client 0197a3f2-6c41-7d0e-9a55-3f1f4f2b8c10".into(),
        };
        let full = Self {
            shell: sample_shell(),
            sections: sample_sections(Section::Audit),
            people: vec![Choice::new("s1", "Ana Ruiz", ""), Choice::new("s2", "Noor Haddad", "")],
            client: String::new(),
            named: None,
            from: String::new(),
            until: String::new(),
            rows: vec![
                row(10482, "Ana Ruiz", "client.view"),
                row(10481, "María-Fernanda de los Ángeles Villaseñor Etxeberría", "case.acknowledge"),
            ],
            pager: Some(Pager {
                from: 1,
                until: 50,
                total: 10482,
                previous: None,
                next: Some("/admin/audit?page=2".into()),
            }),
        };
        vec![
            full.clone(),
            Self {
                client: "0197a3f2".into(),
                named: Some("Jordan Ellis".into()),
                from: "2026-03-01".into(),
                rows: vec![],
                pager: None,
                ..full
            },
        ]
    }
}
