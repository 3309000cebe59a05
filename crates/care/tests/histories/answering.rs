//! A client at a check-in: Start, answers, submission; and check-ins whose time passes.

use crate::planted::Planted;
use crate::step::Effect;
use crate::world::{Response, State, asks_about_danger, library};
use care::Instant;
use care::Language;
use care::case::Reason;
use care::detection::Detection;
use care::episode::{BaselineWindow, EpisodeState};
use care::message::CancelReason;
use care::packet::PacketState;
use care::practice::TaskKind;
use care::response::{Ahead, ResponseKind, Sheet};
use care::review::{self, History, Known, Quiet};
use instruments::{Answer, Instrument};
use std::sync::LazyLock;

/// The usual rules and models.
static DETECTION: LazyLock<Detection> = LazyLock::new(Detection::default);

impl State {
    /// A person presses Start.
    pub fn open(&mut self, at: usize, now: Instant) {
        if let Some(started) = self.packets[at].started(Language::En, now).filter(|started| started.accepts(now)) {
            self.packets[at] = started;
        }
    }

    /// Answers are saved: 0 to 3 to the question about danger, and to all others.
    pub fn answer(&mut self, at: usize, danger: u8, other: u8, now: Instant, effects: &mut Vec<Effect>) {
        let packet = &self.packets[at];
        if packet.started_at.is_none() {
            return;
        }
        let given = sheet(packet, danger, other);
        let Some(touched) = packet.touched(now) else {
            self.late(at, given, now, effects);
            return;
        };
        if !packet.takes(now) {
            return;
        }
        self.packets[at] = touched;
        self.sheets[at] = given;
        if asks_about_danger(&self.packets[at].asked) && !self.is(Planted::DangerWaits) {
            let (open, closed) = self.known_reasons();
            let packet = &self.packets[at];
            let known = Known { packet: Some(&packet.id), open: &open, closed: &closed };
            let found = review::risk_of_partial(library(), &packet.asked, &self.sheets[at], &known);
            self.raise(Some(at), &found.reasons, now);
        }
        effects.push(Effect::Saved { packet: at });
    }

    /// What was saved is submitted; with other answers where a number is given.
    pub fn submit(&mut self, at: usize, differs: u8, now: Instant, effects: &mut Vec<Effect>) {
        let mut given = self.sheets[at].clone();
        if differs > 0 {
            given = sheet(&self.packets[at], differs % 4, differs);
        }
        let Some(completed) = self.packets[at].completed(now) else {
            self.late(at, given, now, effects);
            return;
        };
        if !completed.was_open(now) || given.values().all(std::collections::BTreeMap::is_empty) {
            return;
        }
        self.packets[at] = completed;
        self.accept(at, given, now);
        effects.push(Effect::Receipt { packet: at, response: self.original(at).expect("just accepted") });
    }

    fn accept(&mut self, at: usize, given: Sheet, now: Instant) {
        let (open, closed) = self.known_reasons();
        let packet = &self.packets[at];
        let scores = review::score(library(), &packet.asked, &given);
        let first = self.sessions().into_iter().min().unwrap_or(now);
        let found = review::review(
            library(),
            &packet.asked,
            &given,
            &scores,
            &History {
                episode: &self.episode.id,
                measures: &self.measures,
                session: 1 + self.responses.len() as i64,
                baseline_window: BaselineWindow::around(first),
                known: Known { packet: Some(&packet.id), open: &open, closed: &closed },
                detection: &DETECTION,
            },
            now,
        );
        for asked in &packet.asked {
            self.answered.insert(asked.id.clone(), now);
        }
        for measure in found.measures {
            let is_same =
                |one: &care::episode::Measure| (&one.instrument, &one.scale) == (&measure.instrument, &measure.scale);
            match self.measures.iter_mut().find(|one| is_same(one)) {
                Some(one) => *one = measure,
                None => self.measures.push(measure),
            }
        }
        self.responses.push(Response { packet: at, kind: ResponseKind::Original, sheet: given.clone() });
        self.sheets[at] = given;
        self.raise(Some(at), &found.reasons, now);
        self.cancel_messages_of(at, CancelReason::PacketClosed);
    }

    /// Answers after the submission: the same ones get the same receipt, others are kept apart.
    fn late(&mut self, at: usize, given: Sheet, now: Instant, effects: &mut Vec<Effect>) {
        if self.packets[at].state != PacketState::Completed || given.is_empty() {
            return;
        }
        let Some(first) = self.original(at) else { return };
        let is_known = self.responses.iter().any(|one| one.packet == at && one.sheet == given);
        if self.is(Planted::SecondReplacesFirst) {
            self.responses[first].sheet = given;
        } else if !is_known {
            let (open, closed) = self.known_reasons();
            let packet = &self.packets[at];
            let known = Known { packet: Some(&packet.id), open: &open, closed: &closed };
            let found = review::amendment(library(), &packet.asked, &given, &known);
            self.responses.push(Response { packet: at, kind: ResponseKind::Amendment, sheet: given });
            self.raise(Some(at), &found.reasons, now);
            self.tasks.insert(TaskKind::Amendment);
        }
        effects.push(Effect::Receipt { packet: at, response: first });
    }

    pub fn original(&self, packet: usize) -> Option<usize> {
        self.responses.iter().position(|one| one.packet == packet && one.kind == ResponseKind::Original)
    }

    /// Ends the check-ins whose time has passed.
    pub fn expire(&mut self, now: Instant) {
        for at in 0..self.packets.len() {
            let packet = &self.packets[at];
            if packet.expires_at > now || !packet.is_over(now) {
                continue;
            }
            let expired = if self.is(Planted::CompletedExpires) && packet.state == PacketState::Completed {
                Some(care::packet::Packet { state: PacketState::Expired, ..packet.clone() })
            } else {
                packet.expired(packet.last_answer_at)
            };
            let Some(expired) = expired else { continue };
            self.packets[at] = expired;
            self.revoke_links(at);
            self.cancel_messages_of(at, CancelReason::PacketClosed);
            self.lapse(at, now);
            if self.packets[at].sent_at.is_some() {
                self.look_for_silence(at, now);
            }
            self.replan(now);
        }
    }

    fn look_for_silence(&mut self, at: usize, now: Instant) {
        let is_missed = |packet: &care::packet::Packet| {
            let is_answered_since = self.packets.iter().any(|one| {
                one.state == PacketState::Completed && one.completed_at.is_some_and(|at| at > packet.send_at)
            });
            packet.state == PacketState::Expired && packet.sent_at.is_some() && !is_answered_since
        };
        let missed = self.packets.iter().filter(|packet| is_missed(packet)).count() as i64;
        let (open, closed) = self.known_reasons();
        let known = Known { packet: Some(&self.packets[at].id), open: &open, closed: &closed };
        let quiet = Quiet { missed_running: missed, ahead: Ahead::Session };
        let found = review::silence(quiet, &known, &self.settings);
        if self.episode.state == EpisodeState::Open {
            self.raise(Some(at), &found.reasons, now);
        }
    }

    /// The reasons of the open case, and those of closed ones.
    pub fn known_reasons(&self) -> (Vec<Reason>, Vec<Reason>) {
        let is_open = |reason: &Reason| self.cases.iter().any(|case| case.id == reason.case_id && case.state.is_open());
        self.reasons.iter().cloned().partition(is_open)
    }
}

/// Every question of a check-in answered with `other`, or the next value that is offered, and the one about danger with
/// `danger`.
fn sheet(packet: &care::packet::Packet, danger: u8, other: u8) -> Sheet {
    let answer = |instrument: &Instrument, item: &instruments::Item| {
        let is_risk = instrument.risk.iter().any(|rule| rule.item == item.id);
        let wanted = i64::from(if is_risk { danger } else { other });
        let value = (wanted..=100).chain(0..wanted).find(|value| item.offers(*value)).unwrap_or_default();
        (item.id.clone(), Answer::Value(value))
    };
    let instruments = packet.asked.iter().filter_map(|asked| library().get(&asked.id, &asked.version));
    instruments
        .map(|instrument| {
            (instrument.id.clone(), instrument.items.iter().map(|item| answer(instrument, item)).collect())
        })
        .collect()
}
