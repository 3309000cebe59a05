//! Check-ins follow the protocol, the appointments and what was asked before.

use crate::packets::packet;
use crate::{at, library};
use care::appointment::{Appointment, AppointmentState};
use care::episode::{DischargeReason, Episode, EpisodeState};
use care::packet::{Occasion, Packet, PacketState};
use care::plan::{Change, Desired, Situation, WithdrawReason, changes, unknown_instruments};
use care::practice::Settings;
use care::protocol::{Line, Protocol, ProtocolState, Rhythm};
use care::{AppointmentId, ClientId, EpisodeId, Instant, PacketId, ProtocolId, SiteId, StaffId};
use chrono::{Duration, NaiveDate};
use instruments::Library;
use proptest::prelude::*;
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
    created: usize,
}

fn line(instrument: &str, rhythm: Rhythm) -> Line {
    Line { instrument: instrument.to_owned(), rhythm }
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
                state: ProtocolState::Current,
                created_at: at("2026-01-01T00:00:00Z"),
            },
            appointments: Vec::new(),
            packets: Vec::new(),
            answered: BTreeMap::new(),
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
        changes(&Situation {
            episode: &self.episode,
            protocol: &self.protocol,
            appointments: &self.appointments,
            packets: &self.packets,
            answered: &self.answered,
            library: &self.library,
            settings: &self.settings,
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
                    assert!(self.packets.iter().all(|packet| packet.slot != new.slot), "a slot is used once: {}", new.slot);
                    self.created += 1;
                    let mut row = packet(&format!("p{}", self.created), &new.slot, PacketState::Planned, new.send_at);
                    write(&mut row, new);
                    self.packets.push(row);
                }
                Change::Move { packet, to } => {
                    let row = self.packets.iter_mut().find(|row| row.id == *packet).expect("a packet that exists");
                    assert!(row.state == PacketState::Planned && row.started_at.is_none(), "only one nobody was told of moves");
                    write(row, to);
                }
                Change::Withdraw { packet, .. } => self.packet(packet.as_str()).state = PacketState::Withdrawn,
            }
        }
        assert_eq!(self.changes(now), [], "a second plan changes nothing");
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
        let mut live: Vec<&Packet> =
            self.packets.iter().filter(|packet| matches!(packet.state, PacketState::Planned | PacketState::Open)).collect();
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

/// Sent Mon 9 Mar 15:00 for Tue 10 Mar 15:00, the day after the clocks changed.
#[test]
fn c1_the_first_check_in() {
    let mut practice = Practice::new().book("s1", at(FIRST));
    practice.plan(at("2026-03-06T09:00:00-08:00"));
    assert_eq!(practice.live(), live(&[("before:s1", "wellbeing-check phq-9 gad-7"), ("after:s1", "session-feedback")]));
    let before = practice.packet("p1").clone();
    assert_eq!((before.occasion, before.send_at), (Occasion::Intake, at("2026-03-09T15:00:00-07:00")));
    assert_eq!(before.expires_at, at("2026-03-13T15:00:00-07:00"));
    assert_eq!(before.appointment_id, Some(AppointmentId::from_text("s1")));
    let after = practice.packet("p2").clone();
    assert_eq!((after.occasion, after.send_at), (Occasion::AfterSession, at("2026-03-10T15:50:00-07:00")));
}

/// Weekly sessions: the two-weekly instruments come at the first, third and fifth.
#[test]
fn every_two_weeks_with_weekly_sessions() {
    let week = |week| at(FIRST) + Duration::weeks(week);
    let mut practice = Practice::new();
    for session in 0..5 {
        practice = practice.book(&format!("s{session}"), week(session));
    }
    practice.protocol.lines.pop();
    practice.plan(at("2026-03-06T09:00:00-08:00"));
    let expected = live(&[("before:s0", "wellbeing-check phq-9 gad-7"), ("before:s1", "wellbeing-check"), ("before:s2", "wellbeing-check phq-9 gad-7")]);
    assert_eq!(practice.live(), expected, "21 days ahead");
    practice.pass(week(0) - Duration::hours(20));
    practice.answer("p1", week(0) - Duration::hours(20));
    practice.plan(week(0) + Duration::hours(1));
    let expected = live(&[("before:s1", "wellbeing-check"), ("before:s2", "wellbeing-check phq-9 gad-7"), ("before:s3", "wellbeing-check")]);
    assert_eq!(practice.live(), expected);
    assert_eq!(practice.packet("p2").occasion, Occasion::BeforeSession);
}

#[test]
fn an_unanswered_intake_is_asked_again_with_the_next_session() {
    let next = at(FIRST) + Duration::weeks(1);
    let mut practice = Practice::new().book("s1", at(FIRST)).book("s2", next);
    practice.protocol.lines.pop();
    practice.plan(at("2026-03-06T09:00:00-08:00"));
    assert_eq!(practice.live()[1], ("before:s2".to_owned(), "wellbeing-check".to_owned()));
    practice.pass(at(FIRST));
    practice.plan(at(FIRST));
    assert_eq!(practice.live()[1], ("before:s2".to_owned(), "wellbeing-check".to_owned()), "it can still be answered");
    practice.pass(at("2026-03-13T15:00:00-07:00"));
    practice.plan(at("2026-03-13T15:00:00-07:00"));
    assert_eq!(practice.live(), live(&[("before:s2", "wellbeing-check phq-9 gad-7")]));
    assert_eq!(practice.packet("p2").occasion, Occasion::Intake);
}

#[test]
fn a_moved_appointment_takes_its_planned_check_ins_along() {
    let mut practice = Practice::new().book("s1", at(FIRST));
    practice.plan(at("2026-03-06T09:00:00-08:00"));
    practice.reschedule("s1", at("2026-03-12T10:00:00-07:00"));
    let changes = practice.plan(at("2026-03-07T09:00:00-08:00"));
    assert!(matches!(changes[..], [Change::Move { .. }, Change::Move { .. }]), "{changes:?}");
    let before = practice.packet("p1");
    assert_eq!((before.send_at, before.expires_at), (at("2026-03-11T10:00:00-07:00"), at("2026-03-15T10:00:00-07:00")));
    practice.reschedule("s1", at("2026-03-07T12:00:00-08:00"));
    practice.plan(at("2026-03-07T09:00:00-08:00"));
    assert_eq!(practice.packet("p1").send_at, at("2026-03-07T09:00:00-08:00"), "less than a day ahead: now");
    practice.reschedule("s1", at("2026-05-12T10:00:00-07:00"));
    let changes = practice.plan(at("2026-03-07T09:00:00-08:00"));
    assert!(changes.contains(&withdrawn("p1", WithdrawReason::NotNeeded)), "beyond the horizon: {changes:?}");
}

#[test]
fn a_sent_check_in_stays_unless_its_link_would_end_too_early() {
    let mut practice = Practice::new().book("s1", at(FIRST));
    practice.protocol.lines.pop();
    practice.plan(at("2026-03-06T09:00:00-08:00"));
    let now = at("2026-03-09T16:00:00-07:00");
    practice.pass(now);
    practice.reschedule("s1", at("2026-03-12T15:00:00-07:00"));
    assert_eq!(practice.plan(now), [], "the link still works on the day before");
    practice.reschedule("s1", at("2026-03-17T15:00:00-07:00"));
    let changes = practice.plan(now);
    assert_eq!(changes[0], withdrawn("p1", WithdrawReason::AppointmentMoved));
    assert_eq!(practice.live(), live(&[("before:s1#2", "wellbeing-check phq-9 gad-7")]));
    assert_eq!(practice.packet("p2").send_at, at("2026-03-16T15:00:00-07:00"));
    practice.reschedule("s1", at("2026-03-18T15:00:00-07:00"));
    practice.plan(now);
    assert_eq!(practice.packet("p2").send_at, at("2026-03-17T15:00:00-07:00"), "and follows from then on");
}

#[test]
fn a_started_check_in_is_left_alone() {
    for change in [AppointmentState::Scheduled, AppointmentState::Cancelled, AppointmentState::NoShow] {
        let mut practice = Practice::new().book("s1", at(FIRST));
        practice.protocol.lines.pop();
        practice.plan(at("2026-03-06T09:00:00-08:00"));
        let now = at("2026-03-09T16:00:00-07:00");
        practice.pass(now);
        practice.packet("p1").started_at = Some(now);
        practice.appointment("s1").state = change;
        practice.reschedule("s1", at("2026-03-20T15:00:00-07:00"));
        let withdraws = practice.plan(now).iter().any(|change| matches!(change, Change::Withdraw { .. }));
        assert!(!withdraws, "{change}");
        assert_eq!(practice.packet("p1").state, PacketState::Open);
    }
}

#[test]
fn a_session_that_does_not_take_place_takes_back_its_check_ins() {
    for state in [AppointmentState::Cancelled, AppointmentState::LateCancelled, AppointmentState::NoShow] {
        let mut practice = Practice::new().book("s1", at(FIRST));
        practice.plan(at("2026-03-06T09:00:00-08:00"));
        practice.pass(at("2026-03-09T16:00:00-07:00"));
        practice.appointment("s1").state = state;
        let changes = practice.plan(at("2026-03-09T16:00:00-07:00"));
        for packet in ["p1", "p2"] {
            assert!(changes.contains(&withdrawn(packet, WithdrawReason::AppointmentOff)), "{state} {changes:?}");
        }
        practice.appointment("s1").state = AppointmentState::Scheduled;
        practice.plan(at("2026-03-09T17:00:00-07:00"));
        assert!(practice.live().contains(&("before:s1#2".to_owned(), "wellbeing-check phq-9 gad-7".to_owned())), "reinstated");
    }
}

#[test]
fn an_attended_session_keeps_its_feedback() {
    let mut practice = Practice::new().book("s1", at(FIRST));
    practice.plan(at("2026-03-06T09:00:00-08:00"));
    practice.pass(at(FIRST));
    practice.appointment("s1").state = AppointmentState::Attended;
    practice.plan(at("2026-03-10T15:55:00-07:00"));
    assert!(practice.live().contains(&("after:s1".to_owned(), "session-feedback".to_owned())));
    let mut late = Practice::with(vec![line("session-feedback", Rhythm::AfterSession)]).book("s1", at(FIRST));
    late.appointment("s1").state = AppointmentState::Attended;
    assert_eq!(late.plan(at("2026-03-12T15:00:00-07:00")), [], "a session imported days later is not asked about");
}

#[test]
fn the_end_of_the_episode_takes_back_everything() {
    let mut practice = Practice::new().book("s1", at(FIRST)).book("s2", at(FIRST) + Duration::weeks(1));
    practice.plan(at("2026-03-06T09:00:00-08:00"));
    let now = at("2026-03-09T16:00:00-07:00");
    practice.pass(now);
    practice.packet("p1").started_at = Some(now);
    practice.episode.state = EpisodeState::Discharged;
    (practice.episode.discharged_at, practice.episode.discharge_reason) = (Some(now), Some(DischargeReason::Completed));
    let changes = practice.plan(now);
    assert_eq!(changes.len(), 4);
    assert!(changes.contains(&withdrawn("p1", WithdrawReason::Discharged)), "started ones too");
    assert_eq!(practice.live(), []);
}

#[test]
fn a_submitted_check_in_is_not_asked_again_for_the_same_session() {
    let mut practice = Practice::new().book("s1", at(FIRST));
    practice.protocol.lines.pop();
    practice.plan(at("2026-03-06T09:00:00-08:00"));
    practice.pass(at("2026-03-09T16:00:00-07:00"));
    practice.answer("p1", at("2026-03-09T16:00:00-07:00"));
    practice.reschedule("s1", at("2026-03-11T15:00:00-07:00"));
    practice.plan(at("2026-03-09T17:00:00-07:00"));
    assert_eq!(practice.live(), live(&[("regular:2026-03-23", "phq-9 gad-7")]), "only what is due in two weeks");
}

/// Without a session in reach the two-weekly instruments come on their own day, once, together.
#[test]
fn on_the_calendar_without_a_session() {
    let mut practice = Practice::new();
    practice.answered = ["phq-9", "gad-7"].map(|id| (id.to_owned(), at(FIRST))).into();
    practice.answered.insert("gad-7".to_owned(), at(FIRST) + Duration::days(2));
    let now = at("2026-03-12T09:00:00-07:00");
    practice.plan(now);
    assert_eq!(practice.live(), live(&[("regular:2026-03-24", "phq-9 gad-7")]));
    let regular = practice.packet("p1").clone();
    assert_eq!((regular.occasion, regular.send_at), (Occasion::Regular, at("2026-03-24T08:00:00-07:00")));
    // A session comes within a week after the day: the instruments wait for it.
    practice = practice.book("s2", at("2026-03-27T15:00:00-07:00"));
    let changes = practice.plan(at("2026-03-13T09:00:00-07:00"));
    assert!(changes.contains(&withdrawn("p1", WithdrawReason::NotNeeded)), "{changes:?}");
    assert!(practice.live().contains(&("before:s2".to_owned(), "wellbeing-check phq-9 gad-7".to_owned())));
    practice.appointment("s2").state = AppointmentState::Cancelled;
    practice.plan(at("2026-03-14T09:00:00-07:00"));
    assert_eq!(practice.live(), live(&[("regular:2026-03-24#2", "phq-9 gad-7")]));
}

/// Replanned every day for ten weeks, with nobody answering: one regular check-in every two weeks, not one a day.
#[test]
fn an_unanswered_regular_check_in_is_repeated_in_its_rhythm() {
    let mut practice = Practice::new();
    let mut now = at("2026-03-06T12:00:00-08:00");
    for _ in 0..70 {
        practice.pass(now);
        practice.plan(now);
        now += Duration::days(1);
    }
    let mut sent: Vec<String> =
        practice.packets.iter().filter(|packet| packet.sent_at.is_some()).map(|packet| packet.slot.clone()).collect();
    sent.sort();
    assert_eq!(sent, ["regular:2026-03-13", "regular:2026-03-27", "regular:2026-04-10", "regular:2026-04-24", "regular:2026-05-08"]);
    assert!(practice.packets.iter().all(|packet| instruments(packet) == "phq-9 gad-7"));
}

/// Clients are imported before their appointments: nothing goes out in between.
#[test]
fn a_new_episode_waits_for_its_first_session() {
    let mut practice = Practice::new();
    practice.plan(at("2026-03-06T09:00:00-08:00"));
    assert_eq!(practice.live(), live(&[("regular:2026-03-13", "phq-9 gad-7")]));
    practice = practice.book("s1", at(FIRST));
    practice.plan(at("2026-03-06T09:05:00-08:00"));
    assert_eq!(practice.live()[0], ("before:s1".to_owned(), "wellbeing-check phq-9 gad-7".to_owned()));
    assert!(practice.live().iter().all(|(slot, _)| !slot.starts_with("regular")));
}

#[test]
fn a_protocol_names_instruments_that_exist() {
    let lines = [line("phq-9", Rhythm::Intake), line("phq-99", Rhythm::Intake)];
    assert_eq!(unknown_instruments(&lines, &library()), ["phq-99"]);
    let mut practice = Practice::with(vec![line("phq-99", Rhythm::BeforeSession)]).book("s1", at(FIRST));
    assert_eq!(practice.plan(at("2026-03-06T09:00:00-08:00")), [], "nothing to ask, no check-in");
}

#[test]
fn appointments_of_other_episodes_are_ignored() {
    let mut practice = Practice::new().book("s1", at(FIRST));
    practice.appointment("s1").episode_id = EpisodeId::from_text("another");
    practice.plan(at("2026-03-06T09:00:00-08:00"));
    assert!(practice.live().iter().all(|(slot, _)| slot.starts_with("regular:")));
}

#[derive(Debug, Clone)]
enum Event {
    Book(i64),
    Reschedule(usize, i64),
    State(usize, usize),
    Start(usize),
    Answer(usize),
    Wait(i64),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        (1_i64..700).prop_map(Event::Book),
        (0_usize..8, 1_i64..700).prop_map(|(which, hours)| Event::Reschedule(which, hours)),
        (0_usize..8, 0_usize..5).prop_map(|(which, state)| Event::State(which, state)),
        (0_usize..20).prop_map(Event::Start),
        (0_usize..20).prop_map(Event::Answer),
        (1_i64..200).prop_map(Event::Wait),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    /// Whatever happens in whatever order: planning settles at once, slots are used once, what was started is never
    /// taken back, and no session has two check-ins of a kind that can be answered.
    #[test]
    fn plans_settle_and_keep_their_promises(events in proptest::collection::vec(event(), 1..40)) {
        let mut practice = Practice::new();
        let mut now = at("2026-03-06T09:00:00-08:00");
        for (index, event) in events.into_iter().enumerate() {
            match event {
                Event::Book(hours) => practice = practice.book(&format!("s{index}"), now + Duration::hours(hours)),
                Event::Reschedule(which, hours) => {
                    if let Some(id) = practice.appointments.get(which).map(|one| one.id.to_string()) {
                        practice.reschedule(&id, now + Duration::hours(hours));
                    }
                }
                Event::State(which, state) => {
                    if let Some(appointment) = practice.appointments.get_mut(which) {
                        appointment.state = AppointmentState::ALL[state];
                    }
                }
                Event::Start(which) => {
                    if let Some(packet) = practice.packets.get_mut(which).filter(|packet| packet.state == PacketState::Open) {
                        packet.started_at = Some(now);
                    }
                }
                Event::Answer(which) => {
                    let open = practice.packets.get(which).filter(|packet| packet.state == PacketState::Open);
                    if let Some(id) = open.map(|packet| packet.id.to_string()) {
                        practice.answer(&id, now);
                    }
                }
                Event::Wait(hours) => now += Duration::hours(hours),
            }
            practice.pass(now);
            let started: Vec<PacketId> =
                practice.packets.iter().filter(|packet| packet.started_at.is_some()).map(|packet| packet.id.clone()).collect();
            for change in practice.plan(now) {
                match change {
                    Change::Create(new) => prop_assert!(new.send_at >= now && new.expires_at > new.send_at && !new.asked.is_empty()),
                    Change::Withdraw { packet, .. } | Change::Move { packet, .. } => prop_assert!(!started.contains(&packet)),
                }
            }
            let mut sessions: Vec<(String, Option<AppointmentId>)> = practice
                .packets
                .iter()
                .filter(|packet| matches!(packet.state, PacketState::Planned | PacketState::Open) && packet.appointment_id.is_some())
                .map(|packet| (packet.slot.split('#').next().unwrap_or_default().to_owned(), packet.appointment_id.clone()))
                .collect();
            let before = sessions.len();
            sessions.sort();
            sessions.dedup();
            prop_assert_eq!(before, sessions.len());
        }
    }
}
