//! The outcome rules of NHS Talking Therapies for the pair PHQ-9 and GAD-7. Every row is a finished course of treatment.

use super::Seen;
use super::report::{cell, json};
use crate::commands::research_file::Rows;
use crate::wiring::complain;
use anyhow::Result;
use serde::Serialize;
use stats::proportion::{Share, ShareError};
use stats::reliable_change::Reliable;
use stats::talking_therapies::{Course, FirstLast, GAD_7, PHQ_9, Tally};
use std::io::Write;

const COLUMNS: [&str; 5] = ["id", "phq_pre", "phq_post", "gad_pre", "gad_post"];

/// A rate with its count and denominator. Percent; none where there is nothing to take a share of.
#[derive(Serialize)]
struct Rate {
    count: u64,
    denominator: u64,
    percent: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
}

impl Rate {
    fn of(count: u64, denominator: u64, share: Result<Share, ShareError>) -> Self {
        let share = share.ok();
        let percent = |end: fn(&Share) -> f64| share.as_ref().map(|share| 100.0 * end(share));
        Self {
            count,
            denominator,
            percent: percent(|share| share.value),
            low: percent(|share| share.low),
            high: percent(|share| share.high),
        }
    }
}

#[derive(Serialize)]
struct Summary {
    method: &'static str,
    rule: &'static str,
    finished: u64,
    paired: u64,
    at_caseness: u64,
    not_at_caseness: u64,
    recovery: Rate,
    reliable_improvement: Rate,
    reliable_recovery: Rate,
    reliable_deterioration: Rate,
    no_reliable_change: Rate,
    counts: super::report::ShownCounts,
}

/// The table and the summary.
pub fn judge(rows: &mut Rows) -> Result<(Vec<u8>, String)> {
    let columns = rows.columns(COLUMNS).map_err(|error| {
        crate::Refusal::Data(format!("{error}. For the columns id, pre and post give --caseness and --reliable-change"))
    })?;
    let mut seen = Seen::default();
    let mut tally = Tally::default();
    let mut counts = super::report::Counts::default();
    let mut unpaired: Option<(u64, u64)> = None;
    let mut table = [COLUMNS.join(",").as_bytes(), b",caseness,recovered,reliable_improvement,"].concat();
    table.extend_from_slice(b"reliable_deterioration,no_reliable_change,reliable_recovery,category\n");
    while let Some(row) = rows.next()? {
        let id = seen.new_id(&row, columns[0])?;
        let mut scores = [None; 4];
        for (score, column) in scores.iter_mut().zip(&columns[1..]) {
            *score = row.number(*column)?;
        }
        let [phq_first, phq_last, gad_first, gad_last] = scores;
        let verdict = Course {
            depression: FirstLast { first: phq_first, last: phq_last },
            anxiety: FirstLast { first: gad_first, last: gad_last },
        }
        .judge(&PHQ_9, &GAD_7);
        tally.add(&verdict);
        cell(&mut table, &id);
        for column in &columns[1..] {
            table.push(b',');
            cell(&mut table, row.text(*column));
        }
        let caseness = verdict.caseness.map(|caseness| caseness.to_string()).unwrap_or_default();
        // Writing to memory does not fail.
        let _ = match verdict.paired {
            None => {
                let (count, _) = unpaired.get_or_insert((0, row.line));
                *count += 1;
                writeln!(table, ",{caseness},,,,,,")
            }
            Some(paired) => {
                counts.add(paired.class());
                writeln!(
                    table,
                    ",{caseness},{},{},{},{},{},{}",
                    paired.recovered,
                    paired.change == Reliable::Better,
                    paired.change == Reliable::Worse,
                    paired.change == Reliable::No,
                    paired.reliable_recovery(),
                    paired.class().word()
                )
            }
        };
    }
    if tally.finished == 0 {
        return Err(rows
            .objection("there are no rows below the header", "give one row for each finished course")
            .into());
    }
    if let Some((count, line)) = unpaired {
        complain(&format!(
            "note: {count} course(s) lack a score of the pair; they stay in the denominators (first: line {line})"
        ));
    }
    let (recovery, finished) = (tally.recovery_denominator(), tally.finished);
    let summary = Summary {
        method: "nhs",
        rule: "PHQ-9: caseness 10, reliable change 6; GAD-7: caseness 8, reliable change 4; inclusive",
        finished,
        paired: tally.paired,
        at_caseness: tally.at_caseness,
        not_at_caseness: tally.not_at_caseness,
        recovery: Rate::of(tally.recovery, recovery, tally.recovery_rate()),
        reliable_improvement: Rate::of(tally.improvement, finished, tally.improvement_rate()),
        reliable_recovery: Rate::of(tally.reliable_recovery, recovery, tally.reliable_recovery_rate()),
        reliable_deterioration: Rate::of(tally.deterioration, finished, tally.deterioration_rate()),
        no_reliable_change: Rate::of(tally.no_reliable_change, finished, tally.no_reliable_change_rate()),
        counts: counts.shown(super::report::Categories::Nhs),
    };
    Ok((table, json(&summary)?))
}
