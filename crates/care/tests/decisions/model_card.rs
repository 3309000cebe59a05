//! The model card from courses whose figures can be counted by hand, and what of it may leave the house.

use care::detection::{Act, Configuration, Detection, EVERY_INSTRUMENT};
use care::episode::Point;
use care::expected_response::prior;
use care::model_card::{Age, Card, CardFile, Course, Ended, GroupKind, Material, Worth, alerts, make, worth};
use care::response::Rule;
use care::{Instant, Language};
use chrono::Duration;
use instruments::{Instrument, Library, Sex};

fn now() -> Instant {
    "2026-03-10T17:00:00Z".parse().expect("an instant")
}

fn phq9() -> Instrument {
    let library = Library::embedded().expect("the instruments that ship");
    library.current("phq-9").expect("it ships").clone()
}

/// A course of weekly scores that ended so many days ago.
fn course(scores: &[f64], days_ago: i64, ending: Ended, age: Age, language: Language) -> Course {
    let last = now() - Duration::days(days_ago);
    let count = i64::try_from(scores.len()).expect("few");
    let at = |session: i64| last - Duration::weeks(count - session);
    Course {
        scores: (1..).zip(scores).map(|(session, value)| Point { value: *value, session, at: at(session) }).collect(),
        ending,
        closed_at: (ending != Ended::Not).then_some(last),
        age: Some(age),
        sex: None,
        language,
    }
}

/// Ends badly; worse than the first by 6 at session 3.
const BAD_SEEN: [f64; 5] = [18.0, 18.0, 24.0, 24.0, 20.0];
/// Ends badly, and nothing opens a case before.
const BAD_UNSEEN: [f64; 5] = [18.0, 17.0, 17.0, 17.0, 17.0];
/// Ends well.
const GOOD: [f64; 5] = [18.0, 15.0, 12.0, 10.0, 8.0];
/// Ends well after a bad second week.
const GOOD_SEEN: [f64; 5] = [18.0, 24.0, 15.0, 10.0, 8.0];

/// Ten, five, twelve and three of them: of fifteen bad ends ten are seen, of fifteen good ones three.
fn courses() -> Vec<Course> {
    let kinds: [(&[f64], usize); 4] = [(&BAD_SEEN, 10), (&BAD_UNSEEN, 5), (&GOOD, 12), (&GOOD_SEEN, 3)];
    let mut all = Vec::new();
    for (scores, count) in kinds {
        for _ in 0..count {
            let index = all.len();
            let age = if index.is_multiple_of(2) { Age::Young } else { Age::Middle };
            let language = if index == 7 { Language::Es } else { Language::En };
            let days_ago = 400 - 3 * i64::try_from(index).expect("few");
            all.push(course(scores, days_ago, Ended::Planned, age, language));
        }
    }
    all
}

fn card(courses: &[Course], detection: &Detection) -> Card {
    let instrument = phq9();
    let material = Material {
        instrument: &instrument,
        detection,
        prior: prior("phq-9", "total"),
        courses,
        clinicians: 4,
        now: now(),
    };
    make(&material).0
}

#[test]
fn the_practice_s_rules_are_counted_as_by_hand() {
    let found = card(&courses(), &Detection::default());
    assert_eq!((found.closed, found.evaluated, found.events), (30, 30, 15));
    assert_eq!(found.rules_name, "usual");
    let first = now() - Duration::days(400);
    assert_eq!(found.period, Some((first, first + Duration::days(87))));
    let any = &found.ladder[0];
    assert_eq!((any.rule.as_str(), any.act), ("any_case", Some(Act::Case)));
    let counts = any.counts;
    assert_eq!((counts.flagged_bad, counts.flagged_good, counts.bad, counts.good), (10, 3, 15, 15));
    let close = |value: Option<f64>, expected: f64| (value.expect("a share") - expected).abs() < 1e-12;
    assert!(close(any.sensitivity.value, 10.0 / 15.0) && close(any.specificity.value, 12.0 / 15.0));
    assert!(close(any.ppv.value, 10.0 / 13.0) && close(any.flag_rate.value, 13.0 / 30.0));
    assert_eq!(any.lead, Some(2.0), "from session 3 to session 5");
    assert_eq!(any.lead_interval, Some((2.0, 2.0)), "all alike");
    let (low, high) = any.sensitivity.interval.expect("an interval");
    assert!(low < 10.0 / 15.0 && high > 10.0 / 15.0 && low > 0.3 && high < 0.95, "{low} {high}");
    // Where all or none are counted the draws are all alike: the interval is Wilson's, here of none of fifteen.
    let silent = found.ladder.iter().find(|row| row.rule == "worse_than_best").expect("a row").sensitivity;
    assert_eq!(silent.value, Some(0.0));
    let (low, high) = silent.interval.expect("an interval");
    assert!(low.abs() < 1e-9 && (0.19..0.22).contains(&high), "{low} {high}");
    // Rule a is the reliable deterioration of the ladder; b needs half of it.
    let letter =
        |rows: &[care::model_card::Row], name: &str| rows.iter().find(|row| row.rule == name).expect("a letter").counts;
    assert_eq!(letter(&found.chosen, "a"), counts);
    assert_eq!(found.equal_flag_rate.len(), 8);
    assert_eq!(letter(&found.equal_flag_rate, "b"), counts, "moved to flag thirteen, it flags the same thirteen");
    assert!(found.newest.is_none(), "nine courses closed last are too few");
    assert!(found.broken_off.is_empty());
    assert!(found.agreement.as_ref().is_some_and(|agreement| agreement.n == 90), "three scores of each course");
    assert_eq!(found.decision.len(), 9);
}

#[test]
fn what_is_set_is_what_is_measured() {
    let mut rules = Configuration::default();
    rules.set_act(Rule::ReliableDeterioration, Act::Shown).expect("of the ladder");
    let shown = card(&courses(), &Detection::default().with_scope(EVERY_INSTRUMENT, Some(rules.clone())));
    assert_eq!(shown.ladder[0].counts.flagged_bad, 0, "nothing opens a case");
    let row = shown.ladder.iter().find(|row| row.rule == "reliable_deterioration").expect("it is still measured");
    assert_eq!((row.act, row.counts.flagged_bad), (Some(Act::Shown), 10));
    rules.set_act(Rule::ReliableDeterioration, Act::Off).expect("of the ladder");
    let off = card(&courses(), &Detection::default().with_scope("phq-9", Some(rules)));
    assert!(off.ladder.iter().all(|row| row.rule != "reliable_deterioration"));
}

#[test]
fn groups_are_shown_without_small_cells_and_a_small_one_takes_the_other_with_it() {
    // Twelve times over: sixty young people flagged before a bad end, thirty-six not, and so on; nobody's sex is known.
    let mut all: Vec<Course> = (0..12).flat_map(|_| courses()).collect();
    for (index, course) in all.iter_mut().enumerate() {
        course.sex = (index % 30 < 24).then_some(if index % 2 == 0 { Sex::Female } else { Sex::Male });
    }
    let found = card(&all, &Detection::default());
    let of = |found: &Card, kind, value: &str| {
        found.groups.iter().find(|group| group.kind == kind && group.value == value).expect("a group").figures.clone()
    };
    let young = of(&found, GroupKind::Age, "young").expect("every cell is large enough");
    assert_eq!((young.n, young.counts.flagged_bad, young.counts.flagged_good), (180, 60, 12));
    assert!(of(&found, GroupKind::Age, "middle").is_some());
    // Twelve who speak Spanish, all flagged before a bad end: large enough, and nobody else is anything.
    assert_eq!(of(&found, GroupKind::Language, "es").expect("twelve of one kind").n, 12);
    // No course that ended well after a flag has a known sex; the seventy-two of the last places are large enough to be known.
    assert_eq!(of(&found, GroupKind::Sex, "female").expect("large cells").counts.flagged_good, 0);
    // Once over, fifteen a group are enough people, and what they did is known of too few.
    let few = card(&courses(), &Detection::default());
    assert!(few.groups.iter().all(|group| group.figures.is_none()), "{:?}", few.groups);
}

#[test]
fn courses_that_broke_off_are_read_three_ways() {
    let mut all = courses();
    for course in all.iter_mut().skip(15).take(6) {
        course.ending = Ended::BrokenOff;
    }
    let found = card(&all, &Detection::default());
    let of = |handling: &str| found.broken_off.iter().find(|one| one.handling == handling).expect("a reading");
    assert_eq!(of("last_observation").row.counts.bad, 15);
    assert_eq!((of("excluded").n, of("excluded").row.counts.good), (24, 9));
    assert_eq!(of("worst_case").row.counts.bad, 21, "six that looked well are bad ends");
    assert!((of("worst_case").row.sensitivity.value.expect("a share") - 10.0 / 21.0).abs() < 1e-12);
    // Four would be known by what the readings differ in.
    for course in all.iter_mut().skip(15).take(2) {
        course.ending = Ended::Planned;
    }
    assert!(card(&all, &Detection::default()).broken_off.is_empty());
}

/// What is tried before it is in force is measured as the card measures it once it is.
#[test]
fn what_is_tried_is_worth_what_its_card_says() {
    let instrument = phq9();
    let of = |courses: &[Course], detection: &Detection| -> Worth {
        worth(&Material {
            instrument: &instrument,
            detection,
            prior: prior("phq-9", "total"),
            courses,
            clinicians: 4,
            now: now(),
        })
    };
    let usual = of(&courses(), &Detection::default());
    assert_eq!((usual.closed, usual.evaluated, usual.events), (30, 30, 15));
    assert_eq!(usual.row, card(&courses(), &Detection::default()).ladder.into_iter().next());
    let mut rules = Configuration::default();
    rules.set_act(Rule::WorstEver, Act::Case).expect("of the ladder");
    let more = Detection::default().with_scope(EVERY_INSTRUMENT, Some(rules));
    let tried = of(&courses(), &more);
    assert_eq!(tried.row, card(&courses(), &more).ladder.into_iter().next());
    let share = |one: &Worth| one.row.as_ref().and_then(|row| row.flag_rate.value).expect("a share");
    assert!(share(&tried) >= share(&usual), "whoever speaks more often flags no less");
    // Too few, or all alike: counted, and nothing is said.
    let few = of(&courses()[..19], &Detection::default());
    assert_eq!((few.evaluated, few.row), (19, None));
    let alike: Vec<Course> = (0..25).map(|_| course(&GOOD, 30, Ended::Planned, Age::Old, Language::En)).collect();
    assert_eq!((of(&alike, &Detection::default()).events, of(&alike, &Detection::default()).row), (0, None));
}

#[test]
fn too_few_courses_or_one_outcome_say_nothing() {
    let few = card(&courses()[..19], &Detection::default());
    assert_eq!((few.evaluated, few.ladder.len(), few.period.is_some()), (19, 0, true));
    let alike: Vec<Course> = (0..25).map(|_| course(&GOOD, 30, Ended::Planned, Age::Old, Language::En)).collect();
    assert!(card(&alike, &Detection::default()).ladder.is_empty());
    assert!(card(&[], &Detection::default()).ladder.is_empty());
}

#[test]
fn the_newest_courses_are_judged_by_what_was_known_before_them() {
    let mut all = Vec::new();
    for round in 0..4 {
        for mut one in courses() {
            let later = Duration::days(round * 80);
            one.closed_at = one.closed_at.map(|at| at + later);
            all.push(one);
        }
    }
    let found = card(&all, &Detection::default());
    let newest = found.newest.expect("thirty-six are enough");
    assert!(newest.learned_from >= 80 && newest.n >= 30 && newest.learned_from + newest.n == 120, "{newest:?}");
    assert_eq!(i64::from(newest.row.counts.bad), newest.events);
}

#[test]
fn alerts_of_the_last_days_are_those_of_the_last_days() {
    let instrument = phq9();
    let recent = [
        course(&BAD_SEEN, 1, Ended::Not, Age::Young, Language::En),
        course(&BAD_SEEN, 200, Ended::Planned, Age::Young, Language::En),
        course(&GOOD_SEEN, 70, Ended::Planned, Age::Young, Language::En),
        course(&GOOD_SEEN, 40, Ended::Planned, Age::Young, Language::En),
    ];
    let since = now() - Duration::days(90);
    let scores = || recent.iter().map(|course| course.scores.as_slice());
    let found = alerts(&instrument, &Detection::default(), scores(), since);
    // The bad second week of the third course was 91 days ago.
    assert_eq!((found.alerts, found.courses), (2, 2));
    assert_eq!(found.by_rule.get(&Rule::ReliableDeterioration), Some(&2));
    let mut rules = Configuration::default();
    rules.set_act(Rule::WorstEver, Act::Case).expect("of the ladder");
    let tried = Detection::default().with_scope(EVERY_INSTRUMENT, Some(rules));
    let then = alerts(&instrument, &tried, scores(), since);
    assert!(then.alerts >= found.alerts && then.by_rule.contains_key(&Rule::WorstEver), "{then:?}");
}

#[test]
fn the_file_keeps_small_counts_to_itself() {
    let found = card(&courses(), &Detection::default());
    let file = CardFile::from(&found);
    assert_eq!((file.closed, file.evaluated, file.events), (Some(30), Some(30), Some(15)));
    assert_eq!(file.closed_between, Some(("2025-02".to_owned(), "2025-05".to_owned())));
    let any = &file.ladder[0];
    assert_eq!((any.sensitivity.value, any.specificity.value), (None, None), "ten were flagged and ended badly");
    assert!(any.flag_rate.value.is_some(), "thirteen of thirty");
    assert!(
        file.groups.iter().all(|group| group.figures.is_none()),
        "fifteen a group are enough, what they did is not"
    );
    let text = serde_json::to_string(&file).expect("JSON");
    assert!(text.contains("\"least_count\":11") && !text.contains("\"flagged_bad\":10"), "{text}");
}
