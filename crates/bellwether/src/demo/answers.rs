//! Invented answers that hang together with a severity.

use super::course;
use instruments::{Answer, Answers};
use rand::{Rng, RngExt};

/// How the items of the PHQ-9 share a total; item 9 is drawn apart.
const PHQ9: [f64; 8] = [1.2, 1.2, 1.3, 1.5, 0.9, 1.0, 1.0, 0.5];
const GAD7: [f64; 7] = [1.2, 1.1, 1.3, 1.1, 0.7, 1.0, 0.7];

/// Answers to one of the symptom or wellbeing instruments at a severity (0–27).
pub fn symptom_answers(rng: &mut impl Rng, instrument: &str, severity: f64, at_risk: bool) -> Answers {
    match instrument {
        "phq-9" => {
            let mut values = course::items(rng, severity.round() as i64, &PHQ9);
            let danger = match (at_risk && severity > 10.0, rng.random::<f64>()) {
                (true, draw) if draw < 0.08 => 2,
                (true, draw) if draw < 0.40 => 1,
                _ => 0,
            };
            values.push(danger);
            numbered(&values)
        }
        "gad-7" => {
            let anxiety = course::normal(rng, severity * 0.74, 1.1).clamp(0.0, 21.0);
            numbered(&course::items(rng, anxiety.round() as i64, &GAD7))
        }
        _ => {
            let wellbeing = course::normal(rng, 36.0 - severity * 1.05, 0.9).clamp(2.0, 40.0);
            lines(rng, wellbeing)
        }
    }
}

/// Four marks that add up to about a total of 0–40.
pub fn lines(rng: &mut impl Rng, total: f64) -> Answers {
    let marks: Vec<i64> =
        (0..4).map(|_| (course::normal(rng, total / 4.0, 0.35).clamp(0.0, 10.0) * 10.0).round() as i64).collect();
    numbered(&marks)
}

fn numbered(values: &[i64]) -> Answers {
    (1..).zip(values).map(|(item, value): (usize, &i64)| (item.to_string(), Answer::Value(*value))).collect()
}
