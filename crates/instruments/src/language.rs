//! The languages a client or a staff member may read, and a text in each of them. Which language
//! somebody gets is decided elsewhere.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::code::coded;

coded! {
    /// A language of pages, messages and instruments. The code is the `lang` attribute of HTML.
    #[derive(Default)]
    pub enum Language {
        /// English (United States).
        #[default]
        En = "en",
        /// Spanish (as used in the United States).
        Es = "es",
    }
}

/// One text in one or more languages; English is always there after an instrument was read.
///
/// In a file it is a table (`{ en = "Mild", es = "Leve" }`) or, when all languages share it (a name
/// such as `"PHQ-9"`), a plain string.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Wording", into = "Wording")]
pub struct Text(BTreeMap<Language, String>);

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Wording {
    Shared(String),
    PerLanguage(BTreeMap<Language, String>),
}

impl Text {
    /// A text in both languages.
    pub fn new(english: impl Into<String>, spanish: impl Into<String>) -> Self {
        Self([(Language::En, english.into()), (Language::Es, spanish.into())].into())
    }

    /// The wording in this language, or the English one where it is not translated, or `""`.
    ///
    /// ```
    /// use instruments::{Language, Text};
    /// assert_eq!(Text::new("Mild", "Leve").get(Language::Es), "Leve");
    /// assert_eq!(Text::from("PHQ-9").get(Language::Es), "PHQ-9");
    /// ```
    pub fn get(&self, language: Language) -> &str {
        self.exactly(language).or_else(|| self.exactly(Language::En)).unwrap_or_default()
    }

    /// Puts in the wording of one language.
    pub(crate) fn put(&mut self, language: Language, text: String) {
        self.0.insert(language, text);
    }

    /// Whether there is no wording at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The wording in this language only.
    pub fn exactly(&self, language: Language) -> Option<&str> {
        self.0.get(&language).map(String::as_str)
    }
}

impl From<&str> for Text {
    /// The same wording in every language.
    fn from(text: &str) -> Self {
        Self(Language::ALL.iter().map(|&language| (language, text.to_owned())).collect())
    }
}

impl From<Wording> for Text {
    fn from(wording: Wording) -> Self {
        match wording {
            Wording::Shared(text) => Self::from(text.as_str()),
            Wording::PerLanguage(texts) => Self(texts),
        }
    }
}

impl From<Text> for Wording {
    fn from(text: Text) -> Self {
        Self::PerLanguage(text.0)
    }
}
