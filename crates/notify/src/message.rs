//! What can be sent. Every part is checked when it is made, so that a message which exists can be sent: no control
//! character reaches a header, no half-typed number reaches a provider.
//!
//! Recipients and texts are protected information: these types show only that they are there when debugged.

use chrono::{DateTime, Utc};
use std::fmt;
use std::time::Duration;

/// A part of a message that cannot be used. Names the part and the fault, never the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{part}: {fault}")]
pub struct InvalidMessage {
    /// Which part.
    pub part: &'static str,
    /// What is wrong with it.
    pub fault: &'static str,
}

const fn invalid(part: &'static str, fault: &'static str) -> InvalidMessage {
    InvalidMessage { part, fault }
}

/// Declares a checked text whose `Debug` hides its content.
macro_rules! protected_text {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);
        impl $name {
            /// The text itself, for the one who sends it.
            pub fn expose(&self) -> &str { &self.0 }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str("(protected)") }
        }
    };
}

protected_text! {
    /// A phone number in E.164 form: `+`, then 7 to 15 digits, the first not 0.
    PhoneNumber
}
protected_text! {
    /// An e-mail address, with a domain, without display name.
    EmailAddress
}
protected_text! {
    /// Text for a header: one line, no control characters, at most 200 characters.
    HeaderText
}
protected_text! {
    /// The text of an SMS: 1 to 1600 characters, no control characters but line breaks.
    SmsBody
}

impl PhoneNumber {
    /// Checks the form; whether the number exists only the provider knows.
    pub fn parse(text: &str) -> Result<Self, InvalidMessage> {
        let digits = text.strip_prefix('+').ok_or(invalid("phone number", "must begin with + and the country code"))?;
        let well_formed =
            (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
        if well_formed {
            Ok(Self(text.to_owned()))
        } else {
            Err(invalid("phone number", "must be + and 7 to 15 digits, the first not 0"))
        }
    }
}

impl EmailAddress {
    /// Checks the form by the rules of the mail library; whether the mailbox exists only its server knows.
    pub fn parse(text: &str) -> Result<Self, InvalidMessage> {
        const PART: &str = "e-mail address";
        if text.len() > 254 || !text.is_ascii() {
            return Err(invalid(PART, "is longer than 254 characters or not plain ASCII"));
        }
        if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(invalid(PART, "contains a space or control character"));
        }
        let address: lettre::Address = text.parse().map_err(|_| invalid(PART, "is not of the form name@domain"))?;
        Ok(Self(address.to_string()))
    }

    pub(crate) fn to_lettre(&self) -> Result<lettre::Address, InvalidMessage> {
        self.0.parse().map_err(|_| invalid("e-mail address", "is not of the form name@domain"))
    }
}

impl HeaderText {
    /// Refuses anything that could end a header line or hide text.
    pub fn parse(part: &'static str, text: &str) -> Result<Self, InvalidMessage> {
        if text.trim().is_empty() {
            return Err(invalid(part, "is empty"));
        }
        if text.chars().count() > 200 {
            return Err(invalid(part, "is longer than 200 characters"));
        }
        if text.chars().any(breaks_a_line) {
            return Err(invalid(part, "contains a line break or control character"));
        }
        Ok(Self(text.to_owned()))
    }
}

/// Control characters, Unicode's own line separators, and the marks that reorder or hide what is shown.
fn breaks_a_line(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

impl SmsBody {
    /// Checks length and characters.
    pub fn parse(text: &str) -> Result<Self, InvalidMessage> {
        const PART: &str = "text message";
        if text.trim().is_empty() {
            return Err(invalid(PART, "is empty"));
        }
        if text.chars().count() > 1600 {
            return Err(invalid(PART, "is longer than 1600 characters"));
        }
        if text.chars().any(|c| c.is_control() && c != '\n') {
            return Err(invalid(PART, "contains a control character"));
        }
        Ok(Self(text.to_owned()))
    }
}

/// Our own id of one attempt at sending one message. It travels in the status callback's address and in a mail's
/// Message-ID, and it names the file in the demo's outbox.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AttemptId(String);

impl AttemptId {
    /// 1 to 64 letters, digits and hyphens.
    pub fn parse(text: &str) -> Result<Self, InvalidMessage> {
        if (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            Ok(Self(text.to_owned()))
        } else {
            Err(invalid("attempt id", "must be 1 to 64 letters, digits and hyphens"))
        }
    }

    /// The id's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An absolute address of our own, which a provider or a mail program will call. `http` is for local trials.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpsUrl(String);

impl HttpsUrl {
    /// Refuses other schemes, addresses with user names, and anything that could end a header line.
    pub fn parse(text: &str) -> Result<Self, InvalidMessage> {
        const PART: &str = "address";
        if text.len() > 800 {
            return Err(invalid(PART, "is longer than 800 characters"));
        }
        if text.chars().any(|c| c.is_control() || c.is_whitespace() || matches!(c, '<' | '>' | ',')) {
            return Err(invalid(PART, "contains a character that does not belong into an address"));
        }
        let url = reqwest::Url::parse(text).map_err(|_| invalid(PART, "is not an absolute address"))?;
        if !matches!(url.scheme(), "https" | "http") || !url.has_host() {
            return Err(invalid(PART, "must begin with https:// and a host"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(invalid(PART, "must not contain a user name"));
        }
        Ok(Self(url.to_string()))
    }

    /// The address, which may carry a secret token.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for HttpsUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(protected)")
    }
}

/// How long a text may wait in the provider's queue, in whole seconds, 1 to 36000. A text that is still queued then is
/// dropped, so that nothing arrives after its sending window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ValidityPeriod(u32);

impl ValidityPeriod {
    /// The longest the provider allows: ten hours.
    pub const LONGEST: Self = Self(36_000);

    /// Clamps into what the provider allows.
    pub fn clamp(duration: Duration) -> Self {
        Self(u32::try_from(duration.as_secs()).unwrap_or(u32::MAX).clamp(1, Self::LONGEST.0))
    }

    /// Whole seconds.
    pub const fn seconds(self) -> u32 {
        self.0
    }
}

/// One text to one number.
#[derive(Debug, Clone)]
pub struct Sms {
    /// The recipient.
    pub to: PhoneNumber,
    /// What it says.
    pub body: SmsBody,
    /// Where the provider reports delivery; carries the attempt id.
    pub status_callback: Option<HttpsUrl>,
    /// This attempt.
    pub attempt_id: AttemptId,
    /// How long it may wait at the provider.
    pub validity_period: ValidityPeriod,
    /// When the intent to send was recorded.
    pub at: DateTime<Utc>,
}

/// A name and an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// The display name.
    pub name: Option<HeaderText>,
    /// The address.
    pub address: EmailAddress,
}

impl Mailbox {
    /// A mailbox with a display name.
    pub fn named(name: &str, address: &str) -> Result<Self, InvalidMessage> {
        Ok(Self { name: Some(HeaderText::parse("display name", name)?), address: EmailAddress::parse(address)? })
    }

    /// A mailbox without a display name.
    pub fn plain(address: &str) -> Result<Self, InvalidMessage> {
        Ok(Self { name: None, address: EmailAddress::parse(address)? })
    }

    pub(crate) fn to_lettre(&self) -> Result<lettre::message::Mailbox, InvalidMessage> {
        let name = self.name.as_ref().map(|name| name.expose().to_owned());
        Ok(lettre::message::Mailbox::new(name, self.address.to_lettre()?))
    }
}

/// How a recipient leaves (RFC 2369, RFC 8058). The address must act on a bare POST, without cookie or redirect.
#[derive(Debug, Clone)]
pub struct Unsubscribe {
    /// The one-click address with the recipient's token.
    pub one_click: HttpsUrl,
    /// An address that acts on a mail with the subject `unsubscribe`.
    pub mail: Option<EmailAddress>,
}

/// One mail to one person, as plain text and as HTML.
#[derive(Debug, Clone)]
pub struct Mail {
    /// The recipient.
    pub to: Mailbox,
    /// The name shown as sender, when it differs from the configured one (the practice's neutral display name).
    pub from_name: Option<HeaderText>,
    /// Where answers go.
    pub reply_to: Option<Mailbox>,
    /// The envelope sender for bounces, when it differs from the sender (one address per message, VERP).
    pub bounce_to: Option<EmailAddress>,
    /// The subject.
    pub subject: HeaderText,
    /// The plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// Set on mails to clients; mails to staff have none.
    pub unsubscribe: Option<Unsubscribe>,
    /// This attempt.
    pub attempt_id: AttemptId,
    /// When the intent to send was recorded; becomes the Date header.
    pub at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn phone_numbers_must_be_e164() {
        for good in ["+15005550006", "+4930123456", "+351912345678"] {
            assert!(PhoneNumber::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "+",
            "15005550006",
            "+0150055500",
            "+1500555000a",
            "+1 500 555 0006",
            "+1234567890123456",
            "+12",
            "+15005550006\n",
        ] {
            assert!(PhoneNumber::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn addresses_for_callbacks_are_absolute_and_bare() {
        assert!(HttpsUrl::parse("https://clinic.example/hooks/sms/0198").is_ok());
        for bad in [
            "/hooks",
            "ftp://clinic.example/",
            "https://user:pw@clinic.example/",
            "javascript:alert(1)",
            "https://clinic.example/\r\nBcc: x@example.org",
            "https://clinic.example/>,<https://evil.example",
        ] {
            assert!(HttpsUrl::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn nothing_protected_is_debugged() {
        let mailbox = Mailbox::named("Quentin Canary", "canary@example.org").unwrap();
        let shown = format!(
            "{mailbox:?} {:?} {:?}",
            PhoneNumber::parse("+15005550006").unwrap(),
            SmsBody::parse("secret").unwrap()
        );
        for hidden in ["Quentin", "canary", "5005550006", "secret"] {
            assert!(!shown.contains(hidden), "{shown}");
        }
    }

    proptest! {
        #[test]
        fn header_text_that_is_accepted_has_no_line_break(text in "\\PC*[\\x00-\\x1f\\x7f\\u{85}\\u{2028}\\u{2029}]\\PC*") {
            prop_assert!(HeaderText::parse("subject", &text).is_err());
        }

        #[test]
        fn validity_is_always_allowed(seconds in any::<u64>()) {
            let period = ValidityPeriod::clamp(Duration::from_secs(seconds)).seconds();
            prop_assert!((1..=36_000).contains(&period));
        }
    }
}
