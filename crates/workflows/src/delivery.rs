//! Messages: planned with their cause, checked again at the moment of sending, sent at most once to clients and at least
//! once to staff. How a message travels is `notify`'s, its words are `templates`'; this file knows when, to whom and
//! whether at all.

mod fallback;
mod reach;

pub use self::fallback::fall_back;
pub use self::reach::declare_usable;
pub(crate) use self::reach::{is_reachable, mark_unusable, may_write, usable_channel};
use self::reach::{note_unusable, reach};
pub use care::delivery::{LEASE, STAFF_LEASE};

use crate::{Context, Result, audit};
use care::client::{Client, Purpose};
use care::delivery::{Hours, When, about_check_in, about_reason, is_under_way_elsewhere, unsent, when};
use care::episode::EpisodeState;
use care::message::{CancelReason, Channel, Instead, Message, MessageKind, MessageState};
use care::packet::{Link, LinkPurpose, Packet};
use care::practice::{Practice, Task, TaskKind};
use care::staff::{Actor, StaffState};
use care::{CaseId, ClientId, Instant, Language, MessageId, ReasonId, StaffId, TaskId, local_time};
use chrono::Duration;
use chrono_tz::Tz;
use store::message::Outcome;
use store::{Read, Tx};

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
    plan_for_client(tx, ctx, practice, packet, MessageKind::Invite, packet.send_at).await
}

async fn plan_for_client(
    tx: &mut Tx,
    ctx: &Context,
    practice: &Practice,
    packet: &Packet,
    kind: MessageKind,
    at: Instant,
) -> Result<()> {
    let Some(client) = store::client::find(tx, &packet.client_id).await? else { return Ok(()) };
    let channel = match usable_channel(tx, &client, Purpose::CheckIn).await? {
        Some(channel) => channel,
        // Planned all the same: consent may come before the time does, and the ledger says why it was not sent.
        None => client.preferred_channel,
    };
    plan_on(tx, ctx, practice, &client, packet, &Wanted { kind, channel, instead: None, at }).await
}

/// Plans a message in place of another; one with its key that was taken back comes back. Tells whether one is planned.
pub(crate) async fn plan_instead(tx: &mut Tx, ctx: &Context, message: &Message) -> Result<bool> {
    Ok(store::message::plan(tx, message, ctx.now()).await?
        || store::message::reschedule(tx, &message.unique_key, message.due_at, message.instead).await?)
}

/// A message about a check-in that is to go.
struct Wanted {
    kind: MessageKind,
    channel: Channel,
    instead: Option<Instead>,
    /// Not before this instant.
    at: Instant,
}

async fn plan_on(
    tx: &mut Tx,
    ctx: &Context,
    practice: &Practice,
    client: &Client,
    packet: &Packet,
    wanted: &Wanted,
) -> Result<()> {
    let Wanted { kind, channel, instead, at } = *wanted;
    let messages = store::message::of_packet(tx, &packet.id).await?;
    if is_under_way_elsewhere(&messages, kind, channel) {
        return Ok(());
    }
    let due_at = hours_of(client_zone(client), practice).earliest(at.max(ctx.now()));
    let key = format!("packet:{}:{kind}:{channel}", packet.id);
    if !messages.is_empty() {
        store::message::cancel_on_other_channels(tx, &packet.id, kind, channel).await?;
        if store::message::reschedule(tx, &key, due_at, instead).await? {
            tx.enqueue(&care::Job::Dispatch, due_at).await?;
            return Ok(());
        }
    }
    let mut message = blank(ctx, kind, channel, key, due_at);
    message.client_id = Some(client.id.clone());
    message.packet_id = Some(packet.id.clone());
    message.instead = instead;
    if due_at >= packet.expires_at {
        message.state = MessageState::Cancelled;
        message.cancel_reason = Some(CancelReason::QuietHours);
    }
    if store::message::plan(tx, &message, ctx.now()).await? && message.state == MessageState::Planned {
        tx.enqueue(&care::Job::Dispatch, due_at).await?;
    }
    Ok(())
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
    /// The practice's neutral name.
    pub display_name: String,
    /// The practice's number.
    pub phone: String,
    /// Token of the check-in link.
    pub token: Option<String>,
    /// Token of the unsubscribe link.
    pub unsubscribe: Option<String>,
    /// When the check-in ends.
    pub expires_at: Option<Instant>,
    /// When the appointment begins that a reminder is about, and the zone of its site.
    pub appointment: Option<(Instant, Tz)>,
    /// The recipient's zone.
    pub zone: Tz,
    /// When it may go: other than now only where it has to be asked first what became of the attempt before.
    pub when: When,
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
    let practice = store::practice::get(tx).await?;
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
    let zone = client_zone(&client);
    let mut ready = Ready {
        to,
        language: client.language,
        display_name: practice.display_name.clone(),
        phone: practice.phone.clone(),
        token: None,
        unsubscribe: None,
        expires_at: None,
        appointment: None,
        zone: zone.unwrap_or_else(|| practice_zone(&practice)),
        when: When::Now,
    };
    if message.kind == MessageKind::Appointment {
        return check_reminder(tx, ctx, message, &practice, zone, ready, interrupted).await;
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
    if !crate::packet::still_allowed(tx, ctx, &packet).await? {
        return Ok(Verdict::Cancel(CancelReason::PacketClosed));
    }
    ready.when = when(message.kind, packet.expires_at, now, &hours_of(zone, &practice));
    if !interrupted && let Some(verdict) = held_back(ready.when) {
        return Ok(verdict);
    }
    let (token, unsubscribe) = links(tx, ctx, message, &packet).await?;
    ready.token = Some(token);
    ready.unsubscribe = unsubscribe;
    ready.expires_at = Some(if packet.sent_at.is_some() { packet.expires_at } else { now + expiry(&practice) });
    Ok(Verdict::Send(Box::new(ready)))
}

/// The same for a reminder of an appointment: not one that was moved or cancelled, nor at night.
async fn check_reminder(
    tx: &mut Tx,
    ctx: &Context,
    message: &Message,
    practice: &Practice,
    zone: Option<Tz>,
    mut ready: Ready,
    interrupted: bool,
) -> Result<Verdict> {
    let now = ctx.now();
    let Some(appointment) = crate::reminder::still_due(tx, ctx, message).await? else {
        return Ok(Verdict::Cancel(CancelReason::AppointmentChanged));
    };
    ready.when = when(message.kind, appointment.starts_at, now, &hours_of(zone, practice));
    if !interrupted && let Some(verdict) = held_back(ready.when) {
        return Ok(verdict);
    }
    let tokens = crate::reminder::tokens(tx, ctx, &message.id).await?;
    ready.token = Some(tokens.answer);
    ready.unsubscribe = (message.channel == Channel::Email).then_some(tokens.unsubscribe);
    let site = store::site::find(tx, &appointment.site_id).await?;
    let there = site.and_then(|site| local_time::zone(&site.zone)).unwrap_or_else(|| practice_zone(practice));
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

fn hours_of(zone: Option<Tz>, practice: &Practice) -> Hours<'_> {
    Hours { zone, practice_zone: practice_zone(practice), settings: &practice.settings }
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

/// What a client agreed to when they are sent such a message.
const fn purpose_of(kind: MessageKind) -> Purpose {
    if matches!(kind, MessageKind::Appointment) { Purpose::Appointment } else { Purpose::CheckIn }
}

/// The links of a message: made once, the same at every attempt, so that a sent one can be recognised.
async fn links(tx: &mut Tx, ctx: &Context, message: &Message, packet: &Packet) -> Result<(String, Option<String>)> {
    let known = store::packet::tokens_of_message(tx, &message.id).await?;
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
        && store::case::waiting_for(tx, &person.id).await? == 0
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
        display_name: practice.display_name.clone(),
        phone: practice.phone.clone(),
        token,
        unsubscribe: None,
        expires_at: None,
        appointment: None,
        zone: practice_zone(&practice),
        when: When::Now,
    })))
}

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
    let expires_at = at + expiry(&practice);
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

fn expiry(practice: &Practice) -> Duration {
    Duration::hours(i64::from(practice.settings.expires_after_hours))
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
    Message {
        id: ctx.id(MessageId::new),
        kind,
        channel,
        client_id: None,
        staff_id: None,
        packet_id: None,
        case_id: None,
        reason_id: None,
        unique_key,
        state: MessageState::Planned,
        due_at,
        attempt: 0,
        lease_until: None,
        provider_id: None,
        code: None,
        cancel_reason: None,
        instead: None,
        text: None,
        sent_at: None,
    }
}
