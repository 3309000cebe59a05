//! What one sitting asks: no question twice, and more where a screening questionnaire calls for it. Which of this may be
//! asked here (licence, seats, the client's language) is decided by `workflows` and comes in as a function.
//!
//! An answer to a question that several questionnaires share is an answer to each of them, so each is scored by its own
//! rule, exactly as if it had been asked alone.

use crate::packet::Asked;
use crate::response::Sheet;
use instruments::{Answers, Instrument, Item, Library};

/// One question, and the questionnaire it is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The first of the questionnaires that ask it.
    pub instrument: &'a Instrument,
    /// The item.
    pub item: &'a Item,
}

fn known<'a>(library: &'a Library, asked: &[Asked]) -> impl Iterator<Item = &'a Instrument> {
    asked.iter().filter_map(|one| library.get(&one.id, &one.version))
}

/// The questions in the order asked, each once. An instrument version that this release does not know is left out.
pub fn questions<'a>(library: &'a Library, asked: &[Asked]) -> Vec<Question<'a>> {
    let mut before: Vec<&Instrument> = Vec::new();
    let mut questions = Vec::new();
    for instrument in known(library, asked) {
        let is_new = |item: &&Item| !before.iter().any(|earlier| earlier.shared_item(instrument, item).is_some());
        questions.extend(instrument.items.iter().filter(is_new).map(|item| Question { instrument, item }));
        before.push(instrument);
    }
    questions
}

/// The same question in the other questionnaires of the sitting: instrument id and item id.
pub fn twins<'a>(library: &'a Library, asked: &[Asked], instrument: &str, item: &str) -> Vec<(&'a str, &'a str)> {
    let own = known(library, asked).find(|one| one.id == instrument);
    let Some((own, question)) = own.and_then(|own| Some((own, own.item(item)?))) else { return Vec::new() };
    known(library, asked)
        .filter(|other| other.id != own.id)
        .filter_map(|other| Some((other.id.as_str(), other.shared_item(own, question)?.id.as_str())))
        .collect()
}

/// Carries answers to shared questions over to every questionnaire of the sitting that has none of its own. What was
/// answered is never changed. Gives what was added: instrument id and item id.
pub fn carry(library: &Library, asked: &[Asked], sheet: &mut Sheet) -> Vec<(String, String)> {
    let mut carried = Vec::new();
    for longer in known(library, asked) {
        for item in &longer.items {
            if sheet.get(&longer.id).is_some_and(|answers| answers.contains_key(&item.id)) {
                continue;
            }
            let given = known(library, asked).filter(|other| other.id != longer.id).find_map(|other| {
                let twin = other.shared_item(longer, item)?;
                sheet.get(&other.id)?.get(&twin.id).copied()
            });
            if let Some(given) = given {
                sheet.entry(longer.id.clone()).or_default().insert(item.id.clone(), given);
                carried.push((longer.id.clone(), item.id.clone()));
            }
        }
    }
    carried
}

/// A questionnaire that a sitting goes on to, or goes on to no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// It is asked after the one that called for it.
    Added {
        /// The screening questionnaire.
        after: String,
        /// What is asked.
        asked: Asked,
    },
    /// Its threshold is no longer reached, and none of its own questions was answered.
    Dropped {
        /// Instrument id.
        instrument: String,
    },
}

/// The next difference between what a sitting asks and what its answers call for; `None` when they agree. `added` are
/// the instruments that an earlier turn added; `may` says which version of an instrument may be asked here, if any.
///
/// Once one of the further questions has an answer of its own, the longer questionnaire stays: nothing that somebody
/// answered is put away because an earlier answer was corrected.
pub fn turn(
    library: &Library,
    asked: &[Asked],
    added: &[String],
    sheet: &Sheet,
    may: impl Fn(&str) -> Option<Asked>,
) -> Option<Turn> {
    let none = Answers::new();
    let answers_to = |instrument: &Instrument| sheet.get(&instrument.id).unwrap_or(&none);
    let calls_for = |short: &Instrument, longer: &str| {
        short.step.as_ref().is_some_and(|step| step.to == longer) && short.goes_on(answers_to(short))
    };
    // Whether a question of its own was answered, one that no other questionnaire of the sitting shares.
    let is_begun = |longer: &Instrument| {
        let is_shared = |item: &Item| {
            known(library, asked).any(|one| one.id != longer.id && one.shared_item(longer, item).is_some())
        };
        let answers = answers_to(longer);
        longer.items.iter().any(|item| answers.contains_key(&item.id) && !is_shared(item))
    };
    for short in known(library, asked) {
        let Some(step) = &short.step else { continue };
        if let Some(present) = asked.iter().find(|one| one.id == step.to) {
            let stays = known(library, asked).any(|one| calls_for(one, &step.to))
                || library.get(&present.id, &present.version).is_none_or(is_begun);
            if !stays && added.contains(&step.to) {
                return Some(Turn::Dropped { instrument: step.to.clone() });
            }
        } else if (calls_for(short, &step.to) || library.current(&step.to).is_some_and(is_begun))
            && let Some(asked) = may(&step.to)
        {
            return Some(Turn::Added { after: short.id.clone(), asked });
        }
    }
    None
}

/// What is asked after a turn.
pub fn after(asked: &[Asked], turn: &Turn) -> Vec<Asked> {
    let mut next = asked.to_vec();
    match turn {
        Turn::Added { after, asked } => {
            let position = next.iter().position(|one| one.id == *after).map_or(next.len(), |position| position + 1);
            next.insert(position, asked.clone());
        }
        Turn::Dropped { instrument } => next.retain(|one| one.id != *instrument),
    }
    next
}

/// Whether answers still to come may add questions: a screening questionnaire that could go on is not answered through.
/// `is_answered` says whether an item has an answer that counts as settled.
pub fn may_grow(library: &Library, asked: &[Asked], is_answered: impl Fn(&Instrument, &Item) -> bool) -> bool {
    known(library, asked).any(|short| {
        let goes_on = short.step.as_ref().is_some_and(|step| asked.iter().all(|one| one.id != step.to));
        goes_on && !short.items.iter().all(|item| is_answered(short, item))
    })
}

/// The most a sitting may come to: what is asked, and what its screening questionnaires may go on to.
pub fn at_most(library: &Library, asked: &[Asked]) -> Vec<Asked> {
    let mut all = asked.to_vec();
    let mut position = 0;
    while position < all.len() {
        let step = library.get(&all[position].id, &all[position].version).and_then(|one| one.step.as_ref());
        if let Some(longer) = step.and_then(|step| library.current(&step.to))
            && all.iter().all(|one| one.id != longer.id)
        {
            let asked = Asked { id: longer.id.clone(), version: longer.version.clone() };
            all.insert(position + 1, asked);
        }
        position += 1;
    }
    all
}
