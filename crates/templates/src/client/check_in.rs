//! The questions, the last look before handing in, and the receipt.

use serde::Serialize;

use super::{Shell, Switch, TextSize};
use crate::Page;

/// One question. Never fill in an answer that was given on another device.
#[derive(Clone, Serialize)]
pub struct Question {
    /// The frame; switch with [`Switch::Form`] so that answers are kept.
    pub shell: Shell,
    /// Its number in this check-in, from 1; the form posts to `/check-in/{number}`.
    pub number: u32,
    /// How many there are; `None` while an answer may still add some.
    pub total: Option<u32>,
    /// The item's id in the instrument version, posted as `item`.
    pub item: String,
    /// Said on the first of some further questions, where earlier answers count for the same questionnaire.
    pub follows: Option<Follows>,
    /// The sentence before a group of items, verbatim ("Over the last 2 weeks, how often …").
    pub stem: Option<String>,
    /// The item's wording, verbatim.
    pub wording: String,
    /// How it is answered.
    pub answer: Answer,
    /// Whether it may be left unanswered.
    pub decline: Decline,
    /// Where the Back link leads; `None` on the first question.
    pub back: Option<String>,
    /// The session's token against forged requests.
    pub csrf: String,
    /// The idempotency key of this answer on this device.
    pub seq: String,
    /// Opaque key of this check-in on this device, under which the script keeps an unsent answer in the tab.
    pub draft: String,
    /// What was wrong with the answer just posted.
    pub problem: Option<Problem>,
    /// Only looked at by staff: nothing is posted and nothing kept.
    pub preview: Option<Preview>,
}

/// Where a question leads that staff look at.
#[derive(Clone, Serialize)]
pub struct Preview {
    /// The page after it.
    pub next: String,
    /// Out of the preview.
    pub leave: String,
}

/// Some of a questionnaire's questions were answered already, and the others follow.
#[derive(Clone, Copy, Serialize)]
pub struct Follows {
    /// How many have an answer, or were passed, as part of an earlier questionnaire.
    pub answered: u32,
    /// How many follow, this one included.
    pub more: u32,
}

/// How a question is answered.
#[derive(Clone, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Answer {
    /// One of several options; `value` is the option's value.
    Choice {
        /// The options in the instrument's order.
        options: Vec<Choice>,
        /// The value this device gave before.
        chosen: Option<String>,
    },
    /// How near the client says they are to a goal of theirs, whose words are the question's wording.
    Goal {
        /// The numbers, ascending: the lowest is not at all, the highest is reached.
        steps: Vec<String>,
        /// The number this device gave before.
        chosen: Option<String>,
    },
    /// A whole number between two that are not far apart, written along a line.
    Scale {
        /// The numbers, ascending.
        steps: Vec<String>,
        /// The number this device gave before.
        chosen: Option<String>,
    },
    /// A question of a questionnaire about the client's own goals: the same steps, with the goals beside it.
    GoalItem {
        /// The numbers, ascending: the lowest is not at all, the highest is reached.
        steps: Vec<String>,
        /// The number this device gave before.
        chosen: Option<String>,
        /// The goals that were agreed, in the client's words.
        goals: Vec<String>,
    },
    /// The client's own words; `value` is the text. Nothing of it is kept in the browser.
    Words {
        /// What this device gave before.
        given: Option<String>,
        /// How many letters the field takes.
        room: usize,
    },
    /// A line between two ends; `value` is a number from 0 to 10 with at most one decimal.
    VisualAnalogue {
        /// The wording at 0.
        low: String,
        /// The wording at 10.
        high: String,
        /// What this device gave before, formatted with a point ("8.1").
        given: Option<String>,
    },
}

/// One option of a choice.
#[derive(Clone, Serialize)]
pub struct Choice {
    /// What is posted.
    pub value: String,
    /// What is shown, verbatim.
    pub label: String,
}

/// Whether "Prefer not to answer" is offered (posted as `decline=1`).
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Decline {
    /// The instrument's version does not allow it.
    NotOffered,
    /// It is offered.
    Offered,
    /// It is offered and was chosen before on this device.
    Chosen,
}

/// Why an answer was not accepted.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Problem {
    /// Nothing was chosen or marked.
    Missing,
    /// Not a number from 0 to 10.
    OutOfRange,
}

impl Question {
    fn choice_sample() -> Self {
        let labels = ["Never", "On some days", "On most days", "Every day"];
        let options =
            labels.iter().zip(0..).map(|(label, value)| Choice { value: format!("{value}"), label: (*label).into() });
        Self {
            shell: Shell::sample(),
            number: 3,
            total: Some(9),
            item: "rest".into(),
            follows: None,
            stem: Some("Thinking about the last 2 weeks, how often was this true for you?".into()),
            wording: "I woke up feeling rested".into(),
            answer: Answer::Choice { options: options.collect(), chosen: None },
            decline: Decline::Offered,
            back: Some("/check-in/2".into()),
            csrf: "v5kq0Xy2b1".into(),
            seq: "3-7f41".into(),
            draft: "p4c8".into(),
            problem: None,
            preview: None,
        }
    }

    fn line_sample() -> Self {
        Self {
            number: 1,
            total: Some(4),
            item: "self".into(),
            stem: Some("Looking back over the last week, including today".into()),
            wording: "How have you been in yourself?".into(),
            answer: Answer::VisualAnalogue { low: "Very badly".into(), high: "Very well".into(), given: None },
            decline: Decline::NotOffered,
            back: None,
            ..Self::choice_sample()
        }
    }
}

impl Page for Question {
    const TEMPLATE: &'static str = "client/question.html";

    fn samples() -> Vec<Self> {
        let choice = Self::choice_sample();
        let line = Self::line_sample();
        let mut answered = choice.clone();
        if let Answer::Choice { chosen, .. } = &mut answered.answer {
            *chosen = Some("2".into());
        }
        let mut marked = line.clone();
        if let Answer::VisualAnalogue { given, .. } = &mut marked.answer {
            *given = Some("8.1".into());
        }
        marked.back = Some("/check-in/1".into());
        let goal = Self {
            number: 10,
            total: Some(11),
            item: "#goal:1".into(),
            stem: None,
            wording: "“Swim once a week with Joana, whatever the weather is like”".into(),
            answer: Answer::Goal { steps: (0..=10).map(|step| step.to_string()).collect(), chosen: Some("4".into()) },
            back: Some("/check-in/9".into()),
            ..choice.clone()
        };
        let steps = || (0..=10).map(|step| step.to_string()).collect();
        let scale = Self {
            stem: None,
            wording: "How well did you get through the day?".into(),
            answer: Answer::Scale { steps: steps(), chosen: None },
            ..choice.clone()
        };
        let goal_item = Self {
            stem: None,
            wording: "All in all, how near are you to what you came for?".into(),
            answer: Answer::GoalItem {
                steps: steps(),
                chosen: Some("6".into()),
                goals: vec!["Swim once a week with Joana".into(), "Call my brother".into()],
            },
            ..choice.clone()
        };
        let words = Self {
            stem: None,
            wording: "What helped you most this week?".into(),
            answer: Answer::Words { given: None, room: 2000 },
            ..choice.clone()
        };
        let open_ended = Self { total: None, stem: None, decline: Decline::Chosen, ..choice.clone() };
        let largest = Self { shell: Shell { size: TextSize::Largest, ..Shell::sample() }, ..choice.clone() };
        let follows = Self { follows: Some(Follows { answered: 2, more: 7 }), ..choice.clone() };
        vec![
            follows,
            Self { problem: Some(Problem::Missing), ..choice.clone() },
            Self { problem: Some(Problem::Missing), ..line.clone() },
            Self { problem: Some(Problem::OutOfRange), ..line.clone() },
            choice,
            answered,
            open_ended,
            largest,
            line,
            marked,
            Self {
                preview: Some(Preview {
                    next: "/admin/instruments/gad-7/preview/2".into(),
                    leave: "/admin/instruments/gad-7/preview".into(),
                }),
                ..scale.clone()
            },
            scale,
            goal_item,
            Self { problem: Some(Problem::Missing), ..words.clone() },
            Self { answer: Answer::Words { given: Some("The walks.".into()), room: 2000 }, ..words },
            goal.clone(),
            Self { problem: Some(Problem::Missing), ..goal },
        ]
    }
}

/// The last look: nothing is final before this page's button (`POST /check-in/submit`).
///
/// It comes even when everything is answered: one more tap, and the last answer can still be taken back.
#[derive(Clone, Serialize)]
pub struct Review {
    /// The frame.
    pub shell: Shell,
    /// How many questions have an answer.
    pub answered: u32,
    /// The numbers of those left unanswered (declined ones included), each linking to `/check-in/{n}`.
    pub unanswered: Vec<u32>,
    /// Where Back leads.
    pub back: String,
    /// The session's token against forged requests.
    pub csrf: String,
}

impl Page for Review {
    const TEMPLATE: &'static str = "client/review.html";

    fn samples() -> Vec<Self> {
        let complete = Self {
            shell: Shell::sample(),
            answered: 9,
            unanswered: vec![],
            back: "/check-in/9".into(),
            csrf: "v5kq0Xy2b1".into(),
        };
        let gap = Self { answered: 8, unanswered: vec![4], ..complete.clone() };
        let gaps = Self { answered: 6, unanswered: vec![2, 4, 7], ..complete.clone() };
        vec![complete, gap, gaps]
    }
}

/// The receipt: what happened, what happens next and when. Opening the link again shows it too, never an error.
#[derive(Clone, Serialize)]
pub struct ThankYou {
    /// The frame.
    pub shell: Shell,
    /// Why the page is shown.
    pub receipt: Receipt,
    /// When the answers arrived, formatted ("Tuesday, March 10, 2:41 PM").
    pub received: String,
    /// The clinician's display name.
    pub reader: Option<String>,
    /// The day of the next session, formatted.
    pub session: Option<String>,
    /// Where the client sees their own course; none where it is not shown.
    pub course: Option<String>,
}

/// Why the receipt is shown.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Receipt {
    /// Just handed in.
    Received,
    /// Handed in before: the page is headed "Already completed".
    Already,
    /// Handed in before with other answers, from another device: both are kept.
    Amended,
}

impl Page for ThankYou {
    const TEMPLATE: &'static str = "client/thank_you.html";

    fn samples() -> Vec<Self> {
        let received = Self {
            shell: Shell::sample().with_switch(Switch::None),
            receipt: Receipt::Received,
            received: "Tuesday, March 10, 2:41 PM".into(),
            reader: Some("Ana Ruiz".into()),
            session: Some("Thursday, March 12".into()),
            course: Some("/check-in/progress".into()),
        };
        let already = Self { receipt: Receipt::Already, session: None, ..received.clone() };
        let amended = Self { receipt: Receipt::Amended, reader: None, session: None, course: None, ..received.clone() };
        let by_team = Self { reader: None, ..received.clone() };
        vec![received, already, amended, by_team]
    }
}
