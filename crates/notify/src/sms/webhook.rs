//! What the provider tells us: delivery reports and incoming texts, as decoded form fields. Verify the signature first.

use super::{DeliveryFailure, DeliveryStatus, Keyword, keyword};
use crate::{InvalidMessage, PhoneNumber};
use std::fmt;

/// A webhook that lacks something. Answer 400; the provider will not send it better a second time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// A field is missing or empty.
    #[error("the field {0} is missing")]
    Missing(&'static str),
    /// A field is not of its form.
    #[error("the field {0} is malformed")]
    Malformed(&'static str),
    /// A field appears twice with different values.
    #[error("the field {0} appears twice")]
    Repeated(&'static str),
}

/// A delivery report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusCallback {
    /// The text's id.
    pub message_sid: String,
    /// Its state; `None` for a word we do not know, which is to be acknowledged and ignored.
    pub status: Option<DeliveryStatus>,
    /// The provider's error code, on failure.
    pub error_code: Option<u32>,
}

impl StatusCallback {
    /// Reads `MessageSid` (or the older `SmsSid`), `MessageStatus` (or `SmsStatus`) and `ErrorCode`.
    pub fn parse(params: &[(String, String)]) -> Result<Self, WebhookError> {
        let status = either(params, "MessageStatus", "SmsStatus")?;
        let error_code = match field(params, "ErrorCode")? {
            None => None,
            Some(code) => Some(code.parse().map_err(|_| WebhookError::Malformed("ErrorCode"))?),
        };
        Ok(Self {
            message_sid: sid(params)?,
            status: DeliveryStatus::parse(status),
            error_code: error_code.filter(|code| *code != 0),
        })
    }

    /// What a failure means; `None` when the text did not fail.
    pub fn failure(&self) -> Option<DeliveryFailure> {
        self.status
            .filter(|status| status.is_failure())
            .map(|_| self.error_code.map_or(DeliveryFailure::Other, DeliveryFailure::classify))
    }
}

/// An incoming text. What it says may be clinical: it is read for keywords and not kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Inbound {
    /// The text's id.
    pub message_sid: String,
    /// Who sent it.
    pub from: PhoneNumber,
    /// Which of our numbers it came to.
    pub to: Option<PhoneNumber>,
    /// What it says.
    pub body: String,
    /// What the provider's own opt-out handling made of it.
    pub opt_out_type: Option<Keyword>,
}

impl Inbound {
    /// Reads `MessageSid`, `From`, `To`, `Body` and `OptOutType`.
    pub fn parse(params: &[(String, String)]) -> Result<Self, WebhookError> {
        let number = |name: &'static str, text: &str| -> Result<PhoneNumber, WebhookError> {
            PhoneNumber::parse(text).map_err(|InvalidMessage { .. }| WebhookError::Malformed(name))
        };
        let from = number("From", field(params, "From")?.ok_or(WebhookError::Missing("From"))?)?;
        // A short code is not an E.164 number; it tells us nothing we need.
        let to = field(params, "To")?.and_then(|text| PhoneNumber::parse(text).ok());
        let opt_out_type = field(params, "OptOutType")?.and_then(|word| match word.to_ascii_uppercase().as_str() {
            "STOP" => Some(Keyword::Stop),
            "START" => Some(Keyword::Start),
            "HELP" => Some(Keyword::Help),
            _ => None,
        });
        let body = field(params, "Body")?.unwrap_or_default().to_owned();
        Ok(Self { message_sid: sid(params)?, from, to, body, opt_out_type })
    }

    /// What the sender asks for: what the provider acted on, else the word itself.
    pub fn keyword(&self) -> Option<Keyword> {
        self.opt_out_type.or_else(|| keyword(&self.body))
    }
}

impl fmt::Debug for Inbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbound").field("message_sid", &self.message_sid).finish_non_exhaustive()
    }
}

fn sid(params: &[(String, String)]) -> Result<String, WebhookError> {
    let sid = either(params, "MessageSid", "SmsSid")?;
    if sid.len() <= 64 && sid.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        Ok(sid.to_owned())
    } else {
        Err(WebhookError::Malformed("MessageSid"))
    }
}

fn either<'a>(
    params: &'a [(String, String)],
    name: &'static str,
    older: &'static str,
) -> Result<&'a str, WebhookError> {
    match field(params, name)? {
        Some(value) => Ok(value),
        None => field(params, older)?.ok_or(WebhookError::Missing(name)),
    }
}

fn field<'a>(params: &'a [(String, String)], name: &'static str) -> Result<Option<&'a str>, WebhookError> {
    let mut values = params.iter().filter(|(n, _)| n == name).map(|(_, value)| value.as_str());
    let first = values.next();
    if values.any(|other| Some(other) != first) {
        return Err(WebhookError::Repeated(name));
    }
    Ok(first.filter(|value| !value.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn params(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn delivery_reports() {
        let report = StatusCallback::parse(&params(&[
            ("MessageSid", "SM0123"),
            ("MessageStatus", "undelivered"),
            ("ErrorCode", "30003"),
            ("To", "+15005550006"),
        ]))
        .unwrap();
        assert_eq!(report.status, Some(DeliveryStatus::Undelivered));
        assert_eq!(report.failure(), Some(DeliveryFailure::Unreachable));
        let fine =
            StatusCallback::parse(&params(&[("SmsSid", "SM0123"), ("SmsStatus", "delivered"), ("ErrorCode", "")]))
                .unwrap();
        assert_eq!((fine.status, fine.error_code, fine.failure()), (Some(DeliveryStatus::Delivered), None, None));
        let future =
            StatusCallback::parse(&params(&[("MessageSid", "SM0123"), ("MessageStatus", "teleported")])).unwrap();
        assert_eq!(future.status, None);
    }

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(StatusCallback::parse(&[]), Err(WebhookError::Missing("MessageStatus")));
        assert_eq!(
            StatusCallback::parse(&params(&[("MessageStatus", "sent")])),
            Err(WebhookError::Missing("MessageSid"))
        );
        assert_eq!(
            StatusCallback::parse(&params(&[("MessageStatus", "sent"), ("MessageSid", "../../etc")])),
            Err(WebhookError::Malformed("MessageSid"))
        );
        assert_eq!(
            StatusCallback::parse(&params(&[
                ("MessageStatus", "sent"),
                ("MessageStatus", "failed"),
                ("MessageSid", "SM1")
            ])),
            Err(WebhookError::Repeated("MessageStatus"))
        );
        assert_eq!(
            Inbound::parse(&params(&[("MessageSid", "SM1"), ("Body", "hi")])),
            Err(WebhookError::Missing("From"))
        );
        assert_eq!(
            Inbound::parse(&params(&[("MessageSid", "SM1"), ("From", "whatsapp:+1")])),
            Err(WebhookError::Malformed("From"))
        );
    }

    #[test]
    fn incoming_texts() {
        let base = [("MessageSid", "SM1"), ("From", "+15005550006"), ("To", "+15005550001")];
        let with = |more: &[(&str, &str)]| Inbound::parse(&params(&[&base[..], more].concat())).unwrap();
        assert_eq!(with(&[("Body", "Stop")]).keyword(), Some(Keyword::Stop));
        assert_eq!(with(&[("Body", "fin"), ("OptOutType", "STOP")]).keyword(), Some(Keyword::Stop));
        assert_eq!(with(&[("Body", "see you Thursday")]).keyword(), None);
        assert_eq!(with(&[]).body, "");
        assert!(!format!("{:?}", with(&[("Body", "canary")])).contains("canary"));
    }

    proptest! {
        #[test]
        fn never_panics(pairs in proptest::collection::vec(("(MessageSid|MessageStatus|ErrorCode|From|Body|\\PC{0,5})", "\\PC{0,20}"), 0..8)) {
            let _ = StatusCallback::parse(&pairs);
            let _ = Inbound::parse(&pairs);
        }
    }
}
