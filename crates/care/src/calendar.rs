//! Figures over time: the steps of the calendar they are compared by, and which of them may be shown.
//!
//! A month is a part of its quarter, and both can be asked for. So a month is shown only where its quarter is, and months hide one
//! another within their quarter: then no quarter can be computed from the months beside it, and no month from its quarter.

use crate::text::text_enum;
use chrono::{Datelike, Months, NaiveDate};
use stats::suppression::{Shown, suppress};
use std::collections::BTreeMap;

text_enum! {
    /// A step of the calendar.
    Step {
        /// A quarter of a year.
        Quarter = "quarter",
        /// A month.
        Month = "month",
    }
}

/// How far back figures are compared over time, in quarters: the one that is running among them.
pub const QUARTERS: u32 = 12;

impl Step {
    const fn months(self) -> u32 {
        match self {
            Self::Quarter => 3,
            Self::Month => 1,
        }
    }

    /// The first day of the step that a day is in.
    #[must_use]
    pub fn first_day(self, day: NaiveDate) -> NaiveDate {
        let month = day.month0() / self.months() * self.months();
        NaiveDate::from_ymd_opt(day.year(), month + 1, 1).unwrap_or(day)
    }

    /// The first day of the next step; none at the end of the calendar.
    #[must_use]
    pub fn next(self, day: NaiveDate) -> Option<NaiveDate> {
        self.first_day(day).checked_add_months(Months::new(self.months()))
    }

    /// What the step is called that a day is in; names stand in the order of time.
    ///
    /// ```
    /// use care::calendar::Step;
    /// let day = chrono::NaiveDate::from_ymd_opt(2026, 5, 17).expect("a day");
    /// assert_eq!((Step::Quarter.name(day), Step::Month.name(day)), ("2026-Q2".to_owned(), "2026-05".to_owned()));
    /// ```
    #[must_use]
    pub fn name(self, day: NaiveDate) -> String {
        match self {
            Self::Quarter => format!("{}-Q{}", day.year(), day.month0() / 3 + 1),
            Self::Month => day.format("%Y-%m").to_string(),
        }
    }

    /// The steps from the first day to the one before `until`, each by its name and first day.
    pub fn all(self, from: NaiveDate, until: NaiveDate) -> Vec<(String, NaiveDate)> {
        let mut steps = Vec::new();
        let mut first = Some(self.first_day(from));
        while let Some(day) = first.filter(|day| *day < until) {
            steps.push((self.name(day), day));
            first = self.next(day);
        }
        steps
    }
}

/// Where a comparison over time begins that is asked for from the first day to the one before `until`: with a whole quarter, so that
/// a quarter is the same whatever is asked for, and at most [`QUARTERS`] of them back.
#[must_use]
pub fn begins(from: NaiveDate, until: NaiveDate) -> NaiveDate {
    let latest = Step::Quarter.first_day(until.pred_opt().unwrap_or(until));
    let earliest = latest.checked_sub_months(Months::new(3 * (QUARTERS - 1))).unwrap_or(latest);
    Step::Quarter.first_day(from).max(earliest)
}

/// The quarter of a month, by their names.
fn quarter_of(month: &str) -> String {
    let first: Option<NaiveDate> = format!("{month}-01").parse().ok();
    first.map(|day| Step::Quarter.name(day)).unwrap_or_default()
}

/// What may be shown of a table over time: its steps by name, each with its count, in any order.
///
/// ```
/// use care::calendar::{Step, suppress_steps};
/// use stats::suppression::Shown;
/// let months = ["2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03"];
/// // March goes with February: the quarter is 20.
/// let shown = suppress_steps(Step::Month, &months, &[9, 8, 7, 10, 2, 8], 5);
/// assert_eq!(shown, Shown::Parts(vec![Some(9), Some(8), Some(7), Some(10), None, None]));
/// ```
pub fn suppress_steps(step: Step, names: &[&str], counts: &[u64], minimum: u64) -> Shown {
    if step == Step::Quarter {
        return suppress(counts, minimum);
    }
    let mut quarters: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, name) in names.iter().enumerate() {
        quarters.entry(quarter_of(name)).or_default().push(place);
    }
    let of = |places: &[usize]| -> Vec<u64> {
        places.iter().map(|place| counts.get(*place).copied().unwrap_or_default()).collect()
    };
    let sums: Vec<u64> = quarters.values().map(|places| of(places).iter().sum()).collect();
    let whole = suppress(&sums, minimum);
    let mut shown = vec![None; names.len()];
    for (_, places) in quarters.values().enumerate().filter(|(quarter, _)| whole.shows(*quarter)) {
        let parts = of(places);
        let own = suppress(&parts, minimum);
        for (part, place) in places.iter().enumerate().filter(|(part, _)| own.shows(*part)) {
            shown[*place] = Some(parts[part]);
        }
    }
    if shown.iter().all(Option::is_none) { Shown::Withheld } else { Shown::Parts(shown) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn steps_are_whole_and_go_on_until_the_end() {
        let names = |step: Step, from, until| {
            step.all(day(from), day(until)).into_iter().map(|(name, _)| name).collect::<Vec<_>>()
        };
        assert_eq!(names(Step::Quarter, "2025-11-30", "2026-04-02"), ["2025-Q4", "2026-Q1", "2026-Q2"]);
        assert_eq!(names(Step::Quarter, "2025-10-01", "2026-04-01"), ["2025-Q4", "2026-Q1"]);
        assert_eq!(names(Step::Month, "2025-12-31", "2026-02-01"), ["2025-12", "2026-01"]);
        assert!(names(Step::Month, "2026-02-01", "2026-02-01").is_empty());
    }

    #[test]
    fn a_comparison_begins_with_a_whole_quarter_and_not_before_three_years() {
        assert_eq!(begins(day("2025-05-01"), day("2026-03-11")), day("2025-04-01"));
        assert_eq!(begins(day("1986-03-01"), day("2026-03-11")), day("2023-04-01"));
        assert_eq!(Step::Quarter.all(day("2023-04-01"), day("2026-03-11")).len(), 12);
        assert_eq!(begins(day("2026-01-01"), day("2026-04-01")), day("2026-01-01"), "a quarter that is over");
    }

    #[test]
    fn months_of_a_quarter_that_is_not_shown_are_not_shown_either() {
        let names = ["2025-08", "2025-11", "2026-01", "2026-02"];
        // 3 are few and take the smaller of the other quarters along, whose months would say its number.
        let shown = suppress_steps(Step::Month, &names, &[3, 12, 20, 9], 5);
        assert_eq!(shown, Shown::Parts(vec![None, None, Some(20), Some(9)]));
        assert_eq!(suppress_steps(Step::Month, &["2026-01"], &[4], 5), Shown::Withheld);
        assert_eq!(suppress_steps(Step::Month, &[], &[], 5), Shown::Withheld);
    }

    proptest! {
        #[test]
        fn quarters_and_months_together_give_nothing_small_away(counts in proptest::collection::vec(1_u64..30, 1..13)) {
            let all = Step::Month.all(day("2025-04-01"), day("2026-04-01"));
            let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).take(counts.len()).collect();
            let months = suppress_steps(Step::Month, &names, &counts, 5);
            let mut sums: BTreeMap<String, (u64, Vec<usize>)> = BTreeMap::new();
            for (place, name) in names.iter().enumerate() {
                let sum = sums.entry(quarter_of(name)).or_default();
                sum.0 += counts[place];
                sum.1.push(place);
            }
            let quarters = suppress(&sums.values().map(|(sum, _)| *sum).collect::<Vec<_>>(), 5);
            for (quarter, (_, places)) in sums.values().enumerate() {
                let hidden: Vec<u64> = places.iter().filter(|place| !months.shows(**place)).map(|place| counts[*place]).collect();
                if quarters.shows(quarter) {
                    prop_assert!(hidden.len() != 1, "one month is the quarter less the others");
                } else {
                    prop_assert_eq!(hidden.len(), places.len(), "or the quarter is the sum of its months");
                }
            }
            prop_assert!((0..counts.len()).all(|place| !months.shows(place) || counts[place] >= 5));
        }
    }
}
