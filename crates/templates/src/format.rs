//! Dates, times and numbers as people read them, per language and time zone.
//!
//! Pages carry finished text; these functions make it. An instant is always shown in a zone the caller names (the
//! site's for staff, the client's for clients): nothing here knows the machine's zone or the time of day. Which
//! fields a page has is the page's own business.
//!
//! ```
//! use chrono::{TimeZone, Utc};
//! use templates::{Language, format};
//!
//! let zone = chrono_tz::America::Los_Angeles;
//! let at = Utc.with_ymd_and_hms(2026, 3, 10, 21, 41, 0).unwrap();
//! assert_eq!(format::date_time(at, zone, Language::En), "Mar 10, 2026, 2:41\u{a0}PM");
//! assert_eq!(format::relative(at + chrono::Duration::days(2), at, Language::Es), "en 2 días");
//! assert_eq!(format::score(18.0), "18");
//! ```

use chrono::{DateTime, Datelike, Duration, NaiveDate, SecondsFormat, Timelike, Utc};
use chrono_tz::Tz;
use serde::Serialize;

use crate::Language;

/// An instant on a page: exact for machines and on hover, relative for the eye. The staff script keeps the relative
/// part up to date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Moment {
    /// RFC 3339 in UTC, for `<time datetime>`.
    pub iso: String,
    /// Date and time in the reader's zone ("Mar 10, 2026, 2:41 PM").
    pub text: String,
    /// "in 2 days", "35 minutes ago".
    pub relative: String,
    /// Whether it lies before the page's own time.
    pub lies: Lies,
}

/// On which side of now an instant lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Lies {
    /// Before now: a due date is overdue.
    Past,
    /// Now or later.
    Ahead,
}

impl Moment {
    /// The instant as seen at `now` in `zone`.
    pub fn new(at: DateTime<Utc>, now: DateTime<Utc>, zone: Tz, language: Language) -> Self {
        Self {
            iso: at.to_rfc3339_opts(SecondsFormat::Secs, true),
            text: date_time(at, zone, language),
            relative: relative(at, now, language),
            lies: if at < now { Lies::Past } else { Lies::Ahead },
        }
    }
}

const MONTHS: [[&str; 12]; 2] = [
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
];
const WEEKDAYS: [[&str; 7]; 2] = [
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
];

fn month(day: NaiveDate, language: Language) -> &'static str {
    let names = match language {
        Language::En => &MONTHS[0],
        Language::Es => &MONTHS[1],
    };
    names[day.month0() as usize]
}

fn month_short(day: NaiveDate, language: Language) -> &'static str {
    let name = month(day, language);
    name.get(..3).unwrap_or(name)
}

fn weekday(day: NaiveDate, language: Language) -> &'static str {
    let names = match language {
        Language::En => &WEEKDAYS[0],
        Language::Es => &WEEKDAYS[1],
    };
    names[day.weekday().num_days_from_monday() as usize]
}

/// "Tuesday, March 10" or "martes 10 de marzo": for pages about the present.
pub fn long_day(day: NaiveDate, language: Language) -> String {
    let (weekday, month, number) = (weekday(day, language), month(day, language), day.day());
    match language {
        Language::En => format!("{weekday}, {month} {number}"),
        Language::Es => format!("{weekday} {number} de {month}"),
    }
}

/// "Tue, Mar 10" or "mar 10 mar": for lists of near days.
pub fn weekday_day(day: NaiveDate, language: Language) -> String {
    let name: String = weekday(day, language).chars().take(3).collect();
    match language {
        Language::En => format!("{name}, {}", short_day(day, language)),
        Language::Es => format!("{name} {}", short_day(day, language)),
    }
}

/// "Mar 10" or "10 mar": for axes and columns.
pub fn short_day(day: NaiveDate, language: Language) -> String {
    let (month, number) = (month_short(day, language), day.day());
    match language {
        Language::En => format!("{month} {number}"),
        Language::Es => format!("{number} {month}"),
    }
}

/// "Mar 10, 2026" or "10 mar 2026": for records.
pub fn day(day: NaiveDate, language: Language) -> String {
    match language {
        Language::En => format!("{}, {}", short_day(day, language), day.year()),
        Language::Es => format!("{} {}", short_day(day, language), day.year()),
    }
}

/// "2:41 PM" or "2:41 p. m.", in the zone; the space does not break.
pub fn time(at: DateTime<Utc>, zone: Tz, language: Language) -> String {
    let local = at.with_timezone(&zone);
    let (afternoon, hour) = local.hour12();
    let half = match (language, afternoon) {
        (Language::En, false) => "AM",
        (Language::En, true) => "PM",
        (Language::Es, false) => "a.\u{a0}m.",
        (Language::Es, true) => "p.\u{a0}m.",
    };
    format!("{hour}:{:02}\u{a0}{half}", local.minute())
}

/// The day of the instant in the zone.
pub fn local_day(at: DateTime<Utc>, zone: Tz) -> NaiveDate {
    at.with_timezone(&zone).date_naive()
}

/// "Mar 10, 2026, 2:41 PM" or "10 mar 2026, 2:41 p. m.".
pub fn date_time(at: DateTime<Utc>, zone: Tz, language: Language) -> String {
    format!("{}, {}", day(local_day(at, zone), language), time(at, zone, language))
}

/// "Tuesday, March 10, 2:41 PM": for a receipt.
pub fn long_date_time(at: DateTime<Utc>, zone: Tz, language: Language) -> String {
    format!("{}, {}", long_day(local_day(at, zone), language), time(at, zone, language))
}

/// "Tue, Mar 10, 2:41 PM": short enough for a text message, with plain blanks.
pub fn short_moment(at: DateTime<Utc>, zone: Tz, language: Language) -> String {
    format!("{}, {}", weekday_day(local_day(at, zone), language), time(at, zone, language)).replace('\u{a0}', " ")
}

/// "8:00 AM": a minute of the day, midnight at its end included.
pub fn clock(minute: u32, language: Language) -> String {
    let at = DateTime::from_timestamp(i64::from(minute) * 60, 0).unwrap_or_default();
    time(at, Tz::UTC, language)
}

/// How far the instant is from now: "in 2 days", "35 minutes ago", "now" (less than a minute). Whole units, rounded
/// down, so that something due in 119 minutes is due "in 1 hour" and never later than said.
pub fn relative(at: DateTime<Utc>, now: DateTime<Utc>, language: Language) -> String {
    let distance = (at - now).abs();
    if distance < Duration::minutes(1) {
        return match language {
            Language::En => "now".into(),
            Language::Es => "ahora".into(),
        };
    }
    let span = span(distance, language);
    match (language, at > now) {
        (Language::En, true) => format!("in {span}"),
        (Language::En, false) => format!("{span} ago"),
        (Language::Es, true) => format!("en {span}"),
        (Language::Es, false) => format!("hace {span}"),
    }
}

/// A length of time in its largest whole unit: "35 minutes", "1 hour", "2 days". Days begin at 48 hours.
pub fn span(length: Duration, language: Language) -> String {
    let minutes = length.num_minutes().abs();
    let (n, one, many) = match (minutes, language) {
        (..60, Language::En) => (minutes, "minute", "minutes"),
        (..60, Language::Es) => (minutes, "minuto", "minutos"),
        (60..2880, Language::En) => (minutes / 60, "hour", "hours"),
        (60..2880, Language::Es) => (minutes / 60, "hora", "horas"),
        (_, Language::En) => (minutes / 1440, "day", "days"),
        (_, Language::Es) => (minutes / 1440, "día", "días"),
    };
    format!("{n} {}", if n == 1 { one } else { many })
}

/// A length of time in one unit that both languages write alike: "38 min" below two hours, "3.5 h" below two days, "4.2 d" above.
pub fn minutes(minutes: f64) -> String {
    if minutes < 119.5 {
        format!("{minutes:.0} min")
    } else if minutes < 48.0 * 60.0 {
        format!("{:.1} h", minutes / 60.0)
    } else {
        format!("{:.1} d", minutes / (24.0 * 60.0))
    }
}

/// Two lengths of time as a span: "26–55 min", "38 min–3.5 h"; an end that is not known is left open.
pub fn minutes_between(from: Option<f64>, until: Option<f64>) -> String {
    let text = |one: Option<f64>| one.map(minutes).unwrap_or_default();
    let (from, until) = (text(from), text(until));
    match (from.split_once(' '), until.split_once(' ')) {
        (Some((number, unit)), Some((_, other))) if unit == other => format!("{number}–{until}"),
        _ => format!("{from}–{until}"),
    }
}

/// A score without needless decimals: `18`, `16.9`. At most one decimal, half away from zero.
pub fn score(value: f64) -> String {
    let rounded = (value.abs() * 10.0).round() / 10.0;
    let sign = if value < 0.0 && rounded > 0.0 { "\u{2212}" } else { "" };
    if rounded.fract() == 0.0 { format!("{sign}{rounded:.0}") } else { format!("{sign}{rounded:.1}") }
}

/// A change with its sign: `+8`, `−4.5` (a real minus), `0`.
pub fn change(value: f64) -> String {
    let size = score(value.abs());
    match value {
        _ if size == "0" => size,
        v if v > 0.0 => format!("+{size}"),
        _ => format!("\u{2212}{size}"),
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    #[test]
    fn lengths_of_time_in_the_unit_that_fits() {
        let said = [0.4, 38.0, 119.4, 119.6, 210.0, 2879.0, 2880.0, 6048.0].map(minutes);
        assert_eq!(said, ["0 min", "38 min", "119 min", "2.0 h", "3.5 h", "48.0 h", "2.0 d", "4.2 d"]);
        assert_eq!(minutes_between(Some(26.0), Some(55.0)), "26–55 min");
        assert_eq!(minutes_between(Some(26.0), Some(210.0)), "26 min–3.5 h");
        assert_eq!(minutes_between(Some(26.0), None), "26 min–");
    }

    fn at(hour: u32, minute: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 3, 9, hour, minute, 0).unwrap()
    }

    #[test]
    fn an_instant_is_shown_in_the_zone_asked_for_and_not_in_utc() {
        let zone = chrono_tz::America::Los_Angeles;
        // The clock changed on March 8: 06:30 UTC is 23:30 of the day before.
        assert_eq!(date_time(at(6, 30), zone, Language::En), "Mar 8, 2026, 11:30\u{a0}PM");
        assert_eq!(date_time(at(6, 30), zone, Language::Es), "8 mar 2026, 11:30\u{a0}p.\u{a0}m.");
        assert_eq!(time(at(19, 5), zone, Language::En), "12:05\u{a0}PM");
        assert_eq!(time(at(7, 5), zone, Language::Es), "12:05\u{a0}a.\u{a0}m.");
    }

    #[test]
    fn days_are_named_in_the_language() {
        let day = NaiveDate::from_ymd_opt(2026, 1, 3).unwrap();
        assert_eq!(long_day(day, Language::En), "Saturday, January 3");
        assert_eq!(long_day(day, Language::Es), "sábado 3 de enero");
        assert_eq!(weekday_day(day, Language::En), "Sat, Jan 3");
        assert_eq!(weekday_day(day, Language::Es), "sáb 3 ene");
        assert_eq!(super::day(day, Language::Es), "3 ene 2026");
    }

    #[test]
    fn distances_are_whole_units_and_never_promise_too_much_time() {
        let now = at(12, 0);
        let cases = [
            (Duration::seconds(59), "now"),
            (Duration::minutes(1), "in 1 minute"),
            (Duration::minutes(119), "in 1 hour"),
            (Duration::hours(47), "in 47 hours"),
            (Duration::hours(49), "in 2 days"),
            (Duration::minutes(-35), "35 minutes ago"),
        ];
        for (distance, text) in cases {
            assert_eq!(relative(now + distance, now, Language::En), text);
        }
        assert_eq!(relative(now - Duration::hours(1), now, Language::Es), "hace 1 hora");
        assert_eq!(Moment::new(now - Duration::minutes(1), now, Tz::UTC, Language::En).lies, Lies::Past);
    }

    #[test]
    fn numbers_have_no_needless_decimals_and_a_real_minus() {
        assert_eq!([score(18.0), score(16.875), score(0.0), score(-0.0)], ["18", "16.9", "0", "0"]);
        assert_eq!([change(8.0), change(-4.5), change(0.04), change(-0.04)], ["+8", "\u{2212}4.5", "0", "0"]);
    }
}
