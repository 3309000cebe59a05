//! The outcome rules of NHS Talking Therapies: integer thresholds, inclusive, on a pair of measures.
//!
//! Source: NHS England, *NHS Talking Therapies metadata 2024-25* and the SQL published with it
//! (nhsengland/Talking-Therapies, MIT licence), read 2026-07. Which measure belongs to which problem is left to the
//! caller.

use crate::proportion::{Share, ShareError, wilson};
use crate::reliable_change::{Class, Direction, Reliable};

/// When a score is a case, and which change is reliable. Both count inclusively.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// The score from which a person is at caseness, in points.
    pub caseness: f64,
    /// The smallest reliable change, in points.
    pub reliable_change: f64,
    /// Which way is better.
    pub direction: Direction,
}

/// The thresholds of one measure, and where they come from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Published {
    /// Short name of the measure.
    pub measure: &'static str,
    /// Its thresholds.
    pub thresholds: Thresholds,
    /// How sure we are.
    pub evidence: Evidence,
}

/// How sure we are of a published constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// Read in the source that the module names.
    Read,
    /// General knowledge; compare with the manual's table before anything depends on it.
    ToBeCompared,
}

const fn lower(caseness: f64, reliable_change: f64) -> Thresholds {
    Thresholds { caseness, reliable_change, direction: Direction::LowerBetter }
}

/// PHQ-9: caseness 10, reliable change 6.
pub const PHQ_9: Thresholds = lower(10.0, 6.0);
/// GAD-7: caseness 8, reliable change 4.
pub const GAD_7: Thresholds = lower(8.0, 4.0);

/// Every measure of the recovery rules. Anxiety-disorder-specific measures take GAD-7's place for their problem.
pub const TABLE: [Published; 10] = [
    Published { measure: "PHQ-9", thresholds: PHQ_9, evidence: Evidence::Read },
    Published { measure: "GAD-7", thresholds: GAD_7, evidence: Evidence::Read },
    Published { measure: "OCI", thresholds: lower(40.0, 32.0), evidence: Evidence::ToBeCompared },
    Published { measure: "SPIN", thresholds: lower(19.0, 10.0), evidence: Evidence::ToBeCompared },
    Published { measure: "HAI-18", thresholds: lower(18.0, 4.0), evidence: Evidence::ToBeCompared },
    Published { measure: "PCL-5", thresholds: lower(32.0, 10.0), evidence: Evidence::ToBeCompared },
    Published { measure: "IES-R", thresholds: lower(33.0, 9.0), evidence: Evidence::ToBeCompared },
    Published { measure: "PDSS", thresholds: lower(8.0, 5.0), evidence: Evidence::ToBeCompared },
    // Caseness is *above* 2.3 on a scale of means.
    Published { measure: "MI-alone", thresholds: lower(2.300_001, 0.73), evidence: Evidence::ToBeCompared },
    Published { measure: "PSWQ", thresholds: lower(45.0, 9.0), evidence: Evidence::ToBeCompared },
];

impl Thresholds {
    /// Whether a score is at caseness: at the threshold or on the bad side of it.
    pub fn case(&self, score: f64) -> bool {
        self.direction.sign() * (score - self.caseness) <= 0.0
    }

    /// Whether a change is reliable: at least the threshold, and rounding of decimals does not decide.
    ///
    /// ```
    /// use stats::reliable_change::Reliable;
    /// use stats::talking_therapies::PHQ_9;
    /// assert_eq!([15.0, 14.0, 9.0].map(|post| PHQ_9.change(15.0, post)), [Reliable::No, Reliable::No, Reliable::Better]);
    /// ```
    pub fn change(&self, pre: f64, post: f64) -> Reliable {
        let improvement = self.direction.sign() * (post - pre);
        let needed = self.reliable_change - crate::reliable_change::TIE;
        if improvement >= needed {
            Reliable::Better
        } else if -improvement >= needed {
            Reliable::Worse
        } else {
            Reliable::No
        }
    }

    /// The class by this measure alone: recovered is recovery with reliable improvement ("reliable recovery"). These
    /// rules know no "harmed".
    pub fn classify(&self, pre: f64, post: f64) -> Class {
        class(self.change(pre, post), if self.case(pre) && !self.case(post) { Recovery::Yes } else { Recovery::No })
    }
}

/// From caseness to below it on everything that is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Recovery {
    Yes,
    No,
}

const fn class(change: Reliable, recovery: Recovery) -> Class {
    match (change, recovery) {
        (Reliable::Better, Recovery::Yes) => Class::Recovered,
        (Reliable::Better, Recovery::No) => Class::Improved,
        (Reliable::No, _) => Class::Unchanged,
        (Reliable::Worse, _) => Class::Deteriorated,
    }
}

/// First and last score of one measure in a finished course, in points; none where it was not given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FirstLast {
    /// First.
    pub first: Option<f64>,
    /// Last.
    pub last: Option<f64>,
}

/// A finished course of treatment: the depression measure and the anxiety measure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Course {
    /// PHQ-9.
    pub depression: FirstLast,
    /// GAD-7, or the measure of the recorded problem.
    pub anxiety: FirstLast,
}

/// What the rules say of a course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// At caseness on either first score. None when a first score is missing and the other is below.
    pub caseness: Option<bool>,
    /// The paired outcome; none without a first and last score of both measures.
    pub paired: Option<Paired>,
}

/// The outcome of a course whose scores are paired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paired {
    /// At caseness first, and both last scores below it.
    pub recovered: bool,
    /// Reliable change of the pair: one better and neither worse, or the mirror image. Better on one and worse on
    /// the other is no reliable change.
    pub change: Reliable,
}

impl Paired {
    /// Recovered and reliably improved.
    pub const fn reliable_recovery(&self) -> bool {
        self.recovered && matches!(self.change, Reliable::Better)
    }

    /// The class: recovered is reliable recovery.
    pub const fn class(&self) -> Class {
        class(self.change, if self.recovered { Recovery::Yes } else { Recovery::No })
    }
}

impl Course {
    /// The verdict, with the thresholds of the two measures.
    ///
    /// ```
    /// use stats::talking_therapies::{Course, FirstLast, GAD_7, PHQ_9};
    /// let course = Course {
    ///     depression: FirstLast { first: Some(15.0), last: Some(9.0) },
    ///     anxiety: FirstLast { first: Some(12.0), last: Some(7.0) },
    /// };
    /// assert!(course.judge(&PHQ_9, &GAD_7).paired.is_some_and(|paired| paired.reliable_recovery()));
    /// ```
    pub fn judge(&self, depression: &Thresholds, anxiety: &Thresholds) -> Verdict {
        let first = [(self.depression.first, depression), (self.anxiety.first, anxiety)]
            .map(|(score, thresholds)| score.map(|score| thresholds.case(score)));
        let caseness = match first {
            [Some(true), _] | [_, Some(true)] => Some(true),
            [Some(false), Some(false)] => Some(false),
            _ => None,
        };
        let paired = match (self.depression, self.anxiety) {
            (
                FirstLast { first: Some(first), last: Some(last) },
                FirstLast { first: Some(other_first), last: Some(other_last) },
            ) => Some(Paired {
                recovered: caseness == Some(true) && !depression.case(last) && !anxiety.case(other_last),
                change: match (depression.change(first, last), anxiety.change(other_first, other_last)) {
                    (Reliable::Better, Reliable::Better | Reliable::No) | (Reliable::No, Reliable::Better) => {
                        Reliable::Better
                    }
                    (Reliable::Worse, Reliable::Worse | Reliable::No) | (Reliable::No, Reliable::Worse) => {
                        Reliable::Worse
                    }
                    _ => Reliable::No,
                },
            }),
            _ => None,
        };
        Verdict { caseness, paired }
    }
}

/// Counts over finished courses of treatment, and the published rates made of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Finished courses: discharged with two attended treatment contacts or more.
    pub finished: u64,
    /// Of them with a paired outcome.
    pub paired: u64,
    /// At caseness first.
    pub at_caseness: u64,
    /// Below caseness on both first scores.
    pub not_at_caseness: u64,
    /// Recovered.
    pub recovery: u64,
    /// Reliably improved.
    pub improvement: u64,
    /// Recovered and reliably improved.
    pub reliable_recovery: u64,
    /// Reliably deteriorated.
    pub deterioration: u64,
    /// Neither.
    pub no_reliable_change: u64,
}

impl Tally {
    /// Adds a course.
    pub fn add(&mut self, verdict: &Verdict) {
        self.finished += 1;
        match verdict.caseness {
            Some(true) => self.at_caseness += 1,
            Some(false) => self.not_at_caseness += 1,
            None => {}
        }
        let Some(paired) = verdict.paired else { return };
        self.paired += 1;
        self.recovery += u64::from(paired.recovered);
        self.reliable_recovery += u64::from(paired.reliable_recovery());
        match paired.change {
            Reliable::Better => self.improvement += 1,
            Reliable::Worse => self.deterioration += 1,
            Reliable::No => self.no_reliable_change += 1,
        }
    }

    /// What recovery is counted among: finished courses that were not below caseness. Unpaired ones stay in.
    pub const fn recovery_denominator(&self) -> u64 {
        self.finished - self.not_at_caseness
    }

    /// Recovery rate, with its 95 % Wilson interval.
    pub fn recovery_rate(&self) -> Result<Share, ShareError> {
        wilson(self.recovery, self.recovery_denominator(), 0.95)
    }

    /// Reliable recovery rate; denominator as for recovery.
    pub fn reliable_recovery_rate(&self) -> Result<Share, ShareError> {
        wilson(self.reliable_recovery, self.recovery_denominator(), 0.95)
    }

    /// Reliable improvement rate, among all finished courses.
    pub fn improvement_rate(&self) -> Result<Share, ShareError> {
        wilson(self.improvement, self.finished, 0.95)
    }

    /// Reliable deterioration rate, among all finished courses.
    pub fn deterioration_rate(&self) -> Result<Share, ShareError> {
        wilson(self.deterioration, self.finished, 0.95)
    }

    /// Rate of no reliable change, among all finished courses.
    pub fn no_reliable_change_rate(&self) -> Result<Share, ShareError> {
        wilson(self.no_reliable_change, self.finished, 0.95)
    }
}

/// A count as the published dashboards show it: nothing below 5, otherwise rounded to the nearest 5.
///
/// ```
/// use stats::talking_therapies::published_count;
/// assert_eq!([4, 5, 7, 8, 102, 103].map(published_count), [None, Some(5), Some(5), Some(10), Some(100), Some(105)]);
/// ```
pub const fn published_count(count: u64) -> Option<u64> {
    if count < 5 { None } else { Some((count + 2) / 5 * 5) }
}
