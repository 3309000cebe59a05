//! The PostgreSQL server stops without notice (`pg_ctl -m immediate`), or ends all connections, while people answer and texts go
//! out: what was acknowledged is there, and the process finds its way back by itself.

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
    let found = house.comes_to_rest(process).await;
    assert!(house.people_met as u64 >= restarts, "the loop was idle");
    println!(
        "{restarts} sudden stops in {restarting:.1?}, {} requests repeated; {:?}",
        house.journal.tries(),
        found.figures
    );
}

/// An administrator, or a proxy between, ends the connections in the middle of whatever they do.
#[tokio::test(flavor = "multi_thread")]
async fn connections_that_are_cut_while_people_answer_lose_nothing() {
    let Some(db) = TestDb::postgres().await else { return };
    let rounds = restarts() * 4;
    let mut house = House::found(db, "cut", rounds as usize + 4, Reports::Messy).await;
    house.danger = Some(3);
    let start = house.clock.now();
    house
        .visit(async |db| {
            for (number, client) in house.clients.iter().enumerate() {
                house.plan(db, client, start + Duration::seconds(3 * number as i64)).await;
            }
        })
        .await;
    let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let mut process = house.start(None).await;
    let mut cuts = 0;
    for _ in 0..rounds {
        process.advance(Duration::seconds(4));
        let until = Instant::now() + std::time::Duration::from_millis(50 + house.dice.below(400));
        while Instant::now() < until {
            house.meet();
            tokio::time::sleep(std::time::Duration::from_millis(15)).await;
        }
        let of_this: i64 =
            house.visit(async |db| db.read_all().await.unwrap().query(cut).scalar().await.unwrap()).await;
        cuts += of_this;
        assert!(!process.has_ended(), "the process ended by itself; see {}", house.launch.log().display());
    }
    let found = house.comes_to_rest(process).await;
    assert!(cuts as u64 >= rounds && house.people_met as u64 >= rounds / 2, "the loop was idle: {cuts} cuts");
    println!("{cuts} connections cut, {} requests repeated; {:?}", house.journal.tries(), found.figures);
}
