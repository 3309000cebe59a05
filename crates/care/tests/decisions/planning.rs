//! Check-ins follow the protocol, the appointments and what was asked before.

mod any_order;
mod on_the_calendar;
mod widened;
mod with_sessions;

use crate::packets::packet;
use crate::{at, library};
use care::appointment::{Appointment, AppointmentState};
use care::episode::{Episode, EpisodeState};
use care::packet::{Packet, PacketState};
use care::plan::{Change, Course, Desired, HORIZON_DAYS, Situation, WithdrawReason, changes};
use care::practice::Settings;
use care::protocol::{Line, Protocol, ProtocolState, Rhythm};
use care::{AppointmentId, ClientId, EpisodeId, Instant, PacketId, ProtocolId, SiteId, StaffId};
use chrono::{Duration, NaiveDate};
use instruments::Library;
use std::collections::BTreeMap;

/// The first session: Tuesday 10 March 2026, 15:00 in Los Angeles.
const FIRST: &str = "2026-03-10T15:00:00-07:00";

/// A practice in small: rows that plans are applied to, as the store would.
struct Practice {
    library: Library,
    settings: Settings,
    episode: Episode,
    protocol: Protocol,
    appointments: Vec<Appointment>,
    packets: Vec<Packet>,
    answered: BTreeMap<String, Instant>,
    course: Course,
    created: usize,
}

fn line(instrument: &str, rhythm: Rhythm) -> Line {
    Line::new(instrument, rhythm)
}

impl Practice {
    /// PHQ-9 and GAD-7 at intake and every two weeks, wellbeing check before and session feedback after each session.
    fn new() -> Self {
        Self::with(vec![
            line("wellbeing-check", Rhythm::BeforeSession),
            line("phq-9", Rhythm::Intake),
            line("gad-7", Rhythm::Intake),
            line("phq-9", Rhythm::EveryWeeks(2)),
            line("gad-7", Rhythm::EveryWeeks(2)),
            line("session-feedback", Rhythm::AfterSession),
        ])
    }

    fn with(lines: Vec<Line>) -> Self {
        Self {
            library: library(),
            settings: Settings::default(),
            episode: Episode {
                id: EpisodeId::from_text("episode"),
                client_id: ClientId::from_text("client"),
                site_id: SiteId::from_text("north"),
                protocol_id: ProtocolId::from_text("protocol"),
                started_on: NaiveDate::from_ymd_opt(2026, 3, 6).expect("a day"),
                state: EpisodeState::Open,
                discharged_at: None,
                discharge_reason: None,
            },
            protocol: Protocol {
                id: ProtocolId::from_text("protocol"),
                name: "Standard".to_owned(),
                version: 1,
                lines,
                budget: None,
                state: ProtocolState::Current,
                in_force_from: None,
                created_at: at("2026-01-01T00:00:00Z"),
            },
            appointments: Vec::new(),
            packets: Vec::new(),
            answered: BTreeMap::new(),
            course: Course::default(),
            created: 0,
        }
    }

    fn book(mut self, id: &str, starts_at: Instant) -> Self {
        self.appointments.push(Appointment {
            id: AppointmentId::from_text(id),
            client_id: ClientId::from_text("client"),
            episode_id: self.episode.id.clone(),
            clinician_id: StaffId::from_text("clinician"),
            site_id: SiteId::from_text("north"),
            starts_at,
            ends_at: starts_at + Duration::minutes(50),
            state: AppointmentState::Scheduled,
        });
        self
    }

    fn appointment(&mut self, id: &str) -> &mut Appointment {
        self.appointments.iter_mut().find(|one| one.id.as_str() == id).expect("a booked appointment")
    }

    fn reschedule(&mut self, id: &str, starts_at: Instant) {
        let appointment = self.appointment(id);
        (appointment.starts_at, appointment.ends_at) = (starts_at, starts_at + Duration::minutes(50));
    }

    fn changes(&self, now: Instant) -> Vec<Change> {
        self.changes_of(&self.packets, now)
    }

    fn changes_of(&self, packets: &[Packet], now: Instant) -> Vec<Change> {
        self.situation(packets, now, changes)
    }

    /// What a rule says of the practice with these packets.
    fn situation<T>(&self, packets: &[Packet], now: Instant, rule: impl FnOnce(&Situation<'_>) -> T) -> T {
        rule(&Situation {
            episode: &self.episode,
            protocol: &self.protocol,
            appointments: &self.appointments,
            packets,
            answered: &self.answered,
            course: &self.course,
            horizon_days: HORIZON_DAYS,
            library: &self.library,
            settings: &self.settings,
            before_session_hours: self.settings.before_session_hours,
            zone: chrono_tz::America::Los_Angeles,
            now,
        })
    }

    /// Plans and applies; planning once more must change nothing.
    fn plan(&mut self, now: Instant) -> Vec<Change> {
        let changes = self.changes(now);
        for change in &changes {
            match change {
                Change::Create(new) => {
                    assert!(
                        self.packets.iter().all(|packet| packet.slot != new.slot),
                        "a slot is used once: {}",
                        new.slot
                    );
                    self.created += 1;
                    let mut row = packet(&format!("p{}", self.created), &new.slot, PacketState::Planned, new.send_at);
                    write(&mut row, new);
                    self.packets.push(row);
                }
                Change::Move { packet, to } => {
                    let row = self.packets.iter_mut().find(|row| row.id == *packet).expect("a packet that exists");
                    assert!(
                        row.state == PacketState::Planned && row.started_at.is_none(),
                        "only one nobody was told of moves"
                    );
                    write(row, to);
                }
                Change::Withdraw { packet, .. } => self.packet(packet.as_str()).state = PacketState::Withdrawn,
            }
        }
        assert_eq!(self.changes(now), [], "a second plan changes nothing");
        let backwards: Vec<Packet> = self.packets.iter().rev().cloned().collect();
        assert_eq!(self.changes_of(&backwards, now), [], "in whatever order the rows come");
        changes
    }

    fn packet(&mut self, id: &str) -> &mut Packet {
        self.packets.iter_mut().find(|row| row.id.as_str() == id).expect("a packet")
    }

    /// The packets that are due go out, those whose time passed end.
    fn pass(&mut self, now: Instant) {
        for packet in &mut self.packets {
            if packet.state == PacketState::Planned && packet.send_at <= now {
                packet.state = PacketState::Open;
                packet.sent_at = Some(packet.send_at);
            }
            if packet.state == PacketState::Open && packet.accepts_until() <= now {
                packet.state = PacketState::Expired;
            }
        }
    }

    fn answer(&mut self, id: &str, now: Instant) {
        let packet = self.packet(id);
        packet.state = PacketState::Completed;
        (packet.started_at, packet.last_answer_at, packet.completed_at) = (Some(now), Some(now), Some(now));
        let asked: Vec<String> = packet.asked.iter().map(|one| one.id.clone()).collect();
        self.answered.extend(asked.into_iter().map(|id| (id, now)));
    }

    /// Slot → instruments of the packets that are not over.
    fn live(&self) -> Vec<(String, String)> {
        let mut live: Vec<&Packet> = self
            .packets
            .iter()
            .filter(|packet| matches!(packet.state, PacketState::Planned | PacketState::Open))
            .collect();
        live.sort_by_key(|packet| packet.send_at);
        live.into_iter().map(|packet| (packet.slot.clone(), instruments(packet))).collect()
    }
}

fn write(row: &mut Packet, to: &Desired) {
    row.slot.clone_from(&to.slot);
    row.occasion = to.occasion;
    row.appointment_id.clone_from(&to.appointment_id);
    row.asked.clone_from(&to.asked);
    (row.send_at, row.expires_at) = (to.send_at, to.expires_at);
}

fn instruments(packet: &Packet) -> String {
    packet.asked.iter().map(|one| one.id.as_str()).collect::<Vec<_>>().join(" ")
}

fn live(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(slot, asked)| ((*slot).to_owned(), (*asked).to_owned())).collect()
}

fn withdrawn(packet: &str, reason: WithdrawReason) -> Change {
    Change::Withdraw { packet: PacketId::from_text(packet), reason }
}
