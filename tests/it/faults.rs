//! What must hold when processes die and providers misbehave: `kill -9` at every step and at random, and scripted answers of
//! the provider. The instance is a process of its own with the real binary's wiring; provider, mail server, people and their
//! journal are outside it.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_possible_wrap,
    reason = "tests fail by panic and print their figures"
)]

mod fallback;
mod house;
mod invariants;
mod ladder;
mod operations;
mod planned;
mod power;
mod random;
mod restarts;
mod scripted;
mod smtp;
mod stepped;
mod steps;
