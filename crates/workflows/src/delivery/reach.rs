//! Whether a client can be written to, and where: consent, the stop list, and numbers and addresses at which nothing arrives.

use crate::{Context, Error, Result, audit};
use care::ClientId;
use care::client::{Client, ConsentState, Purpose};
use care::delivery::Reach;
use care::message::{Channel, Message, UnusableReason};
use care::staff::Actor;
use store::{Read, Tx};

/// The channel a client may be written to on: the preferred one first.
pub(crate) async fn usable_channel(read: &mut Read, client: &Client, purpose: Purpose) -> Result<Option<Channel>> {
    for channel in care::delivery::channels(client.preferred_channel) {
        if may_write(read, client, channel, purpose).await? {
            return Ok(Some(channel));
        }
    }
    Ok(None)
}

/// Whether a client may be written to on a channel now: an address that works, consent, and not on the stop list.
pub(crate) async fn may_write(read: &mut Read, client: &Client, channel: Channel, purpose: Purpose) -> Result<bool> {
    Ok(reach(read, client, channel, purpose).await?.is_open())
}

/// What is known of a client on a channel.
pub(super) async fn reach(read: &mut Read, client: &Client, channel: Channel, purpose: Purpose) -> Result<Reach> {
    let Some(address) = client.address(channel).map(str::to_owned) else {
        return Ok(Reach { has_address: false, is_suppressed: false, is_unusable: false, has_consent: false });
    };
    let consents = store::consent::current(read, &client.id).await?;
    Ok(Reach {
        has_address: true,
        is_suppressed: store::suppression::is_suppressed(read, channel, &address).await?,
        is_unusable: store::unusable_contact::find(read, channel, &address).await?.is_some(),
        has_consent: consents
            .iter()
            .any(|one| one.channel == channel && one.purpose == purpose && one.state == ConsentState::Given),
    })
}

/// Where a provider's code says that nothing arrives there for good, nothing is sent there any more until a person puts it
/// right. Being out of reach counts the second time running: a telephone may have been switched off.
pub(super) async fn note_unusable(tx: &mut Tx, ctx: &Context, message: &Message, code: &str) -> Result<()> {
    let Some(id) = &message.client_id else { return Ok(()) };
    let Some(reason) = UnusableReason::of_code(message.channel, code) else { return Ok(()) };
    if reason == UnusableReason::Unreachable
        && !store::message::failed_before(tx, id, &message.id, message.channel, code).await?
    {
        return Ok(());
    }
    let Some(client) = store::client::find(tx, id).await? else { return Ok(()) };
    let Some(address) = client.address(message.channel).map(str::to_owned) else { return Ok(()) };
    mark_unusable(tx, ctx, &client, message.channel, &address, reason, Some(code)).await
}

/// Notes that nothing arrives at a client's number or address.
pub(crate) async fn mark_unusable(
    tx: &mut Tx,
    ctx: &Context,
    client: &Client,
    channel: Channel,
    address: &str,
    reason: UnusableReason,
    code: Option<&str>,
) -> Result<()> {
    if store::unusable_contact::add(tx, channel, address, reason, code, ctx.now()).await? {
        tx.audit(
            audit::entry(ctx, &Actor::System, "contact.unusable", "client", client.id.as_str())
                .with("channel", channel.as_str())
                .with("reason", reason.as_str()),
        );
    }
    Ok(())
}

/// A person says that a client's number or address works. [`Error::Conflict`] when nothing else was on record.
pub async fn declare_usable(tx: &mut Tx, ctx: &Context, by: &Actor, client: &ClientId, channel: Channel) -> Result<()> {
    let client = store::client::find(tx, client).await?.ok_or(Error::NotFound)?;
    let address = client.address(channel).map(str::to_owned).ok_or(Error::NotFound)?;
    if !store::unusable_contact::lift(tx, channel, &address).await? {
        return Err(Error::Conflict);
    }
    tx.audit(audit::entry(ctx, by, "contact.usable", "client", client.id.as_str()).with("channel", channel.as_str()));
    if let Some(episode) = store::episode::open_of_client(tx, &client.id).await? {
        crate::packet::replan(tx, ctx, &episode.id).await?;
    }
    Ok(())
}

/// Whether a client can be written to on any channel.
pub(crate) async fn is_reachable(read: &mut Read, client: &Client) -> Result<bool> {
    Ok(usable_channel(read, client, Purpose::CheckIn).await?.is_some())
}
