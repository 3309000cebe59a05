//! How good predicted probabilities and rankings are: AUC, calibration, Brier score, net benefit.

use nalgebra::{Matrix2, Vector2};

/// A prediction and what came of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prediction {
    /// Predicted probability, 0 to 1, or any number that ranks.
    pub value: f64,
    /// It happened.
    pub event: bool,
}

/// The area under the ROC curve: the probability that an event was ranked above a non-event, ties counting half; and its
/// standard error. None without both. Source: Hanley JA, McNeil BJ, 1982, Radiology 143:29–36.
///
/// ```
/// use stats::calibration::{Prediction, auc};
/// let of = |value, event| Prediction { value, event };
/// let (area, _) = auc(&[of(0.1, false), of(0.4, true), of(0.4, false), of(0.9, true)]).expect("both happened");
/// assert_eq!(area, 0.875);
/// ```
pub fn auc(predictions: &[Prediction]) -> Option<(f64, f64)> {
    let mut sorted: Vec<Prediction> = predictions.to_vec();
    sorted.sort_unstable_by(|left, right| left.value.total_cmp(&right.value));
    let events = sorted.iter().filter(|prediction| prediction.event).count() as f64;
    let others = sorted.len() as f64 - events;
    if events == 0.0 || others == 0.0 {
        return None;
    }
    let (mut below, mut wins) = (0.0, 0.0);
    for ties in sorted.chunk_by(|left, right| left.value.total_cmp(&right.value).is_eq()) {
        let tied_events = ties.iter().filter(|prediction| prediction.event).count() as f64;
        let tied_others = ties.len() as f64 - tied_events;
        wins += tied_events * (below + tied_others / 2.0);
        below += tied_others;
    }
    let area = wins / (events * others);
    let (q1, q2) = (area / (2.0 - area), 2.0 * area * area / (1.0 + area));
    let variance = (area * (1.0 - area) + (events - 1.0) * (q1 - area * area) + (others - 1.0) * (q2 - area * area))
        / (events * others);
    Some((area, variance.max(0.0).sqrt()))
}

/// The mean squared error of probabilities. None without predictions. Source: Brier GW, 1950, Mon Weather Rev 78:1–3.
pub fn brier(predictions: &[Prediction]) -> Option<f64> {
    let squares: f64 =
        predictions.iter().map(|prediction| (prediction.value - f64::from(u8::from(prediction.event))).powi(2)).sum();
    (!predictions.is_empty()).then(|| squares / predictions.len() as f64)
}

/// The logistic line from predicted to observed log-odds: slope 1 and intercept 0 are perfect; a slope below 1 means
/// predictions that are too extreme. Source: Cox DR, 1958, Biometrika 45:562–565.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recalibration {
    /// On the log-odds scale.
    pub intercept: f64,
    /// On the log-odds scale.
    pub slope: f64,
}

/// Probabilities nearer to 0 or 1 than this are taken as this.
const CLAMP: f64 = 1e-9;

fn log_odds(probability: f64) -> f64 {
    let probability = probability.clamp(CLAMP, 1.0 - CLAMP);
    (probability / (1.0 - probability)).ln()
}

impl Recalibration {
    /// By maximum likelihood (Newton's method). None where one of the outcomes is missing, the predictions are all alike
    /// or separate the outcomes completely.
    pub fn fit(predictions: &[Prediction]) -> Option<Self> {
        let mut at = Vector2::new(0.0, 1.0);
        for _ in 0..50 {
            let mut gradient = Vector2::zeros();
            let mut information = Matrix2::zeros();
            for prediction in predictions {
                let row = Vector2::new(1.0, log_odds(prediction.value));
                let expected = 1.0 / (1.0 + (-at.dot(&row)).exp());
                gradient += row * (f64::from(u8::from(prediction.event)) - expected);
                information += row * row.transpose() * (expected * (1.0 - expected));
            }
            // Without doubt anywhere there is no likelihood to climb: the outcomes are separated.
            if information[(0, 0)] < 1e-6 * predictions.len() as f64 {
                return None;
            }
            let step = information.try_inverse()? * gradient;
            // Half a step at most: the likelihood is concave, and far steps overshoot it.
            let length = if step.norm() > 2.0 { 2.0 / step.norm() } else { 1.0 };
            at += step * length;
            if !at.iter().all(|part| part.is_finite() && part.abs() < 1e3) {
                return None;
            }
            if step.norm() < 1e-10 {
                return Some(Self { intercept: at[0], slope: at[1] });
            }
        }
        None
    }

    /// The probability after recalibration.
    pub fn apply(&self, probability: f64) -> f64 {
        1.0 / (1.0 + (-(self.intercept + self.slope * log_odds(probability))).exp())
    }
}

/// Standard errors of a line's intercept and slope where several predictions are of one unit: the sandwich A⁻¹BA⁻¹, A the
/// information and B the sum over units of the outer product of their scores, times m/(m − 1). None with fewer than two
/// units or without information. Source: Liang K-Y, Zeger SL, 1986, Biometrika 73:13–22.
///
/// ```
/// use stats::calibration::{Prediction, Recalibration, clustered_errors};
/// let units: Vec<Vec<Prediction>> =
///     (0..40).map(|unit| vec![Prediction { value: 0.2 + 0.015 * f64::from(unit), event: unit % 3 == 0 }]).collect();
/// let line = Recalibration::fit(&units.concat()).expect("a line");
/// let (_, slope) = clustered_errors(line, &units).expect("errors");
/// // The same said twice of each unit is no further knowledge.
/// let twice: Vec<Vec<Prediction>> = units.iter().map(|unit| [unit.clone(), unit.clone()].concat()).collect();
/// assert!((clustered_errors(line, &twice).expect("errors").1 - slope).abs() < 1e-9);
/// ```
pub fn clustered_errors(line: Recalibration, units: &[Vec<Prediction>]) -> Option<(f64, f64)> {
    let mut information = Matrix2::zeros();
    let mut spread = Matrix2::zeros();
    for unit in units {
        let mut score = Vector2::zeros();
        for prediction in unit {
            let row = Vector2::new(1.0, log_odds(prediction.value));
            let expected = line.apply(prediction.value);
            score += row * (f64::from(u8::from(prediction.event)) - expected);
            information += row * row.transpose() * (expected * (1.0 - expected));
        }
        spread += score * score.transpose();
    }
    let m = units.iter().filter(|unit| !unit.is_empty()).count() as f64;
    let inverse = information.try_inverse().filter(|_| m >= 2.0)?;
    let variance = inverse * spread * inverse * (m / (m - 1.0));
    Some((variance[(0, 0)].max(0.0).sqrt(), variance[(1, 1)].max(0.0).sqrt()))
}

/// Standard error of the gain in Brier score over the base rate, where several predictions are of one unit: that of a mean
/// over units of different size. None with fewer than two units. Source: Cochran WG, 1977, Sampling Techniques, 3rd ed, §6.4.
pub fn gain_error(units: &[Vec<Prediction>]) -> Option<f64> {
    let all = || units.iter().flatten();
    let n = all().count() as f64;
    let m = units.iter().filter(|unit| !unit.is_empty()).count() as f64;
    if m < 2.0 {
        return None;
    }
    let happened = |prediction: &Prediction| f64::from(u8::from(prediction.event));
    let rate = all().map(happened).sum::<f64>() / n;
    let gain = |prediction: &Prediction| {
        (rate - happened(prediction)).powi(2) - (prediction.value - happened(prediction)).powi(2)
    };
    let mean = all().map(gain).sum::<f64>() / n;
    let squares: f64 = units.iter().map(|unit| unit.iter().map(|one| gain(one) - mean).sum::<f64>().powi(2)).sum();
    Some((squares * m / (m - 1.0)).sqrt() / n)
}

/// Predictions of about the same size, and how often it happened.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    /// Predictions in it.
    pub n: usize,
    /// Mean predicted probability.
    pub predicted: f64,
    /// Share that happened.
    pub observed: f64,
}

/// Predictions by tenths of probability; empty tenths are left out.
pub fn bins(predictions: &[Prediction]) -> Vec<Bin> {
    let mut sums = [(0_usize, 0.0, 0.0); 10];
    for prediction in predictions {
        let (n, predicted, events) = &mut sums[((prediction.value * 10.0) as usize).min(9)];
        *n += 1;
        *predicted += prediction.value;
        *events += f64::from(u8::from(prediction.event));
    }
    sums.into_iter()
        .filter(|(n, ..)| *n > 0)
        .map(|(n, predicted, events)| Bin { n, predicted: predicted / n as f64, observed: events / n as f64 })
        .collect()
}

/// Net benefit of acting on every prediction of at least `threshold`: `TP/n − FP/n · t/(1 − t)`; and of acting on all.
/// Acting on none has 0. Source: Vickers AJ, Elkin EB, 2006, Med Decis Making 26:565–574.
pub fn net_benefit(predictions: &[Prediction], threshold: f64) -> (f64, f64) {
    let n = predictions.len().max(1) as f64;
    let odds = threshold / (1.0 - threshold);
    let of = |acted: &dyn Fn(&Prediction) -> bool| {
        let share = |event: bool| {
            predictions.iter().filter(|prediction| acted(prediction) && prediction.event == event).count() as f64 / n
        };
        share(true) - share(false) * odds
    };
    (of(&|prediction| prediction.value >= threshold), of(&|_| true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(value: f64, event: bool) -> Prediction {
        Prediction { value, event }
    }

    /// Sixteen predictions of which the odds are known: 1 : 3 at 0.2 and 3 : 1 at 0.8.
    #[test]
    fn recalibration_by_hand() {
        let mut predictions = Vec::new();
        for (value, events) in [(0.2, 2), (0.8, 6)] {
            predictions.extend((0..8).map(|index| of(value, index < events)));
        }
        let line = Recalibration::fit(&predictions).expect("a line");
        assert!(line.intercept.abs() < 1e-9 && (line.slope - 3.0_f64.ln() / 4.0_f64.ln()).abs() < 1e-9, "{line:?}");
        assert!((line.apply(0.2) - 0.25).abs() < 1e-9);
        assert!((brier(&predictions).expect("a score") - (0.25 * 0.64 + 0.75 * 0.04)).abs() < 1e-12);
        assert_eq!(Recalibration::fit(&[of(0.2, false), of(0.8, true)]), None, "separated completely");
        assert_eq!(Recalibration::fit(&[]), None);
        assert_eq!(bins(&predictions).len(), 2);
        let (act, all) = net_benefit(&predictions, 0.5);
        assert!((act - (6.0 - 2.0) / 16.0).abs() < 1e-12 && all.abs() < 1e-12);
    }

    /// Four predictions of four units, by hand; of two units that agree within, it is as if each had been said once.
    #[test]
    fn the_error_of_a_gain_by_hand() {
        let all = [of(0.2, false), of(0.2, false), of(0.8, true), of(0.6, false)];
        let units: Vec<Vec<Prediction>> = all.iter().map(|one| vec![*one]).collect();
        let by_hand = (0.3443_f64 * 4.0 / 3.0).sqrt() / 4.0;
        assert!((gain_error(&units).expect("four units") - by_hand).abs() < 1e-9);
        let twice: Vec<Vec<Prediction>> = all.iter().map(|one| vec![*one, *one]).collect();
        assert!((gain_error(&twice).expect("four units") - by_hand).abs() < 1e-9);
        assert_eq!(gain_error(&units[..1]), None);
        assert_eq!(clustered_errors(Recalibration { intercept: 0.0, slope: 1.0 }, &units[..1]), None);
    }

    proptest! {
        /// The area counts pairs.
        #[test]
        fn the_area_counts_pairs(values in proptest::collection::vec((0_u8..6, any::<bool>()), 2..40)) {
            let predictions: Vec<Prediction> = values.iter().map(|(value, event)| of(f64::from(*value), *event)).collect();
            let (mut wins, mut pairs) = (0.0, 0.0);
            for left in predictions.iter().filter(|prediction| prediction.event) {
                for right in predictions.iter().filter(|prediction| !prediction.event) {
                    pairs += 1.0;
                    wins += if left.value > right.value { 1.0 } else if left.value < right.value { 0.0 } else { 0.5 };
                }
            }
            match auc(&predictions) {
                None => prop_assert!(pairs < 0.5),
                Some((area, error)) => {
                    prop_assert!((area - wins / pairs).abs() < 1e-12 && error.is_finite());
                }
            }
        }
    }
}
