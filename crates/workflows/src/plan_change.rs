//! Changes of a client's plan, a note of a medication among them: decided in a case or without one, and looked at again at the
//! session that was promised.

use crate::{Context, Error, Problem, Result, audit};
use care::case::{PlanChange, PlanChangeKind, PlanOutcome};
use care::staff::Actor;
use care::{CaseId, ClientId, EpisodeId, Phi, PlanChangeId, StaffId};
use store::Tx;

/// A plan is looked at again after this many sessions at the latest.
const FURTHEST_REVIEW: i64 = 200;
/// The longest text about a change of the plan.
const LONGEST: usize = 2000;

/// What is done differently from now on.
#[derive(Debug, Clone)]
pub struct NewPlan {
    /// What was changed.
    pub kind: PlanChangeKind,
    /// In words.
    pub what: Phi<String>,
    /// Why.
    pub why: Phi<String>,
    /// Number of the session at which it is looked at again; later than the sessions so far.
    pub review_session: i64,
}

/// Records a change in the running episode of a client, without a case. [`Error::Conflict`] when the episode has ended.
pub async fn record(
    tx: &mut Tx,
    ctx: &Context,
    by: &StaffId,
    client: &ClientId,
    episode: &EpisodeId,
    plan: &NewPlan,
) -> Result<PlanChangeId> {
    // The row is locked, so that nobody discharges the client at the same moment.
    let found = store::episode::lock(tx, episode).await?.ok_or(Error::NotFound)?;
    if &found.client_id != client {
        return Err(Error::NotFound);
    }
    if !found.is_open() {
        return Err(Error::Conflict);
    }
    let id = keep(tx, ctx, by, episode, None, plan).await?;
    tx.audit(
        audit::entry(ctx, &Actor::Staff(by.clone()), "plan.change", "plan_change", id.as_str())
            .with("client", client.as_str()),
    );
    Ok(id)
}

/// Keeps a change of an episode's plan, decided in the case where there is one.
pub(crate) async fn keep(
    tx: &mut Tx,
    ctx: &Context,
    by: &StaffId,
    episode: &EpisodeId,
    case: Option<&CaseId>,
    plan: &NewPlan,
) -> Result<PlanChangeId> {
    let now = ctx.now();
    let sessions = store::appointment::count_sessions_until(tx, episode, now).await?;
    let mut problems = Vec::new();
    for (field, text) in [("what", &plan.what), ("why", &plan.why)] {
        let length = text.text().trim().chars().count();
        if length == 0 || length > LONGEST {
            let key = if length == 0 { "wrong-required" } else { "wrong-too-long" };
            problems.push(Problem { field: field.to_owned(), key });
        }
    }
    if plan.review_session <= sessions || plan.review_session > FURTHEST_REVIEW {
        problems.push(Problem { field: "review_session".to_owned(), key: "wrong-session-ahead" });
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let change = PlanChange {
        id: ctx.id(PlanChangeId::new),
        episode_id: episode.clone(),
        case_id: case.cloned(),
        kind: plan.kind,
        what: Phi::new(plan.what.text().trim().to_owned()),
        why: Phi::new(plan.why.text().trim().to_owned()),
        review_session: plan.review_session,
        changed_at: now,
        changed_by: by.clone(),
        outcome: None,
        reviewed_at: None,
    };
    store::plan_change::insert(tx, &change).await?;
    Ok(change.id)
}

/// Records what the look at a change came to. Once.
pub async fn review(
    tx: &mut Tx,
    ctx: &Context,
    by: &StaffId,
    change: &PlanChangeId,
    client: &ClientId,
    outcome: PlanOutcome,
) -> Result<()> {
    let found = store::plan_change::find(tx, change).await?.ok_or(Error::NotFound)?;
    let episode = store::episode::find(tx, &found.episode_id).await?.ok_or(Error::NotFound)?;
    if &episode.client_id != client {
        return Err(Error::NotFound);
    }
    if !store::plan_change::review(tx, change, outcome, by, ctx.now()).await? {
        return Err(Error::Conflict);
    }
    tx.audit(
        audit::entry(ctx, &Actor::Staff(by.clone()), "plan.review", "plan_change", change.as_str())
            .with("client", client.as_str())
            .with("outcome", outcome.as_str()),
    );
    Ok(())
}
