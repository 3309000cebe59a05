//! `bellwether growth predict`: what a fitted model says of persons whose courses are under way.

use super::courses::Courses;
use super::document::Document;
use crate::Refusal;
use crate::commands::classify::cell;
use crate::commands::research_file::{self, Rows};
use anyhow::Result;
use clap::Args;
use stats::growth::Sums;
use std::io::Write;
use std::path::PathBuf;

/// Forecasts scores of the persons of FILE at the sessions asked for, from all scores that FILE has of them.
///
/// Printed is `id,n_scores,intercept,slope,session,mean,sd_line,sd,lower,upper`: the person's own line, its value at the
/// session with its SD, and the SD and interval of a new score. The uncertainty of the fixed effects is not in them.
#[derive(Debug, Args)]
pub struct Predict {
    /// What `bellwether growth fit` has printed.
    #[arg(long)]
    fit: PathBuf,
    /// The sessions, separated by commas.
    #[arg(long, visible_alias = "sessions", required = true, value_delimiter = ',', allow_negative_numbers = true)]
    at: Vec<f64>,
    /// Probability that a new score lies in the interval.
    #[arg(long, default_value_t = 0.8)]
    level: f64,
    /// The column of the scores.
    #[arg(long, default_value = "score")]
    score_column: String,
    /// The file: CSV with the columns id, session and score, plain or gzipped; - for standard input.
    file: PathBuf,
}

/// Runs it.
pub fn run(command: &Predict) -> Result<()> {
    if !(command.level > 0.0 && command.level < 1.0) {
        return Err(Refusal::Configuration("--level must be above 0 and below 1; 0.8 is usual".to_owned()).into());
    }
    let document = Document::open(&command.fit)?;
    let model = document.parameters(&command.fit)?;
    let times: Vec<(f64, f64)> = command
        .at
        .iter()
        .map(|session| {
            let x = document.time.x(*session).filter(|x| x.is_finite());
            x.map(|x| (*session, x)).ok_or_else(|| {
                Refusal::Configuration(format!("--at {session}: sessions of this model are numbers from 1"))
            })
        })
        .collect::<Result<_, _>>()?;
    let mut rows = Rows::open(&command.file)?;
    let courses = Courses::read(&mut rows, &command.score_column, document.time)?;
    courses.report();
    let (x0, y0) = courses.origin();
    let mut table = b"id,n_scores,intercept,slope,session,mean,sd_line,sd,lower,upper\n".to_vec();
    for course in &courses.people {
        let sums: Sums = course.sums.rescaled((-x0, 1.0), (-y0, 1.0));
        let person = model.posterior(&sums);
        let (intercept, slope) = (model.intercept + person.intercept, model.slope + person.slope);
        for (session, x) in &times {
            let forecast = model.forecast(&person, *x);
            let (lower, upper) = forecast.band(command.level);
            let sd_line = (forecast.sd * forecast.sd - model.residual_variance).max(0.0).sqrt();
            cell(&mut table, &course.id);
            // Writing to memory does not fail.
            let _ = writeln!(
                table,
                ",{},{intercept},{slope},{session},{},{sd_line},{},{lower},{upper}",
                sums.n, forecast.mean, forecast.sd
            );
        }
    }
    research_file::print(&table)
}
