//! The PostgreSQL server stops without notice (`pg_ctl -m immediate`) while people answer and texts go out: what was
//! acknowledged is there when it is back, and the process finds its way back by itself.

use super::house::House;
use care::Clock;
use chrono::Duration;
use std::time::Instant;
use store::InstanceScope as _;
use tests::TestDb;
use tests::postgres::Server;
use tests::provider::Reports;

/// Restarts in a plain test run; `BELLWETHER_TEST_RESTARTS` says otherwise.
const RESTARTS: u64 = 6;

fn restarts() -> u64 {
    std::env::var("BELLWETHER_TEST_RESTARTS").ok().and_then(|text| text.parse().ok()).unwrap_or(RESTARTS)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_server_that_stops_without_notice_loses_no_acknowledged_answer() {
    let Some(mut server) = Server::start() else {
        println!("SKIPPED: no PostgreSQL; run with tests/with-postgres");
        return;
    };
    let restarts = restarts();
    let people = restarts as usize * 3 + 4;
    let db = TestDb::postgres_at(server.address()).await;
    let mut house = House::found(db, "restarts", people, Reports::Messy).await;
    let start = house.clock.now();
    house
        .visit(async |db| {
            for (number, client) in house.clients.iter().enumerate() {
                house.plan(db, client, start + Duration::seconds(4 * number as i64)).await;
            }
            let mut read = db.read_all().await.unwrap();
            for (setting, wanted) in [("fsync", "on"), ("full_page_writes", "on"), ("synchronous_commit", "on")] {
                let value: String = read.query("SELECT current_setting($1)").bind(setting).scalar().await.unwrap();
                assert_eq!(value, wanted, "{setting} of a server in real use");
            }
        })
        .await;
    let began = Instant::now();
    let mut process = house.start(None).await;
    for restart in 1..=restarts {
        // Somebody is in the middle of a check-in when it happens.
        house.pass(&mut process, Duration::seconds(12), Duration::seconds(12)).await;
        tokio::time::sleep(std::time::Duration::from_millis(house.dice.below(400))).await;
        server.restart();
        let found = house.look().await;
        house.must_hold(&found, &format!("after restart {restart}"));
    }
    let restarting = began.elapsed();
    house.pass(&mut process, Duration::minutes(10), Duration::seconds(120)).await;
    let found = house.at_rest(&mut process).await;
    process.kill();
    house.must_hold(&found, "at the end");
    assert!(found.unheard.is_empty(), "I5: {:?}, seed {}", found.unheard, house.dice.seed());
    assert!(found.in_limbo.is_empty(), "I8: {:?}, seed {}", found.in_limbo, house.dice.seed());
    assert_eq!(house.journal.acknowledged().receipts.len(), house.people_met, "everybody who got a link has a receipt");
    assert!(house.people_met as u64 >= restarts, "the loop was idle");
    println!(
        "{restarts} sudden stops in {restarting:.1?}, {} requests repeated; {:?}",
        house.journal.tries(),
        found.figures
    );
}
