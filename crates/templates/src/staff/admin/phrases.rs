//! The phrases that ask a person to read a client's own words: the list in use, the ones before, and the next version.

use serde::Serialize;

use super::{Section, SectionLink, sample_sections, sample_shell};
use crate::Page;
use crate::staff::{FieldProblem, Shell, Wrong};

/// The list (`phrases_en`, `phrases_es`, `phrases_why`, `from`).
#[derive(Clone, Serialize)]
pub struct Phrases {
    /// The frame.
    pub shell: Shell,
    /// The parts of the administration.
    pub sections: Vec<SectionLink>,
    /// The version in use; 0 is the one that ships.
    pub version: i64,
    /// Where the list that ships comes from.
    pub source: String,
    /// When it was made.
    pub date: String,
    /// The lists as typed: field, the language's own name, one phrase a line.
    pub lists: Vec<PhraseField>,
    /// Why it is changed, as typed.
    pub why: String,
    /// Lines that cannot be phrases.
    pub bad: Vec<BadPhrase>,
    /// The versions before, the newest first.
    pub versions: Vec<PhraseVersion>,
    /// What is wrong.
    pub problems: Vec<FieldProblem>,
}

/// The phrases of one language.
#[derive(Clone, Serialize)]
pub struct PhraseField {
    /// The name of its field.
    pub field: String,
    /// The language's code.
    pub code: String,
    /// One phrase a line.
    pub text: String,
}

/// A line that cannot be a phrase. The words are `phrase-<wrong>`.
#[derive(Clone, Serialize)]
pub struct BadPhrase {
    /// The field it stands in.
    pub field: String,
    /// Which line, from 1.
    pub line: usize,
    /// What stands there.
    pub text: String,
    /// `short`, `long` or `star`.
    pub wrong: &'static str,
}

/// One version.
#[derive(Clone, Serialize)]
pub struct PhraseVersion {
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

impl Page for Phrases {
    const TEMPLATE: &'static str = "staff/admin/phrases.html";

    fn samples() -> Vec<Self> {
        let field = |code: &str, text: &str| PhraseField {
            field: format!("phrases_{code}"),
            code: code.into(),
            text: text.into(),
        };
        let shipped = PhraseVersion { version: 0, saved: None, why: String::new(), added: vec![], removed: vec![] };
        let changed = PhraseVersion {
            version: 1,
            saved: Some("Sam Okafor, Mar 9, 2026".into()),
            why: "Asked for in supervision".into(),
            added: vec!["drive into".into(), "desaparecer".into()],
            removed: vec!["kill them".into()],
        };
        let full = Self {
            shell: sample_shell(),
            sections: sample_sections(Section::Phrases),
            version: 1,
            source: "Constructed for this project; not validated".into(),
            date: "2026-11".into(),
            lists: vec![
                field("en", "suicid*\nkill myself\nend it all\ndrive into"),
                field("es", "suicid*\nquitarme la vida\nno puedo más"),
            ],
            why: String::new(),
            bad: vec![],
            versions: vec![changed, shipped.clone()],
            problems: vec![],
        };
        let wrong = Self {
            lists: vec![field("en", "suicid*\ndie"), field("es", "")],
            bad: vec![BadPhrase { field: "phrases_en".into(), line: 2, text: "die".into(), wrong: "short" }],
            problems: vec![
                FieldProblem::new("phrases_en", Wrong::Choose),
                FieldProblem::new("phrases_es", Wrong::Required),
                FieldProblem::new("phrases_why", Wrong::Required),
            ],
            ..full.clone()
        };
        let first = Self { version: 0, versions: vec![shipped], ..full.clone() };
        vec![full, wrong, first]
    }
}
