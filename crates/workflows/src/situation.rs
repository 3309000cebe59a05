//! What the decisions about an episode need to know, read once.

use crate::{Error, Result};
use care::appointment::Appointment;
use care::episode::Episode;
use care::ladder::People;
use care::practice::{Practice, Site};
use care::staff::{Role, Staff, StaffState};
use care::{ClientId, EpisodeId, Instant, StaffId, local_time};
use chrono_tz::Tz;
use store::Read;

/// An episode with its practice, its site and its appointments.
#[derive(Debug, Clone)]
pub struct Situation {
    /// The practice.
    pub practice: Practice,
    /// The episode's site.
    pub site: Site,
    /// The episode.
    pub episode: Episode,
    /// Its appointments, earliest first.
    pub appointments: Vec<Appointment>,
}

impl Situation {
    /// Reads the situation of an episode.
    pub async fn of(read: &mut Read, episode: &EpisodeId) -> Result<Self> {
        let episode = store::episode::find(read, episode).await?.ok_or(Error::NotFound)?;
        Self::around(read, episode).await
    }

    /// Reads the situation around an episode that is at hand.
    pub async fn around(read: &mut Read, episode: Episode) -> Result<Self> {
        let practice = store::practice::get(read).await?;
        let site = store::site::find(read, &episode.site_id).await?.ok_or(Error::NotFound)?;
        let appointments = store::appointment::of_episode(read, &episode.id).await?;
        Ok(Self { practice, site, episode, appointments })
    }

    /// The zone of the episode's site; the practice's where the site's is unknown to this machine.
    pub fn zone(&self) -> Tz {
        local_time::zone(&self.site.zone).or_else(|| local_time::zone(&self.practice.zone)).unwrap_or(Tz::UTC)
    }

    /// The sessions that took place or are to, earliest first.
    pub fn sessions(&self) -> impl Iterator<Item = &Appointment> {
        self.appointments.iter().filter(|appointment| appointment.state.is_on())
    }

    /// Start of the first session; the episode's first day where none is known.
    pub fn first_session_at(&self) -> Instant {
        self.sessions().next().map_or_else(
            || local_time::at_minute(self.episode.started_on, 12 * 60, self.zone()),
            |session| session.starts_at,
        )
    }

    /// The sessions still to come, earliest first.
    pub fn upcoming(&self, now: Instant) -> Vec<Instant> {
        self.sessions().map(|session| session.starts_at).filter(|start| *start > now).collect()
    }

    /// The people around a case of the episode with this owner.
    pub async fn people(&self, read: &mut Read, owner: &StaffId, now: Instant) -> Result<People> {
        let staff = store::staff::list(read).await?;
        self.people_among(read, &staff, owner, now).await
    }

    /// The same, where the staff have been read.
    pub(crate) async fn people_among(
        &self,
        read: &mut Read,
        staff: &[Staff],
        owner: &StaffId,
        now: Instant,
    ) -> Result<People> {
        let active = |id: &StaffId| staff.iter().any(|person| &person.id == id && person.state == StaffState::Active);
        let today = local_time::day_of(now, local_time::zone(&self.practice.zone).unwrap_or(Tz::UTC));
        let supervisors = store::supervision::supervisors_of(read, owner, today).await?;
        let backup = staff.iter().find(|person| &person.id == owner).and_then(|person| person.backup_id.clone());
        Ok(People {
            owner: owner.clone(),
            backup: backup.filter(|id| active(id)),
            supervisors: supervisors.into_iter().filter(|id| active(id)).collect(),
            on_call: self.site.on_call_id.clone().filter(|id| active(id)),
        })
    }

    /// Who owns a case of the episode: its clinician, else the site's on-call person, else a supervisor, an admin or the
    /// owner of the practice. Somebody always does.
    pub async fn responsible(&self, read: &mut Read) -> Result<StaffId> {
        let staff = store::staff::list(read).await?;
        self.responsible_among(read, &staff).await
    }

    /// The same, where the staff have been read.
    pub(crate) async fn responsible_among(&self, read: &mut Read, staff: &[Staff]) -> Result<StaffId> {
        let active = |id: &StaffId| staff.iter().any(|person| &person.id == id && person.state == StaffState::Active);
        let clinician =
            store::assignment::current(read, &self.episode.id).await?.map(|assignment| assignment.clinician_id);
        let by_role = |role: Role| {
            staff
                .iter()
                .filter(|person| person.state == StaffState::Active && person.is(role))
                .map(|person: &Staff| person.id.clone())
                .min()
        };
        clinician
            .filter(|id| active(id))
            .or_else(|| self.site.on_call_id.clone().filter(|id| active(id)))
            .or_else(|| [Role::Supervisor, Role::Admin, Role::Owner].into_iter().find_map(by_role))
            .ok_or(Error::NotFound)
    }

    /// Whose episode it is.
    pub const fn client_id(&self) -> &ClientId {
        &self.episode.client_id
    }
}
