//! Records that are no longer kept: who asked for what, and the destruction itself. Which tables hold something about a client
//! is asked of the database, by its columns and references, so that a new table is not forgotten. The row of the client stays
//! without anything that says who it was; the audit stays, and never held more than ids.

use crate::held::{STAYS, belonging, quoted_ids};
use crate::seal::row_id;
use crate::transfer::{Catalog, Table, quoted};
use crate::value::Value;
use crate::{InstanceScope, Read, Record, Result, Row, Tx, record};
use care::retention::{Erasure, Kept, RetentionRule};
use care::{ClientId, ErasureId, Instant, PracticeId, StaffId};

/// Of these not even the figures' part stays: how somebody was reached, and what others said of them.
const NO_FIGURES: &[&str] = &[
    "message_event",
    "message",
    "link",
    "device",
    "appointment_notice",
    "appointment_reply",
    "kiosk_code",
    "consent",
    "task",
    "discuss_flag",
    "referral_decline",
    "outreach_try",
    "outreach",
    "supervision_decision",
    "import_change",
    "own_words",
    "goal",
    "goal_wording",
    "goal_rating",
    "packet_goal",
    "collateral",
    "rater_form",
    "rater_link",
    "rater_request",
    "client_progress",
    "client_proof",
    "device_claim",
];

/// Destroyed first.
const FIRST: &[&str] = &["appointment_notice", "message_event", "message", "import_change"];

impl Record for Erasure {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            client_id: row.get("client_id")?,
            ground: row.get("ground")?,
            kept: row.get("kept")?,
            asked_at: row.get("asked_at")?,
            asked_by: row.get("asked_by")?,
            withdrawn_at: row.get("withdrawn_at")?,
            done_at: row.get("done_at")?,
            done_by: row.get("done_by")?,
        })
    }
}

record! { RetentionRule { years, minor_age, minor_years, kept, source, decided_at, decided_by } }

/// The rule in force; `None` while nothing was decided.
pub async fn rule(read: &mut Read) -> Result<Option<RetentionRule>> {
    let practice = read.practice().clone();
    read.query("SELECT * FROM retention_rule WHERE practice_id = $1 ORDER BY decided_at DESC LIMIT 1")
        .bind(&practice)
        .optional()
        .await
}

/// Puts a rule in force; the earlier ones stay as the record.
pub async fn decide(tx: &mut Tx, rule: &RetentionRule) -> Result<()> {
    let practice = tx.practice().clone();
    tx.query(
        "INSERT INTO retention_rule (practice_id, years, minor_age, minor_years, kept, source, decided_at, decided_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(&practice)
    .bind(rule.years)
    .bind(rule.minor_age)
    .bind(rule.minor_years)
    .bind(rule.kept)
    .bind(rule.source.as_str())
    .bind(rule.decided_at)
    .bind(&rule.decided_by)
    .execute()
    .await?;
    Ok(())
}

/// The records whose last course of therapy ended by a day and that have none open, the longest ended first: client and last day.
pub async fn ended_by(read: &mut Read, until: Instant, limit: i64) -> Result<Vec<(ClientId, Instant)>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT c.id, max(e.discharged_at) FROM client c JOIN episode e ON e.practice_id = c.practice_id AND e.client_id = c.id \
         WHERE c.practice_id = $1 AND c.merged_into IS NULL AND c.erased_at IS NULL GROUP BY c.id \
         HAVING count(*) = count(e.discharged_at) AND max(e.discharged_at) <= $2 ORDER BY max(e.discharged_at), c.id LIMIT $3",
    )
    .bind(&practice)
    .bind(until)
    .bind(limit)
    .all()
    .await
}

/// Asks for an erasure. `false` when one is asked for already.
pub async fn ask(tx: &mut Tx, erasure: &Erasure, reason: &str) -> Result<bool> {
    let practice = tx.practice().clone();
    let reason = tx.seal("erasure", "reason", erasure.id.as_str(), reason);
    let rows = tx
        .query(
            "INSERT INTO erasure (practice_id, id, client_id, ground, reason_sealed, kept, asked_at, asked_by, done_at, done_by) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
             ON CONFLICT (practice_id, client_id) WHERE withdrawn_at IS NULL DO NOTHING",
        )
        .bind(&practice)
        .bind(&erasure.id)
        .bind(&erasure.client_id)
        .bind(erasure.ground)
        .bind(reason)
        .bind(erasure.kept)
        .bind(erasure.asked_at)
        .bind(erasure.asked_by.as_ref())
        .bind(erasure.done_at)
        .bind(erasure.done_by.as_ref())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// What is asked for or was done about a client; withdrawn ones are left out.
pub async fn of_client(read: &mut Read, client: &ClientId) -> Result<Option<Erasure>> {
    let practice = read.practice().clone();
    read.query("SELECT * FROM erasure WHERE practice_id = $1 AND client_id = $2 AND withdrawn_at IS NULL")
        .bind(&practice)
        .bind(client)
        .optional()
        .await
}

/// The reason that was given, in words; destroyed with the record.
pub async fn reason(read: &mut Read, erasure: &Erasure) -> Result<String> {
    let practice = read.practice().clone();
    let sealed: Vec<u8> = read
        .query("SELECT reason_sealed FROM erasure WHERE practice_id = $1 AND id = $2")
        .bind(&practice)
        .bind(&erasure.id)
        .scalar()
        .await?;
    read.open("erasure", "reason", erasure.id.as_str(), &sealed)
}

/// What is asked for and what was done, the latest first; withdrawn ones are left out.
pub async fn list(read: &mut Read, limit: i64) -> Result<Vec<Erasure>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT * FROM erasure WHERE practice_id = $1 AND withdrawn_at IS NULL ORDER BY asked_at DESC, id DESC LIMIT $2",
    )
    .bind(&practice)
    .bind(limit)
    .all()
    .await
}

/// Takes a request back. `false` when it was carried out or taken back already.
pub async fn withdraw(tx: &mut Tx, id: &ErasureId, now: Instant) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "UPDATE erasure SET withdrawn_at = $3 WHERE practice_id = $1 AND id = $2 AND withdrawn_at IS NULL \
             AND done_at IS NULL",
        )
        .bind(&practice)
        .bind(id)
        .bind(now)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Marks a request as carried out. `false` when it was carried out or taken back already.
pub async fn carry_out(tx: &mut Tx, id: &ErasureId, by: &StaffId, now: Instant) -> Result<bool> {
    let practice = tx.practice().clone();
    let nothing = tx.seal("erasure", "reason", id.as_str(), "");
    let rows = tx
        .query(
            "UPDATE erasure SET done_at = $3, done_by = $4, reason_sealed = $5 WHERE practice_id = $1 AND id = $2 \
             AND withdrawn_at IS NULL AND done_at IS NULL",
        )
        .bind(&practice)
        .bind(id)
        .bind(now)
        .bind(by)
        .bind(nothing)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// One record that was erased: what a restored copy must not bring back.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Erased {
    /// The practice.
    pub practice: PracticeId,
    /// The record.
    pub client: ClientId,
    /// What was kept.
    pub kept: Kept,
    /// When.
    pub at: Instant,
}

record! { Erased { practice, client, kept, at } }

/// Everything that was erased in the whole deployment, the earliest first.
pub async fn all_done(instance: &mut impl InstanceScope) -> Result<Vec<Erased>> {
    instance
        .query(
            "SELECT practice_id AS practice, client_id AS client, kept, done_at AS at FROM erasure WHERE done_at IS NOT NULL \
             ORDER BY done_at, client_id",
        )
        .all()
        .await
}

/// Whether a record is there and not erased yet.
pub async fn is_to_be_erased(read: &mut Read, client: &ClientId) -> Result<bool> {
    let practice = read.practice().clone();
    let found: Option<ClientId> = read
        .query("SELECT id FROM client WHERE practice_id = $1 AND id = $2 AND erased_at IS NULL")
        .bind(&practice)
        .bind(client)
        .scalar_optional()
        .await?;
    Ok(found.is_some())
}

/// Destroys what is held about a client, and about the records that are part of theirs. What `kept` leaves is answers, scores,
/// sessions and cases without a name, an address or a word.
pub async fn destroy(tx: &mut Tx, client: &ClientId, kept: Kept, now: Instant) -> Result<()> {
    let practice = tx.practice().clone();
    let mut clients = vec![client.clone()];
    clients.extend(crate::merge::parts_of(tx, client).await?);
    let catalog = Catalog::read(tx).await?;
    let belonging = belonging(&catalog, &quoted_ids(&clients), STAYS);
    let mut tables: Vec<&Table> = catalog.tables.iter().rev().collect();
    // Which messages and imports are about the clients is only known while what they name is there; nothing else refers to these.
    tables.sort_by_key(|table| !FIRST.contains(&table.name.as_str()));
    for table in tables {
        let Some(of_client) = belonging.get(table.name.as_str()) else { continue };
        if kept == Kept::Nothing || NO_FIGURES.contains(&table.name.as_str()) {
            delete(tx, table, of_client).await?;
        } else {
            blank(tx, table, of_client).await?;
        }
    }
    for id in &clients {
        let name = tx.seal("client", "name", id.as_str(), "");
        tx.query(
            "UPDATE client SET name_sealed = $3, external_sealed = NULL, external_index = NULL, preferred_name_sealed = NULL, \
             birth_date_sealed = NULL, email_sealed = NULL, email_index = NULL, phone_sealed = NULL, phone_index = NULL, \
             sex = NULL, zone = NULL, emergency_sealed = NULL, guardian_sealed = NULL, guardian_phone_index = NULL, recipient = 'client', \
             erased_at = $4, updated_at = $4, revision = revision + 1 WHERE practice_id = $1 AND id = $2",
        )
        .bind(&practice)
        .bind(id)
        .bind(name)
        .bind(now)
        .execute()
        .await?;
    }
    Ok(())
}

async fn delete(tx: &mut Tx, table: &Table, of_client: &str) -> Result<()> {
    let name = quoted(&table.name);
    let practice = Value::Text(tx.practice().as_str().to_owned());
    let sql = format!("DELETE FROM {name} AS t WHERE t.practice_id = $1 AND ({of_client})");
    tx.query_numbered(sql, vec![practice]).execute().await?;
    Ok(())
}

/// Puts nothing in the place of every sealed text, and takes keyed hashes for look-up away.
async fn blank(tx: &mut Tx, table: &Table, of_client: &str) -> Result<()> {
    let name = quoted(&table.name);
    for (column, _) in &table.columns {
        let practice = Value::Text(tx.practice().as_str().to_owned());
        if column.ends_with("_index") && !table.key.contains(column) {
            let sql =
                format!("UPDATE {name} AS t SET {} = NULL WHERE t.practice_id = $1 AND ({of_client})", quoted(column));
            tx.query_numbered(sql, vec![practice]).execute().await?;
            continue;
        }
        let Some(stem) = column.strip_suffix("_sealed") else { continue };
        let (id, column) = (row_id(&table.name, stem), quoted(column));
        let sql = format!(
            "SELECT {id} FROM {name} AS t WHERE t.practice_id = $1 AND t.{column} IS NOT NULL AND ({of_client})"
        );
        let rows: Vec<String> = tx.query_numbered(sql, vec![practice.clone()]).scalars().await?;
        for row in rows {
            let nothing = tx.db.keys().seal(&table.name, stem, &row, "");
            let sql = format!("UPDATE {name} SET {column} = $2 WHERE practice_id = $1 AND {id} = $3");
            let values = vec![practice.clone(), Value::Bytes(nothing), Value::Text(row)];
            tx.query_numbered(sql, values).execute().await?;
        }
    }
    Ok(())
}
