//! A long look for inputs that break the reader of instrument files, the reader of answer lines or the scorer:
//!
//! ```sh
//! cargo run -p instruments --example fuzz -- 30        # minutes; a second argument is the seed to begin with
//! ```
//!
//! Files, lines and answers are damaged copies of good ones. Whatever comes in, nothing may panic; a file is read or refused with
//! its name; a line gives one line of JSON, the same every time; a score has a value unless it is invalid, on its own axis.
//! Every input is made from one number: a finding names it, and with it as the second argument it comes first. Exit code 1 with a
//! finding.

use instruments::{Answer, Batch, Completeness, Context, Instrument, Library, Line, Scorer, risks};
use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    process::ExitCode,
    sync::Mutex,
    time::{Duration, Instant},
};

/// Pieces that mean something to one of the readers.
const PIECES: [&str; 42] = [
    "\"",
    "'",
    "\\",
    "\n",
    "\r",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "=",
    "#",
    "-",
    ".",
    "null",
    "true",
    "NaN",
    "1e309",
    "-1",
    "99999999999999999999",
    "9223372036854775807",
    "-9223372036854775808",
    "0.05",
    "\u{feff}",
    "ß",
    "\u{0}",
    "[[item]]\n",
    "[[scale]]\n",
    "id = \"1\"\n",
    "range = [0, 0]\n",
    "multiply_by = 9223372036854775807\n",
    "divide_by = 0\n",
    "kind = \"words\"\n",
    "kind = \"goal\"\n",
    "formula = \"total / 0\"\n",
    "if(",
    "sum(#1..#9",
    "count(#1..#99 >= 2)",
    "@age",
    " and not ",
    "\"answers\":",
];

/// Where the last panic was.
static PLACE: Mutex<String> = Mutex::new(String::new());

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let minutes: f64 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(1.0);
    let first: u64 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(0);
    let library = Library::embedded().expect("the library is read by its own tests");
    let folders = folders();
    let known: Vec<&Instrument> = library.iter().filter(|one| Batch::new(&one.id, one).is_ok()).collect();
    std::panic::set_hook(Box::new(|panic| {
        if let (Ok(mut place), Some(at)) = (PLACE.lock(), panic.location()) {
            *place = at.to_string();
        }
    }));
    let (began, mut told) = (Instant::now(), Instant::now());
    let mut counts = [0_u64; 3];
    let mut taken = [0_u64; 2];
    for seed in first.. {
        let what = (seed % 3) as usize;
        let looked = catch_unwind(AssertUnwindSafe(|| {
            let mut chance = Chance::new(seed);
            match what {
                0 => file(&folders, &mut chance),
                1 => line(&known, &mut chance),
                _ => sheet(&known, &mut chance),
            }
        }));
        counts[what] += 1;
        match looked {
            Ok(Ok(fared)) => taken[usize::from(fared == Fared::Taken)] += 1,
            Ok(Err(finding)) => return found(seed, &finding),
            Err(_) => {
                return found(seed, &format!("a panic at {}", PLACE.lock().map(|at| at.clone()).unwrap_or_default()));
            }
        }
        if told.elapsed() > Duration::from_mins(1) {
            told = Instant::now();
            say(&format!("{:.0} min, next seed {}", began.elapsed().as_secs_f64() / 60.0, seed + 1));
        }
        if began.elapsed().as_secs_f64() >= minutes * 60.0 {
            break;
        }
    }
    let [files, lines, sheets] = counts;
    say(&format!(
        "{:.1} minutes from seed {first}: {files} files, {lines} lines, {sheets} sheets; {} taken, {} refused; no finding",
        began.elapsed().as_secs_f64() / 60.0,
        taken[1],
        taken[0]
    ));
    ExitCode::SUCCESS
}

fn found(seed: u64, finding: &str) -> ExitCode {
    say(&format!("FINDING at seed {seed}: {finding}"));
    ExitCode::FAILURE
}

/// What became of an input.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fared {
    Refused,
    Taken,
}

struct Chance(TestRng);

impl Chance {
    fn new(seed: u64) -> Self {
        let whole = u128::from(seed) << 64 | u128::from(!seed);
        Self(TestRng::from_seed(RngAlgorithm::XorShift, &whole.to_le_bytes()))
    }

    fn below(&mut self, end: usize) -> usize {
        (self.0.next_u64() % end.max(1) as u64) as usize
    }

    /// A whole number between two ends, or near the lower one where they are far apart.
    fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = high.saturating_sub(low).saturating_add(1).clamp(1, 1 << 20);
        low.saturating_add((self.0.next_u64() % span.cast_unsigned()).cast_signed())
    }

    fn one_of<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// A damaged copy: some bytes or pieces changed, taken out, put in, doubled or moved.
    fn damaged(&mut self, good: &[u8], other: &[u8]) -> Vec<u8> {
        let mut bytes = good.to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len() + 1);
            let span = at..(at + self.below(24)).min(bytes.len());
            match self.below(7) {
                0 => {
                    let piece = self.one_of(&PIECES).as_bytes().to_vec();
                    bytes.splice(at..at, piece);
                }
                1 => {
                    let piece = self.one_of(&PIECES).as_bytes().to_vec();
                    bytes.splice(span, piece);
                }
                2 => drop(bytes.drain(span)),
                3 => {
                    let again = bytes[span].to_vec();
                    bytes.splice(at..at, again);
                }
                4 if at < bytes.len() => bytes[at] = self.below(256) as u8,
                5 if at < bytes.len() && bytes[at].is_ascii_digit() => bytes[at] = b'0' + self.below(10) as u8,
                _ => {
                    let from = self.below(other.len() + 1);
                    let to = (from + self.below(60)).min(other.len());
                    bytes.splice(at..at, other[from..to].to_vec());
                }
            }
        }
        bytes
    }
}

/// The files of one instrument: path and content.
type Folder = Vec<(String, String)>;

/// A file is read, or refused with its name; what was read can be scored.
fn file(folders: &[Folder], chance: &mut Chance) -> Result<Fared, String> {
    let mut folder = chance.one_of(folders).clone();
    let donors = chance.one_of(folders);
    let other = chance.one_of(donors).1.clone();
    let damaged = chance.below(folder.len());
    let good = &folder[damaged].1;
    // Most files change in a figure or a word only, so that they get past the grammar.
    let content = match chance.below(4) {
        0 => chance.damaged(good.as_bytes(), other.as_bytes()),
        _ => reworded(good, chance),
    };
    folder[damaged].1 = String::from_utf8_lossy(&content).into_owned();
    let read = || Library::parse(folder.iter().map(|(path, content)| (path.as_str(), content.as_str())));
    match read() {
        Err(error) => {
            let known = |path: &str| folder.iter().any(|(one, _)| one == path);
            let named = error.problems.iter().all(|problem| known(&problem.file) && !problem.reason.is_empty());
            if named { Ok(Fared::Refused) } else { Err(format!("a refusal that does not name {}", folder[damaged].0)) }
        }
        Ok(library) => {
            let again = read().map_err(|_| "read once and not again")?;
            for (one, other) in library.iter().zip(again.iter()) {
                if one.content_hash != other.content_hash {
                    return Err("another hash when read again".to_owned());
                }
                let _ = instruments::examples_failing(one);
                score(one, chance)?;
            }
            Ok(Fared::Taken)
        }
    }
}

/// One value of one line becomes another.
fn reworded(good: &str, chance: &mut Chance) -> Vec<u8> {
    let mut lines: Vec<String> = good.lines().map(str::to_owned).collect();
    for _ in 0..=chance.below(3) {
        let at = chance.below(lines.len());
        let donor = lines[chance.below(lines.len())].clone();
        let line = &mut lines[at];
        match (chance.below(4), line.split_once(" = "), donor.split_once(" = ")) {
            (0, Some((key, _)), Some((_, value))) => *line = format!("{key} = {value}"),
            (1, Some((key, _)), _) => {
                *line = format!(
                    "{key} = {}",
                    chance.one_of(&[
                        "0",
                        "-1",
                        "9223372036854775807",
                        "1e308",
                        "\"\"",
                        "[]",
                        "\"#1 / 0\"",
                        "\"if(\"",
                        "true"
                    ])
                );
            }
            (2, _, _) => *line = donor,
            _ => line.clear(),
        }
    }
    lines.join("\n").into_bytes()
}

/// What a line of output says. The id comes back as it stood there, and may be a number no reader can hold.
#[derive(serde::Deserialize)]
struct Told {
    state: Option<String>,
    error: Option<String>,
}

/// A line gives one line of JSON, and the same one again.
fn line(known: &[&Instrument], chance: &mut Chance) -> Result<Fared, String> {
    let instrument = *chance.one_of(known);
    let batch = Batch::new(&instrument.id, instrument).map_err(|error| error.to_string())?;
    let answers: Vec<String> = instrument
        .items
        .iter()
        .map(|item| {
            let (low, high) = item.range();
            match chance.below(8) {
                0 => "null".to_owned(),
                _ => chance.between(low, high).to_string(),
            }
        })
        .collect();
    let good = if chance.below(2) == 0 {
        format!("{{\"id\":\"a\",\"answers\":[{}],\"context\":{{\"sex\":\"F\",\"age\":34}}}}", answers.join(","))
    } else {
        let named: Vec<String> =
            instrument.items.iter().zip(&answers).map(|(item, answer)| format!("\"{}\":{answer}", item.id)).collect();
        format!("{{\"id\":7,\"answers\":{{{}}}}}", named.join(","))
    };
    let others = br#"{"answers":[0,1.5,true,"2",null,[1],{}],"context":{"sex":"M","age":-1}}"#;
    let line = if chance.below(4) == 0 { good.into_bytes() } else { chance.damaged(good.as_bytes(), others) };
    let mut worker = batch.worker();
    let (mut once, mut twice) = (Vec::new(), Vec::new());
    let fared = worker.json(1, &line, &mut once);
    worker.json(1, &line, &mut twice);
    if once != twice {
        return Err("another line the second time".to_owned());
    }
    let body = once.strip_suffix(b"\n").ok_or("a line without its end")?;
    let told: Told = serde_json::from_slice(body).map_err(|_| "a line that is not JSON")?;
    match fared {
        Line::Scored if told.error.is_none() && told.state.is_some() => Ok(Fared::Taken),
        Line::Refused if told.error.is_some() => Ok(Fared::Refused),
        _ => Err("a line that does not say how it fared".to_owned()),
    }
}

/// Any whole numbers at all in the place of answers.
fn sheet(known: &[&Instrument], chance: &mut Chance) -> Result<Fared, String> {
    let instrument = *chance.one_of(known);
    score(instrument, chance)?;
    Ok(Fared::Taken)
}

fn score(instrument: &Instrument, chance: &mut Chance) -> Result<(), String> {
    let answers: Vec<Option<Answer>> = (0..instrument.items.len() + chance.below(3))
        .map(|index| {
            let (low, high) = instrument.items.get(index).map_or((0, 3), instruments::Item::range);
            match chance.below(12) {
                0 => None,
                1 => Some(Answer::Declined),
                2 => Some(Answer::Value(chance.0.next_u64().cast_signed())),
                _ => Some(Answer::Value(chance.between(low, high))),
            }
        })
        .collect();
    let age = [None, Some(0.0), Some(16.0), Some(f64::MAX)][chance.below(4)];
    let context = Context { sex: None, age };
    let mut scorer = Scorer::new(instrument);
    let outcome = scorer.score(&answers, &context);
    for (scale, measured) in instrument.scales.iter().zip(outcome.scales()) {
        let invalid = measured.state == instruments::ScoreState::Invalid;
        match measured.score {
            None if invalid => {}
            Some((exact, value)) if !invalid => {
                if !exact.is_finite() || !value.is_finite() {
                    return Err(format!("{} {}: a score that is no figure", instrument.id, scale.id));
                }
                if !(scale.axis.min - 1e-9..=scale.axis.max + 1e-9).contains(&exact) {
                    return Err(format!("{} {}: a score beyond its axis", instrument.id, scale.id));
                }
            }
            _ => return Err(format!("{} {}: state and score disagree", instrument.id, scale.id)),
        }
    }
    for (name, _) in &instrument.values {
        let _ = outcome.value(name);
    }
    let named = instrument.items.iter().zip(&answers).filter_map(|(item, answer)| Some((item.id.clone(), (*answer)?)));
    let _ = risks(instrument, &named.collect(), Completeness::Submitted);
    Ok(())
}

/// The instruments as they ship.
fn folders() -> Vec<Folder> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../instruments");
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the instruments folder").flatten() {
        let inside = std::fs::read_dir(entry.path()).into_iter().flatten().flatten();
        let mut files: Folder = inside
            .filter_map(|file| {
                let path = format!("{}/{}", entry.file_name().to_string_lossy(), file.file_name().to_string_lossy());
                Some((path, std::fs::read_to_string(file.path()).ok()?))
            })
            .collect();
        files.sort();
        if !files.is_empty() {
            folders.push(files);
        }
    }
    folders.sort();
    folders
}

#[expect(clippy::print_stdout, reason = "what the program finds is what it prints")]
fn say(text: &str) {
    println!("{text}");
}
