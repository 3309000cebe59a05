//! The list of what may help where a domain of the support check is low: as it ships, and as a practice changes it, in versions.

use crate::access::require;
use crate::{Context, Error, Problem, Result, audit, staff};
use care::Language;
use care::access::{Action, Viewer};
use care::support::{Domain, MOST, Suggestion, SuggestionList, Unfit, parts};
use std::sync::LazyLock;
use store::{Read, Tx};

/// The suggestions that ship.
const SHIPPED: &str = include_str!("../../data/support_suggestions.toml");

#[derive(serde::Deserialize)]
struct File {
    suggestion: Vec<Entry>,
}

#[derive(serde::Deserialize)]
struct Entry {
    domain: Domain,
    en: String,
    es: String,
    source: String,
}

static FILE: LazyLock<File> =
    LazyLock::new(|| toml::from_str(SHIPPED).expect("the suggestions that ship are well-formed: a test reads them"));

/// The list a practice starts with.
pub fn shipped() -> SuggestionList {
    let said = |language| {
        FILE.suggestion.iter().map(move |one| Suggestion {
            domain: one.domain,
            language,
            text: if language == Language::En { one.en.clone() } else { one.es.clone() },
            source: one.source.clone(),
        })
    };
    SuggestionList {
        version: 0,
        suggestions: Language::ALL.iter().flat_map(|language| said(*language)).collect(),
        why: String::new(),
        saved_at: None,
        saved_by: None,
    }
}

/// The list in use.
pub async fn list(read: &mut Read) -> Result<SuggestionList> {
    Ok(store::support::current(read).await?.unwrap_or_else(shipped))
}

/// A changed list: of each domain and language one suggestion a line, `words | source`.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// The lines.
    pub lines: Vec<(Domain, Language, String)>,
    /// Why.
    pub why: String,
    /// The version the change was made from.
    pub from: i64,
}

/// A line that is no suggestion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// Of which domain.
    pub domain: Domain,
    /// In which language.
    pub language: Language,
    /// Which line, from 1.
    pub number: usize,
    /// What stands there.
    pub text: String,
    /// What is wrong with it.
    pub unfit: Unfit,
}

fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(text.lines().map(str::trim)).filter(|(_, line)| !line.is_empty())
}

/// Every line that is no suggestion.
pub fn bad_lines(draft: &Draft) -> Vec<BadLine> {
    let mut bad = Vec::new();
    for (domain, language, text) in &draft.lines {
        for (number, line) in lines(text) {
            if let Err(unfit) = parts(line) {
                bad.push(BadLine { domain: *domain, language: *language, number, text: line.to_owned(), unfit });
            }
        }
    }
    bad
}

fn suggestions(draft: &Draft) -> Vec<Suggestion> {
    let mut all: Vec<Suggestion> = Vec::new();
    for (domain, language, text) in &draft.lines {
        for (text, source) in lines(text).filter_map(|(_, line)| parts(line).ok()) {
            let one =
                Suggestion { domain: *domain, language: *language, text: text.to_owned(), source: source.to_owned() };
            if !all.contains(&one) {
                all.push(one);
            }
        }
    }
    all
}

/// Puts a changed list into force. A domain may be left without suggestions.
pub async fn save(tx: &mut Tx, ctx: &Context, by: &Viewer, draft: &Draft) -> Result<()> {
    require(by, Action::Administer)?;
    let mut problems = Vec::new();
    let mut wrong = |field: &str, key| problems.push(Problem { field: field.to_owned(), key });
    if !bad_lines(draft).is_empty() {
        wrong("suggestions", "wrong-choose");
    }
    if draft.lines.iter().any(|(_, _, text)| lines(text).count() > MOST) {
        wrong("suggestions", "wrong-too-long");
    }
    let why = draft.why.trim();
    match why.chars().count() {
        0 => wrong("suggestions_why", "wrong-required"),
        301.. => wrong("suggestions_why", "wrong-too-long"),
        _ => {}
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let current = list(tx).await?;
    if current.version != draft.from {
        return Err(Error::Conflict);
    }
    let next = SuggestionList {
        version: current.version + 1,
        suggestions: suggestions(draft),
        why: why.to_owned(),
        saved_at: Some(ctx.now()),
        saved_by: Some(by.staff_id.clone()),
    };
    if !store::support::add_list(tx, &next).await? {
        return Err(Error::Conflict);
    }
    let version = next.version.to_string();
    tx.audit(audit::entry(ctx, &staff::actor(by), "suggestions.change", "suggestion_list", &version));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_domain_has_something_that_may_help_in_both_languages() {
        let list = shipped();
        for domain in Domain::ALL {
            for language in Language::ALL {
                let all: Vec<_> = list.of(*domain, *language).collect();
                assert!(!all.is_empty(), "{domain}");
                for one in all {
                    let line = format!("{} | {}", one.text, one.source);
                    assert_eq!(parts(&line), Ok((one.text.as_str(), one.source.as_str())), "it can be typed again");
                }
            }
        }
    }

    #[test]
    fn a_line_without_a_source_is_named() {
        let draft = Draft {
            lines: vec![
                (
                    Domain::Barriers,
                    Language::En,
                    "Change the hour. | Constructed\n\nOffer video.\n | Nowhere".to_owned(),
                ),
                (Domain::Barriers, Language::Es, format!("{} | Aquí", "x".repeat(401))),
            ],
            ..Draft::default()
        };
        let bad: Vec<_> = bad_lines(&draft).into_iter().map(|one| (one.language, one.number, one.unfit)).collect();
        let expected =
            [(Language::En, 3, Unfit::NoSource), (Language::En, 4, Unfit::NoText), (Language::Es, 1, Unfit::TooLong)];
        assert_eq!(bad, expected);
        assert_eq!(suggestions(&draft).len(), 1);
    }
}
