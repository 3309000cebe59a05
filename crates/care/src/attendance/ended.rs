//! Courses that ended in a period: how many sessions they had, and which of them ended early.

use crate::text::text_enum;
use stats::aggregate::Count;

/// A course of so many sessions has stayed: what retention is read at.
pub const LONG: u64 = 8;
/// Fewer sessions than this are few, unless another number is asked for.
pub const FEWEST: u64 = 4;

text_enum! {
    /// What ending early is. The definition moves the rate: from 18 to 38 % in the studies of Swift & Greenberg 2012.
    EndingRule {
        /// The clinician closed it as broken off.
        Judged = "judged",
        /// It had fewer sessions than a number, whatever the reason.
        Few = "few",
        /// Broken off before the client was reliably better, or recovered, in any measure.
        Unilateral = "unilateral",
        /// The client missed the last session that was booked.
        MissedLast = "missed_last",
    }
}

/// Closed courses of one group that had the same number of sessions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ended {
    /// The group's id; empty where the courses have none, or where nothing is sorted.
    pub of: String,
    /// Sessions that took place.
    pub sessions: u64,
    /// How many courses.
    pub closed: u64,
    /// Of them closed as broken off.
    pub judged: u64,
    /// Of those the ones neither reliably better nor recovered in any measure.
    pub unilateral: u64,
    /// Of all the ones whose last booked session was missed.
    pub missed_last: u64,
}

/// Closed courses of one group. Who never came has no course here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Endings {
    /// The group's id.
    pub of: String,
    /// By number of sessions, ascending.
    pub rows: Vec<Ended>,
}

impl Endings {
    /// Sorts rows by group, the groups in the order in which they come.
    pub fn groups(rows: impl IntoIterator<Item = Ended>) -> Vec<Self> {
        let mut groups: Vec<Self> = Vec::new();
        for row in rows.into_iter().filter(|row| row.sessions > 0) {
            match groups.iter_mut().find(|group| group.of == row.of) {
                Some(group) => group.rows.push(row),
                None => groups.push(Self { of: row.of.clone(), rows: vec![row] }),
            }
        }
        for group in &mut groups {
            group.rows.sort_by_key(|row| row.sessions);
        }
        groups
    }

    /// All of them together.
    pub fn together(groups: &[Self]) -> Self {
        Self::groups(
            groups.iter().flat_map(|group| group.rows.iter().cloned()).map(|row| Ended { of: String::new(), ..row }),
        )
        .pop()
        .unwrap_or_default()
    }

    /// How many courses.
    pub fn closed(&self) -> u64 {
        self.rows.iter().map(|row| row.closed).sum()
    }

    /// The share that ended early. `fewest` is the number of sessions below which few are few.
    pub fn early(&self, rule: EndingRule, fewest: u64) -> Count {
        let hits = self.rows.iter().map(|row| match rule {
            EndingRule::Judged => row.judged,
            EndingRule::Few => {
                if row.sessions < fewest {
                    row.closed
                } else {
                    0
                }
            }
            EndingRule::Unilateral => row.unilateral,
            EndingRule::MissedLast => row.missed_last,
        });
        let closed = self.closed();
        Count { hits: hits.sum(), measured: closed, eligible: closed }
    }

    /// Courses that had at least so many sessions.
    pub fn at_least(&self, sessions: u64) -> Count {
        let closed = self.closed();
        let hits = self.rows.iter().filter(|row| row.sessions >= sessions).map(|row| row.closed).sum();
        Count { hits, measured: closed, eligible: closed }
    }

    /// Mean sessions of a course; none without courses.
    pub fn mean(&self) -> Option<f64> {
        let closed = self.closed();
        let sessions: u64 = self.rows.iter().map(|row| row.sessions * row.closed).sum();
        (closed > 0).then(|| sessions as f64 / closed as f64)
    }

    /// The number of sessions that this share of the courses had at most: at 0.5 the median. None without courses.
    pub fn quantile(&self, share: f64) -> Option<u64> {
        let wanted = (share * self.closed() as f64).max(1.0);
        let mut passed = 0;
        self.rows
            .iter()
            .find(|row| {
                passed += row.closed;
                passed as f64 >= wanted
            })
            .map(|row| row.sessions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(of: &str, sessions: u64, closed: u64, judged: u64) -> Ended {
        Ended { of: of.to_owned(), sessions, closed, judged, ..Ended::default() }
    }

    #[test]
    fn o3_nine_of_thirty_eight_and_what_another_definition_says() {
        let groups = Endings::groups([row("a", 12, 20, 2), row("a", 3, 8, 5), row("b", 2, 10, 2), row("b", 0, 4, 4)]);
        assert_eq!(groups.len(), 2);
        let all = Endings::together(&groups);
        assert_eq!(
            all.early(EndingRule::Judged, FEWEST),
            Count { hits: 9, measured: 38, eligible: 38 },
            "who never came is out"
        );
        assert_eq!(all.early(EndingRule::Few, 4).hits, 18);
        assert_eq!(all.early(EndingRule::Few, 3).hits, 10);
        assert_eq!(all.at_least(LONG).hits, 20);
        assert_eq!((all.quantile(0.5), all.quantile(0.25)), (Some(12), Some(2)));
        assert!((all.mean().expect("courses") - (240.0 + 24.0 + 20.0) / 38.0).abs() < 1e-12);
        assert_eq!((Endings::default().mean(), Endings::default().quantile(0.5)), (None, None));
    }
}
