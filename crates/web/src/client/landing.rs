//! The page a link opens, Start, and a fresh link. One neutral page for links that are expired, taken back or guessed.

use super::{cookie, language_of, shell, switch_links};
use crate::App;
use crate::error::{Error, Result};
use crate::security::Visitor;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::Form;
use care::packet::{Link, LinkPurpose, Packet, PacketState};
use care::proof::Proof;
use care::protocol::minutes;
use care::sitting;
use care::{Language, PracticeId};
use instruments::{Instrument, Item, Library};
use serde::Deserialize;
use store::packet::{Found, Surroundings};
use store::proof::Claim;
use templates::client::{Landing, LinkRequest, NewLinkSent, Progress, Receipt, ThankYou, Unavailable};
use templates::format;
use workflows::check_in;
use workflows::proof::{self, Begun};

#[derive(Deserialize)]
pub struct Asked {
    lang: Option<String>,
}

/// What a token opens, or nothing; a miss is counted against guessing.
pub(super) async fn look(app: &App, visitor: Visitor, token: &str) -> Result<Option<Found<Link>>> {
    let now = app.now();
    if let Some(seconds) = app.misses.exhausted(visitor.0, now) {
        return Err(Error::TooMany(seconds));
    }
    // A malformed token is looked up like any other: a guess takes as long as a hit.
    let mut read = app.db.read_all().await?;
    let found = store::packet::by_link(&mut read, &care::token::hash(token)).await?;
    if found.is_none() {
        app.misses.miss(visitor.0, now);
    }
    Ok(found)
}

/// The check-in of a link that may be started now.
fn is_live(found: &Found<Link>, now: care::Instant) -> bool {
    found.by.purpose == LinkPurpose::CheckIn && found.by.revoked_at.is_none() && found.packet.accepts(now)
}

pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(token): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response> {
    let now = app.now();
    let found = look(&app, visitor, &token).await?.filter(|found| found.by.purpose == LinkPurpose::CheckIn);
    let path = format!("/c/{token}");
    let Some(found) = found else { return unavailable(&app, &headers, asked.lang.as_deref(), &path) };
    let face = app.face(&found.practice).await?;
    let library = app.library_of(&found.practice, &found.packet).await?;
    let offered = check_in::languages(&library, &found.packet, &face.confirmed);
    let around = around(&app, &found.practice, &found.packet).await?;
    let wished = asked.lang.as_deref().and_then(|code| code.parse().ok()).or(found.packet.language);
    let wished = wished.or(around.language).unwrap_or(Language::En);
    // Where more than the link is asked for, the link alone names nobody.
    let is_open = around.on_file.asked(face.practice.settings.proof) == Proof::Off;
    let reader = around.reader.filter(|_| is_open).map(|name| name.text().to_owned());
    let next_session = around.next_session.filter(|_| is_open);
    let language = if offered.contains(&wished) { wished } else { offered[0] };
    let mut shell = shell(&app, &headers, Some(face.practice.display_name.clone())).with_switch(switch_links(
        path.clone(),
        &offered,
        language,
    ));
    shell.help = format!("{path}/help");
    if found.packet.state == PacketState::Completed {
        let received = found.packet.completed_at.unwrap_or(now);
        let page = ThankYou {
            // The link alone shows no scores: only the browser that has just handed in does.
            course: None,
            shell,
            receipt: Receipt::Already,
            received: format::long_date_time(received, face.zone(), language),
            reader,
            session: next_session.map(|at| format::weekday_day(format::local_day(at, face.zone()), language)),
        };
        return Ok(Html(app.templates.render(&page, language)?).into_response());
    }
    if !is_live(&found, now) {
        return unavailable(&app, &headers, asked.lang.as_deref(), &path);
    }
    let goals = usize::try_from(around.goals).unwrap_or(0);
    let left = questions_left(&library, &found.packet.asked, &around.answered) + goals;
    let is_answered = |instrument: &Instrument, item: &Item| {
        around.answered.iter().any(|(id, answered)| *id == instrument.id && *answered == item.id)
    };
    let most = if sitting::may_grow(&library, &found.packet.asked, is_answered) {
        questions_left(&library, &sitting::at_most(&library, &found.packet.asked), &around.answered) + goals
    } else {
        left
    };
    let page = Landing {
        shell,
        token,
        reader,
        minutes: minutes(u32::try_from(most).unwrap_or(u32::MAX)),
        questions: u32::try_from(left).ok(),
        at_most: u32::try_from(most).ok().filter(|_| most > left),
        // Before anything was sent the end is not fixed; afterwards it is said to the day.
        open_until: Some(format::weekday_day(format::local_day(found.packet.expires_at, face.zone()), language)),
        progress: if around.answered.is_empty() { Progress::New } else { Progress::Begun },
    };
    Ok(Html(app.templates.render(&page, language)?).into_response())
}

fn questions_left(library: &Library, asked: &[care::packet::Asked], answered: &[(String, String)]) -> usize {
    sitting::questions(library, asked)
        .iter()
        .filter(|question| {
            !answered.iter().any(|(id, item)| *id == question.instrument.id && *item == question.item.id)
        })
        .count()
}

/// Who reads the answers, the client's language, the start of the next session, and what was answered.
pub(super) async fn around(app: &App, practice: &PracticeId, packet: &Packet) -> Result<Surroundings> {
    let mut read = app.db.read(practice).await?;
    Ok(store::packet::surroundings(&mut read, packet, app.now()).await?)
}

/// The one page for every dead link, the same whatever the cause.
fn unavailable(app: &App, headers: &HeaderMap, asked: Option<&str>, path: &str) -> Result<Response> {
    let language = language_of(headers, asked);
    let shell = shell(app, headers, None).with_switch(switch_links(path.to_owned(), Language::ALL, language));
    let page = Unavailable { shell, request: Some(LinkRequest { action: format!("{path}/new-link") }) };
    Ok((StatusCode::NOT_FOUND, Html(app.templates.render(&page, language)?)).into_response())
}

#[derive(Deserialize)]
pub struct Start {
    lang: Option<String>,
}

/// A person pressed Start.
pub async fn start(
    State(app): State<App>,
    visitor: Visitor,
    Path(token): Path<String>,
    headers: HeaderMap,
    Form(form): Form<Start>,
) -> Result<Response> {
    let path = format!("/c/{token}");
    let Some(found) = look(&app, visitor, &token).await? else { return unavailable(&app, &headers, None, &path) };
    if found.packet.state == PacketState::Completed && found.by.purpose == LinkPurpose::CheckIn {
        return Ok(Redirect::to(&path).into_response());
    }
    if !is_live(&found, app.now()) {
        return unavailable(&app, &headers, None, &path);
    }
    let face = app.face(&found.practice).await?;
    let library = app.library_of(&found.practice, &found.packet).await?;
    let offered = check_in::languages(&library, &found.packet, &face.confirmed);
    let wished = form.lang.as_deref().and_then(|code| code.parse().ok()).or(found.packet.language);
    let wished = match wished {
        Some(wished) => wished,
        None => around(&app, &found.practice, &found.packet).await?.language.unwrap_or(Language::En),
    };
    let language = if offered.contains(&wished) { wished } else { offered[0] };
    let browser = cookie::Cookie::hash_in(&app, &headers);
    let claim = Claim { channel: found.by.channel, language };
    let mut tx = app.db.write(&found.practice).await?;
    let settings = &face.practice.settings;
    let begun = match proof::begin(&mut tx, &app.ctx, settings, &found.packet, &claim, browser.as_deref()).await {
        Ok(begun) => begun,
        Err(workflows::Error::Closed) => return Ok(Redirect::to(&path).into_response()),
        Err(error) => return Err(error.into()),
    };
    tx.commit().await?;
    let (next, cookie) = match &begun {
        Begun::Started(started) => ("/check-in", &started.cookie),
        Begun::Asked(cookie) => ("/check-in/confirm", cookie),
    };
    let mut response = Redirect::to(next).into_response();
    response.headers_mut().insert(header::SET_COOKIE, cookie::set(&app, cookie));
    Ok(response)
}

/// A fresh link, to the address on file only. The answer is the same whether there was one to send.
pub async fn new_link(
    State(app): State<App>,
    visitor: Visitor,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response> {
    if let Some(found) = look(&app, visitor, &token).await?
        && found.by.purpose == LinkPurpose::CheckIn
    {
        let mut tx = app.db.write(&found.practice).await?;
        check_in::request_link(&mut tx, &app.ctx, &found.packet).await?;
        tx.commit().await?;
    }
    let language = language_of(&headers, None);
    let page = NewLinkSent { shell: shell(&app, &headers, None) };
    Ok(Html(app.templates.render(&page, language)?).into_response())
}
