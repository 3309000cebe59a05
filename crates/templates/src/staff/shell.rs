//! What stands around the content of every staff page: practice, navigation, search, the person signed in.

use care::Language;
use care::staff::{Role, Shortcut};
use serde::Serialize;

use crate::client::LanguageName;

/// The frame of a staff page.
#[derive(Clone, Serialize)]
pub struct Shell {
    /// The practice's name.
    pub practice: String,
    /// The places this person may go to, in order.
    pub nav: Vec<NavEntry>,
    /// The display name of the person signed in.
    pub name: String,
    /// Their roles.
    pub roles: Vec<Role>,
    /// The session's token against forged requests; every form posts it as `csrf`.
    pub csrf: String,
    /// The text of the client search; `None` for people who may not look clients up.
    pub search: Option<String>,
    /// Whether "/" goes to it.
    pub shortcut: Shortcut,
    /// The page's own path and query, to come back to after a change of language.
    pub path: String,
    /// The languages to switch to.
    pub languages: Vec<LanguageName>,
    /// What has just been done.
    pub flash: Option<Flash>,
    /// How many cases wait for this person to take them up.
    pub waiting: i64,
    /// Whether this is the demo practice.
    pub mode: Mode,
    /// Whether signing in needs a second step; a banner says so where it does not.
    pub second_step: SecondStep,
    /// The state that a restored copy holds, formatted, while it keeps its messages to clients back.
    pub fenced: Option<String>,
    /// Seconds without a request after which the session ends; the script warns two minutes before.
    pub idle_seconds: u32,
}

/// Whether the data are real.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// A practice at work.
    Live,
    /// The demo practice: a banner says that nobody in it exists.
    Demo,
}

/// Whether signing in needs a second step.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondStep {
    /// It does.
    On,
    /// A password alone signs in.
    Off,
}

/// One entry of the navigation.
#[derive(Clone, Serialize)]
pub struct NavEntry {
    /// Which place.
    pub place: Place,
    /// Its address.
    pub href: String,
    /// Whether the page shown belongs to it.
    pub current: bool,
    /// How many open items wait there; `None` or 0 shows nothing.
    pub count: Option<u32>,
}

/// The places of the navigation; the words are `nav-<place>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The day: cases, sessions, who needs attention.
    Today,
    /// All current clients.
    Caseload,
    /// The supervisor's page.
    Supervision,
    /// How closed courses ended.
    Outcomes,
    /// Missed sessions, early ends, retention.
    Attendance,
    /// How the loop is closed, what is tried, the quarterly pack.
    Improvement,
    /// Clients who missed two sessions running.
    Outreach,
    /// How many clients clinicians have and take.
    Capacity,
    /// The front desk's work.
    Tasks,
    /// Staff, clients, protocol, crisis resources.
    Admin,
    /// What the demo would have sent.
    Outbox,
}

/// Who reads figures: of their own clients, of their supervisees', of the practice.
const READS_FIGURES: [Role; 3] = [Role::Clinician, Role::Supervisor, Role::Owner];

impl Place {
    /// Every place, in the order of the navigation.
    pub const ALL: &'static [Self] = &[
        Self::Today,
        Self::Caseload,
        Self::Supervision,
        Self::Outcomes,
        Self::Attendance,
        Self::Improvement,
        Self::Outreach,
        Self::Capacity,
        Self::Tasks,
        Self::Admin,
        Self::Outbox,
    ];

    /// Its address, for somebody with these roles.
    pub fn href(self, roles: &[Role]) -> &'static str {
        match self {
            Self::Today => "/today",
            Self::Caseload => "/caseload",
            Self::Supervision => "/supervision",
            Self::Outcomes => "/outcomes",
            Self::Attendance => "/attendance",
            // The first of its pages that they may open.
            Self::Improvement if roles.iter().any(|role| READS_FIGURES.contains(role)) => "/closed-loop",
            Self::Improvement => "/leaks",
            Self::Outreach => "/outreach",
            Self::Capacity => "/capacity",
            Self::Tasks => "/tasks",
            Self::Admin => "/admin",
            Self::Outbox => "/outbox",
        }
    }

    /// Whether the navigation offers it to somebody with these roles. This is about what is shown; what is allowed is
    /// `care::access`.
    pub fn is_offered_to(self, roles: &[Role], mode: Mode) -> bool {
        let any = |wanted: &[Role]| roles.iter().any(|role| wanted.contains(role));
        match self {
            Self::Today => true,
            // A clinician sees what their supervisor sees.
            Self::Caseload | Self::Supervision => any(&[Role::Clinician, Role::Supervisor]),
            Self::Outcomes | Self::Attendance => any(&READS_FIGURES),
            Self::Improvement => any(&READS_FIGURES) || any(&[Role::Admin]),
            Self::Outreach => any(&[Role::Intake, Role::Supervisor, Role::Clinician, Role::Admin]),
            Self::Capacity => any(&[Role::Owner, Role::Intake, Role::Admin]),
            Self::Tasks => any(&[Role::Intake, Role::Admin]),
            Self::Admin => any(&[Role::Admin, Role::Owner, Role::Intake]),
            Self::Outbox => mode == Mode::Demo,
        }
    }
}

impl NavEntry {
    /// The navigation for somebody with these roles, standing at `current`.
    pub fn offered_to(roles: &[Role], mode: Mode, current: Option<Place>) -> Vec<Self> {
        let offered = Place::ALL.iter().filter(|place| place.is_offered_to(roles, mode));
        offered
            .map(|&place| Self { place, href: place.href(roles).into(), current: current == Some(place), count: None })
            .collect()
    }
}

/// What has just been done, said once at the top of the next page. The words are `flash-<flash>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flash {
    /// A form was saved.
    Saved,
    /// A check-in is on its way.
    CheckInSent,
    /// A check-in was taken back.
    CheckInWithdrawn,
    /// A case was taken up.
    CaseAcknowledged,
    /// A step was recorded on a case.
    CaseStepRecorded,
    /// A case was closed.
    CaseClosed,
    /// A risk reason was disposed of.
    RiskDisposed,
    /// A case or an episode has a new owner.
    Reassigned,
    /// The episode has ended.
    Discharged,
    /// An appointment was added or changed; its check-ins were planned again.
    AppointmentSaved,
    /// A consent decision was recorded.
    ConsentRecorded,
    /// A task was done.
    TaskDone,
    /// An invitation is on its way.
    InviteSent,
    /// An account was deactivated.
    Deactivated,
    /// A new protocol version is in force.
    ProtocolPublished,
    /// A protocol is in force that is not the default.
    ProtocolBeside,
    /// A version was published ahead.
    ProtocolScheduled,
    /// The wording of an instrument was confirmed.
    WordingConfirmed,
    /// The password was changed.
    PasswordChanged,
    /// All other browsers were signed out.
    SessionsEnded,
    /// A new episode has begun.
    EpisodeBegun,
    /// Episodes have a new clinician.
    EpisodesPassedOn,
    /// Running episodes are under the version in force.
    ProtocolApplied,
    /// A file was read as the person says; nothing was changed.
    ImportLooked,
    /// A file was taken over.
    ImportApplied,
    /// A large file is being taken over, or back.
    ImportGoesOn,
    /// A file was taken back.
    ImportUndone,
    /// A leave or a turn of the rota was recorded or ended.
    LeaveSaved,
    /// A case is open again.
    CaseReopened,
    /// A change of the plan or a medication was recorded.
    PlanRecorded,
    /// The look at a change of the plan was recorded.
    PlanReviewed,
    /// A client is on the agenda of the next supervision, or off it again.
    DiscussSaved,
    /// A supervision meeting was recorded.
    MeetingSaved,
    /// A follow-up is done.
    FollowUpDone,
    /// A try to reach a client was recorded, or what came of it.
    OutreachSaved,
    /// Caps, a pause, a target or a request for one more was recorded.
    CapacitySaved,
    /// Nothing was changed: a reason has to be given.
    ReasonNeeded,
    /// A new referral was given back.
    ReferralDeclined,
    /// An experiment was written down.
    ExperimentBegun,
    /// An experiment was decided on.
    ExperimentDecided,
    /// A filter is kept.
    ViewKept,
    /// A kept filter was deleted.
    ViewDeleted,
    /// A filter could not be kept.
    ViewNotKept,
    /// Two records are one.
    RecordsMerged,
    /// Two records are two again.
    MergeUndone,
    /// Two records are of two people.
    KeptApart,
    /// The erasure of a record is asked for.
    ErasureAsked,
    /// A request for erasure was taken back.
    ErasureWithdrawn,
    /// A record was erased.
    RecordErased,
    /// The support check is on its way.
    SupportSent,
    /// Nothing was changed because nothing was different.
    NothingChanged,
    /// Nothing was sent: a check-in is out already.
    CheckInAlreadyOut,
    /// Nothing was sent: the client is answering.
    CheckInUnderway,
    /// Nothing was changed: it cannot be done any more.
    NotPossible,
}

impl Flash {
    /// Every message.
    pub const ALL: &'static [Self] = &[
        Self::Saved,
        Self::CheckInSent,
        Self::CheckInWithdrawn,
        Self::CaseAcknowledged,
        Self::CaseStepRecorded,
        Self::CaseClosed,
        Self::RiskDisposed,
        Self::Reassigned,
        Self::Discharged,
        Self::AppointmentSaved,
        Self::ConsentRecorded,
        Self::TaskDone,
        Self::InviteSent,
        Self::Deactivated,
        Self::ProtocolPublished,
        Self::ProtocolBeside,
        Self::ProtocolScheduled,
        Self::WordingConfirmed,
        Self::PasswordChanged,
        Self::SessionsEnded,
        Self::EpisodeBegun,
        Self::EpisodesPassedOn,
        Self::ProtocolApplied,
        Self::ImportLooked,
        Self::ImportApplied,
        Self::ImportGoesOn,
        Self::ImportUndone,
        Self::LeaveSaved,
        Self::CaseReopened,
        Self::PlanRecorded,
        Self::PlanReviewed,
        Self::DiscussSaved,
        Self::MeetingSaved,
        Self::FollowUpDone,
        Self::OutreachSaved,
        Self::CapacitySaved,
        Self::ReasonNeeded,
        Self::ReferralDeclined,
        Self::ExperimentBegun,
        Self::ExperimentDecided,
        Self::ViewKept,
        Self::ViewDeleted,
        Self::ViewNotKept,
        Self::RecordsMerged,
        Self::MergeUndone,
        Self::KeptApart,
        Self::ErasureAsked,
        Self::ErasureWithdrawn,
        Self::RecordErased,
        Self::SupportSent,
        Self::NothingChanged,
        Self::CheckInAlreadyOut,
        Self::CheckInUnderway,
        Self::NotPossible,
    ];
}

impl Shell {
    pub(crate) fn sample() -> Self {
        Self::sample_at(Place::Today)
    }

    pub(crate) fn sample_at(place: Place) -> Self {
        Self::sample_for(&[Role::Clinician, Role::Supervisor], place)
    }

    pub(crate) fn sample_for(roles: &[Role], place: Place) -> Self {
        let mut nav = NavEntry::offered_to(roles, Mode::Demo, Some(place));
        nav[0].count = Some(2);
        Self {
            practice: "Harbor Lane Counseling".into(),
            nav,
            name: "Ana Ruiz".into(),
            roles: roles.to_vec(),
            csrf: "v5kq0Xy2b1".into(),
            search: Some(String::new()),
            shortcut: Shortcut::On,
            path: place.href(roles).into(),
            languages: LanguageName::except(Language::En),
            flash: None,
            waiting: 2,
            mode: Mode::Demo,
            second_step: SecondStep::Off,
            fenced: None,
            idle_seconds: 1800,
        }
    }

    /// Someone with every role, a long name and a message: nothing may overflow.
    pub(crate) fn sample_extreme(place: Place) -> Self {
        let shell = Self::sample_for(Role::ALL, place);
        Self {
            practice: "Centro de Consejería y Bienestar Familiar de la Bahía Norte y Alrededores".into(),
            name: "María-Fernanda de los Ángeles Villaseñor Etxeberría".into(),
            flash: Some(Flash::CaseAcknowledged),
            mode: Mode::Live,
            fenced: Some("Mar 9, 2026, 2:00 AM".into()),
            ..shell
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use care::StaffId;
    use care::access::{Access, Action, Relationship, Viewer, decide};

    fn places(roles: &[Role], mode: Mode) -> Vec<Place> {
        NavEntry::offered_to(roles, mode, None).iter().map(|entry| entry.place).collect()
    }

    #[test]
    fn the_navigation_offers_what_the_role_is_for() {
        let looks_after = [
            Place::Today,
            Place::Caseload,
            Place::Supervision,
            Place::Outcomes,
            Place::Attendance,
            Place::Improvement,
            Place::Outreach,
        ];
        assert_eq!(places(&[Role::Clinician], Mode::Live), looks_after);
        assert_eq!(places(&[Role::Supervisor], Mode::Live), looks_after);
        assert_eq!(
            places(&[Role::Owner], Mode::Live),
            [Place::Today, Place::Outcomes, Place::Attendance, Place::Improvement, Place::Capacity, Place::Admin]
        );
        assert_eq!(
            places(&[Role::Intake], Mode::Live),
            [Place::Today, Place::Outreach, Place::Capacity, Place::Tasks, Place::Admin]
        );
        assert_eq!(
            places(&[Role::Admin], Mode::Live),
            [Place::Today, Place::Improvement, Place::Outreach, Place::Capacity, Place::Tasks, Place::Admin]
        );
        assert_eq!(places(&[Role::Biller], Mode::Live), [Place::Today]);
        assert!(places(&[Role::Biller], Mode::Demo).contains(&Place::Outbox));
    }

    /// What the page at an address asks of its reader, by `web`'s handlers.
    fn action(href: &str) -> Option<Action> {
        Some(match href {
            "/caseload" | "/supervision" => Action::ViewCaseload,
            "/outcomes" => Action::ViewOutcomes,
            "/attendance" => Action::ViewAttendance,
            "/closed-loop" => Action::ViewClosedLoop,
            "/leaks" => Action::ViewLeaks,
            "/outreach" => Action::ViewOutreach,
            "/capacity" => Action::ViewCapacity,
            "/tasks" => Action::ViewTasks,
            _ => return None,
        })
    }

    #[test]
    fn every_role_is_offered_what_it_may_open_and_nothing_else() {
        for role in Role::ALL {
            let viewer = Viewer { staff_id: StaffId::from_text("somebody"), roles: vec![*role], sites: Vec::new() };
            for place in Place::ALL {
                if let Some(action) = action(place.href(&viewer.roles)) {
                    assert_eq!(
                        place.is_offered_to(&viewer.roles, Mode::Live),
                        decide(&viewer, action, &Relationship::none()) == Access::Allowed,
                        "{place:?} and {role:?}"
                    );
                }
            }
        }
    }
}
