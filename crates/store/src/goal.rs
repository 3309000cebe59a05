//! Clients' own goals. The words are sealed; a version never changes once it is there. A rating is either written down by staff
//! or given by the client in a check-in that was handed in.

pub mod asked;

use crate::{Read, Record, Result, Row, Tx, record};
use care::goal::{Goal, GoalState, Rating, Wording};
use care::{AppointmentId, EpisodeId, GoalId, Instant, Phi, StaffId};

impl Record for Goal {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            client_id: row.get("client_id")?,
            episode_id: row.get("episode_id")?,
            number: row.get("number")?,
            state: row.get("state")?,
            ended_at: row.get("ended_at")?,
            wordings: Vec::new(),
            ratings: Vec::new(),
        })
    }
}

struct Worded {
    goal_id: GoalId,
    version: i64,
    text_sealed: Vec<u8>,
    agreed_at: Instant,
    agreed_with: StaffId,
}

struct Marked {
    goal_id: GoalId,
    version: i64,
    rating: i64,
    rated_at: Instant,
    appointment_id: Option<AppointmentId>,
}

record! {
    Worded { goal_id, version, text_sealed, agreed_at, agreed_with }
    Marked { goal_id, version, rating, rated_at, appointment_id }
}

/// What a wording's seal is bound to.
fn row_id(goal: &GoalId, version: i64) -> String {
    format!("{goal}:{version}")
}

/// The goals of a course by number, with their words and ratings.
pub async fn of_episode(read: &mut Read, episode: &EpisodeId) -> Result<Vec<Goal>> {
    let practice = read.practice().clone();
    let mut goals: Vec<Goal> = read
        .query("SELECT * FROM goal WHERE practice_id = $1 AND episode_id = $2 ORDER BY number")
        .bind(&practice)
        .bind(episode)
        .all()
        .await?;
    let wordings: Vec<Worded> = read
        .query(
            "SELECT w.goal_id, w.version, w.text_sealed, w.agreed_at, w.agreed_with FROM goal g \
             JOIN goal_wording w ON w.practice_id = g.practice_id AND w.goal_id = g.id \
             WHERE g.practice_id = $1 AND g.episode_id = $2 ORDER BY w.version",
        )
        .bind(&practice)
        .bind(episode)
        .all()
        .await?;
    let ratings: Vec<Marked> = read
        .query(
            "SELECT r.goal_id, r.version, r.rating, r.rated_at, CAST(NULL AS TEXT) AS appointment_id FROM goal g \
             JOIN goal_rating r ON r.practice_id = g.practice_id AND r.goal_id = g.id \
             WHERE g.practice_id = $1 AND g.episode_id = $2 \
             UNION ALL \
             SELECT k.goal_id, k.version, k.rating, k.answered_at, p.appointment_id FROM goal g \
             JOIN packet_goal k ON k.practice_id = g.practice_id AND k.goal_id = g.id \
             JOIN packet p ON p.practice_id = k.practice_id AND p.id = k.packet_id \
             WHERE g.practice_id = $1 AND g.episode_id = $2 AND k.rating IS NOT NULL AND p.state = 'completed' \
             ORDER BY 4",
        )
        .bind(&practice)
        .bind(episode)
        .all()
        .await?;
    for one in wordings {
        let text = read.open("goal_wording", "text", &row_id(&one.goal_id, one.version), &one.text_sealed)?;
        if let Some(goal) = goals.iter_mut().find(|goal| goal.id == one.goal_id) {
            goal.wordings.push(Wording {
                version: one.version,
                text: Phi::new(text),
                agreed_at: one.agreed_at,
                agreed_with: one.agreed_with,
            });
        }
    }
    for one in ratings {
        if let Some(goal) = goals.iter_mut().find(|goal| goal.id == one.goal_id) {
            goal.ratings.push(Rating {
                version: one.version,
                rating: one.rating,
                rated_at: one.rated_at,
                appointment_id: one.appointment_id,
            });
        }
    }
    Ok(goals)
}

/// Inserts a goal with its first words. `false` when somebody took its number meanwhile.
pub async fn insert(tx: &mut Tx, goal: &Goal) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "INSERT INTO goal (practice_id, id, client_id, episode_id, number, state) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (practice_id, episode_id, number) DO NOTHING",
        )
        .bind(&practice)
        .bind(&goal.id)
        .bind(&goal.client_id)
        .bind(&goal.episode_id)
        .bind(goal.number)
        .bind(goal.state)
        .execute()
        .await?;
    if rows != 1 {
        return Ok(false);
    }
    for wording in &goal.wordings {
        if !word(tx, &goal.id, wording).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Adds a version of the words of a goal that is followed. `false` when it is there already or the goal has ended.
pub async fn word(tx: &mut Tx, goal: &GoalId, wording: &Wording) -> Result<bool> {
    let practice = tx.practice().clone();
    let sealed = tx.seal("goal_wording", "text", &row_id(goal, wording.version), wording.text.text());
    let rows = tx
        .query(
            "INSERT INTO goal_wording (practice_id, goal_id, version, text_sealed, agreed_at, agreed_with) \
             SELECT practice_id, id, $3, $4, $5, $6 FROM goal WHERE practice_id = $1 AND id = $2 AND state = 'active' \
             ON CONFLICT (practice_id, goal_id, version) DO NOTHING",
        )
        .bind(&practice)
        .bind(goal)
        .bind(wording.version)
        .bind(sealed)
        .bind(wording.agreed_at)
        .bind(&wording.agreed_with)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Keeps a rating of a goal that is followed. `false` when it has ended, or was rated in this very instant.
pub async fn rate(tx: &mut Tx, goal: &GoalId, rating: &Rating, by: &StaffId) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "INSERT INTO goal_rating (practice_id, goal_id, rated_at, version, rating, entered_by) \
             SELECT practice_id, id, $3, $4, $5, $6 FROM goal WHERE practice_id = $1 AND id = $2 AND state = 'active' \
             ON CONFLICT (practice_id, goal_id, rated_at) DO NOTHING",
        )
        .bind(&practice)
        .bind(goal)
        .bind(rating.rated_at)
        .bind(rating.version)
        .bind(rating.rating)
        .bind(by)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Ends a goal that is followed. `false` when somebody was faster.
pub async fn end(tx: &mut Tx, goal: &GoalId, state: GoalState, by: &StaffId, now: Instant) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "UPDATE goal SET state = $3, ended_at = $4, ended_by = $5 \
             WHERE practice_id = $1 AND id = $2 AND state = 'active'",
        )
        .bind(&practice)
        .bind(goal)
        .bind(state)
        .bind(now)
        .bind(by)
        .execute()
        .await?;
    Ok(rows == 1)
}
