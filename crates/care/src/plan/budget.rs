//! How much is asked of one client: what is over the budget of seven days is left out, the lowest priority first.

use super::wanted::{Plan, is_told};
use super::{Desired, Situation, base, is_slot};
use crate::Instant;
use crate::packet::{Asked, PacketState};
use crate::protocol::{Budget, SECONDS_PER_ITEM, Weight};
use crate::sitting;
use chrono::Duration;

/// The span that a budget is for.
const SPAN: Duration = Duration::days(7);

/// An instrument that was left out of a check-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// The check-in's slot.
    pub slot: String,
    /// When it is sent.
    pub at: Instant,
    /// Instrument id.
    pub instrument: String,
    /// Items that the seven days up to then would have had with it.
    pub items: u32,
    /// The budget it was over.
    pub budget: Budget,
}

/// Leaves out of each check-in, in the order of sending, what its seven days have no room for: supplemental lines only,
/// those with the highest number of priority first. What is left out stays due, and is asked when there is room.
pub(super) fn within(situation: &Situation<'_>, wanted: Vec<Desired>, budget: Budget) -> Plan {
    let mut asked_before = told(situation, &wanted);
    let mut plan = Plan { wanted: Vec::new(), dropped: Vec::new() };
    for mut one in wanted {
        let earlier: u32 = asked_before
            .iter()
            .filter(|(at, _)| *at > one.send_at - SPAN && *at <= one.send_at)
            .map(|(_, items)| *items)
            .sum();
        loop {
            let items = earlier + items_of(situation, &one.asked);
            if items <= budget.items && items * SECONDS_PER_ITEM <= budget.seconds {
                break;
            }
            // To leave out what shares its questions with what stays would help nobody.
            let relieves = |position: &usize| {
                let mut others = one.asked.clone();
                others.remove(*position);
                earlier + items_of(situation, &others) < items
            };
            let least = (0..one.asked.len())
                .filter(relieves)
                .filter_map(|position| Some((standing(situation, &one.asked[position])?, position)))
                .max();
            let Some((_, position)) = least else { break };
            let instrument = one.asked.remove(position).id;
            plan.dropped.push(Dropped { slot: one.slot.clone(), at: one.send_at, instrument, items, budget });
        }
        if !one.asked.is_empty() {
            asked_before.push((one.send_at, items_of(situation, &one.asked)));
            plan.wanted.push(one);
        }
    }
    plan
}

/// The priority of an instrument that may be left out; none where any of its lines is core.
fn standing(situation: &Situation<'_>, asked: &Asked) -> Option<u8> {
    let lines = || situation.protocol.lines.iter().filter(|line| line.instrument == asked.id);
    if lines().any(|line| line.weight == Weight::Core) { None } else { lines().map(|line| line.priority).min() }
}

/// The most questions that may come of it: a budget counts what a screening questionnaire may go on to before it is known.
fn items_of(situation: &Situation<'_>, asked: &[Asked]) -> u32 {
    questions_of(situation, &sitting::at_most(situation.library, asked))
}

fn questions_of(situation: &Situation<'_>, asked: &[Asked]) -> u32 {
    u32::try_from(sitting::questions(situation.library, asked).len()).unwrap_or(u32::MAX)
}

/// What the client was told of already and is not planned anew: when, and how many items.
fn told(situation: &Situation<'_>, wanted: &[Desired]) -> Vec<(Instant, u32)> {
    situation
        .packets
        .iter()
        .filter(|packet| packet.state == PacketState::Completed || is_told(packet, situation.now))
        .filter(|packet| !wanted.iter().any(|one| is_slot(&packet.slot, base(&one.slot))))
        .map(|packet| {
            let items = match packet.state {
                PacketState::Completed => questions_of(situation, &packet.asked),
                _ => items_of(situation, &packet.asked),
            };
            (packet.sent_at.unwrap_or(packet.send_at), items)
        })
        .collect()
}
