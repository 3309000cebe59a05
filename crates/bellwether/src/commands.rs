//! Commands that work on files alone: no practice, no database, no settings. `rescore` is the exception: it reads a
//! database and changes nothing.

pub mod backtest;
pub mod classify;
pub mod growth;
pub mod instruments;
pub mod rescore;
mod research_file;
pub mod score;
