//! What one client will be asked in the weeks to come, what is left out and why, and where they are asked something else
//! than the protocol says.

use care::packet::Occasion;
use serde::Serialize;

use super::{Cadence, Choice, FieldProblem, Place, Shell, Wrong};
use crate::Page;
use care::staff::Role;

/// The plan of one client.
#[derive(Clone, Serialize)]
pub struct ClientPlan {
    /// The frame.
    pub shell: Shell,
    /// The client's id.
    pub client: String,
    /// Their name.
    pub name: String,
    /// Protocol and version.
    pub protocol: String,
    /// The version's number.
    pub version: i64,
    /// Weeks looked at.
    pub weeks: i64,
    /// The check-ins to come.
    pub rows: Vec<PlannedRow>,
    /// What others will be asked, by time.
    pub others: Vec<OtherRow>,
    /// The lines for others that ask nobody.
    pub not_asked: Vec<NotAskedRow>,
    /// What is different for this client, latest first.
    pub exceptions: Vec<ExceptionRow>,
    /// The versions the episode has moved through or moves to, latest first.
    pub moves: Vec<MoveRow>,
    /// Instruments to leave out or to add; empty for somebody who may not.
    pub instruments: Vec<Choice>,
    /// What is different: the words are `exception-<value>`.
    pub what: Vec<Choice>,
    /// Who answers something that is added.
    pub raters: Vec<Choice>,
    /// When something that is added is asked.
    pub cadence: Cadence,
    /// The reason, as typed.
    pub reason: String,
    /// The last day, as typed.
    pub until: String,
    /// What is wrong.
    pub problems: Vec<FieldProblem>,
}

/// A check-in to come.
#[derive(Clone, Serialize)]
pub struct PlannedRow {
    /// When it is sent, formatted.
    pub when: String,
    /// Whether the client has it already.
    pub is_out: bool,
    /// Why.
    pub occasion: Occasion,
    /// The instruments' names.
    pub instruments: Vec<String>,
    /// Questions about the client's own goals.
    pub goals: u32,
    /// The most questions that may come of it, those about goals among them.
    pub questions: u32,
    /// About how many minutes they take.
    pub minutes: u32,
    /// What the budget leaves out.
    pub dropped: Vec<DroppedRow>,
}

/// What somebody other than the client will be asked.
#[derive(Clone, Serialize)]
pub struct OtherRow {
    /// From when on, formatted.
    pub when: String,
    /// Whether that time has come.
    pub is_due: bool,
    /// The instrument's name.
    pub instrument: String,
    /// The person's name; none for the clinician.
    pub person: Option<String>,
}

/// A line for others that asks nobody.
#[derive(Clone, Serialize)]
pub struct NotAskedRow {
    /// The instrument's name.
    pub instrument: String,
    /// Who would answer; the words are `line-by-<value>`.
    pub rater: &'static str,
    /// Why nobody is asked; the words are `not-asked-<value>`.
    pub why: &'static str,
}

/// What the budget leaves out.
#[derive(Clone, Serialize)]
pub struct DroppedRow {
    /// The instrument's name.
    pub instrument: String,
    /// Items of the seven days with it.
    pub items: u32,
    /// How many of them are about the client's own goals.
    pub goals: u32,
    /// Items allowed.
    pub budget: u32,
    /// Seconds of the seven days with it.
    pub seconds: u32,
    /// Seconds allowed.
    pub budget_seconds: u32,
}

/// One exception.
#[derive(Clone, Serialize)]
pub struct ExceptionRow {
    /// Its id.
    pub id: String,
    /// `skip` or `add`.
    pub what: &'static str,
    /// The instrument's name.
    pub instrument: String,
    /// Who answers, where it is added and not the client's; the words are `line-by-<value>`.
    pub rater: Option<&'static str>,
    /// When it is asked, where it is added.
    pub rhythm: Option<RhythmNote>,
    /// Why.
    pub reason: String,
    /// By whom.
    pub by: String,
    /// When, formatted.
    pub at: String,
    /// The last day, formatted.
    pub until: Option<String>,
    /// Whether it can be taken back.
    pub stands: bool,
}

/// When something is asked.
#[derive(Clone, Serialize)]
pub struct RhythmNote {
    /// The rhythm; the words are `line-says-<value>`.
    pub rhythm: &'static str,
    /// Its number.
    pub number: u32,
}

/// A move to another version.
#[derive(Clone, Serialize)]
pub struct MoveRow {
    /// From which version.
    pub before: i64,
    /// To which.
    pub after: i64,
    /// Why.
    pub reason: String,
    /// By whom.
    pub by: String,
    /// When it was decided, formatted.
    pub decided: String,
    /// When it was done, formatted; none while it waits for the next session.
    pub applied: Option<String>,
    /// The day from which the next session moves it, formatted, where that day has not come.
    pub from: Option<String>,
}

impl Page for ClientPlan {
    const TEMPLATE: &'static str = "staff/client_plan.html";

    fn samples() -> Vec<Self> {
        let row = |when: &str, occasion, dropped: bool| PlannedRow {
            when: when.into(),
            is_out: dropped,
            occasion,
            instruments: vec!["PHQ-9".into(), "Wellbeing check".into()],
            goals: if dropped { 2 } else { 0 },
            questions: 15,
            minutes: 2,
            dropped: if dropped {
                vec![DroppedRow {
                    instrument: "GAD-7".into(),
                    items: 37,
                    goals: 2,
                    budget: 30,
                    seconds: 259,
                    budget_seconds: 240,
                }]
            } else {
                vec![]
            },
        };
        let exception = |what, stands| ExceptionRow {
            id: "0195a3c2-7d10-7a51-9e7d-2f6a1f0c9b44".into(),
            what,
            instrument: "GAD-7".into(),
            rater: None,
            rhythm: (what == "add").then_some(RhythmNote { rhythm: "every_weeks", number: 2 }),
            reason: "Anxiety is not what we work on.".into(),
            by: "Ana Reyes".into(),
            at: "Mar 2, 2026".into(),
            until: (what == "add").then(|| "May 1, 2026".into()),
            stands,
        };
        let moved = |applied: Option<&str>| MoveRow {
            before: 1,
            after: 2,
            reason: "GAD-7 only every four weeks from March on.".into(),
            by: "Sam Okafor".into(),
            decided: "Mar 1, 2026".into(),
            applied: applied.map(Into::into),
            from: None,
        };
        let full = Self {
            shell: Shell::sample_for(&[Role::Clinician], Place::Caseload),
            client: "0195a3c2-7d10-7a51-9e7d-2f6a1f0c9b44".into(),
            name: "Rosa Delgado".into(),
            protocol: "Standard".into(),
            version: 2,
            weeks: 8,
            rows: vec![
                row("Mar 9, 2026, 3:00 PM", Occasion::BeforeSession, true),
                row("Mar 16, 2026, 8:00 AM", Occasion::Regular, false),
            ],
            others: vec![
                OtherRow {
                    when: "Mar 9, 2026".into(),
                    is_due: true,
                    instrument: "PSC-17".into(),
                    person: Some("Ines Delgado".into()),
                },
                OtherRow {
                    when: "Mar 16, 2026".into(),
                    is_due: false,
                    instrument: "Clinician’s impression".into(),
                    person: None,
                },
            ],
            not_asked: ["no_clinician", "nobody_agreed", "language", "instrument"]
                .map(|why| NotAskedRow { instrument: "PSC-17".into(), rater: "partner", why })
                .into(),
            exceptions: vec![
                ExceptionRow { rater: Some("parent"), instrument: "PSC-17".into(), ..exception("add", true) },
                exception("skip", true),
                exception("add", false),
            ],
            moves: vec![
                MoveRow { before: 2, after: 3, from: Some("Apr 6, 2026".into()), ..moved(None) },
                moved(None),
                moved(Some("Mar 4, 2026")),
            ],
            instruments: vec![Choice::new("gad-7", "GAD-7", ""), Choice::new("phq-9", "PHQ-9", "phq-9")],
            what: ["skip", "add"].map(|one| Choice::new(one, one, "skip")).into(),
            raters: ["client", "caregiver", "parent", "partner", "clinician"]
                .map(|one| Choice::new(one, one, "parent"))
                .into(),
            cadence: Cadence::sample("every_days", "3"),
            reason: String::new(),
            until: String::new(),
            problems: vec![],
        };
        let wrong = Self {
            problems: vec![
                FieldProblem::new("exception_reason", Wrong::Required),
                FieldProblem::new("exception_number", Wrong::Number),
                FieldProblem::new("exception_rhythm", Wrong::Choose),
                FieldProblem::new("exception_rater", Wrong::OthersRhythm),
                FieldProblem::new("exception_until", Wrong::Past),
            ],
            ..full.clone()
        };
        let reader = Self {
            others: vec![],
            not_asked: vec![],
            rows: vec![],
            exceptions: vec![],
            moves: vec![],
            instruments: vec![],
            ..full.clone()
        };
        vec![full, wrong, reader]
    }
}
