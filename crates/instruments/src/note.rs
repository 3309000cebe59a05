//! The one plain sentence about a score that a clinician pastes into the record. The wording is data
//! (`instruments/note.toml`), one table per language; longer texts are left to the templates.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use crate::{Instrument, Language, Score, ScoreState, code::coded};

coded! {
    /// What a score is compared with.
    pub enum Reference {
        /// The first valid score of the episode.
        Baseline = "baseline",
        /// The score before this one.
        Previous = "previous",
        /// The best score of the episode so far.
        Best = "best",
    }
}

/// An earlier reported score to compare with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Since {
    /// Which one it is.
    pub reference: Reference,
    /// Its value.
    pub value: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wording {
    scored: String,
    not_scored: String,
    band: String,
    prorated: String,
    up: String,
    down: String,
    same: String,
    since: BTreeMap<Reference, String>,
}

static WORDING: LazyLock<BTreeMap<Language, Wording>> = LazyLock::new(|| {
    toml::from_str(include_str!("../../../instruments/note.toml")).expect("the embedded note.toml is read by the tests")
});

/// One sentence about a score, e.g. `PHQ-9 18 (moderately severe), up 4 since baseline`. It names
/// the instrument and the score: for the record and for staff pages only.
///
/// ```
/// use instruments::{Answer, Language, Library, Reference, Since, note, score};
/// let library = Library::embedded()?;
/// let phq9 = library.current("phq-9").expect("ships with the library");
/// let answers = phq9.items.iter().map(|item| (item.id.clone(), Answer::Value(2))).collect();
/// let since = Since { reference: Reference::Baseline, value: 14.0 };
/// assert_eq!(
///     note(phq9, &score(phq9, &answers)[0], Some(since), Language::En),
///     "PHQ-9 18 (moderately severe), up 4 since baseline",
/// );
/// # Ok::<(), instruments::LibraryError>(())
/// ```
pub fn note(instrument: &Instrument, score: &Score, since: Option<Since>, language: Language) -> String {
    let wording = &WORDING[&language];
    let scale = instrument.scale(&score.scale).unwrap_or_else(|| instrument.primary());
    let mut name = instrument.short_name.get(language).to_owned();
    if scale.id != instrument.primary().id {
        name = format!("{name} {}", scale.title.get(language));
    }
    let of_items = |template: &str| {
        template
            .replace("{answered}", &score.answered.to_string())
            .replace("{items}", &(score.answered + score.missing).to_string())
    };
    let Some(value) = score.value else {
        return of_items(&wording.not_scored).replace("{name}", &name);
    };
    let mut sentence = wording.scored.replace("{name}", &name).replace("{value}", &scale.shown(value));
    if let Some(band) = score.band.as_deref().and_then(|band| scale.band(band)) {
        sentence += &wording.band.replace("{band}", band.label.get(language));
    }
    if score.state == ScoreState::Prorated {
        sentence += &of_items(&wording.prorated);
    }
    if let Some(since) = since {
        let points = scale.shown((value - since.value).abs());
        let template = if points == scale.shown(0.0) {
            &wording.same
        } else if value > since.value {
            &wording.up
        } else {
            &wording.down
        };
        sentence += &template.replace("{points}", &points).replace("{reference}", &wording.since[&since.reference]);
    }
    sentence
}

#[cfg(test)]
mod tests {
    use super::{Language, Reference, WORDING};

    #[test]
    fn every_language_has_every_sentence() {
        for language in Language::ALL {
            let wording = &WORDING[language];
            for reference in Reference::ALL {
                assert!(wording.since.contains_key(reference), "{language}: {reference}");
            }
            for (template, holes) in [
                (&wording.scored, &["{name}", "{value}"][..]),
                (&wording.not_scored, &["{name}", "{answered}", "{items}"]),
                (&wording.band, &["{band}"]),
                (&wording.prorated, &["{answered}", "{items}"]),
                (&wording.up, &["{points}", "{reference}"]),
                (&wording.down, &["{points}", "{reference}"]),
                (&wording.same, &["{reference}"]),
            ] {
                assert!(holes.iter().all(|hole| template.contains(hole)), "{language}: {template}");
                assert_eq!(template.matches('{').count(), holes.len(), "{language}: {template}");
            }
        }
    }
}
