//! The record part of the client page: what happened and what is planned, consents, check-ins, appointments, cases.

use care::appointment::AppointmentState;
use care::case::{CaseState, PlanChangeKind, PlanOutcome, ReasonLevel, StepKind};
use care::client::{ConsentSource, ConsentState, Purpose};
use care::episode::DischargeReason;
use care::message::{CancelReason, Channel, Instead, MessageKind, Standing, Trouble};
use care::packet::{Occasion, PacketState};
use serde::Serialize;

use super::{CaseCard, ReasonText};
use crate::format::Moment;

/// One line of the timeline.
#[derive(Clone, Serialize)]
pub struct TimelineEntry {
    /// When.
    pub at: Moment,
    /// Done, planned or gone wrong.
    pub tense: Tense,
    /// What.
    pub event: Event,
}

/// How a line of the timeline is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tense {
    /// It happened.
    Past,
    /// It will.
    Planned,
    /// It did not work.
    Failed,
}

/// What a line of the timeline says.
#[derive(Clone, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Event {
    /// A message of the ledger.
    Message {
        /// What it is.
        kind: MessageKind,
        /// How it travels.
        channel: Channel,
        /// Where it stands.
        standing: Standing,
        /// Why it was not sent.
        cancelled: Option<CancelReason>,
        /// Why it goes on this channel and not on the one of the message before it.
        instead: Option<Instead>,
        /// What its code says, where there are words for it.
        trouble: Option<Trouble>,
        /// Whether the mail server still tries.
        delayed: bool,
        /// The code as its owner writes it.
        code: Option<String>,
        /// The text as sent, with `{link}` in place of the link.
        text: Option<String>,
    },
    /// A check-in changed its state.
    CheckIn {
        /// Why it exists.
        occasion: Occasion,
        /// Where it stands.
        state: PacketState,
    },
    /// An appointment.
    Session {
        /// Where it stands.
        state: AppointmentState,
        /// The clinician.
        with: String,
    },
    /// A step of a case.
    Case {
        /// What happened.
        step: StepKind,
        /// The case's page.
        href: String,
    },
    /// A change of the plan, or a note of a medication.
    Plan {
        /// What was changed.
        kind: PlanChangeKind,
        /// In words.
        text: String,
        /// Who decided.
        by: String,
    },
    /// A change of the plan was looked at again.
    PlanReviewed {
        /// What had been changed.
        kind: PlanChangeKind,
        /// What the look came to.
        outcome: PlanOutcome,
    },
    /// A consent decision.
    Consent {
        /// Channel.
        channel: Channel,
        /// Purpose.
        purpose: Purpose,
        /// Decision.
        state: ConsentState,
    },
    /// The episode came to a clinician.
    Assigned {
        /// The clinician.
        to: String,
    },
    /// The episode began.
    Started,
    /// The episode ended.
    Discharged {
        /// Why.
        reason: DischargeReason,
    },
}

/// The latest consent decision for a channel and a purpose.
#[derive(Clone, Serialize)]
pub struct ConsentLine {
    /// Channel.
    pub channel: Channel,
    /// Purpose.
    pub purpose: Purpose,
    /// Decision; `None` where there has never been one.
    pub state: Option<ConsentState>,
    /// The wording that was agreed to.
    pub wording: Option<String>,
    /// How it reached us.
    pub source: Option<ConsentSource>,
    /// When, formatted.
    pub since: Option<String>,
}

/// One check-in.
#[derive(Clone, Serialize)]
pub struct PacketLine {
    /// Id, for its forms.
    pub id: String,
    /// Why it exists.
    pub occasion: Occasion,
    /// The day it is for, formatted.
    pub day: String,
    /// The instruments asked.
    pub instruments: Vec<String>,
    /// Where it stands.
    pub state: PacketState,
    /// What comes next, formatted: when it is sent, until when it is open, when it was completed.
    pub when: String,
    /// Whether *Send now* is offered.
    pub may_send: bool,
    /// Whether *Withdraw* is offered.
    pub may_withdraw: bool,
}

/// One appointment.
#[derive(Clone, Serialize)]
pub struct AppointmentLine {
    /// Id, for its form.
    pub id: String,
    /// Day and time, formatted.
    pub when: String,
    /// The clinician.
    pub clinician: String,
    /// Where it stands.
    pub state: AppointmentState,
    /// The states it can be given; empty where nothing can be changed.
    pub changes: Vec<AppointmentState>,
    /// Where it is given another time; none where it cannot be.
    pub move_at: Option<String>,
}

/// A case of the client.
#[derive(Clone, Serialize)]
pub struct CaseLine {
    /// Its page.
    pub href: String,
    /// When it was opened, formatted.
    pub opened: String,
    /// The gravest reason.
    pub level: ReasonLevel,
    /// Where it stands.
    pub state: CaseState,
    /// Its reasons.
    pub reasons: Vec<ReasonText>,
    /// When it is due; none when closed.
    pub due: Option<Moment>,
    /// When it was closed, formatted.
    pub closed: Option<String>,
}

impl CaseLine {
    pub(super) fn samples() -> Vec<Self> {
        let card = CaseCard::sample_urgent();
        let open = Self {
            href: card.href,
            opened: "Mar 10, 2026".into(),
            level: card.level,
            state: card.state,
            reasons: card.reasons,
            due: Some(card.due),
            closed: None,
        };
        let closed = Self {
            href: "/cases/c0".into(),
            opened: "Feb 3, 2026".into(),
            level: ReasonLevel::Routine,
            state: CaseState::Closed,
            reasons: vec![ReasonText::samples()[5].clone()],
            due: None,
            closed: Some("Feb 12, 2026".into()),
        };
        vec![open, closed]
    }
}

impl TimelineEntry {
    pub(super) fn samples() -> Vec<Self> {
        use super::today::moment;
        let day = 24 * 60;
        let message = |kind, channel, standing| Event::Message {
            kind,
            channel,
            standing,
            cancelled: None,
            instead: None,
            trouble: None,
            delayed: false,
            code: None,
            text: Some("Harbor Lane: your check-in is ready: {link}".into()),
        };
        let entry = |minutes: i64, tense, event| Self { at: moment(minutes), tense, event };
        vec![
            entry(
                7 * day,
                Tense::Planned,
                Event::Session { state: AppointmentState::Scheduled, with: "Ana Ruiz".into() },
            ),
            entry(6 * day, Tense::Planned, message(MessageKind::Invite, Channel::Sms, Standing::Planned)),
            entry(-25, Tense::Past, Event::Case { step: StepKind::Opened, href: "/cases/c1".into() }),
            entry(
                -20,
                Tense::Past,
                Event::Plan {
                    kind: PlanChangeKind::Medication,
                    text: "Sertraline 50 mg since Monday, by the family doctor".into(),
                    by: "Ana Ruiz".into(),
                },
            ),
            entry(
                -20,
                Tense::Past,
                Event::PlanReviewed { kind: PlanChangeKind::Frequency, outcome: PlanOutcome::Kept },
            ),
            entry(
                -25,
                Tense::Past,
                Event::CheckIn { occasion: Occasion::BeforeSession, state: PacketState::Completed },
            ),
            entry(-day, Tense::Past, message(MessageKind::Invite, Channel::Sms, Standing::Delivered)),
            entry(-7 * day, Tense::Past, Event::Session { state: AppointmentState::Attended, with: "Ana Ruiz".into() }),
            entry(
                -8 * day,
                Tense::Failed,
                Event::Message {
                    kind: MessageKind::Reminder,
                    channel: Channel::Email,
                    standing: Standing::Cancelled,
                    cancelled: Some(CancelReason::NoConsent),
                    instead: Some(Instead::Unopened),
                    trouble: None,
                    delayed: false,
                    code: None,
                    text: None,
                },
            ),
            entry(
                -9 * day,
                Tense::Failed,
                Event::Message {
                    kind: MessageKind::Invite,
                    channel: Channel::Sms,
                    standing: Standing::Failed,
                    cancelled: None,
                    instead: None,
                    trouble: Some(Trouble::UnknownNumber),
                    delayed: false,
                    code: Some("30005".into()),
                    text: None,
                },
            ),
            entry(
                -9 * day - 60,
                Tense::Past,
                Event::Message {
                    kind: MessageKind::Invite,
                    channel: Channel::Email,
                    standing: Standing::Accepted,
                    cancelled: None,
                    instead: None,
                    trouble: Some(Trouble::MailboxFull),
                    delayed: true,
                    code: Some("4.2.2".into()),
                    text: None,
                },
            ),
            entry(-10 * day, Tense::Past, Event::CheckIn { occasion: Occasion::Regular, state: PacketState::Expired }),
            entry(
                -30 * day,
                Tense::Past,
                Event::Consent { channel: Channel::Sms, purpose: Purpose::CheckIn, state: ConsentState::Given },
            ),
            entry(-60 * day, Tense::Past, Event::Assigned { to: "Ana Ruiz".into() }),
            entry(-64 * day, Tense::Past, Event::Started),
        ]
    }

    pub(super) fn sample_discharged() -> Vec<Self> {
        let event = Event::Discharged { reason: DischargeReason::Completed };
        vec![Self { at: super::today::moment(-60), tense: Tense::Past, event }]
    }
}

impl ConsentLine {
    pub(super) fn samples() -> Vec<Self> {
        let none = |channel, purpose| Self { channel, purpose, state: None, wording: None, source: None, since: None };
        vec![
            Self {
                state: Some(ConsentState::Given),
                wording: Some("2026-01".into()),
                source: Some(ConsentSource::Staff),
                since: Some("Jan 5, 2026".into()),
                ..none(Channel::Sms, Purpose::CheckIn)
            },
            Self {
                state: Some(ConsentState::Withdrawn),
                wording: Some("2026-01".into()),
                source: Some(ConsentSource::Client),
                since: Some("Feb 2, 2026".into()),
                ..none(Channel::Email, Purpose::CheckIn)
            },
            none(Channel::Sms, Purpose::Appointment),
            none(Channel::Email, Purpose::Appointment),
        ]
    }
}

impl PacketLine {
    pub(super) fn samples() -> Vec<Self> {
        let line = |occasion, day: &str, state, when: &str| Self {
            id: "k1".into(),
            occasion,
            day: day.into(),
            instruments: vec!["PHQ-9".into(), "GAD-7".into(), "Wellbeing check".into()],
            state,
            when: when.into(),
            may_send: state == PacketState::Planned,
            may_withdraw: matches!(state, PacketState::Planned | PacketState::Open),
        };
        vec![
            line(Occasion::BeforeSession, "Mar 17", PacketState::Planned, "sends Mar 16, 9:30\u{a0}AM"),
            line(Occasion::AfterSession, "Mar 10", PacketState::Open, "open until Mar 14"),
            line(Occasion::BeforeSession, "Mar 10", PacketState::Completed, "completed Mar 9, 8:12\u{a0}PM"),
            line(Occasion::Regular, "Mar 1", PacketState::Expired, "ended Mar 5"),
            line(Occasion::Intake, "Jan 5", PacketState::Withdrawn, "withdrawn Jan 4"),
        ]
    }
}

impl AppointmentLine {
    pub(super) fn samples() -> Vec<Self> {
        let line = |when: &str, state, changes: &[AppointmentState]| Self {
            id: "a1".into(),
            when: when.into(),
            clinician: "Ana Ruiz".into(),
            state,
            changes: changes.to_vec(),
            move_at: (state == AppointmentState::Scheduled).then(|| "/appointments/a1".into()),
        };
        let all = [
            AppointmentState::Attended,
            AppointmentState::NoShow,
            AppointmentState::LateCancelled,
            AppointmentState::Cancelled,
        ];
        vec![
            line("Tue, Mar 17, 9:30\u{a0}AM", AppointmentState::Scheduled, &all[3..]),
            line("Tue, Mar 10, 9:30\u{a0}AM", AppointmentState::Scheduled, &all),
            line("Tue, Mar 3, 9:30\u{a0}AM", AppointmentState::Attended, &[]),
            line("Tue, Feb 24, 9:30\u{a0}AM", AppointmentState::NoShow, &[]),
        ]
    }
}
