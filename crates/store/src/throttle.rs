//! Counters against guessing. Which bucket counts what, and how much is too much, is decided by whoever counts; here is
//! one atomic count per bucket and window, kept in the database so that a restart forgives nobody.
//!
//! The table belongs to the whole deployment: any writing transaction may count.

use crate::{Result, Tx};
use care::Instant;
use chrono::TimeDelta;

/// What a counter says of one more try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Within the limit.
    Allowed,
    /// Over the limit.
    Limited {
        /// How long until the window ends and tries count anew.
        retry_after: TimeDelta,
    },
}

impl Verdict {
    /// Whether the try may go on.
    pub const fn is_allowed(self) -> bool {
        matches!(self, Self::Allowed)
    }
}

/// Counts one try in the bucket (the keyed hash of what is counted) and judges it: at most `limit` tries per `window`,
/// which begins with its first try. A refused try counts too, but does not prolong the window.
pub async fn hit(tx: &mut Tx, bucket: &str, window: TimeDelta, limit: i64, now: Instant) -> Result<Verdict> {
    let (window_start, hits): (Instant, i64) = tx
        .query(
            "INSERT INTO throttle (bucket, window_start, hits) VALUES ($1, $2, 1) \
             ON CONFLICT (bucket) DO UPDATE SET \
             hits = CASE WHEN throttle.window_start <= $3 THEN 1 ELSE throttle.hits + 1 END, \
             window_start = CASE WHEN throttle.window_start <= $3 THEN $2 ELSE throttle.window_start END \
             RETURNING window_start, hits",
        )
        .bind(bucket)
        .bind(now)
        .bind(now - window)
        .one()
        .await?;
    if hits <= limit {
        return Ok(Verdict::Allowed);
    }
    Ok(Verdict::Limited { retry_after: (window_start + window - now).max(TimeDelta::zero()) })
}

/// Forgets a bucket: the right person has come.
pub async fn reset(tx: &mut Tx, bucket: &str) -> Result<()> {
    tx.query("DELETE FROM throttle WHERE bucket = $1").bind(bucket).execute().await?;
    Ok(())
}

/// Deletes the counters whose window began before the instant. Returns how many went.
pub async fn delete_before(tx: &mut Tx, before: Instant) -> Result<u64> {
    tx.query("DELETE FROM throttle WHERE window_start < $1").bind(before).execute().await
}
