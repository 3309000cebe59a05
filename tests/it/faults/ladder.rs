//! Scenario V1 with a worker that is killed on the way: nobody takes up an answer about danger, backup, supervisor and whoever is on
//! call are called after 60, 90 and 120 minutes, each once, though every step takes several processes.
//!
//! The deaths are those between the steps of the ladder and before a text is at the provider. One that dies between the
//! provider's taking a text and the record of it has it sent again, by decision: `steps` has those.

use super::house::House;
use super::operations::{dies, rests};
use care::Clock as _;
use care::message::{Channel, MessageKind};
use care::packet::{Packet, PacketState};
use care::response::{Mode, Sheet};
use care::{Instant, ReasonId, StaffId};
use chrono::Duration;
use instruments::Answer;
use std::collections::BTreeMap;
use tests::both_databases;
use tests::provider::Reports;
use workflows::response;

/// Longer than any lease.
const LEASE: Duration = Duration::seconds(130);

/// The client answers about danger: "nearly every day". The reason that is raised, and when.
async fn danger(house: &House) -> (ReasonId, Instant) {
    let (client, ctx, now) = (&house.clients[0], house.ctx(), house.clock.now());
    house
        .visit(async |db| {
            let packet = tests::check_in(ctx, &client.id, &client.episode, &["phq-9"], now);
            let packet = Packet { state: PacketState::Open, sent_at: Some(now), ..packet };
            let answers = (1..=9).map(|item: i64| (item.to_string(), Answer::Value(if item == 9 { 3 } else { 1 })));
            let sheet = Sheet::from([("phq-9".to_owned(), answers.collect())]);
            let mut tx = db.write(&house.harbor.practice).await.unwrap();
            assert!(store::packet::insert(&mut tx, &packet).await.unwrap());
            let receipt = response::submit_sheet(&mut tx, ctx, &packet.id, sheet, Mode::Link, now).await.unwrap();
            let case = receipt.case.expect("danger opens a case");
            let mut reasons = store::case::reasons(&mut tx, &case).await.unwrap();
            reasons.retain(|reason| reason.rule.is_risk());
            assert_eq!(reasons.len(), 1);
            tx.commit().await.unwrap();
            (reasons[0].id.clone(), reasons[0].raised_at)
        })
        .await
}

/// How often the provider was given a call of the ladder, by who was called.
async fn calls(house: &House) -> BTreeMap<StaffId, usize> {
    let called: Vec<(StaffId, String)> = house
        .visit(async |db| {
            let mut read = db.read(&house.harbor.practice).await.unwrap();
            let case = store::case::open_of_episode(&mut read, &house.clients[0].episode).await.unwrap().unwrap();
            let messages = store::message::of_case(&mut read, &case.id).await.unwrap();
            let escalations =
                messages.into_iter().filter(|one| one.kind == MessageKind::Escalation && one.channel == Channel::Sms);
            escalations.filter_map(|one| Some((one.staff_id?, one.id.to_string()))).collect()
        })
        .await;
    let ledger = house.provider.ledger();
    let mut times = BTreeMap::new();
    for (who, message) in called {
        let taken = ledger.iter().filter(|text| text.message() == Some(&message)).count();
        if taken > 0 {
            *times.entry(who).or_default() += taken;
        }
    }
    times
}

both_databases! {
    async fn v1_each_tier_is_called_once_though_the_worker_is_killed_in_between(db: TestDb) {
        // The house opens on a Monday at nine: working hours until the last call.
        let mut house = House::found(db, "ladder", 1, Reports::Silent).await;
        let (reason, raised_at) = danger(&house).await;
        let mut process = house.start(None).await;
        house.until(&mut process, "the notices go out", rests).await;
        process.kill();

        // Nothing before its time, however often a process starts.
        house.clock.advance(raised_at + Duration::minutes(59) - house.clock.now());
        let mut process = house.start(None).await;
        house.pass(&mut process, Duration::seconds(2), Duration::seconds(1)).await;
        process.kill();
        assert_eq!(calls(&house).await, BTreeMap::new(), "nobody is called before 60 minutes");

        let tiers = [
            (60, house.harbor.ben.clone(), ["escalate.before", "alert.after_intent"]),
            (90, house.harbor.sofia.clone(), ["escalate.before_commit", "alert.before_send"]),
            (120, house.harbor.otto.clone(), ["escalate.after_commit", "alert.after_intent"]),
        ];
        let mut expected = BTreeMap::new();
        for (minutes, who, deaths) in tiers {
            house.clock.advance(raised_at + Duration::minutes(minutes) - house.clock.now());
            for step in deaths {
                let mut process = house.start(Some(step)).await;
                dies(&mut process, step).await;
                assert_eq!(calls(&house).await, expected, "{minutes} min, after the death at {step}");
                // The next process has its work when its lease is over.
                house.clock.advance(LEASE);
            }
            let mut process = house.start(None).await;
            expected.insert(who.clone(), 1);
            house.until(&mut process, "somebody is called", async |house| calls(house).await.contains_key(&who)).await;
            house.until(&mut process, "and it is on record", rests).await;
            process.kill();
            assert_eq!(calls(&house).await, expected, "{minutes} min");
        }

        let rungs = house
            .visit(async |db| {
                let mut read = db.read(&house.harbor.practice).await.unwrap();
                store::case::rungs(&mut read, &reason).await.unwrap()
            })
            .await;
        let figures: Vec<_> =
            rungs.iter().map(|rung| (rung.tier, (rung.due_at - raised_at).num_minutes(), rung.fired_at.is_some())).collect();
        // However late a process came to one of them: the times are those of the reason. Owner and supervisor were told at once.
        assert_eq!(figures, [(0, 0, true), (1, 60, true), (2, 90, true), (3, 120, true), (3, 135, false)]);
        let steps: i64 = house
            .visit(async |db| {
                let mut read = db.read(&house.harbor.practice).await.unwrap();
                read.query("SELECT count(*) FROM audit WHERE action = 'case.escalate'").scalar().await.unwrap()
            })
            .await;
        assert_eq!(steps, 3, "each step was taken once");
        let found = house.look().await;
        house.must_hold(&found, "at the end");
    }
}
