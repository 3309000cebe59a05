//! Checks of a whole library beyond what reading a file already refuses: worked examples come out as
//! written, published versions are unchanged, shared questions are the same question everywhere.

use std::{collections::BTreeMap, fmt};

use crate::{Answers, Completeness, Instrument, ItemKind, Library, RiskLevel, ScoreState, library, risks, score};

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
    // A list that cannot be read lists nothing, and every version is then reported.
    let published: Published = toml::from_str(library::published()).unwrap_or_default();
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
        let hash = published.get(&instrument.id).and_then(|versions| versions.get(&instrument.version));
        unchanged(instrument, hash, &mut report);
        if library.current(&instrument.id).is_some_and(|newest| newest.version == instrument.version) {
            kept(instrument, library, &published, &mut report);
        }
    }
    findings
}

/// Hash by version by instrument id.
type Published = BTreeMap<String, BTreeMap<String, String>>;

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
        let scores = score(instrument, &answers);
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
    for scale in &instrument.scales {
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
        let same_question = instrument.stem == other.stem && item.text == twin.text;
        let same_options = match (&item.kind, &twin.kind) {
            (ItemKind::Choice(own), ItemKind::Choice(others)) => own == others,
            _ => false,
        };
        if !(same_question && same_options) {
            report(place, "stem, wording or options differ from that item's".to_owned());
        }
    }
}

/// A published version is never taken away: answers given to it must stay readable.
fn kept(instrument: &Instrument, library: &Library, published: &Published, report: &mut Report<'_>) {
    let versions = published.get(&instrument.id).into_iter().flat_map(BTreeMap::keys);
    for version in versions.filter(|version| library.get(&instrument.id, version).is_none()) {
        report("published.toml".to_owned(), format!("the published version {version} is gone; bring its file back"));
    }
}

/// A published version never changes.
fn unchanged(instrument: &Instrument, published: Option<&String>, report: &mut Report<'_>) {
    let hash = &instrument.content_hash;
    match published {
        Some(published) if published == hash => {}
        Some(_) => report(
            "published.toml".to_owned(),
            "wording, order or scoring of this published version changed; restore it and make the \
             change in a new version"
                .to_owned(),
        ),
        None => report(
            "published.toml".to_owned(),
            format!("not listed yet; add [{}] {} = \"{hash}\"", instrument.id, instrument.version),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{Library, check};

    const PHQ_2: &str = include_str!("../../../instruments/phq-2/1.toml");
    const PHQ_9: &str = include_str!("../../../instruments/phq-9/1.toml");

    fn findings(phq_2: &str) -> Vec<String> {
        let library =
            Library::parse([("phq-2/1.toml", phq_2), ("phq-9/1.toml", PHQ_9)]).expect("both files can be read");
        check(&library).iter().map(ToString::to_string).collect()
    }

    fn changed(from: &str, to: &str) -> String {
        assert!(PHQ_2.contains(from), "{from}");
        PHQ_2.replacen(from, to, 1)
    }

    #[test]
    fn the_files_as_they_ship_have_no_findings() {
        assert_eq!(findings(PHQ_2), [""; 0]);
    }

    #[test]
    fn a_changed_wording_is_found_twice() {
        let found = findings(&changed("Little interest", "Less interest"));
        assert_eq!(found.len(), 2, "{found:#?}");
        assert!(found[0].starts_with("phq-2/1.toml: item[1].same_as:"), "{found:#?}");
        assert!(found[1].contains("make the change in a new version"), "{found:#?}");
    }

    #[test]
    fn a_wrong_example_is_found_with_both_figures() {
        let found = findings(&changed("value = 6", "value = 5"));
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(found[0].contains("expected valid, value 5"), "{found:#?}");
        assert!(found[0].contains("got valid, value 6"), "{found:#?}");
    }

    #[test]
    fn an_unpublished_version_is_told_its_hash() {
        let second = changed("version = \"1\"", "version = \"2\"");
        let files = [("phq-2/1.toml", PHQ_2), ("phq-2/2.toml", second.as_str()), ("phq-9/1.toml", PHQ_9)];
        let library = Library::parse(files).expect("all files can be read");
        let hash = &library.current("phq-2").expect("given").content_hash;
        let found = check(&library);
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(found[0].reason.contains(hash.as_str()), "{found:#?}");
    }

    #[test]
    fn a_published_version_that_is_gone_is_found() {
        let second = changed("version = \"1\"", "version = \"2\"");
        let library = Library::parse([("phq-2/2.toml", second.as_str()), ("phq-9/1.toml", PHQ_9)])
            .expect("both files can be read");
        let found = check(&library);
        assert!(found.iter().any(|f| f.reason.contains("version 1 is gone")), "{found:#?}");
    }
}
