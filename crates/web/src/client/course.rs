//! The client's own course, after a check-in: for half an hour in the browser that handed it in, where it is shown. Not on the
//! tablet of the waiting room, and not where a guardian gets the messages: then it is for the session.

use super::cookie::Answering;
use super::{kiosk, landing, shell};
use crate::App;
use crate::error::Result;
use crate::progress::{Saying, episode_of, goals, lines};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{Html, IntoResponse, Redirect, Response};
use care::client::Recipient;
use care::packet::PacketState;
use care::practice::ShowProgress;
use chrono::Duration;
use templates::client::{Course, CourseGoal, CourseLine};

/// A browser that was left open shows no more after that.
const LASTS: Duration = Duration::minutes(30);

/// What there is to show.
type Drawn = (Vec<CourseLine>, Vec<CourseGoal>);

/// What there is to show, if anything may be shown.
async fn drawn(app: &App, answering: &Answering, headers: &HeaderMap) -> Result<Option<Drawn>> {
    let packet = &answering.packet;
    let is_fresh = packet.completed_at.is_some_and(|at| app.now() - at <= LASTS);
    if packet.state != PacketState::Completed || !is_fresh || kiosk::is_kiosk(app, headers) {
        return Ok(None);
    }
    let face = app.face(&answering.practice).await?;
    let library = app.shelf(&answering.practice).await?.library.clone();
    let mut read = app.db.read(&answering.practice).await?;
    let shown = workflows::progress::shown(&mut read, &face.practice.settings, &packet.client_id).await?;
    if shown == ShowProgress::Nothing {
        return Ok(None);
    }
    let client = store::client::find(&mut read, &packet.client_id).await?;
    if client.is_none_or(|client| client.recipient == Recipient::Guardian) {
        return Ok(None);
    }
    let Some(episode) = episode_of(&mut read, &packet.client_id).await? else { return Ok(None) };
    let saying = Saying { language: answering.language(), zone: face.zone() };
    let lines = lines(&mut read, &library, &episode, shown, saying).await?;
    let goals = goals(&mut read, &app.templates, &episode, shown, saying).await?;
    Ok(Some((lines, goals)).filter(|(lines, goals)| !lines.is_empty() || !goals.is_empty()))
}

/// Whether the receipt leads here.
pub async fn is_shown(app: &App, answering: &Answering, headers: &HeaderMap) -> Result<bool> {
    Ok(drawn(app, answering, headers).await?.is_some())
}

/// The page; back to the receipt where there is nothing to show.
pub async fn show(State(app): State<App>, answering: Answering, headers: HeaderMap) -> Result<Response> {
    let Some((lines, goals)) = drawn(&app, &answering, &headers).await? else {
        return Ok(Redirect::to("/check-in/done").into_response());
    };
    let face = app.face(&answering.practice).await?;
    let around = landing::around(&app, &answering.practice, &answering.packet).await?;
    let page = Course {
        shell: shell(&app, &headers, Some(face.practice.display_name.clone())),
        back: "/check-in/done".to_owned(),
        reader: around.reader.map(|name| name.text().to_owned()),
        lines,
        goals,
    };
    Ok(Html(app.templates.render(&page, answering.language())?).into_response())
}
