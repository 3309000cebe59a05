//! What a provider's answer means for one message: two classes of messages, two policies. To a client a message goes at most
//! once, to staff at least once.

use super::{Outcome, SETTLING, When};
use crate::clock::jittered;
use crate::message::{CancelReason, Channel, Message};
use crate::{Entropy, Instant};
use chrono::Duration;

/// What a provider said to an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It has the message.
    Accepted {
        /// Its id of it.
        provider_id: String,
    },
    /// It certainly does not have it, and may take it later.
    NotTaken {
        /// Not before this time has passed, if it said so.
        after: Option<Duration>,
        /// A short code.
        code: String,
    },
    /// It will not take it.
    Refused {
        /// Its code.
        code: String,
    },
    /// The number wants no more texts.
    OptedOut,
    /// Nobody knows: the answer never came.
    Ambiguous,
}

/// What to put on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The provider has it.
    Sent {
        /// The provider's id.
        provider_id: String,
    },
    /// It certainly has not gone, or may go twice: again at this time.
    Retry {
        /// When.
        at: Instant,
        /// A short code.
        code: String,
    },
    /// It cannot be delivered.
    Failed {
        /// The provider's code.
        code: String,
    },
    /// The number wants no more texts.
    OptedOut,
    /// It has not gone and makes no sense any more.
    TooLate,
    /// It may have gone and must not go twice.
    Unknown,
}

/// Delays to a client: whoever is asked for a check-in can wait.
const CLIENT: [i64; 4] = [60, 300, 900, 3_600];
/// Delays to staff: within two minutes of an answer about danger there have been five attempts.
const STAFF: [i64; 8] = [5, 10, 20, 40, 60, 120, 300, 900];
/// By how much the clocks of machine and provider may differ.
const CLOCKS_DIFFER: Duration = Duration::days(2);
/// Attempts at a message to staff: a day of quarter hours.
const STAFF_ATTEMPTS: i64 = 100;

/// The verdict on one attempt. `ends_at` is the last instant at which the message makes sense.
pub fn verdict(
    answer: Answer,
    message: &Message,
    ends_at: Option<Instant>,
    now: Instant,
    entropy: &dyn Entropy,
) -> Verdict {
    let for_client = message.client_id.is_some();
    let (after, code) = match answer {
        Answer::Accepted { provider_id } => return Verdict::Sent { provider_id },
        Answer::Refused { code } => return Verdict::Failed { code },
        Answer::OptedOut if for_client && message.channel == Channel::Sms => return Verdict::OptedOut,
        Answer::OptedOut => return Verdict::Failed { code: "opted_out".to_owned() },
        Answer::Ambiguous if for_client => return Verdict::Unknown,
        Answer::Ambiguous => (None, "ambiguous".to_owned()),
        Answer::NotTaken { after, code } => (after, code),
    };
    let steps: &[i64] = if for_client { &CLIENT } else { &STAFF };
    let step = usize::try_from(message.attempt - 1).unwrap_or(0).min(steps.len() - 1);
    let own = jittered(Duration::seconds(steps[step]), entropy);
    let at = now + after.map_or(own, |after| own.max(after));
    let is_over = ends_at.is_some_and(|end| at >= end) || (!for_client && message.attempt >= STAFF_ATTEMPTS);
    if is_over { Verdict::Failed { code } } else { Verdict::Retry { at, code } }
}

/// The verdict on a message that could not be put into words: an operator has to act, so it waits a quarter of an hour. One to a
/// client that may have gone does not: what waits is sent without a question.
pub fn wordless(message: &Message, ends_at: Option<Instant>, now: Instant) -> Verdict {
    if message.is_interrupted() && message.client_id.is_some() {
        return Verdict::Unknown;
    }
    let (at, code) = (now + Duration::minutes(15), "words".to_owned());
    if ends_at.is_some_and(|end| at >= end) { Verdict::Failed { code } } else { Verdict::Retry { at, code } }
}

/// What becomes of a claimed message that must not be sent. The attempt before may have gone: the ledger does not say of such
/// a message to a client that it was not sent.
pub fn unsent(message: &Message, reason: CancelReason, now: Instant) -> Outcome {
    if message.is_interrupted() && message.client_id.is_some() {
        Outcome::Unknown { text: message.text.clone().unwrap_or_default(), at: now }
    } else {
        Outcome::Cancelled { reason }
    }
}

/// What the provider says when it is asked for a text by its recipient and its unique link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// It has it.
    Has,
    /// It has not.
    HasNot,
    /// It cannot say, or cannot be asked.
    CannotSay,
}

/// From when on the provider is asked for a text. The text's link is in no other, so the span only has to be long enough for
/// clocks that differ: a text that was taken by a clock that runs hours behind ours is older than its own plan.
pub fn asked_since(message: &Message) -> Instant {
    message.sent_at.map_or(message.due_at, |tried_at| message.due_at.min(tried_at)) - CLOCKS_DIFFER
}

/// What is done about a message that may have gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// It went: the provider's id is taken over.
    Adopt,
    /// It did not go: it is sent now.
    Send,
    /// It did not go, and the client sleeps: later.
    Wait(Instant),
    /// It did not go, and makes no sense any more.
    GiveUp,
    /// Nobody knows: it is not sent again.
    Doubt,
}

/// What is done about a message to a client whose worker is gone. Hours may have passed since: `when` is when it may go.
pub const fn after_interruption(told: Told, when: When) -> Next {
    match (told, when) {
        (Told::Has, _) => Next::Adopt,
        (Told::HasNot, When::Now) => Next::Send,
        (Told::HasNot, When::At(at)) => Next::Wait(at),
        (Told::HasNot, When::Never) => Next::GiveUp,
        (Told::CannotSay, _) => Next::Doubt,
    }
}

/// What is done about a message whose outcome is unknown since `tried_at`: a provider's list may lag behind.
pub fn after_doubt(told: Told, tried_at: Instant, now: Instant) -> Next {
    match told {
        Told::Has => Next::Adopt,
        Told::HasNot if now >= tried_at + SETTLING => Next::Send,
        Told::HasNot | Told::CannotSay => Next::Doubt,
    }
}
