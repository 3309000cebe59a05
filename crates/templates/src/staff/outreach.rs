//! Whom to get in touch with: clients who missed two sessions running, what to say to them, and what came of it.

use care::outreach::{OutreachOutcome, TryResult};
use care::staff::Role;
use serde::Serialize;

use super::today::moment;
use super::{ExitLine, Place, Shell};
use crate::Page;
use crate::format::Moment;

/// The page.
#[derive(Clone, Serialize)]
pub struct OutreachPage {
    /// The frame.
    pub shell: Shell,
    /// The open ones, the most pressing first.
    pub open: Vec<OutreachCard>,
    /// How many of them are overdue.
    pub overdue: usize,
    /// Those that were closed lately.
    pub closed: Vec<OutreachLine>,
    /// What a person may record (`outcome`). The words are `outreach-outcome-<outcome>`.
    pub outcomes: Vec<OutreachOutcome>,
    /// What may come of a try (`result`). The words are `outreach-try-<result>`.
    pub results: Vec<TryResult>,
}

/// An open one.
#[derive(Clone, Serialize)]
pub struct OutreachCard {
    /// Id, for its forms.
    pub id: String,
    /// The client.
    pub client: String,
    /// The client's page.
    pub href: String,
    /// Site and clinician, in one line.
    pub about: String,
    /// Number and address to reach them, formatted; empty where none is known.
    pub contacts: Vec<String>,
    /// The missed sessions, formatted, earliest first.
    pub missed: Vec<String>,
    /// The next session that is booked, formatted.
    pub next: Option<String>,
    /// Who has it.
    pub owner: String,
    /// Whether that is the reader.
    pub mine: bool,
    /// Until when.
    pub due: Moment,
    /// What to say, in the client's language.
    pub script: Vec<String>,
    /// The code of that language.
    pub script_language: &'static str,
    /// The same in the reader's language, where that is another.
    pub translation: Vec<String>,
    /// What was tried.
    pub tries: Vec<TryLine>,
    /// What they said when they were asked why they stopped.
    pub exit: Option<ExitLine>,
}

/// One try. The words are `outreach-try-<result>`.
#[derive(Clone, Serialize)]
pub struct TryLine {
    /// What came of it.
    pub result: TryResult,
    /// When, formatted.
    pub at: String,
    /// Who.
    pub by: String,
}

/// A closed one.
#[derive(Clone, Serialize)]
pub struct OutreachLine {
    /// The client.
    pub client: String,
    /// The client's page.
    pub href: String,
    /// How it ended.
    pub outcome: OutreachOutcome,
    /// When, formatted.
    pub at: String,
    /// Who closed it; none where it closed by itself.
    pub by: Option<String>,
    /// How often it was tried.
    pub tries: usize,
    /// What they said when they were asked why they stopped.
    pub exit: Option<ExitLine>,
}

impl Page for OutreachPage {
    const TEMPLATE: &'static str = "staff/outreach.html";

    fn samples() -> Vec<Self> {
        let tried = |result| TryLine { result, at: "Mon, Mar 9, 2:10\u{a0}PM".into(), by: "Sam Okafor".into() };
        let card = |client: &str, minutes, mine| OutreachCard {
            id: "o1".into(),
            client: client.into(),
            href: "/clients/p3".into(),
            about: "North · Ana Ruiz".into(),
            contacts: vec!["(415) 555-0134".into(), "mei@example.org".into()],
            missed: vec!["Mon, Feb 23, 2:00\u{a0}PM".into(), "Mon, Mar 2, 2:00\u{a0}PM".into()],
            next: None,
            owner: if mine { "Sam Okafor".into() } else { "Ximena Abernathy-Villaseñor de la Fuente".into() },
            mine,
            due: moment(minutes),
            script: vec![
                "Hello, we missed you at your last two appointments.".into(),
                "Shall we find a time that suits you?".into(),
            ],
            script_language: "en",
            translation: vec![],
            tries: vec![],
            exit: (!mine).then(|| ExitLine::samples().remove(2)),
        };
        let spanish = OutreachCard {
            script: vec!["Hola, le echamos de menos en sus dos últimas citas.".into()],
            script_language: "es",
            translation: vec!["Hello, we missed you at your last two appointments.".into()],
            tries: vec![tried(TryResult::NoAnswer), tried(TryResult::LeftMessage), tried(TryResult::Wrote)],
            next: Some("Mon, Mar 16, 2:00\u{a0}PM".into()),
            contacts: vec![],
            ..card("María-Fernanda de los Ángeles Villaseñor Etxeberría-Goikoetxea", -1500, false)
        };
        let line = |outcome, by: Option<&str>| OutreachLine {
            client: "Tomasz Lind".into(),
            href: "/clients/p4".into(),
            outcome,
            at: "Fri, Mar 6, 11:20\u{a0}AM".into(),
            by: by.map(str::to_owned),
            tries: 2,
            exit: match outcome {
                OutreachOutcome::WantsBreak => ExitLine::samples().into_iter().next(),
                OutreachOutcome::NotReached => ExitLine::samples().into_iter().nth(3),
                OutreachOutcome::Discharged => ExitLine::samples().pop(),
                _ => None,
            },
        };
        let closed = OutreachOutcome::ALL
            .iter()
            .map(|outcome| line(*outcome, OutreachOutcome::BY_HAND.contains(outcome).then_some("Sam Okafor")));
        let full = Self {
            shell: Shell::sample_for(&[Role::Intake], Place::Outreach),
            open: vec![spanish, card("Mei-Ling Castellanos", 1200, true)],
            overdue: 1,
            closed: closed.collect(),
            outcomes: OutreachOutcome::BY_HAND.to_vec(),
            results: TryResult::ALL.to_vec(),
        };
        vec![full.clone(), Self { open: vec![], overdue: 0, closed: vec![], ..full }]
    }
}
