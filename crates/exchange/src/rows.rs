//! What rows of clients and rows of appointments have in common.

use crate::columns::Cell;
use crate::table::Row;
use crate::{RowError, values};
use care::import::StaffRef;

/// The member of staff that a cell names.
pub(crate) fn staff_ref(cell: &Cell<'_>) -> Result<StaffRef, RowError> {
    if cell.text.contains('@') {
        return Ok(StaffRef::Email(values::email(cell)?.into_exposed().to_lowercase()));
    }
    Ok(StaffRef::Name(values::name(cell)?))
}

/// The faults of one row; a row may have several, and all are told at once.
#[derive(Default)]
pub(crate) struct Faults(pub Vec<RowError>);

impl Faults {
    /// Keeps the fault and goes on.
    pub(crate) fn note<T>(&mut self, result: Result<T, RowError>) -> Option<T> {
        result.map_err(|fault| self.0.push(fault)).ok()
    }

    /// The same for a cell that may be empty.
    pub(crate) fn optional<'r, T>(
        &mut self,
        cell: Option<Cell<'r>>,
        read: impl FnOnce(&Cell<'r>) -> Result<T, RowError>,
    ) -> Option<T> {
        cell.and_then(|cell| self.note(read(&cell)))
    }
}

/// A row with more cells than the header has lost its alignment somewhere; nothing in it can be trusted.
pub(crate) fn check_width(row: &Row, width: usize) -> Result<(), RowError> {
    match row.surplus {
        None => Ok(()),
        Some(cells) => Err(RowError::new(
            row.line,
            format!("has {cells} cells, the header line has {width}"),
            "put quotation marks around cells that contain the separator",
        )),
    }
}
