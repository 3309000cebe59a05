//! The tablet in the waiting room: paired once, then a code opens a check-in. What is on its screen is cleared after a
//! minute without a touch and as soon as the answers are in; there is nothing to go back to.

use super::{cookie, cookie_value, language_of, shell};
use crate::App;
use crate::error::Result;
use crate::security::{Visitor, is_cross_site};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::Form;
use care::kiosk::CLEARS_AFTER_SECONDS;
use serde::Deserialize;
use store::kiosk::Found;
use templates::client::{Kiosk, KioskState, Shell};
use workflows::kiosk::{Opened, open, pair};

/// How long a paired device stays paired, in seconds: four hundred days, the most a browser keeps.
const PAIRED_FOR: u32 = 400 * 86_400;

fn name(app: &App) -> &'static str {
    if app.is_secure() { "__Host-kiosk" } else { "kiosk" }
}

fn token<'a>(app: &App, headers: &'a HeaderMap) -> Option<&'a str> {
    cookie_value(headers, name(app)).filter(|token| care::token::is_well_formed(token))
}

/// Whether the browser is a paired kiosk: several people use it.
pub(super) fn is_kiosk(app: &App, headers: &HeaderMap) -> bool {
    token(app, headers).is_some()
}

async fn found(app: &App, headers: &HeaderMap) -> Result<Option<Found>> {
    let Some(token) = token(app, headers) else { return Ok(None) };
    let mut read = app.db.read_all().await?;
    Ok(store::kiosk::by_token(&mut read, &care::token::hash(token)).await?)
}

/// A page of the kiosk: whatever check-in this browser had is forgotten.
async fn page(
    app: &App,
    headers: &HeaderMap,
    kiosk: Option<&Found>,
    status: StatusCode,
    state: KioskState,
) -> Result<Response> {
    let practice = match kiosk {
        Some(Found(practice, _)) => Some(app.face(practice).await?.practice.display_name.clone()),
        None => None,
    };
    let language = language_of(headers, None);
    let shell = Shell { clears_after: None, ..shell(app, headers, practice) };
    let view = Kiosk { shell, state };
    let mut response = (status, Html(app.templates.render(&view, language)?)).into_response();
    response.headers_mut().append(header::SET_COOKIE, cookie::forget(app));
    Ok(response)
}

/// The page a kiosk stands at.
pub async fn show(State(app): State<App>, headers: HeaderMap) -> Result<Response> {
    let kiosk = found(&app, &headers).await?;
    let state = match &kiosk {
        None => KioskState::Pair,
        Some(Found(_, kiosk)) if kiosk.locked(app.now()).is_some() => KioskState::Locked,
        Some(_) => KioskState::Ready,
    };
    page(&app, &headers, kiosk.as_ref(), StatusCode::OK, state).await
}

/// A code as typed.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Typed {
    code: String,
}

/// This device becomes a kiosk.
pub async fn pairing(State(app): State<App>, visitor: Visitor, request: Request) -> Result<Response> {
    let (headers, typed) = posted(request, &app).await?;
    let now = app.now();
    if let Some(seconds) = app.misses.exhausted(visitor.0, now) {
        return Err(crate::error::Error::TooMany(seconds));
    }
    let mut read = app.db.read_all().await?;
    let practices = store::practice::ids(&mut read).await?;
    drop(read);
    for practice in practices {
        let mut tx = app.db.write(&practice).await?;
        if let Some(token) = pair(&mut tx, &app.ctx, &typed.code).await? {
            tx.commit().await?;
            let secure = if app.is_secure() { "; Secure" } else { "" };
            let text = format!("{}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={PAIRED_FOR}{secure}", name(&app));
            let mut response = Redirect::to("/kiosk").into_response();
            if let Ok(value) = HeaderValue::from_str(&text) {
                response.headers_mut().append(header::SET_COOKIE, value);
            }
            return Ok(response);
        }
    }
    app.misses.miss(visitor.0, now);
    page(&app, &headers, None, StatusCode::UNPROCESSABLE_ENTITY, KioskState::PairAgain).await
}

async fn posted(request: Request, app: &App) -> Result<(HeaderMap, Typed)> {
    use axum::extract::FromRequest as _;
    let (parts, body) = request.into_parts();
    if is_cross_site(&parts) {
        return Err(crate::error::Error::Stale);
    }
    let headers = parts.headers.clone();
    let typed = Form::<Typed>::from_request(Request::from_parts(parts, body), app)
        .await
        .map_or_else(|_| Typed::default(), |Form(typed)| typed);
    Ok((headers, typed))
}

/// A client typed a code.
pub async fn code(State(app): State<App>, request: Request) -> Result<Response> {
    let (headers, typed) = posted(request, &app).await?;
    let Some(kiosk) = found(&app, &headers).await? else { return Ok(Redirect::to("/kiosk").into_response()) };
    let mut tx = app.db.write(&kiosk.0).await?;
    let opened = open(&mut tx, &app.ctx, &kiosk.1, &typed.code).await?;
    tx.commit().await?;
    let (status, state) = match opened {
        Opened::Started(started) => {
            let mut response = Redirect::to("/check-in").into_response();
            response.headers_mut().insert(header::SET_COOKIE, cookie::set(&app, &started.cookie));
            return Ok(response);
        }
        Opened::Wrong => (StatusCode::UNPROCESSABLE_ENTITY, KioskState::Wrong),
        Opened::NothingDue => (StatusCode::OK, KioskState::NothingDue),
        Opened::Locked(_) => (StatusCode::TOO_MANY_REQUESTS, KioskState::Locked),
    };
    page(&app, &headers, Some(&kiosk), status, state).await
}

/// On a kiosk the last page of a check-in forgets whose it was, and a page that says that something is wrong goes back to the
/// kiosk's first one; the others go by themselves when nobody touches them any more ([`shell`]).
pub async fn clear(State(app): State<App>, request: Request, next: Next) -> Response {
    let is_kiosk = is_kiosk(&app, request.headers());
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    if is_kiosk && (path.starts_with("/check-in") || path == "/help") {
        let is_form = matches!(response.status(), StatusCode::OK | StatusCode::UNPROCESSABLE_ENTITY);
        if !is_form && let Ok(value) = HeaderValue::from_str(&format!("{CLEARS_AFTER_SECONDS}; url=/kiosk")) {
            response.headers_mut().insert(header::REFRESH, value);
        }
        if path == "/check-in/done" && response.status() == StatusCode::OK {
            response.headers_mut().append(header::SET_COOKIE, cookie::forget(&app));
        }
    }
    response
}
