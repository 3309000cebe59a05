//! `kill -9` at random, and sleep at random, while texts go out, people answer, and the provider has a bad day.

use super::house::House;
use care::Clock;
use chrono::Duration;
use std::time::Instant;
use tests::process::Process;
use tests::provider::{Reports, Weather};
use tests::{TestDb, both_databases};

/// Kills of each database in a plain test run; `BELLWETHER_TEST_KILLS` says otherwise.
const KILLS: u64 = 24;
/// Between two kills pass this many seconds of the practice's time, at least and at most.
const PASSING: (u64, u64) = (4, 40);

fn kills() -> u64 {
    std::env::var("BELLWETHER_TEST_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS)
}

/// How the instance is deployed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nodes {
    /// One process, dead between two lives.
    One,
    /// Two on the same data, killed in turn: one always goes on.
    Two,
}

both_databases! {
    async fn random_kills_lose_nothing_and_send_nothing_twice(db: TestDb) {
        kill_at_random(db, Nodes::One, kills() - kills() / 3).await;
    }

    async fn two_nodes_killed_in_turn_lose_nothing_and_send_nothing_twice(db: TestDb) {
        kill_at_random(db, Nodes::Two, kills() / 3).await;
    }

    async fn nodes_put_to_sleep_in_turn_lose_nothing_and_send_nothing_twice(db: TestDb) {
        sleep_at_random(db, kills() / 4).await;
    }
}

/// Plans a check-in for everybody, due one after the other over the span.
async fn plan_over(house: &House, span: Duration) {
    let (start, apart) = (house.clock.now(), span / house.clients.len() as i32);
    house
        .visit(async |db| {
            for (number, client) in house.clients.iter().enumerate() {
                if number % 6 == 5 && house.relay.is_some() {
                    house.prefers_mail(db, client).await;
                }
                house.plan(db, client, start + apart * number as i32).await;
            }
        })
        .await;
}

/// Three nodes, of which one is always asleep, some of them past the leases of what they were doing.
async fn sleep_at_random(db: TestDb, rounds: u64) {
    let engine = format!("{:?}", db.engine());
    let count = rounds as usize + 4;
    let mut house = House::found(db, "sleeps", count, Reports::Messy).await;
    plan_over(&house, Duration::seconds(rounds as i64 * 60)).await;
    house.provider.weather(Weather::Foul);
    let launches = [house.launch.clone(), house.launch.another_node(), house.launch.another_node()];
    let mut nodes: Vec<Process> = launches.iter().map(|launch| launch.start(None)).collect();
    for node in &mut nodes {
        node.listening().await;
    }
    let mut past_a_lease = 0;
    for round in 1..=rounds {
        let asleep = house.dice.below(3) as usize;
        nodes[asleep].put_to_sleep();
        let is_past_a_lease = round % 3 == 0;
        let passing = Duration::seconds(if is_past_a_lease { 130 } else { 4 + house.dice.below(37) as i64 });
        past_a_lease += u32::from(is_past_a_lease);
        house.clock.advance(passing);
        for (_, node) in nodes.iter_mut().enumerate().filter(|(number, _)| *number != asleep) {
            node.advance(Duration::zero());
        }
        let until = Instant::now() + std::time::Duration::from_millis(60 + house.dice.below(900));
        while Instant::now() < until {
            house.meet();
            tokio::time::sleep(std::time::Duration::from_millis(15)).await;
        }
        nodes[asleep].wake();
        nodes[asleep].advance(Duration::zero());
        house.meet_by_mail();
        for node in &mut nodes {
            assert!(!node.has_ended(), "a node ended by itself; see {}", house.launch.log().display());
        }
        if round % 10 == 0 {
            let found = house.look().await;
            house.must_hold(&found, &format!("after sleep {round}"));
        }
    }
    for node in &mut nodes {
        node.kill();
    }
    let process = house.start(None).await;
    let found = house.comes_to_rest(process).await;
    println!(
        "{engine}: {rounds} sleeps, {past_a_lease} past a lease; {} people; {:?}",
        house.people_met, found.figures
    );
    assert!(past_a_lease > 0 && house.people_met as u64 >= rounds / 2, "the loop was idle");
}

async fn kill_at_random(db: TestDb, nodes: Nodes, kills: u64) {
    let began = Instant::now();
    let engine = format!("{:?}", db.engine());
    let count = kills as usize * 3 / 2 + 4;
    let mut house = House::found(db, "kills", count, Reports::Messy).await;
    plan_over(&house, Duration::seconds((kills * (PASSING.0 + PASSING.1) / 2) as i64)).await;
    house.provider.weather(Weather::Foul);
    let killing = Instant::now();
    let launches = match nodes {
        Nodes::One => vec![house.launch.clone()],
        Nodes::Two => vec![house.launch.clone(), house.launch.another_node()],
    };
    let mut other: Option<Process> = None;
    for kill in 1..=kills {
        let mut process = launches[kill as usize % launches.len()].start(None);
        process.listening().await;
        let until = Instant::now() + std::time::Duration::from_millis(60 + house.dice.below(341));
        while Instant::now() < until {
            house.meet();
            tokio::time::sleep(std::time::Duration::from_millis(15)).await;
        }
        assert!(!process.has_ended(), "the process ended by itself; see {}", house.launch.log().display());
        // With two nodes the one that was started before this dies, and this one goes on.
        let mut dying = match (nodes, other.take()) {
            (Nodes::One, _) => Some(process),
            (Nodes::Two, before) => {
                other = Some(process);
                before
            }
        };
        if let Some(dying) = &mut dying {
            dying.kill();
        }
        house.meet_by_mail();
        let passing = Duration::seconds((PASSING.0 + house.dice.below(PASSING.1 - PASSING.0 + 1)) as i64);
        match &mut other {
            Some(living) => living.advance(passing),
            None => house.clock.advance(passing),
        }
        if kill % 10 == 0 {
            let found = house.look().await;
            house.must_hold(&found, &format!("after kill {kill}"));
        }
    }
    drop(other);
    let killing = killing.elapsed();

    let process = house.start(None).await;
    let found = house.comes_to_rest(process).await;
    let (reported, refused, _) = house.provider.reported();
    println!(
        "{engine}, {nodes:?}: {kills} kills in {killing:.1?} ({:.1} restarts/s), {:?} in all; {} people, {} requests repeated; {} attempts at the provider; \
         {reported} reports taken, {refused} forged ones refused; {:?}",
        kills as f64 / killing.as_secs_f64(),
        began.elapsed(),
        house.people_met,
        house.journal.tries(),
        house.provider.attempts(),
        found.figures,
    );
    let figures = found.figures;
    assert!(house.people_met as u64 >= kills / 2 && figures.answers as u64 >= kills, "the loop was idle: {figures:?}");
}
