//! A client's own goals: their words, how near they say they are, and what was said before.

use serde::Serialize;

use super::{FieldProblem, Multiple, Place, Shell, Wrong};
use crate::Page;
use crate::chart::{Mark, Polarity, Sparkline, SparklineData, Trajectory, TrajectoryData, Visit};
use care::goal::GoalState;
use care::staff::Role;

/// The goals of one course of therapy.
#[derive(Clone, Serialize)]
pub struct Goals {
    /// The frame.
    pub shell: Shell,
    /// The client's id.
    pub client: String,
    /// Their name.
    pub name: String,
    /// The goals, those that are followed first.
    pub goals: Vec<GoalCard>,
    /// Whether the viewer may change them, and whether there is room for another.
    pub form: GoalForms,
    /// As many as are followed at a time.
    pub at_a_time: usize,
    /// The words of a new goal, as typed.
    pub text: String,
    /// What is wrong with a new goal.
    pub problems: Vec<FieldProblem>,
}

/// What can be done on the page.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GoalForms {
    /// Everything.
    Open,
    /// As many as are followed at a time are there.
    Full,
    /// Looking only.
    Closed,
}

/// One goal.
#[derive(Clone, Serialize)]
pub struct GoalCard {
    /// Its number in the course.
    pub number: i64,
    /// Where it stands.
    pub state: GoalState,
    /// The day it ended, formatted.
    pub ended: Option<String>,
    /// The words in force, as the client said them.
    pub text: String,
    /// When they were agreed, formatted, and with whom.
    pub agreed: (String, String),
    /// Earlier words: the words, the day they were agreed, how often they were rated.
    pub earlier: Vec<(String, String, usize)>,
    /// The ratings; none before the first.
    pub chart: Option<Trajectory>,
    /// The last rating.
    pub last: Option<i64>,
    /// What is wrong with what was typed for this goal.
    pub problems: Vec<FieldProblem>,
}

/// A goal that is followed, as the client page shows it.
#[derive(Clone, Serialize)]
pub struct GoalView {
    /// Its number in the course.
    pub number: i64,
    /// The words in force.
    pub text: String,
    /// The ratings over the sessions; none before the first.
    pub chart: Option<Trajectory>,
    /// The ratings, earliest first.
    pub ratings: Vec<i64>,
}

impl GoalView {
    /// The ratings in a few square centimetres, beside those of the questionnaires; none before the first.
    pub fn multiple(&self, name: String) -> Option<Multiple> {
        let values: Vec<f64> =
            self.ratings.iter().filter_map(|rating| i32::try_from(*rating).ok().map(f64::from)).collect();
        Some(Multiple {
            name,
            href: format!("#goal-{}", self.number),
            last: self.ratings.last()?.to_string(),
            spark: Sparkline::new(&SparklineData { range: (0.0, 10.0), cutoff: None, values, mark: Mark::Plain })?,
            change: None,
        })
    }

    /// One for looking at.
    pub fn sample() -> Self {
        let ratings = [2, 3, 3, 5];
        let days = ["Jan 5", "Jan 19", "Feb 2", "Mar 9"];
        let drawn: Vec<(i64, String, i64)> =
            (1..).zip(days).zip(ratings).map(|((session, day), rating)| (session, day.to_owned(), rating)).collect();
        Self {
            number: 1,
            text: "Swim once a week with Joana".into(),
            chart: goal_chart(1, "Goal 1".into(), &drawn),
            ratings: ratings.into(),
        }
    }
}

/// How a goal's ratings are drawn: 0 to 10, nearer is higher. `ratings` are session, day and rating.
pub fn goal_chart(number: i64, name: String, ratings: &[(i64, String, i64)]) -> Option<Trajectory> {
    let visit = |(session, day, rating): &(i64, String, i64)| Visit {
        session: *session,
        day: day.clone(),
        value: i32::try_from(*rating).ok().map(f64::from),
        mark: Mark::Plain,
        band: None,
    };
    (!ratings.is_empty()).then(|| {
        Trajectory::new(&TrajectoryData {
            id: format!("goal{number}"),
            name,
            range: (0.0, 10.0),
            polarity: Polarity::HigherIsBetter,
            cutoff: None,
            reliable_change: None,
            visits: ratings.iter().map(visit).collect(),
            events: vec![],
            expected: vec![],
            forecast: vec![],
        })
    })
}

impl Page for Goals {
    const TEMPLATE: &'static str = "staff/goals.html";

    fn samples() -> Vec<Self> {
        let rated = |session, day: &str, rating| (session, day.to_owned(), rating);
        let swim = GoalCard {
            number: 1,
            state: GoalState::Active,
            ended: None,
            text: "Swim once a week with Joana".into(),
            agreed: ("Mar 3, 2026".into(), "Ana Ruiz".into()),
            earlier: vec![("Get out more".into(), "Feb 3, 2026".into(), 2)],
            chart: goal_chart(1, "Goal 1".into(), &[rated(1, "Feb 3", 2), rated(2, "Feb 17", 3), rated(3, "Mar 3", 5)]),
            last: Some(5),
            problems: vec![],
        };
        let fresh = GoalCard {
            number: 2,
            text: "Sleep through without getting up to check the door".into(),
            earlier: vec![],
            chart: None,
            last: None,
            ..swim.clone()
        };
        let reached = GoalCard {
            number: 3,
            state: GoalState::Reached,
            ended: Some("Feb 24, 2026".into()),
            text: "Call my brother".into(),
            earlier: vec![],
            chart: goal_chart(3, "Goal 3".into(), &[rated(2, "Feb 17", 8), rated(3, "Feb 24", 10)]),
            last: Some(10),
            ..swim.clone()
        };
        let open = Self {
            shell: Shell::sample_for(&[Role::Clinician], Place::Caseload),
            client: "0195a3c2-7d10-7a51-9e7d-2f6a1f0c9b44".into(),
            name: "Rosa Delgado".into(),
            goals: vec![swim.clone(), fresh.clone(), reached],
            form: GoalForms::Open,
            at_a_time: care::goal::AT_A_TIME,
            text: String::new(),
            problems: vec![],
        };
        let wrong = GoalCard { problems: vec![FieldProblem::new("goal_rating", Wrong::Number)], ..swim };
        vec![
            Self { goals: vec![], ..open.clone() },
            Self { form: GoalForms::Closed, ..open.clone() },
            Self { form: GoalForms::Full, goals: vec![wrong, fresh], ..open.clone() },
            Self { problems: vec![FieldProblem::new("goal_text", Wrong::Required)], ..open.clone() },
            open,
        ]
    }
}
