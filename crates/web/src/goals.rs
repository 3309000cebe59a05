//! A client's goals as pictures: over the same sessions as the scores, each for itself. Nothing is added up over goals.

use care::Language;
use care::appointment::Appointment;
use care::goal::{Goal, GoalState, Rating};
use chrono_tz::Tz;
use templates::chart::Trajectory;
use templates::staff::{GoalView, goal_chart};
use templates::{Templates, format};

/// What goals are drawn with.
pub struct Drawing<'a> {
    pub templates: &'a Templates,
    /// The appointments of the course, in any order.
    pub appointments: &'a [Appointment],
    pub zone: Tz,
    pub language: Language,
}

impl Drawing<'_> {
    /// The number of the session a rating belongs to, counted as for scores: that of its check-in's appointment, else of the
    /// sessions begun by then.
    fn session(&self, rating: &Rating) -> i64 {
        let mut on: Vec<&Appointment> = self.appointments.iter().filter(|one| one.state.is_on()).collect();
        on.sort_by_key(|one| (one.starts_at, one.id.clone()));
        let own = rating.appointment_id.as_ref();
        let number = on
            .iter()
            .position(|one| Some(&one.id) == own)
            .map_or_else(|| on.iter().filter(|one| one.starts_at <= rating.rated_at).count(), |position| position + 1);
        i64::try_from(number.max(1)).unwrap_or(i64::MAX)
    }

    /// The ratings of a goal; none before the first.
    pub fn chart(&self, goal: &Goal) -> Option<Trajectory> {
        let ratings: Vec<(i64, String, i64)> = goal
            .ratings
            .iter()
            .map(|one| {
                let day = format::short_day(format::local_day(one.rated_at, self.zone), self.language);
                (self.session(one), day, one.rating)
            })
            .collect();
        let word = self.templates.said("goal-word", self.language).unwrap_or_default();
        goal_chart(goal.number, format!("{word} {}", goal.number), &ratings)
    }

    /// The goals that are followed, with what was said about each.
    pub fn followed(&self, goals: &[Goal]) -> Vec<GoalView> {
        let followed = goals.iter().filter(|goal| goal.state == GoalState::Active);
        followed
            .filter_map(|goal| {
                Some(GoalView {
                    number: goal.number,
                    text: goal.wording()?.text.text().to_owned(),
                    chart: self.chart(goal),
                    ratings: goal.ratings.iter().map(|one| one.rating).collect(),
                })
            })
            .collect()
    }
}
