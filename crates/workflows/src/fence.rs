//! Taking the fence of a restored or imported copy down. The copy holds messages that its source may have sent after the copy
//! was taken; a message to a client goes at most once, so nobody sends those by guess.

use crate::{Context, Result, audit, delivery};
use care::Job;
use care::staff::Actor;
use store::Db;
use store::fence::Fence;
use store::message::Outcome;

/// What is known of the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// It may have gone on sending after the copy was taken: a lost disk.
    MayHaveSent,
    /// It was stopped before the copy was taken: a move.
    WasStopped,
}

/// What was done with the held messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Released {
    /// Declared unknown, each with a task for the front desk.
    pub doubted: u64,
}

const BATCH: i64 = 100;

/// Takes the fence down; `None` when none stood. Held messages that were due by the time the copy was put in place are
/// declared unknown where the source may have sent them: the client's check-in stays open, its reminder is planned, and the
/// front desk has a task. What became due later is sent. Can be interrupted and begun again.
pub async fn release(db: &Db, ctx: &Context, source: Source) -> Result<Option<Released>> {
    let mut read = db.read_all().await?;
    let Some(fence) = store::fence::find(&mut read).await? else { return Ok(None) };
    drop(read);
    let mut released = Released::default();
    if source == Source::MayHaveSent {
        while let done @ 1.. = doubt(db, ctx, &fence).await? {
            released.doubted += done;
        }
    }
    let mut tx = db.write_all().await?;
    store::fence::lower(&mut tx).await?;
    let entry = audit::entry(ctx, &Actor::System, "instance.release", "instance", store::INSTANCE);
    tx.own().audit(entry.with("doubted", released.doubted.to_string()));
    tx.own().enqueue(&Job::Dispatch, ctx.now()).await?;
    tx.commit().await?;
    Ok(Some(released))
}

async fn doubt(db: &Db, ctx: &Context, fence: &Fence) -> Result<u64> {
    let mut tx = db.write_all().await?;
    let held = store::message::held(&mut tx, fence.since, BATCH).await?;
    let count = held.len() as u64;
    for (practice, id) in held {
        let tx = tx.within(&practice);
        let Some(message) = store::message::doubt(tx, &id).await? else { continue };
        let outcome = Outcome::Unknown { text: String::new(), at: message.due_at };
        delivery::settle(tx, ctx, &message, &outcome).await?;
        audit::write(tx, ctx, &Actor::System, "message.doubt", "message", id.as_str());
    }
    tx.commit().await?;
    Ok(count)
}
