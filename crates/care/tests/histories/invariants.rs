//! What must hold after every step, said without the rules that bring it about: rows against the provider's ledger, against
//! the journal of what clients were told, and against what the rows were before. Names as in the table of invariants.

use crate::event::{Event, Fate};
use crate::outside::{Outside, Receipt, Taken};
use crate::step::{Effect, Moment};
use crate::world::{State, index};
use care::Instant;
use care::case::{CaseState, ReasonLevel};
use care::episode::EpisodeState;
use care::message::{CancelReason, Channel, Message, MessageKind, MessageState};
use care::packet::PacketState;
use care::practice::TaskKind;
use care::response::{ResponseKind, Rule, Sheet};
use chrono::{Duration, Timelike};
use instruments::Answer;
use std::collections::BTreeSet;

/// Between the last look at what may be sent and the provider's taking it.
const ON_ITS_WAY: Duration = Duration::seconds(120);

/// A worker's claim as it was judged from outside.
#[derive(Debug, Clone)]
struct Permit {
    at: Instant,
    jumps: u32,
    allowed: Result<(), &'static str>,
}

/// What was before, for everything that must not go back.
#[derive(Debug, Default)]
pub struct Watch {
    messages: Vec<(MessageState, i64)>,
    packets: Vec<PacketState>,
    cases: Vec<(CaseState, i64, Option<Instant>)>,
    climbed: BTreeSet<(usize, i64)>,
    /// Check-ins and answers about danger that were found to have their reason.
    judged: BTreeSet<(usize, i64)>,
    permits: [Option<Permit>; 3],
    receipts: Vec<Sheet>,
    /// Channels on which the client could be written to all the time.
    always: Option<[bool; 2]>,
    pub jumps: u32,
}

macro_rules! must {
    ($holds:expr, $($what:tt)*) => {
        if !$holds {
            return Err(format!($($what)*));
        }
    };
}

impl Watch {
    /// Looks at the state after an event, and takes what was seen from outside into its ledger and journal.
    pub fn after(
        &mut self,
        event: Event,
        effects: &[Effect],
        state: &State,
        outside: &mut Outside,
        moment: Moment,
    ) -> Result<(), String> {
        for effect in effects {
            self.effect(*effect, state, outside, moment)?;
        }
        self.messages(state, outside)?;
        self.packets(event, state)?;
        self.cases(state, moment.now)?;
        if effects.iter().any(|effect| matches!(effect, Effect::Saved { .. } | Effect::Receipt { .. })) {
            for (receipt, sheet) in outside.receipts.iter().zip(&self.receipts) {
                let kept = &state.responses[receipt.response];
                must!(kept.sheet == *sheet, "I1: the answers of {} are not those its receipt was for", receipt.packet);
            }
        }
        let open = [Channel::Sms, Channel::Email].map(|channel| state.reach[index(channel)].is_open());
        let before = self.always.unwrap_or([true; 2]);
        self.always = Some([before[0] && open[0], before[1] && open[1]]);
        Ok(())
    }

    fn effect(&mut self, effect: Effect, state: &State, outside: &mut Outside, moment: Moment) -> Result<(), String> {
        match effect {
            Effect::Claimed { message, worker } => {
                let allowed = may_go(state, &state.messages[message], moment.now);
                self.permits[worker] = Some(Permit { at: moment.truly, jumps: self.jumps, allowed });
            }
            Effect::Taken { message, worker, fate } => {
                let row = &state.messages[message];
                let permit = self.permits[worker].clone();
                must!(permit.is_some(), "I6: {} went without an intent on record", row.unique_key);
                let permit = permit.expect("just looked at");
                if let (true, Err(why)) = (row.client_id.is_some(), permit.allowed) {
                    return Err(format!("I7: {} went {why}", row.unique_key));
                }
                must!(
                    permit.jumps != self.jumps || moment.truly - permit.at <= ON_ITS_WAY,
                    "I7: {} went {} after the last look",
                    row.unique_key,
                    moment.truly - permit.at
                );
                outside.taken.push(Taken {
                    message,
                    kind: row.kind,
                    channel: row.channel,
                    packet: row.packet_id.clone(),
                    fate,
                    for_client: row.client_id.is_some(),
                    at: moment.truly,
                });
            }
            Effect::Saved { packet } => danger_has_its_reason(state, packet, &mut self.judged)?,
            Effect::Receipt { packet, response } => {
                let id = state.packets[packet].id.clone();
                let known = outside.receipts.iter().find(|one| one.packet == id);
                must!(known.is_none_or(|one| one.response == response), "I2: {id} has two receipts");
                if known.is_none() {
                    outside.receipts.push(Receipt { packet: id, response });
                    self.receipts.push(state.responses[response].sheet.clone());
                }
                danger_has_its_reason(state, packet, &mut self.judged)?;
            }
            Effect::Climbed { reason, rung } => {
                must!(self.climbed.insert((reason, rung)), "I5: rung {rung} of reason {reason} was climbed twice");
                let is_taken_up = state.reasons[reason].acknowledged_at.is_some();
                must!(!is_taken_up, "I5: reason {reason} was taken up, and its ladder goes on");
            }
        }
        Ok(())
    }

    fn messages(&mut self, state: &State, outside: &Outside) -> Result<(), String> {
        for (at, message) in state.messages.iter().enumerate() {
            let key = &message.unique_key;
            let taken = outside.taken.iter().filter(|one| one.message == at).count();
            if message.client_id.is_some() {
                must!(taken <= 1, "I6: {key} went {taken} times");
                let is_unsent = matches!(message.state, MessageState::Planned | MessageState::Cancelled);
                must!(!(is_unsent && taken > 0), "I6: {key} went and is called {}", message.state);
                let has_failed = message.state == MessageState::Failed;
                let did_arrive = outside.taken.iter().any(|one| one.message == at && one.fate == Fate::Arrives);
                must!(!(has_failed && did_arrive), "I6: {key} arrived and is called failed");
                let is_doubtful = message.state == MessageState::Unknown
                    && message.packet_id.as_ref().is_some_and(|id| state.packets[state.packet(id)].state.is_going_on());
                must!(
                    !is_doubtful || state.tasks.contains(&TaskKind::UnknownOutcome),
                    "I6: nobody sees that {key} is unknown"
                );
            }
            let has_gone = matches!(message.state, MessageState::Sent | MessageState::Delivered);
            must!(!has_gone || taken > 0, "I6: {key} is called {} and never went", message.state);
            must!(!has_gone || message.sent_at.is_some(), "I6: {key} went nobody knows when");
            must!(
                message.state != MessageState::Sending || message.lease_until.is_some(),
                "I8: {key} is held for ever"
            );
            let now = (message.state, message.attempt);
            match self.messages.get_mut(at) {
                None => self.messages.push(now),
                Some(before) if *before == now => {}
                Some(before) => {
                    let (was, tries) = *before;
                    let is_back = matches!(
                        (was, message.state),
                        (MessageState::Sending | MessageState::Unknown, MessageState::Planned)
                    ) || was == MessageState::Cancelled;
                    must!(
                        is_back || message.state.rank() >= was.rank(),
                        "I6: {key} was {was} and is {}",
                        message.state
                    );
                    must!(message.attempt >= tries, "I6: {key} lost an attempt");
                    *before = now;
                }
            }
        }
        one_of_a_kind(state, outside)
    }

    fn packets(&mut self, event: Event, state: &State) -> Result<(), String> {
        for (at, packet) in state.packets.iter().enumerate() {
            let id = &packet.id;
            match self.packets.get_mut(at) {
                None => self.packets.push(packet.state),
                Some(before) if *before == packet.state => {}
                Some(before) => {
                    must!(before.is_going_on(), "I2: {id} was {before} and is {}", packet.state);
                    let by_person = matches!(event, Event::Withdraw(_) | Event::Discharge);
                    must!(
                        packet.state != PacketState::Withdrawn || packet.started_at.is_none() || by_person,
                        "I1: {id} was taken back while it was answered"
                    );
                    *before = packet.state;
                }
            }
            let originals =
                state.responses.iter().filter(|one| one.packet == at && one.kind == ResponseKind::Original).count();
            let wanted = usize::from(packet.state == PacketState::Completed);
            must!(originals == wanted, "I2: {id} is {} with {originals} responses that count", packet.state);
            let base = |slot: &str| slot.split('#').next().unwrap_or_default().to_owned();
            let is_twin = |other: &care::packet::Packet| {
                other.id != packet.id
                    && other.state.is_going_on()
                    && other.appointment_id == packet.appointment_id
                    && base(&other.slot) == base(&packet.slot)
            };
            let has_twin = packet.state.is_going_on() && packet.appointment_id.is_some();
            must!(
                !(has_twin && state.packets.iter().any(is_twin)),
                "I2: two check-ins for one session: {}",
                packet.slot
            );
        }
        Ok(())
    }

    fn cases(&mut self, state: &State, now: Instant) -> Result<(), String> {
        let open = state.cases.iter().filter(|case| case.state.is_open()).count();
        must!(open <= 1, "I4: {open} open cases");
        for (at, case) in state.cases.iter().enumerate() {
            let id = &case.id;
            let reasons = || state.reasons.iter().filter(move |reason| reason.case_id == *id);
            if case.state.is_open() {
                let first = reasons().filter(|reason| reason.is_open()).map(|reason| reason.due_at).min();
                must!(first.is_none_or(|first| case.due_at <= first), "I5: case {id} is due after one of its reasons");
            } else {
                must!(case.decision.is_some(), "I5: case {id} was closed without a decision");
                let is_owed = |reason: &care::case::Reason| {
                    reason.rule == Rule::RiskItem && (reason.disposed_at.is_none() || reason.acknowledged_by.is_none())
                };
                must!(!reasons().any(is_owed), "I5: case {id} was closed over a reason nobody disposed of");
            }
            must!(state.roster.is_active(&case.owner_id), "I5: nobody has case {id}");
            let is_now = (case.state, case.revision, case.closed_at);
            match self.cases.get_mut(at) {
                None => self.cases.push(is_now),
                Some(before) => {
                    let (was, revision, closed_at) = *before;
                    must!(case.revision >= revision, "I5: case {id} lost a change");
                    let is_back = was == CaseState::Closed && case.state.is_open();
                    let days = closed_at.map_or(0, |closed| (now - closed).num_days());
                    must!(!is_back || days <= 7, "I5: case {id} was opened again after {days} days");
                    *before = is_now;
                }
            }
        }
        for (at, reason) in state.reasons.iter().enumerate() {
            let waits = reason.rule == Rule::RiskItem
                && reason.level != ReasonLevel::Routine
                && reason.acknowledged_at.is_none()
                && state.case_of(reason).state.is_open();
            if !waits {
                continue;
            }
            let mut rungs: Vec<(i64, bool)> = state
                .rungs
                .iter()
                .filter(|rung| rung.reason == reason.id)
                .map(|rung| (rung.place, rung.fired_at.is_some()))
                .collect();
            rungs.sort_unstable();
            let is_whole = rungs.iter().zip(0..).all(|((rung, _), place)| *rung == place);
            let is_climbed_in_order =
                rungs.split_last().is_some_and(|(last, before)| !last.1 && before.iter().all(|(_, fired)| *fired));
            must!(is_whole && is_climbed_in_order, "I5: reason {at} waits, and its ladder is {rungs:?}");
            let is_told = state.messages.iter().any(|one| one.reason_id.as_ref() == Some(&reason.id))
                || state.messages.iter().any(|one| one.case_id.as_ref() == Some(&reason.case_id));
            must!(is_told, "I5: nobody is told of reason {at}");
        }
        Ok(())
    }

    /// What must hold once every fault is gone and the time of the longest lease has passed.
    pub fn at_rest(&self, state: &State, outside: &Outside, now: Instant) -> Result<(), String> {
        for (at, message) in state.messages.iter().enumerate() {
            let key = &message.unique_key;
            must!(message.state != MessageState::Sending, "I8: {key} is still held");
            must!(!(message.state == MessageState::Planned && message.due_at <= now), "I8: {key} waits");
            must!(
                message.state != MessageState::Unknown || !state.can_be_asked(at, now, outside),
                "I14: nobody asks what became of {key}"
            );
        }
        for packet in &state.packets {
            must!(!(packet.state.is_going_on() && packet.is_over(now)), "I8: {} never ends", packet.id);
        }
        for reason in &state.reasons {
            let waits = reason.rule == Rule::RiskItem && reason.acknowledged_at.is_none();
            let is_overdue =
                state.rungs.iter().any(|one| one.reason == reason.id && one.fired_at.is_none() && one.due_at <= now);
            must!(!(waits && is_overdue), "I5: a rung of {} is due", reason.id);
            let is_heard = outside.taken.iter().any(|taken| {
                let message = &state.messages[taken.message];
                message.staff_id.is_some() && message.case_id.as_ref() == Some(&reason.case_id)
            });
            let is_urgent = waits && reason.level == ReasonLevel::Urgent;
            must!(!is_urgent || is_heard, "I5: nobody has heard of {}", reason.id);
        }
        self.nothing_is_lost(state, now)
    }

    /// Who could be written to on one channel all the time gets the invitation.
    fn nothing_is_lost(&self, state: &State, now: Instant) -> Result<(), String> {
        if self.always == Some([false; 2]) {
            return Ok(());
        }
        for packet in &state.packets {
            // Who has begun to answer needs no invitation.
            if !packet.state.is_going_on() || packet.send_at > now || packet.started_at.is_some() {
                continue;
            }
            // Whoever was told of it otherwise, by a link they asked for, is not told again.
            let mut messages = state.messages.iter().filter(|one| one.packet_id.as_ref() == Some(&packet.id));
            let is_lost = messages
                .all(|one| one.state == MessageState::Cancelled && one.cancel_reason != Some(CancelReason::QuietHours));
            must!(!is_lost, "I8: the invitation to {} ({}) is lost", packet.id, packet.slot);
        }
        Ok(())
    }
}

/// One invitation and one reminder, over both channels, of those that arrive.
fn one_of_a_kind(state: &State, outside: &Outside) -> Result<(), String> {
    for packet in &state.packets {
        for kind in [MessageKind::Invite, MessageKind::Reminder] {
            let arrived: Vec<&Taken> = outside
                .taken
                .iter()
                .filter(|one| one.packet.as_ref() == Some(&packet.id) && one.kind == kind)
                .filter(|one| one.for_client && one.fate == Fate::Arrives)
                .collect();
            must!(
                arrived.len() <= 1,
                "I6: the {kind} of {} arrived {} times: {}",
                packet.id,
                arrived.len(),
                arrived.iter().map(|one| one.channel.as_str()).collect::<Vec<_>>().join(", ")
            );
        }
    }
    Ok(())
}

/// Whether a message may go to the client now, said anew.
fn may_go(state: &State, message: &Message, now: Instant) -> Result<(), &'static str> {
    if message.client_id.is_none() {
        return Ok(());
    }
    let reach = state.reach[index(message.channel)];
    if !reach.has_consent {
        return Err("without consent");
    }
    if reach.is_suppressed || reach.is_unusable || !reach.has_address {
        return Err("to a number or address that is not to be used");
    }
    let Some(packet) = message.packet_id.as_ref().map(|id| &state.packets[state.packet(id)]) else { return Ok(()) };
    if !packet.accepts(now) {
        return Err("about a check-in that is over");
    }
    if state.episode.state != EpisodeState::Open && !packet.is_after_discharge() {
        return Err("after the end of the course");
    }
    let zone = state.zone.unwrap_or(state.practice_zone);
    let hour = now.with_timezone(&zone).hour();
    let (from, until) = if state.zone.is_some() { (8, 21) } else { (10, 18) };
    if message.kind != MessageKind::NewLink && !(from..until).contains(&hour) {
        return Err("at night");
    }
    Ok(())
}

/// There is no answer about danger without its reason.
fn danger_has_its_reason(state: &State, packet: usize, judged: &mut BTreeSet<(usize, i64)>) -> Result<(), String> {
    let id = &state.packets[packet].id;
    let sheets = state
        .responses
        .iter()
        .filter(|one| one.packet == packet)
        .map(|one| &one.sheet)
        .chain(std::iter::once(&state.sheets[packet]));
    for sheet in sheets {
        let Some(Answer::Value(value)) = sheet.get("phq-9").and_then(|answers| answers.get("9")) else { continue };
        // What was covered once stays so, also when somebody takes that reason up.
        if *value < 1 || !judged.insert((packet, *value)) {
            continue;
        }
        let covers = |reason: &care::case::Reason| {
            reason.rule == Rule::RiskItem
                && reason.inputs.value.is_some_and(|known| known >= *value as f64)
                && (reason.packet_id.as_ref() == Some(id) || reason.acknowledged_at.is_none())
        };
        must!(state.reasons.iter().any(covers), "I4: {value} to the question about danger in {id} has no reason");
    }
    Ok(())
}
