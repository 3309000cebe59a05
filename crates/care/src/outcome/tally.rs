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
        /// Neither better nor worse by more than measurement error.
        NoReliableChange = "no_reliable_change",
        /// Response to treatment, among those at caseness.
        Response = "response",
        /// Remission, among those at caseness.
        Remission = "remission",
    }
}

impl Counted {
    /// The figures whose hits add up to those measured, where this is one of them; else itself alone.
    pub const fn beside(self) -> &'static [Self] {
        match self {
            Self::Improvement | Self::Deterioration | Self::NoReliableChange => {
                &[Self::Improvement, Self::Deterioration, Self::NoReliableChange]
            }
            Self::Recovery => &[Self::Recovery],
            Self::ReliableRecovery => &[Self::ReliableRecovery],
            Self::Response => &[Self::Response],
            Self::Remission => &[Self::Remission],
        }
    }

    /// Whether the figure may be shown where some counts are kept back; `own` says which of those [`beside`](Self::beside) it
    /// pass for themselves. Better, worse and neither add up to those measured: of the three a single one kept back could be
    /// computed, so it takes a second one with it, and improvement goes last.
    ///
    /// ```
    /// use care::outcome::Counted::{Deterioration, Improvement, NoReliableChange};
    /// let few_worse = |one| one != Deterioration;
    /// assert!(Improvement.is_shown(few_worse) && !NoReliableChange.is_shown(few_worse));
    /// let few_unchanged = |one| one != NoReliableChange;
    /// assert!(Improvement.is_shown(few_unchanged) && !Deterioration.is_shown(few_unchanged));
    /// let few_better = |one| one != Improvement;
    /// assert!(Deterioration.is_shown(few_better) && !NoReliableChange.is_shown(few_better));
    /// ```
    pub fn is_shown(self, own: impl Fn(Self) -> bool) -> bool {
        match self {
            Self::NoReliableChange => self.beside().iter().all(|one| own(*one)),
            Self::Deterioration => own(self) && own(Self::NoReliableChange),
            _ => own(self),
        }
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
            Counted::NoReliableChange => {
                (self.paired.saturating_sub(self.better).saturating_sub(self.worse), self.paired, self.closed)
            }
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
