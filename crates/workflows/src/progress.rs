//! What a client is shown of their own course: the practice's choice, unless a person chose otherwise for this client.

use crate::{Context, Result, audit};
use care::practice::{Settings, ShowProgress};
use care::staff::Actor;
use care::{ClientId, StaffId};
use store::{Read, Tx};

/// What was chosen for this client; where nobody chose, "nothing" holds that was chosen on a record that became part of theirs.
pub async fn chosen(read: &mut Read, client: &ClientId) -> Result<Option<ShowProgress>> {
    let own = store::progress::of_client(read, client).await?;
    if own.is_some() {
        return Ok(own);
    }
    for part in store::merge::parts_of(read, client).await? {
        if store::progress::of_client(read, &part).await? == Some(ShowProgress::Nothing) {
            return Ok(Some(ShowProgress::Nothing));
        }
    }
    Ok(None)
}

/// What this client is shown.
pub async fn shown(read: &mut Read, settings: &Settings, client: &ClientId) -> Result<ShowProgress> {
    Ok(chosen(read, client).await?.unwrap_or(settings.progress))
}

/// Chooses for one client; none gives the choice back to the practice.
pub async fn choose(
    tx: &mut Tx,
    ctx: &Context,
    by: &StaffId,
    client: &ClientId,
    shown: Option<ShowProgress>,
) -> Result<()> {
    store::progress::choose(tx, client, shown, by, ctx.now()).await?;
    let entry = audit::entry(ctx, &Actor::Staff(by.clone()), "progress.choose", "client", client.as_str());
    tx.audit(entry.with("shown", shown.map_or("practice", ShowProgress::as_str)));
    Ok(())
}
