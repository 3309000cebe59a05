//! What a provider's answer means for the caller. No variant carries a number, an address or a text.

use std::time::Duration;

/// The provider has taken responsibility for the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The provider's id: the message SID of a text, the Message-ID of a mail.
    pub provider_id: String,
}

/// Why a message was not certainly accepted, as the next thing to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Certainly not accepted, and another attempt may succeed. Wait at least `after` when the provider named a time,
    /// otherwise use the caller's own back-off.
    #[error("the provider did not take the message now; try again later ({reason})")]
    Retry {
        /// How long the provider asked us to wait.
        after: Option<Duration>,
        /// What happened.
        reason: RetryReason,
    },
    /// Certainly not accepted, and another attempt with the same message would fail in the same way.
    #[error("the provider refused the message for good (code {code})")]
    Permanent {
        /// The provider's error code (Twilio) or the SMTP reply code.
        code: u32,
    },
    /// The mail server knows no such mailbox. Another attempt would fail in the same way, and so would any other message.
    #[error("there is no such mailbox (code {code})")]
    NoMailbox {
        /// The SMTP reply code.
        code: u32,
    },
    /// The recipient has opted out of this sender. Record it; never retry.
    #[error("the recipient has opted out of texts from this sender")]
    OptedOut,
    /// The message was, or may have been, handed over, and no usable answer came. Look it up before any other attempt.
    #[error("the provider may have accepted the message but gave no usable answer; look it up before sending again")]
    Ambiguous,
    /// Certainly not accepted because of how this installation is set up. An operator has to act.
    #[error("sending is misconfigured: {hint} (code {code})")]
    Misconfigured {
        /// The provider's error code, the SMTP reply code or the HTTP status; 0 when nobody answered.
        code: u32,
        /// What the operator should look at.
        hint: &'static str,
    },
}

/// Why another attempt makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RetryReason {
    /// The connection could not be made.
    #[error("no connection")]
    NoConnection,
    /// The connection broke before the message was handed over.
    #[error("connection lost before the message was handed over")]
    Interrupted,
    /// The provider asked for fewer messages a second, or its queue is full.
    #[error("rate limited")]
    RateLimited,
    /// The provider said that it is temporarily unable.
    #[error("temporarily unavailable")]
    Unavailable,
    /// The local outbox could not be written.
    #[error("outbox not writable")]
    Outbox,
}

impl SendError {
    /// A retry without a time named by the provider.
    pub const fn retry(reason: RetryReason) -> Self {
        Self::Retry { after: None, reason }
    }

    /// A short stable word for ledgers and metrics: `retry`, `permanent`, `no_mailbox`, `opted_out`, `ambiguous`, `misconfigured`.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Retry { .. } => "retry",
            Self::Permanent { .. } => "permanent",
            Self::NoMailbox { .. } => "no_mailbox",
            Self::OptedOut => "opted_out",
            Self::Ambiguous => "ambiguous",
            Self::Misconfigured { .. } => "misconfigured",
        }
    }
}

/// A setting that cannot work, found before anything is sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{setting}: {problem}; {remedy}")]
pub struct ConfigError {
    /// Which setting.
    pub setting: &'static str,
    /// What is wrong with it, without its value.
    pub problem: String,
    /// What to do.
    pub remedy: &'static str,
}

impl ConfigError {
    pub(crate) fn new(setting: &'static str, problem: impl Into<String>, remedy: &'static str) -> Self {
        Self { setting, problem: problem.into(), remedy }
    }
}
