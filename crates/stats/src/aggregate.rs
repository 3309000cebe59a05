//! Figures over many closed courses, from counts and sums alone: a share with what is missing from it, and effect sizes.
//!
//! What a hit is (recovered, improved) is decided course by course elsewhere; which figures are shown to whom is `care`'s.

use crate::effect_size::{Adjustment, Effect, EffectError, mean_change, pre_post, raw_pre_post};
use crate::proportion::{Share, wilson};
use crate::reliable_change::{Direction, Group, Sample};
use std::ops::AddAssign;

/// Below this share of courses with both scores a figure says more about who answered than about how they fared.
pub const REPORTABLE: f64 = 0.6;

/// A count of hits among courses of which some have no last score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    /// Hits; they are measured.
    pub hits: u64,
    /// Courses with both scores.
    pub measured: u64,
    /// All courses that the figure is about.
    pub eligible: u64,
}

/// A share of courses, with everything needed to judge it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figure {
    /// What it is made of.
    pub count: Count,
    /// Hits among those measured, with the Wilson interval.
    pub share: Share,
    /// Measured among all.
    pub completeness: f64,
    /// The share if everybody without a last score were no hit.
    pub worst: f64,
    /// The share if everybody without a last score were a hit.
    pub best: f64,
}

impl Figure {
    /// The figure; none where nobody was measured or the counts contradict one another.
    ///
    /// ```
    /// use stats::aggregate::{Count, Figure};
    /// let figure = Figure::of(Count { hits: 6, measured: 10, eligible: 40 }, 0.95).expect("ten were measured");
    /// let percent = |share: f64| (share * 100.0).round();
    /// assert_eq!([figure.share.value, figure.completeness, figure.worst, figure.best].map(percent), [60.0, 25.0, 15.0, 90.0]);
    /// assert!(!figure.is_reportable());
    /// ```
    pub fn of(count: Count, confidence: f64) -> Option<Self> {
        let Count { hits, measured, eligible } = count;
        if measured > eligible {
            return None;
        }
        let share = wilson(hits, measured, confidence).ok()?;
        let all = eligible as f64;
        Some(Self {
            count,
            share,
            completeness: measured as f64 / all,
            worst: hits as f64 / all,
            best: (hits + eligible - measured) as f64 / all,
        })
    }

    /// Whether enough were measured for the share to be reported.
    pub fn is_reportable(&self) -> bool {
        self.completeness >= REPORTABLE
    }
}

/// First and last scores of many courses as sums: enough for means, spread, correlation and effect sizes. In points.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PairedSums {
    /// Courses with both scores.
    pub n: u64,
    /// Σ first.
    pub first: f64,
    /// Σ first².
    pub first_squared: f64,
    /// Σ last.
    pub last: f64,
    /// Σ last².
    pub last_squared: f64,
    /// Σ first · last.
    pub product: f64,
}

impl AddAssign for PairedSums {
    fn add_assign(&mut self, other: Self) {
        self.n += other.n;
        self.first += other.first;
        self.first_squared += other.first_squared;
        self.last += other.last;
        self.last_squared += other.last_squared;
        self.product += other.product;
    }
}

impl PairedSums {
    /// Adds a course.
    pub fn add(&mut self, first: f64, last: f64) {
        *self +=
            Self { n: 1, first, first_squared: first * first, last, last_squared: last * last, product: first * last };
    }

    /// The sample the sums describe; none with fewer than two courses.
    pub fn sample(&self) -> Option<Sample> {
        if self.n < 2 {
            return None;
        }
        let n = self.n as f64;
        let (pre, post) = (self.first / n, self.last / n);
        // Differences of large sums may come out a hair below zero.
        let spread = |squares: f64, mean: f64| ((squares - n * mean * mean).max(0.0) / (n - 1.0)).sqrt();
        let (pre_sd, post_sd) = (spread(self.first_squared, pre), spread(self.last_squared, post));
        let covariance = (self.product - n * pre * post) / (n - 1.0);
        let varies = pre_sd > 1e-9 && post_sd > 1e-9;
        Some(Sample {
            n: usize::try_from(self.n).unwrap_or(usize::MAX),
            pre: Group { mean: pre, sd: pre_sd },
            post: Group { mean: post, sd: post_sd },
            correlation: varies.then(|| (covariance / (pre_sd * post_sd)).clamp(-1.0, 1.0)),
        })
    }

    /// Mean change towards better, in points.
    pub fn mean_gain(&self, direction: Direction) -> Option<f64> {
        (self.n > 0).then(|| direction.sign() * (self.last - self.first) / self.n as f64)
    }

    /// Pre–post d without small-sample correction: mean gain ÷ SD of the first scores.
    pub fn raw_d(&self, direction: Direction) -> Option<f64> {
        let sample = self.sample().filter(|sample| sample.pre.sd > 1e-9)?;
        Some(direction.sign() * (sample.post.mean - sample.pre.mean) / sample.pre.sd)
    }

    /// Mean change towards better in points, with interval ([`mean_change`]).
    pub fn gain(&self, direction: Direction, confidence: f64) -> Result<Effect, EffectError> {
        let sample = self.sample().ok_or(EffectError::TooFew(usize::try_from(self.n).unwrap_or(usize::MAX)))?;
        mean_change(&sample, direction, confidence)
    }

    /// Pre–post d without the correction, with interval ([`raw_pre_post`]).
    pub fn raw_effect(&self, direction: Direction, confidence: f64) -> Result<Effect, EffectError> {
        let sample = self.sample().ok_or(EffectError::TooFew(usize::try_from(self.n).unwrap_or(usize::MAX)))?;
        if sample.pre.sd <= 1e-9 {
            return Err(EffectError::ConstantIntake);
        }
        raw_pre_post(&sample, direction, confidence)
    }

    /// Pre–post d with small-sample correction and interval ([`pre_post`]).
    pub fn effect(&self, direction: Direction, confidence: f64) -> Result<Effect, EffectError> {
        let sample = self.sample().ok_or(EffectError::TooFew(usize::try_from(self.n).unwrap_or(usize::MAX)))?;
        if sample.pre.sd <= 1e-9 {
            return Err(EffectError::ConstantIntake);
        }
        pre_post(&sample, direction, confidence)
    }

    /// The mean severity-adjusted effect size of these courses against a reference, with its interval: see
    /// [`Adjustment::mean`], of which this is the same from sums.
    pub fn adjusted(&self, reference: &Self, direction: Direction, confidence: f64) -> Result<Effect, EffectError> {
        Adjustment::from_sums(reference, direction)?
            .mean_of_sums(self, direction, confidence)
            .ok_or(EffectError::TooFew(usize::try_from(self.n).unwrap_or(usize::MAX)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect_size::Adjustment;
    use proptest::prelude::*;

    /// First and last scores of ten clients on the PHQ-9.
    const TEN: [(f64, f64); 10] = [
        (18.0, 7.0),
        (15.0, 9.0),
        (21.0, 16.0),
        (12.0, 4.0),
        (10.0, 8.0),
        (16.0, 22.0),
        (14.0, 8.0),
        (9.0, 6.0),
        (20.0, 9.0),
        (13.0, 12.0),
    ];

    fn sums(pairs: &[(f64, f64)]) -> PairedSums {
        let mut sums = PairedSums::default();
        for (first, last) in pairs {
            sums.add(*first, *last);
        }
        sums
    }

    #[test]
    fn ten_clients_by_hand() {
        let ten = sums(&TEN);
        let lower = Direction::LowerBetter;
        assert!((ten.mean_gain(lower).unwrap() - 4.7).abs() < 1e-12);
        assert!((ten.sample().unwrap().pre.sd - 4.022).abs() < 5e-4);
        assert!((ten.raw_d(lower).unwrap() - 1.17).abs() < 5e-3);
        assert!((ten.effect(lower, 0.95).unwrap().d - 1.07).abs() < 5e-3);
    }

    #[test]
    fn nobody_measured_is_no_figure() {
        assert_eq!(Figure::of(Count { hits: 0, measured: 0, eligible: 12 }, 0.95), None);
        assert_eq!(Figure::of(Count { hits: 1, measured: 3, eligible: 2 }, 0.95), None);
        assert_eq!(sums(&[]).sample(), None);
        assert!(sums(&[(5.0, 4.0); 4]).effect(Direction::LowerBetter, 0.95).is_err(), "no spread, no effect size");
    }

    proptest! {
        #[test]
        fn sums_say_what_the_scores_say(pairs in proptest::collection::vec((0_u8..28, 0_u8..28), 4..60)) {
            let pairs: Vec<(f64, f64)> = pairs.into_iter().map(|(a, b)| (f64::from(a), f64::from(b))).collect();
            let lower = Direction::LowerBetter;
            if let Ok(sample) = Sample::of(&pairs) {
                let of_sums = sums(&pairs).sample().unwrap();
                prop_assert!((sample.pre.sd - of_sums.pre.sd).abs() < 1e-9);
                prop_assert!((sample.post.mean - of_sums.post.mean).abs() < 1e-9);
                if let (Ok(one), Ok(other)) = (pre_post(&sample, lower, 0.95), sums(&pairs).effect(lower, 0.95)) {
                    prop_assert!((one.d - other.d).abs() < 1e-9 && (one.low - other.low).abs() < 1e-7);
                }
                if let Ok(adjustment) = Adjustment::learn(&pairs, lower) {
                    let (part, _) = pairs.split_at(pairs.len() / 2);
                    if let Some(expected) = adjustment.mean(part, lower, 0.95) {
                        let found = sums(part).adjusted(&sums(&pairs), lower, 0.95).unwrap();
                        prop_assert!((expected.d - found.d).abs() < 1e-7, "{expected:?} {found:?}");
                        prop_assert!((expected.error - found.error).abs() < 1e-6, "{expected:?} {found:?}");
                    }
                }
            }
        }

        #[test]
        fn the_bounds_hold_whatever_the_missing_would_have_said(hits in 0_u64..40, more in 0_u64..40, missing in 0_u64..40, of_them in 0_u64..40) {
            let count = Count { hits, measured: hits + more, eligible: hits + more + missing };
            if let Some(figure) = Figure::of(count, 0.95) {
                let truth = (hits + of_them.min(missing)) as f64 / count.eligible as f64;
                prop_assert!(figure.worst <= truth + 1e-12 && truth <= figure.best + 1e-12);
                prop_assert!(figure.worst <= figure.share.value + 1e-12 && figure.share.value <= figure.best + 1e-12);
            }
        }
    }
}
