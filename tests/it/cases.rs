//! From answers to a person: cases, acknowledgement, leave, verification. Who is called when nobody takes one up is in `ladders`.

use care::case::{
    Assessment, CaseState, Contacted, Disposition, EmergencyContact, PlanChangeKind, ReasonLevel, Referral, SafetyPlan,
    Screener, Verification,
};
use care::message::{Channel, MessageKind};
use care::response::{Rule, SignalLevel};
use care::staff::StaffState;
use care::{Phi, StaffId};
use chrono::Duration;
use std::collections::BTreeMap;
use tests::harbor::{phq9, sign_in};
use tests::{Harbor, TestApp, at, both_databases};
use workflows::case::{Act, Command, act};
use workflows::leave::{NewLeave, end, record};
use workflows::plan_change::NewPlan;

fn assessment() -> Assessment {
    Assessment {
        contact: Contacted::Phone,
        screener: Screener::Low,
        safety_plan: SafetyPlan::Made,
        emergency_contact: EmergencyContact::NotNeeded,
        referral: Referral::None,
    }
}

fn plan(review_session: i64) -> NewPlan {
    let text = |text: &str| Phi::new(text.to_owned());
    NewPlan { kind: PlanChangeKind::Frequency, what: text("Twice a week"), why: text("It got worse"), review_session }
}

/// Takes the open case through its life and closes it, with a change of the plan.
async fn work_through(app: &TestApp, harbor: &Harbor) -> care::case::Case {
    let mut tx = app.db.write(&harbor.practice).await.unwrap();
    let case = store::case::open_of_episode(&mut tx, &harbor.episode).await.unwrap().expect("an open case");
    for (next, note) in [
        (Act::Acknowledge, None),
        (Act::Review, None),
        (Act::Discuss, None),
        (Act::ChangePlan(plan(100)), None),
        (Act::Close, Some("done")),
    ] {
        let note = note.map(|note: &str| Phi::new(note.to_owned()));
        act(&mut tx, &app.ctx, &case.owner_id, Command { case: case.id.clone(), revision: None, act: next, note })
            .await
            .unwrap();
    }
    let closed = store::case::find(&mut tx, &case.id).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    closed
}

/// A course that ends off track after three sessions: 18, 16, 14, 22.
pub(super) async fn off_track(app: &TestApp, harbor: &Harbor) {
    for (week, total) in [(0, 18), (1, 16), (2, 14), (3, 22)] {
        let session = at("2026-03-02T15:00:00-08:00") + Duration::weeks(week);
        harbor.appointment(app, session).await;
        app.clock.set(session + Duration::minutes(10));
        harbor.answer(app, "phq-9", &phq9(total, 0)).await;
    }
}

/// Sessions every week after an off-track case was closed, with these scores; what came of the case.
async fn after_closing(app: &TestApp, harbor: &Harbor, scores: &[i64]) -> (care::CaseId, Vec<Verification>) {
    off_track(app, harbor).await;
    let closed = work_through(app, harbor).await;
    let mut found = Vec::new();
    for (week, total) in (4..).zip(scores) {
        let session = at("2026-03-02T15:00:00-08:00") + Duration::weeks(week);
        harbor.appointment(app, session).await;
        app.clock.set(session + Duration::minutes(10));
        harbor.answer(app, "phq-9", &phq9(*total, 0)).await;
        app.clock.advance(Duration::hours(1));
        app.run_jobs().await;
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        found.push(store::case::verification(&mut read, &closed.id).await.unwrap().expect("it is looked for"));
    }
    (closed.id, found)
}

/// Who was sent what about the episode's open case so far.
pub(super) async fn told(app: &TestApp, harbor: &Harbor) -> Vec<(StaffId, MessageKind, Channel)> {
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
pub(super) async fn calls(app: &TestApp, harbor: &Harbor) -> BTreeMap<StaffId, usize> {
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

    async fn the_bell_rings_for_whoever_was_told_or_called_until_somebody_has_it(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        let rings = async || {
            let mut read = app.db.read(&harbor.practice).await.unwrap();
            let mut found = Vec::new();
            for person in [&harbor.ana, &harbor.sofia, &harbor.ben, &harbor.otto] {
                found.push(store::case::waiting_for(&mut read, person, care::Clock::now(&app.clock)).await.unwrap());
            }
            found
        };
        assert_eq!(rings().await, [0, 0, 0, 0]);
        harbor.answer(&app, "phq-9", &phq9(20, 3)).await;
        assert_eq!(rings().await, [1, 1, 0, 0], "the owner and the supervisor, before any message has left");
        app.run_jobs().await;
        app.clock.advance(Duration::minutes(60));
        app.run_jobs().await;
        assert_eq!(rings().await, [1, 1, 1, 0], "the backup was called");
        let (browser, _) = sign_in(&app, "ben").await;
        assert!(browser.get("/today").await.body.contains("data-bell-count>1<"), "and the page says so");
        app.clock.advance(Duration::minutes(60));
        app.run_jobs().await;
        assert_eq!(rings().await, [1, 1, 1, 1], "whoever is on call was called");

        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let case = store::case::open_of_episode(&mut tx, &harbor.episode).await.unwrap().unwrap();
        act(&mut tx, &app.ctx, &harbor.ben, Command { case: case.id, revision: None, act: Act::Acknowledge, note: None }).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(rings().await, [0, 0, 0, 0], "a person has it now");
        // Danger again in the case that was taken up: it waits anew, for those who were told of this one.
        app.clock.advance(Duration::days(1));
        harbor.answer(&app, "phq-9", &phq9(20, 3)).await;
        assert_eq!(rings().await, [1, 1, 0, 0]);
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
        act(&mut tx, &app.ctx, by, step(Act::ChangePlan(plan(5)), None)).await.unwrap();
        let refused = act(&mut tx, &app.ctx, by, step(Act::Close, Some("done"))).await;
        assert!(matches!(refused, Err(workflows::Error::Invalid(problems)) if problems[0].key == "case-missing-disposition"));
        let no_screener = Assessment { screener: Screener::NotDone, safety_plan: SafetyPlan::InPlace, ..assessment() };
        let refused = act(&mut tx, &app.ctx, by, step(Act::Dispose(reason.id.clone(), Disposition::AssessedSafe, no_screener), Some("fine"))).await;
        assert!(matches!(refused, Err(workflows::Error::Invalid(problems)) if problems[0].field == "screener"), "no acute danger needs the screener");
        act(&mut tx, &app.ctx, by, step(Act::Dispose(reason.id.clone(), Disposition::SafetyPlan, assessment()), Some("agreed"))).await.unwrap();
        let kept = store::case::assessments(&mut tx, std::slice::from_ref(&reason.id)).await.unwrap();
        assert_eq!(kept, [(reason.id, assessment())]);
        let plans = store::plan_change::of_episodes(&mut tx, std::slice::from_ref(&harbor.episode)).await.unwrap();
        assert_eq!(plans.iter().map(|plan| (plan.what.text(), plan.review_session)).collect::<Vec<_>>(), [("Twice a week", 5)]);
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

    async fn k6_on_leave_the_backup_has_the_cases_and_no_minute_is_without_an_owner(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        harbor.answer(&app, "phq-9", &phq9(12, 1)).await;
        app.run_jobs().await;
        app.sent();
        // Ana is away from Wednesday to Friday. She says so on Monday.
        let day = |text: &str| text.parse().unwrap();
        let new = NewLeave {
            staff: harbor.ana.clone(),
            cover: harbor.ben.clone(),
            starts_on: day("2026-03-04"),
            ends_on: day("2026-03-06"),
        };
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let ana = workflows::access::viewer(&store::staff::find(&mut tx, &harbor.ana).await.unwrap().unwrap());
        record(&mut tx, &app.ctx, &ana, &new).await.unwrap();
        tx.commit().await.unwrap();

        let mut owners = Vec::new();
        while care::Clock::now(&app.clock) < at("2026-03-07T01:00:00-08:00") {
            // Minute by minute around the two midnights at which it changes hands, every quarter of an hour else.
            let near = |midnight: &str| (care::Clock::now(&app.clock) - at(midnight)).abs() < Duration::minutes(20);
            let is_near = near("2026-03-04T00:00:00-08:00") || near("2026-03-07T00:00:00-08:00");
            app.clock.advance(Duration::minutes(if is_near { 1 } else { 15 }));
            app.run_jobs().await;
            let now = care::Clock::now(&app.clock);
            let mut read = app.db.read(&harbor.practice).await.unwrap();
            for case in store::case::all_open(&mut read).await.unwrap() {
                let owner = store::staff::find(&mut read, &case.owner_id).await.unwrap().expect("an owner exists");
                assert_eq!(owner.state, StaffState::Active, "{now}: the owner may act");
                let is_away = now >= at("2026-03-04T00:00:00-08:00") && now < at("2026-03-07T00:00:00-08:00");
                let expected = if is_away { &harbor.ben } else { &harbor.ana };
                assert_eq!(&case.owner_id, expected, "at {now}");
                if owners.last() != Some(&case.owner_id) {
                    owners.push(case.owner_id);
                }
            }
            // In the middle of the leave danger is answered again: the stand-in has that too, and is told at once.
            if now == at("2026-03-05T11:00:00-08:00") {
                drop(read);
                harbor.answer(&app, "phq-9", &phq9(14, 2)).await;
                app.run_jobs().await;
                let told: Vec<StaffId> = told(&app, &harbor)
                    .await
                    .into_iter()
                    .filter(|(_, kind, channel)| *kind == MessageKind::RiskNotice && *channel == Channel::Sms)
                    .map(|(to, ..)| to)
                    .collect();
                assert!(told.contains(&harbor.ben) && told.contains(&harbor.sofia), "{told:?}");
                assert!(!told.contains(&harbor.ana), "who is away is not called");
                let mut tx = app.db.write(&harbor.practice).await.unwrap();
                let case = store::case::open_of_episode(&mut tx, &harbor.episode).await.unwrap().unwrap();
                let act_ = Command { case: case.id, revision: None, act: Act::Acknowledge, note: None };
                act(&mut tx, &app.ctx, &harbor.ben, act_).await.unwrap();
                tx.commit().await.unwrap();
            }
        }
        assert_eq!(owners, [harbor.ana.clone(), harbor.ben.clone(), harbor.ana.clone()], "there and back, once each");
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        assert!(store::leave::covered(&mut read).await.unwrap().is_empty(), "nothing is left to give back");
    }

    async fn a_leave_that_begins_today_passes_on_at_once_and_one_taken_back_gives_back_at_once(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        harbor.answer(&app, "phq-9", &phq9(12, 1)).await;
        let day = |text: &str| text.parse().unwrap();
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let viewer = |staff: &care::staff::Staff| workflows::access::viewer(staff);
        let ana = viewer(&store::staff::find(&mut tx, &harbor.ana).await.unwrap().unwrap());
        let ben = viewer(&store::staff::find(&mut tx, &harbor.ben).await.unwrap().unwrap());
        let new = NewLeave {
            staff: harbor.ana.clone(),
            cover: harbor.ben.clone(),
            starts_on: day("2026-03-02"),
            ends_on: day("2026-03-02"),
        };
        assert!(matches!(record(&mut tx, &app.ctx, &ben, &new).await, Err(workflows::Error::Forbidden)), "nobody's but one's own");
        let id = record(&mut tx, &app.ctx, &ana, &new).await.unwrap();
        assert_eq!(store::case::open_of_episode(&mut tx, &harbor.episode).await.unwrap().unwrap().owner_id, harbor.ben);
        // Ben cannot go while he stands in for Ana by naming Ana; and both on the same day need a third.
        let back = NewLeave { staff: harbor.ben.clone(), cover: harbor.ana.clone(), ..new.clone() };
        let refused = record(&mut tx, &app.ctx, &ben, &back).await;
        assert!(matches!(refused, Err(workflows::Error::Invalid(problems)) if problems[0].field == "cover"));
        let third = NewLeave { staff: harbor.ben.clone(), cover: harbor.otto.clone(), ..new.clone() };
        record(&mut tx, &app.ctx, &ben, &third).await.unwrap();
        assert_eq!(store::case::open_of_episode(&mut tx, &harbor.episode).await.unwrap().unwrap().owner_id, harbor.otto, "the chain goes on");
        end(&mut tx, &app.ctx, &ana, &id).await.unwrap();
        tx.commit().await.unwrap();
        app.advance_to(at("2026-03-03T00:30:00-08:00")).await;
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let owner = store::case::open_of_episode(&mut read, &harbor.episode).await.unwrap().unwrap().owner_id;
        assert_eq!(owner, harbor.ana, "everybody is back");
    }

    async fn a_closed_case_is_verified_within_four_sessions(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        let (_, found) = after_closing(&app, &harbor, &[21, 12]).await;
        assert_eq!(found, [Verification::Pending, Verification::BackOnTrack], "21 is 7 above the best score, 12 is below it");
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        assert_eq!(store::case::open_of_episode(&mut read, &harbor.episode).await.unwrap(), None);
    }

    async fn a_client_still_off_track_after_four_sessions_becomes_a_case_again(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        let (closed, found) = after_closing(&app, &harbor, &[22, 21, 22, 21]).await;
        assert_eq!(found[3], Verification::StillOff);
        assert_eq!(found[..3], [Verification::Pending; 3]);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let again = store::case::open_of_episode(&mut read, &harbor.episode).await.unwrap().expect("it is a case again");
        assert_ne!(again.id, closed);
        let reasons = store::case::reasons(&mut read, &again.id).await.unwrap();
        let worse = reasons.iter().find(|reason| reason.rule == Rule::WorseThanBest).expect("the reason that still holds");
        assert_eq!((worse.inputs.value, worse.inputs.reference, worse.inputs.change), (Some(21.0), Some(14.0), Some(7.0)));
    }

    async fn a_case_closed_by_mistake_is_opened_again_for_a_week(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        off_track(&app, &harbor).await;
        let closed = work_through(&app, &harbor).await;
        let reopen = || Command {
            case: closed.id.clone(),
            revision: None,
            act: Act::Reopen,
            note: Some(Phi::new("wrong client".to_owned())),
        };
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let open = act(&mut tx, &app.ctx, &harbor.ana, reopen()).await.unwrap();
        assert_eq!((open.state, open.decision, open.closed_at), (CaseState::Acknowledged, None, None));
        assert_eq!(store::case::verification(&mut tx, &closed.id).await.unwrap(), None);
        drop(tx);
        app.clock.advance(Duration::days(8));
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let refused = act(&mut tx, &app.ctx, &harbor.ana, reopen()).await;
        assert!(matches!(refused, Err(workflows::Error::Invalid(problems)) if problems[0].key == "case-not-reopenable"));
    }

    async fn k2_off_track_is_due_at_the_second_session_and_moves_with_it(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        off_track(&app, &harbor).await;
        let due = async || {
            let mut read = app.db.read(&harbor.practice).await.unwrap();
            store::case::open_of_episode(&mut read, &harbor.episode).await.unwrap().expect("an off-track case").due_at
        };
        let raised = care::Clock::now(&app.clock);
        assert_eq!(due().await, raised + Duration::days(14), "no session is planned: 14 days");
        harbor.appointment(&app, raised + Duration::days(3)).await;
        let second = harbor.appointment(&app, raised + Duration::days(7)).await;
        assert_eq!(due().await, raised + Duration::days(7), "the second session after the trigger");
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let (seen, to) = (raised + Duration::days(7), raised + Duration::days(9));
        let by = care::staff::Actor::Staff(harbor.ana.clone());
        workflows::appointment::move_to(&mut tx, &app.ctx, &by, &second, seen, to, to + Duration::minutes(50)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(due().await, raised + Duration::days(9), "it moves with the session");
    }
}
