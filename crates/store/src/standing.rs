//! What is known of an episode when answers to one of its check-ins are submitted, in one statement. Every statement on SQLite
//! crosses to the database's thread and back, and every submission needs all of this: its parts are the arms of one union, whose
//! columns are shared by type. What the parts mean is told where each of them is at home.

use crate::{Json, Read, Record, Result, Row, Tx, episode};
use care::case::Reason;
use care::episode::{Episode, Measure};
use care::packet::Packet;
use care::response::{SavedAnswer, SignalInputs};
use care::{AppointmentId, EpisodeId, Instant};

/// What is known before a submission.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The episode.
    pub episode: Episode,
    /// Its sessions that took place or are to, earliest first.
    pub sessions: Vec<(AppointmentId, Instant)>,
    /// Its running summaries.
    pub measures: Vec<Measure>,
    /// The reasons of its open case, earliest first.
    pub open: Vec<Reason>,
    /// The reasons of its closed cases, earliest first.
    pub closed: Vec<Reason>,
    /// What was answered so far in the check-in.
    pub answers: Vec<SavedAnswer>,
}

enum Part {
    Episode(Episode),
    Session(AppointmentId, Instant),
    Measure(Measure),
    Open(Reason),
    Closed(Reason),
    Answer(SavedAnswer),
}

impl Record for Part {
    fn read(row: &Row<'_>) -> Result<Self> {
        let part: String = row.get("part")?;
        Ok(match part.as_str() {
            "episode" => Self::Episode(Episode {
                id: row.get("a")?,
                client_id: row.get("b")?,
                site_id: row.get("c")?,
                protocol_id: row.get("d")?,
                started_on: row.get("day")?,
                state: row.get("e")?,
                discharged_at: row.get("t2")?,
                discharge_reason: row.get("f")?,
            }),
            "session" => Self::Session(row.get("a")?, row.get("t1")?),
            "measure" => Self::Measure(Measure {
                episode_id: row.get("a")?,
                instrument: row.get("b")?,
                scale: row.get("c")?,
                structure: row.get("n4")?,
                sessions_before: row.get("n5")?,
                baseline: row.get("r1")?,
                baseline_at: row.get("t2")?,
                baseline_session: row.get("n2")?,
                best: row.get("r2")?,
                lowest: row.get("r10")?,
                highest: row.get("r11")?,
                previous: row.get("r3")?,
                latest: row.get("r4")?,
                latest_at: row.get("t1")?,
                latest_session: row.get("n3")?,
                n: row.get("n")?,
                sum_x: row.get("r5")?,
                sum_xx: row.get("r6")?,
                sum_y: row.get("r7")?,
                sum_xy: row.get("r8")?,
                sum_yy: row.get("r9")?,
            }),
            "answer" => Self::Answer(SavedAnswer {
                instrument: row.get("a")?,
                item: row.get("b")?,
                value: row.get("n")?,
                device_id: row.get("c")?,
                answered_at: row.get("t1")?,
            }),
            state => {
                let reason = Reason {
                    id: row.get("a")?,
                    case_id: row.get("b")?,
                    rule: row.get("c")?,
                    level: row.get("d")?,
                    response_id: row.get("e")?,
                    packet_id: row.get("f")?,
                    inputs: row.get::<Json<SignalInputs>>("doc")?.0,
                    raised_at: row.get("t1")?,
                    due_at: row.get("t2")?,
                    acknowledged_at: row.get("t3")?,
                    acknowledged_by: row.get("g")?,
                    disposed_at: row.get("t4")?,
                    disposition: row.get("h")?,
                };
                if state == "closed" { Self::Closed(reason) } else { Self::Open(reason) }
            }
        })
    }
}

/// Reads it, with the episode locked until the transaction ends: whoever reads its summaries in order to change them holds it.
/// `None` when the practice has no such episode.
pub async fn lock(tx: &mut Tx, packet: &Packet) -> Result<Option<Standing>> {
    // On SQLite a transaction that may write is the only one that does.
    if tx.locks_rows() && episode::lock(tx, &packet.episode_id).await?.is_none() {
        return Ok(None);
    }
    read(tx, &packet.episode_id, packet).await
}

async fn read(read: &mut Read, episode: &EpisodeId, packet: &Packet) -> Result<Option<Standing>> {
    let practice = read.practice().clone();
    let parts: Vec<Part> = read
        .query(
            "SELECT 'episode' AS part, id AS a, client_id AS b, site_id AS c, protocol_id AS d, state AS e, discharge_reason AS f, \
             CAST(NULL AS TEXT) AS g, CAST(NULL AS TEXT) AS h, started_on AS day, CAST(NULL AS BIGINT) AS n, \
             CAST(NULL AS DOUBLE PRECISION) AS r1, CAST(NULL AS DOUBLE PRECISION) AS r2, CAST(NULL AS DOUBLE PRECISION) AS r3, \
             CAST(NULL AS DOUBLE PRECISION) AS r4, CAST(NULL AS DOUBLE PRECISION) AS r5, CAST(NULL AS DOUBLE PRECISION) AS r6, \
             CAST(NULL AS DOUBLE PRECISION) AS r7, CAST(NULL AS DOUBLE PRECISION) AS r8, CAST(NULL AS DOUBLE PRECISION) AS r9, \
             CAST(NULL AS DOUBLE PRECISION) AS r10, CAST(NULL AS DOUBLE PRECISION) AS r11, CAST(NULL AS BIGINT) AS n2, \
             CAST(NULL AS BIGINT) AS n3, CAST(NULL AS BIGINT) AS n4, CAST(NULL AS BIGINT) AS n5, \
             discharged_at AS t1, discharged_at AS t2, discharged_at AS t3, discharged_at AS t4, CAST(NULL AS JSONB) AS doc \
             FROM episode WHERE practice_id = $1 AND id = $2 \
             UNION ALL \
             SELECT 'session', id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, \
             NULL, NULL, NULL, NULL, NULL, NULL, NULL, starts_at, NULL, NULL, NULL, NULL \
             FROM appointment WHERE practice_id = $1 AND episode_id = $2 AND state IN ('scheduled', 'attended') \
             UNION ALL \
             SELECT 'measure', episode_id, instrument, scale, NULL, NULL, NULL, NULL, NULL, NULL, n, baseline, best, previous, latest, \
             sum_x, sum_xx, sum_y, sum_xy, sum_yy, lowest, highest, baseline_session, latest_session, structure, sessions_before, latest_at, \
             baseline_at, NULL, NULL, NULL \
             FROM measure WHERE practice_id = $1 AND episode_id = $2 \
             UNION ALL \
             SELECT 'answer', instrument, item, device_id, NULL, NULL, NULL, NULL, NULL, NULL, value, NULL, NULL, NULL, NULL, NULL, NULL, \
             NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, answered_at, NULL, NULL, NULL, NULL \
             FROM answer WHERE practice_id = $1 AND packet_id = $3 \
             UNION ALL \
             SELECT CASE c.state WHEN 'closed' THEN 'closed' ELSE 'open' END, r.id, r.case_id, r.rule, r.level, r.response_id, r.packet_id, \
             r.acknowledged_by, r.disposition, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, \
             r.raised_at, r.due_at, r.acknowledged_at, r.disposed_at, r.inputs \
             FROM care_case c CROSS JOIN case_reason r \
             WHERE c.practice_id = $1 AND c.episode_id = $2 AND r.practice_id = c.practice_id AND r.case_id = c.id",
        )
        .bind(&practice)
        .bind(episode)
        .bind(&packet.id)
        .all()
        .await?;
    let mut found = None;
    let (mut sessions, mut measures, mut answers) = (Vec::new(), Vec::new(), Vec::new());
    let (mut open, mut closed) = (Vec::new(), Vec::new());
    for part in parts {
        match part {
            Part::Episode(episode) => found = Some(episode),
            Part::Session(id, starts_at) => sessions.push((id, starts_at)),
            Part::Measure(measure) => measures.push(measure),
            Part::Open(reason) => open.push(reason),
            Part::Closed(reason) => closed.push(reason),
            Part::Answer(answer) => answers.push(answer),
        }
    }
    sessions.sort_by(|(id, at), (other, then)| (at, id).cmp(&(then, other)));
    for reasons in [&mut open, &mut closed] {
        reasons.sort_by(|one: &Reason, other| (one.raised_at, &one.id).cmp(&(other.raised_at, &other.id)));
    }
    Ok(found.map(|episode| Standing { episode, sessions, measures, open, closed, answers }))
}
