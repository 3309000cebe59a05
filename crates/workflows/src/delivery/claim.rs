//! The moment of sending: everything that may have changed since a message was planned is looked at again, and the intent to send is
//! put on record.

use super::outcome::settle;
use super::reach::reach;
use super::{LEASE, STAFF_LEASE, client_zone, hours_of, practice_zone, purpose_of, settings_for};
use crate::{Context, Result, audit};
use care::delivery::{Hours, When, about_check_in, about_reason, unsent, when};
use care::episode::EpisodeState;
use care::message::{CancelReason, Channel, Message, MessageKind};
use care::packet::{Link, LinkPurpose, Packet};
use care::practice::Practice;
use care::staff::{Actor, StaffState};
use care::{Instant, Language, MessageId, local_time};
use chrono::Duration;
use chrono_tz::Tz;
use std::borrow::Cow;
use store::Tx;
use store::message::Outcome;

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

/// Claims a due message and records the intent to send it. `None` when somebody else has it or it must not be sent: then
/// that is on record instead. The caller commits before sending.
pub async fn claim(tx: &mut Tx, ctx: &Context, id: &MessageId) -> Result<Option<Claimed>> {
    let now = ctx.now();
    let Some(message) = store::message::claim(tx, id, now, now + LEASE, now + STAFF_LEASE).await? else {
        return Ok(None);
    };
    if let (Some(_), Some(lease_until)) = (&message.staff_id, message.lease_until) {
        // Does nothing if the attempt is settled by then.
        tx.enqueue(&care::Job::Alert, lease_until + Duration::milliseconds(1)).await?;
    }
    let interrupted = message.is_interrupted();
    let verdict = if message.client_id.is_some() {
        check_client(tx, ctx, &message, interrupted).await?
    } else {
        check_staff(tx, ctx, &message).await?
    };
    match verdict {
        Verdict::Send(ready) => {
            audit::write(tx, ctx, &Actor::System, "message.send", "message", id.as_str());
            Ok(Some(Claimed { message, interrupted, ready: *ready }))
        }
        Verdict::Cancel(reason) => {
            settle(tx, ctx, &message, &unsent(&message, reason, now)).await?;
            Ok(None)
        }
        Verdict::Postpone(at) => {
            settle(tx, ctx, &message, &Outcome::Retry { at, code: "quiet_hours".to_owned() }).await?;
            Ok(None)
        }
    }
}

enum Verdict {
    Send(Box<Ready>),
    Cancel(CancelReason),
    Postpone(Instant),
}

/// Looks again at everything that may have changed since the message was planned.
async fn check_client(tx: &mut Tx, ctx: &Context, message: &Message, interrupted: bool) -> Result<Verdict> {
    let now = ctx.now();
    let mut practice = store::practice::get(tx).await?;
    if let Cow::Owned(settings) = settings_for(ctx, &practice, message.channel) {
        practice.settings = settings;
    }
    let client = match &message.client_id {
        Some(id) => store::client::find(tx, id).await?,
        None => None,
    };
    let Some(client) = client else { return Ok(Verdict::Cancel(CancelReason::Recipient)) };
    let Some(to) = client.address(message.channel).map(str::to_owned) else {
        return Ok(Verdict::Cancel(CancelReason::NoAddress));
    };
    let reach = reach(tx, &client, message.channel, purpose_of(message.kind)).await?;
    if let Some(reason) = reach.bars(message.kind) {
        return Ok(Verdict::Cancel(reason));
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
        zone: client_zone(&client),
        when: When::Now,
    };
    if message.kind == MessageKind::Appointment {
        return check_reminder(tx, ctx, message, ready, interrupted).await;
    }
    let packet = match &message.packet_id {
        Some(id) => store::packet::find(tx, id).await?,
        None => None,
    };
    let Some(packet) = packet else { return Ok(Verdict::Send(Box::new(ready))) };
    // An episode that is not there has ended.
    let episode = store::episode::find(tx, &packet.episode_id).await?;
    let state = episode.map_or(EpisodeState::Discharged, |episode| episode.state);
    if let Some(reason) = about_check_in(message, &packet, state, now) {
        return Ok(Verdict::Cancel(reason));
    }
    let Some(packet) = crate::packet::still_allowed(tx, ctx, &ready.practice, packet).await? else {
        return Ok(Verdict::Cancel(CancelReason::PacketClosed));
    };
    ready.when = when(message.kind, packet.expires_at, now, &ready.hours());
    if !interrupted && let Some(verdict) = held_back(ready.when) {
        return Ok(verdict);
    }
    let (token, unsubscribe) = links(tx, ctx, message, &packet).await?;
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

/// The links of a message: made once, the same at every attempt, so that a sent one can be recognised.
async fn links(tx: &mut Tx, ctx: &Context, message: &Message, packet: &Packet) -> Result<(String, Option<String>)> {
    // The first attempt makes them.
    let known = if message.attempt > 1 { store::packet::tokens_of_message(tx, &message.id).await? } else { Vec::new() };
    let mut tokens = Vec::new();
    let purposes: &[LinkPurpose] = if message.channel == Channel::Email {
        &[LinkPurpose::CheckIn, LinkPurpose::Unsubscribe]
    } else {
        &[LinkPurpose::CheckIn]
    };
    for purpose in purposes {
        let token = if let Some((_, token)) = known.iter().find(|(kind, _)| kind == purpose) {
            token.clone()
        } else {
            let token = ctx.token();
            let link = Link {
                packet_id: packet.id.clone(),
                purpose: *purpose,
                channel: Some(message.channel),
                revoked_at: None,
            };
            store::packet::insert_link(tx, &token, &link, Some(&message.id), ctx.now()).await?;
            token
        };
        tokens.push(token);
    }
    let mut tokens = tokens.into_iter();
    Ok((tokens.next().unwrap_or_default(), tokens.next()))
}

/// A staff message goes as long as the person may act. Quiet hours do not hold it back.
async fn check_staff(tx: &mut Tx, ctx: &Context, message: &Message) -> Result<Verdict> {
    let practice = store::practice::get(tx).await?;
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
        practice,
        packet: None,
        token,
        unsubscribe: None,
        expires_at: None,
        appointment: None,
        zone: None,
        when: When::Now,
    })))
}
