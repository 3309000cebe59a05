//! Cases, their reasons, their ladders and their steps. What became of a closed case is in `case/`.

mod checklist;
mod outcome;

pub use checklist::{Checked, check, checklist, uncheck};

pub use outcome::{
    LookedAt, Pending, assessments, decide_verification, expect_verification, forget_verification, insert_assessment,
    looked_at, pending_verifications, verification,
};

use crate::{Error, InstanceScope, Json, Read, Record, Row, Tx, record};
use care::case::{Case, Disposition, Reason, Step};
use care::response::SignalInputs;
use care::{CaseId, ClientId, EpisodeId, Instant, PacketId, Phi, PracticeId, ReasonId, StaffId};

record! {
    Case { id, client_id, episode_id, owner_id, state, decision, opened_at, due_at, closed_at, revision }
}

impl Record for Reason {
    fn read(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.get("id")?,
            case_id: row.get("case_id")?,
            rule: row.get("rule")?,
            level: row.get("level")?,
            response_id: row.get("response_id")?,
            packet_id: row.get("packet_id")?,
            inputs: row.get::<Json<SignalInputs>>("inputs")?.0,
            raised_at: row.get("raised_at")?,
            due_at: row.get("due_at")?,
            acknowledged_at: row.get("acknowledged_at")?,
            acknowledged_by: row.get("acknowledged_by")?,
            disposed_at: row.get("disposed_at")?,
            disposition: row.get("disposition")?,
        })
    }
}

/// Opens a case. `false` when the episode has an open one: extend that.
pub async fn open(tx: &mut Tx, case: &Case) -> Result<bool, Error> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "INSERT INTO care_case (practice_id, id, client_id, episode_id, owner_id, state, decision, opened_at, due_at, closed_at, revision) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING",
        )
        .bind(&practice)
        .bind(&case.id)
        .bind(&case.client_id)
        .bind(&case.episode_id)
        .bind(&case.owner_id)
        .bind(case.state)
        .bind(case.decision)
        .bind(case.opened_at)
        .bind(case.due_at)
        .bind(case.closed_at)
        .bind(case.revision)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// One case.
pub async fn find(read: &mut Read, id: &CaseId) -> Result<Option<Case>, Error> {
    let practice = read.practice().clone();
    read.query("SELECT * FROM care_case WHERE practice_id = $1 AND id = $2").bind(&practice).bind(id).optional().await
}

/// The open case of an episode.
pub async fn open_of_episode(read: &mut Read, episode: &EpisodeId) -> Result<Option<Case>, Error> {
    let practice = read.practice().clone();
    read.query("SELECT * FROM care_case WHERE practice_id = $1 AND episode_id = $2 AND state <> 'closed'")
        .bind(&practice)
        .bind(episode)
        .optional()
        .await
}

/// Every case of a client, latest first.
pub async fn of_client(read: &mut Read, client: &ClientId) -> Result<Vec<Case>, Error> {
    let practice = read.practice().clone();
    read.query("SELECT * FROM care_case WHERE practice_id = $1 AND client_id = $2 ORDER BY opened_at DESC, id DESC")
        .bind(&practice)
        .bind(client)
        .all()
        .await
}

/// Every case of these episodes, latest first.
pub async fn of_episodes(read: &mut Read, episodes: &[EpisodeId]) -> Result<Vec<Case>, Error> {
    let practice = read.practice().clone();
    let sql = "SELECT * FROM care_case WHERE practice_id = $1 AND episode_id IN ($each)";
    let mut found: Vec<Case> = read.query(sql).bind(&practice).bind_each(episodes).all().await?;
    found.sort_by(|a, b| (b.opened_at, &b.id).cmp(&(a.opened_at, &a.id)));
    Ok(found)
}

/// The open cases of the practice, the first due first.
pub async fn all_open(read: &mut Read) -> Result<Vec<Case>, Error> {
    let practice = read.practice().clone();
    read.query("SELECT * FROM care_case WHERE practice_id = $1 AND state <> 'closed' ORDER BY due_at, id")
        .bind(&practice)
        .all()
        .await
}

/// The open cases of these episodes.
pub async fn open_of_episodes(read: &mut Read, episodes: &[EpisodeId]) -> Result<Vec<Case>, Error> {
    let practice = read.practice().clone();
    let sql = "SELECT * FROM care_case WHERE practice_id = $1 AND episode_id IN ($each) AND state <> 'closed'";
    read.query(sql).bind(&practice).bind_each(episodes).all().await
}

/// The open cases that are somebody's to look at: as their owner, or because they were told of them by the instant. The first
/// due first.
pub async fn open_for(read: &mut Read, staff: &StaffId, now: Instant) -> Result<Vec<Case>, Error> {
    let practice = read.practice().clone();
    // As in [`waiting_for`]: what was written before the oldest open case began is about none of them.
    read.query(
        "SELECT c.* FROM (SELECT id FROM care_case WHERE practice_id = $1 AND owner_id = $2 AND state <> 'closed' \
         UNION SELECT case_id FROM message WHERE practice_id = $1 AND staff_id = $2 AND case_id IS NOT NULL \
         AND state <> 'cancelled' AND due_at <= $3 AND due_at >= (SELECT min(opened_at) FROM care_case \
         WHERE practice_id = $1 AND state <> 'closed' AND opened_at <= $3)) mine CROSS JOIN care_case c \
         WHERE c.practice_id = $1 AND c.id = mine.id AND c.state <> 'closed' ORDER BY c.due_at, c.id",
    )
    .bind(&practice)
    .bind(staff)
    .bind(now)
    .all()
    .await
}

/// The open cases of an owner, the first due first.
pub async fn open_of_owner(read: &mut Read, owner: &StaffId) -> Result<Vec<Case>, Error> {
    let practice = read.practice().clone();
    read.query(
        "SELECT * FROM care_case WHERE practice_id = $1 AND owner_id = $2 AND state <> 'closed' ORDER BY due_at, id",
    )
    .bind(&practice)
    .bind(owner)
    .all()
    .await
}

/// Writes a case after one step (its revision is one higher than the stored one) by compare-and-set.
/// [`Error::Conflict`] when somebody was faster.
pub async fn save(tx: &mut Tx, case: &Case) -> Result<(), Error> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "UPDATE care_case SET owner_id = $4, state = $5, decision = $6, due_at = $7, closed_at = $8, revision = $3 \
             WHERE practice_id = $1 AND id = $2 AND revision = $3 - 1",
        )
        .bind(&practice)
        .bind(&case.id)
        .bind(case.revision)
        .bind(&case.owner_id)
        .bind(case.state)
        .bind(case.decision)
        .bind(case.due_at)
        .bind(case.closed_at)
        .execute()
        .await?;
    if rows == 1 { Ok(()) } else { Err(Error::Conflict) }
}

/// Adds a reason.
pub async fn insert_reason(tx: &mut Tx, reason: &Reason) -> Result<(), Error> {
    let practice = tx.practice().clone();
    tx.query(
        "INSERT INTO case_reason (practice_id, id, case_id, rule, level, response_id, packet_id, inputs, raised_at, due_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(&practice)
    .bind(&reason.id)
    .bind(&reason.case_id)
    .bind(reason.rule)
    .bind(reason.level)
    .bind(reason.response_id.as_ref())
    .bind(reason.packet_id.as_ref())
    .bind(Json(&reason.inputs))
    .bind(reason.raised_at)
    .bind(reason.due_at)
    .later()
    .await?;
    Ok(())
}

/// The reasons of a case, earliest first.
pub async fn reasons(read: &mut Read, case: &CaseId) -> Result<Vec<Reason>, Error> {
    let practice = read.practice().clone();
    read.query("SELECT * FROM case_reason WHERE practice_id = $1 AND case_id = $2 ORDER BY raised_at, id")
        .bind(&practice)
        .bind(case)
        .all()
        .await
}

/// The reasons of several cases, earliest first.
pub async fn reasons_of(read: &mut Read, cases: &[CaseId]) -> Result<Vec<Reason>, Error> {
    let practice = read.practice().clone();
    read.query("SELECT * FROM case_reason WHERE practice_id = $1 AND case_id IN ($each) ORDER BY raised_at, id")
        .bind(&practice)
        .bind_each(cases.iter())
        .all()
        .await
}

/// The reasons that arose in one check-in, whether or not its answers were submitted.
pub async fn reasons_of_packet(read: &mut Read, packet: &PacketId) -> Result<Vec<Reason>, Error> {
    let practice = read.practice().clone();
    read.query("SELECT * FROM case_reason WHERE practice_id = $1 AND packet_id = $2 ORDER BY raised_at, id")
        .bind(&practice)
        .bind(packet)
        .all()
        .await
}

/// What rested in the reasons about anything but danger that were raised since then, in cases the person has now.
pub async fn alerts_of(read: &mut Read, owner: &StaffId, since: Instant) -> Result<Vec<SignalInputs>, Error> {
    let practice = read.practice().clone();
    // A case that was closed before has no reason raised since.
    let rows: Vec<Json<SignalInputs>> = read
        .query(
            "SELECT r.inputs FROM care_case c CROSS JOIN case_reason r \
             WHERE c.practice_id = $1 AND c.owner_id = $2 AND (c.closed_at IS NULL OR c.closed_at >= $3) \
             AND r.practice_id = c.practice_id AND r.case_id = c.id AND r.raised_at >= $3 AND r.level = 'routine' ORDER BY r.id",
        )
        .bind(&practice)
        .bind(owner)
        .bind(since)
        .scalars()
        .await?;
    Ok(rows.into_iter().map(|inputs| inputs.0).collect())
}

/// How many cases wait for the person to take them up: as their owner, or because a message told or called them by the instant
/// of a reason that nobody has taken up.
pub async fn waiting_for(read: &mut Read, staff: &StaffId, now: Instant) -> Result<i64, Error> {
    let practice = read.practice().clone();
    // "Open" is said twice, so that SQLite sees that its index of open cases will do. What was written before the oldest open
    // case began is about none of them: the messages of years are not walked.
    let sql = "SELECT count(*) FROM (SELECT id FROM care_case \
         WHERE practice_id = $1 AND owner_id = $2 AND state <> 'closed' AND state = 'open' \
         UNION SELECT c.id FROM message m CROSS JOIN case_reason r CROSS JOIN care_case c \
         WHERE m.practice_id = $1 AND m.staff_id = $2 AND m.due_at <= $3 AND m.due_at >= (SELECT min(opened_at) FROM care_case \
         WHERE practice_id = $1 AND state <> 'closed' AND opened_at <= $3) AND m.state <> 'cancelled' \
         AND r.practice_id = m.practice_id AND r.id = m.reason_id AND r.acknowledged_at IS NULL \
         AND c.practice_id = r.practice_id AND c.id = r.case_id AND c.state = 'open') mine";
    read.query(sql).bind(&practice).bind(staff).bind(now).scalar().await
}

/// One reason.
pub async fn reason(read: &mut Read, id: &ReasonId) -> Result<Option<Reason>, Error> {
    let practice = read.practice().clone();
    read.query("SELECT * FROM case_reason WHERE practice_id = $1 AND id = $2").bind(&practice).bind(id).optional().await
}

/// Ends the ladders of a case's reasons: a person took it up. Tells how many were waiting.
pub async fn acknowledge_reasons(tx: &mut Tx, case: &CaseId, by: &StaffId, now: Instant) -> Result<u64, Error> {
    let practice = tx.practice().clone();
    tx.query("UPDATE case_reason SET acknowledged_at = $3, acknowledged_by = $4 WHERE practice_id = $1 AND case_id = $2 AND acknowledged_at IS NULL")
        .bind(&practice)
        .bind(case)
        .bind(now)
        .bind(by)
        .execute()
        .await
}

/// Disposes of a reason. `false` when it is disposed of already.
pub async fn dispose_reason(
    tx: &mut Tx,
    reason: &ReasonId,
    how: Disposition,
    by: &StaffId,
    now: Instant,
) -> Result<bool, Error> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "UPDATE case_reason SET disposed_at = $3, disposed_by = $4, disposition = $5, \
             acknowledged_at = COALESCE(acknowledged_at, $3), acknowledged_by = COALESCE(acknowledged_by, $4) \
             WHERE practice_id = $1 AND id = $2 AND disposed_at IS NULL",
        )
        .bind(&practice)
        .bind(reason)
        .bind(now)
        .bind(by)
        .bind(how)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Sets when a reason is due: an appointment moved, or somebody took it up.
pub async fn set_reason_due(tx: &mut Tx, reason: &ReasonId, due_at: Instant) -> Result<(), Error> {
    let practice = tx.practice().clone();
    tx.query("UPDATE case_reason SET due_at = $3 WHERE practice_id = $1 AND id = $2 AND due_at <> $3")
        .bind(&practice)
        .bind(reason)
        .bind(due_at)
        .later()
        .await?;
    Ok(())
}

/// The reasons of an episode's cases: those of the open one first, then those of closed ones.
pub async fn reasons_of_episode(read: &mut Read, episode: &EpisodeId) -> Result<(Vec<Reason>, Vec<Reason>), Error> {
    struct Placed(Reason, String);
    impl Record for Placed {
        fn read(row: &Row<'_>) -> Result<Self, Error> {
            Ok(Self(Reason::read(row)?, row.get("case_state")?))
        }
    }
    let practice = read.practice().clone();
    let rows: Vec<Placed> = read
        .query(
            // CROSS JOIN: SQLite takes the tables in this order, so that it never walks all the reasons of the practice.
            "SELECT r.*, c.state AS case_state FROM care_case c CROSS JOIN case_reason r \
             WHERE c.practice_id = $1 AND c.episode_id = $2 AND r.practice_id = c.practice_id AND r.case_id = c.id \
             ORDER BY r.raised_at, r.id",
        )
        .bind(&practice)
        .bind(episode)
        .all()
        .await?;
    let (closed, open): (Vec<Placed>, Vec<Placed>) = rows.into_iter().partition(|placed| placed.1 == "closed");
    let reasons = |placed: Vec<Placed>| placed.into_iter().map(|placed| placed.0).collect();
    Ok((reasons(open), reasons(closed)))
}

/// Links the reasons raised while a check-in was being answered to the response it became.
pub async fn attach_response(tx: &mut Tx, packet: &PacketId, response: &care::ResponseId) -> Result<(), Error> {
    let practice = tx.practice().clone();
    tx.query(
        "UPDATE case_reason SET response_id = $3 WHERE practice_id = $1 AND packet_id = $2 AND response_id IS NULL",
    )
    .bind(&practice)
    .bind(packet)
    .bind(response)
    .later()
    .await?;
    Ok(())
}

/// A rung of a reason's ladder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rung {
    /// 0, 1, 2 …
    pub rung: i64,
    /// Tier it calls.
    pub tier: i64,
    /// When.
    pub due_at: Instant,
    /// When it was fired.
    pub fired_at: Option<Instant>,
}

record! {
    Rung { rung, tier, due_at, fired_at }
}

/// Puts a rung up. `false` when it is there already.
pub async fn insert_rung(tx: &mut Tx, reason: &ReasonId, rung: &Rung) -> Result<bool, Error> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "INSERT INTO ladder_rung (practice_id, reason_id, rung, tier, due_at, fired_at) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT DO NOTHING",
        )
        .bind(&practice)
        .bind(reason)
        .bind(rung.rung)
        .bind(rung.tier)
        .bind(rung.due_at)
        .bind(rung.fired_at)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Moves the first rung of a reason that has not fired. `false` where there is none to move.
pub async fn move_first_rung(tx: &mut Tx, reason: &ReasonId, due_at: Instant) -> Result<bool, Error> {
    let practice = tx.practice().clone();
    let rows = tx
        .query("UPDATE ladder_rung SET due_at = $3 WHERE practice_id = $1 AND reason_id = $2 AND rung = 0 AND fired_at IS NULL AND due_at <> $3")
        .bind(&practice)
        .bind(reason)
        .bind(due_at)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// The rungs of a reason, in order.
pub async fn rungs(read: &mut Read, reason: &ReasonId) -> Result<Vec<Rung>, Error> {
    let practice = read.practice().clone();
    read.query(
        "SELECT rung, tier, due_at, fired_at FROM ladder_rung WHERE practice_id = $1 AND reason_id = $2 ORDER BY rung",
    )
    .bind(&practice)
    .bind(reason)
    .all()
    .await
}

/// Fires a rung: exactly one caller is told `true`.
pub async fn fire_rung(tx: &mut Tx, reason: &ReasonId, rung: i64, now: Instant) -> Result<bool, Error> {
    let practice = tx.practice().clone();
    let rows = tx
        .query("UPDATE ladder_rung SET fired_at = $4 WHERE practice_id = $1 AND reason_id = $2 AND rung = $3 AND fired_at IS NULL AND due_at <= $4")
        .bind(&practice)
        .bind(reason)
        .bind(rung)
        .bind(now)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Reasons whose ladder waits for a rung that is due, in the whole deployment: the sweep makes sure each has a job.
pub async fn rungs_due(instance: &mut impl InstanceScope, now: Instant) -> Result<Vec<(PracticeId, ReasonId)>, Error> {
    instance
        .query(
            "SELECT DISTINCT l.practice_id, l.reason_id FROM ladder_rung l \
         JOIN case_reason r ON r.practice_id = l.practice_id AND r.id = l.reason_id \
         WHERE l.fired_at IS NULL AND l.due_at <= $1 AND r.acknowledged_at IS NULL",
        )
        .bind(now)
        .all()
        .await
}

/// Records a step.
pub async fn insert_step(tx: &mut Tx, step: &Step) -> Result<(), Error> {
    let practice = tx.practice().clone();
    let note = step.note.as_ref().map(|note| tx.seal("case_step", "note", step.id.as_str(), note.text()));
    tx.query("INSERT INTO case_step (practice_id, id, case_id, kind, at, by_id, to_id, note_sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
        .bind(&practice)
        .bind(&step.id)
        .bind(&step.case_id)
        .bind(step.kind)
        .bind(step.at)
        .bind(step.by.as_ref())
        .bind(step.to.as_ref())
        .bind(note)
        .later()
        .await?;
    Ok(())
}

/// The steps of some cases, earliest first.
pub async fn steps(read: &mut Read, cases: &[CaseId]) -> Result<Vec<Step>, Error> {
    struct Sealed(Step, Option<Vec<u8>>);
    impl Record for Sealed {
        fn read(row: &Row<'_>) -> Result<Self, Error> {
            let step = Step {
                id: row.get("id")?,
                case_id: row.get("case_id")?,
                kind: row.get("kind")?,
                at: row.get("at")?,
                by: row.get("by_id")?,
                to: row.get("to_id")?,
                note: None,
            };
            Ok(Self(step, row.get("note_sealed")?))
        }
    }
    let practice = read.practice().clone();
    let rows: Vec<Sealed> = read
        .query("SELECT * FROM case_step WHERE practice_id = $1 AND case_id IN ($each) ORDER BY at, id")
        .bind(&practice)
        .bind_each(cases)
        .all()
        .await?;
    rows.into_iter()
        .map(|Sealed(mut step, note)| {
            step.note =
                note.map(|note| read.open("case_step", "note", step.id.as_str(), &note)).transpose()?.map(Phi::new);
            Ok(step)
        })
        .collect()
}
