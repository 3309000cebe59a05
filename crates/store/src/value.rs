//! Values on their way into a statement: what both databases can store, and nothing else. The way out is `row.rs`.

use chrono::{DateTime, NaiveDate, SecondsFormat, SubsecRound, Utc};
use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, error::BoxDynError};

/// The column types of the portable dialect (see `migrations/README.md`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `TEXT`
    Text,
    /// `BIGINT`
    Integer,
    /// `DOUBLE PRECISION`
    Real,
    /// `BOOLEAN`
    Boolean,
    /// `BYTEA`
    Bytes,
    /// `TIMESTAMPTZ`
    Instant,
    /// `DATE`
    Day,
    /// `JSONB`
    Document,
}

/// One value for one placeholder.
#[derive(Clone, PartialEq)]
pub enum Value {
    /// No value; the type matters to PostgreSQL.
    Null(Kind),
    /// `TEXT`
    Text(String),
    /// `BIGINT`
    Integer(i64),
    /// `DOUBLE PRECISION`, finite
    Real(f64),
    /// `BOOLEAN`
    Boolean(bool),
    /// `BYTEA`
    Bytes(Vec<u8>),
    /// `TIMESTAMPTZ`, microseconds
    Instant(DateTime<Utc>),
    /// `DATE`
    Day(NaiveDate),
    /// `JSONB`, an object or an array
    Document(serde_json::Value),
    /// What could not be turned into a value; the statement is refused.
    Unusable(&'static str),
}

/// A value both databases can store.
pub trait Bind {
    /// The column type it needs.
    const KIND: Kind;
    /// Turns it into the value to send.
    fn into_value(self) -> Value;
}

/// A document column: an object or an array.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Json<T>(pub T);

impl Value {
    /// What is wrong with the value, if anything.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        match self {
            Self::Unusable(problem) => Some(problem),
            Self::Real(real) if !real.is_finite() => Some("a real number must be finite"),
            Self::Text(text) if text.contains('\0') => Some("text must not contain the NUL character"),
            Self::Document(document) if !document.is_object() && !document.is_array() => {
                Some("a document must be an object or an array")
            }
            _ => None,
        }
    }

    pub(crate) fn add_sqlite(self, arguments: &mut SqliteArguments) -> Result<(), BoxDynError> {
        match self {
            Self::Null(_) | Self::Unusable(_) => Arguments::add(arguments, None::<i64>),
            Self::Text(text) => Arguments::add(arguments, text),
            Self::Integer(integer) => Arguments::add(arguments, integer),
            Self::Real(real) => Arguments::add(arguments, real),
            Self::Boolean(boolean) => Arguments::add(arguments, boolean),
            Self::Bytes(bytes) => Arguments::add(arguments, bytes),
            // Always six digits, so that the texts compare like the instants.
            Self::Instant(instant) => Arguments::add(arguments, instant.to_rfc3339_opts(SecondsFormat::Micros, false)),
            Self::Day(day) => Arguments::add(arguments, day),
            Self::Document(document) => Arguments::add(arguments, document.to_string()),
        }
    }

    pub(crate) fn add_postgres(self, arguments: &mut PgArguments) -> Result<(), BoxDynError> {
        match self {
            Self::Null(Kind::Text) | Self::Unusable(_) => Arguments::add(arguments, None::<String>),
            Self::Null(Kind::Integer) => Arguments::add(arguments, None::<i64>),
            Self::Null(Kind::Real) => Arguments::add(arguments, None::<f64>),
            Self::Null(Kind::Boolean) => Arguments::add(arguments, None::<bool>),
            Self::Null(Kind::Bytes) => Arguments::add(arguments, None::<Vec<u8>>),
            Self::Null(Kind::Instant) => Arguments::add(arguments, None::<DateTime<Utc>>),
            Self::Null(Kind::Day) => Arguments::add(arguments, None::<NaiveDate>),
            Self::Null(Kind::Document) => Arguments::add(arguments, None::<serde_json::Value>),
            Self::Text(text) => Arguments::add(arguments, text),
            Self::Integer(integer) => Arguments::add(arguments, integer),
            Self::Real(real) => Arguments::add(arguments, real),
            Self::Boolean(boolean) => Arguments::add(arguments, boolean),
            Self::Bytes(bytes) => Arguments::add(arguments, bytes),
            Self::Instant(instant) => Arguments::add(arguments, instant),
            Self::Day(day) => Arguments::add(arguments, day),
            Self::Document(document) => Arguments::add(arguments, document),
        }
    }
}

macro_rules! bind {
    ($($type:ty => $kind:ident, |$value:ident| $into:expr;)+) => { $(
        impl Bind for $type {
            const KIND: Kind = Kind::$kind;
            fn into_value(self) -> Value {
                let $value = self;
                Value::$kind($into)
            }
        }
    )+ };
}

bind! {
    String => Text, |text| text;
    &str => Text, |text| text.to_owned();
    i64 => Integer, |integer| integer;
    i32 => Integer, |integer| i64::from(integer);
    u32 => Integer, |integer| i64::from(integer);
    u16 => Integer, |integer| i64::from(integer);
    u8 => Integer, |integer| i64::from(integer);
    f64 => Real, |real| real;
    bool => Boolean, |boolean| boolean;
    Vec<u8> => Bytes, |bytes| bytes;
    &[u8] => Bytes, |bytes| bytes.to_vec();
    DateTime<Utc> => Instant, |instant| instant.trunc_subsecs(6);
    NaiveDate => Day, |day| day;
}

impl<T: serde::Serialize> Bind for Json<T> {
    const KIND: Kind = Kind::Document;
    fn into_value(self) -> Value {
        serde_json::to_value(self.0).map_or(Value::Unusable("the document cannot be written as JSON"), Value::Document)
    }
}

impl<T: Bind> Bind for Option<T> {
    const KIND: Kind = T::KIND;
    fn into_value(self) -> Value {
        self.map_or(Value::Null(T::KIND), T::into_value)
    }
}

impl<T: Bind + Clone> Bind for &T {
    const KIND: Kind = T::KIND;
    fn into_value(self) -> Value {
        self.clone().into_value()
    }
}

/// One row of values for [`crate::Query::bind_rows`]: `values![id, name, at]`.
#[macro_export]
macro_rules! values {
    ($($value:expr),+ $(,)?) => { ::std::vec![$($crate::Bind::into_value($value)),+] };
}

/// Teaches the store to bind and read types that have a stable text (`care::text::TextValue`).
#[macro_export]
macro_rules! text_columns {
    ($($type:ty),+ $(,)?) => { $(
        impl $crate::Bind for $type {
            const KIND: $crate::Kind = $crate::Kind::Text;
            fn into_value(self) -> $crate::Value {
                $crate::Value::Text(::care::text::TextValue::as_text(&self).to_owned())
            }
        }
        impl $crate::Column for $type {
            fn read(row: &$crate::Row<'_>, at: $crate::At<'_>) -> $crate::Result<Self> {
                let text = <::std::string::String as $crate::Column>::read(row, at)?;
                ::care::text::TextValue::parse_text(&text).map_err(|unknown| $crate::Error::Column {
                    column: at.to_string(),
                    problem: ::std::format!("holds an unknown {}", unknown.kind),
                })
            }
        }
    )+ };
}
