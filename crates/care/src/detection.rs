//! The signal ladder of a practice as data: which rules look at a new score, what follows from them, and their numbers; and
//! everything else that a score is judged by.
//!
//! Answers about danger are not in it: their path is [`crate::review`]'s own and cannot be configured away. Thresholds of an
//! instrument (reliable change, cut-off, alliance) are its file's.

mod budget;
mod evidence;

pub use budget::{Weighed, quieter, suggested};
pub use evidence::{About, Evidence, evidence, evidence_source};

use crate::expected_response::{GrowthModel, published};
use crate::response::Rule;
use crate::text::text_enum;
use crate::{DetectionRulesId, Instant, Phi, StaffId};
use instruments::Instrument;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

text_enum! {
    /// What follows when a rule speaks.
    Act {
        /// The rule is not looked at.
        Off = "off",
        /// It is kept and shown, and nobody is called.
        Shown = "shown",
        /// A case is opened or extended.
        Case = "case",
    }
}

text_enum! {
    /// A number of the ladder.
    Number {
        /// At the first score of this session or a later one it is judged whether there is a reliable improvement.
        NoImprovementSession = "no_improvement_session",
        /// After how many further sessions it is judged again, and again after as many; 0: not again.
        NoImprovementReview = "no_improvement_review",
        /// By which share of the reliable change, in percent, a score must be worse than the best so far.
        WorseThanBestPercent = "worse_than_best_percent",
        /// At the first score of this session or a later one the early change is judged.
        LittleChangeSession = "little_change_session",
        /// By which share of the first score, in percent, a score must be better by then.
        LittleChangePercent = "little_change_percent",
        /// The share of new scores that the expected band holds, in percent.
        BandPercent = "band_percent",
        /// From which probability of a bad end on, in percent, the model speaks.
        ProbabilityPercent = "probability_percent",
    }
}

impl Number {
    /// The usual value: those of the evidence (docs/statistics.md).
    pub const fn usual(self) -> i64 {
        match self {
            Self::NoImprovementSession => 6,
            Self::NoImprovementReview => 0,
            Self::WorseThanBestPercent => 100,
            Self::LittleChangeSession => 4,
            Self::LittleChangePercent => 20,
            Self::BandPercent => 80,
            Self::ProbabilityPercent => 70,
        }
    }

    /// From where to where it may be set.
    pub const fn range(self) -> (i64, i64) {
        match self {
            Self::NoImprovementSession | Self::LittleChangeSession => (2, 30),
            Self::NoImprovementReview => (0, 30),
            // Less than the reliable change is no change that can be told from chance.
            Self::WorseThanBestPercent => (100, 300),
            Self::LittleChangePercent => (5, 60),
            Self::BandPercent | Self::ProbabilityPercent => (50, 99),
        }
    }
}

impl Number {
    /// The rule that goes by it.
    pub const fn rule(self) -> Rule {
        match self {
            Self::NoImprovementSession | Self::NoImprovementReview => Rule::NoImprovement,
            Self::WorseThanBestPercent => Rule::WorseThanBest,
            Self::LittleChangeSession | Self::LittleChangePercent => Rule::LittleChange,
            Self::BandPercent => Rule::OutsideBandTwice,
            Self::ProbabilityPercent => Rule::ProbableBadEnd,
        }
    }
}

/// The rules of the ladder, the gravest first.
pub const LADDER: [Rule; 9] = [
    Rule::ReliableDeterioration,
    Rule::ProbableBadEnd,
    Rule::WorseThanBest,
    Rule::OutsideBandTwice,
    Rule::LittleChange,
    Rule::NoImprovement,
    Rule::TwoRises,
    Rule::WorstEver,
    Rule::Ceiling,
];

/// What usually follows from a rule of the ladder.
///
/// The rules by points open cases from the first day. Those that rest on the growth model, or whose worth in the practice is not
/// known, are shown until somebody decides otherwise with the practice's own backtest before them; a probable bad end opens a
/// case as soon as its probability is calibrated, and not before.
pub const fn usual(rule: Rule) -> Act {
    match rule {
        Rule::ReliableDeterioration | Rule::ProbableBadEnd | Rule::WorseThanBest | Rule::NoImprovement => Act::Case,
        _ => Act::Shown,
    }
}

/// A practice's choice. What is not said is usual, so that a new rule comes with its usual act.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Configuration {
    /// What follows from the rules.
    acts: BTreeMap<Rule, Act>,
    /// Their numbers.
    numbers: BTreeMap<Number, i64>,
}

/// Why a choice cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The rule is not one of the ladder: danger above all.
    #[error("{0} is not a rule that can be configured")]
    NotOfTheLadder(Rule),
    /// A ceiling says that nothing can be seen: it is no reason for a case.
    #[error("{0} opens no case")]
    OpensNoCase(Rule),
    /// Outside its range.
    #[error("{0} is outside its range")]
    OutOfRange(Number),
}

impl Configuration {
    /// What follows from a rule. A rule outside the ladder is never off.
    pub fn act(&self, rule: Rule) -> Act {
        self.acts.get(&rule).copied().filter(|_| LADDER.contains(&rule)).unwrap_or_else(|| usual(rule))
    }

    /// A number.
    pub fn number(&self, number: Number) -> i64 {
        self.numbers.get(&number).copied().unwrap_or_else(|| number.usual())
    }

    /// Sets what follows from a rule.
    pub fn set_act(&mut self, rule: Rule, act: Act) -> Result<(), Refused> {
        if !LADDER.contains(&rule) {
            return Err(Refused::NotOfTheLadder(rule));
        }
        if rule == Rule::Ceiling && act == Act::Case {
            return Err(Refused::OpensNoCase(rule));
        }
        self.acts.insert(rule, act);
        Ok(())
    }

    /// Sets a number.
    pub fn set_number(&mut self, number: Number, value: i64) -> Result<(), Refused> {
        let (from, to) = number.range();
        if !(from..=to).contains(&value) {
            return Err(Refused::OutOfRange(number));
        }
        self.numbers.insert(number, value);
        Ok(())
    }

    /// What another choice would change, in the order of the ladder.
    pub fn differences(&self, to: &Self) -> Vec<Difference> {
        let acts = LADDER.into_iter().filter_map(|rule| {
            let (from, to) = (self.act(rule), to.act(rule));
            (from != to).then_some(Difference::Act { rule, from, to })
        });
        let numbers = Number::ALL.iter().filter_map(|&number| {
            let (from, to) = (self.number(number), to.number(number));
            (from != to).then_some(Difference::Number { number, from, to })
        });
        acts.chain(numbers).collect()
    }
}

/// One thing that a change of the rules changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// What follows from a rule.
    Act {
        /// The rule.
        rule: Rule,
        /// Before.
        from: Act,
        /// From now on.
        to: Act,
    },
    /// A number.
    Number {
        /// Which.
        number: Number,
        /// Before.
        from: i64,
        /// From now on.
        to: i64,
    },
}

text_enum! {
    /// Whether an instrument has rules of its own.
    ScopeState {
        /// It has.
        Own = "own",
        /// It follows the practice's again.
        Follows = "follows",
    }
}

/// The scope of the practice's own rules, for every instrument that has none.
pub const EVERY_INSTRUMENT: &str = "*";

/// One revision of the rules of a practice or of one of its instruments.
#[derive(Debug, Clone)]
pub struct Revision {
    /// Id.
    pub id: DetectionRulesId,
    /// The instrument, or [`EVERY_INSTRUMENT`].
    pub scope: String,
    /// Counts up from 1 in its scope.
    pub revision: i64,
    /// The rules.
    pub rules: Configuration,
    /// Whether they hold.
    pub state: ScopeState,
    /// Why they were changed.
    pub reason: Phi<String>,
    /// By whom.
    pub changed_by: StaffId,
    /// When.
    pub changed_at: Instant,
}

/// What a practice's scores are judged by: rules and growth models.
#[derive(Debug, Clone, Default)]
pub struct Detection {
    /// By scope, the rules in force with their revision.
    rules: HashMap<String, (i64, Configuration)>,
    /// The practice's own models.
    models: Vec<GrowthModel>,
}

impl Detection {
    /// From the revisions in force (the highest of each scope) and the models in force (the newest of each scale).
    pub fn new(revisions: &[Revision], models: Vec<GrowthModel>) -> Self {
        let own = revisions.iter().filter(|one| one.state == ScopeState::Own);
        let rules = own.map(|one| (one.scope.clone(), (one.revision, one.rules.clone()))).collect();
        Self { rules, models }
    }

    /// The rules of an instrument: its own, else the practice's, else the usual ones.
    pub fn rules(&self, instrument: &str) -> Configuration {
        self.in_force(instrument).map(|(.., rules)| rules.clone()).unwrap_or_default()
    }

    /// Under which name a signal keeps the rules it was found by: `usual`, `practice-2` or `phq-9-1`.
    pub fn rules_name(&self, instrument: &str) -> String {
        match self.in_force(instrument) {
            None => "usual".to_owned(),
            Some((EVERY_INSTRUMENT, revision, _)) => format!("practice-{revision}"),
            Some((scope, revision, _)) => format!("{scope}-{revision}"),
        }
    }

    /// The scope whose rules an instrument goes by: its own, the practice's, or none where it goes by the usual ones; with their
    /// revision.
    pub fn scope(&self, instrument: &str) -> Option<(&str, i64)> {
        self.in_force(instrument).map(|(scope, revision, _)| (scope, revision))
    }

    fn in_force(&self, instrument: &str) -> Option<(&str, i64, &Configuration)> {
        let found = self.rules.get_key_value(instrument).or_else(|| self.rules.get_key_value(EVERY_INSTRUMENT));
        found.map(|(scope, (revision, rules))| (scope.as_str(), *revision, rules))
    }

    /// The growth model of a scale: the practice's own, else the published one. What was learned from scores of another structure
    /// says nothing.
    pub fn model(&self, instrument: &Instrument, scale: &str) -> Option<&GrowthModel> {
        let own = self.newest(instrument, scale).filter(|one| one.structure == instrument.structure);
        own.or_else(|| published(&instrument.id, scale).filter(|one| one.structure == instrument.structure))
    }

    /// The version that the next growth model of a scale will have.
    pub fn next_version(&self, instrument: &Instrument, scale: &str) -> i64 {
        self.newest(instrument, scale).map_or(0, |one| one.version) + 1
    }

    fn newest(&self, instrument: &Instrument, scale: &str) -> Option<&GrowthModel> {
        self.models.iter().find(|one| one.instrument == instrument.id && one.scale == scale)
    }

    /// The same with other rules for every instrument, to see what they would do.
    #[must_use]
    pub fn with_rules(&self, rules: Configuration) -> Self {
        Self { rules: HashMap::from([(EVERY_INSTRUMENT.to_owned(), (0, rules))]), models: self.models.clone() }
    }

    /// The same with other rules in one scope: an instrument, or [`EVERY_INSTRUMENT`]. Without rules the scope has none of its
    /// own any more.
    #[must_use]
    pub fn with_scope(&self, scope: &str, rules: Option<Configuration>) -> Self {
        let mut changed = self.clone();
        match rules {
            Some(rules) => changed.rules.insert(scope.to_owned(), (0, rules)),
            None => changed.rules.remove(scope),
        };
        changed
    }

    /// The same with another model for its scale, to see what it would do.
    #[must_use]
    pub fn with_model(&self, model: &GrowthModel) -> Self {
        let others = self.models.iter().filter(|one| one.instrument != model.instrument || one.scale != model.scale);
        let models = others.cloned().chain([model.clone()]).collect();
        Self { rules: self.rules.clone(), models }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn danger_is_not_in_the_ladder() {
        let mut rules = Configuration::default();
        for rule in [Rule::RiskItem, Rule::RiskUnknown, Rule::ScoringFailed] {
            assert_eq!(rules.set_act(rule, Act::Off), Err(Refused::NotOfTheLadder(rule)));
            assert_ne!(rules.act(rule), Act::Off);
        }
        let smuggled: Configuration = serde_json::from_str(r#"{"acts":{"risk_item":"off"}}"#).expect("it can be read");
        assert_ne!(smuggled.act(Rule::RiskItem), Act::Off, "not even by hand in the database");
        assert_eq!(rules.set_act(Rule::Ceiling, Act::Case), Err(Refused::OpensNoCase(Rule::Ceiling)));
        assert_eq!(rules.set_number(Number::BandPercent, 100), Err(Refused::OutOfRange(Number::BandPercent)));
    }

    #[test]
    fn an_instrument_s_own_rules_come_before_the_practice_s() {
        let revision = |scope: &str, revision, state, session| {
            let mut rules = Configuration::default();
            rules.set_number(Number::NoImprovementSession, session).expect("in range");
            let (reason, changed_by) = (Phi::new("tried".to_owned()), StaffId::from_text("ida"));
            let changed_at = "2026-03-03T22:00:00Z".parse().expect("an instant");
            let id = DetectionRulesId::from_text(format!("{scope}-{revision}"));
            Revision { id, scope: scope.to_owned(), revision, rules, state, reason, changed_by, changed_at }
        };
        let all = [
            revision(EVERY_INSTRUMENT, 4, ScopeState::Own, 8),
            revision("phq-9", 2, ScopeState::Own, 5),
            revision("gad-7", 3, ScopeState::Follows, 12),
        ];
        let detection = Detection::new(&all, Vec::new());
        let of = |instrument: &str| {
            (detection.rules(instrument).number(Number::NoImprovementSession), detection.rules_name(instrument))
        };
        assert_eq!(of("phq-9"), (5, "phq-9-2".to_owned()));
        assert_eq!(of("gad-7"), (8, "practice-4".to_owned()), "it follows the practice again");
        assert_eq!(Detection::default().rules_name("phq-9"), "usual");
        let library = instruments::Library::embedded().expect("it ships");
        let depression = library.current("phq-9").expect("it ships");
        assert_eq!(detection.model(depression, "total").map(GrowthModel::name).as_deref(), Some("published"));
        let other = Instrument { structure: 2, ..depression.clone() };
        assert_eq!(detection.model(&other, "total"), None, "it is of other scores");
    }

    #[test]
    fn a_change_is_told_by_what_it_changes() {
        let before = Configuration::default();
        let mut after = before.clone();
        assert_eq!(before.differences(&after), []);
        after.set_act(Rule::TwoRises, Act::Case).expect("of the ladder");
        after.set_act(Rule::WorstEver, Act::Shown).expect("as it was");
        after.set_number(Number::ProbabilityPercent, 80).expect("in range");
        assert_eq!(
            before.differences(&after),
            [
                Difference::Act { rule: Rule::TwoRises, from: Act::Shown, to: Act::Case },
                Difference::Number { number: Number::ProbabilityPercent, from: 70, to: 80 },
            ]
        );
    }
}
