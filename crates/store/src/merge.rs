//! Two records of one client made into one, and taken apart again. Which tables hold something about a client is asked of the
//! database, so that a new table comes along; what may not move is named here. Whether two records are one person is decided
//! by people, what else changes with it by the workflows.

mod back;

pub use back::put_back;

use crate::transfer::{Catalog, Table, quoted};
use crate::value::{Kind, Value};
use crate::{Json, Read, Record, Result, Row, Tx};
use care::merge::{Joined, Merge};
use care::{AssignmentId, ClientId, ConsentId, EpisodeId, Instant, MergeId, PacketId, StaffId};
use serde_json::{Map, Value as Document};

/// What stays where it is: consents were given to an address, and what was sent went to one. Erasures are of one record, and of
/// what a client sees of their own course, and shows before a check-in opens, there is one choice a record.
const STAYS: &[&str] = &["consent", "erasure", "client_progress", "client_proof"];

impl Record for Merge {
    fn read(row: &Row<'_>) -> Result<Self> {
        let ended: Option<EpisodeId> = row.get("ended_episode_id")?;
        let into: Option<EpisodeId> = row.get("into_episode_id")?;
        let assignment: Option<AssignmentId> = row.get("ended_assignment_id")?;
        Ok(Self {
            id: row.get("id")?,
            kept_id: row.get("kept_id")?,
            gone_id: row.get("gone_id")?,
            merged_at: row.get("merged_at")?,
            merged_by: row.get("merged_by")?,
            filled: row.get::<Json<Vec<String>>>("filled")?.0,
            joined: ended.zip(into).map(|(ended, into)| Joined { ended, into, assignment }),
            undone_at: row.get("undone_at")?,
            undone_by: row.get("undone_by")?,
        })
    }
}

/// Makes one record part of another. `false` when one of the two is part of another already, or erased.
pub async fn begin(tx: &mut Tx, merge: &Merge) -> Result<bool> {
    let practice = tx.practice().clone();
    let gone = tx
        .query(
            "UPDATE client SET merged_into = $3, revision = revision + 1 WHERE practice_id = $1 AND id = $2 \
             AND merged_into IS NULL AND erased_at IS NULL",
        )
        .bind(&practice)
        .bind(&merge.gone_id)
        .bind(&merge.kept_id)
        .execute()
        .await?;
    // The write locks the kept record, so that it does not become part of another meanwhile.
    let kept = tx
        .query(
            "UPDATE client SET revision = revision + 1 WHERE practice_id = $1 AND id = $2 \
             AND merged_into IS NULL AND erased_at IS NULL",
        )
        .bind(&practice)
        .bind(&merge.kept_id)
        .execute()
        .await?;
    if (gone, kept) != (1, 1) {
        return Ok(false);
    }
    let joined = merge.joined.as_ref();
    tx.query(
        "INSERT INTO client_merge (practice_id, id, kept_id, gone_id, merged_at, merged_by, filled, ended_episode_id, \
         into_episode_id, ended_assignment_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(&practice)
    .bind(&merge.id)
    .bind(&merge.kept_id)
    .bind(&merge.gone_id)
    .bind(merge.merged_at)
    .bind(&merge.merged_by)
    .bind(Json(&merge.filled))
    .bind(joined.map(|one| &one.ended))
    .bind(joined.map(|one| &one.into))
    .bind(joined.and_then(|one| one.assignment.as_ref()))
    .execute()
    .await?;
    Ok(true)
}

/// One merge.
pub async fn find(read: &mut Read, id: &MergeId) -> Result<Option<Merge>> {
    let practice = read.practice().clone();
    read.query("SELECT * FROM client_merge WHERE practice_id = $1 AND id = $2")
        .bind(&practice)
        .bind(id)
        .optional()
        .await
}

/// The latest merges, undone ones included.
pub async fn list(read: &mut Read, limit: i64) -> Result<Vec<Merge>> {
    let practice = read.practice().clone();
    read.query("SELECT * FROM client_merge WHERE practice_id = $1 ORDER BY merged_at DESC, id DESC LIMIT $2")
        .bind(&practice)
        .bind(limit)
        .all()
        .await
}

/// The records that are part of a record, and those that are part of them.
pub async fn parts_of(read: &mut Read, kept: &ClientId) -> Result<Vec<ClientId>> {
    let practice = read.practice().clone();
    let mut found: Vec<ClientId> = Vec::new();
    let mut next = vec![kept.clone()];
    while !next.is_empty() {
        next = read
            .query("SELECT id FROM client WHERE practice_id = $1 AND merged_into IN ($each) ORDER BY id")
            .bind(&practice)
            .bind_each(&next)
            .scalars()
            .await?;
        found.extend(next.iter().cloned());
    }
    Ok(found)
}

/// How many rows a merge moved or added, by table.
pub async fn moved(read: &mut Read, id: &MergeId) -> Result<Vec<(String, i64)>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT table_name, count(*) FROM client_merge_row WHERE practice_id = $1 AND merge_id = $2 \
         GROUP BY table_name ORDER BY table_name",
    )
    .bind(&practice)
    .bind(id)
    .all()
    .await
}

/// Marks a merge as taken back and the record as one by itself. `None` when that has been done.
pub async fn end(tx: &mut Tx, id: &MergeId, by: &StaffId, now: Instant) -> Result<Option<Merge>> {
    let practice = tx.practice().clone();
    let merge: Option<Merge> = tx
        .query(
            "UPDATE client_merge SET undone_at = $3, undone_by = $4 WHERE practice_id = $1 AND id = $2 \
             AND undone_at IS NULL RETURNING *",
        )
        .bind(&practice)
        .bind(id)
        .bind(now)
        .bind(by)
        .optional()
        .await?;
    if let Some(merge) = &merge {
        tx.query("UPDATE client SET merged_into = NULL, revision = revision + 1 WHERE practice_id = $1 AND id = $2")
            .bind(&practice)
            .bind(&merge.gone_id)
            .execute()
            .await?;
    }
    Ok(merge)
}

/// How much a record holds, in numbers that say nothing of what was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holdings {
    /// Courses of therapy.
    pub episodes: i64,
    /// Of those, open ones.
    pub open: i64,
    /// Sessions.
    pub appointments: i64,
    /// Completed check-ins.
    pub completed: i64,
    /// Check-ins that wait for an answer.
    pub waiting: i64,
}

crate::record! { Holdings { episodes, open, appointments, completed, waiting } }

/// How much a record holds.
pub async fn holdings(read: &mut Read, client: &ClientId) -> Result<Holdings> {
    let practice = read.practice().clone();
    read.query(
        "SELECT (SELECT count(*) FROM episode WHERE practice_id = $1 AND client_id = $2) AS episodes, \
         (SELECT count(*) FROM episode WHERE practice_id = $1 AND client_id = $2 AND state = 'open') AS open, \
         (SELECT count(*) FROM appointment WHERE practice_id = $1 AND client_id = $2) AS appointments, \
         (SELECT count(*) FROM packet WHERE practice_id = $1 AND client_id = $2 AND state = 'completed') AS completed, \
         (SELECT count(*) FROM packet WHERE practice_id = $1 AND client_id = $2 AND state = 'open') AS waiting",
    )
    .bind(&practice)
    .bind(client)
    .one()
    .await
}

/// A person says that two records are of two people. Saying it again changes nothing.
pub async fn keep_apart(tx: &mut Tx, one: &ClientId, other: &ClientId, by: &StaffId, now: Instant) -> Result<()> {
    let practice = tx.practice().clone();
    let (first, second) = if one < other { (one, other) } else { (other, one) };
    tx.query(
        "INSERT INTO client_apart (practice_id, one_id, other_id, said_by, said_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (practice_id, one_id, other_id) DO NOTHING",
    )
    .bind(&practice)
    .bind(first)
    .bind(second)
    .bind(by)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// The pairs that are two people, the smaller id first.
pub async fn apart(read: &mut Read) -> Result<Vec<(ClientId, ClientId)>> {
    let practice = read.practice().clone();
    read.query("SELECT one_id, other_id FROM client_apart WHERE practice_id = $1").bind(&practice).all().await
}

/// The tables whose rows say whose they are.
fn about_clients(catalog: &Catalog) -> impl Iterator<Item = &Table> {
    catalog
        .tables
        .iter()
        .filter(|table| table.kind("client_id") == Some(Kind::Text) && !STAYS.contains(&table.name.as_str()))
}

/// The part of a row's key that names it, besides practice and client.
fn key_of(table: &Table) -> Vec<&str> {
    table.key.iter().map(String::as_str).filter(|key| !matches!(*key, "practice_id" | "client_id")).collect()
}

/// What of a table moves. Of two open tasks of a kind one stays: it leads to the same client. Of messages, those to come.
fn what_moves(table: &str) -> &'static str {
    match table {
        "message" => " AND t.state = 'planned'",
        "task" => {
            " AND NOT EXISTS (SELECT 1 FROM task o WHERE o.practice_id = t.practice_id AND o.client_id = $3 \
             AND o.kind = t.kind AND o.done_at IS NULL AND t.done_at IS NULL)"
        }
        // A client has one standing code for the waiting room: the kept record's.
        "kiosk_code" => {
            " AND NOT EXISTS (SELECT 1 FROM kiosk_code o WHERE o.practice_id = t.practice_id AND o.client_id = $3 \
             AND o.packet_id IS NULL AND t.packet_id IS NULL)"
        }
        _ => "",
    }
}

fn text(value: &impl AsRef<str>) -> Value {
    Value::Text(value.as_ref().to_owned())
}

/// A row that was changed, for the record.
struct Changed {
    table: String,
    key: Map<String, Document>,
    before: Map<String, Document>,
}

/// Gives everything that moves to the kept record, noting each row.
pub async fn move_all(tx: &mut Tx, merge: &Merge) -> Result<()> {
    let practice = tx.practice().clone();
    let catalog = Catalog::read(tx).await?;
    let mut changed = Vec::new();
    for table in about_clients(&catalog) {
        let keys = key_of(table);
        let names: Vec<String> = keys.iter().map(|key| format!("t.{}", quoted(key))).collect();
        let guard = what_moves(&table.name);
        let sql = format!(
            "SELECT {} FROM {} t WHERE t.practice_id = $1 AND t.client_id = $2{guard}",
            names.join(", "),
            quoted(&table.name)
        );
        let mut values = vec![text(&practice.as_str()), text(&merge.gone_id.as_str())];
        if guard.contains("$3") {
            values.push(text(&merge.kept_id.as_str()));
        }
        let rows = tx
            .query_numbered(sql, values)
            .each(|row| (0..keys.len()).map(|at| row.get::<String>(at)).collect::<Result<Vec<String>>>())
            .await?;
        for row in rows {
            let key: Map<String, Document> =
                keys.iter().zip(row).map(|(key, value)| ((*key).to_owned(), Document::String(value))).collect();
            let before = Map::from_iter([("client_id".to_owned(), Document::String(merge.gone_id.to_string()))]);
            let now = [("client_id", Some(merge.kept_id.as_str()))];
            set(tx, &table.name, &key, &now).await?;
            changed.push(Changed { table: table.name.clone(), key, before });
        }
    }
    note(tx, &merge.id, "moved", changed).await
}

/// Where both records had an open course of therapy, ends the second one and gives its open check-ins and its sessions to
/// come to the first. Goes before [`move_all`]: a client is in one course at a time.
pub async fn join(tx: &mut Tx, merge: &Merge, now: Instant) -> Result<()> {
    let Some(Joined { ended, into, assignment }) = &merge.joined else { return Ok(()) };
    let practice = tx.practice().clone();
    tx.query(
        "UPDATE episode SET state = 'discharged', discharged_at = $3, discharge_reason = 'other' \
         WHERE practice_id = $1 AND id = $2 AND state = 'open'",
    )
    .bind(&practice)
    .bind(ended)
    .bind(now)
    .execute()
    .await?;
    if let Some(assignment) = assignment {
        tx.query("UPDATE assignment SET ends_at = $3 WHERE practice_id = $1 AND id = $2 AND ends_at IS NULL")
            .bind(&practice)
            .bind(assignment)
            .bind(now)
            .execute()
            .await?;
    }
    let mut changed = Vec::new();
    let row = |table: &str, id: &str, slot: Option<&str>| Changed {
        table: table.to_owned(),
        key: Map::from_iter([("id".to_owned(), Document::String(id.to_owned()))]),
        before: [("episode_id", Some(ended.as_str())), ("slot", slot)]
            .into_iter()
            .filter_map(|(column, value)| Some((column.to_owned(), Document::String(value?.to_owned()))))
            .collect(),
    };
    let open: Vec<(PacketId, String)> = tx
        .query("SELECT id, slot FROM packet WHERE practice_id = $1 AND episode_id = $2 AND state = 'open' ORDER BY id")
        .bind(&practice)
        .bind(ended)
        .all()
        .await?;
    let taken: Vec<String> = tx
        .query("SELECT slot FROM packet WHERE practice_id = $1 AND episode_id = $2")
        .bind(&practice)
        .bind(into)
        .scalars()
        .await?;
    for (packet, slot) in open {
        let free = if taken.contains(&slot) { format!("{slot}:{}", merge.id) } else { slot.clone() };
        let change = row("packet", packet.as_str(), Some(&slot));
        set(tx, "packet", &change.key, &[("episode_id", Some(into.as_str())), ("slot", Some(&free))]).await?;
        changed.push(change);
    }
    let ahead: Vec<String> = tx
        .query(
            "SELECT id FROM appointment WHERE practice_id = $1 AND episode_id = $2 AND state = 'scheduled' \
             AND starts_at > $3 ORDER BY id",
        )
        .bind(&practice)
        .bind(ended)
        .bind(now)
        .scalars()
        .await?;
    for appointment in ahead {
        let change = row("appointment", &appointment, None);
        set(tx, "appointment", &change.key, &[("episode_id", Some(into.as_str()))]).await?;
        changed.push(change);
    }
    note(tx, &merge.id, "moved", changed).await
}

/// Notes a consent that was added so that the stricter decision holds; it goes when the merge is taken back.
pub async fn note_consent(tx: &mut Tx, id: &MergeId, consent: &ConsentId) -> Result<()> {
    let key = Map::from_iter([("id".to_owned(), Document::String(consent.to_string()))]);
    note(tx, id, "added", vec![Changed { table: "consent".to_owned(), key, before: Map::new() }]).await
}

/// Writes columns of one row. The columns and the key are texts.
async fn set(tx: &mut Tx, table: &str, key: &Map<String, Document>, columns: &[(&str, Option<&str>)]) -> Result<u64> {
    let mut values = vec![text(&tx.practice().as_str())];
    let mut sets = Vec::new();
    for (column, value) in columns {
        values.push(value.map_or(Value::Null(Kind::Text), |value| Value::Text(value.to_owned())));
        sets.push(format!("{} = ${}", quoted(column), values.len()));
    }
    let mut named = vec!["practice_id = $1".to_owned()];
    for (column, value) in key {
        values.push(Value::Text(value.as_str().unwrap_or_default().to_owned()));
        named.push(format!("{} = ${}", quoted(column), values.len()));
    }
    let sql = format!("UPDATE {} SET {} WHERE {}", quoted(table), sets.join(", "), named.join(" AND "));
    tx.query_numbered(sql, values).execute().await
}

async fn note(tx: &mut Tx, merge: &MergeId, what: &str, changed: Vec<Changed>) -> Result<()> {
    let practice = tx.practice().clone();
    let last: Option<i64> = tx
        .query("SELECT max(seq) FROM client_merge_row WHERE practice_id = $1 AND merge_id = $2")
        .bind(&practice)
        .bind(merge)
        .scalar()
        .await?;
    let mut seq = last.unwrap_or(0);
    let rows: Vec<Vec<Value>> = changed
        .into_iter()
        .map(|change| {
            seq += 1;
            crate::values![
                &practice,
                merge,
                seq,
                what,
                change.table,
                Json(Document::Object(change.key)),
                Json(Document::Object(change.before)),
            ]
        })
        .collect();
    for batch in rows.chunks(100) {
        tx.query(
            "INSERT INTO client_merge_row (practice_id, merge_id, seq, what, table_name, row_key, before) VALUES $rows",
        )
        .bind_rows(batch.iter().cloned())
        .execute()
        .await?;
    }
    Ok(())
}
