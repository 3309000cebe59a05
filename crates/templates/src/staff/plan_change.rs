//! Changes of a client's plan, a note of a medication among them: as a line, and as the fields that record one.

use super::Choice;
use care::case::{PlanChangeKind, PlanOutcome};
use serde::Serialize;

/// A change of the plan.
#[derive(Clone, Serialize)]
pub struct PlanLine {
    /// Id, for its form.
    pub id: String,
    /// What was changed.
    pub kind: PlanChangeKind,
    /// In words.
    pub what: String,
    /// Why.
    pub why: String,
    /// Who and when, formatted.
    pub by: String,
    /// At which session it is looked at again.
    pub review_session: i64,
    /// Whether that look is owed now.
    pub due: bool,
    /// What the look came to.
    pub outcome: Option<PlanOutcome>,
}

impl PlanLine {
    pub(crate) fn sample() -> Self {
        Self {
            id: "q1".into(),
            kind: PlanChangeKind::Frequency,
            what: "Twice a week until the end of the month".into(),
            why: "Sleep and interest carry the rise".into(),
            by: "Ana Ruiz, Mar 10, 2026".into(),
            review_session: 8,
            due: true,
            outcome: None,
        }
    }

    pub(super) fn sample_medication() -> Self {
        Self {
            id: "q2".into(),
            kind: PlanChangeKind::Medication,
            what: "Sertraline 50 mg since Monday, by the family doctor".into(),
            why: "Hardly any sleep for three weeks".into(),
            review_session: 11,
            due: false,
            ..Self::sample()
        }
    }
}

/// The fields of a change (`kind`, `what`, `why`, `review_session`).
#[derive(Clone, Serialize)]
pub struct PlanFields {
    /// What can be changed, the chosen one marked; the words are `plan-<value>`.
    pub kinds: Vec<Choice>,
    /// What is done differently, as typed before.
    pub what: String,
    /// Why, as typed before.
    pub why: String,
    /// At which session it is looked at again.
    pub review_session: String,
    /// Sessions so far.
    pub sessions: i64,
}

impl PlanFields {
    pub(super) fn sample() -> Self {
        Self {
            kinds: PlanChangeKind::ALL
                .iter()
                .map(|kind| Choice::new(kind.as_str(), kind.as_str(), "frequency"))
                .collect(),
            what: String::new(),
            why: String::new(),
            review_session: "8".into(),
            sessions: 4,
        }
    }
}
