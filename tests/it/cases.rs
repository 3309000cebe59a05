//! From answers to a person: cases, ladders, acknowledgement.

use care::case::{CaseState, Decision, Disposition, ReasonLevel};
use care::message::{Channel, MessageKind};
use care::response::{Rule, SignalLevel};
use care::staff::StaffState;
use care::{Phi, StaffId};
use chrono::Duration;
use std::collections::BTreeMap;
use tests::{Harbor, TestApp, at, both_databases};
use workflows::case::{Act, Command, act};

/// Answers of the PHQ-9 with a total and a value for item 9.
fn phq9(total: i64, item9: i64) -> Vec<Option<i64>> {
    let mut left = total - item9;
    let mut values: Vec<Option<i64>> = (0..8)
        .map(|_| {
            let value = left.min(3);
            left -= value;
            Some(value)
        })
        .collect();
    assert_eq!(left, 0, "eight items hold at most 24");
    values.push(Some(item9));
    values
}

/// Who was sent what about the episode's open case so far.
async fn told(app: &TestApp, harbor: &Harbor) -> Vec<(StaffId, MessageKind, Channel)> {
    let mut read = app.db.read(&harbor.practice).await.unwrap();
    let Some(case) = store::case::open_of_episode(&mut read, &harbor.episode).await.unwrap() else { return Vec::new() };
    let messages = store::message::of_case(&mut read, &case.id).await.unwrap();
    messages
        .into_iter()
        .filter(|m| m.sent_at.is_some())
        .filter_map(|m| m.staff_id.map(|to| (to, m.kind, m.channel)))
        .collect()
}

/// How often each person was called by text by the ladder.
async fn calls(app: &TestApp, harbor: &Harbor) -> BTreeMap<StaffId, usize> {
    let mut by_person = BTreeMap::new();
    for (to, kind, channel) in told(app, harbor).await {
        if kind == MessageKind::Escalation && channel == Channel::Sms {
            *by_person.entry(to).or_default() += 1;
        }
    }
    by_person
}

both_databases! {
    async fn k1_one_case_two_kinds_of_reason(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        for (week, total) in [(0, 18), (1, 16), (2, 14)] {
            harbor.appointment(&app, at("2026-03-02T15:00:00-08:00") + Duration::weeks(week)).await;
            app.clock.set(at("2026-03-02T15:10:00-08:00") + Duration::weeks(week));
            harbor.answer(&app, "phq-9", &phq9(total, 0)).await;
        }
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        assert_eq!(store::case::open_of_episode(&mut read, &harbor.episode).await.unwrap(), None, "getting better opens nothing");
        drop(read);
        harbor.appointment(&app, at("2026-03-23T15:00:00-07:00")).await;
        app.clock.set(at("2026-03-23T15:10:00-07:00"));
        harbor.answer(&app, "phq-9", &phq9(22, 2)).await;

        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let case = store::case::open_of_episode(&mut read, &harbor.episode).await.unwrap().expect("one case");
        let reasons = store::case::reasons(&mut read, &case.id).await.unwrap();
        let mut kinds: Vec<_> = reasons.iter().map(|reason| (reason.rule, reason.level)).collect();
        kinds.sort_by_key(|(_, level)| std::cmp::Reverse(*level));
        assert_eq!(kinds, [(Rule::RiskItem, ReasonLevel::Urgent), (Rule::WorseThanBest, ReasonLevel::Routine)]);
        let worse = reasons.iter().find(|reason| reason.rule == Rule::WorseThanBest).unwrap();
        assert_eq!((worse.inputs.reference, worse.inputs.change), (Some(14.0), Some(8.0)), "versus best +8");
        let signals = store::response::signals(&mut read, &harbor.episode).await.unwrap();
        assert!(signals.iter().all(|signal| signal.rule != Rule::ReliableDeterioration), "versus baseline +4 is under 6");
        assert_eq!(case.owner_id, harbor.ana);
        drop(read);
        app.sent();
        app.run_jobs().await;
        let told = told(&app, &harbor).await;
        for channel in [Channel::Email, Channel::Sms] {
            assert!(told.contains(&(harbor.sofia.clone(), MessageKind::RiskNotice, channel)), "the supervisor is told at once: {told:?}");
            assert!(told.contains(&(harbor.ana.clone(), MessageKind::RiskNotice, channel)), "and the clinician: {told:?}");
        }
        for message in app.sent() {
            for word in ["Robin", "Vale", "PHQ", "22", "suicid"] {
                assert!(!message.text().contains(word), "a notice must not say '{word}'");
            }
        }
    }

    async fn k3_feedback_falls_flag_without_case(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        harbor.answer(&app, "session-feedback", &[Some(90), Some(88), Some(90), Some(90)]).await;
        app.clock.advance(Duration::weeks(1));
        harbor.answer(&app, "session-feedback", &[Some(83), Some(83), Some(82), Some(83)]).await;
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let scores = store::response::scores_of_episode(&mut read, &harbor.episode).await.unwrap();
        assert_eq!(scores.iter().map(|score| score.value).collect::<Vec<_>>(), [Some(35.8), Some(33.1)]);
        let signals = store::response::signals(&mut read, &harbor.episode).await.unwrap();
        assert!(signals.iter().any(|signal| signal.rule == Rule::AllianceDrop && signal.level == SignalLevel::Amber));
        assert_eq!(store::case::open_of_episode(&mut read, &harbor.episode).await.unwrap(), None, "a flag, no case");
        drop(read);
        app.run_jobs().await;
        assert!(app.sent().iter().all(|message| message.text().contains("/c/")), "no mail to the supervisor");
    }

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

    async fn closing_needs_a_disposition_and_a_decision(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        harbor.answer(&app, "phq-9", &phq9(12, 1)).await;
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let case = store::case::open_of_episode(&mut tx, &harbor.episode).await.unwrap().unwrap();
        let reason = store::case::reasons(&mut tx, &case.id).await.unwrap().remove(0);
        // Monday 10:00, no session planned: next business day at noon.
        assert_eq!(reason.due_at, at("2026-03-03T12:00:00-08:00"));
        let step = |act, note: Option<&str>| Command { case: case.id.clone(), revision: None, act, note: note.map(|n| Phi::new(n.to_owned())) };
        let by = &harbor.ana;
        act(&mut tx, &app.ctx, by, step(Act::Acknowledge, None)).await.unwrap();
        act(&mut tx, &app.ctx, by, step(Act::Review, None)).await.unwrap();
        act(&mut tx, &app.ctx, by, step(Act::Decide(Decision::PlanChanged), None)).await.unwrap();
        let refused = act(&mut tx, &app.ctx, by, step(Act::Close, Some("done"))).await;
        assert!(matches!(refused, Err(workflows::Error::Invalid(problems)) if problems[0].key == "case-missing-disposition"));
        act(&mut tx, &app.ctx, by, step(Act::Dispose(reason.id, Disposition::SafetyPlan), Some("agreed"))).await.unwrap();
        let closed = act(&mut tx, &app.ctx, by, step(Act::Close, Some("done"))).await.unwrap();
        assert_eq!(closed.state, CaseState::Closed);
        tx.commit().await.unwrap();
        // A new answer about danger opens a new case.
        app.clock.advance(Duration::days(1));
        harbor.answer(&app, "phq-9", &phq9(12, 1)).await;
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let second = store::case::open_of_episode(&mut read, &harbor.episode).await.unwrap().expect("a new case");
        assert_ne!(second.id, closed.id);
        let audit = store::verify_audit(&mut read).await.unwrap();
        assert!(audit.broken.is_none() && audit.rows > 5);
    }

    async fn a_case_without_a_clinician_goes_to_the_person_on_call(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        assert!(store::staff::set_state(&mut tx, &harbor.ana, StaffState::Active, StaffState::Deactivated).await.unwrap());
        tx.commit().await.unwrap();
        harbor.answer(&app, "phq-9", &phq9(12, 2)).await;
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let case = store::case::open_of_episode(&mut read, &harbor.episode).await.unwrap().unwrap();
        assert_eq!(case.owner_id, harbor.otto);
    }
}
