//! The client's door: Start on a browser, the order of the questions, the language, and a fresh link.

use crate::sitting::Gate;
use crate::{Context, Error, Result, audit, delivery};
use care::message::Channel;
use care::packet::{Asked, Device, Link, LinkPurpose, Packet};
use care::response::SavedAnswer;
use care::sitting;
use care::staff::Actor;
use care::{DeviceId, Language, PacketId};
use instruments::{LanguageStatus, Library};
use store::packet::NewLink;
use store::{Read, Tx};

pub use care::sitting::Question;

/// The questions of a check-in in the order asked, each once. An instrument version that this release does not know is
/// left out.
pub fn questions<'a>(library: &'a Library, packet: &Packet) -> Vec<Question<'a>> {
    sitting::questions(library, &packet.asked)
}

/// On the first further question of a questionnaire of which some are answered already, because an earlier one shares
/// them: how many of its questions those are, and how many follow.
pub fn follows(questions: &[Question<'_>], position: usize) -> Option<(u32, u32)> {
    let own = questions.get(position)?.instrument;
    let before = questions.get(position.checked_sub(1)?)?.instrument;
    let follow = questions.iter().filter(|question| question.instrument.id == own.id).count();
    let shared = own.items.len() - follow;
    if before.id == own.id || shared == 0 {
        return None;
    }
    Some((u32::try_from(shared).ok()?, u32::try_from(follow).ok()?))
}

/// How many questions a check-in may come to, what its screening questionnaires may go on to included.
pub fn most_questions(library: &Library, packet: &Packet) -> usize {
    sitting::questions(library, &sitting::at_most(library, &packet.asked)).len()
}

/// What a check-in looks like on paper: in which language, and what it asks, what its screening questionnaires may go on
/// to included.
pub async fn on_paper(read: &mut Read, ctx: &Context, packet: &Packet) -> Result<(Language, Vec<Asked>)> {
    let shelf = ctx.shelf_with(read, &packet.asked).await?;
    let most = sitting::at_most(&shelf.library, &packet.asked);
    if most.len() == packet.asked.len() {
        return Ok((crate::sitting::language_of(read, &shelf, packet).await?, most));
    }
    let gate = Gate::of(read, ctx, &shelf, packet).await?;
    let may = |one: &Asked| packet.asked.contains(one) || gate.may_ask(&shelf, &one.id).is_some();
    Ok((gate.language, most.into_iter().filter(may).collect()))
}

/// Position of the first question without an answer, from 0; the number of questions when there is none.
pub fn first_unanswered(questions: &[Question<'_>], answers: &[SavedAnswer]) -> usize {
    questions
        .iter()
        .position(|question| {
            !answers.iter().any(|saved| saved.instrument == question.instrument.id && saved.item == question.item.id)
        })
        .unwrap_or(questions.len())
}

/// The languages every instrument of the check-in may be shown in. `confirmed` are the wordings a person confirmed here.
pub fn languages(library: &Library, packet: &Packet, confirmed: &[store::wording::Confirmation]) -> Vec<Language> {
    let offers = |language: Language| {
        packet.asked.iter().filter_map(|asked| library.get(&asked.id, &asked.version)).all(
            |instrument| match instrument.language_status(language) {
                Some(LanguageStatus::Official) => true,
                Some(LanguageStatus::NeedsConfirmation) => confirmed.iter().any(|one| {
                    one.instrument == instrument.id && one.version == instrument.version && one.language == language
                }),
                None => false,
            },
        )
    };
    let offered: Vec<Language> =
        [Language::En, Language::Es].into_iter().filter(|language| offers(*language)).collect();
    if offered.is_empty() { vec![Language::En] } else { offered }
}

/// A browser that may answer, and the secret it is known by.
#[derive(Debug, Clone)]
pub struct Started {
    /// The browser.
    pub device: Device,
    /// The cookie's token.
    pub cookie: String,
}

/// A person pressed Start: this browser may answer this check-in, and no other.
pub async fn start(
    tx: &mut Tx,
    ctx: &Context,
    packet: &PacketId,
    channel: Option<Channel>,
    language: Language,
) -> Result<Started> {
    let now = ctx.now();
    let packet = store::packet::start(tx, packet, language, now).await?.ok_or(Error::Closed)?;
    if !packet.accepts(now) {
        return Err(Error::Closed);
    }
    // Begun just now: from here on it asks about the goals of today, on every device.
    if packet.started_at == Some(now) && packet.occasion.asks_about_goals() {
        store::goal::asked::pin(tx, &packet.id, &packet.episode_id).await?;
    }
    let cookie = ctx.token();
    let device = Device { id: ctx.id(DeviceId::new), packet_id: packet.id.clone(), started_at: now };
    store::packet::insert_device(tx, &device, &care::token::hash(&cookie), channel).await?;
    let actor = Actor::Client(packet.client_id.clone());
    tx.audit(
        audit::entry(ctx, &actor, "packet.start", "packet", packet.id.as_str()).with("device", device.id.as_str()),
    );
    Ok(Started { device, cookie })
}

/// A link that is handed over in person: on this device, as a QR code, or printed by the demo. Nothing is sent.
pub async fn hand_out(tx: &mut Tx, ctx: &Context, packet: &PacketId, by: &Actor) -> Result<String> {
    let token = ctx.token();
    let link = Link { packet_id: packet.clone(), purpose: LinkPurpose::CheckIn, channel: None, revoked_at: None };
    let new = NewLink { token: token.clone(), link, message: None };
    store::packet::insert_links(tx, &[new], ctx.now()).await?;
    audit::write(tx, ctx, by, "packet.hand_out", "packet", packet.as_str());
    Ok(token)
}

/// The client asked for a fresh link: it goes to the address on file and nowhere else. Says nothing of whether it did.
pub async fn request_link(tx: &mut Tx, ctx: &Context, packet: &Packet) -> Result<()> {
    if delivery::plan_new_link(tx, ctx, packet).await? {
        let actor = Actor::Client(packet.client_id.clone());
        audit::write(tx, ctx, &actor, "packet.new_link", "packet", packet.id.as_str());
    }
    Ok(())
}
