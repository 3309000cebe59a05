//! Programmes, payers, forms of therapy and problems: added, renamed, retired, and chosen for an episode.

use crate::access::require;
use crate::field::Form;
use crate::{Context, Error, Result, audit, outcome, packet, staff};
use care::access::{Action, Viewer};
use care::placement::{Entry, EntryKind, EntryState, Placement};
use care::staff::Actor;
use care::{EpisodeId, PlacementId};
use store::Tx;

/// Adds an entry to one of the lists.
pub async fn add(tx: &mut Tx, ctx: &Context, by: &Viewer, kind: EntryKind, name: &str) -> Result<PlacementId> {
    require(by, Action::Administer)?;
    let mut form = Form::default();
    let name = form.line("name", name, 80);
    form.finish()?;
    let entry = Entry { id: ctx.id(PlacementId::new), kind, name, state: EntryState::Active };
    if !store::placement::insert(tx, &entry).await? {
        return Err(Error::invalid("name", "wrong-taken"));
    }
    let noted = audit::entry(ctx, &staff::actor(by), "placement.add", "placement", entry.id.as_str());
    tx.audit(noted.with("kind", kind.as_str()));
    Ok(entry.id)
}

/// Renames an entry, retires it or takes it up again. Episodes that have it keep it.
pub async fn change(
    tx: &mut Tx,
    ctx: &Context,
    by: &Viewer,
    id: &PlacementId,
    name: &str,
    state: EntryState,
) -> Result<()> {
    require(by, Action::Administer)?;
    let all = store::placement::list(tx).await?;
    let before = all.iter().find(|entry| &entry.id == id).ok_or(Error::NotFound)?;
    let mut form = Form::default();
    let name = form.line("name", name, 80);
    form.expect("name", "wrong-taken", || {
        !all.iter().any(|entry| entry.id != *id && entry.kind == before.kind && entry.name == name)
    });
    form.finish()?;
    store::placement::update(tx, &Entry { name, state, ..before.clone() }).await?;
    let noted = audit::entry(ctx, &staff::actor(by), "placement.change", "placement", id.as_str());
    tx.audit(noted.with("state", state.as_str()));
    Ok(())
}

/// Says where an episode belongs. An entry that is retired may stay, and is not chosen anew.
pub async fn place(tx: &mut Tx, ctx: &Context, by: &Actor, episode: &EpisodeId, to: &Placement) -> Result<()> {
    let before = store::placement::of_episode(tx, episode).await?.ok_or(Error::NotFound)?;
    let all = store::placement::list(tx).await?;
    let fits = |kind: EntryKind, wanted: Option<&PlacementId>, had: Option<&PlacementId>| {
        wanted.is_none_or(|id| {
            let entry = all.iter().find(|entry| &entry.id == id && entry.kind == kind);
            entry.is_some_and(|entry| entry.state == EntryState::Active || had == Some(id))
        })
    };
    let mut form = Form::default();
    form.expect("programme", "wrong-choose", || {
        fits(EntryKind::Programme, to.programme_id.as_ref(), before.programme_id.as_ref())
    });
    form.expect("payer", "wrong-choose", || fits(EntryKind::Payer, to.payer_id.as_ref(), before.payer_id.as_ref()));
    form.expect("modality", "wrong-choose", || {
        fits(EntryKind::Modality, to.modality_id.as_ref(), before.modality_id.as_ref())
    });
    form.expect("problem", "wrong-choose", || {
        fits(EntryKind::Problem, to.problem_id.as_ref(), before.problem_id.as_ref())
    });
    form.finish()?;
    if *to == before {
        return Ok(());
    }
    store::placement::place(tx, episode, to).await?;
    // A protocol may ask by programme and problem.
    packet::replan(tx, ctx, episode).await?;
    outcome::settle(tx, ctx, std::slice::from_ref(episode)).await?;
    let noted = audit::entry(ctx, by, "episode.place", "episode", episode.as_str());
    tx.audit(
        noted
            .listing("programme", to.programme_id.as_ref().map(PlacementId::as_str))
            .listing("payer", to.payer_id.as_ref().map(PlacementId::as_str))
            .listing("modality", to.modality_id.as_ref().map(PlacementId::as_str))
            .listing("problem", to.problem_id.as_ref().map(PlacementId::as_str)),
    );
    Ok(())
}
