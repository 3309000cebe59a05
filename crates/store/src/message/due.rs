//! What is due, in the whole deployment: staff first, and of those to clients each practice in turn.

use crate::{Error, InstanceScope};
use care::{Instant, MessageId, PracticeId};

/// Messages that are due, or whose worker is gone, in the whole deployment: about `limit`, those to staff first, then those to
/// clients, of each practice in turn its longest waiting. Each practice that waits has one at least.
/// While a fence stands ([`crate::fence`]) those to clients are not due.
pub async fn due(
    instance: &mut impl InstanceScope,
    now: Instant,
    limit: i64,
) -> Result<Vec<(PracticeId, MessageId)>, Error> {
    let mut due = pressing(instance, now, limit).await?;
    let room = usize::try_from(limit).unwrap_or(0).saturating_sub(due.len());
    if room > 0 {
        due.extend(in_turn(instance, now, room).await?);
    }
    Ok(due)
}

/// Due to staff, and under way without a worker.
async fn pressing(
    instance: &mut impl InstanceScope,
    now: Instant,
    limit: i64,
) -> Result<Vec<(PracticeId, MessageId)>, Error> {
    // An arm for each index: one condition for both would walk every message ever sent.
    instance
        .query(
            "SELECT practice_id, id FROM ( \
               SELECT * FROM (SELECT practice_id, id, due_at, 0 AS turn FROM message \
                 WHERE state = 'planned' AND staff_id IS NOT NULL AND due_at <= $1 ORDER BY due_at, id LIMIT $2) AS to_staff \
               UNION ALL \
               SELECT practice_id, id, due_at, CASE WHEN staff_id IS NOT NULL THEN 0 ELSE 1 END FROM message \
                 WHERE state = 'sending' AND lease_until < $1 \
                 AND (staff_id IS NOT NULL OR NOT EXISTS (SELECT 1 FROM fence)) \
             ) AS waiting ORDER BY turn, due_at, id LIMIT $2",
        )
        .bind(now)
        .bind(limit)
        .all()
        .await
}

/// Due to clients: one of each practice, then the next of each, until there is no more room.
async fn in_turn(
    instance: &mut impl InstanceScope,
    now: Instant,
    room: usize,
) -> Result<Vec<(PracticeId, MessageId)>, Error> {
    let waiting = with_due(instance, now).await?;
    let mut shares: Vec<Vec<MessageId>> = Vec::with_capacity(waiting.len());
    let mut with_more = Vec::new();
    let mut left = room;
    for (position, practice) in waiting.iter().enumerate() {
        let share = (left / (waiting.len() - position)).max(1);
        let mine = due_of(instance, practice, now, share).await?;
        if mine.len() == share {
            with_more.push(position);
        }
        left = left.saturating_sub(mine.len());
        shares.push(mine);
    }
    // What the later ones did not need is for the earlier ones.
    for position in with_more {
        if left == 0 {
            break;
        }
        let before = shares[position].len();
        shares[position] = due_of(instance, &waiting[position], now, before + left).await?;
        left = left.saturating_sub(shares[position].len().saturating_sub(before));
    }
    let longest = shares.iter().map(Vec::len).max().unwrap_or(0);
    let turns = (0..longest).flat_map(|turn| {
        let one = move |(practice, mine): (&PracticeId, &Vec<MessageId>)| {
            mine.get(turn).map(|id| (practice.clone(), id.clone()))
        };
        waiting.iter().zip(&shares).filter_map(one).collect::<Vec<_>>()
    });
    Ok(turns.collect())
}

/// The practices with a message to a client that is due, the longest waiting first.
async fn with_due(instance: &mut impl InstanceScope, now: Instant) -> Result<Vec<PracticeId>, Error> {
    instance
        .query(
            "SELECT id FROM (SELECT practices.id, (SELECT m.due_at FROM message m WHERE m.practice_id = practices.id AND m.state = 'planned' \
               AND m.staff_id IS NULL AND m.due_at <= $1 ORDER BY m.due_at, m.id LIMIT 1) AS due_at \
               FROM practice practices WHERE NOT EXISTS (SELECT 1 FROM fence)) AS waiting \
             WHERE due_at IS NOT NULL ORDER BY due_at, id",
        )
        .bind(now)
        .scalars()
        .await
}

async fn due_of(
    instance: &mut impl InstanceScope,
    practice: &PracticeId,
    now: Instant,
    limit: usize,
) -> Result<Vec<MessageId>, Error> {
    instance
        .query(
            "SELECT id FROM message WHERE practice_id = $1 AND state = 'planned' AND staff_id IS NULL AND due_at <= $2 \
             ORDER BY due_at, id LIMIT $3",
        )
        .bind(practice)
        .bind(now)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .scalars()
        .await
}

/// The same for messages to staff alone: they wait for nothing else.
pub async fn due_to_staff(
    instance: &mut impl InstanceScope,
    now: Instant,
    limit: i64,
) -> Result<Vec<(PracticeId, MessageId)>, Error> {
    instance
        .query(
            "SELECT practice_id, id FROM ( \
               SELECT * FROM (SELECT practice_id, id, due_at FROM message \
                 WHERE state = 'planned' AND staff_id IS NOT NULL AND due_at <= $1 ORDER BY due_at, id LIMIT $2) AS planned \
               UNION ALL \
               SELECT practice_id, id, due_at FROM message \
                 WHERE state = 'sending' AND lease_until < $1 AND staff_id IS NOT NULL \
             ) AS waiting ORDER BY due_at, id LIMIT $2",
        )
        .bind(now)
        .bind(limit)
        .all()
        .await
}

/// Messages to clients that were due while the fence stood at the latest, in the whole deployment.
pub async fn held(
    instance: &mut impl InstanceScope,
    until: Instant,
    limit: i64,
) -> Result<Vec<(PracticeId, MessageId)>, Error> {
    // Practice by practice: SQLite takes a cross join in the order in which it is written.
    instance
        .query(
            "SELECT m.practice_id, m.id FROM practice practices CROSS JOIN message m \
             WHERE m.practice_id = practices.id AND m.state = 'planned' AND m.staff_id IS NULL AND m.client_id IS NOT NULL AND m.due_at <= $1 LIMIT $2",
        )
        .bind(until)
        .bind(limit)
        .all()
        .await
}
