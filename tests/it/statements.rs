//! What the hot paths cost in statements: on SQLite each of them crosses to the database's thread and back, so the figures are
//! part of the promise of speed. Counted without those that begin and end transactions.

use axum::http::StatusCode;
use store::Engine;
use tests::{Browser, Harbor, TestApp, at, both_databases};

/// The statements of one request.
async fn cost<T>(app: &TestApp, request: impl Future<Output = T>) -> (u64, T) {
    let before = app.db.statements();
    let reply = request.await;
    (app.db.statements() - before, reply)
}

/// A check-in of the PHQ-9, started on a browser; the practice's face is known by then.
async fn started(app: &TestApp, harbor: &Harbor) -> (Browser, String) {
    let packet = harbor.packet(app, &["phq-9"]).await;
    let link = harbor.link(app, &packet).await;
    let browser = app.browser();
    assert_eq!(browser.get(&link).await.status, StatusCode::OK);
    browser.post(&format!("{link}/start"), &[]).await;
    (browser, link)
}

both_databases! {
    async fn pages_cost_two_statements(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let (browser, link) = started(&app, &harbor).await;
        let (landing, reply) = cost(&app, browser.get(&link)).await;
        assert_eq!((reply.status, landing), (StatusCode::OK, 2), "the page of a link");
        let (question, reply) = cost(&app, browser.get("/check-in/3")).await;
        assert_eq!((reply.status, question), (StatusCode::OK, 2), "a question");
    }

    async fn a_submission_costs_eight_and_a_whole_sheet_in_one_request_as_well(db: TestDb) {
        // PostgreSQL locks the episode by a statement of its own; on SQLite whoever may write is alone.
        let most = if db.engine() == Engine::Postgres { 9 } else { 8 };
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        for together in [false, true] {
            let (browser, _) = started(&app, &harbor).await;
            let csrf = browser.get("/check-in/1").await.field("csrf");
            let mut form = vec![("csrf".to_owned(), csrf.clone())];
            for item in 1..=9 {
                if together {
                    form.push(("answer".to_owned(), format!("phq-9:{item}:{}", i32::from(item < 9))));
                } else {
                    let (path, item) = (format!("/check-in/{item}"), format!("phq-9:{item}"));
                    let value = if item == "phq-9:9" { "0" } else { "1" };
                    browser.post(&path, &[("csrf", &csrf), ("item", &item), ("seq", "s"), ("value", value)]).await;
                }
            }
            let form: Vec<(&str, &str)> = form.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
            // Only the POST itself: the page after it is another request.
            let (submission, reply) =
                cost(&app, browser.request(axum::http::Method::POST, "/check-in/submit", &form)).await;
            assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, Some("/check-in/done")));
            assert!(submission <= most, "{submission} statements, in one request: {together}");
        }
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let scores = store::response::scores_of_episode(&mut read, &harbor.episode).await.unwrap();
        assert_eq!(scores.iter().map(|score| score.value).collect::<Vec<_>>(), [Some(8.0), Some(8.0)]);
        assert_eq!(store::verify_audit(&mut read).await.unwrap().broken, None);
    }

    async fn a_whole_sheet_is_taken_once_and_another_one_is_kept_beside_it(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let (browser, _) = started(&app, &harbor).await;
        let csrf = browser.get("/check-in/1").await.field("csrf");
        let saved = [("csrf", csrf.as_str()), ("item", "phq-9:1"), ("seq", "s"), ("value", "3")];
        browser.post("/check-in/1", &saved).await;
        let sheet = |first: &str, last: &str| {
            let mut form = vec![("csrf".to_owned(), csrf.clone()), ("answer".to_owned(), format!("phq-9:1:{first}"))];
            form.extend((2..9).map(|item| ("answer".to_owned(), format!("phq-9:{item}:1"))));
            form.push(("answer".to_owned(), format!("phq-9:9:{last}")));
            form
        };
        let submit = async |form: Vec<(String, String)>| {
            let form: Vec<(&str, &str)> = form.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
            browser.request(axum::http::Method::POST, "/check-in/submit", &form).await
        };
        // What the instrument does not offer is refused, and nothing is stored.
        let refused = submit(sheet("7", "0")).await;
        assert_eq!(refused.location(), Some("/check-in/1"));
        assert_eq!(submit(sheet("2", "0")).await.location(), Some("/check-in/done"));
        assert_eq!(submit(sheet("2", "0")).await.location(), Some("/check-in/done?again=1"));
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let scores = store::response::scores_of_episode(&mut read, &harbor.episode).await.unwrap();
        assert_eq!(scores.iter().map(|score| score.value).collect::<Vec<_>>(), [Some(9.0)], "scored once");
        let packet = store::packet::of_episode(&mut read, &harbor.episode).await.unwrap().remove(0).id;
        assert_eq!(store::answer::changes(&mut read, std::slice::from_ref(&packet)).await.unwrap()[0].value, Some(3), "the earlier answer stays visible");
        assert_eq!(store::response::of_packet(&mut read, &packet).await.unwrap().len(), 1);
        drop(read);
        // Other answers later are kept apart, and their danger is acted on.
        assert_eq!(submit(sheet("2", "2")).await.location(), Some("/check-in/done?again=1"));
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        assert_eq!(store::response::of_packet(&mut read, &packet).await.unwrap().len(), 2);
        assert!(store::case::open_of_episode(&mut read, &harbor.episode).await.unwrap().is_some());
    }

    async fn more_than_the_database_can_serve_is_turned_away_and_then_let_in_again(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let (browser, link) = started(&app, &harbor).await;
        // Whoever writes holds every connection, but the one that listens; the others wait behind.
        let mut held = Vec::new();
        let most = if app.db.engine() == Engine::Postgres { 7 } else { 1 };
        for _ in 0..most {
            held.push(app.db.write(&harbor.practice).await.unwrap());
        }
        let waiting: Vec<_> = (0..200)
            .map(|_| {
                let (db, practice) = (store::Db::clone(&app.db), harbor.practice.clone());
                tokio::spawn(async move { db.write(&practice).await.map(drop) })
            })
            .collect();
        while app.db.waiting() < 200 {
            tokio::task::yield_now().await;
        }
        let shed = browser.get(&link).await;
        assert_eq!(shed.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(shed.headers.contains_key("retry-after"));
        assert_eq!(browser.get("/healthz").await.status, StatusCode::OK, "whoever asks whether it lives hears yes");
        drop(held);
        for one in waiting {
            let _ = one.await.unwrap();
        }
        assert_eq!(browser.get(&link).await.status, StatusCode::OK);
    }
}
