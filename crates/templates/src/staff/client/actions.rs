//! What can be done from the client's page: its forms.

use crate::staff::{Choice, SendNow};
use serde::Serialize;

/// What this person may do from here; `None` hides the form.
#[derive(Clone, Serialize)]
pub struct ClientActions {
    /// Send a check-in now.
    pub send: Option<SendNow>,
    /// End the episode.
    pub discharge: Option<DischargeForm>,
    /// Pass the episode on.
    pub reassign: Option<ReassignForm>,
    /// Give a new referral back.
    pub decline: bool,
    /// Begin a course of therapy, where none is open.
    pub begin: Option<BeginForm>,
    /// Say where the episode belongs.
    pub placement: Option<PlaceForm>,
    /// Add an appointment.
    pub appointment: Option<AppointmentForm>,
    /// Record a consent decision.
    pub consent: bool,
}

/// The consent wording in force, in one language.
#[derive(Clone, Serialize)]
pub struct ReadOut {
    /// Its version.
    pub version: String,
    /// The language's code.
    pub code: String,
    /// The text.
    pub text: String,
}

/// Ending the episode (`reason`).
#[derive(Clone, Serialize)]
pub struct DischargeForm {
    /// The reasons (`care::episode::DischargeReason`), the chosen one marked; the words are `discharge-<value>`.
    pub reasons: Vec<Choice>,
    /// Whether a case is open, which must be closed or handed over.
    pub has_case: bool,
    /// Its page, for a reader who may open it.
    pub case: Option<String>,
    /// Who may have the open case from then on (`case_to`).
    pub case_to: Vec<Choice>,
}

/// Where the episode belongs (`programme`, `payer`, `modality`, `problem`); none chosen is none.
#[derive(Clone, Serialize)]
pub struct PlaceForm {
    /// The programmes.
    pub programmes: Vec<Choice>,
    /// The payers.
    pub payers: Vec<Choice>,
    /// The forms of therapy.
    pub modalities: Vec<Choice>,
    /// The problems.
    pub problems: Vec<Choice>,
}

/// Beginning a course of therapy (`clinician`, `site`, `protocol`, `starts_on`).
#[derive(Clone, Serialize)]
pub struct BeginForm {
    /// The clinicians of the site.
    pub clinicians: Vec<Choice>,
    /// The sites.
    pub sites: Vec<Choice>,
    /// The protocols in force; not asked where there is only one.
    pub protocols: Vec<Choice>,
    /// The first day, as typed.
    pub starts_on: String,
}

/// Passing the episode on (`clinician`).
#[derive(Clone, Serialize)]
pub struct ReassignForm {
    /// The clinicians of the site.
    pub clinicians: Vec<Choice>,
}

/// Adding an appointment (`date`, `starts`, `minutes`, `clinician`, `site`), in the site's zone.
#[derive(Clone, Serialize)]
pub struct AppointmentForm {
    /// The day, `YYYY-MM-DD`.
    pub date: String,
    /// The time of day, `HH:MM`.
    pub starts: String,
    /// Length in minutes.
    pub minutes: String,
    /// The clinicians.
    pub clinicians: Vec<Choice>,
    /// The sites, each with its zone.
    pub sites: Vec<Choice>,
}

/// What the client sees of their own course. The words are `progress-<choice>`.
#[derive(Clone, Serialize)]
pub struct ProgressForm {
    /// `practice`, `symptoms`, `nothing`.
    pub choices: Vec<Choice>,
}
