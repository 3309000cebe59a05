//! What an operator asks a database before trusting it: its version, its schema, its settings, its clock. Nothing is changed.

use chrono::{DateTime, Utc};

use crate::tx::Conn;
use crate::{Db, InstanceScope as _, Result};

/// One setting that decides what survives a power cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Whether the value is one that answers survive with.
    pub sound: bool,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// Name and version of the database.
    pub version: String,
    /// Newest migration that was applied; `None` for an empty database.
    pub schema: Option<i64>,
    /// Settings.
    pub settings: Vec<Setting>,
    /// The server's clock, where there is a server.
    pub server_time: Option<DateTime<Utc>>,
    /// The latest instant in the audit: a clock that shows less was set back.
    pub latest_audit: Option<DateTime<Utc>>,
}

/// Looks.
pub async fn inspect(db: &Db) -> Result<Inspection> {
    let has_schema = db.has_schema().await?;
    let mut read = db.read_all().await?;
    let on_postgres = matches!(read.0.conn, Conn::Postgres(_));
    let (version, server_time) = if on_postgres {
        let version: String = read.query("SELECT 'PostgreSQL ' || current_setting('server_version')").scalar().await?;
        // The one question about the database's clock: how far it is from ours.
        (version, Some(read.query("SELECT clock_timestamp()").scalar().await?))
    } else {
        (read.query("SELECT 'SQLite ' || sqlite_version()").scalar().await?, None)
    };
    let settings: Vec<(String, String)> = if on_postgres {
        read.query(
            "SELECT name::text, setting::text FROM pg_settings \
             WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') ORDER BY name",
        )
        .all()
        .await?
    } else {
        read.query(
            "SELECT 'journal_mode', journal_mode FROM pragma_journal_mode \
             UNION ALL SELECT 'synchronous', CAST(synchronous AS TEXT) FROM pragma_synchronous \
             UNION ALL SELECT 'foreign_keys', CAST(foreign_keys AS TEXT) FROM pragma_foreign_keys",
        )
        .all()
        .await?
    };
    let settings =
        settings.into_iter().map(|(name, value)| Setting { sound: is_sound(&name, &value), name, value }).collect();
    let (mut schema, mut latest_audit) = (None, None);
    if has_schema {
        schema = read.query("SELECT max(version) FROM _sqlx_migrations").scalar().await?;
        latest_audit = read.query("SELECT max(at) FROM audit").scalar().await?;
    }
    Ok(Inspection { version, schema, settings, server_time, latest_audit })
}

fn is_sound(name: &str, value: &str) -> bool {
    match name {
        "journal_mode" => value == "wal",
        "synchronous" => value == "2",
        "foreign_keys" => value == "1",
        // `local` and the rest wait for this server's disk at least.
        "synchronous_commit" => value != "off",
        _ => value == "on",
    }
}
