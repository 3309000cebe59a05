//! An invented course of therapy, for looking at the page.

use care::expected_response::Agreement;
use care::response::SignalLevel;

use super::{ExpectationNote, SignalNote};
use crate::chart::{
    AxisEvent, EventKind, Expectation, HeatItem, HeatStrip, Mark, Polarity, Trajectory, TrajectoryData, Visit,
};

pub(super) fn trajectory(values: &[Option<f64>], mark_last: Mark) -> Trajectory {
    let n = values.len();
    let visit = |((index, &value), session): ((usize, &Option<f64>), i64)| Visit {
        session,
        day: format!("{} {}", if index < 4 { "Jan" } else { "Feb" }, 5 + (index % 4) * 7),
        value,
        mark: if index + 1 == n { mark_last } else { Mark::Plain },
        band: value.map(|value| {
            if value >= 20.0 {
                "Severe"
            } else if value >= 15.0 {
                "Moderately severe"
            } else if value >= 10.0 {
                "Moderate"
            } else {
                "Mild"
            }
            .to_owned()
        }),
    };
    Trajectory::new(&TrajectoryData {
        id: format!("phq{n}"),
        name: "PHQ-9".into(),
        range: (0.0, 27.0),
        polarity: Polarity::LowerIsBetter,
        cutoff: Some(10.0),
        reliable_change: Some(6.0),
        visits: values.iter().enumerate().zip(1..).map(visit).collect(),
        events: [
            (0.4, EventKind::NoShow),
            (2.1, EventKind::Case),
            (2.6, EventKind::Plan),
            (2.9, EventKind::Medication),
            (6.5, EventKind::Version),
        ]
        .into_iter()
        .filter(|(position, _)| n > 3 && *position < n as f64)
        .map(|(position, kind)| AxisEvent { position, kind, day: "Feb 3".into() })
        .collect(),
        expected: expectations(0, n.max(6), 16.6, 5.4),
        forecast: if n > 3 && n < 12 { expectations(n - 1, 4, 19.0, 4.5) } else { vec![] },
    })
}

/// A line that falls with the logarithm of the session, and a band around it.
pub(super) fn expectations(from: usize, places: usize, first: f64, margin: f64) -> Vec<Expectation> {
    (from..from + places)
        .zip(1..)
        .map(|(place, session)| {
            let median = first - 2.3 * f64::from(session).ln();
            Expectation {
                position: place as f64,
                session: i64::from(session),
                median,
                low: median - margin,
                high: median + margin,
            }
        })
        .collect()
}

pub(super) fn expectation() -> ExpectationNote {
    ExpectationNote {
        source: Some("NHS England, Talking Therapies 2024-25: means and SDs of first and last scores".into()),
        dated: "2024-25".into(),
        courses: "233,776".into(),
        version: 0,
        toggle: "/clients/c1?forecast=phq-9#m-phq5".into(),
        forecast: None,
    }
}

pub(super) fn signals() -> Vec<SignalNote> {
    let note = SignalNote {
        level: SignalLevel::Amber,
        sentence: "PHQ-9 22, +8 from the best score of 14: reliable from 6 points on.".into(),
        probability: Some("83".into()),
        agreement: Some(Agreement::Uncalibrated),
        expected: Some("13.4 (7.9–18.9)".into()),
        model: Some("published".into()),
        rules: Some("usual".into()),
    };
    let bare = SignalNote {
        level: SignalLevel::Grey,
        sentence: "GAD-7 began at 3: no room for a reliable improvement, the scores will say little.".into(),
        probability: None,
        agreement: None,
        expected: None,
        model: None,
        ..note.clone()
    };
    vec![note, bare]
}

pub(super) fn alliance() -> Trajectory {
    let visit = |(session, value): (i64, f64)| Visit {
        session,
        day: format!("Jan {}", session * 7 - 2),
        value: Some(value),
        mark: Mark::Plain,
        band: None,
    };
    Trajectory::new(&TrajectoryData {
        id: "feedback".into(),
        name: "Session feedback".into(),
        range: (0.0, 40.0),
        polarity: Polarity::HigherIsBetter,
        cutoff: Some(36.0),
        reliable_change: None,
        visits: (1..).zip([37.2, 36.5, 35.8, 33.1]).map(visit).collect(),
        events: vec![],
        expected: vec![],
        forecast: vec![],
    })
}

pub(super) fn heat() -> HeatStrip {
    let items = [
        "Little interest",
        "Feeling down",
        "Sleep",
        "Tired",
        "Appetite",
        "Feeling bad about self",
        "Concentration",
        "Moving slowly or restless",
        "Thoughts of death or self-harm",
    ];
    let answers = [
        [2, 2, 1, 3],
        [2, 2, 2, 3],
        [3, 2, 2, 3],
        [3, 2, 2, 3],
        [2, 2, 1, 2],
        [2, 2, 2, 3],
        [2, 2, 2, 2],
        [1, 1, 1, 1],
        [1, 1, 1, 2],
    ];
    let days: Vec<String> = ["Jan 5", "Jan 19", "Feb 2", "Mar 9"].map(String::from).into();
    let mut rows: Vec<HeatItem> = (items.iter().zip(answers))
        .map(|(label, values)| HeatItem { label: (*label).into(), answers: values.map(Some).into() })
        .collect();
    rows[4].answers[1] = None;
    HeatStrip::new(&days, &rows, 3)
}
