//! A questionnaire whose version changes in the middle of a course.

use super::{Course, day, library, reasons};
use care::case::ReasonLevel;
use care::response::Rule;
use care::review::Review;
use instruments::Library;

fn spoke(found: &Review) -> Vec<Rule> {
    found.signals.iter().map(|finding| finding.rule).collect()
}

/// The PHQ-9 with a second version: its words are others, and with `points` so is what an answer counts.
fn with_version_2(points: i64) -> Library {
    let mut second = library().current("phq-9").expect("it ships").clone();
    "2".clone_into(&mut second.version);
    second.stem = "In other words".into();
    second.scales[0].multiply_by = points;
    second.scales[0].axis.max *= points as f64;
    library().with([second])
}

#[test]
fn a_version_with_other_words_goes_on_with_the_series() {
    let mut course = Course { library: with_version_2(1), ..Course::new() };
    course.phq9(1, 12);
    course.version = "2";
    assert_eq!(spoke(&course.phq9(2, 18)), [Rule::ReliableDeterioration]);
    let [series] = course.measures.as_slice() else { panic!("one series: {:?}", course.measures) };
    assert_eq!((series.structure, series.n, series.baseline, series.latest_session), (1, 2, Some(12.0), Some(2)));
}

/// What is asked or how it is scored is another: nothing before it is compared with anything after it.
#[test]
fn a_version_that_scores_otherwise_begins_a_series_of_its_own() {
    let mut course = Course { library: with_version_2(2), ..Course::new() };
    for (session, total) in [(1, 12), (2, 10), (3, 20)] {
        course.phq9(session, total);
    }
    assert_eq!(course.open.len(), 2, "worse than at first, and than the best");
    course.close_case();
    let before = course.measures[0].clone();
    course.version = "2";

    // 13 answered is 26 now: worse than anything before, and a beginning.
    assert_eq!(spoke(&course.phq9(9, 13)), []);
    let [old, new] = course.measures.as_slice() else { panic!("two series: {:?}", course.measures) };
    assert_eq!(*old, before);
    assert_eq!((new.structure, new.sessions_before, new.n), (2, 8, 1));
    assert_eq!((new.baseline, new.baseline_session, new.baseline_at), (Some(26.0), Some(1), Some(day(9))));
    assert_eq!((new.sum_x, new.sum_y), (0.0, 26.0), "its first session is 1, whose logarithm is 0");

    // Reliably worse once more: what was decided about the first series settles nothing here.
    let found = course.phq9(10, 17);
    assert_eq!(spoke(&found), [Rule::ReliableDeterioration]);
    assert_eq!(reasons(&found), [(Rule::ReliableDeterioration, ReasonLevel::Routine)]);
    let inputs = &found.signals[0].inputs;
    assert_eq!((inputs.reference, inputs.session, inputs.version.as_deref()), (Some(26.0), Some(2), Some("2")));

    // Four weeks in the new series are session 6 of nothing: whether there is an improvement is judged at its own session 6.
    assert_eq!(course.measures[1].latest_session, Some(2));
    course.close_case();
    assert!(!spoke(&course.phq9(11, 13)).contains(&Rule::NoImprovement));
    assert!(spoke(&course.phq9(14, 13)).contains(&Rule::NoImprovement));
}

/// A paper form of the version before, entered late, belongs to its own series and says nothing about today.
#[test]
fn what_comes_late_for_a_series_that_is_over_raises_nothing() {
    let mut course = Course { library: with_version_2(2), ..Course::new() };
    course.phq9(1, 12);
    course.version = "2";
    course.phq9(2, 10);
    course.version = "1";
    assert_eq!(spoke(&course.phq9(3, 24)), []);
    let series: Vec<(i64, i64)> = course.measures.iter().map(|one| (one.structure, one.n)).collect();
    assert_eq!(series, [(2, 1), (1, 2)]);
}
