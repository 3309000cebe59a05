//! What the pages of figures have in common: the filters above them, which are a GET form, and filters that their reader keeps.

use serde::Serialize;

use super::{Choice, FieldProblem};
use crate::chart::StepPlot;

/// Whose figures are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FigureView {
    /// One's own.
    Own,
    /// Those of the people one supervises.
    Team,
    /// The practice's.
    Practice,
}

impl FigureView {
    /// Every view.
    pub const ALL: &'static [Self] = &[Self::Own, Self::Team, Self::Practice];

    /// Its name in the address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Team => "team",
            Self::Practice => "practice",
        }
    }
}

/// A filter. Its label is `dashboard-filter-<name>`.
#[derive(Clone, Serialize)]
pub struct Filter {
    /// Its name in the form.
    pub name: &'static str,
    /// Beginning of the words of its options; empty where they carry their own.
    pub words: &'static str,
    /// Whether it can be left open, which restricts nothing.
    pub narrows: bool,
    /// What can be chosen.
    pub options: Vec<Choice>,
}

impl Filter {
    /// One of values that have words.
    pub fn said(name: &'static str, words: &'static str, values: &[&str], chosen: &str) -> Self {
        let options = values.iter().map(|value| Choice::new(*value, *value, chosen)).collect();
        Self { name, words, narrows: false, options }
    }

    /// One of values that carry their own name.
    pub const fn named(name: &'static str, options: Vec<Choice>) -> Self {
        Self { name, words: "", narrows: false, options }
    }

    /// One of values that carry their own name, or none of them.
    pub const fn narrowing(name: &'static str, options: Vec<Choice>) -> Self {
        Self { name, words: "", narrows: true, options }
    }

    pub(super) fn sample(name: &'static str, labels: &[&str]) -> Self {
        Self::named(name, labels.iter().map(|label| Choice::new(*label, *label, "")).collect())
    }
}

/// The filters of a page.
#[derive(Clone, Serialize)]
pub struct FilterForm {
    /// The page's address.
    pub path: &'static str,
    /// Those that are always there.
    pub first: Vec<Filter>,
    /// Those that are seldom set.
    pub more: Vec<Filter>,
    /// Whether one of the seldom ones is set.
    pub narrowed: bool,
}

impl FilterForm {
    pub(super) fn sample() -> Self {
        let payers = ["Harbor Health Plan", "Self-pay"];
        Self {
            path: "/outcomes",
            first: vec![
                Filter::said("view", "dashboard-view-", &["team", "practice"], "practice"),
                Filter::said("period", "dashboard-period-", &["12-months", "this-quarter", "all"], "12-months"),
                Filter::said("by", "dashboard-by-", &["none", "site", "month"], "site"),
            ],
            more: vec![Filter { narrows: true, ..Filter::sample("payer", &payers) }],
            narrowed: false,
        }
    }
}

/// A figure over time, as a picture beside the table of its groups. The page knows with what the words of `what` begin.
#[derive(Clone, Serialize)]
pub struct FigureOverTime {
    /// What.
    pub what: &'static str,
    /// The picture.
    pub plot: StepPlot,
}

impl FigureOverTime {
    pub(super) fn samples(what: &[(&'static str, Option<f64>)], labels: &[&str]) -> Vec<Self> {
        let one = |(what, target): &(&'static str, Option<f64>)| {
            Some(Self { what: *what, plot: StepPlot::sample(labels, *target)? })
        };
        what.iter().filter_map(one).collect()
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
