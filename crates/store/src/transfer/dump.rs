//! The way out: one consistent state, streamed, however large.

use chrono::{DateTime, Utc};
use futures::TryStreamExt as _;
use sqlx::AssertSqlSafe;
use tokio::sync::mpsc;

use super::catalog::{Catalog, Table, quoted};
use super::{FORMAT, Heading, LEFT_OUT, Line, Summary, TransferError, cell};
use crate::row::Source;
use crate::tx::Conn;
use crate::value::Kind;
use crate::{Db, Error, InstanceRead, Result, Row, newest_version};

/// Bytes handed over at once.
const PIECE: usize = 128 * 1024;

/// Copies everything the database holds at this moment to `out`, in pieces of whole lines. Others go on reading and writing
/// meanwhile: the copy is one state of a read transaction. Ends early when nobody takes the pieces any more.
pub async fn dump(db: &Db, taken_at: DateTime<Utc>, out: mpsc::Sender<Vec<u8>>) -> Result<Summary, TransferError> {
    let mut read = db.read_all().await?;
    let catalog = Catalog::read(&mut read.0).await?;
    let heading = Heading { format: FORMAT, schema: newest_version(), taken_at };
    let mut pieces = Pieces { out, piece: Vec::with_capacity(PIECE + 4096) };
    pieces.line(&heading).await?;
    let mut summary = Summary { taken_at, tables: 0, rows: 0 };
    for table in catalog.tables.iter().filter(|table| !LEFT_OUT.contains(&table.name.as_str())) {
        let columns = table.columns.iter().map(|(name, _)| name.clone()).collect();
        pieces.line(&Line::Table { name: table.name.clone(), columns }).await?;
        summary.rows += rows(&mut read, table, &mut pieces).await?;
        summary.tables += 1;
    }
    pieces.line(&Line::End { rows: summary.rows }).await?;
    pieces.flush().await?;
    Ok(summary)
}

async fn rows(read: &mut InstanceRead, table: &Table, pieces: &mut Pieces) -> Result<u64, TransferError> {
    let sql = select(table);
    let mut count = 0;
    read.0.begin().await?;
    match &mut read.0.conn {
        Conn::SqliteRead(reading) => {
            let connection = reading.connection().map_err(Error::from)?;
            let mut rows = sqlx::query(AssertSqlSafe(sql)).persistent(false).fetch(connection);
            while let Some(row) = rows.try_next().await.map_err(Error::from)? {
                pieces.line(&row_line(&Row(Source::Sqlite(&row)), table)?).await?;
                count += 1;
            }
            drop(rows);
            reading.answered();
        }
        Conn::Postgres(tx) => {
            let mut rows = sqlx::query(AssertSqlSafe(sql)).persistent(false).fetch(&mut **tx);
            while let Some(row) = rows.try_next().await.map_err(Error::from)? {
                pieces.line(&row_line(&Row(Source::Postgres(&row)), table)?).await?;
                count += 1;
            }
        }
        Conn::SqliteWrite(_) => return Err(Error::Failed.into()),
    }
    Ok(count)
}

/// All rows in the order of the key.
pub(super) fn select(table: &Table) -> String {
    let columns: Vec<String> = table
        .columns
        .iter()
        .map(|(name, kind)| match kind {
            Kind::Document => format!("CAST({} AS TEXT)", quoted(name)),
            _ => quoted(name),
        })
        .collect();
    let key: Vec<String> = table.key.iter().map(|name| quoted(name)).collect();
    let order = if key.is_empty() { String::new() } else { format!(" ORDER BY {}", key.join(", ")) };
    format!("SELECT {} FROM {}{order}", columns.join(", "), quoted(&table.name))
}

fn row_line(row: &Row<'_>, table: &Table) -> Result<Line> {
    let cells = table.columns.iter().enumerate().map(|(at, (name, kind))| {
        cell::to_json(row, at, *kind).map_err(|error| match error {
            Error::Column { problem, .. } => Error::Column { column: format!("{}.{name}", table.name), problem },
            other => other,
        })
    });
    Ok(Line::Row(cells.collect::<Result<_>>()?))
}

struct Pieces {
    out: mpsc::Sender<Vec<u8>>,
    piece: Vec<u8>,
}

impl Pieces {
    async fn line(&mut self, line: &impl serde::Serialize) -> Result<(), TransferError> {
        serde_json::to_writer(&mut self.piece, line).map_err(|_| TransferError::File)?;
        self.piece.push(b'\n');
        if self.piece.len() >= PIECE { self.flush().await } else { Ok(()) }
    }

    async fn flush(&mut self) -> Result<(), TransferError> {
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE + 4096));
        self.out.send(piece).await.map_err(|_| TransferError::File)
    }
}
