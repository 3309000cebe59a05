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
        let typed = [
            ("practice", "Harbor Lane Counseling"), ("display_name", "Harbor Lane"), ("phone", "+1 (415) 555-2671"), ("language", "en"),
            ("zone", "America/Los_Angeles"), ("quiet_until", "08:00"), ("quiet_from", "20:00"), ("unknown_until", "10:00"),
            ("unknown_from", "18:00"), ("before_session_hours", "24"), ("reminder_after_hours", "48"), ("fallback_after_hours", "0"), ("expires_after_hours", "96"),
            ("business_from", "08:00"), ("business_until", "18:00"), ("ladder_in_1", "60"), ("ladder_in_2", "90"), ("ladder_in_3", "120"),
            ("ladder_after_1", "240"), ("ladder_after_2", "270"), ("ladder_after_3", "300"), ("ladder_repeat", "15"),
            ("review_in_1", "60"), ("review_in_2", "90"), ("review_in_3", "120"),
            ("review_after_1", "240"), ("review_after_2", "270"), ("review_after_3", "300"),
            ("off_track_supervisor_after_hours", "48"), ("off_track_overdue_after_hours", "0"), ("missed_supervisor_after_hours", "48"),
            ("missed_overdue_after_hours", "0"), ("read_supervisor_after_hours", "48"), ("silence", "case"), ("alert_budget", "10"), ("proof", "off"), ("appointment_reminders", "off"),
        ];
        let post = async |typed: &[(&str, &str)]| browser.post("/admin/settings", &[&[("csrf", csrf.as_str())][..], typed].concat()).await;
        let saved = post(&typed).await;
        assert_eq!(saved.status, StatusCode::OK, "{}", saved.body);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let settings = store::practice::get(&mut read).await.unwrap().settings;
        assert_eq!((settings.quiet_from_minute, settings.holidays.len()), (20 * 60, 1));
        drop(read);
        // Danger is called about sooner than usual or as usual, never later; about the rest the practice decides.
        let change = |form: &[(&'static str, &'static str)]| {
            let typed: Vec<_> = typed.iter().map(|(name, value)| form.iter().find(|(own, _)| own == name).copied().unwrap_or((*name, *value))).collect();
            typed
        };
        let slow = change(&[("ladder_in_2", "91"), ("review_after_1", "300"), ("ladder_repeat", "16"), ("read_supervisor_after_hours", "49"), ("missed_overdue_after_hours", "337")]);
        let page = post(&slow).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        let said = tests::words(&page.body);
        for named in [
            "Urgent, in hours: supervisor after (min): Danger may be called about sooner", "Review, after hours: backup after (min): Danger may",
            "Review, after hours: supervisor after (min): Enter more minutes", "Last step repeats every (min): Danger may",
            "To be read: supervisor after (hours): Danger may", "Missed check-ins: overdue told after (hours): Enter a whole number",
        ] {
            assert!(said.contains(named), "{named} should be in {said}");
        }
        assert!(page.body.contains("value=\"91\"") && page.body.contains("value=\"337\""), "what was typed is kept");
        let kinds = change(&[("review_in_1", "20"), ("off_track_supervisor_after_hours", "72"), ("missed_supervisor_after_hours", "120"), ("off_track_overdue_after_hours", "24")]);
        assert_eq!(post(&kinds).await.status, StatusCode::OK);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let settings = store::practice::get(&mut read).await.unwrap().settings;
        assert_eq!((settings.ladder_in_hours, settings.review_in_hours), ([60, 90, 120], Some([20, 90, 120])));
        assert_eq!((settings.off_track_supervisor_after_hours, settings.missed_supervisor_after_hours), (72, Some(120)));
        let audit = store::audit_page(&mut read, 0, 500).await.unwrap();
        let changed = audit.iter().rfind(|row| row.action == "practice.update").unwrap().detail.0["fields"].to_string();
        assert!(changed.contains("review_in_hours: [60,90,120] -> [20,90,120]") && changed.contains("off_track_overdue_after_hours: 0 -> 24"), "{changed}");
        drop(read);
        let gone = browser.post("/admin/messages/holidays/2026-12-25/delete", &[("csrf", csrf.as_str())]).await;
        assert!(!gone.body.contains("Christmas Day"));
    }
}
