//! One score of an instrument and everything that is known about the numbers it takes: range,
//! missing-data rule, bands, cut-offs, reliable change. The arithmetic is in [`crate::score`].

use serde::{Deserialize, Serialize};

use crate::{Formula, Source, Text, code::coded};

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
    /// Whether it stands for the whole questionnaire.
    pub role: ScaleRole,
    /// Name for tables and charts.
    pub title: Text,
    /// Which way is worse.
    pub polarity: Polarity,
    /// Range and precision of a reported score; also the chart's axis.
    pub axis: Axis,
    /// The items that are needed and, unless a formula says otherwise, summed.
    pub items: Vec<ScaleItem>,
    /// How the points of the items become the score.
    pub method: ScaleMethod,
    /// The sum of the points is multiplied by this (4 where a percentage is reported of 25 points, else 1) …
    pub multiply_by: i64,
    /// … and divided by this (10 for visual analogue lines, the number of items for a mean, else 1).
    pub divide_by: i64,
    /// How the reported score is rounded.
    pub rounding: Rounding,
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
    /// The cut-off that makes a client a case, where nothing is known of the person.
    pub fn caseness(&self) -> Option<&Cutoff> {
        self.cutoff_for(CutoffUse::Caseness)
    }

    /// The cut-off that makes this person a case: the one for their sex or age, else the one for everybody.
    pub fn caseness_for(&self, instrument: &crate::Instrument, context: &crate::Context) -> Option<&Cutoff> {
        let own = self.cutoffs.iter().find(|cutoff| {
            cutoff.used_as == CutoffUse::Caseness
                && cutoff.applies.is_some()
                && cutoff.applies_to(instrument, context) == Some(true)
        });
        own.or_else(|| self.caseness())
    }

    /// Whether one of the cut-offs that make a case holds for some ages or for one sex only.
    pub fn depends_on_person(&self) -> bool {
        self.cutoffs.iter().any(|cutoff| cutoff.used_as == CutoffUse::Caseness && cutoff.applies.is_some())
    }

    /// The cut-off of a positive screen.
    pub fn screening(&self) -> Option<&Cutoff> {
        self.cutoff_for(CutoffUse::Screening)
    }

    fn cutoff_for(&self, purpose: CutoffUse) -> Option<&Cutoff> {
        self.cutoffs.iter().find(|cutoff| cutoff.used_as == purpose)
    }

    /// Whether another version of the scale makes the same score of the same answers.
    pub(crate) fn scores_like(&self, other: &Self) -> bool {
        self.id == other.id
            && self.polarity == other.polarity
            && self.axis == other.axis
            && self.items == other.items
            && self.method == other.method
            && (self.multiply_by, self.divide_by) == (other.multiply_by, other.divide_by)
            && self.rounding == other.rounding
            && self.missing == other.missing
    }

    /// The band with this id.
    pub fn band(&self, id: &str) -> Option<&Band> {
        self.bands.iter().find(|band| band.id == id)
    }

    /// The band a reported score falls in; `None` outside the range or without bands.
    pub fn band_of(&self, value: f64) -> Option<&Band> {
        // A score that is not rounded may lie between the end of one band and the beginning of the next.
        let within = (self.axis.min..=self.axis.max).contains(&value);
        self.bands.iter().rev().find(|band| value >= band.from).filter(|_| within)
    }

    /// A reported score as text, with the scale's decimals: `18`, `33.1`.
    pub fn shown(&self, value: f64) -> String {
        let between = self.rounding == Rounding::None && value.fract() != 0.0;
        format!("{value:.*}", usize::from(self.axis.decimals.max(u8::from(between))))
    }

    /// A score rounded by the scale's rule.
    pub(crate) fn rounded(&self, exact: f64) -> f64 {
        match self.rounding {
            Rounding::HalfUp => {
                let unit = f64::from(10_u32.pow(u32::from(self.axis.decimals)));
                (exact * unit + 0.5).floor() / unit
            }
            Rounding::None => exact,
        }
    }
}

coded! {
    /// Whether a scale stands for the whole questionnaire or for a part of it.
    pub enum ScaleRole {
        /// The score of the questionnaire.
        Total = "total",
        /// The score of a part; a questionnaire may consist of such parts alone.
        Subscale = "subscale",
    }
}

coded! {
    /// How a reported score is rounded.
    pub enum Rounding {
        /// Halves go up, at the scale's decimals.
        HalfUp = "half_up",
        /// Not at all: the published rule does not round.
        None = "none",
    }
}

/// How the points of the items become the score.
#[derive(Clone, Debug, PartialEq)]
pub enum ScaleMethod {
    /// They are summed (a mean is a sum that is divided, a count a sum of ones).
    Sum,
    /// The sum is looked up: raw sum and score, ascending.
    Table(Vec<(i64, f64)>),
    /// Something else, said in a formula over the items.
    Formula(Formula),
    /// The key belongs to its holder and is not here: never scored.
    Licensed,
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

/// One item of a scale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScaleItem {
    /// Position in [`crate::Instrument::items`].
    pub index: usize,
    /// How its answer becomes points.
    pub points: Points,
    /// The values the item offers.
    pub offered: Offered,
}

/// How an answer becomes points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Points {
    /// `base + per_step × value`: as answered (0, 1), weighted (0, weight), reversed (lowest + highest, −1).
    Linear {
        /// Points at value 0.
        base: i64,
        /// Points per step of the value.
        per_step: i64,
    },
    /// By value; a value that is not listed gives none.
    Table(Vec<(i64, i64)>),
    /// One point from this value on, else none.
    From(i64),
}

/// The values an item offers, ready for the question whether a value is one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offered {
    /// Values from 0 to 63, one bit each.
    Bits(u64),
    /// Every whole number between two ends.
    Between(i64, i64),
    /// Any others.
    List(Vec<i64>),
}

impl Offered {
    /// Whether the value is offered.
    #[inline]
    pub fn contains(&self, value: i64) -> bool {
        match self {
            Self::Bits(bits) => (0..64).contains(&value) && bits >> value & 1 == 1,
            Self::Between(low, high) => (*low..=*high).contains(&value),
            Self::List(values) => values.contains(&value),
        }
    }
}

/// When a score may be formed although items are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingRule {
    /// Every item is needed.
    Complete,
    /// Up to `at_most` missing items are replaced by the mean of the answered ones:
    /// `sum × items ÷ answered`, rounded by the scale's rule.
    Prorate {
        /// Largest number of missing items.
        at_most: u32,
        /// The publication does not give a prorated total: it is an option, and told apart from a published total.
        optional: bool,
    },
    /// Up to `at_most` missing items count 0.
    Zero {
        /// Largest number of missing items.
        at_most: u32,
        /// They are counted over the whole form (the items of the first scale), not over this scale.
        over_form: bool,
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
        /// Score > value.
        Above = "above",
        /// Score < value.
        Below = "below",
        /// Score ≤ value.
        AtMost = "at_most",
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
    /// For whom it holds, said over sex and age; for everybody when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applies: Option<Condition>,
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
            CutoffRule::Above => value > self.value,
            CutoffRule::Below => value < self.value,
            CutoffRule::AtMost => value <= self.value,
        }
    }

    /// Points from the cut-off into the side that counts; negative on the other side. A score equal
    /// to the cut-off has distance 0 under either rule.
    pub fn distance(&self, value: f64) -> f64 {
        match self.rule {
            CutoffRule::AtLeast | CutoffRule::Above => value - self.value,
            CutoffRule::Below | CutoffRule::AtMost => self.value - value,
        }
    }

    /// Whether it holds for a person of whom this is known; `None` where that depends on something unknown.
    pub fn applies_to(&self, instrument: &crate::Instrument, context: &crate::Context) -> Option<bool> {
        match &self.applies {
            None => Some(true),
            Some(condition) => {
                condition.0.as_ref().and_then(|formula| crate::formula::holds_for(formula, instrument, context))
            }
        }
    }
}

/// A condition on the person: a formula over `@sex` and `@age`. Read with the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Condition(pub(crate) Option<Formula>, pub(crate) String);

impl From<String> for Condition {
    fn from(text: String) -> Self {
        let names =
            crate::formula::parse::Names { items: &[], scales: &[], values: &std::collections::BTreeMap::new() };
        Self(crate::formula::parse::parse(&text, &names).ok(), text)
    }
}

impl From<Condition> for String {
    fn from(condition: Condition) -> Self {
        condition.1
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
