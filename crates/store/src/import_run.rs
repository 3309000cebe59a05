//! Files that a person brought in, what was done with them row by row, and what it takes to take that back.

mod undo;

pub use undo::{delete_appointment, delete_client, delete_consent, delete_episode, restore_appointment};

use crate::{Error, Json, Read, Record, Result, Row, Tx};
use care::import::{ImportChange, ImportRun, ImportState};
use care::{ImportRunId, Instant};

const FILE: &str = "file";

crate::record! {
    ImportRun { id, kind, state, uploaded_at, uploaded_by, applied_at, created, changed, rejected, kept, done, total }
}

/// Keeps a file. Nothing else happens yet.
pub async fn insert(tx: &mut Tx, run: &ImportRun, file: &str) -> Result<()> {
    let practice = tx.practice().clone();
    let sealed = tx.seal("import_run", FILE, run.id.as_str(), file);
    tx.query(
        "INSERT INTO import_run (practice_id, id, kind, state, file_sealed, choices, uploaded_at, uploaded_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(&practice)
    .bind(&run.id)
    .bind(run.kind)
    .bind(run.state)
    .bind(sealed)
    .bind(Json(serde_json::json!({})))
    .bind(run.uploaded_at)
    .bind(&run.uploaded_by)
    .execute()
    .await?;
    Ok(())
}

/// One run.
pub async fn find(read: &mut Read, id: &ImportRunId) -> Result<Option<ImportRun>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, kind, state, uploaded_at, uploaded_by, applied_at, created, changed, rejected, kept, done, total FROM import_run \
         WHERE practice_id = $1 AND id = $2",
    )
    .bind(&practice)
    .bind(id)
    .optional()
    .await
}

/// The latest runs, newest first.
pub async fn list(read: &mut Read, limit: i64) -> Result<Vec<ImportRun>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, kind, state, uploaded_at, uploaded_by, applied_at, created, changed, rejected, kept, done, total FROM import_run \
         WHERE practice_id = $1 ORDER BY uploaded_at DESC, id DESC LIMIT $2",
    )
    .bind(&practice)
    .bind(limit)
    .all()
    .await
}

/// The file of a run and what was said of it; no file when it was wiped.
pub async fn file(read: &mut Read, id: &ImportRunId) -> Result<Option<(Option<String>, serde_json::Value)>> {
    let practice = read.practice().clone();
    let found: Option<(Option<Vec<u8>>, Json<serde_json::Value>)> = read
        .query("SELECT file_sealed, choices FROM import_run WHERE practice_id = $1 AND id = $2")
        .bind(&practice)
        .bind(id)
        .optional()
        .await?;
    let Some((sealed, Json(choices))) = found else { return Ok(None) };
    Ok(Some((read.open_optional("import_run", FILE, id.as_str(), sealed.as_deref())?, choices)))
}

/// Keeps what was said of a file that is not applied yet. `false` when it is by now.
pub async fn set_choices(tx: &mut Tx, id: &ImportRunId, choices: &serde_json::Value) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query("UPDATE import_run SET choices = $3 WHERE practice_id = $1 AND id = $2 AND state = 'uploaded'")
        .bind(&practice)
        .bind(id)
        .bind(Json(choices.clone()))
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Moves a run on. `false` when it is in none of the states it may come from.
pub async fn advance(tx: &mut Tx, id: &ImportRunId, from: [ImportState; 2], to: ImportState) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query("UPDATE import_run SET state = $3 WHERE practice_id = $1 AND id = $2 AND state IN ($4, $5)")
        .bind(&practice)
        .bind(id)
        .bind(to)
        .bind(from[0])
        .bind(from[1])
        .execute()
        .await?;
    Ok(rows == 1)
}

/// What a batch of a file's rows came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Its last line.
    pub done: i64,
    /// The last line of the file that can be used.
    pub total: i64,
    /// Rows that were new.
    pub created: i64,
    /// Rows that brought known ones up to date.
    pub changed: i64,
    /// Rows that could not be used.
    pub rejected: i64,
}

/// A batch is taken over that began where the run had come to. `false` when the run has gone on since.
pub async fn went_on(tx: &mut Tx, run: &ImportRun, progress: &Progress) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "UPDATE import_run SET done = $4, total = $5, created = created + $6, changed = changed + $7, \
             rejected = rejected + $8 WHERE practice_id = $1 AND id = $2 AND state = 'applying' AND done = $3",
        )
        .bind(&practice)
        .bind(&run.id)
        .bind(run.done)
        .bind(progress.done)
        .bind(progress.total)
        .bind(progress.created)
        .bind(progress.changed)
        .bind(progress.rejected)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// The rows are taken over, and these besides could not be used: the time is kept, the file is wiped.
pub async fn applied(tx: &mut Tx, id: &ImportRunId, rejected: i64, now: Instant) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "UPDATE import_run SET state = 'applied', applied_at = $3, rejected = rejected + $4, file_sealed = NULL \
             WHERE practice_id = $1 AND id = $2 AND state = 'applying'",
        )
        .bind(&practice)
        .bind(id)
        .bind(now)
        .bind(rejected)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// One thing that a run did.
#[derive(Clone)]
pub struct Change {
    /// Its place in the run.
    pub seq: i64,
    /// What.
    pub what: ImportChange,
    /// To what.
    pub subject_id: String,
    /// What it was before, as JSON.
    pub before: Option<care::Phi<String>>,
    /// The client's revision after.
    pub revision: Option<i64>,
    /// Names of the fields that changed.
    pub fields: Vec<String>,
}

struct Stored(Change, Option<Vec<u8>>);

impl Record for Stored {
    fn read(row: &Row<'_>) -> Result<Self> {
        let Json(fields): Json<Vec<String>> = row.get("fields")?;
        let change = Change {
            seq: row.get("seq")?,
            what: row.get("what")?,
            subject_id: row.get("subject_id")?,
            before: None,
            revision: row.get("revision")?,
            fields,
        };
        Ok(Self(change, row.get("before_sealed")?))
    }
}

/// Notes what was done; its place is the next one. `change.seq` is not looked at.
pub async fn note(tx: &mut Tx, id: &ImportRunId, change: &Change) -> Result<()> {
    let practice = tx.practice().clone();
    let before = change
        .before
        .as_ref()
        .map(|before| tx.seal("import_change", "before", &format!("{id}:{}", change.subject_id), before.text()));
    tx.query(
        "INSERT INTO import_change (practice_id, run_id, seq, what, subject_id, before_sealed, revision, fields) \
         SELECT $1, $2, COALESCE(max(seq), 0) + 1, $3, $4, $5, $6, $7 FROM import_change WHERE practice_id = $1 AND run_id = $2",
    )
    .bind(&practice)
    .bind(id)
    .bind(change.what)
    .bind(change.subject_id.as_str())
    .bind(before)
    .bind(change.revision)
    .bind(Json(serde_json::json!(change.fields)))
    .execute()
    .await?;
    Ok(())
}

/// What a run did, the latest first, at most `limit`.
pub async fn changes(read: &mut Read, id: &ImportRunId, limit: i64) -> Result<Vec<Change>> {
    let practice = read.practice().clone();
    let stored: Vec<Stored> = read
        .query(
            "SELECT seq, what, subject_id, before_sealed, revision, fields FROM import_change \
             WHERE practice_id = $1 AND run_id = $2 ORDER BY seq DESC LIMIT $3",
        )
        .bind(&practice)
        .bind(id)
        .bind(limit)
        .all()
        .await?;
    let mut changes = Vec::with_capacity(stored.len());
    for Stored(change, sealed) in stored {
        let row = format!("{id}:{}", change.subject_id);
        let before = read.open_optional("import_change", "before", &row, sealed.as_deref())?.map(care::Phi::new);
        changes.push(Change { before, ..change });
    }
    Ok(changes)
}

/// Forgets one thing that a run did: it was taken back, or is to stay (`kept`).
pub async fn settle(tx: &mut Tx, id: &ImportRunId, seq: i64, kept: i64) -> Result<()> {
    let practice = tx.practice().clone();
    let rows = tx
        .query("DELETE FROM import_change WHERE practice_id = $1 AND run_id = $2 AND seq = $3")
        .bind(&practice)
        .bind(id)
        .bind(seq)
        .execute()
        .await?;
    if rows == 0 {
        return Err(Error::Conflict);
    }
    if kept > 0 {
        tx.query("UPDATE import_run SET kept = kept + $3 WHERE practice_id = $1 AND id = $2")
            .bind(&practice)
            .bind(id)
            .bind(kept)
            .execute()
            .await?;
    }
    Ok(())
}

/// Wipes files that came before the instant and were never applied, and what is kept for an undo whose hour is over.
/// Returns how many rows went.
pub async fn tidy(tx: &mut Tx, uploaded_before: Instant, applied_before: Instant) -> Result<u64> {
    let practice = tx.practice().clone();
    let changes = tx
        .query(
            "DELETE FROM import_change WHERE practice_id = $1 AND run_id IN (SELECT id FROM import_run \
             WHERE practice_id = $1 AND state IN ('applied', 'undone') AND applied_at < $2)",
        )
        .bind(&practice)
        .bind(applied_before)
        .execute()
        .await?;
    let files = tx
        .query(
            "UPDATE import_run SET file_sealed = NULL WHERE practice_id = $1 AND uploaded_at < $2 \
             AND file_sealed IS NOT NULL AND state <> 'applying'",
        )
        .bind(&practice)
        .bind(uploaded_before)
        .execute()
        .await?;
    Ok(changes + files)
}
