//! The real engine: many jobs, two engines, panics, busy writers, and an orderly stop.

use crate::fixture::{Clinic, context, eventually, found, jobs_named, practice};
use crate::provider::Hanging;
use care::job::Queue;
use care::practice::Settings;
use care::{Entropy, EpisodeId, Job, SystemClock, SystemEntropy};
use chrono::Duration;
use jobs::{Engine, JobContext, Tuning};
use notify::{Memory, Transport};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration as StdDuration, Instant};
use store::Db;
use store::testing::both_databases;

fn live(db: &Db, entropy: impl Entropy + 'static) -> JobContext {
    context(db, SystemClock, entropy, Transport::Memory(Memory::new()))
}

/// A job that does nothing: there is no such episode.
fn nothing(n: usize) -> Job {
    Job::Plan { practice: practice(), episode: EpisodeId::from_text(format!("none-{n}")) }
}

async fn enqueue(ctx: &JobContext, job: &Job) {
    let mut tx = ctx.db.write(&practice()).await.unwrap();
    tx.enqueue(job, ctx.now()).await.unwrap();
    tx.commit().await.unwrap();
}

/// Chance that panics when it is asked for an id, once armed.
#[derive(Clone, Default)]
struct Treacherous(Arc<AtomicBool>);

impl Entropy for Treacherous {
    fn fill(&self, buffer: &mut [u8]) {
        assert!(!(buffer.len() == 10 && self.0.load(Ordering::SeqCst)), "asked for an id while armed");
        SystemEntropy.fill(buffer);
    }
}

both_databases! {
    async fn two_engines_run_each_job_once(db: TestDb) {
        let ctx = live(&db, SystemEntropy);
        let mut tx = ctx.db.write(&practice()).await.unwrap();
        for n in 0..200 {
            tx.enqueue(&nothing(n), ctx.now()).await.unwrap();
        }
        tx.commit().await.unwrap();
        let engines = [Engine::start(ctx.clone()), Engine::start(live(&db.another_node().await, SystemEntropy))];
        eventually("the end of two hundred jobs", || async { jobs_named(&db, "plan").await.iter().all(|row| row.state == "done") }).await;
        for engine in engines {
            engine.stop().await;
        }
        let rows = jobs_named(&db, "plan").await;
        assert_eq!(rows.len(), 200);
        assert!(rows.iter().all(|row| row.claim == 1), "each was claimed once");
    }

    async fn a_panic_is_a_failure_of_its_job_alone_and_the_next_try_waits(db: TestDb) {
        let chance = Treacherous::default();
        let ctx = live(&db, chance.clone());
        found(&ctx, Settings::default()).await;
        let engine = Engine::start(ctx.clone());
        // The day's plan would be faster than the job of the test.
        eventually("the day's plan", || async { jobs_named(&db, "plan_ahead").await.iter().any(|row| row.state == "done") }).await;
        let episode = crate::fixture::add_client(&ctx, 1, care::message::Channel::Sms).await;
        chance.0.store(true, Ordering::SeqCst);
        enqueue(&ctx, &Job::Plan { practice: practice(), episode: episode.clone() }).await;
        eventually("the failure", || async { jobs_named(&db, "plan").await.iter().any(|row| row.attempt == 1) }).await;
        let row = jobs_named(&db, "plan").await.remove(0);
        assert_eq!(row.reason.as_deref(), Some("panicked"));
        enqueue(&ctx, &nothing(1)).await;
        eventually("another job", || async { jobs_named(&db, "plan").await.iter().any(|row| row.state == "done" && row.attempt == 0) }).await;
        chance.0.store(false, Ordering::SeqCst);
        eventually("the next try", || async { jobs_named(&db, "plan").await.iter().all(|row| row.state == "done") }).await;
        engine.stop().await;
        let mut read = db.read(&practice()).await.unwrap();
        assert!(!store::packet::of_episode(&mut read, &episode).await.unwrap().is_empty());
    }

    async fn a_due_job_starts_within_two_seconds_under_sixty_four_writers(db: TestDb) {
        let ctx = live(&db, SystemEntropy);
        let engine = Engine::start(ctx.clone());
        let over = Arc::new(AtomicBool::new(false));
        let writers: Vec<_> = (0..64).map(|n| {
            let (ctx, over) = (ctx.clone(), Arc::clone(&over));
            tokio::spawn(async move {
                let mut wrote = 0;
                while !over.load(Ordering::SeqCst) {
                    // On a busy server a writer may be turned away; it comes again.
                    let Ok(mut tx) = ctx.db.write(&practice()).await else { continue };
                    if store::throttle::hit(&mut tx, &format!("writer-{n}"), Duration::hours(1), 1_000_000, ctx.now()).await.is_ok() {
                        wrote += usize::from(tx.commit().await.is_ok());
                    }
                }
                wrote
            })
        }).collect();
        // Looked at from elsewhere: the question does not stand in the writers' queue.
        let onlooker = db.another_node().await;
        let mut slowest = StdDuration::ZERO;
        for n in 0..20 {
            enqueue(&ctx, &nothing(n)).await;
            let began = Instant::now();
            eventually("the job", || async { jobs_named(&onlooker, "plan").await.iter().all(|row| row.state != "ready") }).await;
            slowest = slowest.max(began.elapsed());
        }
        over.store(true, Ordering::SeqCst);
        let mut wrote = 0;
        for writer in writers {
            wrote += writer.await.unwrap();
        }
        engine.stop().await;
        assert!(slowest < StdDuration::from_secs(2), "slowest start {slowest:?} beside {wrote} commits");
        assert!(wrote > 64, "the writers wrote: {wrote}");
    }

    async fn alerts_have_a_worker_of_their_own(db: TestDb) {
        let provider = Hanging::start().await;
        let transport = provider.transport(StdDuration::from_secs(30));
        let ctx = context(&db, SystemClock, SystemEntropy, transport)
            .tuned(Tuning { drain: StdDuration::from_millis(200), main_workers: 1, ..Tuning::default() });
        let all_day = Settings { quiet_until_minute: 0, quiet_from_minute: 24 * 60, ..Settings::default() };
        found(&ctx, all_day).await;
        crate::fixture::ask(&ctx, 1, care::message::Channel::Sms).await;
        let engine = Engine::start(ctx.clone());
        eventually("the provider is called", || async { provider.posts().await == 1 }).await;
        // The one place of the main lane is taken by a text that hangs.
        enqueue(&ctx, &Job::Alert).await;
        eventually("the alert lane goes on", || async { jobs_named(&db, "alert").await.iter().all(|row| row.state == "done") }).await;
        let began = Instant::now();
        engine.stop().await;
        assert!(began.elapsed() < StdDuration::from_secs(5));
        let row = jobs_named(&db, "dispatch").await.into_iter().find(|row| row.claim > 0 && row.state != "done").expect("the one that hung");
        assert_eq!((row.state.as_str(), row.seen), ("ready", 0), "its lease was given back");
    }

    async fn an_engine_that_stops_leaves_nothing_claimed(db: TestDb) {
        let ctx = live(&db, SystemEntropy);
        let engine = Engine::start(ctx.clone());
        for n in 0..100 {
            enqueue(&ctx, &nothing(n)).await;
        }
        let began = Instant::now();
        engine.stop().await;
        assert!(began.elapsed() < StdDuration::from_secs(3), "{:?}", began.elapsed());
        assert_eq!(db.queue_depth(None, ctx.now()).await.unwrap().running, 0);
        let rows = jobs_named(&db, "plan").await;
        assert!(rows.iter().all(|row| row.state == "done" || (row.state == "ready" && row.seen == 0)));
        // And what is left is there for the next one.
        let next = Engine::start(ctx.clone());
        eventually("the rest", || async { jobs_named(&db, "plan").await.iter().all(|row| row.state == "done") }).await;
        next.stop().await;
    }

    async fn a_job_that_goes_on_failing_is_set_aside(db: TestDb) {
        let chance = Treacherous::default();
        let clinic = Clinic::new(&db).await;
        let episode = crate::fixture::add_client(&clinic.ctx, 1, care::message::Channel::Sms).await;
        let ctx = context(&db, clinic.clock.clone(), chance.clone(), Transport::Memory(Memory::new()));
        chance.0.store(true, Ordering::SeqCst);
        enqueue(&ctx, &Job::Plan { practice: practice(), episode }).await;
        let mut waited = Vec::new();
        for _ in 0..12 {
            jobs::run_due(&ctx, 100).await.unwrap();
            let row = jobs_named(&db, "plan").await.remove(0);
            if row.state == "parked" {
                break;
            }
            waited.push((row.run_at - clinic.clock_now()).num_seconds());
            clinic.clock.set(row.run_at);
        }
        let row = jobs_named(&db, "plan").await.remove(0);
        assert_eq!((row.state.as_str(), row.reason.as_deref()), ("parked", Some("panicked")));
        assert_eq!(waited.len(), 7, "{waited:?}");
        assert!(waited.is_sorted_by(|a, b| *b >= *a * 3 / 5) && *waited.last().unwrap() >= 2_800, "{waited:?}");
        assert_eq!(db.claim(Queue::Main, clinic.clock_now() + Duration::days(9), Duration::seconds(1)).await.unwrap().map(|_| ()), None);
    }
}

impl Clinic {
    fn clock_now(&self) -> care::Instant {
        self.ctx.now()
    }
}
