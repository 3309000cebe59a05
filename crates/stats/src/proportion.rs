//! Shares of a group, and how uncertain they are.

use statrs::distribution::{Beta, ContinuousCDF, Normal};

/// A share with its interval; all three between 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// The share itself: hits ÷ cases.
    pub value: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

/// Why a share cannot be computed.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum ShareError {
    /// There is nothing to take a share of.
    #[error("a share of no cases is not a number; show \"no cases\" instead")]
    NoCases,
    /// More hits than cases.
    #[error("{hits} hits among {cases} cases: count again")]
    MoreHitsThanCases {
        /// Hits.
        hits: u64,
        /// Cases.
        cases: u64,
    },
    /// The confidence is not between 0 and 1.
    #[error("a confidence of {0} is not between 0 and 1 (0.95 is usual)")]
    Confidence(f64),
}

/// The share of `hits` among `cases` with its Wilson score interval, two-sided at `confidence` (0.95 is usual).
///
/// With p = hits ÷ cases, n = cases and z the normal quantile:
/// `(p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) ÷ (1 + z²/n)`.
/// Source: Wilson EB, 1927, J Am Stat Assoc 22:209–212, without continuity correction.
///
/// ```
/// let no_shows = stats::proportion::wilson(21, 164, 0.95)?;
/// let percent = |share: f64| (share * 1000.0).round() / 10.0;
/// assert_eq!([no_shows.value, no_shows.low, no_shows.high].map(percent), [12.8, 8.5, 18.8]);
/// # Ok::<(), stats::proportion::ShareError>(())
/// ```
pub fn wilson(hits: u64, cases: u64, confidence: f64) -> Result<Share, ShareError> {
    if cases == 0 {
        return Err(ShareError::NoCases);
    }
    if hits > cases {
        return Err(ShareError::MoreHitsThanCases { hits, cases });
    }
    if !(confidence > 0.0 && confidence < 1.0) {
        return Err(ShareError::Confidence(confidence));
    }
    let (p, n) = (hits as f64 / cases as f64, cases as f64);
    let z = two_sided_quantile(confidence);
    let z2 = z * z;
    let centre = p + z2 / (2.0 * n);
    let margin = z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z2 / n;
    Ok(Share {
        value: p,
        low: if hits == 0 { 0.0 } else { ((centre - margin) / scale).max(0.0) },
        high: if hits == cases { 1.0 } else { ((centre + margin) / scale).min(1.0) },
    })
}

/// The share with its exact interval, which never covers less than `confidence`: the shares at which the binomial tails
/// hold half of what is left. Ends are quantiles of the beta distribution, `B(x, n − x + 1)` and `B(x + 1, n − x)`.
/// Source: Clopper CJ, Pearson ES, 1934, Biometrika 26:404–413.
///
/// ```
/// let share = stats::proportion::exact(1, 10, 0.95)?;
/// let percent = |share: f64| (share * 1000.0).round() / 10.0;
/// assert_eq!([share.low, share.high].map(percent), [0.3, 44.5]);
/// # Ok::<(), stats::proportion::ShareError>(())
/// ```
pub fn exact(hits: u64, cases: u64, confidence: f64) -> Result<Share, ShareError> {
    // The same refusals and the same value.
    let value = wilson(hits, cases, confidence)?.value;
    let (x, rest) = (hits as f64, (cases - hits) as f64);
    let tail = (1.0 - confidence) / 2.0;
    let quantile = |a: f64, b: f64, p: f64| Beta::new(a, b).map_or(value, |beta| beta.inverse_cdf(p));
    Ok(Share {
        value,
        low: if hits == 0 { 0.0 } else { quantile(x, rest + 1.0, tail) },
        high: if hits == cases { 1.0 } else { quantile(x + 1.0, rest, 1.0 - tail) },
    })
}

/// The standard normal quantile that leaves half of `1 − confidence` on each side: 1.959964 at 0.95.
pub fn two_sided_quantile(confidence: f64) -> f64 {
    Normal::standard().inverse_cdf(f64::midpoint(1.0, confidence))
}

/// The standard normal quantile that leaves `1 − confidence` on one side: 1.644854 at 0.95.
pub(crate) fn one_sided_quantile(confidence: f64) -> f64 {
    Normal::standard().inverse_cdf(confidence)
}

/// The standard normal probability above z.
pub(crate) fn normal_above(z: f64) -> f64 {
    Normal::standard().sf(z)
}

#[cfg(test)]
mod tests {
    use super::{ShareError, exact, two_sided_quantile, wilson};
    use proptest::prelude::*;
    use statrs::distribution::{Binomial, DiscreteCDF};

    /// Share, lower and upper end in percent, as printed.
    fn percent(hits: u64, cases: u64) -> [String; 3] {
        let share = wilson(hits, cases, 0.95).expect("a share");
        [share.value, share.low, share.high].map(|part| format!("{:.1}", part * 100.0))
    }

    #[test]
    fn published_figures() {
        assert_eq!(percent(21, 164), ["12.8", "8.5", "18.8"]);
        assert_eq!(percent(9, 38), ["23.7", "13.0", "39.2"]);
        assert!((two_sided_quantile(0.95) - 1.959_964).abs() < 1e-6);
    }

    #[test]
    fn the_ends_stay_inside() {
        assert_eq!(percent(0, 10)[..2], ["0.0", "0.0"]);
        assert_eq!(percent(10, 10)[2], "100.0");
        assert_eq!(wilson(0, 0, 0.95), Err(ShareError::NoCases));
        assert_eq!(wilson(3, 2, 0.95), Err(ShareError::MoreHitsThanCases { hits: 3, cases: 2 }));
        assert!(wilson(1, 2, 1.0).is_err() && wilson(1, 2, f64::NAN).is_err());
    }

    proptest! {
        /// At each end the binomial tail holds exactly what is left over.
        #[test]
        fn the_exact_interval_leaves_the_tails(cases in 1_u64..200, part in 0.0_f64..=1.0) {
            let hits = (cases as f64 * part).floor() as u64;
            let share = exact(hits, cases, 0.95).expect("a share");
            prop_assert!(share.low <= share.value && share.value <= share.high);
            if hits > 0 {
                let chance = Binomial::new(share.low, cases).expect("a distribution");
                prop_assert!((chance.sf(hits - 1) - 0.025).abs() < 1e-6);
            }
            if hits < cases {
                let chance = Binomial::new(share.high, cases).expect("a distribution");
                prop_assert!((chance.cdf(hits) - 0.025).abs() < 1e-6);
            }
        }

        /// The ends of the interval are the shares at which a score test just rejects: (p − q)² = z² q(1 − q)/n.
        #[test]
        fn the_interval_inverts_the_score_test(cases in 1_u64..5000, part in 0.0_f64..=1.0) {
            let hits = (cases as f64 * part).floor() as u64;
            let share = wilson(hits, cases, 0.95).expect("a share");
            prop_assert!(0.0 <= share.low && share.low <= share.value && share.value <= share.high && share.high <= 1.0);
            let z = two_sided_quantile(0.95);
            for end in [share.low, share.high] {
                if end > 0.0 && end < 1.0 {
                    let left = (share.value - end).powi(2);
                    let right = z * z * end * (1.0 - end) / cases as f64;
                    prop_assert!((left - right).abs() < 1e-9);
                }
            }
        }
    }
}
