//! Cases: work items with one owner, a due date and a recorded decision.
//!
//! What a case is, which step may follow which and when it is due. Who is called when nobody acts is [`crate::ladder`]'s,
//! what gives rise to a reason is [`crate::review`]'s.

mod assessment;
mod due;
mod lifecycle;
mod plan_change;
mod verification;

pub use assessment::{Assessment, Contacted, EmergencyContact, Referral, SafetyPlan, Screener, Unfit};
pub use due::{DueFacts, case_due, due, due_again, due_once_acknowledged};
pub use lifecycle::{Missing, REOPEN_DAYS, Refusal};
pub use plan_change::{PlanChange, PlanChangeKind, PlanOutcome};
pub use verification::{
    Over, VERIFY_SESSIONS, Verification, again, expects_verification, is_verified, still_hold, verify,
};

use crate::response::{Rule, SignalInputs};
use crate::text::text_enum;
use crate::{CaseId, ClientId, EpisodeId, Instant, PacketId, Phi, ReasonId, ResponseId, StaffId, StepId};

text_enum! {
    /// Where a case stands. What is closed stays closed, but for a mistake that is put right within a week.
    CaseState {
        /// Nobody has taken it up.
        Open = "open",
        /// The owner has taken it up.
        Acknowledged = "acknowledged",
        /// The answers and the history were looked at.
        Reviewed = "reviewed",
        /// It was raised with the client.
        Discussed = "discussed",
        /// A decision was made.
        Decided = "decided",
        /// Done.
        Closed = "closed",
    }
}

text_enum! {
    /// What was decided.
    Decision {
        /// The plan changed.
        PlanChanged = "plan_changed",
        /// No change, with the reason in the note.
        NoChange = "no_change",
        /// Referred elsewhere.
        Referred = "referred",
    }
}

text_enum! {
    /// How a risk reason was brought to an end.
    Disposition {
        /// Talked with the client; safety plan made or renewed.
        SafetyPlan = "safety_plan",
        /// Assessed; no acute danger.
        AssessedSafe = "assessed_safe",
        /// Higher level of care arranged.
        HigherCare = "higher_care",
        /// Emergency services involved.
        Emergency = "emergency",
        /// Could not be reached; documented attempts.
        Unreachable = "unreachable",
    }
}

text_enum! {
    /// How grave a reason is.
    ReasonLevel {
        /// Off track and the like: due in days.
        Routine = "routine",
        /// Danger possible: due before the next session or the next business day at noon.
        Review = "review",
        /// Danger likely: the minute ladder.
        Urgent = "urgent",
    }
}

text_enum! {
    /// What can happen to a case.
    StepKind {
        /// It was opened.
        Opened = "opened",
        /// A reason was added or became graver.
        ReasonAdded = "reason_added",
        /// Somebody was told.
        Notified = "notified",
        /// Will be told with others, once a day: there were many.
        Bundled = "bundled",
        /// The ladder went one tier up.
        Escalated = "escalated",
        /// Taken up.
        Acknowledged = "acknowledged",
        /// Looked at.
        Reviewed = "reviewed",
        /// Raised with the client.
        Discussed = "discussed",
        /// Decided.
        Decided = "decided",
        /// A risk reason was disposed of.
        Disposed = "disposed",
        /// Passed to another owner.
        Reassigned = "reassigned",
        /// A note, no change.
        Noted = "noted",
        /// Closed.
        Closed = "closed",
        /// Opened again: it was closed by mistake.
        Reopened = "reopened",
        /// Looked at after the closing: back on track or not.
        Verified = "verified",
    }
}

/// A work item about an episode, or about a client without one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Id.
    pub id: CaseId,
    /// About whom.
    pub client_id: ClientId,
    /// In which episode.
    pub episode_id: EpisodeId,
    /// Who has it. Always someone.
    pub owner_id: StaffId,
    /// Where it stands.
    pub state: CaseState,
    /// What was decided.
    pub decision: Option<Decision>,
    /// When it was opened.
    pub opened_at: Instant,
    /// When it is due: the earliest of its open reasons.
    pub due_at: Instant,
    /// When it was closed.
    pub closed_at: Option<Instant>,
    /// Raised by one at every change, so that two people cannot overwrite one another.
    pub revision: i64,
}

/// One reason of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// Id.
    pub id: ReasonId,
    /// Of which case.
    pub case_id: CaseId,
    /// Which rule.
    pub rule: Rule,
    /// How grave.
    pub level: ReasonLevel,
    /// From which response; none for silence and while the check-in is still being answered.
    pub response_id: Option<ResponseId>,
    /// From which check-in.
    pub packet_id: Option<PacketId>,
    /// What it was computed from.
    pub inputs: SignalInputs,
    /// When it arose; a new or graver risk answer makes a new reason with its own clock.
    pub raised_at: Instant,
    /// When it is due.
    pub due_at: Instant,
    /// When a person took it up: this ends its ladder.
    pub acknowledged_at: Option<Instant>,
    /// Who.
    pub acknowledged_by: Option<StaffId>,
    /// When it was disposed of.
    pub disposed_at: Option<Instant>,
    /// How.
    pub disposition: Option<Disposition>,
}

/// One step of a case's life, with who, when and a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Id.
    pub id: StepId,
    /// Of which case.
    pub case_id: CaseId,
    /// What happened.
    pub kind: StepKind,
    /// When.
    pub at: Instant,
    /// Who; none for the system.
    pub by: Option<StaffId>,
    /// To whom, where somebody was told or the owner changed.
    pub to: Option<StaffId>,
    /// What they wrote.
    pub note: Option<Phi<String>>,
}
