//! What a client shows before a check-in opens on a browser: nothing, the birth date, or a PIN. What is asked of whom, what
//! counts as an answer, and how many wrong ones are taken. Where it is kept is the store's.
//!
//! Whoever has nothing on file is asked nothing: a check-in, and what it says about danger, is not to be lost to a missing
//! birth date. The staff's page says so.

use crate::text::text_enum;
use crate::{Instant, Phi};
use chrono::{Duration, NaiveDate};

/// Wrong tries after which none is taken for a while.
pub const TRIES: i64 = 5;
/// How long that is the first time. It doubles with every further five, up to [`LONGEST`].
pub const LOCKED: Duration = Duration::minutes(15);
/// The longest time for which no try is taken.
pub const LONGEST: Duration = Duration::hours(24);
/// The fewest digits of a PIN.
pub const PIN_SHORTEST: usize = 4;
/// The most digits of a PIN.
pub const PIN_LONGEST: usize = 8;

text_enum! {
    /// What is asked for.
    Proof {
        /// Nothing: the link is enough.
        Off = "off",
        /// The birth date.
        BirthDate = "birth_date",
        /// A PIN that the practice gave the client.
        Pin = "pin",
    }
}

/// What is on file of one client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OnFile {
    /// What a person chose for this client; none where the practice's choice holds.
    pub chosen: Option<Proof>,
    /// Whether the birth date is known.
    pub has_birth_date: bool,
    /// Whether a PIN was set.
    pub has_pin: bool,
}

impl OnFile {
    /// What is wanted of this client.
    pub fn wanted(self, practice: Proof) -> Proof {
        self.chosen.unwrap_or(practice)
    }

    /// What this client can be asked: what is wanted, where it is on file.
    ///
    /// ```
    /// use care::proof::{OnFile, Proof};
    /// let known = OnFile { has_birth_date: true, ..OnFile::default() };
    /// assert_eq!(known.asked(Proof::BirthDate), Proof::BirthDate);
    /// assert_eq!(known.asked(Proof::Pin), Proof::Off, "no PIN was set");
    /// assert_eq!(OnFile { chosen: Some(Proof::Off), ..known }.asked(Proof::BirthDate), Proof::Off);
    /// ```
    pub fn asked(self, practice: Proof) -> Proof {
        match self.wanted(practice) {
            Proof::BirthDate if self.has_birth_date => Proof::BirthDate,
            Proof::Pin if self.has_pin => Proof::Pin,
            _ => Proof::Off,
        }
    }
}

/// Until when no try is taken after so many wrong ones; none where the next one is.
pub fn locked_until(wrong: i64, now: Instant) -> Option<Instant> {
    if wrong < TRIES || wrong % TRIES != 0 {
        return None;
    }
    let doubled = u32::try_from(wrong / TRIES - 1).unwrap_or(u32::MAX).min(10);
    Some(now + (LOCKED * (1 << doubled)).min(LONGEST))
}

/// A PIN as typed, without blanks; none where it is no PIN.
///
/// ```
/// use care::proof::pin;
/// assert_eq!(pin(" 48 21 ").as_deref(), Some("4821"));
/// assert_eq!(pin("12"), None);
/// assert_eq!(pin("12ab"), None);
/// ```
pub fn pin(typed: &str) -> Option<String> {
    let digits: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let is_pin =
        (PIN_SHORTEST..=PIN_LONGEST).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_pin.then_some(digits)
}

/// Whether a PIN is among the first that somebody would guess: one digit again and again, or digits in a row.
pub fn is_easy(pin: &str) -> bool {
    let digits = pin.as_bytes();
    let steps = |by: i16| digits.windows(2).all(|pair| i16::from(pair[1]) - i16::from(pair[0]) == by);
    steps(0) || steps(1) || steps(-1)
}

/// A birth date as typed in three parts; none where there is no such day.
///
/// ```
/// use care::proof::birth_date;
/// assert!(birth_date("1984", "2", "29").is_some());
/// assert!(birth_date("1985", "2", "29").is_none());
/// assert!(birth_date("85", "2", "1").is_none(), "a year has four digits");
/// ```
pub fn birth_date(year: &str, month: &str, day: &str) -> Option<Phi<NaiveDate>> {
    let year = year.trim();
    if year.len() != 4 {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.trim().parse().ok()?, day.trim().parse().ok()?).map(Phi::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fifth_wrong_try_locks_for_twice_as_long() {
        let now = chrono::DateTime::from_timestamp(1_773_068_400, 0).unwrap();
        for wrong in [0, 1, 4, 6, 9, 11] {
            assert_eq!(locked_until(wrong, now), None, "{wrong}");
        }
        for (wrong, minutes) in [(5, 15), (10, 30), (15, 60), (35, 960), (40, 1440), (5_000, 1440)] {
            assert_eq!(locked_until(wrong, now), Some(now + Duration::minutes(minutes)), "{wrong}");
        }
    }

    #[test]
    fn pins_that_everybody_tries_first_are_easy() {
        for easy in ["0000", "1234", "4321", "98765", "77777777"] {
            assert!(is_easy(easy), "{easy}");
        }
        for fine in ["4821", "1212", "1235", "9012"] {
            assert!(!is_easy(fine), "{fine}");
        }
    }
}
