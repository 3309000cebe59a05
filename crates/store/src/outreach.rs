//! Getting in touch after missed sessions: one row a time it was called for, and one a try. When it is called for is
//! `care::outreach`'s.

use crate::{BATCH, Read, Result, Tx, record, values};
use care::outreach::{Outreach, OutreachOutcome, OutreachTry};
use care::{EpisodeId, Instant, OutreachId, StaffId};

record! {
    Outreach { id, client_id, episode_id, appointment_id, owner_id, raised_at, due_at, closed_at, closed_by, outcome }
    OutreachTry { id, outreach_id, at, by_id, result }
}

/// Raises one. `false` when one of the course is open already: that one stands.
pub async fn raise(tx: &mut Tx, outreach: &Outreach) -> Result<bool> {
    Ok(insert_many(tx, std::slice::from_ref(outreach)).await? == 1)
}

/// Takes many over as they are; of a course that has an open one, no other open one.
pub async fn insert_many(tx: &mut Tx, outreaches: &[Outreach]) -> Result<u64> {
    let practice = tx.practice().clone();
    let mut inserted = 0;
    for batch in outreaches.chunks(BATCH) {
        let rows = batch.iter().map(|one| {
            values![
                &practice,
                &one.id,
                &one.client_id,
                &one.episode_id,
                &one.appointment_id,
                &one.owner_id,
                one.raised_at,
                one.due_at,
                one.closed_at,
                one.closed_by.as_ref(),
                one.outcome,
            ]
        });
        inserted += tx
            .query(
                "INSERT INTO outreach (practice_id, id, client_id, episode_id, appointment_id, owner_id, raised_at, due_at, \
                 closed_at, closed_by, outcome) VALUES $rows \
                 ON CONFLICT (practice_id, episode_id) WHERE closed_at IS NULL DO NOTHING",
            )
            .bind_rows(rows.collect::<Vec<_>>())
            .execute()
            .await?;
    }
    Ok(inserted)
}

/// Those of these courses, closed or not, latest first.
pub async fn of_episodes(read: &mut Read, episodes: &[EpisodeId]) -> Result<Vec<Outreach>> {
    let practice = read.practice().clone();
    let mut found: Vec<Outreach> = read
        .query(
            "SELECT id, client_id, episode_id, appointment_id, owner_id, raised_at, due_at, closed_at, closed_by, outcome \
             FROM outreach WHERE practice_id = $1 AND episode_id IN ($each)",
        )
        .bind(&practice)
        .bind_each(episodes)
        .all()
        .await?;
    found.sort_by(|a, b| (b.raised_at, &b.id).cmp(&(a.raised_at, &a.id)));
    Ok(found)
}

/// One of them.
pub async fn find(read: &mut Read, id: &OutreachId) -> Result<Option<Outreach>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, client_id, episode_id, appointment_id, owner_id, raised_at, due_at, closed_at, closed_by, outcome \
         FROM outreach WHERE practice_id = $1 AND id = $2",
    )
    .bind(&practice)
    .bind(id)
    .optional()
    .await
}

/// Closes the open one of a course. `None` when none is open.
pub async fn close(
    tx: &mut Tx,
    episode: &EpisodeId,
    outcome: OutreachOutcome,
    by: Option<&StaffId>,
    now: Instant,
) -> Result<Option<Outreach>> {
    let practice = tx.practice().clone();
    tx.query(
        "UPDATE outreach SET closed_at = $3, closed_by = $4, outcome = $5 \
         WHERE practice_id = $1 AND episode_id = $2 AND closed_at IS NULL \
         RETURNING id, client_id, episode_id, appointment_id, owner_id, raised_at, due_at, closed_at, closed_by, outcome",
    )
    .bind(&practice)
    .bind(episode)
    .bind(now)
    .bind(by)
    .bind(outcome)
    .optional()
    .await
}

/// Gives an open one another owner, another date. `None` when it was closed meanwhile.
pub async fn hold(tx: &mut Tx, id: &OutreachId, owner: &StaffId, due_at: Instant) -> Result<Option<Outreach>> {
    let practice = tx.practice().clone();
    tx.query(
        "UPDATE outreach SET owner_id = $3, due_at = $4 WHERE practice_id = $1 AND id = $2 AND closed_at IS NULL \
         RETURNING id, client_id, episode_id, appointment_id, owner_id, raised_at, due_at, closed_at, closed_by, outcome",
    )
    .bind(&practice)
    .bind(id)
    .bind(owner)
    .bind(due_at)
    .optional()
    .await
}

/// Notes tries.
pub async fn tried(tx: &mut Tx, tries: &[OutreachTry]) -> Result<()> {
    let practice = tx.practice().clone();
    for batch in tries.chunks(BATCH) {
        let rows =
            batch.iter().map(|one| values![&practice, &one.id, &one.outreach_id, one.at, &one.by_id, one.result]);
        tx.query("INSERT INTO outreach_try (practice_id, id, outreach_id, at, by_id, result) VALUES $rows")
            .bind_rows(rows.collect::<Vec<_>>())
            .execute()
            .await?;
    }
    Ok(())
}

/// The open ones, the most pressing first.
pub async fn open(read: &mut Read) -> Result<Vec<Outreach>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, client_id, episode_id, appointment_id, owner_id, raised_at, due_at, closed_at, closed_by, outcome \
         FROM outreach WHERE practice_id = $1 AND closed_at IS NULL ORDER BY due_at, id",
    )
    .bind(&practice)
    .all()
    .await
}

/// Those that were closed since an instant, the latest first.
pub async fn closed_since(read: &mut Read, since: Instant) -> Result<Vec<Outreach>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, client_id, episode_id, appointment_id, owner_id, raised_at, due_at, closed_at, closed_by, outcome \
         FROM outreach WHERE practice_id = $1 AND closed_at >= $2 ORDER BY closed_at DESC, id DESC",
    )
    .bind(&practice)
    .bind(since)
    .all()
    .await
}

/// How many each person has open; who has none is left out.
pub async fn open_by_owner(read: &mut Read) -> Result<Vec<(StaffId, i64)>> {
    let practice = read.practice().clone();
    read.query("SELECT owner_id, count(*) FROM outreach WHERE practice_id = $1 AND closed_at IS NULL GROUP BY owner_id")
        .bind(&practice)
        .all()
        .await
}

/// The tries of these, earliest first.
pub async fn tries(read: &mut Read, outreaches: &[OutreachId]) -> Result<Vec<OutreachTry>> {
    let practice = read.practice().clone();
    let mut found = Vec::new();
    for batch in outreaches.chunks(BATCH) {
        let rows: Vec<OutreachTry> = read
            .query(
                "SELECT id, outreach_id, at, by_id, result FROM outreach_try \
                 WHERE practice_id = $1 AND outreach_id IN ($each) ORDER BY at, id",
            )
            .bind(&practice)
            .bind_each(batch)
            .all()
            .await?;
        found.extend(rows);
    }
    Ok(found)
}

/// Which of these episodes pause: the client wanted a break when somebody last got in touch, and has not come since.
pub async fn on_break(read: &mut Read, episodes: &[EpisodeId]) -> Result<Vec<EpisodeId>> {
    if episodes.is_empty() {
        return Ok(Vec::new());
    }
    let practice = read.practice().clone();
    read.query(
        "SELECT DISTINCT o.episode_id FROM outreach o WHERE o.practice_id = $1 AND o.outcome = 'wants_break' AND o.episode_id IN ($each) \
         AND NOT EXISTS (SELECT 1 FROM outreach l WHERE l.practice_id = o.practice_id AND l.episode_id = o.episode_id \
         AND l.closed_at > o.closed_at) \
         AND NOT EXISTS (SELECT 1 FROM appointment p WHERE p.practice_id = o.practice_id AND p.episode_id = o.episode_id \
         AND p.state = 'attended' AND p.starts_at > o.closed_at)",
    )
    .bind(&practice)
    .bind_each(episodes)
    .scalars()
    .await
}
