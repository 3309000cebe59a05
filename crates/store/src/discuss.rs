//! Clinicians' wishes to talk about a client in supervision. At most one of an episode is open; its note is sealed.

use crate::{Read, Record, Result, Row, Tx};
use care::supervision::DiscussFlag;
use care::{DiscussFlagId, EpisodeId, Instant, Phi, StaffId};

struct Sealed(DiscussFlagId, DiscussFlag, Option<Vec<u8>>);

impl Record for Sealed {
    fn read(row: &Row<'_>) -> Result<Self> {
        let flag = DiscussFlag {
            client_id: row.get("client_id")?,
            episode_id: row.get("episode_id")?,
            raised_by: row.get("raised_by")?,
            raised_at: row.get("raised_at")?,
            note: None,
        };
        Ok(Self(row.get("id")?, flag, row.get("note_sealed")?))
    }
}

/// Raises a flag. `false` when one of the episode is up already: that one stands.
pub async fn raise(tx: &mut Tx, id: &DiscussFlagId, flag: &DiscussFlag) -> Result<bool> {
    let practice = tx.practice().clone();
    let note = flag.note.as_ref().map(|note| tx.seal("discuss_flag", "note", id.as_str(), note.text()));
    let rows = tx
        .query(
            "INSERT INTO discuss_flag (practice_id, id, client_id, episode_id, raised_by, raised_at, note_sealed) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (practice_id, episode_id) WHERE cleared_at IS NULL DO NOTHING",
        )
        .bind(&practice)
        .bind(id)
        .bind(&flag.client_id)
        .bind(&flag.episode_id)
        .bind(&flag.raised_by)
        .bind(flag.raised_at)
        .bind(note)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Takes the flag of an episode down. `false` when none was up.
pub async fn clear(tx: &mut Tx, episode: &EpisodeId, by: &StaffId, now: Instant) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "UPDATE discuss_flag SET cleared_at = $3, cleared_by = $4 \
             WHERE practice_id = $1 AND episode_id = $2 AND cleared_at IS NULL",
        )
        .bind(&practice)
        .bind(episode)
        .bind(now)
        .bind(by)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// The flags of these episodes that are up.
pub async fn open_of(read: &mut Read, episodes: &[EpisodeId]) -> Result<Vec<DiscussFlag>> {
    if episodes.is_empty() {
        return Ok(Vec::new());
    }
    let practice = read.practice().clone();
    let rows: Vec<Sealed> = read
        .query("SELECT * FROM discuss_flag WHERE practice_id = $1 AND cleared_at IS NULL AND episode_id IN ($each)")
        .bind(&practice)
        .bind_each(episodes)
        .all()
        .await?;
    rows.into_iter()
        .map(|Sealed(id, mut flag, note)| {
            let note = read.open_optional("discuss_flag", "note", id.as_str(), note.as_deref())?;
            flag.note = note.map(Phi::new);
            Ok(flag)
        })
        .collect()
}
