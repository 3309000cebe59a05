//! Danger: by the answer alone.

use super::{Finding, Known, NewReason, Review};
use crate::case::{Reason, ReasonLevel};
use crate::packet::Asked;
use crate::response::{Rule, Sheet, SignalInputs, SignalLevel};
use instruments::{Answers, Completeness, Library, RiskFinding, RiskLevel};

/// Findings and new reasons of every asked instrument.
///
/// An instrument version that the library does not know cannot be judged. That is itself a reason for a person to look
/// at the answers before the next session: danger in them would go unseen.
pub(super) fn of(
    library: &Library,
    asked: &[Asked],
    sheet: &Sheet,
    completeness: Completeness,
    known: &Known<'_>,
) -> Review {
    let mut review = Review::default();
    let none = Answers::new();
    for asked in asked {
        let inputs = SignalInputs {
            instrument: Some(asked.id.clone()),
            version: Some(asked.version.clone()),
            ..SignalInputs::default()
        };
        let Some(instrument) = library.get(&asked.id, &asked.version) else {
            let raised = known.all().any(|reason| {
                reason.rule == Rule::ScoringFailed && known.is_of_packet(reason) && reason.inputs == inputs
            });
            if !raised {
                let level = ReasonLevel::Review;
                review.reasons.push(NewReason { rule: Rule::ScoringFailed, level, inputs: inputs.clone() });
            }
            review.signals.push(Finding { rule: Rule::ScoringFailed, level: SignalLevel::Amber, inputs });
            continue;
        };
        let answers = sheet.get(&asked.id).unwrap_or(&none);
        for found in instruments::risks(instrument, answers, completeness) {
            let RiskFinding { item, level, value } = found;
            let inputs = SignalInputs { item: Some(item), value: value.map(|value| value as f64), ..inputs.clone() };
            let level = match level {
                RiskLevel::Unknown => {
                    review.signals.push(Finding { rule: Rule::RiskUnknown, level: SignalLevel::Grey, inputs });
                    continue;
                }
                RiskLevel::Review => ReasonLevel::Review,
                RiskLevel::Urgent => ReasonLevel::Urgent,
            };
            if is_new(level, &inputs, known) {
                review.reasons.push(NewReason { rule: Rule::RiskItem, level, inputs: inputs.clone() });
            }
            review.signals.push(Finding { rule: Rule::RiskItem, level: SignalLevel::Red, inputs });
        }
    }
    review
}

/// Whether a risk answer needs a reason of its own, with its own clock and ladder.
///
/// Not if it is no worse than one (of the same item; worse = graver level, or higher value at the same level) that was
/// already acted on
/// - in the same check-in: saving, submitting and sending again are one answer;
/// - in another check-in, as long as nobody has taken that reason up: its ladder is still calling people.
///
/// Once somebody has taken it up, the next check-in's answer is news and begins anew.
fn is_new(level: ReasonLevel, inputs: &SignalInputs, known: &Known<'_>) -> bool {
    let covers = |reason: &Reason| {
        reason.rule == Rule::RiskItem
            && reason.inputs.instrument == inputs.instrument
            && reason.inputs.item == inputs.item
            && reason.inputs.rater == inputs.rater
            && (reason.level, reason.inputs.value) >= (level, inputs.value)
    };
    let same_answer = known.all().any(|reason| known.is_of_packet(reason) && covers(reason));
    let still_calling = known.open.iter().any(|reason| reason.acknowledged_at.is_none() && covers(reason));
    !same_answer && !still_calling
}

impl Known<'_> {
    pub(super) fn all(&self) -> impl Iterator<Item = &Reason> {
        self.open.iter().chain(self.closed)
    }

    fn is_of_packet(&self, reason: &Reason) -> bool {
        self.packet.is_some() && reason.packet_id.as_ref() == self.packet
    }
}
