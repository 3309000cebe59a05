//! Rhythms beyond the usual ones: every other session, ends, events, the end of a course, a budget.

use super::{FIRST, Practice, line};
use crate::at;
use care::appointment::AppointmentState;
use care::episode::{DischargeReason, EpisodeState};
use care::message::Channel;
use care::packet::{Occasion, PacketState};
use care::plan::{Change, WithdrawReason, plan};
use care::protocol::{
    Budget, Conditions, Event, Exception, Line, Person, ProtocolException, Rhythm, Stop, Turn, Weight, lines_for,
};
use care::{EpisodeId, Language, Phi, PlacementId, ProtocolExceptionId, SiteId, StaffId};
use chrono::{Duration, NaiveDate};

fn asked_before(practice: &Practice, now: &str) -> Vec<(String, Vec<String>)> {
    practice
        .changes(at(now))
        .into_iter()
        .filter_map(|change| match change {
            Change::Create(one) => Some((one.slot, one.asked.into_iter().map(|asked| asked.id).collect())),
            _ => None,
        })
        .collect()
}

#[test]
fn every_other_session_counts_those_that_take_place() {
    let every_other = Rhythm::BeforeEvery(Turn { every: 2, from: 1 });
    let mut practice = Practice::with(vec![line("phq-2", every_other)]);
    for (id, day) in [("a", 10), ("b", 12), ("c", 16), ("d", 18)] {
        practice = practice.book(id, at(&format!("2026-03-{day}T15:00:00-07:00")));
    }
    let slots = |practice: &Practice| {
        asked_before(practice, "2026-03-09T08:00:00-07:00").into_iter().map(|(slot, _)| slot).collect::<Vec<_>>()
    };
    assert_eq!(slots(&practice), ["before:a", "before:c"]);
    // The second one is cancelled: the third is the second now.
    practice.appointment("b").state = AppointmentState::Cancelled;
    assert_eq!(slots(&practice), ["before:a", "before:d"]);
}

#[test]
fn a_line_ends_and_begins_again() {
    let mut until = line("phq-9", Rhythm::EveryWeeks(1));
    until.stop = Some(Stop::AtRemission);
    let mut thrice = line("gad-7", Rhythm::BeforeSession);
    thrice.stop = Some(Stop::AfterTimes(3));
    let mut practice = Practice::with(vec![until, thrice]).book("a", at(FIRST));
    let asks = |practice: &Practice| asked_before(practice, "2026-03-09T08:00:00-07:00")[0].1.clone();
    assert_eq!(asks(&practice), ["phq-9", "gad-7"]);
    practice.course.in_remission.insert("phq-9".into());
    assert_eq!(asks(&practice), ["gad-7"]);
    practice.course.in_remission.clear();
    practice.course.times.insert("gad-7".into(), 3);
    assert_eq!(asks(&practice), ["phq-9"], "in remission no more, and asked three times");
}

#[test]
fn a_missed_session_and_a_case_are_asked_about_once() {
    let lines = vec![line("phq-2", Rhythm::On(Event::NoShow)), line("gad-7", Rhythm::On(Event::CaseOpened))];
    let mut practice = Practice::with(lines).book("a", at(FIRST));
    practice.appointment("a").state = AppointmentState::NoShow;
    practice.course.cases.push((care::CaseId::from_text("k"), at("2026-03-10T16:00:00-07:00")));
    let mut wanted = asked_before(&practice, "2026-03-10T17:00:00-07:00");
    wanted.sort();
    assert_eq!(
        wanted,
        [
            ("event:case:k".to_owned(), vec!["gad-7".to_owned()]),
            ("event:no_show:a".to_owned(), vec!["phq-2".to_owned()])
        ]
    );
    assert_eq!(asked_before(&practice, "2026-03-20T17:00:00-07:00"), [], "ten days later it is too late");
    practice.plan(at("2026-03-10T17:00:00-07:00"));
    assert_eq!(practice.changes(at("2026-03-10T18:00:00-07:00")), [], "and it is asked once");
}

#[test]
fn after_the_end_there_is_the_last_one_and_the_follow_up() {
    let lines = vec![
        line("wellbeing-check", Rhythm::BeforeSession),
        line("phq-9", Rhythm::Discharge),
        line("phq-9", Rhythm::FollowUp(6)),
        line("gad-7", Rhythm::FollowUp(6)),
    ];
    let mut practice = Practice::with(lines).book("a", at(FIRST));
    practice.plan(at("2026-03-09T08:00:00-07:00"));
    practice.episode.state = EpisodeState::Discharged;
    practice.episode.discharged_at = Some(at("2026-03-09T12:00:00-07:00"));
    practice.episode.discharge_reason = Some(DischargeReason::Completed);
    let now = at("2026-03-09T12:00:00-07:00");
    let changes = practice.changes(now);
    assert!(matches!(&changes[0], Change::Withdraw { reason: WithdrawReason::Discharged, .. }), "{changes:?}");
    let created: Vec<_> = changes
        .iter()
        .filter_map(|change| match change {
            Change::Create(one) => Some((one.slot.as_str(), one.occasion, one.send_at.to_rfc3339(), one.asked.len())),
            _ => None,
        })
        .collect();
    assert_eq!(
        created,
        [
            ("discharge", Occasion::Discharge, "2026-03-09T19:00:00+00:00".to_owned(), 1),
            ("follow_up:6", Occasion::FollowUp, "2026-09-09T15:00:00+00:00".to_owned(), 2),
        ],
        "08:00 in summer time, six months later"
    );
    practice.plan(now);
    assert_eq!(practice.changes(now + Duration::hours(1)), [], "planning again changes nothing");
    practice.episode.discharge_reason = Some(DischargeReason::Died);
    assert!(
        practice.changes(now + Duration::hours(1)).iter().all(|change| matches!(change, Change::Withdraw { .. })),
        "nobody is asked about a client who died"
    );
}

fn supplemental(instrument: &str, rhythm: Rhythm, priority: u8) -> Line {
    Line { weight: Weight::Supplemental, priority, ..line(instrument, rhythm) }
}

#[test]
fn the_lowest_priority_is_left_out_first_and_said_so() {
    let lines = vec![
        line("phq-9", Rhythm::BeforeSession),
        supplemental("gad-7", Rhythm::BeforeSession, 3),
        supplemental("audit-c", Rhythm::BeforeSession, 8),
    ];
    let mut practice = Practice::with(lines).book("a", at(FIRST)).book("b", at("2026-03-12T15:00:00-07:00"));
    practice.protocol.budget = Some(Budget { items: 25, seconds: 600 });
    let now = at("2026-03-09T08:00:00-07:00");
    let empty = Vec::new();
    let found = practice.situation(&empty, now, plan);
    let asked = |slot: &str| {
        let one = found.wanted.iter().find(|one| one.slot == slot).expect("it is wanted");
        one.asked.iter().map(|asked| asked.id.as_str()).collect::<Vec<_>>()
    };
    // Nine, seven and three are nineteen; nine more two days later are twenty-eight, and the core line stays all the same.
    assert_eq!(asked("before:a"), ["phq-9", "gad-7", "audit-c"]);
    assert_eq!(asked("before:b"), ["phq-9"]);
    let left_out: Vec<_> =
        found.dropped.iter().map(|one| (one.slot.as_str(), one.instrument.as_str(), one.items)).collect();
    assert_eq!(left_out, [("before:b", "audit-c", 38), ("before:b", "gad-7", 35)]);
    // A week later there is room again.
    practice.reschedule("b", at("2026-03-18T15:00:00-07:00"));
    assert_eq!(practice.situation(&empty, now, plan).dropped, []);
    practice.protocol.budget = Some(Budget { items: 25, seconds: 70 });
    assert!(!practice.situation(&empty, now, plan).dropped.is_empty(), "seconds are limited as well");
}

#[test]
fn goals_count_and_are_never_left_out() {
    let lines = vec![
        line("phq-9", Rhythm::BeforeSession),
        supplemental("gad-7", Rhythm::BeforeSession, 3),
        supplemental("session-feedback", Rhythm::AfterSession, 3),
    ];
    let mut practice = Practice::with(lines).book("a", at(FIRST));
    let now = at("2026-03-09T08:00:00-07:00");
    let empty = Vec::new();
    practice.protocol.budget = Some(Budget { items: 18, seconds: 600 });
    let first = |practice: &Practice| {
        let found = practice.situation(&empty, now, plan);
        let dropped = found.dropped.into_iter().find(|one| one.slot == "before:a");
        (found.goals, dropped.map(|one| (one.instrument, one.items, one.goals)))
    };
    assert_eq!(first(&practice), (0, None), "nine and seven");
    practice.course.goals.now = 2;
    assert_eq!(first(&practice), (2, None), "and two are eighteen");
    practice.course.goals.now = 3;
    assert_eq!(first(&practice), (3, Some(("gad-7".to_owned(), 19, 3))), "the questionnaire goes, the goals stay");
    // Seconds are counted for them as well.
    practice.protocol.budget = Some(Budget { items: 60, seconds: 19 * 7 - 1 });
    assert_eq!(first(&practice).1, Some(("gad-7".to_owned(), 19, 3)));
    practice.protocol.budget = Some(Budget { items: 60, seconds: 19 * 7 });
    assert_eq!(first(&practice).1, None);
    // After a session nobody asks about goals: nine, seven and three before it, four after it.
    practice.protocol.budget = Some(Budget { items: 23, seconds: 600 });
    assert_eq!(practice.situation(&empty, now, plan).dropped, []);
}

#[test]
fn what_was_begun_counts_with_the_goals_it_asked_about() {
    let lines = vec![line("phq-9", Rhythm::BeforeSession), supplemental("gad-7", Rhythm::BeforeSession, 3)];
    let mut practice = Practice::with(lines).book("a", at(FIRST)).book("b", at("2026-03-12T15:00:00-07:00"));
    practice.plan(at("2026-03-09T08:00:00-07:00"));
    let asked_at = at("2026-03-09T16:00:00-07:00");
    let first = practice.packets.iter_mut().find(|packet| packet.slot == "before:a").expect("it is planned");
    first.state = PacketState::Completed;
    (first.sent_at, first.started_at, first.completed_at) = (Some(asked_at), Some(asked_at), Some(asked_at));
    let first = first.id.clone();
    // Sixteen questions were asked, sixteen are to come three days later.
    practice.protocol.budget = Some(Budget { items: 33, seconds: 600 });
    let now = at("2026-03-10T18:00:00-07:00");
    let dropped = |practice: &Practice| {
        let found = practice.situation(&practice.packets, now, plan);
        found.dropped.into_iter().map(|one| (one.slot, one.instrument, one.items, one.goals)).collect::<Vec<_>>()
    };
    assert_eq!(dropped(&practice), []);
    practice.course.goals.begun.insert(first, 2);
    assert_eq!(dropped(&practice), [("before:b".to_owned(), "gad-7".to_owned(), 34, 2)], "two goals were asked about");
}

#[test]
fn a_budget_counts_a_question_once_and_what_a_screening_may_go_on_to() {
    let now = at("2026-03-09T08:00:00-07:00");
    let empty = Vec::new();
    let dropped = |lines: Vec<Line>, items: u32| {
        let mut practice = Practice::with(lines).book("a", at(FIRST));
        practice.protocol.budget = Some(Budget { items, seconds: 600 });
        let plan = practice.situation(&empty, now, plan);
        plan.dropped.iter().map(|one| (one.instrument.clone(), one.items)).collect::<Vec<_>>()
    };
    let screening =
        || vec![line("wellbeing-check", Rhythm::BeforeSession), supplemental("phq-2", Rhythm::BeforeSession, 8)];
    assert_eq!(dropped(screening(), 13), [], "four, two and the seven it may go on to");
    assert_eq!(dropped(screening(), 12), [("phq-2".to_owned(), 13)]);
    let both =
        || vec![supplemental("phq-9", Rhythm::BeforeSession, 3), supplemental("phq-2", Rhythm::BeforeSession, 8)];
    assert_eq!(dropped(both(), 9), [], "the two are among the nine");
    assert_eq!(dropped(both(), 8), [], "leaving out one of them would relieve nobody: the other asks as much");
}

#[test]
fn conditions_and_exceptions_choose_the_lines() {
    let mut adults = line("phq-9", Rhythm::BeforeSession);
    adults.conditions = Conditions { from_age: Some(18), ..Conditions::default() };
    let mut spanish = line("gad-7", Rhythm::BeforeSession);
    spanish.conditions = Conditions { languages: vec![Language::Es], ..Conditions::default() };
    let practice = Practice::with(vec![adults, spanish, line("phq-2", Rhythm::Intake)]);
    let today = NaiveDate::from_ymd_opt(2026, 3, 10).unwrap();
    let exception = |what, until| ProtocolException {
        id: ProtocolExceptionId::from_text("x"),
        episode_id: EpisodeId::from_text("episode"),
        what,
        reason: Phi::new("because".to_owned()),
        until,
        decided_at: at(FIRST),
        decided_by: StaffId::from_text("clinician"),
        ended_at: None,
    };
    let of = |age, language, exceptions: &[ProtocolException]| {
        let person = Person { age, language, ..somebody() };
        lines_for(&practice.protocol, exceptions, &person, today)
            .into_iter()
            .map(|line| line.instrument)
            .collect::<Vec<_>>()
    };
    assert_eq!(of(Some(18), Language::En, &[]), ["phq-9", "phq-2"]);
    assert_eq!(of(Some(17), Language::Es, &[]), ["gad-7", "phq-2"]);
    assert_eq!(of(None, Language::En, &[]), ["phq-2"], "an unknown age is not eighteen");
    let skip = |until| exception(Exception::Skip { instrument: "phq-9".into() }, until);
    assert_eq!(of(Some(40), Language::En, &[skip(None)]), ["phq-2"]);
    assert_eq!(of(Some(40), Language::En, &[skip(Some(today))]), ["phq-2"], "the last day counts");
    assert_eq!(of(Some(40), Language::En, &[skip(Some(today - Duration::days(1)))]), ["phq-9", "phq-2"]);
    let add = exception(Exception::Add { line: Line { priority: 1, ..line("gad-7", Rhythm::EveryWeeks(1)) } }, None);
    assert_eq!(of(Some(40), Language::En, &[add]), ["gad-7", "phq-9", "phq-2"], "first by priority");
}

fn somebody() -> Person {
    Person {
        age: None,
        language: Language::En,
        site: SiteId::from_text("north"),
        programme: None,
        problem: None,
        consented: vec![],
    }
}

#[test]
fn a_line_for_some_programmes_problems_and_channels_only() {
    let entry = |id: &str| PlacementId::from_text(id);
    let holds = |conditions: &Conditions, programme: Option<&str>, problem: Option<&str>, consented: &[Channel]| {
        let (programme, problem) = (programme.map(entry), problem.map(entry));
        conditions.hold_for(&Person { programme, problem, consented: consented.to_vec(), ..somebody() })
    };
    let of_programmes = Conditions { programmes: vec![entry("teens"), entry("adults")], ..Conditions::default() };
    assert!(holds(&of_programmes, Some("adults"), None, &[]));
    assert!(!holds(&of_programmes, Some("couples"), None, &[]));
    assert!(!holds(&of_programmes, None, None, &[]), "in no programme is not in one of these");
    let of_both = Conditions { problems: vec![entry("panic")], ..of_programmes };
    assert!(holds(&of_both, Some("teens"), Some("panic"), &[]));
    assert!(!holds(&of_both, Some("teens"), Some("sleep"), &[]), "every condition must hold");
    let by_mail = Conditions { consented: vec![Channel::Email], ..Conditions::default() };
    assert!(holds(&by_mail, None, None, &[Channel::Sms, Channel::Email]));
    assert!(!holds(&by_mail, None, None, &[Channel::Sms]));
}

#[test]
fn every_few_days_and_every_month_have_days_of_their_own() {
    let practice = Practice::with(vec![line("phq-2", Rhythm::EveryDays(3)), line("gad-7", Rhythm::EveryMonths(1))]);
    let mut practice = practice;
    practice.answered.insert("phq-2".into(), at("2026-03-09T10:00:00-07:00"));
    practice.answered.insert("gad-7".into(), at("2026-03-01T10:00:00-08:00"));
    let created: Vec<_> = asked_before(&practice, "2026-03-09T12:00:00-07:00");
    assert_eq!(
        created,
        [("regular:2026-03-12".to_owned(), vec!["phq-2".to_owned()])],
        "the month is beyond the horizon"
    );
    let later = asked_before(&practice, "2026-03-20T12:00:00-07:00");
    assert!(later.contains(&("regular:2026-04-01".to_owned(), vec!["gad-7".to_owned()])), "{later:?}");
    assert!(practice.packets.iter().all(|packet| packet.state == PacketState::Planned));
}
