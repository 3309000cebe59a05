//! The clinical figures of an instrument with their sources, and what differs between two versions.

use care::Language;
use instruments::{CutoffRule, Instrument, ItemKind, MissingRule, Scale, Source};
use templates::staff::admin::EvidenceLine;

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

/// Every figure of every scale.
pub fn of(instrument: &Instrument, language: Language) -> Vec<EvidenceLine> {
    let several = instrument.scales.len() > 1;
    instrument.scales.iter().flat_map(|scale| of_scale(scale, several, language)).collect()
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
        let value = format!("{} {}", sign(cutoff.rule), scale.shown(cutoff.value));
        lines.push(line(named(cutoff.meaning.get(language)), value, &cutoff.source));
    }
    for rule in scale.reliable_change.iter().chain(&scale.reliable_change_alternatives) {
        lines.push(line(named(change), rule.points.to_string(), &rule.source));
    }
    if let Some(rule) = &scale.response {
        lines.push(line(named(response), format!("−{} %", rule.reduction * 100.0), &rule.source));
    }
    if let Some(rule) = &scale.remission {
        lines.push(line(named(remission), format!("< {}", scale.shown(rule.below)), &rule.source));
    }
    lines
}

/// What differs between two versions, part by part.
pub fn changes(before: &Instrument, after: &Instrument) -> Vec<String> {
    let mut found = Vec::new();
    let mut note = |differs: bool, what: String| {
        if differs {
            found.push(what);
        }
    };
    note(before.stem != after.stem, "stem".to_owned());
    for item in &after.items {
        let Some(old) = before.item(&item.id) else {
            note(true, format!("item {}: new", item.id));
            continue;
        };
        note(old.text != item.text, format!("item {}: wording", item.id));
        let offers = |kind: &ItemKind| match kind {
            ItemKind::Choice(options) => options.iter().map(|option| option.value).collect::<Vec<_>>(),
            ItemKind::VisualAnalogue { .. } => vec![],
            ItemKind::Number { min, max } => vec![*min, *max],
        };
        note(offers(&old.kind) != offers(&item.kind), format!("item {}: answers", item.id));
        note(offers(&old.kind) == offers(&item.kind) && old.kind != item.kind, format!("item {}: labels", item.id));
    }
    for old in before.items.iter().filter(|old| after.item(&old.id).is_none()) {
        note(true, format!("item {}: gone", old.id));
    }
    for scale in &after.scales {
        let Some(old) = before.scale(&scale.id) else {
            note(true, format!("scale {}: new", scale.id));
            continue;
        };
        note(old.items != scale.items || old.method != scale.method, format!("scale {}: scoring", scale.id));
        note(old.missing != scale.missing, format!("scale {}: missing answers", scale.id));
        note(old.bands != scale.bands, format!("scale {}: bands", scale.id));
        note(old.cutoffs != scale.cutoffs, format!("scale {}: cut-offs", scale.id));
        note(old.reliable_change != scale.reliable_change, format!("scale {}: reliable change", scale.id));
    }
    for old in before.scales.iter().filter(|old| after.scale(&old.id).is_none()) {
        note(true, format!("scale {}: gone", old.id));
    }
    note(before.risk != after.risk, "risk".to_owned());
    note(before.skips != after.skips, "skips".to_owned());
    found
}
