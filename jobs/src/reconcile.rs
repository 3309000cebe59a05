//! Asks the provider about texts whose outcome is unknown: those it has are adopted, those it surely has not go again, the
//! rest stay with the front desk.

use crate::error::Rows;
use crate::{Error, JobContext, deliver};
use chrono::Duration;

/// How long after an attempt the provider is asked. After that a person has long looked at the task.
const ASKED_FOR: Duration = Duration::hours(24);
const PAGE: i64 = 200;

pub(crate) async fn run(ctx: &JobContext) -> Result<(), Error> {
    let mut read = ctx.db.read_all().await?;
    let unknown = store::message::unknown_texts(&mut read, ctx.now() - ASKED_FOR, PAGE).await?;
    drop(read);
    let mut rows = Rows::default();
    for (practice, message) in unknown {
        rows.note(deliver::reconcile(ctx, &practice, &message).await);
    }
    rows.finish()
}
