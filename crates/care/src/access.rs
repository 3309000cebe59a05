//! Who may see and do what: role × relationship × site, decided in one place.
//!
//! The facts (who is assigned, who supervises whom today, who is called about an open case) are gathered by whoever
//! opens the page; the audit row is theirs as well. 404 hides what a person may not know of; 403 is for what they may
//! know of but not open.

use crate::staff::{Role, Supervision};
use crate::text::text_enum;
use crate::{SiteId, StaffId};
use chrono::NaiveDate;

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// Who.
    pub staff_id: StaffId,
    /// Their roles.
    pub roles: Vec<Role>,
    /// The sites they work at; empty means all.
    pub sites: Vec<SiteId>,
}

impl Viewer {
    /// Whether the viewer has one of the roles.
    pub fn has(&self, roles: &[Role]) -> bool {
        self.roles.iter().any(|role| roles.contains(role))
    }

    /// Whether the viewer works at the site.
    pub fn works_at(&self, site: &SiteId) -> bool {
        self.sites.is_empty() || self.sites.contains(site)
    }
}

text_enum! {
    /// What ties a staff member to a client.
    Tie {
        /// The client's clinician now.
        Clinician = "clinician",
        /// Supervises the client's clinician today.
        Supervisor = "supervisor",
        /// Owns the client's open case.
        CaseOwner = "case_owner",
        /// Was or will be called about the client's open case: backup, supervisor or on-call person.
        CaseRecipient = "case_recipient",
        /// Works at the client's site.
        Site = "site",
    }
}

/// All ties of one staff member to one client.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Relationship(Vec<Tie>);

/// What a relationship follows from.
#[derive(Debug, Clone, Copy)]
pub struct RelationshipFacts<'a> {
    /// The client's site.
    pub site: &'a SiteId,
    /// The clinician the client's open episode is assigned to now; of a client without one, the last one.
    pub clinician: Option<&'a StaffId>,
    /// Supervision edges of that clinician; those that do not hold today do not count.
    pub supervisions: &'a [Supervision],
    /// Today, in the practice's zone.
    pub today: NaiveDate,
    /// Who owns the client's open case.
    pub case_owner: Option<&'a StaffId>,
    /// Who is on the ladder of the client's open case.
    pub case_recipients: &'a [StaffId],
}

impl Relationship {
    /// No tie at all.
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// One more tie.
    #[must_use]
    pub fn with(mut self, tie: Tie) -> Self {
        if !self.0.contains(&tie) {
            self.0.push(tie);
        }
        self
    }

    /// The ties that follow from the facts.
    pub fn of(viewer: &Viewer, facts: &RelationshipFacts<'_>) -> Self {
        let me = &viewer.staff_id;
        let supervises = |edge: &Supervision| {
            edge.supervisor_id == *me && Some(&edge.clinician_id) == facts.clinician && edge.holds_on(facts.today)
        };
        [
            (Tie::Clinician, facts.clinician == Some(me)),
            (Tie::Supervisor, facts.supervisions.iter().any(supervises)),
            (Tie::CaseOwner, facts.case_owner == Some(me)),
            (Tie::CaseRecipient, facts.case_recipients.contains(me)),
            (Tie::Site, viewer.works_at(facts.site)),
        ]
        .into_iter()
        .filter(|(_, holds)| *holds)
        .fold(Self::none(), |ties, (tie, _)| ties.with(tie))
    }

    fn has(&self, tie: Tie) -> bool {
        self.0.contains(&tie)
    }
}

text_enum! {
    /// What somebody wants to do.
    Action {
        /// Answers, scores, signals and cases of a client.
        ViewChart = "view_chart",
        /// Names, addresses, consents and the ledger of messages of a client.
        ViewContacts = "view_contacts",
        /// Change a client's data and consents, assign a clinician.
        ManageClient = "manage_client",
        /// Discharge, change the protocol.
        ManageEpisode = "manage_episode",
        /// Make, move and cancel a client's appointments, record attendance.
        ManageAppointments = "manage_appointments",
        /// Send a client a check-in now.
        SendCheckIn = "send_check_in",
        /// Acknowledge, review, decide and close a client's case.
        ActOnCase = "act_on_case",
        /// One's own *Today* and caseload.
        ViewCaseload = "view_caseload",
        /// The page of one's supervisees.
        Supervise = "supervise",
        /// How closed courses ended: one's own, those of one's supervisees, the practice's.
        ViewOutcomes = "view_outcomes",
        /// Missed sessions, early ends and retention: of one's own clients, one's supervisees', the practice's.
        ViewAttendance = "view_attendance",
        /// How soon alerts are acted on and what came of it: in one's own cases, one's supervisees', the practice's.
        ViewClosedLoop = "view_closed_loop",
        /// Where check-ins, alerts and tasks got lost: of one's own clients, one's supervisees', the practice's. Names stand where
        /// the client may be seen.
        ViewLeaks = "view_leaks",
        /// What the practice tries in order to get better, and the quarterly pack: changes, charts, decisions.
        Improve = "improve",
        /// The list of clients who missed two sessions running: those of one's sites, or those one looks after.
        ViewOutreach = "view_outreach",
        /// Get in touch with such a client and record what came of it.
        ReachOut = "reach_out",
        /// How many clients clinicians have and take, and the referrals that nobody has yet.
        ViewCapacity = "view_capacity",
        /// Ask a clinician to take a client more than the caps or a pause allow.
        OverrideCapacity = "override_capacity",
        /// Take nobody new for now, and give a new referral back: one's own.
        HoldIntake = "hold_intake",
        /// The front desk's tasks.
        ViewTasks = "view_tasks",
        /// The list of clients with their contacts, within one's sites.
        ListClients = "list_clients",
        /// Bring in clients and appointments.
        Import = "import",
        /// The rules of detection, the growth models, and what both are worth.
        ViewDetection = "view_detection",
        /// Change the rules of detection.
        ChangeDetection = "change_detection",
        /// Staff, sites, protocols, crisis resources and settings.
        Administer = "administer",
    }
}

impl Action {
    /// Whether the action is about one client, so that a relationship counts.
    pub const fn is_about_client(self) -> bool {
        matches!(
            self,
            Self::ViewChart
                | Self::ViewContacts
                | Self::ManageClient
                | Self::ManageEpisode
                | Self::ManageAppointments
                | Self::SendCheckIn
                | Self::ActOnCase
                | Self::ReachOut
        )
    }
}

text_enum! {
    /// The decision.
    Access {
        /// Go on.
        Allowed = "allowed",
        /// 403: the thing is known to exist, and it is not theirs.
        Forbidden = "forbidden",
        /// 404: they may not even know that it exists.
        Hidden = "hidden",
    }
}

/// Whether the viewer may take the action, about a client with whom they have the relationship. For an action that is
/// about no client, give [`Relationship::none`].
///
/// - Charts are for the client's clinician, their supervisor of today, and the owner and the called people of an open
///   case, whatever their other roles; never for a person whose only role is billing. Contacts likewise, and for
///   intake and administration at the client's site.
/// - Intake and administration of the site, billing and the owner know that clients exist: what is not theirs is
///   forbidden. For everyone else it is hidden.
pub fn decide(viewer: &Viewer, action: Action, relationship: &Relationship) -> Access {
    let allowed = match action {
        Action::ViewCaseload => viewer.has(&[Role::Clinician, Role::Supervisor]),
        Action::Supervise => viewer.has(&[Role::Supervisor]),
        Action::ViewOutcomes | Action::ViewAttendance | Action::ViewClosedLoop => {
            viewer.has(&[Role::Clinician, Role::Supervisor, Role::Owner])
        }
        Action::ViewLeaks => viewer.has(&[Role::Clinician, Role::Supervisor, Role::Owner, Role::Admin]),
        // What a practice tries is decided by whoever answers for all of it.
        Action::Improve => viewer.has(&[Role::Owner, Role::Admin]),
        Action::ViewCapacity => viewer.has(&[Role::Owner, Role::Intake, Role::Admin]),
        Action::OverrideCapacity => viewer.has(&[Role::Owner]),
        Action::HoldIntake => viewer.has(&[Role::Clinician]),
        Action::ViewOutreach => viewer.has(&[Role::Clinician, Role::Supervisor, Role::Intake, Role::Admin]),
        Action::ReachOut => {
            treats(viewer, relationship) || supervises(viewer, relationship) || is_desk_of_site(viewer, relationship)
        }
        Action::ViewTasks | Action::ListClients | Action::Import => viewer.has(&[Role::Intake, Role::Admin]),
        Action::ViewDetection => viewer.has(&[Role::Supervisor, Role::Owner, Role::Admin]),
        Action::ChangeDetection => viewer.has(&[Role::Admin]),
        Action::Administer => viewer.has(&[Role::Admin, Role::Owner]),
        Action::ViewChart | Action::ActOnCase => cares_for(viewer, relationship),
        Action::ViewContacts | Action::SendCheckIn => {
            cares_for(viewer, relationship) || is_desk_of_site(viewer, relationship)
        }
        Action::ManageClient | Action::ManageAppointments => {
            treats(viewer, relationship) || is_desk_of_site(viewer, relationship)
        }
        Action::ManageEpisode => {
            treats(viewer, relationship) || supervises(viewer, relationship) || is_admin_of_site(viewer, relationship)
        }
    };
    if allowed {
        Access::Allowed
    } else if !action.is_about_client() || knows_of(viewer, relationship) {
        Access::Forbidden
    } else {
        Access::Hidden
    }
}

fn treats(viewer: &Viewer, relationship: &Relationship) -> bool {
    viewer.has(&[Role::Clinician]) && relationship.has(Tie::Clinician)
}

fn supervises(viewer: &Viewer, relationship: &Relationship) -> bool {
    viewer.has(&[Role::Supervisor]) && relationship.has(Tie::Supervisor)
}

/// A person of an open case is somebody the practice chose to call in an emergency: a chart must not be closed to them
/// then. Billing alone is no such person.
fn is_on_case(viewer: &Viewer, relationship: &Relationship) -> bool {
    let only_bills = viewer.roles.iter().all(|role| *role == Role::Biller);
    !only_bills && (relationship.has(Tie::CaseOwner) || relationship.has(Tie::CaseRecipient))
}

fn cares_for(viewer: &Viewer, relationship: &Relationship) -> bool {
    treats(viewer, relationship) || supervises(viewer, relationship) || is_on_case(viewer, relationship)
}

fn is_desk_of_site(viewer: &Viewer, relationship: &Relationship) -> bool {
    viewer.has(&[Role::Intake, Role::Admin]) && relationship.has(Tie::Site)
}

fn is_admin_of_site(viewer: &Viewer, relationship: &Relationship) -> bool {
    viewer.has(&[Role::Admin]) && relationship.has(Tie::Site)
}

/// Whether the viewer knows anyway that the client exists, so that nothing is gained by hiding it.
fn knows_of(viewer: &Viewer, relationship: &Relationship) -> bool {
    viewer.has(&[Role::Biller, Role::Owner]) || cares_for(viewer, relationship) || is_desk_of_site(viewer, relationship)
}
