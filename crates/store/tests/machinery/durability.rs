//! What has been acknowledged is on disk.

use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use store::testing::{TestDb, keyring};
use store::{Db, Error, Options};

use crate::{create_box, ids, insert, practice};

const SETTINGS: &str =
    "SELECT (SELECT journal_mode FROM pragma_journal_mode), (SELECT synchronous FROM pragma_synchronous),
                               (SELECT foreign_keys FROM pragma_foreign_keys)";

#[tokio::test]
async fn every_connection_is_wal_and_full() {
    let db = TestDb::sqlite().await;
    let expected = ("wal".to_owned(), 2_i64, 1_i64);
    let mut tx = db.write(&practice()).await.expect("begins");
    assert_eq!(tx.query(SETTINGS).one::<(String, i64, i64)>().await.expect("reads"), expected);
    drop(tx);
    // All held at once: four different connections.
    let mut readers = Vec::new();
    for _ in 0..4 {
        readers.push(db.read(&practice()).await.expect("begins"));
    }
    for mut read in readers {
        assert_eq!(read.query(SETTINGS).one::<(String, i64, i64)>().await.expect("reads"), expected);
    }
}

/// A reader that has ended holds on to no state of the file: its journal can be carried over whole.
#[tokio::test]
async fn readers_that_are_gone_hold_nothing_back() {
    let db = TestDb::sqlite().await;
    create_box(&db).await;
    for n in 0..4 {
        let mut readers = Vec::new();
        for _ in 0..4 {
            let mut read = db.read(&practice()).await.expect("begins");
            read.query("SELECT count(*) FROM box").scalar::<i64>().await.expect("counts");
            readers.push(read);
        }
        drop(readers);
        let mut tx = db.write(&practice()).await.expect("begins");
        insert(&mut tx, &format!("row-{n}"), n).await.expect("inserts");
        tx.commit().await.expect("commits");
    }
    // The last of them end on threads of their own.
    let began = std::time::Instant::now();
    while carried_over(&db).await != (0, 0) {
        assert!(began.elapsed() < std::time::Duration::from_secs(20), "somebody still reads an old state");
    }
}

/// Whether somebody was in the way of carrying the journal over, and how many of its pages are left.
async fn carried_over(db: &TestDb) -> (i64, i64) {
    let options = SqliteConnectOptions::new().filename(db.file().expect("a file"));
    let mut conn = options.connect().await.expect("opens");
    let (busy, left, _): (i64, i64, i64) =
        sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut conn).await.expect("carries over");
    conn.close().await.expect("closes");
    (busy, left)
}

#[tokio::test]
async fn who_closes_waits_for_those_who_read() {
    let db = TestDb::sqlite().await;
    let mut read = db.read(&practice()).await.expect("begins");
    read.query("SELECT 1").scalar::<i64>().await.expect("reads");
    let closing = {
        let db = Db::clone(&db);
        tokio::spawn(async move { db.close().await })
    };
    tokio::task::yield_now().await;
    assert!(!closing.is_finished());
    read.query("SELECT 1").scalar::<i64>().await.expect("still reads");
    drop(read);
    closing.await.expect("closes");
    assert!(matches!(db.read(&practice()).await, Err(Error::Unavailable(_))));
}

#[tokio::test]
async fn nobody_can_lower_it_from_inside() {
    let db = TestDb::sqlite().await;
    let mut tx = db.write(&practice()).await.expect("begins");
    tx.query("PRAGMA synchronous = OFF").execute().await.expect_err("SQLite refuses it inside a transaction");
    drop(tx);
    let mut read = db.read(&practice()).await.expect("begins");
    read.query("PRAGMA synchronous = OFF").execute().await.expect_err("SQLite refuses it inside a transaction");
    drop(read);
    let mut tx = db.write(&practice()).await.expect("begins");
    assert_eq!(tx.query(SETTINGS).one::<(String, i64, i64)>().await.expect("reads").1, 2);
}

/// What a process that dies right after the commit leaves behind: the file and its journal, nothing in memory.
#[tokio::test]
async fn a_committed_row_is_in_the_files() {
    let db = TestDb::sqlite().await;
    create_box(&db).await;
    let mut tx = db.write(&practice()).await.expect("begins");
    insert(&mut tx, "acknowledged", 1).await.expect("inserts");
    tx.commit().await.expect("commits");
    let mut tx = db.write(&practice()).await.expect("begins");
    insert(&mut tx, "in flight", 1).await.expect("inserts");

    let file = db.file().expect("a file");
    let left = file.with_file_name("left.db");
    let beside = |path: &Path, suffix: &str| {
        path.with_file_name(format!("{}{suffix}", path.file_name().expect("a name").display()))
    };
    for suffix in ["", "-wal"] {
        std::fs::copy(beside(&file, suffix), beside(&left, suffix)).expect("copies");
    }
    let after =
        Db::connect(&format!("sqlite:{}", left.display()), keyring(), Options::default()).await.expect("recovers");
    assert_eq!(ids(&after).await, ["acknowledged"]);
    after.close().await;
}

#[cfg(unix)]
#[tokio::test]
async fn the_files_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let db = TestDb::sqlite().await.empty_sibling().await;
    db.migrate().await.expect("migrates");
    let folder = db.file().expect("a file").parent().expect("a folder").to_owned();
    for entry in std::fs::read_dir(folder).expect("lists") {
        let entry = entry.expect("lists");
        let mode = entry.metadata().expect("exists").permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", entry.path().display());
    }
}

#[tokio::test]
async fn an_unusable_address_says_what_to_do() {
    for (url, word) in [
        ("mysql://localhost/x", "sqlite:"),
        ("sqlite::memory:", "must be a file"),
        ("sqlite:/nowhere/at/all/bellwether.db", "folder"),
        ("postgres://nobody@127.0.0.1:1/none", "check that it runs"),
    ] {
        let options = Options { wait: std::time::Duration::from_secs(1), ..Options::default() };
        let error = Db::connect(url, keyring(), options).await.err().expect("refused");
        assert!(matches!(error, Error::Configuration(_) | Error::Unavailable(_)), "{error:?}");
        assert!(error.to_string().contains(word), "{error}");
    }
}

/// What a sample says of the rows of a practice is put right: a list of some hundred keys goes by them.
#[tokio::test]
async fn a_practice_is_as_large_as_it_is() {
    let db = TestDb::sqlite().await;
    create_box(&db).await;
    let mut tx = db.write(&practice()).await.expect("begins");
    for n in 0..1_000 {
        insert(&mut tx, &format!("row-{n}"), n).await.expect("inserts");
    }
    tx.commit().await.expect("commits");
    db.learn_distribution().await.expect("learns");
    let mut read = db.read(&practice()).await.expect("begins");
    let learned: String = read
        .query("SELECT stat FROM sqlite_stat1 WHERE tbl = 'box' AND idx LIKE 'sqlite_autoindex%'")
        .scalar()
        .await
        .expect("reads");
    assert_eq!(learned, "1000 1000 1");
}
