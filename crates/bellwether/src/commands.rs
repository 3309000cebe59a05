//! Commands that work on files alone: no practice, no database, no settings.

pub mod backtest;
pub mod classify;
pub mod growth;
mod research_file;
