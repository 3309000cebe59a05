//! The minimum of a smooth function of a few variables whose gradient is known: BFGS with backtracking, then Newton
//! steps on the gradient alone, where the values themselves are too coarse to compare.
//!
//! Source: Nocedal J, Wright SJ, 2006, Numerical Optimization, 2nd ed., algorithm 6.1 and section 3.1.

use nalgebra::{DMatrix, DVector, SymmetricEigen};

/// Where it ended.
#[derive(Debug, Clone)]
pub(super) struct Minimum {
    pub at: DVector<f64>,
    pub value: f64,
    /// The gradient is zero as far as it matters.
    pub converged: bool,
}

/// Twice the decrease that the quadratic model still promises. Values are deviances, so 1e-9 is far below a thousandth of
/// a standard error.
const PROMISE: f64 = 1e-9;
const MAX_STEPS: usize = 200;
const POLISHING_STEPS: usize = 6;

/// Minimises from a starting point; `function` returns value and gradient, or a value that is not finite where it is
/// not defined.
pub(super) fn minimise(mut function: impl FnMut(&DVector<f64>) -> (f64, DVector<f64>), start: DVector<f64>) -> Minimum {
    let size = start.len();
    let identity = || DMatrix::<f64>::identity(size, size);
    let (mut value, mut gradient) = function(&start);
    let mut at = start;
    let mut hessian_inverse = identity() / gradient.norm().max(1.0);
    let mut fresh = true;
    for _ in 0..MAX_STEPS {
        let mut direction = -(&hessian_inverse * &gradient);
        if !direction.iter().all(|part| part.is_finite()) || direction.dot(&gradient) >= 0.0 {
            hessian_inverse = identity() / gradient.norm().max(1.0);
            direction = -(&hessian_inverse * &gradient);
            fresh = true;
        }
        let promise = -direction.dot(&gradient);
        if promise < PROMISE && !fresh {
            break;
        }
        // Rounding of the value itself, which must not stop a step that is downhill.
        let noise = 4.0 * f64::EPSILON * value.abs();
        let mut length = 1.0;
        let mut found = None;
        for _ in 0..40 {
            let next = &at + &direction * length;
            let (next_value, next_gradient) = function(&next);
            if next_value.is_finite() && next_value <= value - 1e-4 * length * promise + noise {
                found = Some((next, next_value, next_gradient));
                break;
            }
            length *= 0.4;
        }
        let Some((next, next_value, next_gradient)) = found else { break };
        let (step, difference) = (&next - &at, &next_gradient - &gradient);
        let curvature = step.dot(&difference);
        if curvature > 1e-12 * step.norm() * difference.norm() {
            if fresh {
                hessian_inverse = identity() * (curvature / difference.norm_squared());
            }
            let left = identity() - &step * difference.transpose() / curvature;
            hessian_inverse = &left * hessian_inverse * left.transpose() + &step * step.transpose() / curvature;
            fresh = false;
        }
        (at, value, gradient) = (next, next_value, next_gradient);
    }
    polish(&mut function, at)
}

/// Newton steps by differences of the gradient. Directions without curvature (a variance at zero) stay as they are.
fn polish(function: &mut impl FnMut(&DVector<f64>) -> (f64, DVector<f64>), start: DVector<f64>) -> Minimum {
    let (mut value, mut gradient) = function(&start);
    let mut at = start;
    let mut promise = f64::INFINITY;
    for _ in 0..POLISHING_STEPS {
        let eigen = SymmetricEigen::new(hessian(function, &at));
        let largest = eigen.eigenvalues.amax();
        let mut step = DVector::zeros(at.len());
        promise = 0.0;
        for index in 0..at.len() {
            let (curvature, axis) = (eigen.eigenvalues[index], eigen.eigenvectors.column(index).into_owned());
            let slope = axis.dot(&gradient);
            if curvature > 1e-9 * largest {
                step -= axis * (slope / curvature);
                promise += slope * slope / curvature;
            } else {
                promise += slope * slope / largest.max(f64::MIN_POSITIVE);
            }
        }
        let next = &at + step;
        let (next_value, next_gradient) = function(&next);
        // A step that leads nowhere better is the end of what the arithmetic can tell.
        if !next_value.is_finite() || next_value > value + 1e-7 + 1e-12 * value.abs() {
            break;
        }
        let settled = promise < PROMISE * 1e-4;
        if next_gradient.norm() <= gradient.norm() {
            (at, value, gradient) = (next, next_value, next_gradient);
        }
        if settled {
            break;
        }
    }
    Minimum { at, value, converged: promise < 1e-5 && value.is_finite() }
}

/// By central differences of the gradient.
fn hessian(function: &mut impl FnMut(&DVector<f64>) -> (f64, DVector<f64>), at: &DVector<f64>) -> DMatrix<f64> {
    let mut hessian = DMatrix::zeros(at.len(), at.len());
    for index in 0..at.len() {
        let width = 1e-5 * at[index].abs().max(0.1);
        let (mut up, mut down) = (at.clone(), at.clone());
        up[index] += width;
        down[index] -= width;
        hessian.set_column(index, &((function(&up).1 - function(&down).1) / (2.0 * width)));
    }
    let mirrored = hessian.transpose();
    (hessian + mirrored) / 2.0
}

#[cfg(test)]
mod tests {
    use super::minimise;
    use nalgebra::{DVector, dvector};

    #[test]
    fn a_curved_valley() {
        // Rosenbrock's function, with a third axis that is even: its minimum is at zero.
        let found = minimise(
            |at: &DVector<f64>| {
                let (x, y, z) = (at[0], at[1], at[2]);
                let value = (1.0 - x).powi(2) + 100.0 * (y - x * x).powi(2) + z.powi(4) + z * z;
                let gradient = dvector![
                    -2.0 * (1.0 - x) - 400.0 * x * (y - x * x),
                    200.0 * (y - x * x),
                    4.0 * z.powi(3) + 2.0 * z,
                ];
                (value, gradient)
            },
            dvector![-1.2, 1.0, 2.0],
        );
        assert!(found.converged && found.value < 1e-14, "{found:?}");
        assert!((&found.at - dvector![1.0, 1.0, 0.0]).norm() < 1e-6, "{found:?}");
    }

    #[test]
    fn no_minimum_is_not_called_one() {
        let found = minimise(|at: &DVector<f64>| (at[0], dvector![1.0, 0.0, 0.0]), DVector::zeros(3));
        assert!(!found.converged, "{found:?}");
    }
}
