//! What a score means: band, case or not, distance to the cut-off, change. Every threshold is read
//! from the instrument version. What should be done about it is left to `care`.

use crate::{Band, ReliableChangeRule, Scale, code::coded};

/// Differences of reported scores are multiples of a tenth at the finest; this keeps binary
/// fractions (35.8 − 33.1 is not exactly 2.7) from deciding a comparison.
const ROUNDING_SLACK: f64 = 1e-9;

coded! {
    /// The verdict of the reliable-change rule on two scores.
    pub enum Change {
        /// Better by more than measurement error.
        Improved = "improved",
        /// Within measurement error.
        Unchanged = "unchanged",
        /// Worse by more than measurement error.
        Deteriorated = "deteriorated",
    }
}

/// One reported score, read against its scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interpretation<'a> {
    /// Severity band; `None` on scales without bands.
    pub band: Option<&'a Band>,
    /// Whether the score makes the client a case; `None` without a caseness cut-off.
    pub case: Option<bool>,
    /// Points into (positive) or out of (negative) the clinical side of the cut-off.
    pub distance_to_cutoff: Option<f64>,
    /// Score ± 1.96 standard errors of measurement, cut at the ends of the scale.
    pub measurement_band: Option<(f64, f64)>,
}

/// Reads one reported score against its scale.
///
/// ```
/// use instruments::{Library, interpret};
/// let library = Library::embedded()?;
/// let phq9 = library.current("phq-9").expect("ships with the library").primary();
/// let reading = interpret(phq9, 18.0);
/// assert_eq!(reading.band.map(|band| band.id.as_str()), Some("moderately_severe"));
/// assert_eq!((reading.case, reading.distance_to_cutoff), (Some(true), Some(8.0)));
/// # Ok::<(), instruments::LibraryError>(())
/// ```
pub fn interpret(scale: &Scale, value: f64) -> Interpretation<'_> {
    let cutoff = scale.caseness();
    Interpretation {
        band: scale.band_of(value),
        case: cutoff.map(|cutoff| cutoff.is_met(value)),
        distance_to_cutoff: cutoff.map(|cutoff| cutoff.distance(value)),
        measurement_band: scale.measurement_error.as_ref().map(|error| {
            let margin = 1.96 * error.standard_error();
            ((value - margin).max(scale.axis.min), (value + margin).min(scale.axis.max))
        }),
    }
}

/// Whether two reported scores differ by more than measurement error, by the rule in use; `None` for
/// scales without a reliable-change rule.
///
/// ```
/// use instruments::{Change, Library, change};
/// let library = Library::embedded()?;
/// let phq9 = library.current("phq-9").expect("ships with the library").primary();
/// assert_eq!(change(phq9, 18.0, 22.0), Some(Change::Unchanged));
/// assert_eq!(change(phq9, 14.0, 22.0), Some(Change::Deteriorated));
/// assert_eq!(change(phq9, 18.0, 12.0), Some(Change::Improved));
/// # Ok::<(), instruments::LibraryError>(())
/// ```
pub fn change(scale: &Scale, from: f64, to: f64) -> Option<Change> {
    let threshold = scale.reliable_change.as_ref()?;
    let worsening = scale.polarity.worsening(from, to);
    let reliable = match threshold.rule {
        ReliableChangeRule::AtLeast => worsening.abs() >= threshold.points - ROUNDING_SLACK,
        ReliableChangeRule::MoreThan => worsening.abs() > threshold.points + ROUNDING_SLACK,
    };
    Some(match (reliable, worsening > 0.0) {
        (false, _) => Change::Unchanged,
        (true, true) => Change::Deteriorated,
        (true, false) => Change::Improved,
    })
}

impl Scale {
    /// Whether the improvement since baseline is a response to treatment. `None` where the scale
    /// has no such rule or the baseline leaves nothing to reduce.
    pub fn responded(&self, baseline: f64, now: f64) -> Option<bool> {
        let rule = self.response.as_ref()?;
        let needed = rule.reduction * (baseline - self.axis.min);
        (needed > 0.0).then(|| -self.polarity.worsening(baseline, now) >= needed - ROUNDING_SLACK)
    }

    /// Whether the score counts as remission; `None` where the scale has no such rule.
    pub fn remitted(&self, now: f64) -> Option<bool> {
        self.remission.as_ref().map(|rule| now < rule.below)
    }
}

coded! {
    /// Why feedback about a session should be talked about.
    pub enum AllianceFlag {
        /// The score is below the threshold.
        Low = "low",
        /// It fell markedly since the previous one.
        Drop = "drop",
    }
}

/// The alliance flags of a score, given the previous one; empty on scales that do not measure the
/// alliance.
///
/// ```
/// use instruments::{AllianceFlag, Library, alliance_flags};
/// let library = Library::embedded()?;
/// let feedback = library.current("session-feedback").expect("ships with the library").primary();
/// assert!(alliance_flags(feedback, Some(35.8), 33.1).contains(&AllianceFlag::Drop));
/// assert_eq!(alliance_flags(feedback, Some(39.0), 38.4), []);
/// # Ok::<(), instruments::LibraryError>(())
/// ```
pub fn alliance_flags(scale: &Scale, previous: Option<f64>, now: f64) -> Vec<AllianceFlag> {
    let Some(thresholds) = &scale.alliance else {
        return Vec::new();
    };
    let low = now < thresholds.concern_below;
    let fell = previous
        .is_some_and(|previous| scale.polarity.worsening(previous, now) >= thresholds.drop_at_least - ROUNDING_SLACK);
    [low.then_some(AllianceFlag::Low), fell.then_some(AllianceFlag::Drop)].into_iter().flatten().collect()
}
