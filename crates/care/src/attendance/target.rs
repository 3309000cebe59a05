//! What a rate should stay below, as data with its source, and where a figure stands to it.

use crate::text::text_enum;
use serde::Deserialize;
use stats::proportion::Share;

text_enum! {
    /// A rate that has a target.
    Rate {
        /// No-shows.
        NoShow = "no_show",
        /// Early termination.
        Early = "early",
    }
}

text_enum! {
    /// Where a figure stands to its target.
    Standing {
        /// Below it with all of its interval.
        Met = "met",
        /// Below it; the interval reaches over.
        MetUncertain = "met_uncertain",
        /// Not below it; the interval reaches under.
        AboveUncertain = "above_uncertain",
        /// Not below it with all of its interval.
        Above = "above",
    }
}

/// A target.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Of which rate.
    pub rate: Rate,
    /// The rate should be below this share.
    pub below: f64,
    /// Where it comes from.
    pub source: String,
    /// When it was written down.
    pub dated: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[expect(dead_code, reason = "says to the reader of the file what its numbers are")]
    kind: String,
    targets: Vec<Target>,
}

impl Target {
    /// The target of a rate.
    pub fn of(rate: Rate) -> Self {
        let file: File = serde_json::from_str(include_str!("../../data/attendance_targets.json"))
            .expect("the file is part of the program, and a test reads it");
        file.targets.into_iter().find(|target| target.rate == rate).expect("a test looks for each")
    }

    /// Where a share stands to it.
    pub fn standing(&self, share: &Share) -> Standing {
        match (share.value < self.below, share.low < self.below, share.high < self.below) {
            (true, _, true) => Standing::Met,
            (true, _, false) => Standing::MetUncertain,
            (false, true, _) => Standing::AboveUncertain,
            (false, false, _) => Standing::Above,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use stats::proportion::wilson;

    #[test]
    fn o3_both_rates_are_above_their_targets_and_uncertain() {
        let standing = |rate, hits, cases| Target::of(rate).standing(&wilson(hits, cases, 0.95).expect("a share"));
        assert_eq!(standing(Rate::NoShow, 21, 164), Standing::AboveUncertain);
        assert_eq!(standing(Rate::Early, 9, 38), Standing::AboveUncertain);
        assert_eq!(standing(Rate::NoShow, 2, 300), Standing::Met);
        assert_eq!(standing(Rate::NoShow, 5, 60), Standing::MetUncertain);
        assert_eq!(standing(Rate::NoShow, 120, 400), Standing::Above);
        for rate in Rate::ALL {
            assert!(!Target::of(*rate).source.is_empty());
        }
    }
}
