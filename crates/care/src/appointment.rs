//! Appointments.

use crate::practice::Settings;
use crate::quiet_hours;
use crate::text::text_enum;
use crate::{AppointmentId, ClientId, EpisodeId, Instant, SiteId, StaffId};
use chrono::Duration;
use chrono_tz::Tz;

/// Hours before its start at which a client is reminded of an appointment.
pub const REMINDER_HOURS: [i64; 3] = [72, 24, 2];
/// A reminder that quiet hours bring forward to less than this after the one before is dropped.
const APART: Duration = Duration::hours(12);
/// A reminder less than this before the start is of no use.
const LATEST: Duration = Duration::minutes(15);

text_enum! {
    /// Where an appointment stands.
    AppointmentState {
        /// To come.
        Scheduled = "scheduled",
        /// The session took place.
        Attended = "attended",
        /// Cancelled in time.
        Cancelled = "cancelled",
        /// Cancelled less than 24 hours before.
        LateCancelled = "late_cancelled",
        /// The client did not come.
        NoShow = "no_show",
    }
}

impl AppointmentState {
    /// Whether the session takes place or took place, so that its check-ins make sense.
    pub const fn is_on(self) -> bool {
        matches!(self, Self::Scheduled | Self::Attended)
    }
}

text_enum! {
    /// What a client says to a reminder.
    Reply {
        /// They come.
        Confirmed = "confirmed",
        /// They do not; the appointment is cancelled.
        Cancelled = "cancelled",
        /// They ask for another time. The appointment stands until a person moves it.
        Rebook = "rebook",
        /// They ask to be seen by video. Where is the practice's to say.
        Video = "video",
    }
}

impl Reply {
    /// Whether a person of the practice has to do something about it.
    pub const fn needs_a_person(self) -> bool {
        !matches!(self, Self::Confirmed)
    }
}

/// When a client is reminded of an appointment: 72, 24 and 2 hours before its start, with the hours of each, earliest first.
///
/// The hours are of the clock on the wall nowhere: where the clocks change in between, three days before is 72 hours
/// before. What falls into quiet hours goes at the last allowed instant before, or is dropped where that is less than 12
/// hours after the reminder before it; what would have gone by now is dropped too.
pub fn reminders(
    starts_at: Instant,
    now: Instant,
    zone: Option<Tz>,
    practice_zone: Tz,
    settings: &Settings,
) -> Vec<(i64, Instant)> {
    let mut reminders: Vec<(i64, Instant)> = Vec::new();
    for hours in REMINDER_HOURS {
        let wanted = starts_at - Duration::hours(hours);
        let at = quiet_hours::latest_before(wanted, zone, practice_zone, settings);
        let is_too_close = reminders.last().is_some_and(|(_, before)| at - *before < APART);
        if at >= now && at <= starts_at - LATEST && !is_too_close {
            reminders.push((hours, at));
        }
    }
    reminders
}

/// One appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    /// Id.
    pub id: AppointmentId,
    /// With whom.
    pub client_id: ClientId,
    /// In which episode.
    pub episode_id: EpisodeId,
    /// By whom.
    pub clinician_id: StaffId,
    /// Where.
    pub site_id: SiteId,
    /// Start.
    pub starts_at: Instant,
    /// End.
    pub ends_at: Instant,
    /// Where it stands.
    pub state: AppointmentState,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        chrono::DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    fn due(starts_at: &str, now: &str) -> Vec<(i64, Instant)> {
        let zone = chrono_tz::America::Los_Angeles;
        reminders(at(starts_at), at(now), Some(zone), zone, &Settings::default())
    }

    #[test]
    fn c2_reminders_across_the_change_of_the_clocks() {
        // Tuesday 10 March 2026 at 15:00; the clocks go forward on Sunday the 8th.
        assert_eq!(
            due("2026-03-10T15:00:00-07:00", "2026-03-01T09:00:00-08:00"),
            [
                (72, at("2026-03-07T14:00:00-08:00")),
                (24, at("2026-03-09T15:00:00-07:00")),
                (2, at("2026-03-10T13:00:00-07:00")),
            ]
        );
    }

    #[test]
    fn what_falls_into_the_night_goes_the_evening_before_or_not_at_all() {
        // 9:00: two hours before is 7:00, so the evening before at 20:59; that is 11:59 after the one at 9:00, and dropped.
        let early = due("2026-03-12T09:00:00-07:00", "2026-03-01T09:00:00-08:00");
        assert_eq!(early, [(72, at("2026-03-09T09:00:00-07:00")), (24, at("2026-03-11T09:00:00-07:00"))]);
        // Whoever makes the appointment the day before at noon has had none before: the evening's goes.
        let short = due("2026-03-12T09:00:00-07:00", "2026-03-11T12:00:00-07:00");
        assert_eq!(short, [(2, at("2026-03-11T20:59:00-07:00"))]);
        // Made an hour before: none.
        assert_eq!(due("2026-03-12T15:00:00-07:00", "2026-03-12T14:00:00-07:00"), []);
    }
}
