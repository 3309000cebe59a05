//! What the database says of its own schema: tables in the order of their references, columns and their kinds, keys. Asked
//! and not written down, so that a new migration needs nothing here.

use std::collections::{BTreeMap, BTreeSet};

use crate::tx::Conn;
use crate::value::Kind;
use crate::{Error, Read, Result};

/// One table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) columns: Vec<(String, Kind)>,
    /// The columns of the primary key, in its order.
    pub(crate) key: Vec<String>,
    pub(crate) references: Vec<Reference>,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Reference {
    pub(crate) to: String,
    /// Own column and the other table's.
    pub(crate) pairs: Vec<(String, String)>,
}

/// All tables, each after those it refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Catalog {
    pub(crate) tables: Vec<Table>,
}

const SQLITE_COLUMNS: &str = "SELECT t.name, c.name, upper(c.type), c.pk FROM sqlite_schema AS t JOIN pragma_table_info(t.name) AS c \
     WHERE t.type = 'table' AND substr(t.name, 1, 7) <> 'sqlite_' ORDER BY t.name, c.cid";
const SQLITE_REFERENCES: &str = "SELECT t.name, CAST(f.id AS TEXT), f.\"table\", f.\"from\", f.\"to\" FROM sqlite_schema AS t \
     JOIN pragma_foreign_key_list(t.name) AS f WHERE t.type = 'table' ORDER BY t.name, f.id, f.seq";
const POSTGRES_COLUMNS: &str = "SELECT c.relname::text, a.attname::text, upper(format_type(a.atttypid, NULL)), \
     COALESCE(array_position(i.indkey::int2[], a.attnum), -1)::bigint + 1 \
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
     LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary \
     WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace ORDER BY c.relname, a.attnum";
const POSTGRES_REFERENCES: &str = "SELECT t.relname::text, f.conname::text, o.relname::text, a.attname::text, b.attname::text \
     FROM pg_constraint f JOIN pg_class t ON t.oid = f.conrelid JOIN pg_class o ON o.oid = f.confrelid \
     CROSS JOIN LATERAL unnest(f.conkey, f.confkey) WITH ORDINALITY AS k(own, other, seq) \
     JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.own \
     JOIN pg_attribute b ON b.attrelid = o.oid AND b.attnum = k.other \
     WHERE f.contype = 'f' AND f.connamespace = current_schema()::regnamespace ORDER BY 1, 2, k.seq";

impl Catalog {
    /// Reads the catalogue.
    pub(crate) async fn read(read: &mut Read) -> Result<Self> {
        let (columns, references) = match read.conn {
            Conn::Postgres(_) => (POSTGRES_COLUMNS, POSTGRES_REFERENCES),
            Conn::SqliteRead(_) | Conn::SqliteWrite(_) => (SQLITE_COLUMNS, SQLITE_REFERENCES),
        };
        let columns: Vec<(String, String, String, i64)> = read.query(columns).all().await?;
        let references: Vec<(String, String, String, String, String)> = read.query(references).all().await?;
        let mut tables: BTreeMap<String, Table> = BTreeMap::new();
        let mut keys: BTreeMap<String, Vec<(i64, String)>> = BTreeMap::new();
        for (table, column, kind, key) in columns {
            // The record of the migrations is the migrations' own.
            if table == "_sqlx_migrations" {
                continue;
            }
            let kind = kind_of(&table, &column, &kind)?;
            if key > 0 {
                keys.entry(table.clone()).or_default().push((key, column.clone()));
            }
            tables.entry(table.clone()).or_insert_with(|| Table::empty(&table)).columns.push((column, kind));
        }
        for (table, mut columns) in keys {
            columns.sort();
            if let Some(table) = tables.get_mut(&table) {
                table.key = columns.into_iter().map(|(_, column)| column).collect();
            }
        }
        let mut grouped: BTreeMap<(String, String), Reference> = BTreeMap::new();
        for (table, name, to, own, other) in references {
            let reference = grouped.entry((table, name)).or_insert_with(|| Reference { to, pairs: Vec::new() });
            reference.pairs.push((own, other));
        }
        for ((table, _), reference) in grouped {
            if let Some(table) = tables.get_mut(&table) {
                table.references.push(reference);
            }
        }
        for table in tables.values_mut() {
            table.references.sort();
        }
        Ok(Self { tables: in_order(tables) })
    }
}

impl Table {
    fn empty(name: &str) -> Self {
        Self { name: name.to_owned(), columns: Vec::new(), key: Vec::new(), references: Vec::new() }
    }

    /// The kind of a column.
    pub(crate) fn kind(&self, column: &str) -> Option<Kind> {
        self.columns.iter().find(|(name, _)| name == column).map(|(_, kind)| *kind)
    }
}

/// Each table after those it refers to, otherwise by name. A table that refers to itself needs its rows in the order of
/// their ids, which are ordered by time.
fn in_order(mut left: BTreeMap<String, Table>) -> Vec<Table> {
    let mut done: BTreeSet<String> = BTreeSet::new();
    let mut ordered = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let ready = left
            .values()
            .find(|table| table.references.iter().all(|r| r.to == table.name || done.contains(&r.to)))
            .or_else(|| left.values().next())
            .map(|table| table.name.clone());
        let Some(table) = ready.and_then(|name| left.remove(&name)) else { break };
        done.insert(table.name.clone());
        ordered.push(table);
    }
    ordered
}

fn kind_of(table: &str, column: &str, name: &str) -> Result<Kind> {
    Ok(match name {
        "TEXT" => Kind::Text,
        "BIGINT" => Kind::Integer,
        "DOUBLE PRECISION" => Kind::Real,
        "BOOLEAN" => Kind::Boolean,
        "BYTEA" => Kind::Bytes,
        "TIMESTAMPTZ" | "TIMESTAMP WITH TIME ZONE" => Kind::Instant,
        "DATE" => Kind::Day,
        "JSONB" => Kind::Document,
        _ => {
            return Err(Error::Column {
                column: format!("{table}.{column}"),
                problem: "has a type outside of the portable dialect".to_owned(),
            });
        }
    })
}

/// A name of the schema, as SQL.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
