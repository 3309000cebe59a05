//! The other channel: at once where a message did not arrive or may not go, and after a time of the practice's choice where a
//! check-in is not opened. Which it is, and whether at all, is [`care::delivery`]'s.

use super::reach::{may_write, usable_channel};
use super::{Wanted, blank, client_zone, hours_of, plan_instead, plan_on, purpose_of, settings_for};
use crate::{Context, Result};
use care::client::{Client, Purpose};
use care::delivery::{AfterCancelled, Follow, after_first, base_key, may_fall_back};
use care::message::{CancelReason, Instead, Message, MessageKind};
use care::packet::Packet;
use care::practice::Practice;
use care::{Instant, delivery};
use store::Tx;

/// Tries the other channel once: for a client only with consent for it, for a risk notice always.
pub async fn fall_back(tx: &mut Tx, ctx: &Context, message: &Message, instead: Instead) -> Result<()> {
    let other = message.channel.other();
    let Some(base) = base_key(message) else { return Ok(()) };
    let of_packet = match &message.packet_id {
        Some(packet) => store::message::of_packet(tx, packet).await?,
        None => Vec::new(),
    };
    if !may_fall_back(message, &of_packet) {
        return Ok(());
    }
    if let Some(id) = &message.client_id {
        let Some(client) = store::client::find(tx, id).await? else { return Ok(()) };
        if !may_write(tx, &client, other, purpose_of(message.kind)).await? {
            return Ok(());
        }
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
    if plan_instead(tx, ctx, &next).await? {
        let job = if message.staff_id.is_some() { care::Job::Alert } else { care::Job::Dispatch };
        tx.enqueue(&job, now).await?;
        care::failpoint!("fallback.in_tx");
    }
    Ok(())
}

/// A check-in's first message has gone: plans the one message that may follow it.
pub(super) async fn plan_what_follows(
    tx: &mut Tx,
    ctx: &Context,
    practice: &Practice,
    client: &Client,
    packet: &Packet,
    first: &Message,
    at: Instant,
) -> Result<()> {
    let other = first.channel.other();
    // Without a fallback there is nothing to be known of the other channel.
    let (messages, may_write_there) = if practice.settings.fallback_after_hours == 0 {
        (Vec::new(), false)
    } else {
        let messages = store::message::of_packet(tx, &packet.id).await?;
        (messages, may_write(tx, client, other, Purpose::CheckIn).await?)
    };
    let settings = settings_for(ctx, practice, first.channel);
    let hours = hours_of(client_zone(client), practice, &settings);
    match after_first(first, at, packet, &messages, may_write_there.then_some(other), &hours) {
        Follow::OtherChannel { at } => {
            let (kind, instead) = (MessageKind::Reminder, Some(Instead::Unopened));
            plan_on(tx, ctx, practice, &[Wanted { client, packet, kind, channel: other, instead, at }]).await?;
            care::failpoint!("fallback.planned");
            Ok(())
        }
        Follow::Reminder { at } => remind(tx, ctx, practice, client, packet, at).await,
        Follow::Nothing => Ok(()),
    }
}

/// Plans the reminder of a check-in, not before `at`.
async fn remind(
    tx: &mut Tx,
    ctx: &Context,
    practice: &Practice,
    client: &Client,
    packet: &Packet,
    at: Instant,
) -> Result<()> {
    let channel = usable_channel(tx, client, Purpose::CheckIn).await?.unwrap_or(client.preferred_channel);
    let reminder = Wanted { client, packet, kind: MessageKind::Reminder, channel, instead: None, at };
    plan_on(tx, ctx, practice, &[reminder]).await
}

/// A message was not sent after all: what goes instead, if anything.
pub(super) async fn after_cancelled(tx: &mut Tx, ctx: &Context, message: &Message, reason: CancelReason) -> Result<()> {
    let practice = store::practice::get(tx).await?;
    let packet = match &message.packet_id {
        Some(id) => store::packet::find(tx, id).await?,
        None => None,
    };
    let client = match &message.client_id {
        Some(id) => store::client::find(tx, id).await?,
        None => None,
    };
    let settings = settings_for(ctx, &practice, message.channel);
    let hours = hours_of(client.as_ref().and_then(client_zone), &practice, &settings);
    match delivery::after_cancelled(message, reason, packet.as_ref(), &hours) {
        AfterCancelled::OtherChannel => fall_back(tx, ctx, message, Instead::NotPossible).await,
        AfterCancelled::Reminder(at) => {
            let (Some(client), Some(packet)) = (&client, &packet) else { return Ok(()) };
            remind(tx, ctx, &practice, client, packet, at).await?;
            care::failpoint!("fallback.given_back");
            Ok(())
        }
        AfterCancelled::Nothing => Ok(()),
    }
}
