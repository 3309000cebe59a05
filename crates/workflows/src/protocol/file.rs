//! A protocol as a file that a person can read, keep beside their notes, and bring into another practice.

use super::Draft;
use care::protocol::{Budget, Line, Protocol};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    budget: Option<Budget>,
    #[serde(rename = "line")]
    lines: Vec<Line>,
}

/// A file that cannot be read, with the place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {says}")]
pub struct FileError {
    /// Line of the file, from 1.
    pub line: usize,
    /// What is wrong there.
    pub says: String,
}

/// A version as a file.
pub fn to_file(protocol: &Protocol) -> String {
    let file = File { name: protocol.name.clone(), budget: protocol.budget, lines: protocol.lines.clone() };
    let body = toml::to_string(&file).unwrap_or_default();
    format!("# {}, version {}\n\n{body}", protocol.name, protocol.version)
}

/// Reads a file; what it asks for is checked when it is published.
///
/// # Errors
/// The line at which the file stops making sense, and why.
pub fn from_file(text: &str) -> Result<Draft, FileError> {
    let file: File = toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start).min(text.len());
        FileError {
            line: text.get(..start).map_or(1, |before| before.matches('\n').count() + 1),
            says: error.message().to_owned(),
        }
    })?;
    Ok(Draft { name: file.name, lines: file.lines, budget: file.budget })
}

#[cfg(test)]
mod tests {
    use super::*;
    use care::protocol::{Conditions, ProtocolState, Rhythm, Stop, Turn, Weight};
    use care::{Language, ProtocolId};

    #[test]
    fn a_file_comes_back_as_it_was() {
        let mut special = Line::new("gad-7", Rhythm::BeforeEvery(Turn { every: 2, from: 3 }));
        special.weight = Weight::Supplemental;
        special.priority = 8;
        special.conditions = Conditions { from_age: Some(18), languages: vec![Language::Es], ..Conditions::default() };
        special.stop = Some(Stop::AfterTimes(4));
        let protocol = Protocol {
            id: ProtocolId::from_text("p"),
            name: "Standard".into(),
            version: 3,
            lines: vec![Line::new("phq-9", Rhythm::EveryWeeks(2)), special, Line::new("phq-9", Rhythm::FollowUp(6))],
            budget: Some(Budget { items: 30, seconds: 240 }),
            state: ProtocolState::Current,
            created_at: chrono::DateTime::from_timestamp(0, 0).unwrap(),
        };
        let text = to_file(&protocol);
        let draft = from_file(&text).unwrap();
        assert_eq!((draft.name, draft.lines, draft.budget), (protocol.name, protocol.lines, protocol.budget), "{text}");
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_line() {
        let wrong = "name = \"Standard\"\n\n[[line]]\ninstrument = \"phq-9\"\nrhythm = { when = \"weekly\" }\n";
        let error = from_file(wrong).unwrap_err();
        assert_eq!(error.line, 5, "{error}");
        assert!(error.says.contains("'weekly' is not a rhythm"), "{error}");
        let typo = from_file("name = \"S\"\n[[line]]\ninstrument = \"phq-9\"\nrhytm = 1\n").unwrap_err();
        assert!((2..=4).contains(&typo.line), "{typo}");
    }
}
