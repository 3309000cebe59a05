//! Files as other systems write them, and files as people break them.

#![allow(clippy::unwrap_used, reason = "a test that cannot set up its scene fails")]

mod appointments;
mod clients;
mod questionnaires;
mod values;

use care::Instant;
use exchange::{Options, Parsed};

pub(crate) fn now() -> Instant {
    "2026-11-21T20:00:00Z".parse().unwrap()
}

pub(crate) fn options() -> Options {
    Options::new("US", now()).unwrap()
}

/// The faults as they are printed, one a line.
pub(crate) fn faults<R>(parsed: &Parsed<R>) -> String {
    parsed.errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
