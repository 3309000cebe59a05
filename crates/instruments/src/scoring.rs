//! From answers to scores. Never a silent partial sum: a score is valid, prorated by the version's
//! own rule, or invalid and then has no value. What a value means is left to [`crate::interpret`].

use serde::{Deserialize, Serialize};

use crate::{Answer, Answers, Instrument, MissingRule, Scale, code::coded};

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
    /// Reported score, rounded half up to the scale's decimals; `None` when invalid.
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

/// Scores the answers on every scale of the instrument, the primary one first.
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
    instrument.scales.iter().map(|scale| score_scale(instrument, scale, answers)).collect()
}

fn score_scale(instrument: &Instrument, scale: &Scale, answers: &Answers) -> Score {
    let measured = measure(instrument, scale, |index| answers.get(&instrument.items[index].id).copied());
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
}

/// Scores one scale from answers in any container: `answer` is asked for each item of the scale by
/// its position in [`Instrument::items`]. Does not allocate.
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
pub fn measure(instrument: &Instrument, scale: &Scale, answer: impl Fn(usize) -> Option<Answer>) -> Measured {
    let (mut sum, mut answered, mut missing) = (0_i64, 0_u32, 0_u32);
    let mut every_answer_offered = true;
    for member in &scale.items {
        match answer(member.index) {
            Some(Answer::Value(value)) if instrument.items[member.index].offers(value) => {
                sum += member.reversed_from.map_or(value, |ends| ends - value);
                answered += 1;
            }
            Some(Answer::Value(_)) => {
                every_answer_offered = false;
                missing += 1;
            }
            Some(Answer::Declined) | None => missing += 1,
        }
    }
    let state = match scale.missing {
        _ if !every_answer_offered => ScoreState::Invalid,
        _ if missing == 0 => ScoreState::Valid,
        MissingRule::Prorate { at_most } if missing <= at_most => ScoreState::Prorated,
        MissingRule::Prorate { .. } | MissingRule::Complete => ScoreState::Invalid,
    };
    // With nothing missing the fraction is the plain sum; kept as integers so that halves are exact.
    let numerator = sum * i64::from(answered + missing);
    let denominator = i64::from(answered) * scale.divide_by;
    Measured {
        state,
        score: (state != ScoreState::Invalid).then(|| {
            (numerator as f64 / denominator as f64, round_half_up(numerator, denominator, scale.axis.decimals))
        }),
        observed_sum: sum as f64 / scale.divide_by as f64,
        answered,
        missing,
    }
}

/// `numerator / denominator` rounded half up to `decimals`. The denominator is positive.
fn round_half_up(numerator: i64, denominator: i64, decimals: u8) -> f64 {
    let unit = 10_i64.pow(u32::from(decimals));
    let steps = (2 * numerator * unit + denominator).div_euclid(2 * denominator);
    steps as f64 / unit as f64
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
