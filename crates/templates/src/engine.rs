//! The engine: embedded templates, one ready instance per language, typed pages in, text out.
//!
//! There is one `tera::Tera` per language because components have an isolated context: a function that already knows
//! its language works the same in a page, a component and a mail.

use std::fmt;
use std::sync::Arc;

use fluent_bundle::FluentArgs;
use serde::Serialize;
use tera::{Context, Kwargs, State, Tera, Value};

use crate::{Language, assets, embedded, mail, text, words::Words};

/// A page: its fields are the template's variables.
///
/// `samples` are complete examples (the unusual states included); the tests render each of them in every language,
/// and the gallery example writes them to disk to be looked at.
pub trait Page: Serialize {
    /// Path of the template below `templates/`, e.g. `client/landing.html`.
    const TEMPLATE: &'static str;
    /// Examples that together show every branch of the template.
    fn samples() -> Vec<Self>
    where
        Self: Sized;
}

/// What can go wrong between a struct and its text. No message quotes the value of a field.
#[derive(thiserror::Error)]
pub enum Error {
    /// A template does not parse or names something unknown: the build is broken.
    #[error("the embedded templates do not load: {0}")]
    Load(String),
    /// A file of words does not parse or defines a message twice: the build is broken.
    #[error("templates/{file} does not load: {detail}")]
    Locale {
        /// The file below `templates/`.
        file: &'static str,
        /// What the parser says.
        detail: String,
    },
    /// A message is missing in a language, or lacks a variable.
    #[error("message '{key}' in language '{}': {reason}", language.as_str())]
    Words {
        /// The message.
        key: String,
        /// The language.
        language: Language,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A template failed on a page's data.
    #[error("template '{template}' could not be rendered")]
    Render {
        /// The template.
        template: String,
        /// The engine's explanation. It may quote values of the page, so it is for tests and never for a log.
        detail: Detail,
    },
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        match self {
            // Samples hold no real person's data, and a developer needs the line.
            Self::Render { detail, .. } if cfg!(test) => write!(f, ": {}", detail.0),
            _ => Ok(()),
        }
    }
}

/// An explanation that may quote a page's values; it has neither `Debug` nor `Display`.
pub struct Detail(String);

impl Detail {
    /// The text, for a test or a developer's own eyes.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Every template and every word, parsed once.
pub struct Templates {
    engines: Vec<(Language, Tera)>,
    words: Vec<(Language, Arc<Words>)>,
}

impl Templates {
    /// Parses the embedded folder in every language (about ten milliseconds; keep the value).
    pub fn new() -> Result<Self, Error> {
        let (mut engines, mut words) = (Vec::new(), Vec::new());
        for &language in Language::ALL {
            let own = Arc::new(Words::load(language)?);
            engines.push((language, engine(language, own.clone())?));
            words.push((language, own));
        }
        Ok(Self { engines, words })
    }

    /// The finished HTML of a page.
    pub fn render<P: Page>(&self, page: &P, language: Language) -> Result<String, Error> {
        self.render_template(P::TEMPLATE, page, language)
    }

    /// The finished subject, plain text and HTML of a mail.
    pub fn mail<M: mail::Mail>(&self, mail: &M, language: Language) -> Result<mail::Rendered, Error> {
        let part = |file| self.render_template(&format!("{}/{file}", M::FOLDER), mail, language);
        Ok(mail::Rendered {
            subject: part("subject.txt")?.trim().to_owned(),
            text: part("body.txt")?.trim_start().to_owned(),
            html: part("body.html")?,
        })
    }

    /// The finished text message, in the GSM-7 alphabet.
    pub fn text<T: text::Text>(&self, text: &T, language: Language) -> Result<String, Error> {
        let said = self.render_template(T::TEMPLATE, text, language)?;
        Ok(text::gsm7::fold(said.trim()))
    }

    /// A message without variables, where the language has it: for codes that may be newer than the words.
    pub fn said(&self, key: &str, language: Language) -> Option<String> {
        let (_, words) = self.words.iter().find(|(known, _)| *known == language)?;
        words.say(key, &FluentArgs::new()).ok()
    }

    /// The words of a language, for what is said without a template.
    pub(crate) fn words(&self, language: Language) -> &Words {
        let found = self.words.iter().find(|(known, _)| *known == language);
        &found.expect("every language has its words").1
    }

    /// The variables a template reads from its page, for the test that compares them with the page's fields.
    pub fn variables(&self, template: &str) -> Vec<&str> {
        let mut names: Vec<&str> = self
            .tera(Language::En)
            .get_template_variables(template)
            .map(|names| names.into_iter().collect())
            .unwrap_or_default();
        names.sort_unstable();
        names
    }

    fn render_template(&self, template: &str, data: &impl Serialize, language: Language) -> Result<String, Error> {
        let fail = |error: tera::Error| Error::Render { template: template.to_owned(), detail: Detail(chain(&error)) };
        let context = Context::from_serialize(data).map_err(fail)?;
        self.tera(language).render(template, &context).map_err(fail)
    }

    fn tera(&self, language: Language) -> &Tera {
        let found = self.engines.iter().find(|(known, _)| *known == language);
        &found.expect("every language has an engine").1
    }
}

/// One engine whose functions speak `language`.
fn engine(language: Language, words: Arc<Words>) -> Result<Tera, Error> {
    let mut tera = Tera::new();
    // Functions first: a template that calls an unknown one is refused when it is added.
    tera.register_function("t", move |kwargs: Kwargs, _: &State| say(&words, &kwargs));
    tera.register_function("lang", move |_: Kwargs, _: &State| language.as_str());
    tera.register_function("asset", |kwargs: Kwargs, _: &State| -> tera::TeraResult<String> {
        let name = kwargs.must_get::<&str>("name")?;
        assets::asset_path(name)
            .map(str::to_owned)
            .ok_or_else(|| tera::Error::message(format!("there is no file templates/assets/{name}")))
    });
    let sources = ["client", "staff", "mail", "text"]
        .into_iter()
        .flat_map(embedded::files)
        .filter_map(|file| Some((embedded::name(file), embedded::text(file)?)))
        .filter(|(name, _)| has_extension(name, "html") || has_extension(name, "txt"));
    tera.add_raw_templates(sources).map_err(|error| Error::Load(chain(&error)))?;
    Ok(tera)
}

fn has_extension(name: &str, extension: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, found)| found == extension)
}

/// `{{ t(key="…", n=3, name="…") }}`: every argument but the key is a variable of the message.
fn say(words: &Words, kwargs: &Kwargs) -> tera::TeraResult<String> {
    let key = kwargs.must_get::<&str>("key")?;
    let mut args = FluentArgs::new();
    for (name, value) in kwargs.iter() {
        let name = name.as_str().unwrap_or_default();
        if name != "key" {
            set(&mut args, name, value);
        }
    }
    words.say(key, &args).map_err(|error| tera::Error::message(error.to_string()))
}

fn set(args: &mut FluentArgs<'_>, name: &str, value: &Value) {
    if let Some(text) = value.as_str() {
        args.set(name.to_owned(), text.to_owned());
    } else if let Some(number) = value.as_f64().or_else(|| value.as_i64().map(|n| n as f64)) {
        args.set(name.to_owned(), number);
    }
    // Anything else stays unset and the message reports its missing variable.
}

/// The engine's message with its causes, which is where the line number is.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}
