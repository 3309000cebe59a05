//! Supervision: what belongs on the agenda of a supervisor and a clinician, and what came of their meetings.
//!
//! The agenda says where help is needed and nothing about how good anyone is. Who supervises whom is [`crate::staff`]'s.

use crate::case::{Case, Reason};
use crate::episode::Measure;
use crate::response::Rule;
use crate::text::text_enum;
use crate::{ClientId, EpisodeId, Instant, MeetingDecisionId, MeetingId, Phi, StaffId, review};
use chrono::NaiveDate;
use instruments::{Change, Library, change};

/// From this session on, a course without any reliable change belongs on the agenda.
pub const STALLED_SESSION: i64 = 8;

/// This many check-ins missed running belong on the agenda.
pub const MISSING: i64 = 3;

text_enum! {
    /// Why a client is on the agenda, the gravest first.
    Topic {
        /// A risk reason is not disposed of.
        RiskOpen = "risk_open",
        /// The open case is past its date.
        Overdue = "overdue",
        /// Reliably worse than at baseline or than the best score.
        OffTrack = "off_track",
        /// At caseness at baseline and no reliable change by session 8.
        Stalled = "stalled",
        /// Three check-ins or more missed running.
        Missing = "missing",
        /// The clinician wants to talk about the client.
        Discuss = "discuss",
    }
}

/// What is known of a client for the agenda.
#[derive(Debug, Clone, Copy)]
pub struct AgendaFacts<'a> {
    /// The open case with its reasons.
    pub case: Option<(&'a Case, &'a [Reason])>,
    /// The episode's running summaries.
    pub measures: &'a [Measure],
    /// Sessions so far.
    pub sessions: i64,
    /// Check-ins missed running.
    pub missed_running: i64,
    /// When the clinician asked to talk about the client.
    pub flagged_at: Option<Instant>,
    /// Now.
    pub now: Instant,
}

/// Why the client is on the agenda, the gravest first; empty for a client who is not.
pub fn topics(library: &Library, facts: &AgendaFacts<'_>) -> Vec<Topic> {
    let outcomes: Vec<_> = facts
        .measures
        .iter()
        .filter_map(|measure| {
            let scale = library.of_structure(&measure.instrument, measure.structure)?.primary();
            (scale.id == measure.scale && scale.alliance.is_none()).then_some((scale, measure))
        })
        .collect();
    let risk = |reason: &Reason| reason.rule.is_risk() && reason.is_open();
    let worse = |reason: &Reason| matches!(reason.rule, Rule::ReliableDeterioration | Rule::WorseThanBest);
    let reasons = facts.case.map_or(&[][..], |(_, reasons)| reasons);
    let is_worse_now = outcomes.iter().any(|(scale, measure)| {
        measure.baseline.is_some_and(|baseline| review::is_deteriorated(scale, baseline, measure.latest))
            || review::is_deteriorated(scale, measure.best, measure.latest)
    });
    let is_stalled = outcomes.iter().any(|(scale, measure)| {
        measure.session(facts.sessions) >= STALLED_SESSION
            && measure.baseline.is_some_and(|baseline| {
                scale.caseness().is_some_and(|cutoff| cutoff.is_met(baseline))
                    && change(scale, baseline, measure.latest) == Some(Change::Unchanged)
            })
    });
    [
        (Topic::RiskOpen, reasons.iter().any(risk)),
        (Topic::Overdue, facts.case.is_some_and(|(case, _)| case.due_at < facts.now)),
        (Topic::OffTrack, is_worse_now || reasons.iter().any(worse)),
        (Topic::Stalled, is_stalled),
        (Topic::Missing, facts.missed_running >= MISSING),
        (Topic::Discuss, facts.flagged_at.is_some()),
    ]
    .into_iter()
    .filter_map(|(topic, holds)| holds.then_some(topic))
    .collect()
}

/// A clinician's wish to talk about a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscussFlag {
    /// About whom.
    pub client_id: ClientId,
    /// In which episode.
    pub episode_id: EpisodeId,
    /// Who raised it.
    pub raised_by: StaffId,
    /// When.
    pub raised_at: Instant,
    /// What about.
    pub note: Option<Phi<String>>,
}

/// A supervision meeting that took place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meeting {
    /// Id.
    pub id: MeetingId,
    /// Who supervised.
    pub supervisor_id: StaffId,
    /// Whom.
    pub clinician_id: StaffId,
    /// On which day, in the practice's zone.
    pub held_on: NaiveDate,
    /// How long.
    pub minutes: i64,
    /// What was noted beside the decisions.
    pub note: Option<Phi<String>>,
}

/// What was decided in a meeting. With an owner and a day it is a follow-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeetingDecision {
    /// Id.
    pub id: MeetingDecisionId,
    /// In which meeting.
    pub meeting_id: MeetingId,
    /// About whom; none for what is about no client.
    pub client_id: Option<ClientId>,
    /// Why the client was on the agenda.
    pub topic: Option<Topic>,
    /// The decision.
    pub text: Phi<String>,
    /// Who follows up.
    pub owner_id: Option<StaffId>,
    /// By which day.
    pub due_on: Option<NaiveDate>,
    /// When it was done.
    pub done_at: Option<Instant>,
}
