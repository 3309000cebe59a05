//! Sealed columns and blind indexes: names, contacts and free text are unreadable without the key file, and exact look-up
//! still works. Which columns are sealed is the aggregates' business; rotating rows to a new key is the operator's.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use care::{Entropy, SystemEntropy};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// First byte of every sealed value: the layout below. Version, key id length, key id, 24 bytes of nonce, ciphertext and tag.
const LAYOUT: u8 = 1;
const NONCE: usize = 24;
const HEADING: &str = "bellwether-keyring 1";

/// What can go wrong with keys and sealed values.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// There is no key file.
    #[error("the key file {} does not exist; put back the file that belongs to this data (without it names and contacts cannot be read)", .0.display())]
    Missing(PathBuf),
    /// There already is one.
    #[error("the key file {} already exists; it is never overwritten", .0.display())]
    Exists(PathBuf),
    /// The key file cannot be read or written.
    #[error("the key file {} cannot be used: {kind}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        kind: std::io::ErrorKind,
    },
    /// A line of the key file is not what it has to be.
    #[error("line {line} of the key file {problem}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The data was sealed with a key that the key file does not hold.
    #[error(
        "the stored data was sealed with key '{0}', which the key file does not hold; put back the key file that belongs to this data"
    )]
    UnknownKey(String),
    /// The key file holds a key of the right name and the wrong content.
    #[error(
        "the key file does not belong to this data: key '{0}' does not open it; put back the key file that belongs to this data"
    )]
    WrongKey(String),
    /// A sealed value was damaged, cut, or moved to another row or column.
    #[error("the sealed value of {table}.{column} cannot be opened: it was damaged or does not belong to this row")]
    Damaged {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
}

/// The keys of one installation: one seals, older ones still open, and one makes blind indexes.
#[derive(Clone)]
pub struct Keyring {
    /// The first seals.
    keys: Vec<Key>,
    /// Oldest first: each hashes on what the one before it made, so that indexes outlive a change of key without the values
    /// they stand for.
    index: Vec<[u8; 32]>,
    /// Prepared to be the next of them.
    next_index: Option<[u8; 32]>,
    /// The file it was read from.
    source: Option<PathBuf>,
}

#[derive(Clone)]
struct Key {
    id: String,
    bytes: [u8; 32],
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keyring").field("active", &self.active().id).finish_non_exhaustive()
    }
}

impl Keyring {
    /// Reads a key file.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, SealError> {
        let path = path.as_ref();
        let text = fs::read_to_string(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => SealError::Missing(path.to_owned()),
            kind => SealError::File { path: path.to_owned(), kind },
        })?;
        warn_if_readable_by_others(path);
        Ok(Self { source: Some(path.to_owned()), ..Self::parse(&text)? })
    }

    /// Makes fresh keys and writes them to a new file that only its owner may read, flushed to disk before this returns: a
    /// key that is lost in a power cut takes the data with it.
    pub fn generate(path: impl AsRef<Path>) -> Result<Self, SealError> {
        let path = path.as_ref();
        let keyring = Self::fresh();
        let failed = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => SealError::Exists(path.to_owned()),
            kind => SealError::File { path: path.to_owned(), kind },
        };
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(failed)?;
        file.write_all(keyring.to_text().as_bytes()).map_err(failed)?;
        file.sync_all().map_err(failed)?;
        let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
        Ok(Self { source: Some(path.to_owned()), ..keyring })
    }

    /// Fresh keys that are kept nowhere yet.
    pub fn fresh() -> Self {
        let mut id = [0; 4];
        let mut bytes = [0; 32];
        let mut index = [0; 32];
        SystemEntropy.fill(&mut id);
        SystemEntropy.fill(&mut bytes);
        SystemEntropy.fill(&mut index);
        Self {
            keys: vec![Key { id: format!("k{}", hex(&id)), bytes }],
            index: vec![index],
            next_index: None,
            source: None,
        }
    }

    /// Reads the file it came from again; `None` where it came from none or nothing changed.
    pub(crate) fn read_again(&self) -> Result<Option<Self>, SealError> {
        let Some(path) = &self.source else { return Ok(None) };
        let fresh = Self::load(path)?;
        // A file that is one step behind what the data said at the start is not news.
        let is_behind = fresh.promoted().is_some_and(|next| next.to_text() == self.to_text());
        Ok((!is_behind && fresh.to_text() != self.to_text()).then_some(fresh))
    }

    /// The same ring with a fresh key that seals from now on; the others still open.
    #[must_use]
    pub fn rotated(&self) -> Self {
        let mut keys = Self::fresh().keys;
        keys.extend(self.keys.iter().cloned());
        Self { keys, ..self.clone() }
    }

    /// The same ring with a fresh index key prepared; one that is prepared already stays.
    #[must_use]
    pub fn with_next_index(&self) -> Self {
        let fresh = Self::fresh().index.first().copied();
        Self { next_index: self.next_index.or(fresh), ..self.clone() }
    }

    /// The same ring with the prepared index key in use; `None` when none is prepared.
    pub fn promoted(&self) -> Option<Self> {
        let next = self.next_index?;
        let index = self.index.iter().copied().chain([next]).collect();
        Some(Self { index, next_index: None, ..self.clone() })
    }

    /// The same ring without an older key; `None` when it does not hold it or seals with it.
    pub fn without(&self, id: &str) -> Option<Self> {
        let is_older = self.keys.iter().skip(1).any(|key| key.id == id);
        let keys = self.keys.iter().filter(|key| key.id != id).cloned().collect();
        is_older.then(|| Self { keys, ..self.clone() })
    }

    /// The ids of the keys, the one that seals first.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|key| key.id.as_str())
    }

    /// Replaces the key file: complete and on the disk before it takes the name.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), SealError> {
        let path = path.as_ref();
        let failed = |error: std::io::Error| SealError::File { path: path.to_owned(), kind: error.kind() };
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".partial");
        let partial = path.with_file_name(name);
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&partial).map_err(failed)?;
        file.write_all(self.to_text().as_bytes()).map_err(failed)?;
        file.sync_all().map_err(failed)?;
        fs::rename(&partial, path).map_err(failed)?;
        let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)
    }

    /// Reads the text of a key file.
    pub fn parse(text: &str) -> Result<Self, SealError> {
        let mut lines = text.lines().enumerate().map(|(number, line)| (number + 1, line.trim()));
        if lines.next().map(|(_, line)| line) != Some(HEADING) {
            return Err(SealError::Line {
                line: 1,
                problem: "is not 'bellwether-keyring 1': this is not a key file of this release",
            });
        }
        let (mut active, mut older, mut index, mut next_index) = (Vec::new(), Vec::new(), Vec::new(), None);
        for (line, content) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
            let words: Vec<&str> = content.split_whitespace().collect();
            let (list, id, key) = match words.as_slice() {
                ["index", key] => {
                    index.push(decode(key, line)?);
                    continue;
                }
                ["next-index", key] => {
                    if next_index.replace(decode(key, line)?).is_some() {
                        return Err(SealError::Line { line, problem: "holds a second prepared index key" });
                    }
                    continue;
                }
                ["active", id, key] => (&mut active, *id, *key),
                ["key", id, key] => (&mut older, *id, *key),
                _ => {
                    return Err(SealError::Line {
                        line,
                        problem: "is none of 'index KEY', 'next-index KEY', 'active ID KEY', 'key ID KEY'",
                    });
                }
            };
            if id.len() > 32 || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                return Err(SealError::Line { line, problem: "has a key id that is not 1 to 32 letters and digits" });
            }
            list.push(Key { id: id.to_owned(), bytes: decode(key, line)? });
        }
        let end = text.lines().count();
        if active.len() != 1 {
            return Err(SealError::Line {
                line: end,
                problem: "ends a file that does not hold exactly one 'active' key",
            });
        }
        if index.is_empty() {
            return Err(SealError::Line { line: end, problem: "ends a file without an 'index' key" });
        }
        active.extend(older);
        Ok(Self { keys: active, index, next_index, source: None })
    }

    /// The text of the key file.
    pub fn to_text(&self) -> String {
        let mut text =
            format!("{HEADING}\n# Whoever holds this file can read the data. Keep a copy apart from the backups.\n");
        let line = |text: &mut String, name: &str, bytes: &[u8]| {
            writeln!(text, "{name} {}", STANDARD.encode(bytes)).expect("writing to a string never fails");
        };
        for key in &self.index {
            line(&mut text, "index", key);
        }
        if let Some(key) = &self.next_index {
            line(&mut text, "next-index", key);
        }
        for (position, key) in self.keys.iter().enumerate() {
            let role = if position == 0 { "active" } else { "key" };
            line(&mut text, &format!("{role} {}", key.id), &key.bytes);
        }
        text
    }

    /// The id of the key that seals.
    pub fn active_id(&self) -> &str {
        &self.active().id
    }

    fn active(&self) -> &Key {
        self.keys.first().expect("a keyring is only ever built with an active key")
    }

    pub(crate) fn seal(&self, table: &str, column: &str, row_id: &str, text: &str) -> Vec<u8> {
        let key = self.active();
        let mut nonce = [0; NONCE];
        // Never a repeatable source: with XChaCha20 a nonce used twice under one key gives both texts away.
        SystemEntropy.fill(&mut nonce);
        let place = place(table, column, row_id);
        let ciphertext = XChaCha20Poly1305::new(&key.bytes.into())
            .encrypt(&XNonce::from(nonce), Payload { msg: text.as_bytes(), aad: place.as_bytes() })
            .expect("a text in memory is far below the cipher's limit of 256 GB");
        let mut sealed = Vec::with_capacity(2 + key.id.len() + NONCE + ciphertext.len());
        sealed.push(LAYOUT);
        sealed.push(key.id.len() as u8);
        sealed.extend_from_slice(key.id.as_bytes());
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&ciphertext);
        sealed
    }

    pub(crate) fn open(
        &self,
        table: &'static str,
        column: &'static str,
        row_id: &str,
        sealed: &[u8],
    ) -> Result<String, SealError> {
        let damaged = || SealError::Damaged { table, column };
        self.open_at(table, column, row_id, sealed)?.ok_or_else(damaged)
    }

    /// The same for a place whose name is known only at run time; `None` for a damaged value.
    pub(crate) fn open_at(
        &self,
        table: &str,
        column: &str,
        row_id: &str,
        sealed: &[u8],
    ) -> Result<Option<String>, SealError> {
        let Some((id, nonce, ciphertext)) = split(sealed) else { return Ok(None) };
        let key = self.keys.iter().find(|key| key.id == id).ok_or_else(|| SealError::UnknownKey(id.to_owned()))?;
        let place = place(table, column, row_id);
        let text = XChaCha20Poly1305::new(&key.bytes.into())
            .decrypt(&XNonce::from(nonce), Payload { msg: ciphertext, aad: place.as_bytes() });
        Ok(text.ok().and_then(|text| String::from_utf8(text).ok()))
    }

    /// HMAC-SHA-256 (RFC 2104) of the value under a key of its own per kind, 43 characters of base64url. The scope keeps equal
    /// values of two practices apart.
    pub(crate) fn blind_index(&self, kind: &str, scope: &str, normalised: &str) -> String {
        let derived = hmac(self.first_index(), &["blind-index", kind]);
        self.hashed_on(URL_SAFE_NO_PAD.encode(hmac(&derived, &[scope, normalised])), 1)
    }

    fn first_index(&self) -> &[u8; 32] {
        self.index.first().expect("a keyring is only ever built with an index key")
    }

    fn hashed_on(&self, value: String, from: usize) -> String {
        self.index
            .iter()
            .skip(from)
            .fold(value, |value, key| URL_SAFE_NO_PAD.encode(hmac(key, &["index-chain", &value])))
    }

    /// An index that the keys before the last one made, as it is with the last one too.
    pub(crate) fn hash_on(&self, value: &str) -> String {
        self.hashed_on(value.to_owned(), self.index.len().saturating_sub(1))
    }

    /// The key of one sealed file; `None` when the ring does not hold the key of that name.
    pub(crate) fn file_key(&self, id: &str, salt: &[u8]) -> Option<[u8; 32]> {
        Some(hmac_bytes(&self.derived_for_files(id)?, salt))
    }

    /// Something that only the key of that name can say, to tell a wrong key from a damaged file.
    pub(crate) fn file_check(&self, id: &str) -> Option<String> {
        Some(URL_SAFE_NO_PAD.encode(hmac(&self.derived_for_files(id)?, &["file-check"])))
    }

    fn derived_for_files(&self, id: &str) -> Option<[u8; 32]> {
        self.keys.iter().find(|key| key.id == id).map(|key| hmac(&key.bytes, &["sealed-file"]))
    }

    /// Something that only this ring's index key can say, to recognise it by.
    pub(crate) fn index_check(&self) -> String {
        self.hashed_on(URL_SAFE_NO_PAD.encode(hmac(self.first_index(), &["index-check"])), 1)
    }
}

/// The id of the key that sealed a value, from its beginning.
pub(crate) fn key_id_of(sealed: &[u8]) -> Option<&str> {
    let (&layout, rest) = sealed.split_first()?;
    let (&length, rest) = rest.split_first()?;
    (layout == LAYOUT).then_some(())?;
    std::str::from_utf8(rest.get(..usize::from(length))?).ok()
}

/// The row id in the associated data, as SQL over the row: `id`, but for the rows that have none.
pub(crate) fn row_id(table: &str, column: &str) -> &'static str {
    match (table, column) {
        ("link", "token") => "token_hash",
        ("appointment_notice", _) => "message_id",
        ("goal_wording", "text") => "goal_id || ':' || version",
        ("import_change", "before") => "run_id || ':' || subject_id",
        _ => "id",
    }
}

/// The associated data: table and column are names from the schema and hold no dot, so the three parts stay apart.
fn place(table: &str, column: &str, row_id: &str) -> String {
    format!("{table}.{column}.{row_id}")
}

fn split(sealed: &[u8]) -> Option<(&str, [u8; NONCE], &[u8])> {
    let (&layout, rest) = sealed.split_first()?;
    let (&length, rest) = rest.split_first()?;
    let (id, rest) = rest.split_at_checked(usize::from(length))?;
    let (nonce, ciphertext) = rest.split_first_chunk::<NONCE>()?;
    (layout == LAYOUT).then_some(())?;
    Some((std::str::from_utf8(id).ok()?, *nonce, ciphertext))
}

fn hmac(key: &[u8; 32], parts: &[&str]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        // Lengths keep ("ab", "c") and ("a", "bc") apart.
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    mac.finalize().into_bytes().into()
}

fn hmac_bytes(key: &[u8; 32], bytes: &[u8]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(bytes);
    mac.finalize().into_bytes().into()
}

fn decode(key: &str, line: usize) -> Result<[u8; 32], SealError> {
    STANDARD
        .decode(key)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or(SealError::Line { line, problem: "does not hold 32 bytes in base64" })
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a string never fails");
        text
    })
}

fn warn_if_readable_by_others(path: &Path) {
    #[cfg(unix)]
    if let Ok(metadata) = fs::metadata(path)
        && std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o077 != 0
    {
        tracing::warn!(file = %path.display(), "the key file can be read by others; run chmod 600 on it");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_text_opens_in_its_own_place_only() {
        let keys = Keyring::fresh();
        let sealed = keys.seal("client", "name", "row-1", "Ana Ruiz");
        assert!(!sealed.windows(3).any(|window| window == b"Ana"), "the text shows");
        assert_ne!(sealed, keys.seal("client", "name", "row-1", "Ana Ruiz"), "every seal has its own nonce");
        assert_eq!(keys.open("client", "name", "row-1", &sealed).expect("opens"), "Ana Ruiz");
        for (table, column, row) in
            [("client", "name", "row-2"), ("client", "alias", "row-1"), ("staff", "name", "row-1")]
        {
            assert!(matches!(keys.open(table, column, row, &sealed), Err(SealError::Damaged { .. })));
        }
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_noticed() {
        let keys = Keyring::fresh();
        let sealed = keys.seal("client", "name", "row-1", "x");
        for position in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[position] ^= 1;
            assert!(keys.open("client", "name", "row-1", &damaged).is_err(), "byte {position}");
            assert!(keys.open("client", "name", "row-1", &sealed[..position]).is_err(), "cut at {position}");
        }
    }

    #[test]
    fn a_rotated_ring_opens_the_old_and_the_old_ring_names_the_missing_key() {
        let old = Keyring::fresh();
        let new = old.rotated();
        let before = old.seal("client", "name", "r", "before");
        let after = new.seal("client", "name", "r", "after");
        assert_eq!(new.open("client", "name", "r", &before).expect("opens"), "before");
        let error = old.open("client", "name", "r", &after).expect_err("the key is missing");
        assert!(error.to_string().contains(new.active_id()), "{error}");
        assert_eq!(
            old.blind_index("email", "p", "a@b"),
            new.blind_index("email", "p", "a@b"),
            "look-up survives rotation"
        );
    }

    #[test]
    fn a_blind_index_depends_on_kind_practice_value_and_key() {
        let keys = Keyring::fresh();
        let index = keys.blind_index("email", "p1", "a@example.org");
        assert_eq!(index, keys.blind_index("email", "p1", "a@example.org"));
        assert_eq!(index.len(), 43);
        for other in [
            keys.blind_index("phone", "p1", "a@example.org"),
            keys.blind_index("email", "p2", "a@example.org"),
            keys.blind_index("email", "p1", "b@example.org"),
            keys.blind_index("email", "p1a", "@example.org"),
            Keyring::fresh().blind_index("email", "p1", "a@example.org"),
        ] {
            assert_ne!(index, other);
        }
    }

    #[test]
    fn a_key_file_survives_the_round_trip_and_bad_lines_are_named() {
        let ring = Keyring::fresh().rotated();
        let text = ring.to_text();
        let again = Keyring::parse(&text).expect("its own text");
        assert_eq!(again.to_text(), text);
        assert_eq!(again.active_id(), ring.active_id());
        let line = |text: &str| match Keyring::parse(text) {
            Err(SealError::Line { line, .. }) => line,
            other => panic!("{other:?}"),
        };
        assert_eq!(line(""), 1);
        assert_eq!(line("bellwether-keyring 2\n"), 1);
        assert_eq!(line("bellwether-keyring 1\nindex c2hvcnQ=\n"), 2);
        assert_eq!(line("bellwether-keyring 1\n\nkeys k1 abc\n"), 3);
        let without_index: String =
            text.lines().filter(|line| !line.starts_with("index")).fold(String::new(), |all, line| all + line + "\n");
        assert!(Keyring::parse(&without_index).is_err());
        assert!(Keyring::parse(&text.replace("active", "key")).is_err());
    }
}
