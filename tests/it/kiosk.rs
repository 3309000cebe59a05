//! C6: five wrong codes lock for a quarter of an hour; after the answers are in the screen clears and Back shows nothing.

use axum::http::StatusCode;
use care::packet::PacketState;
use chrono::Duration;
use tests::harbor::sign_in;
use tests::{Browser, Harbor, Reply, TestApp, at, both_databases};

/// The code that a page shows in large figures.
fn code_on(page: &Reply) -> String {
    let shown = page.body.split("<p class=\"figure mono\">").nth(1).and_then(|rest| rest.split('<').next());
    shown.unwrap_or_else(|| panic!("no code on\n{}", page.body)).replace(' ', "")
}

/// A paired tablet.
async fn kiosk(app: &TestApp, harbor: &Harbor) -> Browser {
    let (adam, _) = sign_in(app, "adam").await;
    let csrf = adam.get("/admin/kiosks").await.field("csrf");
    let refused =
        adam.post("/admin/kiosks", &[("csrf", &csrf), ("kiosk_name", ""), ("site", harbor.north.as_str())]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = adam
        .post("/admin/kiosks", &[("csrf", &csrf), ("kiosk_name", "Front door"), ("site", harbor.north.as_str())])
        .await;
    let pairing = code_on(&page);
    let tablet = app.browser();
    assert_eq!(tablet.post("/kiosk/pair", &[("code", "00000000")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let ready = tablet.post("/kiosk/pair", &[("code", &pairing)]).await;
    assert!(ready.body.contains("Please type the code you were given"), "{}", ready.body);
    assert_eq!(
        app.browser().post("/kiosk/pair", &[("code", &pairing)]).await.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "a pairing code works once"
    );
    tablet
}

both_databases! {
    async fn c6_five_wrong_codes_lock_and_back_shows_nothing(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T14:30:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let tablet = kiosk(&app, &harbor).await;
        let packet = harbor.packet(&app, &["phq-2"]).await;
        let (ida, _) = sign_in(&app, "ida").await;
        let csrf = ida.get("/today").await.field("csrf");
        let code = code_on(&ida.post(&format!("/packets/{packet}/code"), &[("csrf", &csrf)]).await);
        assert_eq!(code.len(), 6);
        let wrong = if code == "111111" { "222222" } else { "111111" };
        for _ in 0..4 {
            assert_eq!(tablet.post("/kiosk/code", &[("code", wrong)]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        assert_eq!(tablet.post("/kiosk/code", &[("code", "what?")]).await.status, StatusCode::TOO_MANY_REQUESTS, "the fifth");
        let right = tablet.post("/kiosk/code", &[("code", &code)]).await;
        assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS, "not even the right one");
        app.clock.advance(Duration::minutes(14) + Duration::seconds(59));
        assert_eq!(tablet.post("/kiosk/code", &[("code", &code)]).await.status, StatusCode::TOO_MANY_REQUESTS);
        app.clock.advance(Duration::seconds(1));
        let question = tablet.post("/kiosk/code", &[("code", &code)]).await;
        assert_eq!(question.path, "/check-in/1", "{}", question.body);
        assert!(question.body.contains(r#"<body data-clears="60">"#), "it clears by itself, a minute after the last touch");
        assert!(question.body.contains(r#"<noscript><meta http-equiv="refresh" content="60; url=/kiosk"></noscript>"#));
        let mut page = question;
        while page.path != "/check-in/submit" {
            let (csrf, item) = (page.field("csrf"), page.field("item"));
            page = tablet.post(&page.path, &[("csrf", &csrf), ("item", &item), ("value", "1")]).await;
        }
        let thanks = tablet.post("/check-in/submit", &[("csrf", &page.field("csrf"))]).await;
        assert_eq!(thanks.path, "/check-in/done");
        assert_eq!(thanks.headers.get("cache-control").and_then(|value| value.to_str().ok()), Some("no-store"));
        for back in ["/check-in/done", "/check-in/1", "/check-in/submit"] {
            let shown = tablet.get(back).await;
            assert_eq!(shown.status, StatusCode::NOT_FOUND, "{back}: {}", shown.body);
            assert!(!shown.body.contains("checked"));
            assert_eq!(shown.headers.get("refresh").and_then(|value| value.to_str().ok()), Some("60; url=/kiosk"));
        }
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        assert_eq!(store::packet::find(&mut read, &packet).await.unwrap().unwrap().state, PacketState::Completed);
        drop(read);
        let again = tablet.post("/kiosk/code", &[("code", &code)]).await;
        assert!(again.body.contains("Nothing is waiting for you"), "{}", again.body);
    }

    async fn a_code_of_ones_own_opens_what_is_due_until_there_is_a_new_one(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T14:30:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let tablet = kiosk(&app, &harbor).await;
        let (ida, _) = sign_in(&app, "ida").await;
        let csrf = ida.get("/today").await.field("csrf");
        let make = async || code_on(&ida.post(&format!("/clients/{}/kiosk-code", harbor.client), &[("csrf", csrf.as_str())]).await);
        let first = make().await;
        assert_eq!(first.len(), 8);
        assert!(tablet.post("/kiosk/code", &[("code", &first)]).await.body.contains("Nothing is waiting"));
        harbor.packet(&app, &["phq-2"]).await;
        let second = make().await;
        assert_eq!(tablet.post("/kiosk/code", &[("code", &first)]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(tablet.post("/kiosk/code", &[("code", &second)]).await.path, "/check-in/1");
        // A minute without a touch: the page goes back to the start, which forgets whose it was.
        tablet.get("/kiosk").await;
        assert_eq!(tablet.get("/check-in/1").await.status, StatusCode::NOT_FOUND);
        // The code is kept as a hash.
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let kept: Vec<(String,)> = read.query("SELECT code_index FROM kiosk_code").all().await.unwrap();
        assert!(!kept.is_empty() && kept.iter().all(|(index,)| !index.contains(&second)));
    }
}
