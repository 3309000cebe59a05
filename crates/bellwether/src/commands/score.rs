//! `bellwether score`: scores answers line by line, in order, in constant memory, on every core. What a line means and how
//! it is scored is in `instruments`; reading, chunks and threads are here.

mod pipeline;
mod table;

use std::{
    fs::File,
    io::{self, BufWriter, IsTerminal, Read, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result};
use bellwether::{Refusal, shown, wiring::complain};
use clap::{Args, ValueEnum};
use indicatif::ProgressBar;
use instruments::{Batch, Instrument, Library};

/// Scores answers: one JSON line in, one JSON line out, in order.
///
/// A line is {"id": "...", "answers": [2, 1, null, ...]} in item order, or "answers" as an object by item id, and may have
/// a "context" of its own. A line that cannot be read gives a line with "error"; the exit code is then 1. The keys are
/// described in docs/scoring.md.
#[derive(Debug, Args)]
pub struct Score {
    /// The instrument: phq-9, gad-7, pcl-5, ... (`bellwether instruments list`).
    instrument: String,
    /// The file: JSON Lines or CSV with a header line; standard input when left out or -.
    file: Option<PathBuf>,
    /// The instrument's version; the newest when left out.
    #[arg(long)]
    version: Option<String>,
    /// What holds for every line that does not say otherwise: sex=female,age=34.
    #[arg(long, default_value = "")]
    context: String,
    /// How the file is written; found out from its name or first character when left out.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Where the lines go; standard output when left out.
    #[arg(long)]
    output: Option<PathBuf>,
    /// Threads; as many as the machine has cores when left out.
    #[arg(long)]
    threads: Option<usize>,
}

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One JSON object per line.
    Jsonl,
    /// Comma-separated values with a header line.
    Csv,
}

/// How many lines were scored, and how many could not be.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    lines: u64,
    refused: u64,
}

/// Runs the command.
pub fn run(score: &Score) -> Result<()> {
    let usage = |reason: String| Refusal::Configuration(reason);
    // The one that is asked for, by its id; by an alias it is found among all.
    let library = Library::embedded_one(&score.instrument).unwrap_or_else(Library::embedded);
    let library = library.map_err(|error| Refusal::Data(error.to_string()))?;
    let instrument = find(&library, &score.instrument, score.version.as_deref())?;
    let batch = Batch::new(&score.instrument, instrument).map_err(|error| usage(error.to_string()))?;
    let batch = batch.context(&score.context).map_err(|error| usage(format!("--{error}")))?;
    let threads = score
        .threads
        .or_else(|| std::thread::available_parallelism().ok().map(std::num::NonZero::get))
        .unwrap_or(1)
        .clamp(1, 64);

    let path = score.file.as_deref().filter(|path| *path != Path::new("-"));
    let mut input: Box<dyn Read + Send> = match path {
        Some(path) => {
            Box::new(File::open(path).map_err(|error| usage(format!("{} cannot be opened: {error}", shown(path))))?)
        }
        None => Box::new(io::stdin()),
    };
    let output: Box<dyn Write> = match &score.output {
        Some(path) => {
            Box::new(File::create(path).map_err(|error| usage(format!("{} cannot be written: {error}", shown(path))))?)
        }
        None => Box::new(io::stdout()),
    };
    let mut output = BufWriter::with_capacity(1 << 16, output);

    let mut first = [0_u8; 512];
    let read = read_up_to(&mut input, &mut first).context("the input cannot be read")?;
    let head = &first[..read];
    let format = score.format.unwrap_or_else(|| format_of(path, head));
    let input = io::Cursor::new(head.to_vec()).chain(input);

    let progress = if io::stderr().is_terminal() { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
    progress.enable_steady_tick(Duration::from_millis(200));
    let told = |count: Count| progress.set_message(format!("{} lines, {} refused", count.lines, count.refused));
    let scored = match format {
        Format::Jsonl => pipeline::run(&batch, input, &mut output, threads, told),
        Format::Csv => table::run(&batch, input, &mut output, told),
    };
    progress.finish_and_clear();
    let count = match scored {
        // Whoever read our output has had enough.
        Err(error) if broken_pipe(&error) => return Ok(()),
        other => other?,
    };
    match output.flush() {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
        other => other.context("the output cannot be written")?,
    }
    if count.refused > 0 {
        let reason = format!("{} of {} lines could not be scored; each says why", count.refused, count.lines);
        return Err(Refusal::Data(reason).into());
    }
    if io::stderr().is_terminal() {
        complain(&format!("{} lines scored", count.lines));
    }
    Ok(())
}

/// The instrument by id or alias.
pub(super) fn find<'l>(library: &'l Library, id: &str, version: Option<&str>) -> Result<&'l Instrument> {
    let name = library
        .iter()
        .find(|one| one.id == id || one.aliases.iter().any(|alias| alias == id))
        .map(|one| one.id.as_str())
        .ok_or_else(|| {
            Refusal::Configuration(format!("there is no instrument {id}; bellwether instruments list shows them"))
        })?;
    let found = match version {
        None => library.current(name),
        Some(version) => library.get(name, version),
    };
    let versions = || library.iter().filter(|one| one.id == name).map(|one| one.version.as_str()).collect::<Vec<_>>();
    found.ok_or_else(|| {
        Refusal::Configuration(format!("{id} has no such version; there are {}", versions().join(", "))).into()
    })
}

fn broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

fn read_up_to(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match input.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => {
                filled += read;
                // One line is enough to tell, and whoever types waits for an answer.
                if buffer[..filled].contains(&b'\n') {
                    break;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// JSON Lines unless the name or the first character says otherwise.
fn format_of(path: Option<&Path>, head: &[u8]) -> Format {
    let named = path.and_then(Path::extension).and_then(|extension| extension.to_str()).map(str::to_ascii_lowercase);
    match named.as_deref() {
        Some("csv") => return Format::Csv,
        Some("jsonl" | "ndjson" | "json") => return Format::Jsonl,
        _ => {}
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
    let looks_like_a_head = first.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'"' || *byte == b'#');
    if looks_like_a_head { Format::Csv } else { Format::Jsonl }
}
