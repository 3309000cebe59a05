//! Changes of the plan and notes of a medication without a case: recorded on the client's page, on the axis of the chart, in the
//! timeline, and looked at again at the session that was promised.

use axum::http::StatusCode;
use care::case::PlanOutcome;
use chrono::Duration;
use tests::harbor::{phq9, sign_in};
use tests::{Harbor, TestApp, at, both_databases};

/// Robin with two scores and two sessions so far, and nothing that opens a case.
async fn scene(db: tests::TestDb) -> (TestApp, Harbor) {
    let app = TestApp::new(db, at("2026-03-02T15:00:00-08:00"));
    let harbor = Harbor::found(&app).await;
    for (week, total) in [(0, 18), (1, 16)] {
        let session = at("2026-03-02T15:00:00-08:00") + Duration::weeks(week);
        harbor.appointment(&app, session).await;
        app.clock.set(session + Duration::minutes(10));
        harbor.answer(&app, "phq-9", &phq9(total, 0)).await;
    }
    app.clock.advance(Duration::days(2));
    (app, harbor)
}

both_databases! {
    async fn a_plan_change_and_a_medication_are_recorded_without_a_case(db: TestDb) {
        let (app, harbor) = scene(db).await;
        let (ana, csrf) = sign_in(&app, "ana").await;
        let page = format!("/clients/{}", harbor.client);
        let path = format!("{page}/plan-changes");
        let before = ana.get(&page).await.body;
        assert!(before.contains(&format!("action=\"{path}\"")) && before.contains("There were 2 sessions so far"));
        assert!(before.contains("name=\"review_session\" type=\"text\" value=\"6\""), "four sessions on, unless somebody says otherwise");

        // What is missing, and a session that was, come back with what was typed.
        let typed = [("csrf", csrf.as_str()), ("kind", "method"), ("what", "Exposure in session"), ("why", " "), ("review_session", "2")];
        let wrong = ana.post(&path, &typed).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("Exposure in session") && wrong.body.contains("href=\"#why\"") && wrong.body.contains("href=\"#review_session\""));
        let kindless = ana.post(&path, &[("csrf", &csrf), ("what", "x"), ("why", "y"), ("review_session", "4")]).await;
        assert_eq!(kindless.status, StatusCode::UNPROCESSABLE_ENTITY);

        for (kind, what, why, session) in [
            ("method", "Exposure in session", "Homework was too large a step", "3"),
            ("medication", "Sertraline 50 mg", "Hardly any sleep", "5"),
        ] {
            let form = [("csrf", csrf.as_str()), ("kind", kind), ("what", what), ("why", why), ("review_session", session)];
            let saved = ana.post(&path, &form).await;
            assert_eq!((saved.status, saved.path.as_str()), (StatusCode::OK, page.as_str()), "{}", saved.body);
            app.clock.advance(Duration::minutes(1));
        }
        let after = ana.get(&page).await.body;
        let timeline = after.split("id=\"timeline\"").nth(1).unwrap();
        for words in ["Plan changed (How you work) · Ana", "Exposure in session", "Plan changed (Medication) · Ana", "Sertraline 50 mg"] {
            assert!(timeline.contains(words), "{words} is in the timeline");
        }
        let events = after.split("class=\"chart-events\"").nth(1).unwrap().split("</ul>").next().unwrap();
        assert!(events.contains(": plan changed") && events.contains(": medication"), "{events}");
        assert!(after.contains("to be looked at at session 3") && after.contains("Because: Hardly any sleep"));

        // Kept sealed, without a case, in the audit by ids alone, and part of what is handed out.
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        assert!(store::case::open_of_episode(&mut read, &harbor.episode).await.unwrap().is_none());
        let plans = store::plan_change::of_episodes(&mut read, std::slice::from_ref(&harbor.episode)).await.unwrap();
        assert_eq!(plans.iter().map(|plan| (plan.review_session, plan.case_id.is_none())).collect::<Vec<_>>(), [(3, true), (5, true)]);
        let sealed: Vec<Vec<u8>> = read.query("SELECT what_sealed FROM plan_change").scalars().await.unwrap();
        assert!(sealed.iter().all(|raw| !String::from_utf8_lossy(raw).contains("Sertraline")));
        let noted: i64 = read.query("SELECT count(*) FROM audit WHERE action = 'plan.change'").scalar().await.unwrap();
        assert_eq!(noted, 2);
        drop(read);
        let export = ana.get(&format!("{page}/export.json")).await.body;
        assert!(export.contains("Sertraline 50 mg") && export.contains("Homework was too large a step"));

        // Session 3 comes: the look is owed on the page and on the agenda that both see.
        let agenda = format!("/supervision/{}", harbor.ana);
        let (sofia, _) = sign_in(&app, "sofia").await;
        assert!(!sofia.get(&agenda).await.body.contains("Exposure in session"), "not before it");
        harbor.appointment(&app, at("2026-03-16T15:00:00-07:00")).await;
        app.clock.set(at("2026-03-16T16:00:00-07:00"));
        let (ana, csrf) = sign_in(&app, "ana").await;
        let (sofia, _) = sign_in(&app, "sofia").await;
        for seen in [ana.get(&agenda).await.body, sofia.get(&agenda).await.body, ana.get(&page).await.body] {
            let review = format!("/plan-changes/{}/review", plans[0].id);
            assert!(seen.contains("Exposure in session") && seen.contains(&review), "{seen}");
            assert!(!seen.contains(&format!("/plan-changes/{}/review", plans[1].id)), "the medication is for session 5");
        }
        let looked = ana.post(&format!("/plan-changes/{}/review", plans[0].id), &[("csrf", &csrf), ("outcome", "kept")]).await;
        assert_eq!((looked.status, looked.path.as_str()), (StatusCode::OK, page.as_str()));
        assert!(looked.body.contains("Plan change looked at again (How you work): Kept"), "{}", looked.body);
        assert!(!sofia.get(&agenda).await.body.contains("Exposure in session"));
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let found = store::plan_change::find(&mut read, &plans[0].id).await.unwrap().unwrap();
        assert_eq!(found.outcome, Some(PlanOutcome::Kept));
        let chain = store::verify_audit(&mut read).await.unwrap();
        assert!(chain.broken.is_none());
    }

    async fn a_course_that_has_ended_takes_no_change_and_the_desk_sees_none(db: TestDb) {
        let (app, harbor) = scene(db).await;
        let (ana, csrf) = sign_in(&app, "ana").await;
        let page = format!("/clients/{}", harbor.client);
        let path = format!("{page}/plan-changes");
        let form = [("csrf", csrf.as_str()), ("kind", "focus"), ("what", "Sleep first"), ("why", "It carries the rise"), ("review_session", "4")];
        ana.post(&path, &form).await;
        let (ida, _) = sign_in(&app, "ida").await;
        let desk = ida.get(&page).await.body;
        assert!(!desk.contains("Sleep first") && !desk.contains("plan-changes"), "the front desk sees contacts, not the plan");
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let reason = care::episode::DischargeReason::Completed;
        let end = workflows::episode::Discharge { episode: harbor.episode.clone(), reason, case_to: None };
        workflows::episode::discharge(&mut tx, &app.ctx, &harbor.ana, &end).await.unwrap();
        tx.commit().await.unwrap();
        let ended = ana.get(&page).await.body;
        assert!(ended.contains("Sleep first") && !ended.contains(&path), "what was decided stays, and no form is offered");
        assert_eq!(ana.post(&path, &form).await.status, StatusCode::CONFLICT);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let plans = store::plan_change::of_episodes(&mut read, std::slice::from_ref(&harbor.episode)).await.unwrap();
        assert_eq!(plans.len(), 1);
    }
}
