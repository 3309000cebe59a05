//! The support check of a case: asked when a course is off track; and what a supervisor goes through with the clinician. What may
//! help is [`library`]'s.

pub mod library;

use crate::{Context, Error, Result, audit, packet};
use care::case::{Case, CaseState};
use care::staff::Actor;
use care::support::{CheckItem, INSTRUMENT};
use care::{CaseId, StaffId};
use store::Tx;

/// Asks the client of an open case the support check, now.
pub async fn ask(tx: &mut Tx, ctx: &Context, by: &StaffId, case: &Case) -> Result<()> {
    if case.state == CaseState::Closed {
        return Err(Error::invalid("case", "case-closed"));
    }
    packet::send_now(tx, ctx, &case.episode_id, &[INSTRUMENT.to_owned()], &Actor::Staff(by.clone())).await?;
    let entry = audit::entry(ctx, &Actor::Staff(by.clone()), "case.support_check", "case", case.id.as_str());
    tx.audit(entry.with("client", case.client_id.as_str()));
    Ok(())
}

/// Notes what a supervisor has gone through: exactly these items from now on. What was noted before keeps who and when.
pub async fn go_through(tx: &mut Tx, ctx: &Context, by: &StaffId, case: &CaseId, items: &[CheckItem]) -> Result<()> {
    for item in CheckItem::ALL {
        if items.contains(item) {
            store::case::check(tx, case, *item, by, ctx.now()).await?;
        } else {
            store::case::uncheck(tx, case, *item).await?;
        }
    }
    let entry = audit::entry(ctx, &Actor::Staff(by.clone()), "case.checklist", "case", case.as_str());
    tx.audit(entry.listing("items", items.iter().map(|item| item.as_str())));
    Ok(())
}
