//! `kill -9` around the other channel: where it is decided that a message goes there, where it goes, and where it gives way to
//! the reminder. Whatever dies, a client gets one invitation and one more message at most, and not less.

use super::house::House;
use care::message::{Channel, Instead, Message, MessageKind, MessageState};
use care::{Clock, Language, PacketId};
use chrono::Duration;
use std::collections::BTreeMap;
use std::time::Instant;
use tests::both_databases;
use tests::process::{PATIENCE, Process, was_killed};
use tests::provider::{Reports, Step};
use tests::relay::say_skipped;

/// What brings a process to a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Occasion {
    /// The first message goes, and what follows it is decided.
    Goes,
    /// The provider refuses the number, and the other channel is tried at once.
    Refused,
    /// The check-in was not opened in time.
    Unopened,
    /// It was.
    Opened,
}

/// Every step, with what leads there, in the order in which they come.
const STEPS: [(&str, Occasion); 11] = [
    ("fallback.planned", Occasion::Goes),
    ("dispatch.before_settle", Occasion::Goes),
    ("dispatch.after_settle", Occasion::Goes),
    ("fallback.in_tx", Occasion::Refused),
    ("dispatch.before_settle", Occasion::Refused),
    ("dispatch.after_settle", Occasion::Refused),
    ("fallback.given_back", Occasion::Opened),
    ("dispatch.after_intent", Occasion::Unopened),
    ("dispatch.after_accept", Occasion::Unopened),
    ("dispatch.before_settle", Occasion::Unopened),
    ("dispatch.after_settle", Occasion::Unopened),
];

/// The other channel is tried after this long.
const AFTER: Duration = Duration::hours(12);

async fn until_it_dies(house: &House, process: &mut Process, step: &str) {
    let began = Instant::now();
    loop {
        if let Some(status) = process.end(std::time::Duration::from_millis(20)).await {
            assert!(was_killed(status), "{step}: {status}; see {}", house.launch.log().display());
            return;
        }
        assert!(began.elapsed() < PATIENCE, "{step}: the process came past it; see {}", house.launch.log().display());
    }
}

/// Lets the process live for a while. Nobody takes up their phone.
async fn live(house: &House, process: &mut Process, span: Duration) {
    let step = span / 4;
    for _ in 0..4 {
        process.advance(step);
        tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
        assert!(!process.has_ended(), "the process ended by itself; see {}", house.launch.log().display());
    }
}

/// Lets the process live until the other channel waits for a check-in, and says when it is tried.
async fn until_it_waits(house: &House, process: &mut Process, packet: &PacketId) -> care::Instant {
    let began = Instant::now();
    loop {
        let waits = |one: &Message| one.kind == MessageKind::Reminder && one.state == MessageState::Planned;
        if let Some(one) = messages(house, packet).await.into_iter().find(waits) {
            return one.due_at;
        }
        assert!(!process.has_ended(), "the process ended by itself; see {}", house.launch.log().display());
        assert!(began.elapsed() < PATIENCE, "nothing was sent; see {}", house.launch.log().display());
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

async fn messages(house: &House, packet: &PacketId) -> Vec<Message> {
    house
        .visit(async |db| {
            let mut read = db.read(&house.harbor.practice).await.unwrap();
            store::message::of_packet(&mut read, packet).await.unwrap()
        })
        .await
}

/// How often each message arrived, by the provider's ledger and the mail server's folder.
fn arrived(house: &House) -> BTreeMap<String, usize> {
    let texts = house.provider.ledger().into_iter().filter_map(|text| text.message().map(str::to_owned));
    let mails =
        house.relay.as_ref().expect("a mail server").arrived().into_iter().map(|mail| mail.message().to_owned());
    let mut arrived = BTreeMap::new();
    for message in texts.chain(mails) {
        *arrived.entry(message).or_insert(0) += 1;
    }
    arrived
}

both_databases! {
    async fn a_kill_at_every_step_of_the_other_channel_sends_no_third_message_and_loses_none(db: TestDb) {
        let house = House::found(db, "other-channel", STEPS.len() + 2, Reports::Silent).await;
        if house.relay.is_none() {
            say_skipped();
            return;
        }
        house.visit(async |db| {
            let mut tx = db.write(&house.harbor.practice).await.unwrap();
            let mut practice = store::practice::get(&mut tx).await.unwrap();
            practice.settings.fallback_after_hours = u32::try_from(AFTER.num_hours()).unwrap();
            store::practice::update(&mut tx, &practice).await.unwrap();
            tx.commit().await.unwrap();
        }).await;

        // The first messages: one person for each death while they go, and one for each death twelve hours later.
        let plan = async |number: usize| {
            let now = house.clock.now();
            house.visit(async |db| house.plan(db, &house.clients[number], now).await).await
        };
        let mut packets: Vec<PacketId> = Vec::new();
        // When the other channel is tried for those who do not open theirs: an hour apart, so that each death has its own.
        let mut tried_at = BTreeMap::new();
        for (number, (step, occasion)) in STEPS.iter().enumerate() {
            house.clock.advance(Duration::seconds(130));
            match occasion {
                Occasion::Goes | Occasion::Refused => {
                    if *occasion == Occasion::Refused {
                        // What the last death left is looked up before anything is refused.
                        let mut process = house.start(None).await;
                        live(&house, &mut process, Duration::minutes(4)).await;
                        process.kill();
                        house.provider.script([Step::Refuse(30005)]);
                    }
                    packets.push(plan(number).await);
                    let mut process = house.launch.start(Some(step));
                    process.listening().await;
                    until_it_dies(&house, &mut process, step).await;
                    let found = house.look().await;
                    house.must_hold(&found, &format!("after the death at {step} ({occasion:?})"));
                }
                Occasion::Unopened | Occasion::Opened => {
                    house.clock.advance(Duration::hours(1));
                    packets.push(plan(number).await);
                    let mut process = house.start(None).await;
                    tried_at.insert(number, until_it_waits(&house, &mut process, &packets[number]).await);
                    process.kill();
                }
            }
        }
        house.clock.advance(Duration::seconds(130));
        let mut process = house.start(None).await;
        live(&house, &mut process, Duration::minutes(8)).await;
        process.kill();
        for packet in &packets {
            let states: Vec<_> = messages(&house, packet).await.iter().map(|one| (one.kind, one.channel, one.state, one.instead)).collect();
            let waits = |one: &(MessageKind, Channel, MessageState, Option<Instead>)| one.0 == MessageKind::Reminder && one.2 == MessageState::Planned;
            assert_eq!(states.iter().filter(|one| waits(one)).count(), 1, "one more message waits: {states:?}");
        }

        // One opens theirs; the time of the others comes.
        for (number, _) in STEPS.iter().enumerate().filter(|(_, (_, occasion))| *occasion == Occasion::Opened) {
            house.visit(async |db| {
                let mut tx = db.write(&house.harbor.practice).await.unwrap();
                workflows::check_in::start(&mut tx, house.ctx(), &packets[number], Some(Channel::Sms), Language::En).await.unwrap();
                tx.commit().await.unwrap();
            }).await;
        }
        for (number, at) in tried_at {
            let (step, occasion) = STEPS[number];
            house.clock.advance((at - house.clock.now()).max(Duration::seconds(130)));
            let mut process = house.launch.start(Some(step));
            process.listening().await;
            until_it_dies(&house, &mut process, step).await;
            let found = house.look().await;
            house.must_hold(&found, &format!("after the death at {step} ({occasion:?})"));
        }
        house.clock.advance(Duration::seconds(130));
        let mut process = house.start(None).await;
        live(&house, &mut process, Duration::minutes(8)).await;
        // The reminders of those who were refused a text, or opened theirs, two days after the first message.
        house.clock.advance(Duration::hours(37));
        live(&house, &mut process, Duration::minutes(8)).await;
        process.kill();

        let arrived = arrived(&house);
        for (packet, (step, occasion)) in packets.iter().zip(STEPS) {
            let messages = messages(&house, packet).await;
            let states: Vec<_> = messages.iter().map(|one| (one.kind, one.channel, one.state, one.instead)).collect();
            let told = format!("{step} ({occasion:?}): {states:?}");
            for kind in [MessageKind::Invite, MessageKind::Reminder] {
                let came: usize = messages
                    .iter()
                    .filter(|one| one.kind == kind)
                    .map(|one| arrived.get(one.id.as_str()).copied().unwrap_or(0))
                    .sum();
                // A mail whose sender died is not sent again: nobody can say whether it arrived, and a person sees that.
                let is_unknown = messages.iter().any(|one| one.kind == kind && one.state == MessageState::Unknown);
                assert!(came == 1 || (came == 0 && is_unknown), "{kind} came {came} times: {told}");
            }
            assert!(messages.iter().all(|one| one.state != MessageState::Planned), "{told}");
        }
        let report = house.visit(async |db| workflows::verify::check(db, house.ctx()).await.unwrap()).await;
        let twice: Vec<_> = report.violations.iter().filter(|one| one.rule == "messages").collect();
        assert!(twice.is_empty(), "{twice:?}");
    }
}
