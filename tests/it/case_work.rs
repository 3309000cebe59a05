//! Working on cases: how many alerts a person is told of one by one, what may stand in a client's way, the supervisor's list, and
//! what an open page is told.

use axum::http::StatusCode;
use care::access::Viewer;
use care::case::StepKind;
use care::protocol::{Event, Line, Rhythm};
use care::staff::Role;
use care::support::CheckItem;
use chrono::Duration;
use tests::harbor::{phq9, sign_in};
use tests::{Harbor, TestApp, at, both_databases, words};
use workflows::protocol::Draft;

/// A further client of Ana's, who gets reliably worse: an alert, no danger.
async fn gets_worse(app: &TestApp, harbor: &mut Harbor, number: usize) {
    let phone = format!("+141555502{number:02}");
    (harbor.client, harbor.episode) = harbor.client(app, &format!("Client Number{number}"), &phone).await;
    app.clock.advance(Duration::minutes(-30));
    harbor.answer(app, "phq-9", &phq9(10, 0)).await;
    app.clock.advance(Duration::minutes(30));
    harbor.answer(app, "phq-9", &phq9(20, 0)).await;
}

/// What became of the last case's notice to Ana.
async fn steps(app: &TestApp, harbor: &Harbor) -> Vec<StepKind> {
    let mut read = app.db.read(&harbor.practice).await.unwrap();
    let case = store::case::open_of_episode(&mut read, &harbor.episode).await.unwrap().expect("a case");
    store::case::steps(&mut read, std::slice::from_ref(&case.id))
        .await
        .unwrap()
        .into_iter()
        .map(|step| step.kind)
        .collect()
}

both_databases! {
    async fn v3_thirty_one_alerts_against_a_budget_of_ten_come_as_ten_mails_and_a_digest(db: TestDb) {
        // A Monday.
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let mut harbor = Harbor::found(&app).await;
        for number in 0..31 {
            gets_worse(&app, &mut harbor, number).await;
            let told = steps(&app, &harbor).await;
            let expected = if number < 10 { StepKind::Notified } else { StepKind::Bundled };
            let of_notice = |kind: &&StepKind| matches!(kind, StepKind::Notified | StepKind::Bundled);
            assert_eq!(told.iter().filter(of_notice).collect::<Vec<_>>(), [&expected], "alert {}", number + 1);
        }
        // Whoever hears of a case with others is among those who were told of it.
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let last = store::case::open_of_episode(&mut read, &harbor.episode).await.unwrap().expect("it is open");
        drop(read);
        let (ana, _) = sign_in(&app, "ana").await;
        let page = words(&ana.get(&format!("/cases/{}", last.id)).await.body);
        assert!(page.contains("Who was told") && page.contains("Ana · Mail with all that waits, in one mail a day"), "{page}");
        app.run_jobs().await;
        let mails = app.sent();
        assert_eq!(mails.len(), 10, "ten one by one");
        // Danger is never held back, and never counts.
        harbor.answer(&app, "phq-9", &phq9(22, 1)).await;
        app.run_jobs().await;
        let now = app.sent();
        assert!(now.iter().any(|mail| mail.to() == "ana@example.org"), "danger comes at once: {}", now.len());

        // The page says so, and what a larger change would have done: 20 is 10 above 10, 1.67 times the reliable change of 6.
        let (ana, _) = sign_in(&app, "ana").await;
        let today = ana.get("/today").await;
        assert!(today.body.contains("31 of 10"), "{}", today.body);
        assert!(today.body.contains("1.5 × the reliable change: 31 alerts"), "{}", today.body);
        assert!(today.body.contains("2 × the reliable change: 0 alerts"));

        app.advance_to(at("2026-03-03T07:45:00-08:00")).await;
        assert!(app.sent().iter().all(|mail| !mail.text().contains("once a day")), "not before work begins");
        app.advance_to(at("2026-03-03T08:15:00-08:00")).await;
        let digests: Vec<_> = app.sent().into_iter().filter(|mail| mail.text().contains("once a day")).collect();
        assert_eq!(digests.len(), 1, "one for all");
        assert!(digests[0].text().contains("31 cases wait for you") && digests[0].text().contains("/today"));
        assert!(!digests[0].text().contains("Client Number"), "and nobody's name");

        // Whoever has taken everything up gets none.
        gets_worse(&app, &mut harbor, 31).await;
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let open = store::case::open_of_owner(&mut read, &harbor.ana).await.unwrap();
        drop(read);
        // A day later she signs in anew.
        let (ana, csrf) = sign_in(&app, "ana").await;
        for case in open {
            ana.post(&format!("/cases/{}/acknowledge", case.id), &[("csrf", &csrf), ("revision", &case.revision.to_string())]).await;
        }
        app.sent();
        app.advance_to(at("2026-03-04T09:00:00-08:00")).await;
        assert!(app.sent().iter().all(|mail| !mail.text().contains("once a day")), "nothing waits");
    }

    async fn e5_a_protocol_can_ask_the_support_check_whenever_a_case_opens(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let mut harbor = Harbor::found(&app).await;
        let admin = Viewer { staff_id: harbor.adam.clone(), roles: vec![Role::Admin], sites: Vec::new() };
        let lines = vec![Line::new("support-check", Rhythm::On(Event::CaseOpened))];
        let draft = Draft { name: "With support".to_owned(), lines, budget: None, in_force_from: None };
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        harbor.protocol = workflows::protocol::publish(&mut tx, &app.ctx, &admin, &draft).await.unwrap().id;
        tx.commit().await.unwrap();

        let asked = async |harbor: &Harbor| {
            let mut read = app.db.read(&harbor.practice).await.unwrap();
            let packets = store::packet::of_episode(&mut read, &harbor.episode).await.unwrap();
            packets.into_iter().filter(|packet| packet.asked.iter().any(|one| one.id == "support-check")).count()
        };
        gets_worse(&app, &mut harbor, 0).await;
        app.run_jobs().await;
        assert_eq!(asked(&harbor).await, 1, "as the case opened, without anybody's doing");
        let link = app.sent().into_iter().filter(|message| message.text().contains("/c/")).count();
        assert_eq!(link, 1, "the client got its link at once");
        app.run_jobs().await;
        assert_eq!(asked(&harbor).await, 1, "once for a case");
    }

    async fn e5_the_support_check_is_asked_read_by_domain_and_gone_through(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let mut harbor = Harbor::found(&app).await;
        gets_worse(&app, &mut harbor, 0).await;
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let case = store::case::open_of_episode(&mut read, &harbor.episode).await.unwrap().unwrap();
        drop(read);
        let page = format!("/cases/{}", case.id);
        let revision = case.revision.to_string();
        let (ana, csrf) = sign_in(&app, "ana").await;
        let asked = ana.post(&format!("{page}/support-check"), &[("csrf", &csrf), ("revision", &revision)]).await;
        assert!(asked.body.contains("Sent, not answered yet"), "{}", asked.body);
        app.run_jobs().await;
        assert!(app.sent().iter().any(|message| message.text().contains("/c/")), "the client got a link");

        // Life weighs heavily, motivation is low; a medication question is left out.
        let values = [3, 4, 1, 2, 3, 3, 0, 1, 4, 3, -1, 3].map(|value| (value >= 0).then_some(value));
        harbor.answer(&app, "support-check", &values).await;
        let read_by_domain = ana.get(&page).await.body;
        let of = |title: &str| {
            let from = read_by_domain.find(&format!("<b>{title}</b>")).unwrap_or_else(|| panic!("no {title}"));
            let until = read_by_domain[from..].find("</div></li>").unwrap();
            read_by_domain[from..from + until].to_owned()
        };
        assert!(of("Working together").contains("7 of 8") && !of("Working together").contains("<ul"));
        assert!(of("Life events").contains("1 of 8") && of("Life events").contains("Ask what happened"));
        assert!(of("Motivation and readiness").contains("3 of 8") && of("Motivation and readiness").contains("<ul"));
        assert!(of("Medication and other treatment").to_lowercase().contains("not answered"), "{read_by_domain}");
        // The practice's own words take the place of those that ship.
        let (adam, adams) = sign_in(&app, "adam").await;
        let own = [
            ("csrf", adams.as_str()), ("suggest_life_events_en", "Ask who helps now. | Constructed here"),
            ("suggestions_why", "Shorter"), ("from", "0"),
        ];
        assert_eq!(adam.post("/admin/suggestions", &own).await.status, StatusCode::OK);
        let own_words = words(&ana.get(&page).await.body);
        assert!(own_words.contains("Ask who helps now. (Constructed here)") && !own_words.contains("Ask what happened"), "{own_words}");
        // It is asked to understand, not to follow: it raises nothing and is no course of the client page.
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let reasons = store::case::reasons(&mut read, &case.id).await.unwrap();
        assert!(reasons.iter().all(|reason| reason.inputs.instrument.as_deref() == Some("phq-9")));
        drop(read);
        assert!(!ana.get(&format!("/clients/{}", harbor.client)).await.body.contains("m-supportcheck"));

        // The list is the supervisor's to tick off.
        let items = [("csrf", csrf.as_str()), ("revision", &revision), ("item", CheckItem::PlanSeen.as_str())];
        ana.post(&format!("{page}/checklist"), &items).await;
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        assert!(store::case::checklist(&mut read, &case.id).await.unwrap().is_empty(), "not by the clinician");
        drop(read);
        let (sofia, csrf) = sign_in(&app, "sofia").await;
        let items =
            [("csrf", csrf.as_str()), ("revision", &revision), ("item", "plan_seen"), ("item", "risk_asked"), ("item", "nonsense")];
        let saved = sofia.post(&format!("{page}/checklist"), &items).await;
        assert_eq!(saved.status, StatusCode::OK);
        let fewer = [("csrf", csrf.as_str()), ("revision", &revision), ("item", "risk_asked")];
        sofia.post(&format!("{page}/checklist"), &fewer).await;
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let checked = store::case::checklist(&mut read, &case.id).await.unwrap();
        assert_eq!(checked.iter().map(|one| (one.item, &one.checked_by)).collect::<Vec<_>>(), [(CheckItem::RiskAsked, &harbor.sofia)]);
        let audit = store::verify_audit(&mut read).await.unwrap();
        assert!(audit.broken.is_none());
    }

    async fn a_practice_edits_what_may_help_in_versions(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        Harbor::found(&app).await;
        let (adam, csrf) = sign_in(&app, "adam").await;
        let page = adam.get("/admin/suggestions").await;
        assert!(page.body.contains("Ask what happened.") && page.body.contains("Constructed"), "{}", page.body);
        let form = |barriers: &'static str, why: &'static str, from: &'static str| {
            [("csrf", csrf.clone()), ("suggest_barriers_en", barriers.to_owned()), ("suggestions_why", why.to_owned()), ("from", from.to_owned())]
        };
        let post = async |form: [(&'static str, String); 4]| {
            let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
            adam.post("/admin/suggestions", &form).await
        };
        let refused = post(form("Offer video. | Constructed\n\nOffer the van.", "Asked for", "0")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let said = words(&refused.body);
        assert!(said.contains("Practical barriers, English, line 3") && said.contains("“Offer the van.” – no source after a |"), "{said}");
        assert!(refused.body.contains("Offer video. | Constructed"), "what was typed is kept");
        assert_eq!(post(form("Offer video. | Constructed", " ", "0")).await.status, StatusCode::UNPROCESSABLE_ENTITY, "a reason is needed");
        let saved = post(form("Offer the van. | Constructed, 2026", "The van has come", "0")).await;
        assert_eq!(saved.status, StatusCode::OK);
        let said = words(&saved.body);
        assert!(said.contains("Version 1") && said.contains("The van has come") && said.contains("+ Offer the van. | Constructed, 2026"), "{said}");
        assert_eq!(post(form("Another | Nobody", "From an old page", "0")).await.status, StatusCode::CONFLICT);
        let (ana, _) = sign_in(&app, "ana").await;
        assert_eq!(ana.get("/admin/suggestions").await.status, StatusCode::FORBIDDEN);
    }

    async fn the_bell_says_what_waits_as_soon_as_it_does(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        let (ana, csrf) = sign_in(&app, "ana").await;
        let mut bell = ana.listen("/bell").await;
        assert_eq!(bell.next().await.as_deref(), Some("0"));
        harbor.answer(&app, "phq-9", &phq9(12, 1)).await;
        assert_eq!(bell.next().await.as_deref(), Some("1"), "without a reload");
        assert!(ana.get("/today").await.body.contains("data-bell-count>1<"), "and without a script");
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let case = store::case::open_of_episode(&mut read, &harbor.episode).await.unwrap().unwrap();
        drop(read);
        ana.post(&format!("/cases/{}/acknowledge", case.id), &[("csrf", &csrf), ("revision", &case.revision.to_string())]).await;
        assert_eq!(bell.next().await.as_deref(), Some("0"));
        // A stop waits for no page that is open.
        app.app.end_streams();
        assert_eq!(bell.next().await, None);
    }
}
