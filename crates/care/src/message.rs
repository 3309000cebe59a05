//! Messages to clients and staff, and their ledger.

mod trouble;

pub use trouble::{Told, Trouble};

use crate::text::text_enum;
use crate::{CaseId, ClientId, Instant, MessageId, PacketId, ReasonId, StaffId};

text_enum! {
    /// How a message travels.
    Channel {
        /// Text message.
        Sms = "sms",
        /// Mail.
        Email = "email",
    }
}

text_enum! {
    /// What a message is.
    MessageKind {
        /// First message of a check-in.
        Invite = "invite",
        /// The one reminder of a check-in.
        Reminder = "reminder",
        /// A reminder of an appointment.
        Appointment = "appointment",
        /// A fresh link that the client asked for.
        NewLink = "new_link",
        /// A case needs its owner.
        CaseNotice = "case_notice",
        /// A case with a risk reason needs its owner or another person.
        RiskNotice = "risk_notice",
        /// A tier of the ladder.
        Escalation = "escalation",
        /// A link to choose a password.
        StaffInvite = "staff_invite",
        /// The answer to HELP or to free text.
        AutoReply = "auto_reply",
    }
}

impl Channel {
    /// The one that is tried where this one does not serve.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Sms => Self::Email,
            Self::Email => Self::Sms,
        }
    }
}

impl MessageKind {
    /// Messages to clients go at most once; messages to staff about a case go at least once.
    pub const fn is_for_client(self) -> bool {
        matches!(self, Self::Invite | Self::Reminder | Self::Appointment | Self::NewLink | Self::AutoReply)
    }
}

text_enum! {
    /// Where a message stands. The order of delivery is `queued < sent < delivered`; it never goes back.
    MessageState {
        /// Waits for its time.
        Planned = "planned",
        /// Claimed by a worker; the intent is on record.
        Sending = "sending",
        /// The provider has it.
        Sent = "sent",
        /// The provider says it arrived.
        Delivered = "delivered",
        /// It did not arrive and will not.
        Failed = "failed",
        /// Not sent, for a reason on record.
        Cancelled = "cancelled",
        /// It may or may not have gone. Never sent again by itself.
        Unknown = "unknown",
    }
}

impl Message {
    /// Where it stands at an instant.
    pub fn standing(&self, now: Instant) -> Standing {
        match self.state {
            MessageState::Planned if self.due_at > now => Standing::Planned,
            MessageState::Planned => Standing::Queued,
            MessageState::Sending => Standing::Sending,
            MessageState::Sent => Standing::Accepted,
            MessageState::Delivered => Standing::Delivered,
            MessageState::Failed if self.sent_at.is_some() => Standing::Undelivered,
            MessageState::Failed => Standing::Failed,
            MessageState::Cancelled => Standing::Cancelled,
            MessageState::Unknown => Standing::Unknown,
        }
    }

    /// One that waits for its time, to nobody yet and about nothing: whoever plans it says the rest.
    #[must_use]
    pub const fn planned(
        id: MessageId,
        kind: MessageKind,
        channel: Channel,
        unique_key: String,
        due_at: Instant,
    ) -> Self {
        Self {
            id,
            kind,
            channel,
            client_id: None,
            staff_id: None,
            packet_id: None,
            case_id: None,
            reason_id: None,
            unique_key,
            state: MessageState::Planned,
            due_at,
            attempt: 0,
            lease_until: None,
            provider_id: None,
            code: None,
            cancel_reason: None,
            instead: None,
            text: None,
            sent_at: None,
        }
    }

    /// Whether somebody may have received it, or was to: it is neither still to be sent nor taken back.
    pub const fn has_gone(&self) -> bool {
        !matches!(self.state, MessageState::Planned | MessageState::Cancelled)
    }
}

text_enum! {
    /// Where a message stands in the words of the ledger: what its state and its times say together.
    Standing {
        /// Waits for its time.
        Planned = "planned",
        /// Its time has come; it waits for its turn.
        Queued = "queued",
        /// A worker has it; the intent is on record.
        Sending = "sending",
        /// The provider has taken it.
        Accepted = "accepted",
        /// The provider says it arrived.
        Delivered = "delivered",
        /// The provider took it, and it did not arrive.
        Undelivered = "undelivered",
        /// The provider did not take it.
        Failed = "failed",
        /// Not sent, for a reason on record.
        Cancelled = "cancelled",
        /// It may or may not have gone.
        Unknown = "unknown",
    }
}

impl MessageState {
    /// How far along delivery a state is; a provider's report may only raise it.
    pub const fn rank(self) -> i64 {
        match self {
            Self::Planned => 0,
            Self::Sending => 1,
            Self::Unknown => 2,
            Self::Sent => 3,
            Self::Failed | Self::Cancelled => 4,
            Self::Delivered => 5,
        }
    }
}

text_enum! {
    /// Why a message was not sent.
    CancelReason {
        /// No consent for the channel.
        NoConsent = "no_consent",
        /// The number or address asked for no more.
        OptedOut = "opted_out",
        /// No address on file.
        NoAddress = "no_address",
        /// The check-in is done, expired or withdrawn.
        PacketClosed = "packet_closed",
        /// The episode has ended.
        Discharged = "discharged",
        /// Quiet hours left no instant before the check-in ends.
        QuietHours = "quiet_hours",
        /// The appointment was moved or cancelled, or the practice sends no reminders of appointments.
        AppointmentChanged = "appointment_changed",
        /// Nothing arrives there until somebody puts the contact right.
        Unusable = "unusable",
        /// It was to go because the check-in had not been opened, and it was.
        Opened = "opened",
        /// Somebody took the case up first.
        Acknowledged = "acknowledged",
        /// The recipient may no longer receive it.
        Recipient = "recipient",
    }
}

text_enum! {
    /// Why a message goes on the other channel than the one before it.
    Instead {
        /// The check-in was not opened in time.
        Unopened = "unopened",
        /// The one before did not arrive.
        NotArrived = "not_arrived",
        /// Nothing may go, or arrives, on the channel of the one before.
        NotPossible = "not_possible",
    }
}

text_enum! {
    /// Why nothing arrives at a number or an address.
    UnusableReason {
        /// Switched off or out of reach for good.
        Unreachable = "unreachable",
        /// There is no such number.
        UnknownNumber = "unknown_number",
        /// A landline, which takes no texts.
        Landline = "landline",
        /// The carrier does not let our texts through.
        Filtered = "filtered",
        /// There is no such mailbox.
        NoMailbox = "no_mailbox",
        /// It is somebody else's.
        WrongPerson = "wrong_person",
    }
}

impl UnusableReason {
    /// What a provider's code says of the number or address for good; none where it says something of this message, or of
    /// the provider. For texts the codes of Twilio's "Error and Warning Dictionary" and of Telnyx' "Messaging error codes"
    /// (4xxxx); for mails the replies to RCPT that name the mailbox (RFC 5321, 4.2.3), and in reports that come later the status
    /// codes of the address class and "mailbox disabled" (RFC 3463, 3.2 and 3.3). Any other permanent report of a mail counts like
    /// being out of reach.
    ///
    /// ```
    /// use care::message::{Channel, UnusableReason};
    /// assert_eq!(UnusableReason::of_code(Channel::Sms, "30006"), Some(UnusableReason::Landline));
    /// assert_eq!(UnusableReason::of_code(Channel::Sms, "30001"), None);
    /// assert_eq!(UnusableReason::of_code(Channel::Email, "no-mailbox-550"), Some(UnusableReason::NoMailbox));
    /// assert_eq!(UnusableReason::of_code(Channel::Email, "bounce-5.1.1"), Some(UnusableReason::NoMailbox));
    /// assert_eq!(UnusableReason::of_code(Channel::Email, "bounce-5.7.1"), Some(UnusableReason::Unreachable));
    /// ```
    pub fn of_code(channel: Channel, code: &str) -> Option<Self> {
        match (channel, code) {
            (Channel::Sms, "30003" | "40006" | "40008") => Some(Self::Unreachable),
            (Channel::Sms, "30004" | "30007") => Some(Self::Filtered),
            (Channel::Sms, "30005" | "21211" | "40012" | "40310") => Some(Self::UnknownNumber),
            (Channel::Sms, "30006" | "21614" | "40001") => Some(Self::Landline),
            (Channel::Email, "no-mailbox-550" | "no-mailbox-551" | "no-mailbox-553") => Some(Self::NoMailbox),
            (Channel::Email, code) => match code.strip_prefix("bounce-")? {
                "5.1.0" | "5.1.1" | "5.1.2" | "5.1.3" | "5.1.6" | "5.1.10" | "5.2.1" => Some(Self::NoMailbox),
                status => status.starts_with("5.").then_some(Self::Unreachable),
            },
            _ => None,
        }
    }
}

/// One message on one channel. `(practice, unique_key)` is unique: nothing is ever sent twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Id.
    pub id: MessageId,
    /// What it is.
    pub kind: MessageKind,
    /// How it travels.
    pub channel: Channel,
    /// To which client.
    pub client_id: Option<ClientId>,
    /// To which staff member.
    pub staff_id: Option<StaffId>,
    /// For which check-in.
    pub packet_id: Option<PacketId>,
    /// About which case.
    pub case_id: Option<CaseId>,
    /// About which reason.
    pub reason_id: Option<ReasonId>,
    /// What makes it unique, e.g. `packet:<id>:invite:sms`.
    pub unique_key: String,
    /// Where it stands.
    pub state: MessageState,
    /// When it should go.
    pub due_at: Instant,
    /// How often a send was begun.
    pub attempt: i64,
    /// Until when the worker that claimed it owns it.
    pub lease_until: Option<Instant>,
    /// The provider's id.
    pub provider_id: Option<String>,
    /// The provider's code for what went wrong.
    pub code: Option<String>,
    /// Why it was not sent.
    pub cancel_reason: Option<CancelReason>,
    /// Why it goes on this channel and not on the one of the message before it; none where it is the first choice.
    pub instead: Option<Instead>,
    /// The text as sent, with `{link}` in place of the link.
    pub text: Option<String>,
    /// When the provider took it.
    pub sent_at: Option<Instant>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{Duration, TimeZone, Utc};

    #[test]
    fn what_was_taken_and_did_not_arrive_is_told_from_what_was_never_taken() {
        let now = Utc.with_ymd_and_hms(2026, 3, 9, 16, 0, 0).single().expect("an instant");
        let id = MessageId::from_text("m");
        let planned = Message::planned(id, MessageKind::Invite, Channel::Sms, "packet:p:invite:sms".to_owned(), now);
        assert_eq!(planned.standing(now - Duration::seconds(1)), Standing::Planned);
        assert_eq!(planned.standing(now), Standing::Queued);
        let refused = Message { state: MessageState::Failed, ..planned.clone() };
        assert_eq!(refused.standing(now), Standing::Failed);
        assert_eq!(Message { sent_at: Some(now), ..refused }.standing(now), Standing::Undelivered);
        assert_eq!(Message { state: MessageState::Sent, ..planned }.standing(now), Standing::Accepted);
    }
}
