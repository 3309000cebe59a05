//! What a practice tries in order to get better: the list with the form for another one, and each with its chart and decision.

use care::experiment::{Every, Finding, Metric, Stage, Verdict};
use serde::Serialize;

use super::{Choice, FieldProblem, ImprovementTab, Place, Shell};
use crate::Page;
use crate::chart::{ControlData, ControlDatum, ControlMark, ControlPlot};

/// The list.
#[derive(Clone, Serialize)]
pub struct Experiments {
    /// The frame.
    pub shell: Shell,
    /// The pages beside it.
    pub tabs: Vec<ImprovementTab>,
    /// What is tried or was, what begins last first.
    pub rows: Vec<ExperimentRow>,
    /// The form for another one.
    pub form: ExperimentForm,
    /// What is wrong with it.
    pub problems: Vec<FieldProblem>,
}

/// An experiment in the list.
#[derive(Clone, Serialize)]
pub struct ExperimentRow {
    /// Its page.
    pub href: String,
    /// What is changed.
    pub change: String,
    /// The figure. The words are `metric-<metric>`.
    pub metric: Metric,
    /// Where; none for the whole practice.
    pub site: Option<String>,
    /// Who answers for it.
    pub owner: String,
    /// The first day with the change.
    pub starts: String,
    /// The day on which it is decided.
    pub ends: String,
    /// Where it stands. The words are `experiment-stage-<stage>`.
    pub stage: Stage,
    /// What was decided. The words are `verdict-<verdict>`.
    pub verdict: Option<Verdict>,
}

/// The form for another one. It posts to `/experiments`.
#[derive(Clone, Serialize)]
pub struct ExperimentForm {
    /// What is changed.
    pub change: String,
    /// What is expected.
    pub expectation: String,
    /// Figures.
    pub metrics: Vec<Choice>,
    /// Figures that must not get worse; the first says none.
    pub guardrails: Vec<Choice>,
    /// Sites; the first says all.
    pub sites: Vec<Choice>,
    /// What a point is made of.
    pub every: Vec<Choice>,
    /// Who could answer for it.
    pub owners: Vec<Choice>,
    /// The first day with the change, as typed.
    pub starts_on: String,
    /// The day on which it is decided, as typed.
    pub decide_on: String,
}

/// One experiment.
#[derive(Clone, Serialize)]
pub struct ExperimentPage {
    /// The frame.
    pub shell: Shell,
    /// The pages beside it.
    pub tabs: Vec<ImprovementTab>,
    /// Its id.
    pub id: String,
    /// As in the list.
    pub row: ExperimentRow,
    /// What is expected.
    pub expectation: String,
    /// What a point is made of. The words are `every-<every>`.
    pub every: Every,
    /// Its figure.
    pub chart: ControlChart,
    /// The figure that must not get worse.
    pub guardrail: Option<ControlChart>,
    /// What came of it.
    pub decided: Option<DecidedText>,
    /// The decisions that can be made, for one that is not decided.
    pub verdicts: Vec<Choice>,
    /// Its reason, as typed.
    pub reason: String,
    /// What is wrong with it.
    pub problems: Vec<FieldProblem>,
    /// Until when the data go, formatted.
    pub as_of: String,
}

/// A decision.
#[derive(Clone, Serialize)]
pub struct DecidedText {
    /// What. The words are `verdict-<verdict>`.
    pub verdict: Verdict,
    /// Why.
    pub reason: String,
    /// When.
    pub at: String,
    /// By whom.
    pub by: String,
}

/// A figure on its control chart, with everything in words.
#[derive(Clone, Serialize)]
pub struct ControlChart {
    /// Its name among the ids of the page.
    pub id: &'static str,
    /// The figure.
    pub metric: Metric,
    /// `higher` or `lower`: which way is better.
    pub better: &'static str,
    /// The picture; none where nothing can be shown.
    pub plot: Option<ControlPlot>,
    /// What the rules say. The words are `finding-<finding>`.
    pub finding: &'static str,
    /// Points before the change.
    pub usual: usize,
    /// With fewer than this the limits are provisional.
    pub fewest: usize,
    /// Longest run, the longest usual one, crossings, the fewest usual ones: where the runs are unusual.
    pub runs: Option<(usize, usize, usize, usize)>,
    /// Of fewer cases than this a point is not shown.
    pub least: u64,
    /// The points in words.
    pub rows: Vec<ControlRow>,
}

/// A point in words.
#[derive(Clone, Serialize)]
pub struct ControlRow {
    /// First day.
    pub from: String,
    /// `before` or `with`.
    pub phase: &'static str,
    /// Cases; none where they are too few to be shown.
    pub n: Option<u64>,
    /// The figure.
    pub value: Option<String>,
    /// The limits ("48–74 %").
    pub limits: Option<String>,
    /// The rule that marks it: the words are `special-<rule>`.
    pub special: Option<&'static str>,
    /// Which way it points.
    pub mark: ControlMark,
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

impl ControlChart {
    fn sample(id: &'static str, metric: Metric, finding: Finding) -> Self {
        let shares = [62, 58, 65, 60, 57, 61, 66, 59, 63, 60, 58, 64, 61, 59, 0, 72, 78, 81];
        let mark = |place: usize| match finding {
            Finding::Better if place > 15 => ControlMark::Better,
            Finding::Worse if place > 15 => ControlMark::Worse,
            _ => ControlMark::Usual,
        };
        let value = |share: i32| (share > 0).then(|| f64::from(share) / 100.0);
        let periods: Vec<ControlDatum> = shares
            .iter()
            .enumerate()
            .map(|(place, share)| ControlDatum {
                label: format!("Week {}", place + 1),
                value: value(*share),
                limits: value(*share).map(|_| (0.48, 0.61, 0.74)),
                mark: mark(place),
            })
            .collect();
        let rows = periods.iter().enumerate().map(|(place, one)| ControlRow {
            from: one.label.clone(),
            phase: if place < 15 { "before" } else { "with" },
            n: one.value.map(|_| 52),
            value: one.value.map(percent),
            limits: one.limits.map(|_| "48–74 %".to_owned()),
            special: (one.mark != ControlMark::Usual).then_some("outside_limit"),
            mark: one.mark,
        });
        Self {
            id,
            metric,
            better: if matches!(finding, Finding::Worse) { "lower" } else { "higher" },
            plot: ControlPlot::new(&ControlData { periods: &periods, changed: Some(15), say: percent, most: 1.0 }),
            finding: finding.as_str(),
            usual: 14,
            fewest: 12,
            runs: (finding == Finding::Better).then_some((9, 7, 3, 5)),
            least: 5,
            rows: rows.collect(),
        }
    }
}

impl ExperimentRow {
    fn sample(stage: Stage, verdict: Option<Verdict>) -> Self {
        Self {
            href: "/experiments/0192".into(),
            change: "Check-ins go out 24 hours before the session instead of 2".into(),
            metric: Metric::Completion,
            site: Some("Bay".into()),
            owner: "Olga Petrov".into(),
            starts: "Mar 11, 2026".into(),
            ends: "Apr 8, 2026".into(),
            stage,
            verdict,
        }
    }
}

impl Page for Experiments {
    const TEMPLATE: &'static str = "staff/experiments.html";

    fn samples() -> Vec<Self> {
        use care::staff::Role;
        let choices = |options: &[&str], chosen: &str| -> Vec<Choice> {
            options.iter().map(|one| Choice::new(*one, *one, chosen)).collect()
        };
        let named = |options: &[(&str, &str)]| -> Vec<Choice> {
            options.iter().map(|(value, label)| Choice::new(*value, *label, "")).collect()
        };
        let metrics: Vec<&str> = Metric::ALL.iter().map(|metric| metric.as_str()).collect();
        let form = ExperimentForm {
            change: String::new(),
            expectation: String::new(),
            metrics: choices(&metrics, "completion"),
            guardrails: choices(&metrics, ""),
            sites: named(&[("n", "North"), ("b", "Bay")]),
            every: choices(&["week", "month"], "week"),
            owners: named(&[("o", "Olga Petrov"), ("a", "Adam Lee")]),
            starts_on: "2026-03-11".into(),
            decide_on: "2026-04-08".into(),
        };
        let full = Self {
            shell: Shell::sample_for(&[Role::Owner], Place::Improvement),
            tabs: ImprovementTab::all("experiments"),
            rows: vec![
                ExperimentRow::sample(Stage::Planned, None),
                ExperimentRow { site: None, ..ExperimentRow::sample(Stage::Running, None) },
                ExperimentRow::sample(Stage::Due, None),
                ExperimentRow::sample(Stage::Decided, Some(Verdict::Keep)),
                ExperimentRow::sample(Stage::Decided, Some(Verdict::Adapt)),
                ExperimentRow::sample(Stage::Decided, Some(Verdict::Stop)),
            ],
            form,
            problems: Vec::new(),
        };
        let wrong = ["change", "expectation", "guardrail", "owner", "starts_on", "decide_on"];
        let bad = Self {
            shell: Shell::sample_extreme(Place::Improvement),
            rows: Vec::new(),
            problems: wrong.iter().map(|field| FieldProblem::new(*field, super::Wrong::Required)).collect(),
            ..full.clone()
        };
        vec![full, bad]
    }
}

impl Page for ExperimentPage {
    const TEMPLATE: &'static str = "staff/experiment.html";

    fn samples() -> Vec<Self> {
        use care::staff::Role;
        let verdicts = |chosen: &str| -> Vec<Choice> {
            Verdict::ALL.iter().map(|one| Choice::new(one.as_str(), one.as_str(), chosen)).collect()
        };
        let running = Self {
            shell: Shell::sample_for(&[Role::Owner], Place::Improvement),
            tabs: ImprovementTab::all("experiments"),
            id: "0192".into(),
            row: ExperimentRow::sample(Stage::Due, None),
            expectation: "More check-ins are handed in, and nobody opts out because of it".into(),
            every: Every::Week,
            chart: ControlChart::sample("metric", Metric::Completion, Finding::Better),
            guardrail: Some(ControlChart::sample("guardrail", Metric::OptOut, Finding::Usual)),
            decided: None,
            verdicts: verdicts(""),
            reason: String::new(),
            problems: Vec::new(),
            as_of: "Mar 10, 2026, 9:00\u{a0}AM".into(),
        };
        let decided = Self {
            row: ExperimentRow { site: None, ..ExperimentRow::sample(Stage::Decided, Some(Verdict::Keep)) },
            every: Every::Month,
            chart: ControlChart::sample("metric", Metric::NoShow, Finding::Worse),
            guardrail: None,
            decided: Some(DecidedText {
                verdict: Verdict::Keep,
                reason: "Completion rose beyond its limits and nobody opted out".into(),
                at: "Apr 8, 2026".into(),
                by: "Olga Petrov".into(),
            }),
            verdicts: Vec::new(),
            ..running.clone()
        };
        let early = |finding: Finding| Self {
            shell: Shell::sample_extreme(Place::Improvement),
            row: ExperimentRow::sample(Stage::Running, None),
            chart: ControlChart {
                plot: None,
                usual: 0,
                rows: Vec::new(),
                runs: None,
                ..ControlChart::sample("metric", Metric::Acknowledge, finding)
            },
            problems: vec![FieldProblem::new("decision_reason", super::Wrong::Required)],
            ..running.clone()
        };
        vec![running.clone(), decided, early(Finding::TooEarly), early(Finding::NoUsual)]
    }
}
