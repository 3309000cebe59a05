//! The answers to each item over the last administrations, so that one sees which items moved.
//!
//! The value stands in every cell as text; the shade only repeats it.

use serde::Serialize;

/// How many administrations are shown.
const LAST: usize = 5;
/// The darkest shade.
const SHADES: i64 = 3;

/// One item and its answers.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatItem {
    /// The item's short label for staff, in their language.
    pub label: String,
    /// The answers, oldest first, one per administration; none where not answered.
    pub answers: Vec<Option<i64>>,
}

/// The finished strip.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HeatStrip {
    /// The days of the administrations, formatted, oldest first.
    pub days: Vec<String>,
    /// One row per item, in the instrument's order.
    pub rows: Vec<HeatRow>,
}

/// The row of one item.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HeatRow {
    /// The item's short label.
    pub label: String,
    /// The answers.
    pub cells: Vec<HeatCell>,
    /// The change between the last two administrations, with its sign; none where nothing moved or one is missing.
    pub moved: Option<String>,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HeatCell {
    /// The value; none where not answered.
    pub value: Option<i64>,
    /// The shade, 0 to 3.
    pub shade: i64,
}

impl HeatStrip {
    /// Lays the last five administrations out. `highest` is the highest value an item can take (at least 1).
    pub fn new(days: &[String], items: &[HeatItem], highest: i64) -> Self {
        let from = days.len().saturating_sub(LAST);
        let rows = items.iter().map(|item| {
            let answers = item.answers.get(from..).unwrap_or_default();
            let cells = answers.iter().map(|&value| HeatCell { value, shade: shade(value, highest.max(1)) }).collect();
            let moved = match answers {
                [.., Some(before), Some(after)] if before != after => {
                    Some(crate::format::change((after - before) as f64))
                }
                _ => None,
            };
            HeatRow { label: item.label.clone(), cells, moved }
        });
        Self { days: days[from..].to_vec(), rows: rows.collect() }
    }

    /// The labels of the items that moved between the last two administrations, the largest change first.
    pub fn moved(&self) -> Vec<&str> {
        let mut moved: Vec<(i64, &str)> = (self.rows.iter())
            .filter(|row| row.moved.is_some())
            .map(|row| {
                let n = row.cells.len();
                let value = |index: usize| row.cells[index].value.unwrap_or_default();
                ((value(n - 1) - value(n - 2)).abs(), row.label.as_str())
            })
            .collect();
        moved.sort_by_key(|&(size, _)| std::cmp::Reverse(size));
        moved.into_iter().map(|(_, label)| label).collect()
    }
}

fn shade(value: Option<i64>, highest: i64) -> i64 {
    value.map_or(0, |value| (value.clamp(0, highest) * SHADES + highest / 2) / highest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moved_is_named_and_an_unanswered_item_never_moves() {
        let days: Vec<String> = (1..=6).map(|n| format!("d{n}")).collect();
        let item = |label: &str, answers: [Option<i64>; 6]| HeatItem { label: label.into(), answers: answers.to_vec() };
        let strip = HeatStrip::new(
            &days,
            &[
                item("Sleep", [Some(3), Some(3), Some(2), Some(2), Some(1), Some(2)]),
                item("Mood", [Some(3), Some(3), Some(2), Some(2), Some(0), Some(3)]),
                item("Risk", [Some(0), Some(0), Some(0), Some(0), Some(1), None]),
            ],
            3,
        );
        assert_eq!(strip.days, ["d2", "d3", "d4", "d5", "d6"]);
        assert_eq!(strip.moved(), ["Mood", "Sleep"]);
        assert_eq!(strip.rows[0].moved.as_deref(), Some("+1"));
        assert_eq!(strip.rows[2].moved, None);
    }

    #[test]
    fn shades_reach_from_none_to_full_for_any_scale() {
        assert_eq!([shade(Some(0), 10), shade(Some(10), 10), shade(Some(5), 10), shade(None, 10)], [0, 3, 2, 0]);
    }
}
