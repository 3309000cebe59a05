//! How often somebody would have been called: scores of running and closed courses through given rules.

use crate::Instant;
use crate::detection::Detection;
use crate::episode::Point;
use crate::response::Rule;
use crate::review::replay;
use instruments::Instrument;
use std::collections::BTreeMap;

/// What rules would have raised.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Alerts {
    /// Scores at which a case would have been opened.
    pub alerts: i64,
    /// Courses with at least one of them.
    pub courses: i64,
    /// Reasons by rule; a score may give several.
    pub by_rule: BTreeMap<Rule, i64>,
}

impl Alerts {
    /// Both together.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.alerts += other.alerts;
        self.courses += other.courses;
        for (rule, count) in &other.by_rule {
            *self.by_rule.entry(*rule).or_default() += count;
        }
        self
    }
}

/// What the rules raise from an instant on, each course replayed from its first score; every case is taken as closed by the
/// time the next score comes.
pub fn alerts<'a>(
    instrument: &Instrument,
    detection: &Detection,
    courses: impl Iterator<Item = &'a [Point]>,
    since: Instant,
) -> Alerts {
    let mut found = Alerts::default();
    for scores in courses {
        let before = found.alerts;
        for said in replay(instrument, detection, scores).iter().filter(|said| said.at >= since) {
            found.alerts += i64::from(!said.alerts.is_empty());
            for rule in &said.alerts {
                *found.by_rule.entry(*rule).or_default() += 1;
            }
        }
        found.courses += i64::from(found.alerts > before);
    }
    found
}
