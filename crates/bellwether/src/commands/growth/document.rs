//! A fit as a file: what `growth fit` prints and `growth predict` reads.

use super::Time;
use crate::Refusal;
use serde::{Deserialize, Serialize};
use stats::growth::{Fit, Parameters};
use std::path::Path;

/// A fit as JSON. Estimates are in points of the score; per unit of time for the slope.
#[derive(Debug, Serialize, Deserialize)]
pub struct Document {
    fixed: FixedEffects,
    random: RandomEffects,
    residual_sd: f64,
    log_likelihood: f64,
    n_persons: usize,
    n_scores: u64,
    method: String,
    converged: bool,
    /// A variance is zero, or the correlation ±1.
    #[serde(default)]
    singular: bool,
    /// The time axis.
    #[serde(default = "log_session")]
    pub time: Time,
}

const fn log_session() -> Time {
    Time::LogSession
}

#[derive(Debug, Serialize, Deserialize)]
struct FixedEffects {
    intercept: Estimate,
    slope: Estimate,
}

#[derive(Debug, Serialize, Deserialize)]
struct Estimate {
    estimate: f64,
    se: f64,
}

#[derive(Debug, Serialize, Deserialize)]
struct RandomEffects {
    sd_intercept: f64,
    sd_slope: f64,
    /// None where one of the two does not vary.
    correlation: Option<f64>,
}

impl Document {
    /// Of a fit.
    pub fn of(fit: &Fit, time: Time) -> Self {
        let fixed = fit.fixed[0];
        let (sd_intercept, sd_slope, correlation) = fit.parameters().deviations();
        Self {
            fixed: FixedEffects {
                intercept: Estimate { estimate: fixed.intercept, se: fixed.intercept_error() },
                slope: Estimate { estimate: fixed.slope, se: fixed.slope_error() },
            },
            random: RandomEffects { sd_intercept, sd_slope, correlation },
            residual_sd: fit.residual_variance.sqrt(),
            log_likelihood: fit.log_likelihood,
            n_persons: fit.n_persons,
            n_scores: fit.n_scores,
            method: fit.criterion.name().to_owned(),
            converged: fit.converged,
            singular: fit.singular,
            time,
        }
    }

    /// The file's text.
    pub fn text(&self) -> Result<String, Refusal> {
        let text = serde_json::to_string_pretty(self)
            .map_err(|error| Refusal::Configuration(format!("the fit cannot be written: {error}")))?;
        Ok(text + "\n")
    }

    /// Reads one.
    pub fn open(path: &Path) -> Result<Self, Refusal> {
        let name = crate::shown(path);
        let text = std::fs::read_to_string(path)
            .map_err(|error| Refusal::Configuration(format!("{name} cannot be read: {error}")))?;
        serde_json::from_str(&text).map_err(|error| {
            Refusal::Data(format!("{name}: {error}; give a file that bellwether growth fit has printed"))
        })
    }

    /// The model.
    pub fn parameters(&self, path: &Path) -> Result<Parameters, Refusal> {
        Parameters::new(
            (self.fixed.intercept.estimate, self.fixed.slope.estimate),
            (self.random.sd_intercept, self.random.sd_slope),
            self.random.correlation.unwrap_or(0.0),
            self.residual_sd,
        )
        .map_err(|error| Refusal::Data(format!("{}: {error}; fit the model again", crate::shown(path))))
    }
}
