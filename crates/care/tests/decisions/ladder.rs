//! Who is called, when, and never nobody.

use crate::at;
use care::StaffId;
use care::case::ReasonLevel;
use care::ladder::{LadderStep, People, next_step, steps, supervisors_told_at, told_at_once};
use care::practice::Settings;
use chrono::Duration;
use chrono_tz::America::Los_Angeles;
use proptest::prelude::*;

const IN_HOURS: &str = "2026-03-10T15:00:00-07:00";

fn person(name: &str) -> StaffId {
    StaffId::from_text(name)
}

fn people(owner: &str, backup: Option<&str>, supervisors: &[&str], on_call: Option<&str>) -> People {
    People {
        owner: person(owner),
        backup: backup.map(person),
        supervisors: supervisors.iter().map(|name| person(name)).collect(),
        on_call: on_call.map(person),
    }
}

/// Rung, tier, minutes after the start, who.
fn shape(steps: &[LadderStep], start: &str) -> Vec<(i64, i64, i64, String)> {
    let who = |step: &LadderStep| step.to.iter().map(StaffId::as_str).collect::<Vec<_>>().join("+");
    steps.iter().map(|step| (step.rung, step.tier, (step.at - at(start)).num_minutes(), who(step))).collect()
}

fn urgent(start: &str, people: &People) -> Vec<(i64, i64, i64, String)> {
    shape(&steps(ReasonLevel::Urgent, at(start), at(start), Los_Angeles, &Settings::default(), people), start)
}

fn expected(steps: &[(i64, i64, i64, &str)]) -> Vec<(i64, i64, i64, String)> {
    steps.iter().map(|(rung, tier, minutes, who)| (*rung, *tier, *minutes, (*who).to_owned())).collect()
}

/// 60 min backup, 90 supervisor, 120 on-call, then every 15 minutes.
#[test]
fn v1_the_whole_ladder() {
    let all = people("owner", Some("backup"), &["supervisor"], Some("on-call"));
    assert_eq!(
        urgent(IN_HOURS, &all),
        expected(&[
            (0, 0, 0, "owner+supervisor"),
            (1, 1, 60, "backup"),
            (2, 2, 90, "supervisor"),
            (3, 3, 120, "on-call")
        ])
    );
    let settings = Settings::default();
    let ladder = steps(ReasonLevel::Urgent, at(IN_HOURS), at(IN_HOURS), Los_Angeles, &settings, &all);
    let mut taken: Option<LadderStep> = None;
    let mut minutes = Vec::new();
    for _ in 0..7 {
        let now = taken.as_ref().map_or(at(IN_HOURS), |step| step.at);
        let next = next_step(ReasonLevel::Urgent, &ladder, taken.as_ref().map(|step| step.rung), &settings, now)
            .expect("it never ends");
        minutes.push((next.rung, next.tier, (next.at - at(IN_HOURS)).num_minutes()));
        taken = Some(next);
    }
    assert_eq!(minutes, [(0, 0, 0), (1, 1, 60), (2, 2, 90), (3, 3, 120), (4, 3, 135), (5, 3, 150), (6, 3, 165)]);
}

#[test]
fn working_hours_are_decided_once_when_it_begins() {
    let all = people("owner", Some("backup"), &["supervisor"], Some("on-call"));
    let minutes = |start| urgent(start, &all).into_iter().map(|step| step.2).collect::<Vec<_>>();
    assert_eq!(minutes("2026-03-10T17:59:00-07:00"), [0, 60, 90, 120]);
    assert_eq!(minutes("2026-03-10T18:00:00-07:00"), [0, 240, 270, 300]);
    assert_eq!(minutes("2026-03-10T07:59:00-07:00"), [0, 240, 270, 300]);
    assert_eq!(minutes("2026-03-14T12:00:00-07:00"), [0, 240, 270, 300], "a Saturday");
    assert_eq!(minutes("2026-03-08T23:30:00-07:00"), [0, 240, 270, 300], "Monday in UTC, Sunday at the site");
}

#[test]
fn tiers_held_by_one_person_collapse() {
    let of =
        |owner, backup, supervisors: &[&str], on_call| urgent(IN_HOURS, &people(owner, backup, supervisors, on_call));
    assert_eq!(of("a", Some("b"), &["b"], Some("c")), expected(&[(0, 0, 0, "a+b"), (1, 1, 60, "b"), (2, 3, 120, "c")]));
    assert_eq!(of("a", Some("b"), &["b"], Some("b")), expected(&[(0, 0, 0, "a+b"), (1, 1, 60, "b")]));
    assert_eq!(of("a", None, &["b", "c", "b"], Some("a")), expected(&[(0, 0, 0, "a+b+c"), (1, 2, 60, "b+c")]));
    assert_eq!(of("a", Some("a"), &["a"], Some("c")), expected(&[(0, 0, 0, "a"), (1, 3, 60, "c")]));
    assert_eq!(
        of("a", Some("b"), &["b", "c"], None),
        expected(&[(0, 0, 0, "a+b+c"), (1, 1, 60, "b"), (2, 2, 90, "c")])
    );
    assert_eq!(of("a", None, &[], None), expected(&[(0, 0, 0, "a"), (1, 1, 60, "a")]), "nobody else: the owner again");
    assert_eq!(of("a", Some("a"), &["a"], Some("a")), expected(&[(0, 0, 0, "a"), (1, 1, 60, "a")]));
}

#[test]
fn a_review_enters_when_it_is_overdue_and_a_routine_reason_is_told_of_once() {
    let all = people("owner", Some("backup"), &["supervisor"], Some("on-call"));
    let due = "2026-03-11T12:00:00-07:00";
    let ladder =
        |level| steps(level, at("2026-03-10T20:00:00-07:00"), at(due), Los_Angeles, &Settings::default(), &all);
    assert_eq!(
        shape(&ladder(ReasonLevel::Review), due),
        expected(&[
            (0, 0, 0, "owner+supervisor"),
            (1, 1, 60, "backup"),
            (2, 2, 90, "supervisor"),
            (3, 3, 120, "on-call")
        ])
    );
    let routine = ladder(ReasonLevel::Routine);
    assert_eq!(shape(&routine, due), expected(&[(0, 1, 0, "backup"), (1, 2, 0, "supervisor")]));
    let after = |taken| next_step(ReasonLevel::Routine, &routine, taken, &Settings::default(), at(due));
    assert_eq!((after(None), after(Some(0))), (Some(routine[0].clone()), Some(routine[1].clone())));
    assert_eq!(after(Some(1)), None, "it does not repeat");
    assert_eq!(next_step(ReasonLevel::Urgent, &[], None, &Settings::default(), at(due)), None);
}

#[test]
fn somebody_hears_of_what_is_overdue() {
    let overdue = |owner, backup, supervisors: &[&str], on_call| {
        let (at, people) = (at(IN_HOURS), people(owner, backup, supervisors, on_call));
        shape(&steps(ReasonLevel::Routine, at, at, Los_Angeles, &Settings::default(), &people), IN_HOURS)
    };
    assert_eq!(overdue("a", Some("b"), &["b", "c", "a"], Some("d")), expected(&[(0, 1, 0, "b"), (1, 2, 0, "c")]));
    assert_eq!(overdue("a", Some("b"), &[], Some("d")), expected(&[(0, 1, 0, "b")]));
    assert_eq!(overdue("a", None, &["b", "c"], Some("d")), expected(&[(0, 2, 0, "b+c")]));
    assert_eq!(overdue("a", None, &["a"], Some("d")), expected(&[(0, 3, 0, "d")]), "neither: the person on call");
    assert_eq!(overdue("a", Some("a"), &["a"], Some("a")), expected(&[(0, 0, 0, "a")]), "nobody else: the owner again");
}

#[test]
fn who_is_told_at_once() {
    let all = people("owner", Some("backup"), &["supervisor", "owner"], Some("on-call"));
    for level in [ReasonLevel::Urgent, ReasonLevel::Review] {
        assert_eq!(told_at_once(level, &all), [person("owner"), person("supervisor")]);
    }
    assert_eq!(told_at_once(ReasonLevel::Routine, &all), [person("owner")]);
    assert_eq!(supervisors_told_at(at(IN_HOURS), &Settings::default()), at("2026-03-12T15:00:00-07:00"));
}

/// After a standstill the missed repetitions are not made up for, and the rhythm is kept.
#[test]
fn repetitions_after_a_standstill() {
    let settings = Settings::default();
    let all = people("a", Some("b"), &[], None);
    let ladder = steps(ReasonLevel::Urgent, at(IN_HOURS), at(IN_HOURS), Los_Angeles, &settings, &all);
    let next = |taken, minutes| {
        let step =
            next_step(ReasonLevel::Urgent, &ladder, Some(taken), &settings, at(IN_HOURS) + Duration::minutes(minutes))
                .expect("a step");
        (step.rung, (step.at - at(IN_HOURS)).num_minutes())
    };
    assert_eq!(next(0, 500), (1, 60), "a tier is never skipped");
    assert_eq!(next(1, 60), (2, 75));
    assert_eq!(next(1, 200), (2, 210));
    assert_eq!(next(2, 210), (3, 225));
}

proptest! {
    /// Whoever the people: somebody hears of what is overdue, nobody twice, and the owner only where nobody else is there.
    #[test]
    fn overdue_is_told_to_somebody_once(
        owner in 0_u8..4, backup in proptest::option::of(0_u8..4),
        supervisors in proptest::collection::vec(0_u8..4, 0..4), on_call in proptest::option::of(0_u8..4),
    ) {
        let name = |number: u8| person(&number.to_string());
        let people = People {
            owner: name(owner), backup: backup.map(name),
            supervisors: supervisors.into_iter().map(name).collect(), on_call: on_call.map(name),
        };
        let ladder =
            steps(ReasonLevel::Routine, at(IN_HOURS), at(IN_HOURS), Los_Angeles, &Settings::default(), &people);
        let mut told: Vec<_> = ladder.iter().flat_map(|step| step.to.clone()).collect();
        prop_assert!(!told.is_empty() && ladder.iter().all(|step| step.at == at(IN_HOURS) && !step.to.is_empty()));
        let others = people.backup.iter().chain(&people.supervisors).chain(&people.on_call);
        let is_alone = others.filter(|other| **other != people.owner).count() == 0;
        prop_assert_eq!(told.contains(&people.owner), is_alone);
        let count = told.len();
        told.sort();
        told.dedup();
        prop_assert_eq!(told.len(), count);
        let last = ladder.last().map(|step| step.rung);
        prop_assert_eq!(next_step(ReasonLevel::Routine, &ladder, last, &Settings::default(), at(IN_HOURS)), None);
    }

    /// Whatever the settings and whoever the people: somebody is called at the start and again at the first delay, times
    /// and rungs only grow, and nobody is called on two of the later tiers.
    #[test]
    fn always_somebody_never_twice(
        hours in proptest::array::uniform3(0_u32..2000), repeat in 0_u32..100,
        owner in 0_u8..4, backup in proptest::option::of(0_u8..4),
        supervisors in proptest::collection::vec(0_u8..4, 0..4), on_call in proptest::option::of(0_u8..4),
    ) {
        let name = |number: u8| person(&number.to_string());
        let people = People {
            owner: name(owner), backup: backup.map(name),
            supervisors: supervisors.into_iter().map(name).collect(), on_call: on_call.map(name),
        };
        let settings = Settings { ladder_in_hours: hours, ladder_repeat: repeat, ..Settings::default() };
        let ladder = steps(ReasonLevel::Urgent, at(IN_HOURS), at(IN_HOURS), Los_Angeles, &settings, &people);
        prop_assert!(ladder.len() >= 2 && ladder.len() <= 4);
        prop_assert!(ladder.iter().all(|step| !step.to.is_empty()));
        prop_assert_eq!(ladder[1].at, at(IN_HOURS) + Duration::minutes(i64::from(hours[0])));
        for pair in ladder.windows(2) {
            prop_assert!(pair[0].rung + 1 == pair[1].rung && pair[0].tier < pair[1].tier && pair[0].at <= pair[1].at);
        }
        let mut called: Vec<_> = ladder[1..].iter().flat_map(|step| step.to.clone()).collect();
        let before = called.len();
        called.sort();
        called.dedup();
        prop_assert_eq!(before, called.len());
        let last = ladder.last().expect("not empty");
        let again = next_step(ReasonLevel::Urgent, &ladder, Some(last.rung), &settings, last.at).expect("it never ends");
        prop_assert!(again.rung == last.rung + 1 && again.at > last.at && again.to == last.to);
    }
}
