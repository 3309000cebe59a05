//! Leave and the after-hours rota: recorded ahead, and open cases passed on when a leave begins and given back when it is
//! over. No open case is with somebody who is away.

use crate::access::require;
use crate::case::{Why, pass_on};
use crate::situation::{Situation, roster_of};
use crate::staff::is_called;
use crate::{Context, Error, Result, audit};
use care::access::{Action, Viewer};
use care::case::CaseState;
use care::leave::{Duty, Leave, Roster};
use care::practice::Practice;
use care::staff::{Actor, StaffState};
use care::{DutyId, Instant, Job, LeaveId, SiteId, StaffId, local_time};
use chrono::{Duration, NaiveDate};
use chrono_tz::Tz;
use store::{Read, Tx};

/// The longest leave and the furthest ahead it may begin.
const LONGEST: i64 = 2 * 366;

/// A leave to record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLeave {
    /// Who is away.
    pub staff: StaffId,
    /// Who has their cases meanwhile.
    pub cover: StaffId,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
}

/// Records a leave, one's own or as an administrator. One that holds today passes the open cases on at once.
pub async fn record(tx: &mut Tx, ctx: &Context, by: &Viewer, new: &NewLeave) -> Result<LeaveId> {
    if new.staff != by.staff_id {
        require(by, Action::Administer)?;
    }
    let practice = store::practice::get(tx).await?;
    let roster = roster_of(tx, &practice, ctx.now()).await?;
    let today = roster.today;
    if !roster.is_active(&new.staff) {
        return Err(Error::invalid("person", "wrong-choose"));
    }
    if new.cover == new.staff {
        return Err(Error::invalid("cover", "wrong-not-themselves"));
    }
    let cover = roster.staff.iter().find(|person| person.id == new.cover);
    if !cover.is_some_and(|person| person.state == StaffState::Active && is_called(&person.roles)) {
        return Err(Error::invalid("cover", "wrong-choose"));
    }
    if new.ends_on < new.starts_on || new.ends_on < today {
        return Err(Error::invalid("ends_on", "wrong-order"));
    }
    if (new.starts_on - today).num_days() > LONGEST || (new.ends_on - new.starts_on).num_days() > LONGEST {
        return Err(Error::invalid("starts_on", "wrong-date"));
    }
    let known = store::leave::from_day(tx, new.starts_on).await?;
    let overlaps = |person: &StaffId| {
        known.iter().any(|leave| &leave.staff_id == person && leave.overlaps(new.starts_on, new.ends_on))
    };
    if overlaps(&new.staff) {
        return Err(Error::invalid("starts_on", "wrong-taken"));
    }
    if overlaps(&new.cover) {
        return Err(Error::invalid("cover", "wrong-away"));
    }
    let leave = Leave {
        id: ctx.id(LeaveId::new),
        staff_id: new.staff.clone(),
        cover_id: new.cover.clone(),
        starts_on: new.starts_on,
        ends_on: new.ends_on,
    };
    store::leave::insert(tx, &leave, &by.staff_id, ctx.now()).await?;
    let entry = audit::entry(ctx, &Actor::Staff(by.staff_id.clone()), "leave.record", "staff", new.staff.as_str());
    tx.audit(
        entry
            .with("leave", leave.id.as_str())
            .with("cover", new.cover.as_str())
            .with("starts_on", new.starts_on.to_string())
            .with("ends_on", new.ends_on.to_string()),
    );
    let zone = local_time::zone(&practice.zone).unwrap_or(Tz::UTC);
    for day in [leave.starts_on, leave.ends_on + Duration::days(1)] {
        let at = local_time::at_minute(day, 0, zone);
        if at > ctx.now() {
            let job = Job::Leave { practice: tx.practice().clone() };
            tx.enqueue(&job, at).await?;
        }
    }
    settle(tx, ctx).await?;
    Ok(leave.id)
}

/// Takes a leave back, or ends it today. The cases come back at once.
pub async fn end(tx: &mut Tx, ctx: &Context, by: &Viewer, id: &LeaveId) -> Result<()> {
    let known = store::leave::find(tx, id).await?.ok_or(Error::NotFound)?;
    if known.staff_id != by.staff_id {
        require(by, Action::Administer)?;
    }
    let ended = store::leave::end(tx, id, ctx.now()).await?.ok_or(Error::Conflict)?;
    let entry = audit::entry(ctx, &Actor::Staff(by.staff_id.clone()), "leave.end", "staff", ended.staff_id.as_str());
    tx.audit(entry.with("leave", id.as_str()));
    settle(tx, ctx).await?;
    Ok(())
}

/// Passes on what is with somebody who is away, and gives back what was passed on because of a leave that is over. Doing it
/// again changes nothing. Tells how many cases changed hands.
pub async fn settle(tx: &mut Tx, ctx: &Context) -> Result<usize> {
    let now = ctx.now();
    let practice = store::practice::get(tx).await?;
    let roster = roster_of(tx, &practice, now).await?;
    let mut moved = give_back(tx, ctx, &roster, now).await?;
    for leave in roster.leaves.iter().filter(|leave| leave.holds_on(roster.today)) {
        for case in store::case::open_of_owner(tx, &leave.staff_id).await? {
            let to = if let Some(stand_in) = roster.stand_in(&leave.staff_id) {
                stand_in
            } else {
                let situation = Situation::of(tx, &case.episode_id).await?;
                situation.responsible_among(tx, &roster, now).await?
            };
            if to == leave.staff_id {
                // Nobody else may sign in at all.
                continue;
            }
            pass_on(tx, ctx, &case, &to, &Actor::System, Why::Away).await?;
            store::leave::cover(tx, &leave.id, &case.id, &to, now).await?;
            moved += 1;
        }
    }
    Ok(moved)
}

async fn give_back(tx: &mut Tx, ctx: &Context, roster: &Roster, now: Instant) -> Result<usize> {
    let mut moved = 0;
    let all = store::leave::covered(tx).await?;
    let mut settled: Vec<usize> = Vec::new();
    for (at, covered) in all.iter().enumerate() {
        let is_over = covered.ended_at.is_some() || covered.ends_on < roster.today;
        if !is_over || settled.contains(&at) {
            continue;
        }
        let case = store::case::find(tx, &covered.case_id).await?;
        // The stand-in may be away too, and the case with theirs.
        let of_stand_in =
            |other: &store::leave::Covered| other.case_id == covered.case_id && other.staff_id == covered.cover_id;
        let holders: Vec<&StaffId> = std::iter::once(&covered.cover_id)
            .chain(all.iter().filter(|other| of_stand_in(other)).map(|other| &other.cover_id))
            .collect();
        // What somebody passed on by hand, or closed, stays as it is.
        let still_covered = case.filter(|case| case.state != CaseState::Closed && holders.contains(&&case.owner_id));
        if let Some(case) = still_covered {
            if roster.is_there(&covered.staff_id) {
                pass_on(tx, ctx, &case, &covered.staff_id, &Actor::System, Why::Back).await?;
                moved += 1;
                for (position, other) in all.iter().enumerate().filter(|(_, other)| of_stand_in(other)) {
                    store::leave::settle(tx, &other.leave_id, &other.case_id, now).await?;
                    settled.push(position);
                }
            } else if let Some(next) = roster.leave_of(&covered.staff_id) {
                // One leave follows the other: it is the next one's.
                store::leave::cover(tx, &next.id, &case.id, &case.owner_id, now).await?;
            }
        }
        store::leave::settle(tx, &covered.leave_id, &covered.case_id, now).await?;
    }
    Ok(moved)
}

/// A turn of the rota to record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDuty {
    /// For which site.
    pub site: SiteId,
    /// Who answers.
    pub staff: StaffId,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
}

/// Puts a turn on the rota of who answers after hours.
pub async fn add_duty(tx: &mut Tx, ctx: &Context, by: &Viewer, new: &NewDuty) -> Result<DutyId> {
    require(by, Action::Administer)?;
    let today = crate::access::today(tx, ctx).await?;
    if store::site::find(tx, &new.site).await?.is_none() {
        return Err(Error::invalid("duty_site", "wrong-choose"));
    }
    let person = store::staff::find(tx, &new.staff).await?;
    let may = person
        .as_ref()
        .is_some_and(|one| one.state == StaffState::Active && is_called(&one.roles) && one.works_at(&new.site));
    if !may {
        return Err(Error::invalid("duty_person", "wrong-choose"));
    }
    if person.is_none_or(|one| one.phone.is_none()) {
        return Err(Error::invalid("duty_person", "wrong-no-contact"));
    }
    if new.ends_on < new.starts_on || new.ends_on < today {
        return Err(Error::invalid("duty_until", "wrong-order"));
    }
    if (new.ends_on - today).num_days() > LONGEST {
        return Err(Error::invalid("duty_until", "wrong-date"));
    }
    let duty = Duty {
        id: ctx.id(DutyId::new),
        site_id: new.site.clone(),
        staff_id: new.staff.clone(),
        starts_on: new.starts_on,
        ends_on: new.ends_on,
    };
    store::leave::insert_duty(tx, &duty, &by.staff_id, ctx.now()).await?;
    let entry = audit::entry(ctx, &Actor::Staff(by.staff_id.clone()), "duty.add", "site", new.site.as_str());
    tx.audit(entry.with("duty", duty.id.as_str()).with("staff", new.staff.as_str()));
    Ok(duty.id)
}

/// Takes a turn off the rota.
pub async fn end_duty(tx: &mut Tx, ctx: &Context, by: &Viewer, id: &DutyId) -> Result<()> {
    require(by, Action::Administer)?;
    if !store::leave::end_duty(tx, id, ctx.now()).await? {
        return Err(Error::Conflict);
    }
    audit::write(tx, ctx, &Actor::Staff(by.staff_id.clone()), "duty.end", "duty", id.as_str());
    Ok(())
}

/// Everyone, and who is there now; for pages.
pub async fn roster(read: &mut Read, practice: &Practice, now: Instant) -> Result<Roster> {
    roster_of(read, practice, now).await
}
