//! One's own account: what is kept, password, recovery codes, signed-in browsers, and who looked at one's clients.

use care::Language;
use care::staff::Role;
use serde::Serialize;

use super::{Choice, FieldProblem, Shell, Wrong};
use crate::Page;

/// The account of the person signed in.
#[derive(Clone, Serialize)]
pub struct Account {
    /// The frame.
    pub shell: Shell,
    /// Full name, as typed.
    pub name: String,
    /// The address they sign in with; an administrator changes it.
    pub email: String,
    /// Number for urgent notices, as typed.
    pub phone: String,
    /// Languages.
    pub languages: Vec<Choice>,
    /// Who may take over.
    pub backups: Vec<Choice>,
    /// Whether "/" goes to the search (`shortcut`), `on` and `off`.
    pub shortcut: Vec<Choice>,
    /// Their roles.
    pub roles: Vec<Role>,
    /// Recovery codes left; none where there is no second step.
    pub codes_left: Option<i64>,
    /// The browsers they are signed in with, this one first.
    pub sessions: Vec<SessionLine>,
    /// What is wrong with the form that was sent.
    pub problems: Vec<FieldProblem>,
}

/// A signed-in browser.
#[derive(Clone, Serialize)]
pub struct SessionLine {
    /// Since when, formatted.
    pub since: String,
    /// When it was last used, formatted.
    pub used: String,
    /// When it ends at the latest, formatted.
    pub ends: String,
    /// Whether it is the browser that shows the page.
    pub here: bool,
}

impl Page for Account {
    const TEMPLATE: &'static str = "staff/account.html";

    fn samples() -> Vec<Self> {
        let line = |here| SessionLine {
            since: "Mar 10, 2026, 8:55\u{a0}AM".into(),
            used: "Mar 10, 2026, 9:05\u{a0}AM".into(),
            ends: "Mar 10, 2026, 8:55\u{a0}PM".into(),
            here,
        };
        let plain = Self {
            shell: Shell { path: "/account".into(), ..Shell::sample() },
            name: "Ana Ruiz".into(),
            email: "ana.ruiz@harborlane.example".into(),
            phone: "(555) 010-0134".into(),
            languages: vec![Choice::new("en", "English", "en"), Choice::new("es", "Español", "en")],
            backups: vec![Choice::new("s2", "Noor Haddad", "s2")],
            shortcut: vec![Choice::new("on", "", "on"), Choice::new("off", "", "on")],
            roles: vec![Role::Clinician, Role::Supervisor],
            codes_left: Some(8),
            sessions: vec![line(true), line(false)],
            problems: vec![],
        };
        let wrong = Self {
            name: "María-Fernanda de los Ángeles Villaseñor Etxeberría".into(),
            codes_left: Some(1),
            sessions: vec![line(true)],
            problems: vec![
                FieldProblem::new("phone", Wrong::Phone),
                FieldProblem::new("password_now", Wrong::PasswordOld),
                FieldProblem::new("password", Wrong::PasswordShort),
            ],
            ..plain.clone()
        };
        let without = Self { codes_left: None, ..plain.clone() };
        vec![plain, wrong, without]
    }
}

/// Fresh recovery codes, shown this once.
#[derive(Clone, Serialize)]
pub struct FreshCodes {
    /// The frame.
    pub shell: Shell,
    /// The codes.
    pub codes: Vec<String>,
}

impl Page for FreshCodes {
    const TEMPLATE: &'static str = "staff/fresh_codes.html";

    fn samples() -> Vec<Self> {
        let codes = ["7KQ2N-M9XDA", "P4TRB-8WZCE", "V6NBC-3HJLF", "X2GFD-5YSAG", "D9CME-7RKEH"];
        vec![Self { shell: Shell::sample(), codes: codes.map(String::from).into() }]
    }
}

/// Who looked at the reader's clients and at what is kept about the reader.
#[derive(Clone, Serialize)]
pub struct Looks {
    /// The frame.
    pub shell: Shell,
    /// How many days back.
    pub days: i64,
    /// How many are listed, where there are more.
    pub listed: Option<i64>,
    /// The looks, newest first.
    pub rows: Vec<LookRow>,
}

/// One look of somebody else.
#[derive(Clone, Serialize)]
pub struct LookRow {
    /// When, formatted.
    pub at: String,
    /// Who.
    pub who: String,
    /// What was done; the words are `did-<what>`.
    pub what: String,
    /// At whom: the client, where it is one of the reader's; none where it is the reader.
    pub client: Option<String>,
    /// The client's page.
    pub href: Option<String>,
}

impl Page for Looks {
    const TEMPLATE: &'static str = "staff/looks.html";

    fn samples() -> Vec<Self> {
        let row = |what: &str, client: Option<&str>| LookRow {
            at: "Mar 10, 2026, 9:05\u{a0}AM".into(),
            who: "Noor Haddad".into(),
            what: what.into(),
            client: client.map(Into::into),
            href: client.map(|_| "/clients/p1".into()),
        };
        let full = Self {
            shell: Shell { path: "/account/looks".into(), ..Shell::sample() },
            days: 90,
            listed: Some(300),
            rows: vec![row("view-chart", Some("Jordan Ellis")), row("staff-set_roles", None)],
        };
        vec![full.clone(), Self { rows: vec![], listed: None, ..full }]
    }
}

impl Account {
    /// The languages a person may read, the chosen one marked.
    pub fn languages(current: Language) -> Vec<Choice> {
        let name = |language: Language| crate::client::LanguageName::from(language).name;
        Language::ALL.iter().map(|&one| Choice::new(one.as_str(), name(one), current.as_str())).collect()
    }
}
