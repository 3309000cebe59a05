//! What a clinician sees of a course whose questionnaire changed under way, and of a client who went quiet with nothing booked.

use care::Clock as _;
use care::episode::Measure;
use care::packet::{Asked, Packet, PacketState};
use care::response::{Mode, Rule, Sheet};
use chrono::Duration;
use instruments::{Answer, Answers};
use tests::harbor::{check_in, sign_in};
use tests::{Harbor, TestApp, at, both_databases, words};

const FORM: &str = "my-mood";

/// Two versions of a form of the practice's own: with four questions from 0 to 3, and with five.
const OF_FOUR: &str = include_str!("../forms/mood-of-4.toml");
const OF_FIVE: &str = include_str!("../forms/mood-of-5.toml");

/// Puts a form of the practice's own in force over the pages of administration.
async fn publish(app: &TestApp, form: &str) {
    let (admin, csrf) = sign_in(app, "adam").await;
    let draft = admin.upload("/admin/instruments/upload", &[("csrf", &csrf)], form.as_bytes()).await;
    assert_eq!(draft.path, format!("/admin/instruments/{FORM}/draft"), "{}", words(&draft.body));
    let page = admin.post(&format!("/admin/instruments/{FORM}/publish"), &[("csrf", &draft.field("csrf"))]).await;
    assert_eq!(page.path, format!("/admin/instruments/{FORM}"), "{}", words(&page.body));
}

/// Answers every question of a version, a week on.
async fn answer(app: &TestApp, harbor: &Harbor, version: &str, answers: &[i64]) {
    app.leap(Duration::days(7)).await;
    let now = app.clock.now();
    let asked = vec![Asked { id: FORM.to_owned(), version: version.to_owned() }];
    let planned = check_in(&app.ctx, &harbor.client, &harbor.episode, &[FORM], now);
    let packet = Packet { asked, state: PacketState::Open, sent_at: Some(now), ..planned };
    let values = (1..).zip(answers).map(|(item, value)| (format!("{item}"), Answer::Value(*value)));
    let sheet = Sheet::from([(FORM.to_owned(), values.collect::<Answers>())]);
    let mut tx = app.db.write(&harbor.practice).await.unwrap();
    assert!(store::packet::insert(&mut tx, &packet).await.unwrap());
    workflows::response::submit_sheet(&mut tx, &app.ctx, &packet.id, sheet, Mode::Link, now).await.unwrap();
    tx.commit().await.unwrap();
    app.run_jobs().await;
}

/// A page as Ana sees it; the clock has gone on since she last signed in.
async fn seen(app: &TestApp, path: &str) -> String {
    let (ana, _) = sign_in(app, "ana").await;
    ana.get(path).await.body
}

async fn signals(app: &TestApp, harbor: &Harbor) -> Vec<Rule> {
    let mut read = app.db.read(&harbor.practice).await.unwrap();
    let found = store::response::signals(&mut read, &harbor.episode).await.unwrap();
    found.into_iter().map(|signal| signal.rule).collect()
}

both_databases! {
    async fn d1_a_form_that_asks_otherwise_begins_a_series_and_the_chart_says_so(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        publish(&app, OF_FOUR).await;
        answer(&app, &harbor, "1", &[1, 1, 1, 1]).await;
        answer(&app, &harbor, "1", &[1, 1, 1, 2]).await;
        let client = format!("/clients/{}", harbor.client);
        assert!(!seen(&app, &client).await.contains("questionnaire changed"));

        // 14 of 15 would be far worse than 4 of 12; it is a beginning.
        publish(&app, OF_FIVE).await;
        answer(&app, &harbor, "2", &[3, 3, 3, 3, 2]).await;
        assert_eq!(signals(&app, &harbor).await, []);
        let chart = seen(&app, &client).await;
        assert!(chart.contains("questionnaire changed"), "{}", words(&chart));
        for score in [">4<", ">5<", ">14<"] {
            assert!(chart.contains(score), "the earlier scores stay in sight: {score}");
        }
        assert!(!words(&chart).contains("+10"), "no change is counted over the break");
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let going_on = store::response::measures(&mut read, &harbor.episode).await.unwrap();
        drop(read);
        let of = |one: &Measure| (one.structure, one.n, one.baseline, one.baseline_session);
        assert_eq!(going_on.iter().map(of).collect::<Vec<_>>(), [(2, 1, Some(14.0), Some(1))]);
        let caseload = words(&seen(&app, "/caseload").await);
        assert!(!caseload.contains("Reliable deterioration"), "{caseload}");

        // Better by more than the reliable change, within the new series.
        answer(&app, &harbor, "2", &[1, 0, 0, 0, 0]).await;
        let course = words(&seen(&app, &client).await);
        assert!(course.contains("−13") || course.contains("-13"), "{course}");
        let report = workflows::verify::check(&app.db, &app.ctx).await.unwrap();
        assert!(report.violations.is_empty(), "{:?}", report.violations);
    }

    async fn d5_one_missed_check_in_is_silence_where_nothing_is_booked(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        harbor.appointment(&app, at("2026-02-20T10:00:00-08:00")).await;
        let appointment = harbor.appointment(&app, at("2026-03-25T10:00:00-07:00")).await;
        let missed = async || {
            harbor.packet(&app, &["wellbeing-check"]).await;
            app.leap(Duration::hours(97)).await;
        };
        missed().await;
        assert_eq!(signals(&app, &harbor).await, [], "they are expected on the 25th");
        let unbooked = "No next appointment, check-ins missed: 1";
        assert!(!words(&seen(&app, "/caseload").await).contains(unbooked));

        // Called off, with nothing in its place: the caseload says so at once.
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        workflows::appointment::cancel(&mut tx, &app.ctx, &care::staff::Actor::System, &appointment).await.unwrap();
        tx.commit().await.unwrap();
        let caseload = words(&seen(&app, "/caseload").await);
        assert!(caseload.contains(unbooked), "{caseload}");

        // The next check-in that is missed opens the case.
        missed().await;
        assert_eq!(signals(&app, &harbor).await, [Rule::Silence]);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let case = store::case::open_of_episode(&mut read, &harbor.episode).await.unwrap().expect("a case");
        drop(read);
        let page = words(&seen(&app, &format!("/cases/{}", case.id)).await);
        assert!(page.contains("No next appointment; check-ins missed in a row: 2"), "{page}");
    }

    async fn d5_nobody_is_silent_who_wants_a_break_or_has_ended(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        let missed_session = harbor.appointment(&app, at("2026-03-02T12:00:00-08:00")).await;
        let called = care::outreach::Outreach {
            id: app.ctx.id(care::OutreachId::new),
            client_id: harbor.client.clone(),
            episode_id: harbor.episode.clone(),
            appointment_id: missed_session.clone(),
            owner_id: harbor.ana.clone(),
            raised_at: app.clock.now(),
            due_at: app.clock.now(),
            closed_at: Some(app.clock.now()),
            closed_by: Some(harbor.ana.clone()),
            outcome: Some(care::outreach::OutreachOutcome::WantsBreak),
        };
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        store::outreach::insert_many(&mut tx, &[called]).await.unwrap();
        workflows::appointment::cancel(&mut tx, &app.ctx, &care::staff::Actor::System, &missed_session).await.unwrap();
        tx.commit().await.unwrap();
        for _ in 0..2 {
            harbor.packet(&app, &["wellbeing-check"]).await;
            app.leap(Duration::hours(97)).await;
        }
        assert_eq!(signals(&app, &harbor).await, [], "they said that they pause");
        assert!(!words(&seen(&app, "/caseload").await).contains("check-ins missed"));

        // Over before the next check-in's time is: nobody looks for them.
        harbor.packet(&app, &["wellbeing-check"]).await;
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let end = workflows::episode::Discharge {
            episode: harbor.episode.clone(),
            reason: care::episode::DischargeReason::Completed,
            case_to: None,
        };
        workflows::episode::discharge(&mut tx, &app.ctx, &harbor.ana, &end).await.unwrap();
        tx.commit().await.unwrap();
        app.leap(Duration::hours(97)).await;
        assert_eq!(signals(&app, &harbor).await, []);
    }
}
