//! How an invented client's scores move from session to session: drawn from the growth models that ship, person by person and
//! score by score, so that the demo's scores scatter as published ones do and a fit finds the models again.
//!
//! Constructed, not measured: the models are constructed from published figures (`instruments/expected-response.toml`), and
//! what the instruments have to do with one another is this file's.

use super::course::normal;
use care::expected_response::{Parameters, published};
use rand::Rng;

/// Correlation of the persons' intercepts, and of their slopes, between depression and anxiety. Constructed.
const BETWEEN_PERSONS: f64 = 0.7;
/// Correlation of what two instruments are off by on one day. Constructed.
const WITHIN_A_DAY: f64 = 0.5;

/// Wellbeing (0 to 40) of a client without depression, and what each point of the PHQ-9 takes from it. Constructed.
const WELL: f64 = 36.0;
const LOST_PER_POINT: f64 = 1.05;
/// What wellbeing is off by on a day: its reliable change of 6 points is 1.96 SDs of a difference of two such days.
const WELLBEING_SD: f64 = 2.2;

/// A client's own lines. The scores of a day lie around them.
#[derive(Debug, Clone, Copy)]
pub struct Severity {
    depression: Line,
    anxiety: Line,
}

/// Intercept and slope of one person on one scale, and how far the scores of a day lie off.
#[derive(Debug, Clone, Copy)]
struct Line {
    intercept: f64,
    slope: f64,
    residual_sd: f64,
}

/// What a client would say on one day.
#[derive(Debug, Clone, Copy)]
pub struct Level {
    /// PHQ-9, 0 to 27.
    pub depression: i64,
    /// GAD-7, 0 to 21.
    pub anxiety: i64,
    /// The wellbeing check, 0 to 40.
    pub wellbeing: f64,
}

impl Severity {
    /// Draws a person; none where the models of the two instruments do not ship.
    pub fn draw(rng: &mut impl Rng) -> Option<Self> {
        let own = [normal(rng, 0.0, 1.0), normal(rng, 0.0, 1.0)];
        let anxious = own.map(|one| related(rng, one, BETWEEN_PERSONS));
        Some(Self {
            depression: Line::of(&published("phq-9", "total")?.parameters, own),
            anxiety: Line::of(&published("gad-7", "total")?.parameters, anxious),
        })
    }

    /// What the person says at a session, from 1: whole points, with the floor and the ceiling of each instrument.
    pub fn at(&self, session: i64, rng: &mut impl Rng) -> Level {
        let off = normal(rng, 0.0, 1.0);
        let points = |line: &Line, off: f64, most: f64| (line.at(session) + line.residual_sd * off).clamp(0.0, most);
        let depression = points(&self.depression, off, 27.0).round() as i64;
        let anxiety = points(&self.anxiety, related(rng, off, WITHIN_A_DAY), 21.0).round() as i64;
        let lived = self.depression.at(session).clamp(0.0, 27.0);
        let wellbeing = WELL - LOST_PER_POINT * lived - WELLBEING_SD * related(rng, off, WITHIN_A_DAY);
        Level { depression, anxiety, wellbeing: wellbeing.clamp(2.0, 40.0) }
    }
}

impl Line {
    /// The line of the person who is so many SDs from the mean: in the intercept, and in what of the slope the intercept does
    /// not say.
    fn of(model: &Parameters, [level, bend]: [f64; 2]) -> Self {
        let (sd_intercept, sd_slope, correlation) = model.deviations();
        let shared = correlation.unwrap_or(0.0);
        Self {
            intercept: model.intercept + sd_intercept * level,
            slope: model.slope + sd_slope * (shared * level + (1.0 - shared * shared).sqrt() * bend),
            residual_sd: model.residual_sd(),
        }
    }

    fn at(&self, session: i64) -> f64 {
        self.intercept + self.slope * (session.max(1) as f64).ln()
    }
}

/// A standard normal draw that is correlated with another one.
fn related(rng: &mut impl Rng, other: f64, correlation: f64) -> f64 {
    normal(rng, correlation * other, (1.0 - correlation * correlation).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha12Rng;
    use stats::growth::{Criterion, Sums, fit};

    /// Scores of invented courses of eight sessions (the mean of the source), and the fit of them.
    fn fitted(score: impl Fn(Level) -> f64) -> Parameters {
        let mut rng = ChaCha12Rng::seed_from_u64(11);
        let courses: Vec<Sums> = (0..3000)
            .map(|_| {
                let person = Severity::draw(&mut rng).expect("the models ship");
                let mut sums = Sums::default();
                for session in 1..=8 {
                    sums.add(session, score(person.at(i64::from(session), &mut rng)));
                }
                sums
            })
            .collect();
        fit(&courses, Criterion::Reml).expect("a fit").parameters()
    }

    /// Rounding, floor and ceiling take a little of the scatter, and nothing else does.
    #[test]
    fn a_fit_of_the_draws_finds_the_published_figures() {
        let fits =
            [("phq-9", fitted(|level| level.depression as f64)), ("gad-7", fitted(|level| level.anxiety as f64))];
        for (instrument, found) in fits {
            let drawn_from = published(instrument, "total").expect("it ships").parameters;
            let (sd_intercept, sd_slope, correlation) = found.deviations();
            let (own_intercept, own_slope, own_correlation) = drawn_from.deviations();
            let near = |what: &str, found: f64, own: f64, by: f64| {
                assert!((found - own).abs() < by, "{instrument} {what}: {found} for {own}");
            };
            near("intercept", found.intercept, drawn_from.intercept, 0.35);
            near("slope", found.slope, drawn_from.slope, 0.25);
            near("SD of intercepts", sd_intercept, own_intercept, 0.5);
            near("SD of slopes", sd_slope, own_slope, 0.35);
            near("correlation", correlation.unwrap_or(0.0), own_correlation.unwrap_or(0.0), 0.15);
            near("residual SD", found.residual_sd(), drawn_from.residual_sd(), 0.3);
        }
    }

    /// Whoever is more depressed is more anxious, and a bad day is a bad day on every form.
    #[test]
    fn instruments_hang_together() {
        let mut rng = ChaCha12Rng::seed_from_u64(12);
        let first: Vec<Level> =
            (0..2000).map(|_| Severity::draw(&mut rng).expect("the models ship").at(1, &mut rng)).collect();
        let correlation = |one: &dyn Fn(&Level) -> f64, other: &dyn Fn(&Level) -> f64| {
            let n = first.len() as f64;
            let mean = |of: &dyn Fn(&Level) -> f64| first.iter().map(of).sum::<f64>() / n;
            let (m1, m2) = (mean(one), mean(other));
            let product = |a: &dyn Fn(&Level) -> f64, ma: f64, b: &dyn Fn(&Level) -> f64, mb: f64| {
                first.iter().map(|level| (a(level) - ma) * (b(level) - mb)).sum::<f64>()
            };
            product(one, m1, other, m2) / (product(one, m1, one, m1) * product(other, m2, other, m2)).sqrt()
        };
        let (depression, anxiety) = (|level: &Level| level.depression as f64, |level: &Level| level.anxiety as f64);
        let together = correlation(&depression, &anxiety);
        assert!((0.5..0.75).contains(&together), "{together}");
        let apart = correlation(&depression, &|level: &Level| level.wellbeing);
        assert!((-0.95..-0.6).contains(&apart), "{apart}");
    }
}
