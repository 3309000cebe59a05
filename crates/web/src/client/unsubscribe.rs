//! No more mail: a GET asks, a POST acts at once, without a cookie (RFC 8058).

use super::{landing, language_of, shell};
use crate::App;
use crate::error::{Error, Result};
use crate::security::Visitor;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Html;
use care::packet::LinkPurpose;
use care::{ClientId, PacketId, PracticeId};
use templates::client::{Unsubscribe, UnsubscribeState};

/// Which mails a link ends.
enum Ends {
    /// Those about check-ins, for the client of this one.
    CheckIns(PracticeId, PacketId),
    /// Those about appointments, for this client.
    Appointments(PracticeId, ClientId),
}

impl Ends {
    const fn practice(&self) -> &PracticeId {
        match self {
            Self::CheckIns(practice, _) | Self::Appointments(practice, _) => practice,
        }
    }
}

async fn look(app: &App, visitor: Visitor, token: &str) -> Result<Ends> {
    let mut read = app.db.read_all().await?;
    let reminder = store::appointment_notice::by_unsubscribe(&mut read, &care::token::hash(token)).await?;
    drop(read);
    if let Some(linked) = reminder {
        return Ok(Ends::Appointments(linked.practice_id, linked.client_id));
    }
    let found = landing::look(app, visitor, token).await?;
    let found = found.filter(|found| found.by.purpose == LinkPurpose::Unsubscribe).ok_or(Error::NotFound)?;
    Ok(Ends::CheckIns(found.practice, found.packet.id))
}

async fn page(app: &App, headers: &HeaderMap, ends: &Ends, state: UnsubscribeState) -> Result<Html<String>> {
    let face = app.face(ends.practice()).await?;
    let page = Unsubscribe { shell: shell(app, headers, Some(face.practice.display_name.clone())), state };
    Ok(Html(app.templates.render(&page, language_of(headers, None))?))
}

pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Html<String>> {
    let ends = look(&app, visitor, &token).await?;
    page(&app, &headers, &ends, UnsubscribeState::Ask { action: format!("/u/{token}") }).await
}

pub async fn act(
    State(app): State<App>,
    visitor: Visitor,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Html<String>> {
    let ends = look(&app, visitor, &token).await?;
    let mut tx = app.db.write(ends.practice()).await?;
    match &ends {
        Ends::CheckIns(_, packet) => workflows::inbound::unsubscribe(&mut tx, &app.ctx, packet).await?,
        Ends::Appointments(_, client) => workflows::inbound::unsubscribe_reminders(&mut tx, &app.ctx, client).await?,
    }
    tx.commit().await?;
    page(&app, &headers, &ends, UnsubscribeState::Done).await
}
