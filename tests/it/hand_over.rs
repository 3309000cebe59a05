//! Check-ins without a message: entered from paper, handed over as a card, answered on this device.

use axum::http::StatusCode;
use care::message::{Channel, MessageKind};
use care::packet::PacketState;
use care::practice::CrisisResource;
use care::response::Mode;
use care::{Clock as _, CrisisResourceId, Language};
use tests::harbor::sign_in;
use tests::{Harbor, TestApp, at, both_databases};

both_databases! {
    async fn answers_from_paper_keep_their_day_and_how_they_came(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let packet = harbor.packet(&app, &["phq-9"]).await;
        app.clock.set(at("2026-03-11T10:00:00-07:00"));
        let (browser, _) = sign_in(&app, "ida").await;
        let path = format!("/packets/{packet}/answers");
        let page = browser.get(&path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("Robin Vale") && page.body.contains("2026-03-11"), "{}", page.body);
        let csrf = page.field("csrf");
        let mut form: Vec<(String, String)> = [
            ("csrf", csrf.as_str()), ("mode", "paper"), ("answered_on", "2026-03-10"), ("answered_at", "16:30"),
        ].map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        for (number, value) in (1..).zip(["2", "2", "3", "3", "2", "2", "2", "1", "2"]) {
            form.push((format!("answer_{number}"), value.to_owned()));
        }
        let send = async |form: &[(String, String)]| {
            let fields: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            browser.post(&path, &fields).await
        };
        for (field, value) in [("mode", "pigeon"), ("answered_on", "2026-03-12"), ("answered_on", "2025-03-10"), ("answer_4", "7"), ("answered_at", "late")] {
            let wrong: Vec<(String, String)> = form.iter().map(|(name, had)| (name.clone(), if name == field { value.to_owned() } else { had.clone() })).collect();
            let refused = send(&wrong).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{field} {value}");
            assert!(refused.body.contains("value=\"1\" checked") || refused.body.contains("checked"), "what was typed is still there");
        }
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        assert!(store::response::of_packet(&mut read, &packet).await.unwrap().is_empty(), "a refusal changes nothing");
        drop(read);
        let taken = send(&form).await;
        assert_eq!(taken.path, format!("/clients/{}", harbor.client), "{}", taken.body);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let response = store::response::of_packet(&mut read, &packet).await.unwrap().remove(0);
        assert_eq!((response.mode, response.submitted_at), (Mode::Paper, at("2026-03-10T16:30:00-07:00")));
        let score = store::response::scores_of_episode(&mut read, &harbor.episode).await.unwrap().remove(0);
        assert_eq!(score.value, Some(19.0));
        let case = store::case::open_of_episode(&mut read, &harbor.episode).await.unwrap().expect("item 9 opens a case");
        let reason = store::case::reasons(&mut read, &case.id).await.unwrap().remove(0);
        assert!(reason.due_at > at("2026-03-11T10:00:00-07:00"), "its clock starts when somebody here knows of it");
        let audit = store::audit_page(&mut read, 0, 1000).await.unwrap();
        assert_eq!(audit.iter().filter(|row| row.action == "response.enter").count(), 1);
    }

    async fn this_device_is_the_clients_and_the_staff_view_is_over(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let packet = harbor.packet(&app, &["phq-2"]).await;
        let (browser, _) = sign_in(&app, "ana").await;
        let csrf = browser.get("/today").await.field("csrf");
        let landing = browser.post(&format!("/packets/{packet}/here"), &[("csrf", &csrf)]).await;
        assert!(landing.path.starts_with("/c/"), "{}", landing.path);
        let chart = browser.get(&format!("/clients/{}", harbor.client)).await;
        assert!(chart.path.starts_with("/sign-in"), "the clinician's view has ended: {}", chart.path);
        assert!(!chart.body.contains("Robin"));
        let question = browser.post(&format!("{}/start", landing.path), &[("lang", "en")]).await;
        assert_eq!(question.path, "/check-in/1", "{}", question.body);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let messages = store::message::of_packet(&mut read, &packet).await.unwrap();
        assert!(messages.iter().all(|one| one.kind != MessageKind::Invite || one.channel != Channel::Sms), "nothing was sent for it");
        assert_eq!(store::packet::find(&mut read, &packet).await.unwrap().unwrap().state, PacketState::Open);
    }

    async fn a_card_and_a_sheet_of_paper_name_nobody(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let packet = harbor.packet(&app, &["phq-9", "wellbeing-check"]).await;
        let (browser, _) = sign_in(&app, "ida").await;
        let csrf = browser.get("/today").await.field("csrf");
        let card = browser.post(&format!("/packets/{packet}/card"), &[("csrf", &csrf)]).await;
        assert!(card.body.contains("<svg viewBox") && !card.body.contains("Robin"), "{}", card.body);
        let link = card.body.split("/c/").nth(1).and_then(|rest| rest.get(..22)).expect("a link").to_owned();
        let client = app.browser();
        assert_eq!(client.get(&format!("/c/{link}")).await.status, StatusCode::OK);
        let paper = browser.get(&format!("/packets/{packet}/paper")).await;
        assert!(paper.body.contains("Little interest") && paper.body.contains("988") && !paper.body.contains("Robin"), "{}", paper.body);
    }

    async fn what_is_handed_over_is_in_the_clients_language_and_never_without_help(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let help = |label: &str, href: &str, site_id, position| CrisisResource {
            id: app.ctx.id(CrisisResourceId::new),
            language: Language::En,
            label: label.into(),
            detail: String::new(),
            href: href.into(),
            site_id,
            position,
            reviewed_on: app.clock.now().date_naive(),
        };
        let here = help("North Line", "tel:+15550101", Some(harbor.north.clone()), 2);
        let list = [help("Lifeline", "tel:988", None, 0), help("Lifeline", "sms:988", None, 1), here];
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        store::crisis_resource::replace_all(&mut tx, &list).await.unwrap();
        tx.query("UPDATE client SET language = 'es' WHERE id = $1").bind(&harbor.client).execute().await.unwrap();
        tx.commit().await.unwrap();
        let packet = harbor.packet(&app, &["phq-9"]).await;
        let (browser, _) = sign_in(&app, "ida").await;
        let paper = browser.get(&format!("/packets/{packet}/paper")).await;
        assert!(paper.body.contains("Poco interés") && paper.body.contains("Nombre:"), "{}", paper.body);
        // There is none in the client's language; the site's own stands first, and each line once.
        assert!(paper.body.contains("North Line: +15550101 · Lifeline: 988</p>"), "{}", paper.body);
        let csrf = paper.field("csrf");
        let card = browser.post(&format!("/packets/{packet}/card"), &[("csrf", &csrf)]).await;
        assert!(card.body.contains("Sirve hasta el"), "{}", card.body);
    }
}
