//! What `backtest` prints: JSON for programs, a table for people.

use crate::Refusal;
use serde_json::{Value, json};
use stats::backtest::{Backtest, Performance, Settings, Split};
use stats::calibration::Recalibration;
use std::fmt::Write;

fn performance(of: &Performance) -> Value {
    let [sensitivity, specificity, ppv, flag_rate] = of.intervals;
    json!({
        "rule": of.rule.letter(),
        "description": of.rule.words(),
        "threshold": of.threshold,
        "sensitivity": of.operating.sensitivity,
        "specificity": of.operating.specificity,
        "ppv": of.operating.ppv,
        "flag_rate": of.operating.flag_rate,
        "median_lead": of.median_lead,
        "interval": {
            "sensitivity": sensitivity,
            "specificity": specificity,
            "ppv": ppv,
            "flag_rate": flag_rate,
            "median_lead": of.lead_interval,
        },
    })
}

fn performances(of: &[Performance]) -> Vec<Value> {
    of.iter().map(performance).collect()
}

fn slope(line: Option<Recalibration>) -> Option<f64> {
    line.map(|line| line.slope)
}

fn intercept(line: Option<Recalibration>) -> Option<f64> {
    line.map(|line| line.intercept)
}

/// The whole result.
pub fn json(found: &Backtest, settings: &Settings, persons_in_file: usize) -> Result<String, Refusal> {
    let calibration = &found.calibration;
    let document = json!({
        "n_persons": found.n_persons,
        "n_persons_in_file": persons_in_file,
        "n_training": found.n_training,
        "base_rate": found.base_rate,
        "outcome": "last score not reliably improved on the first",
        "split": match settings.split {
            Split::Folds(folds) => json!({ "kind": "folds", "folds": folds, "seed": settings.seed }),
            Split::Day(day) => json!({
                "kind": "temporal",
                "from": i32::try_from(day).ok().and_then(chrono::NaiveDate::from_num_days_from_ce_opt),
            }),
        },
        "min_scores": settings.min_scores,
        "draws": settings.draws,
        "rules": performances(&found.rules),
        "equal_flag_rate": performances(&found.equal_flag_rate),
        "auc_by_session": found.auc_by_session.iter().map(|area| json!({
            "session": area.session,
            "n": area.n,
            "events": area.events,
            "change": area.change.0,
            "change_se": area.change.1,
            "expected_response": area.expected_response.0,
            "expected_response_se": area.expected_response.1,
            "posterior": area.probability.0,
            "posterior_se": area.probability.1,
        })).collect::<Vec<_>>(),
        "calibration": {
            "n": calibration.n,
            "slope": slope(calibration.line),
            "intercept": intercept(calibration.line),
            "brier": calibration.brier,
            "brier_base_rate": calibration.brier_base_rate,
            "slope_se": calibration.errors.map(|errors| errors.slope),
            "intercept_se": calibration.errors.map(|errors| errors.intercept),
            "brier_gain_se": calibration.errors.map(|errors| errors.gain),
            "bins": calibration.bins.iter().map(|bin| json!({
                "n": bin.n, "predicted": bin.predicted, "observed": bin.observed,
            })).collect::<Vec<_>>(),
            "by_session": calibration.bands.iter().map(|band| json!({
                "from": band.from, "to": band.to, "n": band.n, "predicted": band.predicted,
                "observed": band.observed, "slope": slope(band.line), "intercept": intercept(band.line),
            })).collect::<Vec<_>>(),
        },
        "decision_curve": found.decision_curve.iter().map(|point| json!({
            "threshold": point.threshold, "model": point.model, "all": point.all, "none": 0.0,
        })).collect::<Vec<_>>(),
        "dropout_sensitivity": found.dropout.iter().map(|reading| json!({
            "handling": reading.handling, "n_persons": reading.n_persons, "base_rate": reading.base_rate,
            "rules": performances(&reading.rules),
        })).collect::<Vec<_>>(),
    });
    let text = serde_json::to_string_pretty(&document)
        .map_err(|error| Refusal::Configuration(format!("the result cannot be written: {error}")))?;
    Ok(text + "\n")
}

fn share(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.2}"))
}

fn lines(text: &mut String, rules: &[Performance]) {
    for of in rules {
        let bounds = |figure: usize| {
            of.intervals[figure].map_or_else(String::new, |(low, high)| format!(" [{low:.2} {high:.2}]"))
        };
        let operating = of.operating;
        // Writing to memory does not fail.
        let _ = writeln!(
            text,
            "{} {:<48} {:>18} {:>18} {:>18} {:>7} {:>5}",
            of.rule.letter(),
            of.rule.words(),
            share(operating.sensitivity) + &bounds(0),
            share(operating.specificity) + &bounds(1),
            share(operating.ppv) + &bounds(2),
            format!("{:.0} %", operating.flag_rate * 100.0),
            of.median_lead.map_or_else(|| "-".to_owned(), |lead| format!("{lead:.0}")),
        );
    }
}

/// For people.
pub fn table(found: &Backtest) -> String {
    let mut text = format!(
        "{} courses, {:.0} % ended without reliable improvement. Intervals: 95 %, by resampling courses.\n\n",
        found.n_persons,
        found.base_rate * 100.0
    );
    let head = format!(
        "  {:<48} {:>18} {:>18} {:>18} {:>7} {:>5}\n",
        "rule", "sensitivity", "specificity", "PPV", "flagged", "lead"
    );
    text += &head;
    lines(&mut text, &found.rules);
    let _ = writeln!(text, "\nThe same rules, each flagging as many courses as b (as near as ties allow):\n");
    text += &head;
    lines(&mut text, &found.equal_flag_rate);
    text += "\nArea under the curve by session: change since intake, SDs from expectation, model\n";
    for area in &found.auc_by_session {
        let _ = writeln!(
            text,
            "  session {:>3}  n {:>6}   {:.2}   {:.2}   {:.2}",
            area.session, area.n, area.change.0, area.expected_response.0, area.probability.0
        );
    }
    let calibration = &found.calibration;
    let _ = writeln!(
        text,
        "\nCalibration of the model's probability (1 and 0 are perfect): slope {}, intercept {}; \
         Brier {:.3}, of the base rate {:.3}",
        share(slope(calibration.line)),
        share(intercept(calibration.line)),
        calibration.brier,
        calibration.brier_base_rate
    );
    for bin in &calibration.bins {
        let _ = writeln!(text, "  said {:.2}   happened {:.2}   n {}", bin.predicted, bin.observed, bin.n);
    }
    text
}
