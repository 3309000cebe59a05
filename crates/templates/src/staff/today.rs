//! The day at a glance: cases first, then today's sessions, then who needs attention, then the front desk's tasks.

use care::case::{CaseState, ReasonLevel};
use care::response::SignalLevel;
use care::staff::Role;
use chrono::{TimeZone, Utc};
use serde::Serialize;

use super::{Assignee, Flash, FollowUpRow, Place, ReasonText, Shell, TaskRow};
use crate::Page;
use crate::format::Moment;

/// The first page after signing in. A part that is `None` is not for this person's roles.
#[derive(Clone, Serialize)]
pub struct Today {
    /// The frame.
    pub shell: Shell,
    /// The day, formatted ("Tuesday, March 10").
    pub day: String,
    /// Open cases that are this person's to act on, the most urgent first.
    pub cases: Option<Vec<CaseCard>>,
    /// Today's sessions by time.
    pub sessions: Option<Vec<SessionRow>>,
    /// Clients off track without an open case, or silent.
    pub attention: Option<Vec<AttentionRow>>,
    /// What others should say about clients by now, the one that waits longest first.
    pub others: Vec<OtherDue>,
    /// How many alerts this person had lately; none for whoever has no cases.
    pub meter: Option<Meter>,
    /// What this person is to follow up from supervision, the next due first.
    pub follow_ups: Vec<FollowUpRow>,
    /// Open tasks of the front desk.
    pub tasks: Option<Vec<TaskRow>>,
}

/// What somebody other than a client should say about them by now.
#[derive(Clone, Serialize)]
pub struct OtherDue {
    /// The client's name.
    pub client: String,
    /// Where it is rated or handed out.
    pub href: String,
    /// The instrument's name.
    pub instrument: String,
    /// What the person is to the client (`relation-<value>`); none for the clinician.
    pub relation: Option<&'static str>,
    /// Since when, formatted.
    pub since: String,
}

/// An open case in a list.
#[derive(Clone, Serialize)]
pub struct CaseCard {
    /// Id of the case, for its form.
    pub id: String,
    /// The case's page.
    pub href: String,
    /// The client's name as this person may see it.
    pub client: String,
    /// The gravest of its open reasons.
    pub level: ReasonLevel,
    /// Its reasons.
    pub reasons: Vec<ReasonText>,
    /// Where it stands.
    pub state: CaseState,
    /// When it is due.
    pub due: Moment,
    /// Who has it.
    pub owner: Assignee,
    /// For the hidden field `revision`.
    pub revision: i64,
    /// Whether the button *Acknowledge* is offered.
    pub may_acknowledge: bool,
}

/// A session of today.
#[derive(Clone, Serialize)]
pub struct SessionRow {
    /// The appointment, by which a page that stays open finds the row again.
    pub id: String,
    /// Differs whenever the row would say something else.
    pub revision: String,
    /// Its time, formatted.
    pub time: String,
    /// The client's name.
    pub client: String,
    /// The client's page.
    pub href: String,
    /// The site, where the person works at more than one.
    pub site: Option<String>,
    /// The clinician, on the front desk's list.
    pub clinician: Option<String>,
    /// What the client said to a reminder.
    pub reply: Option<care::appointment::Reply>,
    /// Its check-in.
    pub check_in: CheckIn,
    /// The button *Send now*.
    pub send: Option<SendNow>,
    /// The last overall signal; `None` where scores are not this person's to see.
    pub signal: Option<SignalLevel>,
}

/// Where a check-in stands. The words are `check-in-<at>`.
#[derive(Clone, Serialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub enum CheckIn {
    /// None is asked for this session.
    None,
    /// Not sent yet.
    NotSent {
        /// When it will go, formatted; none where it cannot be sent.
        planned: Option<String>,
    },
    /// Sent, not begun.
    Sent,
    /// Somebody is at it now.
    Answering {
        /// Questions answered.
        answered: i64,
        /// Questions in all.
        total: i64,
    },
    /// Begun and put away.
    PartDone {
        /// Questions answered.
        answered: i64,
        /// Questions in all.
        total: i64,
    },
    /// Done.
    Done {
        /// When, formatted.
        when: String,
    },
    /// Its time passed.
    Expired,
}

/// The button *Send now*.
#[derive(Clone, Serialize)]
pub struct SendNow {
    /// Where it posts: `/packets/{id}/send` or `/clients/{id}/check-in`.
    pub action: String,
}

/// A person's alerts of the last seven days beside the practice's budget.
#[derive(Clone, Serialize)]
pub struct Meter {
    /// Alerts, danger not counted.
    pub alerts: usize,
    /// How many are told one by one.
    pub budget: usize,
    /// Whether further ones come once a day.
    pub bundled: bool,
    /// What larger thresholds would have done: the factor, formatted, and the alerts.
    pub simulated: Vec<(String, usize)>,
}

/// A client who needs attention.
#[derive(Clone, Serialize)]
pub struct AttentionRow {
    /// The client's name.
    pub client: String,
    /// The client's page.
    pub href: String,
    /// The overall signal.
    pub signal: SignalLevel,
    /// Why.
    pub reasons: Vec<ReasonText>,
    /// The next session, formatted; none where there is none.
    pub next_session: Option<String>,
}

impl CaseCard {
    pub(super) fn sample_urgent() -> Self {
        Self {
            id: "c1".into(),
            href: "/cases/c1".into(),
            client: "Jordan Ellis".into(),
            level: ReasonLevel::Urgent,
            reasons: vec![ReasonText::sample_risk(), ReasonText::sample_worse()],
            state: CaseState::Open,
            due: moment(-25),
            owner: Assignee { name: "Ana Ruiz".into(), me: true },
            revision: 1,
            may_acknowledge: true,
        }
    }

    pub(super) fn sample_routine() -> Self {
        Self {
            id: "c2".into(),
            href: "/cases/c2".into(),
            client: "Priya Raman".into(),
            level: ReasonLevel::Routine,
            reasons: vec![ReasonText { value: "17".into(), reference: "9".into(), ..ReasonText::sample_worse() }],
            state: CaseState::Acknowledged,
            due: moment(3 * 24 * 60 + 90),
            owner: Assignee { name: "Tomás Oyelaran-Whitfield".into(), me: false },
            revision: 3,
            may_acknowledge: false,
        }
    }
}

/// A moment some minutes from the samples' now, Tuesday 10 March 2026, 9:05 in Los Angeles.
pub(super) fn moment(minutes: i64) -> Moment {
    let now = Utc.with_ymd_and_hms(2026, 3, 10, 16, 5, 0).single().expect("the samples' now exists");
    Moment::new(now + chrono::Duration::minutes(minutes), now, chrono_tz::America::Los_Angeles, care::Language::En)
}

impl Page for Today {
    const TEMPLATE: &'static str = "staff/today.html";

    fn samples() -> Vec<Self> {
        let session = |time: &str, client: &str, check_in, signal| SessionRow {
            id: "a1".into(),
            revision: "1f".into(),
            time: time.into(),
            client: client.into(),
            href: "/clients/p1".into(),
            site: Some("North".into()),
            clinician: None,
            reply: matches!(check_in, CheckIn::Done { .. }).then_some(care::appointment::Reply::Confirmed),
            send: match check_in {
                CheckIn::NotSent { .. } | CheckIn::Sent => Some(SendNow { action: "/packets/k1/send".into() }),
                _ => None,
            },
            check_in,
            signal: Some(signal),
        };
        let sessions = vec![
            session(
                "9:30\u{a0}AM",
                "Jordan Ellis",
                CheckIn::Done { when: "Mar 9, 8:12\u{a0}PM".into() },
                SignalLevel::Red,
            ),
            session(
                "10:30\u{a0}AM",
                "Devon Achterberg",
                CheckIn::PartDone { answered: 5, total: 13 },
                SignalLevel::Amber,
            ),
            session("11:00\u{a0}AM", "Ines Calloway", CheckIn::Answering { answered: 5, total: 9 }, SignalLevel::Green),
            session("11:30\u{a0}AM", "Mei-Ling Castellanos", CheckIn::Sent, SignalLevel::Green),
            session("1:00\u{a0}PM", "Sam Whitaker", CheckIn::NotSent { planned: None }, SignalLevel::Grey),
            session("2:00\u{a0}PM", "Rosa Quispe", CheckIn::Done { when: "7:40\u{a0}AM".into() }, SignalLevel::Blue),
            session(
                "3:00\u{a0}PM",
                "Theo Lindqvist",
                CheckIn::NotSent { planned: Some("12:00\u{a0}PM".into()) },
                SignalLevel::Green,
            ),
            session("4:00\u{a0}PM", "Amara Nwosu", CheckIn::None, SignalLevel::Grey),
        ];
        let attention = |client: &str, signal, reasons, next: Option<&str>| AttentionRow {
            client: client.into(),
            href: "/clients/p2".into(),
            signal,
            reasons,
            next_session: next.map(Into::into),
        };
        let every = ReasonText::samples();
        let busy = Self {
            shell: Shell::sample(),
            day: "Tuesday, March 10".into(),
            cases: Some(vec![CaseCard::sample_urgent(), CaseCard::sample_routine()]),
            sessions: Some(sessions),
            attention: Some(vec![
                attention("Lucía Fernández", SignalLevel::Red, vec![every[2].clone()], Some("Thu, Mar 12")),
                attention("Devon Achterberg", SignalLevel::Amber, vec![every[6].clone()], Some("Tue, Mar 10")),
                attention("Walter Osei", SignalLevel::Amber, vec![every[5].clone()], None),
            ]),
            others: [None, Some("parent")]
                .map(|relation| OtherDue {
                    client: "Devon Achterberg".into(),
                    href: "/clients/p2/raters".into(),
                    instrument: "PSC-17".into(),
                    relation,
                    since: "Mar 9".into(),
                })
                .into(),
            meter: Some(Meter {
                alerts: 31,
                budget: 10,
                bundled: true,
                simulated: vec![("1.25".into(), 19), ("1.5".into(), 10), ("2".into(), 10)],
            }),
            follow_ups: vec![FollowUpRow::sample()],
            tasks: None,
        };
        let empty = Self {
            cases: Some(vec![]),
            sessions: Some(vec![]),
            attention: Some(vec![]),
            others: vec![],
            meter: Some(Meter { alerts: 0, budget: 10, bundled: false, simulated: vec![] }),
            follow_ups: vec![],
            ..busy.clone()
        };
        let desk = {
            let mut sessions = busy.sessions.clone().unwrap_or_default();
            for row in &mut sessions {
                row.signal = None;
                row.clinician = Some("Ana Ruiz".into());
            }
            Self {
                shell: Shell::sample_for(&[Role::Intake], Place::Today),
                cases: None,
                attention: None,
                sessions: Some(sessions),
                others: vec![],
                meter: None,
                follow_ups: vec![],
                tasks: Some(TaskRow::samples()),
                ..busy.clone()
            }
        };
        let owner = Self {
            shell: Shell { search: None, ..Shell::sample_for(&[Role::Owner], Place::Today) },
            cases: None,
            sessions: None,
            attention: None,
            others: vec![],
            meter: None,
            follow_ups: vec![],
            tasks: None,
            ..busy.clone()
        };
        let long = {
            let mut page = busy.clone();
            page.shell = Shell { flash: Some(Flash::CaseAcknowledged), ..Shell::sample_extreme(Place::Today) };
            let mut card = CaseCard::sample_urgent();
            card.client = "María-Fernanda de los Ángeles Villaseñor Etxeberría-Goikoetxea".into();
            card.reasons = every;
            page.cases = Some(vec![card, CaseCard::sample_routine()]);
            page.tasks = Some(TaskRow::samples());
            page
        };
        vec![busy, empty, desk, owner, long]
    }
}
