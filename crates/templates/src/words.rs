//! The words: Fluent files in `templates/locales/`, one per language and audience (`en.ftl`, `en-staff.ftl`).
//!
//! A message that is missing, or a variable that is not given, is an error and not a blank: the tests render every
//! page in every language, so a translator's slip is found before a client sees it.

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};
use unic_langid::LanguageIdentifier;

use crate::{Error, Language, embedded};

/// All messages of one language.
pub(crate) struct Words {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

impl Words {
    /// Reads every file of `language`; two files may not define the same message.
    pub(crate) fn load(language: Language) -> Result<Self, Error> {
        let id: LanguageIdentifier = language.as_str().parse().expect("language codes are valid BCP 47");
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        // The invisible direction marks around variables would cost a text message its GSM-7 alphabet.
        bundle.set_use_isolating(false);
        for file in embedded::files("locales") {
            let name = embedded::name(file);
            if !belongs(name, language) {
                continue;
            }
            let locale_error = |detail: String| Error::Locale { file: name, detail };
            let source = embedded::text(file).ok_or_else(|| locale_error("not UTF-8".into()))?;
            let resource = FluentResource::try_new(source.to_owned())
                .map_err(|(_, errors)| locale_error(format!("{errors:?}")))?;
            bundle.add_resource(resource).map_err(|errors| locale_error(format!("{errors:?}")))?;
        }
        Ok(Self { language, bundle })
    }

    /// The message `key` with its variables filled in.
    pub(crate) fn say(&self, key: &str, args: &FluentArgs<'_>) -> Result<String, Error> {
        let fail = |reason| Error::Words { key: key.to_owned(), language: self.language, reason };
        let pattern = self.bundle.get_message(key).and_then(|m| m.value()).ok_or_else(|| fail("no such message"))?;
        let mut errors = Vec::new();
        let said = self.bundle.format_pattern(pattern, Some(args), &mut errors).into_owned();
        if errors.is_empty() { Ok(said) } else { Err(fail("a variable of the message was not given")) }
    }
}

/// Whether `locales/es-staff.ftl` is a file of Spanish.
fn belongs(name: &str, language: Language) -> bool {
    name.rsplit('/')
        .next()
        .and_then(|file| file.strip_suffix(".ftl"))
        .is_some_and(|stem| stem.split('-').next() == Some(language.as_str()))
}
