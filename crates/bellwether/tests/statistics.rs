//! The commands for researchers as a researcher meets them: every figure, key, exit code and complaint.

use serde_json::Value;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output};

/// A folder of a test's own, deleted with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("bellwether-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a folder for the test");
        Self(path)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        std::fs::write(self.0.join(name), content).expect("a file for the test");
        self.path(name)
    }

    fn json(&self, name: &str) -> Value {
        let text = std::fs::read_to_string(self.0.join(name)).expect("a result file");
        serde_json::from_str(&text).expect("JSON")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn bellwether(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_bellwether")).args(arguments).output().expect("the program starts")
}

/// Standard output of a command that must succeed.
fn done(arguments: &[&str]) -> String {
    let output = bellwether(arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {said}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The complaint of a command that must fail with this code and print nothing.
fn refused(arguments: &[&str], code: i32) -> String {
    let output = bellwether(arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    assert!(output.stdout.is_empty(), "{arguments:?} printed something");
    assert!(!said.contains("panic"), "{said}");
    said
}

fn split(options: &str) -> Vec<&str> {
    options.split_whitespace().collect()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("a number, not {value}"))
}

/// M₁ = 40 and s₁ = 7.5 exactly, so that the worked example of 1991 comes out of a file.
const TRUAX: &str = "id,pre,post\nexample,32.5,47.5\nb,47.5,47.5\nc,40,49\nd,32.5,33\ne,47.5,32.5\nlast,40,\n";

#[test]
fn the_worked_example_of_1991_from_a_file() {
    let folder = Folder::new("truax");
    // Two at each end and the middle twice: SD √(4 · 7.5² ÷ 4) = 7.5.
    let file = folder.file("truax.csv", TRUAX);
    let summary = folder.path("summary.json");
    let options =
        "classify --method jt --reliability 0.8 --m-functional 60 --sd-functional 7.5 --better higher --summary";
    let mut arguments = split(options);
    arguments.extend([summary.as_str(), file.as_str()]);
    let table = done(&arguments);
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines[0], "id,pre,post,change,statistic,category");
    let cells: Vec<&str> = lines[1].split(',').collect();
    assert_eq!((cells[..4].join(","), cells[5]), ("example,32.5,47.5,15".to_owned(), "improved"));
    assert!((cells[4].parse::<f64>().expect("a statistic") - 3.162_277_660_168_38).abs() < 1e-9);
    let categories: Vec<&str> = lines[1..].iter().map(|line| line.rsplit(',').next().expect("a cell")).collect();
    assert_eq!(categories, ["improved", "unchanged", "unchanged", "unchanged", "deteriorated", ""]);
    assert_eq!(lines[6], "last,40,,,,", "who lacks a score is listed and has no category");
    let summary = folder.json("summary.json");
    assert!((number(&summary["cutoff"]) - 50.0).abs() < 1e-9 && summary["cutoff_type"] == "c");
    assert!((number(&summary["sem"]) - 3.354_101_966_249_684).abs() < 1e-9);
    assert!((number(&summary["s_diff"]) - 4.743_416_490_252_568).abs() < 1e-9);
    assert_eq!((&summary["n"], &summary["n_incomplete"]), (&5.into(), &1.into()));
    let counts = &summary["counts"];
    assert_eq!(
        ["recovered", "improved", "unchanged", "deteriorated", "harmed"].map(|name| counts[name].as_u64()),
        [Some(0), Some(1), Some(3), Some(1), Some(0)]
    );
    arguments.extend(["--cutoff", "b"]);
    assert!(done(&arguments).contains(",recovered"), "47.5 is beyond cut-off b");
    assert!((number(&folder.json("summary.json")["cutoff"]) - 45.0).abs() < 1e-9, "b takes the functional SD");
}

#[test]
fn without_a_cutoff_there_are_three_categories() {
    let folder = Folder::new("three");
    let file = folder.file("f.csv", "id,pre,post\n1,20,5\n2,10,12\n3,15,15\n4,8,25\n");
    let summary = folder.path("s.json");
    for method in ["jt", "gln", "hll", "en", "nk", "ha"] {
        let table = done(&[
            "classify",
            "--method",
            method,
            "--reliability",
            "0.9",
            "--better",
            "lower",
            "--summary",
            &summary,
            &file,
        ]);
        assert!(table.lines().skip(1).all(|line| {
            ["improved", "unchanged", "deteriorated"].contains(&line.rsplit(',').next().expect("a cell"))
        }));
        let summary = folder.json("s.json");
        assert!(summary["cutoff"].is_null() && summary["counts"].get("recovered").is_none(), "{summary}");
        let critical = if method == "ha" { 1.644_853_626_951 } else { 1.959_963_984_540 };
        assert!((number(&summary["critical_value"]) - critical).abs() < 1e-9);
    }
}

#[test]
fn talking_therapies_by_one_measure_and_by_the_pair() {
    let folder = Folder::new("nhs");
    let file = folder.file("one.csv", "id,pre,post\na,15,9\nb,15,10\nc,9,3\nd,9,15\ne,12,9\n");
    let table = done(&["classify", "--method", "nhs", "--caseness", "10", "--reliable-change", "6", &file]);
    let expected = "id,pre,post,change,statistic,category\na,15,9,-6,,recovered\nb,15,10,-5,,unchanged\n\
        c,9,3,-6,,improved\nd,9,15,6,,deteriorated\ne,12,9,-3,,unchanged\n";
    assert_eq!(table, expected);
    let file = folder.file(
        "pair.csv",
        "id,phq_pre,phq_post,gad_pre,gad_post\nA,15,9,12,7\nB,10,9,8,7\nC,9,3,7,2\nD,16,22,14,9\nE,15,,12,5\n",
    );
    let summary = folder.path("s.json");
    let table = done(&["classify", "--method", "nhs", "--summary", &summary, &file]);
    let expected = "id,phq_pre,phq_post,gad_pre,gad_post,caseness,recovered,reliable_improvement,\
        reliable_deterioration,no_reliable_change,reliable_recovery,category\n\
        A,15,9,12,7,true,true,true,false,false,true,recovered\n\
        B,10,9,8,7,true,true,false,false,true,false,unchanged\n\
        C,9,3,7,2,false,false,true,false,false,false,improved\n\
        D,16,22,14,9,true,false,false,false,true,false,unchanged\n\
        E,15,,12,5,true,,,,,,\n";
    assert_eq!(table, expected);
    let summary = folder.json("s.json");
    assert_eq!((number(&summary["recovery"]["count"]), number(&summary["recovery"]["denominator"])), (2.0, 4.0));
    assert_eq!(summary["reliable_improvement"]["denominator"].as_u64(), Some(5));
    assert_eq!(summary["reliable_recovery"]["percent"].to_string(), "25.0");
    refused(&["classify", "--method", "nhs", "--caseness", "10", &file], 2);
}

#[test]
fn classify_refuses_with_place_and_remedy() {
    let folder = Folder::new("classify-refused");
    let jt = |content: &str, options: &str, code: i32| {
        let file = folder.file("f.csv", content);
        let mut arguments = split("classify --better lower");
        arguments.extend(split(options));
        arguments.push(&file);
        refused(&arguments, code)
    };
    let good = "id,pre,post\n1,20,5\n2,10,12\n3,15,15\n";
    let cases = [
        ("id,pre\n1,2\n", "--reliability 0.8", 1, &["line 1", "no column 'post'"][..]),
        ("id,pre,post\n1,20,5\n2,secret,12\n", "--reliability 0.8", 1, &["line 3", "column pre", "not a number"]),
        ("id,pre,post\n1,20,5\n1,10,12\n", "--reliability 0.8", 1, &["line 3", "line 2", "one row"]),
        ("id,pre,post\n1,20,5\n", "--reliability 0.8", 1, &["at least two"]),
        ("id,pre,post\n1,20,5\n2,20,7\n3,20,9\n", "--reliability 0.8", 1, &["is the same"]),
        ("id,pre,post\n1,20,7\n2,10,7\n3,5,7\n", "--reliability 0.8 --method ha", 1, &["after treatment is the same"]),
        (good, "", 2, &["--reliability"]),
        (good, "--reliability 1", 2, &["below 1"]),
        (good, "--reliability 0.8 --cutoff c", 2, &["--m-functional"]),
        (good, "--reliability 0.8 --method ha --cutoff a", 2, &["ha takes no --cutoff"]),
        (good, "--reliability 0.8 --m-functional 5", 2, &["--sd-functional"]),
        (good, "--reliability 0.8 --m-functional 50 --sd-functional 3", 1, &["not better", "--better"]),
        (good, "--reliability 0.8 --caseness 10", 2, &["--method nhs"]),
        (good, "--method nhs --reliability 0.8", 2, &["takes no reliability"]),
        (good, "--method nhs", 1, &["phq_pre", "--caseness"]),
    ];
    for (content, options, code, words) in cases {
        let said = jt(content, options, code);
        assert!(words.iter().all(|word| said.contains(word)), "{options}: {said}");
        assert!(!said.contains("secret"));
    }
    assert!(
        refused(&split("classify --reliability 0.8 --better lower /no/such/file.csv"), 2).contains("cannot be read")
    );
}

/// Courses with a spread, no two alike; sessions from 1.
fn courses(header: &str) -> String {
    let mut text = format!("{header}\n");
    for person in 0..40_u32 {
        for session in 1..=(3 + person % 5) {
            let wobble = f64::from((person * 31 + session * 17) % 13) - 6.0;
            let level = 18.0 + f64::from(person % 9) - 4.0;
            let score = level - (1.0 + f64::from(person % 4)) * f64::from(session).ln() + 0.5 * wobble;
            writeln!(text, "p{person},{session},{score:.2}").expect("memory");
        }
    }
    text
}

#[test]
fn a_fit_and_its_forecasts() {
    let folder = Folder::new("fit");
    let file = folder.file("courses.csv", courses("id,session,score"));
    let fit = done(&["growth", "fit", &file]);
    let document: Value = serde_json::from_str(&fit).expect("JSON");
    for (group, keys) in
        [("fixed", &["intercept", "slope"][..]), ("random", &["sd_intercept", "sd_slope", "correlation"])]
    {
        assert!(keys.iter().all(|key| document[group].get(key).is_some()), "{fit}");
    }
    assert!(number(&document["fixed"]["slope"]["estimate"]) < 0.0 && number(&document["fixed"]["slope"]["se"]) > 0.0);
    assert_eq!((&document["n_persons"], &document["converged"]), (&40.into(), &true.into()));
    assert_eq!((&document["method"], &document["time"]), (&"REML".into(), &"log-session".into()));
    assert!(number(&document["residual_sd"]) > 0.0 && number(&document["log_likelihood"]) < 0.0);

    // Another order of rows, another name of the column, gzipped, quoted ids: the same fit.
    let text = courses("id,session,phq9");
    let mut lines: Vec<String> =
        text.lines().skip(1).map(|line| format!("\"{}", line.replacen(',', "\",", 1))).collect();
    lines.reverse();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, format!("id,session,phq9\n{}\n", lines.join("\n")).as_bytes())
        .expect("memory");
    let packed = folder.file("courses.csv.gz", gzip.finish().expect("memory"));
    let again: Value =
        serde_json::from_str(&done(&["growth", "fit", "--score-column", "phq9", &packed])).expect("JSON");
    for path in ["/fixed/slope/estimate", "/random/sd_slope", "/residual_sd", "/log_likelihood"] {
        let of = |document: &Value| number(document.pointer(path).expect("a figure"));
        assert!((of(&document) - of(&again)).abs() < 1e-6 * of(&document).abs(), "{path}");
    }
    let ml: Value = serde_json::from_str(&done(&["growth", "fit", "--ml", &file])).expect("JSON");
    assert_eq!(ml["method"], "ML");
    assert!(number(&ml["log_likelihood"]) > number(&document["log_likelihood"]));

    let fit = folder.file("fit.json", fit);
    let history = folder.file("history.csv", "id,session,score\nnew,1,\nhigh,1,25\nhigh,2,26\n");
    let table = done(&["growth", "predict", "--fit", &fit, "--at", "4,10", &history]);
    let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(rows[0].join(","), "id,n_scores,intercept,slope,session,mean,sd_line,sd,lower,upper");
    assert_eq!((rows[1][0], rows[1][1], rows[1][4], rows[2][4], rows[3][1]), ("new", "0", "4", "10", "2"));
    let of = |row: usize, column: usize| rows[row][column].parse::<f64>().expect("a number");
    let expected = number(&document["fixed"]["intercept"]["estimate"])
        + number(&document["fixed"]["slope"]["estimate"]) * 4.0_f64.ln();
    assert!((of(1, 5) - expected).abs() < 1e-9, "somebody without scores is expected on the line of all");
    assert!(of(3, 5) > of(1, 5) && of(3, 7) < of(1, 7), "scores move the forecast and narrow it");
    assert!((of(1, 9) - of(1, 5) - 1.281_551_565_5 * of(1, 7)).abs() < 1e-6);
}

#[test]
fn any_time_axis_and_repeated_sessions() {
    let folder = Folder::new("time");
    // The same courses, dated: a model over years is the model over sessions with another intercept.
    let dated = |origin: f64| {
        let mut text = "id,session,score\n".to_owned();
        for line in courses("").lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let session: f64 = cells[1].parse().expect("a session");
            writeln!(text, "{},{},{}", cells[0], origin + session, cells[2]).expect("memory");
        }
        text
    };
    let of = |name: &str, origin: f64| -> Value {
        let file = folder.file(name, dated(origin));
        serde_json::from_str(&done(&["growth", "fit", "--time", "session", &file])).expect("JSON")
    };
    let (near, far) = (of("near.csv", -5.0), of("far.csv", 2015.0));
    for path in ["/fixed/slope/estimate", "/fixed/slope/se", "/random/sd_slope", "/residual_sd", "/log_likelihood"] {
        let figure = |document: &Value| number(document.pointer(path).expect("a figure"));
        assert!((figure(&near) - figure(&far)).abs() < 1e-6 * figure(&near).abs(), "{path} {near} {far}");
    }
    let repeated = folder.file("repeated.csv", courses("id,session,score") + "p1,2,11\np1,100,9\np1,100,9.5\n");
    let output = bellwether(&["growth", "fit", &repeated]);
    assert_eq!(output.status.code(), Some(0));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("2 row(s) repeat an id and session") && said.contains("line"), "{said}");
}

#[test]
fn growth_refuses_with_place_and_remedy() {
    let folder = Folder::new("growth-refused");
    let good = courses("id,session,score");
    let cases = [
        ("id,session,points\n1,1,2\n".to_owned(), &["no column 'score'", "--score-column", "points"][..]),
        ("id,score\n1,2\n".to_owned(), &["no column 'session'"]),
        (good.clone() + "p1,9,much\n", &["line 202", "column score", "not a number"]),
        (good.clone() + "p1,0,9\n", &["line 202", "column session", "--time session"]),
        (good.clone() + "p1,,9\n", &["line 202", "column session", "empty"]),
        (good.clone() + ",1,9\n", &["line 202", "column id"]),
        ("id,session,score\n1,1,5\n1,2,6\n1,3,7.5\n".to_owned(), &["at least two"]),
        ("id,session,score\n".to_owned(), &["0 person(s)"]),
        ("id,session,score\n1,1,5\n1,2,5\n2,1,5\n2,2,5\n2,3,5\n".to_owned(), &["every score is the same"]),
        ("id,session,score\n1,1,5\n1,1,6\n2,1,7\n2,1,9\n".to_owned(), &["same session"]),
        ("id,session,score\n1,1,5\n1,2,6\n2,1,7\n2,2,9\n".to_owned(), &["three scores"]),
    ];
    for (content, words) in cases {
        let file = folder.file("f.csv", content);
        let said = refused(&["growth", "fit", &file], 1);
        assert!(words.iter().all(|word| said.contains(word)), "{said}");
    }
    let file = folder.file("f.csv", &good);
    assert!(refused(&["growth", "fit", "--ml", "--reml", &file], 2).contains("--ml"));
    let fit = folder.file("fit.json", "{\"fixed\": 1}");
    assert!(refused(&["growth", "predict", "--fit", &fit, "--at", "4", &file], 1).contains("bellwether growth fit"));
    let fit = folder.file("fit.json", done(&["growth", "fit", &file]));
    assert!(refused(&["growth", "predict", "--fit", &fit, "--at", "0", &file], 2).contains("--at 0"));
    assert!(refused(&["growth", "predict", "--fit", &fit, &file], 2).contains("--at"));
}

/// Sixty closed courses; every third one ends as badly as it began, and half of those get much worse on the way.
fn closed(extra: &dyn Fn(u32) -> String, header: &str) -> String {
    let mut text = format!("id,session,score{header}\n");
    for person in 0..60_u32 {
        let start = 14 + person % 6;
        for session in 1..=8_u32 {
            let wobble = (person * 5 + session * 3) % 3;
            let score = match (person % 6, session) {
                (0 | 3, 1 | 8) => start,
                (0, 4) => start + 8,
                (0 | 3, _) => start + wobble,
                (_, 1) => start,
                (_, 8) => start - 8,
                _ => start - session.min(4) - wobble,
            };
            writeln!(text, "p{person:02},{session},{score}{}", extra(person)).expect("memory");
        }
    }
    text
}

#[test]
fn a_backtest_by_parts_by_time_and_with_those_who_broke_off() {
    let folder = Folder::new("backtest");
    let options = split("backtest --better lower --reliable-change 6 --cutoff 10 --draws 50");
    let run = |name: &str, text: String, more: &[&str]| -> (Value, String) {
        let file = folder.file(name, text);
        let mut arguments = options.clone();
        arguments.extend(more);
        arguments.push(&file);
        let output = bellwether(&arguments);
        let table = String::from_utf8(output.stderr).expect("UTF-8");
        assert_eq!(output.status.code(), Some(0), "{table}");
        (serde_json::from_slice(&output.stdout).expect("JSON"), table)
    };
    let (found, table) = run("plain.csv", closed(&|_| String::new(), ""), &[]);
    assert_eq!(found["n_persons"].as_u64(), Some(60));
    assert!((number(&found["base_rate"]) - 1.0 / 3.0).abs() < 1e-12);
    let rules = found["rules"].as_array().expect("rules");
    assert_eq!(rules.iter().map(|rule| rule["rule"].as_str().expect("a letter")).collect::<String>(), "abcdefgh");
    for (key, expected) in
        [("sensitivity", 0.5), ("specificity", 1.0), ("ppv", 1.0), ("flag_rate", 1.0 / 6.0), ("median_lead", 4.0)]
    {
        assert!((number(&rules[0][key]) - expected).abs() < 1e-12, "a: {key} {}", rules[0][key]);
    }
    assert!(found["auc_by_session"].as_array().is_some_and(|sessions| sessions.len() == 6));
    assert!(["slope", "intercept", "brier", "bins"].iter().all(|key| found["calibration"].get(key).is_some()));
    assert!(table.contains("sensitivity") && table.contains("outside the 80 % band"), "{table}");

    // Another order of rows and the same seed: the same result. Another seed: the simple rules stay.
    let text = closed(&|_| String::new(), "");
    let mut lines: Vec<&str> = text.lines().skip(1).collect();
    lines.reverse();
    let (again, _) = run("turned.csv", format!("id,session,score\n{}\n", lines.join("\n")), &[]);
    assert_eq!(found, again);
    let (other, _) = run("plain.csv", closed(&|_| String::new(), ""), &["--seed", "9"]);
    assert_eq!(other["rules"][0]["sensitivity"], rules[0]["sensitivity"]);

    let dated = |person: u32| format!(",2026-{:02}-{:02},{}", 1 + person / 12, 1 + person % 12, person % 5 / 4);
    let (later, _) = run("dated.csv", closed(&dated, ",end_date,dropout"), &[]);
    assert_eq!(
        (later["n_persons"].as_u64(), later["n_training"].as_u64()),
        (Some(18), Some(42)),
        "seven tenths before"
    );
    assert_eq!(later["split"]["from"], "2026-04-07");
    assert_eq!(later["dropout_sensitivity"].as_array().expect("three ways").len(), 3);
}

#[test]
fn backtest_refuses_with_place_and_remedy() {
    let folder = Folder::new("backtest-refused");
    let good = closed(&|_| String::new(), "");
    let refuse = |content: &str, options: &str, code: i32| {
        let file = folder.file("f.csv", content);
        let mut arguments = split("backtest --better lower --cutoff 10");
        arguments.extend(split(options));
        arguments.push(&file);
        refused(&arguments, code)
    };
    let last = format!("line {}", good.lines().count() + 1);
    let cases = [
        (good.clone(), "", 2, "--reliable-change"),
        (good.clone(), "--reliable-change 0", 2, "above 0"),
        (good.clone(), "--reliable-change 6 --split-date 2026-01-01", 2, "end_date"),
        (good.clone(), "--reliable-change 60", 1, "ended alike"),
        (good.clone() + "p1,x,9\n", "--reliable-change 6", 1, &last),
        (good.clone() + "p1,0.5,9\n", "--reliable-change 6", 1, &last),
        ("id,session,score\n1,1,15\n2,1,14\n".to_owned(), "--reliable-change 6", 1, "0 course(s) can be evaluated"),
        ("id,session\n1,1\n".to_owned(), "--reliable-change 6", 1, "--score-column"),
        ("id,session,score,end_date\n1,1,15,soon\n".to_owned(), "--reliable-change 6", 1, "YYYY-MM-DD"),
    ];
    for (content, options, code, word) in cases {
        let said = refuse(&content, options, code);
        assert!(said.contains(word), "{options}: {said}");
    }
}
