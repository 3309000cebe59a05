//! The door of time: one file per job, the schedule, and the fenced engine.
//!
//! A job carries ids only and may run more than once: what it does is decided by rows, in transactions of `workflows`.
//! [`run`] is the one list of what a job does; [`Engine`] runs the jobs of a deployment, [`run_due`] those of a test.
//! Only `engine` knows which library the workers come from.

mod begin_protocols;
mod context;
mod deliver;
mod engine;
mod error;
mod escalate;
mod expire;
mod import;
mod leave;
mod plan;
mod plan_ahead;
mod reconcile;
mod refit;
pub mod schedule;
mod sweep;
mod task;
mod tidy;
mod verify;
mod work;

pub use context::{JobContext, Tuning};
pub use engine::{Engine, Handle};
pub use error::Error;

use care::Job;
use care::job::Queue;
use store::Claim;

/// Does what a job says.
pub async fn run(job: &Job, ctx: &JobContext) -> Result<(), Error> {
    match job {
        Job::Dispatch => deliver::dispatch(ctx).await,
        Job::Alert => deliver::alert(ctx).await,
        Job::Plan { practice, episode } => plan::one(ctx, practice, episode).await,
        Job::PlanSeveral { practice, episodes } => plan::several(ctx, practice, episodes).await,
        Job::Escalate { practice, reason } => escalate::run(ctx, practice, reason).await,
        Job::Leave { practice } => leave::run(ctx, practice).await,
        Job::BeginProtocols { practice } => begin_protocols::run(ctx, practice).await,
        Job::Import { practice, run, by } => import::run(ctx, practice, run, by).await,
        Job::Verify => verify::run(ctx).await,
        Job::Expire => expire::run(ctx).await,
        Job::Sweep => sweep::run(ctx).await,
        Job::Reconcile => reconcile::run(ctx).await,
        Job::PlanAhead => plan_ahead::run(ctx).await,
        Job::Refit => refit::run(ctx).await,
        Job::Tidy => tidy::run(ctx).await,
    }
}

/// Runs what is due by the context's clock, alerts first, until nothing is or `limit` jobs have run; tells how many ran.
/// Fires the schedule first. For tests: no engine, no waiting, and the same treatment of failure and panic.
pub async fn run_due(ctx: &JobContext, limit: usize) -> Result<usize, store::Error> {
    schedule::fire(ctx).await?;
    let mut ran = 0;
    while ran < limit {
        let Some(claim) = claim_any(ctx).await? else { break };
        match claim {
            Claim::Run(job) => {
                let ending = work::contained(ctx, &job).await;
                work::settle(ctx, &job, &ending).await?;
            }
            Claim::Poisoned(job) => work::report_poison(&job),
        }
        ran += 1;
    }
    Ok(ran)
}

async fn claim_any(ctx: &JobContext) -> Result<Option<Claim>, store::Error> {
    for queue in [Queue::Alert, Queue::Main] {
        let claim = ctx.db.claim(queue, ctx.now(), ctx.tuning.lease()).await?;
        if claim.is_some() {
            return Ok(claim);
        }
    }
    Ok(None)
}
