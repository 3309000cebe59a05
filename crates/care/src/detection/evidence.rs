//! What rules of the ladder did on published courses: data with its source, beside which a practice's own figures are read.

use crate::response::Rule;
use serde::Deserialize;
use std::sync::LazyLock;

/// A rule's figures, shares from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Which rule.
    pub rule: Rule,
    /// Bad ends that were flagged before.
    pub sensitivity: f64,
    /// Good ends that were not flagged.
    pub specificity: f64,
    /// Flagged courses that ended badly.
    pub ppv: f64,
    /// Courses that were flagged at any time.
    pub flagged: f64,
    /// Median number of sessions from the first flag to the end.
    pub lead: u32,
}

/// Where the figures come from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// Whose courses, and how they were counted.
    pub source: String,
    /// When.
    pub date: String,
    /// How well it is founded: `computed`.
    pub evidence: String,
    /// How many courses.
    pub courses: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    about: About,
    rule: Vec<Evidence>,
}

static FILE: LazyLock<Option<File>> =
    LazyLock::new(|| toml::from_str(include_str!("../../data/detection_evidence.toml")).ok());

/// What is known of a rule; none for one without figures.
///
/// ```
/// use care::detection::evidence;
/// use care::response::Rule;
/// assert_eq!(evidence(Rule::ReliableDeterioration).map(|found| found.lead), Some(8));
/// assert!(evidence(Rule::WorstEver).is_none());
/// ```
pub fn evidence(rule: Rule) -> Option<Evidence> {
    FILE.as_ref()?.rule.iter().find(|one| one.rule == rule).copied()
}

/// Where the figures of [`evidence`] come from.
pub fn evidence_source() -> Option<&'static About> {
    FILE.as_ref().map(|file| &file.about)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detection::LADDER;

    #[test]
    fn the_file_is_read_and_its_figures_hang_together() {
        let file = FILE.as_ref().expect("the file can be read");
        for one in &file.rule {
            assert!(LADDER.contains(&one.rule), "{}", one.rule);
            for share in [one.sensitivity, one.specificity, one.ppv, one.flagged] {
                assert!((0.0..=1.0).contains(&share));
            }
            // Three of the shares give the base rate, and with it the fourth.
            let base = (one.flagged - 1.0 + one.specificity) / (one.sensitivity + one.specificity - 1.0);
            assert!((base * one.sensitivity / one.flagged - one.ppv).abs() < 0.06, "{}", one.rule);
        }
        assert!(file.about.courses > 100 && !file.about.source.is_empty());
    }
}
