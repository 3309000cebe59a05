//! Every endpoint, in one table: the router is built from it, and the tests hit each of them as each kind of caller.

use crate::error::as_client_page;
use crate::{App, assets, client, health, hooks, overload, security, staff};
use axum::handler::Handler;
use axum::http::{Method, StatusCode};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, on};
use axum::{Router, extract::DefaultBodyLimit};
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

/// One endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Method.
    pub method: Method,
    /// Path with its parameters in braces.
    pub path: &'static str,
}

/// A router that remembers what was put into it.
pub(crate) struct Table {
    router: Router<App>,
    endpoints: Vec<Endpoint>,
}

impl Table {
    pub(crate) fn new() -> Self {
        Self { router: Router::new(), endpoints: Vec::new() }
    }

    pub(crate) fn get<H: Handler<T, App>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.add(Method::GET, path, on(axum::routing::MethodFilter::GET, handler))
    }

    pub(crate) fn post<H: Handler<T, App>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.add(Method::POST, path, on(axum::routing::MethodFilter::POST, handler))
    }

    fn add(mut self, method: Method, path: &'static str, route: MethodRouter<App>) -> Self {
        self.endpoints.push(Endpoint { method, path });
        self.router = self.router.route(path, route);
        self
    }

    /// Wraps what is in the table so far.
    pub(crate) fn wrapped(mut self, wrap: impl FnOnce(Router<App>) -> Router<App>) -> Self {
        self.router = wrap(self.router);
        self
    }

    fn merge(mut self, other: Self) -> Self {
        self.endpoints.extend(other.endpoints);
        self.router = self.router.merge(other.router);
        self
    }
}

/// Largest body of a form.
const FORM_LIMIT: usize = 256 * 1024;

fn table(app: &App) -> Table {
    let client_errors = from_fn_with_state(app.clone(), as_client_page);
    let kiosk = from_fn_with_state(app.clone(), client::kiosk::clear);
    Table::new()
        .merge(client::routes(Table::new()).wrapped(|router| router.layer(client_errors).layer(kiosk)))
        .merge(staff::routes(Table::new(), app))
        .merge(hooks::routes(Table::new()))
        .merge(health::routes(Table::new()))
        .merge(Table::new().get("/assets/{name}", assets::asset))
}

/// The whole door.
pub fn router(app: &App) -> Router {
    let nothing_here = async || crate::error::Error::NotFound;
    let unknown = Router::new().fallback(nothing_here).layer(from_fn_with_state(app.clone(), staff::unknown));
    table(app)
        .router
        .merge(unknown)
        .layer(DefaultBodyLimit::max(FORM_LIMIT))
        .layer(from_fn_with_state(app.clone(), overload::shed))
        .layer(CompressionLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, Duration::from_secs(30)))
        .layer(from_fn(security::headers))
        .layer(CatchPanicLayer::new())
        .layer(from_fn(health::count))
        .with_state(app.clone())
}

/// Whether an address begins like one of the staff's pages: `/admin/nothing` does.
pub(crate) fn is_staff_place(app: &App, path: &str) -> bool {
    let first = |path: &str| path.trim_start_matches('/').split('/').next().unwrap_or_default().to_owned();
    let wanted = first(path);
    !wanted.is_empty() && staff::routes(Table::new(), app).endpoints.iter().any(|one| first(one.path) == wanted)
}

/// Every endpoint of the door.
pub fn endpoints(app: &App) -> Vec<Endpoint> {
    table(app).endpoints
}
