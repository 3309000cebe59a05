//! What a group's scores before and after treatment say about themselves.

use super::Group;
use statrs::statistics::Statistics;

/// Means, SDs (n − 1) and the correlation of the scores of a group before and after.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// Persons with both scores.
    pub n: usize,
    /// Before, in points.
    pub pre: Group,
    /// After, in points.
    pub post: Group,
    /// Pearson's correlation of before and after; none where one of them does not vary.
    pub correlation: Option<f64>,
}

/// Why a group says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SampleError {
    /// Fewer than two persons have both scores.
    #[error("{0} person(s) with both scores: a standard deviation needs at least two")]
    TooFew(usize),
    /// Everybody has the same score before treatment.
    #[error("every score before treatment is the same: without a spread there is no measurement error to compare with")]
    Constant,
}

type Score = fn(&(f64, f64)) -> f64;

impl Sample {
    /// From pairs of scores before and after, in points.
    ///
    /// ```
    /// let sample = stats::reliable_change::Sample::of(&[(10.0, 5.0), (14.0, 8.0), (18.0, 5.0)])?;
    /// assert_eq!((sample.n, sample.pre.mean, sample.pre.sd, sample.post.mean), (3, 14.0, 4.0, 6.0));
    /// # Ok::<(), stats::reliable_change::SampleError>(())
    /// ```
    pub fn of(pairs: &[(f64, f64)]) -> Result<Self, SampleError> {
        if pairs.len() < 2 {
            return Err(SampleError::TooFew(pairs.len()));
        }
        let (before, after): (Score, Score) = (|pair| pair.0, |pair| pair.1);
        let group = |score: Score| Group::of(&pairs.iter().map(score).collect::<Vec<_>>());
        let (pre, post) = (group(before), group(after));
        if pre.sd <= 0.0 {
            return Err(SampleError::Constant);
        }
        let covariance = pairs.iter().map(before).covariance(pairs.iter().map(after));
        let correlation = (post.sd > 0.0).then(|| (covariance / (pre.sd * post.sd)).clamp(-1.0, 1.0));
        Ok(Self { n: pairs.len(), pre, post, correlation })
    }
}

#[cfg(test)]
mod tests {
    use super::{Sample, SampleError};

    #[test]
    fn constant_and_small_groups() {
        assert_eq!(Sample::of(&[(3.0, 1.0)]), Err(SampleError::TooFew(1)));
        assert_eq!(Sample::of(&[(0.1, 1.0), (0.1, 2.0), (0.1, 5.0)]), Err(SampleError::Constant));
        let flat = Sample::of(&[(1.0, 0.3), (2.0, 0.3), (4.0, 0.3)]).expect("scores before that vary");
        assert_eq!((flat.post.sd, flat.correlation), (0.0, None));
        let line = Sample::of(&[(1.0, 3.0), (2.0, 5.0), (4.0, 9.0)]).expect("a sample");
        assert!((line.correlation.expect("both vary") - 1.0).abs() < 1e-12);
    }
}
