//! Between *Start* and the check-in, where more than the link is asked for: the birth date or a PIN. Whoever cannot give it is
//! told whom to call, and where help is in a crisis.

use super::cookie::{self, Cookie};
use super::{help, shell, switch_links};
use crate::App;
use crate::error::{Error, Result};
use crate::security::Visitor;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::Form;
use care::proof::{Proof, birth_date, pin};
use care::{Instant, Language, Phi};
use serde::Deserialize;
use store::packet::Found;
use store::proof::Claim;
use templates::client::{Action, Help, ProofAsked, ProofPage, ProofTrouble};
use workflows::check_in;
use workflows::proof::{Given, Shown, standing};

const PATH: &str = "/check-in/confirm";

/// The language that was chosen.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Asked {
    lang: Option<String>,
}

async fn claim_of(app: &App, cookie_hash: &str) -> Result<Option<Found<Claim>>> {
    let mut read = app.db.read_all().await?;
    Ok(store::proof::by_cookie(&mut read, cookie_hash).await?)
}

/// The claim of a request; a browser that has shown it already goes on.
async fn found(app: &App, cookie: &Cookie) -> Result<Result<Found<Claim>, Response>> {
    if let Some(claim) = claim_of(app, &cookie.hash).await? {
        return Ok(Ok(claim));
    }
    let mut read = app.db.read_all().await?;
    let device = store::packet::by_device(&mut read, &cookie.hash).await?;
    device.map_or(Err(Error::NotFound), |_| Ok(Err(Redirect::to("/check-in").into_response())))
}

/// The page.
pub async fn show(
    State(app): State<App>,
    cookie: Cookie,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response> {
    let claim = match found(&app, &cookie).await? {
        Ok(claim) => claim,
        Err(elsewhere) => return Ok(elsewhere),
    };
    page(&app, &headers, &cookie, &claim, asked.lang.as_deref(), Came::First).await
}

/// What came before the page.
enum Came {
    First,
    Unreadable,
    Wrong,
    Locked(Instant),
}

async fn page(
    app: &App,
    headers: &HeaderMap,
    cookie: &Cookie,
    claim: &Found<Claim>,
    wished: Option<&str>,
    came: Came,
) -> Result<Response> {
    let face = app.face(&claim.practice).await?;
    let library = app.library_of(&claim.practice, &claim.packet).await?;
    let offered = check_in::languages(&library, &claim.packet, &face.confirmed);
    let wished = wished.and_then(|code| code.parse().ok()).unwrap_or(claim.by.language);
    let language: Language = if offered.contains(&wished) { wished } else { offered[0] };
    let mut read = app.db.read(&claim.practice).await?;
    let (asked, locked) = standing(&mut read, &app.ctx, &face.practice.settings, &claim.packet.client_id).await?;
    drop(read);
    let (status, trouble) = match (came, locked) {
        (Came::Locked(until), _) | (_, Some(until)) => {
            let seconds = (until - app.now()).num_seconds().max(0);
            (StatusCode::TOO_MANY_REQUESTS, ProofTrouble::Locked { minutes: seconds / 60 + 1 })
        }
        (Came::First, None) => (StatusCode::OK, ProofTrouble::None),
        (Came::Unreadable, None) => (StatusCode::UNPROCESSABLE_ENTITY, ProofTrouble::Unreadable),
        (Came::Wrong, None) => (StatusCode::UNPROCESSABLE_ENTITY, ProofTrouble::Wrong),
    };
    let site = help::site_of(app, &claim.practice, &claim.packet).await?;
    let shell = shell(app, headers, Some(face.practice.display_name.clone()));
    let view = ProofPage {
        shell: shell.with_switch(switch_links(PATH.to_owned(), &offered, language)),
        asked: if asked == Proof::Pin { ProofAsked::Pin } else { ProofAsked::BirthDate },
        call: Action::call(&face.practice.phone).ok(),
        // Whoever cannot get in sees at once where help is, without looking for it.
        resources: if trouble == ProofTrouble::None { Vec::new() } else { face.resources(language, site.as_ref()) },
        trouble,
        csrf: cookie.csrf().to_owned(),
    };
    Ok((status, Html(app.templates.render(&view, language)?)).into_response())
}

/// What was typed.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Typed {
    csrf: String,
    lang: String,
    day: String,
    month: String,
    year: String,
    pin: String,
}

impl Typed {
    /// What it comes to; none where it can be nobody's.
    fn given(&self, asked: Proof) -> Option<Given> {
        match asked {
            Proof::Pin => pin(&self.pin).map(|pin| Given::Pin(Phi::new(pin))),
            Proof::BirthDate | Proof::Off => birth_date(&self.year, &self.month, &self.day).map(Given::BirthDate),
        }
    }
}

/// Something was given. What cannot be read costs no try, and says nothing of what is on file.
pub async fn confirm(
    State(app): State<App>,
    visitor: Visitor,
    cookie: Cookie,
    headers: HeaderMap,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    cookie.check(&typed.csrf)?;
    let mut claim = match found(&app, &cookie).await? {
        Ok(claim) => claim,
        Err(elsewhere) => return Ok(elsewhere),
    };
    if let Some(seconds) = app.misses.exhausted(visitor.0, app.now()) {
        return Err(Error::TooMany(seconds));
    }
    claim.by.language = typed.lang.parse().unwrap_or(claim.by.language);
    let wished = Some(typed.lang.as_str());
    let face = app.face(&claim.practice).await?;
    let settings = &face.practice.settings;
    let mut read = app.db.read(&claim.practice).await?;
    let (asked, _) = standing(&mut read, &app.ctx, settings, &claim.packet.client_id).await?;
    drop(read);
    let Some(given) = typed.given(asked).or_else(|| (asked == Proof::Off).then(|| Given::Pin(Phi::default()))) else {
        return page(&app, &headers, &cookie, &claim, wished, Came::Unreadable).await;
    };
    let mut tx = app.db.write(&claim.practice).await?;
    let shown = match workflows::proof::show(&mut tx, &app.ctx, settings, &claim, &cookie.hash, &given).await {
        Ok(shown) => shown,
        // Meanwhile the check-in was handed in, taken back, or is over.
        Err(workflows::Error::Closed) => return Err(Error::NotFound),
        Err(error) => return Err(error.into()),
    };
    tx.commit().await?;
    let came = match shown {
        Shown::Started(started) => {
            let mut response = Redirect::to("/check-in").into_response();
            response.headers_mut().insert(header::SET_COOKIE, cookie::set(&app, &started.cookie));
            return Ok(response);
        }
        Shown::Wrong => Came::Wrong,
        Shown::Locked(until) => Came::Locked(until),
    };
    app.misses.miss(visitor.0, app.now());
    page(&app, &headers, &cookie, &claim, wished, came).await
}

/// The page behind "Need help now?" for a browser that has yet to show something: with the help of its own practice.
pub(super) async fn help(app: &App, headers: &HeaderMap) -> Result<Option<(Help, Language)>> {
    let Some(hash) = Cookie::hash_in(app, headers) else { return Ok(None) };
    let Some(claim) = claim_of(app, &hash).await? else { return Ok(None) };
    let face = app.face(&claim.practice).await?;
    let site = help::site_of(app, &claim.practice, &claim.packet).await?;
    let language = claim.by.language;
    let page = Help {
        shell: shell(app, headers, Some(face.practice.display_name.clone())),
        resources: face.resources(language, site.as_ref()),
        back: Some(PATH.to_owned()),
    };
    Ok(Some((page, language)))
}
