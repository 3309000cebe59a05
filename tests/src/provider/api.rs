//! The three requests of the API: who may ask, what is wrong with a request, and the answer that the script asks for.

use super::{Inner, Reports, Step, Taken, report};
use crate::process::{ACCOUNT, TOKEN};
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Form, Json};
use base64::Engine as _;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

fn refusal(status: StatusCode, code: u32) -> Response {
    let body = json!({ "code": code, "message": "refused", "status": status.as_u16(), "more_info": "" });
    (status, Json(body)).into_response()
}

fn is_signed_in(headers: &HeaderMap) -> bool {
    let expected = base64::engine::general_purpose::STANDARD.encode(format!("{ACCOUNT}:{TOKEN}"));
    headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()) == Some(&format!("Basic {expected}"))
}

/// The provider's code for what is wrong with a request, as its description says.
fn fault_of(form: &HashMap<String, String>) -> Option<u32> {
    let has = |name: &str| form.get(name).is_some_and(|value| !value.is_empty());
    let is_number = |text: &str| {
        text.starts_with('+') && (8..=16).contains(&text.len()) && text[1..].bytes().all(|byte| byte.is_ascii_digit())
    };
    if !has("To") {
        return Some(21604);
    }
    if !is_number(&form["To"]) {
        return Some(21211);
    }
    if !has("Body") {
        return Some(21602);
    }
    if form["Body"].chars().count() > 1600 {
        return Some(21617);
    }
    if has("From") == has("MessagingServiceSid") {
        return Some(21603);
    }
    let validity = form.get("ValidityPeriod").map(|text| text.parse::<u32>());
    if validity.is_some_and(|seconds| !seconds.is_ok_and(|seconds| (1..=36_000).contains(&seconds))) {
        return Some(21626);
    }
    if form.get("StatusCallback").is_some_and(|url| !url.starts_with("http")) {
        return Some(21609);
    }
    None
}

pub(super) async fn create(
    State(inner): State<Arc<Inner>>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    if !is_signed_in(&headers) {
        return refusal(StatusCode::UNAUTHORIZED, 20003);
    }
    if let Some(code) = fault_of(&form) {
        return refusal(StatusCode::BAD_REQUEST, code);
    }
    inner.attempts.fetch_add(1, Ordering::SeqCst);
    let step = inner.next_step();
    let taken = step.takes().then(|| inner.take(&form));
    if let Some(taken) = &taken
        && inner.reports == Reports::Messy
    {
        tokio::spawn(report::tell(Arc::clone(&inner), taken.clone()));
    }
    match step {
        Step::Accept => match taken {
            Some(taken) => (StatusCode::CREATED, Json(inner.shown(&taken))).into_response(),
            None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        },
        Step::AcceptThenHang | Step::Hang => {
            inner.hanging.send_modify(|hanging| *hanging += 1);
            std::future::pending().await
        }
        Step::AcceptThenFail => refusal(StatusCode::INTERNAL_SERVER_ERROR, 20500),
        Step::AcceptThenGarbage => (StatusCode::CREATED, "<html>It works!</html>").into_response(),
        Step::AcceptThenDrop | Step::Drop => broken_off(),
        Step::Busy(seconds) => {
            let mut response = refusal(StatusCode::TOO_MANY_REQUESTS, 20429);
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            response
        }
        Step::Unavailable => refusal(StatusCode::SERVICE_UNAVAILABLE, 20503),
        Step::Refuse(code) => refusal(StatusCode::BAD_REQUEST, code),
    }
}

/// An answer that announces more than it brings: the connection ends in the middle of it.
fn broken_off() -> Response {
    let dead = futures::stream::iter([Err::<&'static [u8], _>(std::io::Error::other("the line went dead"))]);
    let mut response = Response::new(Body::from_stream(dead));
    *response.status_mut() = StatusCode::CREATED;
    response.headers_mut().insert(header::CONTENT_LENGTH, 500.into());
    response
}

pub(super) async fn list(
    State(inner): State<Arc<Inner>>,
    headers: HeaderMap,
    Query(asked): Query<HashMap<String, String>>,
) -> Response {
    if !is_signed_in(&headers) {
        return refusal(StatusCode::UNAUTHORIZED, 20003);
    }
    let to = asked.get("To");
    let size = asked.get("PageSize").and_then(|size| size.parse().ok()).unwrap_or(50).min(1000);
    let page = asked.get("Page").and_then(|page| page.parse::<usize>().ok()).unwrap_or(0);
    let all: Vec<Taken> = inner.ledger_of(to);
    let messages: Vec<Value> = all.iter().rev().skip(page * size).take(size).map(|taken| inner.shown(taken)).collect();
    let more = all.len() > (page + 1) * size;
    let next = more.then(|| {
        let to = to.map_or(String::new(), |to| format!("&To={}", to.replace('+', "%2B")));
        format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json?PageSize={size}&Page={}{to}", page + 1)
    });
    Json(json!({ "messages": messages, "next_page_uri": next, "page": page, "page_size": size })).into_response()
}

pub(super) async fn fetch(State(inner): State<Arc<Inner>>, headers: HeaderMap, Path(sid): Path<String>) -> Response {
    if !is_signed_in(&headers) {
        return refusal(StatusCode::UNAUTHORIZED, 20003);
    }
    inner.fetched.fetch_add(1, Ordering::SeqCst);
    let is_refused = |left: u64| left.checked_sub(1);
    if inner.fetches_to_refuse.fetch_update(Ordering::SeqCst, Ordering::SeqCst, is_refused).is_ok() {
        return refusal(StatusCode::SERVICE_UNAVAILABLE, 20503);
    }
    let sid = sid.trim_end_matches(".json");
    match inner.ledger_of(None).iter().find(|taken| taken.sid == sid) {
        Some(taken) => Json(inner.shown(taken)).into_response(),
        None => refusal(StatusCode::NOT_FOUND, 20404),
    }
}
