//! What the pages about getting better share: the way from one to the other.

use serde::Serialize;

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
        [("closed_loop", "/closed-loop"), ("leaks", "/leaks"), ("experiments", "/experiments"), ("quarter", "/quarter")]
            .into_iter()
            .map(|(what, href)| Self { what, href, current: what == current })
            .collect()
    }
}
