//! The goals that a check-in asks about: pinned when it is begun, answered one by one. What is answered becomes a rating of
//! the goal once the check-in is handed in, without another row: [`super::of_episode`] reads it from here.

use super::row_id;
use crate::{Read, Record, Result, Row, Tx, values};
use care::goal::AskedGoal;
use care::packet::Packet;
use care::response::SavedAnswer;
use care::{DeviceId, EpisodeId, GoalId, Instant, PacketId, Phi};
use std::collections::BTreeMap;

/// A row of either kind: what was answered, and what is asked about goals.
enum Part {
    Answer(SavedAnswer),
    Goal(AskedGoal, i64, Vec<u8>),
}

impl Record for Part {
    fn read(row: &Row<'_>) -> Result<Self> {
        let Some(goal_id) = row.get::<Option<GoalId>>("goal_id")? else {
            return Ok(Self::Answer(SavedAnswer {
                instrument: row.get("instrument")?,
                item: row.get("item")?,
                value: row.get("value")?,
                device_id: row.get("device_id")?,
                answered_at: row.get("answered_at")?,
            }));
        };
        let goal = AskedGoal {
            goal_id,
            number: row.get("number")?,
            text: Phi::new(String::new()),
            rating: row.get("value")?,
            answered_at: row.get("answered_at")?,
            device_id: row.get("device_id")?,
        };
        Ok(Self::Goal(goal, row.get("version")?, row.get("text_sealed")?))
    }
}

/// What was answered in a check-in and which goals it asks about, in one statement.
pub async fn with_answers(read: &mut Read, packet: &PacketId) -> Result<(Vec<SavedAnswer>, Vec<AskedGoal>)> {
    let practice = read.practice().clone();
    let parts: Vec<Part> = read
        .query(
            "SELECT instrument, item, value, device_id, answered_at, CAST(NULL AS TEXT) AS goal_id, \
             CAST(NULL AS BIGINT) AS number, CAST(NULL AS BIGINT) AS version, CAST(NULL AS BYTEA) AS text_sealed \
             FROM answer WHERE practice_id = $1 AND packet_id = $2 \
             UNION ALL \
             SELECT NULL, NULL, k.rating, k.device_id, k.answered_at, k.goal_id, k.number, k.version, w.text_sealed \
             FROM packet_goal k CROSS JOIN goal_wording w WHERE k.practice_id = $1 AND k.packet_id = $2 \
             AND w.practice_id = k.practice_id AND w.goal_id = k.goal_id AND w.version = k.version",
        )
        .bind(&practice)
        .bind(packet)
        .all()
        .await?;
    let (mut answers, mut goals) = (Vec::new(), Vec::new());
    for part in parts {
        match part {
            Part::Answer(answer) => answers.push(answer),
            Part::Goal(goal, version, sealed) => {
                let text = read.open("goal_wording", "text", &row_id(&goal.goal_id, version), &sealed)?;
                goals.push(AskedGoal { text: Phi::new(text), ..goal });
            }
        }
    }
    goals.sort_by_key(|goal| goal.number);
    Ok((answers, goals))
}

/// Pins the goals that are followed in a course to a check-in that is begun, before its first browser is let in. Where a guardian gets the messages nothing is
/// pinned: the words are the client's own, and somebody else may open the link.
pub async fn pin(tx: &mut Tx, packet: &PacketId, episode: &EpisodeId) -> Result<()> {
    let practice = tx.practice().clone();
    tx.query(
        "INSERT INTO packet_goal (practice_id, packet_id, goal_id, number, version) \
         SELECT g.practice_id, $2, g.id, g.number, (SELECT max(w.version) FROM goal_wording w \
         WHERE w.practice_id = g.practice_id AND w.goal_id = g.id) \
         FROM goal g JOIN client c ON c.practice_id = g.practice_id AND c.id = g.client_id \
         WHERE g.practice_id = $1 AND g.episode_id = $3 AND g.state = 'active' AND c.recipient = 'client' \
         AND NOT EXISTS (SELECT 1 FROM device d WHERE d.practice_id = $1 AND d.packet_id = $2) \
         ON CONFLICT (practice_id, packet_id, goal_id) DO NOTHING",
    )
    .bind(&practice)
    .bind(packet)
    .bind(episode)
    .execute()
    .await?;
    Ok(())
}

/// How many questions about goals one check-in has: those pinned when it was begun, and before that those it would have by now.
pub async fn count(read: &mut Read, packet: &Packet) -> Result<u32> {
    if !packet.occasion.asks_about_goals() {
        return Ok(0);
    }
    let practice = read.practice().clone();
    if packet.started_at.is_some() {
        return read
            .query("SELECT count(*) FROM packet_goal WHERE practice_id = $1 AND packet_id = $2")
            .bind(&practice)
            .bind(&packet.id)
            .scalar()
            .await;
    }
    read.query(
        "SELECT count(*) FROM goal g JOIN client c ON c.practice_id = g.practice_id AND c.id = g.client_id \
         WHERE g.practice_id = $1 AND g.episode_id = $2 AND g.state = 'active' AND c.recipient = 'client'",
    )
    .bind(&practice)
    .bind(&packet.episode_id)
    .scalar()
    .await
}

/// How many questions about goals a check-in of each of these courses has: one that begins now, by the rules of [`pin`], and each
/// that was begun. A course without any is left out.
pub async fn counts(
    read: &mut Read,
    episodes: &[EpisodeId],
) -> Result<BTreeMap<EpisodeId, (u32, BTreeMap<PacketId, u32>)>> {
    let practice = read.practice().clone();
    let rows: Vec<Counted> = read
        .query(
            "SELECT p.episode_id AS episode_id, k.packet_id AS packet_id, count(*) AS questions FROM packet_goal k \
             JOIN packet p ON p.practice_id = k.practice_id AND p.id = k.packet_id \
             WHERE k.practice_id = $1 AND p.episode_id IN ($each) GROUP BY p.episode_id, k.packet_id \
             UNION ALL \
             SELECT g.episode_id, CAST(NULL AS TEXT), count(*) FROM goal g \
             JOIN client c ON c.practice_id = g.practice_id AND c.id = g.client_id \
             WHERE g.practice_id = $1 AND g.episode_id IN ($each) AND g.state = 'active' AND c.recipient = 'client' \
             GROUP BY g.episode_id",
        )
        .bind(&practice)
        .bind_each(episodes)
        .bind_each(episodes)
        .all()
        .await?;
    let mut counts: BTreeMap<EpisodeId, (u32, BTreeMap<PacketId, u32>)> = BTreeMap::new();
    for Counted { episode, packet, questions } in rows {
        let questions = u32::try_from(questions).unwrap_or(u32::MAX);
        let (now, begun) = counts.entry(episode).or_default();
        match packet {
            Some(packet) => {
                begun.insert(packet, questions);
            }
            None => *now = questions,
        }
    }
    Ok(counts)
}

struct Counted {
    episode: EpisodeId,
    packet: Option<PacketId>,
    questions: i64,
}

impl Record for Counted {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self { episode: row.get("episode_id")?, packet: row.get("packet_id")?, questions: row.get("questions")? })
    }
}

/// Saves what was said about the goal of this number; an earlier answer is replaced. `false` when the check-in does not ask
/// about it. The caller holds the check-in's row.
pub async fn answer(
    tx: &mut Tx,
    packet: &PacketId,
    number: i64,
    rating: Option<i64>,
    device: &DeviceId,
    now: Instant,
) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "UPDATE packet_goal SET rating = $4, device_id = $5, answered_at = $6 \
             WHERE practice_id = $1 AND packet_id = $2 AND number = $3",
        )
        .bind(&practice)
        .bind(packet)
        .bind(number)
        .bind(rating)
        .bind(device)
        .bind(now)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Takes ratings over as they were given, with the version of the words they were given to: for what happened before this
/// installation did.
pub async fn insert_many(tx: &mut Tx, rated: &[(PacketId, i64, AskedGoal)]) -> Result<()> {
    if rated.is_empty() {
        return Ok(());
    }
    let practice = tx.practice().clone();
    let rows = rated.iter().map(|(packet, version, goal)| {
        values![&practice, packet, &goal.goal_id, goal.number, *version, goal.rating, goal.answered_at]
    });
    tx.query(
        "INSERT INTO packet_goal (practice_id, packet_id, goal_id, number, version, rating, answered_at) VALUES $rows",
    )
    .bind_rows(rows.collect::<Vec<_>>())
    .execute()
    .await?;
    Ok(())
}
