//! The support check on a case: what the client said stands in the way, what may help, and the supervisor's list.

use care::support::CheckItem;
use serde::Serialize;

/// The support check of a case.
#[derive(Clone, Serialize)]
pub struct Support {
    /// When it was answered, formatted; none where it was not.
    pub answered: Option<String>,
    /// Whether one is out.
    pub out: bool,
    /// Whether this person may ask it (`/cases/{id}/support-check`).
    pub may_ask: bool,
    /// The domains, as answered last.
    pub domains: Vec<DomainLine>,
}

/// One domain of the support check.
#[derive(Clone, Serialize)]
pub struct DomainLine {
    /// Its name.
    pub title: String,
    /// The score; none where a statement was left out.
    pub score: Option<String>,
    /// The highest it can be.
    pub highest: String,
    /// Whether it is worth a question.
    pub low: bool,
    /// What may help, with where it comes from.
    pub suggestions: Vec<(String, String)>,
}

/// One item of the supervisor's list. The words are `check-<item>`.
#[derive(Clone, Serialize)]
pub struct CheckLine {
    /// What.
    pub item: CheckItem,
    /// Who went through it and when, formatted.
    pub done: Option<String>,
}

impl CheckLine {
    pub(super) fn samples() -> Vec<Self> {
        let line = |(number, item): (usize, &CheckItem)| Self {
            item: *item,
            done: (number < 2).then(|| "Noor Haddad, Mar 10, 2026".into()),
        };
        CheckItem::ALL.iter().enumerate().map(line).collect()
    }
}

impl Support {
    pub(super) fn sample() -> Self {
        let domain = |title: &str, score: Option<&str>, low| DomainLine {
            title: title.into(),
            score: score.map(Into::into),
            highest: "8".into(),
            low,
            suggestions: if low {
                vec![(
                    "Ask what happened. For a time, steadying may come before the plan.".into(),
                    "Constructed".into(),
                )]
            } else {
                vec![]
            },
        };
        Self {
            answered: Some("Mar 9, 2026".into()),
            out: false,
            may_ask: true,
            domains: vec![
                domain("Working together", Some("7"), false),
                domain("Life events", Some("1"), true),
                domain("Medication and other treatment", None, false),
            ],
        }
    }
}
