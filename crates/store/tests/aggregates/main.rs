//! The aggregates on both databases: what comes back is what went in, sealed columns hold no plain text, a change is made
//! once, and no practice sees another's rows.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod accounts;
mod calendar;
mod clients;
mod desk;
mod detection;
mod fixture;
mod lists;
mod plans;
mod practices;
mod rules;
mod therapy;
mod turns;
