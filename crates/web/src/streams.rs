//! How many pages may be kept true at once: a person's open pages, and those of everybody. A page beyond that says what is so when
//! it is loaded, like any page without a script.

use care::StaffId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Streams of one person. A page has two at most, and a page that nobody looks at lets go of them.
const PER_PERSON: usize = 12;
/// Streams of everybody.
const TOTAL: usize = 2_000;

/// The streams that are open.
#[derive(Clone, Default)]
pub struct Streams(Arc<Mutex<HashMap<StaffId, usize>>>);

/// An open stream: it is over when this is dropped.
pub struct Open {
    streams: Streams,
    of: StaffId,
}

impl Streams {
    /// Opens one more for a person; none when there are too many.
    pub fn open(&self, of: &StaffId) -> Option<Open> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = open.get(of).copied().unwrap_or(0);
        if own >= PER_PERSON || open.values().sum::<usize>() >= TOTAL {
            return None;
        }
        open.insert(of.clone(), own + 1);
        Some(Open { streams: self.clone(), of: of.clone() })
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut open = self.streams.0.lock().unwrap_or_else(PoisonError::into_inner);
        match open.get_mut(&self.of) {
            Some(own) if *own > 1 => *own -= 1,
            _ => {
                open.remove(&self.of);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_has_so_many_and_no_more_and_what_is_closed_counts_no_longer() {
        let streams = Streams::default();
        let ana = StaffId::from_text("ana");
        let mut open: Vec<Open> = (0..PER_PERSON).filter_map(|_| streams.open(&ana)).collect();
        assert_eq!(open.len(), PER_PERSON);
        assert!(streams.open(&ana).is_none());
        assert!(streams.open(&StaffId::from_text("bo")).is_some(), "another person is not held back");
        open.pop();
        assert!(streams.open(&ana).is_some());
        drop(open);
        assert!(streams.0.lock().expect("a test's lock").is_empty());
    }

    #[test]
    fn everybody_together_has_an_end_too() {
        let streams = Streams::default();
        let people: Vec<StaffId> = (0..=TOTAL).map(|number| StaffId::from_text(format!("s{number}"))).collect();
        let open: Vec<Open> = people.iter().filter_map(|person| streams.open(person)).collect();
        assert_eq!(open.len(), TOTAL);
    }
}
