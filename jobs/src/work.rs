//! One claimed job: run where a panic cannot leave, its lease kept alive, and its end put on record. How jobs come here is
//! the engine's business, what they do is [`crate::run`]'s.

use crate::{Error, JobContext, task};
use care::Entropy;
pub(crate) use care::clock::jittered;
use care::job::Queue;
use chrono::Duration;
use std::future::Future;
use store::ClaimedJob;

/// Failures after which a job is set aside until a person has looked at it.
pub(crate) const FAILURES: i64 = 8;

/// Runs a job in a task of its own.
pub(crate) async fn contained(ctx: &JobContext, claimed: &ClaimedJob) -> Result<(), Error> {
    let job = claimed.job().ok_or(Error::Unreadable)?;
    let ctx = ctx.clone();
    care::failpoint!("job.claimed");
    let result = task::contained(async move { crate::run(&job, &ctx).await }).await.unwrap_or(Err(Error::Panicked));
    care::failpoint!("job.ran");
    result
}

/// Lengthens the lease for as long as the work lasts. `None` when the lease was lost: somebody else has the job.
pub(crate) async fn leased<T>(ctx: &JobContext, claimed: &ClaimedJob, work: impl Future<Output = T>) -> Option<T> {
    let mut work = std::pin::pin!(work);
    let mut beat = tokio::time::interval_at(tokio::time::Instant::now() + ctx.tuning.heartbeat, ctx.tuning.heartbeat);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            done = &mut work => return Some(done),
            _ = beat.tick() => match ctx.db.extend_lease(claimed, ctx.now() + ctx.tuning.lease()).await {
                Ok(()) => {}
                Err(store::Error::Conflict) => return None,
                Err(error) => tracing::warn!(job = claimed.id.as_str(), %error, "a job's lease could not be lengthened"),
            },
        }
    }
}

/// Puts on record what became of a job: done, to be tried again, or set aside.
pub(crate) async fn settle(
    ctx: &JobContext,
    claimed: &ClaimedJob,
    result: &Result<(), Error>,
) -> Result<(), store::Error> {
    let now = ctx.now();
    let name = name_of(claimed);
    let mut tx = ctx.db.write(&claimed.practice_id).await?;
    let outcome = match result {
        Ok(()) => {
            tx.finish_job(claimed, now).await?;
            "done"
        }
        Err(error) => {
            let hopeless =
                matches!(error, Error::Unreadable) || (claimed.attempt + 1 >= FAILURES && !error.is_passing());
            if hopeless {
                tx.park_job(claimed, now, error.code()).await?;
                tracing::error!(job = claimed.id.as_str(), name, %error, "a job was set aside; look into it, then enqueue it again");
                "parked"
            } else {
                let at = now + delay(claimed.queue, claimed.attempt, ctx.workflows.entropy.as_ref());
                tx.retry_job(claimed, at, error.code()).await?;
                tracing::warn!(job = claimed.id.as_str(), name, attempt = claimed.attempt, %error, "a job failed and is tried again");
                "retried"
            }
        }
    };
    tx.commit().await?;
    metrics::counter!("bellwether_jobs_total", "job" => name, "outcome" => outcome).increment(1);
    Ok(())
}

/// Gives a job back untouched.
pub(crate) async fn release(ctx: &JobContext, claimed: &ClaimedJob) -> Result<(), store::Error> {
    let mut tx = ctx.db.write(&claimed.practice_id).await?;
    tx.release_job(claimed).await?;
    tx.commit().await
}

/// Alarms about a job that took its worker down too often; the store has set it aside.
pub(crate) fn report_poison(claimed: &ClaimedJob) {
    let name = name_of(claimed);
    metrics::counter!("bellwether_jobs_total", "job" => name, "outcome" => "poisoned").increment(1);
    tracing::error!(
        job = claimed.id.as_str(),
        name,
        "a job took its worker down too often and was set aside; look into it, then enqueue it again"
    );
}

pub(crate) fn name_of(claimed: &ClaimedJob) -> &'static str {
    claimed.job().map_or("unreadable", |job| job.name())
}

/// How long to wait before a job is tried again. Main: 1 s, 10 s, 1 min, 5 min, 15 min, then every hour. Alert: 1 s, 2 s, 5 s,
/// 15 s, then every 30 s. One fifth more or less, so that what failed together does not come back together.
pub(crate) fn delay(queue: Queue, attempt: i64, entropy: &dyn Entropy) -> Duration {
    let seconds: &[i64] = match queue {
        Queue::Alert => &[1, 2, 5, 15, 30],
        Queue::Main => &[1, 10, 60, 300, 900, 3600],
    };
    let index = usize::try_from(attempt).unwrap_or(0).min(seconds.len() - 1);
    jittered(Duration::seconds(seconds[index]), entropy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use care::SeededEntropy;

    #[test]
    fn delays_grow_and_stay_within_a_fifth() {
        let entropy = SeededEntropy::new(7);
        for (queue, last) in [(Queue::Main, 3600), (Queue::Alert, 30)] {
            let mut before = Duration::zero();
            for attempt in 0..5 {
                let delay = delay(queue, attempt, &entropy);
                assert!(delay > before, "{queue:?} {attempt}");
                before = delay;
            }
            let far = delay(queue, 1_000, &entropy).num_milliseconds();
            assert!((last * 800..=last * 1_200).contains(&far), "{far}");
        }
    }
}
