//! Messages to clients go in their hours, through every change of the clocks.

use crate::at;
use care::appointment::reminders;
use care::practice::{Holiday, Settings};
use care::quiet_hours::{allows, earliest, latest_before, open_until, reminder};
use chrono::{Duration, Offset, TimeZone, Timelike};
use chrono_tz::{TZ_VARIANTS, Tz};
use proptest::prelude::*;

const LA: Tz = chrono_tz::America::Los_Angeles;
const NY: Tz = chrono_tz::America::New_York;

#[test]
fn the_clients_zone_counts() {
    let settings = Settings::default();
    let of = |text: &str, zone| earliest(at(text), zone, LA, &settings);
    assert_eq!(of("2026-03-10T12:00:00-07:00", Some(LA)), at("2026-03-10T12:00:00-07:00"));
    assert_eq!(of("2026-03-10T19:00:00-07:00", Some(NY)), at("2026-03-11T08:00:00-04:00"), "22:00 in New York");
    assert_eq!(of("2026-03-10T05:30:00-07:00", Some(NY)), at("2026-03-10T05:30:00-07:00"), "08:30 in New York");
    assert_eq!(of("2026-03-10T21:00:00-07:00", Some(LA)), at("2026-03-11T08:00:00-07:00"), "21:00 is over");
    assert_eq!(of("2026-03-10T20:59:59-07:00", Some(LA)), at("2026-03-10T20:59:59-07:00"));
    assert_eq!(of("2026-03-10T08:00:00-07:00", None), at("2026-03-10T10:00:00-07:00"), "unknown zone: narrower");
    assert_eq!(of("2026-03-10T18:00:00-07:00", None), at("2026-03-11T10:00:00-07:00"));
    assert!(allows(at("2026-03-10T08:00:00-07:00"), Some(LA), LA, &settings));
    assert!(!allows(at("2026-03-10T07:59:59-07:00"), Some(LA), LA, &settings));
}

#[test]
fn hours_that_end_early_keep_the_last_instant_for_what_falls_into_the_night() {
    let (usual, early) = (Settings::default(), Settings::default().closing_earlier(15));
    let night = at("2026-03-11T06:00:00-07:00");
    assert_eq!(latest_before(night, Some(LA), LA, &usual), at("2026-03-10T20:59:00-07:00"));
    assert_eq!(latest_before(night, Some(LA), LA, &early), at("2026-03-10T20:44:00-07:00"));
    let starts_at = at("2026-03-11T08:30:00-07:00");
    let last = |settings| {
        let all = reminders(starts_at, at("2026-03-10T12:00:00-07:00"), Some(LA), LA, settings, |_| false);
        all.last().map(|(_, at)| *at)
    };
    assert_eq!(last(&usual), Some(at("2026-03-10T20:59:00-07:00")));
    assert_eq!(last(&early), Some(at("2026-03-10T20:44:00-07:00")), "a reminder of the early morning is not lost");
    let closed =
        Settings { quiet_until_minute: 600, quiet_from_minute: 600, ..Settings::default() }.closing_earlier(15);
    assert!(
        allows(at("2026-03-10T12:00:00-07:00"), Some(LA), LA, &closed),
        "hours that make no sense are replaced as ever"
    );
}

#[test]
fn nobody_is_written_to_on_a_holiday_of_their_own_zone() {
    let day = |d| Holiday { day: chrono::NaiveDate::from_ymd_opt(2026, 12, d).unwrap(), name: "Closed".into() };
    let settings = Settings { holidays: (24..=31).map(day).collect(), ..Settings::default() };
    let of = |text: &str, zone| earliest(at(text), Some(zone), LA, &settings);
    assert_eq!(of("2026-12-24T10:00:00-08:00", LA), at("2027-01-01T08:00:00-08:00"), "eight days running");
    assert_eq!(of("2026-12-23T20:59:00-08:00", LA), at("2026-12-23T20:59:00-08:00"));
    assert_eq!(of("2026-12-23T22:00:00-08:00", LA), at("2027-01-01T08:00:00-08:00"));
    assert_eq!(
        of("2026-12-23T20:00:00-08:00", NY),
        at("2027-01-01T08:00:00-05:00"),
        "23:00 in New York, then the holiday"
    );
    assert_eq!(
        latest_before(at("2026-12-26T10:00:00-08:00"), Some(LA), LA, &settings),
        at("2026-12-23T20:59:00-08:00"),
        "a reminder goes on the last day that is none"
    );
    let sent = at("2026-12-22T10:00:00-08:00");
    assert_eq!(
        reminder(sent, sent + Duration::hours(96), Some(LA), LA, &settings),
        Some(at("2026-12-23T20:59:00-08:00")),
        "48 hours later is a holiday"
    );
}

#[test]
fn back_to_the_last_allowed_minute() {
    let settings = Settings::default();
    let of = |text: &str| latest_before(at(text), Some(LA), LA, &settings);
    assert_eq!(of("2026-03-10T12:00:00-07:00"), at("2026-03-10T12:00:00-07:00"));
    assert_eq!(of("2026-03-10T23:00:00-07:00"), at("2026-03-10T20:59:00-07:00"));
    assert_eq!(of("2026-03-10T06:00:00-07:00"), at("2026-03-09T20:59:00-07:00"));
    assert_eq!(of("2026-03-08T06:00:00-07:00"), at("2026-03-07T20:59:00-08:00"), "the clocks change in between");
}

#[test]
fn open_until_the_hours_end_or_as_long_as_asked() {
    let settings = Settings::default();
    let of = |now: &str, latest: &str| open_until(at(now), at(latest), Some(LA), LA, &settings);
    let evening = "2026-03-10T20:00:30-07:00";
    assert_eq!(of("2026-03-10T12:00:30-07:00", evening), at(evening), "as long as asked");
    assert_eq!(of("2026-03-10T18:00:30-07:00", "2026-03-11T04:00:30-07:00"), at("2026-03-10T20:59:30-07:00"));
    assert_eq!(of("2026-03-10T20:59:30-07:00", "2026-03-11T04:00:30-07:00"), at("2026-03-10T20:59:30-07:00"));
    assert_eq!(of("2026-03-10T23:00:00-07:00", "2026-03-11T12:00:00-07:00"), at("2026-03-10T23:00:00-07:00"), "closed");
}

#[test]
fn the_reminder_comes_in_its_hours_before_the_end_or_not_at_all() {
    let settings = Settings::default();
    let of = |sent: &str, settings: &Settings| {
        let sent = at(sent);
        reminder(sent, settings.expiry(sent), Some(LA), LA, settings)
    };
    assert_eq!(of("2026-03-09T15:00:00-07:00", &settings), Some(at("2026-03-11T15:00:00-07:00")));
    assert_eq!(of("2026-03-09T15:00:00-07:00", &Settings { reminder_after_hours: 0, ..settings.clone() }), None);
    let six = Settings { reminder_after_hours: 16, ..settings.clone() };
    assert_eq!(
        of("2026-03-09T08:00:00-07:00", &six),
        Some(at("2026-03-09T20:59:00-07:00")),
        "midnight: the evening before"
    );
    assert_eq!(of("2026-03-09T09:00:00-07:00", &six), None, "20:59 would be less than 12 hours after 09:00");
    let late = Settings { reminder_after_hours: 96, ..settings };
    assert_eq!(of("2026-03-09T15:00:00-07:00", &late), None, "not before the end");
}

/// Clocks that go back can lead into the window a second time, between its ends.
#[test]
fn a_window_that_is_passed_twice() {
    let settings = Settings { quiet_until_minute: 90, quiet_from_minute: 150, ..Settings::default() };
    let of = |text: &str| earliest(at(text), Some(LA), LA, &settings);
    assert_eq!(of("2026-11-01T01:29:59-07:00"), at("2026-11-01T01:30:00-07:00"));
    assert_eq!(of("2026-11-01T01:10:00-08:00"), at("2026-11-01T01:30:00-08:00"), "closed again, then open again");
    assert_eq!(of("2026-03-08T01:59:59-08:00"), at("2026-03-08T01:59:59-08:00"));
    assert_eq!(of("2026-03-08T03:00:00-07:00"), at("2026-03-09T01:30:00-07:00"), "the clocks jumped over 02:30");
    let back = latest_before(at("2026-03-08T03:00:00-07:00"), Some(LA), LA, &settings);
    assert_eq!(back, at("2026-03-08T01:59:00-08:00"));
}

#[test]
fn hours_that_leave_no_minute_are_the_usual_ones() {
    for (quiet_until_minute, quiet_from_minute) in [(600, 600), (1260, 480), (0, 5000)] {
        let settings = Settings { quiet_until_minute, quiet_from_minute, ..Settings::default() };
        let found = earliest(at("2026-03-10T05:00:00-07:00"), Some(LA), LA, &settings);
        assert_eq!(found, at("2026-03-10T08:00:00-07:00"));
    }
}

/// All instants of 2026 to 2028 at which a zone's offset from UTC changes, to the minute.
fn changes_of_clocks(zone: Tz) -> Vec<care::Instant> {
    let offset = |at: care::Instant| zone.offset_from_utc_datetime(&at.naive_utc()).fix();
    let (mut day, end) = (at("2026-01-01T00:00:00Z"), at("2029-01-01T00:00:00Z"));
    let mut changes = Vec::new();
    while day < end {
        let next = day + Duration::days(1);
        if offset(day) != offset(next) {
            let (mut low, mut high) = (day, next);
            while high - low > Duration::minutes(1) {
                let middle = low + Duration::minutes((high - low).num_minutes() / 2);
                if offset(middle) == offset(low) { low = middle } else { high = middle }
            }
            changes.push(high);
        }
        day = next;
    }
    changes
}

fn minute(at: care::Instant, zone: Tz) -> u32 {
    let local = at.with_timezone(&zone);
    local.hour() * 60 + local.minute()
}

/// In every zone, around every change of its clocks in three years: there is an instant, in the window, not too early
/// and not more than a day away.
#[test]
fn every_zone_through_every_change() {
    let usual = Settings::default();
    // Hours that open and close in the very hour in which most clocks change.
    let odd = Settings { quiet_until_minute: 90, quiet_from_minute: 150, ..Settings::default() };
    let mut seen = 0;
    for zone in TZ_VARIANTS {
        for change in changes_of_clocks(zone) {
            seen += 1;
            // Two hours of Troll's night in March do not exist, and with them a whole window of the odd hours.
            for (settings, reach) in [(&usual, Duration::hours(24)), (&odd, Duration::hours(50))] {
                let window = settings.quiet_until_minute..settings.quiet_from_minute;
                for minutes in [-1500, -400, -61, -1, 0, 1, 31, 700] {
                    let wanted = change + Duration::minutes(minutes);
                    let found = earliest(wanted, Some(zone), LA, settings);
                    assert!(found >= wanted && found - wanted < reach, "{zone} {wanted} {found}");
                    assert!(window.contains(&minute(found, zone)), "{zone} {wanted} {found}");
                    let back = latest_before(wanted, Some(zone), LA, settings);
                    assert!(back <= wanted && wanted - back < reach, "{zone} {wanted} {back}");
                    assert!(window.contains(&minute(back, zone)), "{zone} {wanted} {back}");
                }
            }
        }
    }
    assert!(seen > 1000, "there are changes of clocks to look at: {seen}");
}

proptest! {
    #[test]
    fn any_instant_any_zone_any_hours(
        zone in 0..TZ_VARIANTS.len(), seconds in 1_767_225_600_i64..1_861_920_000, known in any::<bool>(),
        opens in 0_u32..1439, length in 1_u32..1440,
    ) {
        let settings = Settings {
            quiet_until_minute: opens, quiet_from_minute: (opens + length).min(1440),
            unknown_zone_until_minute: opens, unknown_zone_from_minute: (opens + length).min(1440),
            ..Settings::default()
        };
        let zone = TZ_VARIANTS[zone];
        let wanted = chrono::Utc.timestamp_opt(seconds, 0).single().expect("an instant");
        let (client, practice) = if known { (Some(zone), LA) } else { (None, zone) };
        let found = earliest(wanted, client, practice, &settings);
        prop_assert!(found >= wanted && allows(found, client, practice, &settings));
        let back = latest_before(wanted, client, practice, &settings);
        prop_assert!(back <= wanted && allows(back, client, practice, &settings));
        if let Some(at) = reminder(wanted, wanted + Duration::hours(96), client, practice, &settings) {
            prop_assert!(at - wanted >= Duration::hours(12) && at <= wanted + Duration::hours(48));
            prop_assert!(allows(at, client, practice, &settings));
        }
    }
}
