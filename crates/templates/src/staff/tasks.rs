//! The front desk's work: what came in by itself and needs a person.

use care::practice::TaskKind;
use care::staff::Role;
use serde::Serialize;

use super::today::moment;
use super::{Place, Shell};
use crate::Page;
use crate::format::Moment;

/// The front desk's open tasks.
#[derive(Clone, Serialize)]
pub struct Tasks {
    /// The frame.
    pub shell: Shell,
    /// The open ones, the most urgent first.
    pub open: Vec<TaskRow>,
    /// The ones done in the last days.
    pub done: Vec<TaskRow>,
}

/// One task. What it is and what to do are `task-<kind>` and `task-<kind>-todo`.
#[derive(Clone, Serialize)]
pub struct TaskRow {
    /// Id, for its form.
    pub id: String,
    /// What it is.
    pub kind: TaskKind,
    /// Whom it is about.
    pub client: Option<String>,
    /// The client's page.
    pub href: Option<String>,
    /// When it arose.
    pub raised: Moment,
    /// When it should be done.
    pub due: Moment,
    /// Who did it and when, formatted; none while it is open.
    pub done_by: Option<String>,
}

impl TaskRow {
    pub(super) fn samples() -> Vec<Self> {
        let task = |(&kind, minutes): (&TaskKind, i64)| Self {
            id: "t1".into(),
            kind,
            client: Some("Mei-Ling Castellanos".into()),
            href: Some("/clients/p3".into()),
            raised: moment(-3 * 60),
            due: moment(minutes),
            done_by: None,
        };
        TaskKind::ALL.iter().zip([-60, 180, 1500, 1600, 3000, 4500, 4600, 4700]).map(task).collect()
    }
}

impl Page for Tasks {
    const TEMPLATE: &'static str = "staff/tasks.html";

    fn samples() -> Vec<Self> {
        let shell = Shell::sample_for(&[Role::Intake], Place::Tasks);
        let mut done = TaskRow::samples();
        done.truncate(2);
        for row in &mut done {
            row.done_by = Some("Sam Okafor, Mar 9, 4:10\u{a0}PM".into());
        }
        let full = Self { shell: shell.clone(), open: TaskRow::samples(), done };
        vec![full, Self { shell, open: vec![], done: vec![] }]
    }
}
