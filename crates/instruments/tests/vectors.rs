//! The published examples of the instruments that ship (`data/scoring_vectors.json`).

use std::collections::BTreeMap;

use instruments::{
    Answer, Answers, Change, Completeness, Instrument, Library, RiskLevel, ScoreState, change, interpret, risks, score,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Vectors {
    sets: BTreeMap<String, Set>,
    reliable_change: ChangeSet,
}

#[derive(Deserialize)]
struct Set {
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    id: String,
    items: Vec<Option<i64>>,
    expected: Expected,
}

#[derive(Deserialize)]
struct Expected {
    valid: bool,
    n_missing: u32,
    total: Option<f64>,
    prorated: Option<bool>,
    total_exact: Option<f64>,
    raw_sum_of_answered: Option<f64>,
    severity: Option<String>,
    caseness_ge10: Option<bool>,
    caseness_nhs_ge8: Option<bool>,
    positive_ge3: Option<bool>,
    flag_item9: Option<bool>,
    item9_missing: Option<bool>,
}

#[derive(Deserialize)]
struct ChangeSet {
    vectors: Vec<ChangeVector>,
}

#[derive(Deserialize)]
struct ChangeVector {
    id: String,
    /// PHQ-9, GAD-7.
    start: [f64; 2],
    end: [f64; 2],
    expected: BTreeMap<String, bool>,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("data/scoring_vectors.json")).expect("reads")
}

fn answers(instrument: &Instrument, items: &[Option<i64>]) -> Answers {
    assert_eq!(instrument.items.len(), items.len());
    let pairs = instrument.items.iter().zip(items);
    pairs.filter_map(|(item, value)| Some((item.id.clone(), Answer::Value((*value)?)))).collect()
}

#[test]
fn scores_bands_cutoffs_and_risk_agree() {
    let library = Library::embedded().expect("reads");
    let mut seen = 0;
    for (id, set) in vectors().sets {
        let instrument = library.current(&id).expect("ships");
        let scale = instrument.primary();
        for vector in set.vectors {
            let expected = vector.expected;
            let given = answers(instrument, &vector.items);
            let total = &score(instrument, &given)[0];
            let name = &vector.id;

            assert_eq!(total.state != ScoreState::Invalid, expected.valid, "{name}");
            assert_eq!(total.missing, expected.n_missing, "{name}");
            assert_eq!(total.value, expected.total, "{name}");
            if let Some(prorated) = expected.prorated {
                assert_eq!(total.state == ScoreState::Prorated, prorated, "{name}");
                assert_eq!(total.band, expected.severity, "{name}");
                assert_eq!(Some(total.observed_sum), expected.raw_sum_of_answered, "{name}");
                match (total.exact, expected.total_exact) {
                    (Some(ours), Some(theirs)) => assert!((ours - theirs).abs() < 5e-7, "{name}"),
                    (ours, theirs) => assert_eq!(ours, theirs, "{name}"),
                }
            }
            let met = |value: f64| {
                let cutoff = scale.cutoffs.iter().find(|cutoff| (cutoff.value - value).abs() < 1e-9);
                total.value.map(|total| cutoff.expect("in the file").is_met(total))
            };
            match id.as_str() {
                "phq-9" | "gad-7" => assert_eq!(met(10.0), expected.caseness_ge10, "{name}"),
                _ => assert_eq!(met(3.0), expected.positive_ge3, "{name}"),
            }
            if id == "gad-7" {
                let case = total.value.and_then(|value| interpret(scale, value).case);
                assert_eq!(case, expected.caseness_nhs_ge8, "{name}");
            }
            if id == "phq-9" {
                let findings = risks(instrument, &given, Completeness::Submitted);
                let level = findings.first().map(|finding| finding.level);
                assert_eq!(level == Some(RiskLevel::Unknown), expected.item9_missing == Some(true), "{name}");
                assert_eq!(level >= Some(RiskLevel::Review), expected.flag_item9 == Some(true), "{name}");
            }
            seen += 1;
        }
    }
    assert_eq!(seen, 33);
}

#[test]
fn caseness_reliable_change_response_and_remission_agree() {
    let library = Library::embedded().expect("reads");
    let scales = ["phq-9", "gad-7"].map(|id| library.current(id).expect("ships").primary());
    let mut seen = 0;
    for vector in vectors().reliable_change.vectors {
        let case = |scores: [f64; 2]| (0..2).any(|i| interpret(scales[i], scores[i]).case == Some(true));
        let changes = [0, 1].map(|i| change(scales[i], vector.start[i], vector.end[i]));
        let any = |verdict: Change| changes.contains(&Some(verdict));
        let (better, worse) = (any(Change::Improved), any(Change::Deteriorated));
        let (start, end) = (vector.start[0], vector.end[0]);
        for (name, ours) in [
            ("caseness_start", case(vector.start)),
            ("caseness_end", case(vector.end)),
            ("reliable_improvement", better && !worse),
            ("reliable_deterioration", worse && !better),
            ("phq9_response_50pct", scales[0].responded(start, end) == Some(true)),
            ("phq9_remission_lt5", scales[0].remitted(end) == Some(true)),
        ] {
            assert_eq!(Some(&ours), vector.expected.get(name), "{} {name}", vector.id);
        }
        seen += 1;
    }
    assert_eq!(seen, 8);
}
