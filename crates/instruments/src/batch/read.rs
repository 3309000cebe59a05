//! Reading one line of JSON or one record of a table into a sheet of answers, straight from the bytes: no tree is built.

use std::{cell::RefCell, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{Batch, Column, FieldError, Given, Known, Worker};
use crate::Answer;

impl Worker<'_> {
    /// Reads a line; with the id as it stood there, where it could be read.
    pub(super) fn read_json<'l>(&mut self, line: &'l [u8]) -> (Option<&'l str>, Result<(), FieldError>) {
        let reading = Reading {
            batch: self.batch,
            answers: &mut self.answers,
            known: &mut self.known,
            id: None,
            problem: RefCell::new(None),
        };
        let mut reading = reading;
        if line.iter().all(u8::is_ascii_whitespace) {
            return (None, Err(FieldError::new("line", "is empty; give {\"id\": …, \"answers\": […]}")));
        }
        let mut json = serde_json::Deserializer::from_slice(line);
        let read = json.deserialize_map(&mut reading).and_then(|()| json.end());
        let problem = reading.problem.take();
        let id = reading.id;
        match (problem, read) {
            (Some(problem), _) => (id, Err(problem)),
            (None, Ok(())) => (id, Ok(())),
            (None, Err(error)) => {
                let reason = format!("is not a JSON object with answers (column {})", error.column());
                (id, Err(FieldError::new("line", reason)))
            }
        }
    }

    /// Reads a record; with its id as JSON.
    pub(super) fn read_record<'c>(
        &mut self,
        columns: &[Column],
        cells: impl Iterator<Item = &'c str>,
    ) -> (Option<String>, Result<(), FieldError>) {
        let mut id = None;
        let mut problem = None;
        let mut seen = 0;
        for (position, cell) in cells.enumerate() {
            seen += 1;
            let Some(column) = columns.get(position) else {
                problem =
                    Some(FieldError::new("line", format!("has more cells than the head, which has {}", columns.len())));
                break;
            };
            let cell = cell.trim();
            let empty = cell.is_empty() || cell.eq_ignore_ascii_case("null") || cell == "NA";
            let given = if empty { Given::Nothing } else { Given::Text(cell) };
            let taken = match column {
                Column::Id => {
                    id = serde_json::to_string(cell).ok();
                    Ok(())
                }
                Column::Item(index) => match self.batch.answer(*index, given) {
                    Ok(answer) => {
                        self.answers[*index] = answer;
                        Ok(())
                    }
                    Err(reason) => {
                        let item = &self.batch.instrument.items[*index].id;
                        Err(FieldError::new(format!("column {} (item {item})", position + 1), reason))
                    }
                },
                Column::Context(key) => self.batch.put(&mut self.known, key, given),
                Column::Answers => {
                    let wrapped = format!("{{\"answers\":{cell}}}");
                    self.read_json(wrapped.as_bytes()).1
                }
            };
            if let Err(error) = taken {
                problem.get_or_insert(error);
            }
        }
        if problem.is_none() && seen < columns.len() {
            problem = Some(FieldError::new("line", format!("has {seen} cells; the head has {}", columns.len())));
        }
        (id, problem.map_or(Ok(()), Err))
    }
}

struct Reading<'r, 'l> {
    batch: &'r Batch<'r>,
    answers: &'r mut Vec<Option<Answer>>,
    known: &'r mut Known,
    id: Option<&'l str>,
    problem: RefCell<Option<FieldError>>,
}

impl Reading<'_, '_> {
    /// Notes the first problem; what is returned only ends the reading.
    fn stop<E: serde::de::Error>(&self, problem: FieldError) -> E {
        self.problem.borrow_mut().get_or_insert(problem);
        E::custom("")
    }
}

impl<'l> Visitor<'l> for &mut Reading<'_, 'l> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with answers")
    }

    fn visit_map<M: MapAccess<'l>>(self, mut map: M) -> Result<(), M::Error> {
        let mut answered = false;
        while let Some(key) = map.next_key::<Key>()? {
            match key {
                Key::Id => {
                    let raw = map.next_value::<&'l RawValue>()?.get();
                    if raw.starts_with(['{', '[']) {
                        return Err(self.stop(FieldError::new("id", "is a text or a number")));
                    }
                    self.id = Some(raw);
                }
                Key::Answers => {
                    if answered {
                        return Err(self.stop(FieldError::new("answers", "is there twice")));
                    }
                    answered = true;
                    map.next_value_seed(Answers(self))?;
                }
                Key::Context => map.next_value_seed(ContextOf(self))?,
                Key::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        if answered {
            return Ok(());
        }
        Err(self.stop(FieldError::new("answers", "is missing; give a list in item order or an object by item id")))
    }
}

enum Key {
    Id,
    Answers,
    Context,
    Other,
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl Visitor<'_> for Name {
            type Value = Key;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_str<E>(self, key: &str) -> Result<Key, E> {
                Ok(match key {
                    "id" => Key::Id,
                    "answers" => Key::Answers,
                    "context" => Key::Context,
                    _ => Key::Other,
                })
            }
        }
        deserializer.deserialize_identifier(Name)
    }
}

struct Answers<'a, 'r, 'l>(&'a mut Reading<'r, 'l>);

impl<'de> DeserializeSeed<'de> for Answers<'_, '_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Answers<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list in item order or an object by item id")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<(), S::Error> {
        let Reading { batch, answers, .. } = &mut *self.0;
        let batch: &Batch<'_> = batch;
        let named = batch.named.iter().map(|(_, index)| index);
        let mut order = batch.sheet.iter().chain(named);
        let mut given = 0;
        while let Some(Cell(position, answer)) =
            list.next_element_seed(One { batch, next: order.next().copied(), given })?
        {
            match answer {
                Ok(answer) => answers[position] = answer,
                Err(problem) => return Err(self.0.stop(*problem)),
            }
            given += 1;
        }
        let (least, most) = (batch.sheet.len(), batch.sheet.len() + batch.named.len());
        if given == least || given == most {
            return Ok(());
        }
        let or = if most > least { format!(" (or {most})") } else { String::new() };
        let reason = format!(
            "has {given} entries; {} has {least} items{or}, null where one was not answered",
            batch.instrument.id
        );
        Err(self.0.stop(FieldError::new("answers", reason)))
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(key) = map.next_key::<ItemKey>()? {
            let ItemKey(key) = key;
            let batch = self.0.batch;
            let item =
                batch.instrument.items.iter().position(|item| item.id == key || item.context.as_deref() == Some(&key));
            let Some(index) = item else {
                let reason = format!("{} has no such item", batch.instrument.id);
                return Err(self.0.stop(FieldError::new(format!("answers.{key}"), reason)));
            };
            let Cell(_, answer) = map.next_value_seed(One { batch, next: Some(index), given: 0 })?;
            match answer {
                Ok(answer) => self.0.answers[index] = answer,
                Err(problem) => return Err(self.0.stop(FieldError::new(format!("answers.{key}"), problem.reason))),
            }
        }
        Ok(())
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        Err(self.0.stop(FieldError::new("answers", "is null; give a list in item order or an object by item id")))
    }
}

struct ItemKey(String);

impl<'de> Deserialize<'de> for ItemKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

/// One answer, turned into what its item stores on the way.
struct One<'b> {
    batch: &'b Batch<'b>,
    next: Option<usize>,
    given: usize,
}

/// The item's position and its answer. What is wrong is seldom, and kept small.
struct Cell(usize, Result<Option<Answer>, Box<FieldError>>);

impl One<'_> {
    #[inline]
    #[expect(clippy::unnecessary_wraps, reason = "every visit of serde returns it")]
    fn take<E: serde::de::Error>(self, given: Given<'_>) -> Result<Cell, E> {
        // Too many entries: counted here, told at the end of the list.
        let Some(index) = self.next else {
            let items = self.batch.sheet.len();
            let reason = format!("has more entries than {} has items ({items})", self.batch.instrument.id);
            return Ok(Cell(0, Err(Box::new(FieldError::new("answers", reason)))));
        };
        Ok(Cell(
            index,
            self.batch.answer(index, given).map_err(|reason| {
                let field = format!("answers[{}] (item {})", self.given, self.batch.instrument.items[index].id);
                Box::new(FieldError::new(field, reason))
            }),
        ))
    }
}

impl<'de> DeserializeSeed<'de> for One<'_> {
    type Value = Cell;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cell, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for One<'_> {
    type Value = Cell;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an answer")
    }
    #[inline]
    fn visit_unit<E: serde::de::Error>(self) -> Result<Cell, E> {
        self.take(Given::Nothing)
    }
    #[inline]
    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Cell, E> {
        if let Some(index) = self.next
            && value < 64
            && self.batch.plain[index] >> value & 1 == 1
        {
            return Ok(Cell(index, Ok(Some(Answer::Value(value.cast_signed())))));
        }
        self.take(Given::Whole(i64::try_from(value).unwrap_or(i64::MAX)))
    }
    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Cell, E> {
        self.take(Given::Whole(value))
    }
    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Cell, E> {
        self.take(Given::Fraction(value))
    }
    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Cell, E> {
        self.take(Given::Truth(value))
    }
    fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<Cell, E> {
        // A text is no answer, not even "2": what wrote it may mean something else by it.
        self.take(Given::Fraction(f64::NAN))
    }
    fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<Cell, S::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        self.take(Given::Fraction(f64::NAN))
    }
    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Cell, M::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        self.take(Given::Fraction(f64::NAN))
    }
}

struct ContextOf<'a, 'r, 'l>(&'a mut Reading<'r, 'l>);

impl<'de> DeserializeSeed<'de> for ContextOf<'_, '_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ContextOf<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(ItemKey(key)) = map.next_key()? {
            let value: serde_json::Value = map.next_value()?;
            let given = match &value {
                serde_json::Value::Null => Given::Nothing,
                serde_json::Value::Bool(truth) => Given::Truth(*truth),
                serde_json::Value::Number(number) => {
                    number.as_i64().map_or_else(|| Given::Fraction(number.as_f64().unwrap_or(f64::NAN)), Given::Whole)
                }
                serde_json::Value::String(text) => Given::Text(text),
                _ => {
                    return Err(self
                        .0
                        .stop(FieldError::new(format!("context.{key}"), "is a text, a number or a truth value")));
                }
            };
            let Reading { batch, known, .. } = &mut *self.0;
            let put = batch.put(known, &key, given);
            put.map_err(|problem| self.0.stop::<M::Error>(problem))?;
        }
        Ok(())
    }
}
