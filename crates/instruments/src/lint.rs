//! Checks of a whole library beyond what reading a file already refuses: worked examples come out as
//! written, published versions are unchanged, shared questions are the same question everywhere.

use std::{
    collections::BTreeMap,
    fmt::{self, Write as _},
};

use crate::{
    Answers, Completeness, Instrument, Item, Library, RiskLevel, ScaleMethod, ScoreState, library, risks, score_for,
};

/// Something in the library that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Instrument id.
    pub instrument: String,
    /// Its version.
    pub version: String,
    /// Where in the file: `example[all zero]`.
    pub place: String,
    /// What is wrong and what to do about it.
    pub reason: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}.toml: {}: {}", self.instrument, self.version, self.place, self.reason)
    }
}

/// Runs every check on every instrument of the library; empty when all is well.
///
/// ```
/// use instruments::{Library, check};
/// assert_eq!(check(&Library::embedded()?), []);
/// # Ok::<(), instruments::LibraryError>(())
/// ```
pub fn check(library: &Library) -> Vec<Finding> {
    check_against(library, library::published())
}

/// [`check`] with the text of another `catalogue.lock`.
pub fn check_against(library: &Library, lock: &str) -> Vec<Finding> {
    // A list that cannot be read lists nothing, and every version is then reported.
    let published: Published = toml::from_str(lock).unwrap_or_default();
    let mut findings = Vec::new();
    for instrument in library.iter() {
        let mut report = |place: String, reason: String| {
            findings.push(Finding {
                instrument: instrument.id.clone(),
                version: instrument.version.clone(),
                place,
                reason,
            });
        };
        examples(instrument, &mut report);
        coverage(instrument, &mut report);
        shared_items(instrument, library, &mut report);
        goes_on(instrument, library, &mut report);
        let hashes = published.get(&instrument.id).and_then(|versions| versions.get(&instrument.version));
        unchanged(instrument, hashes, &mut report);
        if library.current(&instrument.id).is_some_and(|newest| newest.version == instrument.version) {
            kept(instrument, library, &published, &mut report);
        }
    }
    findings
}

/// The worked examples of one instrument that do not come out as written.
pub fn examples_failing(instrument: &Instrument) -> Vec<Finding> {
    let mut findings = Vec::new();
    examples(instrument, &mut |place, reason| {
        findings.push(Finding {
            instrument: instrument.id.clone(),
            version: instrument.version.clone(),
            place,
            reason,
        });
    });
    findings
}

/// Hash by part (`scoring` or a language) by version by instrument id.
type Published = BTreeMap<String, BTreeMap<String, BTreeMap<String, String>>>;

/// The text of `catalogue.lock` for this library: the hash of every part of every version.
pub fn lock(library: &Library) -> String {
    let mut text = String::from(
        "# Published versions: the hashes of structure and scoring, and of the wording in each language.\n\
         # Lines are added, never changed.\n",
    );
    for instrument in library.iter() {
        let _ = write!(text, "\n[{}.{}]\n", instrument.id, instrument.version);
        for (part, hash) in parts(instrument) {
            let _ = writeln!(text, "{part} = \"{hash}\"");
        }
    }
    text
}

/// The hashed parts of a version.
fn parts(instrument: &Instrument) -> impl Iterator<Item = (&str, &String)> {
    let wordings = instrument.wording_hashes.iter().map(|(language, hash)| (language.as_str(), hash));
    std::iter::once(("scoring", &instrument.content_hash)).chain(wordings)
}

type Report<'a> = dyn FnMut(String, String) + 'a;

/// Worked examples come out as written.
fn examples(instrument: &Instrument, report: &mut Report<'_>) {
    for example in &instrument.examples {
        let place = format!("example[{}]", example.title);
        let answers: Answers = instrument
            .items
            .iter()
            .zip(&example.answers)
            .filter_map(|(item, answer)| Some((item.id.clone(), (*answer)?)))
            .collect();
        let scores = score_for(instrument, &answers, &example.context);
        for actual in &scores {
            let Some(expected) = example.scores.get(&actual.scale) else {
                report(place.clone(), format!("say what scale {} should give", actual.scale));
                continue;
            };
            let exact = expected.exact.or(expected.value);
            let agrees = actual.state == expected.state
                && actual.value == expected.value
                && actual.band == expected.band
                && match (actual.exact, exact) {
                    (Some(actual), Some(expected)) => (actual - expected).abs() < 1e-6,
                    (None, None) => true,
                    _ => false,
                };
            if !agrees {
                report(
                    place.clone(),
                    format!(
                        "scale {}: expected {}, got {}",
                        actual.scale,
                        outcome(expected.state, exact, expected.value, expected.band.as_deref()),
                        outcome(actual.state, actual.exact, actual.value, actual.band.as_deref()),
                    ),
                );
            }
        }
        let found: BTreeMap<String, RiskLevel> = risks(instrument, &answers, Completeness::Submitted)
            .into_iter()
            .map(|finding| (finding.item, finding.level))
            .collect();
        if found != example.risk {
            report(place, format!("risk: expected {:?}, got {found:?}", example.risk));
        }
    }
}

fn outcome(state: ScoreState, exact: Option<f64>, value: Option<f64>, band: Option<&str>) -> String {
    let number = |value: Option<f64>| value.map_or("none".to_owned(), |value| value.to_string());
    format!("{state}, value {}, exact {}, band {}", number(value), number(exact), band.unwrap_or("none"))
}

/// The examples reach every state, every band and every risk level there is.
fn coverage(instrument: &Instrument, report: &mut Report<'_>) {
    for scale in instrument.scales.iter().filter(|scale| scale.method != ScaleMethod::Licensed) {
        let expected = || instrument.examples.iter().filter_map(|e| e.scores.get(&scale.id));
        let mut need = |what: String, shown: bool| {
            if !shown {
                report(format!("scale[{}]", scale.id), format!("no example shows {what}; add one"));
            }
        };
        for &state in ScoreState::ALL {
            let possible = state != ScoreState::Prorated || matches!(scale.missing, crate::MissingRule::Prorate { .. });
            let shown = expected().any(|score| score.state == state);
            need(format!("the state `{state}`"), shown || !possible);
        }
        for band in &scale.bands {
            let shown = expected().any(|score| score.band.as_ref() == Some(&band.id));
            need(format!("the band `{}`", band.id), shown);
        }
    }
    for rule in &instrument.risk {
        let levels = rule.steps.iter().map(|step| step.level).chain(rule.unanswered);
        for level in levels {
            if !instrument.examples.iter().any(|e| e.risk.get(&rule.item) == Some(&level)) {
                report(format!("risk[{}]", rule.item), format!("no example shows the level `{level}`; add one"));
            }
        }
    }
}

/// An item said to be the same as another one reads the same and offers the same.
fn shared_items(instrument: &Instrument, library: &Library, report: &mut Report<'_>) {
    for item in &instrument.items {
        let Some(reference) = &item.same_as else {
            continue;
        };
        let place = format!("item[{}].same_as", item.id);
        let other = library.current(&reference.instrument);
        let Some((other, twin)) = other.and_then(|other| Some((other, other.item(&reference.item)?))) else {
            report(place, "the library has no such item".to_owned());
            continue;
        };
        if !crate::step::reads_the_same((instrument, item), (other, twin)) {
            report(place, "stem, wording or options differ from that item's".to_owned());
        }
    }
}

/// A questionnaire goes on only to one that takes over every answer already given.
fn goes_on(instrument: &Instrument, library: &Library, report: &mut Report<'_>) {
    let Some(step) = &instrument.step else { return };
    let Some(longer) = library.current(&step.to) else {
        report("step.to".to_owned(), format!("the library has no questionnaire `{}`", step.to));
        return;
    };
    // Where the wordings differ, `shared_items` says so.
    let differs = |item: &Item| {
        let home = item.same_as.as_ref().filter(|home| home.instrument == longer.id);
        let twin = home.and_then(|home| longer.item(&home.item));
        twin.is_some_and(|twin| !crate::step::reads_the_same((instrument, item), (longer, twin)))
    };
    let lacks = |item: &&Item| longer.shared_item(instrument, item).is_none() && !differs(item);
    for item in instrument.items.iter().filter(lacks) {
        report("step.to".to_owned(), format!("`{}` does not share item {}; give it `same_as`", step.to, item.id));
    }
    if longer.items.len() <= instrument.items.len() {
        report("step.to".to_owned(), format!("`{}` asks nothing more", step.to));
    }
}

/// A published version is never taken away: answers given to it must stay readable.
fn kept(instrument: &Instrument, library: &Library, published: &Published, report: &mut Report<'_>) {
    let versions = published.get(&instrument.id).into_iter().flat_map(BTreeMap::keys);
    for version in versions.filter(|version| library.get(&instrument.id, version).is_none()) {
        report("catalogue.lock".to_owned(), format!("the published version {version} is gone; bring its file back"));
    }
}

/// A published version never changes.
fn unchanged(instrument: &Instrument, published: Option<&BTreeMap<String, String>>, report: &mut Report<'_>) {
    const LOCK: &str = "catalogue.lock";
    let nothing = BTreeMap::new();
    let published = published.unwrap_or(&nothing);
    for (part, hash) in parts(instrument) {
        match published.get(part) {
            Some(published) if published == hash => {}
            Some(_) => report(
                LOCK.to_owned(),
                format!(
                    "{part}: this published version changed; restore it and make the change in a new version ({}.toml)",
                    instrument.version.parse::<u32>().map_or(0, |number| number + 1)
                ),
            ),
            None => report(
                LOCK.to_owned(),
                format!(
                    "{part} is not listed yet; add under [{}.{}] {part} = \"{hash}\"",
                    instrument.id, instrument.version
                ),
            ),
        }
    }
    for part in published.keys().filter(|part| !parts(instrument).any(|(known, _)| known == *part)) {
        report(LOCK.to_owned(), format!("{part}: this published wording is gone; bring its file back"));
    }
}

#[cfg(test)]
mod tests {
    use super::{Library, check};

    const PHQ_2: &str = include_str!("../../../instruments/phq-2/1.toml");
    const PHQ_2_EN: &str = include_str!("../../../instruments/phq-2/1.en.toml");
    const PHQ_2_ES: &str = include_str!("../../../instruments/phq-2/1.es.toml");
    const OTHERS: [(&str, &str); 3] = [
        ("phq-9/1.toml", include_str!("../../../instruments/phq-9/1.toml")),
        ("phq-9/1.en.toml", include_str!("../../../instruments/phq-9/1.en.toml")),
        ("phq-9/1.es.toml", include_str!("../../../instruments/phq-9/1.es.toml")),
    ];

    fn library(phq_2: &[(&str, &str)]) -> Library {
        Library::parse(phq_2.iter().chain(&OTHERS).copied()).unwrap_or_else(|error| panic!("{error}"))
    }

    fn found(phq_2: &[(&str, &str)]) -> Vec<String> {
        check(&library(phq_2)).iter().map(ToString::to_string).collect()
    }

    fn findings(phq_2: &str, english: &str) -> Vec<String> {
        found(&[("phq-2/1.toml", phq_2), ("phq-2/1.en.toml", english), ("phq-2/1.es.toml", PHQ_2_ES)])
    }

    fn replaced(text: &str, from: &str, to: &str) -> String {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    }

    #[test]
    fn the_files_as_they_ship_have_no_findings() {
        assert_eq!(findings(PHQ_2, PHQ_2_EN), [""; 0]);
    }

    #[test]
    fn a_changed_wording_is_found_twice() {
        let found = findings(PHQ_2, &replaced(PHQ_2_EN, "Little interest", "Less interest"));
        assert_eq!(found.len(), 2, "{found:#?}");
        assert!(found[0].starts_with("phq-2/1.toml: item[1].same_as:"), "{found:#?}");
        assert!(found[1].contains("en: this published version changed"), "{found:#?}");
    }

    #[test]
    fn a_changed_rule_is_found() {
        let found = findings(&replaced(PHQ_2, "polarity =", "multiply_by = 1\npolarity ="), PHQ_2_EN);
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(found[0].contains("scoring: this published version changed"), "{found:#?}");
        assert!(found[0].contains("in a new version (2.toml)"), "{found:#?}");
    }

    #[test]
    fn a_better_source_or_licence_text_is_no_new_version() {
        let better = replaced(PHQ_2, "holder = \"", "holder = \"The holders: ");
        let better = replaced(&better, "source = { text = \"", "source = { text = \"Confirmed: ");
        assert_eq!(findings(&better, PHQ_2_EN), [""; 0]);
    }

    #[test]
    fn a_wrong_example_is_found_with_both_figures() {
        let found = findings(&replaced(PHQ_2, "value = 6", "value = 5"), PHQ_2_EN);
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(found[0].contains("expected valid, value 5"), "{found:#?}");
        assert!(found[0].contains("got valid, value 6"), "{found:#?}");
    }

    fn both_versions(second: &str) -> [(&str, &str); 5] {
        [
            ("phq-2/1.toml", PHQ_2),
            ("phq-2/1.en.toml", PHQ_2_EN),
            ("phq-2/1.es.toml", PHQ_2_ES),
            ("phq-2/2.toml", second),
            ("phq-2/2.en.toml", PHQ_2_EN),
        ]
    }

    #[test]
    fn an_unpublished_version_is_told_its_hashes() {
        let second = replaced(PHQ_2, "version = \"1\"", "version = \"2\"");
        let files = both_versions(&second);
        let hash = library(&files).current("phq-2").expect("given").content_hash.clone();
        let found = found(&files);
        assert_eq!(found.len(), 2, "scoring and English: {found:#?}");
        assert!(found[0].contains(&hash), "{found:#?}");
    }

    #[test]
    fn a_published_version_that_is_gone_is_found() {
        let second = replaced(PHQ_2, "version = \"1\"", "version = \"2\"");
        let found = found(&both_versions(&second)[3..]);
        assert!(found.iter().any(|f| f.contains("version 1 is gone")), "{found:#?}");
    }

    #[test]
    fn a_wording_that_is_gone_is_found() {
        let found = found(&[("phq-2/1.toml", PHQ_2), ("phq-2/1.en.toml", PHQ_2_EN)]);
        assert!(found.iter().any(|f| f.contains("es: this published wording is gone")), "{found:#?}");
    }
}
