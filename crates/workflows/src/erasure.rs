//! Records that are no longer kept: the practice's rule, what is due by it, and the erasing of one record by two people, or by
//! one who has waited. Nothing is erased by a job.

use crate::access::{self, require};
use crate::field::Form;
use crate::{Context, Error, Problem, Result, audit, staff};
use care::access::{Action, Viewer};
use care::case::CaseState;
use care::retention::{Erasure, Ground, Hindrance, Kept, RetentionRule, Standing, Until, hindrances, until};
use care::staff::Actor;
use care::{ClientId, ErasureId, Instant, local_time};
use chrono::{Duration, NaiveDate};
use chrono_tz::Tz;
use store::erasure::Erased;
use store::{Db, Read, Tx};

/// A rule as typed.
#[derive(Debug, Clone, Default)]
pub struct RuleForm {
    /// Years after the last discharge; empty keeps everything.
    pub years: String,
    /// Of minors: until which age …
    pub minor_age: String,
    /// … and how many years after it.
    pub minor_years: String,
    /// What stays.
    pub kept: Option<Kept>,
    /// Where the rule comes from.
    pub source: String,
}

/// A number between two, or a problem; empty is none.
fn number(form: &mut Form, field: &str, text: &str, least: i64, most: i64) -> Option<i64> {
    let text = text.trim();
    let value = text.parse::<i64>().ok().filter(|value| (least..=most).contains(value));
    form.expect(field, "wrong-number", || text.is_empty() || value.is_some());
    value
}

/// Puts a rule in force. It proposes, and erases nothing.
pub async fn decide(tx: &mut Tx, ctx: &Context, by: &Viewer, typed: &RuleForm) -> Result<()> {
    require(by, Action::Administer)?;
    let mut form = Form::default();
    let years = number(&mut form, "retention_years", &typed.years, 1, 100);
    let minor_age = number(&mut form, "minor_age", &typed.minor_age, 1, 30);
    let minor_years = number(&mut form, "minor_years", &typed.minor_years, 0, 100);
    let is_half = minor_age.is_some() != minor_years.is_some();
    form.expect(if minor_age.is_none() { "minor_age" } else { "minor_years" }, "wrong-required", || !is_half);
    form.expect("retention_years", "wrong-required", || years.is_some() || minor_age.is_none());
    let source = form.line("retention_source", &typed.source, 300);
    form.finish()?;
    let rule = RetentionRule {
        years,
        minor_age,
        minor_years,
        kept: typed.kept.unwrap_or(Kept::Nothing),
        source,
        decided_at: ctx.now(),
        decided_by: by.staff_id.clone(),
    };
    store::erasure::decide(tx, &rule).await?;
    let years = years.map_or_else(|| "none".to_owned(), |years| years.to_string());
    let practice = tx.practice().clone();
    let entry = audit::entry(ctx, &staff::actor(by), "retention.decide", "practice", practice.as_str());
    tx.audit(entry.with("years", years).with("kept", rule.kept.as_str()));
    Ok(())
}

/// A record whose time is over by the practice's rule, or may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Whose.
    pub client_id: ClientId,
    /// When the last course of therapy ended.
    pub discharged_on: NaiveDate,
    /// The last day on which it was to be kept; none where the birth date is not known.
    pub until: Option<NaiveDate>,
}

/// Records looked at for what is due.
const LOOKED_AT: i64 = 5_000;

/// What is due by the rule in force, the longest ended first; nothing without a rule.
pub async fn due(read: &mut Read, ctx: &Context) -> Result<Vec<Due>> {
    let Some(rule) = store::erasure::rule(read).await? else { return Ok(Vec::new()) };
    let Some(years) = rule.years else { return Ok(Vec::new()) };
    let today = access::today(read, ctx).await?;
    let practice = store::practice::get(read).await?;
    let zone = local_time::zone(&practice.zone).unwrap_or(Tz::UTC);
    // A leap year more or less: what is found is looked at by days below.
    let latest = ctx.now() - Duration::days(365 * years);
    let ended = store::erasure::ended_by(read, latest, LOOKED_AT).await?;
    let ids: Vec<ClientId> = ended.iter().map(|(id, _)| id.clone()).collect();
    let clients = store::client::by_ids(read, &ids).await?;
    let mut found = Vec::new();
    for (id, at) in ended {
        let Some(client) = clients.iter().find(|client| client.id == id) else { continue };
        let discharged_on = local_time::day_of(at, zone);
        let born = client.birth_date.as_ref().map(|born| *born.expose());
        match until(Some(&rule), discharged_on, born) {
            Until::Day(day) if day < today => found.push(Due { client_id: id, discharged_on, until: Some(day) }),
            Until::Unknown => found.push(Due { client_id: id, discharged_on, until: None }),
            Until::Day(_) | Until::Forever => {}
        }
    }
    Ok(found)
}

/// What stands in the way of erasing a record on a ground.
pub async fn in_the_way(read: &mut Read, ctx: &Context, client: &ClientId, ground: Ground) -> Result<Vec<Hindrance>> {
    let found = store::client::find(read, client).await?.ok_or(Error::NotFound)?;
    let practice = store::practice::get(read).await?;
    let zone = local_time::zone(&practice.zone).unwrap_or(Tz::UTC);
    let episodes = store::episode::list_of_client(read, client).await?;
    let cases = store::case::of_client(read, client).await?;
    let standing = Standing {
        open_cases: cases.iter().filter(|case| case.state != CaseState::Closed).count(),
        open_episodes: episodes.iter().filter(|episode| episode.is_open()).count(),
        discharged_on: episodes.iter().filter_map(|one| one.discharged_at).max().map(|at| local_time::day_of(at, zone)),
        born: found.birth_date.as_ref().map(|born| *born.expose()),
    };
    let rule = store::erasure::rule(read).await?;
    let today = access::today(read, ctx).await?;
    Ok(hindrances(rule.as_ref(), ground, &standing, today))
}

const fn key_of(hindrance: Hindrance) -> &'static str {
    match hindrance {
        Hindrance::OpenCase => "erasure-open-case",
        Hindrance::OpenEpisode => "erasure-open-episode",
        Hindrance::KeptUntil(_) => "erasure-kept-until",
        Hindrance::BirthDateUnknown => "erasure-birth-date-unknown",
    }
}

async fn refuse_if_hindered(tx: &mut Tx, ctx: &Context, client: &ClientId, ground: Ground) -> Result<()> {
    let found = in_the_way(tx, ctx, client, ground).await?;
    if found.is_empty() {
        return Ok(());
    }
    let problem = |one: Hindrance| Problem { field: "erasure".to_owned(), key: key_of(one) };
    Err(Error::Invalid(found.into_iter().map(problem).collect()))
}

/// A record the viewer may decide about: it stands by itself and is of their sites.
pub async fn record(read: &mut Read, by: &Viewer, client: &ClientId) -> Result<care::client::Client> {
    require(by, Action::Administer)?;
    let found = store::client::find(read, client).await?.filter(|client| by.works_at(&client.site_id));
    let found = found.ok_or(Error::NotFound)?;
    if store::client::stands(read, client).await? { Ok(found) } else { Err(Error::NotFound) }
}

/// What a person types to show that they mean this record: the end of its id.
pub fn word_of(client: &ClientId) -> &str {
    let id = client.as_str();
    id.get(id.len().saturating_sub(6)..).unwrap_or(id)
}

/// A request as typed.
#[derive(Debug, Clone)]
pub struct Request {
    /// Why.
    pub ground: Option<Ground>,
    /// The same in words.
    pub reason: String,
    /// What stays; the rule's where nothing is chosen.
    pub kept: Option<Kept>,
    /// The end of the record's id, typed.
    pub word: String,
}

/// Asks for the erasure of a record. Nothing is erased yet.
pub async fn ask(tx: &mut Tx, ctx: &Context, by: &Viewer, client: &ClientId, typed: &Request) -> Result<ErasureId> {
    record(tx, by, client).await?;
    let mut form = Form::default();
    form.expect("ground", "wrong-choose", || typed.ground.is_some());
    form.expect("stays", "wrong-choose", || typed.kept.is_some());
    let reason = form.line("erasure_reason", &typed.reason, 500);
    form.expect("erasure_word", "wrong-erasure-word", || typed.word.trim() == word_of(client));
    form.finish()?;
    let (Some(ground), Some(kept)) = (typed.ground, typed.kept) else { return Err(Error::Conflict) };
    refuse_if_hindered(tx, ctx, client, ground).await?;
    let erasure = Erasure {
        id: ctx.id(ErasureId::new),
        client_id: client.clone(),
        ground,
        kept,
        asked_at: ctx.now(),
        asked_by: Some(by.staff_id.clone()),
        withdrawn_at: None,
        done_at: None,
        done_by: None,
    };
    if !store::erasure::ask(tx, &erasure, &reason).await? {
        return Err(Error::Conflict);
    }
    let entry = audit::entry(ctx, &staff::actor(by), "erasure.ask", "client", client.as_str());
    tx.audit(entry.with("ground", ground.as_str()).with("kept", kept.as_str()));
    Ok(erasure.id)
}

/// Takes a request back; anybody who administers may.
pub async fn withdraw(tx: &mut Tx, ctx: &Context, by: &Viewer, client: &ClientId) -> Result<()> {
    record(tx, by, client).await?;
    let asked = store::erasure::of_client(tx, client).await?.ok_or(Error::NotFound)?;
    if !store::erasure::withdraw(tx, &asked.id, ctx.now()).await? {
        return Err(Error::Conflict);
    }
    audit::write(tx, ctx, &staff::actor(by), "erasure.withdraw", "client", client.as_str());
    Ok(())
}

/// Erases a record that somebody asked to be erased. Everything is looked at again: what stood in no way two weeks ago may do
/// so now.
pub async fn carry_out(tx: &mut Tx, ctx: &Context, by: &Viewer, client: &ClientId, word: &str) -> Result<()> {
    record(tx, by, client).await?;
    let asked = store::erasure::of_client(tx, client).await?.ok_or(Error::Conflict)?;
    let now = ctx.now();
    if now < asked.open_to(&by.staff_id) {
        return Err(Error::invalid("erasure", "erasure-not-yet"));
    }
    if word.trim() != word_of(client) {
        return Err(Error::invalid("erasure_word", "wrong-erasure-word"));
    }
    refuse_if_hindered(tx, ctx, client, asked.ground).await?;
    if !store::erasure::carry_out(tx, &asked.id, &by.staff_id, now).await? {
        return Err(Error::Conflict);
    }
    store::erasure::destroy(tx, client, asked.kept, now).await?;
    let entry = audit::entry(ctx, &staff::actor(by), "client.erase", "client", client.as_str());
    tx.audit(entry.with("ground", asked.ground.as_str()).with("kept", asked.kept.as_str()));
    Ok(())
}

/// Erases again what a restored copy has brought back, by the list kept beside the backups. Gives how many records were erased.
pub async fn repeat(db: &Db, ctx: &Context, list: &[Erased]) -> Result<u64> {
    let mut count = 0;
    for one in list {
        let mut tx = db.write(&one.practice).await?;
        if !store::erasure::is_to_be_erased(&mut tx, &one.client).await? {
            continue;
        }
        again(&mut tx, ctx, one).await?;
        tx.commit().await?;
        count += 1;
    }
    Ok(count)
}

async fn again(tx: &mut Tx, ctx: &Context, one: &Erased) -> Result<()> {
    let now: Instant = ctx.now();
    if let Some(asked) = store::erasure::of_client(tx, &one.client).await? {
        store::erasure::withdraw(tx, &asked.id, now).await?;
    }
    let erasure = Erasure {
        id: ctx.id(ErasureId::new),
        client_id: one.client.clone(),
        ground: Ground::Request,
        kept: one.kept,
        asked_at: one.at,
        asked_by: None,
        withdrawn_at: None,
        done_at: Some(one.at),
        done_by: None,
    };
    store::erasure::ask(tx, &erasure, "").await?;
    store::erasure::destroy(tx, &one.client, one.kept, now).await?;
    let entry = audit::entry(ctx, &Actor::System, "client.erase_again", "client", one.client.as_str());
    tx.audit(entry.with("kept", one.kept.as_str()));
    Ok(())
}
