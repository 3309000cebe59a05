//! The clinical figures of an instrument, each with its source and how well it is founded. What differs between two versions is in
//! `changes.rs`.

use care::Language;
use instruments::{Cutoff, CutoffRule, Evidence, Instrument, MissingRule, RiskLevel, Scale, Source};
use templates::staff::admin::{EvidenceLine, Figures};

fn sign(rule: CutoffRule) -> &'static str {
    match rule {
        CutoffRule::AtLeast => "≥",
        CutoffRule::Above => ">",
        CutoffRule::Below => "<",
        CutoffRule::AtMost => "≤",
    }
}

fn line(what: String, value: String, source: &Source) -> EvidenceLine {
    EvidenceLine {
        what,
        value,
        source: source.text.clone(),
        date: source.date.clone(),
        evidence: source.evidence.as_str(),
    }
}

/// The word of a language.
const fn word(language: Language, english: &'static str, spanish: &'static str) -> &'static str {
    match language {
        Language::En => english,
        Language::Es => spanish,
    }
}

/// Every figure of every scale, what calls for the longer questionnaire, and which answers mean risk.
pub fn of(instrument: &Instrument, language: Language) -> Vec<EvidenceLine> {
    let several = instrument.scales.len() > 1;
    let mut lines: Vec<EvidenceLine> =
        instrument.scales.iter().flat_map(|scale| of_scale(scale, several, language)).collect();
    if let Some(step) = &instrument.step {
        let what = word(language, "Goes on to the longer questionnaire", "Sigue con el cuestionario más largo");
        lines.push(line(what.to_owned(), format!("≥ {}: {}", step.at_least, step.to), &step.source));
    }
    let level = |level: RiskLevel| match level {
        RiskLevel::Unknown => word(language, "unknown", "desconocido"),
        RiskLevel::Review => word(language, "review", "revisión"),
        RiskLevel::Urgent => word(language, "urgent", "urgente"),
    };
    for rule in &instrument.risk {
        let what = word(language, "Risk, question", "Riesgo, pregunta");
        let mut steps: Vec<String> =
            rule.steps.iter().map(|step| format!("≥ {} {}", step.at_least, level(step.level))).collect();
        if let Some(unanswered) = rule.unanswered {
            steps.push(format!("{} {}", word(language, "skipped:", "omitida:"), level(unanswered)));
        }
        lines.push(line(format!("{what} {}", rule.item), steps.join(", "), &rule.source));
    }
    lines
}

/// How all of them are founded.
pub fn counted(instrument: &Instrument) -> Figures {
    let lines = of(instrument, Language::En);
    let marked = |evidence: Evidence| {
        i64::try_from(lines.iter().filter(|line| line.evidence == evidence.as_str()).count()).unwrap_or(0)
    };
    Figures {
        all: i64::try_from(lines.len()).unwrap_or(0),
        unverified: marked(Evidence::GeneralKnowledge),
        convention: marked(Evidence::Convention),
        constructed: marked(Evidence::Constructed),
    }
}

/// The figures that the rules of detection rest on: the reliable change and the cut-offs of the scale that is followed.
pub fn of_primary(instrument: &Instrument, language: Language) -> Vec<EvidenceLine> {
    let scale = instrument.primary();
    let change = match language {
        Language::En => "Reliable change (points)",
        Language::Es => "Cambio fiable (puntos)",
    };
    let rule = scale.reliable_change.iter().map(|rule| line(change.to_owned(), scale.shown(rule.points), &rule.source));
    let caseness = scale.caseness().map(|cutoff| {
        let value = format!("{} {}", sign(cutoff.rule), scale.shown(cutoff.value));
        line(cutoff.meaning.get(language).to_owned(), value, &cutoff.source)
    });
    rule.chain(caseness).collect()
}

fn of_scale(scale: &Scale, several: bool, language: Language) -> Vec<EvidenceLine> {
    let (missing, change, response, remission, bands) = match language {
        Language::En => ("Missing answers", "Reliable change", "Response", "Remission", "Bands"),
        Language::Es => ("Respuestas que faltan", "Cambio fiable", "Respuesta", "Remisión", "Bandas"),
    };
    let named = |what: &str| {
        if several { format!("{}: {what}", scale.title.get(language)) } else { what.to_owned() }
    };
    let rule = match (scale.missing, language) {
        (MissingRule::Complete, Language::En) => "every answer is needed".to_owned(),
        (MissingRule::Complete, Language::Es) => "hacen falta todas".to_owned(),
        (MissingRule::Prorate { at_most, .. }, Language::En) => format!("up to {at_most} replaced by the mean"),
        (MissingRule::Prorate { at_most, .. }, Language::Es) => format!("hasta {at_most} sustituidas por la media"),
        (MissingRule::Zero { at_most, .. }, Language::En) => format!("up to {at_most} count 0"),
        (MissingRule::Zero { at_most, .. }, Language::Es) => format!("hasta {at_most} cuentan 0"),
    };
    let mut lines = vec![line(named(missing), rule, &scale.missing_source)];
    if let Some(first) = scale.bands.first() {
        let shown: Vec<String> = scale
            .bands
            .iter()
            .map(|band| format!("{}–{} {}", scale.shown(band.from), scale.shown(band.to), band.label.get(language)))
            .collect();
        lines.push(line(named(bands), shown.join(", "), &first.source));
    }
    for cutoff in &scale.cutoffs {
        lines.push(line(named(cutoff.meaning.get(language)), cutoff_value(scale, cutoff, language), &cutoff.source));
    }
    if let Some(rule) = &scale.reliable_change {
        lines.push(line(named(change), rule.points.to_string(), &rule.source));
    }
    for rule in &scale.reliable_change_alternatives {
        let other = word(language, "Reliable change, another figure", "Cambio fiable, otra cifra");
        lines.push(line(named(other), rule.points.to_string(), &rule.source));
    }
    if let Some(rule) = &scale.response {
        lines.push(line(named(response), format!("−{} %", rule.reduction * 100.0), &rule.source));
    }
    if let Some(rule) = &scale.remission {
        lines.push(line(named(remission), format!("< {}", scale.shown(rule.below)), &rule.source));
    }
    if let Some(rule) = &scale.mcid {
        let what = word(language, "Smallest change that matters", "Cambio mínimo importante");
        lines.push(line(named(what), rule.points.to_string(), &rule.source));
    }
    if let Some(error) = &scale.measurement_error {
        let what = word(language, "Measurement error", "Error de medida");
        let value = format!("± {:.1} (SD {}, r {})", error.standard_error(), error.sd, error.reliability);
        lines.push(line(named(what), value, &error.source));
    }
    if let Some(rule) = &scale.alliance {
        let what = word(language, "To be talked about in session", "Para hablar en la sesión");
        let fall = word(language, "or a fall of", "o una caída de");
        let value = format!("< {}, {fall} {}", scale.shown(rule.concern_below), scale.shown(rule.drop_at_least));
        lines.push(line(named(what), value, &rule.source));
    }
    lines
}

/// The cut-off, for whom it holds, and how well it was found to tell people apart.
fn cutoff_value(scale: &Scale, cutoff: &Cutoff, language: Language) -> String {
    let told_apart = [
        (word(language, "sensitivity", "sensibilidad"), cutoff.sensitivity),
        (word(language, "specificity", "especificidad"), cutoff.specificity),
    ];
    let figures = told_apart.into_iter().filter_map(|(name, figure)| Some(format!("{name} {:.2}", figure?)));
    let value = format!("{} {}", sign(cutoff.rule), scale.shown(cutoff.value));
    std::iter::once(value).chain(figures).collect::<Vec<_>>().join(" · ")
}
