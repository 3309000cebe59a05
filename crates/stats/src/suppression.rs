//! Small cells of a published table, and the further ones that must go with them so that nobody can compute them.
//!
//! A table splits a total that is known into parts. Every part below the minimum is hidden. Where the total and what is
//! shown would still give a hidden part away, the smallest part that is shown is hidden as well, with all that are equal to
//! it, until the hidden parts could be more than one thing each, also for somebody who knows these rules. Where nothing is
//! left to hide, the table is not shown.
//!
//! The minimum is the publisher's: 5 in NHS England's tables, 11 in those of the US Centers for Medicare & Medicaid
//! Services (cell size suppression policy). Two tables of overlapping people are not compared here.

mod stages;

pub use stages::{Stages, suppress_stages};

/// What may be shown of a table.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Shown {
    /// These parts, in their order; none where hidden.
    Parts(Vec<Option<u64>>),
    /// Nothing but the total.
    Withheld,
}

impl Shown {
    /// Whether the part at this place may be shown.
    pub fn shows(&self, place: usize) -> bool {
        matches!(self, Self::Parts(parts) if parts.get(place).copied().flatten().is_some())
    }
}

/// Hides parts below `minimum`, and what would give them away. Parts of nobody are no parts: leave them out. With a minimum
/// below 3 a hidden part could only be one thing, so 3 is the least.
///
/// ```
/// use stats::suppression::{Shown, suppress};
/// assert_eq!(suppress(&[40, 25, 12], 5), Shown::Parts(vec![Some(40), Some(25), Some(12)]));
/// // 4 is hidden; 12 goes with it, or 81 − 40 − 25 − 12 would be 4.
/// assert_eq!(suppress(&[40, 25, 12, 4], 5), Shown::Parts(vec![Some(40), Some(25), None, None]));
/// assert_eq!(suppress(&[3, 2], 5), Shown::Parts(vec![None, None]));
/// assert_eq!(suppress(&[40, 4], 5), Shown::Parts(vec![None, None]));
/// ```
pub fn suppress(parts: &[u64], minimum: u64) -> Shown {
    let minimum = minimum.max(3);
    let mut hidden: Vec<bool> = parts.iter().map(|part| *part < minimum).collect();
    if !hidden.contains(&true) {
        return Shown::Parts(parts.iter().copied().map(Some).collect());
    }
    if !is_open(parts, &hidden, minimum) {
        match parts.iter().zip(&hidden).filter(|(_, hidden)| !**hidden).map(|(part, _)| *part).min() {
            Some(smallest) => {
                for (part, hidden) in parts.iter().zip(&mut hidden) {
                    *hidden = *hidden || *part == smallest;
                }
            }
            None => return Shown::Withheld,
        }
    }
    Shown::Parts(parts.iter().zip(hidden).map(|(part, hidden)| (!hidden).then_some(*part)).collect())
}

/// Whether each of the parts below the minimum could be more than one number, given their sum: they are k numbers from 1 to
/// minimum − 1, and only the sums at either end leave no choice.
fn is_open(parts: &[u64], hidden: &[bool], minimum: u64) -> bool {
    let (k, sum) = parts
        .iter()
        .zip(hidden)
        .filter(|(_, hidden)| **hidden)
        .fold((0_u64, 0_u64), |(k, sum), (part, _)| (k + 1, sum + part));
    k > 1 && sum > k && sum < k * (minimum - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeSet, HashMap};

    /// Every table of up to four parts of up to `largest`.
    fn tables(largest: u64) -> Vec<Vec<u64>> {
        let mut all = Vec::new();
        for length in 1..=4_u32 {
            for code in 0..largest.pow(length) {
                all.push((0..length).map(|place| code / largest.pow(place) % largest + 1).collect());
            }
        }
        all
    }

    #[test]
    fn no_hidden_part_follows_from_what_is_shown_and_how_it_is_made() {
        for minimum in [3, 4, 5] {
            let mut same: HashMap<(u64, Shown), Vec<Vec<u64>>> = HashMap::new();
            for table in tables(9) {
                same.entry((table.iter().sum(), suppress(&table, minimum))).or_default().push(table);
            }
            for ((total, shown), tables) in &same {
                let Shown::Parts(parts) = shown else { continue };
                for place in (0..parts.len()).filter(|place| parts[*place].is_none()) {
                    let possible: BTreeSet<u64> = tables.iter().map(|table| table[place]).collect();
                    // Near the edge of what is enumerated the alternatives lie outside of it.
                    let at_the_edge = tables.iter().any(|table| table.iter().any(|part| *part >= 8));
                    assert!(
                        possible.len() > 1 || at_the_edge,
                        "minimum {minimum}, total {total}, {shown:?}: {possible:?}"
                    );
                }
            }
        }
    }

    proptest! {
        #[test]
        fn nothing_small_is_shown_and_never_a_single_part_hidden(parts in proptest::collection::vec(1_u64..60, 1..9), minimum in 3_u64..12) {
            if let Shown::Parts(shown) = suppress(&parts, minimum) {
                let hidden = shown.iter().filter(|part| part.is_none()).count();
                prop_assert!(hidden != 1);
                for (part, shown) in parts.iter().zip(&shown) {
                    prop_assert!(shown.is_none_or(|shown| shown == *part && shown >= minimum));
                }
            }
        }
    }
}
