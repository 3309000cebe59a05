//! How many alerts a person has to bear: above the practice's budget further ones come once a day, together.
//!
//! Danger never counts and is never held back. What is an alert here is a reason for a case that is not about danger.

use crate::practice::Settings;
use crate::response::SignalInputs;
use crate::{Instant, local_time};
use chrono::Duration;
use chrono_tz::Tz;

/// Alerts of this many days count.
pub const WINDOW_DAYS: i64 = 7;

/// Larger changes one could ask for before telling somebody: factors of the instrument's reliable change.
pub const FACTORS: [f64; 4] = [1.0, 1.25, 1.5, 2.0];

/// A person's alerts of the last seven days beside the budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exposure {
    /// Alerts.
    pub alerts: usize,
    /// How many the practice tells one by one.
    pub budget: usize,
}

impl Exposure {
    /// Beside the practice's budget.
    pub fn of(alerts: usize, settings: &Settings) -> Self {
        Self { alerts, budget: usize::try_from(settings.alert_budget).unwrap_or(usize::MAX) }
    }

    /// Whether the next alert waits for the daily message.
    pub const fn is_used_up(self) -> bool {
        self.alerts >= self.budget
    }
}

/// When alerts beyond the budget are told together: when the next business day begins, in the zone given.
pub fn digest_at(now: Instant, zone: Tz, settings: &Settings) -> Instant {
    let today = local_time::day_of(now, zone);
    let starts = |day| local_time::at_minute(day, settings.business_from_minute, zone);
    (0..=7)
        .map(|days| today + Duration::days(days))
        .filter(|day| local_time::is_business_day(*day))
        .map(starts)
        .find(|at| *at > now)
        .unwrap_or(now + Duration::days(1))
}

/// How many of the alerts there would be if a change had to be this many times the reliable one. Alerts that rest on no
/// change (silence, no improvement) stay.
pub fn at_factor(alerts: &[SignalInputs], factor: f64) -> usize {
    let stays = |one: &&SignalInputs| match (one.change, one.threshold) {
        (Some(change), Some(threshold)) if one.missed.is_none() && threshold > 0.0 => {
            // A course that stands still has a change below the threshold; a larger threshold says nothing about it.
            change.abs() < threshold || change.abs() >= threshold * factor - 1e-9
        }
        _ => true,
    };
    alerts.iter().filter(stays).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(points: f64) -> SignalInputs {
        SignalInputs { change: Some(points), threshold: Some(6.0), ..SignalInputs::default() }
    }

    #[test]
    fn v3_thirty_one_alerts_against_ten_and_what_larger_thresholds_would_do() {
        let mut alerts: Vec<SignalInputs> = Vec::new();
        alerts.extend(vec![change(6.0); 12]);
        alerts.extend(vec![change(8.0); 9]);
        alerts.extend(vec![change(12.0); 4]);
        alerts.extend(vec![SignalInputs { missed: Some(2), threshold: Some(2.0), ..SignalInputs::default() }; 6]);
        let exposure = Exposure::of(alerts.len(), &Settings::default());
        assert_eq!((exposure.alerts, exposure.budget, exposure.is_used_up()), (31, 10, true));
        assert_eq!(FACTORS.map(|factor| at_factor(&alerts, factor)), [31, 19, 10, 10]);
    }

    #[test]
    fn the_digest_comes_when_the_next_working_day_begins() {
        let at = |text: &str| text.parse::<Instant>().expect("an instant");
        let zone = chrono_tz::America::Los_Angeles;
        let next = |text| digest_at(at(text), zone, &Settings::default());
        assert_eq!(next("2026-03-02T10:00:00-08:00"), at("2026-03-03T08:00:00-08:00"), "Monday morning: Tuesday");
        assert_eq!(next("2026-03-02T07:00:00-08:00"), at("2026-03-02T08:00:00-08:00"), "before work: the same day");
        assert_eq!(
            next("2026-03-06T10:00:00-08:00"),
            at("2026-03-09T08:00:00-07:00"),
            "Friday: Monday, the clock changed"
        );
    }
}
