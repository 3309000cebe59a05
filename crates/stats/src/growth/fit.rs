//! Estimation by maximum likelihood and by restricted maximum likelihood.
//!
//! β and σ² are profiled out; what is searched is the Cholesky factor of G/σ² (three numbers), on axes with another zero
//! and another unit, so that a year or a percentage is as good as ln(session). A factor may become negative or zero: a
//! variance at its boundary is a plain minimum there, and the fit is called singular.

use super::likelihood::{Person, Symmetric, Totals, inverse, times};
use super::minimise::{Minimum, minimise};
use super::{Parameters, Sums};
use nalgebra::{DVector, dvector};

/// What is maximised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Criterion {
    /// The likelihood: for comparing models with different fixed effects.
    Ml,
    /// The restricted likelihood: variances that do not forget what the fixed effects cost.
    Reml,
}

impl Criterion {
    /// Its usual name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ml => "ML",
            Self::Reml => "REML",
        }
    }
}

/// Fixed effects of one group of persons.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fixed {
    /// β₀, in points.
    pub intercept: f64,
    /// β₁, in points per unit of x.
    pub slope: f64,
    /// Covariance of the two estimates, points².
    pub covariance: [[f64; 2]; 2],
}

impl Fixed {
    /// Standard error of β₀, in points.
    pub fn intercept_error(&self) -> f64 {
        self.covariance[0][0].max(0.0).sqrt()
    }

    /// Standard error of β₁, in points per unit of x.
    pub fn slope_error(&self) -> f64 {
        self.covariance[1][1].max(0.0).sqrt()
    }
}

/// A fitted growth model.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// Fixed effects, one for each group.
    pub fixed: Vec<Fixed>,
    /// G: covariance of (u₀, u₁), points².
    pub random: [[f64; 2]; 2],
    /// σ², points².
    pub residual_variance: f64,
    /// The logarithm of the (restricted) likelihood, natural.
    pub log_likelihood: f64,
    /// What was maximised.
    pub criterion: Criterion,
    /// Persons.
    pub n_persons: usize,
    /// Scores.
    pub n_scores: u64,
    /// The search ended where the gradient is zero.
    pub converged: bool,
    /// G has no full rank: a variance is zero, or the correlation is ±1. Its numbers are estimates all the same.
    pub singular: bool,
}

impl Fit {
    /// The model of the first (or only) group.
    pub fn parameters(&self) -> Parameters {
        self.parameters_of(&self.fixed[0])
    }

    /// The model of one of the groups.
    pub fn parameters_of(&self, fixed: &Fixed) -> Parameters {
        Parameters {
            intercept: fixed.intercept,
            slope: fixed.slope,
            random: self.random,
            residual_variance: self.residual_variance,
        }
    }
}

/// Why a growth model cannot be fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FitError {
    /// Fewer than two persons.
    #[error("{0} person(s) with scores: a model of how persons differ needs at least two")]
    TooFewPersons(usize),
    /// A sum is not a finite number.
    #[error("a score or time is not a finite number, or too large to be squared")]
    NotFinite,
    /// Every score is the same.
    #[error("every score is the same: there is no variation to explain")]
    ConstantScores,
    /// A group whose scores all belong to one time, or that is empty.
    #[error("every score belongs to the same session: a slope needs scores at two different times at least")]
    ConstantTime,
    /// Nobody has more scores than a line of their own uses up.
    #[error(
        "nobody has more scores than a line of their own uses up (two): spread around a line cannot be told from \
         spread between persons; at least one person needs three scores"
    )]
    TooFewScores,
    /// Every person's scores lie on a line.
    #[error("every person's scores lie exactly on a line of their own: there is no residual spread to estimate")]
    NoResidual,
}

/// Fits the model to persons of one group, by their sums. Persons without a score do not count; their order does not
/// matter.
///
/// ```
/// use stats::growth::{Criterion, Sums, fit};
/// let persons: Vec<Sums> = [[18.0, 15.0, 14.0, 11.0], [9.0, 9.0, 6.0, 7.0], [22.0, 17.0, 18.0, 12.0]]
///     .map(|scores| {
///         let mut sums = Sums::default();
///         for (session, score) in (1..).zip(scores) {
///             sums.add(session, score);
///         }
///         sums
///     })
///     .into();
/// let fit = fit(&persons, Criterion::Reml)?;
/// assert!(fit.converged && fit.fixed[0].slope < 0.0);
/// # Ok::<(), stats::growth::FitError>(())
/// ```
pub fn fit(persons: &[Sums], criterion: Criterion) -> Result<Fit, FitError> {
    fit_groups(&[persons], criterion)
}

/// Fits the model with a line (β₀, β₁) for each group of persons (problem, programme) and one G and σ² for all.
pub fn fit_groups(groups: &[&[Sums]], criterion: Criterion) -> Result<Fit, FitError> {
    let data = Data::new(groups)?;
    let starts = [[1.0, 0.0, 0.5], [0.3, 0.0, 0.1], [2.0, -1.0, 1.0], [0.5, 0.5, 0.5]]
        .map(|start: [f64; 3]| DVector::from_row_slice(&start));
    let mut best: Option<Minimum> = None;
    for start in starts {
        let found = minimise(|theta| data.deviance(theta, criterion), start);
        let better = best.as_ref().is_none_or(|best| {
            (found.converged && !best.converged) || (found.converged == best.converged && found.value < best.value)
        });
        // A minimum inside is trusted; one at the boundary may be one of several.
        let settled = found.converged && !is_singular(&found.at);
        if better {
            best = Some(found);
        }
        if settled {
            break;
        }
    }
    let best = best.expect("there is a start");
    data.finish(&best, criterion).ok_or(FitError::NotFinite)
}

/// The scale of lme4's own check: a factor below a ten-thousandth of σ.
const SINGULAR: f64 = 1e-4;

fn is_singular(theta: &DVector<f64>) -> bool {
    let scale = theta[0].hypot(theta[1]);
    // |Λ| ÷ the longer row: how far G is from rank one.
    (theta[0] * theta[2]).abs() <= SINGULAR * scale.max(theta[2].abs()).max(1e-3) || scale <= SINGULAR
}

fn relative(theta: &DVector<f64>) -> Symmetric {
    [theta[0] * theta[0], theta[0] * theta[1], theta[1] * theta[1] + theta[2] * theta[2]]
}

/// The persons of a fit, on axes of mean 0 and SD 1.
struct Data {
    groups: Vec<Vec<Person>>,
    n_persons: usize,
    n_scores: u64,
    /// Σy².
    yy: f64,
    x: (f64, f64),
    y: (f64, f64),
}

impl Data {
    fn new(groups: &[&[Sums]]) -> Result<Self, FitError> {
        let seen = |sums: &&Sums| sums.n > 0;
        let all = || groups.iter().copied().flatten().filter(seen);
        let n_persons = all().count();
        if n_persons < 2 {
            return Err(FitError::TooFewPersons(n_persons));
        }
        let total = all().fold(Sums::default(), |total, sums| total.merge(*sums));
        let n = total.n as f64;
        let (mean_x, mean_y) = (total.x / n, total.y / n);
        let (square_x, square_y) = (total.xx / n, total.yy / n);
        if ![mean_x, mean_y, square_x, square_y].iter().all(|sum| sum.is_finite()) {
            return Err(FitError::NotFinite);
        }
        let deviation = |square: f64, mean: f64| {
            let variance = square - mean * mean;
            (variance > 1e-12 * square).then(|| variance.sqrt())
        };
        let x = (mean_x, deviation(square_x, mean_x).ok_or(FitError::ConstantTime)?);
        let y = (mean_y, deviation(square_y, mean_y).ok_or(FitError::ConstantScores)?);
        let (mut within, mut free) = (0.0, 0_u64);
        let mut yy = 0.0;
        let mut persons = Vec::with_capacity(groups.len());
        for group in groups {
            let mut of_group = Vec::with_capacity(group.len());
            let mut spread = Sums::default();
            for sums in group.iter().filter(seen) {
                let sums = sums.rescaled(x, y);
                let (residual, degrees) = around_own_line(&sums);
                within += residual;
                free += degrees;
                yy += sums.yy;
                spread = spread.merge(sums);
                of_group.push(Person::new(&sums));
            }
            if spread.line().is_none() {
                return Err(FitError::ConstantTime);
            }
            persons.push(of_group);
        }
        if free == 0 {
            return Err(FitError::TooFewScores);
        }
        if within <= 1e-11 * n {
            return Err(FitError::NoResidual);
        }
        Ok(Self { groups: persons, n_persons, n_scores: total.n, yy, x, y })
    }

    /// Degrees of freedom of σ²: scores, and for REML less the fixed effects.
    fn degrees(&self, criterion: Criterion) -> f64 {
        let n = self.n_scores as f64;
        match criterion {
            Criterion::Ml => n,
            Criterion::Reml => n - 2.0 * self.groups.len() as f64,
        }
    }

    /// The profiled deviance −2 log L on the scaled axes, and its gradient by the factor Λ.
    ///
    /// `d = Σlog|W| + [log|ΣM|] + ν (1 + log(2π r²/ν))`, `∂d/∂D = ΣM − [ΣM(ΣM)⁻¹M] − (ν/r²) Σgg′`,
    /// `∂d/∂Λ = 2 (∂d/∂D) Λ`; what is in brackets belongs to REML.
    fn deviance(&self, theta: &DVector<f64>, criterion: Criterion) -> (f64, DVector<f64>) {
        let degrees = self.degrees(criterion);
        let Some(at) = self.profile(theta) else { return (f64::INFINITY, DVector::zeros(3)) };
        let mut value = at.log_determinant + degrees * (1.0 + (std::f64::consts::TAU * at.rss / degrees).ln());
        let mut by_d = [0.0; 3];
        for (totals, group) in at.totals.iter().zip(&at.groups) {
            let score = totals.score_products(group.beta);
            let sandwich = match criterion {
                Criterion::Ml => [0.0; 3],
                Criterion::Reml => {
                    value += group.log_determinant;
                    totals.sandwiched(group.m_inverse)
                }
            };
            for entry in 0..3 {
                by_d[entry] += totals.m[entry] - sandwich[entry] - degrees / at.rss * score[entry];
            }
        }
        let [g11, g12, g22] = by_d;
        let gradient = 2.0 * dvector![g11 * theta[0] + g12 * theta[1], g12 * theta[0] + g22 * theta[1], g22 * theta[2]];
        (value, gradient)
    }

    /// Fixed effects and residual sum of squares at Λ.
    fn profile(&self, theta: &DVector<f64>) -> Option<Profile> {
        let d = relative(theta);
        let mut profile = Profile {
            totals: Vec::with_capacity(1),
            groups: Vec::with_capacity(1),
            log_determinant: 0.0,
            rss: self.yy,
        };
        for group in &self.groups {
            let totals = Totals::at(group, d);
            let (m_inverse, determinant) = inverse(totals.m)?;
            let beta = times(m_inverse, totals.v);
            profile.rss -= totals.explained + totals.v[0] * beta[0] + totals.v[1] * beta[1];
            profile.log_determinant += totals.log_determinant;
            profile.totals.push(totals);
            profile.groups.push(AtGroup { beta, m_inverse, log_determinant: determinant.ln() });
        }
        (profile.rss > 0.0 && profile.log_determinant.is_finite()).then_some(profile)
    }

    /// Back to the axes of the data. With X the scaled design, X·J the original one and y = y₁·ỹ + y₀, the deviance
    /// grows by 2 N log y₁, for REML by 2 (N − p) log y₁ + 2 log|J|.
    fn finish(&self, best: &Minimum, criterion: Criterion) -> Option<Fit> {
        let mut theta = best.at.clone();
        let singular = is_singular(&theta);
        let mut deviance = best.value;
        if singular {
            // Exactly at the boundary, where it does not cost anything.
            let mut at_boundary = theta.clone();
            if theta[2].abs() <= theta[0].abs() {
                at_boundary[2] = 0.0;
            } else {
                at_boundary[0] = 0.0;
            }
            let (there, _) = self.deviance(&at_boundary, criterion);
            if there <= deviance + 1e-6 {
                (theta, deviance) = (at_boundary, there);
            }
        }
        let profile = self.profile(&theta)?;
        let degrees = self.degrees(criterion);
        let variance = profile.rss / degrees;
        let ((x0, x1), (y0, y1)) = (self.x, self.y);
        // (intercept, slope) of the data = T · (intercept, slope) of the scaled axes, plus (y₀, 0).
        let back = |[a, b, c]: Symmetric| {
            let factor = variance * y1 * y1;
            let shift = x0 / x1;
            let shared = factor * (b - shift * c) / x1;
            [[factor * (a - 2.0 * shift * b + shift * shift * c), shared], [shared, factor * c / (x1 * x1)]]
        };
        let fixed = profile
            .groups
            .iter()
            .map(|group| {
                let slope = y1 * group.beta[1] / x1;
                let intercept = y0 + y1 * group.beta[0] - slope * x0;
                Fixed { intercept, slope, covariance: back(group.m_inverse) }
            })
            .collect();
        let groups = self.groups.len() as f64;
        let units = match criterion {
            Criterion::Ml => 2.0 * degrees * y1.ln(),
            Criterion::Reml => 2.0 * degrees * y1.ln() + 2.0 * groups * x1.ln(),
        };
        Some(Fit {
            fixed,
            random: back(relative(&theta)),
            residual_variance: variance * y1 * y1,
            log_likelihood: -0.5 * (deviance + units),
            criterion,
            n_persons: self.n_persons,
            n_scores: self.n_scores,
            converged: best.converged,
            singular,
        })
    }
}

struct Profile {
    totals: Vec<Totals>,
    groups: Vec<AtGroup>,
    log_determinant: f64,
    rss: f64,
}

struct AtGroup {
    beta: [f64; 2],
    m_inverse: Symmetric,
    log_determinant: f64,
}

/// Squares around a person's own line, and how many scores are left over for them.
fn around_own_line(sums: &Sums) -> (f64, u64) {
    let n = sums.n as f64;
    let (centre_x, centre_y) = (sums.x / n, sums.y / n);
    let total = (sums.yy - n * centre_y * centre_y).max(0.0);
    match sums.line() {
        None => (total, sums.n - 1),
        Some(line) => ((total - line.slope * (sums.xy - n * centre_x * centre_y)).max(0.0), sums.n - 2),
    }
}
