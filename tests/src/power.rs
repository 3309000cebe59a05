//! Power cuts. A process is started with a recorder before its libc (`power/recorder.c`), which notes every write and every
//! sync to its database's files; a [`Recording`] is then played back up to any moment, and what was not synced by then is
//! lost, kept, or torn at a sector, as the dice say. `kill -9` cannot show this: what a dead process wrote is still in the
//! machine's memory.
//!
//! The file system is taken to be one that keeps a file's name once the file was synced, as ext4 and XFS do; a deletion that
//! no sync followed may or may not have happened.

use crate::Dice;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a disk writes as a whole or not at all.
const SECTOR: usize = 512;
const HEAD: usize = 32;

/// What syncs are worth on the disk that is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disk {
    /// What was synced stays.
    Honest,
    /// Syncs of the journal (`-wal`) are answered and forgotten: what a disk with a volatile cache does, and what
    /// `synchronous=NORMAL` leaves undone. With it answers must get lost, or the test sees nothing.
    ForgetsTheJournal,
}

/// What a disk can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing.
    None,
    /// No space left: writes fail.
    Full,
    /// Syncs fail with an I/O error.
    Sync,
}

/// The recorder, compiled, with where it writes.
#[derive(Clone)]
pub struct Recorder {
    library: PathBuf,
    folder: PathBuf,
    recording: PathBuf,
    /// The files as they were before.
    before: BTreeMap<PathBuf, Vec<u8>>,
}

impl Recorder {
    /// Compiles the recorder into `workshop`, for processes that write to the files in `folder`.
    pub fn compile(workshop: &Path, folder: &Path) -> Self {
        let library = workshop.join("recorder.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/power/recorder.c");
        let compiled = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
            .arg(&library)
            .arg(&source)
            .arg("-ldl")
            .output()
            .expect("a C compiler, which building SQLite needs too");
        assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
        let files = std::fs::read_dir(folder).expect("the database's folder can be listed");
        let paths = files.map(|file| file.expect("the folder can be listed").path());
        let before = paths.map(|path| (path.clone(), std::fs::read(path).expect("a file can be read"))).collect();
        Self { library, folder: folder.to_owned(), recording: workshop.join("recording"), before }
    }

    /// The variables a process is started with.
    pub fn environment(&self) -> [(&'static str, OsString); 4] {
        [
            ("BELLWETHER_POWER_TROUBLE", self.trouble().into()),
            ("LD_PRELOAD", self.library.clone().into()),
            ("BELLWETHER_POWER_FOLDER", self.folder.clone().into()),
            ("BELLWETHER_POWER_RECORDING", self.recording.clone().into()),
        ]
    }

    fn trouble(&self) -> PathBuf {
        self.recording.with_extension("trouble")
    }

    /// From now on the disk has this trouble, for every process that is recorded.
    pub fn disk_has(&self, trouble: Trouble) {
        let letter = match trouble {
            Trouble::None => "-",
            Trouble::Full => "f",
            Trouble::Sync => "s",
        };
        std::fs::write(self.trouble(), letter).expect("the disk's trouble can be written down");
    }

    /// Where the recording grows; its length is the moment.
    pub fn path(&self) -> &Path {
        &self.recording
    }

    /// Reads what was recorded.
    pub fn recording(&self) -> Recording {
        let bytes = std::fs::read(&self.recording).expect("something was recorded");
        let mut entries = Vec::new();
        let mut at = 0;
        // A process killed within an entry leaves a piece of it: the act was done, and nobody was told.
        while let Some((entry, length)) = Entry::read(&bytes[at..]) {
            at += length;
            entries.push((at as u64, entry));
        }
        Recording { folder: self.folder.clone(), before: self.before.clone(), entries }
    }
}

/// Everything done to the files, in order.
pub struct Recording {
    folder: PathBuf,
    before: BTreeMap<PathBuf, Vec<u8>>,
    /// Each with the moment after it.
    entries: Vec<(u64, Entry)>,
}

struct Entry {
    path: PathBuf,
    act: Act,
}

#[derive(Clone)]
enum Act {
    Write { offset: usize, data: Vec<u8> },
    Truncate { length: usize },
    Sync,
    Delete,
}

impl Entry {
    fn read(bytes: &[u8]) -> Option<(Self, usize)> {
        let number = |index: usize| {
            let bytes = bytes.get(index * 8..index * 8 + 8)?.try_into().ok()?;
            usize::try_from(u64::from_le_bytes(bytes)).ok()
        };
        let (kind, path, offset, length) = (number(0)?, number(1)?, number(2)?, number(3)?);
        let data = bytes.get(HEAD + path..HEAD + path + length)?;
        let path_text = std::str::from_utf8(&bytes[HEAD..HEAD + path]).expect("paths of tests are UTF-8");
        let act = match kind {
            1 => Act::Write { offset, data: data.to_vec() },
            2 => Act::Truncate { length: offset },
            3 => Act::Sync,
            4 => Act::Delete,
            other => panic!("an entry of kind {other}: the recording is broken"),
        };
        Some((Self { path: PathBuf::from(path_text), act }, HEAD + path + length))
    }
}

/// A file on the disk that is played.
#[derive(Default, Clone)]
struct Played {
    /// What is there for good; nothing before the first sync of a new file.
    synced: Option<Vec<u8>>,
    /// What was done since.
    since: Vec<Act>,
}

impl Played {
    fn sync(&mut self) {
        for act in std::mem::take(&mut self.since) {
            act.apply(&mut self.synced);
        }
        // An empty file can be synced, too.
        self.synced.get_or_insert_default();
    }

    /// What a power cut leaves of it.
    fn after_the_cut(&self, dice: &Dice) -> Option<Vec<u8>> {
        let mut file = self.synced.clone();
        for act in &self.since {
            // Later writes may reach the disk before earlier ones.
            match (dice.below(4), act) {
                // A name that is still there is the old file's: nothing of a newer one under it.
                (0 | 1, Act::Delete) => return file,
                (_, Act::Delete) => file = None,
                (0, _) => act.apply(&mut file),
                (1, Act::Write { offset, data }) => {
                    for (number, sector) in data.chunks(SECTOR).enumerate() {
                        if dice.below(2) == 0 {
                            let torn = Act::Write { offset: offset + number * SECTOR, data: sector.to_vec() };
                            torn.apply(&mut file);
                        }
                    }
                }
                _ => {}
            }
        }
        file
    }
}

impl Act {
    fn apply(&self, file: &mut Option<Vec<u8>>) {
        match self {
            Self::Write { offset, data } => {
                let bytes = file.get_or_insert_default();
                let end = offset + data.len();
                if bytes.len() < end {
                    bytes.resize(end, 0);
                }
                bytes[*offset..end].copy_from_slice(data);
            }
            Self::Truncate { length } => file.get_or_insert_default().resize(*length, 0),
            Self::Sync => {}
            Self::Delete => *file = None,
        }
    }
}

impl Recording {
    /// The moments after each act: the length of the recording then.
    pub fn moments(&self) -> Vec<u64> {
        self.entries.iter().map(|(moment, _)| *moment).collect()
    }

    /// How often something was synced.
    pub fn syncs(&self) -> usize {
        self.entries.iter().filter(|(_, entry)| matches!(entry.act, Act::Sync)).count()
    }

    /// Writes into `place` what a power cut at the moment leaves of the files.
    pub fn cut_at(&self, moment: u64, disk: Disk, dice: &Dice, place: &Path) {
        let files = self.before.iter();
        let mut files: BTreeMap<&Path, Played> = files
            .map(|(path, bytes)| (path.as_path(), Played { synced: Some(bytes.clone()), since: Vec::new() }))
            .collect();
        // A sync of the folder itself says no more than the model grants anyway.
        let acts = self.entries.iter().filter(|(_, entry)| entry.path != self.folder);
        for (_, entry) in acts.take_while(|(after, _)| *after <= moment) {
            let is_journal = entry.path.to_string_lossy().ends_with("-wal");
            let file = files.entry(&entry.path).or_default();
            match &entry.act {
                Act::Sync if disk == Disk::ForgetsTheJournal && is_journal => {}
                Act::Sync => file.sync(),
                act => file.since.push(act.clone()),
            }
        }
        for (path, file) in files {
            let name = path.strip_prefix(&self.folder).expect("only the folder's files are recorded");
            if let Some(bytes) = file.after_the_cut(dice) {
                std::fs::write(place.join(name), bytes).expect("a file can be written");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(offset: usize, data: &[u8]) -> Act {
        Act::Write { offset, data: data.to_vec() }
    }

    #[test]
    fn what_was_synced_stays_and_nothing_else_is_certain() {
        let mut file = Played { synced: None, since: vec![write(0, b"first")] };
        file.sync();
        file.since = vec![write(5, &[7; 2_000])];
        let left: Vec<Vec<u8>> = (0..200).filter_map(|seed| file.after_the_cut(&Dice::new(seed))).collect();
        assert_eq!(left.len(), 200, "a synced file keeps its name");
        assert!(left.iter().all(|bytes| bytes.starts_with(b"first")));
        assert!(left.iter().any(|bytes| bytes.len() == 5), "a write can be lost");
        assert!(left.iter().any(|bytes| bytes.len() == 2_005 && !bytes[5..].contains(&0)), "a write can be kept");
        assert!(left.iter().any(|bytes| bytes.len() > 5 && bytes[5..].contains(&0)), "a write can be torn");
    }

    #[test]
    fn a_deletion_may_not_have_happened() {
        let file = Played { synced: Some(b"here".to_vec()), since: vec![Act::Delete] };
        let left: Vec<bool> = (0..50).map(|seed| file.after_the_cut(&Dice::new(seed)).is_some()).collect();
        assert!(left.contains(&true) && left.contains(&false));
    }
}
