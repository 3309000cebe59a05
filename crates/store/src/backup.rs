//! Which backups were completed. Making them is the operator's command's.

use chrono::{DateTime, Utc};

use crate::{InstanceScope, InstanceTx, Result, record};

/// A completed backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// The file's name without its folder.
    pub name: String,
    /// The state of the database that it holds.
    pub taken_at: DateTime<Utc>,
    /// When it was safe on the disk.
    pub ended_at: DateTime<Utc>,
    /// Size of the file.
    pub bytes: i64,
    /// Rows in it.
    pub row_count: i64,
    /// The key it was sealed with.
    pub key_id: String,
}

record! { Backup { name, taken_at, ended_at, bytes, row_count, key_id } }

/// Notes a completed backup; one of the same name was overwritten by it.
pub async fn note(tx: &mut InstanceTx, backup: &Backup) -> Result<()> {
    tx.query(
        "INSERT INTO backup (name, taken_at, ended_at, bytes, row_count, key_id) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (name) DO UPDATE SET taken_at = excluded.taken_at, ended_at = excluded.ended_at, \
         bytes = excluded.bytes, row_count = excluded.row_count, key_id = excluded.key_id",
    )
    .bind(backup.name.as_str())
    .bind(backup.taken_at)
    .bind(backup.ended_at)
    .bind(backup.bytes)
    .bind(backup.row_count)
    .bind(backup.key_id.as_str())
    .execute()
    .await?;
    Ok(())
}

/// The latest completed backup.
pub async fn latest(instance: &mut impl InstanceScope) -> Result<Option<Backup>> {
    instance
        .query("SELECT name, taken_at, ended_at, bytes, row_count, key_id FROM backup ORDER BY taken_at DESC LIMIT 1")
        .optional()
        .await
}

/// Forgets a backup whose file was deleted.
pub async fn forget(tx: &mut InstanceTx, name: &str) -> Result<()> {
    tx.query("DELETE FROM backup WHERE name = $1").bind(name).execute().await?;
    Ok(())
}
