//! Numbers and addresses at which nothing arrives, whoever shares them. Kept by their keyed index, so that the list itself
//! names nobody. Who asked for no more messages is [`crate::suppression`]'s.

use crate::contact::index;
use crate::{Read, Result, Tx, record};
use care::Instant;
use care::message::{Channel, UnusableReason};

/// Why and since when nothing arrives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unusable {
    /// Why.
    pub reason: UnusableReason,
    /// The provider's code, where one said so.
    pub code: Option<String>,
    /// Since when.
    pub since: Instant,
}

record! { Unusable { reason, code, since } }

/// Notes that nothing arrives at a number (E.164) or address. `false` when that was known: the first reason stands.
pub async fn add(
    tx: &mut Tx,
    channel: Channel,
    address: &str,
    reason: UnusableReason,
    code: Option<&str>,
    now: Instant,
) -> Result<bool> {
    let practice = tx.practice().clone();
    let index = index(tx, channel, address);
    let rows = tx
        .query(
            "INSERT INTO unusable_contact (practice_id, channel, contact_index, reason, code, since) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (practice_id, channel, contact_index) DO NOTHING",
        )
        .bind(&practice)
        .bind(channel)
        .bind(index)
        .bind(reason)
        .bind(code)
        .bind(now)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// A person says that it works again. `false` when it was not on the list.
pub async fn lift(tx: &mut Tx, channel: Channel, address: &str) -> Result<bool> {
    let practice = tx.practice().clone();
    let index = index(tx, channel, address);
    let rows = tx
        .query("DELETE FROM unusable_contact WHERE practice_id = $1 AND channel = $2 AND contact_index = $3")
        .bind(&practice)
        .bind(channel)
        .bind(index)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Why nothing arrives there; `None` as far as is known it does.
pub async fn find(read: &mut Read, channel: Channel, address: &str) -> Result<Option<Unusable>> {
    let practice = read.practice().clone();
    let index = index(read, channel, address);
    read.query("SELECT reason, code, since FROM unusable_contact WHERE practice_id = $1 AND channel = $2 AND contact_index = $3")
        .bind(&practice)
        .bind(channel)
        .bind(index)
        .optional()
        .await
}
