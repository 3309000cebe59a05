//! What a finding says, in one sentence: kept with the signal, and shown.
//!
//! The texts of mails and lists are the templates'; this is the sentence that belongs to the record.

use crate::expected_response::Agreement;
use crate::response::{Rule, SignalInputs};
use instruments::{Instrument, Language};

/// The sentence of a rule of the ladder about a new score. Numbers are written with the scale's decimals.
pub fn sentence(instrument: &Instrument, rule: Rule, inputs: &SignalInputs, language: Language) -> String {
    let scale = instrument.primary();
    let name = instrument.short_name.get(language);
    let points = |value: Option<f64>| value.map(|value| scale.shown(value)).unwrap_or_default();
    let value = points(inputs.value);
    let reference = points(inputs.reference);
    let threshold = points(inputs.threshold);
    let session = inputs.session.unwrap_or_default();
    let change = inputs.change.map(|change| {
        let sign = if change < 0.0 { "\u{2212}" } else { "+" };
        format!("{sign}{}", scale.shown(change.abs()))
    });
    let change = change.unwrap_or_default();
    let percent = |share: Option<f64>| share.map(|share| format!("{:.0} %", share * 100.0)).unwrap_or_default();
    let said = match (language, rule) {
        (Language::En, Rule::ReliableDeterioration) => {
            format!(
                "{name} {value}, {change} since the first score of {reference}: reliable from {threshold} points on"
            )
        }
        (Language::Es, Rule::ReliableDeterioration) => {
            format!("{name} {value}, {change} desde el primer puntaje de {reference}: fiable desde {threshold} puntos")
        }
        (Language::En, Rule::WorseThanBest) => {
            format!("{name} {value}, {change} from the best score of {reference}: reliable from {threshold} points on")
        }
        (Language::Es, Rule::WorseThanBest) => {
            format!("{name} {value}, {change} desde el mejor puntaje de {reference}: fiable desde {threshold} puntos")
        }
        (Language::En, Rule::NoImprovement) => {
            format!("{name} {value} at session {session}: no reliable improvement since {reference}")
        }
        (Language::Es, Rule::NoImprovement) => {
            format!("{name} {value} en la sesión {session}: sin mejora fiable desde {reference}")
        }
        (Language::En, Rule::ProbableBadEnd) => format!(
            "{name} {value} at session {session}: outside the expected course, and no reliable improvement to be expected with a \
             probability of {}{}",
            percent(inputs.probability),
            if inputs.agreement == Some(Agreement::Calibrated) { "" } else { " (uncalibrated)" },
        ),
        (Language::Es, Rule::ProbableBadEnd) => format!(
            "{name} {value} en la sesión {session}: fuera del curso esperado; probabilidad de terminar sin mejora fiable: {}{}",
            percent(inputs.probability),
            if inputs.agreement == Some(Agreement::Calibrated) { "" } else { " (sin calibrar)" },
        ),
        (Language::En, Rule::OutsideBandTwice) => {
            format!("{name} {value}: outside the expected course twice in a row (limit {threshold})")
        }
        (Language::Es, Rule::OutsideBandTwice) => {
            format!("{name} {value}: dos veces seguidas fuera del curso esperado (límite {threshold})")
        }
        (Language::En, Rule::LittleChange) => format!(
            "{name} {value} at session {session}: less than {} better than {reference}",
            percent(inputs.threshold.map(|share| share / 100.0))
        ),
        (Language::Es, Rule::LittleChange) => format!(
            "{name} {value} en la sesión {session}: menos de un {} mejor que {reference}",
            percent(inputs.threshold.map(|share| share / 100.0))
        ),
        (Language::En, Rule::TwoRises) => format!("{name} {value}: worse twice in a row, {change} since {reference}"),
        (Language::Es, Rule::TwoRises) => {
            format!("{name} {value}: peor dos veces seguidas, {change} desde {reference}")
        }
        (Language::En, Rule::WorstEver) => format!("{name} {value}: the worst score so far (before: {reference})"),
        (Language::Es, Rule::WorstEver) => format!("{name} {value}: el peor puntaje hasta ahora (antes: {reference})"),
        (Language::En, Rule::Ceiling) => {
            format!("{name} began at {reference}: no room for a reliable improvement, the scores will say little")
        }
        (Language::Es, Rule::Ceiling) => {
            format!("{name} empezó en {reference}: no hay margen para una mejora fiable, los puntajes dirán poco")
        }
        (Language::En, Rule::AllianceDrop) => format!("{name} {value}: ask how the session felt"),
        (Language::Es, Rule::AllianceDrop) => format!("{name} {value}: pregunte cómo se sintió en la sesión"),
        // The other rules are about answers and check-ins, not about the course of a score.
        (_, _) => return String::new(),
    };
    format!("{said}.")
}
