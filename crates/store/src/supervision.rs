//! Who supervises whom, and from which day to which. Both the first and the last day count; which day it is, in the
//! practice's zone, is the caller's to say.

use crate::{Read, Result, Tx, record};
use care::staff::Supervision;
use care::{StaffId, SupervisionId};
use chrono::NaiveDate;

record! { Supervision { id, supervisor_id, clinician_id, starts_on, ends_on } }

/// Inserts a supervision. Nobody supervises themself, and it does not end before it starts: the schema refuses both.
pub async fn insert(tx: &mut Tx, supervision: &Supervision) -> Result<()> {
    let practice = tx.practice().clone();
    tx.query(
        "INSERT INTO supervision (practice_id, id, supervisor_id, clinician_id, starts_on, ends_on) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&practice)
    .bind(&supervision.id)
    .bind(&supervision.supervisor_id)
    .bind(&supervision.clinician_id)
    .bind(supervision.starts_on)
    .bind(supervision.ends_on)
    .execute()
    .await?;
    Ok(())
}

/// Gives a supervision its last day. `None` when there is none, it ended earlier already or starts later than that day.
pub async fn end(tx: &mut Tx, id: &SupervisionId, last_day: NaiveDate) -> Result<Option<Supervision>> {
    let practice = tx.practice().clone();
    tx.query(
        "UPDATE supervision SET ends_on = $3 \
         WHERE practice_id = $1 AND id = $2 AND starts_on <= $3 AND (ends_on IS NULL OR ends_on > $3) \
         RETURNING id, supervisor_id, clinician_id, starts_on, ends_on",
    )
    .bind(&practice)
    .bind(id)
    .bind(last_day)
    .optional()
    .await
}

/// Every supervision there ever was, latest first.
pub async fn list(read: &mut Read) -> Result<Vec<Supervision>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, supervisor_id, clinician_id, starts_on, ends_on FROM supervision WHERE practice_id = $1 \
         ORDER BY starts_on DESC, id",
    )
    .bind(&practice)
    .all()
    .await
}

/// The supervisions that hold on the day.
pub async fn holding_on(read: &mut Read, day: NaiveDate) -> Result<Vec<Supervision>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, supervisor_id, clinician_id, starts_on, ends_on FROM supervision \
         WHERE practice_id = $1 AND starts_on <= $2 AND (ends_on IS NULL OR ends_on >= $2) ORDER BY starts_on, id",
    )
    .bind(&practice)
    .bind(day)
    .all()
    .await
}

/// The supervisions of one clinician that hold on the day.
pub async fn holding_of(read: &mut Read, clinician: &StaffId, day: NaiveDate) -> Result<Vec<Supervision>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, supervisor_id, clinician_id, starts_on, ends_on FROM supervision WHERE practice_id = $1 AND clinician_id = $2 \
         AND starts_on <= $3 AND (ends_on IS NULL OR ends_on >= $3) ORDER BY starts_on, id",
    )
    .bind(&practice)
    .bind(clinician)
    .bind(day)
    .all()
    .await
}

/// Who supervises the clinician on the day, longest first.
pub async fn supervisors_of(read: &mut Read, clinician: &StaffId, day: NaiveDate) -> Result<Vec<StaffId>> {
    supervisors_between(read, clinician, day, day).await
}

/// Who supervised the clinician on any day from one to another, longest first.
pub async fn supervisors_between(
    read: &mut Read,
    clinician: &StaffId,
    from: NaiveDate,
    until: NaiveDate,
) -> Result<Vec<StaffId>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT supervisor_id FROM supervision \
         WHERE practice_id = $1 AND clinician_id = $2 AND starts_on <= $4 AND (ends_on IS NULL OR ends_on >= $3) \
         GROUP BY supervisor_id ORDER BY min(starts_on), supervisor_id",
    )
    .bind(&practice)
    .bind(clinician)
    .bind(from)
    .bind(until)
    .scalars()
    .await
}

/// Whom the supervisor looks after on the day, longest first.
pub async fn supervisees_of(read: &mut Read, supervisor: &StaffId, day: NaiveDate) -> Result<Vec<StaffId>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT clinician_id FROM supervision \
         WHERE practice_id = $1 AND supervisor_id = $2 AND starts_on <= $3 AND (ends_on IS NULL OR ends_on >= $3) \
         GROUP BY clinician_id ORDER BY min(starts_on), clinician_id",
    )
    .bind(&practice)
    .bind(supervisor)
    .bind(day)
    .scalars()
    .await
}
