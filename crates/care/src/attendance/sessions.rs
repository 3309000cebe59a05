//! Sessions of a period by what came of them, and the rates made of them.

use crate::text::text_enum;
use stats::aggregate::Count;

text_enum! {
    /// What a no-show rate is a share of. Rates of different definitions are not compared.
    NoShowRule {
        /// Of the sessions that clients were expected at: those that took place and the no-shows.
        Expected = "expected",
        /// The same, with late cancellations counted as missed.
        WithLate = "with_late",
        /// Of everything that was booked, cancelled sessions too.
        Booked = "booked",
    }
}

/// Sessions of one group that were booked for the period and whose time has come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sessions {
    /// The group's id; empty where the sessions have none, or where nothing is sorted.
    pub of: String,
    /// They took place.
    pub attended: u64,
    /// The client did not come.
    pub no_show: u64,
    /// Cancelled less than a day before.
    pub late: u64,
    /// Cancelled in time.
    pub cancelled: u64,
    /// Nobody has recorded what came of them.
    pub unrecorded: u64,
}

impl Sessions {
    /// All that were booked.
    pub const fn booked(&self) -> u64 {
        self.attended + self.no_show + self.late + self.cancelled + self.unrecorded
    }

    /// The no-show rate. Sessions of which nobody recorded what came of them are missing from it.
    pub const fn missed(&self, rule: NoShowRule) -> Count {
        let (hits, measured) = match rule {
            NoShowRule::Expected => (self.no_show, self.attended + self.no_show),
            NoShowRule::WithLate => (self.no_show + self.late, self.attended + self.no_show + self.late),
            NoShowRule::Booked => (self.no_show, self.attended + self.no_show + self.late + self.cancelled),
        };
        Count { hits, measured, eligible: measured + self.unrecorded }
    }

    /// Late cancellations among the sessions that were not cancelled in time.
    pub const fn cancelled_late(&self) -> Count {
        let measured = self.attended + self.no_show + self.late;
        Count { hits: self.late, measured, eligible: measured + self.unrecorded }
    }

    /// Cancellations in time among everything that was booked.
    pub const fn cancelled_in_time(&self) -> Count {
        let measured = self.attended + self.no_show + self.late + self.cancelled;
        Count { hits: self.cancelled, measured, eligible: measured + self.unrecorded }
    }

    /// Two groups together.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.attended += other.attended;
        self.no_show += other.no_show;
        self.late += other.late;
        self.cancelled += other.cancelled;
        self.unrecorded += other.unrecorded;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::{CONFIDENCE, Figure};

    #[test]
    fn o3_one_hundred_and_sixty_four_sessions_by_every_definition() {
        let sessions = Sessions { attended: 143, no_show: 21, late: 9, cancelled: 12, ..Sessions::default() };
        let percent = |count| {
            let share = Figure::of(count, CONFIDENCE).expect("sessions").share;
            [share.value, share.low, share.high].map(|part| format!("{:.1}", part * 100.0))
        };
        assert_eq!(percent(sessions.missed(NoShowRule::Expected)), ["12.8", "8.5", "18.8"]);
        assert_eq!(sessions.missed(NoShowRule::WithLate), Count { hits: 30, measured: 173, eligible: 173 });
        assert_eq!(sessions.missed(NoShowRule::Booked), Count { hits: 21, measured: 185, eligible: 185 });
        assert_eq!(sessions.cancelled_late(), Count { hits: 9, measured: 173, eligible: 173 });
        assert_eq!(sessions.cancelled_in_time(), Count { hits: 12, measured: 185, eligible: 185 });
        let gaps = Sessions { unrecorded: 200, ..sessions };
        let figure = Figure::of(gaps.missed(NoShowRule::Expected), CONFIDENCE).expect("sessions");
        assert!(!figure.is_reportable(), "whoever records nothing has no rate");
    }
}
