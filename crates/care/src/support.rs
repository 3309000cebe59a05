//! What may stand in the way when a course is off track: the domains of the support check, and what a supervisor goes
//! through with the clinician. The statements and the thresholds are the instrument file's; what may help is a list that a practice edits.

use crate::text::text_enum;
use crate::{Instant, Language, StaffId};
use serde::{Deserialize, Serialize};

/// The instrument that asks for them.
pub const INSTRUMENT: &str = "support-check";

text_enum! {
    /// What is asked about; each is a scale of the instrument.
    Domain {
        /// Working together.
        Alliance = "alliance",
        /// Motivation and readiness.
        Motivation = "motivation",
        /// Support from others.
        SocialSupport = "social_support",
        /// Life events.
        LifeEvents = "life_events",
        /// Practical barriers.
        Barriers = "barriers",
        /// Medication and other treatment.
        Medication = "medication",
    }
}

text_enum! {
    /// What a supervisor goes through with the clinician of a case.
    CheckItem {
        /// The answers were read together.
        AnswersRead = "answers_read",
        /// Danger was asked about, whatever the answers said.
        RiskAsked = "risk_asked",
        /// The domains of the support check were gone through.
        DomainsSeen = "domains_seen",
        /// The formulation and the plan were looked at.
        PlanSeen = "plan_seen",
        /// It is clear what is raised with the client, and how.
        WordsFound = "words_found",
        /// The next step has a person and a day.
        NextStep = "next_step",
    }
}

/// Something that may help where a domain is low.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suggestion {
    /// Where.
    pub domain: Domain,
    /// In which language.
    pub language: Language,
    /// Its words.
    pub text: String,
    /// Where it comes from; what is constructed says so.
    pub source: String,
}

/// One version of a practice's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuggestionList {
    /// From 1; 0 is the one that ships.
    pub version: i64,
    /// In the order shown.
    pub suggestions: Vec<Suggestion>,
    /// Why it was changed.
    pub why: String,
    /// When; none for the one that ships.
    pub saved_at: Option<Instant>,
    /// By whom.
    pub saved_by: Option<StaffId>,
}

impl SuggestionList {
    /// What may help in a domain.
    pub fn of(&self, domain: Domain, language: Language) -> impl Iterator<Item = &Suggestion> {
        self.suggestions.iter().filter(move |one| one.domain == domain && one.language == language)
    }
}

/// The most characters of a suggestion's words, and of its source.
pub const ROOM: usize = 400;

/// The most suggestions of a domain in a language.
pub const MOST: usize = 30;

/// Why a line is no suggestion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// It has no words.
    NoText,
    /// It does not say where it comes from.
    NoSource,
    /// Longer than [`ROOM`].
    TooLong,
}

/// Words and source of a line as it is typed: `words | source`.
///
/// ```
/// use care::support::{Unfit, parts};
/// assert_eq!(parts(" Ask what happened. | Constructed "), Ok(("Ask what happened.", "Constructed")));
/// assert_eq!(parts("Ask what happened."), Err(Unfit::NoSource));
/// ```
///
/// # Errors
/// [`Unfit`], where words or source are missing or too long.
pub fn parts(line: &str) -> Result<(&str, &str), Unfit> {
    let (text, source) = line.rsplit_once('|').map_or((line, ""), |(text, source)| (text, source));
    match (text.trim(), source.trim()) {
        ("", _) => Err(Unfit::NoText),
        (_, "") => Err(Unfit::NoSource),
        (text, source) if text.chars().count().max(source.chars().count()) > ROOM => Err(Unfit::TooLong),
        found => Ok(found),
    }
}
