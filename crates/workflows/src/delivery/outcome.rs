//! What became of a message: of the attempt, by the provider's reports and by mail servers' later ones, and what follows from it.

use super::reach::note_unusable;
use super::{fall_back, fallback, raise_task};
use crate::{Context, Result};
use care::message::{Instead, Message, MessageKind, MessageState};
use care::practice::TaskKind;
use care::{Instant, MessageId};
use chrono::Duration;
use store::message::Outcome;
use store::{Read, Tx};

/// Records what became of an attempt, and what follows from it. `false` when the attempt is no longer the message's own.
pub async fn settle(tx: &mut Tx, ctx: &Context, message: &Message, outcome: &Outcome) -> Result<bool> {
    if !store::message::settle(tx, &message.id, message.attempt, outcome).await? {
        return Ok(false);
    }
    let now = ctx.now();
    match outcome {
        Outcome::Sent { at, .. } => {
            wipe_tokens(tx, message).await?;
            went(tx, ctx, message, *at).await?;
        }
        Outcome::Retry { at, .. } => {
            let job = if message.staff_id.is_some() { care::Job::Alert } else { care::Job::Dispatch };
            tx.enqueue(&job, *at).await?;
        }
        Outcome::Failed { code } => {
            wipe_tokens(tx, message).await?;
            note_unusable(tx, ctx, message, code).await?;
            fall_back(tx, ctx, message, Instead::NotArrived).await?;
            if let Some(client) = &message.client_id {
                raise_task(tx, ctx, TaskKind::Undeliverable, client, now + Duration::days(1)).await?;
            }
        }
        Outcome::Cancelled { reason } => {
            wipe_tokens(tx, message).await?;
            fallback::after_cancelled(tx, ctx, message, *reason).await?;
        }
        Outcome::Unknown { at, .. } => {
            if let Some(client) = &message.client_id {
                // It may have arrived, so the check-in counts as sent: its expiry must not hang on an unknown.
                went(tx, ctx, message, *at).await?;
                // Whose check-in is over by now waits for no link.
                if waits_for_it(tx, message).await? {
                    raise_task(tx, ctx, TaskKind::UnknownOutcome, client, now + Duration::days(1)).await?;
                }
            }
            tx.enqueue(&care::Job::Reconcile, now + Duration::minutes(5)).await?;
        }
    }
    Ok(true)
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
        wipe_tokens(tx, &before).await?;
        went(tx, ctx, &before, now).await?;
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

/// The provider has the message: the check-in's expiry counts from now, and the one message that may follow is planned.
async fn went(tx: &mut Tx, ctx: &Context, message: &Message, at: Instant) -> Result<()> {
    let (Some(packet), MessageKind::Invite) = (&message.packet_id, message.kind) else { return Ok(()) };
    let practice = store::practice::get(tx).await?;
    let expires_at = practice.settings.expiry(at);
    store::packet::mark_sent(tx, packet, at, expires_at).await?;
    let Some(packet) = store::packet::find(tx, packet).await?.filter(|packet| packet.state.is_going_on()) else {
        return Ok(());
    };
    // Whoever has stopped coming is asked once, and not reminded.
    if packet.is_exit_survey() {
        return Ok(());
    }
    let Some(client) = store::client::find(tx, &packet.client_id).await? else { return Ok(()) };
    fallback::plan_what_follows(tx, ctx, &practice, &client, &packet, message, at).await
}

/// Wipes the sealed links of a message that has gone or never will.
async fn wipe_tokens(tx: &mut Tx, message: &Message) -> Result<()> {
    if message.kind == MessageKind::Appointment {
        store::appointment_notice::wipe_tokens(tx, &message.id).await?;
    } else {
        store::packet::wipe_tokens(tx, &message.id).await?;
    }
    Ok(())
}
