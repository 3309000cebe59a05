//! Instruments as FHIR Questionnaires, out and in. What FHIR cannot say, and what is not taken over, is said on standard
//! error; the file goes to standard output.

use std::path::Path;

use anyhow::Result;
use bellwether::{
    Refusal, shown,
    wiring::{complain, say},
};
use care::{Clock, SystemClock};
use chrono::Datelike;
use exchange::fhir;
use instruments::{Instrument, Library};

/// `instruments export-fhir`.
pub(super) fn export(instrument: &Instrument, base: &str) -> Result<()> {
    let exported = fhir::questionnaire(instrument, base.trim_end_matches('/'))
        .map_err(|error| Refusal::Data(error.to_string()))?;
    say(&serde_json::to_string_pretty(&exported.resource)?);
    for left in &exported.left_out {
        complain(&format!("not part of a Questionnaire: {left}"));
    }
    Ok(())
}

/// `instruments import-fhir`.
pub(super) fn import(path: &Path) -> Result<()> {
    let content = std::fs::read_to_string(path)
        .map_err(|error| Refusal::Configuration(format!("{} cannot be read: {error}", shown(path))))?;
    let name = shown(path);
    let lines = |found: &[fhir::Untaken]| -> Vec<String> { found.iter().map(|one| format!("{name}: {one}")).collect() };
    let taken = fhir::read_questionnaire(&content, SystemClock.now().year())
        .map_err(|found| Refusal::Data(lines(&found).join("\n")))?;
    let file = taken.instrument.to_toml();
    let parsed = Library::parse([(format!("{}/1.toml", taken.instrument.id), &file)]);
    parsed.map_err(|error| Refusal::Data(format!("{name}: the Questionnaire cannot be used as it is\n{error}")))?;
    say(file.trim_end());
    for line in lines(&taken.untaken) {
        complain(&line);
    }
    Ok(())
}
