//! Local times of a zone as instants, through the days on which clocks change.
//!
//! Which zone counts for whom is decided elsewhere; here a local time that does not exist or exists twice gets exactly
//! one meaning.

use crate::Instant;
use chrono::{Datelike, Duration, LocalResult, NaiveDate, NaiveTime, TimeZone, Timelike, Utc, Weekday};
use chrono_tz::Tz;

/// Minutes of a day whose clocks do not change.
pub const DAY: u32 = 24 * 60;

/// The zone with an IANA name, if it is one.
pub fn zone(name: &str) -> Option<Tz> {
    name.parse().ok()
}

/// The instant at which the minute of the day (0 to 1440) comes on the local day. Where it comes twice, the first; where
/// the clocks jump over it, the first instant after the jump.
///
/// ```
/// use care::local_time::at_minute;
/// let zone = chrono_tz::America::Los_Angeles;
/// let day = |d| chrono::NaiveDate::from_ymd_opt(2026, 3, d).expect("a day");
/// assert_eq!(at_minute(day(7), 8 * 60, zone).to_rfc3339(), "2026-03-07T16:00:00+00:00");
/// assert_eq!(at_minute(day(8), 8 * 60, zone).to_rfc3339(), "2026-03-08T15:00:00+00:00");
/// assert_eq!(at_minute(day(8), 2 * 60 + 30, zone).to_rfc3339(), "2026-03-08T10:00:00+00:00", "02:30 does not exist");
/// ```
pub fn at_minute(day: NaiveDate, minute: u32, zone: Tz) -> Instant {
    let wanted = day.and_time(NaiveTime::MIN) + Duration::minutes(i64::from(minute));
    // No jump known or planned is longer than a day.
    for later in 0..=i64::from(DAY) {
        match zone.from_local_datetime(&(wanted + Duration::minutes(later))) {
            LocalResult::Single(instant) | LocalResult::Ambiguous(instant, _) => return instant.with_timezone(&Utc),
            LocalResult::None => {}
        }
    }
    wanted.and_utc()
}

/// The local day of an instant.
pub fn day_of(at: Instant, zone: Tz) -> NaiveDate {
    at.with_timezone(&zone).date_naive()
}

/// The minute of the local day, 0 to 1439.
pub fn minute_of(at: Instant, zone: Tz) -> u32 {
    let local = at.with_timezone(&zone);
    local.hour() * 60 + local.minute()
}

/// Whether people work on the day: Monday to Friday. Public holidays are not known here.
pub fn is_business_day(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// Noon of the first business day after the local day of the instant.
pub fn next_business_noon(after: Instant, zone: Tz) -> Instant {
    let today = day_of(after, zone);
    let day = (1..=7)
        .map(|days| today + Duration::days(days))
        .find(|day| is_business_day(*day))
        .unwrap_or(today + Duration::days(1));
    at_minute(day, 12 * 60, zone)
}
