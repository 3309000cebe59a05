//! How long clients stay: the share of courses that reach a session, where some are still going on.
//!
//! What counts as a session, and which courses are meant, is decided elsewhere.

use crate::proportion::{Share, two_sided_quantile};

/// Courses that had the same number of sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stayed {
    /// Sessions that took place; courses without any are no courses here.
    pub sessions: u64,
    /// Of them ended: nobody comes any more.
    pub ended: u64,
    /// Still going on: whether the next session is reached is not known yet.
    pub open: u64,
}

/// A line of the table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reached {
    /// The session, from 1.
    pub session: u64,
    /// The share of courses that reach it; 1 for the first.
    pub share: Share,
    /// Courses that had the session before and of which is known whether they went on: what the step to this one is made of.
    pub known: u64,
    /// Of them those that ended there.
    pub ended: u64,
}

/// The share of courses that reach each session up to `last`, with two-sided intervals. The table stops where nothing is known
/// any more.
///
/// The product-limit estimator (Kaplan EL, Meier P, 1958, J Am Stat Assoc 53:457–481) over sessions instead of time:
/// `S(s) = Π (1 − dⱼ / rⱼ)` for j from 1 to s − 1, with dⱼ courses that ended after session j and rⱼ courses that had session j
/// and of which is known whether they had another. A course that goes on and has had exactly j sessions says nothing about
/// session j + 1 and is left out of rⱼ. The interval is Wilson's with the effective number of cases `S(1 − S) / V`, V by
/// Greenwood's formula (Rothman KJ, 1978, J Chron Dis 31:557–560); while nobody has ended, with the smallest rⱼ.
///
/// ```
/// use stats::retention::{Stayed, table};
/// let stayed = [Stayed { sessions: 1, ended: 2, open: 0 }, Stayed { sessions: 3, ended: 3, open: 5 }];
/// let table = table(&stayed, 3, 0.95);
/// assert_eq!(table.iter().map(|line| (line.session, line.known, line.ended)).collect::<Vec<_>>(), [(1, 10, 0), (2, 10, 2), (3, 8, 0)]);
/// assert!((table[1].share.value - 0.8).abs() < 1e-12);
/// ```
pub fn table(stayed: &[Stayed], last: u64, confidence: f64) -> Vec<Reached> {
    let count = |of: &dyn Fn(&Stayed) -> u64| stayed.iter().map(of).sum::<u64>();
    let all = count(&|one| if one.sessions > 0 { one.ended + one.open } else { 0 });
    if all == 0 || last == 0 {
        return Vec::new();
    }
    let whole = Share { value: 1.0, low: 1.0, high: 1.0 };
    let mut table = vec![Reached { session: 1, share: whole, known: all, ended: 0 }];
    let (mut share, mut greenwood, mut fewest) = (1.0_f64, 0.0_f64, u64::MAX);
    for session in 2..=last {
        let before = session - 1;
        let ended = count(&|one| if one.sessions == before { one.ended } else { 0 });
        let known = ended + count(&|one| if one.sessions > before { one.ended + one.open } else { 0 });
        if known == 0 {
            break;
        }
        let (d, r) = (ended as f64, known as f64);
        share *= 1.0 - d / r;
        if known > ended {
            greenwood += d / (r * (r - d));
        }
        fewest = fewest.min(known);
        let variance = share * share * greenwood;
        let cases = if variance > 0.0 { share * (1.0 - share) / variance } else { fewest as f64 };
        table.push(Reached { session, share: score(share, cases, confidence), known, ended });
    }
    table
}

/// Wilson's interval for a share of a number of cases that need not be whole.
pub(crate) fn score(share: f64, cases: f64, confidence: f64) -> Share {
    let z2 = two_sided_quantile(confidence).powi(2);
    let centre = share + z2 / (2.0 * cases);
    let margin = (z2 * (share * (1.0 - share) / cases + z2 / (4.0 * cases * cases))).sqrt();
    let scale = 1.0 + z2 / cases;
    Share {
        value: share,
        low: if share <= 0.0 { 0.0 } else { ((centre - margin) / scale).max(0.0) },
        high: if share >= 1.0 { 1.0 } else { ((centre + margin) / scale).min(1.0) },
    }
}

#[cfg(test)]
mod tests {
    use super::{Stayed, table};
    use crate::proportion::wilson;
    use proptest::prelude::*;

    #[test]
    fn without_open_courses_it_is_the_plain_share_with_its_wilson_interval() {
        let stayed = [
            Stayed { sessions: 0, ended: 4, open: 1 },
            Stayed { sessions: 1, ended: 3, open: 0 },
            Stayed { sessions: 2, ended: 6, open: 0 },
            Stayed { sessions: 9, ended: 29, open: 0 },
        ];
        let table = table(&stayed, 4, 0.95);
        for (line, reached) in table.iter().zip([38, 35, 29, 29]) {
            let plain = wilson(reached, 38, 0.95).expect("a share");
            assert!((line.share.value - plain.value).abs() < 1e-12, "{line:?}");
            if reached < 38 {
                assert!(
                    (line.share.low - plain.low).abs() < 1e-9 && (line.share.high - plain.high).abs() < 1e-9,
                    "{line:?}"
                );
            }
        }
    }

    #[test]
    fn a_course_that_goes_on_says_nothing_of_the_session_to_come() {
        // Of ten with one session, four may still come: six are known, three of them came.
        let stayed = [Stayed { sessions: 1, ended: 3, open: 4 }, Stayed { sessions: 2, ended: 3, open: 0 }];
        let table = table(&stayed, 8, 0.95);
        assert_eq!(table.len(), 3, "nobody had a third session: {table:?}");
        assert_eq!((table[1].known, table[1].ended), (6, 3));
        assert!((table[1].share.value - 0.5).abs() < 1e-12);
        assert_eq!((table[2].share.value, table[2].share.low), (0.0, 0.0));
        assert!(super::table(&[], 8, 0.95).is_empty());
    }

    proptest! {
        #[test]
        fn shares_only_fall_and_lie_in_their_intervals(rows in prop::collection::vec((1_u64..12, 0_u64..20, 0_u64..20), 1..12)) {
            let stayed: Vec<Stayed> = rows.into_iter().map(|(sessions, ended, open)| Stayed { sessions, ended, open }).collect();
            let table = table(&stayed, 12, 0.95);
            for pair in table.windows(2) {
                prop_assert!(pair[1].share.value <= pair[0].share.value + 1e-12);
            }
            for line in table {
                let share = line.share;
                prop_assert!(0.0 <= share.low && share.low <= share.value + 1e-9 && share.value <= share.high + 1e-9 && share.high <= 1.0);
            }
        }
    }
}
