//! From the link on a phone to the receipt.

use axum::http::{Method, StatusCode};
use care::case::ReasonLevel;
use care::packet::PacketState;
use care::response::{ResponseKind, Rule, ScoreState};
use chrono::Duration;
use notify::OutboxMessage;
use tests::{Browser, Harbor, Reply, TestApp, at, both_databases, link_in};

/// Starts a check-in on a browser.
async fn start(browser: &Browser, link: &str) -> Reply {
    let landing = browser.get(link).await;
    assert_eq!(landing.status, StatusCode::OK, "{}", landing.body);
    browser.post(&format!("{link}/start"), &[]).await
}

/// Answers the question on the page with a value.
async fn answer(browser: &Browser, page: &Reply, value: &str) -> Reply {
    let (csrf, item, seq) = (page.field("csrf"), page.field("item"), page.field("seq"));
    browser.post(&page.path, &[("csrf", &csrf), ("item", &item), ("seq", &seq), ("value", value)]).await
}

both_databases! {
    async fn c1_link_answers_help_receipt(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        harbor.appointment(&app, at("2026-03-10T15:00:00-07:00")).await;
        app.run_jobs().await;
        assert_eq!(app.sent().len(), 0, "nothing goes before its time");

        app.advance_to(at("2026-03-09T15:00:00-07:00")).await;
        let sent = app.sent();
        assert_eq!(sent.len(), 1, "one text, at 15:00 the day before");
        assert!(matches!(sent[0], OutboxMessage::Sms { .. }), "the preferred channel is a text");
        assert!(!sent[0].text().contains("Robin") && !sent[0].text().contains("PHQ"), "no name, no instrument");
        let link = link_in(sent[0].text());

        let phone = app.browser();
        let mut page = start(&phone, &link).await;
        // The wellbeing check comes first, then PHQ-9 and GAD-7.
        for value in ["5.0", "4.5", "5.5", "5.0"] {
            assert_eq!(page.status, StatusCode::OK);
            page = answer(&phone, &page, value).await;
        }
        for value in ["2", "2", "3", "3", "2", "2", "2", "1"] {
            page = answer(&phone, &page, value).await;
        }
        let helped = answer(&phone, &page, "1").await;
        assert!(helped.path.starts_with("/check-in/help-now"), "help is the very next page, not {}", helped.path);
        assert!(helped.body.contains("tel:988"));
        // The case is there before the check-in is submitted.
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let case = store::case::open_of_episode(&mut read, &harbor.episode).await.unwrap().expect("item 9 opened a case");
        let reasons = store::case::reasons(&mut read, &case.id).await.unwrap();
        assert_eq!((reasons.len(), reasons[0].rule, reasons[0].level), (1, Rule::RiskItem, ReasonLevel::Review));
        drop(read);

        page = phone.get("/check-in").await;
        for value in ["3", "3", "2", "2", "1", "2", "2"] {
            page = answer(&phone, &page, value).await;
        }
        assert_eq!(page.path, "/check-in/submit");
        let thanks = phone.post("/check-in/submit", &[("csrf", &page.field("csrf"))]).await;
        assert_eq!((thanks.status, thanks.path.as_str()), (StatusCode::OK, "/check-in/done"));

        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let scores = store::response::scores_of_episode(&mut read, &harbor.episode).await.unwrap();
        let of = |id: &str| scores.iter().find(|score| score.instrument == id).expect("it was scored");
        assert_eq!((of("phq-9").value, of("phq-9").band.as_deref()), (Some(18.0), Some("moderately_severe")));
        assert_eq!((of("gad-7").value, of("gad-7").band.as_deref()), (Some(15.0), Some("severe")));
        drop(read);

        // A second tap on the link shows the receipt.
        let again = app.browser().get(&link).await;
        assert_eq!(again.status, StatusCode::OK);
        assert!(again.body.contains("Already completed"), "{}", again.body);
        assert!(!again.body.contains("severe"), "no answers, no scores");

        // No reminder after completion.
        app.run_jobs().await;
        assert!(app.sent().iter().all(|message| !message.text().contains("/c/")), "only staff were written to");
        app.advance(Duration::days(3)).await;
        let later: Vec<_> = app.sent().into_iter().filter(|message| message.text().contains("/c/")).collect();
        assert!(later.len() <= 1, "no reminder for a completed check-in; at most the one after the session");
    }

    async fn c3_an_active_client_is_never_expired(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T00:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let packet = harbor.packet(&app, &["phq-9"]).await;
        let link = harbor.link(&app, &packet).await;
        app.clock.set(at("2026-03-13T23:50:00-07:00"));
        let first = app.browser();
        let mut page = start(&first, &link).await;
        for value in ["1", "1", "2", "1", "0"] {
            page = answer(&first, &page, value).await;
        }
        // The check-in ended at 00:00.
        app.clock.set(at("2026-03-14T00:05:00-07:00"));
        app.run_jobs().await;
        let second = app.browser();
        let mut page = start(&second, &link).await;
        assert_eq!(page.path, "/check-in/6", "it goes on at the first unanswered question");
        let earlier = second.get("/check-in/1").await;
        assert!(!earlier.body.contains("checked"), "another device is never shown earlier answers");
        for value in ["1", "0", "1", "0"] {
            page = answer(&second, &page, value).await;
        }
        let thanks = second.post("/check-in/submit", &[("csrf", &page.field("csrf"))]).await;
        assert_eq!(thanks.path, "/check-in/done");
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let responses = store::response::of_packet(&mut read, &packet).await.unwrap();
        assert_eq!(responses.len(), 1);
        let scores = store::response::scores_of_episode(&mut read, &harbor.episode).await.unwrap();
        assert_eq!(scores[0].value, Some(7.0));
        assert_eq!(store::packet::devices(&mut read, &packet).await.unwrap().len(), 2);
        let audit = store::audit_page(&mut read, 0, 500).await.unwrap();
        assert_eq!(audit.iter().filter(|row| row.action == "packet.start").count(), 2, "both devices are in the audit");
    }

    async fn c4_missing_answers(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let one = Some;
        harbor.answer(&app, "phq-9", &[one(2), one(2), one(3), None, one(2), one(2), one(2), one(1), one(1)]).await;
        app.clock.advance(Duration::days(1));
        harbor.answer(&app, "phq-9", &[one(2), None, one(3), None, one(2), None, one(2), one(1), one(2)]).await;
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let scores = store::response::scores_of_episode(&mut read, &harbor.episode).await.unwrap();
        assert_eq!((scores[0].state, scores[0].exact, scores[0].value), (ScoreState::Prorated, Some(16.875), Some(17.0)));
        assert_eq!((scores[0].answered, scores[0].missing), (8, 1));
        assert_eq!((scores[1].state, scores[1].value, scores[1].band.clone()), (ScoreState::Invalid, None, None));
        let case = store::case::open_of_episode(&mut read, &harbor.episode).await.unwrap().expect("item 9 was answered");
        let levels: Vec<_> = store::case::reasons(&mut read, &case.id).await.unwrap().iter().map(|reason| reason.level).collect();
        assert_eq!(levels, [ReasonLevel::Review, ReasonLevel::Urgent], "item 9 counts although the score does not");
    }

    async fn two_devices_one_response(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let packet = harbor.packet(&app, &["phq-2"]).await;
        let link = harbor.link(&app, &packet).await;
        let (first, second) = (app.browser(), app.browser());
        let page = start(&first, &link).await;
        answer(&first, &page, "1").await;
        let stale = start(&second, &link).await;
        assert_eq!(stale.path, "/check-in/2");
        let review = answer(&first, &current_question(&first).await, "1").await;
        let csrf = review.field("csrf");
        let form = [("csrf", csrf.as_str())];
        let (one, two) = tokio::join!(first.post("/check-in/submit", &form), first.post("/check-in/submit", &form));
        assert!([&one, &two].iter().all(|reply| reply.status == StatusCode::OK && reply.path.starts_with("/check-in/done")));
        // The second device still shows question 2 and answers otherwise: kept apart, not dropped, not overwriting.
        let late = answer(&second, &stale, "3").await;
        assert_eq!(late.path, "/check-in/done?again=1");
        let again = answer(&second, &stale, "3").await;
        assert_eq!(again.path, "/check-in/done?again=1", "the same late answer again is nothing new");
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let responses = store::response::of_packet(&mut read, &packet).await.unwrap();
        let kinds: Vec<_> = responses.iter().map(|response| response.kind).collect();
        assert_eq!(kinds, [ResponseKind::Original, ResponseKind::Amendment]);
        let scores = store::response::scores_of_episode(&mut read, &harbor.episode).await.unwrap();
        assert_eq!(scores.iter().map(|score| score.value).collect::<Vec<_>>(), [Some(2.0)], "the first one counts");
        assert_eq!(store::task::open(&mut read).await.unwrap().len(), 1, "staff are told once");
    }

    async fn looking_changes_nothing(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let packet = harbor.packet(&app, &["phq-2"]).await;
        let link = harbor.link(&app, &packet).await;
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let before = (store::packet::find(&mut read, &packet).await.unwrap(), store::audit_page(&mut read, 0, 500).await.unwrap());
        drop(read);
        for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
            for _ in 0..5 {
                app.browser().request(method.clone(), &link, &[]).await;
            }
        }
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let after = (store::packet::find(&mut read, &packet).await.unwrap(), store::audit_page(&mut read, 0, 500).await.unwrap());
        assert_eq!(before, after, "link previews leave no trace");
        assert_eq!(after.0.map(|packet| packet.state), Some(PacketState::Open));
    }

    async fn dead_links_look_alike_and_guessing_is_slowed(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let packet = harbor.packet(&app, &["phq-2"]).await;
        let link = harbor.link(&app, &packet).await;
        app.clock.advance(Duration::days(9));
        app.run_jobs().await;
        let expired = app.browser().get(&link).await;
        let guessed = app.browser().get("/c/AAAAAAAAAAAAAAAAAAAAAA").await;
        assert_eq!((expired.status, guessed.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
        let plain = |reply: &Reply| reply.body.replace(reply.path.as_str(), "");
        assert_eq!(plain(&expired), plain(&guessed), "nobody learns which links once were");
        let started = app.browser().post(&format!("{link}/start"), &[]).await;
        assert_eq!(started.status, StatusCode::NOT_FOUND);
        for number in 0..20 {
            app.browser().get(&format!("/c/BBBBBBBBBBBBBBBBBBBB{number:02}")).await;
        }
        assert_eq!(app.browser().get("/c/CCCCCCCCCCCCCCCCCCCCCC").await.status, StatusCode::TOO_MANY_REQUESTS);
    }

    async fn a_form_of_another_check_in_is_refused(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let first = harbor.packet(&app, &["phq-2"]).await;
        let second = harbor.packet(&app, &["phq-2"]).await;
        let phone = app.browser();
        let old = start(&phone, &harbor.link(&app, &first).await).await;
        start(&phone, &harbor.link(&app, &second).await).await;
        let stale = answer(&phone, &old, "3").await;
        assert_eq!(stale.status, StatusCode::FORBIDDEN);
        let page = phone.get("/check-in/1").await;
        let refused = answer(&phone, &page, "7").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        assert!(store::answer::of_packet(&mut read, &first).await.unwrap().is_empty());
        assert!(store::answer::of_packet(&mut read, &second).await.unwrap().is_empty());
    }
}

/// The question a browser stands at.
async fn current_question(browser: &Browser) -> Reply {
    browser.get("/check-in").await
}
