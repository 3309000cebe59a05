//! The ways into a check-in from outside: its links, and the browsers that pressed Start.

use super::BATCH;
use crate::{Error, InstanceScope, InstanceTx, Read, Record, Row, Tx, values};
use care::message::Channel;
use care::packet::{Device, Link, LinkPurpose, Packet};
use care::{DeviceId, Instant, MessageId, PacketId, PracticeId};

/// A check-in found from outside, with the practice it belongs to.
#[derive(Debug, Clone)]
pub struct Found<T> {
    /// The practice.
    pub practice: PracticeId,
    /// The check-in.
    pub packet: Packet,
    /// What it was found by.
    pub by: T,
}

impl Record for Found<Link> {
    fn read(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            practice: row.get("practice_id")?,
            packet: Packet::read(row)?,
            by: Link {
                packet_id: row.get("id")?,
                purpose: row.get("purpose")?,
                channel: row.get("channel")?,
                revoked_at: row.get("revoked_at")?,
            },
        })
    }
}

impl Record for Found<DeviceId> {
    fn read(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self { practice: row.get("practice_id")?, by: row.get("device_id")?, packet: Packet::read(row)? })
    }
}

impl Record for Found<Answerer> {
    fn read(row: &Row<'_>) -> Result<Self, Error> {
        let device =
            Device { id: row.get("device_id")?, packet_id: row.get("id")?, started_at: row.get("device_started_at")? };
        Ok(Self {
            practice: row.get("practice_id")?,
            packet: Packet::read(row)?,
            by: Answerer { device, goals: row.get("goals")? },
        })
    }
}

/// The check-in a link opens. Looked up in the whole deployment: a token says nothing of its practice.
pub async fn by_link(instance: &mut impl InstanceScope, token_hash: &str) -> Result<Option<Found<Link>>, Error> {
    instance
        .query(concat!(
            "SELECT p.practice_id, l.purpose, l.channel, l.revoked_at, ",
            columns!(p),
            " FROM link l JOIN packet p ON p.practice_id = l.practice_id AND p.id = l.packet_id WHERE l.token_hash = $1"
        ))
        .bind(token_hash)
        .optional()
        .await
}

/// A browser that pressed Start.
#[derive(Debug, Clone)]
pub struct Answerer {
    /// The browser.
    pub device: Device,
    /// How many of the client's goals its check-in asks about, after the questionnaires.
    pub goals: i64,
}

/// The check-in a browser may answer, by the hash of its cookie.
pub async fn by_device(instance: &mut impl InstanceScope, cookie_hash: &str) -> Result<Option<Found<Answerer>>, Error> {
    instance.query(concat!(
        "SELECT p.practice_id, d.id AS device_id, d.started_at AS device_started_at, \
         (SELECT count(*) FROM packet_goal k WHERE k.practice_id = p.practice_id AND k.packet_id = p.id) AS goals, ",
        columns!(p),
        " FROM device d JOIN packet p ON p.practice_id = d.practice_id AND p.id = d.packet_id WHERE d.cookie_hash = $1"
    ))
    .bind(cookie_hash)
    .optional()
    .await
}

/// The same for the browser that submits, known by the hash of its cookie, with the practice its check-in belongs to.
pub async fn complete_by_device(
    tx: &mut InstanceTx,
    cookie_hash: &str,
    now: Instant,
) -> Result<Option<Found<DeviceId>>, Error> {
    InstanceScope::query(
        tx,
        concat!(
            "UPDATE packet SET state = 'completed', completed_at = $2 WHERE state IN ('planned', 'open') \
         AND (practice_id, id) = (SELECT practice_id, packet_id FROM device WHERE cookie_hash = $1) \
         RETURNING practice_id, (SELECT d.id FROM device d WHERE d.cookie_hash = $1) AS device_id, ",
            columns!()
        ),
    )
    .bind(cookie_hash)
    .bind(now)
    .optional()
    .await
}

/// A link that is being made.
#[derive(Clone)]
pub struct NewLink {
    /// What it ends in.
    pub token: String,
    /// What it opens.
    pub link: Link,
    /// The message it goes out with: the token is kept sealed for as long as that has not gone.
    pub message: Option<MessageId>,
}

/// Inserts links.
pub async fn insert_links(tx: &mut Tx, links: &[NewLink], now: Instant) -> Result<(), Error> {
    let practice = tx.practice().clone();
    for batch in links.chunks(BATCH) {
        let rows = batch.iter().map(|NewLink { token, link, message }| {
            let hash = care::token::hash(token);
            let sealed = message.as_ref().map(|_| tx.seal("link", "token", &hash, token));
            values![&practice, hash, &link.packet_id, link.purpose, link.channel, message.as_ref(), sealed, now]
        });
        let rows = rows.collect::<Vec<_>>();
        tx.query("INSERT INTO link (practice_id, token_hash, packet_id, purpose, channel, message_id, token_sealed, created_at) VALUES $rows")
            .bind_rows(rows)
            .later()
            .await?;
    }
    Ok(())
}

/// The tokens of a message that has not gone yet, by purpose.
pub async fn tokens_of_message(read: &mut Read, message: &MessageId) -> Result<Vec<(LinkPurpose, String)>, Error> {
    let practice = read.practice().clone();
    let rows: Vec<(String, LinkPurpose, Option<Vec<u8>>)> = read
        .query("SELECT token_hash, purpose, token_sealed FROM link WHERE practice_id = $1 AND message_id = $2 AND revoked_at IS NULL")
        .bind(&practice)
        .bind(message)
        .all()
        .await?;
    rows.into_iter()
        .filter_map(|(hash, purpose, sealed)| sealed.map(|sealed| (hash, purpose, sealed)))
        .map(|(hash, purpose, sealed)| Ok((purpose, read.open("link", "token", &hash, &sealed)?)))
        .collect()
}

/// Wipes the sealed tokens of messages that have gone or never will.
pub async fn wipe_tokens(tx: &mut Tx, messages: &[MessageId]) -> Result<(), Error> {
    let practice = tx.practice().clone();
    for batch in messages.chunks(BATCH) {
        tx.query(
            "UPDATE link SET token_sealed = NULL WHERE practice_id = $1 AND message_id IN ($each) AND token_sealed IS NOT NULL",
        )
        .bind(&practice)
        .bind_each(batch)
        .later()
        .await?;
    }
    Ok(())
}

/// Takes every link of a check-in back.
pub async fn revoke_links(tx: &mut Tx, packet: &PacketId, now: Instant) -> Result<(), Error> {
    let practice = tx.practice().clone();
    tx.query("UPDATE link SET revoked_at = $3, token_sealed = NULL WHERE practice_id = $1 AND packet_id = $2 AND revoked_at IS NULL")
        .bind(&practice)
        .bind(packet)
        .bind(now)
        .later()
        .await?;
    Ok(())
}

/// A browser pressed Start.
pub async fn insert_device(
    tx: &mut Tx,
    device: &Device,
    cookie_hash: &str,
    channel: Option<Channel>,
) -> Result<(), Error> {
    let practice = tx.practice().clone();
    tx.query("INSERT INTO device (practice_id, id, packet_id, cookie_hash, channel, started_at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(&practice)
        .bind(&device.id)
        .bind(&device.packet_id)
        .bind(cookie_hash)
        .bind(channel)
        .bind(device.started_at)
        .later()
        .await?;
    Ok(())
}

/// The browsers that pressed Start on a check-in.
pub async fn devices(read: &mut Read, packet: &PacketId) -> Result<Vec<Device>, Error> {
    let practice = read.practice().clone();
    let rows: Vec<(DeviceId, Instant)> = read
        .query("SELECT id, started_at FROM device WHERE practice_id = $1 AND packet_id = $2 ORDER BY started_at, id")
        .bind(&practice)
        .bind(packet)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id, started_at)| Device { id, packet_id: packet.clone(), started_at }).collect())
}
