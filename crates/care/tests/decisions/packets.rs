//! Until when answers are accepted.

use crate::at;
use care::packet::{Occasion, Packet, PacketState};
use care::plan::Desired;
use care::{ClientId, EpisodeId, Instant, PacketId};
use proptest::prelude::*;

pub fn packet(id: &str, slot: &str, state: PacketState, send_at: Instant) -> Packet {
    let desired = Desired {
        slot: slot.to_owned(),
        occasion: Occasion::BeforeSession,
        appointment_id: None,
        asked: Vec::new(),
        send_at,
        expires_at: send_at + chrono::Duration::hours(96),
    };
    let (client, episode) = (ClientId::from_text("client"), EpisodeId::from_text("episode"));
    let planned = desired.into_packet(PacketId::from_text(id), client, episode);
    Packet { state, sent_at: (state == PacketState::Open).then_some(send_at), ..planned }
}

/// Five of nine answered at 23:50 with ten minutes left, continued at 00:05.
#[test]
fn c3_an_active_client_is_not_expired() {
    let mut packet = packet("p", "before:a", PacketState::Open, at("2026-03-09T00:00:00-07:00"));
    assert_eq!(packet.expires_at, at("2026-03-13T00:00:00-07:00"));
    assert!(!packet.accepts(at("2026-03-13T00:00:00-07:00")));
    packet.last_answer_at = Some(at("2026-03-12T23:50:00-07:00"));
    assert!(packet.accepts(at("2026-03-13T00:05:00-07:00")));
    assert_eq!(packet.accepts_until(), at("2026-03-13T00:20:00-07:00"));
    assert!(!packet.accepts(at("2026-03-13T00:20:00-07:00")));
    packet.last_answer_at = Some(at("2026-03-13T00:06:00-07:00"));
    assert!(packet.accepts(at("2026-03-13T00:35:00-07:00")), "every answer keeps it open");
    packet.state = PacketState::Completed;
    assert!(!packet.accepts(at("2026-03-12T00:00:00-07:00")));
}

proptest! {
    /// Never shorter than promised, never longer than a day more, whatever the client does.
    #[test]
    fn open_at_least_as_promised_and_at_most_a_day_longer(last in proptest::option::of(-10_000_i64..10_000)) {
        let mut packet = packet("p", "before:a", PacketState::Open, at("2026-03-09T00:00:00Z"));
        packet.last_answer_at = last.map(|minutes| packet.expires_at + chrono::Duration::minutes(minutes));
        let until = packet.accepts_until();
        prop_assert!(until >= packet.expires_at && until <= packet.expires_at + chrono::Duration::hours(24));
        if let Some(last) = packet.last_answer_at.filter(|last| *last <= packet.expires_at + chrono::Duration::minutes(23 * 60)) {
            prop_assert!(until >= last + chrono::Duration::minutes(30));
        }
    }
}
