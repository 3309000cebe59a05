//! Answers as given, and whether an item accepts them. Saving them and sealing them are left to
//! `workflows` and `store`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Instrument;

/// What a client did with one item. In JSON a number, or `null` for "prefer not to answer".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "Option<i64>", into = "Option<i64>")]
pub enum Answer {
    /// The value of the chosen option, or the mark on a line from 0 to
    /// [`crate::VISUAL_ANALOGUE_MAX`].
    Value(i64),
    /// "Prefer not to answer".
    Declined,
}

impl Answer {
    /// The value, if one was given.
    pub const fn value(self) -> Option<i64> {
        match self {
            Self::Value(value) => Some(value),
            Self::Declined => None,
        }
    }
}

impl From<Option<i64>> for Answer {
    fn from(value: Option<i64>) -> Self {
        value.map_or(Self::Declined, Self::Value)
    }
}

impl From<Answer> for Option<i64> {
    fn from(answer: Answer) -> Self {
        answer.value()
    }
}

/// Answers by item id. An item that is not there was not answered (yet).
pub type Answers = BTreeMap<String, Answer>;

/// Why an answer cannot be accepted. The texts carry no answer and no wording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// This version of the instrument has no item with that id.
    #[error("this questionnaire has no such item; reload the page")]
    UnknownItem,
    /// The value is not one of the item's options, or beyond the ends of its line.
    #[error("the item does not offer this answer; choose one of the answers shown")]
    NotOffered,
    /// "Prefer not to answer" is not offered here.
    #[error("this item cannot be declined; choose one of the answers shown")]
    DeclineNotAllowed,
}

/// Whether the instrument accepts this answer to this item.
///
/// ```
/// use instruments::{Answer, AnswerError, Library, check_answer};
/// let library = Library::embedded()?;
/// let phq9 = library.current("phq-9").expect("ships with the library");
/// assert_eq!(check_answer(phq9, "9", &Answer::Value(3)), Ok(()));
/// assert_eq!(check_answer(phq9, "9", &Answer::Value(4)), Err(AnswerError::NotOffered));
/// assert_eq!(check_answer(phq9, "10", &Answer::Value(0)), Err(AnswerError::UnknownItem));
/// # Ok::<(), instruments::LibraryError>(())
/// ```
pub fn check_answer(instrument: &Instrument, item: &str, answer: &Answer) -> Result<(), AnswerError> {
    let item = instrument.item(item).ok_or(AnswerError::UnknownItem)?;
    match *answer {
        Answer::Value(value) if item.offers(value) => Ok(()),
        Answer::Value(_) => Err(AnswerError::NotOffered),
        Answer::Declined if item.allow_decline => Ok(()),
        Answer::Declined => Err(AnswerError::DeclineNotAllowed),
    }
}
