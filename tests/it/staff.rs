//! The staff's door and pages: signing in with a second factor, brakes on guessing, forged forms, looks in the audit,
//! two people at one case.

use axum::http::{Method, StatusCode, header};
use care::{Clock, Phi};
use chrono::Duration;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use std::collections::BTreeSet;
use store::AuditFilter;
use tests::harbor::PASSWORD;
use tests::{Browser, Harbor, Reply, TestApp, at, both_databases};
use web::SecondFactor;
use workflows::case::{Act, Command, act};

const NOW: &str = "2026-03-10T09:05:00-07:00";

/// Six digits for a base32 secret (RFC 6238).
fn totp(secret: &str, at: i64) -> String {
    let (mut bits, mut length, mut key) = (0_u32, 0, Vec::new());
    for letter in secret.bytes().filter(|byte| *byte != b' ') {
        let value = if letter.is_ascii_digit() { letter - b'2' + 26 } else { letter - b'A' };
        (bits, length) = (bits << 5 | u32::from(value), length + 5);
        if length >= 8 {
            length -= 8;
            key.push((bits >> length & 0xff) as u8);
        }
    }
    let mut mac = Hmac::<Sha1>::new_from_slice(&key).expect("any key will do");
    mac.update(&(at / 30).to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let offset = usize::from(hash[19] & 15);
    let number = u32::from_be_bytes(hash[offset..offset + 4].try_into().expect("four bytes")) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// What stands between two texts of a page.
fn between<'a>(page: &'a str, before: &str, after: &str) -> &'a str {
    let start = page.find(before).unwrap_or_else(|| panic!("no {before} in\n{page}")) + before.len();
    &page[start..start + page[start..].find(after).expect("the text ends")]
}

async fn sign_in(browser: &Browser, who: &str, password: &str) -> Reply {
    let csrf = browser.get("/sign-in").await.field("csrf");
    let email = format!("{who}@example.org");
    browser.post("/sign-in", &[("csrf", &csrf), ("email", &email), ("password", password), ("to", "/today")]).await
}

/// The actions in the audit so far, newest first, with the subject.
async fn audited(app: &TestApp, harbor: &Harbor) -> Vec<(String, String)> {
    let mut read = app.db.read(&harbor.practice).await.unwrap();
    let rows = store::audit_latest(&mut read, &AuditFilter::default(), 1000).await.unwrap();
    rows.into_iter().map(|row| (row.action, row.subject_id)).collect()
}

/// A case about danger of the client's, and its id.
async fn in_danger(app: &TestApp, harbor: &Harbor) -> care::CaseId {
    harbor.packet(app, &["phq-9"]).await;
    harbor.answer(app, "phq-9", &[2, 2, 2, 2, 2, 1, 1, 1, 2].map(Some)).await;
    let mut read = app.db.read(&harbor.practice).await.unwrap();
    store::case::open_of_episode(&mut read, &harbor.episode)
        .await
        .unwrap()
        .expect("an answer about danger has its case")
        .id
}

both_databases! {
    async fn a_second_factor_is_set_up_and_then_asked_for(db: TestDb) {
        let app = TestApp::with_second_factor(db, at(NOW), SecondFactor::Required);
        let harbor = Harbor::found(&app).await;
        let browser = app.browser();

        let enrol = sign_in(&browser, "ana", PASSWORD).await;
        assert!(enrol.path.starts_with("/sign-in/enrol"), "without a second factor nothing else comes first: {}", enrol.path);
        let page = format!("/clients/{}", harbor.client);
        assert!(browser.get(&page).await.path.starts_with("/sign-in/enrol"), "a half-open session opens no page");
        assert_eq!(browser.request(Method::POST, "/sign-out", &[]).await.status, StatusCode::UNAUTHORIZED);
        let secret = between(&enrol.body, "class=\"mono secret\">", "<").to_owned();
        let csrf = enrol.field("csrf");
        let wrong = browser.post("/sign-in/enrol", &[("csrf", &csrf), ("code", "000000")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let first = totp(&secret, app.clock.now().timestamp());
        let codes = browser.post("/sign-in/enrol", &[("csrf", &csrf), ("code", &first)]).await;
        assert_eq!(codes.status, StatusCode::OK);
        let recovery = between(&codes.body, "id=\"codes\">", "</ul>");
        assert_eq!(recovery.matches("<li>").count(), workflows::sign_in::CODES);
        let recovery = between(recovery, "<li>", "</li>").to_owned();
        assert_eq!(browser.get("/today").await.path, "/today");

        // The next sign-in is asked for a code; the one that was used is worth nothing.
        let other = app.browser();
        let code = sign_in(&other, "ana", PASSWORD).await;
        assert!(code.path.starts_with("/sign-in/code"), "{}", code.path);
        assert!(other.get("/today").await.path.starts_with("/sign-in/code"), "the password alone opens nothing");
        let csrf = code.field("csrf");
        let again = other.post("/sign-in/code", &[("csrf", &csrf), ("code", &first), ("to", "/today")]).await;
        assert_eq!(again.status, StatusCode::UNAUTHORIZED, "a code works once");
        app.clock.advance(Duration::seconds(60));
        let second = totp(&secret, app.clock.now().timestamp());
        let signed = other.post("/sign-in/code", &[("csrf", &csrf), ("code", &second), ("to", "/caseload?sort=name")]).await;
        assert_eq!((signed.status, signed.path.as_str()), (StatusCode::OK, "/caseload?sort=name"), "on to where they wanted");

        // A recovery code works instead, once.
        for expected in ["/today", "/sign-in/code"] {
            let lost = app.browser();
            let csrf = sign_in(&lost, "ana", PASSWORD).await.field("csrf");
            let reply = lost.post("/sign-in/code", &[("csrf", &csrf), ("code", &recovery), ("to", "/today")]).await;
            assert_eq!(reply.path, expected);
        }
    }

    async fn guessing_is_slowed_down_and_names_nobody(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let _harbor = Harbor::found(&app).await;
        let browser = app.browser();
        let known = sign_in(&browser, "ana", "not the password").await;
        let unknown = sign_in(&browser, "nobody", "not the password").await;
        assert_eq!((known.status, unknown.status), (StatusCode::UNAUTHORIZED, StatusCode::UNAUTHORIZED));
        let alike = |reply: &Reply| reply.body.replace("nobody@", "ana@").replace(&reply.field("csrf"), "");
        assert_eq!(alike(&known), alike(&unknown), "the answer says nothing of whether there is an account");
        for _ in 0..9 {
            sign_in(&browser, "ana", "not the password").await;
        }
        let held = sign_in(&browser, "ana", PASSWORD).await;
        assert_eq!(held.status, StatusCode::TOO_MANY_REQUESTS, "even the right password has to wait now");
        let wait: i64 = held.headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
        assert!((1..=900).contains(&wait));
        app.clock.advance(Duration::minutes(16));
        assert_eq!(sign_in(&browser, "ana", PASSWORD).await.path, "/today");
    }

    async fn a_form_of_another_page_changes_nothing(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let harbor = Harbor::found(&app).await;
        let case = in_danger(&app, &harbor).await;
        let browser = app.browser();
        let today = sign_in(&browser, "ana", PASSWORD).await;
        let path = format!("/cases/{case}/acknowledge");
        for csrf in ["", "guessed", &app.ctx.token()] {
            assert_eq!(browser.request(Method::POST, &path, &[("csrf", csrf)]).await.status, StatusCode::FORBIDDEN);
        }
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let untouched = store::case::find(&mut read, &case).await.unwrap().unwrap();
        drop(read);
        assert_eq!(untouched.revision, 1);
        let done = browser.post(&path, &[("csrf", &today.field("csrf"))]).await;
        assert_eq!((done.status, done.path), (StatusCode::OK, format!("/cases/{case}")));
        assert!(done.body.contains("role=\"status\""), "what was done is said");
        assert!(!browser.get(&format!("/cases/{case}")).await.body.contains("class=\"notice good\""), "and said once");
    }

    async fn a_look_changes_nothing_but_the_audit(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let harbor = Harbor::found(&app).await;
        harbor.appointment(&app, at("2026-03-10T14:00:00-07:00")).await;
        let case = in_danger(&app, &harbor).await;
        let ana = app.browser();
        let today = sign_in(&ana, "ana", PASSWORD).await;
        for (name, is_there) in [("Robin Vale", true), ("2:00\u{a0}PM", true), ("Tuesday, March 10", true)] {
            assert_eq!(today.body.contains(name), is_there, "{name}");
        }
        let client = format!("/clients/{}", harbor.client);
        let before: BTreeSet<_> = audited(&app, &harbor).await.into_iter().map(|(action, _)| action).collect();
        for (path, action) in [
            ("/today", "view.today"),
            ("/caseload", "view.caseload"),
            (client.as_str(), "view.chart"),
            (&format!("/cases/{case}"), "view.case"),
            ("/search", "view.search"),
        ] {
            let count = audited(&app, &harbor).await.iter().filter(|(kind, _)| kind == action).count();
            // What is searched for travels in a form; looking for somebody changes nothing either.
            let page = match path {
                "/search" => ana.post(path, &[("csrf", &today.field("csrf")), ("q", "robin")]).await,
                _ => ana.get(path).await,
            };
            assert_eq!(page.status, StatusCode::OK, "{path}");
            assert!(page.body.contains("Robin Vale"), "{path} shows the client");
            let rows = audited(&app, &harbor).await;
            assert_eq!(rows.iter().filter(|(kind, _)| kind == action).count(), count + 1, "one row for {path}");
        }
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let filter = AuditFilter { about: Some(harbor.client.as_str().to_owned()), ..AuditFilter::default() };
        let about = store::audit_latest(&mut read, &filter, 100).await.unwrap();
        drop(read);
        assert!(about.iter().filter(|row| row.action.starts_with("view.")).count() >= 6, "every look is found by the client's id");
        let after: BTreeSet<_> = audited(&app, &harbor).await.into_iter().map(|(action, _)| action).collect();
        assert!(after.difference(&before).all(|action| action.starts_with("view.")), "looking does nothing else");
        assert!(!ana.get(&client).await.body.contains("Nobody in it exists"), "a practice at work is no demo");
    }

    async fn two_people_at_one_case_lose_nothing(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let harbor = Harbor::found(&app).await;
        let case = in_danger(&app, &harbor).await;
        let ana = app.browser();
        let csrf = sign_in(&ana, "ana", PASSWORD).await.field("csrf");
        let page = ana.post(&format!("/cases/{case}/acknowledge"), &[("csrf", &csrf)]).await;
        let revision = page.field("revision");

        // Sofia reviews while Ana writes.
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let command = Command { case: case.clone(), revision: None, act: Act::Review, note: Some(Phi::new("Seen.".to_owned())) };
        act(&mut tx, &app.ctx, &harbor.sofia, command).await.unwrap();
        tx.commit().await.unwrap();

        let note = "Spoke with the client at ten.";
        let form = [("csrf", csrf.as_str()), ("revision", &revision), ("note", note)];
        let late = ana.post(&format!("/cases/{case}/review"), &form).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert!(late.body.contains("Sofia") && late.body.contains(note), "who was faster, and what was written");
        let form = [("csrf", csrf.as_str()), ("revision", &late.field("revision")), ("note", note)];
        let kept = ana.post(&format!("/cases/{case}/note"), &form).await;
        assert_eq!(kept.status, StatusCode::OK);
        assert!(kept.body.contains(note));

        // What is missing is asked for, on the page, with what was typed.
        let revision = kept.field("revision");
        let form = [("csrf", csrf.as_str()), ("revision", revision.as_str()), ("decision", "no_change"), ("note", " ")];
        let refused = ana.post(&format!("/cases/{case}/decide"), &form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("href=\"#note\""), "the note is pointed at");
        let form = [("csrf", csrf.as_str()), ("revision", revision.as_str()), ("note", "done")];
        let early = ana.post(&format!("/cases/{case}/close"), &form).await;
        assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY, "a risk reason needs its disposition first");
    }

    async fn who_is_deactivated_is_out_with_the_next_request(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let harbor = Harbor::found(&app).await;
        let (ana, adam) = (app.browser(), app.browser());
        sign_in(&ana, "ana", PASSWORD).await;
        let csrf = sign_in(&adam, "adam", PASSWORD).await.field("csrf");
        assert_eq!(ana.get("/caseload").await.status, StatusCode::OK);
        let done = adam.post(&format!("/admin/staff/{}/deactivate", harbor.ana), &[("csrf", &csrf)]).await;
        assert_eq!(done.status, StatusCode::OK);
        assert!(ana.get("/caseload").await.path.starts_with("/sign-in"), "at once");
        assert_eq!(sign_in(&ana, "ana", PASSWORD).await.status, StatusCode::UNAUTHORIZED);

        // Fifteen minutes without a request end a session as well.
        app.clock.advance(Duration::minutes(14));
        assert_eq!(adam.get("/admin").await.path, "/admin");
        app.clock.advance(Duration::minutes(15));
        assert_eq!(adam.get("/admin/staff").await.path, "/sign-in?next=/admin/staff");
    }

    async fn a_client_is_taken_in_and_an_appointment_made(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let harbor = Harbor::found(&app).await;
        let ida = app.browser();
        let csrf = sign_in(&ida, "ida", PASSWORD).await.field("csrf");
        let ana = harbor.ana.as_str();
        let north = harbor.north.as_str();
        let wrong = [("csrf", csrf.as_str()), ("name", ""), ("site", north), ("email", "no address"), ("emergency_name", "Kim")];
        let refused = ida.post("/admin/clients/new", &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("href=\"#name\"") && refused.body.contains("href=\"#email\""));
        assert!(refused.body.contains("value=\"no address\"") && refused.body.contains("value=\"Kim\""), "what was typed is kept");

        let form = [
            ("csrf", csrf.as_str()),
            ("name", "Noa Lindgren"),
            ("site", north),
            ("clinician", ana),
            ("phone", "(415) 555-0163"),
            ("preferred_channel", "sms"),
            ("language", "es"),
            ("recipient", "client"),
            ("consent", "sms-check_in"),
        ];
        let page = ida.post("/admin/clients/new", &form).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        assert!(page.path.starts_with("/clients/") && page.body.contains("Noa Lindgren"));
        let booking = |date: &'static str, starts: &'static str| [("date", date), ("starts", starts), ("minutes", "50"), ("clinician", ana), ("site", north)];
        let appointments = format!("{}/appointments", page.path);
        let skipped: Vec<_> = booking("2027-03-14", "02:30").into_iter().chain([("csrf", csrf.as_str())]).collect();
        let refused = ida.post(&appointments, &skipped).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "that time does not exist");
        assert!(refused.body.contains("href=\"#starts\"") && refused.body.contains("value=\"02:30\""));
        let fine: Vec<_> = booking("2026-03-12", "14:00").into_iter().chain([("csrf", csrf.as_str())]).collect();
        let made = ida.post(&appointments, &fine).await;
        assert!(made.body.contains("Thu, Mar 12, 2:00\u{a0}PM"), "in the site's own time");
        assert!(!made.body.contains("PHQ-9"), "the front desk reads no instruments");
        app.run_jobs().await;

        // Somebody else changed the client meanwhile: nothing is overwritten.
        let edit = page.path.replace("/clients/", "/admin/clients/");
        let revision = ida.get(&edit).await.field("revision");
        let change = |name: &'static str, revision: String| {
            let csrf = csrf.clone();
            let ida = &ida;
            let edit = edit.clone();
            async move {
                let form = [("csrf", csrf.as_str()), ("revision", &revision), ("name", name), ("site", north), ("language", "es"), ("phone", "+14155550163"), ("preferred_channel", "sms"), ("recipient", "client")];
                ida.post(&edit, &form).await
            }
        };
        assert_eq!(change("Noa Lind", revision.clone()).await.status, StatusCode::OK);
        assert_eq!(change("Noa Gren", revision).await.status, StatusCode::CONFLICT);
    }
}
