//! One step: what an event makes of the state, and what of it is seen from outside.

use crate::event::{Event, Fate, Say};
use crate::outside::Outside;
use crate::planted::Planted;
use crate::sending::{Report, Worker};
use crate::world::{State, index};
use care::appointment::AppointmentState;
use care::episode::EpisodeState;
use care::{Entropy, Instant};
use chrono::Duration;

/// The time, by the machine's clock and truly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    pub now: Instant,
    pub truly: Instant,
}

/// What of a step is seen from outside, or is to be remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// A worker's intent to send is on record.
    Claimed { message: usize, worker: usize },
    /// The provider took a message.
    Taken { message: usize, worker: usize, fate: Fate },
    /// A client was told that an answer is saved.
    Saved { packet: usize },
    /// A client got a receipt.
    Receipt { packet: usize, response: usize },
    /// A rung of a ladder was climbed.
    Climbed { reason: usize, rung: i64 },
}

/// The steps of a worker that nothing happens to before it has to be done.
const SPREE: usize = 2_000;

/// What the event makes of the state. Time itself is the caller's.
pub fn step(state: &mut State, event: Event, moment: Moment, outside: &Outside, entropy: &dyn Entropy) -> Vec<Effect> {
    let now = moment.now;
    let mut effects = Vec::new();
    state.look_at_calendar(now);
    let packet =
        |state: &State, which: u8| (!state.packets.is_empty()).then(|| usize::from(which) % state.packets.len());
    match event {
        Event::Wait(_) | Event::ClockJumps(_) | Event::ListDown(_) => {}
        Event::Book(hours) => {
            if state.episode.state == EpisodeState::Open {
                state.book(now + Duration::hours(i64::from(hours)));
                state.replan(now);
            }
        }
        Event::Move(which, hours) => session(state, which, now, |one, at| {
            one.starts_at = at + Duration::hours(i64::from(hours));
            one.ends_at = one.starts_at + Duration::minutes(50);
        }),
        Event::CancelSession(which) => {
            session(state, which, now, |one, _| one.state = AppointmentState::Cancelled);
        }
        Event::NoShow(which) => session(state, which, now, |one, _| one.state = AppointmentState::NoShow),
        Event::Attend(which) => session(state, which, now, |one, _| one.state = AppointmentState::Attended),
        Event::Plan => state.replan(now),
        Event::SendNow(which) => {
            if let Some(at) = packet(state, which) {
                state.send_now(at, now);
            }
        }
        Event::Withdraw(which) => {
            if let Some(at) = packet(state, which) {
                state.take_back(at, now);
            }
        }
        Event::Discharge => discharge(state, now),
        Event::Turn(worker, say) => state.turn(usize::from(worker), say, moment, outside, entropy, &mut effects),
        Event::Crash(worker) => state.workers[usize::from(worker)] = Worker::Idle,
        Event::SendAll => {
            for _ in 0..SPREE {
                state.turn(2, Say::Accept(Fate::Arrives), moment, outside, entropy, &mut effects);
                // What was looked at is settled before the next look, so an idle worker with nothing due is done.
                if matches!(state.workers[2], Worker::Idle) && state.due(now).is_empty() {
                    break;
                }
            }
        }
        Event::Report { which, last } => {
            if !outside.taken.is_empty() {
                let taken = &outside.taken[usize::from(which) % outside.taken.len()];
                let report =
                    if last { State::last_report(taken.channel, taken.fate) } else { Some((Report::Sent, None)) };
                if let Some((report, code)) = report {
                    state.report(taken.message, report, code, now);
                }
            }
        }
        Event::Forged(which) => {
            if state.is(Planted::ForgedBelieved) && !state.messages.is_empty() {
                let at = usize::from(which) % state.messages.len();
                state.report(at, Report::Failed, Some("30005"), now);
            }
        }
        Event::Reconcile => state.reconcile(moment, outside),
        Event::Stop => state.stop(),
        Event::Start => state.start_again(now),
        Event::WithdrawConsent(channel) => state.reach[index(channel)].has_consent = false,
        Event::GiveConsent(channel) => state.reach[index(channel)].has_consent = true,
        Event::Prefer(channel) => state.preferred = channel,
        Event::PutRight(channel) => {
            if std::mem::take(&mut state.reach[index(channel)].is_unusable) {
                state.replan(now);
            }
        }
        Event::AskForLink(which) => {
            if let Some(at) = packet(state, which) {
                state.plan_new_link(at, now);
            }
        }
        Event::Open(which) => {
            if let Some(at) = packet(state, which) {
                state.open(at, now);
            }
        }
        Event::Answer(which, danger, other) => {
            if let Some(at) = packet(state, which) {
                state.answer(at, danger, other, now, &mut effects);
            }
        }
        Event::Submit(which, differs) => {
            if let Some(at) = packet(state, which) {
                state.submit(at, differs, now, &mut effects);
            }
        }
        Event::Expire => state.expire(now),
        Event::Escalate => state.escalate(now, &mut effects),
        Event::Case(act) => state.act(act, now),
        Event::Leave(days) => state.leave(days),
        Event::SettleLeaves => state.settle_leaves(now),
    }
    effects
}

fn session(state: &mut State, which: u8, now: Instant, change: impl Fn(&mut care::appointment::Appointment, Instant)) {
    if state.appointments.is_empty() || state.episode.state != EpisodeState::Open {
        return;
    }
    let at = usize::from(which) % state.appointments.len();
    let appointment = &mut state.appointments[at];
    if appointment.state == AppointmentState::Scheduled {
        change(appointment, now);
        state.replan(now);
    }
}

/// The course of therapy ends: what it still asks is taken back, its sessions to come are cancelled.
fn discharge(state: &mut State, now: Instant) {
    if state.episode.state != EpisodeState::Open || state.open_case().is_some() {
        return;
    }
    for at in 0..state.packets.len() {
        state.take_back(at, now);
    }
    for appointment in &mut state.appointments {
        if appointment.state == AppointmentState::Scheduled && appointment.starts_at > now {
            appointment.state = AppointmentState::Cancelled;
        }
    }
    state.episode.state = EpisodeState::Discharged;
    state.episode.discharged_at = Some(now);
    state.replan(now);
}
