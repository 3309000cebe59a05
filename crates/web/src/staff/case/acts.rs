//! What a person does with a case. Each act is made on the revision they saw; on an outdated page nothing is lost: the case
//! is shown as it is now, with what they had written.

use super::{Typed, find, page};
use crate::App;
use crate::error::Result;
use crate::staff::form::{Posted, field_problems};
use crate::staff::plan_change;
use crate::staff::session::Signed;
use crate::staff::shown::{done, id};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use care::access::Action;
use care::case::{Assessment, Decision, Disposition};
use care::{Phi, ReasonId, StaffId};
use serde::Deserialize;
use templates::staff::{FieldProblem, Flash, Wrong};
use workflows::case::{Act, Command, act};

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct Written {
    pub(super) revision: String,
    pub(super) note: String,
    pub(super) decision: String,
    #[serde(flatten)]
    pub(super) plan: plan_change::Written,
    pub(super) disposition: String,
    pub(super) contact: String,
    pub(super) screener: String,
    pub(super) safety_plan: String,
    pub(super) emergency_contact: String,
    pub(super) referral: String,
    pub(super) owner: String,
}

impl Written {
    /// What was decided; for a change of the plan with what, why and when it is looked at again.
    fn decided(&self) -> std::result::Result<Act, Vec<FieldProblem>> {
        let decision =
            self.decision.parse::<Decision>().map_err(|_| vec![FieldProblem::new("decision", Wrong::Choose)])?;
        if decision != Decision::PlanChanged {
            return Ok(Act::Decide(decision));
        }
        self.plan.read().map(Act::ChangePlan).map_err(|problem| vec![problem])
    }

    /// What was done about danger and how it ended.
    fn disposed(&self, reason: &ReasonId) -> std::result::Result<Act, Vec<FieldProblem>> {
        fn read<T: std::str::FromStr>(name: &'static str, text: &str, problems: &mut Vec<FieldProblem>) -> Option<T> {
            let value = text.parse().ok();
            if value.is_none() {
                problems.push(FieldProblem::new(name, Wrong::Choose));
            }
            value
        }
        let mut problems = Vec::new();
        let disposition = read::<Disposition>("disposition", &self.disposition, &mut problems);
        let contact = read("contact", &self.contact, &mut problems);
        let screener = read("screener", &self.screener, &mut problems);
        let safety_plan = read("safety_plan", &self.safety_plan, &mut problems);
        let emergency_contact = read("emergency_contact", &self.emergency_contact, &mut problems);
        let referral = read("referral", &self.referral, &mut problems);
        match (disposition, contact, screener, safety_plan, emergency_contact, referral) {
            (Some(how), Some(contact), Some(screener), Some(safety_plan), Some(emergency_contact), Some(referral)) => {
                let done = Assessment { contact, screener, safety_plan, emergency_contact, referral };
                Ok(Act::Dispose(reason.clone(), how, done))
            }
            _ => Err(problems),
        }
    }
}

/// Whether an act needs the page to be the newest one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum On {
    /// The revision the person saw.
    SeenRevision,
    /// Whatever it is now: taking a case up is never refused for being late.
    AnyRevision,
}

/// An act as read from a form, or the fields that are missing.
type Read = std::result::Result<Act, Vec<FieldProblem>>;

async fn carry_out(
    app: &App,
    me: &Signed,
    case: &str,
    written: Written,
    (wanted, on): (Read, On),
    flash: Flash,
) -> Result<Response> {
    let case = find(app, me, case).await?;
    me.authorise(app, Action::ActOnCase, Some(&case.client_id)).await?;
    again(app, me, &case, written, (wanted, on), None, flash).await
}

/// Carries it out, or shows the page again with what was typed.
async fn again(
    app: &App,
    me: &Signed,
    case: &care::case::Case,
    written: Written,
    (wanted, on): (Read, On),
    reason: Option<ReasonId>,
    flash: Flash,
) -> Result<Response> {
    let revision = match on {
        On::AnyRevision => None,
        // A form without a number is as good as an old one.
        On::SeenRevision => Some(written.revision.parse().unwrap_or(-1)),
    };
    let note = Some(written.note.trim().to_owned()).filter(|note| !note.is_empty()).map(Phi::new);
    let typed = |problems, conflict| Typed { written, reason, problems, conflict };
    let wanted = match wanted {
        Ok(wanted) => wanted,
        Err(problems) => {
            return page(app, me, &case.id, StatusCode::UNPROCESSABLE_ENTITY, typed(problems, false)).await;
        }
    };
    let command = Command { case: case.id.clone(), revision, act: wanted, note };
    let mut tx = app.db.write(&me.practice).await?;
    match act(&mut tx, &app.ctx, &me.staff.id, command).await {
        Ok(_) => {
            tx.commit().await?;
            care::failpoint!("case.after_commit");
        }
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
    carry_out(&app, &me, &case, written, (Ok(Act::Acknowledge), On::AnyRevision), Flash::CaseAcknowledged).await
}

/// The same from a reason's own button: taking up is about the whole case.
pub async fn acknowledge_reason(
    State(app): State<App>,
    me: Signed,
    Path((case, _reason)): Path<(String, String)>,
    Posted(written): Posted<Written>,
) -> Result<Response> {
    carry_out(&app, &me, &case, written, (Ok(Act::Acknowledge), On::AnyRevision), Flash::CaseAcknowledged).await
}

/// Looked at answers and history.
pub async fn review(
    State(app): State<App>,
    me: Signed,
    Path(case): Path<String>,
    Posted(written): Posted<Written>,
) -> Result<Response> {
    carry_out(&app, &me, &case, written, (Ok(Act::Review), On::SeenRevision), Flash::CaseStepRecorded).await
}

/// Raised with the client.
pub async fn discuss(
    State(app): State<App>,
    me: Signed,
    Path(case): Path<String>,
    Posted(written): Posted<Written>,
) -> Result<Response> {
    carry_out(&app, &me, &case, written, (Ok(Act::Discuss), On::SeenRevision), Flash::CaseStepRecorded).await
}

/// Decides.
pub async fn decide(
    State(app): State<App>,
    me: Signed,
    Path(case): Path<String>,
    Posted(written): Posted<Written>,
) -> Result<Response> {
    let act = (written.decided(), On::SeenRevision);
    carry_out(&app, &me, &case, written, act, Flash::CaseStepRecorded).await
}

/// Disposes of a risk reason.
pub async fn dispose(
    State(app): State<App>,
    me: Signed,
    Path((case, reason)): Path<(String, String)>,
    Posted(written): Posted<Written>,
) -> Result<Response> {
    let reason: ReasonId = id(&reason)?;
    let case = find(&app, &me, &case).await?;
    me.authorise(&app, Action::ActOnCase, Some(&case.client_id)).await?;
    let act = (written.disposed(&reason), On::SeenRevision);
    again(&app, &me, &case, written, act, Some(reason), Flash::RiskDisposed).await
}

/// Writes a note.
pub async fn note(
    State(app): State<App>,
    me: Signed,
    Path(case): Path<String>,
    Posted(written): Posted<Written>,
) -> Result<Response> {
    carry_out(&app, &me, &case, written, (Ok(Act::Note), On::SeenRevision), Flash::CaseStepRecorded).await
}

/// Hands it to somebody else.
pub async fn hand_over(
    State(app): State<App>,
    me: Signed,
    Path(case): Path<String>,
    Posted(written): Posted<Written>,
) -> Result<Response> {
    let to = written.owner.parse::<StaffId>().map(Act::HandOver);
    let act = (to.map_err(|_| vec![FieldProblem::new("owner", Wrong::Choose)]), On::SeenRevision);
    carry_out(&app, &me, &case, written, act, Flash::Reassigned).await
}

/// Closes it.
pub async fn close(
    State(app): State<App>,
    me: Signed,
    Path(case): Path<String>,
    Posted(written): Posted<Written>,
) -> Result<Response> {
    carry_out(&app, &me, &case, written, (Ok(Act::Close), On::SeenRevision), Flash::CaseClosed).await
}

/// Opens it again: it was closed by mistake.
pub async fn reopen(
    State(app): State<App>,
    me: Signed,
    Path(case): Path<String>,
    Posted(written): Posted<Written>,
) -> Result<Response> {
    let found = find(&app, &me, &case).await?;
    me.authorise(&app, Action::ViewChart, Some(&found.client_id)).await?;
    again(&app, &me, &found, written, (Ok(Act::Reopen), On::SeenRevision), None, Flash::CaseReopened).await
}
