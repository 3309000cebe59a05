//! What is expected of a course and what the rules said of it, as it stands under a chart.

use care::expected_response::Agreement;
use care::response::SignalLevel;
use serde::Serialize;

/// What stands under a chart with a band.
#[derive(Clone, Serialize)]
pub struct ExpectationNote {
    /// The source of the figures it was constructed from; none for a model of the practice's own.
    pub source: Option<String>,
    /// The period of those figures, or the day of the practice's own model, formatted.
    pub dated: String,
    /// Courses it was made from, formatted.
    pub courses: String,
    /// Version of the practice's own model.
    pub version: i64,
    /// The page with the forecast from all scores so far, or without it where it is shown.
    pub toggle: String,
    /// The forecast in words; none while it is not shown.
    pub forecast: Option<ForecastNote>,
}

/// A forecast in words.
#[derive(Clone, Serialize)]
pub struct ForecastNote {
    /// From how many scores.
    pub scores: i64,
    /// The session it is for.
    pub session: i64,
    /// The middle, formatted.
    pub median: String,
    /// The ends of the band, formatted.
    pub low: String,
    /// The upper one.
    pub high: String,
}

/// What a rule said of a score.
#[derive(Clone, Serialize)]
pub struct SignalNote {
    /// How it is read.
    pub level: SignalLevel,
    /// The sentence.
    pub sentence: String,
    /// Probability of ending without reliable improvement, in percent.
    pub probability: Option<String>,
    /// Whether that probability was compared with what happened.
    pub agreement: Option<Agreement>,
    /// What was expected, and between what: "14 (9–19)".
    pub expected: Option<String>,
    /// The growth model's version, as kept with the signal.
    pub model: Option<String>,
    /// The rules' revision, as kept with the signal.
    pub rules: Option<String>,
}
