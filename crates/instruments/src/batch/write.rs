//! Writing one line of output. What is the same on every line is put together once.

use std::io::Write as _;

use super::{FieldError, has_total};
use crate::{
    Answer, Formula, Instrument, Measured, MissingRule, Outcome, Reading, RiskLevel, ScaleRole, ScoreState, Value,
};

/// The parts of the output that are the same on every line.
#[derive(Debug)]
pub(super) struct Keys {
    /// From the instrument to the state.
    head: Vec<u8>,
    /// `"total":` of each subscale, by position among the scales.
    subscales: Vec<(usize, Vec<u8>)>,
    /// Scale, cut-off and key.
    cutoffs: Vec<(usize, usize, Vec<u8>)>,
    /// Key and where the reading stands among the instrument's values; the keys of a group's members.
    values: Vec<(Vec<u8>, Vec<Vec<u8>>)>,
    /// Item of each risk rule, and `"9:` as its findings begin.
    risk: Vec<(usize, Vec<u8>)>,
    /// Items that anything is read from.
    used: Vec<bool>,
}

impl Keys {
    pub(super) fn new(name: &str, instrument: &Instrument) -> Self {
        let mut head = Vec::new();
        head.extend_from_slice(b",\"instrument\":");
        text(name, &mut head);
        head.extend_from_slice(b",\"version\":");
        text(&instrument.version, &mut head);
        head.extend_from_slice(b",\"state\":\"");
        let scales = || instrument.scales.iter().enumerate();
        let all = || scales().flat_map(|(n, scale)| scale.cutoffs.iter().enumerate().map(move |(m, c)| (n, m, &c.id)));
        let cutoffs = all()
            .map(|(scale, cutoff, id)| {
                let alone = all().filter(|(_, _, other)| *other == id).count() == 1;
                let name = if alone { id.clone() } else { format!("{}.{id}", instrument.scales[scale].id) };
                (scale, cutoff, key(&name))
            })
            .collect();
        let values = instrument.values.iter().map(|(name, reading)| match reading {
            Reading::One(_) => (key(name), Vec::new()),
            Reading::Group(parts) => (key(name), parts.iter().map(|(part, _)| key(part)).collect()),
        });
        let mut used = vec![false; instrument.items.len()];
        let mut read = Vec::new();
        for scale in &instrument.scales {
            read.extend(scale.items.iter().map(|member| member.index));
        }
        for (_, reading) in &instrument.values {
            match reading {
                Reading::One(formula) => formula.tree.items(&mut read),
                Reading::Group(parts) => parts.iter().for_each(|(_, formula)| formula.tree.items(&mut read)),
            }
        }
        for skip in &instrument.skips {
            skip.when.tree.items(&mut read);
        }
        let position = |id: &str| instrument.items.iter().position(|item| item.id == id);
        let risk: Vec<(usize, Vec<u8>)> = instrument
            .risk
            .iter()
            .filter_map(|rule| Some((position(&rule.item)?, format!("\"{}:", rule.item).into_bytes())))
            .collect();
        for index in read.into_iter().chain(risk.iter().map(|(index, _)| *index)) {
            used[index] = true;
        }
        Self {
            head,
            subscales: scales()
                .filter(|(_, scale)| scale.role == ScaleRole::Subscale)
                .map(|(n, scale)| (n, key(&scale.id)))
                .collect(),
            cutoffs,
            values: values.collect(),
            risk,
            used,
        }
    }

    pub(super) fn is_used(&self, item: usize) -> bool {
        self.used[item]
    }

    pub(super) fn write<'a>(
        &self,
        instrument: &'a Instrument,
        id: Option<&str>,
        outcome: &Outcome<'a, '_>,
        answers: &[Option<Answer>],
        out: &mut Vec<u8>,
    ) {
        let scales = outcome.scales();
        let first = &instrument.scales[0];
        let (state, total) =
            if has_total(instrument) { (scales[0].state, Some(&scales[0])) } else { (worst(scales), None) };
        out.extend_from_slice(b"{\"id\":");
        out.extend_from_slice(id.unwrap_or("null").as_bytes());
        out.extend_from_slice(&self.head);
        out.extend_from_slice(state.as_str().as_bytes());
        // Where the publication gives no prorated total, the prorated figure stands in `total_exact` alone.
        let unpublished =
            state == ScoreState::Prorated && matches!(first.missing, MissingRule::Prorate { optional: true, .. });
        let score = total.and_then(|total| total.score);
        out.extend_from_slice(b"\",\"total\":");
        number(score.map(|(_, value)| value).filter(|_| !unpublished), out);
        out.extend_from_slice(b",\"total_exact\":");
        number(score.map(|(exact, _)| exact), out);
        out.extend_from_slice(b",\"band\":");
        let banded = total.or_else(|| (scales.len() == 1).then(|| &scales[0]));
        match banded.and_then(|scale| scale.score).and_then(|(_, value)| first.band_of(value)) {
            Some(band) => text(&band.id, out),
            None => out.extend_from_slice(b"null"),
        }

        out.extend_from_slice(b",\"subscales\":{");
        for (position, (scale, key)) in self.subscales.iter().enumerate() {
            separate(position, out);
            out.extend_from_slice(key);
            number(scales[*scale].score.map(|(_, value)| value), out);
        }
        out.extend_from_slice(b"},\"flags\":[");
        self.flags(instrument, answers, out);
        out.extend_from_slice(b"],\"cutoffs\":{");
        for (position, (scale, cutoff, key)) in self.cutoffs.iter().enumerate() {
            separate(position, out);
            out.extend_from_slice(key);
            let met = scales[*scale].score.map(|(_, value)| instrument.scales[*scale].cutoffs[*cutoff].is_met(value));
            truth(met, out);
        }
        out.extend_from_slice(b"},\"values\":{");
        for (position, ((name, parts), (_, reading))) in self.values.iter().zip(&instrument.values).enumerate() {
            separate(position, out);
            out.extend_from_slice(name);
            match reading {
                Reading::One(formula) => value(outcome, formula, out),
                Reading::Group(formulas) => {
                    out.push(b'{');
                    for (position, (name, (_, formula))) in parts.iter().zip(formulas).enumerate() {
                        separate(position, out);
                        out.extend_from_slice(name);
                        value(outcome, formula, out);
                    }
                    out.push(b'}');
                }
            }
        }
        out.extend_from_slice(b"},\"reasons\":[");
        reasons(instrument, scales, out);
        out.extend_from_slice(b"]}\n");
    }

    fn flags(&self, instrument: &Instrument, answers: &[Option<Answer>], out: &mut Vec<u8>) {
        let mut written = 0;
        for (rule, (index, begin)) in instrument.risk.iter().zip(&self.risk) {
            let given = answers.get(*index).copied().flatten().and_then(Answer::value);
            let step = given.and_then(|value| rule.steps.iter().rev().find(|step| value >= step.at_least));
            let level: Option<RiskLevel> = match (given, step) {
                (_, Some(step)) => Some(step.level),
                (None, None) => rule.unanswered,
                (Some(_), None) => None,
            };
            if let Some(level) = level {
                separate(written, out);
                written += 1;
                out.extend_from_slice(begin);
                out.extend_from_slice(level.as_str().as_bytes());
                out.push(b'"');
            }
        }
    }
}

/// A line that could not be scored.
pub(super) fn refused(number: u64, id: Option<&str>, error: &FieldError, out: &mut Vec<u8>) {
    let _ = write!(out, "{{\"id\":{},\"line\":{number},\"field\":", id.unwrap_or("null"));
    text(&error.field, out);
    out.extend_from_slice(b",\"error\":");
    text(&format!("line {number}: {error}"), out);
    out.extend_from_slice(b"}\n");
}

fn worst(scales: &[Measured]) -> ScoreState {
    [ScoreState::Invalid, ScoreState::Prorated]
        .into_iter()
        .find(|state| scales.iter().any(|scale| scale.state == *state))
        .unwrap_or(ScoreState::Valid)
}

/// Why there is no score, or how it came about although something is missing.
fn reasons(instrument: &Instrument, scales: &[Measured], out: &mut Vec<u8>) {
    let mut written = 0;
    let told = if has_total(instrument) { 1 } else { scales.len() };
    for (scale, measured) in instrument.scales.iter().zip(scales).take(told) {
        if measured.missing == 0 && measured.score.is_some() {
            continue;
        }
        let (missing, items) = (measured.missing, measured.missing + measured.answered);
        let why = match (measured.state, scale.missing) {
            (ScoreState::Invalid, _) if missing == 0 => "the answers do not decide the rule".to_owned(),
            (ScoreState::Invalid, MissingRule::Complete) => {
                format!("{missing} of {items} items missing; all are needed")
            }
            (ScoreState::Invalid, MissingRule::Prorate { at_most, .. } | MissingRule::Zero { at_most, .. }) => {
                format!("{missing} of {items} items missing; at most {at_most} may be")
            }
            (_, MissingRule::Zero { .. }) => format!("{missing} of {items} items missing; counted as 0"),
            (_, MissingRule::Prorate { optional: true, .. }) => format!(
                "{missing} of {items} items missing; a prorated total is not published, total_exact is the option"
            ),
            _ => format!("{missing} of {items} items missing; replaced by the mean of the others"),
        };
        separate(written, out);
        written += 1;
        if scale.role == ScaleRole::Total { text(&why, out) } else { text(&format!("{}: {why}", scale.id), out) }
    }
}

#[inline]
fn separate(position: usize, out: &mut Vec<u8>) {
    if position > 0 {
        out.push(b',');
    }
}

#[inline]
fn value<'a>(outcome: &Outcome<'a, '_>, formula: &'a Formula, out: &mut Vec<u8>) {
    match outcome.evaluate(formula) {
        Value::Unknown => out.extend_from_slice(b"null"),
        Value::Truth(known) => truth(Some(known), out),
        Value::Number(known) => number(Some(known), out),
        Value::Word(word) => text(word, out),
    }
}

#[inline]
fn truth(known: Option<bool>, out: &mut Vec<u8>) {
    out.extend_from_slice(match known {
        Some(true) => b"true",
        Some(false) => b"false",
        None => b"null",
    });
}

/// A figure with at most six decimals.
#[inline]
fn number(known: Option<f64>, out: &mut Vec<u8>) {
    let Some(number) = known else {
        out.extend_from_slice(b"null");
        return;
    };
    if number.fract() == 0.0 && (0.0..100.0).contains(&number) {
        let whole = number as u8;
        if whole >= 10 {
            out.push(b'0' + whole / 10);
        }
        out.push(b'0' + whole % 10);
    } else {
        let _ = write!(out, "{}", (number * 1e6).round() / 1e6);
    }
}

/// A JSON text.
fn text(text: &str, out: &mut Vec<u8>) {
    if text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    } else {
        let _ = serde_json::to_writer(out, text);
    }
}

fn key(name: &str) -> Vec<u8> {
    let mut key = Vec::new();
    text(name, &mut key);
    key.push(b':');
    key
}
