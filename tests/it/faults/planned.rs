//! Check-ins that somebody asks for and hears nothing back, and a batch of them that is cut short while it is ended.

use super::house::House;
use super::operations::{dies, press};
use care::Clock as _;
use chrono::Duration;
use std::time::Instant;
use tests::both_databases;
use tests::people::Colleague;
use tests::process::PATIENCE;
use tests::provider::Reports;

async fn count(house: &House, sql: &'static str) -> i64 {
    house.visit(async |db| db.read(&house.harbor.practice).await.unwrap().query(sql).scalar().await.unwrap()).await
}

both_databases! {
    async fn send_now_pressed_again_after_a_lost_reply_sends_once(db: TestDb) {
        let house = House::found(db, "send_now", 1, Reports::Silent).await;
        let client = &house.clients[0];
        let (page, button) = (format!("/clients/{}", client.id), format!("/clients/{}/check-in", client.id));
        let pages = house.launch.clone().with(&["--password-alone", "--no-worker"]);
        let base = pages.base_url();
        let mut process = pages.start(Some("send_now.after_commit"));
        process.listening().await;
        let mut ana = Colleague::sign_in(&base, "ana").await;
        let cut = press(&mut ana, &base, &page, &button).await;
        assert!(cut.is_err(), "nobody answered: {cut:?}");
        dies(&mut process, "send_now.after_commit").await;
        // Nobody works on it yet: pressed again it is the same check-in.
        let mut process = pages.start(None);
        process.listening().await;
        let again = press(&mut ana, &base, &page, &button).await.unwrap();
        assert!(again.status < 500, "{} {}", again.status, again.body);
        process.kill();
        let mut process = house.launch.clone().with(&["--password-alone"]).start(None);
        process.listening().await;
        let began = Instant::now();
        while house.provider.taken_for(&client.phone).is_empty() {
            assert!(began.elapsed() < PATIENCE, "it does not go; see {}", house.launch.log().display());
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        // It is out, and she presses once more.
        let late = press(&mut ana, &base, &page, &button).await.unwrap();
        assert!(late.status < 500, "{} {}", late.status, late.body);
        process.advance(Duration::minutes(5));
        tokio::time::sleep(std::time::Duration::from_millis(2_500)).await;
        process.kill();
        assert_eq!(house.provider.taken_for(&client.phone).len(), 1, "one text");
        assert_eq!(count(&house, "SELECT count(*) FROM packet WHERE slot LIKE 'request:%'").await, 1, "of one check-in");
    }

    async fn a_batch_that_dies_while_check_ins_are_ended_goes_on_and_each_ends_once(db: TestDb) {
        const MANY: i64 = 24;
        let house = House::found(db, "ending", MANY as usize, Reports::Silent).await;
        let now = house.clock.now();
        house.visit(async |db| for client in &house.clients { house.plan(db, client, now).await; }).await;
        let mut process = house.start(None).await;
        let began = Instant::now();
        while count(&house, "SELECT count(*) FROM packet WHERE state = 'open'").await < MANY {
            assert!(began.elapsed() < PATIENCE, "the texts do not go; see {}", house.launch.log().display());
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        process.kill();
        // Nobody answers; their time is over.
        house.clock.advance(Duration::days(6));
        let ended = "SELECT count(*) FROM packet WHERE state = 'expired'";
        for (step, left) in [("expire.before_commit@6", 5), ("expire.after_commit@7", 12)] {
            let mut process = house.launch.start(Some(step));
            process.listening().await;
            dies(&mut process, step).await;
            assert_eq!(count(&house, ended).await, left, "{step}");
            house.clock.advance(Duration::seconds(130));
        }
        let mut process = house.start(None).await;
        let began = Instant::now();
        while count(&house, ended).await < MANY {
            assert!(began.elapsed() < PATIENCE, "they are not ended; see {}", house.launch.log().display());
            process.advance(Duration::seconds(5));
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        }
        process.kill();
        let noted = "SELECT count(*) FROM audit WHERE action = 'packet.expire'";
        assert_eq!(count(&house, noted).await, MANY, "each is ended once");
        let different = "SELECT count(DISTINCT subject_id) FROM audit WHERE action = 'packet.expire'";
        assert_eq!(count(&house, different).await, MANY);
        let found = house.look().await;
        house.must_hold(&found, "at the end");
        assert_eq!(house.provider.doubled(), []);
    }
}
