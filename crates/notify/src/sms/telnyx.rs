//! A second provider with another wire format: Telnyx, API version 2.
//!
//! Shape, as published at developers.telnyx.com (API reference "Send a message", "Retrieve a message", "Receiving webhooks",
//! "Messaging error codes") and in the provider's own generated libraries, read in November 2026: `POST {base}/v2/messages`
//! with a JSON body and `Authorization: Bearer`, answered with `data.id`; refusals as `errors[].code`; webhooks as JSON with
//! an Ed25519 signature over `timestamp|body`.
//!
//! What it does not have: an idempotency key, a way to look for a message by its recipient or text, and a period after which a
//! waiting text is dropped. So nothing is handed over in the last minutes of a client's hours, and an attempt whose answer was lost is settled by its delivery report, which comes to the address
//! that carries our own id, or by a person.

mod wire;

pub use wire::{Hook, PublicKey, TELNYX_SIGNATURE_HEADER, TELNYX_TIMESTAMP_HEADER, read_hook, verify_telnyx};

use super::Found;
use super::client::{bytes, json, retry_after};
use crate::error::RetryReason;
use crate::http;
use crate::{Accepted, ConfigError, PhoneNumber, SendError, Sms, Timeouts};
use reqwest::{Response, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Minutes that a text may be under way before it is too late to be read at its hour. A text waits at this provider while its
/// sender is above its rate, up to four hours (developers.telnyx.com, "Messaging configuration and usage"); below it, seconds. A
/// quarter of an hour is constructed: long beside the seconds, and short beside a day's hours.
pub(super) const UNDER_WAY_MINUTES: u32 = 15;

/// Who texts come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TelnyxSender {
    /// A messaging profile, which picks the number from its pool.
    Profile(String),
    /// One number of the account.
    Number(PhoneNumber),
}

/// How to reach the provider.
#[derive(Debug, Clone)]
pub struct TelnyxConfig {
    /// The base address, without the API version: `https://api.telnyx.com`.
    pub base_url: String,
    /// The API key.
    pub api_key: SecretString,
    /// Who texts come from.
    pub sender: TelnyxSender,
}

/// A client of one account.
#[derive(Debug, Clone)]
pub struct TelnyxClient {
    http: reqwest::Client,
    messages: Url,
    config: TelnyxConfig,
}

#[derive(Serialize)]
struct Create<'a> {
    to: &'a str,
    text: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    messaging_profile_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_url: Option<&'a str>,
}

#[derive(Deserialize)]
struct Created {
    data: CreatedMessage,
}

#[derive(Deserialize)]
struct CreatedMessage {
    id: String,
}

#[derive(Deserialize)]
struct Retrieved {
    data: wire::Payload,
}

#[derive(Deserialize)]
struct Errors {
    #[serde(default)]
    errors: Vec<wire::Fault>,
}

impl TelnyxClient {
    /// Checks the settings and builds the HTTP client. Connects to nobody.
    pub fn new(config: TelnyxConfig) -> Result<Self, ConfigError> {
        Self::with_timeouts(config, Timeouts::default())
    }

    /// The same, with other time-outs.
    pub fn with_timeouts(config: TelnyxConfig, timeouts: Timeouts) -> Result<Self, ConfigError> {
        let key = config.api_key.expose_secret();
        if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ConfigError::new(
                "SMS API key",
                "is empty or holds a blank",
                "copy the API key from the provider's portal",
            ));
        }
        if let TelnyxSender::Profile(id) = &config.sender
            && !is_id(id)
        {
            return Err(ConfigError::new(
                "SMS messaging profile",
                "is not a profile id",
                "copy the messaging profile's id from the provider's portal, or give a number such as +15550100",
            ));
        }
        let base = super::client::checked_base(&config.base_url)?;
        let messages = Url::parse(&format!("{}/v2/messages", base.as_str().trim_end_matches('/'))).map_err(|_| {
            ConfigError::new("SMS base URL", "is not an absolute address", "use https://api.telnyx.com")
        })?;
        Ok(Self { http: http::client("SMS", timeouts)?, messages, config })
    }

    /// Hands one text to the provider.
    pub async fn send(&self, sms: &Sms) -> Result<Accepted, SendError> {
        let (from, profile) = match &self.config.sender {
            TelnyxSender::Number(number) => (Some(number.expose()), None),
            TelnyxSender::Profile(id) => (None, Some(id.as_str())),
        };
        let create = Create {
            to: sms.to.expose(),
            text: sms.body.expose(),
            kind: "SMS",
            from,
            messaging_profile_id: profile,
            webhook_url: sms.status_callback.as_ref().map(crate::HttpsUrl::expose),
        };
        let request = self.signed_in(self.http.post(self.messages.clone())).json(&create);
        let response = request.send().await.map_err(|error| {
            if error.is_connect() {
                SendError::retry(RetryReason::NoConnection)
            } else if error.is_builder() {
                SendError::Misconfigured { code: 0, hint: "the request cannot be built; check the SMS settings" }
            } else {
                SendError::Ambiguous
            }
        })?;
        if response.status().is_success() {
            let created: Created = json(response).await.ok_or(SendError::Ambiguous)?;
            return Ok(Accepted { provider_id: created.data.id });
        }
        Err(refusal(response).await)
    }

    /// Reads one text's state, for reports that never came.
    pub async fn fetch(&self, provider_id: &str) -> Result<Option<Found>, SendError> {
        if !is_id(provider_id) {
            return Ok(None);
        }
        let mut url = self.messages.clone();
        url.set_path(&format!("{}/{provider_id}", url.path()));
        let response = self.read(url).await?;
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        if !response.status().is_success() {
            return Err(unasked(refusal(response).await));
        }
        let found: Retrieved = json(response).await.ok_or(SendError::retry(RetryReason::Unavailable))?;
        Ok(found.data.found())
    }

    /// Asks for a message that cannot be: proves address and key without sending anything.
    pub async fn probe(&self) -> Result<(), SendError> {
        let mut url = self.messages.clone();
        url.set_path(&format!("{}/00000000-0000-4000-8000-000000000000", url.path()));
        let response = self.read(url).await?;
        match response.status() {
            // Whoever may not ask is told so before it is looked for.
            status if status.is_success() || status == StatusCode::NOT_FOUND => Ok(()),
            _ => Err(unasked(refusal(response).await)),
        }
    }

    fn signed_in(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        request.bearer_auth(self.config.api_key.expose_secret())
    }

    /// A read: nothing is ambiguous about it, it can always be repeated.
    async fn read(&self, url: Url) -> Result<Response, SendError> {
        self.signed_in(self.http.get(url)).send().await.map_err(|error| {
            SendError::retry(if error.is_connect() { RetryReason::NoConnection } else { RetryReason::Interrupted })
        })
    }
}

fn unasked(error: SendError) -> SendError {
    match error {
        SendError::Ambiguous => SendError::retry(RetryReason::Unavailable),
        other => other,
    }
}

fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// What a non-success answer means.
async fn refusal(response: Response) -> SendError {
    let status = response.status();
    let after = retry_after(&response);
    match bytes(response).await {
        Some(body) => {
            let errors = serde_json::from_slice::<Errors>(&body).map(|body| body.errors).unwrap_or_default();
            refused(status.as_u16(), errors.iter().find_map(wire::Fault::number), after)
        }
        // The reason was cut off. A client error is still a refusal, and the next attempt will hear it in full.
        None if status.is_client_error() && status != StatusCode::REQUEST_TIMEOUT => {
            SendError::retry(RetryReason::Interrupted)
        }
        None => refused(status.as_u16(), None, after),
    }
}

/// What an answer to the create-message call means, by the provider's list of error codes.
fn refused(status: u16, code: Option<u32>, retry_after: Option<Duration>) -> SendError {
    let number = code.unwrap_or(u32::from(status));
    match (status, number) {
        // Before everything else: some come with status 403, which otherwise speaks of the key.
        (400..=499, 40300) => SendError::OptedOut,
        // Too many requests, or the queue of the sender is full: certainly not accepted.
        (429, _) | (400..=499, 10011 | 40318) => {
            SendError::Retry { after: retry_after, reason: RetryReason::RateLimited }
        }
        (503, _) => SendError::Retry { after: retry_after, reason: RetryReason::Unavailable },
        (400..=499, 40013 | 40100 | 40305 | 40306 | 40311..=40313 | 40315 | 40320 | 40321) => {
            SendError::Misconfigured { code: number, hint: "check the sender's number and its messaging profile" }
        }
        (400..=499, 40309) => {
            SendError::Misconfigured { code: number, hint: "allow texts to this country in the messaging profile" }
        }
        (400..=499, 40314 | 20000..=20999) | (402, _) => SendError::Misconfigured {
            code: number,
            hint: "the account may not send; look at it in the provider's portal",
        },
        (400..=499, 10003) => SendError::Misconfigured {
            code: number,
            hint: "the address for delivery reports is not accepted; check the base URL",
        },
        (401 | 403, _) => SendError::Misconfigured { code: number, hint: "check the API key" },
        (404 | 405 | 410 | 300..=399, _) => SendError::Misconfigured { code: number, hint: "check the base address" },
        (408, _) => SendError::Ambiguous,
        (400..=499, _) => SendError::Permanent { code: number },
        // Other server errors and anything unheard of may come after the message was taken.
        _ => SendError::Ambiguous,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_what_to_do_next() {
        let said = |status, code| refused(status, code, None).label();
        assert_eq!(said(403, Some(40300)), "opted_out", "whatever the status");
        assert_eq!(said(409, Some(40300)), "opted_out");
        for (status, code, label) in [
            (429, Some(10011), "retry"),
            (422, Some(40318), "retry"),
            (503, None, "retry"),
            (401, Some(10009), "misconfigured"),
            (403, Some(10010), "misconfigured"),
            (402, Some(20100), "misconfigured"),
            (422, Some(40305), "misconfigured"),
            (404, None, "misconfigured"),
            (422, Some(40310), "permanent"),
            (400, Some(10002), "permanent"),
            (422, None, "permanent"),
            (408, None, "ambiguous"),
            (500, Some(10007), "ambiguous"),
            (502, None, "ambiguous"),
        ] {
            assert_eq!(said(status, code), label, "{status} {code:?}");
        }
        let patient = refused(429, None, Some(Duration::from_secs(7)));
        assert!(matches!(patient, SendError::Retry { after: Some(after), .. } if after.as_secs() == 7));
    }
}
