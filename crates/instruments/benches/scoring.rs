//! Scoring one set of answers, and reading the whole library at start. Prints nanoseconds; never fails on a time.

use instruments::{Answer, Answers, Library};
use std::hint::black_box;
use std::time::Instant;

/// Rounds of which the best counts: what disturbs a round only makes it slower.
const ROUNDS: usize = 20;

fn main() {
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let library = Library::embedded().expect("the embedded library loads");
    for id in ["phq-9", "gad-7", "wellbeing-check"] {
        let Some(instrument) = library.current(id) else { continue };
        let answers: Answers = instrument.items.iter().map(|item| (item.id.clone(), Answer::Value(1))).collect();
        say(&format!(
            "score {id:<16} {:>9.0} ns",
            best(5_000, || black_box(instruments::score(black_box(instrument), black_box(&answers))))
        ));
    }
    say(&format!("read the library      {:>9.0} ns", best(5, || black_box(Library::embedded()))));
}

/// Nanoseconds of one call in the best round.
fn best<T>(calls: u32, call: impl Fn() -> T) -> f64 {
    (0..ROUNDS)
        .map(|_| {
            let began = Instant::now();
            for _ in 0..calls {
                drop(call());
            }
            began.elapsed().as_nanos() as f64 / f64::from(calls)
        })
        .fold(f64::INFINITY, f64::min)
}

#[expect(clippy::print_stdout, reason = "a benchmark's result is what it prints")]
fn say(text: &str) {
    println!("{text}");
}
