//! How an invented course of therapy goes: sessions and attendance, and how a total is shared by items. Constructed, not
//! measured: the figures are plausible. How scores move is [`super::severity`]'s.

use chrono::{DateTime, Datelike, Duration, NaiveDate, TimeZone, Utc, Weekday};
use chrono_tz::Tz;
use rand::{Rng, RngExt};

/// What came of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attendance {
    Attended,
    Cancelled,
    LateCancelled,
    NoShow,
    Scheduled,
}

/// One session of an invented course.
#[derive(Debug, Clone)]
pub struct Session {
    pub starts_at: DateTime<Utc>,
    pub attendance: Attendance,
    /// 1, 2, 3 … over the sessions that took place or are to.
    pub number: i64,
}

/// A normal draw (Box–Muller).
pub fn normal(rng: &mut impl Rng, mean: f64, sd: f64) -> f64 {
    let u: f64 = rng.random_range(1e-12..1.0);
    let v: f64 = rng.random();
    mean + sd * (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
}

/// Weekly sessions from a first day at the client's own weekday and hour, until the course ends or three weeks from now.
pub fn sessions(rng: &mut impl Rng, first: NaiveDate, planned: i64, zone: Tz, now: DateTime<Utc>) -> Vec<Session> {
    let hour = [9, 10, 11, 13, 14, 15, 16, 17][rng.random_range(0..8)];
    let mut day = first;
    // Fewer sessions at weekends, but some: whoever tries the demo on a Sunday should see a day's work.
    while matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && rng.random_bool(0.6) {
        day += Duration::days(1);
    }
    let mut sessions = Vec::new();
    let mut number = 0;
    while number < planned && sessions.len() < 90 {
        let Some(starts_at) = day.and_hms_opt(hour, 0, 0).and_then(|local| zone.from_local_datetime(&local).earliest())
        else {
            break;
        };
        let starts_at = starts_at.with_timezone(&Utc);
        if starts_at > now + Duration::days(20) {
            break;
        }
        let attendance = if starts_at + Duration::minutes(50) > now {
            Attendance::Scheduled
        } else {
            match rng.random::<f64>() {
                x if x < 0.83 => Attendance::Attended,
                x if x < 0.91 => Attendance::NoShow,
                x if x < 0.95 => Attendance::LateCancelled,
                _ => Attendance::Cancelled,
            }
        };
        let on = matches!(attendance, Attendance::Attended | Attendance::Scheduled);
        if on {
            number += 1;
        }
        sessions.push(Session { starts_at, attendance, number });
        day += Duration::days(if rng.random_bool(0.9) { 7 } else { 14 });
    }
    sessions
}

/// The sessions of a client who has stopped coming without a word: a course that runs still, its last two sessions missed.
pub fn fading(rng: &mut impl Rng, zone: Tz, now: DateTime<Utc>) -> Vec<Session> {
    let first = (now - Duration::days(rng.random_range(60..150))).with_timezone(&zone).date_naive();
    let mut sessions = sessions(rng, first, 60, zone, now);
    let mut attended: Vec<&mut Session> =
        sessions.iter_mut().filter(|session| session.attendance == Attendance::Attended).collect();
    let kept = attended.len().saturating_sub(2);
    for session in attended.iter_mut().skip(kept) {
        session.attendance = Attendance::NoShow;
    }
    let mut number = 0;
    for session in &mut sessions {
        if matches!(session.attendance, Attendance::Attended | Attendance::Scheduled) {
            number += 1;
        }
        session.number = number;
    }
    sessions
}

/// Spreads a total over items of 0 to 3, heavier items first in the draw.
pub fn items(rng: &mut impl Rng, total: i64, weights: &[f64]) -> Vec<i64> {
    let mut values = vec![0_i64; weights.len()];
    let most = 3 * i64::try_from(weights.len()).unwrap_or(0);
    let mut left = total.clamp(0, most);
    while left > 0 {
        let open: Vec<usize> = (0..values.len()).filter(|index| values[*index] < 3).collect();
        let sum: f64 = open.iter().map(|index| weights[*index]).sum();
        let mut at = rng.random::<f64>() * sum;
        let chosen = open
            .iter()
            .copied()
            .find(|index| {
                at -= weights[*index];
                at <= 0.0
            })
            .or(open.last().copied());
        let Some(chosen) = chosen else { break };
        values[chosen] += 1;
        left -= 1;
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha12Rng;

    #[test]
    fn whoever_fades_has_missed_the_last_sessions_whatever_the_day() {
        let monday = Utc.with_ymd_and_hms(2026, 11, 23, 20, 0, 0).single().expect("an instant");
        for day in 0..28 {
            let now = monday + Duration::days(day);
            for seed in 0..40 {
                let rng = &mut ChaCha12Rng::seed_from_u64(seed);
                let sessions = fading(rng, chrono_tz::America::Los_Angeles, now);
                let recorded: Vec<&Session> = sessions
                    .iter()
                    .filter(|session| matches!(session.attendance, Attendance::Attended | Attendance::NoShow))
                    .collect();
                let missed = recorded.iter().rev().take_while(|session| session.attendance == Attendance::NoShow);
                assert!(missed.count() >= 2, "day {day}, seed {seed}");
                assert!(sessions.iter().any(|session| session.attendance == Attendance::Scheduled), "it runs still");
            }
        }
    }
}
