//! `bellwether score` as whoever runs a study or a migration meets it: a file or standard input, JSON Lines or a table, one line
//! out for one line in, and exit codes that a script can rely on.

use super::{Folder, bellwether, code, said};
use serde_json::{Value, json};
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

/// Scores what is piped in.
fn piped(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_bellwether"))
        .arg("score")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    child.stdin.take().expect("piped").write_all(input.as_bytes()).expect("it reads");
    child.wait_with_output().expect("it ends")
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).expect("text");
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

const PHQ_9: &str = r#"{"id": "a", "answers": [2,2,3,3,2,2,2,1,1]}
{"id": "b", "answers": {"1": 2, "2": 2, "3": 3, "5": 2, "6": 2, "7": 2, "8": 1, "9": 1}, "date": "2026-03-09"}
{"id": 3, "answers": [2,2,null,null,null,2,2,1,1]}
"#;

#[test]
fn every_line_has_every_key_in_order_from_a_file_and_from_standard_input() {
    let folder = Folder::new("score");
    let file = folder.file("answers.jsonl", PHQ_9);
    let from_file = bellwether(&["score", "phq-9", &file]);
    assert_eq!(code(&from_file), 0, "an incomplete sheet is no error: {}", said(&from_file));
    for piped in [piped(&["phq-9"], PHQ_9), piped(&["phq-9", "-"], PHQ_9)] {
        assert_eq!((code(&piped), &piped.stdout), (0, &from_file.stdout), "{}", said(&piped));
        assert!(piped.stderr.is_empty(), "no progress where nobody watches: {}", said(&piped));
    }
    let first = String::from_utf8_lossy(&from_file.stdout).lines().next().expect("a line").to_owned();
    let keys = [
        "id",
        "instrument",
        "version",
        "state",
        "total",
        "total_exact",
        "band",
        "subscales",
        "flags",
        "cutoffs",
        "values",
        "reasons",
    ];
    let places: Vec<usize> =
        keys.iter().map(|key| first.find(&format!("\"{key}\":")).unwrap_or_else(|| panic!("{key}: {first}"))).collect();
    assert!(places.is_sorted(), "in the order of the documentation: {first}");

    let out = lines(&from_file);
    assert_eq!(out.iter().map(|line| line["id"].clone()).collect::<Vec<_>>(), [json!("a"), json!("b"), json!(3)]);
    let at = |line: usize, key: &str| out[line][key].clone();
    assert_eq!(
        (at(0, "state"), at(0, "total"), at(0, "band")),
        (json!("valid"), json!(18), json!("moderately_severe"))
    );
    assert_eq!(at(0, "flags"), json!(["9:review"]));
    // Scenario C4: 15 over 8 items.
    assert_eq!((at(1, "state"), at(1, "total"), at(1, "total_exact")), (json!("prorated"), json!(17), json!(16.875)));
    assert_eq!((at(2, "state"), at(2, "total"), at(2, "band")), (json!("invalid"), Value::Null, Value::Null));
    assert_eq!(at(2, "flags"), json!(["9:review"]), "item 9 is judged all the same");
    assert!(at(2, "reasons")[0].as_str().is_some_and(|why| why.contains("3 of 9 items missing")), "{}", out[2]);

    let written = folder.0.join("scores.jsonl").display().to_string();
    let to_file = bellwether(&["score", "phq-9", &file, "--output", &written, "--version", "1", "--threads", "3"]);
    assert_eq!((code(&to_file), to_file.stdout.len()), (0, 0), "{}", said(&to_file));
    assert_eq!(std::fs::read(&written).expect("written"), from_file.stdout);
}

#[test]
fn a_bad_line_says_line_and_field_and_loses_no_other() {
    let input = "{\"id\": \"a\", \"answers\": [0,0,0,0,0,0,0]}\n{\"id\": \"b\", \"answers\": [0,0,7,0,0,0,0]}\nnot json\n\
                 {\"id\": \"d\", \"answers\": [0,0,0]}\n{\"id\": \"e\", \"answers\": {\"8\": 1}}\n{\"id\": \"f\", \"answers\": [1,1,1,1,1,1,1]}\n";
    let output = piped(&["gad-7"], input);
    assert_eq!(code(&output), 1, "{}", said(&output));
    let out = lines(&output);
    assert_eq!(out.len(), 6, "one line for each");
    assert_eq!((&out[0]["total"], &out[5]["total"]), (&json!(0), &json!(7)));
    for (line, field, said) in [
        (2, "answers[2] (item 3)", "is not one of 0, 1, 2, 3, or null"),
        (3, "line", "is not a JSON object"),
        (4, "answers", "has 3 entries; gad-7 has 7 items"),
        (5, "answers.8", "gad-7 has no such item"),
    ] {
        let one = &out[line - 1];
        assert_eq!((&one["line"], &one["field"]), (&json!(line), &json!(field)), "{one}");
        let error = one["error"].as_str().unwrap_or_default();
        assert!(error.starts_with(&format!("line {line}: ")) && error.contains(said), "{one}");
    }
    assert_eq!(out[1]["id"], "b", "it keeps its id");
    assert!(String::from_utf8_lossy(&output.stderr).contains("4 of 6 lines"), "{}", said(&output));
}

#[test]
fn a_context_holds_for_all_lines_and_a_line_overrides_it() {
    let input = "{\"answers\": [1,1,1]}\n{\"answers\": [1,1,1], \"context\": {\"sex\": \"M\"}}\n\
                 {\"answers\": [1,1,1], \"context\": {\"sex\": null}}\n";
    for given in ["sex=F,age=34", "sex=female", "sex=FEMALE, age=34.5"] {
        let output = piped(&["audit-c", "--context", given], input);
        assert_eq!(code(&output), 0, "{}", said(&output));
        let out = lines(&output);
        let at = |line: usize| out[line]["values"].clone();
        assert_ne!(at(0), at(1), "3 points are positive for women alone: {}", out[0]);
        assert_ne!(at(0), at(2), "not known is not female: {}", out[2]);
    }
    // Truth values in every case, as JSON and as words; so do the marks of a line.
    let answers = "{\"answers\": [1,1,1,0,0], \"context\": {\"exposure\": ";
    let exposed: Vec<Value> = ["true}}", "1}}", "\"TRUE\"}}", "\"True\"}}"]
        .iter()
        .flat_map(|end| lines(&piped(&["pc-ptsd-5"], &format!("{answers}{end}\n"))))
        .collect();
    assert!(exposed.iter().all(|line| line["total"] == 3), "{exposed:?}");
    let by_option = lines(&piped(&["pc-ptsd-5", "--context", "exposure=False"], "{\"answers\": [1,1,1,0,0]}\n"));
    assert_eq!(by_option[0]["total"], 0, "no exposure: the questions do not apply: {}", by_option[0]);
    let marks = lines(&piped(&["ors"], "{\"answers\": [6.2, 0.4, 10.0, 8.3]}\n{\"answers\": [6.25, 0, 0, 0]}\n"));
    assert_eq!(marks[0]["total"], 24.9);
    assert!(marks[1]["error"].as_str().is_some_and(|error| error.contains("one decimal")), "{}", marks[1]);

    for (given, said_of) in
        [("sex=x", "context.sex"), ("age=old", "context.age"), ("height=180", "context.height"), ("34", "key=value")]
    {
        let output = piped(&["audit-c", "--context", given], input);
        assert_eq!((code(&output), output.stdout.len()), (2, 0), "{given}: {}", said(&output));
        assert!(said(&output).contains(said_of), "{given}: {}", said(&output));
    }
}

#[test]
fn a_table_is_read_by_its_header_line_and_gives_the_same_lines() {
    let folder = Folder::new("score-table");
    let table = "id,sex,q1,q2,q3\na,F,1,1,1\nb,m,1,,1\nc,,9,1,1\nd,F,1,1\n\"e, Jr\",F,0,0,0\n";
    let file = folder.file("answers.csv", table);
    let output = bellwether(&["score", "audit-c", &file]);
    assert_eq!(code(&output), 1, "two lines cannot be read: {}", said(&output));
    let out = lines(&output);
    assert_eq!(out.len(), 5);
    assert_eq!((&out[0]["id"], &out[0]["total"]), (&json!("a"), &json!(3)));
    assert_eq!((&out[4]["id"], &out[4]["total"]), (&json!("e, Jr"), &json!(0)));
    assert!(out[1]["total"].is_null() && out[1].get("error").is_none(), "an empty cell is not answered: {}", out[1]);
    assert_eq!((&out[2]["line"], &out[2]["field"]), (&json!(4), &json!("column 3 (item 1)")), "{}", out[2]);
    assert!(out[3]["error"].as_str().is_some_and(|error| error.contains("has 4 cells; the head has 5")), "{}", out[3]);

    let same = lines(&piped(&["audit-c"], table));
    assert_eq!(same, out, "told from its first character");
    let as_list = lines(&piped(&["audit-c", "--format", "csv"], "id,answers,context.sex\na,\"[1,1,1]\",F\n"));
    assert_eq!(as_list[0]["values"], out[0]["values"]);
    let unknown = piped(&["audit-c"], "id,q1,q2,q9\na,1,1,1\n");
    assert_eq!(code(&unknown), 1, "{}", said(&unknown));
    assert!(said(&unknown).contains("line 1, column q9"), "{}", said(&unknown));
}

/// Every id that a caller may rely on.
const IDS: &str = "phq-9 phq-8 phq-2 phq-a phq-15 gad-7 gad-2 ors srs cors csrs gsrs who-5 k10 k6 pcl-5 pc-ptsd-5 audit audit-c \
    dast-10 ces-d epds isi wsas core-10 oasis odsis dass-21 psc-17 scared asrs mdq y-bocs scoff ede-qs c-ssrs whodas-12 bam \
    promis-depression-4a promis-depression-8a gain-ss itq sds wai-sr wellbeing session-feedback";

#[test]
fn every_id_is_known_and_what_is_not_is_a_wrong_use() {
    let listed = bellwether(&["instruments", "list", "--json"]);
    let listed: Value = serde_json::from_slice(&listed.stdout).expect("JSON");
    let listed: Vec<String> = listed
        .as_array()
        .expect("a list")
        .iter()
        .flat_map(|one| std::iter::once(&one["id"]).chain(one["aliases"].as_array().expect("a list")))
        .map(|id| id.as_str().expect("a text").to_owned())
        .collect();
    assert_eq!(IDS.split_whitespace().count(), 46);
    let text = said(&bellwether(&["instruments", "list"]));
    let ours = text.lines().find(|line| line.starts_with("wellbeing-check ")).expect("it is listed");
    assert!(ours.ends_with(" wellbeing"), "its other name stands in the list: {ours}");
    for id in IDS.split_whitespace().chain(["oq-45"]) {
        assert!(listed.iter().any(|one| one == id), "{id} is listed");
    }
    for id in IDS.split_whitespace() {
        let output = piped(&[id], "{\"answers\": {}}\n");
        assert_eq!(code(&output), 0, "{id}: {}", said(&output));
        let line = &lines(&output)[0];
        assert_eq!((&line["instrument"], line.get("error")), (&json!(id), None), "{line}");
    }
    let folder = Folder::new("score-usage");
    let file = folder.file("answers.jsonl", PHQ_9);
    let missing = folder.0.join("nowhere.jsonl").display().to_string();
    for (arguments, said_of) in [
        (vec!["score", "oq-45", &file], "its scoring key belongs to its holder"),
        (vec!["score", "phq-10", &file], "there is no instrument phq-10"),
        (vec!["score", "phq-9", &file, "--version", "9"], "phq-9 has no such version"),
        (vec!["score", "phq-9", &missing], "nowhere.jsonl cannot be opened"),
        (vec!["score", "phq-9", &file, "--format", "xml"], "--format"),
        (vec!["score"], "<INSTRUMENT>"),
    ] {
        let output = bellwether(&arguments);
        assert_eq!((code(&output), output.stdout.len()), (2, 0), "{arguments:?}: {}", said(&output));
        assert!(said(&output).contains(said_of), "{arguments:?}: {}", said(&output));
    }
}
