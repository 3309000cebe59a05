//! How long records are kept, what is due by the practice's rule, and the erasing of one record. An owner decides about records
//! without being told whose they are; names are for an administrator of the site.

use super::frame;
use crate::App;
use crate::error::{Error, Result};
use crate::staff::form::{Nothing, Posted, renamed};
use crate::staff::people::People;
use crate::staff::session::Signed;
use crate::staff::shown::{Seen, done, id};
use crate::staff::words::Telling;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use care::access::Action;
use care::client::Client;
use care::retention::{Erasure, Ground, Hindrance, Kept};
use care::staff::Role;
use care::{ClientId, StaffId};
use serde::Deserialize;
use std::collections::HashMap;
use templates::format;
use templates::staff::admin::{
    AskedLine, DueLine, EraseForm, ErasePage, ErasureLine, HindranceLine, Retention, Section,
};
use templates::staff::{Choice, FieldProblem, Flash};
use workflows::erasure::{self, Request, RuleForm};

/// Records shown of what is due, and of what was asked for.
const SHOWN: usize = 100;
const ERASURES: i64 = 100;

fn kept_choices(chosen: &str) -> Vec<Choice> {
    Kept::ALL.iter().map(|one| Choice::new(one.as_str(), one.as_str(), chosen)).collect()
}

/// Who, and when.
fn by_at(people: &People, telling: Telling, by: Option<&StaffId>, at: care::Instant) -> String {
    match by {
        Some(by) => format!("{}, {}", people.name(by), telling.date_time(at)),
        None => telling.date_time(at),
    }
}

/// A record's name for whoever may see names, else its id.
fn name_for(me: &Signed, client: &Client) -> String {
    if me.is(&[Role::Admin]) { client.name.text().to_owned() } else { client.id.as_str().to_owned() }
}

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct Rule {
    retention_years: String,
    minor_age: String,
    minor_years: String,
    stays: String,
    retention_source: String,
}

/// The rule, what is due, and what was asked for.
pub async fn show(State(app): State<App>, me: Signed) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    page(&app, &me, StatusCode::OK, None, Vec::new()).await
}

async fn page(
    app: &App,
    me: &Signed,
    status: StatusCode,
    typed: Option<Rule>,
    problems: Vec<FieldProblem>,
) -> Result<Response> {
    let telling = me.telling(app);
    let mut read = app.db.read(&me.practice).await?;
    let people = People::of(&mut read, me.zone).await?;
    let rule = store::erasure::rule(&mut read).await?;
    let mut due = erasure::due(&mut read, &app.ctx).await?;
    let list = store::erasure::list(&mut read, ERASURES).await?;
    let ids: Vec<ClientId> =
        due.iter().map(|one| one.client_id.clone()).chain(list.iter().map(|one| one.client_id.clone())).collect();
    let known: HashMap<ClientId, Client> = store::client::by_ids(&mut read, &ids)
        .await?
        .into_iter()
        .filter(|client| me.viewer.works_at(&client.site_id))
        .map(|client| (client.id.clone(), client))
        .collect();
    drop(read);
    // Of what is asked for already nothing is proposed.
    due.retain(|one| known.contains_key(&one.client_id) && !list.iter().any(|asked| asked.client_id == one.client_id));
    let more = i64::try_from(due.len().saturating_sub(SHOWN)).unwrap_or(0);
    let lines = due.iter().take(SHOWN).filter_map(|one| {
        Some(DueLine {
            href: format!("/admin/erasures/{}", one.client_id),
            name: name_for(me, known.get(&one.client_id)?),
            discharged: format::day(one.discharged_on, me.language),
            until: one.until.map(|day| format::day(day, me.language)),
        })
    });
    let line = |one: &Erasure| {
        let client = known.get(&one.client_id)?;
        let is_done = one.done_at.is_some();
        Some(ErasureLine {
            href: (!is_done).then(|| format!("/admin/erasures/{}", one.client_id)),
            name: if is_done { one.client_id.as_str().to_owned() } else { name_for(me, client) },
            ground: one.ground,
            kept: one.kept,
            asked: by_at(&people, telling, one.asked_by.as_ref(), one.asked_at),
            done: one.done_at.map(|at| by_at(&people, telling, one.done_by.as_ref(), at)),
        })
    };
    let seen: Vec<ClientId> = if me.is(&[Role::Admin]) { known.keys().cloned().collect() } else { Vec::new() };
    let text = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default();
    let shown = typed.unwrap_or_else(|| {
        rule.as_ref().map_or_else(Rule::default, |rule| Rule {
            retention_years: text(rule.years),
            minor_age: text(rule.minor_age),
            minor_years: text(rule.minor_years),
            stays: rule.kept.as_str().to_owned(),
            retention_source: rule.source.clone(),
        })
    });
    let (shell, sections) = frame(app, me, Section::Retention);
    let view = Retention {
        shell,
        sections,
        years: shown.retention_years,
        minor_age: shown.minor_age,
        minor_years: shown.minor_years,
        kept: kept_choices(if shown.stays.is_empty() { Kept::Nothing.as_str() } else { &shown.stays }),
        source: shown.retention_source,
        decided: rule.map(|rule| by_at(&people, telling, Some(&rule.decided_by), rule.decided_at)),
        due: lines.collect(),
        more,
        erasures: list.iter().filter_map(line).collect(),
        problems,
    };
    me.show(app, status, &view, Seen::list("view.retention", me, seen)).await
}

/// Puts a rule in force.
pub async fn decide(State(app): State<App>, me: Signed, Posted(typed): Posted<Rule>) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let form = RuleForm {
        years: typed.retention_years.clone(),
        minor_age: typed.minor_age.clone(),
        minor_years: typed.minor_years.clone(),
        kept: typed.stays.parse().ok(),
        source: typed.retention_source.clone(),
    };
    let mut tx = app.db.write(&me.practice).await?;
    match erasure::decide(&mut tx, &app.ctx, &me.viewer, &form).await {
        Ok(()) => tx.commit().await?,
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            let found = renamed(&problems, &[]);
            return page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, Some(typed), found).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, "/admin/retention", Flash::Saved))
}

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct Asked {
    ground: String,
    erasure_reason: String,
    stays: String,
    erasure_word: String,
}

/// One record that is to be erased.
pub async fn one(State(app): State<App>, me: Signed, Path(client): Path<String>) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    record(&app, &me, StatusCode::OK, &id(&client)?, Asked::default(), Vec::new()).await
}

async fn record(
    app: &App,
    me: &Signed,
    status: StatusCode,
    client: &ClientId,
    typed: Asked,
    problems: Vec<FieldProblem>,
) -> Result<Response> {
    let telling = me.telling(app);
    let mut read = app.db.read(&me.practice).await?;
    let found = erasure::record(&mut read, &me.viewer, client).await?;
    let people = People::of(&mut read, me.zone).await?;
    let asked = store::erasure::of_client(&mut read, client).await?;
    let reason = match &asked {
        Some(asked) => store::erasure::reason(&mut read, asked).await?,
        None => String::new(),
    };
    let rule = store::erasure::rule(&mut read).await?;
    let ground = asked.as_ref().map_or_else(|| typed.ground.parse().unwrap_or(Ground::Request), |asked| asked.ground);
    let hindrances = erasure::in_the_way(&mut read, &app.ctx, client, ground).await?;
    let held = store::merge::holdings(&mut read, client).await?;
    drop(read);
    let stays = match (&typed.stays, rule) {
        (typed, _) if !typed.is_empty() => typed.clone(),
        (_, Some(rule)) => rule.kept.as_str().to_owned(),
        _ => Kept::Nothing.as_str().to_owned(),
    };
    let (shell, sections) = frame(app, me, Section::Retention);
    let view = ErasePage {
        shell,
        sections,
        path: format!("/admin/erasures/{client}"),
        name: name_for(me, &found),
        id: client.as_str().to_owned(),
        word: erasure::word_of(client).to_owned(),
        holdings: vec![
            ("episodes".to_owned(), held.episodes),
            ("appointments".to_owned(), held.appointments),
            ("completed".to_owned(), held.completed),
        ],
        hindrances: hindrances.into_iter().map(|one| hindrance(one, me)).collect(),
        form: asked.is_none().then(|| EraseForm {
            grounds: Ground::ALL.iter().map(|one| Choice::new(one.as_str(), one.as_str(), &typed.ground)).collect(),
            kept: kept_choices(&stays),
            reason: typed.erasure_reason.clone(),
        }),
        asked: asked.as_ref().map(|asked| {
            let open = asked.open_to(&me.staff.id);
            AskedLine {
                ground: asked.ground,
                reason,
                kept: asked.kept,
                asked: by_at(&people, telling, asked.asked_by.as_ref(), asked.asked_at),
                wait: (telling.now < open).then(|| telling.date_time(open)),
            }
        }),
        problems,
    };
    let seen = if me.is(&[Role::Admin]) { vec![client.clone()] } else { Vec::new() };
    me.show(app, status, &view, Seen::list("view.erasure", me, seen)).await
}

fn hindrance(one: Hindrance, me: &Signed) -> HindranceLine {
    let (key, day) = match one {
        Hindrance::OpenCase => ("erasure-open-case", String::new()),
        Hindrance::OpenEpisode => ("erasure-open-episode", String::new()),
        Hindrance::KeptUntil(day) => ("erasure-kept-until", format::day(day, me.language)),
        Hindrance::BirthDateUnknown => ("erasure-birth-date-unknown", String::new()),
    };
    HindranceLine { key: key.to_owned(), day }
}

/// Asks for the erasure.
pub async fn ask(
    State(app): State<App>,
    me: Signed,
    Path(client): Path<String>,
    Posted(typed): Posted<Asked>,
) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let client: ClientId = id(&client)?;
    let request = Request {
        ground: typed.ground.parse().ok(),
        reason: typed.erasure_reason.clone(),
        kept: typed.stays.parse().ok(),
        word: typed.erasure_word.clone(),
    };
    let mut tx = app.db.write(&me.practice).await?;
    match erasure::ask(&mut tx, &app.ctx, &me.viewer, &client, &request).await {
        Ok(_) => tx.commit().await?,
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            let found = renamed(&problems, &[]);
            return record(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, &client, typed, found).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, &format!("/admin/erasures/{client}"), Flash::ErasureAsked))
}

/// Takes the request back.
pub async fn withdraw(
    State(app): State<App>,
    me: Signed,
    Path(client): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let client: ClientId = id(&client)?;
    let mut tx = app.db.write(&me.practice).await?;
    // Without a request there is nothing to take back; whose record it is has been looked at by then.
    let flash = match erasure::withdraw(&mut tx, &app.ctx, &me.viewer, &client).await {
        Ok(()) => {
            tx.commit().await?;
            Flash::ErasureWithdrawn
        }
        Err(workflows::Error::Conflict | workflows::Error::NotFound) => Flash::NotPossible,
        Err(error) => return Err(error.into()),
    };
    Ok(done(&app, "/admin/retention", flash))
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Confirmed {
    erasure_word: String,
}

/// Erases the record.
pub async fn carry_out(
    State(app): State<App>,
    me: Signed,
    Path(client): Path<String>,
    Posted(typed): Posted<Confirmed>,
) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let client: ClientId = id(&client)?;
    let mut tx = app.db.write(&me.practice).await?;
    match erasure::carry_out(&mut tx, &app.ctx, &me.viewer, &client, &typed.erasure_word).await {
        Ok(()) => tx.commit().await?,
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            let found = renamed(&problems, &[]);
            return record(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, &client, Asked::default(), found).await;
        }
        Err(workflows::Error::Conflict) => return Ok(done(&app, "/admin/retention", Flash::NotPossible)),
        Err(workflows::Error::NotFound) => return Err(Error::NotFound),
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, "/admin/retention", Flash::RecordErased))
}
