//! Acceptance: the scenarios with their exact figures, on both databases.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod administration;
mod cases;
mod check_in;
mod endpoints;
mod faults;
mod privacy;
mod staff;
mod statements;
mod wire;
