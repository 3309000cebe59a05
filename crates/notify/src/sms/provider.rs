//! The providers of texts behind one face: which of them is behind it, nobody else asks.

use super::{Found, SmsClient, telnyx::TelnyxClient};
use crate::{Accepted, PhoneNumber, SendError, Sms};
use chrono::{DateTime, Utc};

/// A provider of texts.
#[derive(Debug, Clone)]
pub enum SmsProvider {
    /// Twilio, or one that speaks the same.
    Twilio(SmsClient),
    /// Telnyx.
    Telnyx(TelnyxClient),
}

impl SmsProvider {
    /// In so many minutes before a client's hours end the provider is given nothing any more: none where each text carries the
    /// period after which it is dropped ([`crate::ValidityPeriod`]).
    pub const fn ends_early(&self) -> u32 {
        match self {
            Self::Twilio(_) => 0,
            Self::Telnyx(_) => super::telnyx::UNDER_WAY_MINUTES,
        }
    }

    /// Hands one text over.
    pub async fn send(&self, sms: &Sms) -> Result<Accepted, SendError> {
        match self {
            Self::Twilio(client) => client.send(sms).await,
            Self::Telnyx(client) => client.send(sms).await,
        }
    }

    /// Looks for a text that may have been taken, as [`SmsClient::find`] says. A provider that cannot be asked answers
    /// [`SendError::Ambiguous`].
    pub async fn find(
        &self,
        to: &PhoneNumber,
        sent_after: DateTime<Utc>,
        contains: &str,
    ) -> Result<Option<Found>, SendError> {
        match self {
            Self::Twilio(client) => client.find(to, sent_after, contains).await,
            Self::Telnyx(_) => Err(SendError::Ambiguous),
        }
    }

    /// Reads one text's state.
    pub async fn fetch(&self, provider_id: &str) -> Result<Option<Found>, SendError> {
        match self {
            Self::Twilio(client) => client.fetch(provider_id).await,
            Self::Telnyx(client) => client.fetch(provider_id).await,
        }
    }

    /// Proves address and secrets without sending anything.
    pub async fn probe(&self) -> Result<(), SendError> {
        match self {
            Self::Twilio(client) => client.probe().await,
            Self::Telnyx(client) => client.probe().await,
        }
    }
}

impl From<SmsClient> for SmsProvider {
    fn from(client: SmsClient) -> Self {
        Self::Twilio(client)
    }
}

impl From<TelnyxClient> for SmsProvider {
    fn from(client: TelnyxClient) -> Self {
        Self::Telnyx(client)
    }
}
