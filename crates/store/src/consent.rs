//! What clients agreed to. Every decision is kept; the latest per channel and purpose holds. A number's own stop list is
//! `suppression`'s.

use crate::{BATCH, Read, Result, Tx, record, values};
use care::client::Consent;
use care::message::Channel;
use care::{ClientId, Instant};

record! { Consent { id, client_id, channel, purpose, state, wording_version, source, recorded_at, recorded_by } }

/// Records a decision.
pub async fn insert(tx: &mut Tx, consent: &Consent) -> Result<()> {
    insert_many(tx, std::slice::from_ref(consent)).await
}

/// Records many decisions in few statements.
pub async fn insert_many(tx: &mut Tx, consents: &[Consent]) -> Result<()> {
    let practice = tx.practice().clone();
    for batch in consents.chunks(BATCH) {
        tx.query(
            "INSERT INTO consent (practice_id, id, client_id, channel, purpose, state, wording_version, source, \
             recorded_at, recorded_by) VALUES $rows",
        )
        .bind_rows(batch.iter().map(|consent| {
            values![
                &practice,
                &consent.id,
                &consent.client_id,
                consent.channel,
                consent.purpose,
                consent.state,
                consent.wording_version.as_str(),
                consent.source,
                consent.recorded_at,
                consent.recorded_by.as_ref(),
            ]
        }))
        .execute()
        .await?;
    }
    Ok(())
}

/// The decision that holds per channel and purpose; none where nothing was ever decided. Of two decisions of one instant
/// the withdrawal holds.
pub async fn current(read: &mut Read, client: &ClientId) -> Result<Vec<Consent>> {
    current_of(read, std::slice::from_ref(client)).await
}

/// [`current`] for many clients at once, by client.
pub async fn current_of(read: &mut Read, clients: &[ClientId]) -> Result<Vec<Consent>> {
    let practice = read.practice().clone();
    let mut current = Vec::new();
    for batch in clients.chunks(BATCH) {
        let rows: Vec<Consent> = read
            .query(
                "SELECT id, client_id, channel, purpose, state, wording_version, source, recorded_at, recorded_by FROM \
                 (SELECT c.*, row_number() OVER (PARTITION BY client_id, channel, purpose ORDER BY recorded_at DESC, \
                 CASE state WHEN 'withdrawn' THEN 0 ELSE 1 END, id DESC) AS place \
                 FROM consent c WHERE practice_id = $1 AND client_id IN ($each)) AS decision \
                 WHERE place = 1 ORDER BY client_id, channel, purpose",
            )
            .bind(&practice)
            .bind_each(batch)
            .all()
            .await?;
        current.extend(rows);
    }
    Ok(current)
}

/// Every decision of a client, latest first.
pub async fn history(read: &mut Read, client: &ClientId) -> Result<Vec<Consent>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, client_id, channel, purpose, state, wording_version, source, recorded_at, recorded_by FROM consent \
         WHERE practice_id = $1 AND client_id = $2 \
         ORDER BY recorded_at DESC, CASE state WHEN 'withdrawn' THEN 0 ELSE 1 END, id DESC",
    )
    .bind(&practice)
    .bind(client)
    .all()
    .await
}

/// Whether check-ins on a channel were agreed to at an instant.
pub async fn held_at(read: &mut Read, client: &ClientId, channel: Channel, at: Instant) -> Result<bool> {
    let practice = read.practice().clone();
    let state: Option<String> = read
        .query(
            "SELECT state FROM consent WHERE practice_id = $1 AND client_id = $2 AND channel = $3 AND purpose = 'check_in' \
             AND recorded_at <= $4 ORDER BY recorded_at DESC, id DESC LIMIT 1",
        )
        .bind(&practice)
        .bind(client)
        .bind(channel)
        .bind(at)
        .scalar_optional()
        .await?;
    Ok(state.as_deref() == Some("given"))
}
