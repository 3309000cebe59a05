//! One pass over all persons' sums: everything that the deviance of the growth model and its gradient are made of.
//!
//! With D = G/σ², S = Z′Z and c = Z′y of one person, and W = I + ZDZ′ (so that the scores' covariance is σ²W):
//! `log|W| = log|I + SD|`, `M = X′W⁻¹X = (S⁻¹ + D)⁻¹`, `v = X′W⁻¹y = (I + SD)⁻¹c`, `y′W⁻¹y = y′y − c′Dv`. All of it is
//! algebra of 2 × 2 matrices written out, and none of it needs S or D to have an inverse.
//! Source of the profiled deviance: Bates D et al., 2015, J Stat Softw 67(1), section 3.4.

use super::Sums;

/// A symmetric 2 × 2 matrix as (11, 12, 22).
pub(super) type Symmetric = [f64; 3];

/// Sums of one person, with what does not change during a fit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Person {
    n: f64,
    x: f64,
    xx: f64,
    y: f64,
    xy: f64,
    /// |S| = nΣx² − (Σx)².
    spread: f64,
}

impl Person {
    pub fn new(sums: &Sums) -> Self {
        let n = sums.n as f64;
        let spread = (n * sums.xx - sums.x * sums.x).max(0.0);
        Self { n, x: sums.x, xx: sums.xx, y: sums.y, xy: sums.xy, spread }
    }
}

/// What one pass over a group of persons yields.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Totals {
    /// Σ log|W|.
    pub log_determinant: f64,
    /// Σ c′Dv: what y′W⁻¹y is smaller than y′y.
    pub explained: f64,
    /// ΣM.
    pub m: Symmetric,
    /// Σv.
    pub v: [f64; 2],
    /// Σ of the products of M's entries: aa, ab, ac, bb, bc, cc.
    mm: [f64; 6],
    /// Σvv′.
    vv: Symmetric,
    /// Σ of v's entries times M's: v₁a, v₁b, v₁c, v₂a, v₂b, v₂c.
    vm: [f64; 6],
}

/// Logarithms are taken of products of this many determinants. Each is at least 1, and far below 1e38.
const LOGARITHM_EVERY: usize = 8;

impl Totals {
    /// The pass, at D.
    pub fn at(persons: &[Person], [d11, d12, d22]: Symmetric) -> Self {
        let determinant_d = (d11 * d22 - d12 * d12).max(0.0);
        let mut totals = Self::default();
        for chunk in persons.chunks(LOGARITHM_EVERY) {
            let mut product = 1.0_f64;
            for person in chunk {
                let Person { n, x, xx, y, xy, spread } = *person;
                let determinant = 1.0 + n * d11 + 2.0 * x * d12 + xx * d22 + spread * determinant_d;
                product *= determinant;
                let inverse = determinant.recip();
                let a = (n + spread * d22) * inverse;
                let b = (x - spread * d12) * inverse;
                let c = (xx + spread * d11) * inverse;
                let first = ((1.0 + x * d12 + xx * d22) * y - (n * d12 + x * d22) * xy) * inverse;
                let second = ((1.0 + n * d11 + x * d12) * xy - (x * d11 + xx * d12) * y) * inverse;
                totals.explained += y * (d11 * first + d12 * second) + xy * (d12 * first + d22 * second);
                add(&mut totals.m, [a, b, c]);
                add(&mut totals.v, [first, second]);
                add(&mut totals.mm, [a * a, a * b, a * c, b * b, b * c, c * c]);
                add(&mut totals.vv, [first * first, first * second, second * second]);
                add(&mut totals.vm, [first * a, first * b, first * c, second * a, second * b, second * c]);
            }
            totals.log_determinant += product.ln();
        }
        totals
    }

    /// Σgg′ with g = X′W⁻¹(y − Xβ) = v − Mβ of each person.
    pub fn score_products(&self, beta: [f64; 2]) -> Symmetric {
        let [p, q] = beta;
        let [aa, ab, ac, bb, bc, cc] = self.mm;
        let [v11, v12, v22] = self.vv;
        let [v1a, v1b, v1c, v2a, v2b, v2c] = self.vm;
        [
            v11 - 2.0 * (p * v1a + q * v1b) + p * p * aa + 2.0 * p * q * ab + q * q * bb,
            v12 - p * (v1b + v2a) - q * (v1c + v2b) + p * p * ab + p * q * (ac + bb) + q * q * bc,
            v22 - 2.0 * (p * v2b + q * v2c) + p * p * bb + 2.0 * p * q * bc + q * q * cc,
        ]
    }

    /// ΣMPM of each person's M, for a symmetric P.
    pub fn sandwiched(&self, [p, q, r]: Symmetric) -> Symmetric {
        let [aa, ab, ac, bb, bc, cc] = self.mm;
        [p * aa + 2.0 * q * ab + r * bb, p * ab + q * (ac + bb) + r * bc, p * bb + 2.0 * q * bc + r * cc]
    }
}

fn add<const N: usize>(to: &mut [f64; N], what: [f64; N]) {
    for (to, what) in to.iter_mut().zip(what) {
        *to += what;
    }
}

/// The inverse and the determinant; none where it is not positive definite.
pub(super) fn inverse([a, b, c]: Symmetric) -> Option<(Symmetric, f64)> {
    let determinant = a * c - b * b;
    (a > 0.0 && determinant > 1e-13 * a * c)
        .then(|| ([c / determinant, -b / determinant, a / determinant], determinant))
}

/// A matrix times a vector.
pub(super) fn times(matrix: Symmetric, vector: [f64; 2]) -> [f64; 2] {
    [matrix[0] * vector[0] + matrix[1] * vector[1], matrix[1] * vector[0] + matrix[2] * vector[1]]
}
