//! A table with a header line, record by record.

use std::io::{Read, Write};

use anyhow::Result;
use bellwether::Refusal;
use instruments::{Batch, Line};

use super::Count;

/// How often the progress is told.
const TELL: u64 = 10_000;

/// Scores every record; `told` hears of the progress.
pub(super) fn run(batch: &Batch<'_>, input: impl Read, output: &mut impl Write, told: impl Fn(Count)) -> Result<Count> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(input);
    let unreadable = |error: &csv::Error| Refusal::Data(format!("the header line cannot be read: {error}"));
    let head = reader.headers().map_err(|error| unreadable(&error))?.clone();
    let columns = batch.columns(head.iter()).map_err(|error| Refusal::Data(format!("line 1, {error}")))?;

    let mut worker = batch.worker();
    let mut count = Count::default();
    let mut record = csv::ByteRecord::new();
    let mut out = Vec::new();
    loop {
        out.clear();
        let line = reader.position().line();
        match reader.read_byte_record(&mut record) {
            Ok(false) => return Ok(count),
            Ok(true) => {}
            Err(error) => return Err(Refusal::Data(format!("line {line}: {error}")).into()),
        }
        let line = record.position().map_or(line, csv::Position::line);
        // A byte that is no text becomes a sign no answer has, and is refused in its place.
        let cells: Vec<_> = record.iter().map(String::from_utf8_lossy).collect();
        let fared = worker.record(line, &columns, cells.iter().map(AsRef::as_ref), &mut out);
        count.lines += 1;
        count.refused += u64::from(fared == Line::Refused);
        output.write_all(&out)?;
        if count.lines.is_multiple_of(TELL) {
            told(count);
        }
    }
}
