//! `bellwether backtest`: what the rules for courses off their track would have said of closed courses, and how often they
//! would have been right.

mod courses;
mod report;

use super::classify::Better;
use super::research_file::{self, Rows};
use crate::Refusal;
use crate::wiring::complain;
use anyhow::Result;
use chrono::{Datelike, NaiveDate};
use clap::Args;
use courses::Courses;
use stats::backtest::{Settings, Split};
use stats::detection::Rules;
use std::path::PathBuf;

/// Replays closed courses score by score through the rules a to h and prints how they would have done, as JSON; a table
/// to read goes to standard error.
///
/// FILE has the columns id, session and score. With `end_date` (YYYY-MM-DD) the earlier courses make the model and the
/// later ones are judged; otherwise ten parts are judged by models made from the other nine. With `dropout` (1 or 0)
/// courses that broke off are counted in three ways.
#[derive(Debug, Args)]
pub struct Backtest {
    /// Which way is better.
    #[arg(long, value_enum)]
    better: Better,
    /// The smallest reliable change in points, inclusive.
    #[arg(long)]
    reliable_change: f64,
    /// The score from which a first score is in the clinical range, inclusive. Other courses are not judged.
    #[arg(long, allow_negative_numbers = true)]
    cutoff: f64,
    /// Seed of the parts and of the bootstrap draws.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Parts of a cross-validation.
    #[arg(long, default_value_t = 10)]
    folds: usize,
    /// First end date of those who are judged, instead of the date before which seven tenths had ended.
    #[arg(long)]
    split_date: Option<NaiveDate>,
    /// Scores that a course must have to be judged.
    #[arg(long, default_value_t = 5)]
    min_scores: usize,
    /// Bootstrap draws of whole courses for the intervals.
    #[arg(long, default_value_t = 200)]
    draws: usize,
    /// The cut of rule g: probability of ending without reliable improvement.
    #[arg(long, default_value_t = 0.7)]
    probability: f64,
    /// The column of the scores.
    #[arg(long, default_value = "score")]
    score_column: String,
    /// Writes the table to this file instead of standard error.
    #[arg(long)]
    table: Option<PathBuf>,
    /// The file: CSV with a header line, plain or gzipped; - for standard input.
    file: PathBuf,
}

/// Runs the command.
pub fn run(command: &Backtest) -> Result<()> {
    let usage = |text: &str| Err(Refusal::Configuration(text.to_owned()).into());
    if !(command.reliable_change.is_finite() && command.reliable_change > 0.0) {
        return usage("--reliable-change must be a number above 0");
    }
    if !command.cutoff.is_finite() {
        return usage("--cutoff must be a number");
    }
    if !(command.probability > 0.0 && command.probability < 1.0) {
        return usage("--probability must be above 0 and below 1");
    }
    if command.folds < 2 || command.min_scores < 3 {
        return usage("--folds must be at least 2 and --min-scores at least 3");
    }
    let mut rules = Rules::usual(command.better.direction(), command.reliable_change);
    rules.probability = command.probability;
    let mut rows = Rows::open(&command.file)?;
    let courses = Courses::read(&mut rows, &command.score_column)?;
    courses.report();
    let split_day = match (courses.dated(), command.split_date) {
        (true, Some(day)) => Some(day.num_days_from_ce().into()),
        (true, None) => Some(courses.usual_split().ok_or_else(|| {
            rows.objection("no course has an end_date", "give dates as YYYY-MM-DD, or remove the column")
        })?),
        (false, Some(_)) => return usage("--split-date needs the column end_date"),
        (false, None) => None,
    };
    let settings = Settings {
        rules,
        cutoff: command.cutoff,
        min_scores: command.min_scores,
        split: split_day.map_or(Split::Folds(command.folds), Split::Day),
        draws: command.draws,
        seed: command.seed,
    };
    let found = stats::backtest::run(&courses.episodes, &settings).map_err(|error| {
        rows.objection(&error.to_string(), "check --cutoff, --better and --min-scores, or give more courses")
    })?;
    let table = report::table(&found);
    match &command.table {
        Some(path) => research_file::save(path, &table)?,
        None => complain(&table),
    }
    research_file::print(report::json(&found, &settings, courses.episodes.len())?.as_bytes())
}
