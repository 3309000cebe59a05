//! The practice's own data: crisis resources, sites, settings.

use serde::Serialize;

use super::{Section, SectionLink, sample_sections, sample_shell};
use crate::Page;
use crate::staff::{Choice, FieldProblem, Shell, Wrong};

/// What clients are shown in a crisis, per language.
#[derive(Clone, Serialize)]
pub struct CrisisResources {
    /// The frame.
    pub shell: Shell,
    /// The parts of the administration.
    pub sections: Vec<SectionLink>,
    /// One group per language.
    pub groups: Vec<CrisisGroup>,
    /// Languages of a new one (`language`).
    pub languages: Vec<Choice>,
    /// The new one as typed: what its button says.
    pub label: String,
    /// One line below.
    pub detail: String,
    /// `tel:`, `sms:` or `https:` address.
    pub href: String,
    /// Order of display.
    pub position: String,
    /// The sites it may be for (`site`); none chosen means all.
    pub sites: Vec<Choice>,
    /// What is wrong.
    pub problems: Vec<FieldProblem>,
}

/// The resources of one language.
#[derive(Clone, Serialize)]
pub struct CrisisGroup {
    /// The language's own name.
    pub name: String,
    /// Its code.
    pub code: String,
    /// The resources in order.
    pub rows: Vec<CrisisRow>,
}

/// One resource.
#[derive(Clone, Serialize)]
pub struct CrisisRow {
    /// Id, for its forms.
    pub id: String,
    /// What the button says.
    pub label: String,
    /// One line below.
    pub detail: String,
    /// The address.
    pub href: String,
    /// The one site it is for.
    pub site: Option<String>,
    /// When a person last checked it, formatted.
    pub reviewed: String,
    /// Whether that is longer ago than half a year.
    pub stale: bool,
}

impl Page for CrisisResources {
    const TEMPLATE: &'static str = "staff/admin/crisis.html";

    fn samples() -> Vec<Self> {
        let row = |label: &str, href: &str, stale: bool| CrisisRow {
            id: "r1".into(),
            label: label.into(),
            detail: "Free, day and night.".into(),
            href: href.into(),
            site: stale.then(|| "Bay".into()),
            reviewed: "Jan 5, 2026".into(),
            stale,
        };
        let full = Self {
            shell: sample_shell(),
            sections: sample_sections(Section::Crisis),
            groups: vec![
                CrisisGroup {
                    name: "English".into(),
                    code: "en".into(),
                    rows: vec![row("Call 988", "tel:988", false), row("Text 988", "sms:988", true)],
                },
                CrisisGroup { name: "Español".into(), code: "es".into(), rows: vec![] },
            ],
            languages: vec![Choice::new("en", "English", "en"), Choice::new("es", "Español", "en")],
            label: String::new(),
            detail: String::new(),
            href: String::new(),
            position: String::new(),
            sites: vec![Choice::new("n", "North", ""), Choice::new("b", "Bay", "")],
            problems: vec![],
        };
        let wrong = Self {
            href: "988".into(),
            problems: vec![FieldProblem::new("href", Wrong::Address), FieldProblem::new("label", Wrong::Required)],
            ..full.clone()
        };
        vec![full, wrong]
    }
}

/// The places where the practice works.
#[derive(Clone, Serialize)]
pub struct Sites {
    /// The frame.
    pub shell: Shell,
    /// The parts of the administration.
    pub sections: Vec<SectionLink>,
    /// The sites, and an empty form for a new one at the end.
    pub forms: Vec<SiteForm>,
    /// Hours before a session where a site has none of its own.
    pub usual_hours: u32,
    /// What is wrong, in the form whose `id` is `wrong_in`.
    pub problems: Vec<FieldProblem>,
    /// The form the problems belong to.
    pub wrong_in: Option<String>,
}

/// One site.
#[derive(Clone, Serialize)]
pub struct SiteForm {
    /// Id; `new` for a new one.
    pub id: String,
    /// Where it posts.
    pub action: String,
    /// Name.
    pub name: String,
    /// Zones.
    pub zones: Vec<Choice>,
    /// Who may be on call; the empty value for nobody.
    pub on_call: Vec<Choice>,
    /// Hours before a session at which its check-in goes, as typed; empty where they are the practice's.
    pub before_session_hours: String,
    /// Clients there.
    pub clients: i64,
}

impl Page for Sites {
    const TEMPLATE: &'static str = "staff/admin/sites.html";

    fn samples() -> Vec<Self> {
        let zones = |current: &str| {
            ["America/Los_Angeles", "America/Denver"].map(|zone| Choice::new(zone, zone, current)).into()
        };
        let site = |id: &str, name: &str, clients| SiteForm {
            id: id.into(),
            action: format!("/admin/sites/{id}"),
            name: name.into(),
            zones: zones("America/Los_Angeles"),
            on_call: vec![Choice::new("s1", "Ana Ruiz", "s1"), Choice::new("s2", "Noor Haddad", "s1")],
            before_session_hours: if id == "b" { "2".into() } else { String::new() },
            clients,
        };
        let new = SiteForm { action: "/admin/sites".into(), ..site("new", "", 0) };
        let full = Self {
            shell: sample_shell(),
            sections: sample_sections(Section::Sites),
            forms: vec![site("n", "North", 231), site("b", "Bay", 169), new],
            usual_hours: 24,
            problems: vec![],
            wrong_in: None,
        };
        let wrong = Self {
            problems: vec![
                FieldProblem::new("site_name", Wrong::Required),
                FieldProblem::new("before_session_hours", Wrong::Number),
            ],
            wrong_in: Some("new".into()),
            ..full.clone()
        };
        vec![full, wrong]
    }
}

/// Names, hours, reminders and the ladder. Times of day are `HH:MM`; the others are whole numbers as typed.
#[derive(Clone, Serialize)]
pub struct PracticeSettings {
    /// The frame.
    pub shell: Shell,
    /// The parts of the administration.
    pub sections: Vec<SectionLink>,
    /// Full name.
    pub practice: String,
    /// The neutral name for clients.
    pub display_name: String,
    /// The number clients may call.
    pub phone: String,
    /// Languages (`language`).
    pub languages: Vec<Choice>,
    /// Zones (`zone`).
    pub zones: Vec<Choice>,
    /// From when on messages may go.
    pub quiet_until: String,
    /// From when on no message goes.
    pub quiet_from: String,
    /// The narrower pair for an unknown zone.
    pub unknown_until: String,
    /// See `unknown_until`.
    pub unknown_from: String,
    /// Hours before a session at which its check-in is sent.
    pub before_session_hours: String,
    /// Hours until the one reminder; 0 for none.
    pub reminder_after_hours: String,
    /// Hours until a check-in that was not opened goes on the other channel; 0 for not at all.
    pub fallback_after_hours: String,
    /// Hours until a link ends.
    pub expires_after_hours: String,
    /// Working hours.
    pub business_from: String,
    /// See `business_from`.
    pub business_until: String,
    /// Minutes to backup, supervisor and on-call, in hours (`ladder_in_1` to `ladder_in_3`).
    pub ladder_in: [String; 3],
    /// The same outside working hours (`ladder_after_1` to `ladder_after_3`).
    pub ladder_after: [String; 3],
    /// Both for a review that is overdue (`review_in_1` to `review_after_3`).
    pub review_in: [String; 3],
    /// See `review_in`.
    pub review_after: [String; 3],
    /// The most minutes of each step about danger, in hours.
    pub usual_in: [u32; 3],
    /// The same outside working hours.
    pub usual_after: [u32; 3],
    /// The most minutes between the calls of the last step.
    pub usual_repeat: u32,
    /// The most hours until the supervisor is told of what a person must read.
    pub usual_supervisor: u32,
    /// Minutes between the calls of the last step.
    pub ladder_repeat: String,
    /// Hours until the supervisor is told of an off-track case.
    pub off_track_supervisor_after_hours: String,
    /// Hours after its due date until backup and supervisors are told that nobody has taken it up.
    pub off_track_overdue_after_hours: String,
    /// Both for missed check-ins.
    pub missed_supervisor_after_hours: String,
    /// See `missed_supervisor_after_hours`.
    pub missed_overdue_after_hours: String,
    /// Hours until the supervisor is told of what a person must read.
    pub read_supervisor_after_hours: String,
    /// Alerts in seven days, beyond which follow-ups come once a day.
    pub alert_budget: String,
    /// What two missed check-ins lead to (`silence`), `case` and `shown`.
    pub silence: Vec<Choice>,
    /// Whether clients are reminded of appointments (`appointment_reminders`), `off` and `on`.
    pub appointment_reminders: Vec<Choice>,
    /// What clients are shown of their own course (`progress`).
    pub progress: Vec<Choice>,
    /// What clients show before a check-in opens (`proof`).
    pub proof: Vec<Choice>,
    /// What is wrong.
    pub problems: Vec<FieldProblem>,
}

impl Page for PracticeSettings {
    const TEMPLATE: &'static str = "staff/admin/settings.html";

    fn samples() -> Vec<Self> {
        let full = Self {
            shell: sample_shell(),
            sections: sample_sections(Section::Settings),
            practice: "Harbor Lane Counseling".into(),
            display_name: "Harbor Lane".into(),
            phone: "(555) 010-0100".into(),
            languages: vec![Choice::new("en", "English", "en"), Choice::new("es", "Español", "en")],
            zones: vec![Choice::new("America/Los_Angeles", "America/Los_Angeles", "America/Los_Angeles")],
            quiet_until: "08:00".into(),
            quiet_from: "21:00".into(),
            unknown_until: "10:00".into(),
            unknown_from: "18:00".into(),
            before_session_hours: "24".into(),
            reminder_after_hours: "48".into(),
            fallback_after_hours: "24".into(),
            expires_after_hours: "96".into(),
            business_from: "08:00".into(),
            business_until: "18:00".into(),
            ladder_in: ["60", "90", "120"].map(String::from),
            ladder_after: ["240", "270", "300"].map(String::from),
            review_in: ["30", "45", "60"].map(String::from),
            review_after: ["240", "270", "300"].map(String::from),
            usual_in: [60, 90, 120],
            usual_after: [240, 270, 300],
            usual_repeat: 15,
            usual_supervisor: 48,
            ladder_repeat: "15".into(),
            off_track_supervisor_after_hours: "48".into(),
            off_track_overdue_after_hours: "24".into(),
            missed_supervisor_after_hours: "72".into(),
            missed_overdue_after_hours: "0".into(),
            read_supervisor_after_hours: "4".into(),
            alert_budget: "10".into(),
            silence: vec![Choice::new("case", "", "case"), Choice::new("shown", "", "case")],
            appointment_reminders: vec![Choice::new("off", "", "on"), Choice::new("on", "", "on")],
            proof: ["off", "birth_date", "pin"].map(|one| Choice::new(one, "", "birth_date")).into(),
            progress: vec![Choice::new("symptoms", "", "symptoms"), Choice::new("nothing", "", "symptoms")],
            problems: vec![],
        };
        let wrong = Self {
            display_name: "Centro de Consejería y Bienestar Familiar".into(),
            problems: vec![
                FieldProblem::new("display_name", Wrong::TooLong),
                FieldProblem::new("reminder_after_hours", Wrong::ReminderLate),
                FieldProblem::new("fallback_after_hours", Wrong::Fallback),
                FieldProblem::new("ladder_in_2", Wrong::Number),
                FieldProblem::new("review_in_1", Wrong::Slower),
                FieldProblem::new("review_after_3", Wrong::Sooner),
            ],
            ..full.clone()
        };
        vec![full, wrong]
    }
}
