//! The library as text: a list, one instrument, the catalogue page.

use std::fmt::Write as _;

use anyhow::Result;
use instruments::{Evidence, Instrument, Library, MissingRule, Rounding, Scale, Source};
use serde_json::json;

use super::{ENGLISH, newest};

/// One line per instrument.
pub(super) fn list(library: &Library) -> String {
    let rows: Vec<[String; 7]> = newest(library)
        .map(|one| {
            let languages: Vec<&str> = one.languages.keys().map(|language| language.as_str()).collect();
            [
                one.id.clone(),
                one.version.clone(),
                one.short_name.get(ENGLISH).to_owned(),
                one.items.len().to_string(),
                if languages.is_empty() { "-".to_owned() } else { languages.join(",") },
                one.licence.status.to_string(),
                one.aliases.join(","),
            ]
        })
        .collect();
    let head = ["id", "version", "name", "items", "wording", "licence", "also"].map(str::to_owned);
    let mut widths = head.clone().map(|text| text.chars().count());
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in std::iter::once(&head).chain(&rows) {
        let line: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        let _ = writeln!(text, "{}", line.join("  ").trim_end());
    }
    text
}

/// The same as JSON.
pub(super) fn json(library: &Library) -> Result<String> {
    let all: Vec<serde_json::Value> = newest(library)
        .map(|one| {
            json!({
                "id": one.id,
                "aliases": one.aliases,
                "version": one.version,
                "name": one.short_name.get(ENGLISH),
                "title": one.title.get(ENGLISH),
                "items": one.items.iter().map(|item| &item.id).collect::<Vec<_>>(),
                "languages": one.languages.keys().map(|language| language.as_str()).collect::<Vec<_>>(),
                "licence": one.licence.status,
                "scales": one.scales.iter().map(|scale| &scale.id).collect::<Vec<_>>(),
                "values": one.values.iter().map(|(name, _)| name).collect::<Vec<_>>(),
                "hash": one.content_hash,
            })
        })
        .collect();
    Ok(serde_json::to_string_pretty(&all)?)
}

/// Everything about one instrument that a reader may want to check.
pub(super) fn one(one: &Instrument) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{} ({}, version {})\n", one.title.get(ENGLISH), one.id, one.version);
    for (name, value) in facts(one) {
        let _ = writeln!(text, "{name:<12} {value}");
    }
    let _ = writeln!(text, "{:<12} {}", "Hash", one.content_hash);
    for note in &one.notes {
        let _ = writeln!(text, "{:<12} {note}", "Note");
    }
    let _ = writeln!(text, "\nItems");
    for item in &one.items {
        let (low, high) = item.range();
        let range =
            if item.unit() == 10 { format!("{}.0 to {}.0", low / 10, high / 10) } else { format!("{low} to {high}") };
        let by_name = item.context.as_ref().map(|key| format!("; context {key}")).unwrap_or_default();
        let _ = writeln!(text, "  {:<12} {range:<12} {}{by_name}", item.id, item.label.get(ENGLISH));
    }
    for scale in &one.scales {
        let _ = writeln!(text, "\nScore {}: {}, {}", scale.id, scale.title.get(ENGLISH), rule(scale));
        for line in thresholds(scale) {
            let _ = writeln!(text, "  {line}");
        }
    }
    if !one.values.is_empty() {
        let names: Vec<&str> = one.values.iter().map(|(name, _)| name.as_str()).collect();
        let _ = writeln!(text, "\nValues: {}", names.join(", "));
    }
    for rule in &one.risk {
        let steps: Vec<String> =
            rule.steps.iter().map(|step| format!("{} from {}", step.level, step.at_least)).collect();
        let _ = writeln!(text, "Risk: item {}: {}", rule.item, steps.join(", "));
    }
    text
}

/// The page `docs/instruments.md`.
pub(super) fn page(library: &Library) -> String {
    let mut text = String::from(
        "# Instrument catalogue\n\nWritten by `bellwether instruments catalogue` from the files in `instruments/`; not edited by hand. How to score:\n\
         `docs/scoring.md`. What the marks mean: *verified* was read in the source, *convention* is carried over from a related\n\
         instrument, *general_knowledge* is widely stated and was not looked up, *constructed* was set by this project.\n\n\
         | id | name | items | wording | licence | scores |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    for one in newest(library) {
        let languages: Vec<&str> = one.languages.keys().map(|language| language.as_str()).collect();
        let scales: Vec<String> = one
            .scales
            .iter()
            .map(|scale| format!("{} {} to {}", scale.id, plain(scale.axis.min), plain(scale.axis.max)))
            .collect();
        let _ = writeln!(
            text,
            "| [`{}`](#{}) | {} | {} | {} | {} | {} |",
            one.id,
            one.id,
            one.short_name.get(ENGLISH),
            one.items.len(),
            if languages.is_empty() { "none here".to_owned() } else { languages.join(", ") },
            one.licence.status,
            if scales.is_empty() { "no key here".to_owned() } else { scales.join("; ") },
        );
    }
    for one in newest(library) {
        let _ = writeln!(text, "\n## {}\n\n**{}**, version {}.\n", one.id, one.title.get(ENGLISH), one.version);
        for (name, value) in facts(one) {
            let _ = writeln!(text, "- {name}: {value}");
        }
        for scale in &one.scales {
            let _ = writeln!(text, "- Score `{}` ({}): {}", scale.id, scale.title.get(ENGLISH), rule(scale));
            for line in thresholds(scale) {
                let _ = writeln!(text, "  - {line}");
            }
        }
        for rule in &one.risk {
            let steps: Vec<String> =
                rule.steps.iter().map(|step| format!("{} from {}", step.level, step.at_least)).collect();
            let _ = writeln!(text, "- Risk, item {}: {} ({})", rule.item, steps.join(", "), rule.source.evidence);
        }
        for note in &one.notes {
            let _ = writeln!(text, "- {note}");
        }
    }
    text
}

fn facts(one: &Instrument) -> Vec<(&'static str, String)> {
    let terms = one.licence.terms.trim_end_matches('.');
    let mut facts = vec![
        ("Citation", one.citation.clone()),
        ("For", one.population.clone()),
        ("Asks about", one.time_frame.get(ENGLISH).to_owned()),
        ("Licence", format!("{}: {}. {terms}.", one.licence.status, one.licence.holder)),
        ("Attribution", one.licence.attribution.clone()),
    ];
    if let Some(code) = &one.loinc {
        facts.push(("LOINC", code.clone()));
    }
    facts
}

fn rule(scale: &Scale) -> String {
    let missing = match scale.missing {
        MissingRule::Complete => "every item is needed".to_owned(),
        MissingRule::Prorate { at_most, optional: false } => format!("up to {at_most} missing are prorated"),
        MissingRule::Prorate { at_most, optional: true } => {
            format!("up to {at_most} missing are prorated as an option, the total is for complete forms")
        }
        MissingRule::Zero { at_most, .. } => format!("up to {at_most} missing count 0"),
    };
    let rounding = if scale.rounding == Rounding::None { ", not rounded" } else { "" };
    format!(
        "{} to {}, {} is worse; {missing}{rounding} ({})",
        plain(scale.axis.min),
        plain(scale.axis.max),
        if scale.polarity == instruments::Polarity::HigherWorse { "higher" } else { "lower" },
        source(&scale.missing_source),
    )
}

fn thresholds(scale: &Scale) -> Vec<String> {
    let mut lines: Vec<String> = scale
        .bands
        .iter()
        .map(|band| {
            format!("{} {} to {} ({})", band.label.get(ENGLISH), plain(band.from), plain(band.to), source(&band.source))
        })
        .collect();
    lines.extend(scale.cutoffs.iter().map(|cutoff| {
        format!(
            "{} {} {}: {} ({})",
            cutoff.used_as,
            cutoff.rule,
            plain(cutoff.value),
            cutoff.meaning.get(ENGLISH),
            source(&cutoff.source)
        )
    }));
    if let Some(change) = &scale.reliable_change {
        lines.push(format!("reliable change {} {} ({})", change.rule, plain(change.points), source(&change.source)));
    }
    if let Some(mcid) = &scale.mcid {
        lines.push(format!("smallest important difference {} ({})", plain(mcid.points), source(&mcid.source)));
    }
    if let Some(response) = &scale.response {
        lines.push(format!("response: {} % less ({})", plain(response.reduction * 100.0), source(&response.source)));
    }
    if let Some(remission) = &scale.remission {
        lines.push(format!("remission below {} ({})", plain(remission.below), source(&remission.source)));
    }
    lines
}

fn source(source: &Source) -> String {
    match source.evidence {
        Evidence::Verified => source.text.clone(),
        evidence => format!("{}; {evidence}", source.text),
    }
}

fn plain(figure: f64) -> String {
    figure.to_string()
}
