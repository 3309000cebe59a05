//! Appointments.

use crate::{faults, options};
use care::appointment::AppointmentState;
use care::import::{AppointmentRow, StaffRef};
use exchange::appointments_csv::parse;
use exchange::{DateOrder, Options, Parsed};
use proptest::prelude::*;

fn with_sites() -> Options {
    options().with_site("Harbor", chrono_tz::America::Los_Angeles).with_site("Mesa", chrono_tz::America::Phoenix)
}

fn read(text: &str) -> Parsed<AppointmentRow> {
    parse(text.as_bytes(), &with_sites())
}

/// One appointment with the given start, end and duration cells.
fn times(site: &str, start: &str, end: &str, duration: &str) -> Result<(String, String), String> {
    let parsed = read(&format!(
        "id,client id,clinician,site,start,end,duration\n1,17,Kim Lee,{site},\"{start}\",\"{end}\",{duration}\n"
    ));
    match parsed.rows.first() {
        Some(row) => Ok((row.starts_at.format("%F %R").to_string(), row.ends_at.format("%F %R").to_string())),
        None => Err(faults(&parsed)),
    }
}

fn starts(site: &str, start: &str) -> Result<String, String> {
    times(site, start, "", "50").map(|(start, _)| start)
}

#[test]
fn files_of_other_systems() {
    for file in [
        "Appointment ID,Patient Number,Staff Member,Location,Start At,End At,State\nA1,17,Kim Lee,harbor,2026-11-24 15:00,2026-11-24 15:50,booked\n",
        "Appt ID,Client ID,Clinician,Office,Appointment Date,Start Time,End Time,Appointment Status\nA1,17,\"Lee, Kim\",Harbor,11/24/2026,3:00 PM,3:50 PM,Show\n",
        "Visit ID;MRN;Provider;Clinic;Date;Time;Length;Status\r\nA1;17;Kim Lee;HARBOR;2026-11-24 00:00:00;15:00:00;50 min;Scheduled\r\n",
    ] {
        let parsed = read(file);
        assert!(parsed.errors.is_empty(), "{}", faults(&parsed));
        let row = &parsed.rows[0];
        assert_eq!((row.external_id.as_str(), row.client_external_id.text()), ("A1", "17"));
        assert_eq!(row.clinician, StaffRef::Name("Kim Lee".into()));
        assert_eq!(row.starts_at.to_rfc3339(), "2026-11-24T23:00:00+00:00", "{file}");
        assert_eq!((row.ends_at - row.starts_at).num_minutes(), 50, "{file}");
        assert_eq!(row.state, AppointmentState::Scheduled, "{file}");
    }
}

#[test]
fn local_times_are_the_site_s() {
    assert_eq!(starts("Harbor", "2026-07-01 09:00").unwrap(), "2026-07-01 16:00");
    assert_eq!(starts("Mesa", "2026-07-01 09:00").unwrap(), "2026-07-01 16:00");
    assert_eq!(starts("Harbor", "2026-12-01 09:00").unwrap(), "2026-12-01 17:00");
    assert_eq!(starts("Mesa", "2026-12-01 09:00").unwrap(), "2026-12-01 16:00");
    for same in [
        "2026-12-01T09:00:00-08:00",
        "2026-12-01 09:00 -08:00",
        "2026-12-01T17:00Z",
        "2026-12-01T17:00:00.000Z",
        "2026-12-01 09:00-0800",
    ] {
        assert_eq!(starts("Elsewhere", same), Err(String::new()).or(starts("Harbor", same)), "{same}");
        assert_eq!(starts("Harbor", same).unwrap(), "2026-12-01 17:00", "{same}");
    }
    assert!(
        starts("Nowhere", "2026-12-01 09:00")
            .unwrap_err()
            .contains("column D \"site\": is not a site of this practice (looks like aaaaaaa)")
    );
    assert!(starts("", "2026-12-01 09:00").unwrap_err().contains("zone of the times is not known"));
    let mut defaulted = with_sites();
    defaulted.default_zone = Some(chrono_tz::America::New_York);
    let parsed = parse("id,client id,clinician,start,duration\n1,17,K,2026-12-01 09:00,50\n".as_bytes(), &defaulted);
    assert_eq!(parsed.rows[0].starts_at.to_rfc3339(), "2026-12-01T14:00:00+00:00");
}

#[test]
fn impossible_and_doubled_local_times_are_faults() {
    let gap = starts("Harbor", "2026-03-08 02:30").unwrap_err();
    assert!(
        gap.contains("line 2, column E \"start\": does not exist in America/Los_Angeles: the clocks go forward"),
        "{gap}"
    );
    let fold = starts("Harbor", "2026-11-01 01:30").unwrap_err();
    assert!(fold.contains("comes twice in America/Los_Angeles") && fold.contains("-07:00"), "{fold}");
    assert_eq!(starts("Mesa", "2026-03-08 02:30").unwrap(), "2026-03-08 09:30", "Arizona does not change its clocks");
    assert_eq!(starts("Harbor", "2026-11-01T01:30:00-07:00").unwrap(), "2026-11-01 08:30");
    assert_eq!(starts("Harbor", "2026-11-01T01:30:00-08:00").unwrap(), "2026-11-01 09:30");
    assert!(
        times("Harbor", "2026-11-01 00:30", "2026-11-01 01:20", "")
            .unwrap_err()
            .contains("column F \"end\": comes twice")
    );
    assert_eq!(
        times("Harbor", "2026-11-01 00:30", "", "50").unwrap().1,
        "2026-11-01 08:20",
        "a duration needs no clock"
    );
}

#[test]
fn ends_and_durations() {
    assert_eq!(times("Harbor", "2026-12-01 09:00", "9:50 am", "").unwrap().1, "2026-12-01 17:50");
    assert_eq!(times("Harbor", "2026-12-01T09:00:00-08:00", "09:50", "").unwrap().1, "2026-12-01 17:50");
    for (duration, end) in [
        ("50", "17:50"),
        ("50 min", "17:50"),
        ("0:50", "17:50"),
        ("1 h", "18:00"),
        ("1.5 hours", "18:30"),
        ("1:15:00", "18:15"),
    ] {
        assert_eq!(
            times("Harbor", "2026-12-01 09:00", "", duration).unwrap().1,
            format!("2026-12-01 {end}"),
            "{duration}"
        );
    }
    for (end, duration, fault) in [
        ("08:00", "", "is not after the start"),
        ("2026-12-03 09:00", "", "more than 24 hours"),
        ("2026-12-01", "", "day without a time"),
        ("", "0", "is not a duration"),
        ("", "-5", "is not a duration"),
        ("", "1441", "is not a duration"),
        ("", "NaN", "is not a duration"),
        ("", "", "neither the end nor the duration"),
    ] {
        let told = times("Harbor", "2026-12-01 09:00", end, duration).unwrap_err();
        assert!(told.contains(fault), "{end} {duration}: {told}");
    }
}

#[test]
fn starts_that_cannot_be_read() {
    for (start, fault) in [
        ("2026-12-01", "day without a time"),
        ("09:00", "time without a day"),
        ("tomorrow at nine", "is not a date"),
        ("04/05/2026 09:00", "may be month/day or day/month"),
        ("4/5/26 9:00", "year of two digits"),
        ("2026-02-30 09:00", "not a day of the calendar"),
        ("2026-12-01 25:00", "no time that can be read"),
        ("13/13/2026 09:00", "not a day of the calendar"),
        ("0026-12-01 09:00", "impossible year"),
    ] {
        let told = starts("Harbor", start).unwrap_err();
        assert!(told.contains(fault), "{start}: {told}");
    }
    let mut us = with_sites();
    us.date_order = DateOrder::MonthFirst;
    let parsed =
        parse("id,client id,clinician,site,start,duration\n1,17,K,Harbor,04/05/2026 9:00 AM,50\n".as_bytes(), &us);
    assert_eq!(parsed.rows[0].starts_at.to_rfc3339(), "2026-04-05T16:00:00+00:00");
}

fn state(word: &str, start: &str) -> Option<AppointmentState> {
    let parsed = read(&format!("id,client id,clinician,site,start,duration,status\n1,17,K,Harbor,{start},50,{word}\n"));
    parsed.rows.first().map(|row| row.state)
}

#[test]
fn the_words_of_other_systems() {
    use AppointmentState::{Attended, Cancelled, LateCancelled, NoShow, Scheduled};
    let past = "2026-11-02 09:00";
    for (word, expected) in [
        ("", Scheduled),
        ("Booked", Scheduled),
        ("Arrived", Attended),
        ("checked-in", Attended),
        ("Completed", Attended),
        ("Canceled", Cancelled),
        ("Cancelled", Cancelled),
        ("Clinician canceled", Cancelled),
        ("Late canceled", LateCancelled),
        ("Late Cancelled", LateCancelled),
        ("late_cancelled", LateCancelled),
        ("No show", NoShow),
        ("no-show", NoShow),
        ("NO_SHOW", NoShow),
        ("DNA", NoShow),
    ] {
        assert_eq!(state(word, past), Some(expected), "{word}");
    }
    assert_eq!(state("Show", past), Some(Attended));
    assert_eq!(state("Show", "2026-12-02 09:00"), Some(Scheduled), "the same word for what is to come");
    assert_eq!(state("perhaps", past), None);
}

#[test]
fn ids_come_once_and_required_columns_come() {
    let parsed = read(
        "id,client id,clinician,site,start,duration\n1,17,K,Harbor,2026-12-01 09:00,50\n1,18,K,Harbor,2026-12-01 10:00,50\n,,,Harbor,2026-12-01 10:00,50\n",
    );
    let told = faults(&parsed);
    assert_eq!(parsed.rows.len(), 1);
    assert!(told.contains("line 3, column A \"id\": is the same id as on line 2"), "{told}");
    for empty in ["external_id is empty", "client_external_id is empty", "clinician is empty"] {
        assert!(told.contains(empty), "{told}");
    }
    assert!(faults(&read("id,start\n1,2026-12-01 09:00\n")).contains("the column client_external_id is missing"));
    assert!(faults(&read("id,client id,clinician,start\n1,2,3,4\n")).contains("no column for the end"));
}

proptest! {
    #[test]
    fn arbitrary_times_never_panic(start in "(\\PC|[0-9:/TZ+ apm-]){0,24}", end in "[0-9:/TZ+ apm-]{0,20}", duration in "[0-9:.ehmin -]{0,8}") {
        let quote = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
        let parsed = read(&format!("id,client id,clinician,site,start,end,duration\n1,17,K,Harbor,{},{},{duration}\n", quote(&start), quote(&end)));
        prop_assert_eq!(parsed.rows.is_empty(), !parsed.errors.is_empty());
        for row in &parsed.rows {
            prop_assert!(row.starts_at < row.ends_at);
        }
    }

    /// In every zone and at every minute around every change of clocks: exactly one instant, or a fault.
    #[test]
    fn local_times_round_trip_in_every_zone(zone in proptest::sample::select(&chrono_tz::TZ_VARIANTS[..]), minutes in 0_i64..(3 * 366 * 24 * 60)) {
        let local = chrono::NaiveDate::from_ymd_opt(2025, 1, 1).unwrap().and_hms_opt(0, 0, 0).unwrap() + chrono::Duration::minutes(minutes);
        let options = options().with_site("Here", zone);
        let file = format!("id,client id,clinician,site,start,duration\n1,17,K,Here,{},50\n", local.format("%Y-%m-%d %H:%M"));
        let parsed = parse(file.as_bytes(), &options);
        let expected = chrono::TimeZone::from_local_datetime(&zone, &local).single();
        prop_assert_eq!(parsed.rows.first().map(|row| row.starts_at), expected.map(|instant| instant.to_utc()));
        prop_assert_eq!(parsed.errors.len(), usize::from(expected.is_none()));
    }
}
