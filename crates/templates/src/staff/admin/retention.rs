//! How long records are kept, what is due, and the erasing of one record.

use care::retention::{Ground, Kept};
use serde::Serialize;

use super::{Section, SectionLink};
use crate::Page;
use crate::staff::{Choice, FieldProblem, Place, Shell, Wrong};
use care::staff::Role;

/// The practice's rule and what is due by it (`retention_years`, `minor_age`, `minor_years`, `stays`, `retention_source`).
#[derive(Clone, Serialize)]
pub struct Retention {
    /// The frame.
    pub shell: Shell,
    /// The parts of the administration.
    pub sections: Vec<SectionLink>,
    /// Years, as typed or in force.
    pub years: String,
    /// Age of the rule for minors.
    pub minor_age: String,
    /// Years after it.
    pub minor_years: String,
    /// What stays; the words are `kept-<value>`.
    pub kept: Vec<Choice>,
    /// Where the rule comes from.
    pub source: String,
    /// Who decided it when, formatted; none while nothing was decided.
    pub decided: Option<String>,
    /// Records whose time is over.
    pub due: Vec<DueLine>,
    /// How many more there are than shown.
    pub more: i64,
    /// What is asked for and what was erased.
    pub erasures: Vec<ErasureLine>,
    /// What is wrong.
    pub problems: Vec<FieldProblem>,
}

/// A record whose time is over.
#[derive(Clone, Serialize)]
pub struct DueLine {
    /// Its page.
    pub href: String,
    /// Its name, or its id for whoever does not see names.
    pub name: String,
    /// When the last course of therapy ended, formatted.
    pub discharged: String,
    /// Until when it was to be kept, formatted; none where the birth date is missing.
    pub until: Option<String>,
}

/// A request or an erased record.
#[derive(Clone, Serialize)]
pub struct ErasureLine {
    /// Its page; none once it was erased.
    pub href: Option<String>,
    /// Its name or id.
    pub name: String,
    /// Why; the words are `ground-<ground>`.
    pub ground: Ground,
    /// What stays; the words are `kept-<kept>`.
    pub kept: Kept,
    /// Who asked when, formatted.
    pub asked: String,
    /// Who erased it when, formatted.
    pub done: Option<String>,
}

/// One record that is to be erased (`ground`, `erasure_reason`, `stays`, `erasure_word`; `…/carry-out`, `…/withdraw`).
#[derive(Clone, Serialize)]
pub struct ErasePage {
    /// The frame.
    pub shell: Shell,
    /// The parts of the administration.
    pub sections: Vec<SectionLink>,
    /// Its own address.
    pub path: String,
    /// The record's name, or its id for whoever does not see names.
    pub name: String,
    /// The record's id.
    pub id: String,
    /// What is to be typed.
    pub word: String,
    /// What the record holds; the words are `holds-<kind>`.
    pub holdings: Vec<(String, i64)>,
    /// What stands in the way; the words are the messages of these keys.
    pub hindrances: Vec<HindranceLine>,
    /// The form to ask, while nobody has.
    pub form: Option<EraseForm>,
    /// What was asked for.
    pub asked: Option<AskedLine>,
    /// What is wrong.
    pub problems: Vec<FieldProblem>,
}

/// Something that stands in the way.
#[derive(Clone, Serialize)]
pub struct HindranceLine {
    /// The message's key.
    pub key: String,
    /// A day in it, formatted.
    pub day: String,
}

/// What is typed to ask.
#[derive(Clone, Serialize)]
pub struct EraseForm {
    /// Why; the words are `ground-<value>`.
    pub grounds: Vec<Choice>,
    /// What stays; the words are `kept-<value>`.
    pub kept: Vec<Choice>,
    /// The reason in words.
    pub reason: String,
}

/// A request that waits.
#[derive(Clone, Serialize)]
pub struct AskedLine {
    /// Why.
    pub ground: Ground,
    /// The same in words.
    pub reason: String,
    /// What stays.
    pub kept: Kept,
    /// Who asked when, formatted.
    pub asked: String,
    /// From when on this person may carry it out, formatted; none where they may now.
    pub wait: Option<String>,
}

fn frame() -> (Shell, Vec<SectionLink>) {
    let roles = [Role::Admin];
    (Shell::sample_for(&roles, Place::Admin), SectionLink::offered_to(&roles, Some(Section::Retention)))
}

fn kept(chosen: &str) -> Vec<Choice> {
    Kept::ALL.iter().map(|one| Choice::new(one.as_str(), one.as_str(), chosen)).collect()
}

impl Page for Retention {
    const TEMPLATE: &'static str = "staff/admin/retention.html";

    fn samples() -> Vec<Self> {
        let (shell, sections) = frame();
        let due = |name: &str, until: Option<&str>| DueLine {
            href: "/admin/erasures/c1".into(),
            name: name.into(),
            discharged: "Feb 28, 2019".into(),
            until: until.map(Into::into),
        };
        let line = |name: &str, done: Option<&str>| ErasureLine {
            href: done.is_none().then(|| "/admin/erasures/c2".into()),
            name: name.into(),
            ground: Ground::Retention,
            kept: Kept::Figures,
            asked: "Sam Okafor, Mar 9, 2026, 3:00 PM".into(),
            done: done.map(Into::into),
        };
        let empty = Self {
            shell,
            sections,
            years: String::new(),
            minor_age: String::new(),
            minor_years: String::new(),
            kept: kept(""),
            source: String::new(),
            decided: None,
            due: vec![],
            more: 0,
            erasures: vec![],
            problems: vec![],
        };
        let full = Self {
            years: "7".into(),
            minor_age: "18".into(),
            minor_years: "7".into(),
            kept: kept("figures"),
            source: "Invented for this sample: state board rule 12-3, as of January 2026".into(),
            decided: Some("Marta Okafor, Jan 5, 2026".into()),
            due: vec![
                due("María-Fernanda de los Ángeles Villaseñor Etxeberría", Some("Feb 28, 2026")),
                due("Robin Vale", None),
            ],
            more: 12,
            erasures: vec![
                line("Kim Soto", None),
                line("019cd49d-3b00-7211-b34e-b6f2e2a33152", Some("Olga Reyes, Mar 10, 2026, 9:00 AM")),
            ],
            ..empty.clone()
        };
        let wrong = Self {
            years: "seven".into(),
            problems: vec![
                FieldProblem::new("retention_years", Wrong::Number),
                FieldProblem::new("retention_source", Wrong::Required),
            ],
            ..empty.clone()
        };
        vec![full, empty, wrong]
    }
}

impl Page for ErasePage {
    const TEMPLATE: &'static str = "staff/admin/erase.html";

    fn samples() -> Vec<Self> {
        let (shell, sections) = frame();
        let ask = Self {
            shell,
            sections,
            path: "/admin/erasures/c1".into(),
            name: "Robin Vale".into(),
            id: "019cd49d-3b00-7211-b34e-b6f2e2a33152".into(),
            word: "a33152".into(),
            holdings: vec![("episodes".into(), 1), ("appointments".into(), 14), ("completed".into(), 11)],
            hindrances: vec![],
            form: Some(EraseForm {
                grounds: Ground::ALL.iter().map(|one| Choice::new(one.as_str(), one.as_str(), "")).collect(),
                kept: kept("nothing"),
                reason: String::new(),
            }),
            asked: None,
            problems: vec![],
        };
        let hindrance = |key: &str, day: &str| HindranceLine { key: key.into(), day: day.into() };
        let hindered = Self {
            hindrances: vec![
                hindrance("erasure-open-case", ""),
                hindrance("erasure-open-episode", ""),
                hindrance("erasure-kept-until", "Mar 1, 2027"),
                hindrance("erasure-birth-date-unknown", ""),
            ],
            problems: vec![
                FieldProblem::new("ground", Wrong::Choose),
                FieldProblem::new("erasure_reason", Wrong::Required),
                FieldProblem::new("erasure_word", Wrong::ErasureWord),
            ],
            ..ask.clone()
        };
        let asked = |wait: Option<&str>| Self {
            form: None,
            asked: Some(AskedLine {
                ground: Ground::Request,
                reason: "Letter of March 2, filed in the office".into(),
                kept: Kept::Nothing,
                asked: "Sam Okafor, Mar 9, 2026, 3:00 PM".into(),
                wait: wait.map(Into::into),
            }),
            ..ask.clone()
        };
        vec![ask.clone(), hindered, asked(None), asked(Some("Mar 23, 2026, 3:00 PM"))]
    }
}
