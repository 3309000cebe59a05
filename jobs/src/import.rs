//! Goes on with a file that somebody is bringing in or taking back.

use crate::{Error, JobContext};
use care::staff::Actor;
use care::{ImportRunId, Job, PracticeId, StaffId};

/// Batches of one run of the job: then another takes its place, so that none runs for long.
const BATCHES: usize = 50;

pub(crate) async fn run(ctx: &JobContext, practice: &PracticeId, run: &ImportRunId, by: &StaffId) -> Result<(), Error> {
    let actor = Actor::Staff(by.clone());
    if workflows::import::go_on(&ctx.db, &ctx.workflows, practice, run, &actor, BATCHES).await? {
        let mut tx = ctx.db.write(practice).await?;
        tx.enqueue(&Job::Import { practice: practice.clone(), run: run.clone(), by: by.clone() }, ctx.now()).await?;
        tx.commit().await?;
    }
    Ok(())
}
