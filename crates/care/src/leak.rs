//! Where what was asked and what was found got lost on its way: check-ins that did not come through or that nobody looked at,
//! alerts on which nothing was done, work whose owner is not there.
//!
//! Finding them is the store's. Whose name may be shown beside one follows from [`crate::access`], as everywhere.

use crate::access::{Access, Action, Relationship, Tie, Viewer, decide};
use crate::text::text_enum;
use crate::{CaseId, ClientId, Instant, SiteId, StaffId};

text_enum! {
    /// Where it stopped, in the order of the way.
    Leak {
        /// A check-in of which no message arrived.
        Undelivered = "undelivered",
        /// A check-in that was sent and that nobody opened.
        Unopened = "unopened",
        /// A check-in begun and not handed in.
        Incomplete = "incomplete",
        /// A check-in handed in whose time is over, and nobody has looked at the client's page or case since.
        Unreviewed = "unreviewed",
        /// An open case with an alert past its due date on which nothing was done.
        Unacted = "unacted",
        /// An open case, or somebody to get in touch with, whose owner is on leave or may not sign in.
        Unowned = "unowned",
    }
}

impl Leak {
    /// What somebody must be allowed to do to see whom it is about.
    const fn action(self) -> Action {
        match self {
            Self::Undelivered | Self::Unopened | Self::Incomplete => Action::ViewContacts,
            Self::Unreviewed | Self::Unacted | Self::Unowned => Action::ViewChart,
        }
    }
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaked {
    /// Where it stopped.
    pub leak: Leak,
    /// Whose it is.
    pub client_id: ClientId,
    /// The site of the course.
    pub site_id: SiteId,
    /// Its clinician now.
    pub clinician_id: Option<StaffId>,
    /// Who owns the case or the task; none of a check-in.
    pub owner_id: Option<StaffId>,
    /// The case; none of a check-in and of somebody to get in touch with.
    pub case_id: Option<CaseId>,
    /// A check-in: when it was to be sent, or was handed in. An alert: when it was due. A case or task: since when it is open.
    pub at: Instant,
}

impl Leaked {
    /// Whether the viewer, who looks after these people's clients, may see whom it is about.
    pub fn is_seen_by(&self, viewer: &Viewer, looked_after: &[StaffId]) -> bool {
        let is_me = |id: &StaffId| *id == viewer.staff_id;
        let clinician = self.clinician_id.as_ref();
        let ties = [
            (Tie::Clinician, clinician.is_some_and(is_me)),
            (Tie::Supervisor, clinician.is_some_and(|id| !is_me(id) && looked_after.contains(id))),
            (Tie::CaseOwner, self.case_id.is_some() && self.owner_id.as_ref().is_some_and(is_me)),
            (Tie::Site, viewer.works_at(&self.site_id)),
        ];
        let relationship =
            ties.into_iter().filter(|(_, holds)| *holds).fold(Relationship::none(), |all, (tie, _)| all.with(tie));
        let is_task = self.leak == Leak::Unowned && self.case_id.is_none();
        let action = if is_task { Action::ReachOut } else { self.leak.action() };
        decide(viewer, action, &relationship) == Access::Allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staff::Role;

    fn viewer(id: &str, role: Role) -> Viewer {
        Viewer { staff_id: StaffId::from_text(id), roles: vec![role], sites: vec![SiteId::from_text("north")] }
    }

    fn leaked(leak: Leak, case: Option<&str>) -> Leaked {
        Leaked {
            leak,
            client_id: ClientId::from_text("robin"),
            site_id: SiteId::from_text("north"),
            clinician_id: Some(StaffId::from_text("ana")),
            owner_id: Some(StaffId::from_text("ben")),
            case_id: case.map(CaseId::from_text),
            at: "2026-03-02T17:00:00Z".parse().expect("an instant"),
        }
    }

    /// Ana treats, Ben owns the case, Sofia supervises Ana, Carl is a colleague, Adam administers the site.
    fn seen(one: &Leaked) -> Vec<&'static str> {
        let ana = [StaffId::from_text("ana")];
        let people: [(&str, Role, &[StaffId]); 6] = [
            ("ana", Role::Clinician, &ana),
            ("ben", Role::Clinician, &[]),
            ("sofia", Role::Supervisor, &ana),
            ("carl", Role::Clinician, &[]),
            ("adam", Role::Admin, &[]),
            ("olga", Role::Owner, &[]),
        ];
        people
            .into_iter()
            .filter(|(id, role, looked_after)| one.is_seen_by(&viewer(id, *role), looked_after))
            .map(|(id, ..)| id)
            .collect()
    }

    #[test]
    fn a_name_stands_where_the_reader_may_open_what_it_leads_to() {
        assert_eq!(seen(&Leaked { owner_id: None, ..leaked(Leak::Unopened, None) }), ["ana", "sofia", "adam"]);
        assert_eq!(seen(&Leaked { owner_id: None, ..leaked(Leak::Unreviewed, None) }), ["ana", "sofia"]);
        assert_eq!(seen(&leaked(Leak::Unacted, Some("case"))), ["ana", "ben", "sofia"]);
        assert_eq!(seen(&leaked(Leak::Unowned, Some("case"))), ["ana", "ben", "sofia"]);
        assert_eq!(seen(&leaked(Leak::Unowned, None)), ["ana", "sofia", "adam"]);
    }
}
