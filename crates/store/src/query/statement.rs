//! A statement with its values, and how each database runs it.

use std::borrow::Cow;
use std::fmt::Write as _;

use futures::TryStreamExt as _;
use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::{
    AssertSqlSafe, Either, Executor as _, PgConnection, Postgres, SqlSafeStr, SqlStr, Sqlite, SqliteConnection,
};

use crate::row::Source;
use crate::{Result, Row, Value};

/// A text with as many values as it has places for.
pub(crate) struct Statement {
    pub(super) sql: Cow<'static, str>,
    pub(super) values: Vec<Value>,
    /// Whether the database keeps it prepared.
    pub(super) persistent: bool,
}

impl Statement {
    /// Values up to which a statement with a list is kept prepared, and goes together with others.
    pub(super) const SHORT: usize = 64;

    /// A text without values.
    pub(crate) const fn of(sql: &'static str) -> Self {
        Self { sql: Cow::Borrowed(sql), values: Vec::new(), persistent: true }
    }

    /// Several statements as one text with one list of values.
    fn together(ahead: Vec<Self>, last: Self) -> Self {
        if ahead.is_empty() {
            return last;
        }
        let all = ahead.iter().chain([&last]);
        let mut sql = String::with_capacity(all.clone().map(|one| one.sql.len() + 8).sum());
        let mut values = 0;
        for one in all {
            if values > 0 || !sql.is_empty() {
                sql.push_str("; ");
            }
            count_on(&one.sql, values, &mut sql);
            values += one.values.len();
        }
        let persistent = last.persistent && ahead.iter().all(|one| one.persistent);
        let values = ahead.into_iter().chain([last]).flat_map(|one| one.values).collect();
        Self { sql: Cow::Owned(sql), values, persistent }
    }

    /// For a text that was put together: only placeholders were added to static ones.
    fn into_text(sql: Cow<'static, str>) -> SqlStr {
        match sql {
            Cow::Borrowed(text) => text.into_sql_str(),
            Cow::Owned(text) => AssertSqlSafe(text).into_sql_str(),
        }
    }

    fn for_sqlite(self) -> Result<sqlx::query::Query<'static, Sqlite, SqliteArguments>, sqlx::Error> {
        let mut arguments = SqliteArguments::default();
        for value in self.values {
            value.add_sqlite(&mut arguments).map_err(sqlx::Error::Encode)?;
        }
        Ok(sqlx::query_with(Self::into_text(self.sql), arguments).persistent(self.persistent))
    }

    fn for_postgres(self) -> Result<sqlx::query::Query<'static, Postgres, PgArguments>, sqlx::Error> {
        let mut arguments = PgArguments::default();
        for value in self.values {
            value.add_postgres(&mut arguments).map_err(sqlx::Error::Encode)?;
        }
        Ok(sqlx::query_with(Self::into_text(self.sql), arguments).persistent(self.persistent))
    }
}

/// A part of a text: what stands between two placeholders, or one of them.
enum Part<'a> {
    Text(&'a str),
    Numbered(usize),
    Plain,
}

/// The parts of a text. What looks like a placeholder between quotes is none.
fn parts(sql: &str) -> impl Iterator<Item = Part<'_>> {
    let bytes = sql.as_bytes();
    let (mut from, mut quoted) = (0, false);
    std::iter::from_fn(move || {
        if let Some(part) = placeholder(sql, from).filter(|_| !quoted) {
            let (part, length) = part;
            from += length;
            return Some(part);
        }
        let mut to = from;
        while let Some(byte) = bytes.get(to) {
            if !quoted && to > from && placeholder(sql, to).is_some() {
                break;
            }
            if *byte == b'\'' {
                quoted = !quoted;
            }
            to += 1;
        }
        let text = &sql[from..to];
        from = to;
        (!text.is_empty()).then_some(Part::Text(text))
    })
}

/// The placeholder that begins here, and its length.
fn placeholder(sql: &str, at: usize) -> Option<(Part<'static>, usize)> {
    let bytes = sql.as_bytes();
    match bytes.get(at)? {
        b'?' => Some((Part::Plain, 1)),
        b'$' => {
            let digits = bytes[at + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            Some((Part::Numbered(sql[at + 1..=at + digits].parse().ok()?), 1 + digits))
        }
        _ => None,
    }
}

/// Writes a text whose values come after `before` others.
fn count_on(sql: &str, before: usize, text: &mut String) {
    let mut plain = before;
    for part in parts(sql) {
        match part {
            Part::Text(between) => text.push_str(between),
            Part::Numbered(number) => write!(text, "${}", before + number).expect("writing to a string never fails"),
            Part::Plain => {
                plain += 1;
                write!(text, "${plain}").expect("writing to a string never fails");
            }
        }
    }
}

/// The highest `$n` outside of quotes.
pub(super) fn highest_placeholder(sql: &str) -> usize {
    let numbers = parts(sql).map(|part| if let Part::Numbered(number) = part { number } else { 0 });
    numbers.max().unwrap_or(0)
}

/// What runs in one trip. SQLite looks each numbered placeholder up among all before it, so many values go by themselves.
async fn one_trip(
    conn: &mut SqliteConnection,
    mut ahead: Vec<Statement>,
    statement: Statement,
) -> Result<Statement, sqlx::Error> {
    if statement.values.len() <= Statement::SHORT {
        return Ok(Statement::together(ahead, statement));
    }
    if let Some(last) = ahead.pop() {
        Statement::together(ahead, last).for_sqlite()?.execute(conn).await?;
    }
    Ok(statement)
}

/// Runs what goes ahead and then the statement; how many rows the statement touched.
pub(crate) async fn sqlite_execute(
    conn: &mut SqliteConnection,
    ahead: Vec<Statement>,
    statement: Statement,
) -> Result<u64, sqlx::Error> {
    let query = one_trip(conn, ahead, statement).await?.for_sqlite()?;
    let mut steps = conn.fetch_many(query);
    let mut touched = 0;
    while let Some(step) = steps.try_next().await? {
        if let Either::Left(done) = step {
            touched = done.rows_affected();
        }
    }
    Ok(touched)
}

/// The same; takes the rows that the statement returns.
pub(super) async fn sqlite_rows<T>(
    conn: &mut SqliteConnection,
    ahead: Vec<Statement>,
    statement: Statement,
    take: &impl Fn(&Row<'_>) -> Result<T>,
    taken: &mut Vec<T>,
) -> Result<Result<()>, sqlx::Error> {
    let query = one_trip(conn, ahead, statement).await?.for_sqlite()?;
    each(query.fetch(conn), |row| {
        taken.push(take(&Row(Source::Sqlite(row)))?);
        Ok(())
    })
    .await
}

pub(super) async fn postgres_execute(conn: &mut PgConnection, statement: Statement) -> Result<u64, sqlx::Error> {
    Ok(statement.for_postgres()?.execute(conn).await?.rows_affected())
}

pub(super) async fn postgres_rows<T>(
    conn: &mut PgConnection,
    statement: Statement,
    take: &impl Fn(&Row<'_>) -> Result<T>,
    taken: &mut Vec<T>,
) -> Result<Result<()>, sqlx::Error> {
    each(statement.for_postgres()?.fetch(conn), |row| {
        taken.push(take(&Row(Source::Postgres(row)))?);
        Ok(())
    })
    .await
}

/// The outer error is the database's, the inner one the taker's.
pub(super) async fn each<R>(
    mut rows: impl futures::Stream<Item = Result<R, sqlx::Error>> + Unpin,
    mut take: impl FnMut(&R) -> Result<()>,
) -> Result<Result<()>, sqlx::Error> {
    while let Some(row) = rows.try_next().await? {
        if let Err(error) = take(&row) {
            return Ok(Err(error));
        }
    }
    Ok(Ok(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(sql: &'static str, values: &[i64]) -> Statement {
        let values = values.iter().map(|value| Value::Integer(*value)).collect();
        Statement { sql: Cow::Borrowed(sql), values, persistent: true }
    }

    #[test]
    fn placeholders_are_counted_outside_of_quotes() {
        assert_eq!(highest_placeholder("SELECT 1"), 0);
        assert_eq!(highest_placeholder("SELECT $2, $10, $1"), 10);
        assert_eq!(highest_placeholder("SELECT '$9', $1 || 'it''s $4'"), 1);
        assert_eq!(highest_placeholder("SELECT '$.x' ->> $1"), 1);
    }

    #[test]
    fn statements_that_go_together_share_one_list_of_values() {
        let ahead =
            vec![of("INSERT INTO a VALUES (?, ?, '?$1é')", &[1, 2]), of("UPDATE b SET c = $2 WHERE d = $1", &[3, 4])];
        let all = Statement::together(ahead, of("DELETE FROM e WHERE f = $1 OR g = $1", &[5]));
        assert_eq!(
            all.sql,
            "INSERT INTO a VALUES ($1, $2, '?$1é'); UPDATE b SET c = $4 WHERE d = $3; DELETE FROM e WHERE f = $5 OR g = $5"
        );
        let values: Vec<&Value> = all.values.iter().collect();
        assert!(matches!(
            values[..],
            [Value::Integer(1), Value::Integer(2), Value::Integer(3), Value::Integer(4), Value::Integer(5)]
        ));
    }
}
