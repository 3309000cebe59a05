//! A job exists if its transaction does, is run by one worker at a time, and no other can hold it back.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration as StdDuration, Instant};

use care::job::Queue;
use care::{EpisodeId, ImportRunId, Job, ReasonId, StaffId};
use chrono::Duration;
use store::testing::{TestDb, both_databases};
use store::{Claim, ClaimedJob, DEATHS, Db, Error, QueueDepth};

use crate::{create_box, insert, noon, practice};

const LEASE: Duration = Duration::seconds(30);

async fn enqueue(db: &Db, job: &Job, at: chrono::DateTime<chrono::Utc>) -> care::JobId {
    let mut tx = db.write(&practice()).await.expect("begins");
    let id = tx.enqueue(job, at).await.expect("enqueues");
    tx.commit().await.expect("commits");
    id
}

async fn claim(db: &Db, at: chrono::DateTime<chrono::Utc>) -> Option<ClaimedJob> {
    match db.claim(Queue::Main, at, LEASE).await.expect("claims") {
        Some(Claim::Run(job)) => Some(job),
        Some(Claim::Poisoned(job)) => panic!("{job:?} was not expected to be poisoned"),
        None => None,
    }
}

fn plan(n: usize) -> Job {
    Job::Plan { practice: practice(), episode: EpisodeId::from_text(format!("episode-{n}")) }
}

both_databases! {
    async fn four_claimers_run_five_hundred_jobs_exactly_once(db: TestDb) {
        let mut tx = db.write(&practice()).await.expect("begins");
        for n in 0..500 {
            tx.enqueue(&plan(n), noon()).await.expect("enqueues");
        }
        tx.commit().await.expect("commits");
        let ran = Arc::new(Mutex::new(HashSet::new()));
        let finished = Arc::new(AtomicUsize::new(0));
        let claimers: Vec<_> = (0..4).map(|_| {
            let (db, ran, finished) = (Db::clone(&db), Arc::clone(&ran), Arc::clone(&finished));
            tokio::spawn(async move {
                while finished.load(Ordering::SeqCst) < 500 {
                    let Some(job) = claim(&db, noon()).await else {
                        tokio::task::yield_now().await;
                        continue;
                    };
                    assert!(ran.lock().expect("no panic").insert(job.id.clone()), "{:?} was claimed twice", job.id);
                    let mut tx = db.write(&practice()).await.expect("begins");
                    tx.finish_job(&job, noon()).await.expect("finishes");
                    tx.commit().await.expect("commits");
                    finished.fetch_add(1, Ordering::SeqCst);
                }
            })
        }).collect();
        for claimer in claimers {
            claimer.await.expect("no claimer fails");
        }
        assert_eq!(ran.lock().expect("no panic").len(), 500);
        assert_eq!(claim(&db, noon() + Duration::days(1)).await, None);
        assert_eq!(db.forget_done(noon() + Duration::days(1)).await.expect("deletes"), 500);
    }

    async fn a_job_whose_workers_died_gets_another_chance_and_not_for_ever(db: TestDb) {
        enqueue(&db, &plan(1), noon()).await;
        let mut at = noon();
        let mut parked = 0;
        let mut runs = 0;
        for _ in 0..200 {
            // Every worker that takes it dies: the lease ends and nobody says a word.
            match db.claim(Queue::Main, at, LEASE).await.expect("claims") {
                Some(Claim::Run(_)) => runs += 1,
                Some(Claim::Poisoned(_)) => parked += 1,
                None => {
                    let mut tx = db.write_all().await.expect("begins");
                    tx.own().revive_parked(at - Duration::minutes(15), at).await.expect("revives");
                    tx.commit().await.expect("commits");
                }
            }
            at += Duration::minutes(5);
        }
        assert!(parked > 3, "it was given further chances: {parked}");
        assert!(runs <= 24, "and is left to a person in the end: {runs}");
        assert_eq!(claim(&db, at).await, None);
        // Whose deaths were another's is done at the first chance.
        enqueue(&db, &plan(2), at).await;
        for _ in 0..DEATHS {
            claim(&db, at).await.expect("is due");
            at += LEASE + Duration::seconds(1);
        }
        assert!(matches!(db.claim(Queue::Main, at, LEASE).await.expect("claims"), Some(Claim::Poisoned(_))));
        at += Duration::minutes(16);
        let mut tx = db.write_all().await.expect("begins");
        assert_eq!(tx.own().revive_parked(at - Duration::minutes(15), at).await.expect("revives"), 1);
        tx.commit().await.expect("commits");
        let job = claim(&db, at).await.expect("it is due again");
        let mut tx = db.write(&practice()).await.expect("begins");
        tx.finish_job(&job, at).await.expect("finishes");
        tx.commit().await.expect("commits");
    }

    async fn a_job_exists_if_its_transaction_does(db: TestDb) {
        let mut tx = db.write(&practice()).await.expect("begins");
        tx.enqueue(&Job::Dispatch, noon()).await.expect("enqueues");
        drop(tx);
        assert_eq!(claim(&db, noon()).await, None);
        let id = enqueue(&db, &plan(7), noon()).await;
        let job = claim(&db, noon()).await.expect("is there");
        assert_eq!((job.id.clone(), job.practice_id.clone(), job.attempt, job.seen), (id, practice(), 0, 1));
        assert_eq!(job.job(), Some(plan(7)));
    }

    async fn jobs_wait_for_their_time_and_come_in_its_order(db: TestDb) {
        enqueue(&db, &plan(2), noon() + Duration::seconds(2)).await;
        enqueue(&db, &plan(1), noon() + Duration::seconds(1)).await;
        assert_eq!(claim(&db, noon()).await, None);
        let later = noon() + Duration::seconds(5);
        assert_eq!(claim(&db, later).await.expect("due").job(), Some(plan(1)));
        assert_eq!(claim(&db, later).await.expect("due").job(), Some(plan(2)));
    }

    async fn alerts_have_a_lane_of_their_own(db: TestDb) {
        let alert = Job::Escalate { practice: practice(), reason: ReasonId::from_text("reason-1") };
        enqueue(&db, &alert, noon()).await;
        assert_eq!(claim(&db, noon()).await, None, "the main lane does not see it");
        let claimed = db.claim(Queue::Alert, noon(), LEASE).await.expect("claims");
        assert!(matches!(claimed, Some(Claim::Run(job)) if job.job().as_ref() == Some(&alert)));
    }

    async fn a_dead_workers_job_is_taken_over_and_the_zombie_is_refused(db: TestDb) {
        create_box(&db).await;
        enqueue(&db, &Job::Dispatch, noon()).await;
        let first = claim(&db, noon()).await.expect("is there");
        assert_eq!(claim(&db, noon() + LEASE).await, None, "the lease still holds");
        let later = noon() + LEASE + Duration::microseconds(1);
        let second = claim(&db, later).await.expect("the lease is over");
        assert_eq!((second.id.clone(), second.claim, second.seen), (first.id.clone(), first.claim + 1, 2));

        let mut zombie = db.write(&practice()).await.expect("begins");
        insert(&mut zombie, "late effect", 1).await.expect("inserts");
        assert!(matches!(zombie.finish_job(&first, later).await, Err(Error::Conflict)));
        assert!(matches!(zombie.commit().await, Err(Error::Failed)), "its effects go with it");
        assert!(crate::ids(&db).await.is_empty());
        assert!(matches!(db.extend_lease(&first, later + LEASE).await, Err(Error::Conflict)));

        db.extend_lease(&second, later + LEASE + LEASE).await.expect("it holds the job");
        assert_eq!(claim(&db, later + LEASE + Duration::seconds(1)).await, None);
        let mut tx = db.write(&practice()).await.expect("begins");
        insert(&mut tx, "effect", 1).await.expect("inserts");
        tx.finish_job(&second, later).await.expect("finishes");
        tx.commit().await.expect("commits");
        assert_eq!(crate::ids(&db).await, ["effect"]);
    }

    async fn a_job_that_keeps_killing_its_worker_is_parked(db: TestDb) {
        enqueue(&db, &plan(1), noon()).await;
        let mut at = noon();
        for _ in 0..DEATHS {
            claim(&db, at).await.expect("is there");
            at += LEASE + Duration::seconds(1);
        }
        let poisoned = db.claim(Queue::Main, at, LEASE).await.expect("claims");
        assert!(matches!(poisoned, Some(Claim::Poisoned(job)) if job.job() == Some(plan(1))));
        assert_eq!(claim(&db, at + Duration::days(1)).await, None);
        let depth = db.queue_depth(None, at).await.expect("counts");
        assert_eq!(depth, QueueDepth { parked: 1, ..QueueDepth::default() });
    }

    async fn a_retry_waits_and_starts_counting_deaths_anew(db: TestDb) {
        enqueue(&db, &plan(1), noon()).await;
        let mut at = noon();
        for attempt in 0..6 {
            let job = claim(&db, at).await.expect("is there");
            assert_eq!((job.attempt, job.seen), (attempt, 1));
            at += Duration::minutes(1);
            let mut tx = db.write(&practice()).await.expect("begins");
            tx.retry_job(&job, at, "provider_unreachable").await.expect("gives it back");
            tx.commit().await.expect("commits");
            assert_eq!(claim(&db, at - Duration::seconds(1)).await, None);
        }
        let job = claim(&db, at).await.expect("is there");
        let mut tx = db.write(&practice()).await.expect("begins");
        tx.park_job(&job, at, "too_many_attempts").await.expect("parks");
        tx.commit().await.expect("commits");
        assert_eq!(claim(&db, at + Duration::days(1)).await, None);
    }

    async fn what_nothing_else_would_repeat_gets_another_chance_after_failing(db: TestDb) {
        let by = StaffId::from_text("staff-1");
        let file = Job::Import { practice: practice(), run: ImportRunId::from_text("run-1"), by };
        for job in [plan(1), file.clone(), Job::Tidy] {
            enqueue(&db, &job, noon()).await;
            let job = claim(&db, noon()).await.expect("is there");
            let mut tx = db.write(&practice()).await.expect("begins");
            tx.park_job(&job, noon(), "storage").await.expect("parks");
            tx.commit().await.expect("commits");
        }
        let later = noon() + Duration::minutes(15);
        let mut tx = db.write_all().await.expect("begins");
        assert_eq!(tx.own().revive_parked(noon() - Duration::seconds(1), later).await.expect("looks"), 0, "too early");
        assert_eq!(tx.own().revive_parked(noon(), later).await.expect("revives"), 2);
        tx.commit().await.expect("commits");
        let mut again = Vec::new();
        while let Some(job) = claim(&db, later).await {
            again.push(job.job().expect("is readable"));
        }
        again.sort_by_key(Job::name);
        assert_eq!(again, [file, plan(1)], "what every night does anew waits for the night");
    }

    async fn a_stopping_worker_gives_its_job_back_unharmed(db: TestDb) {
        enqueue(&db, &plan(1), noon()).await;
        for _ in 0..DEATHS + 3 {
            let job = claim(&db, noon()).await.expect("is there at once");
            assert_eq!((job.attempt, job.seen), (0, 1));
            let mut tx = db.write(&practice()).await.expect("begins");
            tx.release_job(&job).await.expect("gives it back");
            tx.commit().await.expect("commits");
        }
    }

    async fn a_slot_of_the_schedule_fires_once_on_eight_nodes(db: TestDb) {
        let other = db.another_node().await;
        let nodes: Vec<_> = (0..8).map(|n| {
            let db = if n % 2 == 0 { Db::clone(&db) } else { other.clone() };
            tokio::spawn(async move {
                let mut tx = db.write_all().await.expect("begins");
                let fired = tx.own().schedule("sweep", noon()).await.expect("notes");
                if fired {
                    tx.own().enqueue(&Job::Sweep, noon()).await.expect("enqueues");
                }
                tx.commit().await.expect("commits");
                fired
            })
        }).collect();
        let mut fired = 0;
        for node in nodes {
            fired += usize::from(node.await.expect("runs"));
        }
        assert_eq!(fired, 1);
        let depth = db.queue_depth(Some(Queue::Main), noon()).await.expect("counts");
        assert_eq!(depth, QueueDepth { due: 1, oldest_due: Some(noon()), ..QueueDepth::default() });
        let mut tx = db.write_all().await.expect("begins");
        assert!(tx.own().schedule("sweep", noon() + Duration::minutes(1)).await.expect("notes"), "the next slot fires again");
        other.close().await;
    }

    async fn a_commit_wakes_the_workers(db: TestDb) {
        let mut here = db.wakeups();
        here.mark_unchanged();
        let mut tx = db.write(&practice()).await.expect("begins");
        tx.enqueue(&Job::Dispatch, noon()).await.expect("enqueues");
        tx.commit().await.expect("commits");
        assert!(here.has_changed().expect("the database lives"));
    }

    /// Measured in real time: what matters is that an alert does not stand behind the crowd.
    async fn a_due_job_is_claimed_soon_while_sixty_four_writers_saturate(db: TestDb) {
        create_box(&db).await;
        let stop = Arc::new(AtomicBool::new(false));
        let written = Arc::new(AtomicUsize::new(0));
        let writers: Vec<_> = (0..64).map(|writer| {
            let (db, stop, written) = (Db::clone(&db), Arc::clone(&stop), Arc::clone(&written));
            tokio::spawn(async move {
                let mut n = 0;
                while !stop.load(Ordering::SeqCst) {
                    let Ok(mut tx) = db.write(&practice()).await else { continue };
                    insert(&mut tx, &format!("{writer}-{n}"), n).await.expect("inserts");
                    tx.commit().await.expect("commits");
                    n += 1;
                    written.fetch_add(1, Ordering::SeqCst);
                }
            })
        }).collect();
        while written.load(Ordering::SeqCst) < 64 {
            tokio::task::yield_now().await;
        }
        let mut slowest = StdDuration::ZERO;
        for n in 0..5 {
            enqueue(&db, &plan(n), noon()).await;
            let started = Instant::now();
            while claim(&db, noon()).await.is_none() {}
            slowest = slowest.max(started.elapsed());
        }
        stop.store(true, Ordering::SeqCst);
        for writer in writers {
            writer.await.expect("no writer fails");
        }
        assert!(slowest < StdDuration::from_secs(2), "{slowest:?} with {} rows written", written.load(Ordering::SeqCst));
    }
}

/// PostgreSQL only: workers of another process hear of it.
#[tokio::test]
async fn a_commit_wakes_the_other_nodes() {
    let Some(db) = TestDb::postgres().await else { return };
    let other = db.another_node().await;
    let mut there = other.wakeups();
    enqueue(&db, &Job::Dispatch, noon()).await;
    tokio::time::timeout(StdDuration::from_secs(5), there.changed()).await.expect("hears of it").expect("lives");
    other.close().await;
}
