//! The protocol in a browser: a draft's effect before it is published, running episodes that move at their next session,
//! one client's exceptions, and the whole as a file.

use axum::http::StatusCode;
use care::packet::PacketState;
use chrono::Duration;
use tests::{Browser, Harbor, TestApp, at, both_databases, harbor::PASSWORD};

async fn sign_in(app: &TestApp, name: &str) -> Browser {
    let browser = app.browser();
    let csrf = browser.get("/sign-in").await.field("csrf");
    let email = format!("{name}@example.org");
    browser.post("/sign-in", &[("csrf", &csrf), ("email", &email), ("password", PASSWORD)]).await;
    browser
}

/// What the next check-in before a session asks.
async fn asked(app: &TestApp, harbor: &Harbor, slot: &str) -> Vec<String> {
    let mut read = app.db.read(&harbor.practice).await.unwrap();
    let packets = store::packet::of_episode(&mut read, &harbor.episode).await.unwrap();
    packets
        .into_iter()
        .filter(|packet| packet.slot == slot && packet.state != PacketState::Withdrawn)
        .flat_map(|packet| packet.asked.into_iter().map(|asked| asked.id))
        .collect()
}

both_databases! {
    async fn a_draft_is_weighed_published_and_taken_up_at_the_next_session(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        let first = harbor.appointment(&app, at("2026-03-05T15:00:00-08:00")).await;
        let second = harbor.appointment(&app, at("2026-03-12T15:00:00-07:00")).await;
        let browser = sign_in(&app, "adam").await;
        let page = browser.get("/admin/protocol").await;
        let csrf = page.field("csrf");
        // The wellbeing check goes, a short screen comes every other session, GAD-7 may be left out.
        let mut form = vec![
            ("csrf", csrf.as_str()), ("protocol_name", "Standard"), ("intake", "phq-9"), ("weeks_phq-9", "2"), ("after_session", "session-feedback"),
            ("line_0_instrument", "phq-2"), ("line_0_rhythm", "before_session"), ("line_0_number", "2"), ("line_0_from", "2"),
            ("line_0_weight", "core"), ("line_0_priority", "5"),
            ("line_1_instrument", "gad-7"), ("line_1_rhythm", "every_weeks"), ("line_1_number", "2"),
            ("line_1_weight", "supplemental"), ("line_1_priority", "8"), ("budget_items", "12"), ("budget_seconds", ""),
        ];
        form.push(("act", "preview"));
        let seen = browser.post("/admin/protocol", &form).await;
        assert_eq!(seen.status, StatusCode::OK, "{}", seen.body);
        assert!(seen.body.contains("Nothing has been published"), "{}", seen.body);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        assert_eq!(store::protocol::list(&mut read).await.unwrap().len(), 1, "a look changes nothing");
        drop(read);
        form.pop();
        let published = browser.post("/admin/protocol", &form).await;
        assert_eq!(published.status, StatusCode::OK, "{}", published.body);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let versions = store::protocol::list(&mut read).await.unwrap();
        drop(read);
        let current = &versions[0];
        assert_eq!((current.version, current.lines.len()), (2, 5));
        assert_eq!(current.budget, Some(care::protocol::Budget { items: 12, seconds: 84 }));

        // Nobody has moved yet: that needs a decision and a reason.
        app.run_jobs().await;
        assert!(asked(&app, &harbor, &format!("before:{second}")).await.contains(&"wellbeing-check".to_owned()));
        let move_to = format!("/admin/protocol/{}/move", current.id);
        let refused = browser.post(&move_to, &[("csrf", csrf.as_str()), ("move_reason", " ")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let reason = "Shorter check-ins from March on.";
        let page = browser.post(&move_to, &[("csrf", csrf.as_str()), ("move_reason", reason)]).await;
        assert!(page.body.contains("One moves at its next session"), "{}", page.body);
        app.run_jobs().await;
        assert!(asked(&app, &harbor, &format!("before:{first}")).await.contains(&"wellbeing-check".to_owned()), "until the session it is as before");

        // The session comes and goes.
        app.clock.set(at("2026-03-05T15:55:00-08:00"));
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let by = care::staff::Actor::Staff(harbor.ana.clone());
        workflows::appointment::record(&mut tx, &app.ctx, &by, &first, workflows::appointment::Attendance::Attended).await.unwrap();
        tx.commit().await.unwrap();
        let next = asked(&app, &harbor, &format!("before:{second}")).await;
        assert!(next.contains(&"phq-2".to_owned()) && !next.contains(&"wellbeing-check".to_owned()), "{next:?}");
        let plan = sign_in(&app, "ana").await.get(&format!("/clients/{}/plan", harbor.client)).await;
        assert!(plan.body.contains("Version 1 to 2") && plan.body.contains(reason), "{}", plan.body);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let audit = store::audit_page(&mut read, 0, 1000).await.unwrap();
        assert_eq!(audit.iter().filter(|row| row.action == "episode.set_protocol").count(), 1);
        assert!(!format!("{audit:?}").contains("Shorter"), "the audit has no free text");
    }

    async fn a_version_from_a_later_day_on_waits_and_is_withdrawn_or_begins(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        harbor.appointment(&app, at("2026-03-05T15:00:00-08:00")).await;
        let session = harbor.appointment(&app, at("2026-03-12T15:00:00-07:00")).await;
        let after = harbor.appointment(&app, at("2026-03-19T15:00:00-07:00")).await;
        let browser = sign_in(&app, "adam").await;
        let csrf = browser.get("/admin/protocol").await.field("csrf");
        let send = async |from: &str, act: &str| {
            let form = [("csrf", csrf.as_str()), ("protocol_name", "Standard"), ("before_session", "phq-2"), ("in_force_from", from), ("act", act)];
            browser.post("/admin/protocol", &form).await
        };
        for (from, says) in [("2026-03-01", "Choose today or a later day"), ("2027-04-01", "Choose a day within a year"), ("2026-02-30", "Enter a day that exists")] {
            let refused = send(from, "publish").await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{from}");
            assert!(refused.body.contains(&format!("In force from: {says}")) && refused.body.contains(&format!("value=\"{from}\"")), "{}", refused.body);
        }
        let seen = send("2026-03-09", "preview").await;
        assert!(seen.body.contains("moved on Mar 9, 2026. Nothing has been published"), "{}", seen.body);
        let page = send("2026-03-09", "publish").await;
        assert!(page.body.contains("Standard: version 2 from Mar 9, 2026") && page.body.contains("One open episode keeps its version also then"), "{}", page.body);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let ahead = store::protocol::scheduled(&mut read).await.unwrap().remove(0);
        drop(read);
        let file = browser.get(&format!("/admin/protocol/{}/file", ahead.id)).await.body;
        assert!(file.contains("in_force_from = 2026-03-09"), "{file}");
        let again = browser.post("/admin/protocol/file", &[("csrf", csrf.as_str()), ("protocol_file", &file)]).await;
        assert!(again.status == StatusCode::UNPROCESSABLE_ENTITY && again.body.contains("withdraw it first"), "{}", again.body);

        // Withdrawn, it comes back from its file.
        let act = async |id: &care::ProtocolId, what: &str, reason: &str| {
            browser.post(&format!("/admin/protocol/{id}/{what}"), &[("csrf", csrf.as_str()), ("begin_reason", reason)]).await
        };
        let page = act(&ahead.id, "withdraw", "").await;
        assert!(!page.body.contains("version 2 from Mar 9") && page.body.contains("Withdrawn before its day"), "{}", page.body);
        let refused = act(&ahead.id, "withdraw", "").await;
        assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.body.contains("or was withdrawn"), "{}", refused.body);
        let page = browser.post("/admin/protocol/file", &[("csrf", csrf.as_str()), ("protocol_file", &file)]).await;
        assert!(page.body.contains("Standard: version 3 from Mar 9, 2026"), "{}", page.body);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let ahead = store::protocol::scheduled(&mut read).await.unwrap().remove(0);
        drop(read);

        // Why running episodes move; their clinician sees it coming.
        let refused = act(&ahead.id, "move", " ").await;
        assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.body.contains("Why running episodes move then: Fill this in"), "{}", refused.body);
        let reason = "Shorter check-ins from March on.";
        assert!(act(&ahead.id, "move", reason).await.body.contains(reason));
        let plan = sign_in(&app, "ana").await.get(&format!("/clients/{}/plan", harbor.client)).await;
        assert!(plan.body.contains("at the first session from Mar 9, 2026") && plan.body.contains(reason), "{}", plan.body);

        app.clock.set(at("2026-03-05T16:00:00-08:00"));
        app.run_jobs().await;
        assert!(asked(&app, &harbor, &format!("before:{session}")).await.contains(&"wellbeing-check".to_owned()), "a session before the day");
        app.clock.set(at("2026-03-09T00:00:00-07:00"));
        app.run_jobs().await;
        let page = sign_in(&app, "adam").await.get("/admin/protocol").await;
        assert!(page.body.contains("Version 3 is in force") && page.body.contains("One moves at its next session"), "{}", page.body);
        assert!(asked(&app, &harbor, &format!("before:{session}")).await.contains(&"wellbeing-check".to_owned()), "the session is still to come");
        app.clock.set(at("2026-03-12T15:55:00-07:00"));
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let by = care::staff::Actor::Staff(harbor.ana.clone());
        workflows::appointment::record(&mut tx, &app.ctx, &by, &session, workflows::appointment::Attendance::Attended).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(asked(&app, &harbor, &format!("before:{after}")).await, ["phq-2"]);
    }

    async fn several_are_in_force_and_a_new_client_begins_under_the_default(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        let browser = sign_in(&app, "adam").await;
        let csrf = browser.get("/admin/protocol").await.field("csrf");
        let act = async |id: &care::ProtocolId, what: &str| browser.post(&format!("/admin/protocol/{id}/{what}"), &[("csrf", csrf.as_str())]).await;
        let plain = browser.get("/admin/clients/new").await;
        assert!(!plain.body.contains("name=\"protocol\""), "there is nothing to choose");
        let refused = act(&harbor.protocol, "retire").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("This is the only one in force"), "{}", refused.body);

        let form = [("csrf", csrf.as_str()), ("protocol_name", "Adolescents"), ("intake", "phq-9")];
        let published = browser.post("/admin/protocol", &form).await;
        assert!(published.body.contains("New episodes begin under the default unless"), "{}", published.body);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let current = store::protocol::current(&mut read).await.unwrap();
        drop(read);
        let young = current.iter().find(|one| one.name == "Adolescents").unwrap().id.clone();
        let page = browser.get("/admin/protocol").await;
        assert!(page.body.contains("Shown here: Standard") && page.body.contains(&format!("/admin/protocol?protocol={young}")), "{}", page.body);
        assert!(browser.get(&format!("/admin/protocol?protocol={young}")).await.body.contains("Shown here: Adolescents"));

        // At the desk: the form offers both, the default chosen; whoever chooses nothing gets the default.
        let desk = sign_in(&app, "ida").await;
        let page = desk.get("/admin/clients/new").await;
        assert!(page.body.contains(&format!("<option value=\"{}\" selected>Standard", harbor.protocol)), "{}", page.body);
        let token = page.field("csrf");
        let take_in = async |name: &str, protocol: &str| {
            let form = [("csrf", token.as_str()), ("name", name), ("site", harbor.north.as_str()), ("language", "en"), ("preferred_channel", "sms"), ("recipient", "client"), ("phone", "+14155550177"), ("protocol", protocol)];
            let page = desk.post("/admin/clients/new", &form).await;
            assert_eq!(page.status, StatusCode::OK, "{}", page.body);
            let client = care::ClientId::from_text(page.path.trim_start_matches("/clients/"));
            let mut read = app.db.read(&harbor.practice).await.unwrap();
            store::episode::open_of_client(&mut read, &client).await.unwrap().unwrap().protocol_id
        };
        assert_eq!(take_in("Nora Lind", "").await, harbor.protocol);
        assert_eq!(take_in("Otis Park", young.as_str()).await, young);

        let refused = act(&harbor.protocol, "retire").await;
        assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.body.contains("make another the default first"), "{}", refused.body);
        act(&young, "default").await;
        assert_eq!(act(&harbor.protocol, "retire").await.status, StatusCode::OK);
        assert_eq!(take_in("Pia Roth", "").await, young);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let audit = store::audit_page(&mut read, 0, 1000).await.unwrap();
        for action in ["protocol.make_default", "protocol.retire"] {
            assert_eq!(audit.iter().filter(|row| row.action == action).count(), 1, "{action}");
        }
    }

    async fn running_episodes_move_at_once_only_with_a_reason(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        let browser = sign_in(&app, "adam").await;
        let csrf = browser.get("/admin/protocol").await.field("csrf");
        browser.post("/admin/protocol", &[("csrf", csrf.as_str()), ("protocol_name", "Standard"), ("intake", "phq-9")]).await;
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let to = store::protocol::default(&mut read).await.unwrap().unwrap().id;
        drop(read);
        let apply = async |reason: &str| browser.post("/admin/protocol/apply", &[("csrf", csrf.as_str()), ("protocol", to.as_str()), ("apply_reason", reason)]).await;
        let refused = apply(" ").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("Reason for moving them now: Fill this in"), "{}", refused.body);
        let reason = "The payer asks for it from today.";
        let done = apply(reason).await;
        assert!(done.body.contains("Running episodes are under the version in force"), "{}", done.body);
        let plan = sign_in(&app, "ana").await.get(&format!("/clients/{}/plan", harbor.client)).await;
        assert!(plan.body.contains("Version 1 to 2") && plan.body.contains(reason), "{}", plan.body);
    }

    async fn one_client_is_asked_something_else_and_the_reason_stays(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        let session = harbor.appointment(&app, at("2026-03-05T15:00:00-08:00")).await;
        let slot = format!("before:{session}");
        let browser = sign_in(&app, "ana").await;
        let path = format!("/clients/{}/plan", harbor.client);
        let csrf = browser.get(&path).await.field("csrf");
        let send = async |fields: &[(&str, &str)]| {
            let form: Vec<(&str, &str)> = [("csrf", csrf.as_str())].into_iter().chain(fields.iter().copied()).collect();
            browser.post(&format!("{path}/exceptions"), &form).await
        };
        let refused = send(&[("exception_what", "skip"), ("exception_instrument", "gad-7"), ("exception_until", "2026-03-01")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(asked(&app, &harbor, &slot).await.contains(&"gad-7".to_owned()));
        let reason = "Anxiety is not what we work on.";
        let skip = [("exception_what", "skip"), ("exception_instrument", "gad-7"), ("exception_reason", reason)];
        assert!(send(&skip).await.body.contains(reason));
        assert!(!asked(&app, &harbor, &slot).await.contains(&"gad-7".to_owned()));
        assert_eq!(send(&skip).await.status, StatusCode::UNPROCESSABLE_ENTITY, "it stands already");
        let add = |rhythm, number| [("exception_what", "add"), ("exception_instrument", "phq-2"), ("exception_rhythm", rhythm), ("exception_number", number), ("exception_reason", "Asked for it.")];
        for (rhythm, number, says) in [
            ("every_days", "", "Number: Enter a whole number"),
            ("every_months", "often", "Number: Enter a whole number"),
            ("every_days", "900", "Number: Enter a whole number"),
            ("sometimes", "", "When it is asked: Choose one"),
        ] {
            let refused = send(&add(rhythm, number)).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{rhythm} {number}");
            assert!(refused.body.contains(says) && refused.body.contains("Asked for it."), "{}", refused.body);
        }
        assert!(!asked(&app, &harbor, &slot).await.contains(&"phq-2".to_owned()));
        send(&add("before_session", "")).await;
        assert!(asked(&app, &harbor, &slot).await.contains(&"phq-2".to_owned()));
        let mut last = String::new();
        for (rhythm, number) in [("every_days", "10"), ("after_session", "2"), ("every_months", "1"), ("discharge", ""), ("follow_up", "6"), ("no_show", ""), ("case_opened", ""), ("intake", "")] {
            last = send(&add(rhythm, number)).await.body;
        }
        for says in ["before every session", "every 10 days", "after every session in 2", "every month", "at discharge", "6 months after discharge", "after a missed session", "when a case is opened", "at intake"] {
            assert!(last.contains(&format!("Added: PHQ-2</b>, {says}")), "{says}: {last}");
        }
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let standing = store::protocol_exception::of_episode(&mut read, &harbor.episode).await.unwrap();
        drop(read);
        for one in &standing {
            browser.post(&format!("{path}/exceptions/{}/end", one.id), &[("csrf", csrf.as_str())]).await;
        }
        let back = asked(&app, &harbor, &slot).await;
        assert!(back.contains(&"gad-7".to_owned()) && !back.contains(&"phq-2".to_owned()), "{back:?}");
    }

    async fn a_line_asks_the_clinician_and_a_parent_and_says_where_nobody_is(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        let session = harbor.appointment(&app, at("2026-03-05T15:00:00-08:00")).await;
        let admin = sign_in(&app, "adam").await;
        let csrf = admin.get("/admin/protocol").await.field("csrf");
        let send = async |rhythm: &str| {
            let form = [
                ("csrf", csrf.as_str()), ("protocol_name", "Standard"), ("before_session", "phq-2"),
                ("line_0_instrument", "clinician-impression"), ("line_0_rhythm", "before_session"), ("line_0_rater", "clinician"),
                ("line_1_instrument", "psc-17"), ("line_1_rhythm", rhythm), ("line_1_rater", "parent"),
            ];
            admin.post("/admin/protocol", &form).await
        };
        let refused = send("discharge").await;
        assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.body.contains("Others are asked only while"), "{}", refused.body);
        let published = send("before_session").await;
        assert!(published.body.contains("answered by a parent") && published.body.contains("answered by the clinician"), "{}", published.body);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let to = store::protocol::default(&mut read).await.unwrap().unwrap().id;
        drop(read);
        admin.post("/admin/protocol/apply", &[("csrf", csrf.as_str()), ("protocol", to.as_str()), ("apply_reason", "Two views.")]).await;
        app.run_jobs().await;
        assert_eq!(asked(&app, &harbor, &format!("before:{session}")).await, ["phq-2"]);

        let ana = sign_in(&app, "ana").await;
        let plan = ana.get(&format!("/clients/{}/plan", harbor.client)).await;
        assert!(plan.body.contains("Not asked: nobody of that kind was agreed to"), "{}", plan.body);
        let raters = format!("/clients/{}/raters", harbor.client);
        let token = ana.get(&raters).await.field("csrf");
        let person = [("csrf", token.as_str()), ("act", "agree"), ("person_name", "Maria"), ("relation", "parent"), ("person_language", "en"), ("agreed", "1")];
        ana.post(&raters, &person).await;
        let plan = ana.get(&format!("/clients/{}/plan", harbor.client)).await;
        assert!(plan.body.contains("PSC-17 · Maria") && !plan.body.contains("Not asked"), "{}", plan.body);
        let planner = admin.get("/admin/protocol/planner").await;
        for says in ["Asked of others", "PSC-17, answered by anybody close to the client", "Every line for others has somebody to ask"] {
            assert!(planner.body.contains(says), "{says}: {}", planner.body);
        }
        assert!(!ana.get("/today").await.body.contains("How others see it: due"));
        app.clock.set(at("2026-03-05T14:00:00-08:00"));
        let today = sign_in(&app, "ana").await;
        let page = today.get("/today").await;
        assert!(page.body.contains("How others see it: due") && page.body.contains("PSC-17 · parent"), "{}", page.body);
        let page = today.get(&raters).await;
        assert_eq!(page.body.matches("Due since").count(), 2, "{}", page.body);
    }

    async fn a_parent_is_asked_about_one_client_besides(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        harbor.appointment(&app, at("2026-03-05T15:00:00-08:00")).await;
        let ana = sign_in(&app, "ana").await;
        let path = format!("/clients/{}/plan", harbor.client);
        let csrf = ana.get(&path).await.field("csrf");
        let send = async |rhythm: &str| {
            let form = [
                ("csrf", csrf.as_str()), ("exception_what", "add"), ("exception_instrument", "psc-17"), ("exception_rater", "parent"),
                ("exception_rhythm", rhythm), ("exception_reason", "The school asked for it."),
            ];
            ana.post(&format!("{path}/exceptions"), &form).await
        };
        let refused = send("discharge").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("Who answers: Others are asked only while"), "{}", refused.body);
        let added = send("before_session").await;
        assert!(added.body.contains("Added: PSC-17</b>, answered by a parent, before every session"), "{}", added.body);
        assert!(added.body.contains("The school asked for it.") && added.body.contains("Not asked: nobody of that kind"), "{}", added.body);
        let raters = format!("/clients/{}/raters", harbor.client);
        let person = [("csrf", csrf.as_str()), ("act", "agree"), ("person_name", "Maria"), ("relation", "parent"), ("person_language", "en"), ("agreed", "1")];
        ana.post(&raters, &person).await;
        assert!(ana.get(&path).await.body.contains("PSC-17 · Maria"));
        app.clock.set(at("2026-03-05T14:00:00-08:00"));
        let today = sign_in(&app, "ana").await.get("/today").await;
        assert!(today.body.contains("PSC-17 · parent"), "{}", today.body);
    }

    async fn a_protocol_is_a_file_and_a_wrong_line_is_named(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        let browser = sign_in(&app, "adam").await;
        let csrf = browser.get("/admin/protocol").await.field("csrf");
        let file = browser.get(&format!("/admin/protocol/{}/file", harbor.protocol)).await.body;
        let send = async |text: &str| browser.post("/admin/protocol/file", &[("csrf", csrf.as_str()), ("protocol_file", text)]).await;
        let wrong = send(&file.replace("every_weeks", "sometimes")).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("cannot be read") && wrong.body.contains("sometimes"), "{}", wrong.body);
        let unknown = send(&file.replace("session-feedback", "no-such-form")).await;
        assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
        let follow_up = format!("{file}\n[[line]]\ninstrument = \"phq-9\"\nrhythm = {{ when = \"follow_up\", months = 6 }}\n");
        assert_eq!(send(&follow_up).await.status, StatusCode::OK);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let versions = store::protocol::list(&mut read).await.unwrap();
        assert_eq!((versions.len(), versions[0].lines.len()), (2, 7));
        drop(read);

        // A course that ends under it is followed up six months later, though it is over.
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let by = care::staff::Actor::Staff(harbor.ana.clone());
        workflows::episode::change_protocol(&mut tx, &app.ctx, &by, &harbor.episode, &versions[0].id).await.unwrap();
        let end = workflows::episode::Discharge {
            episode: harbor.episode.clone(),
            reason: care::episode::DischargeReason::Completed,
            case_to: None,
        };
        workflows::episode::discharge(&mut tx, &app.ctx, &harbor.ana, &end).await.unwrap();
        tx.commit().await.unwrap();
        app.run_jobs().await;
        let before = app.memory.messages().len();
        app.clock.set(at("2026-09-02T08:00:00-07:00"));
        app.run_jobs().await;
        app.clock.advance(Duration::minutes(1));
        app.run_jobs().await;
        let sent = app.memory.messages();
        assert_eq!(sent.len(), before + 1, "one text, six months after the end");
        assert!(sent.last().unwrap().text().contains("/c/"));
    }
}
