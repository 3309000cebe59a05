//! The growth model against lme4 and nlme.

use serde_json::Value;
use stats::growth::{Criterion, Parameters, Sums, fit, fit_groups};
use std::collections::BTreeMap;

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("reference figures")
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("a number, not {value}"))
}

/// Sums by person, in the order of their ids.
fn persons(text: &str) -> BTreeMap<u32, Sums> {
    let mut persons: BTreeMap<u32, Sums> = BTreeMap::new();
    for row in csv::Reader::from_reader(text.as_bytes()).into_deserialize::<(u32, u32, f64)>() {
        let (id, session, score) = row.expect("a row");
        persons.entry(id).or_default().add(session, score);
    }
    persons
}

fn near(found: f64, expected: f64, relative: f64, what: &str) {
    let away = (found - expected).abs();
    assert!(away <= relative * expected.abs(), "{what}: {found} is {away:e} from {expected}");
}

#[test]
fn lme4_on_a_thousand_courses() {
    let persons: Vec<Sums> = persons(include_str!("data/sim_phq9_1k.csv")).into_values().collect();
    let reference = &json(include_str!("data/growth_model_sim1k.json"))["sim1k_logsession"];
    for (criterion, name) in [(Criterion::Reml, "lme4_REML"), (Criterion::Ml, "lme4_ML")] {
        let reference = &reference[name];
        let fit = fit(&persons, criterion).expect("a fit");
        assert!(fit.converged && !fit.singular, "{name}");
        assert_eq!((fit.n_persons, fit.n_scores), (1000, 7939));
        let fixed = fit.fixed[0];
        near(fixed.intercept, number(&reference["fixef"]["(Intercept)"]), 1e-5, "intercept");
        near(fixed.slope, number(&reference["fixef"]["logs"]), 1e-5, "slope");
        near(fixed.intercept_error(), number(&reference["se"]["(Intercept)"]), 1e-4, "its error");
        near(fixed.slope_error(), number(&reference["se"]["logs"]), 1e-4, "the slope's error");
        near(fixed.covariance[0][1], number(&reference["vcov"][0][1]), 1e-4, "their covariance");
        let (sd_intercept, sd_slope, correlation) = fit.parameters().deviations();
        let of = |index: usize| number(&reference["varcorr"][index]["sdcor"]);
        near(sd_intercept, of(0), 1e-4, "SD of intercepts");
        near(sd_slope, of(1), 1e-4, "SD of slopes");
        near(correlation.expect("both vary"), of(2), 1e-4, "correlation");
        near(fit.residual_variance.sqrt(), number(&reference["sigma"]), 1e-4, "residual SD");
        assert!((fit.log_likelihood - number(&reference["logLik"])).abs() < 1e-6, "{}", fit.log_likelihood);
    }
}

#[test]
fn nlme_stops_a_little_short_of_it() {
    let persons: Vec<Sums> = persons(include_str!("data/sim_phq9_1k.csv")).into_values().collect();
    let reference = &json(include_str!("data/growth_model_sim1k.json"))["sim1k_logsession"];
    for (criterion, name) in [(Criterion::Reml, "nlme_REML"), (Criterion::Ml, "nlme_ML")] {
        let fit = fit(&persons, criterion).expect("a fit");
        let theirs = number(&reference[name]["logLik"]);
        assert!(fit.log_likelihood > theirs - 1e-6 && fit.log_likelihood < theirs + 1e-3, "{name}");
    }
}

#[test]
fn the_random_effects_of_persons() {
    let by_id = persons(include_str!("data/sim_phq9_1k.csv"));
    let persons: Vec<Sums> = by_id.values().copied().collect();
    let reference = &json(include_str!("data/growth_model_sim1k.json"))["sim1k_logsession"]["lme4_REML"];
    let model = fit(&persons, Criterion::Reml).expect("a fit").parameters();
    let blups = reference["blup"].as_array().expect("a list");
    assert!(blups.len() >= 20);
    for blup in blups {
        let id: u32 = blup["id"].as_str().expect("an id").parse().expect("a number");
        let person = model.posterior(&by_id[&id]);
        let close = |found: f64, expected: &Value| assert!((found - number(expected)).abs() < 2e-4, "{id}: {found}");
        close(person.intercept, &blup["b"]["(Intercept)"]);
        close(person.slope, &blup["b"]["logs"]);
        close(person.covariance[0][0], &blup["condVar"][0][0]);
        close(person.covariance[0][1], &blup["condVar"][0][1]);
        close(person.covariance[1][1], &blup["condVar"][1][1]);
    }
}

/// With the same parameters the forecasts are the same numbers.
#[test]
fn forecasts_after_k_scores() {
    let reference = &json(include_str!("data/growth_forecasts_sim1k.json"))["sim1k_logsession"];
    let given = &reference["params"];
    let g = |row: usize, column: usize| number(&given["G"][row][column]);
    let model = Parameters {
        intercept: number(&given["beta"]["(Intercept)"]),
        slope: number(&given["beta"]["logs"]),
        random: [[g(0, 0), g(0, 1)], [g(1, 0), g(1, 1)]],
        residual_variance: number(&given["sigma2"]),
    };
    for point in reference["population"].as_array().expect("a list") {
        let forecast = model.population(number(&point["t"]).ln());
        near(forecast.mean, number(&point["mean"]), 1e-9, "mean");
        near(forecast.sd, number(&point["sd_new_obs"]), 1e-9, "sd");
        near(forecast.band(0.8).0, number(&point["lo80"]), 1e-6, "lower end");
        near(forecast.band(0.8).1, number(&point["hi80"]), 1e-6, "upper end");
        near(forecast.band(0.95).1, number(&point["hi95"]), 1e-6, "upper end");
    }
    let patients = reference["patients"].as_array().expect("a list");
    assert!(patients.len() >= 40);
    for patient in patients {
        let mut sums = Sums::default();
        let list = |name: &str| patient[name].as_array().expect("a list").iter().map(number).collect::<Vec<_>>();
        for (session, score) in list("t").into_iter().zip(list("y")) {
            sums.push(session.ln(), score);
        }
        let person = model.posterior(&sums);
        near(person.intercept, number(&patient["b"][0]), 1e-6, "intercept");
        near(person.slope, number(&patient["b"][1]), 1e-6, "slope");
        for future in patient["future"].as_array().expect("a list") {
            let forecast = model.forecast(&person, number(&future["t"]).ln());
            near(forecast.mean, number(&future["mean"]), 1e-6, "mean");
            near(forecast.sd * forecast.sd, number(&future["var_obs"]), 1e-6, "variance");
        }
    }
}

/// Sums by person of one set of `growth_goldens.csv`, in the file's order.
fn golden(set: &str, time: &str) -> Vec<Sums> {
    let mut persons: BTreeMap<String, Sums> = BTreeMap::new();
    let text = include_str!("data/growth_goldens.csv");
    for row in csv::Reader::from_reader(text.as_bytes()).into_deserialize::<(String, String, f64, f64)>() {
        let (of, id, session, score) = row.expect("a row");
        if of == set {
            let x = if time == "session" { session } else { session.ln() };
            persons.entry(id).or_default().push(x, score);
        }
    }
    persons.into_values().collect()
}

/// Unbalanced courses, single scores, repeated sessions, fits at the boundary, far-away times and large scores.
#[test]
fn lme4_on_difficult_data() {
    let reference = json(include_str!("data/growth_goldens.json"));
    let fits = reference["fits"].as_array().expect("a list");
    assert_eq!(fits.len(), 20);
    for expected in fits {
        let text = |name: &str| expected[name].as_str().expect("text");
        let of = |name: &str| number(&expected[name]);
        let what = format!("{} {}", text("set"), text("method"));
        let persons = golden(text("set"), text("time"));
        let criterion = if text("method") == "ML" { Criterion::Ml } else { Criterion::Reml };
        let fit = fit(&persons, criterion).expect("a fit");
        assert!(fit.converged, "{what}");
        assert_eq!(fit.singular, expected["singular"].as_bool().expect("a flag"), "{what}");
        assert_eq!((fit.n_persons as u64, fit.n_scores), (of("n_persons") as u64, of("n_scores") as u64), "{what}");
        let better_by = fit.log_likelihood - of("log_likelihood");
        assert!((-1e-5..1e-3).contains(&better_by), "{what}: log-likelihood {better_by:e} above lme4's");
        let near = |found: f64, name: &str| {
            // A variance at zero is compared on the scale of the residual.
            let floor = 1e-4 * of("residual_sd");
            let away = (found - of(name)).abs();
            assert!(away <= 1e-4 * of(name).abs() + floor, "{what}, {name}: {found} {}", of(name));
        };
        near(fit.fixed[0].intercept, "intercept");
        near(fit.fixed[0].slope, "slope");
        near(fit.fixed[0].intercept_error(), "se_intercept");
        near(fit.fixed[0].slope_error(), "se_slope");
        near(fit.random[0][0].sqrt(), "sd_intercept");
        near(fit.random[1][1].sqrt(), "sd_slope");
        near(fit.residual_variance.sqrt(), "residual_sd");
        let covariance = (fit.random[0][1] - of("covariance")).abs();
        assert!(covariance <= 3e-4 * of("sd_intercept") * of("sd_slope") + 1e-4 * of("residual_sd"), "{what}");
    }
}

/// Two groups with lines of their own share G and σ²: the same as one group, when their courses are the same.
#[test]
fn groups_of_the_same_courses() {
    let persons = golden("unbalanced", "log-session");
    let twice: Vec<Sums> = persons.iter().chain(&persons).copied().collect();
    let together = fit(&twice, Criterion::Ml).expect("a fit");
    let apart = fit_groups(&[&persons, &persons], Criterion::Ml).expect("a fit");
    assert!((together.log_likelihood - apart.log_likelihood).abs() < 1e-6);
    assert_eq!(apart.fixed.len(), 2);
    for fixed in apart.fixed {
        assert!((fixed.slope - together.fixed[0].slope).abs() < 1e-6);
        assert!((fixed.slope_error() / together.fixed[0].slope_error() - 2.0_f64.sqrt()).abs() < 1e-4);
    }
}
