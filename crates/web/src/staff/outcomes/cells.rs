//! Which figures may be shown where few people must not be counted: in whatever leaves the house, and of a demographic group
//! anywhere. Neither who fared this way nor who did not may be from 1 to 10, nor follow from what stands beside it or from
//! the same table with one filter less.

use super::asked::Question;
use super::{Counts, together};
use crate::staff::dashboard::{FEWEST, is_safe, suppressed};
use care::outcome::{Audience, Counted, Dimension, Tally, least};
use stats::suppression::Shown;
use store::outcome::Part;

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

/// A filter that is on, with what would be counted without it: what it lets through and what it leaves out are then seen
/// side by side, and are held to the same rules as groups that are.
pub struct Lifted {
    /// What it picks a group of.
    pub dimension: Dimension,
    /// The group.
    pub chosen: String,
    /// The counts of every group of the dimension, by what is compared.
    pub parts: Vec<Part>,
}

impl Lifted {
    /// Whether its group may show what a rule decides of groups beside one another: of one that is compared, or of all.
    fn shows(&self, of: Option<&str>, rule: impl Fn(Option<Dimension>, &[Tally]) -> Vec<bool>) -> bool {
        let parts = self.parts.iter().filter(|part| of.is_none_or(|of| part.tally.of == of));
        let groups = together(parts.map(|part| (part.across.as_str(), &part.tally)));
        let place = groups.iter().position(|group| group.of == self.chosen);
        place.is_some_and(|place| rule(Some(self.dimension), &groups)[place])
    }
}

/// What may be shown of a number of each group, of which no fewer may be counted.
fn what_of(by: Option<Dimension>, tallies: &[Tally], fewest: u64, number: impl Fn(&Tally) -> u64) -> Shown {
    let counts: Vec<u64> = tallies.iter().map(number).collect();
    let names = tallies.iter().map(|tally| tally.of.as_str());
    suppressed(by.and_then(Dimension::step), names, &counts, fewest)
}

/// Which groups beside one another may say how many courses they have.
fn sizes_beside(by: Option<Dimension>, tallies: &[Tally], fewest: u64) -> Vec<bool> {
    let closed = what_of(by, tallies, fewest, |tally| tally.closed);
    (0..tallies.len()).map(|place| closed.shows(place)).collect()
}

/// Which groups beside one another may show a figure.
fn beside(by: Option<Dimension>, tallies: &[Tally], what: Counted) -> Vec<bool> {
    let closed = sizes_beside(by, tallies, FEWEST);
    let own = |one: Counted| {
        let hits = what_of(by, tallies, FEWEST, |tally| tally.count(one).hits);
        let misses = what_of(by, tallies, FEWEST, |tally| tally.count(one).measured - tally.count(one).hits);
        (0..tallies.len()).map(|place| hits.shows(place) && misses.shows(place)).collect::<Vec<_>>()
    };
    let shows: Vec<(Counted, Vec<bool>)> = what.beside().iter().map(|one| (*one, own(*one))).collect();
    let may = |place: usize| {
        what.is_shown(|one| shows.iter().find(|(other, _)| *other == one).is_some_and(|(_, own)| own[place]))
    };
    (0..tallies.len()).map(|place| closed[place] && may(place)).collect()
}

/// Which groups beside one another may show an effect: neither their courses nor those measured are few.
fn effects_beside(by: Option<Dimension>, tallies: &[Tally], what: Counted) -> Vec<bool> {
    let closed = sizes_beside(by, tallies, FEWEST);
    let measured = what_of(by, tallies, FEWEST, |tally| tally.count(what).measured);
    (0..tallies.len()).map(|place| closed[place] && measured.shows(place)).collect()
}

impl Counts {
    /// Whether a figure of everybody together may be shown.
    pub fn shows(&self, what: Counted) -> bool {
        let is_own = what.is_shown(|one| {
            let count = self.total.count(one);
            is_safe(count.hits) && is_safe(count.measured - count.hits)
        });
        is_own && self.lifted.iter().all(|one| one.shows(None, |by, tallies| beside(by, tallies, what)))
    }

    /// Whether it may be said how many of everybody together were measured.
    pub fn shows_measured(&self) -> bool {
        let rule = |by: Option<Dimension>, tallies: &[Tally]| effects_beside(by, tallies, Counted::Improvement);
        is_safe(self.total.paired) && self.lifted.iter().all(|one| one.shows(None, rule))
    }

    /// Whether an effect of everybody together may be shown, of those that a figure is about.
    pub fn shows_effect(&self, of: Counted) -> bool {
        let is_own = self.total.count(of).measured >= FEWEST;
        is_own && self.lifted.iter().all(|one| one.shows(None, |by, tallies| effects_beside(by, tallies, of)))
    }

    /// Whether not even the names of the groups may stand there.
    pub fn withholds_groups(&self, by: Option<Dimension>, fewest: u64) -> bool {
        what_of(by, &self.groups, fewest, |tally| tally.closed) == Shown::Withheld
    }

    /// Which groups may say how many courses they have, of which no fewer may be counted.
    pub fn groups_counted(&self, by: Option<Dimension>, fewest: u64) -> Vec<bool> {
        let rule = |by: Option<Dimension>, tallies: &[Tally]| sizes_beside(by, tallies, fewest);
        self.each_group(rule(by, &self.groups), rule)
    }

    /// Which groups may show a figure.
    pub fn groups_showing(&self, by: Option<Dimension>, what: Counted) -> Vec<bool> {
        self.each_group(beside(by, &self.groups, what), |by, tallies| beside(by, tallies, what))
    }

    /// Which groups may show an effect, of those that a figure is about.
    pub fn groups_showing_effect(&self, by: Option<Dimension>, of: Counted) -> Vec<bool> {
        self.each_group(effects_beside(by, &self.groups, of), |by, tallies| effects_beside(by, tallies, of))
    }

    /// Of the groups that may show something beside one another, those that may with a filter less too.
    fn each_group(&self, own: Vec<bool>, rule: impl Fn(Option<Dimension>, &[Tally]) -> Vec<bool> + Copy) -> Vec<bool> {
        let may = |(group, own): (&Tally, bool)| own && self.lifted.iter().all(|one| one.shows(Some(&group.of), rule));
        self.groups.iter().zip(own).map(may).collect()
    }
}
