//! Pages that stay open while a client answers: told that a row has changed, never what it says, and given the row by the rules of
//! the page.

use axum::http::StatusCode;
use care::AppointmentId;
use tests::{Browser, Harbor, Reply, TestApp, at, both_databases, harbor::sign_in, words};

/// The client on a phone, at the first question of the check-in before the session.
async fn begun(app: &TestApp, harbor: &Harbor, appointment: &AppointmentId) -> (Browser, Reply) {
    let mut read = app.db.read(&harbor.practice).await.unwrap();
    let packets = store::packet::of_episode(&mut read, &harbor.episode).await.unwrap();
    let before = packets.iter().find(|packet| packet.slot == format!("before:{appointment}")).expect("it is planned");
    drop(read);
    let link = harbor.link(app, &before.id).await;
    let phone = app.browser();
    let page = phone.post(&format!("{link}/start"), &[]).await;
    (phone, page)
}

async fn answer(phone: &Browser, page: &Reply, value: &str) -> Reply {
    let (csrf, item, seq) = (page.field("csrf"), page.field("item"), page.field("seq"));
    phone.post(&page.path, &[("csrf", &csrf), ("item", &item), ("seq", &seq), ("value", value)]).await
}

/// The word for a row in a line of the stream.
fn revision(line: &str, row: &str) -> String {
    let word = line.split(' ').find_map(|word| word.strip_prefix(&format!("{row}:")));
    word.unwrap_or_else(|| panic!("{row} is not in {line}")).to_owned()
}

both_databases! {
    async fn today_and_the_clients_page_follow_the_answers_without_a_reload(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T14:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let appointment = harbor.appointment(&app, at("2026-03-10T15:00:00-07:00")).await;
        let (ana, _) = sign_in(&app, "ana").await;
        let row = format!("/today/check-ins/{appointment}");
        let chart = format!("/clients/{}", harbor.client);
        let today = ana.get("/today").await.body;
        assert!(today.contains(&format!("data-live-part=\"{row}\"")) && !today.contains("Answering now"), "{today}");
        let mut stream = ana.listen("/today/live").await;
        let mut of_client = ana.listen(&format!("{chart}/live")).await;
        let first = stream.next().await.expect("it begins with what is so");
        let first_of_client = of_client.next().await.expect("so does the other");
        assert!(today.contains(&format!("data-live-revision=\"{}\"", revision(&first, appointment.as_str()))), "the page has it");

        let (phone, mut page) = begun(&app, &harbor, &appointment).await;
        for value in ["5.0", "4.5"] {
            page = answer(&phone, &page, value).await;
        }
        let second = stream.next().await.expect("it goes on");
        assert_ne!(revision(&first, appointment.as_str()), revision(&second, appointment.as_str()));
        for told in [&first, &second, &first_of_client] {
            assert!(!told.contains("Robin") && !told.contains(harbor.client.as_str()) && !told.contains("of 20"), "{told}");
        }
        let part = ana.get(&row).await;
        assert_eq!(part.status, StatusCode::OK);
        assert!(words(&part.body).contains("Answering now: 2 of 20"), "{}", part.body);
        assert!(!part.body.contains("<html"), "only the row");
        assert_ne!(of_client.next().await.as_deref(), Some(first_of_client.as_str()));
        let line = words(&ana.get(&format!("{chart}/answering")).await.body);
        assert!(line.contains("Answering now: 2 of 20"), "{line}");
        assert!(words(&ana.get("/today").await.body).contains("Answering now: 2 of 20"), "and without a script");
        assert!(words(&ana.get(&chart).await.body).contains("Answering now: 2 of 20"));

        let ahead = words(&ana.get(&format!("{chart}/plan")).await.body);
        assert!(ahead.contains("With the client now First check-in"), "{ahead}");

        for value in ["5.5", "5.0", "1", "1", "1", "1", "1", "1", "1", "1", "0", "1", "1", "1", "1", "1", "1", "1"] {
            page = answer(&phone, &page, value).await;
        }
        assert_eq!(page.path, "/check-in/submit");
        phone.post("/check-in/submit", &[("csrf", &page.field("csrf"))]).await;
        let third = stream.next().await.expect("it goes on");
        assert_ne!(revision(&second, appointment.as_str()), revision(&third, appointment.as_str()));
        assert!(words(&ana.get(&row).await.body).contains("Done"), "handed in");
        let line = words(&ana.get(&format!("{chart}/answering")).await.body);
        assert!(line.contains("Handed in at") && line.contains("PHQ-9 8") && line.contains("GAD-7 7"), "{line}");

        // Among what is to come it was with the client, and now the next ones are.
        let ahead = words(&ana.get(&format!("{chart}/plan")).await.body);
        assert!(ahead.contains("After session") && !ahead.contains("First check-in"), "it was answered: {ahead}");
        assert!(!ahead.contains("With the client now"), "{ahead}");

        // The desk sees that it is done and no score; a colleague and billing see nothing.
        let (ida, _) = sign_in(&app, "ida").await;
        assert!(words(&ida.get(&row).await.body).contains("Done"));
        let desk = words(&ida.get(&format!("{chart}/answering")).await.body);
        assert!(desk.contains("Handed in at") && !desk.contains("PHQ-9"), "{desk}");
        for name in ["ben", "bill"] {
            let (other, _) = sign_in(&app, name).await;
            assert_eq!(other.get(&row).await.status, StatusCode::NOT_FOUND, "{name}");
            let refused = other.get(&format!("{chart}/answering")).await.status;
            assert!(matches!(refused, StatusCode::NOT_FOUND | StatusCode::FORBIDDEN), "{name}: {refused}");
        }
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let audit = store::audit_page(&mut read, 0, 500).await.unwrap();
        let looks: Vec<_> = audit.iter().filter(|entry| entry.action == "view.live").collect();
        // Ana was shown four parts and Ida two, of one check-in.
        let who: Vec<&str> = looks.iter().map(|entry| entry.actor.as_str()).collect();
        assert_eq!(who, [format!("staff:{}", harbor.ana), format!("staff:{}", harbor.ida)], "each looker-on once");
        for look in looks {
            assert_eq!(look.subject_id, harbor.client.as_str());
            assert!(look.detail.0.contains_key("check_in"), "and at which check-in: {look:?}");
        }
    }

    async fn whoever_put_it_away_is_not_at_it_any_more(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T14:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let appointment = harbor.appointment(&app, at("2026-03-10T15:00:00-07:00")).await;
        let (phone, page) = begun(&app, &harbor, &appointment).await;
        answer(&phone, &page, "5.0").await;
        let (ana, _) = sign_in(&app, "ana").await;
        app.clock.set(at("2026-03-10T14:04:00-07:00"));
        assert!(words(&ana.get("/today").await.body).contains("Answering now: 1 of 20"));
        app.clock.set(at("2026-03-10T14:06:00-07:00"));
        let later = words(&ana.get("/today").await.body);
        assert!(later.contains("Part done: 1 of 20") && !later.contains("Answering now"), "{later}");
    }

    async fn a_stream_ends_when_its_reader_may_not_look_any_more(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T14:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let (ana, _) = sign_in(&app, "ana").await;
        let (ida, csrf_of_ida) = sign_in(&app, "ida").await;
        let mut of_ana = ana.listen("/bell").await;
        let mut of_ida = ida.listen("/bell").await;
        of_ana.next().await.expect("it begins");
        of_ida.next().await.expect("it begins");
        let (adam, csrf) = sign_in(&app, "adam").await;
        let done = adam.post(&format!("/admin/staff/{}/deactivate", harbor.ana), &[("csrf", &csrf)]).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.body);
        assert_eq!(of_ana.next().await, None, "whoever left sees nothing any more");
        ida.post("/sign-out", &[("csrf", &csrf_of_ida)]).await;
        assert_eq!(of_ida.next().await, None, "nor who signed out");
    }

    async fn one_person_keeps_so_many_pages_true_and_no_more(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T14:00:00-07:00"));
        Harbor::found(&app).await;
        let (ana, _) = sign_in(&app, "ana").await;
        let mut open = Vec::new();
        for _ in 0..12 {
            open.push(ana.listen("/bell").await);
        }
        assert_eq!(ana.get("/bell").await.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(ana.get("/today").await.status, StatusCode::OK, "pages are pages");
        open.pop();
        assert_eq!(ana.get("/bell").await.status, StatusCode::OK, "what was closed makes room");
    }
}
