//! Acceptance: the scenarios with their exact figures, on both databases.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod administration;
mod attendance;
mod builder;
mod capacity;
mod case_work;
mod cases;
mod check_in;
mod courses;
mod delivery_page;
mod detection;
mod endpoints;
mod exit_survey;
mod faults;
mod goal_questions;
mod goals;
mod hand_over;
mod imports;
mod improvement;
mod kiosk;
mod leaks;
mod library_page;
mod live;
mod messages;
mod mixed_form;
mod outcomes;
mod own_words;
mod plausibility;
mod privacy;
mod proof;
mod protocol;
mod provider_library;
mod raters;
mod record_export;
mod record_for_client;
mod record_on_paper;
mod records;
mod reminders;
mod series;
mod staff;
mod statements;
mod stepped;
mod supervision;
mod telnyx_hooks;
mod wire;
