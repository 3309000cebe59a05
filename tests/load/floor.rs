//! What the disk and the driver give at best: a write that is synchronised, and transactions without a product around them,
//! on a database of their own beside the product's.

use crate::report::Turn;
use crate::stage::Stage;
use crate::{Plan, cpu};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions as _, SqliteConnection};
use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;
use std::sync::{Arc, Mutex as Shared};
use std::time::Instant;
use tokio::sync::Mutex;

/// The bare database and a bare file.
pub struct Floor {
    conn: Arc<Mutex<SqliteConnection>>,
    file: Shared<File>,
}

impl Floor {
    /// Makes both in the folder of the product's database: the same disk.
    pub fn build(stage: &Stage) -> Self {
        let folder: PathBuf =
            stage.app.db.file().and_then(|file| file.parent().map(PathBuf::from)).expect("the product is on SQLite");
        let options = SqliteConnectOptions::new()
            .filename(folder.join("floor.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let conn = stage.server.block_on(async {
            let mut conn = options.connect().await.expect("a database");
            run(
                &mut conn,
                "CREATE TABLE floor (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b TEXT NOT NULL, c TEXT NOT NULL)"
                    .to_owned(),
            )
            .await;
            conn
        });
        let file = File::create(folder.join("floor.bytes")).expect("a file");
        file.set_len(1 << 20).expect("room for a megabyte");
        file.sync_all().expect("the file can be synchronised");
        Self { conn: Arc::new(Mutex::new(conn)), file: Shared::new(file) }
    }

    /// Writes of 4 KB, each synchronised.
    pub fn syncs(&self, plan: Plan) -> Turn {
        let mut file = self.file.lock().expect("no one else writes");
        let (began, block) = (Instant::now(), [7_u8; 4096]);
        let mut latencies = Vec::new();
        while began.elapsed() < plan.turn / 3 {
            let asked = Instant::now();
            file.seek(SeekFrom::Start((latencies.len() as u64 % 256) * 4096)).expect("a place in the file");
            file.write_all(&block).expect("a write");
            file.sync_data().expect("a synchronised write");
            latencies.push(asked.elapsed());
        }
        Turn { operations: latencies.len() as u64, latencies, elapsed: began.elapsed(), ..Turn::default() }
    }

    /// Transactions of `rows` rows each, `members` of them to a commit, one after the other.
    pub fn transactions(&self, stage: &Stage, plan: Plan, rows: usize, members: usize) -> Turn {
        let insert = format!(
            "INSERT INTO floor (a, b, c) VALUES {}",
            vec!["('0198c0de-0000-7000-8000-000000000000', '0198c0de-0000-7000-8000-000000000001', 'two dozen bytes of text.')"; rows].join(", ")
        );
        let (cpu, began, conn) = (cpu::of_server(), Instant::now(), self.conn.clone());
        let latencies = stage.server.block_on(stage.server.spawn(async move {
            let mut conn = conn.lock().await;
            let mut latencies = Vec::new();
            while began.elapsed() < plan.turn {
                let asked = Instant::now();
                run(&mut conn, "BEGIN IMMEDIATE".to_owned()).await;
                for _ in 0..members {
                    run(&mut conn, insert.clone()).await;
                }
                run(&mut conn, "COMMIT".to_owned()).await;
                latencies.push(asked.elapsed());
            }
            latencies
        }));
        let latencies = latencies.expect("the floor does not fail");
        Turn {
            operations: (latencies.len() * members) as u64,
            latencies,
            elapsed: began.elapsed(),
            cpu: cpu::of_server().saturating_sub(cpu),
            statements: 0,
        }
    }
}

async fn run(conn: &mut SqliteConnection, sql: String) {
    sqlx::query(AssertSqlSafe(sql)).execute(conn).await.expect("the bare database answers");
}
