//! Transactions: the only handle on storage. [`Read`] sees one consistent state, [`Tx`] also changes it; both are scoped to
//! one practice. [`InstanceRead`] and [`InstanceTx`] are for what comes before a practice is known.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use care::PracticeId;
use sqlx::{Postgres, Transaction};

use crate::audit::{self, AuditEntry};
use crate::db::Inner;
use crate::db::sqlite::{Lease, Reading};
use crate::query::Statement;
use crate::{Db, Error, Query, Result};

/// The practice under which rows of the instance itself are kept (schedule ticks, instance-wide audit).
pub const INSTANCE: &str = "instance";

/// A consistent view of one practice's rows. Dropping it ends it.
pub struct Read {
    pub(crate) conn: Conn,
    pub(crate) failed: bool,
    /// What goes with the next statement, see [`Query::later`].
    pub(crate) ahead: Vec<Statement>,
    pub(crate) db: Arc<Inner>,
    pub(crate) practice: PracticeId,
}

pub(crate) enum Conn {
    SqliteRead(Reading),
    SqliteWrite(Lease),
    Postgres(Transaction<'static, Postgres>),
}

/// A transaction on one practice's rows. Dropping it undoes everything it did.
pub struct Tx {
    pub(crate) read: Read,
    pub(crate) journal: Vec<(PracticeId, AuditEntry)>,
    pub(crate) wakes: Wakes,
}

/// Whether a commit has to wake the workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wakes {
    Nobody,
    Workers,
}

/// A consistent view across practices: token look-up, operator's questions.
pub struct InstanceRead(pub(crate) Read);

/// A transaction across practices: set-up, schedule ticks.
pub struct InstanceTx(pub(crate) Tx);

/// What [`InstanceRead`] and [`InstanceTx`] share, so that a look-up is written once.
pub trait InstanceScope: Send {
    /// Starts a statement that is not scoped to a practice.
    fn query(&mut self, sql: &'static str) -> Query<'_>;
    /// The view of one practice, in the same transaction.
    fn within_read(&mut self, practice: &PracticeId) -> &mut Read;
}

impl Read {
    pub(crate) fn new(db: &Db, conn: Conn, practice: PracticeId) -> Self {
        let ahead = if matches!(conn, Conn::SqliteRead(_)) { vec![Reading::beginning()] } else { Vec::new() };
        Self { conn, failed: false, ahead, db: db.shared(), practice }
    }

    /// The practice this transaction is scoped to.
    pub const fn practice(&self) -> &PracticeId {
        &self.practice
    }

    /// Starts a statement. Its text scopes itself: `WHERE practice_id = $1` with [`Read::practice`] bound.
    pub fn query(&mut self, sql: &'static str) -> Query<'_> {
        Query::new(self, sql)
    }

    /// Starts a statement whose text was put together from names of the schema, see [`Query::built`].
    pub(crate) fn query_built(&mut self, sql: String, values: Vec<crate::Value>) -> Query<'_> {
        Query::built(self, sql, values)
    }

    /// The same with numbered placeholders in the text.
    pub(crate) fn query_numbered(&mut self, sql: String, values: Vec<crate::Value>) -> Query<'_> {
        Query::numbered(self, sql, values)
    }

    /// Rows of a key and pairs of row id and sealed value, however many of each.
    pub(crate) async fn query_wide(
        &mut self,
        sql: String,
        values: Vec<crate::Value>,
        keys: &[crate::Kind],
        sealed: usize,
    ) -> Result<Vec<crate::rotation::Wide>> {
        self.query_numbered(sql, values)
            .each(|row| {
                Ok(crate::rotation::Wide {
                    key: keys.iter().enumerate().map(|(at, kind)| key_value(row, at, *kind)).collect::<Result<_>>()?,
                    sealed: (0..sealed)
                        .map(|n| Ok((row.get(keys.len() + 2 * n)?, row.get(keys.len() + 2 * n + 1)?)))
                        .collect::<Result<_>>()?,
                })
            })
            .await
    }

    /// Declares the transaction failed, so that it can no longer commit.
    pub(crate) const fn fail(&mut self) {
        self.failed = true;
    }

    /// Seals a text for one column of one row. The row's id is part of the seal: a value copied elsewhere does not open.
    pub fn seal(&self, table: &'static str, column: &'static str, row_id: &str, text: &str) -> Vec<u8> {
        self.db.keys().seal(table, column, row_id, text)
    }

    /// Opens a sealed column.
    pub fn open(&self, table: &'static str, column: &'static str, row_id: &str, sealed: &[u8]) -> Result<String> {
        Ok(self.db.opening(|keys| keys.open(table, column, row_id, sealed))?)
    }

    /// Opens a sealed column that may be empty.
    pub fn open_optional(
        &self,
        table: &'static str,
        column: &'static str,
        row_id: &str,
        sealed: Option<&[u8]>,
    ) -> Result<Option<String>> {
        sealed.map(|sealed| self.open(table, column, row_id, sealed)).transpose()
    }

    /// The keyed index of a value within this practice, see [`Db::blind_index`].
    pub fn blind_index(&self, kind: &'static str, normalised: &str) -> String {
        self.db.keys().blind_index(kind, self.practice.as_str(), normalised)
    }
}

impl Tx {
    pub(crate) fn new(db: &Db, conn: Conn, practice: PracticeId) -> Self {
        Self { read: Read::new(db, conn, practice), journal: Vec::new(), wakes: Wakes::Nobody }
    }

    /// Whether others may write while this transaction does, so that what is read in order to be changed must be locked.
    pub(crate) const fn locks_rows(&self) -> bool {
        matches!(self.read.conn, Conn::Postgres(_))
    }

    /// Notes what is being done; written and chained by [`Tx::commit`] as its last statements.
    pub fn audit(&mut self, entry: AuditEntry) {
        let practice = self.read.practice.clone();
        self.journal.push((practice, entry));
    }

    /// Makes everything durable: when this returns `Ok`, it survives a power cut.
    ///
    /// [`Error::Failed`] when a statement failed before, whatever became of its error; [`Error::CommitUnknown`] when the
    /// connection broke on the way.
    pub async fn commit(mut self) -> Result<()> {
        if self.read.failed {
            return Err(Error::Failed);
        }
        let journal = std::mem::take(&mut self.journal);
        audit::extend(&mut self.read, journal).await?;
        let Read { conn, db, ahead, .. } = self.read;
        match conn {
            Conn::SqliteWrite(lease) => lease.commit(ahead).await.map_err(|error| db.name_constraint(error))?,
            Conn::Postgres(tx) => tx.commit().await.map_err(commit_error)?,
            // `Db::write` never hands out a reading connection; nothing was changed through one.
            Conn::SqliteRead(_) => {}
        }
        if self.wakes == Wakes::Workers {
            db.wakeups.announce();
        }
        Ok(())
    }
}

/// A part of a key: an id or a number.
fn key_value(row: &crate::Row<'_>, at: usize, kind: crate::Kind) -> Result<crate::Value> {
    Ok(match kind {
        crate::Kind::Integer => crate::Value::Integer(row.get(at)?),
        _ => crate::Value::Text(row.get(at)?),
    })
}

/// A commit refused by the server did not happen; a commit whose answer never came may have.
fn commit_error(error: sqlx::Error) -> Error {
    match Error::from(error) {
        Error::Unavailable(_) => Error::CommitUnknown,
        refused => refused,
    }
}

impl Deref for Tx {
    type Target = Read;
    fn deref(&self) -> &Read {
        &self.read
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Read {
        &mut self.read
    }
}

impl InstanceRead {
    /// The view of one practice, in the same state of the database.
    pub fn within(&mut self, practice: &PracticeId) -> &mut Read {
        self.0.practice = practice.clone();
        &mut self.0
    }
}

impl InstanceTx {
    /// The transaction scoped to one practice, still the same transaction.
    pub fn within(&mut self, practice: &PracticeId) -> &mut Tx {
        self.0.read.practice = practice.clone();
        &mut self.0
    }

    /// Goes on scoped to one practice.
    pub fn into_practice(mut self, practice: &PracticeId) -> Tx {
        self.0.read.practice = practice.clone();
        self.0
    }

    /// The transaction scoped to the instance's own rows ([`INSTANCE`]): its jobs, its audit.
    pub fn own(&mut self) -> &mut Tx {
        self.within(&PracticeId::from_text(INSTANCE))
    }

    /// See [`Tx::commit`].
    pub async fn commit(self) -> Result<()> {
        self.0.commit().await
    }
}

impl InstanceScope for InstanceRead {
    fn query(&mut self, sql: &'static str) -> Query<'_> {
        self.0.query(sql)
    }
    fn within_read(&mut self, practice: &PracticeId) -> &mut Read {
        self.within(practice)
    }
}

impl InstanceScope for InstanceTx {
    fn query(&mut self, sql: &'static str) -> Query<'_> {
        self.0.query(sql)
    }
    fn within_read(&mut self, practice: &PracticeId) -> &mut Read {
        self.within(practice)
    }
}
