//! What a client sees of their own course: after a check-in and in the session, in plain words, and only where it is shown.

use axum::http::StatusCode;
use tests::harbor::sign_in;
use tests::{Browser, Harbor, TestApp, at, both_databases};

/// Answers a GAD-2 with zeros in the browser and gives the receipt.
async fn check_in(app: &TestApp, harbor: &Harbor, browser: &Browser) -> tests::Reply {
    let packet = harbor.packet(app, &["gad-2"]).await;
    let link = harbor.link(app, &packet).await;
    let mut page = browser.post(&format!("{link}/start"), &[("lang", "en")]).await;
    for _ in 0..2 {
        let (csrf, seq, item) = (page.field("csrf"), page.field("seq"), page.field("item"));
        let form = [("csrf", csrf.as_str()), ("seq", &seq), ("item", &item), ("value", "0")];
        page = browser.post(&page.path.clone(), &form).await;
    }
    browser.post("/check-in/submit", &[("csrf", &page.field("csrf"))]).await
}

const SCORES: [[i64; 7]; 2] = [[3, 3, 2, 2, 2, 2, 2], [1, 1, 1, 1, 0, 0, 0]];

both_databases! {
    async fn after_a_check_in_the_client_sees_how_it_goes_for_half_an_hour(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        for values in SCORES {
            harbor.answer(&app, "gad-7", &values.map(Some)).await;
            app.advance_to(at("2026-03-09T10:00:00-07:00")).await;
        }
        harbor.answer(&app, "session-feedback", &[Some(20), Some(20), Some(20), Some(20)]).await;
        let phone = app.browser();
        let thanks = check_in(&app, &harbor, &phone).await;
        assert!(thanks.body.contains("href=\"/check-in/progress\""), "{}", thanks.body);
        let page = phone.get("/check-in/progress").await;
        assert_eq!((page.status, page.path.as_str()), (StatusCode::OK, "/check-in/progress"));
        assert!(page.body.contains("clearly better than your first ones"), "{}", page.body);
        for jargon in ["Cut-off", "reliable", "Severe", "Moderate", "Session feedback"] {
            assert!(!page.body.contains(jargon), "{jargon} is not for this page");
        }
        assert!(app.browser().get("/check-in/progress").await.status == StatusCode::NOT_FOUND, "another browser sees nothing");

        app.clock.advance(chrono::Duration::minutes(31));
        let late = phone.get("/check-in/progress").await;
        assert_eq!(late.path, "/check-in/done");
        assert!(!late.body.contains("/check-in/progress"));
    }

    async fn practice_and_clinician_say_whether_it_is_shown(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T10:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        harbor.answer(&app, "gad-7", &SCORES[0].map(Some)).await;
        let (ana, csrf) = sign_in(&app, "ana").await;
        let chart = format!("/clients/{}", harbor.client);
        let progress = format!("{chart}/progress");
        assert!(ana.get(&chart).await.body.contains(&format!("href=\"{progress}\"")));
        let shown = ana.get(&progress).await;
        assert_eq!(shown.status, StatusCode::OK);
        assert!(shown.body.contains("You have answered this once"), "{}", shown.body);

        let chosen = ana.post(&progress, &[("csrf", &csrf), ("progress", "nothing")]).await;
        assert_eq!((chosen.status, chosen.path.as_str()), (StatusCode::OK, chart.as_str()));
        let thanks = check_in(&app, &harbor, &app.browser()).await;
        assert_eq!(thanks.path, "/check-in/done");
        assert!(!thanks.body.contains("/check-in/progress"), "not for this client");
        assert!(ana.get(&progress).await.body.contains("nothing to show yet"));
        let refused = ana.post(&progress, &[("csrf", &csrf), ("progress", "everything")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);

        // Back to what the practice says, which says no.
        ana.post(&progress, &[("csrf", &csrf), ("progress", "practice")]).await;
        let phone = app.browser();
        assert!(check_in(&app, &harbor, &phone).await.body.contains("/check-in/progress"));
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let mut practice = store::practice::get(&mut tx).await.unwrap();
        practice.settings.progress = care::practice::ShowProgress::Nothing;
        store::practice::update(&mut tx, &practice).await.unwrap();
        tx.commit().await.unwrap();
        app.clock.advance(chrono::Duration::seconds(10));
        assert!(!check_in(&app, &harbor, &app.browser()).await.body.contains("/check-in/progress"));
        assert_eq!(phone.get("/check-in/progress").await.path, "/check-in/done", "at once, where the page is open too");
    }
}
