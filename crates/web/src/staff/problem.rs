//! What went wrong, as a staff page in the person's language.

use super::session::{Present, Signed, mode};
use crate::App;
use crate::error::{Error, accepted_language, with_body};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use templates::client::LanguageName;
use templates::staff::{Door, DoorErrorPage, ErrorKind, ErrorPage};

const fn kind_of(error: &Error) -> ErrorKind {
    match error {
        Error::NotFound | Error::NotShown => ErrorKind::NotFound,
        Error::Forbidden => ErrorKind::Forbidden,
        Error::Stale | Error::Unauthorized => ErrorKind::Stale,
        Error::Invalid(_) => ErrorKind::Invalid,
        Error::Conflict => ErrorKind::Conflict,
        Error::TooMany(_) => ErrorKind::TooMany,
        Error::Unavailable | Error::Internal => ErrorKind::Broken,
    }
}

/// A short text that stands on the page and in the log, and says nothing about anybody.
fn reference(app: &App, error: &Error) -> Option<String> {
    matches!(error, Error::Unavailable | Error::Internal).then(|| {
        let reference: String = app.ctx.token().chars().filter(char::is_ascii_alphanumeric).take(8).collect();
        tracing::error!(reference, %error, "a staff page could not be shown");
        reference
    })
}

/// Puts a page into a response that carries an error; status and headers stay.
pub(super) async fn page(app: &App, present: &Present, response: Response, error: &Error) -> Response {
    let (kind, reference) = (kind_of(error), reference(app, error));
    let signed = Signed::of(app, present).await.ok().flatten();
    let body = if let Some(me) = signed {
        let page = ErrorPage { shell: me.shell(app, None), kind, back: "/today".into(), reference };
        app.templates.render(&page, me.language)
    } else {
        let page = DoorErrorPage { door: present.door(app), kind, back: "/sign-in".into(), reference };
        app.templates.render(&page, present.language)
    };
    with_body(response, body)
}

/// The page for a request whose session could not even be looked up.
pub(super) fn without_session(app: &App, headers: &HeaderMap, error: &Error) -> Response {
    let language = accepted_language(headers);
    let door = Door {
        csrf: String::new(),
        path: "/sign-in".into(),
        languages: LanguageName::except(language),
        mode: mode(app),
    };
    let page = DoorErrorPage { door, kind: kind_of(error), back: "/sign-in".into(), reference: reference(app, error) };
    with_body(error.clone().into_response(), app.templates.render(&page, language))
}
