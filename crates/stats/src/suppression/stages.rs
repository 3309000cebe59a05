//! Counts of the stages that people or things pass through, by group: planned, sent, opened, handed in. What two stages differ by
//! counts those that stopped between them, and what the groups shown leave of the whole counts the others. So not only each count
//! has to be large enough, but also each that a subtraction makes.
//!
//! A stage is shown for every group of a table or for none; groups are hidden from the smallest up, together. Of the ways that are left the
//! one is taken that shows most.

use super::{Shown, suppress};

/// What may be shown of a table of stages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stages<const N: usize> {
    /// The sums over all groups.
    pub whole: [Option<u64>; N],
    /// Each group's, in their order.
    pub groups: Vec<[Option<u64>; N]>,
}

/// Hides what is from 1 to `minimum` − 1 in a table of `N` stages, or could be computed from what is shown to be. The first stage is the one
/// that all others are part of, without it no other is shown; the rest stand in the order in which they are wanted. Tables of the same people
/// in other groups may be shown beside: none shows a stage that the whole does not.
///
/// ```
/// use stats::suppression::suppress_stages;
/// let shown = suppress_stages(&[[300, 240, 296], [90, 60, 77], [6, 6, 6]], 11);
/// // 6 are too few, and so are the 4 of the 300 that do not count in the third stage.
/// assert_eq!(shown.whole, [Some(396), Some(306), Some(379)]);
/// assert_eq!(shown.groups, [[Some(300), Some(240), None], [None, None, None], [None, None, None]]);
/// ```
pub fn suppress_stages<const N: usize>(groups: &[[u64; N]], minimum: u64) -> Stages<N> {
    let minimum = minimum.max(3);
    let all = sum(groups.iter());
    let whole = safe_stages(&[all], [true; N], minimum);
    let mut order: Vec<usize> = (0..groups.len()).collect();
    order.sort_by_key(|place| first(&groups[*place]));
    let mut most = (0, [false; N], groups.len());
    for hidden in fewest_hidden(groups, minimum)..groups.len() {
        let (few, many) = order.split_at(hidden);
        // Those of one size go together: which of them was hidden would say something.
        if few.last().is_some_and(|last| first(&groups[*last]) == first(&groups[many[0]])) {
            continue;
        }
        let rest = sum(few.iter().map(|place| &groups[*place]));
        let units: Vec<[u64; N]> = many.iter().map(|place| groups[*place]).chain([rest]).collect();
        let stages = safe_stages(&units, whole, minimum);
        let cells = many.len() * stages.iter().filter(|stage| **stage).count();
        if cells > most.0 {
            most = (cells, stages, hidden);
        }
    }
    let (_, stages, hidden) = most;
    let mut shown = vec![[None; N]; groups.len()];
    for place in &order[hidden..] {
        shown[*place] = only(&groups[*place], stages);
    }
    Stages { whole: only(&all, whole), groups: shown }
}

fn first<const N: usize>(stages: &[u64; N]) -> u64 {
    stages.first().copied().unwrap_or(0)
}

fn sum<'a, const N: usize>(groups: impl Iterator<Item = &'a [u64; N]>) -> [u64; N] {
    groups.fold([0; N], |sum, group| std::array::from_fn(|stage| sum[stage] + group[stage]))
}

fn only<const N: usize>(counts: &[u64; N], stages: [bool; N]) -> [Option<u64>; N] {
    std::array::from_fn(|stage| stages[stage].then_some(counts[stage]))
}

/// How many groups have to be hidden for their size alone.
fn fewest_hidden<const N: usize>(groups: &[[u64; N]], minimum: u64) -> usize {
    let sizes: Vec<u64> = groups.iter().map(first).collect();
    match suppress(&sizes, minimum) {
        Shown::Parts(parts) => parts.iter().filter(|part| part.is_none()).count(),
        Shown::Withheld => groups.len(),
    }
}

/// Which of the stages all of these may show: one after the other, where neither it nor what it differs by from those before is small.
fn safe_stages<const N: usize>(units: &[[u64; N]], of: [bool; N], minimum: u64) -> [bool; N] {
    let is_safe = |count: u64| count == 0 || count >= minimum;
    let mut shown = [false; N];
    for stage in (0..N).filter(|stage| of[*stage]) {
        if stage > 0 && !shown[0] {
            break;
        }
        shown[stage] = units.iter().all(|unit| {
            is_safe(unit[stage])
                && (0..stage).filter(|other| shown[*other]).all(|other| is_safe(unit[other].abs_diff(unit[stage])))
        });
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_group_is_shown_as_the_whole() {
        let shown = suppress_stages(&[[100, 80, 75]], 11);
        assert_eq!(shown.whole, [Some(100), Some(80), None]);
        assert_eq!(shown.groups, [shown.whole]);
    }

    #[test]
    fn groups_as_small_as_one_hidden_go_with_it() {
        let shown = suppress_stages(&[[40], [40], [90], [5]], 11);
        assert_eq!(shown.groups, [[None], [None], [Some(90)], [None]]);
        assert_eq!(suppress_stages(&[[40], [5]], 11).groups, [[None], [None]]);
        assert_eq!(suppress_stages::<2>(&[], 11).groups, Vec::<[Option<u64>; 2]>::new());
    }

    #[test]
    fn a_group_that_would_hide_a_stage_of_many_is_hidden_itself() {
        // The 40 differ by 3. Hidden with the 20, what is left of the whole are 60 and 13 fewer.
        let shown = suppress_stages(&[[200, 150], [150, 100], [100, 60], [40, 37], [20, 10]], 11);
        assert_eq!(shown.groups[..3], [[Some(200), Some(150)], [Some(150), Some(100)], [Some(100), Some(60)]]);
        assert_eq!(shown.groups[3..], [[None; 2], [None; 2]]);
    }

    /// Stages that are part of the one before, as a funnel's mostly are, or of the first alone.
    fn a_group() -> impl Strategy<Value = [u64; 4]> {
        (1_u64..80, 0_u64..=100, 0_u64..=100, 0_u64..=100).prop_map(|(all, one, two, three)| {
            let (sent, opened) = (all * one / 100, all * two / 100);
            [all, sent, opened, opened * three / 100]
        })
    }

    proptest! {
        #[test]
        fn no_subtraction_gives_a_small_count(
            groups in proptest::collection::vec(a_group(), 1..7),
            minimum in 3_u64..12,
        ) {
            let shown = suppress_stages(&groups, minimum);
            let is_safe = |count: u64| count == 0 || count >= minimum;
            let rest: Vec<Option<u64>> = (0..4)
                .map(|stage| {
                    let parts: Option<u64> = shown.groups.iter().filter(|group| group[0].is_some()).map(|group| group[stage]).sum();
                    Some(shown.whole[stage]? - parts?)
                })
                .collect();
            // Only where something was shown can something be left of it.
            let rows = shown.groups.iter().map(|group| group.to_vec());
            let some = shown.groups.iter().any(|group| group[0].is_some());
            for row in rows.chain([shown.whole.to_vec()]).chain(some.then_some(rest)) {
                let counts: Vec<u64> = row.into_iter().flatten().collect();
                for (place, count) in counts.iter().enumerate() {
                    prop_assert!(is_safe(*count), "{count} in {shown:?}");
                    for other in &counts[..place] {
                        prop_assert!(is_safe(count.abs_diff(*other)), "{other} - {count} in {shown:?}");
                    }
                }
            }
        }

        #[test]
        fn what_is_shown_is_true_and_no_group_is_hidden_alone(
            groups in proptest::collection::vec(a_group(), 1..7),
            minimum in 3_u64..12,
        ) {
            let shown = suppress_stages(&groups, minimum);
            for (group, shown_of) in groups.iter().zip(&shown.groups) {
                for stage in 0..4 {
                    prop_assert!(shown_of[stage].is_none_or(|count| count == group[stage] && shown.whole[stage].is_some()));
                }
            }
            let small = groups.iter().filter(|group| group[0] < minimum).count();
            let hidden = shown.groups.iter().filter(|group| group[0].is_none()).count();
            prop_assert!(hidden >= small);
            prop_assert!(hidden != 1 || groups.len() == 1, "{shown:?}");
        }
    }
}
