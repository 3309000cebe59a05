//! What must hold on invented courses: the band covers what it says, the estimates move with the scale, and the order of
//! persons does not matter.

use proptest::prelude::*;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use stats::growth::{Criterion, Parameters, Sums, fit};

/// A standard normal number (Box and Muller).
fn normal(chance: &mut ChaCha8Rng) -> f64 {
    let (radius, angle): (f64, f64) = (chance.random_range(f64::MIN_POSITIVE..1.0), chance.random());
    (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
}

fn truth() -> Parameters {
    Parameters::new((14.2, -2.33), (5.10, 1.83), -0.19, 3.35).expect("a model")
}

/// Courses of 3 to 12 sessions drawn from a model; `skew` bends the persons' intercepts away from the normal.
fn courses(persons: usize, skew: f64, seed: u64) -> Vec<Vec<(f64, f64)>> {
    let model = truth();
    let (sd0, sd1, rho) = model.deviations();
    let rho = rho.expect("both vary");
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    (0..persons)
        .map(|_| {
            let (first, second) = (normal(&mut chance), normal(&mut chance));
            let bent = first + skew * (first * first - 1.0);
            let (u0, u1) = (sd0 * bent, sd1 * (rho * first + (1.0 - rho * rho).sqrt() * second));
            (1..=chance.random_range(3..=12_u32))
                .map(|session| {
                    let x = f64::from(session).ln();
                    let e = normal(&mut chance) * model.residual_sd() * (1.0 + skew * f64::from(u8::from(first > 1.0)));
                    (x, model.intercept + u0 + (model.slope + u1) * x + e)
                })
                .collect()
        })
        .collect()
}

fn sums(scores: &[(f64, f64)]) -> Sums {
    let mut sums = Sums::default();
    for (x, score) in scores {
        sums.push(*x, *score);
    }
    sums
}

/// Share of scores inside their 80 % bands: each from the scores before it, by a model fitted to other persons.
fn coverage(skew: f64) -> f64 {
    let (training, fresh) = (courses(3000, skew, 1), courses(3000, skew, 2));
    let model = fit(&training.iter().map(|course| sums(course)).collect::<Vec<_>>(), Criterion::Reml)
        .expect("a fit")
        .parameters();
    let (mut inside, mut all) = (0_u32, 0_u32);
    for course in &fresh {
        for seen in 0..course.len() {
            let (x, score) = course[seen];
            let (low, high) = model.forecast(&model.posterior(&sums(&course[..seen])), x).band(0.8);
            inside += u32::from((low..=high).contains(&score));
            all += 1;
        }
    }
    f64::from(inside) / f64::from(all)
}

#[test]
fn the_band_covers_four_fifths_where_the_model_is_true() {
    let coverage = coverage(0.0);
    assert!((0.78..=0.82).contains(&coverage), "{coverage}");
}

/// Where people are skewed and some are more restless than others, the band is no longer what it says. The test pins how
/// far off it is, so that nobody believes it is exact.
#[test]
fn the_band_is_off_where_the_model_is_wrong() {
    let coverage = coverage(0.5);
    assert!(!(0.795..=0.805).contains(&coverage) && (0.7..0.9).contains(&coverage), "{coverage}");
}

#[test]
fn the_truth_is_found_again() {
    let persons: Vec<Sums> = courses(5000, 0.0, 3).iter().map(|course| sums(course)).collect();
    let found = fit(&persons, Criterion::Reml).expect("a fit");
    let fixed = found.fixed[0];
    assert!((fixed.intercept - 14.2).abs() < 4.0 * fixed.intercept_error(), "{fixed:?}");
    assert!((fixed.slope + 2.33).abs() < 4.0 * fixed.slope_error(), "{fixed:?}");
    let (sd0, sd1, rho) = found.parameters().deviations();
    assert!((sd0 - 5.10).abs() < 0.2 && (sd1 - 1.83).abs() < 0.12 && (rho.expect("both vary") + 0.19).abs() < 0.08);
    assert!((found.residual_variance.sqrt() - 3.35).abs() < 0.05);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Another zero and unit of the scores move the estimates and nothing else.
    #[test]
    fn shift_and_scale(seed in 0_u64..1000, shift in -100.0_f64..100.0, scale in 0.05_f64..50.0) {
        let courses = courses(60, 0.0, seed);
        let moved: Vec<Sums> = courses
            .iter()
            .map(|course| sums(&course.iter().map(|(x, y)| (*x, shift + scale * y)).collect::<Vec<_>>()))
            .collect();
        let plain: Vec<Sums> = courses.iter().map(|course| sums(course)).collect();
        for criterion in [Criterion::Ml, Criterion::Reml] {
            let (left, right) = (fit(&plain, criterion).expect("a fit"), fit(&moved, criterion).expect("a fit"));
            let near = |a: f64, b: f64| (a - b).abs() < 1e-4 * (a.abs() + b.abs()) + 1e-6 * scale;
            prop_assert!(near(shift + scale * left.fixed[0].intercept, right.fixed[0].intercept));
            prop_assert!(near(scale * left.fixed[0].slope, right.fixed[0].slope));
            prop_assert!(near(scale * left.random[0][0].sqrt(), right.random[0][0].sqrt()));
            prop_assert!(near(scale * left.residual_variance.sqrt(), right.residual_variance.sqrt()));
            let degrees = left.n_scores as f64 - if criterion == Criterion::Reml { 2.0 } else { 0.0 };
            let expected = left.log_likelihood - degrees * scale.ln();
            prop_assert!((expected - right.log_likelihood).abs() < 1e-4, "{expected} {}", right.log_likelihood);
        }
    }

    /// The order of the persons does not matter.
    #[test]
    fn any_order(seed in 0_u64..1000) {
        let mut persons: Vec<Sums> = courses(50, 0.0, seed).iter().map(|course| sums(course)).collect();
        let first = fit(&persons, Criterion::Reml).expect("a fit");
        persons.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
        let second = fit(&persons, Criterion::Reml).expect("a fit");
        prop_assert!((first.log_likelihood - second.log_likelihood).abs() < 1e-6);
        prop_assert!((first.fixed[0].slope - second.fixed[0].slope).abs() < 1e-5);
    }
}
