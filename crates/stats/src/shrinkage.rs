//! Small caseloads pulled towards the group: empirical-Bayes estimates of rates and means. To be shown with their
//! intervals, never as ranks alone.

use crate::proportion::two_sided_quantile;

/// A unit's own estimate and its sampling variance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unit {
    /// On any scale where units are about normal.
    pub estimate: f64,
    /// Its sampling variance.
    pub variance: f64,
}

/// What units have in common.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Common {
    /// Their mean.
    pub mean: f64,
    /// Its standard error.
    pub error: f64,
    /// τ²: variance of the units' true values.
    pub between: f64,
}

/// A unit after shrinkage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shrunken {
    /// The posterior mean.
    pub estimate: f64,
    /// Its standard error, given the common mean and τ².
    pub error: f64,
}

impl Shrunken {
    /// The interval that holds the unit's true value with this probability.
    pub fn interval(&self, level: f64) -> (f64, f64) {
        let margin = two_sided_quantile(level) * self.error;
        (self.estimate - margin, self.estimate + margin)
    }

    /// Probability that the unit's true value is above a benchmark.
    pub fn above(&self, benchmark: f64) -> f64 {
        crate::proportion::normal_above((benchmark - self.estimate) / self.error)
    }
}

impl Common {
    /// τ² by DerSimonian and Laird (1986, Control Clin Trials 7:177–188), the mean weighted with it. None for fewer than
    /// two units.
    pub fn of(units: &[Unit]) -> Option<Self> {
        let k = units.len() as f64;
        if units.len() < 2 {
            return None;
        }
        let weights = |extra: f64| units.iter().map(move |unit| (unit.variance + extra).recip());
        let mean_with = |extra: f64| {
            let total: f64 = weights(extra).sum();
            weights(extra).zip(units).map(|(weight, unit)| weight * unit.estimate).sum::<f64>() / total
        };
        let fixed = mean_with(0.0);
        let q: f64 = weights(0.0).zip(units).map(|(weight, unit)| weight * (unit.estimate - fixed).powi(2)).sum();
        let (sum, squares) =
            weights(0.0).fold((0.0, 0.0), |(sum, squares), weight| (sum + weight, squares + weight * weight));
        let between = ((q - (k - 1.0)) / (sum - squares / sum)).max(0.0);
        let precision: f64 = weights(between).sum();
        Some(Self { mean: mean_with(between), error: precision.recip().sqrt(), between })
    }

    /// τ² by restricted maximum likelihood (Viechtbauer W, 2005, J Educ Behav Stat 30:261–293), by scoring from
    /// DerSimonian and Laird's.
    pub fn of_by_reml(units: &[Unit]) -> Option<Self> {
        let mut found = Self::of(units)?;
        for _ in 0..200 {
            let weights: Vec<f64> = units.iter().map(|unit| (unit.variance + found.between).recip()).collect();
            let sum: f64 = weights.iter().sum();
            let mean = weights.iter().zip(units).map(|(weight, unit)| weight * unit.estimate).sum::<f64>() / sum;
            let squares: f64 = weights.iter().map(|weight| weight * weight).sum();
            let spread: f64 = weights
                .iter()
                .zip(units)
                .map(|(weight, unit)| weight * weight * ((unit.estimate - mean).powi(2) - unit.variance))
                .sum();
            let next = (spread / squares + sum.recip()).max(0.0);
            let settled = (next - found.between).abs() < 1e-12 * (1.0 + next);
            found = Self { mean, error: sum.recip().sqrt(), between: next };
            if settled {
                break;
            }
        }
        Some(found)
    }

    /// A unit pulled towards the mean by `variance/(variance + τ²)`.
    ///
    /// ```
    /// use stats::shrinkage::{Common, Unit};
    /// let units = [(0.2, 0.01), (0.8, 0.01), (0.5, 0.04)].map(|(estimate, variance)| Unit { estimate, variance });
    /// let common = Common::of(&units).expect("several units");
    /// let small = common.shrink(&Unit { estimate: 0.9, variance: 0.04 });
    /// assert!(small.estimate < 0.9 && small.estimate > common.mean);
    /// ```
    pub fn shrink(&self, unit: &Unit) -> Shrunken {
        let own = self.between / (self.between + unit.variance);
        Shrunken { estimate: self.mean + own * (unit.estimate - self.mean), error: (own * unit.variance).sqrt() }
    }
}

/// A rate as a unit on the log-odds scale, with half a case added to each side so that 0 and all have a value:
/// `ln((x + ½)/(n − x + ½))`, variance `1/(x + ½) + 1/(n − x + ½)`. Source: Haldane JBS, 1956, Ann Hum Genet 20:309–311.
pub fn log_odds(hits: u64, cases: u64) -> Unit {
    let (yes, no) = (hits as f64 + 0.5, cases.saturating_sub(hits) as f64 + 0.5);
    Unit { estimate: (yes / no).ln(), variance: yes.recip() + no.recip() }
}

/// Back from log-odds to a share.
pub fn share(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Units that do not differ more than chance have no τ², and everybody gets the mean.
    #[test]
    fn no_difference_is_no_difference() {
        let units = [0.5, 0.5, 0.5].map(|estimate| Unit { estimate, variance: 0.02 });
        let common = Common::of(&units).expect("units");
        assert!(common.between.abs() < 1e-15);
        let shrunken = common.shrink(&units[0]);
        assert!((shrunken.estimate - 0.5).abs() < 1e-12 && shrunken.error.abs() < 1e-12);
        assert_eq!(Common::of(&units[..1]), None);
    }

    /// With equal variances both estimates of τ² are the sample variance less the sampling variance.
    #[test]
    fn equal_variances_by_hand() {
        let units = [1.0, 2.0, 3.0, 6.0].map(|estimate| Unit { estimate, variance: 0.5 });
        let variance = (4.0 + 1.0 + 0.0 + 9.0) / 3.0;
        for common in [Common::of(&units), Common::of_by_reml(&units)] {
            let common = common.expect("units");
            assert!(
                (common.between - (variance - 0.5)).abs() < 1e-9 && (common.mean - 3.0).abs() < 1e-12,
                "{common:?}"
            );
        }
        let shrunken = Common::of(&units).expect("units").shrink(&units[3]);
        assert!(shrunken.above(3.0) > 0.99 && shrunken.interval(0.95).0 > 3.0);
    }

    #[test]
    fn rates_by_their_log_odds() {
        let unit = log_odds(0, 5);
        assert!(unit.estimate.is_finite() && share(unit.estimate) > 0.0);
        assert!((share(log_odds(50, 100).estimate) - 0.5).abs() < 1e-12);
    }

    proptest! {
        /// Shrinking moves towards the mean and never beyond it, and never widens.
        #[test]
        fn towards_the_mean(values in proptest::collection::vec((-3.0_f64..3.0, 0.01_f64..2.0), 2..20)) {
            let units: Vec<Unit> = values.iter().map(|(estimate, variance)| Unit { estimate: *estimate, variance: *variance }).collect();
            for common in [Common::of(&units), Common::of_by_reml(&units)] {
                let common = common.expect("units");
                for unit in &units {
                    let shrunken = common.shrink(unit);
                    let (low, high) = (common.mean.min(unit.estimate), common.mean.max(unit.estimate));
                    prop_assert!(low - 1e-9 <= shrunken.estimate && shrunken.estimate <= high + 1e-9);
                    prop_assert!(shrunken.error <= unit.variance.sqrt() + 1e-12);
                }
            }
        }
    }
}
