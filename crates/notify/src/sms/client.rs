//! The provider's interface for texts: create a message, find one again, read one's state.
//!
//! Shape: `POST {base}/2010-04-01/Accounts/{sid}/Messages.json`, form-encoded, Basic authentication (Twilio's published
//! API description, 2010-04-01). The create call has no idempotency key. So whatever leaves it open whether a message
//! was taken is [`SendError::Ambiguous`], and [`SmsClient::find`] settles it.

use super::{DeliveryStatus, codes};
use crate::error::RetryReason;
use crate::http;
use crate::{Accepted, ConfigError, PhoneNumber, SendError, Sms, Timeouts};
use chrono::{DateTime, Utc};
use reqwest::{Response, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// Who texts come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sender {
    /// A messaging service, which picks the number (preferred: it keeps opt-outs together).
    MessagingService(String),
    /// One number of the account.
    Number(PhoneNumber),
}

/// How to reach the provider.
#[derive(Debug, Clone)]
pub struct SmsConfig {
    /// The base address, without the API version: `https://api.twilio.com`.
    pub base_url: String,
    /// The account.
    pub account_sid: String,
    /// The account's secret.
    pub auth_token: SecretString,
    /// Who texts come from.
    pub sender: Sender,
}

/// A text found again at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The provider's id.
    pub provider_id: String,
    /// Its state; `None` for a word we do not know.
    pub status: Option<DeliveryStatus>,
    /// The provider's error code, on failure.
    pub error_code: Option<u32>,
}

/// A client of one account.
#[derive(Debug, Clone)]
pub struct SmsClient {
    http: reqwest::Client,
    messages: Url,
    config: SmsConfig,
}

/// One page of a listing holds this many messages.
const PAGE_SIZE: &str = "100";
/// A number that has had more than this many pages of messages is not searched further.
const MAX_PAGES: usize = 20;
/// The provider's clock and ours may differ by this much.
const CLOCK_SLACK: chrono::Duration = chrono::Duration::minutes(5);
/// No answer of the provider is larger; a list of a hundred texts takes about 150 KB.
const MAX_ANSWER: usize = 2 << 20;
/// The longest wait a provider may ask for.
const MAX_RETRY_AFTER: u64 = 3600;

impl SmsClient {
    /// Checks the settings and builds the HTTP client. Connects to nobody.
    pub fn new(config: SmsConfig) -> Result<Self, ConfigError> {
        Self::with_timeouts(config, Timeouts::default())
    }

    /// The same, with other time-outs.
    pub fn with_timeouts(config: SmsConfig, timeouts: Timeouts) -> Result<Self, ConfigError> {
        let plain =
            |text: &str| (2..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !plain(&config.account_sid) {
            return Err(ConfigError::new(
                "SMS account SID",
                "is not an account id",
                "copy the account SID from the provider's console",
            ));
        }
        if config.auth_token.expose_secret().is_empty() {
            return Err(ConfigError::new(
                "SMS auth token",
                "is empty",
                "copy the auth token from the provider's console",
            ));
        }
        if let Sender::MessagingService(sid) = &config.sender
            && !plain(sid)
        {
            return Err(ConfigError::new(
                "SMS messaging service",
                "is not a service id",
                "copy the messaging service SID from the provider's console",
            ));
        }
        let messages = messages_url(&config)?;
        Ok(Self { http: http::client("SMS", timeouts)?, messages, config })
    }

    /// Hands one text to the provider.
    pub async fn send(&self, sms: &Sms) -> Result<Accepted, SendError> {
        let seconds = sms.validity_period.seconds().to_string();
        let mut form = vec![
            ("To", sms.to.expose()),
            ("Body", sms.body.expose()),
            ("ValidityPeriod", seconds.as_str()),
            ("SmartEncoded", "true"),
        ];
        match &self.config.sender {
            Sender::MessagingService(sid) => form.push(("MessagingServiceSid", sid)),
            Sender::Number(number) => form.push(("From", number.expose())),
        }
        if let Some(url) = &sms.status_callback {
            form.push(("StatusCallback", url.expose()));
        }
        let response =
            self.signed_in(self.http.post(self.messages.clone())).form(&form).send().await.map_err(|error| {
                if error.is_connect() {
                    SendError::retry(RetryReason::NoConnection)
                } else if error.is_builder() {
                    SendError::Misconfigured { code: 0, hint: "the request cannot be built; check the SMS settings" }
                } else {
                    SendError::Ambiguous
                }
            })?;
        if response.status().is_success() {
            let created: MessageResource = json(response).await.ok_or(SendError::Ambiguous)?;
            return Ok(Accepted { provider_id: created.sid });
        }
        Err(refusal(response).await)
    }

    /// Looks for a text to `to` whose body contains `contains`, created after `sent_after` (less five minutes, because
    /// two clocks are involved). `None` means that the provider has taken no such text. Give it a minute after an
    /// ambiguous answer: lists lag behind.
    ///
    /// The listing is filtered by recipient only. A filter on the date sent would leave out texts that the provider has
    /// accepted and not yet sent, and "not found" would then mean a second text.
    ///
    /// # Errors
    /// [`SendError::Retry`] when the provider cannot be asked now, [`SendError::Ambiguous`] when the listing does not
    /// settle it (bodies redacted at the provider, or more texts than are searched).
    pub async fn find(
        &self,
        to: &PhoneNumber,
        sent_after: DateTime<Utc>,
        contains: &str,
    ) -> Result<Option<Found>, SendError> {
        if contains.is_empty() {
            return Err(SendError::Ambiguous);
        }
        let mut url = self.messages.clone();
        url.query_pairs_mut().append_pair("To", to.expose()).append_pair("PageSize", PAGE_SIZE);
        let earliest = sent_after - CLOCK_SLACK;
        let mut unreadable = false;
        for _ in 0..MAX_PAGES {
            let page: ListPage = self.get(url.clone()).await?;
            let mut newest = None;
            for message in &page.messages {
                let created = message.created();
                newest = newest.max(created);
                let in_window = created.is_none_or(|created| created >= earliest);
                if !in_window
                    || !message.is_outbound()
                    || message.to.as_deref().is_some_and(|number| number != to.expose())
                {
                    continue;
                }
                match message.body.as_deref() {
                    Some(body) if body.contains(contains) => return Ok(Some(message.found())),
                    None | Some("") => unreadable = true,
                    Some(_) => {}
                }
            }
            let all_older = newest.is_some_and(|newest| newest < earliest);
            match page.next_page_uri.filter(|next| !next.is_empty() && !all_older) {
                None => return if unreadable { Err(SendError::Ambiguous) } else { Ok(None) },
                Some(next) => url = self.same_origin(&next)?,
            }
        }
        Err(SendError::Ambiguous)
    }

    /// Reads one text's state, for callbacks that never came.
    pub async fn fetch(&self, provider_id: &str) -> Result<Option<Found>, SendError> {
        if provider_id.is_empty() || !provider_id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return Ok(None);
        }
        let mut url = self.messages.clone();
        if let Some(folder) = url.path().strip_suffix(".json").map(str::to_owned) {
            url.set_path(&format!("{folder}/{provider_id}.json"));
        }
        match self.get::<MessageResource>(url).await {
            Ok(message) => Ok(Some(message.found())),
            Err(SendError::Misconfigured { code: 404 | 20404, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Asks for one message of the list: proves address, account and secret without sending anything.
    pub async fn probe(&self) -> Result<(), SendError> {
        let mut url = self.messages.clone();
        url.query_pairs_mut().append_pair("PageSize", "1");
        self.get::<ListPage>(url).await.map(|_| ())
    }

    fn signed_in(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        request.basic_auth(&self.config.account_sid, Some(self.config.auth_token.expose_secret()))
    }

    /// A read: nothing is ambiguous about it, it can always be repeated.
    async fn get<T: DeserializeOwned>(&self, url: Url) -> Result<T, SendError> {
        let response = self.signed_in(self.http.get(url)).send().await.map_err(|error| {
            SendError::retry(if error.is_connect() { RetryReason::NoConnection } else { RetryReason::Interrupted })
        })?;
        if response.status().is_success() {
            return json(response).await.ok_or(SendError::retry(RetryReason::Unavailable));
        }
        match refusal(response).await {
            SendError::Ambiguous => Err(SendError::retry(RetryReason::Unavailable)),
            other => Err(other),
        }
    }

    /// The next page's address, which must lead to the same provider: it will be sent our credentials.
    fn same_origin(&self, next: &str) -> Result<Url, SendError> {
        match self.messages.join(next) {
            Ok(url) if url.origin() == self.messages.origin() => Ok(url),
            _ => Err(SendError::Misconfigured {
                code: 0,
                hint: "the provider's list leads to another host; check the base address",
            }),
        }
    }
}

fn messages_url(config: &SmsConfig) -> Result<Url, ConfigError> {
    let base = checked_base(&config.base_url)?;
    let whole =
        format!("{}/2010-04-01/Accounts/{}/Messages.json", base.as_str().trim_end_matches('/'), config.account_sid);
    Url::parse(&whole).map_err(|_| ConfigError::new("SMS base URL", "is not an absolute address", HTTPS))
}

const HTTPS: &str = "use the provider's https address, for example https://api.twilio.com or https://api.telnyx.com";

/// A provider's base address: with encryption, or on this machine.
pub(super) fn checked_base(text: &str) -> Result<Url, ConfigError> {
    const SETTING: &str = "SMS base URL";
    let base = Url::parse(text.trim()).map_err(|_| ConfigError::new(SETTING, "is not an absolute address", HTTPS))?;
    let is_loopback = match base.host() {
        None => return Err(ConfigError::new(SETTING, "has no host", HTTPS)),
        Some(host) => crate::smtp::is_loopback(&host.to_string()),
    };
    match base.scheme() {
        "https" => {}
        "http" if is_loopback => {}
        _ => return Err(ConfigError::new(SETTING, "would send the auth token without encryption", HTTPS)),
    }
    if !base.username().is_empty() || base.query().is_some() || base.fragment().is_some() {
        return Err(ConfigError::new(SETTING, "has a user name, query or fragment", HTTPS));
    }
    Ok(base)
}

#[derive(Deserialize)]
struct MessageResource {
    sid: String,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    error_code: Option<u32>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    to: Option<String>,
    #[serde(default)]
    direction: Option<String>,
    #[serde(default)]
    date_created: Option<String>,
}

impl MessageResource {
    fn created(&self) -> Option<DateTime<Utc>> {
        DateTime::parse_from_rfc2822(self.date_created.as_deref()?).ok().map(|at| at.with_timezone(&Utc))
    }

    fn is_outbound(&self) -> bool {
        self.direction.as_deref().is_none_or(|direction| direction.starts_with("outbound"))
    }

    fn found(&self) -> Found {
        Found {
            provider_id: self.sid.clone(),
            status: self.status.as_deref().and_then(DeliveryStatus::parse),
            error_code: self.error_code.filter(|code| *code != 0),
        }
    }
}

#[derive(Deserialize)]
struct ListPage {
    messages: Vec<MessageResource>,
    #[serde(default)]
    next_page_uri: Option<String>,
}

#[derive(Deserialize)]
struct ErrorBody {
    code: Option<u32>,
}

/// What a non-success answer means.
async fn refusal(response: Response) -> SendError {
    let status = response.status();
    let retry_after = retry_after(&response);
    match bytes(response).await {
        Some(body) => {
            let code = serde_json::from_slice::<ErrorBody>(&body).ok().and_then(|body| body.code);
            codes::refused(status.as_u16(), code, retry_after)
        }
        // The reason was cut off. A client error is still a refusal, and the next attempt will hear it in full.
        None if status.is_client_error() && status != StatusCode::REQUEST_TIMEOUT => {
            SendError::retry(RetryReason::Interrupted)
        }
        None => codes::refused(status.as_u16(), None, retry_after),
    }
}

/// `Retry-After` in seconds. A date is ignored: comparing it needs a clock, and providers send seconds.
pub(super) fn retry_after(response: &Response) -> Option<Duration> {
    let value = response.headers().get(reqwest::header::RETRY_AFTER)?.to_str().ok()?;
    Some(Duration::from_secs(value.trim().parse::<u64>().ok()?.min(MAX_RETRY_AFTER)))
}

pub(super) async fn bytes(mut response: Response) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return None;
        }
        body.extend_from_slice(&chunk);
    }
    Some(body)
}

pub(super) async fn json<T: DeserializeOwned>(response: Response) -> Option<T> {
    serde_json::from_slice(&bytes(response).await?).ok()
}
