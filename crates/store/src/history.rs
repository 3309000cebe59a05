//! Rows that happened before this installation did: the demo practice, and later the history brought along from another
//! system. They are taken over as they were; nothing is sent because of them.

use crate::{Json, Result, Tx, values};
use care::Instant;
use care::message::Message;
use care::packet::Packet;

/// Takes over check-ins of the past, in one statement.
pub async fn insert_packets(tx: &mut Tx, packets: &[Packet]) -> Result<()> {
    if packets.is_empty() {
        return Ok(());
    }
    let practice = tx.practice().clone();
    let rows: Vec<_> = packets
        .iter()
        .map(|p| {
            values![
                &practice,
                &p.id,
                &p.client_id,
                &p.episode_id,
                p.appointment_id.as_ref(),
                p.occasion,
                p.slot.as_str(),
                Json(&p.asked),
                p.state,
                p.send_at,
                p.sent_at,
                p.expires_at,
                p.started_at,
                p.last_answer_at,
                p.completed_at,
                p.language
            ]
        })
        .collect();
    tx.query(
        "INSERT INTO packet (practice_id, id, client_id, episode_id, appointment_id, occasion, slot, asked, state, send_at, \
         sent_at, expires_at, started_at, last_answer_at, completed_at, language) VALUES $rows",
    )
    .bind_rows(rows)
    .execute()
    .await?;
    Ok(())
}

/// Takes over messages that went out in the past.
pub async fn insert_messages(tx: &mut Tx, messages: &[Message]) -> Result<()> {
    if messages.is_empty() {
        return Ok(());
    }
    let practice = tx.practice().clone();
    let rows: Vec<_> = messages
        .iter()
        .map(|m| {
            let text = m.text.as_deref().map(|text| tx.seal("message", "text", m.id.as_str(), text));
            values![
                &practice,
                &m.id,
                m.kind,
                m.channel,
                m.client_id.as_ref(),
                m.staff_id.as_ref(),
                m.packet_id.as_ref(),
                m.unique_key.as_str(),
                m.state,
                m.due_at,
                m.attempt,
                text,
                m.sent_at,
                m.due_at
            ]
        })
        .collect();
    tx.query(
        "INSERT INTO message (practice_id, id, kind, channel, client_id, staff_id, packet_id, unique_key, state, due_at, attempt, \
         text_sealed, sent_at, created_at) VALUES $rows",
    )
    .bind_rows(rows)
    .execute()
    .await?;
    Ok(())
}

/// Counts everything that was planned for the past as gone, so that nothing is sent late, and forgets the jobs of then.
pub async fn settle_the_past(tx: &mut Tx, before: Instant) -> Result<()> {
    let practice = tx.practice().clone();
    tx.query(
        "UPDATE message SET state = 'delivered', attempt = 1, sent_at = due_at \
         WHERE practice_id = $1 AND state = 'planned' AND due_at < $2",
    )
    .bind(&practice)
    .bind(before)
    .execute()
    .await?;
    tx.query("DELETE FROM job WHERE practice_id = $1 AND run_at < $2").bind(&practice).bind(before).execute().await?;
    Ok(())
}
