//! Looks whether clients are back on track after their cases were closed, a transaction for each case.

use crate::error::Rows;
use crate::{Error, JobContext};
use store::case::Pending;

const PAGE: i64 = 200;

pub(crate) async fn run(ctx: &JobContext) -> Result<(), Error> {
    let mut rows = Rows::default();
    let mut last: Option<Pending> = None;
    loop {
        let mut read = ctx.db.read_all().await?;
        let page = store::case::pending_verifications(&mut read, last.as_ref(), PAGE).await?;
        drop(read);
        for pending in &page {
            rows.note(verify(ctx, pending).await);
        }
        match page.into_iter().nth(PAGE as usize - 1) {
            Some(end) => last = Some(end),
            None => return rows.finish(),
        }
    }
}

async fn verify(ctx: &JobContext, pending: &Pending) -> Result<(), Error> {
    let mut tx = ctx.db.write(&pending.practice_id).await?;
    workflows::case::verify(&mut tx, &ctx.workflows, &pending.case_id).await?;
    Ok(tx.commit().await?)
}
