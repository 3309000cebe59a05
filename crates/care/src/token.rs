//! Secret tokens of links, cookies and codes.

use crate::Entropy;
use sha2::{Digest, Sha256};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// A token of 22 URL-safe characters, 132 random bits.
pub fn new(entropy: &dyn Entropy) -> String {
    let mut bytes = [0_u8; 22];
    entropy.fill(&mut bytes);
    bytes.iter().map(|b| char::from(ALPHABET[usize::from(b & 63)])).collect()
}

/// The hash under which a token is stored and looked up: hex of SHA-256.
pub fn hash(token: &str) -> String {
    use std::fmt::Write;
    Sha256::digest(token.as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Whether a received text has the shape of a token, so that anything else is not looked up at all.
pub fn is_well_formed(token: &str) -> bool {
    token.len() == 22 && token.bytes().all(|b| ALPHABET.contains(&b))
}
