//! What clients are told before they agree to messages: the version in force, the ones before, and publishing the next.

use serde::Serialize;

use super::{Section, SectionLink, sample_sections, sample_shell};
use crate::Page;
use crate::staff::{FieldProblem, Shell, Wrong};

/// The consent wordings (`version`, `body_en`, `body_es`).
#[derive(Clone, Serialize)]
pub struct ConsentWordings {
    /// The frame.
    pub shell: Shell,
    /// The parts of the administration.
    pub sections: Vec<SectionLink>,
    /// The versions, the one in force first.
    pub versions: Vec<WordingVersion>,
    /// The name of the next version, as typed.
    pub version: String,
    /// Its texts, one field per language.
    pub bodies: Vec<WordingBody>,
    /// What is wrong.
    pub problems: Vec<FieldProblem>,
}

/// One version.
#[derive(Clone, Serialize)]
pub struct WordingVersion {
    /// Its name.
    pub version: String,
    /// Since when, formatted.
    pub since: String,
    /// Who published it; none for the one a practice starts with.
    pub by: Option<String>,
    /// Consents that hold now and were given to it.
    pub held: i64,
    /// Its texts.
    pub texts: Vec<WordingBody>,
}

/// A text in one language.
#[derive(Clone, Serialize)]
pub struct WordingBody {
    /// The language's code.
    pub code: String,
    /// Its own name.
    pub language: String,
    /// The name of its field.
    pub field: String,
    /// The text.
    pub text: String,
}

impl Page for ConsentWordings {
    const TEMPLATE: &'static str = "staff/admin/consents.html";

    fn samples() -> Vec<Self> {
        let body = |code: &str, language: &str, text: &str| WordingBody {
            code: code.into(),
            language: language.into(),
            field: format!("body_{code}"),
            text: text.into(),
        };
        let texts = vec![
            body("en", "English", "We would like to send you short questionnaires.\n\nYou may stop at any time."),
            body("es", "Español", "Nos gustaría enviarle cuestionarios breves.\n\nPuede dejarlo cuando quiera."),
        ];
        let version = |version: &str, by: Option<&str>, held| WordingVersion {
            version: version.into(),
            since: "Jan 5, 2026".into(),
            by: by.map(Into::into),
            held,
            texts: texts.clone(),
        };
        let full = Self {
            shell: sample_shell(),
            sections: sample_sections(Section::Consents),
            versions: vec![version("2026-03", Some("Sam Okafor"), 212), version("2025-01", None, 14)],
            version: String::new(),
            bodies: texts.clone(),
            problems: vec![],
        };
        let wrong = Self {
            version: "2026-03".into(),
            problems: vec![FieldProblem::new("version", Wrong::Taken), FieldProblem::new("body_es", Wrong::Required)],
            ..full.clone()
        };
        vec![full, wrong]
    }
}
