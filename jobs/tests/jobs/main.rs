//! Jobs on both databases: what is due is done once, whatever dies on the way. `BELLWETHER_TEST_POSTGRES` names the server.

#![allow(clippy::unwrap_used, reason = "the bodies of tests on two databases are not marked as tests themselves")]

mod alerts;
mod delivery;
mod engine;
mod fallback;
mod faults;
mod fixture;
mod provider;
mod recurring;
