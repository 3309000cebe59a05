//! What a supervisor has gone through with the clinician of a case.

use crate::{Error, Read, Tx, record};
use care::support::CheckItem;
use care::{CaseId, Instant, StaffId};

/// One item that was gone through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// What.
    pub item: CheckItem,
    /// By whom.
    pub checked_by: StaffId,
    /// When.
    pub checked_at: Instant,
}

record! { Checked { item, checked_by, checked_at } }

/// What was gone through, in the order in which it was.
pub async fn checklist(read: &mut Read, case: &CaseId) -> Result<Vec<Checked>, Error> {
    let practice = read.practice().clone();
    read.query(
        "SELECT item, checked_by, checked_at FROM case_checklist WHERE practice_id = $1 AND case_id = $2 \
         ORDER BY checked_at, item",
    )
    .bind(&practice)
    .bind(case)
    .all()
    .await
}

/// Notes that an item was gone through. `false` when that is noted already.
pub async fn check(tx: &mut Tx, case: &CaseId, item: CheckItem, by: &StaffId, now: Instant) -> Result<bool, Error> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "INSERT INTO case_checklist (practice_id, case_id, item, checked_by, checked_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT DO NOTHING",
        )
        .bind(&practice)
        .bind(case)
        .bind(item)
        .bind(by)
        .bind(now)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Takes the note back. `false` when there was none.
pub async fn uncheck(tx: &mut Tx, case: &CaseId, item: CheckItem) -> Result<bool, Error> {
    let practice = tx.practice().clone();
    let rows = tx
        .query("DELETE FROM case_checklist WHERE practice_id = $1 AND case_id = $2 AND item = $3")
        .bind(&practice)
        .bind(case)
        .bind(item)
        .execute()
        .await?;
    Ok(rows == 1)
}
