//! The agenda of a supervisor and a clinician, and the log of their meetings. Both see the same page; nobody is ranked.

use care::case::Verification;
use care::supervision::Topic;
use serde::Serialize;

use super::{Choice, FieldProblem, Place, PlanLine, ReasonText, Shell, Wrong};
use crate::Page;
use crate::format::Moment;

/// What to talk about, what was decided, and who looked.
#[derive(Clone, Serialize)]
pub struct AgendaPage {
    /// The frame.
    pub shell: Shell,
    /// The clinician's id, for the forms.
    pub clinician: String,
    /// The clinician's name.
    pub name: String,
    /// Whether the reader is the clinician.
    pub mine: bool,
    /// Who supervises the clinician today.
    pub supervisors: Vec<String>,
    /// The clients on the agenda, each under their gravest topic, the gravest first.
    pub groups: Vec<AgendaGroup>,
    /// Changes of plans whose look is owed.
    pub plans: Vec<PlanDue>,
    /// Closed cases: what came of them lately, and those of which nothing is known yet.
    pub looked_at: Vec<LookedAtRow>,
    /// The form that records a meeting; `None` for whoever does not supervise the clinician.
    pub form: Option<MeetingForm>,
    /// Follow-ups that are not done, the next due first.
    pub follow_ups: Vec<FollowUpRow>,
    /// The meetings, latest first.
    pub meetings: Vec<MeetingRow>,
    /// Time spent.
    pub hours: Hours,
    /// Who looked at what of this clinician's lately, newest first.
    pub looks: Vec<AccessRow>,
    /// How many looks there were; only the latest may be listed.
    pub looks_all: usize,
    /// What is wrong with the form that was sent.
    pub problems: Vec<FieldProblem>,
}

/// A closed case that is looked at until the client is back on track, or was.
#[derive(Clone, Serialize)]
pub struct LookedAtRow {
    /// The client's name.
    pub client: String,
    /// The case's page.
    pub href: String,
    /// When it was closed, formatted.
    pub closed: String,
    /// What came of it.
    pub state: Verification,
}

/// The clients under one topic.
#[derive(Clone, Serialize)]
pub struct AgendaGroup {
    /// Why they are here. The words are `topic-<topic>`.
    pub topic: Topic,
    /// The clients, by name.
    pub rows: Vec<AgendaRow>,
}

/// A client on the agenda.
#[derive(Clone, Serialize)]
pub struct AgendaRow {
    /// Position among all rows: it names the fields of its decision.
    pub number: usize,
    /// The client's id, for the form.
    pub id: String,
    /// The client's name.
    pub client: String,
    /// The client's page.
    pub href: String,
    /// The open case.
    pub case: Option<String>,
    /// Everything that speaks for the agenda, the gravest first.
    pub topics: Vec<Topic>,
    /// In words.
    pub reasons: Vec<ReasonText>,
    /// When the open case is due.
    pub due: Option<Moment>,
    /// Check-ins missed running; 0 says nothing.
    pub missed: i64,
    /// Sessions so far.
    pub sessions: i64,
    /// What the clinician wants to talk about.
    pub note: Option<String>,
    /// The decision as typed before.
    pub decision: String,
    /// Who follows up: nobody, the clinician, the supervisor.
    pub task: Vec<Choice>,
    /// By when, as typed before.
    pub due_on: String,
}

/// A change of a client's plan whose look is owed.
#[derive(Clone, Serialize)]
pub struct PlanDue {
    /// The client's name.
    pub client: String,
    /// The client's page.
    pub href: String,
    /// The change.
    pub plan: PlanLine,
}

/// Recording a meeting (`held_on`, `minutes`, `note`; per row `client`, `topic`, `decision`, `task`, `due`).
#[derive(Clone, Serialize)]
pub struct MeetingForm {
    /// The day as typed.
    pub held_on: String,
    /// How long, as typed.
    pub minutes: String,
    /// The note as typed.
    pub note: String,
    /// A decision about no client.
    pub general: General,
}

/// A decision about no client.
#[derive(Clone, Serialize)]
pub struct General {
    /// Its position, after all rows.
    pub number: usize,
    /// As typed before.
    pub decision: String,
    /// Who follows up.
    pub task: Vec<Choice>,
    /// By when, as typed before.
    pub due_on: String,
}

/// A follow-up.
#[derive(Clone, Serialize)]
pub struct FollowUpRow {
    /// Id, for its form.
    pub id: String,
    /// The decision.
    pub text: String,
    /// The client's name.
    pub client: Option<String>,
    /// The client's page.
    pub href: Option<String>,
    /// Whose it is; none on a list of one's own.
    pub owner: Option<String>,
    /// By which day, formatted.
    pub due: String,
    /// Whether that day is over.
    pub late: bool,
    /// Whether this person may mark it done.
    pub may_finish: bool,
}

impl FollowUpRow {
    pub(crate) fn sample() -> Self {
        Self {
            id: "f1".into(),
            text: "Call the prescriber about the dose".into(),
            client: Some("Jordan Ellis".into()),
            href: Some("/clients/p1".into()),
            owner: Some("Ana Ruiz".into()),
            due: "Mar 17, 2026".into(),
            late: false,
            may_finish: true,
        }
    }
}

/// A meeting that took place.
#[derive(Clone, Serialize)]
pub struct MeetingRow {
    /// The day, formatted.
    pub day: String,
    /// How long.
    pub minutes: i64,
    /// Who supervised.
    pub by: String,
    /// What was noted.
    pub note: Option<String>,
    /// What was decided.
    pub decisions: Vec<DecisionLine>,
}

/// A decision of a meeting.
#[derive(Clone, Serialize)]
pub struct DecisionLine {
    /// About whom.
    pub client: Option<String>,
    /// Why the client was on the agenda.
    pub topic: Option<Topic>,
    /// The decision.
    pub text: String,
    /// Who follows up and by when, formatted.
    pub follow_up: Option<String>,
    /// Whether that is done.
    pub done: bool,
}

/// Time spent, formatted ("2.5").
#[derive(Clone, Serialize)]
pub struct Hours {
    /// This month.
    pub month: String,
    /// This year.
    pub year: String,
}

/// A look at something of the clinician's.
#[derive(Clone, Serialize)]
pub struct AccessRow {
    /// When.
    pub at: Moment,
    /// Who.
    pub who: String,
    /// What was opened. The words are `look-<what>`.
    pub what: String,
    /// Whose record, where it was one client's.
    pub client: Option<String>,
}

impl Page for AgendaPage {
    const TEMPLATE: &'static str = "staff/agenda.html";

    fn samples() -> Vec<Self> {
        let task = |chosen: &str| {
            vec![
                Choice::new("", "–", chosen),
                Choice::new("clinician", "Ana Ruiz", chosen),
                Choice::new("supervisor", "Noor Haddad", chosen),
            ]
        };
        let row = |number, client: &str, topics: &[Topic]| AgendaRow {
            number,
            id: format!("p{number}"),
            client: client.into(),
            href: format!("/clients/p{number}"),
            case: Some(format!("/cases/c{number}")),
            topics: topics.to_vec(),
            reasons: vec![ReasonText::sample_worse()],
            due: Some(super::today::moment(-90)),
            missed: 3,
            sessions: 8,
            note: None,
            decision: String::new(),
            task: task(""),
            due_on: String::new(),
        };
        let group = |number, topic: Topic| AgendaGroup {
            topic,
            rows: vec![AgendaRow {
                note: (topic == Topic::Discuss).then(|| "How to raise the missed sessions?".into()),
                ..row(number, "Jordan Ellis", &[topic, Topic::Discuss])
            }],
        };
        let mut groups: Vec<AgendaGroup> = (0..).zip(Topic::ALL).map(|(number, topic)| group(number, *topic)).collect();
        groups[0].rows.push(row(9, "María-Fernanda de los Ángeles Villaseñor Etxeberría-Goikoetxea", Topic::ALL));
        let supervisor = Self {
            shell: Shell { path: "/supervision/s1".into(), ..Shell::sample_at(Place::Supervision) },
            clinician: "s1".into(),
            name: "Ana Ruiz".into(),
            mine: false,
            supervisors: vec!["Noor Haddad".into()],
            groups,
            plans: vec![PlanDue {
                client: "Jordan Ellis".into(),
                href: "/clients/p1".into(),
                plan: PlanLine::sample(),
            }],
            looked_at: Verification::ALL
                .iter()
                .map(|state| LookedAtRow {
                    client: "Devon Achterberg".into(),
                    href: "/cases/c4".into(),
                    closed: "Tue, Feb 3".into(),
                    state: *state,
                })
                .collect(),
            form: Some(MeetingForm {
                held_on: "2026-03-10".into(),
                minutes: "50".into(),
                note: String::new(),
                general: General { number: 10, decision: String::new(), task: task(""), due_on: String::new() },
            }),
            follow_ups: vec![FollowUpRow::sample(), FollowUpRow { late: true, client: None, ..FollowUpRow::sample() }],
            meetings: vec![MeetingRow {
                day: "Mar 3, 2026".into(),
                minutes: 50,
                by: "Noor Haddad".into(),
                note: Some("Caseload is full until April.".into()),
                decisions: vec![
                    DecisionLine {
                        client: Some("Jordan Ellis".into()),
                        topic: Some(Topic::OffTrack),
                        text: "Weekly sessions, look again at session 8".into(),
                        follow_up: Some("Ana Ruiz, Mar 17, 2026".into()),
                        done: true,
                    },
                    DecisionLine {
                        client: None,
                        topic: None,
                        text: "Two slots for intake".into(),
                        follow_up: None,
                        done: false,
                    },
                ],
            }],
            hours: Hours { month: "1.7".into(), year: "9.2".into() },
            looks_all: 41,
            looks: vec![
                AccessRow {
                    at: super::today::moment(-60),
                    who: "Noor Haddad".into(),
                    what: "chart".into(),
                    client: Some("Jordan Ellis".into()),
                },
                AccessRow {
                    at: super::today::moment(-90),
                    who: "Noor Haddad".into(),
                    what: "agenda".into(),
                    client: None,
                },
            ],
            problems: vec![],
        };
        let refused = Self {
            problems: vec![FieldProblem::new("decision", Wrong::TooLong), FieldProblem::new("minutes", Wrong::Number)],
            ..supervisor.clone()
        };
        let own = Self {
            mine: true,
            form: None,
            shell: Shell { path: "/supervision/s1".into(), ..Shell::sample_extreme(Place::Supervision) },
            ..supervisor.clone()
        };
        let quiet = Self {
            groups: vec![],
            plans: vec![],
            looked_at: vec![],
            follow_ups: vec![],
            meetings: vec![],
            looks_all: 0,
            looks: vec![],
            supervisors: vec![],
            ..own.clone()
        };
        vec![supervisor, refused, own, quiet]
    }
}
