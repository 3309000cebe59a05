//! Messages and their ledger.

mod asked;
mod due;

pub use asked::{Silent, note_asked, silent, unknown_texts};
pub use due::{due, due_to_staff, held};

use crate::{BATCH, Error, InstanceScope, Read, Record, Row, Tx, Value, values};
use care::delivery::PASSING;
pub use care::delivery::{INTERRUPTED, Outcome};
use care::message::{CancelReason, Channel, Instead, Message, MessageKind, MessageState};
use care::{CaseId, ClientId, Instant, MessageId, PacketId, PracticeId, StaffId, TextValue};

struct Sealed {
    practice: PracticeId,
    message: Message,
    text: Option<Vec<u8>>,
}

impl Record for Sealed {
    fn read(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            practice: row.get("practice_id")?,
            text: row.get("text_sealed")?,
            message: Message {
                id: row.get("id")?,
                kind: row.get("kind")?,
                channel: row.get("channel")?,
                client_id: row.get("client_id")?,
                staff_id: row.get("staff_id")?,
                packet_id: row.get("packet_id")?,
                case_id: row.get("case_id")?,
                reason_id: row.get("reason_id")?,
                unique_key: row.get("unique_key")?,
                state: row.get("state")?,
                due_at: row.get("due_at")?,
                attempt: row.get("attempt")?,
                lease_until: row.get("lease_until")?,
                provider_id: row.get("provider_id")?,
                code: row.get("code")?,
                cancel_reason: row.get("cancel_reason")?,
                instead: row.get("instead")?,
                text: None,
                sent_at: row.get("sent_at")?,
            },
        })
    }
}

fn opened(read: &Read, rows: Vec<Sealed>) -> Result<Vec<Message>, Error> {
    rows.into_iter()
        .map(|row| {
            let mut message = row.message;
            message.text = row.text.map(|text| read.open("message", "text", message.id.as_str(), &text)).transpose()?;
            Ok(message)
        })
        .collect()
}

/// Plans a message. `false` when one with its unique key is there already: nothing is ever sent twice.
pub async fn plan(tx: &mut Tx, message: &Message, now: Instant) -> Result<bool, Error> {
    Ok(!plan_many(tx, std::slice::from_ref(message), now).await?.is_empty())
}

/// Plans several; those whose unique key was not there.
pub async fn plan_many(tx: &mut Tx, messages: &[Message], now: Instant) -> Result<Vec<MessageId>, Error> {
    let practice = tx.practice().clone();
    let mut planned = Vec::with_capacity(messages.len());
    for batch in messages.chunks(BATCH) {
        let rows = batch.iter().map(|message| {
            values![
                &practice,
                &message.id,
                message.kind,
                message.channel,
                message.client_id.as_ref(),
                message.staff_id.as_ref(),
                message.packet_id.as_ref(),
                message.case_id.as_ref(),
                message.reason_id.as_ref(),
                message.unique_key.as_str(),
                message.state,
                message.due_at,
                message.cancel_reason,
                message.instead,
                now,
            ]
        });
        let ids: Vec<MessageId> = tx
            .query(
                "INSERT INTO message (practice_id, id, kind, channel, client_id, staff_id, packet_id, case_id, reason_id, unique_key, \
                 state, due_at, cancel_reason, instead, created_at) VALUES $rows \
                 ON CONFLICT (practice_id, unique_key) DO NOTHING RETURNING id",
            )
            .bind_rows(rows.collect::<Vec<_>>())
            .scalars()
            .await?;
        planned.extend(ids);
    }
    Ok(planned)
}

/// One message.
pub async fn find(read: &mut Read, id: &MessageId) -> Result<Option<Message>, Error> {
    let practice = read.practice().clone();
    let rows =
        read.query("SELECT * FROM message WHERE practice_id = $1 AND id = $2").bind(&practice).bind(id).all().await?;
    Ok(opened(read, rows)?.pop())
}

/// The messages of a client, past and future, latest first.
pub async fn of_client(read: &mut Read, client: &ClientId) -> Result<Vec<Message>, Error> {
    let practice = read.practice().clone();
    let rows = read
        .query("SELECT * FROM message WHERE practice_id = $1 AND client_id = $2 ORDER BY COALESCE(sent_at, due_at) DESC, id DESC")
        .bind(&practice)
        .bind(client)
        .all()
        .await?;
    opened(read, rows)
}

/// The messages of a check-in.
pub async fn of_packet(read: &mut Read, packet: &PacketId) -> Result<Vec<Message>, Error> {
    of_packets(read, std::slice::from_ref(packet)).await
}

/// The messages of several check-ins, the first due first.
pub async fn of_packets(read: &mut Read, packets: &[PacketId]) -> Result<Vec<Message>, Error> {
    let practice = read.practice().clone();
    let mut found = Vec::new();
    for batch in packets.chunks(BATCH) {
        let rows = read
            .query("SELECT * FROM message WHERE practice_id = $1 AND packet_id IN ($each)")
            .bind(&practice)
            .bind_each(batch)
            .all()
            .await?;
        found.extend(opened(read, rows)?);
    }
    found.sort_by(|a, b| (a.due_at, &a.id).cmp(&(b.due_at, &b.id)));
    Ok(found)
}

/// The messages about a case, so that everyone who was told is on the page.
pub async fn of_case(read: &mut Read, case: &CaseId) -> Result<Vec<Message>, Error> {
    let practice = read.practice().clone();
    let rows = read
        .query("SELECT * FROM message WHERE practice_id = $1 AND case_id = $2 ORDER BY due_at, id")
        .bind(&practice)
        .bind(case)
        .all()
        .await?;
    opened(read, rows)
}

/// Claims messages for one attempt each: exactly one worker gets a message, with a fresh attempt number as its fencing token,
/// until the first instant if it goes to a client and until the second if it goes to staff. Its code is [`INTERRUPTED`] when the
/// last attempt's outcome is unknown. Those that are not due, or that another worker has, are left out; the others come in the
/// order asked for.
pub async fn claim(
    tx: &mut Tx,
    ids: &[MessageId],
    now: Instant,
    client_lease: Instant,
    staff_lease: Instant,
) -> Result<Vec<Message>, Error> {
    let practice = tx.practice().clone();
    let mut claimed = Vec::with_capacity(ids.len());
    for batch in ids.chunks(BATCH) {
        let rows: Vec<Sealed> = tx
            .query(
                "UPDATE message SET state = 'sending', attempt = attempt + 1, \
                 lease_until = CASE WHEN staff_id IS NULL THEN $3 ELSE $4 END, \
                 code = CASE state WHEN 'sending' THEN 'interrupted' END WHERE practice_id = $1 AND id IN ($each) \
                 AND ((state = 'planned' AND due_at <= $2) OR (state = 'sending' AND lease_until < $2)) \
                 AND (staff_id IS NOT NULL OR NOT EXISTS (SELECT 1 FROM fence)) RETURNING *",
            )
            .bind(&practice)
            .bind(now)
            .bind(client_lease)
            .bind(staff_lease)
            .bind_each(batch)
            .all()
            .await?;
        claimed.extend(opened(tx, rows)?);
    }
    claimed.sort_by_cached_key(|message| ids.iter().position(|id| *id == message.id));
    Ok(claimed)
}

/// Declares a held message's outcome unknown. `None` when it is not planned any more.
pub async fn doubt(tx: &mut Tx, id: &MessageId) -> Result<Option<Message>, Error> {
    let practice = tx.practice().clone();
    let rows: Vec<Sealed> = tx
        .query(
            "UPDATE message SET state = 'unknown' \
             WHERE practice_id = $1 AND id = $2 AND state = 'planned' AND client_id IS NOT NULL RETURNING *",
        )
        .bind(&practice)
        .bind(id)
        .all()
        .await?;
    Ok(opened(tx, rows)?.pop())
}

/// Records what became of attempts, each given by its message and its number; the messages whose attempt was still their own. Of
/// the others nothing is written.
pub async fn settle(tx: &mut Tx, attempts: &[(&MessageId, i64, &Outcome)]) -> Result<Vec<MessageId>, Error> {
    let practice = tx.practice().clone();
    let mut settled = Vec::with_capacity(attempts.len());
    for batch in attempts.chunks(BATCH) {
        let rows =
            batch.iter().map(|(id, attempt, outcome)| settled_row(tx, id, *attempt, outcome)).collect::<Vec<_>>();
        let ids: Vec<MessageId> = tx
            .query(
                "WITH settled (message_id, tried, became, again_at, their_id, why, not_sent, said, went_at) AS (VALUES $rows) \
                 UPDATE message SET state = settled.became, due_at = COALESCE(settled.again_at, due_at), \
                 provider_id = COALESCE(settled.their_id, provider_id), code = settled.why, cancel_reason = settled.not_sent, \
                 text_sealed = COALESCE(settled.said, text_sealed), sent_at = COALESCE(settled.went_at, sent_at), lease_until = NULL \
                 FROM settled WHERE message.practice_id = $1 AND message.id IN ($each) AND message.id = settled.message_id \
                 AND message.attempt = settled.tried AND message.state IN ('sending', 'unknown') RETURNING id",
            )
            .bind(&practice)
            .bind_rows(rows)
            .bind_each(batch.iter().map(|(id, ..)| *id))
            .scalars()
            .await?;
        settled.extend(ids);
    }
    Ok(settled)
}

fn settled_row(read: &Read, id: &MessageId, attempt: i64, outcome: &Outcome) -> Vec<Value> {
    let (state, due_at, provider_id, code, cancel, text, sent_at) = match outcome {
        Outcome::Sent { provider_id, text, at } => {
            (MessageState::Sent, None, Some(provider_id.as_str()), None, None, Some(text), Some(*at))
        }
        Outcome::Retry { at, code } => (MessageState::Planned, Some(*at), None, Some(code.as_str()), None, None, None),
        Outcome::Failed { code } => (MessageState::Failed, None, None, Some(code.as_str()), None, None, None),
        Outcome::Cancelled { reason } => (MessageState::Cancelled, None, None, None, Some(*reason), None, None),
        Outcome::Unknown { text, at } => (MessageState::Unknown, None, None, None, None, Some(text), Some(*at)),
    };
    let sealed = text.map(|text| read.seal("message", "text", id.as_str(), text));
    values![id, attempt, state, due_at, provider_id, code, cancel, sealed, sent_at]
}

/// Cancels the planned messages of a check-in.
pub async fn cancel_of_packet(tx: &mut Tx, packet: &PacketId, reason: CancelReason) -> Result<(), Error> {
    let practice = tx.practice().clone();
    tx.query("UPDATE message SET state = 'cancelled', cancel_reason = $3 WHERE practice_id = $1 AND packet_id = $2 AND state = 'planned'")
        .bind(&practice)
        .bind(packet)
        .bind(reason)
        .later()
        .await
}

/// Cancels the planned messages of a client on a channel: the number asked for no more.
pub async fn cancel_of_client(
    tx: &mut Tx,
    client: &ClientId,
    channel: Channel,
    reason: CancelReason,
) -> Result<(), Error> {
    let practice = tx.practice().clone();
    tx.query(
        "UPDATE message SET state = 'cancelled', cancel_reason = $4 \
         WHERE practice_id = $1 AND client_id = $2 AND channel = $3 AND state = 'planned' AND kind <> 'auto_reply'",
    )
    .bind(&practice)
    .bind(client)
    .bind(channel)
    .bind(reason)
    .later()
    .await
}

/// Cancels the planned calls of a case's ladder: somebody took it up.
pub async fn cancel_escalations(tx: &mut Tx, case: &CaseId, reason: CancelReason) -> Result<(), Error> {
    let practice = tx.practice().clone();
    tx.query(
        "UPDATE message SET state = 'cancelled', cancel_reason = $3 \
         WHERE practice_id = $1 AND case_id = $2 AND kind = 'escalation' AND state = 'planned'",
    )
    .bind(&practice)
    .bind(case)
    .bind(reason)
    .later()
    .await
}

/// Cancels the planned messages of a kind for a check-in on the other channels: it goes on one, not on two.
pub async fn cancel_on_other_channels(
    tx: &mut Tx,
    packet: &PacketId,
    kind: MessageKind,
    channel: Channel,
) -> Result<(), Error> {
    let practice = tx.practice().clone();
    tx.query(
        "UPDATE message SET state = 'cancelled', cancel_reason = 'packet_closed' \
         WHERE practice_id = $1 AND packet_id = $2 AND kind = $3 AND channel <> $4 AND state = 'planned' AND attempt = 0",
    )
    .bind(&practice)
    .bind(packet)
    .bind(kind)
    .bind(channel)
    .later()
    .await
}

/// Moves a planned message, and says anew why it goes on its channel; one that was taken back for a reason that may pass comes
/// back.
pub async fn reschedule(
    tx: &mut Tx,
    unique_key: &str,
    due_at: Instant,
    instead: Option<Instead>,
) -> Result<bool, Error> {
    Ok(!reschedule_many(tx, &[(unique_key, due_at, instead)]).await?.is_empty())
}

/// Moves several by their unique keys; the keys of those that were moved.
pub async fn reschedule_many(tx: &mut Tx, moved: &[(&str, Instant, Option<Instead>)]) -> Result<Vec<String>, Error> {
    let practice = tx.practice().clone();
    let mut keys = Vec::with_capacity(moved.len());
    for batch in moved.chunks(BATCH) {
        let rows = batch.iter().map(|(key, due_at, instead)| values![*key, *due_at, *instead]);
        let some: Vec<String> = tx
            .query(
                "WITH moved (message_key, goes_at, stands_for) AS (VALUES $rows) \
                 UPDATE message SET due_at = moved.goes_at, state = 'planned', cancel_reason = NULL, instead = moved.stands_for FROM moved \
                 WHERE message.practice_id = $1 AND message.unique_key IN ($each) AND message.unique_key = moved.message_key \
                 AND ((state = 'planned' AND attempt = 0) OR (state = 'cancelled' AND cancel_reason IN ($each))) RETURNING unique_key",
            )
            .bind(&practice)
            .bind_rows(rows.collect::<Vec<_>>())
            .bind_each(batch.iter().map(|(key, ..)| *key))
            .bind_each(PASSING)
            .scalars()
            .await?;
        keys.extend(some);
    }
    Ok(keys)
}

/// Whether the message to the client on the channel that came before this one failed with this code. Of a text what counts
/// is the last one whose fate is known; a mail that was taken and not reported on counts as arrived.
pub async fn failed_before(
    read: &mut Read,
    client: &ClientId,
    but: &MessageId,
    channel: Channel,
    code: &str,
) -> Result<bool, Error> {
    let practice = read.practice().clone();
    let last: Option<(MessageState, Option<String>)> = read
        .query(
            "SELECT state, code FROM message WHERE practice_id = $1 AND client_id = $2 AND id <> $3 AND channel = $4 \
             AND (state IN ('delivered', 'failed') OR (channel = 'email' AND state = 'sent')) ORDER BY COALESCE(sent_at, due_at) DESC, id DESC LIMIT 1",
        )
        .bind(&practice)
        .bind(client)
        .bind(but)
        .bind(channel)
        .optional()
        .await?;
    Ok(last.is_some_and(|(state, before)| state == MessageState::Failed && before.as_deref() == Some(code)))
}

/// Takes in a provider's report of a message found by its own id or the provider's. A state is never lowered, a repeated
/// report does nothing. `true` when the message's state changed.
pub async fn report(
    tx: &mut Tx,
    id: &MessageId,
    provider_id: &str,
    state: MessageState,
    code: Option<&str>,
    now: Instant,
) -> Result<bool, Error> {
    let practice = tx.practice().clone();
    tx.query(
        "INSERT INTO message_event (practice_id, message_id, state, code, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
    )
    .bind(&practice)
    .bind(id)
    .bind(state.as_text())
    .bind(code)
    .bind(now)
    .later()
    .await?;
    let lower: Vec<MessageState> = MessageState::ALL.iter().copied().filter(|s| s.rank() < state.rank()).collect();
    let rows = tx
        .query(
            "UPDATE message SET state = $3, code = COALESCE($4, code), provider_id = COALESCE(provider_id, $5), \
             sent_at = COALESCE(sent_at, $6), lease_until = NULL \
             WHERE practice_id = $1 AND id = $2 AND attempt > 0 AND state IN ($each)",
        )
        .bind(&practice)
        .bind(id)
        .bind(state)
        .bind(code)
        .bind(provider_id)
        .bind(now)
        .bind_each(lower)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Notes that a mail that was taken has not arrived yet. `false` when that was noted before, or its fate is known.
pub async fn note_delay(tx: &mut Tx, id: &MessageId, code: &str, now: Instant) -> Result<bool, Error> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "UPDATE message SET code = $3 WHERE practice_id = $1 AND id = $2 AND state IN ('sent', 'unknown') \
             AND (code IS NULL OR code NOT LIKE 'delayed-%')",
        )
        .bind(&practice)
        .bind(id)
        .bind(code)
        .execute()
        .await?;
    if rows == 1 {
        tx.query(
            "INSERT INTO message_event (practice_id, message_id, state, code, at) VALUES ($1, $2, 'delayed', $3, $4) ON CONFLICT DO NOTHING",
        )
        .bind(&practice)
        .bind(id)
        .bind(code)
        .bind(now)
        .later()
        .await?;
    }
    Ok(rows == 1)
}

/// The message a provider's id belongs to, in the whole deployment.
pub async fn by_provider_id(
    instance: &mut impl InstanceScope,
    provider_id: &str,
) -> Result<Option<(PracticeId, MessageId)>, Error> {
    instance.query("SELECT practice_id, id FROM message WHERE provider_id = $1").bind(provider_id).optional().await
}

/// The practice of a message, in the whole deployment.
pub async fn practice_of(instance: &mut impl InstanceScope, id: &MessageId) -> Result<Option<PracticeId>, Error> {
    instance.query("SELECT practice_id FROM message WHERE id = $1").bind(id).scalar_optional().await
}

/// Messages whose outcome is unknown, in the whole deployment.
pub async fn unknown(instance: &mut impl InstanceScope, limit: i64) -> Result<Vec<(PracticeId, Message)>, Error> {
    let rows: Vec<Sealed> = instance
        .query("SELECT * FROM message WHERE state = 'unknown' ORDER BY sent_at, id LIMIT $1")
        .bind(limit)
        .all()
        .await?;
    Ok(rows.into_iter().map(|row| (row.practice, row.message)).collect())
}

/// Whether a staff member was sent a message about any open case of the client: who was called may look.
pub async fn staff_called_about(read: &mut Read, staff: &StaffId, client: &ClientId) -> Result<bool, Error> {
    let practice = read.practice().clone();
    let found: i64 = read
        .query(
            "SELECT count(*) FROM message m JOIN care_case c ON c.practice_id = m.practice_id AND c.id = m.case_id \
             WHERE m.practice_id = $1 AND m.staff_id = $2 AND c.client_id = $3 AND c.state <> 'closed'",
        )
        .bind(&practice)
        .bind(staff)
        .bind(client)
        .scalar()
        .await?;
    Ok(found > 0)
}

/// Notes a text that came in. `false` when it was noted before.
pub async fn insert_inbound(tx: &mut Tx, provider_id: &str, meaning: &str, now: Instant) -> Result<bool, Error> {
    let practice = tx.practice().clone();
    let rows = tx
        .query("INSERT INTO inbound_text (practice_id, provider_id, meaning, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING")
        .bind(&practice)
        .bind(provider_id)
        .bind(meaning)
        .bind(now)
        .execute()
        .await?;
    Ok(rows == 1)
}
