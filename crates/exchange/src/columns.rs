//! Which headers mean which column.
//!
//! Headers are compared by their letters and digits alone: `Date of Birth`, `date_of_birth` and `DateOfBirth*` are the
//! same, and a remark in parentheses at the end does not count. When a file has several columns for one thing (mobile
//! and home number), the first header of the list that is there and filled wins.

use crate::error::{RowError, shape};
use crate::options::Options;
use crate::table::{Row, Table};
use std::fmt::Write;
use std::io::Read;

/// One thing a row can say, and the headers under which other systems say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Our own header.
    pub name: &'static str,
    /// Whether a file without it is refused.
    pub need: Need,
    /// What it holds and in which form.
    pub meaning: &'static str,
    /// Other headers, in the order in which they win.
    pub headers: &'static [&'static str],
}

/// Whether a file needs a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// A file without it is refused.
    Required,
    /// May be missing.
    Optional,
}

impl Column {
    pub(crate) const fn required(name: &'static str, meaning: &'static str, headers: &'static [&'static str]) -> Self {
        Self { name, need: Need::Required, meaning, headers }
    }

    pub(crate) const fn optional(name: &'static str, meaning: &'static str, headers: &'static [&'static str]) -> Self {
        Self { name, need: Need::Optional, meaning, headers }
    }

    fn accepts(&self) -> impl Iterator<Item = String> + '_ {
        std::iter::once(self.name).chain(self.headers.iter().copied()).map(key)
    }
}

/// The table of columns as plain text, for the command line's help and the documentation.
///
/// ```
/// let text = exchange::describe(exchange::clients_csv::COLUMNS);
/// assert!(text.contains("external_id (required)"));
/// ```
pub fn describe(columns: &[Column]) -> String {
    let mut text = String::new();
    for column in columns {
        let need = match column.need {
            Need::Required => " (required)",
            Need::Optional => "",
        };
        // Writing to a string cannot fail.
        let _ = write!(text, "{}{need}\n    {}\n", column.name, column.meaning);
        if !column.headers.is_empty() {
            let _ = writeln!(text, "    also: {}", column.headers.join(", "));
        }
    }
    text
}

/// Letters and digits in lower case.
fn key(header: &str) -> String {
    header.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The same, also without a remark in parentheses at the end.
fn keys(header: &str) -> [String; 2] {
    let bare = header.trim_end_matches([' ', '*', ':']);
    let without_remark = match (bare.ends_with(')'), bare.rfind('(')) {
        (true, Some(open)) => &bare[..open],
        _ => bare,
    };
    [key(header), key(without_remark)]
}

/// What a file's header line offers and how it is understood by itself: for a person to correct before anything is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Understood {
    /// The headers of the file, in its order, without empty ones.
    pub headers: Vec<String>,
    /// Each of our columns with the header it was found under.
    pub columns: Vec<(&'static Column, Option<String>)>,
    /// Rows below the header line.
    pub rows: usize,
}

/// Reads the header line and says what its columns are taken for.
pub fn understand(reader: impl Read, columns: &'static [Column], options: &Options) -> Result<Understood, RowError> {
    let table = crate::table::read(reader, options.max_bytes)?;
    let found = |column: &Column| {
        if let Some(meant) = options.meant.get(column.name) {
            return meant.clone().filter(|header| table.headers.iter().any(|one| one.trim() == header));
        }
        let wanted: Vec<String> = column.accepts().collect();
        let at = wanted.iter().find_map(|wanted| table.headers.iter().position(|one| keys(one).contains(wanted)))?;
        Some(table.headers[at].trim().to_owned())
    };
    Ok(Understood {
        columns: columns.iter().map(|column| (column, found(column))).collect(),
        rows: table.rows.len(),
        headers: table.headers.iter().map(|one| one.trim().to_owned()).filter(|one| !one.is_empty()).collect(),
    })
}

/// Which column of the file says what.
pub(crate) struct Mapping<'t> {
    columns: &'static [Column],
    /// For each known column, the positions in the file in the order in which they win.
    positions: Vec<Vec<usize>>,
    headers: &'t [String],
}

impl<'t> Mapping<'t> {
    /// Maps the header line, or says what it lacks.
    pub(crate) fn new(columns: &'static [Column], table: &'t Table, options: &Options) -> Result<Self, Vec<RowError>> {
        let mut errors = Vec::new();
        let line = table.header_line;
        for (at, header) in table.headers.iter().enumerate() {
            let first = table.headers.iter().position(|other| key(other) == key(header));
            if let Some(first) = first.filter(|first| *first < at && !key(header).is_empty()) {
                errors.push(RowError {
                    column: Some(letters(at)),
                    ..RowError::new(
                        line,
                        format!("has the same header as column {}", letters(first)),
                        "rename or remove one of the two columns",
                    )
                });
            }
        }
        let positions: Vec<Vec<usize>> = columns
            .iter()
            .map(|column| {
                if let Some(meant) = options.meant.get(column.name) {
                    let is_meant = |header: &String| meant.as_deref() == Some(header.trim());
                    return table.headers.iter().position(is_meant).into_iter().collect();
                }
                let by_header = |wanted: &String| table.headers.iter().position(|header| keys(header).contains(wanted));
                let mut found: Vec<usize> = column.accepts().filter_map(|wanted| by_header(&wanted)).collect();
                let mut seen = Vec::new();
                found.retain(|at| {
                    !seen.contains(at) && {
                        seen.push(*at);
                        true
                    }
                });
                found
            })
            .collect();
        if positions.iter().all(Vec::is_empty) {
            errors.push(RowError::new(
                line,
                "has no header that is known here",
                "put a line with column names first, for example: ".to_owned() + &required(columns),
            ));
            return Err(errors);
        }
        for (column, found) in columns.iter().zip(&positions) {
            if column.need == Need::Required && found.is_empty() {
                errors.push(RowError::new(
                    line,
                    format!("the column {} is missing", column.name),
                    format!("add a column named {}{}", column.name, also(column)),
                ));
            }
        }
        if errors.is_empty() { Ok(Self { columns, positions, headers: &table.headers }) } else { Err(errors) }
    }

    /// The headers that mean nothing here. The header line is known to be one, so these are no one's data.
    pub(crate) fn ignored(&self) -> Vec<String> {
        let used: Vec<usize> = self.positions.iter().flatten().copied().collect();
        self.headers
            .iter()
            .enumerate()
            .filter(|(at, header)| !used.contains(at) && !header.trim().is_empty())
            .map(|(_, header)| header.trim().to_owned())
            .collect()
    }

    /// The number of cells of the header line.
    pub(crate) fn width(&self) -> usize {
        self.headers.len()
    }

    /// Whether the file has the column at all.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.index(name).is_some_and(|index| !self.positions[index].is_empty())
    }

    /// The row's cell, trimmed; `None` when the file has no such column or the cell is empty.
    pub(crate) fn cell<'r>(&self, row: &'r Row, name: &str) -> Option<Cell<'r>> {
        let positions = &self.positions[self.index(name)?];
        positions.iter().find_map(|at| {
            let text = crate::csv_out::without_guard(row.cells.get(*at)?.trim()).trim();
            (!text.is_empty()).then(|| Cell { text, line: row.line, place: self.place(*at) })
        })
    }

    /// The row's cell, or the fault that it is empty.
    pub(crate) fn needed<'r>(&self, row: &'r Row, name: &'static str) -> Result<Cell<'r>, RowError> {
        self.cell(row, name).ok_or_else(|| {
            let place =
                self.index(name).and_then(|index| self.positions[index].first().copied()).map(|at| self.place(at));
            RowError {
                column: place,
                ..RowError::new(row.line, format!("{name} is empty"), "fill it in, or remove the row")
            }
        })
    }

    fn index(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    fn place(&self, at: usize) -> String {
        format!("{} \"{}\"", letters(at), self.headers[at].trim())
    }
}

/// A filled cell and where it stands.
pub(crate) struct Cell<'r> {
    pub text: &'r str,
    line: u64,
    place: String,
}

impl Cell<'_> {
    /// A fault of this cell.
    pub(crate) fn fault(&self, message: impl Into<String>, remedy: impl Into<String>) -> RowError {
        RowError {
            column: Some(self.place.clone()),
            shape: Some(shape(self.text)),
            ..RowError::new(self.line, message, remedy)
        }
    }
}

fn required(columns: &[Column]) -> String {
    let names: Vec<&str> =
        columns.iter().filter(|column| column.need == Need::Required).map(|column| column.name).collect();
    names.join(", ")
}

fn also(column: &Column) -> String {
    match column.headers.first() {
        Some(_) => format!(" (or {})", column.headers.iter().take(4).copied().collect::<Vec<_>>().join(", ")),
        None => String::new(),
    }
}

/// A column's name in a spreadsheet: A to Z, AA, AB …
fn letters(at: usize) -> String {
    let mut name = String::new();
    let mut left = at + 1;
    while left > 0 {
        let digit = u8::try_from((left - 1) % 26).unwrap_or(0);
        name.insert(0, char::from(b'A' + digit));
        left = (left - 1) / 26;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spreadsheet_names() {
        assert_eq!(
            ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"],
            [0, 25, 26, 51, 52, 701, 702].map(letters).each_ref().map(String::as_str)
        );
    }

    #[test]
    fn headers_are_compared_by_letters_and_digits() {
        for header in
            ["Date of Birth", "date_of_birth", "DateOfBirth*", "DATE OF BIRTH (mm/dd/yyyy)", " Date-of-birth: "]
        {
            assert!(keys(header).contains(&"dateofbirth".to_owned()), "{header}");
        }
    }

    #[test]
    fn no_header_means_two_things() {
        for columns in [crate::clients_csv::COLUMNS, crate::appointments_csv::COLUMNS] {
            let all: Vec<String> = columns.iter().flat_map(Column::accepts).collect();
            let twice: Vec<&String> =
                all.iter().enumerate().filter(|(at, name)| all[..*at].contains(name)).map(|(_, name)| name).collect();
            assert!(twice.is_empty(), "listed twice: {twice:?}");
        }
    }
}
