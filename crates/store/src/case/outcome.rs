//! How risk reasons were assessed, and whether clients got back on track after their cases were closed.

use crate::{Error, InstanceScope, Read, Tx, record};
use care::case::{Assessment, Verification};
use care::{CaseId, ClientId, EpisodeId, Instant, PracticeId, ReasonId};

record! { Assessment { contact, screener, safety_plan, emergency_contact, referral } }

/// Keeps what was done about a risk reason.
pub async fn insert_assessment(tx: &mut Tx, reason: &ReasonId, assessment: &Assessment) -> Result<(), Error> {
    let practice = tx.practice().clone();
    tx.query(
        "INSERT INTO risk_assessment (practice_id, reason_id, contact, screener, safety_plan, emergency_contact, referral) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&practice)
    .bind(reason)
    .bind(assessment.contact)
    .bind(assessment.screener)
    .bind(assessment.safety_plan)
    .bind(assessment.emergency_contact)
    .bind(assessment.referral)
    .execute()
    .await?;
    Ok(())
}

/// What was done about the reasons; those that were not disposed of are left out.
pub async fn assessments(read: &mut Read, reasons: &[ReasonId]) -> Result<Vec<(ReasonId, Assessment)>, Error> {
    struct Kept(ReasonId, Assessment);
    impl crate::Record for Kept {
        fn read(row: &crate::Row<'_>) -> Result<Self, Error> {
            Ok(Self(row.get("reason_id")?, Assessment::read(row)?))
        }
    }
    if reasons.is_empty() {
        return Ok(Vec::new());
    }
    let practice = read.practice().clone();
    let kept: Vec<Kept> = read
        .query("SELECT * FROM risk_assessment WHERE practice_id = $1 AND reason_id IN ($each)")
        .bind(&practice)
        .bind_each(reasons)
        .all()
        .await?;
    Ok(kept.into_iter().map(|Kept(reason, assessment)| (reason, assessment)).collect())
}

/// From now on it is looked whether the client gets back on track. A case that was opened again and closed anew begins anew.
pub async fn expect_verification(tx: &mut Tx, case: &CaseId, closed_at: Instant) -> Result<(), Error> {
    let practice = tx.practice().clone();
    tx.query(
        "INSERT INTO case_verification (practice_id, case_id, state, closed_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (practice_id, case_id) DO UPDATE SET state = excluded.state, closed_at = excluded.closed_at, decided_at = NULL",
    )
    .bind(&practice)
    .bind(case)
    .bind(Verification::Pending)
    .bind(closed_at)
    .execute()
    .await?;
    Ok(())
}

/// The case was opened again: nothing is looked for any more.
pub async fn forget_verification(tx: &mut Tx, case: &CaseId) -> Result<(), Error> {
    let practice = tx.practice().clone();
    tx.query("DELETE FROM case_verification WHERE practice_id = $1 AND case_id = $2")
        .bind(&practice)
        .bind(case)
        .execute()
        .await?;
    Ok(())
}

/// What came of a closed case; none for one that nothing is looked for in.
pub async fn verification(read: &mut Read, case: &CaseId) -> Result<Option<Verification>, Error> {
    let practice = read.practice().clone();
    read.query("SELECT state FROM case_verification WHERE practice_id = $1 AND case_id = $2")
        .bind(&practice)
        .bind(case)
        .scalar_optional()
        .await
}

/// Writes what came of a case. `false` when that is known already.
pub async fn decide_verification(tx: &mut Tx, case: &CaseId, to: Verification, now: Instant) -> Result<bool, Error> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "UPDATE case_verification SET state = $3, decided_at = $4 \
             WHERE practice_id = $1 AND case_id = $2 AND state = 'pending'",
        )
        .bind(&practice)
        .bind(case)
        .bind(to)
        .bind(now)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// A closed case that is looked at, or was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookedAt {
    /// Which.
    pub case_id: CaseId,
    /// About whom.
    pub client_id: ClientId,
    /// When it was closed.
    pub closed_at: Instant,
    /// What came of it.
    pub state: Verification,
}

record! { LookedAt { case_id, client_id, closed_at, state } }

/// The closed cases of these episodes of which something became known since an instant, or nothing is known yet; the latest first.
pub async fn looked_at(read: &mut Read, episodes: &[EpisodeId], since: Instant) -> Result<Vec<LookedAt>, Error> {
    if episodes.is_empty() {
        return Ok(Vec::new());
    }
    let practice = read.practice().clone();
    read.query(
        "SELECT v.case_id, c.client_id, v.closed_at, v.state FROM care_case c \
         JOIN case_verification v ON v.practice_id = c.practice_id AND v.case_id = c.id \
         WHERE c.practice_id = $1 AND c.state = 'closed' AND (v.decided_at IS NULL OR v.decided_at >= $2) \
         AND c.episode_id IN ($each) ORDER BY v.closed_at DESC, v.case_id",
    )
    .bind(&practice)
    .bind(since)
    .bind_each(episodes)
    .all()
    .await
}

/// A closed case of which nobody knows yet what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// In which practice.
    pub practice_id: PracticeId,
    /// Which.
    pub case_id: CaseId,
}

record! { Pending { practice_id, case_id } }

/// The closed cases of the deployment that are waited for, a page at a time in the order of their keys.
pub async fn pending_verifications(
    instance: &mut impl InstanceScope,
    after: Option<&Pending>,
    limit: i64,
) -> Result<Vec<Pending>, Error> {
    let (practice, case) = after.map_or(("", ""), |last| (last.practice_id.as_str(), last.case_id.as_str()));
    instance
        .query(
            "SELECT practice_id, case_id FROM case_verification \
             WHERE state = 'pending' AND (practice_id, case_id) > ($1, $2) ORDER BY practice_id, case_id LIMIT $3",
        )
        .bind(practice)
        .bind(case)
        .bind(limit)
        .all()
        .await
}
