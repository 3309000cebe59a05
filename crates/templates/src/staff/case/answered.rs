//! The answers behind a case, item by item.

use serde::Serialize;

/// The answers of one instrument.
#[derive(Clone, Serialize)]
pub struct AnsweredBlock {
    /// The instrument and the day, formatted ("PHQ-9, Mar 9, 2026").
    pub title: String,
    /// The score in words ("22, severe"); none where it could not be scored or was not handed in yet.
    pub score: Option<String>,
    /// The items.
    pub items: Vec<AnsweredItem>,
}

/// One answer in words.
#[derive(Clone, Serialize)]
pub struct AnsweredItem {
    /// The item's wording or label.
    pub item: String,
    /// The answer's label; none where it was not answered.
    pub answer: Option<String>,
    /// Its value.
    pub value: Option<i64>,
    /// What the answer was before it was changed.
    pub before: Option<String>,
    /// Whether a reason of the case rests on it.
    pub marked: bool,
}

pub(in crate::staff) fn answered() -> AnsweredBlock {
    let item = |item: &str, answer: Option<&str>, value, before: Option<&str>, marked| AnsweredItem {
        item: item.into(),
        answer: answer.map(Into::into),
        value,
        before: before.map(Into::into),
        marked,
    };
    AnsweredBlock {
        title: "PHQ-9, Mar 9, 2026".into(),
        score: Some("22, severe".into()),
        items: vec![
            item("Little interest", Some("Nearly every day"), Some(3), None, false),
            item("Feeling down", Some("Nearly every day"), Some(3), None, false),
            item("Sleep", None, None, None, false),
            item(
                "Thoughts of death or self-harm",
                Some("Several days"),
                Some(1),
                Some("More than half the days"),
                true,
            ),
        ],
    }
}
