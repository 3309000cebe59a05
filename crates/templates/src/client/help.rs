//! Help in a crisis: the page behind "Need help now?" and the interruption after an answer that asks for it.
//!
//! Which resources there are is the deployment's data, per language, with a review date; nothing is written here.

use serde::Serialize;

use super::{Shell, Switch};
use crate::Page;

/// A person or line to turn to.
#[derive(Clone, Serialize)]
pub struct Resource {
    /// Its name.
    pub name: String,
    /// Who it is for or when it answers.
    pub note: Option<String>,
    /// The ways to reach it, best first.
    pub actions: Vec<Action>,
}

/// One way to reach a resource; the constructors make the address safe to put in a link.
#[derive(Clone, Serialize)]
pub struct Action {
    kind: Kind,
    href: String,
    shown: String,
    keyword: Option<String>,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Call,
    Text,
    Web,
}

/// A configured number or address that cannot be put in a link.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAnAddress {
    /// The number has other characters than digits, spaces and `+ - ( ) . * #`, or no digit.
    #[error("'{0}' is not a telephone number: use digits, spaces and + - ( ) . only")]
    Number(String),
    /// The address does not begin with `https://`.
    #[error("'{0}' is not a web address: it must begin with https://")]
    Web(String),
}

impl Action {
    /// Calls `number`, shown as it is given.
    pub fn call(number: &str) -> Result<Self, NotAnAddress> {
        Ok(Self {
            kind: Kind::Call,
            href: format!("tel:{}", dialled(number)?),
            shown: number.to_owned(),
            keyword: None,
        })
    }

    /// Opens a text message to `number`; `keyword` is the word to send, if the line wants one.
    pub fn text(number: &str, keyword: Option<&str>) -> Result<Self, NotAnAddress> {
        let href = format!("sms:{}", dialled(number)?);
        Ok(Self { kind: Kind::Text, href, shown: number.to_owned(), keyword: keyword.map(str::to_owned) })
    }

    /// Opens a page; `shown` is its short name.
    pub fn web(address: &str, shown: &str) -> Result<Self, NotAnAddress> {
        if !address.starts_with("https://") || address.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(NotAnAddress::Web(address.to_owned()));
        }
        Ok(Self { kind: Kind::Web, href: address.to_owned(), shown: shown.to_owned(), keyword: None })
    }
}

/// The characters a telephone dials.
fn dialled(number: &str) -> Result<String, NotAnAddress> {
    let digits: String = number.chars().filter(|c| c.is_ascii_digit() || "+*#".contains(*c)).collect();
    let readable = number.chars().all(|c| c.is_ascii_digit() || " +-().*#\u{a0}".contains(c));
    if readable && digits.contains(|c: char| c.is_ascii_digit()) {
        Ok(digits.replace('#', "%23"))
    } else {
        Err(NotAnAddress::Number(number.to_owned()))
    }
}

pub(super) fn sample_resources() -> Vec<Resource> {
    let call = |number| Action::call(number).expect("a sample number");
    let text = |number, keyword| Action::text(number, keyword).expect("a sample number");
    vec![
        Resource {
            name: "988 Suicide & Crisis Lifeline".into(),
            note: Some("Free, day and night.".into()),
            actions: vec![
                call("988"),
                text("988", None),
                Action::web("https://988lifeline.org/chat", "988lifeline.org").expect("a sample address"),
            ],
        },
        Resource {
            name: "Harbor Lane Counseling".into(),
            note: Some("In office hours.".into()),
            actions: vec![call("(555) 010-0134")],
        },
        Resource { name: "Emergency services".into(), note: None, actions: vec![call("911")] },
    ]
}

/// The page right after an answer that may mean danger. The answer is saved already; nothing here blocks.
#[derive(Clone, Serialize)]
pub struct Interruption {
    /// The frame.
    pub shell: Shell,
    /// Where to turn, most important first.
    pub resources: Vec<Resource>,
    /// The clinician's display name.
    pub reader: Option<String>,
    /// Where "Continue with my check-in" leads (a GET).
    pub continue_to: String,
}

impl Page for Interruption {
    const TEMPLATE: &'static str = "client/interruption.html";

    fn samples() -> Vec<Self> {
        let shell = Shell::sample().with_switch(Switch::None);
        let full = Self {
            shell,
            resources: sample_resources(),
            reader: Some("Ana Ruiz".into()),
            continue_to: "/check-in/submit".into(),
        };
        let in_spanish = {
            let mut page = Self { reader: None, ..full.clone() };
            page.resources[0].actions[1] = Action::text("988", Some("AYUDA")).expect("a sample number");
            page
        };
        vec![full, in_spanish]
    }
}

/// The page behind "Need help now?", reachable from every page with and without a session.
#[derive(Clone, Serialize)]
pub struct Help {
    /// The frame.
    pub shell: Shell,
    /// Where to turn, most important first.
    pub resources: Vec<Resource>,
    /// The way back to the check-in, where there is one.
    pub back: Option<String>,
}

impl Page for Help {
    const TEMPLATE: &'static str = "client/help.html";

    fn samples() -> Vec<Self> {
        let shell = Shell::sample_with_links();
        let resources = sample_resources();
        vec![
            Self { shell: shell.clone(), resources: resources.clone(), back: Some("/check-in/3".into()) },
            Self { shell, resources, back: None },
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_dialled_as_digits_and_shown_as_written() {
        let action = Action::call("+1 (555) 010-0134").unwrap();
        assert_eq!((action.href.as_str(), action.shown.as_str()), ("tel:+15550100134", "+1 (555) 010-0134"));
        assert_eq!(Action::text("*67#", None).unwrap().href, "sms:*67%23");
    }

    #[test]
    fn what_is_no_number_or_no_secure_address_is_refused() {
        for bad in ["", "call us", "555-HELP", "javascript:alert(1)", "()"] {
            assert_eq!(Action::call(bad).err(), Some(NotAnAddress::Number(bad.into())));
        }
        for bad in ["http://example.org", "javascript:alert(1)", "https://a b"] {
            assert_eq!(Action::web(bad, "x").err(), Some(NotAnAddress::Web(bad.into())));
        }
    }
}
