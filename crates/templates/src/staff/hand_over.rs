//! A check-in that does not travel by message: entered from paper or from the telephone, handed over as a card, printed.

use care::packet::Occasion;
use serde::Serialize;

use super::{Choice, FieldProblem, Place, Shell, Wrong};
use crate::Page;
use care::staff::Role;

/// The answers of a check-in, entered by a staff member.
#[derive(Clone, Serialize)]
pub struct AnswerEntry {
    /// The frame.
    pub shell: Shell,
    /// The client's id.
    pub client: String,
    /// The client's name.
    pub name: String,
    /// The check-in's id.
    pub packet: String,
    /// Why it is asked.
    pub occasion: Occasion,
    /// The language of the wording.
    pub code: String,
    /// The questionnaires.
    pub parts: Vec<EntryPart>,
    /// How the answers came: the words are `mode-<value>`.
    pub modes: Vec<Choice>,
    /// The day they were given, as typed.
    pub date: String,
    /// The time, as typed.
    pub time: String,
    /// What is wrong.
    pub problems: Vec<FieldProblem>,
}

/// The questions of one questionnaire.
#[derive(Clone, Serialize)]
pub struct EntryPart {
    /// Its name.
    pub name: String,
    /// The sentence before its questions.
    pub stem: String,
    /// Where it is asked only after another questionnaire: which, and from which total on.
    pub only_after: Option<(String, i64)>,
    /// The questions.
    pub items: Vec<EntryItem>,
}

/// One question.
#[derive(Clone, Serialize)]
pub struct EntryItem {
    /// Its number in the check-in, from 1; the field is `answer_<number>`.
    pub number: usize,
    /// Its wording, verbatim.
    pub wording: String,
    /// The options; empty where a number is written.
    pub options: Vec<Choice>,
    /// What the number means ("0 = … 10 = …").
    pub range: String,
    /// Whether it is answered in words, as long as they may be.
    pub in_words: bool,
    /// The number or the words, as typed.
    pub value: String,
    /// Whether "preferred not to answer" is an answer, and whether it was given.
    pub decline: Option<bool>,
    /// Whether the answer cannot be used.
    pub wrong: bool,
}

impl EntryItem {
    /// Some for looking at.
    pub(super) fn samples() -> Vec<Self> {
        EntryPart::samples().into_iter().flat_map(|part| part.items).collect()
    }
}

impl EntryPart {
    fn samples() -> Vec<Self> {
        let option = |value: &str, label: &str| Choice::new(value, label, "1");
        let item = |number, wrong| EntryItem {
            number,
            wording: "I woke up feeling rested".into(),
            options: vec![option("0", "Never"), option("1", "On some days"), option("2", "Every day")],
            range: String::new(),
            in_words: false,
            value: String::new(),
            decline: Some(false),
            wrong,
        };
        let line = EntryItem {
            options: vec![],
            range: "0 = badly, 10 = well".into(),
            value: "8.1".into(),
            decline: None,
            ..item(3, false)
        };
        let words = EntryItem {
            wording: "What helped you most?".into(),
            range: String::new(),
            in_words: true,
            value: "The walks.".into(),
            number: 4,
            ..line.clone()
        };
        vec![
            Self {
                name: "Sample 2".into(),
                stem: "Over the last 2 weeks".into(),
                only_after: None,
                items: vec![item(1, false), item(2, true)],
            },
            Self {
                name: "Line".into(),
                stem: String::new(),
                only_after: Some(("Sample 2".into(), 3)),
                items: vec![line, words],
            },
        ]
    }
}

impl Page for AnswerEntry {
    const TEMPLATE: &'static str = "staff/answer_entry.html";

    fn samples() -> Vec<Self> {
        let entry = Self {
            shell: Shell::sample_for(&[Role::Intake], Place::Tasks),
            client: "0195a3c2-7d10-7a51-9e7d-2f6a1f0c9b44".into(),
            name: "Rosa Delgado".into(),
            packet: "0195a3c2-7d10-7a51-9e7d-2f6a1f0c9b45".into(),
            occasion: Occasion::BeforeSession,
            code: "en".into(),
            parts: EntryPart::samples(),
            modes: ["paper", "phone"].map(|one| Choice::new(one, one, "paper")).into(),
            date: "2026-03-10".into(),
            time: "14:30".into(),
            problems: vec![],
        };
        let wrong = Self {
            problems: vec![FieldProblem::new("answered_on", Wrong::Order), FieldProblem::new("answers", Wrong::Choose)],
            ..entry.clone()
        };
        vec![entry, wrong]
    }
}

/// A card with a link as a code, handed over in person. It names nobody.
#[derive(Clone, Serialize)]
pub struct HandOverCard {
    /// The frame.
    pub shell: Shell,
    /// The client's id, for the way back.
    pub client: String,
    /// The practice's neutral name.
    pub practice: String,
    /// Its number.
    pub phone: String,
    /// The language of the card.
    pub code: String,
    /// The address.
    pub link: String,
    /// The address as a QR code (`svg`).
    pub qr: Option<String>,
    /// The day until which it works, formatted.
    pub until: String,
}

impl Page for HandOverCard {
    const TEMPLATE: &'static str = "staff/hand_over_card.html";

    fn samples() -> Vec<Self> {
        let card = Self {
            shell: Shell::sample_for(&[Role::Intake], Place::Tasks),
            client: "0195a3c2-7d10-7a51-9e7d-2f6a1f0c9b44".into(),
            practice: "Harbor Lane Counseling".into(),
            phone: "(415) 555-0100".into(),
            code: "en".into(),
            link: "https://care.example.org/c/Zk3vT0b9QnW5xH2yLr8mUg".into(),
            qr: Some("<svg viewBox=\"0 0 9 9\" xmlns=\"http://www.w3.org/2000/svg\"><path fill=\"#000\" d=\"M3 3h1v1h-1z\"/></svg>".into()),
            until: "Sunday, March 15".into(),
        };
        vec![Self { qr: None, ..card.clone() }, card]
    }
}

/// A code for a tablet in the waiting room. It names nobody.
#[derive(Clone, Serialize)]
pub struct KioskCard {
    /// The frame.
    pub shell: Shell,
    /// The client's id, for the way back.
    pub client: String,
    /// The practice's neutral name.
    pub practice: String,
    /// The code, in groups.
    pub code: String,
    /// Until when it works, formatted; none for the client's own.
    pub until: Option<String>,
}

impl Page for KioskCard {
    const TEMPLATE: &'static str = "staff/kiosk_card.html";

    fn samples() -> Vec<Self> {
        let once = Self {
            shell: Shell::sample_for(&[Role::Intake], Place::Tasks),
            client: "0195a3c2-7d10-7a51-9e7d-2f6a1f0c9b44".into(),
            practice: "Harbor Lane Counseling".into(),
            code: "481 207".into(),
            until: Some("Mar 11, 2026, 2:30 PM".into()),
        };
        vec![Self { until: None, code: "4812 0733".into(), ..once.clone() }, once]
    }
}

/// The questions on paper, to be filled in by hand.
#[derive(Clone, Serialize)]
pub struct PaperForm {
    /// The frame.
    pub shell: Shell,
    /// The client's id, for the way back.
    pub client: String,
    /// The practice's neutral name.
    pub practice: String,
    /// The language of the wording.
    pub code: String,
    /// The questionnaires, without answers.
    pub parts: Vec<EntryPart>,
    /// Help in a crisis: what, and where.
    pub crisis: Vec<(String, String)>,
}

impl Page for PaperForm {
    const TEMPLATE: &'static str = "staff/paper_form.html";

    fn samples() -> Vec<Self> {
        vec![Self {
            shell: Shell::sample_for(&[Role::Intake], Place::Tasks),
            client: "0195a3c2-7d10-7a51-9e7d-2f6a1f0c9b44".into(),
            practice: "Harbor Lane Counseling".into(),
            code: "en".into(),
            parts: EntryPart::samples(),
            crisis: vec![("988 Suicide & Crisis Lifeline".into(), "988".into())],
        }]
    }
}
