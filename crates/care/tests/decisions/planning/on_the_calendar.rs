//! Check-ins that belong to no session.

use super::{FIRST, Practice, instruments, line, live, withdrawn};
use crate::{at, library};
use care::EpisodeId;
use care::appointment::AppointmentState;
use care::packet::Occasion;
use care::plan::{WithdrawReason, unknown_instruments};
use care::protocol::Rhythm;
use chrono::Duration;

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
    assert_eq!(
        sent,
        ["regular:2026-03-13", "regular:2026-03-27", "regular:2026-04-10", "regular:2026-04-24", "regular:2026-05-08"]
    );
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
