//! Invented answers that add up to what a client says on a day.

use super::course;
use super::severity::Level;
use instruments::{Answer, Answers};
use rand::{Rng, RngExt};

/// How the items of the PHQ-9 share a total; item 9 is drawn apart.
const PHQ9: [f64; 8] = [1.2, 1.2, 1.3, 1.5, 0.9, 1.0, 1.0, 0.5];
const GAD7: [f64; 7] = [1.2, 1.1, 1.3, 1.1, 0.7, 1.0, 0.7];

/// Answers to one of the symptom or wellbeing instruments on a day.
pub fn symptom_answers(rng: &mut impl Rng, instrument: &str, level: Level, at_risk: bool) -> Answers {
    match instrument {
        "phq-9" => {
            let danger = match (at_risk && level.depression > 10, rng.random::<f64>()) {
                (true, draw) if draw < 0.08 => 2,
                (true, draw) if draw < 0.40 => 1,
                _ => 0,
            };
            // Eight items hold 24 points: the total of somebody who is in no danger ends there.
            let mut values = course::items(rng, level.depression - danger, &PHQ9);
            values.push(danger);
            numbered(&values)
        }
        "gad-7" => numbered(&course::items(rng, level.anxiety, &GAD7)),
        _ => lines(rng, level.wellbeing),
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
