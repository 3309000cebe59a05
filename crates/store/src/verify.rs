//! What must hold in the stored rows whatever happened to the machine: the part of it that rows alone can show. Each finding
//! names the rule, the practice and the rows by their ids. What needs the instruments or a client's zone is checked by
//! `workflows::verify`, which also calls this.
//!
//! Every check is a look: nothing is changed, and the product can go on meanwhile.

pub mod course;
mod rules;
mod sealed;

use chrono::{DateTime, Duration, Utc};

use crate::migrate::versions;
use crate::transfer::{Catalog, Reference, Table, quoted};
use crate::tx::Conn;
use crate::{Db, InstanceRead, InstanceScope as _, Result, guard, newest_version};

/// Ids that are shown with a finding.
const SHOWN: usize = 5;
/// How late something may be before it counts as forgotten.
const GRACE: Duration = Duration::hours(1);

/// Something that must not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which promise is broken: a word of the field, stable.
    pub rule: &'static str,
    /// What was found, in a sentence without anything about a person.
    pub what: String,
    /// The practice; [`crate::INSTANCE`] where it belongs to none.
    pub practice: String,
    /// The first of the rows.
    pub ids: Vec<String>,
    /// How many rows.
    pub count: u64,
}

impl Violation {
    /// A finding about rows of one practice; `None` without rows.
    pub fn of(rule: &'static str, what: &str, practice: &str, mut ids: Vec<String>) -> Option<Self> {
        let count = ids.len() as u64;
        ids.truncate(SHOWN);
        (count > 0).then(|| Self { rule, what: what.to_owned(), practice: practice.to_owned(), ids, count })
    }

    fn about(rule: &'static str, what: impl Into<String>) -> Self {
        Self { rule, what: what.into(), practice: crate::INSTANCE.to_owned(), ids: Vec::new(), count: 1 }
    }
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.rule, self.what)?;
        if !self.ids.is_empty() {
            let more = self.count - self.ids.len() as u64;
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            write!(f, " (practice {}: {}{more})", self.practice, self.ids.join(", "))?;
        }
        Ok(())
    }
}

/// Checks everything that the rows alone can show. `now` is the present; where the database shows that nothing ran since
/// (a restored copy), lateness is counted from its last sign of life.
pub async fn structure(db: &Db, now: DateTime<Utc>) -> Result<Vec<Violation>> {
    let mut found = Vec::new();
    let mut read = db.read_all().await?;
    integrity(&mut read, &mut found).await?;
    migrations(&mut read, &mut found).await?;
    let catalog = Catalog::read(&mut read.0).await?;
    for table in &catalog.tables {
        for reference in &table.references {
            dangling(&mut read, table, reference, &mut found).await?;
        }
    }
    let alive: Option<DateTime<Utc>> =
        read.query("SELECT max(slot) FROM schedule WHERE name = 'sweep'").scalar().await?;
    let late = alive.map_or(now, |alive| alive.min(now)) - GRACE;
    rules::check(&mut read, late, &mut found).await?;
    sealed::check(&mut read, &catalog, &mut found).await?;
    for name in guard::missing(&mut read.0).await? {
        found.push(Violation::about(
            "audit",
            format!("the trigger {name}, which keeps the audit append-only, is missing; the next start puts it up"),
        ));
    }
    for practice in crate::audited_practices(&mut read).await? {
        let report = crate::verify_audit(read.within(&practice)).await?;
        if let Some(broken) = report.broken {
            found.extend(Violation::of("audit", &broken.to_string(), practice.as_str(), vec![broken.seq.to_string()]));
        }
    }
    Ok(found)
}

/// The file itself, where the database can check it.
async fn integrity(read: &mut InstanceRead, found: &mut Vec<Violation>) -> Result<()> {
    if matches!(read.0.conn, Conn::Postgres(_)) {
        let invalid: Vec<String> = read
            .query(
                "SELECT c.relname::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid \
                    WHERE NOT i.indisvalid AND c.relnamespace = current_schema()::regnamespace",
            )
            .scalars()
            .await?;
        found.extend(invalid.into_iter().map(|name| {
            Violation::about("integrity", format!("the index {name} is not valid; run REINDEX INDEX {name}"))
        }));
        return Ok(());
    }
    let lines: Vec<String> = read.query("SELECT integrity_check FROM pragma_integrity_check").scalars().await?;
    if lines != ["ok"] {
        // Its lines may quote stored values: only their number is told.
        found.push(Violation::about(
            "integrity",
            format!("SQLite finds the file damaged in {} places; restore a backup", lines.len()),
        ));
    }
    Ok(())
}

async fn migrations(read: &mut InstanceRead, found: &mut Vec<Violation>) -> Result<()> {
    let applied: Vec<(i64, bool)> =
        read.query("SELECT version, success FROM _sqlx_migrations ORDER BY version").all().await?;
    for (version, _) in applied.iter().filter(|(_, success)| !success) {
        found.push(Violation::about("schema", format!("migration {version} was applied only in part")));
    }
    for missing in versions().filter(|known| !applied.iter().any(|(version, _)| version == known)) {
        found.push(Violation::about("schema", format!("migration {missing} was not applied")));
    }
    if applied.last().is_some_and(|(version, _)| *version > newest_version()) {
        found.push(Violation::about("schema", format!("the schema is of a newer release than {}", newest_version())));
    }
    Ok(())
}

/// Rows that refer to what is not there.
async fn dangling(
    read: &mut InstanceRead,
    table: &Table,
    reference: &Reference,
    found: &mut Vec<Violation>,
) -> Result<()> {
    let on: Vec<String> =
        reference.pairs.iter().map(|(own, other)| format!("o.{} = t.{}", quoted(other), quoted(own))).collect();
    let set: Vec<String> = reference.pairs.iter().map(|(own, _)| format!("t.{} IS NOT NULL", quoted(own))).collect();
    let id = table.key.last().map_or_else(|| "''".to_owned(), |key| format!("CAST(t.{} AS TEXT)", quoted(key)));
    let sql = format!(
        "SELECT {id} FROM {} t WHERE {} AND NOT EXISTS (SELECT 1 FROM {} o WHERE {}) LIMIT 1000",
        quoted(&table.name),
        set.join(" AND "),
        quoted(&reference.to),
        on.join(" AND ")
    );
    let ids: Vec<String> = read.0.query_built(sql, Vec::new()).scalars().await?;
    let what = format!("rows of '{}' refer to rows of '{}' that are not there", table.name, reference.to);
    found.extend(Violation::of("reference", &what, crate::INSTANCE, ids));
    Ok(())
}
