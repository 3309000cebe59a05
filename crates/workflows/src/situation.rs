//! What the decisions about an episode need to know, read once.

use crate::planning::by;
use crate::{Error, Result};
use care::appointment::Appointment;
use care::episode::Episode;
use care::ladder::People;
use care::leave::Roster;
use care::practice::{Practice, Site};
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
        Self::around_all(read, vec![episode]).await?.pop().ok_or(Error::NotFound)
    }

    /// The situations around these episodes, in their order.
    pub(crate) async fn around_all(read: &mut Read, episodes: Vec<Episode>) -> Result<Vec<Self>> {
        let practice = store::practice::get(read).await?;
        let sites = store::site::list(read).await?;
        let ids: Vec<EpisodeId> = episodes.iter().map(|episode| episode.id.clone()).collect();
        let appointments = store::appointment::of_episodes(read, &ids).await?;
        let mut appointments = by(appointments, |one| one.episode_id.clone());
        episodes
            .into_iter()
            .map(|episode| {
                let site = sites.iter().find(|site| site.id == episode.site_id).ok_or(Error::NotFound)?.clone();
                let appointments = appointments.remove(&episode.id).unwrap_or_default();
                Ok(Self { practice: practice.clone(), site, episode, appointments })
            })
            .collect()
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

    /// The people around a case of the episode with this owner: those who are there.
    pub async fn people(&self, read: &mut Read, owner: &StaffId, now: Instant) -> Result<People> {
        let roster = self.roster(read, now).await?;
        self.people_among(read, &roster, owner, now).await
    }

    /// Everyone of the practice, and who is there.
    pub(crate) async fn roster(&self, read: &mut Read, now: Instant) -> Result<Roster> {
        roster_of(read, &self.practice, now).await
    }

    /// The same, where the roster has been read.
    pub(crate) async fn people_among(
        &self,
        read: &mut Read,
        roster: &Roster,
        owner: &StaffId,
        now: Instant,
    ) -> Result<People> {
        // Whoever stands in for the clinician does not take the clinician's supervisors out of it.
        let clinician = store::assignment::current(read, &self.episode.id).await?.map(|one| one.clinician_id);
        let mut supervisors = store::supervision::supervisors_of(read, owner, roster.today).await?;
        if let Some(clinician) = clinician.filter(|clinician| clinician != owner) {
            for supervisor in store::supervision::supervisors_of(read, &clinician, roster.today).await? {
                if !supervisors.contains(&supervisor) && &supervisor != owner {
                    supervisors.push(supervisor);
                }
            }
        }
        Ok(roster.people(owner, &supervisors, &self.site, now, self.zone(), &self.practice.settings))
    }

    /// Who owns a case of the episode now: its clinician, or whoever stands in for them, else the person on call, else a
    /// supervisor, an admin or the owner of the practice. Somebody always does.
    pub async fn responsible(&self, read: &mut Read, now: Instant) -> Result<StaffId> {
        let roster = self.roster(read, now).await?;
        self.responsible_among(read, &roster, now).await
    }

    /// The same, where the roster has been read.
    pub(crate) async fn responsible_among(&self, read: &mut Read, roster: &Roster, now: Instant) -> Result<StaffId> {
        let clinician =
            store::assignment::current(read, &self.episode.id).await?.map(|assignment| assignment.clinician_id);
        roster
            .responsible(clinician.as_ref(), &self.site, now, self.zone(), &self.practice.settings)
            .ok_or(Error::NotFound)
    }

    /// Whose episode it is.
    pub const fn client_id(&self) -> &ClientId {
        &self.episode.client_id
    }
}

/// Everyone of the practice, and who is there at the instant.
pub(crate) async fn roster_of(read: &mut Read, practice: &Practice, now: Instant) -> Result<Roster> {
    let today = local_time::day_of(now, local_time::zone(&practice.zone).unwrap_or(Tz::UTC));
    Ok(Roster {
        staff: store::staff::list(read).await?,
        leaves: store::leave::from_day(read, today).await?,
        // The small hours belong to the night before.
        duties: store::leave::duties_from(read, today - chrono::Duration::days(2)).await?,
        today,
    })
}
