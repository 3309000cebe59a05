//! What clients show before a check-in opens: the choice for one client, the PIN as a keyed hash, tries, and browsers that
//! pressed *Start* and have not shown it yet. What is asked, and for how long nobody may try, is `care::proof`'s.

use crate::packet::Found;
use crate::{InstanceScope, Read, Record, Result, Row, Tx};
use care::message::Channel;
use care::packet::Packet;
use care::proof::{OnFile, Proof};
use care::{ClientId, Instant, Language, PacketId};

/// What is kept of one client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// What can be asked.
    pub on_file: OnFile,
    /// When the PIN was set.
    pub pin_set_at: Option<Instant>,
    /// Until when no try is taken; it may have passed.
    pub locked_until: Option<Instant>,
}

impl Record for Standing {
    fn read(row: &Row<'_>) -> Result<Self> {
        let (has_birth_date, has_pin): (i64, i64) = (row.get("has_birth_date")?, row.get("has_pin")?);
        Ok(Self {
            on_file: OnFile { chosen: row.get("chosen")?, has_birth_date: has_birth_date == 1, has_pin: has_pin == 1 },
            pin_set_at: row.get("pin_set_at")?,
            locked_until: row.get("locked_until")?,
        })
    }
}

/// What is kept of a client; `None` where there is no such client.
pub async fn of_client(read: &mut Read, client: &ClientId) -> Result<Option<Standing>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT f.chosen AS chosen, f.pin_set_at AS pin_set_at, f.locked_until AS locked_until, \
         CAST(CASE WHEN c.birth_date_sealed IS NULL THEN 0 ELSE 1 END AS BIGINT) AS has_birth_date, \
         CAST(CASE WHEN f.pin_index IS NULL THEN 0 ELSE 1 END AS BIGINT) AS has_pin \
         FROM client c LEFT JOIN client_proof f ON f.practice_id = c.practice_id AND f.client_id = c.id \
         WHERE c.practice_id = $1 AND c.id = $2",
    )
    .bind(&practice)
    .bind(client)
    .optional()
    .await
}

/// Chooses for a client; none gives the choice back to the practice.
pub async fn choose(tx: &mut Tx, client: &ClientId, chosen: Option<Proof>) -> Result<()> {
    let practice = tx.practice().clone();
    tx.query(
        "INSERT INTO client_proof (practice_id, client_id, chosen) VALUES ($1, $2, $3) \
         ON CONFLICT (practice_id, client_id) DO UPDATE SET chosen = $3",
    )
    .bind(&practice)
    .bind(client)
    .bind(chosen)
    .execute()
    .await?;
    Ok(())
}

/// The keyed hash under which a client's PIN is kept.
fn index(read: &Read, client: &ClientId, pin: &str) -> String {
    read.blind_index("client_pin", &format!("{client}:{pin}"))
}

/// Sets a client's PIN; what was tried before is forgotten.
pub async fn set_pin(tx: &mut Tx, client: &ClientId, pin: &str, now: Instant) -> Result<()> {
    let practice = tx.practice().clone();
    let index = index(tx, client, pin);
    tx.query(
        "INSERT INTO client_proof (practice_id, client_id, pin_index, pin_set_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (practice_id, client_id) DO UPDATE SET pin_index = $3, pin_set_at = $4, wrong = 0, locked_until = NULL",
    )
    .bind(&practice)
    .bind(client)
    .bind(index)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Whether it is the client's PIN.
pub async fn is_pin(read: &mut Read, client: &ClientId, pin: &str) -> Result<bool> {
    let practice = read.practice().clone();
    let index = index(read, client, pin);
    let found: i64 = read
        .query("SELECT count(*) FROM client_proof WHERE practice_id = $1 AND client_id = $2 AND pin_index = $3")
        .bind(&practice)
        .bind(client)
        .bind(index)
        .scalar()
        .await?;
    Ok(found == 1)
}

/// Counts a try before it is judged: how many there are since the last right one. `None` where none is taken now. Whoever
/// tries at the same time waits for this transaction.
pub async fn count_try(tx: &mut Tx, client: &ClientId, now: Instant) -> Result<Option<i64>> {
    let practice = tx.practice().clone();
    tx.query(
        "INSERT INTO client_proof (practice_id, client_id, wrong) VALUES ($1, $2, 1) \
         ON CONFLICT (practice_id, client_id) DO UPDATE SET wrong = client_proof.wrong + 1 \
         WHERE client_proof.locked_until IS NULL OR client_proof.locked_until <= $3 RETURNING wrong",
    )
    .bind(&practice)
    .bind(client)
    .bind(now)
    .scalar_optional()
    .await
}

/// Takes no try until then.
pub async fn lock(tx: &mut Tx, client: &ClientId, until: Instant) -> Result<()> {
    let practice = tx.practice().clone();
    tx.query("UPDATE client_proof SET locked_until = $3 WHERE practice_id = $1 AND client_id = $2")
        .bind(&practice)
        .bind(client)
        .bind(until)
        .execute()
        .await?;
    Ok(())
}

/// Forgets what was tried: the right person has come, or a person of the practice says so. `false` where nothing was.
pub async fn forget_tries(tx: &mut Tx, client: &ClientId) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "UPDATE client_proof SET wrong = 0, locked_until = NULL WHERE practice_id = $1 AND client_id = $2 \
             AND (wrong > 0 OR locked_until IS NOT NULL)",
        )
        .bind(&practice)
        .bind(client)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// A browser that has yet to show whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The channel of its link.
    pub channel: Option<Channel>,
    /// The language it began in.
    pub language: Language,
}

impl Record for Found<Claim> {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            practice: row.get("practice_id")?,
            packet: Packet::read(row)?,
            by: Claim { channel: row.get("claim_channel")?, language: row.get("claim_language")? },
        })
    }
}

/// Keeps a claim, by the hash of its cookie.
pub async fn claim(tx: &mut Tx, packet: &PacketId, cookie_hash: &str, claim: &Claim, now: Instant) -> Result<()> {
    let practice = tx.practice().clone();
    tx.query(
        "INSERT INTO device_claim (practice_id, cookie_hash, packet_id, channel, language, claimed_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&practice)
    .bind(cookie_hash)
    .bind(packet)
    .bind(claim.channel)
    .bind(claim.language)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// The claim of a cookie, in the whole deployment.
pub async fn by_cookie(instance: &mut impl InstanceScope, cookie_hash: &str) -> Result<Option<Found<Claim>>> {
    instance
        .query(
            "SELECT p.*, d.channel AS claim_channel, d.language AS claim_language FROM device_claim d \
             JOIN packet p ON p.practice_id = d.practice_id AND p.id = d.packet_id WHERE d.cookie_hash = $1",
        )
        .bind(cookie_hash)
        .optional()
        .await
}

/// A claim has become a device, or came to nothing.
pub async fn forget_claim(tx: &mut Tx, cookie_hash: &str) -> Result<()> {
    let practice = tx.practice().clone();
    tx.query("DELETE FROM device_claim WHERE practice_id = $1 AND cookie_hash = $2")
        .bind(&practice)
        .bind(cookie_hash)
        .execute()
        .await?;
    Ok(())
}

/// Deletes the claims of browsers that never came back. Returns how many went.
pub async fn delete_claims_before(tx: &mut Tx, before: Instant) -> Result<u64> {
    let practice = tx.practice().clone();
    tx.query("DELETE FROM device_claim WHERE practice_id = $1 AND claimed_at < $2")
        .bind(&practice)
        .bind(before)
        .execute()
        .await
}

/// Whether the cookie is of a browser that may answer the check-in already.
pub async fn is_device(read: &mut Read, packet: &PacketId, cookie_hash: &str) -> Result<bool> {
    let practice = read.practice().clone();
    let found: i64 = read
        .query("SELECT count(*) FROM device WHERE practice_id = $1 AND packet_id = $2 AND cookie_hash = $3")
        .bind(&practice)
        .bind(packet)
        .bind(cookie_hash)
        .scalar()
        .await?;
    Ok(found == 1)
}
