//! What clients write in their own words, on the pages that show it.

use serde::Serialize;

/// What a client wrote in their own words.
#[derive(Clone, Serialize)]
pub struct WordsLine {
    /// When, formatted.
    pub given: String,
    /// The question that asked for them, as it was asked; none for what was written beside the answers.
    pub question: Option<String>,
    /// The words.
    pub text: String,
    /// The phrases of the practice's list that are in them.
    pub found: Vec<String>,
}

impl WordsLine {
    pub(super) fn samples() -> Vec<Self> {
        vec![
            Self {
                given: "Mar 9, 2026, 3:12 PM".into(),
                question: None,
                text: "Work was bad again.\nSome days I think I can't go on, but then my sister calls.".into(),
                found: vec!["can't go on".into()],
            },
            Self {
                given: "Mar 2, 2026, 9:40 AM".into(),
                question: Some("What would help you most next time?".into()),
                text: "Can we start ten minutes later?".into(),
                found: vec![],
            },
        ]
    }
}
