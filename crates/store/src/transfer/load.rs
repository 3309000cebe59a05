//! The way in: into an empty place, all or nothing, and fenced.

use std::fmt::Write as _;

use care::PracticeId;
use chrono::{DateTime, Utc};
use serde_json::Value as JsonValue;
use tokio::sync::mpsc;

use super::catalog::{Catalog, Table, quoted};
use super::{FORMAT, Heading, LEFT_OUT, Line, Summary, TransferError, cell};
use crate::tx::Conn;
use crate::value::{Kind, Value};
use crate::{AuditEntry, Db, InstanceScope as _, InstanceTx, Result, newest_version};

/// Values of one statement at most, below the limits of both databases.
const VALUES: usize = 8000;
/// Tables that a program which was started on the empty place may have written to already.
const MACHINERY: &[&str] = &["session", "throttle", "fence", "backup", "job", "schedule", "instance"];

/// Where a copy comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A backup.
    Restore,
    /// An export of a practice that moves here.
    Import,
}

impl Origin {
    /// The text it is stored as.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Restore => "restore",
            Self::Import => "import",
        }
    }
}

/// What the reader of a copy hands over.
#[derive(Debug)]
pub enum Piece {
    /// One line.
    Line(Vec<u8>),
    /// The file was read to its end and is whole.
    Whole,
}

/// Puts a copy into an empty database, in one transaction, and fences it. A reader that meets an error just stops: without
/// [`Piece::Whole`] nothing is kept.
///
/// The schema is first brought to the copy's version and, after the copy is in, to this release's.
pub async fn load(
    db: &Db,
    mut pieces: mpsc::Receiver<Piece>,
    origin: Origin,
    now: DateTime<Utc>,
) -> Result<Summary, TransferError> {
    let Some(Piece::Line(first)) = pieces.recv().await else { return Err(TransferError::CutOff(0)) };
    let heading = heading(&first)?;
    prepare(db, heading.schema).await?;
    let mut tx = db.write_all().await?;
    let catalog = Catalog::read(&mut tx.own().read).await?;
    for table in MACHINERY {
        if catalog.tables.iter().any(|known| known.name == *table) {
            let sql = format!("DELETE FROM {}", quoted(table));
            tx.own().query_built(sql, Vec::new()).execute().await?;
        }
    }
    let mut loader = Loader { catalog, table: None, rows: Vec::new(), line: 1, count: 0, tables: 0, ended: false };
    let mut whole = false;
    while let Some(piece) = pieces.recv().await {
        match piece {
            Piece::Line(line) => loader.take(&mut tx, &line).await?,
            Piece::Whole => whole = true,
        }
    }
    if !(whole && loader.ended) {
        return Err(TransferError::CutOff(loader.line));
    }
    db.check_keys_within(&mut tx).await?;
    let summary = Summary { taken_at: heading.taken_at, tables: loader.tables, rows: loader.count };
    if loader.catalog.tables.iter().any(|table| table.name == "fence") {
        crate::fence::raise(&mut tx, origin, heading.taken_at, now).await?;
    }
    let entry = AuditEntry::new(now, "system", format!("instance.{}", origin.as_str()), "instance", crate::INSTANCE)
        .with("taken_at", heading.taken_at.to_rfc3339());
    tx.own().audit(entry);
    tx.commit().await?;
    db.migrate().await?;
    // A copy from before there was a fence is fenced now.
    let mut tx = db.write_all().await?;
    crate::fence::raise(&mut tx, origin, heading.taken_at, now).await?;
    tx.commit().await?;
    Ok(summary)
}

fn heading(line: &[u8]) -> Result<Heading, TransferError> {
    let problem = |problem: &str| TransferError::Line { line: 1, problem: problem.to_owned() };
    let heading: Heading =
        serde_json::from_slice(line).map_err(|_| problem("is not the heading of a copy of this program's"))?;
    if heading.format != FORMAT {
        return Err(problem("names a form this release does not know; install the release that wrote it"));
    }
    if heading.schema > newest_version() {
        return Err(TransferError::Newer { found: heading.schema, known: newest_version() });
    }
    Ok(heading)
}

/// Refuses a place with a practice, and gives an empty one the copy's schema.
async fn prepare(db: &Db, schema: i64) -> Result<(), TransferError> {
    if db.has_schema().await? {
        let mut read = db.read_all().await?;
        let held: bool =
            read.query("SELECT EXISTS (SELECT 1 FROM practice) OR EXISTS (SELECT 1 FROM audit)").scalar().await?;
        if held {
            return Err(TransferError::NotEmpty);
        }
        let found: i64 = read.query("SELECT max(version) FROM _sqlx_migrations").scalar().await?;
        if found != schema {
            return Err(TransferError::Prepared { found, copy: schema });
        }
        return Ok(());
    }
    Ok(db.migrate_to(schema).await?)
}

struct Loader {
    catalog: Catalog,
    /// The table whose rows are being read, and which of its columns they hold.
    table: Option<(Table, Vec<(String, Kind)>)>,
    rows: Vec<Value>,
    line: u64,
    count: u64,
    tables: u64,
    ended: bool,
}

impl Loader {
    async fn take(&mut self, tx: &mut InstanceTx, line: &[u8]) -> Result<(), TransferError> {
        self.line += 1;
        if self.ended {
            return Err(self.problem("comes after the last line"));
        }
        let Ok(parsed) = serde_json::from_slice::<Line>(line) else {
            return Err(self.problem("is neither a table nor a row nor the end"));
        };
        match parsed {
            Line::Table { name, columns } => {
                self.flush(tx).await?;
                let known = self.catalog.tables.iter().find(|table| table.name == name);
                let Some(table) = known.filter(|_| !LEFT_OUT.contains(&name.as_str())) else {
                    return Err(self.problem("names a table that does not exist"));
                };
                let kinds: Option<Vec<(String, Kind)>> =
                    columns.into_iter().map(|column| table.kind(&column).map(|kind| (column, kind))).collect();
                let Some(kinds) = kinds else { return Err(self.problem("names a column that does not exist")) };
                self.table = Some((table.clone(), kinds));
                self.tables += 1;
            }
            Line::Row(cells) => {
                self.row(cells)?;
                self.count += 1;
                if self.rows.len() >= VALUES {
                    self.flush(tx).await?;
                }
            }
            Line::End { rows } => {
                self.flush(tx).await?;
                if rows != self.count {
                    return Err(self.problem("counts other rows than there were"));
                }
                self.ended = true;
            }
        }
        Ok(())
    }

    fn row(&mut self, cells: Vec<JsonValue>) -> Result<(), TransferError> {
        let Some((_, kinds)) = &self.table else { return Err(self.problem("is a row before any table")) };
        if cells.len() != kinds.len() {
            return Err(self.problem("has more or fewer values than its table has columns"));
        }
        let mut values = Vec::with_capacity(cells.len());
        for (cell, (column, kind)) in cells.into_iter().zip(kinds) {
            match cell::from_json(cell, *kind) {
                Some(value) => values.push(value),
                None => return Err(self.problem(&format!("holds in column '{column}' what is not its type"))),
            }
        }
        self.rows.append(&mut values);
        Ok(())
    }

    async fn flush(&mut self, tx: &mut InstanceTx) -> Result<(), TransferError> {
        let values = std::mem::take(&mut self.rows);
        let Some((table, kinds)) = &self.table else { return Ok(()) };
        if values.is_empty() {
            return Ok(());
        }
        let on_postgres = matches!(tx.own().read.conn, Conn::Postgres(_));
        let sql = insert(&table.name, kinds, values.len() / kinds.len(), on_postgres.then_some(Numbered));
        let inserted = tx.within(&PracticeId::from_text(crate::INSTANCE)).query_built(sql, values).execute().await;
        match inserted {
            Ok(_) => Ok(()),
            Err(error @ crate::Error::Constraint { .. }) => Err(TransferError::Line {
                line: self.line,
                problem: format!("or one before it, of table '{}', does not fit: {error}", table.name),
            }),
            Err(error) => Err(error.into()),
        }
    }

    fn problem(&self, problem: &str) -> TransferError {
        TransferError::Line { line: self.line, problem: problem.to_owned() }
    }
}

/// PostgreSQL wants numbered placeholders and to be told that a text is a document.
#[derive(Clone, Copy)]
struct Numbered;

fn insert(table: &str, columns: &[(String, Kind)], rows: usize, numbered: Option<Numbered>) -> String {
    let names: Vec<String> = columns.iter().map(|(name, _)| quoted(name)).collect();
    let mut sql = format!("INSERT INTO {} ({}) VALUES ", quoted(table), names.join(", "));
    let mut number = 0;
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for (position, (_, kind)) in columns.iter().enumerate() {
            number += 1;
            let comma = if position == 0 { "" } else { ", " };
            match (numbered, kind) {
                (Some(Numbered), Kind::Document) => write!(sql, "{comma}CAST(CAST(${number} AS TEXT) AS JSONB)"),
                (Some(Numbered), _) => write!(sql, "{comma}${number}"),
                (None, _) => write!(sql, "{comma}?"),
            }
            .expect("writing to a string never fails");
        }
        sql.push(')');
    }
    sql
}
