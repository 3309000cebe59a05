//! An instrument of the practice's own with every kind of answer: built in the browser, looked at while it is a draft, published,
//! answered by a client on their phone, by staff from paper, and read by the clinician.

use axum::http::StatusCode;
use care::case::ReasonLevel;
use care::response::Rule;
use tests::harbor::sign_in;
use tests::{Browser, Harbor, Reply, TestApp, at, both_databases, words};

const FORM: &[(&str, &str)] = &[
    ("own_title", "My week"),
    ("instrument_id", "my-week"),
    ("holder", "Harbor Lane Counseling"),
    ("raters", "client"),
    ("time_frame", "past week"),
    ("stem", "Thinking of the past week"),
    (
        "questions",
        "How often did you see friends?\n(yes/no) Did you sleep well?\n(number) How much energy had you?\n\
         (line) How was it at home? | heavy | light\n(goal) How near are you to what you came for?\n(words) What helped you most?",
    ),
    ("kind", "choice"),
    ("options", "0 = Never\n1 = Sometimes\n2 = Often"),
    ("method", "sum"),
    ("polarity", "higher_better"),
    ("bands", "0-9.9 low\n10-33 high"),
];

async fn create(admin: &Browser, cases: &str) -> Reply {
    let csrf = admin.get("/admin/instruments/new").await.field("csrf");
    let mut form = vec![("csrf", csrf.as_str()), ("cases", cases)];
    form.extend(FORM);
    admin.post("/admin/instruments/new", &form).await
}

/// Builds and publishes it.
async fn published(app: &TestApp) -> Browser {
    let (admin, _) = sign_in(app, "adam").await;
    let draft = create(&admin, "2, 1, 8, 7.3, 6 = 24.3").await;
    assert_eq!(draft.path, "/admin/instruments/my-week/draft", "{}", draft.body);
    let page = admin.post("/admin/instruments/my-week/publish", &[("csrf", &draft.field("csrf"))]).await;
    assert_eq!(page.path, "/admin/instruments/my-week", "{}", page.body);
    admin
}

async fn give(phone: &Browser, page: &Reply, name: &str, value: &str) -> Reply {
    let (csrf, item, seq) = (page.field("csrf"), page.field("item"), page.field("seq"));
    phone.post(&page.path, &[("csrf", &csrf), ("item", &item), ("seq", &seq), (name, value)]).await
}

async fn agree(app: &TestApp, harbor: &Harbor, goal: &str) {
    let mut tx = app.db.write(&harbor.practice).await.unwrap();
    let episode = store::episode::find(&mut tx, &harbor.episode).await.unwrap().unwrap();
    let act = workflows::goal::Act::Agree(care::Phi::new(goal.to_owned()));
    workflows::goal::act(&mut tx, &app.ctx, &harbor.ana, &episode, &act).await.unwrap();
    tx.commit().await.unwrap();
}

both_databases! {
    async fn a_draft_is_looked_at_as_clients_will_see_it_and_corrected_before_it_is_published(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let _ = Harbor::found(&app).await;
        let (admin, _) = sign_in(&app, "adam").await;
        // The third figure of a case is wrong: a draft, and no way to publish it.
        let draft = create(&admin, "0, 0, 0, 0, 0 = 0\n2, 1, 8, 7.3, 6 = 24").await;
        assert_eq!(draft.path, "/admin/instruments/my-week/draft", "{}", draft.body);
        assert!(words(&draft.body).contains("value 24, exact 24, band high, got valid, value 24.3") && !draft.body.contains("/publish"), "{}", words(&draft.body));
        let shown = admin.get("/admin/instruments/my-week/draft/preview").await;
        assert!(shown.body.contains("How was it at home?") && shown.body.contains("heavy") && shown.body.contains("<textarea rows=\"2\""), "{}", shown.body);
        assert!(shown.body.contains("/admin/instruments/my-week/draft/preview/1?lang=en"));
        let line = admin.get("/admin/instruments/my-week/draft/preview/4").await;
        assert!(line.body.contains("type=\"range\"") && line.body.contains("nothing is saved"), "the client's own page: {}", line.body);
        assert!(!line.body.contains("name=\"csrf\"") && line.body.contains("action=\"/admin/instruments/my-week/draft/preview/5\""));
        let last = admin.get("/admin/instruments/my-week/draft/preview/7?value=x&lang=en").await;
        assert_eq!((last.status, last.path.as_str()), (StatusCode::OK, "/admin/instruments/my-week/draft/preview?lang=en"), "after the last comes the list");
        assert_eq!(admin.get("/admin/instruments/my-week/draft/preview/8").await.status, StatusCode::NOT_FOUND);
        assert_eq!(admin.get("/admin/instruments/my-week/preview").await.status, StatusCode::NOT_FOUND, "nothing is published yet");

        // Corrected in the file, published, and a second version says what differs, as it was and as it is.
        let file = |page: &Reply| {
            let start = page.body.find("name=\"file\"").unwrap();
            let text = &page.body[start..];
            let text = &text[text.find('>').unwrap() + 1..text.find("</textarea>").unwrap()];
            text.replace("&quot;", "\"").replace("&#x27;", "'").replace("&#39;", "'").replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&").replace("&#x2F;", "/")
        };
        let corrected = file(&draft).replace("value = 24,", "value = 24.3,").replace("value = 24 ", "value = 24.3 ");
        let save = async |text: &str| {
            let csrf = admin.get("/admin/instruments/my-week/draft").await.field("csrf");
            admin.post("/admin/instruments/my-week/draft", &[("csrf", &csrf), ("file", text)]).await
        };
        let page = save(&corrected).await;
        assert!(page.body.contains("/publish"), "{}", words(&page.body));
        let csrf = page.field("csrf");
        admin.post("/admin/instruments/my-week/publish", &[("csrf", &csrf)]).await;
        let page = save(&corrected.replace("What helped you most?", "What helped you a little?")).await;
        admin.post("/admin/instruments/my-week/publish", &[("csrf", &page.field("csrf"))]).await;
        let versions = words(&admin.get("/admin/instruments/my-week").await.body);
        assert!(versions.contains("One change from the version before"), "{versions}");
        assert!(versions.contains("Question 6 (en)") && versions.contains("What helped you most?") && versions.contains("What helped you a little?"), "{versions}");
    }

    async fn a_file_is_uploaded_or_pasted_and_what_is_no_instrument_is_said(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let _ = Harbor::found(&app).await;
        let admin = published(&app).await;
        let file = admin.get("/admin/instruments/my-week/file").await.body;
        assert!(file.contains("kind = \"words\"") && file.contains("kind = \"goal\""), "{file}");
        let csrf = admin.get("/admin/instruments/new").await.field("csrf");
        // The file of one practice is taken over under another name by the next.
        let copy = format!("\u{feff}{}", file.replace("id = \"my-week\"", "id = \"their-week\""));
        let draft = admin.upload("/admin/instruments/upload", &[("csrf", &csrf)], copy.as_bytes()).await;
        assert_eq!(draft.path, "/admin/instruments/their-week/draft", "{}", words(&draft.body));
        assert!(draft.body.contains("/publish"), "nothing is wrong with it: {}", words(&draft.body));
        let questionnaire = br#"{"resourceType": "Questionnaire", "title": "Evening", "item": [
            {"linkId": "1", "type": "boolean", "text": "Tired?"}, {"linkId": "2", "type": "text", "text": "Why?"}, {"linkId": "3", "type": "date", "text": "Since?"}]}"#;
        let draft = admin.upload("/admin/instruments/upload", &[("csrf", &csrf)], questionnaire).await;
        assert_eq!(draft.path, "/admin/instruments/evening/draft", "{}", words(&draft.body));
        assert!(words(&draft.body).contains("Not taken over: item 3: an answer of type date cannot be asked here"), "{}", words(&draft.body));
        for (bytes, said) in [(&b""[..], "file"), (&b"\xff\xfe"[..], "file"), (&b"a,b\n1,2\n"[..], "neither a Questionnaire")] {
            let page = admin.upload("/admin/instruments/upload", &[("csrf", &csrf)], bytes).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", words(&page.body));
            assert!(words(&page.body).to_lowercase().contains(&said.to_lowercase()), "{said}: {}", words(&page.body));
        }
        let forged = admin.upload("/admin/instruments/upload", &[("csrf", "forged")], copy.as_bytes()).await;
        assert!(forged.status.is_client_error(), "{}", forged.status);
    }

    async fn a_client_answers_every_kind_and_what_they_wrote_is_sealed_read_and_searched(db: TestDb) {
        // A Monday.
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        published(&app).await;
        agree(&app, &harbor, "Swim once a week").await;
        let packet = harbor.packet(&app, &["my-week"]).await;
        let link = harbor.link(&app, &packet).await;
        let phone = app.browser();
        let mut page = phone.post(&format!("{link}/start"), &[]).await;
        for (value, seen) in [("2", "How often did you see friends?"), ("1", "Did you sleep well?"), ("8", "options scale"), ("7.3", "type=\"range\"")] {
            assert!(page.body.contains(seen), "{seen}: {}", page.body);
            page = give(&phone, &page, "value", value).await;
        }
        assert!(page.body.contains("“Swim once a week”") && page.body.contains("How near are you to what you came for?"), "{}", page.body);
        page = give(&phone, &page, "value", "6").await;
        // Words: a plain form that keeps nothing in the browser; a phrase of the list shows help first.
        assert!(page.body.contains("<textarea id=\"value\"") && !page.body.contains("data-draft"), "{}", page.body);
        let asked = page.path.clone();
        let help = give(&phone, &page, "value", "My sister. Without her I CAN'T GO ON <b>").await;
        assert!(help.path.starts_with("/check-in/help-now"), "{}", help.path);
        let again = phone.get(&asked).await;
        assert!(again.body.contains("My sister. Without her"), "this browser is shown what it wrote: {}", again.body);
        let other = app.browser();
        other.post(&format!("{link}/start"), &[]).await;
        assert!(!other.get(&asked).await.body.contains("My sister"), "no other one is");
        // Nothing was handed in yet, and a person is asked to read it all the same.
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let case = store::case::open_of_episode(&mut read, &harbor.episode).await.unwrap().unwrap();
        let reasons = store::case::reasons(&mut read, &case.id).await.unwrap();
        assert_eq!(reasons.iter().map(|one| (one.rule, one.level)).collect::<Vec<_>>(), [(Rule::RiskPhrase, ReasonLevel::Review)]);
        let sealed: Vec<Vec<u8>> = read.query("SELECT text_sealed FROM own_words WHERE practice_id = $1").bind(&harbor.practice).scalars().await.unwrap();
        drop(read);
        assert!(sealed.len() == 1 && !String::from_utf8_lossy(&sealed[0]).contains("sister"));

        // Put otherwise: both are kept. Then the goal itself, and the end.
        app.clock.advance(chrono::Duration::minutes(1));
        let goal = give(&phone, &again, "value", "My sister and the walks").await;
        assert!(goal.body.contains("“Swim once a week”"), "the client's own goal is still asked after it: {}", goal.path);
        let look = give(&phone, &goal, "value", "5").await;
        assert!(look.path.ends_with("/check-in/submit"), "{}", look.path);
        let done = phone.post("/check-in/submit", &[("csrf", &look.field("csrf"))]).await;
        assert_eq!(done.path, "/check-in/done", "{}", done.body);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let scores = store::response::scores_of_episodes(&mut read, std::slice::from_ref(&harbor.episode)).await.unwrap();
        let total: Vec<_> = scores.iter().map(|one| (one.scale.as_str(), one.value, one.band.as_deref())).collect();
        assert_eq!(total, [("total", Some(24.3), Some("high"))], "2 + 1 + 8 + 7.3 + 6, and the words count nothing");
        let kept = store::own_words::of_packet(&mut read, &packet).await.unwrap();
        drop(read);
        assert_eq!(kept.iter().map(|one| one.text.text().to_owned()).collect::<Vec<_>>(), ["My sister. Without her I CAN'T GO ON <b>", "My sister and the walks"]);
        assert!(kept.iter().all(|one| one.asked_for.as_ref().is_some_and(|asked| asked.instrument == "my-week" && asked.version == "1" && asked.item == "6")));

        // The clinician reads the question and the answer; the front desk neither.
        let (ana, _) = sign_in(&app, "ana").await;
        for path in [format!("/cases/{}", case.id), format!("/clients/{}", harbor.client), format!("/clients/{}/export", harbor.client)] {
            let page = ana.get(&path).await.body;
            assert!(page.contains("What helped you most?") && page.contains("My sister and the walks") && page.contains("GO ON &lt;b&gt;"), "{path}");
        }
        let (ida, _) = sign_in(&app, "ida").await;
        assert!(!ida.get(&format!("/clients/{}", harbor.client)).await.body.contains("My sister"));
        let report = workflows::verify::check(&app.db, &app.ctx).await.unwrap();
        assert!(report.violations.is_empty(), "{:?}", report.violations);
    }

    async fn nothing_to_say_is_no_gap_and_paper_brings_words_too(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        published(&app).await;
        let packet = harbor.packet(&app, &["my-week"]).await;
        let link = harbor.link(&app, &packet).await;
        let phone = app.browser();
        let mut page = phone.post(&format!("{link}/start"), &[]).await;
        for value in ["0", "0", "0", "0", "0", "  "] {
            page = give(&phone, &page, "value", value).await;
        }
        assert!(page.path.ends_with("/check-in/submit") && !page.body.contains("class=\"gaps\""), "an empty box is not nagged about: {}", page.body);
        phone.post("/check-in/submit", &[("csrf", &page.field("csrf"))]).await;
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        assert!(store::own_words::of_packet(&mut read, &packet).await.unwrap().is_empty());
        drop(read);

        let packet = harbor.packet(&app, &["my-week"]).await;
        let (ana, csrf) = sign_in(&app, "ana").await;
        let path = format!("/packets/{packet}/answers");
        let blank = ana.get(&path).await;
        assert!(blank.body.contains("<textarea id=\"answer-6\" name=\"answer_6\""), "{}", blank.body);
        let form = [
            ("csrf", csrf.as_str()), ("mode", "paper"), ("answered_on", "2026-03-02"), ("answered_at", "09:30"),
            ("answer_1", "2"), ("answer_2", "1"), ("answer_3", "8"), ("answer_4", "7.3"), ("answer_5", "6"), ("answer_6", "The walks, mostly"),
        ];
        let taken = ana.post(&path, &form).await;
        assert_eq!(taken.status, StatusCode::OK, "{}", taken.body);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let kept = store::own_words::of_packet(&mut read, &packet).await.unwrap();
        assert_eq!(kept.iter().map(|one| one.text.text().to_owned()).collect::<Vec<_>>(), ["The walks, mostly"]);
        assert!(kept[0].asked_for.is_some());
    }
}
