//! Numbers of a card as a page writes them.

use care::model_card::{Counts, Figure, LEAST_OF_OUTCOME, Row};
use templates::staff::admin::{CardRow, Share};

/// "65 %".
pub fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// A number with its sign, a real minus.
pub fn signed(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let is_nought = text.chars().all(|letter| letter == '0' || letter == '.');
    if value < 0.0 && !is_nought { format!("−{text}") } else { text }
}

/// A share with its interval and the counts behind it; none where nobody is.
pub fn share(figure: Figure, hits: u32, of: u32) -> Option<Share> {
    figure.value.filter(|_| of > 0).map(|value| Share::new(value, figure.interval, hits, of))
}

/// A share of enough courses; of fewer it would say nothing, and of whom.
fn of_enough(figure: Figure, hits: u32, of: u32) -> Option<Share> {
    share(figure, hits, of).filter(|share| share.of >= LEAST_OF_OUTCOME)
}

/// A rule's row. What fewer than [`LEAST_OF_OUTCOME`] courses say is left out.
pub fn row(row: &Row) -> CardRow {
    let Counts { flagged_bad, flagged_good, bad, good } = row.counts;
    CardRow {
        rule: row.rule.clone(),
        act: row.act,
        sensitivity: of_enough(row.sensitivity, flagged_bad, bad),
        specificity: of_enough(row.specificity, good.saturating_sub(flagged_good), good),
        ppv: of_enough(row.ppv, flagged_bad, flagged_bad + flagged_good),
        flag_rate: of_enough(row.flag_rate, flagged_bad + flagged_good, bad + good),
        lead: row.lead.filter(|_| flagged_bad >= LEAST_OF_OUTCOME).map(|lead| {
            let sessions = |value: f64| templates::format::score(value);
            (sessions(lead), row.lead_interval.map(|(low, high)| format!("{}–{}", sessions(low), sessions(high))))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nought_has_no_sign_and_nobody_no_share() {
        assert_eq!((signed(-0.0004, 3), signed(-2.6111, 2)), ("0.000".to_owned(), "−2.61".to_owned()));
        assert!(share(Figure { value: Some(1.0), interval: None }, 0, 0).is_none());
    }
}
