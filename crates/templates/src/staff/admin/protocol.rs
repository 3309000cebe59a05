//! What is asked and when, and the instruments there are.

use care::protocol::ProtocolState;
use serde::Serialize;

use super::{Section, SectionLink, sample_sections, sample_shell};
use crate::Page;
use crate::staff::{Cadence, Choice, FieldProblem, Shell, Wrong};

/// The protocol as a table of instruments and rhythms. Publishing makes a new version.
#[derive(Clone, Serialize)]
pub struct ProtocolForm {
    /// The frame.
    pub shell: Shell,
    /// The parts of the administration.
    pub sections: Vec<SectionLink>,
    /// The protocols in force, by name.
    pub in_force: Vec<InForceRow>,
    /// The versions that wait for their day, the earliest first.
    pub scheduled: Vec<ScheduledCard>,
    /// The name of the one that is shown.
    pub name: String,
    /// The day from which a draft is to be in force, as typed.
    pub in_force_from: String,
    /// The version in force; none before the first.
    pub version: Option<i64>,
    /// Open episodes under the version in force.
    pub episodes: i64,
    /// The rows.
    pub rows: Vec<ProtocolRow>,
    /// Further lines, with conditions and ends; the last ones are blank.
    pub further: Vec<FurtherLine>,
    /// The budget, as typed.
    pub budget: BudgetFields,
    /// The whole as a file.
    pub file: FileFields,
    /// What a draft would ask; only after it was looked at.
    pub outlook: Option<OutlookView>,
    /// Running episodes under earlier versions; none where there are none.
    pub to_move: Option<MoveForm>,
    /// All versions, newest first.
    pub versions: Vec<VersionRow>,
    /// What is wrong; the field of a number of weeks is `weeks`.
    pub problems: Vec<FieldProblem>,
}

/// A line with a rhythm, a condition or an end that the table has no column for. Its fields are `line_<number>_<name>`.
#[derive(Clone, Serialize)]
pub struct FurtherLine {
    /// Its number among the fields.
    pub number: usize,
    /// Whether nothing is in it yet.
    pub is_blank: bool,
    /// The instruments.
    pub instruments: Vec<Choice>,
    /// Who answers; the words are `rater-is-<value>`.
    pub raters: Vec<Choice>,
    /// When it is asked and when it ends.
    pub cadence: Cadence,
    /// Core or supplemental; the words are `weight-<value>`.
    pub weights: Vec<Choice>,
    /// 1 to 9, as typed.
    pub priority: String,
    /// From which age on, as typed.
    pub from_age: String,
    /// Up to which age, as typed.
    pub to_age: String,
    /// In which language.
    pub languages: Vec<Choice>,
    /// At which sites only; none ticked is everywhere.
    pub sites: Vec<Choice>,
    /// In which programmes only.
    pub programmes: Vec<Choice>,
    /// For which problems only.
    pub problems: Vec<Choice>,
    /// Of clients who agreed to be asked on which channels only; the words are `channel-<value>`.
    pub consented: Vec<Choice>,
}

/// The budget as typed.
#[derive(Clone, Serialize)]
pub struct BudgetFields {
    /// Items in seven days.
    pub items: String,
    /// Seconds in seven days.
    pub seconds: String,
}

/// The protocol as a file.
#[derive(Clone, Serialize)]
pub struct FileFields {
    /// The text.
    pub text: String,
    /// The line that cannot be read.
    pub line: Option<usize>,
    /// What is wrong there, in the words of the file format.
    pub says: Option<String>,
}

/// What is asked in the weeks to come.
#[derive(Clone, Serialize)]
pub struct OutlookView {
    /// Open episodes.
    pub episodes: usize,
    /// Of these, those that move to another version within the weeks because that was announced.
    pub moving: usize,
    /// Weeks looked at.
    pub weeks: u32,
    /// The day from which the draft would be in force, formatted; none for today.
    pub from: Option<String>,
    /// All check-ins.
    pub check_ins: OutlookRow,
    /// How often an instrument is left out by the budget.
    pub dropped: u32,
    /// Check-ins that no channel can carry.
    pub unreachable: u32,
    /// By instrument.
    pub rows: Vec<OutlookRow>,
    /// All requests to others; none where others are not asked at all.
    pub of_others: Option<OutlookRow>,
    /// By instrument and who answers.
    pub other_rows: Vec<OutlookRow>,
    /// Lines for others that ask nobody, one an episode.
    pub not_asked: u32,
}

/// How often something is asked.
#[derive(Clone, Serialize)]
pub struct OutlookRow {
    /// The instrument's name.
    pub name: String,
    /// Who answers, where it is not the client; the words are `line-by-<value>`.
    pub rater: Option<&'static str>,
    /// By week.
    pub weeks: Vec<u32>,
    /// In all, as things are.
    pub now: u32,
    /// In all, under the draft.
    pub then: Option<u32>,
}

/// A version that is published ahead.
#[derive(Clone, Serialize)]
pub struct ScheduledCard {
    /// The version's id.
    pub id: String,
    /// The protocol's name.
    pub name: String,
    /// Its number.
    pub version: i64,
    /// The day from which it is in force, formatted.
    pub from: String,
    /// Open episodes under earlier versions.
    pub episodes: i64,
    /// The version in force until then; none where there is none under its name.
    pub before: Option<i64>,
    /// What is different from that one.
    pub differences: Vec<DifferenceRow>,
    /// That running episodes move, where it was decided.
    pub moves: Option<PlannedMoveNote>,
    /// The id of the reason's field.
    pub field: String,
    /// The reason, as typed.
    pub reason: String,
    /// What is wrong with it.
    pub problems: Vec<FieldProblem>,
}

/// Why running episodes move to a version when its day has come.
#[derive(Clone, Serialize)]
pub struct PlannedMoveNote {
    /// Why.
    pub reason: String,
    /// By whom it was decided.
    pub by: String,
    /// When, formatted.
    pub at: String,
}

/// Running episodes and the version they could move to.
#[derive(Clone, Serialize)]
pub struct MoveForm {
    /// The version's id.
    pub id: String,
    /// Its number.
    pub version: i64,
    /// Episodes under earlier versions.
    pub episodes: i64,
    /// Of these, how many move at their next session already.
    pub waiting: i64,
    /// The earliest version that an episode is still under.
    pub since: i64,
    /// What is different from that one.
    pub differences: Vec<DifferenceRow>,
    /// The reason, as typed.
    pub reason: String,
    /// The reason for moving them at once, as typed.
    pub reason_at_once: String,
}

/// One difference between two versions.
#[derive(Clone, Serialize)]
pub struct DifferenceRow {
    /// "+" or "−".
    pub sign: &'static str,
    /// The instrument's name; empty for the budget.
    pub instrument: String,
    /// The rhythm; the words are `line-says-<rhythm>`.
    pub rhythm: String,
    /// Its number.
    pub number: u32,
    /// Who answers, where it is not the client; the words are `line-by-<value>`.
    pub rater: Option<&'static str>,
    /// Whether it may be left out.
    pub supplemental: bool,
}

/// The weeks to come, for the whole practice.
#[derive(Clone, Serialize)]
pub struct Planner {
    /// The frame.
    pub shell: Shell,
    /// The parts of the administration.
    pub sections: Vec<SectionLink>,
    /// What is asked.
    pub outlook: OutlookView,
}

impl OutlookView {
    fn sample(then: bool) -> Self {
        let row = |name: &str, now| OutlookRow {
            name: name.into(),
            rater: None,
            weeks: vec![24, 22, 25, 21, 20, 19, 18, 18],
            now,
            then: then.then_some(now / 2),
        };
        let by = |rater, name: &str, now| OutlookRow { rater: Some(rater), ..row(name, now) };
        Self {
            episodes: 212,
            moving: if then { 0 } else { 45 },
            weeks: 8,
            from: None,
            check_ins: row("", 1_420),
            dropped: u32::from(then) * 12,
            unreachable: 31,
            rows: vec![row("PHQ-9", 848), row("GAD-7", 848), row("Wellbeing check", 1_420)],
            of_others: Some(row("", 96)),
            other_rows: vec![by("clinician", "Clinician’s impression", 64), by("caregiver", "PSC-17", 32)],
            not_asked: 7,
        }
    }
}

impl Page for Planner {
    const TEMPLATE: &'static str = "staff/admin/planner.html";

    fn samples() -> Vec<Self> {
        let sections = sample_sections(Section::Protocol);
        let outlook = OutlookView::sample(false);
        let alone = OutlookView { moving: 0, of_others: None, other_rows: vec![], not_asked: 0, ..outlook.clone() };
        [outlook, alone].map(|outlook| Self { shell: sample_shell(), sections: sections.clone(), outlook }).into()
    }
}

/// One instrument.
#[derive(Clone, Serialize)]
pub struct ProtocolRow {
    /// Instrument id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Number of items, and about how many seconds they take, formatted.
    pub burden: String,
    /// With the first check-in.
    pub intake: bool,
    /// Before every session.
    pub before_session: bool,
    /// After every session.
    pub after_session: bool,
    /// Every so many weeks, as typed; empty for not.
    pub weeks: String,
}

/// A protocol in force.
#[derive(Clone, Serialize)]
pub struct InForceRow {
    /// Id of its version in force.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Number of the version.
    pub version: i64,
    /// Open episodes under the version.
    pub episodes: i64,
    /// Whether new episodes take it where nobody chooses.
    pub is_default: bool,
    /// Whether it is the one shown below.
    pub is_shown: bool,
}

/// A version.
#[derive(Clone, Serialize)]
pub struct VersionRow {
    /// The protocol's name.
    pub name: String,
    /// Its number.
    pub version: i64,
    /// Whether new episodes take it; the words are `protocol-state-<value>`.
    pub state: ProtocolState,
    /// The day from which it is in force, formatted; none where that was when it was published.
    pub from: Option<String>,
    /// When it was published, formatted.
    pub published: String,
    /// Open episodes under it.
    pub episodes: i64,
    /// Where it is as a file.
    pub file: String,
}

impl Page for ProtocolForm {
    const TEMPLATE: &'static str = "staff/admin/protocol.html";

    fn samples() -> Vec<Self> {
        let row = |id: &str, name: &str, intake, before_session, after_session, weeks: &str| ProtocolRow {
            id: id.into(),
            name: name.into(),
            burden: "9 · 60 s".into(),
            intake,
            before_session,
            after_session,
            weeks: weeks.into(),
        };
        let rows = vec![
            row("phq-9", "PHQ-9", true, false, false, "2"),
            row("gad-7", "GAD-7", true, false, false, "2"),
            row("wellbeing-check", "Wellbeing check", false, true, false, ""),
            row("session-feedback", "Session feedback", false, false, true, ""),
        ];
        let version = |version, state, episodes| VersionRow {
            name: "Standard".into(),
            version,
            state,
            from: (version > 2).then(|| "Mar 9, 2026".into()),
            published: "Jan 5, 2026".into(),
            episodes,
            file: format!("/admin/protocol/{version}/file"),
        };
        let further = |number, instrument: &str, rhythm: &str, count: &str| FurtherLine {
            number,
            is_blank: instrument.is_empty(),
            instruments: vec![Choice::new("phq-9", "PHQ-9", instrument), Choice::new("gad-7", "GAD-7", instrument)],
            raters: ["client", "clinician", "parent", "partner", "caregiver"]
                .map(|one| Choice::new(one, one, "parent"))
                .into(),
            cadence: Cadence { at_remission: !instrument.is_empty(), ..Cadence::sample(rhythm, count) },
            weights: ["core", "supplemental"].map(|one| Choice::new(one, one, "supplemental")).into(),
            priority: "5".into(),
            from_age: String::new(),
            to_age: String::new(),
            languages: vec![Choice::new("en", "English", ""), Choice::new("es", "Español", "")],
            sites: vec![Choice::new("north", "Harbor Lane North", ""), Choice::new("bay", "Harbor Lane Bay", "")],
            programmes: vec![Choice::new("adults", "Adults", "adults"), Choice::new("teens", "Adolescents", "")],
            problems: vec![Choice::new("panic", "Panic", "")],
            consented: ["sms", "email"].map(|one| Choice::new(one, one, "")).into(),
        };
        let difference = |sign, instrument: &str, rhythm: &str, number| DifferenceRow {
            sign,
            instrument: instrument.into(),
            rhythm: rhythm.into(),
            number,
            rater: (rhythm == "every_days").then_some("parent"),
            supplemental: number > 2,
        };
        let in_force = |id: &str, name: &str, is_default| InForceRow {
            id: id.into(),
            name: name.into(),
            version: 2,
            episodes: 212,
            is_default,
            is_shown: is_default,
        };
        let scheduled = |id: &str, name: &str, before: Option<i64>, decided: bool| ScheduledCard {
            id: id.into(),
            name: name.into(),
            version: before.unwrap_or(0) + 1,
            from: "Mar 9, 2026".into(),
            episodes: if before.is_some() { 226 } else { 0 },
            before,
            differences: if before.is_some() { vec![difference("+", "GAD-7", "every_weeks", 4)] } else { vec![] },
            moves: decided.then(|| PlannedMoveNote {
                reason: "Shorter check-ins from March on.".into(),
                by: "Sam Okafor".into(),
                at: "Mar 1, 2026".into(),
            }),
            field: if decided { format!("begin_reason-{id}") } else { "begin_reason".into() },
            reason: String::new(),
            problems: vec![],
        };
        let current = Self {
            shell: sample_shell(),
            sections: sample_sections(Section::Protocol),
            in_force: vec![in_force("p1", "Adolescents", false), in_force("p2", "Standard", true)],
            scheduled: vec![
                scheduled("p4", "Standard", Some(2), false),
                scheduled("p5", "Adolescents", Some(1), true),
                scheduled("p6", "Couples", None, true),
            ],
            name: "Standard".into(),
            in_force_from: String::new(),
            version: Some(2),
            episodes: 212,
            rows: rows.clone(),
            further: vec![further(0, "phq-9", "follow_up", "6"), further(1, "", "", "")],
            budget: BudgetFields { items: "30".into(), seconds: "240".into() },
            file: FileFields {
                text: "name = \"Standard\"\n\n[[line]]\ninstrument = \"phq-9\"\n".into(),
                line: None,
                says: None,
            },
            outlook: Some(OutlookView::sample(true)),
            to_move: Some(MoveForm {
                id: "0195a3c2-7d10-7a51-9e7d-2f6a1f0c9b44".into(),
                version: 2,
                episodes: 14,
                waiting: 3,
                since: 1,
                differences: [
                    "intake",
                    "before_session",
                    "after_session",
                    "every_days",
                    "every_weeks",
                    "every_months",
                    "discharge",
                    "follow_up",
                    "no_show",
                    "case_opened",
                ]
                .iter()
                .enumerate()
                .map(|(position, rhythm)| difference(if position % 2 == 0 { "+" } else { "−" }, "PHQ-9", rhythm, 2))
                .chain([difference("+", "", "budget", 30)])
                .collect(),
                reason: String::new(),
                reason_at_once: String::new(),
            }),
            versions: vec![
                version(4, ProtocolState::Scheduled, 0),
                version(3, ProtocolState::Withdrawn, 0),
                version(2, ProtocolState::Current, 212),
                version(1, ProtocolState::Retired, 14),
            ],
            problems: vec![],
        };
        let first = Self {
            in_force: vec![],
            scheduled: vec![],
            in_force_from: "2026-03-01".into(),
            name: String::new(),
            version: None,
            episodes: 0,
            further: vec![further(0, "phq-9", "every_days", "often")],
            file: FileFields {
                text: "name = 3".into(),
                line: Some(1),
                says: Some("invalid type: integer `3`, expected a string".into()),
            },
            outlook: None,
            to_move: None,
            versions: vec![],
            problems: vec![
                FieldProblem::new("in_force_from", Wrong::Past),
                FieldProblem::new("weeks", Wrong::Number),
                FieldProblem::new("weeks", Wrong::OthersRhythm),
                FieldProblem::new("line_0_number", Wrong::Number),
                FieldProblem::new("protocol_file", Wrong::File),
                FieldProblem::new("budget_items", Wrong::NoSupplemental),
            ],
            ..current.clone()
        };
        let refused = Self {
            in_force: vec![in_force("p2", "Standard", true)],
            scheduled: vec![ScheduledCard {
                differences: vec![],
                reason: " ".into(),
                problems: vec![FieldProblem::new("begin_reason", Wrong::Required)],
                ..scheduled("p4", "Standard", Some(2), false)
            }],
            outlook: Some(OutlookView { from: Some("Mar 9, 2026".into()), ..OutlookView::sample(true) }),
            problems: vec![
                FieldProblem::new("begin_reason", Wrong::Required),
                FieldProblem::new("in_force_from", Wrong::TooFar),
                FieldProblem::new("in_force_from", Wrong::Scheduled),
                FieldProblem::new("protocol", Wrong::Begun),
                FieldProblem::new("protocol", Wrong::OnlyProtocol),
                FieldProblem::new("protocol", Wrong::DefaultProtocol),
                FieldProblem::new("apply_reason", Wrong::Required),
            ],
            ..current.clone()
        };
        vec![current, first, refused]
    }
}
