//! Who is in front of a staff page: the cookies, the look-up at every request, and the extractors made from it.
//!
//! One layer looks the session up before anything else and turns what a handler could not do into a page afterwards, in
//! the person's language. Handlers name what they need: [`Signed`] somebody signed in, [`Anyone`] whoever it is.

use super::form::is_own_path;
use super::problem;
use crate::client::cookie_value;
use crate::error::{Error, Result, accepted_language};
use crate::face::Face;
use crate::security::is_cross_site;
use crate::{App, Outbox, SecondFactor};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use care::access::Viewer;
use care::staff::{Actor, Role, Session, SessionStage, Staff};
use care::{Language, PracticeId};
use chrono_tz::Tz;
use std::sync::Arc;
use templates::client::LanguageName;
use templates::staff::{Door, Flash, Mode, NavEntry, Place, SecondStep, Shell};
use workflows::shelf::Shelf;
use workflows::sign_in;

/// The page's script warns this many seconds before the session may end; the note of its last use may be a minute old.
const IDLE_SECONDS: u32 = 14 * 60;

/// What is known of a request before its handler runs.
pub(super) struct Present {
    /// The session behind the cookie, at whatever stage.
    pub who: Option<sign_in::Visitor>,
    /// Form token: of the session's cookie, or before sign-in of the door's own.
    pub csrf: String,
    /// Language of the answer.
    pub language: Language,
    /// Path and query of the request.
    pub path: String,
    method: Method,
    fresh_door: Option<String>,
    flash: Option<Flash>,
}

/// The form token of a cookie: only who can read our pages knows it.
fn csrf_of(cookie: &str) -> String {
    care::token::hash(&format!("staff form of {cookie}"))[..22].to_owned()
}

fn session_cookie(app: &App) -> &'static str {
    if app.is_secure() { "__Host-session" } else { "session" }
}

fn door_cookie(app: &App) -> &'static str {
    if app.is_secure() { "__Host-door" } else { "door" }
}

/// A cookie of the whole host; without a life of its own it ends with the browser's session.
pub(super) fn cookie(app: &App, name: &str, value: &str, seconds: Option<u32>) -> HeaderValue {
    let secure = if app.is_secure() { "; Secure" } else { "" };
    let life = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{life}");
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// The header that gives a browser its session.
pub(super) fn enter(app: &App, token: &str) -> HeaderValue {
    cookie(app, session_cookie(app), token, None)
}

/// The header that takes a browser's session away.
pub(super) fn leave(app: &App) -> HeaderValue {
    cookie(app, session_cookie(app), "", Some(0))
}

impl Present {
    async fn of(app: &App, parts: &Parts) -> Result<Self> {
        let headers = &parts.headers;
        let token = cookie_value(headers, session_cookie(app));
        let who = match token {
            Some(token) => {
                let mut read = app.db.read_all().await?;
                sign_in::authenticate(&mut read, &app.ctx, token).await?
            }
            None => None,
        };
        // What a page fetches by itself because somebody else did something keeps no session alive.
        let is_part = headers.contains_key("x-page-part");
        if let Some(who) = who.as_ref().filter(|who| !is_part && sign_in::needs_touch(&who.session, app.now())) {
            let mut tx = app.db.write(&who.practice).await?;
            sign_in::touch(&mut tx, &app.ctx, &who.session).await?;
            tx.commit().await?;
        }
        let door = cookie_value(headers, door_cookie(app)).filter(|token| care::token::is_well_formed(token));
        let (csrf, fresh_door) = match (&who, token, door) {
            (Some(_), Some(token), _) => (csrf_of(token), None),
            (_, _, Some(door)) => (csrf_of(door), None),
            _ => {
                let fresh = app.ctx.token();
                (csrf_of(&fresh), Some(fresh))
            }
        };
        let chosen = cookie_value(headers, "lang").and_then(|code| code.parse().ok());
        let language = match &who {
            Some(who) => who.staff.language,
            None => chosen.unwrap_or_else(|| accepted_language(headers)),
        };
        let flash = cookie_value(headers, "flash")
            .and_then(|word| serde_json::from_value(serde_json::Value::String(word.to_owned())).ok());
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        Ok(Self { who, csrf, language, path, method: parts.method.clone(), fresh_door, flash })
    }

    /// Somebody fully signed in.
    pub(super) fn signed(&self) -> Option<&sign_in::Visitor> {
        self.who.as_ref().filter(|who| who.session.stage == SessionStage::Full)
    }

    /// The frame of a page before sign-in.
    pub(super) fn door(&self, app: &App) -> Door {
        Door {
            csrf: self.csrf.clone(),
            path: self.path.clone(),
            languages: LanguageName::except(self.language),
            mode: mode(app),
        }
    }

    /// Where somebody is sent who has to sign in first, or to go on with signing in.
    fn way_in(&self) -> String {
        let next = if is_own_path(&self.path) { self.path.as_str() } else { "/today" };
        let step = match self.who.as_ref().map(|who| who.session.stage) {
            Some(SessionStage::Password) => "/sign-in/code",
            Some(SessionStage::Enrol) => "/sign-in/enrol",
            _ => "/sign-in",
        };
        format!("{step}?next={}", super::form::encoded(next))
    }
}

/// The demo is where nothing leaves the machine and a password alone signs in. Messages kept in a folder by themselves
/// make no demo: they hold the links of real people.
pub(super) fn mode(app: &App) -> Mode {
    let stays_here = matches!(app.config.outbox, Outbox::Folder(_));
    if stays_here && app.config.second_factor == SecondFactor::Optional { Mode::Demo } else { Mode::Live }
}

/// The layer around every staff page.
pub(super) async fn layer(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let present = match Present::of(&app, &parts).await {
        Ok(present) => Arc::new(present),
        Err(error) => return problem::without_session(&app, &parts.headers, &error),
    };
    parts.extensions.insert(present.clone());
    let response = next.run(Request::from_parts(parts, body)).await;
    let mut response = match response.extensions().get::<Error>().cloned() {
        Some(Error::Unauthorized) if present.method == Method::GET => {
            axum::response::IntoResponse::into_response(axum::response::Redirect::to(&present.way_in()))
        }
        Some(error) => problem::page(&app, &present, response, &error).await,
        None => response,
    };
    if let Some(door) = &present.fresh_door {
        response.headers_mut().append(header::SET_COOKIE, cookie(&app, door_cookie(&app), door, None));
    }
    if present.flash.is_some() && present.method == Method::GET && !response.status().is_redirection() {
        response.headers_mut().append(header::SET_COOKIE, cookie(&app, "flash", "", Some(0)));
    }
    response
}

/// Beginnings of the addresses that clients are sent: whatever is not found there is the client's neutral page.
const CLIENT: [&str; 5] = ["/c/", "/u/", "/check-in", "/help", "/hooks/"];

/// The layer around addresses that lead nowhere. Somebody signed in, or on the way to a staff page, meets the staff's
/// page; everybody else the client's, which says nothing of who works here.
pub(crate) async fn unknown(State(app): State<App>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_client = CLIENT.iter().any(|start| path.starts_with(start));
    let is_staff = crate::routes::is_staff_place(&app, path);
    let has_session = cookie_value(request.headers(), session_cookie(&app)).is_some();
    if is_client || !(is_staff || has_session) {
        return crate::error::as_client_page(State(app), request, next).await;
    }
    layer(State(app), request, next).await
}

fn present(parts: &Parts) -> Result<Arc<Present>> {
    parts.extensions.get::<Arc<Present>>().cloned().ok_or(Error::Internal)
}

/// Whoever sent the request, signed in or not.
pub(super) struct Anyone(pub Arc<Present>);

impl FromRequestParts<App> for Anyone {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self> {
        Ok(Self(present(parts)?))
    }
}

/// Somebody fully signed in, as they are at this moment.
pub(super) struct Signed {
    /// The practice.
    pub practice: PracticeId,
    /// The person.
    pub staff: Staff,
    /// The person, for decisions about access.
    pub viewer: Viewer,
    /// The session.
    pub session: Session,
    /// Form token.
    pub csrf: String,
    /// Language of the page.
    pub language: Language,
    /// The practice's zone.
    pub zone: Tz,
    /// The practice.
    pub face: Arc<Face>,
    /// The practice's instruments.
    pub shelf: Arc<Shelf>,
    /// Cases that wait for this person; on pages only.
    waiting: i64,
    path: String,
    flash: Option<Flash>,
}

impl FromRequestParts<App> for Signed {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let present = present(parts)?;
        let signed = Self::of(app, &present).await?.ok_or(Error::Unauthorized)?;
        if is_cross_site(parts) {
            return Err(Error::Stale);
        }
        Ok(signed)
    }
}

impl Signed {
    /// The person signed in, if somebody is.
    pub(super) async fn of(app: &App, present: &Present) -> Result<Option<Self>> {
        let Some(who) = present.signed() else { return Ok(None) };
        let face = app.face(&who.practice).await?;
        let waiting = if present.method == Method::GET {
            let mut read = app.db.read(&who.practice).await?;
            store::case::waiting_for(&mut read, &who.staff.id, app.ctx.now()).await?
        } else {
            0
        };
        let shelf = app.shelf(&who.practice).await?;
        Ok(Some(Self {
            practice: who.practice.clone(),
            staff: who.staff.clone(),
            viewer: workflows::access::viewer(&who.staff),
            session: who.session.clone(),
            csrf: present.csrf.clone(),
            language: present.language,
            zone: face.zone(),
            face,
            shelf,
            waiting,
            path: present.path.clone(),
            flash: present.flash,
        }))
    }

    /// Who acts, for workflows and audit.
    pub(super) fn actor(&self) -> Actor {
        Actor::Staff(self.staff.id.clone())
    }

    /// Whether the person has one of the roles.
    pub(super) fn is(&self, roles: &[Role]) -> bool {
        self.viewer.has(roles)
    }

    /// The frame of a page.
    pub(super) fn shell(&self, app: &App, place: Option<Place>) -> Shell {
        let mode = mode(app);
        let may_search = self.is(&[Role::Clinician, Role::Supervisor, Role::Intake, Role::Admin]);
        Shell {
            practice: self.face.practice.name.clone(),
            nav: NavEntry::offered_to(&self.staff.roles, mode, place),
            name: self.staff.name.text().to_owned(),
            roles: self.staff.roles.clone(),
            csrf: self.csrf.clone(),
            search: may_search.then(String::new),
            shortcut: self.staff.shortcut,
            path: self.path.clone(),
            languages: LanguageName::except(self.language),
            flash: self.flash,
            waiting: self.waiting,
            mode,
            second_step: match app.config.second_factor {
                SecondFactor::Required => SecondStep::On,
                SecondFactor::Optional => SecondStep::Off,
            },
            fenced: self.face.fence.as_ref().map(|fence| self.telling(app).date_time(fence.taken_at)),
            idle_seconds: IDLE_SECONDS,
        }
    }
}
