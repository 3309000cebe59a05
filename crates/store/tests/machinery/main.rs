//! The traps of two databases, one test each, on both of them: `BELLWETHER_TEST_POSTGRES` names the server.

mod audit;
mod durability;
mod group_commit;
mod jobs;
mod keys;
mod migration;
mod transactions;
mod values;

use care::PracticeId;
use chrono::{DateTime, TimeZone as _, Utc};
use store::Db;

/// The practice most tests work in.
fn practice() -> PracticeId {
    PracticeId::from_text("practice-1")
}

/// An instant with microseconds.
fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 2, 12, 0, 0).single().expect("a valid instant")
        + chrono::Duration::microseconds(123_456)
}

/// A table of the tests' own, with one rule of each kind.
async fn create_box(db: &Db) {
    let mut tx = db.write(&practice()).await.expect("begins");
    for sql in [
        "CREATE TABLE box (practice_id TEXT NOT NULL, id TEXT NOT NULL, n BIGINT NOT NULL CHECK (n >= 0), label TEXT,
                           content BYTEA, PRIMARY KEY (practice_id, id), CONSTRAINT box_label_short CHECK (length(label) < 20))",
        "CREATE UNIQUE INDEX box_label ON box (practice_id, label)",
    ] {
        tx.query(sql).execute().await.expect("creates");
    }
    tx.commit().await.expect("commits");
    // The names of its rules are learned at a start.
    db.migrate().await.expect("nothing left to migrate");
}

/// Puts a row into the tests' table.
fn insert(tx: &mut store::Tx, id: &str, n: i64) -> impl Future<Output = store::Result<u64>> {
    tx.query("INSERT INTO box (practice_id, id, n) VALUES ($1, $2, $3)").bind(practice()).bind(id).bind(n).execute()
}

/// The ids in the tests' table.
async fn ids(db: &Db) -> Vec<String> {
    let mut read = db.read(&practice()).await.expect("begins");
    read.query("SELECT id FROM box WHERE practice_id = $1 ORDER BY id").bind(practice()).scalars().await.expect("reads")
}
