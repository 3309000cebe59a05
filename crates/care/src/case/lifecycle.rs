//! Which step may follow which. Each step gives the case as it will be; the row is changed by compare-and-set on the
//! revision, so that of two people only one succeeds.

use super::{Case, CaseState, Decision, Disposition, Reason, ReasonLevel};
use crate::ladder::Kind;
use crate::text::text_enum;
use crate::{Instant, StaffId};
use chrono::Duration;

/// A case that was closed by mistake can be opened again for this many days. Later, a new finding opens a new case.
pub const REOPEN_DAYS: i64 = 7;

text_enum! {
    /// What is still owed before a step. The text is the key of the sentence a page shows.
    Missing {
        /// Somebody must take the case up.
        Acknowledgement = "acknowledgement",
        /// The answers and the history must be looked at.
        Review = "review",
        /// A decision must be recorded.
        Decision = "decision",
        /// A risk reason was not taken up.
        RiskAcknowledgement = "risk_acknowledgement",
        /// A risk reason was not disposed of.
        Disposition = "disposition",
    }
}

/// Why a step was refused. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A closed case has no future.
    #[error("the case is closed; a new finding opens a new case")]
    Closed,
    /// Something has to happen first.
    #[error("first owed: {}", words(.0))]
    Missing(Vec<Missing>),
    /// Only risk reasons are disposed of.
    #[error("only a risk reason is disposed of; the other reasons end with the decision")]
    NotRisk,
    /// Only a case that was closed in the last days is opened again.
    #[error("only a case closed within the last {REOPEN_DAYS} days can be opened again")]
    NotReopenable,
    /// A disposition is never overwritten.
    #[error("the reason was already disposed of")]
    AlreadyDisposed,
}

fn words(missing: &[Missing]) -> String {
    missing.iter().map(|one| one.as_str()).collect::<Vec<_>>().join(", ")
}

impl Refusal {
    /// What is owed, in the order in which it is owed; empty for the other refusals.
    pub fn missing(&self) -> &[Missing] {
        match self {
            Self::Missing(missing) => missing,
            _ => &[],
        }
    }
}

impl CaseState {
    /// Whether somebody still has to do something.
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Closed)
    }

    /// What is owed before a decision can be made.
    fn owed_before_decision(self) -> Vec<Missing> {
        match self {
            Self::Open => vec![Missing::Acknowledgement, Missing::Review],
            Self::Acknowledged => vec![Missing::Review],
            Self::Reviewed | Self::Discussed | Self::Decided | Self::Closed => Vec::new(),
        }
    }
}

impl Case {
    fn step(&self, owed: Vec<Missing>, state: CaseState) -> Result<Self, Refusal> {
        if self.state == CaseState::Closed {
            return Err(Refusal::Closed);
        }
        if !owed.is_empty() {
            return Err(Refusal::Missing(owed));
        }
        // Looking at a case again is no way back: a step that was already made leaves the state alone.
        Ok(Self { state: self.state.max(state), revision: self.revision + 1, ..self.clone() })
    }

    /// Taken up. A case that was taken up before stays where it is: then only its new reasons are taken up, each by
    /// [`Reason::acknowledge`].
    pub fn acknowledge(&self) -> Result<Self, Refusal> {
        self.step(Vec::new(), CaseState::Acknowledged)
    }

    /// The answers and the history were looked at. Needs acknowledgement.
    pub fn review(&self) -> Result<Self, Refusal> {
        let owed = if self.state == CaseState::Open { vec![Missing::Acknowledgement] } else { Vec::new() };
        self.step(owed, CaseState::Reviewed)
    }

    /// Raised with the client. Needs review.
    pub fn discuss(&self) -> Result<Self, Refusal> {
        self.step(self.state.owed_before_decision(), CaseState::Discussed)
    }

    /// Decided. Needs review, not the talk with the client: somebody who cannot be reached is decided about too. A
    /// later decision replaces the earlier one, whose step stays on record.
    pub fn decide(&self, decision: Decision) -> Result<Self, Refusal> {
        let decided = self.step(self.state.owed_before_decision(), CaseState::Decided)?;
        Ok(Self { decision: Some(decision), ..decided })
    }

    /// Closed. Needs a decision, and every risk reason taken up and disposed of; `reasons` are all of the case's.
    pub fn close(&self, reasons: &[Reason], at: Instant) -> Result<Self, Refusal> {
        let closed = self.step(self.owed_before_closing(reasons), CaseState::Closed)?;
        Ok(Self { closed_at: Some(at), ..closed })
    }

    /// Everything that is owed before the case can be closed, in order; for the page that shows it.
    pub fn owed_before_closing(&self, reasons: &[Reason]) -> Vec<Missing> {
        let mut owed = self.state.owed_before_decision();
        if self.state < CaseState::Decided || self.decision.is_none() {
            owed.push(Missing::Decision);
        }
        let risk = || reasons.iter().filter(|reason| reason.rule.is_risk());
        if risk().any(|reason| reason.acknowledged_at.is_none()) {
            owed.push(Missing::RiskAcknowledgement);
        }
        if risk().any(|reason| reason.disposition.is_none()) {
            owed.push(Missing::Disposition);
        }
        owed
    }

    /// The case with one more reason, due at `due_at`.
    ///
    /// A reason of the minute ladder or of the review level puts the case back to open: somebody must take it up anew.
    /// A routine reason leaves a case in work alone, but takes back a decision that did not know of it: the case is
    /// acknowledged, no more.
    pub fn with_reason(&self, level: ReasonLevel, due_at: Instant) -> Result<Self, Refusal> {
        let kept = self.step(Vec::new(), self.state)?;
        let state = match (level, self.state) {
            (ReasonLevel::Urgent | ReasonLevel::Review, _) => CaseState::Open,
            (ReasonLevel::Routine, CaseState::Decided) => CaseState::Acknowledged,
            (ReasonLevel::Routine, state) => state,
        };
        let decision = if state < CaseState::Reviewed { None } else { self.decision };
        Ok(Self { state, decision, due_at: self.due_at.min(due_at), ..kept })
    }

    /// Opened again because it was closed by mistake: taken up, with its decision to be made anew. What was disposed of
    /// stays so. Only within [`REOPEN_DAYS`].
    pub fn reopen(&self, at: Instant) -> Result<Self, Refusal> {
        let is_recent = self.closed_at.is_some_and(|closed| at - closed <= Duration::days(REOPEN_DAYS));
        if self.state != CaseState::Closed || !is_recent {
            return Err(Refusal::NotReopenable);
        }
        let (state, revision) = (CaseState::Acknowledged, self.revision + 1);
        Ok(Self { state, decision: None, closed_at: None, revision, ..self.clone() })
    }

    /// The case in another person's hands, in the state it is in.
    pub fn hand_over(&self, to: StaffId) -> Result<Self, Refusal> {
        Ok(Self { owner_id: to, ..self.step(Vec::new(), self.state)? })
    }
}

impl Reason {
    /// The reason taken up, which ends its ladder; none if somebody already did: the first one stays on record.
    pub fn acknowledge(&self, by: StaffId, at: Instant) -> Option<Self> {
        self.acknowledged_at.is_none().then(|| Self {
            acknowledged_at: Some(at),
            acknowledged_by: Some(by),
            ..self.clone()
        })
    }

    /// The risk reason brought to an end. Needs acknowledgement.
    pub fn dispose(&self, disposition: Disposition, at: Instant) -> Result<Self, Refusal> {
        if !self.rule.is_risk() {
            return Err(Refusal::NotRisk);
        }
        if self.disposition.is_some() {
            return Err(Refusal::AlreadyDisposed);
        }
        if self.acknowledged_at.is_none() {
            return Err(Refusal::Missing(vec![Missing::RiskAcknowledgement]));
        }
        Ok(Self { disposed_at: Some(at), disposition: Some(disposition), ..self.clone() })
    }

    /// Whose ladder it has: only danger is called about again and again, anything else is told of once when it is overdue.
    pub const fn kind(&self) -> Kind {
        Kind::of(self.rule, self.level)
    }

    /// Whether its ladder calls as long as nobody takes it up. What is added to a case that somebody has taken up is theirs to
    /// see; danger puts the case back to open.
    pub fn has_ladder(&self, case: CaseState) -> bool {
        self.rule.is_risk() || case == CaseState::Open
    }

    /// Whether something is still owed for this reason in an open case: a risk reason until it is disposed of, another
    /// one as long as the case is open.
    pub const fn is_open(&self) -> bool {
        self.disposition.is_none()
    }
}
