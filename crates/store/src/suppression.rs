//! Numbers and addresses that asked for no more messages, whoever shares them. Kept by their keyed index, so that the list
//! itself names nobody.

use crate::contact::index;
use crate::{Read, Result, Tx, record};
use care::Instant;
use care::message::Channel;

/// Where a suppression came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// STOP or a word like it.
    Keyword,
    /// The provider refused: the number has opted out there.
    Provider,
    /// The address does not exist.
    Bounce,
    /// An unsubscribe link.
    Client,
}

impl care::TextValue for Source {
    fn as_text(&self) -> &str {
        match self {
            Self::Keyword => "keyword",
            Self::Provider => "provider",
            Self::Bounce => "bounce",
            Self::Client => "client",
        }
    }
    fn parse_text(text: &str) -> Result<Self, care::UnknownText> {
        match text {
            "keyword" => Ok(Self::Keyword),
            "provider" => Ok(Self::Provider),
            "bounce" => Ok(Self::Bounce),
            "client" => Ok(Self::Client),
            _ => Err(care::UnknownText { kind: "suppression source", text: text.to_owned() }),
        }
    }
}
crate::text_columns!(Source);

/// One suppressed number or address, by its keyed index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// Channel.
    pub channel: Channel,
    /// The keyed index of the number or address, the same as on a client's row.
    pub contact_index: String,
    /// Where it came from.
    pub source: Source,
    /// Since when.
    pub since: Instant,
}

record! { Suppression { channel, contact_index, source, since } }

/// Suppresses a number (E.164) or mail address. `false` when it was already: the first reason and date stand.
pub async fn add(tx: &mut Tx, channel: Channel, address: &str, source: Source, now: Instant) -> Result<bool> {
    let practice = tx.practice().clone();
    let index = index(tx, channel, address);
    let rows = tx
        .query(
            "INSERT INTO suppression (practice_id, channel, contact_index, source, since) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (practice_id, channel, contact_index) DO NOTHING",
        )
        .bind(&practice)
        .bind(channel)
        .bind(index)
        .bind(source)
        .bind(now)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Lifts a suppression. `false` when there was none.
pub async fn lift(tx: &mut Tx, channel: Channel, address: &str) -> Result<bool> {
    let practice = tx.practice().clone();
    let index = index(tx, channel, address);
    let rows = tx
        .query("DELETE FROM suppression WHERE practice_id = $1 AND channel = $2 AND contact_index = $3")
        .bind(&practice)
        .bind(channel)
        .bind(index)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Whether nothing may be sent to the number or address.
pub async fn is_suppressed(read: &mut Read, channel: Channel, address: &str) -> Result<bool> {
    let practice = read.practice().clone();
    let index = index(read, channel, address);
    let found = read
        .query("SELECT since FROM suppression WHERE practice_id = $1 AND channel = $2 AND contact_index = $3")
        .bind(&practice)
        .bind(channel)
        .bind(index)
        .scalar_optional::<Instant>()
        .await?;
    Ok(found.is_some())
}

/// Everything suppressed, latest first.
pub async fn list(read: &mut Read) -> Result<Vec<Suppression>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT channel, contact_index, source, since FROM suppression WHERE practice_id = $1 \
         ORDER BY since DESC, channel, contact_index",
    )
    .bind(&practice)
    .all()
    .await
}
