//! How large the figures of a file may be: far above any questionnaire's, and so far below the ends of the machine's whole
//! numbers that no sum, weight or proration over them can run over. Looked at before anything is computed from them.

use toml::{Table, Value};

use super::Problems;

/// The largest figure, either side of zero.
const LARGEST: i32 = 100_000;

/// Items, options or rows of one list.
const LONGEST: u32 = 500;

/// Every figure and every list of the file.
pub(super) fn check(file: &Table, problems: &mut Problems<'_>) {
    table(file, "", problems);
}

fn table(table: &Table, place: &str, problems: &mut Problems<'_>) {
    for (key, inner) in table {
        let place = if place.is_empty() { key.clone() } else { format!("{place}.{key}") };
        // Short for a list of that many items.
        if key == "numbered" && inner.as_integer().is_some_and(|items| items > i64::from(LONGEST)) {
            problems.add(place.as_str(), format!("at most {LONGEST} items"));
        }
        value(inner, &place, problems);
    }
}

fn value(value: &Value, place: &str, problems: &mut Problems<'_>) {
    match value {
        Value::Integer(figure) if !(-i64::from(LARGEST)..=i64::from(LARGEST)).contains(figure) => {
            problems.add(place, format!("a figure is from -{LARGEST} to {LARGEST}"));
        }
        Value::Float(figure) if !(-f64::from(LARGEST)..=f64::from(LARGEST)).contains(figure) => {
            problems.add(place, format!("a figure is from -{LARGEST} to {LARGEST}"));
        }
        Value::Array(list) if list.len() > LONGEST as usize => {
            problems.add(place, format!("at most {LONGEST} entries"));
        }
        Value::Array(list) => {
            for (position, inner) in list.iter().enumerate() {
                let name = inner.get("id").and_then(Value::as_str);
                let name = name.map_or_else(|| (position + 1).to_string(), str::to_owned);
                self::value(inner, &format!("{place}[{name}]"), problems);
            }
        }
        Value::Table(inner) => table(inner, place, problems),
        _ => {}
    }
}
