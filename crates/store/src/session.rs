//! Signed-in browsers. When a session has been idle for too long is decided by whoever reads it; the cookie's token is
//! known here by its hash alone.

use crate::{InstanceScope, InstanceTx, Read, Record, Result, Row, Tx, record};
use care::staff::{Session, SessionStage};
use care::{Instant, PracticeId, SessionId, StaffId};

record! { Session { id, staff_id, stage, created_at, last_seen_at, expires_at } }

/// A session found by its cookie, with the practice it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The practice.
    pub practice_id: PracticeId,
    /// The session.
    pub session: Session,
}

impl Record for Found {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self { practice_id: row.get("practice_id")?, session: Session::read(row)? })
    }
}

/// Inserts a session.
pub async fn insert(tx: &mut Tx, session: &Session) -> Result<()> {
    let practice = tx.practice().clone();
    tx.query(
        "INSERT INTO session (practice_id, id, staff_id, stage, created_at, last_seen_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&practice)
    .bind(&session.id)
    .bind(&session.staff_id)
    .bind(session.stage)
    .bind(session.created_at)
    .bind(session.last_seen_at)
    .bind(session.expires_at)
    .execute()
    .await?;
    Ok(())
}

/// The session of a cookie, unless it has ended. Looked up in the whole deployment: a cookie says nothing of its practice.
pub async fn by_token_hash(instance: &mut impl InstanceScope, token_hash: &str, now: Instant) -> Result<Option<Found>> {
    instance
        .query(
            "SELECT practice_id, id, staff_id, stage, created_at, last_seen_at, expires_at FROM session \
         WHERE id = $1 AND expires_at > $2",
        )
        .bind(token_hash)
        .bind(now)
        .optional()
        .await
}

/// The browsers a person is fully signed in with now, the one used last first. When one has been idle for too long is the
/// caller's to say.
pub async fn of_staff(read: &mut Read, staff: &StaffId, now: Instant) -> Result<Vec<Session>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, staff_id, stage, created_at, last_seen_at, expires_at FROM session \
         WHERE practice_id = $1 AND staff_id = $2 AND stage = 'full' AND expires_at > $3 ORDER BY last_seen_at DESC, id",
    )
    .bind(&practice)
    .bind(staff)
    .bind(now)
    .all()
    .await
}

/// The session was used. Never moves backwards.
pub async fn touch(tx: &mut Tx, id: &SessionId, now: Instant) -> Result<()> {
    let practice = tx.practice().clone();
    tx.query("UPDATE session SET last_seen_at = $3 WHERE practice_id = $1 AND id = $2 AND last_seen_at < $3")
        .bind(&practice)
        .bind(id)
        .bind(now)
        .execute()
        .await?;
    Ok(())
}

/// How a sign-in moves on. The id changes with the stage, so that a token seen before the second factor is worth nothing
/// after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promotion {
    /// The stage it must be in.
    pub from: SessionStage,
    /// The stage it reaches.
    pub to: SessionStage,
    /// Hash of the new token.
    pub new_id: SessionId,
    /// When the session ends from now on.
    pub expires_at: Instant,
}

/// Moves a sign-in on. `None` when the session is not in the expected stage, has ended or is gone.
pub async fn promote(tx: &mut Tx, id: &SessionId, promotion: &Promotion, now: Instant) -> Result<Option<Session>> {
    let practice = tx.practice().clone();
    tx.query(
        "UPDATE session SET id = $3, stage = $5, last_seen_at = $6, expires_at = $7 \
         WHERE practice_id = $1 AND id = $2 AND stage = $4 AND expires_at > $6 \
         RETURNING id, staff_id, stage, created_at, last_seen_at, expires_at",
    )
    .bind(&practice)
    .bind(id)
    .bind(&promotion.new_id)
    .bind(promotion.from)
    .bind(promotion.to)
    .bind(now)
    .bind(promotion.expires_at)
    .optional()
    .await
}

/// Signs one browser out.
pub async fn delete(tx: &mut Tx, id: &SessionId) -> Result<()> {
    let practice = tx.practice().clone();
    tx.query("DELETE FROM session WHERE practice_id = $1 AND id = $2").bind(&practice).bind(id).execute().await?;
    Ok(())
}

/// Signs a person out everywhere, except in the browser named. Returns how many sessions ended.
pub async fn delete_of_staff(tx: &mut Tx, staff: &StaffId, except: Option<&SessionId>) -> Result<u64> {
    let practice = tx.practice().clone();
    tx.query("DELETE FROM session WHERE practice_id = $1 AND staff_id = $2 AND ($3 IS NULL OR id <> $3)")
        .bind(&practice)
        .bind(staff)
        .bind(except)
        .execute()
        .await
}

/// Deletes what has ended, or has not been used since `idle_since`, in the whole deployment. Returns how many went.
pub async fn delete_expired(tx: &mut InstanceTx, now: Instant, idle_since: Instant) -> Result<u64> {
    tx.query("DELETE FROM session WHERE expires_at <= $1 OR last_seen_at <= $2")
        .bind(now)
        .bind(idle_since)
        .execute()
        .await
}
