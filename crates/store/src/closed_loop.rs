//! Alerts of a period with their clocks, and the cases closed in it. What the clocks say is `care::closed_loop`'s, what may be shown
//! of it the page's.

use crate::{Read, Record, Result, Row};
use care::case::ReasonLevel;
use care::closed_loop::{Alert, Belongs, ClosedCase};
use care::{Instant, StaffId};

/// Which alerts and cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// When the period begins.
    pub begins: Instant,
    /// When it is over.
    pub ends: Instant,
    /// Of cases that one of these people has, or had when they were closed; none for everybody's.
    pub owners: Option<Vec<StaffId>>,
}

fn belongs(row: &Row<'_>) -> Result<Belongs> {
    Ok(Belongs { site_id: row.get("site_id")?, programme_id: row.get("programme_id")?, payer_id: row.get("payer_id")? })
}

impl Record for Alert {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            belongs: belongs(row)?,
            level: row.get("level")?,
            rule: row.get("rule")?,
            raised_at: row.get("raised_at")?,
            due_at: row.get("due_at")?,
            acknowledged_at: row.get("acknowledged_at")?,
            disposed_at: row.get("disposed_at")?,
            decided_at: row.get("decided_at")?,
        })
    }
}

impl Record for ClosedCase {
    fn read(row: &Row<'_>) -> Result<Self> {
        let gravity: i64 = row.get("gravity")?;
        Ok(Self {
            belongs: belongs(row)?,
            level: match gravity {
                2 => ReasonLevel::Urgent,
                1 => ReasonLevel::Review,
                _ => ReasonLevel::Routine,
            },
            closed_at: row.get("closed_at")?,
            decision: row.get("decision")?,
            verification: row.get("verification")?,
        })
    }
}

/// The alerts that arose in the period.
pub async fn alerts(read: &mut Read, wanted: &Wanted) -> Result<Vec<Alert>> {
    let practice = read.practice().clone();
    let nobody = Vec::new();
    read.query(
        "SELECT e.site_id, e.programme_id, e.payer_id, r.level, r.rule, r.raised_at, r.due_at, r.acknowledged_at, \
         r.disposed_at, (SELECT min(s.at) FROM case_step s WHERE s.practice_id = r.practice_id AND s.case_id = r.case_id \
         AND s.at >= r.raised_at AND s.kind IN ('decided', 'closed')) AS decided_at \
         FROM case_reason r JOIN care_case c ON c.practice_id = r.practice_id AND c.id = r.case_id \
         JOIN episode e ON e.practice_id = c.practice_id AND e.id = c.episode_id \
         WHERE r.practice_id = $1 AND r.raised_at >= $2 AND r.raised_at < $3 AND ($4 = 'all' OR c.owner_id IN ($each))",
    )
    .bind(&practice)
    .bind(wanted.begins)
    .bind(wanted.ends)
    .bind(if wanted.owners.is_some() { "some" } else { "all" })
    .bind_each(wanted.owners.as_ref().unwrap_or(&nobody))
    .all()
    .await
}

/// The cases that were closed in the period.
pub async fn closed(read: &mut Read, wanted: &Wanted) -> Result<Vec<ClosedCase>> {
    let practice = read.practice().clone();
    let nobody = Vec::new();
    read.query(
        "SELECT e.site_id, e.programme_id, e.payer_id, c.closed_at, c.decision, v.state AS verification, \
         CAST(coalesce((SELECT max(CASE r.level WHEN 'urgent' THEN 2 WHEN 'review' THEN 1 ELSE 0 END) FROM case_reason r \
         WHERE r.practice_id = c.practice_id AND r.case_id = c.id), 0) AS BIGINT) AS gravity \
         FROM care_case c JOIN episode e ON e.practice_id = c.practice_id AND e.id = c.episode_id \
         LEFT JOIN case_verification v ON v.practice_id = c.practice_id AND v.case_id = c.id \
         WHERE c.practice_id = $1 AND c.closed_at >= $2 AND c.closed_at < $3 AND ($4 = 'all' OR c.owner_id IN ($each))",
    )
    .bind(&practice)
    .bind(wanted.begins)
    .bind(wanted.ends)
    .bind(if wanted.owners.is_some() { "some" } else { "all" })
    .bind_each(wanted.owners.as_ref().unwrap_or(&nobody))
    .all()
    .await
}
