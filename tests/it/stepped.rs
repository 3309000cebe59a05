//! Stepped screening: a short questionnaire goes on to the longer one in the same sitting, and answers are carried forward.

use axum::http::StatusCode;
use care::PacketId;
use care::case::ReasonLevel;
use care::response::{ResponseKind, Rule, ScoreState, StoredScore};
use instruments::Answer;
use tests::{Browser, Harbor, Reply, TestApp, at, both_databases, harbor::PASSWORD};

async fn begun(app: &TestApp, harbor: &Harbor, asked: &[&str]) -> (PacketId, String) {
    let packet = harbor.packet(app, asked).await;
    let link = harbor.link(app, &packet).await;
    (packet, link)
}

async fn start(browser: &Browser, link: &str, lang: &str) -> Reply {
    browser.post(&format!("{link}/start"), &[("lang", lang)]).await
}

async fn answer(browser: &Browser, page: &Reply, value: &str) -> Reply {
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let (csrf, item, seq) = (page.field("csrf"), page.field("item"), page.field("seq"));
    browser.post(&page.path, &[("csrf", &csrf), ("item", &item), ("seq", &seq), ("value", value)]).await
}

async fn submit(browser: &Browser, page: &Reply) {
    assert_eq!(page.path, "/check-in/submit", "{}", page.body);
    let thanks = browser.post("/check-in/submit", &[("csrf", &page.field("csrf"))]).await;
    assert_eq!(thanks.path, "/check-in/done", "{}", thanks.body);
}

async fn scores(app: &TestApp, harbor: &Harbor) -> Vec<StoredScore> {
    let mut read = app.db.read(&harbor.practice).await.unwrap();
    store::response::scores_of_episode(&mut read, &harbor.episode).await.unwrap()
}

async fn asked(app: &TestApp, harbor: &Harbor, packet: &PacketId) -> Vec<String> {
    let mut read = app.db.read(&harbor.practice).await.unwrap();
    let packet = store::packet::find(&mut read, packet).await.unwrap().unwrap();
    packet.asked.into_iter().map(|one| one.id).collect()
}

async fn verified(app: &TestApp) {
    let report = workflows::verify::check(&app.db, &app.ctx).await.unwrap();
    assert!(report.violations.is_empty(), "{:?}", report.violations);
}

both_databases! {
    async fn a_positive_screen_goes_on_and_each_is_scored_by_its_own_rule(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let (packet, link) = begun(&app, &harbor, &["phq-2", "wellbeing-check"]).await;
        let phone = app.browser();
        let landing = phone.get(&link).await;
        assert!(landing.body.contains("6 questions, at most 13"), "{}", landing.body);
        let page = start(&phone, &link, "en").await;
        assert!(page.body.contains("Question 1") && !page.body.contains("1 of"), "no count that may not hold: {}", page.body);
        let page = answer(&phone, &page, "1").await;
        let page = answer(&phone, &page, "2").await;
        assert!(page.body.contains("3 of 13"), "{}", page.body);
        assert!(page.body.contains("7 more questions follow"), "it says so plainly: {}", page.body);
        assert_eq!(page.field("item"), "phq-9:3");
        // Back shows what was answered.
        let back = phone.get("/check-in/2").await;
        assert!(back.body.contains("value=\"2\" checked"), "{}", back.body);
        let mut page = page;
        for value in ["3", "3", "2", "2", "2", "1"] {
            page = answer(&phone, &page, value).await;
            assert!(!page.body.contains("more questions follow"), "once is enough");
        }
        let helped = answer(&phone, &page, "1").await;
        assert!(helped.path.starts_with("/check-in/help-now"), "{}", helped.path);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let case = store::case::open_of_episode(&mut read, &harbor.episode).await.unwrap().expect("at once");
        let reasons = store::case::reasons(&mut read, &case.id).await.unwrap();
        assert_eq!((reasons[0].rule, reasons[0].level), (Rule::RiskItem, ReasonLevel::Review));
        drop(read);
        let mut page = phone.get("/check-in").await;
        for _ in 0..4 {
            page = answer(&phone, &page, "5.0").await;
        }
        submit(&phone, &page).await;
        let scores = scores(&app, &harbor).await;
        let of = |id: &str| scores.iter().find(|one| one.instrument == id).map(|one| (one.state, one.value));
        assert_eq!(of("phq-2"), Some((ScoreState::Valid, Some(3.0))));
        assert_eq!(of("phq-9"), Some((ScoreState::Valid, Some(17.0))), "1 + 2 + 3 + 3 + 2 + 2 + 2 + 1 + 1");
        assert_eq!(asked(&app, &harbor, &packet).await, ["phq-2", "phq-9", "wellbeing-check"]);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let response = store::response::of_packet(&mut read, &packet).await.unwrap().remove(0);
        assert_eq!(response.answers["phq-9"].len(), 9);
        assert_eq!(response.answers["phq-9"]["2"], Answer::Value(2));
        drop(read);
        verified(&app).await;
    }

    async fn below_the_threshold_nothing_is_added(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let (packet, link) = begun(&app, &harbor, &["phq-2", "gad-2"]).await;
        let phone = app.browser();
        let mut page = start(&phone, &link, "en").await;
        for value in ["1", "1", "0", "2"] {
            page = answer(&phone, &page, value).await;
        }
        submit(&phone, &page).await;
        assert_eq!(asked(&app, &harbor, &packet).await, ["phq-2", "gad-2"]);
        assert_eq!(scores(&app, &harbor).await.len(), 2);
    }

    async fn a_changed_answer_changes_both_and_may_take_the_step_back(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let (packet, link) = begun(&app, &harbor, &["phq-2"]).await;
        let phone = app.browser();
        let page = start(&phone, &link, "en").await;
        // One answer of three is enough to know.
        let page = answer(&phone, &page, "3").await;
        assert_eq!(page.field("item"), "phq-2:2");
        let page = answer(&phone, &page, "0").await;
        assert_eq!(page.field("item"), "phq-9:3");
        // Corrected: nothing more was answered, so nothing more is asked.
        let first = phone.get("/check-in/1").await;
        let page = answer(&phone, &first, "1").await;
        assert_eq!((page.path.as_str(), asked(&app, &harbor, &packet).await.len()), ("/check-in/2", 1), "{}", page.body);
        // And up again; then a further answer, after which a correction keeps what was answered.
        let page = answer(&phone, &page, "3").await;
        assert_eq!(page.field("item"), "phq-9:3");
        answer(&phone, &page, "2").await;
        let page = phone.get("/check-in/2").await;
        let page = answer(&phone, &page, "1").await;
        assert_eq!(page.field("item"), "phq-9:3");
        assert_eq!(asked(&app, &harbor, &packet).await, ["phq-2", "phq-9"]);
        let mut page = phone.get("/check-in").await;
        assert_eq!(page.path, "/check-in/4");
        for value in ["0", "0", "0", "0", "0", "0"] {
            page = answer(&phone, &page, value).await;
        }
        submit(&phone, &phone.get("/check-in/submit").await).await;
        let scores = scores(&app, &harbor).await;
        let of = |id: &str| scores.iter().find(|one| one.instrument == id).and_then(|one| one.value);
        assert_eq!((of("phq-2"), of("phq-9")), (Some(2.0), Some(4.0)), "1 + 1, and 1 + 1 + 2");
        verified(&app).await;
    }

    async fn another_device_goes_on_right_and_the_last_word_counts_in_both(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let (packet, link) = begun(&app, &harbor, &["phq-2", "gad-2"]).await;
        let (first, second) = (app.browser(), app.browser());
        let page = start(&first, &link, "en").await;
        let page = answer(&first, &page, "1").await;
        let page = answer(&first, &page, "1").await;
        assert_eq!(page.field("item"), "gad-2:1");
        // The second device goes back to the first question and answers otherwise: questions come in between.
        start(&second, &link, "en").await;
        let other = second.get("/check-in/1").await;
        assert!(!other.body.contains("checked"), "another device is never shown earlier answers");
        answer(&second, &other, "3").await;
        assert_eq!(asked(&app, &harbor, &packet).await, ["phq-2", "phq-9", "gad-2"]);
        // The first device's page still means its own question, which has another number now.
        let after = answer(&first, &page, "1").await;
        assert_eq!(after.field("item"), "gad-2:2", "{}", after.body);
        let there = second.get("/check-in").await;
        assert_eq!(there.field("item"), "phq-9:3", "it goes on at the first unanswered question");
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let saved = store::answer::of_packet(&mut read, &packet).await.unwrap();
        let value = |id: &str| saved.iter().find(|one| one.instrument == id && one.item == "1").and_then(|one| one.value);
        assert_eq!((value("phq-2"), value("phq-9"), value("gad-2")), (Some(3), Some(3), Some(1)));
    }

    async fn asked_anyway_nothing_is_answered_twice(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let (packet, link) = begun(&app, &harbor, &["phq-2", "phq-9"]).await;
        let phone = app.browser();
        let landing = phone.get(&link).await;
        assert!(landing.body.contains("9 questions") && !landing.body.contains("at most"), "{}", landing.body);
        let mut page = start(&phone, &link, "en").await;
        for value in ["0", "1", "0", "0", "0", "0", "0", "0", "0"] {
            assert!(page.body.contains("of 9"), "{}", page.body);
            page = answer(&phone, &page, value).await;
        }
        submit(&phone, &page).await;
        let values: Vec<_> = scores(&app, &harbor).await.into_iter().map(|one| one.value).collect();
        assert_eq!(values, [Some(1.0), Some(1.0)]);
        assert_eq!(asked(&app, &harbor, &packet).await.len(), 2, "planned, so it stays");
        verified(&app).await;
    }

    async fn wording_that_nobody_confirmed_is_never_stepped_to(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        // The short form was confirmed in Spanish, the long one was not.
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let confirmation = store::wording::Confirmation {
            instrument: "gad-2".into(),
            version: "1".into(),
            language: care::Language::Es,
            confirmed_by: harbor.ana.clone(),
            confirmed_at: app.ctx.now(),
        };
        store::wording::confirm(&mut tx, &confirmation).await.unwrap();
        tx.commit().await.unwrap();
        app.ctx.forget_shelf(&harbor.practice);
        let (packet, link) = begun(&app, &harbor, &["gad-2", "phq-2"]).await;
        let phone = app.browser();
        let mut page = start(&phone, &link, "es").await;
        assert!(page.body.contains("lang=\"es\""), "{}", page.body);
        for value in ["3", "3", "3", "3"] {
            page = answer(&phone, &page, value).await;
        }
        assert_eq!(asked(&app, &harbor, &packet).await, ["gad-2", "phq-2", "phq-9"]);
        assert!(page.body.contains("Siguen 7 preguntas"), "{}", page.body);
    }

    async fn paper_counts_like_a_phone(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let packet = harbor.packet(&app, &["phq-2"]).await;
        let browser = app.browser();
        let csrf = browser.get("/sign-in").await.field("csrf");
        browser.post("/sign-in", &[("csrf", &csrf), ("email", "ida@example.org"), ("password", PASSWORD)]).await;
        let path = format!("/packets/{packet}/answers");
        let page = browser.get(&path).await;
        assert!(page.body.contains("name=\"answer_9\"") && page.body.contains("only where PHQ-2 came to 3"), "{}", page.body);
        let csrf = page.field("csrf");
        let mut form = vec![
            ("csrf".to_owned(), csrf), ("mode".to_owned(), "paper".to_owned()),
            ("answered_on".to_owned(), "2026-03-10".to_owned()), ("answered_at".to_owned(), "08:30".to_owned()),
        ];
        for (number, value) in (1..).zip(["2", "2", "1", "1", "1", "1", "1", "1", "2"]) {
            form.push((format!("answer_{number}"), value.to_owned()));
        }
        let fields: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let taken = browser.post(&path, &fields).await;
        assert_eq!(taken.path, format!("/clients/{}", harbor.client), "{}", taken.body);
        let values: Vec<_> = scores(&app, &harbor).await.into_iter().map(|one| (one.instrument, one.value)).collect();
        assert_eq!(values, [("phq-2".to_owned(), Some(4.0)), ("phq-9".to_owned(), Some(12.0))]);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let case = store::case::open_of_episode(&mut read, &harbor.episode).await.unwrap().expect("item 9 opens a case");
        assert_eq!(store::case::reasons(&mut read, &case.id).await.unwrap()[0].level, ReasonLevel::Urgent);
        drop(read);
        verified(&app).await;
    }

    async fn a_screen_that_was_not_followed_up_says_so(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        harbor.answer(&app, "phq-2", &[Some(3), Some(1)]).await;
        let states: Vec<_> = scores(&app, &harbor).await.into_iter().map(|one| (one.instrument, one.state)).collect();
        assert_eq!(states, [("phq-2".to_owned(), ScoreState::Valid), ("phq-9".to_owned(), ScoreState::Invalid)]);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let signals = store::response::signals(&mut read, &harbor.episode).await.unwrap();
        assert!(signals.iter().any(|one| one.rule == Rule::RiskUnknown), "danger was not asked about: unknown, never negative");
    }

    async fn two_devices_that_hand_in_at_once_across_the_step_agree(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        for first_is_high in [false, true] {
            let (packet, link) = begun(&app, &harbor, &["phq-2"]).await;
            let (phone, tablet) = (app.browser(), app.browser());
            let page = start(&phone, &link, "en").await;
            let csrf = page.field("csrf");
            let other_csrf = start(&tablet, &link, "en").await.field("csrf");
            let (low, high) = (["0", "1"], ["3", "2"]);
            let sheet = |csrf: &str, values: [&str; 2]| -> Vec<(String, String)> {
                let mut form = vec![("csrf".to_owned(), csrf.to_owned())];
                form.extend((1..).zip(values).map(|(item, value): (usize, &str)| ("answer".to_owned(), format!("phq-2:{item}:{value}"))));
                form
            };
            let (one, other) = if first_is_high { (high, low) } else { (low, high) };
            let (one, other) = (sheet(&csrf, one), sheet(&other_csrf, other));
            let one: Vec<(&str, &str)> = one.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
            let other: Vec<(&str, &str)> = other.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
            let (left, right) = tokio::join!(phone.post("/check-in/submit", &one), tablet.post("/check-in/submit", &other));
            assert!([&left, &right].iter().all(|one| one.path.starts_with("/check-in/done")), "{} {}", left.path, right.path);
            let mut read = app.db.read(&harbor.practice).await.unwrap();
            let responses = store::response::of_packet(&mut read, &packet).await.unwrap();
            let kinds: Vec<_> = responses.iter().map(|one| one.kind).collect();
            assert_eq!(kinds, [ResponseKind::Original, ResponseKind::Amendment], "both are kept, one counts");
            let original = &responses[0];
            let total: i64 = original.answers["phq-2"].values().filter_map(|answer| answer.value()).sum();
            drop(read);
            // The check-in asks what the answers that count call for.
            let asked = asked(&app, &harbor, &packet).await;
            assert_eq!(asked.len(), if total >= 3 { 2 } else { 1 }, "{total}: {asked:?}");
            let scores = scores(&app, &harbor).await;
            let own: Vec<_> = scores.iter().filter(|score| score.response_id == original.id).collect();
            assert_eq!(own.len(), asked.len(), "each questionnaire that was asked is scored once");
            let screen = own.iter().find(|score| score.instrument == "phq-2").and_then(|score| score.value);
            assert_eq!(screen, Some(total as f64));
            verified(&app).await;
        }
    }

    async fn one_goes_on_while_the_other_hands_in(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let (packet, link) = begun(&app, &harbor, &["phq-2"]).await;
        let (phone, tablet) = (app.browser(), app.browser());
        let page = start(&phone, &link, "en").await;
        let page = answer(&phone, &page, "0").await;
        let review = answer(&phone, &page, "0").await;
        assert_eq!(review.path, "/check-in/submit");
        start(&tablet, &link, "en").await;
        let first = tablet.get("/check-in/1").await;
        let csrf = review.field("csrf");
        let hand_in = [("csrf", csrf.as_str())];
        let (handed_in, answered) = tokio::join!(phone.post("/check-in/submit", &hand_in), answer(&tablet, &first, "3"));
        assert!(handed_in.path.starts_with("/check-in/done"), "{}", handed_in.path);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let responses = store::response::of_packet(&mut read, &packet).await.unwrap();
        drop(read);
        let asked = asked(&app, &harbor, &packet).await;
        let original = &responses[0].answers;
        if responses.len() == 1 {
            // The answer came first: it counts, and what was handed in is a screen that was not followed up.
            assert_eq!(original["phq-2"]["1"], Answer::Value(3));
            assert_eq!(asked, ["phq-2", "phq-9"], "{}", answered.path);
            let scores = scores(&app, &harbor).await;
            let longer = scores.iter().find(|score| score.instrument == "phq-9").expect("it was asked");
            assert_eq!(longer.state, ScoreState::Invalid, "never a partial sum");
        } else {
            // It came after: kept beside, and nothing that counts has changed.
            assert_eq!((original["phq-2"]["1"], responses[1].answers["phq-2"]["1"]), (Answer::Value(0), Answer::Value(3)));
            assert_eq!(asked, ["phq-2"]);
            assert!(answered.path.starts_with("/check-in/done"), "{}", answered.path);
        }
        verified(&app).await;
    }

    async fn an_amended_screen_after_the_long_form_changes_neither_score(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let (packet, link) = begun(&app, &harbor, &["phq-2"]).await;
        let (phone, tablet) = (app.browser(), app.browser());
        let mut page = start(&phone, &link, "en").await;
        start(&tablet, &link, "en").await;
        let open = tablet.get("/check-in/1").await;
        for value in ["2", "2", "1", "1", "1", "1", "1", "1", "0"] {
            page = answer(&phone, &page, value).await;
        }
        submit(&phone, &page).await;
        let before: Vec<_> = scores(&app, &harbor).await.into_iter().map(|one| (one.instrument, one.value)).collect();
        assert_eq!(before, [("phq-2".to_owned(), Some(4.0)), ("phq-9".to_owned(), Some(10.0))]);
        // The page that was left open on the other device says less than the threshold now.
        let late = answer(&tablet, &open, "0").await;
        assert!(late.path.starts_with("/check-in/done"), "{} {}", late.path, late.body);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let responses = store::response::of_packet(&mut read, &packet).await.unwrap();
        assert_eq!(responses.len(), 2);
        let amended = &responses[1].answers;
        assert_eq!((amended["phq-2"]["1"], amended["phq-9"]["1"]), (Answer::Value(0), Answer::Value(0)), "one question, one answer");
        assert_eq!(amended["phq-9"].len(), 9, "what was answered to the longer one stays with it");
        assert_eq!(responses[0].answers["phq-9"]["1"], Answer::Value(2), "what counts is as it was");
        let tasks = store::task::open(&mut read).await.unwrap();
        assert!(tasks.iter().any(|task| task.kind == care::practice::TaskKind::Amendment), "a person is asked to look");
        drop(read);
        let after: Vec<_> = scores(&app, &harbor).await.into_iter().map(|one| (one.instrument, one.value)).collect();
        assert_eq!(after, before);
        assert_eq!(asked(&app, &harbor, &packet).await, ["phq-2", "phq-9"]);
        // The same again is nothing new.
        answer(&tablet, &open, "0").await;
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        assert_eq!(store::response::of_packet(&mut read, &packet).await.unwrap().len(), 2);
        drop(read);
        verified(&app).await;
    }
}
