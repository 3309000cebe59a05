//! What rules are worth before anybody puts them into force: whatever opens a case, replayed through the closed courses exactly
//! as for the card, without the rest of it.

use super::make::{closed_of, ended_badly, evaluated_of, flagged, flags, measured, row};
use super::{LEAST_COURSES, LEAST_OF_OUTCOME, Material, Row};
use crate::detection::Act;

/// What opens a case by given rules, on the closed courses.
#[derive(Debug, Clone, PartialEq)]
pub struct Worth {
    /// Closed courses.
    pub closed: usize,
    /// Of them evaluated.
    pub evaluated: usize,
    /// Of those ended without reliable improvement.
    pub events: usize,
    /// Whatever opens a case. None below [`LEAST_COURSES`] evaluated ones, and below [`LEAST_OF_OUTCOME`] of either end.
    pub row: Option<Row>,
}

/// Replays the closed courses by the rules of the material, and counts.
pub fn worth(material: &Material<'_>) -> Worth {
    let closed = closed_of(material);
    let evaluated = evaluated_of(material.instrument, &closed);
    let events = evaluated.iter().filter(|(_, course)| ended_badly(material.instrument, course)).count();
    let row = can_be_measured(evaluated.len(), events).then(|| {
        let seen = flags(material, &closed, &evaluated);
        row("any_case", Some(Act::Case), &measured(&flagged(&seen, None)))
    });
    Worth { closed: closed.len(), evaluated: evaluated.len(), events, row }
}

/// Whether there are enough courses, and enough of both ways to end among them.
pub(super) const fn can_be_measured(evaluated: usize, events: usize) -> bool {
    let least = LEAST_OF_OUTCOME as usize;
    evaluated >= LEAST_COURSES && events >= least && evaluated - events >= least
}
