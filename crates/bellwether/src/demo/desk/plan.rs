//! What invented clinicians do differently after a case, and what the look at it came to.

use super::Desk;
use care::case::{Case, PlanChange, PlanChangeKind, PlanOutcome, VERIFY_SESSIONS};
use care::{Instant, Phi, PlanChangeId, StaffId};
use chrono::Duration;
use rand::RngExt;

/// What is done differently, and why.
const CHANGES: [(PlanChangeKind, &str, &str); 6] = [
    (
        PlanChangeKind::Frequency,
        "Sessions every week instead of every second week",
        "Too much time between the sessions",
    ),
    (
        PlanChangeKind::Focus,
        "The conflict at work first, sleep afterwards",
        "What we worked on is not what weighs most",
    ),
    (
        PlanChangeKind::Method,
        "Small steps out of the house, planned and written down together",
        "Talking alone changed little",
    ),
    (PlanChangeKind::Method, "Exposure in session before exposure at home", "The steps at home were too large"),
    (
        PlanChangeKind::InvolveOthers,
        "The partner comes along twice",
        "The evenings at home undo what the day has brought",
    ),
    (
        PlanChangeKind::Medication,
        "Asked the family doctor to look at the medication",
        "Sleep is no better after six weeks",
    ),
];

impl Desk<'_> {
    /// Writes down what changes, to be looked at again when the course of the case is.
    pub(super) fn change_plan(&mut self, case: &Case, by: &StaffId, at: Instant) {
        let (kind, what, why) = CHANGES[self.words.random_range(0..CHANGES.len())];
        let held = self.sessions.iter().filter(|session| **session <= at).count();
        self.plan_changes.push(PlanChange {
            id: self.seeder.ctx.id(PlanChangeId::new),
            episode_id: self.episode.id.clone(),
            case_id: Some(case.id.clone()),
            kind,
            what: Phi::new(what.to_owned()),
            why: Phi::new(why.to_owned()),
            review_session: i64::try_from(held).unwrap_or(0) + VERIFY_SESSIONS,
            changed_at: at,
            changed_by: by.clone(),
            outcome: None,
            reviewed_at: None,
        });
    }

    /// Most plans were looked at when their session had come; some wait for it still.
    pub(super) fn look_at_plans(&mut self) {
        let mut sessions = self.sessions.clone();
        sessions.sort_unstable();
        for plan in &mut self.plan_changes {
            let promised = usize::try_from(plan.review_session).unwrap_or(0).saturating_sub(1);
            let Some(at) = sessions.get(promised).map(|session| *session + Duration::minutes(70)) else { continue };
            let draw = self.words.random::<f64>();
            if at > self.seeder.now || draw > 0.85 {
                continue;
            }
            plan.outcome = Some(match draw {
                draw if draw < 0.5 => PlanOutcome::Kept,
                draw if draw < 0.75 => PlanOutcome::Adapted,
                _ => PlanOutcome::Ended,
            });
            plan.reviewed_at = Some(at);
        }
    }
}
