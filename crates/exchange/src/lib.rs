//! Files of other systems, mapped to plain rows and back, without a database and without a network.
//!
//! A parser here reads a whole file and answers with the rows that can be used and the faults of those that cannot, each
//! with its line, its column and what to do about it. Who the people in the rows are in this installation, whether a row
//! is new, and what follows from it is `workflows`' to decide. Nothing here reads the clock.
//!
//! Faults are printed, mailed and logged by others, so they never quote a cell: they show its shape ("99/99/9999").

pub mod appointments_csv;
pub mod clients_csv;
mod columns;
pub mod csv_out;
mod error;
pub mod fhir;
pub mod instrument_file;
mod options;
mod rows;
pub mod sheet;
mod table;
mod values;

pub use columns::{Column, Need, Understood, describe, understand};
pub use error::{Parsed, RowError};
pub use options::{DateOrder, Options, UnknownRegion};
