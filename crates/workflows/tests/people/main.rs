//! People and practice: sign-in, access, staff, clients, episodes, import and what comes back, on both databases.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod access;
mod ahead;
mod courses;
mod erasure;
mod house;
mod import;
mod inbound;
mod library;
mod merge;
mod others;
mod planning;
mod practice;
mod series;
mod sign_in;
mod staff;
