//! From bytes to cells: encoding, separator, quotes and line numbers. What the cells mean is the caller's.

use crate::RowError;
use csv::{ReaderBuilder, StringRecord};
use std::io::Read;

/// A file as cells.
#[derive(Debug)]
pub(crate) struct Table {
    pub header_line: u64,
    pub headers: Vec<String>,
    pub rows: Vec<Row>,
}

/// One row and the line on which it begins.
#[derive(Debug)]
pub(crate) struct Row {
    pub line: u64,
    pub cells: Vec<String>,
    /// Set when the row has more cells than the header.
    pub surplus: Option<usize>,
}

/// More rows than any practice has clients; each takes memory of its own.
const MAX_ROWS: usize = 50_000;

const AS_UTF8: &str = "save the file as \"CSV UTF-8\" and try again";

/// Reads everything, or says why the file is no table.
pub(crate) fn read(reader: impl Read, max_bytes: usize) -> Result<Table, RowError> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(max_bytes).unwrap_or(u64::MAX);
    reader.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(|error| {
        RowError::new(1, format!("the file cannot be read: {}", error.kind()), "check that it exists and may be read")
    })?;
    if bytes.len() > max_bytes {
        return Err(RowError::new(
            1,
            format!("the file is larger than {max_bytes} bytes"),
            "split it into several files, each with the header line",
        ));
    }
    let text = decode(&bytes)?;
    let lines = LineStarts::of(text);
    let (delimiter, skipped) = delimiter(text);
    if let Some(at) = unclosed_quote(&text[skipped..], delimiter) {
        return Err(RowError::new(
            lines.line_of(skipped + at),
            "a quotation mark is opened and never closed",
            "close it, or double it if it belongs to the text",
        ));
    }
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(&text.as_bytes()[skipped..]);
    let mut table: Option<Table> = None;
    let mut record = StringRecord::new();
    loop {
        let more = reader
            .read_record(&mut record)
            .map_err(|_| RowError::new(1, "the file is not a table of cells", "save it as CSV and try again"))?;
        if !more {
            break;
        }
        let byte = record.position().map_or(0, csv::Position::byte);
        let start = skipped + usize::try_from(byte).unwrap_or(usize::MAX).min(text.len() - skipped);
        // The reader's position is before the empty lines that it passes over.
        let start = start + text[start..].bytes().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        let line = lines.line_of(start);
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let cells: Vec<String> = record.iter().map(str::to_owned).collect();
        match &mut table {
            None => table = Some(Table { header_line: line, headers: cells, rows: Vec::new() }),
            Some(table) => {
                if table.rows.len() == MAX_ROWS {
                    let message = format!("the file has more than {MAX_ROWS} rows");
                    return Err(RowError::new(line, message, "split it into several files, each with the header line"));
                }
                let width = table.headers.len();
                let surplus = cells.iter().skip(width).any(|cell| !cell.trim().is_empty()).then_some(cells.len());
                table.rows.push(Row { line, cells, surplus });
            }
        }
    }
    table.ok_or_else(|| RowError::new(1, "the file is empty", "export it again, with a line of column names"))
}

fn decode(bytes: &[u8]) -> Result<&str, RowError> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(RowError::new(1, "the file is \"Unicode text\" (UTF-16), not UTF-8", AS_UTF8));
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(RowError::new(1, "the file is a workbook, not CSV", AS_UTF8));
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = LineStarts::of_bytes(&bytes[..error.valid_up_to()]).count();
        RowError::new(line, "a character is not UTF-8 (the file may come from an older Excel)", AS_UTF8)
    })?;
    match text.find('\0') {
        Some(at) => Err(RowError::new(
            LineStarts::of(&text[..at]).count(),
            "a NUL character",
            "export the file again; it is damaged",
        )),
        None => Ok(text),
    }
}

/// The separator: as a first line `sep=;` says, else the one of comma, semicolon and tab that the first line with text has
/// most often outside quotes. Also the number of bytes before the table.
fn delimiter(text: &str) -> (u8, usize) {
    let first_end = text.find(['\r', '\n']).unwrap_or(text.len());
    if let Some(separator) = text[..first_end].strip_prefix("sep=")
        && let [separator @ (b',' | b';' | b'\t' | b'|')] = separator.as_bytes()
    {
        return (*separator, first_end);
    }
    let header = text.split(['\r', '\n']).find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in header.bytes() {
        quoted ^= byte == b'"';
        if let Some((_, count)) = counts.iter_mut().find(|(separator, _)| *separator == byte && !quoted) {
            *count += 1;
        }
    }
    // `max_by_key` takes the last of equals; a file of one column is separated by commas as well as by anything.
    let (separator, _) = counts.into_iter().rev().max_by_key(|(_, count)| *count).unwrap_or((b',', 0));
    (separator, 0)
}

/// Where a quotation mark opens that is never closed. A quote counts only at the beginning of a cell (RFC 4180).
fn unclosed_quote(text: &str, delimiter: u8) -> Option<usize> {
    let mut opened = None;
    let mut at_start = true;
    let mut bytes = text.bytes().enumerate().peekable();
    while let Some((at, byte)) = bytes.next() {
        match (opened, byte) {
            (Some(_), b'"') => {
                if bytes.peek().is_some_and(|(_, next)| *next == b'"') {
                    bytes.next();
                } else {
                    opened = None;
                }
            }
            (None, b'"') if at_start => opened = Some(at),
            _ => {}
        }
        at_start = opened.is_none() && (byte == delimiter || byte == b'\n' || byte == b'\r');
    }
    opened
}

/// Byte offsets at which lines begin. A line ends with LF, CR LF or CR.
struct LineStarts(Vec<usize>);

impl LineStarts {
    fn of(text: &str) -> Self {
        Self::of_bytes(text.as_bytes())
    }

    fn of_bytes(bytes: &[u8]) -> Self {
        let mut starts = vec![0];
        for (at, byte) in bytes.iter().enumerate() {
            if *byte == b'\n' || (*byte == b'\r' && bytes.get(at + 1) != Some(&b'\n')) {
                starts.push(at + 1);
            }
        }
        Self(starts)
    }

    /// The line, counted from 1, in which the byte stands.
    fn line_of(&self, at: usize) -> u64 {
        u64::try_from(self.0.partition_point(|start| *start <= at)).unwrap_or(u64::MAX)
    }

    /// How many lines there are, the last one counted though it may be empty.
    fn count(&self) -> u64 {
        u64::try_from(self.0.len()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn table(text: &str) -> Table {
        read(text.as_bytes(), 1 << 20).unwrap()
    }

    fn refusal(bytes: &[u8]) -> String {
        read(bytes, 1 << 20).unwrap_err().to_string()
    }

    #[test]
    fn separators_and_line_ends() {
        for text in [
            "a,b\n1,2\n",
            "a;b\r\n1;2\r\n",
            "a\tb\r1\t2\r",
            "\u{FEFF}a,b\n1,2",
            "sep=;\r\na;b\r\n1;2",
            "\n\n\"a\",\"b\"\n\"1\",\"2\"",
            "sep=|\na|b\n1|2",
        ] {
            let table = table(text);
            assert_eq!(table.headers, ["a", "b"], "{text:?}");
            assert_eq!(table.rows[0].cells, ["1", "2"], "{text:?}");
        }
        assert_eq!(table("\"a,x\";b\n1;2").headers, ["a,x", "b"]);
    }

    #[test]
    fn lines_count_through_quotes_and_empty_lines() {
        let table = table("\n\na,b\n\n1,\"two\nlines\"\n,\n\n3,4\r\n5,6");
        assert_eq!(table.header_line, 3);
        assert_eq!(table.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [5, 9, 10]);
        assert_eq!(table.rows[0].cells[1], "two\nlines");
    }

    #[test]
    fn what_is_no_table_is_named_with_its_line() {
        assert!(refusal(b"").contains("empty"));
        assert!(refusal(b"\n \n,,\n").contains("empty"));
        assert!(refusal(b"a,b\n1,2\nJos\xE9,4\n").starts_with("line 3"));
        assert!(refusal(b"\xFF\xFEa\0").contains("UTF-16"));
        assert!(refusal(b"PK\x03\x04...").contains("workbook"));
        assert!(refusal(b"a,b\n1,2\n\0").starts_with("line 3"));
        assert!(refusal(b"a,b\n1,2\n3,\"four\n5,6\n").starts_with("line 3"));
        assert!(read(&b"a,b\n1,2\n"[..], 7).unwrap_err().to_string().contains("larger"));
        assert_eq!(table("a,b\n1 \"one\",2\n").rows[0].cells[0], "1 \"one\"", "a quote inside a cell is a character");
    }

    #[test]
    fn a_flood_of_rows_is_refused() {
        let rows = |count: usize| format!("a\n{}", "1\n".repeat(count));
        assert_eq!(table(&rows(MAX_ROWS)).rows.len(), MAX_ROWS);
        assert!(refusal(rows(MAX_ROWS + 1).as_bytes()).contains("line 50002: the file has more than 50000 rows"));
    }

    #[test]
    fn rows_may_be_short_but_not_long() {
        let table = table("a,b,c\n1\n1,2,3,,\n1,2,3,4\n");
        assert_eq!(table.rows.iter().map(|row| row.surplus).collect::<Vec<_>>(), [None, None, Some(4)]);
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = read(&bytes[..], 300);
        }

        #[test]
        fn likely_bytes_never_panic(text in "[a1,;\t\"\r\n é\u{FEFF}]{0,80}") {
            let _ = read(text.as_bytes(), 1000);
        }

        /// Every row carries its own line number in a cell, written by the test as it builds the file.
        #[test]
        fn line_numbers_are_right(
            rows in proptest::collection::vec((0_usize..3, 0_usize..3, any::<bool>()), 0..12),
            end in prop_oneof![Just("\n"), Just("\r\n"), Just("\r")],
        ) {
            let mut text = format!("line,text{end}");
            let mut line = 2;
            for (empty_before, breaks, quoted) in rows {
                text.push_str(&end.repeat(empty_before));
                line += empty_before;
                let breaks = if quoted { breaks } else { 0 };
                let cell = format!("x{}y", end.repeat(breaks));
                let cell = if quoted { format!("\"{cell}\"") } else { cell };
                text.extend([line.to_string(), format!(",{cell}{end}")]);
                line += 1 + breaks;
            }
            for row in table(&text).rows {
                prop_assert_eq!(row.line.to_string(), row.cells[0].clone());
            }
        }
    }
}
