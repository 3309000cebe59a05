//! What Telnyx sends us: reports and incoming texts as JSON, believed only with their signature and only while they are fresh.

use crate::sms::{DeliveryStatus, Found, Inbound, SignatureError, StatusCallback, WebhookError};
use crate::{ConfigError, PhoneNumber};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde::Deserialize;

/// The header with the signature, in Base64.
pub const TELNYX_SIGNATURE_HEADER: &str = "telnyx-signature-ed25519";
/// The header with the second at which it was signed.
pub const TELNYX_TIMESTAMP_HEADER: &str = "telnyx-timestamp";

/// A signed request that is older, or from further ahead, is not believed: somebody may have kept it (the provider's own
/// libraries take the same five minutes).
const FRESH_SECONDS: i64 = 300;

/// The account's public key, with which webhooks are checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// Reads the key as the provider's portal shows it: 32 bytes in Base64.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        STANDARD.decode(text.trim()).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()).map(Self).ok_or_else(
            || {
                ConfigError::new(
                    "SMS public key",
                    "is not 32 bytes in Base64",
                    "copy the account's public key from the provider's portal",
                )
            },
        )
    }
}

/// Verifies a webhook: the signature covers the second, a bar, and the body as it came.
pub fn verify_telnyx(
    key: &PublicKey,
    signature: &str,
    timestamp: &str,
    body: &[u8],
    now: DateTime<Utc>,
) -> Result<(), SignatureError> {
    let seconds: i64 = timestamp.parse().map_err(|_| SignatureError::Mismatch)?;
    let signature = STANDARD.decode(signature.trim()).map_err(|_| SignatureError::Mismatch)?;
    let mut message = format!("{timestamp}|").into_bytes();
    message.extend_from_slice(body);
    ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, &key.0)
        .verify(&message, &signature)
        .map_err(|_| SignatureError::Mismatch)?;
    // Whether it is fresh is said only of what is genuine.
    if (now.timestamp() - seconds).abs() > FRESH_SECONDS { Err(SignatureError::Stale) } else { Ok(()) }
}

/// What a webhook is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hook {
    /// What became of a text of ours.
    Status(StatusCallback),
    /// A text came in.
    Inbound(Inbound),
    /// Something this release has no use for: to be acknowledged, so that it is not repeated.
    Other,
}

/// Reads the body of a webhook. Verify it first.
pub fn read_hook(body: &[u8]) -> Result<Hook, WebhookError> {
    let event: Event = serde_json::from_slice(body).map_err(|_| WebhookError::Malformed("data"))?;
    let payload = event.data.payload;
    match event.data.event_type.as_str() {
        "message.sent" | "message.finalized" => {
            let id = payload.id.clone().ok_or(WebhookError::Missing("id"))?;
            Ok(Hook::Status(StatusCallback {
                message_sid: checked_id(id)?,
                status: payload.status(),
                error_code: payload.error_code(),
            }))
        }
        "message.received" => {
            let from = payload.from.and_then(|from| from.phone_number).ok_or(WebhookError::Missing("from"))?;
            Ok(Hook::Inbound(Inbound {
                message_sid: checked_id(payload.id.ok_or(WebhookError::Missing("id"))?)?,
                from: PhoneNumber::parse(&from).map_err(|_| WebhookError::Malformed("from"))?,
                to: payload.to.into_iter().find_map(|to| PhoneNumber::parse(to.phone_number.as_deref()?).ok()),
                body: payload.text.unwrap_or_default(),
                // The words are read here, so that the list is the same whoever the provider is.
                opt_out_type: None,
            }))
        }
        _ => Ok(Hook::Other),
    }
}

fn checked_id(id: String) -> Result<String, WebhookError> {
    if super::is_id(&id) { Ok(id) } else { Err(WebhookError::Malformed("id")) }
}

#[derive(Deserialize)]
struct Event {
    data: EventData,
}

#[derive(Deserialize)]
struct EventData {
    event_type: String,
    payload: Payload,
}

/// A message, as it is in a webhook and in an answer.
#[derive(Deserialize)]
pub(super) struct Payload {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    from: Option<Party>,
    #[serde(default)]
    to: Vec<Party>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    errors: Option<Vec<Fault>>,
}

#[derive(Deserialize)]
struct Party {
    #[serde(default)]
    phone_number: Option<String>,
    #[serde(default)]
    status: Option<String>,
}

/// One thing that went wrong. The code is a number written as text.
#[derive(Deserialize)]
pub(super) struct Fault {
    #[serde(default)]
    code: Option<serde_json::Value>,
}

impl Fault {
    pub(super) fn number(&self) -> Option<u32> {
        match self.code.as_ref()? {
            serde_json::Value::String(text) => text.trim().parse().ok(),
            serde_json::Value::Number(number) => u32::try_from(number.as_u64()?).ok(),
            _ => None,
        }
    }
}

impl Payload {
    /// The state at the one recipient; `None` for a word that is newer than this release.
    fn status(&self) -> Option<DeliveryStatus> {
        Some(match self.to.first()?.status.as_deref()? {
            "queued" => DeliveryStatus::Queued,
            "sending" => DeliveryStatus::Sending,
            // Without a report it is neither known to have arrived nor known not to have.
            "sent" | "delivery_unconfirmed" => DeliveryStatus::Sent,
            "delivered" => DeliveryStatus::Delivered,
            "sending_failed" | "expired" => DeliveryStatus::Failed,
            "delivery_failed" => DeliveryStatus::Undelivered,
            _ => return None,
        })
    }

    fn error_code(&self) -> Option<u32> {
        self.errors.iter().flatten().find_map(Fault::number)
    }

    pub(super) fn found(&self) -> Option<Found> {
        Some(Found { provider_id: self.id.clone()?, status: self.status(), error_code: self.error_code() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use ring::signature::{Ed25519KeyPair, KeyPair};

    fn pair() -> (Ed25519KeyPair, PublicKey) {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let key = PublicKey::parse(&STANDARD.encode(pair.public_key().as_ref())).unwrap();
        (pair, key)
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn only_the_account_s_own_fresh_and_whole_requests_are_believed() {
        let (pair, key) = pair();
        let (now, body) = (1_773_068_400, br#"{"data":{"event_type":"message.sent"}}"#.as_slice());
        let sign = |seconds: i64, body: &[u8]| {
            let mut message = format!("{seconds}|").into_bytes();
            message.extend_from_slice(body);
            STANDARD.encode(pair.sign(&message).as_ref())
        };
        let check = |signature: &str, seconds: i64, body: &[u8]| {
            verify_telnyx(&key, signature, &seconds.to_string(), body, at(now))
        };
        let signature = sign(now, body);
        assert_eq!(check(&signature, now, body), Ok(()));
        assert_eq!(check(&signature, now + 1, body), Err(SignatureError::Mismatch), "another second");
        assert_eq!(check(&signature, now, b"{}"), Err(SignatureError::Mismatch), "another body");
        assert_eq!(check("", now, body), Err(SignatureError::Mismatch));
        assert_eq!(check("not base64!", now, body), Err(SignatureError::Mismatch));
        for late in [now - 301, now + 301] {
            assert_eq!(check(&sign(late, body), late, body), Err(SignatureError::Stale), "kept for later");
        }
        assert_eq!(check(&sign(now - 299, body), now - 299, body), Ok(()));
        let stranger = Ed25519KeyPair::from_seed_unchecked(&[8; 32]).unwrap();
        let mut message = format!("{now}|").into_bytes();
        message.extend_from_slice(body);
        let forged = STANDARD.encode(stranger.sign(&message).as_ref());
        assert_eq!(check(&forged, now, body), Err(SignatureError::Mismatch), "another account");
        assert!(PublicKey::parse("c2hvcnQ=").is_err() && PublicKey::parse("?").is_err());
    }

    /// RFC 8032, 7.1, test 2: the signature of one byte, so that the algorithm is the published one.
    #[test]
    fn the_algorithm_is_that_of_rfc_8032() {
        let key = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
        let signature = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
        let bytes = |hex: &str| -> Vec<u8> {
            (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
        };
        ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, bytes(key))
            .verify(&[0x72], &bytes(signature))
            .unwrap();
    }

    #[test]
    fn reports_and_texts_are_read() {
        let hook = |text: &str| read_hook(text.as_bytes());
        let report = |kind: &str, status: &str, errors: &str| {
            hook(&format!(
                r#"{{"data":{{"event_type":"{kind}","id":"e","occurred_at":"2026-03-09T15:00:00Z","payload":{{"id":"40385f64-5717-4562-b3fc-2c963f66afa6","direction":"outbound","to":[{{"phone_number":"+15005550006","status":"{status}"}}],"errors":{errors},"newer":true}}}}}}"#
            ))
        };
        for (status, meant) in [
            ("queued", Some(DeliveryStatus::Queued)),
            ("sent", Some(DeliveryStatus::Sent)),
            ("delivery_unconfirmed", Some(DeliveryStatus::Sent)),
            ("delivered", Some(DeliveryStatus::Delivered)),
            ("sending_failed", Some(DeliveryStatus::Failed)),
            ("delivery_failed", Some(DeliveryStatus::Undelivered)),
            ("expired", Some(DeliveryStatus::Failed)),
            ("a_newer_word", None),
        ] {
            let Ok(Hook::Status(callback)) = report("message.finalized", status, "[]") else { panic!("{status}") };
            assert_eq!(callback.status, meant, "{status}");
        }
        let Ok(Hook::Status(failed)) =
            report("message.finalized", "delivery_failed", r#"[{"code":"40001","title":"Not routable"}]"#)
        else {
            panic!("a report")
        };
        assert_eq!((failed.error_code, failed.failure()), (Some(40_001), Some(crate::sms::DeliveryFailure::NotMobile)));
        let received = r#"{"data":{"event_type":"message.received","payload":{"id":"7ee4241c-f127-47e5-9c34-3aac291f8058","from":{"phone_number":"+15005550006"},"to":[{"phone_number":"+15005550001"}],"text":" stop "}}}"#;
        let Ok(Hook::Inbound(text)) = hook(received) else { panic!("a text") };
        assert_eq!((text.keyword(), text.from.expose()), (Some(crate::sms::Keyword::Stop), "+15005550006"));
        assert_eq!(hook(r#"{"data":{"event_type":"number.ported","payload":{}}}"#), Ok(Hook::Other));
        assert_eq!(
            hook(r#"{"data":{"event_type":"message.received","payload":{"id":"x"}}}"#),
            Err(WebhookError::Missing("from"))
        );
        assert!(hook("{").is_err() && hook("[]").is_err());
    }

    proptest! {
        #[test]
        fn never_panics(body in proptest::collection::vec(any::<u8>(), 0..400), text in "\\PC{0,300}") {
            let _ = read_hook(&body);
            let _ = read_hook(text.as_bytes());
            let (_, key) = pair();
            let _ = verify_telnyx(&key, &text, &text, &body, at(0));
        }
    }
}
