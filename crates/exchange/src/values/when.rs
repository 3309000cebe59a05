//! Dates, times of day, durations, and local times as instants.

use crate::columns::Cell;
use crate::{DateOrder, RowError};
use care::Instant;
use chrono::{DateTime, Duration, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

/// Why a text is not a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotADate {
    Unreadable,
    Ambiguous,
    ShortYear,
    NotInCalendar,
}

/// `2026-11-21`, or three numbers with slashes, dots or hyphens and the year last.
pub(crate) fn date(text: &str, order: DateOrder) -> Result<NaiveDate, NotADate> {
    let parts: Vec<&str> = text.trim().split(['/', '.', '-']).collect();
    let [first, second, third] = parts.as_slice() else { return Err(NotADate::Unreadable) };
    let number = |part: &str| -> Result<u32, NotADate> {
        if part.is_empty() || part.len() > 4 || !part.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NotADate::Unreadable);
        }
        part.parse().map_err(|_| NotADate::Unreadable)
    };
    let (a, b, c) = (number(first)?, number(second)?, number(third)?);
    let (year, month, day) = if first.len() == 4 {
        (a, b, c)
    } else if third.len() == 4 {
        match order {
            DateOrder::MonthFirst => (c, a, b),
            DateOrder::DayFirst => (c, b, a),
            // The same either way.
            DateOrder::Unknown if a == b => (c, a, b),
            DateOrder::Unknown if a > 12 => (c, b, a),
            DateOrder::Unknown if b > 12 => (c, a, b),
            DateOrder::Unknown => return Err(NotADate::Ambiguous),
        }
    } else {
        return Err(NotADate::ShortYear);
    };
    let year = i32::try_from(year).map_err(|_| NotADate::NotInCalendar)?;
    NaiveDate::from_ymd_opt(year, month, day).ok_or(NotADate::NotInCalendar)
}

impl NotADate {
    /// The fault of a cell that should hold a date.
    pub(crate) fn at(self, cell: &Cell<'_>) -> RowError {
        const ISO: &str = "write it as year-month-day, for example 1990-03-25";
        match self {
            Self::Unreadable => cell.fault("is not a date", ISO),
            Self::Ambiguous => cell.fault(
                "may be month/day or day/month",
                "write it as year-month-day, or say which order the file uses (date order mdy or dmy)",
            ),
            Self::ShortYear => cell.fault("has a year of two digits", "write the year with four digits"),
            Self::NotInCalendar => {
                cell.fault("is not a day of the calendar", format!("check day and month (and their order); {ISO}"))
            }
        }
    }
}

/// `15:00`, `15:00:30`, `3 PM`, `3:00pm`, `3:00 p.m.`
pub(crate) fn time(text: &str) -> Option<NaiveTime> {
    let lower = text.trim().to_lowercase().replace(['.', ' ', '\u{202F}', '\u{A0}'], "");
    let (digits, half) = match (lower.strip_suffix("am"), lower.strip_suffix("pm")) {
        (Some(digits), _) => (digits, Some(0)),
        (_, Some(digits)) => (digits, Some(12)),
        _ => (lower.as_str(), None),
    };
    let parts: Vec<u32> = digits
        .split(':')
        .map(|part| {
            if (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()) {
                part.parse().ok()
            } else {
                None
            }
        })
        .collect::<Option<_>>()?;
    let (hour, minute, second) = match (parts.as_slice(), half) {
        ([hour], Some(_)) => (*hour, 0, 0),
        ([hour, minute], _) => (*hour, *minute, 0),
        ([hour, minute, second], _) => (*hour, *minute, *second),
        _ => return None,
    };
    let hour = match half {
        Some(half) if (1..=12).contains(&hour) => hour % 12 + half,
        Some(_) => return None,
        None => hour,
    };
    NaiveTime::from_hms_opt(hour, minute, second)
}

/// What a cell says about a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// With an offset: an instant.
    Instant(Instant),
    /// A day and a time of day, somewhere.
    Local(NaiveDateTime),
    /// A day.
    Day(NaiveDate),
    /// A time of day.
    Time(NaiveTime),
}

/// Reads any of the forms above, alone or as `date time` or `dateTtime`, with or without an offset.
pub(crate) fn moment(cell: &Cell<'_>, order: DateOrder) -> Result<Moment, RowError> {
    const REMEDY: &str =
        "write date and time, for example 2026-11-21 15:00, or 2026-11-21T15:00:00-08:00 with an offset";
    let text = cell.text;
    if let Some(instant) = with_offset(text) {
        return Ok(Moment::Instant(instant));
    }
    if let Some(time) = time(text) {
        return Ok(Moment::Time(time));
    }
    let space = text.find([' ', 'T', ',']);
    let Some(space) = space else {
        return date(text, order).map(Moment::Day).map_err(|fault| fault.at(cell));
    };
    let day = date(&text[..space], order).map_err(|fault| match fault {
        NotADate::Unreadable => cell.fault("is not a date and time", REMEDY),
        other => other.at(cell),
    })?;
    let rest = text[space + 1..].trim_start_matches([',', ' ']);
    let time = time(rest).ok_or_else(|| cell.fault("has a date but no time that can be read", REMEDY))?;
    Ok(Moment::Local(day.and_time(time)))
}

/// RFC 3339, also with a space instead of the `T` and without seconds.
fn with_offset(text: &str) -> Option<Instant> {
    let text = text.trim().replacen(' ', "T", 1).replace(' ', "");
    ["%Y-%m-%dT%H:%M:%S%.f%:z", "%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M%:z", "%Y-%m-%dT%H:%M%#z"]
        .iter()
        .find_map(|form| DateTime::parse_from_str(&text, form).ok())
        .or_else(|| DateTime::parse_from_rfc3339(&text).ok())
        .or_else(|| {
            let naive = NaiveDateTime::parse_from_str(text.strip_suffix('Z')?, "%Y-%m-%dT%H:%M").ok()?;
            Some(naive.and_utc().fixed_offset())
        })
        .map(|instant| instant.with_timezone(&Utc))
        // Anything else is a slip of the keyboard, and some arithmetic ends there.
        .filter(|instant| (1900..=2200).contains(&chrono::Datelike::year(instant)))
}

/// The instant of a local time, or why there is not exactly one.
pub(crate) fn instant(cell: &Cell<'_>, local: NaiveDateTime, zone: Tz) -> Result<Instant, RowError> {
    if !(1900..=2200).contains(&chrono::Datelike::year(&local)) {
        return Err(cell.fault("is in an impossible year", "check the year"));
    }
    match zone.from_local_datetime(&local) {
        LocalResult::Single(instant) => Ok(instant.with_timezone(&Utc)),
        LocalResult::None => Err(cell.fault(
            format!("does not exist in {}: the clocks go forward over it", zone.name()),
            "correct the time, or write it with its offset",
        )),
        LocalResult::Ambiguous(..) => Err(cell.fault(
            format!("comes twice in {}: the clocks go back over it", zone.name()),
            "write it with its offset, for example -07:00 for the first and -08:00 for the second",
        )),
    }
}

/// `50`, `50 min`, `0:50`, `1 h`, `1.5 hours`: 1 minute to 24 hours.
pub(crate) fn duration(cell: &Cell<'_>) -> Result<Duration, RowError> {
    let fault = || cell.fault("is not a duration of 1 minute to 24 hours", "write it in minutes, for example 50");
    let lower = cell.text.to_lowercase();
    let minutes = if let Some((hours, minutes)) = lower.split_once(':') {
        let minutes = minutes.split(':').next().unwrap_or_default();
        hours.trim().parse::<f64>().ok().zip(minutes.trim().parse::<f64>().ok()).map(|(h, m)| h * 60.0 + m)
    } else {
        let split = lower.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(lower.len());
        let number = lower[..split].parse::<f64>().ok();
        match lower[split..].trim().trim_end_matches('.') {
            "" | "m" | "min" | "mins" | "minute" | "minutes" => number,
            "h" | "hr" | "hrs" | "hour" | "hours" => number.map(|hours| hours * 60.0),
            _ => None,
        }
    };
    let minutes = minutes.filter(|minutes| (1.0..=1440.0).contains(minutes)).ok_or_else(fault)?;
    Ok(Duration::seconds((minutes * 60.0).round() as i64))
}
