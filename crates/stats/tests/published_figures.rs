//! The rules against figures that others have published: national tables from their counts, and worked examples.

use stats::proportion::{Share, ShareError};
use stats::reliable_change::{Class, Cutoff, Direction, Group, Norms, Reliable};
use stats::talking_therapies::{Course, FirstLast, GAD_7, PHQ_9, Tally, published_count};
use std::collections::HashMap;

fn rows(text: &str) -> Vec<HashMap<String, String>> {
    csv::Reader::from_reader(text.as_bytes()).deserialize().map(|row| row.expect("a row")).collect()
}

/// A published count; suppressed ones are empty.
fn count(row: &HashMap<String, String>, name: &str) -> Option<u64> {
    row[name].parse::<f64>().ok().map(|count| count as u64)
}

/// Compares a rate with the published percentage, where there is one. Published to one decimal.
fn compare(rate: Result<Share, ShareError>, row: &HashMap<String, String>, name: &str) -> usize {
    let (Ok(rate), Ok(published)) = (rate, row[name].parse::<f64>()) else { return 0 };
    let percent = rate.value * 100.0;
    assert!((percent - published).abs() <= 0.05 + 1e-9, "{row:?}: {name} {percent} {published}");
    1
}

/// How many published percentages of a table follow from its counts.
fn reproduced(text: &str) -> usize {
    rows(text)
        .iter()
        .filter_map(|row| {
            let tally = Tally {
                finished: count(row, "finished_course_treatment_count")?,
                not_at_caseness: count(row, "not_at_caseness_count")?,
                recovery: count(row, "recovery_count")?,
                reliable_recovery: count(row, "reliable_recovery_count")?,
                improvement: count(row, "improvement_count")?,
                deterioration: count(row, "deterioration_count")?,
                no_reliable_change: count(row, "no_reliable_change_count")?,
                ..Tally::default()
            };
            Some(
                compare(tally.recovery_rate(), row, "recovery_percentage")
                    + compare(tally.reliable_recovery_rate(), row, "reliable_recovery_percentage")
                    + compare(tally.improvement_rate(), row, "improvement_percentage")
                    + compare(tally.deterioration_rate(), row, "deterioration_percentage")
                    + compare(tally.no_reliable_change_rate(), row, "no_reliable_change_percentage"),
            )
        })
        .sum()
}

#[test]
fn eight_years_of_national_figures() {
    assert_eq!(reproduced(include_str!("data/nhs_tt_england_totals_2017_2025.csv")), 8 * 5);
}

#[test]
fn every_problem_descriptor() {
    // 134 of the 142 rows have their counts; the other eight have no percentage either.
    assert_eq!(reproduced(include_str!("data/nhs_tt_england_by_problem_descriptor.csv")), 134 * 5);
}

fn examples() -> serde_json::Value {
    serde_json::from_str(include_str!("data/worked_examples.json")).expect("the worked examples")
}

#[test]
fn paired_outcomes() {
    let examples = examples();
    let examples = examples["iapt_flag_examples_phq9_gad7"].as_array().expect("a list");
    assert_eq!(examples.len(), 12);
    for example in examples {
        let score = |name: &str| example[name].as_f64();
        let flag = |name: &str| example[name].as_bool().expect("a flag");
        let course = Course {
            depression: FirstLast { first: score("phq_first"), last: score("phq_last") },
            anxiety: FirstLast { first: score("gad_first"), last: score("gad_last") },
        };
        let verdict = course.judge(&PHQ_9, &GAD_7);
        let paired = verdict.paired.expect("all scores are there");
        assert_eq!(verdict.caseness, Some(flag("caseness")), "{example}");
        assert_eq!(paired.recovered, flag("recovered"), "{example}");
        assert_eq!(paired.reliable_recovery(), flag("reliable_recovery"), "{example}");
        assert_eq!(paired.change == Reliable::Better, flag("reliable_improvement"), "{example}");
        assert_eq!(paired.change == Reliable::Worse, flag("reliable_deterioration"), "{example}");
        assert_eq!(paired.change == Reliable::No, flag("no_reliable_change"), "{example}");
    }
}

#[test]
fn unpaired_courses_stay_among_the_finished() {
    let pair = |first, last| FirstLast { first, last };
    let mut tally = Tally::default();
    for course in [
        Course { depression: pair(Some(15.0), Some(4.0)), anxiety: pair(Some(12.0), Some(3.0)) },
        Course { depression: pair(Some(15.0), None), anxiety: pair(Some(12.0), Some(3.0)) },
        Course { depression: pair(Some(4.0), Some(3.0)), anxiety: pair(Some(2.0), Some(1.0)) },
        Course { depression: pair(None, None), anxiety: pair(Some(2.0), Some(1.0)) },
    ] {
        tally.add(&course.judge(&PHQ_9, &GAD_7));
    }
    assert_eq!((tally.finished, tally.paired, tally.at_caseness, tally.not_at_caseness), (4, 2, 2, 1));
    assert_eq!((tally.recovery, tally.recovery_denominator()), (1, 3), "the unpaired course is not recovered");
    assert!((tally.improvement_rate().expect("a rate").value - 0.25).abs() < 1e-12);
}

#[test]
fn published_counts_are_rounded_to_five() {
    for example in examples()["nhs_suppression_rounding"].as_array().expect("a list") {
        let count = example["count"].as_u64().expect("a count");
        assert_eq!(published_count(count), example["nhs_rounded"].as_u64(), "{count}");
    }
}

#[test]
fn jacobson_and_truax_1991() {
    let examples = examples();
    let example = &examples["jacobson_truax_1991"];
    let number = |name: &str| example[name].as_f64().expect("a number");
    let clinical = Group { mean: number("m_dysfunctional"), sd: number("sd_dysfunctional") };
    let functional = Group { mean: number("m_functional"), sd: number("sd_functional") };
    let norms = Norms::new(clinical, functional, number("reliability"), Direction::HigherBetter).expect("norms");
    for (found, name) in [
        (norms.standard_error(), "SE"),
        (norms.difference_error(), "S_diff"),
        (norms.index(number("pre"), number("post")), "RC"),
    ] {
        assert!((found - number(name)).abs() < 1e-12, "{name}");
    }
    for (cutoff, name) in [(Cutoff::A, "cutoff_a"), (Cutoff::B, "cutoff_b"), (Cutoff::C, "cutoff_c")] {
        let found = cutoff.value(clinical, Some(functional), Direction::HigherBetter).expect("a cut-off");
        assert!((found - number(name)).abs() < 1e-12, "{name}");
    }
    assert_eq!(norms.classify(32.5, 47.5, norms.cutoff_c()), Class::Improved);
    assert_eq!(norms.classify(32.5, 47.5, norms.cutoff_b()), Class::Recovered);
}
