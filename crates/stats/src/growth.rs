//! The growth model `y = (β₀ + u₀) + (β₁ + u₁) · x + e`, x = ln(session), and the six running sums per person that are
//! sufficient for its likelihood and for every forecast: the history is not needed, and a score is added in constant time.
//!
//! Every person has a line of their own, (u₀, u₁) ~ N(0, G), around the line (β₀, β₁) of all; e ~ N(0, σ²). [`fit`]
//! estimates it by ML or REML, [`fit_with_prior`] with a prior that fades; [`Parameters`] forecasts. Which scores belong
//! to one course, and what a forecast means for a person, is left to `care` and [`crate::detection`].

mod fit;
mod likelihood;
mod minimise;
mod parameters;
mod prior;

pub use fit::{Criterion, Fit, FitError, Fixed, fit, fit_groups};
pub use parameters::{Forecast, Parameters, ParametersError, Posterior};
pub use prior::{Believed, Prior, fit_with_prior};

/// n, Σx, Σx², Σy, Σxy and Σy² with x = ln(session), y = the score in points.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Sums {
    /// Number of scores.
    pub n: u64,
    /// Σx.
    pub x: f64,
    /// Σx².
    pub xx: f64,
    /// Σy, in points.
    pub y: f64,
    /// Σxy, in points.
    pub xy: f64,
    /// Σy², in points².
    pub yy: f64,
}

/// An ordinary least-squares line over ln(session).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// Expected score at session 1, in points.
    pub intercept: f64,
    /// Change per unit of ln(session), in points; from session 1 to session 2 it is 0.693 of this.
    pub slope: f64,
}

impl Line {
    /// The line's score at a session, counted from 1.
    pub fn at(&self, session: u32) -> f64 {
        self.intercept + self.slope * log_session(session)
    }
}

/// ln(session); a session before the first counts as the first.
pub fn log_session(session: u32) -> f64 {
    f64::from(session.max(1)).ln()
}

impl Sums {
    /// Adds one score in points, given at a session counted from 1.
    ///
    /// ```
    /// let mut sums = stats::growth::Sums::default();
    /// for (session, score) in [(1, 18.0), (2, 16.0), (3, 14.0)] {
    ///     sums.add(session, score);
    /// }
    /// let line = sums.line().expect("three scores at three sessions");
    /// assert_eq!((sums.n, sums.y, sums.yy), (3, 48.0, 776.0));
    /// assert!((line.slope - -3.55).abs() < 0.01, "{}", line.slope);
    /// ```
    pub fn add(&mut self, session: u32, score: f64) {
        self.push(log_session(session), score);
    }

    /// Adds one score in points at a time x: ln(session), or whatever the model's time is.
    pub fn push(&mut self, x: f64, score: f64) {
        self.n += 1;
        self.x += x;
        self.xx += x * x;
        self.y += score;
        self.xy += x * score;
        self.yy += score * score;
    }

    /// The sums of both sets of scores.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        Self {
            n: self.n + other.n,
            x: self.x + other.x,
            xx: self.xx + other.xx,
            y: self.y + other.y,
            xy: self.xy + other.xy,
            yy: self.yy + other.yy,
        }
    }

    /// The same scores with another zero and another unit of both axes: x becomes `(x − x₀) ÷ x₁`, y `(y − y₀) ÷ y₁`.
    #[must_use]
    pub fn rescaled(&self, (x0, x1): (f64, f64), (y0, y1): (f64, f64)) -> Self {
        let n = self.n as f64;
        Self {
            n: self.n,
            x: (self.x - n * x0) / x1,
            xx: (self.xx - 2.0 * x0 * self.x + n * x0 * x0) / (x1 * x1),
            y: (self.y - n * y0) / y1,
            xy: (self.xy - x0 * self.y - y0 * self.x + n * x0 * y0) / (x1 * y1),
            yy: (self.yy - 2.0 * y0 * self.y + n * y0 * y0) / (y1 * y1),
        }
    }

    /// The least-squares line: slope `(nΣxy − ΣxΣy) ÷ (nΣx² − (Σx)²)`, intercept `(Σy − slope·Σx) ÷ n`. None with fewer
    /// than two scores or when all belong to one session.
    pub fn line(&self) -> Option<Line> {
        let n = self.n as f64;
        let spread = n * self.xx - self.x * self.x;
        // ln 2 apart is the least that two different early sessions can be; rounding error is far below.
        if self.n < 2 || spread <= 1e-9 * n * n {
            return None;
        }
        let slope = (n * self.xy - self.x * self.y) / spread;
        Some(Line { intercept: (self.y - slope * self.x) / n, slope })
    }
}

#[cfg(test)]
mod tests {
    use super::{Line, Sums, log_session};
    use proptest::prelude::*;

    #[test]
    fn one_session_has_no_slope() {
        let mut sums = Sums::default();
        assert_eq!(sums.line(), None);
        sums.add(3, 10.0);
        assert_eq!(sums.line(), None);
        sums.add(3, 14.0);
        assert_eq!(sums.line(), None, "two scores of one session");
        sums.add(0, 14.0);
        assert!((sums.line().expect("a line").at(1) - 14.0).abs() < 1e-9, "session 0 counts as 1");
    }

    proptest! {
        /// Scores that lie on a line give that line back, in any order and in any split.
        #[test]
        fn a_line_is_found_again(
            intercept in -20.0_f64..40.0, slope in -8.0_f64..8.0,
            sessions in proptest::collection::vec(1_u32..60, 2..30), cut in 0_usize..30,
        ) {
            let line = Line { intercept, slope };
            let (mut first, mut second) = (Sums::default(), Sums::default());
            for (index, &session) in sessions.iter().enumerate() {
                let part = if index < cut { &mut first } else { &mut second };
                part.add(session, line.at(session));
            }
            let found = second.merge(first).line();
            if sessions.iter().all(|session| *session == sessions[0]) {
                prop_assert_eq!(found, None);
            } else {
                let found = found.expect("two different sessions");
                let spread = sessions.iter().map(|session| log_session(*session)).fold(f64::NEG_INFINITY, f64::max)
                    - sessions.iter().map(|session| log_session(*session)).fold(f64::INFINITY, f64::min);
                let tolerance = 1e-6 / (spread * spread);
                prop_assert!((found.slope - slope).abs() < tolerance, "{} {slope}", found.slope);
                prop_assert!((found.intercept - intercept).abs() < tolerance * 5.0);
            }
        }
    }
}
