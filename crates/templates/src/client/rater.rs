//! What somebody close to a client sees who is asked about them: one page with all questions, and a word of thanks. It names
//! neither the client nor the questionnaire: the link may be opened by somebody else.

use serde::Serialize;

use super::{Action, Choice, Decline, Resource, Shell, Switch};
use crate::Page;

/// The page of such a link.
#[derive(Clone, Serialize)]
pub struct RaterPage {
    /// The frame.
    pub shell: Shell,
    /// What it shows.
    pub state: RaterState,
}

/// What the page of such a link shows.
#[derive(Clone, Serialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub enum RaterState {
    /// The questions.
    Ask {
        /// Where the form posts.
        action: String,
        /// The sentence before the questions, verbatim.
        stem: String,
        /// The questions.
        items: Vec<RaterItem>,
        /// Whether nothing at all was answered in the form that was sent.
        nothing: bool,
        /// The day until which the link works, formatted.
        until: String,
    },
    /// The answers are there.
    Done {
        /// Help in a crisis, where an answer was about danger; empty otherwise.
        resources: Vec<Resource>,
    },
}

/// One question.
#[derive(Clone, Serialize)]
pub struct RaterItem {
    /// Its number, from 1; the field is `answer_<number>`.
    pub number: usize,
    /// Its wording, verbatim.
    pub wording: String,
    /// The options; empty where a number is written.
    pub options: Vec<Choice>,
    /// The value chosen or written.
    pub value: String,
    /// What the number means ("0 = … 10 = …").
    pub range: String,
    /// Whether "prefer not to answer" is offered; it is posted as the value `-`.
    pub decline: Decline,
    /// Whether the answer cannot be used.
    pub wrong: bool,
}

impl Page for RaterPage {
    const TEMPLATE: &'static str = "client/rater.html";

    fn samples() -> Vec<Self> {
        let shell = || Shell::sample().with_switch(Switch::None);
        let option = |value: &str, label: &str| Choice { value: value.into(), label: label.into() };
        let item = |number, value: &str, wrong| RaterItem {
            number,
            wording: "Woke up feeling rested".into(),
            options: vec![option("0", "Never"), option("1", "Sometimes"), option("2", "Often")],
            value: value.into(),
            range: String::new(),
            decline: Decline::Offered,
            wrong,
        };
        let line = RaterItem {
            options: vec![],
            range: "0 = badly, 10 = well".into(),
            decline: Decline::NotOffered,
            ..item(3, "8.1", false)
        };
        let ask = |nothing, items| Self {
            shell: shell(),
            state: RaterState::Ask {
                action: "/r/Zk3vT0b9QnW5xH2yLr8mUg".into(),
                stem: "Please mark the heading that fits best.".into(),
                items,
                nothing,
                until: "Tuesday, March 17".into(),
            },
        };
        let call = Action::call("988").map_or_else(|_| vec![], |call| vec![call]);
        let resource = Resource { name: "988 Suicide & Crisis Lifeline".into(), note: None, actions: call };
        vec![
            ask(false, vec![item(1, "", false), item(2, "1", false), line.clone()]),
            ask(true, vec![item(1, "", false), item(2, "", false)]),
            ask(false, vec![item(1, "", true), item(2, "-", false), line]),
            Self { shell: shell(), state: RaterState::Done { resources: vec![resource] } },
            Self { shell: shell(), state: RaterState::Done { resources: vec![] } },
        ]
    }
}
