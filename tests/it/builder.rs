//! Who answers an instrument of the practice's own: chosen in the form, kept in the file, and asked of nobody else.

use axum::http::StatusCode;
use tests::harbor::sign_in;
use tests::{Browser, Harbor, Reply, TestApp, at, both_databases, words};

const FORM: &[(&str, &str)] = &[
    ("own_title", "Evenings at home"),
    ("instrument_id", "evenings"),
    ("holder", "Harbor Lane Counseling"),
    ("time_frame", "past week"),
    ("questions", "How often did you eat together?\nHow often was there a quarrel?"),
    ("kind", "choice"),
    ("options", "0 = Never\n1 = Sometimes\n2 = Often"),
    ("method", "sum"),
    ("polarity", "higher_worse"),
    ("cases", "0, 2 = 2"),
];

async fn create(admin: &Browser, raters: &[&str]) -> Reply {
    let csrf = admin.get("/admin/instruments/new").await.field("csrf");
    let mut form = vec![("csrf", csrf.as_str())];
    form.extend(FORM);
    form.extend(raters.iter().map(|rater| ("raters", *rater)));
    admin.post("/admin/instruments/new", &form).await
}

async fn publish(admin: &Browser, draft: &Reply) -> Reply {
    admin.post("/admin/instruments/evenings/publish", &[("csrf", &draft.field("csrf"))]).await
}

/// Adds somebody close to the client, and returns what they may be asked.
async fn somebody(ana: &Browser, raters: &str, name: &str, relation: &str) -> String {
    let csrf = ana.get(raters).await.field("csrf");
    let form = [
        ("csrf", csrf.as_str()),
        ("act", "agree"),
        ("person_name", name),
        ("relation", relation),
        ("person_language", "en"),
        ("agreed", "1"),
    ];
    let page = ana.post(raters, &form).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    page.body.split("<h3>").find(|card| card.starts_with(name)).expect("their card").to_owned()
}

both_databases! {
    async fn a_partner_and_the_clinician_answer_and_nobody_else(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let (admin, _) = sign_in(&app, "adam").await;
        let blank = admin.get("/admin/instruments/new").await;
        assert!(blank.body.contains("value=\"client\" checked") && !blank.body.contains("value=\"partner\" checked"), "{}", blank.body);
        // Nobody, and somebody the format does not know: said by line, and what was typed stays.
        let nobody = create(&admin, &[]).await;
        assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(words(&nobody.body).contains("raters, line 1: choose who answers") && nobody.body.contains("Evenings at home"), "{}", nobody.body);
        let neighbour = create(&admin, &["partner", "neighbour"]).await;
        assert_eq!(neighbour.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(words(&neighbour.body).contains("raters, line 2:") && neighbour.body.contains("value=\"partner\" checked"), "{}", neighbour.body);
        let draft = create(&admin, &["clinician", "partner"]).await;
        assert_eq!(draft.path, "/admin/instruments/evenings/draft", "{}", draft.body);
        assert!(words(&draft.body).contains("raters = [&quot;clinician&quot;, &quot;partner&quot;]") || draft.body.contains("raters = [\"clinician\", \"partner\"]"), "{}", draft.body);
        let page = publish(&admin, &draft).await;
        assert_eq!(page.path, "/admin/instruments/evenings", "{}", page.body);
        let preview = words(&admin.get("/admin/instruments/evenings/preview").await.body);
        assert!(preview.contains("Answered by: The clinician · A partner. Nothing here is saved."), "{preview}");

        let (ana, _) = sign_in(&app, "ana").await;
        let raters = format!("/clients/{}/raters", harbor.client);
        assert!(ana.get(&raters).await.body.contains("/raters/evenings?by=clinician"));
        let partner = somebody(&ana, &raters, "Sam Vale", "partner").await;
        assert!(partner.contains("/raters/evenings/link"), "{partner}");
        let parent = somebody(&ana, &raters, "Maria Vale", "parent").await;
        assert!(!parent.contains("/raters/evenings") && parent.contains("/raters/psc-17/link"), "{parent}");
        // By hand neither: a parent is refused, and the client is never asked.
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let people = store::rater::people(&mut read, &harbor.client).await.unwrap();
        let maria = people.iter().find(|one| one.name.text() == "Maria Vale").unwrap().id.clone();
        drop(read);
        let csrf = ana.get(&raters).await.field("csrf");
        let refused = ana.post(&format!("{raters}/evenings/link"), &[("csrf", &csrf), ("by", maria.as_str())]).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let asked = ["evenings".to_owned()];
        assert!(workflows::packet::send_now(&mut tx, &app.ctx, &harbor.episode, &asked, &care::staff::Actor::System).await.is_err());
    }
}
