//! Check-ins, from the plan to their end.

macro_rules! columns {
    () => {
        "id, client_id, episode_id, appointment_id, occasion, slot, asked, state, send_at, sent_at, expires_at, started_at, \
         last_answer_at, completed_at, language"
    };
    (p) => {
        "p.id, p.client_id, p.episode_id, p.appointment_id, p.occasion, p.slot, p.asked, p.state, p.send_at, p.sent_at, \
         p.expires_at, p.started_at, p.last_answer_at, p.completed_at, p.language"
    };
}

mod door;
mod surroundings;

pub use door::{
    Answerer, Found, NewLink, by_device, by_link, complete_by_device, devices, insert_device, insert_links,
    revoke_links, tokens_of_message, wipe_tokens,
};
pub use surroundings::{Surroundings, surroundings};

use crate::{BATCH, Error, InstanceScope, Json, Read, Record, Row, Tx, Value, values};
use care::packet::{Asked, Packet};
use care::{EpisodeId, Instant, Language, PacketId, PracticeId};

impl Record for Packet {
    fn read(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.get("id")?,
            client_id: row.get("client_id")?,
            episode_id: row.get("episode_id")?,
            appointment_id: row.get("appointment_id")?,
            occasion: row.get("occasion")?,
            slot: row.get("slot")?,
            asked: row.get::<Json<Vec<Asked>>>("asked")?.0,
            state: row.get("state")?,
            send_at: row.get("send_at")?,
            sent_at: row.get("sent_at")?,
            expires_at: row.get("expires_at")?,
            started_at: row.get("started_at")?,
            last_answer_at: row.get("last_answer_at")?,
            completed_at: row.get("completed_at")?,
            language: row.get("language")?,
        })
    }
}

/// Inserts a check-in. `false` when its slot is taken: never two for one session.
pub async fn insert(tx: &mut Tx, packet: &Packet) -> Result<bool, Error> {
    Ok(!insert_many(tx, std::slice::from_ref(packet)).await?.is_empty())
}

/// Inserts rows of [`values_of`].
macro_rules! insert_rows {
    () => {
        concat!("INSERT INTO packet (practice_id, ", columns!(), ") VALUES $rows")
    };
}

/// A check-in as it is inserted.
fn values_of(practice: &PracticeId, packet: &Packet) -> Vec<Value> {
    values![
        practice,
        &packet.id,
        &packet.client_id,
        &packet.episode_id,
        packet.appointment_id.as_ref(),
        packet.occasion,
        packet.slot.as_str(),
        Json(&packet.asked),
        packet.state,
        packet.send_at,
        packet.sent_at,
        packet.expires_at,
        packet.started_at,
        packet.last_answer_at,
        packet.completed_at,
        packet.language,
    ]
}

/// The statement that takes rows of the past over, and the rows.
pub(crate) fn taken_over(practice: &PracticeId, packets: &[Packet]) -> (&'static str, Vec<Vec<Value>>) {
    (insert_rows!(), packets.iter().map(|packet| values_of(practice, packet)).collect())
}

/// Inserts several; those whose slot was not taken.
pub async fn insert_many(tx: &mut Tx, packets: &[Packet]) -> Result<Vec<PacketId>, Error> {
    let practice = tx.practice().clone();
    let mut inserted = Vec::with_capacity(packets.len());
    for batch in packets.chunks(BATCH) {
        let rows = batch.iter().map(|packet| values_of(&practice, packet));
        let ids: Vec<PacketId> = tx
            .query(concat!(insert_rows!(), " ON CONFLICT (practice_id, episode_id, slot) DO NOTHING RETURNING id"))
            .bind_rows(rows.collect::<Vec<_>>())
            .scalars()
            .await?;
        inserted.extend(ids);
    }
    Ok(inserted)
}

/// One check-in.
pub async fn find(read: &mut Read, id: &PacketId) -> Result<Option<Packet>, Error> {
    let practice = read.practice().clone();
    read.query(concat!("SELECT ", columns!(p), " FROM packet p WHERE p.practice_id = $1 AND p.id = $2"))
        .bind(&practice)
        .bind(id)
        .optional()
        .await
}

/// Several check-ins.
pub async fn by_ids(read: &mut Read, ids: &[PacketId]) -> Result<Vec<Packet>, Error> {
    let practice = read.practice().clone();
    let mut found = Vec::with_capacity(ids.len());
    for batch in ids.chunks(BATCH) {
        let rows: Vec<Packet> = read
            .query(concat!("SELECT ", columns!(p), " FROM packet p WHERE p.practice_id = $1 AND p.id IN ($each)"))
            .bind(&practice)
            .bind_each(batch)
            .all()
            .await?;
        found.extend(rows);
    }
    Ok(found)
}

/// Every check-in of an episode, earliest first.
pub async fn of_episode(read: &mut Read, episode: &EpisodeId) -> Result<Vec<Packet>, Error> {
    let practice = read.practice().clone();
    read.query(concat!(
        "SELECT ",
        columns!(p),
        " FROM packet p WHERE p.practice_id = $1 AND p.episode_id = $2 ORDER BY p.send_at, p.id"
    ))
    .bind(&practice)
    .bind(episode)
    .all()
    .await
}

/// Every check-in of these episodes, earliest first.
pub async fn of_episodes(read: &mut Read, episodes: &[EpisodeId]) -> Result<Vec<Packet>, Error> {
    let practice = read.practice().clone();
    let mut found: Vec<Packet> = Vec::new();
    for batch in episodes.chunks(BATCH) {
        let rows: Vec<Packet> = read
            .query(concat!(
                "SELECT ",
                columns!(p),
                " FROM packet p WHERE p.practice_id = $1 AND p.episode_id IN ($each)"
            ))
            .bind(&practice)
            .bind_each(batch)
            .all()
            .await?;
        found.extend(rows);
    }
    found.sort_by(|a, b| (a.send_at, &a.id).cmp(&(b.send_at, &b.id)));
    Ok(found)
}

/// The check-ins of a client's appointments in a span, for the day's list.
pub async fn of_appointments_between(read: &mut Read, from: Instant, until: Instant) -> Result<Vec<Packet>, Error> {
    let practice = read.practice().clone();
    read.query(concat!(
        "SELECT ",
        columns!(p),
        // The day's appointments first, then the check-ins of each: without statistics SQLite would begin with every check-in.
        " FROM appointment a CROSS JOIN packet p \
         WHERE a.practice_id = $1 AND a.starts_at >= $2 AND a.starts_at < $3 \
         AND p.practice_id = a.practice_id AND p.appointment_id = a.id ORDER BY p.send_at, p.id"
    ))
    .bind(&practice)
    .bind(from)
    .bind(until)
    .all()
    .await
}

/// A person pressed Start: the check-in is open from now on, in this language.
pub async fn start(tx: &mut Tx, id: &PacketId, language: Language, now: Instant) -> Result<Option<Packet>, Error> {
    let practice = tx.practice().clone();
    tx.query(concat!(
        "UPDATE packet SET state = 'open', started_at = COALESCE(started_at, $3), language = $4 \
         WHERE practice_id = $1 AND id = $2 AND state IN ('planned', 'open') RETURNING ",
        columns!()
    ))
    .bind(&practice)
    .bind(id)
    .bind(now)
    .bind(language)
    .optional()
    .await
}

/// The person chose another language.
pub async fn set_language(tx: &mut Tx, id: &PacketId, language: Language) -> Result<bool, Error> {
    let practice = tx.practice().clone();
    let rows = tx
        .query("UPDATE packet SET language = $3 WHERE practice_id = $1 AND id = $2 AND state IN ('planned', 'open')")
        .bind(&practice)
        .bind(id)
        .bind(language)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// An answer was given; `None` when the check-in no longer takes any.
pub async fn touch(tx: &mut Tx, id: &PacketId, now: Instant) -> Result<Option<Packet>, Error> {
    let practice = tx.practice().clone();
    tx.query(concat!(
        "UPDATE packet SET last_answer_at = $3 WHERE practice_id = $1 AND id = $2 AND state IN ('planned', 'open') RETURNING ",
        columns!()
    ))
    .bind(&practice)
    .bind(id)
    .bind(now)
    .optional()
    .await
}

/// Closes the check-in for its one response. `None` when somebody was faster.
pub async fn complete(tx: &mut Tx, id: &PacketId, now: Instant) -> Result<Option<Packet>, Error> {
    let practice = tx.practice().clone();
    tx.query(concat!(
        "UPDATE packet SET state = 'completed', completed_at = $3 \
         WHERE practice_id = $1 AND id = $2 AND state IN ('planned', 'open') RETURNING ",
        columns!()
    ))
    .bind(&practice)
    .bind(id)
    .bind(now)
    .optional()
    .await
}

/// The first message of a check-in went.
#[derive(Debug, Clone)]
pub struct Sent<'a> {
    /// Whose.
    pub id: &'a PacketId,
    /// When.
    pub at: Instant,
    /// When the check-in ends, which counts from then.
    pub expires_at: Instant,
}

/// The first messages of check-ins went: those are open from then on. What is asked of their state is said so that no index of it is
/// taken: as long as PostgreSQL has not counted the rows, it would go through all that are open for each statement.
pub async fn mark_sent(tx: &mut Tx, sent: &[Sent<'_>]) -> Result<(), Error> {
    let practice = tx.practice().clone();
    for batch in sent.chunks(BATCH) {
        let rows = batch.iter().map(|one| values![one.id, one.at, one.expires_at]);
        tx.query(
            "WITH gone (packet_id, went_at, ends_at) AS (VALUES $rows) \
             UPDATE packet SET state = CASE state WHEN 'planned' THEN 'open' ELSE state END, sent_at = gone.went_at, \
             expires_at = gone.ends_at FROM gone WHERE packet.practice_id = $1 AND packet.id IN ($each) AND packet.id = gone.packet_id \
             AND CASE WHEN packet.state IN ('planned', 'open') THEN packet.sent_at IS NULL ELSE FALSE END",
        )
        .bind(&practice)
        .bind_rows(rows.collect::<Vec<_>>())
        .bind_each(batch.iter().map(|one| one.id))
        .later()
        .await?;
    }
    Ok(())
}

/// Another content and other times for a check-in.
#[derive(Debug, Clone)]
pub struct Moved<'a> {
    /// Which.
    pub id: &'a PacketId,
    /// What it asks.
    pub asked: &'a [Asked],
    /// When its first message should go.
    pub send_at: Instant,
    /// When it ends.
    pub expires_at: Instant,
}

/// Moves a check-in that nobody has been told of yet.
pub async fn reschedule(
    tx: &mut Tx,
    id: &PacketId,
    asked: &[Asked],
    send_at: Instant,
    expires_at: Instant,
) -> Result<bool, Error> {
    Ok(!reschedule_many(tx, &[Moved { id, asked, send_at, expires_at }]).await?.is_empty())
}

/// Moves several; those that were moved, as they are now. Of their state see [`mark_sent`].
pub async fn reschedule_many(tx: &mut Tx, moved: &[Moved<'_>]) -> Result<Vec<Packet>, Error> {
    let practice = tx.practice().clone();
    let mut packets = Vec::with_capacity(moved.len());
    for batch in moved.chunks(BATCH) {
        let rows = batch.iter().map(|one| values![one.id, Json(one.asked), one.send_at, one.expires_at]);
        let rows: Vec<Packet> = tx
            .query(concat!(
                "WITH moved (packet_id, asks, goes_at, ends_at) AS (VALUES $rows) \
                 UPDATE packet SET asked = moved.asks, send_at = moved.goes_at, expires_at = moved.ends_at FROM moved \
                 WHERE packet.practice_id = $1 AND packet.id IN ($each) AND packet.id = moved.packet_id \
                 AND CASE WHEN packet.state = 'planned' THEN packet.started_at IS NULL ELSE FALSE END RETURNING ",
                columns!()
            ))
            .bind(&practice)
            .bind_rows(rows.collect::<Vec<_>>())
            .bind_each(batch.iter().map(|one| one.id))
            .all()
            .await?;
        packets.extend(rows);
    }
    Ok(packets)
}

/// Brings a withdrawn check-in back with a new time: its appointment is on again.
pub async fn reinstate(
    tx: &mut Tx,
    id: &PacketId,
    asked: &[Asked],
    send_at: Instant,
    expires_at: Instant,
) -> Result<bool, Error> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "UPDATE packet SET state = 'planned', asked = $3, send_at = $4, expires_at = $5 \
             WHERE practice_id = $1 AND id = $2 AND state = 'withdrawn' AND started_at IS NULL AND sent_at IS NULL",
        )
        .bind(&practice)
        .bind(id)
        .bind(Json(asked))
        .bind(send_at)
        .bind(expires_at)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Takes a check-in back. `false` when it is done or ended already.
pub async fn withdraw(tx: &mut Tx, id: &PacketId) -> Result<bool, Error> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "UPDATE packet SET state = 'withdrawn' WHERE practice_id = $1 AND id = $2 AND state IN ('planned', 'open')",
        )
        .bind(&practice)
        .bind(id)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Ends a check-in whose time passed. `false` when an answer or the submission was faster.
pub async fn expire(tx: &mut Tx, packet: &Packet) -> Result<bool, Error> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "UPDATE packet SET state = 'expired' WHERE practice_id = $1 AND id = $2 AND state IN ('planned', 'open') \
             AND last_answer_at IS NOT DISTINCT FROM $3",
        )
        .bind(&practice)
        .bind(&packet.id)
        .bind(packet.last_answer_at)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Check-ins whose nominal end has passed, in the whole deployment; some may still be active.
pub async fn ending(
    instance: &mut impl InstanceScope,
    before: Instant,
    limit: i64,
) -> Result<Vec<(PracticeId, Packet)>, Error> {
    struct Ending(PracticeId, Packet);
    impl Record for Ending {
        fn read(row: &Row<'_>) -> Result<Self, Error> {
            Ok(Self(row.get("practice_id")?, Packet::read(row)?))
        }
    }
    let rows: Vec<Ending> = instance
        .query(concat!(
            "SELECT p.practice_id, ",
            columns!(p),
            " FROM packet p WHERE p.state IN ('planned', 'open') AND p.expires_at <= $1 ORDER BY p.expires_at, p.id LIMIT $2"
        ))
        .bind(before)
        .bind(limit)
        .all()
        .await?;
    Ok(rows.into_iter().map(|Ending(practice, packet)| (practice, packet)).collect())
}

/// How many check-ins of the episode the client was told of and missed, one after the other, up to now.
pub async fn missed_running(read: &mut Read, episode: &EpisodeId) -> Result<i64, Error> {
    let missed = missed_running_of(read, std::slice::from_ref(episode)).await?;
    Ok(missed.first().map_or(0, |(_, count)| *count))
}

/// [`missed_running`] for many episodes at once; an episode that missed nothing is left out.
pub async fn missed_running_of(
    read: &mut Read,
    episodes: &[care::EpisodeId],
) -> Result<Vec<(care::EpisodeId, i64)>, Error> {
    let practice = read.practice().clone();
    read.query(
        // What the partial index asks for stands in both as it stands there, so that the index alone is read.
        "SELECT p.episode_id, count(*) FROM packet p WHERE p.practice_id = $1 AND p.episode_id IN ($each) \
         AND p.completed_at IS NULL AND p.state = 'expired' AND p.sent_at IS NOT NULL \
         AND (p.state = 'completed' OR (p.state = 'expired' AND p.sent_at IS NOT NULL)) \
         AND NOT EXISTS (SELECT 1 FROM packet l WHERE l.practice_id = p.practice_id AND l.episode_id = p.episode_id \
         AND l.completed_at > p.send_at AND (l.state = 'completed' OR (l.state = 'expired' AND l.sent_at IS NOT NULL))) \
         GROUP BY p.episode_id",
    )
    .bind(&practice)
    .bind_each(episodes)
    .all()
    .await
}
