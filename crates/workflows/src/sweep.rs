//! What must never be needed, done all the same: due work without a living job, and answers about danger without a case.

use crate::{Context, Error, Result, audit, case};
use care::response::{Response, Rule};
use care::review::{self, Known};
use care::staff::Actor;
use care::{Job, PracticeId, ReasonId};
use chrono::Duration;
use store::{InstanceTx, Tx};

/// How long a job stays set aside before it gets another chance: by then whatever took the workers down may have gone.
const ASIDE: Duration = Duration::minutes(15);

/// Gives every rung that is due, and everything that waits to be sent, a job. The rows decide; a job too many does nothing.
pub async fn revive(tx: &mut InstanceTx, ctx: &Context) -> Result<usize> {
    let now = ctx.now();
    let rungs: Vec<(PracticeId, ReasonId)> = store::case::rungs_due(tx, now).await?;
    let count = rungs.len();
    for (practice, reason) in rungs {
        let job = Job::Escalate { practice: practice.clone(), reason };
        tx.within(&practice).enqueue(&job, now).await?;
    }
    tx.own().revive_parked(now - ASIDE, now).await?;
    if !store::message::due_to_staff(tx, now, 1).await?.is_empty() {
        tx.own().enqueue(&Job::Alert, now).await?;
    }
    if !store::message::due(tx, now, 1).await?.is_empty() {
        tx.own().enqueue(&Job::Dispatch, now).await?;
    }
    Ok(count)
}

/// Looks at a committed response again and raises what should have been raised. Tells whether something was missing:
/// that is a defect, and it is alarmed.
pub async fn recheck(tx: &mut Tx, ctx: &Context, response: &Response) -> Result<bool> {
    let packet = store::packet::find(tx, &response.packet_id).await?.ok_or(Error::NotFound)?;
    let (open, closed) = store::case::reasons_of_episode(tx, &response.episode_id).await?;
    let known = Known { packet: Some(&packet.id), open: &open, closed: &closed };
    let shelf = ctx.shelf_with(tx, &packet.asked).await?;
    let found = review::risk_of_partial(&shelf.library, &packet.asked, &response.answers, &known);
    let missing: Vec<_> = found.reasons.into_iter().filter(|reason| reason.rule == Rule::RiskItem).collect();
    if missing.is_empty() {
        return Ok(false);
    }
    let episode = store::episode::lock(tx, &response.episode_id).await?.ok_or(Error::NotFound)?;
    case::raise(tx, ctx, episode, case::Origin { packet: Some(&packet.id), response: Some(&response.id) }, &missing)
        .await?;
    audit::write(tx, ctx, &Actor::System, "sweep.risk_without_case", "response", response.id.as_str());
    Ok(true)
}
