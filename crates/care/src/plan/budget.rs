//! How much is asked of one client: what is over the budget of seven days is left out, the lowest priority first. Questions
//! about the client's own goals count like any other and are core: they are what the client came for, and three at the most.

use super::wanted::{Plan, is_told};
use super::{Desired, Situation, base, is_slot};
use crate::Instant;
use crate::packet::{Asked, PacketState};
use crate::protocol::{Budget, SECONDS_PER_ITEM, Weight};
use crate::sitting;
use chrono::Duration;
use instruments::Library;
use std::collections::BTreeSet;

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
    /// Items that the seven days up to then would have had with it, questions about goals among them.
    pub items: u32,
    /// How many of them are about the client's own goals.
    pub goals: u32,
    /// The budget it was over.
    pub budget: Budget,
}

/// What one check-in asks.
#[derive(Clone, Copy, Default)]
struct Load {
    /// Questions, those about goals among them.
    items: u32,
    /// Questions about goals.
    goals: u32,
}

impl Load {
    const fn of(questions: u32, goals: u32) -> Self {
        Self { items: questions.saturating_add(goals), goals }
    }

    const fn and(self, other: Self) -> Self {
        Self { items: self.items.saturating_add(other.items), goals: self.goals.saturating_add(other.goals) }
    }

    const fn is_within(self, budget: Budget) -> bool {
        self.items <= budget.items && self.items.saturating_mul(SECONDS_PER_ITEM) <= budget.seconds
    }
}

/// Leaves out of each check-in, in the order of sending, what its seven days have no room for: supplemental lines only,
/// those with the highest number of priority first. What is left out stays due, and is asked when there is room.
pub(super) fn within(situation: &Situation<'_>, wanted: Vec<Desired>, budget: Budget) -> Plan {
    let mut asked_before = told(situation, &wanted);
    let goals = situation.course.goals.now;
    let mut plan = Plan { wanted: Vec::new(), dropped: Vec::new(), goals, out: BTreeSet::new() };
    for mut one in wanted {
        let earlier = asked_before
            .iter()
            .filter(|(at, _)| *at > one.send_at - SPAN && *at <= one.send_at)
            .fold(Load::default(), |all, (_, load)| all.and(*load));
        let goals = situation.course.goals.to_come(one.occasion);
        let load = |asked: &[Asked]| Load::of(most_questions(situation.library, asked), goals);
        loop {
            let all = earlier.and(load(&one.asked));
            if all.is_within(budget) {
                break;
            }
            // To leave out what shares its questions with what stays would help nobody.
            let relieves = |position: &usize| {
                let mut others = one.asked.clone();
                others.remove(*position);
                earlier.and(load(&others)).items < all.items
            };
            let least = (0..one.asked.len())
                .filter(relieves)
                .filter_map(|position| Some((standing(situation, &one.asked[position])?, position)))
                .max();
            let Some((_, position)) = least else { break };
            let instrument = one.asked.remove(position).id;
            plan.dropped.push(Dropped {
                slot: one.slot.clone(),
                at: one.send_at,
                instrument,
                items: all.items,
                goals: all.goals,
                budget,
            });
        }
        if !one.asked.is_empty() {
            asked_before.push((one.send_at, load(&one.asked)));
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

/// The most questions that may come of a check-in's questionnaires: a budget counts what a screening questionnaire may go on to
/// before it is known.
pub fn most_questions(library: &Library, asked: &[Asked]) -> u32 {
    questions_of(library, &sitting::at_most(library, asked))
}

fn questions_of(library: &Library, asked: &[Asked]) -> u32 {
    u32::try_from(sitting::questions(library, asked).len()).unwrap_or(u32::MAX)
}

/// What the client was told of already and is not planned anew: when, and what it asks.
fn told(situation: &Situation<'_>, wanted: &[Desired]) -> Vec<(Instant, Load)> {
    situation
        .packets
        .iter()
        .filter(|packet| packet.state == PacketState::Completed || is_told(packet, situation.now))
        .filter(|packet| !wanted.iter().any(|one| is_slot(&packet.slot, base(&one.slot))))
        .map(|packet| {
            let questions = match packet.state {
                PacketState::Completed => questions_of(situation.library, &packet.asked),
                _ => most_questions(situation.library, &packet.asked),
            };
            let load = Load::of(questions, situation.course.goals.of(packet));
            (packet.sent_at.unwrap_or(packet.send_at), load)
        })
        .collect()
}
