//! Which check-ins an episode should have, and what has to change so that it has them.
//!
//! Protocol × episode × appointments × what was asked before. Planning is repeated whenever one of them changes and every
//! night; planning again without a change changes nothing. Whether a message may be sent is checked when it is sent,
//! quiet hours included ([`crate::quiet_hours`]): the times here are when it should.
//!
//! A check-in keeps every instrument of its protocol, in whatever languages they exist; its pages offer the languages
//! that all of its instruments may be shown in.

mod after;
mod budget;
mod wanted;

pub use budget::{Dropped, most_questions};
pub use wanted::{Plan, desired, plan};

use crate::appointment::Appointment;
use crate::episode::{Episode, EpisodeState};
use crate::packet::{Asked, Occasion, Packet, PacketState};
use crate::practice::Settings;
use crate::protocol::{Line, Protocol};
use crate::text::text_enum;
use crate::{AppointmentId, CaseId, ClientId, EpisodeId, Instant, PacketId};
use chrono_tz::Tz;
use instruments::Library;
use std::collections::{BTreeMap, BTreeSet};

/// Check-ins are planned this many days ahead.
pub const HORIZON_DAYS: i64 = 21;

/// What a plan is made from.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// The episode.
    pub episode: &'a Episode,
    /// The protocol version that governs it, with the lines that hold for this client ([`crate::protocol::lines_for`]).
    pub protocol: &'a Protocol,
    /// Its appointments; those of other episodes are ignored.
    pub appointments: &'a [Appointment],
    /// All its check-ins, in every state.
    pub packets: &'a [Packet],
    /// When each instrument was last submitted in the episode.
    pub answered: &'a BTreeMap<String, Instant>,
    /// What else of the episode's course the protocol's lines may depend on.
    pub course: &'a Course,
    /// How many days ahead to look: [`HORIZON_DAYS`] for check-ins, more for a page that looks further.
    pub horizon_days: i64,
    /// The instruments, whose current versions are asked.
    pub library: &'a Library,
    /// The practice's decisions.
    pub settings: &'a Settings,
    /// Hours before a session at which its check-in goes: [`crate::practice::Site::hours_before_session`].
    pub before_session_hours: u32,
    /// The site's zone: the calendar of check-ins that belong to no session.
    pub zone: Tz,
    /// Now.
    pub now: Instant,
}

/// What of an episode's course a protocol's lines may depend on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Course {
    /// How often each instrument was submitted.
    pub times: BTreeMap<String, u32>,
    /// The instruments whose latest score counts as remission.
    pub in_remission: BTreeSet<String>,
    /// The cases about the episode and when each was opened.
    pub cases: Vec<(CaseId, Instant)>,
    /// What check-ins ask about the client's own goals.
    pub goals: GoalQuestions,
}

/// The questions about a client's own goals, as a budget counts them: one a goal, like those of a questionnaire.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GoalQuestions {
    /// How many a check-in has that begins now, where its occasion asks about goals at all.
    pub now: u32,
    /// How many the check-ins have that were begun.
    pub begun: BTreeMap<PacketId, u32>,
}

impl GoalQuestions {
    /// How many a check-in that is still to come has.
    pub const fn to_come(&self, occasion: Occasion) -> u32 {
        if occasion.asks_about_goals() { self.now } else { 0 }
    }

    /// How many a check-in has that the client was told of: what was pinned when it was begun, and what would be where it was
    /// not.
    pub fn of(&self, packet: &Packet) -> u32 {
        match (packet.started_at, packet.state) {
            (Some(_), _) | (None, PacketState::Completed) => self.begun.get(&packet.id).copied().unwrap_or(0),
            (None, _) => self.to_come(packet.occasion),
        }
    }
}

/// A check-in that should exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desired {
    /// What makes it unique in its episode.
    pub slot: String,
    /// Why it exists.
    pub occasion: Occasion,
    /// For which appointment.
    pub appointment_id: Option<AppointmentId>,
    /// What is asked, in the protocol's order.
    pub asked: Vec<Asked>,
    /// When the first message should go; never before now for one to be created.
    pub send_at: Instant,
    /// When it ends.
    pub expires_at: Instant,
}

impl Desired {
    /// The check-in that is not there yet, planned.
    #[must_use]
    pub fn into_packet(self, id: PacketId, client_id: ClientId, episode_id: EpisodeId) -> Packet {
        Packet {
            id,
            client_id,
            episode_id,
            appointment_id: self.appointment_id,
            occasion: self.occasion,
            slot: self.slot,
            asked: self.asked,
            state: PacketState::Planned,
            send_at: self.send_at,
            sent_at: None,
            expires_at: self.expires_at,
            started_at: None,
            last_answer_at: None,
            completed_at: None,
            language: None,
        }
    }
}

text_enum! {
    /// Why a check-in is taken back.
    WithdrawReason {
        /// The episode has ended.
        Discharged = "discharged",
        /// The appointment was cancelled, missed or removed.
        AppointmentOff = "appointment_off",
        /// The session that feedback was asked about has moved into the future.
        AppointmentMoved = "appointment_moved",
        /// It is not needed any more: asked with a session instead, or too late.
        NotNeeded = "not_needed",
    }
}

/// What has to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Plan this check-in.
    Create(Desired),
    /// Give a check-in that nobody was told of yet these times and this content. Its slot and appointment stay.
    Move {
        /// Which.
        packet: PacketId,
        /// What it should be.
        to: Desired,
    },
    /// Take a check-in back.
    Withdraw {
        /// Which.
        packet: PacketId,
        /// Why.
        reason: WithdrawReason,
    },
}

/// The instruments of a protocol that the library does not have: a protocol with any must not be published, for they
/// would never be asked.
pub fn unknown_instruments<'a>(lines: &'a [Line], library: &Library) -> Vec<&'a str> {
    lines.iter().map(|line| line.instrument.as_str()).filter(|id| library.current(id).is_none()).collect()
}

/// What has to change so that the episode has the check-ins it should.
///
/// - A check-in whose time has not come follows its appointment and the protocol.
/// - One whose time has come stays as it is when its appointment moves, whether it was sent by plan, early by hand, or
///   is held back by quiet hours: the client keeps one working link. If it ends unanswered before the new time of
///   sending, a new one is planned for that time, in a slot of its own. Feedback alone is taken back: it can only be
///   given after the session.
/// - One that was started is left alone whatever happens to the appointment; only the end of the episode takes it back.
/// - A cancelled or missed appointment takes back its check-ins.
/// - One that was submitted is never asked again for the same session.
pub fn changes(situation: &Situation<'_>) -> Vec<Change> {
    if situation.episode.state == EpisodeState::Discharged {
        return after::changes(situation);
    }
    let wanted = desired(situation);
    let mut changes = Vec::new();
    for packet in situation.packets.iter().filter(|packet| is_untouched(packet)) {
        if !wanted.iter().any(|one| is_slot(&packet.slot, base(&one.slot)))
            && let Some(reason) = no_longer(packet, situation)
        {
            changes.push(Change::Withdraw { packet: packet.id.clone(), reason });
        }
    }
    for one in wanted {
        settle(one, situation, &mut changes);
    }
    changes
}

/// Planned or sent, and nobody has pressed Start.
fn is_untouched(packet: &Packet) -> bool {
    matches!(packet.state, PacketState::Planned | PacketState::Open) && packet.started_at.is_none()
}

/// A slot without the number that tells a later check-in of the same session from the one that was taken back.
fn base(slot: &str) -> &str {
    match slot.rsplit_once('#') {
        Some((base, _)) => base,
        None => slot,
    }
}

fn is_slot(slot: &str, wanted: &str) -> bool {
    base(slot) == wanted
}

/// The check-in that stands for a slot; none where none was planned yet or it was taken back.
fn standing<'a>(slot: &str, situation: &Situation<'a>) -> Option<&'a Packet> {
    let of_slot = situation.packets.iter().filter(|packet| is_slot(&packet.slot, base(slot)));
    // The latest one, in whatever order the rows come: its slot has the highest number.
    of_slot
        .filter(|packet| packet.state != PacketState::Withdrawn)
        .max_by_key(|packet| (packet.slot.len(), &packet.slot))
}

fn is_about_future(wanted: &Desired, now: Instant) -> bool {
    wanted.occasion == Occasion::AfterSession && wanted.send_at > now
}

/// Whether nothing comes of a wanted check-in any more: it was submitted, or has ended without being asked too early.
fn is_over(packet: &Packet, wanted: &Desired, now: Instant) -> bool {
    match packet.state {
        PacketState::Completed => true,
        PacketState::Expired => packet.expires_at > wanted.send_at && !is_about_future(wanted, now),
        PacketState::Planned | PacketState::Open | PacketState::Withdrawn => false,
    }
}

/// What an episode is still to be asked, for pages that look ahead: [`plan`] without the check-ins that are over. A check-in that is
/// out or begun is still to be answered and stays.
pub fn to_come(situation: &Situation<'_>) -> Plan {
    let mut plan = plan(situation);
    let mut over = BTreeSet::new();
    for one in &mut plan.wanted {
        match standing(&one.slot, situation) {
            Some(packet) if is_over(packet, one, situation.now) => {
                over.insert(one.slot.clone());
            }
            Some(packet) if packet.state == PacketState::Open || packet.started_at.is_some() => {
                // What the client has is what was asked of them, whatever would be asked by now.
                one.asked.clone_from(&packet.asked);
                one.occasion = packet.occasion;
                plan.out.insert(one.slot.clone());
            }
            _ => {}
        }
    }
    plan.wanted.retain(|one| !over.contains(&one.slot));
    plan.dropped.retain(|one| !over.contains(&one.slot) && !plan.out.contains(&one.slot));
    plan
}

/// Creates, moves or leaves what is there for one wanted check-in.
fn settle(wanted: Desired, situation: &Situation<'_>, changes: &mut Vec<Change>) {
    let (now, settings) = (situation.now, situation.settings);
    let of_slot: Vec<&Packet> = situation.packets.iter().filter(|packet| is_slot(&packet.slot, &wanted.slot)).collect();
    let create = |wanted: Desired| {
        let send_at = wanted.send_at.max(now);
        let slot = match of_slot.len() {
            0 => wanted.slot,
            earlier => format!("{}#{}", wanted.slot, earlier + 1),
        };
        Change::Create(Desired { slot, send_at, expires_at: settings.expiry(send_at), ..wanted })
    };
    let Some(current) = standing(&wanted.slot, situation) else {
        changes.push(create(wanted));
        return;
    };
    let is_about_future = is_about_future(&wanted, now);
    match current.state {
        PacketState::Expired if !is_over(current, &wanted, now) => changes.push(create(wanted)),
        PacketState::Planned | PacketState::Open if current.started_at.is_some() => {}
        PacketState::Planned if current.send_at > now || is_about_future => {
            let send_at = wanted.send_at.max(now);
            if send_at != current.send_at || wanted.asked != current.asked {
                let slot = current.slot.clone();
                let to = Desired { slot, send_at, expires_at: settings.expiry(send_at), ..wanted };
                changes.push(Change::Move { packet: current.id.clone(), to });
            }
        }
        PacketState::Open if is_about_future => {
            changes.push(Change::Withdraw { packet: current.id.clone(), reason: WithdrawReason::AppointmentMoved });
            changes.push(create(wanted));
        }
        PacketState::Planned
        | PacketState::Open
        | PacketState::Completed
        | PacketState::Expired
        | PacketState::Withdrawn => {}
    }
}

/// Why an untouched check-in that is not wanted any more is taken back; none if it just runs its course.
fn no_longer(packet: &Packet, situation: &Situation<'_>) -> Option<WithdrawReason> {
    if packet.occasion == Occasion::OnRequest {
        return None;
    }
    if wanted::is_called_off(packet, situation) {
        return Some(WithdrawReason::AppointmentOff);
    }
    let has_begun = |appointment: &Appointment| {
        Some(&appointment.id) == packet.appointment_id.as_ref() && appointment.starts_at <= situation.now
    };
    let is_too_late = packet.occasion != Occasion::AfterSession && situation.appointments.iter().any(has_begun);
    let is_waiting = packet.state == PacketState::Planned && (packet.send_at > situation.now || is_too_late);
    is_waiting.then_some(WithdrawReason::NotNeeded)
}
