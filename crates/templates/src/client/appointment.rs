//! The page behind a reminder of an appointment: when and where, and four things to say to it. Mail scanners open links, so
//! the GET only shows buttons; each is a POST to `/a/{token}/{reply}`.

use care::appointment::Reply;
use serde::Serialize;

use super::Shell;
use crate::Page;

/// An appointment as its client sees it.
#[derive(Clone, Serialize)]
pub struct Visit {
    /// The frame; without a practice where there is no such appointment.
    pub shell: Shell,
    /// The appointment; none for a link that is old, used up or guessed: the same page whatever the cause.
    pub visit: Option<VisitDetails>,
}

/// When, where, and what was said.
#[derive(Clone, Serialize)]
pub struct VisitDetails {
    /// The link's token, for the addresses of the forms.
    pub token: String,
    /// Day and time, formatted in the zone of the site.
    pub when: String,
    /// The site, where the practice has more than one.
    pub site: Option<String>,
    /// What the client said last. The words are `visit-said-<reply>`.
    pub said: Option<Reply>,
    /// What can be said now. The words are `visit-do-<reply>`.
    pub choices: Vec<Reply>,
}

impl Page for Visit {
    const TEMPLATE: &'static str = "client/visit.html";

    fn samples() -> Vec<Self> {
        let of = |said: Option<Reply>, choices: Vec<Reply>| Self {
            shell: Shell::sample_with_links(),
            visit: Some(VisitDetails {
                token: "Zk3vT0b9QnW5xH2yLr8mUg".into(),
                when: "Tuesday, March 10, 3:00\u{a0}PM".into(),
                site: Some("North".into()),
                said,
                choices,
            }),
        };
        let but = |said: Reply| Reply::ALL.iter().copied().filter(|one| *one != said).collect();
        let gone = Self { shell: Shell { practice: None, ..Shell::sample_with_links() }, visit: None };
        vec![
            of(None, Reply::ALL.to_vec()),
            of(Some(Reply::Confirmed), but(Reply::Confirmed)),
            of(Some(Reply::Rebook), but(Reply::Rebook)),
            of(Some(Reply::Cancelled), vec![]),
            gone,
        ]
    }
}
