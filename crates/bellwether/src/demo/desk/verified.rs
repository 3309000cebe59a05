//! Whether clients got back on track after their cases were closed: looked for every hour, by the function that looks for it in
//! real courses. Where the answer is no, the reasons that still hold are raised again.

use super::Desk;
use anyhow::Result;
use care::Instant;
use care::case::{Over, StepKind, VERIFY_SESSIONS, Verification, again, verify};
use care::staff::Actor;
use chrono::DateTime;
use store::AuditEntry;
use store::standing::Standing;
use workflows::audit;

/// The first look after an instant: there is one every hour, and one at the end of the past.
fn next_look(after: Instant, now: Instant) -> Instant {
    let hour = after.timestamp().div_euclid(3600) + 1;
    DateTime::from_timestamp(hour * 3600, 0).map_or(after, |look| if look > now && after < now { now } else { look })
}

impl Desk<'_> {
    /// Looks at the closed cases until an instant, from what was known when the last answers had come in. `over_since` is when the
    /// course ended, where it has.
    pub fn verify(
        &mut self,
        journal: &mut Vec<AuditEntry>,
        standing: &mut Standing,
        until: Instant,
        over_since: Option<Instant>,
    ) -> Result<()> {
        let now = self.seeder.now;
        let measured_at = standing.measures.iter().map(|measure| measure.latest_at).max();
        for position in 0..self.verified.len() {
            let one = self.verified[position].clone();
            if one.state != Verification::Pending {
                continue;
            }
            let mut later: Vec<Instant> = self.sessions.iter().copied().filter(|at| *at > one.closed_at).collect();
            later.sort_unstable();
            let last = later.get(usize::try_from(VERIFY_SESSIONS).unwrap_or(usize::MAX) - 1).copied();
            let ended = over_since.map(|ended| ended.max(one.closed_at));
            let mut looks: Vec<Instant> = [measured_at.filter(|at| *at > one.closed_at), last, ended]
                .into_iter()
                .flatten()
                .map(|at| next_look(at, now))
                .filter(|look| *look <= until && *look <= now)
                .collect();
            looks.sort_unstable();
            let reasons: Vec<_> =
                standing.closed.iter().filter(|reason| reason.case_id == one.case_id).cloned().collect();
            for look in looks {
                let over = if over_since.is_some_and(|ended| ended <= look) { Over::Yes } else { Over::No };
                let since = i64::try_from(later.iter().filter(|at| **at <= look).count()).unwrap_or(i64::MAX);
                let library = &self.seeder.ctx.library;
                let found = verify(library, &reasons, &standing.measures, one.closed_at, since, over);
                if found == Verification::Pending {
                    continue;
                }
                self.verified[position].state = found;
                self.verified[position].decided_at = Some(look);
                self.looked(journal, position, found, look);
                if found == Verification::StillOff && over == Over::No {
                    let begun = self.sessions.iter().filter(|at| **at <= look).count();
                    let session = i64::try_from(begun).ok();
                    let again = again(library, &reasons, &standing.measures, one.closed_at, &standing.open, session);
                    self.raise(journal, &mut standing.open, None, None, again)?;
                }
                break;
            }
        }
        Ok(())
    }

    fn looked(&mut self, journal: &mut Vec<AuditEntry>, position: usize, found: Verification, at: Instant) {
        let id = self.verified[position].case_id.clone();
        let Some(case) = self.closed_cases.iter().find(|case| case.id == id).cloned() else { return };
        self.seeder.clock.set(at);
        self.step(&case, StepKind::Verified, None, None, None);
        journal.push(
            audit::entry(&self.seeder.ctx, &Actor::System, "case.verify", "case", case.id.as_str())
                .with("found", found.as_str()),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Duration;

    #[test]
    fn the_next_look_is_at_the_full_hour_and_none_is_after_the_end_of_the_past() {
        let at = |text: &str| text.parse::<Instant>().expect("an instant");
        let now = at("2026-03-09T17:20:00Z");
        assert_eq!(next_look(at("2026-03-09T09:00:00Z"), now), at("2026-03-09T10:00:00Z"));
        assert_eq!(next_look(at("2026-03-09T16:59:59Z"), now), at("2026-03-09T17:00:00Z"));
        assert_eq!(next_look(at("2026-03-09T17:05:00Z"), now), now);
        assert_eq!(next_look(now + Duration::minutes(1), now), at("2026-03-09T18:00:00Z"));
    }
}
