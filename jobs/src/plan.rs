//! Plans one episode's check-ins anew, because something about it changed.

use crate::{Error, JobContext};
use care::{EpisodeId, PracticeId};

pub(crate) async fn run(ctx: &JobContext, practice: &PracticeId, episode: &EpisodeId) -> Result<(), Error> {
    let mut tx = ctx.db.write(practice).await?;
    workflows::packet::replan(&mut tx, &ctx.workflows, episode).await?;
    care::failpoint!("plan.before_commit");
    tx.commit().await?;
    care::failpoint!("plan.after_commit");
    Ok(())
}
