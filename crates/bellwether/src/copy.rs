//! Copies of a whole database as files: written beside their name, flushed to the disk and only then moved into place, so
//! that a file that has its name is complete. What is in a copy is `store::transfer`'s.

use crate::Refusal;
use crate::shown;
use anyhow::Result;
use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use store::transfer::{self, Origin, Piece, Summary, TransferError};
use store::{Db, Keyring, SealedFileError, SealedReader, SealedWriter};
use tokio::sync::mpsc;

/// Ends of names of files that are being written; whoever lists copies leaves them out.
pub const PARTIAL: &str = "partial";
/// Pieces that may wait between the database and the disk.
const AHEAD: usize = 8;
/// Lines that may wait between the disk and the database.
const LINES_AHEAD: usize = 2048;
/// A line longer than this is not one of ours.
const LONGEST_LINE: u64 = 64 * 1024 * 1024;

/// How a copy is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Compressed and sealed with the active key.
    Sealed,
    /// As lines of JSON that anybody can read; what is sealed in the database stays sealed.
    Plain,
}

/// A copy that is on the disk.
#[derive(Debug, Clone, Copy)]
pub struct Written {
    /// What it holds.
    pub summary: Summary,
    /// Its size.
    pub bytes: u64,
}

enum Sink {
    Sealed(Box<GzEncoder<SealedWriter<BufWriter<File>>>>),
    Plain(BufWriter<File>),
}

/// Writes a copy of the database to a file. A file of that name is replaced only by a complete one.
pub async fn write(db: &Db, taken_at: care::Instant, path: &Path, form: Form) -> Result<Written> {
    let partial = partial_of(path);
    let outcome = write_partial(db, taken_at, &partial, form).await;
    let outcome = match outcome {
        Ok(summary) => {
            let (from, to) = (partial.clone(), path.to_owned());
            tokio::task::spawn_blocking(move || move_into_place(&from, &to))
                .await?
                .map(|bytes| Written { summary, bytes })
                .map_err(|error| cannot(path, "written", &error).into())
        }
        Err(error) => Err(error),
    };
    if outcome.is_err() {
        // Nothing of use is left: the copy before it is untouched.
        let _ = std::fs::remove_file(&partial);
    }
    outcome
}

async fn write_partial(db: &Db, taken_at: care::Instant, partial: &Path, form: Form) -> Result<Summary> {
    let keys = db.keys();
    let (pieces, mut waiting) = mpsc::channel::<Vec<u8>>(AHEAD);
    let path = partial.to_owned();
    // The disk, compression and encryption on a thread of their own: requests are served meanwhile.
    let writer = tokio::task::spawn_blocking(move || -> Result<Sink, SealedFileError> {
        let mut sink = Sink::create(&path, form, &keys)?;
        while let Some(piece) = waiting.blocking_recv() {
            sink.write_all(&piece)?;
        }
        Ok(sink)
    });
    let dumped = transfer::dump(db, taken_at, pieces).await;
    let sink = writer.await?.map_err(|error| cannot(partial, "written", &error))?;
    let summary = dumped.map_err(refused)?;
    tokio::task::spawn_blocking(move || sink.finish()).await?.map_err(|error| cannot(partial, "written", &error))?;
    Ok(summary)
}

/// Where a file is written before it has its name.
pub fn partial_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(PARTIAL);
    path.with_file_name(name)
}

fn move_into_place(from: &Path, to: &Path) -> io::Result<u64> {
    care::failpoint!("backup.before_rename");
    let bytes = std::fs::metadata(from)?.len();
    std::fs::rename(from, to)?;
    flush_folder(to)?;
    Ok(bytes)
}

/// The name itself must survive a power cut.
pub fn flush_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

impl Sink {
    fn create(path: &Path, form: Form, keys: &Keyring) -> Result<Self, SealedFileError> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = BufWriter::with_capacity(256 * 1024, options.open(path)?);
        Ok(match form {
            Form::Plain => Self::Plain(file),
            Form::Sealed => Self::Sealed(Box::new(GzEncoder::new(SealedWriter::new(file, keys)?, Compression::fast()))),
        })
    }

    fn finish(self) -> io::Result<()> {
        let file = match self {
            Self::Plain(file) => file,
            Self::Sealed(file) => file.finish()?.finish()?,
        };
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Sealed(file) => file.write(bytes),
            Self::Plain(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Sealed(file) => file.flush(),
            Self::Plain(file) => file.flush(),
        }
    }
}

/// Puts a copy, sealed or plain, into an empty database and fences it.
pub async fn read(db: &Db, path: &Path, origin: Origin, now: care::Instant) -> Result<Summary> {
    let keys = db.keys();
    let (pieces, waiting) = mpsc::channel::<Piece>(LINES_AHEAD);
    let file = path.to_owned();
    let reader = tokio::task::spawn_blocking(move || -> Result<(), SealedFileError> {
        let mut source = open(&file, &keys)?;
        hand_over(&mut *source, &pieces)
    });
    let loaded = transfer::load(db, waiting, origin, now).await;
    // The reader knows best why a copy ended early.
    match (reader.await?, loaded) {
        (Err(error), Err(TransferError::CutOff(_) | TransferError::Line { .. })) => {
            Err(cannot(path, "used", &error).into())
        }
        (_, loaded) => Ok(loaded.map_err(refused)?),
    }
}

/// Reads a copy to its end without keeping anything; tells how many lines it has.
pub fn check(path: &Path, keys: &Keyring) -> Result<u64> {
    let mut source = open(path, keys).map_err(|error| cannot(path, "used", &error))?;
    let mut lines = 0;
    each_line(&mut *source, |_| {
        lines += 1;
        Goes::On
    })
    .map_err(|error| cannot(path, "used", &error))?;
    Ok(lines)
}

fn open(path: &Path, keys: &Keyring) -> Result<Box<dyn BufRead + Send>, SealedFileError> {
    let mut file = BufReader::with_capacity(256 * 1024, File::open(path)?);
    // A plain copy begins with its heading.
    if file.fill_buf()?.first() == Some(&b'{') {
        return Ok(Box::new(file));
    }
    let sealed = SealedReader::new(file, keys)?;
    Ok(Box::new(BufReader::with_capacity(256 * 1024, Unpacked(GzDecoder::new(BufReader::new(sealed))))))
}

/// Unpacks, and at the end makes sure that the sealed file has ended too.
struct Unpacked<R: BufRead>(GzDecoder<R>);

impl<R: BufRead> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(buffer)?;
        if read == 0 && !buffer.is_empty() && !self.0.get_mut().fill_buf()?.is_empty() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "there is more after its end"));
        }
        Ok(read)
    }
}

#[derive(PartialEq, Eq)]
enum Goes {
    On,
    No,
}

fn hand_over(source: &mut dyn BufRead, pieces: &mpsc::Sender<Piece>) -> Result<(), SealedFileError> {
    let all = each_line(source, |line| match pieces.blocking_send(Piece::Line(line)) {
        Ok(()) => Goes::On,
        // Whoever took the lines has found a fault in them and says so.
        Err(_) => Goes::No,
    })?;
    if all == Goes::On {
        let _ = pieces.blocking_send(Piece::Whole);
    }
    Ok(())
}

fn each_line(source: &mut dyn BufRead, mut take: impl FnMut(Vec<u8>) -> Goes) -> Result<Goes, SealedFileError> {
    loop {
        let mut line = Vec::new();
        let read = source.take(LONGEST_LINE).read_until(b'\n', &mut line).map_err(|error| {
            match error.downcast::<SealedFileError>() {
                Ok(inner) => inner,
                Err(error) => SealedFileError::Io(error),
            }
        })?;
        if read == 0 {
            return Ok(Goes::On);
        }
        if take(line) == Goes::No {
            return Ok(Goes::No);
        }
    }
}

fn cannot(path: &Path, what: &str, error: &dyn std::fmt::Display) -> Refusal {
    Refusal::Data(format!("{} cannot be {what}: {error}", shown(path)))
}

fn refused(error: TransferError) -> Refusal {
    match error {
        TransferError::NotEmpty | TransferError::Prepared { .. } | TransferError::Newer { .. } => {
            Refusal::Configuration(error.to_string())
        }
        other => Refusal::Data(other.to_string()),
    }
}
