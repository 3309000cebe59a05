//! A protocol version's day has come: new courses begin under it, and running ones that are to move do so at their next
//! session.

use crate::{Error, JobContext};
use care::PracticeId;

pub(crate) async fn run(ctx: &JobContext, practice: &PracticeId) -> Result<(), Error> {
    let mut tx = ctx.db.write(practice).await?;
    if workflows::protocol::begin_due(&mut tx, &ctx.workflows).await? > 0 {
        tx.commit().await?;
    }
    Ok(())
}
