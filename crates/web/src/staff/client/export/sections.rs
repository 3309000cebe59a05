//! The parts of the record that are told line by line: when, who, what, out of the tables as they are held.

use crate::error::Result;
use crate::staff::people::People;
use crate::staff::words::Telling;
use care::goal::Goal;
use care::{Instant, StaffId};
use chrono::{DateTime, NaiveDate};
use instruments::Library;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use store::Read;
use store::held::HeldRow;
use templates::staff::{ExportNote, ExportSection};
use templates::{Templates, format};

/// Names of the practice's protocols, programmes and payers, by id.
pub struct Names(BTreeMap<String, String>);

impl Names {
    /// Reads them.
    pub async fn of(read: &mut Read) -> Result<Self> {
        let protocols = store::protocol::list(read).await?;
        let placements = store::placement::list(read).await?;
        let protocols = protocols.into_iter().map(|one| (one.id.to_string(), format!("{} {}", one.name, one.version)));
        let placements = placements.into_iter().map(|one| (one.id.to_string(), one.name));
        Ok(Self(protocols.chain(placements).collect()))
    }
}

/// What the lines are told from.
pub struct Teller<'a> {
    pub templates: &'a Templates,
    pub library: &'a Library,
    pub people: &'a People,
    pub telling: Telling,
    pub names: &'a Names,
    pub tables: &'a BTreeMap<String, Vec<HeldRow>>,
}

/// A table whose rows are lines: what the section is called, when and by whom a line was, and its words.
struct Lines {
    section: &'static str,
    table: &'static str,
    at: &'static str,
    by: &'static str,
    words: &'static [Word],
}

/// A part of a line, out of a column; nothing where the column is empty.
#[derive(Clone, Copy)]
enum Word {
    /// The same for every row.
    Said(&'static str),
    /// A state: the words are `<prefix><state>`.
    State(&'static str, &'static str),
    /// The text itself.
    Text(&'static str),
    /// Something with a name, by its id.
    Named(&'static str),
    /// A questionnaire, named in a document.
    Instrument(&'static str),
    /// A state in a document.
    Within(&'static str, &'static str, &'static str),
}

use Word::{Instrument, Named, Said, State, Text, Within};

const fn lines(
    section: &'static str,
    table: &'static str,
    at: &'static str,
    by: &'static str,
    words: &'static [Word],
) -> Lines {
    Lines { section, table, at, by, words }
}

/// In the order of the page; lines of one section stand together.
const SECTIONS: &[Lines] = &[
    lines(
        "courses",
        "episode",
        "started_on",
        "",
        &[
            Named("protocol_id"),
            Named("programme_id"),
            Named("payer_id"),
            Named("modality_id"),
            Named("problem_id"),
            State("discharge-", "discharge_reason"),
        ],
    ),
    lines("courses", "referral_decline", "declined_at", "clinician_id", &[Said("export-declined"), Text("reason")]),
    lines(
        "signals",
        "signal",
        "raised_at",
        "",
        &[State("signal-", "level"), State("rule-", "rule"), Instrument("inputs")],
    ),
    lines(
        "reasons",
        "case_reason",
        "raised_at",
        "acknowledged_by",
        &[State("level-", "level"), State("rule-", "rule"), Instrument("inputs"), State("disposition-", "disposition")],
    ),
    lines(
        "plan",
        "plan_change",
        "changed_at",
        "changed_by",
        &[State("plan-", "kind"), Text("what"), Text("why"), State("plan-outcome-", "outcome")],
    ),
    lines(
        "questions",
        "protocol_exception",
        "decided_at",
        "decided_by",
        &[Within("exception-", "what", "what"), Instrument("what"), Text("reason"), Text("until_day")],
    ),
    lines(
        "questions",
        "protocol_change",
        "decided_at",
        "decided_by",
        &[Named("before_id"), Named("after_id"), Text("reason")],
    ),
    lines("supervision", "discuss_flag", "raised_at", "raised_by", &[Said("topic-discuss"), Text("note")]),
    lines(
        "supervision",
        "supervision_decision",
        "held_on",
        "owner_id",
        &[State("topic-", "topic"), Text("text"), Text("due_on")],
    ),
    lines("supervision", "case_checklist", "checked_at", "checked_by", &[State("check-", "item")]),
    lines("supervision", "case_verification", "closed_at", "", &[State("verification-", "state")]),
    lines(
        "contacts",
        "outreach",
        "raised_at",
        "owner_id",
        &[Said("export-outreach"), State("outreach-outcome-", "outcome")],
    ),
    lines("contacts", "outreach_try", "at", "by_id", &[State("outreach-try-", "result")]),
    lines("contacts", "appointment_notice", "starts_at", "", &[Said("export-notice")]),
    lines("contacts", "appointment_reply", "replied_at", "", &[State("reply-", "reply")]),
    lines("contacts", "task", "raised_at", "done_by", &[State("task-", "kind")]),
];

impl Teller<'_> {
    /// Every section that has lines, goals first.
    pub fn sections(&self, goals: &[Goal]) -> Vec<ExportSection> {
        let mut told: Vec<ExportSection> = Vec::new();
        told.extend(self.section("goals", self.goals(goals)));
        for lines in SECTIONS.chunk_by(|one, next| one.section == next.section) {
            let Some(first) = lines.first() else { continue };
            let rows = lines.iter().flat_map(|lines| self.rows(lines).filter_map(|row| self.line(lines, row)));
            told.extend(self.section(first.section, rows.collect()));
        }
        told
    }

    /// The latest line first.
    fn section(&self, key: &str, mut lines: Vec<(Instant, ExportNote)>) -> Option<ExportSection> {
        lines.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        let title = self.said(&format!("export-{key}"));
        let lines: Vec<ExportNote> = lines.into_iter().map(|(_, line)| line).collect();
        (!lines.is_empty()).then(|| ExportSection { id: key.to_owned(), title, lines })
    }

    fn rows(&self, lines: &Lines) -> impl Iterator<Item = &HeldRow> {
        self.tables.get(lines.table).into_iter().flatten()
    }

    fn line(&self, lines: &Lines, row: &HeldRow) -> Option<(Instant, ExportNote)> {
        let text = |column: &str| row.get(column).and_then(Json::as_str);
        let at = text(lines.at)?;
        let (instant, at) = if let Ok(instant) = DateTime::parse_from_rfc3339(at) {
            (instant.to_utc(), self.telling.date_time(instant.to_utc()))
        } else {
            let day: NaiveDate = at.parse().ok()?;
            let begins = care::local_time::at_minute(day, 0, self.telling.zone);
            (begins, format::day(day, self.telling.language))
        };
        let by = text(lines.by).map(|id| self.people.name(&StaffId::from_text(id))).unwrap_or_default();
        let words: Vec<String> = lines.words.iter().filter_map(|word| self.word(*word, row)).collect();
        Some((instant, ExportNote { at, by, text: words.join(" · ") }))
    }

    fn word(&self, word: Word, row: &HeldRow) -> Option<String> {
        let text = |column: &str| row.get(column).and_then(Json::as_str).filter(|text| !text.is_empty());
        let within = |column: &str, field: &str| row.get(column)?.get(field)?.as_str();
        match word {
            Said(key) => Some(self.said(key)),
            State(prefix, column) => Some(self.said(&format!("{prefix}{}", text(column)?))),
            Within(prefix, column, field) => Some(self.said(&format!("{prefix}{}", within(column, field)?))),
            Text(column) => Some(text(column)?.to_owned()),
            Named(column) => self.names.0.get(text(column)?).cloned(),
            Instrument(column) => {
                let line = || row.get(column)?.get("line")?.get("instrument")?.as_str();
                let id = within(column, "instrument").or_else(line)?;
                let known = self.library.current(id);
                Some(known.map_or_else(|| id.to_owned(), |one| one.short_name.get(self.telling.language).to_owned()))
            }
        }
    }

    /// What a word is called; the word itself where nothing is.
    fn said(&self, key: &str) -> String {
        self.templates.said(key, self.telling.language).unwrap_or_else(|| key.to_owned())
    }

    fn goals(&self, goals: &[Goal]) -> Vec<(Instant, ExportNote)> {
        let line =
            |at: Instant, by: String, text: String| (at, ExportNote { at: self.telling.date_time(at), by, text });
        let mut told = Vec::new();
        for goal in goals {
            for words in &goal.wordings {
                let by = self.people.name(&words.agreed_with);
                told.push(line(words.agreed_at, by, format!("{}. “{}”", goal.number, words.text.text())));
            }
            for rated in &goal.ratings {
                told.push(line(
                    rated.rated_at,
                    String::new(),
                    format!("{}. {} / {}", goal.number, rated.rating, care::goal::HIGHEST),
                ));
            }
        }
        told
    }
}
