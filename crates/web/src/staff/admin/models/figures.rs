//! Numbers of a card as a page writes them.

use care::model_card::{Counts, Figure, Row};
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

/// A rule's row.
pub fn row(row: &Row) -> CardRow {
    let Counts { flagged_bad, flagged_good, bad, good } = row.counts;
    CardRow {
        rule: row.rule.clone(),
        act: row.act,
        sensitivity: share(row.sensitivity, flagged_bad, bad),
        specificity: share(row.specificity, good.saturating_sub(flagged_good), good),
        ppv: share(row.ppv, flagged_bad, flagged_bad + flagged_good),
        flag_rate: share(row.flag_rate, flagged_bad + flagged_good, bad + good),
        lead: row.lead.map(|lead| {
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
