//! The schema is brought up once, however many nodes start, and a newer one is left alone.

use store::testing::both_databases;
use store::{Db, Error, newest_version};

use crate::practice;

both_databases! {
    async fn nodes_that_start_together_migrate_once(db: TestDb) {
        let empty = db.empty_sibling().await;
        let nodes = [Db::clone(&empty), empty.another_node().await, empty.another_node().await];
        let starting: Vec<_> = nodes.iter().cloned().map(|node| tokio::spawn(async move { node.migrate().await })).collect();
        for node in starting {
            node.await.expect("runs").expect("migrates");
        }
        let mut read = empty.read(&practice()).await.expect("begins");
        let versions: Vec<i64> = read.query("SELECT version FROM _sqlx_migrations ORDER BY version").scalars().await.expect("reads");
        assert_eq!(versions.last(), Some(&newest_version()));
        assert_eq!(versions.first(), Some(&1));
        drop(read);
        for node in &nodes[1..] {
            node.close().await;
        }
    }

    async fn a_newer_schema_is_refused(db: TestDb) {
        let mut tx = db.write(&practice()).await.expect("begins");
        tx.query("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', TRUE, $1, 0)")
            .bind(&[1_u8][..]).execute().await.expect("inserts");
        tx.commit().await.expect("commits");
        let error = db.migrate().await.expect_err("refused");
        assert!(matches!(error, Error::SchemaNewer { found: 9999, known } if known == newest_version()), "{error}");
        assert!(error.to_string().contains("start the newer release"));
    }

    async fn an_edited_migration_is_refused(db: TestDb) {
        let mut tx = db.write(&practice()).await.expect("begins");
        tx.query("UPDATE _sqlx_migrations SET checksum = $1 WHERE version = 1").bind(&[1_u8][..]).execute().await.expect("updates");
        tx.commit().await.expect("commits");
        assert!(matches!(db.migrate().await, Err(Error::Migration { version: 1, .. })));
    }
}
