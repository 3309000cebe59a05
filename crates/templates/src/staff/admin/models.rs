//! The growth models: what is in force for each instrument, and what came of the last look at the practice's own courses.

use care::expected_response::refit::Outcome;
use serde::Serialize;

use super::{Section, SectionLink, sample_sections, sample_shell};
use crate::Page;
use crate::staff::Shell;

/// The page.
#[derive(Clone, Serialize)]
pub struct Models {
    /// The frame.
    pub shell: Shell,
    /// The parts.
    pub sections: Vec<SectionLink>,
    /// The instruments, by name.
    pub rows: Vec<ModelRow>,
}

/// One instrument.
#[derive(Clone, Serialize)]
pub struct ModelRow {
    /// Id, for anchors.
    pub id: String,
    /// Name.
    pub name: String,
    /// Its model card.
    pub card: String,
    /// Its rules.
    pub rules: String,
    /// The model in force; none where nothing is published and nothing learned.
    pub model: Option<ModelFigures>,
    /// Whether probabilities are corrected: `calibrated` or `uncalibrated`.
    pub agreement: &'static str,
    /// Evaluated closed courses and bad ends there are.
    pub evaluated: (i64, i64),
    /// How many are needed.
    pub needed: (i64, i64),
    /// The last look; none before the first night.
    pub look: Option<LookText>,
    /// The versions that were adopted, the latest first.
    pub versions: Vec<ModelVersion>,
}

/// A model.
#[derive(Clone, Serialize)]
pub struct ModelFigures {
    /// 0 ships with the program.
    pub version: i64,
    /// The published source; none for one learned here.
    pub source: Option<String>,
    /// Period of the source, or when it was learned.
    pub dated: String,
    /// Courses it was made from.
    pub courses: i64,
    /// Scores, where it was learned here.
    pub scores: Option<i64>,
    /// Expected first score.
    pub first: String,
    /// Expected score at the usual last session.
    pub last: String,
    /// That session.
    pub last_session: i64,
    /// Change per unit of ln(session), with its sign.
    pub slope: String,
    /// SD of first scores between people.
    pub sd_first: String,
    /// SD of slopes between people.
    pub sd_slope: String,
    /// SD of a score around its person's line.
    pub sd_score: String,
}

/// What came of a look. The words are `look-<outcome>`.
#[derive(Clone, Serialize)]
pub struct LookText {
    /// What came of it.
    pub outcome: Outcome,
    /// When.
    pub when: String,
    /// Courses with two scores.
    pub courses: i64,
    /// Closed courses.
    pub closed: i64,
    /// The newest closed courses, held back.
    pub held_back: i64,
    /// Their scores that were foretold.
    pub foretold: i64,
    /// Mean log density by the new model.
    pub new_score: Option<String>,
    /// By the one in force.
    pub old_score: Option<String>,
}

/// A version that was adopted.
#[derive(Clone, Serialize)]
pub struct ModelVersion {
    /// Its number.
    pub version: i64,
    /// When.
    pub dated: String,
    /// Courses.
    pub courses: i64,
    /// Scores.
    pub scores: i64,
    /// Expected first score and change per unit of ln(session).
    pub line: (String, String),
}

impl Page for Models {
    const TEMPLATE: &'static str = "staff/admin/models.html";

    fn samples() -> Vec<Self> {
        let figures = |version: i64| ModelFigures {
            version,
            source: (version == 0).then(|| "NHS Talking Therapies 2024-25: means and SDs".into()),
            dated: "2024-25".into(),
            courses: 240,
            scores: (version > 0).then_some(1900),
            first: "14.2".into(),
            last: "9.4".into(),
            last_session: 8,
            slope: "−2.3".into(),
            sd_first: "5.1".into(),
            sd_slope: "1.8".into(),
            sd_score: "3.4".into(),
        };
        let look = |outcome: Outcome| LookText {
            outcome,
            when: "Mar 10, 2026, 3:40\u{a0}AM".into(),
            courses: 240,
            closed: 180,
            held_back: 36,
            foretold: 210,
            new_score: (outcome != Outcome::TooFew).then(|| "−2.61".into()),
            old_score: (outcome != Outcome::TooFew).then(|| "−2.64".into()),
        };
        let row = |name: &str, version: Option<i64>, outcome: Option<Outcome>| ModelRow {
            id: name.to_lowercase(),
            name: name.into(),
            card: "/admin/models/phq-9".into(),
            rules: "/admin/detection/phq-9".into(),
            model: version.map(figures),
            agreement: if version == Some(3) { "calibrated" } else { "uncalibrated" },
            evaluated: if version == Some(3) { (240, 61) } else { (118, 29) },
            needed: (200, 30),
            look: outcome.map(look),
            versions: (1..=version.unwrap_or(0))
                .rev()
                .map(|version| ModelVersion {
                    version,
                    dated: "Mar 3, 2026".into(),
                    courses: 200 + version,
                    scores: 1600,
                    line: ("14.8".into(), "−2.9".into()),
                })
                .collect(),
        };
        let first = row("PHQ-9", Some(3), Some(Outcome::Adopted));
        let others = Outcome::ALL.iter().map(|outcome| row(outcome.as_str(), Some(0), Some(*outcome)));
        let rows = std::iter::once(first).chain(others).chain([row("Bienestar", None, None)]).collect();
        let full = Self { shell: sample_shell(), sections: sample_sections(Section::Models), rows };
        let empty = Self { rows: vec![], ..full.clone() };
        vec![full, empty]
    }
}
