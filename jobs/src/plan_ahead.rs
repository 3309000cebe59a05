//! Plans ahead for every open episode: what a protocol asks every few weeks comes into view as time goes by.

use crate::error::Rows;
use crate::{Error, JobContext, plan};

const PAGE: i64 = 200;

pub(crate) async fn run(ctx: &JobContext) -> Result<(), Error> {
    let mut rows = Rows::default();
    let mut last = None;
    loop {
        let mut read = ctx.db.read_all().await?;
        let page = store::episode::open_ids(&mut read, last.as_ref(), PAGE).await?;
        drop(read);
        for (practice, episode) in &page {
            rows.note(plan::run(ctx, practice, episode).await);
        }
        // Interrupted in the middle, the next run begins again: planning twice changes nothing.
        match page.into_iter().nth(PAGE as usize - 1) {
            Some(end) => last = Some(end),
            None => return rows.finish(),
        }
    }
}
