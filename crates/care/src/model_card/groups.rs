//! What opens a case, by group of clients: are the rules as good for everybody? A group in which 1 to 10 people were flagged or not
//! and ended one way or the other is left out, and with it as many more as it takes that those left out cannot be worked out from
//! the whole.

use super::make::{Seen, flagged, row};
use super::{Counts, Figure};
use crate::detection::Act;
use crate::text::text_enum;
use instruments::Sex;
use serde::{Deserialize, Serialize};
use stats::backtest;

text_enum! {
    /// By what clients are grouped.
    GroupKind {
        /// By age at the first score.
        Age = "age",
        /// By sex, where the practice notes it.
        Sex = "sex",
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
    let sexes = Sex::ALL.iter().map(|sex| {
        let own = seen.iter().enumerate().filter(|(_, one)| one.course.sex == Some(*sex));
        (sex.as_str().to_owned(), own.map(|(index, _)| index).collect::<Vec<_>>())
    });
    let mut groups = shown(GroupKind::Age, ages.collect(), seen);
    groups.extend(shown(GroupKind::Sex, sexes.collect(), seen));
    groups.extend(shown(GroupKind::Language, languages.collect(), seen));
    groups
}

fn shown(kind: GroupKind, members: Vec<(String, Vec<usize>)>, seen: &[Seen<'_>]) -> Vec<Group> {
    let all = flagged(seen, None);
    let whole = backtest::measure(&all, 0, 1).operating.counts;
    let groups = members.into_iter().filter(|(_, members)| !members.is_empty()).map(|(value, members)| {
        let own: Vec<backtest::Flagged> = members.iter().map(|index| all[*index]).collect();
        let row = row("any_case", Some(Act::Case), &backtest::measure(&own, 100, 1));
        let figures = GroupFigures {
            n: own.len(),
            base_rate: own.iter().filter(|course| course.bad).count() as f64 / own.len() as f64,
            sensitivity: row.sensitivity,
            specificity: row.specificity,
            flag_rate: row.flag_rate,
            counts: row.counts,
        };
        Group { kind, value, figures: Some(figures) }
    });
    hide(groups.collect(), Some(Counts::from(whole)))
}

/// Takes the figures from groups that may not be shown. `whole` is everybody: whoever is in no group is a part as well, and is what
/// is left of the whole. Without it, those in no group are not known.
fn hide(mut groups: Vec<Group>, whole: Option<Counts>) -> Vec<Group> {
    let counts = |group: &Group| group.figures.as_ref().map(|figures| figures.counts);
    let known = groups.iter().filter_map(counts).fold(Counts::default(), Counts::and);
    let mut hidden = whole.map(|whole| whole.less(known)).unwrap_or_default();
    for group in &mut groups {
        if let Some(small) = counts(group).filter(|counts| !counts.is_open()) {
            hidden = hidden.and(small);
            group.figures = None;
        }
    }
    while !hidden.is_open() {
        let smallest = groups
            .iter_mut()
            .filter(|group| group.figures.is_some())
            .min_by_key(|group| group.figures.as_ref().map(|figures| figures.n));
        let Some(figures) = smallest.and_then(|group| group.figures.take()) else { break };
        hidden = hidden.and(figures.counts);
    }
    groups
}

/// The groups of a card that was kept, held to the same rule again, kind by kind.
pub(super) fn shown_again(groups: &[Group]) -> Vec<Group> {
    // Figures without the counts behind them cannot be judged.
    let is_counted = |figures: &GroupFigures| figures.counts.cells().into_iter().sum::<u64>() == figures.n as u64;
    let judged = |group: &Group| Group { figures: group.figures.clone().filter(is_counted), ..group.clone() };
    let of = |kind: &GroupKind| groups.iter().filter(|group| group.kind == *kind).map(judged).collect();
    GroupKind::ALL.iter().flat_map(|kind| hide(of(kind), None)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Flagged and not, of bad and of good ends.
    fn group(value: &str, cells: [u32; 4]) -> Group {
        let [flagged_bad, other_bad, flagged_good, other_good] = cells;
        let counts =
            Counts { flagged_bad, flagged_good, bad: flagged_bad + other_bad, good: flagged_good + other_good };
        let figures = GroupFigures {
            n: cells.iter().sum::<u32>() as usize,
            base_rate: 0.5,
            sensitivity: Figure::default(),
            specificity: Figure::default(),
            flag_rate: Figure::default(),
            counts,
        };
        Group { kind: GroupKind::Language, value: value.to_owned(), figures: Some(figures) }
    }

    fn shown_of(groups: Vec<Group>, whole: Option<[u32; 4]>) -> Vec<String> {
        let whole = whole.map(|cells| group("", cells).figures.expect("it has them").counts);
        let left = hide(groups, whole).into_iter().filter(|group| group.figures.is_some());
        left.map(|group| group.value).collect()
    }

    #[test]
    fn no_small_cell_is_shown_or_left_over() {
        let none: Vec<String> = Vec::new();
        let (large, other) = ([40, 20, 15, 60], [30, 20, 12, 50]);
        let all =
            |groups: &[[u32; 4]]| Some(std::array::from_fn(|cell| groups.iter().map(|one| one[cell]).sum::<u32>()));
        assert_eq!(shown_of(vec![group("a", large), group("b", other)], all(&[large, other])), ["a", "b"]);
        // Forty people, and three of them flagged for nothing: what is left of the whole would say so.
        let small = [12, 11, 3, 14];
        assert_eq!(shown_of(vec![group("a", large), group("b", small)], all(&[large, small])), none);
        // A third one takes it in: the smaller of those that are shown.
        let three = vec![group("a", large), group("b", small), group("c", other)];
        assert_eq!(shown_of(three, all(&[large, small, other])), ["a"]);
        // Whoever is in no group is a part as well.
        let missing = [4, 0, 0, 0];
        assert_eq!(shown_of(vec![group("a", large), group("b", other)], all(&[large, other, missing])), ["a"]);
        assert_eq!(
            shown_of(vec![group("a", large), group("b", [0, 0, 11, 20])], None),
            ["a", "b"],
            "nobody is no cell"
        );
    }

    #[test]
    fn ages_are_looked_at_together() {
        assert_eq!(
            (Age::of(17), Age::of(18), Age::of(64), Age::of(65)),
            (Age::Minor, Age::Young, Age::Middle, Age::Old)
        );
    }
}
