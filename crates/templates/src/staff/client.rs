//! The client page: what changed, the trajectories, the record, and what can be done from here.

mod actions;
mod expectation;
mod proof;
mod samples;

pub use self::actions::{
    AppointmentForm, BeginForm, ClientActions, DischargeForm, PlaceForm, ProgressForm, ReadOut, ReassignForm,
};
pub use self::expectation::{ExpectationNote, ForecastNote, SignalNote};
pub use self::proof::ProofForm;

use self::samples::{alliance, expectation, heat, signals, trajectory};

use care::message::{Channel, UnusableReason};
use care::response::SignalLevel;
use care::review::Because;
use serde::Serialize;

use super::{
    AppointmentLine, CaseLine, Change, Choice, ConsentLine, ExitLine, FieldProblem, GoalView, LiveLine, PacketLine,
    Place, PlanFields, PlanLine, RaterSeries, ReasonText, SendNow, Shell, TimelineEntry, Trend, Wrong,
};
use crate::Page;
use crate::chart::{HeatStrip, Mark, Sparkline, SparklineData, Trajectory};

/// Everything a clinician needs to know about a client before a session.
#[derive(Clone, Serialize)]
pub struct ClientPage {
    /// The frame.
    pub shell: Shell,
    /// Who it is.
    pub header: ClientHeader,
    /// What the client is answering, or has just handed in.
    pub live: LiveLine,
    /// What the client said who stopped coming; none where nothing was asked or it is not this person's to see.
    pub exit: Option<ExitLine>,
    /// What changed since the last time; none before the second score.
    pub changed: Option<Changed>,
    /// Cases, open ones first.
    pub cases: Vec<CaseLine>,
    /// The last scores of every instrument, each the size of a word; empty where there is only one.
    pub multiples: Vec<Multiple>,
    /// Changes of the plan, the latest first.
    pub plans: Vec<PlanLine>,
    /// The form that records one (`/clients/{id}/plan-changes`); none where that is not this person's to do.
    pub plan: Option<PlanFields>,
    /// Whether the client is to be talked about in supervision; none where that is not this person's to say.
    pub discuss: Option<Discuss>,
    /// The scores, the protocol's first instrument first; empty where scores are not this person's to see.
    pub measures: Vec<MeasureView>,
    /// The client's own goals that are followed; empty where they are not this person's to see.
    pub goals: Vec<GoalView>,
    /// What others say about the client.
    pub raters: Vec<RaterSeries>,
    /// The answers to items about danger.
    pub risk: Vec<RiskHistory>,
    /// What the client wrote in their own words, the newest first.
    pub words: Vec<super::WordsLine>,
    /// The last note for the record system.
    pub snippet: Option<Snippet>,
    /// Check-ins, the next first.
    pub packets: Vec<PacketLine>,
    /// Appointments, the next first.
    pub appointments: Vec<AppointmentLine>,
    /// What happened and what is planned, newest first.
    pub timeline: Vec<TimelineEntry>,
    /// What the client sees of their own course (`/clients/{id}/progress`); none where it is not this person's to choose.
    pub progress: Option<ProgressForm>,
    /// What the client shows before a check-in opens; none where it is not this person's to choose.
    pub proof: Option<ProofForm>,
    /// Consents per channel and purpose.
    pub consents: Vec<ConsentLine>,
    /// What is read out before a consent is recorded, in the client's language.
    pub wording: Option<ReadOut>,
    /// What this person may do here.
    pub actions: ClientActions,
    /// What is wrong with the form that was sent.
    pub problems: Vec<FieldProblem>,
}

/// Who the client is.
#[derive(Clone, Serialize)]
pub struct ClientHeader {
    /// Id, for the forms.
    pub id: String,
    /// Full name.
    pub name: String,
    /// The name they like to be called by, where it differs.
    pub preferred_name: Option<String>,
    /// Age in years.
    pub age: Option<i64>,
    /// The site.
    pub site: String,
    /// The clinician; none where nobody is assigned.
    pub clinician: Option<String>,
    /// The language of pages and messages, under its own name.
    pub language: String,
    /// Since when the episode runs and how many sessions were held, formatted; none without an episode.
    pub episode: Option<String>,
    /// When the episode ended, formatted.
    pub discharged: Option<String>,
    /// The next session, formatted.
    pub next_session: Option<String>,
    /// Telephone and mail, where this person may see them.
    pub contact: Option<ContactLine>,
    /// The overall signal; none where scores are not this person's to see.
    pub signal: Option<SignalLevel>,
    /// Why, where it is a concern.
    pub reasons: Vec<ReasonText>,
    /// Why, where it is none; the words are `because-<key>`.
    pub because: Vec<Because>,
    /// The form with all fields, where this person may change them.
    pub edit: Option<String>,
    /// The audit about this client, where this person may read it.
    pub audit: Option<String>,
    /// Everything held about this client, where this person may have it.
    pub export: Option<String>,
    /// The record as a PDF file, where this person may have it.
    pub report: Option<String>,
    /// For printing: initials and id instead of the name.
    pub initials: String,
    /// For printing: "Printed by Ana Ruiz, Mar 10, 2026, 9:05 AM".
    pub printed: String,
}

/// How to reach the client and the people around them.
#[derive(Clone, Serialize)]
pub struct ContactLine {
    /// Number, as shown.
    pub phone: Option<String>,
    /// Mail address.
    pub email: Option<String>,
    /// Emergency contact: name, relation, number.
    pub emergency: Option<String>,
    /// Guardian: name, relation, number. Messages go to them.
    pub guardian: Option<String>,
    /// The contacts at which nothing arrives.
    pub unusable: Vec<UnusableLine>,
}

/// A contact at which nothing arrives. Why is `unusable-<reason>`.
#[derive(Clone, Serialize)]
pub struct UnusableLine {
    /// Which one.
    pub channel: Channel,
    /// Why.
    pub reason: UnusableReason,
    /// Since when, formatted.
    pub since: String,
    /// Where the form posts that says it works again, for whoever may say so.
    pub lift: Option<String>,
}

/// One instrument in a few square centimetres.
#[derive(Clone, Serialize)]
pub struct Multiple {
    /// The instrument.
    pub name: String,
    /// Where its section is: `#m-phq9`.
    pub href: String,
    /// The last scores.
    pub spark: Sparkline,
    /// The last score.
    pub last: String,
    /// Its change since the first, and what it means; none with one score.
    pub change: Option<Change>,
}

/// The wish to talk about a client in supervision (`/clients/{id}/discuss` with `discuss_note`, `…/discuss/clear`).
#[derive(Clone, Serialize)]
pub struct Discuss {
    /// Who raised it and when, formatted; none while nobody has.
    pub raised: Option<String>,
    /// What about.
    pub note: Option<String>,
    /// The note as typed before.
    pub typed: String,
}

/// What changed since the last time, for one sentence.
#[derive(Clone, Serialize)]
pub struct Changed {
    /// The instrument.
    pub instrument: String,
    /// The score before.
    pub from: String,
    /// The score now.
    pub to: String,
    /// The change with its sign.
    pub change: String,
    /// What it means.
    pub trend: Trend,
    /// The items that moved most, at most three.
    pub moved: Vec<String>,
}

/// One instrument's scores.
#[derive(Clone, Serialize)]
pub struct MeasureView {
    /// The trajectory with its table.
    pub chart: Trajectory,
    /// The sentence of interpretation, in the reader's language.
    pub sentence: Option<String>,
    /// Why the latest answers may not mean what they say.
    pub doubts: Vec<DoubtNote>,
    /// What the band of the chart is and where it comes from; none where nothing is expected.
    pub expectation: Option<ExpectationNote>,
    /// What the rules of the ladder said of the latest score.
    pub signals: Vec<SignalNote>,
    /// The answers per item; none for an instrument whose items are not shown.
    pub heat: Option<HeatStrip>,
}

/// Why answers may not mean what they say. The words are `doubt-<kind>`.
#[derive(Clone, Serialize)]
pub struct DoubtNote {
    /// `same_end` or `hasty`.
    pub kind: &'static str,
    /// Answers.
    pub answers: usize,
    /// Of them to questions asked the other way round.
    pub reversed: usize,
    /// Seconds that all of them took.
    pub seconds: i64,
}

/// The answers to one item about danger.
#[derive(Clone, Serialize)]
pub struct RiskHistory {
    /// The instrument.
    pub instrument: String,
    /// The item's short label.
    pub item: String,
    /// The answers, newest first.
    pub answers: Vec<RiskAnswer>,
}

/// One answer to an item about danger. Where it was changed both values stand.
#[derive(Clone, Serialize)]
pub struct RiskAnswer {
    /// When, formatted.
    pub day: String,
    /// The first answer, in words; none where it was not answered: unknown, never negative.
    pub first: Option<String>,
    /// What it was changed to before submitting; none where it was not changed.
    pub changed_to: Option<String>,
    /// Whether it counts as danger.
    pub endorsed: bool,
}

/// Text to copy into the record system.
#[derive(Clone, Serialize)]
pub struct Snippet {
    /// The text.
    pub text: String,
    /// Number of its lines, for the height of the field.
    pub lines: u32,
}

impl Page for ClientPage {
    const TEMPLATE: &'static str = "staff/client.html";

    fn samples() -> Vec<Self> {
        let clinicians =
            || vec![Choice::new("s1", "Ana Ruiz", "s1"), Choice::new("s2", "Tomás Oyelaran-Whitfield", "s1")];
        let reasons = |current: &str| {
            care::episode::DischargeReason::ALL
                .iter()
                .map(|reason| Choice::new(reason.as_str(), reason.as_str(), current))
                .collect::<Vec<_>>()
        };
        let header = ClientHeader {
            id: "p1".into(),
            name: "Jordan Ellis".into(),
            preferred_name: Some("Jo".into()),
            age: Some(34),
            site: "North".into(),
            clinician: Some("Ana Ruiz".into()),
            language: "English".into(),
            episode: Some("Jan 5, 2026".into()),
            discharged: None,
            next_session: Some("Tue, Mar 10, 9:30\u{a0}AM".into()),
            contact: Some(ContactLine {
                phone: Some("(555) 010-0134".into()),
                email: Some("jordan@example.org".into()),
                emergency: Some("Casey Ellis, sister, (555) 010-0177".into()),
                guardian: None,
                unusable: vec![UnusableLine {
                    channel: Channel::Sms,
                    reason: UnusableReason::Landline,
                    since: "Mar 9, 2026".into(),
                    lift: Some("/clients/p1/contacts/sms/usable".into()),
                }],
            }),
            signal: Some(SignalLevel::Red),
            reasons: vec![ReasonText::sample_risk(), ReasonText::sample_worse()],
            because: vec![],
            edit: Some("/admin/clients/p1".into()),
            audit: Some("/admin/audit?client=p1".into()),
            export: Some("/clients/p1/export".into()),
            report: Some("/clients/p1/report.pdf".into()),
            initials: "J. E.".into(),
            printed: "Ana Ruiz, Mar 10, 2026, 9:05\u{a0}AM".into(),
        };
        let answer = |day: &str, first: Option<&str>, changed_to: Option<&str>, endorsed| RiskAnswer {
            day: day.into(),
            first: first.map(Into::into),
            changed_to: changed_to.map(Into::into),
            endorsed,
        };
        let full = Self {
            shell: Shell { path: "/clients/p1".into(), ..Shell::sample_at(Place::Caseload) },
            header: header.clone(),
            multiples: [("PHQ-9", "phq4", vec![18.0, 16.0, 14.0, 22.0]), ("GAD-7", "gad", vec![15.0, 12.0])]
                .into_iter()
                .filter_map(|(name, id, values)| {
                    Some(Multiple {
                        name: name.into(),
                        href: format!("#m-{id}"),
                        last: crate::format::score(*values.last()?),
                        change: Some(Change { points: "+4".into(), trend: Trend::Worse }),
                        spark: Sparkline::new(&SparklineData {
                            range: (0.0, 27.0),
                            cutoff: Some(10.0),
                            values,
                            mark: Mark::Off,
                        })?,
                    })
                })
                .collect(),
            plans: vec![PlanLine::sample_medication(), PlanLine::sample()],
            plan: Some(PlanFields::sample()),
            discuss: Some(Discuss {
                raised: Some("Ana Ruiz, Mar 9, 2026".into()),
                note: Some("How to raise the missed sessions?".into()),
                typed: String::new(),
            }),
            live: LiveLine::samples().remove(1),
            exit: None,
            changed: Some(Changed {
                instrument: "PHQ-9".into(),
                from: "14".into(),
                to: "22".into(),
                change: "+8".into(),
                trend: Trend::ReliablyWorse,
                moved: vec!["Little interest".into(), "Feeling down".into(), "Sleep".into()],
            }),
            cases: CaseLine::samples(),
            goals: vec![
                GoalView::sample(),
                GoalView { number: 2, text: "Sleep through".into(), chart: None, ratings: vec![] },
            ],
            raters: vec![RaterSeries::sample()],
            measures: vec![
                MeasureView {
                    chart: trajectory(&[Some(18.0), Some(16.0), None, Some(14.0), Some(22.0)], Mark::Off),
                    sentence: Some("PHQ-9 of 22 is severe, 4 points above the first score and 8 above the best.".into()),
                    doubts: vec![
                        DoubtNote { kind: "same_end", answers: 20, reversed: 4, seconds: 0 },
                        DoubtNote { kind: "hasty", answers: 9, reversed: 0, seconds: 11 },
                    ],
                    expectation: Some(ExpectationNote {
                        toggle: "/clients/c1#m-phq5".into(),
                        forecast: Some(ForecastNote {
                            scores: 4,
                            session: 8,
                            median: "17.2".into(),
                            low: "11.4".into(),
                            high: "23".into(),
                        }),
                        ..expectation()
                    }),
                    signals: signals(),
                    heat: Some(heat()),
                },
                MeasureView {
                    chart: alliance(),
                    sentence: None,
                    doubts: vec![],
                    expectation: None,
                    signals: vec![],
                    heat: None,
                },
            ],
            words: super::WordsLine::samples(),
            risk: vec![RiskHistory {
                instrument: "PHQ-9".into(),
                item: "Thoughts of death or self-harm".into(),
                answers: vec![
                    answer("Mar 9", Some("More than half the days"), Some("Several days"), true),
                    answer("Feb 2", None, None, false),
                    answer("Jan 5", Some("Not at all"), None, false),
                ],
            }],
            snippet: Some(Snippet {
                text: "Mar 9, 2026, self-report before session 4.\nPHQ-9: 22 (severe), +4 since baseline 18, +8 since best 14.\nItem 9: more than half the days; see case of Mar 10.\nWellbeing check: 14.2 of 40.".into(),
                lines: 4,
            }),
            packets: PacketLine::samples(),
            appointments: AppointmentLine::samples(),
            timeline: TimelineEntry::samples(),
            progress: Some(ProgressForm {
                choices: ["practice", "symptoms", "nothing"].map(|one| Choice::new(one, "", "practice")).into(),
            }),
            proof: Some(ProofForm::sample()),
            consents: ConsentLine::samples(),
            wording: Some(ReadOut {
                version: "2025-01".into(),
                code: "en".into(),
                text: "We would like to send you short questionnaires.\n\nYou may stop at any time.".into(),
            }),
            actions: ClientActions {
                send: Some(SendNow { action: "/clients/p1/check-in".into() }),
                discharge: Some(DischargeForm { reasons: reasons(""), has_case: true, case: Some("/cases/c1".into()), case_to: clinicians() }),
                reassign: Some(ReassignForm { clinicians: clinicians() }),
                decline: true,
                begin: None,
                placement: Some(PlaceForm {
                    programmes: vec![Choice::new("g1", "Adults", "g1")],
                    payers: vec![Choice::new("y1", "Harbor Health Plan", "")],
                    modalities: vec![Choice::new("m1", "Individual", "m1")],
                    problems: vec![],
                }),
                appointment: Some(AppointmentForm {
                    date: String::new(),
                    starts: String::new(),
                    minutes: "50".into(),
                    clinicians: clinicians(),
                    sites: vec![Choice::new("n", "North (America/Los_Angeles)", "n"), Choice::new("b", "Bay (America/Los_Angeles)", "n")],
                }),
                consent: true,
            },
            problems: vec![],
        };
        let fresh = Self {
            header: ClientHeader {
                name: "Amara Nwosu".into(),
                preferred_name: None,
                age: None,
                next_session: None,
                contact: None,
                signal: Some(SignalLevel::Grey),
                reasons: vec![],
                because: vec![Because::Stale, Because::NoBaseline],
                edit: None,
                ..header.clone()
            },
            live: LiveLine::samples().remove(2),
            exit: ExitLine::samples().into_iter().next(),
            changed: None,
            multiples: vec![],
            plans: vec![],
            discuss: Some(Discuss { raised: None, note: None, typed: String::new() }),
            cases: vec![],
            measures: vec![],
            goals: vec![],
            raters: vec![],
            words: vec![],
            risk: vec![],
            snippet: None,
            packets: vec![],
            appointments: vec![],
            timeline: vec![],
            proof: None,
            consents: ConsentLine::samples()[2..].to_vec(),
            actions: ClientActions {
                discharge: Some(DischargeForm {
                    reasons: reasons(""),
                    has_case: true,
                    case: None,
                    case_to: clinicians(),
                }),
                ..full.actions.clone()
            },
            ..full.clone()
        };
        let long = Self {
            shell: Shell { path: "/clients/p1".into(), ..Shell::sample_extreme(Place::Caseload) },
            header: ClientHeader {
                name: "María-Fernanda de los Ángeles Villaseñor Etxeberría-Goikoetxea".into(),
                preferred_name: Some("Mafer".into()),
                age: Some(15),
                contact: Some(ContactLine {
                    phone: None,
                    email: Some("maria.fernanda.de.los.angeles.villasenor@correo.example".into()),
                    emergency: None,
                    guardian: Some("José Luis Villaseñor Etxeberría, father, (555) 010-0166".into()),
                    unusable: vec![],
                }),
                language: "Español".into(),
                reasons: ReasonText::samples(),
                ..header.clone()
            },
            measures: vec![MeasureView {
                chart: trajectory(
                    &(0..26).map(|n| (n % 7 != 3).then_some(f64::from(27 - n))).collect::<Vec<_>>(),
                    Mark::Plain,
                ),
                sentence: None,
                doubts: vec![],
                expectation: Some(ExpectationNote { source: None, version: 3, courses: "312".into(), ..expectation() }),
                signals: vec![],
                heat: Some(heat()),
            }],
            proof: Some(ProofForm::sample_missing()),
            problems: vec![
                FieldProblem::new("starts", Wrong::LocalTime),
                FieldProblem::new("date", Wrong::Date),
                FieldProblem::new("pin", Wrong::Pin),
                FieldProblem::new("what", Wrong::Required),
                FieldProblem::new("review_session", Wrong::SessionAhead),
            ],
            ..full.clone()
        };
        let ended = Self {
            header: ClientHeader {
                discharged: Some("Mar 6, 2026".into()),
                next_session: None,
                signal: Some(SignalLevel::Blue),
                reasons: vec![],
                because: vec![Because::FunctionalAndImproved],
                ..header
            },
            cases: vec![],
            plan: None,
            discuss: None,
            timeline: TimelineEntry::sample_discharged(),
            actions: ClientActions {
                send: None,
                discharge: None,
                reassign: None,
                decline: false,
                begin: Some(BeginForm {
                    clinicians: clinicians(),
                    sites: vec![Choice::new("n", "North", "n"), Choice::new("b", "Bay", "n")],
                    protocols: vec![Choice::new("p1", "Standard", "p1"), Choice::new("p2", "Adolescents", "p1")],
                    starts_on: "2026-03-10".into(),
                }),
                placement: None,
                appointment: None,
                consent: false,
            },
            ..full.clone()
        };
        vec![full, fresh, long, ended]
    }
}
