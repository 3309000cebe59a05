//! What a person does with a case. Each act is made on the revision they saw; on an outdated page nothing is lost: the case
//! is shown as it is now, with what they had written.

use super::{Typed, find, page};
use crate::App;
use crate::error::Result;
use crate::staff::form::{Posted, field_problems};
use crate::staff::session::Signed;
use crate::staff::shown::{done, id};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use care::access::Action;
use care::case::{Decision, Disposition};
use care::{Phi, ReasonId, StaffId};
use serde::Deserialize;
use templates::staff::{FieldProblem, Flash, Wrong};
use workflows::case::{Act, Command, act};

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Written {
    revision: String,
    note: String,
    decision: String,
    disposition: String,
    owner: String,
}

/// Whether an act needs the page to be the newest one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum On {
    /// The revision the person saw.
    SeenRevision,
    /// Whatever it is now: taking a case up is never refused for being late.
    AnyRevision,
}

async fn carry_out(
    app: &App,
    me: &Signed,
    case: &str,
    written: Written,
    (act_of, on): (impl FnOnce(&Written) -> Option<Act>, On),
    (field, flash): (&str, Flash),
) -> Result<Response> {
    let case = find(app, me, case).await?;
    me.authorise(app, Action::ActOnCase, Some(&case.client_id)).await?;
    let typed = |problems, conflict| Typed {
        note: written.note.clone(),
        decision: written.decision.clone(),
        problems,
        conflict,
    };
    let Some(wanted) = act_of(&written) else {
        let problems = vec![FieldProblem::new(field, Wrong::Choose)];
        return page(app, me, &case.id, StatusCode::UNPROCESSABLE_ENTITY, typed(problems, false)).await;
    };
    let revision = match on {
        On::AnyRevision => None,
        // A form without a number is as good as an old one.
        On::SeenRevision => Some(written.revision.parse().unwrap_or(-1)),
    };
    let note = Some(written.note.trim().to_owned()).filter(|note| !note.is_empty()).map(Phi::new);
    let command = Command { case: case.id.clone(), revision, act: wanted, note };
    let mut tx = app.db.write(&me.practice).await?;
    match act(&mut tx, &app.ctx, &me.staff.id, command).await {
        Ok(_) => tx.commit().await?,
        Err(workflows::Error::Conflict) => {
            drop(tx);
            return page(app, me, &case.id, StatusCode::CONFLICT, typed(Vec::new(), true)).await;
        }
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            // What is owed first stands on the page anyway; a field that is wrong is pointed at.
            let problems = problems.into_iter().filter(|problem| problem.field != "case").collect::<Vec<_>>();
            return page(app, me, &case.id, StatusCode::UNPROCESSABLE_ENTITY, typed(field_problems(&problems), false))
                .await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(done(app, &format!("/cases/{}", case.id), flash))
}

/// Takes the case up, and every reason of it that waits.
pub async fn acknowledge(
    State(app): State<App>,
    me: Signed,
    Path(case): Path<String>,
    Posted(written): Posted<Written>,
) -> Result<Response> {
    let act = (|_: &Written| Some(Act::Acknowledge), On::AnyRevision);
    carry_out(&app, &me, &case, written, act, ("note", Flash::CaseAcknowledged)).await
}

/// The same from a reason's own button: taking up is about the whole case.
pub async fn acknowledge_reason(
    State(app): State<App>,
    me: Signed,
    Path((case, _reason)): Path<(String, String)>,
    Posted(written): Posted<Written>,
) -> Result<Response> {
    let act = (|_: &Written| Some(Act::Acknowledge), On::AnyRevision);
    carry_out(&app, &me, &case, written, act, ("note", Flash::CaseAcknowledged)).await
}

/// Looked at answers and history.
pub async fn review(
    State(app): State<App>,
    me: Signed,
    Path(case): Path<String>,
    Posted(written): Posted<Written>,
) -> Result<Response> {
    let act = (|_: &Written| Some(Act::Review), On::SeenRevision);
    carry_out(&app, &me, &case, written, act, ("note", Flash::CaseStepRecorded)).await
}

/// Raised with the client.
pub async fn discuss(
    State(app): State<App>,
    me: Signed,
    Path(case): Path<String>,
    Posted(written): Posted<Written>,
) -> Result<Response> {
    let act = (|_: &Written| Some(Act::Discuss), On::SeenRevision);
    carry_out(&app, &me, &case, written, act, ("note", Flash::CaseStepRecorded)).await
}

/// Decides.
pub async fn decide(
    State(app): State<App>,
    me: Signed,
    Path(case): Path<String>,
    Posted(written): Posted<Written>,
) -> Result<Response> {
    let act = (|written: &Written| written.decision.parse::<Decision>().ok().map(Act::Decide), On::SeenRevision);
    carry_out(&app, &me, &case, written, act, ("decision", Flash::CaseStepRecorded)).await
}

/// Disposes of a risk reason.
pub async fn dispose(
    State(app): State<App>,
    me: Signed,
    Path((case, reason)): Path<(String, String)>,
    Posted(written): Posted<Written>,
) -> Result<Response> {
    let reason: ReasonId = id(&reason)?;
    let act = |written: &Written| written.disposition.parse::<Disposition>().ok().map(|how| Act::Dispose(reason, how));
    carry_out(&app, &me, &case, written, (act, On::SeenRevision), ("disposition", Flash::RiskDisposed)).await
}

/// Writes a note.
pub async fn note(
    State(app): State<App>,
    me: Signed,
    Path(case): Path<String>,
    Posted(written): Posted<Written>,
) -> Result<Response> {
    let act = (|_: &Written| Some(Act::Note), On::SeenRevision);
    carry_out(&app, &me, &case, written, act, ("note", Flash::CaseStepRecorded)).await
}

/// Hands it to somebody else.
pub async fn hand_over(
    State(app): State<App>,
    me: Signed,
    Path(case): Path<String>,
    Posted(written): Posted<Written>,
) -> Result<Response> {
    let act = (|written: &Written| written.owner.parse::<StaffId>().ok().map(Act::HandOver), On::SeenRevision);
    carry_out(&app, &me, &case, written, act, ("owner", Flash::Reassigned)).await
}

/// Closes it.
pub async fn close(
    State(app): State<App>,
    me: Signed,
    Path(case): Path<String>,
    Posted(written): Posted<Written>,
) -> Result<Response> {
    let act = (|_: &Written| Some(Act::Close), On::SeenRevision);
    carry_out(&app, &me, &case, written, act, ("note", Flash::CaseClosed)).await
}
