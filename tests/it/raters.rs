//! What others say about a client: kept apart from everything the client says, but for danger.

use axum::http::StatusCode;
use care::Clock;
use care::case::ReasonLevel;
use care::rater::{By, RaterForm};
use care::response::Rule;
use tests::harbor::sign_in;
use tests::{Browser, Harbor, Reply, TestApp, at, both_databases};

async fn post(browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Reply {
    let page = path.trim_end_matches("/link");
    let page = if page.ends_with("/raters") { page.to_owned() } else { page.rsplit_once('/').unwrap().0.to_owned() };
    let csrf = browser.get(&page).await.field("csrf");
    let all: Vec<(&str, &str)> = [("csrf", csrf.as_str())].into_iter().chain(fields.iter().copied()).collect();
    browser.post(path, &all).await
}

async fn forms(app: &TestApp, harbor: &Harbor) -> Vec<RaterForm> {
    let mut read = app.db.read(&harbor.practice).await.unwrap();
    store::rater::of_episode(&mut read, &harbor.episode).await.unwrap()
}

/// The parts of a record that statistics are made of.
async fn figures(app: &TestApp, harbor: &Harbor) -> (usize, usize, usize, usize) {
    let mut read = app.db.read(&harbor.practice).await.unwrap();
    (
        store::response::of_episode(&mut read, &harbor.episode).await.unwrap().len(),
        store::response::scores_of_episode(&mut read, &harbor.episode).await.unwrap().len(),
        store::response::measures(&mut read, &harbor.episode).await.unwrap().len(),
        store::response::signals(&mut read, &harbor.episode).await.unwrap().len(),
    )
}

async fn verified(app: &TestApp) {
    let report = workflows::verify::check(&app.db, &app.ctx).await.unwrap();
    assert!(report.violations.is_empty(), "{:?}", report.violations);
}

const PERSON: &[(&str, &str)] = &[
    ("act", "agree"),
    ("person_name", "Maria Vale"),
    ("relation", "parent"),
    ("person_contact", "+1 415 555 0117"),
    ("person_language", "en"),
    ("agreed", "1"),
];

both_databases! {
    async fn the_clinicians_own_view_is_drawn_apart(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        harbor.answer(&app, "phq-9", &[Some(1); 9].map(|_| Some(0))).await;
        let before = figures(&app, &harbor).await;
        let (ana, _) = sign_in(&app, "ana").await;
        let raters = format!("/clients/{}/raters", harbor.client);
        let page = ana.get(&raters).await;
        assert!(page.body.contains("clinician-impression?by=clinician"), "{}", page.body);
        assert!(!page.body.contains("/raters/phq-9"), "what only clients answer is not offered");
        let path = format!("{raters}/clinician-impression");
        let form = ana.get(&format!("{path}?by=clinician")).await;
        assert!(form.body.contains("How distressed is the client?"), "{}", form.body);
        let when = [("by", "clinician"), ("answered_on", "2026-03-09"), ("answered_at", "08:30")];
        // Nothing answered, something that is not offered, a time to come: said, and nothing is kept.
        for (wrong, day) in [(&[][..], "2026-03-09"), (&[("answer_1", "9")][..], "2026-03-09"), (&[("answer_1", "1")][..], "2026-03-10")] {
            let mut fields = vec![when[0], ("answered_on", day), when[2]];
            fields.extend(wrong);
            assert_eq!(post(&ana, &path, &fields).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?} {day}");
        }
        assert!(forms(&app, &harbor).await.is_empty());
        let mut fields = when.to_vec();
        fields.extend([("answer_1", "3"), ("answer_2", "2"), ("answer_3", "1")]);
        let page = post(&ana, &path, &fields).await;
        assert_eq!(page.path, raters, "{}", page.body);
        assert!(page.body.contains("Clinician’s impression, clinician") && page.body.contains("Clinician’s impression 6"), "{}", page.body);
        let kept = forms(&app, &harbor).await;
        assert_eq!((kept.len(), &kept[0].by, kept[0].entered_by.as_ref()), (1, &By::Clinician, Some(&harbor.ana)));
        assert_eq!(figures(&app, &harbor).await, before, "no figure of the client's has changed");
        let chart = ana.get(&format!("/clients/{}", harbor.client)).await;
        assert!(chart.body.contains("How others see it") && chart.body.contains("Clinician’s impression, clinician"));
        let export = ana.get(&format!("/clients/{}/export.json", harbor.client)).await;
        assert!(export.body.contains("\"rater\": \"clinician\""));
        // It is never asked of clients, by whatever door.
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let asked = ["clinician-impression".to_owned()];
        let refused = workflows::packet::send_now(&mut tx, &app.ctx, &harbor.episode, &asked, &care::staff::Actor::System).await;
        assert!(refused.is_err());
        let shelf = app.ctx.shelf(&mut tx).await.unwrap();
        let (own, today) = (shelf.current("clinician-impression").unwrap(), app.clock.now().date_naive());
        assert!(shelf.is_usable(&own.id, Some(&harbor.ana), today) && !shelf.is_for_clients(own, today));
        drop(tx);
        verified(&app).await;
    }

    async fn a_parent_answers_once_by_a_link_of_their_own(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let before = figures(&app, &harbor).await;
        let (ana, _) = sign_in(&app, "ana").await;
        let raters = format!("/clients/{}/raters", harbor.client);
        // Without the client's consent nobody is added.
        let refused = post(&ana, &raters, &PERSON[..5]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("value=\"Maria Vale\""), "what was typed stays");
        let page = post(&ana, &raters, PERSON).await;
        assert!(page.body.contains("Maria Vale") && page.body.contains("PSC-17") || page.body.contains("Pediatric Symptom"), "{}", page.body);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let maria = store::rater::people(&mut read, &harbor.client).await.unwrap().remove(0).id;
        drop(read);
        let card = post(&ana, &format!("{raters}/psc-17/link"), &[("by", maria.as_str())]).await;
        assert_eq!(card.status, StatusCode::OK, "{}", card.body);
        let at_token = card.body.find("/r/").expect("the card has the link");
        let link: String = card.body[at_token..].chars().take_while(|one| !"\"<".contains(*one)).collect();
        let phone = app.browser();
        let page = phone.get(&link).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        assert!(!page.body.contains("Robin") && !page.body.contains("PSC"), "it names neither the client nor the questionnaire");
        assert_eq!(phone.post(&link, &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY, "nothing answered");
        assert_eq!(phone.post(&link, &[("answer_1", "7")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(forms(&app, &harbor).await.is_empty());
        let names: Vec<String> = (1..=17).map(|number| format!("answer_{number}")).collect();
        let answers: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "1")).collect();
        let tablet = app.browser();
        let (one, other) = tokio::join!(phone.post(&link, &answers), tablet.post(&link, &answers));
        assert!(one.body.contains("Thank you") && other.body.contains("Thank you"), "{} {}", one.body, other.body);
        assert!(phone.get(&link).await.body.contains("Thank you"));
        let kept = forms(&app, &harbor).await;
        assert_eq!(kept.len(), 1, "once");
        assert_eq!((kept[0].by.collateral(), kept[0].entered_by.as_ref()), (Some(&maria), None));
        assert_eq!(figures(&app, &harbor).await, before, "no figure of the client's has changed");
        let chart = ana.get(&format!("/clients/{}", harbor.client)).await;
        assert!(chart.body.contains("PSC-17, Maria Vale (parent)"), "{}", chart.body);
        // On paper as well; and no longer, once it was ended.
        let card = post(&ana, &format!("{raters}/psc-17/link"), &[("by", maria.as_str())]).await;
        let at_token = card.body.find("/r/").unwrap();
        let second: String = card.body[at_token..].chars().take_while(|one| !"\"<".contains(*one)).collect();
        post(&ana, &raters, &[("act", "end"), ("person", maria.as_str())]).await;
        assert_eq!(app.browser().get(&second).await.status, StatusCode::NOT_FOUND);
        assert_eq!(app.browser().post(&second, &answers).await.status, StatusCode::NOT_FOUND);
        let refused = ana.get(&format!("{raters}/psc-17?by={maria}")).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
        assert_eq!(forms(&app, &harbor).await.len(), 1);
        assert!(app.sent().is_empty(), "nothing is sent to anybody");
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let audit = store::audit_page(&mut read, 0, 1000).await.unwrap();
        assert!(audit.iter().all(|row| !format!("{row:?}").contains("Maria")), "ids only");
        assert!(audit.iter().any(|row| row.action == "rater.take"));
        drop(read);
        verified(&app).await;
    }

    async fn a_link_ends_by_itself(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let (maria, token) = asked(&app, &harbor).await;
        app.clock.advance(workflows::rater::LINK_LASTS);
        let page = app.browser().get(&format!("/r/{token}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{maria}");
        let answered = app.browser().post(&format!("/r/{token}"), &[("answer_1", "1")]).await;
        assert_eq!(answered.status, StatusCode::NOT_FOUND);
        assert!(forms(&app, &harbor).await.is_empty());
        assert_eq!(app.browser().get("/r/AAAAAAAAAAAAAAAAAAAAAA").await.status, StatusCode::NOT_FOUND);
    }

    async fn danger_somebody_else_speaks_of_opens_a_case(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        publish(&app, &harbor).await;
        let (maria, _) = asked(&app, &harbor).await;
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let token = workflows::rater::hand_out(&mut tx, &app.ctx, &harbor.ana, &harbor.client, &maria, "seen-from-outside").await.unwrap();
        tx.commit().await.unwrap();
        // On one device nothing of danger, and a moment later on another: neither is lost.
        let harmless = app.browser().post(&format!("/r/{token}"), &[("answer_1", "0"), ("answer_2", "0")]).await;
        assert!(harmless.status == StatusCode::OK && !harmless.body.contains("tel:988"), "{}", harmless.body);
        let thanks = app.browser().post(&format!("/r/{token}"), &[("answer_1", "0"), ("answer_2", "1")]).await;
        assert_eq!(forms(&app, &harbor).await.len(), 2);
        assert_eq!(thanks.status, StatusCode::OK, "{}", thanks.body);
        assert!(thanks.body.contains("tel:988"), "help is shown: {}", thanks.body);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let case = store::case::open_of_episode(&mut read, &harbor.episode).await.unwrap().expect("a case");
        let reasons = store::case::reasons(&mut read, &case.id).await.unwrap();
        assert_eq!((reasons.len(), reasons[0].rule, reasons[0].level), (1, Rule::RiskItem, ReasonLevel::Urgent));
        assert_eq!(reasons[0].inputs.rater, Some(instruments::Rater::Caregiver));
        drop(read);
        app.run_jobs().await;
        assert!(!app.sent().is_empty(), "its people are told at once");
        let (ana, _) = sign_in(&app, "ana").await;
        let page = ana.get(&format!("/cases/{}", case.id)).await;
        assert!(page.body.contains("answered by somebody close"), "{}", page.body);
        verified(&app).await;
    }
}

/// A parent who is asked, and the token of a link to the PSC-17.
async fn asked(app: &TestApp, harbor: &Harbor) -> (care::CollateralId, String) {
    let mut tx = app.db.write(&harbor.practice).await.unwrap();
    let new = workflows::rater::NewCollateral {
        name: care::Phi::new("Maria Vale".to_owned()),
        contact: None,
        relation: care::rater::Relation::Parent,
        language: care::Language::En,
    };
    workflows::rater::agree(&mut tx, &app.ctx, &harbor.ana, &harbor.client, &new).await.unwrap();
    let maria = store::rater::people(&mut tx, &harbor.client).await.unwrap().remove(0).id;
    let token =
        workflows::rater::hand_out(&mut tx, &app.ctx, &harbor.ana, &harbor.client, &maria, "psc-17").await.unwrap();
    tx.commit().await.unwrap();
    (maria, token)
}

/// A questionnaire of the practice's own that somebody close answers, with a question about danger.
const SEEN_FROM_OUTSIDE: &str = r#"
format = 2
id = "seen-from-outside"
version = "1"
title = "Seen from outside"
short_name = "Seen from outside"
citation = "Invented for a test"
population = "Any age"
ages = [4, 120]
raters = ["caregiver"]
time_frame = "past week"
allow_decline = true
stem = { en = "In the past week, as you saw it:" }

[licence]
status = "own"
holder = "Harbor Lane"
terms = "own"
attribution = "Harbor Lane"

[languages.en]
status = "official"
source = "own"

[sources]
own = { text = "Set by the practice", date = "2026", evidence = "constructed" }

[[option]]
value = 0
label = { en = "No" }

[[option]]
value = 1
label = { en = "Yes" }

[[item]]
id = "1"
text = { en = "Slept badly" }
label = "Sleep"

[[item]]
id = "2"
text = { en = "Spoke of not wanting to live" }
label = "Danger"

[[risk]]
item = "2"
steps = [{ at_least = 1, level = "urgent" }]
unanswered = "unknown"
source = "own"

[[scale]]
id = "total"
title = "Total"
polarity = "higher_worse"
range = [0, 2]

[scale.missing]
rule = "complete"
source = "own"

[[example]]
title = "both"
answers = [1, 1]
risk = { 2 = "urgent" }
scores.total = { state = "valid", value = 2 }

[[example]]
title = "none"
answers = [0, 0]
scores.total = { state = "valid", value = 0 }
"#;

async fn publish(app: &TestApp, harbor: &Harbor) {
    let adam = care::access::Viewer {
        staff_id: harbor.adam.clone(),
        roles: vec![care::staff::Role::Admin],
        sites: Vec::new(),
    };
    let mut tx = app.db.write(&harbor.practice).await.unwrap();
    workflows::library::save_draft(&mut tx, &app.ctx, &adam, "seen-from-outside", SEEN_FROM_OUTSIDE).await.unwrap();
    let filed = workflows::library::publish_draft(&mut tx, &app.ctx, &adam, "seen-from-outside").await.unwrap();
    assert!(matches!(filed, workflows::library::Filed::Published(_)), "{filed:?}");
    tx.commit().await.unwrap();
    app.ctx.forget_shelf(&harbor.practice);
}
