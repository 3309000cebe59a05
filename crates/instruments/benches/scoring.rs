//! Scoring one set of answers, lines of answers, and reading the library at start. Counts the processor time of the thread where
//! the kernel tells it (Linux), so that a busy machine shows less in the figures; elsewhere the clock. Never fails on a time.

use instruments::{Answer, Answers, Batch, Context, Library, Scorer};
use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Rounds of which the best counts: what disturbs a round only makes it slower.
const ROUNDS: usize = 20;

fn main() {
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let library = Library::embedded().expect("the embedded library loads");
    for id in ["phq-9", "gad-7", "pcl-5", "audit", "wellbeing-check"] {
        let Some(instrument) = library.current(id) else { continue };
        let answers: Answers = instrument.items.iter().map(|item| (item.id.clone(), Answer::Value(1))).collect();
        let named = best(2_000, || black_box(instruments::score(black_box(instrument), black_box(&answers))));

        // A thousand different sheets in memory, by position.
        let sheets: Vec<Vec<Option<Answer>>> = (0..1_000_usize).map(|seed| sheet(instrument, seed)).collect();
        let mut scorer = Scorer::new(instrument);
        let context = Context::default();
        let in_memory = best(20, || {
            for sheet in &sheets {
                black_box(scorer.score(black_box(sheet), &context).scales()[0].score);
            }
        }) / sheets.len() as f64;

        let batch = Batch::new(id, instrument).expect("has a key");
        let mut worker = batch.worker();
        let lines: Vec<String> = sheets.iter().enumerate().map(|(number, sheet)| line(number, sheet)).collect();
        let mut out = Vec::new();
        let line = best(5, || {
            out.clear();
            for line in &lines {
                black_box(worker.json(1, black_box(line.as_bytes()), &mut out));
            }
        }) / lines.len() as f64;
        say(&format!(
            "{id:<16} {:>6.1} M scorings/s in memory, {:>5.2} M lines/s of JSON, {named:>6.0} ns by name",
            1e3 / in_memory,
            1e3 / line
        ));
    }
    say(&format!("read the library  {:>8.2} ms", best(3, || black_box(Library::embedded())) / 1e6));
    say(&format!("read the PHQ-9    {:>8.2} ms", best(3, || black_box(Library::embedded_one("phq-9"))) / 1e6));
}

/// Offered values in a changing order.
fn sheet(instrument: &instruments::Instrument, seed: usize) -> Vec<Option<Answer>> {
    let value = |(place, item): (usize, &instruments::Item)| {
        let (low, high) = item.range();
        let step = i64::try_from(seed * 7 + place * place + seed / 3).unwrap_or_default();
        Some(Answer::Value(low + step % (high - low + 1))).filter(|given| {
            // Options with a gap between them (0, 2, 4): what is not offered was not answered.
            given.value().is_some_and(|value| item.offers(value))
        })
    };
    instrument.items.iter().enumerate().map(value).collect()
}

fn line(number: usize, sheet: &[Option<Answer>]) -> String {
    let mut line = format!("{{\"id\":\"{number}\",\"answers\":[");
    for (place, answer) in sheet.iter().enumerate() {
        let separator = if place == 0 { "" } else { "," };
        let _ = match answer.and_then(Answer::value) {
            Some(value) => write!(line, "{separator}{value}"),
            None => write!(line, "{separator}null"),
        };
    }
    line.push_str("]}");
    line
}

/// Nanoseconds of one call in the best round.
fn best<T>(calls: u32, mut call: impl FnMut() -> T) -> f64 {
    (0..ROUNDS)
        .map(|_| {
            let began = Instant::now();
            let before = processor_time();
            for _ in 0..calls {
                drop(call());
            }
            let spent = match (before, processor_time()) {
                (Some(before), Some(after)) if after > before => after.saturating_sub(before),
                _ => began.elapsed(),
            };
            spent.as_nanos() as f64 / f64::from(calls)
        })
        .fold(f64::INFINITY, f64::min)
}

/// Processor time of this thread, from the kernel's own count.
fn processor_time() -> Option<Duration> {
    let counted = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    counted.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

#[expect(clippy::print_stdout, reason = "a benchmark's result is what it prints")]
fn say(text: &str) {
    println!("{text}");
}
