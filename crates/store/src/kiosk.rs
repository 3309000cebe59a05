//! Tablets in waiting rooms, and the codes that open a check-in on them. Codes and cookies are kept as hashes only.

use crate::{InstanceScope, Read, Record, Result, Row, Tx};
use care::kiosk::Kiosk;
use care::{ClientId, Instant, KioskId, PacketId, PracticeId};

impl Record for Kiosk {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            site_id: row.get("site_id")?,
            name: row.get("name")?,
            wrong: row.get("wrong")?,
            locked_until: row.get("locked_until")?,
            created_at: row.get("created_at")?,
            revoked_at: row.get("revoked_at")?,
        })
    }
}

/// A kiosk with its practice.
pub struct Found(pub PracticeId, pub Kiosk);

impl Record for Found {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self(row.get("practice_id")?, Kiosk::read(row)?))
    }
}

/// The index of a code, under which it is found: the same digits are the same index, and nobody without the key can make one.
fn index(read: &Read, code: &str) -> String {
    read.blind_index("kiosk_code", code)
}

/// Sets a kiosk up, with the code that will pair it.
pub async fn insert(tx: &mut Tx, kiosk: &Kiosk, pairing: &str, until: Instant) -> Result<()> {
    let practice = tx.practice().clone();
    let pairing = index(tx, pairing);
    tx.query(
        "INSERT INTO kiosk (practice_id, id, site_id, name, pairing_index, pairing_until, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&practice)
    .bind(&kiosk.id)
    .bind(&kiosk.site_id)
    .bind(kiosk.name.as_str())
    .bind(pairing)
    .bind(until)
    .bind(kiosk.created_at)
    .execute()
    .await?;
    Ok(())
}

/// A device that gives the pairing code becomes the kiosk. `None` when the code is wrong, used or too old.
pub async fn pair(tx: &mut Tx, pairing: &str, token_hash: &str, now: Instant) -> Result<Option<Kiosk>> {
    let practice = tx.practice().clone();
    let pairing = index(tx, pairing);
    tx.query(
        "UPDATE kiosk SET token_hash = $3, pairing_index = NULL, pairing_until = NULL WHERE practice_id = $1 \
         AND pairing_index = $2 AND pairing_until > $4 AND revoked_at IS NULL \
         RETURNING id, site_id, name, wrong, locked_until, created_at, revoked_at",
    )
    .bind(&practice)
    .bind(pairing)
    .bind(token_hash)
    .bind(now)
    .optional()
    .await
}

/// The kiosk of a cookie, in the whole deployment.
pub async fn by_token(instance: &mut impl InstanceScope, token_hash: &str) -> Result<Option<Found>> {
    instance
        .query(
            "SELECT practice_id, id, site_id, name, wrong, locked_until, created_at, revoked_at FROM kiosk \
             WHERE token_hash = $1 AND revoked_at IS NULL",
        )
        .bind(token_hash)
        .optional()
        .await
}

/// Every kiosk in use, by name.
pub async fn list(read: &mut Read) -> Result<Vec<Kiosk>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, site_id, name, wrong, locked_until, created_at, revoked_at FROM kiosk \
         WHERE practice_id = $1 AND revoked_at IS NULL ORDER BY name, id",
    )
    .bind(&practice)
    .all()
    .await
}

/// Takes a kiosk out of use: its cookie opens nothing any more.
pub async fn revoke(tx: &mut Tx, id: &KioskId, now: Instant) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "UPDATE kiosk SET revoked_at = $3, token_hash = NULL, pairing_index = NULL \
             WHERE practice_id = $1 AND id = $2 AND revoked_at IS NULL",
        )
        .bind(&practice)
        .bind(id)
        .bind(now)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Notes tries: `false` when somebody else tried in the same moment, and this one has to be looked at again.
pub async fn note_tries(tx: &mut Tx, kiosk: &Kiosk, wrong: i64, locked_until: Option<Instant>) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "UPDATE kiosk SET wrong = $4, locked_until = $5 WHERE practice_id = $1 AND id = $2 AND wrong = $3 \
             AND locked_until IS NOT DISTINCT FROM $6",
        )
        .bind(&practice)
        .bind(&kiosk.id)
        .bind(kiosk.wrong)
        .bind(wrong)
        .bind(locked_until)
        .bind(kiosk.locked_until)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Keeps a code. `false` when these digits are somebody's already.
pub async fn insert_code(
    tx: &mut Tx,
    code: &str,
    client: &ClientId,
    packet: Option<&PacketId>,
    expires_at: Option<Instant>,
    now: Instant,
) -> Result<bool> {
    let practice = tx.practice().clone();
    let index = index(tx, code);
    // Old digits are free again.
    tx.query("DELETE FROM kiosk_code WHERE practice_id = $1 AND expires_at <= $2")
        .bind(&practice)
        .bind(now)
        .execute()
        .await?;
    if packet.is_none() {
        tx.query("DELETE FROM kiosk_code WHERE practice_id = $1 AND client_id = $2 AND packet_id IS NULL")
            .bind(&practice)
            .bind(client)
            .execute()
            .await?;
    }
    let rows = tx
        .query(
            "INSERT INTO kiosk_code (practice_id, code_index, client_id, packet_id, expires_at, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (practice_id, code_index) DO NOTHING",
        )
        .bind(&practice)
        .bind(index)
        .bind(client)
        .bind(packet)
        .bind(expires_at)
        .bind(now)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Whom a code belongs to, and to which check-in where it is of one.
pub async fn by_code(read: &mut Read, code: &str, now: Instant) -> Result<Option<(ClientId, Option<PacketId>)>> {
    let practice = read.practice().clone();
    let index = index(read, code);
    read.query(
        "SELECT client_id, packet_id FROM kiosk_code \
         WHERE practice_id = $1 AND code_index = $2 AND (expires_at IS NULL OR expires_at > $3)",
    )
    .bind(&practice)
    .bind(index)
    .bind(now)
    .optional()
    .await
}
