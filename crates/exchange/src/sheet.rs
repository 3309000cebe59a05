//! A table on its way out of the house: described once, written as CSV or as an Excel workbook.
//!
//! What a cell holds is the same in both, and neither can begin a formula: the CSV by its apostrophe, the workbook because a text is
//! stored as text there, and marked so that it stays text when somebody edits the cell. When the data were read, and by which
//! filters, is for the rows to say: both files carry it in columns of their own.

use crate::csv_out::{self, Value, guarded};
use chrono::{DateTime, Utc};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format as Look, Workbook, XlsxError};

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values, UTF-8.
    Csv,
    /// Office Open XML, as Excel and its relatives read it.
    Workbook,
}

impl Format {
    /// The end of a file's name.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Workbook => "xlsx",
        }
    }

    /// What a browser is told.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Workbook => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// The table.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// Its name, of letters, digits and hyphens, at most 31: the file's and the worksheet's.
    pub name: String,
    /// What stands above the columns.
    pub headers: Vec<&'static str>,
    /// The rows; one shorter than the headers is filled with empty cells.
    pub rows: Vec<Vec<Value<'static>>>,
    /// When the data were read. A workbook says so as the time it was made.
    pub as_of: DateTime<Utc>,
}

/// Why a workbook cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("a workbook cannot be written: {0}")]
pub struct SheetError(#[from] XlsxError);

/// Characters of a column at most; what is longer is read in the cell.
const WIDEST: u16 = 48;

impl Sheet {
    /// The name of its file.
    pub fn file_name(&self, format: Format) -> String {
        format!("{}.{}", self.name, format.extension())
    }

    /// Writes it.
    pub fn write(&self, format: Format) -> Result<Vec<u8>, SheetError> {
        match format {
            Format::Csv => Ok(csv_out::write(&self.headers, self.rows.iter().cloned()).into_bytes()),
            Format::Workbook => self.workbook(),
        }
    }

    fn workbook(&self) -> Result<Vec<u8>, SheetError> {
        let mut book = Workbook::new();
        let made = ExcelDateTime::from_timestamp(self.as_of.timestamp())?;
        book.set_properties(&DocProperties::new().set_creation_datetime(&made));
        let head = Look::new().set_bold();
        let text_look = Look::new().set_quote_prefix();
        let page = book.add_worksheet();
        page.set_name(&self.name)?;
        page.set_freeze_panes(1, 0)?;
        for (column, header) in (0_u16..).zip(&self.headers) {
            page.write_string_with_format(0, column, *header, &head)?;
            page.set_column_width(column, f64::from(self.width(column)))?;
        }
        for (row, cells) in (1_u32..).zip(&self.rows) {
            for (column, cell) in (0_u16..).zip(cells) {
                match cell {
                    Value::Text(text) if guarded(text) == *text => page.write_string(row, column, text.as_ref())?,
                    Value::Text(text) => page.write_string_with_format(row, column, text.as_ref(), &text_look)?,
                    // Whole numbers of ours are far below 2^53, where a spreadsheet's numbers stop being exact.
                    Value::Whole(number) => page.write_number(row, column, *number as f64)?,
                    Value::Decimal(number, decimals) if number.is_finite() => {
                        page.write_number_with_format(row, column, *number, &decimal(*decimals))?
                    }
                    Value::Decimal(..) | Value::Empty => &mut *page,
                };
            }
        }
        if let (Ok(rows), Ok(columns @ 1..)) = (u32::try_from(self.rows.len()), u16::try_from(self.headers.len())) {
            page.autofilter(0, 0, rows, columns - 1)?;
        }
        Ok(book.save_to_buffer()?)
    }

    /// As wide as the longest text of a column, within reason.
    fn width(&self, column: u16) -> u16 {
        let place = usize::from(column);
        let header = self.headers.get(place).map_or(0, |header| header.chars().count() + 3);
        let longest = self.rows.iter().filter_map(|row| row.get(place)).map(|cell| match cell {
            Value::Text(text) => text.chars().count() + 1,
            _ => 8,
        });
        u16::try_from(longest.max().unwrap_or(0).max(header)).unwrap_or(WIDEST).min(WIDEST)
    }
}

/// A number as many decimals as it is measured with.
fn decimal(decimals: usize) -> Look {
    let pattern = if decimals == 0 { "0".to_owned() } else { format!("0.{}", "0".repeat(decimals.min(15))) };
    Look::new().set_num_format(pattern)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn sheet() -> Sheet {
        Sheet {
            name: "outcomes".to_owned(),
            headers: vec!["data_as_of", "group", "hits", "percent"],
            rows: vec![
                vec![
                    "2026-03-10T17:00:00Z".into(),
                    "=HYPERLINK(\"x\")".into(),
                    Value::Whole(21),
                    Value::Decimal(12.84, 1),
                ],
                vec!["2026-03-10T17:00:00Z".into(), "North <&> Bay".into(), Value::Empty, Value::Decimal(f64::NAN, 1)],
                vec!["2026-03-10T17:00:00Z".into(), "-3".into()],
            ],
            as_of: "2026-03-10T17:00:00Z".parse().unwrap(),
        }
    }

    /// A file of the archive, as text.
    fn part(book: &[u8], name: &str) -> String {
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(book)).unwrap();
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn both_files_say_the_same_and_neither_begins_a_formula() {
        let sheet = sheet();
        let csv = String::from_utf8(sheet.write(Format::Csv).unwrap()).unwrap();
        assert!(csv.starts_with(
            "data_as_of,group,hits,percent\r\n2026-03-10T17:00:00Z,\"'=HYPERLINK(\"\"x\"\")\",21,12.8\r\n"
        ));
        let book = sheet.write(Format::Workbook).unwrap();
        let page = part(&book, "xl/worksheets/sheet1.xml");
        assert!(!page.contains("<f>") && !page.contains("<f "), "no cell is a formula: {page}");
        assert!(page.contains("<v>21</v>") && page.contains("<v>12.84</v>"), "{page}");
        assert!(page.contains("<autoFilter ref=\"A1:D4\"/>"), "{page}");
        let texts = part(&book, "xl/sharedStrings.xml");
        assert!(texts.contains("=HYPERLINK(\"x\")") && texts.contains("North &lt;&amp;&gt; Bay"), "{texts}");
        assert!(
            part(&book, "xl/styles.xml").contains("quotePrefix=\"1\""),
            "what looks like a formula stays text when edited"
        );
        assert!(part(&book, "docProps/core.xml").contains("2026-03-10T17:00:00Z"), "made when the data were read");
        assert_eq!(book, sheet.write(Format::Workbook).unwrap(), "the same table is the same file");
        assert_eq!(sheet.file_name(Format::Workbook), "outcomes.xlsx");
    }

    #[test]
    fn a_table_without_rows_is_a_file_with_headers() {
        let empty = Sheet { rows: Vec::new(), ..sheet() };
        assert_eq!(empty.write(Format::Csv).unwrap(), b"data_as_of,group,hits,percent\r\n");
        assert!(part(&empty.write(Format::Workbook).unwrap(), "xl/worksheets/sheet1.xml").contains("A1:D1"));
    }
}
