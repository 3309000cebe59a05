//! People who work at the practice, what they are, and who looks after whom.

use crate::text::text_enum;
use crate::{ClientId, Instant, Language, Phi, SessionId, SiteId, StaffId, SupervisionId};
use chrono::NaiveDate;

text_enum! {
    /// What a person does at the practice. One person may have several roles.
    Role {
        /// Sees their own clients.
        Clinician = "clinician",
        /// Sees the clients of their supervisees.
        Supervisor = "supervisor",
        /// Front desk: contacts, appointments, sending; no answers and no scores.
        Intake = "intake",
        /// Bills; sees no charts.
        Biller = "biller",
        /// Owns the practice; aggregates only.
        Owner = "owner",
        /// Administers staff, clients, protocols and settings; no charts.
        Admin = "admin",
    }
}

text_enum! {
    /// Where an account stands.
    StaffState {
        /// Has a link to choose a password; may not sign in.
        Invited = "invited",
        /// May sign in.
        Active = "active",
        /// May not sign in any more.
        Deactivated = "deactivated",
    }
}

text_enum! {
    /// How far a sign-in has come.
    SessionStage {
        /// Password given, second factor still owed: no page but that one.
        Password = "password",
        /// Password given and the second factor must be set up first.
        Enrol = "enrol",
        /// Signed in.
        Full = "full",
    }
}

/// A staff member as shown and checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Staff {
    /// Id.
    pub id: StaffId,
    /// Full name.
    pub name: Phi<String>,
    /// Address for sign-in and notices.
    pub email: Phi<String>,
    /// Number for urgent notices, E.164.
    pub phone: Option<Phi<String>>,
    /// Language of pages and notices.
    pub language: Language,
    /// Where the account stands.
    pub state: StaffState,
    /// Who takes over when this person does not answer or is away.
    pub backup_id: Option<StaffId>,
    /// Roles.
    pub roles: Vec<Role>,
    /// Sites this person works at; empty means all.
    pub sites: Vec<SiteId>,
    /// Whether "/" goes to the search.
    pub shortcut: Shortcut,
}

text_enum! {
    /// Whether "/" goes to the search. A speech program, or a finger that slips, presses a single key unasked.
    Shortcut {
        /// It does.
        On = "on",
        /// It is a character like any other.
        Off = "off",
    }
}

impl Staff {
    /// Whether the person has the role.
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Whether the person works at the site.
    pub fn works_at(&self, site: &SiteId) -> bool {
        self.sites.is_empty() || self.sites.contains(site)
    }
}

/// A supervisor's time-bounded responsibility for a clinician.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supervision {
    /// Id.
    pub id: SupervisionId,
    /// Who supervises.
    pub supervisor_id: StaffId,
    /// Whom.
    pub clinician_id: StaffId,
    /// First day, in the practice's zone.
    pub starts_on: NaiveDate,
    /// Last day; open-ended without.
    pub ends_on: Option<NaiveDate>,
}

impl Supervision {
    /// Whether the edge holds on the day. Both its first and its last day count.
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.starts_on <= day && self.ends_on.is_none_or(|end| day <= end)
    }
}

/// A signed-in browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Id: the hash of the cookie's token.
    pub id: SessionId,
    /// Whose it is.
    pub staff_id: StaffId,
    /// How far the sign-in has come.
    pub stage: SessionStage,
    /// When it began.
    pub created_at: Instant,
    /// When it was last used.
    pub last_seen_at: Instant,
    /// When it ends whatever happens.
    pub expires_at: Instant,
}

/// A person who acts, for the audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A staff member.
    Staff(StaffId),
    /// A client through a link.
    Client(ClientId),
    /// The system: jobs, imports from the command line.
    System,
}
