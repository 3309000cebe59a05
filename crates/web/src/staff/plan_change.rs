//! Changes of a client's plan and notes of a medication: recorded on the client's page without a case, shown where they were
//! decided, and looked at again. What is decided in a case is sent with its other forms.

use super::form::Posted;
use super::people::People;
use super::session::Signed;
use super::shown::{done, id};
use super::words::Telling;
use crate::App;
use crate::error::{Error, Result};
use axum::extract::{Path, State};
use axum::response::Response;
use care::access::Action;
use care::case::{PlanChange, PlanChangeKind, PlanOutcome};
use care::{ClientId, Phi, PlanChangeId};
use serde::Deserialize;
use templates::staff::{Choice, FieldProblem, Flash, PlanFields, PlanLine, Wrong};
use workflows::plan_change::{self, NewPlan};

/// A change of the plan is looked at again after this many sessions, unless somebody says otherwise.
const REVIEW_AFTER: i64 = 4;

/// What was typed about a change.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub(super) struct Written {
    pub kind: String,
    pub what: String,
    pub why: String,
    pub review_session: String,
}

impl Written {
    /// The change that is meant.
    pub fn read(&self) -> std::result::Result<NewPlan, FieldProblem> {
        let kind = self.kind.parse::<PlanChangeKind>().map_err(|_| FieldProblem::new("kind", Wrong::Choose))?;
        let text = |text: &str| Phi::new(text.trim().to_owned());
        // What is no number is no session to come: the workflow says so with the rest.
        let review_session = self.review_session.trim().parse().unwrap_or(0);
        Ok(NewPlan { kind, what: text(&self.what), why: text(&self.why), review_session })
    }

    /// The fields, with what was typed before; `sessions` were held so far.
    pub fn fields(&self, sessions: i64) -> PlanFields {
        PlanFields {
            kinds: PlanChangeKind::ALL
                .iter()
                .map(|kind| Choice::new(kind.as_str(), kind.as_str(), &self.kind))
                .collect(),
            what: self.what.clone(),
            why: self.why.clone(),
            review_session: if self.review_session.is_empty() {
                (sessions + REVIEW_AFTER).to_string()
            } else {
                self.review_session.clone()
            },
            sessions,
        }
    }
}

/// A change of the plan; `sessions` were held so far.
pub(super) fn line(plan: &PlanChange, people: &People, telling: Telling, sessions: i64) -> PlanLine {
    PlanLine {
        id: plan.id.as_str().to_owned(),
        kind: plan.kind,
        what: plan.what.text().to_owned(),
        why: plan.why.text().to_owned(),
        by: format!("{}, {}", people.name(&plan.changed_by), telling.day(plan.changed_at)),
        review_session: plan.review_session,
        due: plan.is_due(sessions),
        outcome: plan.outcome,
    }
}

/// Records a change in the client's running episode.
pub(super) async fn record(
    State(app): State<App>,
    me: Signed,
    Path(client): Path<String>,
    Posted(written): Posted<Written>,
) -> Result<Response> {
    let client: ClientId = id(&client)?;
    me.authorise(&app, Action::ViewChart, Some(&client)).await?;
    let new = match written.read() {
        Ok(new) => new,
        Err(problem) => return super::client::refuse_plan(&app, &me, &client, written, vec![problem]).await,
    };
    let mut read = app.db.read(&me.practice).await?;
    let episode = store::episode::open_of_client(&mut read, &client).await?.ok_or(Error::Conflict)?;
    drop(read);
    let mut tx = app.db.write(&me.practice).await?;
    match plan_change::record(&mut tx, &app.ctx, &me.staff.id, &client, &episode.id, &new).await {
        Ok(_) => tx.commit().await?,
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            let problems = super::form::field_problems(&problems);
            return super::client::refuse_plan(&app, &me, &client, written, problems).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, &format!("/clients/{client}"), Flash::PlanRecorded))
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Looked {
    outcome: String,
}

/// Records what the look at a change came to.
pub(super) async fn review(
    State(app): State<App>,
    me: Signed,
    Path(plan): Path<String>,
    Posted(looked): Posted<Looked>,
) -> Result<Response> {
    let plan: PlanChangeId = id(&plan)?;
    let mut read = app.db.read(&me.practice).await?;
    let found = store::plan_change::find(&mut read, &plan).await?.ok_or(Error::NotFound)?;
    let episode = store::episode::find(&mut read, &found.episode_id).await?.ok_or(Error::NotFound)?;
    drop(read);
    me.authorise(&app, Action::ViewChart, Some(&episode.client_id)).await?;
    let to = match &found.case_id {
        Some(case) => format!("/cases/{case}"),
        None => format!("/clients/{}", episode.client_id),
    };
    let Ok(outcome) = looked.outcome.parse::<PlanOutcome>() else { return Ok(done(&app, &to, Flash::NotPossible)) };
    let mut tx = app.db.write(&me.practice).await?;
    match plan_change::review(&mut tx, &app.ctx, &me.staff.id, &plan, &episode.client_id, outcome).await {
        Ok(()) => tx.commit().await?,
        Err(workflows::Error::Conflict) => return Ok(done(&app, &to, Flash::NotPossible)),
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, &to, Flash::PlanReviewed))
}
