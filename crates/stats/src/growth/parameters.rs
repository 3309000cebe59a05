//! A growth model that is known, and what it says of one person: posterior and forecasts.

use super::{Sums, log_session};
use crate::proportion::two_sided_quantile;

/// The model: `y = (β₀ + u₀) + (β₁ + u₁) x + e`, in points of the scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameters {
    /// β₀: expected score at x = 0 (session 1 where x is ln(session)).
    pub intercept: f64,
    /// β₁: expected change per unit of x.
    pub slope: f64,
    /// G: covariance of (u₀, u₁), points².
    pub random: [[f64; 2]; 2],
    /// σ²: variance of a single score around its person's line, points².
    pub residual_variance: f64,
}

/// Why parameters are no model.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum ParametersError {
    /// Not a number.
    #[error("intercept and slope must be finite numbers")]
    Fixed,
    /// A deviation below zero, or not a number.
    #[error("the SDs of intercept and slope must be numbers of at least 0")]
    Deviation,
    /// A correlation outside −1 to 1.
    #[error("a correlation of {0} is not between -1 and 1")]
    Correlation(f64),
    /// No residual spread.
    #[error("the residual SD must be a number above 0")]
    Residual,
}

/// What is known of one person's line beside the line of all.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Posterior {
    /// û₀: the person's intercept minus β₀, in points.
    pub intercept: f64,
    /// û₁: the person's slope minus β₁, in points per unit of x.
    pub slope: f64,
    /// Their covariance, points².
    pub covariance: [[f64; 2]; 2],
}

/// A normal distribution for a score not seen yet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forecast {
    /// Mean, in points.
    pub mean: f64,
    /// SD of a single new score, in points.
    pub sd: f64,
}

impl Forecast {
    /// The band that holds a new score with this probability: `mean ± z · sd` (0.8: z = 1.2816).
    pub fn band(&self, level: f64) -> (f64, f64) {
        let margin = two_sided_quantile(level) * self.sd;
        (self.mean - margin, self.mean + margin)
    }

    /// How far a score lies above the mean, in SDs.
    pub fn z(&self, score: f64) -> f64 {
        (score - self.mean) / self.sd
    }

    /// Probability that the new score is above a value.
    pub fn above(&self, value: f64) -> f64 {
        crate::proportion::normal_above(self.z(value))
    }
}

impl Parameters {
    /// From standard deviations and the correlation of intercept and slope, as publications state them.
    pub fn new(
        (intercept, slope): (f64, f64),
        (sd_intercept, sd_slope): (f64, f64),
        correlation: f64,
        residual_sd: f64,
    ) -> Result<Self, ParametersError> {
        if !(intercept.is_finite() && slope.is_finite()) {
            return Err(ParametersError::Fixed);
        }
        if !(sd_intercept.is_finite() && sd_intercept >= 0.0 && sd_slope.is_finite() && sd_slope >= 0.0) {
            return Err(ParametersError::Deviation);
        }
        if !(-1.0..=1.0).contains(&correlation) {
            return Err(ParametersError::Correlation(correlation));
        }
        if !(residual_sd.is_finite() && residual_sd > 0.0) {
            return Err(ParametersError::Residual);
        }
        let shared = correlation * sd_intercept * sd_slope;
        let random = [[sd_intercept * sd_intercept, shared], [shared, sd_slope * sd_slope]];
        Ok(Self { intercept, slope, random, residual_variance: residual_sd * residual_sd })
    }

    /// SDs of intercept and slope over persons, in points, and their correlation; none where one of them does not vary.
    pub fn deviations(&self) -> (f64, f64, Option<f64>) {
        let (first, second) = (self.random[0][0].max(0.0).sqrt(), self.random[1][1].max(0.0).sqrt());
        let both = first * second;
        (first, second, (both > 0.0).then(|| (self.random[0][1] / both).clamp(-1.0, 1.0)))
    }

    /// σ, in points.
    pub fn residual_sd(&self) -> f64 {
        self.residual_variance.sqrt()
    }

    /// What a person's scores say: `P = (G⁻¹ + Z′Z/σ²)⁻¹`, `û = P Z′(y − Xβ)/σ²` (Laird NM, Ware JH, 1982, Biometrics
    /// 38:963–974), in a form that needs no inverse of G, so that a G without full rank is fine too.
    ///
    /// ```
    /// use stats::growth::{Parameters, Sums};
    /// let model = Parameters::new((14.2, -2.33), (5.10, 1.83), -0.19, 3.35)?;
    /// let mut sums = Sums::default();
    /// let nothing = model.posterior(&sums);
    /// assert_eq!((nothing.intercept, nothing.slope), (0.0, 0.0));
    /// sums.add(1, 20.0);
    /// let person = model.posterior(&sums);
    /// assert!(person.intercept > 3.0 && person.intercept < 5.8, "a high first score counts in part");
    /// # Ok::<(), stats::growth::ParametersError>(())
    /// ```
    pub fn posterior(&self, sums: &Sums) -> Posterior {
        let variance = self.residual_variance;
        let [[d11, d12], [_, d22]] = self.random.map(|row| row.map(|entry| entry / variance));
        let n = sums.n as f64;
        let spread = n * sums.xx - sums.x * sums.x;
        let determinant_g = (d11 * d22 - d12 * d12).max(0.0);
        // det(I + Z′Z D), never below 1.
        let scale = 1.0 + n * d11 + 2.0 * sums.x * d12 + sums.xx * d22 + spread * determinant_g;
        let p11 = (d11 + determinant_g * sums.xx) / scale;
        let p12 = (d12 - determinant_g * sums.x) / scale;
        let p22 = (d22 + determinant_g * n) / scale;
        let residual = sums.y - n * self.intercept - sums.x * self.slope;
        let residual_x = sums.xy - sums.x * self.intercept - sums.xx * self.slope;
        Posterior {
            intercept: p11 * residual + p12 * residual_x,
            slope: p12 * residual + p22 * residual_x,
            covariance: [[variance * p11, variance * p12], [variance * p12, variance * p22]],
        }
    }

    /// A new score at x: mean `z′(β + û)`, variance `z′Pz + σ²`, z = (1, x). The uncertainty of β itself is not in it.
    pub fn forecast(&self, person: &Posterior, x: f64) -> Forecast {
        let [[p11, p12], [_, p22]] = person.covariance;
        let mean = self.intercept + person.intercept + (self.slope + person.slope) * x;
        let variance = (p11 + 2.0 * p12 * x + p22 * x * x).max(0.0) + self.residual_variance;
        Forecast { mean, sd: variance.sqrt() }
    }

    /// A new score at a session, counted from 1, for a model over ln(session).
    pub fn forecast_at(&self, person: &Posterior, session: u32) -> Forecast {
        self.forecast(person, log_session(session))
    }

    /// A score at x of somebody of whom nothing is known yet.
    pub fn population(&self, x: f64) -> Forecast {
        let nobody = Posterior { intercept: 0.0, slope: 0.0, covariance: self.random };
        self.forecast(&nobody, x)
    }

    /// The expected treatment response: a forecast from the intake alone, `β₀ + β₁x + (G₀₀ + G₀₁x)/(G₀₀ + σ²) · (y₁ − β₀)`
    /// where the intake is at x = 0.
    pub fn expected_response(&self, intake_x: f64, intake: f64) -> Posterior {
        let mut sums = Sums::default();
        sums.push(intake_x, intake);
        self.posterior(&sums)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{Matrix2, Vector2};
    use proptest::prelude::*;

    #[test]
    fn parameters_that_are_no_model() {
        let of = |fixed, sds, rho, sigma| Parameters::new(fixed, sds, rho, sigma);
        assert_eq!(of((f64::NAN, 0.0), (1.0, 1.0), 0.0, 1.0), Err(ParametersError::Fixed));
        assert_eq!(of((1.0, 0.0), (-1.0, 1.0), 0.0, 1.0), Err(ParametersError::Deviation));
        assert_eq!(of((1.0, 0.0), (1.0, 1.0), 1.5, 1.0), Err(ParametersError::Correlation(1.5)));
        assert_eq!(of((1.0, 0.0), (1.0, 1.0), 0.5, 0.0), Err(ParametersError::Residual));
        let flat = of((1.0, 0.0), (1.0, 0.0), 0.5, 1.0).expect("a model without slopes");
        assert_eq!(flat.deviations(), (1.0, 0.0, None));
    }

    /// The expected response from one score is the formula that the methods state for it.
    #[test]
    fn expected_response_in_closed_form() {
        let model = Parameters::new((14.2, -2.33), (5.10, 1.83), -0.19, 3.35).expect("a model");
        let person = model.expected_response(0.0, 20.0);
        for session in [2, 5, 10] {
            let x = log_session(session);
            let pull = (model.random[0][0] + model.random[0][1] * x) / (model.random[0][0] + model.residual_variance);
            let expected = 14.2 - 2.33 * x + pull * 5.8;
            assert!((model.forecast_at(&person, session).mean - expected).abs() < 1e-12);
        }
    }

    proptest! {
        /// The closed form equals the textbook's matrices.
        #[test]
        fn posterior_by_matrices(
            sds in (0.5_f64..8.0, 0.2_f64..4.0), rho in -0.95_f64..0.95, sigma in 0.5_f64..5.0,
            scores in proptest::collection::vec((1_u32..40, 0.0_f64..27.0), 0..12),
        ) {
            let model = Parameters::new((14.0, -2.0), sds, rho, sigma).expect("a model");
            let mut sums = Sums::default();
            for (session, score) in &scores {
                sums.add(*session, *score);
            }
            let g = Matrix2::new(model.random[0][0], model.random[0][1], model.random[1][0], model.random[1][1]);
            let mut precision = g.try_inverse().expect("full rank");
            let mut right = Vector2::zeros();
            for (session, score) in &scores {
                let z = Vector2::new(1.0, log_session(*session));
                precision += z * z.transpose() / model.residual_variance;
                right += z * (score - 14.0 + 2.0 * z[1]) / model.residual_variance;
            }
            let p = precision.try_inverse().expect("full rank");
            let u = p * right;
            let person = model.posterior(&sums);
            prop_assert!((person.intercept - u[0]).abs() < 1e-7 && (person.slope - u[1]).abs() < 1e-7);
            for (row, column) in [(0, 0), (0, 1), (1, 1)] {
                prop_assert!((person.covariance[row][column] - p[(row, column)]).abs() < 1e-8);
            }
        }

        /// A further score never widens the forecast, at any session.
        #[test]
        fn more_scores_narrow_the_forecast(
            scores in proptest::collection::vec((1_u32..40, 0.0_f64..27.0), 1..12), at in 1_u32..60,
        ) {
            let model = Parameters::new((14.2, -2.33), (5.10, 1.83), -0.19, 3.35).expect("a model");
            let mut sums = Sums::default();
            let mut before = model.population(log_session(at)).sd;
            for (session, score) in scores {
                sums.add(session, score);
                let now = model.forecast_at(&model.posterior(&sums), at).sd;
                prop_assert!(now <= before + 1e-9, "{now} {before}");
                before = now;
            }
        }
    }
}
