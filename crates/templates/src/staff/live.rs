//! Parts of pages that are fetched again while a page stays open: a session's row of *Today*, and what a client is answering on
//! their page. A page says the same when it is loaded.

use serde::Serialize;

use super::{Change, CheckIn, SendNow, SessionRow, Trend};
use crate::Page;

/// A session's row of *Today* by itself.
#[derive(Clone, Serialize)]
pub struct TodayRow {
    /// The row.
    pub row: SessionRow,
    /// For its form.
    pub csrf: String,
}

/// What a client is answering, by itself.
#[derive(Clone, Serialize)]
pub struct ClientLive {
    /// The line.
    pub live: LiveLine,
}

/// What a client is answering, or has just handed in.
#[derive(Clone, Serialize)]
pub struct LiveLine {
    /// The client's page.
    pub href: String,
    /// Differs whenever the line would say something else.
    pub revision: String,
    /// What there is to say.
    pub state: LiveState,
}

/// What there is to say. The words are `live-<at>`.
#[derive(Clone, Serialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub enum LiveState {
    /// Nothing: nobody is at a check-in.
    Nothing,
    /// Somebody is at it now.
    Answering {
        /// Questions answered.
        answered: i64,
        /// Questions in all.
        total: i64,
    },
    /// Handed in while the page was open, or shortly before.
    Done {
        /// When, formatted.
        when: String,
        /// The scores; empty where they are not this person's to see.
        scores: Vec<LiveScore>,
    },
}

/// A score that has just come in.
#[derive(Clone, Serialize)]
pub struct LiveScore {
    /// The instrument.
    pub name: String,
    /// The score.
    pub value: String,
    /// The change since the score before; none on the first one.
    pub change: Option<Change>,
}

impl LiveLine {
    /// One of every kind.
    pub(super) fn samples() -> Vec<Self> {
        let score = |name: &str, value: &str, change: Option<(&str, Trend)>| LiveScore {
            name: name.into(),
            value: value.into(),
            change: change.map(|(points, trend)| Change { points: points.into(), trend }),
        };
        let scores = vec![
            score("PHQ-9", "12", Some(("−3", Trend::Better))),
            score("Wellbeing check", "21.4", Some(("+0.2", Trend::Same))),
            score("GAD-7", "9", None),
        ];
        [
            LiveState::Nothing,
            LiveState::Answering { answered: 5, total: 9 },
            LiveState::Done { when: "9:04\u{a0}AM".into(), scores },
            LiveState::Done { when: "9:04\u{a0}AM".into(), scores: vec![] },
        ]
        .into_iter()
        .map(|state| Self { href: "/clients/p1".into(), revision: "1f".into(), state })
        .collect()
    }
}

impl Page for ClientLive {
    const TEMPLATE: &'static str = "staff/client_live.html";

    fn samples() -> Vec<Self> {
        LiveLine::samples().into_iter().map(|live| Self { live }).collect()
    }
}

impl Page for TodayRow {
    const TEMPLATE: &'static str = "staff/today_row.html";

    fn samples() -> Vec<Self> {
        let row = |check_in| SessionRow {
            id: "a1".into(),
            revision: "1f".into(),
            time: "9:30\u{a0}AM".into(),
            client: "Jordan Ellis".into(),
            href: "/clients/p1".into(),
            site: None,
            clinician: None,
            reply: None,
            send: matches!(check_in, CheckIn::Sent).then(|| SendNow { action: "/packets/k1/send".into() }),
            check_in,
            signal: None,
        };
        [CheckIn::Answering { answered: 5, total: 9 }, CheckIn::Sent, CheckIn::Done { when: "9:31\u{a0}AM".into() }]
            .into_iter()
            .map(|check_in| Self { row: row(check_in), csrf: "token".into() })
            .collect()
    }
}
