//! From an alert to what came of it: how soon it was taken up and acted on, whether that was in time, and what the closed cases
//! came to.
//!
//! Counting is the store's, who may see which figure `outcome::least`'s and the page's. Nobody is compared with anybody: there is
//! no count by person.

pub use stats::aggregate::Count;
pub use stats::waiting::{Middle, Wait, middle};

use crate::case::{Decision, ReasonLevel, Verification};
use crate::response::Rule;
use crate::text::text_enum;
use crate::{Instant, PlacementId, SiteId};

text_enum! {
    /// What figures are compared by.
    By {
        /// How grave: urgent, review, routine.
        Kind = "kind",
        /// Calendar month.
        Month = "month",
        /// Site.
        Site = "site",
        /// Programme.
        Programme = "programme",
        /// Who pays.
        Payer = "payer",
    }
}

text_enum! {
    /// A length of time.
    Speed {
        /// From an alert to somebody taking it up.
        Acknowledge = "acknowledge",
        /// From an alert to something being done about it.
        Act = "act",
    }
}

text_enum! {
    /// A share.
    Kept {
        /// Of the alerts: acted on after their due date, or not yet and past it.
        Overdue = "overdue",
        /// Of the closed cases: the plan was changed.
        PlanChanged = "plan_changed",
        /// Of the closed cases that later scores can speak to: back on track within four sessions.
        BackOnTrack = "back_on_track",
    }
}

/// Where a case belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Belongs {
    /// Site of the course.
    pub site_id: SiteId,
    /// Its programme.
    pub programme_id: Option<PlacementId>,
    /// Who pays for it.
    pub payer_id: Option<PlacementId>,
}

/// One reason of a case: an alert with clocks of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Where.
    pub belongs: Belongs,
    /// How grave.
    pub level: ReasonLevel,
    /// What found it.
    pub rule: Rule,
    /// When it arose.
    pub raised_at: Instant,
    /// When it was or is due, as the sessions have moved it.
    pub due_at: Instant,
    /// When somebody took it up.
    pub acknowledged_at: Option<Instant>,
    /// When a risk was disposed of.
    pub disposed_at: Option<Instant>,
    /// When, after it arose, a decision on its case was recorded or the case closed, whichever was first.
    pub decided_at: Option<Instant>,
}

impl Alert {
    /// When something was done about it: a risk was disposed of, anything else decided on.
    pub const fn acted_at(&self) -> Option<Instant> {
        if self.rule.is_risk() { self.disposed_at } else { self.decided_at }
    }

    /// How long it took, in minutes, or has taken by now.
    pub fn wait(&self, speed: Speed, now: Instant) -> Wait {
        let done = match speed {
            Speed::Acknowledge => self.acknowledged_at,
            Speed::Act => self.acted_at(),
        };
        let minutes = |until: Instant| ((until - self.raised_at).num_seconds().max(0)) as f64 / 60.0;
        done.map_or_else(|| Wait::Open(minutes(now)), |at| Wait::Over(minutes(at)))
    }
}

/// A case that was closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosedCase {
    /// Where.
    pub belongs: Belongs,
    /// The gravest of its reasons.
    pub level: ReasonLevel,
    /// When it was closed.
    pub closed_at: Instant,
    /// What was decided.
    pub decision: Option<Decision>,
    /// Whether the client was back on track; none where no later score can tell.
    pub verification: Option<Verification>,
}

/// Alerts acted on late, or late and not acted on, among those of which is known: whatever is neither done nor due is missing.
pub fn overdue<'a>(alerts: impl IntoIterator<Item = &'a Alert>, now: Instant) -> Count {
    let mut count = Count::default();
    for alert in alerts {
        let acted = alert.acted_at();
        let is_late = acted.unwrap_or(now) > alert.due_at;
        count.eligible += 1;
        count.measured += u64::from(acted.is_some() || is_late);
        count.hits += u64::from(is_late);
    }
    count
}

/// Closed cases that ended in a change of the plan.
pub fn plan_changed<'a>(cases: impl IntoIterator<Item = &'a ClosedCase>) -> Count {
    let mut count = Count::default();
    for case in cases {
        count.eligible += 1;
        count.measured += u64::from(case.decision.is_some());
        count.hits += u64::from(case.decision == Some(Decision::PlanChanged));
    }
    count
}

/// Closed cases whose clients were back on track within four sessions, among those whose later scores have told. What is not known
/// yet, and what nothing was measured for, is missing.
pub fn back_on_track<'a>(cases: impl IntoIterator<Item = &'a ClosedCase>) -> Count {
    let mut count = Count::default();
    for verification in cases.into_iter().filter_map(|case| case.verification) {
        count.eligible += 1;
        count.measured += u64::from(matches!(verification, Verification::BackOnTrack | Verification::StillOff));
        count.hits += u64::from(verification == Verification::BackOnTrack);
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Duration;

    fn at(minutes: i64) -> Instant {
        "2026-03-02T17:00:00Z".parse::<Instant>().expect("an instant") + Duration::minutes(minutes)
    }

    fn belongs() -> Belongs {
        Belongs { site_id: SiteId::from_text("north"), programme_id: None, payer_id: None }
    }

    fn alert(rule: Rule, due: i64) -> Alert {
        Alert {
            belongs: belongs(),
            level: if rule.is_risk() { ReasonLevel::Urgent } else { ReasonLevel::Routine },
            rule,
            raised_at: at(0),
            due_at: at(due),
            acknowledged_at: None,
            disposed_at: None,
            decided_at: None,
        }
    }

    #[test]
    fn a_risk_is_acted_on_when_it_is_disposed_of_and_not_by_a_decision_about_something_else() {
        let risk = Rule::ALL.iter().copied().find(|rule| rule.is_risk()).expect("a rule about danger");
        let decided = Alert { decided_at: Some(at(30)), ..alert(risk, 60) };
        assert_eq!(decided.acted_at(), None);
        assert_eq!(decided.wait(Speed::Act, at(90)), Wait::Open(90.0));
        let disposed = Alert { disposed_at: Some(at(45)), acknowledged_at: Some(at(10)), ..decided };
        assert_eq!(disposed.wait(Speed::Act, at(90)), Wait::Over(45.0));
        assert_eq!(disposed.wait(Speed::Acknowledge, at(90)), Wait::Over(10.0));
        let routine = Alert { decided_at: Some(at(30)), ..alert(Rule::ReliableDeterioration, 60) };
        assert_eq!(routine.acted_at(), Some(at(30)));
    }

    #[test]
    fn what_is_neither_done_nor_due_is_not_counted_as_in_time() {
        let off =
            |due, acted: Option<i64>| Alert { decided_at: acted.map(at), ..alert(Rule::ReliableDeterioration, due) };
        let alerts = [off(60, Some(50)), off(60, Some(70)), off(60, None), off(600, None)];
        assert_eq!(overdue(&alerts, at(100)), Count { hits: 2, measured: 3, eligible: 4 });
    }

    #[test]
    fn back_on_track_is_asked_only_of_cases_that_scores_can_speak_to() {
        let case = |decision, verification| ClosedCase {
            belongs: belongs(),
            level: ReasonLevel::Routine,
            closed_at: at(0),
            decision: Some(decision),
            verification,
        };
        let cases = [
            case(Decision::PlanChanged, Some(Verification::BackOnTrack)),
            case(Decision::NoChange, Some(Verification::StillOff)),
            case(Decision::NoChange, Some(Verification::Pending)),
            case(Decision::PlanChanged, Some(Verification::NotMeasured)),
            case(Decision::Referred, None),
        ];
        assert_eq!(back_on_track(&cases), Count { hits: 1, measured: 2, eligible: 4 });
        assert_eq!(plan_changed(&cases), Count { hits: 2, measured: 5, eligible: 5 });
    }
}
