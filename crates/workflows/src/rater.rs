//! What others say about a client: agreed to, answered by the clinician, from paper or by a link of the person's own. It goes
//! into no score of the client's; danger in it opens or extends the case.

use crate::shelf::Shelf;
use crate::{Context, Error, Result, access, audit, case, packet};
use care::case::ReasonLevel;
use care::episode::{Episode, EpisodeState};
use care::packet::Asked;
use care::rater::{By, Collateral, RaterForm, RaterLink, Relation, may_answer};
use care::response::Sheet;
use care::review::{self, Known};
use care::staff::Actor;
use care::{ClientId, CollateralId, EpisodeId, Instant, Language, Phi, RaterFormId, StaffId};
use chrono::Duration;
use instruments::{Answers, Instrument, Rater};
use store::{Read, Tx};

/// How long a link works.
pub const LINK_LASTS: Duration = Duration::days(7);

/// The longest name and contact, in characters.
pub const LONGEST: usize = 120;

/// Somebody who is to be asked.
#[derive(Debug, Clone)]
pub struct NewCollateral {
    /// Name.
    pub name: Phi<String>,
    /// Number or address.
    pub contact: Option<Phi<String>>,
    /// What they are to the client.
    pub relation: Relation,
    /// The language they read.
    pub language: Language,
}

/// Adds a person whom the client agreed to have asked.
pub async fn agree(tx: &mut Tx, ctx: &Context, by: &StaffId, client: &ClientId, new: &NewCollateral) -> Result<()> {
    let person = Collateral {
        id: ctx.id(CollateralId::new),
        client_id: client.clone(),
        name: new.name.clone(),
        contact: new.contact.clone(),
        relation: new.relation,
        language: new.language,
        agreed_at: ctx.now(),
        agreed_with: by.clone(),
        ended_at: None,
    };
    store::rater::add(tx, &person).await?;
    let entry = audit::entry(ctx, &Actor::Staff(by.clone()), "collateral.agree", "collateral", person.id.as_str());
    tx.audit(entry.with("client", client.as_str()));
    plan_again(tx, ctx, client).await
}

/// What the protocol asks of others follows whoever may be asked.
async fn plan_again(tx: &mut Tx, ctx: &Context, client: &ClientId) -> Result<()> {
    match store::episode::open_of_client(tx, client).await? {
        Some(episode) => packet::replan(tx, ctx, &episode.id).await,
        None => Ok(()),
    }
}

/// The person is no longer asked: the client changed their mind, or it is over. `Conflict` when that is so already.
pub async fn end(tx: &mut Tx, ctx: &Context, by: &StaffId, client: &ClientId, id: &CollateralId) -> Result<()> {
    store::rater::person(tx, id).await?.filter(|person| person.client_id == *client).ok_or(Error::NotFound)?;
    if !store::rater::end(tx, id, ctx.now()).await? {
        return Err(Error::Conflict);
    }
    let entry = audit::entry(ctx, &Actor::Staff(by.clone()), "collateral.end", "collateral", id.as_str());
    tx.audit(entry.with("client", client.as_str()));
    plan_again(tx, ctx, client).await
}

/// The instruments that somebody may answer about the clients of an episode today, in their language.
pub async fn to_rate<'s>(
    read: &mut Read,
    ctx: &Context,
    shelf: &'s Shelf,
    episode: &EpisodeId,
    by: &By,
    language: Language,
) -> Result<Vec<&'s Instrument>> {
    let clinician = packet::clinician_of(read, episode).await?;
    let today = access::today(read, ctx).await?;
    let kinds = kinds(read, by).await?;
    let answers = |one: &&Instrument| kinds.iter().any(|kind| may_answer(one, *kind));
    let usable = shelf.instruments().filter(answers).filter(|one| shelf.may_show(one, language));
    Ok(usable.filter(|one| shelf.is_usable(&one.id, clinician.as_ref(), today)).collect())
}

/// As what an instrument's file may mean somebody.
async fn kinds(read: &mut Read, by: &By) -> Result<&'static [Rater]> {
    match by {
        By::Clinician => Ok(&[Rater::Clinician]),
        By::Collateral(id) => {
            let person = store::rater::person(read, id).await?.ok_or(Error::NotFound)?;
            Ok(person.relation.raters())
        }
    }
}

/// Answers about a client.
#[derive(Debug, Clone)]
pub struct Rated {
    /// Who answered.
    pub by: By,
    /// The questionnaire.
    pub asked: Asked,
    /// The answers.
    pub answers: Answers,
    /// When they were given.
    pub at: Instant,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is kept.
    Kept,
    /// It is kept, and it says something about danger: a case is open, and help is shown.
    Danger,
}

/// Keeps what a clinician answered, or what somebody else wrote on paper.
pub async fn enter(tx: &mut Tx, ctx: &Context, by: &StaffId, client: &ClientId, rated: &Rated) -> Result<Taken> {
    let episode = store::episode::open_of_client(tx, client).await?.ok_or(Error::Closed)?;
    if let Some(id) = rated.by.collateral() {
        let person = store::rater::person(tx, id).await?.filter(|person| person.client_id == *client);
        person.filter(|person| person.ended_at.is_none()).ok_or(Error::NotFound)?;
    }
    keep(tx, ctx, episode, rated, Some(by)).await
}

/// Gives somebody close to the client a link of their own, for one questionnaire, once. Nothing is sent.
pub async fn hand_out(
    tx: &mut Tx,
    ctx: &Context,
    by: &StaffId,
    client: &ClientId,
    collateral: &CollateralId,
    instrument: &str,
) -> Result<String> {
    let episode = store::episode::open_of_client(tx, client).await?.ok_or(Error::Closed)?;
    let person = store::rater::person(tx, collateral).await?.filter(|person| person.client_id == *client);
    let person = person.filter(|person| person.ended_at.is_none()).ok_or(Error::NotFound)?;
    let shelf = ctx.shelf(tx).await?;
    let who = By::Collateral(collateral.clone());
    let may = to_rate(tx, ctx, &shelf, &episode.id, &who, person.language).await?;
    let asked = may.into_iter().find(|one| one.id == instrument).ok_or(Error::NotFound)?;
    let token = ctx.token();
    let now = ctx.now();
    let link = RaterLink {
        client_id: client.clone(),
        episode_id: episode.id,
        collateral_id: person.id,
        instrument: asked.id.clone(),
        version: asked.version.clone(),
        expires_at: now + LINK_LASTS,
        used_at: None,
    };
    store::rater::insert_link(tx, &token, &link, by, now).await?;
    let actor = Actor::Staff(by.clone());
    let entry = audit::entry(ctx, &actor, "collateral.hand_out", "collateral", link.collateral_id.as_str());
    tx.audit(entry.with("client", client.as_str()).with("instrument", &link.instrument));
    Ok(token)
}

/// Takes the answers of a link. `Conflict` when the very same are there already, `Closed` when its time is over. Other answers by the
/// same link, from a second device or after going back, are kept beside the first: none of them may be lost, least of all
/// one about danger.
pub async fn submit(tx: &mut Tx, ctx: &Context, token_hash: &str, link: &RaterLink, answers: Answers) -> Result<Taken> {
    let now = ctx.now();
    if !store::rater::use_link(tx, token_hash, now).await? {
        if link.expires_at <= now {
            return Err(Error::Closed);
        }
        let by = By::Collateral(link.collateral_id.clone());
        let forms = store::rater::of_episode(tx, &link.episode_id).await?;
        if forms.iter().any(|form| form.by == by && form.instrument == link.instrument && form.answers == answers) {
            return Err(Error::Conflict);
        }
    }
    let episode = store::episode::find(tx, &link.episode_id).await?.ok_or(Error::NotFound)?;
    let rated = Rated {
        by: By::Collateral(link.collateral_id.clone()),
        asked: Asked { id: link.instrument.clone(), version: link.version.clone() },
        answers,
        at: now,
    };
    keep(tx, ctx, episode, &rated, None).await
}

async fn keep(
    tx: &mut Tx,
    ctx: &Context,
    episode: Episode,
    rated: &Rated,
    entered_by: Option<&StaffId>,
) -> Result<Taken> {
    let Rated { by, asked, answers, at } = rated;
    let shelf = ctx.shelf_with(tx, std::slice::from_ref(asked)).await?;
    let instrument = shelf.library.get(&asked.id, &asked.version).ok_or(Error::NotFound)?;
    if !kinds(tx, by).await?.iter().any(|kind| may_answer(instrument, *kind)) {
        return Err(Error::NotFound);
    }
    let offered = |(item, answer): (&String, _)| instruments::check_answer(instrument, item, answer).is_ok();
    if answers.is_empty() || !answers.iter().all(offered) {
        return Err(Error::invalid("answers", "answer-not-offered"));
    }
    let episode = store::episode::lock(tx, &episode.id).await?.ok_or(Error::NotFound)?;
    let sessions = store::appointment::of_episode(tx, &episode.id).await?;
    let begun = sessions.iter().filter(|one| one.state.is_on() && one.starts_at <= *at).count();
    let form = RaterForm {
        id: ctx.id(RaterFormId::new),
        client_id: episode.client_id.clone(),
        episode_id: episode.id.clone(),
        by: by.clone(),
        entered_by: entered_by.cloned(),
        instrument: asked.id.clone(),
        version: asked.version.clone(),
        answers: answers.clone(),
        session: i64::try_from(begun.max(1)).unwrap_or(i64::MAX),
        rated_at: *at,
    };
    store::rater::insert(tx, &form).await?;
    let actor = entered_by.map_or(Actor::System, |by| Actor::Staff(by.clone()));
    let entry = audit::entry(ctx, &actor, "rater.take", "rater_form", form.id.as_str());
    tx.audit(entry.with("client", episode.client_id.as_str()).with("rater", by.rater().as_str()));
    // Each form is said once, so what it says about danger is news, whatever is known already.
    let sheet = Sheet::from([(asked.id.clone(), answers.clone())]);
    let found = review::risk_of_partial(&shelf.library, std::slice::from_ref(asked), &sheet, &Known::default());
    let mut reasons = found.reasons;
    for reason in &mut reasons {
        reason.inputs.rater = Some(by.rater());
    }
    let danger = reasons.iter().any(|reason| reason.rule.is_risk() && reason.level >= ReasonLevel::Review);
    case::raise(tx, ctx, episode, case::Origin::default(), &reasons).await?;
    if store::rater::answered(tx, &form.episode_id, by, &asked.id, ctx.now()).await? > 0 {
        packet::replan(tx, ctx, &form.episode_id).await?;
    }
    Ok(if danger { Taken::Danger } else { Taken::Kept })
}

/// Whether somebody may still be asked in a course of therapy.
pub const fn is_open(episode: &Episode) -> bool {
    matches!(episode.state, EpisodeState::Open)
}
