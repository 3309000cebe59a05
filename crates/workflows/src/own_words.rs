//! A client's own words: kept sealed with the check-in, and searched for the practice's phrases in the same transaction. What is
//! found asks a person to read it before the next session; it says nothing about what is meant.

use crate::access::require;
use crate::{Context, Error, Problem, Result, audit, staff};
use care::access::{Action, Viewer};
use care::case::ReasonLevel;
use care::own_words::{AskedFor, OwnWords, PhraseList};
use care::packet::Packet;
use care::phrase::{self, Unfit};
use care::response::{Rule, SignalInputs};
use care::review::NewReason;
use care::{Language, OwnWordsId, Phi};
use std::sync::LazyLock;
use store::{Read, Tx};

/// The list that ships.
const SHIPPED: &str = include_str!("../data/risk_phrases.toml");

#[derive(serde::Deserialize)]
struct File {
    source: String,
    date: String,
    en: Vec<String>,
    es: Vec<String>,
}

static FILE: LazyLock<File> =
    LazyLock::new(|| toml::from_str(SHIPPED).expect("the list that ships is well-formed: a test reads it"));

/// The list a practice starts with.
pub fn shipped() -> PhraseList {
    PhraseList {
        version: 0,
        en: FILE.en.clone(),
        es: FILE.es.clone(),
        why: String::new(),
        saved_at: None,
        saved_by: None,
    }
}

/// Where the list that ships comes from, and when.
pub fn source() -> (&'static str, &'static str) {
    (&FILE.source, &FILE.date)
}

/// The list in use.
pub async fn list(read: &mut Read) -> Result<PhraseList> {
    Ok(store::own_words::current(read).await?.unwrap_or_else(shipped))
}

/// Keeps what was written with a check-in, beside the answers or to a question that asks for it, and gives what follows from it.
/// The same words again are nothing new.
pub(crate) async fn take(
    tx: &mut Tx,
    ctx: &Context,
    packet: &Packet,
    asked_for: Option<AskedFor>,
    text: &Phi<String>,
) -> Result<Option<NewReason>> {
    let text = text.text().trim();
    if text.is_empty() {
        return Ok(None);
    }
    let before = store::own_words::of_packet(tx, &packet.id).await?;
    if before.iter().any(|words| words.text.text() == text && words.asked_for == asked_for) {
        return Ok(None);
    }
    let list = list(tx).await?;
    let words = OwnWords {
        id: ctx.id(OwnWordsId::new),
        client_id: packet.client_id.clone(),
        episode_id: packet.episode_id.clone(),
        packet_id: packet.id.clone(),
        given_at: ctx.now(),
        asked_for,
        list_version: list.version,
        text: Phi::new(text.to_owned()),
        found: list.found(text),
    };
    store::own_words::insert(tx, &words).await?;
    if words.found.is_empty() {
        return Ok(None);
    }
    let inputs = SignalInputs {
        version: Some(list.version.to_string()),
        value: Some(words.found.len() as f64),
        ..SignalInputs::default()
    };
    Ok(Some(NewReason { rule: Rule::RiskPhrase, level: ReasonLevel::Review, inputs }))
}

/// A changed list, one phrase a line.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// In English.
    pub en: String,
    /// In Spanish.
    pub es: String,
    /// Why.
    pub why: String,
    /// The version the change was made from.
    pub from: i64,
}

/// A line that cannot be a phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// In which language's list.
    pub language: Language,
    /// Which line, from 1.
    pub number: usize,
    /// What stands there.
    pub text: String,
    /// What is wrong with it.
    pub unfit: Unfit,
}

/// Every line that cannot be a phrase.
pub fn bad_lines(draft: &Draft) -> Vec<BadLine> {
    let mut bad = Vec::new();
    for (language, text) in [(Language::En, &draft.en), (Language::Es, &draft.es)] {
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if let Err(unfit) = phrase::check(line)
                && !line.is_empty()
            {
                bad.push(BadLine { language, number, text: line.to_owned(), unfit });
            }
        }
    }
    bad
}

fn phrases(text: &str) -> Vec<String> {
    let mut phrases: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if !phrases.iter().any(|one| one.to_lowercase() == line.to_lowercase()) {
            phrases.push(line);
        }
    }
    phrases
}

/// Puts a changed list into force, from the next words on. Neither language may be left without a phrase.
pub async fn save(tx: &mut Tx, ctx: &Context, by: &Viewer, draft: &Draft) -> Result<()> {
    require(by, Action::Administer)?;
    let (en, es) = (phrases(&draft.en), phrases(&draft.es));
    let bad = bad_lines(draft);
    let mut problems = Vec::new();
    for (field, language, list) in [("phrases_en", Language::En, &en), ("phrases_es", Language::Es, &es)] {
        let key = match list.len() {
            0 => Some("wrong-required"),
            count if count > phrase::MOST => Some("wrong-too-long"),
            _ => bad.iter().any(|line| line.language == language).then_some("wrong-choose"),
        };
        problems.extend(key.map(|key| Problem { field: field.to_owned(), key }));
    }
    let why = draft.why.trim();
    if why.is_empty() {
        problems.push(Problem { field: "phrases_why".to_owned(), key: "wrong-required" });
    } else if why.chars().count() > 300 {
        problems.push(Problem { field: "phrases_why".to_owned(), key: "wrong-too-long" });
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let current = list(tx).await?;
    if current.version != draft.from {
        return Err(Error::Conflict);
    }
    let next = PhraseList {
        version: current.version + 1,
        en,
        es,
        why: why.to_owned(),
        saved_at: Some(ctx.now()),
        saved_by: Some(by.staff_id.clone()),
    };
    if !store::own_words::add_list(tx, &next).await? {
        return Err(Error::Conflict);
    }
    let entry = audit::entry(ctx, &staff::actor(by), "phrases.change", "phrase_list", &next.version.to_string());
    tx.audit(entry);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_that_ships_is_fit_in_both_languages_and_says_that_it_is_constructed() {
        let list = shipped();
        for language in Language::ALL {
            assert!(list.of(*language).len() >= 20);
            for line in list.of(*language) {
                assert_eq!(phrase::check(line), Ok(()), "{line}");
            }
        }
        assert!(source().0.contains("onstructed") && !source().1.is_empty());
    }

    #[test]
    fn a_bad_line_is_named() {
        let draft = Draft { en: "end it all\n\n die \n".into(), es: "su*cidio".into(), ..Draft::default() };
        let bad = bad_lines(&draft);
        assert_eq!(bad.len(), 2);
        assert_eq!((bad[0].language, bad[0].number, bad[0].text.as_str()), (Language::En, 3, "die"));
        assert_eq!((bad[1].language, bad[1].number, bad[1].unfit), (Language::Es, 1, Unfit::Star));
    }
}
