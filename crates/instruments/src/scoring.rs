//! From answers to scores. Never a silent partial sum: a score is valid, prorated by the version's
//! own rule, or invalid and then has no value. What a value means is left to [`crate::interpret`].

use serde::{Deserialize, Serialize};

use crate::{
    Answer, Answers, Context, Instrument, Item, MissingRule, Points, Rounding, Scale, ScaleItem, ScaleMethod,
    SkipOutcome, Value, code::coded, formula,
};

coded! {
    /// How a score came about.
    pub enum ScoreState {
        /// Every item was answered.
        Valid = "valid",
        /// Some items were missing and the version's rule allowed to replace them.
        Prorated = "prorated",
        /// Not scored: too much is missing, or an answer is not one the item offers.
        Invalid = "invalid",
    }
}

/// One score of one set of answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Id of the scale: `total`.
    pub scale: String,
    /// How it came about.
    pub state: ScoreState,
    /// Unrounded score; `None` when invalid.
    pub exact: Option<f64>,
    /// Reported score, rounded by the scale's rule; `None` when invalid.
    pub value: Option<f64>,
    /// Sum of the answered items alone, in points of the scale.
    pub observed_sum: f64,
    /// Number of answered items.
    pub answered: u32,
    /// Number of items skipped, declined or not reached.
    pub missing: u32,
    /// Id of the band; `None` when invalid or without bands.
    pub band: Option<String>,
}

/// The numbers of a [`Score`], without names: what batch scoring needs, free of allocation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// How it came about.
    pub state: ScoreState,
    /// Unrounded and reported score; `None` when invalid.
    pub score: Option<(f64, f64)>,
    /// Sum of the answered items alone, in points of the scale.
    pub observed_sum: f64,
    /// Number of answered items.
    pub answered: u32,
    /// Number of missing items.
    pub missing: u32,
}

/// Scores the answers on every scale of the instrument, the primary one first; of the person nothing is known.
///
/// ```
/// use instruments::{Answer, Library, ScoreState, score};
/// let library = Library::embedded()?;
/// let phq9 = library.current("phq-9").expect("ships with the library");
/// let answers = [("1", 2), ("2", 2), ("3", 3), ("5", 2), ("6", 2), ("7", 2), ("8", 1), ("9", 1)]
///     .map(|(item, value)| (item.to_owned(), Answer::Value(value)))
///     .into();
/// let total = &score(phq9, &answers)[0];
/// assert_eq!(total.state, ScoreState::Prorated);
/// assert_eq!((total.observed_sum, total.answered), (15.0, 8));
/// assert_eq!((total.exact, total.value), (Some(16.875), Some(17.0)));
/// # Ok::<(), instruments::LibraryError>(())
/// ```
pub fn score(instrument: &Instrument, answers: &Answers) -> Vec<Score> {
    score_for(instrument, answers, &Context::default())
}

/// Scores the answers of a person of whom something is known.
pub fn score_for(instrument: &Instrument, answers: &Answers, context: &Context) -> Vec<Score> {
    let answer = |index: usize| answers.get(&instrument.items[index].id).copied();
    let named = |(scale, measured): (&Scale, Measured)| {
        let value = measured.score.map(|(_, value)| value);
        Score {
            scale: scale.id.clone(),
            state: measured.state,
            exact: measured.score.map(|(exact, _)| exact),
            value,
            observed_sum: measured.observed_sum,
            answered: measured.answered,
            missing: measured.missing,
            band: value.and_then(|value| scale.band_of(value)).map(|band| band.id.clone()),
        }
    };
    let measured = instrument.scales.iter().map(|scale| (scale, measure_for(instrument, scale, &answer, context)));
    measured.map(named).collect()
}

/// Scores one scale from answers in any container: `answer` is asked for each item of the scale by
/// its position in [`Instrument::items`]. Does not allocate. Of the person nothing is known.
///
/// ```
/// use instruments::{Answer, Library, measure};
/// let library = Library::embedded()?;
/// let gad7 = library.current("gad-7").expect("ships with the library");
/// let row = [3, 3, 2, 2, 1, 2, 2];
/// let total = measure(gad7, gad7.primary(), |index| Some(Answer::Value(row[index])));
/// assert_eq!(total.score, Some((15.0, 15.0)));
/// # Ok::<(), instruments::LibraryError>(())
/// ```
#[inline]
pub fn measure(instrument: &Instrument, scale: &Scale, answer: impl Fn(usize) -> Option<Answer>) -> Measured {
    measure_for(instrument, scale, &answer, &Context::default())
}

/// [`measure`] for a person of whom something is known.
#[inline]
pub fn measure_for<A>(instrument: &Instrument, scale: &Scale, answer: &A, context: &Context) -> Measured
where
    A: Fn(usize) -> Option<Answer>,
{
    let mut tally = Tally::default();
    if instrument.skips.is_empty() {
        for member in &scale.items {
            tally.add(member, answer(member.index).and_then(Answer::value));
        }
    } else {
        let sheet = Sheet { instrument, answer, context, settled: &[] };
        for member in &scale.items {
            match sheet.effective(member.index) {
                Effective::Points(value) => tally.add(member, Some(value)),
                Effective::NotApplicable => tally.not_applicable += 1,
                Effective::Missing => tally.missing += 1,
                Effective::NotOffered => {
                    tally.missing += 1;
                    tally.not_offered = true;
                }
            }
        }
    }
    let over_form = match scale.missing {
        MissingRule::Zero { over_form: true, .. } => Some(missing_of_form(instrument, answer, context)),
        _ => None,
    };
    let state = tally.state(scale.missing, over_form);
    let score = if state == ScoreState::Invalid {
        None
    } else {
        match &scale.method {
            ScaleMethod::Licensed => None,
            ScaleMethod::Sum => Some(tally.fraction(scale)),
            ScaleMethod::Table(table) => {
                let (raw, _) = tally.fraction(scale);
                let row = table.iter().find(|(from, _)| (*from as f64 - raw).abs() < 1e-9);
                row.map(|&(_, score)| (score, score))
            }
            ScaleMethod::Formula(formula) => {
                let sheet = Sheet { instrument, answer, context, settled: &[] };
                formula::evaluate(&formula.tree, &sheet, &[]).number().map(|exact| (exact, scale.rounded(exact)))
            }
        }
    };
    Measured {
        // A rule that does not come to a figure gives no score.
        state: if score.is_some() { state } else { ScoreState::Invalid },
        score,
        observed_sum: (tally.sum * scale.multiply_by) as f64 / scale.divide_by as f64,
        answered: tally.answered,
        missing: tally.missing,
    }
}

/// Unanswered items of the whole form, those of every scale together.
fn missing_of_form(instrument: &Instrument, answer: &dyn Fn(usize) -> Option<Answer>, context: &Context) -> u32 {
    let sheet = Sheet { instrument, answer, context, settled: &[] };
    let items = &instrument.scales[0].items;
    items.iter().filter(|member| matches!(sheet.effective(member.index), Effective::Missing)).count() as u32
}

#[derive(Default)]
struct Tally {
    sum: i64,
    answered: u32,
    missing: u32,
    not_applicable: u32,
    not_offered: bool,
}

impl Tally {
    #[inline]
    fn add(&mut self, member: &ScaleItem, value: Option<i64>) {
        match value {
            Some(value) if member.offered.contains(value) => {
                self.sum += member.points.of(value);
                self.answered += 1;
            }
            Some(_) => {
                self.not_offered = true;
                self.missing += 1;
            }
            None => self.missing += 1,
        }
    }

    #[inline]
    fn state(&self, rule: MissingRule, over_form: Option<u32>) -> ScoreState {
        match rule {
            _ if self.not_offered => ScoreState::Invalid,
            MissingRule::Zero { at_most, .. } if over_form.unwrap_or(self.missing) <= at_most => ScoreState::Valid,
            MissingRule::Zero { .. } => ScoreState::Invalid,
            _ if self.missing == 0 => ScoreState::Valid,
            MissingRule::Prorate { at_most, .. } if self.missing <= at_most && self.answered > 0 => {
                ScoreState::Prorated
            }
            MissingRule::Prorate { .. } | MissingRule::Complete => ScoreState::Invalid,
        }
    }

    /// Unrounded and reported score. Kept as a fraction of whole numbers up to here, so that halves are exact.
    #[inline]
    fn fraction(&self, scale: &Scale) -> (f64, f64) {
        let (numerator, denominator) = match scale.missing {
            MissingRule::Prorate { .. } if self.missing > 0 && self.answered > 0 => {
                (self.sum * i64::from(self.answered + self.missing), i64::from(self.answered) * scale.divide_by)
            }
            _ => (self.sum, scale.divide_by),
        };
        let numerator = numerator * scale.multiply_by;
        let exact = numerator as f64 / denominator as f64;
        match scale.rounding {
            Rounding::HalfUp => (exact, round_half_up(numerator, denominator, scale.axis.decimals)),
            Rounding::None => (exact, exact),
        }
    }
}

/// `numerator / denominator` rounded half up to `decimals`. The denominator is positive.
#[inline]
fn round_half_up(numerator: i64, denominator: i64, decimals: u8) -> f64 {
    let unit = 10_i64.pow(u32::from(decimals));
    let steps = (2 * numerator * unit + denominator).div_euclid(2 * denominator);
    steps as f64 / unit as f64
}

/// A sheet of answers, read through the instrument's skip rules.
pub(crate) struct Sheet<'a, 'b> {
    pub instrument: &'a Instrument,
    pub answer: &'b dyn Fn(usize) -> Option<Answer>,
    pub context: &'b Context,
    /// What stands in the items' places, where it was worked out before ([`Outcome::settled`]); otherwise empty.
    pub settled: &'b [Settled],
}

/// What stands in an item's place, with its figure: worked out once for a sheet of which many formulas are read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settled {
    effective: Effective,
    figure: Option<f64>,
}

/// What stands in an item's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effective {
    /// This value: answered, or put in by a skip rule.
    Points(i64),
    /// The question does not apply and is not counted.
    NotApplicable,
    /// It should have been answered.
    Missing,
    /// An answer the item does not offer.
    NotOffered,
}

impl Sheet<'_, '_> {
    #[inline]
    pub(crate) fn effective(&self, index: usize) -> Effective {
        self.settled.get(index).map_or_else(|| self.work_out(index), |settled| settled.effective)
    }

    fn work_out(&self, index: usize) -> Effective {
        let item = &self.instrument.items[index];
        let given = (self.answer)(index).and_then(Answer::value);
        if let Some(skip) = item.skip.and_then(|skip| self.instrument.skips.get(skip))
            && formula::evaluate(&skip.when.tree, self, &[]).truth() == Some(true)
        {
            match (skip.outcome, given) {
                (SkipOutcome::NotApplicable, _) => return Effective::NotApplicable,
                (SkipOutcome::CountsAs(value), None) => return Effective::Points(value),
                (SkipOutcome::CountsAs(_), Some(_)) => {}
            }
        }
        match given {
            Some(value) if item.offers(value) => Effective::Points(value),
            Some(_) => Effective::NotOffered,
            None => Effective::Missing,
        }
    }

    /// The answer as a figure in the words of the questionnaire: a mark on a line in tenths of its length.
    #[inline]
    pub(crate) fn figure(&self, index: usize) -> Option<f64> {
        match self.settled.get(index) {
            Some(settled) => settled.figure,
            None => self.figure_of(index, self.work_out(index)),
        }
    }

    fn figure_of(&self, index: usize, effective: Effective) -> Option<f64> {
        match effective {
            Effective::Points(value) => Some(value as f64 / self.instrument.items[index].unit() as f64),
            _ => None,
        }
    }
}

impl Points {
    /// Points of a value the item offers.
    #[inline]
    pub fn of(&self, value: i64) -> i64 {
        match self {
            Self::Linear { base, per_step } => base + per_step * value,
            Self::Table(table) => table.iter().find(|(from, _)| *from == value).map_or(0, |(_, points)| *points),
            Self::From(least) => i64::from(value >= *least),
        }
    }
}

impl Item {
    /// Stored values per unit of the questionnaire: ten on a line, which is stored in tenths.
    pub fn unit(&self) -> i64 {
        match self.kind {
            crate::ItemKind::VisualAnalogue { .. } => 10,
            _ => 1,
        }
    }
}

/// Scores sheet after sheet of one instrument with buffers of its own: nothing is allocated per sheet or item.
///
/// ```
/// use instruments::{Answer, Context, Library, Scorer, Value};
/// let library = Library::embedded()?;
/// let pcl5 = library.current("pcl-5").expect("ships with the library");
/// let mut scorer = Scorer::new(pcl5);
/// let answers = [Some(Answer::Value(3)); 20];
/// let context = Context::default();
/// let outcome = scorer.score(&answers, &context);
/// assert_eq!(outcome.scales()[0].score, Some((60.0, 60.0)));
/// assert_eq!(outcome.value("provisional_dsm5"), Some(Value::Truth(true)));
/// # Ok::<(), instruments::LibraryError>(())
/// ```
#[derive(Debug)]
pub struct Scorer<'a> {
    instrument: &'a Instrument,
    measured: Vec<Measured>,
}

impl<'a> Scorer<'a> {
    /// A scorer for one instrument version.
    pub fn new(instrument: &'a Instrument) -> Self {
        Self { instrument, measured: Vec::with_capacity(instrument.scales.len()) }
    }

    /// Scores one sheet: answers by the items' positions; what is beyond the end of the slice was not answered.
    pub fn score<'s>(&'s mut self, answers: &'s [Option<Answer>], context: &'s Context) -> Outcome<'a, 's> {
        let answer = |index: usize| answers.get(index).copied().flatten();
        self.measured.clear();
        for scale in &self.instrument.scales {
            self.measured.push(measure_for(self.instrument, scale, &answer, context));
        }
        Outcome { instrument: self.instrument, answers, context, measured: &self.measured, settled: &[] }
    }
}

/// What one sheet came to.
#[derive(Clone, Copy, Debug)]
pub struct Outcome<'a, 's> {
    instrument: &'a Instrument,
    answers: &'s [Option<Answer>],
    context: &'s Context,
    measured: &'s [Measured],
    settled: &'s [Settled],
}

impl<'a, 's> Outcome<'a, 's> {
    /// Works out once what stands in each item's place, for whoever reads many formulas off the same sheet.
    pub(crate) fn settled(mut self, buffer: &'s mut Vec<Settled>) -> Self {
        let answer = |index: usize| self.answers.get(index).copied().flatten();
        let sheet = Sheet { instrument: self.instrument, answer: &answer, context: self.context, settled: &[] };
        buffer.clear();
        buffer.extend((0..self.instrument.items.len()).map(|index| {
            let effective = sheet.work_out(index);
            Settled { effective, figure: sheet.figure_of(index, effective) }
        }));
        self.settled = buffer;
        self
    }

    /// The scales in the instrument's order.
    pub fn scales(&self) -> &[Measured] {
        self.measured
    }

    /// What a formula of this instrument comes to on this sheet.
    pub fn evaluate(&self, formula: &'a crate::Formula) -> Value<'a> {
        let answer = |index: usize| self.answers.get(index).copied().flatten();
        let sheet =
            Sheet { instrument: self.instrument, answer: &answer, context: self.context, settled: self.settled };
        formula::evaluate(&formula.tree, &sheet, self.measured)
    }

    /// The named value, where the instrument has one of that name that is not a group.
    pub fn value(&self, name: &str) -> Option<Value<'a>> {
        let (_, reading) = self.instrument.values.iter().find(|(id, _)| id == name)?;
        match reading {
            crate::Reading::One(formula) => Some(self.evaluate(formula)),
            crate::Reading::Group(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::round_half_up;

    #[test]
    #[expect(clippy::float_cmp, reason = "the result is the nearest float to a decimal, exactly")]
    fn halves_go_up_exactly() {
        // 8 of 9 answered with raw sums of 4, 12 and 20: exactly 4.5, 13.5 and 22.5.
        let prorated = [4, 12, 20].map(|sum| round_half_up(sum * 9, 8, 0));
        assert_eq!(prorated, [5.0, 14.0, 23.0]);
        // Up also below zero, and at the last decimal.
        let others = [(-1, 2, 0), (358, 10, 1), (1, 8, 2)].map(|(n, d, decimals)| round_half_up(n, d, decimals));
        assert_eq!(others, [0.0, 35.8, 0.13]);
    }
}
