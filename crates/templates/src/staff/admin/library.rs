//! The instrument library: what there is, whether it may be used, what a practice records and supplies, how it looks to a
//! client, and instruments of the practice's own.

mod builder;

pub use self::builder::{InstrumentDraft, NewInstrumentForm, OwnFields};

use serde::Serialize;

use super::{Section, SectionLink, sample_sections, sample_shell};
use crate::Page;
use crate::staff::{Choice, FieldProblem, Shell, Wrong};

/// Whether an instrument may be used. The words are `standing-<standing>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It may.
    Usable,
    /// It may until a day that is near.
    Expiring,
    /// Nobody has declared what it would be used for.
    Undeclared,
    /// The declared use is commercial, and no licence is recorded.
    CommercialUse,
    /// No licence is recorded.
    Unlicensed,
    /// The licence has not begun.
    NotBegun,
    /// The licence has ended.
    Ended,
    /// The wording has not been supplied.
    NoWording,
    /// The wording waits for confirmation.
    Unconfirmed,
    /// A draft of the practice's own.
    Draft,
    /// Taken out of new check-ins.
    Retired,
}

impl Standing {
    /// Every standing.
    pub const ALL: &'static [Self] = &[
        Self::Usable,
        Self::Expiring,
        Self::Undeclared,
        Self::CommercialUse,
        Self::Unlicensed,
        Self::NotBegun,
        Self::Ended,
        Self::NoWording,
        Self::Unconfirmed,
        Self::Draft,
        Self::Retired,
    ];
}

/// The instruments of this installation.
#[derive(Clone, Serialize)]
pub struct Instruments {
    /// The frame.
    pub shell: Shell,
    /// The parts of the administration.
    pub sections: Vec<SectionLink>,
    /// What was searched for.
    pub q: String,
    /// What the list is narrowed to (`usable`, `off`, `own`); the words are `only-<value>`.
    pub only: Vec<Choice>,
    /// The declared uses to choose from (`non_commercial`, `commercial`).
    pub purposes: Vec<Choice>,
    /// Who declared it and when, formatted.
    pub declared: Option<String>,
    /// The instruments, by name.
    pub rows: Vec<InstrumentRow>,
}

/// One instrument.
#[derive(Clone, Serialize)]
pub struct InstrumentRow {
    /// Its page.
    pub href: String,
    /// Its name.
    pub name: String,
    /// Its full title.
    pub title: String,
    /// Its version.
    pub version: String,
    /// Number of questions.
    pub questions: i64,
    /// Languages that may be shown, under their own names.
    pub languages: Vec<String>,
    /// Whether it may be used.
    pub standing: Standing,
    /// Whether the protocol in force asks it.
    pub asked: bool,
    /// The licence's status code; the words are `licence-<code>`. None for a draft.
    pub licence: Option<String>,
    /// How its clinical figures are founded.
    pub figures: Figures,
}

/// How many clinical figures an instrument has, and how many of them nobody has read in the source.
#[derive(Clone, Copy, Default, Serialize)]
pub struct Figures {
    /// All of them.
    pub all: i64,
    /// Widely stated, not looked up.
    pub unverified: i64,
    /// Carried over from a related instrument.
    pub convention: i64,
    /// Set by this project or this practice.
    pub constructed: i64,
}

/// One language of an instrument.
#[derive(Clone, Serialize)]
pub struct WordingLine {
    /// The language's own name.
    pub name: String,
    /// Its code.
    pub code: String,
    /// Whether it may be used.
    pub state: LanguageState,
    /// Where the wording was taken from.
    pub source: String,
    /// Who confirmed it and when, formatted.
    pub confirmed: Option<String>,
}

/// Whether a language of an instrument may be used. The words are `wording-<state>`.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LanguageState {
    /// The authors' or an official translation.
    Official,
    /// Confirmed by this practice.
    Confirmed,
    /// Waits for an administrator's confirmation: off.
    Unconfirmed,
}

/// The fields of a licence as typed.
#[derive(Clone, Default, Serialize)]
pub struct LicenceFields {
    /// In whose name.
    pub holder: String,
    /// Number or reference.
    pub number: String,
    /// What it allows.
    pub terms: String,
    /// How many clinicians.
    pub seats: String,
    /// First day, as a date field has it.
    pub starts_on: String,
    /// Last day.
    pub ends_on: String,
}

/// A licence on record.
#[derive(Clone, Serialize)]
pub struct LicenceLine {
    /// In whose name, and its number.
    pub name: String,
    /// From when to when, formatted.
    pub period: String,
    /// Seats; none where it does not count them.
    pub seats: Option<i64>,
    /// Who recorded it and when, formatted.
    pub recorded: String,
    /// Whether it is the one in force.
    pub current: bool,
}

/// Who holds the seats of a licence.
#[derive(Clone, Serialize)]
pub struct SeatForm {
    /// How many there are.
    pub limit: i64,
    /// The clinicians.
    pub options: Vec<Choice>,
}

/// A clinical figure and how well it is founded. The words are `figure-<what>` and `evidence-<evidence>`.
#[derive(Clone, Serialize)]
pub struct EvidenceLine {
    /// What it is, in words.
    pub what: String,
    /// Its value, in words.
    pub value: String,
    /// Publication.
    pub source: String,
    /// Year.
    pub date: String,
    /// The mark's code.
    pub evidence: &'static str,
}

/// A version.
#[derive(Clone, Serialize)]
pub struct VersionLine {
    /// Its number.
    pub version: String,
    /// Whether it is the one asked now.
    pub current: bool,
    /// Whether it can be taken out of new check-ins here.
    pub may_retire: bool,
    /// What differs from the version before.
    pub changes: Vec<VersionChange>,
}

/// A part of an instrument that differs from the version before.
#[derive(Clone, Serialize)]
pub struct VersionChange {
    /// Which part.
    pub what: String,
    /// As it was; none where it is new.
    pub before: Option<String>,
    /// As it is; none where it is gone.
    pub after: Option<String>,
}

/// One instrument.
#[derive(Clone, Serialize)]
pub struct InstrumentPage {
    /// The frame.
    pub shell: Shell,
    /// The parts of the administration.
    pub sections: Vec<SectionLink>,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its full title.
    pub title: String,
    /// Its version.
    pub version: String,
    /// Whether it may be used.
    pub standing: Standing,
    /// Until when, from when, formatted.
    pub until: Option<String>,
    /// Where it comes from.
    pub citation: String,
    /// For whom.
    pub population: String,
    /// Who holds the rights.
    pub holder: String,
    /// On what terms.
    pub terms: String,
    /// The line printed with the wording.
    pub attribution: String,
    /// The licence's status code (`free`, `own`, `conditional`, `unclear`, `licensed`, `proprietary`).
    pub status: String,
    /// The evidence mark of these statements, where there is one.
    pub terms_evidence: Option<&'static str>,
    /// The form to record a licence, where one is asked for.
    pub licence: Option<LicenceFields>,
    /// Licences on record, the latest first.
    pub licences: Vec<LicenceLine>,
    /// Who holds the seats.
    pub seats: Option<SeatForm>,
    /// Its languages.
    pub wordings: Vec<WordingLine>,
    /// Languages in which the practice may supply the wording (value: code, label: own name).
    pub supply: Vec<Choice>,
    /// Languages in which it can be looked at.
    pub previews: Vec<Choice>,
    /// The figures.
    pub evidence: Vec<EvidenceLine>,
    /// What a reader should know.
    pub notes: Vec<String>,
    /// The versions, latest first.
    pub versions: Vec<VersionLine>,
    /// Whether it is the practice's own, so that its file may be taken away and changed.
    pub own: bool,
    /// What could not be used.
    pub problems: Vec<FieldProblem>,
}

/// One field of the wording. Its label is `field-wording-<what>`.
#[derive(Clone, Serialize)]
pub struct WordingField {
    /// Name of the control.
    pub name: String,
    /// What it is for: `stem`, `text`, `low`, `high`, `option`.
    pub what: &'static str,
    /// The value of an option.
    pub option: String,
    /// As typed.
    pub value: String,
    /// Whether a group begins with it: the item's name.
    pub heading: Option<String>,
}

/// The wording that came with a licence.
#[derive(Clone, Serialize)]
pub struct WordingForm {
    /// The frame.
    pub shell: Shell,
    /// The parts of the administration.
    pub sections: Vec<SectionLink>,
    /// Instrument id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The language's own name.
    pub language: String,
    /// Its code.
    pub code: String,
    /// What is to be filled in.
    pub fields: Vec<WordingField>,
    /// What is wrong, and where.
    pub problems: Vec<String>,
}

/// A question as the client sees it.
#[derive(Clone, Serialize)]
pub struct PreviewItem {
    /// The question.
    pub text: String,
    /// The options; none for a line or a number.
    pub options: Vec<String>,
    /// The ends of a line or a number.
    pub ends: Option<(String, String)>,
    /// Whether it is answered in words.
    pub in_words: bool,
    /// Whether it may be declined.
    pub decline: bool,
}

/// An instrument as the client sees it.
#[derive(Clone, Serialize)]
pub struct PreviewPage {
    /// The frame.
    pub shell: Shell,
    /// The parts of the administration.
    pub sections: Vec<SectionLink>,
    /// Where it leads back: the instrument, or its draft. The preview is this and `/preview`.
    pub back: String,
    /// Its name.
    pub name: String,
    /// Code of the language shown.
    pub code: String,
    /// The other languages.
    pub previews: Vec<Choice>,
    /// The sentence above the questions.
    pub stem: String,
    /// The questions.
    pub items: Vec<PreviewItem>,
    /// The line printed with the wording.
    pub attribution: String,
    /// Who answers it, where that is not the client alone; the words are `rater-is-<code>`.
    pub raters: Vec<String>,
}

impl Page for Instruments {
    const TEMPLATE: &'static str = "staff/admin/instruments.html";

    fn samples() -> Vec<Self> {
        let row = |name: &str, title: &str, standing| InstrumentRow {
            href: format!("/admin/instruments/{}", name.to_lowercase()),
            name: name.into(),
            title: title.into(),
            version: "1".into(),
            questions: 7,
            languages: vec!["English".into(), "Español".into()],
            standing,
            asked: standing == Standing::Usable,
            licence: (standing != Standing::Draft).then(|| "conditional".into()),
            figures: match standing {
                Standing::Draft => Figures::default(),
                Standing::Usable => Figures { all: 9, ..Figures::default() },
                _ => Figures { all: 9, unverified: 3, convention: 1, constructed: 1 },
            },
        };
        let rows: Vec<InstrumentRow> =
            Standing::ALL.iter().map(|&standing| row("GAD-7", "Generalized Anxiety Disorder-7", standing)).collect();
        let purposes =
            vec![Choice::new("non_commercial", "", "commercial"), Choice::new("commercial", "", "commercial")];
        let shell = sample_shell();
        let sections = sample_sections(Section::Instruments);
        let all = Self {
            shell,
            sections,
            q: String::new(),
            only: ["usable", "off", "own"].map(|value| Choice::new(value, "", "")).into(),
            purposes,
            declared: Some("Sam Okafor, Feb 2, 2026".into()),
            rows,
        };
        let none = Self { q: "xyz".into(), declared: None, rows: vec![], ..all.clone() };
        vec![all, none]
    }
}

impl Page for InstrumentPage {
    const TEMPLATE: &'static str = "staff/admin/instrument.html";

    fn samples() -> Vec<Self> {
        let licensed = Self {
            shell: sample_shell(),
            sections: sample_sections(Section::Instruments),
            id: "ors".into(),
            name: "ORS".into(),
            title: "Outcome Rating Scale".into(),
            version: "1.1".into(),
            standing: Standing::Expiring,
            until: Some("Mar 28, 2026".into()),
            citation: "J Brief Therapy 2003;2:91-100".into(),
            population: "13+".into(),
            holder: "The authors".into(),
            terms: "Groups and agencies: paid licence by size.".into(),
            attribution: "© the authors".into(),
            status: "licensed".into(),
            terms_evidence: Some("verified"),
            licence: Some(LicenceFields { seats: "5".into(), ..LicenceFields::default() }),
            licences: vec![LicenceLine {
                name: "Harbor Lane Counseling, 4711".into(),
                period: "Mar 29, 2025 – Mar 28, 2026".into(),
                seats: Some(5),
                recorded: "Sam Okafor, Feb 2, 2026".into(),
                current: true,
            }],
            seats: Some(SeatForm { limit: 5, options: vec![Choice::new("1", "Ana Ruiz", "1")] }),
            wordings: vec![WordingLine {
                name: "Español".into(),
                code: "es".into(),
                state: LanguageState::Unconfirmed,
                source: "Supplied with the licence".into(),
                confirmed: None,
            }],
            supply: vec![Choice::new("en", "English", "")],
            previews: vec![Choice::new("en", "English", "")],
            evidence: vec![EvidenceLine {
                what: "Clinical range, adults".into(),
                value: "< 25".into(),
                source: "Published for adults".into(),
                date: "2003".into(),
                evidence: "verified",
            }],
            notes: vec!["Record the agreement on electronic use before use.".into()],
            versions: vec![VersionLine {
                version: "1.1".into(),
                current: true,
                may_retire: true,
                changes: vec![
                    VersionChange {
                        what: "Question 1 (en)".into(),
                        before: Some("How was your week?".into()),
                        after: Some("How was your last week?".into()),
                    },
                    VersionChange { what: "Question 5 (en)".into(), before: None, after: Some("And at night?".into()) },
                    VersionChange { what: "Bands".into(), before: Some("0–4 mild".into()), after: None },
                ],
            }],
            own: false,
            problems: vec![FieldProblem::new("holder", Wrong::Required)],
        };
        let free = Self {
            standing: Standing::Usable,
            until: None,
            terms_evidence: None,
            licence: None,
            licences: vec![],
            seats: None,
            supply: vec![],
            previews: vec![],
            evidence: vec![],
            notes: vec![],
            own: true,
            problems: vec![],
            ..licensed.clone()
        };
        vec![licensed, free]
    }
}

impl Page for WordingForm {
    const TEMPLATE: &'static str = "staff/admin/instrument_wording.html";

    fn samples() -> Vec<Self> {
        let field = |name: &str, what, heading: Option<&str>| WordingField {
            name: name.into(),
            what,
            option: "0".into(),
            value: String::new(),
            heading: heading.map(Into::into),
        };
        let form = Self {
            shell: sample_shell(),
            sections: sample_sections(Section::Instruments),
            id: "ors".into(),
            name: "ORS".into(),
            language: "English".into(),
            code: "en".into(),
            fields: vec![
                field("stem", "stem", None),
                field("text_1", "text", Some("1")),
                field("low_1", "low", None),
                field("high_1", "high", None),
                field("option_1_0", "option", None),
            ],
            problems: vec![],
        };
        vec![Self { problems: vec!["item[1].text: the wording in `en` is missing".into()], ..form.clone() }, form]
    }
}

impl Page for PreviewPage {
    const TEMPLATE: &'static str = "staff/admin/instrument_preview.html";

    fn samples() -> Vec<Self> {
        let choice = PreviewItem {
            text: "Feeling nervous, anxious or on edge".into(),
            options: vec!["Not at all".into(), "Several days".into()],
            ends: None,
            in_words: false,
            decline: true,
        };
        let line = PreviewItem {
            text: "How rested have you felt?".into(),
            options: vec![],
            ends: Some(("Worn out".into(), "Well rested".into())),
            in_words: false,
            decline: false,
        };
        let words = PreviewItem { text: "What helped you?".into(), ends: None, in_words: true, ..line.clone() };
        let client = Self {
            shell: sample_shell(),
            sections: sample_sections(Section::Instruments),
            back: "/admin/instruments/gad-7".into(),
            name: "GAD-7".into(),
            code: "en".into(),
            previews: vec![Choice::new("en", "English", "en"), Choice::new("es", "Español", "en")],
            stem: "Over the last 2 weeks, how often have you been bothered by any of the following problems?".into(),
            items: vec![choice, line, words],
            attribution: "Developed by its authors".into(),
            raters: vec![],
        };
        vec![Self { raters: vec!["clinician".into(), "parent".into()], ..client.clone() }, client]
    }
}
