//! The staff's pages: who may see what is decided by `care::access`; what client data a page shows is in the audit before
//! its body is sent.

use crate::App;
use crate::routes::Table;

pub(crate) fn routes(table: Table, _app: &App) -> Table {
    table
}
