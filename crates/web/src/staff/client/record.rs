//! The record part of the page: check-ins, appointments, consents, and the timeline of what happened and what is planned.

use super::View;
use super::charts::Happened;
use crate::error::Result;
use crate::staff::people::People;
use crate::staff::words::Telling;
use care::appointment::{Appointment, AppointmentState};
use care::case::StepKind;
use care::client::{Client, Purpose};
use care::episode::Episode;
use care::message::{Channel, Message, Standing, Trouble};
use care::packet::{Packet, PacketState};
use care::{CaseId, Instant};
use chrono::Duration;
use instruments::Library;
use store::Read;
use templates::staff::{AppointmentLine, ConsentLine, Event, PacketLine, Tense, TimelineEntry};
use workflows::appointment::LATE;

/// Lines of the timeline shown at most, the newest first.
pub const LINES: usize = 120;
/// Check-ins behind listed at most, and appointments altogether.
const LISTED: usize = 12;

/// The record of a client.
pub struct Record {
    pub packets: Vec<PacketLine>,
    pub appointments: Vec<AppointmentLine>,
    pub timeline: Vec<TimelineEntry>,
    pub consents: Vec<ConsentLine>,
}

/// Reads it.
#[expect(clippy::too_many_arguments, reason = "the record is told from everything the page has read")]
pub async fn of_client(
    read: &mut Read,
    library: &Library,
    telling: Telling,
    people: &mut People,
    client: &Client,
    episodes: &[Episode],
    happened: &Happened<'_>,
    view: View,
    lines: usize,
) -> Result<Record> {
    let appointments = store::appointment::of_client(read, &client.id).await?;
    let messages = store::message::of_client(read, &client.id).await?;
    let decisions = store::consent::history(read, &client.id).await?;
    let current = store::consent::current(read, &client.id).await?;
    let mut assignments = Vec::with_capacity(episodes.len());
    for episode in episodes {
        assignments.push(store::assignment::history(read, &episode.id).await?);
    }
    let named = appointments.iter().map(|one| &one.clinician_id);
    let named = named.chain(assignments.iter().flatten().map(|one| &one.clinician_id));
    people.meet(read, named.chain(happened.plans.iter().map(|plan| &plan.changed_by))).await?;
    let people = &*people;
    let mut packets: Vec<Packet> = Vec::new();
    let mut entries: Vec<(Instant, TimelineEntry)> = Vec::new();
    let mut say = |at: Instant, tense: Tense, event: Event| {
        entries.push((at, TimelineEntry { at: telling.moment(at), tense, event }));
    };
    for (episode, assignments) in episodes.iter().zip(assignments) {
        packets.extend(store::packet::of_episode(read, &episode.id).await?);
        say(care::local_time::at_minute(episode.started_on, 0, telling.zone), Tense::Past, Event::Started);
        for assignment in assignments {
            say(assignment.starts_at, Tense::Past, Event::Assigned { to: people.name(&assignment.clinician_id) });
        }
        if let Some((at, reason)) = episode.discharged_at.zip(episode.discharge_reason) {
            say(at, Tense::Past, Event::Discharged { reason });
        }
    }
    for plan in happened.plans {
        let event =
            Event::Plan { kind: plan.kind, text: plan.what.text().to_owned(), by: people.name(&plan.changed_by) };
        say(plan.changed_at, Tense::Past, event);
        if let Some((at, outcome)) = plan.reviewed_at.zip(plan.outcome) {
            say(at, Tense::Past, Event::PlanReviewed { kind: plan.kind, outcome });
        }
    }
    let cases: Vec<CaseId> = happened.cases.iter().map(|case| case.id.clone()).collect();
    for step in store::case::steps(read, &cases).await? {
        if step.kind != StepKind::Notified {
            say(step.at, Tense::Past, Event::Case { step: step.kind, href: format!("/cases/{}", step.case_id) });
        }
    }
    for message in &messages {
        let (at, tense, event) = message_entry(message, telling.now);
        say(at, tense, event);
    }
    for packet in &packets {
        match packet.state {
            PacketState::Completed => {
                let event = Event::CheckIn { occasion: packet.occasion, state: packet.state };
                say(packet.completed_at.unwrap_or(packet.send_at), Tense::Past, event);
            }
            PacketState::Expired => {
                say(packet.expires_at, Tense::Past, Event::CheckIn { occasion: packet.occasion, state: packet.state });
            }
            PacketState::Planned | PacketState::Open | PacketState::Withdrawn => {}
        }
    }
    for appointment in &appointments {
        let tense = if appointment.starts_at > telling.now { Tense::Planned } else { Tense::Past };
        let with = people.name(&appointment.clinician_id);
        say(appointment.starts_at, tense, Event::Session { state: appointment.state, with });
    }
    for decision in &decisions {
        let event = Event::Consent { channel: decision.channel, purpose: decision.purpose, state: decision.state };
        say(decision.recorded_at, Tense::Past, event);
    }
    entries.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    entries.truncate(lines);

    let is_open = episodes.iter().any(Episode::is_open);
    Ok(Record {
        packets: packet_lines(library, telling, &packets, &appointments, is_open, view),
        appointments: appointment_lines(
            telling,
            people,
            &appointments,
            if lines > LINES { usize::MAX } else { LISTED },
        ),
        timeline: entries.into_iter().map(|(_, entry)| entry).collect(),
        consents: consent_lines(telling, &current),
    })
}

fn message_entry(message: &Message, now: Instant) -> (Instant, Tense, Event) {
    let standing = message.standing(now);
    let tense = match standing {
        Standing::Planned | Standing::Queued | Standing::Sending => Tense::Planned,
        Standing::Accepted | Standing::Delivered => Tense::Past,
        Standing::Undelivered | Standing::Failed | Standing::Cancelled | Standing::Unknown => Tense::Failed,
    };
    let told = message.code.as_deref().map(|code| Trouble::read(message.channel, code));
    let event = Event::Message {
        kind: message.kind,
        channel: message.channel,
        standing,
        cancelled: message.cancel_reason,
        instead: message.instead,
        trouble: told.and_then(|told| told.trouble),
        delayed: told.is_some_and(|told| told.is_delayed),
        code: told.and_then(|told| told.code).map(str::to_owned),
        text: message.text.clone(),
    };
    (message.sent_at.unwrap_or(message.due_at), tense, event)
}

/// The check-ins to come and the last ones, the next first.
fn packet_lines(
    library: &Library,
    telling: Telling,
    packets: &[Packet],
    appointments: &[Appointment],
    is_open: bool,
    view: View,
) -> Vec<PacketLine> {
    let mut sorted: Vec<&Packet> = packets.iter().collect();
    let lies_ahead = |packet: &Packet| matches!(packet.state, PacketState::Planned | PacketState::Open);
    sorted.sort_by_key(|packet| {
        let distance = if lies_ahead(packet) { packet.send_at - telling.now } else { telling.now - packet.send_at };
        (!lies_ahead(packet), distance)
    });
    let ahead = sorted.iter().filter(|packet| lies_ahead(packet)).count();
    sorted
        .into_iter()
        .take(ahead + LISTED)
        .map(|packet| {
            let appointment = appointments.iter().find(|one| Some(&one.id) == packet.appointment_id.as_ref());
            let when = match packet.state {
                PacketState::Planned => telling.session(packet.send_at),
                PacketState::Open | PacketState::Expired | PacketState::Withdrawn => telling.session(packet.expires_at),
                PacketState::Completed => packet.completed_at.map(|at| telling.session(at)).unwrap_or_default(),
            };
            let asked = packet.asked.iter().filter_map(|asked| library.get(&asked.id, &asked.version));
            PacketLine {
                id: packet.id.as_str().to_owned(),
                occasion: packet.occasion,
                day: telling.short_day(appointment.map_or(packet.send_at, |one| one.starts_at)),
                // Names of instruments are part of the chart.
                instruments: if view == View::Chart {
                    asked.map(|instrument| instrument.short_name.get(telling.language).to_owned()).collect()
                } else {
                    Vec::new()
                },
                state: packet.state,
                when,
                may_send: is_open && packet.started_at.is_none() && lies_ahead(packet) && packet.accepts(telling.now),
                may_withdraw: lies_ahead(packet),
            }
        })
        .collect()
}

/// The appointments to come and the last ones, the next first.
fn appointment_lines(
    telling: Telling,
    people: &People,
    appointments: &[Appointment],
    listed: usize,
) -> Vec<AppointmentLine> {
    let (mut ahead, mut behind): (Vec<&Appointment>, Vec<&Appointment>) =
        appointments.iter().partition(|one| one.starts_at > telling.now);
    ahead.truncate(listed / 2);
    behind.reverse();
    behind.truncate(listed - ahead.len());
    ahead
        .into_iter()
        .chain(behind)
        .map(|one| AppointmentLine {
            id: one.id.as_str().to_owned(),
            when: telling.at(people.zone(&one.site_id)).session(one.starts_at),
            clinician: people.name(&one.clinician_id),
            state: one.state,
            changes: changes(one, telling.now),
            move_at: move_at(one, telling.now),
        })
        .collect()
}

/// What can still be recorded of an appointment. A record made by mistake may be corrected for a week.
pub fn changes(appointment: &Appointment, now: Instant) -> Vec<AppointmentState> {
    let is_recent = now - appointment.starts_at < Duration::days(7);
    match appointment.state {
        AppointmentState::Scheduled if appointment.starts_at - now >= LATE => vec![AppointmentState::Cancelled],
        AppointmentState::Scheduled if appointment.starts_at > now => vec![AppointmentState::LateCancelled],
        AppointmentState::Scheduled => vec![AppointmentState::Attended, AppointmentState::NoShow],
        AppointmentState::Attended if is_recent => vec![AppointmentState::NoShow],
        AppointmentState::NoShow if is_recent => vec![AppointmentState::Attended],
        _ => Vec::new(),
    }
}

/// Where an appointment is given another time, while it is to come.
pub fn move_at(appointment: &Appointment, now: Instant) -> Option<String> {
    let is_to_come = appointment.state == AppointmentState::Scheduled && appointment.starts_at > now;
    is_to_come.then(|| format!("/appointments/{}", appointment.id))
}

fn consent_lines(telling: Telling, current: &[care::client::Consent]) -> Vec<ConsentLine> {
    let pairs = Purpose::ALL.iter().flat_map(|purpose| Channel::ALL.iter().map(move |channel| (*purpose, *channel)));
    pairs
        .map(|(purpose, channel)| {
            let held = current.iter().find(|one| one.purpose == purpose && one.channel == channel);
            ConsentLine {
                channel,
                purpose,
                state: held.map(|one| one.state),
                wording: held.map(|one| one.wording_version.clone()),
                source: held.map(|one| one.source),
                since: held.map(|one| telling.day(one.recorded_at)),
            }
        })
        .collect()
}
