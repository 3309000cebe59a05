//! Filters of the dashboards that people keep for themselves: shown on the dashboard they belong to, to nobody else.

use super::form::{Nothing, Posted, is_own_path};
use super::session::Signed;
use super::shown::{done, id};
use crate::App;
use crate::error::{Error, Result};
use axum::extract::{Path, State};
use axum::response::Response;
use care::SavedViewId;
use care::access::Action;
use care::saved_view::{Dashboard, is_query};
use serde::Deserialize;
use store::Read;
use templates::staff::{Flash, SavedViewLine, SavedViews};
use workflows::saved_view;

/// Those of a page, for its reader. `address` is the one that is shown, from its question mark on.
pub(super) async fn of(read: &mut Read, me: &Signed, page: Dashboard, address: &str) -> Result<SavedViews> {
    let kept = store::saved_view::of(read, &me.staff.id).await?;
    let lines = kept.into_iter().filter(|view| view.page == page).map(|view| SavedViewLine {
        id: view.id.as_str().to_owned(),
        href: view.href(),
        name: view.name.into_exposed(),
    });
    Ok(SavedViews {
        page: page.as_str(),
        query: address.trim_start_matches('?').to_owned(),
        views: lines.collect(),
        problems: Vec::new(),
    })
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Kept {
    page: String,
    query: String,
    view_name: String,
}

/// What may be looked at on a page may be kept of it.
const fn action(page: Dashboard) -> Action {
    match page {
        Dashboard::Outcomes => Action::ViewOutcomes,
        Dashboard::Attendance => Action::ViewAttendance,
        Dashboard::ClosedLoop => Action::ViewClosedLoop,
        Dashboard::Leaks => Action::ViewLeaks,
        Dashboard::Delivery => Action::Administer,
    }
}

/// Keeps what is shown under a name, and goes back to it.
pub(super) async fn keep(State(app): State<App>, me: Signed, Posted(form): Posted<Kept>) -> Result<Response> {
    let page: Dashboard = form.page.parse().unwrap_or(Dashboard::Outcomes);
    me.authorise(&app, action(page), None).await?;
    let mut tx = app.db.write(&me.practice).await?;
    let flash = match saved_view::keep(&mut tx, &app.ctx, &me.viewer, page, &form.query, &form.view_name).await {
        Ok(()) => {
            tx.commit().await?;
            Flash::ViewKept
        }
        Err(workflows::Error::Invalid(_) | workflows::Error::Conflict) => Flash::ViewNotKept,
        Err(error) => return Err(error.into()),
    };
    let back = format!("{}?{}", page.path(), form.query);
    let back = if is_query(&form.query) && is_own_path(&back) { back } else { page.path().to_owned() };
    Ok(done(&app, &back, flash))
}

/// Deletes one of one's own.
pub(super) async fn delete(
    State(app): State<App>,
    me: Signed,
    Path(view): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    let view: SavedViewId = id(&view)?;
    let mut read = app.db.read(&me.practice).await?;
    let kept = store::saved_view::of(&mut read, &me.staff.id).await?;
    drop(read);
    let found = kept.into_iter().find(|one| one.id == view).ok_or(Error::NotFound)?;
    let mut tx = app.db.write(&me.practice).await?;
    saved_view::delete(&mut tx, &me.viewer, &view).await?;
    tx.commit().await?;
    Ok(done(&app, found.page.path(), Flash::ViewDeleted))
}
