//! Choosing a password, from an invitation or after one was forgotten.

use super::{chosen_password, field_problems, step_on};
use crate::error::{Error, Result};
use crate::security::Visitor;
use crate::staff::form::Posted;
use crate::staff::session::{Anyone, Present};
use crate::{App, SecondFactor};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use care::PracticeId;
use care::staff::{SessionStage, Staff};
use serde::Deserialize;
use templates::staff::{ChoosePassword, DoorNotice, FieldProblem, SignedOut};
use workflows::sign_in;

/// Whose invitation a token is. A miss counts against guessing.
async fn find(app: &App, visitor: Visitor, token: &str) -> Result<Option<(PracticeId, Staff)>> {
    let now = app.now();
    if let Some(seconds) = app.misses.exhausted(visitor.0, now) {
        return Err(Error::TooMany(seconds));
    }
    let mut read = app.db.read_all().await?;
    let found = sign_in::invited(&mut read, &app.ctx, token).await?;
    if found.is_none() {
        app.misses.miss(visitor.0, now);
    }
    Ok(found)
}

fn over(app: &App, present: &Present) -> Result<Response> {
    let page = SignedOut { door: present.door(app), notice: DoorNotice::LinkOver };
    Ok((StatusCode::NOT_FOUND, Html(app.templates.render(&page, present.language)?)).into_response())
}

fn choose(
    app: &App,
    present: &Present,
    status: StatusCode,
    staff: &Staff,
    problems: Vec<FieldProblem>,
) -> Result<Response> {
    let page = ChoosePassword {
        door: present.door(app),
        name: staff.name.text().to_owned(),
        email: staff.email.text().to_owned(),
        problems,
    };
    Ok((status, Html(app.templates.render(&page, present.language)?)).into_response())
}

/// The page behind the link.
pub async fn invited(
    State(app): State<App>,
    Anyone(present): Anyone,
    visitor: Visitor,
    Path(token): Path<String>,
) -> Result<Response> {
    match find(&app, visitor, &token).await? {
        Some((_, staff)) => choose(&app, &present, StatusCode::OK, &staff, Vec::new()),
        None => over(&app, &present),
    }
}

#[derive(Deserialize)]
pub struct Chosen {
    #[serde(default)]
    password: String,
    #[serde(default)]
    password_again: String,
}

/// The password is set, the link is used up, and the browser goes on to the second factor.
pub async fn accept(
    State(app): State<App>,
    Anyone(present): Anyone,
    visitor: Visitor,
    Path(token): Path<String>,
    Posted(form): Posted<Chosen>,
) -> Result<Response> {
    let Some((practice, staff)) = find(&app, visitor, &token).await? else { return over(&app, &present) };
    let hash = match chosen_password(&app, &form.password, &form.password_again, staff.email.text()).await? {
        Ok(hash) => hash,
        Err(problems) => {
            return choose(&app, &present, StatusCode::UNPROCESSABLE_ENTITY, &staff, field_problems(&problems));
        }
    };
    let mut tx = app.db.write(&practice).await?;
    let mut entered = match sign_in::accept_invitation(&mut tx, &app.ctx, &token, &hash).await {
        Ok(entered) => entered,
        Err(workflows::Error::NotFound) => return over(&app, &present),
        Err(error) => return Err(error.into()),
    };
    if app.config.second_factor == SecondFactor::Optional && entered.session.stage == SessionStage::Enrol {
        entered = sign_in::without_second_factor(&mut tx, &app.ctx, &entered.session).await?;
    }
    tx.commit().await?;
    Ok(step_on(&app, &entered, "/today"))
}
