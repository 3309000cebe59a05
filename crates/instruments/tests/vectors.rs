//! The published examples of every instrument that can be scored (`data/scoring_vectors.json`): a line goes in as the
//! command line takes it, and every named value must come out verbatim.

use instruments::{Batch, Change, Completeness, Library, Line, RiskLevel, change, interpret, mark_on_line, risks};
use serde_json::{Map, Value, json};

/// The sets of the file and the ids of the library.
const IDS: [(&str, &str); 42] = [
    ("PHQ-9", "phq-9"),
    ("PHQ-8", "phq-8"),
    ("PHQ-2", "phq-2"),
    ("GAD-2", "gad-2"),
    ("GAD-7", "gad-7"),
    ("PHQ-15", "phq-15"),
    ("PCL-5", "pcl-5"),
    ("AUDIT", "audit"),
    ("AUDIT-C", "audit-c"),
    ("K10", "k10"),
    ("K6", "k6"),
    ("WHO-5", "who-5"),
    ("CES-D", "ces-d"),
    ("ORS", "ors"),
    ("SRS", "srs"),
    ("GSRS", "gsrs"),
    ("EPDS", "epds"),
    ("ISI", "isi"),
    ("DAST-10", "dast-10"),
    ("CORE-10", "core-10"),
    ("WSAS", "wsas"),
    ("Y-BOCS", "y-bocs"),
    ("ASRS-v1.1", "asrs"),
    ("PC-PTSD-5", "pc-ptsd-5"),
    ("WHODAS-2.0-12", "whodas-12"),
    ("WAI-SR", "wai-sr"),
    ("DASS-21", "dass-21"),
    ("PSC-17", "psc-17"),
    ("SCARED", "scared"),
    ("MDQ", "mdq"),
    ("PROMIS-Depression-4a", "promis-depression-4a"),
    ("PROMIS-Depression-8a", "promis-depression-8a"),
    ("ITQ", "itq"),
    ("C-SSRS-screener", "c-ssrs"),
    ("OASIS", "oasis"),
    ("ODSIS", "odsis"),
    ("SCOFF", "scoff"),
    ("EDE-QS", "ede-qs"),
    ("GAIN-SS", "gain-ss"),
    ("SDS-Sheehan", "sds"),
    ("PHQ-A", "phq-a"),
    ("BAM-R", "bam"),
];

/// Sets that are not about one instrument's sheet.
const OTHERS: [&str; 3] = ["VAS-MEASUREMENT", "RELIABLE-CHANGE", "NHS-TALKING-THERAPIES-CHANGE"];

fn sets() -> Map<String, Value> {
    let mut file: Value = serde_json::from_str(include_str!("data/scoring_vectors.json")).expect("reads");
    let Value::Object(sets) = file["sets"].take() else { panic!("sets is an object") };
    sets
}

fn library() -> Library {
    Library::embedded().unwrap_or_else(|error| panic!("{error}"))
}

/// Numbers as numbers: 41.0 and 41 are one.
fn same(ours: &Value, expected: &Value) -> bool {
    match (ours, expected) {
        (Value::Number(ours), Value::Number(expected)) => ours.as_f64() == expected.as_f64(),
        (Value::Object(ours), Value::Object(expected)) => {
            ours.len() == expected.len()
                && expected.iter().all(|(key, value)| ours.get(key).is_some_and(|own| same(own, value)))
        }
        _ => ours == expected,
    }
}

#[test]
fn every_named_value_of_every_vector_comes_out_verbatim() {
    let library = library();
    let sets = sets();
    let mut wrong = Vec::new();
    let mut seen = 0;
    assert_eq!(sets.len(), IDS.len() + OTHERS.len());
    for (set, id) in IDS {
        let instrument = library.current(id).unwrap_or_else(|| panic!("{id} ships"));
        let batch = Batch::new(id, instrument).expect("can be scored");
        let mut worker = batch.worker();
        for vector in sets[set]["vectors"].as_array().expect("a list") {
            let name = vector["id"].as_str().expect("named");
            let mut line = json!({ "id": name, "answers": vector["items"] });
            if !vector["context"].is_null() {
                line["context"] = vector["context"].clone();
            }
            let mut out = Vec::new();
            assert_eq!(
                worker.json(1, line.to_string().as_bytes(), &mut out),
                Line::Scored,
                "{}",
                String::from_utf8_lossy(&out)
            );
            let out: Value = serde_json::from_slice(&out).expect("JSON");
            assert_eq!((&out["id"], &out["instrument"]), (&json!(name), &json!(id)));
            for (key, expected) in vector["expected"].as_object().expect("an object") {
                let ours = &out["values"][key];
                if !same(ours, expected) || out["values"].get(key).is_none() {
                    wrong.push(format!("{name} {key}: expected {expected}, got {ours}"));
                }
                let expected_state = |valid: &Value| valid.as_bool().map(|valid| valid == (out["state"] == "invalid"));
                let top = match key.as_str() {
                    "valid" if expected_state(expected) == Some(true) => Some(&out["state"]),
                    "prorated" if *expected == json!(true) && out["state"] != "prorated" => Some(&out["state"]),
                    "total" if !same(&out["total"], expected) => Some(&out["total"]),
                    "total_exact" if !same(&out["total_exact"], expected) => Some(&out["total_exact"]),
                    "severity" | "band" | "risk_zone" | "abs_band" if !same(&out["band"], expected) => {
                        Some(&out["band"])
                    }
                    _ => None,
                };
                if let Some(top) = top {
                    wrong.push(format!("{name} {key}: expected {expected}, at the top stands {top}"));
                }
            }
            seen += 1;
        }
    }
    assert!(wrong.is_empty(), "{} of {seen}:\n{}", wrong.len(), wrong.join("\n"));
    println!("{seen} vectors");
    assert!(seen >= 200, "{seen}");
}

#[test]
fn marks_are_measured_half_up_and_end_at_the_ends() {
    for vector in sets()["VAS-MEASUREMENT"]["vectors"].as_array().expect("a list") {
        let figure = |key: &str| vector[key].as_f64().expect("a figure");
        let tenths = mark_on_line(figure("position"), figure("length")).expect("there is a length");
        assert_eq!(Some(tenths as f64 / 10.0), vector["expected"]["score"].as_f64(), "{vector}");
    }
}

#[test]
fn item_9_of_the_phq_9_is_a_finding_or_unknown() {
    let library = library();
    let phq9 = library.current("phq-9").expect("ships");
    for vector in sets()["PHQ-9"]["vectors"].as_array().expect("a list") {
        let items = vector["items"].as_array().expect("a list").iter().zip(&phq9.items);
        let given = items
            .filter_map(|(value, item)| Some((item.id.clone(), instruments::Answer::Value(value.as_i64()?))))
            .collect();
        let level = risks(phq9, &given, Completeness::Submitted).first().map(|finding| finding.level);
        let expected = &vector["expected"];
        assert_eq!(level == Some(RiskLevel::Unknown), expected["item9_missing"] == json!(true), "{vector}");
        assert_eq!(level >= Some(RiskLevel::Review), expected["flag_item9"] == json!(true), "{vector}");
    }
}

#[test]
fn caseness_reliable_change_response_and_remission_agree() {
    let library = library();
    let scales = ["phq-9", "gad-7"].map(|id| library.current(id).expect("ships").primary());
    let mut seen = 0;
    for vector in sets()["NHS-TALKING-THERAPIES-CHANGE"]["vectors"].as_array().expect("a list") {
        let pair = |key: &str| [0, 1].map(|i| vector[key][i].as_f64().expect("a score"));
        let (start, end) = (pair("start"), pair("end"));
        let case = |scores: [f64; 2]| (0..2).any(|i| interpret(scales[i], scores[i]).case == Some(true));
        let changes = [0, 1].map(|i| change(scales[i], start[i], end[i]));
        let any = |verdict: Change| changes.contains(&Some(verdict));
        let (better, worse) = (any(Change::Improved), any(Change::Deteriorated));
        for (name, ours) in [
            ("caseness_start", case(start)),
            ("caseness_end", case(end)),
            ("reliable_improvement", better && !worse),
            ("reliable_deterioration", worse && !better),
            ("phq9_response_50pct", scales[0].responded(start[0], end[0]) == Some(true)),
            ("phq9_remission_lt5", scales[0].remitted(end[0]) == Some(true)),
        ] {
            assert_eq!(json!(ours), vector["expected"][name], "{vector} {name}");
        }
        seen += 1;
    }
    assert_eq!(seen, 8);
}
