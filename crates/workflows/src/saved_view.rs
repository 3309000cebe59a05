//! Filters of dashboards that people keep for themselves under a name.

use crate::field::Form;
use crate::{Context, Error, Result};
use care::access::Viewer;
use care::saved_view::{Dashboard, LONGEST_NAME, SavedView, is_query};
use care::{Phi, SavedViewId};
use store::Tx;

/// Keeps a filter. [`Error::Conflict`] where the person keeps as many as can be kept.
pub async fn keep(tx: &mut Tx, ctx: &Context, by: &Viewer, page: Dashboard, query: &str, name: &str) -> Result<()> {
    let mut form = Form::default();
    let name = form.line("view_name", name, LONGEST_NAME);
    form.expect("view_name", "wrong-choose", || is_query(query));
    form.finish()?;
    let view = SavedView {
        id: ctx.id(SavedViewId::new),
        staff_id: by.staff_id.clone(),
        page,
        query: query.to_owned(),
        name: Phi::new(name),
    };
    if store::saved_view::insert(tx, &view, ctx.now()).await? { Ok(()) } else { Err(Error::Conflict) }
}

/// Deletes one of a person's own. [`Error::NotFound`] where it is not theirs.
pub async fn delete(tx: &mut Tx, by: &Viewer, id: &SavedViewId) -> Result<()> {
    if store::saved_view::delete(tx, id, &by.staff_id).await? { Ok(()) } else { Err(Error::NotFound) }
}
