//! Where one client is asked something else than the protocol says, and which version an episode moves to at its next
//! session.

use crate::{Json, Read, Record, Result, Row, Tx, record, values};
use care::protocol::{Exception, ProtocolException};
use care::{EpisodeId, Instant, Phi, ProtocolChangeId, ProtocolExceptionId, ProtocolId, StaffId};
use chrono::NaiveDate;

struct Sealed(ProtocolException, Vec<u8>);

impl Record for Sealed {
    fn read(row: &Row<'_>) -> Result<Self> {
        let exception = ProtocolException {
            id: row.get("id")?,
            episode_id: row.get("episode_id")?,
            what: row.get::<Json<Exception>>("what")?.0,
            reason: Phi::new(String::new()),
            until: row.get("until_day")?,
            decided_at: row.get("decided_at")?,
            decided_by: row.get("decided_by")?,
            ended_at: row.get("ended_at")?,
        };
        Ok(Self(exception, row.get("reason_sealed")?))
    }
}

/// Every exception of an episode, latest first; those that have ended included.
pub async fn of_episode(read: &mut Read, episode: &EpisodeId) -> Result<Vec<ProtocolException>> {
    of_episodes(read, std::slice::from_ref(episode)).await
}

/// The same of several episodes, latest first.
pub async fn of_episodes(read: &mut Read, episodes: &[EpisodeId]) -> Result<Vec<ProtocolException>> {
    let practice = read.practice().clone();
    let mut rows: Vec<Sealed> = read
        .query(
            "SELECT id, episode_id, what, reason_sealed, until_day, decided_at, decided_by, ended_at FROM protocol_exception \
             WHERE practice_id = $1 AND episode_id IN ($each)",
        )
        .bind(&practice)
        .bind_each(episodes)
        .all()
        .await?;
    rows.sort_by(|Sealed(a, _), Sealed(b, _)| (b.decided_at, &b.id).cmp(&(a.decided_at, &a.id)));
    rows.into_iter()
        .map(|Sealed(exception, sealed)| {
            let reason = read.open("protocol_exception", "reason", exception.id.as_str(), &sealed)?;
            Ok(ProtocolException { reason: Phi::new(reason), ..exception })
        })
        .collect()
}

/// Puts an exception on record.
pub async fn insert(tx: &mut Tx, exception: &ProtocolException) -> Result<()> {
    let practice = tx.practice().clone();
    let reason = tx.seal("protocol_exception", "reason", exception.id.as_str(), exception.reason.text());
    tx.query(
        "INSERT INTO protocol_exception (practice_id, id, episode_id, what, reason_sealed, until_day, decided_at, decided_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(&practice)
    .bind(&exception.id)
    .bind(&exception.episode_id)
    .bind(Json(&exception.what))
    .bind(reason)
    .bind(exception.until)
    .bind(exception.decided_at)
    .bind(&exception.decided_by)
    .execute()
    .await?;
    Ok(())
}

/// Takes an exception back. The episode it belonged to; none when it had ended.
pub async fn end(tx: &mut Tx, id: &ProtocolExceptionId, now: Instant) -> Result<Option<EpisodeId>> {
    let practice = tx.practice().clone();
    tx.query(
        "UPDATE protocol_exception SET ended_at = $3 WHERE practice_id = $1 AND id = $2 AND ended_at IS NULL \
         RETURNING episode_id",
    )
    .bind(&practice)
    .bind(id)
    .bind(now)
    .scalar_optional()
    .await
}

/// The episode of an exception.
pub async fn episode_of(read: &mut Read, id: &ProtocolExceptionId) -> Result<Option<EpisodeId>> {
    let practice = read.practice().clone();
    read.query("SELECT episode_id FROM protocol_exception WHERE practice_id = $1 AND id = $2")
        .bind(&practice)
        .bind(id)
        .scalar_optional()
        .await
}

/// A move of an episode to another version.
#[derive(Debug, Clone)]
pub struct Move {
    /// Id.
    pub id: ProtocolChangeId,
    /// Which episode.
    pub episode_id: EpisodeId,
    /// From which version.
    pub before: ProtocolId,
    /// To which.
    pub after: ProtocolId,
    /// Why, in the words of whoever decided it.
    pub reason: Phi<String>,
    /// When it was decided.
    pub decided_at: Instant,
    /// By whom.
    pub decided_by: StaffId,
    /// When it was done; none while it waits.
    pub applied_at: Option<Instant>,
}

struct SealedMove(Move, Vec<u8>);

impl Record for SealedMove {
    fn read(row: &Row<'_>) -> Result<Self> {
        let change = Move {
            id: row.get("id")?,
            episode_id: row.get("episode_id")?,
            before: row.get("before_id")?,
            after: row.get("after_id")?,
            reason: Phi::new(String::new()),
            decided_at: row.get("decided_at")?,
            decided_by: row.get("decided_by")?,
            applied_at: row.get("applied_at")?,
        };
        Ok(Self(change, row.get("reason_sealed")?))
    }
}

/// Puts moves on record, done or waiting for the next session. One that was going to move elsewhere does not any more.
pub async fn decide(tx: &mut Tx, moves: &[Move]) -> Result<()> {
    let practice = tx.practice().clone();
    for some in moves.chunks(200) {
        let sealed: Vec<Vec<u8>> =
            some.iter().map(|one| tx.seal("protocol_change", "reason", one.id.as_str(), one.reason.text())).collect();
        tx.query("DELETE FROM protocol_change WHERE practice_id = $1 AND applied_at IS NULL AND episode_id IN ($each)")
            .bind(&practice)
            .bind_each(some.iter().map(|one| one.episode_id.clone()).collect::<Vec<_>>())
            .execute()
            .await?;
        tx.query(
            "INSERT INTO protocol_change (practice_id, id, episode_id, before_id, after_id, reason_sealed, decided_at, decided_by, \
             applied_at) VALUES $rows",
        )
        .bind_rows(some.iter().zip(sealed).map(|(one, reason)| {
            values![
                &practice,
                &one.id,
                &one.episode_id,
                &one.before,
                &one.after,
                reason,
                one.decided_at,
                &one.decided_by,
                one.applied_at,
            ]
        }))
        .execute()
        .await?;
    }
    Ok(())
}

/// The moves of an episode, latest first.
pub async fn moves_of_episode(read: &mut Read, episode: &EpisodeId) -> Result<Vec<Move>> {
    let practice = read.practice().clone();
    let rows: Vec<SealedMove> = read
        .query(
            "SELECT id, episode_id, before_id, after_id, reason_sealed, decided_at, decided_by, applied_at FROM protocol_change \
             WHERE practice_id = $1 AND episode_id = $2 ORDER BY decided_at DESC, id DESC",
        )
        .bind(&practice)
        .bind(episode)
        .all()
        .await?;
    rows.into_iter()
        .map(|SealedMove(change, sealed)| {
            let reason = read.open("protocol_change", "reason", change.id.as_str(), &sealed)?;
            Ok(Move { reason: Phi::new(reason), ..change })
        })
        .collect()
}

/// A move that waits for its episode's next session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Id of the move.
    pub id: ProtocolChangeId,
    /// Which episode.
    pub episode_id: EpisodeId,
    /// To which version.
    pub after_id: ProtocolId,
    /// When it was decided.
    pub decided_at: Instant,
    /// The day on which the version came into force, where it was published ahead: sessions before it move nobody.
    pub in_force_from: Option<NaiveDate>,
}

record! { Waiting { id, episode_id, after_id, decided_at, in_force_from } }

/// The moves that wait for the next sessions of these episodes, one of each at most.
pub async fn waiting(read: &mut Read, episodes: &[EpisodeId]) -> Result<Vec<Waiting>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT c.id, c.episode_id, c.after_id, c.decided_at, p.in_force_from FROM protocol_change c \
         JOIN protocol p ON p.practice_id = c.practice_id AND p.id = c.after_id \
         WHERE c.practice_id = $1 AND c.applied_at IS NULL AND c.episode_id IN ($each)",
    )
    .bind(&practice)
    .bind_each(episodes)
    .all()
    .await
}

/// How many moves to a version wait.
pub async fn count_waiting(read: &mut Read, to: &ProtocolId) -> Result<i64> {
    let practice = read.practice().clone();
    read.query("SELECT count(*) FROM protocol_change WHERE practice_id = $1 AND after_id = $2 AND applied_at IS NULL")
        .bind(&practice)
        .bind(to)
        .scalar()
        .await
}

/// These moves were done; those that were still waiting.
pub async fn applied(tx: &mut Tx, ids: &[ProtocolChangeId], now: Instant) -> Result<Vec<ProtocolChangeId>> {
    let practice = tx.practice().clone();
    tx.query(
        "UPDATE protocol_change SET applied_at = $2 WHERE practice_id = $1 AND applied_at IS NULL AND id IN ($each) \
         RETURNING id",
    )
    .bind(&practice)
    .bind(now)
    .bind_each(ids)
    .scalars()
    .await
}
