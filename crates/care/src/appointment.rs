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
/// hours after the reminder before it; what would have gone by now is dropped too. A reminder whose time has passed stands
/// before the next one only if it `went`, which is asked of its hours: whoever made the appointment after that has had none.
pub fn reminders(
    starts_at: Instant,
    now: Instant,
    zone: Option<Tz>,
    practice_zone: Tz,
    settings: &Settings,
    went: impl Fn(i64) -> bool,
) -> Vec<(i64, Instant)> {
    let mut reminders: Vec<(i64, Instant)> = Vec::new();
    let mut before: Option<Instant> = None;
    for hours in REMINDER_HOURS {
        let wanted = starts_at - Duration::hours(hours);
        let at = quiet_hours::latest_before(wanted, zone, practice_zone, settings);
        if at > starts_at - LATEST || before.is_some_and(|before| at - before < APART) {
            continue;
        }
        if at >= now {
            reminders.push((hours, at));
            before = Some(at);
        } else if went(hours) {
            before = Some(at);
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

    /// The plan of an appointment at the start, made at the instant, after the reminders of these hours.
    fn due_after(starts_at: &str, now: &str, went: &[i64]) -> Vec<(i64, Instant)> {
        let zone = chrono_tz::America::Los_Angeles;
        reminders(at(starts_at), at(now), Some(zone), zone, &Settings::default(), |hours| went.contains(&hours))
    }

    fn due(starts_at: &str, now: &str) -> Vec<(i64, Instant)> {
        due_after(starts_at, now, &[])
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
    #[test]
    fn a_plan_made_again_in_the_evening_adds_nothing_to_what_went_in_the_morning() {
        let starts_at = "2026-03-12T09:00:00-07:00";
        for now in ["2026-03-11T09:00:01-07:00", "2026-03-11T17:00:00-07:00", "2026-03-11T20:58:59-07:00"] {
            assert_eq!(due_after(starts_at, now, &[72, 24]), [], "at {now}: 11:59 after the one at 9:00");
        }
        // What was planned for 9:00 and did not go is made good in the evening; the one of three days before is far enough off.
        let evening = [(2, at("2026-03-11T20:59:00-07:00"))];
        assert_eq!(due_after(starts_at, "2026-03-11T17:00:00-07:00", &[72]), evening);
        // 11:00: the one of two hours before is at its own time, 22 hours after the other.
        let later = due_after("2026-03-12T11:00:00-07:00", "2026-03-11T17:00:00-07:00", &[72, 24]);
        assert_eq!(later, [(2, at("2026-03-12T09:00:00-07:00"))]);
    }

    #[test]
    fn moved_across_the_change_of_the_clocks_each_is_of_the_new_start() {
        // Friday the 6th at 15:00 becomes Monday the 9th at 15:00; in autumn Friday 30 October becomes Monday 2 November.
        assert_eq!(
            due_after("2026-03-09T15:00:00-07:00", "2026-03-05T16:00:00-08:00", &[]),
            [
                (72, at("2026-03-06T14:00:00-08:00")),
                (24, at("2026-03-08T15:00:00-07:00")),
                (2, at("2026-03-09T13:00:00-07:00")),
            ]
        );
        assert_eq!(
            due_after("2026-11-02T15:00:00-08:00", "2026-10-29T16:00:00-07:00", &[]),
            [
                (72, at("2026-10-30T16:00:00-07:00")),
                (24, at("2026-11-01T15:00:00-08:00")),
                (2, at("2026-11-02T13:00:00-08:00")),
            ]
        );
    }
}
