//! Staff accounts, their roles and sites, and who supervises whom.

use care::staff::{Role, StaffState};
use serde::Serialize;

use super::{Section, SectionLink, sample_sections, sample_shell};
use crate::Page;
use crate::staff::{Choice, FieldProblem, Shell, Wrong};

/// Everyone who works here, by name.
#[derive(Clone, Serialize)]
pub struct StaffList {
    /// The frame.
    pub shell: Shell,
    /// The parts of the administration.
    pub sections: Vec<SectionLink>,
    /// The people.
    pub rows: Vec<StaffRow>,
}

/// One person.
#[derive(Clone, Serialize)]
pub struct StaffRow {
    /// Name.
    pub name: String,
    /// The form.
    pub href: String,
    /// Sign-in address.
    pub email: String,
    /// Roles.
    pub roles: Vec<Role>,
    /// Sites; empty means all.
    pub sites: Vec<String>,
    /// Who takes over.
    pub backup: Option<String>,
    /// Where the account stands.
    pub state: StaffState,
    /// Open episodes that still have somebody who has left.
    pub left_behind: i64,
}

impl Page for StaffList {
    const TEMPLATE: &'static str = "staff/admin/staff_list.html";

    fn samples() -> Vec<Self> {
        let row = |name: &str, roles: &[Role], state, backup: Option<&str>| StaffRow {
            name: name.into(),
            href: "/admin/staff/s1".into(),
            email: "ana.ruiz@harborlane.example".into(),
            roles: roles.to_vec(),
            sites: vec!["North".into()],
            backup: backup.map(Into::into),
            state,
            left_behind: if state == StaffState::Deactivated { 12 } else { 0 },
        };
        let rows = vec![
            row("Ana Ruiz", &[Role::Clinician, Role::Supervisor], StaffState::Active, Some("Noor Haddad")),
            row("Bartholomew Featherstonehaugh-Villanueva", &[Role::Clinician], StaffState::Invited, None),
            StaffRow {
                sites: vec![],
                ..row("Sam Okafor", &[Role::Admin, Role::Intake], StaffState::Deactivated, None)
            },
        ];
        vec![Self { shell: sample_shell(), sections: sample_sections(Section::Staff), rows }]
    }
}

/// One account. A new one is invited by mail when it is saved.
#[derive(Clone, Serialize)]
pub struct StaffForm {
    /// The frame.
    pub shell: Shell,
    /// The parts of the administration.
    pub sections: Vec<SectionLink>,
    /// Where it posts: `/admin/staff/new` or `/admin/staff/{id}`.
    pub action: String,
    /// Where the account stands; none for a new one.
    pub state: Option<StaffState>,
    /// Full name.
    pub name: String,
    /// Sign-in address.
    pub email: String,
    /// Number for urgent notices.
    pub phone: String,
    /// Languages.
    pub languages: Vec<Choice>,
    /// Roles (`role`, repeated).
    pub roles: Vec<Choice>,
    /// Sites (`at_site`, repeated); none chosen means all.
    pub sites: Vec<Choice>,
    /// Who may take over.
    pub backups: Vec<Choice>,
    /// Who supervises this person.
    pub supervision: Vec<EdgeRow>,
    /// Who may supervise.
    pub supervisors: Vec<Choice>,
    /// Open cases this person owns; they pass to the backup when the account is deactivated.
    pub open_cases: i64,
    /// Their open episodes.
    pub episodes: Option<Episodes>,
    /// What is wrong.
    pub problems: Vec<FieldProblem>,
}

/// The open episodes of one clinician, and who may have them from now on (`episode`…, `clinician`).
#[derive(Clone, Serialize)]
pub struct Episodes {
    /// How many there are.
    pub count: i64,
    /// Those whose names the reader may see, by name.
    pub rows: Vec<EpisodeRow>,
    /// The other clinicians.
    pub clinicians: Vec<Choice>,
}

/// One open episode.
#[derive(Clone, Serialize)]
pub struct EpisodeRow {
    /// Id, for the form.
    pub id: String,
    /// The client.
    pub client: String,
    /// The client's page.
    pub href: String,
    /// Since when, formatted.
    pub since: String,
    /// The site.
    pub site: String,
}

/// A time-bounded supervision.
#[derive(Clone, Serialize)]
pub struct EdgeRow {
    /// Where *End today* posts; none for one that has ended.
    pub end: Option<String>,
    /// The supervisor.
    pub supervisor: String,
    /// First day, formatted.
    pub starts: String,
    /// Last day, formatted.
    pub ends: Option<String>,
}

impl Page for StaffForm {
    const TEMPLATE: &'static str = "staff/admin/staff_form.html";

    fn samples() -> Vec<Self> {
        let roles = |chosen: &[Role]| {
            Role::ALL
                .iter()
                .map(|role| Choice { value: role.as_str().into(), label: String::new(), chosen: chosen.contains(role) })
                .collect()
        };
        let new = Self {
            shell: sample_shell(),
            sections: sample_sections(Section::Staff),
            action: "/admin/staff/new".into(),
            state: None,
            name: String::new(),
            email: String::new(),
            phone: String::new(),
            languages: vec![Choice::new("en", "English", "en"), Choice::new("es", "Español", "en")],
            roles: roles(&[]),
            sites: vec![Choice::new("n", "North", ""), Choice::new("b", "Bay", "")],
            backups: vec![Choice::new("s2", "Noor Haddad", "")],
            supervision: vec![],
            supervisors: vec![Choice::new("s2", "Noor Haddad", "")],
            open_cases: 0,
            episodes: None,
            problems: vec![],
        };
        let active = Self {
            action: "/admin/staff/s1".into(),
            state: Some(StaffState::Active),
            name: "María-Fernanda de los Ángeles Villaseñor Etxeberría".into(),
            email: "ana".into(),
            roles: roles(&[Role::Clinician]),
            supervision: vec![
                EdgeRow {
                    end: Some("/admin/staff/s1/supervision/e1/end".into()),
                    supervisor: "Noor Haddad".into(),
                    starts: "Jan 5, 2026".into(),
                    ends: None,
                },
                EdgeRow {
                    end: None,
                    supervisor: "Tomás Oyelaran-Whitfield".into(),
                    starts: "Jan 6, 2025".into(),
                    ends: Some("Jan 4, 2026".into()),
                },
            ],
            open_cases: 2,
            episodes: Some(Episodes {
                count: 3,
                rows: ["Jordan Ellis", "Amara Nwosu"]
                    .into_iter()
                    .map(|client| EpisodeRow {
                        id: format!("e-{}", client.len()),
                        client: client.into(),
                        href: "/clients/p1".into(),
                        since: "Jan 5, 2026".into(),
                        site: "North".into(),
                    })
                    .collect(),
                clinicians: vec![Choice::new("s2", "Tomás Oyelaran-Whitfield", "")],
            }),
            problems: vec![
                FieldProblem::new("email", Wrong::Email),
                FieldProblem::new("role", Wrong::Choose),
                FieldProblem::new("backup", Wrong::NotThemselves),
            ],
            ..new.clone()
        };
        let invited = Self { state: Some(StaffState::Invited), problems: vec![], open_cases: 0, ..active.clone() };
        let gone = Self { state: Some(StaffState::Deactivated), problems: vec![], ..active.clone() };
        vec![new, active, invited, gone]
    }
}
