//! Expected treatment response: which growth model a practice goes by, and what it expects of one course from its first score
//! (the band) and from all of them (the forecast).
//!
//! The model itself, its estimation and its forecasts are `stats::growth`'s; where the first one comes from is
//! `instruments/expected-response.toml`. When a new one is adopted is decided in [`refit`].

pub mod refit;

use crate::Instant;
use crate::episode::Measure;
use crate::text::text_enum;
use instruments::Polarity;
use serde::{Deserialize, Serialize};
use stats::calibration::Recalibration;
use stats::growth::log_session;
pub use stats::growth::{Forecast, Parameters, Posterior, Prior};
use std::sync::LazyLock;

/// The share of new scores that the band is made to hold.
pub const BAND: f64 = 0.8;

/// A growth model in force for one scale.
#[derive(Debug, Clone, PartialEq)]
pub struct GrowthModel {
    /// Instrument id.
    pub instrument: String,
    /// Scale id.
    pub scale: String,
    /// Structure of the instrument's versions whose scores it is of.
    pub structure: i64,
    /// Its version: 0 ships with the program, the practice's own count from 1.
    pub version: i64,
    /// The line, the spread of the persons and the spread of the scores, in points.
    pub parameters: Parameters,
    /// The session at which courses usually end, from 1.
    pub last_session: i64,
    /// Courses it was made from.
    pub courses: i64,
    /// Where it comes from.
    pub origin: Origin,
    /// How its probabilities are corrected.
    pub calibration: Calibration,
}

/// Where a growth model comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Origin {
    /// Constructed from published figures: the source, and the period it is about.
    Published {
        /// Which figures.
        source: String,
        /// Of which period.
        period: String,
    },
    /// Learned from the practice's own courses.
    Practice {
        /// When.
        fitted_at: Instant,
        /// From how many scores.
        scores: i64,
    },
}

impl GrowthModel {
    /// Under which name a signal keeps the version: `published` or `practice-3`.
    pub fn name(&self) -> String {
        if self.version == 0 { "published".to_owned() } else { format!("practice-{}", self.version) }
    }

    /// What is known of a course from its first score alone: nothing where there is no baseline.
    pub fn from_baseline(&self, measure: &Measure) -> Option<Posterior> {
        let baseline = measure.baseline?;
        Some(self.parameters.expected_response(at(measure.baseline_session?), baseline))
    }

    /// What all scores so far say.
    pub fn from_all(&self, measure: &Measure) -> Posterior {
        self.parameters.posterior(&measure.sums())
    }

    /// A new score at a session.
    pub fn forecast(&self, person: &Posterior, session: i64) -> Forecast {
        self.parameters.forecast(person, at(session))
    }

    /// SDs by which a score at a session is worse than expected of the person.
    pub fn deviation(&self, person: &Posterior, polarity: Polarity, session: i64, score: f64) -> f64 {
        polarity.worsening(0.0, self.forecast(person, session).z(score))
    }

    /// Probability that the course ends without the reliable improvement `bound` (a score), judged at its usual last session, at
    /// least one session ahead; from all scores so far. As the model says it, and corrected where a correction is known.
    pub fn bad_end(&self, measure: &Measure, polarity: Polarity, bound: f64, session: i64) -> Probability {
        let end = self.last_session.max(session + 1);
        let above = self.forecast(&self.from_all(measure), end).above(bound);
        let raw = if polarity == Polarity::HigherWorse { above } else { 1.0 - above };
        match self.calibration.at(session) {
            Some(line) => Probability { value: line.apply(raw), agreement: Agreement::Calibrated },
            None => Probability { value: raw, agreement: Agreement::Uncalibrated },
        }
    }
}

/// ln(session), where the session is a count from 1.
fn at(session: i64) -> f64 {
    log_session(u32::try_from(session).unwrap_or(1))
}

/// A probability, and whether it was compared with what happened.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Probability {
    /// 0 to 1.
    pub value: f64,
    /// Whether it was corrected by what happened in the practice.
    pub agreement: Agreement,
}

text_enum! {
    /// Whether a probability was compared with what happened.
    Agreement {
        /// As the model says it; too extreme as a rule.
        Uncalibrated = "uncalibrated",
        /// Corrected by the practice's own closed courses.
        Calibrated = "calibrated",
    }
}

/// Closed courses that a correction needs.
pub const CALIBRATION_COURSES: i64 = 200;
/// Bad ends among them that it needs.
pub const CALIBRATION_EVENTS: i64 = 30;

/// How a model's probabilities are corrected, by how far the course had come.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Calibration {
    /// Closed courses that were judged.
    pub courses: i64,
    /// Those that ended without reliable improvement.
    pub events: i64,
    /// One line per band of sessions; empty while there are too few.
    pub bands: Vec<CalibrationBand>,
}

/// The line from predicted to observed log-odds in a band of sessions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CalibrationBand {
    /// First session.
    pub from: i64,
    /// Last session; none where it has no end.
    pub to: Option<i64>,
    /// On the log-odds scale.
    pub intercept: f64,
    /// On the log-odds scale.
    pub slope: f64,
}

impl Calibration {
    /// Whether there is enough to correct by.
    pub fn is_enough(&self) -> bool {
        self.courses >= CALIBRATION_COURSES && self.events >= CALIBRATION_EVENTS
    }

    fn at(&self, session: i64) -> Option<Recalibration> {
        let within = |band: &&CalibrationBand| session >= band.from && band.to.is_none_or(|to| session <= to);
        let band = self.bands.iter().find(within).filter(|_| self.is_enough())?;
        Some(Recalibration { intercept: band.intercept, slope: band.slope })
    }
}

/// A model as the file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shipped {
    instrument: String,
    scale: String,
    intercept: f64,
    slope: f64,
    sd_intercept: f64,
    sd_slope: f64,
    correlation: f64,
    residual_sd: f64,
    fixed_errors: [f64; 2],
    last_session: i64,
    courses: i64,
    period: String,
    source: String,
    evidence: String,
}

#[derive(Deserialize)]
struct ShippedFile {
    model: Vec<Shipped>,
}

static SHIPPED: LazyLock<Vec<(GrowthModel, Prior)>> = LazyLock::new(|| {
    let file: ShippedFile = toml::from_str(include_str!("../../../instruments/expected-response.toml"))
        .unwrap_or(ShippedFile { model: Vec::new() });
    file.model.into_iter().filter_map(shipped).collect()
});

fn shipped(one: Shipped) -> Option<(GrowthModel, Prior)> {
    let deviations = (one.sd_intercept, one.sd_slope);
    let parameters = Parameters::new((one.intercept, one.slope), deviations, one.correlation, one.residual_sd).ok()?;
    (one.evidence == "constructed").then(|| {
        let prior = Prior::around(parameters, one.fixed_errors);
        let model = GrowthModel {
            instrument: one.instrument,
            scale: one.scale,
            // Published figures are of the published form, which is the first that ships.
            structure: 1,
            version: 0,
            parameters,
            last_session: one.last_session,
            courses: one.courses,
            origin: Origin::Published { source: one.source, period: one.period },
            calibration: Calibration::default(),
        };
        (model, prior)
    })
}

/// The model a scale has before the practice has courses of its own, constructed from published figures; none where nothing
/// is published.
///
/// ```
/// let model = care::expected_response::published("phq-9", "total").expect("it ships");
/// assert_eq!((model.name().as_str(), model.last_session), ("published", 8));
/// assert!(care::expected_response::published("wellbeing-check", "total").is_none());
/// ```
pub fn published(instrument: &str, scale: &str) -> Option<&'static GrowthModel> {
    SHIPPED.iter().map(|(model, _)| model).find(|model| model.instrument == instrument && model.scale == scale)
}

/// Every model that ships.
pub fn all_published() -> impl Iterator<Item = &'static GrowthModel> {
    SHIPPED.iter().map(|(model, _)| model)
}

/// What is believed of a scale's parameters before there are data: of the structure that [`published`] is of.
pub fn prior(instrument: &str, scale: &str) -> Option<&'static Prior> {
    let found = SHIPPED.iter().find(|(model, _)| model.instrument == instrument && model.scale == scale);
    found.map(|(_, prior)| prior)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EpisodeId;
    use crate::episode::{BaselineWindow, Point, Series};

    fn course(scores: &[(i64, f64)]) -> Measure {
        let start: Instant = "2026-03-03T22:00:00Z".parse().expect("an instant");
        let window = BaselineWindow::around(start);
        let point =
            |(session, value): (i64, f64)| Point { value, session, at: start + chrono::Duration::weeks(session - 1) };
        let episode = EpisodeId::from_text("episode");
        let series = Series { episode: &episode, instrument: "phq-9", scale: "total", structure: 1 };
        let first = Measure::begin(series, 0, point(scores[0]), window);
        scores[1..].iter().fold(first, |measure, one| measure.absorb(point(*one), Polarity::HigherWorse, window))
    }

    /// Every model of the file can be read: none is left out in silence.
    #[test]
    fn the_file_is_read_whole() {
        let written = include_str!("../../../instruments/expected-response.toml").matches("[[model]]").count();
        assert_eq!(all_published().count(), written);
    }

    /// From an intake of 20 the published model expects 16.8 at session 2 with 80 % between 11 and 22.6: the closed form.
    #[test]
    fn the_band_from_the_first_score() {
        let model = published("phq-9", "total").expect("it ships");
        let person = model.from_baseline(&course(&[(1, 20.0)])).expect("a baseline");
        let x = 2.0_f64.ln();
        let pull = (5.098_f64.powi(2) - 0.193 * 5.098 * 1.83 * x) / (5.098_f64.powi(2) + 3.35_f64.powi(2));
        let forecast = model.forecast(&person, 2);
        assert!((forecast.mean - (14.2 - 2.333 * x + pull * 5.8)).abs() < 1e-9);
        let (low, high) = forecast.band(BAND);
        assert!(low < forecast.mean && forecast.mean < high && (8.0..14.0).contains(&(high - low)), "{low} {high}");
        assert!(model.deviation(&person, Polarity::HigherWorse, 2, high + 0.1) > 1.28);
        assert!(model.deviation(&person, Polarity::HigherBetter, 2, high + 0.1) < -1.28);
    }

    #[test]
    fn a_probability_is_uncalibrated_until_there_is_enough_to_compare_it_with() {
        let mut model = published("phq-9", "total").expect("it ships").clone();
        let course = course(&[(1, 18.0), (2, 20.0), (3, 21.0)]);
        let raw = model.bad_end(&course, Polarity::HigherWorse, 12.0, 3);
        assert_eq!(raw.agreement, Agreement::Uncalibrated);
        assert!(raw.value > 0.7, "{}", raw.value);
        model.calibration = Calibration {
            courses: 199,
            events: 60,
            bands: vec![CalibrationBand { from: 2, to: None, intercept: -0.2, slope: 0.5 }],
        };
        assert_eq!(model.bad_end(&course, Polarity::HigherWorse, 12.0, 3), raw, "one course is missing");
        model.calibration.courses = 200;
        let corrected = model.bad_end(&course, Polarity::HigherWorse, 12.0, 3);
        assert_eq!(corrected.agreement, Agreement::Calibrated);
        assert!(corrected.value < raw.value, "a slope below 1 takes extremes back");
    }

    #[test]
    fn without_a_baseline_nothing_is_expected() {
        let late = course(&[(9, 20.0)]);
        assert!(published("phq-9", "total").expect("it ships").from_baseline(&late).is_none());
    }
}
