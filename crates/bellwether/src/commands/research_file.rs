//! A researcher's CSV file as rows of bytes, streamed, plain or gzipped: separator, quotes, line numbers, numbers and
//! missing values. Every complaint names file, line, column and remedy, and quotes no value. What the columns mean is the
//! command's.

use crate::Refusal;
use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;

/// The rows of an open file.
pub struct Rows {
    name: String,
    reader: Box<dyn BufRead>,
    separator: u8,
    headers: Vec<String>,
    /// Lines read so far.
    lines: u64,
    text: Vec<u8>,
    cells: Vec<(usize, usize)>,
}

/// Where a row stands in the file, for complaints after it is gone.
pub type Line = u64;

/// One row.
pub struct Row<'a> {
    /// The line on which it begins, from 1.
    pub line: Line,
    rows: &'a Rows,
}

/// A column that was found.
#[derive(Debug, Clone, Copy)]
pub struct Column(usize);

/// What a gzipped file begins with.
const GZIP: [u8; 2] = [0x1F, 0x8B];

impl Rows {
    /// Opens a file, or standard input for `-`, and reads its header.
    pub fn open(path: &Path) -> Result<Self, Refusal> {
        if path == Path::new("-") {
            return Self::read("standard input", std::io::stdin());
        }
        let name = crate::shown(path);
        let file =
            File::open(path).map_err(|error| Refusal::Configuration(format!("{name} cannot be read: {error}")))?;
        Self::read(&name, file)
    }

    /// Reads the header of what a reader gives.
    pub fn read(name: &str, reader: impl Read + 'static) -> Result<Self, Refusal> {
        let mut plain = BufReader::with_capacity(1 << 16, reader);
        let start = plain.fill_buf().map_err(|error| unreadable(name, 1, &error))?;
        let reader: Box<dyn BufRead> = if start.starts_with(&GZIP) {
            Box::new(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(plain)))
        } else {
            Box::new(plain)
        };
        let mut rows = Self {
            name: name.to_owned(),
            reader,
            separator: b',',
            headers: Vec::new(),
            lines: 0,
            text: Vec::new(),
            cells: Vec::new(),
        };
        rows.header()?;
        Ok(rows)
    }

    fn header(&mut self) -> Result<(), Refusal> {
        loop {
            if !self.next_line()? {
                return Err(self.fault(1, "the file is empty", "it needs a line of column names and rows below it"));
            }
            if self.lines == 1 {
                if self.text.starts_with(&[0xFF, 0xFE]) || self.text.starts_with(&[0xFE, 0xFF]) {
                    return Err(self.fault(1, "the file is UTF-16", "save it as \"CSV UTF-8\" and try again"));
                }
                if self.text.starts_with(b"PK\x03\x04") {
                    return Err(self.fault(1, "the file is a workbook, not CSV", "save it as \"CSV UTF-8\""));
                }
                if self.text.starts_with(b"\xEF\xBB\xBF") {
                    self.text.drain(..3);
                }
            }
            if !self.text.trim_ascii().is_empty() {
                break;
            }
        }
        // Of the separators the one that the header has most often; a comma where it has none.
        let count = |separator: u8| self.text.split(|byte| *byte == separator).count();
        self.separator = [b'\t', b';', b','].into_iter().max_by_key(|separator| count(*separator)).unwrap_or(b',');
        let line = self.lines;
        self.split(line)?;
        self.headers =
            (0..self.cells.len()).map(|cell| String::from_utf8_lossy(self.cell(cell)).trim().to_owned()).collect();
        for (index, header) in self.headers.iter().enumerate() {
            if !header.is_empty() && self.headers[..index].contains(header) {
                return Err(self.fault(line, &format!("the column '{header}' stands there twice"), "name it once"));
            }
        }
        Ok(())
    }

    /// A column by its name.
    pub fn column(&self, name: &str) -> Option<Column> {
        self.headers.iter().position(|header| header.eq_ignore_ascii_case(name)).map(Column)
    }

    /// Columns that a command cannot do without.
    pub fn columns<const N: usize>(&self, names: [&str; N]) -> Result<[Column; N], Refusal> {
        let mut found = [Column(0); N];
        for (column, name) in found.iter_mut().zip(names) {
            *column = self.column(name).ok_or_else(|| {
                self.fault(
                    1,
                    &format!("there is no column '{name}'"),
                    &format!("needed are {}; found are {}", names.join(", "), self.headers.join(", ")),
                )
            })?;
        }
        Ok(found)
    }

    /// The next row that is not empty.
    pub fn next(&mut self) -> Result<Option<Row<'_>>, Refusal> {
        loop {
            if !self.next_line()? {
                return Ok(None);
            }
            if !self.text.iter().all(|byte| byte.is_ascii_whitespace() || *byte == self.separator) {
                break;
            }
        }
        let line = self.lines;
        self.split(line)?;
        if self.cells.len() > self.headers.len() {
            let message = format!("{} cells where the header has {}", self.cells.len(), self.headers.len());
            return Err(self.fault(line, &message, "remove the surplus separator, or put quotes around the cell"));
        }
        Ok(Some(Row { line, rows: self }))
    }

    /// A complaint about a line.
    pub fn fault(&self, line: Line, what: &str, remedy: &str) -> Refusal {
        Refusal::Data(format!("{}, line {line}: {what}; {remedy}", self.name))
    }

    /// A complaint about the whole file.
    pub fn objection(&self, what: &str, remedy: &str) -> Refusal {
        Refusal::Data(format!("{}: {what}; {remedy}", self.name))
    }

    fn next_line(&mut self) -> Result<bool, Refusal> {
        self.text.clear();
        let more = self
            .reader
            .read_until(b'\n', &mut self.text)
            .map_err(|error| unreadable(&self.name, self.lines + 1, &error))?;
        if more == 0 {
            return Ok(false);
        }
        self.lines += 1;
        while self.text.last().is_some_and(|byte| matches!(byte, b'\n' | b'\r')) {
            self.text.pop();
        }
        Ok(true)
    }

    /// Finds the cells of the line. A line with quotes is the CSV library's, with the lines that belong to it.
    fn split(&mut self, line: Line) -> Result<(), Refusal> {
        self.cells.clear();
        if !self.text.contains(&b'"') {
            let mut start = 0;
            for (at, byte) in self.text.iter().enumerate() {
                if *byte == self.separator {
                    self.cells.push((start, at));
                    start = at + 1;
                }
            }
            self.cells.push((start, self.text.len()));
            return Ok(());
        }
        let mut whole = std::mem::take(&mut self.text);
        // An odd number of quotes cuts the text into an even number of pieces.
        while whole.split(|byte| *byte == b'"').count().is_multiple_of(2) {
            if !self.next_line()? {
                return Err(self.fault(line, "a quotation mark is opened and never closed", "close it"));
            }
            whole.push(b'\n');
            whole.extend_from_slice(&self.text);
        }
        self.text.clear();
        let mut reader =
            csv::ReaderBuilder::new().delimiter(self.separator).has_headers(false).from_reader(whole.as_slice());
        let mut record = csv::ByteRecord::new();
        reader
            .read_byte_record(&mut record)
            .map_err(|_| self.fault(line, "the quotation marks cannot be read", "save the file as CSV again"))?;
        for cell in &record {
            let start = self.text.len();
            self.text.extend_from_slice(cell);
            self.cells.push((start, self.text.len()));
        }
        Ok(())
    }

    fn cell(&self, index: usize) -> &[u8] {
        self.cells.get(index).map_or(&[], |(start, end)| &self.text[*start..*end])
    }
}

fn unreadable(name: &str, line: Line, error: &std::io::Error) -> Refusal {
    Refusal::Data(format!("{name}, line {line}: the file cannot be read on ({error}); it may be damaged or cut off"))
}

impl<'a> Row<'a> {
    /// A cell without the spaces around it; empty where the row is short.
    pub fn text(&self, column: Column) -> &'a [u8] {
        self.rows.cell(column.0).trim_ascii()
    }

    /// The name of the person: never empty.
    pub fn id(&self, column: Column) -> Result<&'a [u8], Refusal> {
        match self.text(column) {
            [] => Err(self.fault(column, "is empty", "give every row the id of its person")),
            id => Ok(id),
        }
    }

    /// A number, or none where the cell is empty, `NA` or `NaN`.
    pub fn number(&self, column: Column) -> Result<Option<f64>, Refusal> {
        let cell = self.text(column);
        if matches!(cell, b"" | b"NA" | b"NaN" | b"nan") {
            return Ok(None);
        }
        std::str::from_utf8(cell)
            .ok()
            .and_then(|text| text.parse::<f64>().ok())
            .filter(|number| number.is_finite())
            .map(Some)
            .ok_or_else(|| {
                self.fault(
                    column,
                    "is not a number",
                    "write digits with a decimal point, or leave the cell empty where the value is missing",
                )
            })
    }

    /// A number that must be there.
    pub fn given(&self, column: Column) -> Result<f64, Refusal> {
        self.number(column)?.ok_or_else(|| self.fault(column, "is empty", "give a number, or remove the row"))
    }

    /// A complaint about a cell of the row.
    pub fn fault(&self, column: Column, what: &str, remedy: &str) -> Refusal {
        let name = &self.rows.headers[column.0];
        Refusal::Data(format!("{}, line {}, column {name}: {what}; {remedy}", self.rows.name, self.line))
    }
}

/// Writes a command's result to standard output. Whoever stops reading (`| head`) is not an error.
pub fn print(text: &[u8]) -> anyhow::Result<()> {
    let mut output = std::io::stdout().lock();
    match output.write_all(text).and_then(|()| output.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Refusal::Configuration(format!("standard output cannot be written: {error}")).into())
        }
        _ => Ok(()),
    }
}

/// Writes a result file.
pub fn save(path: &Path, text: &str) -> Result<(), Refusal> {
    std::fs::write(path, text)
        .map_err(|error| Refusal::Configuration(format!("{} cannot be written: {error}", crate::shown(path))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn rows(text: &'static [u8]) -> Rows {
        Rows::read("file.csv", Cursor::new(text)).expect("a header")
    }

    fn cells(text: &'static [u8]) -> Vec<(Line, String, Option<f64>)> {
        let mut rows = rows(text);
        let [id, score] = rows.columns(["id", "score"]).expect("both columns");
        let mut found = Vec::new();
        while let Some(row) = rows.next().expect("a row") {
            let id = String::from_utf8(row.id(id).expect("an id").to_vec()).expect("text");
            found.push((row.line, id, row.number(score).expect("a number")));
        }
        found
    }

    #[test]
    fn separators_quotes_line_ends_and_missing_values() {
        let expected = vec![(2, "a".to_owned(), Some(1.5)), (4, "b".to_owned(), None)];
        for text in [
            &b"id,score\na,1.5\n\nb,NA\n"[..],
            b"\xEF\xBB\xBFid;score\r\na; 1.5\r\n;\r\nb;\r\n",
            b"ID\tSCORE\na\t1.5\n\t\nb\tnan",
            b"\"id\",\"score\"\n\"a\",\"1.5\"\n,\nb\n",
        ] {
            assert_eq!(cells(text), expected, "{}", String::from_utf8_lossy(text));
        }
        let quoted = cells(b"score,id\n1,\"x,\"\"y\"\"\nz\"\n2,b\n");
        assert_eq!(quoted, [(2, "x,\"y\"\nz".to_owned(), Some(1.0)), (4, "b".to_owned(), Some(2.0))]);
    }

    fn refusal(text: &'static [u8]) -> String {
        let read = || -> Result<(), Refusal> {
            let mut rows = Rows::read("file.csv", Cursor::new(text))?;
            let [id, score] = rows.columns(["id", "score"])?;
            while let Some(row) = rows.next()? {
                row.id(id)?;
                row.given(score)?;
            }
            Ok(())
        };
        read().expect_err("a fault").to_string()
    }

    #[test]
    fn faults_name_line_column_and_remedy() {
        let cases: [(&'static [u8], &[&str]); 9] = [
            (b"", &["line 1", "empty"]),
            (b"id,points\n", &["line 1", "no column 'score'", "found are id, points"]),
            (b"id,score\na,1\nb,secret\n", &["line 3", "column score", "not a number", "decimal point"]),
            (b"id,score\na,1\n,2\n", &["line 3", "column id", "empty"]),
            (b"id,score\na,\n", &["line 2", "column score", "empty"]),
            (b"id,score\na,1,2\n", &["line 2", "3 cells where the header has 2"]),
            (b"id,score\na,\"1\n", &["line 2", "never closed"]),
            (b"id,score,score\n", &["line 1", "twice"]),
            (b"id,score\na,inf\n", &["line 2", "not a number"]),
        ];
        for (text, words) in cases {
            let said = refusal(text);
            assert!(words.iter().all(|word| said.contains(word)), "{said}");
            assert!(!said.contains("secret"));
        }
    }

    #[test]
    fn gzip_is_seen_by_its_first_bytes_and_a_cut_is_named() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(b"id,score\na,1\n").expect("memory");
        let bytes = gzip.finish().expect("memory");
        let mut rows = Rows::read("file.csv.gz", Cursor::new(bytes.clone())).expect("a header");
        assert!(rows.next().expect("a row").is_some() && rows.next().expect("the end").is_none());
        let cut = bytes[..bytes.len() - 12].to_vec();
        let read = || -> Result<(), Refusal> {
            let mut rows = Rows::read("file.csv.gz", Cursor::new(cut))?;
            while rows.next()?.is_some() {}
            Ok(())
        };
        assert!(read().expect_err("a cut").to_string().contains("cut off"));
    }
}
