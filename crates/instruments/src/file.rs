//! The file format: one TOML file is one version of one instrument, and beside it stands one file per language with the
//! wording. This module has the shape of the files; turning them into an [`Instrument`] is in `file/assemble.rs` and
//! `file/wording.rs`, whether what they say makes sense in `file/validate.rs`, their identity in `file/hash.rs`.

mod assemble;
mod hash;
mod limits;
mod source;
mod validate;
mod wording;

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{
    Alliance, AnswerOption, Band, Cutoff, ExpectedScore, Instrument, ItemRef, Language, LanguageVersion, Licence, Mcid,
    MeasurementError, Polarity, Problem, Rater, ReliableChange, Remission, Response, RiskLevel, RiskRule, Rounding,
    ScaleRole, Sex, Source, Text,
};

/// The number of this format. A file says which format it is written in, so that older ones stay
/// readable when the format grows.
const FORMAT: u32 = 2;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InstrumentFile {
    format: u32,
    id: String,
    #[serde(default)]
    aliases: Vec<String>,
    version: String,
    title: Text,
    short_name: Text,
    citation: String,
    population: String,
    ages: Option<[u8; 2]>,
    #[serde(default)]
    raters: Vec<Rater>,
    time_frame: Text,
    #[serde(default)]
    stem: Text,
    allow_decline: bool,
    loinc: Option<String>,
    #[serde(default)]
    notes: Vec<String>,
    licence: Licence,
    #[serde(default)]
    languages: BTreeMap<Language, LanguageVersion>,
    /// Named sources, so that a publication is written once.
    #[serde(default)]
    sources: BTreeMap<String, Source>,
    /// Kind of every item that does not say otherwise.
    #[serde(default)]
    kind: KindFile,
    /// Shared by every item that brings none of its own; `values` is short for options without codes.
    #[serde(default)]
    option: Vec<AnswerOption>,
    #[serde(default)]
    offers: Vec<i64>,
    /// Short for that many items with the ids 1, 2, 3 … and nothing of their own.
    numbered: Option<u32>,
    #[serde(default)]
    item: Vec<ItemFile>,
    #[serde(default)]
    skip: Vec<SkipFile>,
    #[serde(default)]
    scale: Vec<ScaleFile>,
    #[serde(default)]
    values: BTreeMap<String, ReadingFile>,
    #[serde(default)]
    risk: Vec<RiskRule>,
    step: Option<crate::Step>,
    #[serde(default)]
    example: Vec<ExampleFile>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KindFile {
    #[default]
    Choice,
    Line,
    Number,
    Goal,
    Words,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ItemFile {
    id: String,
    #[serde(default)]
    label: Text,
    #[serde(default)]
    text: Text,
    kind: Option<KindFile>,
    /// Ends of a line.
    #[serde(default)]
    low: Text,
    #[serde(default)]
    high: Text,
    /// Ends of a number.
    min: Option<i64>,
    max: Option<i64>,
    #[serde(default)]
    option: Vec<AnswerOption>,
    #[serde(default)]
    offers: Vec<i64>,
    allow_decline: Option<bool>,
    /// Not part of any score; words never are.
    #[serde(default)]
    unscored: bool,
    context: Option<String>,
    loinc: Option<String>,
    same_as: Option<ItemRef>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SkipFile {
    items: Vec<String>,
    when: String,
    then: SkipWord,
    value: Option<i64>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SkipWord {
    NotApplicable,
    CountsAs,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScaleFile {
    id: String,
    role: Option<ScaleRole>,
    title: Text,
    polarity: Polarity,
    range: [f64; 2],
    #[serde(default)]
    decimals: u8,
    rounding: Option<Rounding>,
    #[serde(default)]
    method: MethodFile,
    #[serde(default = "one")]
    multiply_by: i64,
    #[serde(default = "one")]
    divide_by: i64,
    /// All scored items when left out.
    items: Option<Vec<String>>,
    #[serde(default)]
    reverse: Vec<String>,
    /// Points per item id, times the answer.
    #[serde(default)]
    weight: BTreeMap<String, i64>,
    /// Points by answer.
    #[serde(default)]
    recode: Vec<RecodeFile>,
    /// Which answers count one.
    #[serde(default)]
    count: Vec<CountFile>,
    #[serde(default)]
    table: Vec<(i64, f64)>,
    formula: Option<String>,
    loinc: Option<String>,
    missing: MissingFile,
    #[serde(default)]
    band: Vec<Band>,
    #[serde(default)]
    cutoff: Vec<Cutoff>,
    reliable_change: Option<ReliableChange>,
    #[serde(default)]
    reliable_change_alternative: Vec<ReliableChange>,
    response: Option<Response>,
    remission: Option<Remission>,
    mcid: Option<Mcid>,
    measurement_error: Option<MeasurementError>,
    alliance: Option<Alliance>,
}

const fn one() -> i64 {
    1
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum MethodFile {
    #[default]
    Sum,
    Mean,
    Count,
    Table,
    Formula,
    Licensed,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecodeFile {
    items: Vec<String>,
    /// Answer and points.
    points: Vec<(i64, i64)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CountFile {
    items: Vec<String>,
    at_least: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MissingFile {
    rule: MissingRuleFile,
    at_most: Option<u32>,
    /// The total is published for complete forms only; the prorated one is an option.
    #[serde(default)]
    optional: bool,
    /// Missing items are counted over the whole form.
    #[serde(default)]
    over_form: bool,
    source: Source,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum MissingRuleFile {
    Complete,
    Prorate,
    Zero,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ReadingFile {
    One(String),
    Group(BTreeMap<String, String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExampleFile {
    title: String,
    #[serde(default)]
    context: ContextFile,
    answers: Vec<ExampleAnswer>,
    scores: BTreeMap<String, ExpectedScore>,
    #[serde(default)]
    risk: BTreeMap<String, RiskLevel>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ContextFile {
    sex: Option<Sex>,
    age: Option<f64>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(untagged)]
enum ExampleAnswer {
    Value(i64),
    Word(ExampleWord),
}

#[derive(Clone, Copy, Deserialize)]
enum ExampleWord {
    #[serde(rename = "-")]
    Skipped,
    #[serde(rename = "declined")]
    Declined,
}

/// What a path in the instrument folder says.
pub(crate) enum Place<'a> {
    /// `<id>/<version>.toml`.
    Version,
    /// `<id>/<version>.<language>.toml`: the path of the version it belongs to, and the language.
    Wording(String, &'a str),
}

/// Reads a path.
pub(crate) fn place(path: &str) -> Place<'_> {
    path.strip_suffix(".toml")
        .and_then(|stem| stem.rsplit_once('.'))
        .map_or(Place::Version, |(version, language)| Place::Wording(format!("{version}.toml"), language))
}

/// Reads one version: its file, and the wording files beside it as (path, language, content). `path` is
/// `<id>/<version>.toml`.
pub(crate) fn read(path: &str, content: &str, wordings: &[(&str, &str, &str)]) -> Result<Instrument, Vec<Problem>> {
    let syntax = |error: toml::de::Error| vec![Problem::at(path, "", error.to_string())];
    let table: toml::Table = toml::from_str(content).map_err(syntax)?;
    let hash = hash::of(&table);
    let mut problems = Problems { file: path, found: Vec::new() };
    limits::check(&table, &mut problems);
    if !problems.found.is_empty() {
        return Err(problems.found);
    }
    // The text is read once. What is wrong is read again from the text, which knows the line.
    let file: InstrumentFile = match table.try_into() {
        Ok(file) => file,
        Err(error) => return Err(syntax(toml::from_str::<InstrumentFile>(content).err().unwrap_or(error))),
    };

    if file.format != FORMAT {
        problems.add("format", format!("this program reads format {FORMAT}"));
    }
    if path != format!("{}/{}.toml", file.id, file.version) {
        problems.add("id", "id and version must be the file's folder and name: <id>/<version>.toml");
    }
    let mut instrument = assemble::instrument(file, hash, &mut problems);
    for (path, language, content) in wordings {
        if instrument.licence.status.needs_a_licence() {
            let reason = "this instrument's licence keeps its wording out of the library";
            problems.found.push(Problem::at(path, "language", reason));
        }
        match wording::read(path, language, content, &mut instrument) {
            Ok(()) => {}
            Err(found) => problems.found.extend(found),
        }
    }
    wording::name_the_nameless(&mut instrument);
    validate::instrument(&instrument, &mut problems);
    if problems.found.is_empty() { Ok(instrument) } else { Err(problems.found) }
}

/// Puts a wording that came with a licence into the structure that ships, as a version of its own.
pub(crate) fn worded(
    structure: &Instrument,
    version: &str,
    wordings: &[(Language, &str)],
) -> Result<Instrument, Vec<Problem>> {
    let path = format!("{}/{version}.toml", structure.id);
    let mut problems = Problems { file: &path, found: Vec::new() };
    let mut instrument = structure.clone();
    for (language, content) in wordings {
        let path = format!("{}/{version}.{language}.toml", structure.id);
        if let Err(found) = wording::read(&path, language.as_str(), content, &mut instrument) {
            problems.found.extend(found);
        }
    }
    // Staff are shown the wording where the structure has no label of ours.
    for item in &mut instrument.items {
        if item.label.is_empty() {
            item.label = Text::from(item.id.as_str());
        }
    }
    validate::instrument(&instrument, &mut problems);
    instrument.content_hash =
        hash::joined(std::iter::once(&structure.content_hash).chain(instrument.wording_hashes.values()));
    version.clone_into(&mut instrument.version);
    if problems.found.is_empty() { Ok(instrument) } else { Err(problems.found) }
}

/// Collects what is wrong with one file.
struct Problems<'a> {
    file: &'a str,
    found: Vec<Problem>,
}

impl Problems<'_> {
    fn add(&mut self, key: impl Into<String>, reason: impl Into<String>) {
        self.found.push(Problem::at(self.file, key, reason));
    }
}
