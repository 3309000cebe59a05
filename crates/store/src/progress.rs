//! What one client is shown of their own course, where a person chose something else than the practice.

use crate::{Read, Result, Tx};
use care::practice::ShowProgress;
use care::{ClientId, Instant, StaffId};

/// The choice for a client; none where the practice's holds.
pub async fn of_client(read: &mut Read, client: &ClientId) -> Result<Option<ShowProgress>> {
    let practice = read.practice().clone();
    read.query("SELECT shown FROM client_progress WHERE practice_id = $1 AND client_id = $2")
        .bind(&practice)
        .bind(client)
        .scalar_optional()
        .await
}

/// Chooses for a client; none gives the choice back to the practice.
pub async fn choose(
    tx: &mut Tx,
    client: &ClientId,
    shown: Option<ShowProgress>,
    by: &StaffId,
    now: Instant,
) -> Result<()> {
    let practice = tx.practice().clone();
    let Some(shown) = shown else {
        tx.query("DELETE FROM client_progress WHERE practice_id = $1 AND client_id = $2")
            .bind(&practice)
            .bind(client)
            .execute()
            .await?;
        return Ok(());
    };
    tx.query(
        "INSERT INTO client_progress (practice_id, client_id, shown, chosen_by, chosen_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (practice_id, client_id) DO UPDATE SET shown = $3, chosen_by = $4, chosen_at = $5",
    )
    .bind(&practice)
    .bind(client)
    .bind(shown)
    .bind(by)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}
