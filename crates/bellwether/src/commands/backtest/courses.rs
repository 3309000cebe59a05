//! Closed courses from a file: every score is kept, in the order of the sessions.

use crate::Refusal;
use crate::commands::research_file::{Column, Line, Row, Rows};
use crate::wiring::complain;
use chrono::{Datelike, NaiveDate};
use stats::backtest::{Ending, Episode};
use std::collections::BTreeMap;

/// The courses, sorted by id, so that the order of the rows does not matter.
pub struct Courses {
    pub episodes: Vec<Episode>,
    columns: Columns,
    repeated: Option<Line>,
    without_score: Option<Line>,
    open: usize,
}

#[derive(Clone, Copy)]
struct Columns {
    end_date: Option<Column>,
    dropout: Option<Column>,
}

impl Courses {
    /// Reads a file with the columns id, session, the scores', and `end_date` and `dropout` if there are any.
    pub fn read(rows: &mut Rows, score_column: &str) -> Result<Self, Refusal> {
        let [id_column, session_column, score_column] = rows
            .columns(["id", "session", score_column])
            .map_err(|error| Refusal::Data(format!("{error}; name the column of the scores with --score-column")))?;
        let columns = Columns { end_date: rows.column("end_date"), dropout: rows.column("dropout") };
        let mut people: BTreeMap<Box<[u8]>, Episode> = BTreeMap::new();
        let (mut repeated, mut without_score) = (None, None);
        while let Some(row) = rows.next()? {
            let episode = people.entry(row.id(id_column)?.into()).or_insert_with(|| Episode {
                scores: Vec::new(),
                closed: None,
                ending: Ending::Unknown,
            });
            let session = row.given(session_column)?;
            if session < 1.0 {
                return Err(row.fault(session_column, "is below 1", "sessions count from 1"));
            }
            columns.note(&row, episode)?;
            let Some(score) = row.number(score_column)? else {
                without_score.get_or_insert(row.line);
                continue;
            };
            // Rows mostly come in order; otherwise the score goes behind those of the same session.
            let place = episode.scores.partition_point(|(earlier, _)| *earlier <= session);
            if place > 0 && episode.scores[place - 1].0.to_bits() == session.to_bits() {
                repeated.get_or_insert(row.line);
            }
            episode.scores.insert(place, (session, score));
        }
        let episodes: Vec<Episode> = people.into_values().filter(|episode| !episode.scores.is_empty()).collect();
        let open = episodes.iter().filter(|episode| episode.closed.is_none()).count();
        Ok(Self { episodes, columns, repeated, without_score, open })
    }

    /// Says what a reader of the result should know of the file.
    pub fn report(&self) {
        if let Some(line) = self.repeated {
            complain(&format!("warning: rows repeat an id and session; all are used (first: line {line})"));
        }
        if let Some(line) = self.without_score {
            complain(&format!("note: rows without a score are left out (first: line {line})"));
        }
        if self.dated() && self.open > 0 {
            complain(&format!("note: {} course(s) without an end_date are left out", self.open));
        }
    }

    /// Whether the file says when courses ended.
    pub const fn dated(&self) -> bool {
        self.columns.end_date.is_some()
    }

    /// The day before which seven tenths of the closed courses had ended.
    pub fn usual_split(&self) -> Option<i64> {
        let mut days: Vec<i64> = self.episodes.iter().filter_map(|episode| episode.closed).collect();
        days.sort_unstable();
        days.get(days.len() * 7 / 10).copied()
    }
}

impl Columns {
    /// What a row says of the end of its course. Rows of one course must agree.
    fn note(self, row: &Row<'_>, episode: &mut Episode) -> Result<(), Refusal> {
        if let Some(column) = self.end_date {
            let text = row.text(column);
            if !matches!(text, b"" | b"NA") {
                let day = std::str::from_utf8(text)
                    .ok()
                    .and_then(|text| text.parse::<NaiveDate>().ok())
                    .map(|day| i64::from(day.num_days_from_ce()))
                    .ok_or_else(|| row.fault(column, "is not a date", "write it as YYYY-MM-DD, or leave it empty"))?;
                if episode.closed.is_some_and(|before| before != day) {
                    return Err(row.fault(column, "differs from an earlier row of the person", "give one date to all"));
                }
                episode.closed = Some(day);
            }
        }
        if let Some(column) = self.dropout {
            let ending = match row.text(column) {
                b"" | b"NA" => return Ok(()),
                b"1" | b"true" | b"yes" | b"TRUE" => Ending::DroppedOut,
                b"0" | b"false" | b"no" | b"FALSE" => Ending::Planned,
                _ => {
                    return Err(row.fault(column, "is neither 1 nor 0", "write 1 for a course that broke off, else 0"));
                }
            };
            if episode.ending != Ending::Unknown && episode.ending != ending {
                return Err(row.fault(column, "differs from an earlier row of the person", "give one value to all"));
            }
            episode.ending = ending;
        }
        Ok(())
    }
}
