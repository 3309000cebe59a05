//! What must never be needed, done every minute: due rows get a job, and every five minutes recent answers about danger
//! are looked at again, cases of people who left or are away are handed over, and protocol versions whose day has come begin.

use crate::error::Rows;
use crate::{Error, JobContext, begin_protocols, schedule};
use care::PracticeId;
use care::response::Response;
use chrono::Duration;

/// How often recent responses are looked at again.
const RECHECK_SECONDS: i64 = 300;
/// How far back.
const RECENT: Duration = Duration::hours(48);
const PAGE: i64 = 200;

pub(crate) async fn run(ctx: &JobContext) -> Result<(), Error> {
    let now = ctx.now();
    let mut tx = ctx.db.write_all().await?;
    let overdue = workflows::sweep::revive(&mut tx, &ctx.workflows).await?;
    let recheck = tx.own().schedule("recheck", schedule::slot(now, RECHECK_SECONDS)).await?;
    tx.commit().await?;
    metrics::gauge!("bellwether_rungs_overdue").set(overdue as f64);
    if !recheck {
        return Ok(());
    }
    hand_over_leftovers(ctx).await?;
    settle_leaves(ctx).await?;
    begin_leftovers(ctx).await?;
    recheck_recent(ctx).await
}

/// No case stays with a person who has left: one raised in the very moment of leaving is handed over here.
async fn hand_over_leftovers(ctx: &JobContext) -> Result<(), Error> {
    let mut read = ctx.db.read_all().await?;
    let practices = store::practice::ids(&mut read).await?;
    drop(read);
    for practice in practices {
        let mut tx = ctx.db.write(&practice).await?;
        if workflows::staff::hand_over_leftovers(&mut tx, &ctx.workflows).await? > 0 {
            tx.commit().await?;
        }
    }
    Ok(())
}

/// No case stays with a person who is away: one raised in the very moment of leaving is passed on here.
async fn settle_leaves(ctx: &JobContext) -> Result<(), Error> {
    let mut read = ctx.db.read_all().await?;
    // A day earlier than here may still be today somewhere.
    let practices = store::leave::practices(&mut read, (ctx.now() - Duration::days(1)).date_naive()).await?;
    drop(read);
    for practice in practices {
        let mut tx = ctx.db.write(&practice).await?;
        if workflows::leave::settle(&mut tx, &ctx.workflows).await? > 0 {
            tx.commit().await?;
        }
    }
    Ok(())
}

/// No protocol version misses its day: its job may be lost, or the practice's zone another one by now.
async fn begin_leftovers(ctx: &JobContext) -> Result<(), Error> {
    let mut read = ctx.db.read_all().await?;
    // A day later than here may have begun already somewhere.
    let practices = store::protocol::practices_due(&mut read, (ctx.now() + Duration::days(1)).date_naive()).await?;
    drop(read);
    for practice in practices {
        begin_protocols::run(ctx, &practice).await?;
    }
    Ok(())
}

async fn recheck_recent(ctx: &JobContext) -> Result<(), Error> {
    let from = ctx.now() - RECENT;
    let mut rows = Rows::default();
    let mut last = None;
    loop {
        let mut read = ctx.db.read_all().await?;
        let page = store::response::since(&mut read, from, last.as_ref(), PAGE).await?;
        drop(read);
        for (practice, response) in &page {
            if rows.note(recheck(ctx, practice, response).await) == Some(true) {
                metrics::counter!("bellwether_risk_without_case_total").increment(1);
                tracing::error!(
                    response = response.id.as_str(),
                    "an answer about danger had no case; one was opened. This is a defect: report it"
                );
            }
        }
        match page.into_iter().nth(PAGE as usize - 1) {
            Some((_, response)) => last = Some(response),
            None => return rows.finish(),
        }
    }
}

async fn recheck(ctx: &JobContext, practice: &PracticeId, response: &Response) -> Result<bool, Error> {
    let mut tx = ctx.db.write(practice).await?;
    let missing = workflows::sweep::recheck(&mut tx, &ctx.workflows, response).await?;
    if missing {
        tx.commit().await?;
    }
    Ok(missing)
}
