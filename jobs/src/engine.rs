//! The engine: apalis workers over our own table of jobs. Nothing else in the project knows apalis.
//!
//! apalis is the worker runtime (workers, layers, monitor, orderly shutdown) and not the truth: it claims nothing,
//! acknowledges nothing and retries nothing. [`table`] is its source of tasks and answers from the `job` table,
//! [`settle`] is the layer around every task that keeps the lease alive and puts the end on record. A lane has one worker
//! that runs several jobs at once; a worker that ends is started again under a new name.

mod settle;
mod table;

use self::table::JobTable;
use crate::schedule::Ticker;
use crate::{JobContext, work};
use apalis::layers::WorkerBuilderExt as _;
use apalis_core::monitor::Monitor;
use apalis_core::worker::builder::WorkerBuilder;
use care::JobId;
use care::job::Queue;
use std::time::Duration;
use store::ClaimedJob;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The pause before a worker that ended by itself is started again; it doubles.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How long the leases of jobs that did not end in time may take to be given back.
const GIVING_BACK: Duration = Duration::from_secs(5);
/// The queue's figures are published every this many ticks.
const FIGURES_EVERY: u64 = 15;

/// How far the engine's stopping has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// Jobs are claimed and run.
    Running,
    /// Nothing new is claimed.
    Draining,
    /// What still runs is stopped, and its lease given back.
    Abandoning,
}

/// Waits until the engine's stopping has come this far; for ever where nobody can stop it any more.
pub(crate) async fn reached(phase: &mut watch::Receiver<Phase>, at_least: Phase) {
    if phase.wait_for(|phase| *phase >= at_least).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Runs the jobs of a deployment. Any number of engines may run on one database.
#[derive(Debug)]
pub struct Engine;

/// A running engine. Dropping it lets it go on; [`Handle::stop`] ends it.
#[derive(Debug)]
pub struct Handle {
    phase: watch::Sender<Phase>,
    lanes: Vec<JoinHandle<()>>,
    drain: Duration,
}

impl Engine {
    /// Starts the workers of both lanes and the schedule.
    pub fn start(ctx: JobContext) -> Handle {
        let (phase, watched) = watch::channel(Phase::Running);
        let drain = ctx.tuning.drain;
        let lanes = vec![
            tokio::spawn(lane(ctx.clone(), Queue::Alert, ctx.tuning.alert_workers, watched.clone())),
            tokio::spawn(lane(ctx.clone(), Queue::Main, ctx.tuning.main_workers, watched.clone())),
            tokio::spawn(clockwork(ctx, watched)),
        ];
        Handle { phase, lanes, drain }
    }
}

impl Handle {
    /// Claims nothing more, lets running jobs end for as long as the tuning's `drain` says, gives the leases of the rest
    /// back, and returns when all is still.
    pub async fn stop(self) {
        let Self { phase, lanes, drain } = self;
        let aborts: Vec<_> = lanes.iter().map(JoinHandle::abort_handle).collect();
        let mut ended = std::pin::pin!(futures::future::join_all(lanes));
        phase.send_replace(Phase::Draining);
        if tokio::time::timeout(drain, &mut ended).await.is_ok() {
            return;
        }
        phase.send_replace(Phase::Abandoning);
        if tokio::time::timeout(GIVING_BACK, &mut ended).await.is_err() {
            tracing::error!("some jobs could not be given back; they are taken up when their leases end");
            aborts.iter().for_each(tokio::task::AbortHandle::abort);
        }
    }
}

/// Keeps one lane's worker going until the engine stops.
async fn lane(ctx: JobContext, queue: Queue, at_once: usize, phase: watch::Receiver<Phase>) {
    let mut pause = FIRST_PAUSE;
    loop {
        let began = tokio::time::Instant::now();
        let monitor = monitor(&ctx, queue, at_once, &phase);
        let shutdown = monitor.context();
        let mut stopping = phase.clone();
        let mut running = std::pin::pin!(monitor.run());
        let ended = tokio::select! {
            ended = &mut running => ended,
            () = reached(&mut stopping, Phase::Draining) => {
                let _ = shutdown.shutdown();
                running.await
            }
        };
        if *phase.borrow() > Phase::Running {
            return;
        }
        let problem = ended.err().map(|error| error.to_string());
        metrics::counter!("bellwether_worker_restarts_total", "queue" => queue.as_str()).increment(1);
        tracing::error!(queue = queue.as_str(), problem, "a worker ended by itself and is started again");
        pause = if began.elapsed() > Duration::from_mins(1) { FIRST_PAUSE } else { (pause * 2).min(LONGEST_PAUSE) };
        tokio::time::sleep(pause).await;
    }
}

/// One worker, under a name that was never used before. Around the job, from the outside: settling (the table's own layer),
/// the number of jobs at once, the time-out, tracing, and a task of its own.
fn monitor(ctx: &JobContext, queue: Queue, at_once: usize, phase: &watch::Receiver<Phase>) -> Monitor {
    let (ctx, phase) = (ctx.clone(), phase.clone());
    Monitor::new().register(move |_| {
        let job_ctx = ctx.clone();
        WorkerBuilder::new(format!("{queue}-{}", ctx.workflows.id(JobId::new)))
            .backend(JobTable::new(ctx.clone(), queue, phase.clone()))
            .concurrency(at_once)
            .timeout(ctx.tuning.timeout)
            .enable_tracing()
            .build(move |claimed: ClaimedJob| {
                let ctx = job_ctx.clone();
                async move { work::contained(&ctx, &claimed).await }
            })
    })
}

/// Fires the schedule and publishes the queue's figures until the engine stops.
async fn clockwork(ctx: JobContext, mut phase: watch::Receiver<Phase>) {
    let mut ticker = Ticker::default();
    let mut ticks = 0_u64;
    let mut tick = tokio::time::interval(ctx.tuning.poll);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = tick.tick() => {}
            () = reached(&mut phase, Phase::Draining) => return,
        }
        if let Err(error) = ticker.fire(&ctx).await {
            tracing::warn!(%error, "the schedule could not be read; it is looked at again in a moment");
        }
        if ticks.is_multiple_of(FIGURES_EVERY)
            && let Err(error) = publish_figures(&ctx).await
        {
            tracing::warn!(%error, "the queue could not be counted");
        }
        ticks += 1;
    }
}

async fn publish_figures(ctx: &JobContext) -> Result<(), store::Error> {
    let now = ctx.now();
    for queue in [Queue::Alert, Queue::Main] {
        let depth = ctx.db.queue_depth(Some(queue), now).await?;
        let waited = depth.oldest_due.map_or(0, |due| (now - due).num_seconds().max(0));
        let name = queue.as_str();
        metrics::gauge!("bellwether_jobs_due", "queue" => name).set(depth.due as f64);
        metrics::gauge!("bellwether_jobs_running", "queue" => name).set(depth.running as f64);
        metrics::gauge!("bellwether_jobs_parked", "queue" => name).set(depth.parked as f64);
        metrics::gauge!("bellwether_jobs_oldest_due_seconds", "queue" => name).set(waited as f64);
    }
    Ok(())
}
