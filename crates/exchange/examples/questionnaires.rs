//! Writes every instrument whose wording ships as a FHIR Questionnaire, one JSON line each, with complete answers and the
//! scores that this program gives them: what `tests/fhir` hands to independent validators and to another `FHIRPath` engine.

use instruments::{Answer, Answers, Instrument, ItemKind, Library, score};
use serde_json::{Value, json};
use std::io::Write;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let library = Library::embedded()?;
    let mut out = std::io::stdout().lock();
    for instrument in library.iter().filter(|one| one.has_wording()) {
        let exported = exchange::fhir::questionnaire(instrument, "https://clinic.example.org/fhir/Questionnaire")?;
        let cases: Vec<Value> = (0..7).map(|seed| case(instrument, &exported.resource, seed)).collect();
        writeln!(
            out,
            "{}",
            json!({ "questionnaire": exported.resource, "cases": cases, "left_out": exported.left_out })
        )?;
    }
    Ok(())
}

/// Complete answers: everything lowest, everything highest, and mixtures.
fn case(instrument: &Instrument, questionnaire: &Value, seed: usize) -> Value {
    let mut answers = Answers::new();
    let mut items = Vec::new();
    for (place, item) in instrument.items.iter().enumerate() {
        let values: Vec<i64> = match &item.kind {
            ItemKind::Choice(options) => options.iter().map(|option| option.value).collect(),
            ItemKind::VisualAnalogue { .. } => (0..=instruments::VISUAL_ANALOGUE_MAX).collect(),
            ItemKind::Number { min, max } => (*min..=*max).collect(),
            ItemKind::Goal => (0..=instruments::GOAL_MAX).collect(),
            ItemKind::Words => vec![instruments::WRITTEN],
        };
        let at = match seed {
            0 => 0,
            1 => values.len() - 1,
            _ => (place * 7 + seed * 5 + place * place * seed) % values.len(),
        };
        let value = values[at];
        answers.insert(item.id.clone(), Answer::Value(value));
        let asked =
            questionnaire["item"].as_array().into_iter().flatten().find(|one| one["linkId"] == item.id.as_str());
        let given = match &item.kind {
            ItemKind::Choice(_) => {
                json!({ "valueCoding": asked.map_or(Value::Null, |asked| asked["answerOption"][at]["valueCoding"].clone()) })
            }
            ItemKind::Words => json!({ "valueString": "Some words" }),
            _ => json!({ "valueInteger": value }),
        };
        items.push(json!({ "linkId": item.id, "answer": [given] }));
    }
    let scores: serde_json::Map<String, Value> =
        score(instrument, &answers).into_iter().map(|one| (one.scale, json!(one.value))).collect();
    json!({
        "response": {
            "resourceType": "QuestionnaireResponse", "status": "completed",
            "questionnaire": questionnaire["url"], "item": items,
        },
        "scores": scores,
    })
}
