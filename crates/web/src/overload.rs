//! More requests than the database can serve are turned away at once, so that those that are let in are served in good time.
//! Work in the background does not come through this door and is never turned away.

use crate::App;
use crate::error::{self, Error};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// How many may wait for the database. At a thousand answers a second that is a fifth of a second of waiting; the next one
/// would wait longer than a person takes to press again.
const WAITING: usize = 192;

/// Turns a request away while too many others wait. Whoever asks whether the service lives is let through.
pub async fn shed(State(app): State<App>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_cheap = path.starts_with("/assets/") || matches!(path, "/healthz" | "/readyz" | "/metrics");
    if app.db.waiting() >= WAITING && !is_cheap {
        metrics::counter!("bellwether_requests_shed_total").increment(1);
        let language = crate::client::language_of(request.headers(), None);
        return error::shown(&app, Error::Unavailable.into_response(), language);
    }
    next.run(request).await
}
