//! The client's record as a PDF file to keep in a chart: what the page says to those who may see the chart, with every case's
//! steps. It is read on record like the page.

use super::{Typed, View, assemble};
use crate::App;
use crate::error::{Error, Result};
use crate::staff::case::step_line;
use crate::staff::people::People;
use crate::staff::session::Signed;
use crate::staff::shown::{Seen, id};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use care::access::Action;
use care::{CaseId, ClientId};
use print::Paper;
use std::slice;
use templates::report::{ClientReport, of_client};
use workflows::access;

/// The file.
pub async fn report(State(app): State<App>, me: Signed, Path(client): Path<String>) -> Result<Response> {
    let client: ClientId = id(&client)?;
    let mut read = app.db.read(&me.practice).await?;
    let kept = store::client::merged_into(&mut read, &client).await?;
    drop(read);
    if let Some(kept) = kept {
        me.authorise(&app, Action::ViewChart, Some(&kept)).await?;
        return Ok(Redirect::to(&format!("/clients/{kept}/report.pdf")).into_response());
    }
    me.authorise(&app, Action::ViewChart, Some(&client)).await?;
    let mut read = app.db.read(&me.practice).await?;
    let stands = store::client::stands(&mut read, &client).await?;
    let found = store::client::find(&mut read, &client).await?.filter(|_| stands).ok_or(Error::NotFound)?;
    let tie = access::to_client(&mut read, &app.ctx, &me.viewer, &client).await?;
    let noted = me.note(&app, &Seen::client("view.report", &client));
    let page = assemble(&app, &me, &mut read, &found, &tie, View::Chart, Typed::default()).await?;
    let people = People::of(&mut read, me.zone).await?;
    let telling = me.telling(&app).at(people.zone(&found.site_id));
    let mut steps = Vec::with_capacity(page.cases.len());
    for case in &page.cases {
        let case: CaseId = id(case.href.trim_start_matches("/cases/"))?;
        let mut taken = store::case::steps(&mut read, slice::from_ref(&case)).await?;
        taken.sort_by_key(|step| (step.at, step.kind));
        steps.push(taken.iter().map(|step| step_line(step, &people, telling)).collect());
    }
    drop(read);
    let report = ClientReport {
        page: &page,
        steps: &steps,
        dated: telling.date_time(telling.now),
        paper: if me.zone.name().starts_with("America/") { Paper::Letter } else { Paper::A4 },
    };
    let document = of_client(&app.templates, &report, me.language)?;
    let written = tokio::task::spawn_blocking(move || print::pdf(&document)).await;
    let file = written.map_err(|_| Error::Internal)?.map_err(|error| {
        tracing::error!(%error, "a report could not be written");
        Error::Internal
    })?;
    noted.kept().await?;
    let mut response = file.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
    // The name of a file stays on a disk: it names nobody.
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("inline; filename=\"report.pdf\""));
    Ok(response)
}
