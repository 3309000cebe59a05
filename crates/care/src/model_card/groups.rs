//! What opens a case, by group of clients: are the rules as good for everybody? Groups too small to be shown without showing
//! persons are left out, and with them a second one, so that none can be worked out from the others.

use super::make::{Seen, flagged, row};
use super::{Counts, Figure};
use crate::detection::Act;
use crate::text::text_enum;
use serde::{Deserialize, Serialize};
use stats::backtest;
use stats::suppression::suppress;

/// Fewer courses than this are not shown by group.
pub const LEAST: u64 = 11;

text_enum! {
    /// By what clients are grouped.
    GroupKind {
        /// By age at the first score.
        Age = "age",
        /// By language.
        Language = "language",
    }
}

text_enum! {
    /// Ages that are looked at together.
    Age {
        /// Under 18.
        Minor = "minor",
        /// 18 to 34.
        Young = "young",
        /// 35 to 64.
        Middle = "middle",
        /// 65 and over.
        Old = "old",
    }
}

impl Age {
    /// The group of an age in years.
    pub const fn of(years: i64) -> Self {
        match years {
            ..18 => Self::Minor,
            18..35 => Self::Young,
            35..65 => Self::Middle,
            _ => Self::Old,
        }
    }
}

/// One group. A group that may not be shown has no figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// By what.
    pub kind: GroupKind,
    /// Which: an age or a language code.
    pub value: String,
    /// The figures; none where there are too few courses.
    pub figures: Option<GroupFigures>,
}

/// The figures of a group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupFigures {
    /// Courses.
    pub n: usize,
    /// Share that ended without reliable improvement.
    pub base_rate: f64,
    /// Bad ends that were flagged before.
    pub sensitivity: Figure,
    /// Good ends that were not flagged.
    pub specificity: Figure,
    /// Courses that were flagged.
    pub flag_rate: Figure,
    /// How many courses are behind it.
    #[serde(default)]
    pub counts: Counts,
}

pub(super) fn of(seen: &[Seen<'_>]) -> Vec<Group> {
    let ages = Age::ALL.iter().map(|age| {
        let own = seen.iter().enumerate().filter(|(_, one)| one.course.age == Some(*age));
        (age.as_str().to_owned(), own.map(|(index, _)| index).collect::<Vec<_>>())
    });
    let languages = crate::Language::ALL.iter().map(|language| {
        let own = seen.iter().enumerate().filter(|(_, one)| one.course.language == *language);
        (language.as_str().to_owned(), own.map(|(index, _)| index).collect::<Vec<_>>())
    });
    let mut groups = shown(GroupKind::Age, ages.collect(), seen);
    groups.extend(shown(GroupKind::Language, languages.collect(), seen));
    groups
}

fn shown(kind: GroupKind, members: Vec<(String, Vec<usize>)>, seen: &[Seen<'_>]) -> Vec<Group> {
    let members: Vec<(String, Vec<usize>)> = members.into_iter().filter(|(_, members)| !members.is_empty()).collect();
    // Whose group nobody knows is a part as well: it is what is left of the whole.
    let known: usize = members.iter().map(|(_, members)| members.len()).sum();
    let unknown = Some(seen.len() - known).filter(|unknown| *unknown > 0);
    let sizes: Vec<u64> =
        members.iter().map(|(_, members)| members.len()).chain(unknown).map(|size| size as u64).collect();
    let visible = suppress(&sizes, LEAST);
    let all = flagged(seen, None);
    members
        .into_iter()
        .enumerate()
        .map(|(index, (value, members))| {
            let figures = visible.shows(index).then(|| {
                let own: Vec<backtest::Flagged> = members.iter().map(|index| all[*index]).collect();
                let row = row("any_case", Some(Act::Case), &backtest::measure(&own, 100, 1));
                GroupFigures {
                    n: own.len(),
                    base_rate: own.iter().filter(|course| course.bad).count() as f64 / own.len() as f64,
                    sensitivity: row.sensitivity,
                    specificity: row.specificity,
                    flag_rate: row.flag_rate,
                    counts: row.counts,
                }
            });
            Group { kind, value, figures }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_looked_at_together() {
        assert_eq!(
            (Age::of(17), Age::of(18), Age::of(64), Age::of(65)),
            (Age::Minor, Age::Young, Age::Middle, Age::Old)
        );
    }
}
