//! Stepped screening: what a sitting asks, and that carrying answers over never changes a score.

use crate::{all, library};
use care::packet::Asked;
use care::response::Sheet;
use care::review::score;
use care::sitting::{self, Turn};
use instruments::{Answer, Answers, Library};
use proptest::prelude::*;

fn asked(ids: &[&str]) -> Vec<Asked> {
    ids.iter().map(|id| Asked { id: (*id).to_owned(), version: "1".to_owned() }).collect()
}

fn may(library: &Library) -> impl Fn(&str) -> Option<Asked> {
    |id| library.current(id).map(|one| Asked { id: one.id.clone(), version: one.version.clone() })
}

/// What is asked once every turn was taken.
fn settled(library: &Library, planned: &[Asked], sheet: &mut Sheet) -> Vec<Asked> {
    let (mut now, mut added) = (planned.to_vec(), Vec::new());
    sitting::carry(library, &now, sheet);
    while let Some(turn) = sitting::turn(library, &now, &added, sheet, may(library)) {
        now = sitting::after(&now, &turn);
        match turn {
            Turn::Added { asked, .. } => added.push(asked.id),
            Turn::Dropped { instrument } => {
                added.retain(|one| *one != instrument);
                sheet.remove(&instrument);
            }
        }
        sitting::carry(library, &now, sheet);
    }
    now
}

fn ids(asked: &[Asked]) -> Vec<&str> {
    asked.iter().map(|one| one.id.as_str()).collect()
}

#[test]
fn a_threshold_adds_the_longer_form_after_the_short_one() {
    let library = library();
    let planned = asked(&["phq-2", "gad-2", "wellbeing-check"]);
    let mut sheet = Sheet::from([("phq-2".to_owned(), all(&[1, 1])), ("gad-2".to_owned(), all(&[2, 1]))]);
    assert_eq!(ids(&settled(&library, &planned, &mut sheet)), ["phq-2", "gad-2", "gad-7", "wellbeing-check"]);
    assert_eq!(sheet["gad-7"], all(&[2, 1]), "what was answered counts there too");
    assert!(!sheet.contains_key("phq-9"), "below the threshold nothing is added");
}

#[test]
fn nobody_is_asked_twice() {
    let library = library();
    let of = |ids: &[&str]| {
        let asked = asked(ids);
        sitting::questions(&library, &asked)
            .iter()
            .map(|one| format!("{}:{}", one.instrument.id, one.item.id))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let rest = "phq-9:3 phq-9:4 phq-9:5 phq-9:6 phq-9:7 phq-9:8 phq-9:9";
    assert_eq!(of(&["phq-2", "phq-9"]), format!("phq-2:1 phq-2:2 {rest}"));
    assert_eq!(of(&["phq-9", "phq-2"]), format!("phq-9:1 phq-9:2 {rest}"));
    // Two that are each the same as a third are the same.
    assert!(of(&["phq-2", "phq-8"]).starts_with("phq-2:1 phq-2:2 phq-8:3"));
    assert_eq!(of(&["gad-2", "phq-2"]), "gad-2:1 gad-2:2 phq-2:1 phq-2:2");
}

#[test]
fn a_corrected_answer_takes_the_step_back_until_more_was_answered() {
    let library = library();
    let now = asked(&["phq-2", "phq-9"]);
    let added = ["phq-9".to_owned()];
    let mut sheet = Sheet::from([("phq-2".to_owned(), all(&[0, 1])), ("phq-9".to_owned(), all(&[0, 1]))]);
    let turn = |sheet: &Sheet, added: &[String]| sitting::turn(&library, &now, added, sheet, may(&library));
    assert_eq!(turn(&sheet, &added), Some(Turn::Dropped { instrument: "phq-9".to_owned() }));
    assert_eq!(turn(&sheet, &[]), None, "what was planned in its own right stays");
    sheet.get_mut("phq-9").expect("it is there").insert("3".to_owned(), Answer::Value(2));
    assert_eq!(turn(&sheet, &added), None, "an answer of its own is not put away");
}

#[test]
fn what_may_not_be_asked_here_is_not_added() {
    let library = library();
    let sheet = Sheet::from([("gad-2".to_owned(), all(&[3, 3]))]);
    assert_eq!(sitting::turn(&library, &asked(&["gad-2"]), &[], &sheet, |_| None), None);
}

fn answer() -> impl Strategy<Value = Option<Answer>> {
    prop_oneof![
        8 => (0_i64..=3).prop_map(|value| Some(Answer::Value(value))),
        1 => Just(Some(Answer::Declined)),
        1 => Just(None),
    ]
}

fn sheet_of(values: &[Option<Answer>]) -> Answers {
    values.iter().zip(1..).filter_map(|(value, item)| value.map(|value| (item.to_string(), value))).collect()
}

proptest! {
    /// The short form first, then the rest: every score is what asking each form in full would have given.
    #[test]
    fn carrying_over_never_changes_a_score(
        values in prop::collection::vec(answer(), 9),
        pair in prop_oneof![Just(("phq-2", "phq-9", 9)), Just(("gad-2", "gad-7", 7))],
    ) {
        let (short, longer, items) = pair;
        let library = library();
        let (own, full) = (sheet_of(&values[..2]), sheet_of(&values[..items]));
        let mut sheet = Sheet::from([(short.to_owned(), own.clone())]);
        let now = settled(&library, &asked(&[short]), &mut sheet);
        let in_full = Sheet::from([(short.to_owned(), own), (longer.to_owned(), full.clone())]);
        let least: i64 = values[..2].iter().flatten().filter_map(|one| one.value()).sum();
        prop_assert_eq!(now.len() == 2, least >= 3, "from three points on, whatever is still open");
        if now.len() == 2 {
            for question in sitting::questions(&library, &now) {
                if question.instrument.id == longer && let Some(answer) = full.get(&question.item.id) {
                    sheet.entry(longer.to_owned()).or_default().insert(question.item.id.clone(), *answer);
                }
            }
            prop_assert_eq!(score(&library, &now, &sheet), score(&library, &now, &in_full));
            prop_assert_eq!(&sheet, &in_full);
        } else {
            prop_assert_eq!(score(&library, &now, &sheet), score(&library, &now, &in_full));
        }
    }

    /// Whatever is answered in whatever order, turns come to an end and take nothing away that was answered.
    #[test]
    fn turns_end(phq in prop::collection::vec(answer(), 2), gad in prop::collection::vec(answer(), 2)) {
        let library = library();
        let given = Sheet::from([("phq-2".to_owned(), sheet_of(&phq)), ("gad-2".to_owned(), sheet_of(&gad))]);
        let mut sheet = given.clone();
        let planned = asked(&["phq-2", "gad-2", "phq-8"]);
        let now = settled(&library, &planned, &mut sheet);
        for (instrument, answers) in &given {
            prop_assert_eq!(&sheet[instrument], answers);
        }
        let mut once_more = sheet.clone();
        prop_assert_eq!(settled(&library, &planned, &mut once_more), now);
    }
}
