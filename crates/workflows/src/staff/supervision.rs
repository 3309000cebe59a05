//! Who supervises whom, from which day to which. An edge opens charts, so nobody gives one to themself: only an
//! administrator may, and it is on record.

use super::{actor, found};
use crate::access::{require, today};
use crate::{Context, Error, Result, audit};
use care::access::{Action, Viewer};
use care::staff::{Role, StaffState, Supervision};
use care::{StaffId, SupervisionId};
use chrono::NaiveDate;
use store::Tx;

/// A supervision to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSupervision {
    /// Who supervises.
    pub supervisor: StaffId,
    /// Whom.
    pub clinician: StaffId,
    /// First day; today where none is given.
    pub starts_on: Option<NaiveDate>,
    /// Last day; open-ended without.
    pub ends_on: Option<NaiveDate>,
}

/// Begins a supervision.
pub async fn add_supervision(tx: &mut Tx, ctx: &Context, by: &Viewer, new: &NewSupervision) -> Result<SupervisionId> {
    require(by, Action::Administer)?;
    if new.supervisor == by.staff_id && !by.has(&[Role::Admin]) {
        return Err(Error::Forbidden);
    }
    if new.supervisor == new.clinician {
        return Err(Error::invalid("supervisor", "wrong-not-themselves"));
    }
    let supervisor = found(tx, &new.supervisor).await?;
    if supervisor.state == StaffState::Deactivated || !supervisor.is(Role::Supervisor) {
        return Err(Error::invalid("supervisor", "supervision-not-a-supervisor"));
    }
    let clinician = found(tx, &new.clinician).await?;
    if clinician.state == StaffState::Deactivated || !clinician.is(Role::Clinician) {
        return Err(Error::invalid("clinician", "supervision-not-a-clinician"));
    }
    let starts_on = match new.starts_on {
        Some(day) => day,
        None => today(tx, ctx).await?,
    };
    if new.ends_on.is_some_and(|end| end < starts_on) {
        return Err(Error::invalid("ends_on", "wrong-order"));
    }
    let edge = Supervision {
        id: ctx.id(SupervisionId::new),
        supervisor_id: new.supervisor.clone(),
        clinician_id: new.clinician.clone(),
        starts_on,
        ends_on: new.ends_on,
    };
    let holds_already = store::supervision::list(tx).await?.into_iter().any(|other| {
        other.supervisor_id == edge.supervisor_id
            && other.clinician_id == edge.clinician_id
            && other.ends_on.is_none_or(|end| end >= edge.starts_on)
            && edge.ends_on.is_none_or(|end| end >= other.starts_on)
    });
    if holds_already {
        return Err(Error::invalid("supervisor", "supervision-holds-already"));
    }
    store::supervision::insert(tx, &edge).await?;
    let entry = audit::entry(ctx, &actor(by), "supervision.add", "supervision", edge.id.as_str());
    tx.audit(entry.with("supervisor", edge.supervisor_id.as_str()).with("clinician", edge.clinician_id.as_str()));
    Ok(edge.id)
}

/// Gives a supervision its last day; from the next one the supervisor does not know of the clinician's clients any more.
/// The last day may be in the past, but not before the first, and an end is never put off: that is a new supervision.
pub async fn end_supervision(
    tx: &mut Tx,
    ctx: &Context,
    by: &Viewer,
    id: &SupervisionId,
    last_day: NaiveDate,
) -> Result<Supervision> {
    require(by, Action::Administer)?;
    let known = store::supervision::list(tx).await?.into_iter().find(|edge| &edge.id == id).ok_or(Error::NotFound)?;
    if last_day < known.starts_on {
        return Err(Error::invalid("ends_on", "wrong-order"));
    }
    let ended = store::supervision::end(tx, id, last_day).await?;
    let ended = ended.ok_or_else(|| Error::invalid("ends_on", "supervision-ended-before"))?;
    let entry = audit::entry(ctx, &actor(by), "supervision.end", "supervision", id.as_str());
    tx.audit(entry.with("last_day", last_day.to_string()));
    Ok(ended)
}
