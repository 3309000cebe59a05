//! Whether the process lives, whether it can work, and counts without anything about a person.

use crate::App;
use crate::routes::Table;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::fmt::Write;
use store::InstanceScope;

pub(crate) fn routes(table: Table) -> Table {
    table.get("/healthz", live).get("/readyz", ready).get("/metrics", metrics)
}

async fn live() -> &'static str {
    "ok\n"
}

/// Ready when the database answers and no due job has waited for more than two minutes.
async fn ready(State(app): State<App>) -> Response {
    let now = app.now();
    let answered = async {
        let mut read = app.db.read_all().await?;
        let _: i64 = read.query("SELECT count(*) FROM schedule").scalar().await?;
        Ok::<(), store::Error>(())
    };
    if answered.await.is_err() {
        return (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response();
    }
    match app.db.queue_depth(None, now).await {
        Ok(depth) if depth.oldest_due.is_some_and(|oldest| now - oldest > chrono::Duration::minutes(2)) => {
            (StatusCode::SERVICE_UNAVAILABLE, "due jobs are waiting: is a worker running?\n").into_response()
        }
        Ok(_) => "ready\n".into_response(),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the job table does not answer\n").into_response(),
    }
}

/// Counts a request under its route's template, never under its path.
pub async fn count(request: Request, next: Next) -> Response {
    let route =
        request.extensions().get::<MatchedPath>().map_or_else(|| "unknown".to_owned(), |path| path.as_str().to_owned());
    let method = request.method().as_str().to_owned();
    let response = next.run(request).await;
    metrics::counter!("bellwether_requests", "route" => route, "method" => method, "status" => response.status().as_str().to_owned())
        .increment(1);
    response
}

async fn metrics(State(app): State<App>) -> Response {
    let mut text = app.config.metrics.as_ref().map(|render| render()).unwrap_or_default();
    let now = app.now();
    if let Ok(depth) = app.db.queue_depth(None, now).await {
        let age = depth.oldest_due.map_or(0, |oldest| (now - oldest).num_seconds().max(0));
        let _ = write!(
            text,
            "# TYPE bellwether_jobs_due gauge\nbellwether_jobs_due {}\n# TYPE bellwether_jobs_parked gauge\n\
             bellwether_jobs_parked {}\n# TYPE bellwether_jobs_oldest_due_seconds gauge\nbellwether_jobs_oldest_due_seconds {age}\n",
            depth.due, depth.parked
        );
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}
