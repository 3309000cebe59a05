//! The decisions, from facts to outcomes, with the figures of the acceptance scenarios.

mod access;
mod cases;
mod ladder;
mod model_card;
mod outcomes;
mod overall;
mod packets;
mod planning;
mod quiet_hours;
mod review;
mod sitting;

use care::Instant;
use instruments::{Answer, Answers, Library};
use std::sync::LazyLock;

/// An instant, from RFC 3339.
fn at(text: &str) -> Instant {
    text.parse::<chrono::DateTime<chrono::FixedOffset>>().expect("an instant").to_utc()
}

fn library() -> Library {
    static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::embedded().expect("the library that ships"));
    LIBRARY.clone()
}

/// Answers to the items "1", "2" … in order; none where it was skipped.
fn answers(values: &[Option<i64>]) -> Answers {
    values
        .iter()
        .zip(1..)
        .filter_map(|(value, item)| value.map(|value| (format!("{item}"), Answer::Value(value))))
        .collect()
}

fn all(values: &[i64]) -> Answers {
    answers(&values.iter().copied().map(Some).collect::<Vec<_>>())
}
