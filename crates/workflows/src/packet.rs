//! Check-ins: planned from protocol and calendar, asked for by hand, taken back, and ended when their time has passed.

use crate::delivery::practice_zone;
use crate::response::{sheet_of, write_signals};
use crate::situation::Situation;
use crate::{Context, Error, Result, audit, case, delivery, planning};
use care::episode::DischargeReason;
use care::exit_survey;
use care::message::CancelReason;
use care::packet::{Asked, Occasion, Packet, PacketState};
use care::plan::Desired;
use care::practice::Practice;
use care::protocol::Rhythm;
use care::response::Ahead;
use care::review::{self, Known, Quiet};
use care::staff::Actor;
use care::{EpisodeId, Job, PacketId, StaffId, local_time};
use store::{Read, Tx};

/// Brings an episode's check-ins in line with its protocol and its appointments. Doing it again changes nothing.
pub async fn replan(tx: &mut Tx, ctx: &Context, episode: &EpisodeId) -> Result<()> {
    planning::replan(tx, ctx, std::slice::from_ref(episode)).await
}

pub(crate) async fn clinician_of(read: &mut Read, episode: &EpisodeId) -> Result<Option<StaffId>> {
    Ok(store::assignment::current(read, episode).await?.map(|assignment| assignment.clinician_id))
}

pub(crate) fn planned(ctx: &Context, situation: &Situation, desired: Desired) -> Packet {
    desired.into_packet(ctx.id(PacketId::new), situation.client_id().clone(), situation.episode.id.clone())
}

/// A check-in that a person asks for now: the instruments named, or those of the protocol's sessions when none is.
/// A check-in that is waiting for its time is sent instead of a second one.
pub async fn send_now(
    tx: &mut Tx,
    ctx: &Context,
    episode: &EpisodeId,
    instruments: &[String],
    by: &Actor,
) -> Result<PacketId> {
    let now = ctx.now();
    let episode = store::episode::lock(tx, episode).await?.ok_or(Error::NotFound)?;
    if !episode.is_open() {
        return Err(Error::invalid("episode", "episode-discharged"));
    }
    let situation = Situation::around(tx, episode).await?;
    let packets = store::packet::of_episode(tx, &situation.episode.id).await?;
    let expires_at = situation.practice.settings.expiry(now);
    // The feedback on a session that is still to come is not what is meant.
    let waiting = packets.iter().find(|packet| {
        instruments.is_empty()
            && packet.state == PacketState::Planned
            && packet.started_at.is_none()
            && packet.occasion != Occasion::AfterSession
    });
    // Whoever has one already is not sent the next one as well: the button may have been pressed twice.
    let out = packets.iter().find(|packet| {
        packet.state == PacketState::Open
            && packet.accepts(now)
            && (waiting.is_none() || packet.occasion != Occasion::AfterSession)
    });
    if let Some(out) = out {
        return Err(if out.started_at.is_some() {
            Error::invalid("packet", "packet-being-answered")
        } else {
            Error::invalid("packet", "packet-already-sent")
        });
    }
    if let Some(waiting) = waiting {
        store::packet::reschedule(tx, &waiting.id, &waiting.asked, now, expires_at).await?;
        let packet = store::packet::find(tx, &waiting.id).await?.ok_or(Error::NotFound)?;
        delivery::plan_invite(tx, ctx, &situation.practice, &packet).await?;
        audit::write(tx, ctx, by, "packet.send_now", "packet", packet.id.as_str());
        return Ok(packet.id);
    }
    let asked = asked_on_request(tx, ctx, &situation, instruments).await?;
    let desired = Desired {
        slot: format!("request:{}", now.format("%Y-%m-%dT%H:%M:%S%.6fZ")),
        occasion: Occasion::OnRequest,
        appointment_id: None,
        asked,
        send_at: now,
        expires_at,
    };
    let packet = planned(ctx, &situation, desired);
    if !store::packet::insert(tx, &packet).await? {
        return Err(Error::Conflict);
    }
    delivery::plan_invite(tx, ctx, &situation.practice, &packet).await?;
    audit::write(tx, ctx, by, "packet.send_now", "packet", packet.id.as_str());
    Ok(packet.id)
}

/// Sends this very check-in now: one that waits for its time is brought forward, for one that is out the client gets a
/// fresh link.
pub async fn send_this(tx: &mut Tx, ctx: &Context, packet: &PacketId, by: &Actor) -> Result<()> {
    let now = ctx.now();
    let found = store::packet::find(tx, packet).await?.ok_or(Error::NotFound)?;
    let episode = store::episode::lock(tx, &found.episode_id).await?.ok_or(Error::NotFound)?;
    if !episode.is_open() {
        return Err(Error::invalid("episode", "episode-discharged"));
    }
    if found.started_at.is_some() {
        return Err(Error::invalid("packet", "packet-being-answered"));
    }
    match found.state {
        PacketState::Planned => {
            let practice = store::practice::get(tx).await?;
            let expires_at = practice.settings.expiry(now);
            store::packet::reschedule(tx, &found.id, &found.asked, now, expires_at).await?;
            let found = store::packet::find(tx, packet).await?.ok_or(Error::NotFound)?;
            delivery::plan_invite(tx, ctx, &practice, &found).await?;
        }
        PacketState::Open if found.accepts(now) => {
            delivery::plan_new_link(tx, ctx, &found).await?;
        }
        _ => return Err(Error::Conflict),
    }
    audit::write(tx, ctx, by, "packet.send_now", "packet", packet.as_str());
    Ok(())
}

async fn asked_on_request(
    tx: &mut Tx,
    ctx: &Context,
    situation: &Situation,
    instruments: &[String],
) -> Result<Vec<Asked>> {
    let mut ids: Vec<String> = instruments.to_vec();
    if ids.is_empty() {
        let protocol = store::protocol::find(tx, &situation.episode.protocol_id).await?.ok_or(Error::NotFound)?;
        for line in protocol.of_client().filter(|line| is_about_now(line.rhythm)) {
            if !ids.contains(&line.instrument) {
                ids.push(line.instrument.clone());
            }
        }
    }
    let shelf = ctx.shelf(tx).await?;
    let today = local_time::day_of(ctx.now(), situation.zone());
    let clinician = clinician_of(tx, &situation.episode.id).await?;
    if instruments.is_empty() {
        ids.retain(|id| shelf.to_ask(id, clinician.as_ref(), today).is_some());
    }
    let asked: Vec<Asked> = ids
        .iter()
        .filter_map(|id| shelf.to_ask(id, clinician.as_ref(), today))
        .map(|instrument| Asked { id: instrument.id.clone(), version: instrument.version.clone() })
        .collect();
    if asked.is_empty() || asked.len() < ids.len() {
        return Err(Error::invalid("instruments", "packet-instrument-unknown"));
    }
    Ok(asked)
}

/// Whether a rhythm asks how a client is now, rather than about a session or the end.
const fn is_about_now(rhythm: Rhythm) -> bool {
    !matches!(
        rhythm,
        Rhythm::AfterSession | Rhythm::AfterEvery(_) | Rhythm::Discharge | Rhythm::FollowUp(_) | Rhythm::On(_)
    )
}

/// Looks again at what a check-in asks that nobody was told of yet: a licence may have ended since it was planned. What may
/// not be used any more, by the course's clinician, is taken out of it; none when nothing is left, and the check-in is taken back.
pub(crate) async fn still_allowed(
    tx: &mut Tx,
    ctx: &Context,
    practice: &Practice,
    clinician: Option<&StaffId>,
    mut packet: Packet,
) -> Result<Option<Packet>> {
    if packet.state != PacketState::Planned || packet.started_at.is_some() {
        return Ok(Some(packet));
    }
    let shelf = ctx.shelf_with(tx, &packet.asked).await?;
    let today = local_time::day_of(ctx.now(), practice_zone(practice));
    let may = |asked: &&Asked| shelf.to_ask(&asked.id, clinician, today).is_some();
    let asked: Vec<Asked> = packet.asked.iter().filter(may).cloned().collect();
    if asked.is_empty() {
        take_back(tx, ctx, &packet.id, &Actor::System, "not_licensed").await?;
        return Ok(None);
    }
    if asked.len() < packet.asked.len() {
        store::packet::reschedule(tx, &packet.id, &asked, packet.send_at, packet.expires_at).await?;
        packet.asked = asked;
    }
    Ok(Some(packet))
}

/// Takes a check-in back by hand.
pub async fn withdraw(tx: &mut Tx, ctx: &Context, packet: &PacketId, by: &Actor) -> Result<()> {
    let found = store::packet::find(tx, packet).await?.ok_or(Error::NotFound)?;
    if !matches!(found.state, PacketState::Planned | PacketState::Open) {
        return Err(Error::Conflict);
    }
    take_back(tx, ctx, packet, by, "by_hand").await
}

pub(crate) async fn take_back(tx: &mut Tx, ctx: &Context, packet: &PacketId, by: &Actor, reason: &str) -> Result<()> {
    if store::packet::withdraw(tx, packet).await? {
        store::packet::revoke_links(tx, packet, ctx.now()).await?;
        store::message::cancel_of_packet(tx, packet, CancelReason::PacketClosed).await?;
        if let Some(packet) = store::packet::find(tx, packet).await? {
            lapse(tx, ctx, &packet).await?;
        }
        tx.audit(audit::entry(ctx, by, "packet.withdraw", "packet", packet.as_str()).with("reason", reason));
    }
    Ok(())
}

/// Takes back everything an ended episode still asks.
pub async fn withdraw_all(tx: &mut Tx, ctx: &Context, episode: &EpisodeId, by: &Actor) -> Result<()> {
    for packet in store::packet::of_episode(tx, episode).await? {
        take_back(tx, ctx, &packet.id, by, "discharged").await?;
    }
    Ok(())
}

/// The same at the end of a course; whoever was asked why they stopped coming is not told that it does not count any more because
/// that is how it ended.
pub(crate) async fn withdraw_course(
    tx: &mut Tx,
    ctx: &Context,
    episode: &EpisodeId,
    reason: DischargeReason,
    by: &Actor,
) -> Result<()> {
    for packet in store::packet::of_episode(tx, episode).await? {
        if !(packet.is_exit_survey() && exit_survey::follows_discharge(reason)) {
            take_back(tx, ctx, &packet.id, by, "discharged").await?;
        }
    }
    Ok(())
}

/// Ends a check-in whose time has passed, unless somebody is answering it. Looks for silence. `false` when it goes on.
pub async fn expire(tx: &mut Tx, ctx: &Context, packet: &PacketId) -> Result<bool> {
    let now = ctx.now();
    let Some(packet) = store::packet::find(tx, packet).await? else { return Ok(false) };
    if !packet.is_over(now) || !store::packet::expire(tx, &packet).await? {
        return Ok(false);
    }
    store::packet::revoke_links(tx, &packet.id, now).await?;
    store::message::cancel_of_packet(tx, &packet.id, CancelReason::PacketClosed).await?;
    lapse(tx, ctx, &packet).await?;
    if packet.sent_at.is_some() {
        look_for_silence(tx, ctx, &packet).await?;
    }
    audit::write(tx, ctx, &Actor::System, "packet.expire", "packet", packet.id.as_str());
    // What was not answered here is asked with the next check-in.
    let job = Job::Plan { practice: tx.practice().clone(), episode: packet.episode_id };
    tx.enqueue(&job, now).await?;
    Ok(true)
}

/// Nobody is called silent whose course of therapy is over.
async fn look_for_silence(tx: &mut Tx, ctx: &Context, packet: &Packet) -> Result<()> {
    let episode = store::episode::lock(tx, &packet.episode_id).await?.ok_or(Error::NotFound)?;
    if !episode.is_open() {
        return Ok(());
    }
    let quiet = Quiet {
        missed_running: store::packet::missed_running(tx, &episode.id).await?,
        ahead: ahead(tx, ctx, &episode.id).await?,
    };
    let (open, closed) = store::case::reasons_of_episode(tx, &episode.id).await?;
    let known = Known { packet: Some(&packet.id), open: &open, closed: &closed };
    let practice = store::practice::get(tx).await?;
    let found = review::silence(quiet, &known, &practice.settings);
    write_signals(tx, ctx, packet, None, &found.signals).await?;
    let origin = case::Origin { packet: Some(&packet.id), response: None };
    case::raise(tx, ctx, episode, origin, &found.reasons).await?;
    Ok(())
}

async fn ahead(read: &mut Read, ctx: &Context, episode: &EpisodeId) -> Result<Ahead> {
    let own = std::slice::from_ref(episode);
    let now = ctx.now();
    let is_booked = !store::appointment::next_of(read, own, now).await?.is_empty();
    if !is_booked && !store::outreach::on_break(read, own).await?.is_empty() {
        return Ok(Ahead::Break);
    }
    Ok(Ahead::of(is_booked, store::appointment::count_sessions_until(read, episode, now).await?))
}

/// What was saved and never submitted is looked at once more for danger: unknown where the question was not reached.
async fn lapse(tx: &mut Tx, ctx: &Context, packet: &Packet) -> Result<()> {
    let answers = store::answer::of_packet(tx, &packet.id).await?;
    if answers.is_empty() {
        return Ok(());
    }
    let (open, closed) = store::case::reasons_of_episode(tx, &packet.episode_id).await?;
    let known = Known { packet: Some(&packet.id), open: &open, closed: &closed };
    let shelf = ctx.shelf_with(tx, &packet.asked).await?;
    let found = review::lapsed(&shelf.library, &packet.asked, &sheet_of(&answers), &known);
    write_signals(tx, ctx, packet, None, &found.signals).await?;
    let episode = store::episode::lock(tx, &packet.episode_id).await?.ok_or(Error::NotFound)?;
    case::raise(tx, ctx, episode, case::Origin { packet: Some(&packet.id), response: None }, &found.reasons).await?;
    Ok(())
}
