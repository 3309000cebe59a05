//! Is it getting better, or is it the usual up and down: XmR, p and p′ charts with the rules of NHS England's Making Data
//! Count, and the run-chart rules of Anhøj.

use statrs::distribution::{Binomial, DiscreteCDF};
use std::ops::Range;

/// Centre line and limits at one point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Centre.
    pub centre: f64,
    /// Lower limit, three sigma away.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
}

impl Limits {
    fn around(centre: f64, sigma: f64) -> Self {
        Self { centre, lower: centre - 3.0 * sigma, upper: centre + 3.0 * sigma }
    }

    fn within_unit(self) -> Self {
        Self { lower: self.lower.max(0.0), upper: self.upper.min(1.0), ..self }
    }
}

/// Limits of an XmR chart: `mean ± 2.66 · mean moving range`, where moving ranges of at least 3.267 times their mean are
/// left out once. None for fewer than two values. Source: Shewhart's constants 3/1.128 and 3.267; screening as in the R
/// package NHSRplotthedots.
///
/// ```
/// let limits = stats::control_chart::xmr(&[10.0, 12.0, 11.0, 13.0, 12.0]).expect("values");
/// assert!((limits.upper - (11.6 + 2.66 * 1.5)).abs() < 1e-9);
/// ```
pub fn xmr(values: &[f64]) -> Option<Limits> {
    if values.len() < 2 {
        return None;
    }
    let centre = values.iter().sum::<f64>() / values.len() as f64;
    let ranges: Vec<f64> = values.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
    let range = screened_mean(&ranges);
    Some(Limits { centre, lower: centre - 2.66 * range, upper: centre + 2.66 * range })
}

fn screened_mean(ranges: &[f64]) -> f64 {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
    let first = mean(ranges);
    let kept: Vec<f64> = ranges.iter().copied().filter(|range| *range < 3.267 * first).collect();
    if kept.is_empty() { first } else { mean(&kept) }
}

/// Hits among cases in one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Hits.
    pub hits: u64,
    /// Cases; above 0.
    pub cases: u64,
}

impl Period {
    fn share(self) -> f64 {
        self.hits as f64 / self.cases as f64
    }
}

fn pooled(periods: &[Period]) -> Option<f64> {
    let cases: u64 = periods.iter().map(|period| period.cases).sum();
    let hits: u64 = periods.iter().map(|period| period.hits).sum();
    (cases > 0 && periods.iter().all(|period| period.cases > 0)).then(|| hits as f64 / cases as f64)
}

/// Limits of a p chart: `p̄ ± 3 √(p̄(1 − p̄)/n)` for each period. None without periods or with an empty one.
pub fn p_chart(periods: &[Period]) -> Option<Vec<Limits>> {
    let p = pooled(periods)?;
    let sigma = |period: &Period| (p * (1.0 - p) / period.cases as f64).sqrt();
    Some(periods.iter().map(|period| Limits::around(p, sigma(period)).within_unit()).collect())
}

/// Limits of a p′ chart for large periods, where chance alone would be too narrow: the p chart's, widened by
/// `σ_z = mean moving range of z ÷ 1.128`. Source: Laney DB, 2002, Qual Eng 14:531–537.
pub fn p_prime_chart(periods: &[Period]) -> Option<Vec<Limits>> {
    let p = pooled(periods)?;
    let sigma = |period: &Period| (p * (1.0 - p) / period.cases as f64).sqrt();
    let z: Vec<f64> = periods.iter().map(|period| (period.share() - p) / sigma(period)).collect();
    let ranges: Vec<f64> = z.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
    if ranges.is_empty() || !z.iter().all(|z| z.is_finite()) {
        return p_chart(periods);
    }
    let wider = ranges.iter().sum::<f64>() / ranges.len() as f64 / 1.128;
    Some(periods.iter().map(|period| Limits::around(p, sigma(period) * wider).within_unit()).collect())
}

/// Limits for `periods` from what was usual in `usual`, so that what is tried cannot move the limits it is judged by: the p chart's
/// for each period, widened by Laney's σ_z where the usual periods vary more than chance does, never narrowed. None without usual
/// cases or with an empty period.
///
/// ```
/// use stats::control_chart::{Period, shares_from};
/// let usual = [Period { hits: 50, cases: 100 }, Period { hits: 45, cases: 100 }, Period { hits: 55, cases: 100 }];
/// let limits = shares_from(&usual, &[Period { hits: 90, cases: 100 }]).expect("limits");
/// assert!((limits[0].centre - 0.5).abs() < 1e-12 && limits[0].upper < 0.9);
/// ```
pub fn shares_from(usual: &[Period], periods: &[Period]) -> Option<Vec<Limits>> {
    let p = pooled(usual)?;
    if periods.iter().any(|period| period.cases == 0) {
        return None;
    }
    let sigma = |period: &Period| (p * (1.0 - p) / period.cases as f64).sqrt();
    let z: Vec<f64> = usual.iter().map(|period| (period.share() - p) / sigma(period)).collect();
    let ranges: Vec<f64> = z.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
    let wider = ranges.iter().sum::<f64>() / ranges.len().max(1) as f64 / 1.128;
    let wider = if wider.is_finite() { wider.max(1.0) } else { 1.0 };
    Some(periods.iter().map(|period| Limits::around(p, sigma(period) * wider).within_unit()).collect())
}

/// Why a point is not the usual up and down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Special {
    /// Beyond a limit.
    OutsideLimit,
    /// In a run of seven on one side of the centre.
    Shift,
    /// In seven that rise or fall, each further than the one before.
    Trend,
    /// One of two of three that are beyond two thirds of the way to one limit.
    NearLimit,
}

/// Which way a special point points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Towards higher values.
    High,
    /// Towards lower values.
    Low,
}

/// The first rule of Making Data Count that marks each point: outside a limit; a trend of seven; two of three near a limit;
/// seven on one side.
pub fn special(values: &[f64], limits: &[Limits]) -> Vec<Option<(Special, Side)>> {
    let n = values.len().min(limits.len());
    let mut marks: Vec<Option<(Special, Side)>> = vec![None; n];
    let mut mark = |range: Range<usize>, what: Special, side: Side, only: &dyn Fn(usize) -> bool| {
        for index in range {
            if only(index) {
                marks[index].get_or_insert((what, side));
            }
        }
    };
    let all = |_: usize| true;
    for index in 0..n {
        if values[index] > limits[index].upper {
            mark(index..index + 1, Special::OutsideLimit, Side::High, &all);
        } else if values[index] < limits[index].lower {
            mark(index..index + 1, Special::OutsideLimit, Side::Low, &all);
        }
    }
    for start in 0..n.saturating_sub(6) {
        let window = &values[start..start + 7];
        if window.windows(2).all(|pair| pair[1] > pair[0]) {
            mark(start..start + 7, Special::Trend, Side::High, &all);
        } else if window.windows(2).all(|pair| pair[1] < pair[0]) {
            mark(start..start + 7, Special::Trend, Side::Low, &all);
        }
    }
    let near = |index: usize, side: Side| {
        let Limits { centre, lower, upper } = limits[index];
        match side {
            Side::High => values[index] > centre + (upper - centre) * 2.0 / 3.0,
            Side::Low => values[index] < centre - (centre - lower) * 2.0 / 3.0,
        }
    };
    for start in 0..n.saturating_sub(2) {
        for side in [Side::High, Side::Low] {
            if (start..start + 3).filter(|index| near(*index, side)).count() >= 2 {
                mark(start..start + 3, Special::NearLimit, side, &|index| near(index, side));
            }
        }
    }
    for start in 0..n.saturating_sub(6) {
        let beyond = |index: usize| values[index].total_cmp(&limits[index].centre);
        if (start..start + 7).all(|index| beyond(index).is_gt()) {
            mark(start..start + 7, Special::Shift, Side::High, &all);
        } else if (start..start + 7).all(|index| beyond(index).is_lt()) {
            mark(start..start + 7, Special::Shift, Side::Low, &all);
        }
    }
    marks
}

/// What Anhøj's rules say of the runs around the median.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Runs {
    /// Points that are not on the median.
    pub useful: usize,
    /// Longest run on one side.
    pub longest: usize,
    /// The longest that chance makes likely: `round(log₂ n) + 3`.
    pub longest_usual: usize,
    /// Crossings of the median.
    pub crossings: usize,
    /// The fewest that chance makes likely: the 5 % quantile of a binomial distribution with n − 1 and one half.
    pub crossings_usual: usize,
}

impl Runs {
    /// A run too long or too few crossings.
    pub const fn unusual(&self) -> bool {
        self.longest > self.longest_usual || self.crossings < self.crossings_usual
    }
}

/// Runs around the median. None with fewer than ten useful points, where the rules say nothing. Source: Anhøj J, Olesen AV,
/// 2014, PLoS ONE 9:e113825; as in the R package qicharts2.
pub fn runs(values: &[f64]) -> Option<Runs> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let n = sorted.len();
    let centre = if n == 0 { return None } else { f64::midpoint(sorted[(n - 1) / 2], sorted[n / 2]) };
    let sides: Vec<bool> =
        values.iter().filter(|value| value.total_cmp(&centre).is_ne()).map(|value| *value > centre).collect();
    let useful = sides.len();
    if useful < 10 {
        return None;
    }
    let longest = sides.chunk_by(|left, right| left == right).map(<[bool]>::len).max().unwrap_or(0);
    let crossings = sides.windows(2).filter(|pair| pair[0] != pair[1]).count();
    let chance = Binomial::new(0.5, useful as u64 - 1).ok()?;
    Some(Runs {
        useful,
        longest,
        longest_usual: (useful as f64).log2().round() as usize + 3,
        crossings,
        crossings_usual: chance.inverse_cdf(0.05) as usize,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(n: usize) -> Vec<Limits> {
        vec![Limits { centre: 0.0, lower: -3.0, upper: 3.0 }; n]
    }

    #[test]
    fn one_wild_range_is_screened_out_once() {
        let mut values = vec![10.0, 11.0, 10.0, 11.0, 10.0, 11.0, 10.0, 11.0, 10.0, 11.0];
        let calm = xmr(&values).expect("limits");
        assert!((calm.upper - (10.5 + 2.66)).abs() < 1e-9);
        values.push(60.0);
        let wild = xmr(&values).expect("limits");
        assert!(wild.upper - wild.centre < 2.66 + 1e-9, "the jump of 49 does not widen the limits");
        assert_eq!(xmr(&[1.0]), None);
    }

    #[test]
    fn each_rule_in_its_order() {
        let only = |values: &[f64]| special(values, &flat(values.len()));
        assert_eq!(only(&[0.0, 3.1, -0.5])[1], Some((Special::OutsideLimit, Side::High)));
        assert!(
            only(&[-0.9, -0.6, -0.3, 0.0, 0.3, 0.6, 0.9])
                .iter()
                .all(|mark| *mark == Some((Special::Trend, Side::High)))
        );
        assert!(only(&[0.5; 7]).iter().all(|mark| *mark == Some((Special::Shift, Side::High))));
        assert!(only(&[-0.5; 6]).iter().all(Option::is_none), "six are not seven");
        let near = only(&[-2.1, 0.1, -2.5]);
        assert_eq!(near, [Some((Special::NearLimit, Side::Low)), None, Some((Special::NearLimit, Side::Low))]);
    }

    #[test]
    fn p_and_p_prime() {
        let periods =
            [Period { hits: 50, cases: 100 }, Period { hits: 45, cases: 100 }, Period { hits: 55, cases: 100 }];
        let limits = p_chart(&periods).expect("limits");
        assert!((limits[0].upper - 0.65).abs() < 1e-12 && (limits[0].centre - 0.5).abs() < 1e-12);
        // z: 0, −1, 1; moving ranges 1 and 2; σ_z = 1.5/1.128.
        let prime = p_prime_chart(&periods).expect("limits");
        assert!((prime[0].upper - (0.5 + 0.15 * 1.5 / 1.128)).abs() < 1e-12);
        assert_eq!(p_chart(&[Period { hits: 0, cases: 0 }]), None);
        assert!(p_prime_chart(&[Period { hits: 0, cases: 9 }, Period { hits: 0, cases: 4 }]).is_some());
    }

    #[test]
    fn limits_of_the_usual_are_not_moved_by_what_is_tried_and_never_narrower_than_chance() {
        let usual = vec![Period { hits: 50, cases: 100 }; 12];
        let tried = [Period { hits: 90, cases: 100 }, Period { hits: 9, cases: 10 }];
        let limits = shares_from(&usual, &tried).expect("limits");
        // Twelve equal periods vary less than chance: the limits are the p chart's.
        assert!((limits[0].upper - 0.65).abs() < 1e-12, "{limits:?}");
        assert!((limits[1].upper - (0.5 + 0.3 * 2.5_f64.sqrt())).abs() < 1e-9, "ten cases say less: {limits:?}");
        let wild = [Period { hits: 20, cases: 100 }, Period { hits: 80, cases: 100 }];
        assert!(shares_from(&wild, &tried).expect("limits")[0].upper > 0.9);
        assert_eq!(shares_from(&[], &tried), None);
        assert_eq!(shares_from(&usual, &[Period { hits: 0, cases: 0 }]), None);
    }

    /// n = 24: a run of 8 is the longest usual one, and 8 crossings the fewest (published table of Anhøj and Olesen).
    #[test]
    fn runs_of_twenty_four() {
        let alternating: Vec<f64> = (0..24).map(|index| f64::from(index % 2)).collect();
        let found = runs(&alternating).expect("runs");
        assert_eq!((found.useful, found.longest_usual, found.crossings_usual), (24, 8, 8));
        assert!(!found.unusual());
        let stepped: Vec<f64> = (0..24).map(|index| f64::from(index / 12)).collect();
        let found = runs(&stepped).expect("runs");
        assert_eq!((found.longest, found.crossings), (12, 1));
        assert!(found.unusual());
        assert_eq!(runs(&[1.0; 30]), None, "nothing is off the median");
    }
}
