//! Help in a crisis: from every page in the same place, and before anything else when an answer says so.

use super::cookie::Answering;
use super::{landing, language_of, proof, shell};
use crate::App;
use crate::error::Result;
use crate::security::Visitor;
use axum::extract::{FromRequestParts, Path, Query, Request, State};
use axum::http::HeaderMap;
use axum::response::Html;
use care::packet::Packet;
use care::{Language, PracticeId, SiteId};
use serde::Deserialize;
use templates::client::{Help, Interruption};
use workflows::check_in;

/// The site that looks after whom a check-in was sent to.
pub(super) async fn site_of(app: &App, practice: &PracticeId, packet: &Packet) -> Result<Option<SiteId>> {
    let mut read = app.db.read(practice).await?;
    Ok(store::episode::find(&mut read, &packet.episode_id).await?.map(|episode| episode.site_id))
}

/// The page behind "Need help now?", with a check-in or without one.
pub async fn show(State(app): State<App>, request: Request) -> Result<Html<String>> {
    let (mut parts, _) = request.into_parts();
    let Ok(answering) = Answering::from_request_parts(&mut parts, &app).await else {
        if let Some(page) = proof::help(&app, &parts.headers).await? {
            return Ok(Html(app.templates.render(&page.0, page.1)?));
        }
        let language = language_of(&parts.headers, None);
        let page = Help {
            shell: shell(&app, &parts.headers, None),
            resources: app.resources_of_all(language).await?,
            back: None,
        };
        return Ok(Html(app.templates.render(&page, language)?));
    };
    let face = app.face(&answering.practice).await?;
    let site = site_of(&app, &answering.practice, &answering.packet).await?;
    let language = answering.language();
    let page = Help {
        shell: shell(&app, &parts.headers, Some(face.practice.display_name.clone())),
        resources: face.resources(language, site.as_ref()),
        back: Some("/check-in".to_owned()),
    };
    Ok(Html(app.templates.render(&page, language)?))
}

#[derive(Deserialize)]
pub struct Asked {
    lang: Option<String>,
}

/// The same before Start, where only the link says whose help it is.
pub async fn of_link(
    State(app): State<App>,
    visitor: Visitor,
    Path(token): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Html<String>> {
    let found = landing::look(&app, visitor, &token).await?;
    let (practice, resources, language) = if let Some(found) = &found {
        let face = app.face(&found.practice).await?;
        let wished = asked.lang.as_deref().and_then(|code| code.parse().ok());
        let language = match wished {
            Some(language) => language,
            None => landing::around(&app, &found.practice, &found.packet).await?.language.unwrap_or(Language::En),
        };
        let site = site_of(&app, &found.practice, &found.packet).await?;
        (Some(face.practice.display_name.clone()), face.resources(language, site.as_ref()), language)
    } else {
        let language = language_of(&headers, asked.lang.as_deref());
        (None, app.resources_of_all(language).await?, language)
    };
    let page = Help { shell: shell(&app, &headers, practice), resources, back: Some(format!("/c/{token}")) };
    Ok(Html(app.templates.render(&page, language)?))
}

#[derive(Deserialize)]
pub struct After {
    after: Option<usize>,
    /// `done` where everything is handed in and the receipt comes next.
    then: Option<String>,
}

/// The page right after an answer about danger. The answer and its case are committed already.
pub async fn interruption(
    State(app): State<App>,
    answering: Answering,
    Query(asked): Query<After>,
    headers: HeaderMap,
) -> Result<Html<String>> {
    let face = app.face(&answering.practice).await?;
    let around = landing::around(&app, &answering.practice, &answering.packet).await?;
    let reader = around.reader.map(|name| name.text().to_owned());
    let site = site_of(&app, &answering.practice, &answering.packet).await?;
    let total = check_in::questions(&answering.library, &answering.packet).len() + answering.goals;
    let language = answering.language();
    let is_done = asked.then.as_deref() == Some("done");
    let continue_to = match asked.after {
        _ if is_done => "/check-in/done".to_owned(),
        Some(after) if after < total => format!("/check-in/{}", after + 1),
        _ => "/check-in/submit".to_owned(),
    };
    let page = Interruption {
        shell: shell(&app, &headers, Some(face.practice.display_name.clone())),
        resources: face.resources(language, site.as_ref()),
        reader,
        continue_to,
    };
    Ok(Html(app.templates.render(&page, language)?))
}
