//! What the office does on its pages: other times for appointments, episodes that end, begin and change hands, one's own
//! account, and addresses that lead nowhere.

use axum::http::StatusCode;
use care::appointment::AppointmentState;
use care::{Clock, StaffId};
use chrono::Duration;
use tests::harbor::{PASSWORD, sign_in};
use tests::{Harbor, TestApp, at, both_databases};

const NOW: &str = "2026-03-10T09:05:00-07:00";

async fn clinician_of(app: &TestApp, harbor: &Harbor) -> Option<StaffId> {
    let mut read = app.db.read(&harbor.practice).await.unwrap();
    store::assignment::current(&mut read, &harbor.episode).await.unwrap().map(|one| one.clinician_id)
}

both_databases! {
    async fn an_appointment_moves_once_and_takes_its_check_in_along(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let harbor = Harbor::found(&app).await;
        let appointment = harbor.appointment(&app, at("2026-03-17T15:00:00-07:00")).await;
        let (ida, csrf) = sign_in(&app, "ida").await;
        let client = ida.get(&format!("/clients/{}", harbor.client)).await;
        let form = format!("/appointments/{appointment}");
        assert!(client.body.contains(&form), "the client's page leads there");
        let page = ida.get(&form).await;
        let (seen, date) = (page.field("seen"), "2026-03-19");
        assert!(page.body.contains("value=\"15:00\""), "in the site's zone");
        let to = format!("{form}/move");
        let wrong = ida.send(&csrf, &to, &[("seen", &seen), ("date", "2026-03-08"), ("starts", "02:30"), ("minutes", "50")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("value=\"02:30\""), "what was typed is still there");
        let moved = ida.send(&csrf, &to, &[("seen", &seen), ("date", date), ("starts", "10:30"), ("minutes", "40")]).await;
        assert_eq!((moved.status, moved.path), (StatusCode::OK, format!("/clients/{}", harbor.client)));
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let now = store::appointment::find(&mut read, &appointment).await.unwrap().unwrap();
        let packets = store::packet::of_episode(&mut read, &harbor.episode).await.unwrap();
        drop(read);
        assert_eq!((now.starts_at, now.ends_at), (at("2026-03-19T10:30:00-07:00"), at("2026-03-19T11:10:00-07:00")));
        let before = packets.iter().find(|packet| packet.slot == format!("before:{appointment}")).unwrap();
        assert_eq!(before.send_at, at("2026-03-18T10:30:00-07:00"), "a day before the new time");
        let late = ida.send(&csrf, &to, &[("seen", &seen), ("date", "2026-03-20"), ("starts", "08:00"), ("minutes", "50")]).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "who saw the old time was too slow");
    }

    async fn an_episode_ends_with_its_case_handed_over_and_another_begins(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let harbor = Harbor::found(&app).await;
        harbor.answer(&app, "phq-9", &[2, 2, 2, 2, 2, 1, 1, 1, 2].map(Some)).await;
        let (ana, csrf) = sign_in(&app, "ana").await;
        let page = format!("/clients/{}", harbor.client);
        let end = format!("{page}/discharge");
        let refused = ana.send(&csrf, &end, &[("reason", "completed")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("href=\"#case_to\""), "the case needs somebody first");
        let ended = ana.send(&csrf, &end, &[("reason", "completed"), ("case_to", harbor.ben.as_str())]).await;
        assert_eq!(ended.status, StatusCode::OK);
        assert!(ended.body.contains(&format!("{page}/episodes")), "another one is offered");
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let case = store::case::open_of_episode(&mut read, &harbor.episode).await.unwrap().unwrap();
        drop(read);
        assert_eq!(case.owner_id, harbor.ben);
        let (ida, csrf) = sign_in(&app, "ida").await;
        let wrong = ida.send(&csrf, &format!("{page}/episodes"), &[("starts_on", "someday")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let fields = [("clinician", harbor.ben.as_str()), ("site", harbor.north.as_str()), ("starts_on", "2026-03-10")];
        let begun = ida.send(&csrf, &format!("{page}/episodes"), &fields).await;
        assert_eq!((begun.status, begun.path.as_str()), (StatusCode::OK, page.as_str()));
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let episodes = store::episode::list_of_client(&mut read, &harbor.client).await.unwrap();
        let open = episodes.iter().find(|one| one.is_open()).unwrap();
        let with = store::assignment::current(&mut read, &open.id).await.unwrap().unwrap();
        assert_eq!((episodes.len(), with.clinician_id), (2, harbor.ben.clone()));
    }

    async fn ones_own_account_asks_for_the_password_before_what_matters(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let _harbor = Harbor::found(&app).await;
        let (elsewhere, _) = sign_in(&app, "ana").await;
        let (ana, csrf) = sign_in(&app, "ana").await;
        let account = ana.get("/account").await;
        assert_eq!(account.body.matches("last used").count(), 2, "both browsers are listed");
        assert!(account.body.contains("second step on this server"), "and that a password is enough is said");
        let new = "nine green bottles";
        let fields = |now| [("password_now", now), ("password", new), ("password_again", new)];
        let wrong = ana.send(&csrf, "/account/password", &fields("not the password")).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("href=\"#password_now\""));
        assert_eq!(elsewhere.get("/today").await.path, "/today", "nothing has happened yet");
        let changed = ana.send(&csrf, "/account/password", &fields(PASSWORD)).await;
        assert_eq!((changed.status, changed.path.as_str()), (StatusCode::OK, "/account"));
        assert!(elsewhere.get("/today").await.path.starts_with("/sign-in"), "other browsers are out");
        let codes = ana.send(&csrf, "/account/recovery-codes", &[("password_now", PASSWORD)]).await;
        assert_eq!(codes.status, StatusCode::UNPROCESSABLE_ENTITY, "the old password is worth nothing");
        let codes = ana.send(&csrf, "/account/recovery-codes", &[("password_now", new)]).await;
        assert_eq!(codes.body.matches("<li>").count() >= workflows::sign_in::CODES, codes.status == StatusCode::OK);
        for _ in 0..10 {
            ana.send(&csrf, "/account/recovery-codes", &[("password_now", "guess")]).await;
        }
        let held = ana.send(&csrf, "/account/recovery-codes", &[("password_now", new)]).await;
        assert_eq!(held.status, StatusCode::TOO_MANY_REQUESTS, "a stolen session guesses no faster than a stranger");
    }

    async fn the_key_that_goes_to_the_search_can_be_switched_off_by_each_person(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let harbor = Harbor::found(&app).await;
        let (ana, csrf) = sign_in(&app, "ana").await;
        let key = "data-key=\"/\" aria-keyshortcuts=\"/\"";
        assert!(ana.get("/today").await.body.contains(key));
        let person = [("name", "Ana"), ("phone", "+14155550110"), ("language", "en"), ("backup", harbor.ben.as_str())];
        let off = [&person[..], &[("shortcut", "off")]].concat();
        let saved = ana.send(&csrf, "/account", &off).await;
        assert_eq!(saved.status, StatusCode::OK);
        assert!(!ana.get("/today").await.body.contains(key), "the search is there, and the key is a character");
        assert!(ana.get("/today").await.body.contains("id=\"find\""));
        // What a form does not say stays, and nobody else's changes.
        ana.send(&csrf, "/account", &person).await;
        assert!(!ana.get("/today").await.body.contains(key));
        let (sofia, _) = sign_in(&app, "sofia").await;
        assert!(sofia.get("/today").await.body.contains(key));
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let audit = store::audit_page(&mut read, 0, 500).await.unwrap();
        let switched: Vec<_> = audit.iter().filter(|row| row.action == "staff.set_shortcut").collect();
        assert_eq!((switched.len(), switched[0].detail.0["shortcut"].as_str()), (1, Some("off")));
    }

    async fn who_looked_is_shown_to_whom_it_concerns(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let harbor = Harbor::found(&app).await;
        let (sofia, _) = sign_in(&app, "sofia").await;
        sofia.get(&format!("/clients/{}", harbor.client)).await;
        let (ana, _) = sign_in(&app, "ana").await;
        ana.get(&format!("/clients/{}", harbor.client)).await;
        let looks = ana.get("/account/looks").await;
        assert!(looks.body.contains("Sofia") && looks.body.contains("Robin Vale"), "{}", looks.body);
        assert_eq!(looks.body.matches("<th scope=\"row\">Ana").count(), 0, "one's own looks are left out");
        let (ben, _) = sign_in(&app, "ben").await;
        assert!(!ben.get("/account/looks").await.body.contains("Robin Vale"), "another's clients are not named");
    }

    async fn what_a_leaver_leaves_behind_is_passed_on(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let harbor = Harbor::found(&app).await;
        let (adam, csrf) = sign_in(&app, "adam").await;
        let page = format!("/admin/staff/{}", harbor.ana);
        adam.send(&csrf, &format!("{page}/deactivate"), &[]).await;
        assert!(adam.get("/admin").await.body.contains("who has left"), "it is a concern until somebody has seen to it");
        let account = adam.get(&page).await;
        assert!(account.body.contains("Robin Vale"));
        let none = adam.send(&csrf, &format!("{page}/hand-on"), &[("episode", harbor.episode.as_str())]).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY, "to whom?");
        let fields = [("episode", harbor.episode.as_str()), ("clinician", harbor.ben.as_str())];
        let passed = adam.send(&csrf, &format!("{page}/hand-on"), &fields).await;
        assert_eq!(passed.status, StatusCode::OK);
        assert_eq!(clinician_of(&app, &harbor).await, Some(harbor.ben.clone()));
        assert!(!adam.get("/admin").await.body.contains("who has left"));
    }

    async fn running_episodes_move_to_the_version_in_force(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let harbor = Harbor::found(&app).await;
        let (adam, csrf) = sign_in(&app, "adam").await;
        let fields = [("protocol_name", "Standard"), ("intake", "phq-9"), ("weeks_phq-9", "4")];
        let published = adam.send(&csrf, "/admin/protocol", &fields).await;
        assert!(published.body.contains("1 running episode"), "how many is said before: {}", published.body);
        let to = published.field("protocol");
        let applied = adam.send(&csrf, "/admin/protocol/apply", &[("protocol", &to), ("apply_reason", "less to answer")]).await;
        assert_eq!(applied.status, StatusCode::OK);
        assert!(!applied.body.contains("/admin/protocol/apply"), "nothing is left to be moved");
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let episode = store::episode::find(&mut read, &harbor.episode).await.unwrap().unwrap();
        drop(read);
        assert_eq!(episode.protocol_id.as_str(), to);
        app.run_jobs().await;
        let again = adam.send(&csrf, "/admin/protocol/apply", &[("protocol", "nothing")]).await;
        assert_eq!(again.status, StatusCode::OK, "a version that is none changes nothing");
    }

    async fn an_address_that_leads_nowhere_knows_who_asks(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let _harbor = Harbor::found(&app).await;
        let (ana, _) = sign_in(&app, "ana").await;
        for path in ["/admin/nothing", "/nothing", "/cases/1/2/3"] {
            let page = ana.get(path).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
            assert!(page.body.contains("There is nothing here") && page.body.contains("class=\"rail\""), "{path}:\n{}", page.body);
        }
        let stranger = app.browser();
        let office = stranger.get("/admin/nothing").await;
        assert!(office.status == StatusCode::NOT_FOUND && office.body.contains("/assets/staff"));
        for path in ["/nothing", "/c/a/b/c", "/check-in/1/2"] {
            let page = stranger.get(path).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND);
            assert!(page.body.contains("/assets/client") && !page.body.contains("staff"), "{path} says nothing of an office");
        }
        assert!(ana.get("/c/a/b/c").await.body.contains("/assets/client"), "a client's address is a client's page for everyone");
    }

    async fn an_invitation_says_who_invites_and_as_what(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let _harbor = Harbor::found(&app).await;
        let (adam, csrf) = sign_in(&app, "adam").await;
        let fields = [("name", "Nia"), ("email", "nia@example.org"), ("language", "en"), ("role", "clinician")];
        adam.send(&csrf, "/admin/staff/new", &fields).await;
        app.run_jobs().await;
        let sent: Vec<String> = app.sent().iter().map(|message| message.text().to_owned()).collect();
        assert!(sent.iter().any(|mail| mail.contains("Adam (Administrator) has set up")), "{sent:?}");
    }

    async fn two_people_edit_one_client(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let harbor = Harbor::found(&app).await;
        let (ida, csrf) = sign_in(&app, "ida").await;
        let path = format!("/admin/clients/{}", harbor.client);
        let revision = ida.get(&path).await.field("revision");
        let fields = |name| [("revision", revision.as_str()), ("name", name), ("site", harbor.north.as_str()), ("language", "en")];
        assert_eq!(ida.send(&csrf, &path, &fields("Robin Valente")).await.status, StatusCode::OK);
        assert_eq!(ida.send(&csrf, &path, &fields("Robin Other")).await.status, StatusCode::CONFLICT);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let client = store::client::find(&mut read, &harbor.client).await.unwrap().unwrap();
        assert_eq!(client.name.text(), "Robin Valente");
    }

    async fn done_tasks_are_shown_for_a_week(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let harbor = Harbor::found(&app).await;
        let task = care::practice::Task {
            id: app.ctx.id(care::TaskId::new),
            kind: care::practice::TaskKind::Undeliverable,
            client_id: Some(harbor.client.clone()),
            raised_at: app.clock.now(),
            due_at: app.clock.now(),
            done_at: None,
            done_by: None,
        };
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        store::task::raise(&mut tx, &task).await.unwrap();
        tx.commit().await.unwrap();
        let (ida, csrf) = sign_in(&app, "ida").await;
        let page = ida.send(&csrf, &format!("/tasks/{}/done", task.id), &[]).await;
        assert!(page.body.contains("Done by Ida"), "{}", page.body);
        app.clock.advance(Duration::days(8));
        let (ida, _) = sign_in(&app, "ida").await;
        assert!(!ida.get("/tasks").await.body.contains("Done by Ida"));
    }

    async fn an_attended_session_is_not_moved(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let harbor = Harbor::found(&app).await;
        let appointment = harbor.appointment(&app, at("2026-03-10T09:00:00-07:00")).await;
        let (ida, csrf) = sign_in(&app, "ida").await;
        let state = format!("/appointments/{appointment}/state");
        ida.send(&csrf, &state, &[("state", "attended")]).await;
        let seen = at("2026-03-10T09:00:00-07:00").timestamp_micros().to_string();
        let fields = [("seen", seen.as_str()), ("date", "2026-03-20"), ("starts", "08:00"), ("minutes", "50")];
        let page = ida.send(&csrf, &format!("/appointments/{appointment}/move"), &fields).await;
        assert_eq!(page.status, StatusCode::OK, "said on the page, not a fault");
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let found = store::appointment::find(&mut read, &appointment).await.unwrap().unwrap();
        assert_eq!((found.state, found.starts_at), (AppointmentState::Attended, at("2026-03-10T09:00:00-07:00")));
    }

    async fn a_consent_is_recorded_with_the_wording_in_force(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let harbor = Harbor::found(&app).await;
        let (adam, csrf) = sign_in(&app, "adam").await;
        let page = format!("/clients/{}", harbor.client);
        assert!(adam.get(&page).await.body.contains("wording 2025-01"), "what is read out is on the page");
        let half = [("version", "2026-03"), ("body_en", "We send you questionnaires."), ("body_es", " ")];
        let refused = adam.send(&csrf, "/admin/consents", &half).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "every language has its text");
        let whole = [("version", "2026-03"), ("body_en", "We send you questionnaires."), ("body_es", "Le enviamos cuestionarios.")];
        assert_eq!(adam.send(&csrf, "/admin/consents", &whole).await.status, StatusCode::OK);
        let twice = adam.send(&csrf, "/admin/consents", &whole).await;
        assert!(twice.body.contains("href=\"#version\""), "a version is published once");
        let given = [("channel", "sms"), ("purpose", "appointment"), ("state", "given")];
        let recorded = adam.send(&csrf, &format!("{page}/consents"), &given).await;
        assert!(recorded.body.contains("We send you questionnaires."));
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let held = store::consent::current(&mut read, &harbor.client).await.unwrap();
        let of = |purpose| held.iter().find(|one| one.purpose == purpose).unwrap().wording_version.clone();
        assert_eq!(of(care::client::Purpose::Appointment), "2026-03");
        assert_eq!(of(care::client::Purpose::CheckIn), "1", "what was agreed to before stays what it was");
    }

    async fn a_site_s_own_help_comes_first_and_only_there(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let harbor = Harbor::found(&app).await;
        let (adam, csrf) = sign_in(&app, "adam").await;
        let fields = |site| [("language", "en"), ("label", "North night desk"), ("href", "tel:5550100134"), ("site", site)];
        adam.send(&csrf, "/admin/sites", &[("site_name", "Bay"), ("zone", "America/Los_Angeles")]).await;
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let sites = store::site::list(&mut read).await.unwrap();
        drop(read);
        let bay = sites.iter().find(|site| site.id != harbor.north).unwrap();
        let packet = harbor.packet(&app, &["phq-9"]).await;
        let link = harbor.link(&app, &packet).await;
        for (site, is_shown) in [(bay.id.as_str(), false), (harbor.north.as_str(), true)] {
            assert_eq!(adam.send(&csrf, "/admin/crisis", &fields(site)).await.status, StatusCode::OK);
            let help = app.browser().get(&format!("{link}/help")).await.body;
            assert_eq!(help.contains("North night desk"), is_shown);
            if is_shown {
                assert!(help.find("North night desk") < help.find("988 Suicide"), "the own site's first");
            }
        }
        assert!(!app.browser().get("/help").await.body.contains("North night desk"), "a stranger belongs to no site");
    }

    async fn the_audit_is_read_by_person_client_and_day(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let harbor = Harbor::found(&app).await;
        let (ana, _) = sign_in(&app, "ana").await;
        ana.get(&format!("/clients/{}", harbor.client)).await;
        app.clock.advance(Duration::days(2));
        let (adam, _) = sign_in(&app, "adam").await;
        let about = format!("/admin/audit?client={}", harbor.client);
        let all = adam.get(&about).await.body;
        assert!(all.contains("Entries about Robin Vale") && all.contains("Opened the client’s page"), "{all}");
        assert!(adam.get(&format!("{about}&from=2026-03-10&until=2026-03-10")).await.body.contains("view.chart"));
        assert!(!adam.get(&format!("{about}&from=2026-03-11")).await.body.contains("view.chart"));
        assert!(!adam.get(&format!("{about}&who={}", harbor.ben)).await.body.contains("view.chart"));
    }

    async fn programmes_and_payers_are_lists_of_the_practice(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let harbor = Harbor::found(&app).await;
        let (adam, csrf) = sign_in(&app, "adam").await;
        let page = format!("/clients/{}", harbor.client);
        assert!(!adam.get(&page).await.body.contains(&format!("{page}/placement")), "nothing to choose from yet");
        let add = |kind, name| [("kind", kind), ("name", name)];
        adam.send(&csrf, "/admin/placements", &add("programme", "Adults")).await;
        adam.send(&csrf, "/admin/placements", &add("payer", "Adults")).await;
        let twice = adam.send(&csrf, "/admin/placements", &add("programme", "Adults")).await;
        assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let all = store::placement::list(&mut read).await.unwrap();
        drop(read);
        assert_eq!(all.len(), 2, "a payer may be called like a programme");
        let of = |kind| all.iter().find(|entry| entry.kind == kind).unwrap().id.as_str().to_owned();
        let (programme, payer) = (of(care::placement::EntryKind::Programme), of(care::placement::EntryKind::Payer));
        let to = format!("{page}/placement");
        let crossed = adam.send(&csrf, &to, &[("programme", &payer)]).await;
        assert_eq!(crossed.status, StatusCode::UNPROCESSABLE_ENTITY, "a payer is no programme");
        let placed = adam.send(&csrf, &to, &[("programme", &programme), ("payer", &payer)]).await;
        assert_eq!(placed.status, StatusCode::OK);
        // Retired, it stays where it is and is not offered anew.
        adam.send(&csrf, &format!("/admin/placements/{programme}"), &[("name", "Adults"), ("state", "retired")]).await;
        assert_eq!(adam.send(&csrf, &to, &[("programme", &programme)]).await.status, StatusCode::OK);
        assert_eq!(adam.send(&csrf, &to, &[]).await.status, StatusCode::OK);
        assert_eq!(adam.send(&csrf, &to, &[("programme", &programme)]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }

    async fn everything_held_is_read_by_whom_it_concerns(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let harbor = Harbor::found(&app).await;
        harbor.answer(&app, "phq-9", &[2, 2, 2, 2, 2, 1, 1, 1, 2].map(Some)).await;
        let page = format!("/clients/{}/export", harbor.client);
        let (adam, _) = sign_in(&app, "adam").await;
        assert_eq!(adam.get(&page).await.status, StatusCode::FORBIDDEN, "it holds the chart");
        let (ana, _) = sign_in(&app, "ana").await;
        let read = ana.get(&page).await;
        for held in ["Robin Vale", "robin@example.org", "Little interest or pleasure in doing things", "Score: 15"] {
            assert!(read.body.contains(held), "{held} in\n{}", read.body);
        }
        let file = ana.get(&format!("{page}.json")).await;
        assert!(!file.headers["content-disposition"].to_str().unwrap().contains("Robin"), "the file's name names nobody");
        let record: serde_json::Value = serde_json::from_str(&file.body).unwrap();
        let tables = &record["tables"];
        assert_eq!(tables["client"][0]["name"], "Robin Vale");
        assert_eq!(tables["response"][0]["answers"]["phq-9"]["9"], 2);
        assert_eq!(tables["care_case"].as_array().unwrap().len(), 1);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let looks = store::audit_latest(&mut read, &store::AuditFilter::default(), 50).await.unwrap();
        assert_eq!(looks.iter().filter(|row| row.action.starts_with("export.")).count(), 2);
    }
}
