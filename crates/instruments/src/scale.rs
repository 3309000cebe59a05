//! One score of an instrument and everything that is known about the numbers it takes: range,
//! missing-data rule, bands, cut-offs, reliable change. The arithmetic is in [`crate::score`].

use serde::{Deserialize, Serialize};

use crate::{Source, Text, code::coded};

coded! {
    /// Which way is worse.
    pub enum Polarity {
        /// A higher score is worse (symptoms).
        HigherWorse = "higher_worse",
        /// A higher score is better (wellbeing, alliance).
        HigherBetter = "higher_better",
    }
}

impl Polarity {
    /// Points of worsening from one score to another; negative is improvement.
    ///
    /// ```
    /// use instruments::Polarity;
    /// assert_eq!(Polarity::HigherWorse.worsening(14.0, 22.0), 8.0);
    /// assert_eq!(Polarity::HigherBetter.worsening(14.0, 22.0), -8.0);
    /// ```
    pub fn worsening(self, from: f64, to: f64) -> f64 {
        match self {
            Self::HigherWorse => to - from,
            Self::HigherBetter => from - to,
        }
    }
}

/// A score: which items, how they are summed and what the sum means.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    /// Stable id: `total`.
    pub id: String,
    /// Name for tables and charts.
    pub title: Text,
    /// Which way is worse.
    pub polarity: Polarity,
    /// Range and precision of a reported score; also the chart's axis.
    pub axis: Axis,
    /// The items that are summed.
    pub items: Vec<ScaleItem>,
    /// The sum of the stored answers is divided by this (10 for visual analogue lines, else 1).
    pub divide_by: i64,
    /// What happens when items are not answered.
    pub missing: MissingRule,
    /// Where that rule comes from.
    pub missing_source: Source,
    /// Severity bands over the whole range, lowest first; may be empty.
    pub bands: Vec<Band>,
    /// All published cut-offs; at most one is used as caseness.
    pub cutoffs: Vec<Cutoff>,
    /// The reliable-change rule in use.
    pub reliable_change: Option<ReliableChange>,
    /// Other published reliable-change rules, for the record.
    pub reliable_change_alternatives: Vec<ReliableChange>,
    /// When treatment has worked: a share of the baseline score.
    pub response: Option<Response>,
    /// When symptoms are gone.
    pub remission: Option<Remission>,
    /// Smallest change that matters to clients.
    pub mcid: Option<Mcid>,
    /// How exactly one score measures.
    pub measurement_error: Option<MeasurementError>,
    /// Thresholds for a scale that measures the alliance.
    pub alliance: Option<Alliance>,
    /// LOINC code of the score.
    pub loinc: Option<String>,
}

impl Scale {
    /// The cut-off that makes a client a case.
    pub fn caseness(&self) -> Option<&Cutoff> {
        self.cutoff_for(CutoffUse::Caseness)
    }

    /// The cut-off of a positive screen.
    pub fn screening(&self) -> Option<&Cutoff> {
        self.cutoff_for(CutoffUse::Screening)
    }

    fn cutoff_for(&self, purpose: CutoffUse) -> Option<&Cutoff> {
        self.cutoffs.iter().find(|cutoff| cutoff.used_as == purpose)
    }

    /// The band with this id.
    pub fn band(&self, id: &str) -> Option<&Band> {
        self.bands.iter().find(|band| band.id == id)
    }

    /// The band a reported score falls in; `None` outside the range or without bands.
    pub fn band_of(&self, value: f64) -> Option<&Band> {
        self.bands.iter().find(|band| (band.from..=band.to).contains(&value))
    }

    /// A reported score as text, with the scale's decimals: `18`, `33.1`.
    pub fn shown(&self, value: f64) -> String {
        format!("{value:.*}", usize::from(self.axis.decimals))
    }
}

/// Range and precision of reported scores.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    /// Lowest possible score.
    pub min: f64,
    /// Highest possible score.
    pub max: f64,
    /// Decimals of a reported score.
    pub decimals: u8,
}

/// One summed item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScaleItem {
    /// Position in [`crate::Instrument::items`].
    pub index: usize,
    /// For a reversed item the sum of its lowest and highest value, from which the answer is
    /// subtracted.
    pub reversed_from: Option<i64>,
}

/// When a score may be formed although items are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingRule {
    /// Every item is needed.
    Complete,
    /// Up to `at_most` missing items are replaced by the mean of the answered ones:
    /// `sum × items ÷ answered`, rounded half up to the scale's decimals.
    Prorate {
        /// Largest number of missing items.
        at_most: u32,
    },
}

/// A severity band, both ends included.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Stable id: `moderately_severe`.
    pub id: String,
    /// Lowest score.
    pub from: f64,
    /// Highest score.
    pub to: f64,
    /// In words, lower case.
    pub label: Text,
    /// Where the band comes from.
    pub source: Source,
}

coded! {
    /// On which side of its value a cut-off is met.
    pub enum CutoffRule {
        /// Score ≥ value.
        AtLeast = "at_least",
        /// Score < value.
        Below = "below",
    }
}

coded! {
    /// What a cut-off is used for here.
    pub enum CutoffUse {
        /// Separates cases from non-cases in outcome figures and signals.
        Caseness = "caseness",
        /// A positive screen that calls for the longer instrument.
        Screening = "screening",
        /// Published, shown for reference, not used.
        Reference = "reference",
    }
}

/// A published (or constructed) cut-off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cutoff {
    /// Stable id.
    pub id: String,
    /// The score.
    pub value: f64,
    /// On which side it is met.
    pub rule: CutoffRule,
    /// What it is used for.
    pub used_as: CutoffUse,
    /// What a score beyond it suggests, for staff.
    pub meaning: Text,
    /// Sensitivity, 0 to 1.
    #[serde(default)]
    pub sensitivity: Option<f64>,
    /// Specificity, 0 to 1.
    #[serde(default)]
    pub specificity: Option<f64>,
    /// Where it comes from.
    pub source: Source,
}

impl Cutoff {
    /// Whether the score is on the side that counts.
    pub fn is_met(&self, value: f64) -> bool {
        match self.rule {
            CutoffRule::AtLeast => value >= self.value,
            CutoffRule::Below => value < self.value,
        }
    }

    /// Points from the cut-off into the side that counts; negative on the other side. A score equal
    /// to the cut-off has distance 0 under either rule.
    pub fn distance(&self, value: f64) -> f64 {
        match self.rule {
            CutoffRule::AtLeast => value - self.value,
            CutoffRule::Below => self.value - value,
        }
    }
}

coded! {
    /// Whether a change of exactly the threshold is reliable.
    pub enum ReliableChangeRule {
        /// Change ≥ points (NHS Talking Therapies).
        AtLeast = "at_least",
        /// Change > points (Jacobson and Truax).
        MoreThan = "more_than",
    }
}

/// How large a change must be to be more than measurement error.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReliableChange {
    /// Points of the scale.
    pub points: f64,
    /// Whether the threshold itself counts.
    pub rule: ReliableChangeRule,
    /// Where it comes from.
    pub source: Source,
}

/// Response to treatment: improvement by a share of the baseline score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Response {
    /// Share of the baseline score, 0 to 1.
    pub reduction: f64,
    /// Where it comes from.
    pub source: Source,
}

/// Remission: a score below this.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remission {
    /// Score below which symptoms count as gone.
    pub below: f64,
    /// Where it comes from.
    pub source: Source,
}

/// Minimal clinically important difference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mcid {
    /// Points of the scale.
    pub points: f64,
    /// Where it comes from.
    pub source: Source,
}

/// What is needed for the standard error of measurement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasurementError {
    /// Standard deviation of scores in a clinical population, in points.
    pub sd: f64,
    /// Test-retest reliability, 0 to 1.
    pub reliability: f64,
    /// Where both come from.
    pub source: Source,
}

impl MeasurementError {
    /// Standard error of measurement in points: `SD × √(1 − r)` (Jacobson and Truax 1991).
    pub fn standard_error(&self) -> f64 {
        self.sd * (1.0 - self.reliability).sqrt()
    }
}

/// When feedback about a session should be talked about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alliance {
    /// A score below this is a flag.
    pub concern_below: f64,
    /// A fall by at least this many points from the previous score is a flag.
    pub drop_at_least: f64,
    /// Where both come from.
    pub source: Source,
}
