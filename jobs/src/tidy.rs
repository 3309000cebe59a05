//! Deletes what has served (done jobs, sessions that ended, counters of tries), and lets the database look at what is left.

use crate::{Error, JobContext};
use chrono::Duration;
use workflows::sign_in::IDLE;

/// How long done jobs and fired slots are kept for the operator to look at.
const KEPT: Duration = Duration::days(14);
/// Longer than any window in which tries are counted.
const TRIES: Duration = Duration::days(2);

pub(crate) async fn run(ctx: &JobContext) -> Result<(), Error> {
    let now = ctx.now();
    let forgotten = ctx.db.forget_done(now - KEPT).await?;
    let mut tx = ctx.db.write_all().await?;
    let sessions = store::session::delete_expired(&mut tx, now, now - IDLE).await?;
    let counters = store::throttle::delete_before(tx.own(), now - TRIES).await?;
    tx.commit().await?;
    ctx.db.learn_distribution().await?;
    tracing::info!(forgotten, sessions, counters, "tidied up");
    Ok(())
}
