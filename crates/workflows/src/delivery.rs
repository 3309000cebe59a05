//! Messages: planned with their cause, checked again at the moment of sending (`claim`), sent at most once to clients and at least
//! once to staff, and followed up by what became of them (`outcome`). How a message travels is `notify`'s, its words are
//! `templates`'; this room knows when, to whom and whether at all.

mod claim;
mod fallback;
mod outcome;
mod reach;

pub use self::claim::{Claimed, Ready, claim};
pub use self::fallback::fall_back;
pub use self::outcome::{Bounced, Report, bounced, report, settle, settle_all};
pub use self::reach::declare_usable;
pub(crate) use self::reach::{Contacts, mark_unusable, may_write, note_landline, usable_channel};
pub use care::delivery::{LEASE, STAFF_LEASE};

use crate::planning::by;
use crate::{Context, Result};
use care::client::{Client, Purpose};
use care::delivery::{Hours, is_under_way_elsewhere};
use care::message::{CancelReason, Channel, Instead, Message, MessageKind, MessageState};
use care::packet::Packet;
use care::practice::{Practice, Settings, Task, TaskKind};
use care::{CaseId, ClientId, Instant, MessageId, PacketId, ReasonId, StaffId, TaskId, local_time};
use chrono::Duration;
use chrono_tz::Tz;
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};
use store::Tx;

/// What a message to staff is about.
#[derive(Debug, Clone)]
pub struct About<'a> {
    /// The case.
    pub case: &'a CaseId,
    /// The reason.
    pub reason: &'a ReasonId,
    /// What makes the message unique, besides person and channel: `reason:<id>:notice`, `reason:<id>:rung:2`.
    pub key: String,
}

/// Plans a message to a staff member on each channel and wakes the sender.
pub async fn tell_staff(
    tx: &mut Tx,
    ctx: &Context,
    kind: MessageKind,
    to: &StaffId,
    about: &About<'_>,
    channels: &[Channel],
    due_at: Instant,
) -> Result<()> {
    for channel in channels {
        let mut message = blank(ctx, kind, *channel, format!("{}:{to}:{channel}", about.key), due_at);
        message.staff_id = Some(to.clone());
        message.case_id = Some(about.case.clone());
        message.reason_id = Some(about.reason.clone());
        store::message::plan(tx, &message, ctx.now()).await?;
    }
    tx.enqueue(&care::Job::Alert, due_at).await?;
    Ok(())
}

/// Plans the one message of a day that tells a staff member of all cases that wait: one for each person and instant, however
/// many ask for it.
pub async fn tell_together(tx: &mut Tx, ctx: &Context, to: &StaffId, at: Instant) -> Result<()> {
    let key = format!("digest:{to}:{}:email", at.format("%Y-%m-%dT%H:%M"));
    let mut message = blank(ctx, MessageKind::CaseNotice, Channel::Email, key, at);
    message.staff_id = Some(to.clone());
    if store::message::plan(tx, &message, ctx.now()).await? {
        tx.enqueue(&care::Job::Alert, at).await?;
    }
    Ok(())
}

/// Plans the first message of a check-in, in the hours in which the client may be written to.
pub async fn plan_invite(tx: &mut Tx, ctx: &Context, practice: &Practice, packet: &Packet) -> Result<()> {
    plan_invites(tx, ctx, practice, std::slice::from_ref(packet)).await
}

/// The same for several check-ins of a practice.
pub(crate) async fn plan_invites(tx: &mut Tx, ctx: &Context, practice: &Practice, packets: &[Packet]) -> Result<()> {
    let ids: Vec<ClientId> = packets.iter().map(|packet| packet.client_id.clone()).collect();
    let clients = store::client::by_ids(tx, &ids).await?;
    let contacts = Contacts::of(tx, &clients).await?;
    let clients: HashMap<&ClientId, &Client> = clients.iter().map(|client| (&client.id, client)).collect();
    let wanted = packets.iter().filter_map(|packet| {
        let client = *clients.get(&packet.client_id)?;
        // Planned all the same where there is none: consent may come before the time does, and the ledger says why it was not
        // sent.
        let channel = contacts.usable_channel(client, Purpose::CheckIn).unwrap_or(client.preferred_channel);
        Some(Wanted { client, packet, kind: MessageKind::Invite, channel, instead: None, at: packet.send_at })
    });
    plan_on(tx, ctx, practice, &wanted.collect::<Vec<_>>()).await
}

/// Plans a message in place of another; one with its key that was taken back comes back. Tells whether one is planned.
pub(crate) async fn plan_instead(tx: &mut Tx, ctx: &Context, message: &Message) -> Result<bool> {
    Ok(store::message::plan(tx, message, ctx.now()).await?
        || store::message::reschedule(tx, &message.unique_key, message.due_at, message.instead).await?)
}

/// A message about a check-in that is to go.
struct Wanted<'a> {
    client: &'a Client,
    packet: &'a Packet,
    kind: MessageKind,
    channel: Channel,
    instead: Option<Instead>,
    /// Not before this instant.
    at: Instant,
}

impl Wanted<'_> {
    fn key(&self) -> String {
        format!("packet:{}:{}:{}", self.packet.id, self.kind, self.channel)
    }

    /// Whether one of these is planned on another channel.
    fn is_planned_elsewhere(&self, messages: &[Message]) -> bool {
        messages.iter().any(|one| {
            one.kind == self.kind
                && one.channel != self.channel
                && one.state == MessageState::Planned
                && one.attempt == 0
        })
    }
}

/// Plans these messages; one that is planned already, or was taken back for a reason that may pass, is moved.
async fn plan_on(tx: &mut Tx, ctx: &Context, practice: &Practice, all: &[Wanted<'_>]) -> Result<()> {
    let ids: Vec<PacketId> = all.iter().map(|one| one.packet.id.clone()).collect();
    let messages = by(store::message::of_packets(tx, &ids).await?, |one| one.packet_id.clone());
    let (mut again, mut fresh) = (Vec::new(), Vec::new());
    for one in all {
        let messages = messages.get(&Some(one.packet.id.clone())).map_or(&[][..], Vec::as_slice);
        if is_under_way_elsewhere(messages, one.kind, one.channel) {
            continue;
        }
        if one.is_planned_elsewhere(messages) {
            store::message::cancel_on_other_channels(tx, &one.packet.id, one.kind, one.channel).await?;
        }
        let settings = settings_for(ctx, practice, one.channel);
        let due_at = hours_of(client_zone(one.client), practice, &settings).earliest(one.at.max(ctx.now()));
        if messages.is_empty() { &mut fresh } else { &mut again }.push((one, one.key(), due_at));
    }
    let keys: Vec<_> = again.iter().map(|(one, key, due_at)| (key.as_str(), *due_at, one.instead)).collect();
    let moved: HashSet<String> = store::message::reschedule_many(tx, &keys).await?.into_iter().collect();
    let (moved, others): (Vec<_>, Vec<_>) = again.into_iter().partition(|(_, key, _)| moved.contains(key));
    let mut due: BTreeSet<Instant> = moved.into_iter().map(|(_, _, due_at)| due_at).collect();
    fresh.extend(others);
    let fresh: Vec<Message> = fresh.into_iter().map(|(one, key, due_at)| message_of(ctx, one, key, due_at)).collect();
    let planned = store::message::plan_many(tx, &fresh, ctx.now()).await?;
    let planned: HashSet<MessageId> = planned.into_iter().collect();
    let goes = |message: &&Message| message.state == MessageState::Planned && planned.contains(&message.id);
    due.extend(fresh.iter().filter(goes).map(|message| message.due_at));
    Ok(tx.enqueue_at(&care::Job::Dispatch, due).await?)
}

fn message_of(ctx: &Context, wanted: &Wanted<'_>, key: String, due_at: Instant) -> Message {
    let mut message = blank(ctx, wanted.kind, wanted.channel, key, due_at);
    message.client_id = Some(wanted.client.id.clone());
    message.packet_id = Some(wanted.packet.id.clone());
    message.instead = wanted.instead;
    if due_at >= wanted.packet.expires_at {
        message.state = MessageState::Cancelled;
        message.cancel_reason = Some(CancelReason::QuietHours);
    }
    message
}

/// Plans a fresh link to the address on file: at most three a day for one check-in. Tells whether one was planned.
pub async fn plan_new_link(tx: &mut Tx, ctx: &Context, packet: &Packet) -> Result<bool> {
    let now = ctx.now();
    let sent = store::message::of_packet(tx, &packet.id).await?;
    let recent = sent.iter().filter(|m| m.kind == MessageKind::NewLink && m.due_at > now - Duration::hours(24)).count();
    let total = sent.iter().filter(|m| m.kind == MessageKind::NewLink).count();
    if recent >= 3 || !packet.accepts(now) {
        return Ok(false);
    }
    let Some(client) = store::client::find(tx, &packet.client_id).await? else { return Ok(false) };
    let Some(channel) = usable_channel(tx, &client, Purpose::CheckIn).await? else { return Ok(false) };
    // The client asked just now, so their quiet hours do not hold it back.
    let mut message =
        blank(ctx, MessageKind::NewLink, channel, format!("packet:{}:new_link:{total}:{channel}", packet.id), now);
    message.client_id = Some(client.id.clone());
    message.packet_id = Some(packet.id.clone());
    let planned = store::message::plan(tx, &message, now).await?;
    tx.enqueue(&care::Job::Dispatch, now).await?;
    Ok(planned)
}

/// Raises a front-desk task, once for as long as one of its kind is open for the client.
pub async fn raise_task(tx: &mut Tx, ctx: &Context, kind: TaskKind, client: &ClientId, due_at: Instant) -> Result<()> {
    let task = Task {
        id: ctx.id(TaskId::new),
        kind,
        client_id: Some(client.clone()),
        raised_at: ctx.now(),
        due_at,
        done_at: None,
        done_by: None,
    };
    store::task::raise(tx, &task).await?;
    Ok(())
}

pub(crate) fn client_zone(client: &Client) -> Option<Tz> {
    client.zone.as_deref().and_then(local_time::zone)
}

pub(crate) fn practice_zone(practice: &Practice) -> Tz {
    local_time::zone(&practice.zone).unwrap_or(Tz::UTC)
}

pub(crate) fn blank(
    ctx: &Context,
    kind: MessageKind,
    channel: Channel,
    unique_key: String,
    due_at: Instant,
) -> Message {
    Message::planned(ctx.id(MessageId::new), kind, channel, unique_key, due_at)
}

/// What a client agreed to when they are sent such a message.
const fn purpose_of(kind: MessageKind) -> Purpose {
    if matches!(kind, MessageKind::Appointment) { Purpose::Appointment } else { Purpose::CheckIn }
}

/// The practice's decisions as they hold for messages on a channel: where the provider of texts cannot be told to drop what is late,
/// the hours of texts end earlier.
pub(crate) fn settings_for<'a>(ctx: &Context, practice: &'a Practice, channel: Channel) -> Cow<'a, Settings> {
    match channel {
        Channel::Sms if ctx.texts_end_early > 0 => Cow::Owned(practice.settings.closing_earlier(ctx.texts_end_early)),
        _ => Cow::Borrowed(&practice.settings),
    }
}

fn hours_of<'a>(zone: Option<Tz>, practice: &Practice, settings: &'a Settings) -> Hours<'a> {
    Hours { zone, practice_zone: practice_zone(practice), settings }
}
