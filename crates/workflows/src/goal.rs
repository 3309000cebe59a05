//! A client's own goals: agreed, put into other words, rated and ended, by the clinician together with the client; and rated by
//! the client alone within a check-in.

use crate::response::Next;
use crate::{Context, Error, Result, audit, packet};
use care::episode::Episode;
use care::goal::{self, Goal, GoalState, Rating, Wording};
use care::packet::PacketState;
use care::staff::Actor;
use care::{DeviceId, GoalId, PacketId, Phi, StaffId};
use store::Tx;

/// What is done with a course's goals.
#[derive(Debug, Clone)]
pub enum Act {
    /// A new one, in these words.
    Agree(Phi<String>),
    /// The goal of this number in other words.
    Reword(i64, Phi<String>),
    /// How near the client says they are to it.
    Rate(i64, i64),
    /// It is reached, or let go.
    End(i64, GoalState),
}

/// Does it. Words and ratings were read with [`goal::words`] and [`goal::rating`]; `Conflict` where somebody was faster or as many goals as are
/// followed at a time are there, `NotFound` where the course has no such goal.
pub async fn act(tx: &mut Tx, ctx: &Context, by: &StaffId, episode: &Episode, act: &Act) -> Result<()> {
    let now = ctx.now();
    // The course's row is locked first, so that two people cannot both take the last place.
    store::episode::lock(tx, &episode.id).await?.ok_or(Error::NotFound)?;
    let goals = store::goal::of_episode(tx, &episode.id).await?;
    let of = |number: i64| goals.iter().find(|goal| goal.number == number).ok_or(Error::NotFound);
    let (what, id, done) = match act {
        Act::Agree(text) => {
            let wording = Wording { version: 1, text: text.clone(), agreed_at: now, agreed_with: by.clone() };
            let goal = Goal {
                id: ctx.id(GoalId::new),
                client_id: episode.client_id.clone(),
                episode_id: episode.id.clone(),
                number: goal::next_number(&goals).ok_or(Error::Conflict)?,
                state: GoalState::Active,
                ended_at: None,
                wordings: vec![wording],
                ratings: Vec::new(),
            };
            let done = store::goal::insert(tx, &goal).await?;
            ("goal.agree", goal.id, done)
        }
        Act::Reword(number, text) => {
            let goal = of(*number)?;
            let last = goal.wording().ok_or(Error::NotFound)?;
            if last.text.text() == text.text() {
                return Err(Error::Conflict);
            }
            let version = last.version + 1;
            let wording = Wording { version, text: text.clone(), agreed_at: now, agreed_with: by.clone() };
            ("goal.reword", goal.id.clone(), store::goal::word(tx, &goal.id, &wording).await?)
        }
        Act::Rate(number, rating) => {
            let goal = of(*number)?;
            let version = goal.wording().ok_or(Error::NotFound)?.version;
            let rating = Rating { version, rating: *rating, rated_at: now, appointment_id: None };
            ("goal.rate", goal.id.clone(), store::goal::rate(tx, &goal.id, &rating, by).await?)
        }
        Act::End(number, state) => {
            let goal = of(*number)?;
            ("goal.end", goal.id.clone(), store::goal::end(tx, &goal.id, *state, by, now).await?)
        }
    };
    if !done {
        return Err(Error::Conflict);
    }
    let entry = audit::entry(ctx, &Actor::Staff(by.clone()), what, "goal", id.as_str());
    tx.audit(entry.with("client", episode.client_id.as_str()));
    // A goal more or less is a question more or less in every check-in to come, which a budget counts.
    if matches!(act, Act::Agree(_) | Act::End(..)) {
        let protocol = store::protocol::find(tx, &episode.protocol_id).await?;
        if protocol.is_some_and(|protocol| protocol.budget.is_some()) {
            packet::replan(tx, ctx, &episode.id).await?;
        }
    }
    Ok(())
}

/// Saves what the client says about the goal of this number in a check-in that asks about it; `None` where they prefer not to
/// say. It is saved as given, and the last word counts; once the check-in is handed in nothing changes any more.
pub async fn answer(
    tx: &mut Tx,
    ctx: &Context,
    packet: &PacketId,
    device: &DeviceId,
    number: i64,
    rating: Option<i64>,
) -> Result<Next> {
    let now = ctx.now();
    let before = store::packet::find(tx, packet).await?.ok_or(Error::NotFound)?;
    // The row is locked by this write, so that two devices and a submission come one after the other.
    if store::packet::touch(tx, packet, now).await?.is_none() {
        let packet = store::packet::find(tx, packet).await?.ok_or(Error::NotFound)?;
        return if packet.state == PacketState::Completed { Ok(Next::AlreadyCompleted) } else { Err(Error::Closed) };
    }
    if !before.takes(now) {
        return Err(Error::Closed);
    }
    if !store::goal::asked::answer(tx, packet, number, rating, device, now).await? {
        return Err(Error::NotFound);
    }
    Ok(Next::Continue)
}
