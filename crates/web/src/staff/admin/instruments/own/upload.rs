//! The form that carries the file of an instrument. Its token comes first and is checked before the file is read.

use super::{blank, form, taken};
use crate::App;
use crate::error::{Error, Result};
use crate::security::is_cross_site;
use crate::staff::session::Signed;
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::response::Response;
use care::access::Action;
use templates::staff::{FieldProblem, Wrong};

/// Bytes of an instrument's file at most. What becomes of it may be smaller still: `workflows::library` says so.
const MOST_BYTES: usize = 1 << 20;

/// Bytes of the form with it.
pub const MOST: usize = MOST_BYTES + (64 << 10);

/// Takes an uploaded file over, like one that was pasted.
pub async fn upload(State(app): State<App>, me: Signed, request: Request) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let (parts, body) = request.into_parts();
    if is_cross_site(&parts) {
        return Err(Error::Stale);
    }
    let unreadable = || Error::Invalid(Vec::new());
    let again = |wrong| form(&app, &me, blank(), vec![FieldProblem::new("file", wrong)], Vec::new());
    let request = Request::from_parts(parts, body);
    let mut posted = Multipart::from_request(request, &app).await.map_err(|_| unreadable())?;
    let (mut csrf, mut file) = (String::new(), None);
    while let Some(field) = posted.next_field().await.map_err(|_| unreadable())? {
        match field.name().unwrap_or_default() {
            "csrf" => csrf = field.text().await.map_err(|_| unreadable())?,
            "file" if csrf == me.csrf => match field.bytes().await {
                Ok(bytes) => file = Some(bytes),
                Err(_) => return again(Wrong::TooLarge),
            },
            _ => {}
        }
    }
    if csrf != me.csrf {
        return Err(Error::Stale);
    }
    let Some(bytes) = file.filter(|bytes| !bytes.is_empty()) else { return again(Wrong::Required) };
    if bytes.len() > MOST_BYTES {
        return again(Wrong::TooLarge);
    }
    match std::str::from_utf8(&bytes) {
        Ok(text) => taken(&app, &me, text.trim_start_matches('\u{feff}')).await,
        Err(_) => again(Wrong::NotUtf8),
    }
}
