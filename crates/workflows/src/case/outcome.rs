//! What came of cases.

use super::{Origin, raise, step};
use crate::{Context, Error, Result, audit};
use care::CaseId;
use care::case::{Over, StepKind, Verification};
use care::staff::Actor;
use store::Tx;

/// Looks whether the client of a closed case is back on track. Where a reason still holds at the fourth session after the
/// closing, it becomes a reason again: of the open case where there is one, else of a new one. Tells what came of it.
pub async fn verify(tx: &mut Tx, ctx: &Context, case: &CaseId) -> Result<Verification> {
    let now = ctx.now();
    let known = store::case::verification(tx, case).await?.ok_or(Error::NotFound)?;
    let case = store::case::find(tx, case).await?.ok_or(Error::NotFound)?;
    let (Verification::Pending, Some(closed_at)) = (known, case.closed_at) else { return Ok(known) };
    let episode = store::episode::lock(tx, &case.episode_id).await?.ok_or(Error::NotFound)?;
    let sessions = store::appointment::sessions_of_episode(tx, &episode.id).await?;
    let since = sessions.iter().filter(|(_, at)| *at > closed_at && *at <= now).count();
    let reasons = store::case::reasons(tx, &case.id).await?;
    let measures = store::response::measures(tx, &episode.id).await?;
    let shelf = ctx.shelf(tx).await?;
    let over = if episode.is_open() { Over::No } else { Over::Yes };
    let since = i64::try_from(since).unwrap_or(i64::MAX);
    let found = care::case::verify(&shelf.library, &reasons, &measures, closed_at, since, over);
    if found == Verification::Pending || !store::case::decide_verification(tx, &case.id, found, now).await? {
        return Ok(found);
    }
    step(tx, ctx, &case.id, StepKind::Verified, None, None, None).await?;
    tx.audit(audit::entry(ctx, &Actor::System, "case.verify", "case", case.id.as_str()).with("found", found.as_str()));
    if found == Verification::StillOff && over == Over::No {
        let (open, _) = store::case::reasons_of_episode(tx, &episode.id).await?;
        let session = i64::try_from(sessions.iter().filter(|(_, at)| *at <= now).count()).ok();
        let again = care::case::again(&shelf.library, &reasons, &measures, closed_at, &open, session);
        raise(tx, ctx, episode, Origin::default(), &again).await?;
    }
    Ok(found)
}
