//! The demo's outbox: mails and texts as they would have gone out. Where messages really go there is no such page.

use super::session::{Signed, mode};
use crate::error::{Error, Result};
use crate::{App, Outbox as Where};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::Query;
use care::MessageId;
use care::message::{Channel, MessageKind, Standing};
use notify::{FileOutbox, OutboxMessage};
use serde::Deserialize;
use templates::staff::{Mode, Outbox, OutboxKind, OutboxMail, Place};

/// Messages shown at most, the newest first.
const SHOWN: usize = 100;

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    to: String,
}

/// The page.
pub(super) async fn show(State(app): State<App>, me: Signed, Query(asked): Query<Asked>) -> Result<Response> {
    let Where::Folder(folder) = &app.config.outbox else { return Err(Error::NotFound) };
    if mode(&app) != Mode::Demo {
        return Err(Error::NotFound);
    }
    let telling = me.telling(&app);
    let unreadable = |error| {
        tracing::error!(%error, "the outbox cannot be read");
        Error::Internal
    };
    let files = FileOutbox::open(folder.clone()).map_err(unreadable)?.list(SHOWN * 4).await.map_err(unreadable)?;
    let shown = match asked.to.as_str() {
        "clients" => OutboxKind::Clients,
        "staff" => OutboxKind::Staff,
        _ => OutboxKind::All,
    };
    let mut read = app.db.read(&me.practice).await?;
    let mut messages = Vec::new();
    for file in files {
        let known = store::message::find(&mut read, &MessageId::from_text(file.attempt_id())).await?;
        let kind = known.as_ref().map_or(MessageKind::AutoReply, |message| message.kind);
        let is_wanted = match shown {
            OutboxKind::All => true,
            OutboxKind::Clients => kind.is_for_client(),
            OutboxKind::Staff => !kind.is_for_client(),
        };
        if !is_wanted {
            continue;
        }
        let (channel, subject) = match &file {
            OutboxMessage::Sms { .. } => (Channel::Sms, None),
            OutboxMessage::Mail { subject, .. } => (Channel::Email, Some(subject.clone())),
        };
        messages.push(OutboxMail {
            kind,
            channel,
            standing: known.map_or(Standing::Accepted, |message| message.standing(telling.now)),
            to: file.to().to_owned(),
            at: telling.date_time(file.at()),
            subject,
            body: OutboxMail::pieces(file.text()),
        });
        if messages.len() == SHOWN {
            break;
        }
    }
    drop(read);
    let page = Outbox { shell: me.shell(&app, Some(Place::Outbox)), shown, messages };
    me.render(&app, StatusCode::OK, &page)
}
