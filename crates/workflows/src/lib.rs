//! One file per thing the practice does: the only place where decisions meet rows.
//!
//! Each function takes a transaction, the [`Context`] and a command, reads what the decision needs, asks the pure rules
//! in `care`, writes the outcome and everything that follows from it (messages, jobs, audit) in that same transaction.
//! The caller commits. Nothing is sent from here: a message is a row, and a job wakes the sender.

pub mod access;
pub mod appointment;
pub mod audit;
pub mod capacity;
pub mod case;
pub mod check_in;
pub mod client;
pub mod consent_wording;
pub mod delivery;
pub mod detection;
pub mod episode;
pub mod erasure;
mod error;
pub mod escalation;
mod exit_survey;
pub mod experiment;
pub mod fence;
mod field;
pub mod goal;
pub mod import;
pub mod inbound;
pub mod kiosk;
pub mod leave;
pub mod library;
pub mod merge;
pub mod message_template;
pub mod outcome;
pub mod outreach;
pub mod own_words;
pub mod packet;
pub mod password;
pub mod placement;
pub mod plan_change;
pub mod planning;
pub mod practice;
pub mod progress;
pub mod proof;
pub mod protocol;
pub mod rater;
pub mod refit;
pub mod reminder;
pub mod response;
pub mod saved_view;
pub mod shelf;
pub mod sign_in;
mod sitting;
pub mod situation;
pub mod staff;
pub mod supervision;
pub mod support;
pub mod sweep;
pub mod verify;

pub use error::{Error, Problem, Result};

use care::{Clock, Entropy, Instant};
use instruments::Library;
use std::sync::Arc;

/// What every workflow needs besides the transaction: time, chance and the instrument library.
#[derive(Clone)]
pub struct Context {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of ids and tokens.
    pub entropy: Arc<dyn Entropy>,
    /// The instruments that ship. Those of a practice are on its [`shelf`].
    pub library: Arc<Library>,
    /// So many minutes before a client's hours end no text is handed over any more: the provider may take that long, and cannot be
    /// told to drop what is late.
    pub texts_end_early: u32,
    shelves: Arc<shelf::Shelves>,
}

impl Context {
    /// A context from its parts.
    pub fn new(clock: impl Clock + 'static, entropy: impl Entropy + 'static, library: Arc<Library>) -> Self {
        Self {
            clock: Arc::new(clock),
            entropy: Arc::new(entropy),
            library,
            texts_end_early: 0,
            shelves: Arc::default(),
        }
    }

    /// The same with a provider of texts that is given nothing in the last minutes of a client's hours.
    #[must_use]
    pub fn with_texts_ending_early(self, minutes: u32) -> Self {
        Self { texts_end_early: minutes, ..self }
    }

    /// The current instant.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// A fresh id.
    pub fn id<T>(&self, make: fn(&dyn Clock, &dyn Entropy) -> T) -> T {
        make(self.clock.as_ref(), self.entropy.as_ref())
    }

    /// A fresh secret token.
    pub fn token(&self) -> String {
        care::token::new(self.entropy.as_ref())
    }
}
