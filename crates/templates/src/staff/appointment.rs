//! Another time for one appointment.

use serde::Serialize;

use super::{FieldProblem, Place, Shell, Wrong};
use crate::Page;

/// The form of another time (`seen`, `date`, `starts`, `minutes`), in the site's zone.
#[derive(Clone, Serialize)]
pub struct MoveAppointment {
    /// The frame.
    pub shell: Shell,
    /// Id of the appointment.
    pub id: String,
    /// The client.
    pub client: String,
    /// The client's page.
    pub href: String,
    /// When it is now, formatted.
    pub when: String,
    /// With whom and where.
    pub with: String,
    /// The start that is shown, to tell whether somebody else was faster.
    pub seen: String,
    /// The day, `YYYY-MM-DD`.
    pub date: String,
    /// The time of day, `HH:MM`.
    pub starts: String,
    /// Length in minutes.
    pub minutes: String,
    /// The zone the times are in.
    pub zone: String,
    /// Check-ins that are planned for it and move along.
    pub check_ins: i64,
    /// What is wrong.
    pub problems: Vec<FieldProblem>,
}

impl Page for MoveAppointment {
    const TEMPLATE: &'static str = "staff/appointment.html";

    fn samples() -> Vec<Self> {
        let plain = Self {
            shell: Shell::sample_at(Place::Caseload),
            id: "a1".into(),
            client: "Jordan Ellis".into(),
            href: "/clients/p1".into(),
            when: "Tue, Mar 17, 9:30\u{a0}AM".into(),
            with: "Ana Ruiz · North".into(),
            seen: "1773765000000000".into(),
            date: "2026-03-17".into(),
            starts: "09:30".into(),
            minutes: "50".into(),
            zone: "America/Los_Angeles".into(),
            check_ins: 1,
            problems: vec![],
        };
        let wrong =
            Self { problems: vec![FieldProblem::new("starts", Wrong::LocalTime)], check_ins: 0, ..plain.clone() };
        vec![plain, wrong]
    }
}
