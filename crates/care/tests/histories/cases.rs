//! Cases: opened by findings, told to people, taken up and closed by them; ladders that call as long as nobody does.

use crate::event::CaseAct;
use crate::planning::About;
use crate::planted::Planted;
use crate::step::Effect;
use crate::world::{Rung, State};
use care::case::{Case, CaseState, Decision, Disposition, DueFacts, Reason, ReasonLevel, case_due, due, due_again};
use care::ladder::{self, LadderStep, People};
use care::message::{CancelReason, Channel, MessageKind};
use care::review::NewReason;
use care::{CaseId, Instant, ReasonId, StaffId};
use chrono::Duration;

impl State {
    fn people(&self, owner: &StaffId, now: Instant) -> People {
        let supervisors = [StaffId::from_text("sue")];
        self.roster.people(owner, &supervisors, &self.site, now, self.practice_zone, &self.settings)
    }

    fn responsible(&self, now: Instant) -> StaffId {
        self.roster
            .responsible(Some(&Self::clinician()), &self.site, now, self.practice_zone, &self.settings)
            .expect("somebody may sign in")
    }

    pub fn open_case(&self) -> Option<usize> {
        self.cases.iter().position(|case| case.state.is_open())
    }

    /// Opens the episode's case for new reasons, or extends the open one.
    pub fn raise(&mut self, packet: Option<usize>, reasons: &[NewReason], now: Instant) {
        if reasons.is_empty() {
            return;
        }
        let at = self.open_case().unwrap_or_else(|| {
            self.cases.push(Case {
                id: CaseId::from_text(format!("c{}", self.cases.len())),
                client_id: self.episode.client_id.clone(),
                episode_id: self.episode.id.clone(),
                owner_id: self.responsible(now),
                state: CaseState::Open,
                decision: None,
                opened_at: now,
                due_at: now + Duration::days(14),
                closed_at: None,
                revision: 0,
            });
            self.cases.len() - 1
        });
        let people = self.people(&self.cases[at].owner_id.clone(), now);
        let sessions = self.sessions();
        let mut reasons: Vec<&NewReason> = reasons.iter().collect();
        reasons.sort_by_key(|reason| std::cmp::Reverse(reason.level));
        let mut told = Vec::new();
        for new in reasons {
            let facts =
                DueFacts { raised_at: now, zone: self.practice_zone, settings: &self.settings, sessions: &sessions };
            let id = ReasonId::from_text(format!("r{}", self.reasons.len()));
            let due_at = due(new.level, &facts);
            let reason = Reason {
                packet_id: packet.map(|at| self.packets[at].id.clone()),
                ..new.clone().raised(id, self.cases[at].id.clone(), now, due_at)
            };
            self.reasons.push(reason.clone());
            self.cases[at] =
                self.cases[at].with_reason(reason.level, reason.due_at).expect("an open case takes a reason");
            self.tell(&people, &reason, &mut told, now);
            self.begin_ladder(&people, &reason, now);
        }
    }

    fn tell(&mut self, people: &People, reason: &Reason, told: &mut Vec<StaffId>, now: Instant) {
        let kind = if reason.rule.is_risk() { MessageKind::RiskNotice } else { MessageKind::CaseNotice };
        let both = [Channel::Email, Channel::Sms];
        let channels = if reason.level == ReasonLevel::Urgent { &both[..] } else { &both[..1] };
        let about = About { case: &reason.case_id, reason: &reason.id, key: format!("reason:{}:notice", reason.id) };
        let at_once = ladder::told_at_once(reason.level, people);
        for person in at_once.iter().filter(|person| !told.contains(person)) {
            self.tell_staff(kind, person, &about, channels, now);
        }
        let later = ladder::supervisors_told_at(reason.kind(), now, &self.settings);
        for person in people.supervisors.iter().filter(|person| !at_once.contains(person) && !told.contains(person)) {
            self.tell_staff(kind, person, &about, channels, later);
        }
        told.extend(at_once);
    }

    fn ladder_of(&self, people: &People, reason: &Reason) -> Vec<LadderStep> {
        let (raised_at, due_at) = (reason.raised_at, reason.due_at);
        ladder::steps(reason.kind(), raised_at, due_at, self.practice_zone, &self.settings, people)
    }

    fn begin_ladder(&mut self, people: &People, reason: &Reason, now: Instant) {
        if !reason.has_ladder(self.case_of(reason).state) {
            return;
        }
        let steps = self.ladder_of(people, reason);
        let Some(first) = steps.first() else { return };
        if first.at <= now {
            self.put_up(reason, first, Some(now));
            if let Some(next) = ladder::next_step(reason.kind(), &steps, Some(first.rung), &self.settings, now) {
                self.put_up(reason, &next, None);
            }
        } else {
            self.put_up(reason, first, None);
        }
    }

    fn put_up(&mut self, reason: &Reason, step: &LadderStep, fired_at: Option<Instant>) {
        let is_there = self.rungs.iter().any(|rung| rung.reason == reason.id && rung.place == step.rung);
        let is_left_out = self.is(Planted::LadderStops) && step.rung > 1;
        if !is_there && !is_left_out {
            self.rungs.push(Rung { reason: reason.id.clone(), place: step.rung, due_at: step.at, fired_at });
        }
    }

    /// Climbs the rungs that are due, each reason's in its order.
    pub fn escalate(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        for at in 0..self.reasons.len() {
            let reason = self.reasons[at].clone();
            if reason.acknowledged_at.is_some() && !self.is(Planted::CallsAfterAcknowledgement) {
                continue;
            }
            let owner = self.case_of(&reason).owner_id.clone();
            let people = self.people(&owner, now);
            let steps = self.ladder_of(&people, &reason);
            loop {
                let is_due = |rung: &Rung| rung.reason == reason.id && rung.fired_at.is_none() && rung.due_at <= now;
                let again = |rung: &Rung| self.is(Planted::RungTwice) && rung.reason == reason.id && rung.place == 1;
                let due = self.rungs.iter().filter(|rung| is_due(rung)).min_by_key(|rung| rung.place);
                let Some(due) = due.map(|rung| rung.place) else { break };
                let twice = self.rungs.iter().any(|rung| again(rung) && rung.fired_at.is_some());
                let rung = if twice { 1 } else { due };
                for one in self.rungs.iter_mut().filter(|one| one.reason == reason.id && one.place == due) {
                    one.fired_at = Some(now);
                }
                effects.push(Effect::Climbed { reason: at, rung });
                let called = steps.iter().find(|step| step.rung == due).or(steps.last()).cloned();
                let about = About {
                    case: &reason.case_id,
                    reason: &reason.id,
                    key: format!("reason:{}:rung:{due}", reason.id),
                };
                for person in called.map_or(Vec::new(), |step| step.to) {
                    let both = [Channel::Email, Channel::Sms];
                    let channels = if reason.rule.is_risk() { &both[..] } else { &both[..1] };
                    self.tell_staff(MessageKind::Escalation, &person, &about, channels, now);
                }
                if let Some(next) = ladder::next_step(reason.kind(), &steps, Some(due), &self.settings, now) {
                    self.put_up(&reason, &next, None);
                }
            }
        }
    }

    pub fn case_of(&self, reason: &Reason) -> &Case {
        self.cases.iter().find(|case| case.id == reason.case_id).expect("a reason's case")
    }

    /// Due dates follow the sessions and the reasons.
    fn with_due_dates(&mut self, at: usize) {
        let sessions = self.sessions();
        let id = self.cases[at].id.clone();
        let mut of_case: Vec<Reason> = self.reasons.iter().filter(|reason| reason.case_id == id).cloned().collect();
        for reason in of_case.iter_mut().filter(|reason| reason.is_open()) {
            let facts = DueFacts {
                raised_at: reason.raised_at,
                zone: self.practice_zone,
                settings: &self.settings,
                sessions: &sessions,
            };
            reason.due_at = due_again(reason, &facts);
        }
        if let Some(due_at) = case_due(&of_case) {
            self.cases[at].due_at = due_at;
        }
        for changed in of_case {
            let row = self.reasons.iter_mut().find(|reason| reason.id == changed.id).expect("the same reason");
            *row = changed.clone();
            let begins_at = ladder::starts_at(changed.kind(), changed.raised_at, changed.due_at, &self.settings);
            let moves = |rung: &&mut Rung| rung.reason == changed.id && rung.place == 0 && rung.fired_at.is_none();
            if changed.acknowledged_at.is_none() {
                self.rungs.iter_mut().filter(moves).for_each(|rung| rung.due_at = begins_at);
            }
        }
    }

    pub fn sessions_changed(&mut self) {
        if let Some(at) = self.open_case() {
            self.with_due_dates(at);
        }
    }

    /// Somebody does something with the open case.
    pub fn act(&mut self, act: CaseAct, now: Instant) {
        if act == CaseAct::Reopen {
            if self.open_case().is_none()
                && let Some(last) = self.cases.len().checked_sub(1)
                && let Ok(open) = self.cases[last].reopen(now)
            {
                self.cases[last] = open;
                self.with_due_dates(last);
            }
            return;
        }
        let Some(at) = self.open_case() else { return };
        let (case, by) = (self.cases[at].clone(), self.cases[at].owner_id.clone());
        let of_case: Vec<Reason> = self.reasons.iter().filter(|one| one.case_id == case.id).cloned().collect();
        let after = match act {
            CaseAct::Acknowledge => {
                for reason in self.reasons.iter_mut().filter(|one| one.case_id == case.id) {
                    if let Some(taken_up) = reason.acknowledge(by.clone(), now) {
                        *reason = taken_up;
                    }
                }
                self.change_where(
                    |one| one.case_id.as_ref() == Some(&case.id) && one.kind == MessageKind::Escalation,
                    |one| one.cancelled(CancelReason::Acknowledged),
                );
                case.acknowledge()
            }
            CaseAct::Review => case.review(),
            CaseAct::Discuss => case.discuss(),
            CaseAct::Decide => case.decide(Decision::NoChange),
            CaseAct::Dispose => {
                let can = |reason: &Reason| reason.dispose(Disposition::AssessedSafe, now).ok();
                let Some(disposed) = of_case.iter().find_map(can) else { return };
                let row = self.reasons.iter_mut().find(|one| one.id == disposed.id).expect("the same reason");
                *row = disposed;
                Ok(Case { revision: case.revision + 1, ..case.clone() })
            }
            CaseAct::Close if self.is(Planted::ClosedTooEarly) => {
                Ok(Case { state: CaseState::Closed, closed_at: Some(now), ..case.clone() })
            }
            CaseAct::Close => case.close(&of_case, now),
            CaseAct::Reopen => return,
        };
        let Ok(after) = after else { return };
        self.cases[at] = after;
        if matches!(act, CaseAct::Acknowledge | CaseAct::Dispose) {
            self.with_due_dates(at);
        }
    }

    /// Cases of people who are away are passed on.
    pub fn settle_leaves(&mut self, now: Instant) {
        let Some(at) = self.open_case() else { return };
        let owner = self.cases[at].owner_id.clone();
        if self.roster.leave_of(&owner).is_none() {
            return;
        }
        let to = self.roster.stand_in(&owner).unwrap_or_else(|| self.responsible(now));
        if to == owner {
            return;
        }
        let Ok(after) = self.cases[at].hand_over(to.clone()) else { return };
        self.cases[at] = after.clone();
        let open: Vec<Reason> =
            self.reasons.iter().filter(|one| one.case_id == after.id && one.is_open()).cloned().collect();
        let waits = |reason: &&Reason| reason.rule.is_risk() && reason.acknowledged_at.is_none();
        let Some(reason) = open.iter().filter(waits).max_by_key(|one| one.level).or_else(|| open.last()) else {
            return;
        };
        let both = [Channel::Email, Channel::Sms];
        let is_urgent = waits(&reason) && reason.level == ReasonLevel::Urgent;
        let kind = if waits(&reason) { MessageKind::RiskNotice } else { MessageKind::CaseNotice };
        let channels = if is_urgent { &both[..] } else { &both[..1] };
        let key = format!("case:{}:owner:{}", after.id, after.revision);
        let about = About { case: &after.id, reason: &reason.id, key };
        self.tell_staff(kind, &to, &about, channels, now);
    }
}
