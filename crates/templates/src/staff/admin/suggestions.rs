//! What may help where a domain of the support check is low: the list in use, the ones before, and the next version.

use care::support::Domain;
use serde::Serialize;

use super::{Section, SectionLink, sample_sections, sample_shell};
use crate::Page;
use crate::staff::{FieldProblem, Shell, Wrong};

/// The list (`suggest_<domain>_<language>`, `suggestions_why`, `from`).
#[derive(Clone, Serialize)]
pub struct Suggestions {
    /// The frame.
    pub shell: Shell,
    /// The parts of the administration.
    pub sections: Vec<SectionLink>,
    /// The version in use; 0 is the one that ships.
    pub version: i64,
    /// The fields, two for each domain.
    pub domains: Vec<DomainField>,
    /// Why it is changed, as typed.
    pub why: String,
    /// Lines that are no suggestions.
    pub bad: Vec<BadSuggestion>,
    /// The versions before, the newest first.
    pub versions: Vec<SuggestionVersion>,
    /// What is wrong.
    pub problems: Vec<FieldProblem>,
}

/// The suggestions of one domain.
#[derive(Clone, Serialize)]
pub struct DomainField {
    /// Which.
    pub domain: Domain,
    /// What it is called.
    pub title: String,
    /// In English, one a line.
    pub en: String,
    /// In Spanish.
    pub es: String,
}

/// A line that is no suggestion. The words are `suggestions-bad-<wrong>`.
#[derive(Clone, Serialize)]
pub struct BadSuggestion {
    /// The id of its field.
    pub field: String,
    /// The domain's name.
    pub title: String,
    /// The language's code.
    pub language: &'static str,
    /// Which line, from 1.
    pub line: usize,
    /// What stands there.
    pub text: String,
    /// `text`, `source` or `long`.
    pub wrong: &'static str,
}

/// One version.
#[derive(Clone, Serialize)]
pub struct SuggestionVersion {
    /// Its number.
    pub version: i64,
    /// Who and when, formatted; none for the one that ships.
    pub saved: Option<String>,
    /// Why.
    pub why: String,
    /// What it has and the one before has not.
    pub added: Vec<String>,
    /// What the one before has and it has not.
    pub removed: Vec<String>,
}

impl Page for Suggestions {
    const TEMPLATE: &'static str = "staff/admin/suggestions.html";

    fn samples() -> Vec<Self> {
        let titles = ["Working together", "Motivation and readiness", "Support from others", "Life events"];
        let domains = Domain::ALL.iter().zip(titles).map(|(domain, title)| DomainField {
            domain: *domain,
            title: title.into(),
            en: "Ask what happened. | Constructed\nWrite the aims down together again. | Constructed".into(),
            es: "Pregunte qué ha pasado. | Elaboración propia".into(),
        });
        let shipped = SuggestionVersion { version: 0, saved: None, why: String::new(), added: vec![], removed: vec![] };
        let changed = SuggestionVersion {
            version: 1,
            saved: Some("Sam Okafor, Mar 9, 2026".into()),
            why: "The group for parents has begun".into(),
            added: vec!["Offer the group for parents. | Constructed".into()],
            removed: vec!["Ask what happened. | Constructed".into()],
        };
        let full = Self {
            shell: sample_shell(),
            sections: sample_sections(Section::Suggestions),
            version: 1,
            domains: domains.collect(),
            why: String::new(),
            bad: vec![],
            versions: vec![changed, shipped.clone()],
            problems: vec![],
        };
        let bad = |line, wrong| BadSuggestion {
            field: "suggest_alliance_en".into(),
            title: "Working together".into(),
            language: "en",
            line,
            text: "Offer the group for parents.".into(),
            wrong,
        };
        let wrong = Self {
            bad: vec![bad(2, "source"), bad(3, "text"), bad(5, "long")],
            problems: vec![
                FieldProblem::new("suggestions", Wrong::Choose),
                FieldProblem::new("suggestions_why", Wrong::Required),
            ],
            ..full.clone()
        };
        let first = Self { version: 0, versions: vec![shipped], ..full.clone() };
        vec![full, wrong, first]
    }
}
