//! Everything that is held about a client, as it is kept: which tables that is, is asked of the database as for an erasure, so
//! that a new table comes along. Sealed values are opened; what stays out is named here, with the reason.

use crate::seal::row_id;
use crate::transfer::{Catalog, Table, quoted};
use crate::value::{Kind, Value};
use crate::{Error, Read, Result, Row};
use care::ClientId;
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Map, Value as Document};
use std::collections::BTreeMap;

/// A row, by the names of its columns.
pub type HeldRow = Map<String, Document>;

/// Tables about a client that are not handed out, and why.
pub const TABLES_LEFT_OUT: &[(&str, &str)] = &[
    ("audit", "says what staff did, by ids alone; it has a page of its own and may be handed out from there"),
    ("client_apart", "names another client's record"),
    ("suppression", "is of a number or an address as a keyed hash, whoever has it, and of no client"),
    ("unusable_contact", "is of a number or an address as a keyed hash, whoever has it; the client's page says so"),
    ("client_merge_row", "says which rows were moved between records of this person; the rows themselves are here"),
];

/// Columns that are not handed out, and why.
pub const COLUMNS_LEFT_OUT: &[(&str, &str, &str)] = &[
    ("appointment", "external_index", INDEX),
    ("appointment_notice", "token_hash", TOKEN),
    ("appointment_notice", "token_sealed", TOKEN),
    ("appointment_notice", "unsubscribe_hash", TOKEN),
    ("appointment_notice", "unsubscribe_sealed", TOKEN),
    ("client", "email_index", INDEX),
    ("client", "external_index", INDEX),
    ("client", "guardian_phone_index", INDEX),
    ("client", "phone_index", INDEX),
    ("client_proof", "pin_index", "keeps the client's PIN so that nobody can read it"),
    ("device", "cookie_hash", TOKEN),
    ("device_claim", "cookie_hash", TOKEN),
    ("kiosk_code", "code_index", TOKEN),
    ("link", "token_hash", TOKEN),
    ("link", "token_sealed", TOKEN),
    ("rater_link", "token_hash", TOKEN),
];
const INDEX: &str = "finds a row by a contact or number that stands beside it; a keyed hash";
const TOKEN: &str = "opens a door: whoever holds it could answer in the client's name";

/// Never touched by an erasure: the record of what was done, and who may not be proposed as one person.
pub(crate) const STAYS: &[&str] = &["audit", "client", "client_merge", "client_merge_row", "client_apart", "erasure"];

/// Whose rows a column of another name than `client_id` says.
const NAMED_OTHERWISE: &[(&str, &str)] = &[("client", "id"), ("client_merge", "kept_id"), ("client_merge", "gone_id")];

/// Everything about a client and the records that are part of theirs, by table; a table without rows is there too.
pub async fn of_client(read: &mut Read, client: &ClientId) -> Result<BTreeMap<String, Vec<HeldRow>>> {
    let mut clients = vec![client.clone()];
    clients.extend(crate::merge::parts_of(read, client).await?);
    let ids = quoted_ids(&clients);
    let catalog = Catalog::read(read).await?;
    let mut conditions = belonging(&catalog, &ids, &[]);
    for (table, _) in NAMED_OTHERWISE {
        let own = NAMED_OTHERWISE.iter().filter(|(named, _)| named == table);
        let ways: Vec<String> = own.map(|(_, column)| format!("t.{column} IN ({ids})")).collect();
        conditions.insert((*table).to_owned(), ways.join(" OR "));
    }
    let mut held = BTreeMap::new();
    for table in &catalog.tables {
        let Some(condition) = conditions.get(&table.name) else { continue };
        if TABLES_LEFT_OUT.iter().all(|(name, _)| *name != table.name) {
            held.insert(table.name.clone(), rows(read, table, condition).await?);
        }
    }
    Ok(held)
}

/// Tables that say whose their rows are, by a column that refers to a client or to something of theirs: for the test that asks
/// whether anything is forgotten.
#[cfg(feature = "testing")]
pub async fn tables_with(read: &mut Read, columns: &[&str]) -> Result<Vec<String>> {
    let catalog = Catalog::read(read).await?;
    let is_about = |table: &&Table| columns.iter().any(|column| table.kind(column).is_some());
    Ok(catalog.tables.iter().filter(is_about).map(|table| table.name.clone()).collect())
}

/// Ids as SQL.
pub(crate) fn quoted_ids(clients: &[ClientId]) -> String {
    clients.iter().map(|id| format!("'{}'", id.as_str().replace('\'', "''"))).collect::<Vec<_>>().join(", ")
}

/// For each table with something about the clients, the condition under which its row `t` is: its own column says so, or it
/// refers to a row that is. What was told to staff about the clients' cases, and what imports changed, is about them too.
pub(crate) fn belonging(catalog: &Catalog, ids: &str, without: &[&str]) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for table in catalog.tables.iter().filter(|table| !without.contains(&table.name.as_str())) {
        let mut ways = Vec::new();
        if table.kind("client_id") == Some(Kind::Text) {
            ways.push(format!("t.client_id IN ({ids})"));
        }
        for reference in &table.references {
            let Some(condition) = found.get(&reference.to) else { continue };
            let pairs = || reference.pairs.iter().filter(|(own, _)| own != "practice_id");
            let own: Vec<String> = pairs().map(|(own, _)| format!("t.{}", quoted(own))).collect();
            let other: Vec<String> = pairs().map(|(_, other)| format!("t.{}", quoted(other))).collect();
            if own.is_empty() {
                continue;
            }
            ways.push(format!(
                "({}) IN (SELECT {} FROM {} t WHERE t.practice_id = $1 AND ({condition}))",
                own.join(", "),
                other.join(", "),
                quoted(&reference.to)
            ));
        }
        // One way is enough: whose row it is, its own column knows best.
        if let Some(way) = ways.into_iter().next() {
            found.insert(table.name.clone(), way);
        }
    }
    // Told to staff about the client's cases, without saying whose it is.
    let notices = found
        .get("care_case")
        .map(|cases| format!("t.case_id IN (SELECT t.id FROM care_case t WHERE t.practice_id = $1 AND ({cases}))"));
    if let Some(notices) = notices {
        if let Some(messages) = found.get_mut("message") {
            *messages = format!("{messages} OR {notices}");
        }
        if let Some(events) = found.get_mut("message_event") {
            *events = format!(
                "{events} OR t.message_id IN (SELECT t.id FROM message t WHERE t.practice_id = $1 AND ({notices}))"
            );
        }
    }
    // What an import did names its rows by their ids, whatever they are.
    let subjects = ["appointment", "consent", "episode"].into_iter().filter_map(|table| {
        let condition = found.get(table)?;
        Some(format!("t.subject_id IN (SELECT t.id FROM {table} t WHERE t.practice_id = $1 AND ({condition}))"))
    });
    let of_import: Vec<String> = std::iter::once(format!("t.subject_id IN ({ids})")).chain(subjects).collect();
    found.insert("import_change".to_owned(), of_import.join(" OR "));
    found
}

/// One value of a sealed column: the column without its ending, the row's id, what is sealed.
type SealedValue = (String, String, Option<Vec<u8>>);

async fn rows(read: &mut Read, table: &Table, condition: &str) -> Result<Vec<HeldRow>> {
    let is_left_out =
        |column: &str| COLUMNS_LEFT_OUT.iter().any(|(name, left, _)| *name == table.name && *left == column);
    let columns: Vec<&(String, Kind)> =
        table.columns.iter().filter(|(name, _)| name != "practice_id" && !is_left_out(name)).collect();
    let (sealed, plain): (Vec<_>, Vec<_>) = columns.into_iter().partition(|(name, _)| name.ends_with("_sealed"));
    let mut asked: Vec<String> = plain
        .iter()
        .map(|(name, kind)| match kind {
            Kind::Document => format!("CAST(t.{} AS TEXT)", quoted(name)),
            _ => format!("t.{}", quoted(name)),
        })
        .collect();
    let stems: Vec<&str> = sealed.iter().map(|(name, _)| name.trim_end_matches("_sealed")).collect();
    for stem in &stems {
        asked.push(row_id(&table.name, stem).to_owned());
        asked.push(format!("t.{}", quoted(&format!("{stem}_sealed"))));
    }
    let key: Vec<String> = table.key.iter().map(|name| format!("t.{}", quoted(name))).collect();
    let sql = format!(
        "SELECT {} FROM {} AS t WHERE t.practice_id = $1 AND ({condition}) ORDER BY {}",
        asked.join(", "),
        quoted(&table.name),
        key.join(", ")
    );
    let practice = Value::Text(read.practice().as_str().to_owned());
    let found: Vec<(HeldRow, Vec<SealedValue>)> = read
        .query_numbered(sql, vec![practice])
        .each(|row| {
            let values = plain.iter().enumerate().map(|(at, (name, kind))| Ok((name.clone(), shown(row, at, *kind)?)));
            let values = values.collect::<Result<HeldRow>>()?;
            let sealed = stems.iter().enumerate().map(|(number, stem)| {
                let at = plain.len() + 2 * number;
                Ok(((*stem).to_owned(), row.get(at)?, row.get(at + 1)?))
            });
            Ok((values, sealed.collect::<Result<_>>()?))
        })
        .await?;
    found.into_iter().map(|(row, sealed)| opened(read, &table.name, row, sealed)).collect()
}

/// The row with what was sealed in words.
fn opened(read: &Read, table: &str, mut row: HeldRow, sealed: Vec<SealedValue>) -> Result<HeldRow> {
    for (stem, id, value) in sealed {
        let text = match value {
            None => Document::Null,
            Some(value) => {
                let text = read.db.opening(|keys| keys.open_at(table, &stem, &id, &value))?;
                let damaged = || Error::Column {
                    column: format!("{table}.{stem}_sealed"),
                    problem: "holds a sealed value that was damaged or does not belong to its row".to_owned(),
                };
                Document::String(text.ok_or_else(damaged)?)
            }
        };
        row.insert(stem, text);
    }
    Ok(row)
}

fn shown(row: &Row<'_>, at: usize, kind: Kind) -> Result<Document> {
    let found = match kind {
        Kind::Text => row.get::<Option<String>>(at)?.map(Document::from),
        // Written by us, so it is JSON; were it not, the text itself is what is held.
        Kind::Document => row
            .get::<Option<String>>(at)?
            .map(|text| serde_json::from_str(&text).unwrap_or_else(|_| Document::from(text))),
        Kind::Integer => row.get::<Option<i64>>(at)?.map(Document::from),
        Kind::Real => row.get::<Option<f64>>(at)?.map(Document::from),
        Kind::Boolean => row.get::<Option<bool>>(at)?.map(Document::from),
        Kind::Bytes => row.get::<Option<Vec<u8>>>(at)?.map(|bytes| Document::from(crate::seal::hex(&bytes))),
        Kind::Instant => row.get::<Option<DateTime<Utc>>>(at)?.map(|instant| Document::from(instant.to_rfc3339())),
        Kind::Day => row.get::<Option<NaiveDate>>(at)?.map(|day| Document::from(day.to_string())),
    };
    Ok(found.unwrap_or(Document::Null))
}
