//! The schedule, and what it keeps in order.

use crate::fixture::{Clinic, ask, context, jobs_named, number, practice};
use care::access::Viewer;
use care::message::Channel;
use care::protocol::{Line, ProtocolState, Rhythm};
use care::staff::Role;
use care::{EpisodeId, Instant, Job, ProtocolId, ReasonId, StaffId, SystemEntropy};
use chrono::Duration;
use notify::{Memory, Transport};
use store::testing::both_databases;
use workflows::protocol::Draft;

both_databases! {
    async fn a_slot_is_fired_by_one_node_and_downtime_by_one_run(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        let other = context(&db.another_node().await, clinic.clock.clone(), SystemEntropy, Transport::Memory(Memory::new()));
        let before = jobs_named(&db, "sweep").await.len();
        clinic.clock.advance(Duration::hours(7));
        let (first, second) = tokio::join!(jobs::schedule::fire(&clinic.ctx), jobs::schedule::fire(&other));
        assert!(first.unwrap() + second.unwrap() >= 3);
        assert_eq!(jobs_named(&db, "sweep").await.len(), before + 1, "seven hours are one run");
        assert_eq!(jobs::schedule::fire(&other).await.unwrap(), 0);
        clinic.clock.advance(-Duration::hours(3));
        clinic.run().await;
        assert!(jobs_named(&db, "sweep").await.len() <= before + 2, "a clock put back fires no slot of the past twice");
    }

    async fn the_sweep_finds_a_message_whose_job_is_gone(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        ask(&clinic.ctx, 1, Channel::Sms).await;
        // The job that came with it is lost.
        assert_eq!(db.absorb(&Job::Dispatch, clinic.ctx.now()).await.unwrap(), 1);
        assert_eq!(clinic.run().await, 0);
        clinic.later(Duration::minutes(1)).await;
        assert_eq!(clinic.sent_to(&number(1)).len(), 1);
    }

    async fn a_protocol_version_begins_at_midnight_though_its_job_is_lost(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        let midnight: Instant = "2026-03-11T07:00:00Z".parse().unwrap();
        let publish = async |name: &str| {
            let admin = Viewer { staff_id: StaffId::from_text("sue"), roles: vec![Role::Admin], sites: Vec::new() };
            let lines = vec![Line::new("gad-7", Rhythm::Intake)];
            let draft = Draft { name: name.into(), lines, budget: None, in_force_from: "2026-03-11".parse().ok() };
            let mut tx = clinic.write().await;
            let version = workflows::protocol::publish(&mut tx, &clinic.ctx.workflows, &admin, &draft).await.unwrap();
            tx.commit().await.unwrap();
            version.id
        };
        let in_force = async |id: &ProtocolId| {
            let found = store::protocol::find(&mut db.read(&practice()).await.unwrap(), id).await.unwrap();
            found.unwrap().state == ProtocolState::Current
        };
        let standard = publish("Standard").await;
        let due: Vec<Instant> = jobs_named(&db, "begin_protocols").await.into_iter().map(|job| job.run_at).collect();
        assert_eq!(due, [midnight]);
        clinic.clock.set(midnight - Duration::milliseconds(1));
        clinic.run().await;
        assert!(!in_force(&standard).await);
        clinic.clock.set(midnight);
        clinic.run().await;
        assert!(in_force(&standard).await);

        clinic.clock.set(midnight - Duration::hours(1));
        let other = publish("Couples").await;
        clinic.clock.set(midnight);
        assert_eq!(db.absorb(&Job::BeginProtocols { practice: practice() }, midnight).await.unwrap(), 1);
        clinic.run().await;
        assert!(!in_force(&other).await, "nobody has looked yet");
        clinic.later(Duration::minutes(5)).await;
        assert!(in_force(&other).await, "the sweep has");
    }

    async fn done_work_is_forgotten_after_two_weeks(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        assert!(!jobs_named(&db, "tidy").await.is_empty());
        clinic.later(Duration::days(15)).await;
        assert_eq!(jobs_named(&db, "tidy").await.len(), 1, "the run of today");
    }

    async fn the_days_plan_covers_every_open_episode(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        for n in 1..=3 {
            crate::fixture::add_client(&clinic.ctx, n, Channel::Sms).await;
        }
        clinic.later(Duration::days(1)).await;
        let mut read = db.read(&practice()).await.unwrap();
        for n in 1..=3 {
            let packets = store::packet::of_episode(&mut read, &EpisodeId::from_text(format!("e{n}"))).await.unwrap();
            assert!(!packets.is_empty(), "episode {n}");
        }
    }

    async fn a_course_that_cannot_be_read_holds_up_no_other_and_is_reported(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        for n in 1..=9 {
            crate::fixture::add_client(&clinic.ctx, n, Channel::Sms).await;
        }
        let ids: Vec<EpisodeId> = (1..=9).map(|n| EpisodeId::from_text(format!("e{n}"))).collect();
        let job = Job::PlanSeveral { practice: practice(), episodes: ids.clone() };
        let several = jobs::run(&job, &clinic.ctx);
        several.await.unwrap();
        let mut planned = Vec::new();
        for id in &ids {
            planned.push(store::packet::of_episode(&mut db.read(&practice()).await.unwrap(), id).await.unwrap().len());
        }
        assert!(planned.iter().all(|count| *count > 0), "{planned:?}");
        // One check-in of the fourth says what nobody understands; of the others everything has to be planned anew.
        let mut tx = clinic.write().await;
        tx.query("DELETE FROM message WHERE practice_id = $1 AND packet_id IS NOT NULL").bind(practice()).execute().await.unwrap();
        tx.query("DELETE FROM packet WHERE practice_id = $1 AND episode_id <> 'e4'").bind(practice()).execute().await.unwrap();
        let asked = store::Json(serde_json::json!([{"what": "is this"}]));
        tx.query("UPDATE packet SET asked = $2 WHERE practice_id = $1").bind(practice()).bind(asked).execute().await.unwrap();
        tx.commit().await.unwrap();
        for job in [Job::PlanAhead, job] {
            let error = jobs::run(&job, &clinic.ctx).await.unwrap_err();
            assert!(matches!(error, jobs::Error::Some { failed: 1, all: 9, .. }), "{error}");
            let mut read = db.read(&practice()).await.unwrap();
            for (id, before) in ids.iter().zip(&planned).filter(|(id, _)| id.as_str() != "e4") {
                let packets = store::packet::of_episode(&mut read, id).await.unwrap();
                assert_eq!(packets.len(), *before, "{id}");
                for packet in packets {
                    assert_eq!(store::message::of_packet(&mut read, &packet.id).await.unwrap().len(), 1, "{id}");
                }
            }
        }
    }

    async fn a_job_of_a_newer_release_is_set_aside_and_said_so(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        let mut tx = clinic.write().await;
        let sql = "INSERT INTO job (practice_id, id, queue, payload, run_at, state, attempt, seen, claim)
                   VALUES ($1, 'from-the-future', 'main', $2, $3, 'ready', 0, 0, 0)";
        let payload = store::Json(serde_json::json!({"job": "fly"}));
        tx.query(sql).bind(practice()).bind(payload).bind(clinic.ctx.now()).execute().await.unwrap();
        tx.commit().await.unwrap();
        clinic.run().await;
        let row = jobs_named(&db, "fly").await.remove(0);
        assert_eq!((row.state.as_str(), row.reason.as_deref()), ("parked", Some("unreadable")));
    }

    async fn a_job_that_takes_its_worker_down_is_set_aside_and_holds_nobody_up(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        let mut tx = clinic.write().await;
        tx.enqueue(&Job::Escalate { practice: practice(), reason: ReasonId::from_text("r") }, clinic.ctx.now()).await.unwrap();
        tx.commit().await.unwrap();
        for _ in 0..store::DEATHS {
            // The worker dies: nothing is written any more.
            assert!(db.claim(care::job::Queue::Alert, clinic.ctx.now(), Duration::seconds(1)).await.unwrap().is_some());
            clinic.clock.advance(Duration::seconds(2));
        }
        ask(&clinic.ctx, 1, Channel::Sms).await;
        clinic.run().await;
        assert_eq!(jobs_named(&db, "escalate").await[0].state, "parked");
        assert_eq!(clinic.sent_to(&number(1)).len(), 1);
        clinic.later(Duration::minutes(14)).await;
        assert_eq!(jobs_named(&db, "escalate").await[0].claim, store::DEATHS + 1, "and is not run again at once");
        // The deaths were not its fault: at its next chance it is done.
        clinic.later(Duration::minutes(2)).await;
        assert_eq!(jobs_named(&db, "escalate").await[0].state, "done");
    }
}
