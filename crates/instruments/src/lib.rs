//! The instrument library: reads and checks the questionnaires in the `instruments/` folder, scores
//! answers, finds risk answers and says what a score means.
//!
//! Everything here is pure: no clock, no randomness, no I/O but the files embedded at build time. A
//! threshold, a band or a missing-data rule is never a literal in code; it is read from the
//! instrument version's file, where it stands with its source. What happens *because of* a score
//! (signals, cases, messages) is left to `care`; what is written on pages is left to `templates`.
//!
//! ```
//! use instruments::{Answer, Answers, Completeness, Language, Library, RiskLevel, ScoreState, risks, score};
//!
//! let library = Library::embedded()?;
//! let phq9 = library.current("phq-9").expect("ships with the library");
//!
//! let answers: Answers = [2, 2, 3, 3, 2, 2, 2, 1, 1]
//!     .into_iter()
//!     .zip(&phq9.items)
//!     .map(|(value, item)| (item.id.clone(), Answer::Value(value)))
//!     .collect();
//!
//! let total = &score(phq9, &answers)[0];
//! assert_eq!(total.state, ScoreState::Valid);
//! assert_eq!(total.value, Some(18.0));
//! assert_eq!(total.band.as_deref(), Some("moderately_severe"));
//!
//! let risk = &risks(phq9, &answers, Completeness::Submitted)[0];
//! assert_eq!((risk.item.as_str(), risk.level), ("9", RiskLevel::Review));
//! # Ok::<(), instruments::LibraryError>(())
//! ```

mod answer;
mod batch;
mod code;
mod context;
mod file;
mod formula;
mod instrument;
mod interpretation;
mod language;
mod library;
mod lint;
mod note;
mod risk;
mod scale;
mod scoring;
mod step;

pub use answer::{Answer, AnswerError, Answers, check_answer};
pub use batch::{Batch, Column, FieldError, Line, Worker, mark_on_line};
pub use code::UnknownCode;
pub use context::{Context, Sex};
pub use formula::{Formula, Value};
pub use instrument::{
    AnswerOption, Evidence, Example, ExpectedScore, GOAL_MAX, Instrument, Item, ItemKind, ItemRef, LanguageStatus,
    LanguageVersion, Licence, LicenceStatus, Purpose, Rater, Reading, Skip, SkipOutcome, Source, VISUAL_ANALOGUE_MAX,
    WRITTEN,
};
pub use interpretation::{AllianceFlag, Change, Interpretation, alliance_flags, change, interpret};
pub use language::{Language, Text};
pub use library::{Library, LibraryError, Problem, SCHEMA};
pub use lint::{Finding, check, check_against, examples_failing, lock};
pub use note::{Reference, Since, note};
pub use risk::{Completeness, RiskFinding, RiskLevel, RiskRule, RiskStep, risks};
pub use scale::{
    Alliance, Axis, Band, Condition, Cutoff, CutoffRule, CutoffUse, Mcid, MeasurementError, MissingRule, Offered,
    Points, Polarity, ReliableChange, ReliableChangeRule, Remission, Response, Rounding, Scale, ScaleItem, ScaleMethod,
    ScaleRole,
};
pub use scoring::{Measured, Outcome, Score, ScoreState, Scorer, measure, measure_for, score, score_for};
pub use step::Step;
