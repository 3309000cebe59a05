//! What a code of the ledger says, in terms that have words in every language: a person who looks after a message that did
//! not arrive reads what to do about it, not a number.

use super::{Channel, UnusableReason};
use crate::text::text_enum;

text_enum! {
    /// What went wrong with a message, or what it waits for.
    Trouble {
        /// There is no such mailbox.
        NoMailbox = "no_mailbox",
        /// What stands after the @ does not exist or takes no mail.
        NoDomain = "no_domain",
        /// It is not an address that can exist.
        BadAddress = "bad_address",
        /// The mailbox has moved and left no new address.
        MailboxMoved = "mailbox_moved",
        /// The mailbox is switched off.
        MailboxDisabled = "mailbox_disabled",
        /// The mailbox is full.
        MailboxFull = "mailbox_full",
        /// The mail is larger than the recipient takes.
        TooLarge = "too_large",
        /// Something else about the address.
        Address = "address",
        /// Something else about the mailbox.
        Mailbox = "mailbox",
        /// The recipient's mail system could not take it.
        MailSystem = "mail_system",
        /// The recipient's mail server could not be reached.
        Network = "network",
        /// It was tried for as long as mail servers try.
        TimeOver = "time_over",
        /// The mail servers did not understand one another.
        Protocol = "protocol",
        /// The recipient's mail system did not take the content.
        Content = "content",
        /// A rule of the recipient's mail server refuses our mails.
        Policy = "policy",
        /// The mail server named no reason.
        NoReason = "no_reason",
        /// The telephone is switched off or out of reach.
        Unreachable = "unreachable",
        /// There is no such number.
        UnknownNumber = "unknown_number",
        /// A landline, which takes no texts.
        Landline = "landline",
        /// The carrier does not let our texts through.
        Filtered = "filtered",
        /// The number asked the provider for no more.
        OptedOut = "opted_out",
        /// The provider was slow or out of reach.
        Busy = "busy",
        /// The provider was in trouble, and nothing was sent for a while.
        Paused = "paused",
        /// Nobody knows whether it went.
        Ambiguous = "ambiguous",
        /// The provider did not have it after all.
        NotTaken = "not_taken",
        /// The client slept.
        QuietHours = "quiet_hours",
        /// The machine stopped in the middle.
        Interrupted = "interrupted",
        /// It has no words in this release.
        NoWords = "no_words",
        /// A part of it cannot be sent.
        Invalid = "invalid",
        /// The settings of the provider are wrong.
        Misconfigured = "misconfigured",
    }
}

/// A code, read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told<'a> {
    /// What it says; none for a code that nobody has words for.
    pub trouble: Option<Trouble>,
    /// The mail server still tries.
    pub is_delayed: bool,
    /// The code as its owner writes it, for whoever looks it up: `5.1.1`, `30005`. None for codes of our own.
    pub code: Option<&'a str>,
}

impl Trouble {
    /// Reads a code of the ledger. Later reports of mails have the enhanced status codes of RFC 3463 and the IANA registry
    /// that continues it, by class, subject and detail; replies to our own mails the basic ones of RFC 5321; texts the codes of
    /// the providers ([`UnusableReason::of_code`]).
    ///
    /// ```
    /// use care::message::{Channel, Trouble};
    /// let told = Trouble::read(Channel::Email, "bounce-5.1.1");
    /// assert_eq!((told.trouble, told.code), (Some(Trouble::NoMailbox), Some("5.1.1")));
    /// let told = Trouble::read(Channel::Email, "delayed-4.4.1");
    /// assert_eq!((told.trouble, told.is_delayed), (Some(Trouble::Network), true));
    /// assert_eq!(Trouble::read(Channel::Sms, "retry").trouble, Some(Trouble::Busy));
    /// ```
    pub fn read(channel: Channel, code: &str) -> Told<'_> {
        if let Some(status) = code.strip_prefix("bounce-") {
            return Told { trouble: of_status(status), is_delayed: false, code: Some(status) };
        }
        if let Some(status) = code.strip_prefix("delayed-") {
            return Told { trouble: of_status(status), is_delayed: true, code: Some(status) };
        }
        if let Some(reply) = code.strip_prefix("no-mailbox-") {
            return Told { trouble: Some(Self::NoMailbox), is_delayed: false, code: Some(reply) };
        }
        if let Some(code) = code.strip_prefix("misconfigured_") {
            let code = Some(code).filter(|code| *code != "0");
            return Told { trouble: Some(Self::Misconfigured), is_delayed: false, code };
        }
        let own = match code {
            "retry" => Some(Self::Busy),
            "paused" => Some(Self::Paused),
            "ambiguous" => Some(Self::Ambiguous),
            "not_taken" => Some(Self::NotTaken),
            "quiet_hours" => Some(Self::QuietHours),
            "interrupted" | "overslept" => Some(Self::Interrupted),
            "words" => Some(Self::NoWords),
            "invalid" => Some(Self::Invalid),
            "opted_out" => Some(Self::OptedOut),
            _ => None,
        };
        if own.is_some() {
            return Told { trouble: own, is_delayed: false, code: None };
        }
        Told { trouble: of_provider(channel, code), is_delayed: false, code: Some(code) }
    }
}

/// By subject and detail, RFC 3463 section 3; the class says whether for good. What the registry added since is under the
/// subject it belongs to.
fn of_status(status: &str) -> Option<Trouble> {
    let mut parts = status.split('.');
    let (class, subject, detail) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || !matches!(class, "2" | "4" | "5") {
        return None;
    }
    Some(match (subject, detail) {
        // 3.2: of the address. 5.1.1 and 5.1.6 name the mailbox, 5.1.2 and 5.1.10 (RFC 7505) the system.
        ("1", "1") => Trouble::NoMailbox,
        ("1", "2" | "10") => Trouble::NoDomain,
        ("1", "3") => Trouble::BadAddress,
        ("1", "6") => Trouble::MailboxMoved,
        ("1", _) => Trouble::Address,
        // 3.3: of the mailbox.
        ("2", "1") => Trouble::MailboxDisabled,
        ("2", "2") => Trouble::MailboxFull,
        ("2", "3") | ("3", "4") => Trouble::TooLarge,
        ("2", _) => Trouble::Mailbox,
        // 3.4: of the recipient's system.
        ("3", _) => Trouble::MailSystem,
        // 3.5: of the way there.
        ("4", "7") => Trouble::TimeOver,
        ("4", _) => Trouble::Network,
        // 3.6: of the protocol.
        ("5", _) => Trouble::Protocol,
        // 3.7: of the content.
        ("6", _) => Trouble::Content,
        // 3.8: security or policy.
        ("7", _) => Trouble::Policy,
        // 3.1: nothing is said, or a subject that nobody has described.
        _ => Trouble::NoReason,
    })
}

fn of_provider(channel: Channel, code: &str) -> Option<Trouble> {
    if channel == Channel::Sms && matches!(code, "21610" | "40300") {
        return Some(Trouble::OptedOut);
    }
    UnusableReason::of_code(channel, code).map(|reason| match reason {
        UnusableReason::Unreachable => Trouble::Unreachable,
        UnusableReason::UnknownNumber => Trouble::UnknownNumber,
        UnusableReason::Landline => Trouble::Landline,
        UnusableReason::Filtered => Trouble::Filtered,
        UnusableReason::NoMailbox | UnusableReason::WrongPerson => Trouble::NoMailbox,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_codes_are_read_by_class_subject_and_detail() {
        let table = [
            ("5.0.0", Trouble::NoReason),
            ("5.1.0", Trouble::Address),
            ("5.1.1", Trouble::NoMailbox),
            ("5.1.2", Trouble::NoDomain),
            ("5.1.3", Trouble::BadAddress),
            ("5.1.6", Trouble::MailboxMoved),
            ("5.1.10", Trouble::NoDomain),
            ("5.2.1", Trouble::MailboxDisabled),
            ("5.2.2", Trouble::MailboxFull),
            ("4.2.2", Trouble::MailboxFull),
            ("5.2.3", Trouble::TooLarge),
            ("5.2.4", Trouble::Mailbox),
            ("4.3.2", Trouble::MailSystem),
            ("5.3.3", Trouble::MailSystem),
            ("5.3.4", Trouble::TooLarge),
            ("4.4.1", Trouble::Network),
            ("5.4.4", Trouble::Network),
            ("4.4.7", Trouble::TimeOver),
            ("5.5.2", Trouble::Protocol),
            ("5.6.1", Trouble::Content),
            ("5.7.1", Trouble::Policy),
            ("5.7.26", Trouble::Policy),
            ("5.9.9", Trouble::NoReason),
        ];
        for (status, trouble) in table {
            let bounce = format!("bounce-{status}");
            let wanted = Told { trouble: Some(trouble), is_delayed: false, code: Some(status) };
            assert_eq!(Trouble::read(Channel::Email, &bounce), wanted);
        }
        for odd in ["bounce-", "bounce-5.1", "bounce-9.1.1", "bounce-5.1.1.1"] {
            assert_eq!(Trouble::read(Channel::Email, odd).trouble, None, "{odd}");
        }
    }

    #[test]
    fn what_counts_against_an_address_has_the_words_for_it() {
        for code in ["bounce-5.1.1", "bounce-5.1.2", "bounce-5.1.6", "bounce-5.2.1", "no-mailbox-550"] {
            assert_eq!(UnusableReason::of_code(Channel::Email, code), Some(UnusableReason::NoMailbox), "{code}");
            let trouble = Trouble::read(Channel::Email, code).trouble;
            assert!(
                matches!(
                    trouble,
                    Some(Trouble::NoMailbox | Trouble::NoDomain | Trouble::MailboxMoved | Trouble::MailboxDisabled)
                ),
                "{code}: {trouble:?}"
            );
        }
        for code in ["30003", "30004", "30005", "30006", "30007", "21211", "21610", "21614"] {
            assert!(Trouble::read(Channel::Sms, code).trouble.is_some(), "{code}");
        }
        assert_eq!(
            Trouble::read(Channel::Sms, "30999"),
            Told { trouble: None, is_delayed: false, code: Some("30999") }
        );
    }
}
