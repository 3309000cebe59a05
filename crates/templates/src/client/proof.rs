//! The page that asks whose check-in it is, before anything of it can be seen.

use serde::Serialize;

use super::help::sample_resources;
use super::{Action, Resource, Shell};
use crate::Page;

/// Posts `day`, `month` and `year`, or `pin`, to `/check-in/confirm`.
#[derive(Clone, Serialize)]
pub struct ProofPage {
    /// The frame; switch with links, nothing has been typed that could be lost.
    pub shell: Shell,
    /// What is asked for.
    pub asked: ProofAsked,
    /// What was wrong with what was given.
    pub trouble: ProofTrouble,
    /// The practice's telephone; none where its number cannot be dialled.
    pub call: Option<Action>,
    /// Where to turn in a crisis, for whoever cannot get in; empty before the first try.
    pub resources: Vec<Resource>,
    /// The session's token against forged requests.
    pub csrf: String,
}

/// What is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProofAsked {
    /// The birth date.
    BirthDate,
    /// The PIN.
    Pin,
}

/// What was wrong with what was given.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ProofTrouble {
    /// Nothing was given yet.
    None,
    /// No such day, or no PIN.
    Unreadable,
    /// Not what is on file.
    Wrong,
    /// Too many tries.
    Locked {
        /// For so many minutes more.
        minutes: i64,
    },
}

impl Page for ProofPage {
    const TEMPLATE: &'static str = "client/proof.html";

    fn samples() -> Vec<Self> {
        use ProofAsked::{BirthDate, Pin};
        let page = |asked, trouble| Self {
            shell: Shell::sample_with_links(),
            asked,
            trouble,
            call: Action::call("(555) 010-0100").ok(),
            resources: if trouble == ProofTrouble::None { Vec::new() } else { sample_resources() },
            csrf: "v5kq0Xy2b1".into(),
        };
        vec![
            page(BirthDate, ProofTrouble::None),
            page(BirthDate, ProofTrouble::Unreadable),
            page(BirthDate, ProofTrouble::Wrong),
            page(Pin, ProofTrouble::None),
            page(Pin, ProofTrouble::Wrong),
            Self { call: None, ..page(Pin, ProofTrouble::Unreadable) },
            page(Pin, ProofTrouble::Locked { minutes: 15 }),
        ]
    }
}
