//! From a mail to the bytes on the wire.

use crate::{InvalidMessage, Mail, Mailbox};
use lettre::address::Envelope;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Message, MultiPart, SinglePart};
use std::time::SystemTime;

/// What a mail looks like to the server, and the id it is known by.
pub(super) struct Composed {
    pub envelope: Envelope,
    pub bytes: Vec<u8>,
    pub message_id: String,
}

/// Builds the message: text and HTML as alternatives, ASCII on the wire, and nothing in it that depends on anything but
/// the mail and the sender.
pub(super) fn compose(sender: &Mailbox, mail: &Mail) -> Result<Composed, InvalidMessage> {
    let fault = |_| InvalidMessage { part: "mail", fault: "cannot be composed" };
    let domain = sender.address.expose().rsplit('@').next().unwrap_or_default();
    let message_id = format!("<{}@{domain}>", mail.attempt_id.as_str());
    let from =
        Mailbox { name: mail.from_name.clone().or_else(|| sender.name.clone()), address: sender.address.clone() };
    let bounce_to = mail.bounce_to.as_ref().unwrap_or(&sender.address).to_lettre()?;
    let envelope = Envelope::new(Some(bounce_to), vec![mail.to.address.to_lettre()?])
        .map_err(|_| InvalidMessage { part: "recipient", fault: "is missing" })?;
    let mut builder = Message::builder()
        .envelope(envelope.clone())
        .from(from.to_lettre()?)
        .to(mail.to.to_lettre()?)
        .subject(mail.subject.expose())
        .date(SystemTime::from(mail.at))
        .message_id(Some(message_id.clone()))
        // RFC 3834: nobody's absence note shall answer this.
        .raw_header(verbatim(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()));
    if let Some(reply_to) = &mail.reply_to {
        builder = builder.reply_to(reply_to.to_lettre()?);
    }
    if let Some(way) = &mail.unsubscribe {
        let mut list = format!("<{}>", way.one_click.expose());
        if let Some(address) = &way.mail {
            list.push_str(",\r\n <mailto:");
            list.push_str(&mailto(address.expose()));
            list.push_str("?subject=unsubscribe>");
        }
        builder = builder.raw_header(verbatim(HeaderName::new_from_ascii_str("List-Unsubscribe"), list)).raw_header(
            verbatim(HeaderName::new_from_ascii_str("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click".to_owned()),
        );
    }
    // `=_` occurs in neither quoted-printable nor Base64, and the attempt id in no text.
    let parts = MultiPart::alternative()
        .boundary(format!("=_{}", mail.attempt_id.as_str()))
        .singlepart(SinglePart::builder().header(ContentType::TEXT_PLAIN).body(wire_lines(&mail.text)))
        .singlepart(SinglePart::builder().header(ContentType::TEXT_HTML).body(wire_lines(&mail.html)));
    let message = builder.multipart(parts).map_err(fault)?;
    Ok(Composed { envelope, bytes: message.formatted(), message_id })
}

/// A header whose value is ASCII, folded and free of control characters already.
fn verbatim(name: HeaderName, value: String) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(name, value.clone(), value)
}

/// Lines end in CR LF and nothing else does: servers that disagree about a lone CR or LF can be made to see the end of
/// the message inside it. Other control characters have no place in a text.
fn wire_lines(text: &str) -> String {
    let unified = text.replace("\r\n", "\n").replace('\r', "\n");
    let printable: String = unified.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    printable.replace('\n', "\r\n")
}

fn mailto(address: &str) -> String {
    address
        .bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'@' => char::from(b).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AttemptId, EmailAddress, HeaderText, HttpsUrl, Unsubscribe};
    use chrono::{TimeZone, Utc};
    use proptest::prelude::*;

    fn sender() -> Mailbox {
        Mailbox::named("Harbor Lane Counseling", "checkin@harborlane.example").unwrap()
    }

    fn mail() -> Mail {
        Mail {
            to: Mailbox::plain("ana@example.org").unwrap(),
            from_name: None,
            reply_to: None,
            bounce_to: None,
            subject: HeaderText::parse("subject", "Your check-in").unwrap(),
            text: "Hello\nhttps://clinic.example/c/abc\n".into(),
            html: "<p>Hello, mañana</p>".into(),
            unsubscribe: None,
            attempt_id: AttemptId::parse("0198f00d-0001").unwrap(),
            at: Utc.with_ymd_and_hms(2026, 11, 21, 15, 4, 5).unwrap(),
        }
    }

    fn wire(mail: &Mail) -> String {
        String::from_utf8(compose(&sender(), mail).unwrap().bytes).unwrap()
    }

    #[test]
    fn the_same_mail_is_the_same_bytes() {
        assert_eq!(wire(&mail()), wire(&mail()));
        let text = wire(&mail());
        assert!(text.is_ascii());
        for line in [
            "Message-ID: <0198f00d-0001@harborlane.example>\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "Date: Sat, 21 Nov 2026 15:04:05 +0000\r\n",
            "Content-Type: multipart/alternative;",
        ] {
            assert!(text.contains(line), "{line:?} is missing in\n{text}");
        }
        assert!(!text.contains("List-Unsubscribe"), "mails to staff have none");
    }

    #[test]
    fn clients_can_leave_with_one_click() {
        let mut mail = mail();
        mail.unsubscribe = Some(Unsubscribe {
            one_click: HttpsUrl::parse(
                "https://clinic.example/u/0123456789012345678901234567890123456789012345678901234567890123456789",
            )
            .unwrap(),
            mail: Some(EmailAddress::parse("leave+x@harborlane.example").unwrap()),
        });
        mail.bounce_to = Some(EmailAddress::parse("bounce+abc@harborlane.example").unwrap());
        let text = wire(&mail);
        assert!(text.contains("List-Unsubscribe: <https://clinic.example/u/0123456789012345678901234567890123456789012345678901234567890123456789>,\r\n <mailto:leave%2Bx@harborlane.example?subject=unsubscribe>\r\n"), "{text}");
        assert!(text.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"), "{text}");
        let envelope = compose(&sender(), &mail).unwrap().envelope;
        assert_eq!(envelope.from().map(ToString::to_string).as_deref(), Some("bounce+abc@harborlane.example"));
    }

    #[test]
    fn line_ends_are_unified() {
        assert_eq!(wire_lines("a\r\nb\rc\nd\u{0}\u{b}e\tf\r\r\n"), "a\r\nb\r\nc\r\nde\tf\r\n\r\n");
    }

    /// The names of all header lines.
    fn header_names(text: &str) -> Vec<String> {
        let head = text.split("\r\n\r\n").next().unwrap();
        head.split("\r\n")
            .filter(|line| !line.starts_with([' ', '\t']))
            .map(|line| line.split(':').next().unwrap().to_owned())
            .collect()
    }

    proptest! {
        #[test]
        fn no_accepted_text_makes_a_header(
            subject in "\\PC{1,120}", name in "\\PC{1,60}", body in "(\\PC|\r|\n|\\.){0,80}",
        ) {
            let plain = header_names(&wire(&mail()));
            let mut mail = mail();
            if let Ok(subject) = HeaderText::parse("subject", &subject) { mail.subject = subject; }
            mail.from_name = HeaderText::parse("display name", &name).ok();
            mail.text = body;
            let text = wire(&mail);
            prop_assert_eq!(header_names(&text), plain);
            prop_assert!(text.is_ascii());
            prop_assert!(text.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n'])));
        }

        #[test]
        fn injections_are_refused(prefix in "[a-zA-Z ]{0,10}", breaker in "[\r\n\u{b}\u{c}\u{0}\u{85}\u{2028}]", rest in "(Bcc|X-A): [a-z@.]{1,20}") {
            let text = format!("{prefix}{breaker}{rest}");
            prop_assert!(HeaderText::parse("subject", &text).is_err());
            prop_assert!(Mailbox::named(&text, "a@example.org").is_err());
            let address = format!("a@example.org{breaker}{rest}");
            prop_assert!(EmailAddress::parse(&address).is_err());
            let url = format!("https://clinic.example/{text}");
            prop_assert!(HttpsUrl::parse(&url).is_err());
        }
    }
}
