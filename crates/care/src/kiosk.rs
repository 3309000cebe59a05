//! A tablet in a waiting room: who may be tried how often.

use crate::{Instant, KioskId, SiteId};
use chrono::Duration;

/// Wrong codes in a row after which a kiosk takes none for a while.
pub const WRONG_CODES: i64 = 5;
/// For how long.
pub const LOCKED_MINUTES: i64 = 15;
/// Seconds without a touch after which a kiosk's screen is cleared.
pub const CLEARS_AFTER_SECONDS: u32 = 60;
/// Digits of a code for one check-in.
pub const ONE_TIME_DIGITS: usize = 6;
/// Digits of a client's standing code.
pub const STANDING_DIGITS: usize = 8;
/// Digits of the code that pairs a device.
pub const PAIRING_DIGITS: usize = 8;

/// A tablet of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kiosk {
    /// Id.
    pub id: KioskId,
    /// Where it stands.
    pub site_id: SiteId,
    /// What it is called.
    pub name: String,
    /// Wrong codes in a row.
    pub wrong: i64,
    /// Until when it takes no codes.
    pub locked_until: Option<Instant>,
    /// When it was set up.
    pub created_at: Instant,
    /// When it was taken out of use.
    pub revoked_at: Option<Instant>,
}

impl Kiosk {
    /// Until when it takes no code, if it takes none now.
    pub fn locked(&self, now: Instant) -> Option<Instant> {
        self.locked_until.filter(|until| now < *until)
    }

    /// What a wrong code makes of it: the count, and until when it is locked.
    pub fn after_wrong(&self, now: Instant) -> (i64, Option<Instant>) {
        let wrong = self.wrong + 1;
        if wrong >= WRONG_CODES { (0, Some(now + Duration::minutes(LOCKED_MINUTES))) } else { (wrong, None) }
    }
}

/// A code as typed, without blanks; none where it is no code.
///
/// ```
/// assert_eq!(care::kiosk::code_of(" 123 456 "), Some("123456".to_owned()));
/// assert_eq!(care::kiosk::code_of("12345x"), None);
/// ```
pub fn code_of(typed: &str) -> Option<String> {
    let code: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let is_code = (ONE_TIME_DIGITS..=STANDING_DIGITS).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit());
    is_code.then_some(code)
}

/// A code of so many digits by chance.
pub fn new_code(entropy: &dyn crate::Entropy, digits: usize) -> String {
    let mut code = String::with_capacity(digits);
    while code.len() < digits {
        let mut chance = [0_u8; 1];
        entropy.fill(&mut chance);
        // 250 is the largest multiple of ten: every digit is as likely.
        if chance[0] < 250 {
            code.push(char::from(b'0' + chance[0] % 10));
        }
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SeededEntropy;

    #[test]
    fn the_fifth_wrong_code_locks_and_a_quarter_of_an_hour_unlocks() {
        let now = chrono::DateTime::from_timestamp(1_773_068_400, 0).unwrap();
        let mut kiosk = Kiosk {
            id: KioskId::from_text("k"),
            site_id: SiteId::from_text("north"),
            name: "Door".into(),
            wrong: 0,
            locked_until: None,
            created_at: now,
            revoked_at: None,
        };
        for _ in 0..4 {
            (kiosk.wrong, kiosk.locked_until) = kiosk.after_wrong(now);
            assert_eq!(kiosk.locked(now), None);
        }
        (kiosk.wrong, kiosk.locked_until) = kiosk.after_wrong(now);
        assert_eq!(kiosk.locked(now), Some(now + Duration::minutes(15)));
        assert_eq!(kiosk.locked(now + Duration::minutes(15)), None);
        assert_eq!(kiosk.wrong, 0, "then there are five tries again");
    }

    #[test]
    fn codes_have_their_digits() {
        let entropy = SeededEntropy::new(3);
        let code = new_code(&entropy, ONE_TIME_DIGITS);
        assert_eq!(code_of(&code).as_deref(), Some(code.as_str()));
        assert_ne!(new_code(&entropy, 8), new_code(&entropy, 8));
    }
}
