//! Pages, submissions and what is sent, under load, against floors measured in the same run and in turns with them: what a disk and a
//! machine give swings from minute to minute, a ratio much less. Says what it found; it never fails on a time.
//!
//! `cargo bench -p tests --bench load` for about two minutes; `-- --seconds 5` for longer rounds. `-- --operations page 100` does so
//! many of one kind and nothing else: `tests/load/instructions` counts what they cost; `-- --plan 10000` plans so many courses and does
//! nothing else; `-- --waiting 100000` lets so many texts wait while danger is answered, with `--nodes 2` for two workers,
//! `--parallel 32` for more texts under way at once, and `--postgres` under `tests/with-postgres`. `docs/performance.md` says how to read it.

mod counted;
mod cpu;
mod floor;
mod pages;
mod planning;
mod pressure;
mod report;
mod sending;
mod stage;
mod submit;
mod waiting;
mod wire;

use std::time::Duration;
use tests::TestDb;

/// What every measurement is told.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// How long one turn of one contestant lasts.
    pub turn: Duration,
    /// Turns of each contestant.
    pub turns: usize,
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.iter().any(|argument| argument == "--test") {
        // `cargo test --benches` only asks whether it runs.
        return;
    }
    let number = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)?.parse::<usize>().ok()
    };
    if let Some(at) = arguments.iter().position(|argument| argument == "--operations") {
        let count = arguments.get(at + 2).and_then(|count| count.parse().ok()).unwrap_or(0);
        return counted::run(arguments.get(at + 1).map_or("", String::as_str), count);
    }
    if arguments.iter().any(|argument| argument == "--plan") {
        return planning::measure(number("--plan").unwrap_or(planning::COURSES));
    }
    if let Some(waiting) = number("--waiting") {
        let postgres = arguments.iter().any(|argument| argument == "--postgres");
        let at_once = number("--parallel").unwrap_or(jobs::Tuning::default().parallel_sends);
        return waiting::measure(waiting, number("--nodes").unwrap_or(1), at_once, postgres);
    }
    let seconds = arguments.windows(2).find(|pair| pair[0] == "--seconds").and_then(|pair| pair[1].parse().ok());
    let plan = Plan { turn: Duration::from_secs_f64(seconds.unwrap_or(1.5)), turns: 4 };
    let stage = stage::Stage::build(TestDb::sqlite, stage::CLIENTS);
    report::say(&format!(
        "server threads 2, load generator 1 thread, {} turns of {:.1} s each\n",
        plan.turns,
        plan.turn.as_secs_f64()
    ));
    pages::measure(&stage, plan);
    let (sync, peak) = submit::measure(&stage, plan);
    pressure::measure(&stage, plan, &peak, &sync);
    sending::measure(&stage);
    planning::measure(planning::COURSES);
    report::say(&format!(
        "\nmemory of the whole process (load generator included): {:.0} MB resident",
        cpu::resident_mb()
    ));
}
