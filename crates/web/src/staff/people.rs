//! The practice's people and places, read once for a page: everybody, or on a page that is open all day those that it names. A
//! practice may have a thousand.

use crate::error::Result;
use care::practice::Site;
use care::staff::{Role, Staff, StaffState};
use care::{SiteId, StaffId, local_time};
use chrono_tz::Tz;
use store::Read;
use templates::staff::{Assignee, Choice};

/// People and every site.
pub(super) struct People {
    pub staff: Vec<Staff>,
    pub sites: Vec<Site>,
    fallback: Tz,
}

impl People {
    /// Reads everybody; `zone` is the practice's, for sites whose own is unknown.
    pub(super) async fn of(read: &mut Read, zone: Tz) -> Result<Self> {
        Ok(Self { staff: store::staff::list(read).await?, ..Self::places(read, zone).await? })
    }

    /// Reads the sites, and nobody yet.
    pub(super) async fn places(read: &mut Read, zone: Tz) -> Result<Self> {
        Ok(Self { staff: Vec::new(), sites: store::site::list(read).await?, fallback: zone })
    }

    /// Reads those who are named here.
    pub(super) async fn meet(&mut self, read: &mut Read, named: impl IntoIterator<Item = &StaffId>) -> Result<()> {
        let mut named: Vec<StaffId> = named.into_iter().filter(|id| self.person(id).is_none()).cloned().collect();
        named.sort_unstable();
        named.dedup();
        if !named.is_empty() {
            self.staff.extend(store::staff::by_ids(read, &named).await?);
        }
        Ok(())
    }

    /// One person.
    pub(super) fn person(&self, id: &StaffId) -> Option<&Staff> {
        self.staff.iter().find(|person| &person.id == id)
    }

    /// A person's name; a dash for somebody who is gone from the list.
    pub(super) fn name(&self, id: &StaffId) -> String {
        self.person(id).map_or_else(|| "–".to_owned(), |person| person.name.text().to_owned())
    }

    /// Who has something, seen by `me`.
    pub(super) fn assignee(&self, id: &StaffId, me: &StaffId) -> Assignee {
        Assignee { name: self.name(id), me: id == me }
    }

    /// One site.
    pub(super) fn site(&self, id: &SiteId) -> Option<&Site> {
        self.sites.iter().find(|site| &site.id == id)
    }

    /// A site's name.
    pub(super) fn site_name(&self, id: &SiteId) -> String {
        self.site(id).map(|site| site.name.clone()).unwrap_or_default()
    }

    /// A site's zone.
    pub(super) fn zone(&self, id: &SiteId) -> Tz {
        self.site(id).and_then(|site| local_time::zone(&site.zone)).unwrap_or(self.fallback)
    }

    /// Active people with one of the roles who work at the site, by name, as choices.
    pub(super) fn choices(&self, roles: &[Role], site: Option<&SiteId>, current: &str) -> Vec<Choice> {
        let mut fitting: Vec<&Staff> = self
            .staff
            .iter()
            .filter(|person| person.state == StaffState::Active && roles.iter().any(|role| person.is(*role)))
            .filter(|person| site.is_none_or(|site| person.works_at(site)))
            .collect();
        fitting.sort_by(|one, other| one.name.text().cmp(other.name.text()));
        fitting.into_iter().map(|person| Choice::new(person.id.as_str(), person.name.text(), current)).collect()
    }
}
