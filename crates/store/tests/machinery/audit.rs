//! The chain shows what was done to it.

use care::PracticeId;
use store::testing::both_databases;
use store::{
    AuditBreak, AuditEntry, AuditReport, BreakKind, Db, INSTANCE, audit_page, audited_practices, verify_audit,
};

use crate::{create_box, insert, noon, practice};

fn seen(n: i64) -> AuditEntry {
    AuditEntry::new(
        noon() + chrono::Duration::nanoseconds(n * 1_000_001),
        "staff-1",
        "client.view",
        "client",
        format!("client-{n}"),
    )
    .with("reason", "caseload")
    .listing("zz", ["b", "a"])
    .with("aa", "ünïcode \"quoted\"")
}

async fn write(db: &Db, entries: std::ops::Range<i64>) {
    let mut tx = db.write(&practice()).await.expect("begins");
    for n in entries {
        tx.audit(seen(n));
    }
    tx.commit().await.expect("commits");
}

async fn verify(db: &Db) -> AuditReport {
    verify_audit(&mut db.read(&practice()).await.expect("begins")).await.expect("reads")
}

/// What somebody with access to the database might do.
async fn tamper(db: &Db, statements: &[&'static str]) {
    store::testing::take_down_guards(db).await;
    let mut tx = db.write(&practice()).await.expect("begins");
    for sql in statements {
        assert_eq!(tx.query(sql).execute().await.expect("is possible"), 1, "{sql}");
    }
    tx.commit().await.expect("commits");
}

async fn broken_by(db: &Db, statements: &[&'static str]) -> Option<AuditBreak> {
    write(db, 0..10).await;
    assert_eq!(verify(db).await.broken, None);
    tamper(db, statements).await;
    verify(db).await.broken
}

both_databases! {
    async fn the_database_itself_refuses_to_change_or_delete_a_row(db: TestDb) {
        write(&db, 0..3).await;
        let mut tamperings = vec!["UPDATE audit SET actor = 'staff-2' WHERE seq = 2", "DELETE FROM audit WHERE seq = 3", "DELETE FROM audit"];
        if db.engine() == store::Engine::Postgres {
            tamperings.push("TRUNCATE audit");
        }
        for sql in tamperings {
            let mut tx = db.write(&practice()).await.expect("begins");
            tx.query(sql).execute().await.expect_err(sql);
            drop(tx);
        }
        assert_eq!((verify(&db).await.rows, verify(&db).await.broken), (3, None));
        store::testing::take_down_guards(&db).await;
        tamper(&db, &["UPDATE audit SET actor = 'staff-2' WHERE seq = 2"]).await;
        db.migrate().await.expect("the next start");
        let mut tx = db.write(&practice()).await.expect("begins");
        tx.query("DELETE FROM audit").execute().await.expect_err("they stand again");
    }

    async fn a_chain_goes_on_over_transactions_and_reads_back_whole(db: TestDb) {
        assert_eq!(verify(&db).await.rows, 0);
        write(&db, 0..3).await;
        write(&db, 3..4).await;
        let report = verify(&db).await;
        assert_eq!((report.rows, report.broken), (4, None));
        let rows = audit_page(&mut db.read(&practice()).await.expect("begins"), 2, 10).await.expect("reads");
        assert_eq!(rows.iter().map(|row| (row.seq, row.subject_id.as_str())).collect::<Vec<_>>(), [(3, "client-2"), (4, "client-3")]);
        assert_eq!(rows[1].hash, report.head);
        assert_eq!(rows[0].detail.0["zz"], serde_json::json!(["b", "a"]));
    }

    async fn an_undone_transaction_leaves_no_row_and_no_gap(db: TestDb) {
        create_box(&db).await;
        write(&db, 0..1).await;
        let mut tx = db.write(&practice()).await.expect("begins");
        tx.audit(seen(1));
        insert(&mut tx, "refused", -1).await.expect_err("refused");
        tx.commit().await.expect_err("refused");
        let mut tx = db.write(&practice()).await.expect("begins");
        tx.audit(seen(2));
        drop(tx);
        write(&db, 3..4).await;
        let report = verify(&db).await;
        assert_eq!((report.rows, report.broken), (2, None));
    }

    async fn eight_writers_make_one_chain(db: TestDb) {
        let writers: Vec<_> = (0..8).map(|writer| {
            let db = Db::clone(&db);
            tokio::spawn(async move {
                for n in 0..10 {
                    write(&db, writer * 100 + n..writer * 100 + n + 2).await;
                }
            })
        }).collect();
        for writer in writers {
            writer.await.expect("no writer fails");
        }
        let report = verify(&db).await;
        assert_eq!((report.rows, report.broken), (160, None));
    }

    async fn practices_have_chains_of_their_own_even_in_one_transaction(db: TestDb) {
        let other = PracticeId::from_text("practice-2");
        let mut all = db.write_all().await.expect("begins");
        all.within(&other).audit(seen(1));
        all.within(&practice()).audit(seen(2));
        all.within(&other).audit(seen(3));
        all.own().audit(AuditEntry::new(noon(), "operator", "instance.restore", "instance", INSTANCE));
        all.commit().await.expect("commits");
        let chains = audited_practices(&mut db.read_all().await.expect("begins")).await.expect("reads");
        assert_eq!(chains, [PracticeId::from_text(INSTANCE), practice(), other.clone()]);
        for (practice, rows) in [(&practice(), 1), (&other, 2), (&PracticeId::from_text(INSTANCE), 1)] {
            let report = verify_audit(&mut db.read(practice).await.expect("begins")).await.expect("reads");
            assert_eq!((report.rows, report.broken), (rows, None));
        }
    }

    async fn more_rows_than_a_page_or_a_statement_holds(db: TestDb) {
        write(&db, 0..2300).await;
        let report = verify(&db).await;
        assert_eq!((report.rows, report.broken), (2300, None));
    }

    async fn an_altered_row_is_named(db: TestDb) {
        let broken = broken_by(&db, &["UPDATE audit SET actor = 'staff-2' WHERE seq = 4"]).await;
        assert_eq!(broken, Some(AuditBreak { seq: 4, kind: BreakKind::Altered }));
    }

    async fn an_altered_detail_is_named(db: TestDb) {
        let broken = broken_by(&db, &["UPDATE audit SET detail = '{\"reason\": \"emergency\"}' WHERE seq = 9"]).await;
        assert_eq!(broken, Some(AuditBreak { seq: 9, kind: BreakKind::Altered }));
    }

    async fn a_deleted_row_is_named(db: TestDb) {
        let broken = broken_by(&db, &["DELETE FROM audit WHERE seq = 1"]).await;
        assert_eq!(broken, Some(AuditBreak { seq: 1, kind: BreakKind::Missing }));
    }

    async fn a_closed_gap_is_named(db: TestDb) {
        let broken = broken_by(&db, &[
            "DELETE FROM audit WHERE seq = 9", "UPDATE audit SET seq = 9 WHERE seq = 10", "UPDATE audit_head SET seq = 9",
        ]).await;
        assert_eq!(broken, Some(AuditBreak { seq: 9, kind: BreakKind::Moved }));
    }

    async fn rows_cut_off_at_the_end_are_named(db: TestDb) {
        let broken = broken_by(&db, &["DELETE FROM audit WHERE seq = 10"]).await;
        assert_eq!(broken, Some(AuditBreak { seq: 10, kind: BreakKind::Missing }));
        tamper(&db, &["UPDATE audit_head SET seq = 9"]).await;
        assert_eq!(verify(&db).await.broken, Some(AuditBreak { seq: 9, kind: BreakKind::HeadDiffers }));
    }

    async fn exchanged_rows_are_named(db: TestDb) {
        let broken = broken_by(&db, &[
            "UPDATE audit SET seq = 100 WHERE seq = 5", "UPDATE audit SET seq = 5 WHERE seq = 6", "UPDATE audit SET seq = 6 WHERE seq = 100",
        ]).await;
        assert_eq!(broken, Some(AuditBreak { seq: 5, kind: BreakKind::Moved }));
    }

    async fn a_remembered_end_that_is_no_longer_the_end_is_looked_up(db: TestDb) {
        let other = db.another_node().await;
        for n in 0..4 {
            write(&db, 2 * n..2 * n + 1).await;
            write(&other, 2 * n + 1..2 * n + 2).await;
        }
        // What is remembered of a transaction that was given up never was.
        let mut tx = db.write(&practice()).await.expect("begins");
        tx.audit(seen(99));
        tx.query("SELECT * FROM nowhere").execute().await.expect_err("fails");
        tx.commit().await.expect_err("has failed");
        write(&db, 8..10).await;
        let before = db.statements();
        write(&db, 10..11).await;
        assert_eq!(db.statements() - before, 2, "whoever wrote last moves the end without looking");
        let report = verify(&db).await;
        assert_eq!((report.rows, report.broken), (11, None));
        other.close().await;
    }
}
