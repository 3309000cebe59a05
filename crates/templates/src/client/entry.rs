//! The pages before and beside the questions: landing, dead link, new link, opt-out from mail.

use serde::Serialize;

use super::Shell;
use crate::Page;

/// What a link opens: who asks, who reads, for what, how long; *Start* is a POST to `/c/{token}/start`.
#[derive(Clone, Serialize)]
pub struct Landing {
    /// The frame.
    pub shell: Shell,
    /// The link's token, for the address of the form.
    pub token: String,
    /// The clinician's display name; `None` where no clinician is assigned yet.
    pub reader: Option<String>,
    /// About how long it takes, in minutes, at least 1.
    pub minutes: u32,
    /// How many questions are left, where the number is reliable.
    pub questions: Option<u32>,
    /// How many it may become, where an answer may add some.
    pub at_most: Option<u32>,
    /// The day until which the link works, formatted ("Sunday, March 15").
    pub open_until: Option<String>,
    /// Whether something has been answered already.
    pub progress: Progress,
}

/// Where a check-in stands when its link is opened.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// Nothing answered yet.
    New,
    /// Some answers are saved; it goes on at the first unanswered question.
    Begun,
}

impl Page for Landing {
    const TEMPLATE: &'static str = "client/landing.html";

    fn samples() -> Vec<Self> {
        let full = Self {
            shell: Shell::sample_with_links(),
            token: "Zk3vT0b9QnW5xH2yLr8mUg".into(),
            reader: Some("Ana Ruiz".into()),
            minutes: 2,
            questions: Some(16),
            at_most: None,
            open_until: Some("Sunday, March 15".into()),
            progress: Progress::New,
        };
        let begun = Self { progress: Progress::Begun, minutes: 1, questions: Some(1), ..full.clone() };
        let bare = Self { reader: None, questions: None, open_until: None, ..full.clone() };
        vec![full, begun, bare]
    }
}

/// The one page for links that are expired, withdrawn, mistyped or guessed. Send it with 404 and give it nothing that
/// depends on the cause.
#[derive(Clone, Serialize)]
pub struct Unavailable {
    /// The frame, without a practice name.
    pub shell: Shell,
    /// The form "send me a new link", always or never offered.
    pub request: Option<LinkRequest>,
}

/// The form that asks for a new link; it is sent to the address on file only, so the form has no field.
#[derive(Clone, Serialize)]
pub struct LinkRequest {
    /// Where it posts: `/c/{token}/new-link`.
    pub action: String,
}

impl Page for Unavailable {
    const TEMPLATE: &'static str = "client/unavailable.html";

    fn samples() -> Vec<Self> {
        let shell = Shell { practice: None, ..Shell::sample_with_links() };
        let request = LinkRequest { action: "/c/Zk3vT0b9QnW5xH2yLr8mUg/new-link".into() };
        vec![Self { shell: shell.clone(), request: Some(request) }, Self { shell, request: None }]
    }
}

/// The neutral answer to a request for a new link: it does not say whether there was one to send.
#[derive(Clone, Serialize)]
pub struct NewLinkSent {
    /// The frame, without a practice name.
    pub shell: Shell,
}

impl Page for NewLinkSent {
    const TEMPLATE: &'static str = "client/new_link_sent.html";

    fn samples() -> Vec<Self> {
        vec![Self { shell: Shell::new(None) }]
    }
}

/// Opting out of mail. Mail scanners open links, so the GET only shows a button.
#[derive(Clone, Serialize)]
pub struct Unsubscribe {
    /// The frame.
    pub shell: Shell,
    /// Before or after.
    pub state: UnsubscribeState,
}

/// The two states of the page.
#[derive(Clone, Serialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub enum UnsubscribeState {
    /// Asks; the button posts.
    Ask {
        /// Where it posts: `/unsubscribe/{token}`.
        action: String,
    },
    /// No more mail from now on.
    Done,
}

impl Page for Unsubscribe {
    const TEMPLATE: &'static str = "client/unsubscribe.html";

    fn samples() -> Vec<Self> {
        let shell = Shell::sample_with_links();
        let ask = UnsubscribeState::Ask { action: "/unsubscribe/Zk3vT0b9QnW5xH2yLr8mUg".into() };
        vec![Self { shell: shell.clone(), state: ask }, Self { shell, state: UnsubscribeState::Done }]
    }
}
