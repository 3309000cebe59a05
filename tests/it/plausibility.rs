//! Answers that nobody can have read are kept, scored and acted on like any others, and staff are told beside the score.

use axum::http::StatusCode;
use chrono::Duration;
use tests::harbor::sign_in;
use tests::{Browser, Harbor, TestApp, at, both_databases, words};

const SAME_END: &str =
    "All 20 answers lie at the same end, also those to the 4 questions that are asked the other way round.";
const HASTY: &str = "7 questions were answered in 6 s, faster than they can be read.";

async fn chart(app: &TestApp, harbor: &Harbor, path: &str) -> String {
    let (ana, _) = sign_in(app, "ana").await;
    let page = ana.get(&format!("/clients/{}{path}", harbor.client)).await;
    assert_eq!(page.status, StatusCode::OK);
    words(&page.body)
}

/// Answers a whole GAD-7 by its link, in so many seconds.
async fn answer(app: &TestApp, harbor: &Harbor, seconds: i64) {
    let packet = harbor.packet(app, &["gad-7"]).await;
    let link = harbor.link(app, &packet).await;
    let phone: Browser = app.browser();
    let mut page = phone.post(&format!("{link}/start"), &[]).await;
    while page.path != "/check-in/submit" {
        let (csrf, item, seq) = (page.field("csrf"), page.field("item"), page.field("seq"));
        let path = page.path.clone();
        page = phone.post(&path, &[("csrf", &csrf), ("item", &item), ("seq", &seq), ("value", "2")]).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    }
    app.clock.advance(Duration::seconds(seconds));
    let done = phone.post("/check-in/submit", &[("csrf", &page.field("csrf"))]).await;
    assert_eq!(done.path, "/check-in/done", "{}", done.body);
}

both_databases! {
    async fn the_same_end_both_ways_round_is_said_beside_the_score(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        harbor.answer(&app, "ces-d", &[Some(3); 20]).await;
        let page = chart(&app, &harbor, "").await;
        assert!(page.contains(SAME_END), "{page}");
        assert!(page.contains("48"), "sixteen threes and four reversed ones: it is scored all the same");
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let signals = store::response::signals(&mut read, &harbor.episode).await.unwrap();
        let cases = store::case::of_client(&mut read, &harbor.client).await.unwrap();
        assert!(cases.is_empty(), "a doubt is no case: {signals:?}");
        drop(read);
        // The next answers make sense, and the doubt was about the last ones.
        app.clock.advance(Duration::days(7));
        let sensible: Vec<Option<i64>> = (1..=20).map(|item| Some(if item % 4 == 0 && item < 17 { 0 } else { 3 })).collect();
        harbor.answer(&app, "ces-d", &sensible).await;
        let page = chart(&app, &harbor, "").await;
        assert!(page.contains("60") && !page.contains("lie at the same end"), "{page}");
    }

    async fn what_was_handed_in_before_it_can_be_read_is_said_too(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        answer(&app, &harbor, 6).await;
        let page = chart(&app, &harbor, "").await;
        assert!(page.contains(HASTY), "{page}");
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let scores = store::response::scores_of_episode(&mut read, &harbor.episode).await.unwrap();
        assert_eq!(scores.iter().filter_map(|score| score.value).collect::<Vec<_>>(), [14.0]);
        drop(read);
        // Two seconds a question are enough.
        app.clock.advance(Duration::days(7));
        answer(&app, &harbor, 14).await;
        let page = chart(&app, &harbor, "").await;
        assert!(!page.contains("faster than they can be read"), "{page}");
        let report = workflows::verify::check(&app.db, &app.ctx).await.unwrap();
        assert!(report.violations.is_empty(), "{:?}", report.violations);
    }
}
