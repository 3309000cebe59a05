//! What a parser answers: usable rows and named faults.

use std::fmt;

/// The outcome of reading one file. Rows and faults are in the order of the file; a row with a fault is in neither half
/// twice: it is not among the rows.
#[derive(Debug, Clone)]
pub struct Parsed<R> {
    /// The rows that can be used.
    pub rows: Vec<R>,
    /// Why others cannot, and what is wrong with the file as a whole.
    pub errors: Vec<RowError>,
    /// The headers of columns that mean nothing here and were left alone.
    pub ignored: Vec<String>,
}

impl<R> Parsed<R> {
    /// A file that could not be read at all.
    pub(crate) fn refused(error: RowError) -> Self {
        Self { rows: Vec::new(), errors: vec![error], ignored: Vec::new() }
    }

    /// Whether to stop: nobody reads a thousand faults, and they would take more memory than the file.
    pub(crate) fn has_too_many(&mut self, line: u64) -> bool {
        if self.errors.len() < MAX_ERRORS {
            return false;
        }
        self.errors.push(RowError::new(
            line,
            "there are too many faults; no row after this one was read",
            "correct the faults above first",
        ));
        true
    }
}

const MAX_ERRORS: usize = 1000;

/// One fault, with its place and its remedy. Quotes headers and known words, never the content of a cell.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct RowError {
    /// The line of the file on which the row begins, counted from 1.
    pub line: u64,
    /// The column, as a spreadsheet names it and with its header: `D "Mobile"`. `None` when it is about the whole row.
    pub column: Option<String>,
    /// The shape of the cell: digits as 9, ASCII letters as a, other characters as they are or as `?`.
    pub shape: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

impl RowError {
    pub(crate) fn new(line: u64, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { line, column: None, shape: None, message: message.into(), remedy: remedy.into() }
    }
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(column) = &self.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": {}", self.message)?;
        if let Some(shape) = &self.shape {
            write!(f, " (looks like {shape})")?;
        }
        write!(f, "; {}", self.remedy)
    }
}

/// The shape of a cell, at most 24 characters of it.
pub(crate) fn shape(cell: &str) -> String {
    let mut shape: String = cell
        .chars()
        .take(24)
        .map(|c| match c {
            '0'..='9' => '9',
            'a'..='z' | 'A'..='Z' => 'a',
            ' ' | '/' | '-' | ':' | '.' | '+' | '(' | ')' | '@' | ',' => c,
            _ => '?',
        })
        .collect();
    if cell.chars().count() > 24 {
        shape.push('…');
    }
    shape
}
