//! An instrument as a Questionnaire.

use super::expression;
use super::{
    CONTROLS, ENABLE_WHEN, EXPRESSION, ITEM_CONTROL, LOINC, MAX_VALUE, MIN_VALUE, ORDINAL, SCORE, SLIDER_STEP, STEM,
    TRANSLATION, VALUES,
};
use instruments::{AnswerOption, GOAL_MAX, Instrument, Item, ItemKind, Language, Rater, Text, VISUAL_ANALOGUE_MAX};
use serde_json::{Value, json};

/// The wording is not here: it comes with the holder's licence and is not given on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{id}: the wording is not in the library (it comes with the licence of {holder}), so there is nothing to export"
)]
pub struct NoWording {
    /// The instrument.
    pub id: String,
    /// Who holds the rights.
    pub holder: String,
}

/// A Questionnaire and what it does not say.
#[derive(Debug, Clone, PartialEq)]
pub struct Exported {
    /// The resource.
    pub resource: Value,
    /// What FHIR has no word for, part by part.
    pub left_out: Vec<String>,
}

/// The Questionnaire of an instrument. `base` is the canonical address of questionnaires here, without a slash at its end.
///
/// ```
/// let library = instruments::Library::embedded()?;
/// let phq9 = library.current("phq-9").expect("ships with the library");
/// let exported = exchange::fhir::questionnaire(phq9, "https://clinic.example.org/fhir/Questionnaire")?;
/// assert_eq!(exported.resource["code"][0]["code"], "44249-1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn questionnaire(instrument: &Instrument, base: &str) -> Result<Exported, NoWording> {
    if !instrument.has_wording() || instrument.licence.status.needs_a_licence() {
        return Err(NoWording { id: instrument.id.clone(), holder: instrument.licence.holder.clone() });
    }
    let mut left_out = Vec::new();
    let mut items = Vec::new();
    if !instrument.stem.is_empty() {
        let mut stem = json!({ "linkId": STEM, "type": "display" });
        put_text(&mut stem, "text", &instrument.stem);
        items.push(stem);
    }
    for item in &instrument.items {
        items.push(question(instrument, item, &mut left_out));
    }
    for scale in &instrument.scales {
        match expression::of_scale(instrument, scale) {
            Ok(expression) => items.push(score(scale, &expression)),
            Err(reason) => left_out.push(format!("score {}: {reason}", scale.id)),
        }
        let unsaid = [
            (!scale.bands.is_empty(), "bands"),
            (!scale.cutoffs.is_empty(), "cut-offs"),
            (scale.missing != instruments::MissingRule::Complete, "missing-data rule (complete answers only)"),
            (scale.reliable_change.is_some(), "reliable change"),
        ];
        left_out.extend(
            unsaid.into_iter().filter(|(there, _)| *there).map(|(_, what)| format!("score {}: {what}", scale.id)),
        );
    }
    if !instrument.risk.is_empty() {
        left_out.push("risk rules".to_owned());
    }
    if let Some(step) = &instrument.step {
        left_out.push(format!("step: from {} on it goes on to {}", step.at_least, step.to));
    }
    let shared = instrument.items.iter().filter(|item| item.same_as.is_some()).count();
    if shared > 0 {
        left_out.push(format!("{shared} questions that are those of another questionnaire"));
    }
    let others: Vec<&str> =
        instrument.raters.iter().filter(|rater| **rater != Rater::Client).map(|rater| rater.as_str()).collect();
    if !others.is_empty() {
        left_out.push(format!("who answers besides the client: {}", others.join(", ")));
    }
    let licence = &instrument.licence;
    let name: String = instrument.id.split('-').map(capitalized).collect();
    let mut resource = json!({
        "resourceType": "Questionnaire",
        "id": instrument.id,
        "url": format!("{base}/{}", instrument.id),
        "version": instrument.version,
        "name": if name.starts_with(|c: char| c.is_ascii_uppercase()) { name } else { format!("Q{name}") },
        "status": "active",
        "language": "en",
        "subjectType": ["Patient"],
        "publisher": licence.holder,
        "description": instrument.citation,
        "copyright": format!("{} {}", licence.attribution, licence.terms),
        "item": items,
    });
    put_text(&mut resource, "title", &instrument.title);
    if let Some(code) = &instrument.loinc {
        resource["code"] = json!([{ "system": LOINC, "code": code }]);
    }
    Ok(Exported { resource, left_out })
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// Puts a text in English, and its translations beside it.
fn put_text(into: &mut Value, key: &str, text: &Text) {
    let english = text.get(Language::En);
    into[key] = json!(english);
    let translations: Vec<Value> = Language::ALL
        .iter()
        .filter(|language| **language != Language::En)
        .filter_map(|language| {
            let words = text.exactly(*language).filter(|words| *words != english)?;
            Some(json!({ "url": TRANSLATION, "extension": [
                { "url": "lang", "valueCode": language.as_str() },
                { "url": "content", "valueString": words },
            ] }))
        })
        .collect();
    if !translations.is_empty() {
        into[format!("_{key}")] = json!({ "extension": translations });
    }
}

fn control(code: &str) -> Value {
    json!({ "url": ITEM_CONTROL, "valueCodeableConcept": { "coding": [{ "system": CONTROLS, "code": code }] } })
}

fn question(instrument: &Instrument, item: &Item, left_out: &mut Vec<String>) -> Value {
    let mut question = json!({ "linkId": item.id, "required": false });
    put_text(&mut question, "text", &item.text);
    if let Some(code) = &item.loinc {
        question["code"] = json!([{ "system": LOINC, "code": code }]);
    }
    let mut extensions = Vec::new();
    match &item.kind {
        ItemKind::Choice(options) => {
            question["type"] = json!("choice");
            question["answerOption"] = options.iter().map(option).collect();
        }
        ItemKind::VisualAnalogue { low, high } => {
            question["type"] = json!("integer");
            extensions.push(control("slider"));
            extensions.push(json!({ "url": SLIDER_STEP, "valueInteger": 1 }));
            extensions.push(json!({ "url": MIN_VALUE, "valueInteger": 0 }));
            extensions.push(json!({ "url": MAX_VALUE, "valueInteger": VISUAL_ANALOGUE_MAX }));
            let end = |name: &str, words: &Text| {
                let link_id = format!("{}-{name}", item.id);
                let mut end = json!({ "linkId": link_id, "type": "display", "extension": [control(name)] });
                put_text(&mut end, "text", words);
                end
            };
            question["item"] = json!([end("lower", low), end("upper", high)]);
        }
        ItemKind::Number { min, max } => {
            question["type"] = json!("integer");
            extensions.push(json!({ "url": MIN_VALUE, "valueInteger": min }));
            extensions.push(json!({ "url": MAX_VALUE, "valueInteger": max }));
        }
        ItemKind::Goal => {
            question["type"] = json!("integer");
            extensions.push(json!({ "url": MIN_VALUE, "valueInteger": 0 }));
            extensions.push(json!({ "url": MAX_VALUE, "valueInteger": GOAL_MAX }));
            left_out.push(format!("item {}: that the client's own goals are shown beside it", item.id));
        }
        ItemKind::Words => question["type"] = json!("text"),
    }
    if let Some(skip) = item.skip {
        match expression::condition(instrument, instrument.skips[skip].when.text()) {
            Ok(when) => extensions.push(json!({
                "url": ENABLE_WHEN,
                "valueExpression": { "language": "text/fhirpath", "expression": format!("({when}).not()") },
            })),
            Err(reason) => left_out.push(format!("item {}: {reason}", item.id)),
        }
    }
    if !extensions.is_empty() {
        question["extension"] = json!(extensions);
    }
    question
}

fn option(option: &AnswerOption) -> Value {
    let (system, code) = match &option.loinc {
        Some(code) => (LOINC, code.clone()),
        None => (VALUES, option.value.to_string()),
    };
    let mut coding = json!({ "system": system, "code": code });
    put_text(&mut coding, "display", &option.label);
    json!({ "extension": [{ "url": ORDINAL, "valueDecimal": option.value }], "valueCoding": coding })
}

fn score(scale: &instruments::Scale, expression: &str) -> Value {
    let mut score = json!({
        "linkId": format!("{SCORE}{}", scale.id),
        "type": "decimal",
        "readOnly": true,
        "extension": [{
            "url": EXPRESSION,
            "valueExpression": { "language": "text/fhirpath", "expression": expression },
        }],
    });
    put_text(&mut score, "text", &scale.title);
    if let Some(code) = &scale.loinc {
        score["code"] = json!([{ "system": LOINC, "code": code }]);
    }
    score
}
