//! Before and after sessions that are booked, moved, cancelled and attended.

use super::{FIRST, Practice, line, live, withdrawn};
use crate::at;
use care::AppointmentId;
use care::appointment::AppointmentState;
use care::episode::{DischargeReason, EpisodeState};
use care::packet::{Occasion, PacketState};
use care::plan::{Change, WithdrawReason, plan, to_come};
use care::protocol::Rhythm;
use chrono::Duration;

/// Sent Mon 9 Mar 15:00 for Tue 10 Mar 15:00, the day after the clocks changed.
#[test]
fn c1_the_first_check_in() {
    let mut practice = Practice::new().book("s1", at(FIRST));
    practice.plan(at("2026-03-06T09:00:00-08:00"));
    assert_eq!(
        practice.live(),
        live(&[("before:s1", "wellbeing-check phq-9 gad-7"), ("after:s1", "session-feedback")])
    );
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
    let expected = live(&[
        ("before:s0", "wellbeing-check phq-9 gad-7"),
        ("before:s1", "wellbeing-check"),
        ("before:s2", "wellbeing-check phq-9 gad-7"),
    ]);
    assert_eq!(practice.live(), expected, "21 days ahead");
    practice.pass(week(0) - Duration::hours(20));
    practice.answer("p1", week(0) - Duration::hours(20));
    practice.plan(week(0) + Duration::hours(1));
    let expected = live(&[
        ("before:s1", "wellbeing-check"),
        ("before:s2", "wellbeing-check phq-9 gad-7"),
        ("before:s3", "wellbeing-check"),
    ]);
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
}

#[test]
fn a_session_beyond_the_horizon_waits_for_its_time() {
    let mut practice = Practice::new().book("s1", at(FIRST));
    practice.plan(at("2026-03-06T09:00:00-08:00"));
    practice.reschedule("s1", at("2026-05-12T10:00:00-07:00"));
    let changes = practice.plan(at("2026-03-07T09:00:00-08:00"));
    assert!(changes.contains(&withdrawn("p1", WithdrawReason::NotNeeded)), "beyond the horizon: {changes:?}");
}

/// The client keeps the one link they have; when it has ended unanswered, the session gets its own.
#[test]
fn a_sent_check_in_stays_when_its_session_moves() {
    let mut practice = Practice::new().book("s1", at(FIRST));
    practice.protocol.lines.pop();
    practice.plan(at("2026-03-06T09:00:00-08:00"));
    let now = at("2026-03-09T16:00:00-07:00");
    practice.pass(now);
    for moved in ["2026-03-12T15:00:00-07:00", "2026-03-17T15:00:00-07:00"] {
        practice.reschedule("s1", at(moved));
        practice.plan(now);
        assert_eq!(practice.live()[0], ("before:s1".to_owned(), "wellbeing-check phq-9 gad-7".to_owned()));
    }
    let later = at("2026-03-13T15:00:00-07:00");
    practice.pass(later);
    practice.plan(later);
    assert_eq!(practice.live(), live(&[("before:s1#2", "wellbeing-check phq-9 gad-7")]));
    let second = |practice: &Practice| practice.packets.last().map(|packet| packet.send_at);
    assert_eq!(second(&practice), Some(at("2026-03-16T15:00:00-07:00")));
    practice.reschedule("s1", at("2026-03-18T15:00:00-07:00"));
    practice.plan(later);
    assert_eq!(second(&practice), Some(at("2026-03-17T15:00:00-07:00")), "and follows from then on");
}

/// A staff member sends a waiting check-in a week early, at night: no later plan takes that back.
#[test]
fn a_check_in_sent_early_by_hand_stays_sent() {
    let session = at(FIRST) + Duration::weeks(1);
    let mut practice = Practice::new().book("s1", session);
    practice.protocol.lines.pop();
    practice.plan(at("2026-03-09T09:00:00-07:00"));
    let now = at("2026-03-09T22:00:00-07:00");
    let packet = practice.packet("p1");
    (packet.send_at, packet.expires_at) = (now, now + Duration::hours(96));
    practice.plan(now + Duration::hours(4));
    assert_eq!(practice.packet("p1").send_at, now, "held back by quiet hours");
    practice.pass(now + Duration::hours(10));
    practice.plan(now + Duration::hours(30));
    assert_eq!(practice.packet("p1").state, PacketState::Open);
    practice.answer("p1", now + Duration::hours(31));
    practice.plan(now + Duration::hours(32));
    assert!(practice.live().iter().all(|(slot, _)| !slot.starts_with("before")), "and answered once");
}

/// A protocol without a line for every session: what is about to be sent is not taken back for asking nothing more.
#[test]
fn a_check_in_that_is_due_is_not_taken_back() {
    let mut practice = Practice::with(vec![line("phq-9", Rhythm::EveryWeeks(2))]).book("s1", at(FIRST));
    practice.plan(at("2026-03-06T09:00:00-08:00"));
    let due = at("2026-03-09T15:00:00-07:00");
    practice.plan(due + Duration::minutes(1));
    assert_eq!(practice.live()[0], ("before:s1".to_owned(), "phq-9".to_owned()));
    practice.plan(at(FIRST) + Duration::minutes(1));
    assert_eq!(practice.packet("p1").state, PacketState::Withdrawn, "the session has begun and nobody was told");
}

/// The client did not come and the session is held on another day: feedback is asked after that one.
#[test]
fn feedback_moves_with_its_session() {
    let mut practice = Practice::with(vec![line("session-feedback", Rhythm::AfterSession)]).book("s1", at(FIRST));
    practice.plan(at("2026-03-06T09:00:00-08:00"));
    let now = at("2026-03-10T16:00:00-07:00");
    practice.pass(now);
    practice.reschedule("s1", at("2026-03-12T15:00:00-07:00"));
    assert_eq!(practice.plan(now)[0], withdrawn("p1", WithdrawReason::AppointmentMoved));
    assert_eq!(practice.live(), live(&[("after:s1#2", "session-feedback")]));
    assert_eq!(practice.packet("p2").send_at, at("2026-03-12T15:50:00-07:00"));
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
        assert!(
            practice.live().contains(&("before:s1#2".to_owned(), "wellbeing-check phq-9 gad-7".to_owned())),
            "reinstated"
        );
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

/// What a check-in asked that is taken back with its session is asked with the next one, at once.
#[test]
fn a_cancelled_intake_moves_on() {
    let mut practice = Practice::new().book("s1", at(FIRST)).book("s2", at(FIRST) + Duration::weeks(1));
    practice.protocol.lines.pop();
    practice.plan(at("2026-03-06T09:00:00-08:00"));
    let now = at("2026-03-09T16:00:00-07:00");
    practice.pass(now);
    practice.appointment("s1").state = AppointmentState::Cancelled;
    practice.plan(now);
    assert_eq!(practice.live(), live(&[("before:s2", "wellbeing-check phq-9 gad-7")]));
}

/// Pages that look ahead say what is still to come, not what the rules ask of a session.
#[test]
fn what_was_answered_is_not_still_to_come() {
    let mut practice = Practice::new().book("s1", at(FIRST)).book("s2", at(FIRST) + Duration::weeks(1));
    practice.plan(at("2026-03-06T09:00:00-08:00"));
    let ahead = |practice: &Practice, now| {
        practice.situation(&practice.packets, now, |situation| {
            let plan = to_come(situation);
            let slots: Vec<String> = plan.wanted.into_iter().map(|one| one.slot).collect();
            (slots, plan.out.into_iter().collect::<Vec<_>>())
        })
    };
    let all = ["before:s1", "after:s1", "before:s2", "after:s2"].map(str::to_owned);
    let now = at("2026-03-09T14:00:00-07:00");
    assert_eq!(ahead(&practice, now), (all.to_vec(), vec![]), "nobody was told of any");
    let now = at("2026-03-09T16:00:00-07:00");
    practice.pass(now);
    assert_eq!(ahead(&practice, now), (all.to_vec(), vec!["before:s1".to_owned()]), "the client has the first");
    practice.answer("p1", now);
    let left = ["after:s1", "before:s2", "after:s2", "regular:2026-03-23"];
    assert_eq!(ahead(&practice, now).0, left, "and has answered it: what is due in two weeks takes its day");
    assert_eq!(ahead(&practice, now).1, Vec::<String>::new());
    // The rules go on asking it of the session, and it is not planned again.
    assert!(practice.situation(&practice.packets, now, |situation| plan(situation).wanted[0].slot == "before:s1"));
    let again = |change: &Change| matches!(change, Change::Create(new) if new.slot.starts_with("before:s1"));
    assert!(!practice.plan(now).iter().any(again));
    // One that ended unanswered is not to come either.
    practice.packet("p1").state = PacketState::Expired;
    assert_eq!(ahead(&practice, now).0, left);
}
