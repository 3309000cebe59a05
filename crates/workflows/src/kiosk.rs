//! The tablet in the waiting room: set up and paired, opened with a code, locked after too many wrong ones.

use crate::access::require;
use crate::check_in::{self, Started};
use crate::field::Form;
use crate::{Context, Error, Result, audit, staff};
use care::access::{Action, Viewer};
use care::kiosk::{Kiosk, ONE_TIME_DIGITS, PAIRING_DIGITS, STANDING_DIGITS, code_of, new_code};
use care::packet::{Packet, PacketState};
use care::staff::Actor;
use care::{ClientId, Instant, KioskId, Language, PacketId, SiteId};
use chrono::Duration;
use store::{Read, Tx};

/// How long a pairing code works.
const PAIRING: Duration = Duration::hours(1);
/// How long the code of one check-in works.
const ONE_TIME: Duration = Duration::hours(24);
/// A standing code opens what is due within this time.
const AHEAD: Duration = Duration::hours(24);
/// Digits that are taken are drawn again so often.
const DRAWS: usize = 20;

/// Sets a kiosk up; gives the code that pairs a device with it, to be typed there within the hour.
pub async fn set_up(tx: &mut Tx, ctx: &Context, by: &Viewer, site: &SiteId, name: &str) -> Result<(KioskId, String)> {
    require(by, Action::Administer)?;
    let mut form = Form::default();
    let name = form.line("kiosk_name", name, 60);
    let site = store::site::find(tx, site).await?;
    form.expect("site", "wrong-choose", || site.is_some());
    form.finish()?;
    let site = site.ok_or(Error::NotFound)?;
    let now = ctx.now();
    let kiosk = Kiosk {
        id: ctx.id(KioskId::new),
        site_id: site.id,
        name,
        wrong: 0,
        locked_until: None,
        created_at: now,
        revoked_at: None,
    };
    let code = new_code(ctx.entropy.as_ref(), PAIRING_DIGITS);
    store::kiosk::insert(tx, &kiosk, &code, now + PAIRING).await?;
    audit::write(tx, ctx, &staff::actor(by), "kiosk.set_up", "kiosk", kiosk.id.as_str());
    Ok((kiosk.id, code))
}

/// Takes a kiosk out of use. [`Error::Conflict`] when it is already.
pub async fn revoke(tx: &mut Tx, ctx: &Context, by: &Viewer, id: &KioskId) -> Result<()> {
    require(by, Action::Administer)?;
    if !store::kiosk::revoke(tx, id, ctx.now()).await? {
        return Err(Error::Conflict);
    }
    audit::write(tx, ctx, &staff::actor(by), "kiosk.revoke", "kiosk", id.as_str());
    Ok(())
}

/// A device gives a pairing code. What it becomes known by from then on; none where the code is wrong.
pub async fn pair(tx: &mut Tx, ctx: &Context, typed: &str) -> Result<Option<String>> {
    let Some(code) = code_of(typed) else { return Ok(None) };
    let token = ctx.token();
    let Some(kiosk) = store::kiosk::pair(tx, &code, &care::token::hash(&token), ctx.now()).await? else {
        return Ok(None);
    };
    audit::write(tx, ctx, &Actor::System, "kiosk.pair", "kiosk", kiosk.id.as_str());
    Ok(Some(token))
}

/// A code that opens one check-in on any kiosk of the practice, for a day.
pub async fn issue(tx: &mut Tx, ctx: &Context, by: &Actor, packet: &Packet) -> Result<String> {
    let now = ctx.now();
    let until = Some(now + ONE_TIME);
    let code = draw(tx, ctx, ONE_TIME_DIGITS, &packet.client_id, Some(&packet.id), until).await?;
    audit::write(tx, ctx, by, "kiosk.issue", "packet", packet.id.as_str());
    Ok(code)
}

/// A code of the client's own, which opens whatever is due; the one before no longer works.
pub async fn issue_standing(tx: &mut Tx, ctx: &Context, by: &Actor, client: &ClientId) -> Result<String> {
    let code = draw(tx, ctx, STANDING_DIGITS, client, None, None).await?;
    audit::write(tx, ctx, by, "kiosk.issue_standing", "client", client.as_str());
    Ok(code)
}

async fn draw(
    tx: &mut Tx,
    ctx: &Context,
    digits: usize,
    client: &ClientId,
    packet: Option<&PacketId>,
    expires_at: Option<Instant>,
) -> Result<String> {
    for _ in 0..DRAWS {
        let code = new_code(ctx.entropy.as_ref(), digits);
        if store::kiosk::insert_code(tx, &code, client, packet, expires_at, ctx.now()).await? {
            return Ok(code);
        }
    }
    Err(Error::Conflict)
}

/// What became of a code that was typed.
#[derive(Debug)]
pub enum Opened {
    /// The check-in begins, or goes on, on this device.
    Started(Box<Started>),
    /// The code is nobody's.
    Wrong,
    /// The code is right, and nothing is due.
    NothingDue,
    /// The kiosk takes no codes until then.
    Locked(Instant),
}

/// A code was typed at a kiosk. The caller commits whatever comes of it: wrong codes are counted.
pub async fn open(tx: &mut Tx, ctx: &Context, kiosk: &Kiosk, typed: &str) -> Result<Opened> {
    let now = ctx.now();
    if let Some(until) = kiosk.locked(now) {
        return Ok(Opened::Locked(until));
    }
    let known = match code_of(typed) {
        Some(code) => store::kiosk::by_code(tx, &code, now).await?,
        None => None,
    };
    let Some((client, packet)) = known else {
        let (wrong, locked_until) = kiosk.after_wrong(now);
        if !store::kiosk::note_tries(tx, kiosk, wrong, locked_until).await? {
            return Err(Error::Conflict);
        }
        if let Some(until) = locked_until {
            audit::write(tx, ctx, &Actor::System, "kiosk.lock", "kiosk", kiosk.id.as_str());
            return Ok(Opened::Locked(until));
        }
        return Ok(Opened::Wrong);
    };
    store::kiosk::note_tries(tx, kiosk, 0, None).await?;
    let Some(packet) = due(tx, &client, packet.as_ref(), now).await? else { return Ok(Opened::NothingDue) };
    let language = language_of(tx, ctx, &client, &packet).await?;
    match check_in::start(tx, ctx, &packet.id, None, language).await {
        Ok(started) => Ok(Opened::Started(Box::new(started))),
        Err(Error::Closed) => Ok(Opened::NothingDue),
        Err(error) => Err(error),
    }
}

/// The check-in a code opens: its own, or the first that is open or about to be.
async fn due(read: &mut Read, client: &ClientId, packet: Option<&PacketId>, now: Instant) -> Result<Option<Packet>> {
    if let Some(packet) = packet {
        return Ok(store::packet::find(read, packet).await?.filter(|packet| packet.accepts(now)));
    }
    let Some(episode) = store::episode::open_of_client(read, client).await? else { return Ok(None) };
    let packets = store::packet::of_episode(read, &episode.id).await?;
    let is_due =
        |packet: &Packet| packet.accepts(now) && (packet.state == PacketState::Open || packet.send_at <= now + AHEAD);
    Ok(packets.into_iter().find(is_due))
}

async fn language_of(tx: &mut Tx, ctx: &Context, client: &ClientId, packet: &Packet) -> Result<Language> {
    let client = store::client::find(tx, client).await?.ok_or(Error::NotFound)?;
    let confirmed = store::wording::list(tx).await?;
    let shelf = ctx.shelf_with(tx, &packet.asked).await?;
    let offered = check_in::languages(&shelf.library, packet, &confirmed);
    Ok(if offered.contains(&client.language) { client.language } else { offered[0] })
}
