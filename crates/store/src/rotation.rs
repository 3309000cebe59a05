//! Changing keys: sealed values are sealed again with the active key, and the indexes for look-up are hashed on under a new
//! one. Which keys the key file holds, and when, is the operator's command's.
//!
//! Sealing again goes row by row, each value compared with what was read, so it can be interrupted at any place, begun again,
//! and done while the product runs. Indexes are changed all in one transaction: an index that half of the rows have is none,
//! so nobody else may be at work then.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::{Connection as _, Row as _, SqliteConnection};

use crate::db::Backend;
use crate::seal::{key_id_of, row_id};
use crate::transfer::{Catalog, Table, quoted};
use crate::value::{Kind, Value};
use crate::{Db, Error, InstanceScope as _, InstanceTx, Result, Row};

/// Rows looked at in one transaction.
const BATCH: usize = 200;
/// How often and how far apart it is looked for others who are just leaving.
const LOOKS: u32 = 20;
const BETWEEN_LOOKS: std::time::Duration = std::time::Duration::from_millis(100);

/// How many values each key has sealed, the canaries left out.
pub async fn usage(db: &Db) -> Result<BTreeMap<String, u64>> {
    let mut read = db.read_all().await?;
    let catalog = Catalog::read(&mut read.0).await?;
    let mut usage = BTreeMap::new();
    for (table, column) in catalog.tables.iter().flat_map(|table| sealed(table).map(move |column| (table, column))) {
        // The beginning of a value names its key.
        let sql = format!(
            "SELECT substr({column}, 1, 40) FROM {} WHERE {column} IS NOT NULL",
            quoted(&table.name),
            column = quoted(column)
        );
        read.0
            .each_row(sql, |row: &Row<'_>| {
                let beginning: Vec<u8> = row.get(0)?;
                let id = key_id_of(&beginning).unwrap_or("(damaged)").to_owned();
                *usage.entry(id).or_insert(0) += 1;
                Ok(())
            })
            .await?;
    }
    Ok(usage)
}

fn sealed(table: &Table) -> impl Iterator<Item = &str> {
    table.columns.iter().map(|(name, _)| name.as_str()).filter(|name| name.ends_with("_sealed"))
}

/// Seals everything with the active key that another one has sealed; tells how many values. `told` hears of each batch.
pub async fn reseal(db: &Db, mut told: impl FnMut(u64)) -> Result<u64> {
    let catalog = {
        let mut read = db.read_all().await?;
        Catalog::read(&mut read.0).await?
    };
    let mut all = 0;
    for table in catalog.tables.iter().filter(|table| sealed(table).next().is_some()) {
        let mut after: Option<Vec<Value>> = None;
        loop {
            let mut tx = db.write_all().await?;
            let (last, changed) = reseal_batch(&mut tx, table, after.as_deref()).await?;
            // A batch without changes has nothing to commit.
            if changed > 0 {
                tx.commit().await?;
                all += changed;
                told(changed);
            }
            care::failpoint!("reseal.batch");
            match last {
                Some(last) => after = Some(last),
                None => break,
            }
        }
    }
    Ok(all)
}

/// The rows after a key; gives the key of the last, or `None` at the end.
async fn reseal_batch(
    tx: &mut InstanceTx,
    table: &Table,
    after: Option<&[Value]>,
) -> Result<(Option<Vec<Value>>, u64)> {
    let columns: Vec<&str> = sealed(table).collect();
    let keys: Vec<String> = table.key.iter().map(|name| quoted(name)).collect();
    let wanted: Vec<String> =
        keys.iter().cloned().chain(columns.iter().flat_map(|column| [place(table, column), quoted(column)])).collect();
    let placeholders: Vec<String> = (1..=keys.len()).map(|n| format!("${n}")).collect();
    let from =
        after.map_or_else(String::new, |_| format!(" WHERE ({}) > ({})", keys.join(", "), placeholders.join(", ")));
    let sql = format!(
        "SELECT {} FROM {}{from} ORDER BY {} LIMIT {BATCH}",
        wanted.join(", "),
        quoted(&table.name),
        keys.join(", ")
    );
    let values = after.unwrap_or_default().to_vec();
    let kinds: Vec<Kind> = table.key.iter().filter_map(|column| table.kind(column)).collect();
    let rows: Vec<Wide> = tx.own().query_wide(sql, values, &kinds, columns.len()).await?;
    let is_end = rows.len() < BATCH;
    let last = rows.last().map(|row| row.key.clone());
    let ring = tx.own().db.keys();
    let mut changed = 0;
    for row in rows {
        for ((id, old), column) in row.sealed.into_iter().zip(&columns) {
            let Some(old) = old.filter(|old| key_id_of(old) != Some(ring.active_id())) else { continue };
            let stem = column.trim_end_matches("_sealed");
            let Some(text) = tx.own().db.opening(|keys| keys.open_at(&table.name, stem, &id, &old))? else {
                return Err(Error::Corrupt(format!(
                    "a sealed value of '{}.{column}' cannot be opened; run bellwether verify",
                    table.name
                )));
            };
            let new = ring.seal(&table.name, stem, &id, &text);
            let position = keys.len() + 2;
            let own: Vec<String> = keys.iter().enumerate().map(|(n, key)| format!("{key} = ${}", n + 2)).collect();
            let sql = format!(
                "UPDATE {} SET {column} = $1 WHERE {} AND {column} = ${position}",
                quoted(&table.name),
                own.join(" AND "),
                column = quoted(column)
            );
            let mut values = vec![Value::Bytes(new)];
            values.extend(row.key.iter().cloned());
            values.push(Value::Bytes(old));
            changed += tx.own().query_numbered(sql, values).execute().await?;
        }
    }
    Ok((last.filter(|_| !is_end), changed))
}

/// What stands for the row in the seal of a column, as SQL.
fn place(table: &Table, column: &str) -> String {
    row_id(&table.name, column.trim_end_matches("_sealed")).to_owned()
}

/// A row's key, and for each sealed column the id it is sealed under and its value.
pub(crate) struct Wide {
    pub(crate) key: Vec<Value>,
    pub(crate) sealed: Vec<(String, Option<Vec<u8>>)>,
}

/// Notes that the active key seals from now on and since when the others do not.
pub async fn note_active(db: &Db, now: DateTime<Utc>) -> Result<()> {
    db.check_keys().await?;
    let active = db.keys().active_id().to_owned();
    let mut tx = db.write_all().await?;
    tx.query("UPDATE instance SET superseded_at = $2 WHERE key_id <> $1 AND superseded_at IS NULL")
        .bind(active.as_str())
        .bind(now)
        .execute()
        .await?;
    tx.query("UPDATE instance SET superseded_at = NULL WHERE key_id = $1").bind(active.as_str()).execute().await?;
    tx.commit().await
}

/// What keeps a key from being retired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Values it has sealed.
    pub values: u64,
    /// Since when another one seals; `None` for the active key.
    pub superseded_at: Option<DateTime<Utc>>,
    /// Backups on record that need it.
    pub backups: u64,
}

/// How a key stands; `None` when the data do not know it.
pub async fn standing(db: &Db, id: &str) -> Result<Option<Standing>> {
    let values = usage(db).await?.get(id).copied().unwrap_or(0);
    let mut read = db.read_all().await?;
    let row: Option<(Option<DateTime<Utc>>,)> =
        read.query("SELECT superseded_at FROM instance WHERE key_id = $1").bind(id).optional().await?;
    let backups: i64 = read.query("SELECT count(*) FROM backup WHERE key_id = $1").bind(id).scalar().await?;
    Ok(row.map(|(superseded_at,)| Standing { values, superseded_at, backups: backups.unsigned_abs() }))
}

/// Forgets a key that has sealed nothing any more, so that the key file may go without it.
pub async fn forget_key(db: &Db, id: &str) -> Result<()> {
    let mut tx = db.write_all().await?;
    tx.query("DELETE FROM instance WHERE key_id = $1").bind(id).execute().await?;
    tx.commit().await
}

/// Hashes every index on under the key that the ring has prepared, in one transaction, and uses the ring from then on. The
/// caller has made sure that nobody else is at work. Counters of tries are forgotten: they are hashes too.
pub async fn rehash(db: &Db) -> Result<u64> {
    let ring = db.keys();
    let Some(next) = ring.promoted() else {
        return Err(Error::Configuration("the key file has no prepared index key".to_owned()));
    };
    let mut tx = db.write_all().await?;
    let catalog = Catalog::read(&mut tx.own().read).await?;
    let mut all = 0;
    for (table, column) in catalog.tables.iter().flat_map(|table| indexes(table).map(move |column| (table, column))) {
        let name = quoted(column);
        let sql = format!("SELECT DISTINCT {name} FROM {} WHERE {name} IS NOT NULL", quoted(&table.name));
        let old: Vec<String> = tx.own().query_built(sql, Vec::new()).scalars().await?;
        for value in old {
            let sql = format!("UPDATE {} SET {name} = $1 WHERE {name} = $2", quoted(&table.name));
            let values = vec![Value::Text(next.hash_on(&value)), Value::Text(value)];
            all += tx.own().query_numbered(sql, values).execute().await?;
        }
    }
    tx.query("DELETE FROM throttle").execute().await?;
    tx.query("UPDATE instance SET index_check = $1").bind(next.index_check()).execute().await?;
    tx.commit().await?;
    care::failpoint!("rehash.committed");
    db.use_keys(next);
    Ok(all)
}

/// The columns that hold an index. A recovery code is kept as one, whatever its column is called.
fn indexes(table: &Table) -> impl Iterator<Item = &str> {
    let is_codes = table.name == "recovery_code";
    table
        .columns
        .iter()
        .filter(|(_, kind)| *kind == Kind::Text)
        .map(|(name, _)| name.as_str())
        .filter(move |name| name.ends_with("_index") || (is_codes && *name == "code_hash"))
}

/// How many connections of other processes of ours a PostgreSQL server has.
async fn others(db: &Db) -> Result<i64> {
    let mut read = db.read_all().await?;
    read.query(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
         AND application_name LIKE 'bellwether%' AND application_name <> $1",
    )
    .bind(Db::process_name())
    .scalar()
    .await
}

/// Whether nobody but this process is connected. On SQLite it must not be connected either: ask before [`Db::connect`].
pub async fn is_alone(url: &str, db: Option<&Db>) -> Result<bool> {
    if let Some(db) = db {
        let Backend::Postgres(_) = &db.shared().backend else { return Ok(true) };
        // A program that was stopped a moment ago may still be on the server's list.
        for _ in 0..LOOKS {
            if others(db).await? == 0 {
                return Ok(true);
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        return Ok(false);
    }
    let Some(path) = url.strip_prefix("sqlite:") else { return Ok(true) };
    // Only the sole connection may leave the write-ahead log.
    let mut conn = SqliteConnection::connect(&format!("sqlite:{path}")).await?;
    let mode = sqlx::query("PRAGMA journal_mode = DELETE").fetch_one(&mut conn).await;
    let alone = mode.is_ok_and(|row| row.try_get::<String, _>(0).is_ok_and(|mode| mode == "delete"));
    if alone {
        sqlx::query("PRAGMA journal_mode = WAL").execute(&mut conn).await?;
    }
    conn.close().await?;
    Ok(alone)
}
