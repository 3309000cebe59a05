//! A client's own course, in plain words: one line and one picture for each questionnaire.

use serde::Serialize;

use super::{Shell, Switch};
use crate::Page;
use crate::chart::{Mark, Polarity, Trajectory, TrajectoryData, Visit};

/// How it has gone so far.
#[derive(Clone, Serialize)]
pub struct Course {
    /// The frame.
    pub shell: Shell,
    /// Where Back leads.
    pub back: String,
    /// The clinician's display name.
    pub reader: Option<String>,
    /// One line for each questionnaire.
    pub lines: Vec<CourseLine>,
    /// The client's own goals that were rated.
    pub goals: Vec<CourseGoal>,
}

/// One of the client's own goals.
#[derive(Clone, Serialize)]
pub struct CourseGoal {
    /// The client's words.
    pub text: String,
    /// How near they said they were; 10 is reached.
    pub chart: Trajectory,
}

/// One questionnaire.
#[derive(Clone, Serialize)]
pub struct CourseLine {
    /// Its name.
    pub name: String,
    /// How it has gone.
    pub said: CourseSaid,
    /// The course.
    pub chart: Trajectory,
}

/// How a course is said. The words are `course-<said>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CourseSaid {
    /// There is one score.
    First,
    /// Reliably better than at the start.
    Better,
    /// No reliable change.
    Same,
    /// Reliably worse than at the start.
    Harder,
}

impl CourseLine {
    fn sample(name: &str, said: CourseSaid, polarity: Polarity, range: (f64, f64), values: &[f64]) -> Self {
        let visits = (1..).zip(values).map(|(session, value)| Visit {
            session,
            day: format!("Mar {session}"),
            value: Some(*value),
            mark: Mark::Plain,
            band: None,
        });
        Self {
            name: name.into(),
            said,
            chart: Trajectory::new(&TrajectoryData {
                id: format!("course{}", name.chars().filter(char::is_ascii_alphanumeric).collect::<String>()),
                name: name.into(),
                range,
                polarity,
                cutoff: None,
                reliable_change: None,
                visits: visits.collect(),
                events: vec![],
                expected: vec![],
                forecast: vec![],
            }),
        }
    }
}

impl Page for Course {
    const TEMPLATE: &'static str = "client/course.html";

    fn samples() -> Vec<Self> {
        let lower = Polarity::LowerIsBetter;
        let full = Self {
            shell: Shell::sample().with_switch(Switch::None),
            back: "/check-in/done".into(),
            reader: Some("Ana Ruiz".into()),
            lines: vec![
                CourseLine::sample(
                    "Mood questionnaire",
                    CourseSaid::Better,
                    lower,
                    (0.0, 27.0),
                    &[18.0, 16.0, 14.0, 11.0],
                ),
                CourseLine::sample("Worry questionnaire", CourseSaid::Harder, lower, (0.0, 21.0), &[9.0, 15.0]),
                CourseLine::sample(
                    "Wellbeing check",
                    CourseSaid::Same,
                    Polarity::HigherIsBetter,
                    (0.0, 40.0),
                    &[21.3, 22.0, 20.8],
                ),
            ],
            goals: vec![],
        };
        let goals = Self {
            goals: vec![CourseGoal {
                text: "Swim once a week with Joana".into(),
                chart: CourseLine::sample(
                    "Goal 1",
                    CourseSaid::First,
                    Polarity::HigherIsBetter,
                    (0.0, 10.0),
                    &[2.0, 3.0, 5.0],
                )
                .chart,
            }],
            ..full.clone()
        };
        let begun = Self {
            lines: vec![CourseLine::sample("Mood questionnaire", CourseSaid::First, lower, (0.0, 27.0), &[18.0])],
            ..full.clone()
        };
        let nothing = Self { reader: None, lines: vec![], ..full.clone() };
        vec![full, goals, begun, nothing]
    }
}
