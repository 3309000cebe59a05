//! Takes the ladder of a risk reason up, and sends what that calls for without waiting for another worker.

use crate::{Error, JobContext, deliver};
use care::{PracticeId, ReasonId};

pub(crate) async fn run(ctx: &JobContext, practice: &PracticeId, reason: &ReasonId) -> Result<(), Error> {
    care::failpoint!("escalate.before");
    let mut tx = ctx.db.write(practice).await?;
    workflows::escalation::run(&mut tx, &ctx.workflows, reason).await?;
    care::failpoint!("escalate.before_commit");
    tx.commit().await?;
    care::failpoint!("escalate.after_commit");
    deliver::alert(ctx).await
}
