//! A check-in that goes on: what its answers call for is added to what it asks, in the transaction of the answer, and
//! answers to shared questions count for every questionnaire that asks them.

use crate::shelf::Shelf;
use crate::{Context, Result, access, audit, packet};
use care::packet::{Asked, Packet};
use care::response::{SavedAnswer, Sheet};
use care::sitting::{self, Turn};
use care::staff::Actor;
use care::{Instant, Language, StaffId};
use chrono::NaiveDate;
use store::{Read, Tx};

/// What decides whether a questionnaire may be added to a check-in.
pub(crate) struct Gate {
    clinician: Option<StaffId>,
    today: NaiveDate,
    pub(crate) language: Language,
}

impl Gate {
    pub(crate) async fn of(read: &mut Read, ctx: &Context, shelf: &Shelf, packet: &Packet) -> Result<Self> {
        Ok(Self {
            clinician: packet::clinician_of(read, &packet.episode_id).await?,
            today: access::today(read, ctx).await?,
            language: language_of(read, shelf, packet).await?,
        })
    }

    /// The version to ask, where licence and seats allow it and its wording may be read in the check-in's language.
    pub(crate) fn may_ask(&self, instruments: &Shelf, id: &str) -> Option<Asked> {
        let one = instruments.to_ask(id, self.clinician.as_ref(), self.today)?;
        let may = instruments.may_show(one, self.language);
        may.then(|| Asked { id: one.id.clone(), version: one.version.clone() })
    }
}

/// The language a check-in is answered in: the one chosen when it was begun, else the client's where it is offered.
pub(crate) async fn language_of(read: &mut Read, shelf: &Shelf, packet: &Packet) -> Result<Language> {
    if let Some(chosen) = packet.language {
        return Ok(chosen);
    }
    let offers = |language: Language| {
        let mut asked = packet.asked.iter().filter_map(|one| shelf.library.get(&one.id, &one.version));
        asked.all(|one| shelf.may_show(one, language))
    };
    let client = store::client::find(read, &packet.client_id).await?.map(|client| client.language);
    let first = || Language::ALL.iter().copied().find(|language| offers(*language));
    Ok(client.filter(|language| offers(*language)).or_else(first).unwrap_or(Language::En))
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Settled {
    /// The check-in asks what it asked before.
    Same,
    /// It asks more or less than before.
    Changed,
}

/// Brings what a check-in asks into line with what was answered, and carries the answers over. `sheet` holds everything
/// answered so far; what is carried is added to it and saved as given at `at`. The caller holds the check-in's row.
pub(crate) async fn settle(
    tx: &mut Tx,
    ctx: &Context,
    shelf: &Shelf,
    packet: &mut Packet,
    sheet: &mut Sheet,
    at: Instant,
) -> Result<Settled> {
    let library = &shelf.library;
    let has_steps = |one: &Asked| library.get(&one.id, &one.version).is_some_and(|one| one.step.is_some());
    if !packet.asked.iter().any(has_steps) {
        sitting::carry(library, &packet.asked, sheet);
        return Ok(Settled::Same);
    }
    let mut settled = Settled::Same;
    let mut added: Option<Vec<String>> = None;
    let mut gate = None;
    let mut carried = sitting::carry(library, &packet.asked, sheet);
    loop {
        // As if every one of them had been added and might be: the rows are read only where it matters.
        let any = |id: &str| shelf.current(id).map(|one| Asked { id: one.id.clone(), version: one.version.clone() });
        let all: Vec<String> = packet.asked.iter().map(|one| one.id.clone()).collect();
        let known = added.as_deref().unwrap_or(&all);
        if sitting::turn(library, &packet.asked, known, sheet, any).is_none() {
            break;
        }
        let known = match &mut added {
            Some(known) => known,
            none => none.insert(store::sitting::added(tx, &packet.id).await?),
        };
        let gate = match &gate {
            Some(gate) => gate,
            None => gate.insert(Gate::of(tx, ctx, shelf, packet).await?),
        };
        let may = |id: &str| gate.may_ask(shelf, id);
        let Some(turn) = sitting::turn(library, &packet.asked, known, sheet, may) else { break };
        packet.asked = sitting::after(&packet.asked, &turn);
        store::sitting::ask(tx, &packet.id, &packet.asked).await?;
        care::failpoint!("step.in_tx");
        match &turn {
            Turn::Added { after, asked } => {
                store::sitting::add(tx, &packet.id, &asked.id, after, ctx.now()).await?;
                known.push(asked.id.clone());
                carried.extend(sitting::carry(library, &packet.asked, sheet));
            }
            Turn::Dropped { instrument } => {
                store::sitting::drop(tx, &packet.id, instrument).await?;
                known.retain(|one| one != instrument);
                sheet.remove(instrument);
                carried.retain(|(one, _)| one != instrument);
            }
        }
        let actor = Actor::Client(packet.client_id.clone());
        let (what, instrument) = match &turn {
            Turn::Added { asked, .. } => ("packet.step", &asked.id),
            Turn::Dropped { instrument } => ("packet.step_back", instrument),
        };
        tx.audit(audit::entry(ctx, &actor, what, "packet", packet.id.as_str()).with("instrument", instrument));
        settled = Settled::Changed;
    }
    if settled == Settled::Changed {
        for (instrument, item) in carried {
            let Some(answer) = sheet.get(&instrument).and_then(|answers| answers.get(&item)) else { continue };
            let saved = SavedAnswer { value: answer.value(), instrument, item, device_id: None, answered_at: at };
            store::answer::save(tx, &packet.id, &saved).await?;
        }
    }
    Ok(settled)
}
