//! Values on their way out of a row: by column name into a record, or by position into a tuple.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Decode, Postgres, Row as _, Sqlite, Type, ValueRef as _};

use crate::{Error, Json, Result};

/// One row of a result.
pub struct Row<'r>(pub(crate) Source<'r>);

pub(crate) enum Source<'r> {
    Sqlite(&'r SqliteRow),
    Postgres(&'r PgRow),
}

/// Where in the row a value stands.
#[derive(Debug, Clone, Copy)]
pub enum At<'a> {
    /// The column of this name.
    Name(&'a str),
    /// The column at this position, counted from 0.
    Position(usize),
}

impl<'a> From<&'a str> for At<'a> {
    fn from(name: &'a str) -> Self {
        Self::Name(name)
    }
}

impl From<usize> for At<'_> {
    fn from(position: usize) -> Self {
        Self::Position(position)
    }
}

impl std::fmt::Display for At<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Position(position) => write!(f, "{position}"),
        }
    }
}

/// A value both databases can return.
pub trait Column: Sized {
    /// Reads the value at this place of the row.
    fn read(row: &Row<'_>, at: At<'_>) -> Result<Self>;
}

/// A row read as a whole: a struct by column names ([`crate::record!`]), a tuple by positions.
pub trait Record: Sized {
    /// Reads the row.
    fn read(row: &Row<'_>) -> Result<Self>;
}

impl Row<'_> {
    /// The value of a column, by name or by position.
    pub fn get<'a, T: Column>(&self, at: impl Into<At<'a>>) -> Result<T> {
        T::read(self, at.into())
    }

    fn is_null(&self, at: At<'_>) -> Result<bool> {
        Ok(match (&self.0, at) {
            (Source::Sqlite(row), At::Name(name)) => row.try_get_raw(name)?.is_null(),
            (Source::Sqlite(row), At::Position(position)) => row.try_get_raw(position)?.is_null(),
            (Source::Postgres(row), At::Name(name)) => row.try_get_raw(name)?.is_null(),
            (Source::Postgres(row), At::Position(position)) => row.try_get_raw(position)?.is_null(),
        })
    }

    fn decode<T>(&self, at: At<'_>) -> Result<T>
    where
        T: for<'q> Decode<'q, Sqlite> + Type<Sqlite> + for<'q> Decode<'q, Postgres> + Type<Postgres>,
    {
        let value = match (&self.0, at) {
            (Source::Sqlite(row), At::Name(name)) => row.try_get::<T, _>(name),
            (Source::Sqlite(row), At::Position(position)) => row.try_get::<T, _>(position),
            (Source::Postgres(row), At::Name(name)) => row.try_get::<T, _>(name),
            (Source::Postgres(row), At::Position(position)) => row.try_get::<T, _>(position),
        };
        value.map_err(|error| match Error::from(error) {
            Error::Column { problem, .. } => Error::Column { column: at.to_string(), problem },
            other => other,
        })
    }
}

macro_rules! column {
    ($($type:ty),+) => { $(
        impl Column for $type {
            fn read(row: &Row<'_>, at: At<'_>) -> Result<Self> { row.decode(at) }
        }
    )+ };
}
column!(String, i64, f64, bool, Vec<u8>, DateTime<Utc>, NaiveDate);

macro_rules! narrow_column {
    ($($type:ty),+) => { $(
        impl Column for $type {
            fn read(row: &Row<'_>, at: At<'_>) -> Result<Self> {
                Self::try_from(row.decode::<i64>(at)?).map_err(|_| Error::Column {
                    column: at.to_string(),
                    problem: concat!("is out of range for ", stringify!($type)).to_owned(),
                })
            }
        }
    )+ };
}
narrow_column!(i32, u32, u16, u8, u64, usize);

impl<T: serde::de::DeserializeOwned> Column for Json<T> {
    fn read(row: &Row<'_>, at: At<'_>) -> Result<Self> {
        let document: serde_json::Value = row.decode(at)?;
        serde_json::from_value(document).map(Json).map_err(|_| Error::Column {
            column: at.to_string(),
            problem: "holds a document of another shape".to_owned(),
        })
    }
}

impl<T: Column> Column for Option<T> {
    fn read(row: &Row<'_>, at: At<'_>) -> Result<Self> {
        if row.is_null(at)? { Ok(None) } else { T::read(row, at).map(Some) }
    }
}

macro_rules! tuple {
    ($($type:ident $position:tt),+) => {
        impl<$($type: Column),+> Record for ($($type,)+) {
            fn read(row: &Row<'_>) -> Result<Self> { Ok(($(row.get::<$type>($position as usize)?,)+)) }
        }
    };
}
tuple!(A 0);
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
tuple!(A 0, B 1, C 2, D 3, E 4);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);

/// Reads a plain struct by column names: `record! { care::Packet { id, status, due_at } }`.
#[macro_export]
macro_rules! record {
    ($($type:ty { $($field:ident),+ $(,)? })+) => { $(
        impl $crate::Record for $type {
            fn read(row: &$crate::Row<'_>) -> $crate::Result<Self> {
                Ok(Self { $($field: row.get(stringify!($field))?),+ })
            }
        }
    )+ };
}
