//! Who did or saw what: the one way a workflow or a page writes the audit.

use crate::Context;
use care::staff::Actor;
use store::{AuditEntry, Tx};

/// The text of an actor in the audit: ids only.
pub fn actor(actor: &Actor) -> String {
    match actor {
        Actor::Staff(id) => format!("staff:{id}"),
        Actor::Client(id) => format!("client:{id}"),
        Actor::System => "system".to_owned(),
    }
}

/// Starts an entry at the current instant.
pub fn entry(ctx: &Context, by: &Actor, action: &str, kind: &str, id: &str) -> AuditEntry {
    AuditEntry::new(ctx.now(), actor(by), action, kind, id)
}

/// Writes an entry without further detail.
pub fn write(tx: &mut Tx, ctx: &Context, by: &Actor, action: &str, kind: &str, id: &str) {
    tx.audit(entry(ctx, by, action, kind, id));
}
