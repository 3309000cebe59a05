//! Programmes and payers of the practice.

use super::frame;
use crate::App;
use crate::error::{Error, Result};
use crate::staff::form::{Posted, renamed};
use crate::staff::session::Signed;
use crate::staff::shown::{done, id};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use care::PlacementId;
use care::access::Action;
use care::placement::{EntryKind, EntryState};
use serde::Deserialize;
use templates::staff::admin::{PlacementGroup, PlacementRow, Placements, Section};
use templates::staff::{FieldProblem, Flash};
use workflows::placement;

/// The page.
pub async fn show(State(app): State<App>, me: Signed) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    page(&app, &me, StatusCode::OK, None, String::new(), Vec::new()).await
}

async fn page(
    app: &App,
    me: &Signed,
    status: StatusCode,
    wrong_in: Option<EntryKind>,
    name: String,
    problems: Vec<FieldProblem>,
) -> Result<Response> {
    let mut read = app.db.read(&me.practice).await?;
    let all = store::placement::list(&mut read).await?;
    let counts = store::placement::counts(&mut read).await?;
    drop(read);
    let group = |kind: EntryKind| PlacementGroup {
        kind,
        rows: all
            .iter()
            .filter(|entry| entry.kind == kind)
            .map(|entry| PlacementRow {
                id: entry.id.as_str().to_owned(),
                name: entry.name.clone(),
                state: entry.state,
                episodes: counts.iter().find(|(id, _)| *id == entry.id).map_or(0, |(_, count)| *count),
            })
            .collect(),
    };
    let (shell, sections) = frame(app, me, Section::Placements);
    let groups = EntryKind::ALL.iter().map(|&kind| group(kind)).collect();
    me.render(app, status, &Placements { shell, sections, groups, wrong_in, name, problems })
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct New {
    kind: String,
    name: String,
}

/// Adds one.
pub async fn add(State(app): State<App>, me: Signed, Posted(new): Posted<New>) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let Ok(kind) = new.kind.parse::<EntryKind>() else { return Err(Error::Invalid(Vec::new())) };
    let mut tx = app.db.write(&me.practice).await?;
    match placement::add(&mut tx, &app.ctx, &me.viewer, kind, &new.name).await {
        Ok(_) => tx.commit().await?,
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            let found = renamed(&problems, &[]);
            return page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, Some(kind), new.name, found).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, "/admin/placements", Flash::Saved))
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Changed {
    name: String,
    state: String,
}

/// Renames, retires or takes one up again.
pub async fn change(
    State(app): State<App>,
    me: Signed,
    Path(entry): Path<String>,
    Posted(form): Posted<Changed>,
) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let entry: PlacementId = id(&entry)?;
    let Ok(state) = form.state.parse::<EntryState>() else { return Err(Error::Invalid(Vec::new())) };
    let mut tx = app.db.write(&me.practice).await?;
    let flash = match placement::change(&mut tx, &app.ctx, &me.viewer, &entry, &form.name, state).await {
        Ok(()) => {
            tx.commit().await?;
            Flash::Saved
        }
        Err(workflows::Error::Invalid(_)) => Flash::NotPossible,
        Err(error) => return Err(error.into()),
    };
    Ok(done(&app, "/admin/placements", flash))
}
