//! What a provider's answer means for one message: the words of `notify` in the words of [`care::delivery`], whose rules
//! decide.

use care::delivery::{Answer, Verdict, verdict};
use care::message::Message;
use care::{Entropy, Instant};
use chrono::Duration;
use notify::{Accepted, RetryReason, SendError};

/// Whether an answer says that the provider is in trouble, rather than that this message is.
pub(super) const fn is_trouble(answer: &Result<Accepted, SendError>) -> bool {
    matches!(answer, Err(SendError::Retry { .. } | SendError::Ambiguous | SendError::Misconfigured { .. }))
}

/// For how long the provider wants nothing more from this sender.
pub(super) fn asked_to_wait(answer: &Result<Accepted, SendError>) -> Option<Duration> {
    match answer {
        Err(SendError::Retry { after: Some(after), reason: RetryReason::RateLimited }) => {
            Duration::from_std(*after).ok()
        }
        _ => None,
    }
}

/// The verdict on one attempt. `ends_at` is the last instant at which the message makes sense.
pub(super) fn of(
    answer: Result<Accepted, SendError>,
    message: &Message,
    ends_at: Option<Instant>,
    now: Instant,
    entropy: &dyn Entropy,
) -> Verdict {
    verdict(said(answer), message, ends_at, now, entropy)
}

fn said(answer: Result<Accepted, SendError>) -> Answer {
    let error = match answer {
        Ok(accepted) => return Answer::Accepted { provider_id: accepted.provider_id },
        Err(error) => error,
    };
    match error {
        SendError::Permanent { code } => Answer::Refused { code: code.to_string() },
        SendError::NoMailbox { code } => Answer::Refused { code: format!("no-mailbox-{code}") },
        SendError::OptedOut => Answer::OptedOut,
        SendError::Ambiguous => Answer::Ambiguous,
        SendError::Retry { after, .. } => {
            Answer::NotTaken { after: after.and_then(|after| Duration::from_std(after).ok()), code: "retry".to_owned() }
        }
        SendError::Misconfigured { code, .. } => {
            Answer::NotTaken { after: None, code: format!("misconfigured_{code}") }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use care::message::{Channel, MessageKind, MessageState};
    use care::{ClientId, MessageId, SeededEntropy, StaffId};

    fn now() -> Instant {
        chrono::DateTime::from_timestamp(1_773_068_400, 0).unwrap()
    }

    fn message(for_client: bool, attempt: i64) -> Message {
        let kind = if for_client { MessageKind::Invite } else { MessageKind::RiskNotice };
        Message {
            client_id: for_client.then(|| ClientId::from_text("c")),
            staff_id: (!for_client).then(|| StaffId::from_text("s")),
            state: MessageState::Sending,
            attempt,
            ..Message::planned(MessageId::from_text("m"), kind, Channel::Sms, "k".to_owned(), now())
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
