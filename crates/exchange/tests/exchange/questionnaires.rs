//! Instruments as FHIR Questionnaires and back.

use exchange::fhir::{questionnaire, read_questionnaire};
use exchange::instrument_file::NewAnswer;
use instruments::{Instrument, ItemKind, Language, Library, examples_failing};
use serde_json::{Value, json};

const BASE: &str = "https://clinic.example.org/fhir/Questionnaire";

fn library() -> Library {
    Library::embedded().expect("the library that ships")
}

fn taken(content: &Value) -> (Instrument, Vec<String>) {
    let taken = read_questionnaire(&content.to_string(), 2026).unwrap_or_else(|untaken| panic!("{untaken:?}"));
    let file = taken.instrument.to_toml();
    let path = format!("{}/1.toml", taken.instrument.id);
    let library = Library::parse([(path, &file)]).unwrap_or_else(|error| panic!("{error}\n{file}"));
    let instrument = library.current(&taken.instrument.id).expect("read").clone();
    assert!(examples_failing(&instrument).is_empty(), "{:?}", examples_failing(&instrument));
    // What was taken over passes the check of the command line as it is.
    let findings = instruments::check_against(&library, &instruments::lock(&library));
    let unshown: Vec<String> =
        findings.iter().map(ToString::to_string).filter(|one| one.contains("no example")).collect();
    assert!(unshown.is_empty(), "{unshown:?}");
    (instrument, taken.untaken.iter().map(ToString::to_string).collect())
}

#[test]
fn what_fhir_can_say_comes_back_as_it_went_out() {
    for instrument in library().iter().filter(|one| one.has_wording()) {
        let out = questionnaire(instrument, BASE).expect("the wording ships").resource;
        let (back, _) = taken(&out);
        assert_eq!(back.items.len(), instrument.items.len(), "{}", instrument.id);
        for (item, other) in instrument.items.iter().zip(&back.items) {
            let place = format!("{} {}", instrument.id, item.id);
            assert_eq!(item.loinc, other.loinc, "{place}");
            for language in instrument.languages.keys().filter(|language| back.languages.contains_key(*language)) {
                assert_eq!(item.text.get(*language), other.text.get(*language), "{place}");
                assert_eq!(instrument.stem.get(*language), back.stem.get(*language), "{place}");
            }
            match (&item.kind, &other.kind) {
                (ItemKind::Choice(ours), ItemKind::Choice(theirs)) => {
                    let said = |options: &[instruments::AnswerOption]| -> Vec<(i64, String, Option<String>)> {
                        options
                            .iter()
                            .map(|one| (one.value, one.label.get(Language::En).to_owned(), one.loinc.clone()))
                            .collect()
                    };
                    assert_eq!(said(ours), said(theirs), "{place}");
                }
                (ours, theirs) => assert_eq!(ours, theirs, "{place}"),
            }
        }
        assert_eq!(instrument.loinc, back.loinc);
    }
}

#[test]
fn an_exported_questionnaire_says_what_it_leaves_out() {
    let library = library();
    let out = questionnaire(library.current("phq-9").expect("ships"), BASE).expect("free");
    for part in ["bands", "cut-offs", "missing-data rule", "risk rules"] {
        assert!(out.left_out.iter().any(|left| left.contains(part)), "{part}: {:?}", out.left_out);
    }
    let total = out.resource["item"].as_array().and_then(|items| items.last()).expect("the score");
    assert_eq!(total["linkId"], "score-total");
    assert_eq!(total["code"][0]["code"], "44261-6");
    assert!(out.resource["copyright"].as_str().is_some_and(|said| said.contains("No permission required")));
    let refused = questionnaire(library.current("ors").expect("ships"), BASE).expect_err("licensed");
    assert!(refused.to_string().contains("wording is not in the library"), "{refused}");
}

#[test]
fn a_stepped_questionnaire_says_that_its_step_is_left_out_and_scores_alone() {
    let library = library();
    for (id, to) in [("phq-2", "phq-9"), ("gad-2", "gad-7")] {
        let short = library.current(id).expect("ships");
        let out = questionnaire(short, BASE).expect("free");
        let said = |what: &str| out.left_out.iter().any(|left| left == what);
        assert!(said(&format!("step: from 3 on it goes on to {to}")), "{:?}", out.left_out);
        assert!(said("2 questions that are those of another questionnaire"), "{:?}", out.left_out);
        // What comes back is a questionnaire of its own: it goes nowhere, and adds up to the same.
        let (back, _) = taken(&out.resource);
        assert!(back.step.is_none() && back.items.iter().all(|item| item.same_as.is_none()));
        for first in 0..=3 {
            for second in 0..=3 {
                let answers = |instrument: &Instrument| -> instruments::Answers {
                    let values = instrument.items.iter().zip([first, second]);
                    values.map(|(item, value)| (item.id.clone(), instruments::Answer::Value(value))).collect()
                };
                let total = |instrument: &Instrument| instruments::score(instrument, &answers(instrument))[0].value;
                assert_eq!(total(short), total(&back), "{id}: {first} + {second}");
            }
        }
    }
    let psc = questionnaire(library.current("psc-17").expect("ships"), BASE).expect("free");
    assert!(psc.left_out.iter().any(|left| left == "who answers besides the client: caregiver"), "{:?}", psc.left_out);
}

/// In the shape of the panels that form builders of the National Library of Medicine write: weights on the options,
/// linkIds with a slash, a score with an expression of its own.
fn foreign() -> Value {
    let option = |code: &str, display: &str, points: i64| {
        json!({
            "extension": [{ "url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": points }],
            "valueCoding": { "system": "http://loinc.org", "code": code, "display": display },
        })
    };
    let options = [
        ("LA6568-5", "Not at all", 0),
        ("LA6569-3", "Several days", 1),
        ("LA6570-1", "More than half the days", 2),
        ("LA6571-9", "Nearly every day", 3),
    ]
    .map(|(code, display, points)| option(code, display, points));
    let question = |code: &str, text: &str| {
        json!({
            "type": "choice", "linkId": format!("/{code}"), "required": true, "text": text,
            "code": [{ "system": "http://loinc.org", "code": code }], "answerOption": options,
        })
    };
    json!({
        "resourceType": "Questionnaire", "status": "draft", "title": "GAD-7 panel",
        "code": [{ "system": "http://loinc.org", "code": "69737-5" }],
        "item": [
            question("69725-0", "Feeling nervous, anxious or on edge"),
            question("68509-9", "Not being able to stop or control worrying"),
            { "type": "decimal", "linkId": "/70274-6", "readOnly": true, "text": "Total score",
              "code": [{ "system": "http://loinc.org", "code": "70274-6" }],
              "extension": [{ "url": "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression",
                              "valueExpression": { "language": "text/fhirpath", "expression": "%a + %b" } }] },
            { "type": "choice", "linkId": "/69722-7", "text": "How difficult was it?",
              "answerOption": [{ "valueCoding": { "code": "1", "display": "Not difficult" } }, { "valueCoding": { "code": "2", "display": "Very difficult" } }] },
            { "type": "string", "linkId": "/notes", "text": "Anything else?" },
            { "type": "date", "linkId": "/since", "text": "Since when?" },
            { "type": "choice", "linkId": "/vs", "text": "Which?", "answerValueSet": "http://example.org/vs" },
        ],
    })
}

#[test]
fn a_questionnaire_from_elsewhere_becomes_usable_and_says_what_it_left() {
    let (instrument, untaken) = taken(&foreign());
    assert_eq!(instrument.id, "gad-7-panel");
    assert_eq!(
        instrument.items.iter().map(|item| item.id.as_str()).collect::<Vec<_>>(),
        ["69725_0", "68509_9", "69722_7", "notes"]
    );
    assert_eq!(
        (instrument.primary().axis.min, instrument.primary().axis.max),
        (0.0, 6.0),
        "the question without points does not count"
    );
    assert_eq!(instrument.primary().loinc.as_deref(), Some("70274-6"));
    assert_eq!(instrument.items[3].kind, ItemKind::Words, "asked in words, and never scored");
    for said in [
        "item /70274-6: its expression is not run",
        "item /since: an answer of type date",
        "item /vs: its options are in",
    ] {
        assert!(untaken.iter().any(|one| one.starts_with(said)), "{said}: {untaken:#?}");
    }
}

#[test]
fn what_hides_a_question_is_taken_over() {
    let mut form = foreign();
    form["item"][1]["enableWhen"] = json!([{ "question": "/69725-0", "operator": "!=", "answerCoding": { "system": "http://loinc.org", "code": "LA6568-5" } }]);
    let taken = read_questionnaire(&form.to_string(), 2026).expect("usable").instrument;
    assert_eq!(taken.skips[0].when, "not (#69725_0 != 0)");
    assert!(matches!(taken.items[0].answer, NewAnswer::Choice(_)));
}

#[test]
fn what_is_no_questionnaire_is_refused_with_its_place() {
    let refused = |content: &str| read_questionnaire(content, 2026).expect_err("refused")[0].to_string();
    assert_eq!(refused("{ \"a\": "), "line 1, column 7: this is not JSON");
    assert_eq!(refused("{\"resourceType\":\"Patient\"}"), "resourceType: a Questionnaire is needed");
    let twice = json!({ "resourceType": "Questionnaire", "item": [{ "linkId": "1", "type": "boolean", "text": "a" }, { "linkId": "1", "type": "boolean", "text": "b" }] });
    assert_eq!(refused(&twice.to_string()), "item 1: this linkId was given twice; give each item its own");
}

#[test]
fn words_and_goals_go_out_as_text_and_whole_numbers_and_words_come_back() {
    let file = "format = 2\nid = \"evening\"\nversion = \"1\"\ntitle = \"Evening\"\nshort_name = \"Evening\"\ncitation = \"own\"\npopulation = \"all\"\n\
         time_frame = \"today\"\nallow_decline = true\n\n[licence]\nstatus = \"own\"\nholder = \"h\"\nterms = \"t\"\nattribution = \"a\"\n\n\
         [languages.en]\nstatus = \"official\"\nsource = \"own\"\n\n[[item]]\nid = \"1\"\nlabel = \"near\"\ntext = \"How near?\"\nkind = \"goal\"\n\n\
         [[item]]\nid = \"2\"\nlabel = \"else\"\ntext = \"What else?\"\nkind = \"words\"\n\n\
         [[scale]]\nid = \"total\"\ntitle = \"Total\"\npolarity = \"higher_better\"\nrange = [0, 10]\n[scale.missing]\nrule = \"complete\"\n\
         source = { text = \"own\", date = \"2026\", evidence = \"constructed\" }\n";
    let library = Library::parse([("evening/1.toml", file)]).unwrap_or_else(|error| panic!("{error}"));
    let out = questionnaire(library.current("evening").expect("read"), BASE).expect("free");
    assert_eq!(
        (&out.resource["item"][0]["type"], &out.resource["item"][1]["type"]),
        (&json!("integer"), &json!("text"))
    );
    assert!(
        out.left_out.iter().any(|left| left.starts_with("item 1: that the client's own goals")),
        "{:?}",
        out.left_out
    );
    let (back, _) = taken(&out.resource);
    assert_eq!((&back.items[0].kind, &back.items[1].kind), (&ItemKind::Number { min: 0, max: 10 }, &ItemKind::Words));
    assert_eq!((back.primary().axis.min, back.primary().axis.max), (0.0, 10.0));

    let words_alone =
        json!({ "resourceType": "Questionnaire", "item": [{ "linkId": "1", "type": "text", "text": "How are you?" }] });
    let refused = read_questionnaire(&words_alone.to_string(), 2026).expect_err("nothing to score");
    assert!(refused.iter().any(|one| one.reason.contains("every question of it is answered in words")), "{refused:?}");
}

#[test]
fn a_score_is_known_by_either_address_of_its_expression_and_needs_no_other_mark() {
    for address in [
        "http://hl7.org/fhir/StructureDefinition/questionnaire-calculatedExpression",
        "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression",
    ] {
        let mut form = foreign();
        let total = &mut form["item"][2];
        total.as_object_mut().expect("an item").remove("readOnly");
        total["extension"][0]["url"] = json!(address);
        let (instrument, untaken) = taken(&form);
        assert_eq!(instrument.primary().loinc.as_deref(), Some("70274-6"), "{address}");
        assert!(untaken.iter().any(|one| one.starts_with("item /70274-6: its expression is not run")), "{untaken:?}");
    }
}
