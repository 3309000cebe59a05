//! The clinician's desk in an invented past: cases opened, taken up, decided and closed by the rules of `care::case`, as
//! rows in their final state. What is still open at the end goes on through the workflows like any other case. What is done
//! differently after a case, and whether it helped, is [`plan`]'s and [`verified`]'s.

mod plan;
mod verified;

use super::seed::{Seeder, ZONE};
use anyhow::Result;
use care::case::{
    Case, CaseState, Decision, Disposition, DueFacts, PlanChange, Reason, ReasonLevel, Step, StepKind, Verification,
    case_due, due, due_again, expects_verification,
};
use care::episode::Episode;
use care::ladder::{self, People};
use care::message::{Channel, Message, MessageKind, MessageState};
use care::review::NewReason;
use care::staff::Actor;
use care::{CaseId, Instant, MessageId, PacketId, Phi, ReasonId, ResponseId, StaffId, StepId};
use chrono::Duration;
use rand::{Rng, RngExt};
use rand_chacha::ChaCha12Rng;
use store::AuditEntry;
use store::history::{Past, Verified};
use store::standing::Standing;
use workflows::audit;

/// The cases of one episode.
pub struct Desk<'a> {
    seeder: &'a Seeder,
    episode: &'a Episode,
    people: &'a People,
    sessions: Vec<Instant>,
    /// The open case.
    case: Option<Case>,
    steps: Vec<Step>,
    messages: Vec<Message>,
    closed_cases: Vec<Case>,
    /// What came of the closed ones so far.
    verified: Vec<Verified>,
    plan_changes: Vec<PlanChange>,
    /// Chance of its own: what clinicians write changes nothing about what clients answer.
    words: ChaCha12Rng,
}

/// The reasons of an episode's cases, as the rules want to know them.
pub struct Reasons<'a> {
    /// Those of the open case.
    pub open: &'a mut Vec<Reason>,
    /// Those of closed ones.
    pub closed: &'a mut Vec<Reason>,
}

impl<'a> Reasons<'a> {
    pub fn of(standing: &'a mut Standing) -> Self {
        Self { open: &mut standing.open, closed: &mut standing.closed }
    }
}

impl<'a> Desk<'a> {
    pub fn new(
        seeder: &'a Seeder,
        episode: &'a Episode,
        people: &'a People,
        sessions: Vec<Instant>,
        words: ChaCha12Rng,
    ) -> Self {
        let (case, steps, messages, closed_cases) = (None, Vec::new(), Vec::new(), Vec::new());
        let (verified, plan_changes) = (Vec::new(), Vec::new());
        Self { seeder, episode, people, sessions, case, steps, messages, closed_cases, verified, plan_changes, words }
    }

    fn facts(&self, raised_at: Instant) -> DueFacts<'_> {
        DueFacts { raised_at, zone: ZONE, settings: &self.seeder.settings, sessions: &self.sessions }
    }

    /// Opens the case for new reasons, or extends the open one.
    pub fn raise(
        &mut self,
        journal: &mut Vec<AuditEntry>,
        open: &mut Vec<Reason>,
        packet: Option<&PacketId>,
        response: Option<&ResponseId>,
        mut new: Vec<NewReason>,
    ) -> Result<()> {
        if new.is_empty() {
            return Ok(());
        }
        let ctx = &self.seeder.ctx;
        let now = ctx.now();
        let (mut case, is_new) = match self.case.take() {
            Some(case) => (case, false),
            None => (self.fresh(now), true),
        };
        if is_new {
            let owner = case.owner_id.clone();
            self.step(&case, StepKind::Opened, None, Some(&owner), None);
        }
        new.sort_by_key(|reason| std::cmp::Reverse(reason.level));
        let mut told = Vec::new();
        for (position, new) in new.into_iter().enumerate() {
            let due_at = due(new.level, &self.facts(now));
            let reason = Reason {
                response_id: response.cloned(),
                packet_id: packet.cloned(),
                ..new.raised(ctx.id(ReasonId::new), case.id.clone(), now, due_at)
            };
            if !(is_new && position == 0) {
                self.step(&case, StepKind::ReasonAdded, None, None, None);
            }
            case = case.with_reason(reason.level, reason.due_at)?;
            self.tell(&case, &reason, &mut told);
            open.push(reason);
        }
        journal.push(
            audit::entry(ctx, &Actor::System, "case.raise", "case", case.id.as_str())
                .with("owner", case.owner_id.as_str()),
        );
        self.case = Some(case);
        Ok(())
    }

    fn fresh(&self, now: Instant) -> Case {
        Case {
            id: self.seeder.ctx.id(CaseId::new),
            client_id: self.episode.client_id.clone(),
            episode_id: self.episode.id.clone(),
            owner_id: self.people.owner.clone(),
            state: CaseState::Open,
            decision: None,
            opened_at: now,
            due_at: now + Duration::days(14),
            closed_at: None,
            revision: 0,
        }
    }

    /// Who was told, as the workflow tells them.
    fn tell(&mut self, case: &Case, reason: &Reason, told: &mut Vec<StaffId>) {
        let now = self.seeder.ctx.now();
        let kind = if reason.rule.is_risk() { MessageKind::RiskNotice } else { MessageKind::CaseNotice };
        let channels: &[Channel] =
            if reason.level == ReasonLevel::Urgent { &[Channel::Email, Channel::Sms] } else { &[Channel::Email] };
        let at_once = ladder::told_at_once(reason.level, self.people);
        for person in at_once.iter().filter(|person| !told.contains(person)) {
            self.notices(case, reason, kind, person, channels, now);
            self.step(case, StepKind::Notified, None, Some(person), None);
        }
        let later = ladder::supervisors_told_at(reason.kind(), now, &self.seeder.settings);
        for person in &self.people.supervisors {
            if !at_once.contains(person) && !told.contains(person) {
                self.notices(case, reason, kind, person, channels, later);
            }
        }
        told.extend(at_once);
    }

    fn notices(
        &mut self,
        case: &Case,
        reason: &Reason,
        kind: MessageKind,
        to: &StaffId,
        channels: &[Channel],
        due_at: Instant,
    ) {
        let is_past = due_at < self.seeder.now;
        for channel in channels {
            let id = self.seeder.ctx.id(MessageId::new);
            let unique_key = format!("reason:{}:notice:{to}:{channel}", reason.id);
            self.messages.push(Message {
                staff_id: Some(to.clone()),
                case_id: Some(case.id.clone()),
                reason_id: Some(reason.id.clone()),
                state: if is_past { MessageState::Delivered } else { MessageState::Planned },
                attempt: i64::from(is_past),
                sent_at: is_past.then_some(due_at),
                ..Message::planned(id, kind, *channel, unique_key, due_at)
            });
        }
    }

    fn step(&mut self, case: &Case, kind: StepKind, by: Option<&StaffId>, to: Option<&StaffId>, note: Option<&str>) {
        let ctx = &self.seeder.ctx;
        self.steps.push(Step {
            id: ctx.id(StepId::new),
            case_id: case.id.clone(),
            kind,
            at: ctx.now(),
            by: by.cloned(),
            to: to.cloned(),
            note: note.map(|note| Phi::new(note.to_owned())),
        });
    }

    /// A clinician works the open case, if it was opened long enough before `until`.
    pub fn work(
        &mut self,
        journal: &mut Vec<AuditEntry>,
        rng: &mut impl Rng,
        reasons: Reasons<'_>,
        until: Instant,
    ) -> Result<()> {
        let Some(case) = self.case.take() else { return Ok(()) };
        let Reasons { open, closed } = reasons;
        let risky = open.iter().any(|reason| reason.rule.is_risk());
        let latest = open.iter().map(|reason| reason.raised_at).max().unwrap_or(case.opened_at);
        let taken_up = latest
            + if risky {
                Duration::minutes(rng.random_range(6..110))
            } else {
                Duration::hours(rng.random_range(3..60))
            };
        if taken_up > until || taken_up > self.seeder.now {
            self.case = Some(case);
            return Ok(());
        }
        let by = case.owner_id.clone();
        let mut case = self.acknowledge(journal, case, &by, open, taken_up)?;
        let reviewed = taken_up + Duration::hours(2);
        let ended = taken_up + Duration::days(rng.random_range(2..8));
        if ended > until || ended > self.seeder.now {
            self.case = Some(case);
            return Ok(());
        }
        case = case.review()?;
        self.done(journal, &case, (StepKind::Reviewed, "case.review"), &by, reviewed, None);
        case = case.discuss()?;
        let note = "Looked at the course together in session.";
        self.done(journal, &case, (StepKind::Discussed, "case.discuss"), &by, ended, Some(note));
        for reason in open.iter_mut().filter(|reason| reason.rule.is_risk()) {
            let how =
                if reason.level == ReasonLevel::Urgent { Disposition::SafetyPlan } else { Disposition::AssessedSafe };
            *reason = reason.dispose(how, ended)?;
            case.revision += 1;
            let note = "Asked directly; plan agreed and written down.";
            self.done(journal, &case, (StepKind::Disposed, "case.dispose"), &by, ended, Some(note));
        }
        self.redate(&mut case, open);
        case = case.decide(if rng.random_bool(0.65) { Decision::PlanChanged } else { Decision::NoChange })?;
        if case.decision == Some(Decision::PlanChanged) {
            self.change_plan(&case, &by, ended);
        }
        let note = "Agreed on the next four sessions.";
        self.done(journal, &case, (StepKind::Decided, "case.decide"), &by, ended, Some(note));
        case = case.close(open, ended)?;
        let note = "Review again at the next flag.";
        self.done(journal, &case, (StepKind::Closed, "case.close"), &by, ended, Some(note));
        if expects_verification(case.decision, open) {
            self.verified.push(Verified {
                case_id: case.id.clone(),
                state: Verification::Pending,
                closed_at: ended,
                decided_at: None,
            });
        }
        closed.append(open);
        self.closed_cases.push(case);
        Ok(())
    }

    /// Taken up, unless it was before and nothing new has come.
    fn acknowledge(
        &mut self,
        journal: &mut Vec<AuditEntry>,
        case: Case,
        by: &StaffId,
        open: &mut [Reason],
        at: Instant,
    ) -> Result<Case> {
        let waiting = open.iter().any(|reason| reason.acknowledged_at.is_none());
        if !waiting && case.state != CaseState::Open {
            return Ok(case);
        }
        for reason in open.iter_mut() {
            if let Some(taken_up) = reason.acknowledge(by.clone(), at) {
                *reason = taken_up;
            }
        }
        let mut case = case.acknowledge()?;
        self.redate(&mut case, open);
        self.done(journal, &case, (StepKind::Acknowledged, "case.acknowledge"), by, at, None);
        Ok(case)
    }

    fn redate(&self, case: &mut Case, open: &mut [Reason]) {
        for reason in open.iter_mut().filter(|reason| reason.is_open()) {
            reason.due_at = due_again(reason, &self.facts(reason.raised_at));
        }
        case.due_at = case_due(open).unwrap_or(case.due_at);
    }

    fn done(
        &mut self,
        journal: &mut Vec<AuditEntry>,
        case: &Case,
        (kind, action): (StepKind, &str),
        by: &StaffId,
        at: Instant,
        note: Option<&str>,
    ) {
        self.seeder.clock.set(at);
        self.step(case, kind, Some(by), None, note);
        journal.push(
            audit::entry(&self.seeder.ctx, &Actor::Staff(by.clone()), action, "case", case.id.as_str())
                .with("client", case.client_id.as_str()),
        );
    }

    /// Everything as rows.
    pub fn clear(mut self, past: &mut Past) {
        self.look_at_plans();
        past.cases.extend(self.closed_cases);
        past.cases.extend(self.case);
        past.steps.extend(self.steps);
        past.messages.extend(self.messages);
        past.verified.extend(self.verified);
        past.plan_changes.extend(self.plan_changes);
    }
}
