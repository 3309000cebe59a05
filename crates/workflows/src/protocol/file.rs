//! A protocol as a file that a person can read, keep beside their notes, and bring into another practice.

use super::Draft;
use care::protocol::{Budget, Line, Protocol, ProtocolState};
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use toml::value::{Date, Datetime};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    in_force_from: Option<Day>,
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

/// A day as TOML writes one: without a time, without quotes.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "Datetime", into = "Datetime")]
struct Day(NaiveDate);

impl From<Day> for Datetime {
    fn from(Day(day): Day) -> Self {
        let part = |number: u32| u8::try_from(number).unwrap_or_default();
        let year = u16::try_from(day.year()).unwrap_or_default();
        Self::from(Date { year, month: part(day.month()), day: part(day.day()) })
    }
}

impl TryFrom<Datetime> for Day {
    type Error = &'static str;

    fn try_from(written: Datetime) -> Result<Self, Self::Error> {
        let date = written.date.filter(|_| written.time.is_none());
        date.and_then(|one| NaiveDate::from_ymd_opt(one.year.into(), one.month.into(), one.day.into()))
            .map(Self)
            .ok_or("in_force_from is a day without a time and without quotes, as in 2026-03-09")
    }
}

/// A version as a file. The day from which it is in force is in it while it waits for that day.
pub fn to_file(protocol: &Protocol) -> String {
    let file = File {
        name: protocol.name.clone(),
        in_force_from: protocol.in_force_from.filter(|_| protocol.state == ProtocolState::Scheduled).map(Day),
        budget: protocol.budget,
        lines: protocol.lines.clone(),
    };
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
    Ok(Draft {
        name: file.name,
        lines: file.lines,
        budget: file.budget,
        in_force_from: file.in_force_from.map(|Day(day)| day),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use care::protocol::{Conditions, Rhythm, Stop, Turn, Weight};
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
            in_force_from: None,
            created_at: chrono::DateTime::from_timestamp(0, 0).unwrap(),
        };
        let text = to_file(&protocol);
        let draft = from_file(&text).unwrap();
        assert_eq!(draft.in_force_from, None);
        let parts = (protocol.name.clone(), protocol.lines.clone(), protocol.budget);
        assert_eq!((draft.name, draft.lines, draft.budget), parts, "{text}");

        let ahead = Protocol {
            state: ProtocolState::Scheduled,
            in_force_from: NaiveDate::from_ymd_opt(2026, 3, 9),
            ..protocol
        };
        let text = to_file(&ahead);
        assert!(text.contains("in_force_from = 2026-03-09\n"), "{text}");
        assert_eq!(from_file(&text).unwrap().in_force_from, ahead.in_force_from);
        let begun = Protocol { state: ProtocolState::Current, ..ahead };
        assert!(!to_file(&begun).contains("in_force_from"), "a day that has passed would be refused");
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_line() {
        let wrong = "name = \"Standard\"\n\n[[line]]\ninstrument = \"phq-9\"\nrhythm = { when = \"weekly\" }\n";
        let error = from_file(wrong).unwrap_err();
        assert_eq!(error.line, 5, "{error}");
        assert!(error.says.contains("'weekly' is not a rhythm"), "{error}");
        let typo = from_file("name = \"S\"\n[[line]]\ninstrument = \"phq-9\"\nrhytm = 1\n").unwrap_err();
        assert!((2..=4).contains(&typo.line), "{typo}");
        let with_time = "name = \"S\"\nin_force_from = 2026-03-09T08:00:00\n[[line]]\n";
        let error = from_file(with_time).unwrap_err();
        assert_eq!(error.line, 2, "{error}");
        assert!(error.says.contains("without a time"), "{error}");
        assert_eq!(from_file("name = \"S\"\nin_force_from = \"soon\"\n[[line]]\n").unwrap_err().line, 2);
    }
}
