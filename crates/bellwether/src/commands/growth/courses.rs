//! Courses of scores from a file: six running sums for each person, whatever the number and the order of the rows.

use super::Time;
use crate::Refusal;
use crate::commands::research_file::{Line, Rows};
use crate::wiring::complain;
use stats::growth::{Fit, Sums};
use std::collections::{HashMap, HashSet};

/// What is kept of one person.
#[derive(Debug)]
pub struct Course {
    /// As the file has it.
    pub id: Box<[u8]>,
    /// On the file's shifted axes.
    pub sums: Sums,
    /// Which of the sessions 1 to 64 there were.
    seen: u64,
}

/// All persons, in the order in which the file names them first.
#[derive(Debug, Default)]
pub struct Courses {
    pub people: Vec<Course>,
    /// The first time and score: sums are of what differs from them, which keeps their digits.
    origin: Option<(f64, f64)>,
    repeated: Occurrences,
    without_score: Occurrences,
}

/// How often something happened, and where first.
#[derive(Debug, Default)]
struct Occurrences {
    count: u64,
    first: Line,
}

impl Occurrences {
    fn at(&mut self, line: Line) {
        if self.count == 0 {
            self.first = line;
        }
        self.count += 1;
    }
}

impl Courses {
    /// Reads a file with the columns id, session and the scores'.
    pub fn read(rows: &mut Rows, score_column: &str, time: Time) -> Result<Self, Refusal> {
        let [id_column, session_column] = rows.columns(["id", "session"])?;
        let Some(score_column) = rows.column(score_column) else {
            let remedy = "name the column of the scores with --score-column";
            return rows
                .columns(["id", "session", score_column])
                .map_err(|error| with(&error, remedy))
                .map(|_| Self::default());
        };
        let mut courses = Self::default();
        let mut index: HashMap<Box<[u8]>, usize> = HashMap::new();
        // Sessions beyond the 64 that a person's bits can hold.
        let mut far: HashSet<(usize, u64)> = HashSet::new();
        let mut last = usize::MAX;
        while let Some(row) = rows.next()? {
            let id = row.id(id_column)?;
            if courses.people.get(last).is_none_or(|course| *course.id != *id) {
                last = index.get(id).copied().unwrap_or_else(|| {
                    let new = courses.people.len();
                    index.insert(id.into(), new);
                    courses.people.push(Course { id: id.into(), sums: Sums::default(), seen: 0 });
                    new
                });
            }
            let session = row.given(session_column)?;
            let Some(x) = time.x(session) else {
                return Err(row.fault(
                    session_column,
                    "is below 1",
                    "sessions count from 1 for ln(session); --time session takes any number",
                ));
            };
            let Some(score) = row.number(score_column)? else {
                courses.without_score.at(row.line);
                continue;
            };
            let (x0, y0) = *courses.origin.get_or_insert((x, score));
            let person = &mut courses.people[last];
            let new = if session.fract() == 0.0 && (1.0..=64.0).contains(&session) {
                let bit = 1_u64 << (session as u32 - 1);
                let new = person.seen & bit == 0;
                person.seen |= bit;
                new
            } else {
                far.insert((last, session.to_bits()))
            };
            if !new {
                courses.repeated.at(row.line);
            }
            person.sums.push(x - x0, score - y0);
        }
        Ok(courses)
    }

    /// Says what a reader of the result should know of the file.
    pub fn report(&self) {
        let Occurrences { count, first } = self.repeated;
        if count > 0 {
            complain(&format!("warning: {count} row(s) repeat an id and session; all are used (first: line {first})"));
        }
        let Occurrences { count, first } = self.without_score;
        if count > 0 {
            complain(&format!("note: {count} row(s) without a score are left out (first: line {first})"));
        }
    }

    /// The time and the score that the sums are counted from.
    pub fn origin(&self) -> (f64, f64) {
        self.origin.unwrap_or_default()
    }

    /// Takes a fit from the shifted axes back to the file's. With x′ = x − x₀ the intercept moves by −x₀ · slope, for
    /// the fixed and the random effects alike; the likelihood does not change.
    pub fn unshift(&self, fit: &mut Fit) {
        let (x0, y0) = self.origin();
        let back = |[[a, b], [_, c]]: [[f64; 2]; 2]| {
            let shared = b - x0 * c;
            [[a - 2.0 * x0 * b + x0 * x0 * c, shared], [shared, c]]
        };
        for fixed in &mut fit.fixed {
            fixed.intercept += y0 - x0 * fixed.slope;
            fixed.covariance = back(fixed.covariance);
        }
        fit.random = back(fit.random);
    }
}

fn with(error: &Refusal, remedy: &str) -> Refusal {
    Refusal::Data(format!("{error}; {remedy}"))
}
