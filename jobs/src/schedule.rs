//! The recurring jobs. A slot is a row, so that many nodes fire it once; after downtime only the slot of the present is
//! fired: one run catches up, not one for every slot missed.

use crate::JobContext;
use care::{Instant, Job};
use chrono::DateTime;

/// A job that comes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Under which name its slots are kept.
    pub name: &'static str,
    /// What is enqueued.
    pub job: Job,
    /// Length of a slot in seconds; slots are counted from midnight UTC.
    pub every_seconds: i64,
}

const MINUTE: i64 = 60;
const DAY: i64 = 86_400;

/// The whole table.
pub const ENTRIES: &[Entry] = &[
    Entry { name: "sweep", job: Job::Sweep, every_seconds: MINUTE },
    Entry { name: "expire", job: Job::Expire, every_seconds: MINUTE },
    Entry { name: "reconcile", job: Job::Reconcile, every_seconds: 5 * MINUTE },
    Entry { name: "verify", job: Job::Verify, every_seconds: 60 * MINUTE },
    Entry { name: "plan_ahead", job: Job::PlanAhead, every_seconds: DAY },
    Entry { name: "refit", job: Job::Refit, every_seconds: DAY },
    Entry { name: "tidy", job: Job::Tidy, every_seconds: DAY },
];

/// The beginning of the slot an instant lies in.
pub fn slot(now: Instant, every_seconds: i64) -> Instant {
    let seconds = now.timestamp();
    DateTime::from_timestamp(seconds - seconds.rem_euclid(every_seconds), 0).unwrap_or(now)
}

/// Enqueues the jobs whose slot nobody has fired yet; tells how many.
pub async fn fire(ctx: &JobContext) -> Result<usize, store::Error> {
    let mut ticker = Ticker::default();
    ticker.fire(ctx).await
}

/// Remembers which slots were looked at, so that a slot costs one transaction and not one a second.
#[derive(Debug, Default)]
pub(crate) struct Ticker {
    seen: Vec<(&'static str, Instant)>,
}

impl Ticker {
    pub(crate) async fn fire(&mut self, ctx: &JobContext) -> Result<usize, store::Error> {
        let now = ctx.now();
        let new: Vec<_> = ENTRIES
            .iter()
            .map(|entry| (entry, slot(now, entry.every_seconds)))
            .filter(|(entry, slot)| !self.seen.contains(&(entry.name, *slot)))
            .collect();
        if new.is_empty() {
            return Ok(0);
        }
        let mut tx = ctx.db.write_all().await?;
        let mut fired = 0;
        for (entry, slot) in &new {
            if tx.own().schedule(entry.name, *slot).await? {
                tx.own().enqueue(&entry.job, now).await?;
                fired += 1;
            }
        }
        tx.commit().await?;
        for (entry, slot) in new {
            self.seen.retain(|(name, _)| *name != entry.name);
            self.seen.push((entry.name, slot));
        }
        Ok(fired)
    }
}
