//! The rows of a file: read with what the practice knows and the person said, taken over a batch at a time, with or without
//! a commit at the end of each.

use crate::App;
use crate::error::Result;
use crate::staff::people::People;
use crate::staff::session::Signed;
use care::import::{AppointmentRow, ClientRow, DayOrder, ImportChange, ImportKind, ImportRun};
use care::{ClientId, SiteId, local_time};
use exchange::{Column, DateOrder, Options, RowError, appointments_csv, clients_csv};
use std::collections::HashMap;
use store::Tx;
use templates::staff::admin::RowDoes;
use workflows::Problem;
use workflows::import::{BATCH, Choices, KnownPeople, RowOutcome, Run, appointments, clients};

/// The country of numbers without a country code.
const REGION: &str = "US";
/// Changes that are read back of one batch at most: eight for each of its rows.
const CHANGES: i64 = 1600;

/// A file as it is understood.
pub(super) struct Understood {
    /// The headers of the file.
    pub headers: Vec<String>,
    /// Our columns with the headers they are found under.
    pub columns: Vec<(&'static Column, Option<String>)>,
    rows: Rows,
    errors: Vec<RowError>,
    ignored: Vec<String>,
    site: Option<SiteId>,
}

enum Rows {
    Clients(Vec<ClientRow>),
    Appointments(Vec<AppointmentRow>),
}

impl Understood {
    /// Reads the file as the person said.
    pub(super) fn of(app: &App, me: &Signed, people: &People, kind: ImportKind, file: &str, choices: &Choices) -> Self {
        let options = options(app, me, people, choices);
        let known = match kind {
            ImportKind::Clients => clients_csv::COLUMNS,
            ImportKind::Appointments => appointments_csv::COLUMNS,
        };
        let none = || known.iter().map(|column| (column, None)).collect();
        let (headers, columns) = match exchange::understand(file.as_bytes(), known, &options) {
            Ok(understood) => (understood.headers, understood.columns),
            Err(_) => (Vec::new(), none()),
        };
        let (rows, errors, ignored) = match kind {
            ImportKind::Clients => {
                let parsed = clients_csv::parse(file.as_bytes(), &options);
                (Rows::Clients(parsed.rows), parsed.errors, parsed.ignored)
            }
            ImportKind::Appointments => {
                let parsed = appointments_csv::parse(file.as_bytes(), &options);
                (Rows::Appointments(parsed.rows), parsed.errors, parsed.ignored)
            }
        };
        Self { headers, columns, rows, errors, ignored, site: choices.site.clone() }
    }
}

fn options(app: &App, me: &Signed, people: &People, choices: &Choices) -> Options {
    let mut options = Options::new(REGION, app.now()).expect("the country is one the library knows");
    options.date_order = match choices.day_order {
        DayOrder::Unknown => DateOrder::Unknown,
        DayOrder::MonthFirst => DateOrder::MonthFirst,
        DayOrder::DayFirst => DateOrder::DayFirst,
    };
    options.consent_wording.clone_from(&choices.wording);
    options.default_zone = Some(choices.site.as_ref().map_or(me.zone, |site| people.zone(site)));
    for site in &people.sites {
        if let Some(zone) = local_time::zone(&site.zone) {
            options = options.with_site(&site.name, zone);
        }
    }
    for (name, header) in &choices.columns {
        options = options.with_column(name, Some(header.as_str()).filter(|header| !header.is_empty()));
    }
    options
}

/// What became of a row, or would.
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

/// What became of a file, or would.
pub(super) struct Outcome {
    pub rows: Vec<RowResult>,
    pub ignored: Vec<String>,
    pub created: usize,
    pub changed: usize,
    pub same: usize,
    pub rejected: usize,
    /// Whose data the rows are about, of those known before.
    pub clients: Vec<ClientId>,
}

impl Outcome {
    fn new(understood: &Understood) -> Self {
        let line = |error: &RowError| i64::try_from(error.line).unwrap_or(i64::MAX);
        let mut rows: Vec<RowResult> = Vec::new();
        for error in &understood.errors {
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
        let rejected = rows.len();
        Self {
            rows,
            ignored: understood.ignored.clone(),
            created: 0,
            changed: 0,
            same: 0,
            rejected,
            clients: Vec::new(),
        }
    }

    fn take(&mut self, line: u64, name: String, outcome: Done) {
        let (does, fields, faults) = match outcome {
            Done::Created => (RowDoes::Created, Vec::new(), Vec::new()),
            Done::Merged(fields) if fields.is_empty() => (RowDoes::Same, fields, Vec::new()),
            Done::Merged(fields) => (RowDoes::Changed, fields, Vec::new()),
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

enum Done {
    Created,
    Merged(Vec<String>),
    Rejected(Vec<Problem>),
}

/// What the file would do: every batch is rolled back.
pub(super) async fn look(app: &App, me: &Signed, run: &ImportRun, understood: &Understood) -> Result<Outcome> {
    go_through(app, me, run, understood, End::RollBack).await
}

/// Takes the rows over, a batch at a time.
pub(super) async fn take_over(app: &App, me: &Signed, run: &ImportRun, understood: &Understood) -> Result<Outcome> {
    go_through(app, me, run, understood, End::Commit).await
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Commit,
    RollBack,
}

async fn go_through(app: &App, me: &Signed, run: &ImportRun, understood: &Understood, end: End) -> Result<Outcome> {
    let how = Run { by: me.actor(), default_site: understood.site.clone(), record: Some(run.id.clone()) };
    let mut outcome = Outcome::new(understood);
    let mut read = app.db.read(&me.practice).await?;
    let mut known = KnownPeople::read(&mut read).await?;
    drop(read);
    match &understood.rows {
        Rows::Clients(rows) => {
            for batch in rows.chunks(BATCH) {
                let mut tx = app.db.write(&me.practice).await?;
                let found = clients(&mut tx, &app.ctx, &how, &mut known, batch).await?;
                let fields = changed_fields(&mut tx, run).await?;
                close(tx, end).await?;
                for (row, one) in batch.iter().zip(found) {
                    if let RowOutcome::Merged(id) = &one {
                        outcome.clients.push(id.clone());
                    }
                    outcome.take(row.line, row.name.text().to_owned(), told(one, &fields));
                }
            }
        }
        Rows::Appointments(rows) => {
            for batch in rows.chunks(BATCH) {
                let mut tx = app.db.write(&me.practice).await?;
                let found = appointments(&mut tx, &app.ctx, &how, batch).await?;
                let fields = changed_fields(&mut tx, run).await?;
                close(tx, end).await?;
                for (row, one) in batch.iter().zip(found) {
                    let name = format!("{} · {}", row.external_id, me.telling(app).session(row.starts_at));
                    outcome.take(row.line, name, told(one, &fields));
                }
            }
        }
    }
    Ok(outcome)
}

async fn close(tx: Tx, end: End) -> Result<()> {
    if end == End::Commit {
        tx.commit().await?;
    }
    Ok(())
}

/// The fields that the run has changed, by what they belong to.
async fn changed_fields(tx: &mut Tx, run: &ImportRun) -> Result<HashMap<String, Vec<String>>> {
    let changes = store::import_run::changes(tx, &run.id, CHANGES).await?;
    let is_change = |what| matches!(what, ImportChange::ClientChanged | ImportChange::AppointmentChanged);
    Ok(changes
        .into_iter()
        .filter(|change| is_change(change.what))
        .map(|change| (change.subject_id, change.fields))
        .collect())
}

fn told<T: care::TextValue>(outcome: RowOutcome<T>, fields: &HashMap<String, Vec<String>>) -> Done {
    match outcome {
        RowOutcome::Created(_) => Done::Created,
        RowOutcome::Merged(id) => Done::Merged(fields.get(id.as_text()).cloned().unwrap_or_default()),
        RowOutcome::Rejected(problems) => Done::Rejected(problems),
    }
}
