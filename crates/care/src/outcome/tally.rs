//! Counts of closed courses seen through one lens, and the figures made of them. The practice's own counts, a site's and a
//! country's go the same way.

use crate::text::text_enum;
use stats::aggregate::{Count, Figure, PairedSums};

text_enum! {
    /// What is counted.
    Counted {
        /// At caseness first, below it at the end.
        Recovery = "recovery",
        /// Recovered, and the change is reliable.
        ReliableRecovery = "reliable_recovery",
        /// Better by more than measurement error.
        Improvement = "improvement",
        /// Worse by more than measurement error.
        Deterioration = "deterioration",
        /// Response to treatment, among those at caseness.
        Response = "response",
        /// Remission, among those at caseness.
        Remission = "remission",
    }
}

/// How sure an interval is.
pub const CONFIDENCE: f64 = 0.95;

/// Counts and sums of one group of closed courses.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tally {
    /// The group's id; empty where the courses have none, or where nothing is sorted.
    pub of: String,
    /// Closed.
    pub closed: u64,
    /// Of them with a first score below caseness.
    pub below: u64,
    /// With first and last score.
    pub paired: u64,
    /// Of them at caseness first.
    pub paired_cases: u64,
    /// Recovered.
    pub recovered: u64,
    /// Recovered and reliably better.
    pub reliably_recovered: u64,
    /// Reliably better.
    pub better: u64,
    /// Reliably worse.
    pub worse: u64,
    /// At caseness first, and responded.
    pub responded: u64,
    /// At caseness first, and in remission.
    pub remitted: u64,
    /// First and last scores of the paired.
    pub all: PairedSums,
    /// The same of those at caseness first.
    pub cases: PairedSums,
}

impl Tally {
    /// What a figure is made of. Recovery, response and remission are about whoever was not below caseness first: whose first
    /// score is missing stays among them, as in the tables of NHS Talking Therapies.
    pub const fn count(&self, what: Counted) -> Count {
        let cases = self.closed.saturating_sub(self.below);
        let (hits, measured, eligible) = match what {
            Counted::Recovery => (self.recovered, self.paired_cases, cases),
            Counted::ReliableRecovery => (self.reliably_recovered, self.paired_cases, cases),
            Counted::Improvement => (self.better, self.paired, self.closed),
            Counted::Deterioration => (self.worse, self.paired, self.closed),
            Counted::Response => (self.responded, self.paired_cases, cases),
            Counted::Remission => (self.remitted, self.paired_cases, cases),
        };
        Count { hits, measured, eligible }
    }

    /// The figure; none where nobody was measured.
    pub fn figure(&self, what: Counted) -> Option<Figure> {
        Figure::of(self.count(what), CONFIDENCE)
    }

    /// Two groups together.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.closed += other.closed;
        self.below += other.below;
        self.paired += other.paired;
        self.paired_cases += other.paired_cases;
        self.recovered += other.recovered;
        self.reliably_recovered += other.reliably_recovered;
        self.better += other.better;
        self.worse += other.worse;
        self.responded += other.responded;
        self.remitted += other.remitted;
        self.all += other.all;
        self.cases += other.cases;
        self
    }
}
