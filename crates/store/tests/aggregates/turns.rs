//! Whose messages go next: of each practice in turn.

use crate::fixture::*;
use care::message::{Channel, Message, MessageKind};
use care::{MessageId, PracticeId};
use store::Db;
use store::testing::{TestDb, both_databases};

/// A practice with so many messages to a client that are due, the first of them so many minutes ago and one every minute.
async fn waits(db: &Db, name: &str, count: i64, since: i64) {
    let mut tx = db.write(&practice_id(name)).await.unwrap();
    store::practice::insert(&mut tx, &practice(name)).await.unwrap();
    store::site::insert(&mut tx, &site("north")).await.unwrap();
    assert!(store::client::insert(&mut tx, &client("c1", "Client One"), now()).await.unwrap());
    let message = |n: i64| {
        let id = MessageId::from_text(format!("{name}-{n:03}"));
        let due_at = after(n - since);
        Message {
            client_id: Some(client_id("c1")),
            ..Message::planned(id, MessageKind::Appointment, Channel::Sms, format!("k{n}"), due_at)
        }
    };
    let messages: Vec<Message> = (0..count).map(message).collect();
    assert_eq!(store::message::plan_many(&mut tx, &messages, now()).await.unwrap().len(), messages.len());
    tx.commit().await.unwrap();
}

async fn due(db: &Db, limit: i64) -> Vec<(PracticeId, MessageId)> {
    store::message::due(&mut db.read_all().await.unwrap(), now(), limit).await.unwrap()
}

fn of(due: &[(PracticeId, MessageId)], name: &str) -> usize {
    due.iter().filter(|(practice, _)| *practice == practice_id(name)).count()
}

both_databases! {
    async fn one_practices_many_hold_up_nobody_elses_few(db: TestDb) {
        waits(&db, "large", 300, 600).await;
        waits(&db, "small", 3, 5).await;
        waits(&db, "middle", 30, 60).await;
        let first = due(&db, 30).await;
        assert_eq!((first.len(), of(&first, "small"), of(&first, "middle"), of(&first, "large")), (30, 3, 10, 17));
        let ids: Vec<&str> = first.iter().map(|(_, id)| id.as_str()).collect();
        assert_eq!(ids[..5], ["large-000", "middle-000", "small-000", "large-001", "middle-001"], "in turn, the longest waiting first");
        // One alone has the whole batch, and more practices than room have one each.
        let all = due(&db, 400).await;
        assert_eq!((all.len(), of(&all, "small"), of(&all, "middle"), of(&all, "large")), (333, 3, 30, 300));
        let crowded = due(&db, 2).await;
        assert_eq!((of(&crowded, "small"), of(&crowded, "middle"), of(&crowded, "large")), (1, 1, 1));
        let mut tx = db.write_all().await.unwrap();
        store::fence::raise(&mut tx, store::transfer::Origin::Restore, now(), now()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(due(&db, 30).await, [], "behind the fence nobody's go");
        let held = store::message::held(&mut db.read_all().await.unwrap(), now(), 1_000).await.unwrap();
        assert_eq!(held.len(), 333);
    }
}

#[tokio::test]
async fn each_practices_turn_is_taken_by_the_index() {
    let db = TestDb::sqlite().await;
    waits(&db, "small", 3, 5).await;
    due(&db, 10).await;
    let plan = db.plan().await;
    assert!(plan[0].contains("message_in_turn (practice_id=? AND due_at<?)") && plan.len() == 1, "{plan:#?}");
    store::message::silent(&mut db.read_all().await.unwrap(), 0, after(-60), now(), 10).await.unwrap();
    let plan = db.plan().await;
    assert!(plan[0].contains("message_silent (times_asked=? AND sent_at>? AND sent_at<?)"), "{plan:#?}");
}
