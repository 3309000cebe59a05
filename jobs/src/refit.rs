//! Fits the growth models of a practice anew from the sums kept at each submission, and measures its rules on its closed courses.
//! Reading, working it out and keeping it are apart: the arithmetic holds no transaction. Doing it again changes nothing.

use crate::{Error, JobContext, error::Rows};
use care::PracticeId;
use workflows::refit;

pub(crate) async fn run(ctx: &JobContext) -> Result<(), Error> {
    let mut read = ctx.db.read_all().await?;
    let practices = store::practice::ids(&mut read).await?;
    drop(read);
    let mut rows = Rows::default();
    for practice in &practices {
        rows.note(one_practice(ctx, practice).await);
    }
    rows.finish()
}

async fn one_practice(ctx: &JobContext, practice: &PracticeId) -> Result<(), Error> {
    let mut read = ctx.db.read(practice).await?;
    let scales = store::detection::measured(&mut read).await?;
    drop(read);
    for (instrument, scale) in scales {
        let mut read = ctx.db.read(practice).await?;
        let material = refit::gather(&mut read, &ctx.workflows, &instrument, &scale).await?;
        drop(read);
        let Some(material) = material else { continue };
        let found = tokio::task::spawn_blocking(move || refit::work_out(&material)).await;
        let found = found.map_err(|_| Error::Panicked)?;
        let mut tx = ctx.db.write(practice).await?;
        refit::keep(&mut tx, &ctx.workflows, &found).await?;
        tx.commit().await?;
        ctx.workflows.forget_shelf(practice);
    }
    Ok(())
}
