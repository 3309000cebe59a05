//! Answers, saved as given.

use crate::record;
use crate::{Error, Read, Tx};
use care::PacketId;
use care::response::SavedAnswer;

record! {
    SavedAnswer { instrument, item, value, device_id, answered_at }
}

/// The latest answers of a check-in.
pub async fn of_packet(read: &mut Read, packet: &PacketId) -> Result<Vec<SavedAnswer>, Error> {
    let practice = read.practice().clone();
    read.query(
        "SELECT instrument, item, value, device_id, answered_at FROM answer WHERE practice_id = $1 AND packet_id = $2",
    )
    .bind(&practice)
    .bind(packet)
    .all()
    .await
}

/// Saves an answer. What it replaces, if it was another value, is kept in `answer_change`.
pub async fn save(tx: &mut Tx, packet: &PacketId, answer: &SavedAnswer) -> Result<(), Error> {
    let practice = tx.practice().clone();
    tx.query(
        "INSERT INTO answer_change (practice_id, packet_id, instrument, item, value, answered_at, changed_at) \
         SELECT practice_id, packet_id, instrument, item, value, answered_at, $6 FROM answer \
         WHERE practice_id = $1 AND packet_id = $2 AND instrument = $3 AND item = $4 AND value IS DISTINCT FROM $5 \
         ON CONFLICT DO NOTHING",
    )
    .bind(&practice)
    .bind(packet)
    .bind(answer.instrument.as_str())
    .bind(answer.item.as_str())
    .bind(answer.value)
    .bind(answer.answered_at)
    .later()
    .await?;
    tx.query(
        "INSERT INTO answer (practice_id, packet_id, instrument, item, value, device_id, answered_at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (practice_id, packet_id, instrument, item) \
         DO UPDATE SET value = excluded.value, device_id = excluded.device_id, answered_at = excluded.answered_at",
    )
    .bind(&practice)
    .bind(packet)
    .bind(answer.instrument.as_str())
    .bind(answer.item.as_str())
    .bind(answer.value)
    .bind(answer.device_id.as_ref())
    .bind(answer.answered_at)
    .later()
    .await?;
    Ok(())
}

/// An answer that was changed, as it was before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// In which check-in.
    pub packet_id: PacketId,
    /// Instrument id.
    pub instrument: String,
    /// Item id.
    pub item: String,
    /// The earlier value; none where the client preferred not to answer.
    pub value: Option<i64>,
    /// When the earlier value was given.
    pub answered_at: care::Instant,
}

record! {
    Changed { packet_id, instrument, item, value, answered_at }
}

/// The earlier values of answers that were changed in some check-ins, earliest first.
pub async fn changes(read: &mut Read, packets: &[PacketId]) -> Result<Vec<Changed>, Error> {
    let practice = read.practice().clone();
    read.query(
        "SELECT packet_id, instrument, item, value, answered_at FROM answer_change \
         WHERE practice_id = $1 AND packet_id IN ($each) ORDER BY changed_at, instrument, item",
    )
    .bind(&practice)
    .bind_each(packets)
    .all()
    .await
}
