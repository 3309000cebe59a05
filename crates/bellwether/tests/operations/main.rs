//! The operator's commands on the data of a small demo practice, on both databases: copies that come back row for row, files
//! that were damaged, and everything that `verify` must find.

mod backups;
mod bounce;
mod house;
mod keys;
mod program;
mod violations;
