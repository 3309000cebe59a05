//! Wording apart from scoring: one file per language beside the version's file. It has the stem, the items' texts, the
//! labels of the answers and the ends of the lines, and says where all that was taken from.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::hash;
use crate::{Instrument, ItemKind, Language, LanguageStatus, LanguageVersion, Problem, Text};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WordingFile {
    language: Language,
    status: LanguageStatus,
    source: String,
    #[serde(default)]
    stem: String,
    /// Labels of the shared answers, by value.
    #[serde(default)]
    options: BTreeMap<String, String>,
    #[serde(default)]
    item: BTreeMap<String, ItemWording>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ItemWording {
    text: String,
    #[serde(default)]
    options: BTreeMap<String, String>,
    low: Option<String>,
    high: Option<String>,
}

/// Reads one wording file into the instrument.
pub(super) fn read(path: &str, named: &str, content: &str, instrument: &mut Instrument) -> Result<(), Vec<Problem>> {
    let syntax = |error: toml::de::Error| vec![Problem::at(path, "", error.to_string())];
    let table: toml::Table = toml::from_str(content).map_err(syntax)?;
    let hash = hash::of(&table);
    // As with the version's own file: read once, and again only to say in which line something is wrong.
    let file: WordingFile = match table.try_into() {
        Ok(file) => file,
        Err(error) => return Err(syntax(toml::from_str::<WordingFile>(content).err().unwrap_or(error))),
    };
    let mut problems = Vec::new();
    let mut report = |key: String, reason: &str| problems.push(Problem::at(path, key, reason));
    let language = file.language;
    if language.as_str() != named {
        report("language".to_owned(), "must be the one in the file's name: <version>.<language>.toml");
    }
    if !file.stem.is_empty() {
        instrument.stem.put(language, file.stem);
    }
    for id in file.item.keys().filter(|id| instrument.item(id).is_none()) {
        report(format!("item.{id}"), "there is no such item");
    }
    for item in &mut instrument.items {
        let own = file.item.get(&item.id);
        if let Some(own) = own {
            item.text.put(language, own.text.clone());
        }
        let own_options = own.map(|own| &own.options).filter(|options| !options.is_empty());
        match &mut item.kind {
            ItemKind::Choice(options) => {
                let labels = own_options.unwrap_or(&file.options);
                for option in options {
                    if let Some(label) = labels.get(&option.value.to_string()) {
                        option.label.put(language, label.clone());
                    }
                }
            }
            ItemKind::VisualAnalogue { low, high } => {
                for (end, text) in [(low, own.and_then(|o| o.low.as_ref())), (high, own.and_then(|o| o.high.as_ref()))]
                {
                    if let Some(text) = text {
                        end.put(language, text.clone());
                    }
                }
            }
            ItemKind::Number { .. } | ItemKind::Goal | ItemKind::Words => {}
        }
    }
    instrument.languages.insert(language, LanguageVersion { status: file.status, source: file.source });
    instrument.wording_hashes.insert(language, hash);
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// An item without a label is called by its id: where the wording is licensed, a label would give it away.
pub(super) fn name_the_nameless(instrument: &mut Instrument) {
    for item in instrument.items.iter_mut().filter(|item| item.label.is_empty()) {
        item.label = Text::new(format!("Item {}", item.id), format!("Pregunta {}", item.id));
    }
}

/// Whether a text has words in this language.
pub(super) fn worded(text: &Text, language: Language) -> bool {
    text.exactly(language).is_some_and(|wording| !wording.trim().is_empty())
}
