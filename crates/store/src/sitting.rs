//! What a check-in goes on to because of what was answered in it. Whether it does is `care::sitting`'s to decide.

use crate::{Error, Json, Read, Tx, record};
use care::packet::Asked;
use care::{Instant, PacketId};

struct Added {
    instrument: String,
}

record! { Added { instrument } }

/// The instruments that were added to a check-in while it was answered.
pub async fn added(read: &mut Read, packet: &PacketId) -> Result<Vec<String>, Error> {
    let practice = read.practice().clone();
    let rows: Vec<Added> = read
        .query("SELECT instrument FROM packet_step WHERE practice_id = $1 AND packet_id = $2 ORDER BY instrument")
        .bind(&practice)
        .bind(packet)
        .all()
        .await?;
    Ok(rows.into_iter().map(|row| row.instrument).collect())
}

/// Notes that an instrument was added. The caller holds the check-in's row.
pub async fn add(tx: &mut Tx, packet: &PacketId, instrument: &str, called_by: &str, now: Instant) -> Result<(), Error> {
    let practice = tx.practice().clone();
    tx.query(
        "INSERT INTO packet_step (practice_id, packet_id, instrument, called_by, added_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (practice_id, packet_id, instrument) DO NOTHING",
    )
    .bind(&practice)
    .bind(packet)
    .bind(instrument)
    .bind(called_by)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Takes back an instrument that was added, with the answers that were carried over to it: each stands in the
/// questionnaire it was given to.
pub async fn drop(tx: &mut Tx, packet: &PacketId, instrument: &str) -> Result<(), Error> {
    let practice = tx.practice().clone();
    tx.query("DELETE FROM packet_step WHERE practice_id = $1 AND packet_id = $2 AND instrument = $3")
        .bind(&practice)
        .bind(packet)
        .bind(instrument)
        .execute()
        .await?;
    tx.query("DELETE FROM answer WHERE practice_id = $1 AND packet_id = $2 AND instrument = $3")
        .bind(&practice)
        .bind(packet)
        .bind(instrument)
        .execute()
        .await?;
    Ok(())
}

/// What a check-in asks from now on. The caller holds its row.
pub async fn ask(tx: &mut Tx, packet: &PacketId, asked: &[Asked]) -> Result<(), Error> {
    let practice = tx.practice().clone();
    tx.query("UPDATE packet SET asked = $3 WHERE practice_id = $1 AND id = $2")
        .bind(&practice)
        .bind(packet)
        .bind(Json(asked))
        .execute()
        .await?;
    Ok(())
}
