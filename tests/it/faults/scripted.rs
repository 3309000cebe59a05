//! Scripted answers of the provider and what people do meanwhile, in one process, on a clock that the test moves.

use axum::http::StatusCode;
use care::message::{Channel, Message, MessageKind, MessageState};
use care::packet::PacketState;
use care::practice::TaskKind;
use care::{Instant, PacketId};
use chrono::{Duration, Timelike};
use chrono_tz::America::Los_Angeles;
use std::time::Duration as StdDuration;
use tests::process::Folder;
use tests::provider::{Provider, Reports, Step};
use tests::{Browser, Dice, Harbor, Reply, TestApp, TestDb, at, both_databases};

/// The client's number.
const PHONE: &str = "+14155550150";

struct Scene {
    app: TestApp,
    harbor: Harbor,
    provider: Provider,
    _folder: Folder,
}

/// A Monday at eleven in the practice, texts through the stub, mails nowhere.
async fn scene(db: TestDb) -> Scene {
    let folder = Folder::fresh("scripted");
    let app = TestApp::new(db, at("2026-03-09T11:00:00-07:00"));
    let harbor = Harbor::found(&app).await;
    let provider = Provider::start(folder.path(), app.clock.clone(), Dice::new(1), Reports::Silent).await;
    let app = app.sending_through(provider.transport(StdDuration::from_millis(400)));
    app.run_jobs().await;
    Scene { app, harbor, provider, _folder: folder }
}

impl Scene {
    /// Asks the client for a check-in now.
    async fn ask(&self) -> PacketId {
        let mut tx = self.app.db.write(&self.harbor.practice).await.unwrap();
        let asked = ["phq-2".to_owned()];
        let packet = workflows::packet::send_now(
            &mut tx,
            &self.app.ctx,
            &self.harbor.episode,
            &asked,
            &care::staff::Actor::System,
        )
        .await;
        tx.commit().await.unwrap();
        packet.unwrap()
    }

    async fn invite(&self, packet: &PacketId, channel: Channel) -> Option<Message> {
        let mut read = self.app.db.read(&self.harbor.practice).await.unwrap();
        let mut all = store::message::of_packet(&mut read, packet).await.unwrap();
        all.retain(|message| message.kind == MessageKind::Invite && message.channel == channel);
        all.pop()
    }

    async fn tasks(&self, kind: TaskKind) -> usize {
        let mut read = self.app.db.read(&self.harbor.practice).await.unwrap();
        store::task::open(&mut read).await.unwrap().into_iter().filter(|task| task.kind == kind).count()
    }

    async fn writes(&self, sid: &str, words: &str) {
        let fields = [("MessageSid", sid), ("From", PHONE), ("To", "+15005550006"), ("Body", words)];
        assert_eq!(self.app.browser().webhook("/hooks/sms/inbound", &fields).await, StatusCode::OK);
    }
}

both_databases! {
    async fn c5_stop_ends_texts_and_start_brings_them_back(db: TestDb) {
        let scene = scene(db).await;
        let (app, provider) = (&scene.app, &scene.provider);
        scene.writes("SM01", "Stop").await;
        scene.writes("SM01", "Stop").await;
        assert_eq!(scene.tasks(TaskKind::OptedOut).await, 1, "the desk is told once");
        let packet = scene.ask().await;
        app.advance(Duration::hours(1)).await;
        assert_eq!(provider.attempts(), 0, "no text from then on");
        assert!(scene.invite(&packet, Channel::Email).await.is_some(), "a mail instead: that was consented to");
        assert!(scene.invite(&packet, Channel::Sms).await.is_none_or(|text| text.state == MessageState::Cancelled));
        scene.writes("SM02", "START").await;
        let again = scene.ask().await;
        app.advance(Duration::minutes(15)).await;
        assert_eq!(scene.invite(&again, Channel::Sms).await.map(|text| text.state), Some(MessageState::Sent));
        assert!(provider.taken_for(PHONE).iter().any(|text| text.token().is_some()), "texts come again");
        // A forged STOP is nobody's wish.
        let forged = [("MessageSid", "SM03"), ("From", PHONE), ("Body", "STOP")];
        let reply = app.browser().post("/hooks/sms/inbound", &forged).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN);
        assert_eq!(scene.tasks(TaskKind::OptedOut).await, 1);
    }

    async fn whatever_the_provider_answers_one_text_arrives(db: TestDb) {
        let scene = scene(db).await;
        let (app, provider) = (&scene.app, &scene.provider);
        let steps = [
            Step::Accept,
            Step::AcceptThenHang,
            Step::AcceptThenFail,
            Step::AcceptThenGarbage,
            Step::AcceptThenDrop,
            Step::Hang,
            Step::Drop,
            Step::Busy(600),
            Step::Unavailable,
        ];
        for (number, step) in steps.into_iter().enumerate() {
            let before = provider.ledger().len();
            provider.script([step]);
            let packet = scene.ask().await;
            app.run_jobs().await;
            let text = scene.invite(&packet, Channel::Sms).await.expect("a text was planned");
            match step {
                Step::Accept => assert_eq!(text.state, MessageState::Sent),
                Step::Busy(_) | Step::Unavailable => assert_eq!(text.state, MessageState::Planned, "{step:?}: certainly not taken, so it goes again"),
                _ => assert_eq!(text.state, MessageState::Unknown, "{step:?}: it may be out"),
            }
            if step == Step::Busy(600) {
                app.advance(Duration::minutes(9)).await;
                assert_eq!(provider.ledger().len(), before, "the provider asked for ten minutes");
            }
            app.advance(Duration::minutes(45)).await;
            let taken = provider.taken_since(before);
            assert_eq!(taken.len(), 1, "{step:?}");
            assert_eq!(taken[0].to, PHONE);
            let text = scene.invite(&packet, Channel::Sms).await.unwrap();
            assert_eq!((text.state, text.provider_id.as_deref()), (MessageState::Sent, Some(taken[0].sid.as_str())), "{step:?}: adopted");
            assert!(text.text.is_some_and(|text| !text.contains(&taken[0].token().unwrap())), "the ledger does not keep the link");
            assert_eq!(provider.attempts() as usize, number + 1 + steps[..=number].iter().filter(|step| !takes(**step)).count());
            withdraw(&scene, &packet).await;
        }
        assert_eq!(provider.doubled(), []);
    }

    async fn what_a_lost_report_would_have_said_is_asked_for_within_a_quarter_of_an_hour(db: TestDb) {
        let scene = scene(db).await;
        let (app, provider) = (&scene.app, &scene.provider);
        let packet = scene.ask().await;
        app.run_jobs().await;
        let sid = provider.ledger()[0].sid.clone();
        provider.fate(&sid, "undelivered", 30005);
        app.advance(Duration::minutes(9)).await;
        assert_eq!(provider.fetched(), 0, "a report may still come");
        provider.refuse_fetches(1);
        app.advance(Duration::minutes(2)).await;
        let text = scene.invite(&packet, Channel::Sms).await.unwrap();
        assert_eq!((provider.fetched(), text.state), (1, MessageState::Sent), "it could not say");
        app.advance(Duration::minutes(4)).await;
        let text = scene.invite(&packet, Channel::Sms).await.unwrap();
        assert_eq!((text.state, text.code.as_deref()), (MessageState::Failed, Some("30005")));
        assert_eq!(scene.tasks(TaskKind::Undeliverable).await, 1);
        let mail = scene.invite(&packet, Channel::Email).await.expect("the other channel");
        // The report comes after all, twice, and one that says less.
        let hook = format!("/hooks/sms/status/{}", text.id);
        for status in ["undelivered", "sent", "undelivered"] {
            let fields = [("MessageSid", sid.as_str()), ("MessageStatus", status), ("ErrorCode", "30005")];
            assert!(app.browser().webhook(&hook, &fields).await.is_success());
        }
        let after = scene.invite(&packet, Channel::Sms).await.unwrap();
        assert_eq!((after.state, after.code), (MessageState::Failed, text.code));
        assert_eq!(scene.tasks(TaskKind::Undeliverable).await, 1);
        assert_eq!(scene.invite(&packet, Channel::Email).await.map(|mail| mail.id), Some(mail.id));
        app.leap(Duration::hours(3)).await;
        assert_eq!(provider.fetched(), 2, "what is known is not asked for");
        assert_eq!(provider.ledger().len(), 1);
    }

    async fn a_silent_text_is_asked_about_three_times_and_one_without_the_providers_id_never(db: TestDb) {
        let scene = scene(db).await;
        let (app, provider) = (&scene.app, &scene.provider);
        let packet = scene.ask().await;
        app.run_jobs().await;
        let (sid, id) = (provider.ledger()[0].sid.clone(), scene.invite(&packet, Channel::Sms).await.unwrap().id);
        withdraw(&scene, &packet).await;
        let set = async |provider_id: Option<&str>| {
            let mut tx = app.db.write(&scene.harbor.practice).await.unwrap();
            let practice = scene.harbor.practice.clone();
            tx.query("UPDATE message SET provider_id = $3 WHERE practice_id = $1 AND id = $2").bind(&practice).bind(&id).bind(provider_id).execute().await.unwrap();
            tx.commit().await.unwrap();
        };
        set(None).await;
        app.leap(Duration::minutes(30)).await;
        assert_eq!(provider.fetched(), 0, "nobody can be asked about it");
        set(Some(&sid)).await;
        // It is on its way for days, says the provider.
        for (minutes, asked) in [(15, 1), (60, 1), (60, 2), (60, 2), (22 * 60, 3), (60, 3), (24 * 60, 3)] {
            app.leap(Duration::minutes(minutes)).await;
            assert_eq!(provider.fetched(), asked, "after {minutes} more");
        }
        assert_eq!(scene.invite(&packet, Channel::Sms).await.map(|text| text.state), Some(MessageState::Sent));
    }

    async fn a_number_that_opted_out_at_the_provider_is_never_tried_again(db: TestDb) {
        let scene = scene(db).await;
        let (app, provider) = (&scene.app, &scene.provider);
        provider.script([Step::Refuse(21610)]);
        let packet = scene.ask().await;
        app.advance(Duration::hours(2)).await;
        assert_eq!(provider.attempts(), 1);
        let text = scene.invite(&packet, Channel::Sms).await.unwrap();
        assert_eq!(text.state, MessageState::Cancelled);
        assert_eq!(scene.tasks(TaskKind::OptedOut).await, 1);
        assert!(scene.invite(&packet, Channel::Email).await.is_some(), "a mail instead");
        scene.ask().await;
        app.advance(Duration::hours(2)).await;
        assert_eq!(provider.attempts(), 1, "the number is on the stop list");
    }

    async fn a_number_that_does_not_exist_is_for_the_desk(db: TestDb) {
        let scene = scene(db).await;
        scene.provider.script([Step::Refuse(21211)]);
        let packet = scene.ask().await;
        scene.app.advance(Duration::hours(2)).await;
        assert_eq!(scene.provider.attempts(), 1);
        assert_eq!(scene.invite(&packet, Channel::Sms).await.unwrap().state, MessageState::Failed);
        assert_eq!(scene.tasks(TaskKind::Undeliverable).await, 1);
    }

    async fn nothing_goes_in_quiet_hours_not_even_after_trouble(db: TestDb) {
        let scene = scene(db).await;
        let (app, provider) = (&scene.app, &scene.provider);
        app.advance_to(at("2026-03-09T20:50:00-07:00")).await;
        // The provider is down until after nine.
        provider.script([Step::Unavailable; 3]);
        scene.ask().await;
        app.advance_to(at("2026-03-10T07:59:00-07:00")).await;
        scene.ask().await;
        assert_eq!(provider.ledger().len(), 0, "nobody is woken");
        app.advance_to(at("2026-03-12T12:00:00-07:00")).await;
        assert!(provider.ledger().len() >= 2, "in the morning they go, and their reminders later");
        for text in provider.ledger() {
            let hour = text.at.with_timezone(&Los_Angeles).hour();
            assert!((8..21).contains(&hour), "a text at {hour} o'clock");
        }
        assert_eq!(provider.doubled(), []);
    }

    async fn a_clock_that_jumps_sends_nothing_twice_and_forgets_nothing(db: TestDb) {
        let scene = scene(db).await;
        let (app, provider) = (&scene.app, &scene.provider);
        let packet = scene.ask().await;
        app.run_jobs().await;
        let texts = || provider.taken_for(PHONE).len();
        assert_eq!(texts(), 1, "the invitation");
        let eleven = care::Clock::now(&app.clock);
        for jump in [Duration::days(-2), Duration::hours(3), Duration::days(-400), Duration::minutes(90)] {
            app.clock.set(eleven + jump);
            app.run_jobs().await;
            assert_eq!(texts(), 1, "after a jump by {jump}");
        }
        // Two days at once, as on a machine that was asleep: what became due on the way goes once.
        app.clock.set(eleven + Duration::hours(50));
        app.run_jobs().await;
        assert_eq!(texts(), 2, "the reminder");
        app.clock.set(eleven);
        app.run_jobs().await;
        app.advance_to(eleven + Duration::days(5)).await;
        assert_eq!(texts(), 2, "one reminder is all");
        assert_eq!(provider.doubled(), []);
        let mut read = app.db.read(&scene.harbor.practice).await.unwrap();
        let packet = store::packet::find(&mut read, &packet).await.unwrap().unwrap();
        assert_eq!(packet.state, PacketState::Expired, "and its end came");
    }

    async fn expiry_and_submission_at_the_same_instant_have_one_winner(db: TestDb) {
        let scene = scene(db).await;
        let app = &scene.app;
        let (grace, instant) = (Duration::minutes(2), Duration::microseconds(1));
        // Until two minutes after the end a submission on its way is taken, from then on the end stands.
        let fixed = [(Duration::zero(), PacketState::Completed), (grace - instant, PacketState::Completed), (grace, PacketState::Expired)];
        for (after, expected) in fixed {
            let (packet, phone, csrf) = answered(&scene).await;
            app.clock.set(ends(&scene, &packet).await + after);
            let form = [("csrf", csrf.as_str())];
            let (reply, ()) = tokio::join!(phone.post("/check-in/submit", &form), app.run_jobs());
            assert_eq!(outcome(&scene, &packet, &reply).await, expected, "{after} after the end");
        }
        // The submission begins before that instant and the end comes while it is on its way: either may win, never both.
        let mut won = [0, 0];
        for round in 0..12 {
            let (packet, phone, csrf) = answered(&scene).await;
            let over = ends(&scene, &packet).await + grace;
            app.clock.set(over - instant);
            let form = [("csrf", csrf.as_str())];
            let ending = async {
                for _ in 0..round % 4 {
                    tokio::task::yield_now().await;
                }
                app.clock.set(over);
                app.run_jobs().await;
            };
            let (reply, ()) = tokio::join!(phone.post("/check-in/submit", &form), ending);
            won[usize::from(outcome(&scene, &packet, &reply).await == PacketState::Completed)] += 1;
        }
        println!("{:?}: the end won {} times, the submission {} times", app.db.engine(), won[0], won[1]);
    }

    async fn two_workers_send_one_message_once(db: TestDb) {
        let scene = scene(db).await;
        let (app, harbor, provider) = (&scene.app, &scene.harbor, &scene.provider);
        for number in 0..30 {
            let phone = format!("+1415557{number:04}");
            let (_, episode) = harbor.client(app, &format!("Two{number} Vale"), &phone).await;
            let mut tx = app.db.write(&harbor.practice).await.unwrap();
            workflows::packet::send_now(&mut tx, &app.ctx, &episode, &["phq-2".to_owned()], &care::staff::Actor::System).await.unwrap();
            tx.commit().await.unwrap();
        }
        let patience = StdDuration::from_secs(10);
        let nodes = [app.db.another_node().await, app.db.another_node().await];
        let contexts = nodes.clone().map(|db| app.jobs_of(db, provider.transport(patience)));
        let work = contexts.map(|ctx| tokio::spawn(async move {
            // Both work on whatever is due, not through the queue alone.
            for _ in 0..3 {
                jobs::run(&care::Job::Dispatch, &ctx).await.unwrap();
                jobs::run_due(&ctx, 200).await.unwrap();
            }
        }));
        for one in work {
            one.await.unwrap();
        }
        for number in 0..30 {
            assert_eq!(provider.taken_for(&format!("+1415557{number:04}")).len(), 1);
        }
        assert_eq!(provider.attempts(), 30);
        for node in nodes {
            node.close().await;
        }
    }
}

const fn takes(step: Step) -> bool {
    matches!(
        step,
        Step::Accept | Step::AcceptThenHang | Step::AcceptThenFail | Step::AcceptThenGarbage | Step::AcceptThenDrop
    )
}

async fn withdraw(scene: &Scene, packet: &PacketId) {
    let mut tx = scene.app.db.write(&scene.harbor.practice).await.unwrap();
    workflows::packet::withdraw(&mut tx, &scene.app.ctx, packet, &care::staff::Actor::System).await.unwrap();
    tx.commit().await.unwrap();
}

/// A check-in with every question answered and not yet submitted, the browser, and the last page's form token.
async fn answered(scene: &Scene) -> (PacketId, Browser, String) {
    let packet = scene.harbor.packet(&scene.app, &["phq-2"]).await;
    let link = scene.harbor.link(&scene.app, &packet).await;
    let phone = scene.app.browser();
    let mut page = phone.post(&format!("{link}/start"), &[]).await;
    for value in ["1", "2"] {
        let (csrf, item, seq) = (page.field("csrf"), page.field("item"), page.field("seq"));
        page = phone.post(&page.path, &[("csrf", &csrf), ("item", &item), ("seq", &seq), ("value", value)]).await;
    }
    let csrf = page.field("csrf");
    (packet, phone, csrf)
}

async fn ends(scene: &Scene, packet: &PacketId) -> Instant {
    let mut read = scene.app.db.read(&scene.harbor.practice).await.unwrap();
    store::packet::find(&mut read, packet).await.unwrap().unwrap().accepts_until()
}

/// Where a check-in stands, and that responses and the browser's page agree with it.
async fn outcome(scene: &Scene, packet: &PacketId, reply: &Reply) -> PacketState {
    scene.app.run_jobs().await;
    let mut read = scene.app.db.read(&scene.harbor.practice).await.unwrap();
    let state = store::packet::find(&mut read, packet).await.unwrap().unwrap().state;
    let responses = store::response::of_packet(&mut read, packet).await.unwrap().len();
    match state {
        PacketState::Completed => {
            assert_eq!((responses, reply.path.as_str()), (1, "/check-in/done"), "the submission won");
        }
        PacketState::Expired => assert_eq!((responses, reply.status), (0, StatusCode::NOT_FOUND), "the end won"),
        other => panic!("{other}, {responses} responses, {} {}", reply.status, reply.path),
    }
    state
}
