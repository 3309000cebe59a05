//! Protocols: what is asked and how often. A published version never changes; a change is a new version, and the old one
//! governs the episodes that have it until they are moved.

use crate::access::{self, require};
use crate::field::Form;
use crate::{Context, Error, Result, audit};
use care::access::{Action, Viewer};
use care::protocol::{Line, Protocol, ProtocolState, Rhythm};
use care::staff::Actor;
use care::{Job, ProtocolId};
use store::{Read, Tx};

/// No instrument is asked more rarely than once a year on a calendar.
const MOST_WEEKS: u32 = 52;
/// More lines than this nobody answers.
const MOST_LINES: usize = 40;

/// A version to publish.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Name, the same for all versions of a protocol.
    pub name: String,
    /// Which instruments, when.
    pub lines: Vec<Line>,
}

/// The protocol a practice starts with: depression and anxiety at intake and every two weeks, well-being before and
/// feedback after every session.
pub fn usual() -> Draft {
    let line = |instrument: &str, rhythm| Line { instrument: instrument.to_owned(), rhythm };
    Draft {
        name: "Standard".to_owned(),
        lines: vec![
            line("phq-9", Rhythm::Intake),
            line("gad-7", Rhythm::Intake),
            line("phq-9", Rhythm::EveryWeeks(2)),
            line("gad-7", Rhythm::EveryWeeks(2)),
            line("wellbeing-check", Rhythm::BeforeSession),
            line("session-feedback", Rhythm::AfterSession),
        ],
    }
}

/// Publishes the next version of a protocol; new episodes take it, and the version before is retired.
pub async fn publish(tx: &mut Tx, ctx: &Context, by: &Viewer, draft: &Draft) -> Result<Protocol> {
    require(by, Action::Administer)?;
    put_in_force(tx, ctx, &Actor::Staff(by.staff_id.clone()), draft).await
}

pub(crate) async fn put_in_force(tx: &mut Tx, ctx: &Context, by: &Actor, draft: &Draft) -> Result<Protocol> {
    let mut form = Form::default();
    let shelf = ctx.shelf(tx).await?;
    let today = access::today(tx, ctx).await?;
    let name = form.line("name", &draft.name, 80);
    form.expect("lines", "wrong-required", || !draft.lines.is_empty());
    form.expect("lines", "wrong-too-long", || draft.lines.len() <= MOST_LINES);
    for (position, line) in draft.lines.iter().enumerate() {
        let field = |what: &str| format!("lines.{position}.{what}");
        form.expect(&field("instrument"), "wrong-choose", || {
            let instrument = shelf.current(&line.instrument);
            instrument.is_some_and(|instrument| shelf.standing(instrument, today).is_usable())
        });
        if let Rhythm::EveryWeeks(weeks) = line.rhythm {
            form.expect(&field("weeks"), "wrong-number", || (1..=MOST_WEEKS).contains(&weeks));
        }
        form.expect(&field("rhythm"), "protocol-line-twice", || {
            let is_same = |other: &Line| {
                other.instrument == line.instrument
                    && std::mem::discriminant(&other.rhythm) == std::mem::discriminant(&line.rhythm)
            };
            !draft.lines[..position].iter().any(is_same)
        });
    }
    form.finish()?;
    let versions: Vec<Protocol> = store::protocol::list(tx).await?.into_iter().filter(|one| one.name == name).collect();
    for old in versions.iter().filter(|old| old.state == ProtocolState::Current) {
        store::protocol::retire(tx, &old.id).await?;
    }
    let protocol = Protocol {
        id: ctx.id(ProtocolId::new),
        name,
        version: versions.iter().map(|old| old.version).max().unwrap_or(0) + 1,
        lines: draft.lines.clone(),
        state: ProtocolState::Current,
        created_at: ctx.now(),
    };
    if !store::protocol::insert(tx, &protocol).await? {
        return Err(Error::Conflict);
    }
    tx.audit(
        audit::entry(ctx, by, "protocol.publish", "protocol", protocol.id.as_str())
            .with("version", protocol.version.to_string()),
    );
    Ok(protocol)
}

/// Takes a version out of use for new episodes. The last one stays: an episode needs a protocol.
pub async fn retire(tx: &mut Tx, ctx: &Context, by: &Viewer, id: &ProtocolId) -> Result<()> {
    require(by, Action::Administer)?;
    let current = store::protocol::current(tx).await?;
    if !current.iter().any(|protocol| &protocol.id == id) {
        return Err(Error::NotFound);
    }
    if current.len() == 1 {
        return Err(Error::invalid("protocol", "protocol-last"));
    }
    if !store::protocol::retire(tx, id).await? {
        return Err(Error::Conflict);
    }
    audit::write(tx, ctx, &Actor::Staff(by.staff_id.clone()), "protocol.retire", "protocol", id.as_str());
    Ok(())
}

/// How many open episodes are under an older version of the same protocol: what [`apply`] would move.
pub async fn behind(read: &mut Read, to: &Protocol) -> Result<usize> {
    let mut count = 0;
    let all = store::protocol::list(read).await?;
    for old in all.iter().filter(|old| old.name == to.name && old.version < to.version) {
        count += store::protocol::open_episodes(read, &old.id).await?.len();
    }
    Ok(count)
}

/// Moves open episodes that are under an older version of the same protocol to this one, at most `limit` of them, and has
/// their check-ins planned anew. Returns how many were moved: fewer than `limit` when none is left.
pub async fn apply(tx: &mut Tx, ctx: &Context, by: &Viewer, to: &ProtocolId, limit: usize) -> Result<usize> {
    require(by, Action::Administer)?;
    let all = store::protocol::list(tx).await?;
    let target = all.iter().find(|protocol| &protocol.id == to).ok_or(Error::NotFound)?;
    if target.state != ProtocolState::Current {
        return Err(Error::invalid("protocol", "wrong-choose"));
    }
    let actor = Actor::Staff(by.staff_id.clone());
    let practice = tx.practice().clone();
    let mut moved = 0;
    for old in all.iter().filter(|old| old.name == target.name && old.version < target.version) {
        for episode in store::protocol::open_episodes(tx, &old.id).await?.into_iter().take(limit - moved) {
            if store::episode::set_protocol(tx, &episode, &old.id, to).await?.is_some() {
                moved += 1;
                tx.enqueue(&Job::Plan { practice: practice.clone(), episode: episode.clone() }, ctx.now()).await?;
                let entry = audit::entry(ctx, &actor, "episode.set_protocol", "episode", episode.as_str());
                tx.audit(entry.with("before", old.id.as_str()).with("protocol", to.as_str()));
            }
        }
    }
    Ok(moved)
}
