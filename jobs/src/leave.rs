//! A leave begins or is over: open cases change hands, and whoever gets one is told without waiting for another worker.

use crate::{Error, JobContext, deliver};
use care::PracticeId;

pub(crate) async fn run(ctx: &JobContext, practice: &PracticeId) -> Result<(), Error> {
    let mut tx = ctx.db.write(practice).await?;
    let moved = workflows::leave::settle(&mut tx, &ctx.workflows).await?;
    tx.commit().await?;
    if moved == 0 { Ok(()) } else { deliver::alert(ctx).await }
}
