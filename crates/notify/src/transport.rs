//! The one way out of the house.

use crate::sms::{DeliveryStatus, Found, SmsProvider};
use crate::smtp::SmtpClient;
use crate::{Accepted, FileOutbox, Mail, Memory, OutboxMessage, PhoneNumber, SendError, Sms};
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// The providers of a live installation. A channel without a provider answers [`SendError::Misconfigured`].
#[derive(Debug, Default)]
pub struct Live {
    /// Mail.
    pub mail: Option<SmtpClient>,
    /// Texts.
    pub sms: Option<SmsProvider>,
}

/// Where messages go. Cheap to clone; every clone is the same way out.
#[derive(Debug, Clone)]
pub enum Transport {
    /// To people.
    Live(Arc<Live>),
    /// Into the demo's outbox folder.
    File(FileOutbox),
    /// Into memory, for tests.
    Memory(Memory),
}

impl Transport {
    /// In so many minutes before a client's hours end no text is handed over any more; see [`SmsProvider::ends_early`].
    pub fn texts_end_early(&self) -> u32 {
        match self {
            Self::Live(live) => live.sms.as_ref().map_or(0, SmsProvider::ends_early),
            Self::File(_) | Self::Memory(_) => 0,
        }
    }

    /// Hands one text over. One attempt: what to do after an error is the caller's, as [`SendError`] says.
    pub async fn send_sms(&self, sms: &Sms) -> Result<Accepted, SendError> {
        match self {
            Self::Live(live) => live.sms()?.send(sms).await,
            Self::File(outbox) => outbox.write(sms.into()).await,
            Self::Memory(memory) => memory.send(sms.into()),
        }
    }

    /// Hands one mail over. One attempt, as with texts.
    pub async fn send_mail(&self, mail: &Mail) -> Result<Accepted, SendError> {
        match self {
            Self::Live(live) => live.mail()?.send(mail).await,
            Self::File(outbox) => outbox.write(mail.into()).await,
            Self::Memory(memory) => memory.send(mail.into()),
        }
    }

    /// Looks for a text that may have been accepted; see [`SmsProvider::find`]. `contains` should be the message's unique
    /// link, `sent_after` the instant its intent was recorded.
    pub async fn find_sms(
        &self,
        to: &PhoneNumber,
        sent_after: DateTime<Utc>,
        contains: &str,
    ) -> Result<Option<Found>, SendError> {
        let kept = match self {
            Self::Live(live) => return live.sms()?.find(to, sent_after, contains).await,
            Self::File(outbox) => outbox.all().await?,
            Self::Memory(memory) => memory.lookup()?,
        };
        Ok(kept.iter().find(|message| is_it(message, to, sent_after, contains)).map(arrived))
    }

    /// Reads the state of a text that was accepted, for callbacks that never came. `None`: the provider does not know it.
    /// In memory nothing arrives by itself: tests say what becomes of a message.
    pub async fn fetch_sms(&self, provider_id: &str) -> Result<Option<Found>, SendError> {
        let (kept, status) = match self {
            Self::Live(live) => return live.sms()?.fetch(provider_id).await,
            Self::File(outbox) => (outbox.all().await?, DeliveryStatus::Delivered),
            Self::Memory(memory) => (memory.messages(), DeliveryStatus::Sent),
        };
        let known = kept.iter().map(arrived).find(|found| found.provider_id == provider_id);
        Ok(known.map(|found| Found { status: Some(status), ..found }))
    }
}

impl Live {
    fn sms(&self) -> Result<&SmsProvider, SendError> {
        self.sms.as_ref().ok_or(SendError::Misconfigured { code: 0, hint: "no SMS provider is configured" })
    }

    fn mail(&self) -> Result<&SmtpClient, SendError> {
        self.mail.as_ref().ok_or(SendError::Misconfigured { code: 0, hint: "no mail server is configured" })
    }
}

fn is_it(message: &OutboxMessage, to: &PhoneNumber, sent_after: DateTime<Utc>, contains: &str) -> bool {
    matches!(message, OutboxMessage::Sms { .. })
        && message.to() == to.expose()
        && message.at() >= sent_after
        && message.text().contains(contains)
}

fn arrived(message: &OutboxMessage) -> Found {
    Found { provider_id: message.accepted().provider_id, status: Some(DeliveryStatus::Delivered), error_code: None }
}
