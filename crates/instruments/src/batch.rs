//! Scoring line by line: one line of answers in, one line of JSON out. Reading files, chunks and threads are left to the
//! program; the meaning of every key is in `docs/scoring.md`.
//!
//! A line that cannot be scored gives a line that says which field is wrong and what would be right; it never quotes the
//! answer itself.

mod read;
mod write;

use crate::{
    Answer, Context, GOAL_MAX, Instrument, ItemKind, ScaleMethod, ScaleRole, Scorer, Sex, VISUAL_ANALOGUE_MAX, WRITTEN,
};

/// Why a line, or a setting, cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct FieldError {
    /// The field: `answers[2]`, `context.sex`.
    pub field: String,
    /// What is wrong and what would be right.
    pub reason: String,
}

impl FieldError {
    fn new(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { field: field.into(), reason: reason.into() }
    }
}

/// How a line fared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// It was scored (which includes: found to be incomplete).
    Scored,
    /// It could not be read; the output says why.
    Refused,
}

/// How to score the lines of one instrument; shared by all threads.
#[derive(Debug)]
pub struct Batch<'a> {
    instrument: &'a Instrument,
    /// Positions of the items that make up a sheet, in order …
    sheet: Vec<usize>,
    /// … and of those that may follow them, or be given by name in the context.
    named: Vec<(&'a str, usize)>,
    known: Known,
    /// Per item, the values below 64 that are stored just as they are given, one bit each: most answers need no more.
    plain: Vec<u64>,
    keys: write::Keys,
}

/// What is known of the person beside the answers.
#[derive(Clone, Debug, Default)]
struct Known {
    person: Context,
    /// Answers that were given by name, by the item's position.
    answers: Vec<(usize, Option<Answer>)>,
}

impl<'a> Batch<'a> {
    /// Prepares scoring under the name the instrument was asked for by. Refused where the library has no scoring key.
    ///
    /// ```
    /// use instruments::{Batch, Library};
    /// let library = Library::embedded()?;
    /// let batch = Batch::new("k6", library.current("k6").expect("ships"))?;
    /// let mut out = Vec::new();
    /// batch.worker().json(1, br#"{"id": "a", "answers": [3, 2, 2, 2, 2, 2]}"#, &mut out);
    /// let out = String::from_utf8(out)?;
    /// assert!(out.starts_with(r#"{"id":"a","instrument":"k6","version":"1","state":"valid","total":13,"#), "{out}");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(name: &str, instrument: &'a Instrument) -> Result<Self, FieldError> {
        if instrument.scales.iter().any(|scale| scale.method == ScaleMethod::Licensed) {
            let reason = "its scoring key belongs to its holder and is not in the library; it is listed, not scored";
            return Err(FieldError::new(instrument.id.clone(), reason));
        }
        let positions = || instrument.items.iter().enumerate();
        Ok(Self {
            instrument,
            sheet: positions().filter(|(_, item)| item.context.is_none()).map(|(index, _)| index).collect(),
            named: positions().filter_map(|(index, item)| Some((item.context.as_deref()?, index))).collect(),
            known: Known::default(),
            plain: instrument.items.iter().map(|item| plain(&item.kind)).collect(),
            keys: write::Keys::new(name, instrument),
        })
    }

    /// The instrument.
    pub fn instrument(&self) -> &'a Instrument {
        self.instrument
    }

    /// Sets what holds for every line that does not say otherwise: `sex=female,age=34,exposure=1`.
    pub fn context(mut self, text: &str) -> Result<Self, FieldError> {
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (key, value) = part.split_once('=').ok_or_else(|| {
                FieldError::new("context", "is written key=value, several with a comma: sex=female,age=34")
            })?;
            let mut known = std::mem::take(&mut self.known);
            let put = self.put(&mut known, key.trim(), Given::Text(value.trim()));
            self.known = known;
            put?;
        }
        Ok(self)
    }

    /// Buffers for one thread.
    pub fn worker(&self) -> Worker<'_> {
        Worker {
            batch: self,
            scorer: Scorer::new(self.instrument),
            answers: Vec::with_capacity(self.instrument.items.len()),
            settled: Vec::with_capacity(self.instrument.items.len()),
            known: Known::default(),
        }
    }

    /// Takes one key of a context.
    fn put(&self, known: &mut Known, key: &str, given: Given<'_>) -> Result<(), FieldError> {
        let field = || format!("context.{key}");
        match key {
            "sex" => {
                known.person.sex = match given {
                    Given::Nothing => None,
                    Given::Text(text) => match text.to_ascii_lowercase().as_str() {
                        "f" | "female" => Some(Sex::Female),
                        "m" | "male" => Some(Sex::Male),
                        "" | "null" => None,
                        _ => return Err(FieldError::new(field(), "is F, M, female or male")),
                    },
                    _ => return Err(FieldError::new(field(), "is F, M, female or male")),
                };
                Ok(())
            }
            "age" => {
                let age = match given {
                    Given::Nothing => None,
                    Given::Whole(age) => Some(age as f64),
                    Given::Fraction(age) => Some(age),
                    Given::Text(text) if text.is_empty() || text.eq_ignore_ascii_case("null") => None,
                    Given::Text(text) => text.parse().ok(),
                    Given::Truth(_) => Some(f64::NAN),
                };
                let said = !matches!(given, Given::Nothing) && !matches!(given, Given::Text("" | "null"));
                if (said && age.is_none()) || age.is_some_and(|age| !(0.0..=150.0).contains(&age)) {
                    return Err(FieldError::new(field(), "is the age in years"));
                }
                known.person.age = age;
                Ok(())
            }
            _ => {
                let item =
                    self.named.iter().find(|(name, index)| *name == key || self.instrument.items[*index].id == key);
                let Some(&(_, index)) = item else {
                    let mut keys: Vec<&str> = vec!["sex", "age"];
                    keys.extend(self.named.iter().map(|(name, _)| *name));
                    return Err(FieldError::new(field(), format!("is not known here; there are {}", keys.join(", "))));
                };
                let answer = self.answer(index, given).map_err(|reason| FieldError::new(field(), reason))?;
                known.answers.retain(|(other, _)| *other != index);
                known.answers.push((index, answer));
                Ok(())
            }
        }
    }

    /// An answer as the item stores it. The reason names what is offered, never what was given.
    fn answer(&self, index: usize, given: Given<'_>) -> Result<Option<Answer>, String> {
        let item = &self.instrument.items[index];
        let value = match (&item.kind, given) {
            (_, Given::Nothing) => return Ok(None),
            (ItemKind::VisualAnalogue { .. }, given) => match given.number() {
                Some(number) => tenths(number),
                None => None,
            },
            (_, given) => {
                given.number().filter(|number| number.fract() == 0.0 && number.abs() < 1e15).map(|n| n as i64)
            }
        };
        // A slot that is not scored is ignored whatever stands in it.
        let scored = self.keys.is_used(index);
        match value {
            Some(value) if item.offers(value) => Ok(Some(Answer::Value(value))),
            _ if !scored => Ok(None),
            _ => Err(match &item.kind {
                ItemKind::VisualAnalogue { .. } => {
                    "is not a mark from 0.0 to 10.0 with one decimal, or null".to_owned()
                }
                ItemKind::Number { min, max } => format!("is not a whole number from {min} to {max}, or null"),
                ItemKind::Goal => format!("is not a whole number from 0 to {GOAL_MAX}, or null"),
                ItemKind::Words => "is not 1 for something that was written, or null".to_owned(),
                ItemKind::Choice(options) => {
                    let values: Vec<String> = options.iter().map(|option| option.value.to_string()).collect();
                    format!("is not one of {}, or null", values.join(", "))
                }
            }),
        }
    }
}

/// The values that are stored as they are given, as bits; none on a line, where tenths are stored.
fn plain(kind: &ItemKind) -> u64 {
    let bit = |value: i64| if (0..64).contains(&value) { 1 << value } else { 0 };
    match kind {
        ItemKind::Choice(options) => options.iter().fold(0, |bits, option| bits | bit(option.value)),
        ItemKind::Number { min, max } => (*min.max(&0)..=*max.min(&63)).fold(0, |bits, value| bits | bit(value)),
        ItemKind::Goal => (0..=GOAL_MAX).fold(0, |bits, value| bits | bit(value)),
        ItemKind::Words => bit(WRITTEN),
        ItemKind::VisualAnalogue { .. } => 0,
    }
}

/// Tenths of a line, from a mark given in its unit.
fn tenths(mark: f64) -> Option<i64> {
    let tenths = (mark * 10.0).round();
    let fits = (tenths - mark * 10.0).abs() < 1e-6 && (0.0..=VISUAL_ANALOGUE_MAX as f64).contains(&tenths);
    fits.then_some(tenths as i64)
}

/// The score of a mark measured on a line of any length: `round half up (10 × position ÷ length, 1)`, as tenths; a mark
/// beyond an end counts as the end. `None` without a length.
///
/// ```
/// use instruments::mark_on_line;
/// assert_eq!(mark_on_line(63.4, 100.0), Some(63));
/// assert_eq!(mark_on_line(-3.0, 600.0), Some(0));
/// assert_eq!(mark_on_line(1.0, 0.0), None);
/// ```
pub fn mark_on_line(position: f64, length: f64) -> Option<i64> {
    let share = position / length;
    (length > 0.0 && share.is_finite()).then(|| (100.0 * share.clamp(0.0, 1.0) + 0.5 + 1e-9).floor() as i64)
}

/// One value as it stands in a line.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Given<'a> {
    Nothing,
    Whole(i64),
    Fraction(f64),
    Truth(bool),
    Text(&'a str),
}

impl Given<'_> {
    fn number(self) -> Option<f64> {
        match self {
            Self::Nothing => None,
            Self::Whole(number) => Some(number as f64),
            Self::Fraction(number) => Some(number),
            Self::Truth(truth) => Some(f64::from(u8::from(truth))),
            Self::Text(text) => match text {
                _ if text.eq_ignore_ascii_case("true") => Some(1.0),
                _ if text.eq_ignore_ascii_case("false") => Some(0.0),
                _ => text.parse().ok().filter(|number: &f64| number.is_finite()),
            },
        }
    }
}

/// Scores lines with buffers of its own.
#[derive(Debug)]
pub struct Worker<'b> {
    batch: &'b Batch<'b>,
    scorer: Scorer<'b>,
    answers: Vec<Option<Answer>>,
    settled: Vec<crate::scoring::Settled>,
    known: Known,
}

impl Worker<'_> {
    /// Scores one line of JSON and appends one line to `out`. `number` is the line's number, for what is said about it.
    pub fn json(&mut self, number: u64, line: &[u8], out: &mut Vec<u8>) -> Line {
        self.begin();
        let (id, read) = self.read_json(line);
        self.finish(number, id, read, out)
    }

    /// Scores one record of a table: the cells' meaning comes from [`Batch::columns`].
    pub fn record<'c>(
        &mut self,
        number: u64,
        columns: &[Column],
        cells: impl Iterator<Item = &'c str>,
        out: &mut Vec<u8>,
    ) -> Line {
        self.begin();
        let (id, read) = self.read_record(columns, cells);
        self.finish(number, id.as_deref(), read, out)
    }

    /// Says of a line that it is longer than `most` bytes.
    pub fn too_long(&mut self, number: u64, most: usize, out: &mut Vec<u8>) {
        write::refused(number, None, &FieldError::new("line", format!("is longer than {most} bytes")), out);
    }

    fn begin(&mut self) {
        self.answers.clear();
        self.answers.resize(self.batch.instrument.items.len(), None);
        self.known.person = self.batch.known.person;
        self.known.answers.clear();
        self.known.answers.extend_from_slice(&self.batch.known.answers);
    }

    fn finish(&mut self, number: u64, id: Option<&str>, read: Result<(), FieldError>, out: &mut Vec<u8>) -> Line {
        if let Err(error) = read {
            write::refused(number, id, &error, out);
            return Line::Refused;
        }
        for &(index, answer) in &self.known.answers {
            if self.answers[index].is_none() {
                self.answers[index] = answer;
            }
        }
        let outcome = self.scorer.score(&self.answers, &self.known.person).settled(&mut self.settled);
        self.batch.keys.write(self.batch.instrument, id, &outcome, &self.answers, out);
        Line::Scored
    }
}

/// What a column of a table holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Column {
    /// The line's id.
    Id,
    /// The answer to the item at this position.
    Item(usize),
    /// All answers as a JSON list.
    Answers,
    /// A key of the context.
    Context(String),
}

impl Batch<'_> {
    /// Reads the head of a table: `id`, the items by id (`1` or with letters before it: `q1`, `item_1`) or one column
    /// `answers` with a JSON list, and keys of the context (`sex` or `context.sex`).
    pub fn columns<'h>(&self, head: impl Iterator<Item = &'h str>) -> Result<Vec<Column>, FieldError> {
        let item = |name: &str| self.instrument.items.iter().position(|item| item.id == name);
        let mut columns: Vec<Column> = Vec::new();
        for name in head {
            let name = name.trim().trim_start_matches('\u{feff}').trim_matches('"');
            let key = name.strip_prefix("context.").unwrap_or(name);
            let bare =
                name.trim_start_matches(|c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '.' | '-' | '#' | ' '));
            let column = if name.eq_ignore_ascii_case("id") {
                Column::Id
            } else if name.eq_ignore_ascii_case("answers") {
                Column::Answers
            } else if matches!(key, "sex" | "age") || self.named.iter().any(|(named, _)| *named == key) {
                Column::Context(key.to_owned())
            } else if let Some(index) = item(name).or_else(|| item(bare)) {
                Column::Item(index)
            } else {
                let reason =
                    "is neither id, answers, an item's id nor a key of the context; rename or remove the column";
                return Err(FieldError::new(format!("column {name}"), reason));
            };
            if columns.contains(&column) {
                return Err(FieldError::new(format!("column {name}"), "is there twice; remove one"));
            }
            columns.push(column);
        }
        if !columns.iter().any(|column| matches!(column, Column::Item(_) | Column::Answers)) {
            return Err(FieldError::new("columns", "none of them holds answers; name them by the items' ids"));
        }
        Ok(columns)
    }
}

/// Whether the instrument has one score that stands for the whole.
fn has_total(instrument: &Instrument) -> bool {
    instrument.scales.first().is_some_and(|scale| scale.role == ScaleRole::Total)
}
