//! `bellwether growth`: fits the growth model to courses of scores, and forecasts with a fit.

mod courses;
mod document;
mod predict;

use super::research_file::{self, Rows};
use crate::wiring::complain;
use anyhow::Result;
use clap::{Args, Subcommand, ValueEnum};
use courses::{Course, Courses};
use document::Document;
use stats::growth::{Criterion, Sums};
use std::path::PathBuf;

/// What to do with the growth model.
#[derive(Debug, Subcommand)]
pub enum Growth {
    /// Fits score = intercept + slope · time, with an intercept and a slope of each person, and prints JSON.
    Fit(FitCommand),
    /// Forecasts scores of persons from what there is of their courses, and prints CSV.
    Predict(predict::Predict),
}

/// Fits a line with an intercept and a slope of each person.
#[derive(Debug, Args)]
pub struct FitCommand {
    /// By restricted maximum likelihood (the default).
    #[arg(long, conflicts_with = "ml")]
    reml: bool,
    /// By maximum likelihood.
    #[arg(long)]
    ml: bool,
    /// The time of a score.
    #[arg(long, value_enum, default_value = "log-session")]
    time: Time,
    /// The column of the scores.
    #[arg(long, default_value = "score")]
    score_column: String,
    /// The file: CSV with the columns id, session and score, plain or gzipped; - for standard input.
    file: PathBuf,
}

/// The time axis of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Time {
    /// ln(session), sessions counted from 1.
    LogSession,
    /// The session itself, or any other number.
    Session,
}

impl Time {
    /// x for a session; none where it has none.
    pub fn x(self, session: f64) -> Option<f64> {
        match self {
            Self::LogSession => (session >= 1.0).then(|| session.ln()),
            Self::Session => Some(session),
        }
    }
}

/// Runs a command.
pub fn run(growth: &Growth) -> Result<()> {
    match growth {
        Growth::Fit(command) => fit(command),
        Growth::Predict(command) => predict::run(command),
    }
}

fn fit(command: &FitCommand) -> Result<()> {
    let criterion = if command.ml { Criterion::Ml } else { Criterion::Reml };
    let mut rows = Rows::open(&command.file)?;
    let courses = Courses::read(&mut rows, &command.score_column, command.time)?;
    courses.report();
    let persons: Vec<Sums> = courses.people.iter().map(|course: &Course| course.sums).collect();
    let mut fit = stats::growth::fit(&persons, criterion)
        .map_err(|error| rows.objection(&error.to_string(), "check the columns id, session and the scores"))?;
    courses.unshift(&mut fit);
    if !fit.converged {
        complain("warning: the estimation did not converge; the figures are its last ones");
    }
    if fit.singular {
        complain("note: the fit is singular: a variance is zero, or intercept and slope move together completely");
    }
    research_file::print(Document::of(&fit, command.time).text()?.as_bytes())
}
