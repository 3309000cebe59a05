//! Six published indices of reliable change for pre–post scores, and the one that takes whole courses.
//!
//! Formulas as in the R package clinicalsignificance 3.0.0 (Claus, 2024, J Stat Softw 111(1)), which names the papers.

use super::{Direction, Group, Reliable, Sample};
use crate::growth::Posterior;
use crate::proportion::{one_sided_quantile, two_sided_quantile};

/// Which index of reliable change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Jacobson and Truax (1991): the standard.
    JacobsonTruax,
    /// Gulliksen, Lord and Novick: regression to the mean of the scores before.
    GulliksenLordNovick,
    /// Hsu, Linn and Lord: regression to the mean of the scores after.
    HsuLinnLord,
    /// Edwards and Nunnally, in the form of Speer (1992).
    EdwardsNunnally,
    /// Nunnally and Kotsch: with a reliability of its own for the scores after.
    NunnallyKotsch,
    /// Hageman and Arrindell (1999): the reliability of the difference itself; one-sided.
    HagemanArrindell,
}

/// Reliability of the scores, 0 to below 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reliability {
    pre: f64,
    post: f64,
}

impl Reliability {
    /// Of the scores before, and of the scores after where it differs.
    pub fn new(pre: f64, post: Option<f64>) -> Result<Self, IndexError> {
        let post = post.unwrap_or(pre);
        for reliability in [pre, post] {
            if !(0.0..1.0).contains(&reliability) {
                return Err(IndexError::Reliability(reliability));
            }
        }
        Ok(Self { pre, post })
    }
}

/// Why an index cannot be computed.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum IndexError {
    /// At 1 every change would be reliable.
    #[error("a reliability of {0} is not at least 0 and below 1")]
    Reliability(f64),
    /// The reliability is 0 where the formula divides by it.
    #[error("a reliability of 0 leaves this method nothing to divide by")]
    NoReliability,
    /// Hageman and Arrindell need scores after that vary.
    #[error("every score after treatment is the same: this method needs the correlation of before and after")]
    ConstantPost,
    /// The scores before and after correlate more than their reliability allows.
    #[error(
        "the reliability of the difference is {0:.4}, and this method needs more than 0: before and after correlate \
         more closely than the given reliability allows; check the reliability or take another method"
    )]
    Difference(f64),
}

/// An index of reliable change, ready for persons.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Index {
    method: Method,
    pre_mean: f64,
    post_mean: f64,
    reliability: f64,
    sem: f64,
    error: f64,
    difference_reliability: Option<f64>,
    critical: f64,
}

impl Index {
    /// For the persons of a sample, at 95 % confidence.
    ///
    /// | method | statistic | standard error |
    /// | --- | --- | --- |
    /// | Jacobson–Truax | x₂ − x₁ | √2 · SEM |
    /// | Gulliksen–Lord–Novick | (x₂ − M₁) − r (x₁ − M₁) | s₁ √(1 − r²) |
    /// | Hsu–Linn–Lord | (x₂ − M₂) − r (x₁ − M₁) | s₁ √(1 − r²) |
    /// | Edwards–Nunnally | x₂ − [r (x₁ − M₁) + M₁] | SEM |
    /// | Nunnally–Kotsch | x₂ − [r (x₁ − M₁) + M₁] | √(r² s₁² (1 − r) + s₁² (1 − r₂)) |
    /// | Hageman–Arrindell | (x₂ − x₁) ρ + (M₂ − M₁)(1 − ρ) | √ρ · √2 · SEM |
    ///
    /// x₁, x₂: a person's scores before and after; M₁, M₂, s₁, s₂: the sample's means and SDs (n − 1); r, r₂: the
    /// reliabilities; SEM = s₁ √(1 − r);
    /// ρ = (s₁² r₁ + s₂² r₂′ − 2 s₁ s₂ r₁₂) ÷ (s₁² + s₂² − 2 s₁ s₂ r₁₂) with rᵢ = (sᵢ² − SEM²) ÷ sᵢ². The critical
    /// value is the two-sided normal quantile (1.959964), for Hageman–Arrindell the one-sided one (1.644854).
    ///
    /// ```
    /// use stats::reliable_change::{Index, Method, Reliability, Sample};
    /// let sample = Sample::of(&[(32.5, 47.5), (40.0, 40.0), (47.5, 50.0)])?;
    /// let index = Index::new(Method::JacobsonTruax, &sample, Reliability::new(0.8, None)?)?;
    /// assert!((index.statistic(32.5, 47.5) - 3.162_277_660_168_38).abs() < 1e-12);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(method: Method, sample: &Sample, reliability: Reliability) -> Result<Self, IndexError> {
        let Group { mean: pre_mean, sd } = sample.pre;
        let Reliability { pre: r, post: r_post } = reliability;
        let sem = sd * (1.0 - r).sqrt();
        let mut difference_reliability = None;
        let error = match method {
            Method::JacobsonTruax => std::f64::consts::SQRT_2 * sem,
            Method::GulliksenLordNovick | Method::HsuLinnLord => sd * (1.0 - r * r).sqrt(),
            Method::EdwardsNunnally => sem,
            Method::NunnallyKotsch => (r * r * sd * sd * (1.0 - r) + sd * sd * (1.0 - r_post)).sqrt(),
            Method::HagemanArrindell => {
                let shared = 2.0 * sd * sample.post.sd * sample.correlation.ok_or(IndexError::ConstantPost)?;
                let (before, after) = (sd * sd, sample.post.sd * sample.post.sd);
                // sᵢ² rᵢ = sᵢ² − SEM².
                let of_difference = (before + after - 2.0 * sem * sem - shared) / (before + after - shared);
                if !(of_difference.is_finite() && of_difference > 0.0) {
                    return Err(IndexError::Difference(of_difference));
                }
                difference_reliability = Some(of_difference);
                of_difference.sqrt() * std::f64::consts::SQRT_2 * sem
            }
        };
        let critical = match method {
            Method::HagemanArrindell => one_sided_quantile(0.95),
            _ => two_sided_quantile(0.95),
        };
        let post_mean = sample.post.mean;
        Ok(Self { method, pre_mean, post_mean, reliability: r, sem, error, difference_reliability, critical })
    }

    /// The person's statistic, signed as the scale is; no unit.
    pub fn statistic(&self, pre: f64, post: f64) -> f64 {
        let expected = self.reliability * (pre - self.pre_mean);
        let change = match self.method {
            Method::JacobsonTruax => post - pre,
            Method::GulliksenLordNovick | Method::EdwardsNunnally | Method::NunnallyKotsch => {
                post - self.pre_mean - expected
            }
            Method::HsuLinnLord => post - self.post_mean - expected,
            Method::HagemanArrindell => {
                let own = self.difference_reliability.unwrap_or(1.0);
                (post - pre) * own + (self.post_mean - self.pre_mean) * (1.0 - own)
            }
        };
        change / self.error
    }

    /// Whether a person's change is more than measurement error; the comparison is strict.
    pub fn reliable(&self, pre: f64, post: f64, direction: Direction) -> Reliable {
        Reliable::by(direction.sign() * self.statistic(pre, post), self.critical)
    }

    /// What a statistic must exceed.
    pub fn critical(&self) -> f64 {
        self.critical
    }

    /// Standard error of measurement, in points: `s₁ √(1 − r)`.
    pub fn sem(&self) -> f64 {
        self.sem
    }

    /// Standard error of a difference, in points: `√2 · SEM`.
    pub fn s_diff(&self) -> f64 {
        std::f64::consts::SQRT_2 * self.sem
    }

    /// What this method divides by, in points.
    pub fn standard_error(&self) -> f64 {
        self.error
    }

    /// Hageman and Arrindell's reliability of the difference.
    pub fn difference_reliability(&self) -> Option<f64> {
        self.difference_reliability
    }
}

/// The hierarchical-linear-model index: a person's own slope (fixed effect and random effect together) ÷ the posterior
/// SD of the random slope, both from a growth model over the course (three scores or more). Compare with 1.959964.
/// Source: Speer DC, Greenbaum PE, 1995, J Consult Clin Psychol 63:1044–1048.
pub fn slope_statistic(fixed_slope: f64, person: &Posterior) -> f64 {
    (fixed_slope + person.slope) / person.covariance[1][1].sqrt()
}

#[cfg(test)]
mod tests {
    use super::{Index, IndexError, Method, Reliability};
    use crate::reliable_change::{Direction, Reliable, Sample};
    use proptest::prelude::*;

    const ALL: [Method; 6] = [
        Method::JacobsonTruax,
        Method::GulliksenLordNovick,
        Method::HsuLinnLord,
        Method::EdwardsNunnally,
        Method::NunnallyKotsch,
        Method::HagemanArrindell,
    ];

    const PAIRS: [(f64, f64); 6] = [(18.0, 9.0), (14.0, 12.0), (21.0, 6.0), (10.0, 13.0), (16.0, 16.0), (23.0, 15.0)];

    /// M₁ = 17, s₁ = √22.4, M₂ = 71/6, each figure by hand from the table of formulas.
    #[test]
    fn by_hand() {
        let sample = Sample::of(&PAIRS).expect("a sample");
        let near = |left: f64, right: f64| assert!((left - right).abs() < 1e-12, "{left} {right}");
        let of = |method| {
            Index::new(method, &sample, Reliability::new(0.84, Some(0.9)).expect("reliabilities")).expect("an index")
        };
        let s1 = 22.4_f64.sqrt();
        near(sample.pre.sd, s1);
        near(of(Method::JacobsonTruax).statistic(18.0, 9.0), -9.0 / (s1 * 0.4 * 2.0_f64.sqrt()));
        let se_p = s1 * (1.0 - 0.84 * 0.84_f64).sqrt();
        near(of(Method::GulliksenLordNovick).statistic(18.0, 9.0), (-8.0 - 0.84) / se_p);
        near(of(Method::HsuLinnLord).statistic(18.0, 9.0), (9.0 - 71.0 / 6.0 - 0.84) / se_p);
        near(of(Method::EdwardsNunnally).statistic(18.0, 9.0), (9.0 - 17.84) / (0.4 * s1));
        let se_nk = (0.84 * 0.84 * 22.4 * 0.16 + 22.4 * 0.1_f64).sqrt();
        near(of(Method::NunnallyKotsch).statistic(18.0, 9.0), (9.0 - 17.84) / se_nk);
    }

    /// ρ is the share of the differences' variance that is not error: 1 − 2 SEM² ÷ var(x₂ − x₁).
    #[test]
    fn the_reliability_of_the_difference() {
        let sample = Sample::of(&PAIRS).expect("a sample");
        let index = Index::new(Method::HagemanArrindell, &sample, Reliability::new(0.84, None).expect("a reliability"))
            .expect("an index");
        let differences: Vec<f64> = PAIRS.iter().map(|(pre, post)| post - pre).collect();
        let mean = differences.iter().sum::<f64>() / 6.0;
        let variance = differences.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / 5.0;
        let own = index.difference_reliability().expect("HA has one");
        assert!((own - (1.0 - 2.0 * index.sem().powi(2) / variance)).abs() < 1e-12);
        assert!((index.critical() - 1.644_853_626_951_47).abs() < 1e-9);
        let expected = (-9.0 * own + mean * (1.0 - own)) / (own.sqrt() * index.s_diff());
        assert!((index.statistic(18.0, 9.0) - expected).abs() < 1e-12);
    }

    #[test]
    fn what_cannot_be_computed_is_refused() {
        assert_eq!(Reliability::new(1.0, None), Err(IndexError::Reliability(1.0)));
        assert!(Reliability::new(0.9, Some(f64::NAN)).is_err());
        let flat = Sample::of(&[(1.0, 3.0), (2.0, 3.0), (5.0, 3.0)]).expect("a sample");
        let of = |sample: &Sample, r| {
            Index::new(Method::HagemanArrindell, sample, Reliability::new(r, None).expect("a reliability"))
        };
        assert_eq!(of(&flat, 0.8), Err(IndexError::ConstantPost));
        let alike = Sample::of(&[(1.0, 1.0), (2.0, 2.1), (5.0, 5.0)]).expect("a sample");
        assert!(matches!(of(&alike, 0.2), Err(IndexError::Difference(_))));
    }

    proptest! {
        /// Another zero and another unit of the scale change no statistic, and so no verdict.
        #[test]
        fn shift_and_scale(
            pairs in proptest::collection::vec((0_i32..60, 0_i32..60), 3..20),
            shift in -50.0_f64..50.0, scale in 0.1_f64..20.0, r in 0.3_f64..0.95,
        ) {
            let pairs: Vec<(f64, f64)> = pairs.into_iter().map(|(a, b)| (f64::from(a), f64::from(b))).collect();
            let moved: Vec<(f64, f64)> = pairs.iter().map(|(a, b)| (a * scale + shift, b * scale + shift)).collect();
            let (Ok(sample), Ok(other)) = (Sample::of(&pairs), Sample::of(&moved)) else { return Ok(()) };
            for method in ALL {
                let reliability = Reliability::new(r, None).expect("a reliability");
                let (Ok(left), Ok(right)) =
                    (Index::new(method, &sample, reliability), Index::new(method, &other, reliability)) else { continue };
                for ((pre, post), (moved_pre, moved_post)) in pairs.iter().zip(&moved) {
                    let (a, b) = (left.statistic(*pre, *post), right.statistic(*moved_pre, *moved_post));
                    prop_assert!((a - b).abs() < 1e-6 * (1.0 + a.abs()), "{method:?} {a} {b}");
                }
            }
        }

        /// More change in the good direction is never a worse verdict.
        #[test]
        fn more_improvement_is_never_worse(pre in 0_i32..27, post in 0_i32..27, more in 0_i32..10) {
            let sample = Sample::of(&PAIRS).expect("a sample");
            let rank = |change: Reliable| match change { Reliable::Worse => 0, Reliable::No => 1, Reliable::Better => 2 };
            for method in ALL {
                let index = Index::new(method, &sample, Reliability::new(0.84, None).expect("r")).expect("an index");
                let of = |post: i32| rank(index.reliable(f64::from(pre), f64::from(post), Direction::LowerBetter));
                prop_assert!(of(post - more) >= of(post));
            }
        }
    }
}
