//! No more mail: a GET asks, a POST acts at once, without a cookie (RFC 8058).

use super::{landing, language_of, shell};
use crate::App;
use crate::error::{Error, Result};
use crate::security::Visitor;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Html;
use care::packet::{Link, LinkPurpose};
use store::packet::Found;
use templates::client::{Unsubscribe, UnsubscribeState};

async fn look(app: &App, visitor: Visitor, token: &str) -> Result<Found<Link>> {
    landing::look(app, visitor, token)
        .await?
        .filter(|found| found.by.purpose == LinkPurpose::Unsubscribe)
        .ok_or(Error::NotFound)
}

async fn page(app: &App, headers: &HeaderMap, found: &Found<Link>, state: UnsubscribeState) -> Result<Html<String>> {
    let face = app.face(&found.practice).await?;
    let page = Unsubscribe { shell: shell(app, headers, Some(face.practice.display_name.clone())), state };
    Ok(Html(app.templates.render(&page, language_of(headers, None))?))
}

pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Html<String>> {
    let found = look(&app, visitor, &token).await?;
    page(&app, &headers, &found, UnsubscribeState::Ask { action: format!("/u/{token}") }).await
}

pub async fn act(
    State(app): State<App>,
    visitor: Visitor,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Html<String>> {
    let found = look(&app, visitor, &token).await?;
    let mut tx = app.db.write(&found.practice).await?;
    workflows::inbound::unsubscribe(&mut tx, &app.ctx, &found.packet.id).await?;
    tx.commit().await?;
    page(&app, &headers, &found, UnsubscribeState::Done).await
}
