//! The pages a client sees: from the link on a phone to the thank-you page.
//!
//! # Form contract
//! | step | request | answer |
//! | --- | --- | --- |
//! | open the link | `GET /c/{token}` (also `?lang=es`) | [`Landing`]; nothing changes |
//! | start | `POST /c/{token}/start` | 303 to `/check-in/{n}`, cookie set; from here on no token in any address |
//! | proof, where it is asked for | 303 to `GET /check-in/confirm`; `POST` with `day`, `month`, `year` or `pin`, `lang`, `csrf` | [`ProofPage`]; 303 to `/check-in` |
//! | question | `GET /check-in/{n}` | [`Question`] |
//! | answer | `POST /check-in/{n}` with `item`, `seq`, `csrf` and `value` **or** `decline=1` | 303 to the next page; 422 with the same page and a [`Question::problem`] |
//! | risk answer | 303 to `GET /check-in/help-now` | [`Interruption`] |
//! | last answer | `GET /check-in/submit` | [`Review`] |
//! | hand in | `POST /check-in/submit` with `csrf` | 303 to `/check-in/done` |
//! | receipt | `GET /check-in/done`, and the link again | [`ThankYou`] |
//! | own course | `GET /check-in/progress` for half an hour after handing in, where the practice shows it | [`Course`] |
//! | language | `POST /check-in/language` with `lang`, `to`, `csrf` | 303 to `to` (a path that begins with `/check-in/`; check it) |
//! | help | `GET /help` (any query of yours) | [`Help`]; same place in the header of every page |
//! | dead link | `GET /c/{token}` | 404 with [`Unavailable`], identical for every cause |
//! | new link | `POST /c/{token}/new-link` | [`NewLinkSent`], identical for every cause |
//! | tablet in the waiting room | `GET /kiosk`; `POST /kiosk/pair` and `POST /kiosk/code` with `code` | [`Kiosk`]; 303 to `/check-in` |
//! | reminder of an appointment | `GET /a/{token}`; `POST /a/{token}/{reply}` | [`Visit`]; 303 back to it |
//! | somebody close to the client | `GET` and `POST /r/{token}` with `answer_<n>` | [`RaterPage`] |
//! | mail opt-out | `GET` and `POST /unsubscribe/{token}` | [`Unsubscribe`] |
//!
//! `value` is an option's value for a choice, and a number from 0 to 10 with at most one decimal for a visual analogue
//! scale (some keyboards type a comma). `seq` is the idempotency key of one answer on one device: the script sends the
//! same form again after a failed connection.
//!
//! With its script a question page posts by `fetch` with `Accept: application/json`. Answer `200` with
//! `{"next": "/check-in/4"}` to save a request; a plain 303 works too. Any other status makes the script submit the
//! form the ordinary way, so that the page with the error appears.
//!
//! Pages carry no instrument name, no condition and no client name: someone may look over a shoulder, and titles stay
//! in the browser's history.

mod appointment;
mod check_in;
mod course;
mod entry;
mod help;
mod kiosk;
mod problem;
mod proof;
mod rater;

pub use appointment::{Visit, VisitDetails};
pub use check_in::{Answer, Choice, Decline, Follows, Preview, Problem, Question, Receipt, Review, ThankYou};
pub use course::{Course, CourseGoal, CourseLine, CourseSaid};
pub use entry::{Landing, LinkRequest, NewLinkSent, Progress, Unavailable, Unsubscribe, UnsubscribeState};
pub use help::{Action, Help, Interruption, NotAnAddress, Resource};
pub use kiosk::{Kiosk, KioskState};
pub use problem::{ErrorKind, ErrorPage};
pub use proof::{ProofAsked, ProofPage, ProofTrouble};
pub use rater::{RaterItem, RaterPage, RaterState};

use serde::Serialize;

use crate::Language;

/// What stands around the content of every client page.
#[derive(Clone, Serialize)]
pub struct Shell {
    /// The practice's neutral display name; `None` where nobody may learn which practice it is (dead links).
    pub practice: Option<String>,
    /// The other languages and how to switch.
    pub switch: Switch,
    /// Where "Need help now?" leads, normally `/help`.
    pub help: String,
    /// The letter size the device chose (cookie `size`: `1`, `2`, `3`).
    pub size: TextSize,
    /// On a kiosk: after so many seconds without a touch the page goes back to the kiosk's first one.
    pub clears_after: Option<u32>,
}

impl Shell {
    /// A shell without a language switch, with help at `/help` and normal letters, that stays.
    pub fn new(practice: Option<String>) -> Self {
        Self { practice, switch: Switch::None, help: "/help".into(), size: TextSize::Normal, clears_after: None }
    }

    /// The same shell with another way to switch languages.
    #[must_use]
    pub fn with_switch(self, switch: Switch) -> Self {
        Self { switch, ..self }
    }

    pub(crate) fn sample() -> Self {
        Self::new(Some("Harbor Lane Counseling".into())).with_switch(Switch::Form {
            csrf: "v5kq0Xy2b1".into(),
            to: "/check-in/3".into(),
            languages: LanguageName::except(Language::En),
        })
    }

    pub(crate) fn sample_with_links() -> Self {
        Self::sample().with_switch(Switch::Link {
            path: "/c/Zk3vT0b9QnW5xH2yLr8mUg".into(),
            languages: LanguageName::except(Language::En),
        })
    }
}

/// How a page offers its other languages.
#[derive(Clone, Serialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Switch {
    /// There is no other language to offer.
    None,
    /// Links to `{path}?lang=es`.
    Link {
        /// The page's own path.
        path: String,
        /// The languages to offer.
        languages: Vec<LanguageName>,
    },
    /// Buttons that post to `/check-in/language`.
    Form {
        /// The session's token against forged requests.
        csrf: String,
        /// The path to come back to.
        to: String,
        /// The languages to offer.
        languages: Vec<LanguageName>,
    },
}

/// A language under its own name, which is how its readers find it.
#[derive(Clone, Serialize)]
pub struct LanguageName {
    /// The BCP 47 code.
    pub code: &'static str,
    /// The name in the language itself.
    pub name: &'static str,
}

impl LanguageName {
    /// Every language but the page's own.
    pub fn except(current: Language) -> Vec<Self> {
        Language::ALL.iter().filter(|&&language| language != current).map(|&language| Self::from(language)).collect()
    }
}

impl From<Language> for LanguageName {
    fn from(language: Language) -> Self {
        let name = match language {
            Language::En => "English",
            Language::Es => "Español",
        };
        Self { code: language.as_str(), name }
    }
}

/// The size of letters, chosen with the `A+` button and kept in the cookie `size`.
#[derive(Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TextSize {
    /// As the browser has it.
    #[default]
    Normal,
    /// A quarter larger.
    Large,
    /// Half as large again.
    Largest,
}

impl TextSize {
    /// Reads the cookie's value; anything unknown is the normal size.
    pub fn from_cookie(value: &str) -> Self {
        match value {
            "2" => Self::Large,
            "3" => Self::Largest,
            _ => Self::Normal,
        }
    }
}
