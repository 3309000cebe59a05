//! Acceptance: the scenarios with their exact figures, on both databases.

mod cases;
mod check_in;
mod endpoints;
mod faults;
mod privacy;
mod staff;
