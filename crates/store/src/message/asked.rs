//! Texts about which the provider is asked: whether it has them at all, and what became of those it took and has said nothing of since.

use crate::{Error, InstanceScope, Tx, record};
use care::{Instant, MessageId, PracticeId};

/// Texts tried since the instant whose outcome is unknown, in the whole deployment: those the provider can still be asked
/// about.
pub async fn unknown_texts(
    instance: &mut impl InstanceScope,
    since: Instant,
    limit: i64,
) -> Result<Vec<(PracticeId, MessageId)>, Error> {
    instance
        .query("SELECT practice_id, id FROM message WHERE state = 'unknown' AND channel = 'sms' AND sent_at >= $1 ORDER BY sent_at, id LIMIT $2")
        .bind(since)
        .bind(limit)
        .all()
        .await
}

/// A text to a client that the provider took and whose fate it has not told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silent {
    /// In which practice.
    pub practice_id: PracticeId,
    /// Which message.
    pub id: MessageId,
    /// The provider's id of it.
    pub provider_id: String,
    /// How often the provider was asked about it.
    pub times_asked: i64,
}

record! { Silent { practice_id, id, provider_id, times_asked } }

/// Texts to clients that went after the first instant and not after the second, whose fate is not known and about which the
/// provider was asked so many times, in the whole deployment; those that went first first.
pub async fn silent(
    instance: &mut impl InstanceScope,
    times_asked: i64,
    after: Instant,
    until: Instant,
    limit: i64,
) -> Result<Vec<Silent>, Error> {
    instance
        .query(
            "SELECT practice_id, id, provider_id, times_asked FROM message WHERE state = 'sent' AND channel = 'sms' \
             AND client_id IS NOT NULL AND provider_id IS NOT NULL AND times_asked = $1 AND sent_at > $2 AND sent_at <= $3 \
             ORDER BY sent_at, id LIMIT $4",
        )
        .bind(times_asked)
        .bind(after)
        .bind(until)
        .bind(limit)
        .all()
        .await
}

/// Notes that the provider was asked about a text once more.
pub async fn note_asked(tx: &mut Tx, silent: &Silent) -> Result<(), Error> {
    let practice = tx.practice().clone();
    tx.query("UPDATE message SET times_asked = times_asked + 1 WHERE practice_id = $1 AND id = $2 AND times_asked = $3")
        .bind(&practice)
        .bind(&silent.id)
        .bind(silent.times_asked)
        .later()
        .await
}
