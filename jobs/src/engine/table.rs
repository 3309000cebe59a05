//! The `job` table as apalis' source of tasks. A job is claimed only when a worker has a place free for it, in a task of its
//! own: a claim that was begun always comes to its end, because it may hold the database's one writer.

use super::settle::SettleLayer;
use super::{Phase, reached};
use crate::{JobContext, work};
use apalis_core::backend::finalize::Ephemeral;
use apalis_core::backend::{Backend, BackendConfig};
use apalis_core::task::Task;
use apalis_core::task::builder::TaskBuilder;
use apalis_core::task::task_id::{RandomId, TaskId};
use apalis_core::worker::context::WorkerContext;
use care::job::Queue;
use std::convert::Infallible;
use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll};
use store::{Claim, ClaimedJob};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// One lane of the table, for one worker.
pub(super) struct JobTable {
    ctx: JobContext,
    queue: Queue,
    phase: watch::Receiver<Phase>,
    claiming: Option<JoinHandle<Option<ClaimedJob>>>,
    /// Dropped with the worker, so that its last claim gives its job back.
    open: watch::Sender<()>,
}

impl JobTable {
    pub(super) fn new(ctx: JobContext, queue: Queue, phase: watch::Receiver<Phase>) -> Self {
        Self { ctx, queue, phase, claiming: None, open: watch::channel(()).0 }
    }

    /// Polls the claim that is under way, beginning one where there is none.
    fn poll_claim(&mut self, cx: &mut Context<'_>) -> Poll<Option<ClaimedJob>> {
        let claiming = self.claiming.get_or_insert_with(|| {
            tokio::spawn(next_job(self.ctx.clone(), self.queue, self.phase.clone(), self.open.subscribe()))
        });
        let claimed = std::task::ready!(Pin::new(claiming).poll(cx));
        self.claiming = None;
        Poll::Ready(claimed.ok().flatten())
    }
}

/// Waits for a job of the lane and claims it. `None` when the worker is to end.
async fn next_job(
    ctx: JobContext,
    queue: Queue,
    mut phase: watch::Receiver<Phase>,
    mut open: watch::Receiver<()>,
) -> Option<ClaimedJob> {
    let mut wakeups = ctx.db.wakeups();
    loop {
        // What commits from here on wakes the wait below, even while the table is being looked at.
        wakeups.mark_unchanged();
        let found = match ctx.db.claim(queue, ctx.now(), ctx.tuning.lease()).await {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(queue = queue.as_str(), %error, "the table of jobs could not be read; it is looked at again in a moment");
                None
            }
        };
        let is_ending = *phase.borrow() > Phase::Running || open.has_changed().is_err();
        match found {
            Some(Claim::Poisoned(job)) => work::report_poison(&job),
            Some(Claim::Run(job)) if is_ending => {
                if let Err(error) = work::release(&ctx, &job).await {
                    tracing::warn!(%error, "a job could not be given back; it is taken up when its lease ends");
                }
                return None;
            }
            Some(Claim::Run(job)) => return Some(job),
            None if is_ending => return None,
            None => tokio::select! {
                _ = wakeups.changed() => {}
                () = tokio::time::sleep(ctx.tuning.poll) => {}
                () = reached(&mut phase, Phase::Draining) => {}
                _ = open.changed() => {}
            },
        }
    }
}

impl Backend for JobTable {
    type Task = Task<ClaimedJob>;
    /// Trouble with the database is waited out in [`next_job`]; it never ends a worker.
    type Error = Infallible;

    fn poll_ready(&mut self, _: &mut Context<'_>, _: &WorkerContext) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn poll_next(&mut self, cx: &mut Context<'_>, _: &WorkerContext) -> Poll<Option<Result<Self::Task, Infallible>>> {
        self.poll_claim(cx).map(|claimed| {
            claimed.map(|job| {
                let id = TaskId::from_string(job.id.as_str());
                Ok(TaskBuilder::new(job).task_id(id).build())
            })
        })
    }

    fn poll_close(&mut self, cx: &mut Context<'_>, _: &WorkerContext) -> Poll<Result<(), Infallible>> {
        if self.claiming.is_none() {
            return Poll::Ready(Ok(()));
        }
        let Some(job) = std::task::ready!(self.poll_claim(cx)) else { return Poll::Ready(Ok(())) };
        // It was claimed just before the worker was told to end.
        let ctx = self.ctx.clone();
        self.claiming = Some(tokio::spawn(async move {
            if let Err(error) = work::release(&ctx, &job).await {
                tracing::warn!(%error, "a job could not be given back; it is taken up when its lease ends");
            }
            None
        }));
        self.poll_claim(cx).map(|_| Ok(()))
    }
}

impl BackendConfig for JobTable {
    type Args = ClaimedJob;
    type Id = RandomId;
    type Kind = Ephemeral;
    type Config = ();
    type Layer = SettleLayer;

    fn config(&self) -> &() {
        &()
    }

    fn middleware(&mut self, _: &mut WorkerContext) -> SettleLayer {
        SettleLayer::new(self.ctx.clone(), self.phase.clone())
    }
}
