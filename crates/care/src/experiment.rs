//! One change that a practice tries: judged by one figure, on a control chart whose limits come from the time before, and decided
//! with a reason.
//!
//! Counting is the store's; limits and rules are `stats::control_chart`'s.

mod series;

pub use stats::control_chart::{Limits, Period, Runs, Side, Special};

pub use series::{FEWEST_USUAL, Finding, Measured, Phase, Point, Reading, Series, series};

use crate::text::text_enum;
use crate::{ExperimentId, Instant, Phi, SiteId, StaffId};
use chrono::{Days, Months, NaiveDate};

text_enum! {
    /// The figure that is watched.
    Metric {
        /// Of the check-ins that were sent, those handed in.
        Completion = "completion",
        /// No-shows, of the sessions that clients were expected at.
        NoShow = "no_show",
        /// Late cancellations, of the sessions not cancelled in time.
        LateCancelled = "late_cancelled",
        /// Courses closed as broken off, of those closed.
        EarlyEnd = "early_end",
        /// Courses reliably better at their end, of those measured.
        Improvement = "improvement",
        /// Hours from an alert to somebody taking it up: the median.
        Acknowledge = "acknowledge",
        /// Alerts acted on late, of those of which is known.
        Overdue = "overdue",
        /// Closed cases whose clients were back on track, of those of which is known.
        BackOnTrack = "back_on_track",
        /// Clients who took a consent to messages back, of those to whom a check-in went.
        OptOut = "opt_out",
    }
}

/// Which way a figure should move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
}

/// What a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A share of cases.
    Share,
    /// Hours.
    Hours,
}

impl Metric {
    /// Which way it should move.
    pub const fn better(self) -> Better {
        match self {
            Self::Completion | Self::Improvement | Self::BackOnTrack => Better::Higher,
            Self::NoShow | Self::LateCancelled | Self::EarlyEnd | Self::Acknowledge | Self::Overdue | Self::OptOut => {
                Better::Lower
            }
        }
    }

    /// What it is.
    pub const fn unit(self) -> Unit {
        match self {
            Self::Acknowledge => Unit::Hours,
            _ => Unit::Share,
        }
    }
}

text_enum! {
    /// What one point of the chart is made of, counted from the first day of the change, so that no point mixes both times.
    Every {
        /// Seven days.
        Week = "week",
        /// A month.
        Month = "month",
    }
}

text_enum! {
    /// What was decided.
    Verdict {
        /// The change stays.
        Keep = "keep",
        /// It goes on in another form.
        Adapt = "adapt",
        /// It ends.
        Stop = "stop",
    }
}

text_enum! {
    /// Where an experiment stands.
    Stage {
        /// The change begins later.
        Planned = "planned",
        /// It is tried.
        Running = "running",
        /// Its time is over: somebody must decide.
        Due = "due",
        /// Decided.
        Decided = "decided",
    }
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// What.
    pub verdict: Verdict,
    /// Why.
    pub reason: Phi<String>,
    /// When.
    pub at: Instant,
    /// By whom.
    pub by: StaffId,
}

/// A change that is tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Experiment {
    /// Id.
    pub id: ExperimentId,
    /// What is changed.
    pub change: Phi<String>,
    /// What is expected of it.
    pub expectation: Phi<String>,
    /// The figure that says whether it comes true.
    pub metric: Metric,
    /// The figure that must not get worse meanwhile.
    pub guardrail: Option<Metric>,
    /// Where; none for the whole practice.
    pub site_id: Option<SiteId>,
    /// What one point is made of.
    pub every: Every,
    /// Who answers for it.
    pub owner_id: StaffId,
    /// The first day with the change.
    pub starts_on: NaiveDate,
    /// The day on which it is decided.
    pub ends_on: NaiveDate,
    /// When it was written down.
    pub created_at: Instant,
    /// By whom.
    pub created_by: StaffId,
    /// What came of it.
    pub decided: Option<Decided>,
}

/// Points before the change at most.
const BEFORE: u32 = 18;
/// Points with the change at most.
const WITH: u32 = 26;

impl Experiment {
    /// Where it stands.
    pub fn stage(&self, today: NaiveDate) -> Stage {
        if self.decided.is_some() {
            Stage::Decided
        } else if today < self.starts_on {
            Stage::Planned
        } else if today < self.ends_on {
            Stage::Running
        } else {
            Stage::Due
        }
    }

    /// The whole periods of its chart that are over: first day, the day after the last, and which time they belong to.
    pub fn periods(&self, today: NaiveDate) -> Vec<(NaiveDate, NaiveDate, Phase)> {
        let back = |count: u32| match self.every {
            Every::Week => self.starts_on.checked_sub_days(Days::new(7 * u64::from(count))),
            Every::Month => self.starts_on.checked_sub_months(Months::new(count)),
        };
        let on = |count: u32| match self.every {
            Every::Week => self.starts_on.checked_add_days(Days::new(7 * u64::from(count))),
            Every::Month => self.starts_on.checked_add_months(Months::new(count)),
        };
        let before = (1..=BEFORE).rev().filter_map(|count| Some((back(count)?, back(count - 1)?, Phase::Before)));
        let with = (0..WITH).filter_map(|count| Some((on(count)?, on(count + 1)?, Phase::With)));
        before.chain(with).filter(|(_, until, _)| *until <= today).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).expect("a day")
    }

    /// O4: completion at Bay, opt-outs as guardrail, one month.
    fn o4(every: Every) -> Experiment {
        Experiment {
            id: ExperimentId::from_text("x"),
            change: Phi::new("24 hours before instead of 2".to_owned()),
            expectation: Phi::new("more are handed in".to_owned()),
            metric: Metric::Completion,
            guardrail: Some(Metric::OptOut),
            site_id: Some(SiteId::from_text("bay")),
            every,
            owner_id: StaffId::from_text("olga"),
            starts_on: day(3, 11),
            ends_on: day(4, 8),
            created_at: Instant::default(),
            created_by: StaffId::from_text("olga"),
            decided: None,
        }
    }

    #[test]
    fn no_period_mixes_the_time_before_with_the_time_of_the_change() {
        let one = o4(Every::Week);
        let periods = one.periods(day(3, 27));
        assert_eq!(periods.len(), 18 + 2, "the third week is not over");
        assert_eq!(periods[17], (day(3, 4), day(3, 11), Phase::Before));
        assert_eq!(periods[18], (day(3, 11), day(3, 18), Phase::With));
        assert!(periods.windows(2).all(|pair| pair[0].1 == pair[1].0), "without gaps");
        let months = o4(Every::Month).periods(day(4, 11));
        assert_eq!(months.last(), Some(&(day(3, 11), day(4, 11), Phase::With)));
        let ahead = Experiment { starts_on: day(5, 6), ..one };
        assert!(
            ahead.periods(day(3, 27)).iter().all(|(_, until, phase)| *phase == Phase::Before && *until <= day(3, 27))
        );
    }

    #[test]
    fn from_planned_to_decided() {
        let one = o4(Every::Week);
        let stages = [day(3, 10), day(3, 11), day(4, 7), day(4, 8)].map(|today| one.stage(today));
        assert_eq!(stages, [Stage::Planned, Stage::Running, Stage::Running, Stage::Due]);
        let decided = Decided {
            verdict: Verdict::Keep,
            reason: Phi::new("better".to_owned()),
            at: Instant::default(),
            by: StaffId::from_text("olga"),
        };
        assert_eq!(Experiment { decided: Some(decided), ..one }.stage(day(3, 10)), Stage::Decided);
    }
}
