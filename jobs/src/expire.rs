//! Ends the check-ins whose time has passed, each in a transaction of its own: a client who is faster wins.

use crate::error::Rows;
use crate::{Error, JobContext};
use care::{PacketId, PracticeId};

const PAGE: usize = 500;

pub(crate) async fn run(ctx: &JobContext) -> Result<(), Error> {
    let mut rows = Rows::default();
    loop {
        let mut read = ctx.db.read_all().await?;
        let page = store::packet::ending(&mut read, ctx.now(), i64::try_from(PAGE).unwrap_or(i64::MAX)).await?;
        drop(read);
        let full = page.len() == PAGE;
        let mut ended = 0;
        for (practice, packet) in page {
            let went = rows.note(expire(ctx, &practice, &packet.id).await);
            ended += usize::from(went == Some(true));
        }
        // Those that go on stay in view; a page of nothing else is the end.
        if !full || ended == 0 {
            return rows.finish();
        }
    }
}

async fn expire(ctx: &JobContext, practice: &PracticeId, packet: &PacketId) -> Result<bool, Error> {
    let mut tx = ctx.db.write(practice).await?;
    let ended = workflows::packet::expire(&mut tx, &ctx.workflows, packet).await?;
    if ended {
        care::failpoint!("expire.before_commit");
        tx.commit().await?;
        care::failpoint!("expire.after_commit");
    }
    Ok(ended)
}
