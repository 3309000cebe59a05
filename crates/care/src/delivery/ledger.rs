//! What may become of a row of the ledger. Each function gives the message as it will be, or none where the row is left
//! alone; `store` makes the same change by compare-and-set, so that of two workers only one succeeds.

use super::{LEASE, STAFF_LEASE};
use crate::Instant;
use crate::message::{CancelReason, Instead, Message, MessageState};
use chrono::Duration;

/// The code of a claimed message whose last attempt was begun and never settled: it may have gone.
pub const INTERRUPTED: &str = "interrupted";

/// Reasons for not sending that may pass: consent is given, a number put right, a check-in is on again.
pub const PASSING: [CancelReason; 7] = [
    CancelReason::PacketClosed,
    CancelReason::OptedOut,
    CancelReason::AppointmentChanged,
    CancelReason::Unusable,
    CancelReason::NoConsent,
    CancelReason::NoAddress,
    CancelReason::Opened,
];

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The provider has it.
    Sent {
        /// The provider's id.
        provider_id: String,
        /// The text, with `{link}` in place of the link.
        text: String,
        /// When.
        at: Instant,
    },
    /// Try again at this time.
    Retry {
        /// When.
        at: Instant,
        /// The provider's code.
        code: String,
    },
    /// It cannot be delivered.
    Failed {
        /// The provider's code.
        code: String,
    },
    /// It must not be sent.
    Cancelled {
        /// Why.
        reason: CancelReason,
    },
    /// It may or may not have gone.
    Unknown {
        /// The text, with `{link}` in place of the link.
        text: String,
        /// When the attempt was made.
        at: Instant,
    },
}

impl Message {
    /// Claimed for one attempt, whose number is the fencing token of everything written about it: a message whose time has
    /// come, or one whose worker is gone. See [`Message::is_interrupted`] for the second.
    pub fn claimed(&self, now: Instant) -> Option<Self> {
        let is_due = self.state == MessageState::Planned && self.due_at <= now;
        let is_left = self.state == MessageState::Sending && self.lease_until.is_some_and(|until| until < now);
        (is_due || is_left).then(|| Self {
            state: MessageState::Sending,
            attempt: self.attempt + 1,
            lease_until: Some(now + self.lease()),
            code: is_left.then(|| INTERRUPTED.to_owned()),
            ..self.clone()
        })
    }

    /// How long a worker may hold it.
    pub const fn lease(&self) -> Duration {
        if self.staff_id.is_some() { STAFF_LEASE } else { LEASE }
    }

    /// Whether the attempt before this claim was begun and never settled: it may have gone.
    pub fn is_interrupted(&self) -> bool {
        self.code.as_deref() == Some(INTERRUPTED)
    }

    /// The message after an attempt. None when the attempt is no longer the message's own: the write is refused.
    pub fn settled(&self, attempt: i64, outcome: &Outcome) -> Option<Self> {
        if self.attempt != attempt || !matches!(self.state, MessageState::Sending | MessageState::Unknown) {
            return None;
        }
        let open = Self { lease_until: None, code: None, cancel_reason: None, ..self.clone() };
        Some(match outcome.clone() {
            Outcome::Sent { provider_id, text, at } => Self {
                state: MessageState::Sent,
                provider_id: Some(provider_id),
                text: Some(text),
                sent_at: Some(at),
                ..open
            },
            Outcome::Retry { at, code } => Self { state: MessageState::Planned, due_at: at, code: Some(code), ..open },
            Outcome::Failed { code } => Self { state: MessageState::Failed, code: Some(code), ..open },
            Outcome::Cancelled { reason } => {
                Self { state: MessageState::Cancelled, cancel_reason: Some(reason), ..open }
            }
            Outcome::Unknown { text, at } => {
                Self { state: MessageState::Unknown, text: Some(text), sent_at: Some(at), ..open }
            }
        })
    }

    /// The message after a provider's report. Reports come twice, late and in any order: a state is never lowered, and what
    /// was never tried is not reported on.
    pub fn reported(&self, provider_id: &str, state: MessageState, code: Option<&str>, now: Instant) -> Option<Self> {
        (self.attempt > 0 && self.state.rank() < state.rank()).then(|| Self {
            state,
            code: code.map(str::to_owned).or_else(|| self.code.clone()),
            provider_id: self.provider_id.clone().or_else(|| Some(provider_id.to_owned())),
            sent_at: self.sent_at.or(Some(now)),
            lease_until: None,
            ..self.clone()
        })
    }

    /// The message taken back while it waits.
    pub fn cancelled(&self, reason: CancelReason) -> Option<Self> {
        (self.state == MessageState::Planned).then(|| Self {
            state: MessageState::Cancelled,
            cancel_reason: Some(reason),
            ..self.clone()
        })
    }

    /// The message taken back because the same goes on the other channel; one whose sending was begun stays.
    pub fn given_up_for_other_channel(&self) -> Option<Self> {
        if self.attempt == 0 { self.cancelled(CancelReason::PacketClosed) } else { None }
    }

    /// The message at another time, with what is said anew of its channel: while nobody has begun to send it, and after it was
    /// taken back for a reason that may pass. What was taken back has surely not gone ([`super::unsent`]), however often it was
    /// claimed.
    pub fn rescheduled(&self, due_at: Instant, instead: Option<Instead>) -> Option<Self> {
        let may_come_back = self.cancel_reason.is_some_and(|reason| PASSING.contains(&reason));
        let is_free = match self.state {
            MessageState::Planned => self.attempt == 0,
            MessageState::Cancelled => may_come_back,
            _ => false,
        };
        is_free.then(|| Self { due_at, state: MessageState::Planned, cancel_reason: None, instead, ..self.clone() })
    }
}
