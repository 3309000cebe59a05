//! Who is called about a case that nobody takes up: each step at its time and once, by the kind of the reason, in working hours and
//! after them, until somebody has it.

use super::cases::{calls, off_track, told};
use care::message::{Channel, MessageKind};
use chrono::Duration;
use std::collections::BTreeMap;
use tests::harbor::{phq9, sign_in};
use tests::{Harbor, TestApp, at, both_databases};
use workflows::case::{Act, Command, act};

both_databases! {
    async fn v1_the_ladder_calls_each_tier_once(db: TestDb) {
        // A Monday at 10:00: working hours.
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        harbor.answer(&app, "phq-9", &phq9(20, 3)).await;
        app.run_jobs().await;
        assert!(calls(&app, &harbor).await.is_empty());
        app.clock.advance(Duration::minutes(59));
        app.run_jobs().await;
        assert!(calls(&app, &harbor).await.is_empty(), "nobody is called before 60 minutes");
        app.clock.advance(Duration::minutes(1));
        app.run_jobs().await;
        app.run_jobs().await;
        assert_eq!(calls(&app, &harbor).await, BTreeMap::from([(harbor.ben.clone(), 1)]), "60 min: the backup");
        app.clock.advance(Duration::minutes(30));
        app.run_jobs().await;
        let two = BTreeMap::from([(harbor.ben.clone(), 1), (harbor.sofia.clone(), 1)]);
        assert_eq!(calls(&app, &harbor).await, two, "90 min: the supervisor");
        app.clock.advance(Duration::minutes(30));
        app.run_jobs().await;
        assert_eq!(calls(&app, &harbor).await.get(&harbor.otto), Some(&1), "120 min: on call");
        app.clock.advance(Duration::minutes(15));
        app.run_jobs().await;
        assert_eq!(calls(&app, &harbor).await.get(&harbor.otto), Some(&2), "the last tier again every 15 min");

        // Acknowledging ends it.
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let case = store::case::open_of_episode(&mut tx, &harbor.episode).await.unwrap().unwrap();
        act(&mut tx, &app.ctx, &harbor.otto, Command { case: case.id, revision: None, act: Act::Acknowledge, note: None }).await.unwrap();
        tx.commit().await.unwrap();
        let before = calls(&app, &harbor).await;
        app.advance(Duration::hours(3)).await;
        assert_eq!(calls(&app, &harbor).await, before, "a person has it now");
        assert_eq!((before.get(&harbor.ben), before.get(&harbor.sofia)), (Some(&1), Some(&1)));
    }

    async fn what_is_overdue_and_nobody_took_up_is_told_once_to_backup_and_supervisor(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        off_track(&app, &harbor).await;
        let escalated = async || {
            let all = told(&app, &harbor).await.into_iter();
            all.filter(|(_, kind, _)| *kind == MessageKind::Escalation).map(|(to, _, channel)| (to, channel)).collect::<Vec<_>>()
        };
        app.leap(Duration::days(14) - Duration::minutes(1)).await;
        assert_eq!(escalated().await, [], "it is not due yet");
        app.sent();
        app.clock.advance(Duration::minutes(1));
        app.run_jobs().await;
        let mut both = vec![(harbor.ben.clone(), Channel::Email), (harbor.sofia.clone(), Channel::Email)];
        both.sort();
        let mut found = escalated().await;
        found.sort();
        assert_eq!(found, both, "by mail, not by text");
        for message in app.sent() {
            assert!(message.text().contains("that was due Monday, April 6, 4:10"), "{}", message.text());
            for word in ["Robin", "Vale", "PHQ"] {
                assert!(!message.text().contains(word), "a notice must not say '{word}'");
            }
        }
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let now = care::Clock::now(&app.clock);
        assert_eq!(store::case::waiting_for(&mut read, &harbor.ben, now).await.unwrap(), 1, "and his bell rings");
        drop(read);
        let (browser, _) = sign_in(&app, "sofia").await;
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let case = store::case::open_of_episode(&mut read, &harbor.episode).await.unwrap().unwrap();
        drop(read);
        let page = browser.get(&format!("/cases/{}", case.id)).await.body;
        assert!(page.contains("Backup: Ben") && page.contains("of the ladder"), "whom it went to is on the case: {page}");
        app.leap(Duration::days(20)).await;
        assert_eq!(escalated().await.len(), 2, "once");
    }

    async fn each_kind_of_reason_is_called_about_at_the_times_the_practice_gave_it(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let mut harbor = Harbor::found(&app).await;
        let decide = async |change: &dyn Fn(&mut care::practice::Settings)| {
            let mut tx = app.db.write(&harbor.practice).await.unwrap();
            let mut practice = store::practice::get(&mut tx).await.unwrap();
            change(&mut practice.settings);
            store::practice::update(&mut tx, &practice).await.unwrap();
            tx.commit().await.unwrap();
        };
        decide(&|settings| {
            settings.review_in_hours = Some([10, 20, 30]);
            settings.off_track_overdue_after_hours = 24;
        })
        .await;
        // Off track is told of a day after it was due, once to each.
        off_track(&app, &harbor).await;
        let escalated = async |harbor: &Harbor| {
            told(&app, harbor).await.iter().filter(|(_, kind, _)| *kind == MessageKind::Escalation).count()
        };
        app.leap(Duration::days(15) - Duration::minutes(1)).await;
        assert_eq!(escalated(&harbor).await, 0, "it is due, and not called about yet");
        // What is decided now is for what comes: the call that is put up keeps its time, and is made once.
        decide(&|settings| settings.off_track_overdue_after_hours = 0).await;
        app.run_jobs().await;
        assert_eq!(escalated(&harbor).await, 0);
        app.clock.advance(Duration::minutes(1));
        app.run_jobs().await;
        app.leap(Duration::days(20)).await;
        assert_eq!(escalated(&harbor).await, 2, "backup and supervisor, once");

        // A review that is overdue has a ladder of its own: 10, 20, 30 minutes, each step once, then every quarter of an hour.
        app.clock.set(at("2026-05-05T10:00:00-07:00"));
        (harbor.client, harbor.episode) = harbor.client(&app, "Toni Wells", "+14155550151").await;
        harbor.answer(&app, "phq-9", &phq9(12, 1)).await;
        app.run_jobs().await;
        app.leap(at("2026-05-06T12:00:00-07:00") - care::Clock::now(&app.clock)).await;
        let due = calls(&app, &harbor).await;
        for (minutes, who, times) in [(10, &harbor.ben, 1), (10, &harbor.sofia, 1), (10, &harbor.otto, 1), (15, &harbor.otto, 2)] {
            app.clock.advance(Duration::minutes(minutes));
            app.run_jobs().await;
            app.run_jobs().await;
            let now = calls(&app, &harbor).await;
            assert_eq!(now.get(who).copied().unwrap_or_default() - due.get(who).copied().unwrap_or_default(), times, "{minutes} {now:?}");
        }
    }

    async fn an_overdue_call_moves_with_the_sessions_and_ends_when_somebody_takes_it_up(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let mut harbor = Harbor::found(&app).await;
        off_track(&app, &harbor).await;
        let raised = care::Clock::now(&app.clock);
        let calls = async |harbor: &Harbor| {
            let all = told(&app, harbor).await;
            all.iter().filter(|(_, kind, _)| *kind == MessageKind::Escalation).count()
        };
        harbor.appointment(&app, raised + Duration::days(3)).await;
        let second = harbor.appointment(&app, raised + Duration::days(7)).await;
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let (seen, to) = (raised + Duration::days(7), raised + Duration::days(9));
        let by = care::staff::Actor::Staff(harbor.ana.clone());
        workflows::appointment::move_to(&mut tx, &app.ctx, &by, &second, seen, to, to + Duration::minutes(50)).await.unwrap();
        tx.commit().await.unwrap();
        app.leap(Duration::days(8)).await;
        assert_eq!(calls(&harbor).await, 0, "the second session has moved, and the due date with it");
        app.leap(Duration::days(1)).await;
        assert_eq!(calls(&harbor).await, 2, "before the fourteen days");

        // Another client's is taken up in time.
        (harbor.client, harbor.episode) = harbor.client(&app, "Toni Wells", "+14155550151").await;
        for total in [14, 22] {
            app.clock.advance(Duration::hours(1));
            harbor.answer(&app, "phq-9", &phq9(total, 0)).await;
        }
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let case = store::case::open_of_episode(&mut tx, &harbor.episode).await.unwrap().unwrap();
        act(&mut tx, &app.ctx, &harbor.ana, Command { case: case.id, revision: None, act: Act::Acknowledge, note: None }).await.unwrap();
        tx.commit().await.unwrap();
        app.leap(Duration::days(16)).await;
        assert_eq!(calls(&harbor).await, 0, "somebody has it");
    }

    async fn after_hours_the_rota_answers(db: TestDb) {
        // A Monday at 22:00.
        let app = TestApp::new(db, at("2026-03-02T22:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let adam = workflows::access::viewer(&store::staff::find(&mut tx, &harbor.adam).await.unwrap().unwrap());
        let duty = workflows::leave::NewDuty {
            site: harbor.north.clone(),
            staff: harbor.ida.clone(),
            starts_on: "2026-03-02".parse().unwrap(),
            ends_on: "2026-03-02".parse().unwrap(),
        };
        workflows::leave::add_duty(&mut tx, &app.ctx, &adam, &duty).await.unwrap();
        tx.commit().await.unwrap();
        harbor.answer(&app, "phq-9", &phq9(20, 3)).await;
        app.advance(Duration::minutes(300)).await;
        let calls = calls(&app, &harbor).await;
        assert_eq!(calls.get(&harbor.ida), Some(&1), "03:00: the night of Monday is hers");
        assert_eq!(calls.get(&harbor.otto), None, "the site's own person has the day");
    }
}
