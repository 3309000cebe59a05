//! Rules that raise fewer alerts, and which of them to suggest to a practice whose alerts are more than its budget.

use super::{Act, Configuration, Number};
use crate::response::Rule;

/// Changes for the worse that are tried, in percent of the reliable change.
const WORSE_THAN_BEST: [i64; 3] = [125, 150, 200];

/// These rules, first, and quieter ones: a larger change for the worse before "worse than the best so far" speaks, and no improvement
/// shown instead of a case. Reliable deterioration stays as it is.
pub fn quieter(rules: &Configuration) -> Vec<Configuration> {
    let now = rules.number(Number::WorseThanBestPercent);
    let is_case = |rule: Rule| rules.act(rule) == Act::Case;
    let larger = WORSE_THAN_BEST.into_iter().filter(|percent| is_case(Rule::WorseThanBest) && *percent > now);
    let percents: Vec<i64> = std::iter::once(now).chain(larger).collect();
    let shown = is_case(Rule::NoImprovement).then_some(Act::Shown);
    let acts = std::iter::once(rules.act(Rule::NoImprovement)).chain(shown);
    acts.flat_map(|act| percents.iter().filter_map(move |percent| with(rules, act, *percent))).collect()
}

fn with(rules: &Configuration, no_improvement: Act, worse_than_best_percent: i64) -> Option<Configuration> {
    let mut quieter = rules.clone();
    quieter.set_act(Rule::NoImprovement, no_improvement).ok()?;
    quieter.set_number(Number::WorseThanBestPercent, worse_than_best_percent).ok()?;
    Some(quieter)
}

/// What rules would have done.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighed {
    /// The rules.
    pub rules: Configuration,
    /// Alerts of one clinician in seven days, on average.
    pub a_week: f64,
    /// Of the closed courses that ended without reliable improvement, those in which a case would have been opened before, and all of
    /// them; none where there are too few.
    pub found: Option<(u32, u32)>,
}

impl Weighed {
    /// Whether a clinician is told of every alert one by one, on average.
    pub fn fits(&self, budget: u32) -> bool {
        self.a_week <= f64::from(budget)
    }
}

/// Which of these to suggest: of those that fit the budget the one that finds the most, and of equals the one with the fewest
/// alerts; where nothing is known of what they find, the one that is the least quiet. Where none fits, the one with the fewest
/// alerts. None of none.
pub fn suggested(weighed: &[Weighed], budget: u32) -> Option<usize> {
    // Of several that are as good the one that changes the least: they come in that order, and the last of the best is taken.
    let fitting = weighed.iter().enumerate().rev().filter(|(_, one)| one.fits(budget));
    let best = fitting.max_by(|(_, one), (_, other)| match (one.found, other.found) {
        (Some((found, _)), Some((others, _))) => found.cmp(&others).then_with(|| other.a_week.total_cmp(&one.a_week)),
        _ => one.a_week.total_cmp(&other.a_week),
    });
    let fewest = || weighed.iter().enumerate().min_by(|(_, one), (_, other)| one.a_week.total_cmp(&other.a_week));
    best.or_else(fewest).map(|(place, _)| place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_in_force_come_first_and_the_others_ask_for_more() {
        let usual = Configuration::default();
        let tried = quieter(&usual);
        assert_eq!(tried.len(), 8);
        assert!(usual.differences(&tried[0]).is_empty());
        for one in &tried[1..] {
            assert!(one.number(Number::WorseThanBestPercent) >= 100 && !usual.differences(one).is_empty());
            assert_eq!(one.act(Rule::ReliableDeterioration), Act::Case);
        }
        let mut quiet = Configuration::default();
        quiet.set_act(Rule::NoImprovement, Act::Off).unwrap();
        quiet.set_number(Number::WorseThanBestPercent, 200).unwrap();
        assert_eq!(quieter(&quiet).len(), 1, "nothing is left to try");
        assert_eq!(quieter(&quiet)[0].act(Rule::NoImprovement), Act::Off);
    }

    #[test]
    fn the_one_that_finds_most_within_the_budget() {
        let of = |a_week: f64, found: Option<u32>| Weighed {
            rules: Configuration::default(),
            a_week,
            found: found.map(|found| (found, 40)),
        };
        let known = [of(12.0, Some(30)), of(9.5, Some(28)), of(8.0, Some(28)), of(3.0, Some(11))];
        assert_eq!(suggested(&known, 10), Some(2), "finds as many with fewer alerts");
        assert_eq!(suggested(&known, 12), Some(0), "what fits is left as it is");
        assert_eq!(suggested(&known, 2), Some(3), "none fits");
        let same = [of(9.5, None), of(9.5, None)];
        assert_eq!(suggested(&same, 10), Some(0), "what changes nothing is not suggested");
        let unknown = [of(12.0, None), of(9.5, None), of(8.0, None)];
        assert_eq!(suggested(&unknown, 10), Some(1), "nothing is known of what they find");
        assert_eq!(suggested(&[], 10), None);
    }
}
