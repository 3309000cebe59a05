//! Many transactions share one commit on SQLite, and none feels the others.

use std::time::Duration;

use store::testing::{TestDb, keyring};
use store::{Db, Error, Options};
use tokio::task::JoinHandle;

use crate::{create_box, ids, insert, practice};

/// A transaction of its own task: inserts one row and commits.
fn member(db: &Db, id: String, n: i64) -> JoinHandle<store::Result<()>> {
    let db = db.clone();
    tokio::spawn(async move {
        let mut tx = db.write(&practice()).await?;
        insert(&mut tx, &id, n).await?;
        tx.commit().await
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poisoned_member_among_sixty_four_fails_alone() {
    let db = TestDb::sqlite().await;
    create_box(&db).await;
    let before = db.group_commits().expect("SQLite");
    // Whoever holds the writer makes the others queue, and they share what follows.
    let first = db.write(&practice()).await.expect("begins");
    let members: Vec<_> = (0..64).map(|n| member(&db, format!("{n:02}"), if n == 17 { -1 } else { n })).collect();
    drop(first);
    for (n, member) in members.into_iter().enumerate() {
        let outcome = member.await.expect("runs");
        if n == 17 {
            assert!(matches!(outcome, Err(Error::Constraint { .. })), "{outcome:?}");
        } else {
            outcome.expect("the others are not concerned");
        }
    }
    let expected: Vec<String> = (0..64).filter(|n| *n != 17).map(|n| format!("{n:02}")).collect();
    assert_eq!(ids(&db).await, expected);
    let after = db.group_commits().expect("SQLite");
    assert_eq!(after.transactions - before.transactions, 63);
    assert!(after.commits - before.commits < 63, "commits were shared: {}", after.commits - before.commits);
}

#[tokio::test]
async fn a_dropped_member_takes_back_only_its_own() {
    let db = TestDb::sqlite().await;
    create_box(&db).await;
    let first = db.write(&practice()).await.expect("begins");
    let one = member(&db, "one".to_owned(), 1);
    let dropped = {
        let db = Db::clone(&db);
        tokio::spawn(async move {
            let mut tx = db.write(&practice()).await.expect("begins");
            insert(&mut tx, "dropped", 1).await.expect("inserts");
        })
    };
    let two = member(&db, "two".to_owned(), 1);
    // One thread: all three have asked for their turn before it is given back.
    tokio::task::yield_now().await;
    drop(first);
    one.await.expect("runs").expect("commits");
    dropped.await.expect("runs");
    two.await.expect("runs").expect("commits");
    assert_eq!(ids(&db).await, ["one", "two"]);
}

#[tokio::test]
async fn whoever_stops_waiting_does_not_stop_the_others() {
    let db = TestDb::sqlite().await;
    create_box(&db).await;
    let first = db.write(&practice()).await.expect("begins");
    let gone = member(&db, "gone".to_owned(), 1);
    let stays = member(&db, "stays".to_owned(), 1);
    tokio::task::yield_now().await;
    gone.abort();
    assert!(gone.await.is_err_and(|error| error.is_cancelled()));
    drop(first);
    stays.await.expect("runs").expect("commits");
    assert_eq!(ids(&db).await, ["stays"]);
}

/// The disk is full for one of several in a shared commit: nobody is told "stored" who is not, and writing recovers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_disk_is_full_nobody_is_acknowledged_in_vain() {
    let db = TestDb::sqlite().await;
    create_box(&db).await;
    let mut first = db.write(&practice()).await.expect("begins");
    let pages: i64 = first.query("PRAGMA page_count").scalar().await.expect("reads");
    assert!(pages < 4000);
    // Holds for this connection only: a new one has room again.
    first.query("PRAGMA max_page_count = 4000").execute().await.expect("sets");
    let others: Vec<_> = (0..6).map(|n| member(&db, format!("small-{n}"), 1)).collect();
    let greedy = {
        let db = Db::clone(&db);
        tokio::spawn(async move {
            let mut tx = db.write(&practice()).await?;
            tx.query("INSERT INTO box (practice_id, id, n, content) VALUES ($1, 'greedy', 1, $2)")
                .bind(practice())
                .bind(vec![7_u8; 40_000_000])
                .execute()
                .await?;
            tx.commit().await
        })
    };
    let more: Vec<_> = (6..12).map(|n| member(&db, format!("small-{n}"), 1)).collect();
    drop(first);
    let mut acknowledged = Vec::new();
    for (n, member) in others.into_iter().chain(more).enumerate() {
        match member.await.expect("runs") {
            Ok(()) => acknowledged.push(format!("small-{n}")),
            Err(error) => assert!(matches!(error, Error::Unavailable(_)), "{error:?}"),
        }
    }
    assert!(matches!(greedy.await.expect("runs"), Err(Error::Unavailable(_))));
    acknowledged.sort();
    assert_eq!(ids(&db).await, acknowledged, "acknowledged and stored are the same");
    member(&db, "zz later".to_owned(), 1).await.expect("runs").expect("writing goes on, on a fresh connection");
    let mut tx = db.write(&practice()).await.expect("begins");
    let limit: i64 = tx.query("PRAGMA max_page_count").scalar().await.expect("reads");
    assert!(limit > 4000, "the connection is a new one");
}

#[tokio::test]
async fn a_writer_that_is_never_given_back_makes_the_next_one_busy_and_not_stuck() {
    let db = TestDb::sqlite().await;
    let options = Options { wait: Duration::from_millis(50), ..Options::default() };
    let impatient = Db::connect(db.url(), keyring(), options).await.expect("connects");
    let held = impatient.write(&practice()).await.expect("begins");
    let error = impatient.write(&practice()).await.err().expect("its turn does not come");
    assert!(matches!(error, Error::Busy) && error.is_transient());
    drop(held);
    drop(impatient.write(&practice()).await.expect("now it does"));
    impatient.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_take_turns() {
    let db = TestDb::sqlite().await;
    create_box(&db).await;
    let other = db.another_node().await;
    let mut tx = db.write(&practice()).await.expect("begins");
    insert(&mut tx, "a", 1).await.expect("inserts");
    let waiting = member(&other, "b".to_owned(), 1);
    tx.commit().await.expect("commits");
    waiting.await.expect("runs").expect("commits after the first");
    assert_eq!(ids(&db).await, ["a", "b"]);
    other.close().await;
}

#[tokio::test]
async fn a_closed_database_says_so() {
    let db = TestDb::sqlite().await;
    db.close().await;
    assert!(matches!(db.write(&practice()).await, Err(Error::Unavailable(_))));
    assert!(matches!(db.read(&practice()).await, Err(Error::Unavailable(_))));
}
