//! How SQLite carries out the statements that must not walk a practice's whole table.

use crate::fixture::{after, now, practice_id};
use care::{EpisodeId, PacketId};
use store::testing::TestDb;

/// Tables that only a look-up may touch.
fn is_walk(step: &str) -> bool {
    step.starts_with("SCAN") && !step.contains("CONSTANT ROW") && !step.contains("SCAN (") && !step.contains("SUBQUERY")
}

/// A step that knows only the practice reads everything the practice has.
fn is_practice_wide(step: &str) -> bool {
    step.ends_with("(practice_id=?)")
}

async fn looks_up(db: &TestDb) {
    let plan = db.plan().await;
    assert!(!plan.is_empty());
    assert!(!plan.iter().any(|step| is_walk(step) || is_practice_wide(step)), "{plan:#?}");
}

#[tokio::test]
async fn hot_look_ups_use_an_index() {
    let db = TestDb::sqlite().await;
    let mut tx = db.write(&practice_id("p")).await.unwrap();
    let cookie = "0".repeat(64);
    store::client::by_email(&mut tx, "nobody@example.org").await.unwrap();
    looks_up(&db).await;
    store::packet::of_appointments_between(&mut tx, now(), after(60)).await.unwrap();
    looks_up(&db).await;
    store::packet::missed_running(&mut tx, &EpisodeId::from_text("e")).await.unwrap();
    looks_up(&db).await;
    store::case::reasons_of_episode(&mut tx, &EpisodeId::from_text("e")).await.unwrap();
    looks_up(&db).await;
    store::response::of_packet(&mut tx, &PacketId::from_text("p")).await.unwrap();
    looks_up(&db).await;
    drop(tx);
    let mut tx = db.write_all().await.unwrap();
    store::packet::by_link(&mut tx, &cookie).await.unwrap();
    looks_up(&db).await;
    store::packet::by_device(&mut tx, &cookie).await.unwrap();
    looks_up(&db).await;
    store::packet::complete_by_device(&mut tx, &cookie, now()).await.unwrap();
    looks_up(&db).await;
}
