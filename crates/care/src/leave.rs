//! Who is away, who stands in for them, and who answers for a site after hours.
//!
//! Days are those of the practice's zone; both the first and the last day count. That open cases are passed on when a
//! leave begins is `workflows`'; who is called when nobody acts is [`crate::ladder`]'s.

use crate::ladder::People;
use crate::practice::{Settings, Site};
use crate::staff::{Role, Staff, StaffState};
use crate::{DutyId, Instant, LeaveId, SiteId, StaffId, ladder, local_time};
use chrono::{Duration, NaiveDate};
use chrono_tz::Tz;

/// Days on which a person is away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leave {
    /// Id.
    pub id: LeaveId,
    /// Who is away.
    pub staff_id: StaffId,
    /// Who has their cases meanwhile.
    pub cover_id: StaffId,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
}

impl Leave {
    /// Whether the person is away on the day.
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.starts_on <= day && day <= self.ends_on
    }

    /// Whether the two share a day.
    pub fn overlaps(&self, starts_on: NaiveDate, ends_on: NaiveDate) -> bool {
        self.starts_on <= ends_on && starts_on <= self.ends_on
    }
}

/// A turn of the after-hours rota.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// Id.
    pub id: DutyId,
    /// For which site.
    pub site_id: SiteId,
    /// Who answers.
    pub staff_id: StaffId,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
}

impl Duty {
    /// Whether the turn covers the night of the day.
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.starts_on <= day && day <= self.ends_on
    }
}

/// The day whose after-hours duty an instant belongs to: the small hours belong to the evening before.
pub fn duty_day(at: Instant, zone: Tz, settings: &Settings) -> NaiveDate {
    let day = local_time::day_of(at, zone);
    let early = local_time::minute_of(at, zone) < settings.business_from_minute;
    if early { day - Duration::days(1) } else { day }
}

/// Everyone, and who is there today.
#[derive(Debug, Clone)]
pub struct Roster {
    /// Everyone of the practice.
    pub staff: Vec<Staff>,
    /// Leaves that hold today; others do not matter.
    pub leaves: Vec<Leave>,
    /// Turns of the rota around today.
    pub duties: Vec<Duty>,
    /// Today, in the practice's zone.
    pub today: NaiveDate,
}

impl Roster {
    /// Whether the person may sign in.
    pub fn is_active(&self, id: &StaffId) -> bool {
        self.staff.iter().any(|person| &person.id == id && person.state == StaffState::Active)
    }

    /// The leave the person is on today.
    pub fn leave_of(&self, id: &StaffId) -> Option<&Leave> {
        self.leaves.iter().find(|leave| &leave.staff_id == id && leave.holds_on(self.today))
    }

    /// Whether the person may sign in and is not on leave.
    pub fn is_there(&self, id: &StaffId) -> bool {
        self.is_active(id) && self.leave_of(id).is_none()
    }

    /// Who stands in for the person today: the cover of their leave, else their backup; where that one is away too,
    /// whoever stands in for them. Never the person, never somebody who is away. None where the chain ends.
    pub fn stand_in(&self, id: &StaffId) -> Option<StaffId> {
        let mut asked = vec![id.clone()];
        let mut at = id.clone();
        loop {
            let cover = self.leave_of(&at).map(|leave| leave.cover_id.clone());
            let backup = || self.staff.iter().find(|person| person.id == at).and_then(|one| one.backup_id.clone());
            let next = cover.filter(|cover| self.is_active(cover)).or_else(backup)?;
            if asked.contains(&next) {
                return None;
            }
            if self.is_there(&next) {
                return Some(next);
            }
            asked.push(next.clone());
            at = next;
        }
    }

    /// The person if they are there, else whoever stands in for them.
    pub fn present(&self, id: &StaffId) -> Option<StaffId> {
        if self.is_there(id) { Some(id.clone()) } else { self.stand_in(id) }
    }

    /// Who owns a case of a client whose clinician this is: the clinician, or whoever stands in for them, else the person on
    /// call, else a supervisor, an admin or the owner of the practice. None only where nobody may sign in.
    pub fn responsible(
        &self,
        clinician: Option<&StaffId>,
        site: &Site,
        at: Instant,
        zone: Tz,
        settings: &Settings,
    ) -> Option<StaffId> {
        let by_role = |role: Role| {
            let fitting = self.staff.iter().filter(|person| person.is(role) && self.is_there(&person.id));
            fitting.map(|person| person.id.clone()).min()
        };
        // Where everybody is away, somebody who may sign in is better than nobody.
        let at_all = || self.staff.iter().find(|person| self.is_active(&person.id)).map(|person| person.id.clone());
        let active = clinician.filter(|id| self.is_active(id));
        clinician
            .filter(|id| self.is_there(id))
            .cloned()
            .or_else(|| active.and_then(|id| self.stand_in(id)))
            .or_else(|| self.on_call(site, at, zone, settings))
            .or_else(|| [Role::Supervisor, Role::Admin, Role::Owner].into_iter().find_map(by_role))
            .or_else(|| active.cloned())
            .or_else(at_all)
    }

    /// The people around a case: its owner, and of the others those who are there. A supervisor who is away is stood in for;
    /// where nobody does, the backup and the person on call remain.
    pub fn people(
        &self,
        owner: &StaffId,
        supervisors: &[StaffId],
        site: &Site,
        at: Instant,
        zone: Tz,
        settings: &Settings,
    ) -> People {
        let mut present: Vec<StaffId> = supervisors.iter().filter_map(|id| self.present(id)).collect();
        present.dedup();
        People {
            owner: owner.clone(),
            backup: self.stand_in(owner),
            supervisors: present,
            on_call: self.on_call(site, at, zone, settings),
        }
    }

    /// Who answers for the site at the instant: after hours the person of the rota, else and where nobody of the rota is
    /// there, the site's own person.
    pub fn on_call(&self, site: &Site, at: Instant, zone: Tz, settings: &Settings) -> Option<StaffId> {
        let after_hours = !ladder::is_working_time(at, zone, settings);
        let day = duty_day(at, zone, settings);
        // Of two turns that overlap the one recorded last counts.
        let turn = self.duties.iter().rev().find(|duty| after_hours && duty.site_id == site.id && duty.holds_on(day));
        turn.and_then(|duty| self.present(&duty.staff_id))
            .or_else(|| site.on_call_id.as_ref().and_then(|id| self.present(id)))
    }
}
