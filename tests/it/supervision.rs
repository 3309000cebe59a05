//! The agenda of a supervision, what is decided in it, and who sees it.

use axum::http::StatusCode;
use care::appointment::{Appointment, AppointmentState};
use care::packet::{Occasion, Packet, PacketState};
use care::{AppointmentId, Instant};
use chrono::Duration;
use tests::harbor::{phq9, sign_in};
use tests::{Harbor, TestApp, at, both_databases};

const NOW: &str = "2026-04-06T10:00:00-07:00";

/// A further client of Ana's, whom the harbour's helpers are about from now on.
async fn next_client(app: &TestApp, harbor: &mut Harbor, name: &str, number: usize) {
    let phone = format!("+141555502{number:02}");
    (harbor.client, harbor.episode) = harbor.client(app, name, &phone).await;
}

/// A session that took place, without planning anything.
async fn held(app: &TestApp, harbor: &Harbor, starts_at: Instant) {
    let appointment = Appointment {
        id: app.ctx.id(AppointmentId::new),
        client_id: harbor.client.clone(),
        episode_id: harbor.episode.clone(),
        clinician_id: harbor.ana.clone(),
        site_id: harbor.north.clone(),
        starts_at,
        ends_at: starts_at + Duration::minutes(50),
        state: AppointmentState::Attended,
    };
    let mut tx = app.db.write(&harbor.practice).await.unwrap();
    store::appointment::insert(&mut tx, &appointment).await.unwrap();
    tx.commit().await.unwrap();
}

/// A check-in that was sent and never answered.
async fn missed(app: &TestApp, harbor: &Harbor, sent_at: Instant) {
    let packet = Packet {
        occasion: Occasion::Regular,
        state: PacketState::Expired,
        sent_at: Some(sent_at),
        ..tests::check_in(&app.ctx, &harbor.client, &harbor.episode, &["phq-9"], sent_at)
    };
    let mut tx = app.db.write(&harbor.practice).await.unwrap();
    assert!(store::packet::insert(&mut tx, &packet).await.unwrap());
    tx.commit().await.unwrap();
}

/// A PHQ-9: how long ago, its total, its item 9.
type Given = (Duration, i64, i64);

/// Ana's caseload: 1 risk open, 2 overdue, 3 off track, 4 stalled, 5 missing three, and one of each who is fine.
async fn caseload(app: &TestApp, harbor: &mut Harbor) {
    let now = at(NOW);
    let mut number = 0;
    let mut scores: Vec<(String, Vec<Given>, i64)> = Vec::new();
    scores.push(("Risa One".into(), vec![(Duration::days(2), 12, 2)], 1));
    for one in 0..2 {
        scores.push((format!("Over Due{one}"), vec![(Duration::days(30), 12, 0), (Duration::days(20), 20, 0)], 2));
    }
    for one in 0..3 {
        scores.push((format!("Olga Track{one}"), vec![(Duration::days(20), 12, 0), (Duration::days(3), 20, 0)], 2));
    }
    for one in 0..4 {
        scores.push((format!("Stella Still{one}"), vec![(Duration::days(56), 15, 0), (Duration::days(1), 14, 0)], 8));
    }
    scores.push(("Fina Well".into(), vec![(Duration::days(30), 15, 0), (Duration::days(1), 8, 0)], 4));
    for (name, given, sessions) in scores {
        number += 1;
        next_client(app, harbor, &name, number).await;
        for session in 0..sessions {
            held(app, harbor, now - Duration::days(57 - session * 7)).await;
        }
        for (ago, total, item9) in given {
            app.clock.set(now - ago);
            harbor.answer(app, "phq-9", &phq9(total, item9)).await;
        }
        app.clock.set(now);
    }
    for one in 0..5 {
        number += 1;
        next_client(app, harbor, &format!("Missy Three{one}"), number).await;
        for day in [20, 13, 6] {
            missed(app, harbor, now - Duration::days(day)).await;
        }
    }
}

/// How many clients stand under each heading.
fn counts(page: &str) -> Vec<(String, usize)> {
    page.split("<h2 id=\"topic-")
        .skip(1)
        .map(|part| {
            let topic = part.split('"').next().unwrap().to_owned();
            let tally = part.split("class=\"tally\">").nth(1).unwrap().split('<').next().unwrap();
            (topic, tally.parse().unwrap())
        })
        .collect()
}

both_databases! {
    async fn v2_the_agenda_and_what_becomes_of_it(db: TestDb) {
        let app = TestApp::new(db, at("2026-02-02T10:00:00-08:00"));
        let mut harbor = Harbor::found(&app).await;
        let robin = harbor.client.clone();
        caseload(&app, &mut harbor).await;
        let agenda = format!("/supervision/{}", harbor.ana);
        let (sofia, csrf) = sign_in(&app, "sofia").await;
        let page = sofia.get(&agenda).await;
        assert_eq!(page.status, StatusCode::OK);
        let expected = [("risk_open", 1), ("overdue", 2), ("off_track", 3), ("stalled", 4), ("missing", 5)];
        assert_eq!(counts(&page.body), expected.map(|(topic, n)| (topic.to_owned(), n)));
        assert!(!page.body.contains("Fina Well") && !page.body.contains("Robin Vale"), "who is fine is not on it");

        // As a file, by name; what is counted from 1 to 10 stays in the house, and clients are not in it.
        let file = sofia.get("/supervision.csv").await;
        assert_eq!(file.status, StatusCode::OK);
        let lines: Vec<&str> = file.body.lines().collect();
        assert_eq!(lines[0], "data_as_of,supervisor,clinician,supervised_since,clients,open_cases,open_about_danger,overdue,off_track,silent");
        let ana: Vec<&str> = lines[1].split(',').collect();
        assert_eq!(&ana[1..5], ["Sofia", "Ana", "2025-01-01", "17"], "{}", file.body);
        assert_eq!((lines.len(), ana[6], ana[7]), (2, "too few to show", "too few to show"), "1 about danger, 2 overdue");
        assert!(!file.body.contains("Risa") && !file.body.contains("Track"));
        let book = sofia.get("/supervision.xlsx").await;
        assert_eq!(book.status, StatusCode::OK);

        // Ana asks to talk about Robin, and sees what Sofia sees.
        let (ana, ana_csrf) = sign_in(&app, "ana").await;
        ana.post(&format!("/clients/{robin}/discuss"), &[("csrf", &ana_csrf), ("discuss_note", "How to end?")]).await;
        let hers = ana.get(&agenda).await;
        let his = sofia.get(&agenda).await;
        assert_eq!(counts(&hers.body), counts(&his.body));
        assert_eq!(counts(&hers.body).last(), Some(&("discuss".to_owned(), 1)));
        assert!(hers.body.contains("How to end?") && hers.body.contains("this agenda"), "and that Sofia looked");

        // Decisions are recorded; two become tasks.
        let first = harbor.client.to_string();
        let robin = robin.to_string();
        let path = format!("{agenda}/meetings");
        let form = [
            ("csrf", csrf.as_str()),
            ("held_on", "2026-04-06"),
            ("minutes", "50"),
            ("client", &first),
            ("topic", "missing"),
            ("decision", "Call before the next session"),
            ("task", "clinician"),
            ("due", "2026-04-10"),
            ("client", &robin),
            ("topic", "discuss"),
            ("decision", "Two more sessions, then a last one"),
            ("task", ""),
            ("due", ""),
            ("client", ""),
            ("topic", ""),
            ("decision", "Ask for a second room"),
            ("task", "supervisor"),
            ("due", "2026-04-13"),
        ];
        let saved = sofia.post(&path, &form).await;
        assert!(saved.body.contains("Two more sessions"), "{}", saved.body);
        assert!(saved.body.contains("0.8 h this month"), "50 minutes");
        assert_eq!(counts(&saved.body).last(), Some(&("missing".to_owned(), 5)), "Robin was talked about");
        let today = ana.get("/today").await;
        assert!(today.body.contains("Call before the next session") && !today.body.contains("second room"));
        let today = sofia.get("/today").await;
        assert!(today.body.contains("Ask for a second room") && !today.body.contains("Call before"));

        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let owed = store::meeting::follow_ups_of(&mut read, &harbor.ana).await.unwrap();
        assert_eq!(owed.len(), 1);
        drop(read);
        ana.post(&format!("/supervision/follow-ups/{}/done", owed[0].id), &[("csrf", &ana_csrf)]).await;
        assert!(!ana.get("/today").await.body.contains("Call before the next session"));

        // A decision without words and a task without a day change nothing.
        let broken = sofia
            .post(&path, &[("csrf", &csrf), ("held_on", "2026-04-06"), ("minutes", "50"), ("client", ""), ("topic", ""), ("decision", "x"), ("task", "clinician"), ("due", "")])
            .await;
        assert_eq!(broken.status, StatusCode::UNPROCESSABLE_ENTITY);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let day = at(NOW).date_naive() - Duration::days(30);
        assert_eq!(store::meeting::of_clinician(&mut read, &harbor.ana, None, day).await.unwrap().len(), 1);
    }

    async fn looks_are_gone_through_to_the_end_and_those_of_former_supervisors_are_there(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let harbor = Harbor::found(&app).await;
        let path = format!("/supervision/{}", harbor.ana);
        let (sofia, _) = sign_in(&app, "sofia").await;
        assert_eq!(sofia.get(&path).await.status, StatusCode::OK);
        let (ana, _) = sign_in(&app, "ana").await;
        assert!(!ana.get(&path).await.body.contains("are listed"), "one look is listed whole");
        // Sofia does other things, more than are read at once; then her time ends.
        app.clock.advance(Duration::days(1));
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let sofia_acts = care::staff::Actor::Staff(harbor.sofia.clone());
        for number in 0..450 {
            let about = if number < 35 { harbor.ana.as_str() } else { harbor.ben.as_str() };
            tx.audit(workflows::audit::entry(&app.ctx, &sofia_acts, "view.agenda", "staff", about));
        }
        let edge = store::supervision::list(&mut tx).await.unwrap().remove(0);
        store::supervision::end(&mut tx, &edge.id, at(NOW).date_naive()).await.unwrap().expect("it ends");
        tx.commit().await.unwrap();
        app.clock.advance(Duration::days(2));
        let (sofia, _) = sign_in(&app, "sofia").await;
        assert_eq!(sofia.get(&path).await.status, StatusCode::NOT_FOUND);
        let (ana, _) = sign_in(&app, "ana").await;
        let page = ana.get(&path).await.body;
        assert!(page.contains("The latest 30 of 36 are listed."), "{page}");
        assert!(page.contains("whose supervision has ended since"), "{page}");
        app.clock.advance(Duration::days(40));
        let (ana, _) = sign_in(&app, "ana").await;
        assert!(ana.get(&path).await.body.contains("Nobody looked in the last 30 days"));
    }

    async fn who_supervises_and_treats_reaches_both_sides(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let harbor = Harbor::found(&app).await;
        let own = format!("href=\"/supervision/{}\"", harbor.sofia);
        let (sofia, _) = sign_in(&app, "sofia").await;
        assert!(!sofia.get("/supervision").await.body.contains(&own), "she treats nobody");
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        store::staff::set_roles(&mut tx, &harbor.sofia, &[care::staff::Role::Supervisor, care::staff::Role::Clinician]).await.unwrap();
        tx.commit().await.unwrap();
        let (sofia, _) = sign_in(&app, "sofia").await;
        assert!(sofia.get("/supervision").await.body.contains(&own));
        assert_eq!(sofia.get(&format!("/supervision/{}", harbor.sofia)).await.status, StatusCode::OK);
    }
}
