//! The small language in which an instrument file says what cannot be said by a sum: counts above a threshold, cluster
//! rules, conditions. A formula is read once, with its file, into a tree and then only walked: no allocation, no loop without
//! an end, no way to fail. What is unknown stays unknown: truth has three values, so that a rule is true or false as soon as
//! the answers prove it and not before.
//!
//! How a formula is written is in `instruments/README.md`; reading the text is in `formula/parse.rs`.

pub(crate) mod parse;

use std::fmt;

use crate::{
    Context,
    scoring::Effective,
    scoring::{Measured, Sheet},
};

/// What a formula comes to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// Not known: something it needs was not answered.
    Unknown,
    /// Yes or no.
    Truth(bool),
    /// A figure.
    Number(f64),
    /// One of the words of the file.
    Word(&'a str),
}

impl Value<'_> {
    /// The truth, where it is one.
    pub const fn truth(self) -> Option<bool> {
        match self {
            Self::Truth(truth) => Some(truth),
            _ => None,
        }
    }

    /// The figure, where it is one.
    pub const fn number(self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(number),
            _ => None,
        }
    }
}

impl From<Option<bool>> for Value<'_> {
    fn from(truth: Option<bool>) -> Self {
        truth.map_or(Self::Unknown, Self::Truth)
    }
}

impl From<Option<f64>> for Value<'_> {
    fn from(number: Option<f64>) -> Self {
        number.map_or(Self::Unknown, Self::Number)
    }
}

/// A rule of an instrument file, ready to be evaluated.
#[derive(Clone, PartialEq)]
pub struct Formula {
    pub(crate) tree: Tree,
    /// As it stands in the file.
    pub(crate) text: String,
}

impl Formula {
    /// As it stands in the file.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Formula {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Formula").field(&self.text).finish()
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tree {
    Unknown,
    Truth(bool),
    Number(f64),
    Word(String),
    /// The answer to an item, by position.
    Item(usize),
    Sex,
    Age,
    /// Something about a scale, by position.
    Scale(usize, Of),
    Not(Box<Tree>),
    And(Box<Tree>, Box<Tree>),
    Or(Box<Tree>, Box<Tree>),
    Compare(Box<Tree>, Comparison, Box<Tree>),
    Arithmetic(Box<Tree>, Operation, Box<Tree>),
    If(Box<Tree>, Box<Tree>, Box<Tree>),
    /// The first word below the first threshold, else the word of the last threshold reached.
    Pick(Box<Tree>, String, Vec<(f64, String)>),
    Known(Box<Tree>),
    /// How many of the answered items compare so.
    Count(Vec<usize>, Comparison, f64),
    /// Whether at least so many of the items compare so, as far as the answers prove it.
    AtLeast(u32, Vec<usize>, Comparison, f64),
    /// Sum of the items; unknown as long as one is missing.
    Sum(Vec<usize>),
    /// Sum of those that were answered.
    SumAnswered(Vec<usize>),
    /// How many that should have been answered were not.
    Missing(Vec<usize>),
}

/// What a formula may ask of a scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    /// The reported score.
    Value,
    /// The unrounded score.
    Exact,
    /// The sum of the answered items.
    Sum,
    /// Answered items.
    Answered,
    /// Missing items.
    Missing,
    /// Whether there is a score.
    Valid,
    /// Whether missing items were replaced by the mean.
    Prorated,
    /// Id of the band.
    Band,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
}

impl Comparison {
    #[inline]
    fn holds(self, left: f64, right: f64) -> bool {
        match self {
            #[expect(clippy::float_cmp, reason = "codes and counts are whole numbers, and equality of words is meant")]
            Self::Equal => left == right,
            #[expect(clippy::float_cmp, reason = "as above")]
            Self::Unequal => left != right,
            Self::Less => left < right,
            Self::AtMost => left <= right,
            Self::More => left > right,
            Self::AtLeast => left >= right,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Plus,
    Minus,
    Times,
    Over,
}

impl Tree {
    /// Positions of the items the formula reads directly.
    pub(crate) fn items(&self, found: &mut Vec<usize>) {
        match self {
            Self::Item(index) => found.push(*index),
            Self::Count(items, ..)
            | Self::AtLeast(_, items, ..)
            | Self::Sum(items)
            | Self::SumAnswered(items)
            | Self::Missing(items) => found.extend(items),
            Self::Not(inner) | Self::Known(inner) | Self::Pick(inner, ..) => inner.items(found),
            Self::And(left, right)
            | Self::Or(left, right)
            | Self::Compare(left, _, right)
            | Self::Arithmetic(left, _, right) => {
                left.items(found);
                right.items(found);
            }
            Self::If(condition, yes, no) => {
                condition.items(found);
                yes.items(found);
                no.items(found);
            }
            Self::Unknown
            | Self::Truth(_)
            | Self::Number(_)
            | Self::Word(_)
            | Self::Sex
            | Self::Age
            | Self::Scale(..) => {}
        }
    }
}

/// Evaluates a formula. `scales` holds what the scales came to; formulas of skip rules and cut-offs, which may not ask for
/// scales, are given none.
pub(crate) fn evaluate<'a>(tree: &'a Tree, sheet: &Sheet<'a, '_>, scales: &[Measured]) -> Value<'a> {
    let known = |index: usize| sheet.figure(index);
    match tree {
        Tree::Unknown => Value::Unknown,
        Tree::Truth(truth) => Value::Truth(*truth),
        Tree::Number(number) => Value::Number(*number),
        Tree::Word(word) => Value::Word(word),
        Tree::Item(index) => Value::from(known(*index)),
        Tree::Sex => sheet.context.sex.map_or(Value::Unknown, |sex| Value::Word(sex.as_str())),
        Tree::Age => Value::from(sheet.context.age),
        Tree::Scale(index, of) => of_scale(*index, *of, sheet, scales),
        Tree::Not(inner) => Value::from(evaluate(inner, sheet, scales).truth().map(|truth| !truth)),
        Tree::And(left, right) => match evaluate(left, sheet, scales).truth() {
            Some(false) => Value::Truth(false),
            left => match (left, evaluate(right, sheet, scales).truth()) {
                (_, Some(false)) => Value::Truth(false),
                (Some(true), Some(true)) => Value::Truth(true),
                _ => Value::Unknown,
            },
        },
        Tree::Or(left, right) => match evaluate(left, sheet, scales).truth() {
            Some(true) => Value::Truth(true),
            left => match (left, evaluate(right, sheet, scales).truth()) {
                (_, Some(true)) => Value::Truth(true),
                (Some(false), Some(false)) => Value::Truth(false),
                _ => Value::Unknown,
            },
        },
        Tree::Compare(left, comparison, right) => {
            match (evaluate(left, sheet, scales), evaluate(right, sheet, scales)) {
                (Value::Number(left), Value::Number(right)) => Value::Truth(comparison.holds(left, right)),
                (Value::Word(left), Value::Word(right)) => match comparison {
                    Comparison::Equal => Value::Truth(left == right),
                    Comparison::Unequal => Value::Truth(left != right),
                    _ => Value::Unknown,
                },
                _ => Value::Unknown,
            }
        }
        Tree::Arithmetic(left, operation, right) => {
            let (Some(left), Some(right)) =
                (evaluate(left, sheet, scales).number(), evaluate(right, sheet, scales).number())
            else {
                return Value::Unknown;
            };
            let result = match operation {
                Operation::Plus => left + right,
                Operation::Minus => left - right,
                Operation::Times => left * right,
                Operation::Over => left / right,
            };
            if result.is_finite() { Value::Number(result) } else { Value::Unknown }
        }
        Tree::If(condition, yes, no) => match evaluate(condition, sheet, scales).truth() {
            Some(true) => evaluate(yes, sheet, scales),
            Some(false) => evaluate(no, sheet, scales),
            None => Value::Unknown,
        },
        Tree::Pick(number, first, steps) => match evaluate(number, sheet, scales).number() {
            Some(number) => {
                let reached = steps.iter().rev().find(|(from, _)| number >= *from);
                Value::Word(reached.map_or(first.as_str(), |(_, word)| word.as_str()))
            }
            None => Value::Unknown,
        },
        Tree::Known(inner) => Value::Truth(evaluate(inner, sheet, scales) != Value::Unknown),
        Tree::Count(items, comparison, threshold) => {
            let met = items.iter().filter(|&&index| known(index).is_some_and(|x| comparison.holds(x, *threshold)));
            Value::Number(met.count() as f64)
        }
        Tree::AtLeast(needed, items, comparison, threshold) => {
            let (mut met, mut open) = (0_u32, 0_u32);
            for &index in items {
                match sheet.effective(index) {
                    Effective::Points(_) => {
                        met += u32::from(known(index).is_some_and(|x| comparison.holds(x, *threshold)));
                    }
                    Effective::Missing | Effective::NotOffered => open += 1,
                    Effective::NotApplicable => {}
                }
            }
            Value::from(if met >= *needed {
                Some(true)
            } else if met + open < *needed {
                Some(false)
            } else {
                None
            })
        }
        Tree::Sum(items) => {
            let mut sum = 0.0;
            for &index in items {
                match sheet.effective(index) {
                    Effective::Points(_) => sum += known(index).unwrap_or_default(),
                    Effective::NotApplicable => {}
                    Effective::Missing | Effective::NotOffered => return Value::Unknown,
                }
            }
            Value::Number(sum)
        }
        Tree::SumAnswered(items) => Value::Number(items.iter().filter_map(|&index| known(index)).sum()),
        Tree::Missing(items) => {
            let open = |&&index: &&usize| matches!(sheet.effective(index), Effective::Missing | Effective::NotOffered);
            Value::Number(items.iter().filter(open).count() as f64)
        }
    }
}

fn of_scale<'a>(index: usize, of: Of, sheet: &Sheet<'a, '_>, scales: &[Measured]) -> Value<'a> {
    let Some(measured) = scales.get(index) else {
        return Value::Unknown;
    };
    match of {
        Of::Value => Value::from(measured.score.map(|(_, value)| value)),
        Of::Exact => Value::from(measured.score.map(|(exact, _)| exact)),
        Of::Sum => Value::Number(measured.observed_sum),
        Of::Answered => Value::Number(f64::from(measured.answered)),
        Of::Missing => Value::Number(f64::from(measured.missing)),
        Of::Valid => Value::Truth(measured.score.is_some()),
        Of::Prorated => Value::Truth(measured.state == crate::ScoreState::Prorated),
        Of::Band => {
            let band = measured.score.and_then(|(_, value)| sheet.instrument.scales[index].band_of(value));
            band.map_or(Value::Unknown, |band| Value::Word(&band.id))
        }
    }
}

/// Whether a condition on the person alone holds.
pub(crate) fn holds_for(formula: &Formula, instrument: &crate::Instrument, context: &Context) -> Option<bool> {
    let sheet = Sheet { instrument, answer: &|_| None, context, settled: &[] };
    evaluate(&formula.tree, &sheet, &[]).truth()
}
