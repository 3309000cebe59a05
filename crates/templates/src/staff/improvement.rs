//! What the pages about getting better share: the way from one to the other, and filters that a reader keeps.

use serde::Serialize;

use super::FieldProblem;

/// A page beside another one. The words are `improvement-<what>`.
#[derive(Clone, Serialize)]
pub struct ImprovementTab {
    /// Which page.
    pub what: &'static str,
    /// Its address.
    pub href: &'static str,
    /// Whether it is the one shown.
    pub current: bool,
}

impl ImprovementTab {
    /// All of them, for somebody who may open them.
    pub fn all(current: &str) -> Vec<Self> {
        [("closed_loop", "/closed-loop"), ("experiments", "/experiments"), ("quarter", "/quarter")]
            .into_iter()
            .map(|(what, href)| Self { what, href, current: what == current })
            .collect()
    }
}

/// Filters of a dashboard that its reader keeps, and the form that keeps another one.
#[derive(Clone, Serialize)]
pub struct SavedViews {
    /// The page's name in the form.
    pub page: &'static str,
    /// What follows the question mark of the address shown.
    pub query: String,
    /// Those that are kept, of this page.
    pub views: Vec<SavedViewLine>,
    /// What is wrong with the name.
    pub problems: Vec<FieldProblem>,
}

/// A kept filter.
#[derive(Clone, Serialize)]
pub struct SavedViewLine {
    /// Id.
    pub id: String,
    /// What the reader calls it.
    pub name: String,
    /// Where it leads.
    pub href: String,
}

impl SavedViews {
    pub(super) fn sample() -> Self {
        let line = |id: &str, name: &str| SavedViewLine {
            id: id.into(),
            name: name.into(),
            href: "/closed-loop?view=team&period=this-quarter".into(),
        };
        Self {
            page: "closed_loop",
            query: "view=practice&period=12-months&by=kind".into(),
            views: vec![
                line("0192a4", "My team, this quarter"),
                line("0192a5", "Bay, month by month, for the meeting on Monday"),
            ],
            problems: Vec::new(),
        }
    }
}
