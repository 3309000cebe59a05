//! Triggers that keep the audit append-only, whoever writes to the database: the one piece of the schema that the two
//! databases have no common text for. Put up at every start where they are missing. An administrator of the database can
//! still take them down; then the chain of hashes shows what was done.

use sqlx::{Connection as _, PgConnection, SqliteConnection};

use crate::tx::Conn;
use crate::{Read, Result};

/// The triggers of each database and the statements that make them.
const SQLITE: &[(&str, &str)] = &[
    (
        "audit_no_update",
        "CREATE TRIGGER IF NOT EXISTS audit_no_update BEFORE UPDATE ON audit \
         BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END",
    ),
    (
        "audit_no_delete",
        "CREATE TRIGGER IF NOT EXISTS audit_no_delete BEFORE DELETE ON audit \
         BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END",
    ),
];
const POSTGRES_FUNCTION: &str = "CREATE OR REPLACE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS \
     $$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$";
const POSTGRES: &[(&str, &str)] = &[
    (
        "audit_no_change",
        "CREATE OR REPLACE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit \
         FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()",
    ),
    (
        "audit_no_truncate",
        "CREATE OR REPLACE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit \
         FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()",
    ),
];
const POSTGRES_STANDING: &str = "SELECT tgname::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid \
     WHERE c.relname = 'audit' AND c.relnamespace = current_schema()::regnamespace AND t.tgenabled IN ('O', 'A')";
const SQLITE_STANDING: &str = "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'audit'";

/// Puts up what is missing. On the connection that has just migrated.
pub(crate) async fn put_up_sqlite(conn: &mut SqliteConnection) -> Result<()> {
    for (_, sql) in SQLITE {
        sqlx::query(*sql).execute(&mut *conn).await?;
    }
    Ok(())
}

/// The same; nodes that start together wait for one another.
pub(crate) async fn put_up_postgres(conn: &mut PgConnection) -> Result<()> {
    let mut tx = conn.begin().await?;
    sqlx::query("SELECT pg_advisory_xact_lock(8201305)").execute(&mut *tx).await?;
    let standing: Vec<String> = sqlx::query_scalar(POSTGRES_STANDING).fetch_all(&mut *tx).await?;
    if POSTGRES.iter().any(|(name, _)| !standing.iter().any(|known| known == name)) {
        sqlx::query(POSTGRES_FUNCTION).execute(&mut *tx).await?;
        for (_, sql) in POSTGRES {
            sqlx::query(*sql).execute(&mut *tx).await?;
        }
    }
    Ok(tx.commit().await?)
}

/// The names of the triggers that do not stand.
pub(crate) async fn missing(read: &mut Read) -> Result<Vec<&'static str>> {
    let (wanted, sql) = match read.conn {
        Conn::Postgres(_) => (POSTGRES, POSTGRES_STANDING),
        Conn::SqliteRead(_) | Conn::SqliteWrite(_) => (SQLITE, SQLITE_STANDING),
    };
    let standing: Vec<String> = read.query(sql).scalars().await?;
    Ok(wanted.iter().map(|(name, _)| *name).filter(|name| !standing.iter().any(|known| known == name)).collect())
}

/// Takes the triggers down, as somebody with the database's own rights could.
#[cfg(feature = "testing")]
pub(crate) async fn take_down(tx: &mut crate::Tx) -> Result<()> {
    let statements: &[&'static str] = match tx.read.conn {
        Conn::Postgres(_) => {
            &["DROP TRIGGER IF EXISTS audit_no_change ON audit", "DROP TRIGGER IF EXISTS audit_no_truncate ON audit"]
        }
        Conn::SqliteRead(_) | Conn::SqliteWrite(_) => {
            &["DROP TRIGGER IF EXISTS audit_no_update", "DROP TRIGGER IF EXISTS audit_no_delete"]
        }
    };
    for sql in statements {
        tx.query(sql).execute().await?;
    }
    Ok(())
}

/// Part of what tells one schema from another.
#[cfg(feature = "testing")]
pub(crate) fn texts() -> impl Iterator<Item = &'static str> {
    SQLITE.iter().chain(POSTGRES).map(|(_, sql)| *sql).chain([POSTGRES_FUNCTION])
}
