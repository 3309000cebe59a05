//! Caps of clinicians with their history, pauses of the intake, what the owner asked for beyond them, referrals given back, and
//! targets of payers. What stands in the way of a new client is `care::capacity`'s. Reasons in words are sealed.

use crate::{Read, Record, Result, Row, Tx, record};
use care::capacity::{Capacity, Caps, Load, Override, PayerPart, PayerTarget};
use care::episode::Episode;
use care::{
    CapacityOverrideId, DeclineId, EpisodeId, Instant, IntakePauseId, PayerTargetId, Phi, PlacementId, StaffId,
};

impl Record for Capacity {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            clinician_id: row.get("clinician_id")?,
            caps: Caps {
                clients: row.get("max_clients")?,
                sessions: row.get("max_sessions")?,
                weight: row.get("max_weight")?,
            },
            set_at: row.get("set_at")?,
            set_by: row.get("set_by")?,
            replaced_at: row.get("replaced_at")?,
        })
    }
}

record! {
    Override { id, clinician_id, granted_by, granted_at, used_for }
    PayerTarget { payer_id, at_most }
    PayerPart { clinician_id, payer_id, clients }
}

/// Puts a decision in force; the one before ends and stays.
pub async fn set(tx: &mut Tx, capacity: &Capacity) -> Result<()> {
    let practice = tx.practice().clone();
    tx.query(
        "UPDATE capacity SET replaced_at = $3 WHERE practice_id = $1 AND clinician_id = $2 AND replaced_at IS NULL",
    )
    .bind(&practice)
    .bind(&capacity.clinician_id)
    .bind(capacity.set_at)
    .execute()
    .await?;
    tx.query(
        "INSERT INTO capacity (practice_id, id, clinician_id, max_clients, max_sessions, max_weight, set_at, set_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(&practice)
    .bind(&capacity.id)
    .bind(&capacity.clinician_id)
    .bind(capacity.caps.clients)
    .bind(capacity.caps.sessions)
    .bind(capacity.caps.weight)
    .bind(capacity.set_at)
    .bind(&capacity.set_by)
    .execute()
    .await?;
    Ok(())
}

/// The decisions in force.
pub async fn holding(read: &mut Read) -> Result<Vec<Capacity>> {
    let practice = read.practice().clone();
    read.query("SELECT * FROM capacity WHERE practice_id = $1 AND replaced_at IS NULL ORDER BY clinician_id")
        .bind(&practice)
        .all()
        .await
}

/// The latest decisions, those that were replaced too.
pub async fn history(read: &mut Read, limit: i64) -> Result<Vec<Capacity>> {
    let practice = read.practice().clone();
    read.query("SELECT * FROM capacity WHERE practice_id = $1 ORDER BY set_at DESC, id DESC LIMIT $2")
        .bind(&practice)
        .bind(limit)
        .all()
        .await
}

/// A pause of the intake that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    /// Id.
    pub id: IntakePauseId,
    /// Whose.
    pub clinician_id: StaffId,
    /// Since when.
    pub began_at: Instant,
    /// Why, in their words.
    pub reason: Phi<String>,
}

struct SealedPause(IntakePauseId, StaffId, Instant, Vec<u8>);

impl Record for SealedPause {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self(row.get("id")?, row.get("clinician_id")?, row.get("began_at")?, row.get("reason_sealed")?))
    }
}

/// Begins a pause. `false` when one holds already.
pub async fn pause(tx: &mut Tx, id: &IntakePauseId, clinician: &StaffId, reason: &str, now: Instant) -> Result<bool> {
    let practice = tx.practice().clone();
    let reason = tx.seal("intake_pause", "reason", id.as_str(), reason);
    let rows = tx
        .query(
            "INSERT INTO intake_pause (practice_id, id, clinician_id, reason_sealed, began_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (practice_id, clinician_id) WHERE ended_at IS NULL DO NOTHING",
        )
        .bind(&practice)
        .bind(id)
        .bind(clinician)
        .bind(reason)
        .bind(now)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Ends the pause of a clinician. `false` when none holds.
pub async fn resume(tx: &mut Tx, clinician: &StaffId, now: Instant) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "UPDATE intake_pause SET ended_at = $3 WHERE practice_id = $1 AND clinician_id = $2 AND ended_at IS NULL",
        )
        .bind(&practice)
        .bind(clinician)
        .bind(now)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// The pauses that hold.
pub async fn pauses(read: &mut Read) -> Result<Vec<Pause>> {
    let practice = read.practice().clone();
    let rows: Vec<SealedPause> = read
        .query(
            "SELECT id, clinician_id, began_at, reason_sealed FROM intake_pause WHERE practice_id = $1 AND ended_at IS NULL \
             ORDER BY clinician_id",
        )
        .bind(&practice)
        .all()
        .await?;
    rows.into_iter()
        .map(|SealedPause(id, clinician_id, began_at, sealed)| {
            let reason = Phi::new(read.open("intake_pause", "reason", id.as_str(), &sealed)?);
            Ok(Pause { id, clinician_id, began_at, reason })
        })
        .collect()
}

/// Keeps what the owner asked for.
pub async fn grant(tx: &mut Tx, one: &Override, reason: &str) -> Result<()> {
    let practice = tx.practice().clone();
    let reason = tx.seal("capacity_override", "reason", one.id.as_str(), reason);
    tx.query(
        "INSERT INTO capacity_override (practice_id, id, clinician_id, granted_by, granted_at, reason_sealed) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&practice)
    .bind(&one.id)
    .bind(&one.clinician_id)
    .bind(&one.granted_by)
    .bind(one.granted_at)
    .bind(reason)
    .execute()
    .await?;
    Ok(())
}

/// Uses the oldest one of a clinician that has not served yet. `None` where there is none.
pub async fn use_one(
    tx: &mut Tx,
    clinician: &StaffId,
    episode: &EpisodeId,
    now: Instant,
) -> Result<Option<CapacityOverrideId>> {
    let practice = tx.practice().clone();
    tx.query(
        "UPDATE capacity_override SET used_for = $3, used_at = $4 WHERE practice_id = $1 AND id = (SELECT id \
         FROM capacity_override WHERE practice_id = $1 AND clinician_id = $2 AND used_at IS NULL AND withdrawn_at IS NULL \
         ORDER BY granted_at, id LIMIT 1) AND used_at IS NULL AND withdrawn_at IS NULL RETURNING id",
    )
    .bind(&practice)
    .bind(clinician)
    .bind(episode)
    .bind(now)
    .scalar_optional()
    .await
}

/// Takes one back that has not served. `false` when it has, or was taken back.
pub async fn withdraw(tx: &mut Tx, id: &CapacityOverrideId, now: Instant) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "UPDATE capacity_override SET withdrawn_at = $3 WHERE practice_id = $1 AND id = $2 AND used_at IS NULL \
             AND withdrawn_at IS NULL",
        )
        .bind(&practice)
        .bind(id)
        .bind(now)
        .execute()
        .await?;
    Ok(rows == 1)
}

struct SealedOverride(Override, Vec<u8>);

impl Record for SealedOverride {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self(Override::read(row)?, row.get("reason_sealed")?))
    }
}

/// What the owner asked for since an instant, and what has not served yet, the latest first, each with its reason.
pub async fn overrides(read: &mut Read, since: Instant) -> Result<Vec<(Override, Phi<String>)>> {
    let practice = read.practice().clone();
    let rows: Vec<SealedOverride> = read
        .query(
            "SELECT id, clinician_id, granted_by, granted_at, used_for, reason_sealed FROM capacity_override \
             WHERE practice_id = $1 AND withdrawn_at IS NULL AND (granted_at >= $2 OR used_at IS NULL) \
             ORDER BY granted_at DESC, id DESC",
        )
        .bind(&practice)
        .bind(since)
        .all()
        .await?;
    rows.into_iter()
        .map(|SealedOverride(one, sealed)| {
            let reason = read.open("capacity_override", "reason", one.id.as_str(), &sealed)?;
            Ok((one, Phi::new(reason)))
        })
        .collect()
}

/// Puts a payer's target in force; without `at_most` there is none from now on. The one before ends and stays.
pub async fn set_target(
    tx: &mut Tx,
    id: &PayerTargetId,
    payer: &PlacementId,
    at_most: Option<i64>,
    by: &StaffId,
    now: Instant,
) -> Result<()> {
    let practice = tx.practice().clone();
    tx.query(
        "UPDATE payer_target SET replaced_at = $3 WHERE practice_id = $1 AND payer_id = $2 AND replaced_at IS NULL",
    )
    .bind(&practice)
    .bind(payer)
    .bind(now)
    .execute()
    .await?;
    tx.query(
        "INSERT INTO payer_target (practice_id, id, payer_id, at_most, set_at, set_by) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&practice)
    .bind(id)
    .bind(payer)
    .bind(at_most)
    .bind(now)
    .bind(by)
    .execute()
    .await?;
    Ok(())
}

/// The targets in force.
pub async fn targets(read: &mut Read) -> Result<Vec<PayerTarget>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT payer_id, at_most FROM payer_target WHERE practice_id = $1 AND replaced_at IS NULL AND at_most IS NOT NULL \
         ORDER BY payer_id",
    )
    .bind(&practice)
    .all()
    .await
}

/// What a clinician has now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Busy {
    /// Who.
    pub clinician_id: StaffId,
    /// What.
    pub load: Load,
}

impl Record for Busy {
    fn read(row: &Row<'_>) -> Result<Self> {
        let load = Load {
            clients: row.get("clients")?,
            cases: row.get("cases")?,
            risks: row.get("risks")?,
            sessions: row.get("sessions")?,
        };
        Ok(Self { clinician_id: row.get("clinician_id")?, load })
    }
}

/// What these clinicians have now, with the sessions of the span; who has no client is left out.
pub async fn loads(read: &mut Read, clinicians: &[StaffId], from: Instant, until: Instant) -> Result<Vec<Busy>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT l.clinician_id, l.clients, l.cases - l.risks AS cases, l.risks, (SELECT count(*) FROM appointment p \
         WHERE p.practice_id = $1 AND p.clinician_id = l.clinician_id AND p.starts_at >= $2 AND p.starts_at < $3 \
         AND p.state IN ('scheduled', 'attended')) AS sessions FROM \
         (SELECT a.clinician_id, count(*) AS clients, count(c.id) AS cases, count(c.id) FILTER (WHERE EXISTS (SELECT 1 \
         FROM case_reason r WHERE r.practice_id = c.practice_id AND r.case_id = c.id AND r.level IN ('urgent', 'review') \
         AND r.disposed_at IS NULL)) AS risks FROM assignment a \
         JOIN episode e ON e.practice_id = a.practice_id AND e.id = a.episode_id AND e.state = 'open' \
         LEFT JOIN care_case c ON c.practice_id = e.practice_id AND c.episode_id = e.id AND c.state <> 'closed' \
         WHERE a.practice_id = $1 AND a.ends_at IS NULL AND a.clinician_id IN ($each) GROUP BY a.clinician_id) AS l \
         ORDER BY l.clinician_id",
    )
    .bind(&practice)
    .bind(from)
    .bind(until)
    .bind_each(clinicians)
    .all()
    .await
}

/// How many clients of each clinician each payer pays for.
pub async fn payer_mix(read: &mut Read) -> Result<Vec<PayerPart>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT a.clinician_id, e.payer_id, count(*) AS clients FROM assignment a \
         JOIN episode e ON e.practice_id = a.practice_id AND e.id = a.episode_id AND e.state = 'open' \
         WHERE a.practice_id = $1 AND a.ends_at IS NULL GROUP BY a.clinician_id, e.payer_id \
         ORDER BY a.clinician_id, e.payer_id",
    )
    .bind(&practice)
    .all()
    .await
}

/// A course of therapy that nobody has yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referral {
    /// The course.
    pub episode: Episode,
    /// Who pays.
    pub payer_id: Option<PlacementId>,
}

impl Record for Referral {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self { episode: Episode::read(row)?, payer_id: row.get("payer_id")? })
    }
}

/// The courses that nobody has yet, the longest waiting first.
pub async fn referrals(read: &mut Read) -> Result<Vec<Referral>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT e.id, e.client_id, e.site_id, e.protocol_id, e.started_on, e.state, e.discharged_at, e.discharge_reason, \
         e.payer_id FROM episode e WHERE e.practice_id = $1 AND e.state = 'open' AND NOT EXISTS (SELECT 1 FROM assignment a \
         WHERE a.practice_id = e.practice_id AND a.episode_id = e.id AND a.ends_at IS NULL) ORDER BY e.started_on, e.id",
    )
    .bind(&practice)
    .all()
    .await
}

/// A referral that was given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declined {
    /// Id.
    pub id: DeclineId,
    /// Which course.
    pub episode_id: EpisodeId,
    /// By whom.
    pub clinician_id: StaffId,
    /// When.
    pub declined_at: Instant,
    /// Why, in their words.
    pub reason: Phi<String>,
}

struct SealedDecline(DeclineId, EpisodeId, StaffId, Instant, Vec<u8>);

impl Record for SealedDecline {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self(
            row.get("id")?,
            row.get("episode_id")?,
            row.get("clinician_id")?,
            row.get("declined_at")?,
            row.get("reason_sealed")?,
        ))
    }
}

/// Keeps that a clinician gave a course back, in place of what they said when they gave it back before.
pub async fn decline(tx: &mut Tx, one: &Declined) -> Result<()> {
    let practice = tx.practice().clone();
    let reason = tx.seal("referral_decline", "reason", one.id.as_str(), one.reason.text());
    tx.query("DELETE FROM referral_decline WHERE practice_id = $1 AND episode_id = $2 AND clinician_id = $3")
        .bind(&practice)
        .bind(&one.episode_id)
        .bind(&one.clinician_id)
        .execute()
        .await?;
    tx.query(
        "INSERT INTO referral_decline (practice_id, id, episode_id, clinician_id, reason_sealed, declined_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&practice)
    .bind(&one.id)
    .bind(&one.episode_id)
    .bind(&one.clinician_id)
    .bind(reason)
    .bind(one.declined_at)
    .execute()
    .await?;
    Ok(())
}

/// Who gave these courses back, the latest first.
pub async fn declined(read: &mut Read, episodes: &[EpisodeId]) -> Result<Vec<Declined>> {
    if episodes.is_empty() {
        return Ok(Vec::new());
    }
    let practice = read.practice().clone();
    let rows: Vec<SealedDecline> = read
        .query(
            "SELECT id, episode_id, clinician_id, declined_at, reason_sealed FROM referral_decline \
             WHERE practice_id = $1 AND episode_id IN ($each) ORDER BY declined_at DESC, id DESC",
        )
        .bind(&practice)
        .bind_each(episodes)
        .all()
        .await?;
    rows.into_iter()
        .map(|SealedDecline(id, episode_id, clinician_id, declined_at, sealed)| {
            let reason = Phi::new(read.open("referral_decline", "reason", id.as_str(), &sealed)?);
            Ok(Declined { id, episode_id, clinician_id, declined_at, reason })
        })
        .collect()
}
