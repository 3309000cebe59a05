//! The page behind a reminder of an appointment. A GET shows when and where; each answer is a POST, needs no cookie and is
//! bound to this appointment at this start.

use super::{language_of, shell, switch_links};
use crate::App;
use crate::error::{Error, Result};
use crate::security::Visitor;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::Form;
use care::appointment::{AppointmentState, Reply};
use care::{Language, local_time};
use serde::Deserialize;
use store::appointment_notice::Linked;
use templates::client::{Visit, VisitDetails};
use templates::format;
use workflows::reminder;

/// The language that was chosen.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Asked {
    lang: Option<String>,
}

/// What a token leads to; a miss is counted against guessing.
async fn look(app: &App, visitor: Visitor, token: &str) -> Result<Option<Linked>> {
    let now = app.now();
    if let Some(seconds) = app.misses.exhausted(visitor.0, now) {
        return Err(Error::TooMany(seconds));
    }
    let mut read = app.db.read_all().await?;
    let found = store::appointment_notice::by_token(&mut read, &care::token::hash(token)).await?;
    if found.is_none() {
        app.misses.miss(visitor.0, now);
    }
    Ok(found)
}

/// The page.
pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(token): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response> {
    let path = format!("/a/{token}");
    let wished: Option<Language> = asked.lang.as_deref().and_then(|code| code.parse().ok());
    let linked = look(&app, visitor, &token).await?;
    let mut details = None;
    let (mut practice, mut language) = (None, None);
    if let Some(linked) = linked {
        let mut read = app.db.read(&linked.practice_id).await?;
        if let Some(standing) = reminder::standing(&mut read, &app.ctx, &linked).await? {
            let client = store::client::find(&mut read, &linked.client_id).await?;
            let sites = store::site::list(&mut read).await?;
            drop(read);
            let face = app.face(&linked.practice_id).await?;
            practice = Some(face.practice.display_name.clone());
            language = client.map(|client| client.language);
            let site = sites.iter().find(|site| site.id == standing.appointment.site_id);
            let zone = site.and_then(|site| local_time::zone(&site.zone)).unwrap_or_else(|| face.zone());
            let is_on = standing.appointment.state == AppointmentState::Scheduled;
            let spoken = wished.or(language).unwrap_or(Language::En);
            details = Some(VisitDetails {
                token,
                when: format::long_date_time(standing.appointment.starts_at, zone, spoken),
                site: site.filter(|_| sites.len() > 1).map(|site| site.name.clone()),
                choices: if is_on {
                    Reply::ALL.iter().copied().filter(|one| Some(*one) != standing.reply).collect()
                } else {
                    Vec::new()
                },
                said: standing.reply,
            });
        }
    }
    let language = wished.or(language).unwrap_or_else(|| language_of(&headers, None));
    let status = if details.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
    let shell = shell(&app, &headers, practice).with_switch(switch_links(path, Language::ALL, language));
    let page = Visit { shell, visit: details };
    Ok((status, Html(app.templates.render(&page, language)?)).into_response())
}

/// An answer. Whatever came of it, the page shows how things stand.
pub async fn answer(
    State(app): State<App>,
    visitor: Visitor,
    Path((token, reply)): Path<(String, String)>,
    form: Result<Form<Asked>, axum_extra::extract::FormRejection>,
) -> Result<Response> {
    let reply: Reply = reply.parse().map_err(|_| Error::NotFound)?;
    let lang: Option<Language> = form.ok().and_then(|Form(asked)| asked.lang).and_then(|code| code.parse().ok());
    let page = match lang {
        Some(lang) => format!("/a/{token}?lang={lang}"),
        None => format!("/a/{token}"),
    };
    let Some(linked) = look(&app, visitor, &token).await? else { return Err(Error::NotFound) };
    let mut tx = app.db.write(&linked.practice_id).await?;
    match reminder::answer(&mut tx, &app.ctx, &linked, reply).await {
        Ok(()) => tx.commit().await?,
        Err(workflows::Error::Closed) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(Redirect::to(&page).into_response())
}
