//! `kill -9` around the step from a short questionnaire to the longer one: what was acknowledged stays, the longer one is asked
//! if and only if the answers call for it, and both are scored by the same answers.

use super::house::House;
use care::Clock;
use care::packet::PacketState;
use care::response::ScoreState;
use chrono::Duration;
use std::time::Instant;
use tests::both_databases;
use tests::process::{PATIENCE, was_killed};
use tests::provider::Reports;

/// Steps of a check-in that begins with two questions; the second answer is the one that calls for more, or not.
const STEPS: [&str; 8] = [
    "answer.in_tx@2",
    "step.in_tx",
    "answer.after_commit@2",
    "answer.in_tx@3",
    "answer.after_commit@3",
    "answer.after_commit@9",
    "submit.in_tx",
    "submit.after_commit",
];

both_databases! {
    async fn a_kill_around_the_step_loses_nothing_and_asks_nothing_twice(db: TestDb) {
        let mut house = House::found(db, "step-kills", STEPS.len() * 2, Reports::Silent).await;
        house.asks = "phq-2";
        for (number, step) in STEPS.iter().enumerate() {
            house.clock.advance(Duration::seconds(130));
            let now = house.clock.now();
            // Two people, so that one of them goes on whatever the dice say to the other.
            let clients = [&house.clients[2 * number], &house.clients[2 * number + 1]];
            house.visit(async |db| {
                for client in clients {
                    house.plan(db, client, now).await;
                }
            }).await;
            let mut process = house.launch.start(Some(step));
            process.listening().await;
            let began = Instant::now();
            // Where nobody's answers call for more, the process is ended from outside.
            while began.elapsed() < PATIENCE {
                house.meet();
                if let Some(status) = process.end(std::time::Duration::from_millis(20)).await {
                    assert!(was_killed(status), "{step}: {status}; see {}", house.launch.log().display());
                    break;
                }
                if house.journal.acknowledged().receipts.len() == 2 * (number + 1) {
                    break;
                }
            }
            process.kill();
            let found = house.look().await;
            house.must_hold(&found, &format!("after the death at {step}"));
        }
        house.clock.advance(Duration::seconds(130));
        let mut process = house.start(None).await;
        house.pass(&mut process, Duration::seconds(120), Duration::seconds(30)).await;
        let found = house.at_rest(&mut process).await;
        process.kill();
        house.must_hold(&found, "at the end");
        assert_eq!(house.journal.acknowledged().receipts.len(), house.people_met, "everybody who got a link has a receipt");
        let (mut short, mut long) = (0, 0);
        house.visit(async |db| {
            let mut read = db.read(&house.harbor.practice).await.unwrap();
            for client in &house.clients {
                for packet in store::packet::of_episode(&mut read, &client.episode).await.unwrap() {
                    if packet.state != PacketState::Completed {
                        continue;
                    }
                    let scores = store::response::scores_of_episode(&mut read, &client.episode).await.unwrap();
                    let of = |id: &str| scores.iter().find(|score| score.instrument == id);
                    let screen = of("phq-2").expect("the short one is scored");
                    let goes_on = screen.value.expect("both were answered") >= 3.0;
                    let asked: Vec<&str> = packet.asked.iter().map(|one| one.id.as_str()).collect();
                    // Once one of the further questions was answered, a correction takes nothing back; nobody corrects here.
                    assert_eq!(asked, if goes_on { vec!["phq-2", "phq-9"] } else { vec!["phq-2"] }, "{}", packet.id);
                    if goes_on {
                        long += 1;
                        assert_eq!(of("phq-9").map(|score| (score.state, score.answered)), Some((ScoreState::Valid, 9)));
                    } else {
                        short += 1;
                        assert!(of("phq-9").is_none());
                    }
                    let response = store::response::of_packet(&mut read, &packet.id).await.unwrap().remove(0);
                    for item in ["1", "2"].iter().filter(|_| goes_on) {
                        assert_eq!(response.answers["phq-2"].get(*item), response.answers["phq-9"].get(*item));
                    }
                }
            }
        }).await;
        assert!(long > 0 && short + long == house.people_met, "{short} stayed short and {long} went on of {}", house.people_met);
    }
}
