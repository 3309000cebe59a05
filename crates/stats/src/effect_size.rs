//! How large a change is, in standard deviations, and how certain.

use crate::aggregate::PairedSums;
use crate::proportion::two_sided_quantile;
use crate::reliable_change::{Direction, Sample};
use nalgebra::{DMatrix, DVector};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// An effect size with its standard error and interval; no unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effect {
    /// The effect, positive where persons became better.
    pub d: f64,
    /// Its standard error.
    pub error: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of it.
    pub high: f64,
}

/// Why there is no effect size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EffectError {
    /// The correlation of before and after is needed.
    #[error("every score after treatment is the same: the interval needs the correlation of before and after")]
    NoCorrelation,
    /// Fewer than three persons.
    #[error("{0} person(s): an effect size with an interval needs at least three")]
    TooFew(usize),
    /// The intake does not vary among the persons whom a regression on it needs.
    #[error("the first scores do not vary: there is nothing to adjust for")]
    ConstantIntake,
}

fn effect(d: f64, variance: f64, confidence: f64) -> Effect {
    let error = variance.sqrt();
    let margin = two_sided_quantile(confidence) * error;
    Effect { d, error, low: d - margin, high: d + margin }
}

/// Pre–post d with small-sample correction: `d = (1 − 3/(4n − 5)) · (M₁ − M₂)/s₁`, variance `2(1 − r)/n + d²/2n`.
/// Source: Becker BJ, 1988, Br J Math Stat Psychol 41:257–278, as used for benchmarks by Minami T et al., 2008, J Consult
/// Clin Psychol 76:116–124.
///
/// ```
/// use stats::effect_size::pre_post;
/// use stats::reliable_change::{Direction, Sample};
/// let sample = Sample::of(&[(18.0, 9.0), (14.0, 12.0), (21.0, 6.0), (10.0, 13.0), (16.0, 16.0), (23.0, 15.0)])?;
/// let effect = pre_post(&sample, Direction::LowerBetter, 0.95)?;
/// assert!(effect.d > 0.9 && effect.low < effect.d && effect.d < effect.high);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn pre_post(sample: &Sample, direction: Direction, confidence: f64) -> Result<Effect, EffectError> {
    if sample.n < 3 {
        return Err(EffectError::TooFew(sample.n));
    }
    let n = sample.n as f64;
    let r = sample.correlation.ok_or(EffectError::NoCorrelation)?;
    let gain = direction.sign() * (sample.post.mean - sample.pre.mean);
    let d = (1.0 - 3.0 / (4.0 * n - 5.0)) * gain / sample.pre.sd;
    Ok(effect(d, 2.0 * (1.0 - r) / n + d * d / (2.0 * n), confidence))
}

/// Pre–post d as it is, without the correction: `d = (M₁ − M₂)/s₁`, large-sample variance `2(1 − r)/n + d²/2n`.
/// Source: Becker BJ, 1988, Br J Math Stat Psychol 41:257–278.
pub fn raw_pre_post(sample: &Sample, direction: Direction, confidence: f64) -> Result<Effect, EffectError> {
    if sample.n < 3 {
        return Err(EffectError::TooFew(sample.n));
    }
    let n = sample.n as f64;
    let r = sample.correlation.ok_or(EffectError::NoCorrelation)?;
    let d = direction.sign() * (sample.post.mean - sample.pre.mean) / sample.pre.sd;
    Ok(effect(d, 2.0 * (1.0 - r) / n + d * d / (2.0 * n), confidence))
}

/// Mean change towards better, in points and not in standard deviations: `D̄ ± t·s_D/√n` with n − 1 degrees of freedom,
/// `s_D² = s₁² + s₂² − 2r·s₁·s₂`.
/// Source: Altman DG et al., 2000, Statistics with Confidence, 2nd edition, chapter 4 (paired samples).
///
/// ```
/// use stats::effect_size::mean_change;
/// use stats::reliable_change::{Direction, Sample};
/// let sample = Sample::of(&[(18.0, 9.0), (14.0, 12.0), (21.0, 6.0), (10.0, 13.0), (16.0, 16.0), (23.0, 15.0)])?;
/// let change = mean_change(&sample, Direction::LowerBetter, 0.95)?;
/// assert!((change.d - 31.0 / 6.0).abs() < 1e-12 && change.low < 0.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn mean_change(sample: &Sample, direction: Direction, confidence: f64) -> Result<Effect, EffectError> {
    if sample.n < 3 {
        return Err(EffectError::TooFew(sample.n));
    }
    let n = sample.n as f64;
    let (pre, post) = (sample.pre.sd, sample.post.sd);
    // Where one of them does not vary, they do not vary together.
    let together = sample.correlation.unwrap_or(0.0) * pre * post;
    let error = ((pre * pre + post * post - 2.0 * together).max(0.0) / n).sqrt();
    let d = direction.sign() * (sample.post.mean - sample.pre.mean);
    let margin = student_quantile(confidence, n - 1.0) * error;
    Ok(Effect { d, error, low: d - margin, high: d + margin })
}

/// The quantile of Student's t that leaves half of `1 − confidence` on each side; the normal one where there are no degrees of
/// freedom to speak of.
fn student_quantile(confidence: f64, degrees: f64) -> f64 {
    StudentsT::new(0.0, 1.0, degrees)
        .map_or_else(|_| two_sided_quantile(confidence), |t| t.inverse_cdf(f64::midpoint(1.0, confidence)))
}

/// Standardised mean gain: the mean change in SDs of the raw scores, which takes the correlation r into account:
/// `g = (M₁ − M₂)/s_p`, s_p² the mean of both variances, variance `2(1 − r)/n + g²/2n`.
/// Source: Lipsey MW, Wilson DB, 2001, Practical Meta-Analysis, table B10.
pub fn mean_gain(sample: &Sample, direction: Direction, confidence: f64) -> Result<Effect, EffectError> {
    if sample.n < 3 {
        return Err(EffectError::TooFew(sample.n));
    }
    let n = sample.n as f64;
    let r = sample.correlation.ok_or(EffectError::NoCorrelation)?;
    let pooled = f64::midpoint(sample.pre.sd.powi(2), sample.post.sd.powi(2)).sqrt();
    let g = direction.sign() * (sample.post.mean - sample.pre.mean) / pooled;
    Ok(effect(g, 2.0 * (1.0 - r) / n + g * g / (2.0 * n), confidence))
}

/// A regression of the change on the intake in a reference sample, for severity-adjusted effect sizes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adjustment {
    intercept: f64,
    slope: f64,
    mean_gain: f64,
    sd: f64,
}

impl Adjustment {
    /// From pairs of scores before and after of a reference sample (persons in the clinical range).
    pub fn learn(reference: &[(f64, f64)], direction: Direction) -> Result<Self, EffectError> {
        if reference.len() < 3 {
            return Err(EffectError::TooFew(reference.len()));
        }
        let sample = Sample::of(reference).map_err(|_| EffectError::ConstantIntake)?;
        let design =
            DMatrix::from_fn(reference.len(), 2, |row, column| if column == 0 { 1.0 } else { reference[row].0 });
        let gains =
            DVector::from_fn(reference.len(), |row, _| direction.sign() * (reference[row].1 - reference[row].0));
        let solved = design.svd(true, true).solve(&gains, 1e-12).map_err(|_| EffectError::ConstantIntake)?;
        Ok(Self { intercept: solved[0], slope: solved[1], mean_gain: gains.mean(), sd: sample.pre.sd })
    }

    /// The same from the sums of a reference sample.
    pub fn from_sums(reference: &PairedSums, direction: Direction) -> Result<Self, EffectError> {
        let few = || EffectError::TooFew(usize::try_from(reference.n).unwrap_or(usize::MAX));
        let sample = reference.sample().filter(|sample| sample.n > 2).ok_or_else(few)?;
        let n = reference.n as f64;
        let square = reference.first_squared - n * sample.pre.mean.powi(2);
        if square <= 1e-9 {
            return Err(EffectError::ConstantIntake);
        }
        let mean_gain = direction.sign() * (sample.post.mean - sample.pre.mean);
        // Σ x·gain, with gain = ±(y − x).
        let products = direction.sign() * (reference.product - reference.first_squared);
        let slope = (products - n * sample.pre.mean * mean_gain) / square;
        Ok(Self { intercept: mean_gain - slope * sample.pre.mean, slope, mean_gain, sd: sample.pre.sd })
    }

    /// [`Adjustment::mean`] from the sums of the persons.
    pub fn mean_of_sums(&self, persons: &PairedSums, direction: Direction, confidence: f64) -> Option<Effect> {
        let sample = persons.sample()?;
        let n = persons.n as f64;
        let sign = direction.sign();
        // An effect is linear in both scores: constant + (±y − (±1 + slope)·x) ÷ SD.
        let (of_first, of_last) = (-(sign + self.slope) / self.sd, sign / self.sd);
        let constant = (self.mean_gain - self.intercept) / self.sd;
        let mean = constant + of_first * sample.pre.mean + of_last * sample.post.mean;
        let covariance = (persons.product - n * sample.pre.mean * sample.post.mean) / (n - 1.0);
        let variance = of_first.powi(2) * sample.pre.sd.powi(2)
            + of_last.powi(2) * sample.post.sd.powi(2)
            + 2.0 * of_first * of_last * covariance;
        Some(effect(mean, variance.max(0.0) / n, confidence))
    }

    /// The severity-adjusted effect size of one person:
    /// `(mean gain of the reference + gain − gain expected from the intake) ÷ SD of the reference's intakes`.
    /// Source: Brown GS et al., the ACORN collaboration's published description.
    pub fn of(&self, pre: f64, post: f64, direction: Direction) -> f64 {
        let gain = direction.sign() * (post - pre);
        (self.mean_gain + gain - (self.intercept + self.slope * pre)) / self.sd
    }

    /// The mean over persons, with its interval from their spread. None with fewer than two.
    pub fn mean(&self, persons: &[(f64, f64)], direction: Direction, confidence: f64) -> Option<Effect> {
        let effects: Vec<f64> = persons.iter().map(|(pre, post)| self.of(*pre, *post, direction)).collect();
        let n = effects.len() as f64;
        let mean = effects.iter().sum::<f64>() / n;
        let variance = effects.iter().map(|effect| (effect - mean).powi(2)).sum::<f64>() / (n - 1.0) / n;
        (effects.len() > 1).then(|| effect(mean, variance, confidence))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAIRS: [(f64, f64); 6] = [(18.0, 9.0), (14.0, 12.0), (21.0, 6.0), (10.0, 13.0), (16.0, 16.0), (23.0, 15.0)];

    #[test]
    fn by_hand() {
        let sample = Sample::of(&PAIRS).expect("a sample");
        let found = pre_post(&sample, Direction::LowerBetter, 0.95).expect("an effect");
        let d = (1.0 - 3.0 / 19.0) * (17.0 - 71.0 / 6.0) / 22.4_f64.sqrt();
        assert!((found.d - d).abs() < 1e-12);
        let r = sample.correlation.expect("both vary");
        assert!((found.error.powi(2) - (2.0 * (1.0 - r) / 6.0 + d * d / 12.0)).abs() < 1e-12);
        assert!((found.high - found.d - 1.959_963_984_540 * found.error).abs() < 1e-9);
        let gain = mean_gain(&sample, Direction::HigherBetter, 0.95).expect("an effect");
        assert!(gain.d < 0.0, "the other way is worse");
    }

    /// Against a table of t, and the mean of the six differences by hand: 9, 2, 15, −3, 0, 8.
    #[test]
    fn a_mean_change_has_the_interval_of_a_paired_t() {
        for (degrees, t) in
            [(2.0, 4.3027), (4.0, 2.7764), (5.0, 2.5706), (9.0, 2.2622), (19.0, 2.0930), (100.0, 1.9840)]
        {
            let found = student_quantile(0.95, degrees);
            assert!((found - t).abs() < 5e-5, "{degrees}: {found} for {t}");
        }
        let sample = Sample::of(&PAIRS).expect("a sample");
        let found = mean_change(&sample, Direction::LowerBetter, 0.95).expect("a change");
        let (mean, squares): (f64, f64) = (31.0 / 6.0, 81.0 + 4.0 + 225.0 + 9.0 + 0.0 + 64.0);
        let error = ((squares - 6.0 * mean * mean) / 5.0 / 6.0).sqrt();
        assert!((found.d - mean).abs() < 1e-12 && (found.error - error).abs() < 1e-9);
        assert!((found.high - mean - 2.5706 * error).abs() < 1e-3, "{found:?}");
        let raw = raw_pre_post(&sample, Direction::LowerBetter, 0.95).expect("an effect");
        let corrected = pre_post(&sample, Direction::LowerBetter, 0.95).expect("an effect");
        assert!((raw.d * (1.0 - 3.0 / 19.0) - corrected.d).abs() < 1e-12 && raw.error > corrected.error);
        let flat = Sample { pre: crate::reliable_change::Group { sd: 0.0, ..sample.pre }, correlation: None, ..sample };
        assert!(
            mean_change(&flat, Direction::LowerBetter, 0.95).is_ok(),
            "a first score that all share has a mean change"
        );
    }

    /// The reference sample itself has its own unadjusted effect on average, whatever its regression.
    #[test]
    fn the_reference_is_its_own_mean() {
        let adjustment = Adjustment::learn(&PAIRS, Direction::LowerBetter).expect("an adjustment");
        let mean = adjustment.mean(&PAIRS, Direction::LowerBetter, 0.95).expect("a mean");
        assert!((mean.d - (17.0 - 71.0 / 6.0) / 22.4_f64.sqrt()).abs() < 1e-9);
        let flat = [(5.0, 3.0), (5.0, 4.0), (5.0, 2.0)];
        assert_eq!(Adjustment::learn(&flat, Direction::LowerBetter), Err(EffectError::ConstantIntake));
    }
}
