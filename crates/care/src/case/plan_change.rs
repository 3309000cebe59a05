//! Changes of the plan: what is done differently from now on, why, and at which session it is looked at again.

use crate::text::text_enum;
use crate::{CaseId, EpisodeId, Instant, Phi, PlanChangeId, StaffId};

text_enum! {
    /// What was changed.
    PlanChangeKind {
        /// How often the sessions are.
        Frequency = "frequency",
        /// What they are about.
        Focus = "focus",
        /// How the work is done.
        Method = "method",
        /// A medication, or a referral for one.
        Medication = "medication",
        /// Partner, family or others are brought in.
        InvolveOthers = "involve_others",
        /// Anything else.
        Other = "other",
    }
}

text_enum! {
    /// What the look at a change came to.
    PlanOutcome {
        /// It stays.
        Kept = "kept",
        /// It was changed again.
        Adapted = "adapted",
        /// It was given up.
        Ended = "ended",
    }
}

/// A change of a client's plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanChange {
    /// Id.
    pub id: PlanChangeId,
    /// In which episode.
    pub episode_id: EpisodeId,
    /// In which case it was decided.
    pub case_id: Option<CaseId>,
    /// What was changed.
    pub kind: PlanChangeKind,
    /// What is done differently, in words.
    pub what: Phi<String>,
    /// Why.
    pub why: Phi<String>,
    /// Number of the session at which it is looked at again.
    pub review_session: i64,
    /// When it was decided.
    pub changed_at: Instant,
    /// Who decided.
    pub changed_by: StaffId,
    /// What the look came to.
    pub outcome: Option<PlanOutcome>,
    /// When it was looked at.
    pub reviewed_at: Option<Instant>,
}

impl PlanChange {
    /// Whether the look at it is owed: the session for which it was promised has come. `sessions` were held so far.
    pub const fn is_due(&self, sessions: i64) -> bool {
        self.outcome.is_none() && sessions >= self.review_session
    }
}
