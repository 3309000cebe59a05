//! The first run: whoever has the one-time address founds the practice and becomes its owner. Afterwards there is no such
//! page.

use super::{chosen_password, field_problems};
use crate::App;
use crate::error::{Error, Result};
use crate::security::Visitor;
use crate::staff::form::Posted;
use crate::staff::session::{Anyone, Present};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use care::Phi;
use care::staff::Role;
use serde::Deserialize;
use templates::staff::{Choice, FieldProblem, Setup};
use workflows::practice::{NewPractice, set_up as found};

/// The zones offered: those of the states and territories, then those of neighbours and of where clients travel most. One
/// that is on file and not among them stays on offer.
const ZONES: [&str; 34] = [
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Adak",
    "America/Boise",
    "America/Detroit",
    "America/Indiana/Indianapolis",
    "America/Kentucky/Louisville",
    "America/North_Dakota/Center",
    "America/Puerto_Rico",
    "America/St_Thomas",
    "Pacific/Guam",
    "Pacific/Pago_Pago",
    "America/Halifax",
    "America/St_Johns",
    "America/Toronto",
    "America/Winnipeg",
    "America/Edmonton",
    "America/Vancouver",
    "America/Mexico_City",
    "America/Tijuana",
    "America/Cancun",
    "America/Bogota",
    "America/Sao_Paulo",
    "Europe/London",
    "Europe/Madrid",
    "Europe/Berlin",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "Australia/Sydney",
];

/// The time zones to choose from.
pub fn zones(current: &str) -> Vec<Choice> {
    let on_file = Some(current).filter(|current| !current.is_empty() && !ZONES.contains(current));
    ZONES.into_iter().chain(on_file).map(|zone| Choice::new(zone, zone.replace('_', " "), current)).collect()
}

#[derive(Deserialize)]
pub struct Key {
    #[serde(default)]
    token: String,
}

/// Whether the address is the one that was printed, and nothing is there yet. A miss counts against guessing.
async fn is_open(app: &App, visitor: Visitor, key: &Key) -> Result<()> {
    let now = app.now();
    if let Some(seconds) = app.misses.exhausted(visitor.0, now) {
        return Err(Error::TooMany(seconds));
    }
    // Compared by their hashes, so that the time it takes tells nothing of the text.
    let fits =
        app.config.setup_token.as_ref().is_some_and(|token| care::token::hash(token) == care::token::hash(&key.token));
    let mut read = app.db.read_all().await?;
    if !fits || !store::practice::ids(&mut read).await?.is_empty() {
        app.misses.miss(visitor.0, now);
        return Err(Error::NotFound);
    }
    Ok(())
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Founding {
    practice: String,
    display_name: String,
    zone: String,
    phone: String,
    site: String,
    owner_name: String,
    email: String,
    treats: String,
    password: String,
    password_again: String,
}

impl Founding {
    /// What the owner does besides owning and administering.
    fn roles(&self) -> Vec<Role> {
        if self.treats.is_empty() { Vec::new() } else { vec![Role::Clinician] }
    }
}

fn page(
    app: &App,
    present: &Present,
    status: StatusCode,
    typed: &Founding,
    problems: Vec<FieldProblem>,
) -> Result<Response> {
    let page = Setup {
        door: present.door(app),
        practice: typed.practice.clone(),
        display_name: typed.display_name.clone(),
        zones: zones(&typed.zone),
        phone: typed.phone.clone(),
        site: typed.site.clone(),
        owner_name: typed.owner_name.clone(),
        email: typed.email.clone(),
        treats: typed.roles(),
        problems,
    };
    Ok((status, Html(app.templates.render(&page, present.language)?)).into_response())
}

/// The form.
pub async fn first_run(
    State(app): State<App>,
    Anyone(present): Anyone,
    visitor: Visitor,
    Query(key): Query<Key>,
) -> Result<Response> {
    is_open(&app, visitor, &key).await?;
    page(&app, &present, StatusCode::OK, &Founding::default(), Vec::new())
}

/// Founds the practice; its owner signs in next and sets the second factor up.
pub async fn set_up(
    State(app): State<App>,
    Anyone(present): Anyone,
    visitor: Visitor,
    Query(key): Query<Key>,
    Posted(typed): Posted<Founding>,
) -> Result<Response> {
    is_open(&app, visitor, &key).await?;
    let hash = match chosen_password(&app, &typed.password, &typed.password_again, &typed.email).await? {
        Ok(hash) => hash,
        Err(problems) => {
            return page(&app, &present, StatusCode::UNPROCESSABLE_ENTITY, &typed, field_problems(&problems));
        }
    };
    let new = NewPractice {
        name: typed.practice.clone(),
        display_name: typed.display_name.clone(),
        phone: typed.phone.clone(),
        language: present.language,
        zone: typed.zone.clone(),
        site: typed.site.clone(),
        owner_name: Phi::new(typed.owner_name.clone()),
        owner_email: Phi::new(typed.email.clone()),
        owner_roles: typed.roles(),
    };
    let mut tx = app.db.write_all().await?;
    match found(&mut tx, &app.ctx, &new, &hash).await {
        Ok(_) => {}
        Err(workflows::Error::Invalid(problems)) => {
            return page(&app, &present, StatusCode::UNPROCESSABLE_ENTITY, &typed, field_problems(&problems));
        }
        Err(workflows::Error::Conflict) => return Err(Error::NotFound),
        Err(error) => return Err(error.into()),
    }
    tx.commit().await?;
    Ok(Redirect::to("/sign-in").into_response())
}
