//! The one form that carries a file. Its token comes first and is checked before the file is read.

use super::home_page;
use crate::App;
use crate::error::{Error, Result};
use crate::security::is_cross_site;
use crate::staff::session::Signed;
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use care::access::Action;
use care::import::ImportKind;
use templates::staff::{FieldProblem, Wrong};
use workflows::import;

/// Bytes of a form with a file at most: the largest file that is read, and the form around it.
pub const MOST: usize = exchange::Options::MAX_BYTES + (64 << 10);

/// Keeps the file and shows what it would do.
pub async fn upload(State(app): State<App>, me: Signed, request: Request) -> Result<Response> {
    me.authorise(&app, Action::Import, None).await?;
    let (parts, body) = request.into_parts();
    if is_cross_site(&parts) {
        return Err(Error::Stale);
    }
    let unreadable = || Error::Invalid(Vec::new());
    let request = Request::from_parts(parts, body);
    let mut form = Multipart::from_request(request, &app).await.map_err(|_| unreadable())?;
    let (mut csrf, mut kind, mut file) = (String::new(), ImportKind::Clients, None);
    while let Some(field) = form.next_field().await.map_err(|_| unreadable())? {
        match field.name().unwrap_or_default() {
            "csrf" => csrf = field.text().await.map_err(|_| unreadable())?,
            "kind" => kind = field.text().await.map_err(|_| unreadable())?.parse().map_err(|_| unreadable())?,
            "file" if csrf == me.csrf => match field.bytes().await {
                Ok(bytes) => file = Some(bytes),
                Err(_) => return again(&app, &me, kind, Wrong::TooLarge).await,
            },
            _ => {}
        }
    }
    if csrf != me.csrf {
        return Err(Error::Stale);
    }
    let Some(bytes) = file.filter(|bytes| !bytes.is_empty()) else {
        return again(&app, &me, kind, Wrong::Required).await;
    };
    if bytes.len() > exchange::Options::MAX_BYTES {
        return again(&app, &me, kind, Wrong::TooLarge).await;
    }
    let Ok(text) = std::str::from_utf8(&bytes) else {
        return again(&app, &me, kind, Wrong::NotUtf8).await;
    };
    let mut tx = app.db.write(&me.practice).await?;
    match import::upload(&mut tx, &app.ctx, &me.viewer, kind, text).await {
        Ok(run) => {
            tx.commit().await?;
            Ok(Redirect::to(&format!("/admin/import/{run}")).into_response())
        }
        Err(workflows::Error::Invalid(_)) => {
            drop(tx);
            again(&app, &me, kind, Wrong::Required).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn again(app: &App, me: &Signed, kind: ImportKind, wrong: Wrong) -> Result<Response> {
    home_page(app, me, StatusCode::UNPROCESSABLE_ENTITY, kind, vec![FieldProblem::new("file", wrong)]).await
}
