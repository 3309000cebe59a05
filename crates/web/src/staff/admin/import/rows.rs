//! What a file would do, row by row: its rows are taken over in transactions that are never committed.

use crate::App;
use crate::error::Result;
use crate::staff::session::Signed;
use care::ClientId;
use care::import::ImportRun;
use exchange::RowError;
use std::collections::HashMap;
use templates::staff::admin::RowDoes;
use workflows::import::{Done, KnownPeople, Reading, Rows};

/// Batches that are looked at: a person waits for it, and nobody reads more rows than these before they decide.
const LOOKED: usize = 50;

/// What would become of a row.
pub(super) struct RowResult {
    pub line: i64,
    pub name: String,
    pub does: RowDoes,
    pub fields: Vec<String>,
    /// Fields and keys of words.
    pub faults: Vec<(String, &'static str)>,
    /// Faults in the file's own words.
    pub said: Vec<String>,
}

impl RowResult {
    /// What is wrong first, then what changes.
    pub(super) fn rank(&self) -> u8 {
        match self.does {
            RowDoes::Rejected => 0,
            RowDoes::Changed => 1,
            RowDoes::Created => 2,
            RowDoes::Same => 3,
        }
    }
}

/// What would become of a file.
pub(super) struct Outcome {
    pub rows: Vec<RowResult>,
    pub ignored: Vec<String>,
    pub created: usize,
    pub changed: usize,
    pub same: usize,
    pub rejected: usize,
    /// Rows that can be used and were not looked at.
    pub unseen: usize,
    /// Whose data the rows are about, of those known before.
    pub clients: Vec<ClientId>,
}

impl Outcome {
    fn new(reading: &Reading) -> Self {
        let line = |error: &RowError| i64::try_from(error.line).unwrap_or(i64::MAX);
        let mut rows: Vec<RowResult> = Vec::new();
        for error in &reading.errors {
            let said = error.to_string();
            match rows.last_mut().filter(|last| last.line == line(error)) {
                Some(last) => last.said.push(said),
                None => rows.push(RowResult {
                    line: line(error),
                    name: String::new(),
                    does: RowDoes::Rejected,
                    fields: Vec::new(),
                    faults: Vec::new(),
                    said: vec![said],
                }),
            }
        }
        Self {
            rejected: rows.len(),
            rows,
            ignored: reading.ignored.clone(),
            created: 0,
            changed: 0,
            same: 0,
            unseen: 0,
            clients: Vec::new(),
        }
    }

    fn take(&mut self, line: u64, name: String, done: Done) {
        let (does, fields, faults) = match done {
            Done::Created => (RowDoes::Created, Vec::new(), Vec::new()),
            Done::Merged(client, fields) => {
                self.clients.extend(client);
                (if fields.is_empty() { RowDoes::Same } else { RowDoes::Changed }, fields, Vec::new())
            }
            Done::Rejected(problems) => {
                let faults = problems.into_iter().map(|problem| (problem.field, problem.key)).collect();
                (RowDoes::Rejected, Vec::new(), faults)
            }
        };
        match does {
            RowDoes::Created => self.created += 1,
            RowDoes::Changed => self.changed += 1,
            RowDoes::Same => self.same += 1,
            RowDoes::Rejected => self.rejected += 1,
        }
        let line = i64::try_from(line).unwrap_or(i64::MAX);
        self.rows.push(RowResult { line, name, does, fields, faults, said: Vec::new() });
    }
}

/// What the file would do: every batch is rolled back.
pub(super) async fn look(app: &App, me: &Signed, run: &ImportRun, reading: &Reading) -> Result<Outcome> {
    let mut outcome = Outcome::new(reading);
    let mut read = app.db.read(&me.practice).await?;
    let mut known = KnownPeople::read(&mut read).await?;
    drop(read);
    let names = names(app, me, reading);
    let (mut last, mut seen) = (0, 0);
    for _ in 0..LOOKED {
        let mut tx = app.db.write(&me.practice).await?;
        let batch = reading.take(&mut tx, &app.ctx, run, &me.actor(), &mut known, last).await?;
        drop(tx);
        let Some((line, _)) = batch.last() else { break };
        last = *line;
        seen += batch.len();
        for (line, done) in batch {
            outcome.take(line, names.get(&line).cloned().unwrap_or_default(), done);
        }
    }
    outcome.unseen = names.len() - seen;
    Ok(outcome)
}

/// Whom the lines of the file are about.
fn names(app: &App, me: &Signed, reading: &Reading) -> HashMap<u64, String> {
    match &reading.rows {
        Rows::Clients(rows) => rows.iter().map(|row| (row.line, row.name.text().to_owned())).collect(),
        Rows::Appointments(rows) => {
            let telling = me.telling(app);
            let name = |id: &str, at| format!("{id} · {}", telling.session(at));
            rows.iter().map(|row| (row.line, name(&row.external_id, row.starts_at))).collect()
        }
    }
}
