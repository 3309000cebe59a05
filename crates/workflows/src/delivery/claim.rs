//! The moment of sending: everything that may have changed since a message was planned is looked at again, and the intent to send is
//! put on record.

use super::outcome::settle;
use super::{Contacts, LEASE, STAFF_LEASE, client_zone, hours_of, practice_zone, purpose_of, settings_for};
use crate::{Context, Result, audit};
use care::client::Client;
use care::delivery::{Hours, When, about_check_in, about_reason, unsent, when};
use care::episode::EpisodeState;
use care::message::{CancelReason, Channel, Message, MessageKind};
use care::packet::{Link, LinkPurpose, Packet};
use care::practice::Practice;
use care::staff::{Actor, StaffState};
use care::{ClientId, EpisodeId, Instant, Language, MessageId, PacketId, StaffId, local_time};
use chrono::Duration;
use chrono_tz::Tz;
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use store::message::Outcome;
use store::packet::NewLink;
use store::{Read, Tx};

/// A claimed message and what to do with it.
#[derive(Debug)]
pub struct Claimed {
    /// The message, in state `sending`.
    pub message: Message,
    /// Whether the last attempt was begun and never settled: it may have gone.
    pub interrupted: bool,
    /// To whom, in which words.
    pub ready: Ready,
}

/// Everything that the words of a message are made from. No name, no instrument, no score is among it.
#[derive(Debug)]
pub struct Ready {
    /// Number or address.
    pub to: String,
    /// Language.
    pub language: Language,
    /// The practice: its neutral name, its number, its hours as they hold for the channel.
    pub practice: Practice,
    /// The check-in it is about.
    pub packet: Option<Packet>,
    /// Token of the check-in link.
    pub token: Option<String>,
    /// Token of the unsubscribe link.
    pub unsubscribe: Option<String>,
    /// When the check-in ends.
    pub expires_at: Option<Instant>,
    /// When the appointment begins that a reminder is about, and the zone of its site.
    pub appointment: Option<(Instant, Tz)>,
    /// The recipient's zone, where known.
    pub zone: Option<Tz>,
    /// When it may go: other than now only where it has to be asked first what became of the attempt before.
    pub when: When,
}

impl Ready {
    /// The hours in which the recipient may be written to.
    pub fn hours(&self) -> Hours<'_> {
        hours_of(self.zone, &self.practice, &self.practice.settings)
    }

    /// The zone in which the recipient reads a time of day.
    pub fn reading_zone(&self) -> Tz {
        self.zone.unwrap_or_else(|| practice_zone(&self.practice))
    }
}

/// Claims due messages and records the intent to send them. One that somebody else has is left out, and so is one that must not
/// be sent: then that is on record instead. The caller commits before sending.
pub async fn claim(tx: &mut Tx, ctx: &Context, ids: &[MessageId]) -> Result<Vec<Claimed>> {
    let now = ctx.now();
    let messages = store::message::claim(tx, ids, now, now + LEASE, now + STAFF_LEASE).await?;
    let to_staff = messages.iter().filter(|message| message.staff_id.is_some());
    let leases: BTreeSet<Instant> = to_staff.filter_map(|message| message.lease_until).collect();
    // They do nothing where the attempts are settled by then.
    tx.enqueue_at(&care::Job::Alert, leases.into_iter().map(|until| until + Duration::milliseconds(1))).await?;
    let known = Known::of(tx, &messages).await?;
    let (mut claimed, mut links) = (Vec::with_capacity(messages.len()), Vec::new());
    for message in messages {
        let interrupted = message.is_interrupted();
        let verdict = if message.client_id.is_some() {
            check_client(tx, ctx, &known, &message, interrupted, &mut links).await?
        } else {
            check_staff(tx, ctx, &known.practice, &message).await?
        };
        match verdict {
            Verdict::Send(ready) => {
                audit::write(tx, ctx, &Actor::System, "message.send", "message", message.id.as_str());
                claimed.push(Claimed { message, interrupted, ready: *ready });
            }
            Verdict::Cancel(reason) => {
                settle(tx, ctx, &message, &unsent(&message, reason, now)).await?;
            }
            Verdict::Postpone(at) => {
                settle(tx, ctx, &message, &Outcome::Retry { at, code: "quiet_hours".to_owned() }).await?;
            }
        }
    }
    store::packet::insert_links(tx, &links, now).await?;
    Ok(claimed)
}

/// What messages to clients are about and to whom they go, as it is now: read with one statement for each kind of row, however
/// many messages there are.
struct Known {
    practice: Practice,
    clients: HashMap<ClientId, Client>,
    contacts: Contacts,
    packets: HashMap<PacketId, Packet>,
    episodes: HashMap<EpisodeId, EpisodeState>,
    /// Who answers for the courses.
    clinicians: HashMap<EpisodeId, StaffId>,
}

impl Known {
    async fn of(read: &mut Read, messages: &[Message]) -> Result<Self> {
        let practice = store::practice::get(read).await?;
        let ids: BTreeSet<ClientId> = messages.iter().filter_map(|message| message.client_id.clone()).collect();
        let clients = store::client::by_ids(read, &Vec::from_iter(ids)).await?;
        let contacts = Contacts::of(read, &clients).await?;
        let ids: BTreeSet<PacketId> = messages.iter().filter_map(|message| message.packet_id.clone()).collect();
        let packets = store::packet::by_ids(read, &Vec::from_iter(ids)).await?;
        let ids: BTreeSet<EpisodeId> = packets.iter().map(|packet| packet.episode_id.clone()).collect();
        let ids = Vec::from_iter(ids);
        let episodes = store::episode::by_ids(read, &ids).await?;
        let assignments = store::assignment::current_of(read, &ids).await?;
        Ok(Self {
            practice,
            clients: clients.into_iter().map(|one| (one.id.clone(), one)).collect(),
            contacts,
            packets: packets.into_iter().map(|one| (one.id.clone(), one)).collect(),
            episodes: episodes.into_iter().map(|one| (one.id, one.state)).collect(),
            clinicians: assignments.into_iter().map(|one| (one.episode_id, one.clinician_id)).collect(),
        })
    }
}

enum Verdict {
    Send(Box<Ready>),
    Cancel(CancelReason),
    Postpone(Instant),
}

/// Looks again at everything that may have changed since the message was planned. Links that are made for it are added to those
/// to be inserted.
async fn check_client(
    tx: &mut Tx,
    ctx: &Context,
    known: &Known,
    message: &Message,
    interrupted: bool,
    links: &mut Vec<NewLink>,
) -> Result<Verdict> {
    let now = ctx.now();
    let client = message.client_id.as_ref().and_then(|id| known.clients.get(id));
    let Some(client) = client else { return Ok(Verdict::Cancel(CancelReason::Recipient)) };
    let Some(to) = client.address(message.channel).map(str::to_owned) else {
        return Ok(Verdict::Cancel(CancelReason::NoAddress));
    };
    let reach = known.contacts.reach(client, message.channel, purpose_of(message.kind));
    if let Some(reason) = reach.bars(message.kind) {
        return Ok(Verdict::Cancel(reason));
    }
    let mut practice = known.practice.clone();
    if let Cow::Owned(settings) = settings_for(ctx, &known.practice, message.channel) {
        practice.settings = settings;
    }
    let mut ready = Ready {
        to,
        language: client.language,
        practice,
        packet: None,
        token: None,
        unsubscribe: None,
        expires_at: None,
        appointment: None,
        zone: client_zone(client),
        when: When::Now,
    };
    if message.kind == MessageKind::Appointment {
        return check_reminder(tx, ctx, message, ready, interrupted).await;
    }
    let packet = message.packet_id.as_ref().and_then(|id| known.packets.get(id)).cloned();
    let Some(packet) = packet else { return Ok(Verdict::Send(Box::new(ready))) };
    // An episode that is not there has ended.
    let state = known.episodes.get(&packet.episode_id).copied().unwrap_or(EpisodeState::Discharged);
    if let Some(reason) = about_check_in(message, &packet, state, now) {
        return Ok(Verdict::Cancel(reason));
    }
    let clinician = known.clinicians.get(&packet.episode_id);
    let Some(packet) = crate::packet::still_allowed(tx, ctx, &ready.practice, clinician, packet).await? else {
        return Ok(Verdict::Cancel(CancelReason::PacketClosed));
    };
    ready.when = when(message.kind, packet.expires_at, now, &ready.hours());
    if !interrupted && let Some(verdict) = held_back(ready.when) {
        return Ok(verdict);
    }
    let (token, unsubscribe) = tokens(tx, ctx, message, &packet, links).await?;
    ready.token = Some(token);
    ready.unsubscribe = unsubscribe;
    let is_new = packet.sent_at.is_none();
    ready.expires_at = Some(if is_new { ready.practice.settings.expiry(now) } else { packet.expires_at });
    ready.packet = Some(packet);
    Ok(Verdict::Send(Box::new(ready)))
}

/// The same for a reminder of an appointment: not one that was moved or cancelled, nor at night.
async fn check_reminder(
    tx: &mut Tx,
    ctx: &Context,
    message: &Message,
    mut ready: Ready,
    interrupted: bool,
) -> Result<Verdict> {
    let now = ctx.now();
    let Some(appointment) = crate::reminder::still_due(tx, ctx, message).await? else {
        return Ok(Verdict::Cancel(CancelReason::AppointmentChanged));
    };
    ready.when = when(message.kind, appointment.starts_at, now, &ready.hours());
    if !interrupted && let Some(verdict) = held_back(ready.when) {
        return Ok(verdict);
    }
    let tokens = crate::reminder::tokens(tx, ctx, &message.id).await?;
    ready.token = Some(tokens.answer);
    ready.unsubscribe = (message.channel == Channel::Email).then_some(tokens.unsubscribe);
    let site = store::site::find(tx, &appointment.site_id).await?;
    let there = site.and_then(|site| local_time::zone(&site.zone)).unwrap_or_else(|| practice_zone(&ready.practice));
    ready.appointment = Some((appointment.starts_at, there));
    Ok(Verdict::Send(Box::new(ready)))
}

/// The verdict where the hour does not allow a message; none where it does.
fn held_back(when: When) -> Option<Verdict> {
    match when {
        When::Now => None,
        When::At(at) => Some(Verdict::Postpone(at)),
        When::Never => Some(Verdict::Cancel(CancelReason::QuietHours)),
    }
}

/// What the links of a message end in, to the check-in and out of all: made once, the same at every attempt, so that a sent one
/// can be recognised.
async fn tokens(
    tx: &mut Tx,
    ctx: &Context,
    message: &Message,
    packet: &Packet,
    links: &mut Vec<NewLink>,
) -> Result<(String, Option<String>)> {
    // The first attempt makes them.
    let known = if message.attempt > 1 { store::packet::tokens_of_message(tx, &message.id).await? } else { Vec::new() };
    let mut token_for = |purpose| {
        if let Some((_, token)) = known.iter().find(|(kind, _)| *kind == purpose) {
            return token.clone();
        }
        let token = ctx.token();
        let channel = Some(message.channel);
        let link = Link { packet_id: packet.id.clone(), purpose, channel, revoked_at: None };
        links.push(NewLink { token: token.clone(), link, message: Some(message.id.clone()) });
        token
    };
    let answer = token_for(LinkPurpose::CheckIn);
    Ok((answer, (message.channel == Channel::Email).then(|| token_for(LinkPurpose::Unsubscribe))))
}

/// A staff message goes as long as the person may act. Quiet hours do not hold it back.
async fn check_staff(tx: &mut Tx, ctx: &Context, practice: &Practice, message: &Message) -> Result<Verdict> {
    let person = match &message.staff_id {
        Some(id) => store::staff::find(tx, id).await?,
        None => None,
    };
    let Some(person) = person else { return Ok(Verdict::Cancel(CancelReason::Recipient)) };
    let may = person.state == StaffState::Active
        || (person.state == StaffState::Invited && message.kind == MessageKind::StaffInvite);
    if !may {
        return Ok(Verdict::Cancel(CancelReason::Recipient));
    }
    let reason = match &message.reason_id {
        Some(id) if message.kind == MessageKind::Escalation => store::case::reason(tx, id).await?,
        _ => None,
    };
    if let Some(reason) = about_reason(message, reason.as_ref()) {
        return Ok(Verdict::Cancel(reason));
    }
    // The one message of a day about all cases says nothing where none waits any more.
    if message.kind == MessageKind::CaseNotice
        && message.case_id.is_none()
        && store::case::waiting_for(tx, &person.id, ctx.now()).await? == 0
    {
        return Ok(Verdict::Cancel(CancelReason::Acknowledged));
    }
    let to = match message.channel {
        Channel::Email => Some(person.email.text().to_owned()),
        Channel::Sms => person.phone.as_ref().map(|phone| phone.text().to_owned()),
    };
    let Some(to) = to else { return Ok(Verdict::Cancel(CancelReason::NoAddress)) };
    let token = if message.kind == MessageKind::StaffInvite {
        Some(crate::staff::invite_token(tx, ctx, &person.id).await?)
    } else {
        None
    };
    Ok(Verdict::Send(Box::new(Ready {
        to,
        language: person.language,
        practice: practice.clone(),
        packet: None,
        token,
        unsubscribe: None,
        expires_at: None,
        appointment: None,
        zone: None,
        when: When::Now,
    })))
}
