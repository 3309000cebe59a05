//! What a client shows before a check-in opens: nothing of it can be seen or answered before, five wrong tries lock, and whoever
//! has nothing on file is not kept out.

use axum::http::{Method, StatusCode};
use care::Phi;
use care::message::{Channel, MessageKind};
use care::packet::PacketState;
use care::practice::TaskKind;
use care::proof::Proof;
use chrono::{Duration, NaiveDate};
use tests::harbor::sign_in;
use tests::{Browser, Harbor, Reply, TestApp, at, both_databases};

/// The practice asks for it, and the client was born on 29 February 1984.
async fn asking(db: tests::TestDb, wanted: Proof) -> (TestApp, Harbor) {
    let app = TestApp::new(db, at("2026-03-09T10:00:00-07:00"));
    let harbor = Harbor::found(&app).await;
    let mut tx = app.db.write(&harbor.practice).await.unwrap();
    let mut practice = store::practice::get(&mut tx).await.unwrap();
    practice.settings.proof = wanted;
    store::practice::update(&mut tx, &practice).await.unwrap();
    let (mut client, seen) = store::client::find_to_change(&mut tx, &harbor.client).await.unwrap().unwrap();
    client.birth_date = NaiveDate::from_ymd_opt(1984, 2, 29).map(Phi::new);
    store::client::update(&mut tx, &client, seen, app.ctx.now()).await.unwrap();
    tx.commit().await.unwrap();
    (app, harbor)
}

/// A fresh check-in, with *Start* pressed in the browser.
async fn started(app: &TestApp, harbor: &Harbor, browser: &Browser) -> (String, Reply) {
    let packet = harbor.packet(app, &["gad-2"]).await;
    let link = harbor.link(app, &packet).await;
    let page = browser.post(&format!("{link}/start"), &[("lang", "en")]).await;
    (link, page)
}

async fn born(browser: &Browser, page: &Reply, day: &str, month: &str, year: &str) -> Reply {
    let csrf = page.field("csrf");
    let form = [("csrf", csrf.as_str()), ("lang", "en"), ("day", day), ("month", month), ("year", year)];
    browser.post("/check-in/confirm", &form).await
}

async fn with_pin(browser: &Browser, page: &Reply, pin: &str) -> Reply {
    browser.post("/check-in/confirm", &[("csrf", &page.field("csrf")), ("lang", "en"), ("pin", pin)]).await
}

async fn tasks(app: &TestApp, harbor: &Harbor) -> usize {
    let mut read = app.db.read(&harbor.practice).await.unwrap();
    store::task::open(&mut read).await.unwrap().iter().filter(|task| task.kind == TaskKind::LockedOut).count()
}

/// The rows that a browser which has shown nothing must not have made.
async fn traces(app: &TestApp, harbor: &Harbor) -> (i64, i64) {
    let mut read = app.db.read(&harbor.practice).await.unwrap();
    let devices: i64 = read.query("SELECT count(*) FROM device").scalar().await.unwrap();
    let answers: i64 = read.query("SELECT count(*) FROM answer").scalar().await.unwrap();
    (devices, answers)
}

both_databases! {
    async fn nothing_can_be_seen_or_answered_before_the_birth_date_is_given(db: TestDb) {
        let (app, harbor) = asking(db, Proof::BirthDate).await;
        let phone = app.browser();
        let packet = harbor.packet(&app, &["gad-2"]).await;
        let link = harbor.link(&app, &packet).await;
        let landing = phone.get(&link).await;
        assert!(landing.status == StatusCode::OK && !landing.body.contains("Ana"), "not even who reads it: {}", landing.body);
        let page = phone.post(&format!("{link}/start"), &[("lang", "en")]).await;
        assert_eq!((page.status, page.path.as_str()), (StatusCode::OK, "/check-in/confirm"));
        for said in ["Birth date", "Need help now?", "Call Harbor Lane"] {
            assert!(page.body.contains(said), "{said}: {}", page.body);
        }
        for secret in ["Robin", "Ana", "1984"] {
            assert!(!page.body.contains(secret), "{secret}");
        }
        // Neither the pages nor the forms of the check-in know this browser.
        for path in ["/check-in", "/check-in/1", "/check-in/submit", "/check-in/done", "/check-in/progress", "/check-in/help-now"] {
            let sent = phone.request(Method::GET, path, &[]).await;
            assert_eq!((sent.status, sent.location()), (StatusCode::SEE_OTHER, Some("/check-in/confirm")), "{path}");
        }
        let csrf = page.field("csrf");
        let sneaked = [("csrf", csrf.as_str()), ("item", "gad-2:1"), ("seq", "s"), ("value", "3"), ("answer", "gad-2:1:3"), ("lang", "es")];
        for path in ["/check-in/1", "/check-in/submit", "/check-in/language"] {
            phone.request(Method::POST, path, &sneaked).await;
        }
        assert_eq!(traces(&app, &harbor).await, (0, 0));
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let untouched = store::packet::find(&mut read, &packet).await.unwrap().unwrap();
        assert_eq!((untouched.state, untouched.started_at), (PacketState::Open, None), "it is not opened by that");
        drop(read);
        let help = phone.get("/help").await;
        assert!(help.body.contains("988 Suicide") && help.body.contains("href=\"/check-in/confirm\""), "{}", help.body);

        let wrong = born(&phone, &page, "28", "2", "1984").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("not what we have on file") && wrong.body.contains("988 Suicide"), "{}", wrong.body);
        let question = born(&phone, &wrong, " 29", "2", "1984 ").await;
        assert_eq!((question.status, question.path.as_str()), (StatusCode::OK, "/check-in/1"));
        assert_eq!(traces(&app, &harbor).await, (1, 0));

        // The same browser is not asked again; another one is.
        let again = phone.post(&format!("{link}/start"), &[("lang", "en")]).await;
        assert_eq!(again.path, "/check-in/1");
        assert_eq!(app.browser().post(&format!("{link}/start"), &[]).await.path, "/check-in/confirm");
    }

    async fn five_wrong_ones_lock_for_a_quarter_of_an_hour_and_the_desk_hears_of_it(db: TestDb) {
        let (app, harbor) = asking(db, Proof::BirthDate).await;
        let phone = app.browser();
        let (link, page) = started(&app, &harbor, &phone).await;
        // What is no day costs no try.
        for (day, month, year) in [("31", "2", "1984"), ("", "", ""), ("29", "2", "84"), ("x", "2", "1984")] {
            let unreadable = born(&phone, &page, day, month, year).await;
            assert!(unreadable.body.contains("That is not complete"), "{}", unreadable.body);
        }
        for nth in 1..=4 {
            let wrong = born(&phone, &page, "1", "1", "1990").await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{nth}");
        }
        assert_eq!(tasks(&app, &harbor).await, 0);
        let locked = born(&phone, &page, "1", "1", "1990").await;
        assert_eq!(locked.status, StatusCode::TOO_MANY_REQUESTS);
        for said in ["Please call us", "tel:", "988 Suicide"] {
            assert!(locked.body.contains(said), "{said}: {}", locked.body);
        }
        assert_eq!(tasks(&app, &harbor).await, 1);
        // The right one does not open it now, nor does another link or another browser of the same client.
        assert_eq!(born(&phone, &page, "29", "2", "1984").await.status, StatusCode::TOO_MANY_REQUESTS);
        let other = app.browser();
        let (_, elsewhere) = started(&app, &harbor, &other).await;
        assert_eq!(elsewhere.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(elsewhere.body.contains("Please call us"));

        app.clock.advance(Duration::minutes(15));
        let page = phone.get("/check-in/confirm").await;
        assert_eq!(page.status, StatusCode::OK);
        for _ in 0..4 {
            born(&phone, &page, "1", "1", "1990").await;
        }
        app.clock.advance(Duration::minutes(2));
        assert_eq!(born(&phone, &page, "1", "1", "1990").await.status, StatusCode::TOO_MANY_REQUESTS);
        app.clock.advance(Duration::minutes(20));
        assert_eq!(phone.get("/check-in/confirm").await.status, StatusCode::TOO_MANY_REQUESTS, "the second time for longer");

        // The desk lets them in at once.
        let (ida, csrf) = sign_in(&app, "ida").await;
        let chart = ida.get(&format!("/clients/{}", harbor.client)).await;
        assert!(chart.body.contains("Too many wrong tries"), "{}", chart.body);
        let after = ida.post(&format!("/clients/{}/proof/unlock", harbor.client), &[("csrf", &csrf)]).await;
        assert!(!after.body.contains("Too many wrong tries"));
        let page = phone.get("/check-in/confirm").await;
        assert_eq!(born(&phone, &page, "29", "2", "1984").await.path, "/check-in/1");
        let thanks = phone.get(&link).await;
        assert_eq!(thanks.status, StatusCode::OK);
        assert_eq!(tasks(&app, &harbor).await, 1, "one task, however often");
    }

    async fn many_tries_at_once_are_as_many_tries(db: TestDb) {
        let (app, harbor) = asking(db, Proof::BirthDate).await;
        let phone = app.browser();
        let (_, page) = started(&app, &harbor, &phone).await;
        let tries = (0..12).map(|_| born(&phone, &page, "1", "1", "1990"));
        let replies = futures::future::join_all(tries).await;
        assert!(replies.iter().all(|reply| reply.status.is_client_error()), "nobody got in, and nothing broke");
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let wrong: i64 = read.query("SELECT wrong FROM client_proof").scalar().await.unwrap();
        assert_eq!(wrong, 5, "five were looked at; the others found it locked");
    }

    async fn a_pin_is_set_by_the_desk_and_cannot_be_read_back(db: TestDb) {
        let (app, harbor) = asking(db, Proof::Off).await;
        let (ida, csrf) = sign_in(&app, "ida").await;
        let path = format!("/clients/{}/proof", harbor.client);
        let chart = format!("/clients/{}", harbor.client);
        for (pin, why) in [("", "there is none yet"), ("12", "too short"), ("1234", "digits in a row"), ("4444", "one digit"), ("48x1", "no digit")] {
            let refused = ida.post(&path, &[("csrf", &csrf), ("proof", "pin"), ("pin", pin)]).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{why}");
            assert!(!refused.body.contains("48x1"), "what was typed is not shown again");
        }
        assert_eq!(ida.post(&path, &[("csrf", &csrf), ("proof", "everything")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let saved = ida.post(&path, &[("csrf", &csrf), ("proof", "pin"), ("pin", "48 21")]).await;
        assert_eq!((saved.status, saved.path.as_str()), (StatusCode::OK, chart.as_str()));
        assert!(saved.body.contains("The PIN is asked for.") && !saved.body.contains("4821"), "{}", saved.body);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let kept: String = read.query("SELECT pin_index FROM client_proof").scalar().await.unwrap();
        assert!(!kept.contains("4821") && kept.len() == 43, "a keyed hash: {kept}");
        let audit = store::audit_page(&mut read, 0, 1000).await.unwrap();
        assert!(audit.iter().all(|row| !format!("{row:?}").contains("4821")));
        drop(read);
        let phone = app.browser();
        let (_, page) = started(&app, &harbor, &phone).await;
        assert!(page.body.contains("the PIN that Harbor Lane gave you"), "{}", page.body);
        assert_eq!(with_pin(&phone, &page, "4822").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(born(&phone, &page, "29", "2", "1984").await.status, StatusCode::UNPROCESSABLE_ENTITY, "the birth date is no PIN");
        assert_eq!(with_pin(&phone, &page, "4821").await.path, "/check-in/1");
        // A new PIN takes the place of the old one.
        ida.post(&path, &[("csrf", &csrf), ("proof", "pin"), ("pin", "9053")]).await;
        let phone = app.browser();
        let (_, page) = started(&app, &harbor, &phone).await;
        assert_eq!(with_pin(&phone, &page, "4821").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(with_pin(&phone, &page, "9053").await.path, "/check-in/1");
        // Chosen otherwise for this client, whatever the practice says.
        ida.post(&path, &[("csrf", &csrf), ("proof", "off")]).await;
        assert_eq!(started(&app, &harbor, &app.browser()).await.1.path, "/check-in/1");
    }

    async fn who_has_nothing_on_file_is_let_in_and_the_desk_sees_it(db: TestDb) {
        let (app, harbor) = asking(db, Proof::Pin).await;
        assert_eq!(started(&app, &harbor, &app.browser()).await.1.path, "/check-in/1", "a check-in is not lost to a missing PIN");
        let (ida, _) = sign_in(&app, "ida").await;
        let chart = ida.get(&format!("/clients/{}", harbor.client)).await;
        assert!(chart.body.contains("A PIN should be asked for, and none was set"), "{}", chart.body);
        // Somebody who waits at the page when it is switched off goes on.
        let (app, harbor) = (app, harbor);
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let by = care::staff::Actor::Staff(harbor.ida.clone());
        workflows::proof::choose(&mut tx, &app.ctx, &by, &harbor.client, None, "4821").await.unwrap();
        tx.commit().await.unwrap();
        let phone = app.browser();
        let (_, page) = started(&app, &harbor, &phone).await;
        assert_eq!(page.path, "/check-in/confirm");
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        workflows::proof::choose(&mut tx, &app.ctx, &by, &harbor.client, Some(Proof::Off), "").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(with_pin(&phone, &page, "1").await.path, "/check-in/1");
    }

    async fn a_link_that_came_by_text_keeps_its_channel_and_a_tablet_asks_for_nothing_more(db: TestDb) {
        let (app, harbor) = asking(db, Proof::BirthDate).await;
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let packet = workflows::packet::send_now(&mut tx, &app.ctx, &harbor.episode, &["phq-9".to_owned()], &care::staff::Actor::System).await.unwrap();
        tx.commit().await.unwrap();
        app.run_jobs().await;
        let text = app.sent().iter().find(|one| one.text().contains("/c/")).expect("a text").text().to_owned();
        let phone = app.browser();
        let page = phone.post(&format!("{}/start", tests::link_in(&text)), &[("lang", "es")]).await;
        assert!(page.body.contains("Fecha de nacimiento") && page.body.contains("febrero"), "{}", page.body);
        let csrf = page.field("csrf");
        let form = [("csrf", csrf.as_str()), ("lang", "es"), ("day", "29"), ("month", "2"), ("year", "1984")];
        let question = phone.post("/check-in/confirm", &form).await;
        assert_eq!(question.path, "/check-in/1");
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let channels: Vec<Option<Channel>> = read.query("SELECT channel FROM device").scalars().await.unwrap();
        assert_eq!(channels, [Some(Channel::Sms)]);
        let invites = store::message::of_packet(&mut read, &packet).await.unwrap();
        assert!(invites.iter().any(|message| message.kind == MessageKind::Invite));
        assert_eq!(store::verify_audit(&mut read).await.unwrap().broken, None);
    }
}
