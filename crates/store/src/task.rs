//! The front desk's tasks: raised once, done once.

use crate::{Read, Result, Tx, record};
use care::practice::Task;
use care::{ClientId, Instant, StaffId, TaskId};

record! { Task { id, kind, client_id, raised_at, due_at, done_at, done_by } }

/// Raises a task. `false` when one of its kind is open for the client already: that one stands.
pub async fn raise(tx: &mut Tx, task: &Task) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "INSERT INTO task (practice_id, id, kind, client_id, raised_at, due_at) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (practice_id, kind, client_id) WHERE done_at IS NULL DO NOTHING",
        )
        .bind(&practice)
        .bind(&task.id)
        .bind(task.kind)
        .bind(task.client_id.as_ref())
        .bind(task.raised_at)
        .bind(task.due_at)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Marks a task done. `None` when somebody was faster or there is no such task.
pub async fn done(tx: &mut Tx, id: &TaskId, by: &StaffId, now: Instant) -> Result<Option<Task>> {
    let practice = tx.practice().clone();
    tx.query(
        "UPDATE task SET done_at = $3, done_by = $4 WHERE practice_id = $1 AND id = $2 AND done_at IS NULL \
         RETURNING id, kind, client_id, raised_at, due_at, done_at, done_by",
    )
    .bind(&practice)
    .bind(id)
    .bind(now)
    .bind(by)
    .optional()
    .await
}

/// The tasks still to be done, most pressing first.
pub async fn open(read: &mut Read) -> Result<Vec<Task>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, kind, client_id, raised_at, due_at, done_at, done_by FROM task \
         WHERE practice_id = $1 AND done_at IS NULL ORDER BY due_at, id",
    )
    .bind(&practice)
    .all()
    .await
}

/// The tasks done since an instant, the latest first.
pub async fn done_since(read: &mut Read, since: Instant) -> Result<Vec<Task>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, kind, client_id, raised_at, due_at, done_at, done_by FROM task \
         WHERE practice_id = $1 AND done_at >= $2 ORDER BY done_at DESC, id DESC",
    )
    .bind(&practice)
    .bind(since)
    .all()
    .await
}

/// Every task about a client, latest first, done ones included.
pub async fn of_client(read: &mut Read, client: &ClientId) -> Result<Vec<Task>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, kind, client_id, raised_at, due_at, done_at, done_by FROM task \
         WHERE practice_id = $1 AND client_id = $2 ORDER BY raised_at DESC, id DESC",
    )
    .bind(&practice)
    .bind(client)
    .all()
    .await
}
