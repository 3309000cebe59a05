//! Whether a course is off its track: what each of eight rules says when a score arrives. One score costs a few
//! arithmetic operations; the history is not needed again.
//!
//! The rules a to h are the ones that the backtest compares ([`crate::backtest`]). Which of them a practice acts on, and
//! answers about danger, are left to `care`: a danger is never a statistic.

use crate::growth::{Parameters, Posterior, Sums};
use crate::proportion::two_sided_quantile;
use crate::reliable_change::{Direction, TIE};

/// A rule that may flag a course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// a: worse than the intake by the reliable change.
    WorseThanIntake,
    /// b: worse than the intake by half the reliable change.
    HalfWorseThanIntake,
    /// c: less than a fifth better than the intake by session 4.
    LittleChangeEarly,
    /// d: not reliably improved by session 6.
    NotImprovedLater,
    /// e: outside the 80 % band expected from the intake alone.
    OutsideBand,
    /// f: outside it at two consecutive scores.
    OutsideBandTwice,
    /// g: the probability of ending without reliable improvement, from all scores so far, is above a cut.
    ProbablyBad,
    /// h: worse than the best score so far by the reliable change.
    WorseThanBest,
}

/// How many rules there are.
pub const RULES: usize = 8;

impl Rule {
    /// All of them, in the order of their letters.
    pub const ALL: [Self; RULES] = [
        Self::WorseThanIntake,
        Self::HalfWorseThanIntake,
        Self::LittleChangeEarly,
        Self::NotImprovedLater,
        Self::OutsideBand,
        Self::OutsideBandTwice,
        Self::ProbablyBad,
        Self::WorseThanBest,
    ];

    /// Its letter.
    pub const fn letter(self) -> &'static str {
        ["a", "b", "c", "d", "e", "f", "g", "h"][self as usize]
    }

    /// What it says, in a few words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::WorseThanIntake => "worse than intake by the reliable change",
            Self::HalfWorseThanIntake => "worse than intake by half of it",
            Self::LittleChangeEarly => "less than 20 % better by session 4",
            Self::NotImprovedLater => "no reliable improvement by session 6",
            Self::OutsideBand => "outside the 80 % band from intake",
            Self::OutsideBandTwice => "outside that band twice running",
            Self::ProbablyBad => "probability of no reliable improvement",
            Self::WorseThanBest => "worse than the best so far by the reliable change",
        }
    }
}

/// The numbers of the rules, for one measure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rules {
    /// Which way is better.
    pub direction: Direction,
    /// The smallest reliable change, in points; inclusive.
    pub reliable_change: f64,
    /// c: the share of the intake by which a score must be better, 0 to 1.
    pub early_share: f64,
    /// c: judged at the first score of this session or a later one.
    pub early_session: f64,
    /// d: judged at the first score of this session or a later one.
    pub later_session: f64,
    /// h: the share of the reliable change by which a score must be worse than the best one; 1 and above.
    pub best_share: f64,
    /// e and f: the probability inside the band.
    pub band: f64,
    /// g: the cut.
    pub probability: f64,
}

impl Rules {
    /// With the usual numbers: 20 % by session 4, reliable improvement by session 6, an 80 % band and a cut of 0.7.
    pub const fn usual(direction: Direction, reliable_change: f64) -> Self {
        Self {
            direction,
            reliable_change,
            early_share: 0.2,
            early_session: 4.0,
            later_session: 6.0,
            best_share: 1.0,
            band: 0.8,
            probability: 0.7,
        }
    }

    /// What a rule's strength is compared with. A tie flags where a threshold is inclusive (a, b, h).
    pub fn threshold(&self, rule: Rule) -> f64 {
        match rule {
            Rule::WorseThanIntake => self.reliable_change - TIE,
            Rule::WorseThanBest => self.reliable_change * self.best_share - TIE,
            Rule::HalfWorseThanIntake => self.reliable_change / 2.0 - TIE,
            Rule::LittleChangeEarly => -self.early_share + TIE,
            Rule::NotImprovedLater => -self.reliable_change + TIE,
            Rule::OutsideBand | Rule::OutsideBandTwice => two_sided_quantile(self.band),
            Rule::ProbablyBad => self.probability,
        }
    }

    /// The thresholds of all rules.
    pub fn thresholds(&self) -> [f64; RULES] {
        Rule::ALL.map(|rule| self.threshold(rule))
    }

    /// Whether an end is bad: not reliably improved since the intake.
    pub fn bad_end(&self, intake: f64, last: f64) -> bool {
        self.direction.sign() * (last - intake) < self.reliable_change - TIE
    }
}

/// What the rules see when a score arrives. More is worse; a rule that has nothing to say yet has −∞.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// The session of the score.
    pub session: f64,
    /// Strength of each rule: points (a, b, d, h), share of the intake (c), SDs (e, f), probability (g).
    pub strength: [f64; RULES],
    /// Points by which the score is worse than the intake.
    pub worsening: f64,
    /// SDs by which the score is worse than expected from the intake.
    pub deviation: f64,
    /// Probability of ending without reliable improvement, from the model; not recalibrated.
    pub probability: f64,
}

impl Reading {
    /// The rules that flag.
    pub fn flags(&self, thresholds: &[f64; RULES]) -> [bool; RULES] {
        std::array::from_fn(|rule| self.strength[rule] > thresholds[rule])
    }
}

/// A course under observation: what must be remembered between two scores.
#[derive(Debug, Clone, Copy)]
pub struct Watch {
    rules: Rules,
    model: Parameters,
    /// The session at which the course is expected to end.
    horizon: f64,
    intake: Option<Intake>,
    sums: Sums,
}

#[derive(Debug, Clone, Copy)]
struct Intake {
    score: f64,
    expected: Posterior,
    /// The best score so far, turned so that more is better.
    best: f64,
    /// SDs outside the band at the last score.
    deviation: f64,
    early_judged: bool,
    later_judged: bool,
}

impl Watch {
    /// A course of which nothing is known yet. The model is over ln(session).
    pub fn new(rules: Rules, model: Parameters, horizon: f64) -> Self {
        Self { rules, model, horizon, intake: None, sums: Sums::default() }
    }

    /// Takes a score of a session (from 1, and not before the last one); the intake itself has no reading.
    ///
    /// ```
    /// use stats::detection::{Rule, Rules, Watch};
    /// use stats::growth::Parameters;
    /// use stats::reliable_change::Direction;
    /// let model = Parameters::new((14.2, -2.33), (5.10, 1.83), -0.19, 3.35)?;
    /// let rules = Rules::usual(Direction::LowerBetter, 6.0);
    /// let mut watch = Watch::new(rules, model, 8.0);
    /// assert!(watch.add(1.0, 15.0).is_none());
    /// let reading = watch.add(2.0, 21.0).expect("a reading");
    /// let flags = reading.flags(&rules.thresholds());
    /// assert!(flags[Rule::WorseThanIntake as usize] && flags[Rule::OutsideBand as usize]);
    /// # Ok::<(), stats::growth::ParametersError>(())
    /// ```
    pub fn add(&mut self, session: f64, score: f64) -> Option<Reading> {
        let x = session.max(1.0).ln();
        let sign = self.rules.direction.sign();
        self.sums.push(x, score);
        let Some(intake) = &mut self.intake else {
            self.intake = Some(Intake {
                score,
                expected: self.model.posterior(&self.sums),
                best: sign * score,
                deviation: f64::NEG_INFINITY,
                early_judged: false,
                later_judged: false,
            });
            return None;
        };
        let worsening = -sign * (score - intake.score);
        let deviation = -sign * self.model.forecast(&intake.expected, x).z(score);
        let bound = intake.score + sign * self.rules.reliable_change;
        let end = self.horizon.max(session + 1.0).ln();
        let above = self.model.forecast(&self.model.posterior(&self.sums), end).above(bound);
        let probability = if sign < 0.0 { above } else { 1.0 - above };
        let early = !intake.early_judged && session >= self.rules.early_session;
        let later = !intake.later_judged && session >= self.rules.later_session;
        let silent = f64::NEG_INFINITY;
        let reading = Reading {
            session,
            strength: [
                worsening,
                worsening,
                if early { share(worsening, intake.score) } else { silent },
                if later { worsening } else { silent },
                deviation,
                deviation.min(intake.deviation),
                probability,
                intake.best - sign * score,
            ],
            worsening,
            deviation,
            probability,
        };
        intake.early_judged |= early;
        intake.later_judged |= later;
        intake.best = intake.best.max(sign * score);
        intake.deviation = deviation;
        Some(reading)
    }
}

/// A worsening as a share of the intake. From an intake of 0 there is no share: any improvement is enough.
fn share(worsening: f64, intake: f64) -> f64 {
    if intake == 0.0 { if worsening < 0.0 { f64::MIN } else { 0.0 } } else { worsening / intake.abs() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> Parameters {
        Parameters::new((14.2, -2.33), (5.10, 1.83), -0.19, 3.35).expect("a model")
    }

    /// The letters of the rules that flag at each score after the intake.
    fn letters(direction: Direction, model: Parameters, scores: &[(f64, f64)]) -> Vec<String> {
        let rules = Rules::usual(direction, 6.0);
        let mut watch = Watch::new(rules, model, 8.0);
        scores
            .iter()
            .filter_map(|(session, score)| watch.add(*session, *score))
            .map(|reading| {
                let flags = reading.flags(&rules.thresholds());
                Rule::ALL.iter().filter(|rule| flags[**rule as usize]).map(|rule| rule.letter()).collect()
            })
            .collect()
    }

    #[test]
    fn each_rule_at_its_threshold() {
        let of = |scores: &[(f64, f64)]| letters(Direction::LowerBetter, model(), scores);
        assert!(of(&[(1.0, 15.0), (2.0, 20.0)])[0].starts_with('b'), "five points are more than half of six");
        assert!(of(&[(1.0, 15.0), (2.0, 18.0)])[0].starts_with('b'), "three are half of it, inclusively");
        assert!(!of(&[(1.0, 15.0), (2.0, 17.0)])[0].contains('b'));
        assert_eq!(of(&[(1.0, 20.0), (4.0, 16.0)]), [""], "exactly 20 % better is better enough");
        assert_eq!(of(&[(1.0, 20.0), (3.0, 17.0), (5.0, 17.0), (5.5, 17.0)])[..2], ["", "c"], "at the first one after");
        assert!(of(&[(1.0, 20.0), (6.0, 14.0)]) == [""], "six points are a reliable improvement");
        assert!(of(&[(1.0, 20.0), (6.0, 15.0)])[0].starts_with('d'));
        assert!(of(&[(1.0, 20.0), (2.0, 8.0), (3.0, 14.0)])[1].contains('h'), "six from the best");
        assert!(!of(&[(1.0, 20.0), (2.0, 8.0), (3.0, 13.0)])[1].contains('h'));
        let band = of(&[(1.0, 14.0), (2.0, 20.0), (3.0, 20.0), (4.0, 8.0), (5.0, 20.0)]);
        let twice: Vec<bool> = band.iter().map(|letters| letters.contains('f')).collect();
        assert_eq!(twice, [false, true, false, false], "{band:?}");
    }

    /// A scale turned around gives the same flags.
    #[test]
    fn direction_is_only_a_mirror() {
        let scores = [(1.0, 14.0), (2.0, 20.0), (3.0, 9.0), (5.0, 15.0), (7.0, 22.0), (9.0, 12.0)];
        let up = Parameters { intercept: -14.2, slope: 2.33, ..model() };
        let turned = scores.map(|(session, score)| (session, -score));
        assert_eq!(letters(Direction::LowerBetter, model(), &scores), letters(Direction::HigherBetter, up, &turned));
    }

    #[test]
    fn the_probability_follows_the_scores() {
        let mut watch = Watch::new(Rules::usual(Direction::LowerBetter, 6.0), model(), 8.0);
        watch.add(1.0, 18.0);
        let hopeful = watch.add(2.0, 10.0).expect("a reading").probability;
        let worried = watch.add(3.0, 20.0).expect("a reading").probability;
        assert!(hopeful < 0.4 && worried > hopeful, "{hopeful} {worried}");
    }
}
