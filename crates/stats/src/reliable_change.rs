//! Reliable and clinically significant change after Jacobson and Truax (1991, J Consult Clin Psychol 59:12–19), and the
//! published alternatives to it ([`Method`]), computed from norms or from the scores of a group ([`Sample`]).
//!
//! Rules made of integer thresholds are in [`crate::talking_therapies`]; a threshold that a publication states for one
//! instrument is that instrument's, and its file has it.

mod cutoff;
mod lens;
mod method;
mod sample;

pub use cutoff::{Cutoff, CutoffError};
pub(crate) use lens::TIE;
pub use lens::{Lens, Remission, Shift, effect_size_change, percent_improvement};
pub use method::{Index, IndexError, Method, Reliability, slope_statistic};
pub use sample::{Sample, SampleError};

use crate::proportion::two_sided_quantile;
use statrs::statistics::Statistics;

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// A higher score is better.
    HigherBetter,
    /// A lower score is better.
    LowerBetter,
}

impl Direction {
    /// +1 where a higher score is better, −1 where a lower one is.
    pub const fn sign(self) -> f64 {
        match self {
            Self::HigherBetter => 1.0,
            Self::LowerBetter => -1.0,
        }
    }
}

/// What is known about a scale in a clinical and a functional group, in points of the scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Norms {
    clinical: Group,
    functional: Group,
    reliability: f64,
    direction: Direction,
}

/// Why norms cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum NormsError {
    /// A mean is not a number.
    #[error("the mean of the {group} group must be a finite number")]
    Mean {
        /// Which group.
        group: &'static str,
    },
    /// A standard deviation is not above zero.
    #[error("the standard deviation of the {group} group must be above 0")]
    Deviation {
        /// Which group.
        group: &'static str,
    },
    /// The reliability is not between 0 and 1. At 1 every change would be reliable.
    #[error("a reliability of {0} is not at least 0 and below 1")]
    Reliability(f64),
    /// The functional group is not better than the clinical one.
    #[error("the functional mean is not better than the clinical mean: check which group is which, and the direction")]
    Order,
}

/// A group's mean and standard deviation, in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Group {
    /// Mean.
    pub mean: f64,
    /// Standard deviation.
    pub sd: f64,
}

impl Group {
    /// Of a group's scores, with n − 1. The SD of a single score is not a number.
    pub fn of(scores: &[f64]) -> Self {
        let constant = scores.len() > 1 && scores.iter().all(|score| score.to_bits() == scores[0].to_bits());
        Self { mean: scores.mean(), sd: if constant { 0.0 } else { scores.std_dev() } }
    }
}

/// What happened to one person between two scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// In the clinical range before, out of it after, and reliably improved.
    Recovered,
    /// Reliably improved, not recovered.
    Improved,
    /// No reliable change.
    Unchanged,
    /// Reliably worse.
    Deteriorated,
    /// Reliably worse, and from the functional into the clinical range with it.
    Harmed,
}

impl Class {
    /// The class of a person whose reliable change is known. Without a cut-off it is improved, unchanged or
    /// deteriorated. With one, a score *at* the cut-off is still in the clinical range.
    ///
    /// Recovered: clinical before, functional after, reliably improved. Harmed: functional before, clinical after,
    /// reliably worse (the definition of the R package clinicalsignificance: Claus, 2024, J Stat Softw 111(1)).
    pub fn of(change: Reliable, pre: f64, post: f64, cutoff: Option<f64>, direction: Direction) -> Self {
        let functional = |score: f64| cutoff.map(|cutoff| direction.sign() * (score - cutoff) > 0.0);
        match (change, functional(pre), functional(post)) {
            (Reliable::Better, Some(false), Some(true)) => Self::Recovered,
            (Reliable::Better, ..) => Self::Improved,
            (Reliable::No, ..) => Self::Unchanged,
            (Reliable::Worse, Some(true), Some(false)) => Self::Harmed,
            (Reliable::Worse, ..) => Self::Deteriorated,
        }
    }

    /// The word for it, as files and reports have it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Recovered => "recovered",
            Self::Improved => "improved",
            Self::Unchanged => "unchanged",
            Self::Deteriorated => "deteriorated",
            Self::Harmed => "harmed",
        }
    }
}

/// Whether a change is more than measurement error, and which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reliable {
    /// Better.
    Better,
    /// Not told from error.
    No,
    /// Worse.
    Worse,
}

impl Reliable {
    /// By a statistic that has been turned so that more is better; the comparison with the critical value is strict.
    pub fn by(better: f64, critical: f64) -> Self {
        if better > critical {
            Self::Better
        } else if better < -critical {
            Self::Worse
        } else {
            Self::No
        }
    }
}

impl Norms {
    /// Norms of a clinical and a functional group, and the reliability of the scale (0 to below 1).
    pub fn new(clinical: Group, functional: Group, reliability: f64, direction: Direction) -> Result<Self, NormsError> {
        for (group, norm) in [("clinical", clinical), ("functional", functional)] {
            if !norm.mean.is_finite() {
                return Err(NormsError::Mean { group });
            }
            if !(norm.sd.is_finite() && norm.sd > 0.0) {
                return Err(NormsError::Deviation { group });
            }
        }
        if !(0.0..1.0).contains(&reliability) {
            return Err(NormsError::Reliability(reliability));
        }
        if direction.sign() * (functional.mean - clinical.mean) <= 0.0 {
            return Err(NormsError::Order);
        }
        Ok(Self { clinical, functional, reliability, direction })
    }

    /// Standard error of measurement in points: `SEM = s₁ √(1 − r)`, with s₁ the clinical SD and r the reliability.
    pub fn standard_error(&self) -> f64 {
        self.clinical.sd * (1.0 - self.reliability).sqrt()
    }

    /// Standard error of a difference between two scores in points: `S_diff = √2 · SEM`.
    pub fn difference_error(&self) -> f64 {
        std::f64::consts::SQRT_2 * self.standard_error()
    }

    /// The reliable change index: `RC = (post − pre) ÷ S_diff`, signed as the scale is; no unit.
    ///
    /// ```
    /// use stats::reliable_change::{Class, Direction, Group, Norms};
    /// let norms = Norms::new(Group { mean: 40.0, sd: 7.5 }, Group { mean: 60.0, sd: 7.5 }, 0.8, Direction::HigherBetter)?;
    /// assert!((norms.index(32.5, 47.5) - 3.162_277_660_168_38).abs() < 1e-12);
    /// assert_eq!(norms.classify(32.5, 47.5, norms.cutoff_c()), Class::Improved);
    /// # Ok::<(), stats::reliable_change::NormsError>(())
    /// ```
    pub fn index(&self, pre: f64, post: f64) -> f64 {
        (post - pre) / self.difference_error()
    }

    /// The smallest change that is more than measurement error, in points: `z · S_diff`, z the two-sided normal
    /// quantile at `confidence` (1.959964 at 0.95). A change must be larger than it, not equal to it.
    pub fn threshold(&self, confidence: f64) -> f64 {
        two_sided_quantile(confidence) * self.difference_error()
    }

    /// Cut-off a, in points: two clinical SDs from the clinical mean, in the direction of the functional group.
    pub fn cutoff_a(&self) -> f64 {
        cutoff::a(self.clinical, self.direction)
    }

    /// Cut-off b, in points: two *functional* SDs from the functional mean, in the direction of the clinical group.
    pub fn cutoff_b(&self) -> f64 {
        cutoff::b(self.functional, self.direction)
    }

    /// Cut-off c, in points: between the means, weighted by the SDs: `(s₁M₀ + s₀M₁) ÷ (s₀ + s₁)`. The one to use where
    /// the groups overlap.
    pub fn cutoff_c(&self) -> f64 {
        cutoff::c(self.clinical, self.functional)
    }

    /// What happened between two scores, against a cut-off, at 95 % two-sided. The comparison with the critical value
    /// is strict; a score at the cut-off is still in the clinical range.
    pub fn classify(&self, pre: f64, post: f64, cutoff: f64) -> Class {
        let change = Reliable::by(self.direction.sign() * self.index(pre, post), two_sided_quantile(0.95));
        Class::of(change, pre, post, Some(cutoff), self.direction)
    }
}

#[cfg(test)]
mod tests {
    use super::{Class, Direction, Group, Norms, NormsError};
    use proptest::prelude::*;

    const CLINICAL: Group = Group { mean: 40.0, sd: 7.5 };
    const FUNCTIONAL: Group = Group { mean: 60.0, sd: 7.5 };

    /// The worked example of the 1991 paper.
    #[test]
    fn worked_example() {
        let norms = Norms::new(CLINICAL, FUNCTIONAL, 0.8, Direction::HigherBetter).expect("norms");
        let near = |left: f64, right: f64| assert!((left - right).abs() < 1e-12, "{left} {right}");
        near(norms.standard_error(), 3.354_101_966_249_684);
        near(norms.difference_error(), 4.743_416_490_252_568);
        near(norms.index(32.5, 47.5), 3.162_277_660_168_38);
        near(norms.cutoff_a(), 55.0);
        near(norms.cutoff_b(), 45.0);
        near(norms.cutoff_c(), 50.0);
        assert_eq!(norms.classify(32.5, 47.5, norms.cutoff_c()), Class::Improved);
        assert_eq!(norms.classify(32.5, 47.5, norms.cutoff_b()), Class::Recovered);
        assert_eq!(norms.classify(47.5, 32.5, norms.cutoff_c()), Class::Deteriorated);
        assert_eq!(norms.classify(52.5, 32.5, norms.cutoff_c()), Class::Harmed, "out of the functional range");
        assert_eq!(norms.classify(40.0, 49.0, norms.cutoff_c()), Class::Unchanged, "9 < 1.96 × 4.74 = 9.30");
        assert_eq!(norms.classify(45.0, 50.0, 50.0), Class::Unchanged);
    }

    /// With unequal SDs the functional SD makes cut-off b; a published package takes the clinical one.
    #[test]
    fn cutoff_b_uses_the_functional_deviation() {
        let norms = Norms::new(CLINICAL, Group { mean: 60.0, sd: 5.0 }, 0.8, Direction::HigherBetter).expect("norms");
        assert!((norms.cutoff_b() - 50.0).abs() < 1e-12);
        assert!((norms.cutoff_c() - (7.5 * 60.0 + 5.0 * 40.0) / 12.5).abs() < 1e-12);
    }

    #[test]
    fn unusable_norms_are_refused() {
        let of =
            |clinical, functional, reliability| Norms::new(clinical, functional, reliability, Direction::HigherBetter);
        assert_eq!(of(CLINICAL, FUNCTIONAL, 1.0), Err(NormsError::Reliability(1.0)));
        assert_eq!(of(FUNCTIONAL, CLINICAL, 0.8), Err(NormsError::Order));
        assert!(matches!(of(Group { mean: 40.0, sd: 0.0 }, FUNCTIONAL, 0.8), Err(NormsError::Deviation { .. })));
        assert!(matches!(of(CLINICAL, Group { mean: f64::NAN, sd: 1.0 }, 0.8), Err(NormsError::Mean { .. })));
    }

    proptest! {
        /// Turning the scale around changes no verdict.
        #[test]
        fn direction_is_only_a_mirror(pre in 0_i32..100, post in 0_i32..100, reliability in 0.0_f64..0.99) {
            let up = Norms::new(CLINICAL, FUNCTIONAL, reliability, Direction::HigherBetter).expect("norms");
            let mirror = |group: Group| Group { mean: -group.mean, sd: group.sd };
            let down = Norms::new(mirror(CLINICAL), mirror(FUNCTIONAL), reliability, Direction::LowerBetter).expect("norms");
            let (pre, post) = (f64::from(pre), f64::from(post));
            prop_assert_eq!(up.classify(pre, post, up.cutoff_c()), down.classify(-pre, -post, down.cutoff_c()));
            let reliable = up.classify(pre, post, up.cutoff_c()) != Class::Unchanged;
            prop_assert_eq!(reliable, (post - pre).abs() > up.threshold(0.95));
        }
    }
}
