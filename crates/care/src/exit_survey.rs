//! Two questions to a client who has stopped coming: why, and whether somebody should call. The wording is the instrument file's;
//! who is asked, and what the answers mean, is said here.

use crate::episode::DischargeReason;
use crate::outreach::OutreachOutcome;
use crate::response::Sheet;
use crate::text::text_enum;
use instruments::Answer;

/// The instrument that asks.
pub const INSTRUMENT: &str = "exit-survey";

/// The slot of its check-in: there is one of it in a course, so that nobody is asked twice.
pub const SLOT: &str = "exit";

const WHY: &str = "1";
const CALL: &str = "2";

text_enum! {
    /// Why a client stopped, in their own choice.
    Why {
        /// They are better.
        Better = "better",
        /// It did not help enough.
        NotHelped = "not_helped",
        /// Time, cost, the way.
        Practical = "practical",
        /// Not with this therapist.
        Fit = "fit",
        /// Moved, or cared for elsewhere.
        Moved = "moved",
        /// Something else.
        Other = "other",
    }
}

/// Whether somebody is asked to call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// Yes.
    Wanted,
    /// No, or left open.
    NotWanted,
}

/// What a client said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// Why; none where it was left open.
    pub why: Option<Why>,
    /// Whether to call.
    pub call: Call,
}

impl Said {
    /// From the answers of its check-in.
    pub fn of(sheet: &Sheet) -> Self {
        let value =
            |item: &str| sheet.get(INSTRUMENT).and_then(|answers| answers.get(item)).copied().and_then(Answer::value);
        let why = value(WHY).and_then(|value| usize::try_from(value - 1).ok()).and_then(|place| Why::ALL.get(place));
        Self { why: why.copied(), call: if value(CALL) == Some(1) { Call::Wanted } else { Call::NotWanted } }
    }
}

/// Whether a client is asked when getting in touch ended so: they do not come for now. Whoever comes again, or never stopped, is not.
pub const fn follows_outreach(outcome: OutreachOutcome) -> bool {
    matches!(outcome, OutreachOutcome::WantsBreak | OutreachOutcome::NotReached | OutreachOutcome::Discharged)
}

/// Whether a client is asked when their course ended so.
pub fn follows_discharge(reason: DischargeReason) -> bool {
    reason == DischargeReason::DroppedOut
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(answers: &[(&str, Option<i64>)]) -> Sheet {
        let own = answers.iter().map(|(item, value)| ((*item).to_owned(), Answer::from(*value))).collect();
        Sheet::from([(INSTRUMENT.to_owned(), own)])
    }

    #[test]
    fn the_choices_are_those_of_the_file_in_its_order() {
        let library = instruments::Library::embedded().expect("the instruments that ship");
        let instrument = library.current(INSTRUMENT).expect("it ships");
        for (place, why) in (1..).zip(Why::ALL) {
            assert!(instruments::check_answer(instrument, WHY, &Answer::Value(place)).is_ok(), "{why}");
            assert_eq!(Said::of(&sheet(&[(WHY, Some(place))])).why, Some(*why));
        }
        let beyond = i64::try_from(Why::ALL.len()).expect("few") + 1;
        assert!(instruments::check_answer(instrument, WHY, &Answer::Value(beyond)).is_err());
        assert_eq!(
            Said::of(&sheet(&[(WHY, Some(beyond)), (CALL, Some(0))])),
            Said { why: None, call: Call::NotWanted }
        );
    }

    #[test]
    fn what_is_left_open_is_no_reason_and_no_wish() {
        assert_eq!(Said::of(&sheet(&[(WHY, None), (CALL, None)])), Said { why: None, call: Call::NotWanted });
        assert_eq!(Said::of(&sheet(&[(CALL, Some(1))])), Said { why: None, call: Call::Wanted });
        assert_eq!(Said::of(&Sheet::new()), Said { why: None, call: Call::NotWanted });
    }
}
