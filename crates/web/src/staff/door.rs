//! Signing in and out: password, second factor, and setting it up. Invitations and the first run are in the files below.

mod invitation;
pub(super) mod qr;
mod setup;

pub(super) use invitation::{accept, invited};
pub(super) use setup::{first_run, set_up, zones};

use super::form::{Nothing, Posted, encoded, field_problems, own_path};
use super::session::{Anyone, Present, Signed, enter, leave};
use crate::error::{Error, Result};
use crate::security::Visitor;
use crate::{App, SecondFactor};
use axum::extract::{Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use care::Phi;
use care::staff::{Session, SessionStage};
use serde::Deserialize;
use templates::staff::{
    EnrolTotp, FieldProblem, LeftBecause, Login, RecoveryCodes, Refused, SecondFactor as CodePage, Wrong,
};
use tokio::sync::Semaphore;
use workflows::Problem;
use workflows::sign_in::{self, Begun, Compared, Entered, Outcome};

/// Passwords hashed at the same time: each takes a core and 19 MiB for tens of milliseconds.
static HASHING: Semaphore = Semaphore::const_new(2);

/// Work on a password, in a thread of its own and never while a transaction is held.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let _turn = HASHING.acquire().await.map_err(|_| Error::Unavailable)?;
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Internal)
}

/// What a new password typed twice comes to: its hash, or what is wrong with it.
pub(super) async fn chosen_password(
    app: &App,
    password: &str,
    again: &str,
    email: &str,
) -> Result<Result<Phi<String>, Vec<Problem>>> {
    if let Err(problem) = workflows::password::check(password, email) {
        return Ok(Err(vec![problem]));
    }
    if password != again {
        return Ok(Err(vec![Problem { field: "password_again".to_owned(), key: "wrong-password-differs" }]));
    }
    let (password, entropy) = (password.to_owned(), app.ctx.entropy.clone());
    Ok(Ok(blocking(move || workflows::password::hash(&password, entropy.as_ref())).await?))
}

#[derive(Deserialize)]
pub(super) struct Coming {
    #[serde(default)]
    next: String,
    after: Option<String>,
}

/// The sign-in page; somebody signed in goes on.
pub(super) async fn show(
    State(app): State<App>,
    Anyone(present): Anyone,
    Query(coming): Query<Coming>,
) -> Result<Response> {
    if present.signed().is_some() {
        return Ok(Redirect::to(own_path(&coming.next)).into_response());
    }
    let left = match coming.after.as_deref() {
        Some("signed-out") => Some(LeftBecause::SignedOut),
        Some("idle") => Some(LeftBecause::Idle),
        _ => None,
    };
    login(&app, &present, StatusCode::OK, "", None, left, own_path(&coming.next))
}

fn login(
    app: &App,
    present: &Present,
    status: StatusCode,
    email: &str,
    refused: Option<Refused>,
    left: Option<LeftBecause>,
    to: &str,
) -> Result<Response> {
    let page =
        Login { door: present.door(app), email: email.to_owned(), refused, left, to: to.to_owned(), demo: Vec::new() };
    Ok((status, Html(app.templates.render(&page, present.language)?)).into_response())
}

#[derive(Deserialize)]
pub(super) struct SignIn {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    to: String,
}

/// Address and password. The try is counted before the password is compared, and the comparison takes as long for an
/// address that nobody has.
pub(super) async fn sign_in(
    State(app): State<App>,
    Anyone(present): Anyone,
    visitor: Visitor,
    Posted(form): Posted<SignIn>,
) -> Result<Response> {
    let to = own_path(&form.to);
    let mut tx = app.db.write_all().await?;
    let begun = sign_in::begin(&mut tx, &app.ctx, &form.email, &visitor.0.to_string()).await?;
    tx.commit().await?;
    let outcome = match begun {
        Begun::Wait(seconds) => Outcome::Wait(seconds),
        Begun::Compare(attempt) => {
            let password = form.password.clone();
            let (attempt, compared) = blocking(move || {
                let compared = Compared::password(&attempt, &password);
                (attempt, compared)
            })
            .await?;
            let mut tx = app.db.write_all().await?;
            let mut outcome = sign_in::finish(&mut tx, &app.ctx, &attempt, compared).await?;
            if let Outcome::Entered(entered) = &mut outcome
                && app.config.second_factor == SecondFactor::Optional
                && entered.session.stage == SessionStage::Enrol
            {
                let practice = entered.practice.clone();
                **entered = sign_in::without_second_factor(tx.within(&practice), &app.ctx, &entered.session).await?;
            }
            tx.commit().await?;
            outcome
        }
    };
    match outcome {
        Outcome::Entered(entered) => Ok(step_on(&app, &entered, to)),
        Outcome::Refused => {
            login(&app, &present, StatusCode::UNAUTHORIZED, &form.email, Some(Refused::Mismatch), None, to)
        }
        Outcome::Wait(seconds) => {
            let page =
                login(&app, &present, StatusCode::TOO_MANY_REQUESTS, &form.email, Some(Refused::TooMany), None, to)?;
            Ok(waiting(page, seconds))
        }
    }
}

fn waiting(mut response: Response, seconds: i64) -> Response {
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// The browser gets its new cookie and goes where its sign-in stands.
fn step_on(app: &App, entered: &Entered, to: &str) -> Response {
    let target = match entered.session.stage {
        SessionStage::Full => to.to_owned(),
        SessionStage::Password => format!("/sign-in/code?next={}", encoded(to)),
        SessionStage::Enrol => format!("/sign-in/enrol?next={}", encoded(to)),
    };
    let mut response = Redirect::to(&target).into_response();
    response.headers_mut().append(header::SET_COOKIE, enter(app, entered.token.text()));
    response
}

/// The session of somebody between password and second factor.
fn staged(present: &Present, stage: SessionStage) -> Result<(&care::PracticeId, &Session)> {
    let who = present.who.as_ref().filter(|who| who.session.stage == stage).ok_or(Error::Unauthorized)?;
    Ok((&who.practice, &who.session))
}

/// Asks for the second factor.
pub(super) async fn show_code(
    State(app): State<App>,
    Anyone(present): Anyone,
    Query(coming): Query<Coming>,
) -> Result<Response> {
    if present.signed().is_some() {
        return Ok(Redirect::to(own_path(&coming.next)).into_response());
    }
    staged(&present, SessionStage::Password)?;
    code_page(&app, &present, StatusCode::OK, None, own_path(&coming.next))
}

fn code_page(app: &App, present: &Present, status: StatusCode, refused: Option<Refused>, to: &str) -> Result<Response> {
    let page = CodePage { door: present.door(app), refused, to: to.to_owned() };
    Ok((status, Html(app.templates.render(&page, present.language)?)).into_response())
}

#[derive(Deserialize)]
pub(super) struct Code {
    #[serde(default)]
    code: String,
    #[serde(default)]
    to: String,
}

/// Six digits of the app, or a recovery code.
pub(super) async fn code(
    State(app): State<App>,
    Anyone(present): Anyone,
    Posted(form): Posted<Code>,
) -> Result<Response> {
    let (practice, session) = staged(&present, SessionStage::Password)?;
    let to = own_path(&form.to);
    let mut tx = app.db.write(practice).await?;
    let outcome = sign_in::second_factor(&mut tx, &app.ctx, session, &form.code).await?;
    tx.commit().await?;
    match outcome {
        Outcome::Entered(entered) => Ok(step_on(&app, &entered, to)),
        Outcome::Refused => code_page(&app, &present, StatusCode::UNAUTHORIZED, Some(Refused::Mismatch), to),
        Outcome::Wait(seconds) => {
            let page = code_page(&app, &present, StatusCode::TOO_MANY_REQUESTS, Some(Refused::TooMany), to)?;
            Ok(waiting(page, seconds))
        }
    }
}

/// Shows the secret to set up, until a first code of it was accepted.
pub(super) async fn show_enrol(State(app): State<App>, Anyone(present): Anyone) -> Result<Response> {
    if present.signed().is_some() {
        return Ok(Redirect::to("/today").into_response());
    }
    enrol_page(&app, &present, StatusCode::OK, Vec::new()).await
}

async fn enrol_page(app: &App, present: &Present, status: StatusCode, problems: Vec<FieldProblem>) -> Result<Response> {
    let (practice, session) = staged(present, SessionStage::Enrol)?;
    let mut read = app.db.read(practice).await?;
    let enrolment = sign_in::enrolment(&mut read, session).await?;
    drop(read);
    let letters: Vec<char> = enrolment.secret.text().chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|four| four.iter().collect()).collect();
    let qr_svg = qr::svg(enrolment.uri.text()).ok_or(Error::Internal)?;
    let page = EnrolTotp { door: present.door(app), qr_svg, secret: groups.join(" "), problems };
    Ok((status, Html(app.templates.render(&page, present.language)?)).into_response())
}

/// The first code: the second factor works from now on, and the recovery codes are shown this once.
pub(super) async fn enrol(
    State(app): State<App>,
    Anyone(present): Anyone,
    Posted(form): Posted<Code>,
) -> Result<Response> {
    let (practice, session) = staged(&present, SessionStage::Enrol)?;
    let mut tx = app.db.write(practice).await?;
    let outcome = sign_in::confirm_enrolment(&mut tx, &app.ctx, session, &form.code).await?;
    tx.commit().await?;
    let wrong = || vec![FieldProblem::new("code", Wrong::Code)];
    match outcome {
        Outcome::Entered(entered) => {
            let page = RecoveryCodes {
                door: present.door(&app),
                codes: entered.recovery_codes.iter().map(|code| code.text().to_owned()).collect(),
                to: "/today".to_owned(),
            };
            let mut response = Html(app.templates.render(&page, present.language)?).into_response();
            response.headers_mut().append(header::SET_COOKIE, enter(&app, entered.token.text()));
            Ok(response)
        }
        Outcome::Refused => enrol_page(&app, &present, StatusCode::UNPROCESSABLE_ENTITY, wrong()).await,
        Outcome::Wait(seconds) => {
            Ok(waiting(enrol_page(&app, &present, StatusCode::TOO_MANY_REQUESTS, wrong()).await?, seconds))
        }
    }
}

/// Signs this browser out.
pub(super) async fn sign_out(
    State(app): State<App>,
    me: Signed,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    let mut tx = app.db.write(&me.practice).await?;
    sign_in::sign_out(&mut tx, &app.ctx, &me.session).await?;
    tx.commit().await?;
    let mut response = Redirect::to("/sign-in?after=signed-out").into_response();
    response.headers_mut().append(header::SET_COOKIE, leave(&app));
    Ok(response)
}

/// The person is still there: notes it and says until when.
pub(super) async fn extend(
    State(app): State<App>,
    me: Signed,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    let mut tx = app.db.write(&me.practice).await?;
    sign_in::touch(&mut tx, &app.ctx, &me.session).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
