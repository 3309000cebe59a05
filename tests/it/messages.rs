//! The practice's own words for its messages, in a browser: seen before they are saved, refused where they would say too
//! much, taken back.

use axum::http::StatusCode;
use tests::{Browser, Harbor, TestApp, at, both_databases, harbor::PASSWORD};

async fn adam(app: &TestApp) -> Browser {
    let browser = app.browser();
    let csrf = browser.get("/sign-in").await.field("csrf");
    browser.post("/sign-in", &[("csrf", &csrf), ("email", "adam@example.org"), ("password", PASSWORD)]).await;
    browser
}

both_databases! {
    async fn words_are_previewed_refused_saved_and_taken_back(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        let browser = adam(&app).await;
        let path = "/admin/messages/invite/sms/en";
        let page = browser.get(path).await;
        assert!(page.body.contains("{practice}: your check-in is ready: {link} STOP to opt out, HELP for help."), "{}", page.body);
        let csrf = page.field("csrf");
        let send = async |act: &str, body: &str| browser.post(path, &[("csrf", csrf.as_str()), ("act", act), ("body", body)]).await;

        let seen = send("preview", "{practice} – hay preguntas: {link} STOP").await;
        assert_eq!(seen.status, StatusCode::OK);
        assert!(seen.body.contains("Harbor Lane – hay preguntas: http://localhost:8080/c/"), "{}", seen.body);
        assert!(seen.body.contains("2 segments"), "the long dash makes it UCS-2: {}", seen.body);

        let refused = send("save", "Hello {first_name}, {practice} has a PHQ-9: {link} STOP").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("<code>{first_name}</code>") && refused.body.contains("<code>phq-9</code>"), "{}", refused.body);
        assert!(refused.body.contains("Hello {first_name}"), "what was typed is still there");
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        assert!(store::message_template::all_current(&mut read).await.unwrap().is_empty(), "a refusal changes nothing");
        drop(read);

        for body in ["{practice}: how are you? {link} STOP ends this.", "{practice}: how are you today? {link} STOP ends this."] {
            assert_eq!(send("save", body).await.path, path);
        }
        let list = browser.get("/admin/messages").await;
        assert!(list.body.contains("your words, version 2"), "{}", list.body);
        let page = browser.get(path).await;
        assert!(page.body.contains("how are you? {link}"), "the version before is on the page");
        browser.post(&format!("{path}/take-back"), &[("csrf", csrf.as_str())]).await;
        assert!(browser.get(path).await.body.contains("your check-in is ready"));
        let audit = app.db.read(&harbor.practice).await.unwrap();
        let mut audit = audit;
        let rows = store::audit_page(&mut audit, 0, 1000).await.unwrap();
        assert_eq!(rows.iter().filter(|row| row.action.starts_with("message_template.")).count(), 3);
    }

    async fn a_holiday_is_kept_when_the_settings_are_saved(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        let browser = adam(&app).await;
        let csrf = browser.get("/admin/messages").await.field("csrf");
        let add = async |day: &str, name: &str| {
            browser.post("/admin/messages/holidays", &[("csrf", csrf.as_str()), ("holiday", day), ("holiday_name", name)]).await
        };
        for (day, name) in [("2026-03-01", "Yesterday"), ("", "No day"), ("2026-02-30", "No such day"), ("2026-12-25", "")] {
            assert_eq!(add(day, name).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{day} {name}");
        }
        assert!(add("2026-12-25", "Christmas Day").await.body.contains("Christmas Day"));
        let page = browser.get("/admin/settings").await;
        assert_eq!(page.status, StatusCode::OK);
        let mut form = vec![("csrf", csrf.as_str())];
        form.extend([
            ("practice", "Harbor Lane Counseling"), ("display_name", "Harbor Lane"), ("phone", "+1 (415) 555-2671"), ("language", "en"),
            ("zone", "America/Los_Angeles"), ("quiet_until", "08:00"), ("quiet_from", "20:00"), ("unknown_until", "10:00"),
            ("unknown_from", "18:00"), ("before_session_hours", "24"), ("reminder_after_hours", "48"), ("fallback_after_hours", "0"), ("expires_after_hours", "96"),
            ("business_from", "08:00"), ("business_until", "18:00"), ("ladder_in_1", "60"), ("ladder_in_2", "90"), ("ladder_in_3", "120"),
            ("ladder_after_1", "240"), ("ladder_after_2", "270"), ("ladder_after_3", "300"), ("ladder_repeat", "15"),
            ("off_track_supervisor_after_hours", "48"), ("silence", "case"), ("alert_budget", "10"), ("proof", "off"), ("appointment_reminders", "off"),
        ]);
        let saved = browser.post("/admin/settings", &form).await;
        assert_eq!(saved.status, StatusCode::OK, "{}", saved.body);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let settings = store::practice::get(&mut read).await.unwrap().settings;
        assert_eq!((settings.quiet_from_minute, settings.holidays.len()), (20 * 60, 1));
        drop(read);
        let gone = browser.post("/admin/messages/holidays/2026-12-25/delete", &[("csrf", csrf.as_str())]).await;
        assert!(!gone.body.contains("Christmas Day"));
    }
}
