//! CSV that spreadsheets open as text and not as formulas.
//!
//! A cell that begins with a character by which a spreadsheet recognises a formula is preceded by an apostrophe (OWASP
//! ASVS 5.0, 1.2.10). Numbers that are numbers are written as they are. The importers take the apostrophe off again.

use std::borrow::Cow;

/// Characters by which spreadsheets begin a formula or by which one can be smuggled to the beginning, with their
/// full-width forms.
const FORMULA: &[char] = &['=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠'];

/// What one cell holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// Text of any origin.
    Text(Cow<'a, str>),
    /// A whole number of ours.
    Whole(i64),
    /// A measured number of ours, written with the given number of decimals; not a number is an empty cell.
    Decimal(f64, usize),
    /// Nothing.
    Empty,
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}

/// Puts the apostrophe before text that would be a formula.
///
/// ```
/// use exchange::csv_out::guarded;
/// assert_eq!(guarded("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
/// assert_eq!(guarded("Ana"), "Ana");
/// ```
pub fn guarded(text: &str) -> Cow<'_, str> {
    if is_formula(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// Takes the apostrophe off text that [`guarded`] put it on.
pub(crate) fn without_guard(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_formula(rest) => rest,
        _ => text,
    }
}

/// Spaces before the sign do not help: some programs trim them first.
fn is_formula(text: &str) -> bool {
    text.trim_start_matches([' ', '\u{A0}', '\u{FEFF}', '\u{3000}', '\'']).starts_with(FORMULA)
}

/// Writes a table: comma, CR LF, quotes where needed (RFC 4180). A row shorter than the header is filled with empty cells.
pub fn write<'a>(headers: &[&str], rows: impl IntoIterator<Item = Vec<Value<'a>>>) -> String {
    let mut text = String::new();
    push_row(&mut text, headers.iter().map(|header| Cow::Borrowed(*header)));
    for row in rows {
        let missing = headers.len().saturating_sub(row.len());
        let cells = row.into_iter().chain(std::iter::repeat_n(Value::Empty, missing));
        push_row(&mut text, cells.map(rendered));
    }
    text
}

fn rendered(value: Value<'_>) -> Cow<'_, str> {
    match value {
        Value::Text(text) => match guarded(&text) {
            Cow::Borrowed(_) => text,
            Cow::Owned(guarded) => Cow::Owned(guarded),
        },
        Value::Whole(number) => Cow::Owned(number.to_string()),
        Value::Decimal(number, decimals) if number.is_finite() => Cow::Owned(format!("{number:.decimals$}")),
        Value::Decimal(..) | Value::Empty => Cow::Borrowed(""),
    }
}

fn push_row<'a>(text: &mut String, cells: impl Iterator<Item = Cow<'a, str>>) {
    let start = text.len();
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            text.push(',');
        }
        if cell.contains([',', ';', '\t', '"', '\r', '\n']) || cell.starts_with(' ') || cell.ends_with(' ') {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(&cell);
        }
    }
    if text.len() == start {
        // A single empty cell; an empty line would be no row at all.
        text.push_str("\"\"");
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_table() {
        let rows = vec![
            vec!["Ana, \"A\"".into(), Value::Whole(-3), Value::Decimal(-0.25, 2)],
            vec!["-3".into(), Value::Decimal(f64::NAN, 1)],
        ];
        assert_eq!(write(&["name", "change", "d"], rows), "name,change,d\r\n\"Ana, \"\"A\"\"\",-3,-0.25\r\n'-3,,\r\n");
    }

    proptest! {
        #[test]
        fn no_text_begins_a_formula(before in "[ \u{A0}']{0,3}", sign in proptest::sample::select(FORMULA), rest in "\\PC{0,20}") {
            let text = format!("{before}{sign}{rest}");
            prop_assert!(guarded(&text).starts_with('\''));
        }

        #[test]
        fn what_was_written_is_read_back(texts in proptest::collection::vec("(\\PC|[=+@',;\"\n\t-]){0,12}", 1..6)) {
            let headers: Vec<String> = (0..texts.len()).map(|at| format!("h{at}")).collect();
            let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
            let text = write(&headers, [texts.iter().map(|text| text.as_str().into()).collect()]);
            let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
            let record = reader.records().next().unwrap().unwrap();
            for (cell, original) in record.iter().zip(&texts) {
                prop_assert!(!cell.starts_with(FORMULA));
                prop_assert_eq!(without_guard(cell), original.as_str());
            }
        }
    }
}
