//! `kill -9` at random while texts go out, people answer, and the provider has a bad day.

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
}

async fn kill_at_random(db: TestDb, nodes: Nodes, kills: u64) {
    let began = Instant::now();
    let engine = format!("{:?}", db.engine());
    let count = kills as usize * 3 / 2 + 4;
    let mut house = House::found(db, "kills", count, Reports::Messy).await;
    // Due one after the other over the whole time.
    let start = house.clock.now();
    let apart = Duration::seconds((kills * (PASSING.0 + PASSING.1) / 2) as i64) / count as i32;
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

    // The fault is gone: within two minutes everybody who must hear of danger has heard.
    house.provider.weather(Weather::Fair);
    let mut process = house.start(None).await;
    house.pass(&mut process, Duration::seconds(120), Duration::seconds(30)).await;
    let found = house.look().await;
    house.must_hold(&found, "two minutes after the last restart");
    let deadline = house.clock.now() - Duration::minutes(2);
    let late: Vec<_> = found.unheard.iter().filter(|(_, raised_at)| *raised_at <= deadline).collect();
    assert!(late.is_empty(), "I5: nobody was told of {late:?} within two minutes, seed {}", house.dice.seed());

    // And a little later nothing hangs, and everybody is done.
    house.meet_by_mail();
    house.pass(&mut process, Duration::minutes(14), Duration::seconds(210)).await;
    house.meet_by_mail();
    house.people_are_done().await;
    house.pass(&mut process, Duration::minutes(4), Duration::seconds(120)).await;
    let found = house.at_rest(&mut process).await;
    process.kill();
    house.must_hold(&found, "at the end");
    assert!(found.unheard.is_empty(), "I5: {:?}, seed {}", found.unheard, house.dice.seed());
    assert!(found.in_limbo.is_empty(), "I8: {:?}, seed {}", found.in_limbo, house.dice.seed());
    assert_eq!(house.journal.acknowledged().receipts.len(), house.people_met, "everybody who got a link has a receipt");
    let (reported, refused, believed) = house.provider.reported();
    assert_eq!(believed, 0, "a forged report was believed");
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
