//! The reasons of a case as cards: each with its clock, its people, and for danger the form that brings it to an end.

use super::Typed;
use crate::staff::people::People;
use crate::staff::session::Signed;
use crate::staff::words::{Telling, case_reason};
use care::appointment::Appointment;
use care::case::{Assessment, Case, CaseState, DueFacts, Reason, ReasonLevel, Step, StepKind, due};
use care::{Instant, ReasonId, StaffId};
use std::collections::HashMap;
use templates::staff::{AssessmentLine, DisposeForm, Promise, PromiseState, ReasonCard, RiskForms};

/// What cards are made from.
pub struct Cards<'a> {
    pub me: &'a Signed,
    pub people: &'a People,
    pub telling: Telling,
    pub case: &'a Case,
    pub may_act: bool,
    pub steps: &'a [Step],
    pub assessments: &'a HashMap<ReasonId, Assessment>,
    pub typed: &'a Typed,
    pub appointments: &'a [Appointment],
}

impl Cards<'_> {
    /// One reason.
    pub fn of(&self, reason: &Reason) -> ReasonCard {
        let Self { telling, case, .. } = *self;
        let is_closed = case.state == CaseState::Closed;
        let forms = if !self.may_act || is_closed || !reason.is_open() || !reason.rule.is_risk() {
            RiskForms::None
        } else if reason.acknowledged_at.is_none() {
            RiskForms::Acknowledge
        } else {
            RiskForms::Dispose
        };
        let assessment = self.assessments.get(&reason.id).map(|one| AssessmentLine {
            contact: one.contact,
            screener: one.screener,
            safety_plan: one.safety_plan,
            emergency_contact: one.emergency_contact,
            referral: one.referral,
        });
        ReasonCard {
            id: reason.id.as_str().to_owned(),
            text: case_reason(&self.me.shelf.library, self.me.language, reason),
            level: reason.level,
            raised: telling.moment(reason.raised_at),
            due: (reason.is_open() && !is_closed).then(|| telling.moment(reason.due_at)),
            acknowledged: reason
                .acknowledged_by
                .as_ref()
                .zip(reason.acknowledged_at)
                .map(|(by, at)| self.who_when(by, at)),
            disposition: reason.disposition,
            disposed: self.disposed(reason),
            assessment,
            promise: self.promise(reason),
            dispose: (forms == RiskForms::Dispose).then(|| self.form(reason)),
            forms,
        }
    }

    fn who_when(&self, id: &StaffId, at: Instant) -> String {
        format!("{}, {}", self.people.name(id), self.telling.date_time(at))
    }

    fn disposed(&self, reason: &Reason) -> Option<String> {
        let at = reason.disposed_at?;
        let step = self.steps.iter().find(|step| step.at == at && step.kind == StepKind::Disposed);
        let by = step.and_then(|step| step.by.as_ref());
        Some(by.map_or_else(|| self.telling.date_time(at), |by| self.who_when(by, at)))
    }

    /// Until when a person was to take danger up, and when somebody did.
    fn promise(&self, reason: &Reason) -> Option<Promise> {
        if !reason.rule.is_risk() {
            return None;
        }
        let sessions: Vec<Instant> =
            self.appointments.iter().filter(|one| one.state.is_on()).map(|one| one.starts_at).collect();
        let facts = DueFacts {
            raised_at: reason.raised_at,
            zone: self.telling.zone,
            settings: &self.me.face.practice.settings,
            sessions: &sessions,
        };
        // The date of an urgent reason moves on once it was taken up; what was promised does not.
        let until = if reason.level == ReasonLevel::Urgent { due(reason.level, &facts) } else { reason.due_at };
        let end = reason.acknowledged_at.unwrap_or(self.telling.now);
        let state = match (end > until, reason.acknowledged_at) {
            (true, _) => PromiseState::Late,
            (false, Some(_)) => PromiseState::Kept,
            (false, None) => PromiseState::Running,
        };
        let minutes = reason.acknowledged_at.map(|at| (at - reason.raised_at).num_minutes());
        Some(Promise { until: self.telling.moment(until), minutes, state })
    }

    fn form(&self, reason: &Reason) -> DisposeForm {
        let written = &self.typed.written;
        if self.typed.reason.as_ref() == Some(&reason.id) {
            let typed = [
                written.disposition.as_str(),
                &written.contact,
                &written.screener,
                &written.safety_plan,
                &written.emergency_contact,
                &written.referral,
            ];
            return DisposeForm::new("", typed, &written.note, self.typed.problems.clone());
        }
        DisposeForm::new(format!("-{}", reason.id), [""; 6], "", Vec::new())
    }
}
