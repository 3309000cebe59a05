//! Who is called, when, and never nobody.

use crate::at;
use care::StaffId;
use care::case::ReasonLevel;
use care::ladder::{
    AFTER_HOURS, IN_HOURS as SHIPPED, Kind, LadderStep, People, REPEAT, next_step, starts_at, steps,
    supervisors_told_at, tiers, told_at_once,
};
use care::practice::Settings;
use care::response::Rule;
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
    shape(&steps(Kind::Urgent, at(start), at(start), Los_Angeles, &Settings::default(), people), start)
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
    let ladder = steps(Kind::Urgent, at(IN_HOURS), at(IN_HOURS), Los_Angeles, &settings, &all);
    let mut taken: Option<LadderStep> = None;
    let mut minutes = Vec::new();
    for _ in 0..7 {
        let now = taken.as_ref().map_or(at(IN_HOURS), |step| step.at);
        let next = next_step(Kind::Urgent, &ladder, taken.as_ref().map(|step| step.rung), &settings, now)
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
    let ladder = |kind| steps(kind, at("2026-03-10T20:00:00-07:00"), at(due), Los_Angeles, &Settings::default(), &all);
    assert_eq!(
        shape(&ladder(Kind::Review), due),
        expected(&[
            (0, 0, 0, "owner+supervisor"),
            (1, 1, 60, "backup"),
            (2, 2, 90, "supervisor"),
            (3, 3, 120, "on-call")
        ])
    );
    let routine = ladder(Kind::OffTrack);
    assert_eq!(shape(&routine, due), expected(&[(0, 1, 0, "backup"), (1, 2, 0, "supervisor")]));
    let after = |taken| next_step(Kind::OffTrack, &routine, taken, &Settings::default(), at(due));
    assert_eq!((after(None), after(Some(0))), (Some(routine[0].clone()), Some(routine[1].clone())));
    assert_eq!(after(Some(1)), None, "it does not repeat");
    assert_eq!(next_step(Kind::Urgent, &[], None, &Settings::default(), at(due)), None);
}

#[test]
fn somebody_hears_of_what_is_overdue() {
    let overdue = |owner, backup, supervisors: &[&str], on_call| {
        let (at, people) = (at(IN_HOURS), people(owner, backup, supervisors, on_call));
        shape(&steps(Kind::OffTrack, at, at, Los_Angeles, &Settings::default(), &people), IN_HOURS)
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
    assert_eq!(
        supervisors_told_at(Kind::OffTrack, at(IN_HOURS), &Settings::default()),
        at("2026-03-12T15:00:00-07:00")
    );
}

/// 15:00 on a Tuesday, due the next day at noon: who is called after how many minutes, whatever the kind.
fn minutes_of(kind: Kind, settings: &Settings) -> Vec<i64> {
    let all = people("owner", Some("backup"), &["supervisor"], Some("on-call"));
    let (raised, due) = (at(IN_HOURS), at("2026-03-11T12:00:00-07:00"));
    let from = if kind == Kind::Urgent { raised } else { due };
    steps(kind, raised, due, Los_Angeles, settings, &all).iter().map(|step| (step.at - from).num_minutes()).collect()
}

#[test]
fn each_kind_has_the_times_that_the_practice_gave_it() {
    let usual = Settings::default();
    assert_eq!(minutes_of(Kind::Review, &usual), [0, 60, 90, 120]);
    let settings = Settings {
        ladder_in_hours: [20, 30, 40],
        missed_overdue_after_hours: 48,
        off_track_overdue_after_hours: 24,
        ..Settings::default()
    };
    assert_eq!(minutes_of(Kind::Urgent, &settings), [0, 20, 30, 40]);
    assert_eq!(minutes_of(Kind::Review, &settings), [0, 20, 30, 40], "as urgent where nothing is set");
    assert_eq!(minutes_of(Kind::Missed, &settings), [48 * 60, 48 * 60]);
    assert_eq!(minutes_of(Kind::OffTrack, &settings), [24 * 60, 24 * 60]);
    assert_eq!(minutes_of(Kind::Read, &settings), [0, 0], "what must be read is not waited for");
    let own = Settings { review_in_hours: Some([50, 60, 70]), ..settings };
    assert_eq!(
        (minutes_of(Kind::Urgent, &own), minutes_of(Kind::Review, &own)),
        (vec![0, 20, 30, 40], vec![0, 50, 60, 70])
    );
    let told =
        |kind, settings: &Settings| (supervisors_told_at(kind, at(IN_HOURS), settings) - at(IN_HOURS)).num_hours();
    let late = Settings { off_track_supervisor_after_hours: 120, ..Settings::default() };
    assert_eq!([Kind::OffTrack, Kind::Missed, Kind::Read].map(|kind| told(kind, &late)), [120, 120, 48]);
    let each = Settings { missed_supervisor_after_hours: Some(0), read_supervisor_after_hours: Some(4), ..late };
    assert_eq!([Kind::OffTrack, Kind::Missed, Kind::Read].map(|kind| told(kind, &each)), [120, 0, 4]);
}

#[test]
fn danger_is_never_called_about_later_than_the_program_comes_with() {
    let slow = Settings {
        ladder_in_hours: [600, 700, 800],
        ladder_after_hours: [900, 1000, 1100],
        review_in_hours: Some([10, 1000, 1100]),
        ladder_repeat: 600,
        ..Settings::default()
    };
    assert_eq!(tiers(Kind::Urgent, &slow), (SHIPPED, AFTER_HOURS));
    assert_eq!(tiers(Kind::Review, &slow), ([10, 90, 120], AFTER_HOURS));
    let all = people("owner", Some("backup"), &[], None);
    let ladder = steps(Kind::Urgent, at(IN_HOURS), at(IN_HOURS), Los_Angeles, &slow, &all);
    let again =
        next_step(Kind::Urgent, &ladder, Some(1), &slow, at(IN_HOURS) + Duration::minutes(60)).expect("it never ends");
    assert_eq!((again.at - at(IN_HOURS)).num_minutes(), 60 + i64::from(REPEAT));
    // What a person must read keeps its kind, whatever its level, and danger its own.
    for level in ReasonLevel::ALL {
        assert!(Kind::of(Rule::RiskItem, *level).is_danger());
        for rule in [Rule::RiskPhrase, Rule::RiskUnknown, Rule::ScoringFailed, Rule::Amendment] {
            let kind = Kind::of(rule, *level);
            assert_eq!((kind, starts_at(kind, at(IN_HOURS), at(IN_HOURS), &slow)), (Kind::Read, at(IN_HOURS)));
        }
    }
}

/// After a standstill the missed repetitions are not made up for, and the rhythm is kept.
#[test]
fn repetitions_after_a_standstill() {
    let settings = Settings::default();
    let all = people("a", Some("b"), &[], None);
    let ladder = steps(Kind::Urgent, at(IN_HOURS), at(IN_HOURS), Los_Angeles, &settings, &all);
    let next = |taken, minutes| {
        let step = next_step(Kind::Urgent, &ladder, Some(taken), &settings, at(IN_HOURS) + Duration::minutes(minutes))
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
            steps(Kind::OffTrack, at(IN_HOURS), at(IN_HOURS), Los_Angeles, &Settings::default(), &people);
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
        prop_assert_eq!(next_step(Kind::OffTrack, &ladder, last, &Settings::default(), at(IN_HOURS)), None);
    }

    /// Whatever the practice decided for whatever kind, and though it decides otherwise while a ladder is climbed: each step is taken
    /// once, in its order, and only danger repeats.
    #[test]
    fn each_step_once_though_the_times_change(
        kind in proptest::sample::select(Kind::ALL.to_vec()),
        paces in proptest::collection::vec((proptest::array::uniform3(0_u32..400), 0_u32..40, 0_u32..400), 1..6),
        backup in proptest::option::of(0_u8..4), supervisors in proptest::collection::vec(0_u8..4, 0..3),
    ) {
        let name = |number: u8| person(&number.to_string());
        let people = People {
            owner: name(0), backup: backup.map(name), supervisors: supervisors.into_iter().map(name).collect(), on_call: Some(name(3)),
        };
        let mut taken: Option<LadderStep> = None;
        let mut now = at(IN_HOURS);
        for turn in 0..12_usize {
            let (hours, repeat, overdue) = paces[turn % paces.len()];
            let settings = Settings {
                ladder_in_hours: hours, ladder_after_hours: hours, review_in_hours: (overdue % 2 == 0).then_some(hours),
                ladder_repeat: repeat, off_track_overdue_after_hours: overdue, missed_overdue_after_hours: overdue, ..Settings::default()
            };
            let ladder = steps(kind, at(IN_HOURS), at(IN_HOURS), Los_Angeles, &settings, &people);
            let Some(next) = next_step(kind, &ladder, taken.as_ref().map(|step| step.rung), &settings, now) else {
                prop_assert!(!kind.is_danger(), "danger is called about until somebody takes it up");
                break;
            };
            prop_assert_eq!(next.rung, taken.as_ref().map_or(0, |step| step.rung + 1));
            prop_assert!(!next.to.is_empty() && taken.as_ref().is_none_or(|step| step.tier <= next.tier));
            prop_assert!(kind.is_danger() || turn < 3, "the rest is told of once");
            now = now.max(next.at);
            taken = Some(next);
        }
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
        let ladder = steps(Kind::Urgent, at(IN_HOURS), at(IN_HOURS), Los_Angeles, &settings, &people);
        prop_assert!(ladder.len() >= 2 && ladder.len() <= 4);
        prop_assert!(ladder.iter().all(|step| !step.to.is_empty()));
        prop_assert_eq!(ladder[1].at, at(IN_HOURS) + Duration::minutes(i64::from(hours[0].min(SHIPPED[0]))));
        prop_assert!(ladder[1..].iter().all(|step| step.at <= at(IN_HOURS) + Duration::minutes(120)), "never slower than it comes");
        for pair in ladder.windows(2) {
            prop_assert!(pair[0].rung + 1 == pair[1].rung && pair[0].tier < pair[1].tier && pair[0].at <= pair[1].at);
        }
        let mut called: Vec<_> = ladder[1..].iter().flat_map(|step| step.to.clone()).collect();
        let before = called.len();
        called.sort();
        called.dedup();
        prop_assert_eq!(before, called.len());
        let last = ladder.last().expect("not empty");
        let again = next_step(Kind::Urgent, &ladder, Some(last.rung), &settings, last.at).expect("it never ends");
        prop_assert!(again.rung == last.rung + 1 && again.at > last.at && again.to == last.to);
    }
}
