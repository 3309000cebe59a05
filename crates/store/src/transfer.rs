//! Whole databases out and in, in one form for both kinds: what backups, restores and moves between SQLite and PostgreSQL are
//! made of. The form is lines of JSON: a heading, then each table with its columns and rows, then the count of all rows.
//! Sealed columns stay sealed. Files, their encryption and the question when to copy are the operator's commands'.
//!
//! Tables come in the order of their references, so that rows can be inserted as they are read. What belongs to a running
//! process and not to the practice is left out: sessions (whoever was signed in signs in again), counters of tries, and the
//! fence.

mod catalog;
mod cell;
mod dump;
mod load;

pub(crate) use self::catalog::{Catalog, Reference, Table, quoted};
pub use self::dump::dump;
pub use self::load::{Origin, Piece, load};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::Error;

/// The version of the form. A reader refuses what it does not know.
const FORMAT: u32 = 1;
/// Not carried over.
const LEFT_OUT: &[&str] = &["session", "throttle", "fence"];

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// Version of the form.
    pub format: u32,
    /// Newest migration of the source.
    pub schema: i64,
    /// The state of the source that follows.
    pub taken_at: DateTime<Utc>,
}

/// What was copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// The state that was copied.
    pub taken_at: DateTime<Utc>,
    /// Tables.
    pub tables: u64,
    /// Rows of all tables.
    pub rows: u64,
}

/// What follows the heading.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    /// The rows that follow are this table's, their values in this order.
    Table { name: String, columns: Vec<String> },
    /// One row.
    Row(Vec<serde_json::Value>),
    /// The end, and how many rows there were: a file that was cut off does not have it.
    End { rows: u64 },
}

/// What can go wrong with a copy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransferError {
    /// The database refused.
    #[error(transparent)]
    Store(#[from] Error),
    /// The place holds a practice already.
    #[error("the database already holds a practice; nothing was changed. Name an empty place")]
    NotEmpty,
    /// The place is empty and was prepared by a newer release than the copy's.
    #[error(
        "the empty database already has schema version {found} and the copy has {copy}; name a database without any tables"
    )]
    Prepared {
        /// Version of the place.
        found: i64,
        /// Version of the copy.
        copy: i64,
    },
    /// The copy comes from a newer release.
    #[error(
        "the copy has schema version {found}, newer than the {known} this release knows; install the release that made it, or a newer one"
    )]
    Newer {
        /// Version of the copy.
        found: i64,
        /// Newest version this release knows.
        known: i64,
    },
    /// A line is not what it has to be.
    #[error("line {line} of the copy {problem}; nothing was changed")]
    Line {
        /// Counted from 1.
        line: u64,
        /// What is wrong with it.
        problem: String,
    },
    /// The copy ends before its end.
    #[error("the copy ends after line {0} without its last line: it was cut off; nothing was changed")]
    CutOff(u64),
    /// Reading or writing the file failed; the side that does it knows why.
    #[error("the file could not be read or written to its end")]
    File,
}
