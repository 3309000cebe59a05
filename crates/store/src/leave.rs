//! Who is away and who stands in, and the rota of who answers after hours.

use crate::{InstanceScope, Read, Result, Tx, record};
use care::leave::{Duty, Leave};
use care::{CaseId, DutyId, Instant, LeaveId, PracticeId, StaffId};
use chrono::NaiveDate;

record! {
    Leave { id, staff_id, cover_id, starts_on, ends_on }
    Duty { id, site_id, staff_id, starts_on, ends_on }
}

/// Records a leave.
pub async fn insert(tx: &mut Tx, leave: &Leave, by: &StaffId, now: Instant) -> Result<()> {
    let practice = tx.practice().clone();
    tx.query(
        "INSERT INTO leave_period (practice_id, id, staff_id, cover_id, starts_on, ends_on, recorded_by, recorded_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(&practice)
    .bind(&leave.id)
    .bind(&leave.staff_id)
    .bind(&leave.cover_id)
    .bind(leave.starts_on)
    .bind(leave.ends_on)
    .bind(by)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Ends a leave before its time, or takes it back. `None` when it does not hold any more.
pub async fn end(tx: &mut Tx, id: &LeaveId, now: Instant) -> Result<Option<Leave>> {
    let practice = tx.practice().clone();
    tx.query(
        "UPDATE leave_period SET ended_at = $3 WHERE practice_id = $1 AND id = $2 AND ended_at IS NULL \
         RETURNING id, staff_id, cover_id, starts_on, ends_on",
    )
    .bind(&practice)
    .bind(id)
    .bind(now)
    .optional()
    .await
}

/// One leave, ended ones too.
pub async fn find(read: &mut Read, id: &LeaveId) -> Result<Option<Leave>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, staff_id, cover_id, starts_on, ends_on FROM leave_period \
         WHERE practice_id = $1 AND id = $2",
    )
    .bind(&practice)
    .bind(id)
    .optional()
    .await
}

/// The leaves that end on the day or later, the next first.
pub async fn from_day(read: &mut Read, day: NaiveDate) -> Result<Vec<Leave>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, staff_id, cover_id, starts_on, ends_on FROM leave_period \
         WHERE practice_id = $1 AND ended_at IS NULL AND ends_on >= $2 ORDER BY starts_on, id",
    )
    .bind(&practice)
    .bind(day)
    .all()
    .await
}

/// A case that went to a stand-in because of a leave, and where the leave stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    /// Because of which leave.
    pub leave_id: LeaveId,
    /// Which case.
    pub case_id: CaseId,
    /// Who is away.
    pub staff_id: StaffId,
    /// Who got it.
    pub cover_id: StaffId,
    /// Last day of the leave.
    pub ends_on: NaiveDate,
    /// When the leave was ended before its time.
    pub ended_at: Option<Instant>,
}

record! { Covered { leave_id, case_id, staff_id, cover_id, ends_on, ended_at } }

/// Notes that a case went to a stand-in.
pub async fn cover(tx: &mut Tx, leave: &LeaveId, case: &CaseId, cover: &StaffId, now: Instant) -> Result<()> {
    let practice = tx.practice().clone();
    tx.query(
        "INSERT INTO leave_cover (practice_id, leave_id, case_id, cover_id, covered_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (practice_id, leave_id, case_id) DO UPDATE SET cover_id = excluded.cover_id, settled_at = NULL",
    )
    .bind(&practice)
    .bind(leave)
    .bind(case)
    .bind(cover)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// The cases that are with a stand-in because of a leave.
pub async fn covered(read: &mut Read) -> Result<Vec<Covered>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT c.leave_id, c.case_id, l.staff_id, c.cover_id, l.ends_on, l.ended_at FROM leave_cover c \
         JOIN leave_period l ON l.practice_id = c.practice_id AND l.id = c.leave_id \
         WHERE c.practice_id = $1 AND c.settled_at IS NULL ORDER BY c.leave_id, c.case_id",
    )
    .bind(&practice)
    .all()
    .await
}

/// The case is no longer with the stand-in because of the leave.
pub async fn settle(tx: &mut Tx, leave: &LeaveId, case: &CaseId, now: Instant) -> Result<()> {
    let practice = tx.practice().clone();
    tx.query(
        "UPDATE leave_cover SET settled_at = $4 \
         WHERE practice_id = $1 AND leave_id = $2 AND case_id = $3 AND settled_at IS NULL",
    )
    .bind(&practice)
    .bind(leave)
    .bind(case)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// The practices in which somebody is away or a case is with a stand-in: those a sweep has to look at.
pub async fn practices(instance: &mut impl InstanceScope, day: NaiveDate) -> Result<Vec<PracticeId>> {
    instance
        .query(
            "SELECT practice_id FROM leave_period WHERE ended_at IS NULL AND ends_on >= $1 \
             UNION SELECT practice_id FROM leave_cover WHERE settled_at IS NULL",
        )
        .bind(day)
        .scalars()
        .await
}

/// Puts a turn on the rota.
pub async fn insert_duty(tx: &mut Tx, duty: &Duty, by: &StaffId, now: Instant) -> Result<()> {
    let practice = tx.practice().clone();
    tx.query(
        "INSERT INTO on_call_duty (practice_id, id, site_id, staff_id, starts_on, ends_on, recorded_by, recorded_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(&practice)
    .bind(&duty.id)
    .bind(&duty.site_id)
    .bind(&duty.staff_id)
    .bind(duty.starts_on)
    .bind(duty.ends_on)
    .bind(by)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Takes a turn off the rota. `false` when it is not on it.
pub async fn end_duty(tx: &mut Tx, id: &DutyId, now: Instant) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query("UPDATE on_call_duty SET ended_at = $3 WHERE practice_id = $1 AND id = $2 AND ended_at IS NULL")
        .bind(&practice)
        .bind(id)
        .bind(now)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// The turns that end on the day or later, in the order in which they were recorded.
pub async fn duties_from(read: &mut Read, day: NaiveDate) -> Result<Vec<Duty>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, site_id, staff_id, starts_on, ends_on FROM on_call_duty \
         WHERE practice_id = $1 AND ended_at IS NULL AND ends_on >= $2 ORDER BY recorded_at, id",
    )
    .bind(&practice)
    .bind(day)
    .all()
    .await
}
