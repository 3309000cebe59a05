//! Passwords: what may be one, and how one is kept. Hashing takes tens of milliseconds of a core and 19 MiB: call it from
//! a blocking thread, before a transaction is begun.

use crate::Problem;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use care::{Entropy, Phi};
use std::sync::OnceLock;
use unicode_normalization::UnicodeNormalization;

/// The fewest characters. With a second factor 8 would be the norm (NIST SP 800-63B-4, 3.1.1.2).
pub const SHORTEST: usize = 12;
/// The most characters: beyond this, hashing serves nobody but an attacker.
pub const LONGEST: usize = 128;

/// Beginnings of the passwords that are tried first, in lower case.
const COMMON: &[&str] = &[
    "password",
    "passw0rd",
    "p@ssword",
    "p@ssw0rd",
    "passwort",
    "contraseña",
    "contrasena",
    "qwerty",
    "qwertyuiop",
    "qwertz",
    "azerty",
    "asdfgh",
    "asdfghjkl",
    "zxcvbn",
    "zxcvbnm",
    "1q2w3e4r",
    "1q2w3e4r5t",
    "1qaz2wsx",
    "qazwsx",
    "welcome",
    "bienvenido",
    "letmein",
    "iloveyou",
    "teamo",
    "tequiero",
    "admin",
    "administrator",
    "root",
    "user",
    "login",
    "changeme",
    "default",
    "temporary",
    "secret",
    "master",
    "monkey",
    "dragon",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "basketball",
    "soccer",
    "hockey",
    "superman",
    "batman",
    "starwars",
    "pokemon",
    "trustno",
    "whatever",
    "freedom",
    "shadow",
    "michael",
    "jennifer",
    "jessica",
    "ashley",
    "charlie",
    "jordan",
    "summer",
    "winter",
    "spring",
    "autumn",
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "monday",
    "friday",
    "therapy",
    "therapist",
    "counseling",
    "counselor",
    "counselling",
    "clinic",
    "clinician",
    "bellwether",
    "computer",
    "internet",
    "google",
    "facebook",
    "microsoft",
    "windows",
    "samsung",
    "liverpool",
    "chelsea",
    "arsenal",
    "correcthorsebatterystaple",
];

/// Runs of keys and letters that are typed without thinking.
const RUNS: &[&str] =
    &["abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "09876543210987654321", "qwertyuiopasdfghjklzxcvbnm"];

/// Whether the text may be the password of the account with this address.
pub fn check(password: &str, email: &str) -> Result<(), Problem> {
    let problem = |key| Problem { field: "password".to_owned(), key };
    let length = password.nfkc().count();
    if length < SHORTEST {
        return Err(problem("wrong-password-short"));
    }
    if length > LONGEST {
        return Err(problem("wrong-too-long"));
    }
    if is_guessable(password, email) { Err(problem("wrong-password-known")) } else { Ok(()) }
}

fn is_guessable(password: &str, email: &str) -> bool {
    let lower: String = password.nfkc().flat_map(char::to_lowercase).collect();
    let email = email.trim().to_lowercase();
    let local = email.split('@').next().unwrap_or_default();
    let mut distinct: Vec<char> = lower.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    // What is left when a common beginning, repeated or not, and a tail of digits and signs are taken off.
    let mut rest = lower.as_str();
    while let Some(shorter) = COMMON
        .iter()
        .copied()
        .chain([local])
        .filter(|word| word.len() >= 4)
        .filter_map(|word| rest.strip_prefix(word))
        .min_by_key(|rest| rest.len())
    {
        rest = shorter;
    }
    let rest = rest.trim_matches(|c: char| !c.is_alphabetic());
    distinct.len() <= 4 || rest.chars().count() < 4 || lower == email || RUNS.iter().any(|run| run.contains(&lower))
}

/// Hashes a password: Argon2id, 19 MiB, two passes, one lane (OWASP Password Storage Cheat Sheet), in PHC form. Blocking.
pub fn hash(password: &str, entropy: &dyn Entropy) -> Phi<String> {
    let mut salt = [0_u8; 16];
    entropy.fill(&mut salt);
    Phi::new(hash_with(password, &salt))
}

/// Whether the password is the one that was hashed. Without a hash (there is no such account, or it has no password) it
/// takes just as long and is never right. Blocking.
pub fn verify(password: &str, hash: Option<&Phi<String>>) -> bool {
    static NOBODY: OnceLock<String> = OnceLock::new();
    let nobody = || NOBODY.get_or_init(|| hash_with("the password of nobody at all", b"not a real salt!")).as_str();
    let text = hash.map_or_else(nobody, Phi::text);
    let Ok(parsed) = PasswordHash::new(text) else { return false };
    let normal: String = password.nfkc().take(LONGEST * 4).collect();
    let matches = Argon2::default().verify_password(normal.as_bytes(), &parsed).is_ok();
    matches && hash.is_some()
}

fn hash_with(password: &str, salt: &[u8]) -> String {
    let normal: String = password.nfkc().collect();
    let hash: PasswordHash = Argon2::default()
        .hash_password_with_salt(normal.as_bytes(), salt)
        .expect("16 bytes of salt and a short text can be hashed");
    hash.to_string()
}

#[cfg(test)]
mod tests {
    use super::{check, hash, verify};
    use care::SeededEntropy;

    #[test]
    fn only_the_password_itself_is_right() {
        let entropy = SeededEntropy::new(1);
        let kept = hash("nine green bottles", &entropy);
        assert!(kept.text().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify("nine green bottles", Some(&kept)));
        assert!(!verify("nine green bottle", Some(&kept)));
        assert!(!verify("the password of nobody at all", None), "the stand-in for unknown accounts opens nothing");
        assert_ne!(hash("nine green bottles", &entropy).text(), kept.text(), "every hash has a salt of its own");
    }

    #[test]
    fn accents_may_be_typed_either_way() {
        let kept = hash("contrase\u{f1}a de casa", &SeededEntropy::new(2));
        assert!(verify("contrasen\u{303}a de casa", Some(&kept)));
    }

    #[test]
    fn what_is_tried_first_is_refused() {
        let key = |password: &str| check(password, "noor.haddad@harborlane.example").err().map(|problem| problem.key);
        for guessable in [
            "password12345!",
            "PasswordPassword",
            "welcome2026!!",
            "aaaaaaaaaaaaaa",
            "123456789012",
            "abcdefghijkl",
            "noor.haddad2026",
            "noor.haddad@harborlane.example",
            "qwertyuiop123",
            "Bellwether2026!",
            "abababababab",
        ] {
            assert_eq!(key(guessable), Some("wrong-password-known"), "{guessable}");
        }
        assert_eq!(key("short"), Some("wrong-password-short"));
        assert_eq!(key(&"lengthy ".repeat(40)), Some("wrong-too-long"));
        for fine in ["nine green bottles", "tres tristes tigres", "x8#kQ2!vLm4z"] {
            assert_eq!(key(fine), None, "{fine}");
        }
    }
}
