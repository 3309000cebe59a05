//! Maximum a posteriori estimation: the growth model with a prior for its parameters. With no patients the result is the
//! prior, with thousands it is the REML fit; in between the prior fades at the rate at which patients arrive.

use super::likelihood::{Person, Totals, inverse, times};
use super::minimise::minimise;
use super::{FitError, Parameters, Sums};
use nalgebra::{DVector, dvector};

/// What is believed of the parameters before there are data: normal for β, and for ln of the SDs, atanh of the
/// correlation and ln σ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prior {
    /// The most likely values. The SDs must be above 0 and the correlation inside −1 to 1.
    pub centre: Parameters,
    /// Standard errors of β₀ and β₁, in points.
    pub fixed_errors: [f64; 2],
    /// SD of ln of the SDs of intercept and slope.
    pub log_deviation_error: f64,
    /// SD of atanh of their correlation.
    pub correlation_error: f64,
    /// SD of ln σ.
    pub log_residual_error: f64,
}

impl Prior {
    /// With the widths that a quarter, 0.3 and 0.15 stand for: constructed, not published.
    pub const fn around(centre: Parameters, fixed_errors: [f64; 2]) -> Self {
        Self { centre, fixed_errors, log_deviation_error: 0.25, correlation_error: 0.3, log_residual_error: 0.15 }
    }
}

/// A model between prior and data.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Believed {
    /// Its most likely parameters.
    pub parameters: Parameters,
    /// Covariance of β₀ and β₁, points².
    pub fixed_covariance: [[f64; 2]; 2],
    /// Persons.
    pub n_persons: usize,
    /// Scores.
    pub n_scores: u64,
    /// The search ended where the gradient is zero.
    pub converged: bool,
}

/// Estimates the model with a prior. β is integrated out (as in REML), the four variance parameters are at their mode.
///
/// ```
/// use stats::growth::{Parameters, Prior, fit_with_prior};
/// let centre = Parameters::new((14.2, -2.33), (5.10, 1.83), -0.19, 3.35)?;
/// let believed = fit_with_prior(&[], &Prior::around(centre, [0.5, 0.3]))?;
/// assert!((believed.parameters.slope - -2.33).abs() < 1e-9, "without data the prior stays");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn fit_with_prior(persons: &[Sums], prior: &Prior) -> Result<Believed, FitError> {
    let problem = Problem::new(persons, prior)?;
    let found = minimise(|at| problem.deviance(at), problem.centre.clone());
    let (d, variance) = relative(&found.at);
    let totals = Totals::at(&problem.persons, d);
    let solved = problem.fixed(&totals, variance).ok_or(FitError::NotFinite)?;
    let [s0, s1] = [found.at[0].exp(), found.at[1].exp()];
    let shared = found.at[2].tanh() * s0 * s1;
    let [h11, h12, h22] = solved.h_inverse;
    Ok(Believed {
        parameters: Parameters {
            intercept: prior.centre.intercept + solved.delta[0],
            slope: prior.centre.slope + solved.delta[1],
            random: [[s0 * s0, shared], [shared, s1 * s1]],
            residual_variance: variance,
        },
        fixed_covariance: [[h11, h12], [h12, h22]],
        n_persons: problem.persons.len(),
        n_scores: problem.n_scores,
        converged: found.converged,
    })
}

/// D = G/σ² and σ².
fn relative(at: &DVector<f64>) -> ([f64; 3], f64) {
    let (s0, s1, variance) = (at[0].exp(), at[1].exp(), (2.0 * at[3]).exp());
    ([s0 * s0 / variance, at[2].tanh() * s0 * s1 / variance, s1 * s1 / variance], variance)
}

struct Problem {
    /// Sums of what the scores differ from the prior's line.
    persons: Vec<Person>,
    n_scores: u64,
    yy: f64,
    centre: DVector<f64>,
    widths: DVector<f64>,
    /// Inverse of the prior variances of β.
    precision: [f64; 2],
}

struct Solved {
    delta: [f64; 2],
    h_inverse: [f64; 3],
    log_determinant: f64,
}

impl Problem {
    fn new(persons: &[Sums], prior: &Prior) -> Result<Self, FitError> {
        let (b0, b1) = (prior.centre.intercept, prior.centre.slope);
        let (mut yy, mut n_scores) = (0.0, 0);
        let residual = |sums: &Sums| {
            let n = sums.n as f64;
            Sums {
                y: sums.y - n * b0 - b1 * sums.x,
                xy: sums.xy - b0 * sums.x - b1 * sums.xx,
                yy: sums.yy - 2.0 * (b0 * sums.y + b1 * sums.xy)
                    + n * b0 * b0
                    + 2.0 * b0 * b1 * sums.x
                    + b1 * b1 * sums.xx,
                ..*sums
            }
        };
        let persons = persons
            .iter()
            .filter(|sums| sums.n > 0)
            .map(|sums| {
                let left = residual(sums);
                yy += left.yy;
                n_scores += sums.n;
                Person::new(&left)
            })
            .collect();
        let (s0, s1, rho) = prior.centre.deviations();
        let centre = dvector![s0.ln(), s1.ln(), rho.unwrap_or(0.0).atanh(), prior.centre.residual_sd().ln()];
        let widths = dvector![
            prior.log_deviation_error,
            prior.log_deviation_error,
            prior.correlation_error,
            prior.log_residual_error
        ];
        let precision = prior.fixed_errors.map(|error| (error * error).recip());
        let numbers = centre.iter().chain(widths.iter()).chain(&precision).chain([&yy]);
        if !numbers.into_iter().all(|number| number.is_finite()) || widths.iter().any(|width| *width <= 0.0) {
            return Err(FitError::NotFinite);
        }
        Ok(Self { persons, n_scores, yy, centre, widths, precision })
    }

    /// β's distance from the prior, with H = ΣM/σ² + B⁻¹ its precision.
    fn fixed(&self, totals: &Totals, variance: f64) -> Option<Solved> {
        let [a, b, c] = totals.m;
        let h = [a / variance + self.precision[0], b / variance, c / variance + self.precision[1]];
        let (h_inverse, determinant) = inverse(h)?;
        let delta = times(h_inverse, totals.v.map(|part| part / variance));
        Some(Solved { delta, h_inverse, log_determinant: determinant.ln() })
    }

    /// −2 log of the posterior density of the variance parameters, β integrated out, and its gradient.
    fn deviance(&self, at: &DVector<f64>) -> (f64, DVector<f64>) {
        let nowhere = (f64::INFINITY, DVector::zeros(4));
        let (d, variance) = relative(at);
        if !(variance.is_finite() && variance > 0.0 && d.iter().all(|entry| entry.is_finite())) {
            return nowhere;
        }
        let totals = Totals::at(&self.persons, d);
        let Some(solved) = self.fixed(&totals, variance) else { return nowhere };
        let n = self.n_scores as f64;
        let delta = solved.delta;
        let m_delta = times(totals.m, delta);
        let rss = self.yy - totals.explained - 2.0 * (totals.v[0] * delta[0] + totals.v[1] * delta[1])
            + m_delta[0] * delta[0]
            + m_delta[1] * delta[1];
        let away = (at - &self.centre).component_div(&self.widths);
        let value = totals.log_determinant
            + n * variance.ln()
            + solved.log_determinant
            + rss / variance
            + self.precision[0] * delta[0] * delta[0]
            + self.precision[1] * delta[1] * delta[1]
            + away.norm_squared();
        let score = totals.score_products(delta);
        let sandwich = totals.sandwiched(solved.h_inverse);
        let [g11, g12, g22] = [0, 1, 2].map(|entry| totals.m[entry] - (sandwich[entry] + score[entry]) / variance);
        let [h11, h12, h22] = solved.h_inverse;
        let trace = h11 * totals.m[0] + 2.0 * h12 * totals.m[1] + h22 * totals.m[2];
        let by_variance = (n - (trace + rss) / variance) / variance;
        let [d11, d12, d22] = d;
        let rho = at[2].tanh();
        let by_correlation = 2.0 * g12 * (d11 * d22).sqrt() * (1.0 - rho * rho);
        let gradient = dvector![
            2.0 * (g11 * d11 + g12 * d12),
            2.0 * (g12 * d12 + g22 * d22),
            by_correlation,
            -2.0 * (g11 * d11 + 2.0 * g12 * d12 + g22 * d22) + 2.0 * variance * by_variance
        ] + 2.0 * away.component_div(&self.widths);
        if value.is_finite() { (value, gradient) } else { nowhere }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::growth::{Criterion, fit};

    fn courses(count: u32) -> Vec<Sums> {
        (0..count)
            .map(|person| {
                let (shift, bend) = (f64::from(person % 7) - 3.0, f64::from(person % 5) - 2.0);
                let mut sums = Sums::default();
                for session in 1..=3 + person % 6 {
                    let wobble = f64::from((person * 7 + session * 13) % 11) - 5.0;
                    let x = super::super::log_session(session);
                    sums.add(session, 16.0 + 2.0 * shift + (bend - 3.0) * x + 0.6 * wobble);
                }
                sums
            })
            .collect()
    }

    fn prior() -> Prior {
        let centre = Parameters::new((14.2, -2.33), (5.10, 1.83), -0.19, 3.35).expect("a model");
        Prior::around(centre, [0.5, 0.3])
    }

    /// The gradient is that of the value.
    #[test]
    fn gradient_by_differences() {
        let problem = Problem::new(&courses(20), &prior()).expect("a problem");
        let at = dvector![1.2, 0.4, 0.3, 0.9];
        let (_, gradient) = problem.deviance(&at);
        for index in 0..4 {
            let (mut up, mut down) = (at.clone(), at.clone());
            up[index] += 1e-5;
            down[index] -= 1e-5;
            let slope = (problem.deviance(&up).0 - problem.deviance(&down).0) / 2e-5;
            assert!(
                (slope - gradient[index]).abs() < 1e-4 * (1.0 + slope.abs()),
                "{index}: {slope} {}",
                gradient[index]
            );
        }
    }

    #[test]
    fn the_prior_fades() {
        // How much of the way from the data's own answer to the prior is gone.
        let pull = |count| {
            let own = fit(&courses(count), Criterion::Reml).expect("a fit").fixed[0].intercept;
            let believed = fit_with_prior(&courses(count), &prior()).expect("a fit");
            assert!(believed.converged, "{count}");
            (believed.parameters.intercept - own) / (14.2 - own)
        };
        let [few, some, many] = [8, 160, 3200].map(pull);
        assert!(few > 0.5 && some < few / 2.0 && many.abs() < 0.05, "{few} {some} {many}");
    }

    #[test]
    fn beliefs_that_are_none() {
        let mut prior = prior();
        prior.fixed_errors[1] = 0.0;
        assert_eq!(fit_with_prior(&[], &prior), Err(FitError::NotFinite));
    }
}
