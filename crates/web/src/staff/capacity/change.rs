//! The forms about capacity: caps and targets by administrators, one more by the owner, a pause by the clinician.

use super::super::form::{Nothing, Posted, renamed, settled};
use super::super::session::Signed;
use super::super::shown::{done, id};
use super::{Typed, page};
use crate::App;
use crate::error::Result;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use care::access::Action;
use care::capacity::Caps;
use care::{CapacityOverrideId, ClientId, PlacementId, StaffId};
use serde::Deserialize;
use store::Tx;
use templates::staff::{FieldProblem, Flash, Wrong};
use workflows::capacity;

/// A whole number or nothing.
fn number(name: &'static str, text: &str, problems: &mut Vec<FieldProblem>) -> Option<i64> {
    let text = text.trim();
    let value = text.parse().ok();
    if value.is_none() && !text.is_empty() {
        problems.push(FieldProblem::new(name, Wrong::Number));
    }
    value
}

/// What a workflow answered, as a page: done, or the forms again with what is wrong.
async fn answer(
    app: &App,
    me: &Signed,
    typed: Typed,
    outcome: workflows::Result<()>,
    names: &[(&str, &str)],
) -> Result<Response> {
    match outcome {
        Ok(()) => Ok(done(app, "/capacity", Flash::CapacitySaved)),
        Err(workflows::Error::Invalid(problems)) => {
            page(app, me, StatusCode::UNPROCESSABLE_ENTITY, typed, renamed(&problems, names)).await
        }
        Err(workflows::Error::Conflict) => Ok(done(app, "/capacity", Flash::NotPossible)),
        Err(error) => Err(error.into()),
    }
}

/// Sets the caps of a clinician.
pub(in super::super) async fn set(
    State(app): State<App>,
    me: Signed,
    Posted(typed): Posted<Typed>,
) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let mut problems = Vec::new();
    let caps = Caps {
        clients: number("max_clients", &typed.max_clients, &mut problems),
        sessions: number("max_sessions", &typed.max_sessions, &mut problems),
        weight: number("max_weight", &typed.max_weight, &mut problems),
    };
    let clinician = typed.clinician.parse::<StaffId>();
    if clinician.is_err() {
        problems.insert(0, FieldProblem::new("clinician", Wrong::Choose));
    }
    let (Ok(clinician), true) = (clinician, problems.is_empty()) else {
        return page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, typed, problems).await;
    };
    let mut tx = app.db.write(&me.practice).await?;
    let outcome = capacity::set(&mut tx, &app.ctx, &me.viewer, &clinician, caps).await;
    answer(&app, &me, typed, settled(tx, outcome).await?, &[]).await
}

/// The owner asks for one more.
pub(in super::super) async fn grant(
    State(app): State<App>,
    me: Signed,
    Posted(typed): Posted<Typed>,
) -> Result<Response> {
    me.authorise(&app, Action::OverrideCapacity, None).await?;
    let Ok(clinician) = typed.person.parse::<StaffId>() else {
        let problems = vec![FieldProblem::new("person", Wrong::Choose)];
        return page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, typed, problems).await;
    };
    let mut tx = app.db.write(&me.practice).await?;
    let outcome = capacity::grant(&mut tx, &app.ctx, &me.viewer, &clinician, &typed.reason).await;
    answer(&app, &me, typed, settled(tx, outcome).await?, &[("clinician", "person")]).await
}

/// The owner takes it back.
pub(in super::super) async fn withdraw(
    State(app): State<App>,
    me: Signed,
    Path(one): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    me.authorise(&app, Action::OverrideCapacity, None).await?;
    let one: CapacityOverrideId = id(&one)?;
    let mut tx = app.db.write(&me.practice).await?;
    let outcome = capacity::withdraw(&mut tx, &app.ctx, &me.viewer, &one).await;
    answer(&app, &me, Typed::default(), settled(tx, outcome).await?, &[]).await
}

/// Sets a payer's target.
pub(in super::super) async fn target(
    State(app): State<App>,
    me: Signed,
    Posted(typed): Posted<Typed>,
) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let mut problems = Vec::new();
    let at_most = number("at_most", &typed.at_most, &mut problems);
    let payer = typed.payer.parse::<PlacementId>();
    if payer.is_err() {
        problems.insert(0, FieldProblem::new("payer", Wrong::Choose));
    }
    let (Ok(payer), true) = (payer, problems.is_empty()) else {
        return page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, typed, problems).await;
    };
    let mut tx = app.db.write(&me.practice).await?;
    let outcome = capacity::set_target(&mut tx, &app.ctx, &me.viewer, &payer, at_most).await;
    answer(&app, &me, typed, settled(tx, outcome).await?, &[]).await
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in super::super) struct Paused {
    reason: String,
}

/// What a workflow about intake answered, as the words on the page that follows; `went` where it was done.
async fn told(tx: Tx, outcome: workflows::Result<()>, went: Flash) -> Result<Flash> {
    Ok(match settled(tx, outcome).await? {
        Ok(()) => went,
        Err(workflows::Error::Invalid(_)) => Flash::ReasonNeeded,
        Err(workflows::Error::Conflict) => Flash::NotPossible,
        Err(error) => return Err(error.into()),
    })
}

/// A clinician takes nobody new for now.
pub(in super::super) async fn pause(
    State(app): State<App>,
    me: Signed,
    Posted(form): Posted<Paused>,
) -> Result<Response> {
    me.authorise(&app, Action::HoldIntake, None).await?;
    let mut tx = app.db.write(&me.practice).await?;
    let outcome = capacity::pause(&mut tx, &app.ctx, &me.viewer, &form.reason).await;
    Ok(done(&app, "/caseload", told(tx, outcome, Flash::CapacitySaved).await?))
}

/// A clinician takes new clients again.
pub(in super::super) async fn resume(
    State(app): State<App>,
    me: Signed,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    me.authorise(&app, Action::HoldIntake, None).await?;
    let mut tx = app.db.write(&me.practice).await?;
    let outcome = capacity::resume(&mut tx, &app.ctx, &me.viewer).await;
    Ok(done(&app, "/caseload", told(tx, outcome, Flash::CapacitySaved).await?))
}

/// A clinician gives a new referral back. They see the client no more, so it goes on at *Today*.
pub(in super::super) async fn decline(
    State(app): State<App>,
    me: Signed,
    Path(client): Path<String>,
    Posted(form): Posted<Paused>,
) -> Result<Response> {
    let client: ClientId = id(&client)?;
    me.authorise(&app, Action::ManageEpisode, Some(&client)).await?;
    me.authorise(&app, Action::HoldIntake, None).await?;
    let page = format!("/clients/{client}");
    let mut tx = app.db.write(&me.practice).await?;
    let Some(episode) = store::episode::open_of_client(&mut tx, &client).await? else {
        return Ok(done(&app, &page, Flash::NotPossible));
    };
    let outcome = capacity::decline(&mut tx, &app.ctx, &me.viewer, &episode.id, &form.reason).await;
    let flash = told(tx, outcome, Flash::ReferralDeclined).await?;
    Ok(done(&app, if flash == Flash::ReferralDeclined { "/today" } else { &page }, flash))
}
