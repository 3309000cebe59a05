//! Programmes, payers, forms of therapy and problems: the practice's own lists, and which of them an episode belongs to.

use crate::{Error, Read, Result, Tx, record};
use care::placement::{Entry, Placement};
use care::{EpisodeId, PlacementId};

record! { Entry { id, kind, name, state } }
record! { Placement { programme_id, payer_id, modality_id, problem_id } }

/// Every entry of the practice, by kind and name.
pub async fn list(read: &mut Read) -> Result<Vec<Entry>> {
    let practice = read.practice().clone();
    read.query("SELECT id, kind, name, state FROM placement WHERE practice_id = $1 ORDER BY kind, name, id")
        .bind(&practice)
        .all()
        .await
}

/// Adds an entry. `false` when there is one of that kind and name.
pub async fn insert(tx: &mut Tx, entry: &Entry) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "INSERT INTO placement (practice_id, id, kind, name, state) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (practice_id, kind, name) DO NOTHING",
        )
        .bind(&practice)
        .bind(&entry.id)
        .bind(entry.kind)
        .bind(entry.name.as_str())
        .bind(entry.state)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Changes an entry's name and state; [`Error::NotFound`] when the practice has no such entry.
pub async fn update(tx: &mut Tx, entry: &Entry) -> Result<()> {
    let practice = tx.practice().clone();
    let rows = tx
        .query("UPDATE placement SET name = $3, state = $4 WHERE practice_id = $1 AND id = $2")
        .bind(&practice)
        .bind(&entry.id)
        .bind(entry.name.as_str())
        .bind(entry.state)
        .execute()
        .await?;
    if rows == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// Where an episode belongs.
pub async fn of_episode(read: &mut Read, episode: &EpisodeId) -> Result<Option<Placement>> {
    let practice = read.practice().clone();
    read.query("SELECT programme_id, payer_id, modality_id, problem_id FROM episode WHERE practice_id = $1 AND id = $2")
        .bind(&practice)
        .bind(episode)
        .optional()
        .await
}

/// Programme and problem of these episodes.
pub async fn of_episodes(
    read: &mut Read,
    episodes: &[EpisodeId],
) -> Result<Vec<(EpisodeId, Option<PlacementId>, Option<PlacementId>)>> {
    let practice = read.practice().clone();
    read.query("SELECT id, programme_id, problem_id FROM episode WHERE practice_id = $1 AND id IN ($each)")
        .bind(&practice)
        .bind_each(episodes)
        .all()
        .await
}

/// Says where an episode belongs; [`Error::NotFound`] when the practice has no such episode.
pub async fn place(tx: &mut Tx, episode: &EpisodeId, to: &Placement) -> Result<()> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "UPDATE episode SET programme_id = $3, payer_id = $4, modality_id = $5, problem_id = $6 \
             WHERE practice_id = $1 AND id = $2",
        )
        .bind(&practice)
        .bind(episode)
        .bind(to.programme_id.as_ref())
        .bind(to.payer_id.as_ref())
        .bind(to.modality_id.as_ref())
        .bind(to.problem_id.as_ref())
        .execute()
        .await?;
    if rows == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// How many open episodes belong to each entry.
pub async fn counts(read: &mut Read) -> Result<Vec<(PlacementId, i64)>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT p.id, count(*) FROM placement p JOIN episode e ON e.practice_id = p.practice_id \
         AND (e.programme_id = p.id OR e.payer_id = p.id OR e.modality_id = p.id OR e.problem_id = p.id) \
         WHERE p.practice_id = $1 AND e.state = 'open' GROUP BY p.id ORDER BY p.id",
    )
    .bind(&practice)
    .all()
    .await
}
