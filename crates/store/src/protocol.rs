//! Versions of protocols. A version never changes; a change is a new version, and the old one is retired. Of those in force
//! one is the practice's default.

use crate::{Json, Read, Record, Result, Row, Tx};
use care::ProtocolId;
use care::protocol::{Budget, Line, Protocol};

impl Record for Protocol {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            name: row.get("name")?,
            version: row.get("version")?,
            lines: row.get::<Json<Vec<Line>>>("lines")?.0,
            budget: budget(row)?,
            state: row.get("state")?,
            created_at: row.get("created_at")?,
        })
    }
}

fn budget(row: &Row<'_>) -> Result<Option<Budget>> {
    let (items, seconds): (Option<i64>, Option<i64>) = (row.get("budget_items")?, row.get("budget_seconds")?);
    let number = |value: i64| u32::try_from(value).unwrap_or(0);
    Ok(items.zip(seconds).map(|(items, seconds)| Budget { items: number(items), seconds: number(seconds) }))
}

/// Publishes a version, as the default where the practice has none. `false` when the name has a version of that number already,
/// or another became the default meanwhile: somebody was faster.
pub async fn insert(tx: &mut Tx, protocol: &Protocol) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "INSERT INTO protocol (practice_id, id, name, version, lines, state, created_at, budget_items, budget_seconds, \
             is_default) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, \
             $6 = 'current' AND NOT EXISTS (SELECT 1 FROM protocol WHERE practice_id = $1 AND is_default)) ON CONFLICT DO NOTHING",
        )
        .bind(&practice)
        .bind(&protocol.id)
        .bind(protocol.name.as_str())
        .bind(protocol.version)
        .bind(Json(&protocol.lines))
        .bind(protocol.state)
        .bind(protocol.created_at)
        .bind(protocol.budget.map(|budget| i64::from(budget.items)))
        .bind(protocol.budget.map(|budget| i64::from(budget.seconds)))
        .execute()
        .await?;
    Ok(rows == 1)
}

/// The versions that new episodes take, by name.
pub async fn current(read: &mut Read) -> Result<Vec<Protocol>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, name, version, lines, budget_items, budget_seconds, state, created_at FROM protocol WHERE practice_id = $1 AND state = 'current' \
         ORDER BY name, version DESC",
    )
    .bind(&practice)
    .all()
    .await
}

/// Every version of every protocol, latest version first within a name.
pub async fn list(read: &mut Read) -> Result<Vec<Protocol>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, name, version, lines, budget_items, budget_seconds, state, created_at FROM protocol WHERE practice_id = $1 ORDER BY name, version DESC",
    )
    .bind(&practice)
    .all()
    .await
}

/// One version.
pub async fn find(read: &mut Read, id: &ProtocolId) -> Result<Option<Protocol>> {
    let practice = read.practice().clone();
    read.query("SELECT id, name, version, lines, budget_items, budget_seconds, state, created_at FROM protocol WHERE practice_id = $1 AND id = $2")
        .bind(&practice)
        .bind(id)
        .optional()
        .await
}

/// The versions of these ids; ids the practice does not know are left out.
pub async fn by_ids(read: &mut Read, ids: &[ProtocolId]) -> Result<Vec<Protocol>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, name, version, lines, budget_items, budget_seconds, state, created_at FROM protocol \
         WHERE practice_id = $1 AND id IN ($each)",
    )
    .bind(&practice)
    .bind_each(ids)
    .all()
    .await
}

/// The version in force that new episodes take where nobody chooses; none where none is in force.
pub async fn default(read: &mut Read) -> Result<Option<Protocol>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, name, version, lines, budget_items, budget_seconds, state, created_at FROM protocol \
         WHERE practice_id = $1 AND state = 'current' ORDER BY is_default DESC, created_at, id LIMIT 1",
    )
    .bind(&practice)
    .optional()
    .await
}

/// Makes a version in force the default. `false` when it is not in force any more.
pub async fn make_default(tx: &mut Tx, id: &ProtocolId) -> Result<bool> {
    let practice = tx.practice().clone();
    // Those in force are locked first, so that of two who choose at the same time the later one finds what the other chose.
    tx.query("UPDATE protocol SET state = state WHERE practice_id = $1 AND state = 'current'")
        .bind(&practice)
        .execute()
        .await?;
    tx.query("UPDATE protocol SET is_default = FALSE WHERE practice_id = $1 AND is_default")
        .bind(&practice)
        .execute()
        .await?;
    let rows = tx
        .query("UPDATE protocol SET is_default = TRUE WHERE practice_id = $1 AND id = $2 AND state = 'current'")
        .bind(&practice)
        .bind(id)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Takes a version out of use for new episodes. `false` when it was already.
pub async fn retire(tx: &mut Tx, id: &ProtocolId) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query("UPDATE protocol SET state = 'retired', is_default = FALSE WHERE practice_id = $1 AND id = $2 AND state = 'current'")
        .bind(&practice)
        .bind(id)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// The open episodes under a version.
pub async fn open_episodes(read: &mut Read, id: &ProtocolId) -> Result<Vec<care::EpisodeId>> {
    let practice = read.practice().clone();
    read.query("SELECT id FROM episode WHERE practice_id = $1 AND protocol_id = $2 AND state = 'open' ORDER BY id")
        .bind(&practice)
        .bind(id)
        .scalars()
        .await
}
