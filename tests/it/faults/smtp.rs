//! A real mail server: what arrives there, and how often when the sender dies.

use super::house::House;
use care::Clock;
use care::message::{Channel, MessageKind, MessageState};
use care::practice::TaskKind;
use chrono::Duration;
use std::time::Instant;
use tests::both_databases;
use tests::process::{PATIENCE, was_killed};
use tests::provider::Reports;
use tests::relay::{Arrived, Relay, say_skipped};

fn mails(house: &House) -> Vec<Arrived> {
    house.relay.as_ref().expect("a mail server").arrived()
}

/// A house with one client who is written mails, and a check-in due now; `None` without a mail server.
async fn by_mail(db: tests::TestDb, name: &str) -> Option<(House, care::PacketId)> {
    let house = House::found(db, name, 1, Reports::Silent).await;
    if house.relay.is_none() {
        say_skipped();
        return None;
    }
    let now = house.clock.now();
    let packet = house
        .visit(async |db| {
            house.prefers_mail(db, &house.clients[0]).await;
            house.plan(db, &house.clients[0], now).await
        })
        .await;
    Some((house, packet))
}

both_databases! {
    async fn mails_reach_a_real_server(db: TestDb) {
        let Some((mut house, _)) = by_mail(db, "mail").await else { return };
        house.danger = Some(3);
        let mut process = house.start(None).await;
        let began = Instant::now();
        // The invitation arrives, is answered, and owner and supervisor are written to.
        let to_staff = |house: &House| mails(house).iter().filter(|mail| mail.to == "ana@example.org" || mail.to == "sofia@example.org").count();
        while to_staff(&house) < 2 || house.journal.acknowledged().receipts.is_empty() {
            house.meet_by_mail();
            assert!(began.elapsed() < PATIENCE, "the mails arrive; see {}", house.launch.log().display());
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        house.people_are_done().await;
        process.kill();
        let arrived = mails(&house);
        let to_client: Vec<_> = arrived.iter().filter(|mail| mail.to == "client0@example.org").collect();
        assert_eq!(to_client.len(), 1);
        for header in ["List-Unsubscribe: <", "List-Unsubscribe-Post: List-Unsubscribe=One-Click", "Auto-Submitted: auto-generated"] {
            assert!(to_client[0].raw.contains(header), "no {header}");
        }
        for mail in &arrived {
            for word in ["Vale", "Client0", "PHQ", "phq-9", "depress", "suicid"] {
                assert!(!mail.raw.contains(word), "a mail to {} contains '{word}'", mail.to);
            }
        }
        let urgent = arrived.iter().filter(|mail| mail.raw.contains("/cases/")).count();
        assert!(urgent >= 2, "the notices lead to the case");
        let found = house.look().await;
        house.must_hold(&found, "with a real mail server");
    }

    async fn a_server_that_wants_to_be_asked_again_gets_each_mail_once(db: TestDb) {
        let Some((mut house, _)) = by_mail(db, "greylist").await else { return };
        house.relay = Relay::greylisting(house.folder()).await;
        house.launch.relay = house.relay.as_ref().map(Relay::url);
        house.danger = Some(3);
        let mut process = house.start(None).await;
        let began = Instant::now();
        let told = |house: &House, who: &str| mails(house).iter().filter(|mail| mail.to == who).count();
        while told(&house, "ana@example.org") == 0 || told(&house, "sofia@example.org") == 0 {
            house.meet_by_mail();
            assert!(began.elapsed() < PATIENCE, "the mails arrive; see {}", house.launch.log().display());
            process.advance(Duration::seconds(2));
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        }
        house.people_are_done().await;
        process.kill();
        let refused = house.relay.as_ref().expect("a mail server").refused();
        for who in ["client0@example.org", "ana@example.org", "sofia@example.org"] {
            assert!(refused.iter().any(|one| one == who), "{who} was refused at first: {refused:?}");
        }
        assert_eq!(told(&house, "client0@example.org"), 1);
        let known = house
            .visit(async |db| {
                let mut read = db.read(&house.harbor.practice).await.unwrap();
                store::unusable_contact::find(&mut read, Channel::Email, "client0@example.org").await.unwrap()
            })
            .await;
        assert!(known.is_none(), "the mailbox is as good as before");
        let found = house.look().await;
        house.must_hold(&found, "with a server that greylists");
        assert!(found.unheard.is_empty(), "I5: {:?}", found.unheard);
    }

    async fn a_mail_that_went_is_never_called_cancelled(db: TestDb) {
        let Some((mut house, packet)) = by_mail(db, "mail-answered").await else { return };
        // The mail is out, its sender dies before it knows, and the client has answered before anybody looks again.
        let mut process = house.launch.start(Some("dispatch.after_accept"));
        let status = process.end(PATIENCE).await.expect("it dies");
        assert!(was_killed(status), "{status}");
        house.danger = Some(0);
        house.meet_by_mail();
        let mut process = house.start(None).await;
        house.people_are_done().await;
        assert_eq!(house.journal.acknowledged().receipts.len(), 1);
        house.pass(&mut process, Duration::minutes(6), Duration::minutes(2)).await;
        process.kill();
        let (messages, tasks) = house
            .visit(async |db| {
                let mut read = db.read(&house.harbor.practice).await.unwrap();
                let messages = store::message::of_packet(&mut read, &packet).await.unwrap();
                (messages, store::task::open(&mut read).await.unwrap())
            })
            .await;
        let states: Vec<_> = messages.iter().map(|message| (message.kind, message.state)).collect();
        assert_eq!(states, [(MessageKind::Invite, MessageState::Unknown)], "it may have gone, and no reminder follows an answer");
        assert!(tasks.iter().all(|task| task.kind != TaskKind::UnknownOutcome), "nobody needs to look after an answered check-in");
        let found = house.look().await;
        house.must_hold(&found, "after the answer");
    }

    async fn a_mail_to_a_client_goes_at_most_once_when_its_sender_dies(db: TestDb) {
        let Some((mut house, packet)) = by_mail(db, "mail-kill").await else { return };
        // The server has it, and the process dies before it knows.
        let mut process = house.launch.start(Some("dispatch.after_accept"));
        let status = process.end(PATIENCE).await.expect("it dies");
        assert!(was_killed(status), "{status}");
        assert_eq!(mails(&house).len(), 1);
        house.clock.advance(Duration::seconds(130));
        let mut process = house.start(None).await;
        house.pass(&mut process, Duration::minutes(12), Duration::minutes(3)).await;
        process.kill();
        assert_eq!(mails(&house).iter().filter(|mail| mail.to == "client0@example.org").count(), 1, "never again");
        let (state, tasks) = house.visit(async |db| {
            let mut read = db.read(&house.harbor.practice).await.unwrap();
            let messages = store::message::of_packet(&mut read, &packet).await.unwrap();
            let state = messages.iter().find(|message| message.kind == MessageKind::Invite).map(|invite| invite.state);
            let tasks = store::task::open(&mut read).await.unwrap();
            (state, tasks.iter().filter(|task| task.kind == TaskKind::UnknownOutcome).count())
        }).await;
        assert_eq!((state, tasks), (Some(MessageState::Unknown), 1), "a person is asked to look");
    }
}
