//! One value as JSON and back, so that it comes back exactly: a real number as the shortest text that means it, a document as
//! the text the database has, bytes in base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde_json::Value as JsonValue;

use crate::value::{Kind, Value};
use crate::{Result, Row};

/// Reads the value at a position of a row.
pub(super) fn to_json(row: &Row<'_>, at: usize, kind: Kind) -> Result<JsonValue> {
    let text = |text: String| JsonValue::String(text);
    let found = match kind {
        Kind::Text | Kind::Document => row.get::<Option<String>>(at)?.map(text),
        Kind::Integer => row.get::<Option<i64>>(at)?.map(JsonValue::from),
        Kind::Real => row.get::<Option<f64>>(at)?.map(|real| text(real.to_string())),
        Kind::Boolean => row.get::<Option<bool>>(at)?.map(JsonValue::from),
        Kind::Bytes => row.get::<Option<Vec<u8>>>(at)?.map(|bytes| text(STANDARD.encode(bytes))),
        Kind::Instant => row
            .get::<Option<DateTime<Utc>>>(at)?
            .map(|instant| text(instant.to_rfc3339_opts(SecondsFormat::Micros, true))),
        Kind::Day => row.get::<Option<NaiveDate>>(at)?.map(|day| text(day.to_string())),
    };
    Ok(found.unwrap_or(JsonValue::Null))
}

/// The value to bind; `None` when the JSON is not one of this kind. A document is bound as text.
pub(super) fn from_json(json: JsonValue, kind: Kind) -> Option<Value> {
    Some(match (kind, json) {
        (Kind::Document, JsonValue::Null) => Value::Null(Kind::Text),
        (kind, JsonValue::Null) => Value::Null(kind),
        (Kind::Text, JsonValue::String(text)) => Value::Text(text),
        (Kind::Document, JsonValue::String(text)) => {
            serde_json::from_str::<serde::de::IgnoredAny>(&text).ok()?;
            Value::Text(text)
        }
        (Kind::Integer, JsonValue::Number(number)) => Value::Integer(number.as_i64()?),
        (Kind::Real, JsonValue::String(text)) => Value::Real(text.parse().ok()?),
        (Kind::Boolean, JsonValue::Bool(boolean)) => Value::Boolean(boolean),
        (Kind::Bytes, JsonValue::String(text)) => Value::Bytes(STANDARD.decode(text).ok()?),
        (Kind::Instant, JsonValue::String(text)) => {
            Value::Instant(DateTime::parse_from_rfc3339(&text).ok()?.with_timezone(&Utc))
        }
        (Kind::Day, JsonValue::String(text)) => Value::Day(text.parse().ok()?),
        _ => return None,
    })
}
