//! Who is away and who stands in, and who answers after hours.

use serde::Serialize;

use super::{Choice, FieldProblem, Place, Shell, Wrong};
use crate::Page;

/// Leave of everyone, the rota, and the forms this person may use.
#[derive(Clone, Serialize)]
pub struct LeavePage {
    /// The frame.
    pub shell: Shell,
    /// Leaves of today and to come, the next first.
    pub leaves: Vec<LeaveRow>,
    /// The form.
    pub form: LeaveForm,
    /// Who answers for each site now.
    pub on_call: Vec<OnCall>,
    /// Turns of the rota, the next first.
    pub duties: Vec<DutyRow>,
    /// The form for a turn; `None` for people who do not administer.
    pub duty: Option<DutyForm>,
    /// What is wrong with the form that was sent.
    pub problems: Vec<FieldProblem>,
}

/// One leave.
#[derive(Clone, Serialize)]
pub struct LeaveRow {
    /// Id, for its form.
    pub id: String,
    /// Who is away.
    pub name: String,
    /// First day, formatted.
    pub from: String,
    /// Last day, formatted.
    pub until: String,
    /// Who stands in.
    pub cover: String,
    /// Whether it holds today.
    pub now: bool,
    /// Whether this person may end it.
    pub may_end: bool,
}

/// Recording a leave (`person`, `cover`, `starts_on`, `ends_on`).
#[derive(Clone, Serialize)]
pub struct LeaveForm {
    /// The people one may record it for; empty where only for oneself.
    pub people: Vec<Choice>,
    /// The people who may stand in.
    pub covers: Vec<Choice>,
    /// First day as typed.
    pub starts_on: String,
    /// Last day as typed.
    pub ends_on: String,
}

/// Who answers for a site.
#[derive(Clone, Serialize)]
pub struct OnCall {
    /// The site.
    pub site: String,
    /// Who answers now; none where nobody does.
    pub now: Option<String>,
    /// Who answers in working hours.
    pub by_day: Option<String>,
}

/// A turn of the rota.
#[derive(Clone, Serialize)]
pub struct DutyRow {
    /// Id, for its form.
    pub id: String,
    /// The site.
    pub site: String,
    /// Who answers.
    pub name: String,
    /// First day, formatted.
    pub from: String,
    /// Last day, formatted.
    pub until: String,
    /// Whether it is the turn of tonight.
    pub now: bool,
}

/// Adding a turn (`duty_site`, `duty_person`, `duty_from`, `duty_until`).
#[derive(Clone, Serialize)]
pub struct DutyForm {
    /// The sites.
    pub sites: Vec<Choice>,
    /// The people who may answer.
    pub people: Vec<Choice>,
    /// First day as typed.
    pub from: String,
    /// Last day as typed.
    pub until: String,
}

impl Page for LeavePage {
    const TEMPLATE: &'static str = "staff/leave.html";

    fn samples() -> Vec<Self> {
        let people = || vec![Choice::new("s1", "Ana Ruiz", "s1"), Choice::new("s2", "Tomás Oyelaran-Whitfield", "s1")];
        let leave = |name: &str, now, may_end| LeaveRow {
            id: "v1".into(),
            name: name.into(),
            from: "Mar 9, 2026".into(),
            until: "Mar 20, 2026".into(),
            cover: "Tomás Oyelaran-Whitfield".into(),
            now,
            may_end,
        };
        let office = Self {
            shell: Shell { path: "/leave".into(), ..Shell::sample_extreme(Place::Today) },
            leaves: vec![leave("Ana Ruiz", true, true), leave("Noor Haddad", false, true)],
            form: LeaveForm {
                people: people(),
                covers: people(),
                starts_on: "2026-03-09".into(),
                ends_on: "2026-03-08".into(),
            },
            on_call: vec![
                OnCall { site: "North".into(), now: Some("Noor Haddad".into()), by_day: Some("Ana Ruiz".into()) },
                OnCall { site: "Bay".into(), now: None, by_day: None },
            ],
            duties: vec![DutyRow {
                id: "d1".into(),
                site: "North".into(),
                name: "Noor Haddad".into(),
                from: "Mar 9, 2026".into(),
                until: "Mar 15, 2026".into(),
                now: true,
            }],
            duty: Some(DutyForm {
                sites: vec![Choice::new("n", "North", "n"), Choice::new("b", "Bay", "n")],
                people: people(),
                from: String::new(),
                until: String::new(),
            }),
            problems: vec![FieldProblem::new("ends_on", Wrong::Order), FieldProblem::new("cover", Wrong::Away)],
        };
        let own = Self {
            shell: Shell { path: "/leave".into(), ..Shell::sample() },
            leaves: vec![leave("Ana Ruiz", true, false)],
            form: LeaveForm { people: vec![], ends_on: String::new(), starts_on: String::new(), covers: people() },
            duties: vec![],
            duty: None,
            problems: vec![],
            ..office.clone()
        };
        let quiet = Self { leaves: vec![], on_call: vec![], ..own.clone() };
        vec![office, own, quiet]
    }
}
