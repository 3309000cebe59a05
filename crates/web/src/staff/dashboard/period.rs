//! Periods: whole months, quarters and years, so that two of them do not differ by a single day; and for work, any days.

use crate::staff::admin::typed_day;
use care::calendar::{self, Step};
use care::{Instant, local_time};
use chrono::{Datelike, Days, Months, NaiveDate};
use chrono_tz::Tz;
use stats::suppression::{Shown, suppress};
use store::attendance::Span;
use templates::staff::{FieldProblem, Wrong};

/// Their names in an address; the first is the usual one.
pub(super) const PERIODS: [&str; 7] =
    ["12-months", "8-quarters", "this-quarter", "last-quarter", "this-year", "last-year", "all"];

/// Months beside one another at most.
const MONTHS: u32 = 36;

/// The period that an address names.
pub fn period(asked: &str) -> &'static str {
    PERIODS.iter().find(|period| **period == asked).copied().unwrap_or(PERIODS[0])
}

/// First day, and the day after the last.
pub fn span(period: &str, today: NaiveDate) -> (NaiveDate, NaiveDate) {
    let month = |year: i32, month: u32| NaiveDate::from_ymd_opt(year, month, 1).unwrap_or(today);
    let this_month = month(today.year(), today.month());
    let quarter = month(today.year(), (today.month() - 1) / 3 * 3 + 1);
    let back = |day: NaiveDate, months: u32| day.checked_sub_months(Months::new(months)).unwrap_or(day);
    let tomorrow = today.checked_add_days(Days::new(1)).unwrap_or(today);
    match period {
        "this-quarter" => (quarter, tomorrow),
        "8-quarters" => (back(quarter, 3 * 7), tomorrow),
        "last-quarter" => (back(quarter, 3), quarter),
        "this-year" => (month(today.year(), 1), tomorrow),
        "last-year" => (month(today.year() - 1, 1), month(today.year(), 1)),
        "all" => (back(this_month, 12 * 40), tomorrow),
        _ => (back(this_month, 12), tomorrow),
    }
}

/// A span from its days, in the zone.
pub fn span_of(of: &str, from: NaiveDate, until: NaiveDate, zone: Tz) -> Span {
    let begins = |day| local_time::at_minute(day, 0, zone);
    Span { of: of.to_owned(), from, until, begins: begins(from), ends: begins(until) }
}

/// The period of a comparison: over time it begins with a whole quarter, and not before [`calendar::QUARTERS`].
pub fn compared(step: Option<Step>, (from, until): (NaiveDate, NaiveDate)) -> (NaiveDate, NaiveDate) {
    (if step.is_some() { calendar::begins(from, until) } else { from }, until)
}

/// The steps of the calendar in a period.
pub fn steps(step: Step, from: NaiveDate, until: NaiveDate, zone: Tz) -> Vec<Span> {
    let span = |(name, first): (String, NaiveDate)| {
        span_of(&name, first.max(from), step.next(first).unwrap_or(until).min(until), zone)
    };
    step.all(from, until).into_iter().map(span).collect()
}

/// The calendar months of a period, the last ones where there are many.
pub fn months(from: NaiveDate, until: NaiveDate, zone: Tz) -> Vec<Span> {
    let latest = Step::Month.first_day(until.checked_sub_days(Days::new(1)).unwrap_or(until));
    let earliest = latest.checked_sub_months(Months::new(MONTHS - 1)).unwrap_or(latest);
    steps(Step::Month, from.max(earliest), until, zone)
}

/// What may be shown of a table's parts: of steps of the calendar by their names, else as parts of the whole.
pub fn suppressed<'a>(step: Option<Step>, names: impl Iterator<Item = &'a str>, counts: &[u64], fewest: u64) -> Shown {
    match step {
        Some(step) => calendar::suppress_steps(step, &names.collect::<Vec<_>>(), counts, fewest),
        None => suppress(counts, fewest),
    }
}

/// Days shown where none are named.
const USUALLY: u64 = 28;

/// A period of whole days as somebody typed it (`from`, `until`), the last four weeks where nothing is typed.
pub struct DaysAsked {
    /// The first day.
    pub first: NaiveDate,
    /// The last.
    pub last: NaiveDate,
    /// Whether they are those that are shown where nothing is typed.
    pub are_usual: bool,
    /// What is wrong with them.
    pub problems: Vec<FieldProblem>,
}

impl DaysAsked {
    /// Understands them.
    pub fn of(from: &str, until: &str, today: NaiveDate) -> Self {
        let mut problems = Vec::new();
        let mut day = |field: &str, text: &str, otherwise: NaiveDate| {
            if let Ok(day) = typed_day(text) {
                day.unwrap_or(otherwise)
            } else {
                problems.push(FieldProblem::new(field, Wrong::Date));
                otherwise
            }
        };
        let last = day("until", until, today);
        let usual = last.checked_sub_days(Days::new(USUALLY - 1)).unwrap_or(last);
        let first = day("from", from, usual);
        let are_usual = (first, last) == (usual, today);
        if first > last {
            problems.push(FieldProblem::new("until", Wrong::Order));
        }
        Self { first, last, are_usual, problems }
    }

    /// When they begin and are over, in the zone.
    pub fn instants(&self, zone: Tz) -> (Instant, Instant) {
        let end = self.last.succ_opt().unwrap_or(self.last);
        (local_time::at_minute(self.first, 0, zone), local_time::at_minute(end, 0, zone))
    }
}
