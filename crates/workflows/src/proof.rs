//! A client shows whose check-in it is before it opens: asked after *Start*, on a browser that has not shown it for this
//! check-in. Until then the browser has no part in the check-in: its cookie is a claim and not a device, so that no page and no
//! form of the check-in knows it. What is asked and how many tries are taken is `care::proof`'s.

use crate::check_in::{self, Started};
use crate::field::Form;
use crate::{Context, Error, Result, audit, delivery};
use care::packet::Packet;
use care::practice::{Settings, TaskKind};
use care::proof::{OnFile, Proof, is_easy, locked_until, pin};
use care::staff::Actor;
use care::{ClientId, Instant, Phi};
use chrono::{Duration, NaiveDate};
use store::packet::Found;
use store::proof::Claim;
use store::{Read, Tx};

/// How soon somebody should look after a client who is locked out.
const LOOKED_AFTER: Duration = Duration::hours(4);

/// What pressing *Start* led to.
#[derive(Debug)]
pub enum Begun {
    /// This browser may answer.
    Started(Started),
    /// It has to show something first; the token of its cookie.
    Asked(String),
}

/// A person pressed *Start*; `browser` is the hash of the cookie their browser has from before.
pub async fn begin(
    tx: &mut Tx,
    ctx: &Context,
    settings: &Settings,
    packet: &Packet,
    claim: &Claim,
    browser: Option<&str>,
) -> Result<Begun> {
    if asked_of(tx, settings, &packet.client_id).await? == Proof::Off || has_shown(tx, packet, browser).await? {
        return Ok(Begun::Started(check_in::start(tx, ctx, &packet.id, claim.channel, claim.language).await?));
    }
    let now = ctx.now();
    if !packet.accepts(now) {
        return Err(Error::Closed);
    }
    let cookie = ctx.token();
    store::proof::claim(tx, &packet.id, &care::token::hash(&cookie), claim, now).await?;
    Ok(Begun::Asked(cookie))
}

async fn has_shown(read: &mut Read, packet: &Packet, browser: Option<&str>) -> Result<bool> {
    match browser {
        Some(browser) => Ok(store::proof::is_device(read, &packet.id, browser).await?),
        None => Ok(false),
    }
}

/// What a client is asked for.
pub async fn asked_of(read: &mut Read, settings: &Settings, client: &ClientId) -> Result<Proof> {
    let standing = store::proof::of_client(read, client).await?;
    Ok(standing.map_or(OnFile::default(), |standing| standing.on_file).asked(settings.proof))
}

/// What somebody gave to show whose check-in it is.
#[derive(Debug, Clone)]
pub enum Given {
    /// A day.
    BirthDate(Phi<NaiveDate>),
    /// Digits.
    Pin(Phi<String>),
}

/// What came of it.
#[derive(Debug)]
pub enum Shown {
    /// This browser may answer, with a cookie of its own.
    Started(Started),
    /// It is not what is on file.
    Wrong,
    /// No try is taken until then.
    Locked(Instant),
}

/// Judges what was given. A try is counted before it is judged, so that many at once are as many. The caller commits whatever
/// comes of it.
pub async fn show(
    tx: &mut Tx,
    ctx: &Context,
    settings: &Settings,
    found: &Found<Claim>,
    cookie_hash: &str,
    given: &Given,
) -> Result<Shown> {
    let now = ctx.now();
    let client = &found.packet.client_id;
    let asked = asked_of(tx, settings, client).await?;
    if asked != Proof::Off {
        let Some(tries) = store::proof::count_try(tx, client, now).await? else {
            let until = store::proof::of_client(tx, client).await?.and_then(|standing| standing.locked_until);
            return Ok(Shown::Locked(until.unwrap_or(now)));
        };
        if !is_right(tx, client, asked, given).await? {
            let Some(until) = locked_until(tries, now) else { return Ok(Shown::Wrong) };
            store::proof::lock(tx, client, until).await?;
            delivery::raise_task(tx, ctx, TaskKind::LockedOut, client, now + LOOKED_AFTER).await?;
            tx.audit(
                audit::entry(ctx, &Actor::System, "proof.lock", "client", client.as_str())
                    .with("packet", found.packet.id.as_str()),
            );
            return Ok(Shown::Locked(until));
        }
        store::proof::forget_tries(tx, client).await?;
    }
    store::proof::forget_claim(tx, cookie_hash).await?;
    let started = check_in::start(tx, ctx, &found.packet.id, found.by.channel, found.by.language).await?;
    Ok(Shown::Started(started))
}

async fn is_right(read: &mut Read, client: &ClientId, asked: Proof, given: &Given) -> Result<bool> {
    match (asked, given) {
        (Proof::BirthDate, Given::BirthDate(given)) => {
            let client = store::client::find(read, client).await?.ok_or(Error::NotFound)?;
            Ok(client.birth_date.is_some_and(|born| born == *given))
        }
        (Proof::Pin, Given::Pin(given)) => Ok(store::proof::is_pin(read, client, given.text()).await?),
        _ => Ok(false),
    }
}

/// What a browser that has yet to show something is asked, and until when it may not try.
pub async fn standing(
    read: &mut Read,
    ctx: &Context,
    settings: &Settings,
    client: &ClientId,
) -> Result<(Proof, Option<Instant>)> {
    let Some(standing) = store::proof::of_client(read, client).await? else { return Err(Error::NotFound) };
    let until = standing.locked_until.filter(|until| ctx.now() < *until);
    Ok((standing.on_file.asked(settings.proof), until))
}

/// Chooses for one client what is asked; none gives the choice back to the practice. A PIN that was typed takes the place of
/// the one before, and lifts a lock. The client has to be asked for a PIN that there is.
pub async fn choose(
    tx: &mut Tx,
    ctx: &Context,
    by: &Actor,
    client: &ClientId,
    chosen: Option<Proof>,
    typed_pin: &str,
) -> Result<()> {
    let before = store::proof::of_client(tx, client).await?.ok_or(Error::NotFound)?;
    let new_pin = pin(typed_pin);
    let mut form = Form::default();
    form.expect("pin", "wrong-pin", || {
        typed_pin.trim().is_empty() || new_pin.as_ref().is_some_and(|pin| !is_easy(pin))
    });
    form.expect("pin", "wrong-required", || {
        chosen != Some(Proof::Pin) || before.on_file.has_pin || !typed_pin.trim().is_empty()
    });
    form.finish()?;
    if chosen != before.on_file.chosen {
        store::proof::choose(tx, client, chosen).await?;
    }
    if let Some(pin) = &new_pin {
        store::proof::set_pin(tx, client, pin, ctx.now()).await?;
        audit::write(tx, ctx, by, "proof.set_pin", "client", client.as_str());
    }
    let entry = audit::entry(ctx, by, "proof.choose", "client", client.as_str());
    tx.audit(entry.with("asked", chosen.map_or("practice", Proof::as_str)));
    Ok(())
}

/// A person of the practice lets the client try again at once. [`Error::Conflict`] where nothing was tried.
pub async fn unlock(tx: &mut Tx, ctx: &Context, by: &Actor, client: &ClientId) -> Result<()> {
    if !store::proof::forget_tries(tx, client).await? {
        return Err(Error::Conflict);
    }
    audit::write(tx, ctx, by, "proof.unlock", "client", client.as_str());
    Ok(())
}
