//! What `classify` prints and saves.

use crate::Refusal;
use serde::Serialize;
use stats::reliable_change::{Class, Group};
use std::io::Write;

/// A person of the file.
pub struct Person {
    /// As the file has it.
    pub id: Vec<u8>,
    /// Both scores as the file has them.
    pub texts: [Vec<u8>; 2],
    /// Both scores, where both are there.
    pub scores: Option<(f64, f64)>,
}

/// Judges everybody: the table, and how many of each category. Who lacks a score is listed without a category.
pub fn judge(people: &[Person], judge: impl Fn(f64, f64) -> (Option<f64>, Class)) -> (Vec<u8>, Counts) {
    let mut table = b"id,pre,post,change,statistic,category\n".to_vec();
    let mut counts = Counts::default();
    for person in people {
        cell(&mut table, &person.id);
        for text in &person.texts {
            table.push(b',');
            cell(&mut table, text);
        }
        match person.scores {
            None => table.extend_from_slice(b",,,\n"),
            Some((pre, post)) => {
                let (statistic, class) = judge(pre, post);
                counts.add(class);
                let statistic = statistic.map(|value| value.to_string()).unwrap_or_default();
                // Writing to memory does not fail.
                let _ = writeln!(table, ",{},{statistic},{}", post - pre, class.word());
            }
        }
    }
    (table, counts)
}

/// A cell as CSV has it: in quotes only where it must be.
pub fn cell(table: &mut Vec<u8>, text: &[u8]) {
    if text.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        table.push(b'"');
        for byte in text {
            if *byte == b'"' {
                table.push(b'"');
            }
            table.push(*byte);
        }
        table.push(b'"');
    } else {
        table.extend_from_slice(text);
    }
}

/// Persons by category.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    recovered: u64,
    improved: u64,
    unchanged: u64,
    deteriorated: u64,
    harmed: u64,
}

/// Which categories there are.
#[derive(Debug, Clone, Copy)]
pub enum Categories {
    /// Improved, unchanged, deteriorated.
    WithoutCutoff,
    /// Recovered and harmed too.
    WithCutoff,
    /// Recovered too; these rules know no "harmed".
    Nhs,
}

impl Counts {
    /// Counts one person.
    pub fn add(&mut self, class: Class) {
        let count = match class {
            Class::Recovered => &mut self.recovered,
            Class::Improved => &mut self.improved,
            Class::Unchanged => &mut self.unchanged,
            Class::Deteriorated => &mut self.deteriorated,
            Class::Harmed => &mut self.harmed,
        };
        *count += 1;
    }

    /// For the file.
    pub fn shown(&self, categories: Categories) -> ShownCounts {
        ShownCounts {
            recovered: (!matches!(categories, Categories::WithoutCutoff)).then_some(self.recovered),
            improved: self.improved,
            unchanged: self.unchanged,
            deteriorated: self.deteriorated,
            harmed: matches!(categories, Categories::WithCutoff).then_some(self.harmed),
        }
    }
}

/// Counts as the summary has them.
#[derive(Debug, Default, Serialize)]
pub struct ShownCounts {
    #[serde(skip_serializing_if = "Option::is_none")]
    recovered: Option<u64>,
    improved: u64,
    unchanged: u64,
    deteriorated: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    harmed: Option<u64>,
}

/// The summary of a file with the columns id, pre and post. Scores and errors in points.
#[derive(Debug, Default, Serialize)]
pub struct Summary {
    pub method: &'static str,
    pub better: &'static str,
    pub n: usize,
    pub n_incomplete: usize,
    pub cutoff: Option<f64>,
    pub cutoff_type: Option<&'static str>,
    pub sem: Option<f64>,
    pub s_diff: Option<f64>,
    /// What the method's statistic is divided by.
    pub standard_error: Option<f64>,
    pub critical_value: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference_reliability: Option<f64>,
    pub reliability: Option<f64>,
    pub reliability_post: Option<f64>,
    pub m_pre: f64,
    /// Not a number (null) for a single person.
    pub sd_pre: f64,
    pub m_post: f64,
    pub sd_post: f64,
    pub correlation: Option<f64>,
    pub m_functional: Option<f64>,
    pub sd_functional: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caseness: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reliable_change: Option<f64>,
    pub counts: ShownCounts,
}

/// As the file has it.
pub fn json(summary: &impl Serialize) -> Result<String, Refusal> {
    let text = serde_json::to_string_pretty(summary)
        .map_err(|error| Refusal::Configuration(format!("the summary cannot be written: {error}")))?;
    Ok(text + "\n")
}

/// Mean and SD (n − 1) before and after.
pub fn described(pairs: &[(f64, f64)]) -> [Group; 2] {
    let group = |score: fn(&(f64, f64)) -> f64| Group::of(&pairs.iter().map(score).collect::<Vec<_>>());
    [group(|pair| pair.0), group(|pair| pair.1)]
}
