//! Which figures may be shown where few people must not be counted: in whatever leaves the house, and of a demographic group
//! anywhere. Neither who fared this way nor who did not may be from 1 to 10, nor follow from what stands beside it.

use super::asked::Question;
use crate::staff::dashboard::suppressed;
use care::outcome::{Audience, Counted, Dimension, Tally, least};
use stats::suppression::Shown;

/// The least number of people that may be counted.
pub const FEWEST: u64 = least(None, Audience::Outside);

impl Question {
    /// Whether all that is asked for is about a demographic group.
    pub const fn is_of_a_demographic_group(&self) -> bool {
        self.wanted.language.is_some()
    }

    /// Whether the groups that are compared are demographic ones, or parts of one.
    pub fn compares_demographic_groups(&self) -> bool {
        self.is_of_a_demographic_group() || self.by == Some(Dimension::Language)
    }

    /// The least number of courses in a group of this dimension on a page.
    pub fn least(&self, by: Dimension) -> u64 {
        let fewest = least(Some(by), Audience::Staff);
        if self.is_of_a_demographic_group() {
            fewest.max(least(Some(Dimension::Language), Audience::Staff))
        } else {
            fewest
        }
    }
}

/// Whether a count may be known: nobody, or enough.
pub const fn is_safe(count: u64) -> bool {
    count == 0 || count >= FEWEST
}

/// What may be shown of a number of each group.
pub fn what_of(by: Option<Dimension>, tallies: &[Tally], number: impl Fn(&Tally) -> u64) -> Shown {
    let counts: Vec<u64> = tallies.iter().map(number).collect();
    let names = tallies.iter().map(|tally| tally.of.as_str());
    suppressed(by.and_then(Dimension::step), names, &counts, FEWEST)
}

/// Whether a figure of everybody together may be shown.
pub fn of_all(total: &Tally, what: Counted) -> bool {
    what.is_shown(|one| {
        let count = total.count(one);
        is_safe(count.hits) && is_safe(count.measured - count.hits)
    })
}

/// Which groups may show a figure.
pub fn of_groups(by: Option<Dimension>, tallies: &[Tally], what: Counted) -> Vec<bool> {
    let closed = what_of(by, tallies, |tally| tally.closed);
    let own = |one: Counted| {
        let hits = what_of(by, tallies, |tally| tally.count(one).hits);
        let misses = what_of(by, tallies, |tally| tally.count(one).measured - tally.count(one).hits);
        (0..tallies.len()).map(|place| hits.shows(place) && misses.shows(place)).collect::<Vec<_>>()
    };
    let shows: Vec<(Counted, Vec<bool>)> = what.beside().iter().map(|one| (*one, own(*one))).collect();
    let may = |place: usize| {
        what.is_shown(|one| shows.iter().find(|(other, _)| *other == one).is_some_and(|(_, own)| own[place]))
    };
    (0..tallies.len()).map(|place| closed.shows(place) && may(place)).collect()
}
