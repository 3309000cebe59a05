//! Whether a client can be written to, and where: consent, the stop list, and numbers and addresses at which nothing arrives.

use crate::planning::by;
use crate::{Context, Error, Result, audit};
use care::ClientId;
use care::client::{Client, Consent, ConsentState, Purpose};
use care::delivery::Reach;
use care::message::{Channel, Message, UnusableReason};
use care::staff::Actor;
use std::collections::HashMap;
use store::contact::Listed;
use store::{Read, Tx};

/// What is known of some clients' numbers and addresses, read with one statement for each kind of row.
pub(crate) struct Contacts {
    consents: HashMap<ClientId, Vec<Consent>>,
    listed: Listed,
}

impl Contacts {
    /// Reads what is known of these clients'.
    pub(crate) async fn of(read: &mut Read, clients: &[Client]) -> Result<Self> {
        let contacts = clients.iter().flat_map(|client| {
            let address = |channel: &Channel| Some((*channel, client.address(*channel)?.to_owned()));
            Channel::ALL.iter().filter_map(address).collect::<Vec<_>>()
        });
        let contacts: Vec<(Channel, String)> = contacts.collect();
        let ids: Vec<ClientId> = clients.iter().map(|client| client.id.clone()).collect();
        Ok(Self {
            consents: by(store::consent::current_of(read, &ids).await?, |one| one.client_id.clone()),
            listed: store::contact::listed_among(read, &contacts).await?,
        })
    }

    /// The channel a client may be written to on: the preferred one first.
    pub(crate) fn usable_channel(&self, client: &Client, purpose: Purpose) -> Option<Channel> {
        let channels = care::delivery::channels(client.preferred_channel);
        channels.into_iter().find(|channel| self.reach(client, *channel, purpose).is_open())
    }

    /// What is known of one of these clients on a channel.
    pub(super) fn reach(&self, client: &Client, channel: Channel, purpose: Purpose) -> Reach {
        let Some(address) = client.address(channel) else {
            return Reach { has_address: false, is_suppressed: false, is_unusable: false, has_consent: false };
        };
        let contact = (channel, address.to_owned());
        let consents = self.consents.get(&client.id).map_or(&[][..], Vec::as_slice);
        Reach {
            has_address: true,
            is_suppressed: self.listed.suppressed.contains(&contact),
            is_unusable: self.listed.unusable.contains(&contact),
            has_consent: consents
                .iter()
                .any(|one| one.channel == channel && one.purpose == purpose && one.state == ConsentState::Given),
        }
    }
}

/// The channel a client may be written to on: the preferred one first.
pub(crate) async fn usable_channel(read: &mut Read, client: &Client, purpose: Purpose) -> Result<Option<Channel>> {
    Ok(Contacts::of(read, std::slice::from_ref(client)).await?.usable_channel(client, purpose))
}

/// Whether a client may be written to on a channel now: an address that works, consent, and not on the stop list.
pub(crate) async fn may_write(read: &mut Read, client: &Client, channel: Channel, purpose: Purpose) -> Result<bool> {
    Ok(Contacts::of(read, std::slice::from_ref(client)).await?.reach(client, channel, purpose).is_open())
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

/// A number that is new to a client and is a landline by its country's plan: no text is wasted on it to find that out. A person
/// may say that it takes texts all the same.
pub(crate) async fn note_landline(tx: &mut Tx, ctx: &Context, before: Option<&Client>, client: &Client) -> Result<()> {
    let number = client.address(Channel::Sms);
    let is_known = before.is_some_and(|before| before.address(Channel::Sms) == number);
    match number.filter(|number| !is_known && crate::field::is_landline(number)) {
        Some(number) => mark_unusable(tx, ctx, client, Channel::Sms, number, UnusableReason::Landline, None).await,
        None => Ok(()),
    }
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
