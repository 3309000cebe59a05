//! `kill -9` at every named step. Each process dies at its own step and is at the same time the one that must take over
//! from the last; after each death nothing may be lost, and when the last one lives everything comes to its end.

use super::house::House;
use care::message::{MessageKind, MessageState};
use care::{Clock, Job};
use chrono::Duration;
use std::time::Instant;
use tests::both_databases;
use tests::process::{PATIENCE, Process, was_killed};
use tests::provider::{Reports, Step};

/// What brings a process to a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Occasion {
    /// A check-in is due to be sent.
    Invite,
    /// An episode is to be planned anew.
    Plan,
    /// A person answers, danger included.
    Answers,
    /// An hour passes and nobody has taken the case up.
    Hour,
}

/// Every step, with what leads there.
const STEPS: [(&str, Occasion); 32] = [
    ("plan.begun", Occasion::Plan),
    ("plan.before_commit", Occasion::Plan),
    ("plan.after_commit", Occasion::Plan),
    ("job.claimed", Occasion::Invite),
    ("dispatch.before_intent", Occasion::Invite),
    ("dispatch.after_intent", Occasion::Invite),
    ("dispatch.before_send", Occasion::Invite),
    ("dispatch.after_accept", Occasion::Invite),
    ("dispatch.after_answer", Occasion::Invite),
    ("dispatch.before_settle", Occasion::Invite),
    ("dispatch.after_settle", Occasion::Invite),
    ("job.ran", Occasion::Invite),
    ("report.in_tx", Occasion::Invite),
    ("report.after_commit", Occasion::Invite),
    ("answer.begun", Occasion::Answers),
    ("answer.in_tx", Occasion::Answers),
    // The ninth answer is the one about danger.
    ("answer.in_tx@9", Occasion::Answers),
    ("answer.after_commit", Occasion::Answers),
    ("answer.after_commit@9", Occasion::Answers),
    ("submit.begun", Occasion::Answers),
    ("submit.in_tx", Occasion::Answers),
    ("submit.after_commit", Occasion::Answers),
    ("alert.after_intent", Occasion::Answers),
    ("alert.before_send", Occasion::Answers),
    ("alert.after_accept", Occasion::Answers),
    ("alert.after_answer", Occasion::Answers),
    ("alert.before_settle", Occasion::Answers),
    ("alert.after_settle", Occasion::Answers),
    ("escalate.before", Occasion::Hour),
    ("escalate.before_commit", Occasion::Hour),
    ("escalate.after_commit", Occasion::Hour),
    ("alert.after_accept", Occasion::Hour),
];

async fn until_it_dies(house: &mut House, process: &mut Process, step: &str) {
    let began = Instant::now();
    loop {
        house.meet();
        if let Some(status) = process.end(std::time::Duration::from_millis(20)).await {
            assert!(was_killed(status), "{step}: {status}; see {}", house.launch.log().display());
            return;
        }
        assert!(began.elapsed() < PATIENCE, "{step}: the process came past it; see {}", house.launch.log().display());
    }
}

/// In this time a ladder calls somebody who was not called before.
const LADDER_HOUR: Duration = Duration::seconds(3_700);

/// Whether somebody answered about danger, and nobody has taken it up.
async fn a_ladder_waits(house: &House) -> bool {
    house
        .visit(async |db| {
            let mut tx = db.write_all().await.unwrap();
            !store::case::rungs_due(&mut tx, house.clock.now() + LADDER_HOUR).await.unwrap().is_empty()
        })
        .await
}

/// Lets a process live until a ladder waits. The ones before may all have died before anybody came to the question about
/// danger.
async fn until_a_ladder_waits(house: &mut House, number: usize) {
    if a_ladder_waits(house).await {
        return;
    }
    house.clock.advance(Duration::seconds(130));
    house.danger = Some(3);
    let (client, now) = (&house.clients[number], house.clock.now());
    house.visit(async |db| drop(house.plan(db, client, now).await)).await;
    let mut process = house.start(None).await;
    let began = Instant::now();
    while !a_ladder_waits(house).await {
        assert!(began.elapsed() < PATIENCE, "nobody answers about danger; see {}", house.launch.log().display());
        house.pass(&mut process, Duration::seconds(20), Duration::seconds(20)).await;
    }
    process.kill();
}

/// Prepares what leads to a step of client `number`.
async fn lead_to(house: &mut House, occasion: Occasion, number: usize) {
    if occasion == Occasion::Hour {
        until_a_ladder_waits(house, number).await;
    }
    // Leases of the last process end, and its messages may be taken up.
    house.clock.advance(if occasion == Occasion::Hour { LADDER_HOUR } else { Duration::seconds(130) });
    house.danger = (occasion == Occasion::Answers).then_some(3);
    let now = house.clock.now();
    let client = &house.clients[number];
    house
        .visit(async |db| match occasion {
            Occasion::Plan => {
                house
                    .enqueue(
                        db,
                        &Job::Plan { practice: house.harbor.practice.clone(), episode: client.episode.clone() },
                    )
                    .await;
            }
            Occasion::Invite | Occasion::Answers => drop(house.plan(db, client, now).await),
            Occasion::Hour => {}
        })
        .await;
}

/// Whether the first three clients have their check-ins, and planning again would change nothing.
async fn are_planned(house: &House) -> bool {
    house
        .visit(async |db| {
            let mut complete = true;
            for client in &house.clients[..3] {
                let mut tx = db.write(&house.harbor.practice).await.unwrap();
                let before = store::packet::of_episode(&mut tx, &client.episode).await.unwrap();
                workflows::packet::replan(&mut tx, house.ctx(), &client.episode).await.unwrap();
                let after = store::packet::of_episode(&mut tx, &client.episode).await.unwrap();
                assert!(
                    before.is_empty() || before == after,
                    "{} had {} check-ins, now {}",
                    client.phone,
                    before.len(),
                    after.len()
                );
                complete &= !before.is_empty();
            }
            complete
        })
        .await
}

both_databases! {
    async fn a_kill_at_every_step_loses_nothing_and_sends_nothing_twice(db: TestDb) {
        let began = Instant::now();
        let mut house = House::found(db, "steps", STEPS.len() + 4, Reports::Messy).await;
        for (number, (step, occasion)) in STEPS.iter().enumerate() {
            lead_to(&mut house, *occasion, number).await;
            let mut process = house.launch.start(Some(step));
            process.listening().await;
            until_it_dies(&mut house, &mut process, step).await;
            let found = house.look().await;
            house.must_hold(&found, &format!("after the death at {step} ({occasion:?})"));
        }
        // The request is on its way: the provider has it and says nothing, or has nothing and says nothing.
        for (number, step) in (STEPS.len()..).zip([Step::AcceptThenHang, Step::Hang]) {
            lead_to(&mut house, Occasion::Invite, number).await;
            house.provider.script([step]);
            let before = house.provider.hung();
            let mut process = house.start(None).await;
            house.provider.hanging(before + 1).await;
            process.kill();
            let found = house.look().await;
            house.must_hold(&found, &format!("after the death in a request ({step:?})"));
        }
        let deaths = STEPS.len() + 2;
        let dying = began.elapsed();

        house.clock.advance(Duration::seconds(130));
        let mut process = house.start(None).await;
        house.pass(&mut process, Duration::seconds(120), Duration::seconds(30)).await;
        let found = house.look().await;
        house.must_hold(&found, "two minutes after the last restart");
        let deadline = house.clock.now() - Duration::minutes(2);
        let late: Vec<_> = found.unheard.iter().filter(|(_, raised_at)| *raised_at <= deadline).collect();
        assert!(late.is_empty(), "I5: nobody was told of {late:?} within two minutes");
        house.meet_by_mail();
        house.people_are_done().await;
        house.pass(&mut process, Duration::minutes(12), Duration::minutes(2)).await;
        let found = house.at_rest(&mut process).await;
        process.kill();
        house.must_hold(&found, "at the end");
        assert!(found.unheard.is_empty(), "I5: {:?}", found.unheard);
        assert!(found.in_limbo.is_empty(), "I8: {:?}", found.in_limbo);
        assert_eq!(house.journal.acknowledged().receipts.len(), house.people_met, "everybody who got a link has a receipt");
        let planned = STEPS.iter().filter(|(_, occasion)| matches!(occasion, Occasion::Invite | Occasion::Answers)).count() + 2;
        // The plans that three processes died over are made, each once. A job that was there at too many deaths was set aside:
        // the planning of the next day makes up for it.
        house.clock.advance(Duration::hours(9));
        let mut process = house.start(None).await;
        let next_day = Instant::now();
        while !are_planned(&house).await {
            assert!(next_day.elapsed() < PATIENCE, "the plans were not made");
            house.pass(&mut process, Duration::seconds(20), Duration::seconds(20)).await;
        }
        process.kill();
        assert!(house.people_met >= planned, "{} of {planned} got a link", house.people_met);
        println!(
            "{:?}: {deaths} deaths in {dying:.1?}, {:.1?} in all; {} people; {} attempts at the provider; {:?}",
            house.engine(), began.elapsed(), house.people_met, house.provider.attempts(), found.figures
        );
    }

    /// A process that slept past its lease in the middle of a request wakes up when another has its work.
    async fn a_sleeper_changes_nothing_when_it_wakes(db: TestDb) {
        let house = House::found(db, "sleeper", 2, Reports::Silent).await;
        let now = house.clock.now();
        let packets = house
            .visit(async |db| {
                let mut packets = Vec::new();
                for client in &house.clients {
                    packets.push(house.plan(db, client, now).await);
                }
                packets
            })
            .await;
        // The provider has one of them and not the other, and says nothing of either.
        house.provider.script([Step::AcceptThenHang, Step::Hang]);
        let mut sleeper = house.start(None).await;
        house.provider.hanging(2).await;
        sleeper.put_to_sleep();
        house.clock.advance(Duration::seconds(130));
        let mut other = house.launch.another_node().start(None);
        other.listening().await;
        // It may sleep on a lock of the database: then the other goes on once it is awake.
        let began = Instant::now();
        while house.provider.ledger().len() < 2 && began.elapsed() < std::time::Duration::from_secs(10) {
            other.advance(Duration::seconds(20));
            tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
        }
        sleeper.wake();
        // Its own requests are given up after fifteen seconds at the latest.
        let began = Instant::now();
        let mut states = Vec::new();
        while began.elapsed() < std::time::Duration::from_secs(17) || states != [MessageState::Sent; 2] {
            assert!(began.elapsed() < PATIENCE, "{states:?}; see {}", house.launch.log().display());
            sleeper.advance(Duration::seconds(10));
            other.advance(Duration::zero());
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            states = house
                .visit(async |db| {
                    let mut read = db.read(&house.harbor.practice).await.unwrap();
                    let mut states = Vec::new();
                    for packet in &packets {
                        let messages = store::message::of_packet(&mut read, packet).await.unwrap();
                        states.extend(messages.iter().filter(|message| message.kind == MessageKind::Invite).map(|invite| invite.state));
                    }
                    states
                })
                .await;
        }
        sleeper.kill();
        other.kill();
        for client in &house.clients {
            assert_eq!(house.provider.taken_for(&client.phone).len(), 1);
        }
        assert_eq!(house.provider.attempts(), 3, "only what was not taken goes again");
        let found = house.look().await;
        house.must_hold(&found, "after the sleeper woke");
    }

    /// The checks are worth what they see: each kind of damage is found.
    async fn damage_is_seen(db: TestDb) {
        let mut house = House::found(db, "damage", 3, Reports::Messy).await;
        house.danger = Some(3);
        let now = house.clock.now();
        house.visit(async |db| {
            for client in &house.clients {
                house.plan(db, client, now).await;
            }
        }).await;
        let mut process = house.start(None).await;
        let began = Instant::now();
        while house.journal.acknowledged().receipts.len() < 3 {
            house.meet();
            assert!(began.elapsed() < PATIENCE, "three people answer");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        house.pass(&mut process, Duration::seconds(90), Duration::seconds(45)).await;
        process.kill();
        let found = house.look().await;
        house.must_hold(&found, "before the damage");
        assert_eq!((found.figures.receipts, found.figures.urgent, found.unheard.len()), (3, 3, 0));

        let damage = [
            ("I1", "UPDATE answer SET value = value + 1 WHERE item = '2'"),
            ("I2", "UPDATE response SET kind = 'amendment'"),
            ("I4", "UPDATE case_reason SET packet_id = NULL"),
            ("I6", "UPDATE message SET state = 'failed' WHERE client_id IS NOT NULL"),
        ];
        for (invariant, sql) in damage {
            house.visit(async |db| {
                let mut tx = db.write(&house.harbor.practice).await.unwrap();
                assert!(tx.query(sql).execute().await.unwrap() > 0, "{sql}");
                tx.commit().await.unwrap();
            }).await;
            let seen = house.look().await;
            assert!(seen.violations.iter().any(|violation| violation.starts_with(invariant)), "{sql} was not seen: {:?}", seen.violations);
        }
        // A second copy at the provider, and nobody told.
        house.provider.forge_a_double();
        let seen = house.look().await;
        assert!(seen.violations.iter().any(|violation| violation.starts_with("I6") && violation.contains("times")), "{:?}", seen.violations);
    }
}
