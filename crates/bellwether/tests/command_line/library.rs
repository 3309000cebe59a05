//! The instrument library at the command line: listed, shown, checked, taken out as FHIR and in again, and scored again.

use super::{Folder, bellwether, code, said};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Output;

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn shipped(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn instruments_are_listed_and_shown_and_an_unknown_one_is_named() {
    let list = bellwether(&["instruments", "list"]);
    assert_eq!(code(&list), 0, "{}", said(&list));
    assert!(["phq-9", "ors", "oq-45"].iter().all(|id| out(&list).contains(id)), "{}", out(&list));
    let json = bellwether(&["instruments", "list", "--json"]);
    let json: Value = serde_json::from_str(&out(&json)).expect("JSON");
    assert!(json.as_array().is_some_and(|all| all.len() >= 47), "{json}");

    let shown = bellwether(&["instruments", "show", "phq-9"]);
    assert_eq!(code(&shown), 0, "{}", said(&shown));
    assert!(out(&shown).contains("Kroenke"), "the source of its figures: {}", out(&shown));
    let unknown = bellwether(&["instruments", "show", "phq-10"]);
    assert_eq!(code(&unknown), 2, "{}", said(&unknown));
    assert!(said(&unknown).contains("there is no instrument phq-10") && said(&unknown).contains("instruments list"));
    let version = bellwether(&["instruments", "show", "phq-9", "--version", "99"]);
    assert_eq!(code(&version), 2, "{}", said(&version));
    assert!(said(&version).contains("phq-9 has no such version; there are 1"), "{}", said(&version));
}

#[test]
fn catalogue_schema_and_lock_are_the_files_that_are_checked_in() {
    for (what, path) in [
        ("catalogue", "docs/instruments.md"),
        ("schema", "instruments/instrument.schema.json"),
        ("lock", "instruments/catalogue.lock"),
    ] {
        let output = bellwether(&["instruments", what]);
        assert_eq!(code(&output), 0, "{what}: {}", said(&output));
        assert!(out(&output).trim_end() == shipped(path).trim_end(), "bellwether instruments {what} > {path}");
    }
}

/// The shipped PHQ-9 in a folder like `instruments/`, with the lock of it alone.
fn folder_of_the_phq_9(name: &str, change: impl Fn(String) -> String) -> Folder {
    let folder = Folder::new(name);
    std::fs::create_dir_all(folder.0.join("phq-9")).expect("a folder");
    for file in ["phq-9/1.toml", "phq-9/1.en.toml", "phq-9/1.es.toml"] {
        let content = shipped(&format!("instruments/{file}"));
        folder.file(file, &if file == "phq-9/1.toml" { change(content) } else { content });
    }
    let lock = shipped("instruments/catalogue.lock");
    let from = lock.find("[phq-9.1]").expect("the PHQ-9 is published");
    let to = lock[from + 1..].find("\n[").map_or(lock.len(), |end| from + 1 + end);
    folder.file("catalogue.lock", &lock[from..to]);
    folder
}

fn checked(folder: &Folder) -> Output {
    bellwether(&["instruments", "check", &folder.0.display().to_string()])
}

#[test]
fn a_changed_published_version_is_refused_with_its_file_and_the_remedy() {
    let same = checked(&folder_of_the_phq_9("lock-same", |content| content));
    assert_eq!(code(&same), 0, "{}", said(&same));
    let comment = checked(&folder_of_the_phq_9("lock-comment", |content| format!("# a remark\n{content}")));
    assert_eq!(code(&comment), 0, "a remark is no change: {}", said(&comment));

    let changed = checked(&folder_of_the_phq_9("lock-changed", |content| {
        assert!(content.contains("points = 6"));
        content.replacen("points = 6", "points = 7", 1)
    }));
    assert_eq!(code(&changed), 1, "{}", said(&changed));
    let text = said(&changed);
    assert!(text.contains("phq-9/1.toml: catalogue.lock: scoring: this published version changed"), "{text}");
    assert!(text.contains("in a new version (2.toml)"), "{text}");

    let gone = folder_of_the_phq_9("lock-gone", |content| content);
    std::fs::remove_file(gone.0.join("phq-9/1.es.toml")).expect("it was there");
    let gone = checked(&gone);
    assert_eq!(code(&gone), 1, "{}", said(&gone));
    assert!(said(&gone).contains("es: this published wording is gone; bring its file back"), "{}", said(&gone));
}

#[test]
fn what_is_wrong_with_a_file_is_named_by_file_and_key() {
    let example = checked(&folder_of_the_phq_9("wrong-example", |content| {
        content.replacen("value = 18, band = \"moderately_severe\"", "value = 17, band = \"moderately_severe\"", 1)
    }));
    assert_eq!(code(&example), 1, "{}", said(&example));
    assert!(said(&example).contains("phq-9/1.toml: example["), "{}", said(&example));
    let key =
        checked(&folder_of_the_phq_9("wrong-key", |content| content.replacen("range = [0, 27]", "range = [0, 28]", 1)));
    assert_eq!(code(&key), 1, "{}", said(&key));
    assert!(said(&key).contains("phq-9/1.toml: scale[total].range: the answers give 0 to 27"), "{}", said(&key));
    let syntax =
        checked(&folder_of_the_phq_9("wrong-word", |content| content.replacen("format = 2", "format = two", 1)));
    assert_eq!(code(&syntax), 1, "{}", said(&syntax));
    assert!(said(&syntax).contains("line 2"), "{}", said(&syntax));
    let word =
        checked(&folder_of_the_phq_9("wrong-type", |content| content.replacen("format = 2", "format = \"2\"", 1)));
    assert!(said(&word).contains("line 2"), "a wrong type is named by its line too: {}", said(&word));
    for missing in ["no-such-folder", "no-such-file.toml"] {
        let output = bellwether(&["instruments", "check", missing]);
        assert_eq!(code(&output), 2, "{}", said(&output));
        assert!(said(&output).contains(missing), "{}", said(&output));
    }
}

#[test]
fn a_questionnaire_goes_out_as_fhir_and_comes_back_scored_alike() {
    let folder = Folder::new("fhir");
    let exported = bellwether(&[
        "instruments",
        "export-fhir",
        "phq-9",
        "--base",
        "https://clinic.example.org/fhir/Questionnaire/",
    ]);
    assert_eq!(code(&exported), 0, "{}", said(&exported));
    let resource: Value = serde_json::from_str(&out(&exported)).expect("standard output is the resource alone");
    assert_eq!(resource["url"], "https://clinic.example.org/fhir/Questionnaire/phq-9");
    assert!(said(&exported).contains("not part of a Questionnaire: risk rules"), "{}", said(&exported));

    let file = folder.file("phq-9.json", &out(&exported));
    let imported = bellwether(&["instruments", "import-fhir", &file]);
    assert_eq!(code(&imported), 0, "{}", said(&imported));
    let ours = instruments::Library::embedded().expect("the library is read by its own tests");
    let ours = ours.current("phq-9").expect("ships");
    let theirs = read(&out(&imported));
    for (one, other) in ours.items.iter().zip(&theirs.items) {
        assert_eq!((&one.id, &one.loinc, &one.kind, &one.text), (&other.id, &other.loinc, &other.kind, &other.text));
    }
    for value in 0..=3 {
        assert_eq!(total(ours, &[value; 9]), total(&theirs, &[value; 9]));
    }

    let licensed = bellwether(&["instruments", "export-fhir", "ors"]);
    assert_eq!(code(&licensed), 1, "{}", said(&licensed));
    assert!(said(&licensed).contains("ors: the wording is not in the library"), "{}", said(&licensed));
    assert_eq!(code(&bellwether(&["instruments", "export-fhir", "phq-10"])), 2);
    assert_eq!(code(&bellwether(&["instruments", "import-fhir", "no-such-file.json"])), 2);
    let patient = folder.file("patient.json", r#"{"resourceType": "Patient"}"#);
    let patient = bellwether(&["instruments", "import-fhir", &patient]);
    assert_eq!((code(&patient), out(&patient).as_str()), (1, ""), "{}", said(&patient));
    assert!(said(&patient).contains("patient.json: resourceType: a Questionnaire is needed"), "{}", said(&patient));
}

fn read(file: &str) -> instruments::Instrument {
    let id = file.lines().find_map(|line| line.strip_prefix("id = ")).expect("an id").trim_matches('"').to_owned();
    let library =
        instruments::Library::parse([(format!("{id}/1.toml"), file)]).unwrap_or_else(|error| panic!("{error}\n{file}"));
    library.current(&id).expect("just read").clone()
}

fn total(instrument: &instruments::Instrument, values: &[i64]) -> Option<f64> {
    let answers = instrument.items.iter().zip(values);
    let answers = answers.map(|(item, value)| (item.id.clone(), instruments::Answer::Value(*value))).collect();
    instruments::score(instrument, &answers)[0].value
}

/// A panel in the shape the form builder of the National Library of Medicine writes: link ids with a slash, points and a
/// prefix on every option, drop-downs, a question about difficulty without points, a total with an expression over variables.
fn panel(title: &str, code: &str, questions: &[(&str, &str)], difficulty: &str, total: &str) -> Value {
    let control = json!({ "url": "http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl", "valueCodeableConcept": {
        "coding": [{ "system": "http://hl7.org/fhir/questionnaire-item-control", "code": "drop-down", "display": "Drop down" }], "text": "Drop down" } });
    let prefix = |text: &str| json!({ "url": "http://hl7.org/fhir/StructureDefinition/questionnaire-optionPrefix", "valueString": text });
    let options: Vec<Value> = ["Not at all", "Several days", "More than half the days", "Nearly every day"]
        .iter()
        .zip(["LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9"])
        .enumerate()
        .map(|(points, (display, code))| {
            let points_there =
                json!({ "url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": points });
            json!({ "extension": [prefix(&points.to_string()), points_there],
                "valueCoding": { "system": "http://loinc.org", "code": code, "display": display } })
        })
        .collect();
    let mut items: Vec<Value> = questions
        .iter()
        .map(|(code, text)| {
            let least = json!({ "url": "http://hl7.org/fhir/StructureDefinition/questionnaire-minOccurs", "valueInteger": 1 });
            json!({ "type": "choice", "extension": [least, control], "required": true, "linkId": format!("/{code}"),
                "code": [{ "system": "http://loinc.org", "code": code, "display": text }], "text": text, "answerOption": options })
        })
        .collect();
    items.push(json!({ "type": "choice", "extension": [control], "required": false, "linkId": format!("/{difficulty}"), "text": "How difficult have these problems made it?",
        "code": [{ "system": "http://loinc.org", "code": difficulty }],
        "answerOption": [{ "valueCoding": { "system": "http://loinc.org", "code": "LA6572-7", "display": "Not difficult at all" } },
            { "valueCoding": { "system": "http://loinc.org", "code": "LA6575-0", "display": "Extremely difficult" } }] }));
    items.push(json!({ "type": "decimal", "required": false, "readOnly": true, "linkId": format!("/{total}"), "text": "Total score",
        "code": [{ "system": "http://loinc.org", "code": total }],
        "extension": [{ "url": "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression",
            "valueExpression": { "description": "the sum", "language": "text/fhirpath", "expression": "iif(%any, %a + %b, {})" } }] }));
    items.push(json!({ "type": "string", "linkId": "/remarks", "text": "Anything else?" }));
    items.push(json!({ "type": "date", "linkId": "/since", "text": "Since when?" }));
    json!({ "resourceType": "Questionnaire", "status": "draft", "title": title, "name": title, "subjectType": ["Patient", "Person"],
        "meta": { "profile": ["http://hl7.org/fhir/4.0/StructureDefinition/Questionnaire"] },
        "code": [{ "system": "http://loinc.org", "code": code, "display": title }], "item": items })
}

#[test]
fn panels_of_another_form_builder_are_imported_and_scored_and_what_is_not_taken_is_said() {
    let wording = |id: &str| {
        let library = instruments::Library::embedded().expect("the library is read by its own tests");
        let found = library.current(id).expect("ships").items.clone();
        found
            .into_iter()
            .map(|item| (item.loinc.expect("coded"), item.text.get(instruments::Language::En).to_owned()))
            .collect::<Vec<_>>()
    };
    let folder = Folder::new("panels");
    for (id, title, code_of_panel, difficulty, code_of_total) in [
        ("phq-9", "PHQ-9 quick depression assessment panel", "44249-1", "69722-7", "44261-6"),
        ("gad-7", "Generalized anxiety disorder 7 item (GAD-7)", "69737-5", "69722-7", "70274-6"),
    ] {
        let items = wording(id);
        let questions: Vec<(&str, &str)> = items.iter().map(|(code, text)| (code.as_str(), text.as_str())).collect();
        let file = folder.file(
            &format!("{id}.json"),
            &panel(title, code_of_panel, &questions, difficulty, code_of_total).to_string(),
        );
        let imported = bellwether(&["instruments", "import-fhir", &file]);
        assert_eq!(code(&imported), 0, "{}", said(&imported));
        let theirs = read(&out(&imported));
        assert_eq!(
            theirs.items.len(),
            questions.len() + 2,
            "{id}: every question, the one without points and the one in words"
        );
        assert_eq!(theirs.primary().loinc.as_deref(), Some(code_of_total));
        let count = i64::try_from(questions.len()).unwrap();
        for value in 0..=3 {
            let mut values = vec![value; questions.len()];
            values.push(0);
            assert_eq!(total(&theirs, &values), Some((value * count) as f64), "{id}");
        }
        let told = String::from_utf8_lossy(&imported.stderr).into_owned();
        for untaken in [
            format!("{id}.json: item /{code_of_total}: its expression is not run"),
            format!("{id}.json: item /since: an answer of type date cannot be asked here"),
            format!("{id}.json: bands, cut-offs, missing-data and risk rules are not part of a Questionnaire"),
        ] {
            assert!(told.contains(&untaken), "{untaken}: {told}");
        }
    }
}

#[tokio::test]
async fn what_is_stored_is_scored_again_and_a_difference_is_named_without_a_figure() {
    let folder = Folder::with_demo("rescore");
    let same = folder.run(&["rescore"]);
    assert_eq!(code(&same), 0, "{}", said(&same));
    assert!(
        out(&same).contains("phq-9 1 with 1: ") && out(&same).contains(" scored again, 0 different"),
        "{}",
        out(&same)
    );
    assert_eq!(code(&folder.run(&["rescore", "--to-newest"])), 0);

    let [_, url, _, key] = folder.data();
    let keys = store::Keyring::load(&key).expect("the demo's key");
    let db = store::Db::connect(&url, keys, store::Options::default()).await.expect("the demo's database");
    let mut read = db.read_all().await.expect("a read");
    let practice = store::practice::ids(&mut read).await.expect("the practices").remove(0);
    drop(read);
    store::testing::take_down_guards(&db).await;
    let mut tx = db.write(&practice).await.expect("a write");
    let changed = tx
        .query(
            "UPDATE score SET value = 26.125, band = 'severe' WHERE practice_id = $1 AND id = (SELECT min(id) FROM score \
             WHERE practice_id = $1 AND instrument = 'phq-9' AND state = 'valid' AND value < 20)",
        )
        .bind(&practice)
        .execute()
        .await
        .expect("a change behind the program's back");
    assert_eq!(changed, 1);
    tx.commit().await.expect("it is done");
    db.close().await;
    let output = folder.run(&["rescore"]);
    assert_eq!(code(&output), 1, "{}", said(&output));
    let text = said(&output);
    assert!(text.contains(": phq-9 1 with 1: total: value, band differ"), "{text}");
    assert!(text.contains(", 1 different") && text.contains("cannot be reproduced"), "{text}");
    assert!(!text.contains("26.125"), "no score is printed: {text}");

    let nowhere = bellwether(&["rescore", "--database-url", "postgres://nobody@127.0.0.1:1/none", "--key-file", &key]);
    assert_eq!(code(&nowhere), 2, "{}", said(&nowhere));
}
