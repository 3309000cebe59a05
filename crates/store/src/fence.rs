//! The fence of a restored or imported copy: while it stands, no message to a client is claimed. What happens to the held
//! messages when it falls is decided by the workflows.

use chrono::{DateTime, Utc};

use crate::transfer::Origin;
use crate::{InstanceScope, InstanceTx, Read, Result, record};

/// A fence that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    /// `restore` or `import`.
    pub origin: String,
    /// The state of the source that the copy holds.
    pub taken_at: DateTime<Utc>,
    /// When the copy was put here.
    pub since: DateTime<Utc>,
}

record! { Fence { origin, taken_at, since } }

/// The fence, if one stands.
pub async fn find(instance: &mut impl InstanceScope) -> Result<Option<Fence>> {
    instance.query("SELECT origin, taken_at, since FROM fence").optional().await
}

/// The same, asked by a practice's page.
pub async fn of_practice(read: &mut Read) -> Result<Option<Fence>> {
    read.query("SELECT origin, taken_at, since FROM fence").optional().await
}

/// Puts the fence up. One that stands already stays as it is.
pub async fn raise(tx: &mut InstanceTx, origin: Origin, taken_at: DateTime<Utc>, since: DateTime<Utc>) -> Result<()> {
    tx.query("INSERT INTO fence (id, origin, taken_at, since) VALUES ('instance', $1, $2, $3) ON CONFLICT DO NOTHING")
        .bind(origin.as_str())
        .bind(taken_at)
        .bind(since)
        .execute()
        .await?;
    Ok(())
}

/// Takes the fence down; `false` when none stood.
pub async fn lower(tx: &mut InstanceTx) -> Result<bool> {
    Ok(tx.query("DELETE FROM fence").execute().await? > 0)
}
