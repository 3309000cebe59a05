//! `bellwether instruments`: the library at the command line.

mod catalogue;
mod fhir;

use std::path::{Path, PathBuf};

use anyhow::Result;
use bellwether::{Refusal, shown, wiring::say};
use clap::Subcommand;
use instruments::{Instrument, Language, Library, check_against};

use super::score::find;

/// What to do with the library.
#[derive(Debug, Subcommand)]
pub enum Instruments {
    /// Lists every instrument: id, version, name, items, languages, licence.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Shows one instrument: licence, items, scores, thresholds and where they come from.
    Show {
        /// The instrument's id.
        id: String,
        /// Its version; the newest when left out.
        #[arg(long)]
        version: Option<String>,
    },
    /// Runs the scoring examples of every instrument and compares published versions with their recorded hashes.
    Check {
        /// A folder like `instruments/`, or one instrument file; the library that ships when left out.
        path: Option<PathBuf>,
    },
    /// Writes the catalogue page (docs/instruments.md) to standard output.
    Catalogue,
    /// Writes the JSON Schema of the instrument files to standard output.
    Schema,
    /// Writes an instrument as a FHIR R4 Questionnaire to standard output.
    ExportFhir {
        /// The instrument's id.
        id: String,
        /// Its version; the newest when left out.
        #[arg(long)]
        version: Option<String>,
        /// Canonical address of the questionnaires here.
        #[arg(long, default_value = "urn:bellwether:questionnaire")]
        base: String,
    },
    /// Reads a FHIR R4 Questionnaire and writes it as an instrument file to standard output.
    ImportFhir {
        /// The file (JSON).
        file: PathBuf,
    },
    /// Writes the text of `catalogue.lock` for the library as it stands to standard output.
    Lock,
}

/// Runs the command.
pub fn run(what: &Instruments) -> Result<()> {
    match what {
        Instruments::Check { path: Some(path) } => check(path),
        Instruments::Check { path: None } => report(&shipped()?, None),
        Instruments::List { json } => {
            say(if *json { catalogue::json(&shipped()?)? } else { catalogue::list(&shipped()?) }.trim_end());
            Ok(())
        }
        Instruments::Show { id, version } => {
            let library = shipped()?;
            say(catalogue::one(find(&library, id, version.as_deref())?).trim_end());
            Ok(())
        }
        Instruments::Catalogue => {
            say(catalogue::page(&shipped()?).trim_end());
            Ok(())
        }
        Instruments::ExportFhir { id, version, base } => {
            let library = shipped()?;
            fhir::export(find(&library, id, version.as_deref())?, base)
        }
        Instruments::ImportFhir { file } => fhir::import(file),
        Instruments::Schema => {
            say(instruments::SCHEMA.trim_end());
            Ok(())
        }
        Instruments::Lock => {
            say(instruments::lock(&shipped()?).trim_end());
            Ok(())
        }
    }
}

fn shipped() -> Result<Library> {
    Ok(Library::embedded().map_err(|error| Refusal::Data(error.to_string()))?)
}

/// Checks files of the operator's own: a folder with a `catalogue.lock`, or a file with the wording files beside it.
fn check(path: &Path) -> Result<()> {
    let unreadable = |path: &Path, error: &std::io::Error| {
        Refusal::Configuration(format!("{} cannot be read: {error}", shown(path)))
    };
    let mut files: Vec<(String, String)> = Vec::new();
    let mut take = |file: &Path| -> Result<()> {
        let folder = file.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let content = std::fs::read_to_string(file).map_err(|error| unreadable(file, &error))?;
        files.push((format!("{folder}/{name}"), content));
        Ok(())
    };
    let toml_in = |folder: &Path| -> Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(|error| unreadable(folder, &error))? {
            let path = entry.map_err(|error| unreadable(folder, &error))?.path();
            if path.is_file() && path.extension().is_some_and(|extension| extension == "toml") {
                found.push(path);
            }
        }
        found.sort();
        Ok(found)
    };
    let mut lock = None;
    if path.is_dir() {
        let mut folders = Vec::new();
        for entry in std::fs::read_dir(path).map_err(|error| unreadable(path, &error))? {
            folders.push(entry.map_err(|error| unreadable(path, &error))?.path());
        }
        folders.retain(|path| path.is_dir());
        folders.sort();
        if folders.is_empty() {
            folders.push(path.to_owned());
        }
        for folder in folders {
            for file in toml_in(&folder)? {
                take(&file)?;
            }
        }
        lock = std::fs::read_to_string(path.join("catalogue.lock")).ok();
    } else {
        take(path)?;
        // The wording of this version stands beside it.
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let full = std::path::absolute(path)?;
        for beside in toml_in(full.parent().unwrap_or(Path::new(".")))? {
            let name = beside.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.strip_prefix(&format!("{stem}.")).is_some_and(|rest| rest.trim_end_matches(".toml").len() == 2) {
                take(&beside)?;
            }
        }
    }
    if files.is_empty() {
        return Err(Refusal::Configuration(format!("{} has no instrument files", shown(path))).into());
    }
    let library = Library::parse(files).map_err(|error| Refusal::Data(error.to_string()))?;
    let lock = lock.unwrap_or_else(|| instruments::lock(&library));
    report(&library, Some(&lock))
}

fn report(library: &Library, lock: Option<&str>) -> Result<()> {
    let findings = match lock {
        Some(lock) => check_against(library, lock),
        None => instruments::check(library),
    };
    let examples: usize = library.iter().map(|one| one.examples.len()).sum();
    let without = library.iter().filter(|one| !one.has_wording()).count();
    let versions = library.iter().count();
    say(&format!("{versions} instrument versions checked, {examples} examples; {without} without wording here"));
    if findings.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    Err(Refusal::Data(lines.join("\n")).into())
}

/// The newest version of each instrument, by id.
fn newest(library: &Library) -> impl Iterator<Item = &Instrument> {
    library.iter().filter(|one| library.current(&one.id).is_some_and(|newest| newest.version == one.version))
}

/// English: the language of the command line and of the documentation.
const ENGLISH: Language = Language::En;
