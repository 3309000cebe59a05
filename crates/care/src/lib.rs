//! Who and what, and every decision.
//!
//! The nouns of the clinic as plain types, and the rules from facts to outcomes as pure functions: no I/O, no async,
//! no clock but the one given. Rows and SQL are `store`'s, the order of events is `workflows`'.

pub mod access;
pub mod appointment;
pub mod attendance;
pub mod calendar;
pub mod capacity;
pub mod case;
pub mod client;
pub mod clock;
pub mod closed_loop;
pub mod delivery;
pub mod detection;
pub mod episode;
pub mod exit_survey;
pub mod expected_response;
pub mod experiment;
pub mod exposure;
pub mod failpoint;
pub mod goal;
pub mod ids;
pub mod import;
pub mod job;
pub mod kiosk;
pub mod ladder;
pub mod leak;
pub mod leave;
pub mod library;
pub mod local_time;
pub mod merge;
pub mod message;
pub mod message_template;
pub mod model_card;
pub mod outcome;
pub mod outreach;
pub mod own_words;
pub mod packet;
pub mod phi;
pub mod phrase;
pub mod placement;
pub mod plan;
pub mod plausibility;
pub mod practice;
pub mod proof;
pub mod protocol;
pub mod quiet_hours;
pub mod rater;
pub mod response;
pub mod retention;
pub mod review;
pub mod saved_view;
pub mod segments;
pub mod sitting;
pub mod staff;
pub mod supervision;
pub mod support;
pub mod text;
pub mod token;

pub use clock::{Clock, Entropy, SeededEntropy, SystemClock, SystemEntropy, TestClock};
pub use ids::*;
pub use instruments::{Language, Sex};
pub use job::Job;
pub use phi::Phi;
pub use text::{TextValue, UnknownText};

/// An instant, always in UTC and with microseconds at most.
pub type Instant = chrono::DateTime<chrono::Utc>;
