//! What became of a message: of the attempt, by the provider's reports and by mail servers' later ones, and what follows from it.

use super::fallback::Gone;
use super::reach::note_unusable;
use super::{fall_back, fallback, raise_task};
use crate::{Context, Result};
use care::message::{Instead, Message, MessageKind, MessageState};
use care::practice::TaskKind;
use care::{ClientId, Instant, MessageId, PacketId};
use chrono::Duration;
use std::collections::HashSet;
use store::message::Outcome;
use store::packet::Sent;
use store::{Read, Tx};

/// Records what became of an attempt, and what follows from it. `false` when the attempt is no longer the message's own.
pub async fn settle(tx: &mut Tx, ctx: &Context, message: &Message, outcome: &Outcome) -> Result<bool> {
    Ok(!settle_all(tx, ctx, &[(message, outcome)]).await?.is_empty())
}

/// The same for several attempts; the messages whose attempt was still their own.
pub async fn settle_all(tx: &mut Tx, ctx: &Context, attempts: &[(&Message, &Outcome)]) -> Result<HashSet<MessageId>> {
    let tried: Vec<_> = attempts.iter().map(|(message, outcome)| (&message.id, message.attempt, *outcome)).collect();
    let own: HashSet<MessageId> = store::message::settle(tx, &tried).await?.into_iter().collect();
    let attempts = || attempts.iter().copied().filter(|(message, _)| own.contains(&message.id));
    let is_over = |outcome: &Outcome| !matches!(outcome, Outcome::Retry { .. } | Outcome::Unknown { .. });
    let over: Vec<&Message> = attempts().filter(|(_, outcome)| is_over(outcome)).map(|(message, _)| message).collect();
    wipe_tokens(tx, &over).await?;
    // What may have arrived counts as sent: the check-in's expiry must not hang on an unknown.
    let gone: Vec<_> = attempts()
        .filter_map(|(message, outcome)| match outcome {
            Outcome::Sent { at, .. } | Outcome::Unknown { at, .. } => Some((message, *at)),
            _ => None,
        })
        .collect();
    went(tx, ctx, &gone).await?;
    for (message, outcome) in attempts() {
        follow(tx, ctx, message, outcome).await?;
    }
    Ok(own)
}

/// What else follows from what became of an attempt.
async fn follow(tx: &mut Tx, ctx: &Context, message: &Message, outcome: &Outcome) -> Result<()> {
    let now = ctx.now();
    match outcome {
        Outcome::Sent { .. } => {}
        Outcome::Retry { at, .. } => {
            let job = if message.staff_id.is_some() { care::Job::Alert } else { care::Job::Dispatch };
            tx.enqueue(&job, *at).await?;
        }
        Outcome::Failed { code } => {
            note_unusable(tx, ctx, message, code).await?;
            fall_back(tx, ctx, message, Instead::NotArrived).await?;
            if let Some(client) = &message.client_id {
                raise_task(tx, ctx, TaskKind::Undeliverable, client, now + Duration::days(1)).await?;
            }
        }
        Outcome::Cancelled { reason } => fallback::after_cancelled(tx, ctx, message, *reason).await?,
        Outcome::Unknown { .. } => {
            // Whose check-in is over by now waits for no link.
            if let Some(client) = &message.client_id
                && waits_for_it(tx, message).await?
            {
                raise_task(tx, ctx, TaskKind::UnknownOutcome, client, now + Duration::days(1)).await?;
            }
            tx.enqueue(&care::Job::Reconcile, now + Duration::minutes(5)).await?;
        }
    }
    Ok(())
}

/// What the provider said of a message after it took it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    /// On its way.
    Sent,
    /// It arrived.
    Delivered,
    /// It did not arrive.
    Failed,
    /// It did not arrive because the number wants no messages.
    OptedOut,
}

/// Takes in the provider's report. Reports come twice, late and in any order: a state is never lowered, and what follows
/// from one happens once.
pub async fn report(
    tx: &mut Tx,
    ctx: &Context,
    id: &MessageId,
    provider_id: &str,
    report: Report,
    code: Option<&str>,
) -> Result<()> {
    let now = ctx.now();
    let Some(before) = store::message::find(tx, id).await? else { return Ok(()) };
    let state = match report {
        Report::Sent => MessageState::Sent,
        Report::Delivered => MessageState::Delivered,
        Report::Failed | Report::OptedOut => MessageState::Failed,
    };
    if !store::message::report(tx, id, provider_id, state, code, now).await? {
        return Ok(());
    }
    care::failpoint!("report.in_tx");
    // A report can be faster than the answer to our own request, or come where that answer never did.
    if matches!(before.state, MessageState::Sending | MessageState::Unknown) {
        wipe_tokens(tx, &[&before]).await?;
        went(tx, ctx, &[(&before, now)]).await?;
    }
    if state == MessageState::Failed {
        if report == Report::OptedOut {
            crate::inbound::opted_out(tx, ctx, &before).await?;
        } else if let Some(client) = &before.client_id {
            note_unusable(tx, ctx, &before, code.unwrap_or_default()).await?;
            raise_task(tx, ctx, TaskKind::Undeliverable, client, now + Duration::days(1)).await?;
        }
        let why = if report == Report::OptedOut { Instead::NotPossible } else { Instead::NotArrived };
        fall_back(tx, ctx, &before, why).await?;
    }
    Ok(())
}

/// What a mail server says of a mail after it took it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bounced {
    /// It did not arrive and will not.
    Failed,
    /// It has not arrived yet.
    Delayed,
}

/// Takes in a mail server's later report of a mail, with its status code. `false` when it changes nothing: it was known, or
/// something that counts for more is.
pub async fn bounced(
    tx: &mut Tx,
    ctx: &Context,
    message: &Message,
    provider_id: &str,
    fate: Bounced,
    status: &str,
) -> Result<bool> {
    match fate {
        Bounced::Delayed => {
            Ok(store::message::note_delay(tx, &message.id, &format!("delayed-{status}"), ctx.now()).await?)
        }
        Bounced::Failed => {
            let code = format!("bounce-{status}");
            report(tx, ctx, &message.id, provider_id, Report::Failed, Some(&code)).await?;
            let after = store::message::find(tx, &message.id).await?;
            Ok(message.state != MessageState::Failed && after.is_some_and(|one| one.state == MessageState::Failed))
        }
    }
}

/// Whether the message's check-in can still be answered; a message about none is always waited for.
async fn waits_for_it(read: &mut Read, message: &Message) -> Result<bool> {
    let Some(packet) = &message.packet_id else { return Ok(true) };
    Ok(store::packet::find(read, packet).await?.is_some_and(|packet| packet.state.is_going_on()))
}

/// The provider has these messages, each since its instant: the expiry of a check-in counts from its first one, and the one
/// message that may follow is planned.
async fn went(tx: &mut Tx, ctx: &Context, messages: &[(&Message, Instant)]) -> Result<()> {
    let first = messages.iter().filter(|(message, _)| message.kind == MessageKind::Invite);
    let first: Vec<(&Message, &PacketId, Instant)> =
        first.filter_map(|(message, at)| Some((*message, message.packet_id.as_ref()?, *at))).collect();
    if first.is_empty() {
        return Ok(());
    }
    let practice = store::practice::get(tx).await?;
    let expires_at = |at: Instant| practice.settings.expiry(at);
    let sent = first.iter().map(|(_, id, at)| Sent { id, at: *at, expires_at: expires_at(*at) });
    store::packet::mark_sent(tx, &sent.collect::<Vec<_>>()).await?;
    let ids: Vec<PacketId> = first.iter().map(|(_, id, _)| (*id).clone()).collect();
    let mut packets = store::packet::by_ids(tx, &ids).await?;
    // Whoever has stopped coming is asked once, and not reminded.
    packets.retain(|packet| packet.state.is_going_on() && !packet.is_exit_survey());
    let clients: Vec<ClientId> = packets.iter().map(|packet| packet.client_id.clone()).collect();
    let clients = store::client::by_ids(tx, &clients).await?;
    let gone = first.iter().filter_map(|(message, id, at)| {
        let packet = packets.iter().find(|packet| packet.id == **id)?;
        let client = clients.iter().find(|client| client.id == packet.client_id)?;
        Some(Gone { message, packet, client, at: *at })
    });
    let gone: Vec<Gone<'_>> = gone.collect();
    fallback::plan_what_follows(tx, ctx, &practice, &clients, &gone).await
}

/// Wipes the sealed links of messages that have gone or never will.
async fn wipe_tokens(tx: &mut Tx, messages: &[&Message]) -> Result<()> {
    let (of_appointments, of_packets): (Vec<&Message>, Vec<&Message>) =
        messages.iter().partition(|message| message.kind == MessageKind::Appointment);
    let ids = |messages: Vec<&Message>| messages.into_iter().map(|message| message.id.clone()).collect::<Vec<_>>();
    store::appointment_notice::wipe_tokens(tx, &ids(of_appointments)).await?;
    Ok(store::packet::wipe_tokens(tx, &ids(of_packets)).await?)
}
