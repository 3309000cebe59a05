//! The collection of instruments: the embedded folder, or any other set of files. Reading a file is
//! left to `file`, checks that need the whole collection to [`crate::check`].

use std::{borrow::Cow, collections::BTreeMap, fmt, sync::Arc};

use include_dir::{Dir, File, include_dir};

use crate::{
    Context, Instrument,
    file::{self, Place},
};

static FOLDER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../instruments");

/// Every instrument in every version.
#[derive(Clone, Debug)]
pub struct Library {
    /// By id; versions ascending, never empty.
    by_id: BTreeMap<String, Vec<Arc<Instrument>>>,
}

impl Library {
    /// The instruments that ship with the program.
    pub fn embedded() -> Result<Self, LibraryError> {
        Self::parse(embedded_files())
    }

    /// One of the instruments that ship, in all its versions: for a command that needs no other. `None` where no folder has
    /// this name (an alias is found in the whole library only).
    ///
    /// ```
    /// use instruments::Library;
    /// let alone = Library::embedded_one("phq-9").expect("ships with the library")?;
    /// assert_eq!(alone.ids().collect::<Vec<_>>(), ["phq-9"]);
    /// assert!(Library::embedded_one("wellbeing").is_none());
    /// # Ok::<(), instruments::LibraryError>(())
    /// ```
    pub fn embedded_one(id: &str) -> Option<Result<Self, LibraryError>> {
        let folder = FOLDER.dirs().find(|folder| folder.path().to_str() == Some(id))?;
        Some(Self::parse(folder.files().map(embedded_file)))
    }

    /// Reads instrument files given as (path, content). A path is `<id>/<version>.toml`.
    ///
    /// ```
    /// use instruments::Library;
    /// let error = Library::parse([("phq-9/1.toml", "format = 2\nid = 9")]).expect_err("wrong type");
    /// let text = error.to_string();
    /// assert!(text.starts_with("phq-9/1.toml:") && text.contains("id = 9"), "{text}");
    /// ```
    pub fn parse<P: AsRef<str>, S: AsRef<str>>(files: impl IntoIterator<Item = (P, S)>) -> Result<Self, LibraryError> {
        let files: Vec<(P, S)> = files.into_iter().collect();
        let mut problems = Vec::new();
        let mut by_id: BTreeMap<String, Vec<Arc<Instrument>>> = BTreeMap::new();
        let mut wordings: BTreeMap<String, Vec<(&str, &str, &str)>> = BTreeMap::new();
        for (path, content) in &files {
            if let Place::Wording(version, language) = file::place(path.as_ref()) {
                wordings.entry(version).or_default().push((path.as_ref(), language, content.as_ref()));
            }
        }
        for (path, content) in &files {
            if matches!(file::place(path.as_ref()), Place::Wording(..)) {
                continue;
            }
            let own = wordings.get(path.as_ref()).map_or(&[][..], Vec::as_slice);
            match file::read(path.as_ref(), content.as_ref(), own) {
                Ok(instrument) => {
                    let versions = by_id.entry(instrument.id.clone()).or_default();
                    if versions.iter().any(|other| other.version == instrument.version) {
                        problems.push(Problem::at(
                            path.as_ref(),
                            "version",
                            "this version was given twice; keep one file per version",
                        ));
                    }
                    versions.push(Arc::new(instrument));
                }
                Err(found) => problems.extend(found),
            }
        }
        let alone =
            wordings.iter().filter(|(version, _)| !files.iter().any(|(path, _)| path.as_ref() == version.as_str()));
        for (path, _, _) in alone.flat_map(|(_, wordings)| wordings) {
            problems.push(Problem::at(path, "language", "the version's own file is missing beside it"));
        }
        if !problems.is_empty() {
            return Err(LibraryError { problems });
        }
        for versions in by_id.values_mut() {
            settle(versions);
        }
        Ok(Self { by_id })
    }

    /// One version of an instrument.
    pub fn get(&self, id: &str, version: &str) -> Option<&Instrument> {
        self.by_id.get(id)?.iter().map(Arc::as_ref).find(|instrument| instrument.version == version)
    }

    /// The newest version of an instrument: the one for new packets.
    pub fn current(&self, id: &str) -> Option<&Instrument> {
        self.by_id.get(id)?.last().map(Arc::as_ref)
    }

    /// The newest version of an instrument that scores of this structure can be read by.
    pub fn of_structure(&self, id: &str, structure: i64) -> Option<&Instrument> {
        self.versions(id).rev().find(|instrument| instrument.structure == structure)
    }

    /// The id of every instrument, in order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.by_id.keys().map(String::as_str)
    }

    /// Every version of one instrument, oldest first.
    pub fn versions(&self, id: &str) -> impl DoubleEndedIterator<Item = &Instrument> {
        self.by_id.get(id).into_iter().flatten().map(Arc::as_ref)
    }

    /// The library with further instruments or further versions. A version that is here already stays as it is.
    #[must_use]
    pub fn with(&self, added: impl IntoIterator<Item = Instrument>) -> Self {
        let mut library = self.clone();
        for instrument in added {
            let versions = library.by_id.entry(instrument.id.clone()).or_default();
            if !versions.iter().any(|one| one.version == instrument.version) {
                versions.push(Arc::new(instrument));
                settle(versions);
            }
        }
        library
    }

    /// The library as it reads for one person: where a published cut-off holds for their age or sex, it is the one that
    /// makes a case, in every version. The library itself where nothing is different for them.
    ///
    /// ```
    /// use instruments::{Context, Library};
    /// let library = Library::embedded()?;
    /// let at = |age| Context { age: Some(age), sex: None };
    /// let cutoff = |context| library.for_person(&context).current("ors")?.caseness().map(|cutoff| cutoff.value);
    /// assert_eq!((cutoff(at(15.0)), cutoff(at(34.0)), cutoff(Context::default())), (Some(28.0), Some(25.0), Some(25.0)));
    /// # Ok::<(), instruments::LibraryError>(())
    /// ```
    pub fn for_person(&self, context: &Context) -> Cow<'_, Self> {
        let mut library = Cow::Borrowed(self);
        for (id, versions) in &self.by_id {
            for (place, instrument) in versions.iter().enumerate() {
                if let Some(own) = instrument.for_person(context)
                    && let Some(versions) = library.to_mut().by_id.get_mut(id)
                {
                    versions[place] = Arc::new(own);
                }
            }
        }
        library
    }

    /// Every version of every instrument, by id and version.
    pub fn iter(&self) -> impl Iterator<Item = &Instrument> {
        self.by_id.values().flatten().map(Arc::as_ref)
    }
}

/// Instrument files of the embedded folder; texts beside them (the README) are not instruments.
fn embedded_files() -> impl Iterator<Item = (String, &'static str)> {
    FOLDER.dirs().flat_map(Dir::files).map(embedded_file)
}

/// Path and content. A file that is not UTF-8 reads as empty and is then reported by its path.
fn embedded_file(file: &'static File<'static>) -> (String, &'static str) {
    (file.path().display().to_string().replace('\\', "/"), file.contents_utf8().unwrap_or_default())
}

/// The list of published versions and their hashes that stands beside the instruments.
pub(crate) fn published() -> &'static str {
    FOLDER.get_file("catalogue.lock").and_then(|file| file.contents_utf8()).unwrap_or_default()
}

/// Puts the versions of an instrument in order, and says of each which structure it has: that of the one before where questions
/// and scoring are the same, else its own number.
fn settle(versions: &mut [Arc<Instrument>]) {
    versions.sort_by_key(|one| version_number(one));
    for place in 0..versions.len() {
        let own = i64::from(version_number(&versions[place]).0);
        let before = place.checked_sub(1).map(|before| &versions[before]);
        let structure = before.filter(|before| before.scores_like(&versions[place])).map_or(own, |one| one.structure);
        if versions[place].structure != structure {
            Arc::make_mut(&mut versions[place]).structure = structure;
        }
    }
}

/// A version's place among the others: `2` comes after `1.3`, the third wording that a practice supplied for version 1.
fn version_number(instrument: &Instrument) -> (u32, u32) {
    let (structure, wording) = instrument.version.split_once('.').unwrap_or((&instrument.version, "0"));
    (structure.parse().unwrap_or_default(), wording.parse().unwrap_or_default())
}

/// Instrument files that cannot be used, with everything that was found wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct LibraryError {
    /// What is wrong and where; never empty.
    pub problems: Vec<Problem>,
}

impl fmt::Display for LibraryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (line, problem) in self.problems.iter().enumerate() {
            if line > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

/// One thing wrong with one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub file: String,
    /// The key in it, e.g. `scale[total].band[mild].from`; empty when the file cannot be read at all.
    pub key: String,
    /// What is wrong and what to do about it.
    pub reason: String,
}

impl Problem {
    pub(crate) fn at(file: &str, key: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { file: file.to_owned(), key: key.into(), reason: reason.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.key.as_str() {
            "" => write!(f, "{}: {}", self.file, self.reason),
            key => write!(f, "{}: {key}: {}", self.file, self.reason),
        }
    }
}

/// The JSON Schema of an instrument file, for editors and for checks without this program.
pub const SCHEMA: &str = include_str!("../../../instruments/instrument.schema.json");
