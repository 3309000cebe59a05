//! Asks the provider about texts whose outcome is unknown: those it has are adopted, those it surely has not go again, the
//! rest stay with the front desk. And about texts it took and has said nothing of since: its report may have been lost.

use crate::error::Rows;
use crate::{Error, JobContext, deliver};
use care::Job;
use chrono::Duration;

/// How long after an attempt the provider is asked. After that a person has long looked at the task.
const ASKED_FOR: Duration = Duration::hours(24);
/// How long after a text was taken the provider is asked what became of it, the first time and the times after: this job runs
/// every five minutes, so that the first answer is there within a quarter of an hour.
const SILENT_FOR: [Duration; 3] = [Duration::minutes(10), Duration::hours(2), Duration::hours(24)];
/// Texts that went before that are not asked about any more.
const FORGOTTEN: Duration = Duration::days(3);
const PAGE: i64 = 200;
/// After so many questions that the provider could not answer it is left alone until the next run.
const TROUBLES: usize = 5;

pub(crate) async fn run(ctx: &JobContext) -> Result<(), Error> {
    let mut rows = Rows::default();
    doubted(ctx, &mut rows).await?;
    silent(ctx, &mut rows).await?;
    rows.finish()
}

async fn doubted(ctx: &JobContext, rows: &mut Rows) -> Result<(), Error> {
    let mut read = ctx.db.read_all().await?;
    let unknown = store::message::unknown_texts(&mut read, ctx.now() - ASKED_FOR, PAGE).await?;
    drop(read);
    for (practice, message) in unknown {
        rows.note(deliver::reconcile(ctx, &practice, &message).await);
    }
    Ok(())
}

async fn silent(ctx: &JobContext, rows: &mut Rows) -> Result<(), Error> {
    let now = ctx.now();
    let mut read = ctx.db.read_all().await?;
    let mut silent = Vec::new();
    for (times, since) in (0..).zip(SILENT_FOR) {
        let room = PAGE - i64::try_from(silent.len()).unwrap_or(PAGE);
        silent.extend(store::message::silent(&mut read, times, now - FORGOTTEN, now - since, room).await?);
    }
    drop(read);
    let is_full = i64::try_from(silent.len()).unwrap_or(PAGE) >= PAGE;
    let (mut answered, mut troubles) = (0, 0);
    for one in silent {
        match rows.note(deliver::ask_about(ctx, &one).await) {
            Some(true) => answered += 1,
            Some(false) => troubles += 1,
            None => {}
        }
        if troubles == TROUBLES {
            break;
        }
    }
    if is_full && answered > 0 && troubles < TROUBLES {
        let mut tx = ctx.db.write_all().await?;
        tx.own().enqueue(&Job::Reconcile, now).await?;
        tx.commit().await?;
    }
    Ok(())
}
