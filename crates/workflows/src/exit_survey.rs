//! Asking a client who has stopped coming why, once in a course and by the rules of every other message; and calling back whoever
//! wants it.

use crate::situation::Situation;
use crate::{Context, Result, audit, delivery, outreach, packet};
use care::exit_survey::{Call, INSTRUMENT, SLOT, Said};
use care::packet::{Asked, Occasion, Packet};
use care::plan::Desired;
use care::practice::TaskKind;
use care::response::Sheet;
use care::staff::Actor;
use care::{EpisodeId, local_time};
use store::Tx;

/// Asks, unless it was asked before in this course, the client has a session to come, or the practice does not use the
/// questionnaire. Whether a message may go (consent, stop list, hours) is looked at when it is sent.
pub(crate) async fn ask(tx: &mut Tx, ctx: &Context, by: &Actor, episode: &EpisodeId) -> Result<()> {
    let situation = Situation::of(tx, episode).await?;
    let now = ctx.now();
    if !situation.upcoming(now).is_empty() {
        return Ok(());
    }
    let shelf = ctx.shelf(tx).await?;
    let clinician = packet::clinician_of(tx, episode).await?;
    let today = local_time::day_of(now, situation.zone());
    let Some(instrument) = shelf.to_ask(INSTRUMENT, clinician.as_ref(), today) else { return Ok(()) };
    let desired = Desired {
        slot: SLOT.to_owned(),
        occasion: Occasion::Event,
        appointment_id: None,
        asked: vec![Asked { id: instrument.id.clone(), version: instrument.version.clone() }],
        send_at: now,
        expires_at: situation.practice.settings.expiry(now),
    };
    let packet = packet::planned(ctx, &situation, desired);
    if store::packet::insert(tx, &packet).await? {
        delivery::plan_invite(tx, ctx, &situation.practice, &packet).await?;
        let entry = audit::entry(ctx, by, "exit.ask", "packet", packet.id.as_str());
        tx.audit(entry.with("client", packet.client_id.as_str()));
    }
    Ok(())
}

/// Takes notice of what was said: whoever wants to be called is somebody's to call.
pub(crate) async fn heard(tx: &mut Tx, ctx: &Context, packet: &Packet, sheet: &Sheet) -> Result<()> {
    if Said::of(sheet).call == Call::NotWanted {
        return Ok(());
    }
    let situation = Situation::of(tx, &packet.episode_id).await?;
    if outreach::call_back(tx, ctx, &situation).await? {
        return Ok(());
    }
    // There never was a session to begin from.
    let due_at = local_time::next_business_noon(ctx.now(), situation.zone());
    delivery::raise_task(tx, ctx, TaskKind::AppointmentRequest, &packet.client_id, due_at).await
}
