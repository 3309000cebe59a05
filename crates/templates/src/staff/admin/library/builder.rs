//! The builder: an instrument of the practice's own, as a draft with its cases.

use serde::{Deserialize, Serialize};

use super::super::{Section, SectionLink, sample_sections, sample_shell};
use crate::Page;
use crate::staff::{Choice, FieldProblem, Shell, Wrong};

/// A new instrument as typed.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct OwnFields {
    /// Its id.
    pub instrument_id: String,
    /// Its title.
    pub own_title: String,
    /// Whose wording it is.
    pub holder: String,
    /// Who answers it: the codes of an instrument's file.
    pub raters: Vec<String>,
    /// The period asked about.
    pub time_frame: String,
    /// The sentence above the questions.
    pub stem: String,
    /// The questions, one a line.
    pub questions: String,
    /// Kind of answers of every question without a mark of its own: `choice`, `yes_no`, `numeric`, `line`, `goal`.
    pub kind: String,
    /// The options, one a line.
    pub options: String,
    /// The Spanish twin.
    pub stem_es: String,
    /// The Spanish twin.
    pub questions_es: String,
    /// The Spanish twin.
    pub options_es: String,
    /// `sum` or `mean`.
    pub method: String,
    /// Which way is worse.
    pub polarity: String,
    /// How many missing answers may be replaced.
    pub prorate: String,
    /// Weights, one a line.
    pub weights: String,
    /// Subscales, one a line.
    pub subscales: String,
    /// Bands, one a line.
    pub bands: String,
    /// The cut-off.
    pub cutoff: String,
    /// Risk rules, one a line.
    pub risks: String,
    /// Test cases, one a line.
    pub cases: String,
}

/// A new instrument of the practice's own.
#[derive(Clone, Serialize)]
pub struct NewInstrumentForm {
    /// The frame.
    pub shell: Shell,
    /// The parts of the administration.
    pub sections: Vec<SectionLink>,
    /// As typed.
    pub typed: OwnFields,
    /// Who may answer; the words are `rater-is-<value>`.
    pub raters: Vec<Choice>,
    /// Kinds of answers (`choice`, `yes_no`, `numeric`, `line`, `goal`).
    pub kinds: Vec<Choice>,
    /// Sum or mean.
    pub methods: Vec<Choice>,
    /// Which way is worse.
    pub polarities: Vec<Choice>,
    /// What could not be used.
    pub problems: Vec<FieldProblem>,
    /// What is wrong, line by line.
    pub faults: Vec<String>,
}

/// A draft of the practice's own.
#[derive(Clone, Serialize)]
pub struct InstrumentDraft {
    /// The frame.
    pub shell: Shell,
    /// The parts of the administration.
    pub sections: Vec<SectionLink>,
    /// Instrument id.
    pub id: String,
    /// The version it will be.
    pub version: String,
    /// The file.
    pub file: String,
    /// What keeps it from being published.
    pub faults: Vec<String>,
    /// Whether it can be read, so that it can be looked at.
    pub readable: bool,
    /// Its test cases: name and whether it gives what it must.
    pub cases: Vec<(String, bool)>,
}

impl Page for NewInstrumentForm {
    const TEMPLATE: &'static str = "staff/admin/instrument_new.html";

    fn samples() -> Vec<Self> {
        let choices = |values: &[&str]| values.iter().map(|value| Choice::new(*value, "", values[0])).collect();
        let form = Self {
            shell: sample_shell(),
            sections: sample_sections(Section::Instruments),
            raters: choices(&["client", "clinician", "parent", "partner", "caregiver"]),
            kinds: choices(&["choice", "yes_no", "numeric", "line", "goal"]),
            methods: choices(&["sum", "mean"]),
            polarities: choices(&["higher_worse", "higher_better"]),
            typed: OwnFields { questions: "How well did you sleep?".into(), ..OwnFields::default() },
            problems: vec![],
            faults: vec![],
        };
        let wrong = Self {
            problems: vec![FieldProblem::new("instrument_id", Wrong::Taken)],
            faults: vec!["questions, line 3: is empty".into()],
            ..form.clone()
        };
        vec![form, wrong]
    }
}

impl Page for InstrumentDraft {
    const TEMPLATE: &'static str = "staff/admin/instrument_draft.html";

    fn samples() -> Vec<Self> {
        let draft = Self {
            shell: sample_shell(),
            sections: sample_sections(Section::Instruments),
            id: "sleep-diary".into(),
            version: "1".into(),
            file: "format = 2".into(),
            faults: vec!["example[third]: scale total: expected valid, value 14, got valid, value 13".into()],
            readable: true,
            cases: vec![("first".into(), true), ("third".into(), false)],
        };
        vec![Self { faults: vec![], cases: vec![("first".into(), true)], ..draft.clone() }, draft]
    }
}
