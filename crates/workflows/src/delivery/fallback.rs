//! The other channel: at once where a message did not arrive or may not go, and after a time of the practice's choice where a
//! check-in is not opened. Which it is, and whether at all, is [`care::delivery`]'s.

use super::reach::may_write;
use super::{Contacts, Wanted, blank, client_zone, hours_of, plan_instead, plan_on, purpose_of, settings_for};
use crate::planning::by;
use crate::{Context, Result};
use care::client::{Client, Purpose};
use care::delivery::{AfterCancelled, Follow, after_first, base_key, may_fall_back};
use care::message::{CancelReason, Instead, Message, MessageKind};
use care::packet::Packet;
use care::practice::Practice;
use care::{Instant, PacketId, delivery};
use std::collections::HashMap;
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

/// A check-in's first message that has gone.
pub(super) struct Gone<'a> {
    pub(super) message: &'a Message,
    pub(super) packet: &'a Packet,
    pub(super) client: &'a Client,
    pub(super) at: Instant,
}

/// First messages of check-ins have gone to these clients: plans the one message that may follow each.
pub(super) async fn plan_what_follows(
    tx: &mut Tx,
    ctx: &Context,
    practice: &Practice,
    clients: &[Client],
    gone: &[Gone<'_>],
) -> Result<()> {
    if gone.is_empty() {
        return Ok(());
    }
    let contacts = Contacts::of(tx, clients).await?;
    // Without a fallback there is nothing to be known of the other channel.
    let falls_back = practice.settings.fallback_after_hours > 0;
    let messages = if falls_back {
        let ids: Vec<PacketId> = gone.iter().map(|one| one.packet.id.clone()).collect();
        by(store::message::of_packets(tx, &ids).await?, |one| one.packet_id.clone())
    } else {
        HashMap::new()
    };
    let wanted = gone.iter().filter_map(|Gone { message: first, packet, client, at }| {
        let (packet, client) = (*packet, *client);
        let other = first.channel.other();
        let may_write_there = falls_back && contacts.reach(client, other, Purpose::CheckIn).is_open();
        let settings = settings_for(ctx, practice, first.channel);
        let hours = hours_of(client_zone(client), practice, &settings);
        let messages = messages.get(&Some(packet.id.clone())).map_or(&[][..], Vec::as_slice);
        match after_first(first, *at, packet, messages, may_write_there.then_some(other), &hours) {
            Follow::OtherChannel { at } => {
                let (kind, instead) = (MessageKind::Reminder, Some(Instead::Unopened));
                Some(Wanted { client, packet, kind, channel: other, instead, at })
            }
            Follow::Reminder { at } => Some(reminder(&contacts, client, packet, at)),
            Follow::Nothing => None,
        }
    });
    let wanted: Vec<Wanted<'_>> = wanted.collect();
    plan_on(tx, ctx, practice, &wanted).await?;
    if wanted.iter().any(|one| one.instead.is_some()) {
        care::failpoint!("fallback.planned");
    }
    Ok(())
}

/// The reminder of a check-in, not before `at`.
fn reminder<'a>(contacts: &Contacts, client: &'a Client, packet: &'a Packet, at: Instant) -> Wanted<'a> {
    let channel = contacts.usable_channel(client, Purpose::CheckIn).unwrap_or(client.preferred_channel);
    Wanted { client, packet, kind: MessageKind::Reminder, channel, instead: None, at }
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
            let contacts = Contacts::of(tx, std::slice::from_ref(client)).await?;
            plan_on(tx, ctx, &practice, &[reminder(&contacts, client, packet, at)]).await?;
            care::failpoint!("fallback.given_back");
            Ok(())
        }
        AfterCancelled::Nothing => Ok(()),
    }
}
