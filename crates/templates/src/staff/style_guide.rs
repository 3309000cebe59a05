//! The living style guide: every component on one page, for those who build pages. Its own wording is English only.

use serde::Serialize;

use super::Shell;
use crate::Page;

/// Every component of the design system.
#[derive(Clone, Serialize)]
pub struct StyleGuide {
    /// The frame.
    pub shell: Shell,
    tabs: Vec<Tab>,
    problems: Vec<Problem>,
}

#[derive(Clone, Serialize)]
struct Tab {
    href: &'static str,
    label: &'static str,
    current: bool,
}

#[derive(Clone, Serialize)]
struct Problem {
    field: &'static str,
    words: &'static str,
}

impl Page for StyleGuide {
    const TEMPLATE: &'static str = "staff/style_guide.html";

    fn samples() -> Vec<Self> {
        vec![Self {
            shell: Shell::sample(),
            tabs: vec![
                Tab { href: "#main", label: "Overview", current: true },
                Tab { href: "#buttons", label: "Timeline", current: false },
                Tab { href: "#tables", label: "Consents", current: false },
            ],
            problems: vec![Problem { field: "email", words: "Enter a mail address such as ana@example.org" }],
        }]
    }
}
