//! Whether a client is back on track after a case was closed: looked for at every score until the fourth session.

use super::{Decision, Reason, ReasonLevel};
use crate::Instant;
use crate::episode::Measure;
use crate::response::Rule;
use crate::review::{self, NewReason};
use crate::text::text_enum;
use instruments::{Change, Library, change};

/// After this many sessions without getting back on track, the answer is no.
pub const VERIFY_SESSIONS: i64 = 4;

text_enum! {
    /// What came of a closed case.
    Verification {
        /// Not known yet.
        Pending = "pending",
        /// None of its reasons holds any more.
        BackOnTrack = "back_on_track",
        /// A reason still holds at the fourth session after the closing.
        StillOff = "still_off",
        /// Nothing was measured that could tell.
        NotMeasured = "not_measured",
    }
}

/// Whether a rule's finding can be verified by later scores; danger and defects end with what people did about them.
pub const fn is_verified(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::ReliableDeterioration
            | Rule::WorseThanBest
            | Rule::NoImprovement
            | Rule::ProbableBadEnd
            | Rule::OutsideBandTwice
            | Rule::LittleChange
            | Rule::TwoRises
            | Rule::WorstEver
            | Rule::Silence
    )
}

/// Whether it is looked at what comes of a case that is closed with this decision: scores can speak to one of its reasons, and the
/// client has not gone elsewhere.
pub fn expects_verification(decision: Option<Decision>, reasons: &[Reason]) -> bool {
    decision != Some(Decision::Referred) && reasons.iter().any(|reason| is_verified(reason.rule))
}

/// What came of a closed case, from its reasons and the episode's summaries. `sessions_since` counts the sessions that
/// took place after the closing; `episode_is_over` when none will follow. A reason that no later score speaks to counts
/// as not measured.
pub fn verify(
    library: &Library,
    reasons: &[Reason],
    measures: &[Measure],
    closed_at: Instant,
    sessions_since: i64,
    episode_is_over: Over,
) -> Verification {
    let states: Vec<Holds> = reasons
        .iter()
        .filter(|reason| is_verified(reason.rule))
        .map(|reason| holds(library, reason, measures, closed_at))
        .collect();
    if !states.is_empty() && states.iter().all(|state| *state == Holds::No) {
        return Verification::BackOnTrack;
    }
    if sessions_since < VERIFY_SESSIONS && episode_is_over == Over::No {
        return Verification::Pending;
    }
    if states.contains(&Holds::Yes) { Verification::StillOff } else { Verification::NotMeasured }
}

/// Whether an episode has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// It goes on.
    No,
    /// It has ended.
    Yes,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Yes,
    No,
    Unknown,
}

/// The reasons of a case that still hold by the latest scores.
pub fn still_hold<'a>(
    library: &Library,
    reasons: &'a [Reason],
    measures: &[Measure],
    closed_at: Instant,
) -> Vec<(&'a Reason, f64)> {
    reasons
        .iter()
        .filter(|reason| is_verified(reason.rule) && holds(library, reason, measures, closed_at) == Holds::Yes)
        .filter_map(|reason| measure_of(library, reason, measures).map(|measure| (reason, measure.latest)))
        .collect()
}

/// The reasons of a closed case that become reasons again, because they still hold and are none of the `open` ones. `session` is
/// the number of the session they are found at.
pub fn again(
    library: &Library,
    reasons: &[Reason],
    measures: &[Measure],
    closed_at: Instant,
    open: &[Reason],
    session: Option<i64>,
) -> Vec<NewReason> {
    still_hold(library, reasons, measures, closed_at)
        .into_iter()
        .filter(|(reason, _)| {
            let is_known = |one: &Reason| one.rule == reason.rule && one.inputs.instrument == reason.inputs.instrument;
            !open.iter().any(is_known)
        })
        .map(|(reason, latest)| {
            let mut inputs = reason.inputs.clone();
            inputs.value = Some(latest);
            inputs.change = inputs.reference.map(|reference| ((latest - reference) * 1000.0).round() / 1000.0);
            inputs.session = session;
            NewReason { rule: reason.rule, level: ReasonLevel::Routine, inputs }
        })
        .collect()
}

fn measure_of<'a>(library: &Library, reason: &Reason, measures: &'a [Measure]) -> Option<&'a Measure> {
    let id = reason.inputs.instrument.as_deref()?;
    // A score of another structure cannot say whether it still holds.
    let answered = reason.inputs.version.as_deref().and_then(|version| library.get(id, version));
    let instrument = answered.or_else(|| library.current(id))?;
    let is_of = |measure: &&Measure| {
        (measure.instrument.as_str(), measure.structure) == (id, instrument.structure)
            && measure.scale == instrument.primary().id
    };
    measures.iter().find(is_of)
}

fn holds(library: &Library, reason: &Reason, measures: &[Measure], closed_at: Instant) -> Holds {
    if reason.rule == Rule::Silence {
        let answered = measures.iter().any(|measure| measure.latest_at > closed_at);
        return if answered { Holds::No } else { Holds::Unknown };
    }
    let Some(measure) = measure_of(library, reason, measures).filter(|one| one.latest_at > closed_at) else {
        return Holds::Unknown;
    };
    let Some(instrument) = library.of_structure(&measure.instrument, measure.structure) else { return Holds::Unknown };
    let scale = instrument.primary();
    let still = match (reason.rule, reason.inputs.reference.or(measure.baseline)) {
        (Rule::NoImprovement | Rule::ProbableBadEnd | Rule::OutsideBandTwice | Rule::LittleChange, Some(baseline)) => {
            change(scale, baseline, measure.latest) != Some(Change::Improved)
        }
        // The reference is the score from which it got worse.
        (Rule::TwoRises | Rule::WorstEver, Some(reference)) => {
            scale.polarity.worsening(reference, measure.latest) > 0.0
        }
        (_, Some(reference)) => review::is_deteriorated(scale, reference, measure.latest),
        (_, None) => return Holds::Unknown,
    };
    if still { Holds::Yes } else { Holds::No }
}
