//! Works out how courses ended of which nothing is kept yet, and deletes what has served (done jobs, sessions that ended, counters of tries, files of imports and what an undo needed), and
//! lets the database look at what is left.

use crate::{Error, JobContext};
use care::import::UNDO;
use chrono::Duration;
use workflows::sign_in::IDLE;

/// How long done jobs and fired slots are kept for the operator to look at.
const KEPT: Duration = Duration::days(14);
/// Longer than any window in which tries are counted.
const TRIES: Duration = Duration::days(2);
/// How long an uploaded file waits to be applied, and a browser for whoever is to show whose check-in it opened.
const WAITING: Duration = Duration::hours(24);

pub(crate) async fn run(ctx: &JobContext) -> Result<(), Error> {
    let now = ctx.now();
    let forgotten = ctx.db.forget_done(now - KEPT).await?;
    let mut tx = ctx.db.write_all().await?;
    let sessions = store::session::delete_expired(&mut tx, now, now - IDLE).await?;
    let counters = store::throttle::delete_before(tx.own(), now - TRIES).await?;
    let practices = store::practice::ids(&mut tx).await?;
    tx.commit().await?;
    let mut imports = 0;
    for practice in &practices {
        let mut tx = ctx.db.write(practice).await?;
        store::proof::delete_claims_before(&mut tx, now - WAITING).await?;
        imports += store::import_run::tidy(&mut tx, now - WAITING, now - UNDO).await?;
        tx.commit().await?;
        loop {
            let mut tx = ctx.db.write(practice).await?;
            let settled = workflows::outcome::settle_missing(&mut tx, &ctx.workflows).await?;
            tx.commit().await?;
            if settled == 0 {
                break;
            }
        }
    }
    ctx.db.learn_distribution().await?;
    tracing::info!(forgotten, sessions, counters, imports, "tidied up");
    Ok(())
}
