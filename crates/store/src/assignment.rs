//! Which clinician is responsible for an episode, and who was before. At most one assignment of an episode is open.

use crate::{BATCH, Error, Read, Record, Result, Row, Tx, record};
use care::episode::{Assignment, Episode};
use care::{EpisodeId, Instant, StaffId};

record! { Assignment { id, episode_id, clinician_id, starts_at, ends_at } }

/// Passes an episode to a clinician: the open assignment ends when the new one starts. Returns the assignment that ended;
/// [`Error::Conflict`] when somebody else assigned at the same time (the transaction must be given up).
pub async fn assign(tx: &mut Tx, assignment: &Assignment) -> Result<Option<Assignment>> {
    let practice = tx.practice().clone();
    let before = end(tx, &assignment.episode_id, assignment.starts_at).await?;
    let rows = tx
        .query(
            "INSERT INTO assignment (practice_id, id, episode_id, clinician_id, starts_at, ends_at) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (practice_id, episode_id) WHERE ends_at IS NULL DO NOTHING",
        )
        .bind(&practice)
        .bind(&assignment.id)
        .bind(&assignment.episode_id)
        .bind(&assignment.clinician_id)
        .bind(assignment.starts_at)
        .bind(assignment.ends_at)
        .execute()
        .await?;
    if rows == 1 { Ok(before) } else { Err(Error::Conflict) }
}

/// Ends the open assignment of an episode. `None` when there is none.
pub async fn end(tx: &mut Tx, episode: &EpisodeId, now: Instant) -> Result<Option<Assignment>> {
    let practice = tx.practice().clone();
    tx.query(
        "UPDATE assignment SET ends_at = $3 WHERE practice_id = $1 AND episode_id = $2 AND ends_at IS NULL \
         RETURNING id, episode_id, clinician_id, starts_at, ends_at",
    )
    .bind(&practice)
    .bind(episode)
    .bind(now)
    .optional()
    .await
}

/// The open assignment of an episode.
pub async fn current(read: &mut Read, episode: &EpisodeId) -> Result<Option<Assignment>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, episode_id, clinician_id, starts_at, ends_at FROM assignment \
         WHERE practice_id = $1 AND episode_id = $2 AND ends_at IS NULL",
    )
    .bind(&practice)
    .bind(episode)
    .optional()
    .await
}

/// The open assignments of many episodes, by episode; episodes without one are left out.
pub async fn current_of(read: &mut Read, episodes: &[EpisodeId]) -> Result<Vec<Assignment>> {
    let practice = read.practice().clone();
    let mut current = Vec::new();
    for batch in episodes.chunks(BATCH) {
        let rows: Vec<Assignment> = read
            .query(
                "SELECT id, episode_id, clinician_id, starts_at, ends_at FROM assignment \
                 WHERE practice_id = $1 AND ends_at IS NULL AND episode_id IN ($each) ORDER BY episode_id",
            )
            .bind(&practice)
            .bind_each(batch)
            .all()
            .await?;
        current.extend(rows);
    }
    Ok(current)
}

/// Every assignment of an episode, latest first.
pub async fn history(read: &mut Read, episode: &EpisodeId) -> Result<Vec<Assignment>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, episode_id, clinician_id, starts_at, ends_at FROM assignment WHERE practice_id = $1 AND episode_id = $2 \
         ORDER BY starts_at DESC, id DESC",
    )
    .bind(&practice)
    .bind(episode)
    .all()
    .await
}

/// An open episode with the clinician who has it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assigned {
    /// Who.
    pub clinician_id: StaffId,
    /// What.
    pub episode: Episode,
}

impl Record for Assigned {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self { clinician_id: row.get("clinician_id")?, episode: Episode::read(row)? })
    }
}

/// The open episodes that one of these people has now: a caseload, or those of a supervisor's supervisees.
pub async fn episodes_of(read: &mut Read, clinicians: &[StaffId]) -> Result<Vec<Assigned>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT a.clinician_id, e.id, e.client_id, e.site_id, e.protocol_id, e.started_on, e.state, e.discharged_at, \
         e.discharge_reason FROM assignment a JOIN episode e ON e.practice_id = a.practice_id AND e.id = a.episode_id \
         WHERE a.practice_id = $1 AND a.ends_at IS NULL AND e.state = 'open' AND a.clinician_id IN ($each) \
         ORDER BY a.clinician_id, e.id",
    )
    .bind(&practice)
    .bind_each(clinicians)
    .all()
    .await
}
