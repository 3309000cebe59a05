//! Courses of therapy. Who is responsible for them is `assignment`'s, their sessions are `appointment`'s.

use crate::{BATCH, InstanceScope, Read, Result, Tx, record};
use care::episode::{DischargeReason, Episode};
use care::{ClientId, EpisodeId, Instant, PracticeId, ProtocolId};

record! { Episode { id, client_id, site_id, protocol_id, started_on, state, discharged_at, discharge_reason } }

/// Opens an episode (or inserts one that has ended already). `false` when the client is in one: one course of therapy at a
/// time.
pub async fn insert(tx: &mut Tx, episode: &Episode) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "INSERT INTO episode (practice_id, id, client_id, site_id, protocol_id, started_on, state, discharged_at, \
             discharge_reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
             ON CONFLICT (practice_id, client_id) WHERE state = 'open' DO NOTHING",
        )
        .bind(&practice)
        .bind(&episode.id)
        .bind(&episode.client_id)
        .bind(&episode.site_id)
        .bind(&episode.protocol_id)
        .bind(episode.started_on)
        .bind(episode.state)
        .bind(episode.discharged_at)
        .bind(episode.discharge_reason)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// One episode.
pub async fn find(read: &mut Read, id: &EpisodeId) -> Result<Option<Episode>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, client_id, site_id, protocol_id, started_on, state, discharged_at, discharge_reason FROM episode \
         WHERE practice_id = $1 AND id = $2",
    )
    .bind(&practice)
    .bind(id)
    .optional()
    .await
}

/// The episodes of these ids, by id; ids the practice does not know are left out.
pub async fn by_ids(read: &mut Read, ids: &[EpisodeId]) -> Result<Vec<Episode>> {
    let practice = read.practice().clone();
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let mut episodes = Vec::with_capacity(ids.len());
    for batch in ids.chunks(BATCH) {
        let rows: Vec<Episode> = read
            .query(
                "SELECT id, client_id, site_id, protocol_id, started_on, state, discharged_at, discharge_reason \
                 FROM episode WHERE practice_id = $1 AND id IN ($each) ORDER BY id",
            )
            .bind(&practice)
            .bind_each(batch)
            .all()
            .await?;
        episodes.extend(rows);
    }
    Ok(episodes)
}

/// An episode, locked until the transaction ends: whoever changes its summaries or opens its case holds it.
pub async fn lock(tx: &mut Tx, id: &EpisodeId) -> Result<Option<Episode>> {
    Ok(lock_all(tx, std::slice::from_ref(id)).await?.pop())
}

/// The same for several at once, by id; ids the practice does not know are left out.
pub async fn lock_all(tx: &mut Tx, ids: &[EpisodeId]) -> Result<Vec<Episode>> {
    let practice = tx.practice().clone();
    let mut locked = Vec::with_capacity(ids.len());
    for batch in ids.chunks(BATCH) {
        // A column that is in no index, so that nothing but the row is written.
        let rows: Vec<Episode> = tx
            .query("UPDATE episode SET started_on = started_on WHERE practice_id = $1 AND id IN ($each) RETURNING *")
            .bind(&practice)
            .bind_each(batch)
            .all()
            .await?;
        locked.extend(rows);
    }
    locked.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(locked)
}

/// The episode a client is in.
pub async fn open_of_client(read: &mut Read, client: &ClientId) -> Result<Option<Episode>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, client_id, site_id, protocol_id, started_on, state, discharged_at, discharge_reason FROM episode \
         WHERE practice_id = $1 AND client_id = $2 AND state = 'open'",
    )
    .bind(&practice)
    .bind(client)
    .optional()
    .await
}

/// The episode a client is in, or the latest one they were in.
pub async fn open_or_latest(read: &mut Read, client: &ClientId) -> Result<Option<Episode>> {
    Ok(match open_of_client(read, client).await? {
        Some(open) => Some(open),
        None => list_of_client(read, client).await?.into_iter().next(),
    })
}

/// The open episodes of many clients, by client; clients without one are left out.
pub async fn open_of_clients(read: &mut Read, clients: &[ClientId]) -> Result<Vec<Episode>> {
    let practice = read.practice().clone();
    let mut episodes = Vec::new();
    for batch in clients.chunks(BATCH) {
        let rows: Vec<Episode> = read
            .query(
                "SELECT id, client_id, site_id, protocol_id, started_on, state, discharged_at, discharge_reason \
                 FROM episode WHERE practice_id = $1 AND state = 'open' AND client_id IN ($each) ORDER BY client_id",
            )
            .bind(&practice)
            .bind_each(batch)
            .all()
            .await?;
        episodes.extend(rows);
    }
    Ok(episodes)
}

/// Every episode of a client, latest first.
pub async fn list_of_client(read: &mut Read, client: &ClientId) -> Result<Vec<Episode>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, client_id, site_id, protocol_id, started_on, state, discharged_at, discharge_reason FROM episode \
         WHERE practice_id = $1 AND client_id = $2 ORDER BY started_on DESC, id DESC",
    )
    .bind(&practice)
    .bind(client)
    .all()
    .await
}

/// Ends an episode. `None` when it was not open. Its assignment, check-ins and cases are the caller's to end.
pub async fn discharge(tx: &mut Tx, id: &EpisodeId, reason: DischargeReason, now: Instant) -> Result<Option<Episode>> {
    let practice = tx.practice().clone();
    tx.query(
        "UPDATE episode SET state = 'discharged', discharged_at = $3, discharge_reason = $4 \
         WHERE practice_id = $1 AND id = $2 AND state = 'open' \
         RETURNING id, client_id, site_id, protocol_id, started_on, state, discharged_at, discharge_reason",
    )
    .bind(&practice)
    .bind(id)
    .bind(now)
    .bind(reason)
    .optional()
    .await
}

/// Puts an open episode from one protocol version under another. `None` when it is not open or not under the first.
pub async fn set_protocol(tx: &mut Tx, id: &EpisodeId, from: &ProtocolId, to: &ProtocolId) -> Result<Option<Episode>> {
    let practice = tx.practice().clone();
    tx.query(
        "UPDATE episode SET protocol_id = $4 WHERE practice_id = $1 AND id = $2 AND protocol_id = $3 AND state = 'open' \
         RETURNING id, client_id, site_id, protocol_id, started_on, state, discharged_at, discharge_reason",
    )
    .bind(&practice)
    .bind(id)
    .bind(from)
    .bind(to)
    .optional()
    .await
}

/// The same for several at once; those that were moved.
pub async fn set_protocol_of(
    tx: &mut Tx,
    ids: &[EpisodeId],
    from: &ProtocolId,
    to: &ProtocolId,
) -> Result<Vec<EpisodeId>> {
    let practice = tx.practice().clone();
    let mut moved = Vec::with_capacity(ids.len());
    for batch in ids.chunks(BATCH) {
        let rows: Vec<EpisodeId> = tx
            .query(
                "UPDATE episode SET protocol_id = $3 WHERE practice_id = $1 AND protocol_id = $2 AND state = 'open' \
                 AND id IN ($each) RETURNING id",
            )
            .bind(&practice)
            .bind(from)
            .bind(to)
            .bind_each(batch)
            .scalars()
            .await?;
        moved.extend(rows);
    }
    moved.sort_unstable();
    Ok(moved)
}

/// One page of the open episodes of the whole deployment, by practice and id: those after the last of the page before.
/// A page shorter than `limit` is the last.
pub async fn open_ids(
    instance: &mut impl InstanceScope,
    after: Option<&(PracticeId, EpisodeId)>,
    limit: i64,
) -> Result<Vec<(PracticeId, EpisodeId)>> {
    let (practice, episode) = after.map_or(("", ""), |(practice, episode)| (practice.as_str(), episode.as_str()));
    instance
        .query(
            "SELECT practice_id, id FROM episode WHERE state = 'open' AND (practice_id, id) > ($1, $2) \
             ORDER BY practice_id, id LIMIT $3",
        )
        .bind(practice)
        .bind(episode)
        .bind(limit)
        .all()
        .await
}
