//! A history from its seed: played step by step, and where an invariant breaks made as short as it can be.

use crate::dice::Dice;
use crate::event::{Event, Wait, history};
use crate::invariants::Watch;
use crate::outside::Outside;
use crate::planted::Planted;
use crate::sending::Worker;
use crate::step::{Effect, Moment, step};
use crate::world::State;
use care::Instant;
use care::delivery::LEASE;
use care::message::MessageState;
use chrono::Duration;
use std::collections::BTreeMap;

/// The longest wait for the next thing to be due.
const LONGEST: Duration = Duration::days(3);

/// What was played.
#[derive(Debug, Default, Clone)]
pub struct Figures {
    pub histories: u64,
    pub steps: u64,
    pub taken: u64,
    pub receipts: u64,
    pub reasons: u64,
    pub rungs: u64,
    pub days: i64,
    pub events: BTreeMap<String, u64>,
}

impl Figures {
    pub fn add(&mut self, other: &Self) {
        self.histories += other.histories;
        self.steps += other.steps;
        self.taken += other.taken;
        self.receipts += other.receipts;
        self.reasons += other.reasons;
        self.rungs += other.rungs;
        self.days += other.days;
        for (name, count) in &other.events {
            *self.events.entry(name.clone()).or_default() += count;
        }
    }
}

struct Play {
    state: State,
    outside: Outside,
    watch: Watch,
    dice: Dice,
    truly: Instant,
    ahead: Duration,
    began: Instant,
    steps: u64,
}

impl Play {
    fn new(seed: u64, planted: Option<Planted>) -> Self {
        let (state, began) = State::new(&mut Dice::new(seed), planted);
        Self {
            state,
            outside: Outside::default(),
            watch: Watch::default(),
            dice: Dice::new(!seed),
            truly: began,
            ahead: Duration::zero(),
            began,
            steps: 0,
        }
    }

    fn moment(&self) -> Moment {
        Moment { now: self.truly + self.ahead, truly: self.truly }
    }

    fn one(&mut self, event: Event) -> Result<(), String> {
        match event {
            Event::Wait(wait) => self.truly += self.length(wait),
            // A jump in the very seconds in which a request is under way, or not yet in the provider's list, is left out: no
            // lease by the wall can stand it, and docs/reliability.md says so.
            Event::ClockJumps(minutes) => {
                let is_under_way = self.state.workers.iter().any(|worker| matches!(worker, Worker::Requested { .. }));
                if !is_under_way && self.outside.has_settled(self.truly) {
                    self.ahead += Duration::minutes(i64::from(minutes));
                    self.watch.jumps += 1;
                }
            }
            Event::ListDown(is_down) => self.outside.is_list_down = is_down,
            _ => {}
        }
        let moment = self.moment();
        let effects: Vec<Effect> = step(&mut self.state, event, moment, &self.outside, &self.dice);
        self.steps += 1;
        self.watch.after(event, &effects, &self.state, &mut self.outside, moment)
    }

    fn length(&self, wait: Wait) -> Duration {
        match wait {
            Wait::Seconds(seconds) => Duration::seconds(i64::from(seconds)),
            Wait::Minutes(minutes) => Duration::minutes(i64::from(minutes)),
            Wait::Hours(hours) => Duration::hours(i64::from(hours)),
            Wait::UntilDue => {
                let now = self.moment().now;
                let second = Duration::seconds(1);
                let messages = self.state.messages.iter().filter_map(|one| match one.state {
                    MessageState::Planned => Some(one.due_at),
                    MessageState::Sending => one.lease_until.map(|until| until + second),
                    _ => None,
                });
                let going_on = self.state.packets.iter().filter(|packet| packet.state.is_going_on());
                let packets = going_on.map(|packet| packet.accepts_until() + LEASE);
                let rungs = self.state.rungs.iter().filter(|rung| rung.fired_at.is_none()).map(|rung| rung.due_at);
                let next = messages.chain(packets).chain(rungs).filter(|at| *at > now).min();
                next.map_or(LONGEST, |at| at - now).min(LONGEST)
            }
        }
    }

    /// Every fault goes; nobody does anything; and the house puts itself in order.
    fn recover(&mut self) -> Result<(), String> {
        self.one(Event::ListDown(false))?;
        for worker in 0..2 {
            self.one(Event::Crash(worker))?;
        }
        // The clock is right again. What was held by a clock that ran ahead is held until then.
        let ahead = std::mem::take(&mut self.ahead);
        let held = ahead.max(Duration::zero());
        if self.watch.jumps > 0 {
            self.watch.jumps += 1;
            self.truly += held + Duration::minutes(200 * i64::from(self.watch.jumps.min(6)));
        }
        for _ in 0..4 {
            self.truly += LEASE + Duration::seconds(1);
            for event in [Event::Expire, Event::Escalate, Event::SendAll, Event::Reconcile, Event::SendAll] {
                self.one(event)?;
            }
        }
        self.watch.at_rest(&self.state, &self.outside, self.moment().now)
    }
}

/// Plays a history. What broke, and at which event, where one did.
pub fn play(seed: u64, events: &[Event], planted: Option<Planted>, figures: &mut Figures) -> Result<(), String> {
    let mut play = Play::new(seed, planted);
    let mut result = Ok(());
    for (place, event) in events.iter().enumerate() {
        if let Err(broken) = play.one(*event) {
            result = Err(format!("{broken} (event {place})"));
            break;
        }
    }
    let result = result.and_then(|()| play.recover().map_err(|broken| format!("{broken} (at rest)")));
    figures.histories += 1;
    figures.steps += play.steps;
    figures.taken += play.outside.taken.len() as u64;
    figures.receipts += play.outside.receipts.len() as u64;
    figures.reasons += play.state.reasons.len() as u64;
    figures.rungs += play.state.rungs.iter().filter(|rung| rung.fired_at.is_some()).count() as u64;
    figures.days += (play.truly - play.began).num_days();
    result
}

/// The events that belong to a seed.
pub fn events_of(seed: u64, length: usize) -> Vec<Event> {
    history(&mut Dice::new(seed.rotate_left(17)), length)
}

/// The shortest part of a history that still breaks: what is not needed is left out, larger pieces first.
pub fn shrink(seed: u64, events: &[Event], planted: Option<Planted>) -> (Vec<Event>, String) {
    let breaks = |events: &[Event]| play(seed, events, planted, &mut Figures::default()).err();
    let mut best = events.to_vec();
    let mut why = breaks(&best).unwrap_or_else(|| "nothing breaks".to_owned());
    let mut piece = best.len() / 2;
    while piece > 0 {
        let mut from = 0;
        let mut is_shorter = false;
        while from < best.len() {
            let until = (from + piece).min(best.len());
            let fewer: Vec<Event> = best[..from].iter().chain(&best[until..]).copied().collect();
            // The same invariant: another one is another finding.
            match breaks(&fewer).filter(|other| other.split(':').next() == why.split(':').next()) {
                Some(other) => {
                    (best, why) = (fewer, other);
                    is_shorter = true;
                }
                None => from = until,
            }
        }
        piece = if is_shorter && piece > 1 { piece } else { piece / 2 };
    }
    (best, why)
}

/// What is printed of a history that breaks: enough to play it again, and what the ledger says at its end.
pub fn account(seed: u64, events: &[Event], why: &str, planted: Option<Planted>) -> String {
    let lines: Vec<String> = events.iter().map(|event| format!("    {event:?},")).collect();
    let mut play = Play::new(seed, planted);
    let is_whole = events.iter().all(|event| play.one(*event).is_ok());
    if is_whole {
        drop(play.recover());
    }
    let rows = play.state.messages.iter().filter(|one| one.client_id.is_some());
    let ledger: Vec<String> = rows
        .map(|one| {
            let why = one.cancel_reason.map_or_else(String::new, |reason| format!(" ({reason})"));
            format!("    {}: {}{why}, attempt {}, due {}", one.unique_key, one.state, one.attempt, one.due_at)
        })
        .collect();
    let (lines, ledger) = (lines.join("\n"), ledger.join("\n"));
    format!("{why}\nseed {seed}, {} events:\n{lines}\n  and the ledger then:\n{ledger}\n", events.len())
}
