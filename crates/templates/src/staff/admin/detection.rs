//! The rules of detection: what looks at a score, what follows, and what a change would have done to the last days.

use care::detection::{Act, Number, ScopeState};
use care::response::{Rule, SignalLevel};
use care::staff::Role;
use serde::Serialize;

use super::{Section, SectionLink, sample_sections, sample_shell};
use crate::Page;
use crate::staff::admin::{EvidenceLine, Share};
use crate::staff::{Choice, FieldProblem, Place, Shell, Wrong};

/// The way to the rules of every instrument, and what no configuration reaches.
#[derive(Clone, Serialize)]
pub struct DetectionHome {
    /// The frame.
    pub shell: Shell,
    /// The parts.
    pub sections: Vec<SectionLink>,
    /// The rules of every instrument that has none of its own.
    pub practice: ScopeLine,
    /// The instruments that are followed.
    pub instruments: Vec<ScopeLine>,
    /// What answers about danger mean.
    pub danger: Vec<DangerLine>,
}

/// By which rules a scope goes. The words are `goes-by-<goes_by>`.
#[derive(Clone, Serialize)]
pub struct ScopeLine {
    /// The instrument; empty for the practice.
    pub name: String,
    /// Its rules.
    pub href: String,
    /// `usual`, `practice` or `own`.
    pub goes_by: &'static str,
    /// The revision of those rules; none for the usual ones.
    pub revision: Option<i64>,
    /// Who put it into force, and when.
    pub changed: Option<String>,
    /// Rules that open a case.
    pub cases: usize,
    /// Rules that are shown.
    pub shown: usize,
    /// Rules that are off.
    pub off: usize,
}

/// An item that asks about danger.
#[derive(Clone, Serialize)]
pub struct DangerLine {
    /// The instrument.
    pub instrument: String,
    /// The item, in a few words.
    pub item: String,
    /// From which answer on which level; the words of a level are `level-<level>`.
    pub steps: Vec<(String, String)>,
    /// Whether a skipped item is shown as unknown.
    pub unknown: bool,
}

/// The rules of one scope: read by all who may see them, changed by an administrator.
#[derive(Clone, Serialize)]
pub struct DetectionRules {
    /// The frame.
    pub shell: Shell,
    /// The parts.
    pub sections: Vec<SectionLink>,
    /// Where the form goes.
    pub path: String,
    /// By which rules it goes.
    pub line: ScopeLine,
    /// The instrument's model card.
    pub card: Option<String>,
    /// The reliable change in points; none for the practice.
    pub points: Option<String>,
    /// Figures of the instrument, with their sources.
    pub figures: Vec<EvidenceLine>,
    /// The ladder.
    pub rules: Vec<RuleLine>,
    /// Where the figures on published courses come from: source, date, number of courses.
    pub evidence: Option<(String, String, u32)>,
    /// The revision the form was made for; none for somebody who may not change it.
    pub seen: Option<i64>,
    /// Whether somebody changed it meanwhile.
    pub overtaken: bool,
    /// What a change would do.
    pub preview: Option<RulesPreview>,
    /// How many alerts a clinician is told of one by one in seven days; only of the practice's rules.
    pub alert_budget: Option<u32>,
    /// Quieter rules beside that budget, where somebody asked for them.
    pub budget: Option<BudgetTrial>,
    /// The revisions, the latest first.
    pub history: Vec<RulesRevision>,
    /// What is wrong with the form.
    pub problems: Vec<FieldProblem>,
}

/// A rule. Its sentence is `means-<rule>`, its evidence `evidence-<rule>`.
#[derive(Clone, Serialize)]
pub struct RuleLine {
    /// Which.
    pub rule: Rule,
    /// How it is read.
    pub level: SignalLevel,
    /// What follows.
    pub act: Act,
    /// What can follow; the words are `act-<act>`.
    pub acts: Vec<Choice>,
    /// Its numbers.
    pub numbers: Vec<NumberLine>,
    /// What it did on published courses, as percentages: sensitivity, specificity, flagged; and sessions ahead.
    pub elsewhere: Option<(String, String, String, u32)>,
}

/// A number of a rule. The label is `field-<number>`.
#[derive(Clone, Serialize)]
pub struct NumberLine {
    /// Which.
    pub number: Number,
    /// As it is, or as typed.
    pub value: String,
    /// As it is in force.
    pub holds: i64,
    /// The range it may be set in.
    pub range: (i64, i64),
}

/// One thing that is different.
#[derive(Clone, Serialize)]
pub struct RulesDifference {
    /// The rule; its words are `rule-<rule>`.
    pub rule: Rule,
    /// The number, where it is one; its words are `field-<number>`.
    pub number: Option<Number>,
    /// Before: `act-<from>`, or the number.
    pub from: String,
    /// After.
    pub to: String,
}

/// What a change would do.
#[derive(Clone, Serialize)]
pub struct RulesPreview {
    /// What would be different; empty where nothing would.
    pub differences: Vec<RulesDifference>,
    /// `own`, or `follow` for the practice's rules again.
    pub wanted: &'static str,
    /// The last days by the rules in force and by these.
    pub trial: Option<TrialFigures>,
    /// The form's fields, to be sent again.
    pub fields: Vec<(String, String)>,
    /// The reason as typed.
    pub reason: String,
}

/// The rules in force and quieter ones beside the alert budget.
#[derive(Clone, Serialize)]
pub struct BudgetTrial {
    /// Over how many days.
    pub days: i64,
    /// Over how many clinicians.
    pub clinicians: i64,
    /// The rules in force first; empty where no clinician had a score.
    pub rows: Vec<BudgetRow>,
}

/// Rules, and what they would have done.
#[derive(Clone, Serialize)]
pub struct BudgetRow {
    /// What is different from the rules in force; empty for those themselves.
    pub differences: Vec<RulesDifference>,
    /// Alerts of one clinician in seven days.
    pub a_week: String,
    /// Whether that is within the budget.
    pub fits: bool,
    /// Closed courses that ended without reliable improvement: found before, and all; none where there are too few.
    pub found: Option<(u32, u32)>,
    /// Whether they are suggested.
    pub suggested: bool,
    /// The form's fields, to look at them closely.
    pub fields: Vec<(String, String)>,
}

impl BudgetRow {
    fn sample(alerts: u32, percent: Option<u32>) -> Self {
        let difference = |percent: u32| RulesDifference {
            rule: Rule::WorseThanBest,
            number: Some(Number::WorseThanBestPercent),
            from: "100".into(),
            to: percent.to_string(),
        };
        Self {
            differences: percent.map(difference).into_iter().collect(),
            a_week: format!("{alerts}.4"),
            fits: alerts < 10,
            found: percent.map(|_| (28, 40)),
            suggested: percent.is_some(),
            fields: vec![("worse_than_best_percent".into(), percent.unwrap_or(100).to_string())],
        }
    }
}

/// Alerts of the last days.
#[derive(Clone, Serialize)]
pub struct TrialFigures {
    /// How many days.
    pub days: i64,
    /// Alerts by the rules in force.
    pub now: i64,
    /// Alerts by these.
    pub then: i64,
    /// Per clinician, by the rules in force; none without clinicians.
    pub now_each: Option<String>,
    /// Per clinician, by these.
    pub then_each: Option<String>,
    /// Clinicians.
    pub clinicians: i64,
    /// Courses with an alert: now, then.
    pub courses: (i64, i64),
    /// Reasons by rule: now, then.
    pub rules: Vec<(Rule, i64, i64)>,
    /// What the rules are worth on closed courses, by instrument.
    pub worth: Vec<TrialWorth>,
}

/// What opens a case on the closed courses of one instrument, by the rules in force and by these.
#[derive(Clone, Serialize)]
pub struct TrialWorth {
    /// The instrument.
    pub instrument: String,
    /// Closed courses.
    pub closed: usize,
    /// Of them followed.
    pub evaluated: usize,
    /// Of those ended without reliable improvement.
    pub events: usize,
    /// Followed courses that are needed.
    pub needed: usize,
    /// Scores that a course needs to be followed.
    pub scores: usize,
    /// Both, the rules in force first; none where there are too few courses.
    pub figures: Option<(WorthFigures, WorthFigures)>,
    /// Courses of one kind below which no share of them is shown.
    pub least: u32,
}

/// What opens a case. A share of too few courses is not there.
#[derive(Clone, Serialize)]
pub struct WorthFigures {
    /// Bad ends that were flagged before.
    pub sensitivity: Option<Share>,
    /// Good ends that were not flagged.
    pub specificity: Option<Share>,
    /// Flagged that ended badly.
    pub ppv: Option<Share>,
    /// Flagged at any time.
    pub flag_rate: Option<Share>,
    /// Sessions from the first flag to the last score, in the middle, with its interval.
    pub lead: Option<(String, Option<String>)>,
}

/// A revision.
#[derive(Clone, Serialize)]
pub struct RulesRevision {
    /// Its number.
    pub revision: i64,
    /// Who and when.
    pub changed: String,
    /// Why.
    pub reason: String,
    /// Whether the scope has rules of its own since.
    pub state: ScopeState,
    /// What was different from the revision before (from the usual rules at first).
    pub differences: Vec<RulesDifference>,
}

impl ScopeLine {
    fn sample(name: &str, goes_by: &'static str, revision: Option<i64>) -> Self {
        Self {
            name: name.into(),
            href: "/admin/detection/phq-9".into(),
            goes_by,
            revision,
            changed: revision.map(|_| "Ada Moreno, Mar 2, 2026, 9:00\u{a0}AM".into()),
            cases: 4,
            shown: 4,
            off: 1,
        }
    }
}

impl Page for DetectionHome {
    const TEMPLATE: &'static str = "staff/admin/detection_home.html";

    fn samples() -> Vec<Self> {
        let danger = DangerLine {
            instrument: "PHQ-9".into(),
            item: "Thoughts of death or self-harm".into(),
            steps: vec![("Several days".into(), "review".into()), ("More than half the days".into(), "urgent".into())],
            unknown: true,
        };
        let full = Self {
            shell: sample_shell(),
            sections: sample_sections(Section::Detection),
            practice: ScopeLine::sample("", "practice", Some(3)),
            instruments: vec![
                ScopeLine::sample("PHQ-9", "own", Some(2)),
                ScopeLine::sample("Cuestionario de Bienestar Psicosocial Ampliado de la Bahía", "practice", Some(3)),
            ],
            danger: vec![danger],
        };
        let first = Self {
            shell: Shell::sample_for(&[Role::Supervisor], Place::Supervision),
            sections: SectionLink::offered_to(&[Role::Supervisor], Some(Section::Detection)),
            practice: ScopeLine::sample("", "usual", None),
            instruments: vec![],
            danger: vec![],
        };
        vec![full, first]
    }
}

impl Page for DetectionRules {
    const TEMPLATE: &'static str = "staff/admin/detection_rules.html";

    fn samples() -> Vec<Self> {
        use care::detection::{LADDER, usual};
        let numbers = |rule: Rule, typed: &str| {
            let own = Number::ALL.iter().filter(|number| number.rule() == rule);
            let line = |number: &Number| NumberLine {
                number: *number,
                value: if typed.is_empty() { number.usual().to_string() } else { typed.into() },
                holds: number.usual(),
                range: number.range(),
            };
            own.map(line).collect::<Vec<_>>()
        };
        let rules = |typed: &str| -> Vec<RuleLine> {
            let line = |rule: Rule| RuleLine {
                rule,
                level: if rule == Rule::ReliableDeterioration { SignalLevel::Red } else { SignalLevel::Amber },
                act: usual(rule),
                acts: Act::ALL.iter().map(|act| Choice::new(act.as_str(), "", usual(rule).as_str())).collect(),
                numbers: numbers(rule, typed),
                elsewhere: (rule != Rule::WorstEver).then(|| ("31 %".into(), "92 %".into(), "13 %".into(), 8)),
            };
            LADDER.into_iter().map(line).collect()
        };
        let difference =
            |rule, number, from: &str, to: &str| RulesDifference { rule, number, from: from.into(), to: to.into() };
        let differences = vec![
            difference(Rule::TwoRises, None, "shown", "case"),
            difference(Rule::NoImprovement, Some(Number::NoImprovementSession), "6", "8"),
        ];
        let figure = EvidenceLine {
            what: "Reliable change".into(),
            value: "6".into(),
            source: "NHS Talking Therapies manual".into(),
            date: "2024".into(),
            evidence: "verified",
        };
        let revision = |revision, state| RulesRevision {
            revision,
            changed: "Ada Moreno, Mar 2, 2026, 9:00\u{a0}AM".into(),
            reason: "Our sessions are monthly; six of them are half a year.".into(),
            state,
            differences: differences.clone(),
        };
        let share = |hits: u32, of: u32, low: f64, high: f64| {
            Some(Share::new(f64::from(hits) / f64::from(of), Some((low, high)), hits, of))
        };
        let enough = TrialWorth {
            instrument: "PHQ-9".into(),
            closed: 88,
            evaluated: 62,
            events: 24,
            needed: 20,
            scores: 5,
            figures: Some((
                WorthFigures {
                    sensitivity: share(14, 24, 0.38, 0.78),
                    specificity: share(29, 38, 0.62, 0.9),
                    ppv: share(14, 23, 0.41, 0.81),
                    flag_rate: share(23, 62, 0.26, 0.49),
                    lead: Some(("6".into(), Some("4–9".into()))),
                },
                WorthFigures {
                    sensitivity: share(17, 24, 0.52, 0.88),
                    specificity: share(25, 38, 0.5, 0.81),
                    ppv: None,
                    flag_rate: share(30, 62, 0.36, 0.61),
                    lead: None,
                },
            )),
            least: 5,
        };
        let few = TrialWorth {
            instrument: "Cuestionario de Bienestar Psicosocial Ampliado de la Bahía".into(),
            evaluated: 7,
            events: 2,
            figures: None,
            ..enough.clone()
        };
        let trial = TrialFigures {
            days: 90,
            now: 35,
            then: 41,
            now_each: Some("5.4".into()),
            then_each: Some("6.3".into()),
            clinicians: 7,
            courses: (28, 31),
            rules: vec![(Rule::ReliableDeterioration, 9, 9), (Rule::TwoRises, 0, 6)],
            worth: vec![enough, few],
        };
        let plain = Self {
            shell: Shell::sample_for(&[Role::Supervisor], Place::Supervision),
            sections: SectionLink::offered_to(&[Role::Supervisor], Some(Section::Detection)),
            path: "/admin/detection/phq-9".into(),
            line: ScopeLine::sample("PHQ-9", "own", Some(2)),
            card: Some("/admin/models/phq-9".into()),
            points: Some("6".into()),
            figures: vec![figure],
            rules: rules(""),
            evidence: Some(("Computed for this project from the ENRICHD trial".into(), "2026".into(), 395)),
            seen: None,
            overtaken: false,
            preview: None,
            alert_budget: None,
            budget: None,
            history: vec![revision(2, ScopeState::Own), revision(1, ScopeState::Follows)],
            problems: vec![],
        };
        let change = Self {
            shell: sample_shell(),
            sections: sample_sections(Section::Detection),
            seen: Some(2),
            overtaken: true,
            preview: Some(RulesPreview {
                differences,
                wanted: "own",
                trial: Some(trial.clone()),
                fields: vec![("act_two_rises".into(), "case".into())],
                reason: String::new(),
            }),
            problems: vec![FieldProblem::new("detection_reason", Wrong::Required)],
            ..plain.clone()
        };
        let nothing = Self {
            preview: Some(RulesPreview {
                differences: vec![],
                wanted: "follow",
                trial: Some(TrialFigures { clinicians: 0, now_each: None, then_each: None, worth: vec![], ..trial }),
                fields: vec![],
                reason: String::new(),
            }),
            overtaken: false,
            problems: vec![],
            ..change.clone()
        };
        let wrong = Self {
            path: "/admin/detection/practice".into(),
            line: ScopeLine::sample("", "usual", None),
            card: None,
            points: None,
            figures: vec![],
            rules: rules("soon"),
            preview: None,
            history: vec![],
            overtaken: false,
            problems: vec![FieldProblem::new("no_improvement_session", Wrong::Number)],
            alert_budget: Some(10),
            budget: Some(BudgetTrial {
                days: 90,
                clinicians: 7,
                rows: vec![BudgetRow::sample(12, None), BudgetRow::sample(9, Some(150))],
            }),
            ..change.clone()
        };
        vec![plain, change, nothing, wrong]
    }
}
