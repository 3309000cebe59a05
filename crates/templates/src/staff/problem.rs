//! What went wrong, said without blame and with a way on.

use serde::Serialize;

use super::{Door, NavEntry, Shell};
use crate::Page;

/// A staff error page.
#[derive(Clone, Serialize)]
pub struct ErrorPage {
    /// The frame.
    pub shell: Shell,
    /// What went wrong.
    pub kind: ErrorKind,
    /// Where to go on.
    pub back: String,
    /// The request's id, to tell the administrator; never anything about a person.
    pub reference: Option<String>,
}

/// What went wrong. The words are `staff-error-<kind>` and `staff-error-<kind>-lead`.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorKind {
    /// 403: the role does not include this.
    Forbidden,
    /// 404: it does not exist, or not for this person.
    NotFound,
    /// 409: somebody else changed it meanwhile.
    Conflict,
    /// 400 and 422 for a form that cannot have come from our pages.
    Invalid,
    /// 403 for a form with a stale token: signed in again meanwhile, or open too long.
    Stale,
    /// 429.
    TooMany,
    /// 500 and 503.
    Broken,
}

impl ErrorKind {
    /// Every kind.
    pub const ALL: &'static [Self] =
        &[Self::Forbidden, Self::NotFound, Self::Conflict, Self::Invalid, Self::Stale, Self::TooMany, Self::Broken];
}

impl Page for ErrorPage {
    const TEMPLATE: &'static str = "staff/error.html";

    fn samples() -> Vec<Self> {
        let shell = Shell::sample();
        let shell = Shell { nav: NavEntry::offered_to(&shell.roles, shell.mode, None), ..shell };
        let page = |&kind| Self { shell: shell.clone(), kind, back: "/today".into(), reference: None };
        let mut pages: Vec<Self> = ErrorKind::ALL.iter().map(page).collect();
        pages.push(Self { kind: ErrorKind::Broken, reference: Some("7f41c09a".into()), ..page(&ErrorKind::Broken) });
        pages
    }
}

/// The same for somebody who is not signed in.
#[derive(Clone, Serialize)]
pub struct DoorErrorPage {
    /// The frame.
    pub door: Door,
    /// What went wrong.
    pub kind: ErrorKind,
    /// Where to go on.
    pub back: String,
    /// The request's id.
    pub reference: Option<String>,
}

impl Page for DoorErrorPage {
    const TEMPLATE: &'static str = "staff/door_error.html";

    fn samples() -> Vec<Self> {
        let page = |&kind| Self {
            door: Door::sample("/sign-in"),
            kind,
            back: "/sign-in".into(),
            reference: Some("7f41c09a".into()),
        };
        ErrorKind::ALL.iter().map(page).collect()
    }
}
