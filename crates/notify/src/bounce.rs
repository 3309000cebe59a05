//! Reports about mails that come back later (RFC 3464): which of our mails one is about, and what it says. Whether that changes
//! anything is the caller's.

use crate::AttemptId;
use mail_parser::{Message, MessageParser, MimeHeaders as _};

/// No report is larger; what is beyond is not read.
pub const LARGEST: usize = 4 << 20;

/// What a report says of one of our mails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounce {
    /// The attempt that the mail was, from its Message-ID.
    pub attempt_id: AttemptId,
    /// The Message-ID, as it was given to the server.
    pub message_id: String,
    /// What became of it.
    pub fate: Fate,
    /// The status code (RFC 3463), for example `5.1.1`.
    pub status: String,
}

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It did not arrive and will not.
    Failed,
    /// It has not arrived yet; the server goes on trying.
    Delayed,
    /// It went on, or arrived.
    Delivered,
}

/// Why a mail says nothing of one of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotABounce {
    /// It is no delivery status notification.
    #[error(
        "this is no report about the delivery of a mail (RFC 3464): it has no part of type message/delivery-status"
    )]
    NotAReport,
    /// The report does not say which mail it is about.
    #[error(
        "the report does not hold the Message-ID of the mail it is about; let the mail server return at least its headers"
    )]
    NoMessageId,
    /// It is about somebody else's mail.
    #[error("the report is about a mail that this installation cannot have sent: its Message-ID is not of our form")]
    NotOurs,
    /// The report says nothing of what became of the mail.
    #[error("the report names no recipient with an action and a status")]
    NoOutcome,
}

/// Reads a mail as it came.
pub fn read(mail: &[u8]) -> Result<Bounce, NotABounce> {
    let parsed = MessageParser::default().parse(mail).ok_or(NotABounce::NotAReport)?;
    let status = parsed.parts.iter().find(|part| is_kind(part.content_type(), "delivery-status"));
    let status = String::from_utf8_lossy(status.ok_or(NotABounce::NotAReport)?.contents()).into_owned();
    let (fate, status) = outcome(&status).ok_or(NotABounce::NoOutcome)?;
    let id = returned_id(&parsed).ok_or(NotABounce::NoMessageId)?;
    let (left, domain) = id.split_once('@').ok_or(NotABounce::NotOurs)?;
    if domain.is_empty() {
        return Err(NotABounce::NotOurs);
    }
    let attempt_id = AttemptId::parse(left).map_err(|_| NotABounce::NotOurs)?;
    Ok(Bounce { attempt_id, message_id: format!("<{id}>"), fate, status })
}

/// `message/delivery-status`, or its form for addresses beyond ASCII (RFC 6533).
fn is_kind(content_type: Option<&mail_parser::ContentType<'_>>, kind: &str) -> bool {
    content_type.is_some_and(|found| {
        let subtype = found.subtype().unwrap_or_default().to_ascii_lowercase();
        matches!(found.ctype().to_ascii_lowercase().as_str(), "message" | "text")
            && subtype.strip_prefix("global-").unwrap_or(&subtype) == kind
    })
}

/// The Message-ID of the mail that is returned, in whole or by its headers.
fn returned_id(report: &Message<'_>) -> Option<String> {
    report.parts.iter().skip(1).find_map(|part| {
        if let Some(returned) = part.message() {
            return returned.message_id().map(str::to_owned);
        }
        let is_headers = is_kind(part.content_type(), "rfc822-headers")
            || is_kind(part.content_type(), "headers")
            || is_kind(part.content_type(), "rfc822");
        if !is_headers {
            return None;
        }
        let headers = part.contents();
        MessageParser::default().parse_headers(headers)?.message_id().map(str::to_owned)
    })
}

/// The worst that is said of any recipient. Ours have one each; a list behind it may name several.
fn outcome(text: &str) -> Option<(Fate, String)> {
    let mut worst: Option<(Fate, String)> = None;
    for group in unfolded(text).split("\n\n") {
        let field = |name: &str| {
            group.lines().find_map(|line| {
                let (key, value) = line.split_once(':')?;
                key.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
            })
        };
        let Some(action) = field("Action") else { continue };
        let fate = match action.split_whitespace().next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "failed" => Fate::Failed,
            "delayed" => Fate::Delayed,
            "delivered" | "relayed" | "expanded" => Fate::Delivered,
            _ => continue,
        };
        let usual = match fate {
            Fate::Failed => "5.0.0",
            Fate::Delayed => "4.0.0",
            Fate::Delivered => "2.0.0",
        };
        let status = field("Status").and_then(|status| code_in(&status)).unwrap_or_else(|| usual.to_owned());
        let rank = |fate: Fate| match fate {
            Fate::Failed => 2,
            Fate::Delayed => 1,
            Fate::Delivered => 0,
        };
        if worst.as_ref().is_none_or(|(known, _)| rank(fate) > rank(*known)) {
            worst = Some((fate, status));
        }
    }
    worst
}

/// Lines that go on after a line break, as one; line ends of every kind as one.
fn unfolded(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").replace("\n ", " ").replace("\n\t", " ")
}

/// `5.1.1` at the beginning of a text: a class of 2, 4 or 5, and two numbers of up to three digits (RFC 3463, 2).
fn code_in(text: &str) -> Option<String> {
    let word = text.split(|c: char| c.is_whitespace() || c == '(').next()?;
    let parts: Vec<&str> = word.split('.').collect();
    let is_number = |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    (parts.len() == 3 && matches!(parts[0], "2" | "4" | "5") && parts.iter().all(is_number)).then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// As a mail server writes it; invented, in the shape of RFC 3464, appendix E.
    fn report(status: &str, returned: &str) -> String {
        format!(
            "From: MAILER-DAEMON@mail.example.org\r\nTo: checkin@example.org\r\nSubject: Undelivered Mail\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status;\r\n boundary=\"=_b\"\r\n\r\n\
             --=_b\r\nContent-Type: text/plain\r\n\r\nI could not deliver it.\r\n\
             --=_b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.example.org\r\n\r\n{status}\r\n\
             --=_b\r\n{returned}\r\n--=_b--\r\n"
        )
    }

    const HEADERS: &str = "Content-Type: text/rfc822-headers\r\n\r\nFrom: checkin@example.org\r\nMessage-ID: <0198aa-11@example.org>\r\nSubject: A note\r\n";
    const FAILED: &str = "Final-Recipient: rfc822; ana@example.net\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1\r\n no such user\r\n";

    fn said(mail: &str) -> Result<(String, Fate, String), NotABounce> {
        read(mail.as_bytes()).map(|bounce| (bounce.attempt_id.as_str().to_owned(), bounce.fate, bounce.status))
    }

    #[test]
    fn a_report_names_our_mail_and_its_fate() {
        let ours = "0198aa-11".to_owned();
        assert_eq!(said(&report(FAILED, HEADERS)), Ok((ours.clone(), Fate::Failed, "5.1.1".into())));
        assert_eq!(read(report(FAILED, HEADERS).as_bytes()).unwrap().message_id, "<0198aa-11@example.org>");
        let whole = "Content-Type: message/rfc822\r\n\r\nFrom: checkin@example.org\r\nMessage-ID: <0198aa-11@example.org>\r\nSubject: A note\r\n\r\nHello\r\n";
        assert_eq!(said(&report(FAILED, whole)), Ok((ours.clone(), Fate::Failed, "5.1.1".into())));
        let delayed = "Final-Recipient: rfc822; ana@example.net\r\nAction: delayed\r\nStatus: 4.4.1 (no answer)\r\n";
        assert_eq!(said(&report(delayed, HEADERS)), Ok((ours.clone(), Fate::Delayed, "4.4.1".into())));
        let relayed = "Final-Recipient: rfc822; ana@example.net\r\nAction: relayed\r\nStatus: 2.1.9\r\n";
        assert_eq!(said(&report(relayed, HEADERS)), Ok((ours.clone(), Fate::Delivered, "2.1.9".into())));
        // Given up on after days of "not now": it failed, and the status says that it is not the mailbox.
        let given_up = "Final-Recipient: rfc822; a@example.net\r\nAction: failed\r\nStatus: 4.4.7\r\n";
        assert_eq!(said(&report(given_up, HEADERS)), Ok((ours.clone(), Fate::Failed, "4.4.7".into())));
        let both = format!("{relayed}\r\n{FAILED}");
        assert_eq!(
            said(&report(&both, HEADERS)),
            Ok((ours.clone(), Fate::Failed, "5.1.1".into())),
            "the worst of several"
        );
        let bare = "Final-Recipient: rfc822; a@example.net\r\nAction: FAILED\r\nStatus: unknown\r\n";
        assert_eq!(said(&report(bare, HEADERS)), Ok((ours, Fate::Failed, "5.0.0".into())));
    }

    #[test]
    fn what_is_no_report_of_ours_is_named() {
        assert_eq!(
            said("From: ana@example.net\r\nSubject: Re: A note\r\n\r\nI am away.\r\n"),
            Err(NotABounce::NotAReport)
        );
        assert_eq!(said(""), Err(NotABounce::NotAReport));
        assert_eq!(said(&report(FAILED, "Content-Type: text/plain\r\n\r\ncut\r\n")), Err(NotABounce::NoMessageId));
        let foreign = HEADERS.replace("0198aa-11@example.org", "x!y=z@example.org");
        assert_eq!(said(&report(FAILED, &foreign)), Err(NotABounce::NotOurs));
        assert_eq!(said(&report("Final-Recipient: rfc822; a@example.net\r\n", HEADERS)), Err(NotABounce::NoOutcome));
    }

    proptest! {
        #[test]
        fn never_panics(mail in proptest::collection::vec(any::<u8>(), 0..600), status in "\\PC{0,120}") {
            let _ = read(&mail);
            let _ = read(report(&status, HEADERS).as_bytes());
        }
    }
}
