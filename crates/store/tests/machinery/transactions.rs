//! Two isolation worlds, one behaviour.

use std::time::Duration;

use store::testing::{TestDb, both_databases};
use store::{Db, Error};

use crate::{create_box, ids, insert, practice};

/// Adds one by compare-and-set, again and again until it was this one that did.
async fn increment(db: &Db) -> u32 {
    for conflicts in 0.. {
        let mut tx = db.write(&practice()).await.expect("begins");
        let n: i64 = tx
            .query("SELECT n FROM box WHERE practice_id = $1 AND id = 'counter'")
            .bind(practice())
            .scalar()
            .await
            .expect("reads");
        let changed: Option<i64> = tx
            .query("UPDATE box SET n = $2 + 1 WHERE practice_id = $1 AND id = 'counter' AND n = $2 RETURNING n")
            .bind(practice())
            .bind(n)
            .scalar_optional()
            .await
            .expect("updates");
        if changed.is_some() {
            tx.commit().await.expect("commits");
            return conflicts;
        }
    }
    unreachable!("the loop ends by returning")
}

both_databases! {
    async fn eight_writers_times_fifty_lose_nothing(db: TestDb) {
        create_box(&db).await;
        let mut tx = db.write(&practice()).await.expect("begins");
        insert(&mut tx, "counter", 0).await.expect("inserts");
        tx.commit().await.expect("commits");
        let writers: Vec<_> = (0..8).map(|_| {
            let db = Db::clone(&db);
            tokio::spawn(async move {
                let mut conflicts = 0;
                for _ in 0..50 {
                    conflicts += increment(&db).await;
                }
                conflicts
            })
        }).collect();
        let mut conflicts = 0;
        for writer in writers {
            conflicts += writer.await.expect("no writer fails");
        }
        let mut read = db.read(&practice()).await.expect("begins");
        let n: i64 = read.query("SELECT n FROM box WHERE practice_id = $1").bind(practice()).scalar().await.expect("reads");
        assert_eq!(n, 400);
        if db.engine() == store::Engine::Sqlite {
            assert_eq!(conflicts, 0, "whoever writes has begun IMMEDIATE and reads the latest state");
        }
    }

    async fn of_two_that_saw_the_same_state_one_is_told(db: TestDb) {
        create_box(&db).await;
        let mut tx = db.write(&practice()).await.expect("begins");
        insert(&mut tx, "packet", 0).await.expect("inserts");
        tx.commit().await.expect("commits");
        let close = |db: Db| async move {
            let mut tx = db.write(&practice()).await?;
            let closed: Option<i64> = tx.query("UPDATE box SET n = 1 WHERE practice_id = $1 AND id = 'packet' AND n = 0 RETURNING n")
                .bind(practice()).scalar_optional().await?;
            closed.ok_or(Error::Conflict)?;
            tx.commit().await
        };
        let (one, two) = tokio::join!(tokio::spawn(close(Db::clone(&db))), tokio::spawn(close(Db::clone(&db))));
        let outcomes = [one.expect("runs"), two.expect("runs")];
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
        assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Err(Error::Conflict))).count(), 1, "{outcomes:?}");
    }

    async fn after_a_failed_statement_nothing_goes_on_and_nothing_is_stored(db: TestDb) {
        create_box(&db).await;
        let mut tx = db.write(&practice()).await.expect("begins");
        insert(&mut tx, "before", 1).await.expect("inserts");
        insert(&mut tx, "refused", -1).await.expect_err("the CHECK refuses it");
        assert!(matches!(insert(&mut tx, "after", 1).await, Err(Error::Failed)));
        assert!(matches!(tx.commit().await, Err(Error::Failed)));
        assert!(ids(&db).await.is_empty());
    }

    async fn an_abandoned_statement_fails_the_transaction(db: TestDb) {
        create_box(&db).await;
        let mut tx = db.write(&practice()).await.expect("begins");
        insert(&mut tx, "before", 1).await.expect("inserts");
        let slow = tx.query("INSERT INTO box (practice_id, id, n)
                             WITH RECURSIVE many (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 200000)
                             SELECT 'practice-1', 'sum', CAST(sum(n) AS BIGINT) FROM many").execute();
        assert!(tokio::time::timeout(Duration::ZERO, slow).await.is_err(), "it takes longer than no time");
        assert!(matches!(tx.commit().await, Err(Error::Failed)));
        assert!(ids(&db).await.is_empty());
    }

    async fn a_dropped_transaction_leaves_nothing(db: TestDb) {
        create_box(&db).await;
        let mut tx = db.write(&practice()).await.expect("begins");
        insert(&mut tx, "dropped", 1).await.expect("inserts");
        drop(tx);
        let mut tx = db.write(&practice()).await.expect("begins");
        insert(&mut tx, "kept", 1).await.expect("inserts");
        tx.commit().await.expect("commits");
        assert_eq!(ids(&db).await, ["kept"]);
    }

    async fn what_goes_later_is_seen_by_the_next_statement_and_by_the_commit(db: TestDb) {
        create_box(&db).await;
        let later = "INSERT INTO box (practice_id, id, n) VALUES ($1, $2, $3)";
        let mut tx = db.write(&practice()).await.expect("begins");
        tx.query(later).bind(practice()).bind("first").bind(1).later().await.expect("is taken");
        // Plain placeholders, numbered ones and one that is used twice go together.
        let rows = vec![store::values![practice(), "second", 2], store::values![practice(), "third", 3]];
        tx.query("INSERT INTO box (practice_id, id, n) VALUES $rows").bind_rows(rows).later().await.expect("is taken");
        let twice = "UPDATE box SET n = n + $2 WHERE practice_id = $1 AND n <> $2";
        let touched = tx.query(twice).bind(practice()).bind(2).execute().await.expect("changes");
        assert_eq!(touched, 2, "only its own rows are counted");
        tx.query(later).bind(practice()).bind("last").bind(9).later().await.expect("is taken");
        tx.commit().await.expect("commits");
        assert_eq!(ids(&db).await, ["first", "last", "second", "third"]);

        let mut tx = db.write(&practice()).await.expect("begins");
        tx.query(later).bind(practice()).bind("dropped").bind(1).later().await.expect("is taken");
        drop(tx);
        assert_eq!(ids(&db).await.len(), 4, "what goes nowhere happens nowhere");
    }

    async fn what_goes_later_and_is_refused_takes_its_transaction_with_it_and_no_other(db: TestDb) {
        create_box(&db).await;
        let later = "INSERT INTO box (practice_id, id, n) VALUES ($1, $2, $3)";
        let mut tx = db.write(&practice()).await.expect("begins");
        insert(&mut tx, "taken", 1).await.expect("inserts");
        tx.commit().await.expect("commits");
        // With the commit, and with the next statement.
        let mut tx = db.write(&practice()).await.expect("begins");
        insert(&mut tx, "beside", 1).await.expect("inserts");
        let taken = tx.query(later).bind(practice()).bind("taken").bind(2).later().await;
        let outcome = match taken {
            Ok(()) => tx.commit().await,
            refused => refused,
        };
        assert!(matches!(outcome, Err(Error::Constraint { .. })), "{outcome:?}");
        let mut tx = db.write(&practice()).await.expect("begins");
        let taken = tx.query(later).bind(practice()).bind("taken").bind(2).later().await;
        let outcome = match taken {
            Ok(()) => insert(&mut tx, "beside", 1).await.map(drop),
            refused => refused,
        };
        assert!(matches!(outcome, Err(Error::Constraint { .. })), "{outcome:?}");
        assert!(tx.commit().await.is_err(), "a failed transaction does not commit");
        // Those who share the commit with a refused one keep what they did.
        let writers: Vec<_> = (0..24).map(|n| {
            let db = Db::clone(&db);
            tokio::spawn(async move {
                let mut tx = db.write(&practice()).await.expect("begins");
                let id = if n % 3 == 0 { "taken".to_owned() } else { format!("kept-{n:02}") };
                tx.query(later).bind(practice()).bind(id).bind(n).later().await?;
                tx.commit().await
            })
        }).collect();
        for (n, writer) in writers.into_iter().enumerate() {
            assert_eq!(writer.await.expect("nobody panics").is_ok(), n % 3 != 0, "{n}");
        }
        assert_eq!(ids(&db).await.len(), 17);
    }

    async fn who_stops_waiting_for_a_beginning_leaves_no_transaction_open(db: TestDb) {
        create_box(&db).await;
        let practice = practice();
        // Given up a little later each time: before the statement went, on its way, and just before the answer.
        for patience in std::iter::successors(Some(1_u32), |n| Some(n + n / 8 + 1)).take_while(|n| *n < 4_000) {
            tokio::select! {
                biased;
                read = db.read(&practice) => drop(read.expect("begins")),
                () = async { for _ in 0..patience { tokio::task::yield_now().await; } } => {}
            }
            // Whichever connection they meet, writers find nothing of it.
            for n in 0..4 {
                let mut tx = db.write(&practice).await.expect("begins");
                insert(&mut tx, &format!("after-{patience}-{n}"), n).await.expect("a connection that may write");
                tx.commit().await.expect("commits");
            }
        }
    }

    async fn a_reader_sees_one_state(db: TestDb) {
        create_box(&db).await;
        let mut read = db.read(&practice()).await.expect("begins");
        let count = "SELECT count(*) FROM box WHERE practice_id = $1";
        let before: i64 = read.query(count).bind(practice()).scalar().await.expect("counts");
        let mut tx = db.write(&practice()).await.expect("begins");
        insert(&mut tx, "new", 1).await.expect("inserts");
        tx.commit().await.expect("commits");
        let still: i64 = read.query(count).bind(practice()).scalar().await.expect("counts");
        assert_eq!((before, still), (0, 0));
        assert_eq!(ids(&db).await, ["new"], "the next reader sees it");
    }

    async fn readers_one_after_the_other_see_what_was_written_between_them(db: TestDb) {
        create_box(&db).await;
        let statement = "SELECT count(*) FROM box WHERE practice_id = $1";
        for n in 0..24 {
            // The connection was lent before, and its last reader was content, or asked nothing, or was refused, or went away while
            // it waited for the answer.
            let mut read = db.read(&practice()).await.expect("begins");
            let count = read.query(statement).bind(practice());
            match n % 4 {
                0 => assert_eq!(count.scalar::<i64>().await.expect("counts"), n),
                1 => {}
                2 => drop(read.query("SELECT n FROM no_such_table").execute().await.expect_err("there is none")),
                _ => drop(tokio::time::timeout(Duration::ZERO, count.scalar::<i64>()).await),
            }
            drop(read);
            let mut tx = db.write(&practice()).await.expect("begins");
            insert(&mut tx, &format!("row-{n}"), n).await.expect("inserts");
            tx.commit().await.expect("commits");
            assert_eq!(ids(&db).await.len(), usize::try_from(n).expect("few") + 1);
        }
    }

    async fn a_reader_cannot_write(db: TestDb) {
        create_box(&db).await;
        let mut read = db.read(&practice()).await.expect("begins");
        let written = read.query("INSERT INTO box (practice_id, id, n) VALUES ($1, 'a', 1)").bind(practice()).execute().await;
        assert!(matches!(written, Err(Error::Unavailable(_))), "{written:?}");
        drop(read);
        assert!(ids(&db).await.is_empty());
    }

    async fn one_look_up_without_a_practice_then_one_practice(db: TestDb) {
        use store::InstanceScope as _;
        create_box(&db).await;
        let mut all = db.write_all().await.expect("begins");
        let none: Option<String> = all.query("SELECT practice_id FROM box WHERE id = $1").bind("x").scalar_optional().await.expect("reads");
        assert_eq!(none, None);
        let mut tx = all.into_practice(&practice());
        assert_eq!(tx.practice(), &practice());
        insert(&mut tx, "x", 1).await.expect("inserts");
        tx.commit().await.expect("commits");
        let mut all = db.read_all().await.expect("begins");
        let found: String = all.query("SELECT practice_id FROM box WHERE id = $1").bind("x").scalar().await.expect("reads");
        assert_eq!(found, practice().as_str());
    }
}

/// PostgreSQL only: a commit whose answer never came is not called a failure.
#[tokio::test]
async fn a_commit_on_a_broken_connection_is_unknown() {
    let Some(db) = TestDb::postgres().await else { return };
    create_box(&db).await;
    let mut tx = db.write(&practice()).await.expect("begins");
    insert(&mut tx, "maybe", 1).await.expect("inserts");
    let process: i64 = tx.query("SELECT CAST(pg_backend_pid() AS BIGINT)").scalar().await.expect("reads");
    let mut other = db.write(&practice()).await.expect("begins");
    let ended: bool = other
        .query("SELECT pg_terminate_backend(CAST($1 AS INTEGER), 5000)")
        .bind(process)
        .scalar()
        .await
        .expect("ends it");
    assert!(ended);
    assert!(matches!(tx.commit().await, Err(Error::CommitUnknown)));
    assert!(ids(&db).await.is_empty(), "and a fresh look tells");
}
