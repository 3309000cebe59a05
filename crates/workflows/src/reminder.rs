//! Reminders of appointments: planned whenever the calendar changes, looked at again when they are sent, and what a client
//! says to one. When they go is `care::appointment`'s, how they are sent is [`crate::delivery`]'s.

use crate::delivery::{Contacts, blank, client_zone, practice_zone};
use crate::planning::by;
use crate::situation::Situation;
use crate::{Context, Error, Result, appointment, audit, delivery};
use care::appointment::{Appointment, AppointmentState, Reply, reminders};
use care::client::Purpose;
use care::message::{CancelReason, Channel, Message, MessageKind, MessageState};
use care::practice::{AppointmentReminders, TaskKind};
use care::staff::Actor;
use care::{ClientId, EpisodeId, Instant, MessageId};
use chrono::Duration;
use store::appointment_notice::{Linked, Notice, Tokens};
use store::{Read, Tx};

/// Reminders are planned for appointments within this time; the nightly plan finds the others when their time comes.
const AHEAD: Duration = Duration::days(14);
/// The desk has this long to answer a wish, or until the appointment.
const ANSWERED_WITHIN: Duration = Duration::days(1);

/// Brings the reminders of these courses' appointments in line with the calendar. Doing it again changes nothing.
pub(crate) async fn plan(tx: &mut Tx, ctx: &Context, situations: &[Situation]) -> Result<()> {
    if !is_on(situations) {
        return Ok(());
    }
    store::appointment_notice::cancel_outdated(tx, &clients_of(situations), CancelReason::AppointmentChanged).await?;
    for one in missing(tx, ctx, situations).await? {
        if store::message::reschedule(tx, &one.key, one.due_at, None).await? {
            tx.enqueue(&care::Job::Dispatch, one.due_at).await?;
            continue;
        }
        let mut message = blank(ctx, MessageKind::Appointment, one.channel, one.key, one.due_at);
        message.client_id = Some(one.client_id);
        insert(tx, ctx, &message, &one.appointment.id, one.appointment.starts_at).await?;
    }
    Ok(())
}

/// Those of these courses whose reminders are not in line with the calendar.
pub(crate) async fn behind(read: &mut Read, ctx: &Context, situations: &[Situation]) -> Result<Vec<EpisodeId>> {
    if !is_on(situations) {
        return Ok(Vec::new());
    }
    let outdated = store::appointment_notice::with_outdated(read, &clients_of(situations)).await?;
    let outdated = situations.iter().filter(|one| outdated.contains(one.client_id()));
    let mut behind: Vec<EpisodeId> = outdated.map(|one| one.episode.id.clone()).collect();
    behind.extend(missing(read, ctx, situations).await?.into_iter().map(|one| one.appointment.episode_id.clone()));
    Ok(behind)
}

/// Whether the practice reminds of appointments. Those planned before it changed its mind are not sent: that is looked at when
/// their time comes.
fn is_on(situations: &[Situation]) -> bool {
    situations.first().is_some_and(|one| one.practice.settings.appointment_reminders == AppointmentReminders::On)
}

fn clients_of(situations: &[Situation]) -> Vec<ClientId> {
    situations.iter().map(|one| one.client_id().clone()).collect()
}

/// A reminder that should be planned and is not.
struct Missing<'a> {
    client_id: ClientId,
    appointment: &'a Appointment,
    channel: Channel,
    key: String,
    due_at: Instant,
}

async fn missing<'a>(read: &mut Read, ctx: &Context, situations: &'a [Situation]) -> Result<Vec<Missing<'a>>> {
    let now = ctx.now();
    let is_to_come = |one: &&Appointment| {
        one.state == AppointmentState::Scheduled && one.starts_at > now && one.starts_at < now + AHEAD
    };
    let with_some = |one: &&Situation| one.episode.is_open() && one.appointments.iter().any(|one| is_to_come(&one));
    let concerned: Vec<&Situation> = situations.iter().filter(with_some).collect();
    if concerned.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<ClientId> = concerned.iter().map(|one| one.client_id().clone()).collect();
    let clients = store::client::by_ids(read, &ids).await?;
    let contacts = Contacts::of(read, &clients).await?;
    let known = store::appointment_notice::planned_keys(read, &ids).await?;
    let known = by(known, |(client, _, _)| client.clone());
    let mut missing = Vec::new();
    for situation in concerned {
        let Some(client) = clients.iter().find(|client| &client.id == situation.client_id()) else { continue };
        // Planned all the same: consent may come before the time does, and the ledger says why it was not sent.
        let channel = contacts.usable_channel(client, Purpose::Appointment).unwrap_or(client.preferred_channel);
        let known = known.get(&client.id).map_or(&[][..], Vec::as_slice);
        let practice = &situation.practice;
        let settings = delivery::settings_for(ctx, practice, channel);
        for one in situation.appointments.iter().filter(is_to_come) {
            let base = |hours: i64| format!("appointment:{}:{}:{hours}:", one.id, one.starts_at.timestamp());
            let is_known = |hours: i64, but: &[MessageState]| {
                known.iter().any(|(_, key, state)| key.starts_with(&base(hours)) && !but.contains(state))
            };
            let went = |hours| is_known(hours, &[MessageState::Cancelled, MessageState::Failed]);
            let (zone, house) = (client_zone(client), practice_zone(practice));
            for (hours, due_at) in reminders(one.starts_at, now, zone, house, &settings, went) {
                if !is_known(hours, &[MessageState::Cancelled]) {
                    let key = format!("{}{channel}", base(hours));
                    missing.push(Missing { client_id: client.id.clone(), appointment: one, channel, key, due_at });
                }
            }
        }
    }
    Ok(missing)
}

async fn insert(
    tx: &mut Tx,
    ctx: &Context,
    message: &Message,
    appointment: &care::AppointmentId,
    starts_at: Instant,
) -> Result<()> {
    if store::message::plan(tx, message, ctx.now()).await? {
        let notice = Notice { message_id: message.id.clone(), appointment_id: appointment.clone(), starts_at };
        store::appointment_notice::insert(tx, &notice).await?;
        tx.enqueue(&care::Job::Dispatch, message.due_at).await?;
    }
    Ok(())
}

/// Plans a message that takes another's place, about the same appointment.
pub(crate) async fn instead(tx: &mut Tx, ctx: &Context, of: &MessageId, message: &Message) -> Result<()> {
    if let Some(notice) = store::appointment_notice::of_message(tx, of).await? {
        insert(tx, ctx, message, &notice.appointment_id, notice.starts_at).await?;
    }
    Ok(())
}

/// The appointment a reminder is about, while it makes sense to send it: still to come, at the time it was planned for, and
/// neither the practice nor the client has changed their mind.
pub(crate) async fn still_due(read: &mut Read, ctx: &Context, message: &Message) -> Result<Option<Appointment>> {
    let Some(notice) = store::appointment_notice::of_message(read, &message.id).await? else { return Ok(None) };
    let practice = store::practice::get(read).await?;
    let Some(appointment) = store::appointment::find(read, &notice.appointment_id).await? else { return Ok(None) };
    let open = store::episode::find(read, &appointment.episode_id).await?.is_some_and(|episode| episode.is_open());
    let is_due = practice.settings.appointment_reminders == AppointmentReminders::On
        && open
        && appointment.state == AppointmentState::Scheduled
        && appointment.starts_at == notice.starts_at
        && appointment.starts_at > ctx.now();
    Ok(is_due.then_some(appointment))
}

/// The links of a reminder: made once, the same at every attempt.
pub(crate) async fn tokens(tx: &mut Tx, ctx: &Context, message: &MessageId) -> Result<Tokens> {
    if let Some(known) = store::appointment_notice::tokens(tx, message).await? {
        return Ok(known);
    }
    let tokens = Tokens { answer: ctx.token(), unsubscribe: ctx.token() };
    store::appointment_notice::keep_tokens(tx, message, &tokens).await?;
    Ok(tokens)
}

/// What a link of a reminder shows.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The appointment.
    pub appointment: Appointment,
    /// What the client said last.
    pub reply: Option<Reply>,
}

/// What the link leads to while it can be answered: the appointment is to come, at the time the reminder named. After the
/// client cancelled it, the page still says so.
pub async fn standing(read: &mut Read, ctx: &Context, linked: &Linked) -> Result<Option<Standing>> {
    let Some(appointment) = store::appointment::find(read, &linked.appointment_id).await? else { return Ok(None) };
    let reply = store::appointment_notice::reply_to(read, &linked.appointment_id, linked.starts_at).await?;
    let is_same = appointment.starts_at == linked.starts_at && appointment.starts_at > ctx.now();
    let is_on = appointment.state == AppointmentState::Scheduled;
    let was_cancelled_here = reply == Some(Reply::Cancelled)
        && matches!(appointment.state, AppointmentState::Cancelled | AppointmentState::LateCancelled);
    Ok((is_same && (is_on || was_cancelled_here)).then_some(Standing { appointment, reply }))
}

/// The client answers a reminder. The same answer again changes nothing; [`Error::Closed`] when the appointment is not to
/// come any more or has another time.
pub async fn answer(tx: &mut Tx, ctx: &Context, linked: &Linked, reply: Reply) -> Result<()> {
    let now = ctx.now();
    let standing = standing(tx, ctx, linked).await?.ok_or(Error::Closed)?;
    if standing.reply == Some(reply) {
        return Ok(());
    }
    if standing.appointment.state != AppointmentState::Scheduled {
        return Err(Error::Closed);
    }
    let by = Actor::Client(linked.client_id.clone());
    store::appointment_notice::reply(tx, linked, reply, now).await?;
    tx.audit(
        audit::entry(ctx, &by, "appointment.reply", "appointment", linked.appointment_id.as_str())
            .with("client", linked.client_id.as_str())
            .with("reply", reply.as_str()),
    );
    if reply == Reply::Cancelled {
        appointment::cancel(tx, ctx, &by, &linked.appointment_id).await?;
    }
    if reply.needs_a_person() {
        let due_at = (now + ANSWERED_WITHIN).min(linked.starts_at);
        delivery::raise_task(tx, ctx, TaskKind::AppointmentRequest, &linked.client_id, due_at).await?;
    }
    Ok(())
}
