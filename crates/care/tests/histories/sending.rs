//! Workers: look, claim, send, settle; each step by itself, so that anything may come in between. And what comes back.

use crate::event::{Fate, Say};
use crate::outside::{Outside, REQUEST};
use crate::planted::Planted;
use crate::step::{Effect, Moment};
use crate::world::{State, index};
use care::delivery::{
    Answer, Next, Outcome, Told, Verdict, When, about_check_in, about_reason, after_doubt, after_interruption,
    is_overslept, unsent, verdict, when, wordless,
};
use care::message::{CancelReason, Channel, Instead, Message, MessageKind, MessageState, UnusableReason};
use care::packet::PacketState;
use care::practice::TaskKind;
use care::{Entropy, Instant};
use chrono::Duration;

/// How long after an attempt the provider is asked.
const ASKED_FOR: Duration = Duration::hours(24);
/// How many due messages a worker looks at together.
const BATCH: usize = 4;

/// What a worker holds in memory.
#[derive(Debug, Clone, Default)]
pub enum Worker {
    #[default]
    Idle,
    /// It has seen that these are due.
    Looked(Vec<usize>),
    /// Its intent is on record.
    Claimed { at: usize, message: Message, when: When, since: Instant },
    /// Its request is on its way since.
    Requested { at: usize, message: Message, since: Instant },
    /// It knows what to put on record.
    Answered { at: usize, message: Message, verdict: Verdict },
}

/// What the provider says of a message it took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    Sent,
    Delivered,
    Failed,
    OptedOut,
}

enum Check {
    Send(When),
    Unsent(CancelReason),
    Postpone(Instant),
}

impl State {
    /// Messages that are due, or whose worker is gone; those to staff first.
    pub fn due(&self, now: Instant) -> Vec<usize> {
        let is_due = |message: &Message| match message.state {
            MessageState::Planned => message.due_at <= now,
            MessageState::Sending => {
                message.lease_until.is_some_and(|until| until < now) && !self.is(Planted::LeasesForEver)
            }
            _ => false,
        };
        let mut due: Vec<usize> = (0..self.messages.len()).filter(|at| is_due(&self.messages[*at])).collect();
        due.sort_by_key(|at| (self.messages[*at].staff_id.is_none(), self.messages[*at].due_at));
        due.truncate(BATCH);
        due
    }

    /// A worker's next step.
    pub fn turn(
        &mut self,
        worker: usize,
        say: Say,
        moment: Moment,
        outside: &Outside,
        entropy: &dyn Entropy,
        effects: &mut Vec<Effect>,
    ) {
        let now = moment.now;
        let next = match std::mem::take(&mut self.workers[worker]) {
            Worker::Idle => {
                let due = self.due(now);
                if due.is_empty() { Worker::Idle } else { Worker::Looked(due) }
            }
            Worker::Looked(mut due) => {
                let at = due.remove(0);
                match self.claim(at, now) {
                    Some((message, when)) => {
                        effects.push(Effect::Claimed { message: at, worker });
                        Worker::Claimed { at, message, when, since: moment.truly }
                    }
                    None if due.is_empty() => Worker::Idle,
                    None => Worker::Looked(due),
                }
            }
            Worker::Claimed { at, message, when, since } => {
                let held = moment.truly - since;
                self.depart(at, message, when, held, say, moment, outside)
            }
            Worker::Requested { at, message, since } => {
                let is_late = moment.truly > since + REQUEST;
                let say = if is_late { Say::Hang } else { say };
                let answer = Self::answer_of(at, &message, say, worker, effects);
                let verdict = verdict(answer, &message, self.ends_at(&message), now, entropy);
                let verdict = match verdict {
                    Verdict::Unknown if self.is(Planted::ResendOnUnknown) => {
                        Verdict::Retry { at: now, code: "again".to_owned() }
                    }
                    other => other,
                };
                Worker::Answered { at, message, verdict }
            }
            Worker::Answered { at, message, verdict } => {
                self.record(at, &message, verdict, now);
                Worker::Idle
            }
        };
        self.workers[worker] = next;
    }

    /// Claims a message and looks again at everything that may have changed. None when it is not to be sent now.
    fn claim(&mut self, at: usize, now: Instant) -> Option<(Message, When)> {
        let message = self.messages[at].claimed(now)?;
        self.messages[at] = message.clone();
        let check =
            if message.client_id.is_some() { self.check_client(&message, now) } else { self.check_staff(&message) };
        match check {
            Check::Send(when) => return Some((message, when)),
            Check::Unsent(reason) => self.settle(at, &message, &unsent(&message, reason, now), now),
            Check::Postpone(until) => {
                self.settle(at, &message, &Outcome::Retry { at: until, code: "quiet_hours".to_owned() }, now)
            }
        };
        None
    }

    fn check_client(&self, message: &Message, now: Instant) -> Check {
        let is_blind = self.is(Planted::NoLookAgain);
        if let Some(reason) = self.reach[index(message.channel)].bars(message.kind).filter(|_| !is_blind) {
            return Check::Unsent(reason);
        }
        let Some(packet) = message.packet_id.as_ref().map(|id| &self.packets[self.packet(id)]) else {
            return Check::Send(When::Now);
        };
        if let Some(reason) = about_check_in(message, packet, self.episode.state, now).filter(|_| !is_blind) {
            return Check::Unsent(reason);
        }
        if self.is(Planted::NoHours) {
            return Check::Send(When::Now);
        }
        match when(message.kind, packet.expires_at, now, &self.hours()) {
            when if message.is_interrupted() => Check::Send(when),
            When::Now => Check::Send(When::Now),
            When::At(at) => Check::Postpone(at),
            When::Never => Check::Unsent(CancelReason::QuietHours),
        }
    }

    fn check_staff(&self, message: &Message) -> Check {
        let reason = message.reason_id.as_ref().and_then(|id| self.reasons.iter().find(|one| one.id == *id));
        if let Some(reason) = about_reason(message, reason) {
            return Check::Unsent(reason);
        }
        Check::Send(When::Now)
    }

    fn ends_at(&self, message: &Message) -> Option<Instant> {
        message.packet_id.as_ref().map(|id| self.packets[self.packet(id)].expires_at)
    }

    /// Everything before the request.
    #[expect(clippy::too_many_arguments, reason = "what a worker holds, and what it meets")]
    fn depart(
        &mut self,
        at: usize,
        message: Message,
        when: When,
        held: Duration,
        say: Say,
        moment: Moment,
        outside: &Outside,
    ) -> Worker {
        let now = moment.now;
        if say == Say::NoWords {
            let verdict = wordless(&message, self.ends_at(&message), now);
            return Worker::Answered { at, message, verdict };
        }
        if message.is_interrupted() && message.client_id.is_some() && !self.is(Planted::ResendAfterDeath) {
            let told = outside.tell(at, &message, self.tokens[at], moment.truly);
            match after_interruption(told, when) {
                Next::Adopt => {
                    let verdict = Verdict::Sent { provider_id: format!("x{at}") };
                    return Worker::Answered { at, message, verdict };
                }
                Next::Doubt => return Worker::Answered { at, message, verdict: Verdict::Unknown },
                Next::Wait(at_dawn) => {
                    let verdict = Verdict::Retry { at: at_dawn, code: "quiet_hours".to_owned() };
                    return Worker::Answered { at, message, verdict };
                }
                Next::GiveUp => return Worker::Answered { at, message, verdict: Verdict::TooLate },
                Next::Send => {}
            }
        }
        if is_overslept(&message, now, held) && !self.is(Planted::NoMargin) {
            return Worker::Answered { at, message, verdict: Verdict::Retry { at: now, code: "overslept".to_owned() } };
        }
        Worker::Requested { at, message, since: moment.truly }
    }

    /// What the provider does with the request, and what of its answer comes back.
    fn answer_of(at: usize, message: &Message, say: Say, worker: usize, effects: &mut Vec<Effect>) -> Answer {
        let accepted = || Answer::Accepted { provider_id: format!("x{at}") };
        let is_text_to_client = message.client_id.is_some() && message.channel == Channel::Sms;
        match say {
            Say::Accept(fate) => {
                effects.push(Effect::Taken { message: at, worker, fate });
                accepted()
            }
            Say::AcceptAndHang(fate) => {
                effects.push(Effect::Taken { message: at, worker, fate });
                Answer::Ambiguous
            }
            Say::Hang => Answer::Ambiguous,
            Say::Later(minutes) => Answer::NotTaken {
                after: (minutes > 0).then(|| Duration::minutes(i64::from(minutes))),
                code: "retry".to_owned(),
            },
            Say::OptedOut if is_text_to_client => Answer::OptedOut,
            Say::Refuse | Say::NoWords | Say::OptedOut => Answer::Refused { code: "30008".to_owned() },
            Say::NoSuchAddress => Answer::Refused { code: no_such_address(message.channel).to_owned() },
        }
    }

    /// Puts a verdict on record.
    fn record(&mut self, at: usize, message: &Message, verdict: Verdict, now: Instant) {
        let text = "{link}".to_owned();
        match verdict {
            Verdict::Sent { provider_id } => {
                self.settle(at, message, &Outcome::Sent { provider_id, text, at: now }, now);
            }
            Verdict::Retry { at: again, code } => {
                let is_alarm = message.staff_id.is_some()
                    && matches!(message.kind, MessageKind::RiskNotice | MessageKind::Escalation);
                if self.settle(at, message, &Outcome::Retry { at: again, code }, now) && is_alarm {
                    self.fall_back(message, Instead::NotArrived, now);
                }
            }
            Verdict::Failed { code } => {
                self.settle(at, message, &Outcome::Failed { code }, now);
            }
            Verdict::OptedOut => {
                self.stop();
                self.settle(at, message, &Outcome::Cancelled { reason: CancelReason::OptedOut }, now);
            }
            Verdict::TooLate => {
                self.settle(at, message, &Outcome::Cancelled { reason: CancelReason::QuietHours }, now);
            }
            Verdict::Unknown => {
                self.settle(at, message, &Outcome::Unknown { text, at: now }, now);
            }
        }
    }

    /// Records what became of an attempt, and what follows from it. `false` when the attempt is no longer the message's own.
    fn settle(&mut self, at: usize, message: &Message, outcome: &Outcome, now: Instant) -> bool {
        let attempt = if self.is(Planted::NoFencing) { self.messages[at].attempt } else { message.attempt };
        let Some(settled) = self.messages[at].settled(attempt, outcome) else { return false };
        self.messages[at] = settled;
        match outcome {
            Outcome::Sent { at: sent_at, .. } => {
                self.tokens[at] = false;
                self.went(message, *sent_at, now);
            }
            Outcome::Retry { .. } => {}
            Outcome::Failed { code } => {
                self.tokens[at] = false;
                self.note_unusable(message, code);
                self.fall_back(message, Instead::NotArrived, now);
                if message.client_id.is_some() {
                    self.tasks.insert(TaskKind::Undeliverable);
                }
            }
            Outcome::Cancelled { reason } => {
                self.tokens[at] = false;
                self.after_cancelled(message, *reason, now);
            }
            Outcome::Unknown { at: tried_at, .. } => {
                if message.client_id.is_some() {
                    self.went(message, *tried_at, now);
                    let waits =
                        message.packet_id.as_ref().is_none_or(|id| self.packets[self.packet(id)].state.is_going_on());
                    if waits {
                        self.tasks.insert(TaskKind::UnknownOutcome);
                    }
                }
            }
        }
        true
    }

    fn note_unusable(&mut self, message: &Message, code: &str) {
        if message.client_id.is_none() {
            return;
        }
        let Some(reason) = UnusableReason::of_code(message.channel, code) else { return };
        let last = self
            .messages
            .iter()
            .filter(|one| one.client_id.is_some() && one.id != message.id && one.channel == message.channel)
            .filter(|one| {
                matches!(one.state, MessageState::Delivered | MessageState::Failed)
                    || (one.channel == Channel::Email && one.state == MessageState::Sent)
            })
            .max_by_key(|one| one.sent_at.unwrap_or(one.due_at));
        let before = last.is_some_and(|one| one.state == MessageState::Failed && one.code.as_deref() == Some(code));
        if reason != UnusableReason::Unreachable || before {
            self.reach[index(message.channel)].is_unusable = true;
        }
    }

    /// Takes in the provider's report of a message.
    pub fn report(&mut self, at: usize, report: Report, code: Option<&str>, now: Instant) {
        let before = self.messages[at].clone();
        let state = match report {
            Report::Sent => MessageState::Sent,
            Report::Delivered => MessageState::Delivered,
            Report::Failed | Report::OptedOut => MessageState::Failed,
        };
        let after = if self.is(Planted::ReportsRegress) && before.attempt > 0 && before.state.rank() >= 3 {
            Some(Message { state, ..before.clone() })
        } else {
            before.reported(&format!("x{at}"), state, code, now)
        };
        let Some(after) = after else { return };
        self.messages[at] = after;
        if matches!(before.state, MessageState::Sending | MessageState::Unknown) {
            self.tokens[at] = false;
            self.went(&before, now, now);
        }
        if state == MessageState::Failed {
            if report == Report::OptedOut {
                if before.client_id.is_some() && before.channel == Channel::Sms {
                    self.stop();
                }
            } else if before.client_id.is_some() {
                self.note_unusable(&before, code.unwrap_or_default());
                self.tasks.insert(TaskKind::Undeliverable);
            }
            let why = if report == Report::OptedOut { Instead::NotPossible } else { Instead::NotArrived };
            self.fall_back(&before, why, now);
        }
    }

    /// What the provider reports of a message with this fate at its end.
    pub fn last_report(channel: Channel, fate: Fate) -> Option<(Report, Option<&'static str>)> {
        match (channel, fate) {
            (Channel::Sms, Fate::Arrives) => Some((Report::Delivered, None)),
            // A mail that arrives is not reported on.
            (Channel::Email, Fate::Arrives) => None,
            (Channel::Sms, Fate::Lost) => Some((Report::Failed, Some("30003"))),
            (Channel::Email, Fate::Lost | Fate::OptedOut) => Some((Report::Failed, Some("bounce-5.4.0"))),
            (channel, Fate::NoSuchAddress) => Some((Report::Failed, Some(no_such_address(channel)))),
            (Channel::Sms, Fate::OptedOut) => Some((Report::OptedOut, Some("21610"))),
        }
    }

    /// The number asked for no more: what was planned as a text goes as a mail at its own time.
    pub fn stop(&mut self) {
        self.reach[index(Channel::Sms)].is_suppressed = true;
        self.tasks.insert(TaskKind::OptedOut);
        let is_planned_text = |one: &Message| {
            one.channel == Channel::Sms && one.state == MessageState::Planned && one.client_id.is_some()
        };
        let planned: Vec<Message> = self.messages.iter().filter(|one| is_planned_text(one)).cloned().collect();
        self.change_where(is_planned_text, |message| message.cancelled(CancelReason::OptedOut));
        for text in planned {
            self.by_mail_instead(&text);
        }
    }

    fn by_mail_instead(&mut self, text: &Message) {
        let Some(base) = care::delivery::base_key(text) else { return };
        if !self.reach[index(Channel::Email)].is_open() {
            return;
        }
        let mut mail = self.blank(text.kind, Channel::Email, format!("{base}{}", Channel::Email), text.due_at);
        mail.client_id.clone_from(&text.client_id);
        mail.packet_id.clone_from(&text.packet_id);
        mail.instead = Some(Instead::NotPossible);
        self.plan_or_bring_back(mail);
    }

    /// Texts may come again: those that STOP took back, for check-ins still to come that nothing else is planned for.
    pub fn start_again(&mut self, now: Instant) {
        self.reach[index(Channel::Sms)].is_suppressed = false;
        for at in 0..self.packets.len() {
            let packet = &self.packets[at];
            if packet.state != PacketState::Planned || packet.sent_at.is_some() {
                continue;
            }
            let id = packet.id.clone();
            let mut messages = self.messages.iter().filter(|one| one.packet_id.as_ref() == Some(&id));
            if messages.all(|one| one.state == MessageState::Cancelled) {
                self.plan_invite(at, now);
            }
        }
    }

    /// Asks the provider about texts whose outcome is unknown.
    pub fn reconcile(&mut self, moment: Moment, outside: &Outside) {
        let now = moment.now;
        for at in 0..self.messages.len() {
            let message = self.messages[at].clone();
            let Some(tried_at) = message.sent_at.filter(|tried_at| *tried_at >= now - ASKED_FOR) else { continue };
            if message.state != MessageState::Unknown || message.channel != Channel::Sms || message.client_id.is_none()
            {
                continue;
            }
            let told = outside.tell(at, &message, self.tokens[at], moment.truly);
            match after_doubt(told, tried_at, now) {
                Next::Adopt => {
                    let text = message.text.clone().unwrap_or_default();
                    let outcome = Outcome::Sent { provider_id: format!("x{at}"), text, at: tried_at };
                    self.settle(at, &message, &outcome, now);
                }
                Next::Send => {
                    self.settle(at, &message, &Outcome::Retry { at: now, code: "not_taken".to_owned() }, now);
                }
                Next::Doubt | Next::Wait(_) | Next::GiveUp => {}
            }
        }
    }

    /// Whether the provider could still be asked about a text.
    pub fn can_be_asked(&self, at: usize, now: Instant, outside: &Outside) -> bool {
        let message = &self.messages[at];
        message.sent_at.is_some_and(|tried_at| tried_at >= now - ASKED_FOR)
            && outside.tell(at, message, self.tokens[at], now) != Told::CannotSay
    }
}

const fn no_such_address(channel: Channel) -> &'static str {
    match channel {
        Channel::Sms => "30005",
        Channel::Email => "bounce-5.1.1",
    }
}
