//! Whatever happens, in any order.

use super::Practice;
use crate::at;
use care::appointment::AppointmentState;
use care::packet::PacketState;
use care::plan::Change;
use care::{AppointmentId, PacketId};
use chrono::Duration;
use proptest::prelude::*;

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
    #![proptest_config(ProptestConfig::with_cases(64))]
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
