//! From facts to what a page says: reasons with their inputs, changes, names, numbers and telephone numbers.

use care::case::{Reason, ReasonLevel};
use care::episode::Measure;
use care::response::{Rule, SignalInputs};
use care::review::{Because, Quiet};
use care::{Instant, Language};
use chrono_tz::Tz;
use instruments::{Change as Reliable, Instrument, Library, Rater, Scale, change};
use templates::format;
use templates::format::Moment;
use templates::staff::{Change, ReasonText, Trend};

/// How a page tells the time: to whom, where, and when.
#[derive(Clone, Copy)]
pub(super) struct Telling {
    /// Now.
    pub now: Instant,
    /// The zone of the reader or of the place.
    pub zone: Tz,
    /// The reader's language.
    pub language: Language,
}

impl Telling {
    /// A moment with its distance from now.
    pub(super) fn moment(self, at: Instant) -> Moment {
        Moment::new(at, self.now, self.zone, self.language)
    }

    /// "Mar 10, 2026".
    pub(super) fn day(self, at: Instant) -> String {
        format::day(format::local_day(at, self.zone), self.language)
    }

    /// "Mar 10".
    pub(super) fn short_day(self, at: Instant) -> String {
        format::short_day(format::local_day(at, self.zone), self.language)
    }

    /// "Mar 10, 2026, 9:05 AM".
    pub(super) fn date_time(self, at: Instant) -> String {
        format::date_time(at, self.zone, self.language)
    }

    /// "Tue, Mar 10, 9:05 AM".
    pub(super) fn session(self, at: Instant) -> String {
        let day = format::weekday_day(format::local_day(at, self.zone), self.language);
        format!("{day}, {}", format::time(at, self.zone, self.language))
    }

    /// The same for another place.
    pub(super) fn at(self, zone: Tz) -> Self {
        Self { zone, ..self }
    }
}

/// The instrument of a finding, in the version it was found with.
fn instrument_of<'a>(library: &'a Library, inputs: &SignalInputs) -> Option<&'a Instrument> {
    let id = inputs.instrument.as_deref()?;
    inputs.version.as_deref().and_then(|version| library.get(id, version)).or_else(|| library.current(id))
}

/// A rule with its inputs, ready to be said.
pub(super) fn reason_text(
    library: &Library,
    language: Language,
    rule: Rule,
    level: Option<ReasonLevel>,
    inputs: &SignalInputs,
) -> ReasonText {
    let instrument = instrument_of(library, inputs);
    let item = instrument.zip(inputs.item.as_deref()).and_then(|(instrument, id)| instrument.item(id));
    let answer = item.zip(inputs.value).and_then(|(item, value)| item.shown(value.round() as i64, language));
    let number = |value: Option<f64>| value.map(format::score).unwrap_or_default();
    let count = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default();
    ReasonText {
        instrument: instrument
            .map(|one| format!("{}{}", one.short_name.get(language), answered_by(inputs.rater, language)))
            .unwrap_or_default(),
        item: item.map(|item| item.label.get(language).to_owned()).unwrap_or_default(),
        answer: answer.unwrap_or_default(),
        value: number(inputs.value),
        reference: number(inputs.reference),
        change: inputs.change.map(format::change).unwrap_or_default(),
        threshold: number(inputs.threshold),
        session: count(inputs.session),
        missed: count(inputs.missed),
        ahead: inputs.ahead.map(|ahead| ahead.as_str().to_owned()).unwrap_or_default(),
        probability: inputs.probability.map(|share| format!("{:.0}", share * 100.0)).unwrap_or_default(),
        ..ReasonText::new(rule, level)
    }
}

/// Who answered, where it was not the client.
const fn answered_by(rater: Option<Rater>, language: Language) -> &'static str {
    match (rater, language) {
        (None | Some(Rater::Client), _) => "",
        (Some(Rater::Clinician), Language::En) => " (the clinician’s view)",
        (Some(Rater::Clinician), Language::Es) => " (visión del profesional)",
        (Some(Rater::Caregiver | Rater::Parent | Rater::Partner), Language::En) => " (answered by somebody close)",
        (Some(Rater::Caregiver | Rater::Parent | Rater::Partner), Language::Es) => " (contestado por alguien cercano)",
    }
}

/// A case's reason, ready to be said.
pub(super) fn case_reason(library: &Library, language: Language, reason: &Reason) -> ReasonText {
    reason_text(library, language, reason.rule, Some(reason.level), &reason.inputs)
}

/// The gravest first, then the earliest due.
pub(super) fn gravest_first(reasons: &mut [Reason]) {
    reasons.sort_by_key(|reason| (!reason.is_open(), std::cmp::Reverse(reason.level), reason.due_at));
}

/// The gravest open reason's level. A case whose reasons are all done with is followed up: a danger that was disposed of
/// does not call for anybody any more.
pub(super) fn level_of(reasons: &[Reason]) -> ReasonLevel {
    reasons.iter().filter(|reason| reason.is_open()).map(|reason| reason.level).max().unwrap_or(ReasonLevel::Routine)
}

/// What an overall reading rests on, said as the rule it comes from; what is no concern says nothing.
pub(super) fn standing_reasons(
    library: &Library,
    language: Language,
    because: &[Because],
    measures: &[Measure],
    open: &[Reason],
    session: i64,
    quiet: Quiet,
) -> Vec<ReasonText> {
    let mut texts = Vec::new();
    for one in because {
        match one {
            Because::RiskOpen => {
                let risk = open.iter().filter(|reason| reason.rule.is_risk() && reason.is_open());
                texts.extend(risk.map(|reason| case_reason(library, language, reason)));
            }
            Because::Silence => {
                texts.push(reason_text(library, language, Rule::Silence, None, &quiet.inputs()));
            }
            Because::ReliableDeterioration => {
                texts.extend(worse(library, language, measures, Rule::ReliableDeterioration, session, |one| {
                    one.baseline
                }));
            }
            Because::WorseThanBest => {
                texts.extend(worse(library, language, measures, Rule::WorseThanBest, session, |one| Some(one.best)));
            }
            Because::NoImprovement => {
                for (scale, measure) in primary(library, measures).filter(|(scale, _)| scale.alliance.is_none()) {
                    let Some(baseline) = measure.baseline else { continue };
                    let stalled = scale.caseness().is_some_and(|cutoff| cutoff.is_met(baseline))
                        && matches!(
                            change(scale, baseline, measure.latest),
                            Some(Reliable::Unchanged | Reliable::Deteriorated)
                        );
                    if stalled {
                        texts.push(compared(library, language, Rule::NoImprovement, scale, measure, baseline, session));
                    }
                }
            }
            Because::AllianceDrop => {
                for (scale, measure) in primary(library, measures).filter(|(scale, _)| scale.alliance.is_some()) {
                    let before = measure.previous.unwrap_or(measure.latest);
                    texts.push(compared(library, language, Rule::AllianceDrop, scale, measure, before, session));
                }
            }
            Because::FunctionalAndImproved
            | Because::TooFewScores
            | Because::Stale
            | Because::BelowCaseness
            | Because::NoBaseline
            | Because::OnTrack => {}
        }
    }
    texts
}

/// The summaries of primary scales, each with the scale its scores are read by.
pub(super) fn primary<'a>(
    library: &'a Library,
    measures: &'a [Measure],
) -> impl Iterator<Item = (&'a Scale, &'a Measure)> {
    measures.iter().filter_map(|measure| {
        let scale = library.of_structure(&measure.instrument, measure.structure)?.primary();
        (scale.id == measure.scale).then_some((scale, measure))
    })
}

fn worse<'a>(
    library: &'a Library,
    language: Language,
    measures: &'a [Measure],
    rule: Rule,
    session: i64,
    reference: impl Fn(&Measure) -> Option<f64> + 'a,
) -> impl Iterator<Item = ReasonText> + 'a {
    primary(library, measures).filter_map(move |(scale, measure)| {
        let reference = reference(measure)?;
        let is_worse = change(scale, reference, measure.latest) == Some(Reliable::Deteriorated);
        is_worse.then(|| compared(library, language, rule, scale, measure, reference, session))
    })
}

fn compared(
    library: &Library,
    language: Language,
    rule: Rule,
    scale: &Scale,
    measure: &Measure,
    reference: f64,
    session: i64,
) -> ReasonText {
    let inputs = SignalInputs {
        instrument: Some(measure.instrument.clone()),
        value: Some(measure.latest),
        reference: Some(reference),
        change: Some(measure.latest - reference),
        threshold: scale.reliable_change.as_ref().map(|rule| rule.points),
        session: Some(measure.session(session)),
        ..SignalInputs::default()
    };
    reason_text(library, language, rule, None, &inputs)
}

/// A change from one score to another, and what it means.
pub(super) fn change_of(scale: &Scale, from: f64, to: f64) -> Change {
    let trend = match change(scale, from, to) {
        Some(Reliable::Improved) => Trend::ReliablyBetter,
        Some(Reliable::Deteriorated) => Trend::ReliablyWorse,
        _ => match scale.polarity.worsening(from, to) {
            worse if worse.abs() < 1e-9 => Trend::Same,
            worse if worse > 0.0 => Trend::Worse,
            _ => Trend::Better,
        },
    };
    Change { points: format::change(to - from), trend }
}

/// What an entry of the audit says was done, in words; the code itself where it is newer than the words.
pub(super) fn did(templates: &templates::Templates, language: Language, action: &str) -> String {
    templates.said(&format!("did-{}", action.replace('.', "-")), language).unwrap_or_else(|| action.to_owned())
}

/// A number as people of its country write it: `(555) 010-0134` for +15550100134, others as they are.
pub(super) fn phone(number: &str) -> String {
    match number.strip_prefix("+1").filter(|rest| rest.len() == 10 && rest.bytes().all(|byte| byte.is_ascii_digit())) {
        Some(rest) => format!("({}) {}-{}", &rest[..3], &rest[3..6], &rest[6..]),
        None => number.to_owned(),
    }
}

/// Another person in one line: name, relation, number or address.
pub(super) fn contact(contact: &care::client::Contact) -> String {
    let number = contact.phone.as_deref().map(phone).or_else(|| contact.email.clone());
    [Some(contact.name.clone()), contact.relation.clone(), number].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_write_them() {
        assert_eq!(phone("+14155550100"), "(415) 555-0100");
        assert_eq!(phone("+525550802000"), "+525550802000");
    }

    #[test]
    fn a_change_is_read_by_the_scale_s_own_direction() {
        let library = Library::embedded().expect("the library loads");
        let phq = library.current("phq-9").expect("it ships").primary();
        assert_eq!(change_of(phq, 14.0, 22.0).trend, Trend::ReliablyWorse);
        assert_eq!(change_of(phq, 14.0, 15.0).trend, Trend::Worse);
        assert_eq!(change_of(phq, 22.0, 10.0).trend, Trend::ReliablyBetter);
        let wellbeing = library.current("wellbeing-check").expect("it ships").primary();
        assert_eq!(change_of(wellbeing, 20.0, 21.0).trend, Trend::Better);
    }
}
