//! Versions of protocols. A version never changes; a change is a new version, and the old one is retired. Of those in force
//! one is the practice's default. One that is published ahead waits for its day.

use crate::{InstanceScope, Json, Read, Record, Result, Row, Tx};
use care::protocol::{Budget, Line, Protocol};
use care::{Instant, Phi, PracticeId, ProtocolId, StaffId};
use chrono::NaiveDate;

impl Record for Protocol {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            name: row.get("name")?,
            version: row.get("version")?,
            lines: row.get::<Json<Vec<Line>>>("lines")?.0,
            budget: budget(row)?,
            state: row.get("state")?,
            in_force_from: row.get("in_force_from")?,
            created_at: row.get("created_at")?,
        })
    }
}

fn budget(row: &Row<'_>) -> Result<Option<Budget>> {
    let (items, seconds): (Option<i64>, Option<i64>) = (row.get("budget_items")?, row.get("budget_seconds")?);
    let number = |value: i64| u32::try_from(value).unwrap_or(0);
    Ok(items.zip(seconds).map(|(items, seconds)| Budget { items: number(items), seconds: number(seconds) }))
}

/// Publishes a version, as the default where it is in force and the practice has none. `false` when the name has a version of that
/// number already or one that waits for its day, or another became the default meanwhile: somebody was faster.
pub async fn insert(tx: &mut Tx, protocol: &Protocol) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "INSERT INTO protocol (practice_id, id, name, version, lines, state, created_at, budget_items, budget_seconds, \
             in_force_from, is_default) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, \
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
        .bind(protocol.in_force_from)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// The versions that new episodes take, by name.
pub async fn current(read: &mut Read) -> Result<Vec<Protocol>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, name, version, lines, budget_items, budget_seconds, state, in_force_from, created_at FROM protocol WHERE practice_id = $1 AND state = 'current' \
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
        "SELECT id, name, version, lines, budget_items, budget_seconds, state, in_force_from, created_at FROM protocol WHERE practice_id = $1 ORDER BY name, version DESC",
    )
    .bind(&practice)
    .all()
    .await
}

/// One version.
pub async fn find(read: &mut Read, id: &ProtocolId) -> Result<Option<Protocol>> {
    let practice = read.practice().clone();
    read.query("SELECT id, name, version, lines, budget_items, budget_seconds, state, in_force_from, created_at FROM protocol WHERE practice_id = $1 AND id = $2")
        .bind(&practice)
        .bind(id)
        .optional()
        .await
}

/// The versions of these ids; ids the practice does not know are left out.
pub async fn by_ids(read: &mut Read, ids: &[ProtocolId]) -> Result<Vec<Protocol>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, name, version, lines, budget_items, budget_seconds, state, in_force_from, created_at FROM protocol \
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
        "SELECT id, name, version, lines, budget_items, budget_seconds, state, in_force_from, created_at FROM protocol \
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

/// The versions that wait for their day, the earliest first.
pub async fn scheduled(read: &mut Read) -> Result<Vec<Protocol>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, name, version, lines, budget_items, budget_seconds, state, in_force_from, created_at FROM protocol \
         WHERE practice_id = $1 AND state = 'scheduled' ORDER BY in_force_from, name",
    )
    .bind(&practice)
    .all()
    .await
}

/// The practices in which a version's day has come by the day given: those a sweep has to look at.
pub async fn practices_due(instance: &mut impl InstanceScope, day: NaiveDate) -> Result<Vec<PracticeId>> {
    instance
        .query("SELECT DISTINCT practice_id FROM protocol WHERE state = 'scheduled' AND in_force_from <= $1")
        .bind(day)
        .scalars()
        .await
}

/// Puts a version in force whose day has come. `false` when it did not wait any more.
pub async fn begin(tx: &mut Tx, id: &ProtocolId) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query("UPDATE protocol SET state = 'current' WHERE practice_id = $1 AND id = $2 AND state = 'scheduled'")
        .bind(&practice)
        .bind(id)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Makes a version in force the default where the practice has none.
pub async fn fill_default(tx: &mut Tx, id: &ProtocolId) -> Result<()> {
    let practice = tx.practice().clone();
    tx.query(
        "UPDATE protocol SET is_default = TRUE WHERE practice_id = $1 AND id = $2 AND state = 'current' \
         AND NOT EXISTS (SELECT 1 FROM protocol other WHERE other.practice_id = $1 AND other.is_default)",
    )
    .bind(&practice)
    .bind(id)
    .execute()
    .await?;
    Ok(())
}

/// Takes a version back that waits for its day. `false` when it does not any more.
pub async fn withdraw(tx: &mut Tx, id: &ProtocolId) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query("UPDATE protocol SET state = 'withdrawn' WHERE practice_id = $1 AND id = $2 AND state = 'scheduled'")
        .bind(&practice)
        .bind(id)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// That running episodes move to a version when its day has come, and why.
#[derive(Debug, Clone)]
pub struct PlannedMove {
    /// To which version.
    pub protocol_id: ProtocolId,
    /// Why, in the words of whoever decided it.
    pub reason: Phi<String>,
    /// When it was decided.
    pub decided_at: Instant,
    /// By whom.
    pub decided_by: StaffId,
}

struct SealedMove(PlannedMove, Vec<u8>);

impl Record for SealedMove {
    fn read(row: &Row<'_>) -> Result<Self> {
        let planned = PlannedMove {
            protocol_id: row.get("id")?,
            reason: Phi::new(String::new()),
            decided_at: row.get("move_decided_at")?,
            decided_by: row.get("move_decided_by")?,
        };
        Ok(Self(planned, row.get("move_reason_sealed")?))
    }
}

/// Notes that running episodes move to a version that waits for its day. `false` when it does not wait any more.
pub async fn plan_move(tx: &mut Tx, planned: &PlannedMove) -> Result<bool> {
    let practice = tx.practice().clone();
    let reason = tx.seal("protocol", "move_reason", planned.protocol_id.as_str(), planned.reason.text());
    let rows = tx
        .query(
            "UPDATE protocol SET move_reason_sealed = $3, move_decided_at = $4, move_decided_by = $5 \
             WHERE practice_id = $1 AND id = $2 AND state = 'scheduled'",
        )
        .bind(&practice)
        .bind(&planned.protocol_id)
        .bind(reason)
        .bind(planned.decided_at)
        .bind(&planned.decided_by)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// The moves that were planned with these versions, one of each at most.
pub async fn planned_moves(read: &mut Read, ids: &[ProtocolId]) -> Result<Vec<PlannedMove>> {
    let practice = read.practice().clone();
    let rows: Vec<SealedMove> = read
        .query(
            "SELECT id, move_reason_sealed, move_decided_at, move_decided_by FROM protocol \
             WHERE practice_id = $1 AND move_reason_sealed IS NOT NULL AND id IN ($each)",
        )
        .bind(&practice)
        .bind_each(ids)
        .all()
        .await?;
    rows.into_iter()
        .map(|SealedMove(planned, sealed)| {
            let reason = read.open("protocol", "move_reason", planned.protocol_id.as_str(), &sealed)?;
            Ok(PlannedMove { reason: Phi::new(reason), ..planned })
        })
        .collect()
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
