//! The model card of an instrument: what the rules would have said of the practice's own closed courses. Plain sentences
//! first, tables after; every figure with its number of courses and its interval.

use care::detection::Act;
use care::model_card::GroupKind;
use care::staff::Role;
use serde::Serialize;

use super::{Section, SectionLink, sample_sections, sample_shell};
use crate::Page;
use crate::chart::{IntervalBar, SeriesData, SeriesPlot};
use crate::staff::{Place, Shell};

/// The page.
#[derive(Clone, Serialize)]
pub struct ModelCard {
    /// The frame.
    pub shell: Shell,
    /// The parts.
    pub sections: Vec<SectionLink>,
    /// The instrument.
    pub name: String,
    /// Its rules.
    pub rules: String,
    /// The file.
    pub file: String,
    /// Its tables as CSV and as a workbook, without the ending.
    pub table: String,
    /// When the card was made; none before the first night.
    pub made: Option<String>,
    /// The rules that were replayed: `usual`, `practice` or `own`, and their revision. The words are `goes-by-<…>`.
    pub goes_by: (&'static str, Option<i64>),
    /// The version of the model in force; 0 is constructed from published figures, none is none.
    pub model: Option<i64>,
    /// What it says.
    pub body: CardBody,
}

/// What it says.
#[derive(Clone, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum CardBody {
    /// Nothing was made yet.
    None,
    /// Too few closed courses, or too few of one end.
    Few {
        /// Closed courses.
        closed: i64,
        /// Evaluated.
        evaluated: i64,
        /// Of them without reliable improvement.
        events: i64,
        /// How many are needed.
        needed: usize,
        /// How many of either end.
        outcomes: u32,
        /// Scores a course must have.
        scores: usize,
    },
    /// Figures.
    Shown(Box<CardFigures>),
}

/// The figures.
#[derive(Clone, Serialize)]
pub struct CardFigures {
    /// Closed courses.
    pub closed: i64,
    /// Evaluated.
    pub evaluated: i64,
    /// Of them without reliable improvement.
    pub events: i64,
    /// Scores a course must have.
    pub scores: usize,
    /// Their share.
    pub base_rate: String,
    /// First and last closing; none on a card of an earlier release.
    pub period: Option<(String, String)>,
    /// The sentences at the top.
    pub plain: PlainFigures,
    /// `calibrated` or `uncalibrated`.
    pub agreement: &'static str,
    /// Alerts of the last days: days, alerts, per clinician, clinicians.
    pub recent: (i64, i64, Option<String>, i64),
    /// The practice's rules; the first row is what opens a case.
    pub ladder: Vec<CardRow>,
    /// The rules a to h at their settings.
    pub chosen: Vec<CardRow>,
    /// The rules a to h, flagging as many courses as the practice's rules.
    pub equal: Vec<CardRow>,
    /// Ranking by session.
    pub areas: Vec<AreaRow>,
    /// The same as a picture.
    pub areas_plot: Option<SeriesPlot>,
    /// Predicted against observed.
    pub calibration: Option<AgreementText>,
    /// What acting on the probability would bring.
    pub decision: Vec<DecisionRow>,
    /// The same as a picture.
    pub decision_plot: Option<SeriesPlot>,
    /// The courses closed last.
    pub newest: Option<NewestText>,
    /// Other readings of courses that broke off.
    pub broken_off: Vec<ReadingRow>,
    /// By group of clients.
    pub groups: Vec<CardGroup>,
    /// Whether one of them may be shown.
    pub has_groups: bool,
    /// The least number of courses in a group.
    pub least: u64,
}

/// The figures of the sentences.
#[derive(Clone, Serialize)]
pub struct PlainFigures {
    /// Bad ends that were flagged before.
    pub caught: Share,
    /// Good ends that were flagged.
    pub false_alarms: Share,
    /// Flagged that ended badly.
    pub believed: Option<Share>,
    /// The rule that most false alarms come from, and in how many of them it spoke; none where no rule stands out.
    pub noisiest: Option<(String, u32)>,
    /// Sessions from the first case to the end.
    pub lead: Option<String>,
    /// How the simple rule (half the reliable change worse) does at the same number of flags: bad ends it flags, as a
    /// percentage, and whether that is `better`, `worse` or `alike`.
    pub simple: Option<(String, &'static str)>,
}

/// A share in words and as a line.
#[derive(Clone, Serialize)]
pub struct Share {
    /// The share ("65 %").
    pub percent: String,
    /// Its interval ("48–79 %").
    pub interval: Option<String>,
    /// The same as a sentence takes it (" (48–79 %)"); empty without one.
    pub span: String,
    /// How many.
    pub hits: u32,
    /// Of how many.
    pub of: u32,
    /// As a line.
    pub bar: Option<IntervalBar>,
}

/// A rule.
#[derive(Clone, Serialize)]
pub struct CardRow {
    /// Its name: `rule-<rule>` for one of the ladder, `letter-<rule>` for one of the eight.
    pub rule: String,
    /// What follows from it; none for a letter.
    pub act: Option<Act>,
    /// Bad ends that were flagged before.
    pub sensitivity: Option<Share>,
    /// Good ends that were not flagged.
    pub specificity: Option<Share>,
    /// Flagged that ended badly.
    pub ppv: Option<Share>,
    /// Flagged at any time.
    pub flag_rate: Option<Share>,
    /// Median lead, with its interval.
    pub lead: Option<(String, Option<String>)>,
}

/// Areas under the curve at a session, each with its interval.
#[derive(Clone, Serialize)]
pub struct AreaRow {
    /// Session.
    pub session: u32,
    /// Courses.
    pub n: usize,
    /// Bad ends.
    pub events: usize,
    /// Of the change since the first score.
    pub change: (String, String),
    /// Of the deviation from what was expected.
    pub expected: (String, String),
    /// Of the probability.
    pub probability: (String, String),
}

/// How far a probability can be believed.
#[derive(Clone, Serialize)]
pub struct AgreementText {
    /// Predictions.
    pub n: usize,
    /// Slope and its interval.
    pub slope: Option<(String, Option<String>)>,
    /// Intercept and its interval.
    pub intercept: Option<(String, Option<String>)>,
    /// What the slope says: `extreme`, `timid` or `fitting`.
    pub reads: &'static str,
    /// Brier score.
    pub brier: String,
    /// Of the base rate.
    pub brier_base_rate: String,
    /// Gain over the base rate and its interval.
    pub gain: (String, Option<String>),
    /// Predicted, observed and number of predictions, by tenths.
    pub tenths: Vec<(String, String, usize)>,
    /// As a picture.
    pub plot: Option<SeriesPlot>,
}

/// Net benefit at a threshold, in true alarms for each hundred scores.
#[derive(Clone, Serialize)]
pub struct DecisionRow {
    /// The threshold ("70 %").
    pub threshold: String,
    /// Of acting on the probability.
    pub model: String,
    /// Of acting at every score.
    pub all: String,
}

/// The courses closed last, by a model made from those closed before.
#[derive(Clone, Serialize)]
pub struct NewestText {
    /// Closed on this day or later.
    pub from: String,
    /// Closed courses the model was made from.
    pub learned_from: i64,
    /// Courses.
    pub n: i64,
    /// Bad ends.
    pub events: i64,
    /// What opens a case.
    pub row: CardRow,
    /// Slope and its interval.
    pub slope: Option<(String, Option<String>)>,
}

/// A reading of courses that broke off. The words are `handling-<handling>`.
#[derive(Clone, Serialize)]
pub struct ReadingRow {
    /// Which.
    pub handling: String,
    /// Courses.
    pub n: usize,
    /// What opens a case.
    pub row: CardRow,
}

/// A group of clients.
#[derive(Clone, Serialize)]
pub struct CardGroup {
    /// By what.
    pub kind: GroupKind,
    /// Which; the words are `group-<kind>-<value>`.
    pub value: String,
    /// Courses; none where they may not be shown, and then there are no figures.
    pub n: Option<usize>,
    /// Share without reliable improvement.
    pub base_rate: String,
    /// Bad ends that were flagged before.
    pub sensitivity: Option<Share>,
    /// Good ends that were not flagged.
    pub specificity: Option<Share>,
    /// Flagged.
    pub flag_rate: Option<Share>,
}

impl Share {
    /// A share between 0 and 1 with its interval, and the counts behind it.
    pub fn new(share: f64, interval: Option<(f64, f64)>, hits: u32, of: u32) -> Self {
        let text = interval.map(|(low, high)| format!("{:.0}–{:.0} %", low * 100.0, high * 100.0));
        Self {
            percent: format!("{:.0} %", share * 100.0),
            span: text.as_ref().map(|text| format!(" ({text})")).unwrap_or_default(),
            interval: text,
            hits,
            of,
            bar: interval.map(|(low, high)| IntervalBar::new((low, share, high), (share, share), None)),
        }
    }

    fn sample(hits: u32, of: u32) -> Self {
        let share = f64::from(hits) / f64::from(of);
        Self::new(share, Some((share - 0.12, share + 0.12)), hits, of)
    }
}

impl CardRow {
    fn sample(rule: &str, act: Option<Act>) -> Self {
        Self {
            rule: rule.into(),
            act,
            sensitivity: Some(Share::sample(24, 37)),
            specificity: Some(Share::sample(60, 81)),
            ppv: Some(Share::sample(24, 45)),
            flag_rate: Some(Share::sample(45, 118)),
            lead: Some(("6".into(), Some("4–8".into()))),
        }
    }
}

fn sample_figures() -> CardFigures {
    let ticks = |from: f64, to: f64| [from, f64::midpoint(from, to), to].map(|at| (at, format!("{at:.1}")));
    let plot = |series: &[(&'static str, Vec<(f64, f64)>)], across: (f64, f64), up: (f64, f64), diagonal: bool| {
        SeriesPlot::new(&SeriesData {
            across,
            up,
            across_ticks: &ticks(across.0, across.1),
            up_ticks: &ticks(up.0, up.1),
            series,
            reference: diagonal.then_some(((0.0, 0.0), (1.0, 1.0))),
        })
    };
    let areas = [
        ("change", vec![(2.0, 0.66), (4.0, 0.75), (6.0, 0.79)]),
        ("expected", vec![(2.0, 0.64), (4.0, 0.73), (6.0, 0.77)]),
        ("probability", vec![(2.0, 0.69), (4.0, 0.74), (6.0, 0.79)]),
    ];
    let bare = CardRow { sensitivity: None, ppv: None, lead: None, ..CardRow::sample("ceiling", Some(Act::Shown)) };
    let group = |kind, value: &str, n| CardGroup {
        kind,
        value: value.into(),
        n,
        base_rate: "31 %".into(),
        sensitivity: n.map(|_| Share::sample(12, 20)),
        specificity: n.map(|_| Share::sample(30, 40)),
        flag_rate: n.map(|_| Share::sample(22, 60)),
    };
    CardFigures {
        closed: 171,
        evaluated: 118,
        events: 37,
        scores: 5,
        base_rate: "31 %".into(),
        period: Some(("Mar 1, 2025".into(), "Mar 9, 2026".into())),
        plain: PlainFigures {
            caught: Share::sample(24, 37),
            false_alarms: Share::sample(21, 81),
            believed: Some(Share::sample(24, 45)),
            noisiest: Some(("worse_than_best".into(), 17)),
            lead: Some("6".into()),
            simple: Some(("58 %".into(), "alike")),
        },
        agreement: "uncalibrated",
        recent: (90, 35, Some("5.8".into()), 6),
        ladder: vec![
            CardRow::sample("any_case", Some(Act::Case)),
            CardRow::sample("reliable_deterioration", Some(Act::Case)),
            CardRow::sample("worst_ever", Some(Act::Shown)),
            bare,
        ],
        chosen: ["a", "b", "c", "d", "e", "f", "g", "h"].map(|letter| CardRow::sample(letter, None)).into(),
        equal: ["a", "b"].map(|letter| CardRow::sample(letter, None)).into(),
        areas: [(2, "0.66"), (4, "0.75"), (6, "0.79")]
            .map(|(session, area)| AreaRow {
                session,
                n: 118,
                events: 37,
                change: (area.into(), "0.58–0.82".into()),
                expected: (area.into(), "0.58–0.82".into()),
                probability: (area.into(), "0.58–0.82".into()),
            })
            .into(),
        areas_plot: plot(&areas, (1.0, 7.0), (0.4, 1.0), false),
        calibration: Some(AgreementText {
            n: 611,
            slope: Some(("0.46".into(), Some("0.30–0.62".into()))),
            intercept: Some(("−0.41".into(), Some("−0.71 … −0.11".into()))),
            reads: "extreme",
            brier: "0.165".into(),
            brier_base_rate: "0.214".into(),
            gain: ("0.049".into(), Some("0.012–0.086".into())),
            tenths: vec![("5 %".into(), "12 %".into(), 80), ("95 %".into(), "58 %".into(), 64)],
            plot: plot(&[("observed", vec![(0.05, 0.12), (0.55, 0.4), (0.95, 0.58)])], (0.0, 1.0), (0.0, 1.0), true),
        }),
        decision: vec![DecisionRow { threshold: "30 %".into(), model: "12.4".into(), all: "8.1".into() }],
        decision_plot: plot(
            &[("model", vec![(0.1, 0.2), (0.5, 0.1), (0.9, 0.0)]), ("all", vec![(0.1, 0.2), (0.5, -0.1)])],
            (0.0, 1.0),
            (-0.1, 0.3),
            false,
        ),
        newest: Some(NewestText {
            from: "Dec 1, 2025".into(),
            learned_from: 110,
            n: 36,
            events: 12,
            row: CardRow::sample("any_case", Some(Act::Case)),
            slope: Some(("0.52".into(), None)),
        }),
        broken_off: ["last_observation", "excluded", "worst_case"]
            .map(|handling| ReadingRow {
                handling: handling.into(),
                n: 118,
                row: CardRow::sample("any_case", Some(Act::Case)),
            })
            .into(),
        groups: vec![
            group(GroupKind::Age, "young", Some(60)),
            group(GroupKind::Age, "old", None),
            group(GroupKind::Sex, "female", Some(70)),
            group(GroupKind::Sex, "male", None),
            group(GroupKind::Language, "en", Some(90)),
            group(GroupKind::Language, "es", Some(28)),
        ],
        has_groups: true,
        least: 11,
    }
}

impl Page for ModelCard {
    const TEMPLATE: &'static str = "staff/admin/model_card.html";

    fn samples() -> Vec<Self> {
        let figures = sample_figures();
        let full = Self {
            shell: sample_shell(),
            sections: sample_sections(Section::Models),
            name: "PHQ-9".into(),
            rules: "/admin/detection/phq-9".into(),
            file: "/admin/models/phq-9/card.json".into(),
            table: "/admin/models/phq-9/card".into(),
            made: Some("Mar 10, 2026, 3:40\u{a0}AM".into()),
            goes_by: ("own", Some(2)),
            model: Some(3),
            body: CardBody::Shown(Box::new(figures.clone())),
        };
        let spare = Self {
            shell: Shell::sample_for(&[Role::Supervisor], Place::Supervision),
            sections: SectionLink::offered_to(&[Role::Supervisor], Some(Section::Models)),
            goes_by: ("usual", None),
            model: None,
            body: CardBody::Shown(Box::new(CardFigures {
                period: None,
                plain: PlainFigures {
                    believed: None,
                    noisiest: None,
                    lead: None,
                    simple: None,
                    ..figures.plain.clone()
                },
                agreement: "calibrated",
                recent: (90, 0, None, 0),
                equal: vec![],
                areas: vec![],
                areas_plot: None,
                calibration: None,
                decision: vec![],
                decision_plot: None,
                newest: None,
                broken_off: vec![],
                groups: figures.groups.iter().filter(|group| group.n.is_none()).cloned().collect(),
                has_groups: false,
                ..figures
            })),
            ..full.clone()
        };
        let few = Self {
            model: Some(0),
            body: CardBody::Few { closed: 31, evaluated: 12, events: 4, needed: 20, outcomes: 5, scores: 5 },
            ..full.clone()
        };
        let none = Self { made: None, body: CardBody::None, ..few.clone() };
        vec![full, spare, few, none]
    }
}
