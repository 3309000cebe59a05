//! The card as it may leave the house: no group of people below 11, and no count from 1 to 10 of courses that fared or were
//! flagged this way or that; dates of closing by the month.

use super::{Agreement, Area, Benefit, Card, Counts, Figure, Group, LEAST_CELL, Reading, Recent, Row, is_safe};
use serde::Serialize;

/// The card without what may not leave the house. A figure that is left out is `null`, a row that is left out is not there.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CardFile {
    /// Version of this shape.
    pub format: u32,
    /// What the file is.
    pub about: &'static str,
    /// Counts below this are left out.
    pub least_count: u64,
    /// Instrument id.
    pub instrument: String,
    /// The day it was made, in UTC.
    pub made_on: String,
    /// The rules that were replayed.
    pub rules: String,
    /// The model in force.
    pub model: Option<String>,
    /// Months of the first and the last closing.
    pub closed_between: Option<(String, String)>,
    /// Closed courses.
    pub closed: Option<i64>,
    /// Of them evaluated.
    pub evaluated: Option<i64>,
    /// Of those without reliable improvement.
    pub events: Option<i64>,
    /// The practice's rules.
    pub ladder: Vec<Row>,
    /// The rules a to h at their settings.
    pub chosen: Vec<Row>,
    /// The same, flagging as many courses as the practice's rules.
    pub equal_flag_rate: Vec<Row>,
    /// Ranking by session.
    pub areas: Vec<Area>,
    /// Calibration.
    pub agreement: Option<Agreement>,
    /// Decision curve.
    pub decision: Vec<Benefit>,
    /// The courses closed last.
    pub newest: Option<Row>,
    /// Other readings of courses that broke off.
    pub broken_off: Vec<Reading>,
    /// By group of clients.
    pub groups: Vec<Group>,
    /// Alerts of the last days.
    pub recent: Option<Recent>,
}

/// A row whose table has a small cell keeps its share of flagged courses at most.
fn row(row: &Row) -> Row {
    if row.counts.is_open() {
        return row.clone();
    }
    let Counts { flagged_bad, flagged_good, bad, good } = row.counts;
    let flagged = flagged_bad + flagged_good;
    let is_rate_safe = is_safe(u64::from(flagged)) && is_safe(u64::from((bad + good).saturating_sub(flagged)));
    Row {
        rule: row.rule.clone(),
        act: row.act,
        sensitivity: Figure::default(),
        specificity: Figure::default(),
        ppv: Figure::default(),
        flag_rate: if is_rate_safe { row.flag_rate } else { Figure::default() },
        lead: None,
        lead_interval: None,
        counts: Counts::default(),
    }
}

impl From<&Card> for CardFile {
    fn from(card: &Card) -> Self {
        let whole = |count: i64| u64::try_from(count).ok().filter(|count| is_safe(*count)).map(|_| count);
        let month = |at: crate::Instant| at.format("%Y-%m").to_string();
        let events = whole(card.events).filter(|_| whole(card.evaluated - card.events).is_some());
        let is_enough = whole(card.evaluated).is_some() && events.is_some();
        let rows = |rows: &[Row]| if is_enough { rows.iter().map(row).collect() } else { Vec::new() };
        let enough = |count: usize| count as u64 >= LEAST_CELL;
        let areas = card.areas.iter().filter(|area| enough(area.events) && enough(area.n - area.events));
        // What two readings differ in is a count of people too.
        let broke = card.broken_off.first().zip(card.broken_off.iter().find(|one| one.handling == "excluded"));
        let worst = card.broken_off.iter().find(|one| one.handling == "worst_case");
        let differ = |one: usize, other: usize| is_safe(one.abs_diff(other) as u64);
        let is_told = broke.is_some_and(|(all, rest)| {
            let counts = |reading: &Reading| (reading.row.counts.bad as usize, reading.row.counts.good as usize);
            let (all_counts, rest_counts) = (counts(all), counts(rest));
            differ(all.n, rest.n)
                && differ(all_counts.0, rest_counts.0)
                && differ(all_counts.1, rest_counts.1)
                && worst.is_none_or(|worst| differ(all_counts.0, counts(worst).0))
        });
        Self {
            format: 1,
            about: "What the rules of detection would have said of the practice's own closed courses. Where a flag was \
                    acted upon, sensitivity looks lower than it is.",
            least_count: LEAST_CELL,
            instrument: card.instrument.clone(),
            made_on: card.made_at.date_naive().to_string(),
            rules: card.rules_name.clone(),
            model: card.model.clone(),
            closed_between: card.period.map(|(first, last)| (month(first), month(last))),
            closed: whole(card.closed),
            evaluated: whole(card.evaluated),
            events,
            ladder: rows(&card.ladder),
            chosen: rows(&card.chosen),
            equal_flag_rate: rows(&card.equal_flag_rate),
            areas: areas.copied().collect(),
            agreement: card.agreement.as_ref().filter(|_| is_enough).map(|agreement| Agreement {
                tenths: agreement.tenths.iter().filter(|(.., n)| enough(*n)).copied().collect(),
                ..agreement.clone()
            }),
            decision: if is_enough { card.decision.clone() } else { Vec::new() },
            newest: card.newest.as_ref().filter(|_| is_enough).map(|newest| row(&newest.row)),
            broken_off: if is_enough && is_told {
                let told = |reading: &Reading| Reading {
                    handling: reading.handling.clone(),
                    n: reading.n,
                    row: row(&reading.row),
                };
                card.broken_off.iter().map(told).collect()
            } else {
                Vec::new()
            },
            // A card made before the rule for groups was by cells is held to it here.
            groups: super::groups::shown_again(&card.groups),
            recent: Some(card.recent.clone()).filter(|recent| whole(recent.alerts).is_some()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(flagged_bad: u32, flagged_good: u32, bad: u32, good: u32) -> Row {
        let share = |part: u32, whole: u32| Figure { value: Some(f64::from(part) / f64::from(whole)), interval: None };
        Row {
            rule: "any_case".to_owned(),
            act: None,
            sensitivity: share(flagged_bad, bad),
            specificity: share(good - flagged_good, good),
            ppv: share(flagged_bad, flagged_bad + flagged_good),
            flag_rate: share(flagged_bad + flagged_good, bad + good),
            lead: Some(6.0),
            lead_interval: None,
            counts: Counts { flagged_bad, flagged_good, bad, good },
        }
    }

    #[test]
    fn a_row_with_a_small_cell_gives_nobody_away() {
        let open = of(20, 15, 40, 60);
        assert_eq!(row(&open), open);
        let small = row(&of(20, 4, 40, 60));
        assert_eq!((small.sensitivity, small.ppv, small.lead), (Figure::default(), Figure::default(), None));
        assert_eq!(small.flag_rate.value, Some(0.24), "24 flagged of 100: which of them ended badly is not said");
        assert_eq!(row(&of(3, 4, 40, 60)).flag_rate, Figure::default());
        assert_eq!(row(&of(0, 20, 40, 60)).sensitivity.value, Some(0.0), "nobody is no small group");
    }
}
