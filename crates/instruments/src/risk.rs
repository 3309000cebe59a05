//! Which answers mean risk. Evaluated on whatever has been answered, whether or not the
//! questionnaire was finished and whether or not a score can be formed. Who is told, and how fast,
//! is left to `care` and `workflows`.

use serde::{Deserialize, Serialize};

use crate::{Answer, Answers, Instrument, Source, code::coded};

coded! {
    /// How urgent an answer is; ordered, the most urgent last.
    pub enum RiskLevel {
        /// The question was skipped or declined: shown to staff, never read as "no".
        Unknown = "unknown",
        /// To be looked at before the next session or the next business day.
        Review = "review",
        /// To be answered within minutes.
        Urgent = "urgent",
    }
}

/// What the answers to one item mean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskRule {
    /// Item id.
    pub item: String,
    /// Levels by value, lowest first.
    pub steps: Vec<RiskStep>,
    /// Level when the finished questionnaire has no answer to the item.
    #[serde(default)]
    pub unanswered: Option<RiskLevel>,
    /// Where the rule comes from.
    pub source: Source,
}

/// From this value on, this level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskStep {
    /// Lowest value.
    pub at_least: i64,
    /// Level.
    pub level: RiskLevel,
}

/// Whether more answers may still come. A lapsed questionnaire is evaluated as submitted, so that a
/// risk question nobody answered is shown as unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completeness {
    /// The client may still answer or change answers.
    InProgress,
    /// This is all there will be.
    Submitted,
}

/// One answer that needs a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskFinding {
    /// Item id.
    pub item: String,
    /// How urgent.
    pub level: RiskLevel,
    /// The answer; `None` when the level is [`RiskLevel::Unknown`] for want of one.
    pub value: Option<i64>,
}

/// The risk findings in these answers, at most one per rule. An answer the item does not offer is
/// never read as "no": it is judged by its value where a step covers it, else as unanswered.
///
/// ```
/// use instruments::{Answer, Answers, Completeness, Library, RiskLevel, risks};
/// let library = Library::embedded()?;
/// let phq9 = library.current("phq-9").expect("ships with the library");
/// let only_item_9: Answers = [("9".to_owned(), Answer::Value(2))].into();
/// assert_eq!(risks(phq9, &only_item_9, Completeness::InProgress)[0].level, RiskLevel::Urgent);
/// assert_eq!(risks(phq9, &Answers::new(), Completeness::InProgress), []);
/// assert_eq!(risks(phq9, &Answers::new(), Completeness::Submitted)[0].level, RiskLevel::Unknown);
/// # Ok::<(), instruments::LibraryError>(())
/// ```
pub fn risks(instrument: &Instrument, answers: &Answers, completeness: Completeness) -> Vec<RiskFinding> {
    let finding = |rule: &RiskRule| {
        let value = answers.get(&rule.item).copied().and_then(Answer::value);
        let step =
            value.and_then(|value| rule.steps.iter().rev().find(|step| value >= step.at_least).map(|step| step.level));
        let answered = value.is_some_and(|value| instrument.item(&rule.item).is_some_and(|item| item.offers(value)));
        let unanswered = || {
            let finished = completeness == Completeness::Submitted;
            if finished && !answered { rule.unanswered } else { None }
        };
        let level = step.or_else(unanswered)?;
        Some(RiskFinding { item: rule.item.clone(), level, value })
    };
    instrument.risk.iter().filter_map(finding).collect()
}
