//! When a reason is due, from its level and the sessions to come; computed anew whenever an appointment moves.

use super::{Reason, ReasonLevel};
use crate::practice::Settings;
use crate::{Instant, ladder, local_time};
use chrono::Duration;
use chrono_tz::Tz;

/// An off-track reason is due after this many days at the latest.
const ROUTINE_DAYS: i64 = 14;

/// What due dates are computed from.
#[derive(Debug, Clone, Copy)]
pub struct DueFacts<'a> {
    /// When the reason arose.
    pub raised_at: Instant,
    /// The site's zone.
    pub zone: Tz,
    /// The practice's decisions.
    pub settings: &'a Settings,
    /// Starts of the episode's sessions that take place or took place (attended and scheduled ones), in any order;
    /// those before `raised_at` do not count.
    pub sessions: &'a [Instant],
}

impl DueFacts<'_> {
    /// The start of the nth session after the reason arose, counted from 0.
    fn session_after(&self, nth: usize) -> Option<Instant> {
        let mut later: Vec<Instant> = self.sessions.iter().copied().filter(|start| *start > self.raised_at).collect();
        later.sort_unstable();
        later.get(nth).copied()
    }
}

/// When a reason of the level is due.
///
/// - review: before the next session or at noon of the next business day in the site's zone, whichever is first;
/// - urgent: when the ladder's first tier would be called, 60 minutes in working hours and 240 outside by default;
/// - routine: at the second session after the trigger or after 14 days, whichever is first.
pub fn due(level: ReasonLevel, facts: &DueFacts<'_>) -> Instant {
    match level {
        ReasonLevel::Review => {
            let noon = local_time::next_business_noon(facts.raised_at, facts.zone);
            facts.session_after(0).map_or(noon, |session| session.min(noon))
        }
        ReasonLevel::Urgent => {
            let [first, ..] = ladder::offsets(ladder::Kind::Urgent, facts.raised_at, facts.zone, facts.settings);
            facts.raised_at + first
        }
        ReasonLevel::Routine => {
            let latest = facts.raised_at + Duration::days(ROUTINE_DAYS);
            facts.session_after(1).map_or(latest, |session| session.min(latest))
        }
    }
}

/// When the reason is due once somebody has taken it up. The ladder's clock of an urgent reason has served then; what
/// remains, the talk and the disposition, is due as at review level, counted from the acknowledgement. The other
/// levels keep their date.
pub fn due_once_acknowledged(reason: &Reason, facts: &DueFacts<'_>) -> Instant {
    match (reason.level, reason.acknowledged_at) {
        (ReasonLevel::Urgent, Some(at)) => due(ReasonLevel::Review, &DueFacts { raised_at: at, ..*facts }),
        _ => reason.due_at,
    }
}

/// When an open reason is due now that sessions have moved or somebody has taken it up. A later session never makes a review
/// later than it was promised; an earlier one makes it earlier.
pub fn due_again(reason: &Reason, facts: &DueFacts<'_>) -> Instant {
    match reason.level {
        ReasonLevel::Urgent => due_once_acknowledged(reason, facts),
        ReasonLevel::Review => due(reason.level, facts).min(reason.due_at),
        ReasonLevel::Routine => due(reason.level, facts),
    }
}

/// When a case is due: the earliest of its reasons that are still open. None when all are disposed of: the case keeps
/// its date until it is closed.
pub fn case_due(reasons: &[Reason]) -> Option<Instant> {
    reasons.iter().filter(|reason| reason.is_open()).map(|reason| reason.due_at).min()
}
