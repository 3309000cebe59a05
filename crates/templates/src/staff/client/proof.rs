//! What the client shows before a check-in opens: the choice for one client.

use crate::staff::Choice;
use care::proof::Proof;
use serde::Serialize;

/// The choice, and what it comes to (`/clients/{id}/proof` takes `proof` and `pin`, `/clients/{id}/proof/unlock` nothing).
#[derive(Clone, Serialize)]
pub struct ProofForm {
    /// `practice`, `off`, `birth_date`, `pin`.
    pub choices: Vec<Choice>,
    /// What is asked for now.
    pub asked: Proof,
    /// What should be asked for and is not on file; none where nothing is missing.
    pub missing: Option<Proof>,
    /// When the PIN was set, formatted.
    pub pin_since: Option<String>,
    /// Until when nobody may try, formatted.
    pub locked: Option<String>,
}

impl ProofForm {
    pub(super) fn sample() -> Self {
        Self {
            choices: ["practice", "off", "birth_date", "pin"].map(|one| Choice::new(one, "", "pin")).into(),
            asked: Proof::Pin,
            missing: None,
            pin_since: Some("Mar 2, 2026".into()),
            locked: Some("Mar 10, 9:45\u{a0}AM".into()),
        }
    }

    pub(super) fn sample_missing() -> Self {
        Self { asked: Proof::Off, missing: Some(Proof::BirthDate), pin_since: None, locked: None, ..Self::sample() }
    }
}
