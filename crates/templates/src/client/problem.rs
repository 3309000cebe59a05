//! The pages for what went wrong: calm, without blame, with a way on.

use serde::Serialize;

use super::Shell;
use crate::Page;

/// A client-side error page.
#[derive(Clone, Serialize)]
pub struct ErrorPage {
    /// The frame.
    pub shell: Shell,
    /// What went wrong.
    pub kind: ErrorKind,
    /// Where to go on, if there is such a place.
    pub back: Option<String>,
    /// The request's id, to tell the practice on the telephone; never anything about a person.
    pub reference: Option<String>,
}

/// What went wrong.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// 404.
    NotFound,
    /// 429.
    TooMany,
    /// 500 and 503.
    Broken,
    /// 400 and 422 for a form that cannot have come from our pages.
    Invalid,
    /// 403 for a form without a session or with a stale token: the page was open too long.
    Stale,
}

impl ErrorKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[Self::NotFound, Self::TooMany, Self::Broken, Self::Invalid, Self::Stale];
}

impl Page for ErrorPage {
    const TEMPLATE: &'static str = "client/error.html";

    fn samples() -> Vec<Self> {
        let page = |&kind| Self { shell: Shell::new(None), kind, back: None, reference: None };
        let mut pages: Vec<Self> = ErrorKind::ALL.iter().map(page).collect();
        pages.push(Self {
            shell: Shell::sample(),
            kind: ErrorKind::Broken,
            back: Some("/check-in/3".into()),
            reference: Some("7f41c09a".into()),
        });
        pages
    }
}
