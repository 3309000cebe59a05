//! The layer around every task: it keeps the job's lease alive, and whatever the layers inside say (done, failed, too slow)
//! it puts on record. apalis itself sees success only, so that it has nothing to retry.

use super::{Phase, reached};
use crate::{Error, JobContext, work};
use apalis_core::error::BoxDynError;
use apalis_core::task::Task;
use futures::future::BoxFuture;
use std::convert::Infallible;
use std::future::Future;
use std::task::{Context, Poll};
use std::time::Duration;
use store::ClaimedJob;
use tokio::sync::watch;
use tower::{Layer, Service};

/// How often, and how far apart, the end of a job is tried to be written before its lease is left to end.
const TRIES: u32 = 5;
const APART: Duration = Duration::from_millis(300);

#[derive(Clone)]
pub(super) struct SettleLayer {
    ctx: JobContext,
    phase: watch::Receiver<Phase>,
}

impl SettleLayer {
    pub(super) const fn new(ctx: JobContext, phase: watch::Receiver<Phase>) -> Self {
        Self { ctx, phase }
    }
}

impl<S> Layer<S> for SettleLayer {
    type Service = Settle<S>;

    fn layer(&self, inner: S) -> Settle<S> {
        Settle { inner, layer: self.clone() }
    }
}

pub(super) struct Settle<S> {
    inner: S,
    layer: SettleLayer,
}

impl<S, E> Service<Task<ClaimedJob>> for Settle<S>
where
    S: Service<Task<ClaimedJob>, Response = (), Error = E>,
    S::Future: Send + 'static,
    E: Into<BoxDynError> + Send + 'static,
{
    type Response = ();
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<(), Infallible>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // The layers inside have no error of their own before a call; readiness is the number of jobs at once.
        self.inner.poll_ready(cx).map(|_| Ok(()))
    }

    fn call(&mut self, task: Task<ClaimedJob>) -> Self::Future {
        let claimed = task.args.clone();
        let running = self.inner.call(task);
        let SettleLayer { ctx, phase } = self.layer.clone();
        Box::pin(async move {
            attend(&ctx, phase, &claimed, async { running.await.map_err(|error| failure(error.into())) }).await;
            Ok(())
        })
    }
}

/// What a layer's error means.
fn failure(error: BoxDynError) -> Error {
    match error.downcast::<Error>() {
        Ok(ours) => *ours,
        // The only layer with an error of its own is the time-out.
        Err(_) => Error::TimedOut,
    }
}

async fn attend(
    ctx: &JobContext,
    mut phase: watch::Receiver<Phase>,
    claimed: &ClaimedJob,
    running: impl Future<Output = Result<(), Error>>,
) {
    let result = tokio::select! {
        biased;
        result = work::leased(ctx, claimed, running) => result,
        // Dropping `running` stops the job.
        () = reached(&mut phase, Phase::Abandoning) => {
            if let Err(error) = work::release(ctx, claimed).await {
                tracing::warn!(job = claimed.id.as_str(), %error, "a job could not be given back; it is taken up when its lease ends");
            }
            return;
        }
    };
    let Some(result) = result else {
        metrics::counter!("bellwether_leases_lost_total").increment(1);
        tracing::warn!(job = claimed.id.as_str(), "a job's lease was lost, so it was stopped; somebody else has it");
        return;
    };
    for attempt in 1..=TRIES {
        match work::settle(ctx, claimed, &result).await {
            Ok(()) => return,
            Err(store::Error::Conflict) => {
                tracing::warn!(job = claimed.id.as_str(), "a job ended after its lease was lost; somebody else has it");
                return;
            }
            Err(error) => {
                tracing::warn!(job = claimed.id.as_str(), attempt, %error, "the end of a job could not be written");
            }
        }
        tokio::time::sleep(APART * attempt).await;
    }
}
