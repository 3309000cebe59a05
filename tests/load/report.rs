//! Figures of a contestant over its turns, and the line that shows them.

use std::time::Duration;

/// What was measured of one contestant.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    latencies: Vec<Duration>,
    elapsed: Duration,
    cpu: Duration,
    statements: u64,
    operations: u64,
}

/// What one turn brought.
#[derive(Debug, Clone, Default)]
pub struct Turn {
    /// How long each operation took.
    pub latencies: Vec<Duration>,
    /// How long the turn lasted.
    pub elapsed: Duration,
    /// Processor time of the server in it.
    pub cpu: Duration,
    /// Statements run in it.
    pub statements: u64,
    /// Operations, where a latency stands for several.
    pub operations: u64,
}

impl Figures {
    /// Adds a turn.
    pub fn add(&mut self, turn: Turn) {
        self.latencies.extend(turn.latencies);
        self.elapsed += turn.elapsed;
        self.cpu += turn.cpu;
        self.statements += turn.statements;
        self.operations += turn.operations;
    }

    /// Operations a second.
    pub fn rate(&self) -> f64 {
        self.operations as f64 / self.elapsed.as_secs_f64().max(f64::EPSILON)
    }

    /// The latency that a share of the operations stayed under.
    pub fn quantile(&self, share: f64) -> Duration {
        let mut sorted = self.latencies.clone();
        sorted.sort_unstable();
        let index = (sorted.len() as f64 * share) as usize;
        sorted.get(index.min(sorted.len().saturating_sub(1))).copied().unwrap_or_default()
    }
}

/// A line of the table.
pub fn line(name: &str, figures: &Figures, floor: Option<&Figures>) {
    let milliseconds = |duration: Duration| duration.as_secs_f64() * 1000.0;
    let operations = figures.operations.max(1) as f64;
    let cpu = if figures.cpu.is_zero() {
        "      -".to_owned()
    } else {
        format!("{:7.3}", milliseconds(figures.cpu) / operations)
    };
    let statements = if figures.statements == 0 {
        "    -".to_owned()
    } else {
        format!("{:5.1}", figures.statements as f64 / operations)
    };
    let ratio =
        floor.map_or_else(String::new, |floor| format!("{:5.2}", figures.rate() / floor.rate().max(f64::EPSILON)));
    say(&format!(
        "  {name:<52} {:>8.0} {:>8.2} {:>8.2} {cpu} {statements} {ratio}",
        figures.rate(),
        milliseconds(figures.quantile(0.5)),
        milliseconds(figures.quantile(0.99)),
    ));
}

/// The head of a table.
pub fn head(title: &str) {
    say(&format!(
        "\n{title}\n  {:<52} {:>8} {:>8} {:>8} {:>7} {:>5} {:>5}",
        "", "per s", "p50 ms", "p99 ms", "CPU ms", "SQL", "ratio"
    ));
}

/// Prints.
#[expect(clippy::print_stdout, reason = "a benchmark's result is what it prints")]
pub fn say(text: &str) {
    println!("{text}");
}
