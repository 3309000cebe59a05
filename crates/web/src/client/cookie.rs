//! The cookie that binds a browser to one check-in, and the form token that goes with it.

use crate::App;
use crate::client::cookie_value;
use crate::error::{Error, Result};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use care::goal::AskedGoal;
use care::packet::{Device, Packet};
use care::response::SavedAnswer;
use care::{Language, PracticeId};
use instruments::Library;
use std::sync::Arc;
use store::InstanceRead;
use store::packet::{Answerer, Found};

/// A browser that pressed Start, with its check-in.
pub struct Answering {
    pub practice: PracticeId,
    pub packet: Packet,
    pub device: Device,
    /// How many of the client's goals are asked about after the questionnaires.
    pub goals: usize,
    /// Form token.
    pub csrf: String,
    /// The practice's instruments.
    pub library: Arc<Library>,
}

impl Answering {
    /// The language the check-in is answered in.
    pub fn language(&self) -> Language {
        self.packet.language.unwrap_or(Language::En)
    }

    /// Refuses a form that is not this browser's own for this check-in.
    pub fn check(&self, csrf: &str) -> Result<()> {
        if csrf == self.csrf { Ok(()) } else { Err(Error::Stale) }
    }
}

fn name(app: &App) -> &'static str {
    if app.is_secure() { "__Host-check-in" } else { "check-in" }
}

/// The header that gives the browser its cookie; it ends with the browser's session.
pub fn set(app: &App, token: &str) -> HeaderValue {
    let secure = if app.is_secure() { "; Secure" } else { "" };
    let text = format!("{}={token}; Path=/; HttpOnly; SameSite=Lax{secure}", name(app));
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// The header that takes it away.
pub fn forget(app: &App) -> HeaderValue {
    let secure = if app.is_secure() { "; Secure" } else { "" };
    let text = format!("{}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{secure}", name(app));
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// The form token of a cookie: only who can read our pages knows it.
fn csrf(cookie: &str) -> String {
    care::token::hash(&format!("form of {cookie}"))[..22].to_owned()
}

/// The cookie of a browser that pressed Start, before anybody has looked whose it is.
pub struct Cookie {
    /// Hash of its token.
    pub hash: String,
    csrf: String,
}

impl Cookie {
    fn of(parts: &Parts, app: &App) -> Result<Self> {
        if crate::security::is_cross_site(parts) {
            return Err(Error::Stale);
        }
        let token = cookie_value(&parts.headers, name(app))
            .filter(|token| care::token::is_well_formed(token))
            .ok_or(Error::NotFound)?;
        Ok(Self { hash: care::token::hash(token), csrf: csrf(token) })
    }

    /// The token for the forms of its pages.
    pub fn csrf(&self) -> &str {
        &self.csrf
    }

    /// The hash of the cookie that a request has, if it has one.
    pub fn hash_in(app: &App, headers: &HeaderMap) -> Option<String> {
        cookie_value(headers, name(app)).filter(|token| care::token::is_well_formed(token)).map(care::token::hash)
    }

    /// See [`Answering::check`].
    pub fn check(&self, csrf: &str) -> Result<()> {
        if csrf == self.csrf { Ok(()) } else { Err(Error::Stale) }
    }
}

/// Why a cookie is of no browser that may answer: it has yet to show whose check-in it is, or is nobody's.
async fn missing(read: &mut InstanceRead, cookie: &Cookie) -> Result<Error> {
    let claim = store::proof::by_cookie(read, &cookie.hash).await?;
    Ok(if claim.is_some() { Error::NotShown } else { Error::NotFound })
}

impl FromRequestParts<App> for Cookie {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        Self::of(parts, app)
    }
}

fn answering(found: Found<Answerer>, csrf: String, library: Arc<Library>) -> Answering {
    Answering {
        practice: found.practice,
        packet: found.packet,
        device: found.by.device,
        goals: usize::try_from(found.by.goals).unwrap_or(0),
        csrf,
        library,
    }
}

impl FromRequestParts<App> for Answering {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let cookie = Cookie::of(parts, app)?;
        let mut read = app.db.read_all().await?;
        let Some(found) = store::packet::by_device(&mut read, &cookie.hash).await? else {
            return Err(missing(&mut read, &cookie).await?);
        };
        drop(read);
        let library = app.library_of(&found.practice, &found.packet).await?;
        Ok(answering(found, cookie.csrf, library))
    }
}

/// The same with what was answered so far, seen in the same state of the database.
pub struct Answered {
    pub answering: Answering,
    pub saved: Vec<SavedAnswer>,
    /// The client's goals, with what was said about them.
    pub goals: Vec<AskedGoal>,
}

impl FromRequestParts<App> for Answered {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let cookie = Cookie::of(parts, app)?;
        let mut read = app.db.read_all().await?;
        let Some(found) = store::packet::by_device(&mut read, &cookie.hash).await? else {
            return Err(missing(&mut read, &cookie).await?);
        };
        let (saved, goals) = store::goal::asked::with_answers(read.within(&found.practice), &found.packet.id).await?;
        drop(read);
        let library = app.library_of(&found.practice, &found.packet).await?;
        Ok(Self { answering: answering(found, cookie.csrf, library), saved, goals })
    }
}
