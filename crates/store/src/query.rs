//! One statement: one text with `$1` placeholders for both databases, its values, and the verbs that run it.

mod statement;

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::atomic::Ordering;

use sqlx::AssertSqlSafe;

use crate::error::ends_sqlite_batch;
use crate::row::Source;
use crate::tx::Conn;
use crate::{Bind, Column, Error, Read, Record, Result, Row, Value};

use self::statement::highest_placeholder;
pub(crate) use self::statement::{Statement, sqlite_execute};
use self::statement::{each, postgres_execute, postgres_rows, sqlite_rows};

/// A statement being put together. Nothing happens until one of the verbs is awaited.
#[must_use = "a statement does nothing until one of its verbs is awaited"]
pub struct Query<'t> {
    read: &'t mut Read,
    sql: Cow<'static, str>,
    values: Vec<Value>,
    lists: usize,
    /// Values behind plain `?` placeholders.
    plain: usize,
    refused: Option<Error>,
}

impl<'t> Query<'t> {
    pub(crate) fn new(read: &'t mut Read, sql: &'static str) -> Self {
        Self { read, sql: Cow::Borrowed(sql), values: Vec::new(), lists: 0, plain: 0, refused: None }
    }

    /// A statement whose text was put together from names of the schema; on SQLite its placeholders are plain.
    pub(crate) fn built(read: &'t mut Read, sql: String, values: Vec<Value>) -> Self {
        let plain = if matches!(read.conn, Conn::Postgres(_)) { 0 } else { values.len() };
        let mut query = Self { read, sql: Cow::Owned(sql), values: Vec::new(), lists: 1, plain, refused: None };
        for value in values {
            query.push(value);
        }
        query
    }

    /// The same with numbered placeholders in the text.
    pub(crate) fn numbered(read: &'t mut Read, sql: String, values: Vec<Value>) -> Self {
        Self { plain: 0, ..Self::built(read, sql, values) }
    }

    /// Binds the next placeholder.
    pub fn bind(mut self, value: impl Bind) -> Self {
        self.push(value.into_value());
        self
    }

    /// Replaces the next `$each` in the text by one placeholder per value, for `IN ($each)`. An empty list matches nothing.
    pub fn bind_each<T: Bind>(mut self, values: impl IntoIterator<Item = T>) -> Self {
        let mut list = String::new();
        for value in values {
            self.push(value.into_value());
            let comma = if list.is_empty() { "" } else { ", " };
            write!(list, "{comma}${}", self.values.len()).expect("writing to a string never fails");
        }
        if list.is_empty() {
            list.push_str("NULL");
        }
        self.splice("$each", &list)
    }

    /// Replaces `$rows` in the text by one parenthesised group of placeholders per row ([`crate::values!`]), for
    /// `INSERT INTO t (a, b) VALUES $rows`. Without rows the statement is refused: ask before.
    pub fn bind_rows(mut self, rows: impl IntoIterator<Item = Vec<Value>>) -> Self {
        // SQLite looks every numbered placeholder up among all that came before it, which for hundreds takes longer than the
        // insert. Where the rows are all there is, plain ones mean the same.
        let on_sqlite = !matches!(self.read.conn, Conn::Postgres(_));
        let plain = on_sqlite && self.values.is_empty() && self.sql.matches('$').count() == 1;
        let mut list = String::new();
        for row in rows {
            list.push_str(if list.is_empty() { "(" } else { ", (" });
            for (column, value) in row.into_iter().enumerate() {
                self.push(value);
                let comma = if column == 0 { "" } else { ", " };
                if plain { write!(list, "{comma}?") } else { write!(list, "{comma}${}", self.values.len()) }
                    .expect("writing to a string never fails");
            }
            list.push(')');
        }
        if plain {
            self.plain = self.values.len();
        }
        if list.is_empty() {
            self.refused.get_or_insert(Error::Value { position: 0, problem: "there are no rows to insert" });
        }
        self.splice("$rows", &list)
    }

    fn push(&mut self, value: Value) {
        if let Some(problem) = value.problem() {
            let position = self.values.len() + 1;
            self.refused.get_or_insert(Error::Value { position, problem });
        }
        self.values.push(value);
    }

    fn splice(mut self, marker: &'static str, list: &str) -> Self {
        if self.sql.contains(marker) {
            self.sql = Cow::Owned(self.sql.replacen(marker, list, 1));
            self.lists += 1;
        } else {
            self.refused.get_or_insert(Error::Value { position: 0, problem: "the statement has no place for a list" });
        }
        self
    }

    /// Runs a statement and tells how many rows it touched.
    pub async fn execute(self) -> Result<u64> {
        let (read, statement) = self.ready()?;
        let ahead = read.start()?;
        let outcome = match &mut read.conn {
            Conn::SqliteRead(reading) => sqlite_execute(reading.connection()?, ahead, statement).await,
            Conn::SqliteWrite(lease) => sqlite_execute(lease.connection()?, ahead, statement).await,
            Conn::Postgres(tx) => postgres_execute(tx, statement).await,
        };
        read.finish(outcome)
    }

    /// Changes rows without asking how many: it goes with the transaction's next statement, or with its commit. On SQLite every
    /// trip to the database costs two switches between threads, and all that goes together takes one. An error comes out of
    /// whatever it went with, and fails the transaction as any other does. Not for a statement that returns rows, nor for one
    /// whose refusal means something to the one who asks.
    pub async fn later(self) -> Result<()> {
        if !matches!(self.read.conn, Conn::SqliteWrite(_)) || self.values.len() > Statement::SHORT {
            return self.execute().await.map(drop);
        }
        let (read, statement) = self.ready()?;
        read.db.statements.fetch_add(1, Ordering::Relaxed);
        if read.failed {
            return Err(Error::Failed);
        }
        read.ahead.push(statement);
        Ok(())
    }

    /// All rows.
    pub async fn all<R: Record>(self) -> Result<Vec<R>> {
        self.each(R::read).await
    }

    /// The only row, or `None`. Of several, the first: a statement that should return one says so with its key.
    pub async fn optional<R: Record>(self) -> Result<Option<R>> {
        Ok(self.all().await?.into_iter().next())
    }

    /// The only row; [`Error::NotFound`] without one.
    pub async fn one<R: Record>(self) -> Result<R> {
        self.optional().await?.ok_or(Error::NotFound)
    }

    /// The first column of the only row; [`Error::NotFound`] without one.
    pub async fn scalar<T: Column>(self) -> Result<T> {
        Ok(self.one::<(T,)>().await?.0)
    }

    /// The first column of the only row, or `None` without a row.
    pub async fn scalar_optional<T: Column>(self) -> Result<Option<T>> {
        Ok(self.optional::<(T,)>().await?.map(|row| row.0))
    }

    /// The first column of every row.
    pub async fn scalars<T: Column>(self) -> Result<Vec<T>> {
        Ok(self.all::<(T,)>().await?.into_iter().map(|row| row.0).collect())
    }

    /// All rows, read by a function where no type says what they hold. Each is read as it comes: the database's form of a row
    /// takes many times the room of what is read from it.
    pub(crate) async fn each<T>(self, take: impl Fn(&Row<'_>) -> Result<T>) -> Result<Vec<T>> {
        let (read, statement) = self.ready()?;
        let ahead = read.start()?;
        let mut taken = Vec::new();
        let outcome = match &mut read.conn {
            Conn::SqliteRead(reading) => sqlite_rows(reading.connection()?, ahead, statement, &take, &mut taken).await,
            Conn::SqliteWrite(lease) => sqlite_rows(lease.connection()?, ahead, statement, &take, &mut taken).await,
            Conn::Postgres(tx) => postgres_rows(tx, statement, &take, &mut taken).await,
        };
        read.finish(outcome)??;
        Ok(taken)
    }

    /// Checks text against values. A statement refused here also fails the transaction: whatever it was meant to do has not
    /// happened.
    fn ready(self) -> Result<(&'t mut Read, Statement)> {
        let expected = highest_placeholder(&self.sql).max(self.plain);
        let given = self.values.len();
        let refused = self.refused.or_else(|| {
            (expected != given).then(|| Error::Binds { sql: self.sql.chars().take(80).collect(), expected, given })
        });
        if let Some(error) = refused {
            self.read.fail();
            return Err(error);
        }
        #[cfg(feature = "testing")]
        {
            let mut texts = self.read.db.texts.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            texts.push_back(self.sql.to_string());
            if texts.len() > 16 {
                texts.pop_front();
            }
        }
        // A text that was widened for a long list is as good as new every time: caching it would push out the others. With a
        // short one, as every submission has, the same few texts come again and again.
        let persistent = self.lists == 0 || given <= Statement::SHORT;
        Ok((self.read, Statement { sql: self.sql, values: self.values, persistent }))
    }
}

impl Read {
    /// Streams the rows of a statement that was put together from names of the schema.
    pub(crate) async fn each_row(&mut self, sql: String, mut take: impl FnMut(&Row<'_>) -> Result<()>) -> Result<()> {
        self.begin().await?;
        let ahead = self.start()?;
        debug_assert!(ahead.is_empty(), "rows are streamed by those who only read");
        let sql = AssertSqlSafe(sql);
        let outcome = match &mut self.conn {
            Conn::SqliteRead(reading) => {
                let rows = sqlx::query(sql).persistent(false).fetch(reading.connection()?);
                each(rows, |row| take(&Row(Source::Sqlite(row)))).await
            }
            Conn::SqliteWrite(lease) => {
                let rows = sqlx::query(sql).persistent(false).fetch(lease.connection()?);
                each(rows, |row| take(&Row(Source::Sqlite(row)))).await
            }
            Conn::Postgres(tx) => {
                let rows = sqlx::query(sql).persistent(false).fetch(&mut **tx);
                each(rows, |row| take(&Row(Source::Postgres(row)))).await
            }
        };
        self.finish(outcome)?
    }

    /// Begins a reader's transaction by itself, where its first statement's rows are streamed.
    pub(crate) async fn begin(&mut self) -> Result<()> {
        if let Conn::SqliteRead(reading) = &mut self.conn
            && let Some(beginning) = self.ahead.pop()
        {
            let outcome = sqlite_execute(reading.connection()?, Vec::new(), beginning).await;
            self.finish(outcome)?;
        }
        Ok(())
    }

    /// Marks the transaction failed for as long as a statement is under way, so that an abandoned one counts as failed. Gives
    /// what goes ahead of it.
    fn start(&mut self) -> Result<Vec<Statement>> {
        self.db.statements.fetch_add(1, Ordering::Relaxed);
        if std::mem::replace(&mut self.failed, true) { Err(Error::Failed) } else { Ok(std::mem::take(&mut self.ahead)) }
    }

    fn finish<T>(&mut self, outcome: Result<T, sqlx::Error>) -> Result<T> {
        match outcome {
            Ok(value) => {
                self.failed = false;
                if let Conn::SqliteRead(reading) = &mut self.conn {
                    reading.answered();
                }
                Ok(value)
            }
            Err(error) => {
                if let Conn::SqliteWrite(lease) = &mut self.conn
                    && ends_sqlite_batch(&error)
                {
                    lease.break_batch();
                }
                Err(self.db.name_constraint(error.into()))
            }
        }
    }
}
