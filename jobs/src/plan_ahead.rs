//! Plans ahead for every open episode: what a protocol asks every few weeks comes into view as time goes by.

use crate::error::Rows;
use crate::plan::Cause;
use crate::{Error, JobContext, plan};
use care::EpisodeId;
use workflows::planning::PAGE;

pub(crate) async fn run(ctx: &JobContext) -> Result<(), Error> {
    let mut rows = Rows::default();
    let mut last = None;
    loop {
        let mut read = ctx.db.read_all().await?;
        let limit = i64::try_from(PAGE).unwrap_or(i64::MAX);
        let page = store::episode::open_ids(&mut read, last.as_ref(), limit).await?;
        drop(read);
        for of_practice in page.chunk_by(|(one, _), (next, _)| one == next) {
            let practice = &of_practice[0].0;
            let episodes: Vec<EpisodeId> = of_practice.iter().map(|(_, episode)| episode.clone()).collect();
            plan::of_page(ctx, practice, &episodes, Cause::Time, &mut rows).await;
        }
        // Interrupted in the middle, the next run begins again: planning twice changes nothing.
        match page.into_iter().nth(PAGE - 1) {
            Some(end) => last = Some(end),
            None => return rows.finish(),
        }
    }
}
