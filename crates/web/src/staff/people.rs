//! The practice's people and places, read once for a page: everybody, or on a page that is open all day those that it names. A
//! practice may have a thousand.

use crate::error::Result;
use care::practice::Site;
use care::staff::{Role, Staff, StaffState};
use care::{Phi, SiteId, StaffId, local_time};
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

/// Active people who work at a site, by name: who can be chosen on a page that names hardly anybody else.
#[derive(Default)]
pub(super) struct AtSite(Vec<(Role, StaffId, Phi<String>)>);

impl AtSite {
    /// Reads those with one of the roles.
    pub(super) async fn of(read: &mut Read, site: &SiteId, roles: &[Role]) -> Result<Self> {
        if roles.is_empty() {
            return Ok(Self::default());
        }
        let mut people = store::staff::working_at(read, site, roles).await?;
        people.sort_by(|(_, one_id, one), (_, other_id, other)| (one.text(), one_id).cmp(&(other.text(), other_id)));
        Ok(Self(people))
    }

    /// Those with one of the roles, as choices.
    pub(super) fn choices(&self, roles: &[Role], current: &str) -> Vec<Choice> {
        let mut fitting: Vec<_> = self.0.iter().filter(|(role, ..)| roles.contains(role)).collect();
        fitting.dedup_by(|(_, one, _), (_, other, _)| one == other);
        fitting.into_iter().map(|(_, id, name)| Choice::new(id.as_str(), name.text(), current)).collect()
    }
}
