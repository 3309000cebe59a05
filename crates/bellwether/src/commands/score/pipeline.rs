//! JSON Lines through all cores: one thread cuts the input into chunks of whole lines, workers score chunks, and the
//! caller's thread writes them in order. A chunk is only cut when one was written, so memory does not grow with the file.

use std::{
    collections::BTreeMap,
    io::{Read, Write},
    sync::{
        Mutex,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
};

use anyhow::Result;
use instruments::{Batch, Line, Worker};

use super::Count;

/// Bytes of input per chunk.
const CHUNK: usize = 128 * 1024;
/// A longer line is refused instead of held in memory.
const LONGEST: usize = 1024 * 1024;

/// Whole lines, and where they stand.
struct Chunk {
    position: u64,
    first_line: u64,
    lines: Vec<u8>,
    /// The chunk stands for one line that was too long to be kept.
    too_long: bool,
}

struct Done {
    position: u64,
    output: Vec<u8>,
    count: Count,
}

/// Scores everything; `told` hears of the progress.
pub(super) fn run(
    batch: &Batch<'_>,
    input: impl Read + Send,
    output: &mut impl Write,
    threads: usize,
    told: impl Fn(Count),
) -> Result<Count> {
    let (free, frees) = sync_channel::<Vec<u8>>(2 * threads + 1);
    let (cut, cuts) = sync_channel::<Chunk>(2 * threads + 1);
    let (finish, finished) = sync_channel::<Done>(2 * threads + 1);
    for _ in 0..=2 * threads {
        let _ = free.send(Vec::with_capacity(CHUNK + CHUNK / 4));
    }
    let cuts = Mutex::new(cuts);
    thread::scope(|scope| {
        let reader = scope.spawn(move || read(input, &frees, &cut));
        for _ in 0..threads {
            let (finish, cuts) = (finish.clone(), &cuts);
            scope.spawn(move || work(batch, cuts, &finish));
        }
        drop(finish);
        let mut total = Count::default();
        let mut next = 0;
        let mut early: BTreeMap<u64, Done> = BTreeMap::new();
        let mut written = Ok(());
        for done in &finished {
            early.insert(done.position, done);
            while let Some(done) = early.remove(&next) {
                next += 1;
                total.lines += done.count.lines;
                total.refused += done.count.refused;
                if written.is_ok() {
                    written = output.write_all(&done.output);
                }
                // The buffer goes round; after a failed write none does, and the reader ends.
                if written.is_ok() {
                    let _ = free.try_send(done.output);
                }
            }
            if written.is_err() {
                break;
            }
            told(total);
        }
        drop(free);
        drop(finished);
        written?;
        // The reader's panic is the program's.
        let read = reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        read?;
        Ok(total)
    })
}

/// Cuts the input into chunks of whole lines.
fn read(mut input: impl Read, free: &Receiver<Vec<u8>>, cut: &SyncSender<Chunk>) -> std::io::Result<()> {
    let mut rest: Vec<u8> = Vec::new();
    let (mut position, mut line) = (0, 1);
    loop {
        let Ok(mut lines) = free.recv() else { return Ok(()) };
        lines.clear();
        lines.append(&mut rest);
        let (mut ended, mut too_long) = (false, false);
        loop {
            let from = lines.len();
            let more = (&mut input).take(CHUNK as u64).read_to_end(&mut lines)?;
            if position == 0 && from == 0 && lines.starts_with(b"\xef\xbb\xbf") {
                lines.drain(..3);
            }
            if more == 0 {
                ended = true;
                break;
            }
            if let Some(last) = lines.iter().rposition(|byte| *byte == b'\n') {
                rest.extend_from_slice(&lines[last + 1..]);
                lines.truncate(last + 1);
                break;
            }
            if lines.len() >= LONGEST {
                too_long = true;
                lines.clear();
                skip_line(&mut input, &mut rest)?;
                break;
            }
        }
        let count = if too_long { 1 } else { count_lines(&lines) };
        if count > 0 {
            let chunk = Chunk { position, first_line: line, lines, too_long };
            position += 1;
            line += count;
            if cut.send(chunk).is_err() {
                return Ok(());
            }
        }
        if ended {
            return Ok(());
        }
    }
}

/// Reads past the end of the line; what follows it is kept.
fn skip_line(input: &mut impl Read, rest: &mut Vec<u8>) -> std::io::Result<()> {
    let mut buffer = vec![0; CHUNK];
    loop {
        let read = match input.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if let Some(end) = buffer[..read].iter().position(|byte| *byte == b'\n') {
            rest.extend_from_slice(&buffer[end + 1..read]);
            return Ok(());
        }
    }
}

#[expect(clippy::naive_bytecount, reason = "the compiler turns it into vector code")]
fn count_lines(lines: &[u8]) -> u64 {
    let ends = lines.iter().filter(|byte| **byte == b'\n').count() as u64;
    ends + u64::from(!lines.is_empty() && lines.last() != Some(&b'\n'))
}

fn work(batch: &Batch<'_>, cuts: &Mutex<Receiver<Chunk>>, finish: &SyncSender<Done>) {
    let mut worker = batch.worker();
    let mut output = Vec::new();
    loop {
        let received = match cuts.lock() {
            Ok(cuts) => cuts.recv(),
            Err(_) => return,
        };
        let Ok(mut chunk) = received else { return };
        output.clear();
        let count = score(&mut worker, &chunk, &mut output);
        // The output leaves in the chunk's place, and the chunk's buffer is the next output's: nothing is allocated anew.
        std::mem::swap(&mut chunk.lines, &mut output);
        if finish.send(Done { position: chunk.position, output: chunk.lines, count }).is_err() {
            return;
        }
    }
}

fn score(worker: &mut Worker<'_>, chunk: &Chunk, output: &mut Vec<u8>) -> Count {
    let mut count = Count::default();
    if chunk.too_long {
        worker.too_long(chunk.first_line, LONGEST, output);
        return Count { lines: 1, refused: 1 };
    }
    for line in chunk.lines.split_inclusive(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let number = chunk.first_line + count.lines;
        count.lines += 1;
        count.refused += u64::from(worker.json(number, line, output) == Line::Refused);
    }
    count
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::{CHUNK, LONGEST, run};
    use crate::commands::score::Count;
    use instruments::{Batch, Library};

    fn scored(input: &[u8], threads: usize) -> (Vec<u8>, Count) {
        let library = Library::embedded().expect("the library is read by its own tests");
        let batch = Batch::new("phq-2", library.current("phq-2").expect("ships")).expect("has a key");
        let mut output = Vec::new();
        let count = run(&batch, input, &mut output, threads, |_| {}).expect("reads and writes");
        (output, count)
    }

    #[test]
    fn lines_come_out_in_their_order_whatever_the_number_of_threads() {
        let mut input = String::new();
        for number in 0..40_000 {
            writeln!(input, "{{\"id\": {number}, \"answers\": [{}, {}]}}", number % 4, (number / 4) % 4)
                .expect("memory");
        }
        assert!(input.len() > 8 * CHUNK);
        let (alone, count) = scored(input.as_bytes(), 1);
        assert_eq!((count.lines, count.refused), (40_000, 0));
        let ids = String::from_utf8(alone.clone()).expect("text");
        let in_order = ids.lines().enumerate().all(|(n, line)| line.starts_with(&format!("{{\"id\":{n},")));
        assert!(in_order);
        assert!(scored(input.as_bytes(), 5).0 == alone);
    }

    #[test]
    fn a_line_beyond_all_measure_is_refused_and_the_next_one_scored() {
        let mut input = vec![b'x'; LONGEST + 3 * CHUNK];
        input.extend_from_slice(b"\n{\"id\": \"b\", \"answers\": [3, 3]}\n");
        let (output, count) = scored(&input, 2);
        let text = String::from_utf8(output).expect("text");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!((count.lines, count.refused, lines.len()), (2, 1, 2));
        assert!(lines[0].contains("line 1: line: is longer than"), "{}", lines[0]);
        assert!(lines[1].starts_with("{\"id\":\"b\"") && lines[1].contains("\"total\":6"), "{}", lines[1]);
    }

    #[test]
    fn a_last_line_without_an_end_counts_and_an_empty_file_is_no_line() {
        assert_eq!(scored(b"", 2).1.lines, 0);
        assert_eq!(scored(b"{\"answers\": [1, 1]}", 2).1.lines, 1);
        let (output, count) = scored(b"\xef\xbb\xbf{\"answers\": [1, 1]}\r\n\n{\"answers\": [1]}", 2);
        assert_eq!((count.lines, count.refused), (3, 2), "{}", String::from_utf8_lossy(&output));
    }
}
