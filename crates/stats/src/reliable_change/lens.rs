//! Other ways to look at one change: in percent, against a minimal important difference, in effect sizes; response and
//! remission. Each is a lens beside reliable change, never a replacement for it.

use super::{Direction, Reliable};

/// One way to judge a change, with what it takes to be called one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Lens {
    /// At least this share of the score before, in percent. Response is 50 (Rush AJ et al., 2006,
    /// Neuropsychopharmacology 31:1841–1853).
    Percent(f64),
    /// At least this many points: a minimal important difference, or a reliable change that a publication states.
    Points(f64),
    /// At least this many SDs of the scores before.
    EffectSize {
        /// SD of the scores before, in points.
        sd: f64,
        /// How many.
        at_least: f64,
    },
}

/// Scores before and after, in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shift {
    /// Before.
    pub pre: f64,
    /// After.
    pub post: f64,
    /// Which way is better.
    pub direction: Direction,
}

impl Shift {
    /// Points by which it became better; negative where it became worse.
    pub fn improvement(&self) -> f64 {
        self.direction.sign() * (self.post - self.pre)
    }
}

/// Rounding of decimal scores must not decide: 2.3 − 1.57 is not quite 0.73.
pub(crate) const TIE: f64 = 1e-9;

impl Lens {
    /// Whether a change counts, inclusively (≥), and which way. A score of 0 before has no percentage: any worsening
    /// from it counts as worse, and it cannot become better.
    ///
    /// ```
    /// use stats::reliable_change::{Direction, Lens, Reliable, Shift};
    /// let shift = Shift { pre: 16.0, post: 8.0, direction: Direction::LowerBetter };
    /// assert_eq!(Lens::Percent(50.0).see(&shift), Reliable::Better);
    /// assert_eq!(Lens::Points(9.0).see(&shift), Reliable::No);
    /// assert_eq!(Lens::EffectSize { sd: 6.1, at_least: 0.8 }.see(&shift), Reliable::Better);
    /// ```
    pub fn see(&self, shift: &Shift) -> Reliable {
        let needed = match self {
            Self::Percent(percent) => percent / 100.0 * shift.pre.abs(),
            Self::Points(points) => *points,
            Self::EffectSize { sd, at_least } => sd * at_least,
        };
        let improvement = shift.improvement();
        if improvement.abs() <= TIE {
            Reliable::No
        } else if improvement >= needed - TIE {
            Reliable::Better
        } else if -improvement >= needed - TIE {
            Reliable::Worse
        } else {
            Reliable::No
        }
    }
}

/// Improvement in percent of the score before; none from a score of 0.
pub fn percent_improvement(shift: &Shift) -> Option<f64> {
    (shift.pre != 0.0).then(|| 100.0 * shift.improvement() / shift.pre.abs())
}

/// Improvement in SDs of the scores before.
pub fn effect_size_change(shift: &Shift, sd: f64) -> f64 {
    shift.improvement() / sd
}

/// Few or no symptoms left: a score on the good side of a threshold, for example PHQ-9 below 5 (measure CMS159).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Remission {
    /// The score at which remission is just not reached, in points.
    pub threshold: f64,
    /// Which way is better.
    pub direction: Direction,
}

impl Remission {
    /// Whether a score is in remission: strictly on the good side.
    pub fn holds(&self, score: f64) -> bool {
        self.direction.sign() * (score - self.threshold) > 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_count_and_zero_has_no_percentage() {
        let lower = |pre, post| Shift { pre, post, direction: Direction::LowerBetter };
        assert_eq!(Lens::Points(0.73).see(&lower(2.3, 1.57)), Reliable::Better, "2.3 − 1.57 rounds below 0.73");
        assert_eq!(Lens::Percent(50.0).see(&lower(0.0, 4.0)), Reliable::Worse);
        assert_eq!(Lens::Percent(50.0).see(&lower(0.0, 0.0)), Reliable::No);
        assert_eq!(Lens::Percent(50.0).see(&lower(10.0, 15.0)), Reliable::Worse);
        assert_eq!(percent_improvement(&lower(0.0, 4.0)), None);
        assert_eq!(percent_improvement(&lower(16.0, 12.0)), Some(25.0));
        let up = Shift { pre: 20.0, post: 26.0, direction: Direction::HigherBetter };
        assert_eq!((Lens::Points(6.0).see(&up), effect_size_change(&up, 8.0)), (Reliable::Better, 0.75));
        let remission = Remission { threshold: 5.0, direction: Direction::LowerBetter };
        assert!(remission.holds(4.0) && !remission.holds(5.0));
    }
}
