//! The course of the scores: reliable change, stalling, alliance, silence.

use super::{Finding, Known, NewReason, Review};
use crate::case::{Reason, ReasonLevel};
use crate::episode::Measure;
use crate::practice::{Settings, Silence};
use crate::response::{Rule, SignalInputs, SignalLevel};
use instruments::{AllianceFlag, Change, Instrument, Scale, alliance_flags, change};

/// From this session on, a case without reliable improvement is stalled.
pub const NO_IMPROVEMENT_SESSION: i64 = 6;

/// This many check-ins missed running are silence.
pub const SILENCE_MISSED: i64 = 2;

/// A new score on an instrument's primary scale, next to what was known before it.
pub(super) struct Look<'a> {
    pub instrument: &'a Instrument,
    pub scale: &'a Scale,
    pub before: Option<&'a Measure>,
    pub value: f64,
    pub session: i64,
}

impl Look<'_> {
    fn inputs(&self, reference: Option<f64>, threshold: Option<f64>) -> SignalInputs {
        SignalInputs {
            instrument: Some(self.instrument.id.clone()),
            version: Some(self.instrument.version.clone()),
            value: Some(self.value),
            reference,
            change: reference.map(|reference| difference(reference, self.value)),
            threshold,
            session: Some(self.session),
            ..SignalInputs::default()
        }
    }

    fn threshold(&self) -> Option<f64> {
        self.scale.reliable_change.as_ref().map(|rule| rule.points)
    }
}

/// New minus reference, to a thousandth: 33.1 − 35.8 is −2.7 and nothing else.
fn difference(reference: f64, value: f64) -> f64 {
    ((value - reference) * 1000.0).round() / 1000.0
}

/// Whether a score is reliably worse than a reference. Shared with the caseload's overall reading and the verification of
/// closed cases.
pub fn deteriorated(scale: &Scale, reference: f64, value: f64) -> bool {
    change(scale, reference, value) == Some(Change::Deteriorated)
}

/// Baseline at caseness, session 6 or later, and no reliable improvement since baseline.
pub(super) fn stalled(scale: &Scale, baseline: f64, value: f64, session: i64) -> bool {
    let at_caseness = scale.caseness().is_some_and(|cutoff| cutoff.is_met(baseline));
    session >= NO_IMPROVEMENT_SESSION
        && at_caseness
        && matches!(change(scale, baseline, value), Some(Change::Unchanged | Change::Deteriorated))
}

pub(super) fn judge(look: &Look<'_>, known: &Known<'_>, review: &mut Review) {
    if look.scale.alliance.is_some() {
        alliance(look, review);
        return;
    }
    let Look { scale, value, session, .. } = *look;
    let Some(before) = look.before else { return };
    if let Some(baseline) = before.baseline.filter(|baseline| deteriorated(scale, *baseline, value)) {
        let held_before = deteriorated(scale, baseline, before.latest);
        let inputs = look.inputs(Some(baseline), look.threshold());
        push(Rule::ReliableDeterioration, SignalLevel::Red, inputs, Since::from(held_before), look, known, review);
    }
    // A best score that is the baseline says the same as the rule above.
    if before.baseline != Some(before.best) && deteriorated(scale, before.best, value) {
        let held_before = deteriorated(scale, before.best, before.latest);
        let inputs = look.inputs(Some(before.best), look.threshold());
        push(Rule::WorseThanBest, SignalLevel::Amber, inputs, Since::from(held_before), look, known, review);
    }
    if let Some(baseline) = before.baseline.filter(|baseline| stalled(scale, *baseline, value, session)) {
        let inputs = look.inputs(Some(baseline), look.threshold());
        push(Rule::NoImprovement, SignalLevel::Amber, inputs, Since::Ever, look, known, review);
    }
}

/// Whether a finding is news after a case about it was closed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Since {
    /// The score before did not show it: it is.
    Now,
    /// The score before showed it too: only if it is worse than what was decided about.
    Before,
    /// Once an episode.
    Ever,
}

impl From<bool> for Since {
    fn from(held_before: bool) -> Self {
        if held_before { Self::Before } else { Self::Now }
    }
}

/// Keeps the finding, and makes it a reason unless one about the same rule and instrument is open, or was decided about
/// and nothing has got worse since.
fn push(
    rule: Rule,
    level: SignalLevel,
    inputs: SignalInputs,
    since: Since,
    look: &Look<'_>,
    known: &Known<'_>,
    review: &mut Review,
) {
    let same = |reason: &&Reason| reason.rule == rule && reason.inputs.instrument == inputs.instrument;
    let at_least_as_bad = |reason: &Reason| {
        reason.inputs.value.is_some_and(|value| look.scale.polarity.worsening(value, look.value) <= 0.0)
    };
    let is_open = known.open.iter().any(|reason| same(&reason));
    let is_settled = match since {
        Since::Now => false,
        Since::Before => known.closed.iter().filter(same).any(at_least_as_bad),
        Since::Ever => known.closed.iter().any(|reason| same(&reason)),
    };
    if !is_open && !is_settled {
        review.reasons.push(NewReason { rule, level: ReasonLevel::Routine, inputs: inputs.clone() });
    }
    review.signals.push(Finding { rule, level, inputs });
}

/// A drop or a low score is to be talked about in the session: a flag, never a case.
fn alliance(look: &Look<'_>, review: &mut Review) {
    let previous = look.before.map(|before| before.latest);
    let flags = alliance_flags(look.scale, previous, look.value);
    let Some(thresholds) = look.scale.alliance.as_ref().filter(|_| !flags.is_empty()) else { return };
    let inputs = if flags.contains(&AllianceFlag::Drop) {
        look.inputs(previous, Some(thresholds.drop_at_least))
    } else {
        look.inputs(None, Some(thresholds.concern_below))
    };
    review.signals.push(Finding { rule: Rule::AllianceDrop, level: SignalLevel::Amber, inputs });
}

pub(super) fn silence(missed_running: i64, known: &Known<'_>, settings: &Settings) -> Review {
    let mut review = Review::default();
    if missed_running < SILENCE_MISSED {
        return review;
    }
    let inputs = SignalInputs {
        missed: Some(missed_running),
        threshold: Some(SILENCE_MISSED as f64),
        ..SignalInputs::default()
    };
    let is_open = known.open.iter().any(|reason| reason.rule == Rule::Silence);
    if settings.silence == Silence::Case && !is_open && missed_running % SILENCE_MISSED == 0 {
        review.reasons.push(NewReason { rule: Rule::Silence, level: ReasonLevel::Routine, inputs: inputs.clone() });
    }
    review.signals.push(Finding { rule: Rule::Silence, level: SignalLevel::Amber, inputs });
    review
}
