//! Mail over SMTP and texts over the interface of Twilio or of Telnyx: one message in, one answer out.
//!
//! This crate knows how to hand a message to a provider and what the provider's answer means. Whether a message may be
//! sent (consent, opt-out, quiet hours), what it says, when to try again and what is written down about it is decided
//! elsewhere. Nothing here reads the clock, keeps a queue or retries.
//!
//! - [`Transport`] is the one way out: a live pair of providers, a folder (the demo's outbox) or memory (tests).
//! - [`SendError`] says what the caller must do next, never to whom or what was sent.
//! - [`bounce`] reads what mail servers report later.
//! - [`sms`] holds what is particular to texts: delivery states, webhooks and their signatures, keywords.

pub mod bounce;
mod error;
mod http;
mod memory;
mod message;
mod outbox;
pub mod sms;
pub mod smtp;
mod transport;

pub use error::{Accepted, ConfigError, RetryReason, SendError};
pub use http::Timeouts;
pub use memory::{Memory, Script};
pub use message::{
    AttemptId, EmailAddress, HeaderText, HttpsUrl, InvalidMessage, Mail, Mailbox, PhoneNumber, Sms, SmsBody,
    Unsubscribe, ValidityPeriod,
};
pub use outbox::{FileOutbox, OutboxError, OutboxMessage};
pub use transport::{Live, Transport};
