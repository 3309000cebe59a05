//! What comes back: STOP, START, HELP and anything else written to the practice's number, an unsubscribe link, and a
//! provider that refuses a number.
//!
//! STOP speaks for the number and every client who shares it. It goes onto the stop list and leaves the consents as they
//! are: those were given by people, for more than one number. A number may be known to several practices; the caller asks
//! each of them.

use crate::situation::Situation;
use crate::{Context, Error, Result, audit, delivery, field};
use care::client::{Client, Consent, ConsentSource, ConsentState, Purpose};
use care::message::{CancelReason, Channel, Instead, Message, MessageKind, MessageState, UnusableReason};
use care::packet::PacketState;
use care::practice::TaskKind;
use care::staff::Actor;
use care::{ClientId, ConsentId, Instant, PacketId, Phi};
use chrono::Duration;
use store::suppression::Source;
use store::{Read, Tx};

/// What a text means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// No more texts.
    Stop,
    /// Texts may come again.
    Start,
    /// Who is this?
    Help,
    /// The number is somebody else's.
    WrongPerson,
    /// Words for a person. They are not kept.
    Other,
}

impl Meaning {
    /// The stable text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Start => "start",
            Self::Help => "help",
            Self::WrongPerson => "wrong_person",
            Self::Other => "other",
        }
    }
}

/// A text that came in.
#[derive(Debug, Clone)]
pub struct Inbound {
    /// The provider's id of it.
    pub provider_id: String,
    /// The number it came from, E.164.
    pub from: Phi<String>,
    /// What it means.
    pub meaning: Meaning,
}

/// What was done about a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heeded {
    /// It was noted, and what follows from it was done for this many clients.
    Clients(usize),
    /// The provider told us of it before.
    Repeated,
}

/// The words an automatic answer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// The practice's name and number.
    Help,
    /// Nobody reads texts here; call instead.
    NotMonitored,
}

/// The most automatic answers to one client in 24 hours: two machines must not talk to each other all night.
const REPLIES_A_DAY: usize = 3;

/// Which words an automatic answer has; `None` for any other message.
pub fn reply(message: &Message) -> Option<Reply> {
    if message.kind != MessageKind::AutoReply {
        return None;
    }
    Some(if message.unique_key.ends_with(":help") { Reply::Help } else { Reply::NotMonitored })
}

/// Takes a text in. A repeated report of the same text does nothing.
pub async fn text(tx: &mut Tx, ctx: &Context, inbound: &Inbound) -> Result<Heeded> {
    let now = ctx.now();
    // What a wrong person wrote is on the list of numbers that are not to be used; of the text itself it is just another.
    let noted = if inbound.meaning == Meaning::WrongPerson { Meaning::Other } else { inbound.meaning };
    if !store::message::insert_inbound(tx, &inbound.provider_id, noted.as_str(), now).await? {
        return Ok(Heeded::Repeated);
    }
    let number = field::phone(inbound.from.text()).unwrap_or_else(|| inbound.from.text().trim().to_owned());
    let clients = store::client::by_phone(tx, &number).await?;
    let noted = audit::entry(ctx, &Actor::System, "inbound.text", "inbound", &inbound.provider_id)
        .with("meaning", inbound.meaning.as_str())
        .listing("clients", clients.iter().map(|client| client.id.as_str()));
    tx.audit(noted);
    match inbound.meaning {
        Meaning::Stop => stop(tx, ctx, &number, &clients, Source::Keyword).await?,
        Meaning::Start => {
            store::suppression::lift(tx, Channel::Sms, &number).await?;
            for client in &clients {
                audit::write(tx, ctx, &Actor::Client(client.id.clone()), "client.opt_in", "client", client.id.as_str());
                resume(tx, ctx, client).await?;
            }
        }
        Meaning::WrongPerson => wrong_person(tx, ctx, &number, &clients).await?,
        Meaning::Help => answer(tx, ctx, &number, &clients, &inbound.provider_id, Reply::Help).await?,
        Meaning::Other => {
            for client in &clients {
                delivery::raise_task(tx, ctx, TaskKind::InboundText, &client.id, now + Duration::days(1)).await?;
            }
            answer(tx, ctx, &number, &clients, &inbound.provider_id, Reply::NotMonitored).await?;
        }
    }
    Ok(Heeded::Clients(clients.len()))
}

/// The number asked for no more: onto the stop list, a task for the desk per client, and what was planned as a text goes
/// as a mail at its own time where the client agreed to mails.
async fn stop(tx: &mut Tx, ctx: &Context, number: &str, clients: &[Client], source: Source) -> Result<()> {
    let now = ctx.now();
    store::suppression::add(tx, Channel::Sms, number, source, now).await?;
    for client in clients {
        delivery::raise_task(tx, ctx, TaskKind::OptedOut, &client.id, now + Duration::days(1)).await?;
        let by = Actor::Client(client.id.clone());
        audit::write(tx, ctx, &by, "client.opt_out", "client", client.id.as_str());
        // The texts of a client who shares the number and is written to on another one go on.
        if client.address(Channel::Sms) == Some(number) {
            let planned = planned_texts(tx, client).await?;
            store::message::cancel_of_client(tx, &client.id, Channel::Sms, CancelReason::OptedOut).await?;
            for message in planned {
                by_mail_instead(tx, ctx, client, &message).await?;
            }
        }
    }
    Ok(())
}

/// Somebody else has the number: nothing is sent there any more, not even an answer, and the desk finds out the right one.
async fn wrong_person(tx: &mut Tx, ctx: &Context, number: &str, clients: &[Client]) -> Result<()> {
    let due_at = ctx.now() + Duration::days(1);
    for client in clients {
        let reason = UnusableReason::WrongPerson;
        delivery::mark_unusable(tx, ctx, client, Channel::Sms, number, reason, None).await?;
        delivery::raise_task(tx, ctx, TaskKind::Undeliverable, &client.id, due_at).await?;
        if client.address(Channel::Sms) == Some(number) {
            let planned = planned_texts(tx, client).await?;
            store::message::cancel_of_client(tx, &client.id, Channel::Sms, CancelReason::Unusable).await?;
            for message in planned {
                by_mail_instead(tx, ctx, client, &message).await?;
            }
        }
    }
    Ok(())
}

/// Plans the texts again that STOP took off the list, for check-ins still to come that nothing else is planned for.
async fn resume(tx: &mut Tx, ctx: &Context, client: &Client) -> Result<()> {
    let practice = store::practice::get(tx).await?;
    let Some(episode) = store::episode::open_of_client(tx, &client.id).await? else { return Ok(()) };
    for packet in store::packet::of_episode(tx, &episode.id).await? {
        if packet.state != PacketState::Planned || packet.sent_at.is_some() {
            continue;
        }
        let messages = store::message::of_packet(tx, &packet.id).await?;
        if messages.iter().all(|message| message.state == MessageState::Cancelled) {
            delivery::plan_invite(tx, ctx, &practice, &packet).await?;
        }
    }
    let situation = Situation::around(tx, episode).await?;
    crate::reminder::plan(tx, ctx, std::slice::from_ref(&situation)).await
}

async fn planned_texts(read: &mut Read, client: &Client) -> Result<Vec<Message>> {
    let mut messages = store::message::of_client(read, &client.id).await?;
    messages.retain(|message| {
        message.channel == Channel::Sms
            && message.state == MessageState::Planned
            && (message.packet_id.is_some() || message.kind == MessageKind::Appointment)
    });
    Ok(messages)
}

async fn by_mail_instead(tx: &mut Tx, ctx: &Context, client: &Client, text: &Message) -> Result<()> {
    let Some(key) = text.unique_key.strip_suffix(Channel::Sms.as_str()) else { return Ok(()) };
    let purpose = if text.kind == MessageKind::Appointment { Purpose::Appointment } else { Purpose::CheckIn };
    if !delivery::may_write(tx, client, Channel::Email, purpose).await? {
        return Ok(());
    }
    let mut mail = delivery::blank(ctx, text.kind, Channel::Email, format!("{key}{}", Channel::Email), text.due_at);
    mail.client_id.clone_from(&text.client_id);
    mail.packet_id.clone_from(&text.packet_id);
    mail.instead = Some(Instead::NotPossible);
    if text.kind == MessageKind::Appointment {
        return crate::reminder::instead(tx, ctx, &text.id, &mail).await;
    }
    if delivery::plan_instead(tx, ctx, &mail).await? {
        tx.enqueue(&care::Job::Dispatch, text.due_at).await?;
    }
    Ok(())
}

/// Answers a text: to the number it came from, so only where a client is written to on it, and once however many share it.
async fn answer(
    tx: &mut Tx,
    ctx: &Context,
    number: &str,
    clients: &[Client],
    provider_id: &str,
    reply: Reply,
) -> Result<()> {
    let now = ctx.now();
    let Some(client) = clients.iter().find(|client| client.address(Channel::Sms) == Some(number)) else {
        return Ok(());
    };
    if replies_since(tx, client, now - Duration::days(1)).await? >= REPLIES_A_DAY {
        return Ok(());
    }
    let words = match reply {
        Reply::Help => "help",
        Reply::NotMonitored => "not_monitored",
    };
    // The key does not end in a channel: an answer to a text is never sent as a mail.
    let mut message =
        delivery::blank(ctx, MessageKind::AutoReply, Channel::Sms, format!("inbound:{provider_id}:{words}"), now);
    message.client_id = Some(client.id.clone());
    if store::message::plan(tx, &message, now).await? {
        tx.enqueue(&care::Job::Dispatch, now).await?;
    }
    Ok(())
}

async fn replies_since(read: &mut Read, client: &Client, since: Instant) -> Result<usize> {
    let messages = store::message::of_client(read, &client.id).await?;
    Ok(messages.iter().filter(|message| message.kind == MessageKind::AutoReply && message.due_at > since).count())
}

/// The provider refused a message because its number opted out there: the same as STOP. Messages to staff and mails are
/// left alone.
pub async fn opted_out(tx: &mut Tx, ctx: &Context, message: &Message) -> Result<()> {
    let (Some(id), Channel::Sms) = (&message.client_id, message.channel) else { return Ok(()) };
    let Some(client) = store::client::find(tx, id).await? else { return Ok(()) };
    let Some(number) = client.address(Channel::Sms).map(str::to_owned) else { return Ok(()) };
    let clients = store::client::by_phone(tx, &number).await?;
    tx.audit(
        audit::entry(ctx, &Actor::System, "message.opted_out", "message", message.id.as_str())
            .with("client", client.id.as_str()),
    );
    stop(tx, ctx, &number, &clients, Source::Provider).await
}

/// The unsubscribe link of a mail: no more mails about check-ins for the client of that check-in. Doing it again changes
/// nothing.
pub async fn unsubscribe(tx: &mut Tx, ctx: &Context, packet: &PacketId) -> Result<()> {
    let packet = store::packet::find(tx, packet).await?.ok_or(Error::NotFound)?;
    no_more_mail(tx, ctx, &packet.client_id, Purpose::CheckIn).await
}

/// The same of a reminder of an appointment: no more of those by mail.
pub async fn unsubscribe_reminders(tx: &mut Tx, ctx: &Context, client: &ClientId) -> Result<()> {
    no_more_mail(tx, ctx, client, Purpose::Appointment).await
}

async fn no_more_mail(tx: &mut Tx, ctx: &Context, client: &ClientId, purpose: Purpose) -> Result<()> {
    let current = store::consent::current(tx, client).await?;
    let given = current
        .into_iter()
        .find(|c| c.channel == Channel::Email && c.purpose == purpose && c.state == ConsentState::Given);
    let Some(given) = given else { return Ok(()) };
    let withdrawn = Consent {
        id: ctx.id(ConsentId::new),
        state: ConsentState::Withdrawn,
        source: ConsentSource::Client,
        recorded_at: ctx.now(),
        recorded_by: None,
        ..given
    };
    store::consent::insert(tx, &withdrawn).await?;
    let by = Actor::Client(client.clone());
    tx.audit(
        audit::entry(ctx, &by, "consent.withdraw", "client", client.as_str())
            .with("channel", Channel::Email.as_str())
            .with("purpose", purpose.as_str()),
    );
    Ok(())
}
