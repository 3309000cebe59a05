//! A client's own goals: their words, agreed with the clinician, and how near they say they are, 0 to 10.
//!
//! A goal belongs to one course of therapy and to nobody's statistics: ratings of different goals mean different things, and
//! are never added up, averaged or compared between people. Rows are `store`'s, the order of events `workflows`'.

use crate::text::text_enum;
use crate::{AppointmentId, ClientId, DeviceId, EpisodeId, GoalId, Instant, Phi, StaffId};

/// As many goals as are followed at a time: more than a few are no goals.
pub const AT_A_TIME: usize = 3;

/// The highest rating: the goal is reached. The lowest is 0, not at all.
pub const HIGHEST: i64 = 10;

/// The longest wording, in characters.
pub const LONGEST: usize = 200;

text_enum! {
    /// Where a goal stands.
    GoalState {
        /// It is followed.
        Active = "active",
        /// The client says that it is reached.
        Reached = "reached",
        /// Client and clinician let it go.
        Dropped = "dropped",
    }
}

/// A goal with everything that was said about it.
#[derive(Debug, Clone)]
pub struct Goal {
    /// Id.
    pub id: GoalId,
    /// Whose.
    pub client_id: ClientId,
    /// In which course.
    pub episode_id: EpisodeId,
    /// Its number in the course, from 1; never given again.
    pub number: i64,
    /// Where it stands.
    pub state: GoalState,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// Its words, the first version first; never empty.
    pub wordings: Vec<Wording>,
    /// The ratings, earliest first.
    pub ratings: Vec<Rating>,
}

/// One version of a goal's words.
#[derive(Debug, Clone)]
pub struct Wording {
    /// 1, 2, 3 …
    pub version: i64,
    /// The client's words; sealed where they are kept.
    pub text: Phi<String>,
    /// When the client agreed to them.
    pub agreed_at: Instant,
    /// With whom.
    pub agreed_with: StaffId,
}

/// How near the client said they were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rating {
    /// The version of the words it was said about.
    pub version: i64,
    /// 0 (not at all) to [`HIGHEST`] (reached).
    pub rating: i64,
    /// When.
    pub rated_at: Instant,
    /// The appointment whose check-in asked for it; none where it was written down otherwise.
    pub appointment_id: Option<AppointmentId>,
}

/// A goal as one check-in asks about it: with the words that were in force when the check-in was begun.
#[derive(Debug, Clone)]
pub struct AskedGoal {
    /// Which goal.
    pub goal_id: GoalId,
    /// Its number in the course.
    pub number: i64,
    /// The client's words.
    pub text: Phi<String>,
    /// How near the client says they are; none where they preferred not to say, or have not answered yet.
    pub rating: Option<i64>,
    /// When it was answered; none while it was not.
    pub answered_at: Option<Instant>,
    /// Which browser answered it: no other one is shown the answer.
    pub device_id: Option<DeviceId>,
}

impl Goal {
    /// The words in force.
    pub fn wording(&self) -> Option<&Wording> {
        self.wordings.last()
    }
}

/// The number of the next goal of a course; none while as many as are followed at a time are active.
pub fn next_number(goals: &[Goal]) -> Option<i64> {
    let active = goals.iter().filter(|goal| goal.state == GoalState::Active).count();
    (active < AT_A_TIME).then(|| goals.iter().map(|goal| goal.number).max().unwrap_or(0) + 1)
}

/// A wording as typed, without the white space around it; `None` where there is none or it is too long.
pub fn words(typed: &str) -> Option<&str> {
    let text = typed.trim();
    (!text.is_empty() && text.chars().count() <= LONGEST).then_some(text)
}

/// A rating as typed: a whole number from 0 to [`HIGHEST`].
pub fn rating(typed: &str) -> Option<i64> {
    typed.trim().parse().ok().filter(|rating| (0..=HIGHEST).contains(rating))
}

#[cfg(test)]
mod tests {
    use super::*;
    fn goal(number: i64, state: GoalState) -> Goal {
        Goal {
            id: GoalId::from_text("goal"),
            client_id: ClientId::from_text("client"),
            episode_id: EpisodeId::from_text("episode"),
            number,
            state,
            ended_at: None,
            wordings: vec![],
            ratings: vec![],
        }
    }

    #[test]
    fn a_few_at_a_time_and_no_number_twice() {
        assert_eq!(next_number(&[]), Some(1));
        let mut goals = vec![goal(1, GoalState::Active), goal(2, GoalState::Active), goal(3, GoalState::Active)];
        assert_eq!(next_number(&goals), None);
        goals[1].state = GoalState::Reached;
        assert_eq!(next_number(&goals), Some(4));
    }

    #[test]
    fn ratings_and_words_as_typed() {
        assert_eq!(
            (rating(" 0 "), rating("10"), rating("11"), rating("-1"), rating("7.5"), rating("")),
            (Some(0), Some(10), None, None, None, None)
        );
        assert_eq!(words("  swim once a week "), Some("swim once a week"));
        assert_eq!((words("  "), words(&"a".repeat(201))), (None, None));
    }
}
