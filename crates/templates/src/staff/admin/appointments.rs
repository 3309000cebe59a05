//! The appointments of a day, and adding one.

use care::appointment::AppointmentState;
use care::staff::Role;
use serde::Serialize;

use super::{Section, SectionLink};
use crate::Page;
use crate::staff::{AppointmentForm, Choice, FieldProblem, Place, Shell, Wrong};

/// The appointments of one day, by time.
#[derive(Clone, Serialize)]
pub struct Appointments {
    /// The frame.
    pub shell: Shell,
    /// The parts of the administration.
    pub sections: Vec<SectionLink>,
    /// The day, `YYYY-MM-DD`.
    pub date: String,
    /// The day, formatted.
    pub day: String,
    /// The day before.
    pub previous: String,
    /// The day after.
    pub next: String,
    /// The appointments.
    pub rows: Vec<AdminAppointment>,
    /// The form of a new one.
    pub form: AppointmentForm,
    /// The clients with an open episode.
    pub clients: Vec<Choice>,
    /// What is wrong.
    pub problems: Vec<FieldProblem>,
}

/// One appointment.
#[derive(Clone, Serialize)]
pub struct AdminAppointment {
    /// Id, for its form.
    pub id: String,
    /// From and until, formatted.
    pub time: String,
    /// The client.
    pub client: String,
    /// The client's page or form.
    pub href: String,
    /// The clinician.
    pub clinician: String,
    /// The site.
    pub site: String,
    /// Where it stands.
    pub state: AppointmentState,
    /// The states it can be given.
    pub changes: Vec<AppointmentState>,
    /// Where it is given another time; none where it cannot be.
    pub move_at: Option<String>,
}

impl Page for Appointments {
    const TEMPLATE: &'static str = "staff/admin/appointments.html";

    fn samples() -> Vec<Self> {
        let row = |time: &str, client: &str, state, changes: &[AppointmentState]| AdminAppointment {
            id: "a1".into(),
            time: time.into(),
            client: client.into(),
            href: "/admin/clients/p1".into(),
            clinician: "Ana Ruiz".into(),
            site: "North".into(),
            state,
            changes: changes.to_vec(),
            move_at: (state == AppointmentState::Scheduled).then(|| "/appointments/a1".into()),
        };
        let full = Self {
            shell: Shell::sample_for(&[Role::Intake], Place::Admin),
            sections: SectionLink::offered_to(&[Role::Intake], Some(Section::Appointments)),
            date: "2026-03-10".into(),
            day: "Tuesday, March 10".into(),
            previous: "/admin/appointments?date=2026-03-09".into(),
            next: "/admin/appointments?date=2026-03-11".into(),
            rows: vec![
                row("9:30–10:20\u{a0}AM", "Jordan Ellis", AppointmentState::Attended, &[]),
                row(
                    "10:30–11:20\u{a0}AM",
                    "Devon Achterberg",
                    AppointmentState::Scheduled,
                    &[AppointmentState::Attended, AppointmentState::NoShow],
                ),
            ],
            form: AppointmentForm {
                date: "2026-03-08".into(),
                starts: "02:30".into(),
                minutes: "50".into(),
                clinicians: vec![Choice::new("s1", "Ana Ruiz", "s1")],
                sites: vec![Choice::new("n", "North (America/Los_Angeles)", "n")],
            },
            clients: vec![Choice::new("p1", "Jordan Ellis", ""), Choice::new("p2", "Devon Achterberg", "")],
            problems: vec![],
        };
        let wrong = Self {
            problems: vec![FieldProblem::new("starts", Wrong::LocalTime), FieldProblem::new("client", Wrong::Choose)],
            ..full.clone()
        };
        let empty = Self { rows: vec![], ..full.clone() };
        vec![full, wrong, empty]
    }
}
