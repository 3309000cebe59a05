//! A questionnaire in one version: who wrote it, what it asks and in which languages. How its
//! answers become numbers is in [`crate::Scale`]; which answers mean risk is in [`crate::RiskRule`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    Answer, Band, Cutoff, CutoffUse, Formula, Language, Polarity, ReliableChange, RiskLevel, RiskRule, Scale,
    ScaleRole, ScoreState, Text, UnknownCode, code::coded,
};

/// The right end of a visual analogue line. A mark is stored as a whole number from 0 (left end) to
/// this (right end) and shown divided by ten, so that 73 reads 7.3.
pub const VISUAL_ANALOGUE_MAX: i64 = 100;

coded! {
    /// How well a statement of fact in an instrument file is founded.
    pub enum Evidence {
        /// Read in the cited source.
        Verified = "verified",
        /// Common practice carried over from a related instrument; no source of its own was found.
        Convention = "convention",
        /// Widely stated in the field; the cited source was not opened.
        GeneralKnowledge = "general_knowledge",
        /// Set by this project for want of published figures; to be replaced when there are any.
        Constructed = "constructed",
    }
}

/// Where a clinical constant comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    /// The publication or, when constructed, the reasoning.
    pub text: String,
    /// Year (or day) of the publication; of the check or decision where there is no publication.
    pub date: String,
    /// How well it is founded.
    pub evidence: Evidence,
}

coded! {
    /// May the wording be shown without further papers?
    pub enum LicenceStatus {
        /// Free to reproduce; keep the attribution.
        Free = "free",
        /// Written by this project, under its own licence.
        Own = "own",
        /// Free to reproduce on terms of its own, which differ from the program's licence.
        Conditional = "conditional",
        /// No explicit grant was found: ask the holder. The wording is not in the library.
        Unclear = "unclear",
        /// Licensed by its holder. The wording is not in the library.
        Licensed = "licensed",
        /// Licensed, and the scoring key with it. Neither is in the library.
        Proprietary = "proprietary",
    }
}

impl LicenceStatus {
    /// Whether an administrator must record a licence and supply the wording before the instrument can be used.
    pub const fn needs_a_licence(self) -> bool {
        matches!(self, Self::Unclear | Self::Licensed | Self::Proprietary)
    }
}

coded! {
    /// What an installation is used for, as far as licences ask.
    pub enum Purpose {
        /// A practice or service that charges for its work or sells it.
        Commercial = "commercial",
        /// Public or charitable care, research, teaching.
        NonCommercial = "non_commercial",
    }
}

/// Whose work the wording is and on which terms it is reproduced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Licence {
    /// Whether the wording may be shown, and whether it is here.
    pub status: LicenceStatus,
    /// The licence by its name, where it has one: `CC-BY-NC-SA-3.0-IGO`.
    #[serde(default)]
    pub identifier: Option<String>,
    /// The holder of the rights.
    pub holder: String,
    /// The terms, in the holder's words where they are known.
    pub terms: String,
    /// What it may be used for; everything when left out.
    #[serde(default)]
    pub purposes: Option<Vec<Purpose>>,
    /// The line to print wherever the wording is printed.
    pub attribution: String,
    /// How well all this is founded.
    #[serde(default)]
    pub evidence: Option<Evidence>,
}

impl Licence {
    /// Whether the terms allow this use.
    pub fn allows(&self, purpose: Purpose) -> bool {
        self.purposes.as_ref().is_none_or(|purposes| purposes.contains(&purpose))
    }
}

coded! {
    /// Who answers.
    pub enum Rater {
        /// The client.
        Client = "client",
        /// Somebody close to the client, a parent or a partner included, about the client.
        Caregiver = "caregiver",
        /// A parent, or who stands in for one, and nobody else who is close.
        Parent = "parent",
        /// Husband, wife or partner, and nobody else who is close.
        Partner = "partner",
        /// The clinician about the client.
        Clinician = "clinician",
    }
}

coded! {
    /// May the wording in this language be shown to clients?
    pub enum LanguageStatus {
        /// The author's wording or an official translation.
        Official = "official",
        /// Several variants circulate: off until an administrator has confirmed the wording.
        NeedsConfirmation = "needs_confirmation",
    }
}

/// The state of an instrument's wording in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LanguageVersion {
    /// Whether it may be shown.
    pub status: LanguageStatus,
    /// Where the wording was taken from.
    pub source: String,
}

/// One questionnaire in one immutable version.
#[derive(Clone, Debug, PartialEq)]
pub struct Instrument {
    /// Stable id, the name of its folder: `phq-9`.
    pub id: String,
    /// Other ids it answers to on the command line.
    pub aliases: Vec<String>,
    /// Version, the name of its file: `1`.
    pub version: String,
    /// The version whose questions and scoring this one has: its own number where either is new. Scores of one structure can be
    /// compared and make one series; [`crate::Library`] settles it among the versions it holds.
    pub structure: i64,
    /// Full title.
    pub title: Text,
    /// What clinicians call it.
    pub short_name: Text,
    /// Publication to cite.
    pub citation: String,
    /// For whom it may be used.
    pub population: String,
    /// Ages in years it was made for, where that is known.
    pub ages: Option<[u8; 2]>,
    /// Who may answer it.
    pub raters: Vec<Rater>,
    /// Rights and attribution.
    pub licence: Licence,
    /// Languages the wording exists in.
    pub languages: BTreeMap<Language, LanguageVersion>,
    /// The period the questions ask about.
    pub time_frame: Text,
    /// The sentence above the items.
    pub stem: Text,
    /// The questions, in their published order.
    pub items: Vec<Item>,
    /// Which questions need not be asked, or do not count.
    pub skips: Vec<Skip>,
    /// The scores, the one followed over time first. Never empty.
    pub scales: Vec<Scale>,
    /// Everything else that is read off the answers: counts, cluster rules, other codings.
    pub values: Vec<(String, Reading)>,
    /// Which answers mean risk.
    pub risk: Vec<RiskRule>,
    /// How it goes on where its total is high. No part of the version's identity: it changes neither question nor score.
    pub step: Option<crate::Step>,
    /// LOINC code of the panel.
    pub loinc: Option<String>,
    /// What a reader should know about this version.
    pub notes: Vec<String>,
    /// Worked examples; [`crate::check`] runs them.
    pub examples: Vec<Example>,
    /// SHA-256 (hex) over structure and scoring: everything in the version's file except examples, notes, licence,
    /// citation and comments. Equal hashes mean the same questionnaire.
    pub content_hash: String,
    /// The same over the wording, for each language that has a file of its own.
    pub wording_hashes: BTreeMap<Language, String>,
}

impl Instrument {
    /// The scale that is followed over time (the total).
    pub fn primary(&self) -> &Scale {
        self.scales.first().expect("a file without a scale is refused when it is read")
    }

    /// The item with this id.
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }

    /// The scale with this id.
    pub fn scale(&self, id: &str) -> Option<&Scale> {
        self.scales.iter().find(|scale| scale.id == id)
    }

    /// Whether another version asks and scores the same, whatever its words are: the same answers to the same items give the same
    /// scores. Cut-offs and bands say what a score means, and not whether two can be compared.
    pub fn scores_like(&self, other: &Self) -> bool {
        let same_questions = |one: &Item, other: &Item| {
            one.id == other.id && one.kind.offered() == other.kind.offered() && one.skip == other.skip
        };
        let same_skips = |one: &Skip, other: &Skip| one.when == other.when && one.outcome == other.outcome;
        same_length(&self.items, &other.items, same_questions)
            && same_length(&self.skips, &other.skips, same_skips)
            && same_length(&self.scales, &other.scales, Scale::scores_like)
    }

    /// The scale that stands for the whole questionnaire, where there is one.
    pub fn total(&self) -> Option<&Scale> {
        self.scales.first().filter(|scale| scale.role == ScaleRole::Total)
    }

    /// Whether the wording is here in at least one language, so that it can be asked.
    pub fn has_wording(&self) -> bool {
        !self.languages.is_empty()
    }

    /// The same instrument with a wording that came with a licence, one file per language in the format of the
    /// instruments folder, under a version of its own (`1.1` is the first wording for version 1).
    pub fn worded(&self, version: &str, wordings: &[(Language, &str)]) -> Result<Self, Vec<crate::Problem>> {
        crate::file::worded(self, version, wordings)
    }

    /// Direction of the primary scale.
    pub fn polarity(&self) -> Polarity {
        self.primary().polarity
    }

    /// Severity bands of the primary scale.
    pub fn bands(&self) -> &[Band] {
        &self.primary().bands
    }

    /// The cut-off that makes a client a case, on the primary scale.
    pub fn caseness(&self) -> Option<&Cutoff> {
        self.primary().caseness()
    }

    /// Whether one of the cut-offs that make a case holds for some ages or for one sex only.
    pub fn depends_on_person(&self) -> bool {
        self.scales.iter().any(Scale::depends_on_person)
    }

    /// The instrument as it reads for this person, where that differs from how it reads for everybody: on each scale the
    /// cut-off for their age or sex is the one that makes a case, and the others are references.
    pub(crate) fn for_person(&self, context: &crate::Context) -> Option<Self> {
        let own = |scale: &Scale| {
            if !scale.depends_on_person() {
                return None;
            }
            let own = scale.caseness_for(self, context)?.id.clone();
            (scale.caseness().map(|usual| &usual.id) != Some(&own)).then_some(own)
        };
        let chosen: Vec<Option<String>> = self.scales.iter().map(own).collect();
        if chosen.iter().all(Option::is_none) {
            return None;
        }
        let mut instrument = self.clone();
        for (scale, chosen) in instrument.scales.iter_mut().zip(chosen) {
            let Some(chosen) = chosen else { continue };
            for cutoff in scale.cutoffs.iter_mut().filter(|cutoff| cutoff.id != chosen) {
                if cutoff.used_as == CutoffUse::Caseness {
                    cutoff.used_as = CutoffUse::Reference;
                }
            }
        }
        Some(instrument)
    }

    /// The reliable-change rule in use on the primary scale.
    pub fn reliable_change(&self) -> Option<&ReliableChange> {
        self.primary().reliable_change.as_ref()
    }

    /// How far the wording in this language may be trusted; `None` where there is none.
    pub fn language_status(&self, language: Language) -> Option<LanguageStatus> {
        self.languages.get(&language).map(|version| version.status)
    }
}

/// Whether two lists are as long as each other and alike one by one.
fn same_length<T>(some: &[T], others: &[T], alike: impl Fn(&T, &T) -> bool) -> bool {
    some.len() == others.len() && some.iter().zip(others).all(|(one, other)| alike(one, other))
}

/// One question.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Stable within the instrument; also the key of the answer and the FHIR `linkId`.
    pub id: String,
    /// Two or three words for staff tables and charts; never shown to clients.
    pub label: Text,
    /// The published wording, verbatim.
    pub text: Text,
    /// What can be answered.
    pub kind: ItemKind,
    /// Whether "prefer not to answer" is offered.
    pub allow_decline: bool,
    /// The key under which batch scoring may give the answer apart from the others (`exposure`).
    pub context: Option<String>,
    /// Position in [`Instrument::skips`] of the rule that may make the question superfluous.
    pub skip: Option<usize>,
    /// LOINC code of the question.
    pub loinc: Option<String>,
    /// The same question in a longer instrument, where an answer can be carried over.
    pub same_as: Option<ItemRef>,
}

impl Item {
    /// Whether the item offers this value.
    #[inline]
    pub fn offers(&self, value: i64) -> bool {
        match &self.kind {
            ItemKind::Choice(options) => options.iter().any(|option| option.value == value),
            ItemKind::VisualAnalogue { .. } => (0..=VISUAL_ANALOGUE_MAX).contains(&value),
            ItemKind::Number { min, max } => (*min..=*max).contains(&value),
            ItemKind::Goal => (0..=GOAL_MAX).contains(&value),
            ItemKind::Words => value == WRITTEN,
        }
    }

    /// Lowest and highest value that can be answered.
    pub fn range(&self) -> (i64, i64) {
        match &self.kind {
            ItemKind::Choice(options) => (
                options.iter().map(|option| option.value).min().unwrap_or_default(),
                options.iter().map(|option| option.value).max().unwrap_or_default(),
            ),
            ItemKind::VisualAnalogue { .. } => (0, VISUAL_ANALOGUE_MAX),
            ItemKind::Number { min, max } => (*min, *max),
            ItemKind::Goal => (0, GOAL_MAX),
            ItemKind::Words => (WRITTEN, WRITTEN),
        }
    }

    /// An offered value in words: the option's label, or the mark with one decimal (`7.3`).
    ///
    /// ```
    /// # let library = instruments::Library::embedded()?;
    /// use instruments::Language;
    /// let line = &library.current("wellbeing-check").expect("ships").items[0];
    /// assert_eq!(line.shown(73, Language::En).as_deref(), Some("7.3"));
    /// # Ok::<(), instruments::LibraryError>(())
    /// ```
    pub fn shown(&self, value: i64, language: Language) -> Option<String> {
        match &self.kind {
            ItemKind::Choice(options) => {
                options.iter().find(|option| option.value == value).map(|option| option.label.get(language).to_owned())
            }
            ItemKind::VisualAnalogue { .. } => self.offers(value).then(|| format!("{}.{}", value / 10, value % 10)),
            ItemKind::Number { .. } | ItemKind::Goal => self.offers(value).then(|| value.to_string()),
            ItemKind::Words => self.offers(value).then(|| written_in(language).to_owned()),
        }
    }
}

/// What can be answered to an item.
#[derive(Clone, Debug, PartialEq)]
pub enum ItemKind {
    /// One of these, in this order.
    Choice(Vec<AnswerOption>),
    /// A mark on a bare line, stored as 0 to [`VISUAL_ANALOGUE_MAX`]. There is no starting position.
    VisualAnalogue {
        /// Words at the left end.
        low: Text,
        /// Words at the right end.
        high: Text,
    },
    /// A whole number, such as days in the past month.
    Number {
        /// Lowest.
        min: i64,
        /// Highest.
        max: i64,
    },
    /// How near the client says they are to a goal of their own, from 0 to [`GOAL_MAX`]; the goals agreed with them are shown beside it.
    Goal,
    /// Words of the client's own. The answer only says that something was written ([`WRITTEN`]): the words are kept apart,
    /// sealed, and never scored.
    Words,
}

impl ItemKind {
    /// What is offered without its words: the kind, and the values in their order.
    fn offered(&self) -> (std::mem::Discriminant<Self>, Vec<i64>) {
        let values = match self {
            Self::Choice(options) => options.iter().map(|option| option.value).collect(),
            Self::Number { min, max } => vec![*min, *max],
            Self::VisualAnalogue { .. } | Self::Goal | Self::Words => Vec::new(),
        };
        (std::mem::discriminant(self), values)
    }
}

/// The highest rating of a goal: it is reached.
pub const GOAL_MAX: i64 = 10;

/// The one value of an item that is answered in words: something was written.
pub const WRITTEN: i64 = 1;

/// What stands in the place of words where answers are listed.
const fn written_in(language: Language) -> &'static str {
    match language {
        Language::En => "in their own words",
        Language::Es => "con sus propias palabras",
    }
}

/// When questions need not be asked, and what then stands in their place.
#[derive(Clone, Debug, PartialEq)]
pub struct Skip {
    /// The condition, over earlier items and the person.
    pub when: Formula,
    /// What stands in the place of the answers.
    pub outcome: SkipOutcome,
}

/// What stands in the place of an answer that was not asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkipOutcome {
    /// The question does not apply: it is not counted, even if it was answered.
    NotApplicable,
    /// Left out it counts as this value; an answer that was given counts as given.
    CountsAs(i64),
}

/// Something read off the answers by name.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    /// One formula.
    One(Formula),
    /// Several under one name.
    Group(Vec<(String, Formula)>),
}

/// One answer option.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerOption {
    /// What is stored and summed.
    pub value: i64,
    /// The published label, verbatim; empty where the wording is not in the library.
    #[serde(default)]
    pub label: Text,
    /// LOINC answer code.
    #[serde(default)]
    pub loinc: Option<String>,
}

/// A question of another instrument, written `phq-9.1` in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ItemRef {
    /// Instrument id.
    pub instrument: String,
    /// Item id.
    pub item: String,
}

impl TryFrom<String> for ItemRef {
    type Error = UnknownCode;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.rsplit_once('.') {
            Some((instrument, item)) if !instrument.is_empty() && !item.is_empty() => {
                Ok(Self { instrument: instrument.to_owned(), item: item.to_owned() })
            }
            _ => Err(UnknownCode {
                kind: "item reference",
                expected: "instrument id, a dot and the item's id, e.g. phq-9.1".to_owned(),
            }),
        }
    }
}

impl From<ItemRef> for String {
    fn from(reference: ItemRef) -> Self {
        format!("{}.{}", reference.instrument, reference.item)
    }
}

/// A worked example from the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// What it shows.
    pub title: String,
    /// What is known of the person.
    pub context: crate::Context,
    /// One entry per item, in order; `None` is an item that was not answered.
    pub answers: Vec<Option<Answer>>,
    /// Expected result per scale id.
    pub scores: BTreeMap<String, ExpectedScore>,
    /// Expected risk findings of the submitted answers: all of them, by item.
    pub risk: BTreeMap<String, RiskLevel>,
}

/// What an example expects of one scale.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedScore {
    /// State.
    pub state: ScoreState,
    /// Unrounded score, to six decimals; may be left out of the file where it equals the value.
    #[serde(default)]
    pub exact: Option<f64>,
    /// Reported score.
    #[serde(default)]
    pub value: Option<f64>,
    /// Band id.
    #[serde(default)]
    pub band: Option<String>,
}
