//! What a request can end in besides success, and how it is shown.

use crate::App;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use care::Language;
use templates::client::{ErrorKind, ErrorPage, Shell};

/// Why a request was not carried out.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// 404: it does not exist, or the caller may not know that it does.
    #[error("not found")]
    NotFound,
    /// 403: the caller may know of it and may not do this.
    #[error("forbidden")]
    Forbidden,
    /// 403: the form has no valid token: the page was open too long, or another site sent it.
    #[error("the form is stale")]
    Stale,
    /// 422: what was given cannot be used.
    #[error("invalid")]
    Invalid(Vec<workflows::Problem>),
    /// 409: somebody else changed it meanwhile.
    #[error("conflict")]
    Conflict,
    /// 401: nobody is signed in. Staff are sent to the sign-in page.
    #[error("unauthorized")]
    Unauthorized,
    /// 429: too many tries; wait this many seconds.
    #[error("too many requests")]
    TooMany(i64),
    /// 503: the database cannot take it now; nothing was changed.
    #[error("unavailable")]
    Unavailable,
    /// 303 to the page that asks for it: the browser pressed *Start* and has yet to show whose check-in it is.
    #[error("not shown yet")]
    NotShown,
    /// 500: our mistake. The reference is in the log.
    #[error("internal error")]
    Internal,
}

/// The result of a handler.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Its status.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden | Self::Stale => StatusCode::FORBIDDEN,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Conflict => StatusCode::CONFLICT,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::NotShown => StatusCode::SEE_OTHER,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Conflict => Self::Conflict,
            store::Error::NotFound => Self::NotFound,
            store::Error::Busy | store::Error::Unavailable(_) | store::Error::CommitUnknown => {
                tracing::warn!(%error, "the database cannot take a request");
                Self::Unavailable
            }
            other => {
                tracing::error!(error = %other, "a request failed in the store");
                Self::Internal
            }
        }
    }
}

impl From<workflows::Error> for Error {
    fn from(error: workflows::Error) -> Self {
        match error {
            workflows::Error::Store(error) => error.into(),
            workflows::Error::NotFound | workflows::Error::Closed => Self::NotFound,
            workflows::Error::Forbidden => Self::Forbidden,
            workflows::Error::Conflict => Self::Conflict,
            workflows::Error::Invalid(problems) => Self::Invalid(problems),
            workflows::Error::TooMany(seconds) => Self::TooMany(seconds),
        }
    }
}

impl From<templates::Error> for Error {
    fn from(error: templates::Error) -> Self {
        tracing::error!(%error, "a page could not be rendered");
        Self::Internal
    }
}

/// The response carries the error itself; the sub-router's layer turns it into a page.
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        if matches!(self, Self::NotShown) {
            return Redirect::to("/check-in/confirm").into_response();
        }
        let mut response = self.status().into_response();
        if let Self::TooMany(seconds) = &self {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
        }
        if matches!(self, Self::Unavailable) {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(5));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// Renders the errors of the client's pages.
pub async fn as_client_page(State(app): State<App>, request: Request, next: Next) -> Response {
    let language = crate::client::language_of(request.headers(), None);
    let response = next.run(request).await;
    shown(&app, response, language)
}

/// A response as a client sees it: one that carries an error becomes its page.
pub fn shown(app: &App, response: Response, language: Language) -> Response {
    let Some(error) = response.extensions().get::<Error>().cloned() else { return response };
    let kind = match error {
        Error::NotFound | Error::Unauthorized | Error::NotShown => ErrorKind::NotFound,
        Error::TooMany(_) => ErrorKind::TooMany,
        Error::Invalid(_) => ErrorKind::Invalid,
        Error::Forbidden | Error::Stale | Error::Conflict => ErrorKind::Stale,
        Error::Unavailable | Error::Internal => ErrorKind::Broken,
    };
    let page = ErrorPage { shell: Shell::new(None), kind, back: None, reference: None };
    with_body(response, app.templates.render(&page, language))
}

/// Keeps status and headers, replaces the body.
pub fn with_body(response: Response, body: std::result::Result<String, templates::Error>) -> Response {
    let Ok(body) = body else { return response };
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    Response::from_parts(parts, body.into())
}

/// The first language of the browser's list that we have.
pub fn accepted_language(headers: &HeaderMap) -> Language {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let first =
        accepted.split(',').filter_map(|entry| entry.split(';').next()).find_map(|tag| match tag.trim().get(..2) {
            Some(two) if two.eq_ignore_ascii_case("es") => Some(Language::Es),
            Some(two) if two.eq_ignore_ascii_case("en") => Some(Language::En),
            _ => None,
        });
    first.unwrap_or(Language::En)
}
