//! Reminders of appointments: which appointment a message is about, its two links, and what the client said to it. The
//! message itself is [`crate::message`]'s.

use crate::{BATCH, InstanceScope, Read, Result, Tx, record};
use care::appointment::{Appointment, Reply};
use care::message::{CancelReason, MessageState};
use care::{AppointmentId, ClientId, Instant, MessageId, PracticeId};

/// What a message says it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The message.
    pub message_id: MessageId,
    /// The appointment.
    pub appointment_id: AppointmentId,
    /// The start it was planned for.
    pub starts_at: Instant,
}

record! { Notice { message_id, appointment_id, starts_at } }

/// What a link of a reminder leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// The practice.
    pub practice_id: PracticeId,
    /// The appointment.
    pub appointment_id: AppointmentId,
    /// The start it was about.
    pub starts_at: Instant,
    /// Whose appointment it is.
    pub client_id: ClientId,
}

record! { Linked { practice_id, appointment_id, starts_at, client_id } }

/// The two links of a reminder.
#[derive(Clone, PartialEq, Eq)]
pub struct Tokens {
    /// Leads to the appointment.
    pub answer: String,
    /// Leads to the page that ends the mails.
    pub unsubscribe: String,
}

/// Notes what a message is about.
pub async fn insert(tx: &mut Tx, notice: &Notice) -> Result<()> {
    let practice = tx.practice().clone();
    tx.query(
        "INSERT INTO appointment_notice (practice_id, message_id, appointment_id, starts_at) VALUES ($1, $2, $3, $4)",
    )
    .bind(&practice)
    .bind(&notice.message_id)
    .bind(&notice.appointment_id)
    .bind(notice.starts_at)
    .execute()
    .await?;
    Ok(())
}

/// What a message is about.
pub async fn of_message(read: &mut Read, message: &MessageId) -> Result<Option<Notice>> {
    let practice = read.practice().clone();
    read.query("SELECT message_id, appointment_id, starts_at FROM appointment_notice WHERE practice_id = $1 AND message_id = $2")
        .bind(&practice)
        .bind(message)
        .optional()
        .await
}

/// The keys and states of these clients' reminders of appointments, of any time.
pub async fn planned_keys(read: &mut Read, clients: &[ClientId]) -> Result<Vec<(ClientId, String, MessageState)>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT client_id, unique_key, state FROM message \
         WHERE practice_id = $1 AND kind = 'appointment' AND client_id IN ($each)",
    )
    .bind(&practice)
    .bind_each(clients)
    .all()
    .await
}

/// What says of a planned reminder that its appointment is not to come any more or starts at another time.
macro_rules! is_outdated {
    () => {
        "kind = 'appointment' AND state = 'planned' AND NOT EXISTS \
         (SELECT 1 FROM appointment_notice n JOIN appointment a ON a.practice_id = n.practice_id AND a.id = n.appointment_id \
         WHERE n.practice_id = message.practice_id AND n.message_id = message.id AND a.state = 'scheduled' \
         AND a.starts_at = n.starts_at)"
    };
}

/// Takes back the planned reminders of these clients whose appointment is not to come any more or starts at another time.
pub async fn cancel_outdated(tx: &mut Tx, clients: &[ClientId], reason: CancelReason) -> Result<u64> {
    let practice = tx.practice().clone();
    tx.query(concat!(
        "UPDATE message SET state = 'cancelled', cancel_reason = $2 WHERE practice_id = $1 AND client_id IN ($each) AND ",
        is_outdated!()
    ))
    .bind(&practice)
    .bind(reason)
    .bind_each(clients)
    .execute()
    .await
}

/// Those of these clients who have such a reminder.
pub async fn with_outdated(read: &mut Read, clients: &[ClientId]) -> Result<Vec<ClientId>> {
    let practice = read.practice().clone();
    read.query(concat!(
        "SELECT DISTINCT client_id FROM message WHERE practice_id = $1 AND client_id IN ($each) AND ",
        is_outdated!()
    ))
    .bind(&practice)
    .bind_each(clients)
    .scalars()
    .await
}

/// Keeps the links of a message, their tokens sealed until it has gone.
pub async fn keep_tokens(tx: &mut Tx, message: &MessageId, tokens: &Tokens) -> Result<()> {
    let practice = tx.practice().clone();
    let answer = tx.seal("appointment_notice", "token", message.as_str(), &tokens.answer);
    let unsubscribe = tx.seal("appointment_notice", "unsubscribe", message.as_str(), &tokens.unsubscribe);
    tx.query(
        "UPDATE appointment_notice SET token_hash = $3, unsubscribe_hash = $4, token_sealed = $5, unsubscribe_sealed = $6 \
         WHERE practice_id = $1 AND message_id = $2",
    )
    .bind(&practice)
    .bind(message)
    .bind(care::token::hash(&tokens.answer))
    .bind(care::token::hash(&tokens.unsubscribe))
    .bind(answer)
    .bind(unsubscribe)
    .execute()
    .await?;
    Ok(())
}

/// The links of a message that has not gone yet.
pub async fn tokens(read: &mut Read, message: &MessageId) -> Result<Option<Tokens>> {
    let practice = read.practice().clone();
    let sealed: Option<(Vec<u8>, Vec<u8>)> = read
        .query(
            "SELECT token_sealed, unsubscribe_sealed FROM appointment_notice \
             WHERE practice_id = $1 AND message_id = $2 AND token_sealed IS NOT NULL AND unsubscribe_sealed IS NOT NULL",
        )
        .bind(&practice)
        .bind(message)
        .optional()
        .await?;
    let Some((answer, unsubscribe)) = sealed else { return Ok(None) };
    Ok(Some(Tokens {
        answer: read.open("appointment_notice", "token", message.as_str(), &answer)?,
        unsubscribe: read.open("appointment_notice", "unsubscribe", message.as_str(), &unsubscribe)?,
    }))
}

/// Wipes the sealed tokens of messages that have gone or never will.
pub async fn wipe_tokens(tx: &mut Tx, messages: &[MessageId]) -> Result<()> {
    let practice = tx.practice().clone();
    for batch in messages.chunks(BATCH) {
        tx.query(
            "UPDATE appointment_notice SET token_sealed = NULL, unsubscribe_sealed = NULL \
             WHERE practice_id = $1 AND message_id IN ($each) AND token_sealed IS NOT NULL",
        )
        .bind(&practice)
        .bind_each(batch)
        .later()
        .await?;
    }
    Ok(())
}

/// What the link of a reminder leads to, in the whole deployment.
pub async fn by_token(instance: &mut impl InstanceScope, token_hash: &str) -> Result<Option<Linked>> {
    instance
        .query(
            "SELECT n.practice_id, n.appointment_id, n.starts_at, a.client_id FROM appointment_notice n \
             JOIN appointment a ON a.practice_id = n.practice_id AND a.id = n.appointment_id WHERE n.token_hash = $1",
        )
        .bind(token_hash)
        .optional()
        .await
}

/// Whose mails the unsubscribe link of a reminder ends, in the whole deployment.
pub async fn by_unsubscribe(instance: &mut impl InstanceScope, token_hash: &str) -> Result<Option<Linked>> {
    instance
        .query(
            "SELECT n.practice_id, n.appointment_id, n.starts_at, a.client_id FROM appointment_notice n \
             JOIN appointment a ON a.practice_id = n.practice_id AND a.id = n.appointment_id WHERE n.unsubscribe_hash = $1",
        )
        .bind(token_hash)
        .optional()
        .await
}

/// Records what the client said about this start; a later word takes the place of an earlier one.
pub async fn reply(tx: &mut Tx, linked: &Linked, reply: Reply, now: Instant) -> Result<()> {
    let practice = tx.practice().clone();
    tx.query(
        "INSERT INTO appointment_reply (practice_id, appointment_id, starts_at, reply, replied_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (practice_id, appointment_id, starts_at) DO UPDATE SET reply = EXCLUDED.reply, replied_at = EXCLUDED.replied_at",
    )
    .bind(&practice)
    .bind(&linked.appointment_id)
    .bind(linked.starts_at)
    .bind(reply)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// What was said about an appointment at this start.
pub async fn reply_to(read: &mut Read, appointment: &AppointmentId, starts_at: Instant) -> Result<Option<Reply>> {
    let practice = read.practice().clone();
    read.query("SELECT reply FROM appointment_reply WHERE practice_id = $1 AND appointment_id = $2 AND starts_at = $3")
        .bind(&practice)
        .bind(appointment)
        .bind(starts_at)
        .scalar_optional()
        .await
}

/// What was said about these appointments at the starts they have now.
pub async fn replies(read: &mut Read, appointments: &[Appointment]) -> Result<Vec<(AppointmentId, Reply)>> {
    if appointments.is_empty() {
        return Ok(Vec::new());
    }
    let practice = read.practice().clone();
    read.query(
        "SELECT r.appointment_id, r.reply FROM appointment_reply r JOIN appointment a ON a.practice_id = r.practice_id \
         AND a.id = r.appointment_id AND a.starts_at = r.starts_at WHERE r.practice_id = $1 AND r.appointment_id IN ($each)",
    )
    .bind(&practice)
    .bind_each(appointments.iter().map(|one| one.id.clone()).collect::<Vec<_>>())
    .all()
    .await
}
