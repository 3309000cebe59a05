//! A file sealed with the keys: what a backup is written as. Read and written in chunks, so that its size does not matter,
//! and nothing of a chunk is believed before its tag is.
//!
//! The layout is the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár, CRYPTO 2015) over XChaCha20-Poly1305: one line
//! that names the format, one line of JSON (key id, salt, a check value, and what the file is), then chunks of 64 KiB of
//! plaintext with 16 bytes of tag each. A chunk's nonce is 19 random bytes of the file's own, its number, and whether it is
//! the last: chunks that are left out, swapped, repeated or cut off at the end do not open. Both lines are associated data of
//! every chunk. The key is the file's own: HMAC-SHA-256 of the salt under a key derived from the sealing key.

use std::io::{self, BufRead, Read, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use care::{Entropy as _, SystemEntropy};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::Keyring;

const FORMAT: &str = "bellwether-sealed-file 1\n";
const CHUNK: usize = 64 * 1024;
const TAG: usize = 16;
const PREFIX: usize = 19;
/// Longer than any heading of ours.
const LONGEST_HEADING: u64 = 4096;

/// What can go wrong with a sealed file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealedFileError {
    /// It does not begin like one.
    #[error("this is not a sealed file of this program's, or of a release that is newer than this one")]
    Foreign,
    /// The key file does not hold its key.
    #[error("it was sealed with key '{0}', which the key file does not hold; use the key file of the time it was made")]
    UnknownKey(String),
    /// The key file holds another key under that name.
    #[error("it was sealed with another key '{0}' than the one in the key file; use the key file that belongs to it")]
    WrongKey(String),
    /// A chunk does not open.
    #[error("it was changed or cut off after byte {0}; use another backup")]
    Damaged(u64),
    /// The operating system refused.
    #[error("it cannot be read or written: {0}")]
    Io(#[from] io::Error),
}

#[derive(Serialize, Deserialize)]
struct Heading {
    key: String,
    check: String,
    salt: String,
    prefix: String,
}

/// Seals what is written to it. Without [`SealedWriter::finish`] the file does not open.
pub struct SealedWriter<W> {
    out: W,
    cipher: Chunks,
    buffer: Vec<u8>,
}

/// Opens what a [`SealedWriter`] wrote.
pub struct SealedReader<R> {
    source: R,
    cipher: Chunks,
    /// Sealed bytes read ahead: one more than a chunk tells whether it is the last.
    ahead: Vec<u8>,
    plain: io::Cursor<Vec<u8>>,
    position: u64,
    ended: bool,
}

struct Chunks {
    cipher: XChaCha20Poly1305,
    heading: [u8; 32],
    prefix: [u8; PREFIX],
    number: u32,
}

/// Whether a chunk is the last.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Middle,
    Last,
}

impl Chunks {
    fn new(keys: &Keyring, heading: &Heading, line: &[u8]) -> Option<Self> {
        let salt = STANDARD.decode(&heading.salt).ok()?;
        let prefix = STANDARD.decode(&heading.prefix).ok()?.try_into().ok()?;
        let key = keys.file_key(&heading.key, &salt)?;
        let heading = Sha256::new().chain_update(FORMAT).chain_update(line).finalize().into();
        Some(Self { cipher: XChaCha20Poly1305::new(&key.into()), heading, prefix, number: 0 })
    }

    fn nonce(&mut self, place: Place) -> io::Result<XNonce> {
        let mut nonce = [0; PREFIX + 5];
        nonce[..PREFIX].copy_from_slice(&self.prefix);
        nonce[PREFIX..PREFIX + 4].copy_from_slice(&self.number.to_be_bytes());
        nonce[PREFIX + 4] = u8::from(place == Place::Last);
        self.number = self.number.checked_add(1).ok_or_else(|| io::Error::other("the file is larger than 256 TB"))?;
        Ok(XNonce::from(nonce))
    }

    fn seal(&mut self, plain: &[u8], place: Place) -> io::Result<Vec<u8>> {
        let nonce = self.nonce(place)?;
        self.cipher
            .encrypt(&nonce, Payload { msg: plain, aad: &self.heading })
            .map_err(|_| io::Error::other("a chunk could not be sealed"))
    }

    fn open(&mut self, sealed: &[u8], place: Place) -> io::Result<Option<Vec<u8>>> {
        let nonce = self.nonce(place)?;
        Ok(self.cipher.decrypt(&nonce, Payload { msg: sealed, aad: &self.heading }).ok())
    }
}

impl<W: Write> SealedWriter<W> {
    /// Begins a file, sealed with the active key.
    pub fn new(mut out: W, keys: &Keyring) -> Result<Self, SealedFileError> {
        let mut salt = [0; 16];
        let mut prefix = [0; PREFIX];
        SystemEntropy.fill(&mut salt);
        SystemEntropy.fill(&mut prefix);
        let key = keys.active_id().to_owned();
        let heading = Heading {
            check: keys.file_check(&key).ok_or_else(|| SealedFileError::UnknownKey(key.clone()))?,
            key,
            salt: STANDARD.encode(salt),
            prefix: STANDARD.encode(prefix),
        };
        let mut line = serde_json::to_vec(&heading).map_err(io::Error::other)?;
        line.push(b'\n');
        let cipher = Chunks::new(keys, &heading, &line).ok_or(SealedFileError::Foreign)?;
        out.write_all(FORMAT.as_bytes())?;
        out.write_all(&line)?;
        Ok(Self { out, cipher, buffer: Vec::with_capacity(CHUNK) })
    }

    /// Writes the last chunk and gives the file back.
    pub fn finish(mut self) -> io::Result<W> {
        let sealed = self.cipher.seal(&self.buffer, Place::Last)?;
        self.out.write_all(&sealed)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

impl<W: Write> Write for SealedWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full buffer is sealed only when more comes: the last chunk may be a full one.
        if self.buffer.len() == CHUNK {
            let sealed = self.cipher.seal(&self.buffer, Place::Middle)?;
            self.out.write_all(&sealed)?;
            self.buffer.clear();
        }
        let taken = bytes.len().min(CHUNK - self.buffer.len());
        self.buffer.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl<R: BufRead> SealedReader<R> {
    /// Reads the heading and finds the key.
    pub fn new(mut source: R, keys: &Keyring) -> Result<Self, SealedFileError> {
        let mut format = vec![0; FORMAT.len()];
        match source.read_exact(&mut format) {
            Ok(()) if format == FORMAT.as_bytes() => {}
            Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(error.into()),
            _ => return Err(SealedFileError::Foreign),
        }
        let mut line = Vec::new();
        source.by_ref().take(LONGEST_HEADING).read_until(b'\n', &mut line)?;
        let heading: Heading = serde_json::from_slice(&line).map_err(|_| SealedFileError::Foreign)?;
        match keys.file_check(&heading.key) {
            None => return Err(SealedFileError::UnknownKey(heading.key)),
            Some(check) if check != heading.check => return Err(SealedFileError::WrongKey(heading.key)),
            Some(_) => {}
        }
        let position = (FORMAT.len() + line.len()) as u64;
        let cipher = Chunks::new(keys, &heading, &line).ok_or(SealedFileError::Foreign)?;
        let ahead = Vec::with_capacity(CHUNK + TAG + 1);
        Ok(Self { source, cipher, ahead, plain: io::Cursor::default(), position, ended: false })
    }

    fn next_chunk(&mut self) -> Result<(), SealedFileError> {
        let wanted = CHUNK + TAG + 1 - self.ahead.len();
        self.source.by_ref().take(wanted as u64).read_to_end(&mut self.ahead)?;
        let is_last = self.ahead.len() <= CHUNK + TAG;
        let length = self.ahead.len().min(CHUNK + TAG);
        let place = if is_last { Place::Last } else { Place::Middle };
        let plain = self.cipher.open(&self.ahead[..length], place)?.ok_or(SealedFileError::Damaged(self.position))?;
        self.ahead.drain(..length);
        self.position += length as u64;
        self.plain = io::Cursor::new(plain);
        self.ended = is_last;
        Ok(())
    }
}

impl<R: BufRead> Read for SealedReader<R> {
    /// What goes wrong is a [`SealedFileError`] inside the error.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.plain.read(buffer)?;
            if read > 0 || buffer.is_empty() || self.ended {
                return Ok(read);
            }
            self.next_chunk().map_err(|error| match error {
                SealedFileError::Io(error) => error,
                other => io::Error::new(io::ErrorKind::InvalidData, other),
            })?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(keys: &Keyring, plain: &[u8]) -> Vec<u8> {
        let mut writer = SealedWriter::new(Vec::new(), keys).expect("begins");
        writer.write_all(plain).expect("writes");
        writer.finish().expect("ends")
    }

    fn opened(keys: &Keyring, sealed: &[u8]) -> Result<Vec<u8>, String> {
        let mut plain = Vec::new();
        SealedReader::new(sealed, keys)
            .map_err(|error| error.to_string())?
            .read_to_end(&mut plain)
            .map_err(|error| error.to_string())?;
        Ok(plain)
    }

    #[test]
    fn every_length_around_a_chunk_comes_back() {
        let keys = Keyring::fresh();
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 7] {
            let plain: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
            assert_eq!(opened(&keys, &sealed(&keys, &plain)).expect("opens"), plain, "{length} bytes");
        }
    }

    #[test]
    fn what_was_changed_cut_or_swapped_does_not_open() {
        let keys = Keyring::fresh();
        let plain: Vec<u8> = (0..3 * CHUNK + 5).map(|n| (n % 251) as u8).collect();
        let whole = sealed(&keys, &plain);
        let heading = whole.len() - plain.len() - 4 * TAG;
        for position in [0, 30, heading - 3, heading, heading + CHUNK, heading + 2 * CHUNK, whole.len() - 1] {
            let mut changed = whole.clone();
            changed[position] ^= 1;
            assert!(opened(&keys, &changed).is_err(), "byte {position}");
        }
        // At the end of a chunk, inside of one, and inside of the heading.
        for length in
            [whole.len() - 1, heading + 2 * (CHUNK + TAG), heading + CHUNK + TAG, heading + 9, heading, 40, 3, 0]
        {
            assert!(opened(&keys, &whole[..length]).is_err(), "cut to {length} bytes");
        }
        let (first, second) = (heading..heading + CHUNK + TAG, heading + CHUNK + TAG..heading + 2 * (CHUNK + TAG));
        let mut swapped = whole[..heading].to_vec();
        swapped.extend_from_slice(&whole[second]);
        swapped.extend_from_slice(&whole[first.clone()]);
        swapped.extend_from_slice(&whole[heading + 2 * (CHUNK + TAG)..]);
        assert!(opened(&keys, &swapped).is_err());
        let mut longer = whole.clone();
        longer.push(0);
        assert!(opened(&keys, &longer).is_err());
        let other = sealed(&keys, &plain);
        let mut mixed = whole[..heading].to_vec();
        mixed.extend_from_slice(&other[heading..]);
        assert!(opened(&keys, &mixed).is_err(), "the chunks of another file");
    }

    #[test]
    fn the_key_is_found_by_its_name_and_told_from_others() {
        let old = Keyring::fresh();
        let file = sealed(&old, b"text");
        assert_eq!(opened(&old.rotated(), &file).expect("a ring that still holds the key"), b"text");
        let error = opened(&Keyring::fresh(), &file).expect_err("another ring");
        assert!(error.contains(old.active_id()), "{error}");
        let renamed = Keyring::fresh();
        let renamed = Keyring::parse(&renamed.to_text().replace(renamed.active_id(), old.active_id())).expect("parses");
        let error = opened(&renamed, &file).expect_err("a key of the same name");
        assert!(error.contains("another key"), "{error}");
        assert!(opened(&old, b"something else").expect_err("foreign").contains("not a sealed file"));
    }
}
