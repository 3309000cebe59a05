//! The file format: one TOML file is one version of one instrument. This module turns a file into an
//! [`Instrument`]; whether what it says makes sense is left to `file/validate.rs`, its identity to
//! `file/hash.rs`.

mod hash;
mod validate;

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{
    Alliance, Answer, AnswerOption, Axis, Band, Cutoff, Example, ExpectedScore, Instrument, Item, ItemKind, ItemRef,
    Language, LanguageVersion, Licence, Mcid, MeasurementError, MissingRule, Polarity, Problem, ReliableChange,
    Remission, Response, RiskLevel, RiskRule, Scale, ScaleItem, Source, Text,
};

/// The number of this format. A file says which format it is written in, so that older ones stay
/// readable when the format grows.
const FORMAT: u32 = 1;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InstrumentFile {
    format: u32,
    id: String,
    version: String,
    title: Text,
    short_name: Text,
    citation: String,
    population: String,
    time_frame: Text,
    stem: Text,
    allow_decline: bool,
    loinc: Option<String>,
    #[serde(default)]
    notes: Vec<String>,
    licence: Licence,
    languages: BTreeMap<Language, LanguageVersion>,
    /// Shared by every item that brings none of its own.
    #[serde(default)]
    option: Vec<AnswerOption>,
    item: Vec<ItemFile>,
    scale: Vec<ScaleFile>,
    #[serde(default)]
    risk: Vec<RiskRule>,
    example: Vec<ExampleFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ItemFile {
    id: String,
    label: Text,
    text: Text,
    /// A visual analogue line instead of options.
    line: Option<LineFile>,
    #[serde(default)]
    option: Vec<AnswerOption>,
    allow_decline: Option<bool>,
    loinc: Option<String>,
    same_as: Option<ItemRef>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LineFile {
    low: Text,
    high: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScaleFile {
    id: String,
    title: Text,
    polarity: Polarity,
    range: [f64; 2],
    #[serde(default)]
    decimals: u8,
    #[serde(default = "one")]
    divide_by: i64,
    /// All items when left out.
    items: Option<Vec<String>>,
    #[serde(default)]
    reverse: Vec<String>,
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MissingFile {
    rule: MissingRuleFile,
    at_most: Option<u32>,
    source: Source,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum MissingRuleFile {
    Complete,
    Prorate,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExampleFile {
    title: String,
    answers: Vec<ExampleAnswer>,
    scores: BTreeMap<String, ExpectedScore>,
    #[serde(default)]
    risk: BTreeMap<String, RiskLevel>,
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

/// Reads one file. `path` is `<id>/<version>.toml`.
pub(crate) fn read(path: &str, content: &str) -> Result<Instrument, Vec<Problem>> {
    let syntax = |error: toml::de::Error| vec![Problem::at(path, "", error.to_string())];
    let table: toml::Table = toml::from_str(content).map_err(syntax)?;
    let file: InstrumentFile = toml::from_str(content).map_err(syntax)?;

    let mut problems = Problems { file: path, found: Vec::new() };
    if file.format != FORMAT {
        problems.add("format", format!("this program reads format {FORMAT}"));
    }
    if path != format!("{}/{}.toml", file.id, file.version) {
        problems.add("id", "id and version must be the file's folder and name: <id>/<version>.toml");
    }
    let instrument = assemble(file, hash::of(&table), &mut problems);
    validate::instrument(&instrument, &mut problems);
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

fn assemble(file: InstrumentFile, content_hash: String, problems: &mut Problems<'_>) -> Instrument {
    let shared = &file.option;
    let items: Vec<Item> = file
        .item
        .into_iter()
        .map(|item| {
            let kind = match item.line {
                Some(line) => {
                    if !item.option.is_empty() {
                        problems.add(format!("item[{}]", item.id), "give either a line or options");
                    }
                    ItemKind::VisualAnalogue { low: line.low, high: line.high }
                }
                None if item.option.is_empty() => ItemKind::Choice(shared.clone()),
                None => ItemKind::Choice(item.option),
            };
            Item {
                id: item.id,
                label: item.label,
                text: item.text,
                kind,
                allow_decline: item.allow_decline.unwrap_or(file.allow_decline),
                loinc: item.loinc,
                same_as: item.same_as,
            }
        })
        .collect();
    let scales = file.scale.into_iter().map(|scale| assemble_scale(scale, &items, problems)).collect();
    Instrument {
        id: file.id,
        version: file.version,
        title: file.title,
        short_name: file.short_name,
        citation: file.citation,
        population: file.population,
        licence: file.licence,
        languages: file.languages,
        time_frame: file.time_frame,
        stem: file.stem,
        scales,
        items,
        risk: file.risk,
        loinc: file.loinc,
        notes: file.notes,
        examples: file.example.into_iter().map(assemble_example).collect(),
        content_hash,
    }
}

fn assemble_scale(file: ScaleFile, items: &[Item], problems: &mut Problems<'_>) -> Scale {
    let key = |part: &str| format!("scale[{}].{part}", file.id);
    let position = |id: &String| items.iter().position(|item| item.id == *id);

    let ids = file.items.unwrap_or_else(|| items.iter().map(|item| item.id.clone()).collect());
    if let Some(id) = file.reverse.iter().find(|id| !ids.contains(id)) {
        problems.add(key("reverse"), format!("item {id} is not one of this scale's items"));
    }
    let mut members: Vec<ScaleItem> = Vec::with_capacity(ids.len());
    for id in &ids {
        let Some(index) = position(id) else {
            problems.add(key("items"), format!("there is no item {id}"));
            continue;
        };
        if members.iter().any(|member| member.index == index) {
            problems.add(key("items"), format!("item {id} is listed twice"));
        }
        let reversed_from = file.reverse.contains(id).then(|| {
            let (low, high) = items[index].range();
            low + high
        });
        members.push(ScaleItem { index, reversed_from });
    }
    let missing = match (file.missing.rule, file.missing.at_most) {
        (MissingRuleFile::Complete, None) => MissingRule::Complete,
        (MissingRuleFile::Prorate, Some(at_most)) => MissingRule::Prorate { at_most },
        (MissingRuleFile::Complete, Some(_)) => {
            problems.add(key("missing.at_most"), "only the rule `prorate` has it; remove it");
            MissingRule::Complete
        }
        (MissingRuleFile::Prorate, None) => {
            problems.add(key("missing.at_most"), "say how many missing items may be replaced");
            MissingRule::Complete
        }
    };
    Scale {
        id: file.id,
        title: file.title,
        polarity: file.polarity,
        axis: Axis { min: file.range[0], max: file.range[1], decimals: file.decimals },
        items: members,
        divide_by: file.divide_by,
        missing,
        missing_source: file.missing.source,
        bands: file.band,
        cutoffs: file.cutoff,
        reliable_change: file.reliable_change,
        reliable_change_alternatives: file.reliable_change_alternative,
        response: file.response,
        remission: file.remission,
        mcid: file.mcid,
        measurement_error: file.measurement_error,
        alliance: file.alliance,
        loinc: file.loinc,
    }
}

fn assemble_example(file: ExampleFile) -> Example {
    let answers = file.answers.into_iter().map(|answer| match answer {
        ExampleAnswer::Value(value) => Some(Answer::Value(value)),
        ExampleAnswer::Word(ExampleWord::Declined) => Some(Answer::Declined),
        ExampleAnswer::Word(ExampleWord::Skipped) => None,
    });
    Example { title: file.title, answers: answers.collect(), scores: file.scores, risk: file.risk }
}
