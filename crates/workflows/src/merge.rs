//! Two records of one person: proposed by what they have in common, made into one by a person, and taken apart again. Answers
//! and cases are moved, never rewritten; links that are out go on working.

use crate::import::folded;
use crate::response::sheet_of;
use crate::{Context, Error, Result, access, audit, case, packet, staff};
use care::access::{Action, Viewer};
use care::client::{Client, Consent, ConsentSource, ConsentState, Purpose};
use care::episode::{BaselineWindow, summaries};
use care::merge::{Address, Joined, Likeness, Merge, emptied, filled, stricter};
use care::message::Channel;
use care::review::{self, Known};
use care::{ClientId, ConsentId, EpisodeId, MergeId, PacketId};
use std::collections::{BTreeMap, BTreeSet};
use store::{Read, Tx};

/// Two records that may be of one person, and why.
pub struct LookAlike {
    /// The earlier record.
    pub one: Client,
    /// The later one.
    pub other: Client,
    /// What they have in common.
    pub likeness: Vec<Likeness>,
}

/// The pairs among the viewer's clients that may be of one person: those who share a name and a birth date, a number or a
/// mail address. Two birth dates are two people; so is what a person has said to be.
pub async fn look_alikes(read: &mut Read, ctx: &Context, viewer: &Viewer) -> Result<Vec<LookAlike>> {
    access::require(viewer, Action::ListClients)?;
    let clients = crate::client::list(read, ctx, viewer).await?;
    let apart: BTreeSet<(ClientId, ClientId)> = store::merge::apart(read).await?.into_iter().collect();
    let mut groups: BTreeMap<(Likeness, String), Vec<usize>> = BTreeMap::new();
    for (position, client) in clients.iter().enumerate() {
        if let Some(born) = &client.birth_date {
            let key = format!("{} {}", folded(client.name.text()), born.expose());
            groups.entry((Likeness::NameAndBirthDate, key)).or_default().push(position);
        }
        let phone = client.phone.as_ref().map(|phone| (Likeness::Phone, phone.text().to_owned()));
        let email = client.email.as_ref().map(|email| (Likeness::Email, email.text().to_lowercase()));
        for key in [phone, email].into_iter().flatten() {
            groups.entry(key).or_default().push(position);
        }
    }
    let mut pairs: BTreeMap<(usize, usize), Vec<Likeness>> = BTreeMap::new();
    for ((likeness, _), members) in &groups {
        for (at, one) in members.iter().enumerate() {
            for other in &members[at + 1..] {
                pairs.entry((*one.min(other), *one.max(other))).or_default().push(*likeness);
            }
        }
    }
    let mut found = Vec::new();
    for ((one, other), likeness) in pairs {
        let (one, other) = (&clients[one], &clients[other]);
        let (one, other) = if one.id <= other.id { (one, other) } else { (other, one) };
        let born = |client: &Client| client.birth_date.as_ref().map(|day| *day.expose());
        let two_people = born(one).zip(born(other)).is_some_and(|(one, other)| one != other);
        if !two_people && !apart.contains(&(one.id.clone(), other.id.clone())) {
            found.push(LookAlike { one: one.clone(), other: other.clone(), likeness });
        }
    }
    Ok(found)
}

/// The two records of a pair, where the viewer's desk has both.
pub async fn pair(read: &mut Read, by: &Viewer, one: &ClientId, other: &ClientId) -> Result<(Client, Client)> {
    access::require(by, Action::ListClients)?;
    let mut found = Vec::new();
    for id in [one, other] {
        let client = store::client::find(read, id).await?.filter(|client| by.works_at(&client.site_id));
        found.push(client.ok_or(Error::NotFound)?);
        if !store::client::stands(read, id).await? {
            return Err(Error::NotFound);
        }
    }
    match (found.pop(), found.pop()) {
        (Some(second), Some(first)) if first.id != second.id => Ok((first, second)),
        _ => Err(Error::NotFound),
    }
}

/// Notes that two records are of two people.
pub async fn keep_apart(tx: &mut Tx, ctx: &Context, by: &Viewer, one: &ClientId, other: &ClientId) -> Result<()> {
    let (one, other) = pair(tx, by, one, other).await?;
    store::merge::keep_apart(tx, &one.id, &other.id, &by.staff_id, ctx.now()).await?;
    let entry = audit::entry(ctx, &staff::actor(by), "client.keep_apart", "client", one.id.as_str());
    tx.audit(entry.with("client", other.id.as_str()));
    Ok(())
}

/// Makes the record `gone` part of the record `kept`. Courses of therapy, answers, cases and what is still to be sent go
/// over; consents and what was sent stay with the address they belong to, and the stricter consent holds. Where both are in
/// therapy, the second course ends and the first has its open check-ins and sessions.
pub async fn merge(tx: &mut Tx, ctx: &Context, by: &Viewer, kept: &ClientId, gone: &ClientId) -> Result<MergeId> {
    let (kept, gone) = pair(tx, by, kept, gone).await?;
    let now = ctx.now();
    let open = |episode: Option<care::episode::Episode>| episode.map(|episode| episode.id);
    let into = open(store::episode::open_of_client(tx, &kept.id).await?);
    let ended = open(store::episode::open_of_client(tx, &gone.id).await?);
    for episode in [&into, &ended].into_iter().flatten() {
        store::episode::lock(tx, episode).await?;
    }
    let joined = match (into, ended) {
        (Some(into), Some(ended)) => {
            let assignment = store::assignment::current(tx, &ended).await?.map(|one| one.id);
            Some(Joined { ended, into, assignment })
        }
        _ => None,
    };
    let (after, fields) = filled(&kept, &gone);
    let merge = Merge {
        id: ctx.id(MergeId::new),
        kept_id: kept.id.clone(),
        gone_id: gone.id.clone(),
        merged_at: now,
        merged_by: by.staff_id.clone(),
        filled: fields.iter().map(|&field| field.to_owned()).collect(),
        joined,
        undone_at: None,
        undone_by: None,
    };
    if !fields.is_empty() {
        let (_, revision) = store::client::find_to_change(tx, &kept.id).await?.ok_or(Error::NotFound)?;
        store::client::update(tx, &after, revision, now).await?;
    }
    if !store::merge::begin(tx, &merge).await? {
        return Err(Error::Conflict);
    }
    store::merge::join(tx, &merge, now).await?;
    store::merge::move_all(tx, &merge).await.map_err(in_the_way)?;
    agree(tx, ctx, &merge, &after, &gone).await?;
    let actor = staff::actor(by);
    let entry = audit::entry(ctx, &actor, "client.merge", "client", kept.id.as_str());
    tx.audit(entry.with("client", gone.id.as_str()).with("merge", merge.id.as_str()).listing("fields", fields));
    let entry = audit::entry(ctx, &actor, "client.merge", "client", gone.id.as_str());
    tx.audit(entry.with("client", kept.id.as_str()).with("merge", merge.id.as_str()));
    if let Some(episode) = store::episode::open_of_client(tx, &kept.id).await? {
        packet::replan(tx, ctx, &episode.id).await?;
    }
    Ok(merge.id)
}

/// Rows of a kind of which a client can have only one.
fn in_the_way(error: store::Error) -> Error {
    match error {
        store::Error::Constraint { .. } => Error::invalid("merge", "merge-in-the-way"),
        other => other.into(),
    }
}

/// The stricter decision of both, for each channel and purpose.
async fn agree(tx: &mut Tx, ctx: &Context, merge: &Merge, kept: &Client, gone: &Client) -> Result<()> {
    let here = store::consent::current(tx, &kept.id).await?;
    let there = store::consent::current(tx, &gone.id).await?;
    for &channel in Channel::ALL {
        let address = match (kept.address(channel), gone.address(channel)) {
            (Some(one), Some(other)) if one == other => Address::Same,
            _ => Address::Different,
        };
        for &purpose in Purpose::ALL {
            let of = |all: &[Consent]| all.iter().find(|one| one.channel == channel && one.purpose == purpose).cloned();
            let (mine, theirs) = (of(&here), of(&there));
            let state = |one: &Option<Consent>| one.as_ref().map(|one| one.state);
            let (Some(decision), Some(theirs)) = (stricter(state(&mine), state(&theirs), address), &theirs) else {
                continue;
            };
            let consent = Consent {
                id: ctx.id(ConsentId::new),
                client_id: kept.id.clone(),
                state: decision,
                source: ConsentSource::Staff,
                recorded_at: ctx.now(),
                recorded_by: Some(merge.merged_by.clone()),
                ..theirs.clone()
            };
            store::consent::insert(tx, &consent).await?;
            store::merge::note_consent(tx, &merge.id, &consent.id).await?;
            let action = match decision {
                ConsentState::Given => "consent.give",
                ConsentState::Withdrawn => "consent.withdraw",
            };
            let actor = care::staff::Actor::Staff(merge.merged_by.clone());
            let entry = audit::entry(ctx, &actor, action, "client", kept.id.as_str());
            tx.audit(
                entry
                    .with("channel", channel.as_str())
                    .with("purpose", purpose.as_str())
                    .with("merge", merge.id.as_str()),
            );
        }
    }
    Ok(())
}

/// Takes a merge back: every row that was moved is with its own record again, and so is what came to it since. Danger that
/// was answered since is raised with the record whose check-in it was.
pub async fn undo(tx: &mut Tx, ctx: &Context, by: &Viewer, id: &MergeId) -> Result<Merge> {
    access::require(by, Action::ListClients)?;
    let found = store::merge::find(tx, id).await?.ok_or(Error::NotFound)?;
    for client in [&found.kept_id, &found.gone_id] {
        let client = store::client::find(tx, client).await?.ok_or(Error::NotFound)?;
        if !by.works_at(&client.site_id) {
            return Err(Error::NotFound);
        }
    }
    // A record that went on to another, or was erased, cannot give back what it took.
    if found.undone_at.is_some() || !store::client::stands(tx, &found.kept_id).await? {
        return Err(Error::Conflict);
    }
    if let Some(joined) = &found.joined {
        store::episode::lock(tx, &joined.into).await?;
        store::episode::lock(tx, &joined.ended).await?;
    }
    let merge = store::merge::end(tx, id, &by.staff_id, ctx.now()).await?.ok_or(Error::Conflict)?;
    let packets = store::merge::put_back(tx, &merge).await?;
    let (kept, revision) = store::client::find_to_change(tx, &merge.kept_id).await?.ok_or(Error::NotFound)?;
    let gone = store::client::find(tx, &merge.gone_id).await?.ok_or(Error::NotFound)?;
    let after = emptied(&kept, &gone, &merge.filled);
    if after != kept {
        store::client::update(tx, &after, revision, ctx.now()).await?;
    }
    if let Some(joined) = &merge.joined {
        for episode in [&joined.into, &joined.ended] {
            summarise(tx, ctx, episode).await?;
        }
        raise_again(tx, ctx, joined, &packets).await?;
    }
    let actor = staff::actor(by);
    for (client, other) in [(&merge.kept_id, &merge.gone_id), (&merge.gone_id, &merge.kept_id)] {
        let entry = audit::entry(ctx, &actor, "client.merge_undo", "client", client.as_str());
        tx.audit(entry.with("client", other.as_str()).with("merge", merge.id.as_str()));
        if let Some(episode) = store::episode::open_of_client(tx, client).await? {
            packet::replan(tx, ctx, &episode.id).await?;
        }
    }
    Ok(merge)
}

/// The running summaries of an episode, made of its scores again.
async fn summarise(tx: &mut Tx, ctx: &Context, id: &EpisodeId) -> Result<()> {
    let shelf = ctx.shelf(tx).await?;
    let situation = crate::situation::Situation::of(tx, id).await?;
    let window = BaselineWindow::around(situation.first_session_at());
    let mut scores = store::response::scores_of_episode(tx, id).await?;
    scores.sort_by(|one, other| (one.at, &one.id).cmp(&(other.at, &other.id)));
    let measures = summaries(&shelf.library, id, &scores, window);
    Ok(store::response::replace_measures(tx, id, &measures).await?)
}

/// Danger in the answers to these check-ins is told to the people of the course they belong to. What the other case holds of
/// it stays there as well: two looks are better than none.
async fn raise_again(tx: &mut Tx, ctx: &Context, joined: &Joined, packets: &[PacketId]) -> Result<()> {
    for packet in packets {
        let Some(found) = store::packet::find(tx, packet).await? else { continue };
        let responses = store::response::of_packet(tx, packet).await?;
        let saved = sheet_of(&store::answer::of_packet(tx, packet).await?);
        let mut sheets: Vec<_> = responses.into_iter().map(|one| (Some(one.id), one.answers)).collect();
        sheets.push((None, saved));
        let shelf = ctx.shelf_with(tx, &found.asked).await?;
        for (response, sheet) in sheets {
            let Some(episode) = store::episode::lock(tx, &joined.ended).await? else { continue };
            let (open, closed) = store::case::reasons_of_episode(tx, &joined.ended).await?;
            let known = Known { packet: Some(packet), open: &open, closed: &closed };
            let judged = review::risk_of_partial(&shelf.library, &found.asked, &sheet, &known);
            let origin = case::Origin { packet: Some(packet), response: response.as_ref() };
            case::raise(tx, ctx, episode, origin, &judged.reasons).await?;
        }
    }
    Ok(())
}
