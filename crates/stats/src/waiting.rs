//! How long something takes of which some is not over yet: median, quartiles, and how sure the median is.
//!
//! What is waited for, and in which unit, is decided elsewhere.

use crate::proportion::Share;
use crate::retention::score;

/// One wait, in any unit of time; at least 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Wait {
    /// It took this long.
    Over(f64),
    /// It has lasted this long and goes on.
    Open(f64),
}

impl Wait {
    const fn length(self) -> f64 {
        match self {
            Self::Over(length) | Self::Open(length) => length,
        }
    }
}

/// The middle of many waits, in their unit. What is none has not been reached: too many still go on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Middle {
    /// Half of them took at most this long.
    pub median: Option<f64>,
    /// Lower end of the median's interval.
    pub low: Option<f64>,
    /// Upper end of the median's interval.
    pub high: Option<f64>,
    /// A quarter of them took at most this long.
    pub lower: Option<f64>,
    /// Three quarters of them took at most this long.
    pub upper: Option<f64>,
    /// All waits.
    pub n: u64,
    /// Of them those that go on.
    pub open: u64,
}

/// The middle of waits, the median with its two-sided interval. None without a wait.
///
/// The product-limit estimator (Kaplan EL, Meier P, 1958, J Am Stat Assoc 53:457–481) takes what goes on for as long as is known.
/// The interval holds every length at which the interval of the share that still waits holds one half (Brookmeyer R, Crowley J,
/// 1982, Biometrics 38:29–41); that one is Wilson's with the effective number of cases (Rothman KJ, 1978, J Chron Dis 31:557–560).
///
/// ```
/// use stats::waiting::{Wait, middle};
/// let waits = [5.0, 10.0, 20.0, 30.0, 40.0, 60.0, 90.0].map(Wait::Over);
/// let middle = middle(&waits, 0.95).expect("waits");
/// assert_eq!((middle.median, middle.lower, middle.upper), (Some(30.0), Some(10.0), Some(60.0)));
/// ```
pub fn middle(waits: &[Wait], confidence: f64) -> Option<Middle> {
    if waits.is_empty() {
        return None;
    }
    let mut sorted = waits.to_vec();
    sorted.sort_unstable_by(|one, other| one.length().total_cmp(&other.length()));
    let mut middle = Middle {
        median: None,
        low: None,
        high: None,
        lower: None,
        upper: None,
        n: sorted.len() as u64,
        open: sorted.iter().filter(|wait| matches!(wait, Wait::Open(_))).count() as u64,
    };
    let (mut share, mut greenwood, mut cases) = (1.0_f64, 0.0_f64, sorted.len() as f64);
    let mut at_risk = sorted.len();
    for group in sorted.chunk_by(|one, other| one.length().total_cmp(&other.length()).is_eq()) {
        let length = group[0].length();
        let ended = group.iter().filter(|wait| matches!(wait, Wait::Over(_))).count();
        if ended > 0 {
            let (d, r) = (ended as f64, at_risk as f64);
            share *= 1.0 - d / r;
            if ended < at_risk {
                greenwood += d / (r * (r - d));
                cases = (1.0 - share) / (share * greenwood);
            } else {
                share = 0.0;
            }
            let Share { low, high, .. } = score(share, cases, confidence);
            // A hair of rounding must not move a quantile to the next wait.
            let first = |place: &mut Option<f64>, reached: bool| {
                if reached && place.is_none() {
                    *place = Some(length);
                }
            };
            first(&mut middle.lower, share <= 0.75 + 1e-9);
            first(&mut middle.median, share <= 0.5 + 1e-9);
            first(&mut middle.upper, share <= 0.25 + 1e-9);
            first(&mut middle.low, low <= 0.5);
            first(&mut middle.high, high < 0.5);
        }
        at_risk -= group.len();
    }
    Some(middle)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Survival of the 6-MP group (Freireich EJ et al., 1963, Blood 21:699–716, in weeks): the published median is 23, its lower
    /// quartile 13.
    #[test]
    fn remission_of_the_six_mp_group() {
        let over = [6.0, 6.0, 6.0, 7.0, 10.0, 13.0, 16.0, 22.0, 23.0].map(Wait::Over);
        let open = [6.0, 9.0, 10.0, 11.0, 17.0, 19.0, 20.0, 25.0, 32.0, 32.0, 34.0, 35.0].map(Wait::Open);
        let waits: Vec<Wait> = over.into_iter().chain(open).collect();
        let middle = middle(&waits, 0.95).expect("waits");
        assert_eq!((middle.median, middle.lower, middle.upper), (Some(23.0), Some(13.0), None));
        assert_eq!((middle.n, middle.open, middle.high), (21, 12, None));
        assert!(middle.low.is_some_and(|low| (10.0..=16.0).contains(&low)), "{middle:?}");
    }

    #[test]
    fn while_most_still_wait_there_is_no_median() {
        let waits = [Wait::Over(3.0), Wait::Open(50.0), Wait::Open(60.0), Wait::Open(70.0)];
        let middle = middle(&waits, 0.95).expect("waits");
        assert_eq!((middle.lower, middle.median, middle.upper), (Some(3.0), None, None));
        assert_eq!(super::middle(&[], 0.95), None);
    }

    proptest! {
        #[test]
        fn quantiles_stand_in_order_and_the_interval_holds_the_median(lengths in prop::collection::vec((0_u32..500, any::<bool>()), 1..60)) {
            let wait = |(length, over): (u32, bool)| if over { Wait::Over(f64::from(length)) } else { Wait::Open(f64::from(length)) };
            let middle = middle(&lengths.into_iter().map(wait).collect::<Vec<_>>(), 0.95).expect("waits");
            let order = [middle.lower, middle.median, middle.upper].map(|one| one.unwrap_or(f64::INFINITY));
            prop_assert!(order.windows(2).all(|pair| pair[0] <= pair[1]));
            if let Some(median) = middle.median {
                prop_assert!(middle.low.is_none_or(|low| low <= median));
                prop_assert!(middle.high.is_none_or(|high| high >= median));
            }
        }
    }
}
