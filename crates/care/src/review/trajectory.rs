//! The course of the scores: the rules of the ladder, alliance, silence.

use super::{Finding, Known, NewReason, Review, sentence};
use crate::case::{Reason, ReasonLevel};
use crate::detection::{Act, Configuration, Number};
use crate::episode::Measure;
use crate::expected_response::{Agreement, GrowthModel, Probability};
use crate::practice::{Settings, Silence};
use crate::response::{Ahead, Rule, SignalInputs, SignalLevel};
use instruments::{AllianceFlag, Change, Instrument, Language, Polarity, Scale, alliance_flags, change};
use stats::proportion::two_sided_quantile;

/// This many check-ins missed running are silence, whatever is booked.
const SILENCE_MISSED: i64 = 2;
/// This many are where no next appointment is.
const SILENCE_MISSED_UNBOOKED: i64 = 1;

/// What is not heard of a client in an open episode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiet {
    /// Check-ins missed running.
    pub missed_running: i64,
    /// What is booked.
    pub ahead: Ahead,
}

impl Quiet {
    /// How many missed check-ins are silence; none where the client asked for a break, and has said so.
    const fn enough(self) -> Option<i64> {
        match self.ahead {
            Ahead::Session | Ahead::Unknown => Some(SILENCE_MISSED),
            Ahead::Nothing => Some(SILENCE_MISSED_UNBOOKED),
            Ahead::Break => None,
        }
    }

    /// Whether it is silence.
    pub fn is_silence(self) -> bool {
        self.enough().is_some_and(|enough| self.missed_running >= enough)
    }

    /// Whether the check-in that was missed last makes it a reason again: the first one where nothing is booked, and every second.
    const fn is_again(self) -> bool {
        self.missed_running == SILENCE_MISSED_UNBOOKED || self.missed_running % SILENCE_MISSED == 0
    }

    /// What is kept and said of it.
    pub fn inputs(self) -> SignalInputs {
        SignalInputs {
            missed: Some(self.missed_running),
            threshold: self.enough().map(|enough| enough as f64),
            ahead: (self.ahead == Ahead::Nothing).then_some(self.ahead),
            ..SignalInputs::default()
        }
    }
}

/// A new score on an instrument's primary scale, next to what was known before it.
pub(super) struct Look<'a> {
    pub instrument: &'a Instrument,
    pub scale: &'a Scale,
    pub before: Option<&'a Measure>,
    /// The summary with the new score in it.
    pub after: &'a Measure,
    pub value: f64,
    /// Number of the session in the series.
    pub session: i64,
    pub rules: &'a Configuration,
    pub rules_name: String,
    pub model: Option<&'a GrowthModel>,
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

    /// The same with what the model says.
    fn with_model(&self, inputs: SignalInputs, seen: Option<&Seen>) -> SignalInputs {
        let rounded = |value: f64| (value * 1000.0).round() / 1000.0;
        let band = seen.and_then(|seen| seen.band);
        SignalInputs {
            rules: Some(self.rules_name.clone()),
            model: seen.and(self.model).map(GrowthModel::name),
            expected: band.map(|band| rounded(band.median)),
            low: band.map(|band| rounded(band.low)),
            high: band.map(|band| rounded(band.high)),
            probability: seen.and_then(|seen| seen.probability).map(|found| rounded(found.value)),
            agreement: seen.and_then(|seen| seen.probability).map(|found| found.agreement),
            ..inputs
        }
    }

    fn threshold(&self) -> Option<f64> {
        self.scale.reliable_change.as_ref().map(|rule| rule.points)
    }

    /// SDs of the expected band.
    fn band(&self) -> f64 {
        two_sided_quantile(self.rules.number(Number::BandPercent) as f64 / 100.0)
    }

    /// What the model says of the new score: nothing before the second one, or without a baseline.
    fn seen(&self) -> Option<Seen> {
        let (model, before) = (self.model?, self.before?);
        let (baseline, person) = (before.baseline?, model.from_baseline(before)?);
        let polarity = self.scale.polarity;
        let forecast = model.forecast(&person, self.session);
        let (low, high) = forecast.band(self.rules.number(Number::BandPercent) as f64 / 100.0);
        let deviation = model.deviation(&person, polarity, self.session, self.value);
        // The score before, where it is not the baseline itself.
        let deviation_before = before
            .latest_session
            .filter(|_| before.n > 1)
            .map(|session| model.deviation(&person, polarity, session, before.latest));
        let bound = self.threshold().map(|points| match polarity {
            Polarity::HigherWorse => baseline - points,
            Polarity::HigherBetter => baseline + points,
        });
        let probability = bound.map(|bound| model.bad_end(self.after, polarity, bound, self.session));
        Some(Seen { band: Some(Band { median: forecast.mean, low, high }), deviation, deviation_before, probability })
    }
}

/// What the model says of a score.
struct Seen {
    band: Option<Band>,
    /// SDs by which it is worse than expected from the first score.
    deviation: f64,
    /// The same of the score before.
    deviation_before: Option<f64>,
    probability: Option<Probability>,
}

#[derive(Clone, Copy)]
struct Band {
    median: f64,
    low: f64,
    high: f64,
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

/// Whether a score is worse than the best so far by the practice's share of the reliable change, and by all of it at least.
pub(super) fn below_best(scale: &Scale, best: f64, value: f64, rules: &Configuration) -> bool {
    let share = rules.number(Number::WorseThanBestPercent) as f64 / 100.0;
    let points = scale.reliable_change.as_ref().map(|rule| rule.points * share);
    deteriorated(scale, best, value)
        && points.is_some_and(|points| scale.polarity.worsening(best, value) >= points - 1e-9)
}

fn at_caseness(scale: &Scale, baseline: f64) -> bool {
    scale.caseness().is_some_and(|cutoff| cutoff.is_met(baseline))
}

/// Whether a score is one at which a rule looks that has its sessions: the first one of session `first` or later, and with
/// `every` above 0 the first one of each so many sessions after it. The baseline itself is no look.
fn is_look(first: i64, every: i64, before: &Measure, session: i64) -> bool {
    let look = |session: i64| match every {
        _ if session < first => 0,
        ..=0 => 1,
        every => 1 + (session - first) / every,
    };
    let last = before.latest_session.filter(|_| before.n > 1).map_or(0, look);
    look(session) > last
}

/// Baseline at caseness, the configured session or later, and no reliable improvement since baseline: how it stands, at
/// whichever score.
pub(super) fn stalled(scale: &Scale, baseline: f64, value: f64, session: i64, rules: &Configuration) -> bool {
    session >= rules.number(Number::NoImprovementSession)
        && at_caseness(scale, baseline)
        && matches!(change(scale, baseline, value), Some(Change::Unchanged | Change::Deteriorated))
}

pub(super) fn judge(look: &Look<'_>, known: &Known<'_>, review: &mut Review) {
    if look.scale.alliance.is_some() {
        alliance(look, review);
        return;
    }
    let Look { scale, value, session, rules, .. } = *look;
    let Some(before) = look.before else { return };
    let seen = look.seen();
    let mut ladder = Ladder { look, known, seen: seen.as_ref(), review };
    let worsening = |from: f64, to: f64| scale.polarity.worsening(from, to);
    if let Some(baseline) = before.baseline.filter(|baseline| deteriorated(scale, *baseline, value)) {
        let held_before = deteriorated(scale, baseline, before.latest);
        let inputs = look.inputs(Some(baseline), look.threshold());
        ladder.push(Rule::ReliableDeterioration, SignalLevel::Red, inputs, Since::from(held_before));
    }
    // A best score that is the baseline says the same as the rule above.
    if before.baseline != Some(before.best) && below_best(scale, before.best, value, rules) {
        let held_before = below_best(scale, before.best, before.latest, rules);
        let inputs = look.inputs(Some(before.best), look.threshold());
        ladder.push(Rule::WorseThanBest, SignalLevel::Amber, inputs, Since::from(held_before));
    }
    if let Some(baseline) = before.baseline {
        let inputs = look.inputs(Some(baseline), look.threshold());
        let every = rules.number(Number::NoImprovementReview);
        let is_review = is_look(rules.number(Number::NoImprovementSession), every, before, session);
        if is_review && stalled(scale, baseline, value, session, rules) {
            ladder.push(Rule::NoImprovement, SignalLevel::Amber, inputs.clone(), Since::Ever);
        }
        let probable = seen.as_ref().and_then(|seen| Some((seen.probability?, seen.deviation)));
        let cut = rules.number(Number::ProbabilityPercent) as f64 / 100.0;
        if let Some((found, _)) = probable
            .filter(|(found, deviation)| at_caseness(scale, baseline) && found.value >= cut && *deviation > look.band())
        {
            let level = match found.agreement {
                Agreement::Calibrated => SignalLevel::Red,
                Agreement::Uncalibrated => SignalLevel::Amber,
            };
            let inputs = SignalInputs { threshold: Some(cut), ..inputs.clone() };
            ladder.push(Rule::ProbableBadEnd, level, inputs, Since::Ever);
        }
        let outside = |deviation: f64| deviation > look.band();
        if seen.as_ref().is_some_and(|seen| outside(seen.deviation) && seen.deviation_before.is_some_and(outside)) {
            let band = seen.as_ref().and_then(|seen| seen.band);
            let edge = band.map(|band| if scale.polarity == Polarity::HigherWorse { band.high } else { band.low });
            let inputs = SignalInputs { threshold: edge.map(|edge| (edge * 10.0).round() / 10.0), ..inputs.clone() };
            ladder.push(Rule::OutsideBandTwice, SignalLevel::Amber, inputs, Since::Ever);
        }
        let share = rules.number(Number::LittleChangePercent);
        let is_first_there = is_look(rules.number(Number::LittleChangeSession), 0, before, session);
        let is_little = -worsening(baseline, value) < share as f64 / 100.0 * baseline.abs() - 1e-9;
        if is_first_there && is_little && at_caseness(scale, baseline) {
            let inputs = SignalInputs { threshold: Some(share as f64), ..inputs.clone() };
            ladder.push(Rule::LittleChange, SignalLevel::Amber, inputs, Since::Ever);
        }
        let best_end = if scale.polarity == Polarity::HigherWorse { scale.axis.min } else { scale.axis.max };
        if before.n == 1 && look.threshold().is_some_and(|points| worsening(best_end, baseline) < points - 1e-9) {
            ladder.push(Rule::Ceiling, SignalLevel::Grey, inputs, Since::Ever);
        }
    }
    if let Some(previous) = before.previous
        && worsening(previous, before.latest) > 0.0
        && worsening(before.latest, value) > 0.0
    {
        ladder.push(Rule::TwoRises, SignalLevel::Amber, look.inputs(Some(previous), None), Since::Now);
    }
    let worst = if scale.polarity == Polarity::HigherWorse { before.highest } else { before.lowest };
    if let Some(worst) = worst.filter(|worst| before.n > 1 && worsening(*worst, value) > 0.0) {
        ladder.push(Rule::WorstEver, SignalLevel::Amber, look.inputs(Some(worst), None), Since::Now);
    }
}

/// Whether a finding is news after a case about it was closed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Since {
    /// The score before did not show it: it is.
    Now,
    /// The score before showed it too: only if it is worse than what was decided about.
    Before,
    /// Once a series.
    Ever,
}

impl From<bool> for Since {
    fn from(held_before: bool) -> Self {
        if held_before { Self::Before } else { Self::Now }
    }
}

/// Where the findings of the ladder go.
struct Ladder<'a, 'b> {
    look: &'a Look<'b>,
    known: &'a Known<'b>,
    seen: Option<&'a Seen>,
    review: &'a mut Review,
}

impl Ladder<'_, '_> {
    /// Keeps the finding, and makes it a reason where the rules say so, unless one about the same rule and instrument is open,
    /// or was decided about and nothing has got worse since. A probability that nobody has compared with what happened opens
    /// no case.
    fn push(&mut self, rule: Rule, level: SignalLevel, inputs: SignalInputs, since: Since) {
        let look = self.look;
        let act = look.rules.act(rule);
        if act == Act::Off {
            return;
        }
        let mut inputs = look.with_model(inputs, self.seen);
        inputs.sentence = Some(sentence(look.instrument, rule, &inputs, Language::En));
        let same = |reason: &&Reason| reason.rule == rule && reason.inputs.instrument == inputs.instrument;
        let at_least_as_bad = |reason: &Reason| {
            reason.inputs.value.is_some_and(|value| look.scale.polarity.worsening(value, look.value) <= 0.0)
        };
        let is_open = self.known.open.iter().any(|reason| same(&reason));
        let is_settled = match since {
            Since::Now => false,
            Since::Before => self.known.closed.iter().filter(same).any(at_least_as_bad),
            Since::Ever => self.known.closed.iter().any(|reason| same(&reason)),
        };
        let is_believed = rule != Rule::ProbableBadEnd || inputs.agreement == Some(Agreement::Calibrated);
        if act == Act::Case && is_believed && !is_open && !is_settled {
            self.review.reasons.push(NewReason { rule, level: ReasonLevel::Routine, inputs: inputs.clone() });
        }
        self.review.signals.push(Finding { rule, level, inputs });
    }
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

pub(super) fn silence(quiet: Quiet, known: &Known<'_>, settings: &Settings) -> Review {
    let mut review = Review::default();
    if !quiet.is_silence() {
        return review;
    }
    let inputs = quiet.inputs();
    let is_open = known.open.iter().any(|reason| reason.rule == Rule::Silence);
    if settings.silence == Silence::Case && !is_open && quiet.is_again() {
        review.reasons.push(NewReason { rule: Rule::Silence, level: ReasonLevel::Routine, inputs: inputs.clone() });
    }
    review.signals.push(Finding { rule: Rule::Silence, level: SignalLevel::Amber, inputs });
    review
}
