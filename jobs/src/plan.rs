//! Plans check-ins anew: of one course of therapy, or of a page of them together.

use crate::error::Rows;
use crate::{Error, JobContext};
use care::{EpisodeId, PracticeId};
use workflows::planning::{PAGE, behind, replan};

/// What a plan is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// Something about the courses has changed.
    Change,
    /// Time has passed, and most courses are in order: it is looked first which are not, and nobody waits for a write meanwhile.
    Time,
}

/// Plans one course.
pub(crate) async fn one(ctx: &JobContext, practice: &PracticeId, episode: &EpisodeId) -> Result<(), Error> {
    together(ctx, practice, std::slice::from_ref(episode)).await
}

/// Plans a job's courses, a page of them in one transaction.
pub(crate) async fn several(ctx: &JobContext, practice: &PracticeId, episodes: &[EpisodeId]) -> Result<(), Error> {
    let mut rows = Rows::default();
    for page in episodes.chunks(PAGE) {
        of_page(ctx, practice, page, Cause::Change, &mut rows).await;
    }
    rows.finish()
}

/// Plans a page of courses at once. Where that fails, each half is tried by itself, down to the course that is the cause: it holds
/// up no other.
pub(crate) async fn of_page(
    ctx: &JobContext,
    practice: &PracticeId,
    page: &[EpisodeId],
    cause: Cause,
    rows: &mut Rows,
) {
    let mut parts = vec![page];
    while let Some(part) = parts.pop() {
        let outcome = match cause {
            Cause::Change => together(ctx, practice, part).await,
            Cause::Time => look_and_plan(ctx, practice, part).await,
        };
        match outcome {
            Err(_) if part.len() > 1 => {
                let (first, second) = part.split_at(part.len() / 2);
                parts.extend([second, first]);
            }
            Err(error) => {
                rows.note::<()>(Err(error));
            }
            Ok(()) => part.iter().for_each(|_| {
                rows.note(Ok(()));
            }),
        }
    }
}

async fn look_and_plan(ctx: &JobContext, practice: &PracticeId, episodes: &[EpisodeId]) -> Result<(), Error> {
    let mut read = ctx.db.read(practice).await?;
    let behind = behind(&mut read, &ctx.workflows, episodes).await?;
    drop(read);
    if behind.is_empty() { Ok(()) } else { together(ctx, practice, &behind).await }
}

async fn together(ctx: &JobContext, practice: &PracticeId, episodes: &[EpisodeId]) -> Result<(), Error> {
    care::failpoint!("plan.begun");
    let mut tx = ctx.db.write(practice).await?;
    replan(&mut tx, &ctx.workflows, episodes).await?;
    care::failpoint!("plan.before_commit");
    tx.commit().await?;
    care::failpoint!("plan.after_commit");
    Ok(())
}
