//! What a client said who stopped coming, and how often what was said.

use care::exit_survey::Why;
use serde::Serialize;

/// What was asked of one client, and what they said.
#[derive(Clone, Serialize)]
pub struct ExitLine {
    /// When the message went, formatted; none where none did.
    pub sent: Option<String>,
    /// When it was answered, formatted.
    pub answered: Option<String>,
    /// Why they stopped; none where it was left open or is not this person's to see. The words are `exit-why-<why>`.
    pub why: Option<Why>,
    /// Whether they want to be called.
    pub call: bool,
}

/// What all said.
#[derive(Clone, Serialize)]
pub struct ExitFigures {
    /// How many were asked.
    pub asked: u64,
    /// How many answered.
    pub answered: u64,
    /// The reasons that were given, the most frequent first; empty where too few answered.
    pub rows: Vec<ExitRow>,
    /// How many reasons are kept back.
    pub hidden: usize,
}

/// One reason.
#[derive(Clone, Serialize)]
pub struct ExitRow {
    /// Which; none: left open. The words are `exit-why-<why>`.
    pub why: Option<Why>,
    /// How often; none where it is kept back.
    pub count: Option<u64>,
}

impl ExitLine {
    /// One of every kind.
    pub(super) fn samples() -> Vec<Self> {
        let said = Self {
            sent: Some("Mon, Mar 2".into()),
            answered: Some("Tue, Mar 3".into()),
            why: Some(Why::Practical),
            call: true,
        };
        vec![
            said.clone(),
            Self { why: Some(Why::NotHelped), call: false, ..said.clone() },
            Self { why: None, ..said.clone() },
            Self { answered: None, why: None, call: false, ..said.clone() },
            Self { sent: None, answered: None, why: None, call: false },
        ]
    }
}

impl ExitFigures {
    pub(super) fn sample() -> Self {
        let row = |why, count| ExitRow { why, count };
        Self {
            asked: 52,
            answered: 31,
            rows: vec![
                row(Some(Why::Practical), Some(12)),
                row(Some(Why::Better), Some(9)),
                row(Some(Why::NotHelped), None),
                row(None, None),
            ],
            hidden: 2,
        }
    }
}
