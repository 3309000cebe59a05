//! What others say about a client: who is asked, what they answered over time, and the form a staff member fills in.

use serde::Serialize;

use super::{Choice, EntryItem, FieldProblem, Place, Shell, Wrong};
use crate::Page;
use crate::chart::{Mark, Polarity, Trajectory, TrajectoryData, Visit};
use care::staff::Role;

/// What others say about a client, apart from what the client says.
#[derive(Clone, Serialize)]
pub struct Raters {
    /// The frame.
    pub shell: Shell,
    /// The client's id.
    pub client: String,
    /// Their name.
    pub name: String,
    /// Whether anything can be taken in: an episode is open.
    pub open: bool,
    /// What the viewer may answer as the clinician.
    pub own: Vec<Ratable>,
    /// The people close to the client, those still asked first.
    pub people: Vec<CollateralCard>,
    /// What was answered, one for each person and questionnaire.
    pub series: Vec<RaterSeries>,
    /// The form for another person, as typed.
    pub new: NewPerson,
    /// What is wrong with it.
    pub problems: Vec<FieldProblem>,
}

/// A questionnaire that somebody may answer about the client.
#[derive(Clone, Serialize)]
pub struct Ratable {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Since when the protocol asks for it, formatted; none where it does not now.
    pub due: Option<String>,
}

/// Somebody close to the client.
#[derive(Clone, Serialize)]
pub struct CollateralCard {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// What they are to the client; the words are `relation-<relation>`.
    pub relation: String,
    /// Number or address.
    pub contact: Option<String>,
    /// When the client agreed to it, formatted, and who wrote it down.
    pub agreed: (String, String),
    /// Since when they are no longer asked, formatted.
    pub ended: Option<String>,
    /// What they may answer.
    pub ratable: Vec<Ratable>,
}

/// The form for another person (`act` = `agree`; `person_name`, `relation`, `person_contact`, `person_language`, `agreed`).
#[derive(Clone, Serialize)]
pub struct NewPerson {
    /// Name, as typed.
    pub name: String,
    /// Number or address, as typed.
    pub contact: String,
    /// What they may be to the client.
    pub relations: Vec<Choice>,
    /// The languages.
    pub languages: Vec<Choice>,
}

/// What one person answered over time to one questionnaire.
#[derive(Clone, Serialize)]
pub struct RaterSeries {
    /// The questionnaire and who answered: "PSC-17, Maria (parent)".
    pub title: String,
    /// How often it was answered.
    pub forms: usize,
    /// The sentence about the last time, in the reader's language.
    pub sentence: Option<String>,
    /// The scores; none where no form could be scored.
    pub chart: Option<Trajectory>,
}

impl RaterSeries {
    /// One for looking at.
    pub fn sample() -> Self {
        let visit = |(session, value): (i64, f64)| Visit {
            session,
            day: format!("Jan {}", session * 7 - 2),
            value: Some(value),
            mark: Mark::Plain,
            band: None,
        };
        Self {
            title: "PSC-17, Maria Ellis (parent)".into(),
            forms: 3,
            sentence: Some("PSC-17 14, down 4 since baseline".into()),
            chart: Some(Trajectory::new(&TrajectoryData {
                id: "rater1".into(),
                name: "PSC-17, Maria Ellis (parent)".into(),
                range: (0.0, 34.0),
                polarity: Polarity::LowerIsBetter,
                cutoff: Some(15.0),
                reliable_change: None,
                visits: (1..).zip([18.0, 16.0, 14.0]).map(visit).collect(),
                events: vec![],
                expected: vec![],
                forecast: vec![],
            })),
        }
    }
}

impl Page for Raters {
    const TEMPLATE: &'static str = "staff/raters.html";

    fn samples() -> Vec<Self> {
        let psc = || Ratable {
            id: "psc-17".into(),
            name: "Pediatric Symptom Checklist-17".into(),
            due: Some("Mar 9".into()),
        };
        let maria = CollateralCard {
            id: "0195a3c2-7d10-7a51-9e7d-2f6a1f0c9b46".into(),
            name: "Maria Ellis".into(),
            relation: "parent".into(),
            contact: Some("+1 415 555 0117".into()),
            agreed: ("Jan 5, 2026".into(), "Ana Ruiz".into()),
            ended: None,
            ratable: vec![psc()],
        };
        let ended = CollateralCard {
            name: "Joao Ellis".into(),
            relation: "relative".into(),
            contact: None,
            ended: Some("Feb 3, 2026".into()),
            ratable: vec![],
            ..maria.clone()
        };
        let relations = ["parent", "partner", "relative", "caregiver", "teacher", "other"];
        let full = Self {
            shell: Shell::sample_for(&[Role::Clinician], Place::Caseload),
            client: "0195a3c2-7d10-7a51-9e7d-2f6a1f0c9b44".into(),
            name: "Jordan Ellis".into(),
            open: true,
            own: vec![Ratable {
                id: "clinician-impression".into(),
                name: "Clinician’s impression".into(),
                due: Some("Mar 9".into()),
            }],
            people: vec![maria.clone(), ended],
            series: vec![
                RaterSeries::sample(),
                RaterSeries {
                    title: "PSC-17, Joao Ellis (parent)".into(),
                    chart: None,
                    forms: 1,
                    ..RaterSeries::sample()
                },
            ],
            new: NewPerson {
                name: String::new(),
                contact: String::new(),
                relations: relations.map(|one| Choice::new(one, one, "")).into(),
                languages: vec![Choice::new("en", "English", "en"), Choice::new("es", "Español", "en")],
            },
            problems: vec![],
        };
        let wrong = Self {
            problems: vec![
                FieldProblem::new("person_name", Wrong::Required),
                FieldProblem::new("relation", Wrong::Choose),
                FieldProblem::new("agreed", Wrong::NoConsent),
            ],
            ..full.clone()
        };
        let empty = Self { people: vec![], series: vec![], ..full.clone() };
        let unaskable =
            Self { people: vec![CollateralCard { ratable: vec![], ..maria }], own: vec![], ..empty.clone() };
        let closed = Self { open: false, ..full.clone() };
        vec![full, wrong, empty, unaskable, closed]
    }
}

/// A questionnaire about the client, filled in by a staff member: their own view, or what another person wrote on paper.
#[derive(Clone, Serialize)]
pub struct RaterEntry {
    /// The frame.
    pub shell: Shell,
    /// The client's id.
    pub client: String,
    /// Their name.
    pub name: String,
    /// The questionnaire's id.
    pub instrument: String,
    /// Its name.
    pub title: String,
    /// `clinician`, or the id of the person who answered.
    pub by: String,
    /// The name of that person; none for the clinician.
    pub who: Option<String>,
    /// The language of the wording.
    pub code: String,
    /// The sentence before the questions.
    pub stem: String,
    /// The questions.
    pub items: Vec<EntryItem>,
    /// The day, as typed.
    pub date: String,
    /// The time, as typed.
    pub time: String,
    /// What is wrong.
    pub problems: Vec<FieldProblem>,
}

impl Page for RaterEntry {
    const TEMPLATE: &'static str = "staff/rater_entry.html";

    fn samples() -> Vec<Self> {
        let own = Self {
            shell: Shell::sample_for(&[Role::Clinician], Place::Caseload),
            client: "0195a3c2-7d10-7a51-9e7d-2f6a1f0c9b44".into(),
            name: "Jordan Ellis".into(),
            instrument: "clinician-impression".into(),
            title: "Clinician’s impression".into(),
            by: "clinician".into(),
            who: None,
            code: "en".into(),
            stem: "As you have known the client over the past 2 weeks:".into(),
            items: EntryItem::samples(),
            date: "2026-03-10".into(),
            time: "14:30".into(),
            problems: vec![],
        };
        let wrong = Self {
            by: "0195a3c2-7d10-7a51-9e7d-2f6a1f0c9b46".into(),
            who: Some("Maria Ellis".into()),
            problems: vec![FieldProblem::new("answered_on", Wrong::Order), FieldProblem::new("answers", Wrong::Choose)],
            ..own.clone()
        };
        vec![own, wrong]
    }
}
