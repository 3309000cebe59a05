//! What clients write in their own words: kept sealed, searched for the practice's phrases, read by a person.

use axum::http::StatusCode;
use care::case::{Decision, ReasonLevel};
use care::response::Rule;
use tests::harbor::sign_in;
use tests::{Browser, Harbor, TestApp, at, both_databases};
use workflows::case::{Act, Command, act};

/// Answers a one-instrument check-in in the browser and hands it in with these words.
async fn hand_in(app: &TestApp, harbor: &Harbor, words: &str) -> (Browser, tests::Reply, String) {
    let packet = harbor.packet(app, &["gad-2"]).await;
    let link = harbor.link(app, &packet).await;
    let browser = app.browser();
    browser.get(&link).await;
    let mut page = browser.post(&format!("{link}/start"), &[("lang", "en")]).await;
    for _ in 0..2 {
        let (csrf, seq, item) = (page.field("csrf"), page.field("seq"), page.field("item"));
        let form = [("csrf", csrf.as_str()), ("seq", &seq), ("item", &item), ("value", "0")];
        page = browser.post(&page.path.clone(), &form).await;
    }
    assert!(page.body.contains("name=\"words\"") && page.body.contains("(optional)"), "{}", page.body);
    let csrf = page.field("csrf");
    let done = browser.post("/check-in/submit", &[("csrf", &csrf), ("words", words)]).await;
    (browser, done, csrf)
}

async fn reasons(app: &TestApp, harbor: &Harbor) -> Vec<care::case::Reason> {
    let mut read = app.db.read(&harbor.practice).await.unwrap();
    match store::case::open_of_episode(&mut read, &harbor.episode).await.unwrap() {
        Some(case) => store::case::reasons(&mut read, &case.id).await.unwrap(),
        None => Vec::new(),
    }
}

both_databases! {
    async fn a_phrase_of_the_list_makes_a_case_and_shows_help_first(db: TestDb) {
        // A Monday.
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        let words = "Work was bad.\nSome days I CAN’T GO ON – <b>no puedo mas</b>";
        let (browser, done, _) = hand_in(&app, &harbor, words).await;
        assert!(done.path.starts_with("/check-in/help-now"), "help before the receipt: {}", done.path);
        assert!(done.body.contains("988") && done.body.contains("/check-in/done"));
        assert!(browser.get("/check-in/done").await.body.contains("Thank you"));
        let found = reasons(&app, &harbor).await;
        assert_eq!(found.iter().map(|reason| (reason.rule, reason.level)).collect::<Vec<_>>(), [(Rule::RiskPhrase, ReasonLevel::Review)]);
        assert_eq!(found[0].due_at, at("2026-03-03T12:00:00-08:00"), "no session is planned: next business day at noon");
        assert_eq!((found[0].inputs.value, found[0].inputs.version.as_deref()), (Some(2.0), Some("0")), "one in each language");

        // Clinician and supervisor are told at once, without a word of it.
        app.run_jobs().await;
        let sent = app.sent();
        for person in ["ana@example.org", "sofia@example.org"] {
            assert!(sent.iter().any(|mail| mail.to() == person), "{person}");
        }
        for mail in &sent {
            assert!(!mail.text().to_lowercase().contains("go on") && !mail.text().contains("puedo"));
        }
        // The words and what was found stand sealed in the database, and nowhere else.
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let sealed: Vec<Vec<u8>> = read
            .query("SELECT text_sealed FROM own_words WHERE practice_id = $1 UNION ALL SELECT found_sealed FROM own_words WHERE practice_id = $1")
            .bind(&harbor.practice)
            .scalars()
            .await
            .unwrap();
        assert_eq!(sealed.len(), 2);
        for bytes in sealed {
            let text = String::from_utf8_lossy(&bytes).to_lowercase();
            assert!(!text.contains("go on") && !text.contains("puedo"));
        }
        let inputs = serde_json::to_string(&found[0].inputs).unwrap();
        assert!(!inputs.contains("go"), "{inputs}");
        let case = store::case::open_of_episode(&mut read, &harbor.episode).await.unwrap().unwrap();
        drop(read);

        // Whoever may see the chart reads them; markup is text; the page says what was found and what that means.
        let (ana, _) = sign_in(&app, "ana").await;
        for path in [format!("/cases/{}", case.id), format!("/clients/{}", harbor.client), format!("/clients/{}/export", harbor.client)] {
            let page = ana.get(&path).await.body;
            assert!(page.contains("CAN’T GO ON") && page.contains("&lt;b&gt;no puedo mas"), "{path}");
            assert!(page.contains("“can&#x27;t go on”") || page.contains("“can&#39;t go on”"), "{path}");
            assert!(page.contains("A person must read this"), "{path}");
        }
        assert!(ana.get(&format!("/clients/{}/export.json", harbor.client)).await.body.contains("own_words"));
        let (ida, _) = sign_in(&app, "ida").await;
        assert!(!ida.get(&format!("/clients/{}", harbor.client)).await.body.contains("GO ON"), "not the front desk");

        // Read and decided about like any other reason; no disposition of a danger is asked for.
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        for (next, note) in [(Act::Acknowledge, None), (Act::Review, None), (Act::Decide(Decision::NoChange), Some("A figure of speech")), (Act::Close, Some("read"))] {
            let note = note.map(|note: &str| care::Phi::new(note.to_owned()));
            act(&mut tx, &app.ctx, &harbor.ana, Command { case: case.id.clone(), revision: None, act: next, note }).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    async fn other_words_are_kept_and_ask_for_nothing(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        let (browser, done, csrf) = hand_in(&app, &harbor, "  Could we start ten minutes later? ").await;
        assert_eq!(done.path, "/check-in/done");
        assert!(reasons(&app, &harbor).await.is_empty());
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let kept = store::own_words::of_client(&mut read, &harbor.client, 10).await.unwrap();
        drop(read);
        assert_eq!(kept.iter().map(|words| words.text.text()).collect::<Vec<_>>(), ["Could we start ten minutes later?"]);
        // Sent twice by a second press: the same words are kept once. Others, later, are kept too and searched.
        let again = |words: &'static str| [("csrf", csrf.clone()), ("words", words.to_owned())];
        let post = async |form: [(&'static str, String); 2]| {
            let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
            browser.post("/check-in/submit", &form).await
        };
        assert!(post(again("Could we start ten minutes later?")).await.body.contains("Already completed"));
        assert!(post(again("I want to end it all")).await.path.starts_with("/check-in/help-now"));
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        assert_eq!(store::own_words::of_client(&mut read, &harbor.client, 10).await.unwrap().len(), 2);
        drop(read);
        assert_eq!(reasons(&app, &harbor).await.len(), 1);
    }

    async fn a_practice_edits_the_list_in_versions_and_a_bad_line_is_named(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        let (adam, csrf) = sign_in(&app, "adam").await;
        let page = adam.get("/admin/phrases").await;
        assert!(page.body.contains("kill myself") && page.body.contains("quitarme la vida"));
        assert!(page.body.contains("“I do not want to die” is found as well"), "it says that negation is not understood");
        assert!(page.body.contains("onstructed"), "and where the list comes from");
        let form = |en: &'static str, es: &'static str, why: &'static str, from: &'static str| {
            [("csrf", csrf.clone()), ("phrases_en", en.to_owned()), ("phrases_es", es.to_owned()), ("phrases_why", why.to_owned()), ("from", from.to_owned())]
        };
        let post = async |form: [(&'static str, String); 5]| {
            let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
            adam.post("/admin/phrases", &form).await
        };
        let refused = post(form("drive into\n\ndie", "desaparecer", "Asked for", "0")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("line 3") && refused.body.contains("“die”") && refused.body.contains("at least four letters"));
        let refused = post(form("drive into", "", "", "0")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "neither language may be empty, and a reason is needed");
        let saved = post(form("drive into\r\nDrive into", "desaparecer", "Asked for in supervision", "0")).await;
        assert_eq!(saved.status, StatusCode::OK);
        assert!(saved.body.contains("Version 1") && saved.body.contains("Asked for in supervision"));
        assert!(saved.body.contains("<del>“kill myself”</del>"), "what was taken out is seen");
        let late = post(form("something else", "otra cosa", "From an old page", "0")).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "made from a list that is no longer in use");

        // From now on the new list holds, whatever the language of the check-in.
        hand_in(&app, &harbor, "I wish I was dead").await;
        assert!(reasons(&app, &harbor).await.is_empty());
        hand_in(&app, &harbor, "quiero DESAPARECER").await;
        let found = reasons(&app, &harbor).await;
        assert_eq!(found[0].inputs.version.as_deref(), Some("1"));
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let kept = store::own_words::of_client(&mut read, &harbor.client, 10).await.unwrap();
        assert_eq!(kept[0].found, ["desaparecer"]);
    }
}
