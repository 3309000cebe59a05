//! The funnel counted by hand: nine check-ins whose fates are known, by channel, site, language and reminder.

use axum::http::StatusCode;
use care::message::{Channel, Message, MessageKind, MessageState};
use care::packet::{Packet, PacketState};
use care::{Instant, Language, MessageId, PacketId};
use chrono::Duration;
use store::delivery_funnel::{By, stages};
use tests::{Harbor, TestApp, at, both_databases, harbor::PASSWORD};

/// How far somebody came with a check-in.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Came {
    Nowhere,
    Answered,
    Through,
}

/// A practice with check-ins of a day.
pub(crate) struct Scene {
    pub(crate) app: TestApp,
    pub(crate) harbor: Harbor,
}

impl Scene {
    /// One that came so far.
    pub(crate) async fn check_in(
        &self,
        send_at: Instant,
        state: PacketState,
        came: Came,
        language: Option<Language>,
    ) -> PacketId {
        let planned = tests::check_in(&self.app.ctx, &self.harbor.client, &self.harbor.episode, &["phq-2"], send_at);
        let packet = Packet {
            state: if state == PacketState::Completed { PacketState::Open } else { state },
            language,
            ..planned
        };
        let mut tx = self.app.db.write(&self.harbor.practice).await.unwrap();
        assert!(store::packet::insert(&mut tx, &packet).await.unwrap());
        let later = send_at + Duration::hours(1);
        let (touched, done) = (came != Came::Nowhere, came == Came::Through);
        tx.query(
            "UPDATE packet SET state = $2, started_at = $3, last_answer_at = $3, completed_at = $4, language = $5 WHERE id = $1",
        )
        .bind(&packet.id)
        .bind(state)
        .bind(touched.then_some(later))
        .bind(done.then_some(later))
        .bind(language)
        .execute()
        .await
        .unwrap();
        tx.commit().await.unwrap();
        packet.id
    }

    async fn message(
        &self,
        packet: &PacketId,
        kind: MessageKind,
        channel: Channel,
        state: MessageState,
        sent_at: Option<Instant>,
    ) {
        let unique_key = format!("packet:{packet}:{kind}:{channel}");
        let due_at = sent_at.unwrap_or_else(|| self.app.ctx.now());
        let message = Message {
            client_id: Some(self.harbor.client.clone()),
            packet_id: Some(packet.clone()),
            state,
            attempt: 1,
            ..Message::planned(self.app.ctx.id(MessageId::new), kind, channel, unique_key, due_at)
        };
        let mut tx = self.app.db.write(&self.harbor.practice).await.unwrap();
        assert!(store::message::plan(&mut tx, &message, self.app.ctx.now()).await.unwrap());
        tx.query("UPDATE message SET sent_at = $2 WHERE id = $1")
            .bind(&message.id)
            .bind(sent_at)
            .execute()
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
}

/// Nine of them, on a Thursday.
pub(crate) async fn scene(db: tests::TestDb) -> Scene {
    let app = TestApp::new(db, at("2026-03-12T10:00:00-07:00"));
    let harbor = Harbor::found(&app).await;
    let scene = Scene { app, harbor };
    let day = at("2026-03-09T15:00:00-07:00");
    let (sms, email) = (Channel::Sms, Channel::Email);
    let (invite, reminder) = (MessageKind::Invite, MessageKind::Reminder);
    let (delivered, sent, failed) = (MessageState::Delivered, MessageState::Sent, MessageState::Failed);
    // Delivered and done.
    let one = scene.check_in(day, PacketState::Completed, Came::Through, None).await;
    scene.message(&one, invite, sms, delivered, Some(day)).await;
    // Delivered, begun, left.
    let one = scene.check_in(day, PacketState::Expired, Came::Answered, None).await;
    scene.message(&one, invite, sms, delivered, Some(day)).await;
    // The text did not arrive, the mail after it did, and nobody looked.
    let one = scene.check_in(day, PacketState::Expired, Came::Nowhere, None).await;
    scene.message(&one, invite, sms, failed, Some(day)).await;
    scene.message(&one, invite, email, sent, Some(day + Duration::minutes(1))).await;
    // Refused at once, and no mail to fall back to.
    let one = scene.check_in(day, PacketState::Open, Came::Nowhere, None).await;
    scene.message(&one, invite, sms, failed, None).await;
    // A mail, its reminder, done in Spanish.
    let one = scene.check_in(day, PacketState::Completed, Came::Through, Some(Language::Es)).await;
    scene.message(&one, invite, email, sent, Some(day)).await;
    scene.message(&one, reminder, email, sent, Some(day + Duration::days(1))).await;
    // Handed over in person.
    scene.check_in(day, PacketState::Completed, Came::Through, None).await;
    // On its way: the carrier has not said.
    let one = scene.check_in(day, PacketState::Open, Came::Nowhere, None).await;
    scene.message(&one, invite, sms, sent, Some(day)).await;
    // Taken back before it went, and one of the week before: neither counts.
    scene.check_in(day, PacketState::Withdrawn, Came::Nowhere, None).await;
    let one = scene.check_in(day - Duration::days(7), PacketState::Completed, Came::Through, None).await;
    scene.message(&one, invite, sms, delivered, Some(day - Duration::days(7))).await;
    scene
}

both_databases! {
    async fn the_funnel_is_what_was_counted_by_hand(db: TestDb) {
        let scene = scene(db).await;
        let (from, until) = (at("2026-03-09T00:00:00-07:00"), at("2026-03-10T00:00:00-07:00"));
        let mut read = scene.app.db.read(&scene.harbor.practice).await.unwrap();
        let mut counted = async |by: By| -> Vec<(String, [i64; 6])> {
            let rows = stages(&mut read, by, from, until).await.unwrap();
            rows.into_iter()
                .map(|one| (one.group_key.unwrap_or_default(), [one.planned, one.sent, one.delivered, one.opened, one.started, one.completed]))
                .collect()
        };
        assert_eq!(
            counted(By::Channel).await,
            [("email".into(), [1, 1, 1, 1, 1, 1]), ("sms".into(), [5, 4, 3, 2, 2, 1]), (String::new(), [1, 0, 0, 1, 1, 1])]
        );
        assert_eq!(counted(By::Site).await, [(scene.harbor.north.to_string(), [7, 5, 4, 4, 4, 3])]);
        assert_eq!(counted(By::Language).await, [("en".into(), [6, 4, 3, 3, 3, 2]), ("es".into(), [1, 1, 1, 1, 1, 1])]);
        assert_eq!(counted(By::Reminder).await, [("0".into(), [6, 4, 3, 3, 3, 2]), ("1".into(), [1, 1, 1, 1, 1, 1])]);
    }

    async fn the_page_shows_it_and_the_file_holds_no_formula(db: TestDb) {
        let scene = scene(db).await;
        let (app, harbor) = (&scene.app, &scene.harbor);
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        tx.query("UPDATE site SET name = '=1+1' WHERE id = $1").bind(&harbor.north).execute().await.unwrap();
        tx.commit().await.unwrap();
        let browser = app.browser();
        let csrf = browser.get("/sign-in").await.field("csrf");
        browser.post("/sign-in", &[("csrf", &csrf), ("email", "adam@example.org"), ("password", PASSWORD)]).await;
        let page = browser.get("/admin/delivery?from=2026-03-09&until=2026-03-09&by=channel").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        for words in ["Handed over in person", "(43 %)", "/leaks?from=2026-03-09"] {
            assert!(page.body.contains(words), "{words} is missing on {}", page.body);
        }
        let file = browser.get("/admin/delivery/file?from=2026-03-09&until=2026-03-09").await;
        let lines: Vec<&str> = file.body.lines().collect();
        assert_eq!(lines[0], "data_as_of,from,until,by,group,planned,sent,delivered,opened,started,completed,status");
        let is_there = |row: &str| lines.iter().any(|line| line.ends_with(&format!(",2026-03-09,2026-03-09,{row}")));
        for few in ["all,all", "channel,Text", "channel,Mail", "site,'=1+1", "language,English", "reminder,none"] {
            assert!(is_there(&format!("{few},,,,,,,too few to show")), "{few} in {}", file.body);
        }
        assert!(!file.body.contains("counted"), "{}", file.body);
        let wrong = browser.get("/admin/delivery?from=2026-03-10&until=2026-03-09").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let nonsense = browser.get("/admin/delivery?from=soon").await;
        assert_eq!(nonsense.status, StatusCode::UNPROCESSABLE_ENTITY);
    }

    async fn the_file_holds_no_small_count_and_none_that_could_be_worked_out(db: TestDb) {
        let scene = scene(db).await;
        let day = at("2026-03-09T15:00:00-07:00");
        // 30 done, 14 of them in Spanish, and 12 that nobody opened.
        for number in 0..42 {
            let (state, came) = if number < 30 { (PacketState::Completed, Came::Through) } else { (PacketState::Expired, Came::Nowhere) };
            let language = (number < 14).then_some(Language::Es);
            let one = scene.check_in(day, state, came, language).await;
            scene.message(&one, MessageKind::Invite, Channel::Sms, MessageState::Delivered, Some(day)).await;
        }
        let browser = scene.app.browser();
        let csrf = browser.get("/sign-in").await.field("csrf");
        browser.post("/sign-in", &[("csrf", &csrf), ("email", "adam@example.org"), ("password", PASSWORD)]).await;
        let file = browser.get("/admin/delivery/file?from=2026-03-09&until=2026-03-09").await;
        let row = |of: &str| {
            let beginning = format!(",2026-03-09,2026-03-09,{of},");
            let line = file.body.lines().find_map(|line| line.split_once(&beginning));
            line.unwrap_or_else(|| panic!("no {of} in {}", file.body)).1.to_owned()
        };
        // Of 49, 47 were sent, 46 delivered, 34 opened, 33 handed in: all but the first and the last differ from another one by few.
        let partly = "too few to show in the empty columns";
        assert_eq!(row("all,all"), format!("49,,,,,33,{partly}"));
        assert_eq!(row("site,North"), format!("49,,,,,33,{partly}"));
        assert_eq!(row("language,English"), format!("34,,,,,18,{partly}"));
        assert_eq!(row("language,Español"), format!("15,,,,,15,{partly}"));
        // 47 texts are not few, but the mail and the one handed over are, and 49 are known.
        for few in ["channel,Text", "channel,Mail", "channel,Handed over in person", "reminder,none", "reminder,one"] {
            assert_eq!(row(few), ",,,,,,too few to show");
        }
    }
}
