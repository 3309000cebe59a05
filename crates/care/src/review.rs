//! What a new response means: findings of the rules, and the reasons a case must be opened or extended for.
//!
//! Thresholds are the instrument version's, never literals here. Opening the case, its owner and its messages are
//! `workflows`'; how a case goes on is [`crate::case`]'s. Danger is judged apart from statistics: by the answer itself,
//! submitted or not, at every answer.

mod overall;
mod replay;
mod risk;
mod sentence;
mod trajectory;

pub use overall::{Because, Overall, OverallFacts, overall_level};
pub use replay::{Said, replay};
pub use sentence::sentence;
pub use trajectory::{Quiet, deteriorated as is_deteriorated};

use crate::case::{Reason, ReasonLevel};
use crate::detection::Detection;
use crate::episode::{BaselineWindow, Measure, Series};
use crate::packet::Asked;
use crate::practice::Settings;
use crate::response::{NewScore, Rule, ScoreState, Sheet, SignalInputs, SignalLevel};
use crate::{CaseId, EpisodeId, Instant, PacketId, ReasonId};
use instruments::{Answers, Completeness, Instrument, Library};
use std::borrow::Cow;

/// What a rule found.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Which rule.
    pub rule: Rule,
    /// How it is read.
    pub level: SignalLevel,
    /// What it was computed from.
    pub inputs: SignalInputs,
}

/// A reason for a case that nobody has raised yet.
#[derive(Debug, Clone, PartialEq)]
pub struct NewReason {
    /// Which rule.
    pub rule: Rule,
    /// How grave.
    pub level: ReasonLevel,
    /// What it was computed from.
    pub inputs: SignalInputs,
}

impl NewReason {
    /// The reason it becomes in a case, with its clock begun and nobody at it. From which response and check-in, whoever knows says.
    #[must_use]
    pub fn raised(self, id: ReasonId, case_id: CaseId, at: Instant, due_at: Instant) -> Reason {
        Reason {
            id,
            case_id,
            rule: self.rule,
            level: self.level,
            response_id: None,
            packet_id: None,
            inputs: self.inputs,
            raised_at: at,
            due_at,
            acknowledged_at: None,
            acknowledged_by: None,
            disposed_at: None,
            disposition: None,
        }
    }
}

/// What a response means.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Review {
    /// Everything the rules found, to be kept as signals, whether or not it is a reason for a case.
    pub signals: Vec<Finding>,
    /// What a case must be opened or extended for: new, not raised before.
    pub reasons: Vec<NewReason>,
    /// The episode's running summaries that this response changed or began.
    pub measures: Vec<Measure>,
}

/// The reasons an episode's cases already have, and the check-in the answers belong to. They decide whether a finding
/// is a new reason.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'a> {
    /// The check-in in which the answers were given.
    pub packet: Option<&'a PacketId>,
    /// All reasons of the open case, disposed ones too.
    pub open: &'a [Reason],
    /// All reasons of the episode's closed cases.
    pub closed: &'a [Reason],
}

/// What is known of the episode before the response.
#[derive(Debug, Clone, Copy)]
pub struct History<'a> {
    /// Which episode.
    pub episode: &'a EpisodeId,
    /// Its running summaries.
    pub measures: &'a [Measure],
    /// Number of the session the response belongs to, from 1.
    pub session: i64,
    /// When a score may become the baseline.
    pub baseline_window: BaselineWindow,
    /// What cases were opened for.
    pub known: Known<'a>,
    /// The rules and models that scores are judged by.
    pub detection: &'a Detection,
}

/// Scores everything that was asked. An instrument version that the library does not know has no score; [`review`] says
/// so. One that was not answered at all has scores, which are invalid.
pub fn score(library: &Library, asked: &[Asked], sheet: &Sheet) -> Vec<NewScore> {
    let none = Answers::new();
    asked
        .iter()
        .filter_map(|asked| library.get(&asked.id, &asked.version))
        .flat_map(|instrument| {
            let answers = sheet.get(&instrument.id).unwrap_or(&none);
            instruments::score(instrument, answers).into_iter().map(|score| new_score(instrument, score))
        })
        .collect()
}

fn new_score(instrument: &Instrument, score: instruments::Score) -> NewScore {
    NewScore {
        instrument: instrument.id.clone(),
        version: instrument.version.clone(),
        scale: score.scale,
        state: match score.state {
            instruments::ScoreState::Valid => ScoreState::Valid,
            instruments::ScoreState::Prorated => ScoreState::Prorated,
            instruments::ScoreState::Invalid => ScoreState::Invalid,
        },
        value: score.value,
        exact: score.exact,
        answered: i64::from(score.answered),
        missing: i64::from(score.missing),
        band: score.band,
    }
}

/// What a submitted response means. `scores` are those of [`score`]; `at` is when it was submitted.
pub fn review(
    library: &Library,
    asked: &[Asked],
    sheet: &Sheet,
    scores: &[NewScore],
    history: &History<'_>,
    at: Instant,
) -> Review {
    let mut review = risk::of(library, asked, sheet, Completeness::Submitted, &history.known);
    for score in scores {
        let Some(instrument) = library.get(&score.instrument, &score.version) else { continue };
        let Some(scale) = instrument.scale(&score.scale) else { continue };
        let Some(value) = score.value else { continue };
        let series = Series {
            episode: history.episode,
            instrument: &score.instrument,
            scale: &score.scale,
            structure: instrument.structure,
        };
        let point = crate::episode::Point { value, session: history.session, at };
        let after = series.with(history.measures, point, scale.polarity, history.baseline_window);
        // What comes late for a series that is over (from paper) is kept with it and says nothing about today.
        if scale.id == instrument.primary().id && series.goes_on(history.measures) {
            let rules = history.detection.rules(&instrument.id);
            let look = trajectory::Look {
                instrument,
                scale,
                before: series.summary(history.measures),
                after: &after,
                value,
                session: after.session(history.session),
                rules: &rules,
                rules_name: history.detection.rules_name(&instrument.id),
                model: history.detection.model(instrument, &scale.id),
            };
            let closed = of_structure(library, instrument, history.known.closed);
            trajectory::judge(&look, &Known { closed: &closed, ..history.known }, &mut review);
        }
        review.measures.push(after);
    }
    review
}

/// The reasons without those that an instrument's scores of another structure gave: what was decided about a series that is over
/// says nothing of the one that goes on.
fn of_structure<'a>(library: &Library, instrument: &Instrument, reasons: &'a [Reason]) -> Cow<'a, [Reason]> {
    let is_other = |reason: &Reason| {
        let version =
            reason.inputs.version.as_deref().filter(|_| reason.inputs.instrument.as_ref() == Some(&instrument.id));
        let answered = version.and_then(|version| library.get(&instrument.id, version));
        answered.is_some_and(|answered| answered.structure != instrument.structure)
    };
    if reasons.iter().any(is_other) {
        Cow::Owned(reasons.iter().filter(|reason| !is_other(reason)).cloned().collect())
    } else {
        Cow::Borrowed(reasons)
    }
}

/// The danger in answers that were saved but not submitted: acted on at the answer. Gives only what is new, so that it can
/// be asked again after every answer; taking an answer back later takes back no reason.
pub fn risk_of_partial(library: &Library, asked: &[Asked], sheet: &Sheet, known: &Known<'_>) -> Review {
    let mut review = risk::of(library, asked, sheet, Completeness::InProgress, known);
    review.signals.retain(|finding| {
        review.reasons.iter().any(|reason| reason.rule == finding.rule && reason.inputs == finding.inputs)
    });
    review
}

/// What a check-in means whose time passed with answers saved but not submitted: danger that is new, and danger that is
/// unknown because the question was not reached. An untouched check-in means nothing here; see [`silence`].
pub fn lapsed(library: &Library, asked: &[Asked], sheet: &Sheet, known: &Known<'_>) -> Review {
    if sheet.values().all(Answers::is_empty) {
        return Review::default();
    }
    let mut review = risk::of(library, asked, sheet, Completeness::Submitted, known);
    review.signals.retain(|finding| {
        finding.rule == Rule::RiskUnknown
            || review.reasons.iter().any(|reason| reason.rule == finding.rule && reason.inputs == finding.inputs)
    });
    review
}

/// What a second, different submission of a check-in means: it is kept apart, changes no score and no summary, and its
/// danger is acted on like any other.
pub fn amendment(library: &Library, asked: &[Asked], sheet: &Sheet, known: &Known<'_>) -> Review {
    let mut review = risk::of(library, asked, sheet, Completeness::Submitted, known);
    review.signals.push(Finding { rule: Rule::Amendment, level: SignalLevel::Amber, inputs: SignalInputs::default() });
    review
}

/// What it means that a check-in of an open episode expired unanswered. Asked once at each expiry: a reason at 2, 4, 6 missed
/// running, at the first one where no next appointment is, and not while one is open; or a mark only where the practice chose that.
pub fn silence(quiet: Quiet, known: &Known<'_>, settings: &Settings) -> Review {
    trajectory::silence(quiet, known, settings)
}
