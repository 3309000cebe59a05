//! When a message to a client may go: within the practice's hours and not on its holidays, in the client's zone.
//!
//! Messages to staff about a case are exempt and never come here. What is sent is `workflows`', whether it may be sent
//! at all (consent, opt-out) is checked at the moment of sending.

use crate::Instant;
use crate::local_time::{DAY, day_of, minute_of};
use crate::practice::{Holiday, Settings};
use chrono::{Duration, DurationRound};
use chrono_tz::Tz;

/// No second message of a check-in goes less than this after the first one.
pub const APART_HOURS: u32 = 12;

/// The most holidays in a row that are waited for; who closes for longer than that writes nothing at all meanwhile.
const HOLIDAYS_RUNNING: u32 = 31;

/// The hours that hold for one client: a zone, a window of its day, and the days that have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Window<'a> {
    zone: Tz,
    holidays: &'a [Holiday],
    /// First minute of the day that is allowed.
    opens: u32,
    /// First minute that is not allowed any more.
    closes: u32,
}

impl<'a> Window<'a> {
    fn of(zone: Option<Tz>, practice_zone: Tz, settings: &'a Settings) -> Self {
        let defaults = Settings::default();
        let (zone, hours, usual) = match zone {
            Some(zone) => (
                zone,
                (settings.quiet_until_minute, settings.quiet_from_minute),
                (defaults.quiet_until_minute, defaults.quiet_from_minute),
            ),
            None => (
                practice_zone,
                (settings.unknown_zone_until_minute, settings.unknown_zone_from_minute),
                (defaults.unknown_zone_until_minute, defaults.unknown_zone_from_minute),
            ),
        };
        // Hours that leave no minute of the day cannot be meant; the usual ones are never later or earlier than allowed.
        let (opens, closes) = if hours.0 < hours.1 && hours.1 <= DAY { hours } else { usual };
        Self { zone, holidays: &settings.holidays, opens, closes }
    }

    fn contains(self, at: Instant) -> bool {
        (self.opens..self.closes).contains(&minute_of(at, self.zone)) && !self.is_holiday(at)
    }

    fn is_holiday(self, at: Instant) -> bool {
        !self.holidays.is_empty() && {
            let day = day_of(at, self.zone);
            self.holidays.iter().any(|holiday| holiday.day == day)
        }
    }

    /// The first instant inside, minute by minute from the whole minute of `from`. Looking at every minute asks nothing
    /// of the clocks: they may jump into the window, over its ends, or go through it twice.
    fn scan(self, from: Instant, step: Duration) -> Option<Instant> {
        let mut at = from.duration_trunc(Duration::minutes(1)).unwrap_or(from);
        // A closed time lasts less than a day; a zone may skip one more when it moves across the date line.
        let holidays = u32::try_from(self.holidays.len()).unwrap_or(HOLIDAYS_RUNNING).min(HOLIDAYS_RUNNING);
        for _ in 0..(3 + holidays) * DAY {
            if self.contains(at) {
                return Some(at);
            }
            at += step;
        }
        None
    }
}

/// Whether a message may go at the instant. See [`earliest`] for the hours.
pub fn allows(at: Instant, zone: Option<Tz>, practice_zone: Tz, settings: &Settings) -> bool {
    Window::of(zone, practice_zone, settings).contains(at)
}

/// The earliest instant, not before `at`, at which a message may go to a client in `zone`.
///
/// Where the client's zone is unknown, the practice's zone counts with the narrower pair of hours. Hours that leave no
/// minute of a day are replaced by the default ones.
///
/// ```
/// use care::{practice::Settings, quiet_hours::earliest};
/// let (zone, settings) = (chrono_tz::America::Los_Angeles, Settings::default());
/// let late = "2026-03-08T05:30:00Z".parse()?; // 21:30 on the evening before the clocks change
/// assert_eq!(earliest(late, Some(zone), zone, &settings).to_rfc3339(), "2026-03-08T15:00:00+00:00");
/// # Ok::<(), chrono::ParseError>(())
/// ```
pub fn earliest(at: Instant, zone: Option<Tz>, practice_zone: Tz, settings: &Settings) -> Instant {
    let window = Window::of(zone, practice_zone, settings);
    if window.contains(at) {
        return at;
    }
    window.scan(at + Duration::minutes(1), Duration::minutes(1)).unwrap_or(at)
}

/// The last instant, not after `at`, at which a message may go to a client in `zone`; on whole minutes where it is not
/// `at` itself. Hours as for [`earliest`].
pub fn latest_before(at: Instant, zone: Option<Tz>, practice_zone: Tz, settings: &Settings) -> Instant {
    let window = Window::of(zone, practice_zone, settings);
    if window.contains(at) {
        return at;
    }
    window.scan(at, Duration::minutes(-1)).unwrap_or(at)
}

/// The last instant, not after `latest`, until which a message may go to a client in `zone` without a break; in whole minutes
/// from `now`, and `now` itself where the next minute is closed. Hours as for [`earliest`].
pub fn open_until(now: Instant, latest: Instant, zone: Option<Tz>, practice_zone: Tz, settings: &Settings) -> Instant {
    let window = Window::of(zone, practice_zone, settings);
    let mut open = now;
    while open < latest {
        let next = open + Duration::minutes(1);
        if !window.contains(next) {
            return open;
        }
        open = next;
    }
    latest
}

/// When the one reminder of a check-in goes, or none.
///
/// `reminder_after_hours` after the first message; if that falls into quiet hours, at the last instant allowed before
/// them. Dropped where the practice wants none, where it would come less than 12 hours after the first message, and
/// where it would not come before the check-in ends.
pub fn reminder(
    sent_at: Instant,
    expires_at: Instant,
    zone: Option<Tz>,
    practice_zone: Tz,
    settings: &Settings,
) -> Option<Instant> {
    if settings.reminder_after_hours == 0 {
        return None;
    }
    let wanted = sent_at + Duration::hours(i64::from(settings.reminder_after_hours));
    let at = latest_before(wanted, zone, practice_zone, settings);
    (at - sent_at >= Duration::hours(i64::from(APART_HOURS)) && at < expires_at).then_some(at)
}

/// When a check-in that was not opened goes to the client on the other channel, in place of its reminder, or none.
///
/// `fallback_after_hours` after the first message or, if that falls into quiet hours, at the first instant allowed after them:
/// who has not had so long has not been waited for. None where the practice wants none, and where it would not come before
/// the check-in ends.
pub fn fallback(
    sent_at: Instant,
    expires_at: Instant,
    zone: Option<Tz>,
    practice_zone: Tz,
    settings: &Settings,
) -> Option<Instant> {
    if settings.fallback_after_hours == 0 {
        return None;
    }
    let wanted = sent_at + Duration::hours(i64::from(settings.fallback_after_hours));
    let at = earliest(wanted, zone, practice_zone, settings);
    (at < expires_at).then_some(at)
}
