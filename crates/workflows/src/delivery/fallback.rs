//! The other channel: at once where a message did not arrive or may not go, and after a time of the practice's choice where a
//! check-in is not opened. Only where the client agreed to that channel, and never more than the rules allow: whoever was
//! written to on the other channel because a check-in was not opened has had the check-in's one reminder.

use super::reach::may_write;
use super::{Wanted, blank, client_zone, is_going_on, plan_for_client, plan_on, practice_zone, purpose_of};
use crate::{Context, Result};
use care::client::{Client, Purpose};
use care::message::{CancelReason, Channel, Instead, Message, MessageKind, MessageState};
use care::packet::Packet;
use care::practice::Practice;
use care::{Instant, quiet_hours};
use store::{Read, Tx};

/// Tries the other channel once: for a client only with consent for it, for a risk notice always.
pub async fn fall_back(tx: &mut Tx, ctx: &Context, message: &Message, instead: Instead) -> Result<()> {
    let other = message.channel.other();
    let Some(base) = message.unique_key.strip_suffix(message.channel.as_str()) else { return Ok(()) };
    let allowed = match &message.client_id {
        Some(id) => match store::client::find(tx, id).await? {
            Some(client) => {
                may_write(tx, &client, other, purpose_of(message.kind)).await? && !was_tried(tx, message, other).await?
            }
            None => false,
        },
        None => matches!(message.kind, MessageKind::RiskNotice | MessageKind::Escalation),
    };
    if !allowed {
        return Ok(());
    }
    let now = ctx.now();
    let mut next = blank(ctx, message.kind, other, format!("{base}{other}"), now);
    next.client_id.clone_from(&message.client_id);
    next.staff_id.clone_from(&message.staff_id);
    next.packet_id.clone_from(&message.packet_id);
    next.case_id.clone_from(&message.case_id);
    next.reason_id.clone_from(&message.reason_id);
    next.instead = Some(instead);
    if message.kind == MessageKind::Appointment {
        return crate::reminder::instead(tx, ctx, &message.id, &next).await;
    }
    if store::message::plan(tx, &next, now).await? {
        let job = if message.staff_id.is_some() { care::Job::Alert } else { care::Job::Dispatch };
        tx.enqueue(&job, now).await?;
    }
    Ok(())
}

/// Whether the client has been told of the check-in on the other channel already: a first message whose failure is reported
/// late is not sent there after its reminder.
async fn was_tried(read: &mut Read, message: &Message, other: Channel) -> Result<bool> {
    let (Some(packet), MessageKind::Invite) = (&message.packet_id, message.kind) else { return Ok(false) };
    let messages = store::message::of_packet(read, packet).await?;
    Ok(messages.iter().any(|one| one.channel == other && one.has_gone()))
}

/// A check-in's first message has gone: plans the one message that may follow it. That is one on the other channel where the
/// practice wants it, the client can be written to there and has not opened the check-in; else the reminder.
pub(super) async fn plan_what_follows(
    tx: &mut Tx,
    ctx: &Context,
    practice: &Practice,
    client: &Client,
    packet: &Packet,
    first: &Message,
    at: Instant,
) -> Result<()> {
    if practice.settings.fallback_after_hours == 0 {
        return remind(tx, ctx, practice, client, packet, at).await;
    }
    let messages = store::message::of_packet(tx, &packet.id).await?;
    // The fate of the first message was learned late, and the second is on its way or has been.
    if messages.iter().any(|one| one.kind == MessageKind::Reminder && (one.has_gone() || one.attempt > 0)) {
        return Ok(());
    }
    let other = first.channel.other();
    let is_free = messages.iter().all(|one| one.channel != other || is_waiting(one));
    let (zone, own) = (client_zone(client), practice_zone(practice));
    if is_free
        && packet.started_at.is_none()
        && let Some(at) = quiet_hours::fallback(at, packet.expires_at, zone, own, &practice.settings)
        && may_write(tx, client, other, Purpose::CheckIn).await?
    {
        let wanted = Wanted { kind: MessageKind::Reminder, channel: other, instead: Some(Instead::Unopened), at };
        return plan_on(tx, ctx, practice, client, packet, &wanted).await;
    }
    remind(tx, ctx, practice, client, packet, at).await
}

/// Whether a message is the one that waits for the check-in not to be opened.
fn is_waiting(message: &Message) -> bool {
    message.instead == Some(Instead::Unopened) && message.state == MessageState::Planned && message.attempt == 0
}

/// Plans the one reminder, counted from the first message.
async fn remind(
    tx: &mut Tx,
    ctx: &Context,
    practice: &Practice,
    client: &Client,
    packet: &Packet,
    sent_at: Instant,
) -> Result<()> {
    let (zone, own) = (client_zone(client), practice_zone(practice));
    match quiet_hours::reminder(sent_at, packet.expires_at, zone, own, &practice.settings) {
        Some(due_at) => plan_for_client(tx, ctx, practice, packet, MessageKind::Reminder, due_at).await,
        None => Ok(()),
    }
}

/// Whether a message that was to go because its check-in had not been opened has no cause any more.
pub(super) fn is_opened(message: &Message, packet: &Packet) -> bool {
    message.instead == Some(Instead::Unopened) && packet.started_at.is_some()
}

/// A message was not sent after all: what goes instead, if anything.
pub(super) async fn after_cancelled(tx: &mut Tx, ctx: &Context, message: &Message, reason: CancelReason) -> Result<()> {
    let is_barred = matches!(
        reason,
        CancelReason::OptedOut | CancelReason::NoConsent | CancelReason::NoAddress | CancelReason::Unusable
    );
    if message.instead != Some(Instead::Unopened) {
        return if is_barred { fall_back(tx, ctx, message, Instead::NotPossible).await } else { Ok(()) };
    }
    if !is_barred && reason != CancelReason::Opened {
        return Ok(());
    }
    // It took the place of the reminder, which goes at its own time now.
    let Some(packet) = &message.packet_id else { return Ok(()) };
    let Some(packet) = store::packet::find(tx, packet).await?.filter(is_going_on) else { return Ok(()) };
    let Some(client) = store::client::find(tx, &packet.client_id).await? else { return Ok(()) };
    let Some(sent_at) = packet.sent_at else { return Ok(()) };
    let practice = store::practice::get(tx).await?;
    remind(tx, ctx, &practice, &client, &packet, sent_at).await
}
