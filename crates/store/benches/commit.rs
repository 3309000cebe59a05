//! The commit path on SQLite: one transaction alone, and many that share commits. One row of a job each, every commit
//! synchronised. Prints; never fails on a time.

use care::{Job, PracticeId};
use std::time::{Duration, Instant};
use store::testing::TestDb;

/// How long each measurement lasts.
const TURN: Duration = Duration::from_secs(2);

fn main() {
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let db = TestDb::sqlite().await;
        for writers in [1, 8, 64] {
            writing(&db, writers).await;
        }
        reading(&db).await;
    });
}

async fn writing(db: &TestDb, writers: usize) {
    let practice = PracticeId::from_text("bench");
    let before = db.group_commits();
    let began = Instant::now();
    let tasks: Vec<_> = (0..writers)
        .map(|_| {
            let (db, practice) = (store::Db::clone(db), practice.clone());
            tokio::spawn(async move {
                let mut latencies = Vec::new();
                while began.elapsed() < TURN {
                    let asked = Instant::now();
                    let mut tx = db.write(&practice).await.expect("a write");
                    tx.enqueue(&Job::Dispatch, chrono::DateTime::UNIX_EPOCH).await.expect("one row");
                    tx.commit().await.expect("it is on disk");
                    latencies.push(asked.elapsed());
                }
                latencies
            })
        })
        .collect();
    let mut latencies = Vec::new();
    for task in tasks {
        latencies.extend(task.await.expect("a writer does not fail"));
    }
    let elapsed = began.elapsed();
    latencies.sort_unstable();
    let commits = db.group_commits().zip(before).map_or(0, |(after, before)| after.commits - before.commits);
    say(&format!(
        "{writers:>3} writers: {:>6.0} transactions a second, p50 {:>6.2} ms, p99 {:>6.2} ms, {:.1} a commit",
        latencies.len() as f64 / elapsed.as_secs_f64(),
        at(&latencies, 0.5),
        at(&latencies, 0.99),
        latencies.len() as f64 / commits.max(1) as f64,
    ));
}

async fn reading(db: &TestDb) {
    let practice = PracticeId::from_text("bench");
    let (began, mut latencies) = (Instant::now(), Vec::new());
    while began.elapsed() < TURN {
        let asked = Instant::now();
        let mut read = db.read(&practice).await.expect("a read");
        let _: Option<i64> = read
            .query("SELECT seq FROM audit_head WHERE practice_id = $1")
            .bind(&practice)
            .scalar_optional()
            .await
            .expect("at most one row");
        drop(read);
        latencies.push(asked.elapsed());
    }
    latencies.sort_unstable();
    say(&format!(
        "  1 reader:  {:>6.0} reads a second, p50 {:>6.3} ms, p99 {:>6.3} ms",
        latencies.len() as f64 / TURN.as_secs_f64(),
        at(&latencies, 0.5),
        at(&latencies, 0.99)
    ));
}

fn at(sorted: &[Duration], share: f64) -> f64 {
    let index = (sorted.len() as f64 * share) as usize;
    sorted.get(index).map_or(0.0, |latency| latency.as_secs_f64() * 1000.0)
}

#[expect(clippy::print_stdout, reason = "a benchmark's result is what it prints")]
fn say(text: &str) {
    println!("{text}");
}
