//! Courses of therapy and their check-ins through what happens to them: a session that moves, a course that ends and another one
//! that begins, an answer at the last moment before its reminder.

use care::episode::DischargeReason;
use care::message::{Message, MessageKind, MessageState};
use care::packet::{Packet, PacketState};
use care::staff::Actor;
use care::{AppointmentId, EpisodeId};
use chrono::Duration;
use tests::{Harbor, TestApp, TestDb, at, both_databases, link_in};
use workflows::episode::{Discharge, Start};

async fn packets(app: &TestApp, harbor: &Harbor, episode: &EpisodeId) -> Vec<Packet> {
    store::packet::of_episode(&mut app.db.read(&harbor.practice).await.unwrap(), episode).await.unwrap()
}

async fn messages(app: &TestApp, harbor: &Harbor) -> Vec<Message> {
    store::message::of_client(&mut app.db.read(&harbor.practice).await.unwrap(), &harbor.client).await.unwrap()
}

async fn before(app: &TestApp, harbor: &Harbor, session: &AppointmentId) -> Packet {
    let all = packets(app, harbor, &harbor.episode).await;
    let slot = format!("before:{session}");
    let of_it = |one: &&Packet| one.slot == slot && one.state.is_going_on();
    assert_eq!(all.iter().filter(of_it).count(), 1, "{all:?}");
    all.iter().find(of_it).unwrap().clone()
}

/// A session that is moved from one instant to another, and its check-in with it: the same one, due a day before by the clock on
/// the wall.
async fn moved(db: TestDb, now: &str, from: &str, to: &str, due: &str) {
    let app = TestApp::new(db, at(now));
    let harbor = Harbor::found(&app).await;
    let (from, to) = (at(from), at(to));
    let session = harbor.appointment(&app, from).await;
    let first = before(&app, &harbor, &session).await;
    assert_eq!(first.send_at, from - Duration::hours(24));
    let mut tx = app.db.write(&harbor.practice).await.unwrap();
    let by = Actor::Staff(harbor.ida.clone());
    workflows::appointment::move_to(&mut tx, &app.ctx, &by, &session, from, to, to + Duration::minutes(50))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    app.run_jobs().await;
    let moved = before(&app, &harbor, &session).await;
    assert_eq!((&moved.id, moved.send_at), (&first.id, at(due)));
    app.sent();
    app.leap(from - at(now)).await;
    assert_eq!(app.sent().len(), 0, "nothing goes at the old time");
    app.leap(at(due) - Duration::minutes(1) - from).await;
    assert_eq!(app.sent().len(), 0, "nor before the new one");
    app.leap(Duration::minutes(1)).await;
    assert_eq!(app.sent().len(), 1, "one text at the new one");
    app.leap(to - at(due)).await;
    assert_eq!(app.sent().len(), 0, "and no other");
}

both_databases! {
    async fn a_session_moved_across_the_change_of_the_clocks_in_spring_takes_its_check_in_along(db: TestDb) {
        let [from, to] = ["2026-03-06T15:00:00-08:00", "2026-03-09T15:00:00-07:00"];
        moved(db, "2026-03-02T09:00:00-08:00", from, to, "2026-03-08T15:00:00-07:00").await;
    }

    async fn a_session_moved_across_the_change_of_the_clocks_in_autumn_takes_its_check_in_along(db: TestDb) {
        let [from, to] = ["2026-10-30T15:00:00-07:00", "2026-11-02T15:00:00-08:00"];
        moved(db, "2026-10-26T09:00:00-07:00", from, to, "2026-11-01T15:00:00-08:00").await;
    }

    async fn a_client_with_two_episodes_is_asked_in_the_one_that_runs(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T09:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        let old = harbor.episode.clone();
        harbor.appointment(&app, at("2026-03-05T15:00:00-08:00")).await;
        harbor.answer(&app, "phq-9", &[2, 2, 2, 2, 2, 2, 2, 2, 0].map(Some)).await;
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let end = Discharge { episode: old.clone(), reason: DischargeReason::Completed, case_to: None };
        workflows::episode::discharge(&mut tx, &app.ctx, &harbor.ana, &end).await.unwrap();
        let start = Start { clinician: Some(harbor.ana.clone()), ..Start::of(harbor.client.clone()) };
        let new = workflows::episode::start(&mut tx, &app.ctx, &Actor::Staff(harbor.ida.clone()), &start).await.unwrap();
        // One runs at a time.
        let third = workflows::episode::start(&mut tx, &app.ctx, &Actor::Staff(harbor.ida.clone()), &start).await;
        assert!(third.is_err(), "{third:?}");
        tx.commit().await.unwrap();
        let harbor = Harbor { episode: new.id.clone(), ..harbor };
        let session = harbor.appointment(&app, at("2026-03-05T16:00:00-08:00")).await;
        app.run_jobs().await;
        let left: Vec<PacketState> = packets(&app, &harbor, &old).await.iter().map(|one| one.state).collect();
        assert!(left.iter().all(|state| !state.is_going_on()), "the course that ended asks nothing any more: {left:?}");
        app.sent();
        app.leap(at("2026-03-05T15:59:00-08:00") - app.ctx.now()).await;
        let to_client = |one: &&Message| one.kind == MessageKind::Invite && one.state == MessageState::Sent;
        let sent = messages(&app, &harbor).await;
        let asked: Vec<_> = sent.iter().filter(to_client).filter_map(|one| one.packet_id.clone()).collect();
        let running: Vec<_> = packets(&app, &harbor, &new.id).await.into_iter().map(|one| one.id).collect();
        assert!(!asked.is_empty() && asked.iter().all(|one| running.contains(one)), "{asked:?} of {running:?}");
        let check_in = before(&app, &harbor, &session).await;
        assert!(check_in.asked.iter().any(|one| one.id == "phq-9"), "the first session of this course: everything again");
        // What is measured begins anew: the score of the course before is no baseline of this one.
        harbor.answer(&app, "phq-9", &[1, 1, 1, 1, 1, 1, 1, 1, 0].map(Some)).await;
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        for (episode, total) in [(&old, 16.0), (&new.id, 8.0)] {
            let measures = store::response::measures(&mut read, episode).await.unwrap();
            let phq = measures.iter().find(|one| one.instrument == "phq-9").expect("it was measured");
            assert_eq!((phq.baseline, phq.n), (Some(total), 1));
        }
    }

    async fn whoever_has_a_check_in_is_not_sent_the_next_one_as_well(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T11:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        harbor.appointment(&app, at("2026-03-06T15:00:00-08:00")).await;
        harbor.appointment(&app, at("2026-03-13T15:00:00-07:00")).await;
        let press = async || {
            let mut tx = app.db.write(&harbor.practice).await.unwrap();
            let done = workflows::packet::send_now(&mut tx, &app.ctx, &harbor.episode, &[], &Actor::System).await;
            tx.commit().await.unwrap();
            done
        };
        let first = press().await.unwrap();
        assert_eq!(press().await.unwrap(), first, "before it went it is the same one");
        app.run_jobs().await;
        assert_eq!(app.sent().len(), 1);
        let refused = press().await.unwrap_err();
        assert!(matches!(&refused, workflows::Error::Invalid(all) if all[0].key == "packet-already-sent"), "{refused:?}");
        app.run_jobs().await;
        assert_eq!(app.sent().len(), 0, "the button pressed once more brings nothing");
    }

    async fn a_reminder_never_overtakes_the_answer_it_would_ask_for(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T11:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        app.run_jobs().await;
        for before in [Duration::microseconds(1), Duration::zero(), Duration::minutes(7)] {
            app.sent();
            let mut tx = app.db.write(&harbor.practice).await.unwrap();
            let asked = ["phq-2".to_owned()];
            let packet = workflows::packet::send_now(&mut tx, &app.ctx, &harbor.episode, &asked, &Actor::System).await.unwrap();
            tx.commit().await.unwrap();
            app.run_jobs().await;
            let link = link_in(app.sent().first().expect("the invitation").text());
            let due = messages(&app, &harbor)
                .await
                .into_iter()
                .find(|one| one.packet_id.as_ref() == Some(&packet) && one.kind == MessageKind::Reminder)
                .expect("a reminder is planned")
                .due_at;
            let phone = app.browser();
            let mut page = phone.post(&format!("{link}/start"), &[]).await;
            for value in ["0", "1"] {
                let (csrf, item, seq) = (page.field("csrf"), page.field("item"), page.field("seq"));
                page = phone.post(&page.path, &[("csrf", &csrf), ("item", &item), ("seq", &seq), ("value", value)]).await;
            }
            app.clock.set(due - before);
            phone.post("/check-in/submit", &[("csrf", &page.field("csrf"))]).await;
            app.clock.set(due);
            app.run_jobs().await;
            app.leap(Duration::hours(3)).await;
            assert_eq!(app.sent().len(), 0, "answered {before} before its time");
        }
    }
}
