//! The provider's vocabulary: states of a text and reasons for failure.

use crate::SendError;
use crate::error::RetryReason;
use std::time::Duration;

/// A text's state at the provider. Callbacks come late, twice and out of order; [`DeliveryStatus::supersedes`] is the
/// order in which they count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeliveryStatus {
    /// Taken; a sender is being chosen.
    Accepted,
    /// To be sent at a later time.
    Scheduled,
    /// Waiting to be sent.
    Queued,
    /// Being handed to the carrier.
    Sending,
    /// Handed to the carrier.
    Sent,
    /// Some parts of a long text arrived.
    PartiallyDelivered,
    /// Withdrawn before it was sent.
    Canceled,
    /// Not sent.
    Failed,
    /// Sent, and refused by the carrier or handset.
    Undelivered,
    /// On the handset.
    Delivered,
    /// Opened (rich messages only).
    Read,
    /// An incoming text, being received.
    Receiving,
    /// An incoming text.
    Received,
}

impl DeliveryStatus {
    /// Reads the provider's word; `None` for a word it did not have when this was written.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word.trim().to_ascii_lowercase().as_str() {
            "accepted" => Self::Accepted,
            "scheduled" => Self::Scheduled,
            "queued" => Self::Queued,
            "sending" => Self::Sending,
            "sent" => Self::Sent,
            "partially_delivered" => Self::PartiallyDelivered,
            "canceled" => Self::Canceled,
            "failed" => Self::Failed,
            "undelivered" => Self::Undelivered,
            "delivered" => Self::Delivered,
            "read" => Self::Read,
            "receiving" => Self::Receiving,
            "received" => Self::Received,
            _ => return None,
        })
    }

    /// The provider's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Scheduled => "scheduled",
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::PartiallyDelivered => "partially_delivered",
            Self::Canceled => "canceled",
            Self::Failed => "failed",
            Self::Undelivered => "undelivered",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Receiving => "receiving",
            Self::Received => "received",
        }
    }

    /// Where the state stands on its way; a higher rank was reached later. Failure outranks being sent, and proof of
    /// arrival outranks a failure reported for one part of a longer text.
    pub const fn rank(self) -> u8 {
        match self {
            Self::Receiving => 0,
            Self::Accepted | Self::Scheduled => 1,
            Self::Queued => 2,
            Self::Sending => 3,
            Self::Sent => 4,
            Self::PartiallyDelivered => 5,
            Self::Canceled | Self::Failed | Self::Undelivered => 6,
            Self::Delivered | Self::Received => 7,
            Self::Read => 8,
        }
    }

    /// Whether this state replaces the one on record: only ever forward, never again for the same.
    pub const fn supersedes(self, recorded: Self) -> bool {
        self.rank() > recorded.rank()
    }

    /// Whether no further state is expected of an ordinary text.
    pub const fn is_final(self) -> bool {
        self.rank() >= 6
    }

    /// Whether the text did not and will not arrive.
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::Canceled | Self::Failed | Self::Undelivered)
    }
}

/// Why a text that was accepted did not arrive, as what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryFailure {
    /// The handset was off or the number is unknown: one more try, then mark the number.
    Unreachable,
    /// A landline or a device that takes no texts: mark the number.
    NotMobile,
    /// The recipient or the carrier blocks this sender: treat as an opt-out until a person has asked.
    OptedOut,
    /// The carrier filtered the text, or the sender is not registered: stop and tell an administrator.
    Filtered,
    /// It waited longer than its validity period: the next reminder may go.
    Expired,
    /// Anything else: one more try, then tell the practice.
    Other,
}

impl DeliveryFailure {
    /// Classifies the code of a callback or a message: 2xxxx and 3xxxx are Twilio's, 4xxxx are Telnyx'.
    pub const fn classify(code: u32) -> Self {
        match code {
            30003 | 30005 | 40006 | 40008 | 40012 => Self::Unreachable,
            30006 | 21614 | 40001 => Self::NotMobile,
            21610 | 30004 | 40300 => Self::OptedOut,
            30007 | 30032 | 30034 | 30035 | 40002 | 40003 | 40010 | 40015 => Self::Filtered,
            30036 | 40005 | 40014 => Self::Expired,
            _ => Self::Other,
        }
    }
}

/// What an answer to the create-message call means. `code` is the `code` of its JSON body, when it has one.
pub(super) fn refused(status: u16, code: Option<u32>, retry_after: Option<Duration>) -> SendError {
    let number = code.unwrap_or(u32::from(status));
    match (status, number) {
        (_, 21610) => SendError::OptedOut,
        // Too many requests, or (21611) the sender's queue at the provider is full: certainly not accepted.
        (429, _) | (_, 20429) | (400..=499, 21611) => {
            SendError::Retry { after: retry_after, reason: RetryReason::RateLimited }
        }
        // "Not now": said before any work was done.
        (503, _) => SendError::Retry { after: retry_after, reason: RetryReason::Unavailable },
        (401 | 403, _) => SendError::Misconfigured { code: number, hint: "check the account SID and the auth token" },
        (404 | 405 | 410 | 300..=399, _) => {
            SendError::Misconfigured { code: number, hint: "check the base address and the account SID" }
        }
        (400..=499, 21212 | 21603 | 21606 | 21618 | 21659 | 21660) => {
            SendError::Misconfigured { code: number, hint: "check the sender's phone number" }
        }
        (400..=499, 21701..=21705) => {
            SendError::Misconfigured { code: number, hint: "check the messaging service and its senders" }
        }
        (400..=499, 21408) => {
            SendError::Misconfigured { code: number, hint: "allow texts to this country in the account's settings" }
        }
        (400..=499, 21609) => SendError::Misconfigured {
            code: number,
            hint: "the status callback's address is not reachable; check the base URL",
        },
        (408, _) => SendError::Ambiguous,
        (400..=499, _) => SendError::Permanent { code: number },
        // Other server errors and anything unheard of may come after the message was taken.
        _ => SendError::Ambiguous,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_published_state_is_known_and_round_trips() {
        for word in [
            "queued",
            "sending",
            "sent",
            "failed",
            "delivered",
            "undelivered",
            "receiving",
            "received",
            "accepted",
            "scheduled",
            "read",
            "partially_delivered",
            "canceled",
        ] {
            assert_eq!(DeliveryStatus::parse(word).unwrap().as_str(), word);
        }
        assert_eq!(DeliveryStatus::parse("teleported"), None);
    }

    #[test]
    fn answers_mean_what_to_do_next() {
        let after = Some(Duration::from_secs(7));
        assert_eq!(refused(400, Some(21610), None), SendError::OptedOut);
        assert_eq!(refused(400, Some(21211), None), SendError::Permanent { code: 21211 });
        assert_eq!(refused(400, Some(21614), None), SendError::Permanent { code: 21614 });
        assert_eq!(refused(400, None, None), SendError::Permanent { code: 400 });
        assert!(
            matches!(refused(429, Some(20429), after), SendError::Retry { after: Some(a), .. } if a.as_secs() == 7)
        );
        assert!(matches!(refused(503, None, after), SendError::Retry { after: Some(_), .. }));
        assert_eq!(refused(500, Some(20500), None), SendError::Ambiguous);
        assert_eq!(refused(502, None, None), SendError::Ambiguous);
        assert!(matches!(refused(401, Some(20003), None), SendError::Misconfigured { code: 20003, .. }));
        assert!(matches!(refused(404, Some(20404), None), SendError::Misconfigured { .. }));
        assert!(matches!(refused(302, None, None), SendError::Misconfigured { .. }));
        assert!(matches!(refused(400, Some(21703), None), SendError::Misconfigured { .. }));
    }

    fn any_status() -> impl Strategy<Value = DeliveryStatus> {
        proptest::sample::select(vec![
            DeliveryStatus::Accepted,
            DeliveryStatus::Queued,
            DeliveryStatus::Sending,
            DeliveryStatus::Sent,
            DeliveryStatus::Undelivered,
            DeliveryStatus::Failed,
            DeliveryStatus::Delivered,
            DeliveryStatus::Read,
        ])
    }

    proptest! {
        #[test]
        fn any_order_of_callbacks_ends_at_the_same_rank(statuses in proptest::collection::vec(any_status(), 1..12)) {
            let fold = |order: &[DeliveryStatus]| order.iter().copied().reduce(|kept, new| if new.supersedes(kept) { new } else { kept });
            let mut reversed = statuses.clone();
            reversed.reverse();
            prop_assert_eq!(fold(&statuses).map(DeliveryStatus::rank), fold(&reversed).map(DeliveryStatus::rank));
        }

        #[test]
        fn nothing_certain_is_said_about_server_errors(status in 500_u16..600, code in proptest::option::of(20_000_u32..20_400)) {
            prop_assume!(status != 503);
            prop_assert_eq!(refused(status, code, None), SendError::Ambiguous);
        }
    }
}
