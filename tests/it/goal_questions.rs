//! A client's own goals within the check-in: asked after the questionnaires, rated by the client alone, kept apart from scores.

use axum::http::StatusCode;
use care::PacketId;
use care::client::{Contact, Recipient};
use care::goal::Goal;
use care::packet::PacketState;
use lopdf::Document as File;
use tests::harbor::sign_in;
use tests::{Browser, Harbor, Reply, TestApp, at, both_databases};
use workflows::goal::{Act, act};

async fn agree(app: &TestApp, harbor: &Harbor, texts: &[&str]) {
    for text in texts {
        done(app, harbor, Act::Agree(care::Phi::new((*text).to_owned()))).await;
    }
}

async fn done(app: &TestApp, harbor: &Harbor, what: Act) {
    let mut tx = app.db.write(&harbor.practice).await.unwrap();
    let episode = store::episode::find(&mut tx, &harbor.episode).await.unwrap().unwrap();
    act(&mut tx, &app.ctx, &harbor.ana, &episode, &what).await.unwrap();
    tx.commit().await.unwrap();
}

async fn goals(app: &TestApp, harbor: &Harbor) -> Vec<Goal> {
    let mut read = app.db.read(&harbor.practice).await.unwrap();
    store::goal::of_episode(&mut read, &harbor.episode).await.unwrap()
}

async fn begun(app: &TestApp, harbor: &Harbor) -> (PacketId, String, Browser, Reply) {
    let packet = harbor.packet(app, &["gad-2"]).await;
    let link = harbor.link(app, &packet).await;
    let phone = app.browser();
    let page = phone.post(&format!("{link}/start"), &[]).await;
    (packet, link, phone, page)
}

async fn answer(browser: &Browser, page: &Reply, value: &str) -> Reply {
    let (csrf, item, seq) = (page.field("csrf"), page.field("item"), page.field("seq"));
    browser.post(&page.path, &[("csrf", &csrf), ("item", &item), ("seq", &seq), ("value", value)]).await
}

async fn decline(browser: &Browser, page: &Reply) -> Reply {
    let (csrf, item, seq) = (page.field("csrf"), page.field("item"), page.field("seq"));
    browser.post(&page.path, &[("csrf", &csrf), ("item", &item), ("seq", &seq), ("decline", "1")]).await
}

async fn submit(browser: &Browser, page: &Reply) -> Reply {
    browser.post("/check-in/submit", &[("csrf", &page.field("csrf"))]).await
}

async fn verified(app: &TestApp) {
    let report = workflows::verify::check(&app.db, &app.ctx).await.unwrap();
    assert!(report.violations.is_empty(), "{:?}", report.violations);
}

fn words(bytes: &[u8]) -> String {
    let file = File::load_mem(bytes).unwrap();
    let pages: Vec<u32> = file.get_pages().keys().copied().collect();
    file.extract_text(&pages).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

both_databases! {
    async fn asked_after_the_questionnaires_and_drawn_apart_from_them(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        agree(&app, &harbor, &["Swim once a week", "Sleep <through>"]).await;
        let (packet, link, phone, page) = begun(&app, &harbor).await;
        let landing = app.browser().get(&link).await;
        assert!(landing.body.contains("4 questions"), "{}", landing.body);
        let page = answer(&phone, &page, "1").await;
        let page = answer(&phone, &page, "0").await;
        assert_eq!(page.path, "/check-in/3");
        assert!(page.body.contains("“Swim once a week”") && page.body.contains("3 of 4"), "{}", page.body);
        assert!(page.body.contains("How near are you to this goal"), "{}", page.body);
        // What cannot be read is asked again and changes nothing.
        for typed in ["", "11", "-1", "4.5", "x"] {
            let again = answer(&phone, &page, typed).await;
            assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
            assert!(again.body.contains("“Swim once a week”"));
        }
        let page = answer(&phone, &page, "4").await;
        assert!(page.body.contains("“Sleep &lt;through&gt;”"), "{}", page.body);
        assert!(page.body.contains("href=\"/check-in/3\""), "back");
        let back = phone.get("/check-in/3").await;
        assert!(back.body.contains("value=\"4\" checked"), "{}", back.body);
        // Another device goes on where this one is, and is not shown what was answered.
        let tablet = app.browser();
        let there = tablet.post(&format!("{link}/start"), &[]).await;
        assert_eq!(there.path, "/check-in/4", "{}", there.body);
        assert!(!tablet.get("/check-in/3").await.body.contains(" checked"));
        let review = decline(&tablet, &there).await;
        assert_eq!(review.path, "/check-in/submit", "{}", review.body);
        assert!(review.body.contains("/check-in/4"), "what was left out can be gone back to");
        let declined = tablet.get("/check-in/4").await;
        assert!(declined.body.contains("You chose not to answer this one."), "{}", declined.body);
        assert!(goals(&app, &harbor).await.iter().all(|goal| goal.ratings.is_empty()), "not before it is handed in");
        let receipt = submit(&tablet, &review).await;
        assert_eq!(receipt.path, "/check-in/done", "{}", receipt.body);

        let all = goals(&app, &harbor).await;
        let said: Vec<Vec<(i64, i64)>> =
            all.iter().map(|goal| goal.ratings.iter().map(|one| (one.version, one.rating)).collect()).collect();
        assert_eq!(said, [vec![(1, 4)], vec![]]);
        // In no answer, no score, no running sum.
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let response = store::response::of_packet(&mut read, &packet).await.unwrap().remove(0);
        assert_eq!(response.answers.keys().collect::<Vec<_>>(), ["gad-2"]);
        let measures = store::response::measures(&mut read, &harbor.episode).await.unwrap();
        assert!(measures.iter().all(|measure| measure.instrument.starts_with("gad")), "{measures:?}");
        drop(read);

        // Where it is looked at: the client page, the report, the client's own course.
        let (ana, _) = sign_in(&app, "ana").await;
        let page = ana.get(&format!("/clients/{}", harbor.client)).await;
        assert!(page.body.contains("Goal 1: “Swim once a week”") && page.body.contains("Goal 1: scores over sessions"), "{}", page.body);
        assert!(page.body.contains("Not rated yet."), "the other one");
        let report = ana.get(&format!("/clients/{}/report.pdf", harbor.client)).await;
        assert!(words(&report.bytes).contains("Goal 1: “Swim once a week”"));
        let export = ana.get(&format!("/clients/{}/export.json", harbor.client)).await;
        assert!(export.body.contains("\"rating\": 4"));
        let own = tablet.get("/check-in/progress").await;
        assert!(own.path == "/check-in/progress" && own.body.contains("“Swim once a week”"), "{} {}", own.path, own.body);
        assert!(!own.body.contains("Sleep"), "nothing was said about it");
        verified(&app).await;
    }

    async fn the_last_word_of_two_devices_counts_and_none_after_the_end(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        agree(&app, &harbor, &["Swim once a week"]).await;
        let (packet, link, phone, page) = begun(&app, &harbor).await;
        let page = answer(&phone, &page, "1").await;
        let page = answer(&phone, &page, "0").await;
        // Reworded and let go meanwhile, and another agreed on: the check-in asks what it asked.
        done(&app, &harbor, Act::Reword(1, care::Phi::new("Swim twice a week".to_owned()))).await;
        done(&app, &harbor, Act::End(1, care::goal::GoalState::Dropped)).await;
        agree(&app, &harbor, &["Paint again"]).await;
        let tablet = app.browser();
        let there = tablet.post(&format!("{link}/start"), &[]).await;
        assert!(there.body.contains("“Swim once a week”") && there.body.contains("3 of 3"), "{}", there.body);
        let (one, other) = tokio::join!(answer(&phone, &page, "2"), answer(&tablet, &there, "6"));
        assert_eq!((one.path.as_str(), other.path.as_str()), ("/check-in/submit", "/check-in/submit"));
        let last = answer(&tablet, &there, "7").await;
        let (one, other) = tokio::join!(submit(&phone, &one), submit(&tablet, &last));
        assert!([&one, &other].iter().all(|reply| reply.path.starts_with("/check-in/done")), "{} {}", one.path, other.path);
        // The page that was left open says that it is done, and changes nothing.
        let late = answer(&phone, &page, "0").await;
        assert!(late.path.starts_with("/check-in/done"), "{}", late.body);
        let all = goals(&app, &harbor).await;
        let said: Vec<(i64, i64, i64)> =
            all.iter().flat_map(|goal| goal.ratings.iter().map(|one| (goal.number, one.version, one.rating))).collect();
        assert_eq!(said, [(1, 1, 7)], "one answer, in the words that were shown");
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        assert_eq!(store::packet::find(&mut read, &packet).await.unwrap().unwrap().state, PacketState::Completed);
        assert_eq!(store::response::of_packet(&mut read, &packet).await.unwrap().len(), 1);
        drop(read);
        // A goal that is not asked about, and one that never was.
        let other = harbor.packet(&app, &["gad-2"]).await;
        let link = harbor.link(&app, &other).await;
        let phone = app.browser();
        let page = phone.post(&format!("{link}/start"), &[]).await;
        let csrf = page.field("csrf");
        for item in ["#goal:1", "#goal:9", "#goal:x", "goal:2"] {
            let refused = phone.post("/check-in/3", &[("csrf", &csrf), ("item", item), ("value", "3")]).await;
            assert!(refused.status.is_client_error(), "{item}: {}", refused.status);
        }
        verified(&app).await;
    }

    async fn an_invitation_to_a_guardian_does_not_show_them(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        agree(&app, &harbor, &["Swim once a week"]).await;
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let (client, revision) = store::client::find_to_change(&mut tx, &harbor.client).await.unwrap().unwrap();
        let guardian = Contact {
            name: "Pat Vale".into(),
            relation: Some("parent".into()),
            phone: Some("+14155550177".into()),
            email: None,
        };
        let changed = care::client::Client {
            recipient: Recipient::Guardian,
            guardian: Some(care::Phi::new(guardian)),
            ..client
        };
        store::client::update(&mut tx, &changed, revision, app.ctx.now()).await.unwrap();
        tx.commit().await.unwrap();
        let (_, link, phone, page) = begun(&app, &harbor).await;
        assert!(app.browser().get(&link).await.body.contains("2 questions"));
        let page = answer(&phone, &page, "1").await;
        let page = answer(&phone, &page, "0").await;
        assert_eq!(page.path, "/check-in/submit", "{}", page.body);
        assert!(submit(&phone, &page).await.body.contains("Thank you"));
    }

    async fn a_budget_counts_them_and_leaves_a_questionnaire_out(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        // The GAD-7 may be left out; four, nine and seven questions are twenty, and a goal has room beside them.
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let before = store::protocol::find(&mut tx, &harbor.protocol).await.unwrap().unwrap();
        let mut lines = before.lines.clone();
        for line in lines.iter_mut().filter(|line| line.instrument == "gad-7") {
            line.weight = care::protocol::Weight::Supplemental;
        }
        let version = care::protocol::Protocol {
            id: app.ctx.id(care::ProtocolId::new),
            name: "With a budget".to_owned(),
            lines,
            budget: Some(care::protocol::Budget { items: 21, seconds: 600 }),
            ..before
        };
        store::protocol::insert(&mut tx, &version).await.unwrap();
        let (client, episode) = (&harbor.client, &harbor.episode);
        assert!(store::episode::set_protocol(&mut tx, episode, &harbor.protocol, &version.id).await.unwrap().is_some());
        tx.commit().await.unwrap();
        let session = harbor.appointment(&app, at("2026-03-12T15:00:00-07:00")).await;
        let asked = async || -> Vec<String> {
            let mut read = app.db.read(&harbor.practice).await.unwrap();
            let packets = store::packet::of_episode(&mut read, episode).await.unwrap();
            let slot = format!("before:{session}");
            let packet = packets.into_iter().find(|packet| packet.slot == slot).expect("it is planned");
            packet.asked.into_iter().map(|one| one.id).collect()
        };
        agree(&app, &harbor, &["Swim once a week"]).await;
        assert_eq!(asked().await, ["wellbeing-check", "phq-9", "gad-7"]);
        agree(&app, &harbor, &["Sleep through"]).await;
        assert_eq!(asked().await, ["wellbeing-check", "phq-9"], "the second goal is one question too many");
        let (ana, _) = sign_in(&app, "ana").await;
        let page = tests::words(&ana.get(&format!("/clients/{client}/plan")).await.body);
        assert!(page.contains("2 questions about their own goals at most 15 questions, about 2 min"), "{page}");
        assert!(page.contains("GAD-7 is left out: with it, seven days would have 22 questions of 21."), "{page}");
        assert!(page.contains("2 of the questions are about the client’s own goals; those always stay."), "{page}");
        // A goal that is reached makes room again.
        done(&app, &harbor, Act::End(1, care::goal::GoalState::Reached)).await;
        assert_eq!(asked().await, ["wellbeing-check", "phq-9", "gad-7"]);
        verified(&app).await;
    }

    async fn a_message_counts_them_in_the_minutes_it_names(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        // The seven questions of the GAD-7 take a minute; with two about goals they take more.
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let mut client = store::client::find(&mut tx, &harbor.client).await.unwrap().unwrap();
        client.preferred_channel = care::message::Channel::Email;
        store::client::update(&mut tx, &client, 1, app.ctx.now()).await.unwrap();
        tx.commit().await.unwrap();
        let by = care::staff::Actor::Staff(harbor.ana.clone());
        let mut said = Vec::new();
        for goals in [&[][..], &["Swim once a week", "Sleep through"][..]] {
            app.clock.advance(chrono::Duration::minutes(1));
            agree(&app, &harbor, goals).await;
            let mut tx = app.db.write(&harbor.practice).await.unwrap();
            let asked = ["gad-7".to_owned()];
            let packet = workflows::packet::send_now(&mut tx, &app.ctx, &harbor.episode, &asked, &by).await.unwrap();
            tx.commit().await.unwrap();
            app.run_jobs().await;
            let mail = app.sent().pop().expect("it is sent");
            said.push(mail.text().lines().find(|line| line.contains("minute")).expect("it says how long").to_owned());
            let mut tx = app.db.write(&harbor.practice).await.unwrap();
            workflows::packet::withdraw(&mut tx, &app.ctx, &packet, &by).await.unwrap();
            tx.commit().await.unwrap();
        }
        assert!(said[0].contains("about 1 minute") && said[1].contains("about 2 minutes"), "{said:?}");
    }

    async fn they_cost_no_statement_more(db: TestDb) {
        let most = if db.engine() == store::Engine::Postgres { 9 } else { 8 };
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        agree(&app, &harbor, &["Swim once a week", "Sleep through"]).await;
        let (_, _, phone, page) = begun(&app, &harbor).await;
        let page = answer(&phone, &page, "1").await;
        let page = answer(&phone, &page, "0").await;
        let page = answer(&phone, &page, "5").await;
        let before = app.db.statements();
        let shown = phone.get("/check-in/4").await;
        assert_eq!((shown.status, app.db.statements() - before), (StatusCode::OK, 2), "a goal is a question like any other");
        let review = answer(&phone, &page, "5").await;
        let csrf = review.field("csrf");
        let before = app.db.statements();
        let reply = phone.request(axum::http::Method::POST, "/check-in/submit", &[("csrf", &csrf)]).await;
        assert_eq!(reply.location(), Some("/check-in/done"));
        let cost = app.db.statements() - before;
        assert!(cost <= most, "{cost} statements");
        assert_eq!(goals(&app, &harbor).await.iter().map(|goal| goal.ratings.len()).sum::<usize>(), 2);
    }
}
