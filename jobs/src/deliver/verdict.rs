//! What a provider's answer means for one message: two classes of messages, two policies. Pure.

use crate::work::jittered;
use care::message::{Channel, Message};
use care::{Entropy, Instant};
use chrono::Duration;
use notify::sms::Found;
use notify::{Accepted, SendError};

/// What to put on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The provider has it.
    Sent {
        /// The provider's id.
        provider_id: String,
        /// What a look-up said beyond that.
        found: Option<Found>,
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
    /// It may have gone and must not go twice.
    Unknown,
}

/// Delays to a client: whoever is asked for a check-in can wait.
const CLIENT: [i64; 4] = [60, 300, 900, 3_600];
/// Delays to staff: within two minutes of an answer about danger there have been five attempts.
const STAFF: [i64; 8] = [5, 10, 20, 40, 60, 120, 300, 900];
/// Attempts at a message to staff: a day of quarter hours.
const STAFF_ATTEMPTS: i64 = 100;

/// Whether an answer says that the provider is in trouble, rather than that this message is.
pub(super) const fn is_trouble(answer: &Result<Accepted, SendError>) -> bool {
    matches!(answer, Err(SendError::Retry { .. } | SendError::Ambiguous | SendError::Misconfigured { .. }))
}

/// The verdict on one attempt. `ends_at` is the last instant at which the message makes sense.
pub(super) fn of(
    answer: Result<Accepted, SendError>,
    message: &Message,
    ends_at: Option<Instant>,
    now: Instant,
    entropy: &dyn Entropy,
) -> Verdict {
    let for_client = message.client_id.is_some();
    let error = match answer {
        Ok(accepted) => return Verdict::Sent { provider_id: accepted.provider_id, found: None },
        Err(error) => error,
    };
    let (after, code) = match error {
        SendError::Permanent { code } => return Verdict::Failed { code: code.to_string() },
        SendError::NoMailbox { code } => return Verdict::Failed { code: format!("no-mailbox-{code}") },
        SendError::OptedOut if for_client && message.channel == Channel::Sms => return Verdict::OptedOut,
        SendError::OptedOut => return Verdict::Failed { code: "opted_out".to_owned() },
        SendError::Ambiguous if for_client => return Verdict::Unknown,
        SendError::Ambiguous => (None, "ambiguous".to_owned()),
        SendError::Retry { after, .. } => (after, "retry".to_owned()),
        SendError::Misconfigured { code, .. } => (None, format!("misconfigured_{code}")),
    };
    let steps: &[i64] = if for_client { &CLIENT } else { &STAFF };
    let step = usize::try_from(message.attempt - 1).unwrap_or(0).min(steps.len() - 1);
    let own = jittered(Duration::seconds(steps[step]), entropy);
    let at = now + after.and_then(|after| Duration::from_std(after).ok()).map_or(own, |after| own.max(after));
    let is_over = ends_at.is_some_and(|end| at >= end) || (!for_client && message.attempt >= STAFF_ATTEMPTS);
    if is_over { Verdict::Failed { code } } else { Verdict::Retry { at, code } }
}

/// The verdict on a message that could not be put into words: an operator has to act, so it waits a quarter of an hour.
pub(super) fn wordless(ends_at: Option<Instant>, now: Instant) -> Verdict {
    let (at, code) = (now + Duration::minutes(15), "words".to_owned());
    if ends_at.is_some_and(|end| at >= end) { Verdict::Failed { code } } else { Verdict::Retry { at, code } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use care::message::{MessageKind, MessageState};
    use care::{ClientId, MessageId, SeededEntropy, StaffId};
    use notify::RetryReason;

    fn now() -> Instant {
        chrono::DateTime::from_timestamp(1_773_068_400, 0).unwrap()
    }

    fn message(for_client: bool, attempt: i64) -> Message {
        Message {
            id: MessageId::from_text("m"),
            kind: if for_client { MessageKind::Invite } else { MessageKind::RiskNotice },
            channel: Channel::Sms,
            client_id: for_client.then(|| ClientId::from_text("c")),
            staff_id: (!for_client).then(|| StaffId::from_text("s")),
            packet_id: None,
            case_id: None,
            reason_id: None,
            unique_key: "k".to_owned(),
            state: MessageState::Sending,
            due_at: now(),
            attempt,
            lease_until: None,
            provider_id: None,
            code: None,
            cancel_reason: None,
            instead: None,
            text: None,
            sent_at: None,
        }
    }

    fn verdict(error: SendError, message: &Message, ends_at: Option<Instant>) -> Verdict {
        of(Err(error), message, ends_at, now(), &SeededEntropy::new(1))
    }

    #[test]
    fn an_unknown_outcome_is_looked_up_for_clients_and_repeated_for_staff() {
        assert_eq!(verdict(SendError::Ambiguous, &message(true, 1), None), Verdict::Unknown);
        let Verdict::Retry { at, .. } = verdict(SendError::Ambiguous, &message(false, 1), None) else {
            panic!("staff hear again")
        };
        assert!(at - now() <= Duration::seconds(6));
    }

    #[test]
    fn staff_are_tried_five_times_within_two_minutes() {
        let mut waited = Duration::zero();
        for attempt in 1..5 {
            let Verdict::Retry { at, .. } =
                verdict(SendError::retry(RetryReason::Unavailable), &message(false, attempt), None)
            else {
                panic!("attempt {attempt}")
            };
            waited += at - now();
        }
        assert!(waited < Duration::minutes(2), "{waited}");
    }

    #[test]
    fn a_client_is_tried_again_until_the_check_in_ends() {
        let error = || SendError::retry(RetryReason::NoConnection);
        for (attempt, minutes) in [(1, 1), (2, 5), (3, 15), (4, 60), (9, 60)] {
            let Verdict::Retry { at, .. } = verdict(error(), &message(true, attempt), None) else {
                panic!("attempt {attempt}")
            };
            let seconds = (at - now()).num_seconds();
            assert!((minutes * 48..=minutes * 72).contains(&seconds), "{attempt}: {seconds}");
        }
        let end = now() + Duration::minutes(40);
        assert_eq!(verdict(error(), &message(true, 4), Some(end)), Verdict::Failed { code: "retry".to_owned() });
    }

    #[test]
    fn the_provider_may_ask_for_more_time_but_not_for_less() {
        let error = |seconds| SendError::Retry {
            after: Some(std::time::Duration::from_secs(seconds)),
            reason: RetryReason::RateLimited,
        };
        assert!(
            matches!(verdict(error(600), &message(true, 1), None), Verdict::Retry { at, .. } if at == now() + Duration::minutes(10))
        );
        assert!(
            matches!(verdict(error(1), &message(true, 1), None), Verdict::Retry { at, .. } if at >= now() + Duration::seconds(48))
        );
    }

    #[test]
    fn refusals_end_it() {
        assert_eq!(verdict(SendError::OptedOut, &message(true, 1), None), Verdict::OptedOut);
        assert_eq!(
            verdict(SendError::OptedOut, &message(false, 1), None),
            Verdict::Failed { code: "opted_out".to_owned() }
        );
        assert_eq!(
            verdict(SendError::Permanent { code: 21_211 }, &message(true, 1), None),
            Verdict::Failed { code: "21211".to_owned() }
        );
    }
}
